/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Itanium floating-point arithmetic: what its files share */

#ifndef IA64_FPU_INTERNAL_H
#define IA64_FPU_INTERNAL_H

#include "qemu/host-utils.h"
#include "fpu.h"

/* Kinds of operands, in the order in which checks want them */
typedef enum FPClass {
    FPC_ZERO,                    /* with unorm: a pseudo-zero */
    FPC_FINITE,
    FPC_INF,
    FPC_QNAN,
    FPC_SNAN,
    FPC_UNSUPPORTED,
    FPC_NATVAL,
} FPClass;

/* A finite value is sig * 2^(exp - 63), bit 63 of sig set */
typedef struct FPVal {
    uint64_t sig;
    int32_t exp;
    bool sign;
    bool unorm;                 /* was denormal or unnormal: raises D */
    FPClass cls;
} FPVal;

/* Where a result is rounded to: significand bits, exponent range */
typedef struct FPFormat {
    int16_t prec;
    bool simd;                  /* wrapped exponents have 8 bits */
    int32_t emin, emax;
} FPFormat;

static inline FPVal fp_unpack(IA64FR r)
{
    FPVal v;
    uint64_t exp;

    r = ia64_fr_expand(r);
    exp = r.hi & IA64_FR_EXP_MASK;
    v.sign = r.hi >> 17 & 1;
    v.sig = r.lo;
    v.exp = 0;
    v.unorm = false;

    if (unlikely(exp == IA64_FR_EXP_SPECIAL)) {
        if (r.lo >= IA64_FR_SIG_QUIET) {
            v.cls = FPC_QNAN;
        } else if (r.lo > IA64_FR_SIG_INT) {
            v.cls = FPC_SNAN;
        } else {
            v.cls = r.lo == IA64_FR_SIG_INT ? FPC_INF : FPC_UNSUPPORTED;
        }
    } else if (r.lo == 0) {
        v.cls = r.hi == IA64_FR_HI_NATVAL ? FPC_NATVAL : FPC_ZERO;
        v.unorm = exp != 0;
    } else {
        int shift = clz64(r.lo);

        v.cls = FPC_FINITE;
        v.unorm = shift || exp == 0;
        v.sig = r.lo << shift;
        /* Exponent 0 is that of double-extended denormals, SDM 1:86 */
        v.exp = (exp ? exp : 0xc001) - IA64_FR_BIAS - shift;
    }
    return v;
}

/* Significand, exponent and sign; true if @r is a normal number */
static inline bool fp_unpack_normal(IA64FR r, uint64_t *sig, int32_t *exp,
                                    bool *sign)
{
    if (r.hi == 0) {
        uint32_t e = (r.lo >> 52) & 0x7ff;

        *sign = r.lo >> 63;
        *exp = (int32_t)e - 1023;
        *sig = r.lo << 11 | IA64_FR_SIG_INT;
        return e - 1 < 0x7fe;
    } else {
        uint32_t e = r.hi & IA64_FR_EXP_MASK;

        *sign = r.hi >> 17 & 1;
        *exp = (int32_t)e - IA64_FR_BIAS;
        *sig = r.lo;
        return e - 1 < 0x1fffe && (r.lo & IA64_FR_SIG_INT);
    }
}

static inline bool fp_is_nan(const FPVal *v)
{
    return v->cls == FPC_QNAN || v->cls == FPC_SNAN;
}

static inline IA64FR fp_zero(bool sign)
{
    return ia64_fr_from_double((uint64_t)sign << 63);
}

static inline IA64FR fp_inf(bool sign)
{
    return ia64_fr_from_double((uint64_t)sign << 63 | 0x7ffull << 52);
}

/* QNaN indefinite, the default NaN */
static inline IA64FR fp_default_nan(void)
{
    return ia64_fr_from_double(0xfff8ull << 48);
}

static inline IA64FR fp_quiet(const FPVal *v)
{
    return ia64_fr_make(v->sign, IA64_FR_EXP_SPECIAL,
                        v->sig | IA64_FR_SIG_QUIET);
}

/* A fault condition: true if the fault is taken, else its flag is raised */
static inline bool fp_fault(uint32_t f, uint32_t ctl, uint32_t *ev)
{
    if (ctl & f) {
        *ev |= f;
        return false;
    }
    *ev |= IA64_EV_FAULT(f);
    return true;
}

/* An inexact result without overflow or underflow */
static inline uint32_t fp_inexact(bool fpa, uint32_t ctl)
{
    if (likely(ctl & IA64_FP_I)) {
        return IA64_FP_I;
    }
    return IA64_FP_I | IA64_EV_TRAP(IA64_FP_I) | (fpa ? IA64_EV_FPA : 0);
}

/* Whether a fraction @rest (1/2 is bit 63, bit 0 is sticky) rounds up */
static inline bool fp_round_up(uint32_t ctl, bool sign, bool odd,
                               uint64_t rest)
{
    const uint64_t half = 1ull << 63;

    switch ((ctl & IA64_CTL_RC_MASK) >> IA64_CTL_RC_SHIFT) {
    case IA64_RC_NEAREST:
        return rest > half || (rest == half && odd);
    case IA64_RC_DOWN:
        return sign && rest;
    case IA64_RC_UP:
        return !sign && rest;
    default:
        return false;
    }
}

/* A pair of events: high half as normal operations have them, low moved */
static inline uint32_t fp_pair_events(uint32_t hi, uint32_t lo)
{
    return hi | (lo & IA64_FP_ALL) |
           (lo & (7u << IA64_EV_CODE_SHIFT)) << 4 |
           (lo & (0x7800u << IA64_EV_CODE_SHIFT)) >> 4;
}

static inline IA64FR fp_high(IA64FR r)
{
    return ia64_ldfs(ia64_getf_sig(r) >> 32);
}

static inline IA64FR fp_low(IA64FR r)
{
    return ia64_ldfs(ia64_getf_sig(r));
}

static inline IA64FR fp_pair(uint32_t hi, uint32_t lo)
{
    return ia64_fr_from_sig((uint64_t)hi << 32 | lo);
}

#endif /* IA64_FPU_INTERNAL_H */
