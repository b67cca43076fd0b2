/*
 * zx1 firmware: USB, as far as mass storage needs it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_USB_H
#define ZX1_USB_H

#include "drv.h"

enum usb_speed {
    USB_FULL = 1,               /* numbers as in the xHCI specification */
    USB_LOW,
    USB_HIGH,
    USB_SUPER,
};

struct usb_hc;

struct usb_ep {
    UINT8 number;
    UINT16 max_packet;
    bool toggle;                /* of the next packet */
};

/* Ports from the controller's own to a device's: five hubs (USB 2.0, 4.1.1) */
#define USB_TIERS 6

struct usb_dev {
    struct usb_hc *hc;
    struct usb_dev *hub;        /* NULL: at a port of the controller */
    EFI_DEVICE_PATH_PROTOCOL *path;
    void *priv;                 /* of the host controller's driver */
    UINT8 port;                 /* from 0 */
    UINT8 address;
    enum usb_speed speed;
    UINT16 max_packet0;
    UINT8 interface;
    UINT8 ports;                /* of a hub; 0: it is none */
    struct usb_ep in, out;      /* bulk; nothing of a hub */
};

struct usb_hc {
    struct pci_dev *pci;
    const char *driver;
    void *priv;
    UINT32 max_bytes;           /* of a bulk transfer */
    UINT8 next_address;
    /*
     * @data is memory devices reach; its length is in the setup packet.
     * EFI_ABORTED: the endpoint has stalled.
     */
    EFI_STATUS (*control)(struct usb_dev *d, const UINT8 setup[8], void *data);
    /* *@len: bytes that were transferred; a short packet is no error */
    EFI_STATUS (*bulk)(struct usb_dev *d, struct usb_ep *ep, bool in,
                       void *data, UINT32 *len);
    /* Which connector a port belongs to, from 1; NULL: ports in order */
    UINT8 (*connector)(struct usb_hc *hc, UINT8 port);
    /* Where the controller keeps more about a device; may be NULL */
    EFI_STATUS (*set_address)(struct usb_dev *d);
    EFI_STATUS (*set_max_packet0)(struct usb_dev *d);
    EFI_STATUS (*configure)(struct usb_dev *d);
    EFI_STATUS (*clear_halt)(struct usb_dev *d, struct usb_ep *ep, bool in);
    /* Transfers from now on end with an interrupt; as in struct blk */
    void (*irq)(struct usb_hc *hc, bool on);
    bool interrupts;            /* of irq(), for the driver */
};

/* Where @d hangs: 1 at a port of the controller, at most USB_TIERS */
unsigned usb_tier(const struct usb_dev *d);

/*
 * A device has been found at a port that is enabled, and answers at address
 * 0. @d stays if it is a disk or a hub: EFI_SUCCESS. Disks behind a hub are
 * found with it.
 */
EFI_STATUS usb_attach(struct usb_dev *d);

#endif
