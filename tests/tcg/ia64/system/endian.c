/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Big-endian data in every kind of access: C6 of the test list */

#include "system.h"

enum { V_BREAK = 0x2c00, V_UNALIGNED = 0x5a00 };

#define VA          (REGION(3) | 0x2000000ul)
#define MMIO        (REGION(3) | 0x6000000ul)
#define RID         0x103ul
/* Speculative loads from there are deferred. */
#define UNCACHEABLE 0xff5e0000ul

static u8 mem[256] __attribute__((aligned(256)));
static u8 pages[2][4096] __attribute__((aligned(8192)));
static u64 store[512] __attribute__((aligned(4096)));

/* text with PSR.be = 1 */
#define BE(text, r8, r9, r10) \
    RUN("sum 2;;\n\t" text ";;\n\trum 2", r8, r9, r10)

static void fill(void)
{
    for (unsigned i = 0; i < sizeof(mem); i++) {
        mem[i] = i + 1;
    }
    asm volatile("" ::: "memory");
}

/* The bytes from mem[at] on as a big-endian number */
static u64 big(unsigned at, unsigned size)
{
    u64 v = 0;

    for (unsigned i = 0; i < size; i++) {
        v = v << 8 | mem[at + i];
    }
    return v;
}

/* mem[at] ... is v, big-endian; the bytes around it are as filled */
static int stored(unsigned at, unsigned size, u64 v)
{
    asm volatile("" ::: "memory");
    return big(at, size) == v && (at == 0 || mem[at - 1] == at) &&
           mem[at + size] == at + size + 1;
}

#define LOAD(op, at, size) do { \
        fill(); \
        check_eq(BE(op " r8 = [r9]", 0, mem + (at), 0), big(at, size), \
                 op " at " #at); \
    } while (0)
#define STORE(op, at, size) do { \
        u64 _v = 0xf1e2d3c4b5a69788ul; \
        fill(); \
        BE(op " [r9] = r8", _v, mem + (at), 0); \
        check(stored(at, size, size == 8 ? _v : _v & ((1ul << 8 * size) - 1)), \
              op " at " #at); \
    } while (0)

static void integer(void)
{
    u64 v;

    LOAD("ld1", 3, 1);
    LOAD("ld2", 2, 2);
    LOAD("ld4", 4, 4);
    LOAD("ld8", 8, 8);
    LOAD("ld2.acq", 6, 2);
    LOAD("ld4.acq", 12, 4);
    LOAD("ld8.acq", 16, 8);
    LOAD("ld4.s", 4, 4);
    LOAD("ld8.s", 8, 8);
    LOAD("ld2.a", 2, 2);
    LOAD("ld8.sa", 8, 8);
    LOAD("ld4.c.clr", 4, 4);
    LOAD("ld8.c.nc", 8, 8);
    LOAD("ld8.bias", 8, 8);
    LOAD("ld2", 1, 2);
    LOAD("ld4", 2, 4);
    STORE("st1", 3, 1);
    STORE("st2", 2, 2);
    STORE("st4", 4, 4);
    STORE("st8", 8, 8);
    STORE("st2.rel", 2, 2);
    STORE("st8.rel", 8, 8);
    STORE("st2", 5, 2);
    STORE("st4", 1, 4);

    fill();
    v = BE("ld4 r8 = [r9], 8;; mov r10 = r9;; sub r10 = r10, r9;;", 0,
           mem + 4, 0);
    check_eq(v, big(4, 4), "ld4 with post-increment");
    fill();
    v = BE("ld8 r8 = [r9]", 0, mem + 4, 0);
    check(trap.count ? trap.vector == V_UNALIGNED : v == big(4, 8),
          "ld8 across 8 bytes faults or is right");
    fill();
    BE("st8 [r9] = r8", 0x0102030405060708, mem + 20, 0);
    check(trap.count ? trap.vector == V_UNALIGNED && mem[20] == 21
                     : stored(20, 8, 0x0102030405060708),
          "st8 across 8 bytes faults or is right");
}

static void spill(void)
{
    u64 v;

    fill();
    v = BE("mov ar.unat = r0;; ld8.fill r8 = [r9]", 0, mem + 8, 0);
    check_eq(v, big(8, 8), "ld8.fill");
    fill();
    BE("st8.spill [r9] = r8", 0x1122334455667788, mem + 16, 0);
    check(stored(16, 8, 0x1122334455667788), "st8.spill");
    v = RUN("ld8.s r8 = [r9];; mov ar.unat = r0;; sum 2;;"
            "st8.spill [r10] = r8;; rum 2;; mov r8 = ar.unat",
            0, UNCACHEABLE, mem + 24);
    check_eq(v, 1ul << (((u64)mem + 24) >> 3 & 63),
             "  the NaT bit goes where it does in little-endian order");
}

static void semaphores(void)
{
    fill();
    check_eq(BE("xchg1 r8 = [r9], r10", 0, mem + 3, 0x55), 4, "xchg1");
    fill();
    check_eq(BE("xchg2 r8 = [r9], r10", 0, mem + 2, 0xabcd), 0x304, "xchg2");
    check(stored(2, 2, 0xabcd), "  stored");
    fill();
    check_eq(BE("xchg4 r8 = [r9], r10", 0, mem + 4, 0x89abcdef), 0x05060708,
             "xchg4");
    check(stored(4, 4, 0x89abcdef), "  stored");
    fill();
    check_eq(BE("xchg8 r8 = [r9], r10", 0, mem + 8, 0x123456789abcdef0),
             0x090a0b0c0d0e0f10, "xchg8");
    check(stored(8, 8, 0x123456789abcdef0), "  stored");
    fill();
    check_eq(BE("fetchadd4.acq r8 = [r9], 16", 0, mem + 4, 0), 0x05060708,
             "fetchadd4");
    check(stored(4, 4, 0x05060718), "  stored");
    fill();
    check_eq(BE("fetchadd8.rel r8 = [r9], -1", 0, mem + 8, 0),
             0x090a0b0c0d0e0f10, "fetchadd8");
    check(stored(8, 8, 0x090a0b0c0d0e0f0f), "  stored");
    fill();
    check_eq(BE("mov ar.ccv = r8;; cmpxchg2.acq r8 = [r9], r10, ar.ccv",
                0x304, mem + 2, 0xbeef), 0x304, "cmpxchg2");
    check(stored(2, 2, 0xbeef), "  stored");
    fill();
    check_eq(BE("mov ar.ccv = r8;; cmpxchg4.rel r8 = [r9], r10, ar.ccv",
                0x08070605, mem + 4, 0xbeef), 0x05060708,
             "cmpxchg4 that finds another value");
    check(stored(4, 4, 0x05060708), "  not stored");
    fill();
    check_eq(BE("mov ar.ccv = r8;; cmpxchg8.acq r8 = [r9], r10, ar.ccv",
                0x090a0b0c0d0e0f10, mem + 8, 77), 0x090a0b0c0d0e0f10,
             "cmpxchg8");
    check(stored(8, 8, 77), "  stored");
}

/* Montecito's; the register is the half at the lower address */
static void sixteen(void)
{
    fill();
    check_eq(BE("ld16 r8, ar.csd = [r9]", 0, mem + 16,
                0), big(16, 8), "ld16: the lower half");
    check_eq(RUN("mov r8 = ar.csd", 0, 0, 0), big(24, 8),
             "  AR.CSD has the upper one");
    fill();
    RUN("mov ar.csd = r8;; sum 2;; st16 [r9] = r10, ar.csd;; rum 2",
        0x8182838485868788, mem + 32, 0x7172737475767778);
    check(big(32, 8) == 0x7172737475767778 &&
          big(40, 8) == 0x8182838485868788, "st16");
    fill();
    RUN("mov ar.csd = r8;; mov ar.ccv = r10;; sum 2;;"
        "cmp8xchg16.acq r8 = [r9], r10, ar.csd, ar.ccv;; rum 2",
        0x99, mem + 48 + 8, big(56, 8));
    check(big(56, 8) == 0x99 && big(48, 8) == 0x393a3b3c3d3e3f40,
          "cmp8xchg16");
}

/* ----------------------------------------------------------------- */

static void bytes(unsigned at, const char *hex)
{
    fill();
    for (; hex[0] && hex[1]; hex += 2, at++) {
        u8 h = hex[0] - (hex[0] > '9' ? 'a' - 10 : '0');
        u8 l = hex[1] - (hex[1] > '9' ? 'a' - 10 : '0');

        mem[at] = h << 4 | l;
    }
    asm volatile("" ::: "memory");
}

static int are(unsigned at, const char *hex)
{
    asm volatile("" ::: "memory");
    for (; hex[0] && hex[1]; hex += 2, at++) {
        u8 h = hex[0] - (hex[0] > '9' ? 'a' - 10 : '0');
        u8 l = hex[1] - (hex[1] > '9' ? 'a' - 10 : '0');

        if (mem[at] != (h << 4 | l)) {
            return 0;
        }
    }
    return mem[at] == at + 1;
}

#define FLOAD(op, get, hex, want) do { \
        bytes(32, hex); \
        check_eq(BE(op " f6 = [r9];; " get " r8 = f6", 0, mem + 32, 0), \
                 want, op); \
    } while (0)
#define FSTORE(op, set, val, hex) do { \
        fill(); \
        BE(set " f6 = r8;; " op " [r9] = f6", val, mem + 32, 0); \
        check(are(32, hex), op); \
    } while (0)
#define FPAIR(op, get, hex, first, second) do { \
        bytes(32, hex); \
        check_eq(BE(op " f6, f7 = [r9];; " get " r8 = f6", 0, mem + 32, 0), \
                 first, op ": the first from the lower address"); \
        check_eq(BE(op " f6, f7 = [r9];; " get " r8 = f7", 0, mem + 32, 0), \
                 second, "  the second"); \
    } while (0)

static void floating(void)
{
    FLOAD("ldfs", "getf.s", "40490fdb", 0x40490fdb);
    FLOAD("ldfd", "getf.d", "400921fb54442d18", 0x400921fb54442d18);
    FLOAD("ldf8", "getf.sig", "0123456789abcdef", 0x0123456789abcdef);
    FLOAD("ldfe", "getf.sig", "c001c90fdaa22168c235", 0xc90fdaa22168c235);
    FLOAD("ldfe", "getf.exp", "c001c90fdaa22168c235", 0x30001);
    FLOAD("ldf.fill", "getf.sig", "0000000000030001c90fdaa22168c235",
          0xc90fdaa22168c235);
    FLOAD("ldf.fill", "getf.exp", "0000000000030001c90fdaa22168c235",
          0x30001);
    FLOAD("ldfd.s", "getf.d", "400921fb54442d18", 0x400921fb54442d18);
    FLOAD("ldfs.a", "getf.s", "40490fdb", 0x40490fdb);
    FSTORE("stfs", "setf.s", 0x40490fdb, "40490fdb");
    FSTORE("stfd", "setf.d", 0x400921fb54442d18, "400921fb54442d18");
    FSTORE("stf8", "setf.sig", 0x0123456789abcdef, "0123456789abcdef");
    FSTORE("stfe", "setf.d", 0xc00921fb54442d18, "c000c90fdaa22168c000");
    FSTORE("stf.spill", "setf.d", 0xc00921fb54442d18,
           "0000000000030000c90fdaa22168c000");
    FPAIR("ldfps", "getf.s", "3f80000040490fdb", 0x3f800000, 0x40490fdb);
    FPAIR("ldfpd", "getf.d", "3ff0000000000000400921fb54442d18",
          0x3ff0000000000000, 0x400921fb54442d18);
    FPAIR("ldfp8", "getf.sig", "0123456789abcdeffedcba9876543210",
          0x0123456789abcdef, 0xfedcba9876543210);
}

/* ----------------------------------------------------------------- */

/*
 * Stores r32-r35 on a backing store at r8, r34 with its NaT bit, RSC being
 * r9; then drops and loads them again.  r8: their sum, r34 counting for what
 * its NaT bit is (5 if set).
 */
CODE(code_rse,
     "mov r20 = ar.rsc\n\tmov ar.rsc = 0\n\t;;\n\tflushrs\n\t;;\n\t"
     "mov r21 = ar.bspstore\n\tmov r22 = ar.rnat\n\t;;\n\t"
     "mov ar.bspstore = r8\n\t;;\n\tmov ar.rnat = r0\n\t;;\n\t"
     "mov ar.rsc = r9\n\t;;\n\t"
     "br.call.sptk b6 = rse_1\n\t;;\n\t"
     "mov ar.rsc = 0\n\t;;\n\t"
     "mov ar.bspstore = r21\n\t;;\n\tmov ar.rnat = r22\n\t;;\n\t"
     "mov ar.rsc = r20\n\tmov r8 = r10\n\t;;\n\tbreak.m 7\n\t;;\n"
     "rse_1:\n\t"
     "alloc r32 = ar.pfs, 0, 6, 0, 0\n\tmov r36 = b6\n\t;;\n\t"
     "movl r33 = 0x1122334455667788\n\tmovl r35 = 0x99aabbccddeeff00\n\t"
     "movl r23 = 0xff5e0000\n\t;;\n\tld8.s r34 = [r23]\n\t;;\n\t"
     "br.call.sptk b7 = rse_2\n\t;;\n\t"
     "add r10 = r33, r35\n\ttnat.nz p6, p7 = r34\n\t;;\n\t"
     "(p6) adds r10 = 5, r10\n\tmov r34 = 0\n\tmov b6 = r36\n\t"
     "mov ar.pfs = r32\n\t;;\n\t"
     "br.ret.sptk b6\n\t;;\n"
     "rse_2:\n\t"
     "alloc r32 = ar.pfs, 0, 2, 0, 0\n\t;;\n\t"
     "flushrs\n\t;;\n\tmov ar.pfs = r32\n\t;;\n\tbr.ret.sptk b7\n\t;;");

#define GO_FRAME    7

static void backing_store(void)
{
    u64 sum = 0x1122334455667788 + 0x99aabbccddeeff00 + 5, v;

    for (unsigned be = 0; be < 2; be++) {
        /* The frame of go() comes first; a collection falls into ours. */
        const u64 at = 60;
        u64 r33, rnat, r34_bit = 1ul << 62;

        for (unsigned i = 0; i < 512; i++) {
            store[i] = 0;
        }
        v = go(ADDR(code_rse), KERNEL_PSR, (u64)(store + at - GO_FRAME),
               be << 4);
        trap.resume = unexpected_ip;
        check(trap.vector == V_BREAK && trap.iim == 7,
              be ? "RSE with RSC.be = 1" : "RSE with RSC.be = 0");
        check_eq(v, sum, "  the registers come back, the NaT bit too");
        r33 = store[at + 1];
        rnat = store[63];
        if (be) {
            r33 = __builtin_bswap64(r33);
            rnat = __builtin_bswap64(rnat);
        }
        check_eq(r33, 0x1122334455667788, "  a register in memory");
        check_eq(rnat & r34_bit, r34_bit, "  the NaT collection");
    }
    /* The RSE does not look at PSR.be, nor loads and stores at RSC.be. */
    v = go(ADDR(code_rse), KERNEL_PSR | PSR_BE,
           (u64)(store + 60 - GO_FRAME), 0);
    trap.resume = unexpected_ip;
    check_eq(store[61], 0x1122334455667788,
             "RSE with PSR.be = 1, RSC.be = 0: little-endian");
}

/* ----------------------------------------------------------------- */

CODE(user_be, "sum 2;; ld8 r8 = [r9];; rum 2;; ld8 r10 = [r9];; add r8 = r8,"
     "r10;; break.m 7;;");
CODE(code_be, "ld8 r8 = [r9];; break.m 7;;");
CODE(code_psrl, "mov r20 = psr;; adds r21 = 2, r20;; mov psr.l = r21;; srlz.d"
     ";; ld8 r8 = [r9];; mov psr.l = r20;; srlz.d;; break.m 7;;");
CODE(code_ssm, "ssm 2;; srlz.d;; ld8 r8 = [r9];; rsm 2;; srlz.d;; break.m 7");

static void modes(void)
{
    u64 be, le, v;

    fill();
    be = big(8, 8);
    le = __builtin_bswap64(be);
    v = go(USER(user_be), USER_PSR, 0, REGION(1) | (u64)(mem + 8));
    check_eq(v, be + le, "sum and rum at privilege level 3");
    v = go(ADDR(code_be), KERNEL_PSR | PSR_BE, 0, (u64)(mem + 8));
    check_eq(v, be, "rfi to PSR.be = 1");
    check_eq(trap.psr & PSR_BE, 0, "  an interruption clears it ...");
    SET_CR(dcr, 2);
    v = go(ADDR(code_be), KERNEL_PSR, 0, (u64)(mem + 8));
    SET_CR(dcr, 0);
    check_eq(v, le, "rfi to PSR.be = 0 with DCR.be = 1");
    check_eq(trap.psr & PSR_BE, PSR_BE, "  or sets it, by DCR.be");
    check_eq(trap.ipsr & PSR_BE, 0, "  IPSR has what it was");
    check_eq(go(ADDR(code_psrl), KERNEL_PSR, 0, (u64)(mem + 8)), be,
             "mov psr.l");
    check_eq(go(ADDR(code_ssm), KERNEL_PSR, 0, (u64)(mem + 8)), be,
             "ssm and rsm");
    trap.resume = unexpected_ip;
}

/* Two virtual pages that are not neighbours in memory */
static void crossing(void)
{
    u64 pa = (u64)pages, v;

    itc_d(VA, (pa + 4096) | PTE_OK | PTE_AR(2), 12, RID);
    itc_d(VA + 4096, pa | PTE_OK | PTE_AR(2), 12, RID);
    for (unsigned i = 0; i < 4; i++) {
        pages[1][4092 + i] = 0xa0 + i;
        pages[0][i] = 0xb0 + i;
    }
    asm volatile("" ::: "memory");
    v = BE("ld8 r8 = [r9]", 0, VA + 4092, 0);
    check(trap.count ? trap.vector == V_UNALIGNED
                     : v == 0xa0a1a2a3b0b1b2b3,
          "ld8 across pages faults or is right");
    BE("st8 [r9] = r8", 0xc0c1c2c3d0d1d2d3, VA + 4092, 0);
    asm volatile("" ::: "memory");
    check(trap.count ? trap.vector == V_UNALIGNED && pages[0][0] == 0xb0
                     : pages[1][4092] == 0xc0 && pages[1][4095] == 0xc3 &&
                       pages[0][0] == 0xd0 && pages[0][3] == 0xd3,
          "st8 across pages faults or is right");
    ptc_l(VA, 13);
}

/*
 * Registers of the chipset are little-endian: the access is swapped, not the
 * device.  The chip's identity, and its IBASE.
 */
static void mmio(void)
{
    u64 old;

    itc_d(MMIO, 0xfed00000ul | PTE_OK | PTE_AR(2) | PTE_MA(4), 16, RID);
    check_eq(RUN("ld4 r8 = [r9]", 0, MMIO, 0), 0x1229103c,
             "a chipset register, little-endian");
    check_eq(BE("ld4 r8 = [r9]", 0, MMIO, 0), 0x3c102912, "  big-endian");
    check_eq(BE("ld2 r8 = [r9]", 0, MMIO + 2, 0), 0x2912, "  half of it");
    old = RUN("ld8 r8 = [r9]", 0, MMIO + 0x1300, 0);
    BE("st8 [r9] = r8", __builtin_bswap64(0x80000000ul), MMIO + 0x1300, 0);
    check_eq(RUN("ld8 r8 = [r9]", 0, MMIO + 0x1300, 0) & ~1ul, 0x80000000ul,
             "  a big-endian store of the swapped value");
    RUN("st8 [r9] = r8", old, MMIO + 0x1300, 0);
    ptc_l(MMIO, 16);
}

void test(void)
{
    integer();
    spill();
    semaphores();
    if (RUN("mov r8 = cpuid[r9]", 0, 4, 0) & 4) {
        sixteen();
    }
    floating();
    backing_store();
    modes();
    crossing();
    mmio();
}
