/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Itanium floating-point arithmetic: the host's fused multiply-add */

#include "qemu/osdep.h"
#include <math.h>
#include "fpu-fast.h"

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

bool ia64_have_fast_fma(void)
{
    return have_fma;
}
