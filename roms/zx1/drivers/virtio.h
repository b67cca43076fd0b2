/*
 * zx1 firmware: virtio over PCI
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_VIRTIO_H
#define ZX1_VIRTIO_H

#include "drv.h"

#define VIRTIO_F_VERSION_1          32
#define VIRTIO_F_ACCESS_PLATFORM    33

/* One piece of a request */
struct virtq_buf {
    void *addr;                 /* memory devices reach */
    UINT32 len;
    bool write;                 /* the device writes */
};

struct virtq {
    UINT16 index, size;
    UINT16 avail_idx, used_idx;
    void *mem;                  /* all three rings */
    volatile UINT8 *desc, *avail, *used;
    UINT64 notify;
};

struct virtio {
    struct pci_dev *pci;
    bool modern;
    UINT64 common, isr, config, notify;     /* addresses */
    UINT32 notify_mult;
    UINT32 port;                            /* transitional device */
    UINT64 features;                        /* agreed on */
};

/* Resets the device and agrees on those of @wanted that it offers */
bool virtio_start(struct virtio *v, struct pci_dev *d, UINT64 wanted);
bool virtio_queue(struct virtio *v, struct virtq *q, UINT16 index);
void virtio_ready(struct virtio *v);
void virtio_reset(struct virtio *v);
/* Interrupts at the end of requests; off also acknowledges */
void virtio_irq(struct virtio *v, struct virtq *q, bool on);
bool virtio_has(const struct virtio *v, unsigned feature);

UINT8 virtio_config8(struct virtio *v, unsigned offset);
UINT16 virtio_config16(struct virtio *v, unsigned offset);
UINT32 virtio_config32(struct virtio *v, unsigned offset);
UINT64 virtio_config64(struct virtio *v, unsigned offset);

/* Gives the device one request of @n pieces and waits for its end */
EFI_STATUS virtio_request(struct virtio *v, struct virtq *q,
                          const struct virtq_buf *buf, unsigned n,
                          UINT64 usecs);

#endif
