/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic: multiply-add, quotient, square root
 *
 * A result is formed exactly (with a sticky bit) and rounded once, to the
 * precision and exponent range that completer and status field select.
 */

#include "qemu/osdep.h"
#include "fpu-fma.h"

/*
 * Computation models, SDM volume 1, section 5.2.  Without a completer the
 * exponent has 15 bits; wre selects the 17 bits of the register format.
 */
#define RANGE(b)        .emin = 2 - (1 << ((b) - 1)), \
                        .emax = (1 << ((b) - 1)) - 1
#define MODEL(p, b)     { .prec = (p), RANGE(b) }

static const FPFormat fp_formats[4][8] = {
    /* index: pc (1 is reserved) with bit 2 for wre */
    [IA64_PC_NONE] = {
        MODEL(24, 15), MODEL(64, 15), MODEL(53, 15), MODEL(64, 15),
        MODEL(24, 17), MODEL(64, 17), MODEL(53, 17), MODEL(64, 17),
    },
    [IA64_PC_S] = {
        MODEL(24, 8), MODEL(24, 8), MODEL(24, 8), MODEL(24, 8),
        MODEL(24, 17), MODEL(24, 17), MODEL(24, 17), MODEL(24, 17),
    },
    [IA64_PC_D] = {
        MODEL(53, 11), MODEL(53, 11), MODEL(53, 11), MODEL(53, 11),
        MODEL(53, 17), MODEL(53, 17), MODEL(53, 17), MODEL(53, 17),
    },
};

static const FPFormat fp_format_simd = {
    .prec = 24, .simd = true, RANGE(8),
};

static const FPFormat *fp_format(unsigned pc, uint32_t ctl)
{
    if (pc == IA64_PC_SIMD) {
        return &fp_format_simd;
    }
    return &fp_formats[pc][(ctl >> IA64_CTL_PC_SHIFT & 3) |
                           (ctl & IA64_CTL_WRE ? 4 : 0)];
}

/* ---- rounding ---- */

/*
 * Rounds hi:lo to @prec bits of *@sig; returns the discarded fraction (0 if
 * exact), *@up if the magnitude grew.  A carry out leaves *@sig 0.
 */
static inline uint64_t fp_round_sig(uint64_t hi, uint64_t lo, int prec,
                                    bool sign, uint32_t ctl,
                                    uint64_t *sig, bool *up)
{
    uint64_t unit, rest;

    if (prec == 64) {
        unit = 1;
        rest = lo;
    } else {
        unit = 1ull << (64 - prec);
        rest = hi << prec | (lo != 0);
        hi &= -unit;
    }
    *up = fp_round_up(ctl, sign, hi & unit, rest);
    *sig = *up ? hi + unit : hi;
    return rest;
}

/* Magnitude that replaces an overflowed result; *@up if it is infinity */
static IA64FR fp_overflowed(bool sign, const FPFormat *fmt, uint32_t ctl,
                            bool *up)
{
    switch ((ctl & IA64_CTL_RC_MASK) >> IA64_CTL_RC_SHIFT) {
    case IA64_RC_NEAREST:
        *up = true;
        break;
    case IA64_RC_DOWN:
        *up = sign;
        break;
    case IA64_RC_UP:
        *up = !sign;
        break;
    default:
        *up = false;
        break;
    }
    if (*up) {
        return fp_inf(sign);
    }
    return ia64_fr_make(sign, fmt->emax + IA64_FR_BIAS,
                        -(1ull << (64 - fmt->prec)));
}

/* Exponent of a result delivered to an enabled trap, SDM 1:105 */
static uint64_t fp_wrap(int32_t exp, const FPFormat *fmt)
{
    if (fmt->simd) {
        return ((exp + 127) & 0xff) + 0xff80;
    }
    return (exp + IA64_FR_BIAS) & IA64_FR_EXP_MASK;
}

/* The bounded rounding of a tiny value with the underflow trap disabled */
static IA64FR fp_denormalize(const FPWide *x, const FPFormat *fmt,
                             uint32_t ctl, uint32_t *ev)
{
    unsigned n = fmt->emin - x->exp;
    FPWide t = fp_wide_shift(*x, n);
    uint64_t sig, exp;
    bool up;

    t.lo |= fp_wide_lost(*x, n);
    if (fp_round_sig(t.hi, t.lo, fmt->prec, x->sign, ctl, &sig, &up)) {
        *ev |= IA64_FP_U | fp_inexact(up, ctl);
    }
    if (sig == 0) {
        return fp_zero(x->sign);
    }
    exp = fmt->emin + IA64_FR_BIAS;
    if (exp == 0xc001 && !(sig & IA64_FR_SIG_INT)) {
        exp = 0;        /* double-extended denormals, SDM 1:88 */
    }
    return ia64_fr_collapse(ia64_fr_make(x->sign, exp, sig));
}

/* The rounded value sig * 2^(exp - 63) is out of the format's range */
static IA64FR __attribute__((noinline))
fp_out_of_range(const FPWide *x, uint64_t sig, int32_t exp, bool inexact,
                bool up, const FPFormat *fmt, uint32_t ctl, uint32_t *ev)
{
    bool over = exp > fmt->emax;
    uint32_t f = over ? IA64_FP_O : IA64_FP_U;

    if (!(ctl & f)) {
        *ev |= f | IA64_EV_TRAP(f);
        if (inexact) {
            *ev |= IA64_FP_I | IA64_EV_TRAP(IA64_FP_I) |
                   (up ? IA64_EV_FPA : 0);
        }
        return ia64_fr_make(x->sign, fp_wrap(exp, fmt), sig);
    }
    if (over) {
        IA64FR r = fp_overflowed(x->sign, fmt, ctl, &up);

        *ev |= IA64_FP_O | fp_inexact(up, ctl);
        return r;
    }
    if (ctl & IA64_CTL_FTZ) {
        *ev |= IA64_FP_U | fp_inexact(false, ctl);
        return fp_zero(x->sign);
    }
    return fp_denormalize(x, fmt, ctl, ev);
}

/* Rounds once and packs */
static inline IA64FR fp_round(const FPWide *x, const FPFormat *fmt,
                              uint32_t ctl, uint32_t *ev)
{
    uint64_t sig, rest;
    int32_t exp = x->exp;
    bool up;

    rest = fp_round_sig(x->hi, x->lo, fmt->prec, x->sign, ctl, &sig, &up);
    if (unlikely(sig == 0)) {
        sig = IA64_FR_SIG_INT;
        exp++;
    }
    if (unlikely((uint32_t)(exp - fmt->emin) >
                 (uint32_t)(fmt->emax - fmt->emin))) {
        return fp_out_of_range(x, sig, exp, rest, up, fmt, ctl, ev);
    }
    if (rest) {
        *ev |= fp_inexact(up, ctl);
    }
    if (fmt->prec <= 53 && (uint32_t)(exp + 1022) < 2046) {
        return ia64_fr_from_double((uint64_t)x->sign << 63 |
                                   (uint64_t)(exp + 1023) << 52 |
                                   sig << 1 >> 12);
    }
    return ia64_fr_make(x->sign, exp + IA64_FR_BIAS, sig);
}

/* ---- multiply-add ---- */

/* p + c, both finite and not zero */
static inline IA64FR fp_add_round(FPWide p, bool csign, uint64_t csig,
                                  int32_t cexp, const FPFormat *fmt,
                                  uint32_t ctl, uint32_t *ev)
{
    FPWide c = { .hi = csig, .exp = cexp };

    if (p.sign == csign) {
        p = fp_wide_add(p, c);
    } else {
        p = fp_wide_sub(p, c);
        if (!(p.hi | p.lo)) {
            return fp_zero((ctl & IA64_CTL_RC_MASK) ==
                           (IA64_RC_DOWN << IA64_CTL_RC_SHIFT));
        }
        p = fp_wide_normalize(p);
    }
    return fp_round(&p, fmt, ctl, ev);
}

/*
 * Operands that are not plain numbers.  True if they decide the result.
 * The checks have the order of the fault prioritization (SDM volume 1, figure
 * 5-11); of several NaNs f4 comes first, then f2, then f3.
 */
static bool fp_fma_special(const FPVal *a, const FPVal *b, const FPVal *c,
                           uint32_t op, uint32_t ctl, uint32_t *ev, IA64FR *r)
{
    FPClass worst = MAX(MAX(a->cls, b->cls), c->cls);
    bool psign = a->sign ^ b->sign ^ !!(op & IA64_FMA_NEG_MUL);
    bool csign = c->sign ^ !!(op & IA64_FMA_NEG_ADD);

    if (worst == FPC_NATVAL) {
        *r = ia64_fr_natval();
        return true;
    }
    if (worst >= FPC_QNAN) {
        if (worst != FPC_QNAN) {
            fp_fault(IA64_FP_V, ctl, ev);
        }
        if (worst == FPC_UNSUPPORTED) {
            *r = fp_default_nan();
        } else {
            *r = fp_quiet(fp_is_nan(b) ? b : fp_is_nan(c) ? c : a);
        }
        return true;
    }
    if (a->cls == FPC_INF || b->cls == FPC_INF) {
        /* A pseudo-zero times infinity is infinity, SDM 1:88 */
        bool zero = (a->cls == FPC_ZERO && !a->unorm) ||
                    (b->cls == FPC_ZERO && !b->unorm);

        if (zero || (c->cls == FPC_INF && psign != csign)) {
            fp_fault(IA64_FP_V, ctl, ev);
            *r = fp_default_nan();
            return true;
        }
        *r = fp_inf(psign);
    } else if (c->cls == FPC_INF) {
        *r = fp_inf(csign);
    } else {
        return false;
    }
    if (a->unorm || b->unorm || c->unorm) {
        fp_fault(IA64_FP_D, ctl, ev);
    }
    return true;
}

/* Any operands */
static IA64FR __attribute__((noinline))
fp_fma_slow(IA64FR f3, IA64FR f4, IA64FR f2, uint32_t op,
            const FPFormat *fmt, uint32_t ctl, uint32_t *ev)
{
    FPVal a = fp_unpack(f3), b = fp_unpack(f4), c = fp_unpack(f2);
    bool psign, csign;
    FPWide p;
    IA64FR r;

    if (MAX(MAX(a.cls, b.cls), c.cls) > FPC_FINITE &&
        fp_fma_special(&a, &b, &c, op, ctl, ev, &r)) {
        return r;
    }
    if ((a.unorm || b.unorm || c.unorm) && fp_fault(IA64_FP_D, ctl, ev)) {
        return f2;
    }

    psign = a.sign ^ b.sign ^ !!(op & IA64_FMA_NEG_MUL);
    csign = c.sign ^ !!(op & IA64_FMA_NEG_ADD);
    if (a.cls == FPC_ZERO || b.cls == FPC_ZERO) {
        if (op & IA64_FMA_NO_ADD) {
            return fp_zero(psign);
        }
        if (c.cls == FPC_ZERO) {
            return fp_zero(psign == csign ? csign :
                           (ctl & IA64_CTL_RC_MASK) ==
                           (IA64_RC_DOWN << IA64_CTL_RC_SHIFT));
        }
        p = (FPWide) { .hi = c.sig, .exp = c.exp, .sign = csign };
        return fp_round(&p, fmt, ctl, ev);
    }
    p = fp_wide_multiply(a.sig, a.exp, b.sig, b.exp);
    p.sign = psign;
    if (c.cls == FPC_ZERO) {
        return fp_round(&p, fmt, ctl, ev);
    }
    return fp_add_round(p, csign, c.sig, c.exp, fmt, ctl, ev);
}

IA64FR ia64_fma(IA64FR f3, IA64FR f4, IA64FR f2, uint32_t op, uint32_t ctl,
                uint32_t *ev)
{
    const FPFormat *fmt = fp_format(op & 3, ctl);
    uint64_t asig, bsig, csig;
    int32_t aexp, bexp, cexp;
    bool asign, bsign, csign;
    FPWide p;

    if (!fp_unpack_normal(f3, &asig, &aexp, &asign) ||
        !fp_unpack_normal(f4, &bsig, &bexp, &bsign)) {
        return fp_fma_slow(f3, f4, f2, op, fmt, ctl, ev);
    }
    p = fp_wide_multiply(asig, aexp, bsig, bexp);
    p.sign = asign ^ bsign ^ ((op & IA64_FMA_NEG_MUL) != 0);
    if (op & IA64_FMA_NO_ADD) {
        return fp_round(&p, fmt, ctl, ev);
    }
    if (!fp_unpack_normal(f2, &csig, &cexp, &csign)) {
        return fp_fma_slow(f3, f4, f2, op, fmt, ctl, ev);
    }
    csign ^= (op & IA64_FMA_NEG_ADD) != 0;
    return fp_add_round(p, csign, csig, cexp, fmt, ctl, ev);
}

IA64FR ia64_fpma(IA64FR f3, IA64FR f4, IA64FR f2, uint32_t op, uint32_t ctl,
                 uint32_t *ev)
{
    uint32_t hi_ev = 0, lo_ev = 0;
    IA64FR hi, lo;

    if (ia64_fr_is_natval(f3) || ia64_fr_is_natval(f4) ||
        ia64_fr_is_natval(f2)) {
        return ia64_fr_natval();
    }
    op |= IA64_FMA_PC(IA64_PC_SIMD);
    hi = ia64_fma(fp_high(f3), fp_high(f4), fp_high(f2), op, ctl, &hi_ev);
    lo = ia64_fma(fp_low(f3), fp_low(f4), fp_low(f2), op, ctl, &lo_ev);
    *ev |= fp_pair_events(hi_ev, lo_ev);
    return fp_pair(ia64_stfs(hi), ia64_stfs(lo));
}

/* ---- quotient and square root ---- */

IA64FR ia64_fdiv(IA64FR f2, IA64FR f3, uint32_t ctl, uint32_t *ev)
{
    FPVal a = fp_unpack(f2), b = fp_unpack(f3);
    FPWide q = { .exp = a.exp - b.exp, .sign = a.sign ^ b.sign };
    uint64_t rem = a.sig;
    int i;

    if (rem < b.sig) {
        q.exp--;
    } else {
        rem -= b.sig;
        q.hi = 1;
    }
    /* 65 or 66 more bits: 64 of result, at least one guard, then sticky */
    for (i = q.hi ? 63 : 64; i > 0; i--) {
        bool carry = rem >> 63;

        rem <<= 1;
        q.hi <<= 1;
        if (carry || rem >= b.sig) {
            rem -= b.sig;
            q.hi |= 1;
        }
    }
    for (i = 0; i < 2; i++) {
        bool carry = rem >> 63;

        rem <<= 1;
        q.lo <<= 1;
        if (carry || rem >= b.sig) {
            rem -= b.sig;
            q.lo |= 1;
        }
    }
    q.lo = q.lo << 62 | (rem != 0);
    return fp_round(&q, fp_format(IA64_PC_NONE, ctl), ctl, ev);
}

IA64FR ia64_fsqrt(IA64FR f3, uint32_t ctl, uint32_t *ev)
{
    FPVal a = fp_unpack(f3);
    FPWide q = { .exp = a.exp >> 1 };
    uint64_t hi = a.exp & 1 ? a.sig : a.sig >> 1;
    uint64_t lo = a.exp & 1 ? 0 : a.sig << 63;
    uint64_t rem_hi = 0, rem_lo = 0;
    int i;

    /* Digit recurrence: hi:lo = root^2 + rem, rem <= 2 * root */
    for (i = 0; i < 64; i++) {
        uint64_t t_hi = q.hi >> 62, t_lo = q.hi << 2 | 1;

        rem_hi = rem_hi << 2 | rem_lo >> 62;
        rem_lo = rem_lo << 2 | hi >> 62;
        hi = hi << 2 | lo >> 62;
        lo <<= 2;
        q.hi <<= 1;
        if (rem_hi > t_hi || (rem_hi == t_hi && rem_lo >= t_lo)) {
            rem_hi -= t_hi + (rem_lo < t_lo);
            rem_lo -= t_lo;
            q.hi |= 1;
        }
    }
    /* (root + 1/2)^2 = root^2 + root + 1/4: there are no ties */
    q.lo = (uint64_t)(rem_hi || rem_lo > q.hi) << 63 | (rem_hi || rem_lo);
    return fp_round(&q, fp_format(IA64_PC_NONE, ctl), ctl, ev);
}
