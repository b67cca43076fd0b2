/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium floating-point arithmetic
 *
 * Pure functions of register values and controls: nothing here knows of the
 * CPU state.  The rules are those of the Intel Itanium Architecture Software
 * Developer's Manual (SDM) rev. 2.3, volume 1 chapter 5 (1:85 ff.) and the
 * instruction pages of volume 3.  System software assistance (SWA) is never
 * asked for: results that hardware leaves to the FPSWA driver are computed.
 */

#ifndef IA64_FPU_H
#define IA64_FPU_H

#include "fr.h"

/*
 * Controls of one instruction: bits 5:0 are the disabled traps (as in
 * FPSR.traps, all set if the status field has td), bits 11:6 ftz, wre, pc and
 * rc of the status field.
 */
#define IA64_FP_V           0x01u
#define IA64_FP_D           0x02u
#define IA64_FP_Z           0x04u
#define IA64_FP_O           0x08u
#define IA64_FP_U           0x10u
#define IA64_FP_I           0x20u
#define IA64_FP_ALL         0x3fu

#define IA64_CTL_FTZ        (1u << 6)
#define IA64_CTL_WRE        (1u << 7)
#define IA64_CTL_PC_SHIFT   8
#define IA64_CTL_RC_SHIFT   10
#define IA64_CTL_RC_MASK    (3u << IA64_CTL_RC_SHIFT)

enum {
    IA64_RC_NEAREST = 0,
    IA64_RC_DOWN = 1,
    IA64_RC_UP = 2,
    IA64_RC_ZERO = 3,
};

/* Bit of the first flag of status field @sf in FPSR, and of its controls */
#define IA64_FPSR_SF_SHIFT(sf)      (6 + 13 * (sf))
#define IA64_FPSR_FLAG_SHIFT(sf)    (13 + 13 * (sf))

static inline uint32_t ia64_fp_ctl(uint64_t fpsr, unsigned sf)
{
    uint32_t c = fpsr >> IA64_FPSR_SF_SHIFT(sf);
    uint32_t traps = c & 0x40 ? IA64_FP_ALL : fpsr & IA64_FP_ALL;

    return traps | (c & 0x3f) << 6;
}

/*
 * Events: bits 5:0 are flags to OR into the status field, bits 30:16 are
 * ISR.code as the SDM lays it out (2:166): faults V D Z in bits 2:0 (normal
 * or high half of a pair) and 6:4 (low half), traps O U I FPA in bits 14:11
 * (normal or high) and 10:7 (low).  If a fault bit is set, the flags and the
 * result are void: nothing may be written.
 */
#define IA64_EV_CODE_SHIFT  16
#define IA64_EV_FAULT(f)    ((uint32_t)(f) << 16)       /* f = V, D or Z */
#define IA64_EV_TRAP(f)     ((uint32_t)(f) << 24)       /* f = O, U or I */
#define IA64_EV_FPA         (1u << 30)
#define IA64_EV_FAULTS      (0x77u << 16)
#define IA64_EV_TRAPS       (0x7f80u << 16)
#define IA64_EV_CODE(ev)    ((ev) >> 16)

/* ---- register format ---- */

#define IA64_FR_BIAS        0xffff
#define IA64_FR_EXP_SPECIAL 0x1ffffull      /* infinity and NaN */
#define IA64_FR_SIG_INT     (1ull << 63)
#define IA64_FR_SIG_QUIET   (3ull << 62)

static inline IA64FR ia64_fr_make(bool sign, uint64_t exp, uint64_t sig)
{
    return (IA64FR) {
        .lo = sig,
        .hi = IA64_FR_TAG | (uint64_t)sign << 17 | exp,
    };
}

static inline IA64FR ia64_fr_natval(void)
{
    return (IA64FR) { .lo = 0, .hi = IA64_FR_HI_NATVAL };
}

static inline bool ia64_fr_is_natval(IA64FR r)
{
    return r.hi == IA64_FR_HI_NATVAL && r.lo == 0;
}

/* Integers and pairs of singles live in the significand, SDM 1:86 */
static inline IA64FR ia64_fr_from_sig(uint64_t sig)
{
    return (IA64FR) { .lo = sig, .hi = IA64_FR_TAG | IA64_FR_EXP_INT };
}

/* Register format of a double as ldfd loads it */
static inline IA64FR ia64_fr_expand_double(uint64_t d)
{
    bool sign = d >> 63;
    uint64_t exp = (d >> 52) & 0x7ff;
    uint64_t sig = d << 11 | IA64_FR_SIG_INT;

    if (exp - 1 < 0x7fe) {
        return ia64_fr_make(sign, exp + 0xfc00, sig);
    }
    if (exp == 0x7ff) {
        return ia64_fr_make(sign, IA64_FR_EXP_SPECIAL, sig);
    }
    sig = d << 11 & ~IA64_FR_SIG_INT;
    return ia64_fr_make(sign, sig ? 0xfc01 : 0, sig);
}

static inline IA64FR ia64_fr_expand(IA64FR r)
{
    return r.hi ? r : ia64_fr_expand_double(r.lo);
}

static inline IA64FR ia64_fr_from_double(uint64_t d)
{
    return (IA64FR) { .lo = d, .hi = 0 };
}

/*
 * Brings a register to the unexpanded form if it holds what ldfd would load.
 * No register needs it: it keeps later operations on the fast path.
 */
static inline IA64FR ia64_fr_collapse(IA64FR r)
{
    uint64_t exp = r.hi & IA64_FR_EXP_MASK;
    uint64_t sign = (r.hi & IA64_FR_SIGN) << 46;

    if (!r.hi || (r.lo & 0x7ff)) {
        return r;
    }
    if (r.lo & IA64_FR_SIG_INT) {
        if (exp - 0xfc01 < 0x7fe) {
            exp -= 0xfc00;
        } else if (exp == IA64_FR_EXP_SPECIAL) {
            exp = 0x7ff;
        } else {
            return r;
        }
        return ia64_fr_from_double(sign | exp << 52 | r.lo << 1 >> 12);
    }
    if (exp == (r.lo ? 0xfc01 : 0)) {
        return ia64_fr_from_double(sign | r.lo >> 11);
    }
    return r;
}

/* ---- memory and general register formats ---- */

static inline IA64FR ia64_ldfs(uint32_t f)
{
    uint64_t sign = (uint64_t)(f >> 31) << 63;
    uint32_t exp = (f >> 23) & 0xff;
    uint64_t frac = (uint64_t)(f & 0x7fffff) << 29;

    if (exp - 1 < 0xfe) {
        return ia64_fr_from_double(sign | (uint64_t)(exp + 0x380) << 52 | frac);
    }
    if (exp == 0xff) {
        return ia64_fr_from_double(sign | 0x7ffull << 52 | frac);
    }
    if (frac == 0) {
        return ia64_fr_from_double(sign);
    }
    return ia64_fr_make(f >> 31, 0xff81, frac << 11);
}

static inline IA64FR ia64_ldfd(uint64_t d)
{
    return ia64_fr_from_double(d);
}

/* The 80-bit format: @sig is bytes 0-7, @se bytes 8-9 */
static inline IA64FR ia64_ldfe(uint64_t sig, uint16_t se)
{
    uint64_t exp = se & 0x7fff;

    if (exp == 0x7fff) {
        exp = IA64_FR_EXP_SPECIAL;
    } else if (exp) {
        exp += 0xc000;
    }
    return ia64_fr_make(se >> 15, exp, sig);
}

/* The spill format: significand at 0, sign and exponent in 17:0 at 8 */
static inline IA64FR ia64_ldf_fill(uint64_t sig, uint64_t se)
{
    return (IA64FR) { .lo = sig, .hi = IA64_FR_TAG | (se & 0x3ffff) };
}

static inline uint32_t ia64_stfs(IA64FR r)
{
    if (!r.hi) {
        return (r.lo >> 32 & 0xc0000000) | (r.lo >> 29 & 0x3fffffff);
    }
    return (r.hi & IA64_FR_SIGN) << 14 |
           (r.lo & IA64_FR_SIG_INT ?
            (r.hi >> 16 & 1) << 30 | (r.hi & 0x7f) << 23 : 0) |
           (r.lo >> 40 & 0x7fffff);
}

static inline uint64_t ia64_stfd(IA64FR r)
{
    if (!r.hi) {
        return r.lo;
    }
    return (r.hi & IA64_FR_SIGN) << 46 |
           (r.lo & IA64_FR_SIG_INT ?
            (r.hi >> 16 & 1) << 62 | (r.hi & 0x3ff) << 52 : 0) |
           r.lo << 1 >> 12;
}

/* Sign and exponent of the 80-bit format; its significand is getf.sig's */
static inline uint16_t ia64_stfe(IA64FR r)
{
    r = ia64_fr_expand(r);
    return (r.hi & IA64_FR_SIGN) >> 2 | (r.hi >> 16 & 1) << 14 |
           (r.hi & 0x3fff);
}

static inline uint64_t ia64_getf_sig(IA64FR r)
{
    return ia64_fr_expand(r).lo;
}

/* Also the second word of the spill format */
static inline uint64_t ia64_getf_exp(IA64FR r)
{
    return ia64_fr_expand(r).hi & (IA64_FR_SIGN | IA64_FR_EXP_MASK);
}

static inline IA64FR ia64_setf_exp(uint64_t r)
{
    return ia64_ldf_fill(IA64_FR_SIG_INT, r);
}

/* ---- arithmetic ---- */

/* Precision completer of the instruction */
enum {
    IA64_PC_NONE = 0,           /* the status field's pc, 15-bit exponent */
    IA64_PC_S = 1,
    IA64_PC_D = 2,
    IA64_PC_SIMD = 3,           /* single with 8-bit exponent, no wre */
};

/* What ia64_fma() computes, OR of: */
#define IA64_FMA_PC(pc)     (pc)
#define IA64_FMA_NEG_MUL    4u  /* fnma: -(f3 * f4) + f2 */
#define IA64_FMA_NEG_ADD    8u  /* fms: f3 * f4 - f2 */
#define IA64_FMA_NO_ADD     16u /* f2 is register 0: a plain product */

/* f3 * f4 + f2, rounded once.  Events are ORed into *@ev. */
IA64FR ia64_fma(IA64FR f3, IA64FR f4, IA64FR f2, uint32_t op, uint32_t ctl,
                uint32_t *ev);
/* The same on both halves of the significands (fpma, fpms, fpnma) */
IA64FR ia64_fpma(IA64FR f3, IA64FR f4, IA64FR f2, uint32_t op, uint32_t ctl,
                 uint32_t *ev);

/*
 * Quotient and square root as the FPSWA driver delivers them for frcpa and
 * frsqrta: rounded by the status field.  Operands are finite and not zero.
 */
IA64FR ia64_fdiv(IA64FR f2, IA64FR f3, uint32_t ctl, uint32_t *ev);
IA64FR ia64_fsqrt(IA64FR f3, uint32_t ctl, uint32_t *ev);

/* frcpa of normal numbers, no event and p2 is true; false: ia64_frcpa() */
bool ia64_frcpa_normal(IA64FR *r, const IA64FR *f2, const IA64FR *f3);
/* *@p2 says whether the result is an approximation to be refined */
IA64FR ia64_frcpa(IA64FR f2, IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev);
IA64FR ia64_frsqrta(IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev);
IA64FR ia64_fprcpa(IA64FR f2, IA64FR f3, uint32_t ctl, bool *p2,
                   uint32_t *ev);
IA64FR ia64_fprsqrta(IA64FR f3, uint32_t ctl, bool *p2, uint32_t *ev);

typedef enum IA64Rel {
    IA64_REL_EQ,
    IA64_REL_LT,
    IA64_REL_LE,
    IA64_REL_UNORD,
} IA64Rel;

/*
 * Returns 1 if the relation holds, 0 if not, -1 if an operand is NaTVal
 * (fcmp then clears both predicates).
 */
int ia64_fcmp(IA64FR f2, IA64FR f3, IA64Rel rel, uint32_t ctl, uint32_t *ev);
/* fpcmp: @neg for neq, nlt, nle, ord */
IA64FR ia64_fpcmp(IA64FR f2, IA64FR f3, IA64Rel rel, bool neg, uint32_t ctl,
                  uint32_t *ev);

/* Bits of fclass9 */
#define IA64_FCLASS_POS     0x001
#define IA64_FCLASS_NEG     0x002
#define IA64_FCLASS_ZERO    0x004
#define IA64_FCLASS_UNORM   0x008
#define IA64_FCLASS_NORM    0x010
#define IA64_FCLASS_INF     0x020
#define IA64_FCLASS_SNAN    0x040
#define IA64_FCLASS_QNAN    0x080
#define IA64_FCLASS_NAT     0x100
/* 1 member, 0 not, -1 NaTVal that is not asked for (both targets clear) */
int ia64_fclass(IA64FR f2, uint32_t classes);

typedef enum IA64MinMax {
    IA64_FMIN,
    IA64_FMAX,
    IA64_FAMIN,
    IA64_FAMAX,
} IA64MinMax;

IA64FR ia64_fminmax(IA64FR f2, IA64FR f3, IA64MinMax op, uint32_t ctl,
                    uint32_t *ev);
IA64FR ia64_fpminmax(IA64FR f2, IA64FR f3, IA64MinMax op, uint32_t ctl,
                     uint32_t *ev);

#define IA64_FCVT_U         1u
#define IA64_FCVT_TRUNC     2u
IA64FR ia64_fcvt_fx(IA64FR f2, uint32_t op, uint32_t ctl, uint32_t *ev);
IA64FR ia64_fpcvt_fx(IA64FR f2, uint32_t op, uint32_t ctl, uint32_t *ev);
/* Signed integer in the significand to floating point, always exact */
IA64FR ia64_fcvt_xf(IA64FR f2);

/* ---- operations on the significand and on the fields ---- */

typedef enum IA64SigOp {
    IA64_FAND, IA64_FANDCM, IA64_FOR, IA64_FXOR,
    IA64_FSWAP, IA64_FSWAP_NL, IA64_FSWAP_NR,
    IA64_FMIX_LR, IA64_FMIX_R, IA64_FMIX_L,
    IA64_FSXT_R, IA64_FSXT_L,
    IA64_FPMERGE_S, IA64_FPMERGE_NS, IA64_FPMERGE_SE,
    IA64_FPACK,
} IA64SigOp;
/* The 64-bit result of two significands (not IA64_FPACK) */
uint64_t ia64_sigop(uint64_t f2, uint64_t f3, IA64SigOp op);
/* The same with registers */
IA64FR ia64_fsigop(IA64FR f2, IA64FR f3, IA64SigOp op);

IA64FR ia64_fselect(IA64FR f3, IA64FR f4, IA64FR f2);
IA64FR ia64_fmerge_s(IA64FR f2, IA64FR f3);
IA64FR ia64_fmerge_ns(IA64FR f2, IA64FR f3);
IA64FR ia64_fmerge_se(IA64FR f2, IA64FR f3);

typedef enum IA64Xma {
    IA64_XMA_L,
    IA64_XMA_HU,
    IA64_XMA_H,
} IA64Xma;
IA64FR ia64_xma(IA64FR f3, IA64FR f4, IA64FR f2, IA64Xma op);

#endif /* IA64_FPU_H */
