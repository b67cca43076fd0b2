/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces exchanged by region registers, one or several at a time, as
 * at a switch between processes: the same addresses lead elsewhere, for data
 * and for instructions, at both levels; those of other regions do not
 */

#include "system.h"

#define RID(space, r)   (0x300ul + (space) * 8 + (r))
#define PTE             (PTE_OK | PTE_PL(3) | PTE_AR(3))
#define SPACES          2
#define FIRST           2       /* regions that are exchanged: 2, 3 and 4 */
#define LAST            4
#define STAYS           5       /* the region after them keeps its pages */
#define GROUP           64
#define PAGES           (3 * GROUP)

/* One page for each (space, region), told by its first word */
static u64 frames[SPACES][8][512] __attribute__((aligned(4096)));

CODE(code_load, "ld8 r8 = [r9];; break.m 7;;");

/* Four kinds of a page of code */
#define KIND(n) \
    extern char code_##n[]; \
    asm(".text\n\t.align 4096\ncode_" #n ":\n\tmov r8 = 100 + " #n ";;\n\t" \
        "break.m 7;;\n\t.previous")
KIND(0);
KIND(1);
KIND(2);
KIND(3);

static char *const kinds[4] = { code_0, code_1, code_2, code_3 };

static unsigned kind_of(unsigned space, unsigned r)
{
    return r == STAYS ? 3 : (space + r) & 1;
}

/* In each region three groups of pages, which displace each other in tables */
static u64 va_of(unsigned r, unsigned i)
{
    return REGION(r) | 0x4000000000ul | (u64)(i / GROUP) << 28 |
           (r * GROUP + i % GROUP) << 12;
}

static void map(unsigned space, unsigned r)
{
    frames[space][r][0] = 1000 * space + r;
    SET_RR(r, RID(space, r) << 8 | 12 << 2);
    for (unsigned i = 0; i < PAGES; i++) {
        itc_d(va_of(r, i), (u64)frames[space][r] | PTE, 12, RID(space, r));
        itc_i(va_of(r, i), (u64)kinds[kind_of(space, r)] | PTE, 12,
              RID(space, r));
    }
}

static u64 run_at(u64 ip, u64 psr, u64 r9)
{
    u64 r8 = go(ip, psr, 0, r9);

    trap.resume = unexpected_ip;
    return trap.vector == 0x2c00 && trap.iim == 7 ? r8 : -trap.vector;
}

/* Accesses that do not find what @space has in region @r */
static u64 wrong(unsigned space, unsigned r, u8 down)
{
    u64 n = 0, want = 1000 * space + r, code = 100 + kind_of(space, r);

    for (unsigned i = 0; i < PAGES; i++) {
        unsigned page = down ? PAGES - 1 - i : i;
        u64 va = va_of(r, page);

        n += run_at(ADDR(code_load), KERNEL_PSR, va) != want;
        n += run_at(USER(code_load), USER_PSR, va) != want;
        n += run_at(va, page & 1 ? USER_PSR : KERNEL_PSR, 0) != code;
    }
    return n;
}

/*
 * The same of all regions. Backwards every other time: what was used last is
 * what small tables still have.
 */
static u64 all_wrong(const unsigned *space)
{
    static u8 down;
    u64 n = 0;

    down = !down;
    for (unsigned i = FIRST; i <= STAYS; i++) {
        unsigned r = down ? FIRST + STAYS - i : i;

        n += wrong(space[r], r, down);
    }
    return n;
}

/* Exchange some regions, @which is a bitmap, then look at all */
static u64 exchange(unsigned *space, unsigned which)
{
    for (unsigned r = FIRST; r <= LAST; r++) {
        if (which >> r & 1) {
            space[r] ^= 1;
            asm volatile("mov rr[%0] = %1;;" :: "r"(REGION(r)),
                         "r"(RID(space[r], r) << 8 | 12 << 2));
        }
    }
    asm volatile("srlz.i;;\n\tsrlz.d;;" ::: "memory");
    return all_wrong(space);
}

void ap_test(void)
{
}

void test(void)
{
    unsigned space[8] = { 0 };
    u64 n = 0;

    map(0, STAYS);
    for (unsigned s = SPACES; s--; ) {
        for (unsigned r = FIRST; r <= LAST; r++) {
            map(s, r);
        }
    }
    check_eq(exchange(space, 0), 0, "before the first exchange");
    check_eq(exchange(space, 7 << FIRST), 0, "all of them");
    check_eq(exchange(space, 1 << FIRST), 0, "one of them");
    check_eq(exchange(space, 5 << FIRST), 0, "two of them");
    for (unsigned i = 0; i < 16; i++) {
        n += exchange(space, (i * 5 + 1) % 7 << FIRST);
    }
    check_eq(n, 0, "some of them, time and again");
    ptc_l(va_of(STAYS, 3), 12);
    check_eq(all_wrong(space), 3, "a purge in one region is of no other");
    check_eq(run_at(ADDR(code_load), KERNEL_PSR, va_of(STAYS, 3)), -0x1000ul,
             "  and takes its page");
}
