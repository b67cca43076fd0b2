/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bare-metal tests of the ia64 target
 *
 * A program has test_main(), which runs in physical mode at privilege level 0
 * with PSR.ic set.  A test is what stands between test_begin() and test_end(),
 * and gives one line of the Test Anything Protocol.
 */

#ifndef TEST_H
#define TEST_H

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef long int64_t;
typedef _Bool bool;

#define ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))

void test_main(void);
/*
 * With several processors (at most 4) the others come here.  Faults and
 * results are for the first one only.
 */
void test_other(uint64_t cpu);

void test_begin(const char *name);
/* Notes a failure, with the values, unless got == want. */
void test_eq(const char *what, uint64_t got, uint64_t want);
void test_end(void);
/* The lines "ok" and plan, then power off */
void test_finish(void) __attribute__((noreturn));
/* A line that is not part of the protocol, with a number */
void test_note(const char *what, uint64_t value);
void put_string(const char *s);
void put_hex(uint64_t v);

/* What the handlers note, see ivt.S for the order */
struct fault {
    uint64_t vector, isr, ipsr, iip, ifa, itir, iha, iim, iipa, ifs;
    uint64_t count;         /* interruptions so far */
    uint64_t expected;      /* how many are in order */
    uint64_t resume;        /* where to go on, 0: next instruction */
    uint64_t retry;         /* if not 0: go on where it was, with this in PSR */
};

/* volatile: written by the handlers */
extern volatile struct fault fault;
extern uint64_t external_hook;

enum {
    VEC_VHPT = 0x0000, VEC_ITLB = 0x0400, VEC_DTLB = 0x0800,
    VEC_ALT_ITLB = 0x0c00, VEC_ALT_DTLB = 0x1000, VEC_NESTED = 0x1400,
    VEC_IKEY_MISS = 0x1800, VEC_DKEY_MISS = 0x1c00, VEC_DIRTY = 0x2000,
    VEC_IACCESS = 0x2400, VEC_DACCESS = 0x2800, VEC_BREAK = 0x2c00,
    VEC_EXTINT = 0x3000, VEC_PAGE_NP = 0x5000, VEC_KEY_PERM = 0x5100,
    VEC_IRIGHTS = 0x5200, VEC_DRIGHTS = 0x5300, VEC_GENEX = 0x5400,
    VEC_DISABLED_FP = 0x5500, VEC_NAT = 0x5600, VEC_SPECULATION = 0x5700,
    VEC_DEBUG = 0x5900, VEC_UNALIGNED = 0x5a00, VEC_UNSUPPORTED = 0x5b00,
    VEC_FP_FAULT = 0x5c00, VEC_FP_TRAP = 0x5d00, VEC_LP_TRANSFER = 0x5e00,
    VEC_TAKEN_BRANCH = 0x5f00, VEC_SINGLE_STEP = 0x6000,
};

#define ISR_X           (1ul << 32)
#define ISR_W           (1ul << 33)
#define ISR_R           (1ul << 34)
#define ISR_NA          (1ul << 35)
#define ISR_SP          (1ul << 36)
#define ISR_RS          (1ul << 37)
#define ISR_IR          (1ul << 38)
#define ISR_NI          (1ul << 39)
#define ISR_ED          (1ul << 43)
#define ISR_EI          (3ul << 41)

#define PSR_BE          (1ul << 1)
#define PSR_AC          (1ul << 3)
#define PSR_MFL         (1ul << 4)
#define PSR_MFH         (1ul << 5)
#define PSR_DFL         (1ul << 18)
#define PSR_DFH         (1ul << 19)

/* Lets the next interruptions (at most @n) skip their instruction. */
static inline void fault_expect(uint64_t n)
{
    fault.vector = ~0ul;
    fault.count = 0;
    fault.resume = 0;
    fault.retry = 0;
    fault.expected = n;
    asm volatile("" : : : "memory");
}

/* Checks that there was exactly one, with that vector and ISR (ei aside). */
void fault_check(const char *what, uint64_t vector, uint64_t isr);

/* A function in assembler: arguments in r32 and r33, results in r8 and r9 */
struct pair {
    uint64_t a, b;
};

#define ASM_FUNCTION(name, code) \
    extern struct pair name(uint64_t a, uint64_t b); \
    asm(".text\n.global " #name "\n.proc " #name "\n" #name ":\n" code \
        ".endp " #name "\n");

/* Runs a statement, mostly an asm volatile, that has to fault. */
#define FAULTS(what, vector, isr, statement) do { \
        fault_expect(1); \
        statement; \
        fault_check(what, vector, isr); \
    } while (0)

/* One that is run again after the fault, with @psr ORed into PSR */
#define RETRIES(what, vector, isr, psr, statement) do { \
        fault_expect(1); \
        fault.retry = psr; \
        statement; \
        fault_check(what, vector, isr); \
    } while (0)

/* And one that must not */
#define NO_FAULT(what, statement) do { \
        fault_expect(1); \
        statement; \
        fault.expected = 0; \
        test_eq(what ": faults", fault.count, 0); \
    } while (0)

#endif
