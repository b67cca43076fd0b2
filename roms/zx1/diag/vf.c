/*
 * zx1 firmware: diagnostics of virtual functions of Intel network adapters,
 * which a host has passed through
 *
 * A frame from the function to itself: the descriptor and the frame are read
 * through the IOTLB, the descriptor's end is written back through it, and
 * tells so by MSI-X. Whether the frame comes back is the adapter's choice, so
 * that is not looked at.
 *
 * Facts: Intel 82576 Gigabit Ethernet Controller datasheet, 7.10.2.9 and 8.26
 * to 8.28; 82599 10 GbE Controller datasheet, 7.10.2.9 and 8.3; messages of
 * the mailbox: Linux drivers/net/ethernet/intel/igbvf/mbx.h, ixgbevf/mbx.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diag.h"

#define CTRL                0x0000
#define CTRL_RESET          (1u << 26)

#define MAILBOX_REQUEST     (1u << 0)
#define MAILBOX_ACK         (1u << 1)
#define MAILBOX_MINE        (1u << 2)
#define MAILBOX_PF_SENT     (1u << 4)
#define MESSAGE_RESET       0x01
#define MESSAGE_SET_MAC     0x02
#define MESSAGE_ACK         (1u << 31)

#define IVAR_VALID          0x80
/* From a queue's first register */
#define Q_BASE              0x00
#define Q_LENGTH            0x08
#define Q_HEAD              0x10
#define Q_TAIL              0x18
#define Q_CONTROL           0x28
#define Q_ENABLE            (1u << 25)

#define DESC_COMMAND        0x2b300000  /* advanced data, EOP, IFCS, RS */
#define DESC_DONE           1
#define RING_BYTES          128

#define FRAME_BYTES         60
#define FRAME_AT            2048        /* in the page of the ring */
#define ETHERTYPE           0x88b5      /* for local experiments */

#define RESET_USECS         50000
#define ANSWER_USECS        3000000
#define SEND_USECS          1000000

#define MSIX_CAP            0x11
#define MSIX_ENABLE         0x8000
#define MSIX_LAST           0x07ff
#define MSIX_ENTRY          16

struct vf_kind {
    const char *name;
    UINT16 link, mailbox, message, eims, eimc, eiac, eicr, ivar, tx;
    UINT32 link_up;
};

static const struct vf_kind igbvf = {
    .name = "igbvf", .link = 0x0008, .link_up = 1 << 1, .mailbox = 0x0c40,
    .message = 0x0800, .eims = 0x1524, .eimc = 0x1528, .eiac = 0x152c,
    .eicr = 0x1580, .ivar = 0x1700, .tx = 0x3800,
};

static const struct vf_kind ixgbevf = {
    .name = "ixgbevf", .link = 0x0010, .link_up = 1 << 30, .mailbox = 0x02fc,
    .message = 0x0200, .eims = 0x0108, .eimc = 0x010c, .eiac = 0x0110,
    .eicr = 0x0100, .ivar = 0x0120, .tx = 0x2000,
};

static const struct {
    UINT16 device;
    const struct vf_kind *kind;
} known[] = {
    { 0x10ca, &igbvf },         /* 82576 */
    { 0x152d, &igbvf },         /* 82576, Hyper-V */
    { 0x1520, &igbvf },         /* I350 */
    { 0x10ed, &ixgbevf },       /* 82599 */
    { 0x1515, &ixgbevf },       /* X540 */
    { 0x1565, &ixgbevf },       /* X550 */
    { 0x15a8, &ixgbevf },       /* X550EM */
    { 0x15c5, &ixgbevf },       /* X553 */
};

struct vf {
    struct pci_dev *d;
    const struct vf_kind *k;
    UINT64 regs, msix;          /* BAR 0, entry 0 of the table */
    unsigned msix_cap, vectors;
    UINT8 mac[6];
};

static UINT32 rd(struct vf *v, unsigned r)
{
    return mmio_read32(v->regs + r);
}

static void wr(struct vf *v, unsigned r, UINT32 val)
{
    mmio_write32(v->regs + r, val);
}

/*
 * A message to the physical function's driver, and its answer. The bits of
 * the mailbox are cleared by reading.
 */
static bool ask(struct vf *v, UINT32 *msg, unsigned words)
{
    UINT64 t = fw_deadline(ANSWER_USECS);
    UINT32 box = 0;

    do {
        wr(v, v->k->mailbox, MAILBOX_MINE);
        if (fw_expired(t)) {
            return false;
        }
    } while (!(rd(v, v->k->mailbox) & MAILBOX_MINE));
    for (unsigned i = 0; i < words; i++) {
        wr(v, v->k->message + 4 * i, msg[i]);
    }
    wr(v, v->k->mailbox, MAILBOX_REQUEST);
    while (!(box & MAILBOX_PF_SENT)) {
        if (fw_expired(t)) {
            return false;
        }
        box |= rd(v, v->k->mailbox);
    }
    for (unsigned i = 0; i < words; i++) {
        msg[i] = rd(v, v->k->message + 4 * i);
    }
    wr(v, v->k->mailbox, MAILBOX_ACK);
    return true;
}

static void reset(struct vf *v)
{
    wr(v, v->k->eimc, ~0u);
    wr(v, CTRL, CTRL_RESET);
    fw_udelay(RESET_USECS);     /* the other side hears by an interrupt */
    wr(v, v->k->eimc, ~0u);
    rd(v, v->k->eicr);
}

/* The handshake after a reset: the address to use, given or taken */
static bool handshake(struct vf *v)
{
    UINT32 msg[3] = { MESSAGE_RESET };

    reset(v);
    if (!ask(v, msg, 3) || (msg[0] & 0xff) != MESSAGE_RESET) {
        return false;
    }
    if (!(msg[0] & MESSAGE_ACK)) {
        /* ours, locally administered, with the slot in it */
        msg[0] = MESSAGE_SET_MAC;
        msg[1] = 0x31585a02;
        msg[2] = v->d->bus | v->d->dev << 8;
        memcpy(v->mac, &msg[1], 6);
        return ask(v, msg, 3) && (msg[0] & MESSAGE_ACK);
    }
    memcpy(v->mac, &msg[1], 6);
    return true;
}

/* @page as the processor sees it, at @bus for the device */
static bool transmit(struct vf *v, UINT8 *page, UINT64 bus)
{
    volatile UINT8 *ring = page;
    UINT8 *frame = page + FRAME_AT;
    unsigned q = v->k->tx;
    UINT64 t;

    wr(v, q + Q_CONTROL, 0);
    memset(page, 0, EFI_PAGE_SIZE);
    memcpy(frame, v->mac, 6);
    memcpy(frame + 6, v->mac, 6);
    frame[12] = ETHERTYPE >> 8;
    frame[13] = ETHERTYPE & 0xff;
    st64le(page, bus + FRAME_AT);
    st32le(page + 8, DESC_COMMAND | FRAME_BYTES);
    st32le(page + 12, FRAME_BYTES << 14);
    fw_mb();
    wr(v, q + Q_BASE, bus);
    wr(v, q + Q_BASE + 4, bus >> 32);
    wr(v, q + Q_LENGTH, RING_BYTES);
    wr(v, q + Q_HEAD, 0);
    wr(v, q + Q_TAIL, 0);
    wr(v, q + Q_CONTROL, Q_ENABLE);
    for (t = fw_ticks() + fw_itc_hz / 1000000 * SEND_USECS;
         !(rd(v, q + Q_CONTROL) & Q_ENABLE); ) {
        if (fw_ticks() > t) {
            return false;
        }
    }
    wr(v, q + Q_TAIL, 1);
    for (t = fw_ticks() + fw_itc_hz / 1000000 * SEND_USECS;
         !(ring[12] & DESC_DONE); ) {
        if (fw_ticks() > t) {
            return false;
        }
    }
    fw_mb();
    return true;
}

static bool msix_find(struct vf *v)
{
    struct pci_bar *b;
    UINT32 table;

    v->msix_cap = pci_find_cap(v->d, MSIX_CAP);
    if (!v->msix_cap) {
        return false;
    }
    table = pci_read32(v->d, v->msix_cap + 4);
    if ((table & 7) > 5) {
        return false;
    }
    v->vectors = (pci_read16(v->d, v->msix_cap + 2) & MSIX_LAST) + 1;
    b = &v->d->bar[table & 7];
    if (!b->assigned || b->io ||
        b->size < (table & ~7u) + v->vectors * MSIX_ENTRY) {
        return false;
    }
    v->msix = b->addr + (table & ~7u);
    return true;
}

/* Masks of a few vectors: a VF has 3 or so */
static UINT32 all_vectors(struct vf *v)
{
    return v->vectors < 32 ? (1u << v->vectors) - 1 : ~0u;
}

/*
 * The transmit queue to entry 0, and all entries to this processor: QEMU's
 * igb, which the test rig has, joins the entry that is written with the one
 * that an earlier user of the function chose, and no reset parts them.
 */
static void msix_on(struct vf *v)
{
    UINT64 lid = read_lid();

    for (unsigned i = 0; i < v->vectors; i++) {
        UINT64 entry = v->msix + i * MSIX_ENTRY;

        mmio_write32(entry + 12, 1);
        mmio_write32(entry, ZX1_PIB_BASE | (lid >> 24 & 0xff) << 12 |
                            (lid >> 16 & 0xff) << 4);
        mmio_write32(entry + 4, 0);
        mmio_write32(entry + 8, DIAG_VECTOR);
        mmio_write32(entry + 12, 0);
    }
    pci_write16(v->d, v->msix_cap + 2,
                pci_read16(v->d, v->msix_cap + 2) | MSIX_ENABLE);
    wr(v, v->k->ivar, IVAR_VALID << 8);
    wr(v, v->k->eiac, all_vectors(v));
    rd(v, v->k->eicr);
    wr(v, v->k->eims, all_vectors(v));
}

static void msix_off(struct vf *v)
{
    wr(v, v->k->eimc, ~0u);
    pci_write16(v->d, v->msix_cap + 2,
                pci_read16(v->d, v->msix_cap + 2) & ~MSIX_ENABLE);
    for (unsigned i = 0; i < v->vectors; i++) {
        mmio_write32(v->msix + i * MSIX_ENTRY + 12, 1);
    }
}

static void test_irq(struct vf *v, struct dma_test *t, const char *name)
{
    struct irq_test irq;
    bool done, seen;

    if (!msix_find(v)) {
        diag_result(false, "irq %s: no MSI-X table", name);
        return;
    }
    irq_arm_msi(&irq, v->d);
    msix_on(v);
    done = transmit(v, t->b, dma_bus(t->a));
    seen = irq_wait(SEND_USECS);
    msix_off(v);
    irq_disarm(&irq);
    diag_result(done && seen, "irq %s: MSI-X, %s", name,
                seen ? "arrived" : "did not arrive");
}

/* The window's entry leads elsewhere: the old page must be left alone */
static void test_purge(struct vf *v, struct dma_test *t, const char *name)
{
    bool done;

    memset(t->b, 0, EFI_PAGE_SIZE);
    ioc_window_redirect(t->a, t->a);
    done = transmit(v, t->a, dma_bus(t->a));
    fw_mb();
    for (unsigned i = 0; i < EFI_PAGE_SIZE; i++) {
        done = done && !((volatile UINT8 *)t->b)[i];
    }
    diag_result(done, "purge %s: entry changed, only the new page is used",
                name);
    ioc_window_redirect(t->a, t->b);
}

static void test_vf(struct vf *v)
{
    struct dma_test t;
    char name[32];

    snprintf(name, sizeof(name), "%02x:%02x.%x %s", v->d->bus, v->d->dev,
             v->d->fn, v->k->name);
    pci_enable(v->d);
    v->regs = v->d->bar[0].addr;
    if (!handshake(v)) {
        diag_result(false, "vf %s: the physical function does not answer",
                    name);
        pci_disable_master(v->d);
        return;
    }
    diag_result(true, "vf %s: reset, address %02x:%02x:%02x:%02x:%02x:%02x",
                name, v->mac[0], v->mac[1], v->mac[2], v->mac[3], v->mac[4],
                v->mac[5]);
    if (!dma_setup(&t)) {
        diag_result(false, "dma %s: no memory", name);
    } else if (transmit(v, t.b, dma_bus(t.a))) {
        diag_result(true, "dma %s: descriptor read and written through the "
                    "IOTLB", name);
        test_purge(v, &t, name);
        test_irq(v, &t, name);
    } else if (!(rd(v, v->k->link) & v->k->link_up)) {
        diag_skip("dma %s: the adapter has no link", name);
    } else {
        diag_result(false, "dma %s: descriptor not written", name);
    }
    reset(v);
    dma_teardown(&t);
    pci_disable_master(v->d);
}

bool diag_vf(struct pci_dev *d)
{
    struct vf v = { .d = d };

    for (unsigned i = 0; d->vendor == 0x8086 && i < ARRAY_SIZE(known); i++) {
        if (known[i].device == d->device) {
            v.k = known[i].kind;
        }
    }
    if (!v.k || !d->bar[0].assigned || d->bar[0].io) {
        return false;
    }
    test_vf(&v);
    return true;
}
