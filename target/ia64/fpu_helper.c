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

/* To be called when all targets have been written */
static void fp_traps(CPUIA64State *env, uint32_t ev, uintptr_t ra)
{
    if (unlikely(ev & IA64_EV_TRAPS)) {
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
    fp_traps(env, ev, ra);
}

/* Whether fpu-fast.h may be used for this status field */
static bool fp_host_ok(CPUIA64State *env, uint32_t desc)
{
    return ia64_fp_is_fast(env->fpsr, desc >> 8) &&
           ia64_fp_is_sticky(env->fpsr, desc >> 8);
}

/* ---- multiply-add ---- */

static void __attribute__((noinline))
fma_slow(CPUIA64State *env, void *f1, IA64FR a, IA64FR b, IA64FR c,
         uint32_t desc, uintptr_t ra)
{
    uint32_t ev = 0;
    IA64FR r = ia64_fma(a, b, c, desc & 0xff, fp_ctl(env, desc), &ev);

    fp_finish(env, f1, r, desc, ev, ra);
}

/* Without a completer: mostly steps of divisions, in register precision */
void HELPER(fma)(CPUIA64State *env, void *f1, void *f3, void *f4, void *f2,
                 uint32_t desc)
{
    unsigned shift = IA64_FPSR_SF_SHIFT(desc >> 8);
    IA64FR a = *(IA64FR *)f3, b = *(IA64FR *)f4, c = *(IA64FR *)f2;

    /* pc = 3, rc = 0, inexact results do not trap */
    if (((env->fpsr >> shift) & 0x3c) == 0x0c && (env->fpsr & IA64_FP_I)) {
        int inexact = ia64_fast_fma64(f1, a, b, c, desc);

        if (likely(inexact >= 0)) {
            env->fpsr |= (uint64_t)inexact << (shift + 12);
            return;
        }
    }
    fma_slow(env, f1, a, b, c, desc, GETPC());
}

static void fma_double(CPUIA64State *env, IA64FR *f1, IA64FR a, IA64FR b,
                       IA64FR c, uint32_t pc, uint32_t desc, uintptr_t ra)
{
    uint64_t r;

    if (likely(!(a.hi | b.hi | c.hi)) && fp_host_ok(env, desc) &&
        ia64_fast_fma(&r, a.lo, b.lo, c.lo, (desc & ~3) | pc)) {
        *f1 = ia64_fr_from_double(r);
        return;
    }
    fma_slow(env, f1, a, b, c, desc, ra);
}

void HELPER(fma_d)(CPUIA64State *env, void *f1, void *f3, void *f4, void *f2,
                   uint32_t desc)
{
    fma_double(env, f1, *(IA64FR *)f3, *(IA64FR *)f4, *(IA64FR *)f2,
               IA64_PC_D, desc, GETPC());
}

/*
 * The same on values, called where TBF.FPFAST and the form of the operands
 * have been tested: the result, or IA64_FP_MISS where it is not certain.
 * The _x variants are for status fields whose I flag is clear: they miss
 * unless the result is known to be exact.
 */
static bool operands_ok(uint64_t a, uint64_t b)
{
    return !ia64_double_is_denormal(a) && !ia64_double_is_denormal(b);
}

uint64_t IA64_TARGET_FMA HELPER(fma_d_fast)(uint64_t f3, uint64_t f4,
                                            uint64_t f2)
{
    uint64_t r = ia64_from_host(__builtin_fma(ia64_to_host(f3),
                                              ia64_to_host(f4),
                                              ia64_to_host(f2)));

    return (ia64_double_is_safe(r) || ia64_is_exact_zero(r, f3, f4)) &&
           operands_ok(f3, f4) && !ia64_double_is_denormal(f2)
           ? r : IA64_FP_MISS;
}

/* The product's error, and whether that tells exactness */
static bool IA64_TARGET_FMA product_is_exact(uint64_t f3, uint64_t f4,
                                             uint64_t p)
{
    if (((p >> 52) & 0x7ff) < IA64_EXACT_MIN_EXP) {
        return ia64_is_exact_zero(p, f3, f4);
    }
    return __builtin_fma(ia64_to_host(f3), ia64_to_host(f4),
                         -ia64_to_host(p)) == 0;
}

uint64_t IA64_TARGET_FMA HELPER(fma_d_fast_x)(uint64_t f3, uint64_t f4,
                                              uint64_t f2)
{
    double p = ia64_to_host(f3) * ia64_to_host(f4);
    double c = ia64_to_host(f2), s = p + c;
    uint64_t r = ia64_from_host(s);

    return (ia64_double_is_safe(r) || r << 1 == 0) && operands_ok(f3, f4) &&
           !ia64_double_is_denormal(f2) &&
           product_is_exact(f3, f4, ia64_from_host(p)) &&
           ia64_sum_is_exact(p, c, s) ? r : IA64_FP_MISS;
}

uint64_t IA64_TARGET_FMA HELPER(fma_s_fast)(uint64_t f3, uint64_t f4,
                                            uint64_t f2)
{
    float a, b, c, d;

    if (!ia64_to_host_single(f3, &a) || !ia64_to_host_single(f4, &b) ||
        !ia64_to_host_single(f2, &c)) {
        return IA64_FP_MISS;
    }
    d = __builtin_fmaf(a, b, c);
    return ia64_single_is_safe(d) ? ia64_from_host(d) : IA64_FP_MISS;
}

uint64_t HELPER(fadd_d_fast)(uint64_t f3, uint64_t f2)
{
    uint64_t r = ia64_from_host(ia64_to_host(f3) + ia64_to_host(f2));

    /* A sum is zero only if it is exact. */
    return (ia64_double_is_safe(r) || r << 1 == 0) && operands_ok(f3, f2)
           ? r : IA64_FP_MISS;
}

uint64_t HELPER(fadd_d_fast_x)(uint64_t f3, uint64_t f2)
{
    uint64_t r = HELPER(fadd_d_fast)(f3, f2);

    return r != IA64_FP_MISS &&
           ia64_sum_is_exact(ia64_to_host(f3), ia64_to_host(f2),
                             ia64_to_host(r)) ? r : IA64_FP_MISS;
}

uint64_t HELPER(fadd_s_fast)(uint64_t f3, uint64_t f2)
{
    uint64_t r;

    return ia64_fast_fadd(&r, f3, f2, IA64_PC_S) ? r : IA64_FP_MISS;
}

uint64_t HELPER(fmpy_d_fast)(uint64_t f3, uint64_t f4)
{
    uint64_t r = ia64_from_host(ia64_to_host(f3) * ia64_to_host(f4));

    return (ia64_double_is_safe(r) || ia64_is_exact_zero(r, f3, f4)) &&
           operands_ok(f3, f4) ? r : IA64_FP_MISS;
}

uint64_t IA64_TARGET_FMA HELPER(fmpy_d_fast_x)(uint64_t f3, uint64_t f4)
{
    uint64_t r = HELPER(fmpy_d_fast)(f3, f4);

    return r != IA64_FP_MISS && product_is_exact(f3, f4, r)
           ? r : IA64_FP_MISS;
}

uint64_t HELPER(fmpy_s_fast)(uint64_t f3, uint64_t f4)
{
    uint64_t r;

    return ia64_fast_fmpy(&r, f3, f4, IA64_PC_S) ? r : IA64_FP_MISS;
}

void HELPER(fma_s)(CPUIA64State *env, void *f1, void *f3, void *f4, void *f2,
                   uint32_t desc)
{
    fma_double(env, f1, *(IA64FR *)f3, *(IA64FR *)f4, *(IA64FR *)f2,
               IA64_PC_S, desc, GETPC());
}

/* f3 + f2: one of the factors is register 1 */
static void fadd_double(CPUIA64State *env, IA64FR *f1, IA64FR a, IA64FR c,
                        uint32_t pc, uint32_t desc, uintptr_t ra)
{
    uint64_t r;

    if (likely(!(a.hi | c.hi)) && fp_host_ok(env, desc) &&
        ia64_fast_fadd(&r, a.lo, c.lo, (desc & ~3) | pc)) {
        *f1 = ia64_fr_from_double(r);
        return;
    }
    fma_slow(env, f1, a, env->fr[1], c, desc, ra);
}

void HELPER(fadd_d)(CPUIA64State *env, void *f1, void *f3, void *f2,
                    uint32_t desc)
{
    fadd_double(env, f1, *(IA64FR *)f3, *(IA64FR *)f2, IA64_PC_D, desc,
                GETPC());
}

void HELPER(fadd_s)(CPUIA64State *env, void *f1, void *f3, void *f2,
                    uint32_t desc)
{
    fadd_double(env, f1, *(IA64FR *)f3, *(IA64FR *)f2, IA64_PC_S, desc,
                GETPC());
}

/* f3 * f4: the addend is register 0, desc has IA64_FMA_NO_ADD */
static void fmpy_double(CPUIA64State *env, IA64FR *f1, IA64FR a, IA64FR b,
                        uint32_t pc, uint32_t desc, uintptr_t ra)
{
    uint64_t r;

    if (likely(!(a.hi | b.hi)) && fp_host_ok(env, desc) &&
        ia64_fast_fmpy(&r, a.lo, b.lo, (desc & ~3) | pc)) {
        *f1 = ia64_fr_from_double(r);
        return;
    }
    fma_slow(env, f1, a, b, env->fr[0], desc, ra);
}

void HELPER(fmpy_d)(CPUIA64State *env, void *f1, void *f3, void *f4,
                    uint32_t desc)
{
    fmpy_double(env, f1, *(IA64FR *)f3, *(IA64FR *)f4, IA64_PC_D, desc,
                GETPC());
}

void HELPER(fmpy_s)(CPUIA64State *env, void *f1, void *f3, void *f4,
                    uint32_t desc)
{
    fmpy_double(env, f1, *(IA64FR *)f3, *(IA64FR *)f4, IA64_PC_S, desc,
                GETPC());
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
    bool p2;
    IA64FR r = ia64_frcpa(*(IA64FR *)f2, *(IA64FR *)f3, fp_ctl(env, desc),
                          &p2, &ev);

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
    IA64FR r = ia64_fcvt_fx(*(IA64FR *)f2, desc & 3, fp_ctl(env, desc), &ev);

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

/* masks: amask7 in bits 6:0, omask7 in bits 14:8 */
void HELPER(fclrf)(CPUIA64State *env, uint32_t sf)
{
    env->fpsr &= ~((uint64_t)IA64_FP_ALL << IA64_FPSR_FLAG_SHIFT(sf));
    ia64_rebuild_hflags(env);
}

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
