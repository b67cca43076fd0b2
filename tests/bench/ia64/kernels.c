/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels: compiled with the same compiler version and -O2 for both
 */

#include "bench.h"

static u32 seed;

static u32 rnd(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

#define SIEVE 65536

static u8 flags[SIEVE];

static u64 sieve(u64 n)
{
    u64 count = 0;

    while (n--) {
        count = 0;
        for (u32 i = 2; i < SIEVE; i++) {
            flags[i] = 1;
        }
        for (u32 i = 2; i < SIEVE; i++) {
            if (flags[i]) {
                count++;
                for (u32 k = i + i; k < SIEVE; k += i) {
                    flags[k] = 0;
                }
            }
        }
    }
    return count;
}

#define SORT 20000

static int numbers[SORT];

static void sort(int *a, long lo, long hi)
{
    while (lo < hi) {
        int pivot = a[(lo + hi) / 2];
        long i = lo, j = hi;

        while (i <= j) {
            while (a[i] < pivot) {
                i++;
            }
            while (a[j] > pivot) {
                j--;
            }
            if (i <= j) {
                int t = a[i];

                a[i++] = a[j];
                a[j--] = t;
            }
        }
        if (j - lo < hi - i) {
            sort(a, lo, j);
            lo = i;
        } else {
            sort(a, i, hi);
            hi = j;
        }
    }
}

static u64 quicksort(u64 n)
{
    u64 sum = 0;

    seed = 1;
    while (n--) {
        for (int i = 0; i < SORT; i++) {
            numbers[i] = rnd();
        }
        sort(numbers, 0, SORT - 1);
        sum += numbers[SORT / 2];
    }
    return sum;
}

static u64 __attribute__((noinline, noclone)) fib(u64 n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static u64 recursion(u64 n)
{
    u64 sum = 0;

    while (n--) {
        sum += fib(22);
    }
    return sum;
}

#define DIM 48

static double ma[DIM][DIM], mb[DIM][DIM], mc[DIM][DIM];

static u64 matrix(u64 n)
{
    for (int i = 0; i < DIM; i++) {
        for (int j = 0; j < DIM; j++) {
            ma[i][j] = i + 0.5 * j;
            mb[i][j] = i - 0.25 * j;
        }
    }
    while (n--) {
        for (int i = 0; i < DIM; i++) {
            for (int j = 0; j < DIM; j++) {
                double s = 0;

                for (int k = 0; k < DIM; k++) {
                    s += ma[i][k] * mb[k][j];
                }
                mc[i][j] = s;
            }
        }
        ma[n % DIM][0] += 1.0;
    }
    return (u64)(long)mc[DIM - 1][DIM - 1];
}

static u32 crc_table[256];
static u8 text[16384];

static u64 crc32(u64 n)
{
    u32 crc = 0;

    for (u32 i = 0; i < 256; i++) {
        u32 c = i;

        for (int k = 0; k < 8; k++) {
            c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
        }
        crc_table[i] = c;
    }
    for (u32 i = 0; i < sizeof(text); i++) {
        text[i] = i * 7;
    }
    while (n--) {
        for (u32 i = 0; i < sizeof(text); i++) {
            crc = crc_table[(crc ^ text[i]) & 0xff] ^ (crc >> 8);
        }
    }
    return crc;
}

static u64 division(u64 n)
{
    u64 a = 0x123456789abcdef1, b = 12345, sum = 0;

    while (n--) {
        for (int i = 0; i < 100; i++) {
            sum += a / b + a % (b | 1);
            a = a * 6364136223846793005 + 1442695040888963407;
            b = (b * 69069 + 1) & 0xffffffff;
            b += !b;
        }
    }
    return sum;
}

struct node {
    struct node *next;
    u64 (*fn)(struct node *);
    u64 val;
};

static u64 __attribute__((noinline)) get_plain(struct node *n)
{
    return n->val;
}

static u64 __attribute__((noinline)) get_double(struct node *n)
{
    return n->val * 2;
}

static u64 __attribute__((noinline)) get_negative(struct node *n)
{
    return -n->val;
}

#define NODES 1024

static struct node nodes[NODES];

static u64 list(u64 n)
{
    static u64 (*const fns[])(struct node *) = {
        get_plain, get_double, get_negative,
    };
    u64 sum = 0;

    for (int i = 0; i < NODES; i++) {
        nodes[i].next = &nodes[(i * 389 + 7) % NODES];
        nodes[i].fn = fns[i % 3];
        nodes[i].val = i;
    }
    while (n--) {
        struct node *p = nodes;

        for (int i = 0; i < NODES; i++) {
            sum += p->fn(p);
            p = p->next;
        }
    }
    return sum;
}

const struct kernel kernels[] = {
    { "sieve", sieve, 10 },
    { "quicksort", quicksort, 4 },
    { "recursion", recursion, 4 },
    { "matrix", matrix, 4 },
    { "crc32", crc32, 20 },
    { "division", division, 20 },
    { "list", list, 20 },
    { 0 },
};
