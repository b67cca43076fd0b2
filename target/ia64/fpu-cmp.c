/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic: comparison, classification, minimum and
 * maximum, conversion to and from integers
 */

#include "qemu/osdep.h"
#include "fpu-internal.h"

/* -1, 0, 1; @a and @b are ordered */
static int fp_order(const FPVal *a, const FPVal *b)
{
    int mag;

    if (a->cls == FPC_ZERO && b->cls == FPC_ZERO) {
        return 0;
    }
    if (a->cls == FPC_ZERO) {
        return b->sign ? 1 : -1;
    }
    if (b->cls == FPC_ZERO || a->sign != b->sign) {
        return a->sign ? -1 : 1;
    }
    if (a->cls != b->cls) {
        mag = a->cls == FPC_INF ? 1 : -1;
    } else if (a->cls == FPC_INF) {
        mag = 0;
    } else if (a->exp != b->exp) {
        mag = a->exp > b->exp ? 1 : -1;
    } else {
        mag = a->sig == b->sig ? 0 : a->sig > b->sig ? 1 : -1;
    }
    return a->sign ? -mag : mag;
}

int ia64_fcmp(IA64FR f2, IA64FR f3, IA64Rel rel, uint32_t ctl, uint32_t *ev)
{
    FPVal a = fp_unpack(f2), b = fp_unpack(f3);
    FPClass worst = MAX(a.cls, b.cls);
    int order;

    if (worst == FPC_NATVAL) {
        return -1;
    }
    if (worst >= FPC_QNAN) {
        /* A quiet NaN is invalid only to the ordering relations */
        if (worst > FPC_QNAN || rel == IA64_REL_LT || rel == IA64_REL_LE) {
            fp_fault(IA64_FP_V, ctl, ev);
        }
        return rel == IA64_REL_UNORD;
    }
    if ((a.unorm || b.unorm) && fp_fault(IA64_FP_D, ctl, ev)) {
        return 0;
    }
    order = fp_order(&a, &b);
    switch (rel) {
    case IA64_REL_EQ:
        return order == 0;
    case IA64_REL_LT:
        return order < 0;
    case IA64_REL_LE:
        return order <= 0;
    default:
        return 0;
    }
}

IA64FR ia64_fpcmp(IA64FR f2, IA64FR f3, IA64Rel rel, bool neg, uint32_t ctl,
                  uint32_t *ev)
{
    uint32_t hi_ev = 0, lo_ev = 0;
    bool hi, lo;

    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    hi = ia64_fcmp(fp_high(f2), fp_high(f3), rel, ctl, &hi_ev) ^ neg;
    lo = ia64_fcmp(fp_low(f2), fp_low(f3), rel, ctl, &lo_ev) ^ neg;
    *ev |= fp_pair_events(hi_ev, lo_ev);
    return fp_pair(-(uint32_t)hi, -(uint32_t)lo);
}

int ia64_fclass(IA64FR f2, uint32_t classes)
{
    FPVal v = fp_unpack(f2);
    uint32_t c;

    switch (v.cls) {
    case FPC_NATVAL:
        return classes & IA64_FCLASS_NAT ? 1 : -1;
    case FPC_QNAN:
        return !!(classes & IA64_FCLASS_QNAN);
    case FPC_SNAN:
        return !!(classes & IA64_FCLASS_SNAN);
    case FPC_UNSUPPORTED:
        return 0;
    case FPC_INF:
        c = IA64_FCLASS_INF;
        break;
    case FPC_ZERO:
        c = v.unorm ? IA64_FCLASS_UNORM : IA64_FCLASS_ZERO;
        break;
    default:
        c = v.unorm ? IA64_FCLASS_UNORM : IA64_FCLASS_NORM;
        break;
    }
    return (classes & c) &&
           (classes & (v.sign ? IA64_FCLASS_NEG : IA64_FCLASS_POS));
}

/* f2 if it is strictly on the wanted side, else f3 */
IA64FR ia64_fminmax(IA64FR f2, IA64FR f3, IA64MinMax op, uint32_t ctl,
                    uint32_t *ev)
{
    FPVal a = fp_unpack(f2), b = fp_unpack(f3);
    FPClass worst = MAX(a.cls, b.cls);
    int order;

    if (worst == FPC_NATVAL) {
        return ia64_fr_natval();
    }
    if (worst >= FPC_QNAN) {
        fp_fault(IA64_FP_V, ctl, ev);
        return f3;
    }
    if ((a.unorm || b.unorm) && fp_fault(IA64_FP_D, ctl, ev)) {
        return f3;
    }
    if (op == IA64_FAMIN || op == IA64_FAMAX) {
        a.sign = b.sign = false;
    }
    order = fp_order(&a, &b);
    if (op == IA64_FMIN || op == IA64_FAMIN) {
        return order < 0 ? f2 : f3;
    }
    return order > 0 ? f2 : f3;
}

IA64FR ia64_fpminmax(IA64FR f2, IA64FR f3, IA64MinMax op, uint32_t ctl,
                     uint32_t *ev)
{
    uint32_t hi_ev = 0, lo_ev = 0;
    IA64FR hi, lo;

    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    hi = ia64_fminmax(fp_high(f2), fp_high(f3), op, ctl, &hi_ev);
    lo = ia64_fminmax(fp_low(f2), fp_low(f3), op, ctl, &lo_ev);
    *ev |= fp_pair_events(hi_ev, lo_ev);
    return fp_pair(ia64_stfs(hi), ia64_stfs(lo));
}

/*
 * @v rounded to an integer of @bits bits.  False if it does not fit, which
 * includes infinities and NaNs.
 */
static bool fp_to_int(const FPVal *v, unsigned bits, uint32_t op,
                      uint32_t ctl, uint64_t *result, uint64_t *rest,
                      bool *up)
{
    uint64_t max = -1ull >> (64 - bits);
    uint64_t mag, limit;
    int shift;

    *rest = 0;
    *up = false;
    *result = 0;
    if (v->cls == FPC_ZERO) {
        return true;
    }
    if (v->cls != FPC_FINITE || v->exp > (int)bits - 1) {
        return false;
    }
    shift = 63 - v->exp;
    if (shift == 0) {
        mag = v->sig;
    } else if (shift < 64) {
        mag = v->sig >> shift;
        *rest = v->sig << (64 - shift);
    } else {
        mag = 0;
        *rest = shift == 64 ? v->sig : 1;
    }
    if (op & IA64_FCVT_TRUNC) {
        ctl |= IA64_CTL_RC_MASK;
    }
    *up = fp_round_up(ctl, v->sign, mag & 1, *rest);
    mag += *up;
    if (op & IA64_FCVT_U) {
        /* No carry out of 64 bits: with exponent 63 there is no fraction */
        limit = v->sign ? 0 : max;
    } else {
        limit = max / 2 + v->sign;
    }
    *result = (v->sign ? -mag : mag) & max;
    return mag <= limit;
}

static uint64_t fp_cvt_fx(const FPVal *v, unsigned bits, uint32_t op,
                          uint32_t ctl, uint32_t *ev)
{
    uint64_t r, rest;
    bool up;

    if (!fp_to_int(v, bits, op, ctl, &r, &rest, &up)) {
        fp_fault(IA64_FP_V, ctl, ev);
        return 1ull << (bits - 1);      /* integer indefinite */
    }
    if (v->unorm && fp_fault(IA64_FP_D, ctl, ev)) {
        return 0;
    }
    if (rest) {
        *ev |= fp_inexact(up, ctl);
    }
    return r;
}

IA64FR ia64_fcvt_fx(IA64FR f2, uint32_t op, uint32_t ctl, uint32_t *ev)
{
    uint64_t sig, rest;
    int32_t exp;
    bool sign;
    FPVal v;

    /* What compilers use most: truncation of a number that fits */
    if (fp_unpack_normal(f2, &sig, &exp, &sign) && (uint32_t)exp < 63 &&
        (op & IA64_FCVT_TRUNC) && !(sign && (op & IA64_FCVT_U))) {
        rest = sig << (exp + 1);
        sig >>= 63 - exp;
        if (rest) {
            *ev |= fp_inexact(false, ctl);
        }
        return ia64_fr_from_sig(sign ? -sig : sig);
    }

    if (ia64_fr_is_natval(f2)) {
        return f2;
    }
    v = fp_unpack(f2);
    return ia64_fr_from_sig(fp_cvt_fx(&v, 64, op, ctl, ev));
}

IA64FR ia64_fpcvt_fx(IA64FR f2, uint32_t op, uint32_t ctl, uint32_t *ev)
{
    uint32_t hi, lo, hi_ev = 0, lo_ev = 0;
    FPVal v;

    if (ia64_fr_is_natval(f2)) {
        return f2;
    }
    v = fp_unpack(fp_high(f2));
    hi = fp_cvt_fx(&v, 32, op, ctl, &hi_ev);
    v = fp_unpack(fp_low(f2));
    lo = fp_cvt_fx(&v, 32, op, ctl, &lo_ev);
    *ev |= fp_pair_events(hi_ev, lo_ev);
    return fp_pair(hi, lo);
}

IA64FR ia64_fcvt_xf(IA64FR f2)
{
    uint64_t mag;
    bool sign;
    int shift;

    if (ia64_fr_is_natval(f2)) {
        return f2;
    }
    mag = ia64_getf_sig(f2);
    if (mag == 0) {
        return fp_zero(false);
    }
    sign = mag >> 63;
    mag = sign ? -mag : mag;
    shift = clz64(mag);
    return ia64_fr_collapse(ia64_fr_make(sign, IA64_FR_EXP_INT - shift,
                                         mag << shift));
}
