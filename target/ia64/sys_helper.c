/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium system instructions: moves to and from system registers,
 * translation inserts and purges, probes
 *
 * Privilege, PSR.ic and NaT checks are done by the translator.
 * Facts: SDM volume 2, chapters 3 and 4, and volume 3.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "cpu.h"
#include "mmu.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "exec/page-protection.h"
#include "hw/core/cpu.h"

static G_NORETURN void reserved_field(CPUIA64State *env, uintptr_t ra)
{
    ia64_raise_ge(env, IA64_GE_RESERVED, ra);
}

/* -------------------------------------------------------------------- */
/* Processor status register                                            */

#define PSR_UM  (PSR(BE) | PSR(UP) | PSR(AC) | PSR(MFL) | PSR(MFH))
#define PSR_L   (PSR_UM | PSR(IC) | PSR(I) | PSR(PK) | PSR(DT) | PSR(DFL) | \
                 PSR(DFH) | PSR(SP) | PSR(PP) | PSR(DI) | PSR(SI) | \
                 PSR(DB) | PSR(LP) | PSR(TB) | PSR(RT))

/* ssm, rsm, sum, rum with a valid mask; the privileged ones may change up */
void HELPER(change_psr)(CPUIA64State *env, uint64_t clear, uint64_t set)
{
    ia64_set_psr(env, (env->psr & ~clear) | set);
}

void HELPER(set_psr_l)(CPUIA64State *env, uint64_t val)
{
    val = (uint32_t)val;
    if (val & ~PSR_L) {
        reserved_field(env, GETPC());
    }
    ia64_set_psr(env, (env->psr & ~(uint64_t)UINT32_MAX) | val);
}

void HELPER(set_psr_um)(CPUIA64State *env, uint64_t val)
{
    uint64_t mask = PSR_UM;

    if (val & ~(uint64_t)PSR_UM) {
        reserved_field(env, GETPC());
    }
    if (env->psr & PSR(SP)) {
        mask &= ~PSR(UP);
    }
    ia64_set_psr(env, (env->psr & ~mask) | (val & mask));
}

void HELPER(bsw)(CPUIA64State *env, uint32_t bank)
{
    ia64_set_psr(env, FIELD_DP64(env->psr, PSR, BN, bank));
}

/* Enter privileged code, SDM 3:62 */
void HELPER(epc)(CPUIA64State *env)
{
    unsigned cpl = ia64_cpl(env), level = cpl;
    IA64Xlate x;

    if (FIELD_EX64(env->pfs, PFS, PPL) < cpl) {
        ia64_raise_ge(env, IA64_GE_ILLEGAL_OP, GETPC());
    }
    if (!(env->psr & PSR(IT))) {
        level = 0;
    } else {
        uint64_t ip;

        cpu_restore_state(env_cpu(env), GETPC());
        ip = env->ip;
        if (!ia64_translate(env, ip, 16, PAGE_EXEC, cpl, 0, &x)) {
            ia64_raise_xlate(env, ip, &x, 0, 0);
        }
        if (FIELD_EX64(x.pte, PTE, AR) == 7) {
            level = MIN(cpl, FIELD_EX64(x.pte, PTE, PL));
        }
    }
    if (level != cpl) {
        ia64_set_psr(env, FIELD_DP64(env->psr, PSR, CPL, level));
    }
}

/* -------------------------------------------------------------------- */
/* Application and control registers                                    */

void HELPER(set_fpsr)(CPUIA64State *env, uint64_t val)
{
    /* sf0.td and the bits above sf3 are reserved, and pc = 1 (SDM 1:87). */
    bool bad = val & (MAKE_64BIT_MASK(58, 6) | (1ull << 12));

    for (int sf = 0; sf < 4; sf++) {
        bad |= extract64(val, 6 + sf * 13 + 2, 2) == 1;
    }
    if (bad) {
        reserved_field(env, GETPC());
    }
    env->fpsr = val;
    ia64_rebuild_hflags(env);
}

void HELPER(set_pta)(CPUIA64State *env, uint64_t val)
{
    unsigned size = FIELD_EX64(val, PTA, SIZE);

    if ((val & ((1ull << 1) | MAKE_64BIT_MASK(9, 6))) || size < 15 ||
        size > 61) {
        reserved_field(env, GETPC());
    }
    env->cr_pta = val;
}

void HELPER(set_ifs)(CPUIA64State *env, uint64_t val)
{
    unsigned sof = FIELD_EX64(val, CFM, SOF);
    unsigned sor = FIELD_EX64(val, CFM, SOR) * 8;
    unsigned rrb_gr = FIELD_EX64(val, CFM, RRB_GR);

    if ((val & ~(R_IFS_IFM_MASK | R_IFS_V_MASK)) ||
        sof > IA64_NUM_STACKED || FIELD_EX64(val, CFM, SOL) > sof ||
        sor > sof || (rrb_gr && rrb_gr >= sor) ||
        FIELD_EX64(val, CFM, RRB_FR) >= 96 ||
        FIELD_EX64(val, CFM, RRB_PR) >= 48) {
        reserved_field(env, GETPC());
    }
    env->cr_ifs = val;
}

void HELPER(serialize)(CPUIA64State *env)
{
    ia64_mmu_sync(env);
}

/* -------------------------------------------------------------------- */
/* Indirect register files: selected by bits 63:61 (rr) or 7:0          */

uint64_t HELPER(get_rr)(CPUIA64State *env, uint64_t idx)
{
    return env->rr[idx >> 61];
}

void HELPER(set_rr)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    unsigned r = idx >> 61;

    if ((val & ~(uint64_t)(R_RR_VE_MASK | R_RR_PS_MASK | R_RR_RID_MASK)) ||
        !(IA64_PAGE_SIZES & (1ull << FIELD_EX64(val, RR, PS)))) {
        reserved_field(env, GETPC());
    }
    if ((env->rr[r] ^ val) & R_RR_RID_MASK) {
        ia64_mmu_region_changed(env, r);
    }
    env->rr[r] = val;
}

uint64_t HELPER(get_pkr)(CPUIA64State *env, uint64_t idx)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_PKR) {
        reserved_field(env, GETPC());
    }
    return env->pkr[idx];
}

void HELPER(set_pkr)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_PKR ||
        (val & ~(uint64_t)(R_PKR_V_MASK | R_PKR_WD_MASK | R_PKR_RD_MASK |
                           R_PKR_XD_MASK | R_PKR_KEY_MASK))) {
        reserved_field(env, GETPC());
    }
    if (env->pkr[idx] == val) {
        return;
    }
    if (val & R_PKR_V_MASK) {
        /* A key has one valid register (SDM 2:60). */
        for (int i = 0; i < IA64_NUM_PKR; i++) {
            if (FIELD_EX64(env->pkr[i], PKR, KEY) ==
                FIELD_EX64(val, PKR, KEY)) {
                env->pkr[i] &= ~(uint64_t)R_PKR_V_MASK;
            }
        }
    }
    env->pkr[idx] = val;
    if (env->psr & PSR(PK)) {
        ia64_mmu_flush(env, IA64_MMU_DATA_MASK | IA64_MMU_INSN_MASK);
    }
}

static void breakpoints_changed(CPUIA64State *env)
{
    if (env->psr & PSR(DB)) {
        ia64_mmu_flush(env, IA64_MMU_DATA_MASK | IA64_MMU_INSN_MASK);
    }
    ia64_rebuild_hflags(env);
}

uint64_t HELPER(get_dbr)(CPUIA64State *env, uint64_t idx)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_DBR) {
        reserved_field(env, GETPC());
    }
    return env->dbr[idx];
}

void HELPER(set_dbr)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_DBR) {
        reserved_field(env, GETPC());
    }
    /* Odd ones: bits 61:60 are ignored (SDM 2:152). */
    env->dbr[idx] = idx & 1 ? val & ~(3ull << 60) : val;
    breakpoints_changed(env);
}

uint64_t HELPER(get_ibr)(CPUIA64State *env, uint64_t idx)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_IBR) {
        reserved_field(env, GETPC());
    }
    return env->ibr[idx];
}

void HELPER(set_ibr)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_IBR) {
        reserved_field(env, GETPC());
    }
    env->ibr[idx] = idx & 1 ? val & ~(7ull << 60) : val;
    breakpoints_changed(env);
}

/*
 * Performance monitoring: the registers are there, nothing is counted.
 * Those that do not exist read as zero (SDM 2:155).
 */
uint64_t HELPER(get_pmc)(CPUIA64State *env, uint64_t idx)
{
    idx &= 0xff;
    return idx < IA64_NUM_PMC ? env->pmc[idx] : 0;
}

void HELPER(set_pmc)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    idx &= 0xff;
    if (idx < IA64_NUM_PMC) {
        env->pmc[idx] = val;
    }
}

uint64_t HELPER(get_pmd)(CPUIA64State *env, uint64_t idx)
{
    idx &= 0xff;
    if (idx >= IA64_NUM_PMD) {
        return 0;
    }
    /* Secured monitors (PSR.sp) or privileged ones (pmc.pm) read as zero. */
    if (ia64_cpl(env) != 0 &&
        ((env->psr & PSR(SP)) ||
         (idx < IA64_NUM_PMC && extract64(env->pmc[idx], 6, 1)))) {
        return 0;
    }
    return env->pmd[idx];
}

void HELPER(set_pmd)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    idx &= 0xff;
    if (idx < IA64_NUM_PMD) {
        /* Counters of 47 bits and an overflow bit, sign-extended */
        env->pmd[idx] = idx >= 4 && idx <= 7 ? sextract64(val, 0, 48) : val;
    }
}

/* hw/ia64/pal-msr.h */
static uint64_t read_tr(CPUIA64State *env, unsigned idx)
{
    unsigned side = idx & IA64_MSR_DTR ? IA64_SIDE_D : IA64_SIDE_I;
    unsigned n = (idx >> IA64_MSR_TR_SHIFT) % IA64_NUM_TR;
    const IA64Trans *t = &env->tlb->tr[side][n];
    uint64_t v;

    if (!t->ps) {
        return 0;
    }
    switch (idx & 3) {
    case 0:
        return t->pte;
    case 1:
        v = FIELD_DP64(0, ITIR, PS, t->ps);
        return FIELD_DP64(v, ITIR, KEY, t->key);
    case 2:
        return t->va | 1;
    default:
        v = FIELD_DP64(0, RR, PS, t->ps);
        return FIELD_DP64(v, RR, RID, t->rid);
    }
}

uint64_t HELPER(get_msr)(CPUIA64State *env, uint64_t idx)
{
    if (idx >= IA64_MSR_TR && idx < IA64_MSR_TR + 2 * IA64_MSR_DTR) {
        return read_tr(env, idx - IA64_MSR_TR);
    }
    if (idx >= IA64_NUM_MSR) {
        reserved_field(env, GETPC());
    }
    return env->msr[idx];
}

void HELPER(set_msr)(CPUIA64State *env, uint64_t idx, uint64_t val)
{
    if (idx >= IA64_NUM_MSR) {
        reserved_field(env, GETPC());
    }
    if (idx == IA64_MSR_ENTRY) {
        val &= ~0xffull;
    }
    env->msr[idx] = val;
}

/* SDM 1:34 */
uint64_t HELPER(get_cpuid)(CPUIA64State *env, uint64_t idx)
{
    const IA64CPUModel *m = ia64_model(env);
    static const uint8_t vendor[16] = "GenuineIntel";

    switch (idx & 0xff) {
    case 0:
    case 1:
        return ldq_le_p(vendor + (idx & 1) * 8);
    case 2:
        return 0;
    case 3:
        return 4 | m->revision << 8 | m->model << 16 |
               (uint64_t)m->family << 24;
    case 4:
        return m->features;
    default:
        reserved_field(env, GETPC());
    }
}

/* -------------------------------------------------------------------- */
/* Translation inserts and purges                                       */

static void make_insert(CPUIA64State *env, IA64Trans *t, uint64_t pte,
                        uintptr_t ra)
{
    if (!ia64_trans_make(t, pte, env->cr_itir, ia64_rr_rid(env, env->cr_ifa),
                         env->cr_ifa)) {
        reserved_field(env, ra);
    }
}

void HELPER(itc)(CPUIA64State *env, uint64_t pte, uint32_t side)
{
    IA64Trans t;

    make_insert(env, &t, pte, GETPC());
    ia64_tc_insert(env, side, &t);
}

void HELPER(itr)(CPUIA64State *env, uint64_t slot, uint64_t pte,
                 uint32_t side)
{
    IA64Trans t;

    slot &= 0xff;
    if (slot >= IA64_NUM_TR) {
        reserved_field(env, GETPC());
    }
    make_insert(env, &t, pte, GETPC());
    ia64_tr_insert(env, side, slot, &t);
}

/* Purge size in bits 7:2 of r2; no page is smaller than 4 KiB */
static unsigned purge_ps(uint64_t r2)
{
    return MAX(extract64(r2, 2, 6), 12);
}

static void purge_both(CPUIA64State *env, uint32_t rid, uint64_t va,
                       unsigned ps)
{
    ia64_tc_purge(env, IA64_SIDE_D, rid, va, ps, false);
    ia64_tc_purge(env, IA64_SIDE_I, rid, va, ps, false);
}

void HELPER(ptc_l)(CPUIA64State *env, uint64_t va, uint64_t r2)
{
    purge_both(env, ia64_rr_rid(env, va), va, purge_ps(r2));
}

typedef struct PurgeWork {
    uint64_t va;
    uint32_t rid;
    unsigned ps;
} PurgeWork;

static void purge_work(CPUState *cs, run_on_cpu_data data)
{
    PurgeWork *w = data.host_ptr;

    purge_both(cpu_env(cs), w->rid, w->va, w->ps);
    g_free(w);
}

/*
 * Broadcast purge: the others do theirs before they execute anything else,
 * this processor goes on when all have stopped for it.  No ALAT entry is
 * ever kept, so ptc.g and ptc.ga are the same.
 */
void HELPER(ptc_g)(CPUIA64State *env, uint64_t va, uint64_t r2)
{
    CPUState *self = env_cpu(env), *cs;
    PurgeWork w = {
        .va = va,
        .rid = ia64_rr_rid(env, va),
        .ps = purge_ps(r2),
    };
    bool others = false;

    CPU_FOREACH(cs) {
        if (cs != self) {
            async_run_on_cpu(cs, purge_work,
                             RUN_ON_CPU_HOST_PTR(g_memdup2(&w, sizeof(w))));
            others = true;
        }
    }
    if (others) {
        async_safe_run_on_cpu(self, purge_work,
                              RUN_ON_CPU_HOST_PTR(g_memdup2(&w, sizeof(w))));
    } else {
        purge_both(env, w.rid, w.va, w.ps);
    }
}

void HELPER(ptc_e)(CPUIA64State *env)
{
    ia64_tc_purge_all(env);
}

void HELPER(ptr)(CPUIA64State *env, uint64_t va, uint64_t r2, uint32_t side)
{
    ia64_tc_purge(env, side, ia64_rr_rid(env, va), va, purge_ps(r2), true);
}

/* -------------------------------------------------------------------- */
/* Translation access                                                   */

uint64_t HELPER(thash)(CPUIA64State *env, uint64_t va)
{
    return ia64_thash(env, va);
}

uint64_t HELPER(ttag)(CPUIA64State *env, uint64_t va)
{
    return ia64_ttag(env, va);
}

uint64_t HELPER(tpa)(CPUIA64State *env, uint64_t va)
{
    IA64Xlate x;

    if (!ia64_translate(env, va, 1, 0, 0, IA64_XL_NO_RIGHTS, &x)) {
        ia64_raise_xlate(env, va, &x, ISR(NA) | IA64_NA_TPA, GETPC());
    }
    return x.phys;
}

/* Access key, or 1 when there is no present translation (SDM 3:254) */
uint64_t HELPER(tak)(CPUIA64State *env, uint64_t va)
{
    IA64Xlate x;

    if (!ia64_translate(env, va, 1, 0, 0, IA64_XL_NO_RIGHTS, &x) &&
        x.vector != IA64_VEC_NAT) {
        return 1;
    }
    return (uint64_t)x.key << 8;
}

/*
 * probe: are the rights for @access at @pl (or less privilege) there?
 * Missing translations, key misses, pages not present and NaT pages fault,
 * all else is the answer (SDM 3:222).
 */
uint64_t HELPER(probe)(CPUIA64State *env, uint64_t va, uint64_t pl,
                       uint32_t access)
{
    unsigned level = MAX(pl & 3, ia64_cpl(env));
    IA64Xlate x;

    if (ia64_translate(env, va, 1, access, level, IA64_XL_NO_BITS, &x)) {
        return 1;
    }
    switch (x.vector) {
    case IA64_VEC_DRIGHTS:
    case IA64_VEC_KEY_PERM:
    case IA64_VEC_DEBUG:
        return x.vector == IA64_VEC_DEBUG;
    default:
        ia64_raise_xlate(env, va, &x, ISR(NA) | IA64_NA_PROBE, GETPC());
    }
}

void HELPER(probe_fault)(CPUIA64State *env, uint64_t va, uint32_t pl,
                         uint32_t access)
{
    unsigned level = MAX(pl, ia64_cpl(env));
    IA64Xlate x;

    if (!ia64_translate(env, va, 1, access, level, 0, &x)) {
        ia64_raise_xlate(env, va, &x, ISR(NA) | IA64_NA_PROBE_FAULT, GETPC());
    }
}

/*
 * fc, fc.i: caches are coherent here, what remains is the fault of a
 * reference that needs no key, dirty or access bit.
 */
void HELPER(fc)(CPUIA64State *env, uint64_t va)
{
    IA64Xlate x;

    if (!(env->psr & PSR(DT))) {
        if (va & IA64_PHYS_UNIMPL) {
            ia64_raise_ge(env, IA64_GE_UNIMPL_DATA, GETPC());
        }
        return;
    }
    if (!ia64_translate(env, va, 1, PAGE_READ, ia64_cpl(env),
                        IA64_XL_NO_BITS | IA64_XL_NO_KEYS, &x)) {
        ia64_raise_xlate(env, va, &x, ISR(NA) | IA64_NA_FC, GETPC());
    }
}
