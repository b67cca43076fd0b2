/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark on the host */

#include <stdio.h>
#include <time.h>
#include "bench.h"

u64 bench_now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000ul + ts.tv_nsec;
}

void bench_put(char c)
{
    putchar(c);
}

int main(void)
{
    return bench_main();
}
