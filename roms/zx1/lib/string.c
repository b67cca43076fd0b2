/*
 * Strings and memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fw.h"

void *memcpy(void *dst, const void *src, size_t n)
{
    UINT8 *d = dst;
    const UINT8 *s = src;

    if (n >= 16 && (((UINT64)d ^ (UINT64)s) & 7) == 0) {
        for (; (UINT64)d & 7; n--) {
            *d++ = *s++;
        }
        for (; n >= 32; n -= 32, d += 32, s += 32) {
            const UINT64 *s8 = (const UINT64 *)s;
            UINT64 *d8 = (UINT64 *)d;
            UINT64 a = s8[0], b = s8[1], c = s8[2], e = s8[3];

            d8[0] = a;
            d8[1] = b;
            d8[2] = c;
            d8[3] = e;
        }
        for (; n >= 8; n -= 8, d += 8, s += 8) {
            *(UINT64 *)d = *(const UINT64 *)s;
        }
    }
    while (n--) {
        *d++ = *s++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    UINT8 *d = dst;
    const UINT8 *s = src;

    if (d <= s || d >= s + n) {
        return memcpy(dst, src, n);
    }
    if ((((UINT64)d ^ (UINT64)s) & 7) == 0) {
        for (; n && ((UINT64)(d + n) & 7); n--) {
            d[n - 1] = s[n - 1];
        }
        for (; n >= 8; n -= 8) {
            *(UINT64 *)(d + n - 8) = *(const UINT64 *)(s + n - 8);
        }
    }
    while (n--) {
        d[n] = s[n];
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    UINT8 *d = dst;
    UINT64 v = (UINT8)c * 0x0101010101010101UL;

    for (; n && ((UINT64)d & 7); n--) {
        *d++ = c;
    }
    for (; n >= 32; n -= 32, d += 32) {
        UINT64 *d8 = (UINT64 *)d;

        d8[0] = v;
        d8[1] = v;
        d8[2] = v;
        d8[3] = v;
    }
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

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n]) {
        n++;
    }
    return n;
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n]) {
        n++;
    }
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (UINT8)*a - (UINT8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b || !*a) {
            return (UINT8)*a - (UINT8)*b;
        }
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c) {
            return (char *)s;
        }
        if (!*s) {
            return NULL;
        }
    }
}

size_t str16len(const CHAR16 *s)
{
    size_t n = 0;

    while (s[n]) {
        n++;
    }
    return n;
}

size_t str16size(const CHAR16 *s)
{
    return (str16len(s) + 1) * sizeof(CHAR16);
}

int str16cmp(const CHAR16 *a, const CHAR16 *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a - *b;
}

static CHAR16 fold(CHAR16 c)
{
    return c >= 'a' && c <= 'z' ? c - 32 : c;
}

int str16icmp(const CHAR16 *a, const CHAR16 *b)
{
    while (*a && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) - fold(*b);
}

CHAR16 *str16cpy(CHAR16 *dst, const CHAR16 *src, size_t max)
{
    size_t i;

    for (i = 0; i + 1 < max && src[i]; i++) {
        dst[i] = src[i];
    }
    if (max) {
        dst[i] = 0;
    }
    return dst;
}

CHAR16 *str16cat(CHAR16 *dst, const CHAR16 *src, size_t max)
{
    size_t n = str16len(dst);

    if (n < max) {
        str16cpy(dst + n, src, max - n);
    }
    return dst;
}

CHAR16 *ascii_to_str16(CHAR16 *dst, const char *src, size_t max)
{
    size_t i;

    for (i = 0; i + 1 < max && src[i]; i++) {
        dst[i] = (UINT8)src[i];
    }
    if (max) {
        dst[i] = 0;
    }
    return dst;
}

char *str16_to_ascii(char *dst, const CHAR16 *src, size_t max)
{
    size_t i;

    for (i = 0; i + 1 < max && src[i]; i++) {
        dst[i] = src[i] < 0x100 ? src[i] : '?';
    }
    if (max) {
        dst[i] = 0;
    }
    return dst;
}

bool guid_eq(const EFI_GUID *a, const EFI_GUID *b)
{
    return !memcmp(a, b, sizeof(*a));
}

UINT32 bswap32(UINT32 v)
{
    return v >> 24 | (v >> 8 & 0xff00) | (v & 0xff00) << 8 | v << 24;
}

UINT64 bswap64(UINT64 v)
{
    return (UINT64)bswap32(v) << 32 | bswap32(v >> 32);
}

UINT32 crc32(UINT32 crc, const void *data, size_t n)
{
    static UINT32 table[256];
    const UINT8 *p = data;
    UINT32 i, j, c;

    if (!table[1]) {
        for (i = 0; i < 256; i++) {
            for (c = i, j = 0; j < 8; j++) {
                c = c >> 1 ^ (c & 1 ? 0xedb88320U : 0);
            }
            table[i] = c;
        }
    }
    crc = ~crc;
    while (n--) {
        crc = table[(crc ^ *p++) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}
