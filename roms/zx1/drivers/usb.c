/*
 * zx1 firmware: USB devices, hubs, and mass storage (bulk only)
 *
 * Facts: Universal Serial Bus Specification 2.0, chapters 9 and 11; USB Mass
 * Storage Class Bulk-Only Transport 1.0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "usb.h"

#define GET_DESCRIPTOR      6
#define SET_ADDRESS         5
#define SET_CONFIGURATION   9
#define GET_STATUS          0
#define CLEAR_FEATURE       1
#define SET_FEATURE         3
#define BOT_RESET           0xff
#define BOT_MAX_LUN         0xfe

#define TYPE_IN             0x80
#define TYPE_CLASS_IF       0x21
#define TYPE_ENDPOINT       0x02
#define TYPE_CLASS_HUB      0x20
#define TYPE_CLASS_PORT     0x23

#define DESC_DEVICE         1
#define DESC_CONFIG         2
#define DESC_INTERFACE      4
#define DESC_ENDPOINT       5
#define DESC_HUB            0x29

#define CLASS_HUB           0x09
#define HUB_PORTS           2       /* bytes of the descriptor */
#define HUB_POWER           5       /* in units of 2 ms */
#define PORT_RESET          4
#define PORT_POWER          8
#define C_PORT_CONNECTION   16
#define C_PORT_RESET        20
#define STATUS_CONNECTED    0x00000001
#define STATUS_ENABLED      0x00000002
#define STATUS_LOW          0x00000200
#define STATUS_HIGH         0x00000400
#define STATUS_RESET_DONE   0x00100000
#define HUB_PORTS_MAX       15      /* as an xHCI can address */
#define RESET_USECS         500000

#define CLASS_STORAGE       0x08
#define SUBCLASS_SCSI       0x06
#define PROTOCOL_BOT        0x50

#define CBW_SIGNATURE       0x43425355
#define CBW_SIZE            31
#define CSW_SIGNATURE       0x53425355
#define CSW_SIZE            13
#define CSW_FAILED          1

#define SCRATCH             1024
#define LUN_MAX             16

struct usb_disk {
    struct usb_dev *dev;
    struct scsi_host host;
    UINT32 tag;
    UINT8 *cbw, *csw;
};

static EFI_STATUS control(struct usb_dev *d, UINT8 type, UINT8 request,
                          UINT16 value, UINT16 index, UINT16 len, void *data)
{
    UINT8 setup[8] = { type, request };

    st16le(setup + 2, value);
    st16le(setup + 4, index);
    st16le(setup + 6, len);
    return d->hc->control(d, setup, data);
}

/* Mass storage */

static EFI_STATUS clear_halt(struct usb_dev *d, struct usb_ep *ep, bool in)
{
    EFI_STATUS st = EFI_SUCCESS;

    if (d->hc->clear_halt) {
        st = d->hc->clear_halt(d, ep, in);
    }
    if (!EFI_ERROR(st)) {
        st = control(d, TYPE_ENDPOINT, CLEAR_FEATURE, 0,
                     ep->number | (in ? 0x80 : 0), 0, NULL);
    }
    ep->toggle = false;
    return st;
}

static void bot_reset(struct usb_dev *d)
{
    control(d, TYPE_CLASS_IF, BOT_RESET, 0, d->interface, 0, NULL);
    clear_halt(d, &d->in, true);
    clear_halt(d, &d->out, false);
}

static EFI_STATUS read_csw(struct usb_disk *u)
{
    struct usb_dev *d = u->dev;
    EFI_STATUS st = EFI_DEVICE_ERROR;

    for (int i = 0; i < 2; i++) {
        UINT32 n = CSW_SIZE;

        st = d->hc->bulk(d, &d->in, true, u->csw, &n);
        if (st == EFI_ABORTED) {
            clear_halt(d, &d->in, true);
            continue;
        }
        if (!EFI_ERROR(st) && (n != CSW_SIZE ||
                               ld32le(u->csw) != CSW_SIGNATURE ||
                               ld32le(u->csw + 4) != u->tag)) {
            st = EFI_DEVICE_ERROR;
        }
        return st;
    }
    return st;
}

static EFI_STATUS bot_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    struct usb_disk *u = h->priv;
    struct usb_dev *d = u->dev;
    UINT32 n = CBW_SIZE;
    EFI_STATUS st;

    memset(u->cbw, 0, CBW_SIZE);
    st32le(u->cbw, CBW_SIGNATURE);
    st32le(u->cbw + 4, ++u->tag);
    st32le(u->cbw + 8, c->len);
    u->cbw[12] = c->len && !c->write ? 0x80 : 0;
    u->cbw[13] = c->lun;
    u->cbw[14] = c->cdb_len;
    memcpy(u->cbw + 15, c->cdb, c->cdb_len);
    st = d->hc->bulk(d, &d->out, false, u->cbw, &n);
    if (EFI_ERROR(st)) {
        bot_reset(d);
        return EFI_DEVICE_ERROR;
    }
    if (c->len) {
        n = c->len;
        st = d->hc->bulk(d, c->write ? &d->out : &d->in, !c->write, c->data,
                         &n);
        if (st == EFI_ABORTED) {
            /* a stall instead of data; the status tells why */
            clear_halt(d, c->write ? &d->out : &d->in, !c->write);
        } else if (EFI_ERROR(st)) {
            bot_reset(d);
            return EFI_DEVICE_ERROR;
        }
    }
    st = read_csw(u);
    if (EFI_ERROR(st) || u->csw[12] > CSW_FAILED) {
        bot_reset(d);
        return EFI_DEVICE_ERROR;
    }
    c->status = u->csw[12] == CSW_FAILED ? 0x02 : 0;
    return EFI_SUCCESS;
}

static void bot_irq(struct scsi_host *h, bool on)
{
    struct usb_hc *hc = ((struct usb_disk *)h->priv)->dev->hc;

    hc->interrupts = on;
    hc->irq(hc, on);
}

static UINT8 connector_of(const struct usb_dev *d)
{
    while (d->hub) {
        d = d->hub;
    }
    return d->hc->connector ? d->hc->connector(d->hc, d->port) : d->port + 1;
}

static EFI_STATUS attach_disk(struct usb_dev *d, UINT8 *scratch)
{
    struct usb_disk *u = fw_zalloc(sizeof(*u));
    UINT8 last = 0;
    EFI_STATUS st;

    if (!u) {
        return EFI_OUT_OF_RESOURCES;
    }
    u->dev = d;
    u->cbw = scratch;
    u->csw = scratch + 64;
    u->host.pci = d->hc->pci;
    u->host.driver = d->hc->driver;
    u->host.priv = u;
    u->host.path = d->path;
    u->host.connector = connector_of(d);
    u->host.max_bytes = d->hc->max_bytes;
    u->host.exec = bot_exec;
    u->host.irq = bot_irq;
    /* may be refused; then there is one unit */
    if (!EFI_ERROR(control(d, TYPE_IN | TYPE_CLASS_IF, BOT_MAX_LUN, 0,
                           d->interface, 1, scratch + 128))) {
        last = MIN(scratch[128], LUN_MAX - 1);
    }
    st = scsi_attach(&u->host, 0, 0, NULL);
    for (UINT8 lun = 1; lun <= last; lun++) {
        /* the device's node has no place for the unit: one more for it */
        SCSI_DEVICE_PATH node;

        scsi_node(&u->host, 0, lun, &node);
        if (!EFI_ERROR(scsi_attach(&u->host, 0, lun, &node))) {
            st = EFI_SUCCESS;
        }
    }
    return st;
}

/* Hubs */

unsigned usb_tier(const struct usb_dev *d)
{
    unsigned n = 1;

    while (d->hub) {
        d = d->hub;
        n++;
    }
    return n;
}

static EFI_STATUS port_feature(struct usb_dev *hub, UINT8 request,
                               UINT16 feature, unsigned port)
{
    return control(hub, TYPE_CLASS_PORT, request, feature, port + 1, 0, NULL);
}

static EFI_STATUS port_status(struct usb_dev *hub, unsigned port,
                              UINT8 *scratch, UINT32 *status)
{
    EFI_STATUS st = control(hub, TYPE_IN | TYPE_CLASS_PORT, GET_STATUS, 0,
                            port + 1, 4, scratch);

    *status = EFI_ERROR(st) ? 0 : ld32le(scratch);
    return st;
}

/* A port that has a device gets it enabled, at address 0 */
static void hub_port(struct usb_dev *hub, unsigned port, UINT8 *scratch)
{
    struct usb_dev *d;
    UINT32 status;
    UINT64 t;

    if (EFI_ERROR(port_status(hub, port, scratch, &status)) ||
        !(status & STATUS_CONNECTED)) {
        return;
    }
    port_feature(hub, CLEAR_FEATURE, C_PORT_CONNECTION, port);
    if (EFI_ERROR(port_feature(hub, SET_FEATURE, PORT_RESET, port))) {
        return;
    }
    for (t = fw_deadline(RESET_USECS); !(status & STATUS_RESET_DONE); ) {
        if (fw_expired(t) ||
            EFI_ERROR(port_status(hub, port, scratch, &status))) {
            return;
        }
    }
    port_feature(hub, CLEAR_FEATURE, C_PORT_RESET, port);
    if (!(status & STATUS_ENABLED)) {
        return;
    }
    fw_udelay(10000);               /* recovery, 7.1.7.5 */
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return;
    }
    d->hc = hub->hc;
    d->hub = hub;
    d->port = port;
    d->speed = status & STATUS_LOW ? USB_LOW
        : status & STATUS_HIGH ? USB_HIGH : USB_FULL;
    if (EFI_ERROR(usb_attach(d)) && !d->priv) {
        fw_free(d->path);
        fw_free(d);
    }
}

/* The hub is configured: power, and one port after the other */
static EFI_STATUS attach_hub(struct usb_dev *d, UINT8 *scratch)
{
    EFI_STATUS st = EFI_SUCCESS;

    for (unsigned i = 0; i < d->ports && !EFI_ERROR(st); i++) {
        st = port_feature(d, SET_FEATURE, PORT_POWER, i);
    }
    if (EFI_ERROR(st)) {
        return st;
    }
    fw_udelay(scratch[HUB_POWER] * 2000);
    for (unsigned i = 0; i < d->ports; i++) {
        hub_port(d, i, scratch);
    }
    return EFI_SUCCESS;
}

/* Before it is configured, for controllers that want to know about hubs */
static EFI_STATUS find_hub(struct usb_dev *d, UINT8 *scratch)
{
    EFI_STATUS st;

    if (d->speed == USB_SUPER || usb_tier(d) == USB_TIERS) {
        return EFI_UNSUPPORTED;     /* its USB 2 half has what we need */
    }
    st = control(d, TYPE_IN | TYPE_CLASS_HUB, GET_DESCRIPTOR, DESC_HUB << 8,
                 0, 8, scratch);
    if (!EFI_ERROR(st)) {
        d->ports = MIN(scratch[HUB_PORTS], HUB_PORTS_MAX);
        st = d->ports ? EFI_SUCCESS : EFI_DEVICE_ERROR;
    }
    return st;
}

/* Enumeration */

/* Finds the storage interface in a configuration of @len bytes */
static bool find_storage(struct usb_dev *d, const UINT8 *p, UINT32 len)
{
    bool ours = false;

    d->in.number = d->out.number = 0;
    for (UINT32 i = 0; i + 2 <= len && p[i] >= 2 && i + p[i] <= len;
         i += p[i]) {
        const UINT8 *e = p + i;

        if (e[1] == DESC_INTERFACE && e[0] >= 9) {
            if (d->in.number && d->out.number) {
                break;
            }
            ours = e[5] == CLASS_STORAGE && e[6] == SUBCLASS_SCSI &&
                   e[7] == PROTOCOL_BOT && e[3] == 0;
            d->interface = e[2];
        } else if (e[1] == DESC_ENDPOINT && e[0] >= 7 && ours &&
                   (e[3] & 3) == 2) {
            struct usb_ep *ep = e[2] & 0x80 ? &d->in : &d->out;

            ep->number = e[2] & 15;
            ep->max_packet = ld16le(e + 4) & 0x7ff;
            ep->toggle = false;
        }
    }
    return d->in.number && d->out.number && d->in.max_packet &&
           d->out.max_packet;
}

static EFI_STATUS set_address(struct usb_dev *d)
{
    EFI_STATUS st;
    UINT8 address = ++d->hc->next_address;

    if (address > 127) {
        return EFI_OUT_OF_RESOURCES;
    }
    st = control(d, 0, SET_ADDRESS, address, 0, 0, NULL);
    if (!EFI_ERROR(st)) {
        d->address = address;
        fw_udelay(2000);            /* recovery time, 9.2.6.3 */
    }
    return st;
}

static EFI_STATUS make_path(struct usb_dev *d)
{
    USB_DEVICE_PATH node = {
        .Header = { MESSAGING_DEVICE_PATH, MSG_USB_DP, { sizeof(node), 0 } },
        .Port = d->port, .Interface = d->interface,
    };

    d->path = dp_append(d->hub ? d->hub->path : d->hc->pci->path, &node);
    return d->path ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

/* What @s has, the device's configuration, is a disk or a hub: use it */
static EFI_STATUS use_device(struct usb_dev *d, bool hub, UINT8 *s,
                             UINT32 len)
{
    UINT8 configuration = s[5];
    EFI_STATUS st;

    if (!hub && !find_storage(d, s, len)) {
        return EFI_UNSUPPORTED;     /* a keyboard, say */
    }
    st = make_path(d);
    if (!EFI_ERROR(st)) {
        st = control(d, 0, SET_CONFIGURATION, configuration, 0, 0, NULL);
    }
    if (!EFI_ERROR(st) && hub) {
        st = find_hub(d, s);
    }
    if (!EFI_ERROR(st) && d->hc->configure) {
        st = d->hc->configure(d);
    }
    if (EFI_ERROR(st)) {
        return st;
    }
    return hub ? attach_hub(d, s) : attach_disk(d, s);
}

EFI_STATUS usb_attach(struct usb_dev *d)
{
    UINT8 *s = fw_alloc_dma(SCRATCH, EFI_PAGE_SIZE);
    UINT32 len;
    bool hub;
    EFI_STATUS st;

    if (!s) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (!d->max_packet0) {
        d->max_packet0 = d->speed == USB_HIGH ? 64 : 8;
    }
    if (d->hc->set_address) {
        st = d->hc->set_address(d);
        if (EFI_ERROR(st)) {
            goto out;
        }
    }
    st = control(d, TYPE_IN, GET_DESCRIPTOR, DESC_DEVICE << 8, 0, 8, s);
    if (EFI_ERROR(st)) {
        goto out;
    }
    hub = s[4] == CLASS_HUB;
    if (d->speed != USB_SUPER && s[7] >= 8 && s[7] != d->max_packet0) {
        d->max_packet0 = s[7];
        if (d->hc->set_max_packet0) {
            st = d->hc->set_max_packet0(d);
        }
    }
    if (!EFI_ERROR(st) && !d->hc->set_address) {
        st = set_address(d);
    }
    if (!EFI_ERROR(st)) {
        st = control(d, TYPE_IN, GET_DESCRIPTOR, DESC_CONFIG << 8, 0, 9, s);
    }
    if (EFI_ERROR(st)) {
        goto out;
    }
    len = MIN(ld16le(s + 2), SCRATCH);
    if (len < 9) {
        st = EFI_DEVICE_ERROR;
        goto out;
    }
    st = control(d, TYPE_IN, GET_DESCRIPTOR, DESC_CONFIG << 8, 0, len, s);
    if (!EFI_ERROR(st)) {
        st = use_device(d, hub, s, len);
    }
    if (!EFI_ERROR(st) && !hub) {
        s = NULL;                   /* a disk keeps it */
    }

out:
    if (s) {
        fw_free_dma(s, SCRATCH);
    }
    return st;
}
