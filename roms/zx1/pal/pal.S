/*
 * PAL: the processor abstraction layer's procedures
 *
 * Numbers and layouts of arguments and results are those of the Intel
 * Itanium Architecture Software Developer's Manual, volume 2, chapter 11;
 * the values are those of Itanium 2 (McKinley, Madison) and, where they
 * differ, of Montecito.
 *
 * The code runs wherever it is mapped, physically and virtually.  An
 * operating system may map it for execution only, so PAL reaches its own
 * data at their physical address with data translation off.  Static
 * procedures use no memory but that and no registers but r2, r3, r8-r11,
 * r14, r15, r26, r27, p6-p9 and b6, all scratch in the calling convention;
 * r8 to r11 carry the results.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"
#include "hw/ia64/pal-msr.h"

#define PAL_OK          0
#define PAL_UNIMPL      -1
#define PAL_EINVAL      -2
#define PAL_ERROR       -3
#define PAL_NOINFO      -6
#define PAL_NOSET       -8

/* Processors whose min-state area is kept: index is the local SAPIC id */
#define PAL_MAX_CPUS    256

/* Sizes of the two tables of procedures */
#define PAL_NSTATIC     44
#define PAL_NSTACKED    19

        .section .pal, "awx", @progbits

/* ---------------------------------------------------------------- */
/* What firmware tells PAL, at the start of the region */
        .align  64
        .global pal_info
pal_info:
        data8   0x0000000100000001      // processor frequency ratio
        data8   0x0000000100000001      // bus
        data8   0x0000000100000001      // interval time counter
        data8   0                       // SAL's PMI entry
        data8   0                       // MCA expected
        data8   0                       // selected processor features

#define INFO_RATIOS     0
#define INFO_PMI        24
#define INFO_EXPECTED   32
#define INFO_FEATURES   40

/* ---------------------------------------------------------------- */

        /* PAL's own data: reg := address of sym, data translation off */
        .macro  data_on reg, sym
        mov     r27 = psr
        movl    \reg = \sym
        ;;
        rsm     psr.dt | psr.i
        ;;
        srlz.d
        ;;
        .endm
        .macro  data_off
        ;;
        mov     psr.l = r27
        ;;
        srlz.d
        ;;
        .endm

        /* Reserved arguments must be zero */
        .macro  zero1 a
        cmp.ne  p6, p0 = 0, \a
        ;;
(p6)    br.cond.spnt pal_einval
        .endm
        .macro  zero2 a, b
        or      r2 = \a, \b
        ;;
        zero1   r2
        .endm
        .macro  zero3
        or      r2 = r29, r30
        ;;
        or      r2 = r2, r31
        ;;
        zero1   r2
        .endm

        /* p8: Montecito or later, p9: before */
        .macro  model
        mov     r2 = 3
        ;;
        mov     r2 = cpuid[r2]
        ;;
        extr.u  r2 = r2, 24, 8
        ;;
        cmp.leu p8, p9 = 0x20, r2
        ;;
        .endm

        .macro  proc name
        .align  32
\name:
        .endm

        .macro  done
        br.cond.sptk pal_return
        .endm

/* ---------------------------------------------------------------- */
/* One bundle a procedure, from 0 and from 256 */

        .macro  slot handler
        nop.m   0
        nop.f   0
        br.cond.sptk \handler
        .endm

        .align  32
pal_static:
        slot    pal_unimpl
        slot    pal_cache_flush
        slot    pal_cache_info
        slot    pal_cache_init
        slot    pal_cache_summary
        slot    pal_mem_attrib
        slot    pal_ptce_info
        slot    pal_vm_info
        slot    pal_vm_summary
        slot    pal_bus_get_features
        slot    pal_bus_set_features
        slot    pal_debug_info
        slot    pal_fixed_addr
        slot    pal_unimpl
        slot    pal_freq_ratios
        slot    pal_perf_mon_info
        slot    pal_platform_addr
        slot    pal_proc_get_features
        slot    pal_proc_set_features
        slot    pal_rse_info
        slot    pal_version
        slot    pal_mc_clear_log
        slot    pal_mc_drain
        slot    pal_mc_expected
        slot    pal_mc_dynamic_state
        slot    pal_mc_error_info
        slot    pal_mc_resume
        slot    pal_mc_register_mem
        slot    pal_halt
        slot    pal_halt_light
        slot    pal_copy_info
        slot    pal_cache_line_init
        slot    pal_pmi_entrypoint
        slot    pal_unimpl
        slot    pal_vm_page_size
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_mem_for_test
        slot    pal_cache_prot_info
        slot    pal_register_info
        slot    pal_unimpl
        slot    pal_prefetch_visibility
        slot    pal_logical_to_physical
        slot    pal_cache_shared_info
        .align  32
pal_stacked:
        slot    pal_copy_pal
        slot    pal_halt_info
        slot    pal_test_proc
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_vm_tr_read
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_unimpl
        slot    pal_brand_info

/* ---------------------------------------------------------------- */

        .align  32
        .global pal_proc
        .proc   pal_proc
pal_proc:
        // PAL_MC_RESUME restores a processor: nothing beyond the min-state,
        // b6 below neither, may change on the way
        cmp.eq  p6, p0 = 26, r28
(p6)    br.cond.spnt pal_mc_resume
        ;;
.Lhere: mov     r2 = ip
        addl    r3 = PAL_NSTATIC, r0
        addl    r14 = 256, r0
        ;;
        mov     r8 = PAL_UNIMPL
        mov     r9 = 0
        mov     r10 = 0
        mov     r11 = 0
        cmp.ltu p6, p7 = r28, r3
        addl    r15 = 256 + PAL_NSTACKED, r0
        ;;
(p6)    shladd  r3 = r28, 4, r2
(p7)    cmp.geu.unc p8, p0 = r28, r14
        ;;
(p6)    addl    r3 = pal_static - .Lhere, r3
(p8)    cmp.ltu.unc p8, p0 = r28, r15
        ;;
(p8)    sub     r3 = r28, r14
(p8)    cmp.eq  p6, p7 = r0, r0
        ;;
(p8)    shladd  r3 = r3, 4, r2
(p7)    br.cond.spnt pal_unimpl
        ;;
(p8)    addl    r3 = pal_stacked - .Lhere, r3
        ;;
        mov     b6 = r3
        ;;
        br.cond.sptk b6

pal_einval:
        mov     r8 = PAL_EINVAL
        mov     r9 = 0
        mov     r10 = 0
        mov     r11 = 0
        // Static procedures are branched to, stacked ones called; bit 8 of
        // the index tells them apart
pal_return:
        tbit.z  p6, p7 = r28, 8
        ;;
(p6)    br.cond.sptk.many b0
        br.ret.sptk.many b0
        .endp   pal_proc

        // The caller learns nothing of it, the log of first-contact= does
proc pal_unimpl
        mov     r27 = psr
        movl    r3 = 1 << 63 | FW_REPORT
        movl    r2 = FW_REPORT_PAL << 56
        dep.z   r14 = r28, 0, 56
        ;;
        rsm     psr.dt | psr.i
        or      r2 = r2, r14
        ;;
        srlz.d
        ;;
        st8.rel [r3] = r2
        ;;
        mov     psr.l = r27
        mov     r8 = PAL_UNIMPL
        ;;
        srlz.d
        done

/* ---------------------------------------------------------------- */
/* Caches and memory: an emulated cache has nothing to write back */

proc pal_cache_flush                    // type, operation, progress
        adds    r2 = -1, r29
        andcm   r3 = r30, r0            // all bits of operation
        ;;
        cmp.gtu p6, p0 = r2, r0
        cmp.ltu p7, p0 = 3, r2
        and     r3 = ~3, r3
        ;;
(p7)    br.cond.spnt pal_einval
        zero1   r3
        mf
        sync.i
        ;;
        srlz.i
        mov     r8 = PAL_OK
        done

proc pal_cache_init                     // level, type, restrict
        mov     r8 = PAL_OK
        done

proc pal_cache_line_init
        mov     r8 = PAL_OK
        zero1   r31
        done

proc pal_cache_summary
        zero3
        model
        mov     r8 = PAL_OK
        mov     r9 = 3
(p8)    mov     r10 = 5
(p9)    mov     r10 = 4
        done

/*
 * Levels from 0; type 1 instruction, 2 data or unified.  attr 0 write
 * through, 1 write back; line and stride as powers of two
 */
#define CACHE1(unified, attr, ways, line, stlat, ldlat) \
        ((unified) | (attr) << 1 | (ways) << 8 | (line) << 16 | \
         (line) << 24 | (stlat) << 32 | (ldlat) << 40 | 0x03 << 48 | 0x0b << 56)
#define CACHE2(size, alias, taglsb) \
        ((size) | (alias) << 32 | (taglsb) << 40 | 49 << 48)

        .align  16
cache_none:
        data8   0, 0
cache_l1i:
        data8   CACHE1(0, 0, 4, 6, 0xff, 1), CACHE2(0x4000, 12, 12)
cache_l1d:
        data8   CACHE1(0, 0, 4, 6, 0xff, 1), CACHE2(0x4000, 12, 12)
cache_l2:
        data8   CACHE1(1, 1, 8, 7, 7, 5), CACHE2(0x40000, 15, 15)
cache_l3:                               // 6 MB, as Madison has at 1.5 GHz
        data8   CACHE1(1, 1, 24, 7, 7, 14), CACHE2(0x600000, 18, 18)
cache_l2i_montecito:
        data8   CACHE1(0, 0, 8, 7, 0xff, 7), CACHE2(0x100000, 17, 17)
cache_l2d_montecito:
        data8   CACHE1(0, 1, 8, 7, 7, 5), CACHE2(0x40000, 15, 15)
cache_l3_montecito:
        data8   CACHE1(1, 1, 12, 7, 7, 14), CACHE2(0xc00000, 20, 20)

        /* By level * 2 + (type - 1): offsets from cache_none */
        .align  16
cache_index:
        data1   cache_l1i - cache_none, cache_l1d - cache_none
        data1   0, cache_l2 - cache_none
        data1   0, cache_l3 - cache_none
        data1   0, 0
cache_index_montecito:
        data1   cache_l1i - cache_none, cache_l1d - cache_none
        data1   cache_l2i_montecito - cache_none
        data1   cache_l2d_montecito - cache_none
        data1   0, cache_l3_montecito - cache_none
        data1   0, 0

        /* r9, r10 := entry of (level r29, type r30); pal_einval if none */
        .macro  find_cache
        cmp.ltu p6, p0 = 2, r29
        adds    r14 = -1, r30
        ;;
        cmp.ltu p7, p0 = 1, r14
(p6)    br.cond.spnt pal_einval
(p7)    br.cond.spnt pal_einval
        ;;
        shladd  r14 = r29, 1, r14
        model
        data_on r15, cache_index
(p8)    adds    r15 = cache_index_montecito - cache_index, r15
        movl    r3 = cache_none
        ;;
        add     r15 = r15, r14
        ;;
        ld1     r2 = [r15]
        ;;
        add     r3 = r3, r2
        ;;
        ld8     r9 = [r3], 8
        ;;
        ld8     r10 = [r3]
        data_off
        cmp.eq  p6, p0 = 0, r2
(p6)    br.cond.spnt pal_einval
        ;;
        .endm

proc pal_cache_info                     // level, type, reserved
        zero1   r31
        find_cache
        mov     r8 = PAL_OK
        done

/* data bits 7:0, protected tag bits, check bits 25:20, method 29:26 */
#define PROT(bits, check, method, td) \
        ((bits) | (check) << 20 | (method) << 26 | (td) << 30)
#define PROT_EVEN       2
#define PROT_ECC        3

proc pal_cache_prot_info                // level, type, reserved
        zero1   r31
        find_cache
        cmp.eq  p6, p7 = 0, r29
        mov     r8 = PAL_OK
        mov     r10 = 0
        ;;
(p6)    movl    r9 = PROT(8, 1, PROT_EVEN, 0) | PROT(24, 1, PROT_EVEN, 1) << 32
(p7)    movl    r9 = PROT(64, 8, PROT_ECC, 0) | PROT(24, 7, PROT_ECC, 1) << 32
        done

proc pal_cache_shared_info              // level, type, processor
        model
(p9)    br.cond.sptk pal_unimpl
        find_cache
        mov     r8 = PAL_OK
        mov     r9 = 1                  // each core has its own
        mov     r10 = 0
        done

proc pal_mem_attrib                     // WB, UC, UCE, WC, NaTPage
        zero3
        mov     r8 = PAL_OK
        mov     r9 = 0xf1
        done

proc pal_prefetch_visibility            // 1: nothing more to do
        cmp.ltu p7, p0 = 1, r29
(p7)    br.cond.spnt pal_einval
        ;;
        zero2   r30, r31
        mov     r8 = 1
        done

proc pal_mem_for_test
        zero3
        mov     r8 = PAL_OK
        mov     r9 = 0                  // the self-test needs none
        mov     r10 = 1
        done

/* ---------------------------------------------------------------- */
/* Translation */

/*
 * One ptc.e at base 0 does it.  Who asks is about to take over the translation
 * cache: it starts empty.  Linux has moved its per-processor data by then and
 * counts on the old translation having been displaced, as it has been from
 * the 128 entries of the real processor.
 */
proc pal_ptce_info
        zero3
        ptc.e   r0
        ;;
        srlz.d
        ;;
        mov     r8 = PAL_OK
        mov     r9 = 0
        movl    r10 = 0x0000000100000001
        mov     r11 = 0
        done

proc pal_vm_info                        // level, type: 1 insn, 2 data
        zero1   r31
        cmp.ltu p6, p0 = 1, r29
        adds    r14 = -1, r30
        ;;
        cmp.ltu p7, p0 = 1, r14
(p6)    br.cond.spnt pal_einval
(p7)    br.cond.spnt pal_einval
        ;;
        cmp.eq  p6, p7 = 0, r29
        mov     r8 = PAL_OK
        ;;
        // one set: L1 of 32 ways, 4 KiB pages; L2 of 128 ways
(p6)    movl    r9 = 1 | 32 << 8 | 32 << 16
(p7)    movl    r9 = 1 | 128 << 8 | 128 << 16 | 1 << 34
(p6)    movl    r10 = 0x1000
(p7)    movl    r10 = 0x155557000
        done

proc pal_vm_summary
        zero3
        mov     r8 = PAL_OK
        // walker, 50 address bits, 24 key bits, PKR 15, hash tag 0,
        // DTR 63, ITR 63, 4 unique caches, 2 levels
        movl    r9 = 1 | 50 << 1 | 24 << 8 | 15 << 16 | 63 << 32 | 63 << 40 | 4 << 48 | 2 << 56
        // VA bit 60 is the last implemented, 24 region id bits, any number
        // of global purges at a time
        movl    r10 = 60 | 24 << 8 | 0xffff << 16
        done

proc pal_vm_tr_read                     // stacked: number, 0 I 1 D, buffer
        and     r2 = 7, r35
        cmp.ltu p6, p0 = 63, r33
        cmp.ltu p7, p0 = 1, r34
        ;;
(p6)    br.cond.spnt pal_einval
(p7)    br.cond.spnt pal_einval
        zero1   r2
        movl    r3 = IA64_MSR_TR
        cmp.eq  p6, p0 = 1, r34
        mov     r14 = 3
        ;;
(p6)    addl    r3 = IA64_MSR_TR + IA64_MSR_DTR, r0
        mov     r15 = r35
        ;;
        shladd  r3 = r33, IA64_MSR_TR_SHIFT, r3
        ;;
1:      mov     r2 = msr[r3]
        cmp.ne  p6, p0 = 0, r14
        adds    r14 = -1, r14
        ;;
        st8     [r15] = r2, 8
        adds    r3 = 1, r3
(p6)    br.cond.dptk 1b
        mov     r8 = PAL_OK
        mov     r9 = 0xf                // all fields are valid
        done

proc pal_vm_page_size                   // 4K 8K 16K 64K 256K 1M 4M ... 4G
        zero3
        mov     r8 = PAL_OK
        movl    r9 = 0x155557000
        movl    r10 = 0x155557000
        done

/* ---------------------------------------------------------------- */
/* Processor */

proc pal_debug_info
        zero3
        mov     r8 = PAL_OK
        mov     r9 = 4
        mov     r10 = 4
        done

proc pal_fixed_addr                     // what SAL gave this processor
        zero3
        mov     r9 = cr.lid
        mov     r8 = PAL_OK
        ;;
        extr.u  r9 = r9, 24, 8
        done

proc pal_freq_ratios
        zero3
        data_on r15, pal_info
        ld8     r9 = [r15], 8
        mov     r8 = PAL_OK
        ;;
        ld8     r10 = [r15], 8
        ;;
        ld8     r11 = [r15]
        data_off
        done

proc pal_perf_mon_info                  // buffer
        zero2   r30, r31
        and     r2 = 7, r29
        ;;
        zero1   r2
        model
        mov     r3 = 15
        mov     r14 = r29
        ;;
.Lpmi:  .pred.rel "mutex", p8, p9
        st8     [r14] = r0, 8           // 4 masks of 4 words
        cmp.ne  p6, p0 = 0, r3
        adds    r3 = -1, r3
        ;;
(p6)    br.cond.dptk .Lpmi
        adds    r15 = 32, r29
        adds    r14 = 64, r29
        mov     r2 = 0xffff             // PMC0-15
        movl    r3 = 0x3ffff            // PMD0-17
        ;;
        st8     [r29] = r2
        st8     [r15] = r3
(p9)    mov     r2 = 0xf0               // PMC4-7 count cycles, instructions
(p8)    mov     r2 = 0xfff0
        adds    r15 = 96, r29
        ;;
        st8     [r14] = r2
        st8     [r15] = r2
(p9)    movl    r9 = 4 | 47 << 8 | 0x12 << 16 | 0x08 << 24
(p8)    movl    r9 = 12 | 47 << 8 | 0x12 << 16 | 0x08 << 24
        mov     r8 = PAL_OK
        done

proc pal_proc_get_features              // reserved, feature set
        zero2   r29, r31
        cmp.eq  p6, p0 = 0, r30
        cmp.eq  p7, p0 = 16, r30
        ;;
(p6)    br.cond.sptk .Lset0
(p7)    br.cond.sptk .Lset16
        mov     r2 = 16
        ;;
        cmp.ltu p6, p7 = r30, r2
        ;;
(p6)    mov     r8 = 1                  // none, but there are higher ones
(p7)    mov     r8 = PAL_NOSET
        done
.Lset0: data_on r15, pal_info + INFO_FEATURES
        ld8     r10 = [r15]
        data_off
        // 38 simple unimplemented addresses, 45-47 prefetch and prediction
        // control, 53 MCA on poisoned data, 60-63 promotions
        movl    r9 = 0xf020e04000000000
        movl    r11 = 0xf020e00000000000
        movl    r2 = 0x0000004000000000
        ;;
        or      r10 = r10, r2
        mov     r8 = PAL_OK
        done
.Lset16:
        mov     r8 = PAL_OK
        mov     r9 = 0x3f               // fixed settings, none controllable
        mov     r10 = 0
        mov     r11 = 0
        done

proc pal_proc_set_features              // mask, feature set
        zero1   r31
        cmp.eq  p6, p0 = 0, r30
        cmp.eq  p7, p0 = 16, r30
        ;;
(p6)    br.cond.sptk 1f
(p7)    mov     r8 = PAL_OK
(p7)    br.cond.sptk pal_return
        mov     r8 = PAL_NOSET
        done
1:      data_on r15, pal_info + INFO_FEATURES
        movl    r2 = 0xf020e00000000000
        ;;
        and     r2 = r2, r29
        ;;
        st8     [r15] = r2
        data_off
        mov     r8 = PAL_OK
        done

/* Values of an rx2620: machinfo prints them */
proc pal_bus_get_features
        zero3
        movl    r9 = 0xbdf0000060000000
        movl    r10 = 0x0000000040000000
        mov     r11 = 0
        mov     r8 = PAL_OK
        done

proc pal_bus_set_features               // mask
        zero2   r30, r31
        mov     r8 = PAL_OK             // none is controllable
        done

proc pal_platform_addr                  // 0 interrupt block, 1 I/O block
        zero1   r31
        cmp.ltu p6, p0 = 1, r29
(p6)    br.cond.spnt pal_einval
        ;;
        cmp.eq  p6, p7 = 0, r29
        movl    r14 = 0xfee00000
        ;;
        // the board's decoders are fixed: only the address they have
(p6)    cmp.ne.unc p6, p0 = r14, r30
        movl    r14 = 0xffffc000000
        ;;
(p7)    cmp.ne.unc p7, p0 = r14, r30
(p6)    br.cond.spnt pal_einval
(p7)    br.cond.spnt pal_einval
        mov     r8 = PAL_OK
        done

proc pal_rse_info
        zero3
        mov     r8 = PAL_OK
        mov     r9 = 96
        mov     r10 = 0
        done

proc pal_version                        // PAL_A 7.31, PAL_B 7.37, Intel
        zero3
        mov     r8 = PAL_OK
        movl    r9 = 0x0000073101000737
        movl    r10 = 0x0000073101000737
        done

#define AR_LOW  (0xff | 0xf << 16 | 1 << 21 | 0x7f << 24 | 1 << 32 | \
                 1 << 36 | 1 << 40 | 1 << 44)
#define CR_LOW  (7 | 1 << 8 | 3 << 16 | 0x7f << 19)

proc pal_register_info                  // request
        zero2   r30, r31
        cmp.ltu p6, p0 = 3, r29
(p6)    br.cond.spnt pal_einval
        ;;
        cmp.ltu p6, p7 = 1, r29         // control registers
        cmp.eq  p8, p0 = 3, r29         // reading IVR acknowledges
        mov     r8 = PAL_OK
        ;;
(p7)    movl    r9 = AR_LOW
(p7)    mov     r10 = 7
(p6)    movl    r9 = CR_LOW
(p6)    movl    r10 = 0x307ff
        ;;
(p8)    adds    r10 = -2, r10
        done

proc pal_logical_to_physical            // processor number, -1: this one
        model
(p9)    br.cond.sptk pal_unimpl
        zero2   r30, r31
        // one logical processor, one core, one thread a package
        mov     r2 = cr.lid
        movl    r9 = 1 | 1 << 16 | 1 << 32
        ;;
        extr.u  r2 = r2, 24, 8
        mov     r8 = PAL_OK
        mov     r10 = 0
        ;;
        shl     r14 = r2, 48
        mov     r3 = cr.lid
        ;;
        or      r9 = r9, r14
        extr.u  r11 = r3, 16, 16
        done

/* ---------------------------------------------------------------- */
/* Halting */

proc pal_halt                           // state, detail pointer
        zero1   r31
        cmp.ltu p6, p0 = 7, r29
(p6)    br.cond.spnt pal_einval
        ;;
        PAL_HALT_INSN
        ;;
        mov     r8 = PAL_OK
        mov     r9 = 0
        done

proc pal_halt_light
        zero3
        PAL_HALT_INSN
        ;;
        mov     r8 = PAL_OK
        done

proc pal_halt_info                      // stacked: buffer of 8 words
        cmp.ne  p6, p0 = 0, r34
        cmp.ne  p7, p0 = 0, r35
        and     r2 = 7, r33
(p6)    br.cond.spnt pal_einval
(p7)    br.cond.spnt pal_einval
        ;;
        zero1   r2
        // HALT_LIGHT and state 1: implemented, coherent, 1 cycle, 10 W
        movl    r2 = 1 | 1 << 16 | 10000 << 32 | 1 << 60 | 1 << 61
        mov     r3 = 6
        adds    r14 = 8, r33
        ;;
        st8     [r33] = r2
        ;;
1:      st8     [r14] = r0, 8
        cmp.ne  p6, p0 = 0, r3
        adds    r3 = -1, r3
        ;;
(p6)    br.cond.dptk 1b
        mov     r8 = PAL_OK
        done

/* ---------------------------------------------------------------- */
/* Machine checks: no error is ever logged by the emulated processor */

proc pal_mc_clear_log
        zero3
        mov     r8 = PAL_OK
        mov     r9 = 0
        done

proc pal_mc_drain
        zero3
        mf
        mf.a
        ;;
        mov     r8 = PAL_OK
        done

proc pal_mc_expected                    // expected: 0 or 1
        zero2   r30, r31
        cmp.ltu p6, p0 = 1, r29
(p6)    br.cond.spnt pal_einval
        ;;
        data_on r15, pal_info + INFO_EXPECTED
        ld8     r9 = [r15]
        mov     r8 = PAL_OK
        ;;
        st8     [r15] = r29
        data_off
        done

proc pal_mc_dynamic_state               // offset
        zero2   r30, r31
        mov     r8 = PAL_OK
        mov     r9 = 0
        done

proc pal_mc_error_info                  // info index, level, type index
        cmp.ltu p6, p0 = 2, r29
(p6)    br.cond.spnt pal_einval
        mov     r8 = PAL_NOINFO
        done

proc pal_mc_register_mem                // address, size
        zero1   r31
        extr.u  r2 = r29, 0, 9          // 512-byte aligned
        ;;
        zero1   r2
        addl    r3 = 1024, r0           // no size given: older callers
        cmp.eq  p6, p7 = 0, r30
        mov     r9 = 1024
        ;;
(p7)    cmp.ltu.unc p7, p0 = r30, r3
        ;;
(p7)    br.cond.spnt pal_einval
        mov     r2 = cr.lid
        data_on r15, pal_min_state
        extr.u  r2 = r2, 24, 8
        ;;
        shladd  r15 = r2, 3, r15
        ;;
        st8     [r15] = r29
        data_off
        mov     r8 = PAL_OK
        done

proc pal_pmi_entrypoint                 // SAL's PMI entry
        zero2   r30, r31
        data_on r15, pal_info + INFO_PMI
        st8     [r15] = r29
        data_off
        mov     r8 = PAL_OK
        done

/* ---------------------------------------------------------------- */
/* Copying and testing */

proc pal_copy_info                      // type, processors, iopics
        mov     r8 = PAL_OK
        movl    r9 = FW_PAL_SIZE
        movl    r10 = FW_PAL_SIZE
        done

proc pal_copy_pal                       // stacked: target, size, processor
        movl    r2 = pal_end - pal_info
        ;;
        cmp.ltu p6, p0 = r34, r2
        and     r3 = 15, r33
(p6)    br.cond.spnt pal_einval
        ;;
        zero1   r3
        movl    r14 = pal_info
        movl    r2 = pal_end - pal_info
        mov     r15 = r33
        ;;
        adds    r2 = -8, r2
        ;;
        shr.u   r2 = r2, 3
        dep     r14 = 0, r14, 63, 1
        ;;
1:      ld8     r3 = [r14], 8
        cmp.ne  p6, p0 = 0, r2
        adds    r2 = -1, r2
        ;;
        fc      r15
        st8     [r15] = r3, 8
(p6)    br.cond.dptk 1b
        ;;
        sync.i
        ;;
        srlz.i
        movl    r9 = pal_proc - pal_info
        mov     r8 = PAL_OK
        done

proc pal_test_proc                      // stacked: address, size, attributes
        mov     r8 = PAL_OK
        mov     r9 = 0                  // performance not restricted
        done

proc pal_brand_info                     // stacked: request, buffer
        model
(p9)    br.cond.sptk pal_unimpl
        cmp.ne  p6, p0 = 0, r33
        cmp.ne  p7, p0 = 0, r35
        and     r2 = 7, r34
(p6)    br.cond.spnt pal_einval
(p7)    br.cond.spnt pal_einval
        ;;
        zero1   r2
        mov     r15 = r34
        ;;
        movl    r3 = 0x726f432d6c617544    // "Dual-Cor"
        ;;
        st8     [r15] = r3, 8
        ;;
        movl    r3 = 0x286c65746e492065    // "e Intel("
        ;;
        st8     [r15] = r3, 8
        ;;
        movl    r3 = 0x696e617449202952    // "R) Itani"
        ;;
        st8     [r15] = r3, 8
        ;;
        movl    r3 = 0x7250202952286d75    // "um(R) Pr"
        ;;
        st8     [r15] = r3, 8
        ;;
        movl    r3 = 0x00726f737365636f    // "ocessor"
        ;;
        st8     [r15] = r3, 8
        ;;
        mov     r8 = PAL_OK
        mov     r9 = 39
        done

/* ---------------------------------------------------------------- */
/*
 * Min-state save area, in words: 0 NaT bits, 1-15 GR1-15, 16-31 bank 0
 * GR16-31, 32-47 bank 1 GR16-31, 48 PR, 49 BR0, 50 RSC, 51 IIP, 52 IPSR,
 * 53 IFS, 54 XIP, 55 XPSR, 56 XFS, 57 BR1; ours: 58 UNAT.  It is aligned to
 * 512 bytes, so that the NaT bit of word n is bit n of UNAT.
 */
#define MS(n)   ((n) * 8)

/*
 * PAL_MC_RESUME: set CMCI pending, min-state save area, new context.
 * Restores what the save area holds and continues there.
 */
proc pal_mc_resume
        rsm     psr.i | psr.ic
        mov     ar.rsc = 0
        dep     r3 = -1, r30, 63, 1     // not banked
        ;;
        srlz.i
        ;;
        bsw.1
        ;;
        adds    r2 = MS(48), r3
        adds    r14 = MS(49), r3
        ;;
        ld8     r15 = [r2], 16
        ld8     r26 = [r14], 16
        ;;
        mov     pr = r15, -1
        mov     b0 = r26
        ld8     r15 = [r2], 16          // RSC
        ld8     r26 = [r14], 16         // IIP
        ;;
        mov     ar.rsc = r15
        mov     cr.iip = r26
        ld8     r15 = [r2], 16          // IPSR
        ld8     r26 = [r14], 16         // IFS
        ;;
        mov     cr.ipsr = r15
        mov     cr.ifs = r26
        ld8     r15 = [r2], 16          // XIP
        ld8     r26 = [r14], 16         // XPSR
        mov     r27 = IA64_MSR_XIP
        mov     r28 = IA64_MSR_XPSR
        ;;
        mov     msr[r27] = r15
        ;;
        srlz.d
        ;;
        mov     msr[r28] = r26
        ;;
        srlz.d
        ld8     r15 = [r2]              // XFS
        ld8     r26 = [r14]             // BR1
        mov     r27 = IA64_MSR_XFS
        mov     r28 = IA64_MSR_XRFI
        mov     r29 = 1
        ;;
        mov     msr[r27] = r15
        ;;
        srlz.d
        ;;
        mov     msr[r28] = r29
        ;;
        srlz.d
        mov     b1 = r26
        ld8     r15 = [r3]              // NaT bits
        ;;
        mov     ar.unat = r15
        adds    r2 = 1 * 8, r3
        ;;
        ld8.fill r1 = [r2], 8
        ;;
        adds    r2 = 4 * 8, r3
        ;;
        ld8.fill r4 = [r2], 8
        ;;
        ld8.fill r5 = [r2], 8
        ;;
        ld8.fill r6 = [r2], 8
        ;;
        ld8.fill r7 = [r2], 8
        ;;
        ld8.fill r8 = [r2], 8
        ;;
        ld8.fill r9 = [r2], 8
        ;;
        ld8.fill r10 = [r2], 8
        ;;
        ld8.fill r11 = [r2], 8
        ;;
        ld8.fill r12 = [r2], 8
        ;;
        ld8.fill r13 = [r2], 8
        ;;
        ld8.fill r14 = [r2], 8
        ;;
        ld8.fill r15 = [r2], 8
        ;;
        adds    r2 = 32 * 8, r3
        ;;
        ld8.fill r16 = [r2], 8
        ;;
        ld8.fill r17 = [r2], 8
        ;;
        ld8.fill r18 = [r2], 8
        ;;
        ld8.fill r19 = [r2], 8
        ;;
        ld8.fill r20 = [r2], 8
        ;;
        ld8.fill r21 = [r2], 8
        ;;
        ld8.fill r22 = [r2], 8
        ;;
        ld8.fill r23 = [r2], 8
        ;;
        ld8.fill r24 = [r2], 8
        ;;
        ld8.fill r25 = [r2], 8
        ;;
        ld8.fill r26 = [r2], 8
        ;;
        ld8.fill r27 = [r2], 8
        ;;
        ld8.fill r28 = [r2], 8
        ;;
        ld8.fill r29 = [r2], 8
        ;;
        ld8.fill r30 = [r2], 8
        ;;
        ld8.fill r31 = [r2], 8
        ;;
        bsw.0
        ;;
        mov     r31 = r3
        adds    r30 = MS(2), r3
        ;;
        ld8.fill r2 = [r30], 8
        ;;
        ld8.fill r3 = [r30], MS(16) - MS(3)
        ;;
        ld8.fill r16 = [r30], 8
        ;;
        ld8.fill r17 = [r30], 8
        ;;
        ld8.fill r18 = [r30], 8
        ;;
        ld8.fill r19 = [r30], 8
        ;;
        ld8.fill r20 = [r30], 8
        ;;
        ld8.fill r21 = [r30], 8
        ;;
        ld8.fill r22 = [r30], 8
        ;;
        ld8.fill r23 = [r30], 8
        ;;
        ld8.fill r24 = [r30], 8
        ;;
        ld8.fill r25 = [r30], 8
        ;;
        ld8.fill r26 = [r30], 8
        ;;
        ld8.fill r27 = [r30], 8
        ;;
        ld8.fill r28 = [r30], 8
        ;;
        ld8.fill r29 = [r30], 8
        ;;
        adds    r30 = MS(58), r31
        ;;
        ld8     r30 = [r30]
        ;;
        mov     ar.unat = r30
        adds    r30 = MS(30), r31
        adds    r31 = MS(31), r31
        ;;
        ld8     r30 = [r30]
        ld8     r31 = [r31]
        ;;
        rfi
        ;;

/* ---------------------------------------------------------------- */
/*
 * PALE_CHECK, PALE_INIT, PALE_PMI: hw/ia64/pal-msr.h says how the processor
 * arrives.  The first two save the min-state and go on in SAL with
 * r17 = save area, r18 = processor state parameter, r19 = 0 MCA, 1 INIT.
 * Bank 0 r30 and r31 are taken to be without NaT bits.
 */
        .macro  save_min_state
        cover                           // the frame into IFS
        ;;
        mov     r31 = cr.lid
        ;;
        srlz.d
        extr.u  r31 = r31, 24, 8
        ;;
        shl     r31 = r31, 3            // pal_min_state + id * 8
        ;;
        dep     r31 = -1, r31, 20, 1
        ;;
        dep     r31 = -1, r31, 14, 1
        ;;
        ld8     r31 = [r31]
        ;;
        dep     r31 = 0, r31, 63, 1
        ;;
        adds    r31 = MS(30), r31
        ;;
        st8     [r31] = r30, MS(58) - MS(30)
        mov     r30 = ar.unat
        ;;
        st8     [r31] = r30
        adds    r31 = MS(1) - MS(58), r31
        ;;
        st8.spill [r31] = r1, 8
        ;;
        st8.spill [r31] = r2, 8
        ;;
        st8.spill [r31] = r3, 8
        ;;
        st8.spill [r31] = r4, 8
        ;;
        st8.spill [r31] = r5, 8
        ;;
        st8.spill [r31] = r6, 8
        ;;
        st8.spill [r31] = r7, 8
        ;;
        st8.spill [r31] = r8, 8
        ;;
        st8.spill [r31] = r9, 8
        ;;
        st8.spill [r31] = r10, 8
        ;;
        st8.spill [r31] = r11, 8
        ;;
        st8.spill [r31] = r12, 8
        ;;
        st8.spill [r31] = r13, 8
        ;;
        st8.spill [r31] = r14, 8
        ;;
        st8.spill [r31] = r15, 8
        ;;
        st8.spill [r31] = r16, 8
        ;;
        st8.spill [r31] = r17, 8
        ;;
        st8.spill [r31] = r18, 8
        ;;
        st8.spill [r31] = r19, 8
        ;;
        st8.spill [r31] = r20, 8
        ;;
        st8.spill [r31] = r21, 8
        ;;
        st8.spill [r31] = r22, 8
        ;;
        st8.spill [r31] = r23, 8
        ;;
        st8.spill [r31] = r24, 8
        ;;
        st8.spill [r31] = r25, 8
        ;;
        st8.spill [r31] = r26, 8
        ;;
        st8.spill [r31] = r27, 8
        ;;
        st8.spill [r31] = r28, 8
        ;;
        st8.spill [r31] = r29, 8
        ;;
        // r31: word 30
        mov     r29 = IA64_MSR_XR31
        adds    r31 = 8, r31
        ;;
        mov     r29 = msr[r29]
        ;;
        st8     [r31] = r29, 8
        ;;
        mov     r2 = r31                // word 32, not banked
        ;;
        bsw.1
        ;;
        st8.spill [r2] = r16, 8
        ;;
        st8.spill [r2] = r17, 8
        ;;
        st8.spill [r2] = r18, 8
        ;;
        st8.spill [r2] = r19, 8
        ;;
        st8.spill [r2] = r20, 8
        ;;
        st8.spill [r2] = r21, 8
        ;;
        st8.spill [r2] = r22, 8
        ;;
        st8.spill [r2] = r23, 8
        ;;
        st8.spill [r2] = r24, 8
        ;;
        st8.spill [r2] = r25, 8
        ;;
        st8.spill [r2] = r26, 8
        ;;
        st8.spill [r2] = r27, 8
        ;;
        st8.spill [r2] = r28, 8
        ;;
        st8.spill [r2] = r29, 8
        ;;
        st8.spill [r2] = r30, 8
        ;;
        st8.spill [r2] = r31, 8
        ;;
        bsw.0
        ;;
        // r2: word 48
        mov     r16 = pr
        mov     r18 = b0
        adds    r3 = 8, r2
        adds    r17 = -MS(48), r2
        ;;
        st8     [r2] = r16, 16
        st8     [r3] = r18, 16
        mov     r16 = ar.rsc
        mov     r18 = cr.iip
        ;;
        st8     [r2] = r16, 16
        st8     [r3] = r18, 16
        mov     r16 = cr.ipsr
        mov     r18 = cr.ifs
        ;;
        st8     [r2] = r16, 16
        st8     [r3] = r18, 16
        mov     r20 = IA64_MSR_XIP
        mov     r21 = IA64_MSR_XPSR
        mov     r22 = IA64_MSR_XFS
        ;;
        mov     r16 = msr[r20]
        mov     r18 = msr[r21]
        ;;
        st8     [r2] = r16, 16
        st8     [r3] = r18, 16
        mov     r16 = msr[r22]
        mov     r18 = b1
        ;;
        st8     [r2] = r16
        st8     [r3] = r18, 8
        ;;
        ld8     r16 = [r3]              // UNAT as it was
        mov     r18 = ar.unat
        ;;
        st8     [r17] = r18
        mov     ar.unat = r16
        mov     ar.rsc = 0
        ;;
        .endm

/* Contents valid, min-state registered, continuable, contained, precise */
#define PSP     (0xfff << 20 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13)
#define PSP_IN  (1 << 16)
#define PSP_BC  (1 << 61)

        .align  32
pale_check_save:
        save_min_state
        mov     r19 = 0
        movl    r18 = PSP | PSP_BC
        movl    r16 = sal_event
        ;;
        mov     b0 = r16
        ;;
        br.cond.sptk b0

        .align  32
pale_init_save:
        save_min_state
        mov     r19 = 1
        movl    r18 = PSP | PSP_IN
        movl    r16 = sal_event
        ;;
        mov     b0 = r16
        ;;
        br.cond.sptk b0

        .align  0x100
        .global pal_entries
pal_entries:
        br.cond.sptk pale_check_save
        ;;
        .org    pal_entries + IA64_PAL_ENTRY_INIT
        br.cond.sptk pale_init_save
        ;;
        // No PMI handler: back to where it was.  PMIs come with PSR.ic = 1
        // only, so bank 0 is free
        .org    pal_entries + IA64_PAL_ENTRY_PMI
        mov     r30 = IA64_MSR_XRFI
        mov     r31 = 1
        ;;
        mov     msr[r30] = r31
        ;;
        rfi
        ;;

        // By local SAPIC id: min-state area; at an address that can be made
        // of the id with two immediates, bits 20 and 14
        .org    0x4000
        .global pal_min_state
pal_min_state:
        .skip   PAL_MAX_CPUS * 8

        .align  64
        .global pal_end
pal_end:
