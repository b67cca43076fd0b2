/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work whose every step goes into a digest, printed at the end: points.py
 * compares it between a run and one that was saved and restored all the time.
 * For -icount, where also time is part of it.
 */

#include "system.h"

#define ROUNDS      1500
#define PERIOD      20000ul
#define VA          (REGION(3) | 0x4000000ul)
#define RID         0x103ul
#define UNCACHEABLE 0xff5e0000ul    /* speculative loads there are deferred */

static u64 page[4][2048] __attribute__((aligned(16384)));
static u64 from[64], to[64];
static u64 digest = 0x9e3779b97f4a7c15;

static void mix(u64 v)
{
    digest ^= v;
    digest ^= digest << 13;
    digest ^= digest >> 7;
    digest ^= digest << 17;
}

/* Keeps a register of each frame busy: the stack spills and fills */
static u64 __attribute__((noinline)) deep(u64 n)
{
    u64 a = n * 3, b = n + 7, c = n ^ digest;

    if (n == 0) {
        return digest;
    }
    a += deep(n - 1);
    return a + b - c;
}

static double series(double x)
{
    double s = 0, t = 1;

    for (unsigned i = 1; i < 30; i++) {
        s += t;
        t *= x * 0.3125;
    }
    return s;
}

/* NaT bits in several places while time passes; their sum as bits */
static u64 nats(u64 n)
{
    u64 v;

    asm volatile("ld8.s r9 = [%2]\n\tld8.s r31 = [%2];;\n\t"
                 "setf.sig f6 = r9\n\tmov r10 = %1;;\n"
                 "1: adds r10 = -1, r10;; cmp.ne p6, p7 = r0, r10;;\n\t"
                 "(p6) br.cond.sptk 1b;;\n\t"
                 "mov %0 = 0\n\ttnat.nz p6, p7 = r9\n\t"
                 "tnat.nz p8, p9 = r31\n\tfclass.m p10, p11 = f6, @nat;;\n\t"
                 "(p6) adds %0 = 1, %0;; (p8) adds %0 = 2, %0;;\n\t"
                 "(p10) adds %0 = 4, %0;; mov r9 = 0\n\tmov r31 = 0;;"
                 : "=&r"(v) : "r"(n), "r"(UNCACHEABLE)
                 : "r9", "r10", "r31", "f6", "p6", "p7", "p8", "p9", "p10",
                   "p11", "memory");
    return v;
}

/* Interruptions that stop, at other privilege levels and without time */
CODE(user_code, "adds r8 = 5, r8;; extr.u r9 = r8, 3, 20;; add r8 = r8, r9;;"
     "break.m 7;;");
CODE(phys_code, "ld8 r9 = [r9];; xor r8 = r8, r9;; break.m 8;;");

static void stops(u64 i)
{
    irq_off();
    mix(go(USER(user_code), USER_PSR, digest, 0));
    mix(trap.iim + trap.ipsr + trap.iip + trap.isr);
    mix(go(ADDR(phys_code), KERNEL_PSR & ~(PSR_DT | PSR_IT | PSR_RT), digest,
           (u64)&from[i & 63]));
    mix(trap.ipsr);
    trap.resume = unexpected_ip;
    /* Another page at the same address; itc_d() wants no interrupts. */
    itc_d(VA, (u64)page[i & 3] | PTE_OK | PTE_AR(2), 14, RID);
    irq_on();
}

void test(void)
{
    union {
        double d;
        u64 u;
    } sum;

    for (u64 i = 0; i < 4; i++) {
        page[i][5] = 0x1111 * i;
    }
    itc_d(VA, (u64)page[0] | PTE_OK | PTE_AR(2), 14, RID);
    itr_d(20, VA + 16384, (u64)page[1] | PTE_OK | PTE_AR(2), 14, RID);
    SET_CR(itv, 0xef);
    irq.period = PERIOD;
    SET_CR(itm, get_itc() + PERIOD);
    irq_on();
    for (u64 round = 0; round < ROUNDS; round++) {
        mix(deep(150));
        for (u64 i = 0; i < 64; i++) {
            from[i] = digest + i;
        }
        pipeline(to, from, 64);
        for (u64 i = 0; i < 64; i++) {
            mix(to[i]);
        }
        sum.d = series((double)(digest & 0xffff) / 65536.0);
        mix(sum.u);
        mix(nats(200));
        stops(round);
        mix(*(volatile u64 *)(VA + 40));
        mix(*(volatile u64 *)(VA + 16384 + 40));
        mix(irq.count);
        mix(get_itc());
    }
    irq_off();
    check(irq.count > 5, "timer interrupts");
    put("# digest ");
    put_hex(digest);
    put("\n");
}
