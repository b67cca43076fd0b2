/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interruptions, privilege, traps: C1, C2 and C9 of the test list */

#include "system.h"

enum {
    V_BREAK = 0x2c00, V_GE = 0x5400, V_FP = 0x5500, V_NAT = 0x5600,
    V_DEBUG = 0x5900, V_UNALIGNED = 0x5a00, V_LP = 0x5e00, V_TB = 0x5f00,
    V_SS = 0x6000, V_NESTED = 0x1400, V_ALT_D = 0x1000,
};

/* ISR.code of General Exception */
enum { ILLEGAL = 0, PRIV_OP = 0x10, PRIV_REG = 0x20, RESERVED = 0x30,
       NO_ISA = 0x40 };

static u64 data[512] __attribute__((aligned(4096)));

#define SLOT(isr)   (((isr) >> 41) & 3)

static void run_user(char *code, u64 psr)
{
    trap.count = 0;
    go(USER(code), USER_PSR | psr, 0, 0);
    trap.resume = unexpected_ip;
}

static void run_kernel(char *code, u64 psr)
{
    trap.count = 0;
    go(ADDR(code), KERNEL_PSR | psr, 0, 0);
    trap.resume = unexpected_ip;
}

/* ----------------------------------------------------------------- */

CODE(code_break_m, "{ .mii\n break.m 0x12345\n nop.i 0\n nop.i 0\n }");
CODE(code_break_i, "{ .mii\n nop.m 0\n break.i 0x1fffff\n nop.i 0\n }");
CODE(code_break_i2, "{ .mii\n nop.m 0\n nop.i 0\n break.i 0x54321\n }");
CODE(code_break_f, "{ .mfi\n nop.m 0\n break.f 0x11\n nop.i 0\n }");
CODE(code_break_b, "{ .mib\n nop.m 0\n nop.i 0\n break.b 0x22\n }");
CODE(code_break_x,
     "{ .mlx\n nop.m 0\n break.x 0x23456789abcdef01\n }");

static void breaks(void)
{
    static const struct {
        char *code;
        u64 iim, slot;
        const char *name;
    } t[] = {
        { code_break_m, 0x12345, 0, "break.m" },
        { code_break_i, 0x1fffff, 1, "break.i in slot 1" },
        { code_break_i2, 0x54321, 2, "break.i in slot 2" },
        { code_break_f, 0x11, 1, "break.f" },
        { code_break_b, 0, 2, "break.b: IIM is 0" },
        { code_break_x, 0x23456789abcdef01 & 0x1fffff, 1,
          "break.x: low 21 bits" },
    };

    for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        run_user(t[i].code, 0);
        check(trap.vector == V_BREAK && trap.iim == t[i].iim &&
              SLOT(trap.isr) == t[i].slot && trap.iip == USER(t[i].code) &&
              ((trap.ipsr >> 41) & 3) == t[i].slot, t[i].name);
    }
}

/* ----------------------------------------------------------------- */

CODE(code_slots,
     "{ .mii\n adds r8 = 1, r8\n adds r8 = 2, r8\n adds r8 = 4, r8\n }"
     "{ .mib\n nop.m 0\n nop.i 0\n break.b 0\n ;;\n }");
CODE(code_mlx, "{ .mlx\n nop.m 0\n movl r8 = 5\n ;; }"
     "{ .mib\n break.m 9\n nop.i 0\n nop.b 0\n }");

static void slots(void)
{
    /* After the rfi r8 counts the slots that ran. */
    check_eq(go(ADDR(code_slots), KERNEL_PSR, 0, 0), 7, "rfi to slot 0");
    check_eq(go(ADDR(code_slots), KERNEL_PSR | PSR_RI(1), 0, 0), 6,
             "rfi to slot 1");
    check_eq(go(ADDR(code_slots), KERNEL_PSR | PSR_RI(2), 0, 0), 4,
             "rfi to slot 2");
    check_eq(trap.iipa, ADDR(code_slots) + 16,
             "IIPA: two slots of the last bundle were executed");
    check_eq(trap.iip, ADDR(code_slots) + 16, "IIP");
    check_eq(go(ADDR(code_mlx), KERNEL_PSR | PSR_RI(1), 0, 0), 5,
             "rfi to slot 1 of an MLX bundle");
    run_kernel(code_mlx, PSR_RI(2));
    check(trap.vector == V_GE && (trap.isr & 0xffff) == ILLEGAL,
          "rfi to slot 2 of an MLX bundle");
    trap.resume = unexpected_ip;
}

/* ----------------------------------------------------------------- */

#define GE(text, a, b, code, name) do { \
        RUN(text, 0, a, b); \
        check(trap.count == 1 && trap.vector == V_GE && \
              (trap.isr & 0xffff) == (code), name); \
    } while (0)
#define FINE(text, a, b, name) do { \
        RUN(text, 0, a, b); \
        check_eq(trap.count, 0, name); \
    } while (0)

static void general_exceptions(void)
{
    GE("mov r8 = cr.ipsr", 0, 0, ILLEGAL, "cr.ipsr with PSR.ic = 1");
    FINE("rsm psr.ic;; srlz.d;; mov r8 = cr.ipsr;; ssm psr.ic;; srlz.d", 0, 0,
         "  with PSR.ic = 0");
    GE("mov cr.ivr = r9", 0, 0, ILLEGAL, "write to cr.ivr");
    GE("mov cr.irr0 = r9", 0, 0, ILLEGAL, "write to cr.irr0");
    /* { .mii; mov r8 = cr3; nop.i 0; nop.i 0;; } */
    GE(".align 16;; data8 0x42406004001, 0x4000000000200", 0, 0,
       ILLEGAL, "reserved control register");
    GE("mov ar.bsp = r9", 0, 0, ILLEGAL, "write to ar.bsp");
    GE("mov r8 = ar20", 0, 0, ILLEGAL, "reserved application register");
    FINE("mov r8 = ar50;; mov ar51 = r9;;", 0, 0,
         "ignored application registers");
    GE("mov cr.pta = r9", 2, 0, RESERVED, "reserved bit of PTA");
    GE("mov cr.pta = r9", 14 << 2, 0, RESERVED, "size below 2^15 in PTA");
    GE("mov cr.dcr = r9", 1 << 3, 0, RESERVED, "reserved bit of DCR");
    GE("mov ar.fpsr = r9", 1ul << 58, 0, RESERVED, "reserved bit of FPSR");
    GE("mov ar.fpsr = r9", 1ul << 8, 0, RESERVED, "sf0.pc = 1");
    GE("mov ar.rsc = r9", 1ul << 5, 0, RESERVED, "reserved bit of RSC");
    GE("mov ar.pfs = r9", 97, 0, RESERVED, "sof > 96 in PFS");
    GE("mov psr.l = r9", 1ul << 6, 0, RESERVED, "reserved bit of PSR");
    GE("mov psr.um = r9", 1ul << 6, 0, RESERVED, "reserved user mask bit");
    GE("mov r8 = cpuid[r9]", 5, 0, RESERVED, "cpuid[5]");
    FINE("mov r8 = cpuid[r9]", 0x104, 0, "cpuid index: bits 7:0");
    FINE("mov r8 = pmc[r9]", 200, 0, "pmc[200] reads");
    GE("mov r8 = dbr[r9]", 8, 0, RESERVED, "dbr[8]");
    GE("mov r8 = ibr[r9]", 8, 0, RESERVED, "ibr[8]");
    GE("mov ar.rsc = r9;; mov r8 = ar.rnat", 3, 0, ILLEGAL,
       "ar.rnat with RSC.mode != 0");
    RUN("mov ar.rsc = r9", 0, 3, 0);
    check_eq(RUN("mov r8 = cpuid[r9]", 0, 0, 0), 0x49656e69756e6547ul,
             "cpuid[0]");
    check_eq(RUN("mov r8 = cpuid[r9]", 0, 1, 0), 0x6c65746eul, "cpuid[1]");
    check_eq(RUN("mov r8 = cpuid[r9]", 0, 3, 0) >> 24, 0x1f, "cpuid[3]");
}

CODE(user_ssm, "{ .mii\n nop.m 0\n nop.i 0\n nop.i 0\n }"
     "{ .mii\n ssm 0x4000\n nop.i 0\n nop.i 0\n }");
CODE(user_cr, "mov r8 = cr.iva;; break.m 7");
CODE(user_ivr, "mov cr.ivr = r8;; break.m 7");
CODE(user_k0, "mov r8 = ar.k0;; mov ar.k0 = r8;; break.m 7");
CODE(user_itc, "mov r8 = ar.itc;; break.m 7");
CODE(user_sum, "sum 0x8;; break.m 7");
CODE(user_sum_bad, "sum 0x4000;; break.m 7");
CODE(user_false, "cmp.ne p6, p0 = r0, r0;; (p6) ssm 0x4000;;"
     "(p6) mov cr.ivr = r8;; break.m 7");
CODE(user_rr, "mov r8 = rr[r0];; break.m 7");
CODE(user_thash, "thash r8 = r0;; ttag r8 = r0;; break.m 7");
CODE(user_tpa, "tpa r8 = r0;; break.m 7");
CODE(user_bsw, "bsw.0;; break.m 7");
CODE(user_rfi, "rfi;; break.m 7");

static void privilege(void)
{
    static const struct {
        char *code;
        u64 psr, vector, isr;
        const char *name;
    } t[] = {
        { user_ssm, 0, V_GE, PRIV_OP, "ssm at cpl 3" },
        { user_cr, 0, V_GE, PRIV_OP, "mov from cr" },
        { user_ivr, 0, V_GE, ILLEGAL, "write to IVR: illegal comes first" },
        { user_k0, 0, V_GE, PRIV_REG, "write to ar.k0" },
        { user_itc, 0, V_BREAK, 0, "ar.itc" },
        { user_itc, 1ul << 23, V_GE, PRIV_REG, "ar.itc with PSR.si" },
        { user_sum, 0, V_BREAK, 0, "sum" },
        { user_sum_bad, 0, V_GE, RESERVED, "sum of a system bit" },
        { user_false, 0, V_BREAK, 0, "false predicates suppress faults" },
        { user_rr, 0, V_GE, PRIV_OP, "mov from rr" },
        { user_thash, 0, V_BREAK, 0, "thash and ttag" },
        { user_tpa, 0, V_GE, PRIV_OP, "tpa" },
        { user_bsw, 0, V_GE, PRIV_OP, "bsw" },
        { user_rfi, 0, V_GE, PRIV_OP, "rfi" },
    };

    for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        run_user(t[i].code, t[i].psr);
        check(trap.vector == t[i].vector &&
              (trap.vector == V_BREAK ||
               (trap.isr & 0xffff) == t[i].isr), t[i].name);
    }
    run_user(user_sum, 0);
    check_eq(trap.ipsr & PSR_AC, PSR_AC, "sum sets PSR.ac");
    run_user(user_ssm, 0);
    check_eq(trap.iip, USER(user_ssm) + 16, "IIP of the second bundle");
    check_eq(trap.iipa, USER(user_ssm), "IIPA: the first one");
}

/* ----------------------------------------------------------------- */

CODE(code_ld, "ld8 r9 = [r8];; break.m 7");

static void psr_bits(void)
{
    run_user(code_break_m, PSR_MFL | PSR_MFH | PSR_AC | PSR_PK * 0);
    check_eq(trap.psr & (PSR_MFL | PSR_MFH | PSR_AC | PSR_IC | PSR_I),
             PSR_MFL | PSR_MFH, "PSR in the handler: mfl, mfh kept, ac not");
    check_eq(trap.ipsr & (PSR_CPL(3) | PSR_BN | PSR_IT), PSR_CPL(3) |
             PSR_BN | PSR_IT, "IPSR has cpl, bn, it");
    SET_CR(dcr, 3);
    run_user(code_break_m, 0);
    SET_CR(dcr, 0);
    check(trap.vector == V_BREAK, "an interruption with DCR.be = 1");
    check_eq(trap.psr & (1ul << 21 | PSR_BE), 1ul << 21 | PSR_BE,
             "  PSR.be and pp come from DCR");

    /* C1: what a dumped OpenVMS had in PSR; keys 0, 1 and 2 exist */
    SET_PKR(0, 1);
    SET_PKR(1, 1ul << 8 | 1);
    SET_PKR(2, 2ul << 8 | 1);
    trap.count = 0;
    go(ADDR(code_break_m), (0x100a0ae010ul | PSR_BN) & ~PSR_I, 0, 0);
    trap.resume = unexpected_ip;
    check_eq(trap.ipsr & ~PSR_RI(3), (0x100a0ae010ul | PSR_BN) & ~PSR_I,
             "rfi to 0x100a0ae010 reads back");
    RUN("mov f32 = f0", 0, 0, 0);
    check_eq(trap.count, 0, "f32 with dfh = 0");
    RUN("ssm 0x80000;; srlz.d;; mov f32 = f0", 0, 0, 0);
    check(trap.vector == V_FP && (trap.isr & 0xffff) == 2, "dfh");
    RUN("ssm 0x40000;; srlz.d;; mov f6 = f0", 0, 0, 0);
    check(trap.vector == V_FP && (trap.isr & 0xffff) == 1, "dfl");
    RUN("ssm 0xc0000;; srlz.d;; mov f6 = f32", 0, 0, 0);
    check(trap.vector == V_FP && (trap.isr & 0xffff) == 3, "dfl and dfh");
    RUN("rsm 0xc0030;; srlz.d", 0, 0, 0);
    check_eq(RUN("mov r8 = psr.um", 0, 0, 0) & 0x30, 0, "mfl, mfh cleared");
    check_eq(RUN("mov f6 = f0;; mov r8 = psr.um", 0, 0, 0) & 0x30, 0x10,
             "a write to f6 sets mfl");
    check_eq(RUN("mov f32 = f0;; mov r8 = psr.um", 0, 0, 0) & 0x30, 0x30,
             "a write to f32 sets mfh");
}

static void no_collection(void)
{
    u64 isr;

    RUN("rsm psr.ic;; srlz.d;; mov cr.iip = r9;; mov cr.ipsr = r10;;"
        "mov cr.ifa = r9;; mov cr.iim = r9;; break.m 5", 0, 0x12345670,
        0x1000000000ul);
    isr = trap.isr;
    check_eq(trap.vector, V_BREAK, "break with PSR.ic = 0");
    check_eq(trap.iip, 0x12345670, "  IIP is not written");
    check_eq(trap.ipsr, 0x1000000000ul, "  nor IPSR");
    check_eq(trap.iim, 0x12345670, "  nor IIM");
    check_eq(isr & ISR_NI, ISR_NI, "  ISR.ni");
    RUN("rsm psr.ic;; srlz.d;; mov cr.isr = r10;; mov cr.ifa = r9;;"
        "ld8 r8 = [r9]", 0, REGION(7), 0x77);
    check_eq(trap.vector, V_NESTED, "Data Nested TLB");
    check_eq(trap.isr, 0x77, "  ISR is not written");
}

/* ----------------------------------------------------------------- */

CODE(code_step,
     "{ .mii\n nop.m 0\n nop.i 0\n nop.i 0\n ;; }"
     "{ .mib\n nop.m 0\n nop.i 0\n br.sptk 1f\n ;; }"
     "{ .mib\n break.m 1\n nop.i 0\n nop.b 0\n }"
     "1: { .mib\n break.m 2\n nop.i 0\n nop.b 0\n }");

static void step_traps(void)
{
    run_user(code_step, PSR_SS);
    check_eq(trap.vector, V_SS, "single step");
    check_eq(trap.iip, USER(code_step), "  IIP");
    check_eq((trap.ipsr >> 41) & 3, 1, "  IPSR.ri is the next slot");
    check_eq(trap.isr, 8 | ISR_EI(0), "  ISR");
    run_user(code_step, PSR_SS | PSR_RI(2));
    check_eq(trap.iip, USER(code_step) + 16, "  from slot 2");
    check_eq(trap.isr, 8 | ISR_EI(2), "  ISR.ei");
    check_eq(trap.iipa, USER(code_step), "  IIPA");
    run_user(code_step, PSR_TB);
    check_eq(trap.vector, V_TB, "taken branch");
    check_eq(trap.iip, USER(code_step) + 48, "  IIP is the target");
    check_eq(trap.iipa, USER(code_step) + 16, "  IIPA is the branch");
    check_eq(trap.isr, 4 | ISR_EI(2), "  ISR");
    trap.count = 0;
    go(USER(code_step) + 16, USER_PSR | PSR_SS | PSR_TB | PSR_RI(2), 0, 0);
    check_eq(trap.vector, V_TB, "both: taken branch comes first");
    check_eq(trap.isr, 12 | ISR_EI(2), "  ISR has both");
    trap.resume = unexpected_ip;
}

/* br.ret with a PFS of the wanted level */
CODE(code_ret,
     "mov ar.pfs = r8;; mov b6 = r9;; br.ret.sptk b6;;");
CODE(code_after, "{ .mii\n break.m 3\n nop.i 0\n nop.i 0\n }");

static u64 ret_to(unsigned cpl, unsigned ppl, u64 psr)
{
    trap.count = 0;
    go(cpl ? USER(code_ret) : ADDR(code_ret),
         KERNEL_PSR | PSR_CPL(cpl) | psr, (u64)ppl << 62,
         USER(code_after));
    trap.resume = unexpected_ip;
    return (trap.ipsr >> 32) & 3;
}

static void levels(void)
{
    u64 wrong = 0;

    for (unsigned cpl = 0; cpl < 4; cpl++) {
        for (unsigned ppl = 0; ppl < 4; ppl++) {
            unsigned want = ppl > cpl ? ppl : cpl;

            wrong += ret_to(cpl, ppl, 0) != want;
            wrong += trap.vector != V_BREAK;
            wrong += ret_to(cpl, ppl, PSR_LP) != want;
            wrong += trap.vector != (ppl > cpl ? V_LP : V_BREAK);
        }
    }
    check_eq(wrong, 0, "br.ret only lowers the privilege, with PSR.lp traps");
    ret_to(0, 3, PSR_LP);
    check_eq(trap.iip, USER(code_after), "lower privilege: IIP is the target");
    check_eq(trap.isr & ~ISR_EI_MASK, 2, "  ISR.code");
    ret_to(0, 3, PSR_LP | PSR_TB);
    check_eq(trap.vector, V_LP, "with taken branch: the same vector");
    check_eq(trap.isr & ~ISR_EI_MASK, 6, "  ISR has both");
}

CODE(code_epc, "{ .mib\n nop.m 0\n mov ar.pfs = r8\n nop.b 0\n ;; }"
     "{ .mib\n nop.m 0\n nop.i 0\n epc\n ;; }"
     "{ .mib\n break.m 4\n nop.i 0\n nop.b 0\n }");

static void promotion(void)
{
    u64 va = REGION(2), wrong = 0;

    for (unsigned ar = 1; ar < 8; ar += 6) {
        for (unsigned pl = 0; pl < 4; pl++) {
            for (unsigned cpl = 0; cpl < 4; cpl++) {
                unsigned want = ar == 7 && pl < cpl ? pl : cpl;

                if (ar == 1 && pl < cpl) {
                    continue;       /* not executable */
                }
                itc_i(va, PTE_OK | PTE_AR(ar) | PTE_PL(pl), 28, 0x102);
                trap.count = 0;
                go(va | ADDR(code_epc), KERNEL_PSR | PSR_CPL(cpl),
                     (u64)cpl << 62, 0);
                wrong += trap.vector != V_BREAK || trap.iim != 4;
                wrong += ((trap.ipsr >> 32) & 3) != want;
            }
        }
    }
    check_eq(wrong, 0, "epc: promotion by page, each ar 7 and ar 1");
    itc_i(va, PTE_OK | PTE_AR(7) | PTE_PL(0), 28, 0x102);
    go(va | ADDR(code_epc), USER_PSR, 2ul << 62, 0);
    check(trap.vector == V_GE && (trap.isr & 0xffff) == ILLEGAL,
          "epc with PFS.ppl < cpl");
    trap.resume = unexpected_ip;
}

/* ----------------------------------------------------------------- */

#define SET_DBR(n, v) \
    asm volatile("mov dbr[%0] = %1;;\n\tsrlz.d;;" \
                 :: "r"((u64)(n)), "r"((u64)(v)) : "memory")
#define SET_IBR(n, v) \
    asm volatile("mov ibr[%0] = %1;;\n\tsrlz.i;;" \
                 :: "r"((u64)(n)), "r"((u64)(v)) : "memory")

CODE(code_mem, "ld8 r9 = [r8];; break.m 7");
CODE(code_memst, "st8 [r8] = r9;; break.m 7");
CODE(code_line, "{ .mii\n nop.m 0\n nop.i 0\n nop.i 0\n ;; }"
     "{ .mii\n nop.m 0\n nop.i 0\n nop.i 0\n ;; }"
     "{ .mii\n break.m 7\n nop.i 0\n nop.i 0\n ;; }");

static u64 at(char *code, u64 r8, u64 psr)
{
    trap.count = 0;
    go(ADDR(code), KERNEL_PSR | psr, r8, 0);
    trap.resume = unexpected_ip;
    return trap.vector;
}

static void debug(void)
{
    u64 a = (u64)&data[8];

    SET_DBR(0, a);
    SET_DBR(1, 1ul << 63 | 1ul << 56 | 0xfffffffffffff8ul);
    check_eq(at(code_mem, a, 0), V_BREAK, "data breakpoint without PSR.db");
    check_eq(at(code_mem, a, PSR_DB), V_DEBUG, "data breakpoint on a load");
    check_eq(trap.ifa, a, "  IFA");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R, "  ISR.r");
    check_eq(at(code_mem, a + 8, PSR_DB), V_BREAK, "  not 8 bytes on");
    check_eq(at(code_mem, a - 8, PSR_DB), V_BREAK, "  nor before");
    check_eq(at(code_memst, a, PSR_DB), V_BREAK, "  not on a store");
    check_eq(at(code_mem, a, PSR_DB | PSR_DD), V_BREAK, "  not with PSR.dd");
    SET_DBR(1, 1ul << 62 | 1ul << 56 | 0xfffffffffffff8ul);
    check_eq(at(code_memst, a, PSR_DB), V_DEBUG, "data breakpoint on a store");
    SET_DBR(1, 1ul << 62 | 1ul << 59 | 0xfffffffffffff8ul);
    check_eq(at(code_memst, a, PSR_DB), V_BREAK, "  for another level");
    SET_DBR(1, 0);
    SET_IBR(0, ADDR(code_line) + 16);
    SET_IBR(1, 1ul << 63 | 1ul << 56 | 0xfffffffffffffful);
    check_eq(at(code_line, 0, 0), V_BREAK, "breakpoint without PSR.db");
    check_eq(at(code_line, 0, PSR_DB), V_DEBUG, "instruction breakpoint");
    check_eq(trap.iip, ADDR(code_line) + 16, "  IIP");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_X, "  ISR.x");
    trap.count = 0;
    go(ADDR(code_line) + 16, KERNEL_PSR | PSR_DB | PSR_ID | PSR_RI(2), 0, 0);
    check_eq(trap.vector, V_BREAK, "  not with PSR.id");
    SET_IBR(1, 0);
    trap.resume = unexpected_ip;
}

/* ----------------------------------------------------------------- */

CODE(code_bank,
     "bsw.0;; mov r20 = r8;; bsw.1;; mov r20 = r9;; bsw.0;; mov r10 = r20;;"
     "bsw.1;; mov r11 = r20;; sub r8 = r10, r11;; break.m 7");

static void unaligned(void)
{
    u64 a = (u64)data;

    data[0] = 0x1122334455667788;
    data[1] = 0x99aabbccddeeff00;
    check_eq(RUN("rum 8;; ld4 r8 = [r9]", 0, a + 2, 0), 0x33445566,
             "unaligned within 8 bytes with PSR.ac = 0");
    check_eq(trap.count, 0, "  no fault");
    RUN("sum 8;; ld4 r8 = [r9]", 0, a + 2, 0);
    check_eq(trap.vector, V_UNALIGNED, "with PSR.ac = 1");
    check_eq(trap.ifa, a + 2, "  IFA");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R, "  ISR.r");
    RUN("rum 8", 0, 0, 0);
    check_eq(go(ADDR(code_bank), KERNEL_PSR, 77, 33), 44, "banks");
}

void test(void)
{
    breaks();
    slots();
    general_exceptions();
    privilege();
    psr_bits();
    no_collection();
    step_traps();
    levels();
    promotion();
    debug();
    unaligned();
}
