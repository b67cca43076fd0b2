/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Itanium helpers of loads, stores and semaphores */

#include "qemu/osdep.h"
#include "qemu/atomic128.h"
#include "qemu/bswap.h"
#include "cpu.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "fpu.h"
#include "mmu.h"

/*
 * Can a control-speculative load be performed?  0 if it has to be deferred;
 * raises the fault if it is not deferred.  @what: size in bytes (7:0), MMU
 * index (15:8), PSR.ac (16).
 */
uint64_t HELPER(spec_ok)(CPUIA64State *env, uint64_t addr, uint32_t what)
{
    unsigned size = extract32(what, 0, 8);
    unsigned idx = extract32(what, 8, 8);

    if (ia64_spec_probe(env, addr, size, idx, false, GETPC())) {
        return 0;
    }
    if (extract32(what, 16, 1) && (addr & (pow2ceil(size) - 1))) {
        /* Unaligned: deferred without a bit of DCR, SDM 2:106 */
        cpu_restore_state(env_cpu(env), GETPC());
        if (!(env->psr & PSR(IC)) || ia64_code_page_ed(env)) {
            return 0;
        }
        env->exc.set = IA64_EXC_IFA;
        env->exc.ifa = addr;
        ia64_raise(env, IA64_VEC_UNALIGNED, ISR(R) | ISR(SP), 0);
    }
    return 1;
}

/*
 * Whether the page of an advanced load is write-back: no other is read
 * (SDM 2:84), so that a device sees the check load only.
 */
uint64_t HELPER(adv_ok)(CPUIA64State *env, uint64_t addr, uint32_t idx)
{
    return ia64_mem_attr(env, addr, 1, false, idx, GETPC()) == IA64_MA_WB;
}

/* @what: size in bytes (7:0), fetchadd (8), MMU index (23:16) */
void HELPER(sem_check)(CPUIA64State *env, uint64_t addr, uint32_t what)
{
    ia64_check_semaphore(env, addr, extract32(what, 0, 8),
                         extract32(what, 8, 1), extract32(what, 16, 8),
                         GETPC());
}

/*
 * ld16 and st16 are for write-back memory only.  @what: store (0), MMU index
 * (15:8).
 */
void HELPER(check16)(CPUIA64State *env, uint64_t addr, uint32_t what)
{
    bool store = extract32(what, 0, 1);
    unsigned ma = ia64_mem_attr(env, addr, 1, store, extract32(what, 8, 8),
                                GETPC());

    if ((addr & 15) == 0 && ma != IA64_MA_WB) {
        env->exc.set = IA64_EXC_IFA;
        env->exc.ifa = addr;
        ia64_raise(env, IA64_VEC_UNSUPPORTED, store ? ISR(W) : ISR(R),
                   GETPC());
    }
}

static Int128 cmpxchg16(CPUIA64State *env, uint64_t addr, Int128 old,
                        Int128 new, MemOpIdx oi, uintptr_t ra)
{
#if HAVE_CMPXCHG128
    return cpu_atomic_cmpxchgo_le_mmu(env, addr, old, new, oi, ra);
#else
    if (env_cpu(env)->tcg_cflags & CF_PARALLEL) {
        cpu_loop_exit_atomic(env_cpu(env), ra);
    }
    cpu_st16_mmu(env, addr, new, oi, ra);
    return old;
#endif
}

/*
 * cmp8xchg16, after sem_check: if the 8 bytes at @addr equal CCV, the 16 bytes
 * they are in become @low and CSD (each half in the byte order of 8-byte
 * data).  Returns the 8 bytes.  @what: PSR.be (0), MMU index (15:8).
 */
uint64_t HELPER(cmp8xchg16)(CPUIA64State *env, uint64_t addr, uint64_t low,
                            uint32_t what)
{
    MemOpIdx oi = make_memop_idx(MO_128 | MO_LE | MO_ALIGN,
                                 extract32(what, 8, 8));
    bool be = extract32(what, 0, 1);
    uint64_t high = env->csd, base = addr & ~15ull, val;
    Int128 old, new;

    if (be) {
        low = bswap64(low);
        high = bswap64(high);
    }
    new = int128_make128(low, high);
    do {
        old = cpu_ld16_mmu(env, base, oi, GETPC());
        val = addr & 8 ? int128_gethi(old) : int128_getlo(old);
        val = be ? bswap64(val) : val;
        if (val != env->ccv) {
            break;
        }
    } while (int128_ne(cmpxchg16(env, base, old, new, oi, GETPC()), old));
    return val;
}

/* The faults of lfetch.fault; PSR.ed suppresses them (SDM 2:107). */
void HELPER(lfetch_fault)(CPUIA64State *env, uint64_t addr, uint32_t idx)
{
    if (env->psr & PSR(ED)) {
        return;
    }
    env->mem_isr = ISR(NA) | IA64_NA_LFETCH;
    ia64_mem_attr(env, addr, 1, false, idx, GETPC());
    env->mem_isr = 0;
}

/* The 80-bit format: @se is sign and exponent */
void HELPER(ldfe)(void *fr, uint64_t sig, uint64_t se)
{
    *(IA64FR *)fr = ia64_fr_collapse(ia64_ldfe(sig, se));
}

void HELPER(ldf_fill)(void *fr, uint64_t sig, uint64_t se)
{
    *(IA64FR *)fr = ia64_fr_collapse(ia64_ldf_fill(sig, se));
}

uint64_t HELPER(stfe)(uint64_t lo, uint64_t hi)
{
    return ia64_stfe((IA64FR) { lo, hi });
}

/* Values in expanded form, of which NaTVal cannot be stored */
static IA64FR stf_operand(CPUIA64State *env, uint64_t lo, uint64_t hi,
                          uintptr_t ra)
{
    IA64FR fr = { lo, hi };

    if (ia64_fr_is_natval(fr)) {
        ia64_raise(env, IA64_VEC_NAT, ISR(W) | 0x10, ra);
    }
    return fr;
}

uint64_t HELPER(stfs)(CPUIA64State *env, uint64_t lo, uint64_t hi)
{
    return ia64_stfs(stf_operand(env, lo, hi, GETPC()));
}

uint64_t HELPER(stfd)(CPUIA64State *env, uint64_t lo, uint64_t hi)
{
    return ia64_stfd(stf_operand(env, lo, hi, GETPC()));
}

uint64_t HELPER(getf_s)(uint64_t lo, uint64_t hi)
{
    return ia64_stfs((IA64FR) { lo, hi });
}

uint64_t HELPER(getf_d)(uint64_t lo, uint64_t hi)
{
    return ia64_stfd((IA64FR) { lo, hi });
}

/*
 * The rest of a loop that copies byte by byte: stores @val, loads the next
 * one, and so on, @loads times, and a last store.  Returns the value loaded
 * last, @val if there is none.  The areas may overlap in any way.
 */
uint64_t HELPER(copy_bytes)(void *dst, void *src, uint64_t val, uint64_t loads)
{
    uint8_t *d = dst, *s = src;

    *d++ = val;
    if (loads == 0) {
        return val;
    }
    if (d <= s || d >= s + loads) {
        memmove(d, s, loads);
    } else {
        /* Bytes that were stored are loaded again. */
        for (uint64_t i = 0; i < loads; i++) {
            d[i] = s[i];
        }
    }
    return d[loads - 1];
}
