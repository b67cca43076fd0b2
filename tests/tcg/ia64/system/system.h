/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare programs for the system tests: see start.S for the address space */

#ifndef SYSTEM_H
#define SYSTEM_H

/* PSR bits */
#define PSR_BE      (1ul << 1)
#define PSR_AC      (1ul << 3)
#define PSR_MFL     (1ul << 4)
#define PSR_MFH     (1ul << 5)
#define PSR_IC      (1ul << 13)
#define PSR_I       (1ul << 14)
#define PSR_PK      (1ul << 15)
#define PSR_DT      (1ul << 17)
#define PSR_DFL     (1ul << 18)
#define PSR_DFH     (1ul << 19)
#define PSR_DB      (1ul << 24)
#define PSR_LP      (1ul << 25)
#define PSR_TB      (1ul << 26)
#define PSR_RT      (1ul << 27)
#define PSR_CPL(n)  ((u64)(n) << 32)
#define PSR_IT      (1ul << 36)
#define PSR_ID      (1ul << 37)
#define PSR_DA      (1ul << 38)
#define PSR_DD      (1ul << 39)
#define PSR_SS      (1ul << 40)
#define PSR_RI(n)   ((u64)(n) << 41)
#define PSR_ED      (1ul << 43)
#define PSR_BN      (1ul << 44)
#define PSR_IA      (1ul << 45)

/* ISR bits */
#define ISR_X       (1ul << 32)
#define ISR_W       (1ul << 33)
#define ISR_R       (1ul << 34)
#define ISR_NA      (1ul << 35)
#define ISR_SP      (1ul << 36)
#define ISR_NI      (1ul << 39)
#define ISR_EI(n)   ((u64)(n) << 41)
#define ISR_ED      (1ul << 43)
#define ISR_EI_MASK (3ul << 41)

/* Page table entries */
#define PTE_P       1ul
#define PTE_MA(n)   ((u64)(n) << 2)
#define PTE_A       (1ul << 5)
#define PTE_D       (1ul << 6)
#define PTE_PL(n)   ((u64)(n) << 7)
#define PTE_AR(n)   ((u64)(n) << 9)
#define PTE_ED      (1ul << 52)
#define PTE_OK      (PTE_P | PTE_A | PTE_D)

#ifndef __ASSEMBLER__

typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

#define KERNEL_PSR  (PSR_IC | PSR_DT | PSR_RT | PSR_IT | PSR_BN)
#define REGION(n)   ((u64)(n) << 61)

/* Where the vectors leave what they saw; start.S knows the layout. */
struct trap {
    u64 count, vector, isr, ipsr, iip, iipa, ifa, itir, iim, iha, ifs, psr;
    u64 resume, resume_psr;
};

extern volatile struct trap trap;
/* Where interruptions go that no test waits for */
extern u64 unexpected_ip;

/* With a pte, data misses are mapped to it and noted here; then tried again */
struct mapping {
    u64 pte, count, isr, iip, iipa, ifa;
};

extern volatile struct mapping mapping;

/*
 * Traps of this vector are noted here, and execution goes on, PSR.lp, tb and
 * ss cleared; -1: none
 */
struct passing {
    u64 vector, count, isr, ipsr, iip, iipa;
};

extern volatile struct passing passing;

/* External interrupts; with a period each arms the timer for the next. */
struct irq {
    u64 count;
    u64 period;
    u64 vector[64];
};

extern volatile struct irq irq;

/*
 * Continues at ip with psr, r8 and r9 until an interruption, which is in trap
 * then; returns r8.
 */
u64 go(u64 ip, u64 psr, u64 r8, u64 r9);

/* Code given as assembler text: its address, to be reached through go() */
#define CODE(name, text) \
    extern char name[]; \
    asm(".text\n\t.align 32\n" #name ":\n" text "\n\t.previous")
#define ADDR(code)  ((u64)(code))
/* The same code as seen by user mode */
#define USER(code)  (REGION(1) | (u64)(code))
#define USER_PSR    (KERNEL_PSR | PSR_CPL(3))

/*
 * One instruction (or several) run with r8, r9 and r10 given; r8 comes back.
 * trap.count says whether it was interrupted.
 */
#define RUN(text, r8, r9, r10) ({ \
    register u64 _r8 asm("r8") = (u64)(r8); \
    register u64 _r9 asm("r9") = (u64)(r9); \
    register u64 _r10 asm("r10") = (u64)(r10); \
    trap.count = 0; \
    trap.vector = trap.isr = trap.ifa = trap.itir = trap.iim = -1; \
    trap.iha = trap.iipa = -1; \
    trap.resume_psr = KERNEL_PSR; \
    asm volatile("movl r11 = 9f\n\t;;\n\tst8 [%3] = r11\n\t;;\n\t" \
                 text "\n\t;;\n\t.align 16\n9:" \
                 : "+r"(_r8), "+r"(_r9), "+r"(_r10) \
                 : "r"(&trap.resume) \
                 : "r11", "r14", "r15", "p6", "p7", "b6", "f6", "f7", \
                   "memory"); \
    trap.resume = unexpected_ip; \
    _r8; })

static inline u64 get_itc(void)
{
    u64 v;

    asm volatile("mov %0 = ar.itc" : "=r"(v));
    return v;
}

#define GET_CR(name) ({ u64 _v; \
    asm volatile("mov %0 = cr." #name ";;" : "=r"(_v)); _v; })
#define SET_CR(name, val) \
    asm volatile("mov cr." #name " = %0;;\n\tsrlz.d;;" \
                 :: "r"((u64)(val)) : "memory")
#define SET_RR(region, val) \
    asm volatile("mov rr[%0] = %1;;\n\tsrlz.d;;" \
                 :: "r"(REGION(region)), "r"((u64)(val)) : "memory")
#define SET_PKR(n, val) \
    asm volatile("mov pkr[%0] = %1;;\n\tsrlz.d;;" \
                 :: "r"((u64)(n)), "r"((u64)(val)) : "memory")

static inline u64 thash(u64 va)
{
    u64 v;

    asm volatile("thash %0 = %1;;" : "=r"(v) : "r"(va));
    return v;
}

static inline u64 ttag(u64 va)
{
    u64 v;

    asm volatile("ttag %0 = %1;;" : "=r"(v) : "r"(va));
    return v;
}

/* Translation inserts and purges; ps is log2 of the size */
void itc_d(u64 va, u64 pte, u64 ps, u64 key);
void itc_i(u64 va, u64 pte, u64 ps, u64 key);
void itr_d(u64 slot, u64 va, u64 pte, u64 ps, u64 key);
void ptc_l(u64 va, u64 ps);
void ptc_e(void);

/* Interrupts on and off at the processor */
static inline void irq_on(void)
{
    asm volatile("ssm psr.i;;\n\tsrlz.d;;" ::: "memory");
}

static inline void irq_off(void)
{
    asm volatile("rsm psr.i;;" ::: "memory");
}

/* Results, as the Test Anything Protocol; name is a printf-less string */
void check(int good, const char *name);
/* Equal? Prints both values if not. */
void check_eq(u64 got, u64 want, const char *name);
void put(const char *s);
void put_hex(u64 v);

/* Copies @n words in a pipelined loop with rotating GRs, FRs and predicates */
void pipeline(u64 *dst, u64 *src, u64 n);

/* The test program */
void test(void);
void ap_test(void);

#else

#define KERNEL_PSR  ((1 << 13) | (1 << 17) | (1 << 27) | (1 << 36) | (1 << 44))

#endif
#endif
