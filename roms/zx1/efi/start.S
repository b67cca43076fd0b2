/*
 * Boot image: entry, interruption vectors, calls between worlds
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"

        .section .start, "ax", @progbits
        .align  32
        .global fw_entry
fw_entry:
        movl    gp = __gp
        movl    r12 = boot_stack + FW_BOOT_STACK - 16
        movl    r2 = boot_rse
        movl    r3 = 0x9804c0270033f    // default floating-point status
        movl    r4 = fw_ivt
        ;;
        alloc   r5 = ar.pfs, 0, 0, 0, 0
        ;;
        flushrs
        ;;
        mov     ar.bspstore = r2
        ;;
        mov     ar.rnat = r0
        mov     ar.fpsr = r3
        mov     ar.unat = r0
        mov     cr.iva = r4
        ;;
        mov     ar.rsc = 0              // enforced lazy, as loaders expect
        srlz.i
        bsw.1
        ;;
        ssm     psr.ic
        ;;
        srlz.i
        br.call.sptk.many b0 = boot_main
1:      br.cond.sptk 1b

        .section .bss
        .align  4096
boot_stack:
        .skip   FW_BOOT_STACK
boot_rse:
        .skip   FW_BOOT_RSE

        .text
/* ---------------------------------------------------------------- */
/* void fw_start_kernel(u64 entry, u64 boot_param, u64 gp) */
        .align  32
        .global fw_start_kernel
        .proc   fw_start_kernel
fw_start_kernel:
        alloc   r14 = ar.pfs, 3, 0, 0, 0
        rsm     psr.i | psr.ic
        mov     b6 = r32
        mov     r28 = r33
        mov     gp = r34
        ;;
        flushrs
        srlz.i
        ;;
        mov     ar.rsc = 0              // Linux reads ar.rnat as it is
        ;;
        br.call.sptk.many b0 = b6
1:      br.cond.sptk 1b
        .endp   fw_start_kernel

/* void fw_halt(void): until an interrupt is pending */
        .align  32
        .global fw_halt
        .proc   fw_halt
fw_halt:
        PAL_HALT_INSN
        ;;
        br.ret.sptk.many b0
        .endp   fw_halt

/* ---------------------------------------------------------------- */
/*
 * int fw_setjmp(u64 buf[80]), void fw_longjmp(u64 buf[80]): Exit() of an
 * image leaves whatever it has on its stacks.  buf is 16-byte aligned.
 */
        .align  32
        .global fw_setjmp
        .proc   fw_setjmp
fw_setjmp:
        alloc   r14 = ar.pfs, 1, 0, 0, 0
        flushrs
        mov     r15 = ar.unat
        adds    r2 = 16, r32
        adds    r3 = 24, r32
        ;;
        st8.spill [r2] = r4, 16
        ;;
        st8.spill [r3] = r5, 16
        ;;
        st8.spill [r2] = r6, 16
        ;;
        st8.spill [r3] = r7, 16
        ;;
        mov     r16 = ar.unat           // NaT bits of r4-r7
        mov     r17 = b0
        ;;
        st8     [r2] = r16, 16          // word 6
        st8     [r3] = r15, 16          // 7
        mov     r18 = ar.bsp
        mov     r19 = ar.rsc
        ;;
        st8     [r2] = r17, 16          // 8
        st8     [r3] = r14, 16          // 9
        mov     ar.rsc = 0
        ;;
        mov     r20 = ar.rnat
        st8     [r2] = r18, 16          // 10
        ;;
        mov     ar.rsc = r19
        st8     [r3] = r20, 16          // 11
        mov     r16 = b1
        mov     r17 = b2
        ;;
        st8     [r2] = r16, 16          // 12
        st8     [r3] = r17, 16          // 13
        mov     r16 = b3
        mov     r17 = b4
        ;;
        st8     [r2] = r16, 16          // 14
        st8     [r3] = r17, 16          // 15
        mov     r16 = b5
        mov     r17 = pr
        ;;
        st8     [r2] = r16, 16          // 16
        st8     [r3] = r17, 16          // 17
        mov     r16 = ar.lc
        mov     r17 = ar.fpsr
        ;;
        st8     [r2] = r16, 16          // 18
        st8     [r3] = r17, 16          // 19
        ;;
        st8     [r2] = r12, 16          // 20
        st8     [r3] = gp, 16           // 21
        ;;
        // r2: word 22, r3: word 23; f2-f5, f16-f31 from word 24 on
        adds    r2 = 16, r2
        adds    r3 = 24, r3
        ;;
        stf.spill [r2] = f2, 32
        stf.spill [r3] = f3, 32
        ;;
        stf.spill [r2] = f4, 32
        stf.spill [r3] = f5, 32
        ;;
        stf.spill [r2] = f16, 32
        stf.spill [r3] = f17, 32
        ;;
        stf.spill [r2] = f18, 32
        stf.spill [r3] = f19, 32
        ;;
        stf.spill [r2] = f20, 32
        stf.spill [r3] = f21, 32
        ;;
        stf.spill [r2] = f22, 32
        stf.spill [r3] = f23, 32
        ;;
        stf.spill [r2] = f24, 32
        stf.spill [r3] = f25, 32
        ;;
        stf.spill [r2] = f26, 32
        stf.spill [r3] = f27, 32
        ;;
        stf.spill [r2] = f28, 32
        stf.spill [r3] = f29, 32
        ;;
        stf.spill [r2] = f30, 32
        stf.spill [r3] = f31, 32
        ;;
        mov     ar.unat = r15
        mov     r8 = 0
        br.ret.sptk.many b0
        .endp   fw_setjmp

        .align  32
        .global fw_longjmp
        .proc   fw_longjmp
fw_longjmp:
        alloc   r14 = ar.pfs, 1, 0, 0, 0
        mov     r2 = r32
        ;;
        alloc   r14 = ar.pfs, 0, 0, 0, 0
        ;;
        flushrs                         // dirty registers would move BSP
        adds    r3 = 48, r2             // word 6
        ;;
        mov     ar.rsc = 0
        ;;
        ld8     r16 = [r3], 8
        ;;
        mov     ar.unat = r16           // for the fills below
        ld8     r15 = [r3], 8           // UNAT
        ;;
        ld8     r17 = [r3], 8           // b0
        ;;
        ld8     r18 = [r3], 8           // PFS
        mov     b0 = r17
        ;;
        ld8     r19 = [r3], 8           // BSP
        mov     ar.pfs = r18
        ;;
        ld8     r20 = [r3], 8           // RNAT
        invala
        ;;
        mov     ar.bspstore = r19
        ;;
        mov     ar.rnat = r20
        ;;
        mov     ar.rsc = 0
        adds    r2 = 16, r2
        ;;
        ld8.fill r4 = [r2], 8
        ;;
        ld8.fill r5 = [r2], 8
        ;;
        ld8.fill r6 = [r2], 8
        ;;
        ld8.fill r7 = [r2], 8
        mov     ar.unat = r15
        ;;
        ld8     r16 = [r3], 8
        ;;
        ld8     r17 = [r3], 8
        mov     b1 = r16
        ;;
        ld8     r16 = [r3], 8
        mov     b2 = r17
        ;;
        ld8     r17 = [r3], 8
        mov     b3 = r16
        ;;
        ld8     r16 = [r3], 8
        mov     b4 = r17
        ;;
        ld8     r17 = [r3], 8
        mov     b5 = r16
        ;;
        ld8     r16 = [r3], 8
        mov     pr = r17, -1
        ;;
        ld8     r17 = [r3], 8
        mov     ar.lc = r16
        ;;
        ld8     r12 = [r3], 8
        mov     ar.fpsr = r17
        ;;
        ld8     gp = [r3], 24           // to word 24
        ;;
        adds    r2 = 16, r3
        ;;
        ldf.fill f2 = [r3], 32
        ldf.fill f3 = [r2], 32
        ;;
        ldf.fill f4 = [r3], 32
        ldf.fill f5 = [r2], 32
        ;;
        ldf.fill f16 = [r3], 32
        ldf.fill f17 = [r2], 32
        ;;
        ldf.fill f18 = [r3], 32
        ldf.fill f19 = [r2], 32
        ;;
        ldf.fill f20 = [r3], 32
        ldf.fill f21 = [r2], 32
        ;;
        ldf.fill f22 = [r3], 32
        ldf.fill f23 = [r2], 32
        ;;
        ldf.fill f24 = [r3], 32
        ldf.fill f25 = [r2], 32
        ;;
        ldf.fill f26 = [r3], 32
        ldf.fill f27 = [r2], 32
        ;;
        ldf.fill f28 = [r3], 32
        ldf.fill f29 = [r2], 32
        ;;
        ldf.fill f30 = [r3], 32
        ldf.fill f31 = [r2], 32
        ;;
        mov     r8 = 1
        br.ret.sptk.many b0
        .endp   fw_longjmp
