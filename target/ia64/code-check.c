/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that was written behind QEMU's back: drop stale translations
 *
 * A page of code that enters a TLB of QEMU is compared with the copy that was
 * made when it was last seen there; translations are made later than that, so
 * a difference means that some may be stale. An event (hw/ia64/code-check.h)
 * empties the TLBs of what was fetched, so that whatever page runs next is
 * compared, once. So is one that the guest maps anew after a transfer, as
 * systems do with what they load for a page fault: whether an interrupt has
 * told of that transfer does not matter. Blocks are chained within a page only,
 * and a processor leaves its chain to empty its TLB.
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "qemu/atomic.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "exec/cputlb.h"
#include "exec/exec-all.h"
#include "exec/ram_addr.h"
#include "exec/tb-flush.h"
#include "hw/core/cpu.h"
#include "hw/ia64/code-check.h"
#include "code-check.h"
#include "trace.h"

/* Pages kept: 64 MiB. A guest that runs more code starts anew. */
#define MAX_PAGES       16384
#define MAX_CPUS        256
/* A mapping of more makes all pages suspect, instead of each */
#define MAX_MAPPED      (256 * KiB)

typedef struct CodePage {
    ram_addr_t addr;
    uint64_t round;             /* in which it was compared */
    uint8_t copy[TARGET_PAGE_SIZE];
} CodePage;

bool ia64_code_check_on;

static QemuMutex code_lock;
static GHashTable *code_pages;  /* CodePage by its address */
static bool flush_pending[MAX_CPUS];
/* A new one makes all pages suspect; 0: of a page that is. */
static uint64_t code_round = 1;
static IA64CodeCheckStats code_stats;

static bool has_code(ram_addr_t addr, ram_addr_t size)
{
    return !cpu_physical_memory_all_dirty(addr, size, DIRTY_MEMORY_CODE);
}

static void compare_page(CodePage *page, const void *host)
{
    code_stats.compared++;
    if (!memcmp(page->copy, host, TARGET_PAGE_SIZE)) {
        return;
    }
    memcpy(page->copy, host, TARGET_PAGE_SIZE);
    if (has_code(page->addr, TARGET_PAGE_SIZE)) {
        code_stats.stale++;
        trace_ia64_code_check_stale(page->addr);
        tb_invalidate_phys_range(page->addr,
                                 page->addr + TARGET_PAGE_SIZE - 1);
    }
}

static void check_ram_page(CPUState *cs, ram_addr_t addr, const void *host)
{
    CodePage *page;
    uint64_t round;

    QEMU_LOCK_GUARD(&code_lock);
    /* What an event from now on tells of is seen in the next round */
    round = qatomic_load_acquire(&code_round);
    page = g_hash_table_lookup(code_pages, &addr);
    if (page) {
        if (page->round != round) {
            page->round = round;
            compare_page(page, host);
        }
        return;
    }
    if (g_hash_table_size(code_pages) >= MAX_PAGES) {
        g_hash_table_remove_all(code_pages);
        /* All that was translated is of pages that we no longer know */
        tb_flush(cs);
    }
    page = g_new(CodePage, 1);
    page->addr = addr;
    page->round = round;
    memcpy(page->copy, host, TARGET_PAGE_SIZE);
    g_hash_table_insert(code_pages, &page->addr, page);
}

/* The region of a page that can be written, and where it is there; or NULL */
static MemoryRegion *find_ram(CPUState *cs, hwaddr phys, hwaddr *xlat)
{
    hwaddr len = TARGET_PAGE_SIZE;
    MemoryRegion *mr = address_space_translate(cs->as,
                                               phys & TARGET_PAGE_MASK, xlat,
                                               &len, false,
                                               MEMTXATTRS_UNSPECIFIED);

    return memory_region_is_ram(mr) && !mr->readonly &&
           len == TARGET_PAGE_SIZE ? mr : NULL;
}

void ia64_code_check_fetch(CPUState *cs, hwaddr phys)
{
    hwaddr xlat;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = find_ram(cs, phys, &xlat);
    if (mr) {
        check_ram_page(cs, memory_region_get_ram_addr(mr) + xlat,
                       (uint8_t *)memory_region_get_ram_ptr(mr) + xlat);
    }
}

static void suspect_page(CPUState *cs, hwaddr phys)
{
    hwaddr xlat;
    MemoryRegion *mr = find_ram(cs, phys, &xlat);
    ram_addr_t addr;
    CodePage *page;

    if (mr) {
        addr = memory_region_get_ram_addr(mr) + xlat;
        page = g_hash_table_lookup(code_pages, &addr);
        if (page) {
            page->round = 0;
        }
    }
}

void ia64_code_check_mapped(CPUState *cs, hwaddr phys, uint64_t size)
{
    if (size > MAX_MAPPED) {
        qatomic_inc(&code_round);
        return;
    }
    RCU_READ_LOCK_GUARD();
    QEMU_LOCK_GUARD(&code_lock);
    for (uint64_t i = 0; i < size; i += TARGET_PAGE_SIZE) {
        suspect_page(cs, phys + i);
    }
}

static void flush_cpu(CPUState *cs, run_on_cpu_data data)
{
    qatomic_set(&flush_pending[cs->cpu_index], false);
    /* An event from now on queues another flush */
    smp_mb();
    /* Data stay: what came in for them is not executable */
    tlb_flush_by_mmuidx(cs, IA64_MMU_FETCH_MASK);
}

void ia64_code_check_event(void)
{
    CPUState *cs;

    if (!ia64_code_check_on) {
        return;
    }
    code_stats.events++;
    trace_ia64_code_check_event();
    qatomic_inc(&code_round);
    CPU_FOREACH(cs) {
        if (!qatomic_xchg(&flush_pending[cs->cpu_index], true)) {
            async_run_on_cpu(cs, flush_cpu, RUN_ON_CPU_NULL);
        }
    }
}

void ia64_code_check_range(hwaddr addr, hwaddr size)
{
    if (!ia64_code_check_on) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    while (size) {
        hwaddr xlat, len = size;
        MemoryRegion *mr = address_space_translate(&address_space_memory,
                                                   addr, &xlat, &len, false,
                                                   MEMTXATTRS_UNSPECIFIED);

        if (memory_region_is_ram(mr)) {
            ram_addr_t ram = memory_region_get_ram_addr(mr) + xlat;

            if (has_code(ram, len)) {
                code_stats.stale++;
                trace_ia64_code_check_stale(ram);
                tb_invalidate_phys_range(ram, ram + len - 1);
            }
        }
        addr += len;
        size -= len;
    }
}

void ia64_code_check_enable(void)
{
    CPUState *cs;

    if (ia64_code_check_on) {
        return;
    }
    qemu_mutex_init(&code_lock);
    code_pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                       g_free);
    qatomic_set(&ia64_code_check_on, true);
    /* No page has been seen yet: translate all anew */
    CPU_FOREACH(cs) {
        if (!qatomic_xchg(&flush_pending[cs->cpu_index], true)) {
            async_run_on_cpu(cs, flush_cpu, RUN_ON_CPU_NULL);
        }
    }
    if (first_cpu) {
        tb_flush(first_cpu);
    }
}

IA64CodeCheckStats ia64_code_check_stats(void)
{
    return code_stats;
}
