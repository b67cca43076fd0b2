/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semaphores: xchg, cmpxchg, fetchadd */

#include "test.h"

static uint64_t buf[4] __attribute__((aligned(32)));

#define PATTERN     0x8192a3b4c5d6e7f8ul
#define NEW         0x0123456789abcdeful
#define MASK(size)  (~0ul >> (64 - 8 * (size)))
#define RW          (ISR_R | ISR_W)

#define XCHG(size) do { \
        uint64_t v; \
        buf[1] = PATTERN; \
        asm volatile("xchg" #size " %0 = [%1], %2" \
                     : "=r"(v) : "r"(buf + 1), "r"(NEW) : "memory"); \
        test_eq("xchg" #size, v, PATTERN & MASK(size)); \
        test_eq("xchg" #size ": memory", buf[1], \
                (PATTERN & ~MASK(size)) | (NEW & MASK(size))); \
    } while (0)

#define CMPXCHG(size, order, ccv, equal) do { \
        uint64_t v; \
        buf[1] = PATTERN; \
        asm volatile("mov ar.ccv = %3;;\n" \
                     "cmpxchg" #size order " %0 = [%1], %2, ar.ccv" \
                     : "=r"(v) : "r"(buf + 1), "r"(NEW), "r"(ccv) \
                     : "memory"); \
        test_eq("cmpxchg" #size order, v, PATTERN & MASK(size)); \
        test_eq("cmpxchg" #size order ": memory", buf[1], equal \
                ? (PATTERN & ~MASK(size)) | (NEW & MASK(size)) : PATTERN); \
    } while (0)

#define FETCHADD(size, order, inc) do { \
        uint64_t v; \
        buf[1] = PATTERN; \
        asm volatile("fetchadd" #size order " %0 = [%1], " #inc \
                     : "=r"(v) : "r"(buf + 1) : "memory"); \
        test_eq("fetchadd" #size order " " #inc, v, PATTERN & MASK(size)); \
        test_eq("fetchadd" #size order " " #inc ": memory", buf[1], \
                (PATTERN & ~MASK(size)) | \
                ((PATTERN + (inc)) & MASK(size))); \
    } while (0)

#define FETCHADDS(inc) do { \
        FETCHADD(4, ".acq", inc); \
        FETCHADD(8, ".rel", inc); \
        FETCHADD(4, ".rel", -inc); \
        FETCHADD(8, ".acq", -inc); \
    } while (0)

static void test_values(void)
{
    test_begin("xchg");
    XCHG(1);
    XCHG(2);
    XCHG(4);
    XCHG(8);
    test_end();

    test_begin("cmpxchg");
    CMPXCHG(1, ".acq", PATTERN & 0xff, 1);
    CMPXCHG(2, ".acq", PATTERN & 0xffff, 1);
    CMPXCHG(4, ".rel", PATTERN & 0xffffffff, 1);
    CMPXCHG(8, ".rel", PATTERN, 1);
    CMPXCHG(1, ".rel", 0, 0);
    CMPXCHG(2, ".rel", 0xe7f9, 0);
    CMPXCHG(4, ".acq", 0, 0);
    CMPXCHG(8, ".acq", PATTERN ^ 1ul << 63, 0);
    test_end();

    test_begin("cmpxchg compares with all of CCV");
    CMPXCHG(1, ".acq", PATTERN, 0);
    CMPXCHG(2, ".acq", (PATTERN & 0xffff) | 0x10000, 0);
    CMPXCHG(4, ".acq", (PATTERN & 0xffffffff) | 1ul << 63, 0);
    test_end();

    test_begin("fetchadd");
    FETCHADDS(1);
    FETCHADDS(4);
    FETCHADDS(8);
    FETCHADDS(16);
    test_end();
}

static void test_big_endian(void)
{
    uint64_t v, w;

    test_begin("big-endian semaphores");
    buf[1] = 0x00000000000000ff;
    asm volatile("sum 2;; srlz.d;; fetchadd8.acq %0 = [%1], 1;;"
                 "rum 2;; srlz.d" : "=&r"(v) : "r"(buf + 1) : "memory");
    test_eq("fetchadd8", v, 0xff00000000000000);
    test_eq("memory", buf[1], 0x01000000000000ff);
    buf[1] = 0x1122334455667788;
    asm volatile("mov ar.ccv = %2;; sum 2;; srlz.d;;"
                 "cmpxchg4.acq %0 = [%1], %3, ar.ccv;; rum 2;; srlz.d"
                 : "=&r"(v)
                 : "r"(buf + 1), "r"(0x88776655ul), "r"(NEW) : "memory");
    test_eq("cmpxchg4", v, 0x88776655);
    test_eq("cmpxchg4: memory", buf[1], 0x11223344efcdab89);
    asm volatile("sum 2;; srlz.d;; xchg2 %0 = [%1], %2;; rum 2;; srlz.d"
                 : "=&r"(w) : "r"(buf + 1), "r"(0x1234) : "memory");
    test_eq("xchg2", w, 0x89ab);
    test_eq("xchg2: memory", buf[1], 0x11223344efcd3412);
    test_end();
}

static void test_faults(void)
{
    uint64_t v = 5, p = (uint64_t)buf + 1;

    test_begin("faults of semaphores");
    buf[0] = PATTERN;
    FAULTS("xchg2", VEC_UNALIGNED, RW,
           asm volatile("xchg2 %0 = [%1], r0" : "+r"(v) : "r"(p) : "memory"));
    test_eq("ifa", fault.ifa, p);
    FAULTS("cmpxchg8", VEC_UNALIGNED, RW,
           asm volatile("cmpxchg8.acq %0 = [%1], r0, ar.ccv"
                        : "+r"(v) : "r"(p) : "memory"));
    FAULTS("fetchadd4", VEC_UNALIGNED, RW,
           asm volatile("fetchadd4.rel %0 = [%1], 1"
                        : "+r"(v) : "r"(p + 1) : "memory"));
    NO_FAULT("xchg1", asm volatile("xchg1 %0 = [%1], r0"
                                   : "=r"(v) : "r"(p) : "memory"));
    test_eq("xchg1", v, (PATTERN >> 8) & 0xff);
    /* Uncacheable by bit 63 of the physical address */
    p = (uint64_t)buf | 1ul << 63;
    FAULTS("xchg8 UC", VEC_UNSUPPORTED, RW,
           asm volatile("xchg8 %0 = [%1], r0" : "+r"(v) : "r"(p) : "memory"));
    FAULTS("fetchadd8 UC", VEC_UNSUPPORTED, RW,
           asm volatile("fetchadd8.acq %0 = [%1], 1"
                        : "+r"(v) : "r"(p) : "memory"));
    FAULTS("target r0", VEC_GENEX, 0,
           asm volatile("xchg8 r0 = [%0], r0" : : "r"(buf) : "memory"));
    FAULTS("ld16 without the feature", VEC_GENEX, 0,
           asm volatile("ld16 %0, ar.csd = [%1]" : "+r"(v) : "r"(buf)));
    FAULTS("st16 without the feature", VEC_GENEX, 0,
           asm volatile("st16 [%0] = r0, ar.csd" : : "r"(buf) : "memory"));
    FAULTS("cmp8xchg16 without the feature", VEC_GENEX, 0,
           asm volatile("cmp8xchg16.acq %0 = [%1], r0, ar.csd, ar.ccv"
                        : "+r"(v) : "r"(buf) : "memory"));
    asm volatile("cmp.ne p6, p7 = r0, r0;; (p6) xchg8 r14 = [%0], r0"
                 : : "r"(3) : "r14", "p6", "p7");
    test_end();
}

void test_main(void)
{
    test_values();
    test_big_endian();
    test_faults();
}
