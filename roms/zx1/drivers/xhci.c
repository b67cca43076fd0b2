/*
 * zx1 firmware: xHCI USB host controllers
 *
 * Facts: eXtensible Host Controller Interface for USB 1.1, chapters 4
 * (operation), 5 (registers) and 6 (data structures).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "usb.h"

/* Capabilities */
#define C_LENGTH        0x00
#define C_PARAMS1       0x04
#define C_PARAMS2       0x08
#define C_HCC           0x10
#define HCC_CONTEXT64   0x04
#define HCC_EXTENDED(v) ((v) >> 16 << 2)
#define EXT_ID(v)       ((v) & 0xff)
#define EXT_NEXT(v)     (((v) >> 8 & 0xff) << 2)
#define EXT_PROTOCOL    2
#define EXT_PORTS       8       /* the first from 1, and how many */
#define EXT_MAX         64
#define C_DOORBELLS     0x14
#define C_RUNTIME       0x18

/* Operational */
#define O_COMMAND       0x00
#define CMD_RUN         0x01
#define CMD_RESET       0x02
#define CMD_INTERRUPTS  0x04
#define O_STATUS        0x04
#define STS_HALTED      0x01
#define STS_INTERRUPT   0x08
#define STS_NOT_READY   0x800
#define O_CRCR          0x18
#define O_DCBAAP        0x30
#define O_CONFIG        0x38
#define O_PORT(n)       (0x400 + 16 * (n))
#define PORT_CONNECTED  0x00000001
#define PORT_ENABLED    0x00000002
#define PORT_RESET      0x00000010
#define PORT_POWER      0x00000200
#define PORT_SPEED(v)   ((v) >> 10 & 15)
#define PORT_CHANGES    0x00fe0000
#define PORT_KEEP       0x0e00c200      /* written back as they are */

/* Interrupter 0, in the runtime registers */
#define I_IMAN          0x20
#define IMAN_PENDING    0x01
#define IMAN_ENABLE     0x02
#define I_ERSTSZ        0x28
#define I_ERSTBA        0x30
#define I_ERDP          0x38

#define TRB_SIZE        16
#define TRBS            (EFI_PAGE_SIZE / TRB_SIZE)
#define TRB_CYCLE       0x01
#define TRB_TOGGLE      0x02
#define TRB_SHORT       0x04
#define TRB_CHAIN       0x10
#define TRB_IOC         0x20
#define TRB_IMMEDIATE   0x40
#define TRB_IN          0x10000
#define TRB_TYPE(t)     ((UINT32)(t) << 10)
#define T_NORMAL        1
#define T_SETUP         2
#define T_DATA          3
#define T_STATUS        4
#define T_LINK          6
#define T_ENABLE_SLOT   9
#define T_ADDRESS       11
#define T_CONFIGURE     12
#define T_EVALUATE      13
#define T_RESET_EP      14
#define T_SET_DEQUEUE   16
#define E_TRANSFER      32
#define E_COMMAND       33

#define CC_SUCCESS      1
#define CC_STALL        6
#define CC_SHORT        13

/* Slot context: words 0, 1 and 2 */
#define SLOT_ENTRIES(n) ((UINT32)(n) << 27)
#define SLOT_SPEED(n)   ((UINT32)(n) << 20)
#define SLOT_HUB        0x04000000
#define SLOT_PORT(n)    ((UINT32)(n) << 16)     /* of the controller */
#define SLOT_PORTS(n)   ((UINT32)(n) << 24)     /* of a hub */
#define SLOT_TT(slot, port)     ((UINT32)(port) << 8 | (slot))

#define EP_CONTROL      4
#define EP_BULK_OUT     2
#define EP_BULK_IN      6

#define MAX_BYTES       (512 * 1024)
#define RESET_USECS     1000000
#define COMMAND_USECS   2000000
#define TRANSFER_USECS  20000000

struct ring {
    UINT8 *mem;
    UINT64 bus;                 /* what the controller was told */
    unsigned at;
    UINT32 cycle;
};

struct xhci {
    struct usb_hc hc;
    UINT64 caps, op, doorbell, runtime;
    unsigned context;           /* bytes of one */
    UINT64 *dcbaa;
    struct ring command, event;
    bool dead;
};

/* Behind struct usb_dev.priv */
struct xhci_dev {
    UINT8 slot;
    UINT8 *input, *output;      /* contexts */
    struct ring ep[3];          /* control, bulk out, bulk in */
};

static bool ring_alloc(struct ring *r, bool link)
{
    r->mem = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    r->bus = dma_bus(r->mem);
    r->at = 0;
    r->cycle = TRB_CYCLE;
    if (r->mem && link) {
        UINT8 *t = r->mem + (TRBS - 1) * TRB_SIZE;

        st64le(t, r->bus);
        st32le(t + 12, TRB_TYPE(T_LINK) | TRB_TOGGLE);
    }
    return r->mem != NULL;
}

/* Adds one; its address */
static UINT64 ring_put(struct ring *r, UINT64 param, UINT32 status,
                       UINT32 control)
{
    UINT8 *t = r->mem + r->at * TRB_SIZE;

    *(volatile UINT64 *)t = param;
    *(volatile UINT32 *)(t + 8) = status;
    fw_mb();
    *(volatile UINT32 *)(t + 12) = control | r->cycle;
    if (++r->at == TRBS - 1) {
        volatile UINT32 *link = (UINT32 *)(r->mem + (TRBS - 1) * TRB_SIZE + 12);

        *link = TRB_TYPE(T_LINK) | TRB_TOGGLE | r->cycle |
                (control & TRB_CHAIN);
        r->at = 0;
        r->cycle ^= TRB_CYCLE;
    }
    return r->bus + (t - r->mem);
}

/* Next event of @type; its words in @ev */
static EFI_STATUS wait_event(struct xhci *x, unsigned type, UINT64 usecs,
                             UINT32 ev[4])
{
    UINT64 t = fw_deadline(usecs);

    for (;;) {
        volatile UINT32 *e = (UINT32 *)(x->event.mem +
                                        x->event.at * TRB_SIZE);

        if ((e[3] & TRB_CYCLE) != x->event.cycle) {
            if (fw_expired(t)) {
                return EFI_TIMEOUT;
            }
            continue;
        }
        fw_mb();
        for (int i = 0; i < 4; i++) {
            ev[i] = e[i];
        }
        if (++x->event.at == TRBS) {
            x->event.at = 0;
            x->event.cycle ^= TRB_CYCLE;
        }
        mmio_write64(x->runtime + I_ERDP,
                     (x->event.bus + x->event.at * TRB_SIZE) | 8);
        if ((ev[3] >> 10 & 63) == type) {
            return EFI_SUCCESS;
        }
    }
}

static EFI_STATUS command(struct xhci *x, UINT64 param, UINT32 control,
                          UINT8 *slot)
{
    UINT32 ev[4];
    UINT64 at;
    EFI_STATUS st;

    if (x->dead) {
        return EFI_DEVICE_ERROR;
    }
    at = ring_put(&x->command, param, 0, control);
    mmio_write32(x->doorbell, 0);
    do {
        st = wait_event(x, E_COMMAND, COMMAND_USECS, ev);
        if (EFI_ERROR(st)) {
            x->dead = true;
            return st;
        }
    } while ((ev[0] | (UINT64)ev[1] << 32) != at);
    if (slot) {
        *slot = ev[3] >> 24;
    }
    return ev[2] >> 24 == CC_SUCCESS ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

/* Waits for the end of what was put on ring @ep; *@left: bytes not moved */
static EFI_STATUS transfer(struct usb_dev *d, unsigned dci, UINT32 *left)
{
    struct xhci *x = d->hc->priv;
    struct xhci_dev *xd = d->priv;
    UINT32 ev[4];
    EFI_STATUS st;

    if (x->dead) {
        return EFI_DEVICE_ERROR;
    }
    mmio_write32(x->doorbell + 4 * xd->slot, dci);
    do {
        st = wait_event(x, E_TRANSFER, TRANSFER_USECS, ev);
        if (EFI_ERROR(st)) {
            x->dead = true;
            return st;
        }
    } while (ev[3] >> 24 != xd->slot || (ev[3] >> 16 & 31) != dci);
    *left = ev[2] & 0xffffff;
    switch (ev[2] >> 24) {
    case CC_SUCCESS:
    case CC_SHORT:
        return EFI_SUCCESS;
    case CC_STALL:
        return EFI_ABORTED;
    default:
        return EFI_DEVICE_ERROR;
    }
}

/* After a stall: the endpoint goes on behind what was queued */
static EFI_STATUS recover(struct usb_dev *d, struct ring *r, unsigned dci)
{
    struct xhci *x = d->hc->priv;
    struct xhci_dev *xd = d->priv;
    UINT32 who = (UINT32)xd->slot << 24 | dci << 16;
    EFI_STATUS st = command(x, 0, TRB_TYPE(T_RESET_EP) | who, NULL);

    if (EFI_ERROR(st)) {
        return st;
    }
    return command(x, (r->bus + r->at * TRB_SIZE) | (r->cycle ? 1 : 0),
                   TRB_TYPE(T_SET_DEQUEUE) | who, NULL);
}

static EFI_STATUS xhci_control(struct usb_dev *d, const UINT8 setup[8],
                               void *data)
{
    struct xhci_dev *xd = d->priv;
    struct ring *r = &xd->ep[0];
    UINT16 len = ld16le(setup + 6);
    bool in = setup[0] & 0x80;
    UINT32 left;
    EFI_STATUS st;

    ring_put(r, ld64le(setup), 8, TRB_TYPE(T_SETUP) | TRB_IMMEDIATE |
             (len ? (in ? 3 : 2) << 16 : 0));
    if (len) {
        ring_put(r, dma_bus(data), len, TRB_TYPE(T_DATA) |
                 (in ? TRB_IN : 0));
    }
    ring_put(r, 0, 0, TRB_TYPE(T_STATUS) | TRB_IOC |
             (len && in ? 0 : TRB_IN));
    st = transfer(d, 1, &left);
    if (st == EFI_ABORTED || st == EFI_DEVICE_ERROR) {
        recover(d, r, 1);
    }
    return st;
}

static unsigned dci_of(const struct usb_ep *ep, bool in)
{
    return 2 * ep->number + in;
}

static EFI_STATUS xhci_bulk(struct usb_dev *d, struct usb_ep *ep, bool in,
                            void *data, UINT32 *len)
{
    struct xhci_dev *xd = d->priv;
    UINT32 left = *len, rest;
    UINT64 a = dma_bus(data);
    EFI_STATUS st;

    while (left) {
        /* a TRB's buffer does not cross 64 KiB */
        UINT32 n = MIN(left, 0x10000 - (a & 0xffff));

        left -= n;
        /* an interrupt on every one: the sum of what is left is exact */
        ring_put(&xd->ep[1 + in], a, n, TRB_TYPE(T_NORMAL) | TRB_IOC |
                 TRB_SHORT);
        a += n;
    }
    a = dma_bus(data);
    for (left = *len; left; ) {
        UINT32 n = MIN(left, 0x10000 - (a & 0xffff));

        st = transfer(d, dci_of(ep, in), &rest);
        if (EFI_ERROR(st)) {
            return st;
        }
        left -= n - MIN(rest, n);
        a += n;
        if (rest) {
            break;
        }
    }
    *len -= left;
    return EFI_SUCCESS;
}

static UINT8 *ctx(struct xhci *x, UINT8 *base, unsigned n)
{
    return base + n * x->context;
}

static void fill_ep(struct xhci *x, struct xhci_dev *xd, unsigned dci,
                    unsigned type, UINT16 max_packet, struct ring *r)
{
    UINT8 *c = ctx(x, xd->input, 1 + dci);

    memset(c, 0, x->context);
    st32le(c + 4, 3 << 1 | type << 3 | (UINT32)max_packet << 16);
    st64le(c + 8, r->bus | 1);
    st32le(c + 16, type == EP_CONTROL ? 8 : 3072);
}

/*
 * Where the device is: the port of the controller, and of each hub behind it
 * four bits of the route; behind a high-speed hub also who speaks slower.
 */
static void fill_slot(struct usb_dev *d, UINT8 *slot)
{
    const struct usb_dev *at, *tt = NULL;
    UINT32 route = 0;

    for (at = d; at->hub; at = at->hub) {
        route = route << 4 | (at->port + 1);
        if (!tt && at->speed < USB_HIGH && at->hub->speed == USB_HIGH) {
            tt = at;
        }
    }
    st32le(slot, SLOT_ENTRIES(1) | SLOT_SPEED(d->speed) | route);
    st32le(slot + 4, SLOT_PORT(at->port + 1));
    if (tt) {
        const struct xhci_dev *hub = tt->hub->priv;

        st32le(slot + 8, SLOT_TT(hub->slot, tt->port + 1));
    }
}

static EFI_STATUS xhci_set_address(struct usb_dev *d)
{
    struct xhci *x = d->hc->priv;
    struct xhci_dev *xd = fw_zalloc(sizeof(*xd));
    EFI_STATUS st;

    if (!xd) {
        return EFI_OUT_OF_RESOURCES;
    }
    d->priv = xd;
    xd->input = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    xd->output = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    if (!xd->input || !xd->output || !ring_alloc(&xd->ep[0], true)) {
        return EFI_OUT_OF_RESOURCES;
    }
    st = command(x, 0, TRB_TYPE(T_ENABLE_SLOT), &xd->slot);
    if (EFI_ERROR(st)) {
        return st;
    }
    x->dcbaa[xd->slot] = dma_bus(xd->output);
    st32le(xd->input + 4, 3);       /* add slot and endpoint 0 */
    fill_slot(d, ctx(x, xd->input, 1));
    d->max_packet0 = d->speed == USB_SUPER ? 512
        : d->speed == USB_HIGH ? 64 : 8;
    fill_ep(x, xd, 1, EP_CONTROL, d->max_packet0, &xd->ep[0]);
    return command(x, dma_bus(xd->input), TRB_TYPE(T_ADDRESS) |
                   (UINT32)xd->slot << 24, NULL);
}

static EFI_STATUS xhci_set_max_packet0(struct usb_dev *d)
{
    struct xhci *x = d->hc->priv;
    struct xhci_dev *xd = d->priv;

    st32le(xd->input, 0);
    st32le(xd->input + 4, 2);
    fill_ep(x, xd, 1, EP_CONTROL, d->max_packet0, &xd->ep[0]);
    return command(x, dma_bus(xd->input), TRB_TYPE(T_EVALUATE) |
                   (UINT32)xd->slot << 24, NULL);
}

static EFI_STATUS configure_hub(struct usb_dev *d)
{
    struct xhci *x = d->hc->priv;
    struct xhci_dev *xd = d->priv;
    UINT8 *slot = ctx(x, xd->input, 1);

    st32le(xd->input, 0);
    st32le(xd->input + 4, 1);
    memcpy(slot, xd->output, x->context);
    st32le(slot, ld32le(slot) | SLOT_HUB);
    st32le(slot + 4, (ld32le(slot + 4) & 0x00ffffff) | SLOT_PORTS(d->ports));
    return command(x, dma_bus(xd->input), TRB_TYPE(T_CONFIGURE) |
                   (UINT32)xd->slot << 24, NULL);
}

static EFI_STATUS xhci_configure(struct usb_dev *d)
{
    struct xhci *x = d->hc->priv;
    struct xhci_dev *xd = d->priv;
    unsigned in = dci_of(&d->in, true), out = dci_of(&d->out, false);

    if (d->ports) {
        return configure_hub(d);
    }
    if (!ring_alloc(&xd->ep[1], true) || !ring_alloc(&xd->ep[2], true)) {
        return EFI_OUT_OF_RESOURCES;
    }
    st32le(xd->input, 0);
    st32le(xd->input + 4, 1 | 1u << in | 1u << out);
    memcpy(ctx(x, xd->input, 1), xd->output, x->context);
    st32le(ctx(x, xd->input, 1), (ld32le(xd->output) & 0x07ffffff) |
           SLOT_ENTRIES(MAX(in, out)));
    fill_ep(x, xd, out, EP_BULK_OUT, d->out.max_packet, &xd->ep[1]);
    fill_ep(x, xd, in, EP_BULK_IN, d->in.max_packet, &xd->ep[2]);
    return command(x, dma_bus(xd->input), TRB_TYPE(T_CONFIGURE) |
                   (UINT32)xd->slot << 24, NULL);
}

static EFI_STATUS xhci_clear_halt(struct usb_dev *d, struct usb_ep *ep,
                                  bool in)
{
    struct xhci_dev *xd = d->priv;

    return recover(d, &xd->ep[1 + in], dci_of(ep, in));
}

static bool wait_op(struct xhci *x, unsigned reg, UINT32 mask, UINT32 val)
{
    UINT64 t = fw_deadline(RESET_USECS);

    while ((mmio_read32(x->op + reg) & mask) != val) {
        if (fw_expired(t)) {
            return false;
        }
    }
    return true;
}

/* The ports of USB 2 and those of USB 3 are counted apart: 7.2 */
static UINT8 xhci_connector(struct usb_hc *hc, UINT8 port)
{
    struct xhci *x = hc->priv;
    UINT32 at = HCC_EXTENDED(mmio_read32(x->caps + C_HCC));

    for (unsigned i = 0; at && i < EXT_MAX; i++) {
        UINT32 v = mmio_read32(x->caps + at);
        UINT32 ports = mmio_read32(x->caps + at + EXT_PORTS);
        UINT8 first = ports, count = ports >> 8;

        if (EXT_ID(v) == EXT_PROTOCOL && port + 1 >= first &&
            port + 1 < first + count) {
            return port + 2 - first;
        }
        at = EXT_NEXT(v) ? at + EXT_NEXT(v) : 0;
    }
    return port + 1;
}

static void xhci_irq(struct usb_hc *hc, bool on)
{
    struct xhci *x = hc->priv;

    if (!on) {
        mmio_write32(x->op + O_STATUS, STS_INTERRUPT);
    }
    mmio_write32(x->runtime + I_IMAN, IMAN_PENDING | (on ? IMAN_ENABLE : 0));
    mmio_write32(x->op + O_COMMAND, CMD_RUN | (on ? CMD_INTERRUPTS : 0));
}

static void xhci_exit(void *opaque)
{
    struct xhci *x = opaque;

    mmio_write32(x->op + O_COMMAND, 0);
    wait_op(x, O_STATUS, STS_HALTED, STS_HALTED);
    mmio_write32(x->op + O_COMMAND, CMD_RESET);
    wait_op(x, O_COMMAND, CMD_RESET, 0);
}

static bool scratchpads(struct xhci *x)
{
    UINT32 p2 = mmio_read32(x->caps + C_PARAMS2);
    unsigned n = (p2 >> 21 & 31) << 5 | p2 >> 27;
    UINT64 *list;

    if (!n) {
        return true;
    }
    list = fw_alloc_dma(n * 8, EFI_PAGE_SIZE);
    for (unsigned i = 0; list && i < n; i++) {
        void *page = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);

        if (!page) {
            return false;
        }
        list[i] = dma_bus(page);
    }
    if (list) {
        x->dcbaa[0] = dma_bus(list);
    }
    return list != NULL;
}

static bool xhci_start(struct xhci *x)
{
    UINT32 slots = mmio_read32(x->caps + C_PARAMS1) & 0xff;
    UINT64 *erst;

    mmio_write32(x->op + O_COMMAND, 0);
    if (!wait_op(x, O_STATUS, STS_HALTED, STS_HALTED)) {
        return false;
    }
    mmio_write32(x->op + O_COMMAND, CMD_RESET);
    if (!wait_op(x, O_COMMAND, CMD_RESET, 0) ||
        !wait_op(x, O_STATUS, STS_NOT_READY, 0)) {
        return false;
    }
    x->dcbaa = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    erst = fw_alloc_dma(64, EFI_PAGE_SIZE);
    if (!x->dcbaa || !erst || !ring_alloc(&x->command, true) ||
        !ring_alloc(&x->event, false) || !scratchpads(x)) {
        return false;
    }
    erst[0] = x->event.bus;
    erst[1] = TRBS;
    mmio_write32(x->op + O_CONFIG, slots);
    mmio_write64(x->op + O_DCBAAP, dma_bus(x->dcbaa));
    mmio_write64(x->op + O_CRCR, x->command.bus | 1);
    mmio_write32(x->runtime + I_ERSTSZ, 1);
    mmio_write64(x->runtime + I_ERDP, x->event.bus);
    mmio_write64(x->runtime + I_ERSTBA, dma_bus(erst));
    mmio_write32(x->op + O_COMMAND, CMD_RUN);
    return wait_op(x, O_STATUS, STS_HALTED, 0);
}

static void probe_port(struct xhci *x, unsigned n)
{
    UINT64 reg = x->op + O_PORT(n);
    UINT32 v = mmio_read32(reg);
    struct usb_dev *d;
    UINT64 t;

    if (!(v & PORT_CONNECTED)) {
        return;
    }
    if (!(v & PORT_ENABLED)) {      /* USB 2 ports want a reset */
        mmio_write32(reg, (v & PORT_KEEP) | PORT_POWER | PORT_RESET);
        for (t = fw_deadline(RESET_USECS);
             !(mmio_read32(reg) & PORT_ENABLED); ) {
            if (fw_expired(t)) {
                return;
            }
        }
    }
    v = mmio_read32(reg);
    mmio_write32(reg, (v & PORT_KEEP) | PORT_CHANGES);
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return;
    }
    d->hc = &x->hc;
    d->port = n;
    d->speed = MIN(PORT_SPEED(v), USB_SUPER);
    if (EFI_ERROR(usb_attach(d)) && !d->priv) {
        fw_free(d);
    }
}

static bool xhci_probe(struct pci_dev *p)
{
    struct xhci *x = fw_zalloc(sizeof(*x));

    if (!x || !p->bar[0].size || p->bar[0].io || !p->bar[0].assigned) {
        return false;
    }
    pci_enable(p);
    x->caps = p->bar[0].addr;
    x->op = x->caps + mmio_read8(x->caps + C_LENGTH);
    x->doorbell = x->caps + (mmio_read32(x->caps + C_DOORBELLS) & ~3u);
    x->runtime = x->caps + (mmio_read32(x->caps + C_RUNTIME) & ~31u);
    x->context = mmio_read32(x->caps + C_HCC) & HCC_CONTEXT64 ? 64 : 32;
    x->hc.pci = p;
    x->hc.driver = "usb-xhci";
    x->hc.priv = x;
    x->hc.max_bytes = MAX_BYTES;
    x->hc.control = xhci_control;
    x->hc.bulk = xhci_bulk;
    x->hc.irq = xhci_irq;
    x->hc.connector = xhci_connector;
    x->hc.set_address = xhci_set_address;
    x->hc.set_max_packet0 = xhci_set_max_packet0;
    x->hc.configure = xhci_configure;
    x->hc.clear_halt = xhci_clear_halt;
    if (!xhci_start(x)) {
        return false;
    }
    drv_on_exit(xhci_exit, x);
    for (unsigned n = 0; n < mmio_read32(x->caps + C_PARAMS1) >> 24; n++) {
        probe_port(x, n);
    }
    return true;
}
FW_PCI_DRIVER(xhci, 0xffff, 0xffff, 0x0c0330, 0xffffff, xhci_probe);
