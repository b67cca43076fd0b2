/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Local SAPIC: acknowledge model, timer, halt, events for the firmware (C8) */

#include "system.h"
#include "hw/ia64/pal-msr.h"

#define PIB         0xfee00000ul
#define MASKED      0x10000ul
#define SPURIOUS    15

/* To CPU id, eid 0 */
static void ipi(unsigned id, unsigned mode, unsigned vector)
{
    volatile u64 *block = (volatile u64 *)PIB;

    block[(u64)id << 12 >> 3] = mode << 8 | vector;
    asm volatile("mf.a;;" ::: "memory");
}

static u64 ivr(void)
{
    return GET_CR(ivr);
}

static void eoi(void)
{
    SET_CR(eoi, 0);
}

static void spin(u64 ticks)
{
    u64 from = get_itc();

    while (get_itc() - from < ticks) {
        /* wait */
    }
}

static void acknowledge(void)
{
    check_eq(ivr(), SPURIOUS, "nothing pending: IVR is 15");
    ipi(0, 0, 0x31);
    ipi(0, 0, 0xe1);
    ipi(0, 0, 0x72);
    check_eq(GET_CR(irr0), 1ul << 0x31, "IRR0");
    check_eq(GET_CR(irr1), 1ul << (0x72 - 64), "IRR1");
    check_eq(GET_CR(irr3), 1ul << (0xe1 - 192), "IRR3");
    check_eq(ivr(), 0xe1, "the highest vector first");
    check_eq(ivr(), SPURIOUS, "lower ones wait while it is in service");
    ipi(0, 0, 0xe0);
    check_eq(ivr(), SPURIOUS, "  also in the same class");
    ipi(0, 0, 0xf0);
    check_eq(ivr(), 0xf0, "  a higher one does not");
    eoi();
    check_eq(ivr(), SPURIOUS, "EOI ends the higher one only");
    eoi();
    check_eq(ivr(), 0xe0, "then the others in order");
    eoi();
    check_eq(ivr(), 0x72, "  and so on");
    eoi();
    check_eq(ivr(), 0x31, "  and so on");
    eoi();
    check_eq(ivr(), SPURIOUS, "nothing is left");
    eoi();
    check_eq(GET_CR(irr0) | GET_CR(irr1) | GET_CR(irr2) | GET_CR(irr3), 0,
             "IRR is empty");

    SET_CR(tpr, 7 << 4);
    ipi(0, 0, 0x7f);
    check_eq(ivr(), SPURIOUS, "TPR.mic masks its class");
    ipi(0, 0, 0x80);
    check_eq(ivr(), 0x80, "  not the next one");
    eoi();
    SET_CR(tpr, MASKED);
    ipi(0, 0, 0xff);
    check_eq(ivr(), SPURIOUS, "TPR.mmi masks all");
    ipi(0, 4, 0x55);
    check_eq(ivr(), 2, "  but NMI, whatever its vector");
    ipi(0, 7, 0);
    SET_CR(tpr, 0);
    check_eq(ivr(), SPURIOUS, "NMI in service holds off ExtINT");
    eoi();
    check_eq(ivr(), 0, "ExtINT before the others");
    eoi();
    check_eq(ivr(), 0xff, "then 255");
    eoi();
    check_eq(ivr(), 0x7f, "then what TPR had masked");
    eoi();
    SET_CR(tpr, 0xf0);
    check_eq(GET_CR(tpr), 0xf0, "TPR reads back");
    SET_CR(tpr, 0x0f);
    check_eq(GET_CR(tpr), 0, "  bits 3:0 are ignored");
    ipi(0, 0, 5);
    check_eq(GET_CR(irr0), 0, "a reserved vector is dropped");
}

static void delivery(void)
{
    irq.count = 0;
    ipi(0, 0, 0x40);
    spin(1000);
    check_eq(irq.count, 0, "no interrupt with PSR.i = 0");
    irq_on();
    check_eq(irq.count, 1, "ssm psr.i takes it");
    check_eq(irq.vector[0], 0x40, "  vector");
    ipi(0, 0, 0x41);
    spin(100000);
    check_eq(irq.count, 2, "with PSR.i = 1 at once");
    SET_CR(tpr, 0x40);
    ipi(0, 0, 0x42);
    spin(100000);
    check_eq(irq.count, 2, "masked by TPR");
    SET_CR(tpr, 0);
    check_eq(irq.count, 3, "  until TPR lets it pass");
    irq_off();
}

static void timer(void)
{
    u64 t0, t1;

    irq.count = 0;
    SET_CR(itv, 0xef);
    irq_on();
    t0 = get_itc();
    SET_CR(itm, t0 - 1);
    spin(3000000);
    check_eq(irq.count, 0, "ITM in the past: nothing");
    t0 = get_itc() + 1500000;
    SET_CR(itm, t0);
    while (!irq.count && get_itc() - t0 + 1500000 < 3000000000ul) {
        /* wait */
    }
    t1 = get_itc();
    check_eq(irq.count, 1, "ITM ahead: one interrupt");
    check_eq(irq.vector[0], 0xef, "  its vector");
    check(t1 - t0 < 1500000000ul, "  not before its time");
    spin(3000000);
    check_eq(irq.count, 1, "  and no second one");

    SET_CR(itv, MASKED | 0xef);
    SET_CR(itm, get_itc() + 300000);
    spin(3000000);
    SET_CR(itv, 0xef);
    spin(300000);
    check_eq(irq.count, 1, "a match while masked is forgotten");
    irq_off();
    SET_CR(itm, get_itc() + 300000);
    spin(30000000);
    check_eq(irq.count, 1, "a match with PSR.i = 0 ...");
    irq_on();
    check_eq(irq.count, 2, "  ... is taken later");
    irq_off();
    asm volatile("mov ar.itc = %0;;" :: "r"(0x123456789000ul));
    check(get_itc() - 0x123456789000ul < 1500000000ul, "ar.itc is writable");
}

/* ITM beyond the wrap-around of ITC, and one that is ITC's own value */
static void timer_wraps(void)
{
    u64 from = -2000000ul, limit;

    SET_CR(itv, 0xef);
    irq.count = 0;
    SET_CR(itm, 0x8000000000000000ul);
    asm volatile("mov ar.itc = %0;;" :: "r"(from));
    SET_CR(itm, 1000000);
    check_eq(GET_CR(irr3), 0, "ITM after the wrap-around: not yet");
    irq_on();
    for (limit = 0; !irq.count && limit < 100000000; limit++) {
        /* wait */
    }
    irq_off();
    check_eq(irq.count, 1, "  but then");
    check(get_itc() < 0x8000000000000000ul && get_itc() >= 1000000,
          "  ar.itc has wrapped");
    /* Present: it may match or not, but not twice, and not be lost later. */
    irq_on();
    SET_CR(itm, get_itc());
    spin(300000);
    check(irq.count <= 2, "ITM at this very tick: at most one");
    irq.count = 0;
    SET_CR(itm, get_itc() + 300000);
    for (limit = 0; !irq.count && limit < 100000000; limit++) {
        /* wait */
    }
    check_eq(irq.count, 1, "  the next one comes");
    irq_off();
    asm volatile("mov ar.itc = %0;;" :: "r"(0x123456789000ul));
}

/* What matches while the timer's interrupt is in service waits for EOI */
static void timer_in_service(void)
{
    u64 bit = 1ul << (0xef - 192);

    SET_CR(itv, 0xef);
    SET_CR(itm, get_itc() + 300000);
    spin(300000);
    check_eq(GET_CR(irr3), bit, "a match shows in IRR at once");
    check_eq(ivr(), 0xef, "  and is acknowledged");
    SET_CR(itm, get_itc() + 300000);
    spin(300000);
    check_eq(GET_CR(irr3), bit, "a match while in service shows in IRR");
    check_eq(ivr(), SPURIOUS, "  but has to wait");
    eoi();
    check_eq(ivr(), 0xef, "  for EOI");
    SET_CR(itm, get_itc() + 300000);
    spin(300000);
    SET_CR(itm, get_itc() - 1);
    eoi();
    check_eq(ivr(), 0xef, "  and is not lost by an ITM in the past");
    SET_CR(itm, get_itc() + 300000);
    spin(300000);
    SET_CR(itm, get_itc() + 3000000000ul);
    eoi();
    check_eq(ivr(), SPURIOUS, "an ITM ahead takes its place");
    check_eq(GET_CR(irr3), 0, "  in IRR, too");
    SET_CR(itm, get_itc() + 300000);
    spin(300000);
    SET_CR(itm, get_itc() + 3000000000ul);
    check_eq(ivr(), 0xef, "not so one that is not in service");
    eoi();
    SET_CR(itm, get_itc() - 1);
}

static void halt(void)
{
    u64 t0;

    irq.count = 0;
    irq_off();
    t0 = get_itc();
    SET_CR(itm, t0 + 15000000);
    asm volatile("vmsw.0;;" ::: "memory");
    check(get_itc() - t0 >= 15000000, "halt lasts until the timer");
    check_eq(irq.count, 0, "  which is still pending, PSR.i = 0");
    check_eq(GET_CR(irr3) >> (0xef - 192) & 1, 1, "  in IRR");
    asm volatile("vmsw.0;;" ::: "memory");
    check(1, "halt with an interrupt pending returns");
    irq_on();
    check_eq(irq.count, 1, "  and it is delivered");
    irq_off();
    SET_CR(itv, MASKED);
}

/* -------------------------------------------------------------------- */

#define SET_MSR(n, v) \
    asm volatile("mov msr[%0] = %1;;" :: "r"((u64)(n)), "r"((u64)(v)))

/*
 * Entries of the firmware: note IIP, IPSR, XIP and PSR, go on where it was,
 * with IIP as the interrupted handler had it.
 */
extern char entries[];
volatile u64 event[8];

asm(".text\n\t.align 256\n"
    "entries:\n\t"
    "mov r16 = 1\n\tbr.sptk event_common\n\t;;\n\t"
    ".org entries + 0x100\n\t"
    "mov r16 = 2\n\tbr.sptk event_common\n\t;;\n\t"
    ".org entries + 0x200\n\t"
    "mov r16 = 3\n\tbr.sptk event_common\n\t;;\n"
    "event_common:\n\t"
    "mov r17 = psr\n\tmovl r18 = event\n\t;;\n\t"
    "st8 [r18] = r16, 8\n\tmov r19 = cr.iip\n\t;;\n\t"
    "st8 [r18] = r19, 8\n\tmov r19 = cr.ipsr\n\t;;\n\t"
    "st8 [r18] = r19, 8\n\tmov r20 = 0\n\t;;\n\t"
    "mov r19 = msr[r20]\n\t;;\n\t"
    "st8 [r18] = r19, 8\n\tmov r20 = 4\n\tmov r21 = 1\n\t;;\n\t"
    "st8 [r18] = r17, 8\n\t"
    "mov msr[r20] = r21\n\t;;\n\t"
    "rfi\n\t;;\n\t.previous");

static void events(void)
{
    u64 iip;

    SET_MSR(IA64_MSR_ENTRY, (u64)entries);
    asm volatile("rsm psr.ic;; srlz.d;; mov cr.iip = %0;;"
                 "ssm psr.ic;; srlz.d;;" :: "r"(0x4440ul));
    event[0] = 0;
    ipi(0, 5, 0);
    spin(1000000);
    check_eq(event[0], 2, "INIT enters the firmware");
    check_eq(event[2] & (KERNEL_PSR | PSR_I), KERNEL_PSR, "  IPSR");
    check(event[1] >= 0x1000000 && event[1] < 0x1100000, "  IIP");
    check_eq(event[3], 0x4440, "  XIP is the IIP before");
    check_eq(event[4], 1ul << 35, "  PSR: physical, mc");
    asm volatile("rsm psr.ic;; srlz.d;; mov %0 = cr.iip;;"
                 "ssm psr.ic;; srlz.d;;" : "=r"(iip));
    check_eq(iip, 0x4440, "  which rfi restores");

    event[0] = 0;
    asm volatile("rsm psr.ic;; srlz.d;;" ::: "memory");
    ipi(0, 2, 3);
    spin(1000000);
    check_eq(event[0], 0, "PMI waits for PSR.ic");
    asm volatile("ssm psr.ic;; srlz.d;;" ::: "memory");
    spin(1000000);
    check_eq(event[0], 3, "PMI enters the firmware");
    asm volatile("mov %0 = msr[%1];;" : "=r"(iip)
                 : "r"((u64)IA64_MSR_PMI));
    check_eq(iip, 3, "  its vector");
}

void test(void)
{
    acknowledge();
    delivery();
    timer();
    timer_in_service();
    timer_wraps();
    halt();
    events();
}
