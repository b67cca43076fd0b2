/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium virtual hash page table: hash functions and the walker
 *
 * Facts: SDM volume 2, section 4.1.5-4.1.7 (2:61-2:67).  The hash and the
 * tag of the long format are implementation-specific; every bit of the
 * region id takes part in both, and an (index, tag) pair belongs to one
 * (region id, page number) as soon as the table has 2^10 entries, its
 * smallest size.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "mmu.h"
#include "exec/exec-all.h"
#include "exec/page-protection.h"
#include "hw/core/cpu.h"

enum {
    VHPT_PTE = 0,           /* byte offsets in a long-format entry */
    VHPT_ITIR = 8,
    VHPT_TAG = 16,
    VHPT_LONG_SIZE = 32,
};
#define VHPT_TAG_TI         (1ull << 63)

static uint64_t region_vpn(CPUIA64State *env, uint64_t va)
{
    unsigned ps = FIELD_EX64(env->rr[va >> 61], RR, PS);

    return (va & IA64_VA_MASK) >> ps;
}

uint64_t ia64_thash(CPUIA64State *env, uint64_t va)
{
    uint64_t pta = env->cr_pta;
    unsigned size = FIELD_EX64(pta, PTA, SIZE);
    /* the size is 0 until PTA is written */
    uint64_t mask = (1ull << size) - 1;
    uint64_t base = pta & ~MAKE_64BIT_MASK(0, 15);

    if (pta & R_PTA_VF_MASK) {
        uint64_t index = region_vpn(env, va) ^ ia64_rr_rid(env, va);

        return (base & ~mask) | ((index << 5) & mask);
    }
    return (va & ~IA64_VA_MASK) | (base & ~mask & IA64_VA_MASK) |
           ((region_vpn(env, va) << 3) & mask);
}

uint64_t ia64_ttag(CPUIA64State *env, uint64_t va)
{
    return region_vpn(env, va) ^ ((uint64_t)ia64_rr_rid(env, va) << 39);
}

/*
 * Host address of a VHPT entry by QEMU's TLB; NULL when it is not plain
 * memory or not accessible to the walker.
 */
static void *entry_host(CPUIA64State *env, uint64_t iha, int size)
{
    CPUTLBEntryFull *full;
    void *host = NULL;
    int flags;

    flags = probe_access_full_mmu(env, iha, size, MMU_DATA_LOAD,
                                  IA64_MMU_DATA_PL0, &host, &full);
    return flags & TLB_INVALID_MASK ? NULL : host;
}

static uint64_t entry_word(CPUIA64State *env, const void *p)
{
    uint64_t v = qatomic_read((const uint64_t *)p);

    return env->cr_dcr & R_DCR_BE_MASK ? be64_to_cpu(v) : le64_to_cpu(v);
}

IA64WalkResult ia64_vhpt_walk(CPUIA64State *env, uint64_t va, IA64Trans *t,
                              uint64_t *iha)
{
    bool lng = env->cr_pta & R_PTA_VF_MASK;
    uint64_t rr = env->rr[va >> 61];
    uint64_t pte, itir, tag;
    const char *p;

    *iha = ia64_thash(env, va);
    if (!ia64_trans_find(env, IA64_SIDE_D, *iha)) {
        return IA64_WALK_MISS;
    }
    p = entry_host(env, *iha, lng ? VHPT_LONG_SIZE : 8);
    if (!p) {
        return IA64_WALK_ABORT;
    }
    if (lng) {
        tag = ia64_ttag(env, va);
        if (entry_word(env, p + VHPT_TAG) != tag) {
            return IA64_WALK_ABORT;
        }
        /* The entry is read after its tag ... */
        smp_rmb();
        pte = entry_word(env, p + VHPT_PTE);
        itir = entry_word(env, p + VHPT_ITIR);
        /* ... and before it again: software changes an entry under ti. */
        smp_rmb();
        if (entry_word(env, p + VHPT_TAG) != tag) {
            return IA64_WALK_ABORT;
        }
    } else {
        pte = entry_word(env, p);
        itir = rr & (R_RR_PS_MASK | R_RR_RID_MASK);
    }
    if (!ia64_trans_make(t, pte, itir, FIELD_EX64(rr, RR, RID), va)) {
        return IA64_WALK_ABORT;
    }
    return IA64_WALK_OK;
}
