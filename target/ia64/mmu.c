/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium address translation: translation registers, translation cache,
 * protection and QEMU's TLB
 *
 * Facts: SDM volume 2, chapters 4 (addressing) and 5 (interruptions).
 *
 * Whatever QEMU's TLB holds is backed by a translation register or an entry
 * of the translation cache; an entry that goes takes its pages along, so a
 * purge that finds nothing flushes nothing.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/host-utils.h"
#include "code-check.h"
#include "mmu.h"
#include "exec/exec-all.h"
#include "exec/cputlb.h"
#include "exec/page-protection.h"
#include "monitor/monitor.h"

static const uint16_t side_idxmap[IA64_NB_SIDES] = {
    [IA64_SIDE_D] = IA64_MMU_DATA_MASK,
    [IA64_SIDE_I] = IA64_MMU_INSN_MASK,
};

/* -------------------------------------------------------------------- */
/* QEMU's TLB                                                           */

void ia64_mmu_flush(CPUIA64State *env, uint16_t idxmap)
{
    tlb_flush_by_mmuidx(env_cpu(env), idxmap);
}

void ia64_mmu_sync(CPUIA64State *env)
{
    IA64TLB *tlb = env->tlb;
    uint8_t regions = tlb->regions_pending;
    uint16_t idxmap = 0;

    if (!regions) {
        return;
    }
    for (int i = 0; i < IA64_NB_MMU; i++) {
        if (tlb->regions_seen[i] & regions) {
            tlb->regions_seen[i] &= ~regions;
            idxmap |= 1 << i;
        }
    }
    tlb_flush_regions_by_mmuidx(env_cpu(env), regions,
                                idxmap & ~(1 << IA64_MMU_PHYS));
    tlb->regions_pending = 0;
}

void ia64_mmu_region_changed(CPUIA64State *env, unsigned r)
{
    env->tlb->regions_pending |= 1 << r;
}

/* Drops the pages of a translation in every region that shows it. */
static void flush_trans(CPUIA64State *env, unsigned side, const IA64Trans *t)
{
    uint64_t size = 1ull << t->ps;

    for (unsigned r = 0; r < 8; r++) {
        uint64_t va = ((uint64_t)r << 61) | t->va;

        if (FIELD_EX64(env->rr[r], RR, RID) != t->rid) {
            continue;
        }
        if (t->ps > 16) {
            tlb_flush_range_by_mmuidx(env_cpu(env), va, size,
                                      side_idxmap[side], 64);
            continue;
        }
        /* The other one empties the smaller ones of QEMU's tables. */
        for (uint64_t i = 0; i < size; i += TARGET_PAGE_SIZE) {
            tlb_flush_page_by_mmuidx(env_cpu(env), va + i, side_idxmap[side]);
        }
    }
}

/* -------------------------------------------------------------------- */
/* Translation registers and translation cache                          */

static inline bool trans_covers(const IA64Trans *t, uint32_t rid, uint64_t va)
{
    return t->ps && t->rid == rid && (t->va ^ va) >> t->ps == 0;
}

static inline bool trans_overlaps(const IA64Trans *t, uint32_t rid,
                                  uint64_t va, unsigned ps)
{
    return t->ps && t->rid == rid && (t->va ^ va) >> MAX(t->ps, ps) == 0;
}

static inline IA64Trans *tc_set(IA64TLB *tlb, unsigned side, uint32_t rid,
                                uint64_t va, unsigned ps)
{
    uint64_t h = (va >> ps) ^ ((uint64_t)rid * 0x9e3779b1u) ^ (ps << 4);

    h ^= h >> 20;
    h ^= h >> 10;
    return tlb->tc[side][h % IA64_TC_SETS];
}

/* QEMU's TLB keeps its pages: the same translation stays elsewhere. */
static void tc_forget(IA64TLB *tlb, unsigned side, IA64Trans *t)
{
    if (--tlb->tc_used[side][t->ps] == 0) {
        tlb->tc_sizes[side] &= ~(1ull << t->ps);
    }
    t->ps = 0;
}

static void tc_drop(CPUIA64State *env, unsigned side, IA64Trans *t)
{
    flush_trans(env, side, t);
    tc_forget(env->tlb, side, t);
}

static hwaddr trans_phys(const IA64Trans *t)
{
    return t->pte & R_PTE_PPN_MASK & ~MAKE_64BIT_MASK(0, t->ps);
}

static bool trans_same(const IA64Trans *a, const IA64Trans *b)
{
    return a->ps == b->ps && a->rid == b->rid && a->va == b->va &&
           a->pte == b->pte && a->key == b->key;
}

/* What is fetched by a new translation is to come to check_code() */
static bool must_check_code(unsigned side)
{
    return unlikely(ia64_code_check_on) && side == IA64_SIDE_I;
}

/* A translation has come: what runs by it may have been loaded just now. */
static void check_code(CPUIA64State *env, unsigned side, const IA64Trans *t)
{
    if (must_check_code(side)) {
        ia64_code_check_mapped(env_cpu(env), trans_phys(t), 1ull << t->ps);
    }
}

/* Accounts for an entry that has just been filled. */
static void tc_add(IA64TLB *tlb, unsigned side, const IA64Trans *t)
{
    tlb->tc_used[side][t->ps]++;
    tlb->tc_sizes[side] |= 1ull << t->ps;
}

static IA64Trans *tc_find_size(IA64TLB *tlb, unsigned side, uint32_t rid,
                               uint64_t va, unsigned ps)
{
    IA64Trans *set = tc_set(tlb, side, rid, va, ps);

    for (int i = 0; i < IA64_TC_WAYS; i++) {
        if (set[i].ps == ps && trans_covers(&set[i], rid, va)) {
            return &set[i];
        }
    }
    return NULL;
}

/* The translation of @va by its region id, or NULL */
IA64Trans *ia64_trans_find(CPUIA64State *env, unsigned side, uint64_t va)
{
    IA64TLB *tlb = env->tlb;
    uint32_t rid = ia64_rr_rid(env, va);
    uint64_t sizes = tlb->tc_sizes[side];

    va &= IA64_VA_MASK;
    for (unsigned i = 0; i < tlb->tr_top[side]; i++) {
        if (trans_covers(&tlb->tr[side][i], rid, va)) {
            return &tlb->tr[side][i];
        }
    }
    for (; sizes; sizes &= sizes - 1) {
        IA64Trans *t = tc_find_size(tlb, side, rid, va, ctz64(sizes));

        if (t) {
            return t;
        }
    }
    return NULL;
}

static void tr_update_top(IA64TLB *tlb, unsigned side)
{
    unsigned n = IA64_NUM_TR;

    while (n && !tlb->tr[side][n - 1].ps) {
        n--;
    }
    tlb->tr_top[side] = n;
}

/* Entries of page size @size that overlap 2^@ps bytes at @va */
static void tc_purge_size(CPUIA64State *env, unsigned side, uint32_t rid,
                          uint64_t va, unsigned ps, unsigned size)
{
    IA64TLB *tlb = env->tlb;
    uint64_t pages = size < ps ? 1ull << (ps - size) : 1;

    if (pages <= IA64_TC_SETS / 4) {
        va &= ~MAKE_64BIT_MASK(0, MAX(ps, size));
        for (; pages; pages--, va += 1ull << size) {
            IA64Trans *t = tc_find_size(tlb, side, rid, va, size);

            if (t) {
                tc_drop(env, side, t);
            }
        }
    } else {
        IA64Trans *t = tlb->tc[side][0];

        for (int i = 0; i < IA64_TC_SETS * IA64_TC_WAYS; i++, t++) {
            if (t->ps == size && trans_overlaps(t, rid, va, ps)) {
                tc_drop(env, side, t);
            }
        }
    }
}

void ia64_tc_purge(CPUIA64State *env, unsigned side, uint32_t rid,
                   uint64_t va, unsigned ps, bool tr)
{
    IA64TLB *tlb = env->tlb;
    uint64_t sizes = tlb->tc_sizes[side];

    va &= IA64_VA_MASK;
    ps = MIN(ps, 61);
    for (; sizes; sizes &= sizes - 1) {
        tc_purge_size(env, side, rid, va, ps, ctz64(sizes));
    }
    if (!tr) {
        return;
    }
    for (unsigned i = 0; i < tlb->tr_top[side]; i++) {
        IA64Trans *t = &tlb->tr[side][i];

        if (trans_overlaps(t, rid, va, ps)) {
            flush_trans(env, side, t);
            t->ps = 0;
        }
    }
    tr_update_top(tlb, side);
}

void ia64_tc_purge_all(CPUIA64State *env)
{
    IA64TLB *tlb = env->tlb;

    memset(tlb->tc, 0, sizeof(tlb->tc));
    memset(tlb->tc_used, 0, sizeof(tlb->tc_used));
    memset(tlb->tc_sizes, 0, sizeof(tlb->tc_sizes));
    ia64_mmu_flush(env, IA64_MMU_DATA_MASK | IA64_MMU_INSN_MASK);
}

/* Into a set that has nothing that overlaps it; another one may go for it. */
static void tc_place(CPUIA64State *env, unsigned side, const IA64Trans *t)
{
    IA64TLB *tlb = env->tlb;
    IA64Trans *set = tc_set(tlb, side, t->rid, t->va, t->ps), *e = NULL;

    for (int i = 0; i < IA64_TC_WAYS; i++) {
        if (!set[i].ps) {
            e = &set[i];
            break;
        }
    }
    if (!e) {
        e = &set[tlb->victim++ % IA64_TC_WAYS];
        tc_drop(env, side, e);
    }
    *e = *t;
    tc_add(tlb, side, e);
}

/* The TR that overlaps a translation, or -1 */
static int tr_overlapping(IA64TLB *tlb, unsigned side, const IA64Trans *t)
{
    for (unsigned i = 0; i < tlb->tr_top[side]; i++) {
        if (trans_overlaps(&tlb->tr[side][i], t->rid, t->va, t->ps)) {
            return i;
        }
    }
    return -1;
}

/* Makes room in the TC for a translation that is inserted */
static void tc_give_way(CPUIA64State *env, unsigned side, const IA64Trans *t)
{
    IA64Trans *e = tc_find_size(env->tlb, side, t->rid, t->va, t->ps);

    /* Entries do not overlap: if there is one for the page it is alone. */
    if (!e) {
        ia64_tc_purge(env, side, t->rid, t->va, t->ps, false);
    } else if (trans_same(e, t) && !must_check_code(side)) {
        tc_forget(env->tlb, side, e);
    } else {
        tc_drop(env, side, e);
    }
}

void ia64_tc_insert(CPUIA64State *env, unsigned side, const IA64Trans *t)
{
    int tr = tr_overlapping(env->tlb, side, t);

    tc_give_way(env, side, t);
    if (tr >= 0) {
        /* A machine check on hardware; the TR keeps its precedence. */
        qemu_log_mask(LOG_GUEST_ERROR, "ia64: itc of rid 0x%x va 0x%016"
                      PRIx64 " overlaps %ctr[%d]\n", t->rid, t->va,
                      side == IA64_SIDE_D ? 'd' : 'i', tr);
    }
    tc_place(env, side, t);
    check_code(env, side, t);
}

/*
 * What a TR had before may remain as a TC entry (SDM 3:itr), and does: Linux
 * moves the TR of its stack between two granules with each switch to another
 * process, and is in both of them all the time.
 */
static void tr_demote(CPUIA64State *env, unsigned side, const IA64Trans *old,
                      const IA64Trans *t)
{
    if (trans_overlaps(old, t->rid, t->va, t->ps)) {
        flush_trans(env, side, old);
    } else {
        tc_place(env, side, old);
    }
}

void ia64_tr_insert(CPUIA64State *env, unsigned side, unsigned slot,
                    const IA64Trans *t)
{
    IA64TLB *tlb = env->tlb;
    IA64Trans *tr = tlb->tr[side], old = tr[slot];

    tr[slot].ps = 0;
    for (unsigned i = 0; i < tlb->tr_top[side]; i++) {
        if (trans_overlaps(&tr[i], t->rid, t->va, t->ps)) {
            /* A machine check on hardware; here the newer one wins. */
            qemu_log_mask(LOG_GUEST_ERROR, "ia64: %ctr[%u] va 0x%016" PRIx64
                          " overlaps tr[%u]\n",
                          side == IA64_SIDE_D ? 'd' : 'i', slot, t->va, i);
            flush_trans(env, side, &tr[i]);
            tr[i].ps = 0;
        }
    }
    if (old.ps) {
        tr_demote(env, side, &old, t);
    }
    tc_give_way(env, side, t);
    tr[slot] = *t;
    tr_update_top(tlb, side);
    check_code(env, side, t);
}

bool ia64_trans_make(IA64Trans *t, uint64_t pte, uint64_t itir, uint32_t rid,
                     uint64_t va)
{
    unsigned ps = FIELD_EX64(itir, ITIR, PS);
    unsigned ma = FIELD_EX64(pte, PTE, MA);

    if (itir & ~(uint64_t)(R_ITIR_PS_MASK | R_ITIR_KEY_MASK)) {
        return false;
    }
    if (!(IA64_PAGE_SIZES & (1ull << ps))) {
        return false;
    }
    /* A translation that is not present has no other fields (SDM 2:55). */
    if (pte & R_PTE_P_MASK) {
        if (pte & ((1ull << 1) | (3ull << 50))) {
            return false;
        }
        if (ma >= 1 && ma <= 3) {
            return false;
        }
    }
    t->va = va & IA64_VA_MASK & ~MAKE_64BIT_MASK(0, ps);
    t->pte = pte & MAKE_64BIT_MASK(0, 53);
    t->rid = rid;
    t->key = FIELD_EX64(itir, ITIR, KEY);
    t->ps = ps;
    return true;
}

/* -------------------------------------------------------------------- */
/* Protection                                                           */

/*
 * Access rights by ar, pl and the privilege level of the access, the rows
 * and columns of SDM 2:56 (table 4-2).
 */
static int access_rights(unsigned ar, unsigned pl, unsigned cpl)
{
    enum {
        N = 0,
        R = PAGE_READ,
        X = PAGE_EXEC,
        RX = PAGE_READ | PAGE_EXEC,
        RW = PAGE_READ | PAGE_WRITE,
        RWX = PAGE_READ | PAGE_WRITE | PAGE_EXEC,
    };
    static const uint8_t rights[8][4][4] = {
        /* pl    cpl 0    1    2    3 */
        [0] = {
            [0] = {   R,   N,   N,   N },
            [1] = {   R,   R,   N,   N },
            [2] = {   R,   R,   R,   N },
            [3] = {   R,   R,   R,   R },
        },
        [1] = {
            [0] = {  RX,   N,   N,   N },
            [1] = {  RX,  RX,   N,   N },
            [2] = {  RX,  RX,  RX,   N },
            [3] = {  RX,  RX,  RX,  RX },
        },
        [2] = {
            [0] = {  RW,   N,   N,   N },
            [1] = {  RW,  RW,   N,   N },
            [2] = {  RW,  RW,  RW,   N },
            [3] = {  RW,  RW,  RW,  RW },
        },
        [3] = {
            [0] = { RWX,   N,   N,   N },
            [1] = { RWX, RWX,   N,   N },
            [2] = { RWX, RWX, RWX,   N },
            [3] = { RWX, RWX, RWX, RWX },
        },
        [4] = {
            [0] = {  RW,   N,   N,   N },
            [1] = {  RW,   R,   N,   N },
            [2] = {  RW,  RW,   R,   N },
            [3] = {  RW,  RW,  RW,   R },
        },
        [5] = {
            [0] = { RWX,   N,   N,   N },
            [1] = { RWX,  RX,   N,   N },
            [2] = { RWX,  RX,  RX,   N },
            [3] = { RWX,  RX,  RX,  RX },
        },
        [6] = {
            [0] = {  RW,   N,   N,   N },
            [1] = {  RW, RWX,   N,   N },
            [2] = {  RW,  RW, RWX,   N },
            [3] = {  RW,  RW,  RW, RWX },
        },
        [7] = {
            [0] = {  RX,   X,   X,   X },
            [1] = {  RX,   X,   X,   X },
            [2] = {  RX,   X,   X,   X },
            [3] = {  RX,   X,   X,   X },
        },
    };

    return rights[ar][pl][cpl];
}

/*
 * What the protection key leaves: PAGE_* not disabled by the key register of
 * @key, or -1 for Key Miss (SDM 2:59)
 */
static int key_rights(CPUIA64State *env, uint32_t key)
{
    for (int i = 0; i < IA64_NUM_PKR; i++) {
        uint64_t pkr = env->pkr[i];

        if ((pkr & R_PKR_V_MASK) && FIELD_EX64(pkr, PKR, KEY) == key) {
            return (pkr & R_PKR_RD_MASK ? 0 : PAGE_READ) |
                   (pkr & R_PKR_WD_MASK ? 0 : PAGE_WRITE) |
                   (pkr & R_PKR_XD_MASK ? 0 : PAGE_EXEC);
        }
    }
    return -1;
}

/* -------------------------------------------------------------------- */
/* Debug registers, SDM 2:151                                           */

/*
 * Does the pair at @reg, enabled by any of @enable, see an access of @size
 * bytes at @va from @cpl?  The mask covers bits 55:0, higher ones always
 * take part.
 */
static bool debug_match(const uint64_t *reg, uint64_t enable, unsigned cpl,
                        uint64_t va, int size)
{
    uint64_t mask = reg[1] & MAKE_64BIT_MASK(0, 56);

    mask |= ~MAKE_64BIT_MASK(0, 56);
    if (!(reg[1] & enable) || !extract64(reg[1], 56 + cpl, 1)) {
        return false;
    }
    /* Masks other than power-of-two ranges: compare the touched bytes. */
    if (size <= 16) {
        for (int i = 0; i < size; i++) {
            if (((va + i) & mask) == (reg[0] & mask)) {
                return true;
            }
        }
        return false;
    }
    /* A page: bits within it may differ where the mask is set */
    return (va & mask & TARGET_PAGE_MASK) == (reg[0] & mask & TARGET_PAGE_MASK);
}

static bool debug_hit(CPUIA64State *env, uint64_t va, int size, int access,
                      unsigned cpl)
{
    size = MAX(size, 1);
    if (access & PAGE_EXEC) {
        if (size <= 16) {
            va &= ~15ull;
            size = 1;
        }
        for (int i = 0; i < IA64_NUM_IBR; i += 2) {
            if (debug_match(&env->ibr[i], 1ull << 63, cpl, va, size)) {
                return true;
            }
        }
    } else {
        uint64_t enable = (access & PAGE_READ ? 1ull << 63 : 0) |
                          (access & PAGE_WRITE ? 1ull << 62 : 0);

        for (int i = 0; i < IA64_NUM_DBR; i += 2) {
            if (debug_match(&env->dbr[i], enable, cpl, va, size)) {
                return true;
            }
        }
    }
    return false;
}

/* -------------------------------------------------------------------- */
/* Translation                                                          */

static bool xl_fault(IA64Xlate *x, int vector, uint64_t isr)
{
    x->vector = vector;
    x->isr |= isr;
    return false;
}

/* ITIR as a fault on @va leaves it (SDM 2:167) */
static uint64_t fault_itir(CPUIA64State *env, uint64_t va)
{
    return env->rr[va >> 61] & (R_RR_PS_MASK | R_RR_RID_MASK);
}

/* No translation: walk the VHPT or choose the vector (SDM 2:62-67) */
static IA64Trans *xl_miss(CPUIA64State *env, unsigned side, uint64_t va,
                          unsigned flags, IA64Xlate *x)
{
    bool walker = (env->cr_pta & R_PTA_VE_MASK) &&
                  (env->rr[va >> 61] & R_RR_VE_MASK) &&
                  (env->psr & PSR(DT)) && (env->psr & PSR(IC));
    IA64Trans t;

    if (side == IA64_SIDE_D && !(env->psr & PSR(IC))) {
        xl_fault(x, IA64_VEC_NESTED_DTLB, 0);
        return NULL;
    }
    if (side == IA64_SIDE_I) {
        walker = walker && (env->psr & PSR(IT));
    } else if (flags & IA64_XL_RSE) {
        walker = walker && (env->psr & PSR(RT));
    }
    if (!walker) {
        xl_fault(x, side == IA64_SIDE_D ? IA64_VEC_ALT_DTLB
                                        : IA64_VEC_ALT_ITLB, 0);
        return NULL;
    }
    x->set |= IA64_EXC_IHA;
    switch (ia64_vhpt_walk(env, va, &t, &x->iha)) {
    case IA64_WALK_OK:
        ia64_tc_insert(env, side, &t);
        return ia64_trans_find(env, side, va);
    case IA64_WALK_MISS:
        x->itir = fault_itir(env, x->iha);
        xl_fault(x, IA64_VEC_VHPT, 0);
        return NULL;
    default:
        xl_fault(x, side == IA64_SIDE_D ? IA64_VEC_DTLB : IA64_VEC_ITLB, 0);
        return NULL;
    }
}

bool ia64_translate(CPUIA64State *env, uint64_t va, int size, int access,
                    unsigned cpl, unsigned flags, IA64Xlate *x)
{
    bool exec = access & PAGE_EXEC;
    unsigned side = exec ? IA64_SIDE_I : IA64_SIDE_D;
    IA64Trans *t;
    uint64_t pte;
    int prot, keys;

    memset(x, 0, sizeof(*x));
    x->vector = -1;
    x->isr = (access & PAGE_READ ? ISR(R) : 0) |
             (access & PAGE_WRITE ? ISR(W) : 0) | (exec ? ISR(X) : 0);
    x->itir = fault_itir(env, va);
    x->set = IA64_EXC_IFA | IA64_EXC_ITIR;

    t = ia64_trans_find(env, side, va);
    if (!t) {
        if (flags & IA64_XL_NO_WALK) {
            return xl_fault(x, IA64_VEC_DTLB, 0);
        }
        t = xl_miss(env, side, va, flags, x);
        if (!t) {
            return false;
        }
    }
    pte = t->pte;
    x->pte = pte;
    x->key = t->key;
    x->ps = t->ps;
    if (!(pte & R_PTE_P_MASK)) {
        return xl_fault(x, IA64_VEC_PAGE_NP, 0);
    }
    x->ma = FIELD_EX64(pte, PTE, MA);
    if (x->ma == IA64_MA_NATPAGE) {
        return xl_fault(x, IA64_VEC_NAT, 0x20);
    }
    x->phys = trans_phys(t) | (va & MAKE_64BIT_MASK(0, t->ps));
    if (flags & IA64_XL_NO_RIGHTS) {
        return true;
    }

    prot = access_rights(FIELD_EX64(pte, PTE, AR), FIELD_EX64(pte, PTE, PL),
                         cpl);
    prot &= exec ? PAGE_EXEC : PAGE_READ | PAGE_WRITE;
    if ((env->psr & PSR(PK)) && !(flags & IA64_XL_NO_KEYS)) {
        keys = key_rights(env, t->key);
        if (keys < 0) {
            return xl_fault(x, exec ? IA64_VEC_IKEY_MISS : IA64_VEC_DKEY_MISS,
                            0);
        }
        if (access & ~keys) {
            return xl_fault(x, IA64_VEC_KEY_PERM, 0);
        }
        prot &= keys;
    }
    if (access & ~prot) {
        return xl_fault(x, exec ? IA64_VEC_IRIGHTS : IA64_VEC_DRIGHTS, 0);
    }

    if (!(flags & IA64_XL_NO_BITS)) {
        bool skip = env->psr & (exec ? PSR(IA) : PSR(DA));

        if (!(pte & R_PTE_D_MASK)) {
            if (!skip && (access & PAGE_WRITE)) {
                return xl_fault(x, IA64_VEC_DIRTY, 0);
            }
            if (skip) {
                x->once = true;
            } else {
                prot &= ~PAGE_WRITE;
            }
        }
        if (!(pte & R_PTE_A_MASK)) {
            if (!skip) {
                return xl_fault(x, exec ? IA64_VEC_IACCESS : IA64_VEC_DACCESS,
                                0);
            }
            x->once = true;
        }
    }
    if (unlikely(env->psr & PSR(DB))) {
        if (!(env->psr & (exec ? PSR(ID) : PSR(DD))) &&
            debug_hit(env, va, size, access, cpl)) {
            x->set = IA64_EXC_IFA;
            return xl_fault(x, IA64_VEC_DEBUG, 0);
        }
        if (debug_hit(env, va & TARGET_PAGE_MASK, TARGET_PAGE_SIZE,
                      exec ? access : PAGE_READ | PAGE_WRITE, cpl)) {
            x->once = true;
        }
    }
    x->prot = prot;
    return true;
}

/* ISR bits that belong to the kind of access under way */
static uint64_t access_isr(CPUIA64State *env)
{
    return env->rse_isr | env->mem_isr;
}

void ia64_raise_xlate(CPUIA64State *env, uint64_t va, const IA64Xlate *x,
                      uint64_t isr, uintptr_t ra)
{
    env->exc.set = x->set;
    env->exc.ifa = va;
    env->exc.itir = x->itir;
    env->exc.iha = x->iha;
    ia64_raise(env, x->vector, x->isr | isr | access_isr(env), ra);
}

/* Physical addressing, SDM 2:73; false: unimplemented address */
static bool phys_implemented(uint64_t addr)
{
    return !(addr & IA64_PHYS_UNIMPL);
}

static G_NORETURN void raise_unimplemented(CPUIA64State *env, uint64_t addr,
                                           int access, uintptr_t ra)
{
    if (access & PAGE_EXEC) {
        /* The unimplemented instruction address trap, IIP is the target. */
        ia64_raise(env, IA64_VEC_LP_TRANSFER,
                   (env->ip & 3) << R_ISR_EI_SHIFT, ra);
    }
    env->exc.set = IA64_EXC_IFA;
    env->exc.ifa = addr;
    ia64_raise(env, IA64_VEC_GENEX, IA64_GE_UNIMPL_DATA | access_isr(env) |
               (access & PAGE_READ ? ISR(R) : 0) |
               (access & PAGE_WRITE ? ISR(W) : 0), ra);
}

static void empty_table(CPUState *cs, run_on_cpu_data data)
{
    ia64_mmu_flush(cpu_env(cs), data.host_int);
}

/*
 * QEMU's TLB gets a larger table only when it is emptied while full, and
 * nothing else empties it as long as one address space runs.  So do that once
 * entries have displaced each other for a while; not at once, for the caller
 * holds pointers into the table.
 */
static void watch_table(CPUState *cs, int mmu_idx)
{
    const size_t max = 1 << 16;
    uint32_t *crowded = &cpu_env(cs)->tlb->crowded[mmu_idx];
    size_t n = (cs->neg.tlb.f[mmu_idx].mask >> CPU_TLB_ENTRY_BITS) + 1;

    if (n < max && cs->neg.tlb.d[mmu_idx].n_used_entries >= n - n / 4 &&
        ++*crowded >= n / 2) {
        *crowded = 0;
        async_run_on_cpu(cs, empty_table, RUN_ON_CPU_HOST_INT(1 << mmu_idx));
    }
}

static int access_of(MMUAccessType type)
{
    switch (type) {
    case MMU_DATA_LOAD:
        return PAGE_READ;
    case MMU_DATA_STORE:
        return PAGE_WRITE;
    default:
        return PAGE_EXEC;
    }
}

/*
 * Translates for a MMU index.  False: @x has the fault, or x->vector is -1
 * for an unimplemented physical address.
 */
static bool translate_idx(CPUIA64State *env, uint64_t va, int size, int access,
                          int mmu_idx, IA64Xlate *x)
{
    if (mmu_idx == IA64_MMU_PHYS) {
        memset(x, 0, sizeof(*x));
        x->vector = -1;
        x->phys = va & ~IA64_PHYS_UC;
        x->ma = va & IA64_PHYS_UC ? IA64_MA_UC : IA64_MA_WB;
        x->prot = PAGE_READ | PAGE_WRITE | PAGE_EXEC;
        return phys_implemented(va);
    }
    return ia64_translate(env, va, size, access,
                          mmu_idx >= IA64_MMU_INSN_PL0
                          ? mmu_idx - IA64_MMU_INSN_PL0
                          : mmu_idx - IA64_MMU_DATA_PL0,
                          env->rse_isr & ISR(RS) ? IA64_XL_RSE : 0, x);
}

static G_NORETURN void raise_idx(CPUIA64State *env, uint64_t va, int access,
                                 const IA64Xlate *x, uint64_t isr,
                                 uintptr_t ra)
{
    if (x->vector < 0) {
        raise_unimplemented(env, va, access, ra);
    }
    ia64_raise_xlate(env, va, x, isr, ra);
}

bool ia64_cpu_tlb_fill_align(CPUState *cs, CPUTLBEntryFull *full, vaddr addr,
                             MMUAccessType access_type, int mmu_idx,
                             MemOp memop, int size, bool probe,
                             uintptr_t retaddr)
{
    CPUIA64State *env = cpu_env(cs);
    int access = access_of(access_type);
    unsigned align = memop_alignment_bits(memop);
    IA64Xlate x;

    if ((env->mem_isr & (ISR(R) | ISR(W))) == (ISR(R) | ISR(W))) {
        access = PAGE_READ | PAGE_WRITE;        /* semaphore */
    }

    if (!translate_idx(env, addr, size, access, mmu_idx, &x)) {
        if (probe) {
            return false;
        }
        raise_idx(env, addr, access, &x, 0, retaddr);
    }
    env->tlb->regions_seen[mmu_idx] |= 1 << (addr >> 61);
    *full = (CPUTLBEntryFull) {
        .phys_addr = x.phys & TARGET_PAGE_MASK,
        .attrs = MEMTXATTRS_UNSPECIFIED,
        .prot = x.prot,
        /*
         * Purges flush what the translation covers, so pages of any size go
         * in as what they are to QEMU; an entry smaller than a page is used
         * once.
         */
        .lg_page_size = x.once ? 0 : TARGET_PAGE_BITS,
        /* The base's one room for a memory attribute of the page */
        .extra.arm.pte_attrs = x.ma,
    };
    /*
     * Misaligned accesses to uncacheable pages fault, as far as the base
     * checks: it does where several processors run in parallel.  The flag also
     * keeps those pages off the fast path, on which gen_tlb_br() relies.
     */
    if (x.ma != IA64_MA_WB && x.ma != IA64_MA_WC) {
        full->tlb_fill_flags = TLB_CHECK_ALIGNED;
    }
    if (unlikely(ia64_code_check_on)) {
        if (access_type == MMU_INST_FETCH) {
            ia64_code_check_fetch(cs, full->phys_addr);
        } else {
            /* A fetch is to come here by itself */
            full->prot &= ~PAGE_EXEC;
        }
    }
    /* Last in the order of faults, SDM 2:105 */
    if (addr & ((1u << align) - 1)) {
        ia64_cpu_do_unaligned_access(cs, addr, access_type, mmu_idx, retaddr);
    }
    watch_table(cs, mmu_idx);
    return true;
}

/* -------------------------------------------------------------------- */
/* For the memory instructions                                          */

unsigned ia64_mem_attr(CPUIA64State *env, uint64_t addr, int size, bool store,
                       int mmu_idx, uintptr_t ra)
{
    CPUTLBEntryFull *full;
    void *host;

    probe_access_full(env, addr, size, store ? MMU_DATA_STORE : MMU_DATA_LOAD,
                      mmu_idx, false, &host, &full, ra);
    return full->extra.arm.pte_attrs;
}

void ia64_check_semaphore(CPUIA64State *env, uint64_t addr, int size,
                          bool fetchadd, int mmu_idx, uintptr_t ra)
{
    unsigned ma;

    env->mem_isr = ISR(R) | ISR(W);
    ma = ia64_mem_attr(env, addr, 1, true, mmu_idx, ra);
    if (addr & (size - 1)) {
        env->exc.set = IA64_EXC_IFA;
        env->exc.ifa = addr;
        ia64_raise(env, IA64_VEC_UNALIGNED, env->mem_isr, ra);
    }
    if (ma != IA64_MA_WB && !(fetchadd && ma == IA64_MA_UCE)) {
        env->exc.set = IA64_EXC_IFA;
        env->exc.ifa = addr;
        ia64_raise(env, IA64_VEC_UNSUPPORTED, env->mem_isr, ra);
    }
    env->mem_isr = 0;
}

bool ia64_code_page_ed(CPUIA64State *env)
{
    IA64Trans *t;

    if (!(env->psr & PSR(IT))) {
        return false;
    }
    t = ia64_trans_find(env, IA64_SIDE_I, env->ip);
    return t && (t->pte & R_PTE_P_MASK) && (t->pte & R_PTE_ED_MASK);
}

/* The DCR bit that allows deferral of a fault, SDM 2:106; 0: none */
static uint64_t dcr_defer_bit(int vector)
{
    switch (vector) {
    case IA64_VEC_VHPT:
    case IA64_VEC_DTLB:
    case IA64_VEC_ALT_DTLB:
        return R_DCR_DM_MASK;
    case IA64_VEC_PAGE_NP:
        return R_DCR_DP_MASK;
    case IA64_VEC_DKEY_MISS:
        return R_DCR_DK_MASK;
    case IA64_VEC_KEY_PERM:
        return R_DCR_DX_MASK;
    case IA64_VEC_DRIGHTS:
        return R_DCR_DR_MASK;
    case IA64_VEC_DACCESS:
        return R_DCR_DA_MASK;
    case IA64_VEC_DEBUG:
        return R_DCR_DD_MASK;
    default:
        return 0;
    }
}

static bool spec_probe_page(CPUIA64State *env, uint64_t addr, int size,
                            int mmu_idx, uintptr_t ra)
{
    CPUTLBEntryFull *full;
    IA64Xlate x;
    void *host;
    uint64_t ed;

    if (!(probe_access_full(env, addr, size, MMU_DATA_LOAD, mmu_idx, true,
                            &host, &full, ra) & TLB_INVALID_MASK)) {
        /* Pages that are not speculative always defer (SDM 2:84). */
        return full->extra.arm.pte_attrs != IA64_MA_WB;
    }
    if (translate_idx(env, addr, size, PAGE_READ, mmu_idx, &x)) {
        return x.ma != IA64_MA_WB;
    }
    if (x.vector < 0 || !(env->psr & PSR(IC)) ||
        (x.vector == IA64_VEC_NAT && x.ma == IA64_MA_NATPAGE)) {
        return true;
    }
    /* The page's ed bit is that of the instruction: restore its address. */
    cpu_restore_state(env_cpu(env), ra);
    ed = ia64_code_page_ed(env) ? ISR(ED) : 0;
    if (ed && (env->cr_dcr & dcr_defer_bit(x.vector))) {
        return true;
    }
    ia64_raise_xlate(env, addr, &x, ISR(SP) | ed, 0);
}

bool ia64_spec_probe(CPUIA64State *env, uint64_t addr, int size, int mmu_idx,
                     bool advanced, uintptr_t ra)
{
    uint64_t last = addr + size - 1;

    if (env->psr & PSR(ED)) {
        return true;
    }
    if (mmu_idx == IA64_MMU_PHYS) {
        return true;
    }
    if (unlikely((addr ^ last) & TARGET_PAGE_MASK)) {
        uint64_t page = last & TARGET_PAGE_MASK;

        return spec_probe_page(env, addr, page - addr, mmu_idx, ra) ||
               spec_probe_page(env, page, last - page + 1, mmu_idx, ra);
    }
    return spec_probe_page(env, addr, size, mmu_idx, ra);
}

void ia64_cpu_do_unaligned_access(CPUState *cs, vaddr addr,
                                  MMUAccessType access_type, int mmu_idx,
                                  uintptr_t retaddr)
{
    CPUIA64State *env = cpu_env(cs);

    env->exc.set = IA64_EXC_IFA;
    env->exc.ifa = addr;
    ia64_raise(env, IA64_VEC_UNALIGNED, access_isr(env) |
               (access_type == MMU_DATA_STORE ? ISR(W) : ISR(R)), retaddr);
}

void ia64_cpu_do_transaction_failed(CPUState *cs, hwaddr physaddr, vaddr addr,
                                    unsigned size, MMUAccessType access_type,
                                    int mmu_idx, MemTxAttrs attrs,
                                    MemTxResult response, uintptr_t retaddr)
{
    /*
     * Nobody answers: chipsets with hard fail off return all ones and drop
     * stores, which is what the board's memory map has to do by itself.
     * An error that a device reports is a machine check, not precise.
     */
    qemu_log_mask(LOG_GUEST_ERROR, "ia64: no answer at 0x%016" HWADDR_PRIx
                  " (%u bytes, va 0x%016" VADDR_PRIx ")\n", physaddr, size,
                  addr);
    if (response & MEMTX_ERROR) {
        BQL_LOCK_GUARD();

        cpu_interrupt(cs, CPU_INTERRUPT_MCA);
    }
}

/* For the debugger: no walk of the VHPT, nothing changes */
hwaddr ia64_cpu_get_phys_page_debug(CPUState *cs, vaddr addr)
{
    CPUIA64State *env = cpu_env(cs);
    IA64Trans *t;
    uint64_t iha;
    IA64Trans walked;

    if (!(env->psr & (PSR(DT) | PSR(IT)))) {
        addr &= ~IA64_PHYS_UC;
        return phys_implemented(addr) ? addr & TARGET_PAGE_MASK : -1;
    }
    t = ia64_trans_find(env, IA64_SIDE_D, addr);
    if (!t) {
        t = ia64_trans_find(env, IA64_SIDE_I, addr);
    }
    if (!t && (env->cr_pta & R_PTA_VE_MASK) &&
        (env->rr[addr >> 61] & R_RR_VE_MASK) &&
        ia64_vhpt_walk(env, addr, &walked, &iha) == IA64_WALK_OK) {
        t = &walked;
    }
    if (!t || !(t->pte & R_PTE_P_MASK)) {
        return -1;
    }
    return (trans_phys(t) |
            (addr & MAKE_64BIT_MASK(0, t->ps))) & TARGET_PAGE_MASK;
}

/* -------------------------------------------------------------------- */
/* Life cycle, monitor                                                  */

void ia64_tlb_init(CPUIA64State *env)
{
    env->tlb = g_new0(IA64TLB, 1);
}

void ia64_tlb_reset(CPUIA64State *env)
{
    memset(env->tlb, 0, sizeof(*env->tlb));
}

void ia64_tlb_post_load(CPUIA64State *env)
{
    IA64TLB *tlb = env->tlb;

    memset(tlb->tc_used, 0, sizeof(tlb->tc_used));
    memset(tlb->tc_sizes, 0, sizeof(tlb->tc_sizes));
    for (unsigned side = 0; side < IA64_NB_SIDES; side++) {
        const IA64Trans *t = tlb->tc[side][0];

        for (int i = 0; i < IA64_TC_SETS * IA64_TC_WAYS; i++, t++) {
            if (t->ps) {
                tc_add(tlb, side, t);
            }
        }
        tr_update_top(tlb, side);
    }
    tlb->regions_pending = 0;
    tlb_flush(env_cpu(env));
}

static void dump_trans(Monitor *mon, const char *what, int n,
                       const IA64Trans *t)
{
    static const char *const ma[8] = {
        "WB", "?1", "?2", "?3", "UC", "UCE", "WC", "NaT",
    };

    monitor_printf(mon, "%s", what);
    if (n >= 0) {
        monitor_printf(mon, "[%2d]", n);
    } else {
        monitor_printf(mon, "    ");
    }
    monitor_printf(mon, " rid %06x va %016" PRIx64 " -> %013" PRIx64
                   " ps %2u %-3s ar %" PRIu64 " pl %" PRIu64
                   " %c%c%c%s key %06x\n",
                   t->rid, t->va, (uint64_t)(t->pte & R_PTE_PPN_MASK), t->ps,
                   ma[FIELD_EX64(t->pte, PTE, MA)],
                   (uint64_t)FIELD_EX64(t->pte, PTE, AR),
                   (uint64_t)FIELD_EX64(t->pte, PTE, PL),
                   t->pte & R_PTE_P_MASK ? 'p' : '-',
                   t->pte & R_PTE_A_MASK ? 'a' : '-',
                   t->pte & R_PTE_D_MASK ? 'd' : '-',
                   t->pte & R_PTE_ED_MASK ? " ed" : "", t->key);
}

void ia64_dump_tlb(CPUIA64State *env, Monitor *mon)
{
    IA64TLB *tlb = env->tlb;
    static const char *const name[2][2] = { { "dtr", "dtc" },
                                            { "itr", "itc" } };

    for (int r = 0; r < 8; r++) {
        monitor_printf(mon, "rr%d rid %06" PRIx64 " ps %2" PRIu64
                       " ve %" PRIu64 "\n", r,
                       (uint64_t)FIELD_EX64(env->rr[r], RR, RID),
                       (uint64_t)FIELD_EX64(env->rr[r], RR, PS),
                       (uint64_t)FIELD_EX64(env->rr[r], RR, VE));
    }
    for (unsigned side = 0; side < IA64_NB_SIDES; side++) {
        const IA64Trans *t = tlb->tc[side][0];

        for (int i = 0; i < IA64_NUM_TR; i++) {
            if (tlb->tr[side][i].ps) {
                dump_trans(mon, name[side][0], i, &tlb->tr[side][i]);
            }
        }
        for (int i = 0; i < IA64_TC_SETS * IA64_TC_WAYS; i++, t++) {
            if (t->ps) {
                dump_trans(mon, name[side][1], -1, t);
            }
        }
    }
}
