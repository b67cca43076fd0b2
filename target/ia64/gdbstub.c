/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium gdbstub: the registers in the order of gdb's ia64 architecture
 * (enum ia64_regnum in gdb/ia64-tdep.h)
 *
 * gdb finds r32 and up in the backing store, below the address that it takes
 * for the end of the current frame: BSP is reported as such, and reads and
 * writes of words that are still in registers are served from them, and so
 * are collections of NaT bits.
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "fpu.h"
#include "gdbstub/helpers.h"
#include "exec/exec-all.h"
#include "exec/gdbstub.h"

enum {
    GDB_GR0 = 0,
    GDB_FR0 = 128,
    GDB_PR0 = 256,
    GDB_BR0 = 320,
    GDB_VFP = 328,              /* virtual: not ours */
    GDB_VRAP = 329,
    GDB_PR = 330,
    GDB_IP = 331,
    GDB_PSR = 332,
    GDB_CFM = 333,
    GDB_AR0 = 334,
};

/* Application registers that are plain fields */
static uint64_t *ar_field(CPUIA64State *env, int n)
{
    switch (n) {
    case 0 ... 7:
        return &env->kr[n];
    case 16:
        return &env->rsc;
    case 19:
        return &env->rnat;
    case 21:
        return &env->fcr;
    case 24:
        return &env->eflag;
    case 25:
        return &env->csd;
    case 26:
        return &env->ssd;
    case 27:
        return &env->cflg;
    case 28:
        return &env->fsr;
    case 29:
        return &env->fir;
    case 30:
        return &env->fdr;
    case 32:
        return &env->ccv;
    case 36:
        return &env->unat;
    case 40:
        return &env->fpsr;
    case 64:
        return &env->pfs;
    case 65:
        return &env->lc;
    case 66:
        return &env->ec;
    default:
        return NULL;
    }
}

static int read_fr(CPUIA64State *env, GByteArray *buf, int n)
{
    IA64FR r = ia64_fr_expand(*ia64_fr(env, n));
    uint64_t se = r.hi & (IA64_FR_SIGN | IA64_FR_EXP_MASK);

    /* The spill format: significand, then exponent and sign */
    return gdb_get_reg64(buf, r.lo) + gdb_get_reg64(buf, se);
}

int ia64_cpu_gdb_read_register(CPUState *cs, GByteArray *buf, int reg)
{
    CPUIA64State *env = cpu_env(cs);
    uint64_t *ar;

    switch (reg) {
    case GDB_GR0 ... GDB_FR0 - 1:
        return gdb_get_reg64(buf, reg ? *ia64_gr(env, reg) : 0);
    case GDB_FR0 ... GDB_PR0 - 1:
        return read_fr(env, buf, reg - GDB_FR0);
    case GDB_PR0 ... GDB_BR0 - 1:
        return gdb_get_reg64(buf, extract64(ia64_get_pr(env),
                                            reg - GDB_PR0, 1));
    case GDB_BR0 ... GDB_VFP - 1:
        return gdb_get_reg64(buf, env->br[reg - GDB_BR0]);
    case GDB_VFP:
    case GDB_VRAP:
        return gdb_get_reg64(buf, 0);
    case GDB_PR:
        return gdb_get_reg64(buf, ia64_get_pr(env));
    case GDB_IP:
        return gdb_get_reg64(buf, env->ip & ~15ull);
    case GDB_PSR:
        return gdb_get_reg64(buf, ia64_psr_full(env));
    case GDB_CFM:
        return gdb_get_reg64(buf, ia64_get_cfm(env));
    case GDB_AR0 ... IA64_GDB_NUM_REGS - 1:
        reg -= GDB_AR0;
        if (reg == 17) {
            return gdb_get_reg64(buf, ia64_bsp_end(env));
        } else if (reg == 18) {
            return gdb_get_reg64(buf, env->bspstore);
        } else if (reg == 44) {
            return gdb_get_reg64(buf, ia64_get_itc(env));
        }
        ar = ar_field(env, reg);
        return gdb_get_reg64(buf, ar ? *ar : 0);
    default:
        return 0;
    }
}

int ia64_cpu_gdb_write_register(CPUState *cs, uint8_t *buf, int reg)
{
    CPUIA64State *env = cpu_env(cs);
    uint64_t val = ldq_le_p(buf), *ar;

    switch (reg) {
    case GDB_GR0 + 1 ... GDB_FR0 - 1:
        *ia64_gr(env, reg) = val;
        ia64_set_gr_nat(env, reg, false);
        break;
    case GDB_FR0 + 2 ... GDB_PR0 - 1:
        *ia64_fr(env, reg - GDB_FR0) = (IA64FR) {
            .lo = val,
            .hi = IA64_FR_TAG | (ldq_le_p(buf + 8) &
                                 (IA64_FR_SIGN | IA64_FR_EXP_MASK)),
        };
        break;
    case GDB_PR0 ... GDB_BR0 - 1:
        reg -= GDB_PR0;
        ia64_set_pr(env, val << reg, 1ull << reg);
        break;
    case GDB_BR0 ... GDB_VFP - 1:
        env->br[reg - GDB_BR0] = val;
        break;
    case GDB_PR:
        ia64_set_pr(env, val, ~1ull);
        break;
    case GDB_IP:
        env->ip = (val & ~15ull) | (env->ip & 3);
        break;
    case GDB_PSR:
        env->ip = (env->ip & ~15ull) | MIN(FIELD_EX64(val, PSR, RI), 2);
        ia64_set_psr(env, val & ~R_PSR_RI_MASK);
        break;
    case GDB_AR0 ... IA64_GDB_NUM_REGS - 1:
        ar = ar_field(env, reg - GDB_AR0);
        if (ar) {
            *ar = val;
            ia64_rebuild_hflags(env);
        }
        break;
    }
    /* r0, f0, f1, the frame and the read-only registers ignore it. */
    return reg >= GDB_FR0 && reg < GDB_PR0 ? 16 : 8;
}

/* The word at @addr of the backing store, if it is not in memory */
static bool get_rse_word(CPUIA64State *env, uint64_t addr, uint64_t *val)
{
    uint64_t *cell = ia64_rse_cell(env, addr);

    if (cell) {
        *val = *cell;
        return true;
    }
    return (addr & 0x1f8) == 0x1f8 &&
           addr >= env->bspstore && addr < ia64_bsp_end(env) &&
           ia64_rse_get_collection(env, addr, val);
}

static void set_rse_word(CPUIA64State *env, uint64_t addr, uint64_t val)
{
    uint64_t *cell = ia64_rse_cell(env, addr);

    if (cell) {
        *cell = val;
    } else {
        ia64_rse_set_collection(env, addr, val);
    }
}

/*
 * Debug access to virtual memory: words of the backing store that are still
 * in registers come from there.
 */
int ia64_cpu_memory_rw_debug(CPUState *cs, vaddr addr, uint8_t *buf,
                             size_t len, bool is_write)
{
    CPUIA64State *env = cpu_env(cs);
    int ret = cpu_memory_rw_debug(cs, addr, buf, len, is_write);
    uint64_t w, val;

    for (w = addr & ~7ull; w < addr + len; w += 8) {
        if (!get_rse_word(env, w, &val)) {
            continue;
        }
        for (int i = 0; i < 8; i++) {
            if (w + i >= addr && w + i < addr + len) {
                uint8_t *b = &buf[w + i - addr];
                int shift = (env->rsc & R_RSC_BE_MASK ? 7 - i : i) * 8;

                if (is_write) {
                    val = deposit64(val, shift, 8, *b);
                } else {
                    *b = val >> shift;
                }
            }
        }
        if (is_write) {
            set_rse_word(env, w, val);
        }
        ret = 0;
    }
    return ret;
}
