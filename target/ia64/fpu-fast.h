/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic on the host's floating point
 *
 * As in the softfloat of the base: with rounding to nearest and the I flag
 * already sticky, a normal result of operands without denormals raises no
 * other flag, so the host's result is all there is to know.  The _x variants
 * are for a status field whose I flag is clear: they want to know that the
 * result is exact, too.
 *
 * Operands and results are registers in the unexpanded form.  The result is
 * IA64_FP_MISS where it is not certain (tiny and special results, denormal
 * operands): take ia64_fma() then.
 */

#ifndef IA64_FPU_FAST_H
#define IA64_FPU_FAST_H

#include "fpu.h"

/* A signaling NaN, which no operation returns */
#define IA64_FP_MISS        0x7ff0000000000001ull

#define IA64_DOUBLE_SIGN    (1ull << 63)

/*
 * Whether a status field has the usual controls: rounding to nearest, 64 bits
 * where the instruction does not say otherwise, inexact results do not trap.
 */
static inline bool ia64_fp_is_fast(uint64_t fpsr, unsigned sf)
{
    uint64_t rc = 3ull << (IA64_FPSR_SF_SHIFT(sf) + 4);
    uint64_t pc = 3ull << (IA64_FPSR_SF_SHIFT(sf) + 2);

    return (fpsr & (rc | pc | IA64_FP_I)) == (pc | IA64_FP_I);
}

/* Whether its I flag is set already */
static inline bool ia64_fp_is_sticky(uint64_t fpsr, unsigned sf)
{
    return fpsr & ((uint64_t)IA64_FP_I << IA64_FPSR_FLAG_SHIFT(sf));
}

/*
 * Whether the host has a fused multiply-add instruction.  If not, the
 * functions below that have IA64_TARGET_FMA must not be called: an emulated
 * one takes longer than ia64_fma().
 */
bool ia64_have_fast_fma(void);

#ifdef __x86_64__
#define IA64_TARGET_FMA     __attribute__((target("fma")))
#else
#define IA64_TARGET_FMA
#endif

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

/* Zero or a normal double: comparisons raise no flag */
static inline bool ia64_double_is_simple(uint64_t d)
{
    return ((d >> 52) & 0x7ff) - 1 < 0x7fe || d << 1 == 0;
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
        float h;
        uint32_t i;
    } u = { .h = h };
    return ((u.i >> 23) & 0xff) - 2 < 0xfd;
}

/* Zero because a factor is: exact, and the host has got its sign right */
static inline bool ia64_is_exact_zero(uint64_t r, uint64_t a, uint64_t b)
{
    return r << 1 == 0 && (a << 1 == 0 || b << 1 == 0);
}

/* Whether a + b, which is s, was exact (the error of a sum is a double) */
static inline bool ia64_sum_is_exact(double a, double b, double s)
{
    double bb = s - a;

    return (a - (s - bb)) + (b - bb) == 0;
}

/*
 * Whether a * b, which is p, was exact.  Products below 2^-913 may have an
 * error that is not a double itself.
 */
static inline bool IA64_TARGET_FMA
ia64_product_is_exact(uint64_t a, uint64_t b, uint64_t p)
{
    if (((p >> 52) & 0x7ff) < 110) {
        return ia64_is_exact_zero(p, a, b);
    }
    return __builtin_fma(ia64_to_host(a), ia64_to_host(b),
                         -ia64_to_host(p)) == 0;
}

/* A double that is a single: NaNs fail, denormals of double too */
static inline bool ia64_to_host_single(uint64_t d, float *f)
{
    double h = ia64_to_host(d);

    *f = h;
    return *f == h;
}

/* ---- double ---- */

static inline uint64_t ia64_fadd_d(uint64_t a, uint64_t b)
{
    uint64_t r = ia64_from_host(ia64_to_host(a) + ia64_to_host(b));

    /* A sum is zero only if it is exact. */
    return (ia64_double_is_safe(r) || r << 1 == 0) &&
           !ia64_double_is_denormal(a) && !ia64_double_is_denormal(b)
           ? r : IA64_FP_MISS;
}

static inline uint64_t ia64_fadd_d_x(uint64_t a, uint64_t b)
{
    uint64_t r = ia64_fadd_d(a, b);

    return ia64_sum_is_exact(ia64_to_host(a), ia64_to_host(b),
                             ia64_to_host(r)) ? r : IA64_FP_MISS;
}

static inline uint64_t ia64_fmpy_d(uint64_t a, uint64_t b)
{
    uint64_t r = ia64_from_host(ia64_to_host(a) * ia64_to_host(b));

    return (ia64_double_is_safe(r) || ia64_is_exact_zero(r, a, b)) &&
           !ia64_double_is_denormal(a) && !ia64_double_is_denormal(b)
           ? r : IA64_FP_MISS;
}

static inline uint64_t IA64_TARGET_FMA ia64_fmpy_d_x(uint64_t a, uint64_t b)
{
    uint64_t r = ia64_fmpy_d(a, b);

    return r != IA64_FP_MISS && ia64_product_is_exact(a, b, r)
           ? r : IA64_FP_MISS;
}

static inline uint64_t IA64_TARGET_FMA ia64_fma_d(uint64_t a, uint64_t b,
                                                  uint64_t c)
{
    uint64_t r = ia64_from_host(__builtin_fma(ia64_to_host(a),
                                              ia64_to_host(b),
                                              ia64_to_host(c)));

    return (ia64_double_is_safe(r) || ia64_is_exact_zero(r, a, b)) &&
           !ia64_double_is_denormal(a) && !ia64_double_is_denormal(b) &&
           !ia64_double_is_denormal(c) ? r : IA64_FP_MISS;
}

static inline uint64_t IA64_TARGET_FMA ia64_fma_d_x(uint64_t a, uint64_t b,
                                                    uint64_t c)
{
    double p = ia64_to_host(a) * ia64_to_host(b);
    double s = p + ia64_to_host(c);
    uint64_t r = ia64_from_host(s);

    return (ia64_double_is_safe(r) || r << 1 == 0) &&
           !ia64_double_is_denormal(a) && !ia64_double_is_denormal(b) &&
           !ia64_double_is_denormal(c) &&
           ia64_product_is_exact(a, b, ia64_from_host(p)) &&
           ia64_sum_is_exact(p, ia64_to_host(c), s) ? r : IA64_FP_MISS;
}

/* ---- single: operands that are none miss ---- */

static inline uint64_t ia64_fadd_s(uint64_t a, uint64_t b)
{
    float x, y, r;

    if (!ia64_to_host_single(a, &x) || !ia64_to_host_single(b, &y)) {
        return IA64_FP_MISS;
    }
    r = x + y;
    return ia64_single_is_safe(r) || r == 0 ? ia64_from_host(r)
                                            : IA64_FP_MISS;
}

static inline uint64_t ia64_fadd_s_x(uint64_t a, uint64_t b)
{
    uint64_t r = ia64_fadd_s(a, b);

    return ia64_sum_is_exact(ia64_to_host(a), ia64_to_host(b),
                             ia64_to_host(r)) ? r : IA64_FP_MISS;
}

static inline uint64_t ia64_fmpy_s(uint64_t a, uint64_t b)
{
    float x, y, r;

    if (!ia64_to_host_single(a, &x) || !ia64_to_host_single(b, &y)) {
        return IA64_FP_MISS;
    }
    r = x * y;
    return ia64_single_is_safe(r) ||
           ia64_is_exact_zero(ia64_from_host(r), a, b) ? ia64_from_host(r)
                                                       : IA64_FP_MISS;
}

static inline uint64_t ia64_fmpy_s_x(uint64_t a, uint64_t b)
{
    uint64_t r = ia64_fmpy_s(a, b);

    /* A product of singles is a double. */
    return ia64_to_host(a) * ia64_to_host(b) == ia64_to_host(r)
           ? r : IA64_FP_MISS;
}

static inline uint64_t IA64_TARGET_FMA ia64_fma_s(uint64_t a, uint64_t b,
                                                  uint64_t c)
{
    float x, y, z, r;

    if (!ia64_to_host_single(a, &x) || !ia64_to_host_single(b, &y) ||
        !ia64_to_host_single(c, &z)) {
        return IA64_FP_MISS;
    }
    r = __builtin_fmaf(x, y, z);
    return ia64_single_is_safe(r) ||
           ia64_is_exact_zero(ia64_from_host(r), a, b) ? ia64_from_host(r)
                                                       : IA64_FP_MISS;
}

static inline uint64_t IA64_TARGET_FMA ia64_fma_s_x(uint64_t a, uint64_t b,
                                                    uint64_t c)
{
    uint64_t r = ia64_fma_s(a, b, c);
    double p = ia64_to_host(a) * ia64_to_host(b);
    double s = p + ia64_to_host(c);

    return s == ia64_to_host(r) && ia64_sum_is_exact(p, ia64_to_host(c), s)
           ? r : IA64_FP_MISS;
}

#endif /* IA64_FPU_FAST_H */
