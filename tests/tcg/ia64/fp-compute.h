/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Computations that must give the same bits on every IEEE machine with an
 * 80-bit long double: compiled for the guest and for the host
 */

#ifndef TESTS_TCG_IA64_FP_COMPUTE_H
#define TESTS_TCG_IA64_FP_COMPUTE_H

typedef unsigned long u64;
typedef unsigned int u32;

static u64 seed;

static u64 rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 0x2545f4914f6cdd1dul;
}

static u64 hash;

static void mix(u64 v)
{
    hash = (hash ^ v) * 0x100000001b3ul;
    hash ^= hash >> 29;
}

/* NaNs are told apart by nobody */
static void mix_double(double d)
{
    union {
        double d;
        u64 i;
    } u = { d };

    mix(d != d ? 0x7ff8000000000000ul : u.i);
}

static void mix_float(float f)
{
    union {
        float f;
        u32 i;
    } u = { f };

    mix(f != f ? 0x7fc00000 : u.i);
}

static void mix_long_double(long double x)
{
    union {
        long double x;
        struct {
            u64 sig;
            unsigned short se;
        } i;
    } u = { x };

    if (x != x) {
        mix(0x7fff);
        return;
    }
    mix(u.i.sig);
    mix(u.i.se);
}

/* Everything from zero to NaN, mostly of similar size */
static double random_double(void)
{
    union {
        u64 i;
        double d;
    } u = { rnd() };
    u64 sign = u.i & 1ul << 63, frac = u.i & 0xffffffffffffful;

    switch (rnd() >> 60) {
    case 0:
        u.i = sign;
        break;
    case 1:
        u.i = sign | frac;
        break;
    case 2:
        u.i = sign | 0x7fful << 52 | (frac & 1) << 51;
        break;
    case 3:
        break;
    case 4:
        u.i = sign | (0x3fful + (frac & 63)) << 52 | (frac & ~0xfffffffful);
        break;
    default:
        u.i = sign | (0x3fful - 32 + (rnd() >> 58)) << 52 | frac;
        break;
    }
    return u.d;
}

static float random_float(void)
{
    union {
        u32 i;
        float f;
    } u = { rnd() >> 32 };

    switch (rnd() >> 60) {
    case 0:
        u.i &= 1u << 31;
        break;
    case 1:
        u.i &= ~(0xffu << 23);
        break;
    case 2:
    case 3:
        break;
    default:
        u.i = (u.i & ~(0xffu << 23)) | (127 - 16 + (u32)(rnd() >> 59)) << 23;
        break;
    }
    return u.f;
}

static void compute_double(int n)
{
    while (n--) {
        double a = random_double(), b = random_double(), c = random_double();

        mix_double(a + b);
        mix_double(a - b);
        mix_double(a * b);
        mix_double(a / b);
        mix_double(__builtin_fma(a, b, c));
        mix_double(__builtin_fma(a, b, -(a * b)));
        mix_double(__builtin_fma(-a, b, c));
        mix((a < b) | (a <= b) << 1 | (a == b) << 2 | (a > b) << 3 |
            (a >= b) << 4 | (a != b) << 5 |
            __builtin_isunordered(a, b) << 6);
        mix_double(__builtin_copysign(a, b));
        mix_double(__builtin_fabs(a));
        mix_float(a);
    }
}

static void compute_float(int n)
{
    while (n--) {
        float a = random_float(), b = random_float(), c = random_float();

        mix_float(a + b);
        mix_float(a - b);
        mix_float(a * b);
        mix_float(a / b);
        mix_float(__builtin_fmaf(a, b, c));
        mix_double((double)a * b + c);
        mix((a < b) | (a <= b) << 1 | (a == b) << 2);
    }
}

static void compute_long_double(int n)
{
    while (n--) {
        long double a = random_double(), b = random_double();
        long double c = a * (1 + (rnd() >> 1) / 0x1p63L);

        if (!(rnd() & 7)) {
            c *= 0x1p15000L;
            b *= 0x1p1000L;
        }
        if (!(rnd() & 7)) {
            c /= 0x1p15000L;
            b /= 0x1p1000L;
        }
        mix_long_double(a + c);
        mix_long_double(b - c);
        mix_long_double(b * c);
        mix_long_double(b / c);
        mix_long_double(c / b);
        mix((b < c) | (b == c) << 1);
        mix_double(c);
        mix_float(c);
    }
}

static void compute_conversions(int n)
{
    while (n--) {
        long i = (long)rnd() >> (rnd() >> 58);
        u64 u = rnd() >> (rnd() >> 58);
        double d = random_double();
        float f;

        mix_double(i);
        mix_double(u);
        mix_float(i);
        mix_float(u);
        mix_double((int)i);
        mix_double((u32)u);
        mix_long_double(i);
        mix_long_double(u);
        if (d > -0x1p63 && d < 0x1p63) {
            mix((long)d);
        }
        if (d > -1 && d < 0x1p64) {
            mix((u64)d);
        }
        if (d > -0x1p31 && d < 0x1p31) {
            f = d;
            mix((int)d);
            mix((int)f);
        }
    }
}

static void compute_integer(int n)
{
    while (n--) {
        long a = (long)rnd() >> (rnd() >> 58);
        long b = (long)rnd() >> (rnd() >> 58) | 1;
        u64 c = rnd() >> (rnd() >> 58), d = rnd() >> (rnd() >> 58) | 1;
        unsigned __int128 p = (unsigned __int128)c * d;
        __int128 q = (__int128)a * b;

        mix(a * b);
        mix(p >> 64);
        mix(q >> 64);
        if (b != -1) {
            mix(a / b);
            mix(a % b);
            if ((int)b != 0 && (int)b != -1) {
                mix((int)a / (int)b);
                mix((int)a % (int)b);
            }
        }
        mix(c / d);
        mix(c % d);
        mix((c / d) * d - 1 < d ? 0 : ((c / d) * d - 1) / d);
    }
}

static const struct {
    const char *name;
    void (*fn)(int);
    u64 hash;                   /* what fp-compute-host.c prints */
} computations[] = {
    { "double", compute_double, 0xae8f80467ab0a93b },
    { "float", compute_float, 0xdfd04f41993de85c },
    { "long double", compute_long_double, 0x3e2c1270cf98ffe2 },
    { "conversions", compute_conversions, 0x929a71c74a7f4eec },
    { "integers", compute_integer, 0x84151693768fb115 },
};

static u64 compute(unsigned i)
{
    seed = 0x9e3779b97f4a7c15ul + i;
    hash = 0xcbf29ce484222325ul;
    computations[i].fn(20000);
    return hash;
}

#endif
