/*
 * I/O SAPIC
 *
 * Turns interrupt lines into messages to local SAPICs. Registers and fields
 * as in Linux' asm/iosapic.h; the version and the number of entries are
 * those of HP's zx1 (boot logs: "version 2.0", 11 entries). What a level
 * entry does between message and EOI follows Linux' iosapic.c and Xen's
 * viosapic.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/ia64/sapic.h"
#include "hw/ia64/sapic-msg.h"
#include "hw/intc/intc.h"
#include "hw/intc/iosapic.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "trace.h"

/* Direct registers */
REG32(SELECT, 0x00)
REG32(WINDOW, 0x10)
REG32(EOI, 0x40)
REG32(SWI, 0x50)

/* Registers behind SELECT and WINDOW, by their number */
#define IOSAPIC_ID          0x00
#define IOSAPIC_VERSION     0x01
#define IOSAPIC_RTE         0x10

FIELD(VERSION, VERSION, 0, 8)
FIELD(VERSION, MAX_RTE, 16, 8)

FIELD(RTE_LOW, VECTOR, 0, 8)
FIELD(RTE_LOW, MODE, 8, 3)
FIELD(RTE_LOW, DEST_MODE, 11, 1)
FIELD(RTE_LOW, STATUS, 12, 1)
FIELD(RTE_LOW, ACTIVE_LOW, 13, 1)
FIELD(RTE_LOW, REMOTE_IRR, 14, 1)
FIELD(RTE_LOW, LEVEL, 15, 1)
FIELD(RTE_LOW, MASK, 16, 1)

FIELD(RTE_HIGH, EID, 16, 8)
FIELD(RTE_HIGH, ID, 24, 8)

#define RTE_LOW_WRITABLE    (R_RTE_LOW_VECTOR_MASK | R_RTE_LOW_MODE_MASK | \
                             R_RTE_LOW_ACTIVE_LOW_MASK | \
                             R_RTE_LOW_LEVEL_MASK | R_RTE_LOW_MASK_MASK)
#define RTE_HIGH_WRITABLE   (R_RTE_HIGH_EID_MASK | R_RTE_HIGH_ID_MASK)

#define IOSAPIC_VERSION_2_0 0x20

static bool rte_level(uint32_t low)
{
    return FIELD_EX32(low, RTE_LOW, LEVEL);
}

static bool rte_masked(uint32_t low)
{
    return FIELD_EX32(low, RTE_LOW, MASK);
}

/* Is the line at the level that the entry calls active? */
static bool iosapic_active(IosapicState *s, unsigned pin)
{
    bool low = s->asserted & BIT(pin);

    return low == FIELD_EX32(s->low[pin], RTE_LOW, ACTIVE_LOW);
}

static void iosapic_message(IosapicState *s, unsigned pin)
{
    uint32_t low = s->low[pin];
    unsigned mode = FIELD_EX32(low, RTE_LOW, MODE);
    uint32_t addr = s->message_base;
    uint32_t data = 0;

    addr = FIELD_DP32(addr, SAPIC_ADDR, ID,
                      FIELD_EX32(s->high[pin], RTE_HIGH, ID));
    addr = FIELD_DP32(addr, SAPIC_ADDR, EID,
                      FIELD_EX32(s->high[pin], RTE_HIGH, EID));
    addr = FIELD_DP32(addr, SAPIC_ADDR, REDIRECT, mode == SAPIC_DM_LOWEST);
    data = FIELD_DP32(data, SAPIC_DATA, VECTOR,
                      FIELD_EX32(low, RTE_LOW, VECTOR));
    data = FIELD_DP32(data, SAPIC_DATA, MODE, mode);
    data = FIELD_DP32(data, SAPIC_DATA, ASSERT, 1);
    data = FIELD_DP32(data, SAPIC_DATA, LEVEL, rte_level(low));

    trace_iosapic_message(pin, addr, data);
    s->messages[pin]++;
    address_space_stl_le(&address_space_memory, addr, data,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

/* Send what a level entry owes */
static void iosapic_update_level(IosapicState *s, unsigned pin)
{
    uint32_t low = s->low[pin];

    if (rte_level(low) && !rte_masked(low) && iosapic_active(s, pin) &&
        !FIELD_EX32(low, RTE_LOW, REMOTE_IRR)) {
        s->low[pin] = FIELD_DP32(low, RTE_LOW, REMOTE_IRR, 1);
        iosapic_message(s, pin);
    }
}

static void iosapic_set_irq(void *opaque, int pin, int level)
{
    IosapicState *s = opaque;
    bool was = iosapic_active(s, pin);

    trace_iosapic_input(pin, level);
    s->asserted = deposit32(s->asserted, pin, 1, !!level);

    if (rte_level(s->low[pin])) {
        iosapic_update_level(s, pin);
    } else if (!was && iosapic_active(s, pin) && !rte_masked(s->low[pin])) {
        /* An edge while masked is lost */
        iosapic_message(s, pin);
    }
}

static void iosapic_eoi(IosapicState *s, unsigned vector)
{
    trace_iosapic_eoi(vector);
    for (unsigned pin = 0; pin < s->num_rtes; pin++) {
        uint32_t low = s->low[pin];

        if (rte_level(low) && FIELD_EX32(low, RTE_LOW, VECTOR) == vector) {
            s->low[pin] = FIELD_DP32(low, RTE_LOW, REMOTE_IRR, 0);
            iosapic_update_level(s, pin);
        }
    }
}

static void iosapic_write_low(IosapicState *s, unsigned pin, uint32_t val)
{
    uint32_t ro = s->low[pin] & ~RTE_LOW_WRITABLE;

    s->low[pin] = ro | (val & RTE_LOW_WRITABLE);
    if (!rte_level(s->low[pin])) {
        s->low[pin] = FIELD_DP32(s->low[pin], RTE_LOW, REMOTE_IRR, 0);
    }
    iosapic_update_level(s, pin);
}

static uint32_t iosapic_window_read(IosapicState *s)
{
    unsigned pin;
    uint32_t val = 0;

    switch (s->select) {
    case IOSAPIC_ID:
        break;
    case IOSAPIC_VERSION:
        val = FIELD_DP32(val, VERSION, VERSION, IOSAPIC_VERSION_2_0);
        val = FIELD_DP32(val, VERSION, MAX_RTE, s->num_rtes - 1);
        break;
    default:
        pin = (s->select - IOSAPIC_RTE) / 2;
        if (s->select < IOSAPIC_RTE || pin >= s->num_rtes) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "iosapic: read of register 0x%02x\n", s->select);
            break;
        }
        val = s->select & 1 ? s->high[pin] : s->low[pin];
        break;
    }
    trace_iosapic_read(s->select, val);
    return val;
}

static void iosapic_window_write(IosapicState *s, uint32_t val)
{
    unsigned pin = (s->select - IOSAPIC_RTE) / 2;

    trace_iosapic_write(s->select, val);
    if (s->select < IOSAPIC_RTE || pin >= s->num_rtes) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "iosapic: write of 0x%08x to register 0x%02x\n", val,
                      s->select);
    } else if (s->select & 1) {
        s->high[pin] = val & RTE_HIGH_WRITABLE;
    } else {
        iosapic_write_low(s, pin, val);
    }
}

static uint64_t iosapic_read(void *opaque, hwaddr addr, unsigned size)
{
    IosapicState *s = opaque;

    switch (addr) {
    case A_SELECT:
        return s->select;
    case A_WINDOW:
        return iosapic_window_read(s);
    case A_SELECT + 4:
    case A_WINDOW + 4:
        /* Upper half of a 64-bit access */
        return 0;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "iosapic: read at 0x%" HWADDR_PRIx
                      "\n", addr);
        return 0;
    }
}

static void iosapic_write(void *opaque, hwaddr addr, uint64_t val,
                          unsigned size)
{
    IosapicState *s = opaque;

    switch (addr) {
    case A_SELECT:
        s->select = val;
        break;
    case A_WINDOW:
        iosapic_window_write(s, val);
        break;
    case A_EOI:
        iosapic_eoi(s, val & 0xff);
        break;
    case A_SWI:
        if (!rte_masked(s->low[s->swi_rte])) {
            iosapic_message(s, s->swi_rte);
        }
        break;
    case A_SELECT + 4:
    case A_WINDOW + 4:
    case A_EOI + 4:
    case A_SWI + 4:
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "iosapic: write at 0x%" HWADDR_PRIx
                      "\n", addr);
        break;
    }
}

static const MemoryRegionOps iosapic_ops = {
    .read = iosapic_read,
    .write = iosapic_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

static bool iosapic_get_statistics(InterruptStatsProvider *obj,
                                   uint64_t **irq_counts,
                                   unsigned int *nb_irqs)
{
    IosapicState *s = IOSAPIC(obj);

    *irq_counts = s->messages;
    *nb_irqs = s->num_rtes;
    return true;
}

static void iosapic_print_info(InterruptStatsProvider *obj, GString *buf)
{
    IosapicState *s = IOSAPIC(obj);

    g_autofree char *path = object_get_canonical_path(OBJECT(s));

    g_string_append_printf(buf, "%s:\n", path);
    for (unsigned pin = 0; pin < s->num_rtes; pin++) {
        uint32_t low = s->low[pin];
        uint32_t high = s->high[pin];

        g_string_append_printf(buf, "  pin %2u: id 0x%02x eid 0x%02x "
                               "vector 0x%02x mode %u %s%s%s%s%s\n", pin,
                               FIELD_EX32(high, RTE_HIGH, ID),
                               FIELD_EX32(high, RTE_HIGH, EID),
                               FIELD_EX32(low, RTE_LOW, VECTOR),
                               FIELD_EX32(low, RTE_LOW, MODE),
                               rte_level(low) ? "level" : "edge",
                               FIELD_EX32(low, RTE_LOW, ACTIVE_LOW) ?
                               " low" : " high",
                               rte_masked(low) ? " masked" : "",
                               FIELD_EX32(low, RTE_LOW, REMOTE_IRR) ?
                               " irr" : "",
                               s->asserted & BIT(pin) ? " asserted" : "");
    }
}

static void iosapic_reset_hold(Object *obj, ResetType type)
{
    IosapicState *s = IOSAPIC(obj);

    /* The inputs belong to the devices that drive them */
    s->select = 0;
    for (unsigned pin = 0; pin < s->num_rtes; pin++) {
        s->low[pin] = R_RTE_LOW_MASK_MASK;
        s->high[pin] = 0;
    }
}

static void iosapic_realize(DeviceState *dev, Error **errp)
{
    IosapicState *s = IOSAPIC(dev);

    if (!s->num_rtes || s->num_rtes > IOSAPIC_MAX_RTES ||
        s->swi_rte >= s->num_rtes) {
        error_setg(errp, "iosapic: 1 to %d entries, one of them for the "
                   "software interrupt", IOSAPIC_MAX_RTES);
        return;
    }
    memory_region_init_io(&s->mmio, OBJECT(s), &iosapic_ops, s, "iosapic",
                          IOSAPIC_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mmio);
    qdev_init_gpio_in(dev, iosapic_set_irq, s->num_rtes);
    /* Messages of devices reach the local SAPICs in the same way */
    msi_nonbroken = true;
}

static const VMStateDescription vmstate_iosapic = {
    .name = "iosapic",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(select, IosapicState),
        VMSTATE_UINT32(asserted, IosapicState),
        VMSTATE_UINT32_ARRAY(low, IosapicState, IOSAPIC_MAX_RTES),
        VMSTATE_UINT32_ARRAY(high, IosapicState, IOSAPIC_MAX_RTES),
        VMSTATE_END_OF_LIST()
    }
};

static const Property iosapic_properties[] = {
    DEFINE_PROP_UINT8("num-rtes", IosapicState, num_rtes, 11),
    DEFINE_PROP_UINT8("swi-rte", IosapicState, swi_rte, 10),
    DEFINE_PROP_UINT32("message-base", IosapicState, message_base,
                       0xfee00000),
};

static void iosapic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);

    dc->desc = "I/O SAPIC";
    dc->realize = iosapic_realize;
    dc->vmsd = &vmstate_iosapic;
    dc->user_creatable = false;
    device_class_set_props(dc, iosapic_properties);
    rc->phases.hold = iosapic_reset_hold;
    ic->get_statistics = iosapic_get_statistics;
    ic->print_info = iosapic_print_info;
}

static const TypeInfo iosapic_types[] = {
    {
        .name = TYPE_IOSAPIC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(IosapicState),
        .class_init = iosapic_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_INTERRUPT_STATS_PROVIDER },
            { }
        },
    },
};

DEFINE_TYPES(iosapic_types)
