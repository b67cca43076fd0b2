/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form in which a floating-point register is kept */

#ifndef IA64_FR_H
#define IA64_FR_H

/*
 * hi == 0: lo is an IEEE double that has not been expanded.
 * Otherwise hi has bit 63 set, the sign in bit 17 and the exponent in bits
 * 16:0, and lo is the significand.  NaTVal is always in expanded form.
 */
typedef struct IA64FR {
    uint64_t lo, hi;
} IA64FR;

#define IA64_FR_TAG         (1ull << 63)
#define IA64_FR_SIGN        (1ull << 17)
#define IA64_FR_EXP_MASK    0x1ffffull
#define IA64_FR_EXP_INT     0x1003eull      /* exponent of integers */
#define IA64_FR_EXP_NATVAL  0x1fffeull
#define IA64_FR_HI_NATVAL   (IA64_FR_TAG | IA64_FR_EXP_NATVAL)

#endif
