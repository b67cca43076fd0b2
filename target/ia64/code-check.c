/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that was written behind QEMU's back: drop stale translations
 *
 * A page of code that enters a TLB of QEMU is compared with the copy that was
 * made when it was last seen there; translations are made later than that, so
 * a difference means that some may be stale. An event (hw/ia64/code-check.h)
 * empties the TLBs, so that whatever page runs next is compared. So is one
 * that the guest maps anew after a transfer, as systems do with what they load
 * for a page fault: whether an interrupt has told of that transfer does not
 * matter. Blocks are chained within a page only, and a processor leaves its
 * chain to empty its TLB.
 */

#include "qemu/osdep.h"
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

typedef struct CodePage {
    ram_addr_t addr;
    uint8_t copy[TARGET_PAGE_SIZE];
} CodePage;

bool ia64_code_check_on;

static QemuMutex code_lock;
static GHashTable *code_pages;  /* CodePage by its address */
static bool flush_pending[MAX_CPUS];
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

    QEMU_LOCK_GUARD(&code_lock);
    page = g_hash_table_lookup(code_pages, &addr);
    if (page) {
        compare_page(page, host);
        return;
    }
    if (g_hash_table_size(code_pages) >= MAX_PAGES) {
        g_hash_table_remove_all(code_pages);
        /* All that was translated is of pages that we no longer know */
        tb_flush(cs);
    }
    page = g_new(CodePage, 1);
    page->addr = addr;
    memcpy(page->copy, host, TARGET_PAGE_SIZE);
    g_hash_table_insert(code_pages, &page->addr, page);
}

void ia64_code_check_fetch(CPUState *cs, hwaddr phys)
{
    hwaddr xlat, len = TARGET_PAGE_SIZE;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(cs->as, phys & TARGET_PAGE_MASK, &xlat,
                                 &len, false, MEMTXATTRS_UNSPECIFIED);
    if (memory_region_is_ram(mr) && !mr->readonly &&
        len == TARGET_PAGE_SIZE) {
        check_ram_page(cs, memory_region_get_ram_addr(mr) + xlat,
                       (uint8_t *)memory_region_get_ram_ptr(mr) + xlat);
    }
}

static void flush_cpu(CPUState *cs, run_on_cpu_data data)
{
    qatomic_set(&flush_pending[cs->cpu_index], false);
    /* An event from now on queues another flush */
    smp_mb();
    tlb_flush(cs);
}

void ia64_code_check_event(void)
{
    CPUState *cs;

    if (!ia64_code_check_on) {
        return;
    }
    code_stats.events++;
    trace_ia64_code_check_event();
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
