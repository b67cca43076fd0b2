/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several processors: IPIs, halt and TPR (C8), purges that reach the others
 * (C7), a VHPT for each (C5).
 * Runs with -smp 4.
 */

#include "system.h"

#define PIB         0xfee00000ul
#define CPUS        4
#define VA          (REGION(3) | 0x1000000ul)
#define RID         0x103ul

static volatile u64 here[CPUS], go_on[CPUS], result[CPUS], ready;
static u64 pages[2][2048] __attribute__((aligned(16384)));
static volatile u64 woken, walked[CPUS];
static u64 tables[CPUS][4096] __attribute__((aligned(32768)));
static u64 own[CPUS][2048] __attribute__((aligned(16384)));
#define SHARED_VA   (REGION(6) | 0x44440000ul)

static u64 self(void)
{
    return GET_CR(lid) >> 24 & 0xff;
}

static void ipi(unsigned id, unsigned vector)
{
    *(volatile u64 *)(PIB | (u64)id << 12) = vector;
    asm volatile("mf.a;;" ::: "memory");
}

static u64 add(volatile u64 *p)
{
    u64 v;

    asm volatile("fetchadd8.acq %0 = [%1], 1;;" : "=r"(v) : "r"(p)
                 : "memory");
    return v;
}

static void trans(unsigned n)
{
    itc_d(VA, (u64)pages[n] | 0x461 | 1ul << 5, 14, RID);
}

/* The same address through a long-format VHPT of its own */
static u64 walk(u64 id)
{
    volatile u64 *entry;

    SET_RR(6, 0x777ul << 8 | 14 << 2 | 1);
    SET_CR(pta, (u64)tables[id] | 1 << 8 | 15 << 2 | 1);
    own[id][3] = 100 + id;
    entry = (u64 *)thash(SHARED_VA);
    entry[0] = (u64)own[id] | PTE_OK | PTE_AR(2);
    entry[1] = 14 << 2;
    entry[2] = ttag(SHARED_VA);
    asm volatile("mf;;" ::: "memory");
    return *(volatile u64 *)(SHARED_VA + 24);
}

/* Reads VA until it shows the second page; the trap handler maps it. */
void ap_test(void)
{
    u64 id = self();

    walked[id] = walk(id);
    if (id == 3) {
        SET_CR(tpr, 0x50);
    }
    here[id] = 1;
    if (id == 3) {
        /* Halted until the IPI, with PSR.i = 0 */
        asm volatile("vmsw.0;;" ::: "memory");
        result[3] = GET_CR(ivr);
        SET_CR(eoi, 0);
        add(&woken);
        SET_CR(tpr, 0);
        result[0] = GET_CR(ivr);
        SET_CR(eoi, 0);
        add(&woken);
        return;
    }
    while (!ready) {
        /* until the page has its contents */
    }
    trans(0);
    go_on[id] = 1;
    while (*(volatile u64 *)VA == 1) {
        /* until somebody purges it: the next access is a miss */
    }
}

static u64 wait_for(volatile u64 *p, u64 want)
{
    for (u64 i = 0; i < 2000000000ul && *p != want; i++) {
        /* wait */
    }
    return *p;
}

/* Where the misses of the other processors go */
static void ap_missed(void)
{
    result[self()] = trap.ifa;
    add(&woken);
    for (;;) {
        /* done */
    }
}

void test(void)
{
    pages[0][0] = 1;
    pages[1][0] = 2;
    ready = 1;
    for (unsigned i = 1; i < CPUS; i++) {
        check_eq(wait_for(&here[i], 1), 1, "a processor is there");
    }
    check_eq(wait_for(&go_on[1], 1), 1, "processor 1 reads the page");
    check_eq(wait_for(&go_on[2], 1), 1, "processor 2 reads the page");
    for (unsigned i = 1; i < CPUS; i++) {
        check_eq(walked[i], 100 + i, "a processor walks its own VHPT");
    }
    ipi(3, 0x55);
    for (u64 from = get_itc(); get_itc() - from < 30000000;) {
        /* 20 ms */
    }
    check_eq(woken, 0, "a vector that TPR masks does not end the halt");
    ipi(3, 0x61);
    check_eq(wait_for(&woken, 2), 2, "a higher one does");
    check_eq(result[3], 0x61, "  by the vector sent");
    check_eq(result[0], 0x55, "  the other one waits for TPR");
    woken = 0;
    asm volatile("mf;;" ::: "memory");

    trap.resume = *(u64 *)ap_missed;
    trans(0);
    check_eq(*(volatile u64 *)VA, 1, "processor 0 reads it too");
    asm volatile("ptc.ga %0, %1;;\n\tsrlz.i;;" :: "r"(VA), "r"(14ul << 2)
                 : "memory");
    check_eq(wait_for(&woken, 2), 2, "ptc.ga reaches the others");
    check_eq(result[1], VA, "  processor 1 missed there");
    check_eq(result[2], VA, "  processor 2 too");
    trap.resume = unexpected_ip;
    RUN("ld8 r8 = [r9]", 0, VA, 0);
    check_eq(trap.vector, 0x1000, "  and so does this one");
}
