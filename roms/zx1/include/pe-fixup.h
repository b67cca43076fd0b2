/*
 * zx1 firmware: one base relocation of a PE32+ image for ia64
 *
 * Microsoft PE/COFF specification.  The boot image places images with it, the
 * runtime image moves drivers that stay in SetVirtualAddressMap().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_PE_FIXUP_H
#define ZX1_PE_FIXUP_H

#include "bytes.h"

enum {
    PE_FIXUP_ABSOLUTE = 0,      /* fills a block, nothing to do */
    PE_FIXUP_HIGH = 1,
    PE_FIXUP_LOW = 2,
    PE_FIXUP_HIGHLOW = 3,
    PE_FIXUP_IA64_IMM64 = 9,    /* movl; low bits may name the slot */
    PE_FIXUP_DIR64 = 10,
};

/* Bytes that a relocation of @type changes; 0: no such type, or nothing */
static inline unsigned pe_fixup_size(unsigned type)
{
    switch (type) {
    case PE_FIXUP_HIGH:
    case PE_FIXUP_LOW:
        return 2;
    case PE_FIXUP_HIGHLOW:
        return 4;
    case PE_FIXUP_DIR64:
        return 8;
    case PE_FIXUP_IA64_IMM64:
        return 16;
    default:
        return 0;
    }
}

/* Where it is: the bundle of a movl */
static inline UINT8 *pe_fixup_place(UINT64 base, UINT64 rva, unsigned type)
{
    return (UINT8 *)base + (type == PE_FIXUP_IA64_IMM64 ? rva & ~15UL : rva);
}

/* The bits of a movl's 64-bit immediate, in its bundle */
static inline UINT64 pe_movl_get(const UINT8 *bundle)
{
    UINT64 lo = ld64le(bundle), hi = ld64le(bundle + 8);
    UINT64 l = lo >> 46 | (hi & 0x7fffff) << 18, x = hi >> 23;

    return (x >> 36 & 1) << 63 | (l & 0x1ffffffffffUL) << 22 |
           (x >> 21 & 1) << 21 | (x >> 22 & 0x1f) << 16 |
           (x >> 27 & 0x1ff) << 7 | (x >> 13 & 0x7f);
}

static inline void pe_movl_set(UINT8 *bundle, UINT64 v)
{
    UINT64 lo = ld64le(bundle), hi = ld64le(bundle + 8);
    UINT64 l = v >> 22 & 0x1ffffffffffUL, x = hi >> 23;

    x &= ~(1UL << 36 | 0x1ffUL << 27 | 0x1fUL << 22 | 1UL << 21 |
           0x7fUL << 13);
    x |= (v >> 63 & 1) << 36 | (v >> 7 & 0x1ff) << 27 |
         (v >> 16 & 0x1f) << 22 | (v >> 21 & 1) << 21 | (v & 0x7f) << 13;
    st64le(bundle, (lo & ((1UL << 46) - 1)) | l << 46);
    st64le(bundle + 8, x << 23 | l >> 18);
}

/* What stands at @p, of a type that pe_fixup_size() knows */
static inline UINT64 pe_fixup_get(const UINT8 *p, unsigned type)
{
    switch (pe_fixup_size(type)) {
    case 2:
        return ld16le(p);
    case 4:
        return ld32le(p);
    case 8:
        return ld64le(p);
    default:
        return pe_movl_get(p);
    }
}

static inline void pe_fixup_add(UINT8 *p, unsigned type, UINT64 delta)
{
    switch (type) {
    case PE_FIXUP_HIGH:
        st16le(p, ld16le(p) + (delta >> 16));
        break;
    case PE_FIXUP_LOW:
        st16le(p, ld16le(p) + delta);
        break;
    case PE_FIXUP_HIGHLOW:
        st32le(p, ld32le(p) + delta);
        break;
    case PE_FIXUP_DIR64:
        st64le(p, ld64le(p) + delta);
        break;
    default:
        pe_movl_set(p, pe_movl_get(p) + delta);
        break;
    }
}

#endif /* ZX1_PE_FIXUP_H */
