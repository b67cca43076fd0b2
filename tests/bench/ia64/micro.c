/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Micro loops of micro.S: nanoseconds (times 100) per event */

#include "bench.h"
#include "guest.h"

typedef void micro_fn(u64 n);

extern micro_fn micro_alu, micro_call, micro_ctop, micro_fma, micro_xma;
extern micro_fn micro_branch;

static const struct {
    const char *name;
    micro_fn *fn;
    u64 n;              /* iterations a call */
    u64 events;         /* in one iteration */
} micro[] = {
    { "alu-slot", micro_alu, 20000, 60 },
    { "call-return", micro_call, 10000, 10 },
    { "ctop-iteration", micro_ctop, 1000, 1 },
    { "fma.d", micro_fma, 5000, 20 },
    { "xma.l", micro_xma, 5000, 20 },
    { "compare-branch", micro_branch, 10000, 10 },
};

void micro_main(void)
{
    for (unsigned i = 0; i < sizeof(micro) / sizeof(*micro); i++) {
        u64 best = ~0ul;

        micro[i].fn(micro[i].n);
        for (int r = 0; r < 5; r++) {
            u64 events = 0, start = bench_now_ns(), t;

            do {
                micro[i].fn(micro[i].n);
                events += micro[i].n * micro[i].events;
                t = bench_now_ns() - start;
            } while (t < 20000000);
            t = t * 1000 / events;
            best = t < best ? t : best;
        }
        bench_puts("MICRO ");
        bench_puts(micro[i].name);
        bench_put(' ');
        bench_put_dec(best);
        bench_puts(" ps\n");
    }
}
