/*
 * HP zx1: devices of the base in the variants that HP's drivers look for
 *
 * cmd649-ide: the IDE controller of an rx2600, UltraATA/100 successor of the
 * CMD646. Same programming model; more timing registers, which keep what is
 * written (Linux' pata_cmd64x.c), and a register for the kind of cable.
 *
 * e1000-82546gb: one port of the dual gigabit controller of an rx2620, with
 * HP's subsystem ids. Two of them as functions 0 and 1 make the chip.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/pci/pci_device.h"
#include "qom/object.h"

#define TYPE_CMD649             "cmd649-ide"
#define TYPE_CMD646             "cmd646-ide"
#define TYPE_82546GB            "e1000-82546gb"
#define TYPE_82545EM            "e1000-82545em"

#define CMD649_DEVICE_ID        0x0649
#define CMD649_REVISION         0x02

#define CMD649_CMDTIM           0x52
#define CMD649_DRWTIM1          0x56
#define CMD649_ARTTIM23         0x57
#define   CMD649_ARTTIM23_TIMING    0xcc
#define CMD649_DRWTIM2          0x58
#define CMD649_BRST             0x59
#define CMD649_DRWTIM3          0x5b
#define CMD649_UDIDETCR0        0x73
#define CMD649_BMIDECSR         0x79
#define   CMD649_BMIDECSR_80WIRE    0x03    /* both channels */
#define CMD649_UDIDETCR1        0x7b

#define I82546GB_DEVICE_ID      0x1079
#define I82546GB_REVISION       0x03
#define HP_VENDOR_ID            0x103c
/* "Core Dual Port 1000Base-T" */
#define HP_82546_SUBSYSTEM_ID   0x12cf

static void cmd649_realize(PCIDevice *dev, Error **errp)
{
    static const uint8_t timing[] = {
        CMD649_DRWTIM2, CMD649_BRST, CMD649_DRWTIM3, CMD649_UDIDETCR0,
        CMD649_UDIDETCR1,
    };
    ObjectClass *parent = object_class_by_name(TYPE_CMD646);
    ERRP_GUARD();

    PCI_DEVICE_CLASS(parent)->realize(dev, errp);
    if (*errp) {
        return;
    }
    for (unsigned reg = CMD649_CMDTIM; reg <= CMD649_DRWTIM1; reg++) {
        dev->wmask[reg] = 0xff;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(timing); i++) {
        dev->wmask[timing[i]] = 0xff;
    }
    dev->wmask[CMD649_ARTTIM23] = CMD649_ARTTIM23_TIMING;
    dev->config[CMD649_BMIDECSR] = CMD649_BMIDECSR_80WIRE;
}

static void cmd649_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "CMD649 UltraATA/100 controller";
    pc->realize = cmd649_realize;
    pc->device_id = CMD649_DEVICE_ID;
    pc->revision = CMD649_REVISION;
    pc->subsystem_vendor_id = pc->vendor_id;
    pc->subsystem_id = CMD649_DEVICE_ID;
}

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

static const TypeInfo variants[] = {
    {
        .name = TYPE_CMD649,
        .parent = TYPE_CMD646,
        .class_init = cmd649_class_init,
    },
    {
        .name = TYPE_82546GB,
        .parent = TYPE_82545EM,
        .class_init = i82546gb_class_init,
    },
};

DEFINE_TYPES(variants)
