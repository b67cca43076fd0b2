/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few seconds of everything that a saved state has to hold: stacked and
 * rotating registers, floating-point registers, predicates, translations,
 * the timer.  migrate.py moves it from emulator to emulator meanwhile.
 */

#include "system.h"

#define TICKS       3000000000ul    /* of ar.itc: 2 seconds */
#define PERIOD      50000ul
#define VA          (REGION(3) | 0x4000000ul)
#define RID         0x103ul

static u64 page[2][2048] __attribute__((aligned(16384)));
static u64 from[64], to[64];

/* Keeps a register of each frame busy: the stack spills and fills */
static u64 __attribute__((noinline)) deep(u64 n)
{
    u64 a = n * 3, b = n + 7, c = n ^ 0x55;

    if (n == 0) {
        return 1;
    }
    a += deep(n - 1);
    return a + b - c;
}

static u64 deep_flat(u64 n)
{
    u64 v = 1;

    for (u64 i = 1; i <= n; i++) {
        v += i * 3 + (i + 7) - (i ^ 0x55);
    }
    return v;
}

static double series(unsigned n)
{
    double s = 0, t = 1;

    for (unsigned i = 0; i < n; i++) {
        s += t;
        t *= 0.5;
    }
    return s;
}

void test(void)
{
    u64 start = get_itc(), rounds = 0, wrong_deep = 0, wrong_copy = 0;
    u64 wrong_fp = 0, wrong_map = 0, wrong_nat = 0, nat;
    u64 want = deep_flat(300);

    page[0][5] = 77;
    page[1][5] = 88;
    itc_d(VA, (u64)page[0] | PTE_OK | PTE_AR(2), 14, RID);
    itr_d(20, VA + 16384, (u64)page[1] | PTE_OK | PTE_AR(2), 14, RID);
    /* Not before: itc_d() has PSR.ic = 0, which interrupts do not survive. */
    SET_CR(itv, 0xef);
    irq.period = PERIOD;
    SET_CR(itm, get_itc() + 30 * PERIOD);
    irq_on();
    while (get_itc() - start < TICKS) {
        wrong_deep += deep(300) != want;
        for (u64 i = 0; i < 64; i++) {
            from[i] = rounds * 64 + i;
            to[i] = 0;
        }
        for (u64 j = 0; j < 50; j++) {
            from[5] = j;
            pipeline(to, from, 64);
            for (u64 i = 0; i < 64; i++) {
                wrong_copy += to[i] != from[i];
            }
        }
        wrong_fp += series(40) != 2.0 - 1.0 / (1ul << 39);
        wrong_map += *(volatile u64 *)(VA + 40) != 77;
        wrong_map += *(volatile u64 *)(VA + 16384 + 40) != 88;
        /* a NaT bit that lives through some of the work */
        asm volatile("ld8.s r10 = [%1];;\n\t"
                     "mov r9 = 1000;;\n"
                     "1: adds r9 = -1, r9;; cmp.ne p6, p7 = r0, r9;;\n\t"
                     "(p6) br.cond.sptk 1b;;\n\t"
                     "tnat.nz p6, p7 = r10;; mov %0 = 0;;\n\t"
                     "(p6) mov %0 = 1;;\n\tmov r10 = 0;;"
                     : "=&r"(nat) : "r"(0xff5e0000ul)
                     : "r9", "r10", "p6", "p7", "memory");
        wrong_nat += nat != 1;
        rounds++;
    }
    irq_off();
    check(rounds > 10, "some rounds were made");
    check_eq(wrong_deep, 0, "register stack");
    check_eq(wrong_copy, 0, "rotating registers");
    check_eq(wrong_fp, 0, "floating point");
    check_eq(wrong_map, 0, "translations");
    check_eq(wrong_nat, 0, "NaT bits");
    check(irq.count > 1000, "timer interrupts");
}
