/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the register stack engine: frames interrupted while they are
 * loaded, stores of alloc and flushrs
 */

#include "system.h"

#define VA          (REGION(3) | 0x8000000ul)
#define RID         0x103ul
#define PTE         (PTE_OK | PTE_AR(2))

enum { V_BREAK = 0x2c00 };

#define ISR_RS      (1ul << 37)
#define ISR_IR      (1ul << 38)

static u64 store[2048] __attribute__((aligned(16384)));

/* The backing store goes to r8 and, at the end, back. */
#define TO_R8 \
    "mov r20 = ar.rsc\n\tmov ar.rsc = 0\n\t;;\n\tflushrs\n\t;;\n\t" \
    "mov r21 = ar.bspstore\n\tmov r22 = ar.rnat\n\t;;\n\t" \
    "mov ar.bspstore = r8\n\t;;\n\tmov ar.rnat = r0\n\t;;\n\t"
#define BACK \
    "mov ar.rsc = 0\n\t;;\n\t" \
    "mov ar.bspstore = r21\n\t;;\n\tmov ar.rnat = r22\n\t;;\n\t" \
    "mov ar.rsc = r20\n\t;;\n\t"
#define UNMAP \
    "mov r24 = 14 << 2\n\t;;\n\tptc.l r8, r24\n\t;;\n\tsrlz.d\n\t;;\n\t"

/*
 * fill_1 fills its frame, fill_2 has it stored and returns when its page is
 * not there.  r10 is the sum of what fill_1 finds afterwards.
 */
extern char fill_ret[], fill_back[];
CODE(code_fill,
     TO_R8 "br.call.sptk b6 = fill_1\n\t;;\n\t" BACK
     "mov r8 = r10\n\t;;\n\tbreak.m 7\n\t;;\n"
     "fill_1:\n\t"
     "alloc r32 = ar.pfs, 0, 60, 0, 0\n\tmov r33 = b6\n\t;;\n\t"
     "mov r40 = 1\n\tmov r50 = 20\n\tmov r60 = 300\n\t;;\n\t"
     "mov r90 = 4000\n\t;;\n\t"
     "br.call.sptk b7 = fill_2\n\t;;\n"
     "fill_back:\n\t"
     "add r10 = r40, r50\n\t;;\n\tadd r10 = r10, r60\n\t;;\n\t"
     "add r10 = r10, r90\n\tmov b6 = r33\n\tmov ar.pfs = r32\n\t;;\n\t"
     "br.ret.sptk b6\n\t;;\n"
     "fill_2:\n\t"
     "alloc r32 = ar.pfs, 0, 20, 0, 0\n\t;;\n\tflushrs\n\t;;\n\t"
     UNMAP "mov ar.pfs = r32\n\t;;\n"
     "fill_ret:\n\tbr.ret.sptk b7\n\t;;");

/* alloc has to store what does not fit: 60 + 60 registers */
extern char spill_alloc[];
CODE(code_spill,
     TO_R8 UNMAP "br.call.sptk b6 = spill_1\n\t;;\n\t" BACK
     "mov r8 = r10\n\t;;\n\tbreak.m 7\n\t;;\n"
     "spill_1:\n\t"
     "alloc r32 = ar.pfs, 0, 60, 0, 0\n\tmov r33 = b6\n\t;;\n\t"
     "mov r40 = 1\n\tmov r90 = 4000\n\t;;\n\t"
     "br.call.sptk b7 = spill_2\n\t;;\n\t"
     "add r10 = r40, r90\n\tmov b6 = r33\n\tmov ar.pfs = r32\n\t;;\n\t"
     "br.ret.sptk b6\n\t;;\n"
     "spill_2:\n"
     "spill_alloc:\n\t"
     "alloc r32 = ar.pfs, 0, 60, 0, 0\n\t;;\n\tmov ar.pfs = r32\n\t;;\n\t"
     "br.ret.sptk b7\n\t;;");

extern char flush_at[];
CODE(code_flush,
     TO_R8 UNMAP "br.call.sptk b6 = flush_1\n\t;;\n\t" BACK
     "mov r8 = r10\n\t;;\n\tbreak.m 7\n\t;;\n"
     "flush_1:\n\t"
     "alloc r32 = ar.pfs, 0, 10, 0, 0\n\tmov r33 = b6\n\t;;\n\t"
     "mov r40 = 77\n\t;;\n\t"
     "br.call.sptk b7 = flush_2\n\t;;\n\t"
     "mov r10 = r40\n\tmov b6 = r33\n\tmov ar.pfs = r32\n\t;;\n\t"
     "br.ret.sptk b6\n\t;;\n"
     "flush_2:\n\t"
     "alloc r32 = ar.pfs, 0, 1, 0, 0\n\t;;\n"
     "flush_at:\n\tflushrs\n\t;;\n\t"
     "mov ar.pfs = r32\n\t;;\n\t"
     "br.ret.sptk b7\n\t;;");

/* Runs code on a backing store at VA + offset; the r8 it comes back with */
static u64 run(char *code, u64 offset)
{
    u64 v;

    itc_d(VA, (u64)store | PTE, 14, RID);
    mapping.count = 0;
    mapping.pte = (u64)store | PTE;
    v = go(ADDR(code), KERNEL_PSR, VA + offset, 0);
    mapping.pte = 0;
    trap.resume = unexpected_ip;
    return trap.vector == V_BREAK && trap.iim == 7 ? v : trap.vector << 32;
}

static void offsets(char *code, u64 want, const char *name)
{
    u64 wrong = 0;

    /* Every place of the collection of NaT bits between the registers */
    for (u64 i = 0; i < 64; i++) {
        wrong += run(code, 0x400 + i * 8) != want || mapping.count != 1;
    }
    check_eq(wrong, 0, name);
}

void test(void)
{
    check_eq(run(code_fill, 0x400), 4321, "br.ret to a frame not loadable");
    check_eq(mapping.count, 1, "  one fault");
    check_eq(mapping.isr, ISR_R | ISR_RS | ISR_IR, "  ISR.r, rs, ir");
    check_eq(mapping.iip, ADDR(fill_back), "  IIP is the target");
    check_eq(mapping.iipa, ADDR(fill_ret), "  IIPA is the br.ret");
    check(mapping.ifa >= VA + 0x400 && mapping.ifa < VA + 0x800, "  IFA");

    check_eq(run(code_spill, 0x400), 4001, "alloc that cannot store");
    check_eq(mapping.count, 1, "  one fault");
    check_eq(mapping.isr, ISR_W | ISR_RS, "  ISR.w, rs");
    check_eq(mapping.iip, ADDR(spill_alloc), "  IIP is the alloc");
    check_eq(mapping.ifa, VA + 0x400, "  IFA is the first word");

    check_eq(run(code_flush, 0x400), 77, "flushrs that cannot store");
    check_eq(mapping.isr, ISR_W | ISR_RS, "  ISR.w, rs");
    check_eq(mapping.iip, ADDR(flush_at), "  IIP is the flushrs");

    offsets(code_fill, 4321, "loads at every offset");
    offsets(code_spill, 4001, "stores of alloc at every offset");
    offsets(code_flush, 77, "stores of flushrs at every offset");
}
