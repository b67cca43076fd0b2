/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection keys and the long-format VHPT as HP-UX and OpenVMS use them: C3
 * with keys, C4 and C5 of the test list
 */

#include "system.h"

enum {
    V_VHPT = 0x0000, V_ITLB = 0x0400, V_DTLB = 0x0800, V_ALT_D = 0x1000,
    V_IKEY = 0x1800, V_DKEY = 0x1c00, V_BREAK = 0x2c00, V_KEYPERM = 0x5100,
    V_IRIGHTS = 0x5200, V_DRIGHTS = 0x5300, V_GE = 0x5400,
};

#define VA          (REGION(2) | 0x40000000ul)
#define RID(r)      (0x100ul + (r))
#define KEY         0xabcdeful
#define OK_PAGE     (PTE_OK | PTE_AR(3) | PTE_PL(3))
#define TABLE_SIZE  15
/* PTA: long format, walker on */
#define PTA(base)   ((base) | 1 << 8 | TABLE_SIZE << 2 | 1)

static u64 page[2048] __attribute__((aligned(16384)));
static u64 table[1 << (TABLE_SIZE - 3)]
    __attribute__((aligned(65536)));

CODE(code_ld, "ld8 r8 = [r9];; break.m 7;;");
CODE(code_st, "st8 [r9] = r8;; break.m 7;;");
CODE(code_probe_r, "probe.r.fault r9, 0;; break.m 7;;");
CODE(code_probe_w, "probe.w.fault r9, 0;; break.m 7;;");
CODE(code_break, "break.m 7;;");
CODE(code_tak, "tak r8 = r9;; break.m 7;;");

/* Runs code with r9 at privilege level cpl; the vector, or 0 if none */
static u64 run_at(char *code, u64 r9, unsigned cpl, u64 psr)
{
    trap.count = 0;
    go(cpl ? USER(code) : ADDR(code), KERNEL_PSR | PSR_CPL(cpl) | psr, 0, r9);
    trap.resume = unexpected_ip;
    return trap.vector == V_BREAK && trap.iim == 7 ? 0 : trap.vector;
}

static u64 fetch_at(u64 ip, unsigned cpl, u64 psr)
{
    trap.count = 0;
    go(ip, KERNEL_PSR | PSR_CPL(cpl) | psr, 0, 0);
    trap.resume = unexpected_ip;
    return trap.vector == V_BREAK && trap.iim == 7 ? 0 : trap.vector;
}

/* The rights as the rules tell them; mmu.c has them as the manual's table */
static int may(char what, unsigned ar, unsigned pl, unsigned cpl)
{
    int in = cpl <= pl;

    switch (what) {
    case 'r':
        return ar == 7 ? cpl == 0 : in;
    case 'w':
        return in && (ar == 2 || ar == 3 || ar == 6 ||
                      (ar == 4 && (cpl < pl || cpl == 0)) ||
                      (ar == 5 && cpl == 0));
    default:
        return ar == 7 || (in && (ar == 1 || ar == 3 || ar == 5 ||
                                  (ar == 6 && cpl == pl && cpl != 0)));
    }
}

/* Translations of our own have the keys 0 and 1 (region ids) and 2. */
static void own_keys(void)
{
    for (u64 i = 0; i < 16; i++) {
        SET_PKR(i, 0xfff000ul << 8);
    }
    SET_PKR(0, 1);
    SET_PKR(1, 1ul << 8 | 1);
    SET_PKR(2, 2ul << 8 | 1);
}

static void matrix(void)
{
    u64 wrong = 0, total = 0;
    u64 code_pa = ADDR(code_break) & ~4095ul;
    u64 code_va = VA | 0x100000 | (ADDR(code_break) & 4095);

    own_keys();
    for (unsigned dis = 0; dis < 8; dis++) {
        int wd = dis & 1, rd = dis & 2, xd = dis & 4;

        SET_PKR(7, KEY << 8 | dis << 1 | 1);
        for (unsigned i = 0; i < 32; i++) {
            unsigned ar = i >> 2, pl = i & 3;
            u64 bits = PTE_OK | PTE_AR(ar) | PTE_PL(pl);

            itc_d(VA, (u64)page | bits, 12, KEY);
            itc_i(VA | 0x100000, code_pa | bits, 12, KEY);
            for (unsigned cpl = 0; cpl < 4; cpl++) {
                u64 r = rd ? V_KEYPERM : may('r', ar, pl, cpl) ? 0 : V_DRIGHTS;
                u64 w = wd ? V_KEYPERM : may('w', ar, pl, cpl) ? 0 : V_DRIGHTS;
                u64 x = xd ? V_KEYPERM : may('x', ar, pl, cpl) ? 0 : V_IRIGHTS;
                u64 ok;

                ok = run_at(code_ld, VA, cpl, PSR_PK) == r;
                ok &= run_at(code_st, VA, cpl, PSR_PK) == w;
                ok &= run_at(code_probe_r, VA, cpl, PSR_PK) == r;
                ok &= run_at(code_probe_w, VA, cpl, PSR_PK) == w;
                ok &= fetch_at(code_va, cpl, PSR_PK) == x;
                total++;
                if (!ok && wrong++ < 5) {
                    put("# dis ar pl cpl ");
                    put_hex(dis << 12 | ar << 8 | pl << 4 | cpl);
                    put("\n");
                }
            }
        }
    }
    check_eq(wrong, 0, "every ar, pl, cpl with each key register");
    check_eq(total, 1024, "  all of them");
}

/* What QEMU has cached must not outlive a change of PSR.pk or of a key. */
static void toggling(void)
{
    own_keys();
    itc_d(VA, (u64)page | OK_PAGE, 12, KEY);
    page[1] = 0x77;
    SET_PKR(7, KEY << 8 | 1);
    check_eq(RUN("ssm 1 << 15;; srlz.d;; ld8 r8 = [r9];; rsm 1 << 15;; srlz.d",
                 0, VA + 8, 0), 0x77, "a key that allows everything");
    check_eq(RUN("ld8 r8 = [r9]", 0, VA + 8, 0), 0x77, "  without PSR.pk");
    RUN("ld8 r8 = [r9];; ssm 1 << 15;; srlz.d;; st8 [r9] = r8", 0, VA + 8, 0);
    check_eq(trap.count, 0, "  ssm, then a store");
    RUN("ssm 1 << 15;; ld8 r8 = [r9];; mov pkr[r10] = r0;; srlz.d;;"
        "ld8 r8 = [r9]", 0, VA + 8, 7);
    check_eq(trap.vector, V_DKEY, "a key register that is cleared");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_R, "  ISR.r");
    check_eq(trap.ifa, VA + 8, "  IFA");
    check_eq(trap.ipsr & PSR_PK, PSR_PK, "  IPSR.pk");
    check_eq(trap.psr & PSR_PK, PSR_PK, "  PSR.pk stays in the handler");
    RUN("ssm 1 << 15;; srlz.d;; st8 [r9] = r8", 0, VA + 8, 0);
    check_eq(trap.vector, V_DKEY, "  a store");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_W, "  ISR.w");
    SET_PKR(7, KEY << 8 | 1 << 1 | 1);
    RUN("ssm 1 << 15;; srlz.d;; ld8 r8 = [r9];; st8 [r9] = r8", 0, VA + 8, 0);
    check_eq(trap.vector, V_KEYPERM, "wd");
    check_eq(trap.isr & ~ISR_EI_MASK, ISR_W, "  ISR.w");
    RUN("rsm 1 << 15;; srlz.d;; st8 [r9] = r8", 0x77, VA + 8, 0);
    check_eq(trap.count, 0, "rsm psr.pk");
    /* With translation off there are no keys. */
    RUN("ssm 1 << 15;; rsm 1 << 17;; srlz.d;; ld8 r8 = [r9];;"
        "ssm 1 << 17;; rsm 1 << 15;; srlz.d", 0, page, 0);
    check_eq(trap.count, 0, "PSR.dt = 0: no key is looked at");
    RUN("rsm 1 << 15;; ssm 1 << 17;; srlz.d", 0, 0, 0);
}

static void tak(void)
{
    u64 not_present = VA + 0x2000;

    own_keys();
    ptc_e();
    itc_d(VA, (u64)page | OK_PAGE, 12, KEY);
    itr_d(9, VA + 0x1000, (u64)page | OK_PAGE, 12, 0x123456);
    itc_d(not_present, 0, 12, KEY);
    check_eq(RUN("tak r8 = r9", 0, VA, 0), KEY << 8, "tak: translation cache");
    check_eq(RUN("tak r8 = r9", 0, VA + 0x1000, 0), 0x123456ul << 8,
             "  translation register");
    check_eq(RUN("tak r8 = r9", 0, not_present, 0), 1, "  not present");
    check_eq(RUN("tak r8 = r9", 0, VA + 0x10000, 0), 1, "  no translation");
    check_eq(trap.count, 0, "  which is no fault");
    check_eq(RUN("rsm 1 << 17;; srlz.d;; tak r8 = r9;; ssm 1 << 17;; srlz.d",
                 0, VA, 0), KEY << 8, "  with PSR.dt = 0");
    check_eq(run_at(code_tak, VA, 3, 0), V_GE, "  at privilege level 3");
    check_eq(trap.isr & 0xffff, 0x10, "  Privileged Operation");
    check_eq(run_at(code_tak, VA, 1, 0), V_GE, "  and at level 1");
    asm volatile("ptr.d %0, %1;;\n\tsrlz.d;;"
                 :: "r"(VA + 0x1000), "r"(12ul << 2));
    ptc_e();
}

/* ----------------------------------------------------------------- */

static u64 swap_if(u64 v, int be)
{
    return be ? __builtin_bswap64(v) : v;
}

/* The VHPT's entry for va, in the byte order of DCR.be */
static u64 *enter(u64 va, u64 pte, u64 ps, u64 key, int be)
{
    u64 *entry = (u64 *)thash(va);

    entry[0] = swap_if(pte, be);
    entry[1] = swap_if(key << 8 | ps << 2, be);
    entry[2] = swap_if(ttag(va), be);
    asm volatile("" ::: "memory");
    return entry;
}

static void walker_keys(void)
{
    u64 va = REGION(6) | 0x123450000ul, *entry;
    u64 code_va = REGION(6) | 0x200000 | (ADDR(code_break) & 4095);

    own_keys();
    SET_CR(pta, PTA((u64)table));
    SET_RR(6, 0x800001ul << 8 | 12 << 2 | 1);
    page[0] = 0x1234;
    for (int be = 0; be < 2; be++) {
        SET_CR(dcr, be ? 2 : 0);
        ptc_e();
        entry = enter(va, (u64)page | OK_PAGE, 12, KEY, be);
        SET_PKR(7, 0);
        check_eq(run_at(code_ld, va, 0, PSR_PK), V_DKEY,
                 be ? "big-endian entry: its key" : "walk: the entry's key");
        check_eq(RUN("tak r8 = r9", 0, va, 0), KEY << 8, "  tak");
        SET_PKR(7, KEY << 8 | 1 << 2 | 1);
        check_eq(run_at(code_ld, va, 3, PSR_PK), V_KEYPERM, "  rd");
        SET_PKR(7, KEY << 8 | 1);
        check_eq(run_at(code_ld, va, 3, PSR_PK), 0, "  allowed");
        entry[2] = -1;
        enter(code_va, (ADDR(code_break) & ~4095ul) | OK_PAGE, 12, KEY, be);
        check_eq(fetch_at(code_va, 3, PSR_PK), 0, "  instructions");
        SET_PKR(7, KEY << 8 | 1 << 3 | 1);
        check_eq(fetch_at(code_va, 3, PSR_PK), V_KEYPERM, "  xd");
    }
    SET_CR(dcr, 0);
    ptc_e();
    SET_PKR(7, 0);
    enter(va, (u64)page | OK_PAGE, 12, KEY, 0);
    /* tak walks, too; with PSR.dt = 0 it does not. */
    check_eq(RUN("rsm 1 << 17;; srlz.d;; tak r8 = r9;; ssm 1 << 17;; srlz.d",
                 0, va, 0), 1, "tak with PSR.dt = 0 does not walk");
    check_eq(RUN("tak r8 = r9", 0, va, 0), KEY << 8,
             "  with PSR.dt = 1 it does");
}

static const u8 sizes[] = { 12, 13, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32 };

static void walker_sizes(void)
{
    u64 wrong = 0;

    for (unsigned i = 0; i < sizeof(sizes); i++) {
        for (unsigned j = 0; j < sizeof(sizes); j++) {
            /* Region page size i, the entry has j */
            u64 size = 1ul << sizes[j];
            u64 va = REGION(6) | 0x300000000ul | ((u64)page & 0xffffffff);
            u64 pa = (u64)page & ~(size - 1);

            SET_RR(6, 0x4000ul << 8 | sizes[i] << 2 | 1);
            ptc_e();
            enter(va, pa | OK_PAGE, sizes[j], 1, 0);
            wrong += RUN("tpa r8 = r9", 0, va, 0) !=
                     (pa | (va & (size - 1)));
            wrong += trap.count;
        }
    }
    check_eq(wrong, 0, "entries of each size in regions of each size");
    SET_RR(6, 0x4000ul << 8 | 12 << 2 | 1);
    ptc_e();
}

static void walker_misses(void)
{
    u64 va = REGION(6) | 0x77777000ul, *entry, *chain;
    u64 far = REGION(3) | 0x10000000ul;

    /* The table in a region where nothing is mapped */
    SET_CR(pta, PTA(far));
    SET_RR(6, 0xfffffful << 8 | 12 << 2 | 1);
    ptc_e();
    check_eq(run_at(code_ld, va, 0, 0), V_VHPT, "the table is not mapped");
    check_eq(trap.iha, thash(va), "  IHA");
    check_eq(trap.ifa, va, "  IFA");
    check_eq(trap.itir, RID(3) << 8 | 12 << 2, "  ITIR is of the table");
    itc_d(far, (u64)table | OK_PAGE, 14, RID(3));
    itc_d(far + 16384, ((u64)table + 16384) | OK_PAGE, 14, RID(3));
    entry = enter(va, (u64)page | OK_PAGE, 12, 1, 0);
    check_eq(run_at(code_ld, va, 0, 0), 0, "  mapped by the cache");
    ptc_e();
    check_eq(run_at(code_ld, va, 0, 0), V_VHPT, "  which ptc.e empties");
    itr_d(9, far, (u64)table | OK_PAGE, 16, RID(3));
    check_eq(run_at(code_ld, va, 0, 0), 0, "  mapped by a register");

    /* Software that follows a chain in the fourth word */
    ptc_l(va, 12);
    chain = table + 512;
    chain[0] = (u64)page | OK_PAGE;
    chain[1] = 12 << 2;
    chain[2] = ttag(va);
    entry[2] = ttag(va) ^ 0x10000;
    entry[3] = (u64)chain;
    check_eq(run_at(code_ld, va, 0, 0), V_DTLB, "another tag: Data TLB");
    check_eq(trap.iha, (u64)entry, "  IHA leads to the chain");
    chain = (u64 *)((u64 *)trap.iha)[3];
    check_eq(chain[2], ttag(trap.ifa), "  where the right tag is");
    itc_d(trap.ifa, chain[0], (chain[1] >> 2) & 63, chain[1] >> 8);
    check_eq(run_at(code_ld, va, 0, 0), 0, "  inserted by software");

    ptc_l(va, 12);
    entry[2] = ttag(va);
    SET_RR(6, 0xfffffful << 8 | 12 << 2);
    check_eq(run_at(code_ld, va, 0, 0), V_ALT_D, "rr.ve = 0: no walk");
    SET_RR(6, 0xfffffful << 8 | 12 << 2 | 1);
    SET_CR(pta, PTA(far) & ~1ul);
    check_eq(run_at(code_ld, va, 0, 0), V_ALT_D, "PTA.ve = 0: no walk");
    SET_CR(pta, PTA(far));
    check_eq(run_at(code_ld, va, 0, 0), 0, "both: walk");

    /* A table that the walker may not read */
    asm volatile("ptr.d %0, %1;;\n\tsrlz.d;;" :: "r"(far), "r"(16ul << 2));
    ptc_e();
    itc_d(far, (u64)table | PTE_OK | PTE_AR(2) | PTE_MA(7), 16, RID(3));
    check_eq(run_at(code_ld, va, 0, 0), V_DTLB, "the table on a NaT page");
    itc_d(far, (u64)table | OK_PAGE, 16, 0x5555);
    own_keys();
    check_eq(run_at(code_ld, va, 0, PSR_PK), V_DTLB,
             "the key of the table is not there");
    SET_CR(pta, 15 << 2);
    SET_RR(6, RID(6) << 8 | 12 << 2);
    ptc_e();
}

void test(void)
{
    matrix();
    toggling();
    tak();
    walker_keys();
    walker_sizes();
    walker_misses();
}
