/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address translation: C3, C4, C5 and C7 of the test list, faults, rights */

#include "system.h"

#define VA          (REGION(2) | 0x40000000ul)
#define RID(r)      (0x100ul + (r))
#define ITIR(r)     (RID(r) << 8 | 12 << 2)

enum {
    V_VHPT = 0x0000, V_DTLB = 0x0800, V_ITLB = 0x0400, V_ALT_I = 0x0c00,
    V_ALT_D = 0x1000, V_NESTED = 0x1400, V_IKEY = 0x1800, V_DKEY = 0x1c00,
    V_DIRTY = 0x2000, V_IACCESS = 0x2400, V_DACCESS = 0x2800,
    V_NP = 0x5000, V_KEYPERM = 0x5100, V_IRIGHTS = 0x5200,
    V_DRIGHTS = 0x5300, V_GE = 0x5400, V_NAT = 0x5600, V_DEBUG = 0x5900,
    V_UNALIGNED = 0x5a00, V_UNSUPPORTED = 0x5b00, V_BREAK = 0x2c00,
};

static u64 page[4096] __attribute__((aligned(16384)));
static u8 table[1 << 15] __attribute__((aligned(1 << 15)));

CODE(code_ld, "ld8 r8 = [r9];; break.m 7;;");
CODE(code_st, "st8 [r9] = r8;; break.m 7;;");
CODE(code_probe_rw, "probe.rw.fault r9, 0;; break.m 7;;");
CODE(code_break, "break.m 7;;");

/* Runs code with r9 at privilege level cpl; the vector, or 0 if none */
static u64 run_at(char *code, u64 r9, unsigned cpl, u64 psr)
{
    trap.count = 0;
    go(cpl ? USER(code) : ADDR(code), KERNEL_PSR | PSR_CPL(cpl) | psr, 0, r9);
    trap.resume = unexpected_ip;
    return trap.vector == V_BREAK && trap.iim == 7 ? 0 : trap.vector;
}

/* ----------------------------------------------------------------- */

/* Rights by the manual's rows: a string of rwx for cpl 0, 1, 2, 3 */
static const char *const rights[8][4][4] = {
    { { "r", "", "", "" }, { "r", "r", "", "" },
      { "r", "r", "r", "" }, { "r", "r", "r", "r" } },
    { { "rx", "", "", "" }, { "rx", "rx", "", "" },
      { "rx", "rx", "rx", "" }, { "rx", "rx", "rx", "rx" } },
    { { "rw", "", "", "" }, { "rw", "rw", "", "" },
      { "rw", "rw", "rw", "" }, { "rw", "rw", "rw", "rw" } },
    { { "rwx", "", "", "" }, { "rwx", "rwx", "", "" },
      { "rwx", "rwx", "rwx", "" }, { "rwx", "rwx", "rwx", "rwx" } },
    { { "rw", "", "", "" }, { "rw", "r", "", "" },
      { "rw", "rw", "r", "" }, { "rw", "rw", "rw", "r" } },
    { { "rwx", "", "", "" }, { "rwx", "rx", "", "" },
      { "rwx", "rx", "rx", "" }, { "rwx", "rx", "rx", "rx" } },
    { { "rw", "", "", "" }, { "rw", "rwx", "", "" },
      { "rw", "rw", "rwx", "" }, { "rw", "rw", "rw", "rwx" } },
    { { "rx", "x", "x", "x" }, { "rx", "x", "x", "x" },
      { "rx", "x", "x", "x" }, { "rx", "x", "x", "x" } },
};

static int has(const char *s, char c)
{
    for (; *s; s++) {
        if (*s == c) {
            return 1;
        }
    }
    return 0;
}

static void rights_matrix(void)
{
    u64 pa = (u64)page, wrong = 0;
    u64 code_pa = ADDR(code_break) & ~4095ul;
    u64 code_va = VA | 0x100000 | (ADDR(code_break) & 4095);

    for (unsigned ar = 0; ar < 8; ar++) {
        for (unsigned pl = 0; pl < 4; pl++) {
            u64 bits = PTE_OK | PTE_AR(ar) | PTE_PL(pl);

            itc_d(VA, pa | bits, 12, RID(2));
            itc_i(VA | 0x100000, code_pa | bits, 12, RID(2));
            for (unsigned cpl = 0; cpl < 4; cpl++) {
                const char *want = rights[ar][pl][cpl];
                u64 r, w, rw, x, v, ok;

                r = run_at(code_ld, VA, cpl, 0);
                w = run_at(code_st, VA, cpl, 0);
                rw = run_at(code_probe_rw, VA, cpl, 0);
                trap.count = 0;
                go(code_va, KERNEL_PSR | PSR_CPL(cpl), 0, 0);
                x = trap.vector;
                asm volatile("probe.r %0 = %1, %2;;"
                             : "=r"(v) : "r"(VA), "r"((u64)cpl));
                ok = v == has(want, 'r');
                asm volatile("probe.w %0 = %1, %2;;"
                             : "=r"(v) : "r"(VA), "r"((u64)cpl));
                ok &= v == has(want, 'w');
                ok &= r == (has(want, 'r') ? 0 : V_DRIGHTS);
                ok &= w == (has(want, 'w') ? 0 : V_DRIGHTS);
                ok &= rw == (has(want, 'r') && has(want, 'w') ? 0
                                                             : V_DRIGHTS);
                ok &= x == (has(want, 'x') ? V_BREAK : V_IRIGHTS);
                if (!ok) {
                    put("# ar pl cpl ");
                    put_hex(ar << 8 | pl << 4 | cpl);
                    put(" r w rw x ");
                    put_hex(r << 48 | w << 32 | rw << 16 | x);
                    put("\n");
                    wrong++;
                }
            }
        }
    }
    trap.resume = unexpected_ip;
    check_eq(wrong, 0, "access rights: every ar, pl and cpl");
}

/* ----------------------------------------------------------------- */

static void data_faults(void)
{
    u64 pa = (u64)page;

    ptc_l(VA, 32);
    RUN("ld8 r8 = [r9]", 0, VA + 8, 0);
    check_eq(trap.vector, V_ALT_D, "no translation, walker off");
    check_eq(trap.ifa, VA + 8, "  IFA is the address");
    check_eq(trap.itir, ITIR(2), "  ITIR has the region's id and page size");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R, "  ISR.r");
    RUN("st8 [r9] = r8", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_W, "  ISR.w of a store");
    RUN("fetchadd8.acq r8 = [r9], 1", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R | ISR_W,
             "  ISR.r and w of a semaphore");
    RUN("tpa r8 = r9", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_NA | 0, "  ISR of tpa");
    RUN("fc r9", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_NA | ISR_R | 1, "  ISR of fc");
    RUN("probe.w r8 = r9, 0", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_NA | ISR_W | 2, "  ISR of probe");
    RUN("lfetch.fault [r9]", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_NA | ISR_R | 4,
             "  ISR of lfetch.fault");
    RUN("lfetch [r9]", 0, VA, 0);
    check_eq(trap.count, 0, "lfetch does not fault");
    RUN("probe.rw.fault r9, 0", 0, VA, 0);
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_NA | ISR_R | ISR_W | 5,
             "  ISR of probe.rw.fault");

    itc_d(VA, 0, 12, RID(2));
    RUN("ld8 r8 = [r9]", 0, VA, 0);
    check_eq(trap.vector, V_NP, "page not present");
    check_eq(RUN("tak r8 = r9", 7, VA, 0), 1, "tak of a page not present");

    itc_d(VA, pa | PTE_OK | PTE_AR(2) | PTE_MA(7), 12, RID(2));
    RUN("ld8 r8 = [r9]", 0, VA, 0);
    check_eq(trap.vector, V_NAT, "NaT page");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R | 0x20, "  ISR of a NaT page");

    itc_d(VA, pa | PTE_P | PTE_A | PTE_AR(2), 12, RID(2));
    RUN("ld8 r8 = [r9]", 0, VA, 0);
    check_eq(trap.count, 0, "a clean page is readable");
    RUN("st8 [r9] = r8", 0, VA, 0);
    check_eq(trap.vector, V_DIRTY, "store to a clean page");

    itc_d(VA, pa | PTE_P | PTE_D | PTE_AR(2), 12, RID(2));
    RUN("ld8 r8 = [r9]", 0, VA, 0);
    check_eq(trap.vector, V_DACCESS, "access bit");
    itc_d(VA, pa | PTE_P | PTE_AR(2), 12, RID(2));
    RUN("st8 [r9] = r8", 0, VA, 0);
    check_eq(trap.vector, V_DIRTY, "dirty bit comes before the access bit");
    check_eq(run_at(code_st, VA, 0, PSR_DA), 0, "PSR.da skips both");
    check_eq(trap.ipsr & PSR_DA, 0, "  and is clear after the instruction");
    check_eq(run_at(code_st, VA, 0, 0), V_DIRTY, "  and only once");
    check_eq(run_at(code_st, VA, 0, PSR_IA | PSR_ID), V_DIRTY,
             "PSR.ia and id do not");
    check_eq(trap.ipsr & PSR_IA, PSR_IA, "  and stay for the restart");

    itc_d(VA, pa | PTE_OK | PTE_AR(0), 12, RID(2));
    RUN("st8 [r9] = r8", 0, VA, 0);
    check_eq(trap.vector, V_DRIGHTS, "data access rights");
    itc_d(VA, pa | PTE_OK | PTE_AR(2), 12, RID(2));
    page[1] = page[2] = page[3] = 0x1234;
    check_eq(RUN("ld8 r8 = [r9]", 0, VA + 8, 0), 0x1234, "load");
    check_eq(RUN("tpa r8 = r9", 0, VA + 0x123, 0), pa + 0x123, "tpa");
    check_eq(RUN("tak r8 = r9", 0, VA, 0), RID(2) << 8, "tak");
    ptc_l(VA, 12);
    RUN("ld8 r8 = [r9]", 0, VA, 0);
    check_eq(trap.vector, V_ALT_D, "purged");

    itc_d(VA, pa | PTE_OK | PTE_AR(2) | PTE_MA(4), 12, RID(2));
    RUN("xchg8 r8 = [r9], r10", 0, VA, 0);
    check_eq(trap.vector, V_UNSUPPORTED, "semaphore on an uncacheable page");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R | ISR_W, "  ISR");
    check_eq(RUN("ld8.a r8 = [r9];; ld8.c.nc r10 = [r9];; add r8 = r8, r10",
                 7, VA + 8, 0), 0x1234,
             "ld.a on an uncacheable page gives 0, its check load the data");
    check_eq(RUN("ldfp8.a f6, f7 = [r9];; getf.sig r8 = f6;;"
                 "getf.sig r10 = f7;; or r8 = r8, r10", 7, VA + 0x10, 0), 0,
             "so does ldfp.a");
    itc_d(VA, pa | PTE_OK | PTE_AR(2) | PTE_MA(5), 12, RID(2));
    RUN("fetchadd8.acq r8 = [r9], 1", 0, VA, 0);
    check_eq(trap.count, 0, "fetchadd on an exported uncacheable page");
    itc_d(VA, pa | PTE_OK | PTE_AR(2), 12, RID(2));
    RUN("xchg8 r8 = [r9], r10", 0, VA + 4, 0);
    check_eq(trap.vector, V_UNALIGNED, "semaphore not aligned");
    RUN("rsm psr.ic;; srlz.d;; ld8 r8 = [r9]", 0, VA + 0x100000, 0);
    check_eq(trap.vector, V_NESTED, "Data Nested TLB");
    check_eq(trap.ifa, GET_CR(iva) ? trap.ifa : 0, "  nothing collected");

    RUN("rsm psr.dt;; srlz.d;; ld8 r8 = [r9]", 0, 1ul << 50, 0);
    check_eq(trap.vector, V_GE, "unimplemented physical address");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R | 0x30, "  ISR");
    asm volatile("ssm psr.dt;; srlz.d;;" ::: "memory");
}

/* ----------------------------------------------------------------- */

static void keys(void)
{
    u64 pa = (u64)page;
    u64 code_pa = ADDR(code_break) & ~4095ul;
    u64 code_va = VA | 0x100000 | (ADDR(code_break) & 4095);
    u64 own = 1ul << 8 | 1, v;

    /* The program's own translations have the key 0 or the region's id. */
    SET_PKR(0, 0ul << 8 | 1);
    SET_PKR(1, own);
    for (int i = 2; i < 16; i++) {
        SET_PKR(i, 0xfff000ul << 8);
    }
    SET_PKR(3, 2ul << 8 | 1);
    itc_d(VA, pa | PTE_OK | PTE_AR(3) | PTE_PL(3), 12, 0xabcdef);
    itc_i(VA | 0x100000, code_pa | PTE_OK | PTE_AR(3) | PTE_PL(3), 12,
          0xabcdef);
    check_eq(run_at(code_ld, VA, 0, PSR_PK), V_DKEY, "data key miss");
    check_eq(run_at(code_ld, VA, 0, 0), 0, "  not without PSR.pk");
    go(code_va, KERNEL_PSR | PSR_PK, 0, 0);
    check_eq(trap.vector, V_IKEY, "instruction key miss");
    check_eq(trap.isr, ISR_X, "  ISR.x");
    SET_PKR(5, 0xabcdeful << 8 | 1 << 2 | 1);
    check_eq(run_at(code_ld, VA, 0, PSR_PK), V_KEYPERM, "rd");
    check_eq(run_at(code_st, VA, 0, PSR_PK), 0, "  a store is allowed");
    SET_PKR(5, 0xabcdeful << 8 | 1 << 1 | 1);
    check_eq(run_at(code_st, VA, 0, PSR_PK), V_KEYPERM, "wd");
    check_eq(run_at(code_ld, VA, 0, PSR_PK), 0, "  a load is allowed");
    check_eq(run_at(code_probe_rw, VA, 0, PSR_PK), V_KEYPERM,
             "  probe.rw.fault is not");
    SET_PKR(5, 0xabcdeful << 8 | 1 << 3 | 1);
    go(code_va, KERNEL_PSR | PSR_PK, 0, 0);
    check_eq(trap.vector, V_KEYPERM, "xd");
    SET_PKR(6, 0xabcdeful << 8 | 1);
    asm volatile("mov %0 = pkr[%1];;" : "=r"(v) : "r"(5ul));
    check_eq(v & 1, 0, "a second register for a key invalidates the first");
    go(code_va, KERNEL_PSR | PSR_PK, 0, 0);
    check_eq(trap.vector, V_BREAK, "  and is used");
    RUN("mov pkr[r9] = r10", 0, 16, 0);
    check_eq(trap.isr & 0xffff, 0x30, "pkr 16: Reserved Register/Field");
    RUN("mov pkr[r9] = r10", 0, 5, 0x10);
    check_eq(trap.isr & 0xffff, 0x30, "reserved bits of a pkr");
    trap.resume = unexpected_ip;
}

/* ----------------------------------------------------------------- */

static const u8 sizes[] = { 12, 13, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32 };

static void purge(unsigned kind, u64 va, u64 ps)
{
    switch (kind) {
    case 0:
        ptc_l(va, ps);
        break;
    case 1:
        asm volatile("ptc.g %0, %1;;\n\tsrlz.i;;" :: "r"(va), "r"(ps << 2)
                     : "memory");
        break;
    case 2:
        asm volatile("ptc.ga %0, %1;;\n\tsrlz.i;;" :: "r"(va), "r"(ps << 2)
                     : "memory");
        break;
    default:
        ptc_e();
    }
}

/* Data and instructions: each size, and each purge with its own size */
static void purges(void)
{
    u64 va = REGION(3) | 0x300000000ul, wrong = 0;

    for (unsigned i = 0; i < sizeof(sizes); i++) {
        u64 size = 1ul << sizes[i];
        u64 code = ADDR(code_break), off = code & (size - 1);

        for (unsigned kind = 0; kind < 4; kind++) {
            itc_d(va, ((u64)page & ~(size - 1)) | PTE_OK | PTE_AR(2),
                  sizes[i], RID(3));
            itc_i(va, (code & ~(size - 1)) | PTE_OK | PTE_AR(1), sizes[i],
                  RID(3));
            RUN("ld8 r8 = [r9]", 0, va + ((u64)page & (size - 1)), 0);
            wrong += trap.count;
            trap.count = 0;
            go(va + off, KERNEL_PSR, 0, 0);
            wrong += trap.vector != V_BREAK;
            purge(kind, va, sizes[i]);
            RUN("ld8 r8 = [r9]", 0, va + ((u64)page & (size - 1)), 0);
            wrong += trap.vector != V_ALT_D;
            go(va + off, KERNEL_PSR, 0, 0);
            wrong += trap.vector != V_ALT_I;
        }
    }
    trap.resume = unexpected_ip;
    check_eq(wrong, 0, "ptc.l, g, ga, e: both sides, each size");
}

static void page_sizes(void)
{
    u64 wrong = 0;

    for (unsigned i = 0; i < sizeof(sizes); i++) {
        u64 size = 1ul << sizes[i], v;
        u64 va = REGION(3) | 0x100000000ul;
        u64 off = ((u64)page & (size - 1));
        u64 pte = ((u64)page & ~(size - 1)) | PTE_OK | PTE_AR(2);

        page[0] = 0x5555 + i;
        itc_d(va + off, pte, sizes[i], RID(3));
        v = RUN("ld8 r8 = [r9]", 0, va + off, 0);
        wrong += v != page[0];
        v = RUN("tpa r8 = r9", 0, va + size - 1, 0);
        wrong += v != ((u64)page & ~(size - 1)) + size - 1;
        RUN("ld8 r8 = [r9]", 0, va + size, 0);
        wrong += trap.vector != V_ALT_D;
        /* A purge of the smallest size removes the whole page. */
        ptc_l(va + size / 2, 12);
        RUN("ld8 r8 = [r9]", 0, va + off, 0);
        wrong += trap.vector != V_ALT_D;
    }
    check_eq(wrong, 0, "insert and purge by each page size");

    /* A large page over small ones, and the other way round */
    wrong = 0;
    for (u64 i = 0; i < 64; i++) {
        itc_d(REGION(3) | 0x100000000ul | i << 12,
              (u64)page | PTE_OK | PTE_AR(2), 12, RID(3));
        RUN("ld8 r8 = [r9]", 0, REGION(3) | 0x100000000ul | i << 12, 0);
    }
    itc_d(REGION(3) | 0x100000000ul, PTE_OK | PTE_AR(2), 32, RID(3));
    for (u64 i = 0; i < 64; i++) {
        wrong += RUN("tpa r8 = r9", 0,
                     REGION(3) | 0x100000000ul | i << 12, 0) != i << 12;
    }
    check_eq(wrong, 0, "a 4 GB page replaces small ones");
    itc_d(REGION(3) | 0x100010000ul, (u64)page | PTE_OK | PTE_AR(2), 14,
          RID(3));
    RUN("tpa r8 = r9", 0, REGION(3) | 0x100000000ul, 0);
    check_eq(trap.vector, V_ALT_D, "a small page replaces a 4 GB one");
    RUN("itc.d r10", 0, 0, PTE_OK);
    check_eq(trap.isr & 0xffff, 0, "itc with PSR.ic = 1: Illegal Operation");
    check_eq(trap.vector, V_GE, "  vector");

    /* Many pages, and a translation register among them */
    itr_d(10, REGION(3) | 0x800000000ul, (u64)page | PTE_OK | PTE_AR(2), 14,
          RID(3));
    page[2] = 0xfeed;
    wrong = 0;
    for (u64 i = 0; i < 20000; i++) {
        itc_d(REGION(3) | 0x200000000ul | i << 12,
              (u64)page | PTE_OK | PTE_AR(2), 12, RID(3));
        if (RUN("ld8 r8 = [r9]", 0, (REGION(3) | 0x200000010ul) + (i << 12),
                0) != 0xfeed) {
            wrong++;
        }
    }
    check_eq(wrong, 0, "each of 20000 pages is usable after its insertion");
    check_eq(RUN("ld8 r8 = [r9]", 0, REGION(3) | 0x800000010ul, 0), 0xfeed,
             "the translation register is still there");
    ptc_e();
    check_eq(RUN("ld8 r8 = [r9]", 0, REGION(3) | 0x800000010ul, 0), 0xfeed,
             "  after ptc.e too");
    RUN("ld8 r8 = [r9]", 0, REGION(3) | 0x200000000ul, 0);
    check_eq(trap.vector, V_ALT_D, "  which emptied the cache");
    ptc_l(REGION(3) | 0x800000000ul, 14);
    check_eq(RUN("ld8 r8 = [r9]", 0, REGION(3) | 0x800000010ul, 0), 0xfeed,
             "  and after ptc.l");
    asm volatile("ptr.d %0, %1;;\n\tsrlz.d;;"
                 :: "r"(REGION(3) | 0x800000000ul), "r"(14ul << 2));
    RUN("ld8 r8 = [r9]", 0, REGION(3) | 0x800000010ul, 0);
    check_eq(trap.vector, V_ALT_D, "  ptr.d removes it");

    /* Region ids */
    itc_d(VA, (u64)page | PTE_OK | PTE_AR(2), 12, RID(2));
    check_eq(RUN("ld8 r8 = [r9]", 0, VA + 16, 0), 0xfeed, "before rr change");
    SET_RR(2, 0x7777ul << 8 | 12 << 2);
    RUN("ld8 r8 = [r9]", 0, VA + 16, 0);
    check_eq(trap.vector, V_ALT_D, "another region id: not there");
    SET_RR(2, RID(2) << 8 | 12 << 2);
    check_eq(RUN("ld8 r8 = [r9]", 0, VA + 16, 0), 0xfeed, "and back");
    RUN("mov rr[r9] = r10", 0, REGION(6), 2);
    check_eq(trap.isr & 0xffff, 0x30, "reserved bit of a region register");
    RUN("mov rr[r9] = r10", 0, REGION(6), 15 << 2);
    check_eq(trap.isr & 0xffff, 0x30, "page size that does not exist");
}

/* ----------------------------------------------------------------- */

static u64 load(u64 va)
{
    u64 r8 = RUN("ld8 r8 = [r9]", 0, va, 0);

    return trap.count ? -trap.vector : r8;
}

/*
 * A translation register that moves between two large pages, as that of
 * Linux' kernel stack does; each is inserted into the cache when it misses
 */
static void moving_register(void)
{
    const u64 a = REGION(3) | 0x900000000ul, b = REGION(3) | 0xa00000000ul;
    const u64 pte = PTE_OK | PTE_AR(2), ps = 14;
    u64 wrong = 0;

    /* Two pages of 4 KiB each in what a and b lead to */
    page[0] = 0xaaaa;
    page[512] = 0xaa01;
    table[0] = 0xbb;
    table[4096] = 0xbc;
    for (u64 i = 0; i < 40; i++) {
        u64 now = i & 1 ? b : a, other = i & 1 ? a : b;

        itr_d(11, now, (i & 1 ? (u64)table : (u64)page) | pte, ps, RID(3));
        if (load(other) == -(u64)V_ALT_D) {
            itc_d(other, (i & 1 ? (u64)page : (u64)table) | pte, ps, RID(3));
        }
        wrong += load(a) != 0xaaaa || load(a + 4096) != 0xaa01;
        wrong += (load(b) & 0xff) != 0xbb || (load(b + 4096) & 0xff) != 0xbc;
        /* at times the page outside of the register has to be asked for */
        if (i % 5 == 0) {
            ptc_l(other, ps);
            wrong += load(other) != -(u64)V_ALT_D;
            wrong += load(other + 4096) != -(u64)V_ALT_D;
            wrong += (load(now) & 0xff) != (i & 1 ? 0xbb : 0xaa);
        }
    }
    check_eq(wrong, 0, "a translation register moves between two pages");

    /* What it had before is no more than an entry of the cache */
    itr_d(11, a, (u64)page | pte, ps, RID(3));
    load(a);
    itr_d(11, b, (u64)table | pte, ps, RID(3));
    itc_d(a, (u64)table | pte, ps, RID(3));
    check_eq(load(a) & 0xff, 0xbb, "its old page may be mapped elsewhere");
    itr_d(11, b, (u64)page | pte, ps, RID(3));
    check_eq(load(b), 0xaaaa, "  its own too");
    itr_d(11, b, (u64)page | PTE_OK | PTE_AR(0), ps, RID(3));
    check_eq(load(b), 0xaaaa, "  with other rights");
    RUN("st8 [r9] = r0", 0, b, 0);
    check_eq(trap.vector, V_DRIGHTS, "  which hold");
    itr_d(11, b & ~0xfffful, (u64)table | pte, 16, RID(3));
    check_eq(load(b | ((u64)table & 0xffff)) & 0xff, 0xbb,
             "  or as part of a larger one");

    /* An entry that is inserted once more, the same or another */
    itc_d(a, (u64)page | pte, ps, RID(3));
    load(a);
    itc_d(a, (u64)page | pte, ps, RID(3));
    check_eq(load(a), 0xaaaa, "the same entry again");
    itc_d(a, (u64)page | PTE_OK | PTE_AR(0), ps, RID(3));
    RUN("st8 [r9] = r0", 0, a, 0);
    check_eq(trap.vector, V_DRIGHTS, "  and with other rights");
    asm volatile("ptr.d %0, %1;;\n\tsrlz.d;;" :: "r"(b), "r"(16ul << 2));
    check_eq(load(b), -(u64)V_ALT_D, "ptr.d removes the register's page");
    ptc_l(a, ps);
    check_eq(load(a), -(u64)V_ALT_D, "  ptc.l the other one");
}

static void short_vhpt(void)
{
    u64 va = REGION(5) | 0x5000, iha;
    u64 *entry;

    /* 32 KB tables at the same offset of each region */
    SET_CR(pta, 0x10000000ul | 15 << 2 | 1);
    SET_RR(5, RID(5) << 8 | 12 << 2 | 1);
    iha = thash(va);
    check_eq(iha, REGION(5) | 0x10000000ul | 5 * 8, "thash, short format");
    RUN("ld8 r8 = [r9]", 0, va, 0);
    check_eq(trap.vector, V_VHPT, "no translation for the VHPT");
    check_eq(trap.iha, iha, "  IHA is the entry");
    check_eq(trap.ifa, va, "  IFA is the address");
    check_eq(trap.itir, ITIR(5), "  ITIR is of the VHPT's region");

    itc_d(iha, (u64)table | PTE_OK | PTE_AR(2), 12, RID(5));
    entry = (u64 *)table + 5;
    *entry = (u64)page | PTE_OK | PTE_AR(2);
    page[0] = 0xabcd;
    check_eq(RUN("ld8 r8 = [r9]", 0, va, 0), 0xabcd, "walk");
    check_eq(trap.count, 0, "  no fault");
    check_eq(RUN("tak r8 = r9", 0, va, 0), RID(5) << 8,
             "  its key is the region id");
    ptc_l(va, 12);
    *entry = 0;
    RUN("ld8 r8 = [r9]", 0, va, 0);
    check_eq(trap.vector, V_NP, "entry not present");
    ptc_l(va, 12);
    *entry = (u64)page | PTE_OK | PTE_AR(2) | PTE_MA(2);
    RUN("ld8 r8 = [r9]", 0, va, 0);
    check_eq(trap.vector, V_DTLB, "reserved encoding in the entry: Data TLB");
    check_eq(trap.iha, iha, "  IHA");
    *entry = (u64)page | PTE_OK | PTE_AR(2);
    RUN("rsm psr.ic;; srlz.d;; ld8 r8 = [r9]", 0, va, 0);
    check_eq(trap.vector, V_NESTED, "no walk with PSR.ic = 0");
    SET_RR(5, RID(5) << 8 | 12 << 2);
    RUN("ld8 r8 = [r9]", 0, va, 0);
    check_eq(trap.vector, V_ALT_D, "no walk with rr.ve = 0");
    SET_RR(5, RID(5) << 8 | 12 << 2 | 1);

    /* Big-endian entries */
    SET_CR(dcr, 2);
    *entry = __builtin_bswap64((u64)page | PTE_OK | PTE_AR(2));
    check_eq(RUN("ld8 r8 = [r9]", 0, va, 0), 0xabcd, "walk with DCR.be = 1");
    SET_CR(dcr, 0);

    /* Instructions */
    ptc_l(va, 12);
    *entry = (ADDR(code_break) & ~4095ul) | PTE_OK | PTE_AR(1);
    trap.count = 0;
    go(va | (ADDR(code_break) & 4095), KERNEL_PSR, 0, 0);
    check_eq(trap.vector, V_BREAK, "walk for an instruction");
    *entry = (ADDR(code_break) & ~4095ul) | PTE_OK | PTE_AR(1) | PTE_MA(2);
    ptc_l(va, 12);
    go(va | (ADDR(code_break) & 4095), KERNEL_PSR, 0, 0);
    check_eq(trap.vector, V_ITLB, "  reserved encoding: Instruction TLB");
    check_eq(trap.isr, ISR_X, "  ISR.x");
    check_eq(trap.ifa, va | (ADDR(code_break) & 4080), "  IFA");
    trap.resume = unexpected_ip;
    SET_RR(5, RID(5) << 8 | 12 << 2);
    ptc_l(REGION(5), 61);
}

static void long_vhpt(void)
{
    static const u32 rids[] = { 0, 3, 0x3fff, 0x4000, 0x800001, 0xffffff };
    u64 va = REGION(6) | 0x123456000ul, wrong = 0;
    u64 *entry;

    SET_CR(pta, REGION(0) | (u64)table | 1 << 8 | 15 << 2 | 1);
    for (unsigned i = 0; i < sizeof(rids) / sizeof(rids[0]); i++) {
        SET_RR(6, (u64)rids[i] << 8 | 12 << 2 | 1);
        wrong += ttag(va) >> 63;
        wrong += (thash(va) & ~0x7ffful) != (u64)table;
        wrong += (thash(va) & 31) != 0;
        for (unsigned j = 0; j < i; j++) {
            u64 h = thash(va), t = ttag(va);

            SET_RR(6, (u64)rids[j] << 8 | 12 << 2 | 1);
            wrong += h == thash(va) && t == ttag(va);
            SET_RR(6, (u64)rids[i] << 8 | 12 << 2 | 1);
        }
        entry = (u64 *)thash(va);
        entry[0] = (u64)page | PTE_OK | PTE_AR(2);
        entry[1] = 0x4321ul << 8 | 12 << 2;
        entry[2] = ttag(va);
        page[0] = 0x1000 + i;
        wrong += RUN("ld8 r8 = [r9]", 0, va, 0) != 0x1000 + i;
        wrong += trap.count;
        wrong += RUN("tak r8 = r9", 0, va, 0) != 0x4321ul << 8;
        ptc_l(va, 12);
        entry[2] |= 1ul << 63;
        RUN("ld8 r8 = [r9]", 0, va, 0);
        wrong += trap.vector != V_DTLB;
        entry[2] = ttag(va) ^ 1;
        RUN("ld8 r8 = [r9]", 0, va, 0);
        wrong += trap.vector != V_DTLB || trap.iha != (u64)entry;
    }
    check_eq(wrong, 0, "long format: hash, tag, key, ti with all region ids");

    entry = (u64 *)thash(va);
    entry[0] = ((u64)page & ~16383ul) | PTE_OK | PTE_AR(2);
    entry[1] = 0x4321ul << 8 | 14 << 2;
    entry[2] = ttag(va);
    check_eq(RUN("tpa r8 = r9", 0, va | 0xfff, 0),
             ((u64)page & ~16383ul) | (va & 16383) | 0xfff,
             "the entry's own page size");
    ptc_l(va, 12);
    entry[1] = 15 << 2;
    RUN("tpa r8 = r9", 0, va, 0);
    check_eq(trap.vector, V_DTLB, "page size that does not exist: Data TLB");
    SET_CR(pta, 15 << 2);
    SET_RR(6, RID(6) << 8 | 12 << 2);
}

/* ----------------------------------------------------------------- */

CODE(code_lds, "ld8.s r8 = [r9];; tnat.nz p6, p7 = r8;;"
     "(p6) break.m 8;; break.m 7;;");

/* ld8.s from a page of bits: 8 deferred, 7 done, else the vector */
static u64 lds(u64 va, u64 psr)
{
    u64 v = run_at(code_lds, va, 3, psr);

    return v == V_BREAK ? trap.iim : v ? v : 7;
}

static void speculation(void)
{
    u64 pa = (u64)page, ok = PTE_OK | PTE_AR(2) | PTE_PL(3);
    u64 ip = REGION(4) | ADDR(code_lds);

    ptc_e();
    itc_d(VA, pa | ok, 12, RID(2));
    check_eq(lds(VA, 0), 7, "ld.s of a good page");
    check_eq(lds(VA, PSR_ED), 8, "  deferred once by PSR.ed");
    ptc_l(VA, 12);
    check_eq(lds(VA, 0), V_ALT_D, "ld.s without translation faults");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R | ISR_SP, "  ISR.sp");
    itc_d(VA, pa | ok | PTE_MA(4), 12, RID(2));
    check_eq(lds(VA, 0), 8, "ld.s of an uncacheable page is deferred");
    itc_d(VA, pa | ok | PTE_MA(7), 12, RID(2));
    check_eq(lds(VA, 0), 8, "ld.s of a NaT page is deferred");
    ptc_l(VA, 12);

    /* Code in a page with ed = 1 */
    itc_i(REGION(4), PTE_OK | PTE_AR(1) | PTE_PL(3) | PTE_ED, 28, RID(4));
    SET_CR(dcr, 1 << 8);
    trap.count = 0;
    go(ip, USER_PSR, 0, VA);
    check_eq(trap.vector == V_BREAK ? trap.iim : trap.vector, 8,
             "with ed and DCR.dm a miss is deferred");
    itc_d(VA, 0, 12, RID(2));
    go(ip, USER_PSR, 0, VA);
    check_eq(trap.vector, V_NP, "  a page not present is not");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R | ISR_SP | ISR_ED,
             "  ISR.sp and ed");
    SET_CR(dcr, 1 << 9);
    go(ip, USER_PSR, 0, VA);
    check_eq(trap.vector == V_BREAK ? trap.iim : trap.vector, 8,
             "  but with DCR.dp");
    SET_CR(dcr, 0);
    trap.resume = unexpected_ip;
}

void test(void)
{
    rights_matrix();
    data_faults();
    keys();
    page_sizes();
    purges();
    moving_register();
    short_vhpt();
    long_vhpt();
    speculation();
}
