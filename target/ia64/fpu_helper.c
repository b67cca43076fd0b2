/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point helpers: the arithmetic of fpu.h between registers
 * and FPSR, and the faults and traps that come of it
 *
 * @desc is an operation of the helper's own in bits 7:0 and the number of the
 * status field in bits 9:8.
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "fpu-fast.h"
#include "fpu-fma.h"

/* ISR.code of a floating-point trap has this bit besides those of the event */
#define TRAP_CODE_FP    1

static uint32_t fp_ctl(CPUIA64State *env, uint32_t desc)
{
    return ia64_fp_ctl(env->fpsr, desc >> 8);
}

/*
 * The flags of an operation that did not fault; fpu.h has the layout of @ev.
 * Returns only if there is no fault: the target may then be written.
 */
static void fp_flags(CPUIA64State *env, uint32_t desc, uint32_t ev,
                     uintptr_t ra)
{
    uint64_t was;

    if (unlikely(ev & IA64_EV_FAULTS)) {
        env->exc.set = 0;
        ia64_raise(env, IA64_VEC_FP_FAULT,
                   IA64_EV_CODE(ev & IA64_EV_FAULTS), ra);
    }
    was = env->fpsr;
    env->fpsr |= (uint64_t)(ev & IA64_FP_ALL) <<
                 IA64_FPSR_FLAG_SHIFT(desc >> 8);
    if (ia64_fp_is_sticky(env->fpsr, desc >> 8) &&
        !ia64_fp_is_sticky(was, desc >> 8)) {
        /*
         * Blocks may be faster from now on: leave this one and those
         * chained to it, which were made for other TB flags.
         */
        ia64_rebuild_hflags(env);
        cpu_exit(env_cpu(env));
    }
}

/* To be called when @target has been written */
static void fp_traps(CPUIA64State *env, IA64FR *target, uint32_t ev,
                     uintptr_t ra)
{
    if (unlikely(ev & IA64_EV_TRAPS)) {
        bool low = target >= env->fr && target < env->fr + 32;

        env->psr |= low ? PSR(MFL) : PSR(MFH);
        env->exc.set = 0;
        ia64_raise(env, IA64_VEC_FP_TRAP,
                   IA64_EV_CODE(ev & IA64_EV_TRAPS) | TRAP_CODE_FP, ra);
    }
}

static void fp_finish(CPUIA64State *env, void *target, IA64FR r,
                      uint32_t desc, uint32_t ev, uintptr_t ra)
{
    IA64FR *f1 = target;

    if (ev) {
        fp_flags(env, desc, ev, ra);
    }
    *f1 = r;
    fp_traps(env, f1, ev, ra);
}

/* ---- multiply-add ---- */

/*
 * f3 * f4 + f2 on values, called where TBF.FPFAST and the form of the operands
 * have been tested: see fpu-fast.h.
 */
#define FAST2(name) \
uint64_t HELPER(name)(uint64_t a, uint64_t b) \
{ return ia64_##name(a, b); }
#define FAST2_FMA(name) \
uint64_t IA64_TARGET_FMA HELPER(name)(uint64_t a, uint64_t b) \
{ return ia64_##name(a, b); }
#define FAST3(name) \
uint64_t IA64_TARGET_FMA HELPER(name)(uint64_t a, uint64_t b, uint64_t c) \
{ return ia64_##name(a, b, c); }

FAST2(fadd_d)
FAST2(fadd_d_x)
FAST2(fadd_s)
FAST2(fadd_s_x)
FAST2(fmpy_d)
FAST2_FMA(fmpy_d_x)
FAST2(fmpy_s)
FAST2(fmpy_s_x)
FAST3(fma_d)
FAST3(fma_d_x)
FAST3(fma_s)
FAST3(fma_s_x)

/*
 * The same without a completer, and where a register is expanded; @op is the
 * one of ia64_fma_nearest().  Returns IA64_FMA_MISS if nothing was done.
 */
uint32_t HELPER(fma64)(void *f1, void *f3, void *f4, void *f2, uint32_t op)
{
    return ia64_fma_nearest(f1, f3, f4, f2, op, 64);
}

uint32_t HELPER(fma53)(void *f1, void *f3, void *f4, void *f2, uint32_t op)
{
    return ia64_fma_nearest(f1, f3, f4, f2, op, 53);
}

uint32_t HELPER(fma24)(void *f1, void *f3, void *f4, void *f2, uint32_t op)
{
    return ia64_fma_nearest(f1, f3, f4, f2, op, 24);
}

/* Where those miss */
void HELPER(fma)(CPUIA64State *env, void *f1, void *f3, void *f4, void *f2,
                 uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fma(*(IA64FR *)f3, *(IA64FR *)f4, *(IA64FR *)f2,
                        desc & 0xff, fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
}

/* fnorm, mostly of what setf.sig has made; the status field keeps 64 bits */
void HELPER(fnorm)(CPUIA64State *env, void *f1, void *f3, uint32_t desc)
{
    const IA64FR *a = f3;
    IA64FR *target = f1, r;
    uint32_t ev = 0;

    if (likely(a->hi == (IA64_FR_TAG | IA64_FR_EXP_INT) && a->lo)) {
        int n = clz64(a->lo);

        if (n == 0 || (fp_ctl(env, desc) & IA64_FP_D)) {
            env->fpsr |= n ? (uint64_t)IA64_FP_D <<
                             IA64_FPSR_FLAG_SHIFT(desc >> 8) : 0;
            target->lo = a->lo << n;
            target->hi = (IA64_FR_TAG | IA64_FR_EXP_INT) - n;
            return;
        }
    }
    r = ia64_fma(*a, ia64_fr_from_double(0x3ffull << 52),
                 ia64_fr_from_double(0), desc & 0xff, fp_ctl(env, desc), &ev);
    fp_finish(env, f1, r, desc, ev, GETPC());
}

void HELPER(fpma)(CPUIA64State *env, void *f1, void *f3, void *f4, void *f2,
                  uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fpma(*(IA64FR *)f3, *(IA64FR *)f4, *(IA64FR *)f2,
                         desc & 0xff, fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
}

/* ---- approximations: the return value is p2 ---- */

uint64_t HELPER(frcpa)(CPUIA64State *env, void *f1, void *f2, void *f3,
                       uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r;
    bool p2;

    if (likely(ia64_frcpa_normal(f1, f2, f3))) {
        return 1;
    }
    r = ia64_frcpa(*(IA64FR *)f2, *(IA64FR *)f3, fp_ctl(env, desc), &p2, &ev);
    fp_finish(env, f1, r, desc, ev, GETPC());
    return p2;
}

uint64_t HELPER(frsqrta)(CPUIA64State *env, void *f1, void *f3,
                         uint32_t desc)
{
    uint32_t ev = 0;
    bool p2;
    IA64FR r = ia64_frsqrta(*(IA64FR *)f3, fp_ctl(env, desc), &p2, &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
    return p2;
}

uint64_t HELPER(fprcpa)(CPUIA64State *env, void *f1, void *f2, void *f3,
                        uint32_t desc)
{
    uint32_t ev = 0;
    bool p2;
    IA64FR r = ia64_fprcpa(*(IA64FR *)f2, *(IA64FR *)f3, fp_ctl(env, desc),
                           &p2, &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
    return p2;
}

uint64_t HELPER(fprsqrta)(CPUIA64State *env, void *f1, void *f3,
                          uint32_t desc)
{
    uint32_t ev = 0;
    bool p2;
    IA64FR r = ia64_fprsqrta(*(IA64FR *)f3, fp_ctl(env, desc), &p2, &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
    return p2;
}

/* ---- comparison ---- */

static bool compare_doubles(double a, double b, IA64Rel rel)
{
    switch (rel) {
    case IA64_REL_EQ:
        return a == b;
    case IA64_REL_LT:
        return a < b;
    case IA64_REL_LE:
        return a <= b;
    default:
        return false;
    }
}

/* Bit 0: the relation, bit 1: its contrary; none of them with NaTVal */
uint64_t HELPER(fcmp)(CPUIA64State *env, void *f2, void *f3, uint32_t desc)
{
    IA64FR a = *(IA64FR *)f2, b = *(IA64FR *)f3;
    IA64Rel rel = desc & 3;
    uint32_t ev = 0;
    int r;

    if (!(a.hi | b.hi) && ia64_double_is_simple(a.lo) &&
        ia64_double_is_simple(b.lo)) {
        return compare_doubles(ia64_to_host(a.lo), ia64_to_host(b.lo), rel) ?
               1 : 2;
    }
    r = ia64_fcmp(a, b, rel, fp_ctl(env, desc), &ev);
    fp_flags(env, desc, ev, GETPC());
    return r < 0 ? 0 : r ? 1 : 2;
}

uint64_t HELPER(fclass)(void *f2, uint32_t classes)
{
    int r = ia64_fclass(*(IA64FR *)f2, classes);

    return r < 0 ? 0 : r ? 1 : 2;
}

/* desc: relation, 4 for its contrary */
void HELPER(fpcmp)(CPUIA64State *env, void *f1, void *f2, void *f3,
                   uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fpcmp(*(IA64FR *)f2, *(IA64FR *)f3, desc & 3, desc & 4,
                          fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
}

void HELPER(fminmax)(CPUIA64State *env, void *f1, void *f2, void *f3,
                     uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fminmax(*(IA64FR *)f2, *(IA64FR *)f3, desc & 3,
                            fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
}

void HELPER(fpminmax)(CPUIA64State *env, void *f1, void *f2, void *f3,
                      uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fpminmax(*(IA64FR *)f2, *(IA64FR *)f3, desc & 3,
                             fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
}

/* ---- conversion ---- */

void HELPER(fcvt_fx)(CPUIA64State *env, void *f1, void *f2, uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR a = *(IA64FR *)f2, r;

    if (likely(ia64_fp_is_fast(env->fpsr, desc >> 8))) {
        bool inexact;

        if (likely(ia64_fcvt_nearest(&r.lo, &inexact, a, desc & 3) &&
                   (!inexact || ia64_fp_is_sticky(env->fpsr, desc >> 8)))) {
            ((IA64FR *)f1)->lo = r.lo;
            ((IA64FR *)f1)->hi = IA64_FR_TAG | IA64_FR_EXP_INT;
            return;
        }
    }
    r = ia64_fcvt_fx(a, desc & 3, fp_ctl(env, desc), &ev);
    fp_finish(env, f1, r, desc, ev, GETPC());
}

void HELPER(fpcvt_fx)(CPUIA64State *env, void *f1, void *f2, uint32_t desc)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fpcvt_fx(*(IA64FR *)f2, desc & 3, fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, GETPC());
}

void HELPER(fcvt_xf)(void *f1, void *f2)
{
    *(IA64FR *)f1 = ia64_fcvt_xf(*(IA64FR *)f2);
}

/* ---- fields and significands ---- */

void HELPER(fsigop)(void *f1, void *f2, void *f3, uint32_t op)
{
    *(IA64FR *)f1 = ia64_fsigop(*(IA64FR *)f2, *(IA64FR *)f3, op);
}

void HELPER(fselect)(void *f1, void *f3, void *f4, void *f2)
{
    *(IA64FR *)f1 = ia64_fselect(*(IA64FR *)f3, *(IA64FR *)f4,
                                 *(IA64FR *)f2);
}

void HELPER(fmerge_s)(void *f1, void *f2, void *f3)
{
    *(IA64FR *)f1 = ia64_fmerge_s(*(IA64FR *)f2, *(IA64FR *)f3);
}

void HELPER(fmerge_ns)(void *f1, void *f2, void *f3)
{
    *(IA64FR *)f1 = ia64_fmerge_ns(*(IA64FR *)f2, *(IA64FR *)f3);
}

void HELPER(fmerge_se)(void *f1, void *f2, void *f3)
{
    *(IA64FR *)f1 = ia64_fmerge_se(*(IA64FR *)f2, *(IA64FR *)f3);
}

void HELPER(xma)(void *f1, void *f3, void *f4, void *f2, uint32_t op)
{
    *(IA64FR *)f1 = ia64_xma(*(IA64FR *)f3, *(IA64FR *)f4, *(IA64FR *)f2, op);
}

/* ---- status fields ---- */

void HELPER(fclrf)(CPUIA64State *env, uint32_t sf)
{
    env->fpsr &= ~((uint64_t)IA64_FP_ALL << IA64_FPSR_FLAG_SHIFT(sf));
    ia64_rebuild_hflags(env);
}

/* masks: amask7 in bits 6:0, omask7 in bits 14:8 */
void HELPER(fsetc)(CPUIA64State *env, uint32_t sf, uint32_t masks)
{
    uint32_t ctl = extract64(env->fpsr, IA64_FPSR_SF_SHIFT(0), 7);

    ctl = (ctl & masks) | masks >> 8;
    /* pc = 1 is reserved, and so is td of the main status field */
    if (extract32(ctl, 2, 2) == 1 || (sf == 0 && (ctl & 0x40))) {
        ia64_raise_ge(env, IA64_GE_RESERVED, GETPC());
    }
    env->fpsr = deposit64(env->fpsr, IA64_FPSR_SF_SHIFT(sf), 7, ctl);
    ia64_rebuild_hflags(env);
}
