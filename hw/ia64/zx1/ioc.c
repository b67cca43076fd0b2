/*
 * HP zx1: mio function 1, the IOC with its IOTLB
 *
 * DMA of all ropes: an address inside the window of IBASE and IMASK is
 * translated through the I/O page directory, every other one is a physical
 * address. Registers, format of the directory and the rules for purges are
 * those of Linux' arch/ia64/hp/common/sba_iommu.c. The chip holds 16
 * translations; they stay in use until purged.
 *
 * How the chip reports an error is not public: ERROR_STATUS and ERROR_ADDR
 * are our own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "system/dma.h"
#include "sba.h"
#include "trace.h"

REG64(FUNC_ID, 0x000)
REG64(FUNC_CLASS, 0x008)
REG64(ROPE_CONFIG, 0x040)
REG64(ROPE_DEBUG, 0x050)
REG64(STATUS_CONTROL, 0x108)
REG64(ERROR_STATUS, 0x120)
    FIELD(ERROR_STATUS, VALID, 0, 1)
    FIELD(ERROR_STATUS, OVERFLOW, 1, 1)
    FIELD(ERROR_STATUS, WRITE, 2, 1)
    FIELD(ERROR_STATUS, CODE, 4, 4)
REG64(ERROR_ADDR, 0x128)
REG64(ROPE0_CONTROL, 0x200)
    FIELD(ROPE0_CONTROL, CLEAR, 4, 1)
REG64(ROPE7_CONTROL, 0x238)
REG64(IBASE, 0x300)
    FIELD(IBASE, ENABLE, 0, 1)
REG64(IMASK, 0x308)
REG64(PCOM, 0x310)
    FIELD(PCOM, SIZE, 0, 5)
REG64(TCNFG, 0x318)
    FIELD(TCNFG, PAGE, 0, 2)
REG64(PDIR_BASE, 0x320)
REG64(FLUSH_CTRL, 0x400)
REG64(ROPE_PAGE_CONTROL, 0x418)
REG64(ROPE0_CFG, 0x500)

#define IOVA_BITS       0xfffff000ULL
#define PDIR_BITS       0x000000fffffff000ULL
#define ROPE_CONTROL(n) \
    { "ROPE" #n "_CONTROL", A_ROPE0_CONTROL + 8 * n, 0, 0x70 }
/* Bit 4: relaxed ordering, which firmware leaves on */
#define ROPE_CFG(n) { "ROPE" #n "_CFG", A_ROPE0_CFG + 8 * n, 0x10, 0x10 }

static const Zx1RegInfo ioc_regs[] = {
    { "FUNC_ID", A_FUNC_ID, 0x122a103c },
    { "FUNC_CLASS", A_FUNC_CLASS, 0x0000002008060023ULL },
    { "ROPE_CONFIG", A_ROPE_CONFIG },
    { "ROPE_DEBUG", A_ROPE_DEBUG },
    { "STATUS_CONTROL", A_STATUS_CONTROL },
    { "ERROR_STATUS", A_ERROR_STATUS, 0, 0,
      R_ERROR_STATUS_VALID_MASK | R_ERROR_STATUS_OVERFLOW_MASK },
    { "ERROR_ADDR", A_ERROR_ADDR },
    ROPE_CONTROL(0), ROPE_CONTROL(1), ROPE_CONTROL(2), ROPE_CONTROL(3),
    ROPE_CONTROL(4), ROPE_CONTROL(5), ROPE_CONTROL(6), ROPE_CONTROL(7),
    { "IBASE", A_IBASE, 0, IOVA_BITS | R_IBASE_ENABLE_MASK },
    { "IMASK", A_IMASK, 0, IOVA_BITS },
    { "PCOM", A_PCOM, 0, IOVA_BITS | R_PCOM_SIZE_MASK },
    { "TCNFG", A_TCNFG, 0, R_TCNFG_PAGE_MASK },
    { "PDIR_BASE", A_PDIR_BASE, 0, PDIR_BITS },
    { "FLUSH_CTRL", A_FLUSH_CTRL },
    { "ROPE_PAGE_CONTROL", A_ROPE_PAGE_CONTROL, 0, UINT64_MAX },
    ROPE_CFG(0), ROPE_CFG(1), ROPE_CFG(2), ROPE_CFG(3),
    ROPE_CFG(4), ROPE_CFG(5), ROPE_CFG(6), ROPE_CFG(7),
};

/* By TCNFG.PAGE */
static const uint8_t ioc_page_shift[4] = { 12, 13, 14, 16 };

/*
 * Cached translations. One word each, so that a thread that translates
 * without the BQL sees an entry whole or not at all.
 */
FIELD(CACHE, PPN, 0, 28)
FIELD(CACHE, PAGE, 28, 20)
FIELD(CACHE, VALID, 63, 1)

static uint64_t *ioc_cache_slot(Zx1IocState *s, uint32_t page)
{
    return &s->cache[page & (s->iotlb_entries - 1)];
}

static bool ioc_cache_hit(uint64_t entry, uint32_t page)
{
    return FIELD_EX64(entry, CACHE, VALID) &&
           FIELD_EX64(entry, CACHE, PAGE) == page;
}

/* Forget the IOTLB pages @first to @last */
static void ioc_cache_purge(Zx1IocState *s, uint32_t first, uint32_t last)
{
    /* Tell a translation on its way that what it has read may be old */
    qatomic_inc(&s->generation);
    for (unsigned i = 0; i < s->iotlb_entries; i++) {
        uint64_t entry = qatomic_read(&s->cache[i]);
        uint32_t page = FIELD_EX64(entry, CACHE, PAGE);

        if (page >= first && page <= last) {
            qatomic_set(&s->cache[i], 0);
        }
    }
}

void zx1_ioc_error(Zx1IocState *s, hwaddr iova, bool write, unsigned code)
{
    static const char *const text[] = {
        [IOC_ERR_INVALID] = "no valid entry",
        [IOC_ERR_TABLE] = "page directory not in memory",
        [IOC_ERR_TARGET] = "mapped to what is not memory",
        [IOC_ERR_NOWHERE] = "nothing there",
        [IOC_ERR_HOST] = "the host cannot map it",
    };
    uint64_t *status = &s->regs[R_ERROR_STATUS];

    trace_zx1_ioc_error(iova, write, code);
    s->count_errors++;
    qemu_log_mask(LOG_GUEST_ERROR, "zx1-ioc: %s of I/O address 0x%"
                  HWADDR_PRIx ": %s\n", write ? "write" : "read", iova,
                  text[code]);
    /* The first error stays, as in the bridges' logs */
    if (FIELD_EX64(*status, ERROR_STATUS, VALID)) {
        *status = FIELD_DP64(*status, ERROR_STATUS, OVERFLOW, 1);
        return;
    }
    s->regs[R_ERROR_ADDR] = iova;
    *status = FIELD_DP64(*status, ERROR_STATUS, CODE, code);
    *status = FIELD_DP64(*status, ERROR_STATUS, WRITE, write);
    *status = FIELD_DP64(*status, ERROR_STATUS, VALID, 1);
}

/*
 * The part of the directory that lies in one piece of RAM, as the host sees
 * it: a walk is a load. Devices' threads walk without the BQL.
 */
struct Zx1IocTable {
    struct rcu_head rcu;
    const uint64_t *entry;      /* little-endian */
    uint32_t count;
};

static void ioc_update_table(Zx1IocState *s)
{
    uint64_t count = s->window_size >> s->page_shift;
    Zx1IocTable *old = s->table, *table = NULL;

    if (count) {
        MemoryRegionSection sec = memory_region_find(s->ram, s->pdir_base,
                                                     count * 8);

        if (sec.mr && sec.offset_within_address_space == s->pdir_base) {
            table = g_new0(Zx1IocTable, 1);
            table->entry = memory_region_get_ram_ptr(sec.mr) +
                           sec.offset_within_region;
            table->count = int128_get64(sec.size) / 8;
        }
        /* It stays where it is: RAM of the machine is never taken away */
        memory_region_unref(sec.mr);
    }
    qatomic_rcu_set(&s->table, table);
    if (old) {
        g_free_rcu(old, rcu);
    }
}

static uint64_t ioc_load_entry(Zx1IocState *s, uint32_t page,
                               MemTxResult *res)
{
    Zx1IocTable *table;

    RCU_READ_LOCK_GUARD();
    table = qatomic_rcu_read(&s->table);
    if (table && page < table->count) {
        *res = MEMTX_OK;
        return le64_to_cpu(qatomic_read(&table->entry[page]));
    }
    return address_space_ldq_le(&s->ram_as, qatomic_read(&s->pdir_base) +
                                page * 8ULL, MEMTXATTRS_UNSPECIFIED, res);
}

/* The directory's entry for an IOTLB page, or an error code in *err */
static uint64_t ioc_walk(Zx1IocState *s, uint32_t page, unsigned *err)
{
    MemTxResult res;
    uint64_t entry = ioc_load_entry(s, page, &res);

    if (res != MEMTX_OK) {
        *err = IOC_ERR_TABLE;
    } else if (!FIELD_EX64(entry, PDIR, VALID)) {
        *err = IOC_ERR_INVALID;
    } else {
        *err = 0;
    }
    return entry;
}

/* Physical page (4 KiB) of an IOTLB page through the cache */
static bool ioc_lookup(Zx1IocState *s, uint32_t page, uint32_t *ppn,
                       unsigned *err)
{
    uint64_t *slot = s->iotlb_entries ? ioc_cache_slot(s, page) : NULL;
    uint32_t generation = qatomic_read(&s->generation);
    uint64_t entry;

    if (slot) {
        entry = qatomic_read(slot);
        if (ioc_cache_hit(entry, page)) {
            *ppn = FIELD_EX64(entry, CACHE, PPN);
            return true;
        }
    }
    /* Read the generation before the directory: see ioc_cache_purge() */
    smp_rmb();
    entry = ioc_walk(s, page, err);
    if (*err) {
        return false;
    }
    *ppn = FIELD_EX64(entry, PDIR, PPN);
    if (slot) {
        entry = FIELD_DP64(0, CACHE, PPN, *ppn);
        entry = FIELD_DP64(entry, CACHE, PAGE, page);
        entry = FIELD_DP64(entry, CACHE, VALID, 1);
        qatomic_set(slot, entry);
        /* The entry is visible before the generation is read again */
        smp_mb();
        if (qatomic_read(&s->generation) != generation) {
            /* A purge may have missed it */
            qatomic_cmpxchg(slot, entry, 0);
        }
    }
    return true;
}

/*
 * Physical pages count in units of 4 KiB whatever the size of IOTLB pages.
 * The bits below that size come from the I/O address: Linux' sba_map_page()
 * stores the address of a buffer's first 4 KiB, and lets the buffer run on
 * to the end of the IOTLB page.
 */
IOMMUTLBEntry zx1_ioc_entry(Zx1IocState *s, hwaddr offset, uint32_t ppn)
{
    hwaddr page_mask = (1ULL << s->page_shift) - 1;

    return (IOMMUTLBEntry) {
        .target_as = &address_space_memory,
        .iova = offset & ~page_mask,
        .translated_addr = ((hwaddr)ppn << 12) & ~page_mask,
        .addr_mask = page_mask,
        .perm = IOMMU_RW,
    };
}

static IOMMUTLBEntry ioc_translate(IOMMUMemoryRegion *mr, hwaddr offset,
                                   IOMMUAccessFlags flag, int iommu_idx)
{
    Zx1IocState *s = container_of(mr, Zx1IocState, iotlb);
    IOMMUTLBEntry ret;
    unsigned err;
    uint32_t ppn;

    if (ioc_lookup(s, offset >> s->page_shift, &ppn, &err)) {
        ret = zx1_ioc_entry(s, offset, ppn);
        trace_zx1_ioc_translate(s->window_base + offset, ret.translated_addr);
        return ret;
    }
    if (flag != IOMMU_NONE) {
        zx1_ioc_error(s, s->window_base + offset, flag & IOMMU_WO, err);
    }
    return (IOMMUTLBEntry) {
        .target_as = &address_space_memory,
        .iova = offset & ~0xfffULL,
        .addr_mask = 0xfff,
        .perm = IOMMU_NONE,
    };
}

/*
 * What is below window and bypass: addresses at which there is nothing, or,
 * with isolation, all that the guest has not mapped
 */
static MemTxResult ioc_nowhere_read(void *opaque, hwaddr addr, uint64_t *data,
                                    unsigned size, MemTxAttrs attrs)
{
    *data = UINT64_MAX;
    zx1_ioc_error(opaque, addr, false, IOC_ERR_NOWHERE);
    return MEMTX_DECODE_ERROR;
}

static MemTxResult ioc_nowhere_write(void *opaque, hwaddr addr, uint64_t data,
                                     unsigned size, MemTxAttrs attrs)
{
    zx1_ioc_error(opaque, addr, true, IOC_ERR_NOWHERE);
    return MEMTX_DECODE_ERROR;
}

static const MemoryRegionOps ioc_nowhere_ops = {
    .read_with_attrs = ioc_nowhere_read,
    .write_with_attrs = ioc_nowhere_write,
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

static uint64_t ioc_min_page_size(IOMMUMemoryRegion *mr)
{
    return 4096;
}

static int ioc_notify_flag_changed(IOMMUMemoryRegion *mr,
                                   IOMMUNotifierFlag old,
                                   IOMMUNotifierFlag new, Error **errp)
{
    return zx1_pdir_flags_changed(container_of(mr, Zx1IocState, iotlb), new,
                                  errp);
}

static void ioc_replay(IOMMUMemoryRegion *mr, IOMMUNotifier *n)
{
    zx1_pdir_replay(container_of(mr, Zx1IocState, iotlb), n);
}

static void ioc_map_failed(IOMMUMemoryRegion *mr, const IOMMUTLBEntry *entry,
                           int err)
{
    zx1_ioc_map_failed(container_of(mr, Zx1IocState, iotlb), entry, err);
}

/* PCOM: address and log2 of the size; clipped to the window */
static void ioc_purge(Zx1IocState *s)
{
    uint64_t pcom = s->regs[R_PCOM];
    hwaddr size = 1ULL << MAX(FIELD_EX64(pcom, PCOM, SIZE), s->page_shift);
    hwaddr first = pcom & IOVA_BITS & ~(size - 1);
    hwaddr last = first + size - 1;
    hwaddr end = s->window_base + s->window_size;

    trace_zx1_ioc_purge(first, size);
    first = MAX(first, s->window_base);
    last = MIN(last, end - 1);
    if (!s->window_size || first > last) {
        /* Nothing is translated there: what was cached is already gone */
        return;
    }
    first -= s->window_base;
    last -= s->window_base;
    ioc_cache_purge(s, first >> s->page_shift, last >> s->page_shift);
    zx1_pdir_purge(s, first, last);
}

/* Bring window and cache in line with IBASE, IMASK, TCNFG and PDIR_BASE */
static void ioc_update(Zx1IocState *s)
{
    uint32_t mask = s->regs[R_IMASK];
    bool enabled = FIELD_EX64(s->regs[R_IBASE], IBASE, ENABLE);
    MemoryRegion *mr = MEMORY_REGION(&s->iotlb);

    if (enabled && mask != (uint32_t)-(1ULL << ctz32(mask))) {
        qemu_log_mask(LOG_GUEST_ERROR, "zx1-ioc: IMASK 0x%08x has holes\n",
                      mask);
        mask = -(1ULL << ctz32(mask));
    }

    zx1_pdir_forget(s);

    memory_region_transaction_begin();
    memory_region_set_enabled(mr, false);
    qatomic_set(&s->pdir_base, s->regs[R_PDIR_BASE]);
    s->page_shift = ioc_page_shift[FIELD_EX64(s->regs[R_TCNFG], TCNFG, PAGE)];
    s->window_base = s->regs[R_IBASE] & mask;
    s->window_size = enabled ? 1ULL << ctz32(mask) : 0;
    ioc_update_table(s);
    if (enabled) {
        memory_region_set_size(mr, s->window_size);
        memory_region_set_address(mr, s->window_base);
        memory_region_set_enabled(mr, true);
    }
    memory_region_transaction_commit();
    trace_zx1_ioc_window(s->window_base, s->window_size, s->page_shift,
                         s->pdir_base);
    if (s->first_contact) {
        qemu_log("first-contact: ioc %s: IBASE 0x%" PRIx64 " IMASK 0x%" PRIx64
                 " TCNFG 0x%" PRIx64 " PDIR_BASE 0x%" PRIx64 "\n",
                 enabled ? "on" : "off", s->regs[R_IBASE], s->regs[R_IMASK],
                 s->regs[R_TCNFG], s->regs[R_PDIR_BASE]);
    }
    zx1_pdir_resume(s);
}

static uint64_t ioc_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1IocState *s = opaque;
    /* Purges take effect at once: a read of PCOM has nothing to wait for */
    uint64_t val = zx1_regs_read(&s->bank, addr, size);

    trace_zx1_ioc_read(addr, val, size);
    return val;
}

static void ioc_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    Zx1IocState *s = opaque;
    const Zx1RegInfo *reg;
    uint64_t old, written;

    trace_zx1_ioc_write(addr, val, size);
    reg = zx1_regs_write(&s->bank, addr, val, size, &old, &written);
    if (!reg) {
        return;
    }
    switch (reg->addr) {
    case A_IBASE:
    case A_IMASK:
    case A_TCNFG:
    case A_PDIR_BASE:
        if (s->regs[reg->addr / 8] != old) {
            ioc_update(s);
            /* After it: other threads may have translated until now */
            ioc_cache_purge(s, 0, UINT32_MAX);
        }
        break;
    case A_PCOM:
        /* The upper half of a 64-bit register written in two stores */
        if (!(addr & 4)) {
            ioc_purge(s);
        }
        break;
    case A_ROPE0_CONTROL ... A_ROPE7_CONTROL:
        if (FIELD_EX64(written, ROPE0_CONTROL, CLEAR)) {
            s->regs[R_ERROR_STATUS] = 0;
            s->regs[R_ERROR_ADDR] = 0;
        }
        break;
    }
}

static const MemoryRegionOps ioc_ops = {
    .read = ioc_read,
    .write = ioc_write,
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

void zx1_ioc_stores(GArray *stores)
{
    /* The window, not enabled: that is for the operating system */
    zx1_store(stores, ZX1_IOC_BASE + A_IMASK, (uint32_t)-ZX1_IOVA_SIZE);
    zx1_store(stores, ZX1_IOC_BASE + A_IBASE, ZX1_IOVA_BASE);
}

static void ioc_reset_hold(Object *obj, ResetType type)
{
    Zx1IocState *s = ZX1_IOC(obj);

    zx1_regs_reset(&s->bank);
    s->regs[R_ROPE_CONFIG] = s->ropes;
    s->map_failed_told = false;
    ioc_update(s);
    ioc_cache_purge(s, 0, UINT32_MAX);
}

static int ioc_post_load(void *opaque, int version_id)
{
    ioc_update(opaque);
    return 0;
}

static const VMStateDescription vmstate_zx1_ioc = {
    .name = "zx1-ioc",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ioc_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(regs, Zx1IocState, ZX1_FUNC_SIZE / 8),
        /* A guest can tell a stale entry from a purged one */
        VMSTATE_UINT64_ARRAY(cache, Zx1IocState, ZX1_IOTLB_MAX),
        VMSTATE_END_OF_LIST()
    }
};

static void ioc_realize(DeviceState *dev, Error **errp)
{
    Zx1IocState *s = ZX1_IOC(dev);

    if (s->iotlb_entries > ZX1_IOTLB_MAX ||
        (s->iotlb_entries & (s->iotlb_entries - 1))) {
        error_setg(errp, "zx1-ioc: iotlb-entries must be 0 or a power of two "
                   "up to %d", ZX1_IOTLB_MAX);
        return;
    }
    if (!s->ram || !s->cpu_space) {
        error_setg(errp, "zx1-ioc: needs RAM for the page directory and the "
                   "processors' memory map");
        return;
    }
    address_space_init(&s->ram_as, s->ram, "zx1-ioc-pdir");

    if (!s->isolation) {
        memory_region_init_alias(&s->bypass, OBJECT(s), "zx1.dma-bypass",
                                 get_system_memory(), 0, UINT64_MAX);
        memory_region_add_subregion_overlap(&s->dma_root, 0, &s->bypass, 0);
    }
    /* Messages are never translated */
    zx1_ioc_host_devices_init(s);
    memory_region_add_subregion_overlap(&s->dma_root, ZX1_PIB_BASE,
                                        &s->messages, 2);
    address_space_init(&s->dma_as, &s->dma_root, "zx1-dma");
    zx1_pdir_init(s);
    zx1_iotlb_info_init();
}

static void ioc_unrealize(DeviceState *dev)
{
    Zx1IocState *s = ZX1_IOC(dev);

    zx1_pdir_exit(s);
    s->window_size = 0;
    ioc_update_table(s);
    zx1_ioc_host_devices_exit(s);
    address_space_destroy(&s->dma_as);
    address_space_destroy(&s->ram_as);
}

static void ioc_init(Object *obj)
{
    Zx1IocState *s = ZX1_IOC(obj);

    zx1_regs_init(&s->bank, "zx1-ioc", ioc_regs, ARRAY_SIZE(ioc_regs),
                  s->regs, sizeof(s->regs));
    memory_region_init_io(&s->mmio, obj, &ioc_ops, s, "zx1.ioc",
                          ZX1_FUNC_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);

    memory_region_init(&s->dma_root, obj, "zx1.dma", UINT64_MAX);
    memory_region_init_iommu(&s->iotlb, sizeof(s->iotlb),
                             TYPE_ZX1_IOTLB_REGION, obj, "zx1.iotlb",
                             1ULL << 32);
    memory_region_set_enabled(MEMORY_REGION(&s->iotlb), false);
    memory_region_add_subregion_overlap(&s->dma_root, 0,
                                        MEMORY_REGION(&s->iotlb), 1);
    memory_region_init_io(&s->nowhere, obj, &ioc_nowhere_ops, s,
                          "zx1.dma-nowhere", UINT64_MAX);
    memory_region_add_subregion_overlap(&s->dma_root, 0, &s->nowhere, -1);
}

static void ioc_finalize(Object *obj)
{
    zx1_regs_free(&ZX1_IOC(obj)->bank);
}

static const Property ioc_properties[] = {
    DEFINE_PROP_UINT32("iotlb-entries", Zx1IocState, iotlb_entries, 16),
    DEFINE_PROP_BOOL("isolation", Zx1IocState, isolation, false),
    DEFINE_PROP_BOOL("first-contact", Zx1IocState, first_contact, false),
    DEFINE_PROP_ON_OFF_AUTO("code-coherence", Zx1IocState, code_coherence,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_UINT16("ropes", Zx1IocState, ropes, 0xff),
    DEFINE_PROP_LINK("ram", Zx1IocState, ram, TYPE_MEMORY_REGION,
                     MemoryRegion *),
    DEFINE_PROP_LINK("cpu-space", Zx1IocState, cpu_space, TYPE_MEMORY_REGION,
                     MemoryRegion *),
};

static void ioc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "zx1 I/O controller with IOTLB";
    dc->realize = ioc_realize;
    dc->unrealize = ioc_unrealize;
    dc->vmsd = &vmstate_zx1_ioc;
    dc->user_creatable = false;
    device_class_set_props(dc, ioc_properties);
    rc->phases.hold = ioc_reset_hold;
}

static void iotlb_class_init(ObjectClass *klass, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = ioc_translate;
    imrc->get_min_page_size = ioc_min_page_size;
    imrc->notify_flag_changed = ioc_notify_flag_changed;
    imrc->replay = ioc_replay;
    imrc->map_failed = ioc_map_failed;
}

static const TypeInfo ioc_types[] = {
    {
        .name = TYPE_ZX1_IOC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Zx1IocState),
        .instance_init = ioc_init,
        .instance_finalize = ioc_finalize,
        .class_init = ioc_class_init,
    },
    {
        .name = TYPE_ZX1_IOTLB_REGION,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = iotlb_class_init,
    },
};

DEFINE_TYPES(ioc_types)
