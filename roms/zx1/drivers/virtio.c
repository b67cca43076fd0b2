/*
 * zx1 firmware: virtio over PCI, version 1 and transitional
 *
 * Facts: OASIS Virtual I/O Device (VIRTIO) Version 1.2, chapters 2 and 4.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "virtio.h"

#define CAP_VENDOR              0x09
#define CAP_COMMON              1
#define CAP_NOTIFY              2
#define CAP_ISR                 3
#define CAP_DEVICE              4

/* Common configuration */
#define COMMON_DFSELECT         0x00
#define COMMON_DF               0x04
#define COMMON_GFSELECT         0x08
#define COMMON_GF               0x0c
#define COMMON_STATUS           0x14
#define COMMON_Q_SELECT         0x16
#define COMMON_Q_SIZE           0x18
#define COMMON_Q_ENABLE         0x1c
#define COMMON_Q_NOFF           0x1e
#define COMMON_Q_DESC           0x20
#define COMMON_Q_AVAIL          0x28
#define COMMON_Q_USED           0x30

/* Transitional device: ports */
#define LEGACY_DF               0x00
#define LEGACY_GF               0x04
#define LEGACY_Q_PFN            0x08
#define LEGACY_Q_SIZE           0x0c
#define LEGACY_Q_SELECT         0x0e
#define LEGACY_Q_NOTIFY         0x10
#define LEGACY_STATUS           0x12
#define LEGACY_ISR              0x13
#define LEGACY_CONFIG           0x14

#define STATUS_ACKNOWLEDGE      0x01
#define STATUS_DRIVER           0x02
#define STATUS_DRIVER_OK        0x04
#define STATUS_FEATURES_OK      0x08

#define DESC_NEXT               1
#define DESC_WRITE              2
#define AVAIL_NO_INTERRUPT      1

#define QUEUE_MAX               64      /* one request at a time */
#define RESET_USECS             1000000

bool virtio_has(const struct virtio *v, unsigned feature)
{
    return v->features >> feature & 1;
}

/*
 * A device that does not offer ACCESS_PLATFORM takes physical addresses, even
 * where the IOTLB stands between others and memory.
 */
static UINT64 bus_addr(struct virtio *v, const volatile void *p)
{
    return virtio_has(v, VIRTIO_F_ACCESS_PLATFORM) ? dma_bus(p) : (UINT64)p;
}

static UINT8 get_status(struct virtio *v)
{
    return v->modern ? mmio_read8(v->common + COMMON_STATUS)
                     : io_in8(v->port + LEGACY_STATUS);
}

static void set_status(struct virtio *v, UINT8 val)
{
    if (v->modern) {
        mmio_write8(v->common + COMMON_STATUS, val);
    } else {
        io_out8(v->port + LEGACY_STATUS, val);
    }
}

void virtio_reset(struct virtio *v)
{
    UINT64 t = fw_deadline(RESET_USECS);

    set_status(v, 0);
    while (get_status(v) && !fw_expired(t)) {
    }
}

/* Address of the structure that capability @cap points to, 0 if unusable */
static UINT64 cap_addr(struct pci_dev *d, unsigned cap, UINT32 need)
{
    UINT8 bar = pci_read8(d, cap + 4);
    UINT32 off = pci_read32(d, cap + 8);
    UINT32 len = pci_read32(d, cap + 12);

    if (bar > 5 || !d->bar[bar].size || !d->bar[bar].assigned || len < need ||
        off > d->bar[bar].size || need > d->bar[bar].size - off) {
        return 0;
    }
    return d->bar[bar].io ? 0 : d->bar[bar].addr + off;
}

static bool find_modern(struct virtio *v)
{
    struct pci_dev *d = v->pci;
    unsigned cap = pci_read16(d, PCI_STATUS) & 0x10 ?
        pci_read8(d, 0x34) & 0xfc : 0;

    for (int i = 0; cap >= 0x40 && i < 48; i++) {
        if (pci_read8(d, cap) == CAP_VENDOR) {
            switch (pci_read8(d, cap + 3)) {
            case CAP_COMMON:
                v->common = v->common ? v->common : cap_addr(d, cap, 0x38);
                break;
            case CAP_NOTIFY:
                if (!v->notify) {
                    v->notify = cap_addr(d, cap, 2);
                    v->notify_mult = pci_read32(d, cap + 16);
                }
                break;
            case CAP_ISR:
                v->isr = v->isr ? v->isr : cap_addr(d, cap, 1);
                break;
            case CAP_DEVICE:
                v->config = v->config ? v->config : cap_addr(d, cap, 4);
                break;
            }
        }
        cap = pci_read8(d, cap + 1) & 0xfc;
    }
    return v->common && v->notify;
}

static bool negotiate(struct virtio *v, UINT64 wanted)
{
    UINT64 offered;

    if (!v->modern) {
        v->features = io_in32(v->port + LEGACY_DF) & (UINT32)wanted;
        io_out32(v->port + LEGACY_GF, v->features);
        return true;
    }
    mmio_write32(v->common + COMMON_DFSELECT, 0);
    offered = mmio_read32(v->common + COMMON_DF);
    mmio_write32(v->common + COMMON_DFSELECT, 1);
    offered |= (UINT64)mmio_read32(v->common + COMMON_DF) << 32;
    wanted |= 1UL << VIRTIO_F_VERSION_1 | 1UL << VIRTIO_F_ACCESS_PLATFORM;
    v->features = offered & wanted;
    if (!virtio_has(v, VIRTIO_F_VERSION_1)) {
        return false;
    }
    mmio_write32(v->common + COMMON_GFSELECT, 0);
    mmio_write32(v->common + COMMON_GF, v->features);
    mmio_write32(v->common + COMMON_GFSELECT, 1);
    mmio_write32(v->common + COMMON_GF, v->features >> 32);
    set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
    return get_status(v) & STATUS_FEATURES_OK;
}

static void exit_reset(void *opaque)
{
    virtio_reset(opaque);
}

bool virtio_start(struct virtio *v, struct pci_dev *d, UINT64 wanted)
{
    memset(v, 0, sizeof(*v));
    v->pci = d;
    pci_enable(d);
    v->modern = find_modern(v);
    if (!v->modern) {
        if (!d->bar[0].size || !d->bar[0].io || !d->bar[0].assigned) {
            return false;
        }
        v->port = d->bar[0].addr;
    }
    virtio_reset(v);
    set_status(v, STATUS_ACKNOWLEDGE);
    set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    if (!negotiate(v, wanted)) {
        virtio_reset(v);
        return false;
    }
    drv_on_exit(exit_reset, v);
    return true;
}

void virtio_ready(struct virtio *v)
{
    set_status(v, get_status(v) | STATUS_DRIVER_OK);
}

/* Transitional devices want the rings in one piece, the used one on a page */
bool virtio_queue(struct virtio *v, struct virtq *q, UINT16 index)
{
    UINT32 used_off;
    UINT16 size;
    UINT64 a;

    if (v->modern) {
        mmio_write16(v->common + COMMON_Q_SELECT, index);
        size = mmio_read16(v->common + COMMON_Q_SIZE);
        if (size > QUEUE_MAX) {
            size = QUEUE_MAX;
            mmio_write16(v->common + COMMON_Q_SIZE, size);
        }
    } else {
        io_out16(v->port + LEGACY_Q_SELECT, index);
        size = io_in16(v->port + LEGACY_Q_SIZE);
    }
    if (size < 4 || (size & (size - 1))) {
        return false;
    }
    memset(q, 0, sizeof(*q));
    q->index = index;
    q->size = size;
    used_off = ALIGN_UP(16 * size + 6 + 2 * size, EFI_PAGE_SIZE);
    q->mem = fw_alloc_dma(used_off + 6 + 8 * size, EFI_PAGE_SIZE);
    if (!q->mem) {
        return false;
    }
    q->desc = q->mem;
    q->avail = q->desc + 16 * size;
    q->used = q->desc + used_off;
    *(volatile UINT16 *)q->avail = AVAIL_NO_INTERRUPT;
    if (v->modern) {
        UINT64 c = v->common;

        a = bus_addr(v, q->desc);
        mmio_write32(c + COMMON_Q_DESC, a);
        mmio_write32(c + COMMON_Q_DESC + 4, a >> 32);
        a = bus_addr(v, q->avail);
        mmio_write32(c + COMMON_Q_AVAIL, a);
        mmio_write32(c + COMMON_Q_AVAIL + 4, a >> 32);
        a = bus_addr(v, q->used);
        mmio_write32(c + COMMON_Q_USED, a);
        mmio_write32(c + COMMON_Q_USED + 4, a >> 32);
        q->notify = v->notify +
            (UINT64)mmio_read16(c + COMMON_Q_NOFF) * v->notify_mult;
        mmio_write16(c + COMMON_Q_ENABLE, 1);
    } else {
        io_out32(v->port + LEGACY_Q_PFN, bus_addr(v, q->mem) >> 12);
    }
    return true;
}

void virtio_irq(struct virtio *v, struct virtq *q, bool on)
{
    *(volatile UINT16 *)q->avail = on ? 0 : AVAIL_NO_INTERRUPT;
    fw_mb();
    if (!on) {
        if (v->modern && v->isr) {
            mmio_read8(v->isr);
        } else if (!v->modern) {
            io_in8(v->port + LEGACY_ISR);
        }
    }
}

UINT8 virtio_config8(struct virtio *v, unsigned offset)
{
    return v->modern ? mmio_read8(v->config + offset)
                     : io_in8(v->port + LEGACY_CONFIG + offset);
}

UINT16 virtio_config16(struct virtio *v, unsigned offset)
{
    return virtio_config8(v, offset) | virtio_config8(v, offset + 1) << 8;
}

UINT32 virtio_config32(struct virtio *v, unsigned offset)
{
    return virtio_config16(v, offset) |
           (UINT32)virtio_config16(v, offset + 2) << 16;
}

UINT64 virtio_config64(struct virtio *v, unsigned offset)
{
    return virtio_config32(v, offset) |
           (UINT64)virtio_config32(v, offset + 4) << 32;
}

EFI_STATUS virtio_request(struct virtio *v, struct virtq *q,
                          const struct virtq_buf *buf, unsigned n,
                          UINT64 usecs)
{
    UINT64 t;

    if (n > q->size) {
        return EFI_INVALID_PARAMETER;
    }
    for (unsigned i = 0; i < n; i++) {
        volatile UINT8 *d = q->desc + 16 * i;

        *(volatile UINT64 *)d = bus_addr(v, buf[i].addr);
        *(volatile UINT32 *)(d + 8) = buf[i].len;
        *(volatile UINT16 *)(d + 12) = (buf[i].write ? DESC_WRITE : 0) |
                                       (i + 1 < n ? DESC_NEXT : 0);
        *(volatile UINT16 *)(d + 14) = i + 1;
    }
    *(volatile UINT16 *)(q->avail + 4 + 2 * (q->avail_idx % q->size)) = 0;
    fw_mb();
    *(volatile UINT16 *)(q->avail + 2) = ++q->avail_idx;
    fw_mb();
    if (v->modern) {
        mmio_write16(q->notify, q->index);
    } else {
        io_out16(v->port + LEGACY_Q_NOTIFY, q->index);
    }
    for (t = fw_deadline(usecs);
         *(volatile UINT16 *)(q->used + 2) == q->used_idx; ) {
        if (fw_expired(t)) {
            /* it may still write: stop it for good */
            virtio_reset(v);
            return EFI_TIMEOUT;
        }
    }
    fw_mb();
    q->used_idx++;
    return EFI_SUCCESS;
}
