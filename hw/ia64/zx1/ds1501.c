/*
 * Dallas DS1501 real-time clock
 *
 * Time in BCD, 24 hour mode, and 256 bytes of battery-backed RAM behind an
 * address and a data register. Alarm and watchdog keep what is written but
 * do not run. Register layout: DS1501/DS1511 as in Linux' rtc-ds1511.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bcd.h"
#include "qemu/cutils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/qapi-events-misc.h"
#include "hw/ia64/zx1.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "system/rtc.h"
#include "trace.h"

#define DS1501_NR_REGS      0x20
#define DS1501_RAM_SIZE     0x100

REG8(SECONDS, ZX1_RTC_SECONDS)
REG8(MINUTES, ZX1_RTC_MINUTES)
REG8(HOURS, ZX1_RTC_HOURS)
REG8(DAY, ZX1_RTC_DAY)
REG8(DATE, ZX1_RTC_DATE)
REG8(MONTH, ZX1_RTC_MONTH)
    FIELD(MONTH, BCD, 0, 5)
    FIELD(MONTH, EOSC, 7, 1)
REG8(YEAR, ZX1_RTC_YEAR)
REG8(CENTURY, ZX1_RTC_CENTURY)
REG8(CONTROL_A, ZX1_RTC_CONTROL_A)
REG8(CONTROL_B, ZX1_RTC_CONTROL_B)
    FIELD(CONTROL_B, TE, 7, 1)
REG8(RAM_ADDR, ZX1_RTC_RAM_ADDR)
REG8(RAM_DATA, ZX1_RTC_RAM_DATA)

struct Ds1501State {
    SysBusDevice parent_obj;

    MemoryRegion mmio;

    uint8_t regs[DS1501_NR_REGS];
    uint8_t ram[DS1501_RAM_SIZE];
    int64_t offset;         /* seconds from the clock of -rtc */
    uint8_t wday_offset;    /* the day of the week is free for the guest */
};

static bool ds1501_running(Ds1501State *s)
{
    return FIELD_EX8(s->regs[R_CONTROL_B], CONTROL_B, TE);
}

static void ds1501_latch(Ds1501State *s)
{
    struct tm tm;
    int year;

    qemu_get_timedate(&tm, s->offset);
    year = tm.tm_year + 1900;
    s->regs[R_SECONDS] = to_bcd(tm.tm_sec);
    s->regs[R_MINUTES] = to_bcd(tm.tm_min);
    s->regs[R_HOURS] = to_bcd(tm.tm_hour);
    s->regs[R_DAY] = (tm.tm_wday + s->wday_offset) % 7 + 1;
    s->regs[R_DATE] = to_bcd(tm.tm_mday);
    s->regs[R_MONTH] = FIELD_DP8(s->regs[R_MONTH], MONTH, BCD,
                                 to_bcd(tm.tm_mon + 1));
    s->regs[R_YEAR] = to_bcd(year % 100);
    s->regs[R_CENTURY] = to_bcd(year / 100);
}

/* Take the time from the registers */
static void ds1501_set(Ds1501State *s)
{
    struct tm tm = {
        .tm_sec = from_bcd(s->regs[R_SECONDS] & 0x7f),
        .tm_min = from_bcd(s->regs[R_MINUTES] & 0x7f),
        .tm_hour = from_bcd(s->regs[R_HOURS] & 0x3f),
        .tm_mday = from_bcd(s->regs[R_DATE] & 0x3f),
        .tm_mon = from_bcd(FIELD_EX8(s->regs[R_MONTH], MONTH, BCD)) - 1,
        .tm_year = from_bcd(s->regs[R_CENTURY]) * 100 +
                   from_bcd(s->regs[R_YEAR]) - 1900,
    };
    struct tm ref, now;
    g_autofree char *path = object_get_canonical_path(OBJECT(s));

    /* From the clock that qemu_get_timedate() goes by, whichever that is */
    qemu_get_timedate(&ref, 0);
    s->offset = mktimegm(&tm) - mktimegm(&ref);
    qemu_get_timedate(&now, s->offset);
    s->wday_offset = ((s->regs[R_DAY] & 7) + 6 + 7 - now.tm_wday) % 7;
    qapi_event_send_rtc_change(s->offset, path);
}

static uint64_t ds1501_read(void *opaque, hwaddr addr, unsigned size)
{
    Ds1501State *s = opaque;
    uint8_t val;

    if (addr <= R_CENTURY && ds1501_running(s)) {
        ds1501_latch(s);
    }
    if (addr == R_RAM_DATA) {
        val = s->ram[s->regs[R_RAM_ADDR]];
    } else {
        val = s->regs[addr];
    }
    trace_ds1501_read(addr, val);
    return val;
}

static void ds1501_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    Ds1501State *s = opaque;
    bool was_running = ds1501_running(s);

    trace_ds1501_write(addr, val);

    switch (addr) {
    case R_SECONDS ... R_CENTURY:
        if (was_running) {
            ds1501_latch(s);
        }
        s->regs[addr] = val;
        if (was_running) {
            ds1501_set(s);
        }
        break;
    case R_CONTROL_A:
        /* Flags are cleared by reads, the battery is always good */
        s->regs[addr] = val & 0x30;
        break;
    case R_CONTROL_B:
        if (was_running) {
            ds1501_latch(s);
        }
        s->regs[addr] = val;
        if (!was_running && ds1501_running(s)) {
            ds1501_set(s);
        }
        break;
    case R_RAM_DATA:
        s->ram[s->regs[R_RAM_ADDR]] = val;
        break;
    default:
        s->regs[addr] = val;
        break;
    }
}

static const MemoryRegionOps ds1501_ops = {
    .read = ds1501_read,
    .write = ds1501_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static const VMStateDescription vmstate_ds1501 = {
    .name = "ds1501",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY(regs, Ds1501State, DS1501_NR_REGS),
        VMSTATE_UINT8_ARRAY(ram, Ds1501State, DS1501_RAM_SIZE),
        VMSTATE_INT64(offset, Ds1501State),
        VMSTATE_UINT8(wday_offset, Ds1501State),
        VMSTATE_END_OF_LIST()
    }
};

static void ds1501_init(Object *obj)
{
    Ds1501State *s = DS1501(obj);

    memory_region_init_io(&s->mmio, obj, &ds1501_ops, s, "ds1501",
                          DS1501_NR_REGS);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    /* The battery keeps everything over a reset: set once */
    s->regs[R_CONTROL_B] = R_CONTROL_B_TE_MASK;
}

static void ds1501_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "DS1501 real-time clock";
    dc->vmsd = &vmstate_ds1501;
    dc->user_creatable = false;
}

static const TypeInfo ds1501_types[] = {
    {
        .name = TYPE_DS1501,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Ds1501State),
        .instance_init = ds1501_init,
        .class_init = ds1501_class_init,
    },
};

DEFINE_TYPES(ds1501_types)
