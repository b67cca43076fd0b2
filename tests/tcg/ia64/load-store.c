/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer loads and stores: sizes, updates, byte order, faults */

#include "test.h"

static uint64_t buf[64] __attribute__((aligned(512)));
static const uint64_t pattern = 0x8192a3b4c5d6e7f8ul;

static void fill(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(buf); i++) {
        buf[i] = pattern + i * 0x0101010101010101ul;
    }
}

/* A load with an immediate update: "ld8.acq", value it must give */
#define LOAD(insn, want) do { \
        uint64_t v, p = (uint64_t)buf; \
        asm volatile(insn " %0 = [%1], -24" \
                     : "=&r"(v), "+r"(p) : : "memory"); \
        test_eq(insn, v, want); \
        test_eq(insn ": update", p, (uint64_t)buf - 24); \
        p = (uint64_t)buf; \
        asm volatile(insn " %0 = [%1], %2" \
                     : "=&r"(v), "+r"(p) : "r"(0x123456789abul) : "memory"); \
        test_eq(insn ": register form", v, want); \
        test_eq(insn ": register update", p, \
                (uint64_t)buf + 0x123456789abul); \
        asm volatile(insn " %0 = [%1]" \
                     : "=r"(v) : "r"(buf) : "memory"); \
        test_eq(insn ": no update", v, want); \
    } while (0)

#define LOADS(completer) do { \
        LOAD("ld1" completer, 0xf8); \
        LOAD("ld2" completer, 0xe7f8); \
        LOAD("ld4" completer, 0xc5d6e7f8); \
        LOAD("ld8" completer, pattern); \
    } while (0)

static void test_loads(void)
{
    test_begin("integer loads");
    fill();
    LOADS("");
    LOADS(".nta");
    LOADS(".a");
    LOADS(".bias");
    LOADS(".acq");
    LOADS(".c.clr");
    LOADS(".c.nc");
    LOADS(".c.clr.acq");
    test_end();
}

#define STORE(insn, mask) do { \
        uint64_t p = (uint64_t)(buf + 4), v = 0x0123456789abcdeful; \
        fill(); \
        asm volatile(insn " [%0] = %1, 136" : "+r"(p) : "r"(v) : "memory"); \
        test_eq(insn, buf[4], (v & (mask)) | (old & ~(mask))); \
        test_eq(insn ": below", buf[3], pattern + 0x0303030303030303ul); \
        test_eq(insn ": above", buf[5], pattern + 0x0505050505050505ul); \
        test_eq(insn ": update", p, (uint64_t)(buf + 4) + 136); \
        fill(); \
        asm volatile(insn " [%0] = %1" : : "r"(buf + 4), "r"(v) : "memory"); \
        test_eq(insn ": no update", buf[4], \
                (v & (mask)) | (old & ~(mask))); \
    } while (0)

static void test_stores(void)
{
    uint64_t old = pattern + 0x0404040404040404ul;

    test_begin("integer stores");
    STORE("st1", 0xfful);
    STORE("st2", 0xfffful);
    STORE("st4", 0xfffffffful);
    STORE("st8", ~0ul);
    STORE("st1.rel", 0xfful);
    STORE("st2.rel.nta", 0xfffful);
    STORE("st4.rel", 0xfffffffful);
    STORE("st8.rel", ~0ul);
    test_end();
}

/* The same register in two roles */
static void test_same_register(void)
{
    uint64_t v, p;

    test_begin("operands in the same register");
    fill();
    asm volatile("mov r14 = %1;; ld8 r14 = [r14];; mov %0 = r14"
                 : "=r"(v) : "r"(buf + 1) : "r14", "memory");
    test_eq("ld8 r = [r]", v, buf[1]);
    asm volatile("mov r14 = 16; mov %1 = %2;; ld8 r14 = [%1], r14;;"
                 "mov %0 = r14"
                 : "=r"(v), "=&r"(p) : "r"(buf) : "r14", "memory");
    test_eq("ld8 r = [p], r", v, buf[0]);
    test_eq("ld8 r = [p], r: update", p, (uint64_t)(buf + 2));
    asm volatile("mov r14 = %2;; ld8 %0 = [r14], r14;; mov %1 = r14"
                 : "=r"(v), "=r"(p) : "r"(buf) : "r14", "memory");
    test_eq("ld8 r = [p], p", v, buf[0]);
    test_eq("ld8 r = [p], p: update", p, 2 * (uint64_t)buf);
    asm volatile("mov r14 = %2;; st8 [r14] = r14, 8;; mov %1 = r14"
                 : "=m"(buf[0]), "=r"(p) : "r"(buf) : "r14", "memory");
    test_eq("st8 [p] = p, 8", buf[0], (uint64_t)buf);
    test_eq("st8 [p] = p, 8: update", p, (uint64_t)(buf + 1));
    FAULTS("ld8 r = [r], 8", VEC_GENEX, 0,
           asm volatile("mov r14 = %0;;\n ld8 r14 = [r14], 8"
                        : : "r"(buf) : "r14"));
    FAULTS("ld8 r0", VEC_GENEX, 0,
           asm volatile("ld8 r0 = [%0]" : : "r"(buf)));
    FAULTS("ld8 out of the frame", VEC_GENEX, 0,
           asm volatile("ld8 r127 = [%0]" : : "r"(buf)));
    FAULTS("st8 [r0], 8", VEC_GENEX, 0,
           asm volatile("st8 [r0] = r0, 8"));
    test_end();
}

static void test_predicated(void)
{
    uint64_t v = 1, p = (uint64_t)buf;

    test_begin("false predicate");
    fill();
    asm volatile("cmp.ne p6, p7 = r0, r0;;\n"
                 "(p6) ld8 %0 = [%1], 8;;\n"
                 "(p6) st8 [%1] = r0, 8;;\n"
                 "(p7) ld4 %0 = [%1], 16"
                 : "+r"(v), "+r"(p) : : "p6", "p7", "memory");
    test_eq("value", v, (uint32_t)pattern);
    test_eq("update", p, (uint64_t)buf + 16);
    test_eq("memory", buf[0], pattern);
    asm volatile("cmp.ne p6, p7 = r0, r0;;\n"
                 "(p6) ld8 %0 = [%1], 8;;" : "+r"(v) : "r"(1) : "p6", "p7");
    test_end();
}

/* Rotating registers as target, base and addend, after one rotation */
ASM_FUNCTION(rotating,
    "alloc r14 = ar.pfs, 1, 15, 0, 16\n"
    "mov r15 = ar.lc\n"
    "mov r16 = ar.ec\n"
    "mov r17 = pr\n"
    "mov r18 = r32;;\n"
    "mov r33 = r18\n"
    "mov r34 = 24\n"
    "mov ar.lc = 1\n"
    "mov ar.ec = 1;;\n"
    "br.ctop.sptk 1f;;\n"
    "1: ld8 r32 = [r34], r35;;\n"
    "st8 [r34] = r32, 8;;\n"
    "mov r8 = r32\n"
    "mov r9 = r34;;\n"
    "clrrrb;;\n"
    "mov ar.lc = r15\n"
    "mov ar.ec = r16\n"
    "mov pr = r17, -1\n"
    "mov ar.pfs = r14;;\n"
    "br.ret.sptk b0;;\n")

static void test_rotating(void)
{
    struct pair r;

    test_begin("rotating registers");
    fill();
    r = rotating((uint64_t)buf, 0);
    test_eq("loaded", r.a, pattern);
    test_eq("base", r.b, (uint64_t)(buf + 4));
    asm volatile("" : : : "memory");
    test_eq("stored", buf[3], pattern);
    test_end();
}

static void test_big_endian(void)
{
    uint64_t v1, v2, v4, v8;

    test_begin("big-endian accesses");
    fill();
    asm volatile("sum 2;; srlz.d;;\n"
                 "ld1 %0 = [%4]; ld2 %1 = [%4];;\n"
                 "ld4 %2 = [%4]; ld8 %3 = [%4];;\n"
                 "st1 [%5] = %6; st2 [%7] = %6;;\n"
                 "st4 [%8] = %6; st8 [%9] = %6;;\n"
                 "rum 2;; srlz.d;;"
                 : "=&r"(v1), "=&r"(v2), "=&r"(v4), "=&r"(v8)
                 : "r"(buf), "r"(buf + 1), "r"(0x0123456789abcdeful),
                   "r"(buf + 2), "r"(buf + 3), "r"(buf + 4) : "memory");
    test_eq("ld1", v1, 0xf8);
    test_eq("ld2", v2, 0xf8e7);
    test_eq("ld4", v4, 0xf8e7d6c5);
    test_eq("ld8", v8, 0xf8e7d6c5b4a39281);
    test_eq("st1", (uint8_t)buf[1], 0xef);
    test_eq("st2", (uint16_t)buf[2], 0xefcd);
    test_eq("st4", (uint32_t)buf[3], 0xefcdab89);
    test_eq("st8", buf[4], 0xefcdab8967452301);
    test_end();
}

static uint64_t get_unat(void)
{
    uint64_t v;

    asm volatile("mov %0 = ar.unat" : "=r"(v) : : "memory");
    return v;
}

static void test_spill_fill(void)
{
    uint64_t v, w;

    test_begin("st8.spill, ld8.fill and UNAT");
    for (unsigned i = 0; i < 64; i++) {
        uint64_t p = (uint64_t)(buf + i);

        asm volatile("mov ar.unat = -1;;\n st8.spill [%0] = %1, 8"
                     : "+r"(p) : "r"(pattern ^ i) : "memory");
        test_eq("bit cleared", get_unat(), ~(1ul << i));
        test_eq("memory", buf[i], pattern ^ i);
        test_eq("update", p, (uint64_t)(buf + i + 1));
        /* Only the bit of the address counts. */
        asm volatile("mov ar.unat = %2;; ld8.fill r14 = [%1];;\n"
                     "tnat.nz p6, p7 = r14; mov %0 = 0;;\n"
                     "(p6) mov %0 = 1;; (p7) mov %0 = r14;;\n"
                     : "=&r"(v) : "r"(buf + i), "r"(~(1ul << i))
                     : "r14", "p6", "p7", "memory");
        test_eq("fill without NaT", v, pattern ^ i);
        asm volatile("mov ar.unat = %2;; ld8.fill r14 = [%1];;\n"
                     "tnat.nz p6, p7 = r14; mov %0 = 0;;\n"
                     "(p6) mov %0 = 1;; mov r14 = 0;;\n"
                     : "=&r"(v) : "r"(buf + i), "r"(1ul << i)
                     : "r14", "p6", "p7", "memory");
        test_eq("fill with NaT", v, 1);
    }
    /* A NaT register through memory and back, with its value */
    asm volatile("mov ar.unat = -1;; ld8.fill r14 = [%2];;\n"
                 "mov ar.unat = 0;; add r15 = 1, r14;;\n"
                 "st8.spill [%3] = r15;; mov %0 = ar.unat;;\n"
                 "mov r14 = 0; mov r15 = 0;;\n"
                 "ld8.fill r15 = [%3];; tnat.nz p6, p7 = r15;;\n"
                 "mov %1 = 0;; (p6) mov %1 = 1; mov r15 = 0;;\n"
                 : "=&r"(v), "=&r"(w) : "r"(buf), "r"(buf + 9)
                 : "r14", "r15", "p6", "p7", "memory");
    test_eq("UNAT after the spill of a NaT", v, 1 << 9);
    test_eq("NaT after its fill", w, 1);
    asm volatile("mov ar.unat = 0" : : : "memory");
    test_end();
}

static void test_unaligned(void)
{
    uint64_t v, p = (uint64_t)buf + 3;

    test_begin("misaligned accesses");
    fill();
    buf[1] = 0x1122334455667788ul;
    /* PSR.ac = 0: inside 8 bytes hardware completes them, so do we. */
    asm volatile("ld2 %0 = [%1]" : "=r"(v) : "r"(p) : "memory");
    test_eq("ld2", v, 0xb4c5 + 0x0 * 2);
    asm volatile("ld4 %0 = [%1]" : "=r"(v) : "r"(p) : "memory");
    test_eq("ld4", v, 0x92a3b4c5);
    asm volatile("st2 [%0] = %1" : : "r"(p), "r"(0x1234) : "memory");
    test_eq("st2", buf[0], 0x8192a31234d6e7f8ul);
    /* Never for spills and fills */
    FAULTS("ld8.fill", VEC_UNALIGNED, ISR_R,
           asm volatile("ld8.fill %0 = [%1]" : "=r"(v) : "r"(p)));
    test_eq("ifa", fault.ifa, p);
    FAULTS("st8.spill", VEC_UNALIGNED, ISR_W,
           asm volatile("st8.spill [%0] = r0" : : "r"(p) : "memory"));
    asm volatile("sum 8;;");
    NO_FAULT("aligned with PSR.ac",
             asm volatile("ld8 %0 = [%1]" : "=r"(v) : "r"(buf) : "memory"));
    FAULTS("ld8 with PSR.ac", VEC_UNALIGNED, ISR_R,
           asm volatile("ld8 %0 = [%1]" : "=r"(v) : "r"(p) : "memory"));
    FAULTS("ld2 with PSR.ac", VEC_UNALIGNED, ISR_R,
           asm volatile("ld2 %0 = [%1], 8" : "=r"(v), "+r"(p)));
    test_eq("no update", p, (uint64_t)buf + 3);
    FAULTS("st4 with PSR.ac", VEC_UNALIGNED, ISR_W,
           asm volatile("st4 [%0] = r0, 8" : "+r"(p) : : "memory"));
    test_eq("no update of the store", p, (uint64_t)buf + 3);
    asm volatile("rum 8;;");
    test_eq("not stored", buf[0], 0x8192a31234d6e7f8ul);
    test_end();
}

/* NaT in base or data; r14 is NaT */
#define WITH_NAT(insn) \
    asm volatile("mov ar.unat = -1;; ld8.fill r14 = [%0];;\n" \
                 "mov ar.unat = 0;; mov r15 = %0;;\n" insn ";;\n" \
                 "mov r14 = 0;;" \
                 : : "r"(buf) : "r14", "r15", "r16", "f6", "memory")

static void test_nat_consumption(void)
{
    test_begin("NaT consumption");
    fill();
    FAULTS("ld8 base", VEC_NAT, ISR_R | 0x10, WITH_NAT("ld8 r16 = [r14]"));
    FAULTS("ld8.a base", VEC_NAT, ISR_R | 0x10,
           WITH_NAT("ld8.a r16 = [r14]"));
    FAULTS("ld8.fill base", VEC_NAT, ISR_R | 0x10,
           WITH_NAT("ld8.fill r16 = [r14]"));
    FAULTS("st8 base", VEC_NAT, ISR_W | 0x10, WITH_NAT("st8 [r14] = r0"));
    FAULTS("st8 data", VEC_NAT, ISR_W | 0x10, WITH_NAT("st8 [r15] = r14"));
    FAULTS("st8.spill base", VEC_NAT, ISR_W | 0x10,
           WITH_NAT("st8.spill [r14] = r0"));
    FAULTS("ldfd base", VEC_NAT, ISR_R | 0x10, WITH_NAT("ldfd f6 = [r14]"));
    FAULTS("stfd base", VEC_NAT, ISR_W | 0x10, WITH_NAT("stfd [r14] = f0"));
    FAULTS("xchg8 base", VEC_NAT, ISR_R | ISR_W | 0x10,
           WITH_NAT("xchg8 r16 = [r14], r0"));
    FAULTS("xchg8 data", VEC_NAT, ISR_R | ISR_W | 0x10,
           WITH_NAT("xchg8 r16 = [r15], r14"));
    FAULTS("fetchadd8 base", VEC_NAT, ISR_R | ISR_W | 0x10,
           WITH_NAT("fetchadd8.acq r16 = [r14], 1"));
    FAULTS("lfetch.fault base", VEC_NAT, ISR_R | ISR_NA | 0x14,
           WITH_NAT("lfetch.fault [r14]"));
    NO_FAULT("lfetch base", WITH_NAT("lfetch [r14], 8"));
    NO_FAULT("st8.spill data", WITH_NAT("st8.spill [r15] = r14"));
    NO_FAULT("ld8.s base", WITH_NAT("ld8.s r16 = [r14];; mov r16 = 0"));
    test_eq("memory", buf[1], pattern + 0x0101010101010101ul);
    test_end();
}

/* The addend's NaT bit goes to the base register. */
static void test_nat_update(void)
{
    uint64_t v;

    test_begin("NaT of an addend");
    fill();
    asm volatile("mov ar.unat = -1;; ld8.fill r14 = [%1];;\n"
                 "mov ar.unat = 0; mov r15 = %1;;\n"
                 "ld8 r16 = [r15], r14;;\n"
                 "tnat.nz p6, p7 = r15; tnat.nz p8, p9 = r16; mov %0 = 0;;\n"
                 "(p6) add %0 = 1, %0;; (p8) add %0 = 2, %0;;\n"
                 "mov r15 = 0; mov r14 = 0;;"
                 : "=&r"(v) : "r"(buf)
                 : "r14", "r15", "r16", "p6", "p7", "p8", "p9", "memory");
    test_eq("base NaT, target not", v, 1);
    test_end();
}

void test_main(void)
{
    test_loads();
    test_stores();
    test_same_register();
    test_predicated();
    test_rotating();
    test_big_endian();
    test_spill_fill();
    test_unaligned();
    test_nat_consumption();
    test_nat_update();
}
