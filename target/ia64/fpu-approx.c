/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic: reciprocal approximations
 *
 * frcpa and frsqrta look up 11 significant bits by the leading fraction bits
 * of the operand, SDM volume 3.  The tables hold the reciprocal (and
 * its square root) of the middle of each interval, rounded to nearest: this
 * formula gives all 256 + 256 values of the manual.
 */

#include "qemu/osdep.h"
#include "fpu-internal.h"

static uint16_t recip_table[256];
static uint16_t recip_sqrt_table[256];

static void __attribute__((constructor)) fp_init_tables(void)
{
    for (unsigned i = 0; i < 256; i++) {
        /* 2^11 / (1 + (i + 1/2) / 256), rounded */
        recip_table[i] = ((1u << 21) / (513 + 2 * i) + 1) / 2;
    }
    for (unsigned i = 0; i < 256; i++) {
        /*
         * 2^11 / sqrt(m), m = 1 + (j + 1/2) / 128, twice that for the odd
         * exponents in the first half: the largest v with
         * (v - 1/2)^2 * m <= 2^22.
         */
        uint64_t m = (257 + 2 * (i & 127)) << (i < 128);
        uint64_t v = 2048;

        while ((2 * v - 1) * (2 * v - 1) * m > 1ull << 32) {
            v--;
        }
        recip_sqrt_table[i] = v;
    }
}

/* Approximates 1 / x, x finite and not zero */
static IA64FR fp_recip(bool sign, int32_t exp, uint64_t sig)
{
    uint64_t t = recip_table[sig >> 55 & 0xff];

    return ia64_fr_make(sign, IA64_FR_BIAS - 1 - exp, t << 53);
}

/* Approximates 1 / sqrt(x), x positive and finite */
static IA64FR fp_recip_sqrt(int32_t exp, uint64_t sig)
{
    uint64_t t = recip_sqrt_table[(exp & 1 ? 0 : 128) | (sig >> 56 & 0x7f)];

    return ia64_fr_make(false, IA64_FR_BIAS - 1 - (exp >> 1), t << 53);
}

/* An exponent that is far from all limits */
static bool fp_exp_is_moderate(int32_t exp)
{
    return (uint32_t)(exp + 30000) <= 60000;
}

/*
 * The operands that no refinement can handle, in the order of the
 * fault prioritization (SDM volume 1, figure 5-11).  True if they decide the
 * result.
 */
static bool fp_recip_special(const FPVal *a, const FPVal *b, uint32_t ctl,
                             uint32_t *ev, IA64FR *r)
{
    FPClass worst = MAX(a->cls, b->cls);

    if (worst >= FPC_QNAN) {
        if (worst != FPC_QNAN) {
            fp_fault(IA64_FP_V, ctl, ev);
        }
        if (worst == FPC_UNSUPPORTED) {
            *r = fp_default_nan();
        } else {
            *r = fp_quiet(fp_is_nan(a) ? a : b);
        }
        return true;
    }
    if (a->cls == b->cls && a->cls != FPC_FINITE) {
        fp_fault(IA64_FP_V, ctl, ev);       /* 0 / 0, inf / inf */
        *r = fp_default_nan();
        return true;
    }
    if (b->cls == FPC_ZERO && a->cls != FPC_INF) {
        fp_fault(IA64_FP_Z, ctl, ev);
        *r = fp_inf(a->sign ^ b->sign);
        return true;
    }
    return false;
}

/*
 * Exponents with which the refinement of 1 / b may overflow, underflow or lose
 * bits: hardware asks for software assistance [Intel 245415, "Itanium
 * Processor Floating-point Software Assistance"].
 */
static bool fp_recip_needs_assist(const FPVal *a, const FPVal *b)
{
    const int emin = -65534, emax = 65535;
    int q = a->exp - b->exp;

    return b->exp < emin || b->exp >= emax - 2 ||
           q >= emax || q <= emin + 1 || a->exp <= emin + 63;
}

static IA64FR __attribute__((noinline))
fp_frcpa_slow(IA64FR f2, IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev)
{
    FPVal a, b;
    IA64FR r;

    *p2 = false;
    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    a = fp_unpack(f2);
    b = fp_unpack(f3);
    if (unlikely(a.cls != FPC_FINITE || b.cls != FPC_FINITE) &&
        fp_recip_special(&a, &b, ctl, ev, &r)) {
        return r;
    }
    if (unlikely(a.unorm || b.unorm) && fp_fault(IA64_FP_D, ctl, ev)) {
        return f2;
    }
    if (unlikely(a.cls != FPC_FINITE || b.cls != FPC_FINITE)) {
        bool sign = a.sign ^ b.sign;

        return a.cls == FPC_INF ? fp_inf(sign) : fp_zero(sign);
    }
    if (unlikely(fp_recip_needs_assist(&a, &b))) {
        return ia64_fdiv(f2, f3, ctl, ev);
    }
    *p2 = true;
    return fp_recip(b.sign, b.exp, b.sig);
}

bool ia64_frcpa_normal(IA64FR *r, const IA64FR *f2, const IA64FR *f3)
{
    uint64_t asig, bsig;
    int32_t aexp, bexp;
    bool asign, bsign;

    if (likely(fp_unpack_normal(*f2, &asig, &aexp, &asign) &&
               fp_unpack_normal(*f3, &bsig, &bexp, &bsign) &&
               fp_exp_is_moderate(aexp) && fp_exp_is_moderate(bexp))) {
        *r = fp_recip(bsign, bexp, bsig);
        return true;
    }
    return false;
}

IA64FR ia64_frcpa(IA64FR f2, IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev)
{
    IA64FR r;

    *p2 = true;
    return ia64_frcpa_normal(&r, &f2, &f3) ? r :
           fp_frcpa_slow(f2, f3, ctl, p2, ev);
}

/* NaNs and negative operands of both square roots */
static bool fp_rsqrt_special(const FPVal *v, uint32_t ctl, uint32_t *ev,
                             IA64FR *r)
{
    if (v->cls == FPC_QNAN || v->cls == FPC_SNAN) {
        if (v->cls == FPC_SNAN) {
            fp_fault(IA64_FP_V, ctl, ev);
        }
        *r = fp_quiet(v);
        return true;
    }
    if (v->cls == FPC_UNSUPPORTED || (v->sign && v->cls != FPC_ZERO)) {
        fp_fault(IA64_FP_V, ctl, ev);
        *r = fp_default_nan();
        return true;
    }
    return false;
}

IA64FR ia64_frsqrta(IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev)
{
    FPVal v;
    IA64FR r;

    *p2 = false;
    if (ia64_fr_is_natval(f3)) {
        return f3;
    }
    v = fp_unpack(f3);
    if (unlikely(v.cls != FPC_FINITE || v.sign) &&
        fp_rsqrt_special(&v, ctl, ev, &r)) {
        return r;
    }
    if (unlikely(v.unorm) && fp_fault(IA64_FP_D, ctl, ev)) {
        return f3;
    }
    if (v.cls == FPC_INF) {
        return fp_inf(false);
    }
    if (v.cls == FPC_ZERO) {
        return fp_zero(v.sign);
    }
    if (unlikely(v.exp <= -65534 + 63)) {
        return ia64_fsqrt(f3, ctl, ev);
    }
    *p2 = true;
    return fp_recip_sqrt(v.exp, v.sig);
}

/*
 * One half of fprcpa.  There is no assistance: *p2 is cleared where the
 * refinement in singles would fail, the result is still an approximation.
 */
static uint32_t fp_recip_single(IA64FR f2, IA64FR f3, uint32_t ctl, bool *p2,
                                uint32_t *ev)
{
    const int emin = -126, emax = 127;
    FPVal a = fp_unpack(f2), b = fp_unpack(f3);
    bool sign = a.sign ^ b.sign;
    IA64FR r;
    int q;

    *p2 = false;
    if ((a.cls != FPC_FINITE || b.cls != FPC_FINITE) &&
        fp_recip_special(&a, &b, ctl, ev, &r)) {
        return ia64_stfs(r);
    }
    if ((a.unorm || b.unorm) && fp_fault(IA64_FP_D, ctl, ev)) {
        return 0;
    }
    if (a.cls == FPC_INF) {
        return ia64_stfs(fp_inf(sign));
    }
    if (a.cls == FPC_ZERO || b.cls == FPC_INF) {
        return ia64_stfs(fp_zero(sign));
    }
    if (b.unorm) {
        return ia64_stfs(fp_inf(b.sign));
    }
    if (b.exp >= emax - 2) {
        return ia64_stfs(fp_zero(b.sign));
    }
    q = a.exp - b.exp;
    *p2 = q < emax && q > emin + 1 && a.exp > emin + 23;
    return ia64_stfs(fp_recip(b.sign, b.exp, b.sig));
}

IA64FR ia64_fprcpa(IA64FR f2, IA64FR f3, uint32_t ctl, bool *p2,
                   uint32_t *ev)
{
    uint32_t hi, lo, hi_ev = 0, lo_ev = 0;
    bool hi_p2, lo_p2;

    *p2 = false;
    if (ia64_fr_is_natval(f2) || ia64_fr_is_natval(f3)) {
        return ia64_fr_natval();
    }
    hi = fp_recip_single(fp_high(f2), fp_high(f3), ctl, &hi_p2, &hi_ev);
    lo = fp_recip_single(fp_low(f2), fp_low(f3), ctl, &lo_p2, &lo_ev);
    *p2 = hi_p2 && lo_p2;
    *ev |= fp_pair_events(hi_ev, lo_ev);
    return fp_pair(hi, lo);
}

/* One half of fprsqrta: unlike frsqrta this is 1 / sqrt at zero and infinity */
static uint32_t fp_rsqrt_single(IA64FR f3, uint32_t ctl, bool *p2,
                                uint32_t *ev)
{
    FPVal v = fp_unpack(f3);
    IA64FR r;

    *p2 = false;
    if ((v.cls != FPC_FINITE || v.sign) &&
        fp_rsqrt_special(&v, ctl, ev, &r)) {
        return ia64_stfs(r);
    }
    if (v.unorm && fp_fault(IA64_FP_D, ctl, ev)) {
        return 0;
    }
    if (v.cls == FPC_INF) {
        return 0;
    }
    if (v.cls == FPC_ZERO) {
        return ia64_stfs(fp_inf(v.sign));
    }
    *p2 = v.exp > -126 + 23;
    return ia64_stfs(fp_recip_sqrt(v.exp, v.sig));
}

IA64FR ia64_fprsqrta(IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev)
{
    uint32_t hi, lo, hi_ev = 0, lo_ev = 0;
    bool hi_p2, lo_p2;

    *p2 = false;
    if (ia64_fr_is_natval(f3)) {
        return f3;
    }
    hi = fp_rsqrt_single(fp_high(f3), ctl, &hi_p2, &hi_ev);
    lo = fp_rsqrt_single(fp_low(f3), ctl, &lo_p2, &lo_ev);
    *p2 = hi_p2 && lo_p2;
    *ev |= fp_pair_events(hi_ev, lo_ev);
    return fp_pair(hi, lo);
}
