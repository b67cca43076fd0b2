/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What compilers call though nobody asked */

#include "test.h"

void *memset(void *p, int c, unsigned long n);
void *memcpy(void *p, const void *s, unsigned long n);

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
