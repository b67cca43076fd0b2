/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Integer instructions of the A and I units against C on random and extreme
 * operands: results, predicates written, and both under a false predicate
 */

#include "test.h"

static uint64_t seed = 0x9e3779b97f4a7c15ul;

static uint64_t rnd(void)
{
    static const uint64_t edge[] = {
        0, 1, -1ul, 0x8000000000000000ul, 0x7ffffffffffffffful,
        0x80000000ul, 0x7ffffffful, 0xfffffffful, 63, 64, 65,
    };

    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed & 7 ? seed : edge[(seed >> 3) % ARRAY_SIZE(edge)];
}

#define ROUNDS  200

/*
 * "insn" on a and b in %1 and %2, plain and under a predicate that is true
 * and one that is false (%0 keeps its value then).
 */
#define CHECK(insn, want) do { \
        uint64_t r, t, f = 0x1234; \
        asm volatile(insn : "=r"(r) : "r"(a), "r"(b)); \
        asm volatile("cmp.eq p6, p7 = r0, r0;; (p6) " insn \
                     : "=&r"(t) : "r"(a), "r"(b) : "p6", "p7"); \
        asm volatile("cmp.eq p7, p6 = r0, r0;; (p6) " insn \
                     : "+&r"(f) : "r"(a), "r"(b) : "p6", "p7"); \
        test_eq(insn, r, want); \
        test_eq("(true) " insn, t, want); \
        test_eq("(false) " insn, f, 0x1234); \
    } while (0)

static uint64_t addp4(uint64_t x, uint64_t y)
{
    return (uint32_t)(x + y) | (y >> 30 & 3) << 61;
}

static void test_alu(void)
{
    test_begin("integer arithmetic and logic");
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t a = rnd(), b = rnd();

        CHECK("add %0 = %1, %2", a + b);
        CHECK("add %0 = %1, %2, 1", a + b + 1);
        CHECK("sub %0 = %1, %2", a - b);
        CHECK("sub %0 = %1, %2, 1", a - b - 1);
        CHECK("and %0 = %1, %2", a & b);
        CHECK("andcm %0 = %1, %2", a & ~b);
        CHECK("or %0 = %1, %2", a | b);
        CHECK("xor %0 = %1, %2", a ^ b);
        CHECK("addp4 %0 = %1, %2", addp4(a, b));
        CHECK("addp4 %0 = -5, %2", addp4(-5, b));
        CHECK("shladd %0 = %1, 1, %2", (a << 1) + b);
        CHECK("shladd %0 = %1, 4, %2", (a << 4) + b);
        CHECK("shladdp4 %0 = %1, 2, %2", addp4(a << 2, b));
        CHECK("sub %0 = -128, %2", -128 - b);
        CHECK("and %0 = -100, %2", -100 & b);
        CHECK("andcm %0 = 127, %2", 127 & ~b);
        CHECK("or %0 = -128, %2", -128 | b);
        CHECK("xor %0 = 77, %2", 77 ^ b);
        CHECK("adds %0 = -8192, %2", b - 8192);
        CHECK("adds %0 = 8191, %2", b + 8191);
        CHECK("movl %0 = 0x8123456789abcdef", 0x8123456789abcdeful);
        CHECK("zxt1 %0 = %1", a & 0xff);
        CHECK("zxt2 %0 = %1", a & 0xffff);
        CHECK("zxt4 %0 = %1", a & 0xffffffff);
        CHECK("sxt1 %0 = %1", (int64_t)(signed char)a);
        CHECK("sxt2 %0 = %1", (int64_t)(short)a);
        CHECK("sxt4 %0 = %1", (int64_t)(int)a);
    }
    test_end();
}

static uint64_t dep(uint64_t into, uint64_t v, unsigned pos, unsigned len)
{
    uint64_t mask = (len == 64 ? -1ul : (1ul << len) - 1) << pos;

    return (into & ~mask) | (v << pos & mask);
}

static void test_shift(void)
{
    test_begin("shifts, extract and deposit");
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t a = rnd(), b = i & 1 ? rnd() % 70 : rnd();
        bool big = b > 63;

        CHECK("shl %0 = %1, %2", big ? 0 : a << b);
        CHECK("shr.u %0 = %1, %2", big ? 0 : a >> b);
        CHECK("shr %0 = %1, %2", (uint64_t)((int64_t)a >> (big ? 63 : b)));
        CHECK("shrp %0 = %1, %2, 0", b);
        CHECK("shrp %0 = %1, %2, 1", b >> 1 | a << 63);
        CHECK("shrp %0 = %1, %2, 63", b >> 63 | a << 1);
        CHECK("extr.u %0 = %1, 5, 17", a >> 5 & 0x1ffff);
        CHECK("extr.u %0 = %1, 60, 30", a >> 60);
        CHECK("extr.u %0 = %1, 0, 64", a);
        CHECK("extr %0 = %1, 5, 17", (uint64_t)((int64_t)(a << 42) >> 47));
        CHECK("extr %0 = %1, 60, 30", (uint64_t)((int64_t)a >> 60));
        CHECK("dep %0 = %1, %2, 10, 16", dep(b, a, 10, 16));
        CHECK("dep %0 = %1, %2, 60, 4", dep(b, a, 60, 4));
        CHECK("dep %0 = %1, %2, 0, 1", dep(b, a, 0, 1));
        CHECK("dep.z %0 = %1, 7, 40", dep(0, a, 7, 40));
        CHECK("dep.z %0 = %1, 50, 64", dep(0, a, 50, 14));
        CHECK("dep.z %0 = -3, 20, 30", dep(0, -3, 20, 30));
        CHECK("dep %0 = -1, %2, 3, 61", dep(b, -1, 3, 61));
        CHECK("dep %0 = 0, %2, 40, 20", dep(b, 0, 40, 20));
    }
    test_end();
}

/* p6 and p7 after "insn p6, p7 = ..." when they held x and y before */
#define PREDICATES(insn, q, x, y) ({ \
        uint64_t pr_; \
        asm volatile("cmp.ne p8, p9 = %4, r0\n" \
                     "cmp.ne p6, p0 = %5, r0\n" \
                     "cmp.ne p7, p0 = %6, r0;;\n" \
                     "(p8) " insn ";;\n" \
                     "mov %0 = pr;;" \
                     : "=r"(pr_) : "r"(a), "r"(b), "r"(0), "r"(q), "r"(x), \
                       "r"(y) : "p6", "p7", "p8", "p9"); \
        pr_ >> 6 & 3; \
    })

enum { NORM, UNC, AND, OR, ORCM };

static unsigned targets(unsigned type, bool q, bool rel, unsigned x,
                        unsigned y)
{
    unsigned old = x | y << 1;

    switch (type) {
    case NORM:
        return q ? rel | !rel << 1 : old;
    case UNC:
        return q ? rel | !rel << 1 : 0;
    case AND:
        return q && !rel ? 0 : old;
    case OR:
        return q && rel ? 3 : old;
    default:
        return q && rel ? 1 : old;
    }
}

#define COMPARE(insn, type, rel) do { \
        for (unsigned s_ = 0; s_ < 8; s_++) { \
            test_eq(insn, PREDICATES(insn, s_ & 1, s_ & 2, s_ & 4), \
                    targets(type, s_ & 1, rel, s_ >> 1 & 1, s_ >> 2 & 1)); \
        } \
    } while (0)

#define COMPARES(op, A, B, U, V) do { \
        COMPARE(op ".lt p6, p7 = %1, %2", NORM, A < B); \
        COMPARE(op ".lt.unc p6, p7 = %1, %2", UNC, A < B); \
        COMPARE(op ".ltu p6, p7 = %1, %2", NORM, U < V); \
        COMPARE(op ".gtu p6, p7 = %1, %2", NORM, U > V); \
        COMPARE(op ".eq p6, p7 = %1, %2", NORM, A == B); \
        COMPARE(op ".ne.unc p6, p7 = %1, %2", UNC, A != B); \
        COMPARE(op ".eq.and p6, p7 = %1, %2", AND, A == B); \
        COMPARE(op ".ne.or p6, p7 = %1, %2", OR, A != B); \
        COMPARE(op ".eq.or.andcm p6, p7 = %1, %2", ORCM, A == B); \
        COMPARE(op ".gt.and p6, p7 = r0, %2", AND, 0 > B); \
        COMPARE(op ".le.or p6, p7 = r0, %2", OR, 0 <= B); \
        COMPARE(op ".ge.or.andcm p6, p7 = r0, %2", ORCM, 0 >= B); \
        COMPARE(op ".lt.and p6, p7 = r0, %2", AND, 0 < B); \
        COMPARE(op ".lt p6, p7 = -7, %2", NORM, -7 < B); \
        COMPARE(op ".eq.unc p6, p7 = 100, %2", UNC, 100 == B); \
        COMPARE(op ".ne.and p6, p7 = -128, %2", AND, -128 != B); \
    } while (0)

static void test_compare(void)
{
    test_begin("compares of all types");
    for (int i = 0; i < ROUNDS / 4; i++) {
        uint64_t a = rnd(), b = i % 5 ? rnd() : a;
        int64_t sa = a, sb = b;
        int a4 = a, b4 = b;
        uint32_t ua4 = a, ub4 = b;

        COMPARES("cmp", sa, sb, a, b);
        COMPARES("cmp4", a4, b4, ua4, ub4);
        COMPARE("tbit.z p6, p7 = %1, 37", NORM, !(a >> 37 & 1));
        COMPARE("tbit.nz p6, p7 = %1, 63", NORM, a >> 63);
        COMPARE("tbit.z.unc p6, p7 = %1, 0", UNC, !(a & 1));
        COMPARE("tbit.nz.and p6, p7 = %1, 5", AND, a >> 5 & 1);
        COMPARE("tbit.z.or p6, p7 = %1, 5", OR, !(a >> 5 & 1));
        COMPARE("tbit.nz.or.andcm p6, p7 = %1, 5", ORCM, a >> 5 & 1);
        COMPARE("tnat.z p6, p7 = %1", NORM, 1);
        COMPARE("tnat.nz.or p6, p7 = %1", OR, 0);
    }
    test_end();

    test_begin("the same predicate twice as a target");
    FAULTS("cmp", VEC_GENEX, 0,
           asm volatile("cmp.eq p6, p6 = r0, r0" : : : "p6"));
    FAULTS("unc, predicate false", VEC_GENEX, 0,
           asm volatile("cmp.ne p7, p0 = r0, r0;;\n"
                        "(p7) cmp.eq.unc p6, p6 = r0, r0"
                        : : : "p6", "p7"));
    NO_FAULT("predicate false",
             asm volatile("cmp.ne p7, p0 = r0, r0;;\n"
                          "(p7) cmp.eq p6, p6 = r0, r0"
                          : : : "p6", "p7"));
    test_end();
}

static void test_predicates(void)
{
    test_begin("moves to and from predicates");
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t a = rnd(), saved, r, rot;

        asm volatile("mov %0 = pr;;\n"
                     "mov pr = %3, -1;;\n"
                     "mov %1 = pr;;\n"
                     "mov pr.rot = 0x55550000;;\n"
                     "mov %2 = pr;;\n"
                     "mov pr = %0, -1;;\n"
                     : "=&r"(saved), "=&r"(r), "=&r"(rot) : "r"(a));
        test_eq("all", r, a | 1);
        test_eq("rotating", rot, ((a | 1) & 0xffff) | 0x55550000);
        asm volatile("mov pr = r0, -1;;\n"
                     "mov pr = %2, 0x1540;;\n"
                     "mov %0 = pr;;\n"
                     "mov pr = %1, -1;;\n"
                     : "=&r"(r) : "r"(saved), "r"(a));
        test_eq("masked", r, (a & 0x1540) | 1);
    }
    test_end();
}

static void test_targets(void)
{
    test_begin("r0 as a target");
    FAULTS("add", VEC_GENEX, 0, asm volatile("add r0 = r1, r1"));
    FAULTS("movl", VEC_GENEX, 0, asm volatile("movl r0 = 5"));
    FAULTS("extr", VEC_GENEX, 0, asm volatile("extr r0 = r1, 3, 4"));
    FAULTS("mov from br", VEC_GENEX, 0, asm volatile("mov r0 = b0"));
    NO_FAULT("predicated off",
             asm volatile("cmp.ne p7, p0 = r0, r0;;\n"
                          "(p7) add r0 = r1, r1" : : : "p7"));
    test_end();
}

void test_main(void)
{
    test_alu();
    test_shift();
    test_compare();
    test_predicates();
    test_targets();
}
