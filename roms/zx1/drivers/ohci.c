/*
 * zx1 firmware: OHCI USB host controllers
 *
 * Facts: Open Host Controller Interface Specification for USB 1.0a.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "usb.h"

#define R_CONTROL       0x04
#define CTL_CONTROL         0x10
#define CTL_BULK            0x20
#define CTL_OPERATIONAL     0x80
#define R_COMMAND       0x08
#define CMD_RESET           0x1
#define CMD_CONTROL         0x2
#define CMD_BULK            0x4
#define R_INT_STATUS    0x0c
#define INT_DONE            0x2
#define R_INT_ENABLE    0x10
#define INT_MASTER          0x80000000
#define R_INT_DISABLE   0x14
#define R_HCCA          0x18
#define R_CONTROL_HEAD  0x20
#define R_CONTROL_CUR   0x24
#define R_BULK_HEAD     0x28
#define R_BULK_CUR      0x2c
#define R_FM_INTERVAL   0x34
#define FM_VALUE            0xa7782edf
#define R_PERIODIC      0x40
#define PERIODIC_VALUE      0x2a2f
#define R_RH_A          0x48
#define R_RH_STATUS     0x50
#define RH_POWER            0x10000
#define R_PORT(n)       (0x54 + 4 * (n))
#define PORT_CONNECTED      0x001
#define PORT_ENABLED        0x002
#define PORT_RESET          0x010
#define PORT_POWER          0x100
#define PORT_LOW            0x200
#define PORT_CHANGES        0x1f0000

#define ED_IN           0x1000
#define ED_OUT          0x0800
#define ED_LOW          0x2000
#define ED_SKIP         0x4000
#define ED_HALTED       0x1
#define ED_CARRY        0x2

#define TD_ROUND        0x00040000
#define TD_SETUP        0x00000000
#define TD_OUT          0x00080000
#define TD_IN           0x00100000
#define TD_NO_INT       0x00e00000
#define TD_DATA0        0x02000000
#define TD_DATA1        0x03000000
#define TD_NOT_DONE     0xf0000000
#define CC_STALL        4
#define CC_UNDERRUN     9

#define TD_MAX          64
#define MAX_BYTES       (64 * 1024)
#define TRANSFER_USECS  20000000

struct ohci_td {
    volatile UINT32 flags, buf, next, end;
};

/* One page: endpoint, its transfers, a bounce buffer for setup packets */
struct ohci_mem {
    UINT8 hcca[256];
    volatile UINT32 ed[4];
    UINT8 setup[16];
    struct ohci_td td[TD_MAX + 1];
};

struct ohci {
    struct usb_hc hc;
    UINT64 regs;
    struct ohci_mem *mem;
    UINT64 bus;                 /* of mem, as the controller knows it */
    unsigned n;                 /* descriptors */
    bool dead;
};

static UINT32 td_bus(struct ohci *o, unsigned i)
{
    return o->bus + offsetof(struct ohci_mem, td) +
           i * sizeof(struct ohci_td);
}

static void put_td(struct ohci *o, UINT32 flags, UINT32 addr, UINT32 len)
{
    struct ohci_td *t = &o->mem->td[o->n++];

    t->flags = flags | (o->hc.interrupts ? 0 : TD_NO_INT) | TD_NOT_DONE;
    t->buf = len ? addr : 0;
    t->end = len ? addr + len - 1 : 0;
    t->next = td_bus(o, o->n);
}

/*
 * Runs the descriptors, the endpoint's words are @ed and its toggle. *@left:
 * bytes that were not moved.
 */
static EFI_STATUS run(struct ohci *o, UINT32 ed, bool *toggle, bool bulk,
                      UINT32 *left)
{
    struct ohci_mem *m = o->mem;
    UINT64 t = fw_deadline(TRANSFER_USECS);
    EFI_STATUS st = EFI_SUCCESS;

    if (o->dead) {
        return EFI_DEVICE_ERROR;
    }
    m->ed[1] = td_bus(o, o->n);
    m->ed[2] = td_bus(o, 0) | (*toggle ? ED_CARRY : 0);
    m->ed[3] = 0;
    fw_mb();
    m->ed[0] = ed;
    fw_mb();
    mmio_write32(o->regs + R_COMMAND, bulk ? CMD_BULK : CMD_CONTROL);
    while ((m->ed[2] & ~15u) != m->ed[1] && !(m->ed[2] & ED_HALTED)) {
        if (fw_expired(t)) {
            m->ed[0] = ed | ED_SKIP;
            mmio_write32(o->regs + R_CONTROL, 0);
            o->dead = true;
            return EFI_TIMEOUT;
        }
    }
    fw_mb();
    m->ed[0] = ed | ED_SKIP;
    *toggle = m->ed[2] & ED_CARRY;
    *left = 0;
    for (unsigned i = 0; i < o->n; i++) {
        UINT8 cc = m->td[i].flags >> 28;

        if (m->td[i].buf) {
            *left += m->td[i].end - m->td[i].buf + 1;
        }
        if (cc == CC_STALL) {
            st = EFI_ABORTED;
        } else if (cc && cc != CC_UNDERRUN && cc < 14) {
            st = EFI_DEVICE_ERROR;
        }
    }
    return st;
}

/* Pieces that cross one page boundary at most, of whole packets */
static bool put_data(struct ohci *o, UINT32 flags, void *data, UINT32 len,
                     UINT16 max_packet)
{
    UINT32 a = dma_bus(data);

    while (len) {
        UINT32 n = MIN(len, 0x2000 - (a & 0xfff));

        if (n < len) {
            n -= n % max_packet;
        }
        if (o->n == TD_MAX || !n) {
            return false;
        }
        put_td(o, flags | (n == len ? TD_ROUND : 0), a, n);
        a += n;
        len -= n;
        flags &= ~TD_DATA1;         /* go on with the endpoint's toggle */
    }
    return true;
}

static UINT32 ed_word(struct usb_dev *d, UINT8 number, UINT16 max_packet)
{
    return d->address | (UINT32)number << 7 | (UINT32)max_packet << 16 |
           (d->speed == USB_LOW ? ED_LOW : 0);
}

static EFI_STATUS ohci_control(struct usb_dev *d, const UINT8 setup[8],
                               void *data)
{
    struct ohci *o = d->hc->priv;
    UINT16 len = ld16le(setup + 6);
    bool in = setup[0] & 0x80, toggle = false;
    UINT32 left;

    memcpy(o->mem->setup, setup, 8);
    o->n = 0;
    put_td(o, TD_SETUP | TD_DATA0, o->bus + offsetof(struct ohci_mem, setup),
           8);
    if (!put_data(o, (in ? TD_IN : TD_OUT) | TD_DATA1, data, len,
                  d->max_packet0)) {
        return EFI_INVALID_PARAMETER;
    }
    put_td(o, (len && in ? TD_OUT : TD_IN) | TD_DATA1, 0, 0);
    mmio_write32(o->regs + R_CONTROL_CUR, 0);
    mmio_write32(o->regs + R_CONTROL_HEAD,
                 o->bus + offsetof(struct ohci_mem, ed));
    return run(o, ed_word(d, 0, d->max_packet0), &toggle, false, &left);
}

static EFI_STATUS bulk_part(struct usb_dev *d, struct usb_ep *ep, bool in,
                            void *data, UINT32 *len)
{
    struct ohci *o = d->hc->priv;
    UINT32 left;
    EFI_STATUS st;

    o->n = 0;
    if (!put_data(o, in ? TD_IN : TD_OUT, data, *len, ep->max_packet)) {
        return EFI_INVALID_PARAMETER;
    }
    mmio_write32(o->regs + R_CONTROL_HEAD, 0);
    mmio_write32(o->regs + R_BULK_CUR, 0);
    mmio_write32(o->regs + R_BULK_HEAD,
                 o->bus + offsetof(struct ohci_mem, ed));
    st = run(o, ed_word(d, ep->number, ep->max_packet) |
             (in ? ED_IN : ED_OUT), &ep->toggle, true, &left);
    mmio_write32(o->regs + R_BULK_HEAD, 0);
    *len -= MIN(left, *len);
    return st;
}

/*
 * What is sent is queued in pieces for about one frame, which has room for 19
 * packets: controllers that emulate a frame at once give up beyond 32.
 */
static EFI_STATUS ohci_bulk(struct usb_dev *d, struct usb_ep *ep, bool in,
                            void *data, UINT32 *len)
{
    UINT32 step = in ? *len : 16 * ep->max_packet, done = 0;
    EFI_STATUS st = EFI_SUCCESS;

    while (done < *len && !EFI_ERROR(st)) {
        UINT32 want = MIN(step, *len - done), n = want;

        st = bulk_part(d, ep, in, (UINT8 *)data + done, &n);
        done += n;
        if (n < want) {
            break;
        }
    }
    *len = done;
    return st;
}

static void ohci_irq(struct usb_hc *hc, bool on)
{
    struct ohci *o = hc->priv;

    mmio_write32(o->regs + R_INT_STATUS, INT_DONE);
    mmio_write32(o->regs + (on ? R_INT_ENABLE : R_INT_DISABLE),
                 INT_MASTER | INT_DONE);
}

static void ohci_exit(void *opaque)
{
    struct ohci *o = opaque;

    mmio_write32(o->regs + R_CONTROL, 0);
    mmio_write32(o->regs + R_COMMAND, CMD_RESET);
}

static void probe_port(struct ohci *o, unsigned n)
{
    UINT64 reg = o->regs + R_PORT(n), t;
    struct usb_dev *d;

    mmio_write32(reg, PORT_POWER);
    if (!(mmio_read32(reg) & PORT_CONNECTED)) {
        return;
    }
    mmio_write32(reg, PORT_RESET);
    for (t = fw_deadline(500000); mmio_read32(reg) & PORT_RESET; ) {
        if (fw_expired(t)) {
            return;
        }
    }
    mmio_write32(reg, PORT_CHANGES);
    mmio_write32(reg, PORT_ENABLED);
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return;
    }
    d->hc = &o->hc;
    d->port = n;
    d->speed = mmio_read32(reg) & PORT_LOW ? USB_LOW : USB_FULL;
    if (EFI_ERROR(usb_attach(d))) {
        fw_free(d);
    }
}

static bool ohci_probe(struct pci_dev *p)
{
    struct ohci *o = fw_zalloc(sizeof(*o));
    UINT64 t;

    if (!o || !p->bar[0].size || p->bar[0].io || !p->bar[0].assigned) {
        return false;
    }
    o->mem = fw_alloc_dma(sizeof(*o->mem), EFI_PAGE_SIZE);
    if (!o->mem) {
        return false;
    }
    pci_enable(p);
    o->regs = p->bar[0].addr;
    o->bus = dma_bus(o->mem);
    o->hc.pci = p;
    o->hc.driver = "usb-ohci";
    o->hc.priv = o;
    o->hc.max_bytes = MAX_BYTES;
    o->hc.control = ohci_control;
    o->hc.bulk = ohci_bulk;
    o->hc.irq = ohci_irq;
    mmio_write32(o->regs + R_INT_DISABLE, 0xffffffff);
    mmio_write32(o->regs + R_COMMAND, CMD_RESET);
    for (t = fw_deadline(100000);
         mmio_read32(o->regs + R_COMMAND) & CMD_RESET; ) {
        if (fw_expired(t)) {
            return false;
        }
    }
    mmio_write32(o->regs + R_FM_INTERVAL, FM_VALUE);
    mmio_write32(o->regs + R_PERIODIC, PERIODIC_VALUE);
    mmio_write32(o->regs + R_HCCA, o->bus);
    mmio_write32(o->regs + R_CONTROL_HEAD, 0);
    mmio_write32(o->regs + R_BULK_HEAD, 0);
    mmio_write32(o->regs + R_CONTROL,
                 CTL_OPERATIONAL | CTL_CONTROL | CTL_BULK);
    mmio_write32(o->regs + R_RH_STATUS, RH_POWER);
    drv_on_exit(ohci_exit, o);
    for (unsigned n = 0; n < (mmio_read32(o->regs + R_RH_A) & 15); n++) {
        probe_port(o, n);
    }
    return true;
}
FW_PCI_DRIVER(ohci, 0xffff, 0xffff, 0x0c0310, 0xffffff, ohci_probe);
