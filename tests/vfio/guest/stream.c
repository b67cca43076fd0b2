/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends frames as fast as it can through whatever network function is there:
 * a VF of the 82576, QEMU's e1000 or virtio-net. Who runs it takes the time of
 * the emulator's processors, which sleep while they wait. "opt/vfio/frames"
 * of fw_cfg, 32 bits, is how many thousands of frames are sent.
 */

#include "vf.h"
#include "virtio.h"

#define LENGTH          1400
#define BATCH           16
#define FRAMES_UNIT     1000

/* Intel's 8254x software developer's manual */
#define E1000_VENDOR    0x8086
#define E1000_DEVICE    0x100e
#define E1000_CTRL      0x0000
#define E1000_CTRL_SLU      (1u << 6)
#define E1000_TCTL      0x0400
#define E1000_TCTL_EN       (1u << 1 | 1u << 3)
#define E1000_TDBAL     0x3800
#define E1000_TDBAH     0x3804
#define E1000_TDLEN     0x3808
#define E1000_TDH       0x3810
#define E1000_TDT       0x3818
#define E1000_RING      64
#define E1000_EOP_RS    0x09000000u
#define E1000_DONE      1u

static uint8_t *frame;

static void frame_init(unsigned offset)
{
    /* to the PF of the adapter, or to nobody */
    static const uint8_t head[] = {
        0x52, 0x54, 0x00, 0x49, 0x00, 0x01,
        0x52, 0x54, 0x00, 0x49, 0x00, 0x04, 0x88, 0xb5,
    };

    frame = ram_alloc(4096, 4096);
    memcpy(frame + offset, head, sizeof(head));
}

static bool vf_start(void)
{
    if (!find_function(0) || !reset_function()) {
        return false;
    }
    alloc_rings();
    start_rings((uint64_t)vf->tx, (uint64_t)vf->rx);
    memcpy(frame + 6, vf->mac, 6);
    assign_entries();
    msix_on();
    return true;
}

static void vf_batch(void)
{
    for (unsigned i = 0; i < BATCH; i++) {
        queue_frame((uint64_t)frame, LENGTH);
    }
    send_queued();
    while (!all_sent()) {
        set_reg(EIMS, 1u << TX_ENTRY);
        halt();
    }
}

static volatile TxDesc *e1000_ring;
static uint64_t e1000;
static unsigned e1000_tail;

static bool e1000_start(unsigned devfn)
{
    e1000 = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    e1000_ring = ram_alloc(E1000_RING * sizeof(*e1000_ring), 4096);
    write32(e1000 + E1000_CTRL, E1000_CTRL_SLU);
    write32(e1000 + E1000_TDBAL, (uint64_t)e1000_ring);
    write32(e1000 + E1000_TDBAH, 0);
    write32(e1000 + E1000_TDLEN, E1000_RING * sizeof(*e1000_ring));
    write32(e1000 + E1000_TDH, 0);
    write32(e1000 + E1000_TDT, 0);
    write32(e1000 + E1000_TCTL, E1000_TCTL_EN);
    return true;
}

static void e1000_batch(void)
{
    volatile TxDesc *last = NULL;

    for (unsigned i = 0; i < BATCH; i++) {
        last = &e1000_ring[e1000_tail++ % E1000_RING];
        last->addr = (uint64_t)frame;
        last->command = E1000_EOP_RS | LENGTH;
        last->status = 0;
    }
    mf();
    write32(e1000 + E1000_TDT, e1000_tail % E1000_RING);
    /* QEMU sends before the store is over */
    while (!(last->status & E1000_DONE)) {
        /* not yet */
    }
}

static Virtio virtio;
static volatile VirtioQueue *virtio_tx;

static bool virtio_start(void)
{
    virtio_tx = ram_alloc(sizeof(*virtio_tx), 4096);
    if (!virtio_open(&virtio, VIRTIO_NET) ||
        !virtio_features(&virtio, VIRTIO_F_VERSION_1) ||
        !virtio_queue(&virtio, 1, (uint64_t)virtio_tx, 1)) {
        return check(false, "virtio-net is set up");
    }
    msix_set(virtio.msix, 1, VECTOR, false);
    config_write(virtio.devfn, pci_capability(virtio.devfn, 0x11) + 2,
                 0x8000, 2);
    for (unsigned i = 0; i < BATCH; i++) {
        virtio_tx->desc[i] = (VirtioDesc) { (uint64_t)frame, LENGTH + 12, 0,
                                            0 };
    }
    virtio_go(&virtio);
    return true;
}

static void virtio_batch(void)
{
    uint16_t end = virtio_tx->avail_index + BATCH;

    for (unsigned i = 0; i < BATCH; i++) {
        virtio_tx->avail[(uint16_t)(end - BATCH + i) % VIRTIO_QUEUE] = i;
    }
    mf();
    virtio_tx->avail_index = end;
    mf();
    virtio_kick(&virtio, 1);
    while (virtio_tx->used_index != end) {
        halt();
    }
}

void guest_main(void)
{
    void (*batch)(void) = NULL;
    uint32_t frames = 0;
    uint64_t sent = 0;
    int devfn;

    chipset_init();
    fw_file("opt/vfio/frames", &frames, sizeof(frames));
    devfn = pci_find(0, E1000_VENDOR, E1000_DEVICE);
    if (devfn >= 0) {
        frame_init(0);
        batch = e1000_start(devfn) ? e1000_batch : NULL;
    } else if (pci_find(0, VIRTIO_VENDOR, VIRTIO_NET) >= 0) {
        frame_init(12);
        batch = virtio_start() ? virtio_batch : NULL;
    } else {
        frame_init(0);
        batch = vf_start() ? vf_batch : NULL;
    }
    if (!batch) {
        return;
    }
    while (sent < frames * FRAMES_UNIT) {
        batch();
        sent += BATCH;
    }
    check(true, "all frames are sent");
}
