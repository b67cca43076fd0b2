/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Context switches: two deep recursions take turns at each level, as threads
 * of an operating system do, on a backing store whose page is never there
 * when the register stack engine wants it
 */

#include "system.h"

#define VA          (REGION(3) | 0x8000000ul)
#define RID         0x103ul
#define PTE         (PTE_OK | PTE_AR(2))

#define LEVELS      70      /* calls, 12 registers each */
#define FRAME       12
#define FIRST       4       /* of the registers with a value, in the frame */
#define VALUES      6
#define NAT_REG     10      /* NaT in every fourth level */
/* At least: at stores and at loads, two turns in each call of both */
#define FAULTS      (2 * 2 * LEVELS * 2)

/* The two halves are the backing stores. */
static u64 store[2048] __attribute__((aligned(16384)));

/* Asm knows the layout. */
struct context {
    u64 pfs, b0, bspstore, rnat;
    struct context *next;
};

static struct context contexts[3];      /* ours, and the two recursions' */

/* Here so that the assembler has their names */
struct context *running;
u64 finished, wrong;

void swap(void);
void climb(u64 level, u64 seed);
extern char start_a[], start_b[];

/*
 * Saves the context and continues the next one.  The page of the backing store
 * is purged before the stores and before the loads of br.ret.
 */
asm(".text\n\t.global swap\n\t.proc swap\nswap:\n\t"
    "movl r19 = 0x6000000008000000\n\tmov r20 = 14 << 2\n\t;;\n\t"
    "ptc.l r19, r20\n\tmovl r21 = running\n\t;;\n\t"
    "srlz.d\n\tld8 r22 = [r21]\n\t;;\n\t"
    "mov r14 = ar.pfs\n\tmov r15 = b0\n\t;;\n\t"
    "st8 [r22] = r14, 8\n\t;;\n\tst8 [r22] = r15, 8\n\t"
    "mov r16 = ar.rsc\n\t;;\n\t"
    "flushrs\n\t;;\n\tmov ar.rsc = 0\n\t;;\n\t"
    "mov r17 = ar.bspstore\n\tmov r18 = ar.rnat\n\t;;\n\t"
    "st8 [r22] = r17, 8\n\t;;\n\tst8 [r22] = r18, 8\n\t;;\n\t"
    "ld8 r22 = [r22]\n\t;;\n\tst8 [r21] = r22\n\t"
    "ld8 r14 = [r22], 8\n\t;;\n\tld8 r15 = [r22], 8\n\t;;\n\t"
    "ld8 r17 = [r22], 8\n\tmov ar.pfs = r14\n\t;;\n\t"
    "ld8 r18 = [r22]\n\tmov b0 = r15\n\t;;\n\t"
    "ptc.l r19, r20\n\t;;\n\tsrlz.d\n\t;;\n\t"
    "loadrs\n\t;;\n\t"
    "mov ar.bspstore = r17\n\t;;\n\tmov ar.rnat = r18\n\t;;\n\t"
    "mov ar.rsc = r16\n\t;;\n\tbr.ret.sptk b0\n\t;;\n\t"
    ".endp swap\n");

/* r32: level, 0 for the last; r33: seed of the values */
asm("\t.global climb\n\t.proc climb\nclimb:\n\t"
    "alloc r34 = ar.pfs, 2, 10, 2, 0\n\tmov r35 = b0\n\t"
    "shl r14 = r32, 4\n\tand r15 = 3, r32\n\tmovl r16 = 0xff5e0000\n\t;;\n\t"
    "add r14 = r14, r33\n\tcmp.eq p8, p0 = r0, r15\n\tmov r42 = r32\n\t;;\n\t"
    "(p8) ld8.s r42 = [r16]\n\t"        /* not speculative memory: NaT */
    "mov r36 = r14\n\tadds r37 = 1, r14\n\tadds r38 = 2, r14\n\t"
    "adds r39 = 3, r14\n\tadds r40 = 4, r14\n\tadds r41 = 5, r14\n\t;;\n\t"
    "br.call.sptk b0 = swap\n\t;;\n\t"
    "cmp.eq p6, p7 = r0, r32\n\tadds r44 = -1, r32\n\tmov r45 = r33\n\t;;\n\t"
    "(p7) br.call.sptk b0 = climb\n\t;;\n\t"
    "br.call.sptk b0 = swap\n\t;;\n\t"
    "shl r14 = r32, 4\n\tand r15 = 3, r32\n\tmov r17 = 0\n\t;;\n\t"
    "add r14 = r14, r33\n\tcmp.eq p8, p9 = r0, r15\n\t"
    "tnat.nz p10, p11 = r42\n\t;;\n\t"
    "cmp.ne p6, p0 = r14, r36\n\tadds r14 = 1, r14\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\tcmp.ne p6, p0 = r14, r37\n\t"
    "adds r14 = 1, r14\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\tcmp.ne p6, p0 = r14, r38\n\t"
    "adds r14 = 1, r14\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\tcmp.ne p6, p0 = r14, r39\n\t"
    "adds r14 = 1, r14\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\tcmp.ne p6, p0 = r14, r40\n\t"
    "adds r14 = 1, r14\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\tcmp.ne p6, p0 = r14, r41\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\t;;\n\t"
    /* NaT exactly where it was put; else the level itself */
    "(p8) cmp.ne.unc p6, p0 = r0, r0\n\t;;\n\t"
    "(p11) cmp.ne p6, p0 = r32, r42\n\t;;\n\t"
    "(p6) adds r17 = 1, r17\n\t;;\n\t"
    "(p9) mov r18 = 0\n\t(p8) mov r18 = 1\n\t(p10) mov r19 = 1\n\t"
    "(p11) mov r19 = 0\n\t;;\n\t"
    "cmp.ne p6, p0 = r18, r19\n\t;;\n\t(p6) adds r17 = 1, r17\n\t"
    "movl r20 = wrong\n\t;;\n\tld8 r21 = [r20]\n\t;;\n\t"
    "add r21 = r21, r17\n\tmov b0 = r35\n\tmov ar.pfs = r34\n\t;;\n\t"
    "st8 [r20] = r21\n\tbr.ret.sptk b0\n\t;;\n\t"
    ".endp climb\n");

/* Where a recursion begins; it takes its turns to the end of the run. */
#define START(name, seed) \
    asm("\t.global " #name "\n" #name ":\n\t" \
        "alloc r14 = ar.pfs, 0, 0, 2, 0\n\t;;\n\t" \
        "mov r32 = 69\n\tmovl r33 = " #seed "\n\t;;\n\t" \
        "br.call.sptk b0 = climb\n\t;;\n\t" \
        "movl r14 = finished\n\t;;\n\tld8 r15 = [r14]\n\t;;\n\t" \
        "adds r15 = 1, r15\n\t;;\n\tst8 [r14] = r15\n\t;;\n" \
        "1:\n\tbr.call.sptk b0 = swap\n\t;;\n\tbr.sptk 1b\n\t;;\n")

#define SEED_A  0x5a00000000000000ul
#define SEED_B  0x3c00000000000000ul

START(start_a, 0x5a00000000000000);
START(start_b, 0x3c00000000000000);

/* The place of register n of a backing store that begins at base */
static u64 *word(u64 base, u64 n)
{
    return (u64 *)(base + (n + ((base >> 3 & 63) + n) / 63) * 8);
}

/* Words and NaT collections of a recursion that differ */
static u64 differing(u64 base, u64 seed)
{
    u64 bad = 0;

    for (u64 n = 0; n < LEVELS; n++) {
        u64 level = LEVELS - 1 - n, at = n * FRAME;
        u64 *nat = word(base, at + NAT_REG);
        u64 *collection = (u64 *)((u64)nat | 63 * 8);

        for (u64 i = 0; i < VALUES; i++) {
            bad += *word(base, at + FIRST + i) != seed + level * 16 + i;
        }
        if (collection < word(base, (LEVELS - 1) * FRAME)) {
            bad += (*collection >> ((u64)nat >> 3 & 63) & 1) != !(level & 3);
        }
        if (level & 3) {
            bad += *nat != level;
        }
    }
    return bad;
}

/* One run, the backing stores @offset bytes into their halves */
static u64 run(u64 offset)
{
    u64 half = sizeof(store) / 2;

    for (unsigned i = 0; i < sizeof(store) / sizeof(store[0]); i++) {
        store[i] = ~0ul;
    }
    contexts[1] = (struct context) {
        .b0 = ADDR(start_a), .bspstore = VA + offset, .next = &contexts[2],
    };
    contexts[2] = (struct context) {
        .b0 = ADDR(start_b), .bspstore = VA + half + offset,
        .next = &contexts[0],
    };
    contexts[0].next = &contexts[1];
    running = &contexts[0];
    finished = wrong = 0;
    mapping.count = 0;
    mapping.pte = (u64)store | PTE;
    while (finished < 2) {
        swap();
    }
    mapping.pte = 0;
    return wrong + differing((u64)store + offset, SEED_A) +
           differing((u64)store + half + offset, SEED_B);
}

void ap_test(void)
{
}

void test(void)
{
    u64 bad = 0, few = 0;

    check_eq(run(0), 0, "two recursions that take turns");
    check(mapping.count >= FAULTS, "  their pages were missing");
    for (u64 i = 0; i < 63; i++) {
        bad += run(i * 8);
        few += mapping.count < FAULTS;
    }
    check(!bad && !few, "with NaT collections at every place");
}
