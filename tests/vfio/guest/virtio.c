/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtio devices: see virtio.h */

#include "virtio.h"

#define CAP_VENDOR          0x09
#define CAP_MSIX            0x11
#define CFG_COMMON          1
#define CFG_NOTIFY          2
#define CFG_ISR             3
#define CFG_DEVICE          4

#define FEATURE_SELECT      0x00
#define FEATURE             0x04
#define DRIVER_SELECT       0x08
#define DRIVER_FEATURE      0x0c
#define STATUS              0x14
#define STATUS_ACK              1
#define STATUS_DRIVER           2
#define STATUS_DRIVER_OK        4
#define STATUS_FEATURES_OK      8
#define QUEUE_SELECT        0x16
#define QUEUE_SIZE          0x18
#define QUEUE_VECTOR        0x1a
#define QUEUE_ENABLE        0x1c
#define QUEUE_NOTIFY        0x1e
#define QUEUE_DESC          0x20
#define QUEUE_AVAIL         0x28
#define QUEUE_USED          0x30

static uint16_t read16(uint64_t addr)
{
    return *(volatile uint16_t *)UC(addr);
}

/* A 64-bit register is two of 32 bits */
static void write_pair(uint64_t addr, uint64_t val)
{
    write32(addr, val);
    write32(addr + 4, val >> 32);
}

static uint64_t bar_address(unsigned devfn, unsigned bar)
{
    uint32_t low = config_read(devfn, 0x10 + 4 * bar, 4);
    uint64_t high = (low & 6) == 4 ? config_read(devfn, 0x14 + 4 * bar, 4) : 0;

    return high << 32 | (low & ~0xfu);
}

static void take_capability(Virtio *v, unsigned cap)
{
    uint64_t at = bar_address(v->devfn, config_read(v->devfn, cap + 4, 1)) +
                  config_read(v->devfn, cap + 8, 4);

    switch (config_read(v->devfn, cap + 3, 1)) {
    case CFG_COMMON:
        v->common = at;
        break;
    case CFG_NOTIFY:
        v->notify = at;
        v->notify_multiplier = config_read(v->devfn, cap + 16, 4);
        break;
    case CFG_ISR:
        v->isr = at;
        break;
    case CFG_DEVICE:
        v->device = at;
        break;
    }
}

bool virtio_open(Virtio *v, uint16_t device)
{
    int devfn = pci_find(0, VIRTIO_VENDOR, device);
    unsigned cap;

    if (!check(devfn >= 0, "virtio device is on the bus")) {
        return false;
    }
    v->devfn = devfn;
    for (unsigned bar = 0; bar < 6; bar++) {
        if (pci_assign_bar(devfn, bar) &&
            (config_read(devfn, 0x10 + 4 * bar, 4) & 6) == 4) {
            bar++;
        }
    }
    pci_enable(devfn);
    cap = config_read(devfn, 0x34, 1);
    for (unsigned n = 0; cap && n < 48; n++) {
        unsigned id = config_read(devfn, cap, 1);

        if (id == CAP_VENDOR) {
            take_capability(v, cap);
        } else if (id == CAP_MSIX) {
            uint32_t table = config_read(devfn, cap + 4, 4);

            v->msix = bar_address(devfn, table & 7) + (table & ~7u);
        }
        cap = config_read(devfn, cap + 1, 1);
    }
    if (!check(v->common && v->notify, "virtio device has its capabilities")) {
        return false;
    }
    write8(v->common + STATUS, 0);
    WAIT(!read8(v->common + STATUS), 1000);
    write8(v->common + STATUS, STATUS_ACK);
    write8(v->common + STATUS, STATUS_ACK | STATUS_DRIVER);
    return true;
}

bool virtio_features(Virtio *v, uint64_t features)
{
    uint64_t offered;

    write32(v->common + FEATURE_SELECT, 0);
    offered = read32(v->common + FEATURE);
    write32(v->common + FEATURE_SELECT, 1);
    offered |= (uint64_t)read32(v->common + FEATURE) << 32;
    if ((offered & features) != features) {
        note("features", offered);
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        write32(v->common + DRIVER_SELECT, i);
        write32(v->common + DRIVER_FEATURE, features >> 32 * i);
    }
    write8(v->common + STATUS,
           STATUS_ACK | STATUS_DRIVER | STATUS_FEATURES_OK);
    return read8(v->common + STATUS) & STATUS_FEATURES_OK;
}

bool virtio_queue(Virtio *v, unsigned n, uint64_t dma, uint16_t vector)
{
    write16(v->common + QUEUE_SELECT, n);
    if (read16(v->common + QUEUE_SIZE) < VIRTIO_QUEUE) {
        return false;
    }
    write16(v->common + QUEUE_SIZE, VIRTIO_QUEUE);
    write16(v->common + QUEUE_VECTOR, vector);
    write_pair(v->common + QUEUE_DESC, dma);
    write_pair(v->common + QUEUE_AVAIL, dma + 0x400);
    write_pair(v->common + QUEUE_USED, dma + 0x800);
    v->notify_addr[n] = v->notify + read16(v->common + QUEUE_NOTIFY) *
                        v->notify_multiplier;
    write16(v->common + QUEUE_ENABLE, 1);
    return read16(v->common + QUEUE_VECTOR) == vector;
}

void virtio_go(Virtio *v)
{
    write8(v->common + STATUS, STATUS_ACK | STATUS_DRIVER |
           STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

void virtio_kick(Virtio *v, unsigned n)
{
    write16(v->notify_addr[n], n);
}

void virtio_give(Virtio *v, unsigned n, volatile VirtioQueue *q,
                 unsigned head)
{
    q->avail[q->avail_index % VIRTIO_QUEUE] = head;
    mf();
    q->avail_index++;
    mf();
    virtio_kick(v, n);
}
