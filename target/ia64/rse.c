/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium register stack engine and register rotation
 *
 * The stacked registers live in env->cells, a linear array: env->stk points
 * to the cell of r32, cells from env->stk_lo up to env->stk are dirty.  Each
 * cell has an absolute register number that increases with the address in
 * the backing store, which holds 63 registers in 64 words; the word whose
 * address has bits 8:3 all ones collects their NaT bits (SDM 2:133).
 *
 * There are no clean registers: what was stored is loaded again when its
 * frame returns.  Loads and stores are mandatory ones only, which every
 * RSC.mode allows (SDM 2:135).
 *
 * Software sees 96 physical registers: dirty ones plus the current frame
 * never exceed that number.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "cpu.h"
#include "exec/helper-proto.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"

#define RNAT_SLOT       63
#define CELL_HOME       256     /* where the lowest cell goes on a move */

static unsigned slot_of(uint64_t addr)
{
    return (addr >> 3) & 63;
}

/* A collection word counts as the register after it. */
static uint64_t num_of_addr(uint64_t addr)
{
    return (addr >> 9) * 63 + slot_of(addr);
}

static uint64_t addr_of_num(uint64_t num)
{
    return (num / 63) * 512 + (num % 63) * 8;
}

static inline unsigned mod(int64_t v, unsigned m)
{
    int64_t r;

    if ((uint64_t)v < m) {
        return v;
    }
    if (m == 0) {
        return 0;
    }
    r = v % (int64_t)m;
    return r < 0 ? r + m : r;
}

static unsigned rrb_gr(CPUIA64State *env)
{
    return mod(env->rrbase_gr - env->rot_cnt,
               FIELD_EX64(env->cfm, CFM, SOR) * 8);
}

static void set_limit(CPUIA64State *env)
{
    env->stk_limit = MIN(env->stk_lo + IA64_NUM_STACKED,
                         env->cells + IA64_CELLS);
}

/* BSPSTORE names the register in the cell at stk_lo. */
static void set_numbers(CPUIA64State *env)
{
    env->cell_num0 = num_of_addr(env->bspstore) - (env->stk_lo - env->cells);
}

uint64_t ia64_bsp(CPUIA64State *env)
{
    return addr_of_num(env->cell_num0 + (env->stk - env->cells));
}

/* The address after the current frame's last register */
uint64_t ia64_bsp_end(CPUIA64State *env)
{
    return addr_of_num(env->cell_num0 + (env->stk - env->cells) +
                       FIELD_EX64(env->cfm, CFM, SOF));
}

/*
 * The cell of the register that belongs at @addr of the backing store and its
 * NaT bit; NULL if it is not resident
 */
static uint64_t *find_cell(CPUIA64State *env, uint64_t addr, uint8_t **nat)
{
    int64_t end = env->stk - env->cells + FIELD_EX64(env->cfm, CFM, SOF);
    int64_t index = num_of_addr(addr) - env->cell_num0;
    uint64_t *cell;

    /* A debugger asks for any address. */
    if (slot_of(addr) == RNAT_SLOT ||
        index < env->stk_lo - env->cells || index >= end) {
        return NULL;
    }
    cell = env->cells + index;
    if (env->gr_window && cell >= env->stk) {
        unsigned n = FIELD_EX64(env->cfm, CFM, SOR) * 8;
        size_t phys = cell - env->stk;

        if (phys < n) {
            cell = &env->rotp[(phys + n - rrb_gr(env)) % n];
            *nat = &env->rotbuf_nat[cell - env->rotbuf];
            return cell;
        }
    }
    *nat = &env->cell_nat[index];
    return cell;
}

uint64_t *ia64_rse_cell(CPUIA64State *env, uint64_t addr)
{
    uint8_t *nat;

    return find_cell(env, addr, &nat);
}

bool ia64_rse_get_collection(CPUIA64State *env, uint64_t addr, uint64_t *val)
{
    uint64_t base = addr & ~511ull, a;
    uint8_t *nat;

    if (base + 504 < env->bspstore || base >= ia64_bsp_end(env)) {
        return false;
    }
    *val = base == (env->bspstore & ~511ull)
        ? env->rnat & MAKE_64BIT_MASK(0, slot_of(env->bspstore)) : 0;
    for (unsigned i = 0; i < RNAT_SLOT; i++) {
        a = base + i * 8;
        if (find_cell(env, a, &nat)) {
            *val = deposit64(*val, i, 1, *nat);
        }
    }
    return true;
}

void ia64_rse_set_collection(CPUIA64State *env, uint64_t addr, uint64_t val)
{
    uint64_t base = addr & ~511ull;
    uint8_t *nat;

    if (base == (env->bspstore & ~511ull)) {
        env->rnat = val & ~(1ull << RNAT_SLOT);
    }
    for (unsigned i = 0; i < RNAT_SLOT; i++) {
        if (find_cell(env, base + i * 8, &nat)) {
            *nat = extract64(val, i, 1);
            env->hflags |= *nat ? TBF(NAT) : 0;
        }
    }
}

void ia64_rse_reset(CPUIA64State *env)
{
    env->stk = env->stk_lo = env->cells + CELL_HOME;
    set_limit(env);
    env->bspstore = 0;
    set_numbers(env);
    env->frp = env->frbuf + IA64_ROT_ROOM;
    env->rotp = env->rotbuf + IA64_ROT_ROOM;
}

/*
 * For a saved state: makes room for @dirty registers below the frame (those
 * missing from it when negative); BSPSTORE is set.
 */
void ia64_rse_place(CPUIA64State *env, int dirty)
{
    ia64_rse_set_bspstore(env, env->bspstore);
    env->stk_lo = env->cells + CELL_HOME + MAX(-dirty, 0);
    env->stk = env->stk_lo + dirty;
    set_limit(env);
    set_numbers(env);
}

/* Moves all live cells so that the lowest lands at @home. */
static void move_cells(CPUIA64State *env, unsigned home)
{
    uint64_t *low = MIN(env->stk_lo, env->stk);
    ptrdiff_t from = low - env->cells;
    ptrdiff_t delta = home - from;
    /* The current frame may have up to 96 registers above stk. */
    size_t n = MAX(env->stk_lo, env->stk) - low + IA64_NUM_STACKED;

    n = MIN(n, IA64_CELLS + IA64_CELL_SLACK - MAX(from, home));
    memmove(env->cells + home, env->cells + from, n * 8);
    memmove(env->cell_nat + home, env->cell_nat + from, n);
    env->stk += delta;
    env->stk_lo += delta;
    env->cell_num0 -= delta;
    set_limit(env);
}

static MemOpIdx rse_memop(CPUIA64State *env)
{
    unsigned idx = IA64_MMU_PHYS;
    MemOp be = env->rsc & R_RSC_BE_MASK ? MO_BE : MO_LE;

    if (env->psr & PSR(RT)) {
        idx = IA64_MMU_DATA_PL0 + FIELD_EX64(env->rsc, RSC, PL);
    }
    return make_memop_idx(MO_UQ | MO_ALIGN | be, idx);
}

/*
 * Faults of the accesses below are raised with env->rse_isr added to ISR.
 * @ra is 0 where the fault belongs to the target of a branch.
 */
static void rse_store(CPUIA64State *env, uint64_t addr, uint64_t val,
                      uintptr_t ra)
{
    env->rse_isr = ISR(RS);
    cpu_stq_mmu(env, addr, val, rse_memop(env), ra);
    env->rse_isr = 0;
}

static uint64_t rse_load(CPUIA64State *env, uint64_t addr, bool ir,
                         uintptr_t ra)
{
    uint64_t val;

    env->rse_isr = ISR(RS) | (ir ? ISR(IR) : 0);
    val = cpu_ldq_mmu(env, addr, rse_memop(env), ra);
    env->rse_isr = 0;
    return val;
}

/* Stores one word; each success advances BSPSTORE, so a fault can restart. */
static void store_word(CPUIA64State *env, uintptr_t ra)
{
    unsigned slot = slot_of(env->bspstore);

    if (slot == RNAT_SLOT) {
        rse_store(env, env->bspstore, env->rnat & ~(1ull << 63), ra);
        env->rnat = 0;
    } else {
        uint8_t *nat = &env->cell_nat[env->stk_lo - env->cells];

        rse_store(env, env->bspstore, *env->stk_lo, ra);
        env->rnat = deposit64(env->rnat, slot, 1, *nat);
        *nat = 0;
        env->stk_lo++;
    }
    env->bspstore += 8;
}

/*
 * The memory of words from @addr on, NULL where the single words have to be
 * accessed: what is not plain memory, or not in QEMU's TLB.
 */
static void *rse_host(CPUIA64State *env, uint64_t addr, MMUAccessType type)
{
    if (env->psr & PSR(DB)) {
        return NULL;
    }
    return tlb_vaddr_to_host(env, addr, type, get_mmuidx(rse_memop(env)));
}

/*
 * Stores at least one word, @n registers if no collection word or page is in
 * between (between collection words, all are in one page).
 */
static void store_words(CPUIA64State *env, unsigned n, uintptr_t ra)
{
    unsigned slot = slot_of(env->bspstore);
    bool be = env->rsc & R_RSC_BE_MASK;
    uint8_t *host;

    n = MIN(n, RNAT_SLOT - slot);
    host = n > 1 && !(env->hflags & TBF(NAT)) ?
           rse_host(env, env->bspstore, MMU_DATA_STORE) : NULL;
    if (!host) {
        store_word(env, ra);
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        stq_le_p(host + i * 8, be ? bswap64(env->stk_lo[i]) : env->stk_lo[i]);
    }
    env->rnat = deposit64(env->rnat, slot, n, 0);
    env->stk_lo += n;
    env->bspstore += n * 8;
}

/* Loads the word below BSPSTORE. */
static void load_word(CPUIA64State *env, bool ir, uintptr_t ra)
{
    uint64_t addr = env->bspstore - 8;
    unsigned slot = slot_of(addr);
    uint64_t val;

    val = rse_load(env, addr, ir, ra);
    if (slot == RNAT_SLOT) {
        env->rnat = val & ~(1ull << 63);
    } else {
        bool nat = extract64(env->rnat, slot, 1);

        env->stk_lo--;
        set_limit(env);
        *env->stk_lo = val;
        env->cell_nat[env->stk_lo - env->cells] = nat;
        if (nat) {
            env->hflags |= TBF(NAT);
        }
    }
    env->bspstore = addr;
}

/* Loads at least one word below BSPSTORE, @n registers as store_words() */
static void load_words(CPUIA64State *env, unsigned n, bool ir, uintptr_t ra)
{
    unsigned slot = slot_of(env->bspstore);
    bool be = env->rsc & R_RSC_BE_MASK;
    uint8_t *host;

    n = MIN(n, slot);
    host = n > 1 && !extract64(env->rnat, slot - n, n) ?
           rse_host(env, env->bspstore - n * 8, MMU_DATA_LOAD) : NULL;
    if (!host) {
        load_word(env, ir, ra);
        return;
    }
    env->bspstore -= n * 8;
    env->stk_lo -= n;
    for (unsigned i = 0; i < n; i++) {
        uint64_t val = ldq_le_p(host + i * 8);

        env->stk_lo[i] = be ? bswap64(val) : val;
    }
    memset(&env->cell_nat[env->stk_lo - env->cells], 0, n);
    set_limit(env);
}

/* Makes room for a frame of @sof registers above stk (alloc). */
void HELPER(rse_make_room)(CPUIA64State *env, uint32_t sof)
{
    uintptr_t ra = GETPC();

    while (env->stk + sof > env->stk_lo + IA64_NUM_STACKED) {
        if (env->stk_lo >= env->stk) {
            break;              /* an incomplete frame has nothing to store */
        }
        store_words(env, MIN(env->stk + sof - env->stk_lo - IA64_NUM_STACKED,
                             env->stk - env->stk_lo), ra);
    }
    set_limit(env);
    if (env->stk + sof > env->stk_limit) {
        move_cells(env, CELL_HOME);
    }
}

static void flushrs(CPUIA64State *env, uintptr_t ra)
{
    while (env->stk_lo < env->stk || env->bspstore < ia64_bsp(env)) {
        if (env->stk_lo >= env->stk &&
            slot_of(env->bspstore) != RNAT_SLOT) {
            break;
        }
        store_words(env, MAX(env->stk - env->stk_lo, 0), ra);
    }
    set_limit(env);
}

void HELPER(flushrs)(CPUIA64State *env)
{
    flushrs(env, GETPC());
}

void HELPER(loadrs)(CPUIA64State *env)
{
    uintptr_t ra = GETPC();
    uint64_t loadrs = FIELD_EX64(env->rsc, RSC, LOADRS) & ~7ull;
    uint64_t bsp = ia64_bsp(env);
    uint64_t low = bsp - loadrs;

    if (FIELD_EX64(env->rsc, RSC, MODE) != 0 ||
        (loadrs && FIELD_EX64(env->cfm, CFM, SOF) != 0) ||
        num_of_addr(bsp) - num_of_addr(low) > IA64_NUM_STACKED) {
        ia64_raise_ge(env, IA64_GE_ILLEGAL_OP, ra);
    }
    if (low >= env->bspstore) {
        /* Registers below are dropped, not stored (SDM 2:141). */
        uint64_t drop = num_of_addr(low) - num_of_addr(env->bspstore);

        memset(&env->cell_nat[env->stk_lo - env->cells], 0,
               MIN(drop, IA64_NUM_STACKED));
        env->stk_lo += MIN(drop, env->stk - env->stk_lo);
        env->bspstore = low;
    } else {
        uint64_t n = num_of_addr(env->bspstore) - num_of_addr(low);

        if (env->stk_lo - env->cells < n) {
            move_cells(env, CELL_HOME + IA64_NUM_STACKED);
        }
        while (env->bspstore > low) {
            load_words(env, num_of_addr(env->bspstore) - num_of_addr(low),
                       false, ra);
        }
    }
    set_numbers(env);
    set_limit(env);
}

/* -------------------------------------------------------------------- */
/* Rotation                                                             */

static unsigned rrb_fr(CPUIA64State *env)
{
    return mod(env->rrbase_fr - env->rot_cnt, 96);
}

static unsigned rrb_pr(CPUIA64State *env)
{
    return mod(env->rrbase_pr - env->rot_cnt, 48);
}

uint64_t ia64_get_cfm(CPUIA64State *env)
{
    uint64_t cfm = env->cfm;

    cfm = FIELD_DP64(cfm, CFM, RRB_GR, rrb_gr(env));
    cfm = FIELD_DP64(cfm, CFM, RRB_FR, rrb_fr(env));
    return FIELD_DP64(cfm, CFM, RRB_PR, rrb_pr(env));
}

/* p16..p63 move up by @n of 48 places */
static uint64_t rotate_pr(uint64_t prs, unsigned n)
{
    uint64_t v = prs >> 16;

    return n ? deposit64(prs, 16, 48, v << n | v >> (48 - n)) : prs;
}

/* Logical predicate i is physical (i + rrb) mod 48. */
static uint64_t physical_prs(CPUIA64State *env)
{
    return rotate_pr(env->prs, rrb_pr(env));
}

uint64_t ia64_get_pr(CPUIA64State *env)
{
    uint64_t val = physical_prs(env) | 1;

    for (int i = 0; i < IA64_NUM_PR; i++) {
        val |= env->pr[i] << (IA64_FIRST_PR + i);
    }
    return val;
}

void ia64_set_pr(CPUIA64State *env, uint64_t val, uint64_t mask)
{
    uint64_t p;

    for (int i = 0; i < IA64_NUM_PR; i++) {
        int n = IA64_FIRST_PR + i;

        if (mask & (1ull << n)) {
            env->pr[i] = extract64(val, n, 1);
        }
    }
    mask &= IA64_PRS_MASK;
    p = (physical_prs(env) & ~mask) | (val & mask);
    env->prs = rotate_pr(p, mod(-(int64_t)rrb_pr(env), 48));
}

/*
 * Gives the rotating registers of a frame that has been rotated their window,
 * or takes it away: while it is there they live in the window only.
 */
void ia64_rot_enter(CPUIA64State *env)
{
    unsigned n = FIELD_EX64(env->cfm, CFM, SOR) * 8, rrb, wrap;
    uint8_t *nat = &env->cell_nat[env->stk - env->cells];
    uint8_t *wnat = &env->rotbuf_nat[IA64_ROT_ROOM];

    if (n == 0 || !(env->hflags & TBF(RRB))) {
        return;
    }
    rrb = rrb_gr(env);
    wrap = n - rrb;
    env->gr_window = true;
    env->rotp = env->rotbuf + IA64_ROT_ROOM;
    memcpy(env->rotp, env->stk + rrb, wrap * 8);
    memcpy(env->rotp + wrap, env->stk, rrb * 8);
    memcpy(wnat, nat + rrb, wrap);
    memcpy(wnat + wrap, nat, rrb);
}

void ia64_unrotate(CPUIA64State *env)
{
    unsigned n = FIELD_EX64(env->cfm, CFM, SOR) * 8, rrb, wrap;
    uint8_t *nat = &env->cell_nat[env->stk - env->cells];
    uint8_t *wnat = &env->rotbuf_nat[env->rotp - env->rotbuf];

    if (!env->gr_window) {
        return;
    }
    rrb = rrb_gr(env);
    wrap = n - rrb;
    memcpy(env->stk + rrb, env->rotp, wrap * 8);
    memcpy(env->stk, env->rotp + wrap, rrb * 8);
    memcpy(nat + rrb, wnat, wrap);
    memcpy(nat, wnat + wrap, rrb);
    env->gr_window = false;
}

/* Before the first rotation in a frame; TBF.RRB is set afterwards */
void HELPER(rot_begin)(CPUIA64State *env)
{
    env->hflags |= TBF(RRB);
    ia64_rot_enter(env);
}

void HELPER(rot_refill)(CPUIA64State *env)
{
    unsigned n = FIELD_EX64(env->cfm, CFM, SOR) * 8;
    uint64_t *to = env->rotbuf + IA64_ROT_ROOM;

    memmove(env->rotbuf_nat + IA64_ROT_ROOM,
            env->rotbuf_nat + (env->rotp - env->rotbuf), n);
    memmove(to, env->rotp, n * 8);
    env->rotp = to;
}

/* Rotates f32-f127 to where CFM.rrb.fr says. */
void ia64_sync_frp(CPUIA64State *env)
{
    unsigned d = mod(env->rot_cnt - env->frp_cnt, 96);
    size_t room = env->frp - env->frbuf;

    env->frp_cnt = env->rot_cnt;
    if (d == 0) {
        return;
    }
    if (d <= IA64_ROT_ROOM) {
        if (d > room) {
            IA64FR *to = env->frbuf + IA64_ROT_ROOM;

            memmove(to, env->frp, 96 * sizeof(IA64FR));
            env->frp = to;
        }
        env->frp -= d;
        memmove(env->frp, env->frp + 96, d * sizeof(IA64FR));
    } else {
        IA64FR tmp[96];

        for (unsigned i = 0; i < 96; i++) {
            tmp[i + d >= 96 ? i + d - 96 : i + d] = env->frp[i];
        }
        memcpy(env->frp, tmp, sizeof(tmp));
    }
}

void HELPER(sync_frp)(CPUIA64State *env)
{
    ia64_sync_frp(env);
}

static void set_rot_flags(CPUIA64State *env)
{
    uint32_t f = env->hflags & ~(TBF(RRB) | TBF(SOR));

    f = FIELD_DP32(f, TBF, SOR, FIELD_EX64(env->cfm, CFM, SOR));
    if (rrb_gr(env) | rrb_fr(env) | rrb_pr(env)) {
        f |= TBF(RRB);
    }
    env->hflags = f;
}

/*
 * CFM := @cfm for registers in physical order (after ia64_unrotate()).  The
 * caller builds the window of rotating registers once they are all there.
 */
static void set_frame(CPUIA64State *env, uint64_t cfm)
{
    uint64_t phys = physical_prs(env);
    int64_t fr_now = env->rrbase_fr - env->frp_cnt;

    env->cfm = cfm & (R_CFM_SOF_MASK | R_CFM_SOL_MASK | R_CFM_SOR_MASK);
    env->rot_cnt = 0;
    env->rrbase_gr = FIELD_EX64(cfm, CFM, RRB_GR);
    env->rrbase_fr = FIELD_EX64(cfm, CFM, RRB_FR);
    env->rrbase_pr = FIELD_EX64(cfm, CFM, RRB_PR);
    /* The window of f32-f127 stays as it is: a distance from the new rrb. */
    env->frp_cnt = mod(env->rrbase_fr - fr_now, 96);
    env->prs = rotate_pr(phys, mod(-(int64_t)rrb_pr(env), 48));
    set_rot_flags(env);
}

void ia64_set_cfm(CPUIA64State *env, uint64_t cfm)
{
    ia64_unrotate(env);
    set_frame(env, cfm);
    ia64_rot_enter(env);
}

/* alloc that changes sor of a frame that has been rotated (rrb.gr is 0) */
void HELPER(set_sor)(CPUIA64State *env, uint64_t cfm)
{
    uint64_t rrb = ia64_get_cfm(env) & CFM_RRB_MASK;

    ia64_unrotate(env);
    set_frame(env, cfm | rrb);
    ia64_rot_enter(env);
}

void HELPER(check_rrb)(CPUIA64State *env)
{
    if (ia64_get_cfm(env) & CFM_RRB_MASK) {
        ia64_raise_ge(env, IA64_GE_RESERVED, GETPC());
    }
}

void HELPER(clrrrb)(CPUIA64State *env)
{
    ia64_set_cfm(env, env->cfm);
}

void HELPER(clrrrb_pr)(CPUIA64State *env)
{
    ia64_set_cfm(env, ia64_get_cfm(env) & ~R_CFM_RRB_PR_MASK);
}

/* One rotation outside of translated code; p63 := @p63 first */
static void rotate_once(CPUIA64State *env, bool p63)
{
    unsigned n = FIELD_EX64(env->cfm, CFM, SOR) * 8;

    if (!(env->hflags & TBF(RRB))) {
        HELPER(rot_begin)(env);
    }
    env->prs = deposit64(env->prs, 16, 48, env->prs >> 16 << 1 | p63);
    env->rot_cnt++;
    if (n) {
        size_t i;

        if (env->rotp == env->rotbuf) {
            HELPER(rot_refill)(env);
        }
        env->rotp--;
        i = env->rotp - env->rotbuf;
        env->rotbuf[i] = env->rotbuf[i + n];
        env->rotbuf_nat[i] = env->rotbuf_nat[i + n];
    }
}

/* br.ctop and br.cexit with LC = 0; returns whether br.ctop is taken */
uint64_t HELPER(br_ctop_end)(CPUIA64State *env)
{
    if (env->ec == 0) {
        env->prs &= ~(1ull << 63);
        return 0;
    }
    env->ec--;
    rotate_once(env, false);
    return env->ec != 0;
}

/* br.wtop and br.wexit; returns whether br.wtop is taken */
uint64_t HELPER(br_wtop)(CPUIA64State *env, uint64_t qp)
{
    bool more;

    if (qp) {
        rotate_once(env, false);
        return 1;
    }
    if (env->ec == 0) {
        env->prs &= ~(1ull << 63);
        return 0;
    }
    more = env->ec > 1;
    env->ec--;
    rotate_once(env, false);
    return more;
}

/* -------------------------------------------------------------------- */
/* Frames                                                               */

static uint64_t pfs_of_frame(CPUIA64State *env)
{
    uint64_t pfs = ia64_get_cfm(env);

    pfs = FIELD_DP64(pfs, PFS, PEC, env->ec);
    return FIELD_DP64(pfs, PFS, PPL, ia64_cpl(env));
}

void HELPER(call_rotated)(CPUIA64State *env)
{
    unsigned sof = FIELD_EX64(env->cfm, CFM, SOF);
    unsigned sol = FIELD_EX64(env->cfm, CFM, SOL);

    env->pfs = pfs_of_frame(env);
    ia64_unrotate(env);
    set_frame(env, sof - sol);
    env->stk += sol;
}

void ia64_rse_cover(CPUIA64State *env)
{
    if (!(env->psr & PSR(IC))) {
        env->cr_ifs = ia64_get_cfm(env) | R_IFS_V_MASK;
    }
    ia64_unrotate(env);
    env->stk += FIELD_EX64(env->cfm, CFM, SOF);
    set_frame(env, 0);
}

void HELPER(cover)(CPUIA64State *env)
{
    ia64_rse_cover(env);
}

void ia64_rse_return(CPUIA64State *env, uint64_t cfm, unsigned back,
                     uintptr_t ra)
{
    unsigned sof = FIELD_EX64(cfm, CFM, SOF);

    ia64_unrotate(env);
    if (env->stk_lo - env->stk > 0 &&
        env->stk_lo - env->stk + back > IA64_NUM_STACKED) {
        /*
         * A return from a frame that was never completed, which the manual
         * leaves undefined: what is missing is lost, else it would pile up.
         */
        env->bspstore = ia64_bsp(env);
        env->stk_lo = env->stk;
    }
    if (env->stk - back - env->cells < 0) {
        move_cells(env, CELL_HOME + IA64_NUM_STACKED);
    }
    env->stk -= back;
    if (env->stk + sof > env->stk_lo + IA64_NUM_STACKED &&
        env->stk > env->stk_lo) {
        /*
         * PFS or IFS asks for more registers than there are beside the
         * dirty ones: the frame becomes empty (SDM 2:143, "bad PFS").
         */
        cfm = 0;
    }
    set_frame(env, cfm);
    /* From here on the frame may stay incomplete; a fault reports that. */
    while (env->stk_lo > env->stk) {
        load_words(env, env->stk_lo - env->stk, true, ra);
    }
    set_limit(env);
    if (env->stk + sof > env->stk_limit) {
        move_cells(env, CELL_HOME);
    }
    ia64_rot_enter(env);
}

/* br.ret that is not a plain one; env->ip is the target already */
void HELPER(br_ret)(CPUIA64State *env, uint64_t target)
{
    uint64_t pfs = env->pfs;
    unsigned ppl = FIELD_EX64(pfs, PFS, PPL);
    bool demote = ppl > ia64_cpl(env);

    env->ec = FIELD_EX64(pfs, PFS, PEC);
    if (demote) {
        ia64_set_psr(env, FIELD_DP64(env->psr, PSR, CPL, ppl));
    }
    ia64_rse_return(env, pfs & CFM_MASK, FIELD_EX64(pfs, CFM, SOL), 0);
    if (demote && (env->psr & PSR(LP))) {
        /* Trap: reported at the target (SDM 2:214). */
        ia64_raise_lp_transfer(env, GETPC());
    }
}

/* -------------------------------------------------------------------- */
/* Application registers of the stack                                   */

uint64_t HELPER(get_bsp)(CPUIA64State *env)
{
    return ia64_bsp(env);
}

/* BSPSTORE and RNAT are accessible in enforced lazy mode only (SDM 1:29). */
static void check_lazy(CPUIA64State *env, uintptr_t ra)
{
    if (FIELD_EX64(env->rsc, RSC, MODE) != 0) {
        ia64_raise_ge(env, IA64_GE_ILLEGAL_OP, ra);
    }
}

uint64_t HELPER(get_rnat)(CPUIA64State *env)
{
    check_lazy(env, GETPC());
    return env->rnat;
}

void HELPER(set_rnat)(CPUIA64State *env, uint64_t val)
{
    check_lazy(env, GETPC());
    env->rnat = val & ~(1ull << 63);
}

uint64_t HELPER(get_bspstore)(CPUIA64State *env)
{
    check_lazy(env, GETPC());
    return env->bspstore;
}

void ia64_rse_set_bspstore(CPUIA64State *env, uint64_t val)
{
    env->bspstore = val & ~7ull;
    set_numbers(env);
}

void HELPER(set_bspstore)(CPUIA64State *env, uint64_t val)
{
    check_lazy(env, GETPC());
    ia64_rse_set_bspstore(env, val);
}

void HELPER(set_rsc)(CPUIA64State *env, uint64_t val)
{
    uint64_t known = R_RSC_MODE_MASK | R_RSC_PL_MASK | R_RSC_BE_MASK |
                     R_RSC_LOADRS_MASK;
    unsigned pl = FIELD_EX64(val, RSC, PL);

    if (val & ~known) {
        ia64_raise_ge(env, IA64_GE_RESERVED, GETPC());
    }
    /* No more privilege than the writer has */
    env->rsc = FIELD_DP64(val, RSC, PL, MAX(pl, ia64_cpl(env)));
}

void HELPER(set_pfs)(CPUIA64State *env, uint64_t val)
{
    unsigned sof = FIELD_EX64(val, CFM, SOF);
    unsigned sol = FIELD_EX64(val, CFM, SOL);
    unsigned sor = FIELD_EX64(val, CFM, SOR) * 8;

    if ((val & ~(R_PFS_PFM_MASK | R_PFS_PEC_MASK | R_PFS_PPL_MASK)) ||
        sof > IA64_NUM_STACKED || sol > sof || sor > sof ||
        (FIELD_EX64(val, CFM, RRB_GR) && FIELD_EX64(val, CFM, RRB_GR) >= sor) ||
        FIELD_EX64(val, CFM, RRB_FR) >= 96 ||
        FIELD_EX64(val, CFM, RRB_PR) >= 48) {
        ia64_raise_ge(env, IA64_GE_RESERVED, GETPC());
    }
    env->pfs = val;
}
