/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multimedia instructions, popcnt and czx against what SDM volume 3 says of
 * them, element by element
 */

#include "test.h"

#define ROUNDS      150

static uint64_t seed = 0x123456789abcdef;

/* Random, with many elements at the limits of their ranges */
static uint64_t next(void)
{
    static const uint64_t limits[] = {
        0, ~0ul, 0x8000800080008000, 0x7fff7fff7fff7fff, 0x8080808080808080,
        0x7f7f7f7f7f7f7f7f, 0x8000000080000000, 0x7fffffff7fffffff,
    };
    uint64_t mask;

    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    if (seed & 0x100000) {
        return seed;
    }
    mask = seed & 0x200000 ? 0xffff0000ff00ff00 : 0x00ff00ffffffff;
    return (limits[seed >> 40 & 7] & mask) | (seed & ~mask);
}

static int64_t sat(int64_t v, int64_t min, int64_t max)
{
    return v < min ? min : v > max ? max : v;
}

static int64_t element(uint64_t v, int i, int bits, bool is_signed)
{
    v <<= 64 - bits * (i + 1);
    return is_signed ? (int64_t)v >> (64 - bits) : v >> (64 - bits);
}

static uint64_t put(int64_t v, int i, int bits)
{
    return ((uint64_t)v << (64 - bits)) >> (64 - bits) << (bits * i);
}

/* An instruction and the value of the element with x and y at its place */
#define EACH2(insn, bits, xs, ys, expr) do { \
        test_begin(insn); \
        for (int n = 0; n < ROUNDS; n++) { \
            uint64_t a = next(), b = next(), got, want = 0; \
            if (n % 7 == 0) { \
                b = (a & 0xff00ffff00ffff00) | (b & 0x00ff0000ff0000ff); \
            } \
            asm(insn " %0 = %1, %2" : "=r"(got) : "r"(a), "r"(b)); \
            for (int i = 0; i < 64 / bits; i++) { \
                int64_t x = element(a, i, bits, xs); \
                int64_t y = element(b, i, bits, ys); \
                want |= put(expr, i, bits); \
            } \
            test_eq(insn, got, want); \
        } \
        test_end(); \
    } while (0)

/* An instruction and its whole result by its two sources */
#define WHOLE2(insn, expr) do { \
        test_begin(insn); \
        for (int n = 0; n < ROUNDS; n++) { \
            uint64_t a = next(), b = next(), got, want; \
            asm(insn " %0 = %1, %2" : "=r"(got) : "r"(a), "r"(b)); \
            want = expr; \
            test_eq(insn, got, want); \
        } \
        test_end(); \
    } while (0)

#define WHOLE1(insn, suffix, expr) do { \
        test_begin(insn suffix); \
        for (int n = 0; n < ROUNDS; n++) { \
            uint64_t a = next(), got, want; \
            asm(insn " %0 = %1" suffix : "=r"(got) : "r"(a)); \
            want = expr; \
            test_eq(insn suffix, got, want); \
        } \
        test_end(); \
    } while (0)

#define S8(v)   sat(v, -128, 127)
#define U8(v)   sat(v, 0, 255)
#define S16(v)  sat(v, -32768, 32767)
#define U16(v)  sat(v, 0, 65535)

static void test_sums(void)
{
    EACH2("padd1", 8, 0, 0, x + y);
    EACH2("padd2", 16, 0, 0, x + y);
    EACH2("padd4", 32, 0, 0, x + y);
    EACH2("padd1.sss", 8, 1, 1, S8(x + y));
    EACH2("padd2.sss", 16, 1, 1, S16(x + y));
    EACH2("padd1.uuu", 8, 0, 0, U8(x + y));
    EACH2("padd2.uuu", 16, 0, 0, U16(x + y));
    EACH2("padd1.uus", 8, 0, 1, U8(x + y));
    EACH2("padd2.uus", 16, 0, 1, U16(x + y));
    EACH2("psub1", 8, 0, 0, x - y);
    EACH2("psub2", 16, 0, 0, x - y);
    EACH2("psub4", 32, 0, 0, x - y);
    EACH2("psub1.sss", 8, 1, 1, S8(x - y));
    EACH2("psub2.sss", 16, 1, 1, S16(x - y));
    EACH2("psub1.uuu", 8, 0, 0, U8(x - y));
    EACH2("psub2.uuu", 16, 0, 0, U16(x - y));
    EACH2("psub1.uus", 8, 0, 1, U8(x - y));
    EACH2("psub2.uus", 16, 0, 1, U16(x - y));
    /* Rounded to odd, or up */
    EACH2("pavg1", 8, 0, 0, (x + y) >> 1 | ((x + y) & 1));
    EACH2("pavg2", 16, 0, 0, (x + y) >> 1 | ((x + y) & 1));
    EACH2("pavg1.raz", 8, 0, 0, (x + y + 1) >> 1);
    EACH2("pavg2.raz", 16, 0, 0, (x + y + 1) >> 1);
    EACH2("pavgsub1", 8, 0, 0, (x - y) >> 1 | ((x - y) & 1));
    EACH2("pavgsub2", 16, 0, 0, (x - y) >> 1 | ((x - y) & 1));
}

static uint64_t psad(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;

    for (int i = 0; i < 8; i++) {
        int64_t d = element(a, i, 8, 0) - element(b, i, 8, 0);
        sum += d < 0 ? -d : d;
    }
    return sum;
}

static void test_compares(void)
{
    EACH2("pcmp1.eq", 8, 0, 0, x == y ? -1 : 0);
    EACH2("pcmp2.eq", 16, 0, 0, x == y ? -1 : 0);
    EACH2("pcmp4.eq", 32, 0, 0, x == y ? -1 : 0);
    EACH2("pcmp1.gt", 8, 1, 1, x > y ? -1 : 0);
    EACH2("pcmp2.gt", 16, 1, 1, x > y ? -1 : 0);
    EACH2("pcmp4.gt", 32, 1, 1, x > y ? -1 : 0);
    EACH2("pmin1.u", 8, 0, 0, x < y ? x : y);
    EACH2("pmax1.u", 8, 0, 0, x > y ? x : y);
    EACH2("pmin2", 16, 1, 1, x < y ? x : y);
    EACH2("pmax2", 16, 1, 1, x > y ? x : y);
    WHOLE2("psad1", psad(a, b));
}

#define SHIFT_ADD(count) do { \
        EACH2("pshladd2 %0 = %1, " #count ", %2 //", 16, 1, 1, \
              (x << count) == S16(x << count) ? S16((x << count) + y) \
                                              : S16(x << count)); \
        EACH2("pshradd2 %0 = %1, " #count ", %2 //", 16, 1, 1, \
              S16((x >> count) + y)); \
    } while (0)

#define MULTIPLY(count) do { \
        EACH2("pmpyshr2 %0 = %1, %2, " #count " //", 16, 1, 1, \
              (x * y) >> count); \
        EACH2("pmpyshr2.u %0 = %1, %2, " #count " //", 16, 0, 0, \
              (x * y) >> count); \
    } while (0)

static void test_products(void)
{
    SHIFT_ADD(1);
    SHIFT_ADD(2);
    SHIFT_ADD(3);
    MULTIPLY(0);
    MULTIPLY(7);
    MULTIPLY(15);
    MULTIPLY(16);
    WHOLE2("pmpy2.r",
           put(element(a, 0, 16, 1) * element(b, 0, 16, 1), 0, 32) |
           put(element(a, 2, 16, 1) * element(b, 2, 16, 1), 1, 32));
    WHOLE2("pmpy2.l",
           put(element(a, 1, 16, 1) * element(b, 1, 16, 1), 0, 32) |
           put(element(a, 3, 16, 1) * element(b, 3, 16, 1), 1, 32));
}

/* Elements of a (bit 3 of the digit clear) or b, the highest first */
static uint64_t pick(uint64_t a, uint64_t b, uint64_t from, int bits)
{
    uint64_t r = 0;

    for (int i = 0; i < 64 / bits; i++, from >>= 4) {
        r |= put(element(from & 8 ? b : a, from & 7, bits, 0), i, bits);
    }
    return r;
}

static uint64_t pack(uint64_t a, uint64_t b, int bits, int64_t min,
                     int64_t max)
{
    uint64_t r = 0;
    int n = 64 / bits;

    for (int i = 0; i < n; i++) {
        r |= put(sat(element(a, i, bits, 1), min, max), i, bits / 2);
        r |= put(sat(element(b, i, bits, 1), min, max), i + n, bits / 2);
    }
    return r;
}

static void test_orders(void)
{
    WHOLE2("mix1.l", pick(a, b, 0x7f5d3b19, 8));
    WHOLE2("mix1.r", pick(a, b, 0x6e4c2a08, 8));
    WHOLE2("mix2.l", pick(a, b, 0x3b19, 16));
    WHOLE2("mix2.r", pick(a, b, 0x2a08, 16));
    WHOLE2("mix4.l", pick(a, b, 0x19, 32));
    WHOLE2("mix4.r", pick(a, b, 0x08, 32));
    WHOLE2("unpack1.h", pick(a, b, 0x7f6e5d4c, 8));
    WHOLE2("unpack1.l", pick(a, b, 0x3b2a1908, 8));
    WHOLE2("unpack2.h", pick(a, b, 0x3b2a, 16));
    WHOLE2("unpack2.l", pick(a, b, 0x1908, 16));
    WHOLE2("unpack4.h", pick(a, b, 0x19, 32));
    WHOLE2("unpack4.l", pick(a, b, 0x08, 32));
    WHOLE2("pack2.uss", pack(a, b, 16, 0, 255));
    WHOLE2("pack2.sss", pack(a, b, 16, -128, 127));
    WHOLE2("pack4.sss", pack(a, b, 32, -32768, 32767));
    WHOLE1("mux1", ", @rev", pick(a, a, 0x01234567, 8));
    WHOLE1("mux1", ", @mix", pick(a, a, 0x73516240, 8));
    WHOLE1("mux1", ", @shuf", pick(a, a, 0x73625140, 8));
    WHOLE1("mux1", ", @alt", pick(a, a, 0x75316420, 8));
    WHOLE1("mux1", ", @brcst", pick(a, a, 0x00000000, 8));
    WHOLE1("mux2", ", 0x1b", pick(a, a, 0x0123, 16));
    WHOLE1("mux2", ", 0x8d", pick(a, a, 0x2031, 16));
    WHOLE1("mux2", ", 0xff", pick(a, a, 0x3333, 16));
    WHOLE1("mux2", ", 0xe4", a);
}

static uint64_t shift(uint64_t v, uint64_t count, int bits, bool left,
                      bool is_signed)
{
    uint64_t r = 0;

    if (count > bits) {
        count = bits;
    }
    for (int i = 0; i < 64 / bits; i++) {
        int64_t x = element(v, i, bits, is_signed);
        r |= put(left ? x << count : x >> count, i, bits);
    }
    return r;
}

#define SHIFT_BY(count) do { \
        WHOLE1("pshl2", ", " #count, shift(a, count, 16, 1, 0)); \
        WHOLE1("pshl4", ", " #count, shift(a, count, 32, 1, 0)); \
        WHOLE1("pshr2", ", " #count, shift(a, count, 16, 0, 1)); \
        WHOLE1("pshr4", ", " #count, shift(a, count, 32, 0, 1)); \
        WHOLE1("pshr2.u", ", " #count, shift(a, count, 16, 0, 0)); \
        WHOLE1("pshr4.u", ", " #count, shift(a, count, 32, 0, 0)); \
    } while (0)

/* b as count: small, near the width or large */
#define COUNT   (n % 3 == 0 ? b & 15 : n % 3 == 1 ? b & 63 : b)

#define SHIFT_REG(insn, bits, left, is_signed) do { \
        test_begin(insn " by a register"); \
        for (int n = 0; n < ROUNDS; n++) { \
            uint64_t a = next(), b = next(), got; \
            b = COUNT; \
            asm(insn " %0 = %1, %2" : "=r"(got) : "r"(a), "r"(b)); \
            test_eq(insn, got, shift(a, b, bits, left, is_signed)); \
        } \
        test_end(); \
    } while (0)

static void test_shifts(void)
{
    SHIFT_BY(0);
    SHIFT_BY(1);
    SHIFT_BY(7);
    SHIFT_BY(15);
    SHIFT_BY(16);
    SHIFT_BY(31);
    SHIFT_REG("pshl2", 16, 1, 0);
    SHIFT_REG("pshl4", 32, 1, 0);
    SHIFT_REG("pshr2", 16, 0, 1);
    SHIFT_REG("pshr4", 32, 0, 1);
    SHIFT_REG("pshr2.u", 16, 0, 0);
    SHIFT_REG("pshr4.u", 32, 0, 0);
}

static uint64_t zero_index(uint64_t v, int bits, bool left)
{
    int n = 64 / bits;

    for (int i = 0; i < n; i++) {
        if (element(v, left ? n - 1 - i : i, bits, 0) == 0) {
            return i;
        }
    }
    return n;
}

static uint64_t ones(uint64_t v)
{
    uint64_t n = 0;

    for (; v; v &= v - 1) {
        n++;
    }
    return n;
}

static void test_counts(void)
{
    WHOLE1("czx1.l", "", zero_index(a, 8, 1));
    WHOLE1("czx1.r", "", zero_index(a, 8, 0));
    WHOLE1("czx2.l", "", zero_index(a, 16, 1));
    WHOLE1("czx2.r", "", zero_index(a, 16, 0));
    WHOLE1("popcnt", "", ones(a));
}

/* Predicates and target equal to a source */
static void test_forms(void)
{
    uint64_t v, w;

    test_begin("multimedia: predicates and equal registers");
    asm("cmp.ne p6, p7 = r0, r0; mov %0 = 7; mov %1 = 7;;\n"
        "(p6) padd1.uuu %0 = %0, %0; (p7) padd1.uuu %1 = %1, %1;;\n"
        "(p6) mux1 %0 = %0, @rev; (p7) mux1 %1 = %1, @rev;;\n"
        "(p6) pcmp1.eq %0 = %0, r0; (p7) pcmp1.eq %1 = %1, r0;;\n"
        : "=&r"(v), "=&r"(w) : : "p6", "p7");
    test_eq("false", v, 7);
    test_eq("true", w, 0x00ffffffffffffff);
    asm("mov r14 = %1;; mix1.l r14 = r14, r14;; mov %0 = r14"
        : "=r"(v) : "r"(0x0123456789abcdef) : "r14");
    test_eq("mix1.l", v, 0x010145458989cdcd);
    asm("mov r14 = %1;; mux2 r14 = r14, 0x1b;; mov %0 = r14"
        : "=r"(v) : "r"(0x0123456789abcdef) : "r14");
    test_eq("mux2", v, 0xcdef89ab45670123);
    FAULTS("mpy4 without the feature", VEC_GENEX, 0,
           asm volatile("mpy4 %0 = %1, %1" : "=r"(v) : "r"(w)));
    FAULTS("clz without the feature", VEC_GENEX, 0,
           asm volatile("clz %0 = %1" : "=r"(v) : "r"(w)));
    FAULTS("padd1 r0", VEC_GENEX, 0, asm volatile("padd1 r0 = r1, r1"));
    test_end();
}

/* The result of a NaT is NaT. */
#define GIVES_NAT(insn) do { \
        uint64_t v; \
        asm volatile("mov ar.unat = -1;; ld8.fill r14 = [%1];;\n" \
                     "mov ar.unat = 0; mov r15 = 3;;\n" insn ";;\n" \
                     "tnat.nz p6, p7 = r16; mov %0 = 0;;\n" \
                     "(p6) mov %0 = 1; mov r14 = 0; mov r16 = 0;;\n" \
                     : "=&r"(v) : "r"(&fault) \
                     : "r14", "r15", "r16", "p6", "p7"); \
        test_eq(insn, v, 1); \
    } while (0)

static void test_nat(void)
{
    test_begin("multimedia: NaT");
    GIVES_NAT("padd1 r16 = r14, r15");
    GIVES_NAT("padd1 r16 = r15, r14");
    GIVES_NAT("pshladd2 r16 = r15, 1, r14");
    GIVES_NAT("pmpyshr2 r16 = r15, r14, 7");
    GIVES_NAT("mux1 r16 = r14, @brcst");
    GIVES_NAT("mux2 r16 = r14, 0x1b");
    GIVES_NAT("pshl2 r16 = r14, 3");
    GIVES_NAT("pshr4 r16 = r15, r14");
    GIVES_NAT("popcnt r16 = r14");
    GIVES_NAT("czx1.l r16 = r14");
    test_end();
}

void test_main(void)
{
    test_sums();
    test_compares();
    test_products();
    test_orders();
    test_shifts();
    test_counts();
    test_forms();
    test_nat();
}
