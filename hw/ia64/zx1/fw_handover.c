/*
 * HP zx1: what the machine tells its firmware through fw_cfg
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "hw/ia64/zx1.h"
#include "hw/loader.h"
#include "sba.h"

unsigned zx1_ram_ranges(uint64_t ram_size, struct zx1_fw_range ranges[3])
{
    /* In the order in which they are filled */
    static const struct zx1_fw_range map[3] = {
        { ZX1_MEM0_BASE, ZX1_MEM0_SIZE },
        { ZX1_MEM1_BASE, ZX1_MEM1_SIZE },
        { ZX1_MEM2_BASE, ZX1_MEM2_SIZE },
    };
    unsigned n = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(map) && ram_size; i++, n++) {
        ranges[n].base = map[i].base;
        ranges[n].size = MIN(ram_size, map[i].size);
        ram_size -= ranges[n].size;
    }
    return n;
}

static void zx1_fw_add_ram(Zx1MachineState *s)
{
    struct zx1_fw_range ranges[3];
    unsigned n = zx1_ram_ranges(MACHINE(s)->ram_size, ranges);
    struct zx1_fw_range *file;

    if (n == 3) {
        /* Memory2 lies below Memory1 */
        struct zx1_fw_range mem1 = ranges[1];

        ranges[1] = ranges[2];
        ranges[2] = mem1;
    }
    file = g_new(struct zx1_fw_range, n);
    for (unsigned i = 0; i < n; i++) {
        file[i].base = cpu_to_le64(ranges[i].base);
        file[i].size = cpu_to_le64(ranges[i].size);
    }
    fw_cfg_add_file(s->fw_cfg, ZX1_FW_FILE_RAM, file, n * sizeof(*file));
}

static void zx1_fw_add_platform(Zx1MachineState *s)
{
    struct zx1_fw_platform *p = g_new0(struct zx1_fw_platform, 1);
    uint32_t flags = 0;
    MemoryRegion *vars = pflash_cfi01_get_memory(s->flash[1]);

    if (pflash_cfi01_get_blk(s->flash[1])) {
        flags |= ZX1_FW_FLAG_VARS_PERSIST;
    }
    if (s->isolation) {
        flags |= ZX1_FW_FLAG_ISOLATION;
    }
    p->version = cpu_to_le32(ZX1_FW_VERSION);
    p->flags = cpu_to_le32(flags);
    p->nr_cpus = cpu_to_le32(MACHINE(s)->smp.cpus);
    p->nr_roots = cpu_to_le32(s->layout->nr_roots);
    p->vars_base = cpu_to_le64(ZX1_VARS_BASE);
    p->vars_size = cpu_to_le64(memory_region_size(vars));
    p->itc_hz = cpu_to_le64(ZX1_ITC_HZ);
    p->bus_hz = cpu_to_le64(ZX1_BUS_HZ);
    fw_cfg_add_file(s->fw_cfg, ZX1_FW_FILE_PLATFORM, p, sizeof(*p));
}

static void zx1_fw_add_chipset(Zx1MachineState *s)
{
    GArray *stores = zx1_layout_stores(s->layout);
    struct zx1_fw_store *file = g_new(struct zx1_fw_store, stores->len);

    for (unsigned i = 0; i < stores->len; i++) {
        struct zx1_fw_store *st = &g_array_index(stores, struct zx1_fw_store,
                                                 i);

        file[i].address = cpu_to_le64(st->address);
        file[i].value = cpu_to_le64(st->value);
    }
    fw_cfg_add_file(s->fw_cfg, ZX1_FW_FILE_CHIPSET, file,
                    stores->len * sizeof(*file));
    g_array_unref(stores);
}

static void zx1_fw_add_roots(Zx1MachineState *s)
{
    unsigned nr = s->layout->nr_roots;
    struct zx1_fw_root *file = g_new0(struct zx1_fw_root, nr);

    for (unsigned i = 0; i < nr; i++) {
        const Zx1Rope *rope = s->layout->root[i];
        struct zx1_fw_root *r = &file[i];
        /* Where two, the legacy ports are one and the large one is for us */
        const Zx1Range *io = &rope->io[rope->io[1].first <= rope->io[1].last];

        r->rope = cpu_to_le32(rope->rope);
        r->flags = cpu_to_le32(rope->vga ? ZX1_FW_ROOT_VGA : 0);
        r->bus_first = cpu_to_le32(rope->bus_first);
        r->bus_last = cpu_to_le32(rope->bus_last);
        r->gsi_base = cpu_to_le32(zx1_rope_gsi(i));
        r->gsi_count = cpu_to_le32(ZX1_GSI_PER_ROPE);
        r->csr = cpu_to_le64(ZX1_LBA_CSR(rope->rope));
        r->io_base = cpu_to_le32(io->first);
        r->io_limit = cpu_to_le32(io->last);
        r->mem32_base = cpu_to_le64(rope->mem32.first);
        r->mem32_limit = cpu_to_le64(rope->mem32.last);
        r->mem64_base = cpu_to_le64(rope->mem64.first);
        r->mem64_limit = cpu_to_le64(rope->mem64.last);
        r->int_pins = cpu_to_le32(rope->int_pins);
        for (unsigned slot = 0; slot < ARRAY_SIZE(r->int_base); slot++) {
            r->int_base[slot] = zx1_rope_int_base(rope, slot);
        }
    }
    fw_cfg_add_file(s->fw_cfg, ZX1_FW_FILE_ROOTS, file,
                    nr * sizeof(*file));
}

/* The kernel goes over as the file is: the firmware knows the formats */
static void zx1_fw_add_kernel(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);

    if (!machine->kernel_filename) {
        return;
    }
    load_image_to_fw_cfg(s->fw_cfg, FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA,
                         machine->kernel_filename, false);
    if (machine->initrd_filename) {
        load_image_to_fw_cfg(s->fw_cfg, FW_CFG_INITRD_SIZE,
                             FW_CFG_INITRD_DATA, machine->initrd_filename,
                             false);
    }
    if (machine->kernel_cmdline) {
        fw_cfg_add_i32(s->fw_cfg, FW_CFG_CMDLINE_SIZE,
                       strlen(machine->kernel_cmdline) + 1);
        fw_cfg_add_string(s->fw_cfg, FW_CFG_CMDLINE_DATA,
                          machine->kernel_cmdline);
    }
}

void zx1_fw_handover(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);

    fw_cfg_add_i16(s->fw_cfg, FW_CFG_NB_CPUS, machine->smp.cpus);
    fw_cfg_add_i16(s->fw_cfg, FW_CFG_MAX_CPUS, machine->smp.max_cpus);
    fw_cfg_add_i64(s->fw_cfg, FW_CFG_RAM_SIZE, machine->ram_size);
    zx1_fw_add_ram(s);
    zx1_fw_add_platform(s);
    zx1_fw_add_chipset(s);
    zx1_fw_add_roots(s);
    zx1_fw_add_kernel(s);
}
