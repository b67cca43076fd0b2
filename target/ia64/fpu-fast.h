/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic on the host's floating point
 *
 * As in the softfloat of the base: with rounding to nearest and the I flag
 * already sticky, a normal result of operands without denormals raises no
 * other flag, so the host's result is all there is to know.  What is not
 * certain (zero, tiny or special results) is left to ia64_fma().
 *
 * Operands are registers in the unexpanded form; the caller has made sure of
 * rounding mode and flag, and that inexact results do not trap.  @op is the
 * completer (.s or .d) with IA64_FMA_NEG_* bits.  True if *@r is the result.
 */

#ifndef IA64_FPU_FAST_H
#define IA64_FPU_FAST_H

#include "fpu.h"

/* For functions that are called only if ia64_have_fast_fma() */
#ifdef __x86_64__
#define IA64_TARGET_FMA     __attribute__((target("fma")))
#else
#define IA64_TARGET_FMA
#endif

/* No result: a signaling NaN, which no operation returns */
#define IA64_FP_MISS        0x7ff0000000000001ull

#define IA64_DOUBLE_SIGN    (1ull << 63)

/*
 * Whether the host's arithmetic may be used with a status field: rounding to
 * nearest, inexact results do not trap.
 */
static inline bool ia64_fp_is_fast(uint64_t fpsr, unsigned sf)
{
    uint64_t rc = 3ull << (IA64_FPSR_SF_SHIFT(sf) + 4);

    return (fpsr & (rc | IA64_FP_I)) == IA64_FP_I;
}

/* Whether its I flag is set already */
static inline bool ia64_fp_is_sticky(uint64_t fpsr, unsigned sf)
{
    return fpsr & ((uint64_t)IA64_FP_I << IA64_FPSR_FLAG_SHIFT(sf));
}

/* Whether the host has a fused multiply-add instruction */
bool ia64_have_fast_fma(void);

/* f3 * f4 + f2; false if the host has no such instruction */
bool ia64_fast_fma(uint64_t *r, uint64_t f3, uint64_t f4, uint64_t f2,
                   uint32_t op);

static inline double ia64_to_host(uint64_t d)
{
    union {
        uint64_t i;
        double h;
    } u = { .i = d };
    return u.h;
}

static inline uint64_t ia64_from_host(double h)
{
    union {
        uint64_t i;
        double h;
    } u = { .h = h };
    return u.i;
}

static inline bool ia64_double_is_denormal(uint64_t d)
{
    return (d << 1) - 1 < (1ull << 53) - 1;
}

/* Finite, and not so small that it may have been tiny before rounding */
static inline bool ia64_double_is_safe(uint64_t d)
{
    return ((d >> 52) & 0x7ff) - 2 < 0x7fd;
}

static inline bool ia64_single_is_safe(float h)
{
    union {
        uint32_t i;
        float h;
    } u = { .h = h };
    return ((u.i >> 23) & 0xff) - 2 < 0xfd;
}

/* Zero that came of a zero operand: exact, of the sign that the host gave it */
static inline bool ia64_is_exact_zero(uint64_t r, uint64_t a, uint64_t b)
{
    return r << 1 == 0 && (a << 1 == 0 || b << 1 == 0);
}

/*
 * Products below this exponent may have a rounding error that is not a
 * double itself.
 */
#define IA64_EXACT_MIN_EXP  110

/* Whether a + b, which is s, was exact (the error of a sum is a double) */
static inline bool ia64_sum_is_exact(double a, double b, double s)
{
    double bb = s - a;

    return (a - (s - bb)) + (b - bb) == 0;
}

/* A double that is a single: NaNs fail, denormals of double too */
static inline bool ia64_to_host_single(uint64_t d, float *f)
{
    double h = ia64_to_host(d);

    *f = h;
    return *f == h;
}

/* Zero or a normal double: comparisons raise no flag */
static inline bool ia64_double_is_simple(uint64_t d)
{
    return ((d >> 52) & 0x7ff) - 1 < 0x7fe || d << 1 == 0;
}

static inline bool ia64_fast_fadd(uint64_t *r, uint64_t f3, uint64_t f2,
                                  uint32_t op)
{
    f3 ^= op & IA64_FMA_NEG_MUL ? IA64_DOUBLE_SIGN : 0;
    f2 ^= op & IA64_FMA_NEG_ADD ? IA64_DOUBLE_SIGN : 0;
    if ((op & 3) == IA64_PC_S) {
        float a, c, d;

        if (!ia64_to_host_single(f3, &a) || !ia64_to_host_single(f2, &c)) {
            return false;
        }
        d = a + c;
        *r = ia64_from_host(d);
        return ia64_single_is_safe(d);
    }
    *r = ia64_from_host(ia64_to_host(f3) + ia64_to_host(f2));
    return ia64_double_is_safe(*r) &&
           !ia64_double_is_denormal(f3) && !ia64_double_is_denormal(f2);
}

static inline bool ia64_fast_fmpy(uint64_t *r, uint64_t f3, uint64_t f4,
                                  uint32_t op)
{
    f3 ^= op & IA64_FMA_NEG_MUL ? IA64_DOUBLE_SIGN : 0;
    if ((op & 3) == IA64_PC_S) {
        float a, b, d;

        if (!ia64_to_host_single(f3, &a) || !ia64_to_host_single(f4, &b)) {
            return false;
        }
        d = a * b;
        *r = ia64_from_host(d);
        return ia64_single_is_safe(d);
    }
    *r = ia64_from_host(ia64_to_host(f3) * ia64_to_host(f4));
    return ia64_double_is_safe(*r) &&
           !ia64_double_is_denormal(f3) && !ia64_double_is_denormal(f4);
}

#endif /* IA64_FPU_FAST_H */
