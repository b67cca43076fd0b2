/*
 * CMD Technology PCI0649 (later Silicon Image 0649): Ultra ATA/100 IDE
 *
 * Two channels in native mode. The interrupt status of a channel is latched
 * when the drive raises INTRQ and shows up in two registers (CFR or ARTTIM23,
 * and MRDMODE); a one written to either clears it. INTA# follows INTRQ
 * itself, unless MRDMODE blocks it. The bus master registers of BAR 4 appear
 * in configuration space as well. Timing registers keep what is written.
 *
 * Registers: Linux drivers/ata/pata_cmd64x.c, NetBSD sys/dev/pci/cmdide.c and
 * pciide_cmd_reg.h. Identification: PCI listing of an rx2600.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/ide/ide-internal.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "cmd649.h"
#include "trace.h"

#define CMD649_DEVICE_ID    0x0649
#define CMD649_REVISION     2
/* Both channels native, and able to change; bus master */
#define CMD649_PROG_IF      0x8f
#define CMD649_CHANNELS     2

/* Configuration space */
REG8(CFR, 0x50)
    FIELD(CFR, INTR_CH0, 2, 1)
REG8(CNTRL, 0x51)
    FIELD(CNTRL, ENABLE, 2, 2)      /* a bit a channel */
    FIELD(CNTRL, DIS_RA, 6, 2)
REG8(CMDTIM, 0x52)
REG8(DRWTIM1, 0x56)
REG8(ARTTIM23, 0x57)
    FIELD(ARTTIM23, INTR_CH1, 4, 1)
REG8(DRWTIM2, 0x58)
REG8(DRWTIM3, 0x5b)
REG8(PM_CAP, 0x60)
REG8(BMIDECR0, 0x70)
REG8(MRDMODE, 0x71)
    FIELD(MRDMODE, READ, 0, 2)
    FIELD(MRDMODE, INTR, 2, 2)      /* a bit a channel */
    FIELD(MRDMODE, BLK, 4, 2)
REG8(BMIDECSR, 0x79)
    FIELD(BMIDECSR, CABLE80, 0, 2)

/* Bus master registers of one channel, in BAR 4 and from BMIDECR0 on */
#define BM_COMMAND          0
#define BM_SPECIAL          1       /* MRDMODE or BMIDECSR */
#define BM_STATUS           2
#define BM_TIMING           3       /* UDIDETCR0 or UDIDETCR1 */
#define BM_TABLE            4
#define BM_SIZE             8

/* To be called when INTRQ or MRDMODE has changed */
static void cmd649_update_irq(Cmd649State *s)
{
    PCIDevice *pci = PCI_DEVICE(s);
    uint8_t *config = pci->config;
    uint8_t status = FIELD_EX8(config[A_MRDMODE], MRDMODE, INTR);
    uint8_t blocked = FIELD_EX8(config[A_MRDMODE], MRDMODE, BLK);

    config[A_CFR] = FIELD_DP8(config[A_CFR], CFR, INTR_CH0, status & 1);
    config[A_ARTTIM23] = FIELD_DP8(config[A_ARTTIM23], ARTTIM23, INTR_CH1,
                                   status >> 1);
    trace_cmd649_irq(s->intrq, status, blocked);
    pci_set_irq(pci, !!(s->intrq & ~blocked));
}

static void cmd649_set_intrq(void *opaque, int channel, int level)
{
    Cmd649State *s = CMD649(opaque);
    uint8_t *mrdmode = &PCI_DEVICE(s)->config[A_MRDMODE];

    s->intrq = deposit32(s->intrq, channel, 1, level);
    if (level) {
        *mrdmode |= 1 << (R_MRDMODE_INTR_SHIFT + channel);
    }
    cmd649_update_irq(s);
}

/* Clear the latched status of the channels in @mask */
static void cmd649_ack(Cmd649State *s, uint8_t mask)
{
    PCI_DEVICE(s)->config[A_MRDMODE] &= ~(mask << R_MRDMODE_INTR_SHIFT);
    cmd649_update_irq(s);
}

/* The ports of a channel that is turned off do not answer */
static void cmd649_update_channels(Cmd649State *s)
{
    PCIIDEState *ide = PCI_IDE(s);
    uint8_t on = FIELD_EX8(PCI_DEVICE(s)->config[A_CNTRL], CNTRL, ENABLE);

    for (unsigned i = 0; i < CMD649_CHANNELS; i++) {
        memory_region_set_enabled(&ide->data_bar[i], extract32(on, i, 1));
        memory_region_set_enabled(&ide->cmd_bar[i], extract32(on, i, 1));
    }
}

/*
 * The data register is 16 bits wide on the cable. A host may mix accesses of
 * 16 and 32 bits: make the latter two of the former, the drive's buffer need not
 * be aligned for more.
 */
static uint64_t cmd649_data_read(void *opaque, hwaddr addr, unsigned size)
{
    uint64_t val;

    if (addr || size != 4) {
        return pci_ide_data_le_ops.read(opaque, addr, size);
    }
    val = ide_data_readw(opaque, 0);
    return val | (uint64_t)ide_data_readw(opaque, 0) << 16;
}

static void cmd649_data_write(void *opaque, hwaddr addr, uint64_t val,
                              unsigned size)
{
    if (addr || size != 4) {
        pci_ide_data_le_ops.write(opaque, addr, val, size);
        return;
    }
    ide_data_writew(opaque, 0, val & 0xffff);
    ide_data_writew(opaque, 0, val >> 16);
}

static const MemoryRegionOps cmd649_data_ops = {
    .read = cmd649_data_read,
    .write = cmd649_data_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static uint8_t cmd649_bm_get(Cmd649State *s, unsigned reg)
{
    BMDMAState *bm = &PCI_IDE(s)->bmdma[reg / BM_SIZE];

    switch (reg % BM_SIZE) {
    case BM_COMMAND:
        return bm->cmd;
    case BM_STATUS:
        return bm->status;
    case BM_TABLE ... BM_SIZE - 1:
        return bm->addr >> (8 * (reg % 4));
    default:
        return PCI_DEVICE(s)->config[A_BMIDECR0 + reg];
    }
}

static void cmd649_bm_set(Cmd649State *s, unsigned reg, uint8_t val)
{
    BMDMAState *bm = &PCI_IDE(s)->bmdma[reg / BM_SIZE];
    uint8_t *config = PCI_DEVICE(s)->config;

    switch (reg % BM_SIZE) {
    case BM_COMMAND:
        bmdma_cmd_writeb(bm, val);
        break;
    case BM_STATUS:
        bmdma_status_writeb(bm, val);
        break;
    case BM_TIMING:
        config[A_BMIDECR0 + reg] = val;
        break;
    case BM_TABLE ... BM_SIZE - 1:
        bm->addr = deposit32(bm->addr, 8 * (reg % 4), 8, val) & ~3u;
        break;
    case BM_SPECIAL:
        if (A_BMIDECR0 + reg == A_MRDMODE) {
            const uint8_t rw = R_MRDMODE_READ_MASK | R_MRDMODE_BLK_MASK;

            config[A_MRDMODE] = (config[A_MRDMODE] & ~rw) | (val & rw);
            cmd649_ack(s, FIELD_EX8(val, MRDMODE, INTR));
        }
        break;
    }
}

static uint64_t cmd649_bm_read(void *opaque, hwaddr addr, unsigned size)
{
    uint8_t val = cmd649_bm_get(opaque, addr);

    trace_cmd649_bm_read(addr, val);
    return val;
}

static void cmd649_bm_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    trace_cmd649_bm_write(addr, val);
    cmd649_bm_set(opaque, addr, val);
}

static const MemoryRegionOps cmd649_bm_ops = {
    .read = cmd649_bm_read,
    .write = cmd649_bm_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static uint32_t cmd649_config_read(PCIDevice *pci, uint32_t address, int len)
{
    Cmd649State *s = CMD649(pci);
    uint32_t val = pci_default_read_config(pci, address, len);

    for (unsigned i = 0; i < len; i++) {
        unsigned reg = address + i - A_BMIDECR0;

        if (reg < CMD649_CHANNELS * BM_SIZE) {
            val = deposit32(val, 8 * i, 8, cmd649_bm_get(s, reg));
        }
    }
    return val;
}

static void cmd649_config_write(PCIDevice *pci, uint32_t address,
                                uint32_t val, int len)
{
    Cmd649State *s = CMD649(pci);

    pci_default_write_config(pci, address, val, len);
    for (unsigned i = 0; i < len; i++) {
        uint8_t byte = val >> (8 * i);

        switch (address + i) {
        case A_CFR:
            cmd649_ack(s, FIELD_EX8(byte, CFR, INTR_CH0));
            break;
        case A_CNTRL:
            cmd649_update_channels(s);
            break;
        case A_ARTTIM23:
            cmd649_ack(s, FIELD_EX8(byte, ARTTIM23, INTR_CH1) << 1);
            break;
        case A_BMIDECR0 ... A_BMIDECR0 + CMD649_CHANNELS * BM_SIZE - 1:
            cmd649_bm_set(s, address + i - A_BMIDECR0, byte);
            break;
        }
    }
}

static void cmd649_reset_hold(Object *obj, ResetType type)
{
    Cmd649State *s = CMD649(obj);
    PCIIDEState *ide = PCI_IDE(obj);
    uint8_t *config = PCI_DEVICE(obj)->config;

    for (unsigned i = 0; i < CMD649_CHANNELS; i++) {
        ide_bus_reset(&ide->bus[i]);
    }
    memset(config + A_CFR, 0, A_DRWTIM3 + 1 - A_CFR);
    memset(config + A_BMIDECR0, 0, CMD649_CHANNELS * BM_SIZE);
    config[A_CNTRL] = R_CNTRL_ENABLE_MASK;
    config[A_BMIDECSR] = R_BMIDECSR_CABLE80_MASK;
    s->intrq = 0;
    s->cd_512 = 0;
    cmd649_update_irq(s);
    cmd649_update_channels(s);
}

static void cmd649_init_config(PCIDevice *pci, Error **errp)
{
    uint8_t *config = pci->config;

    config[PCI_CLASS_PROG] = CMD649_PROG_IF;
    config[PCI_INTERRUPT_PIN] = 1;
    /* In units of 250 ns */
    config[PCI_MIN_GNT] = 2;
    config[PCI_MAX_LAT] = 4;

    memset(pci->wmask + PCI_CONFIG_HEADER_SIZE, 0,
           PCI_CONFIG_SPACE_SIZE - PCI_CONFIG_HEADER_SIZE);
    pci->wmask[A_CNTRL] = R_CNTRL_ENABLE_MASK | R_CNTRL_DIS_RA_MASK;
    memset(pci->wmask + A_CMDTIM, 0xff, A_DRWTIM3 + 1 - A_CMDTIM);
    pci->wmask[A_ARTTIM23] = (uint8_t)~R_ARTTIM23_INTR_CH1_MASK;

    if (pci_pm_init(pci, A_PM_CAP, errp) < 0) {
        return;
    }
    /* PCI power management 1.1: D0 and D3hot */
    pci_set_word(config + A_PM_CAP + PCI_PM_PMC, 2);
    pci_set_word(pci->wmask + A_PM_CAP + PCI_PM_CTRL,
                 PCI_PM_CTRL_STATE_MASK);
}

static void cmd649_realize(PCIDevice *pci, Error **errp)
{
    ERRP_GUARD();
    Cmd649State *s = CMD649(pci);
    PCIIDEState *ide = PCI_IDE(pci);
    DeviceState *dev = DEVICE(pci);

    cmd649_init_config(pci, errp);
    if (*errp) {
        return;
    }

    qdev_init_gpio_in(dev, cmd649_set_intrq, CMD649_CHANNELS);
    for (unsigned i = 0; i < CMD649_CHANNELS; i++) {
        memory_region_init_io(&ide->data_bar[i], OBJECT(s),
                              &cmd649_data_ops, &ide->bus[i],
                              "cmd649.command", 8);
        pci_register_bar(pci, 2 * i, PCI_BASE_ADDRESS_SPACE_IO,
                         &ide->data_bar[i]);
        memory_region_init_io(&ide->cmd_bar[i], OBJECT(s),
                              &pci_ide_cmd_le_ops, &ide->bus[i],
                              "cmd649.control", 4);
        pci_register_bar(pci, 2 * i + 1, PCI_BASE_ADDRESS_SPACE_IO,
                         &ide->cmd_bar[i]);

        ide_bus_init(&ide->bus[i], sizeof(ide->bus[i]), dev, i,
                     MAX_IDE_DEVS);
        ide_bus_init_output_irq(&ide->bus[i], qdev_get_gpio_in(dev, i));
        bmdma_init(&ide->bus[i], &ide->bmdma[i], ide);
        ide_bus_register_restart_cb(&ide->bus[i]);
        ide->bus[i].packet_command = cmd649_packet_command;
    }

    memory_region_init_io(&s->bm_io, OBJECT(s), &cmd649_bm_ops, s,
                          "cmd649.bus-master", CMD649_CHANNELS * BM_SIZE);
    pci_register_bar(pci, 4, PCI_BASE_ADDRESS_SPACE_IO, &s->bm_io);
}

static int cmd649_post_load(void *opaque, int version_id)
{
    cmd649_update_channels(opaque);
    return 0;
}

static bool cmd649_cd_512_needed(void *opaque)
{
    return CMD649(opaque)->cd_512;
}

static const VMStateDescription vmstate_cmd649_cd_512 = {
    .name = TYPE_CMD649 "/cd-512",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = cmd649_cd_512_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(cd_512, Cmd649State),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_cmd649 = {
    .name = TYPE_CMD649,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = cmd649_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(parent_obj, Cmd649State, 0, vmstate_ide_pci,
                       PCIIDEState),
        VMSTATE_UINT8(intrq, Cmd649State),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_cmd649_cd_512,
        NULL
    }
};

static void cmd649_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    pc->realize = cmd649_realize;
    pc->vendor_id = PCI_VENDOR_ID_CMD;
    pc->device_id = CMD649_DEVICE_ID;
    pc->subsystem_vendor_id = PCI_VENDOR_ID_CMD;
    pc->subsystem_id = CMD649_DEVICE_ID;
    pc->revision = CMD649_REVISION;
    pc->class_id = PCI_CLASS_STORAGE_IDE;
    pc->config_read = cmd649_config_read;
    pc->config_write = cmd649_config_write;
    rc->phases.hold = cmd649_reset_hold;
    dc->vmsd = &vmstate_cmd649;
    dc->desc = "CMD649 Ultra ATA/100 IDE";
    /* IDE buses cannot be taken away */
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo cmd649_types[] = {
    {
        .name = TYPE_CMD649,
        .parent = TYPE_PCI_IDE,
        .instance_size = sizeof(Cmd649State),
        .class_init = cmd649_class_init,
    },
};

DEFINE_TYPES(cmd649_types)
