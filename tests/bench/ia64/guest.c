/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark on the bare zx1 machine, in virtual mode */

#include "bench.h"
#include "guest.h"

#define UART        0xff5e0000ul
#define PM1_CNT     0xff5c100cul
#define S5          (5 << 10 | 1 << 13)


u64 bench_now_ns(void)
{
    u64 itc;

    asm volatile("mov %0 = ar.itc" : "=r"(itc));
    /* 1.5 GHz: two thirds of a nanosecond a tick, without a division */
    return itc * 2 / 3;
}

static void put_raw(char c)
{
    volatile u8 *uart = (volatile u8 *)(UART);

    while (!(uart[5] & 0x20)) {
        /* transmitter busy */
    }
    *uart = c;
}

void bench_put(char c)
{
    if (c == '\n') {
        put_raw('\r');
    }
    put_raw(c);
}

void guest_main(void)
{
    bench_main();
    micro_main();
    *(volatile unsigned short *)PM1_CNT = S5;
    for (;;) {
        /* the machine powers off */
    }
}
