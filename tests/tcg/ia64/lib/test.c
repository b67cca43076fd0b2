/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare-metal tests of the ia64 target: results to the first UART */

#include "test.h"

/* include/hw/ia64/zx1-fw.h; bit 63: uncacheable */
#define UART0       0x80000000ff5e0000ul
#define UART_LSR    5
#define PM1_CNT     0x80000000ff5c100cul
#define PM1_CNT_S5  0x3400

void unexpected_fault(void) __attribute__((noreturn));

/* volatile: written by the handlers */
volatile struct fault fault;
static unsigned tests;
static bool failed;
static const char *current = "";

static void put_char(char c)
{
    /* volatile: a device */
    volatile uint8_t *uart = (volatile uint8_t *)UART0;

    while (!(uart[UART_LSR] & 0x20)) {
        /* transmitter is busy */
    }
    uart[0] = c;
}

void put_string(const char *s)
{
    while (*s) {
        put_char(*s++);
    }
}

void put_hex(uint64_t v)
{
    put_string("0x");
    for (int i = 60; i >= 0; i -= 4) {
        put_char("0123456789abcdef"[(v >> i) & 15]);
    }
}

static void put_dec(unsigned v)
{
    static const unsigned powers[] = { 10000, 1000, 100, 10, 1 };
    bool lead = 1;

    for (unsigned i = 0; i < ARRAY_SIZE(powers); i++) {
        char c = '0';

        while (v >= powers[i]) {
            v -= powers[i];
            c++;
        }
        if (c != '0' || !lead || powers[i] == 1) {
            put_char(c);
            lead = 0;
        }
    }
}

void test_note(const char *what, uint64_t value)
{
    put_string("# ");
    put_string(what);
    put_string(" ");
    put_hex(value);
    put_string("\n");
}

void test_begin(const char *name)
{
    current = name;
    failed = 0;
}

void test_eq(const char *what, uint64_t got, uint64_t want)
{
    if (got == want) {
        return;
    }
    failed = 1;
    put_string("# ");
    put_string(what);
    put_string(": ");
    put_hex(got);
    put_string(", expected ");
    put_hex(want);
    put_string("\n");
}

void test_end(void)
{
    put_string(failed ? "not ok " : "ok ");
    put_dec(++tests);
    put_string(" - ");
    put_string(current);
    put_string("\n");
    current = "after it";
}

static void power_off(void) __attribute__((noreturn));

static void power_off(void)
{
    for (;;) {
        /* volatile: a device */
        *(volatile uint16_t *)PM1_CNT = PM1_CNT_S5;
    }
}

void test_finish(void)
{
#ifdef LIVE_NAT
    uint64_t nat = 0;

    test_begin("the NaT of start.S is still there");
    asm volatile("tnat.nz p6, p7 = r13;; (p6) mov %0 = 1"
                 : "+r"(nat) : : "p6", "p7");
    test_eq("r13", nat, 1);
    test_end();
#endif
    put_string("1..");
    put_dec(tests);
    put_string("\n");
    power_off();
}

void unexpected_fault(void)
{
    put_string("Bail out! ");
    put_string(current);
    put_string(": unexpected interruption\n");
    test_note("vector", fault.vector);
    test_note("isr", fault.isr);
    test_note("ipsr", fault.ipsr);
    test_note("iip", fault.iip);
    test_note("iipa", fault.iipa);
    test_note("ifa", fault.ifa);
    test_note("iim", fault.iim);
    power_off();
}

void fault_check(const char *what, uint64_t vector, uint64_t isr)
{
    fault.expected = 0;
    if (fault.count != 1) {
        test_eq(what, fault.count, 1);
        return;
    }
    test_eq(what, fault.vector, vector);
    test_eq(what, fault.isr & ~ISR_EI, isr);
}
