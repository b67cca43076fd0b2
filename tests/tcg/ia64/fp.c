/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point instructions: flags, faults, traps, status fields */

#include "test.h"

#define FPSR    0x0009804c0270033ful
#define FLAGS(sf, f)    ((uint64_t)(f) << (13 + 13 * (sf)))
enum { V = 1, D = 2, Z = 4, O = 8, U = 16, I = 32 };

/* Significand and exponent with sign, as getf and the spill format have them */
struct fr {
    uint64_t sig, exp;
};
#define FR(sig, exp)    ((struct fr) { (sig), (exp) })

#define OLD_SIG 7ul
#define OLD     FR(OLD_SIG, 0x1003e)
#define POW2(e) FR(1ul << 63, 0xffff + (e))
#define ONE     POW2(0)
#define ZERO    FR(0, 0)
#define INF     FR(1ul << 63, 0x1ffff)
#define DEFNAN  FR(3ul << 62, 0x3ffff)
#define NATVAL  FR(0, 0x1fffe)
#define DEN     FR(1ul << 60, 0xfc01)
#define PAIR(sig)   FR(sig, 0x1003e)

/* What an instruction left behind */
static struct {
    struct fr f11;
    uint64_t fpsr, next;
} r;

#define NO_VEC  (~0ul)

/*
 * Runs the F-unit instruction @op with FPSR @status and operands f8, f9, f10;
 * f11 is the result, OLD before.  p6 is clear.  After a trap the handler skips
 * the nop.
 */
#define TEST(name, status, op, a, b, c, vec, code, flags, want) do { \
    struct fr mem_[3] __attribute__((aligned(16))) = { a, b, c }; \
    struct fr *p_ = mem_; \
    test_begin(name); \
    fault_expect(1); \
    asm volatile("ldf.fill f8 = [%4], 16;;\n\tldf.fill f9 = [%4], 16;;\n\t" \
                 "ldf.fill f10 = [%4]\n\tmov ar.fpsr = %5\n\t" \
                 "setf.sig f11 = %6\n\tcmp.ne p6, p7 = r0, r0;;\n\t" \
                 ".mfi\n\tnop.m 0\n\t" op "\n\tnop.i 0;;\n" \
                 "\tmov %3 = ip\n\tgetf.sig %0 = f11\n\t" \
                 "getf.exp %1 = f11;;\n\tmov %2 = ar.fpsr;;\n\t" \
                 "mov ar.fpsr = %7;;\n" \
                 : "=&r"(r.f11.sig), "=&r"(r.f11.exp), "=&r"(r.fpsr), \
                   "=&r"(r.next), "+r"(p_) \
                 : "r"(status), "r"(OLD_SIG), "r"(FPSR), "m"(mem_) \
                 : "f8", "f9", "f10", "f11", "p6", "p7", "memory"); \
    check(status, vec, code, flags, want); \
    test_end(); \
} while (0)

static void check(uint64_t fpsr, uint64_t vector, uint64_t code,
                  uint64_t flags, struct fr want)
{
    uint64_t bundle = r.next - 16;

    fault.expected = 0;
    test_eq("vector", fault.vector, vector);
    if (vector != NO_VEC) {
        test_eq("isr", fault.isr, code | 1ul << 41);
        test_eq("iip", fault.iip, bundle);
        /* A trap is behind the instruction. */
        test_eq("ri", fault.ipsr >> 41 & 3, vector == VEC_FP_TRAP ? 2 : 1);
    }
    if (vector == VEC_FP_TRAP) {
        test_eq("iipa", fault.iipa, bundle);
    }
    test_eq("flags", r.fpsr ^ fpsr, flags);
    test_eq("significand", r.f11.sig, want.sig);
    test_eq("exponent", r.f11.exp, want.exp);
}

static void test_events(void)
{
    const uint64_t t = FPSR;

    TEST("masked-invalid", t, "fma.d.s0 f11 = f8, f9, f10",
         INF, ZERO, ONE, NO_VEC, 0, FLAGS(0, V), DEFNAN);
    TEST("masked-overflow", t, "fmpy.d.s2 f11 = f8, f9",
         POW2(1000), POW2(1000), ZERO,
         NO_VEC, 0, FLAGS(2, O | I), INF);
    TEST("invalid", t & ~V, "fma.d.s0 f11 = f8, f9, f10",
         INF, ZERO, ONE, VEC_FP_FAULT, V, 0, OLD);
    TEST("invalid-td", t & ~V, "fma.d.s1 f11 = f8, f9, f10",
         INF, ZERO, ONE, NO_VEC, 0, FLAGS(1, V), DEFNAN);
    TEST("invalid-predicated-off", t & ~V, "(p6) fma.d.s0 f11 = f8, f9, f10",
         INF, ZERO, ONE, NO_VEC, 0, 0, OLD);
    TEST("denormal", t & ~D, "fma.d.s0 f11 = f8, f9, f10",
         ONE, ONE, DEN, VEC_FP_FAULT, D, 0, OLD);
    TEST("masked-denormal", t, "fma.d.s0 f11 = f8, f9, f10",
         ONE, ONE, DEN, NO_VEC, 0, FLAGS(0, D | I), ONE);
    TEST("zero-divide", t & ~Z, "frcpa.s0 f11, p6 = f8, f9",
         ONE, ZERO, ZERO, VEC_FP_FAULT, Z, 0, OLD);
    TEST("masked-zero-divide", t, "frcpa.s3 f11, p6 = f8, f9",
         ONE, ZERO, ZERO, NO_VEC, 0, FLAGS(3, Z), INF);
    TEST("overflow", t & ~O, "fmpy.d.s0 f11 = f8, f9",
         POW2(1000), POW2(1000), ZERO,
         VEC_FP_TRAP, O << 8 | 1, FLAGS(0, O), POW2(2000));
    TEST("underflow", t & ~U, "fmpy.d.s0 f11 = f8, f9",
         FR(3ul << 62, 0xffff - 1000), POW2(-1000), ZERO,
         VEC_FP_TRAP, U << 8 | 1, FLAGS(0, U), FR(3ul << 62, 0xffff - 2000));
    TEST("inexact-down", t & ~I, "fadd.d.s0 f11 = f8, f9",
         ONE, POW2(-60), ZERO,
         VEC_FP_TRAP, I << 8 | 1, FLAGS(0, I), ONE);
    TEST("inexact-up", t & ~I, "fsub.d.s0 f11 = f8, f9",
         ONE, POW2(-60), ZERO,
         VEC_FP_TRAP, 0x4000 | I << 8 | 1, FLAGS(0, I), ONE);
    TEST("convert-inexact", t & ~I, "fcvt.fx.s0 f11 = f8",
         FR(7ul << 61, 0xffff), ZERO, ZERO,
         VEC_FP_TRAP, 0x4000 | I << 8 | 1, FLAGS(0, I), PAIR(2));
    TEST("convert-indefinite", t, "fcvt.fx.trunc.s0 f11 = f8",
         POW2(70), ZERO, ZERO,
         NO_VEC, 0, FLAGS(0, V), PAIR(1ul << 63));

    /* Pairs: the high half has the codes of normal operations */
    TEST("pair-invalid-high", t & ~V, "fpma.s0 f11 = f8, f9, f10",
         PAIR(0x7f8000003f800000), PAIR(0x3f800000), ZERO,
         VEC_FP_FAULT, V, 0, OLD);
    TEST("pair-invalid-low", t & ~V, "fpma.s0 f11 = f8, f9, f10",
         PAIR(0x3f8000007f800000), PAIR(0x3f80000000000000), ZERO,
         VEC_FP_FAULT, V << 4, 0, OLD);
    TEST("pair-overflow-low", t & ~O, "fpmpy.s0 f11 = f8, f9",
         PAIR(0x3f8000007f000000), PAIR(0x3f80000040800000), ZERO,
         VEC_FP_TRAP, O << 4 | 1, FLAGS(0, O), PAIR(0x3f80000000000000));
    TEST("pair-inexact-both", t & ~I, "fpma.s0 f11 = f8, f9, f10",
         PAIR(0x3f8000003f800000), PAIR(0x3f8000003f800000),
         PAIR(0x20000000a0000000),
         VEC_FP_TRAP, I << 8 | I << 4 | 0x400 | 1, FLAGS(0, I),
         PAIR(0x3f8000003f800000));

    /* Status fields */
    TEST("fsetc", t, "fsetc.s2 0x7f, 0x30",
         ZERO, ZERO, ZERO, NO_VEC, 0, 0x70ul << 32, OLD);
    TEST("fsetc-reserved", t, "fsetc.s0 0x73, 0x04",
         ZERO, ZERO, ZERO, VEC_GENEX, 0x30, 0, OLD);
    TEST("fclrf", t | FLAGS(2, 63) | FLAGS(1, 63), "fclrf.s2",
         ZERO, ZERO, ZERO, NO_VEC, 0, FLAGS(2, 63), OLD);
    TEST("round-up", (t & ~0x1fc0ul) | 0x2cul << 6,
         "fadd.d.s0 f11 = f8, f9", ONE, POW2(-60), ZERO,
         NO_VEC, 0, FLAGS(0, I), FR((1ul << 63) + 0x800, 0xffff));
}

/* A branch of fchkf is a note in r14 */
static uint64_t fchkf(uint64_t fpsr)
{
    uint64_t taken;

    asm volatile("mov ar.fpsr = %1;;\n\tmov %0 = 0\n\tfchkf.s2 1f;;\n\t"
                 "br 2f;;\n1:\tmov %0 = 1;;\n2:\tmov ar.fpsr = %2;;"
                 : "=&r"(taken) : "r"(fpsr), "r"(FPSR));
    return taken;
}

static void test_fchkf(void)
{
    test_begin("fchkf");
    test_eq("no flags", fchkf(FPSR), 0);
    test_eq("not in sf0", fchkf(FPSR | FLAGS(2, I)), 1);
    test_eq("in sf0", fchkf(FPSR | FLAGS(2, I) | FLAGS(0, I)), 0);
    test_eq("enabled", fchkf((FPSR & ~I) | FLAGS(2, I) | FLAGS(0, I)), 1);
    test_end();
}

static void test_predicates(void)
{
    uint64_t pr, nat;

    test_begin("targets of compares and approximations");
    asm volatile("cmp.eq p6, p7 = r0, r0;;\n\t"
                 "(p7) fcmp.eq p8, p9 = f1, f1\n\t"
                 "(p6) fcmp.lt.unc p10, p11 = f0, f1;;\n\t"
                 "(p7) fcmp.lt.unc p12, p13 = f0, f1;;\n\t"
                 "mov %0 = pr" : "=r"(pr)
                 : : "p6", "p7", "p10", "p11", "p12", "p13");
    test_eq("fcmp", pr & 0x3c00, 0x400);
    asm volatile("cmp.eq p6, p7 = r0, r0;;\n\t"
                 "(p6) cmp.eq p8, p0 = r0, r0\n\t"
                 "(p6) cmp.eq p9, p0 = r0, r0;;\n\t"
                 "(p7) frcpa.s0 f8, p8 = f1, f1\n\t"
                 "(p6) frcpa.s0 f9, p9 = f0, f1\n\t"
                 "(p6) frsqrta.s0 f10, p10 = f1\n\t"
                 "(p6) fclass.m.unc p11, p12 = f1, @pos | @norm\n\t"
                 "(p6) fclass.m p13, p14 = f0, @neg | @zero;;\n\t"
                 "mov %0 = pr" : "=r"(pr)
                 : : "f8", "f9", "f10", "p6", "p7", "p8", "p9", "p10", "p11",
                   "p12", "p13", "p14");
    test_eq("approximations, fclass", pr & 0x7f00, 0x4c00);
    test_end();

    test_begin("NaTVal");
    {
        struct fr mem __attribute__((aligned(16))) = NATVAL;

        asm volatile("mov ar.fpsr = %3\n\tldf.fill f8 = [%2];;\n\t"
                     "fma.d.s0 f9 = f8, f0, f1\n\t"
                     "fcmp.eq.unc.s0 p6, p7 = f8, f8\n\t"
                     "fclass.m.unc p8, p9 = f8, @qnan;;\n\t"
                     "fclass.m.unc p10, p11 = f9, @nat\n\t"
                     "getf.sig %0 = f9;;\n\ttnat.nz p12, p13 = %0;;\n\t"
                     "mov %0 = 0\n\tmov %1 = pr;;\n\t"
                     "mov ar.fpsr = %4;;"
                     : "=&r"(nat), "=&r"(pr)
                     : "r"(&mem), "r"(FPSR & ~V), "r"(FPSR), "m"(mem)
                     : "f8", "f9", "p6", "p7", "p8", "p9", "p10", "p11",
                       "p12", "p13");
        test_eq("predicates", pr & 0x3fc0, 0x1400);
    }
    test_end();
}

static void test_register_state(void)
{
    uint64_t psr;

    test_begin("disabled registers");
    FAULTS("high", VEC_DISABLED_FP, 2,
           asm volatile("ssm %0;; srlz.d;; fadd.d f32 = f6, f7;; rsm %0;; "
                        "srlz.d;;" : : "i"(PSR_DFH) : "f32"));
    FAULTS("low source", VEC_DISABLED_FP, 1,
           asm volatile("ssm %0;; srlz.d;; fcmp.eq p6, p7 = f2, f1;; rsm %0;; "
                        "srlz.d;;" : : "i"(PSR_DFL) : "p6", "p7"));
    NO_FAULT("f0 and f1",
             asm volatile("ssm %0;; srlz.d;; fcmp.eq p6, p7 = f0, f1;; "
                          "rsm %0;; srlz.d;;"
                          : : "i"(PSR_DFL | PSR_DFH) : "p6", "p7"));
    test_end();

    test_begin("modified registers");
    asm volatile("rum 0x30;; fadd.d f32 = f0, f1;; mov %0 = psr;;"
                 : "=r"(psr) : : "f32");
    test_eq("high", psr & (PSR_MFL | PSR_MFH), PSR_MFH);
    asm volatile("rum 0x30;; fneg f8 = f1;; mov %0 = psr;;"
                 : "=r"(psr) : : "f8");
    test_eq("low", psr & (PSR_MFL | PSR_MFH), PSR_MFL);
    asm volatile("rum 0x30;; cmp.ne p6, p0 = r0, r0;; "
                 "(p6) fadd.d f32 = f0, f1;; (p6) mov f8 = f9;; "
                 "mov %0 = psr;;" : "=r"(psr) : : "f8", "f32", "p6");
    test_eq("predicated off", psr & (PSR_MFL | PSR_MFH), 0);
    asm volatile("rum 0x30;; cmp.ne p6, p0 = r0, r0;; "
                 "(p6) fadd.d f8 = f1, f1;; fneg f9 = f1;; "
                 "mov %0 = psr;;" : "=r"(psr) : : "f8", "f9", "p6");
    test_eq("after one predicated off", psr & (PSR_MFL | PSR_MFH), PSR_MFL);
    FAULTS("invalid", VEC_FP_FAULT, V,
           asm volatile("mov ar.fpsr = %0;; frcpa.s1 f9, p6 = f1, f0;; "
                        "rum 0x30;; fmpy.d.s0 f32 = f9, f0;; "
                        "mov ar.fpsr = %1;;"
                        : : "r"(FPSR & ~V), "r"(FPSR) : "f9", "f32", "p6"));
    test_eq("not by a fault", fault.ipsr & (PSR_MFL | PSR_MFH), 0);
    FAULTS("inexact", VEC_FP_TRAP, I << 8 | 1,
           asm volatile("mov ar.fpsr = %0;; setf.exp f9 = %2;; "
                        "rum 0x30;; fadd.d.s0 f32 = f1, f9;; "
                        "mov ar.fpsr = %1;;"
                        : : "r"(FPSR & ~I), "r"(FPSR), "r"(0xffff - 60ul)
                        : "f9", "f32"));
    test_eq("but by a trap", fault.ipsr & (PSR_MFL | PSR_MFH), PSR_MFH);
    test_end();
}

void test_main(void)
{
    test_events();
    test_fchkf();
    test_predicates();
    test_register_state();
}
