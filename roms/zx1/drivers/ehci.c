/*
 * zx1 firmware: EHCI USB host controllers
 *
 * Facts: Enhanced Host Controller Interface Specification for USB 1.0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "usb.h"

#define C_LENGTH        0x00
#define C_PARAMS        0x04
#define O_COMMAND       0x00
#define CMD_RUN             0x00001
#define CMD_RESET           0x00002
#define CMD_ASYNC           0x00020
#define CMD_THRESHOLD       0x10000     /* one microframe */
#define O_STATUS        0x04
#define STS_INTERRUPT       0x0001
#define STS_HALTED          0x1000
#define STS_ASYNC           0x8000
#define O_INTERRUPTS    0x08
#define O_SEGMENT       0x10
#define O_ASYNC         0x18
#define O_CONFIG        0x40
#define O_PORT(n)       (0x44 + 4 * (n))
#define PORT_CONNECTED      0x0001
#define PORT_ENABLED        0x0004
#define PORT_CHANGES        0x002a
#define PORT_RESET          0x0100
#define PORT_LINE           0x0c00
#define PORT_LINE_LOW       0x0400
#define PORT_POWER          0x1000
#define PORT_OWNER          0x2000

#define LINK_END        0x1
#define LINK_QH         0x2
#define QH_HIGH         0x00002000
#define QH_TOGGLE_TD    0x00004000
#define QH_HEAD         0x00008000
#define QH_MULT         0x40000000

#define TD_ACTIVE       0x80
#define TD_HALTED       0x40
#define TD_ERRORS       0x38            /* buffer, babble, transaction */
#define TD_OUT          0x000
#define TD_IN           0x100
#define TD_SETUP        0x200
#define TD_RETRIES      0xc00
#define TD_INTERRUPT    0x8000
#define TD_BYTES(v)     ((v) >> 16 & 0x7fff)
#define TD_TOGGLE       0x80000000

#define TD_MAX          20
#define TD_BYTES_MAX    0x4000
#define MAX_BYTES       (256 * 1024)
#define TRANSFER_USECS  20000000
#define STATE_USECS     500000

struct ehci_td {
    volatile UINT32 next, alt, token, buf[5], high[5];
    UINT32 pad[3];
};

struct ehci_mem {
    volatile UINT32 qh[17];
    UINT32 pad[7];
    UINT8 setup[32];
    struct ehci_td td[TD_MAX];
};

struct ehci {
    struct usb_hc hc;
    UINT64 op;
    struct ehci_mem *mem;
    UINT64 bus;
    unsigned n;
    bool dead;
};

static bool wait_op(struct ehci *e, unsigned reg, UINT32 mask, UINT32 val)
{
    UINT64 t = fw_deadline(STATE_USECS);

    while ((mmio_read32(e->op + reg) & mask) != val) {
        if (fw_expired(t)) {
            return false;
        }
    }
    return true;
}

static void put_td(struct ehci *e, UINT32 token, UINT32 addr, UINT32 len)
{
    struct ehci_td *t = &e->mem->td[e->n++];

    t->next = e->bus + offsetof(struct ehci_mem, td) + e->n * sizeof(*t);
    t->alt = LINK_END;
    t->token = token | len << 16 | TD_RETRIES | TD_ACTIVE |
               (e->hc.interrupts ? TD_INTERRUPT : 0);
    for (int i = 0; i < 5; i++) {
        t->buf[i] = i ? (addr & ~0xfffu) + i * 0x1000 : addr;
        t->high[i] = 0;
    }
}

static EFI_STATUS run(struct ehci *e, UINT32 ep, bool *toggle, UINT32 *left)
{
    struct ehci_mem *m = e->mem;
    UINT64 t = fw_deadline(TRANSFER_USECS);
    EFI_STATUS st = EFI_SUCCESS;
    unsigned i = 0;

    *left = 0;
    if (e->dead) {
        return EFI_DEVICE_ERROR;
    }
    m->td[e->n - 1].next = LINK_END;
    memset((void *)m->qh, 0, sizeof(m->qh));
    m->qh[0] = (e->bus + offsetof(struct ehci_mem, qh)) | LINK_QH;
    m->qh[1] = ep | QH_HEAD | QH_HIGH;
    m->qh[2] = QH_MULT;
    m->qh[4] = e->bus + offsetof(struct ehci_mem, td);
    m->qh[5] = LINK_END;
    m->qh[6] = toggle && *toggle ? TD_TOGGLE : 0;
    fw_mb();
    mmio_write32(e->op + O_ASYNC, e->bus + offsetof(struct ehci_mem, qh));
    mmio_write32(e->op + O_COMMAND, CMD_THRESHOLD | CMD_RUN | CMD_ASYNC);
    while (i < e->n) {
        UINT32 token = m->td[i].token;

        if (token & TD_ACTIVE) {
            if (fw_expired(t)) {
                st = EFI_TIMEOUT;
                e->dead = true;
                break;
            }
            continue;
        }
        if (token & TD_HALTED) {
            st = token & TD_ERRORS ? EFI_DEVICE_ERROR : EFI_ABORTED;
            break;
        }
        i++;
        if (TD_BYTES(token)) {
            break;                  /* short */
        }
    }
    mmio_write32(e->op + O_COMMAND, CMD_THRESHOLD | CMD_RUN);
    if (!wait_op(e, O_STATUS, STS_ASYNC, 0)) {
        e->dead = true;
    }
    fw_mb();
    if (toggle) {
        *toggle = m->qh[6] & TD_TOGGLE;
    }
    for (i = 0; i < e->n; i++) {
        *left += TD_BYTES(m->td[i].token);
    }
    return st;
}

/* Pieces of whole packets, each within five pages */
static bool put_data(struct ehci *e, UINT32 token, void *data, UINT32 len)
{
    UINT32 a = dma_bus(data);

    while (len) {
        UINT32 n = MIN(len, TD_BYTES_MAX);

        if (e->n == TD_MAX - 1) {
            return false;
        }
        put_td(e, token, a, n);
        a += n;
        len -= n;
    }
    return true;
}

static EFI_STATUS ehci_control(struct usb_dev *d, const UINT8 setup[8],
                               void *data)
{
    struct ehci *e = d->hc->priv;
    UINT16 len = ld16le(setup + 6);
    bool in = setup[0] & 0x80;
    UINT32 left;

    if (d->speed != USB_HIGH) {
        return EFI_UNSUPPORTED;     /* split transactions, behind a hub */
    }
    memcpy(e->mem->setup, setup, 8);
    e->n = 0;
    put_td(e, TD_SETUP, e->bus + offsetof(struct ehci_mem, setup), 8);
    if (!put_data(e, (in ? TD_IN : TD_OUT) | TD_TOGGLE, data, len)) {
        return EFI_INVALID_PARAMETER;
    }
    if (len) {
        /* short data goes on with the status stage */
        for (unsigned i = 1; i < e->n; i++) {
            e->mem->td[i].alt = e->bus + offsetof(struct ehci_mem, td) +
                                e->n * sizeof(struct ehci_td);
        }
    }
    put_td(e, (len && in ? TD_OUT : TD_IN) | TD_TOGGLE, 0, 0);
    return run(e, d->address | QH_TOGGLE_TD | (UINT32)d->max_packet0 << 16,
               NULL, &left);
}

static EFI_STATUS ehci_bulk(struct usb_dev *d, struct usb_ep *ep, bool in,
                            void *data, UINT32 *len)
{
    struct ehci *e = d->hc->priv;
    UINT32 left;
    EFI_STATUS st;

    e->n = 0;
    if (!put_data(e, in ? TD_IN : TD_OUT, data, *len)) {
        return EFI_INVALID_PARAMETER;
    }
    st = run(e, d->address | (UINT32)ep->number << 8 |
             (UINT32)ep->max_packet << 16, &ep->toggle, &left);
    *len -= MIN(left, *len);
    return st;
}

static void ehci_irq(struct usb_hc *hc, bool on)
{
    struct ehci *e = hc->priv;

    mmio_write32(e->op + O_INTERRUPTS, on ? STS_INTERRUPT : 0);
    if (!on) {
        mmio_write32(e->op + O_STATUS, STS_INTERRUPT);
    }
}

static void ehci_exit(void *opaque)
{
    struct ehci *e = opaque;

    mmio_write32(e->op + O_COMMAND, 0);
    wait_op(e, O_STATUS, STS_HALTED, STS_HALTED);
    mmio_write32(e->op + O_CONFIG, 0);
}

static void probe_port(struct ehci *e, unsigned n)
{
    UINT64 reg = e->op + O_PORT(n);
    UINT32 v = mmio_read32(reg);
    struct usb_dev *d;

    if (!(v & PORT_POWER)) {
        mmio_write32(reg, v | PORT_POWER);
        v = mmio_read32(reg);
    }
    if (!(v & PORT_CONNECTED)) {
        return;
    }
    if ((v & PORT_LINE) == PORT_LINE_LOW) {
        mmio_write32(reg, PORT_POWER | PORT_OWNER);     /* low speed */
        return;
    }
    mmio_write32(reg, PORT_POWER | PORT_RESET);
    fw_udelay(50000);
    mmio_write32(reg, PORT_POWER);
    if (!wait_op(e, O_PORT(n), PORT_RESET, 0)) {
        return;
    }
    fw_udelay(2000);
    v = mmio_read32(reg);
    if (!(v & PORT_ENABLED)) {
        mmio_write32(reg, PORT_POWER | PORT_OWNER);     /* full speed */
        return;
    }
    mmio_write32(reg, v | PORT_CHANGES);
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return;
    }
    d->hc = &e->hc;
    d->port = n;
    d->speed = USB_HIGH;
    if (EFI_ERROR(usb_attach(d))) {
        fw_free(d);
    }
}

static bool ehci_probe(struct pci_dev *p)
{
    struct ehci *e = fw_zalloc(sizeof(*e));
    UINT64 caps;

    if (!e || !p->bar[0].size || p->bar[0].io || !p->bar[0].assigned) {
        return false;
    }
    e->mem = fw_alloc_dma(sizeof(*e->mem), EFI_PAGE_SIZE);
    if (!e->mem) {
        return false;
    }
    pci_enable(p);
    caps = p->bar[0].addr;
    e->op = caps + mmio_read8(caps + C_LENGTH);
    e->bus = dma_bus(e->mem);
    e->hc.pci = p;
    e->hc.driver = "usb-ehci";
    e->hc.priv = e;
    e->hc.max_bytes = MAX_BYTES;
    e->hc.control = ehci_control;
    e->hc.bulk = ehci_bulk;
    e->hc.irq = ehci_irq;
    mmio_write32(e->op + O_COMMAND, 0);
    if (!wait_op(e, O_STATUS, STS_HALTED, STS_HALTED)) {
        return false;
    }
    mmio_write32(e->op + O_COMMAND, CMD_RESET);
    if (!wait_op(e, O_COMMAND, CMD_RESET, 0)) {
        return false;
    }
    mmio_write32(e->op + O_INTERRUPTS, 0);
    mmio_write32(e->op + O_SEGMENT, 0);
    mmio_write32(e->op + O_COMMAND, CMD_THRESHOLD | CMD_RUN);
    mmio_write32(e->op + O_CONFIG, 1);
    drv_on_exit(ehci_exit, e);
    for (unsigned n = 0; n < (mmio_read32(caps + C_PARAMS) & 15); n++) {
        probe_port(e, n);
    }
    return true;
}
FW_PCI_DRIVER(ehci, 0xffff, 0xffff, 0x0c0320, 0xffffff, ehci_probe);
