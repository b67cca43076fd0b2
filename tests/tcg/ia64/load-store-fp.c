/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating-point loads and stores, setf and getf: register and memory formats
 * (SDM 1:85 to 1:96), checked through stf.spill
 */

#include "test.h"

static uint64_t buf[16] __attribute__((aligned(64)));
static uint64_t spill[2] __attribute__((aligned(16)));

#define PATTERN     0x8192a3b4c5d6e7f8ul
#define NATVAL      0x1fffeul

/* Spills f6 and compares significand, and sign and exponent. */
#define F6_IS(what, sig, exp) do { \
        asm volatile("stf.spill [%0] = f6" : : "r"(spill) : "memory"); \
        test_eq(what ": significand", spill[0], sig); \
        test_eq(what ": exponent", spill[1], exp); \
    } while (0)

static const struct {
    uint32_t mem;
    uint64_t sig, exp;
} singles[] = {
    { 0x00000000, 0, 0 },
    { 0x80000000, 0, 0x20000 },
    { 0x3f800000, 1ul << 63, 0xffff },
    { 0xbfc00000, 3ul << 62, 0x2ffff },
    { 0x00800000, 1ul << 63, 0xff81 },
    { 0x7f7fffff, 0xffffff0000000000ul, 0x1007e },
    { 0x00000001, 0x0000010000000000ul, 0xff81 },
    { 0x807fffff, 0x7fffff0000000000ul, 0x2ff81 },
    { 0x7f800000, 1ul << 63, 0x1ffff },
    { 0xff800000, 1ul << 63, 0x3ffff },
    { 0x7fc12345, 0xc123450000000000ul, 0x1ffff },
    { 0x7f812345, 0x8123450000000000ul, 0x1ffff },
};

static const struct {
    uint64_t mem, sig, exp;
} doubles[] = {
    { 0, 0, 0 },
    { 1ul << 63, 0, 0x20000 },
    { 0x3ff0000000000000ul, 1ul << 63, 0xffff },
    { 0xc008000000000000ul, 3ul << 62, 0x30000 },
    { 0x0010000000000000ul, 1ul << 63, 0xfc01 },
    { 0x7fefffffffffffff, 0xfffffffffffff800ul, 0x103fe },
    { 0x0000000000000001, 0x0000000000000800ul, 0xfc01 },
    { 0x800fffffffffffff, 0x7ffffffffffff800ul, 0x2fc01 },
    { 0x7ff0000000000000, 1ul << 63, 0x1ffff },
    { 0xfff0000000000000, 1ul << 63, 0x3ffff },
    { 0x7ff8123456789abc, 0xc091a2b3c4d5e000ul, 0x1ffff },
    { 0x7ff0000000000001, 0x8000000000000800ul, 0x1ffff },
};

static const struct {
    uint64_t mem_sig, mem_exp, exp;
} extendeds[] = {
    { 0, 0, 0 },
    { 0, 0x8000, 0x20000 },
    { 1ul << 63, 0x3fff, 0xffff },
    { PATTERN, 0xc000, 0x30000 },
    { PATTERN, 0x0001, 0xc001 },
    { 0x7fffffffffffffff, 0, 0 },
    { 1ul << 63, 0x7fff, 0x1ffff },
    { 0xc000000000000001, 0xffff, 0x3ffff },
    { 0x123, 0x4123, 0x10123 },
};

static void test_single(void)
{
    uint64_t v;
    uint32_t w;

    test_begin("ldfs, setf.s, stfs, getf.s");
    for (unsigned i = 0; i < ARRAY_SIZE(singles); i++) {
        w = singles[i].mem;
        asm volatile("ldfs f6 = [%0]" : : "r"(&w) : "f6", "memory");
        F6_IS("ldfs", singles[i].sig, singles[i].exp);
        asm volatile("getf.s %0 = f6" : "=r"(v));
        test_eq("getf.s", v, w);
        w = 0;
        asm volatile("stfs [%0] = f6" : : "r"(&w) : "memory");
        test_eq("stfs", w, singles[i].mem);
        asm volatile("mov f6 = f1;; setf.s f6 = %0"
                     : : "r"(w | 0xdeadul << 32) : "f6");
        F6_IS("setf.s", singles[i].sig, singles[i].exp);
    }
    test_end();
}

static void test_double(void)
{
    uint64_t v, w;

    test_begin("ldfd, setf.d, stfd, getf.d");
    for (unsigned i = 0; i < ARRAY_SIZE(doubles); i++) {
        w = doubles[i].mem;
        asm volatile("ldfd f6 = [%0]" : : "r"(&w) : "f6", "memory");
        F6_IS("ldfd", doubles[i].sig, doubles[i].exp);
        asm volatile("getf.d %0 = f6" : "=r"(v));
        test_eq("getf.d", v, w);
        asm volatile("getf.sig %0 = f6" : "=r"(v));
        test_eq("getf.sig", v, doubles[i].sig);
        asm volatile("getf.exp %0 = f6" : "=r"(v));
        test_eq("getf.exp", v, doubles[i].exp);
        w = 0;
        asm volatile("stfd [%0] = f6" : : "r"(&w) : "memory");
        test_eq("stfd", w, doubles[i].mem);
        asm volatile("stf8 [%0] = f6" : : "r"(&w) : "memory");
        test_eq("stf8", w, doubles[i].sig);
        asm volatile("mov f6 = f1;; setf.d f6 = %0"
                     : : "r"(doubles[i].mem) : "f6");
        F6_IS("setf.d", doubles[i].sig, doubles[i].exp);
        /* Through the spill format the value is the same. */
        asm volatile("mov f6 = f1;; ldf.fill f6 = [%0]"
                     : : "r"(spill) : "f6", "memory");
        F6_IS("ldf.fill", doubles[i].sig, doubles[i].exp);
        asm volatile("getf.d %0 = f6" : "=r"(v));
        test_eq("getf.d after ldf.fill", v, doubles[i].mem);
    }
    test_end();
}

static void test_extended(void)
{
    test_begin("ldfe, stfe");
    for (unsigned i = 0; i < ARRAY_SIZE(extendeds); i++) {
        buf[0] = extendeds[i].mem_sig;
        buf[1] = extendeds[i].mem_exp | 0xabcdef0000ul;
        asm volatile("ldfe f6 = [%0]" : : "r"(buf) : "f6", "memory");
        F6_IS("ldfe", extendeds[i].mem_sig, extendeds[i].exp);
        buf[0] = 0;
        buf[1] = ~0ul;
        asm volatile("stfe [%0] = f6" : : "r"(buf) : "memory");
        test_eq("stfe: significand", buf[0], extendeds[i].mem_sig);
        test_eq("stfe: exponent", buf[1],
                extendeds[i].mem_exp | 0xffffffffffff0000ul);
    }
    test_end();
}

static void test_integer(void)
{
    uint64_t v;

    test_begin("ldf8, stf8, setf.sig, setf.exp, getf");
    buf[0] = PATTERN;
    asm volatile("ldf8 f6 = [%0]" : : "r"(buf) : "f6", "memory");
    F6_IS("ldf8", PATTERN, 0x1003e);
    asm volatile("stf8 [%0] = f6" : : "r"(buf + 1) : "memory");
    test_eq("stf8", buf[1], PATTERN);
    asm volatile("setf.sig f6 = %0" : : "r"(12345) : "f6");
    F6_IS("setf.sig", 12345, 0x1003e);
    asm volatile("getf.sig %0 = f6" : "=r"(v));
    test_eq("getf.sig", v, 12345);
    asm volatile("getf.exp %0 = f6" : "=r"(v));
    test_eq("getf.exp", v, 0x1003e);
    asm volatile("getf.d %0 = f6" : "=r"(v));
    test_eq("getf.d of an integer", v, 12345ul >> 11);
    asm volatile("setf.exp f6 = %0" : : "r"(0xfffffffffff6ffffl) : "f6");
    F6_IS("setf.exp", 1ul << 63, 0x2ffff);
    asm volatile("getf.d %0 = f6" : "=r"(v));
    test_eq("getf.d", v, 0xbff0000000000000ul);
    asm volatile("getf.sig %0 = f1" : "=r"(v));
    test_eq("getf.sig f1", v, 1ul << 63);
    asm volatile("getf.exp %0 = f1" : "=r"(v));
    test_eq("getf.exp f1", v, 0xffff);
    asm volatile("getf.exp %0 = f0" : "=r"(v));
    test_eq("getf.exp f0", v, 0);
    asm volatile("stf.spill [%0] = f1" : : "r"(spill) : "memory");
    test_eq("stf.spill f1", spill[0], 1ul << 63);
    test_eq("stf.spill f1: exponent", spill[1], 0xffff);
    test_end();
}

static void test_fill(void)
{
    static const uint64_t words[][2] = {
        { 0, NATVAL }, { PATTERN, 0x3ffff }, { 1, 0 }, { 0, 0x12345 },
        { 0x7000000000000000, 0xfc01 }, { 0x8000000000000001, 0xffff },
    };
    uint64_t p;

    test_begin("ldf.fill, stf.spill");
    for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
        buf[2] = words[i][0];
        buf[3] = words[i][1] | 0xfff0ul << 32;
        p = (uint64_t)(buf + 2);
        asm volatile("ldf.fill f6 = [%0], -32" : "+r"(p) : : "f6", "memory");
        test_eq("update", p, (uint64_t)buf - 16);
        F6_IS("ldf.fill", words[i][0], words[i][1]);
    }
    FAULTS("ldf.fill of a multiple of 8", VEC_UNALIGNED, ISR_R,
           asm volatile("ldf.fill f6 = [%0]" : : "r"(buf + 1) : "f6"));
    FAULTS("stf.spill of a multiple of 8", VEC_UNALIGNED, ISR_W,
           asm volatile("stf.spill [%0] = f6" : : "r"(buf + 1)));
    test_end();
}

static void test_pairs(void)
{
    uint64_t p;

    test_begin("load pair");
    buf[0] = 0x3fc000003f800000;
    buf[1] = PATTERN;
    p = (uint64_t)buf;
    asm volatile("ldfps f7, f6 = [%0], 8" : "+r"(p) : : "f6", "f7", "memory");
    test_eq("update", p, (uint64_t)(buf + 1));
    F6_IS("ldfps, second", 3ul << 62, 0xffff);
    asm volatile("mov f6 = f7" : : : "f6");
    F6_IS("ldfps, first", 1ul << 63, 0xffff);
    p = (uint64_t)buf;
    asm volatile("ldfp8 f41, f6 = [%0], 16"
                 : "+r"(p) : : "f6", "f41", "memory");
    test_eq("update", p, (uint64_t)(buf + 2));
    F6_IS("ldfp8, second", PATTERN, 0x1003e);
    asm volatile("mov f6 = f41" : : : "f6");
    F6_IS("ldfp8, first", 0x3fc000003f800000, 0x1003e);
    buf[1] = 0x3ff0000000000000;
    asm volatile("ldfpd f7, f6 = [%0]" : : "r"(buf) : "f6", "f7", "memory");
    F6_IS("ldfpd, second", 1ul << 63, 0xffff);
    FAULTS("two odd registers", VEC_GENEX, 0,
           asm volatile("ldfpd f7, f9 = [%0]" : : "r"(buf)
                        : "f7", "f9", "memory"));
    test_end();
}

static void test_big_endian(void)
{
    test_begin("big-endian floating-point accesses");
    buf[0] = 0x000080bf0000c03f;        /* 1.5, -1.0 as they lie there */
    buf[1] = 0x0000000000000cc0;        /* -3.5 */
    asm volatile("sum 2;; srlz.d;; ldfs f6 = [%0];; rum 2;; srlz.d"
                 : : "r"(buf) : "f6", "memory");
    F6_IS("ldfs", 3ul << 62, 0xffff);
    asm volatile("sum 2;; srlz.d;; ldfps f6, f7 = [%0];; rum 2;; srlz.d"
                 : : "r"(buf) : "f6", "f7", "memory");
    F6_IS("ldfps, first", 3ul << 62, 0xffff);
    asm volatile("mov f6 = f7" : : : "f6");
    F6_IS("ldfps, second", 1ul << 63, 0x2ffff);
    asm volatile("sum 2;; srlz.d;; ldfd f6 = [%0];; rum 2;; srlz.d"
                 : : "r"(buf + 1) : "f6", "memory");
    F6_IS("ldfd", 7ul << 61, 0x30000);
    asm volatile("sum 2;; srlz.d;; stfe [%0] = f6; stf.spill [%1] = f6;;"
                 "ldfe f7 = [%0];; ldf.fill f8 = [%1];; rum 2;; srlz.d"
                 : : "r"(buf + 2), "r"(buf + 4) : "f7", "f8", "memory");
    test_eq("stfe: bytes 0 to 7", buf[2], 0xe000c0);
    test_eq("stf.spill: bytes 0 to 7", buf[4], 0x0000030000000000);
    test_eq("stf.spill: bytes 8 to 15", buf[5], 0xe0);
    asm volatile("mov f6 = f7" : : : "f6");
    F6_IS("ldfe", 7ul << 61, 0x30000);
    asm volatile("mov f6 = f8" : : : "f6");
    F6_IS("ldf.fill", 7ul << 61, 0x30000);
    test_end();
}

static void test_natval(void)
{
    uint64_t v, w;

    test_begin("NaTVal");
    buf[0] = 0;
    buf[1] = NATVAL;
    asm volatile("ldf.fill f7 = [%0]" : : "r"(buf) : "f7", "memory");
    FAULTS("stfd", VEC_NAT, ISR_W | 0x10,
           asm volatile("stfd [%0] = f7" : : "r"(buf + 2) : "memory"));
    FAULTS("stfe", VEC_NAT, ISR_W | 0x10,
           asm volatile("stfe [%0] = f7" : : "r"(buf + 2) : "memory"));
    FAULTS("stf8", VEC_NAT, ISR_W | 0x10,
           asm volatile("stf8 [%0] = f7" : : "r"(buf + 2) : "memory"));
    asm volatile("getf.sig r14 = f7;; tnat.nz p6, p7 = r14; mov %0 = 0;;\n"
                 "(p6) mov %0 = 1; setf.sig f6 = r14;; mov r14 = 0;;\n"
                 : "=&r"(v) : : "r14", "p6", "p7", "f6");
    test_eq("getf gives NaT", v, 1);
    F6_IS("setf of NaT", 0, NATVAL);
    asm volatile("cmp.ne p6, p7 = r0, r0; mov %0 = 5;;\n"
                 "(p6) getf.sig %0 = f7;; tnat.nz p6, p7 = %0;;\n"
                 "mov %1 = 0;; (p6) mov %1 = 1"
                 : "=&r"(v), "=&r"(w) : : "p6", "p7");
    test_eq("getf with a false predicate", v, 5);
    test_eq("getf with a false predicate: NaT", w, 0);
    asm volatile("chk.s f7, 1f;; mov %0 = 1;; br.sptk 2f;;\n"
                 "1: mov %0 = 2;;\n2:" : "=&r"(v));
    test_eq("chk.s", v, 2);
    asm volatile("chk.s f1, 1f;; mov %0 = 1;; br.sptk 2f;;\n"
                 "1: mov %0 = 2;;\n2:" : "=&r"(v));
    test_eq("chk.s f1", v, 1);
    test_end();
}

static uint64_t get_psr(void)
{
    uint64_t v;

    asm volatile("mov %0 = psr" : "=r"(v) : : "memory");
    return v;
}

static void test_psr(void)
{
    test_begin("PSR.mfl and mfh, disabled registers");
    asm volatile("rum 0x30;;");
    test_eq("cleared", get_psr() & (PSR_MFL | PSR_MFH), 0);
    asm volatile("getf.sig r14 = f6;; stfd [%0] = f40"
                 : : "r"(buf) : "r14", "memory");
    test_eq("reads", get_psr() & (PSR_MFL | PSR_MFH), 0);
    asm volatile("cmp.ne p6, p7 = r0, r0;; (p6) setf.sig f6 = r0;;\n"
                 "(p6) setf.sig f40 = r0" : : : "p6", "p7", "f6", "f40");
    test_eq("false predicate", get_psr() & (PSR_MFL | PSR_MFH), 0);
    asm volatile("setf.sig f40 = r0" : : : "f40");
    test_eq("f40", get_psr() & (PSR_MFL | PSR_MFH), PSR_MFH);
    asm volatile("rum 0x30;; ldfd f31 = [%0];;" : : "r"(buf) : "f31");
    test_eq("f31", get_psr() & (PSR_MFL | PSR_MFH), PSR_MFL);
    asm volatile("setf.sig f6 = r0;; rum 0x30;; setf.sig f6 = r0;;"
                 : : : "f6");
    test_eq("set again after rum", get_psr() & (PSR_MFL | PSR_MFH), PSR_MFL);

    asm volatile("ssm 1 << 18;; srlz.d;;");
    FAULTS("dfl: setf", VEC_DISABLED_FP, 1,
           asm volatile("setf.sig f6 = r0" : : : "f6"));
    FAULTS("dfl: ldfd", VEC_DISABLED_FP, ISR_R | 1,
           asm volatile("ldfd f6 = [%0]" : : "r"(buf) : "f6"));
    FAULTS("dfl: stfd", VEC_DISABLED_FP, ISR_W | 1,
           asm volatile("stfd [%0] = f6" : : "r"(buf) : "memory"));
    FAULTS("dfl: ldfps of one high register", VEC_DISABLED_FP, ISR_R | 1,
           asm volatile("ldfps f40, f7 = [%0]" : : "r"(buf) : "f7"));
    NO_FAULT("dfl: f0, f1", asm volatile("stfd [%0] = f1;; stfd [%0] = f0"
                                         : : "r"(buf + 2) : "memory"));
    NO_FAULT("dfl: f40", asm volatile("setf.sig f40 = r0" : : : "f40"));
    NO_FAULT("dfl: false predicate",
             asm volatile("cmp.ne p6, p7 = r0, r0;; (p6) setf.sig f6 = r0"
                          : : : "p6", "p7", "f6"));
    asm volatile("rsm 1 << 18;; ssm 1 << 19;; srlz.d;;");
    FAULTS("dfh: setf", VEC_DISABLED_FP, 2,
           asm volatile("setf.sig f127 = r0" : : : "f127"));
    FAULTS("dfh: chk.s", VEC_DISABLED_FP, 2,
           asm volatile("chk.s f32, 1f;; 1:"));
    NO_FAULT("dfh: f6", asm volatile("setf.sig f6 = r0" : : : "f6"));
    asm volatile("ssm 1 << 18;; srlz.d;;");
    FAULTS("both", VEC_DISABLED_FP, ISR_R | 3,
           asm volatile("ldfps f40, f7 = [%0]" : : "r"(buf) : "f7"));
    FAULTS("f0 as target comes first", VEC_GENEX, 0,
           asm volatile("ldfps f0, f7 = [%0]" : : "r"(buf) : "f7"));
    asm volatile("rsm 3 << 18;; srlz.d;;");
    FAULTS("setf f1", VEC_GENEX, 0, asm volatile("setf.sig f1 = r0"));
    FAULTS("ldfd f0", VEC_GENEX, 0,
           asm volatile("ldfd f0 = [%0]" : : "r"(buf)));
    test_end();
}

/* f32 of an earlier window is f33 after a rotation. */
ASM_FUNCTION(rotate_fr,
    "alloc r14 = ar.pfs, 2, 6, 0, 0\n"
    "mov r15 = ar.lc\n"
    "mov r16 = ar.ec\n"
    "mov r17 = pr;;\n"
    "mov ar.lc = 2\n"
    "mov ar.ec = 1\n"
    "1: setf.sig f32 = r32\n"
    "add r32 = 1, r32;;\n"
    "br.ctop.sptk 1b;;\n"
    "getf.sig r8 = f33;;\n"
    "getf.sig r9 = f35;;\n"
    "stf.spill [r33] = f34;;\n"
    "clrrrb;;\n"
    "mov ar.lc = r15\n"
    "mov ar.ec = r16\n"
    "mov pr = r17, -1\n"
    "mov ar.pfs = r14;;\n"
    "br.ret.sptk b0;;\n")

static void test_rotating(void)
{
    struct pair r;

    test_begin("rotating floating-point registers");
    r = rotate_fr(100, (uint64_t)buf);
    test_eq("f33", r.a, 102);
    test_eq("f35", r.b, 100);
    asm volatile("" : : : "memory");
    test_eq("f34", buf[0], 101);
    test_end();
}

void test_main(void)
{
    test_single();
    test_double();
    test_extended();
    test_integer();
    test_fill();
    test_pairs();
    test_big_endian();
    test_natval();
    test_psr();
    test_rotating();
}
