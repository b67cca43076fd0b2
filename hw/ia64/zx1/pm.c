/*
 * HP zx1: ACPI power management block of the board
 *
 * PM timer, PM1 event and control registers; there is no legacy mode, so
 * SCI_EN always reads 1. Placement and the enable mask 0x0721 are those of
 * an rx2600; the bits are those of the ACPI specification.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/notify.h"
#include "qemu/timer.h"
#include "hw/acpi/acpi.h"
#include "hw/ia64/zx1.h"
#include "hw/irq.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "system/runstate.h"
#include "trace.h"

#define PM_SIZE     0x20

REG32(PM_TMR, 0x4)
REG16(PM1_STS, 0x8)
    FIELD(PM1_STS, TMR, 0, 1)
    FIELD(PM1_STS, PWRBTN, 8, 1)
REG16(PM1_EN, 0xa)
REG16(PM1_CNT, 0xc)
    FIELD(PM1_CNT, SCI_EN, 0, 1)
    FIELD(PM1_CNT, SLP_TYP, 10, 3)
    FIELD(PM1_CNT, SLP_EN, 13, 1)

#define PM1_STS_MASK    0x8721
#define PM1_EN_MASK     0x0721
#define PM1_CNT_MASK    0x1c06

#define SLP_TYP_S0      0
#define SLP_TYP_S5      5

struct Zx1PmState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq sci;
    QEMUTimer *timer;
    Notifier powerdown;

    uint16_t sts;
    uint16_t en;
    uint16_t cnt;
};

static void zx1_pm_update(Zx1PmState *s)
{
    int level = !!(s->sts & s->en & PM1_EN_MASK);

    trace_zx1_pm_sci(level);
    qemu_set_irq(s->sci, level);
}

static uint64_t zx1_pm_count(int64_t ns)
{
    return muldiv64(ns, PM_TIMER_FREQUENCY, NANOSECONDS_PER_SECOND);
}

/* Call back when bit 31 of the timer changes next */
static void zx1_pm_arm(Zx1PmState *s)
{
    uint64_t now = zx1_pm_count(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    uint64_t next = (now | MAKE_64BIT_MASK(0, 31)) + 1;

    timer_mod(s->timer, muldiv64(next, NANOSECONDS_PER_SECOND,
                                 PM_TIMER_FREQUENCY) + 1);
}

static void zx1_pm_timer(void *opaque)
{
    Zx1PmState *s = opaque;

    s->sts |= R_PM1_STS_TMR_MASK;
    zx1_pm_update(s);
    zx1_pm_arm(s);
}

static void zx1_pm_powerdown(Notifier *n, void *data)
{
    Zx1PmState *s = container_of(n, Zx1PmState, powerdown);
    bool enabled = s->en & R_PM1_STS_PWRBTN_MASK;

    trace_zx1_pm_power_button(enabled);
    if (!enabled) {
        /* Nobody listens: the button switches the power off */
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        return;
    }
    s->sts |= R_PM1_STS_PWRBTN_MASK;
    zx1_pm_update(s);
}

static void zx1_pm_sleep(Zx1PmState *s, uint16_t val)
{
    unsigned typ = FIELD_EX16(val, PM1_CNT, SLP_TYP);

    switch (typ) {
    case SLP_TYP_S5:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        break;
    case SLP_TYP_S0:
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "zx1-pm: sleep type %u\n", typ);
        break;
    }
}

static uint64_t zx1_pm_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1PmState *s = opaque;
    uint32_t val = 0;

    switch (addr & ~3) {
    case A_PM_TMR:
        val = zx1_pm_count(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
        break;
    case A_PM1_STS:
        val = s->sts | (s->en << 16);
        break;
    case A_PM1_CNT:
        val = s->cnt | R_PM1_CNT_SCI_EN_MASK;
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "zx1-pm: read of 0x%" HWADDR_PRIx "\n", addr);
        break;
    }
    val = extract32(val, (addr & 3) * 8, size * 8);
    trace_zx1_pm_read(addr, val, size);
    return val;
}

static void zx1_pm_write16(Zx1PmState *s, hwaddr addr, uint16_t val,
                           uint16_t lanes)
{
    switch (addr) {
    case A_PM_TMR:
    case A_PM_TMR + 2:
        qemu_log_mask(LOG_GUEST_ERROR, "zx1-pm: the timer is read-only\n");
        break;
    case A_PM1_STS:
        s->sts &= ~(val & lanes & PM1_STS_MASK);
        zx1_pm_update(s);
        break;
    case A_PM1_EN:
        s->en = ((s->en & ~lanes) | (val & lanes)) & PM1_EN_MASK;
        zx1_pm_update(s);
        break;
    case A_PM1_CNT:
        val = (s->cnt & ~lanes) | (val & lanes);
        s->cnt = val & PM1_CNT_MASK;
        if (val & R_PM1_CNT_SLP_EN_MASK) {
            zx1_pm_sleep(s, val);
        }
        break;
    case A_PM1_CNT + 2:
        /* Reserved upper half of the 32-bit register */
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "zx1-pm: write of 0x%04x to 0x%" HWADDR_PRIx
                      "\n", val, addr);
        break;
    }
}

static void zx1_pm_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    Zx1PmState *s = opaque;

    trace_zx1_pm_write(addr, val, size);
    switch (size) {
    case 1:
        zx1_pm_write16(s, addr & ~1, val << (addr & 1) * 8,
                       0xff << (addr & 1) * 8);
        break;
    case 2:
        zx1_pm_write16(s, addr, val, 0xffff);
        break;
    case 4:
        zx1_pm_write16(s, addr, val, 0xffff);
        zx1_pm_write16(s, addr + 2, val >> 16, 0xffff);
        break;
    default:
        g_assert_not_reached();
    }
}

static const MemoryRegionOps zx1_pm_ops = {
    .read = zx1_pm_read,
    .write = zx1_pm_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
};

static void zx1_pm_reset_hold(Object *obj, ResetType type)
{
    Zx1PmState *s = ZX1_PM(obj);

    s->sts = 0;
    s->en = 0;
    s->cnt = 0;
    zx1_pm_arm(s);
}

static void zx1_pm_reset_exit(Object *obj, ResetType type)
{
    zx1_pm_update(ZX1_PM(obj));
}

static const VMStateDescription vmstate_zx1_pm = {
    .name = "zx1-pm",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(sts, Zx1PmState),
        VMSTATE_UINT16(en, Zx1PmState),
        VMSTATE_UINT16(cnt, Zx1PmState),
        VMSTATE_TIMER_PTR(timer, Zx1PmState),
        VMSTATE_END_OF_LIST()
    }
};

static void zx1_pm_realize(DeviceState *dev, Error **errp)
{
    Zx1PmState *s = ZX1_PM(dev);

    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, zx1_pm_timer, s);
    s->powerdown.notify = zx1_pm_powerdown;
    qemu_register_powerdown_notifier(&s->powerdown);
}

static void zx1_pm_init(Object *obj)
{
    Zx1PmState *s = ZX1_PM(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->mmio, obj, &zx1_pm_ops, s, "zx1.pm", PM_SIZE);
    sysbus_init_mmio(sbd, &s->mmio);
    sysbus_init_irq(sbd, &s->sci);
}

static void zx1_pm_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "zx1 ACPI power management block";
    dc->realize = zx1_pm_realize;
    dc->vmsd = &vmstate_zx1_pm;
    dc->user_creatable = false;
    rc->phases.hold = zx1_pm_reset_hold;
    rc->phases.exit = zx1_pm_reset_exit;
}

static const TypeInfo zx1_pm_types[] = {
    {
        .name = TYPE_ZX1_PM,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Zx1PmState),
        .instance_init = zx1_pm_init,
        .class_init = zx1_pm_class_init,
    },
};

DEFINE_TYPES(zx1_pm_types)
