/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare programs for the system tests: console, results, translations */

#include "system.h"

#define UART        0xff5e0000ul
#define PM1_CNT     0xff5c100cul
#define S5          0x3400

volatile struct trap trap;
volatile struct irq irq;
volatile struct mapping mapping;
volatile struct passing passing = { .vector = -1 };
u64 unexpected_ip;
static unsigned checks, failed;

static void put_char(char c)
{
    volatile u8 *uart = (volatile u8 *)UART;

    while (!(uart[5] & 0x20)) {
        /* transmitter busy */
    }
    *uart = c;
}

void put(const char *s)
{
    while (*s) {
        put_char(*s++);
    }
}

void put_hex(u64 v)
{
    put("0x");
    for (int i = 60; i >= 0; i -= 4) {
        put_char("0123456789abcdef"[(v >> i) & 15]);
    }
}

/* Up to 9999; without a division, which is floating-point code here */
static void put_dec(unsigned v)
{
    static const unsigned powers[] = { 1000, 100, 10, 1 };
    int seen = 0;

    for (unsigned i = 0; i < 4; i++) {
        char digit = '0';

        for (; v >= powers[i]; v -= powers[i]) {
            digit++;
        }
        seen |= digit != '0' || powers[i] == 1;
        if (seen) {
            put_char(digit);
        }
    }
}

void check(int good, const char *name)
{
    if (!good) {
        put("not ");
        failed++;
    }
    put("ok ");
    put_dec(++checks);
    put(" - ");
    put(name);
    put("\n");
}

void check_eq(u64 got, u64 want, const char *name)
{
    check(got == want, name);
    if (got != want) {
        put("# got ");
        put_hex(got);
        put(" want ");
        put_hex(want);
        put("\n");
    }
}

static void collect(int on)
{
    if (on) {
        asm volatile("ssm psr.ic;;\n\tsrlz.d;;" ::: "memory");
    } else {
        asm volatile("rsm psr.ic;;\n\tsrlz.d;;" ::: "memory");
    }
}

static void set_insert(u64 va, u64 ps, u64 key)
{
    collect(0);
    asm volatile("mov cr.ifa = %0\n\tmov cr.itir = %1;;"
                 :: "r"(va), "r"(ps << 2 | key << 8) : "memory");
}

void itc_d(u64 va, u64 pte, u64 ps, u64 key)
{
    set_insert(va, ps, key);
    asm volatile("itc.d %0;;\n\tsrlz.d;;" :: "r"(pte) : "memory");
    collect(1);
}

void itc_i(u64 va, u64 pte, u64 ps, u64 key)
{
    set_insert(va, ps, key);
    asm volatile("itc.i %0;;\n\tsrlz.i;;" :: "r"(pte) : "memory");
    collect(1);
}

void itr_d(u64 slot, u64 va, u64 pte, u64 ps, u64 key)
{
    set_insert(va, ps, key);
    asm volatile("itr.d dtr[%0] = %1;;\n\tsrlz.d;;" :: "r"(slot), "r"(pte)
                 : "memory");
    collect(1);
}

void ptc_l(u64 va, u64 ps)
{
    asm volatile("ptc.l %0, %1;;\n\tsrlz.i;;" :: "r"(va), "r"(ps << 2)
                 : "memory");
}

void ptc_e(void)
{
    asm volatile("ptc.e %0;;\n\tsrlz.i;;" :: "r"(0ul) : "memory");
}

static void power_off(void)
{
    volatile u16 *control = (volatile u16 *)PM1_CNT;

    *control = S5;
    for (;;) {
        /* the machine goes off */
    }
}

/* An interruption that no test waited for */
void unexpected(void)
{
    put("Bail out! vector ");
    put_hex(trap.vector);
    put(" iip ");
    put_hex(trap.iip);
    put(" isr ");
    put_hex(trap.isr);
    put(" ifa ");
    put_hex(trap.ifa);
    put("\n");
    power_off();
}

void test_main(void)
{
    /* Of a function pointer's two words the first is the address. */
    unexpected_ip = *(u64 *)unexpected;
    trap.resume = unexpected_ip;
    trap.resume_psr = KERNEL_PSR;
    test();
    put("1..");
    put_dec(checks);
    put("\n");
    power_off();
}

void __attribute__((weak)) ap_test(void)
{
}

void ap_main(void)
{
    ap_test();
    for (;;) {
        /* nothing more to do */
    }
}

asm(".text\n\t.global pipeline\n\t.proc pipeline\n"
    "pipeline:\n\t"
    "alloc r14 = ar.pfs, 3, 13, 0, 16\n\t"
    "mov r15 = ar.lc\n\tmov r16 = pr\n\t;;\n\t"
    "mov r17 = r32\n\tmov r18 = r33\n\tadds r19 = -1, r34\n\t;;\n\t"
    "mov ar.lc = r19\n\tmov ar.ec = 5\n\tmov pr.rot = 1 << 16\n\t;;\n"
    "1:\n\t"
    "(p16) ld8 r35 = [r18], 8\n\t"
    "(p18) setf.sig f40 = r37\n\t"
    "(p19) getf.sig r40 = f41\n\t;;\n\t"
    "(p20) st8 [r17] = r41, 8\n\t"
    "br.ctop.sptk 1b\n\t;;\n\t"
    "mov ar.lc = r15\n\tmov pr = r16, -1\n\tmov ar.pfs = r14\n\t;;\n\t"
    "br.ret.sptk b0\n\t;;\n\t.endp pipeline\n\t.previous");
