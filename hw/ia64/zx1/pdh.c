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
};

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

static void zx1_pdh_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "zx1 processor dependent hardware";
    dc->vmsd = &vmstate_zx1_pdh;
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
