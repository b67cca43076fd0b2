/*
 * zx1 firmware: USB devices and mass storage (bulk only)
 *
 * Facts: Universal Serial Bus Specification 2.0, chapter 9; USB Mass Storage
 * Class Bulk-Only Transport 1.0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "usb.h"

#define GET_DESCRIPTOR      6
#define SET_ADDRESS         5
#define SET_CONFIGURATION   9
#define CLEAR_FEATURE       1
#define BOT_RESET           0xff
#define BOT_MAX_LUN         0xfe

#define TYPE_IN             0x80
#define TYPE_CLASS_IF       0x21
#define TYPE_ENDPOINT       0x02

#define DESC_DEVICE         1
#define DESC_CONFIG         2
#define DESC_INTERFACE      4
#define DESC_ENDPOINT       5

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

static EFI_STATUS attach_disk(struct usb_dev *d, UINT8 *scratch)
{
    USB_DEVICE_PATH node = {
        .Header = { MESSAGING_DEVICE_PATH, MSG_USB_DP, { sizeof(node), 0 } },
        .Port = d->port, .Interface = d->interface,
    };
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
    u->host.max_bytes = d->hc->max_bytes;
    u->host.exec = bot_exec;
    u->host.irq = bot_irq;
    /* may be refused; then there is one unit */
    if (!EFI_ERROR(control(d, TYPE_IN | TYPE_CLASS_IF, BOT_MAX_LUN, 0,
                           d->interface, 1, scratch + 128))) {
        last = MIN(scratch[128], LUN_MAX - 1);
    }
    st = scsi_attach(&u->host, 0, 0, &node);
    for (UINT8 lun = 1; lun <= last; lun++) {
        /* the node has no place for the unit: one more for it */
        SCSI_DEVICE_PATH sn = {
            .Header = { MESSAGING_DEVICE_PATH, MSG_SCSI_DP,
                        { sizeof(sn), 0 } },
            .Lun = lun,
        };
        UINT8 both[sizeof(node) + sizeof(sn)];

        memcpy(both, &node, sizeof(node));
        memcpy(both + sizeof(node), &sn, sizeof(sn));
        if (!EFI_ERROR(scsi_attach(&u->host, 0, lun, both))) {
            st = EFI_SUCCESS;
        }
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

EFI_STATUS usb_attach(struct usb_dev *d)
{
    UINT8 *s = fw_alloc_dma(SCRATCH, EFI_PAGE_SIZE);
    UINT32 len;
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
    if (EFI_ERROR(st)) {
        goto out;
    }
    if (!find_storage(d, s, len)) {
        st = EFI_UNSUPPORTED;       /* a keyboard, say */
        goto out;
    }
    st = control(d, 0, SET_CONFIGURATION, s[5], 0, 0, NULL);
    if (!EFI_ERROR(st) && d->hc->configure) {
        st = d->hc->configure(d);
    }
    if (!EFI_ERROR(st)) {
        st = attach_disk(d, s);
        s = NULL;
    }

out:
    if (s) {
        fw_free_dma(s, SCRATCH);
    }
    return st;
}
