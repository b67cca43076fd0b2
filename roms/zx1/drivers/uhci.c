/*
 * zx1 firmware: UHCI USB host controllers
 *
 * Facts: Universal Host Controller Interface Design Guide 1.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "usb.h"

#define R_COMMAND       0x00
#define CMD_RUN             0x01
#define CMD_HC_RESET        0x02
#define CMD_CONFIGURED      0x40
#define CMD_MAX64           0x80
#define R_STATUS        0x02
#define STS_INTERRUPT       0x1
#define R_INTERRUPTS    0x04
#define INT_COMPLETE        0x4
#define R_FRAME         0x06
#define R_BASE          0x08
#define R_PORT(n)       (0x10 + 2 * (n))
#define PORT_CONNECTED      0x0001
#define PORT_CHANGED        0x0002
#define PORT_ENABLED        0x0004
#define PORT_ENABLE_CHANGE  0x0008
#define PORT_LOW            0x0100
#define PORT_RESET          0x0200
#define PORTS           2

#define LINK_END        0x1
#define LINK_QH         0x2
#define LINK_DEPTH      0x4

#define TD_LENGTH(v)    (((v) + 1) & 0x7ff)
#define TD_ERRORS       0x007e0000
#define TD_STALLED      0x00400000
#define TD_ACTIVE       0x00800000
#define TD_INTERRUPT    0x01000000
#define TD_LOW          0x04000000
#define TD_RETRIES      0x18000000
#define TD_SHORT        0x20000000
#define TOKEN_TOGGLE    0x00080000
#define PID_IN          0x69
#define PID_OUT         0xe1
#define PID_SETUP       0x2d

#define FRAMES          1024
#define TD_MAX          514
#define MAX_BYTES       (32 * 1024)
#define TRANSFER_USECS  20000000

struct uhci_td {
    volatile UINT32 link, status, token, buf;
    UINT32 pad[4];
};

struct uhci_mem {
    UINT32 frames[FRAMES];
    volatile UINT32 qh[4];
    UINT8 setup[16];
    struct uhci_td td[TD_MAX];
};

struct uhci {
    struct usb_hc hc;
    UINT32 port;
    struct uhci_mem *mem;
    UINT64 bus;
    unsigned n;
    bool dead;
};

static void put_td(struct uhci *u, struct usb_dev *d, UINT8 pid, UINT8 number,
                   bool toggle, UINT32 addr, UINT32 len)
{
    struct uhci_td *t = &u->mem->td[u->n++];

    t->link = (u->bus + offsetof(struct uhci_mem, td) +
               u->n * sizeof(*t)) | LINK_DEPTH;
    t->status = TD_ACTIVE | TD_RETRIES | (pid == PID_IN ? TD_SHORT : 0) |
                (d->speed == USB_LOW ? TD_LOW : 0) |
                (u->hc.interrupts ? TD_INTERRUPT : 0);
    t->token = pid | (UINT32)d->address << 8 | (UINT32)number << 15 |
               (toggle ? TOKEN_TOGGLE : 0) | ((len - 1) & 0x7ff) << 21;
    t->buf = addr;
}

/* Runs the descriptors; *@done counts those that moved data in full */
static EFI_STATUS run(struct uhci *u, UINT32 *bytes, unsigned *done)
{
    struct uhci_mem *m = u->mem;
    UINT64 t = fw_deadline(TRANSFER_USECS);
    EFI_STATUS st = EFI_SUCCESS;

    *bytes = 0;
    *done = 0;
    if (u->dead) {
        return EFI_DEVICE_ERROR;
    }
    m->td[u->n - 1].link = LINK_END;
    fw_mb();
    m->qh[1] = u->bus + offsetof(struct uhci_mem, td);
    while (*done < u->n) {
        UINT32 s = m->td[*done].status;
        UINT32 len = TD_LENGTH(s);

        if (s & TD_ACTIVE) {
            if (fw_expired(t)) {
                io_out16(u->port + R_COMMAND, 0);
                u->dead = true;
                return EFI_TIMEOUT;
            }
            continue;
        }
        if (s & TD_ERRORS) {
            st = s & TD_STALLED ? EFI_ABORTED : EFI_DEVICE_ERROR;
            break;
        }
        (*done)++;
        *bytes += len;
        if (len < TD_LENGTH(m->td[*done - 1].token >> 21)) {
            break;                  /* a short packet ends it, here */
        }
        /*
         * The controller is behind a descriptor only when it has written the
         * next one's address to the queue: not to be mixed with ours.
         */
        while (*done == u->n && !(m->qh[1] & LINK_END)) {
            if (fw_expired(t)) {
                io_out16(u->port + R_COMMAND, 0);
                u->dead = true;
                return EFI_TIMEOUT;
            }
        }
    }
    m->qh[1] = LINK_END;
    fw_mb();
    return st;
}

static EFI_STATUS uhci_control(struct usb_dev *d, const UINT8 setup[8],
                               void *data)
{
    struct uhci *u = d->hc->priv;
    UINT32 len = ld16le(setup + 6), a = dma_bus(data), bytes;
    bool in = setup[0] & 0x80, toggle = true;
    unsigned done;
    EFI_STATUS st;

    memcpy(u->mem->setup, setup, 8);
    u->n = 0;
    put_td(u, d, PID_SETUP, 0, false,
           u->bus + offsetof(struct uhci_mem, setup), 8);
    while (len) {
        UINT32 n = MIN(len, d->max_packet0);

        if (u->n > TD_MAX - 2) {
            return EFI_INVALID_PARAMETER;
        }
        put_td(u, d, in ? PID_IN : PID_OUT, 0, toggle, a, n);
        toggle = !toggle;
        a += n;
        len -= n;
    }
    st = run(u, &bytes, &done);
    if (EFI_ERROR(st)) {
        return st;
    }
    u->n = 0;
    put_td(u, d, in && ld16le(setup + 6) ? PID_OUT : PID_IN, 0, true, 0, 0);
    return run(u, &bytes, &done);
}

static EFI_STATUS uhci_bulk(struct usb_dev *d, struct usb_ep *ep, bool in,
                            void *data, UINT32 *len)
{
    struct uhci *u = d->hc->priv;
    UINT32 a = dma_bus(data), left = *len;
    bool toggle = ep->toggle;
    unsigned done;
    EFI_STATUS st;

    u->n = 0;
    while (left) {
        UINT32 n = MIN(left, ep->max_packet);

        if (u->n == TD_MAX) {
            return EFI_INVALID_PARAMETER;
        }
        put_td(u, d, in ? PID_IN : PID_OUT, ep->number, toggle, a, n);
        toggle = !toggle;
        a += n;
        left -= n;
    }
    st = run(u, len, &done);
    if (done & 1) {
        ep->toggle = !ep->toggle;
    }
    return st;
}

static void uhci_irq(struct usb_hc *hc, bool on)
{
    struct uhci *u = hc->priv;

    io_out16(u->port + R_INTERRUPTS, on ? INT_COMPLETE : 0);
    if (!on) {
        io_out16(u->port + R_STATUS, STS_INTERRUPT);
    }
}

static void uhci_exit(void *opaque)
{
    struct uhci *u = opaque;

    io_out16(u->port + R_COMMAND, 0);
    io_out16(u->port + R_COMMAND, CMD_HC_RESET);
}

static void probe_port(struct uhci *u, unsigned n)
{
    UINT32 reg = u->port + R_PORT(n);
    struct usb_dev *d;
    UINT64 t;

    if (!(io_in16(reg) & PORT_CONNECTED)) {
        return;
    }
    io_out16(reg, PORT_RESET);
    fw_udelay(50000);               /* 7.1.7.5 of the USB specification */
    io_out16(reg, 0);
    fw_udelay(10);
    for (t = fw_deadline(100000); !(io_in16(reg) & PORT_ENABLED); ) {
        io_out16(reg, PORT_ENABLED | PORT_CHANGED | PORT_ENABLE_CHANGE);
        if (fw_expired(t)) {
            return;
        }
    }
    fw_udelay(10000);
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return;
    }
    d->hc = &u->hc;
    d->port = n;
    d->speed = io_in16(reg) & PORT_LOW ? USB_LOW : USB_FULL;
    if (EFI_ERROR(usb_attach(d))) {
        fw_free(d);
    }
}

static bool uhci_probe(struct pci_dev *p)
{
    struct uhci *u = fw_zalloc(sizeof(*u));
    UINT64 t;

    if (!u || !p->bar[4].size || !p->bar[4].io || !p->bar[4].assigned) {
        return false;
    }
    u->mem = fw_alloc_dma(sizeof(*u->mem), EFI_PAGE_SIZE);
    if (!u->mem) {
        return false;
    }
    pci_enable(p);
    u->port = p->bar[4].addr;
    u->bus = dma_bus(u->mem);
    u->hc.pci = p;
    u->hc.driver = "usb-uhci";
    u->hc.priv = u;
    u->hc.max_bytes = MAX_BYTES;
    u->hc.control = uhci_control;
    u->hc.bulk = uhci_bulk;
    u->hc.irq = uhci_irq;
    io_out16(u->port + R_COMMAND, CMD_HC_RESET);
    for (t = fw_deadline(100000);
         io_in16(u->port + R_COMMAND) & CMD_HC_RESET; ) {
        if (fw_expired(t)) {
            return false;
        }
    }
    for (unsigned i = 0; i < FRAMES; i++) {
        u->mem->frames[i] = (u->bus + offsetof(struct uhci_mem, qh)) |
                            LINK_QH;
    }
    u->mem->qh[0] = LINK_END;
    u->mem->qh[1] = LINK_END;
    io_out16(u->port + R_INTERRUPTS, 0);
    io_out16(u->port + R_FRAME, 0);
    io_out32(u->port + R_BASE, u->bus);
    io_out16(u->port + R_COMMAND, CMD_RUN | CMD_CONFIGURED | CMD_MAX64);
    drv_on_exit(uhci_exit, u);
    for (unsigned n = 0; n < PORTS; n++) {
        probe_port(u, n);
    }
    return true;
}
FW_PCI_DRIVER(uhci, 0xffff, 0xffff, 0x0c0300, 0xffffff, uhci_probe);
