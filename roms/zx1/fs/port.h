/*
 * What the media parsers need from their surroundings
 *
 * The FAT and partition code is plain C over byte buffers, so that the same
 * files run in the firmware and, under a sanitizer, in the unit tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_FS_PORT_H
#define ZX1_FS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef ZX1_HOSTED
#include <stdlib.h>
#include <string.h>
#define fs_alloc(n)     calloc(1, (n))
#define fs_free(p)      free(p)
#else
#include "fw.h"
#define fs_alloc(n)     fw_zalloc(n)
#define fs_free(p)      fw_free(p)
#endif

/* On-disk fields are little-endian and at any alignment */
static inline uint16_t get16(const void *p)
{
    const uint8_t *b = p;

    return b[0] | b[1] << 8;
}

static inline uint32_t get32(const void *p)
{
    const uint8_t *b = p;

    return get16(b) | (uint32_t)get16(b + 2) << 16;
}

static inline uint64_t get64(const void *p)
{
    const uint8_t *b = p;

    return get32(b) | (uint64_t)get32(b + 4) << 32;
}

static inline void put16(void *p, uint16_t v)
{
    uint8_t *b = p;

    b[0] = v;
    b[1] = v >> 8;
}

static inline void put32(void *p, uint32_t v)
{
    put16(p, v);
    put16((uint8_t *)p + 2, v >> 16);
}

static inline void put64(void *p, uint64_t v)
{
    put32(p, v);
    put32((uint8_t *)p + 4, v >> 32);
}

#endif
