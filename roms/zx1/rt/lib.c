/*
 * Runtime image: memory functions and CRC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"

void *memcpy(void *dst, const void *src, size_t n)
{
    UINT8 *d = dst;
    const UINT8 *s = src;

    while (n--) {
        *d++ = *s++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    UINT8 *d = dst;
    const UINT8 *s = src;

    if (d <= s) {
        return memcpy(dst, src, n);
    }
    while (n--) {
        d[n] = s[n];
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    UINT8 *d = dst;

    while (n--) {
        *d++ = c;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const UINT8 *p = a, *q = b;

    for (; n--; p++, q++) {
        if (*p != *q) {
            return *p - *q;
        }
    }
    return 0;
}

/* CRC-32 of IEEE 802.3, as the EFI table headers have it */
UINT32 rt_crc32(const void *data, size_t n)
{
    const UINT8 *p = data;
    UINT32 crc = ~0U;
    int i;

    while (n--) {
        crc ^= *p++;
        for (i = 0; i < 8; i++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
        }
    }
    return ~crc;
}

void rt_report(unsigned kind, UINT64 value)
{
    phys_write64(ZX1_DILLON_REPORT, (UINT64)kind << 56 | value << 8 >> 8);
}
