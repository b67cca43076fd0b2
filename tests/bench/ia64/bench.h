/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Benchmark kernels that run bare on the emulated machine and natively
 */

#ifndef BENCH_H
#define BENCH_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

/* A kernel does @n units of work and returns a checksum of its results. */
typedef u64 kernel_fn(u64 n);

struct kernel {
    const char *name;
    kernel_fn *fn;
    u64 n;              /* units a call */
};

extern const struct kernel kernels[];

/* Provided by the environment */
u64 bench_now_ns(void);
void bench_put(char c);

/* main.c */
void bench_puts(const char *s);
void bench_put_dec(u64 v);

int bench_main(void);

#endif
