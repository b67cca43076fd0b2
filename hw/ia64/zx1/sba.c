/*
 * HP zx1: mio function 0, the distribution of addresses to the ropes
 *
 * Registers as in X.Org's zx1PCI.c. Loads and stores of the processors to
 * PCI memory, ports and bridge registers go to the rope that these
 * registers name; what the bridge at its end makes of them is in lba.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "sba.h"
#include "trace.h"

REG64(FUNC_ID, 0x000)
REG64(FUNC_CLASS, 0x008)
REG64(MODULE_INFO, 0x100)
REG64(STATUS_CONTROL, 0x108)
    FIELD(STATUS_CONTROL, DILLON_PRESENT, 1, 1)
REG64(LMMIO_DIR_BASE0, 0x300)
REG64(LMMIO_DIR_MASK0, 0x308)
REG64(LMMIO_DIR_ROUTE0, 0x310)
REG64(LMMIO_DIR_BASE1, 0x318)
REG64(LMMIO_DIR_MASK1, 0x320)
REG64(LMMIO_DIR_ROUTE1, 0x328)
REG64(LMMIO_DIR_BASE2, 0x330)
REG64(LMMIO_DIR_MASK2, 0x338)
REG64(LMMIO_DIR_ROUTE2, 0x340)
REG64(LMMIO_DIR_BASE3, 0x348)
REG64(LMMIO_DIR_MASK3, 0x350)
REG64(LMMIO_DIR_ROUTE3, 0x358)
REG64(LMMIO_DIST_BASE, 0x360)
REG64(LMMIO_DIST_MASK, 0x368)
REG64(LMMIO_DIST_ROUTE, 0x370)
REG64(GMMIO_DIST_BASE, 0x378)
    FIELD(GMMIO_DIST_BASE, PORT_DISABLE, 1, 1)
    FIELD(GMMIO_DIST_BASE, MAP_TO_LMMIO, 2, 1)
REG64(GMMIO_DIST_MASK, 0x380)
REG64(GMMIO_DIST_ROUTE, 0x388)
REG64(IOS_DIST_BASE, 0x390)
REG64(IOS_DIST_MASK, 0x398)
REG64(IOS_DIST_ROUTE, 0x3a0)
REG64(ROPE_CONFIG_BASE, 0x3a8)
REG64(VGA_ROUTE, 0x3b0)
    FIELD(VGA_ROUTE, ROPE, 0, 4)
    FIELD(VGA_ROUTE, LITE, 62, 1)
    FIELD(VGA_ROUTE, ENABLE, 63, 1)
REG64(IOS_DIR_BASE, 0x3c0)
REG64(IOS_DIR_MASK, 0x3c8)
REG64(IOS_DIR_ROUTE, 0x3d0)
REG64(IOS_BASE, 0x3d8)

/* Bit 0 of every base register; the routes */
#define BASE_ENABLE     1ULL
FIELD(DIR_ROUTE, ROPE, 0, 3)
FIELD(DIST_ROUTE, SHIFT, 58, 6)

#define LMMIO_BITS      0x7ff00000ULL   /* 30:20 */
#define LMMIO_FIXED     0x80000000ULL   /* bit 31 reads 1 */
#define GMMIO_BITS      0xfff00000000ULL
#define LMMIO_SPACE     (4 * GiB)
#define GMMIO_PORTS     (64 * MiB)      /* at the start of a rope's chunk */
#define IOS_DIR_BITS    0xff00ULL
#define IOS_DIST_BITS   0xe000ULL
#define IOS_BASE_BITS   0xfffffe00000ULL /* 2 MiB, 44 address bits */
#define SHIFT_BITS      R_DIST_ROUTE_SHIFT_MASK

/* Distributed LMMIO never reaches the chipset's own registers */
#define LMMIO_END       0xfe000000ULL
#define PHYS_BITS       44

#define MAX_CHUNKS      64

#define VGA_MEM_BASE    0xa0000
#define VGA_MEM_SIZE    0x20000
#define VGA_PORT_FIRST  0x3b0
#define VGA_PORT_LAST   0x3df

#define LMMIO_DIR(n) \
    { "LMMIO_DIR_BASE" #n, A_LMMIO_DIR_BASE##n, LMMIO_FIXED, \
      LMMIO_BITS | BASE_ENABLE }, \
    { "LMMIO_DIR_MASK" #n, A_LMMIO_DIR_MASK##n, LMMIO_FIXED, LMMIO_BITS }, \
    { "LMMIO_DIR_ROUTE" #n, A_LMMIO_DIR_ROUTE##n, 0, R_DIR_ROUTE_ROPE_MASK }

static const Zx1RegInfo sba_regs[] = {
    { "FUNC_ID", A_FUNC_ID, 0x1229103c },
    { "FUNC_CLASS", A_FUNC_CLASS, 0x0000002006800023ULL },
    { "MODULE_INFO", A_MODULE_INFO, 0x0703000a },
    { "STATUS_CONTROL", A_STATUS_CONTROL,
      R_STATUS_CONTROL_DILLON_PRESENT_MASK },
    LMMIO_DIR(0),
    LMMIO_DIR(1),
    LMMIO_DIR(2),
    LMMIO_DIR(3),
    { "LMMIO_DIST_BASE", A_LMMIO_DIST_BASE, LMMIO_FIXED,
      LMMIO_BITS | BASE_ENABLE },
    { "LMMIO_DIST_MASK", A_LMMIO_DIST_MASK, LMMIO_FIXED, LMMIO_BITS },
    { "LMMIO_DIST_ROUTE", A_LMMIO_DIST_ROUTE, 0, SHIFT_BITS },
    { "GMMIO_DIST_BASE", A_GMMIO_DIST_BASE, 0, GMMIO_BITS | 7 },
    { "GMMIO_DIST_MASK", A_GMMIO_DIST_MASK, 0, GMMIO_BITS },
    { "GMMIO_DIST_ROUTE", A_GMMIO_DIST_ROUTE, 0, SHIFT_BITS },
    { "IOS_DIST_BASE", A_IOS_DIST_BASE, 0, IOS_DIST_BITS | BASE_ENABLE },
    { "IOS_DIST_MASK", A_IOS_DIST_MASK, 0xffff0000, IOS_DIST_BITS },
    { "IOS_DIST_ROUTE", A_IOS_DIST_ROUTE, 12ULL << 58, SHIFT_BITS },
    { "ROPE_CONFIG_BASE", A_ROPE_CONFIG_BASE, LMMIO_FIXED,
      0x7ffe0000 | BASE_ENABLE },
    { "VGA_ROUTE", A_VGA_ROUTE, 0,
      R_VGA_ROUTE_ENABLE_MASK | R_VGA_ROUTE_LITE_MASK |
      R_VGA_ROUTE_ROPE_MASK },
    { "IOS_DIR_BASE", A_IOS_DIR_BASE, 0, IOS_DIR_BITS | BASE_ENABLE },
    { "IOS_DIR_MASK", A_IOS_DIR_MASK, 0, IOS_DIR_BITS },
    { "IOS_DIR_ROUTE", A_IOS_DIR_ROUTE, 0, R_DIR_ROUTE_ROPE_MASK },
    { "IOS_BASE", A_IOS_BASE, 0, IOS_BASE_BITS | BASE_ENABLE },
};

/* Functions of which only the identification is known: offset, value */
static const uint64_t mio_ids[][2] = {
    { 0x8000, 0x122b103c },
    { 0x8008, 0x0000002005000023ULL },
};

static bool sba_enabled(Zx1SbaState *s, unsigned base)
{
    return s->regs[base] & BASE_ENABLE;
}

/* A double-wide bridge gets the share of its second rope */
static Zx1LbaState *sba_lba(Zx1SbaState *s, unsigned rope)
{
    Zx1LbaState *lba = s->lba[rope % ZX1_ROPES];

    if (!lba && rope % 2) {
        lba = s->lba[rope % ZX1_ROPES - 1];
        if (lba && !lba->double_wide) {
            lba = NULL;
        }
    }
    return lba;
}

/*
 * Routes in the processors' address space
 */

static void sba_add_alias(Zx1SbaState *s, const char *name,
                          MemoryRegion *target, hwaddr base, hwaddr size,
                          hwaddr to, int priority)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    memory_region_init_alias(mr, OBJECT(s), name, target, to, size);
    memory_region_add_subregion_overlap(get_system_memory(), base, mr,
                                        priority);
    g_ptr_array_add(s->routes, mr);
}

/* [@base, @base + @size) goes to the rope as the addresses from @to on */
static void sba_add_route_to(Zx1SbaState *s, const char *name, unsigned rope,
                             hwaddr base, hwaddr size, hwaddr to,
                             int priority)
{
    Zx1LbaState *lba = sba_lba(s, rope);

    trace_zx1_sba_route(name, rope, base, size, lba != NULL);
    if (lba) {
        sba_add_alias(s, name, &lba->rope_space, base, size, to, priority);
    }
}

static void sba_add_route(Zx1SbaState *s, const char *name, unsigned rope,
                          hwaddr base, hwaddr size, int priority)
{
    sba_add_route_to(s, name, rope, base, size, base, priority);
}

static void sba_free_route(gpointer data)
{
    MemoryRegion *mr = data;

    memory_region_del_subregion(get_system_memory(), mr);
    object_unparent(OBJECT(mr));
    g_free(mr);
}

/*
 * Hand [base, end) out in chunks of 1 << shift bytes. The first
 * @skip bytes of each chunk are the rope's ports. If @relocate, a chunk reaches the
 * rope as the addresses from 0 on, as far as 32 bits go.
 */
static void sba_distribute(Zx1SbaState *s, const char *name, hwaddr base,
                           hwaddr end, unsigned shift, hwaddr skip,
                           bool relocate)
{
    hwaddr chunk = 1ULL << shift;

    if (base >= end) {
        return;
    }
    if (shift >= PHYS_BITS || skip >= chunk ||
        (end - base) >> shift > MAX_CHUNKS) {
        qemu_log_mask(LOG_UNIMP, "zx1-sba: %s in chunks of 1 << %u bytes\n",
                      name, shift);
        return;
    }
    for (hwaddr addr = base, size; addr < end; addr += size) {
        hwaddr offset = addr % chunk;

        size = MIN(chunk - offset, end - addr);
        if (skip && !offset && size >= skip) {
            sba_add_alias(s, "zx1.gmmio-ports",
                          &s->rope_ports[(addr >> shift) % ZX1_ROPES].mr,
                          addr, skip, 0, 0);
        }
        if (size <= skip) {
            continue;
        }
        if (!relocate) {
            sba_add_route(s, name, (addr >> shift) % ZX1_ROPES, addr + skip,
                          size - skip, 0);
        } else if (offset + skip < LMMIO_SPACE) {
            sba_add_route_to(s, name, (addr >> shift) % ZX1_ROPES,
                             addr + skip,
                             MIN(size, LMMIO_SPACE - offset) - skip,
                             offset + skip, 0);
        }
    }
}

static void sba_route_lmmio(Zx1SbaState *s)
{
    if (sba_enabled(s, R_LMMIO_DIST_BASE)) {
        uint32_t mask = s->regs[R_LMMIO_DIST_MASK];
        hwaddr base = s->regs[R_LMMIO_DIST_BASE] & mask;

        sba_distribute(s, "zx1.lmmio", base,
                       MIN(base + (1ULL << ctz32(mask)), LMMIO_END),
                       FIELD_EX64(s->regs[R_LMMIO_DIST_ROUTE], DIST_ROUTE,
                                  SHIFT), 0, false);
    }
    for (unsigned i = 0; i < 4; i++) {
        const uint64_t *dir = &s->regs[R_LMMIO_DIR_BASE0 + 3 * i];

        if (dir[0] & BASE_ENABLE) {
            hwaddr base = dir[0] & dir[1];
            hwaddr end = MIN(base + (1ULL << ctz32(dir[1])), LMMIO_END);

            if (base < end) {
                sba_add_route(s, "zx1.lmmio-dir", dir[2], base, end - base,
                              1);
            }
        }
    }
}

static void sba_route_gmmio(Zx1SbaState *s)
{
    uint64_t base = s->regs[R_GMMIO_DIST_BASE];
    uint64_t mask = s->regs[R_GMMIO_DIST_MASK];

    if (!(base & BASE_ENABLE)) {
        return;
    }
    if (mask) {
        /* "Relocated to 0", as zx1PCI.c puts it */
        bool relocate = FIELD_EX64(base, GMMIO_DIST_BASE, MAP_TO_LMMIO);
        hwaddr skip = FIELD_EX64(base, GMMIO_DIST_BASE, PORT_DISABLE) ?
                      0 : GMMIO_PORTS;

        base &= mask;
        sba_distribute(s, "zx1.gmmio", base, base + (1ULL << ctz64(mask)),
                       FIELD_EX64(s->regs[R_GMMIO_DIST_ROUTE], DIST_ROUTE,
                                  SHIFT), skip, relocate);
    }
}

static void sba_route(Zx1SbaState *s)
{
    memory_region_transaction_begin();

    g_ptr_array_set_size(s->routes, 0);
    sba_route_lmmio(s);
    sba_route_gmmio(s);
    if (FIELD_EX64(s->regs[R_VGA_ROUTE], VGA_ROUTE, ENABLE)) {
        /* Over the RAM that is there too */
        sba_add_route(s, "zx1.vga",
                      FIELD_EX64(s->regs[R_VGA_ROUTE], VGA_ROUTE, ROPE),
                      VGA_MEM_BASE, VGA_MEM_SIZE, 1);
    }

    memory_region_set_address(&s->ports,
                              s->regs[R_IOS_BASE] & IOS_BASE_BITS);
    memory_region_set_enabled(&s->ports, sba_enabled(s, R_IOS_BASE));
    memory_region_set_address(&s->csr_space,
                              s->regs[R_ROPE_CONFIG_BASE] & ~BASE_ENABLE);
    memory_region_set_enabled(&s->csr_space,
                              sba_enabled(s, R_ROPE_CONFIG_BASE));

    memory_region_transaction_commit();
}

/*
 * Ports: four of them in each 4 KiB of physical address space
 */

static Zx1LbaState *sba_port_lba(Zx1SbaState *s, uint16_t port)
{
    uint64_t vga = s->regs[R_VGA_ROUTE];

    if (FIELD_EX64(vga, VGA_ROUTE, ENABLE) && port >= VGA_PORT_FIRST &&
        port <= VGA_PORT_LAST) {
        return sba_lba(s, FIELD_EX64(vga, VGA_ROUTE, ROPE));
    }
    if (sba_enabled(s, R_IOS_DIR_BASE) &&
        !((port ^ s->regs[R_IOS_DIR_BASE]) & s->regs[R_IOS_DIR_MASK] &
          IOS_DIR_BITS)) {
        return sba_lba(s, s->regs[R_IOS_DIR_ROUTE]);
    }
    if (sba_enabled(s, R_IOS_DIST_BASE) &&
        !((port ^ s->regs[R_IOS_DIST_BASE]) & s->regs[R_IOS_DIST_MASK] &
          IOS_DIST_BITS)) {
        unsigned shift = FIELD_EX64(s->regs[R_IOS_DIST_ROUTE], DIST_ROUTE,
                                    SHIFT);

        return sba_lba(s, ((uint64_t)port >> shift) % ZX1_ROPES);
    }
    return NULL;
}

static uint16_t sba_port(hwaddr addr)
{
    return (addr >> 12) << 2 | (addr & 3);
}

static uint64_t sba_ports_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1SbaState *s = opaque;
    uint16_t port = sba_port(addr);
    Zx1LbaState *lba = sba_port_lba(s, port);
    uint64_t val = MAKE_64BIT_MASK(0, size * 8);

    if (!lba || !zx1_lba_port_read(lba, port, &val, size)) {
        trace_zx1_sba_port_unclaimed(port, size);
    }
    return val;
}

static void sba_ports_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    Zx1SbaState *s = opaque;
    uint16_t port = sba_port(addr);
    Zx1LbaState *lba = sba_port_lba(s, port);

    if (!lba || !zx1_lba_port_write(lba, port, val, size)) {
        trace_zx1_sba_port_unclaimed(port, size);
    }
}

static const MemoryRegionOps sba_ports_ops = {
    .read = sba_ports_read,
    .write = sba_ports_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
};

/* The same ports, of one rope whatever the distribution says */

static uint64_t sba_rope_ports_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1RopePorts *p = opaque;
    Zx1LbaState *lba = sba_lba(p->sba, p->rope);
    uint64_t val = MAKE_64BIT_MASK(0, size * 8);

    if (!lba || !zx1_lba_port_read(lba, sba_port(addr), &val, size)) {
        trace_zx1_sba_port_unclaimed(sba_port(addr), size);
    }
    return val;
}

static void sba_rope_ports_write(void *opaque, hwaddr addr, uint64_t val,
                                 unsigned size)
{
    Zx1RopePorts *p = opaque;
    Zx1LbaState *lba = sba_lba(p->sba, p->rope);

    if (!lba || !zx1_lba_port_write(lba, sba_port(addr), val, size)) {
        trace_zx1_sba_port_unclaimed(sba_port(addr), size);
    }
}

static const MemoryRegionOps sba_rope_ports_ops = {
    .read = sba_rope_ports_read,
    .write = sba_rope_ports_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
};

/*
 * Registers
 */

static uint64_t sba_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1SbaState *s = opaque;
    uint64_t val = zx1_regs_read(&s->bank, addr, size);

    trace_zx1_sba_read(addr, val, size);
    return val;
}

static void sba_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    Zx1SbaState *s = opaque;
    const Zx1RegInfo *reg;
    uint64_t old;

    trace_zx1_sba_write(addr, val, size);
    reg = zx1_regs_write(&s->bank, addr, val, size, &old, NULL);
    /* Every register that can be written steers something */
    if (reg && s->regs[reg->addr / 8] != old) {
        sba_route(s);
    }
}

static const MemoryRegionOps sba_ops = {
    .read = sba_read,
    .write = sba_write,
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

static uint64_t mio_read(void *opaque, hwaddr addr, unsigned size)
{
    for (unsigned i = 0; i < ARRAY_SIZE(mio_ids); i++) {
        if ((addr & ~7ULL) == mio_ids[i][0]) {
            return extract64(mio_ids[i][1], (addr & 7) * 8, size * 8);
        }
    }
    qemu_log_mask(LOG_UNIMP, "zx1-sba: read of mio 0x%" HWADDR_PRIx "\n",
                  addr);
    return 0;
}

static void mio_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    qemu_log_mask(LOG_UNIMP, "zx1-sba: write to mio 0x%" HWADDR_PRIx "\n",
                  addr);
}

static const MemoryRegionOps mio_ops = {
    .read = mio_read,
    .write = mio_write,
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

/* No bridge on the rope: nobody drives the answer */
static uint64_t csr_rest_read(void *opaque, hwaddr addr, unsigned size)
{
    return MAKE_64BIT_MASK(0, size * 8);
}

static void csr_rest_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    qemu_log_mask(LOG_GUEST_ERROR, "zx1-sba: write to the bridge of rope %u, "
                  "which is not there\n", (unsigned)(addr / ZX1_LBA_SIZE));
}

static const MemoryRegionOps csr_rest_ops = {
    .read = csr_rest_read,
    .write = csr_rest_write,
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

static void sba_store_range(GArray *stores, unsigned base_reg, uint64_t base,
                            unsigned mask_reg, uint64_t mask,
                            unsigned route_reg, uint64_t route)
{
    zx1_store(stores, ZX1_SBA_BASE + route_reg, route);
    zx1_store(stores, ZX1_SBA_BASE + mask_reg, mask);
    zx1_store(stores, ZX1_SBA_BASE + base_reg, base | BASE_ENABLE);
}

void zx1_sba_stores(GArray *stores)
{
    /* 256 MiB of LMMIO for each rope, and two exceptions */
    sba_store_range(stores, A_LMMIO_DIST_BASE, 0x80000000,
                    A_LMMIO_DIST_MASK, 0x80000000, A_LMMIO_DIST_ROUTE,
                    FIELD_DP64(0, DIST_ROUTE, SHIFT, 28));
    sba_store_range(stores, A_LMMIO_DIR_BASE0, 0x98000000,
                    A_LMMIO_DIR_MASK0, 0xf8000000, A_LMMIO_DIR_ROUTE0, 2);
    sba_store_range(stores, A_LMMIO_DIR_BASE1, 0xc0000000,
                    A_LMMIO_DIR_MASK1, 0xf8000000, A_LMMIO_DIR_ROUTE1, 3);
    /* 1 TiB of GMMIO */
    sba_store_range(stores, A_GMMIO_DIST_BASE, ZX1_GMMIO_BASE,
                    A_GMMIO_DIST_MASK, ZX1_GMMIO_SIZE, A_GMMIO_DIST_ROUTE,
                    FIELD_DP64(0, DIST_ROUTE, SHIFT, ZX1_GMMIO_ROPE_SHIFT));
    /* 8 KiB of ports, and one exception */
    sba_store_range(stores, A_IOS_DIST_BASE, 0, A_IOS_DIST_MASK, 0,
                    A_IOS_DIST_ROUTE, FIELD_DP64(0, DIST_ROUTE, SHIFT, 13));
    sba_store_range(stores, A_IOS_DIR_BASE, 0x3000, A_IOS_DIR_MASK, 0xf000,
                    A_IOS_DIR_ROUTE, 2);
    zx1_store(stores, ZX1_SBA_BASE + A_IOS_BASE,
              ZX1_IOPORT_BASE | BASE_ENABLE);
    zx1_store(stores, ZX1_SBA_BASE + A_ROPE_CONFIG_BASE,
              ZX1_LBA_BASE | BASE_ENABLE);
    zx1_store(stores, ZX1_SBA_BASE + A_VGA_ROUTE,
              FIELD_DP64(R_VGA_ROUTE_ENABLE_MASK, VGA_ROUTE, ROPE, 7));
}

static void sba_reset_hold(Object *obj, ResetType type)
{
    Zx1SbaState *s = ZX1_SBA(obj);

    zx1_regs_reset(&s->bank);
    sba_route(s);
}

static int sba_post_load(void *opaque, int version_id)
{
    sba_route(opaque);
    return 0;
}

static const VMStateDescription vmstate_zx1_sba = {
    .name = "zx1-sba",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = sba_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(regs, Zx1SbaState, ZX1_FUNC_SIZE / 8),
        VMSTATE_END_OF_LIST()
    }
};

static void sba_realize(DeviceState *dev, Error **errp)
{
    Zx1SbaState *s = ZX1_SBA(dev);

    memory_region_add_subregion_overlap(get_system_memory(), 0,
                                        &s->csr_space, 1);
    memory_region_set_enabled(&s->csr_space, false);
    memory_region_add_subregion_overlap(get_system_memory(), 0, &s->ports, 2);
    memory_region_set_enabled(&s->ports, false);

    for (unsigned i = 0; i < ZX1_ROPES; i++) {
        if (s->lba[i]) {
            memory_region_add_subregion(&s->csr_space, i * ZX1_LBA_SIZE,
                                        &s->lba[i]->csr);
        }
    }
}

static void sba_init(Object *obj)
{
    Zx1SbaState *s = ZX1_SBA(obj);

    zx1_regs_init(&s->bank, "zx1-sba", sba_regs, ARRAY_SIZE(sba_regs),
                  s->regs, sizeof(s->regs));
    s->routes = g_ptr_array_new_with_free_func(sba_free_route);

    memory_region_init(&s->mio, obj, "zx1.mio", ZX1_MIO_SIZE);
    memory_region_init_io(&s->mmio, obj, &sba_ops, s, "zx1.sba",
                          ZX1_FUNC_SIZE);
    memory_region_add_subregion(&s->mio, 0, &s->mmio);
    memory_region_init_io(&s->mio_rest, obj, &mio_ops, s, "zx1.mio-rest",
                          ZX1_MIO_SIZE);
    memory_region_add_subregion_overlap(&s->mio, 0, &s->mio_rest, -1);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mio);

    memory_region_init_io(&s->ports, obj, &sba_ports_ops, s, "zx1.ports",
                          ZX1_IOPORT_SIZE);
    QEMU_BUILD_BUG_ON(ZX1_IOPORT_SIZE != GMMIO_PORTS);
    for (unsigned i = 0; i < ZX1_ROPES; i++) {
        s->rope_ports[i].sba = s;
        s->rope_ports[i].rope = i;
        memory_region_init_io(&s->rope_ports[i].mr, obj, &sba_rope_ports_ops,
                              &s->rope_ports[i], "zx1.rope-ports",
                              GMMIO_PORTS);
    }
    memory_region_init(&s->csr_space, obj, "zx1.lba-csr",
                       ZX1_ROPES * ZX1_LBA_SIZE);
    memory_region_init_io(&s->csr_rest, obj, &csr_rest_ops, s,
                          "zx1.lba-absent", ZX1_ROPES * ZX1_LBA_SIZE);
    memory_region_add_subregion_overlap(&s->csr_space, 0, &s->csr_rest, -1);
}

static void sba_finalize(Object *obj)
{
    Zx1SbaState *s = ZX1_SBA(obj);

    g_ptr_array_unref(s->routes);
    zx1_regs_free(&s->bank);
}

static const Property sba_properties[] = {
    DEFINE_PROP_LINK("rope0", Zx1SbaState, lba[0], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope1", Zx1SbaState, lba[1], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope2", Zx1SbaState, lba[2], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope3", Zx1SbaState, lba[3], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope4", Zx1SbaState, lba[4], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope5", Zx1SbaState, lba[5], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope6", Zx1SbaState, lba[6], TYPE_ZX1_LBA,
                     Zx1LbaState *),
    DEFINE_PROP_LINK("rope7", Zx1SbaState, lba[7], TYPE_ZX1_LBA,
                     Zx1LbaState *),
};

static void sba_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "zx1 system bus adapter";
    dc->realize = sba_realize;
    dc->vmsd = &vmstate_zx1_sba;
    dc->user_creatable = false;
    device_class_set_props(dc, sba_properties);
    rc->phases.hold = sba_reset_hold;
}

static const TypeInfo sba_types[] = {
    {
        .name = TYPE_ZX1_SBA,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Zx1SbaState),
        .instance_init = sba_init,
        .instance_finalize = sba_finalize,
        .class_init = sba_class_init,
    },
};

DEFINE_TYPES(sba_types)
