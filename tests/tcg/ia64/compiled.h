/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What compilers make of C: each function gives a number that must be the
 * same on the host and, whatever the optimisation, on the guest.  No
 * undefined behaviour, no library.
 */

#ifndef COMPILED_H
#define COMPILED_H

#include <stdarg.h>

typedef unsigned long u64;
typedef long s64;
typedef unsigned int u32;
typedef int s32;
typedef unsigned short u16;
typedef short s16;
typedef unsigned char u8;
typedef signed char s8;

#define LENGTH(a)   (sizeof(a) / sizeof((a)[0]))

/* Inputs that the compiler does not know */
static volatile u64 seed = 0x9e3779b97f4a7c15;

static u64 next(u64 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static u64 mixed(u64 hash, u64 v)
{
    hash = (hash ^ v) * 0x100000001b3;
    return hash ^ hash >> 29;
}

static u64 divisions(void)
{
    u64 s = seed, h = 1;

    for (int i = 0; i < 2000; i++) {
        u64 r = next(&s), a = next(&s) >> (r & 63);
        u64 b = next(&s) >> (r >> 6 & 63) | 1;
        s64 c = (s64)a, d = (s64)b;

        h = mixed(h, a / b);
        h = mixed(h, a % b);
        h = mixed(h, (u64)(c / (d == -1 ? 3 : d)));
        h = mixed(h, (u64)(c % (d == -1 ? 3 : d)));
        h = mixed(h, (u32)a / (u32)b);
        h = mixed(h, (u64)((s32)((u32)a >> 1) % (s32)((u32)b >> 1 | 1)));
        h = mixed(h, (u16)a / ((u16)b | 1));
    }
    return h;
}

static u64 shifts(void)
{
    u64 s = seed, h = 2;

    for (int i = 0; i < 2000; i++) {
        u64 a = next(&s);
        u32 n = next(&s) & 63;

        h = mixed(h, a << n);
        h = mixed(h, a >> n);
        h = mixed(h, (u64)((s64)a >> n));
        h = mixed(h, (u32)a << (n & 31));
        h = mixed(h, (u64)((s32)a >> (n & 31)));
        h = mixed(h, a << n | a >> ((64 - n) & 63));
        h = mixed(h, (u64)(s8)a + (u64)(s16)a + (u64)(s32)a);
        h = mixed(h, (u64)__builtin_popcountl(a));
    }
    return h;
}

static u64 multiplications(void)
{
    u64 s = seed, h = 3;

    for (int i = 0; i < 2000; i++) {
        u64 a = next(&s), b = next(&s);
        unsigned __int128 p = (unsigned __int128)a * b;

        h = mixed(h, (u64)(p >> 64));
        h = mixed(h, (u64)p);
        h = mixed(h, (u64)(((__int128)(s64)a * (s64)b) >> 64));
        h = mixed(h, (u64)((u32)a * (u64)(u32)b));
        h = mixed(h, (u16)a * (u32)(u8)b);
    }
    return h;
}

struct fields {
    u32 a:3, b:7, c:22;
    int d:5, e:11;
    u64 f:40, g:24;
    u8 tail[3];
};

static struct fields __attribute__((noinline)) by_value(struct fields x,
                                                        struct fields *y)
{
    x.a += y->b;
    x.d ^= x.e;
    x.f -= y->g * 77;
    x.tail[1] = x.tail[0] + (u8)x.c;
    return x;
}

static u64 structures(void)
{
    u64 s = seed, h = 4;
    struct fields x = { 1, 2, 3, 4, 5, 6, 7, { 8, 9, 10 } }, y;

    for (int i = 0; i < 1000; i++) {
        u64 v = next(&s);

        x.b = v;
        x.c = v >> 9;
        x.e = v >> 33;
        x.g = v >> 40;
        y = x;
        x = by_value(x, &y);
        h = mixed(h, x.a + x.b * 3ul + x.c * 5ul + (u64)(s64)x.d +
                     (u64)(s64)x.e * 7 + x.f + x.g + x.tail[1]);
    }
    return h;
}

static u64 __attribute__((noinline)) many(int n, ...)
{
    va_list list;
    u64 h = (u64)n;

    va_start(list, n);
    for (int i = 0; i < n; i++) {
        switch (i % 3) {
        case 0:
            h = mixed(h, va_arg(list, u64));
            break;
        case 1:
            h = mixed(h, (u64)(s64)va_arg(list, int));
            break;
        default:
            h = mixed(h, (u64)(s64)(va_arg(list, double) * 8.0));
        }
    }
    va_end(list);
    return h;
}

static u64 arguments(void)
{
    u64 s = seed, h = 5;

    for (int i = 0; i < 300; i++) {
        u64 v = next(&s);

        h = mixed(h, many(3, v, (int)v, 0.5));
        h = mixed(h, many(14, v, (int)v, 1.25, ~v, 7, 2.5, v >> 3, -9, 3.75,
                          v << 5, 11, (double)(v & 0xffff), v, (int)(v >> 40)));
    }
    return h;
}

static u64 __attribute__((noinline)) ackermann(u64 m, u64 n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1)
                                   : ackermann(m - 1, ackermann(m, n - 1));
}

static s64 add(s64 a, s64 b)
{
    return (s64)((u64)a + (u64)b);
}

static s64 sub(s64 a, s64 b)
{
    return (s64)((u64)a - (u64)b);
}

static s64 larger(s64 a, s64 b)
{
    return a > b ? a : b;
}

static u64 calls(void)
{
    static s64 (*const table[])(s64, s64) = { add, sub, larger };
    u64 s = seed, h = mixed(6, ackermann(2, 9));
    s64 v = 1;

    for (int i = 0; i < 3000; i++) {
        u64 r = next(&s);

        v = table[r % LENGTH(table)](v, (s64)r >> 7);
        h = mixed(h, (u64)v);
    }
    return h;
}

static u64 switches(void)
{
    u64 s = seed, h = 7;

    for (int i = 0; i < 3000; i++) {
        u64 r = next(&s);

        switch (r % 23) {
        case 0:
            h += 3;
            break;
        case 1:
            h ^= r;
            break;
        case 2:
            h *= 5;
            /* fall through */
        case 3:
            h -= r >> 9;
            break;
        case 5:
            h = h << 3 | h >> 61;
            break;
        case 7:
            h = ~h;
            break;
        case 11:
            h += h >> 3;
            break;
        case 13:
            h ^= h << 7;
            break;
        case 17:
            h -= 1;
            break;
        case 22:
            h = mixed(h, 22);
            break;
        default:
            h = mixed(h, r % 23);
        }
    }
    return h;
}

static u64 sorting(void)
{
    static s16 a[700];
    static u8 text[700];
    u64 s = seed, h = 8;

    for (unsigned i = 0; i < LENGTH(a); i++) {
        a[i] = (s16)next(&s);
        text[i] = (u8)a[i];
    }
    for (unsigned gap = LENGTH(a) / 2; gap; gap /= 2) {
        for (unsigned i = gap; i < LENGTH(a); i++) {
            s16 v = a[i];
            unsigned j = i;

            for (; j >= gap && a[j - gap] > v; j -= gap) {
                a[j] = a[j - gap];
            }
            a[j] = v;
        }
    }
    for (unsigned i = 0; i < LENGTH(a); i++) {
        h = mixed(h, (u64)(s64)a[i] + text[LENGTH(a) - 1 - i]);
    }
    return h;
}

static u64 doubles(void)
{
    u64 s = seed, h = 9;
    union {
        double d;
        u64 u;
    } v;
    union {
        float f;
        u32 u;
    } w;

    for (int i = 0; i < 2000; i++) {
        double a = (double)(s64)next(&s), b = (double)(u32)next(&s) + 0.5;

        v.d = a / b + a / 1048576.0 - b;
        h = mixed(h, v.u);
        v.d = (a + b) * (a - b) - a * a;
        h = mixed(h, v.u);
        w.f = (float)a / (float)b;
        h = mixed(h, w.u);
        h = mixed(h, (u64)(s64)(a / 8.0));
        h = mixed(h, (u64)(a < b) + 2 * (a == b) + 4 * (a >= -b));
        h = mixed(h, (u64)(b * 0x1p30));
    }
    return h;
}

static const struct {
    const char *name;
    u64 (*function)(void);
} compiled[] = {
    { "divisions", divisions },
    { "shifts", shifts },
    { "multiplications", multiplications },
    { "structures", structures },
    { "arguments", arguments },
    { "calls", calls },
    { "switches", switches },
    { "sorting", sorting },
    { "doubles", doubles },
};

#endif
