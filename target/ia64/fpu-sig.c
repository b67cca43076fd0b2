/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point registers: operations on fields and significands,
 * and integer multiply-add.  None of them raises an exception.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "fpu-internal.h"

#define HIGH    0xffffffff00000000ull
#define LOW     0x00000000ffffffffull
#define SIGNS   0x8000000080000000ull
#define SEXPS   0xff800000ff800000ull

uint64_t ia64_sigop(uint64_t f2, uint64_t f3, IA64SigOp op)
{
    uint64_t swapped = f3 << 32 | f2 >> 32;

    switch (op) {
    case IA64_FAND:
        return f2 & f3;
    case IA64_FANDCM:
        return f2 & ~f3;
    case IA64_FOR:
        return f2 | f3;
    case IA64_FXOR:
        return f2 ^ f3;
    case IA64_FSWAP:
        return swapped;
    case IA64_FSWAP_NL:
        return swapped ^ 1ull << 63;
    case IA64_FSWAP_NR:
        return swapped ^ 1ull << 31;
    case IA64_FMIX_LR:
        return (f2 & HIGH) | (f3 & LOW);
    case IA64_FMIX_R:
        return f2 << 32 | (f3 & LOW);
    case IA64_FMIX_L:
        return (f2 & HIGH) | f3 >> 32;
    case IA64_FSXT_R:
        return (-(f2 >> 31 & 1) & HIGH) | (f3 & LOW);
    case IA64_FSXT_L:
        return (-(f2 >> 63) & HIGH) | f3 >> 32;
    case IA64_FPMERGE_S:
        return (f2 & SIGNS) | (f3 & ~SIGNS);
    case IA64_FPMERGE_NS:
        return (~f2 & SIGNS) | (f3 & ~SIGNS);
    case IA64_FPMERGE_SE:
        return (f2 & SEXPS) | (f3 & ~SEXPS);
    default:
        g_assert_not_reached();
    }
}

IA64FR ia64_fsigop(IA64FR f2, IA64FR f3, IA64SigOp op)
{
    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    if (op == IA64_FPACK) {
        return fp_pair(ia64_stfs(f2), ia64_stfs(f3));
    }
    return ia64_fr_from_sig(ia64_sigop(ia64_getf_sig(f2),
                                       ia64_getf_sig(f3), op));
}

IA64FR ia64_fselect(IA64FR f3, IA64FR f4, IA64FR f2)
{
    uint64_t mask;

    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3) ||
        ia64_fr_is_natval(f4)) {
        return ia64_fr_natval();
    }
    mask = ia64_getf_sig(f2);
    return ia64_fr_from_sig((ia64_getf_sig(f3) & mask) |
                            (ia64_getf_sig(f4) & ~mask));
}

/* Sign of f2 (inverted by @invert), the rest from f3 */
static IA64FR fp_merge_sign(IA64FR f2, IA64FR f3, bool invert)
{
    bool sign;

    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    sign = (f2.hi ? f2.hi >> 17 & 1 : f2.lo >> 63) ^ invert;
    if (f3.hi) {
        f3.hi = deposit64(f3.hi, 17, 1, sign);
    } else {
        f3.lo = deposit64(f3.lo, 63, 1, sign);
    }
    return f3;
}

IA64FR ia64_fmerge_s(IA64FR f2, IA64FR f3)
{
    return fp_merge_sign(f2, f3, false);
}

IA64FR ia64_fmerge_ns(IA64FR f2, IA64FR f3)
{
    return fp_merge_sign(f2, f3, true);
}

IA64FR ia64_fmerge_se(IA64FR f2, IA64FR f3)
{
    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    return (IA64FR) {
        .lo = ia64_getf_sig(f3),
        .hi = ia64_fr_expand(f2).hi,
    };
}

IA64FR ia64_xma(IA64FR f3, IA64FR f4, IA64FR f2, IA64Xma op)
{
    uint64_t a, b, c, lo, hi;

    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3) ||
        ia64_fr_is_natval(f4)) {
        return ia64_fr_natval();
    }
    a = ia64_getf_sig(f3);
    b = ia64_getf_sig(f4);
    c = ia64_getf_sig(f2);
    if (op == IA64_XMA_L) {
        return ia64_fr_from_sig(a * b + c);
    }
    if (op == IA64_XMA_H) {
        muls64(&lo, &hi, a, b);
    } else {
        mulu64(&lo, &hi, a, b);
    }
    /* The addend is zero-extended in both forms */
    return ia64_fr_from_sig(hi + (lo + c < c));
}
