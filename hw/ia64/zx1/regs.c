/*
 * HP zx1: banks of 64-bit registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "regs.h"

void zx1_regs_init(Zx1RegBank *bank, const char *name, const Zx1RegInfo *info,
                   unsigned count, uint64_t *regs, unsigned size)
{
    bank->name = name;
    bank->info = info;
    bank->count = count;
    bank->regs = regs;
    bank->size = size;
    bank->reported = bitmap_new(size / 8);
    bank->index = g_new0(uint8_t, size / 8);
    g_assert(count < UINT8_MAX);
    for (unsigned i = 0; i < count; i++) {
        bank->index[info[i].addr / 8] = i + 1;
    }
}

void zx1_regs_free(Zx1RegBank *bank)
{
    g_clear_pointer(&bank->reported, g_free);
    g_clear_pointer(&bank->index, g_free);
}

void zx1_regs_reset(Zx1RegBank *bank)
{
    memset(bank->regs, 0, bank->size);
    for (unsigned i = 0; i < bank->count; i++) {
        bank->regs[bank->info[i].addr / 8] = bank->info[i].reset;
    }
}

static const Zx1RegInfo *zx1_regs_find(Zx1RegBank *bank, hwaddr addr,
                                       const char *what)
{
    hwaddr reg = addr / 8;

    if (reg >= bank->size / 8) {
        return NULL;
    }
    if (bank->index[reg]) {
        return &bank->info[bank->index[reg] - 1];
    }
    if (!test_and_set_bit(reg, bank->reported)) {
        qemu_log_mask(LOG_UNIMP, "%s: %s of unknown register 0x%" HWADDR_PRIx
                      "\n", bank->name, what, addr);
    }
    return NULL;
}

uint64_t zx1_regs_read(Zx1RegBank *bank, hwaddr addr, unsigned size)
{
    const Zx1RegInfo *info = zx1_regs_find(bank, addr, "read");

    if (!info) {
        return 0;
    }
    return extract64(bank->regs[info->addr / 8], (addr & 7) * 8, size * 8);
}

const Zx1RegInfo *zx1_regs_write(Zx1RegBank *bank, hwaddr addr, uint64_t val,
                                 unsigned size, uint64_t *old,
                                 uint64_t *written)
{
    const Zx1RegInfo *info = zx1_regs_find(bank, addr, "write");
    unsigned shift = (addr & 7) * 8;
    uint64_t lanes = MAKE_64BIT_MASK(shift, size * 8);
    uint64_t *reg;

    if (!info) {
        return NULL;
    }
    reg = &bank->regs[info->addr / 8];
    val = (val << shift) & lanes;
    if (old) {
        *old = *reg;
    }
    if (written) {
        *written = val;
    }
    *reg = (*reg & ~(info->rw & lanes)) | (val & info->rw);
    *reg &= ~(val & info->w1c);
    return info;
}
