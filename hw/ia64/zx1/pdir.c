/*
 * HP zx1: following the I/O page directory
 *
 * A passed-through function needs the guest's I/O mappings in the host's
 * IOMMU before it uses them. The guest stores an entry into the directory
 * in its RAM and starts DMA without telling the chip, so while somebody
 * asks for MAP events the directory's pages are taken out of the
 * processors' direct reach: stores are applied to RAM and reported. Devices
 * see the RAM itself; what they write there is found at the next purge.
 *
 * An entry that becomes invalid stays mapped until the purge that covers
 * it, as on the chip. An entry that returns unchanged before that costs
 * nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/ia64/code-check.h"
#include "hw/core/cpu.h"
#include "hw/registerfields.h"
#include "system/dma.h"
#include "sba.h"
#include "trace.h"

/* Entries looked at in one go */
#define PDIR_CHUNK      64

/* shadow[]: 0 or physical page with this bit */
#define SHADOW_VALID    0x80000000U

/* Without the bits that do not matter: see zx1_ioc_entry() */
static uint32_t pdir_shadow_of(Zx1IocState *s, uint64_t entry)
{
    uint32_t ppn = FIELD_EX64(entry, PDIR, PPN);

    return FIELD_EX64(entry, PDIR, VALID) ?
           SHADOW_VALID | (ppn & -(1U << (s->page_shift - 12))) : 0;
}

/* The entries from @first on; what is not in RAM counts as invalid */
static void pdir_read(Zx1IocState *s, uint32_t first, unsigned count,
                      uint64_t *entries)
{
    hwaddr addr = s->pdir_base + first * 8ULL;

    if (address_space_read(&s->ram_as, addr, MEMTXATTRS_UNSPECIFIED, entries,
                           count * 8) != MEMTX_OK) {
        memset(entries, 0, count * 8);
        for (unsigned i = 0; i < count; i++) {
            MemTxResult res;
            uint64_t e = address_space_ldq_le(&s->ram_as, addr + i * 8,
                                              MEMTXATTRS_UNSPECIFIED, &res);

            entries[i] = res == MEMTX_OK ? e : 0;
        }
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        entries[i] = le64_to_cpu(entries[i]);
    }
}

/*
 * Events. A notifier may cover a part of the window only: interrupt messages
 * lie above the IOTLB, and the memory core wants no event across its ends.
 */

static void pdir_notify(Zx1IocState *s, IOMMUNotifier *n,
                        IOMMUNotifierFlag type, const IOMMUTLBEntry *entry)
{
    IOMMUTLBEvent event = { .type = type, .entry = *entry };

    s->count_events++;
    memory_region_notify_iommu_one(n, &event);
}

static void pdir_notify_map(Zx1IocState *s, IOMMUNotifier *n,
                            const IOMMUTLBEntry *entry)
{
    if ((n->notifier_flags & IOMMU_NOTIFIER_MAP) && n->start <= entry->iova &&
        n->end >= entry->iova + entry->addr_mask) {
        pdir_notify(s, n, IOMMU_NOTIFIER_MAP, entry);
    }
}

static void pdir_notify_unmap(Zx1IocState *s, IOMMUNotifier *n, hwaddr first,
                              hwaddr last)
{
    first = MAX(first, n->start);
    last = MIN(last, n->end);
    while (first <= last) {
        IOMMUTLBEntry entry = {
            .target_as = &address_space_memory,
            .iova = first,
            .addr_mask = dma_aligned_pow2_mask(first, last, 64),
            .perm = IOMMU_NONE,
        };

        pdir_notify(s, n, IOMMU_NOTIFIER_UNMAP, &entry);
        first += entry.addr_mask + 1;
    }
}

/* The last offset of page @page; windows may be smaller than a page */
static hwaddr pdir_page_end(Zx1IocState *s, uint32_t page)
{
    return MIN(((hwaddr)page + 1) << s->page_shift, s->window_size) - 1;
}

/* What the notifiers know of the pages [@first, @last] is gone */
static void pdir_unmap(Zx1IocState *s, uint32_t first, uint32_t last)
{
    hwaddr start = (hwaddr)first << s->page_shift;
    hwaddr end = pdir_page_end(s, last);
    IOMMUNotifier *n;

    trace_zx1_pdir_unmap(s->window_base + start, end - start + 1);
    IOMMU_NOTIFIER_FOREACH(n, &s->iotlb) {
        if (n->notifier_flags & IOMMU_NOTIFIER_MAP) {
            pdir_notify_unmap(s, n, start, end);
        }
    }
    for (uint32_t page = first; page <= last; page++) {
        hwaddr phys = (hwaddr)(s->shadow[page] & ~SHADOW_VALID) << 12;

        /* Who has just read code by DMA may have no interrupt to tell */
        ia64_code_check_range(phys, 1ULL << s->page_shift);
        s->shadow[page] = 0;
    }
    s->count_unmaps += last - first + 1;
    s->count_mapped -= last - first + 1;
}

/* Notifiers that keep no mappings but caches: [@first, @last] is old */
static void pdir_flush_caches(Zx1IocState *s, hwaddr first, hwaddr last)
{
    IOMMUNotifier *n;

    IOMMU_NOTIFIER_FOREACH(n, &s->iotlb) {
        if (!(n->notifier_flags & IOMMU_NOTIFIER_MAP)) {
            pdir_notify_unmap(s, n, first, last);
        }
    }
}

/* Is [@phys, @phys + @size) memory that a device can be let at? */
static bool pdir_target_ok(hwaddr phys, hwaddr size)
{
    MemoryRegionSection sec;
    bool ok;

    sec = memory_region_find(get_system_memory(), phys, size);
    if (!sec.mr) {
        return false;
    }
    ok = memory_region_is_ram(sec.mr) && int128_get64(sec.size) == size;
    memory_region_unref(sec.mr);
    return ok;
}

/* The host's IOMMU cannot lead there: the guest sees it, the user once */
static void pdir_bad_target(Zx1IocState *s, hwaddr iova, hwaddr phys)
{
    trace_zx1_pdir_bad_target(iova, phys);
    zx1_ioc_error(s, iova, false, IOC_ERR_TARGET);
    if (!s->bad_target_told) {
        g_autofree char *names = zx1_ioc_host_device_names(s);

        s->bad_target_told = true;
        warn_report("zx1-ioc: I/O address 0x%" HWADDR_PRIx " maps 0x%"
                    HWADDR_PRIx ", which is not memory and out of reach for "
                    "%s", iova, phys, names);
    }
}

/* Page @page of the window is there now; to @one or to all notifiers */
static void pdir_map(Zx1IocState *s, IOMMUNotifier *one, uint32_t page,
                     uint32_t ppn)
{
    hwaddr offset = (hwaddr)page << s->page_shift;
    IOMMUTLBEntry entry = zx1_ioc_entry(s, offset, ppn);
    IOMMUNotifier *n;

    /* A window may be smaller than its page */
    entry.addr_mask = MIN(entry.addr_mask, s->window_size - 1);
    if (!pdir_target_ok(entry.translated_addr, entry.addr_mask + 1)) {
        pdir_bad_target(s, s->window_base + offset, entry.translated_addr);
        return;
    }
    trace_zx1_pdir_map(s->window_base + offset, entry.translated_addr,
                       entry.addr_mask + 1);
    if (one) {
        pdir_notify_map(s, one, &entry);
        return;
    }
    IOMMU_NOTIFIER_FOREACH(n, &s->iotlb) {
        pdir_notify_map(s, n, &entry);
    }
}

/*
 * Bring the notifiers in line with the directory's entries @first to @last.
 * Entries that are invalid now are unmapped only if @purge.
 */
static void pdir_sync(Zx1IocState *s, uint32_t first, uint32_t last,
                      bool purge)
{
    uint64_t entries[PDIR_CHUNK];

    trace_zx1_pdir_sync(first, last, purge);
    for (uint32_t base = first; base <= last; base += PDIR_CHUNK) {
        unsigned count = MIN(PDIR_CHUNK, last - base + 1);
        uint32_t *shadow = &s->shadow[base];

        pdir_read(s, base, count, entries);
        /* All that goes, in runs: an unmap is a call to the host */
        for (unsigned i = 0; i < count; i++) {
            unsigned run = i;

            while (run < count && shadow[run]) {
                uint32_t now = pdir_shadow_of(s, entries[run]);

                if (now == shadow[run] || (!now && !purge)) {
                    break;
                }
                run++;
            }
            if (run > i) {
                pdir_unmap(s, base + i, base + run - 1);
                i = run;
            }
        }
        for (unsigned i = 0; i < count; i++) {
            uint32_t now = pdir_shadow_of(s, entries[i]);

            if (now && !shadow[i]) {
                shadow[i] = now;
                s->count_maps++;
                s->count_mapped++;
                pdir_map(s, NULL, base + i, now & ~SHADOW_VALID);
            }
        }
    }
}

/* The same for one entry that has been stored to, without a purge */
static void pdir_stored(Zx1IocState *s, uint32_t page)
{
    uint32_t now = pdir_shadow_of(s,
        address_space_ldq_le(&s->ram_as, s->pdir_base + page * 8ULL,
                             MEMTXATTRS_UNSPECIFIED, NULL));

    if (now && now != s->shadow[page]) {
        pdir_sync(s, page, page, false);
    }
}

/*
 * The processors' view of the directory
 */

static MemTxResult pdir_mr_read(void *opaque, hwaddr addr, uint64_t *data,
                                unsigned size, MemTxAttrs attrs)
{
    Zx1IocState *s = opaque;
    uint8_t buf[8] = { 0 };
    MemTxResult res = address_space_read(&s->ram_as, s->pdir_base + addr,
                                         attrs, buf, size);

    *data = ldn_le_p(buf, size);
    return res;
}

static MemTxResult pdir_mr_write(void *opaque, hwaddr addr, uint64_t data,
                                 unsigned size, MemTxAttrs attrs)
{
    Zx1IocState *s = opaque;
    uint8_t buf[8];
    MemTxResult res;

    s->count_stores++;
    stn_le_p(buf, size, data);
    res = address_space_write(&s->ram_as, s->pdir_base + addr, attrs, buf,
                              size);
    for (hwaddr i = addr / 8; i <= (addr + size - 1) / 8; i++) {
        if (i < s->shadow_count) {
            pdir_stored(s, i);
        }
    }
    return res;
}

static const MemoryRegionOps pdir_mr_ops = {
    .read_with_attrs = pdir_mr_read,
    .write_with_attrs = pdir_mr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
        .unaligned = true,
    },
};

/* Cover the directory, or as much of it as is in one piece of RAM */
static void pdir_cover(Zx1IocState *s, bool on)
{
    MemoryRegion *mr = &s->pdir_mr;

    memory_region_transaction_begin();
    memory_region_set_enabled(mr, false);
    if (on) {
        hwaddr size = ROUND_UP(s->shadow_count * 8ULL, 4096);
        MemoryRegionSection sec = memory_region_find(s->ram, s->pdir_base,
                                                     size);

        if (sec.mr) {
            if (sec.offset_within_address_space == s->pdir_base) {
                memory_region_set_size(mr, int128_get64(sec.size));
                memory_region_set_address(mr, s->pdir_base);
                memory_region_set_enabled(mr, true);
            }
            memory_region_unref(sec.mr);
        }
    }
    memory_region_transaction_commit();
}

/*
 * The processors have dropped their direct mappings of the directory: what
 * was stored before is in RAM, what comes is reported.
 */
static void pdir_settled_bh(void *opaque)
{
    Zx1IocState *s = opaque;

    if (s->shadow) {
        pdir_sync(s, 0, s->shadow_count - 1, false);
    }
    object_unref(OBJECT(s));
}

static void pdir_settled(CPUState *cpu, run_on_cpu_data data)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), pdir_settled_bh,
                            data.host_ptr);
}

static void pdir_start(Zx1IocState *s)
{
    s->shadow_count = MAX(s->window_size >> s->page_shift, 1);
    s->shadow = g_new0(uint32_t, s->shadow_count);
    trace_zx1_pdir_follow(s->pdir_base, s->shadow_count);
    pdir_cover(s, true);
    if (first_cpu) {
        object_ref(OBJECT(s));
        async_safe_run_on_cpu(first_cpu, pdir_settled,
                              RUN_ON_CPU_HOST_PTR(s));
    }
    pdir_sync(s, 0, s->shadow_count - 1, false);
}

static void pdir_stop(Zx1IocState *s)
{
    trace_zx1_pdir_follow(0, 0);
    pdir_cover(s, false);
    g_clear_pointer(&s->shadow, g_free);
    s->shadow_count = 0;
    s->count_mapped = 0;
}

/*
 * Start or stop, whatever the notifiers and the window ask for now. Not from
 * within a change of the memory map: hence the bottom half.
 */
static void pdir_bh(void *opaque)
{
    Zx1IocState *s = opaque;
    bool want = (s->iotlb.iommu_notify_flags & IOMMU_NOTIFIER_MAP) &&
                s->window_size;

    if (want && !s->shadow) {
        pdir_start(s);
    } else if (!want && s->shadow) {
        pdir_stop(s);
    }
}

int zx1_pdir_flags_changed(Zx1IocState *s, IOMMUNotifierFlag flags,
                           Error **errp)
{
    if (flags & IOMMU_NOTIFIER_DEVIOTLB_UNMAP) {
        /* vhost asks for that first, then for UNMAP */
        error_setg(errp, "zx1-ioc: no functions with TLBs of their own");
        return -ENOTSUP;
    }
    qemu_bh_schedule(s->pdir_bh);
    return 0;
}

/* Before a change of window, page size or table */
void zx1_pdir_forget(Zx1IocState *s)
{
    if (s->window_size) {
        pdir_flush_caches(s, 0, s->window_size - 1);
    }
    if (s->shadow) {
        uint32_t i = 0;

        while (i < s->shadow_count) {
            uint32_t first = i;

            while (i < s->shadow_count && s->shadow[i]) {
                i++;
            }
            if (i > first) {
                pdir_unmap(s, first, i - 1);
            }
            i++;
        }
        pdir_stop(s);
    }
}

/* After such a change */
void zx1_pdir_resume(Zx1IocState *s)
{
    pdir_bh(s);
}

void zx1_pdir_purge(Zx1IocState *s, hwaddr first, hwaddr last)
{
    s->count_purges++;
    pdir_flush_caches(s, first, last);
    if (s->shadow) {
        pdir_sync(s, first >> s->page_shift, last >> s->page_shift, true);
    }
}

/* A new notifier: what is there already */
void zx1_pdir_replay(Zx1IocState *s, IOMMUNotifier *n)
{
    if (!(n->notifier_flags & IOMMU_NOTIFIER_MAP)) {
        return;
    }
    for (uint32_t i = 0; i < s->shadow_count; i++) {
        if (s->shadow[i]) {
            pdir_map(s, n, i, s->shadow[i] & ~SHADOW_VALID);
        }
    }
}

void zx1_pdir_init(Zx1IocState *s)
{
    memory_region_init_io(&s->pdir_mr, OBJECT(s), &pdir_mr_ops, s,
                          "zx1.pdir", 0);
    memory_region_set_enabled(&s->pdir_mr, false);
    memory_region_add_subregion_overlap(s->cpu_space, 0, &s->pdir_mr, 1);
    s->pdir_bh = qemu_bh_new_guarded(pdir_bh, s,
                                     &DEVICE(s)->mem_reentrancy_guard);
}

void zx1_pdir_exit(Zx1IocState *s)
{
    qemu_bh_delete(s->pdir_bh);
    memory_region_del_subregion(s->cpu_space, &s->pdir_mr);
    g_clear_pointer(&s->shadow, g_free);
}
