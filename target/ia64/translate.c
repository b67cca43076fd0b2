/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium translation to TCG: blocks, slots, operands
 *
 * Slots are executed one after the other, which is exact for legal code: an
 * instruction group has no RAW or WAW dependency but the listed ones, and
 * sequential order respects WAR (SDM 1:41).
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "translate.h"
#include "hw/boards.h"
#include "exec/log.h"
#include "exec/translation-block.h"
#include "accel/tcg/tb-jmp-cache.h"
#include "accel/tcg/tb-hash.h"
#include "tcg/tcg.h"
#include "insn-fields.c.inc"

#define HELPER_H "helper.h"
#include "exec/helper-info.c.inc"
#undef HELPER_H

TCGv_i64 cpu_ip, cpu_cfm, cpu_pfs, cpu_lc, cpu_ec, cpu_unat, cpu_ccv;
TCGv_i64 cpu_prs;
TCGv_i64 cpu_gr[32], cpu_stkr[96], cpu_pr[IA64_NUM_PR], cpu_br[8];
TCGv_ptr cpu_stk, cpu_rotp, cpu_frp;

#define env_off(f) offsetof(CPUIA64State, f)

void ia64_translate_init(void)
{
    static char names[32 + 96 + IA64_NUM_PR + 8][8];
    static const struct {
        TCGv_i64 *var;
        size_t off;
        const char *name;
    } vars[] = {
        { &cpu_ip, env_off(ip), "ip" },
        { &cpu_cfm, env_off(cfm), "cfm" },
        { &cpu_pfs, env_off(pfs), "pfs" },
        { &cpu_lc, env_off(lc), "lc" },
        { &cpu_ec, env_off(ec), "ec" },
        { &cpu_unat, env_off(unat), "unat" },
        { &cpu_ccv, env_off(ccv), "ccv" },
        { &cpu_prs, env_off(prs), "prs" },
    };
    char (*n)[8] = names;

    for (int i = 0; i < ARRAY_SIZE(vars); i++) {
        *vars[i].var = tcg_global_mem_new_i64(tcg_env, vars[i].off,
                                              vars[i].name);
    }
    for (int i = 1; i < 32; i++) {
        snprintf(*n, sizeof(*n), "r%d", i);
        cpu_gr[i] = tcg_global_mem_new_i64(tcg_env, env_off(gr[i]), *n++);
    }
    for (int i = 0; i < IA64_NUM_PR; i++) {
        snprintf(*n, sizeof(*n), "p%d", IA64_FIRST_PR + i);
        cpu_pr[i] = tcg_global_mem_new_i64(tcg_env, env_off(pr[i]), *n++);
    }
    for (int i = 0; i < 8; i++) {
        snprintf(*n, sizeof(*n), "b%d", i);
        cpu_br[i] = tcg_global_mem_new_i64(tcg_env, env_off(br[i]), *n++);
    }
    cpu_stk = tcg_global_mem_new_ptr(tcg_env, env_off(stk), "stk");
    cpu_rotp = tcg_global_mem_new_ptr(tcg_env, env_off(rotp), "rotp");
    cpu_frp = tcg_global_mem_new_ptr(tcg_env, env_off(frp), "frp");
    for (int i = 0; i < 96; i++) {
        snprintf(*n, sizeof(*n), "r%d", 32 + i);
        cpu_stkr[i] = tcg_global_mem_new_i64(cpu_stk, i * 8, *n++);
    }
}

/* -------------------------------------------------------------------- */
/* Exceptions                                                           */

/*
 * Raised through helpers that restore the state from insn_start: no code on
 * the fast path.
 */
static void gen_raise_ge(DisasContext *s, unsigned code)
{
    gen_helper_raise_ge(tcg_env, tcg_constant_i32(code));
}

/* Brackets of an operation that may fault, store or branch */
static TCGLabel *pred_begin(DisasContext *s, int qp);
static void pred_end(TCGLabel *l);

/* An instruction that faults whenever its predicate is true */
static bool gen_ge(DisasContext *s, int qp, unsigned code)
{
    TCGLabel *l = pred_begin(s, qp);

    gen_raise_ge(s, code);
    if (l) {
        pred_end(l);
    } else {
        s->base.is_jmp = DISAS_NORETURN;
    }
    return true;
}

static bool gen_illegal(DisasContext *s, int qp)
{
    return gen_ge(s, qp, IA64_GE_ILLEGAL_OP);
}

/* Privileged instruction: true when the code after it is to be generated */
static bool check_priv(DisasContext *s, int qp)
{
    if (s->cpl != 0) {
        gen_ge(s, qp, IA64_GE_PRIV_OP);
        return false;
    }
    return true;
}

/* -------------------------------------------------------------------- */
/* Predicates                                                           */

/* The word of p<p>, 0 or 1, or NULL if it is a bit of cpu_prs */
static TCGv_i64 pr_word(int p)
{
    return p >= IA64_FIRST_PR && p < IA64_FIRST_PR + IA64_NUM_PR
           ? cpu_pr[p - IA64_FIRST_PR] : NULL;
}

/* 0 or 1; the caller does not write to it */
static TCGv_i64 pr_val(DisasContext *s, int p)
{
    TCGv_i64 t = pr_word(p);

    if (p == 0) {
        return tcg_constant_i64(1);
    }
    if (!t) {
        t = tcg_temp_new_i64();
        tcg_gen_extract_i64(t, cpu_prs, p, 1);
    }
    return t;
}

/* p := val (0 or 1), regardless of any predicate; p0 ignores it */
static void pr_set(DisasContext *s, int p, TCGv_i64 val)
{
    if (p == 0) {
        return;
    }
    if (pr_word(p)) {
        tcg_gen_mov_i64(pr_word(p), val);
    } else {
        tcg_gen_deposit_i64(cpu_prs, cpu_prs, val, p, 1);
    }
}

/* d := qp ? a : b */
static void pr_movcond(DisasContext *s, TCGv_i64 d, int qp, TCGv_i64 a,
                       TCGv_i64 b)
{
    if (qp == 0) {
        tcg_gen_mov_i64(d, a);
    } else if (pr_word(qp)) {
        tcg_gen_movcond_i64(TCG_COND_NE, d, pr_word(qp), tcg_constant_i64(0),
                            a, b);
    } else {
        tcg_gen_movcond_i64(TCG_COND_TSTNE, d, cpu_prs,
                            tcg_constant_i64(1ull << qp), a, b);
    }
}

/* p := qp ? val : p */
static void pr_commit(DisasContext *s, int qp, int p, TCGv_i64 val)
{
    TCGv_i64 t;

    if (p == 0) {
        return;
    }
    if (qp == 0) {
        pr_set(s, p, val);
        return;
    }
    t = tcg_temp_new_i64();
    pr_movcond(s, t, qp, val, pr_val(s, p));
    pr_set(s, p, t);
}

/* Branches to @l if p is @val; p is not p0 */
static void pr_br(DisasContext *s, int p, bool val, TCGLabel *l)
{
    if (pr_word(p)) {
        tcg_gen_brcondi_i64(val ? TCG_COND_NE : TCG_COND_EQ, pr_word(p), 0, l);
    } else {
        tcg_gen_brcondi_i64(val ? TCG_COND_TSTNE : TCG_COND_TSTEQ, cpu_prs,
                            1ull << p, l);
    }
}

static TCGLabel *pred_begin(DisasContext *s, int qp)
{
    TCGLabel *l;

    if (qp == 0) {
        return NULL;
    }
    l = gen_new_label();
    pr_br(s, qp, false, l);
    return l;
}

static void pred_end(TCGLabel *l)
{
    if (l) {
        gen_set_label(l);
    }
}

/* -------------------------------------------------------------------- */
/* General registers                                                    */

/* Whether it lives in the window; before the first rotation it does not. */
static bool is_rotating(DisasContext *s, int r)
{
    return s->rrb && r >= 32 && r < 32 + s->sor8;
}

/* Value of r<r>; the caller does not write to it */
static TCGv_i64 gr_src(DisasContext *s, int r)
{
    TCGv_i64 t;

    if (r == 0) {
        return tcg_constant_i64(0);
    }
    if (r < 32) {
        return cpu_gr[r];
    }
    if (is_rotating(s, r)) {
        t = tcg_temp_new_i64();
        tcg_gen_ld_i64(t, cpu_rotp, (r - 32) * 8);
        return t;
    }
    return cpu_stkr[r - 32];
}

/*
 * Illegal Operation if r<r> may not be written (r0, out of the frame) and
 * qp is true.  Returns false when nothing more is to be generated.
 */
static bool check_gr_target(DisasContext *s, int qp, int r)
{
    if (r == 0) {
        gen_illegal(s, qp);
        return false;
    }
    if (r < 32) {
        return true;
    }
    if (s->sof >= 0) {
        if (r - 32 >= s->sof) {
            gen_illegal(s, qp);
            return false;
        }
        return true;
    }
    if (s->careful) {
        gen_helper_check_frame(tcg_env, tcg_constant_i32(r - 32),
                               pr_val(s, qp));
        return true;
    }
    /* The block's first instruction tests for the highest one. */
    s->max_target = MAX(s->max_target, r);
    return true;
}

/* Where to compute the new value of r<r>; gr_commit() must follow */
static TCGv_i64 gr_dst(DisasContext *s, int qp, int r)
{
    if (qp == 0 && !is_rotating(s, r)) {
        return r < 32 ? cpu_gr[r] : cpu_stkr[r - 32];
    }
    return tcg_temp_new_i64();
}

/* r<r> := qp ? val : r<r>; val from gr_dst() or any other temporary */
static void gr_commit(DisasContext *s, int qp, int r, TCGv_i64 val)
{
    if (is_rotating(s, r)) {
        if (qp != 0) {
            TCGv_i64 t = tcg_temp_new_i64();
            pr_movcond(s, t, qp, val, gr_src(s, r));
            val = t;
        }
        tcg_gen_st_i64(val, cpu_rotp, (r - 32) * 8);
    } else {
        TCGv_i64 d = r < 32 ? cpu_gr[r] : cpu_stkr[r - 32];

        if (qp != 0) {
            pr_movcond(s, d, qp, val, d);
        } else if (val != d) {
            tcg_gen_mov_i64(d, val);
        }
    }
}

/* -------------------------------------------------------------------- */
/* NaT bits, only in blocks with s->nat                                 */

static TCGv_ptr nat_cell(DisasContext *s, int r, intptr_t *off)
{
    TCGv_ptr p = tcg_temp_new_ptr();
    TCGv_i64 a = tcg_temp_new_i64(), e = tcg_temp_new_i64();
    TCGv_ptr base = is_rotating(s, r) ? cpu_rotp : cpu_stk;
    size_t words = is_rotating(s, r) ? env_off(rotbuf) : env_off(cells);
    size_t nats = is_rotating(s, r) ? env_off(rotbuf_nat) : env_off(cell_nat);

    /* env + nats + (base - (env + words)) / 8 */
    tcg_gen_extu_ptr_i64(a, base);
    tcg_gen_extu_ptr_i64(e, tcg_env);
    tcg_gen_sub_i64(a, a, e);
    tcg_gen_subi_i64(a, a, words);
    tcg_gen_sari_i64(a, a, 3);
    tcg_gen_add_i64(a, a, e);
    tcg_gen_trunc_i64_ptr(p, a);
    *off = nats + (r - 32);
    return p;
}

/* NaT bit of r<r>, 0 or 1 */
static TCGv_i64 nat_src(DisasContext *s, int r)
{
    TCGv_i64 t;
    intptr_t off;

    if (r == 0) {
        return tcg_constant_i64(0);
    }
    t = tcg_temp_new_i64();
    if (r < 32) {
        tcg_gen_ld32u_i64(t, tcg_env, env_off(gr_nat));
        tcg_gen_extract_i64(t, t, r, 1);
    } else {
        TCGv_ptr p = nat_cell(s, r, &off);
        tcg_gen_ld8u_i64(t, p, off);
    }
    return t;
}

/* NaT bit of r<r> := qp ? nat : old */
static void nat_commit(DisasContext *s, int qp, int r, TCGv_i64 nat)
{
    TCGv_i64 t;
    intptr_t off;

    if (!s->nat) {
        return;
    }
    if (qp != 0) {
        t = tcg_temp_new_i64();
        pr_movcond(s, t, qp, nat, nat_src(s, r));
        nat = t;
    }
    if (r < 32) {
        t = tcg_temp_new_i64();
        tcg_gen_ld32u_i64(t, tcg_env, env_off(gr_nat));
        tcg_gen_deposit_i64(t, t, nat, r, 1);
        tcg_gen_st32_i64(t, tcg_env, env_off(gr_nat));
    } else {
        TCGv_ptr p = nat_cell(s, r, &off);
        tcg_gen_st8_i64(nat, p, off);
    }
}

/* The result of an operation on up to two sources */
static void nat_commit2(DisasContext *s, int qp, int r1, int r2, int r3)
{
    TCGv_i64 t;

    if (!s->nat) {
        return;
    }
    t = tcg_temp_new_i64();
    tcg_gen_or_i64(t, nat_src(s, r2), nat_src(s, r3));
    nat_commit(s, qp, r1, t);
}

/*
 * Register NaT Consumption fault if r<r> has its NaT bit set; inside
 * pred_begin()/pred_end() or with qp 0.  isr: access bits and code of the
 * instruction (ISR(R) and so on; code 7:4 is added here).
 */
static void nat_consume(DisasContext *s, int r, uint64_t isr)
{
    TCGLabel *ok;

    if (!s->nat || r == 0) {
        return;
    }
    ok = gen_new_label();
    tcg_gen_brcondi_i64(TCG_COND_EQ, nat_src(s, r), 0, ok);
    gen_helper_raise(tcg_env, tcg_constant_i32(IA64_VEC_NAT),
                     tcg_constant_i64(isr | 0x10));
    gen_set_label(ok);
}

/*
 * Where to branch to when, in a block without NaT bits, this slot is about to
 * set one: runs the slot again in a block that tracks them.  To be called at
 * most once a slot, before any effect of it.
 */
static TCGLabel *nat_exit_label(DisasContext *s)
{
    unsigned n = s->num_nat_exits++;

    g_assert(n < IA64_NAT_EXITS);
    s->nat_exits[n].label = gen_new_label();
    s->nat_exits[n].pc = s->base.pc_next;
    s->nat_exits[n].prev = s->prev_ip;
    s->nat_exits[n].insns = s->base.num_insns - 1;
    return s->nat_exits[n].label;
}

/*
 * A block counts its instructions for -icount as it begins: takes back what
 * an exit leaves undone after @done of them.
 */
static void gen_uncount(DisasContext *s, int done)
{
    const intptr_t low = offsetof(ArchCPU, parent_obj.neg.icount_decr.u16.low)
        - offsetof(ArchCPU, env);
    TCGv_i32 t;

    if (tb_cflags(s->base.tb) & CF_USE_ICOUNT) {
        t = tcg_temp_new_i32();
        tcg_gen_ld16u_i32(t, tcg_env, low);
        tcg_gen_addi_i32(t, t, s->base.num_insns - done);
        tcg_gen_st16_i32(t, tcg_env, low);
    }
}

static void gen_nat_exits(DisasContext *s)
{
    for (unsigned i = 0; i < s->num_nat_exits; i++) {
        gen_set_label(s->nat_exits[i].label);
        gen_uncount(s, s->nat_exits[i].insns);
        if (s->ic && s->nat_exits[i].prev) {
            tcg_gen_st_i64(tcg_constant_i64(s->nat_exits[i].prev), tcg_env,
                           env_off(last_ip));
        }
        tcg_gen_movi_i64(cpu_ip, s->nat_exits[i].pc);
        gen_helper_nat_mode(tcg_env);
        tcg_gen_exit_tb(NULL, 0);
    }
}

/* -------------------------------------------------------------------- */
/* Leaving a block                                                      */

/* The pc of the slot after this one */
static uint64_t next_pc(DisasContext *s)
{
    if (s->slot == 2 || (s->slot == 1 && (s->tmpl >> 1) == 2)) {
        return s->bundle_ip + 16;
    }
    return s->bundle_ip + s->slot + 1;
}

/* What must be up to date whenever a block is left */
static void gen_leave(DisasContext *s)
{
    if (s->ic) {
        tcg_gen_st_i64(tcg_constant_i64(s->bundle_ip), tcg_env,
                       env_off(last_ip));
    }
    if (s->nat) {
        gen_helper_nat_recheck(tcg_env);
    }
}

/* Branches when @p cond env + @off */
static void gen_brcond_env(TCGCond cond, TCGv_ptr p, intptr_t off,
                           TCGLabel *l)
{
    TCGv_ptr e = tcg_temp_new_ptr();
    TCGv_i64 a = tcg_temp_new_i64(), b = tcg_temp_new_i64();

    tcg_gen_addi_ptr(e, tcg_env, off);
    tcg_gen_extu_ptr_i64(a, p);
    tcg_gen_extu_ptr_i64(b, e);
    tcg_gen_brcond_i64(cond, a, b, l);
}

#define FLAGS_UNKNOWN   UINT32_MAX

/*
 * What helper_lookup_tb_ptr() finds in the jump cache of the CPU, inline:
 * returns and indirect calls are too frequent for a helper call.  Whatever is
 * not a plain hit goes through the helper.  @flags: the TB flags here, or
 * FLAGS_UNKNOWN.
 */
static void gen_lookup(DisasContext *s, uint32_t flags)
{
    const bool le = !HOST_BIG_ENDIAN;
    const intptr_t cs = -(intptr_t)offsetof(IA64CPU, env);
    uint32_t cflags = tb_cflags(s->base.tb);
    TCGLabel *miss;
    TCGv_i64 pc, t, h;
    TCGv_ptr p, tb;
    TCGOp *op;

    if (cflags != s->cs->tcg_cflags || s->base.plugin_enabled ||
        qemu_loglevel_mask(CPU_LOG_TB_CPU | CPU_LOG_EXEC)) {
        tcg_gen_lookup_and_goto_ptr();
        return;
    }
    miss = gen_new_label();
    t = tcg_temp_new_i64();
    h = tcg_temp_new_i64();
    pc = tcg_temp_new_i64();
    p = tcg_temp_new_ptr();
    tb = tcg_temp_new_ptr();

    /* tb_jmp_cache_hash_func(), times the size of an entry */
    tcg_gen_mov_i64(pc, cpu_ip);
    tcg_gen_shri_i64(t, pc, TARGET_PAGE_BITS - TB_JMP_PAGE_BITS);
    tcg_gen_xor_i64(t, t, pc);
    tcg_gen_shri_i64(h, t, TARGET_PAGE_BITS - TB_JMP_PAGE_BITS);
    tcg_gen_andi_i64(h, h, TB_JMP_PAGE_MASK);
    tcg_gen_andi_i64(t, t, TB_JMP_ADDR_MASK);
    tcg_gen_or_i64(h, h, t);
    tcg_gen_shli_i64(h, h, 4);
    QEMU_BUILD_BUG_ON(sizeof_field(CPUJumpCache, array[0]) != 16);
    tcg_gen_trunc_i64_ptr(p, h);
    tcg_gen_ld_ptr(tb, tcg_env, cs + offsetof(CPUState, tb_jmp_cache));
    tcg_gen_add_ptr(p, p, tb);
    tcg_gen_ld_i64(t, p, offsetof(CPUJumpCache, array[0].pc));
    tcg_gen_ld_ptr(tb, p, offsetof(CPUJumpCache, array[0].tb));
    tcg_gen_brcond_i64(TCG_COND_NE, t, pc, miss);
    tcg_gen_brcondi_ptr(TCG_COND_EQ, tb, 0, miss);

    /* flags and cflags are one word; no breakpoint may be set. */
    QEMU_BUILD_BUG_ON(offsetof(TranslationBlock, flags) + 4 !=
                      offsetof(TranslationBlock, cflags));
    tcg_gen_ld_i64(t, tb, offsetof(TranslationBlock, flags));
    if (flags != FLAGS_UNKNOWN && !s->nat) {
        h = tcg_constant_i64(le ? flags | (uint64_t)cflags << 32 :
                             (uint64_t)flags << 32 | cflags);
    } else {
        tcg_gen_ld32u_i64(h, tcg_env, env_off(hflags));
        if (!le) {
            tcg_gen_shli_i64(h, h, 32);
        }
        tcg_gen_ori_i64(h, h, le ? (uint64_t)cflags << 32 : cflags);
    }
    tcg_gen_brcond_i64(TCG_COND_NE, t, h, miss);
    tcg_gen_ld_i64(t, tcg_env,
                   cs + offsetof(CPUState, breakpoints.tqh_first));
    tcg_gen_brcondi_i64(TCG_COND_NE, t, 0, miss);

    tcg_gen_ld_ptr(p, tb, offsetof(TranslationBlock, tc.ptr));
    op = tcg_emit_op(INDEX_op_goto_ptr, 1);
    op->args[0] = tcgv_ptr_arg(p);
    gen_set_label(miss);
    tcg_gen_lookup_and_goto_ptr();
}

/* A direct jump to another block, of which each has two, or -1 */
static int take_exit(DisasContext *s)
{
    return s->num_exits < 2 ? s->num_exits++ : -1;
}

/*
 * Leaves for a known pc through exit @n (-1: by lookup) with @flags as TB
 * flags; FLAGS_UNKNOWN goes with -1 only.
 */
static void gen_goto_flags(DisasContext *s, int n, uint64_t dest, bool taken,
                           uint32_t flags)
{
    gen_leave(s);
    if (s->careful) {
        tcg_gen_movi_i64(cpu_ip, dest);
        gen_helper_careful_done(tcg_env, tcg_constant_i32(taken));
        tcg_gen_exit_tb(NULL, 0);
    } else if (n >= 0 && !s->nat && translator_use_goto_tb(&s->base, dest)) {
        tcg_gen_goto_tb(n);
        tcg_gen_movi_i64(cpu_ip, dest);
        tcg_gen_exit_tb(s->base.tb, n);
    } else {
        tcg_gen_movi_i64(cpu_ip, dest);
        gen_lookup(s, flags);
    }
}

static void gen_goto(DisasContext *s, uint64_t dest, bool taken)
{
    gen_goto_flags(s, take_exit(s), dest, taken, s->flags);
}

/* The same when the TB flags are known at run time only */
static void gen_goto_lookup(DisasContext *s, uint64_t dest, bool taken)
{
    gen_goto_flags(s, -1, dest, taken, FLAGS_UNKNOWN);
}

/*
 * Where to branch to when a branch to @dest is taken, which is not expected:
 * the block goes on behind it.  NULL: the block has enough of them.
 */
static TCGLabel *side_exit_label(DisasContext *s, uint64_t dest)
{
    unsigned i, n = s->num_side_exits;

    if (s->careful || s->nat || s->base.max_insns == 1) {
        return NULL;
    }
    /* Copies of a loop share their exits; -icount has none. */
    for (i = 0; i < n && s->loop.copies; i++) {
        if (s->side_exits[i].ip == s->bundle_ip &&
            s->side_exits[i].dest == dest &&
            s->side_exits[i].flags == s->flags) {
            return s->side_exits[i].label;
        }
    }
    if (n == IA64_SIDE_EXITS) {
        return NULL;
    }
    s->side_exits[n].label = gen_new_label();
    s->side_exits[n].ip = s->bundle_ip;
    s->side_exits[n].dest = dest;
    s->side_exits[n].flags = s->flags;
    s->side_exits[n].exit = n == 0 ? take_exit(s) : -1;
    s->side_exits[n].insns = s->base.num_insns;
    s->num_side_exits++;
    return s->side_exits[n].label;
}

static void gen_side_exits(DisasContext *s)
{
    for (unsigned i = 0; i < s->num_side_exits; i++) {
        gen_set_label(s->side_exits[i].label);
        gen_uncount(s, s->side_exits[i].insns);
        s->bundle_ip = s->side_exits[i].ip;
        gen_goto_flags(s, s->side_exits[i].exit, s->side_exits[i].dest, true,
                       s->side_exits[i].flags);
    }
}

/* Leaves for the pc in cpu_ip after a taken branch; @flags as gen_lookup() */
static void gen_jump(DisasContext *s, uint32_t flags)
{
    gen_leave(s);
    if (s->careful) {
        gen_helper_careful_done(tcg_env, tcg_constant_i32(1));
        tcg_gen_exit_tb(NULL, 0);
    } else {
        gen_lookup(s, flags);
    }
}

/* The 41 bits of slot @n */
static uint64_t slot_bits(const uint64_t bundle[2], int n)
{
    switch (n) {
    case 0:
        return extract64(bundle[0], 5, 41);
    case 1:
        return (bundle[0] >> 46) | (extract64(bundle[1], 0, 23) << 18);
    default:
        return extract64(bundle[1], 23, 41);
    }
}

/* -------------------------------------------------------------------- */
/* The families                                                         */

#include "decode-insns-a.c.inc"
#include "decode-insns-i.c.inc"
#include "decode-insns-m.c.inc"
#include "decode-insns-b.c.inc"
#include "decode-insns-f.c.inc"
#include "decode-insns-x.c.inc"

#include "fpu-fast.h"
#include "fpu-fma.h"
#include "translate/fr.c.inc"
#include "translate/int.c.inc"
#include "translate/tlb.c.inc"
#include "translate/copy.c.inc"
#include "translate/branch.c.inc"
#include "translate/mm.c.inc"
#include "translate/mem.c.inc"
#include "translate/system.c.inc"
#include "translate/fp.c.inc"

/* -------------------------------------------------------------------- */
/* Bundles and slots                                                    */

/* The units of the three slots by template >> 1; 0: reserved template */
static const char units[16][4] = {
    "MII", "MII", "MLX", "", "MMI", "MMI", "MFI", "MMF",
    "MIB", "MBB", "", "BBB", "MMB", "", "MFB", "",
};

static void fetch_bundle(DisasContext *s, uint64_t pc)
{
    uint64_t ip = pc & ~15ull;

    if (!s->bundle_valid || s->bundle_ip != ip) {
        s->bundle_ip = ip;
        s->bundle[0] = translator_ldq(s->env, &s->base, ip);
        s->bundle[1] = translator_ldq(s->env, &s->base, ip + 8);
        s->tmpl = s->bundle[0] & 31;
        s->bundle_valid = true;
    }
    s->slot = pc & 3;
}

static bool decode_slot(DisasContext *s)
{
    const char *u = units[s->tmpl >> 1];
    uint64_t bits;

    if (*u == 0 || s->slot == 3) {
        return false;
    }
    bits = slot_bits(s->bundle, s->slot);
    switch (u[s->slot]) {
    case 'M':
        return decode_m(s, bits) || decode_a(s, bits);
    case 'I':
        return decode_i(s, bits) || decode_a(s, bits);
    case 'F':
        return decode_f(s, bits);
    case 'B':
        return decode_b(s, bits);
    case 'L':
        s->lslot = bits;
        return decode_x(s, slot_bits(s->bundle, 2));
    default:
        /* slot 2 of MLX cannot be entered (SDM 2:191) */
        return false;
    }
}

static void ia64_tr_init_disas_context(DisasContextBase *db, CPUState *cs)
{
    DisasContext *s = container_of(db, DisasContext, base);
    uint32_t f = db->tb->flags;

    s->cs = cs;
    s->env = cpu_env(cs);
    s->flags = f;
    s->bundle_valid = false;
    s->cpl = FIELD_EX32(f, TBF, CPL);
    s->sor8 = FIELD_EX32(f, TBF, SOR) * 8;
    s->nat = f & TBF(NAT);
    s->rrb = f & TBF(RRB);
    s->ac = f & TBF(AC);
    s->ic = f & TBF(IC);
    s->careful = f & TBF(CAREFUL);
    s->mem_idx = f & TBF(DT) ? IA64_MMU_DATA_PL0 + s->cpl : IA64_MMU_PHYS;
    s->be = f & TBF(BE) ? MO_BE : MO_LE;
    s->sof = -1;
    s->max_target = 0;
    s->high_fr = false;
    s->mfl_done = s->mfh_done = false;
    s->features = ia64_model(s->env)->features;
    if (s->careful) {
        db->max_insns = 1;
    }
}

static void ia64_tr_tb_start(DisasContextBase *db, CPUState *cs)
{
}

static void ia64_tr_insn_start(DisasContextBase *db, CPUState *cs)
{
    DisasContext *s = container_of(db, DisasContext, base);

    /* This one once a slot of it has run */
    s->prev_ip = s->bundle_valid ? s->bundle_ip : 0;

    tcg_gen_insn_start(db->pc_next, s->prev_ip);
}

/*
 * The predicate of a reserved encoding.  Those of the B unit fault whatever
 * it is, but for the first half of opcode 0 (SDM volume 3, 4.1 and the notes
 * in insns-b.decode); so do the reserved templates.
 */
static int reserved_qp(DisasContext *s)
{
    const char *u = units[s->tmpl >> 1];
    unsigned slot = s->slot;
    uint64_t bits;

    if (*u == 0 || slot == 3 || (slot == 2 && u[1] == 'L')) {
        return 0;
    }
    bits = slot_bits(s->bundle, u[slot] == 'L' ? 2 : slot);
    if (u[slot] == 'B' && (extract64(bits, 37, 4) || extract64(bits, 32, 1))) {
        return 0;
    }
    return extract64(bits, 0, 6);
}

static void ia64_tr_translate_insn(DisasContextBase *db, CPUState *cs)
{
    DisasContext *s = container_of(db, DisasContext, base);

    fetch_bundle(s, db->pc_next);
    if (!decode_slot(s)) {
        gen_illegal(s, reserved_qp(s));
    }
    db->pc_next = next_pc(s);
    if (s->loop.again) {
        s->loop.again = false;
        db->pc_next = db->pc_first;
    }
    if (db->is_jmp == DISAS_NEXT &&
        (!translator_is_same_page(db, db->pc_next) ||
         s->num_nat_exits == IA64_NAT_EXITS ||
         (s->num_side_exits && db->num_insns >= IA64_SIDE_INSNS))) {
        db->is_jmp = DISAS_TOO_MANY;
    }
}

/*
 * Checks that concern the whole block, placed before its first instruction
 * once it is known that they are needed.
 */
static void gen_block_checks(DisasContext *s, TCGOp *first)
{
    TCGLabel *l;

    if (!s->max_target && !s->high_fr) {
        return;
    }
    tcg_ctx->emit_before_op = first;
    if (s->max_target) {
        TCGv_i64 t = tcg_temp_new_i64();

        l = gen_new_label();
        tcg_gen_andi_i64(t, cpu_cfm, 0x7f);
        tcg_gen_brcondi_i64(TCG_COND_GTU, t, s->max_target - 32, l);
        gen_uncount(s, 0);
        tcg_gen_movi_i64(cpu_ip, s->base.pc_first);
        gen_helper_frame_check_failed(tcg_env);
        tcg_gen_exit_tb(NULL, 0);
        gen_set_label(l);
    }
    if (s->high_fr) {
        TCGv_i64 a = tcg_temp_new_i64(), b = tcg_temp_new_i64();

        l = gen_new_label();
        tcg_gen_ld_i64(a, tcg_env, env_off(frp_cnt));
        tcg_gen_ld_i64(b, tcg_env, env_off(rot_cnt));
        tcg_gen_brcond_i64(TCG_COND_EQ, a, b, l);
        gen_helper_sync_frp(tcg_env);
        gen_set_label(l);
    }
    tcg_ctx->emit_before_op = NULL;
}

static TCGOp *first_insn_start(void)
{
    TCGOp *op;

    QTAILQ_FOREACH(op, &tcg_ctx->ops, link) {
        if (op->opc == INDEX_op_insn_start) {
            return op;
        }
    }
    g_assert_not_reached();
}

static void ia64_tr_tb_stop(DisasContextBase *db, CPUState *cs)
{
    DisasContext *s = container_of(db, DisasContext, base);

    switch (db->is_jmp) {
    case DISAS_NORETURN:
        break;
    case DISAS_NEXT:
    case DISAS_TOO_MANY:
        gen_goto(s, db->pc_next, false);
        break;
    case DISAS_EXIT:
        gen_leave(s);
        tcg_gen_movi_i64(cpu_ip, db->pc_next);
        if (s->careful) {
            gen_helper_careful_done(tcg_env, tcg_constant_i32(0));
        }
        tcg_gen_exit_tb(NULL, 0);
        break;
    case DISAS_LOOKUP:
        gen_goto_lookup(s, db->pc_next, false);
        break;
    case DISAS_JUMP:
        gen_jump(s, FLAGS_UNKNOWN);
        break;
    case DISAS_JUMP_EXIT:
        gen_leave(s);
        if (s->careful) {
            gen_helper_careful_done(tcg_env, tcg_constant_i32(1));
        }
        tcg_gen_exit_tb(NULL, 0);
        break;
    default:
        g_assert_not_reached();
    }
    gen_loop_out(s);
    gen_side_exits(s);
    gen_nat_exits(s);
    gen_block_checks(s, first_insn_start());
    /* A write to any byte of the last bundle invalidates the block. */
    db->pc_next = ROUND_UP(MAX(db->pc_next, s->loop.next), 16);
}

static const TranslatorOps ia64_tr_ops = {
    .init_disas_context = ia64_tr_init_disas_context,
    .tb_start           = ia64_tr_tb_start,
    .insn_start         = ia64_tr_insn_start,
    .translate_insn     = ia64_tr_translate_insn,
    .tb_stop            = ia64_tr_tb_stop,
};

void ia64_translate_code(CPUState *cs, TranslationBlock *tb, int *max_insns,
                         vaddr pc, void *host_pc)
{
    DisasContext ctx = { };

    translator_loop(cs, tb, max_insns, pc, host_pc, &ia64_tr_ops, &ctx.base);
}
