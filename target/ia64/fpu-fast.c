/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Itanium floating-point arithmetic: the host's fused multiply-add */

#include "qemu/osdep.h"
#include <math.h>
#include "fpu-fast.h"

/*
 * Worth it only if it is an instruction: the C library's emulation is slower
 * than ia64_fma().
 */
#if defined(__x86_64__)
static bool have_fma;

static void __attribute__((constructor)) init_have_fma(void)
{
    have_fma = __builtin_cpu_supports("fma");
}
#elif defined(FP_FAST_FMA) && defined(FP_FAST_FMAF)
static const bool have_fma = true;
#else
static const bool have_fma;
#endif

static bool IA64_TARGET_FMA fast_fma(uint64_t *r, uint64_t f3, uint64_t f4,
                                uint64_t f2, uint32_t op)
{
    f3 ^= op & IA64_FMA_NEG_MUL ? IA64_DOUBLE_SIGN : 0;
    f2 ^= op & IA64_FMA_NEG_ADD ? IA64_DOUBLE_SIGN : 0;
    if ((op & 3) == IA64_PC_S) {
        float a, b, c, d;

        if (!ia64_to_host_single(f3, &a) || !ia64_to_host_single(f4, &b) ||
            !ia64_to_host_single(f2, &c)) {
            return false;
        }
        d = __builtin_fmaf(a, b, c);
        *r = ia64_from_host(d);
        return ia64_single_is_safe(d);
    }
    *r = ia64_from_host(__builtin_fma(ia64_to_host(f3), ia64_to_host(f4),
                                      ia64_to_host(f2)));
    return ia64_double_is_safe(*r) && !ia64_double_is_denormal(f3) &&
           !ia64_double_is_denormal(f4) && !ia64_double_is_denormal(f2);
}

bool ia64_have_fast_fma(void)
{
    return have_fma;
}

bool ia64_fast_fma(uint64_t *r, uint64_t f3, uint64_t f4, uint64_t f2,
                   uint32_t op)
{
    return have_fma && fast_fma(r, f3, f4, f2, op);
}
