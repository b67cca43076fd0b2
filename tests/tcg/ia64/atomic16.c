/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 16-byte accesses, which Montecito has: ld16, st16, cmp8xchg16 */

#include "test.h"

static uint64_t buf[4] __attribute__((aligned(32)));

#define A       0x8192a3b4c5d6e7f8ul
#define B       0x1122334455667788ul
#define NEW     0x0123456789abcdeful
#define CSD     0xfedcba9876543210ul

static uint64_t get_csd(void)
{
    uint64_t v;

    asm volatile("mov %0 = ar.csd" : "=r"(v) : : "memory");
    return v;
}

static void test_ld16(void)
{
    uint64_t v;

    test_begin("ld16, st16");
    buf[0] = A;
    buf[1] = B;
    asm volatile("ld16 %0, ar.csd = [%1]" : "=r"(v) : "r"(buf) : "memory");
    test_eq("ld16", v, A);
    test_eq("ld16: csd", get_csd(), B);
    asm volatile("mov ar.csd = %2;; st16 [%0] = %1, ar.csd"
                 : : "r"(buf + 2), "r"(NEW), "r"(CSD) : "memory");
    test_eq("st16", buf[2], NEW);
    test_eq("st16: second", buf[3], CSD);
    asm volatile("ld16.acq %0, ar.csd = [%1]"
                 : "=r"(v) : "r"(buf + 2) : "memory");
    test_eq("ld16.acq", v, NEW);
    asm volatile("sum 2;; srlz.d;; ld16 %0, ar.csd = [%1];;\n"
                 "st16.rel [%2] = %0, ar.csd;; rum 2;; srlz.d"
                 : "=&r"(v) : "r"(buf), "r"(buf + 2) : "memory");
    test_eq("big-endian ld16", v, __builtin_bswap64(A));
    test_eq("big-endian ld16: csd", get_csd(), __builtin_bswap64(B));
    test_eq("big-endian st16", buf[2], A);
    test_eq("big-endian st16: second", buf[3], B);
    FAULTS("ld16 of a multiple of 8", VEC_UNALIGNED, ISR_R,
           asm volatile("ld16 %0, ar.csd = [%1]" : "+r"(v) : "r"(buf + 1)));
    FAULTS("st16 of a multiple of 8", VEC_UNALIGNED, ISR_W,
           asm volatile("st16 [%0] = r0, ar.csd" : : "r"(buf + 1)));
    FAULTS("ld16 UC", VEC_UNSUPPORTED, ISR_R,
           asm volatile("ld16 %0, ar.csd = [%1]"
                        : "+r"(v) : "r"((uint64_t)buf | 1ul << 63)));
    test_end();
}

#define CMP8XCHG16(what, at, ccv, want, first, second) do { \
        uint64_t v; \
        buf[0] = A; \
        buf[1] = B; \
        asm volatile("mov ar.ccv = %3; mov ar.csd = %4;;\n" \
                     "cmp8xchg16.acq %0 = [%1], %2, ar.csd, ar.ccv" \
                     : "=r"(v) \
                     : "r"(buf + at), "r"(NEW), "r"(ccv), "r"(CSD) \
                     : "memory"); \
        test_eq(what, v, want); \
        test_eq(what ": first", buf[0], first); \
        test_eq(what ": second", buf[1], second); \
    } while (0)

static void test_cmp8xchg16(void)
{
    uint64_t v;

    test_begin("cmp8xchg16");
    CMP8XCHG16("equal", 0, A, A, NEW, CSD);
    CMP8XCHG16("different", 0, B, A, A, B);
    CMP8XCHG16("upper half equal", 1, B, B, NEW, CSD);
    CMP8XCHG16("upper half different", 1, A, B, A, B);
    asm volatile("mov ar.ccv = %3; mov ar.csd = %4; sum 2;; srlz.d;;\n"
                 "cmp8xchg16.rel %0 = [%1], %2, ar.csd, ar.ccv;;\n"
                 "rum 2;; srlz.d"
                 : "=&r"(v)
                 : "r"(buf + 1), "r"(NEW), "r"(__builtin_bswap64(B)), "r"(CSD)
                 : "memory");
    test_eq("big-endian", v, __builtin_bswap64(B));
    test_eq("big-endian: first", buf[0], __builtin_bswap64(NEW));
    test_eq("big-endian: second", buf[1], __builtin_bswap64(CSD));
    FAULTS("misaligned", VEC_UNALIGNED, ISR_R | ISR_W,
           asm volatile("cmp8xchg16.rel %0 = [%1], r0, ar.csd, ar.ccv"
                        : "+r"(v) : "r"((uint64_t)buf + 4) : "memory"));
    test_end();
}

void test_main(void)
{
    test_ld16();
    test_cmp8xchg16();
}
