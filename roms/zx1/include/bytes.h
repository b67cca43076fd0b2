/*
 * zx1 firmware: little-endian fields at any address, for both images
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_BYTES_H
#define ZX1_BYTES_H

#include "efi.h"

static inline UINT16 ld16le(const void *p)
{
    const UINT8 *b = p;
    return b[0] | b[1] << 8;
}

static inline UINT32 ld32le(const void *p)
{
    return ld16le(p) | (UINT32)ld16le((const UINT8 *)p + 2) << 16;
}

static inline UINT64 ld64le(const void *p)
{
    return ld32le(p) | (UINT64)ld32le((const UINT8 *)p + 4) << 32;
}

static inline void st16le(void *p, UINT16 v)
{
    UINT8 *b = p;
    b[0] = v;
    b[1] = v >> 8;
}

static inline void st32le(void *p, UINT32 v)
{
    st16le(p, v);
    st16le((UINT8 *)p + 2, v >> 16);
}

static inline void st64le(void *p, UINT64 v)
{
    st32le(p, v);
    st32le((UINT8 *)p + 4, v >> 32);
}

#endif /* ZX1_BYTES_H */
