/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic against exact arithmetic (MPFR) and
 * against the host's floating point
 *
 * The references below follow the Intel Itanium SDM and share no code with
 * target/ia64/fpu-*.c.  `-m slow` takes a hundred times as many vectors.
 */

#include "qemu/osdep.h"
#include <fenv.h>
#include <math.h>
#include <mpfr.h>
#include "qemu/host-utils.h"
#include "fpu-fast.h"
#include "fpu-fma.h"

#define FPSR_DEFAULT    0x0009804c0270033full

static uint64_t seed = 0x9e3779b97f4a7c15ull;

static uint64_t rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 0x2545f4914f6cdd1dull;
}

static unsigned below(unsigned n)
{
    return (rnd() >> 33) % n;
}

static unsigned vectors(unsigned quick)
{
    return g_test_slow() ? quick * 100 : quick;
}

/* ---- reference: register contents ---- */

typedef enum { ZERO, PSEUDO_ZERO, NUMBER, INFTY, QNAN, SNAN, BAD, NATVAL } Kind;

typedef struct {
    Kind kind;
    bool sign, unorm;
    uint32_t exp;               /* 17 bits, as in the register */
    uint64_t sig;
    int e;                      /* finite: sig * 2^(e - 63) */
} Ref;

static Ref ref_of_fields(bool sign, uint32_t exp, uint64_t sig)
{
    Ref r = { .sign = sign, .exp = exp, .sig = sig };
    bool j = sig >> 63;

    if (exp == 0x1fffe && !sign && !sig) {
        r.kind = NATVAL;
    } else if (exp == 0x1ffff) {
        r.kind = !j ? BAD : sig == 1ull << 63 ? INFTY :
                 sig & 1ull << 62 ? QNAN : SNAN;
    } else if (!sig) {
        r.kind = exp ? PSEUDO_ZERO : ZERO;
        r.unorm = exp != 0;
    } else {
        r.kind = NUMBER;
        r.e = (exp ? exp : 0xc001) - 65535;
        r.unorm = !exp || !j;
    }
    return r;
}

static Ref ref_of(IA64FR f)
{
    uint64_t frac = f.lo & 0xfffffffffffffull;
    uint32_t exp = f.lo >> 52 & 0x7ff;

    if (f.hi) {
        g_assert_cmphex(f.hi & ~0x800000000003ffffull, ==, 0);
        return ref_of_fields(f.hi >> 17 & 1, f.hi & 0x1ffff, f.lo);
    }
    if (exp == 0) {
        return ref_of_fields(f.lo >> 63, frac ? 0xfc01 : 0, frac << 11);
    }
    return ref_of_fields(f.lo >> 63, exp == 0x7ff ? 0x1ffff : exp + 0xfc00,
                         1ull << 63 | frac << 11);
}

/* Precision must be at least 64 */
static void ref_get(mpfr_t x, const Ref *r)
{
    mpfr_set_uj_2exp(x, r->sig, r->e - 63, MPFR_RNDN);
    mpfr_setsign(x, x, r->sign, MPFR_RNDN);
}

static const mpfr_rnd_t rounding[4] = {
    MPFR_RNDN, MPFR_RNDD, MPFR_RNDU, MPFR_RNDZ
};

/* ---- reference: rounding ---- */

typedef struct {
    int prec, emin, emax;
    bool simd;
} Model;

static Model model(unsigned pc, uint32_t ctl)
{
    static const int precs[4] = { 24, 64, 53, 64 };
    bool wre = ctl & IA64_CTL_WRE;
    int p = pc == IA64_PC_NONE ? precs[ctl >> 8 & 3] :
            pc == IA64_PC_D ? 53 : 24;
    int ebits = pc == IA64_PC_SIMD ? 8 : wre ? 17 :
                pc == IA64_PC_NONE ? 15 : pc == IA64_PC_D ? 11 : 8;

    return (Model) {
        p, -(1 << (ebits - 1)) + 2, (1 << (ebits - 1)) - 1, pc == IA64_PC_SIMD
    };
}

static Ref ref_special(bool sign, uint64_t sig)
{
    return ref_of_fields(sign, 0x1ffff, sig);
}

static uint64_t mpfr_sig(mpfr_t x)
{
    mpfr_t y;
    uint64_t s;

    mpfr_init2(y, 64);
    mpfr_set(y, x, MPFR_RNDN);
    mpfr_abs(y, y, MPFR_RNDN);
    mpfr_set_exp(y, 64);
    s = mpfr_get_uj(y, MPFR_RNDN);
    mpfr_clear(y);
    return s;
}

/*
 * SDM 1:105 figure 5-12.  @x was rounded to m->prec bits with ternary value
 * @t and unbounded exponent; it is not zero.
 */
static Ref ref_round(mpfr_t x, int t, const Model *m, uint32_t ctl,
                     uint32_t *ev)
{
    mpfr_rnd_t rc = rounding[ctl >> IA64_CTL_RC_SHIFT & 3];
    bool sign = mpfr_signbit(x), fpa = sign ? t < 0 : t > 0;
    int e = mpfr_get_exp(x) - 1;
    uint32_t over = e > m->emax ? IA64_FP_O : e < m->emin ? IA64_FP_U : 0;
    mpfr_exp_t emin;
    Ref r;

    if (over && !(ctl & over)) {
        uint32_t exp = m->simd ? ((e + 127) & 0xff) + 0xff80 :
                       (e + 65535) & 0x1ffff;
        *ev = over | IA64_EV_TRAP(over);
        if (t) {
            *ev |= IA64_FP_I | IA64_EV_TRAP(IA64_FP_I) |
                   (fpa ? IA64_EV_FPA : 0);
        }
        return ref_of_fields(sign, exp, mpfr_sig(x));
    }
    if (over == IA64_FP_O) {
        fpa = rc == MPFR_RNDN || rc == (sign ? MPFR_RNDD : MPFR_RNDU);
        r = fpa ? ref_special(sign, 1ull << 63) :
            ref_of_fields(sign, m->emax + 65535, -1ull << (64 - m->prec));
        *ev = IA64_FP_O | IA64_FP_I;
    } else if (over == IA64_FP_U && (ctl & IA64_CTL_FTZ)) {
        fpa = false;
        r = ref_of_fields(sign, 0, 0);
        *ev = IA64_FP_U | IA64_FP_I;
    } else if (over == IA64_FP_U) {
        emin = mpfr_get_emin();
        mpfr_set_emin(m->emin - m->prec + 2);
        t = mpfr_check_range(x, t, rc);
        t = mpfr_subnormalize(x, t, rc);
        mpfr_set_emin(emin);
        fpa = sign ? t < 0 : t > 0;
        *ev = t ? IA64_FP_U | IA64_FP_I : 0;
        if (mpfr_zero_p(x)) {
            r = ref_of_fields(sign, 0, 0);
        } else {
            uint64_t sig = mpfr_sig(x);
            uint32_t exp = m->emin + 65535;

            sig >>= m->emin - (mpfr_get_exp(x) - 1);
            if (exp == 0xc001 && !(sig >> 63)) {
                exp = 0;
            }
            r = ref_of_fields(sign, exp, sig);
        }
    } else {
        r = ref_of_fields(sign, e + 65535, mpfr_sig(x));
        *ev = t ? IA64_FP_I : 0;
    }
    if ((*ev & IA64_FP_I) && !(ctl & IA64_FP_I)) {
        *ev |= IA64_EV_TRAP(IA64_FP_I) | (fpa ? IA64_EV_FPA : 0);
    }
    return r;
}

static uint32_t ref_fault(uint32_t f, uint32_t ctl)
{
    return ctl & f ? f : IA64_EV_FAULT(f);
}

static Ref ref_quiet(Ref r)
{
    r.sig |= 1ull << 62;
    return r;
}

static const uint64_t indefinite = 3ull << 62;

/* SDM volume 1, figure 5-11; true if it decides the result */
static bool ref_fma_special(const Ref v[3], uint32_t op, uint32_t ctl,
                            Ref *r, uint32_t *ev)
{
    const Ref *a = &v[0], *b = &v[1], *c = &v[2];
    static const int order[3] = { 1, 2, 0 };    /* f4, f2, f3 */
    bool ps = a->sign ^ b->sign ^ !!(op & IA64_FMA_NEG_MUL);
    bool cs = c->sign ^ !!(op & IA64_FMA_NEG_ADD);
    bool snan = false;
    int i;

    *ev = 0;
    for (i = 0; i < 3; i++) {
        if (v[i].kind == NATVAL) {
            *r = v[i];
            return true;
        }
    }
    for (i = 0; i < 3; i++) {
        if (v[i].kind == BAD) {
            *ev = ref_fault(IA64_FP_V, ctl);
            *r = ref_special(true, indefinite);
            return true;
        }
        snan |= v[i].kind == SNAN;
    }
    for (i = 0; i < 3; i++) {
        const Ref *n = &v[order[i]];

        if (n->kind == SNAN || n->kind == QNAN) {
            *ev = snan ? ref_fault(IA64_FP_V, ctl) : 0;
            *r = ref_quiet(*n);
            return true;
        }
    }
    if ((a->kind == INFTY && b->kind == ZERO) ||
        (a->kind == ZERO && b->kind == INFTY) ||
        ((a->kind == INFTY || b->kind == INFTY) && c->kind == INFTY &&
         ps != cs)) {
        *ev = ref_fault(IA64_FP_V, ctl);
        *r = ref_special(true, indefinite);
        return true;
    }
    if (a->unorm || b->unorm || c->unorm) {
        *ev = ref_fault(IA64_FP_D, ctl);
        if (*ev & IA64_EV_FAULTS) {
            return true;
        }
    }
    if (a->kind == INFTY || b->kind == INFTY || c->kind == INFTY) {
        *r = ref_special(c->kind == INFTY ? cs : ps, 1ull << 63);
        return true;
    }
    return false;
}

static mpfr_t fa, fb, fc;       /* 64 bits */
static mpfr_t result[65];       /* by precision */

static Ref ref_fma(const Ref v[3], unsigned op, uint32_t ctl, uint32_t *ev)
{
    Model m = model(op & 3, ctl);
    mpfr_ptr x = result[m.prec];
    mpfr_rnd_t rc = rounding[ctl >> IA64_CTL_RC_SHIFT & 3];
    uint32_t ev2 = 0;
    Ref r;
    int t;

    if (ref_fma_special(v, op, ctl, &r, ev)) {
        return r;
    }
    ref_get(fa, &v[0]);
    ref_get(fb, &v[1]);
    ref_get(fc, &v[2]);
    if (op & IA64_FMA_NEG_MUL) {
        mpfr_neg(fa, fa, MPFR_RNDN);
    }
    if (op & IA64_FMA_NEG_ADD) {
        mpfr_neg(fc, fc, MPFR_RNDN);
    }
    t = op & IA64_FMA_NO_ADD ? mpfr_mul(x, fa, fb, rc) :
        mpfr_fma(x, fa, fb, fc, rc);
    if (mpfr_zero_p(x)) {
        return ref_of_fields(mpfr_signbit(x), 0, 0);
    }
    r = ref_round(x, t, &m, ctl, &ev2);
    *ev |= ev2;
    return r;
}

/* ---- operands ---- */

static uint64_t random_sig(void)
{
    uint64_t s = rnd();

    switch (below(10)) {
    case 0:
        s = 0;
        break;
    case 1:
        s = -1ull << below(64);
        break;
    case 2:
        s = 1ull << below(63);
        break;
    case 3:
        s = -1ull >> below(64);
        break;
    case 4:
        s &= -1ull << below(64);
        break;
    case 5:
        s = (s & 7) << 40 | (s & 0xff0000);
        break;
    default:
        break;
    }
    return s | (below(16) ? 1ull << 63 : 0);
}

static const uint32_t edge_exps[] = {
    0, 1, 2, 40, 64, 65, 100, 0x7fff, 0xc001, 0xc000, 0xc040, 0xfc01, 0xfc40,
    0xfbd0, 0xff81, 0xff6a, 0xff70, 0xffff, 0xfffe, 0x10000, 0x1003e, 0x1003f,
    0x1001e, 0x1007e, 0x1007f, 0x103fe, 0x103ff, 0x13ffe, 0x13fff, 0x17fff,
    0x1fffc, 0x1fffd, 0x1fffe, 0x1ffff,
};

static uint64_t random_double(void)
{
    uint64_t d = random_sig() << 1 >> 12;
    uint64_t sign = rnd() & 1ull << 63;

    switch (below(12)) {
    case 0:
        return sign | d;
    case 1:
        return sign | 0x7ffull << 52 | d;
    case 2:
        return sign;
    case 3:
        return sign | (uint64_t)below(70) << 52 | d;
    case 4:
        return sign | (uint64_t)(0x7fe - below(70)) << 52 | d;
    default:
        return sign | (uint64_t)(0x3ff - 64 + below(128)) << 52 | d;
    }
}

static IA64FR random_fr(uint32_t *near_exp)
{
    uint32_t exp;

    switch (below(16)) {
    case 0 ... 4:
        return (IA64FR) { random_double(), 0 };
    case 5:
        return (IA64FR) { 0, 0x800000000001fffe };
    case 6 ... 8:
        exp = edge_exps[below(ARRAY_SIZE(edge_exps))] + below(3) - 1;
        break;
    case 9:
        exp = rnd();
        break;
    default:
        exp = *near_exp + below(280) - 140;
        break;
    }
    exp &= 0x1ffff;
    *near_exp = exp;
    return (IA64FR) { random_sig(),
                      1ull << 63 | (rnd() & 1) << 17 | exp };
}

/* Bit 12 (td) is never needed: ia64_fp_ctl() has dealt with it */
static uint32_t random_ctl(void)
{
    uint32_t ctl = rnd() & 0xfff;

    if (below(2)) {
        ctl |= IA64_FP_ALL;
    }
    if ((ctl >> 8 & 3) == 1) {
        ctl |= 0x200;
    }
    return ctl;
}

/* f3 * f4 near the limits of the formats or near -f2 */
static void random_operands(IA64FR f[3])
{
    uint32_t near = 0xffff;
    int i;

    if (below(3) == 0) {
        near = edge_exps[below(ARRAY_SIZE(edge_exps))];
    }
    for (i = 0; i < 3; i++) {
        f[i] = random_fr(&near);
    }
    if (below(2) == 0) {
        /* Exponents that make the sum interesting */
        uint32_t target = edge_exps[below(ARRAY_SIZE(edge_exps))];
        uint32_t a = 0xffff + below(200) - 100;

        f[0] = ia64_fr_make(rnd() & 1, a, random_sig());
        f[1] = ia64_fr_make(rnd() & 1, (target + 0xffff - a) & 0x1ffff,
                            random_sig());
        f[2] = ia64_fr_make(rnd() & 1,
                            (target + below(280) - 140) & 0x1ffff,
                            random_sig());
        if (below(8) == 0) {
            /* A product with lowest word 1, and less than that to subtract */
            uint64_t x = f[0].lo | 1ull << 63 | 1, y = x;
            int k;

            for (k = 0; k < 5; k++) {
                y *= 2 - x * y;     /* Newton's inverse modulo 2^64 */
            }
            f[0].lo = x;
            f[1].lo = y;
            f[2].hi = (f[2].hi & ~0x1ffffull) |
                      ((target - 60 - below(140)) & 0x1ffff);
        } else if (below(2)) {
            /* Cancellation: f2 is the leading part of the product */
            uint64_t lo, hi;

            mulu64(&lo, &hi, f[0].lo, f[1].lo);
            f[2].hi = (f[2].hi & ~0x1ffffull) |
                      ((target + (hi >> 63)) & 0x1ffff);
            f[2].lo = (hi >> 63 ? hi : hi << 1 | lo >> 63) +
                      below(3) - 1;
            if (below(4) == 0) {
                f[2].hi = (f[2].hi & ~0x1ffffull) |
                          ((f[2].hi + 1) & 0x1ffff);
                f[2].lo = f[2].lo >> 1 | 1ull << 63;
            }
        }
    }
}

/* ---- comparison of results ---- */

static void check(const char *what, const IA64FR *f, unsigned n, unsigned op,
                  uint32_t ctl, IA64FR got, uint32_t got_ev, Ref want,
                  uint32_t want_ev)
{
    bool same = true;

    if (want_ev & IA64_EV_FAULTS) {
        same = (got_ev & IA64_EV_FAULTS) == (want_ev & IA64_EV_FAULTS);
    } else {
        Ref g = ref_of(got);

        same = got_ev == want_ev && g.sign == want.sign &&
               g.exp == want.exp && g.sig == want.sig;
    }
    if (!same) {
        unsigned i;

        for (i = 0; i < n; i++) {
            Ref r = ref_of(f[i]);
            g_printerr("operand %d.%05x.%016" PRIx64 " (hi %" PRIx64 ")\n",
                       r.sign, r.exp, r.sig, f[i].hi);
        }
        Ref g = ref_of(got);
        g_printerr("%s op %x ctl %03x\n"
                   "got     %d.%05x.%016" PRIx64 " events %08x\n"
                   "want    %d.%05x.%016" PRIx64 " events %08x\n",
                   what, op, ctl, g.sign, g.exp, g.sig, got_ev,
                   want.sign, want.exp, want.sig, want_ev);
        g_test_fail();
        exit(1);
    }
}

/* ---- tests ---- */

static void test_fma_known(void)
{
    uint32_t ctl = ia64_fp_ctl(FPSR_DEFAULT, 0), ev = 0;
    IA64FR r;

    /* (2^27 + 1) * (2^26 + 1) + 2^-100: one rounding, not two */
    r = ia64_fma(ia64_ldfd(0x41a0000002000000), ia64_ldfd(0x4190000004000000),
                 ia64_ldfd(0x39b0000000000000), IA64_PC_D, ctl, &ev);
    g_assert_cmphex(ia64_stfd(r), ==, 0x4340000006000001);
    g_assert_cmphex(ev, ==, IA64_FP_I);

    /* The sign of a product is kept if f2 is register 0 */
    ev = 0;
    r = ia64_fma(ia64_ldfd(1ull << 63), ia64_ldfd(0x3ff0000000000000),
                 ia64_ldfd(0), IA64_PC_D | IA64_FMA_NO_ADD, ctl, &ev);
    g_assert_cmphex(ia64_stfd(r), ==, 1ull << 63);
    r = ia64_fma(ia64_ldfd(1ull << 63), ia64_ldfd(0x3ff0000000000000),
                 ia64_ldfd(0), IA64_PC_D, ctl, &ev);
    g_assert_cmphex(ia64_stfd(r), ==, 0);

    /* inf - inf: the default NaN is negative and quiet */
    r = ia64_fma(ia64_ldfd(0x7ff0000000000000), ia64_ldfd(0x3ff0000000000000),
                 ia64_ldfd(0x7ff0000000000000), IA64_PC_D | IA64_FMA_NEG_ADD,
                 ctl, &ev);
    g_assert_cmphex(ia64_stfd(r), ==, 0xfff8000000000000);
    g_assert_cmphex(ev, ==, IA64_FP_V);

    /* fma.d s1 has wre: 2^1023 * 4 does not overflow */
    ev = 0;
    r = ia64_fma(ia64_ldfd(0x7fe0000000000000), ia64_ldfd(0x4010000000000000),
                 ia64_ldfd(0), IA64_PC_D, ia64_fp_ctl(FPSR_DEFAULT, 1), &ev);
    g_assert_cmphex(ia64_getf_exp(r), ==, 0xffff + 1025);
    g_assert_cmphex(ev, ==, 0);
}

static void test_fma(void)
{
    static const unsigned signs[] = {
        0, IA64_FMA_NEG_ADD, IA64_FMA_NEG_MUL, IA64_FMA_NO_ADD,
        IA64_FMA_NO_ADD | IA64_FMA_NEG_MUL,
    };
    unsigned i, n = vectors(400000);

    for (i = 0; i < n; i++) {
        unsigned op = below(3) | signs[below(ARRAY_SIZE(signs))];
        uint32_t ctl = random_ctl(), ev = 0, want_ev;
        IA64FR f[3], got;
        Ref v[3], want;

        random_operands(f);
        if (op & IA64_FMA_NO_ADD) {
            f[2] = (IA64FR) { 0, 0 };
        }
        v[0] = ref_of(f[0]);
        v[1] = ref_of(f[1]);
        v[2] = ref_of(f[2]);
        want = ref_fma(v, op, ctl, &want_ev);
        got = ia64_fma(f[0], f[1], f[2], op, ctl, &ev);
        check("fma", f, 3, op, ctl, got, ev, want, want_ev);
    }
}

static double as_double(uint64_t d)
{
    double h;

    memcpy(&h, &d, 8);
    return h;
}

static uint32_t host_flags(void)
{
    int f = fetestexcept(FE_ALL_EXCEPT);

    return (f & FE_INEXACT ? IA64_FP_I : 0) |
           (f & FE_OVERFLOW ? IA64_FP_O : 0) |
           (f & FE_UNDERFLOW ? IA64_FP_U : 0) |
           (f & FE_INVALID ? IA64_FP_V : 0);
}

static const int host_rounding[4] = {
    FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO
};

/* The compiler must not move these across changes of the environment */
static double __attribute__((noipa)) host_fma(double x, double y, double z)
{
    return fma(x, y, z);
}

/* Doubles as IEEE has them, with traps masked */
static void test_fma_host(void)
{
    unsigned i, n = vectors(400000);

    for (i = 0; i < n; i++) {
        uint64_t a = random_double(), b = random_double(), d;
        uint64_t c = random_double();
        unsigned rc = below(4);
        uint32_t ctl = IA64_FP_ALL | 3 << 8 | rc << IA64_CTL_RC_SHIFT;
        uint32_t ev = 0;
        IA64FR r;
        double h;

        fesetround(host_rounding[rc]);
        feclearexcept(FE_ALL_EXCEPT);
        h = host_fma(as_double(a), as_double(b), as_double(c));
        r = ia64_fma(ia64_ldfd(a), ia64_ldfd(b), ia64_ldfd(c), IA64_PC_D, ctl,
                     &ev);
        if (isnan(h)) {
            d = ia64_stfd(r);
            g_assert_true(isnan(as_double(d)));
        } else {
            memcpy(&d, &h, 8);
            g_assert_cmphex(ia64_stfd(r), ==, d);
            g_assert_cmphex(ev & ~IA64_FP_D, ==, host_flags());
        }
        fesetround(FE_TONEAREST);
    }
}

/*
 * What the host's floating point says of a result, against the exact path:
 * returns whether it had an answer
 */
static bool check_fast(uint64_t r, bool exact, uint64_t f3, uint64_t f4,
                       uint64_t f2, unsigned op)
{
    uint32_t ctl = ia64_fp_ctl(FPSR_DEFAULT, 0), ev = 0;
    IA64FR want;

    if (r == IA64_FP_MISS) {
        return false;
    }
    want = ia64_fma(ia64_ldfd(f3), ia64_ldfd(f4), ia64_ldfd(f2), op, ctl,
                    &ev);
    g_assert_cmphex(want.hi, ==, 0);
    g_assert_cmphex(r, ==, want.lo);
    g_assert_cmphex(ev & ~(exact ? 0 : IA64_FP_I), ==, 0);
    return true;
}

static void test_fast(void)
{
    static const uint64_t masks[] = { -1ull, -1ull << 29, -1ull << 48 };
    const uint64_t one = 0x3ff0000000000000;
    const unsigned d = IA64_PC_D, s = IA64_PC_S;
    unsigned i, n = vectors(400000), answered = 0;

    if (!ia64_have_fast_fma()) {
        g_test_skip("no fused multiply-add in this host");
        return;
    }
    for (i = 0; i < n; i++) {
        uint64_t mask = masks[below(3)];
        uint64_t a = random_double() & mask, b = random_double() & mask;
        uint64_t c = random_double() & mask;

        if (below(8) == 0) {
            c = a ^ (rnd() & 1ull << 63);
        }
        answered += check_fast(ia64_fma_d(a, b, c), false, a, b, c, d);
        answered += check_fast(ia64_fma_d_x(a, b, c), true, a, b, c, d);
        answered += check_fast(ia64_fma_s(a, b, c), false, a, b, c, s);
        answered += check_fast(ia64_fma_s_x(a, b, c), true, a, b, c, s);
        answered += check_fast(ia64_fadd_d(a, c), false, a, one, c, d);
        answered += check_fast(ia64_fadd_d_x(a, c), true, a, one, c, d);
        answered += check_fast(ia64_fadd_s(a, c), false, a, one, c, s);
        answered += check_fast(ia64_fadd_s_x(a, c), true, a, one, c, s);
        answered += check_fast(ia64_fmpy_d(a, b), false, a, b, 0,
                               d | IA64_FMA_NO_ADD);
        answered += check_fast(ia64_fmpy_d_x(a, b), true, a, b, 0,
                               d | IA64_FMA_NO_ADD);
        answered += check_fast(ia64_fmpy_s(a, b), false, a, b, 0,
                               s | IA64_FMA_NO_ADD);
        answered += check_fast(ia64_fmpy_s_x(a, b), true, a, b, 0,
                               s | IA64_FMA_NO_ADD);
    }
    g_assert_cmpuint(answered, >, 3 * n);
}

/* The shortened path for normal numbers likewise */
static void test_nearest(void)
{
    static const unsigned ops[] = {
        0, IA64_FMA_NEG_ADD, IA64_FMA_NEG_MUL, IA64_FMA_NO_ADD,
    };
    static const unsigned pcs[] = { IA64_PC_NONE, IA64_PC_S, IA64_PC_D };
    unsigned i, n = vectors(400000), answered = 0;

    for (i = 0; i < n; i++) {
        uint32_t ctl = ia64_fp_ctl(FPSR_DEFAULT, below(2)), ev = 0;
        unsigned op = ops[below(4)], pc = pcs[below(3)];
        IA64FR f[3], want, got = { 0, 0 };
        bool exact = below(2);
        IA64FMAResult r;

        random_operands(f);
        if (below(8) == 0) {
            f[below(2)] = ia64_fr_from_double((uint64_t)below(2) << 63);
        }
        if (op & IA64_FMA_NO_ADD) {
            f[2] = ia64_fr_from_double(0);
        }
        want = ia64_fma(f[0], f[1], f[2], op | pc, ctl, &ev);
        op |= exact ? IA64_FMA_EXACT : 0;
        r = pc == IA64_PC_S ?
            ia64_fma_nearest(&got, &f[0], &f[1], &f[2], op, 24) :
            pc == IA64_PC_D ?
            ia64_fma_nearest(&got, &f[0], &f[1], &f[2], op, 53) :
            ia64_fma_nearest(&got, &f[0], &f[1], &f[2], op, 64);
        if (r != IA64_FMA_MISS) {
            answered++;
            g_assert_false(exact && r == IA64_FMA_DONE_INEXACT);
            check("nearest fma", f, 3, op | pc, ctl, got,
                  r == IA64_FMA_DONE_INEXACT ? IA64_FP_I : 0,
                  ref_of(want), ev);
        } else {
            g_assert_cmphex(got.lo | got.hi, ==, 0);
        }
    }
    g_assert_cmpuint(answered, >, n / 8);
}

/* And that of fcvt.fx */
static void test_fcvt_nearest(void)
{
    unsigned i, n = vectors(400000), answered = 0;

    for (i = 0; i < n; i++) {
        uint32_t ctl = ia64_fp_ctl(FPSR_DEFAULT, 0), ev = 0;
        unsigned op = below(4);
        IA64FR f[3], want, got = ia64_fr_from_sig(0);
        bool inexact;

        random_operands(f);
        if (below(2)) {
            f[0] = ia64_fr_make(below(2), 0xffff - 4 + below(72),
                                random_sig() | IA64_FR_SIG_INT);
        }
        want = ia64_fcvt_fx(f[0], op, ctl, &ev);
        if (ia64_fcvt_nearest(&got.lo, &inexact, f[0], op)) {
            answered++;
            check("nearest fcvt", f, 1, op, ctl, got, inexact ? IA64_FP_I : 0,
                  ref_of(want), ev);
        }
    }
    g_assert_cmpuint(answered, >, n / 8);
}

static uint64_t random_pair(void)
{
    uint64_t r = 0;
    int i;

    for (i = 0; i < 2; i++) {
        uint32_t exp;

        switch (below(6)) {
        case 0:
            exp = rnd() & 0xff;
            break;
        case 1:
            exp = (below(4) - 2) & 0xff;
            break;
        default:
            exp = 127 - 40 + below(80);
            break;
        }
        r = r << 32 | (rnd() & 1) << 31 | exp << 23 |
            (random_sig() >> 40 & (below(2) ? 0x7fffff : 0x7f0000));
    }
    return r;
}

/* Events of a pair from those of its halves (as of a normal operation) */
static uint32_t pair_ev(uint32_t hi, uint32_t lo)
{
    uint32_t code = hi >> 16, lcode = lo >> 16;

    code |= (lcode & 7) << 4 | (lcode >> 11 & 15) << 7;
    return code << 16 | (hi & 63) | (lo & 63);
}

static uint32_t ref_single(const Ref *r)
{
    uint32_t exp = r->sig >> 63 ? (r->exp >> 16 & 1) << 7 | (r->exp & 127) : 0;

    return (uint32_t)r->sign << 31 | exp << 23 | (r->sig >> 40 & 0x7fffff);
}

static IA64FR single_fr(uint32_t s)
{
    bool sign = s >> 31;
    uint32_t exp = s >> 23 & 0xff;
    uint64_t sig = (uint64_t)(s & 0x7fffff) << 40;

    if (exp == 0) {
        return ia64_fr_make(sign, sig ? 0xff81 : 0, sig);
    }
    return ia64_fr_make(sign, exp == 255 ? 0x1ffff : exp + 0xff80,
                        sig | 1ull << 63);
}

static void test_fpma(void)
{
    unsigned i, n = vectors(200000);

    for (i = 0; i < n; i++) {
        unsigned op = below(8) << 2;
        uint32_t ctl = random_ctl(), ev = 0, ev_half[2], want_ev;
        uint64_t p[3] = { random_pair(), random_pair(), random_pair() };
        IA64FR f[3], got;
        uint32_t want[2];
        Ref r;
        int h, k;

        if (op & IA64_FMA_NO_ADD) {
            p[2] = 0;
        }
        for (k = 0; k < 3; k++) {
            f[k] = ia64_fr_make(0, 0x1003e, p[k]);
        }
        for (h = 0; h < 2; h++) {
            Ref v[3];

            for (k = 0; k < 3; k++) {
                v[k] = ref_of(single_fr(h ? p[k] >> 32 : p[k]));
            }
            r = ref_fma(v, op | IA64_PC_SIMD, ctl, &ev_half[h]);
            want[h] = ref_single(&r);
        }
        want_ev = pair_ev(ev_half[1], ev_half[0]);
        r = ref_of_fields(0, 0x1003e, (uint64_t)want[1] << 32 | want[0]);
        got = ia64_fpma(f[0], f[1], f[2], op, ctl, &ev);
        check("fpma", f, 3, op, ctl, got, ev, r, want_ev);
    }
}

/* -1 if unordered */
static int ref_cmp(const Ref *a, const Ref *b)
{
    int k;

    ref_get(fa, a);
    ref_get(fb, b);
    if (a->kind == INFTY) {
        mpfr_set_inf(fa, a->sign ? -1 : 1);
    }
    if (b->kind == INFTY) {
        mpfr_set_inf(fb, b->sign ? -1 : 1);
    }
    k = mpfr_cmp(fa, fb);
    return k < 0 ? -1 : k > 0;
}

static void test_fcmp(void)
{
    unsigned i, n = vectors(200000);

    for (i = 0; i < n; i++) {
        IA64Rel rel = below(4);
        uint32_t ctl = random_ctl(), ev = 0, want_ev = 0;
        IA64FR f[3];
        Ref a, b;
        int got, want;

        random_operands(f);
        if (below(8) == 0) {
            f[1] = f[0];
        }
        a = ref_of(f[0]);
        b = ref_of(f[1]);
        if (a.kind == NATVAL || b.kind == NATVAL) {
            want = -1;
        } else if (a.kind >= QNAN || b.kind >= QNAN) {
            if (a.kind > QNAN || b.kind > QNAN ||
                rel == IA64_REL_LT || rel == IA64_REL_LE) {
                want_ev = ref_fault(IA64_FP_V, ctl);
            }
            want = rel == IA64_REL_UNORD;
        } else {
            int c = ref_cmp(&a, &b);

            if (a.unorm || b.unorm) {
                want_ev = ref_fault(IA64_FP_D, ctl);
            }
            want = rel == IA64_REL_EQ ? c == 0 : rel == IA64_REL_LT ? c < 0 :
                   rel == IA64_REL_LE ? c <= 0 : 0;
        }
        got = ia64_fcmp(f[0], f[1], rel, ctl, &ev);
        g_assert_cmphex(ev, ==, want_ev);
        if (!(want_ev & IA64_EV_FAULTS)) {
            g_assert_cmpint(got, ==, want);
        }
    }
}

static void test_fminmax(void)
{
    unsigned i, n = vectors(200000);

    for (i = 0; i < n; i++) {
        IA64MinMax op = below(4);
        uint32_t ctl = random_ctl(), ev = 0, want_ev = 0;
        IA64FR f[3], got;
        Ref a, b, want;

        random_operands(f);
        if (below(8) == 0) {
            f[1] = f[0];
            f[1].hi ^= f[1].hi ? 1 << 17 : 0;
        }
        a = ref_of(f[0]);
        b = ref_of(f[1]);
        want = b;
        if (a.kind == NATVAL || b.kind == NATVAL) {
            want = ref_of_fields(0, 0x1fffe, 0);
        } else if (a.kind >= QNAN || b.kind >= QNAN) {
            want_ev = ref_fault(IA64_FP_V, ctl);
        } else {
            Ref x = a, y = b;
            int c;

            if (op >= IA64_FAMIN) {
                x.sign = y.sign = false;
            }
            c = ref_cmp(&x, &y);
            if (op == IA64_FMIN || op == IA64_FAMIN ? c < 0 : c > 0) {
                want = a;
            }
            if (a.unorm || b.unorm) {
                want_ev = ref_fault(IA64_FP_D, ctl);
            }
        }
        got = ia64_fminmax(f[0], f[1], op, ctl, &ev);
        check("fminmax", f, 2, op, ctl, got, ev, want, want_ev);
    }
}

/* Low @bits bits of the converted value */
static uint64_t ref_fcvt(const Ref *a, unsigned bits, unsigned op,
                         uint32_t ctl, uint32_t *ev)
{
    mpfr_rnd_t rc = op & IA64_FCVT_TRUNC ? MPFR_RNDZ :
                    rounding[ctl >> IA64_CTL_RC_SHIFT & 3];
    uint64_t v;
    int t;

    *ev = 0;
    if (a->kind == BAD || a->kind == QNAN || a->kind == SNAN ||
        a->kind == INFTY) {
        *ev = ref_fault(IA64_FP_V, ctl);
        return 1ull << (bits - 1);
    }
    ref_get(fa, a);
    t = mpfr_rint(fb, fa, rc);
    mpfr_set_si_2exp(fc, 1, op & IA64_FCVT_U ? bits : bits - 1, MPFR_RNDN);
    if (mpfr_cmp(fb, fc) >= 0 ||
        (op & IA64_FCVT_U ? mpfr_sgn(fb) < 0 :
         (mpfr_neg(fc, fc, MPFR_RNDN), mpfr_cmp(fb, fc) < 0))) {
        *ev = ref_fault(IA64_FP_V, ctl);
        return 1ull << (bits - 1);
    }
    if (a->unorm) {
        *ev = ref_fault(IA64_FP_D, ctl);
    }
    if (t) {
        bool up = a->sign ? t < 0 : t > 0;

        *ev |= IA64_FP_I;
        if (!(ctl & IA64_FP_I)) {
            *ev |= IA64_EV_TRAP(IA64_FP_I) | (up ? IA64_EV_FPA : 0);
        }
    }
    mpfr_abs(fc, fb, MPFR_RNDN);
    v = mpfr_get_uj(fc, MPFR_RNDN);
    v = mpfr_sgn(fb) < 0 ? -v : v;
    return bits == 64 ? v : (uint32_t)v;
}

static void test_fcvt(void)
{
    unsigned i, n = vectors(200000);

    for (i = 0; i < n; i++) {
        unsigned op = below(4);
        uint32_t ctl = random_ctl(), ev = 0, want_ev = 0;
        IA64FR f[3], got;
        Ref a, want;

        random_operands(f);
        if (below(2)) {
            f[0] = ia64_fr_make(rnd() & 1, 0xffff - 3 + below(70),
                                random_sig());
        }
        a = ref_of(f[0]);
        if (a.kind == NATVAL) {
            want = a;
        } else {
            want = ref_of_fields(0, 0x1003e,
                                 ref_fcvt(&a, 64, op, ctl, &want_ev));
        }
        got = ia64_fcvt_fx(f[0], op, ctl, &ev);
        check("fcvt.fx", f, 1, op, ctl, got, ev, want, want_ev);

        /* Pairs */
        f[0] = ia64_fr_make(0, 0x1003e, random_pair());
        a = ref_of(single_fr(f[0].lo >> 32));
        uint32_t hi_ev, lo_ev;
        uint64_t pair = ref_fcvt(&a, 32, op, ctl, &hi_ev) << 32;
        a = ref_of(single_fr(f[0].lo));
        pair |= ref_fcvt(&a, 32, op, ctl, &lo_ev);
        ev = 0;
        got = ia64_fpcvt_fx(f[0], op, ctl, &ev);
        check("fpcvt.fx", f, 1, op, ctl, got, ev,
              ref_of_fields(0, 0x1003e, pair), pair_ev(hi_ev, lo_ev));
    }
}

static void test_fcvt_xf(void)
{
    unsigned i;

    for (i = 0; i < 100000; i++) {
        int64_t v = (int64_t)rnd() >> below(64);
        IA64FR f = ia64_fr_from_sig(v), got = ia64_fcvt_xf(f);
        Ref want;

        mpfr_set_sj(fa, v, MPFR_RNDN);
        want = v ? ref_of_fields(v < 0, mpfr_get_exp(fa) + 65534,
                                 mpfr_sig(fa)) : ref_of_fields(0, 0, 0);
        check("fcvt.xf", &f, 1, 0, 0, got, 0, want, 0);
    }
    g_assert_true(ia64_fr_is_natval(ia64_fcvt_xf(ia64_fr_natval())));
}

static void test_fclass(void)
{
    static const uint32_t bits[] = {
        [ZERO] = 4, [PSEUDO_ZERO] = 8, [NUMBER] = 16, [INFTY] = 32,
        [QNAN] = 0x80, [SNAN] = 0x40, [BAD] = 0, [NATVAL] = 0x100,
    };
    unsigned i;

    for (i = 0; i < 200000; i++) {
        uint32_t classes = rnd() & 0x1ff, bit;
        IA64FR f[3];
        Ref a;
        int want;

        random_operands(f);
        a = ref_of(f[0]);
        bit = a.kind == NUMBER && a.unorm ? 8 : bits[a.kind];
        want = !!(classes & bit);
        if (a.kind <= INFTY) {
            want &= classes >> a.sign & 1;
        }
        if (a.kind == NATVAL && !want) {
            want = -1;
        }
        g_assert_cmpint(ia64_fclass(f[0], classes), ==, want);
    }
}

/* ---- reciprocals ---- */

static Ref ref_divide(const Ref *a, const Ref *b, bool root, uint32_t ctl,
                      uint32_t *ev)
{
    Model m = model(IA64_PC_NONE, ctl);
    mpfr_ptr x = result[m.prec];
    mpfr_rnd_t rc = rounding[ctl >> IA64_CTL_RC_SHIFT & 3];
    uint32_t ev2;
    Ref r;
    int t;

    ref_get(fa, a);
    if (root) {
        t = mpfr_sqrt(x, fa, rc);
    } else {
        ref_get(fb, b);
        t = mpfr_div(x, fa, fb, rc);
    }
    r = ref_round(x, t, &m, ctl, &ev2);
    *ev |= ev2;
    return r;
}

/* True exponent of a number after normalization */
static int ref_exp(const Ref *r)
{
    return r->e - clz64(r->sig);
}

static Ref ref_frcpa(const Ref *a, const Ref *b, uint32_t ctl, bool *p2,
                     uint32_t *ev)
{
    bool sign = a->sign ^ b->sign;
    bool azero = a->kind <= PSEUDO_ZERO, bzero = b->kind <= PSEUDO_ZERO;
    int ea, eb;

    *p2 = false;
    *ev = 0;
    if (a->kind == NATVAL || b->kind == NATVAL) {
        return ref_of_fields(0, 0x1fffe, 0);
    }
    if (a->kind == BAD || b->kind == BAD ||
        (a->kind == INFTY && b->kind == INFTY) || (azero && bzero)) {
        *ev = ref_fault(IA64_FP_V, ctl);
        return ref_special(true, indefinite);
    }
    if (a->kind >= QNAN || b->kind >= QNAN) {
        if (a->kind == SNAN || b->kind == SNAN) {
            *ev = ref_fault(IA64_FP_V, ctl);
        }
        return ref_quiet(a->kind >= QNAN ? *a : *b);
    }
    if (bzero && a->kind != INFTY) {
        *ev = ref_fault(IA64_FP_Z, ctl);
        return ref_special(sign, 1ull << 63);
    }
    if (a->unorm || b->unorm) {
        *ev = ref_fault(IA64_FP_D, ctl);
        if (*ev & IA64_EV_FAULTS) {
            return *a;
        }
    }
    if (a->kind == INFTY) {
        return ref_special(sign, 1ull << 63);
    }
    if (azero || b->kind == INFTY) {
        return ref_of_fields(sign, 0, 0);
    }
    ea = ref_exp(a);
    eb = ref_exp(b);
    if (eb <= -65535 || eb >= 65533 || ea - eb >= 65535 ||
        ea - eb <= -65533 || ea <= -65534 + 63) {
        return ref_divide(a, b, false, ctl, ev);
    }
    *p2 = true;
    return ref_of_fields(b->sign, 0, 0);        /* unused */
}

static void test_frcpa(void)
{
    unsigned i, n = vectors(200000);

    for (i = 0; i < n; i++) {
        uint32_t ctl = random_ctl(), ev = 0, want_ev;
        bool p2, want_p2;
        IA64FR f[3], got;
        Ref a, b, want;

        random_operands(f);
        a = ref_of(f[0]);
        b = ref_of(f[1]);
        want = ref_frcpa(&a, &b, ctl, &want_p2, &want_ev);
        got = ia64_frcpa(f[0], f[1], ctl, &p2, &ev);
        g_assert_cmpint(p2, ==, want_p2);
        if (!p2) {
            check("frcpa", f, 2, 0, ctl, got, ev, want, want_ev);
        } else {
            /* |1 - b * got| < 2^-8.886, eleven bits, no event but D */
            Ref g = ref_of(got);

            g_assert_cmphex(ev, ==, want_ev);
            g_assert_cmphex(g.sig & 0x1fffffffffffff, ==, 0);
            ref_get(fa, &b);
            ref_get(fb, &g);
            mpfr_mul(fc, fa, fb, MPFR_RNDA);
            mpfr_ui_sub(fc, 1, fc, MPFR_RNDA);
            g_assert_cmpfloat(fabs(mpfr_get_d(fc, MPFR_RNDA)), <,
                              exp2(-8.886));
        }
    }
}

/* Entries of the tables as the SDM prints them, and sums over all of them */
static void test_tables(void)
{
    static const struct {
        uint8_t i;
        uint16_t recip, rsqrt;
    } known[] = {
        { 0, 0x7fc, 0x5a5 }, { 1, 0x7f4, 0x5a0 }, { 5, 0x7d5, 0x58a },
        { 64, 0x664, 0x49d }, { 100, 0x5bf, 0x43c }, { 127, 0x557, 0x401 },
        { 128, 0x554, 0x7fc }, { 129, 0x550, 0x7f4 }, { 200, 0x47c, 0x664 },
        { 254, 0x403, 0x5ac }, { 255, 0x401, 0x5aa },
    };
    uint16_t recip[256], rsqrt[256];
    unsigned recip_sum = 0, rsqrt_sum = 0;
    uint32_t ev = 0, ctl = IA64_FP_ALL | 3 << 8;
    uint64_t k;
    bool p2;
    unsigned i;

    for (k = 0; k < 256; k++) {
        IA64FR x, r;

        x = ia64_fr_make(0, 0xffff, 1ull << 63 | k << 55);
        r = ia64_frcpa(ia64_ldfd(0x3ff0000000000000), x, ctl, &p2, &ev);
        g_assert_true(p2);
        g_assert_cmphex(ia64_getf_exp(r), ==, 0xfffe);
        recip[k] = r.lo >> 53;
        recip_sum += (k + 1) * recip[k];

        /* Index: low bit of the exponent, then seven bits of fraction */
        x = ia64_fr_make(0, 0x10000 + (k >> 7), 1ull << 63 | (k & 127) << 56);
        r = ia64_frsqrta(x, ctl, &p2, &ev);
        g_assert_true(p2);
        g_assert_cmphex(ia64_getf_exp(r), ==, 0xfffe - (k >> 7));
        rsqrt[k] = r.lo >> 53;
        rsqrt_sum += (k + 1) * rsqrt[k];
    }
    g_assert_cmphex(ev, ==, 0);
    for (i = 0; i < ARRAY_SIZE(known); i++) {
        g_assert_cmphex(recip[known[i].i], ==, known[i].recip);
        g_assert_cmphex(rsqrt[known[i].i], ==, known[i].rsqrt);
    }
    g_assert_cmpuint(recip_sum, ==, 41367128);
    g_assert_cmpuint(rsqrt_sum, ==, 50351556);
}

static void test_frsqrta(void)
{
    unsigned i, n = vectors(200000);

    for (i = 0; i < n; i++) {
        uint32_t ctl = random_ctl(), ev = 0, want_ev = 0;
        bool p2, want_p2 = false;
        IA64FR f[3], got;
        Ref a, want;

        random_operands(f);
        a = ref_of(f[0]);
        if (a.kind == NATVAL) {
            want = a;
        } else if (a.kind == QNAN || a.kind == SNAN) {
            want = ref_quiet(a);
            want_ev = a.kind == SNAN ? ref_fault(IA64_FP_V, ctl) : 0;
        } else if (a.kind == BAD || (a.sign && a.kind >= NUMBER)) {
            want = ref_special(true, indefinite);
            want_ev = ref_fault(IA64_FP_V, ctl);
        } else {
            want_ev = a.unorm ? ref_fault(IA64_FP_D, ctl) : 0;
            want = a.kind == INFTY ? a : ref_of_fields(a.sign, 0, 0);
            if (a.kind == NUMBER) {
                if (ref_exp(&a) > -65534 + 63) {
                    want_p2 = true;
                } else if (!(want_ev & IA64_EV_FAULTS)) {
                    want = ref_divide(&a, NULL, true, ctl, &want_ev);
                }
            }
        }
        got = ia64_frsqrta(f[0], ctl, &p2, &ev);
        if (!want_p2) {
            g_assert_false(p2);
            check("frsqrta", f, 1, 0, ctl, got, ev, want, want_ev);
        } else if (want_ev & IA64_EV_FAULTS) {
            g_assert_cmphex(ev, ==, want_ev);
        } else {
            /* Within 2^-8.831 of 1 / sqrt(a) */
            Ref g = ref_of(got);

            g_assert_true(p2);
            g_assert_cmphex(ev, ==, want_ev);
            ref_get(fa, &a);
            ref_get(fb, &g);
            mpfr_sqr(fb, fb, MPFR_RNDA);
            mpfr_mul(fc, fa, fb, MPFR_RNDA);
            g_assert_cmpfloat(fabs(1 - sqrt(mpfr_get_d(fc, MPFR_RNDA))), <,
                              exp2(-8.831));
        }
    }
}

/*
 * What the approximations are for.  64-bit division as compilers emit it:
 * three refinements in register precision, then truncation.
 */
static void test_integer_division(void)
{
    uint32_t s1 = ia64_fp_ctl(FPSR_DEFAULT, 1), ev = 0;
    const IA64FR one = ia64_ldfd(0x3ff0000000000000), zero = { 0, 0 };
    unsigned i, n = vectors(200000);

#define FMA(a, b, c)    ia64_fma(a, b, c, IA64_PC_NONE, s1, &ev)
#define FNMA(a, b, c)   ia64_fma(a, b, c, IA64_FMA_NEG_MUL, s1, &ev)
#define FMPY(a, b)      ia64_fma(a, b, zero, IA64_FMA_NO_ADD, s1, &ev)
    for (i = 0; i < n; i++) {
        uint64_t x = rnd() >> below(64), y = rnd() >> below(64), q;
        IA64FR a, b, r, e, e2, quot, rem;
        bool p2;

        if (y == 0) {
            continue;
        }
        if (below(4) == 0) {
            x = y * (x / y) - 1;        /* the hard case */
        }
        a = FMPY(ia64_fr_from_sig(x), one);     /* fcvt.xuf */
        b = FMPY(ia64_fr_from_sig(y), one);
        r = ia64_frcpa(a, b, s1, &p2, &ev);
        if (p2) {
            e = FNMA(b, r, one);
            quot = FMPY(a, r);
            quot = FMA(e, quot, quot);
            e2 = FMPY(e, e);
            r = FMA(e, r, r);
            quot = FMA(e2, quot, quot);
            r = FMA(e2, r, r);
            rem = FNMA(b, quot, a);
            r = FMA(rem, r, quot);
        }
        r = ia64_fcvt_fx(r, IA64_FCVT_U | IA64_FCVT_TRUNC, s1, &ev);
        q = ia64_getf_sig(r);
        g_assert_cmphex(q, ==, x / y);
    }
#undef FMA
#undef FNMA
#undef FMPY
}

/* A quotient of doubles by refinement is the host's */
static void test_double_division(void)
{
    uint32_t s0 = ia64_fp_ctl(FPSR_DEFAULT, 0);
    uint32_t s1 = ia64_fp_ctl(FPSR_DEFAULT, 1), ev = 0;
    const IA64FR one = ia64_ldfd(0x3ff0000000000000), zero = { 0, 0 };
    unsigned i, n = vectors(100000);

    for (i = 0; i < n; i++) {
        uint64_t x = random_double(), y = random_double(), d;
        IA64FR a = ia64_ldfd(x), b = ia64_ldfd(y), r, q, e;
        double hx = as_double(x), hy = as_double(y), h;
        uint32_t ev0 = 0;
        bool p2;
        int k;

        if (isnan(hx) || isnan(hy)) {
            continue;
        }
        h = hx / hy;
        r = ia64_frcpa(a, b, s0, &p2, &ev0);
        if (p2) {
            for (k = 0; k < 4; k++) {
                e = ia64_fma(b, r, one, IA64_FMA_NEG_MUL, s1, &ev);
                r = ia64_fma(e, r, r, 0, s1, &ev);
            }
            /* Quotient in double with the register's exponents, then .s0 */
            q = ia64_fma(a, r, zero, IA64_FMA_NO_ADD, s1, &ev);
            e = ia64_fma(b, q, a, IA64_FMA_NEG_MUL, s1, &ev);
            q = ia64_fma(e, r, q, IA64_PC_D, s1, &ev);
            e = ia64_fma(b, q, a, IA64_FMA_NEG_MUL, s1, &ev);
            r = ia64_fma(e, r, q, IA64_PC_D, s0, &ev0);
        }
        d = ia64_stfd(r);
        if (isnan(h)) {
            g_assert_cmphex(d, ==, 0xfff8000000000000);
            g_assert_cmphex(ev0 & ~IA64_FP_D, ==, IA64_FP_V);
        } else if (fabs(h) >= ldexp(1, -1000) || h == 0) {
            /* (with tiny quotients the sequence rounds twice) */
            uint64_t want;

            memcpy(&want, &h, 8);
            if (want << 1 || hx == 0 || isinf(hy)) {
                g_assert_cmphex(d, ==, want);
            }
        }
    }
}

/* ---- pairs ---- */

static void test_fprcpa(void)
{
    static const struct {
        uint32_t num, den, ctl, want;
        bool p2;
        uint32_t ev;
    } t[] = {
        /* 1 / 1, 1 / -2 */
        { 0x3f800000, 0x3f800000, 0x33f, 0x3f7f8000, true, 0 },
        { 0x3f800000, 0xc0000000, 0x33f, 0xbeff8000, true, 0 },
        /* x / 0, 0 / 0, inf / inf, inf / x, x / inf, 0 / x */
        { 0x3f800000, 0x80000000, 0x33f, 0xff800000, false, IA64_FP_Z },
        { 0x00000000, 0x80000000, 0x33f, 0xffc00000, false, IA64_FP_V },
        { 0x7f800000, 0xff800000, 0x33f, 0xffc00000, false, IA64_FP_V },
        { 0x7f800000, 0x3f800000, 0x33f, 0x7f800000, false, 0 },
        { 0xbf800000, 0x7f800000, 0x33f, 0x80000000, false, 0 },
        { 0x80000000, 0x40000000, 0x33f, 0x80000000, false, 0 },
        /* NaNs: the numerator's first, made quiet */
        { 0x7f800001, 0x7fc00002, 0x33f, 0x7fc00001, false, IA64_FP_V },
        { 0x7fc00003, 0x7f800002, 0x33f, 0x7fc00003, false, IA64_FP_V },
        { 0x3f800000, 0xffc00002, 0x33f, 0xffc00002, false, 0 },
        /* denormal and huge denominators */
        { 0x3f800000, 0x80000001, 0x33f, 0xff800000, false, IA64_FP_D },
        { 0x3f800000, 0x7e800000, 0x33f, 0x00000000, false, 0 },
        { 0x3f800000, 0x7e000000, 0x33f, 0x00000000, false, 0 },
        { 0x3f800000, 0x7d800000, 0x33f, 0x017f8000, true, 0 },
        { 0x3f000000, 0x7d800000, 0x33f, 0x017f8000, false, 0 },
        { 0x7e800000, 0x3e000000, 0x33f, 0x40ff8000, false, 0 },
        /* small numerator: e <= emin + 23 */
        { 0x0c000000, 0x3f800000, 0x33f, 0x3f7f8000, false, 0 },
        { 0x0c800000, 0x3f800000, 0x33f, 0x3f7f8000, true, 0 },
        /* faults */
        { 0x3f800000, 0x00000000, 0x33b, 0, false, IA64_EV_FAULT(IA64_FP_Z) },
        { 0x3f800000, 0x00000001, 0x33d, 0, false, IA64_EV_FAULT(IA64_FP_D) },
        { 0x7f800001, 0x00000001, 0x33e, 0, false, IA64_EV_FAULT(IA64_FP_V) },
    };
    const uint64_t one = 0x3f800000;
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(t); i++) {
        uint32_t ev = 0;
        bool p2;
        IA64FR r;

        r = ia64_fprcpa(ia64_fr_from_sig((uint64_t)t[i].num << 32 | one),
                        ia64_fr_from_sig((uint64_t)t[i].den << 32 | one),
                        t[i].ctl, &p2, &ev);
        g_assert_cmphex(ev, ==, t[i].ev);
        if (!(ev & IA64_EV_FAULTS)) {
            g_assert_cmphex(r.lo, ==, (uint64_t)t[i].want << 32 | 0x3f7f8000);
            g_assert_cmpint(p2, ==, t[i].p2);
        }
        ev = 0;
        r = ia64_fprcpa(ia64_fr_from_sig(one << 32 | t[i].num),
                        ia64_fr_from_sig(one << 32 | t[i].den),
                        t[i].ctl, &p2, &ev);
        g_assert_cmphex(ev, ==, pair_ev(0, t[i].ev));
        if (!(ev & IA64_EV_FAULTS)) {
            g_assert_cmphex(r.lo, ==, 0x3f7f800000000000 | t[i].want);
            g_assert_cmpint(p2, ==, t[i].p2);
        }
    }
}

static void test_fprsqrta(void)
{
    static const struct {
        uint32_t x, want;
        bool p2;
        uint32_t ev;
    } t[] = {
        { 0x3f800000, 0x3f7f8000, true, 0 },
        { 0x40800000, 0x3eff8000, true, 0 },
        { 0x40000000, 0x3f34a000, true, 0 },
        { 0x00000000, 0x7f800000, false, 0 },
        { 0x80000000, 0xff800000, false, 0 },
        { 0x7f800000, 0x00000000, false, 0 },
        { 0xff800000, 0xffc00000, false, IA64_FP_V },
        { 0xbf800000, 0xffc00000, false, IA64_FP_V },
        { 0x80000001, 0xffc00000, false, IA64_FP_V },
        { 0x7f800001, 0x7fc00001, false, IA64_FP_V },
        { 0xffc00001, 0xffc00001, false, 0 },
        { 0x00400000, 0x5f34a000, false, IA64_FP_D },
        { 0x0c000000, 0x5934a000, false, 0 },
        { 0x0c800000, 0x58ff8000, true, 0 },
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(t); i++) {
        uint32_t ev = 0;
        bool p2;
        IA64FR r;

        r = ia64_fprsqrta(ia64_fr_from_sig((uint64_t)t[i].x << 32 |
                                           0x3f800000), 0x33f, &p2, &ev);
        g_assert_cmphex(r.lo, ==, (uint64_t)t[i].want << 32 | 0x3f7f8000);
        g_assert_cmphex(ev, ==, t[i].ev);
        g_assert_cmpint(p2, ==, t[i].p2);
    }
}

static void test_pairs(void)
{
    unsigned i, n = vectors(100000);

    for (i = 0; i < n; i++) {
        uint64_t a = random_pair(), b = random_pair();
        uint32_t ctl = random_ctl(), ev = 0, hi = 0, lo = 0;
        IA64FR fx = ia64_fr_from_sig(a), fy = ia64_fr_from_sig(b), r, want[2];
        IA64Rel rel = below(4);
        IA64MinMax mm = below(4);
        bool neg = below(2);
        int c[2];

        if (below(4) == 0) {
            b = a;
            fy = fx;
        }
        c[1] = ia64_fcmp(single_fr(a >> 32), single_fr(b >> 32), rel, ctl,
                         &hi);
        c[0] = ia64_fcmp(single_fr(a), single_fr(b), rel, ctl, &lo);
        r = ia64_fpcmp(fx, fy, rel, neg, ctl, &ev);
        g_assert_cmphex(ev, ==, pair_ev(hi, lo));
        if (!(ev & IA64_EV_FAULTS)) {
            g_assert_cmphex(r.lo, ==, (c[1] != neg ? -1ull << 32 : 0) |
                                      (c[0] != neg ? 0xffffffff : 0));
        }
        hi = lo = ev = 0;
        want[1] = ia64_fminmax(single_fr(a >> 32), single_fr(b >> 32), mm,
                               ctl, &hi);
        want[0] = ia64_fminmax(single_fr(a), single_fr(b), mm, ctl, &lo);
        r = ia64_fpminmax(fx, fy, mm, ctl, &ev);
        g_assert_cmphex(ev, ==, pair_ev(hi, lo));
        if (!(ev & IA64_EV_FAULTS)) {
            Ref h = ref_of(want[1]), l = ref_of(want[0]);

            g_assert_cmphex(r.lo, ==, (uint64_t)ref_single(&h) << 32 |
                                      ref_single(&l));
        }
    }
}

/* ---- formats ---- */

static void test_formats(void)
{
    unsigned i;

    for (i = 0; i < 300000; i++) {
        uint32_t near = 0xffff, s = rnd();
        IA64FR f = random_fr(&near), x;
        Ref r = ref_of(f), q;
        uint64_t d;

        /* Expansion and its inverse keep the register */
        x = ia64_fr_expand(f);
        g_assert_cmphex(x.hi, ==, 1ull << 63 | (uint64_t)r.sign << 17 | r.exp);
        g_assert_cmphex(x.lo, ==, r.sig);
        q = ref_of(ia64_fr_collapse(x));
        g_assert_cmphex(q.sig, ==, r.sig);
        g_assert_cmphex(q.exp, ==, r.exp);
        g_assert_cmpint(q.sign, ==, r.sign);
        if (!f.hi) {
            g_assert_cmphex(ia64_fr_collapse(x).hi, ==, 0);
        }

        /* Stores take bits of the register, they do not round */
        d = (uint64_t)r.sign << 63 | r.sig << 1 >> 12;
        if (r.sig >> 63) {
            d |= (uint64_t)(r.exp >> 16) << 62 |
                 (uint64_t)(r.exp & 0x3ff) << 52;
        }
        g_assert_cmphex(ia64_stfd(f), ==, d);
        g_assert_cmphex(ia64_stfs(f), ==, ref_single(&r));
        g_assert_cmphex(ia64_stfe(f), ==,
                        r.sign << 15 | (r.exp >> 16) << 14 | (r.exp & 0x3fff));
        g_assert_cmphex(ia64_getf_sig(f), ==, r.sig);
        g_assert_cmphex(ia64_getf_exp(f), ==, r.sign << 17 | r.exp);

        /* Spill and fill */
        q = ref_of(ia64_ldf_fill(ia64_getf_sig(f), ia64_getf_exp(f)));
        g_assert_cmphex(q.sig, ==, r.sig);
        g_assert_cmphex(q.exp, ==, r.exp);

        /* Loads */
        if (below(4) == 0) {
            s &= 0x807fffff;
        }
        q = ref_of(ia64_ldfs(s));
        r = ref_of(single_fr(s));
        g_assert_cmphex(q.sig, ==, r.sig);
        g_assert_cmphex(q.exp, ==, r.exp);
        g_assert_cmpint(q.sign, ==, r.sign);
        g_assert_cmphex(ia64_stfs(ia64_ldfs(s)), ==, s);
    }

    /* Constants of SDM 1:88 */
    g_assert_cmphex(ia64_getf_exp(ia64_ldfd(0x3ff0000000000000)), ==, 0xffff);
    g_assert_cmphex(ia64_getf_sig(ia64_ldfd(0x3ff0000000000000)), ==,
                    1ull << 63);
    g_assert_cmphex(ia64_getf_exp(ia64_ldfd(1)), ==, 0xfc01);
    g_assert_cmphex(ia64_getf_sig(ia64_ldfd(1)), ==, 0x800);
    g_assert_cmphex(ia64_getf_exp(ia64_ldfs(1)), ==, 0xff81);
    g_assert_cmphex(ia64_getf_sig(ia64_ldfs(1)), ==, 1ull << 40);
    g_assert_cmphex(ia64_getf_exp(ia64_ldfe(1, 0)), ==, 0);
    g_assert_cmphex(ia64_getf_exp(ia64_ldfe(1ull << 63, 0x7fff)), ==, 0x1ffff);
    g_assert_cmphex(ia64_getf_exp(ia64_ldfe(1ull << 63, 0x8001)), ==,
                    0x2c001);
    g_assert_true(ia64_fr_is_natval(ia64_ldf_fill(0, 0x1fffe)));
    g_assert_false(ia64_fr_is_natval(ia64_ldf_fill(0, 0x3fffe)));
    g_assert_cmphex(ia64_getf_exp(ia64_setf_exp(0x2abcd)), ==, 0x2abcd);

    g_assert_cmphex(ia64_fp_ctl(FPSR_DEFAULT, 0), ==, 0x33f);
    g_assert_cmphex(ia64_fp_ctl(FPSR_DEFAULT & ~1, 0), ==, 0x33e);
    g_assert_cmphex(ia64_fp_ctl(FPSR_DEFAULT & ~1, 1), ==, 0x3bf);
    g_assert_cmphex(ia64_fp_ctl(0xfull << (6 + 39), 3), ==, 0x3c0);
}

static void test_sig_ops(void)
{
    const uint64_t a = 0x8123456776543210, b = 0x0fedcba99abcdef0;
    static const struct {
        IA64SigOp op;
        uint64_t want;
    } t[] = {
        { IA64_FAND, 0x0121412112141210 },
        { IA64_FANDCM, 0x8002044664402000 },
        { IA64_FOR, 0x8fefcfeffefcfef0 },
        { IA64_FXOR, 0x8ece8eceece8ece0 },
        { IA64_FSWAP, 0x9abcdef081234567 },
        { IA64_FSWAP_NL, 0x1abcdef081234567 },
        { IA64_FSWAP_NR, 0x9abcdef001234567 },
        { IA64_FMIX_LR, 0x812345679abcdef0 },
        { IA64_FMIX_R, 0x765432109abcdef0 },
        { IA64_FMIX_L, 0x812345670fedcba9 },
        { IA64_FSXT_R, 0x000000009abcdef0 },
        { IA64_FSXT_L, 0xffffffff0fedcba9 },
        { IA64_FPMERGE_S, 0x8fedcba91abcdef0 },
        { IA64_FPMERGE_NS, 0x0fedcba99abcdef0 },
        { IA64_FPMERGE_SE, 0x816dcba9763cdef0 },
    };
    IA64FR x = ia64_fr_make(1, 0x1234, a), y = ia64_fr_make(0, 0x4321, b), r;
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(t); i++) {
        r = ia64_fsigop(x, y, t[i].op);
        g_assert_cmphex(r.lo, ==, t[i].want);
        g_assert_cmphex(ia64_getf_exp(r), ==, 0x1003e);
        g_assert_true(ia64_fr_is_natval(ia64_fsigop(x, ia64_fr_natval(),
                                                    t[i].op)));
    }
    r = ia64_fsigop(ia64_ldfd(0x3ff8000000000000),
                    ia64_ldfd(0xbff0000020000001), IA64_FPACK);
    g_assert_cmphex(r.lo, ==, 0x3fc00000bf800001);
    g_assert_cmphex(ia64_fselect(x, y, ia64_fr_from_sig(-1ull << 32)).lo, ==,
                    0x812345679abcdef0);

    r = ia64_fmerge_s(x, y);
    g_assert_cmphex(ia64_getf_exp(r), ==, 0x24321);
    g_assert_cmphex(r.lo, ==, b);
    g_assert_cmphex(ia64_getf_exp(ia64_fmerge_ns(x, y)), ==, 0x4321);
    r = ia64_fmerge_se(x, y);
    g_assert_cmphex(ia64_getf_exp(r), ==, 0x21234);
    g_assert_cmphex(r.lo, ==, b);
    r = ia64_fmerge_ns(ia64_ldfd(0x4000000000000000),
                       ia64_ldfd(0x4000000000000000));
    g_assert_cmphex(ia64_stfd(r), ==, 0xc000000000000000);
    g_assert_true(ia64_fr_is_natval(ia64_fmerge_se(ia64_fr_natval(), y)));

    for (i = 0; i < 100000; i++) {
        uint64_t p = random_sig(), q = random_sig(), s = random_sig();
        IA64FR fp = ia64_fr_from_sig(p), fq = ia64_fr_from_sig(q);
        IA64FR fs = ia64_fr_from_sig(s);
        unsigned __int128 u = (unsigned __int128)p * q + s;
        __int128 v = (__int128)(int64_t)p * (int64_t)q + s;

        g_assert_cmphex(ia64_xma(fp, fq, fs, IA64_XMA_L).lo, ==, (uint64_t)u);
        g_assert_cmphex(ia64_xma(fp, fq, fs, IA64_XMA_HU).lo, ==,
                        (uint64_t)(u >> 64));
        g_assert_cmphex(ia64_xma(fp, fq, fs, IA64_XMA_H).lo, ==,
                        (uint64_t)(v >> 64));
    }
    /* Register 1 has the significand 2^63 */
    r = ia64_xma(ia64_ldfd(0x3ff0000000000000), ia64_fr_from_sig(6),
                 ia64_ldfd(0), IA64_XMA_HU);
    g_assert_cmphex(r.lo, ==, 3);
}

int main(int argc, char **argv)
{
    int i;

    for (i = 2; i <= 64; i++) {
        mpfr_init2(result[i], i);
    }
    mpfr_inits2(64, fa, fb, fc, NULL);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ia64/fpu/formats", test_formats);
    g_test_add_func("/ia64/fpu/sig-ops", test_sig_ops);
    g_test_add_func("/ia64/fpu/fma-known", test_fma_known);
    g_test_add_func("/ia64/fpu/fma", test_fma);
    g_test_add_func("/ia64/fpu/fma-host", test_fma_host);
    g_test_add_func("/ia64/fpu/fast", test_fast);
    g_test_add_func("/ia64/fpu/nearest", test_nearest);
    g_test_add_func("/ia64/fpu/fcvt-nearest", test_fcvt_nearest);
    g_test_add_func("/ia64/fpu/fpma", test_fpma);
    g_test_add_func("/ia64/fpu/fcmp", test_fcmp);
    g_test_add_func("/ia64/fpu/fminmax", test_fminmax);
    g_test_add_func("/ia64/fpu/fclass", test_fclass);
    g_test_add_func("/ia64/fpu/fcvt", test_fcvt);
    g_test_add_func("/ia64/fpu/fcvt-xf", test_fcvt_xf);
    g_test_add_func("/ia64/fpu/tables", test_tables);
    g_test_add_func("/ia64/fpu/frcpa", test_frcpa);
    g_test_add_func("/ia64/fpu/frsqrta", test_frsqrta);
    g_test_add_func("/ia64/fpu/fprcpa", test_fprcpa);
    g_test_add_func("/ia64/fpu/fprsqrta", test_fprsqrta);
    g_test_add_func("/ia64/fpu/pairs", test_pairs);
    g_test_add_func("/ia64/fpu/integer-division", test_integer_division);
    g_test_add_func("/ia64/fpu/double-division", test_double_division);
    return g_test_run();
}
