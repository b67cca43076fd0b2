/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic of compiled code gives the host's results, bit for bit */

#include "test.h"
#include "fp-compute.h"

/* The compiler calls them */
void *memset(void *p, int c, unsigned long n)
{
    char *q = p;

    while (n--) {
        *q++ = c;
    }
    return p;
}

void *memcpy(void *p, const void *s, unsigned long n)
{
    char *q = p;
    const char *t = s;

    while (n--) {
        *q++ = *t++;
    }
    return p;
}

void test_main(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(computations); i++) {
        test_begin(computations[i].name);
        test_eq("hash", compute(i), computations[i].hash);
        test_end();
    }
}
