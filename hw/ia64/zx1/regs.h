/*
 * HP zx1: banks of 64-bit registers
 *
 * A bank is described by a table with one line a register: its place, its
 * value after a reset and which bits a store can change. The bank takes
 * loads and stores of 1 to 8 bytes, naturally aligned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_REGS_H
#define HW_IA64_ZX1_REGS_H

#include "exec/hwaddr.h"

typedef struct Zx1RegInfo {
    const char *name;
    hwaddr addr;        /* multiple of 8 */
    uint64_t reset;
    uint64_t rw;        /* bits kept as written */
    uint64_t w1c;       /* bits that writing 1 clears */
} Zx1RegInfo;

typedef struct Zx1RegBank {
    const char *name;
    const Zx1RegInfo *info;
    unsigned count;
    uint64_t *regs;             /* by addr / 8 */
    unsigned size;              /* of regs in bytes */
    uint8_t *index;             /* of info, plus 1; by addr / 8 */
    unsigned long *reported;    /* unknown registers: say so once */
} Zx1RegBank;

void zx1_regs_init(Zx1RegBank *bank, const char *name, const Zx1RegInfo *info,
                   unsigned count, uint64_t *regs, unsigned size);
void zx1_regs_free(Zx1RegBank *bank);

void zx1_regs_reset(Zx1RegBank *bank);

/* The value; 0 for a register that the table does not have */
uint64_t zx1_regs_read(Zx1RegBank *bank, hwaddr addr, unsigned size);

/*
 * Store, and return the register for the caller to act on, or NULL.
 * @old, unless NULL, gets the register's value before the store and
 * @written the bits of the store, shifted into place.
 */
const Zx1RegInfo *zx1_regs_write(Zx1RegBank *bank, hwaddr addr, uint64_t val,
                                 unsigned size, uint64_t *old,
                                 uint64_t *written);

#endif /* HW_IA64_ZX1_REGS_H */
