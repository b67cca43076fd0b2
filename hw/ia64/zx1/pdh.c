/*
 * HP zx1: Dillon and the board registers of the processor dependent hardware
 *
 * The firmware's own corner of an rx2600: scratch registers, election of
 * the boot processor, POST code, reset. Offsets are those reported for the
 * rx2600 (makuhlmann/qemu-system-ia64); the election by reading MONARCH is
 * described in hw/ia64/zx1-fw.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/ia64/zx1.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "system/runstate.h"
#include "trace.h"

#define DILLON_SIZE         0x8000
#define DILLON_NR_SCRATCH   (0x100 / 8)
#define BOARD_SIZE          0x1000

REG64(CHECKIN, 0x68)
REG64(MONARCH, 0x70)
REG64(CONTROL, 0x1000)
    FIELD(CONTROL, COMMAND, 1, 3)
REG64(REVISION, 0x2070)
/* Ours: include/hw/ia64/zx1-fw.h */
REG64(REPORT, 0x2080)
    FIELD(REPORT, VALUE, 0, 56)
    FIELD(REPORT, KIND, 56, 8)
    FIELD(REPORT, SIZE, 0, 32)
    FIELD(REPORT, STATUS, 32, 8)

#define REPORT_NAME_MAX     64

#define CONTROL_COMMAND_RESET   (ZX1_DILLON_CONTROL_RESET >> 1)
#define DILLON_REVISION         2

REG32(PRESENCE, 0x00)
REG32(POST, 0x18)
REG32(BOARD_REVISION, 0x20)

/* Active low: both processor modules are there */
#define BOARD_PRESENCE          0xc
#define BOARD_REVISION          7

struct Zx1PdhState {
    SysBusDevice parent_obj;

    MemoryRegion dillon;
    MemoryRegion board;

    uint64_t scratch[DILLON_NR_SCRATCH];
    bool monarch_taken;
    uint8_t post;

    /* The name of a variable arrives in pieces; a lost one does no harm */
    char name[REPORT_NAME_MAX + 1];
    unsigned name_len;

    /* Properties */
    bool first_contact;         /* log what a new system does */
};

static void zx1_pdh_report_name(Zx1PdhState *s, uint64_t val)
{
    for (unsigned i = 0; i < 7 && s->name_len < REPORT_NAME_MAX; i++) {
        uint8_t c = extract64(val, i * 8, 8);

        if (c) {
            s->name[s->name_len++] = g_ascii_isprint(c) ? c : '?';
        }
    }
    s->name[s->name_len] = 0;
}

/* What the firmware says of its callers */
static void zx1_pdh_report(Zx1PdhState *s, uint64_t val)
{
    unsigned kind = FIELD_EX64(val, REPORT, KIND);

    switch (kind) {
    case ZX1_REPORT_PAL:
    case ZX1_REPORT_SAL:
        qemu_log("first-contact: unknown %s procedure 0x%" PRIx64 "\n",
                 kind == ZX1_REPORT_PAL ? "PAL" : "SAL",
                 (uint64_t)FIELD_EX64(val, REPORT, VALUE));
        break;
    case ZX1_REPORT_NAME:
        zx1_pdh_report_name(s, val);
        break;
    case ZX1_REPORT_GET:
    case ZX1_REPORT_SET:
        qemu_log("first-contact: %sVariable %s: %u bytes, status %u\n",
                 kind == ZX1_REPORT_GET ? "Get" : "Set", s->name,
                 (unsigned)FIELD_EX64(val, REPORT, SIZE),
                 (unsigned)FIELD_EX64(val, REPORT, STATUS));
        s->name_len = 0;
        s->name[0] = 0;
        break;
    }
}

static uint64_t zx1_dillon_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1PdhState *s = opaque;
    uint64_t val = 0;

    switch (addr & ~7) {
    case A_MONARCH:
        if (!(addr & 7)) {
            val = !s->monarch_taken;
            s->monarch_taken = true;
        }
        break;
    case A_CONTROL:
        break;
    case A_REVISION:
        val = DILLON_REVISION;
        break;
    case A_REPORT:
        break;
    default:
        if (addr / 8 < DILLON_NR_SCRATCH) {
            val = s->scratch[addr / 8];
        } else {
            qemu_log_mask(LOG_UNIMP, "zx1-pdh: read of Dillon 0x%"
                          HWADDR_PRIx "\n", addr);
        }
        break;
    }
    val = extract64(val, (addr & 7) * 8, size * 8);
    trace_zx1_pdh_read(ZX1_DILLON_BASE + addr, val, size);
    return val;
}

static void zx1_dillon_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    Zx1PdhState *s = opaque;

    trace_zx1_pdh_write(ZX1_DILLON_BASE + addr, val, size);
    switch (addr & ~7) {
    case A_MONARCH:
        break;
    case A_CONTROL:
        if (!(addr & 7) &&
            FIELD_EX64(val, CONTROL, COMMAND) == CONTROL_COMMAND_RESET) {
            trace_zx1_pdh_reset();
            qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        }
        break;
    case A_REPORT:
        if (s->first_contact && size == 8) {
            zx1_pdh_report(s, val);
        }
        break;
    default:
        if (addr / 8 < DILLON_NR_SCRATCH) {
            s->scratch[addr / 8] = deposit64(s->scratch[addr / 8],
                                             (addr & 7) * 8, size * 8, val);
        } else {
            qemu_log_mask(LOG_UNIMP, "zx1-pdh: write to Dillon 0x%"
                          HWADDR_PRIx "\n", addr);
        }
        break;
    }
}

static const MemoryRegionOps zx1_dillon_ops = {
    .read = zx1_dillon_read,
    .write = zx1_dillon_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
};

static uint64_t zx1_board_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1PdhState *s = opaque;

    switch (addr) {
    case A_PRESENCE:
        return BOARD_PRESENCE;
    case A_POST:
        return s->post;
    case A_BOARD_REVISION:
        return BOARD_REVISION;
    default:
        qemu_log_mask(LOG_UNIMP, "zx1-pdh: read of board 0x%" HWADDR_PRIx "\n",
                      addr);
        return 0;
    }
}

static void zx1_board_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    Zx1PdhState *s = opaque;

    if (addr == A_POST) {
        s->post = val;
        trace_zx1_pdh_post(s->post);
    } else {
        qemu_log_mask(LOG_UNIMP, "zx1-pdh: write to board 0x%" HWADDR_PRIx
                      "\n", addr);
    }
}

static const MemoryRegionOps zx1_board_ops = {
    .read = zx1_board_read,
    .write = zx1_board_write,
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

static void zx1_pdh_reset_hold(Object *obj, ResetType type)
{
    Zx1PdhState *s = ZX1_PDH(obj);

    memset(s->scratch, 0, sizeof(s->scratch));
    s->monarch_taken = false;
    s->post = 0;
    s->name_len = 0;
    s->name[0] = 0;
}

static const VMStateDescription vmstate_zx1_pdh = {
    .name = "zx1-pdh",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(scratch, Zx1PdhState, DILLON_NR_SCRATCH),
        VMSTATE_BOOL(monarch_taken, Zx1PdhState),
        VMSTATE_UINT8(post, Zx1PdhState),
        VMSTATE_END_OF_LIST()
    }
};

static void zx1_pdh_init(Object *obj)
{
    Zx1PdhState *s = ZX1_PDH(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->dillon, obj, &zx1_dillon_ops, s, "zx1.dillon",
                          DILLON_SIZE);
    sysbus_init_mmio(sbd, &s->dillon);
    memory_region_init_io(&s->board, obj, &zx1_board_ops, s, "zx1.board",
                          BOARD_SIZE);
    sysbus_init_mmio(sbd, &s->board);
}

static const Property zx1_pdh_properties[] = {
    DEFINE_PROP_BOOL("first-contact", Zx1PdhState, first_contact, false),
};

static void zx1_pdh_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "zx1 processor dependent hardware";
    dc->vmsd = &vmstate_zx1_pdh;
    device_class_set_props(dc, zx1_pdh_properties);
    dc->user_creatable = false;
    rc->phases.hold = zx1_pdh_reset_hold;
}

static const TypeInfo zx1_pdh_types[] = {
    {
        .name = TYPE_ZX1_PDH,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Zx1PdhState),
        .instance_init = zx1_pdh_init,
        .class_init = zx1_pdh_class_init,
    },
};

DEFINE_TYPES(zx1_pdh_types)
