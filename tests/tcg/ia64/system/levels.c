/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identification, the status register of a dumped OpenVMS, and the way
 * through all four privilege levels: C0, C1 and C2 of the test list
 */

#include "system.h"

enum {
    V_DKEY = 0x1c00, V_IKEY = 0x1800, V_BREAK = 0x2c00, V_GE = 0x5400,
    V_FP = 0x5500, V_LP = 0x5e00,
};

#define RID(r)      (0x100ul + (r))

static u64 data[16];

/* ----------------------------------------------------------------- */

static void identity(void)
{
    u64 id3 = RUN("mov r8 = cpuid[r9]", 0, 3, 0), last, v, wrong = 0;

    check_eq(id3 & 0xff, 4, "cpuid[3]: the last index is 4");
    check((id3 >> 24 & 0xff) == 0x1f || (id3 >> 24 & 0xff) == 0x20,
          "  an Itanium 2");
    check_eq(id3 >> 32, 0, "  architecture revision 0");
    check_eq(RUN("mov r8 = cpuid[r9]", 0, 2, 0), 0, "cpuid[2]");
    check_eq(RUN("mov r8 = cpuid[r9]", 0, 4, 0) & 1, 1, "cpuid[4]: brl");
    for (u64 i = 5; i < 256; i += 50) {
        RUN("mov r8 = cpuid[r9]", 0, i, 0);
        wrong += trap.vector != V_GE || (trap.isr & 0xffff) != 0x30;
    }
    check_eq(wrong, 0, "no more indexes");
    last = get_itc();
    for (unsigned i = 0; i < 100000; i++) {
        v = get_itc();
        wrong += v < last;
        last = v;
    }
    check_eq(wrong, 0, "ar.itc never goes back");
    /* 24 bits of region id and key, 61 of address in each region */
    RUN("mov rr[r9] = r10;; mov r8 = rr[r9]", 0, REGION(6),
        0xfffffful << 8 | 12 << 2);
    check_eq(trap.count, 0, "24 bits of region id");
    RUN("mov rr[r9] = r10", 0, REGION(6), 1ul << 32 | 12 << 2);
    check_eq(trap.isr & 0xffff, 0x30, "  not 25");
    RUN("mov pkr[r9] = r10", 0, 9, 0xfffffful << 8);
    check_eq(trap.count, 0, "24 bits of key");
    RUN("mov pkr[r9] = r10", 0, 9, 1ul << 32);
    check_eq(trap.isr & 0xffff, 0x30, "  not 25");
    SET_RR(6, RID(6) << 8 | 12 << 2);
    itc_d(REGION(7) - 4096, (u64)data | PTE_OK | PTE_AR(2), 12, 1);
    check_eq(RUN("tpa r8 = r9", 0, REGION(7) - 4096 + 7, 0),
             ((u64)data & ~4095ul) + 7, "the last page of region 6");
    check_eq(RUN("dep r8 = 0, r9, 0, 61;; cmp.eq p6, p7 = r8, r10;;"
                 "(p6) mov r8 = 1;; (p7) mov r8 = 0", 0, REGION(6) | 77,
                 REGION(6)), 1, "regions are bits 63:61");
}

/* ----------------------------------------------------------------- */

/* What a dumped OpenVMS 8.4 had, without i: pk, dt, rt, it, lp, dfh, ic */
#define VMS_PSR     ((0x100a0ae010ul | PSR_BN) & ~PSR_I)

CODE(vms_f32, "mov f32 = f0;; break.m 7;;");
CODE(vms_f2, "rum 0x10;; mov r8 = psr.um;; mov f2 = f0;; mov r9 = psr.um;;"
     "sub r8 = r9, r8;; break.m 7;;");
CODE(vms_load, "ld8 r8 = [r9];; break.m 7;;");
CODE(vms_rest, "break.m 7;;");

static u64 vms(u64 ip, u64 r9)
{
    u64 v;

    trap.count = 0;
    v = go(ip, VMS_PSR, 0, r9);
    trap.resume = unexpected_ip;
    return v;
}

static void vms_kernel(void)
{
    u64 va = REGION(2) | 0x40000000ul;

    for (u64 i = 0; i < 16; i++) {
        SET_PKR(i, 0xfff000ul << 8);
    }
    SET_PKR(0, 1);
    SET_PKR(1, 1ul << 8 | 1);
    SET_PKR(2, 2ul << 8 | 1);
    vms(ADDR(vms_rest), 0);
    check_eq(trap.ipsr & ~PSR_RI(3), VMS_PSR, "OpenVMS' PSR reads back");
    check_eq(trap.psr & (PSR_PK | PSR_LP | PSR_DFH | PSR_IC | PSR_DT | PSR_IT),
             PSR_PK | PSR_DT | PSR_IT, "  handler's: pk stays, not lp, dfh");
    vms(ADDR(vms_f32), 0);
    check(trap.vector == V_FP && (trap.isr & 0xffff) == 2,
          "  f32: Disabled FP Register, high");
    check_eq(vms(ADDR(vms_f2), 0), 0x10, "  f2: sets mfl");
    check_eq(trap.vector, V_BREAK, "  and nothing else");
    itc_d(va, (u64)data | PTE_OK | PTE_AR(3), 12, 0x765432);
    itc_i(va, (ADDR(vms_rest) & ~4095ul) | PTE_OK | PTE_AR(3), 12, 0x765432);
    vms(ADDR(vms_load), va);
    check_eq(trap.vector, V_DKEY, "  a load whose key is not there");
    vms(va | (ADDR(vms_rest) & 4095), 0);
    check_eq(trap.vector, V_IKEY, "  a fetch whose key is not there");
    SET_PKR(5, 0x765432ul << 8 | 1);
    vms(ADDR(vms_load), va);
    check_eq(trap.vector, V_BREAK, "  with the key: load");
    vms(va | (ADDR(vms_rest) & 4095), 0);
    check_eq(trap.vector, V_BREAK, "  and fetch");
    ptc_e();
}

/* ----------------------------------------------------------------- */

/*
 * From level 3 through gates into 2, 1 and 0, and back by br.ret.  Each gate
 * notes in r8 from which level it was called (PFS.ppl), the last one, which
 * may read it, PSR in r9.  Gates are seen through regions 4, 3, 2: pages with
 * promotion to level 2, 1, 0.
 */
#define IN_REGION(n, code)  (REGION(n) | (u64)(code))

CODE(ladder,
     "mov r8 = 0\n\tbr.call.sptk b6 = ladder_1\n\t;;\n\tbreak.m 7\n\t;;\n"
     "ladder_1:\n\t"
     "alloc r32 = ar.pfs, 0, 4, 0, 0\n\tmov r33 = b6\n\t"
     "movl r14 = gate2\n\tmovl r15 = 4 << 61\n\t;;\n\tor r14 = r14, r15\n\t"
     ";;\n\tmov b1 = r14\n\t;;\n\tbr.call.sptk b0 = b1\n\t;;\n\t"
     "mov ar.pfs = r32\n\tmov b6 = r33\n\t;;\n\tbr.ret.sptk b6\n\t;;\n"
     "\t.align 32\ngate2:\n\tepc\n\t;;\n\t"
     "alloc r32 = ar.pfs, 0, 4, 0, 0\n\tmov r33 = b0\n\t;;\n\t"
     "extr.u r14 = r32, 62, 2\n\tshladd r8 = r8, 2, r0\n\t;;\n\t"
     "add r8 = r8, r14\n\t"
     "movl r14 = gate1\n\tmovl r15 = 3 << 61\n\t;;\n\tor r14 = r14, r15\n\t"
     ";;\n\tmov b1 = r14\n\t;;\n\tbr.call.sptk b0 = b1\n\t;;\n\t"
     "mov ar.pfs = r32\n\tmov b0 = r33\n\t;;\n\t"
     "br.ret.sptk b0\n\t;;\n"
     "\t.align 32\ngate1:\n\tepc\n\t;;\n\t"
     "alloc r32 = ar.pfs, 0, 4, 0, 0\n\tmov r33 = b0\n\t;;\n\t"
     "extr.u r14 = r32, 62, 2\n\tshladd r8 = r8, 2, r0\n\t;;\n\t"
     "add r8 = r8, r14\n\t"
     "movl r14 = gate0\n\tmovl r15 = 2 << 61\n\t;;\n\tor r14 = r14, r15\n\t"
     ";;\n\tmov b1 = r14\n\t;;\n\tbr.call.sptk b0 = b1\n\t;;\n\t"
     "mov ar.pfs = r32\n\tmov b0 = r33\n\t;;\n\tbr.ret.sptk b0\n\t;;\n"
     "\t.align 32\ngate0:\n\tepc\n\t;;\n\t"
     "alloc r32 = ar.pfs, 0, 4, 0, 0\n\t;;\n\t"
     "extr.u r14 = r32, 62, 2\n\tshladd r8 = r8, 2, r0\n\t;;\n\t"
     "add r8 = r8, r14\n\tmov r9 = psr\n\tmov ar.pfs = r32\n\t;;\n"
     "back1:\n\tbr.ret.sptk b0\n\t;;");
extern char back1[], gate1[];

CODE(epc_phys, "mov ar.pfs = r8;; epc;; break.m 4;;");
CODE(user_stop, "break.m 7;;");

static void gates(void)
{
    for (unsigned level = 0; level < 3; level++) {
        itc_i(REGION(2 + level), PTE_OK | PTE_AR(7) | PTE_PL(level), 28,
              RID(2 + level));
    }
}

static void all_levels(void)
{
    u64 v;

    gates();
    v = go(USER(ladder), USER_PSR, 0, 0);
    check_eq(trap.vector, V_BREAK, "3, 2, 1, 0 and back");
    check_eq(trap.iim, 7, "  to where it began");
    check_eq(v, 3 << 4 | 2 << 2 | 1,
             "  each gate was called from the one above");
    check_eq(trap.ipsr >> 32 & 3, 3, "  at level 3 again");

    passing.vector = V_LP;
    v = go(USER(ladder), USER_PSR | PSR_LP, 0, 0);
    passing.vector = -1;
    check_eq(passing.count, 1, "with PSR.lp = 1 the first return traps");
    check_eq(passing.isr & 0xffff, 2, "  ISR.code");
    check_eq(passing.ipsr >> 32 & 3, 1, "  at level 1 already");
    check_eq(passing.ipsr & PSR_LP, PSR_LP, "  IPSR.lp");
    check_eq(passing.iipa, IN_REGION(2, back1) & ~15ul,
             "  IIPA is the br.ret");
    check(passing.iip >= IN_REGION(3, gate1) &&
          passing.iip < IN_REGION(3, gate1) + 0x100,
          "  IIP is the target, in the gate of level 1");
    check(trap.vector == V_BREAK && trap.iim == 7 &&
          v == (3 << 4 | 2 << 2 | 1), "  the rest goes on");
    go(USER(user_stop), USER_PSR | PSR_LP, 0, 0);
    check_eq(trap.vector, V_BREAK, "rfi to a lower privilege does not trap");
    go(REGION(0) | ADDR(epc_phys), (USER_PSR & ~PSR_IT), 3ul << 62, 0);
    check(trap.vector == V_BREAK && trap.iim == 4, "epc with PSR.it = 0");
    check_eq(trap.ipsr >> 32 & 3, 0, "  goes to level 0");
    /* A promotion page is execute-only for those below. */
    trap.count = 0;
    itc_d(REGION(2), PTE_OK | PTE_AR(7) | PTE_PL(0), 28, RID(2));
    go(USER(vms_load), USER_PSR, 0, REGION(2) | (u64)data);
    check_eq(trap.vector, 0x5300, "a promotion page is not readable at 3");
    go(ADDR(vms_load), KERNEL_PSR, 0, REGION(2) | (u64)data);
    check_eq(trap.vector, V_BREAK, "  at 0 it is");
    trap.resume = unexpected_ip;
    ptc_e();
}

void test(void)
{
    identity();
    vms_kernel();
    all_levels();
}
