/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic: multiply-add of normal numbers
 *
 * The steps of division and square root sequences, which are most of what
 * keeps 64 significant bits and so is not for the host's floating point.
 * Rounding is to nearest, and the results are such that every exponent range
 * can hold them.  ia64_fma() has the rules for all the rest.
 */

#ifndef IA64_FPU_FMA_H
#define IA64_FPU_FMA_H

#include "fpu-internal.h"

/* OR of what ia64_fma_nearest() takes besides IA64_FMA_*: miss if inexact */
#define IA64_FMA_EXACT      32u

typedef enum IA64FMAResult {
    IA64_FMA_DONE_EXACT,
    IA64_FMA_DONE_INEXACT,      /* raises I and no other flag */
    IA64_FMA_MISS,              /* nothing was done: take ia64_fma() */
} IA64FMAResult;

/* (hi:lo) * 2^(exp - 127); no array and no address taken: it is registers */
typedef struct FPWide {
    uint64_t hi, lo;
    int32_t exp;
    bool sign;
} FPWide;

/* What falls out of x >> n, 0 < n: whether it is not 0 */
static inline bool fp_wide_lost(FPWide x, unsigned n)
{
    if (likely(n < 64)) {
        return x.lo << (64 - n);
    }
    return x.lo || n >= 128 || x.hi << 1 << (127 - n);
}

static inline QEMU_ALWAYS_INLINE FPWide fp_wide_shift(FPWide x, unsigned n)
{
    if (likely(n < 64)) {
        x.lo = x.hi << (64 - n) | x.lo >> n;
        x.hi >>= n;
    } else {
        x.lo = n < 128 ? x.hi >> (n - 64) : 0;
        x.hi = 0;
    }
    return x;
}

/*
 * Which of two numbers is larger, whether a carry comes out and whether a
 * result is rounded up are a toss-up: no branches for these.
 */

/* |p| + |c|, both normalized, c of 64 bits; bit 0 is sticky */
static inline QEMU_ALWAYS_INLINE FPWide fp_wide_add(FPWide p, FPWide c)
{
    int32_t d = p.exp - c.exp;
    bool sticky = false, over;

    if (d > 0) {
        sticky = fp_wide_lost(c, d);
        c = fp_wide_shift(c, d);
    } else if (d < 0) {
        sticky = fp_wide_lost(p, -d);
        p = fp_wide_shift(p, -d);
        p.exp = c.exp;
    }
    p.lo += c.lo;
    over = uadd64_overflow(p.hi, p.lo < c.lo, &p.hi);
    over |= uadd64_overflow(p.hi, c.hi, &p.hi);
    sticky |= p.lo & over;
    p.lo = (p.hi << 63 & -(uint64_t)over) | p.lo >> over | sticky;
    p.hi = p.hi >> over | (uint64_t)over << 63;
    p.exp += over;
    return p;
}

/*
 * The same for |p| - |c| with exponents that are equal or, @near = 1, that of
 * c is one larger: in units of the product, in which c then has 129 bits.
 */
static inline QEMU_ALWAYS_INLINE FPWide
fp_wide_cancel(FPWide p, FPWide c, unsigned near)
{
    int top = near;
    uint64_t m;

    p.lo = -p.lo;
    top -= usub64_overflow(c.hi << near, p.hi, &p.hi);
    top -= usub64_overflow(p.hi, p.lo != 0, &p.hi);
    if (unlikely(top > 0)) {
        p.lo = p.hi << 63 | p.lo >> 1 | (p.lo & 1);
        p.hi = p.hi >> 1 | IA64_FR_SIG_INT;
        p.exp++;
    }
    m = (int64_t)top >> 63;
    p.lo = (p.lo ^ m) - m;
    p.hi = (p.hi ^ m) + (m & (p.lo == 0));
    p.sign ^= !m;
    return p;
}

/* In general; hi and lo are 0 if there is no difference */
static inline QEMU_ALWAYS_INLINE FPWide fp_wide_sub(FPWide p, FPWide c)
{
    int32_t d = p.exp - c.exp;
    bool sticky;

    if ((uint32_t)(d + 1) <= 1) {
        return fp_wide_cancel(p, c, -d);
    }
    if (d > 0) {
        /* What falls out borrows.  No carry: c.lo has leading zeros then. */
        sticky = fp_wide_lost(c, d);
        c = fp_wide_shift(c, d);
        c.lo += sticky;
        p.hi -= c.hi + (p.lo < c.lo);
        p.lo = (p.lo - c.lo) | sticky;
    } else {
        sticky = fp_wide_lost(p, -d);
        p = fp_wide_shift(p, -d);
        p.exp = c.exp;
        p.sign = !p.sign;
        p.lo = -(p.lo | sticky);
        p.hi = c.hi - p.hi - (p.lo != 0);
    }
    return p;
}

static inline QEMU_ALWAYS_INLINE FPWide fp_wide_normalize(FPWide p)
{
    int n;

    if (unlikely(p.hi == 0)) {
        p.hi = p.lo;
        p.lo = 0;
        p.exp -= 64;
    }
    n = clz64(p.hi);
    p.hi = p.hi << n | p.lo >> 1 >> (63 - n);
    p.lo <<= n;
    p.exp -= n;
    return p;
}

/* Product of normalized significands; the caller adds the sign */
static inline QEMU_ALWAYS_INLINE FPWide fp_wide_multiply(uint64_t a,
                                                         int32_t aexp,
                                                         uint64_t b,
                                                         int32_t bexp)
{
    FPWide p;
    bool top;

    mulu64(&p.lo, &p.hi, a, b);
    top = p.hi >> 63;
    p.hi = p.hi << !top | (p.lo >> 63 & !top);
    p.lo <<= !top;
    p.exp = aexp + bexp + top;
    p.sign = false;
    return p;
}

/* Rounds to @prec (24, 53 or 64) bits and writes it */
static inline QEMU_ALWAYS_INLINE IA64FMAResult
fp_wide_store(IA64FR *r, FPWide p, uint32_t op, int prec)
{
    uint64_t rest = prec == 64 ? p.lo : p.hi << (prec & 63) | (p.lo != 0);
    uint64_t sig = p.hi >> (64 - prec);

    if (rest && (op & IA64_FMA_EXACT)) {
        return IA64_FMA_MISS;
    }
    sig += (rest >> 63) & ((rest << 1 != 0) | sig);
    if (prec == 64) {
        if (unlikely(sig == 0)) {
            sig = IA64_FR_SIG_INT;
            p.exp++;
        }
        if (unlikely((uint32_t)(p.exp + 16000) > 32000)) {
            return IA64_FMA_MISS;
        }
        r->lo = sig;
        r->hi = IA64_FR_TAG | (uint64_t)p.sign << 17 |
                (uint32_t)(p.exp + IA64_FR_BIAS);
    } else {
        int emax = prec == 24 ? 127 : 1023;

        /* One less at both ends: rounding may add to the exponent. */
        if (unlikely((uint32_t)(p.exp + emax - 2) > 2 * emax - 3)) {
            return IA64_FMA_MISS;
        }
        r->lo = ((uint64_t)p.sign << 63 | (uint64_t)(p.exp + 1022) << 52) +
                (sig << (53 - prec));
        r->hi = 0;
    }
    return rest ? IA64_FMA_DONE_INEXACT : IA64_FMA_DONE_EXACT;
}

static inline bool fp_is_plain_zero(const IA64FR *r)
{
    return r->hi == 0 && r->lo << 1 == 0;
}

/*
 * @f3 * @f4 + @f2, rounded to nearest with @prec (24, 53 or 64) bits; @op is
 * an OR of IA64_FMA_*, but for the completer.
 */
static inline QEMU_ALWAYS_INLINE IA64FMAResult
ia64_fma_nearest(IA64FR *r, const IA64FR *f3, const IA64FR *f4,
                 const IA64FR *f2, uint32_t op, int prec)
{
    bool asign, bsign, minus = op & IA64_FMA_NEG_ADD;
    uint64_t asig, bsig;
    int32_t aexp, bexp;
    FPWide p, c = { .lo = 0 };

    if (unlikely(!fp_unpack_normal(*f3, &asig, &aexp, &asign) ||
                 !fp_unpack_normal(*f4, &bsig, &bexp, &bsign))) {
        /* The quotient was exact: its remainder is 0, and times something. */
        if ((op & IA64_FMA_NO_ADD) ||
            !(fp_is_plain_zero(f3) ||
              fp_unpack_normal(*f3, &asig, &aexp, &asign)) ||
            !(fp_is_plain_zero(f4) ||
              fp_unpack_normal(*f4, &bsig, &bexp, &bsign)) ||
            !fp_unpack_normal(*f2, &c.hi, &c.exp, &c.sign)) {
            return IA64_FMA_MISS;
        }
        c.sign ^= minus;
        return fp_wide_store(r, c, op, prec);
    }
    p = fp_wide_multiply(asig, aexp, bsig, bexp);
    p.sign = asign ^ bsign ^ ((op & IA64_FMA_NEG_MUL) != 0);
    if (!(op & IA64_FMA_NO_ADD)) {
        if (unlikely(!fp_unpack_normal(*f2, &c.hi, &c.exp, &c.sign))) {
            if (!fp_is_plain_zero(f2)) {
                return IA64_FMA_MISS;
            }
        } else if (p.sign == (c.sign ^ minus)) {
            p = fp_wide_add(p, c);
        } else {
            p = fp_wide_sub(p, c);
            if (unlikely(!(p.hi | p.lo))) {
                r->lo = 0;
                r->hi = 0;
                return IA64_FMA_DONE_EXACT;
            }
            p = fp_wide_normalize(p);
        }
    }
    return fp_wide_store(r, p, op, prec);
}

/*
 * fcvt.fx of a normal number, @op is an OR of IA64_FCVT_*; rounding to nearest.
 * False if ia64_fcvt_fx() is to be asked instead.
 */
static inline bool ia64_fcvt_nearest(uint64_t *r, bool *inexact, IA64FR f2,
                                     uint32_t op)
{
    uint64_t sig, rest, n;
    int32_t exp;
    bool sign;

    if (!fp_unpack_normal(f2, &sig, &exp, &sign) || exp > 62 || exp < -2) {
        return false;
    }
    /* The fraction; of what is less than 1/2, all but its last bits */
    rest = exp < 0 ? sig >> (-1 - exp) : sig << 1 << exp;
    *inexact = rest;
    n = exp < 0 ? 0 : sig >> (63 - exp);
    if (!(op & IA64_FCVT_TRUNC)) {
        n += rest > IA64_FR_SIG_INT || (rest == IA64_FR_SIG_INT && (n & 1));
    }
    if ((op & IA64_FCVT_U) && sign && n) {
        return false;
    }
    *r = sign ? -n : n;
    return n >> 63 == 0;
}

#endif /* IA64_FPU_FMA_H */
