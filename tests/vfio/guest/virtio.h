/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtio devices behind zx1, as the virtio specification 1.2 has them: PCI
 * transport (4.1), split queues (2.7)
 */

#ifndef VFIO_GUEST_VIRTIO_H
#define VFIO_GUEST_VIRTIO_H

#include "guest.h"

#define VIRTIO_VENDOR           0x1af4
#define VIRTIO_NET              0x1041
#define VIRTIO_BLK              0x1042

#define VIRTIO_F_VERSION_1      (1ul << 32)
#define VIRTIO_F_ACCESS_PLATFORM (1ul << 33)

#define VIRTIO_QUEUES           2
#define VIRTIO_QUEUE            16      /* descriptors */
#define VIRTIO_DESC_NEXT        1
#define VIRTIO_DESC_WRITE       2
#define VIRTIO_NO_INTERRUPT     1       /* avail_flags */
#define VIRTIO_NO_VECTOR        0xffff

typedef struct {
    uint64_t addr;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
} VirtioDesc;

/* One page: descriptors, then at 0x400 the available, at 0x800 the used ring */
typedef struct {
    VirtioDesc desc[VIRTIO_QUEUE];
    uint8_t pad1[0x400 - VIRTIO_QUEUE * sizeof(VirtioDesc)];
    uint16_t avail_flags;
    uint16_t avail_index;
    uint16_t avail[VIRTIO_QUEUE];
    uint8_t pad2[0x400 - 4 - 2 * VIRTIO_QUEUE];
    uint16_t used_flags;
    uint16_t used_index;
    struct {
        uint32_t id;
        uint32_t length;
    } used[VIRTIO_QUEUE];
} VirtioQueue;

typedef struct {
    unsigned devfn;
    uint64_t common, notify, isr, device, msix;
    uint32_t notify_multiplier;
    uint64_t notify_addr[VIRTIO_QUEUES];
} Virtio;

/* Find and reset a device; BARs get addresses */
bool virtio_open(Virtio *v, uint16_t device);
/* Agree on these features and no others; whether the device does */
bool virtio_features(Virtio *v, uint64_t features);
/* Queue @n at DMA address @dma, with an MSI-X entry or VIRTIO_NO_VECTOR */
bool virtio_queue(Virtio *v, unsigned n, uint64_t dma, uint16_t vector);
void virtio_go(Virtio *v);
/* Tell the device to look at queue @n */
void virtio_kick(Virtio *v, unsigned n);
/* Descriptors from @head on are the device's now */
void virtio_give(Virtio *v, unsigned n, volatile VirtioQueue *q,
                 unsigned head);

#endif
