/*
 * IA-64 disassembler: one slot of a bundle as text
 *
 * The decoders are generated from the same insns-*.decode files as the
 * translator's.  Mnemonics, operand order and pseudo-operations follow the
 * GNU disassembler (objdump), so that logs can be compared with listings.
 *
 * This file uses nothing of QEMU but its bit operations: the decode test
 * links it into a host program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "disas-insn.h"

typedef struct DisasContext {
    char *buf;
    size_t size;
    size_t len;
    uint64_t ip;                /* address of the bundle */
    uint64_t insn;              /* the 41 bits of the slot */
    uint64_t lslot;             /* those of slot 1 in an MLX bundle */
} DisasContext;

#include "insn-fields.c.inc"
#include "decode-insns-a.c.inc"
#include "decode-insns-i.c.inc"
#include "decode-insns-m.c.inc"
#include "decode-insns-b.c.inc"
#include "decode-insns-f.c.inc"
#include "decode-insns-x.c.inc"

static void G_GNUC_PRINTF(2, 0) vemit(DisasContext *ctx, const char *fmt,
                                      va_list ap)
{
    int n = vsnprintf(ctx->buf + ctx->len, ctx->size - ctx->len, fmt, ap);

    if (n > 0) {
        ctx->len = MIN(ctx->len + n, ctx->size - 1);
    }
}

static void G_GNUC_PRINTF(2, 3) emit(DisasContext *ctx, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vemit(ctx, fmt, ap);
    va_end(ap);
}

static bool G_GNUC_PRINTF(3, 4) insn(DisasContext *ctx, int qp,
                                     const char *fmt, ...)
{
    va_list ap;

    if (qp) {
        emit(ctx, "(p%02d) ", qp);
    } else {
        emit(ctx, "      ");
    }
    va_start(ap, fmt);
    vemit(ctx, fmt, ap);
    va_end(ap);
    return true;
}

#define X64 "0x%" PRIx64

static uint64_t target(DisasContext *ctx, int64_t disp)
{
    return ctx->ip + disp;
}

/* Register names, SDM volume 1 table 3-3 and volume 2 table 3-3 */

typedef struct RegName {
    char s[12];
} RegName;

static RegName ar_name(unsigned n)
{
    static const char names[128][9] = {
        [0] = "k0", [1] = "k1", [2] = "k2", [3] = "k3",
        [4] = "k4", [5] = "k5", [6] = "k6", [7] = "k7",
        [16] = "rsc", [17] = "bsp", [18] = "bspstore",
        [19] = "rnat",
        [21] = "fcr", [24] = "eflag", [25] = "csd", [26] = "ssd",
        [27] = "cflg", [28] = "fsr", [29] = "fir", [30] = "fdr",
        [32] = "ccv", [36] = "unat", [40] = "fpsr", [44] = "itc",
        [45] = "ruc", [64] = "pfs", [65] = "lc", [66] = "ec",
    };
    RegName r;

    if (names[n][0]) {
        snprintf(r.s, sizeof(r.s), "ar.%s", names[n]);
    } else {
        snprintf(r.s, sizeof(r.s), "ar%u", n);
    }
    return r;
}

static RegName cr_name(unsigned n)
{
    static const char names[128][8] = {
        [0] = "dcr", [1] = "itm", [2] = "iva", [8] = "pta",
        [16] = "ipsr", [17] = "isr", [19] = "iip", [20] = "ifa",
        [21] = "itir", [22] = "iipa", [23] = "ifs", [24] = "iim",
        [25] = "iha", [26] = "iib0", [27] = "iib1",
        [64] = "lid", [65] = "ivr", [66] = "tpr", [67] = "eoi",
        [68] = "irr0", [69] = "irr1", [70] = "irr2", [71] = "irr3",
        [72] = "itv", [73] = "pmv", [74] = "cmcv",
        [80] = "lrr0", [81] = "lrr1",
    };
    RegName r;

    if (names[n][0]) {
        snprintf(r.s, sizeof(r.s), "cr.%s", names[n]);
    } else {
        snprintf(r.s, sizeof(r.s), "cr%u", n);
    }
    return r;
}

#define AR(n) ar_name(n).s
#define CR(n) cr_name(n).s

/*
 * Patterns with more than one spelling
 */

static bool trans_adds(DisasContext *ctx, arg_adds *a)
{
    if (a->imm == 0) {
        return insn(ctx, a->qp, "mov r%d=r%d", a->r1, a->r3);
    }
    return insn(ctx, a->qp, "adds r%d=%d,r%d", a->r1, a->imm, a->r3);
}

static bool trans_addl(DisasContext *ctx, arg_addl *a)
{
    if (a->r3 == 0) {
        return insn(ctx, a->qp, "mov r%d=%d", a->r1, a->imm);
    }
    return insn(ctx, a->qp, "addl r%d=%d,r%d", a->r1, a->imm, a->r3);
}

static bool trans_mux1(DisasContext *ctx, arg_mux1 *a)
{
    static const char type[16][8] = {
        [0] = "brcst", [8] = "mix", [9] = "shuf", [10] = "alt", [11] = "rev",
    };

    return insn(ctx, a->qp, "mux1 r%d=r%d,@%s", a->r1, a->r2,
                type[a->mbtype]);
}

static bool extract(DisasContext *ctx, arg_extr *a, const char *u)
{
    if (a->pos + a->len == 64) {
        return insn(ctx, a->qp, "shr%s r%d=r%d,%d", u, a->r1, a->r3, a->pos);
    }
    return insn(ctx, a->qp, "extr%s r%d=r%d,%d,%d", u, a->r1, a->r3,
                a->pos, a->len);
}

static bool trans_extr(DisasContext *ctx, arg_extr *a)
{
    return extract(ctx, a, "");
}

static bool trans_extr_u(DisasContext *ctx, arg_extr *a)
{
    return extract(ctx, a, ".u");
}

static bool trans_dep_z(DisasContext *ctx, arg_dep_z *a)
{
    if (a->pos + a->len == 64) {
        return insn(ctx, a->qp, "shl r%d=r%d,%d", a->r1, a->r2, a->pos);
    }
    return insn(ctx, a->qp, "dep.z r%d=r%d,%d,%d", a->r1, a->r2,
                a->pos, a->len);
}

static bool move_to_br(DisasContext *ctx, arg_mov_to_br *a, const char *ret)
{
    static const char wh[4][6] = { ".sptk", "", ".dptk", ".?" };

    if (!ret[0] && a->wh == 1 && !a->ih) {
        return insn(ctx, a->qp, "mov b%d=r%d", a->b1, a->r2);
    }
    return insn(ctx, a->qp, "mov%s%s%s b%d=r%d," X64, ret, wh[a->wh],
                a->ih ? ".imp" : "", a->b1, a->r2, target(ctx, a->disp));
}

static bool trans_mov_to_br(DisasContext *ctx, arg_mov_to_br *a)
{
    return move_to_br(ctx, a, "");
}

static bool trans_mov_to_br_ret(DisasContext *ctx, arg_mov_to_br *a)
{
    return move_to_br(ctx, a, ".ret");
}

/* The decoder maps the ignored opcodes, too, to nop.b */
static bool trans_nop_b(DisasContext *ctx, arg_nop_b *a)
{
    if (extract64(ctx->insn, 37, 4) != 2 || extract64(ctx->insn, 27, 6)) {
        return false;
    }
    return insn(ctx, a->qp, "nop.b 0x%x", a->imm);
}

/* fma f1=f3,f4,f2 with f4 = f1 is an addition, with f2 = f0 a product */
static bool multiply_add(DisasContext *ctx, arg_fma *a, const char *full,
                         const char *add, const char *mul, const char *type)
{
    if (add && a->f4 == 1 && a->f2 == 0 && mul) {
        return insn(ctx, a->qp, "fnorm%s.s%d f%d=f%d", type, a->sf,
                    a->f1, a->f3);
    }
    if (add && a->f4 == 1) {
        return insn(ctx, a->qp, "%s%s.s%d f%d=f%d,f%d", add, type, a->sf,
                    a->f1, a->f3, a->f2);
    }
    if (mul && a->f2 == 0) {
        return insn(ctx, a->qp, "%s%s.s%d f%d=f%d,f%d", mul, type, a->sf,
                    a->f1, a->f3, a->f4);
    }
    return insn(ctx, a->qp, "%s%s.s%d f%d=f%d,f%d,f%d", full, type, a->sf,
                a->f1, a->f3, a->f4, a->f2);
}

static bool integer_multiply(DisasContext *ctx, arg_xma *a, const char *type)
{
    if (a->f2 == 0) {
        return insn(ctx, a->qp, "xmpy.%s f%d=f%d,f%d", type,
                    a->f1, a->f3, a->f4);
    }
    return insn(ctx, a->qp, "xma.%s f%d=f%d,f%d,f%d", type,
                a->f1, a->f3, a->f4, a->f2);
}

static bool trans_xma_l(DisasContext *ctx, arg_xma *a)
{
    return integer_multiply(ctx, a, "l");
}

static bool trans_xma_h(DisasContext *ctx, arg_xma *a)
{
    return integer_multiply(ctx, a, "h");
}

static bool trans_xma_hu(DisasContext *ctx, arg_xma *a)
{
    return integer_multiply(ctx, a, "hu");
}

/* fmerge with f0 or with the same register twice has shorter names */
static bool merge(DisasContext *ctx, arg_fmerge_s *a, const char *full,
                  const char *zero, const char *same)
{
    if (same && a->f2 == a->f3) {
        return insn(ctx, a->qp, "%s f%d=f%d", same, a->f1, a->f3);
    }
    if (zero && a->f2 == 0) {
        return insn(ctx, a->qp, "%s f%d=f%d", zero, a->f1, a->f3);
    }
    return insn(ctx, a->qp, "%s f%d=f%d,f%d", full, a->f1, a->f2, a->f3);
}

/*
 * Patterns with one spelling
 */

/*
 * INSN: mnemonic and operands of a pattern; INSN_NP: the same for the
 * instructions that take no predicate, whatever their qp field holds.
 */
#define INSN(NAME, ...)                                                 \
static bool trans_##NAME(DisasContext *ctx, arg_##NAME * a)             \
{                                                                       \
    return insn(ctx, a->qp, __VA_ARGS__);                               \
}

#define INSN_NP(NAME, ...)                                              \
static bool trans_##NAME(DisasContext *ctx, arg_##NAME * a)             \
{                                                                       \
    return insn(ctx, 0, __VA_ARGS__);                                   \
}

/* A unit */

#define RRR(NAME, MNEM) \
    INSN(NAME, MNEM " r%d=r%d,r%d", a->r1, a->r2, a->r3)
#define RR_IMM(NAME, MNEM) \
    INSN(NAME, MNEM " r%d=%d,r%d", a->r1, a->imm, a->r3)

RRR(add, "add")
INSN(add_1, "add r%d=r%d,r%d,1", a->r1, a->r2, a->r3)
RRR(sub, "sub")
INSN(sub_1, "sub r%d=r%d,r%d,1", a->r1, a->r2, a->r3)
RRR(addp4, "addp4")
RRR(and_, "and")
RRR(andcm, "andcm")
RRR(or_, "or")
RRR(xor, "xor")
INSN(shladd, "shladd r%d=r%d,%d,r%d", a->r1, a->r2, a->count, a->r3)
INSN(shladdp4, "shladdp4 r%d=r%d,%d,r%d", a->r1, a->r2, a->count, a->r3)
RR_IMM(sub_imm, "sub")
RR_IMM(and_imm, "and")
RR_IMM(andcm_imm, "andcm")
RR_IMM(or_imm, "or")
RR_IMM(xor_imm, "xor")
RR_IMM(addp4_imm, "addp4")

#define CMP(NAME, MNEM)                                                 \
    INSN(cmp_##NAME, "cmp." MNEM " p%d,p%d=r%d,r%d",                    \
         a->p1, a->p2, a->r2, a->r3)                                    \
    INSN(cmp4_##NAME, "cmp4." MNEM " p%d,p%d=r%d,r%d",                  \
         a->p1, a->p2, a->r2, a->r3)                                    \
    INSN(cmp_##NAME##_imm, "cmp." MNEM " p%d,p%d=%d,r%d",               \
         a->p1, a->p2, a->imm, a->r3)                                   \
    INSN(cmp4_##NAME##_imm, "cmp4." MNEM " p%d,p%d=%d,r%d",             \
         a->p1, a->p2, a->imm, a->r3)
#define CMP0(NAME, MNEM)                                                \
    INSN(cmp_##NAME, "cmp." MNEM " p%d,p%d=r0,r%d",                     \
         a->p1, a->p2, a->r3)                                           \
    INSN(cmp4_##NAME, "cmp4." MNEM " p%d,p%d=r0,r%d",                   \
         a->p1, a->p2, a->r3)

CMP(lt, "lt")
CMP(lt_unc, "lt.unc")
CMP(ltu, "ltu")
CMP(ltu_unc, "ltu.unc")
CMP(eq, "eq")
CMP(eq_unc, "eq.unc")
CMP(eq_and, "eq.and")
CMP(eq_or, "eq.or")
CMP(eq_orcm, "eq.or.andcm")
CMP(ne_and, "ne.and")
CMP(ne_or, "ne.or")
CMP(ne_orcm, "ne.or.andcm")
CMP0(gt_and, "gt.and")
CMP0(gt_or, "gt.or")
CMP0(gt_orcm, "gt.or.andcm")
CMP0(le_and, "le.and")
CMP0(le_or, "le.or")
CMP0(le_orcm, "le.or.andcm")
CMP0(ge_and, "ge.and")
CMP0(ge_or, "ge.or")
CMP0(ge_orcm, "ge.or.andcm")
CMP0(lt_and, "lt.and")
CMP0(lt_or, "lt.or")
CMP0(lt_orcm, "lt.or.andcm")

RRR(padd1, "padd1")
RRR(padd2, "padd2")
RRR(padd4, "padd4")
RRR(padd1_sss, "padd1.sss")
RRR(padd2_sss, "padd2.sss")
RRR(padd1_uuu, "padd1.uuu")
RRR(padd2_uuu, "padd2.uuu")
RRR(padd1_uus, "padd1.uus")
RRR(padd2_uus, "padd2.uus")
RRR(psub1, "psub1")
RRR(psub2, "psub2")
RRR(psub4, "psub4")
RRR(psub1_sss, "psub1.sss")
RRR(psub2_sss, "psub2.sss")
RRR(psub1_uuu, "psub1.uuu")
RRR(psub2_uuu, "psub2.uuu")
RRR(psub1_uus, "psub1.uus")
RRR(psub2_uus, "psub2.uus")
RRR(pavg1, "pavg1")
RRR(pavg2, "pavg2")
RRR(pavg1_raz, "pavg1.raz")
RRR(pavg2_raz, "pavg2.raz")
RRR(pavgsub1, "pavgsub1")
RRR(pavgsub2, "pavgsub2")
RRR(pcmp1_eq, "pcmp1.eq")
RRR(pcmp2_eq, "pcmp2.eq")
RRR(pcmp4_eq, "pcmp4.eq")
RRR(pcmp1_gt, "pcmp1.gt")
RRR(pcmp2_gt, "pcmp2.gt")
RRR(pcmp4_gt, "pcmp4.gt")
INSN(pshladd2, "pshladd2 r%d=r%d,%d,r%d", a->r1, a->r2, a->count, a->r3)
INSN(pshradd2, "pshradd2 r%d=r%d,%d,r%d", a->r1, a->r2, a->count, a->r3)

/* I unit */

#define R3R2(NAME, MNEM) \
    INSN(NAME, MNEM " r%d=r%d,r%d", a->r1, a->r3, a->r2)
#define R1R3(NAME, MNEM) \
    INSN(NAME, MNEM " r%d=r%d", a->r1, a->r3)
#define SHIFT_IMM(NAME, MNEM) \
    INSN(NAME, MNEM " r%d=r%d,%d", a->r1, a->src, a->count)

INSN(pmpyshr2, "pmpyshr2 r%d=r%d,r%d,%d", a->r1, a->r2, a->r3, a->count)
INSN(pmpyshr2_u, "pmpyshr2.u r%d=r%d,r%d,%d", a->r1, a->r2, a->r3, a->count)
RRR(pmpy2_r, "pmpy2.r")
RRR(pmpy2_l, "pmpy2.l")
RRR(mpy4, "mpy4")
RRR(mpyshl4, "mpyshl4")
RRR(mix1_r, "mix1.r")
RRR(mix2_r, "mix2.r")
RRR(mix4_r, "mix4.r")
RRR(mix1_l, "mix1.l")
RRR(mix2_l, "mix2.l")
RRR(mix4_l, "mix4.l")
RRR(pack2_uss, "pack2.uss")
RRR(pack2_sss, "pack2.sss")
RRR(pack4_sss, "pack4.sss")
RRR(unpack1_h, "unpack1.h")
RRR(unpack2_h, "unpack2.h")
RRR(unpack4_h, "unpack4.h")
RRR(unpack1_l, "unpack1.l")
RRR(unpack2_l, "unpack2.l")
RRR(unpack4_l, "unpack4.l")
RRR(pmin1_u, "pmin1.u")
RRR(pmax1_u, "pmax1.u")
RRR(pmin2, "pmin2")
RRR(pmax2, "pmax2")
RRR(psad1, "psad1")

INSN(mux2, "mux2 r%d=r%d,0x%x", a->r1, a->r2, a->mhtype)
R3R2(shr, "shr")
R3R2(shr_u, "shr.u")
R3R2(pshr2, "pshr2")
R3R2(pshr2_u, "pshr2.u")
R3R2(pshr4, "pshr4")
R3R2(pshr4_u, "pshr4.u")
RRR(shl, "shl")
RRR(pshl2, "pshl2")
RRR(pshl4, "pshl4")
SHIFT_IMM(pshr2_imm, "pshr2")
SHIFT_IMM(pshr2_u_imm, "pshr2.u")
SHIFT_IMM(pshr4_imm, "pshr4")
SHIFT_IMM(pshr4_u_imm, "pshr4.u")
SHIFT_IMM(pshl2_imm, "pshl2")
SHIFT_IMM(pshl4_imm, "pshl4")
R1R3(popcnt, "popcnt")
R1R3(clz, "clz")
INSN(shrp, "shrp r%d=r%d,r%d,%d", a->r1, a->r2, a->r3, a->count)

INSN(dep_z_imm, "dep.z r%d=%d,%d,%d", a->r1, a->imm, a->pos, a->len)
INSN(dep, "dep r%d=r%d,r%d,%d,%d", a->r1, a->r2, a->r3, a->pos, a->len)
INSN(dep_imm, "dep r%d=%d,r%d,%d,%d", a->r1, a->imm, a->r3, a->pos, a->len)

#define TEST(NAME, MNEM)                                                \
    INSN(tbit_##NAME, "tbit." MNEM " p%d,p%d=r%d,%d",                   \
         a->p1, a->p2, a->r3, a->pos)                                   \
    INSN(tnat_##NAME, "tnat." MNEM " p%d,p%d=r%d", a->p1, a->p2, a->r3) \
    INSN(tf_##NAME, "tf." MNEM " p%d,p%d=%d", a->p1, a->p2, a->imm)

TEST(z, "z")
TEST(z_unc, "z.unc")
TEST(z_and, "z.and")
TEST(z_or, "z.or")
TEST(z_orcm, "z.or.andcm")
TEST(nz_and, "nz.and")
TEST(nz_or, "nz.or")
TEST(nz_orcm, "nz.or.andcm")

INSN(nop_i, "nop.i 0x%x", a->imm)
INSN(hint_i, "hint.i 0x%x", a->imm)
INSN(break_i, "break.i 0x%x", a->imm)
INSN(chk_s_i, "chk.s.i r%d," X64, a->r2, target(ctx, a->disp))

INSN(mov_from_br, "mov r%d=b%d", a->r1, a->b2)
INSN(mov_pr, "mov pr=r%d," X64, a->r2, a->mask)
INSN(mov_pr_rot, "mov pr.rot=" X64, a->imm)
INSN(mov_from_ip, "mov r%d=ip", a->r1)
INSN(mov_from_pr, "mov r%d=pr", a->r1)
INSN(mov_i_to_ar, "mov.i %s=r%d", AR(a->ar3), a->r2)
INSN(mov_i_ar_imm, "mov.i %s=%d", AR(a->ar3), a->imm)
INSN(mov_i_from_ar, "mov.i r%d=%s", a->r1, AR(a->ar3))
R1R3(zxt1, "zxt1")
R1R3(zxt2, "zxt2")
R1R3(zxt4, "zxt4")
R1R3(sxt1, "sxt1")
R1R3(sxt2, "sxt2")
R1R3(sxt4, "sxt4")
R1R3(czx1_l, "czx1.l")
R1R3(czx2_l, "czx2.l")
R1R3(czx1_r, "czx1.r")
R1R3(czx2_r, "czx2.r")

/* M unit */

static const char kind_name[16][12] = {
    "", ".s", ".a", ".sa", ".bias", ".acq", "", "",
    ".c.clr", ".c.nc", ".c.clr.acq",
};

/* Hints of the forms whose r2 or imm field is in use */
static const char hint_name[4][6] = { "", ".nt1", ".nt2", ".nta" };

/*
 * Hints of the forms with an unused register field: the Itanium 9500 takes
 * one bit of that field as a third hint bit.  Older processors ignore it.
 */
static const char *hint3(DisasContext *ctx, const char *hint1,
                         const char *hint2, int hint, int bit)
{
    const char *name[8] = {
        "", hint1, hint2, ".nta", ".d4", ".d5", ".d6", ".d7",
    };

    return name[hint | extract64(ctx->insn, bit, 1) << 2];
}

#define HINT(a)    hint_name[(a)->hint]
#define LD_HINT(a) hint3(ctx, ".nt1", ".d2", (a)->hint, 19)
#define ST_HINT(a) hint3(ctx, ".d1", ".d2", (a)->hint, 12)
#define LF_HINT(a) hint3(ctx, ".nt1", ".nt2", (a)->hint, 12)
#define KIND(a)    kind_name[(a)->kind]
#define SIZE(a)    (1 << (a)->sz)
#define FSIZE(a)   ("e8sd"[(a)->fsz])
#define FPSIZE(a)  ("?8sd"[(a)->fsz])
#define REL(a)     ((a)->rel ? ".rel" : "")
#define ACQREL(a)  ((a)->rel ? ".rel" : ".acq")

INSN(ld, "ld%d%s%s r%d=[r%d]", SIZE(a), KIND(a), LD_HINT(a), a->r1, a->r3)
INSN(ld_reg, "ld%d%s%s r%d=[r%d],r%d",
     SIZE(a), KIND(a), HINT(a), a->r1, a->r3, a->r2)
INSN(ld_imm, "ld%d%s%s r%d=[r%d],%d",
     SIZE(a), KIND(a), HINT(a), a->r1, a->r3, a->imm)
INSN(ld8_fill, "ld8.fill%s r%d=[r%d]", LD_HINT(a), a->r1, a->r3)
INSN(ld8_fill_reg, "ld8.fill%s r%d=[r%d],r%d", HINT(a), a->r1, a->r3, a->r2)
INSN(ld8_fill_imm, "ld8.fill%s r%d=[r%d],%d", HINT(a), a->r1, a->r3, a->imm)
INSN(st, "st%d%s%s [r%d]=r%d", SIZE(a), REL(a), ST_HINT(a), a->r3, a->r2)
INSN(st_imm, "st%d%s%s [r%d]=r%d,%d",
     SIZE(a), REL(a), HINT(a), a->r3, a->r2, a->imm)
INSN(st8_spill, "st8.spill%s [r%d]=r%d", ST_HINT(a), a->r3, a->r2)
INSN(st8_spill_imm, "st8.spill%s [r%d]=r%d,%d", HINT(a), a->r3, a->r2, a->imm)

INSN(ldf, "ldf%c%s%s f%d=[r%d]", FSIZE(a), KIND(a), LD_HINT(a), a->f1, a->r3)
INSN(ldf_reg, "ldf%c%s%s f%d=[r%d],r%d",
     FSIZE(a), KIND(a), HINT(a), a->f1, a->r3, a->r2)
INSN(ldf_imm, "ldf%c%s%s f%d=[r%d],%d",
     FSIZE(a), KIND(a), HINT(a), a->f1, a->r3, a->imm)
INSN(ldf_fill, "ldf.fill%s f%d=[r%d]", LD_HINT(a), a->f1, a->r3)
INSN(ldf_fill_reg, "ldf.fill%s f%d=[r%d],r%d", HINT(a), a->f1, a->r3, a->r2)
INSN(ldf_fill_imm, "ldf.fill%s f%d=[r%d],%d", HINT(a), a->f1, a->r3, a->imm)
INSN(stf, "stf%c%s [r%d]=f%d", FSIZE(a), ST_HINT(a), a->r3, a->f2)
INSN(stf_imm, "stf%c%s [r%d]=f%d,%d",
     FSIZE(a), HINT(a), a->r3, a->f2, a->imm)
INSN(stf_spill, "stf.spill%s [r%d]=f%d", ST_HINT(a), a->r3, a->f2)
INSN(stf_spill_imm, "stf.spill%s [r%d]=f%d,%d", HINT(a), a->r3, a->f2, a->imm)
INSN(ldfp, "ldfp%c%s%s f%d,f%d=[r%d]",
     FPSIZE(a), KIND(a), HINT(a), a->f1, a->f2, a->r3)
INSN(ldfp_imm, "ldfp%c%s%s f%d,f%d=[r%d],%d",
     FPSIZE(a), KIND(a), HINT(a), a->f1, a->f2, a->r3, a->imm)

#define LFETCH(a) (a)->fault ? ".fault" : "", (a)->excl ? ".excl" : ""

INSN(lfetch, "lfetch%s%s%s [r%d]",
     LFETCH(a), LF_HINT(a), a->r3)
INSN(lfetch_reg, "lfetch%s%s%s [r%d],r%d",
     LFETCH(a), LF_HINT(a), a->r3, a->r2)
INSN(lfetch_imm, "lfetch%s%s%s [r%d],%d",
     LFETCH(a), LF_HINT(a), a->r3, a->imm)

INSN(cmpxchg, "cmpxchg%d%s%s r%d=[r%d],r%d,ar.ccv",
     SIZE(a), ACQREL(a), HINT(a), a->r1, a->r3, a->r2)
INSN(xchg, "xchg%d%s r%d=[r%d],r%d",
     SIZE(a), HINT(a), a->r1, a->r3, a->r2)
INSN(cmp8xchg16, "cmp8xchg16%s%s r%d=[r%d],r%d,ar.csd,ar.ccv",
     ACQREL(a), HINT(a), a->r1, a->r3, a->r2)
INSN(fetchadd, "fetchadd%d%s%s r%d=[r%d],%d",
     SIZE(a), ACQREL(a), HINT(a), a->r1, a->r3, a->imm)
INSN(ld16, "ld16%s%s r%d,ar.csd=[r%d]",
     a->acq ? ".acq" : "", LD_HINT(a), a->r1, a->r3)
INSN(st16, "st16%s%s [r%d]=r%d,ar.csd",
     REL(a), ST_HINT(a), a->r3, a->r2)

INSN(setf_sig, "setf.sig f%d=r%d", a->f1, a->r2)
INSN(setf_exp, "setf.exp f%d=r%d", a->f1, a->r2)
INSN(setf_s, "setf.s f%d=r%d", a->f1, a->r2)
INSN(setf_d, "setf.d f%d=r%d", a->f1, a->r2)
INSN(getf_sig, "getf.sig r%d=f%d", a->r1, a->f2)
INSN(getf_exp, "getf.exp r%d=f%d", a->r1, a->f2)
INSN(getf_s, "getf.s r%d=f%d", a->r1, a->f2)
INSN(getf_d, "getf.d r%d=f%d", a->r1, a->f2)

INSN(chk_s_m, "chk.s.m r%d," X64, a->r2, target(ctx, a->disp))
INSN(chk_s_f, "chk.s f%d," X64, a->f2, target(ctx, a->disp))
INSN(chk_a, "chk.a.%s r%d," X64,
     a->clr ? "clr" : "nc", a->r1, target(ctx, a->disp))
INSN(chk_a_f, "chk.a.%s f%d," X64,
     a->clr ? "clr" : "nc", a->f1, target(ctx, a->disp))

INSN(invala, "invala")
INSN(invala_e_gr, "invala.e r%d", a->r1)
INSN(invala_e_fr, "invala.e f%d", a->f1)
INSN(fwb, "fwb")
INSN(mf, "mf")
INSN(mf_a, "mf.a")
INSN(srlz_d, "srlz.d")
INSN(srlz_i, "srlz.i")
INSN(sync_i, "sync.i")
INSN_NP(flushrs, "flushrs")
INSN_NP(loadrs, "loadrs")
INSN(fc, "fc r%d", a->r3)
INSN(fc_i, "fc.i r%d", a->r3)
INSN(mov_m_to_ar, "mov.m %s=r%d", AR(a->ar3), a->r2)
INSN(mov_m_ar_imm, "mov.m %s=%d", AR(a->ar3), a->imm)
INSN(mov_m_from_ar, "mov.m r%d=%s", a->r1, AR(a->ar3))
INSN(mov_to_cr, "mov %s=r%d", CR(a->cr3), a->r2)
INSN(mov_from_cr, "mov r%d=%s", a->r1, CR(a->cr3))
INSN_NP(alloc, "alloc r%d=ar.pfs,%d,%d,%d",
        a->r1, a->sof, a->sol, a->sor * 8)
INSN(mov_to_psr_l, "mov psr.l=r%d", a->r2)
INSN(mov_to_psr_um, "mov psr.um=r%d", a->r2)
INSN(mov_from_psr, "mov r%d=psr", a->r1)
INSN(mov_from_psr_um, "mov r%d=psr.um", a->r1)
INSN(sum, "sum 0x%x", a->imm)
INSN(rum, "rum 0x%x", a->imm)
INSN(ssm, "ssm 0x%x", a->imm)
INSN(rsm, "rsm 0x%x", a->imm)
INSN(break_m, "break.m 0x%x", a->imm)
INSN(nop_m, "nop.m 0x%x", a->imm)
INSN(hint_m, "hint.m 0x%x", a->imm)
R3R2(probe_r, "probe.r")
R3R2(probe_w, "probe.w")
INSN(probe_r_imm, "probe.r r%d=r%d,%d", a->r1, a->r3, a->imm)
INSN(probe_w_imm, "probe.w r%d=r%d,%d", a->r1, a->r3, a->imm)
INSN(probe_rw_fault, "probe.rw.fault r%d,%d", a->r3, a->imm)
INSN(probe_r_fault, "probe.r.fault r%d,%d", a->r3, a->imm)
INSN(probe_w_fault, "probe.w.fault r%d,%d", a->r3, a->imm)
INSN(itc_d, "itc.d r%d", a->r2)
INSN(itc_i, "itc.i r%d", a->r2)
INSN(itr_d, "itr.d dtr[r%d]=r%d", a->r3, a->r2)
INSN(itr_i, "itr.i itr[r%d]=r%d", a->r3, a->r2)

#define INDIRECT(FILE)                                                  \
    INSN(mov_to_##FILE, "mov " #FILE "[r%d]=r%d", a->r3, a->r2)         \
    INSN(mov_from_##FILE, "mov r%d=" #FILE "[r%d]", a->r1, a->r3)

INDIRECT(rr)
INDIRECT(dbr)
INDIRECT(ibr)
INDIRECT(pkr)
INDIRECT(pmc)
INDIRECT(pmd)
INDIRECT(msr)
INSN(mov_from_cpuid, "mov r%d=cpuid[r%d]", a->r1, a->r3)
INSN(mov_from_dahr, "mov r%d=dahr[r%d]", a->r1, a->r3)
INSN(ptc_l, "ptc.l r%d,r%d", a->r3, a->r2)
INSN(ptc_g, "ptc.g r%d,r%d", a->r3, a->r2)
INSN(ptc_ga, "ptc.ga r%d,r%d", a->r3, a->r2)
INSN(ptr_d, "ptr.d r%d,r%d", a->r3, a->r2)
INSN(ptr_i, "ptr.i r%d,r%d", a->r3, a->r2)
INSN(ptc_e, "ptc.e r%d", a->r3)
R1R3(thash, "thash")
R1R3(ttag, "ttag")
R1R3(tpa, "tpa")
R1R3(tak, "tak")

/* B unit */

static const char whether[4][6] = { ".sptk", ".spnt", ".dptk", ".dpnt" };

#define BR_HINTS(a) \
    whether[(a)->wh], (a)->ph ? ".many" : ".few", (a)->dh ? ".clr" : ""

/* The call through a register has the same hints in a wider field */
#define CALL_HINTS(a) \
    whether[(a)->wh >> 1], (a)->ph ? ".many" : ".few", (a)->dh ? ".clr" : ""

/* An unconditional branch with the default prediction is plain "br" */
#define COND(a) ((a)->qp || (a)->wh ? ".cond" : "")
#define COND_HINTS(a) (a)->qp || (a)->wh ? whether[(a)->wh] : "", \
    (a)->ph ? ".many" : ".few", (a)->dh ? ".clr" : ""

INSN(br_cond, "br%s%s%s%s " X64, COND(a), COND_HINTS(a),
     target(ctx, a->disp))
INSN(br_wexit, "br.wexit%s%s%s " X64, BR_HINTS(a), target(ctx, a->disp))
INSN(br_wtop, "br.wtop%s%s%s " X64, BR_HINTS(a), target(ctx, a->disp))
INSN_NP(br_cloop, "br.cloop%s%s%s " X64, BR_HINTS(a), target(ctx, a->disp))
INSN_NP(br_cexit, "br.cexit%s%s%s " X64, BR_HINTS(a), target(ctx, a->disp))
INSN_NP(br_ctop, "br.ctop%s%s%s " X64, BR_HINTS(a), target(ctx, a->disp))
INSN(br_call, "br.call%s%s%s b%d=" X64,
     BR_HINTS(a), a->b1, target(ctx, a->disp))
INSN(br_cond_ind, "br%s%s%s%s b%d", COND(a), COND_HINTS(a), a->b2)
INSN(br_ia, "br.ia%s%s%s b%d", BR_HINTS(a), a->b2)
INSN(br_ret, "br.ret%s%s%s b%d", BR_HINTS(a), a->b2)
INSN(br_call_ind, "br.call%s%s%s b%d=b%d", CALL_HINTS(a), a->b1, a->b2)

static const char brp_wh[4][6] = { ".sptk", ".loop", ".dptk", ".exit" };

#define BRP_HINTS(a) brp_wh[(a)->wh], (a)->ih ? ".imp" : ""

INSN(brp, "brp%s%s " X64 "," X64,
     BRP_HINTS(a), target(ctx, a->disp), target(ctx, a->tag))
INSN(brp_ind, "brp%s%s b%d," X64, BRP_HINTS(a), a->b2, target(ctx, a->tag))
INSN(brp_ret, "brp.ret%s%s b%d," X64,
     BRP_HINTS(a), a->b2, target(ctx, a->tag))
INSN_NP(cover, "cover")
INSN_NP(clrrrb, "clrrrb")
INSN_NP(clrrrb_pr, "clrrrb.pr")
INSN_NP(rfi, "rfi")
INSN_NP(bsw0, "bsw.0")
INSN_NP(bsw1, "bsw.1")
INSN_NP(epc, "epc")
INSN_NP(vmsw0, "vmsw.0")
INSN_NP(vmsw1, "vmsw.1")
INSN(break_b, "break.b 0x%x", a->imm)

INSN(hint_b, "hint.b 0x%x", a->imm)

/* F unit */

#define MULADD(NAME, FULL, ADD, MUL, TYPE)                              \
static bool trans_##NAME(DisasContext *ctx, arg_##NAME * a)             \
{                                                                       \
    return multiply_add(ctx, a, FULL, ADD, MUL, TYPE);                  \
}

MULADD(fma, "fma", "fadd", "fmpy", "")
MULADD(fma_s, "fma", "fadd", "fmpy", ".s")
MULADD(fma_d, "fma", "fadd", "fmpy", ".d")
MULADD(fpma, "fpma", NULL, "fpmpy", "")
MULADD(fms, "fms", "fsub", NULL, "")
MULADD(fms_s, "fms", "fsub", NULL, ".s")
MULADD(fms_d, "fms", "fsub", NULL, ".d")
MULADD(fpms, "fpms", NULL, NULL, "")
MULADD(fnma, "fnma", NULL, "fnmpy", "")
MULADD(fnma_s, "fnma", NULL, "fnmpy", ".s")
MULADD(fnma_d, "fnma", NULL, "fnmpy", ".d")
MULADD(fpnma, "fpnma", NULL, "fpnmpy", "")

INSN(fselect, "fselect f%d=f%d,f%d,f%d", a->f1, a->f3, a->f4, a->f2)

#define FCMP(REL)                                                       \
    INSN(fcmp_##REL, "fcmp." #REL ".s%d p%d,p%d=f%d,f%d",               \
         a->sf, a->p1, a->p2, a->f2, a->f3)                             \
    INSN(fcmp_##REL##_unc, "fcmp." #REL ".unc.s%d p%d,p%d=f%d,f%d",     \
         a->sf, a->p1, a->p2, a->f2, a->f3)

FCMP(eq)
FCMP(lt)
FCMP(le)
FCMP(unord)
INSN(fclass, "fclass.m p%d,p%d=f%d,0x%x", a->p1, a->p2, a->f2, a->fclass9)
INSN(fclass_unc, "fclass.m.unc p%d,p%d=f%d,0x%x",
     a->p1, a->p2, a->f2, a->fclass9)

INSN(frcpa, "frcpa.s%d f%d,p%d=f%d,f%d", a->sf, a->f1, a->p2, a->f2, a->f3)
INSN(fprcpa, "fprcpa.s%d f%d,p%d=f%d,f%d", a->sf, a->f1, a->p2, a->f2, a->f3)
INSN(frsqrta, "frsqrta.s%d f%d,p%d=f%d", a->sf, a->f1, a->p2, a->f3)
INSN(fprsqrta, "fprsqrta.s%d f%d,p%d=f%d", a->sf, a->f1, a->p2, a->f3)

#define FFF_SF(NAME, MNEM) \
    INSN(NAME, MNEM ".s%d f%d=f%d,f%d", a->sf, a->f1, a->f2, a->f3)
#define FFF(NAME, MNEM) \
    INSN(NAME, MNEM " f%d=f%d,f%d", a->f1, a->f2, a->f3)
#define FF_SF(NAME, MNEM) \
    INSN(NAME, MNEM ".s%d f%d=f%d", a->sf, a->f1, a->f2)

FFF_SF(fmin, "fmin")
FFF_SF(fmax, "fmax")
FFF_SF(famin, "famin")
FFF_SF(famax, "famax")
FFF_SF(fpmin, "fpmin")
FFF_SF(fpmax, "fpmax")
FFF_SF(fpamin, "fpamin")
FFF_SF(fpamax, "fpamax")
FFF_SF(fpcmp_eq, "fpcmp.eq")
FFF_SF(fpcmp_lt, "fpcmp.lt")
FFF_SF(fpcmp_le, "fpcmp.le")
FFF_SF(fpcmp_unord, "fpcmp.unord")
FFF_SF(fpcmp_neq, "fpcmp.neq")
FFF_SF(fpcmp_nlt, "fpcmp.nlt")
FFF_SF(fpcmp_nle, "fpcmp.nle")
FFF_SF(fpcmp_ord, "fpcmp.ord")

#define MERGE(NAME, FULL, ZERO, SAME)                                   \
static bool trans_##NAME(DisasContext *ctx, arg_##NAME * a)             \
{                                                                       \
    return merge(ctx, a, FULL, ZERO, SAME);                             \
}

MERGE(fmerge_s, "fmerge.s", "fabs", "mov")
MERGE(fmerge_ns, "fmerge.ns", "fnegabs", "fneg")
MERGE(fpmerge_s, "fpmerge.s", "fpabs", NULL)
MERGE(fpmerge_ns, "fpmerge.ns", "fpnegabs", "fpneg")
FFF(fmerge_se, "fmerge.se")
FFF(fpmerge_se, "fpmerge.se")
FFF(fmix_lr, "fmix.lr")
FFF(fmix_r, "fmix.r")
FFF(fmix_l, "fmix.l")
FFF(fsxt_r, "fsxt.r")
FFF(fsxt_l, "fsxt.l")
FFF(fpack, "fpack")
FFF(fswap, "fswap")
FFF(fswap_nl, "fswap.nl")
FFF(fswap_nr, "fswap.nr")
FFF(fand, "fand")
FFF(fandcm, "fandcm")
FFF(for_, "for")
FFF(fxor, "fxor")
FF_SF(fcvt_fx, "fcvt.fx")
FF_SF(fcvt_fxu, "fcvt.fxu")
FF_SF(fcvt_fx_trunc, "fcvt.fx.trunc")
FF_SF(fcvt_fxu_trunc, "fcvt.fxu.trunc")
FF_SF(fpcvt_fx, "fpcvt.fx")
FF_SF(fpcvt_fxu, "fpcvt.fxu")
FF_SF(fpcvt_fx_trunc, "fpcvt.fx.trunc")
FF_SF(fpcvt_fxu_trunc, "fpcvt.fxu.trunc")
INSN(fcvt_xf, "fcvt.xf f%d=f%d", a->f1, a->f2)
INSN(fsetc, "fsetc.s%d 0x%x,0x%x", a->sf, a->amask, a->omask)
INSN(fclrf, "fclrf.s%d", a->sf)
INSN(fchkf, "fchkf.s%d " X64, a->sf, target(ctx, a->disp))
INSN(break_f, "break.f 0x%x", a->imm)
INSN(nop_f, "nop.f 0x%x", a->imm)
INSN(hint_f, "hint.f 0x%x", a->imm)

/* X unit */

INSN(break_x, "break.x " X64, a->imm)
INSN(nop_x, "nop.x " X64, a->imm)
INSN(hint_x, "hint.x " X64, a->imm)
INSN(movl, "movl r%d=" X64, a->r1, a->imm)
INSN(brl_cond, "brl%s%s%s%s " X64, COND(a), COND_HINTS(a),
     target(ctx, a->disp))
INSN(brl_call, "brl.call%s%s%s b%d=" X64,
     BR_HINTS(a), a->b1, target(ctx, a->disp))

/* Bundles */

/*
 * Units of the slots by template / 2, and the slots (bit 0, 1) with a stop
 * inside the bundle; an odd template has one after slot 2.
 * SDM volume 3, table 3-10 (template field encoding).
 */
static const struct {
    char unit[4];
    uint8_t stops;
} template_info[16] = {
    { "MII", 0 }, { "MII", 2 }, { "MLX", 0 }, { "", 0 },
    { "MMI", 0 }, { "MMI", 1 }, { "MFI", 0 }, { "MMF", 0 },
    { "MIB", 0 }, { "MBB", 0 }, { "", 0 }, { "BBB", 0 },
    { "MMB", 0 }, { "", 0 }, { "MFB", 0 }, { "", 0 },
};

static bool decode_slot(DisasContext *ctx, char unit)
{
    switch (unit) {
    case 'M':
        return decode_m(ctx, ctx->insn) || decode_a(ctx, ctx->insn);
    case 'I':
        return decode_i(ctx, ctx->insn) || decode_a(ctx, ctx->insn);
    case 'B':
        return decode_b(ctx, ctx->insn);
    case 'F':
        return decode_f(ctx, ctx->insn);
    case 'X':
        return decode_x(ctx, ctx->insn);
    default:
        return false;
    }
}

unsigned ia64_disas_insn(const uint64_t bundle[2], uint64_t ip, unsigned slot,
                         char *buf, size_t size)
{
    unsigned tmpl = bundle[0] & 0x1f;
    const char *unit = template_info[tmpl >> 1].unit;
    uint64_t bits[3] = {
        extract64(bundle[0], 5, 41),
        extract64(bundle[0], 46, 18) | extract64(bundle[1], 0, 23) << 18,
        extract64(bundle[1], 23, 41),
    };
    DisasContext ctx = { .buf = buf, .size = size, .ip = ip };
    bool mlx = unit[1] == 'L';
    unsigned next;

    buf[0] = '\0';
    if (slot == 0 && unit[0]) {
        emit(&ctx, "[%s] ", unit);
    } else if (slot == 0) {
        emit(&ctx, "[-%x-] ", tmpl >> 1);
    } else {
        emit(&ctx, "      ");
    }
    if (mlx && slot) {
        slot = 2;
        ctx.lslot = bits[1];
        next = 15;
    } else {
        next = slot == 2 ? 14 : 1;
    }
    ctx.insn = bits[slot];
    if (!decode_slot(&ctx, unit[0] ? unit[slot] : '?')) {
        emit(&ctx, "      data8 0x%09" PRIx64, ctx.insn);
    } else if (slot == 2 ? tmpl & 1
                         : template_info[tmpl >> 1].stops >> slot & 1) {
        emit(&ctx, ";;");
    }
    return next;
}
