/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times each kernel: the best of several rounds of at least 50 ms
 *
 * Prints "BENCH name ns-per-unit checksum" lines.
 */

#include "bench.h"

#define ROUND_NS    50000000ul
#define ROUNDS      5

void bench_puts(const char *s)
{
    while (*s) {
        bench_put(*s++);
    }
}

void bench_put_dec(u64 v)
{
    char buf[24], *p = buf + sizeof(buf) - 1;

    *p = 0;
    do {
        *--p = '0' + v % 10;
        v /= 10;
    } while (v);
    bench_puts(p);
}

static void put_hex(u64 v)
{
    for (int i = 60; i >= 0; i -= 4) {
        bench_put("0123456789abcdef"[v >> i & 15]);
    }
}

int bench_main(void)
{
    for (const struct kernel *k = kernels; k->name; k++) {
        u64 best = ~0ul, sum = k->fn(k->n);

        for (int r = 0; r < ROUNDS; r++) {
            u64 units = 0, start = bench_now_ns(), t;

            do {
                k->fn(k->n);
                units += k->n;
                t = bench_now_ns() - start;
            } while (t < ROUND_NS);
            t = t * 16 / units;
            best = t < best ? t : best;
        }
        bench_puts("BENCH ");
        bench_puts(k->name);
        bench_put(' ');
        bench_put_dec(best / 16);
        bench_puts(" ns ");
        put_hex(sum);
        bench_put('\n');
    }
    bench_puts("BENCH done\n");
    return 0;
}
