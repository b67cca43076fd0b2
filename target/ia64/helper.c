/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium helpers that belong to no architectural subject of their own
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "cpu.h"
#include "exec/helper-proto.h"
#include "exec/exec-all.h"

void HELPER(raise_ge)(CPUIA64State *env, uint32_t code)
{
    ia64_raise_ge(env, code, GETPC());
}

void HELPER(raise)(CPUIA64State *env, uint32_t vector, uint64_t isr)
{
    ia64_raise(env, vector, isr, GETPC());
}

void HELPER(break_)(CPUIA64State *env, uint64_t imm)
{
    env->exc.iim = imm;
    env->exc.set = IA64_EXC_IIM;
    ia64_raise(env, IA64_VEC_BREAK, 0, GETPC());
}

void HELPER(speculation)(CPUIA64State *env, uint64_t imm)
{
    env->exc.iim = imm;
    env->exc.set = IA64_EXC_IIM;
    ia64_raise(env, IA64_VEC_SPECULATION, 0, GETPC());
}

/* A careful block is about to write the @idx'th stacked register if @qp. */
void HELPER(check_frame)(CPUIA64State *env, uint32_t idx, uint64_t qp)
{
    if (qp && idx >= FIELD_EX64(env->cfm, CFM, SOF)) {
        ia64_raise_ge(env, IA64_GE_ILLEGAL_OP, GETPC());
    }
}

/*
 * Some instruction of a block names a target outside of the frame; it may
 * be predicated off.  Find out slot by slot until control goes elsewhere.
 */
void HELPER(frame_check_failed)(CPUIA64State *env)
{
    env->careful_frame = true;
    env->hflags |= TBF(CAREFUL);
}

/* A NaT bit is about to be set. */
void HELPER(nat_mode)(CPUIA64State *env)
{
    env->hflags |= TBF(NAT);
}

/* Leaves the NaT-tracking blocks once no register has its bit set. */
void HELPER(nat_recheck)(CPUIA64State *env)
{
    uint8_t *low = &env->cell_nat[MIN(env->stk, env->stk_lo) - env->cells];
    size_t n = &env->cell_nat[env->stk - env->cells] - low +
               IA64_NUM_STACKED;

    n = MIN(n, env->cell_nat + sizeof(env->cell_nat) - low);
    if (env->gr_nat | env->bgr_nat || !buffer_is_zero(low, n)) {
        return;
    }
    if (env->gr_window &&
        !buffer_is_zero(&env->rotbuf_nat[env->rotp - env->rotbuf],
                        FIELD_EX64(env->cfm, CFM, SOR) * 8)) {
        return;
    }
    /* Blocks without tracking rely on all bits being clear. */
    memset(env->cell_nat, 0, sizeof(env->cell_nat));
    memset(env->rotbuf_nat, 0, sizeof(env->rotbuf_nat));
    env->hflags &= ~TBF(NAT);
}

uint64_t HELPER(get_pr)(CPUIA64State *env)
{
    return ia64_get_pr(env);
}

void HELPER(set_pr)(CPUIA64State *env, uint64_t val, uint64_t mask)
{
    ia64_set_pr(env, val, mask);
}
