/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium address translation: what mmu.c and vhpt.c offer to the other
 * files of the target
 */

#ifndef IA64_MMU_H
#define IA64_MMU_H

#include "cpu.h"

/* Page sizes of the architecture that Itanium 2 inserts and purges */
#define IA64_PAGE_SIZES \
    ((1ull << 12) | (1ull << 13) | (1ull << 14) | (1ull << 16) | \
     (1ull << 18) | (1ull << 20) | (1ull << 22) | (1ull << 24) | \
     (1ull << 26) | (1ull << 28) | (1ull << 30) | (1ull << 32))

#define IA64_PHYS_BITS          50
#define IA64_PHYS_UC            (1ull << 63)
/* Bits of a physical address that must be zero */
#define IA64_PHYS_UNIMPL        MAKE_64BIT_MASK(IA64_PHYS_BITS, \
                                                63 - IA64_PHYS_BITS)
#define IA64_VA_MASK            MAKE_64BIT_MASK(0, 61)

/* The two sides of the translation hardware */
enum {
    IA64_SIDE_D,
    IA64_SIDE_I,
    IA64_NB_SIDES,
};

/* One translation, in a translation register or in the translation cache */
typedef struct IA64Trans {
    uint64_t va;            /* bits 60:0, aligned to the page */
    uint64_t pte;           /* as inserted; ignored bits are zero */
    uint32_t rid;
    uint32_t key;
    uint8_t ps;             /* log2 of the page size, 0: entry is free */
} IA64Trans;

/* Translation cache: sets of a hash table over region id and page number */
#define IA64_TC_SETS    4096
#define IA64_TC_WAYS    4

struct IA64TLB {
    IA64Trans tr[IA64_NB_SIDES][IA64_NUM_TR];
    uint32_t tr_top[IA64_NB_SIDES];     /* 1 + highest TR in use */
    IA64Trans tc[IA64_NB_SIDES][IA64_TC_SETS][IA64_TC_WAYS];
    uint32_t tc_used[IA64_NB_SIDES][64];        /* entries per page size */
    uint64_t tc_sizes[IA64_NB_SIDES];   /* page sizes with entries */
    uint32_t crowded[IA64_NB_MMU];      /* fills of a nearly full table */
    uint32_t victim;                    /* next way to replace */
    uint8_t regions_pending;            /* to be flushed at serialization */
    uint8_t regions_seen[IA64_NB_MMU];  /* QEMU's TLB has no others */
};

/* What ia64_translate() does beyond a plain access */
enum {
    IA64_XL_NO_RIGHTS   = 1,    /* no access rights, keys, dirty, access bit */
    IA64_XL_NO_BITS     = 2,    /* no dirty and access bit */
    IA64_XL_NO_KEYS     = 4,
    IA64_XL_NO_WALK     = 8,    /* search only what is already there */
    IA64_XL_RSE         = 16,   /* walker needs PSR.rt */
};

/* Result of a translation: either a page or a fault */
typedef struct IA64Xlate {
    hwaddr phys;            /* of the address asked for */
    uint64_t pte;
    uint32_t key;
    uint8_t ps;
    uint8_t prot;           /* PAGE_* that need no further check */
    uint8_t ma;             /* IA64_MA_* */
    bool once;              /* must not be cached: checks were suspended */

    int vector;             /* fault, or -1 */
    uint64_t isr;
    uint64_t itir;
    uint64_t iha;
    uint8_t set;            /* IA64_EXC_* */
} IA64Xlate;

/*
 * Translates @va of @size bytes for @access (PAGE_READ | PAGE_WRITE or
 * PAGE_EXEC) at privilege level @cpl with translation on.  Returns false with
 * the fault in @x; no state but the translation cache changes.
 */
bool ia64_translate(CPUIA64State *env, uint64_t va, int size, int access,
                    unsigned cpl, unsigned flags, IA64Xlate *x);
/* Raises the fault of @x; @isr is added to ISR. */
G_NORETURN void ia64_raise_xlate(CPUIA64State *env, uint64_t va,
                                 const IA64Xlate *x, uint64_t isr,
                                 uintptr_t ra);

/*
 * For ld.s and its like: true when the load has to be deferred (SDM 2:105),
 * false when it can be performed.  Raises the fault, with ISR.sp set, when
 * the load faults and the fault is not deferred.  @size in bytes.
 * @advanced: ld.sa.
 */
bool ia64_spec_probe(CPUIA64State *env, uint64_t addr, int size, int mmu_idx,
                     bool advanced, uintptr_t ra);

/*
 * Memory attribute (IA64_MA_*) of an address that is read (@store false) or
 * written with @mmu_idx; raises the faults of that access.
 */
unsigned ia64_mem_attr(CPUIA64State *env, uint64_t addr, int size, bool store,
                       int mmu_idx, uintptr_t ra);
/*
 * Checks before a semaphore operation: translation and rights for reading and
 * writing (ISR.r and ISR.w both set), alignment to @size and the memory
 * attribute (Unsupported Data Reference unless WB; fetchadd is allowed on
 * UCE pages too).
 */
void ia64_check_semaphore(CPUIA64State *env, uint64_t addr, int size,
                          bool fetchadd, int mmu_idx, uintptr_t ra);

/* Is the page exception deferral bit of the code page at IP set? */
bool ia64_code_page_ed(CPUIA64State *env);
/* Applies flushes that wait for a serialization. */
void ia64_mmu_sync(CPUIA64State *env);
/* Drops what QEMU has cached of @r's translations, at serialization. */
void ia64_mmu_region_changed(CPUIA64State *env, unsigned r);
void ia64_mmu_flush(CPUIA64State *env, uint16_t idxmap);

/*
 * Builds a translation from the insertion format, SDM 2:54.  Returns false
 * for reserved fields or encodings.
 */
bool ia64_trans_make(IA64Trans *t, uint64_t pte, uint64_t itir, uint32_t rid,
                     uint64_t va);
IA64Trans *ia64_trans_find(CPUIA64State *env, unsigned side, uint64_t va);
/* Inserts into the translation cache; overlapping entries go. */
void ia64_tc_insert(CPUIA64State *env, unsigned side, const IA64Trans *t);
void ia64_tr_insert(CPUIA64State *env, unsigned side, unsigned slot,
                    const IA64Trans *t);
/* Purges 2^@ps bytes at @va of region @rid; @tr: translation registers too */
void ia64_tc_purge(CPUIA64State *env, unsigned side, uint32_t rid,
                   uint64_t va, unsigned ps, bool tr);
void ia64_tc_purge_all(CPUIA64State *env);
/* Rebuilds what is derived from the arrays and drops cached translations. */
void ia64_tlb_post_load(CPUIA64State *env);

static inline uint32_t ia64_rr_rid(CPUIA64State *env, uint64_t va)
{
    return FIELD_EX64(env->rr[va >> 61], RR, RID);
}

/* vhpt.c */

typedef enum IA64WalkResult {
    IA64_WALK_OK,
    IA64_WALK_MISS,         /* no translation for the walker's address */
    IA64_WALK_ABORT,        /* no usable entry: the TLB vectors */
} IA64WalkResult;

/* Address of the VHPT entry and tag for @va (thash, ttag), SDM 2:65 */
uint64_t ia64_thash(CPUIA64State *env, uint64_t va);
uint64_t ia64_ttag(CPUIA64State *env, uint64_t va);
/* Looks @va up in the VHPT; *@iha is the address of the entry. */
IA64WalkResult ia64_vhpt_walk(CPUIA64State *env, uint64_t va, IA64Trans *t,
                              uint64_t *iha);

#endif
