/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interruptions between any two iterations of a short loop, of which the
 * emulator may have translated several copies in a row
 */

#include "system.h"

enum { V_BREAK = 0x2c00 };

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
}
