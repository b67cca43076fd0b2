/*
 * HP zx1: processor interrupt block
 *
 * Stores to the block are interrupt messages to the local SAPIC of the
 * addressed processor; see hw/ia64/sapic-msg.h for their format. Processors
 * send 8-byte stores (Intel Itanium SDM volume 2, 5.8.4), devices 4-byte
 * ones (PCI MSI).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "cpu.h"
#include "hw/ia64/sapic.h"
#include "hw/ia64/sapic-msg.h"
#include "hw/ia64/zx1.h"
#include "hw/intc/intc.h"
#include "trace.h"

struct Zx1PibState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;

    /* For the monitor, not part of the machine's state */
    uint64_t count[256];        /* delivered, by vector */
    uint64_t delivered;
    uint64_t lost;
    uint8_t last_id;
    uint8_t last_eid;
    uint8_t last_mode;
    uint8_t last_vector;
};

#define PIB_IPI_SIZE    0x100000
#define PIB_INTA        0x1e0000
#define PIB_XTP         0x1e0008

static void zx1_pib_message(Zx1PibState *s, hwaddr addr, uint64_t data)
{
    unsigned id = FIELD_EX64(addr, SAPIC_ADDR, ID);
    unsigned eid = FIELD_EX64(addr, SAPIC_ADDR, EID);
    unsigned mode = FIELD_EX64(data, SAPIC_DATA, MODE);
    unsigned vector = FIELD_EX64(data, SAPIC_DATA, VECTOR);
    IA64CPU *cpu = ia64_cpu_by_sapic_id(id, eid);

    trace_zx1_pib_message(id, eid, mode, vector);

    if (!cpu) {
        s->lost++;
        qemu_log_mask(LOG_GUEST_ERROR, "zx1-pib: no processor with id 0x%02x "
                      "eid 0x%02x for vector 0x%02x\n", id, eid, vector);
        return;
    }

    if (mode == SAPIC_DM_LOWEST) {
        /* The platform redirects nothing: the addressed processor is it */
        mode = SAPIC_DM_INT;
    }
    s->count[vector]++;
    s->delivered++;
    s->last_id = id;
    s->last_eid = eid;
    s->last_mode = mode;
    s->last_vector = vector;
    ia64_sapic_deliver(cpu, mode, vector);
}

static uint64_t zx1_pib_read(void *opaque, hwaddr addr, unsigned size)
{
    if (addr == PIB_INTA && size == 1) {
        /* No 8259 behind the bus: the cycle is not claimed */
        return 0xff;
    }
    qemu_log_mask(LOG_GUEST_ERROR, "zx1-pib: %u-byte load at 0x%" HWADDR_PRIx
                  "\n", size, addr);
    return MAKE_64BIT_MASK(0, size * 8);
}

static void zx1_pib_write(void *opaque, hwaddr addr, uint64_t data,
                          unsigned size)
{
    Zx1PibState *s = opaque;

    if (addr < PIB_IPI_SIZE && size >= 4) {
        zx1_pib_message(s, addr, data);
    } else if (addr == PIB_XTP && size == 1) {
        /* Would matter for redirection, which SAL does not offer */
        trace_zx1_pib_xtp(data);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "zx1-pib: %u-byte store at 0x%"
                      HWADDR_PRIx "\n", size, addr);
    }
}

static const MemoryRegionOps zx1_pib_ops = {
    .read = zx1_pib_read,
    .write = zx1_pib_write,
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

static bool zx1_pib_get_statistics(InterruptStatsProvider *obj,
                                   uint64_t **irq_counts,
                                   unsigned int *nb_irqs)
{
    Zx1PibState *s = ZX1_PIB(obj);

    *irq_counts = s->count;
    *nb_irqs = ARRAY_SIZE(s->count);
    return true;
}

static void zx1_pib_print_info(InterruptStatsProvider *obj, GString *buf)
{
    Zx1PibState *s = ZX1_PIB(obj);

    g_string_append_printf(buf, "zx1-pib: %" PRIu64 " messages, %" PRIu64
                           " lost", s->delivered, s->lost);
    if (s->delivered) {
        g_string_append_printf(buf, ", last: id 0x%02x eid 0x%02x mode %u "
                               "vector 0x%02x", s->last_id, s->last_eid,
                               s->last_mode, s->last_vector);
    }
    g_string_append_c(buf, '\n');
}

static void zx1_pib_init(Object *obj)
{
    Zx1PibState *s = ZX1_PIB(obj);

    memory_region_init_io(&s->mmio, obj, &zx1_pib_ops, s, "zx1.pib",
                          ZX1_PIB_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

static void zx1_pib_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);

    /* All state is in the processors: nothing to reset or to migrate */
    dc->desc = "zx1 processor interrupt block";
    dc->user_creatable = false;
    ic->get_statistics = zx1_pib_get_statistics;
    ic->print_info = zx1_pib_print_info;
}

static const TypeInfo zx1_pib_types[] = {
    {
        .name = TYPE_ZX1_PIB,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Zx1PibState),
        .instance_init = zx1_pib_init,
        .class_init = zx1_pib_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_INTERRUPT_STATS_PROVIDER },
            { }
        },
    },
};

DEFINE_TYPES(zx1_pib_types)
