/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic on the host's floating point
 *
 * As in the softfloat of the base: with rounding to nearest and the I flag
 * already sticky, a normal result of operands without denormals raises no
 * other flag, so the host's result is all there is to know.  What is not
 * certain (zero, tiny or special results) is left to ia64_fma().
 */

#include "qemu/osdep.h"
#include <math.h>
#include "fpu.h"

/* A fused multiply-add that the host has in hardware */
#if defined(__x86_64__)
static bool have_fma;

static void __attribute__((constructor)) init_have_fma(void)
{
    have_fma = __builtin_cpu_supports("fma");
}
#define TARGET_FMA  __attribute__((target("fma")))
#elif defined(FP_FAST_FMA) && defined(FP_FAST_FMAF)
static const bool have_fma = true;
#define TARGET_FMA
#else
static const bool have_fma;
#define TARGET_FMA
#endif

#define SIGN    (1ull << 63)

static inline double to_host(uint64_t d)
{
    union { uint64_t i; double h; } u = { .i = d };
    return u.h;
}

static inline uint64_t from_host(double h)
{
    union { uint64_t i; double h; } u = { .h = h };
    return u.i;
}

static inline bool is_denormal(uint64_t d)
{
    return (d << 1) - 1 < (1ull << 53) - 1;
}

/* Finite, and not so small that tininess before rounding matters */
static inline bool is_safe_double(uint64_t d)
{
    return ((d >> 52) & 0x7ff) - 2 < 0x7fd;
}

static inline bool is_safe_single(float h)
{
    union { uint32_t i; float h; } u = { .h = h };
    return ((u.i >> 23) & 0xff) - 2 < 0xfd;
}

/* An operand that is a single: NaNs fail, doubles' denormals too */
static inline bool to_single(uint64_t d, float *f)
{
    double h = to_host(d);

    *f = h;
    return *f == h;
}

static bool TARGET_FMA fast_fma(uint64_t *r, uint64_t f3, uint64_t f4,
                                uint64_t f2, uint32_t op)
{
    f3 ^= op & IA64_FMA_NEG_MUL ? SIGN : 0;
    f2 ^= op & IA64_FMA_NEG_ADD ? SIGN : 0;
    if ((op & 3) == IA64_PC_S) {
        float a, b, c, d;

        if (!to_single(f3, &a) || !to_single(f4, &b) || !to_single(f2, &c)) {
            return false;
        }
        d = __builtin_fmaf(a, b, c);
        *r = from_host(d);
        return is_safe_single(d);
    }
    *r = from_host(__builtin_fma(to_host(f3), to_host(f4), to_host(f2)));
    return is_safe_double(*r) &&
           !is_denormal(f3) && !is_denormal(f4) && !is_denormal(f2);
}

bool ia64_fast_fma(uint64_t *r, uint64_t f3, uint64_t f4, uint64_t f2,
                   uint32_t op)
{
    return have_fma && fast_fma(r, f3, f4, f2, op);
}

bool ia64_fast_fadd(uint64_t *r, uint64_t f3, uint64_t f2, uint32_t op)
{
    f3 ^= op & IA64_FMA_NEG_MUL ? SIGN : 0;
    f2 ^= op & IA64_FMA_NEG_ADD ? SIGN : 0;
    if ((op & 3) == IA64_PC_S) {
        float a, c, d;

        if (!to_single(f3, &a) || !to_single(f2, &c)) {
            return false;
        }
        d = a + c;
        *r = from_host(d);
        return is_safe_single(d);
    }
    *r = from_host(to_host(f3) + to_host(f2));
    return is_safe_double(*r) && !is_denormal(f3) && !is_denormal(f2);
}

bool ia64_fast_fmpy(uint64_t *r, uint64_t f3, uint64_t f4, uint32_t op)
{
    f3 ^= op & IA64_FMA_NEG_MUL ? SIGN : 0;
    if ((op & 3) == IA64_PC_S) {
        float a, b, d;

        if (!to_single(f3, &a) || !to_single(f4, &b)) {
            return false;
        }
        d = a * b;
        *r = from_host(d);
        return is_safe_single(d);
    }
    *r = from_host(to_host(f3) * to_host(f4));
    return is_safe_double(*r) && !is_denormal(f3) && !is_denormal(f4);
}
