/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control and data speculation: deferral rules of SDM 2:105, checks,
 * prefetches; with translation on
 */

#include "test.h"

#define PTE_P       1ul
#define PTE_UC      (4ul << 2)
#define PTE_NATPAGE (7ul << 2)
#define PTE_A       (1ul << 5)
#define PTE_D       (1ul << 6)
#define PTE_RWX     (3ul << 9)
#define PTE_ED      (1ul << 52)
#define PTE_FULL    (PTE_P | PTE_A | PTE_D | PTE_RWX)

#define PSR_IC      (1ul << 13)
#define PSR_DT      (1ul << 17)
#define PSR_RT      (1ul << 27)
#define PSR_IT      (1ul << 36)
#define PSR_ED      (1ul << 43)
#define PSR_BN      (1ul << 44)

#define DCR_DM      (1ul << 8)
#define DCR_DP      (1ul << 9)
#define DCR_DA      (1ul << 13)

/* Pages of region 1 */
#define PAGE(n)     (0x2000000000000000ul + (n) * 0x1000)
#define GOOD        PAGE(0)
#define GOOD_TOO    PAGE(1)         /* nothing behind it */
#define UNMAPPED    PAGE(2)
#define UC          PAGE(4)
#define NATPAGE     PAGE(6)
#define ABSENT      PAGE(8)
#define UNTOUCHED   PAGE(10)        /* access bit clear */

static uint64_t page[1024] __attribute__((aligned(8192)));

static void set_dcr(uint64_t v)
{
    asm volatile("mov cr.dcr = %0;; srlz.d" : : "r"(v) : "memory");
}

static void insert(uint64_t va, uint64_t pte)
{
    asm volatile("rsm 1 << 13;; srlz.d;; mov cr.ifa = %0; mov cr.itir = %1;;\n"
                 "itc.d %2;; ssm 1 << 13;; srlz.d;;"
                 : : "r"(va), "r"(12ul << 2), "r"(pte) : "memory");
}

/* The program's own 16 MiB, with or without the exception deferral bit */
static void map_code(uint64_t ed)
{
    asm volatile("rsm 1 << 13;; srlz.d;; mov cr.ifa = %0; mov cr.itir = %1;;\n"
                 "itr.i itr[%3] = %2;; srlz.i;; ssm 1 << 13;; srlz.d;;"
                 : : "r"(0x1000000ul), "r"(24ul << 2),
                     "r"(0x1000000ul | PTE_FULL | ed), "r"(0ul) : "memory");
}

static void map_data(uint64_t va, uint64_t pte, uint64_t slot)
{
    asm volatile("rsm 1 << 13;; srlz.d;; mov cr.ifa = %0; mov cr.itir = %1;;\n"
                 "itr.d dtr[%3] = %2;; ssm 1 << 13;; srlz.d;;"
                 : : "r"(va), "r"(24ul << 2), "r"(pte), "r"(slot) : "memory");
}

static void set_psr(uint64_t psr)
{
    asm volatile("rsm 1 << 13;; srlz.i;; mov cr.ipsr = %0; mov r14 = ip;;\n"
                 "movl r14 = 1f;; mov cr.iip = r14; mov cr.ifs = r0;; rfi;;\n"
                 ".align 16\n1:" : : "r"(psr) : "r14", "memory");
}

static void start_translation(void)
{
    for (uint64_t r = 0; r < 8; r++) {
        asm volatile("mov rr[%0] = %1"
                     : : "r"(r << 61), "r"((r + 1) << 8 | 12 << 2)
                     : "memory");
    }
    asm volatile("srlz.d" : : : "memory");
    map_code(0);
    map_data(0x1000000, 0x1000000 | PTE_FULL, 0);
    map_data(0x80000000ff000000ul, 0xff000000 | PTE_FULL | PTE_UC, 1);
    set_psr(PSR_IC | PSR_BN | PSR_DT | PSR_RT | PSR_IT);
    insert(GOOD, (uint64_t)page | PTE_FULL);
    insert(GOOD_TOO, (uint64_t)page | PTE_FULL);
    insert(UC, (uint64_t)page | PTE_FULL | PTE_UC);
    insert(NATPAGE, (uint64_t)page | PTE_FULL | PTE_NATPAGE);
    insert(ABSENT, ((uint64_t)page | PTE_FULL) & ~PTE_P);
    insert(UNTOUCHED, ((uint64_t)page | PTE_FULL) & ~PTE_A);
}

/*
 * Runs "ld r14 = [p], 24"; *@nat: 1 if r14 is NaT, else 0.  Checks the update
 * if @update.
 */
#define LOAD(insn, p, nat, value, update) do { \
        uint64_t a_ = (p), v_, n_; \
        asm volatile("mov r14 = 77;;\n" insn " r14 = [%0], 24;;\n" \
                     "tnat.nz p6, p7 = r14; mov %1 = 0; mov %2 = 0;;\n" \
                     "(p6) mov %2 = 1; (p7) mov %1 = r14; mov r14 = 0;;\n" \
                     : "+r"(a_), "=&r"(v_), "=&r"(n_) \
                     : : "r14", "p6", "p7", "memory"); \
        test_eq(insn ": NaT", n_, nat); \
        if (!(nat)) { \
            test_eq(insn ": value", v_, value); \
        } \
        test_eq(insn ": update", a_, (p) + ((update) ? 24 : 0)); \
    } while (0)

#define PATTERN     0x8192a3b4c5d6e7f8ul

static void test_performed(void)
{
    test_begin("ld.s that is performed");
    page[5] = PATTERN;
    for (int i = 0; i < 3; i++) {
        NO_FAULT("ld8.s", LOAD("ld8.s", GOOD + 40, 0, PATTERN, 1));
        NO_FAULT("ld4.s", LOAD("ld4.s", GOOD + 40, 0, 0xc5d6e7f8, 1));
        NO_FAULT("ld2.s", LOAD("ld2.s", GOOD + 40, 0, 0xe7f8, 1));
        NO_FAULT("ld1.sa", LOAD("ld1.sa", GOOD + 40, 0, 0xf8, 1));
        NO_FAULT("ld8.a", LOAD("ld8.a", GOOD + 40, 0, PATTERN, 1));
    }
    test_end();
}

static void test_attributes(void)
{
    uint64_t v;

    test_begin("ld.s by memory attribute");
    NO_FAULT("UC", LOAD("ld8.s", UC + 40, 1, 0, 1));
    asm volatile("ld8 %0 = [%1]" : "=r"(v) : "r"(UC + 40) : "memory");
    test_eq("UC, ld8", v, PATTERN);
    NO_FAULT("UC once more", LOAD("ld8.s", UC + 40, 1, 0, 1));
    NO_FAULT("NaTPage", LOAD("ld8.s", NATPAGE + 40, 1, 0, 1));
    FAULTS("NaTPage, ld8", VEC_NAT, ISR_R | 0x20,
           LOAD("ld8", NATPAGE + 40, 0, 77, 0));
    FAULTS("NaTPage, st8", VEC_NAT, ISR_W | 0x20,
           asm volatile("st8 [%0] = r0" : : "r"(NATPAGE) : "memory"));
    FAULTS("UC, xchg8", VEC_UNSUPPORTED, ISR_R | ISR_W,
           asm volatile("xchg8 r14 = [%0], r0"
                        : : "r"(UC) : "r14", "memory"));
    test_end();
}

static void test_faulting(void)
{
    uint64_t p;

    test_begin("ld.s that faults");
    FAULTS("unmapped", VEC_ALT_DTLB, ISR_R | ISR_SP,
           LOAD("ld8.s", UNMAPPED, 0, 77, 0));
    test_eq("ifa", fault.ifa, UNMAPPED);
    FAULTS("not present", VEC_PAGE_NP, ISR_R | ISR_SP,
           LOAD("ld8.sa", ABSENT, 0, 77, 0));
    FAULTS("access bit", VEC_DACCESS, ISR_R | ISR_SP,
           LOAD("ld4.s", UNTOUCHED, 0, 77, 0));
    FAULTS("second page", VEC_ALT_DTLB, ISR_R | ISR_SP,
           LOAD("ld8.s", UNMAPPED - 4, 0, 77, 0));
    FAULTS("misaligned and unmapped", VEC_ALT_DTLB, ISR_R,
           LOAD("ld8.fill", UNMAPPED + 1, 0, 77, 0));
    FAULTS("plain, for comparison", VEC_ALT_DTLB, ISR_R,
           LOAD("ld8", UNMAPPED, 0, 77, 0));
    FAULTS("ld8.a", VEC_ALT_DTLB, ISR_R, LOAD("ld8.a", UNMAPPED, 0, 77, 0));
    FAULTS("ld8.c.nc", VEC_ALT_DTLB, ISR_R,
           LOAD("ld8.c.nc", UNMAPPED, 0, 77, 0));
    /* The handler may ask for deferral. */
    RETRIES("PSR.ed", VEC_ALT_DTLB, ISR_R | ISR_SP, PSR_ED,
            LOAD("ld8.s", UNMAPPED, 1, 0, 1));
    FAULTS("PSR.ed is gone", VEC_ALT_DTLB, ISR_R | ISR_SP,
           LOAD("ld8.s", UNMAPPED, 0, 77, 0));
    p = UNMAPPED;
    RETRIES("PSR.ed with ldfd.s", VEC_ALT_DTLB, ISR_R | ISR_SP, PSR_ED,
            asm volatile("ldfd.s f6 = [%0], 8" : "+r"(p) : : "f6", "memory"));
    test_eq("update of ldfd.s", p, UNMAPPED + 8);
    asm volatile("stf.spill [%0] = f6" : : "r"(page) : "memory");
    test_eq("NaTVal", page[1], 0x1fffe);
    test_end();
}

static void test_deferred(void)
{
    test_begin("ld.s that is deferred");
    map_code(PTE_ED);
    FAULTS("DCR.dm = 0", VEC_ALT_DTLB, ISR_R | ISR_SP | ISR_ED,
           LOAD("ld8.s", UNMAPPED, 0, 77, 0));
    set_dcr(DCR_DM);
    NO_FAULT("DCR.dm", LOAD("ld8.s", UNMAPPED, 1, 0, 1));
    NO_FAULT("DCR.dm, second page", LOAD("ld8.s", UNMAPPED - 4, 1, 0, 1));
    FAULTS("DCR.dm, not present", VEC_PAGE_NP, ISR_R | ISR_SP | ISR_ED,
           LOAD("ld8.s", ABSENT, 0, 77, 0));
    set_dcr(DCR_DP | DCR_DA);
    NO_FAULT("DCR.dp", LOAD("ld8.sa", ABSENT, 1, 0, 1));
    NO_FAULT("DCR.da", LOAD("ld8.s", UNTOUCHED, 1, 0, 1));
    FAULTS("DCR.dm = 0 again", VEC_ALT_DTLB, ISR_R | ISR_SP | ISR_ED,
           LOAD("ld8.s", UNMAPPED, 0, 77, 0));
    asm volatile("sum 8;;");
    NO_FAULT("misaligned with PSR.ac", LOAD("ld8.s", GOOD + 41, 1, 0, 1));
    asm volatile("rum 8;;");
    map_code(0);
    FAULTS("without ed", VEC_ALT_DTLB, ISR_R | ISR_SP,
           LOAD("ld8.s", UNMAPPED, 0, 77, 0));
    asm volatile("sum 8;;");
    FAULTS("misaligned without ed", VEC_UNALIGNED, ISR_R | ISR_SP,
           LOAD("ld8.s", GOOD + 41, 0, 77, 0));
    asm volatile("rum 8;; rsm 1 << 13;; srlz.d;;");
    LOAD("ld8.s", UNMAPPED, 1, 0, 1);
    LOAD("ld8.s", ABSENT, 1, 0, 1);
    LOAD("ld8.s", GOOD + 40, 0, PATTERN, 1);
    asm volatile("ssm 1 << 13;; srlz.d;;");
    set_dcr(0);
    test_end();
}

static void test_fp(void)
{
    uint64_t p = GOOD + 40;

    test_begin("speculative floating-point loads");
    page[5] = 0x3ff8000000000000;
    page[6] = 0x4000000000000000;
    asm volatile("ldfd.s f6 = [%0], 16;; stf.spill [%1] = f6"
                 : "+r"(p) : "r"(page) : "f6", "memory");
    test_eq("ldfd.s", page[0], 3ul << 62);
    test_eq("ldfd.s: exponent", page[1], 0xffff);
    test_eq("ldfd.s: update", p, GOOD + 56);
    p = GOOD + 40;
    asm volatile("ldfpd.sa f6, f7 = [%0], 16;; stf.spill [%1] = f7"
                 : "+r"(p) : "r"(page) : "f6", "f7", "memory");
    test_eq("ldfpd.sa", page[0], 1ul << 63);
    test_eq("ldfpd.sa: exponent", page[1], 0x10000);
    p = UC;
    asm volatile("ldfps.s f6, f7 = [%0], 8;; stf.spill [%1] = f6;;\n"
                 "stf.spill [%2] = f7"
                 : "+r"(p) : "r"(page), "r"(page + 2)
                 : "f6", "f7", "memory");
    test_eq("ldfps.s, first", page[1], 0x1fffe);
    test_eq("ldfps.s, second", page[3], 0x1fffe);
    test_eq("ldfps.s: update", p, UC + 8);
    FAULTS("ldfe.s", VEC_ALT_DTLB, ISR_R | ISR_SP,
           asm volatile("ldfe.s f6 = [%0]" : : "r"(UNMAPPED) : "f6"));
    /* The base of the deferred load is NaT. */
    asm volatile("ld8.s r14 = [%0];; ldfd.s f6 = [r14];; mov r14 = 0\n"
                 "stf.spill [%1] = f6" : : "r"(UC), "r"(page)
                 : "r14", "f6", "memory");
    test_eq("NaT base", page[1], 0x1fffe);
    test_end();
}

/* 1 if the check falls through, 2 if it branches */
#define CHECK(before, insn, after) ({ \
        uint64_t v_; \
        asm volatile(before ";;\n" insn ", 1f;;\n mov %0 = 1;; br.sptk 2f;;\n" \
                     "1: mov %0 = 2;;\n2:" after ";;" : "=&r"(v_) \
                     : "r"(GOOD + 40), "r"(UC) : "r14", "r15", "p6", "f6"); \
        v_; \
    })

static void test_checks(void)
{
    uint64_t v;

    test_begin("speculation checks");
    test_eq("chk.s.m", CHECK("ld8.s r14 = [%1]", "chk.s.m r14", ""), 1);
    test_eq("chk.s.i", CHECK("ld8.s r14 = [%1]", "chk.s.i r14", ""), 1);
    test_eq("chk.s.m of NaT",
            CHECK("ld8.s r14 = [%2]", "chk.s.m r14", "mov r14 = 0"), 2);
    test_eq("chk.s.i of NaT",
            CHECK("ld8.s r14 = [%2];; add r15 = 3, r14", "chk.s.i r15",
                  "mov r14 = 0; mov r15 = 0"), 2);
    test_eq("chk.s with a false predicate",
            CHECK("ld8.s r14 = [%2]; cmp.ne p6, p0 = r0, r0",
                  "(p6) chk.s.m r14", "mov r14 = 0"), 1);
    test_eq("chk.s r0", CHECK("nop.m 0", "chk.s.m r0", ""), 1);
    test_eq("chk.s f", CHECK("ldfd.s f6 = [%1]", "chk.s f6", ""), 1);
    test_eq("chk.s f, NaTVal", CHECK("ldfd.s f6 = [%2]", "chk.s f6", ""), 2);
    /* There is no ALAT entry after this. */
    test_eq("chk.a after invala",
            CHECK("ld8.a r14 = [%1];; invala", "chk.a.nc r14", ""), 2);
    test_eq("chk.a f after invala",
            CHECK("ldfd.a f6 = [%1];; invala", "chk.a.clr f6", ""), 2);
    test_eq("chk.a with a false predicate",
            CHECK("cmp.ne p6, p0 = r0, r0", "(p6) chk.a.clr r14", ""), 1);
    /* What a check load gives never depends on the ALAT. */
    page[5] = 1;
    asm volatile("ld8.a r14 = [%1];; st8 [%1] = %2;; ld8.c.clr r14 = [%1];;\n"
                 "mov %0 = r14"
                 : "=r"(v) : "r"(GOOD + 40), "r"(PATTERN) : "r14", "memory");
    test_eq("ld8.c.clr after a store", v, PATTERN);
    test_end();
}

static void test_prefetch(void)
{
    uint64_t p = UNMAPPED;

    test_begin("lfetch");
    NO_FAULT("lfetch",
             asm volatile("lfetch [%0], 64" : "+r"(p) : : "memory"));
    test_eq("update", p, UNMAPPED + 64);
    asm volatile("lfetch.excl [%0], %1" : "+r"(p) : "r"(64ul));
    test_eq("update by a register", p, UNMAPPED + 128);
    p = GOOD;
    NO_FAULT("lfetch.fault",
             asm volatile("lfetch.fault [%0], 64" : "+r"(p) : : "memory"));
    test_eq("update of lfetch.fault", p, GOOD + 64);
    p = UNMAPPED;
    FAULTS("lfetch.fault", VEC_ALT_DTLB, ISR_R | ISR_NA | 4,
           asm volatile("lfetch.fault [%0], 64" : "+r"(p) : : "memory"));
    test_eq("no update", p, UNMAPPED);
    RETRIES("lfetch.fault.excl", VEC_ALT_DTLB, ISR_R | ISR_NA | 4, PSR_ED,
            asm volatile("lfetch.fault.excl [%0], 64"
                         : "+r"(p) : : "memory"));
    test_eq("update with PSR.ed", p, UNMAPPED + 64);
    FAULTS("ISR of a semaphore", VEC_ALT_DTLB, ISR_R | ISR_W,
           asm volatile("fetchadd8.acq r14 = [%0], 1"
                        : : "r"(UNMAPPED) : "r14", "memory"));
    test_end();
}

static void test_physical(void)
{
    test_begin("ld.s of physical addresses");
    set_psr(PSR_IC | PSR_BN);
    page[5] = PATTERN;
    NO_FAULT("ld8.s", LOAD("ld8.s", (uint64_t)(page + 5), 1, 0, 1));
    NO_FAULT("ld8.a", LOAD("ld8.a", (uint64_t)(page + 5), 0, PATTERN, 1));
    test_end();
}

void test_main(void)
{
    start_translation();
    test_performed();
    test_attributes();
    test_faulting();
    test_deferred();
    test_fp();
    test_checks();
    test_prefetch();
    test_physical();
}
