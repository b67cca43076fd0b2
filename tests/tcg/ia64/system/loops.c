/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interruptions between any two iterations of a short loop, of which the
 * emulator may have translated several copies in a row; and the loop that
 * copies bytes in the C library, whose iterations it may make all at once; and
 * branches hinted not to be taken, behind which a translated block may go on
 */

#include "system.h"

enum { V_ALT_D = 0x1000, V_BREAK = 0x2c00 };

struct result {
    u64 turns;      /* iterations begun and ended */
    u64 sum;        /* 1 + 2 + ... + turns */
    u64 rotated;    /* the same less the last, through a rotating register */
    u64 lc;
};

/*
 * A loop of @n iterations with a break at the begin of the one after @stop,
 * from which it goes on behind the loop; @result is left there
 */
typedef void loop(u64 stop, u64 n, struct result *result);

#define LOOP(name, branch) \
    asm(".text\n\t.align 32\n\t.global " #name "\n\t.proc " #name "\n" \
        #name ":\n\t" \
        "alloc r14 = ar.pfs, 3, 13, 0, 16\n\t" \
        "mov r15 = ar.lc\n\tmov r16 = pr\n\t" \
        "movl r20 = trap + 12 * 8\n\tmovl r21 = 2f\n\t;;\n\t" \
        "st8 [r20] = r21\n\tmov r17 = r32\n\tmov r22 = r33\n\t" \
        "mov r18 = r34\n\tadds r19 = -1, r33\n\t;;\n\t" \
        "mov ar.lc = r19\n\tmov ar.ec = 1\n\tmov pr.rot = 1 << 16\n\t" \
        "mov r9 = 0\n\tmov r10 = 0\n\tmov r11 = 0\n\t" \
        "cmp.eq p6, p0 = r0, r17\n\t" \
        /* so that the first iteration begins a block, too */ \
        "br.sptk 1f\n\t;;\n" \
        "1:\n" #name "_begin:\n\t" \
        "{ .mii\n(p6) break.m 5\n adds r9 = 1, r9\n nop.i 0\n ;;\n }\n\t" \
        "{ .mii\n cmp.eq p6, p0 = r9, r17\n cmp.ne p7, p0 = r9, r22\n" \
        " (p16) mov r35 = r9\n ;;\n }\n" \
        #name "_branch:\n\t" \
        "{ .mib\n (p17) add r10 = r10, r36\n add r11 = r11, r9\n " \
        branch " 1b\n ;;\n }\n" \
        "2:\n\t" \
        "mov r19 = ar.lc\n\tst8 [r18] = r9, 8\n\t;;\n\t" \
        "st8 [r18] = r11, 8\n\tmov ar.lc = r15\n\t;;\n\t" \
        "st8 [r18] = r10, 8\n\tmov ar.pfs = r14\n\tmov pr = r16, -1\n\t" \
        ";;\n\tst8 [r18] = r19\n\tbr.ret.sptk b0\n\t;;\n\t" \
        ".endp " #name "\n\t.previous")

loop loop_cond, loop_cloop, loop_ctop;
extern char loop_cond_begin[], loop_cond_branch[];
extern char loop_cloop_begin[], loop_cloop_branch[];
extern char loop_ctop_begin[], loop_ctop_branch[];

LOOP(loop_cond, "(p7) br.cond.sptk");
LOOP(loop_cloop, "br.cloop.sptk");
LOOP(loop_ctop, "br.ctop.sptk");

/* Each number of iterations up to this, each place to stop */
#define TURNS   40

static void each_turn(loop *run, char *begin, char *branch, int counted,
                      int rotating, const char *name)
{
    u64 good = 0, bad = 0;

    for (u64 n = 1; n <= TURNS; n++) {
        for (u64 stop = 0; stop <= n; stop++) {
            u64 lc = counted ? (stop < n ? n - 1 - stop : 0) : n - 1;
            struct result r;

            trap.count = 0;
            run(stop, n, &r);
            trap.resume = unexpected_ip;
            if (r.turns == stop && r.sum == stop * (stop + 1) / 2 &&
                r.rotated == (rotating ? r.sum - stop : 0) && r.lc == lc &&
                trap.count == (stop < n) &&
                (stop == n ||
                 (trap.vector == V_BREAK && trap.iip == ADDR(begin) &&
                  (trap.ipsr & PSR_RI(3)) == 0 &&
                  (!stop || trap.iipa == ADDR(branch))))) {
                good++;
            } else {
                bad++;
            }
        }
    }
    check(bad == 0 && good == TURNS * (TURNS + 3) / 2, name);
}

/* ----------------------------------------------------------------- */

/* What the loop that copies has in registers; start.S maps no page of VA. */
struct copy {
    u64 dst, src, val, count, lc, more;
};

#define VA      (REGION(2) | 0x40000000ul)
#define RID     0x102ul
#define PAGE    4096ul

/* Runs the loop until it ends or an access faults. */
extern void copy_bytes(struct copy *c);
extern char copy_bytes_loop[];

asm(".text\n\t.align 32\n\t.global copy_bytes\n\t.proc copy_bytes\n"
    "copy_bytes:\n\t"
    "alloc r14 = ar.pfs, 1, 0, 0, 0\n\t"
    "mov r15 = ar.lc\n\tmov r16 = pr\n\t"
    "movl r20 = trap + 12 * 8\n\tmovl r21 = 2f\n\tmov r11 = r32\n\t;;\n\t"
    "st8 [r20] = r21\n\tld8 r19 = [r11], 8\n\t;;\n\t"
    "ld8 r21 = [r11], 8\n\t;;\n\tld8 r23 = [r11], 8\n\t;;\n\t"
    "ld8 r17 = [r11], 8\n\t;;\n\tld8 r20 = [r11], 8\n\t;;\n\t"
    "ld8 r22 = [r11]\n\tmov ar.lc = r20\n\t;;\n\t"
    "cmp.ne p6, p0 = r0, r22\n\tbr.sptk 1f\n\t;;\n"
    "1:\ncopy_bytes_loop:\n\t"
    "{ .mmi\n st1 [r19] = r23, 1\n (p6) ld1 r23 = [r21], 1\n nop.i 0\n }\n\t"
    "{ .mib\n cmp.lt p6, p0 = 1, r17\n adds r17 = -1, r17\n "
    "br.cloop.sptk 1b\n ;;\n }\n"
    "2:\n\t"
    "mov r22 = r0\n\tmov r20 = ar.lc\n\t;;\n\t(p6) mov r22 = 1\n\t"
    "mov r11 = r32\n\t;;\n\t"
    "st8 [r11] = r19, 8\n\t;;\n\tst8 [r11] = r21, 8\n\t;;\n\t"
    "st8 [r11] = r23, 8\n\t;;\n\tst8 [r11] = r17, 8\n\t;;\n\t"
    "st8 [r11] = r20, 8\n\t;;\n\tst8 [r11] = r22\n\tmov ar.lc = r15\n\t;;\n\t"
    "mov pr = r16, -1\n\tbr.ret.sptk b0\n\t;;\n\t"
    ".endp copy_bytes\n\t.previous");

static u8 pages[2 * PAGE] __attribute__((aligned(4096)));
static u8 want[2 * PAGE];

/* The same in C, on want[]: 0, or 1 or 2 if the store or load must fault */
static int model(struct copy *c)
{
    for (;;) {
        if (c->dst - VA >= sizeof(want)) {
            return 1;
        }
        want[c->dst++ - VA] = c->val;
        if (c->more && c->src - VA >= sizeof(want)) {
            return 2;
        }
        if (c->more) {
            c->val = want[c->src++ - VA];
        }
        c->more = 1 < (long)c->count;
        c->count--;
        if (c->lc == 0) {
            return 0;
        }
        c->lc--;
    }
}

static u64 wrong_copy(struct copy c, u64 around)
{
    struct copy m = c;
    u64 from = around - 256, to = around + 256;
    int fault;

    to = to < sizeof(want) ? to : sizeof(want);
    for (u64 i = from; i < to; i++) {
        pages[i] = want[i] = i * 37 + (i >> 8);
    }
    fault = model(&m);
    trap.count = 0;
    copy_bytes(&c);
    trap.resume = unexpected_ip;
    for (u64 i = from; i < to; i++) {
        if (pages[i] != want[i]) {
            return 1;
        }
    }
    return c.dst != m.dst || c.src != m.src || c.val != m.val ||
           c.count != m.count || c.lc != m.lc || c.more != m.more ||
           trap.count != !!fault ||
           (fault && (trap.vector != V_ALT_D ||
                      trap.iip != ADDR(copy_bytes_loop) ||
                      (trap.ipsr & PSR_RI(3)) != PSR_RI(fault - 1ul) ||
                      trap.ifa != (fault == 1 ? m.dst : m.src)));
}

/* Copies of up to 40 bytes, also onto themselves, across and beyond a page */
static void copies(void)
{
    static const u64 around[] = { 1024, PAGE, 2 * PAGE };
    u64 wrong = 0, runs = 0;

    for (u64 p = 0; p < 2; p++) {
        itc_d(VA + p * PAGE, (u64)(pages + p * PAGE) | PTE_OK | PTE_AR(2), 12,
              RID);
    }
    for (u64 k = 0; k < 3; k++) {
        for (u64 n = 1; n <= 40; n += 1 + n / 12) {
            for (long gap = -20; gap <= 20; gap++) {
                for (u64 at = 0; at < 3; at++) {
                    u64 dst = VA + around[k] - 30 + 7 * at;
                    struct copy c = { dst, dst + gap, 0x1234567890abcd00ul + n,
                                      n - 1, n - 1, n > 1 };

                    wrong += wrong_copy(c, around[k]);
                    /* Counts that differ, and a first load left out */
                    c.lc += at;
                    c.count += gap & 1;
                    c.more = gap != 3;
                    wrong += wrong_copy(c, around[k]);
                    runs += 2;
                }
            }
        }
    }
    check(runs > 10000 && wrong == 0, "byte by byte copies");
}

/* ----------------------------------------------------------------- */

/*
 * @turns times some branches to a break, of which the one after @which others
 * is taken.  Returns how many were met.
 */
typedef u64 exits(u64 which, u64 turns);

#define EXITS(name, branches) \
    asm(".text\n\t.align 32\n\t.global " #name "\n\t.proc " #name "\n" \
        #name ":\n\t" \
        "alloc r14 = ar.pfs, 2, 0, 0, 0\n\tmov r16 = pr\n\t" \
        "movl r20 = trap + 12 * 8\n\tmovl r21 = 2f\n\t;;\n\t" \
        "st8 [r20] = r21\n\tmov r8 = 0\n\tmov r17 = r33\n\t" \
        "br.sptk 1f\n\t;;\n" \
        "1:\n" #name "_begin:\n\t" \
        ".rept " #branches "\n\t" \
        "{ .mii\n cmp.eq p6, p0 = r8, r32\n adds r8 = 1, r8\n nop.i 0\n " \
        ";;\n }\n\t{ .mib\n nop.m 0\n nop.i 0\n (p6) br.cond.dpnt 3f\n ;;\n " \
        "}\n\t.endr\n\t" \
        "adds r17 = -1, r17\n\t;;\n\tcmp.ne p7, p0 = r0, r17\n\t;;\n\t" \
        "(p7) br.cond.dptk 1b\n\t;;\n" \
        "2:\n\t" \
        "mov pr = r16, -1\n\tbr.ret.sptk b0\n\t;;\n" \
        "3:\n" #name "_exit:\n\t" \
        "{ .mii\n break.m 5\n nop.i 0\n nop.i 0\n ;;\n }\n\t" \
        ".endp " #name "\n\t.previous")

exits exits_3, exits_40;
extern char exits_3_begin[], exits_3_exit[];
extern char exits_40_begin[], exits_40_exit[];

EXITS(exits_3, 3);
EXITS(exits_40, 40);

static void each_exit(exits *run, u64 branches, char *begin, char *exit,
                      const char *name)
{
    u64 bad = 0;

    for (u64 n = 1; n <= 12; n++) {
        for (u64 which = 0; which <= n * branches; which++) {
            u64 last = which == n * branches, met;

            trap.count = 0;
            met = run(which, n);
            trap.resume = unexpected_ip;
            bad += met != which + !last || trap.count != !last ||
                   (!last && (trap.vector != V_BREAK ||
                              trap.iip != ADDR(exit) ||
                              trap.iipa != ADDR(begin) + 16 +
                                           which % branches * 32));
        }
    }
    check(bad == 0, name);
}

void ap_test(void)
{
}

void test(void)
{
    each_turn(loop_cond, loop_cond_begin, loop_cond_branch, 0, 0,
              "br.cond: interrupted at each iteration");
    each_turn(loop_cloop, loop_cloop_begin, loop_cloop_branch, 1, 0,
              "br.cloop: interrupted at each iteration");
    each_turn(loop_ctop, loop_ctop_begin, loop_ctop_branch, 1, 1,
              "br.ctop: interrupted at each iteration");
    copies();
    each_exit(exits_3, 3, exits_3_begin, exits_3_exit,
              "each of three branches in a loop");
    each_exit(exits_40, 40, exits_40_begin, exits_40_exit,
              "each of forty branches in a loop");
}
