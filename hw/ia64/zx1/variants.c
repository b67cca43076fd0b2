/*
 * HP zx1: devices of the base in the variants that HP's drivers look for
 *
 * e1000-82546gb: one port of the dual gigabit controller of an rx2620, with
 * HP's subsystem ids, in its EEPROM too. Two of them as functions 0 and 1 make
 * the chip.
 *
 * nec-usb-ohci, nec-usb-ehci: functions of the USB controller of an rx2600,
 * an NEC uPD720100: two OHCI and one EHCI, on pins A, B and C (the firmware's
 * tables in makuhlmann/qemu-system-ia64, boot logs).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pci_ids.h"
#include "qom/object.h"

#define TYPE_82546GB            "e1000-82546gb"
#define TYPE_82545EM            "e1000-82545em"

#define I82546GB_DEVICE_ID      0x1079
#define I82546GB_REVISION       0x03
#define HP_VENDOR_ID            0x103c
/* "Core Dual Port 1000Base-T" */
#define HP_82546_SUBSYSTEM_ID   0x12cf

#define TYPE_NEC_OHCI           "nec-usb-ohci"
#define TYPE_OHCI               "pci-ohci"
#define TYPE_NEC_EHCI           "nec-usb-ehci"
#define TYPE_EHCI               "usb-ehci"

#define NEC_OHCI_DEVICE_ID      0x0035
#define NEC_OHCI_REVISION       0x41
#define NEC_EHCI_DEVICE_ID      0x00e0
#define NEC_EHCI_REVISION       0x02

static void i82546gb_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "Intel 82546GB gigabit Ethernet (HP)";
    /* The base's ROM is for another device id */
    pc->romfile = NULL;
    pc->device_id = I82546GB_DEVICE_ID;
    pc->revision = I82546GB_REVISION;
    pc->subsystem_vendor_id = HP_VENDOR_ID;
    pc->subsystem_id = HP_82546_SUBSYSTEM_ID;
}

static void nec_realize(PCIDevice *dev, const char *parent, Error **errp)
{
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(object_class_by_name(parent));

    dev->config[PCI_INTERRUPT_PIN] = PCI_FUNC(dev->devfn) % PCI_NUM_PINS + 1;
    pc->realize(dev, errp);
}

static void nec_ohci_realize(PCIDevice *dev, Error **errp)
{
    nec_realize(dev, TYPE_OHCI, errp);
}

static void nec_ehci_realize(PCIDevice *dev, Error **errp)
{
    nec_realize(dev, TYPE_EHCI, errp);
}

static void nec_ohci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "NEC uPD720100 USB, OHCI function";
    pc->realize = nec_ohci_realize;
    pc->vendor_id = PCI_VENDOR_ID_NEC;
    pc->device_id = NEC_OHCI_DEVICE_ID;
    pc->revision = NEC_OHCI_REVISION;
    pc->subsystem_vendor_id = PCI_VENDOR_ID_NEC;
    pc->subsystem_id = NEC_OHCI_DEVICE_ID;
}

static void nec_ehci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "NEC uPD720100 USB, EHCI function";
    /* Its OHCI functions depend on it */
    dc->hotpluggable = false;
    pc->realize = nec_ehci_realize;
    pc->vendor_id = PCI_VENDOR_ID_NEC;
    pc->device_id = NEC_EHCI_DEVICE_ID;
    pc->revision = NEC_EHCI_REVISION;
    pc->subsystem_vendor_id = PCI_VENDOR_ID_NEC;
    pc->subsystem_id = NEC_EHCI_DEVICE_ID;
}

static const TypeInfo variants[] = {
    {
        .name = TYPE_82546GB,
        .parent = TYPE_82545EM,
        .class_init = i82546gb_class_init,
    },
    {
        .name = TYPE_NEC_OHCI,
        .parent = TYPE_OHCI,
        .class_init = nec_ohci_class_init,
    },
    {
        .name = TYPE_NEC_EHCI,
        .parent = TYPE_EHCI,
        .class_init = nec_ehci_class_init,
    },
};

DEFINE_TYPES(variants)
