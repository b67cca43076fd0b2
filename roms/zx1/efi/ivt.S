/*
 * Boot image: interruption vector table
 *
 * External interrupts are the timer's: everything that the calling
 * convention lets a function change is saved on the interrupted stack, and
 * fw_interrupt() runs with interrupts off.  Anything else is a bug in the
 * firmware or in an image: registers go to fw_fault().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"

        .section .ivt, "ax", @progbits
        .align  0x8000
        .global fw_ivt
fw_ivt:
        .macro  vector offset
        .org    fw_ivt + \offset
        mov     r16 = \offset
        mov     r17 = b0
        br.cond.sptk ivt_fault
        ;;
        .endm

        vector  0x0
        vector  0x400
        vector  0x800
        vector  0xc00
        vector  0x1000
        vector  0x1400
        vector  0x1800
        vector  0x1c00
        vector  0x2000
        vector  0x2400
        vector  0x2800
        vector  0x2c00
        .org    fw_ivt + 0x3000
        br.cond.sptk ivt_interrupt
        ;;
        vector  0x3400
        vector  0x3800
        vector  0x3c00
        vector  0x4000
        vector  0x4400
        vector  0x4800
        vector  0x4c00
        vector  0x5000
        vector  0x5100
        vector  0x5200
        vector  0x5300
        vector  0x5400
        vector  0x5500
        vector  0x5600
        vector  0x5700
        vector  0x5800
        vector  0x5900
        vector  0x5a00
        vector  0x5b00
        vector  0x5c00
        vector  0x5d00
        vector  0x5e00
        vector  0x5f00
        vector  0x6000
        vector  0x6100
        vector  0x6200
        vector  0x6300
        vector  0x6400
        vector  0x6500
        vector  0x6600
        vector  0x6700
        vector  0x6800
        vector  0x6900
        vector  0x6a00
        vector  0x6b00
        .org    fw_ivt + 0x8000

        .text
        .align  32
ivt_fault:
        // Bank 0, PSR.ic = 0: to C on a stack of its own
        movl    r18 = fault_regs
        mov     r19 = cr.iip
        mov     r20 = cr.ipsr
        mov     r21 = cr.isr
        mov     r22 = cr.ifa
        mov     r23 = cr.ifs
        mov     r24 = cr.iipa
        mov     r25 = pr
        ;;
        st8     [r18] = r16, 8          // vector
        ;;
        st8     [r18] = r19, 8
        ;;
        st8     [r18] = r20, 8
        ;;
        st8     [r18] = r21, 8
        ;;
        st8     [r18] = r22, 8
        ;;
        st8     [r18] = r23, 8
        ;;
        st8     [r18] = r24, 8
        ;;
        st8     [r18] = r17, 8          // b0
        ;;
        st8     [r18] = r25, 8
        ;;
        st8     [r18] = r1, 8
        ;;
        st8     [r18] = r8, 8
        ;;
        st8     [r18] = r9, 8
        ;;
        st8     [r18] = r12, 8
        ;;
        st8     [r18] = r14, 8
        ;;
        st8     [r18] = r15, 8
        ;;
        cover
        ;;
        mov     ar.rsc = 0
        movl    r19 = fault_rse
        movl    r12 = fault_stack + 0x4000 - 16
        movl    gp = __gp
        ;;
        mov     r20 = ar.bspstore
        ;;
        st8     [r18] = r20
        mov     ar.bspstore = r19
        ;;
        mov     ar.rnat = r0
        ;;
        mov     ar.rsc = 0
        bsw.1
        ;;
        rsm     psr.dt | psr.i
        ;;
        ssm     psr.ic
        ;;
        srlz.i
        ;;
        alloc   r14 = ar.pfs, 0, 0, 1, 0
        ;;
        movl    r32 = fault_regs
        ;;
        br.call.sptk.many b0 = fw_fault
1:      br.cond.sptk 1b

/* ---------------------------------------------------------------- */
/* Frame below the interrupted r12, in words */
#define FRAME           640

        .align  32
ivt_interrupt:
        mov     r16 = cr.ipsr
        mov     r17 = cr.iip
        mov     r18 = pr
        mov     r19 = ar.unat
        mov     r20 = ar.rsc
        mov     r21 = b0
        adds    r22 = -FRAME, r12
        ;;
        cover
        and     r22 = -16, r22
        ;;
        mov     r23 = cr.ifs
        mov     r24 = ar.pfs
        adds    r25 = 24, r22           // above the scratch area
        adds    r26 = 16, r22
        ;;
        st8     [r26] = r16, 16         // 16 ipsr
        st8     [r25] = r17, 16         // 24 iip
        ;;
        st8     [r26] = r18, 16         // 32 pr
        st8     [r25] = r19, 16         // 40 unat
        ;;
        st8     [r26] = r20, 16         // 48 rsc
        st8     [r25] = r21, 16         // 56 b0
        ;;
        st8     [r26] = r23, 16         // 64 ifs
        st8     [r25] = r24, 16         // 72 pfs
        mov     r16 = b6
        mov     r17 = b7
        ;;
        st8     [r26] = r16, 16         // 80
        st8     [r25] = r17, 16         // 88
        mov     r16 = ar.ccv
        mov     r17 = ar.fpsr
        ;;
        st8     [r26] = r16, 16         // 96
        st8     [r25] = r17, 16         // 104
        mov     r16 = ar.lc
        mov     r17 = ar.ec
        ;;
        st8     [r26] = r16, 16         // 112
        st8     [r25] = r17, 16         // 120
        mov     r16 = ar.csd
        mov     r17 = ar.ssd
        ;;
        st8     [r26] = r16, 16         // 128
        st8     [r25] = r17, 16         // 136
        ;;
        st8     [r26] = r12, 16         // 144
        ;;
        // Static registers, with their NaT bits: r1-r3, r8-r11, r14, r15
        mov     r12 = r22
        ;;
        st8.spill [r26] = r1, 8
        ;;
        st8.spill [r26] = r2, 8
        ;;
        st8.spill [r26] = r3, 8
        ;;
        st8.spill [r26] = r8, 8
        ;;
        st8.spill [r26] = r9, 8
        ;;
        st8.spill [r26] = r10, 8
        ;;
        st8.spill [r26] = r11, 8
        ;;
        st8.spill [r26] = r14, 8
        ;;
        st8.spill [r26] = r15, 8
        ;;
        // r26: 232; bank 1, whose r16-r31 follow from 240
        bsw.1
        ;;
        adds    r2 = 240, r12
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
        mov     r14 = ar.unat
        adds    r3 = 152, r12
        ;;
        st8     [r3] = r14              // 152: NaT bits of the above
        adds    r2 = 368, r12
        adds    r3 = 384, r12
        ;;
        stf.spill [r2] = f6, 32
        stf.spill [r3] = f7, 32
        ;;
        stf.spill [r2] = f8, 32
        stf.spill [r3] = f9, 32
        ;;
        stf.spill [r2] = f10, 32
        stf.spill [r3] = f11, 32
        ;;
        stf.spill [r2] = f12, 32
        stf.spill [r3] = f13, 32
        ;;
        stf.spill [r2] = f14
        stf.spill [r3] = f15
        movl    gp = __gp
        movl    r14 = 0x9804c0270033f
        mov     ar.rsc = 0
        ;;
        mov     ar.fpsr = r14
        ssm     psr.ic
        ;;
        srlz.i
        ;;
        alloc   r14 = ar.pfs, 0, 0, 1, 0
        ;;
        adds    r32 = 16, r12
        ;;
        br.call.sptk.many b0 = fw_interrupt
        rsm     psr.ic | psr.i
        ;;
        srlz.i
        adds    r2 = 368, r12
        adds    r3 = 384, r12
        ;;
        ldf.fill f6 = [r2], 32
        ldf.fill f7 = [r3], 32
        ;;
        ldf.fill f8 = [r2], 32
        ldf.fill f9 = [r3], 32
        ;;
        ldf.fill f10 = [r2], 32
        ldf.fill f11 = [r3], 32
        ;;
        ldf.fill f12 = [r2], 32
        ldf.fill f13 = [r3], 32
        ;;
        ldf.fill f14 = [r2]
        ldf.fill f15 = [r3]
        adds    r3 = 152, r12
        adds    r2 = 240, r12
        ;;
        ld8     r14 = [r3]
        ;;
        mov     ar.unat = r14
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
        adds    r26 = 160, r12
        mov     r22 = r12
        ;;
        ld8.fill r1 = [r26], 8
        ;;
        ld8.fill r2 = [r26], 8
        ;;
        ld8.fill r3 = [r26], 8
        ;;
        ld8.fill r8 = [r26], 8
        ;;
        ld8.fill r9 = [r26], 8
        ;;
        ld8.fill r10 = [r26], 8
        ;;
        ld8.fill r11 = [r26], 8
        ;;
        ld8.fill r14 = [r26], 8
        ;;
        ld8.fill r15 = [r26], 8
        ;;
        adds    r26 = 16, r22
        adds    r25 = 24, r22
        ;;
        ld8     r16 = [r26], 16
        ld8     r17 = [r25], 16
        ;;
        mov     cr.ipsr = r16
        mov     cr.iip = r17
        ld8     r18 = [r26], 16         // pr
        ld8     r19 = [r25], 16         // unat
        ;;
        mov     ar.unat = r19
        ld8     r20 = [r26], 16         // rsc
        ld8     r21 = [r25], 16         // b0
        ;;
        mov     b0 = r21
        ld8     r23 = [r26], 16         // ifs
        ld8     r24 = [r25], 16         // pfs
        ;;
        mov     cr.ifs = r23
        mov     ar.pfs = r24
        ld8     r16 = [r26], 16
        ld8     r17 = [r25], 16
        ;;
        mov     b6 = r16
        mov     b7 = r17
        ld8     r16 = [r26], 16
        ld8     r17 = [r25], 16
        ;;
        mov     ar.ccv = r16
        mov     ar.fpsr = r17
        ld8     r16 = [r26], 16
        ld8     r17 = [r25], 16
        ;;
        mov     ar.lc = r16
        mov     ar.ec = r17
        ld8     r16 = [r26], 16
        ld8     r17 = [r25], 16
        ;;
        mov     ar.csd = r16
        mov     ar.ssd = r17
        ld8     r12 = [r26]
        mov     ar.rsc = r20
        mov     pr = r18, -1
        ;;
        rfi
        ;;

        .section .bss
        .align  16
fault_regs:
        .skip   256
        .align  4096
fault_stack:
        .skip   0x4000
fault_rse:
        .skip   0x4000
