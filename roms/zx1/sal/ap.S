/*
 * SAL: application processors
 *
 * A processor that is not the boot processor waits in the flash until vector
 * FW_AP_VECTOR arrives, then comes here, in physical mode with interrupts
 * off.  If the operating system has registered a boot rendezvous, it goes
 * there with r1 = its gp and b0 = the way back to this loop; a job of the
 * firmware (struct sal_cpu) is done before that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"
#include "hw/ia64/pal-msr.h"

/* struct sal_cpu */
#define CPU_SIZE        40
#define CPU_STATE       0
#define CPU_WORK_IP     8
#define CPU_WORK_GP     16
#define CPU_WORK_ARG    24
#define STATE_IDLE      1
#define STATE_WORK      2
#define STATE_OS        3

/* A job's memory stack and backing store; there is one for each of the
 * first 64 processors, others only wait */
#define WORK_STACK      4096
#define WORK_CPUS       64

        .text
        .align  32
        .global sal_ap_entry
        .proc   sal_ap_entry
sal_ap_entry:
        // rfi, as nothing else clears PSR.mc: INIT and MCA get through from
        // now on, in the firmware and in the system that gets the processor
        rsm     psr.i | psr.ic
        movl    r2 = 1 << 44            // bank 1
        movl    r3 = .Lopen
        ;;
        srlz.i
        ;;
        mov     cr.ifs = r0
        mov     cr.ipsr = r2
        mov     cr.iip = r3
        ;;
        rfi
        ;;
.Lopen: mov     r31 = 1                 // woken
        ;;
.Linit: rsm     psr.i | psr.ic
        mov     ar.rsc = 0
        ;;
        srlz.i
        movl    gp = __gp
        movl    r16 = 0x10000           // masked
        movl    r17 = 0x9804c0270033f   // default floating-point status
        ;;
        mov     cr.itv = r16
        mov     cr.pmv = r16
        mov     cr.cmcv = r16
        mov     cr.tpr = r0
        mov     ar.fpsr = r17
        ;;
        srlz.d
        mov     r18 = IA64_MSR_ENTRY
        movl    r19 = pal_entries
        ;;
        mov     msr[r18] = r19
        ;;
        mov     r18 = cr.lid
        movl    r19 = sal_cpus
        ;;
        extr.u  r18 = r18, 24, 8
        ;;
        // r20 = &sal_cpus[id]: 40 = 32 + 8
        shl     r21 = r18, 5
        shladd  r20 = r18, 3, r19
        ;;
        add     r20 = r20, r21
        mov     r22 = STATE_IDLE
        cmp.ne  p6, p0 = 0, r31
        ;;
        st8.rel [r20] = r22
(p6)    br.cond.sptk .Lcheck

.Lwait: PAL_HALT_INSN
        ;;
        mov     r16 = cr.ivr
        movl    r17 = FW_AP_VECTOR
        ;;
        srlz.d
        cmp.eq  p6, p7 = 15, r16        // spurious
        cmp.eq  p8, p0 = r16, r17
(p6)    br.cond.spnt .Lwait
        ;;
        mov     cr.eoi = r0
        ;;
        srlz.d
(p8)    br.cond.sptk .Lcheck
        br.cond.sptk .Lwait

.Lcheck:
        adds    r16 = CPU_WORK_IP, r20
        adds    r17 = CPU_WORK_GP, r20
        adds    r23 = CPU_WORK_ARG, r20
        movl    r24 = sal_boot_rendez
        ;;
        ld8.acq r25 = [r16]
        ld8.acq r26 = [r24], 8
        ;;
        cmp.ne  p6, p7 = 0, r25
        cmp.ne  p8, p0 = 0, r26
(p6)    br.cond.spnt .Lwork
(p8)    br.cond.sptk .Los
        br.cond.sptk .Lwait

        // void job(UINT64 arg), on a stack of its own
.Lwork: movl    r27 = sal_work_stacks
        mov     r28 = WORK_CPUS
        shl     r29 = r18, 12
        ;;
        cmp.geu p6, p0 = r18, r28
(p6)    br.cond.spnt .Lwait
        add     r27 = r27, r29
        mov     r22 = STATE_WORK
        ;;
        st8     [r20] = r22
        movl    r12 = WORK_STACK - 16
        ;;
        add     r12 = r12, r27
        ld8     r28 = [r17]
        ld8     r29 = [r23]
        ;;
        alloc   r14 = ar.pfs, 0, 0, 0, 0
        ;;
        flushrs
        ;;
        mov     ar.bspstore = r27
        ;;
        mov     ar.rnat = r0
        ;;
        mov     ar.rsc = 0
        ;;
        alloc   r14 = ar.pfs, 0, 2, 1, 0
        ;;
        mov     r32 = r20
        mov     r33 = r18
        mov     r34 = r29
        mov     b6 = r25
        mov     gp = r28
        ;;
        br.call.sptk.many b0 = b6
        mov     r20 = r32
        mov     r18 = r33
        movl    gp = __gp
        mov     ar.rsc = 0
        mov     r22 = STATE_IDLE
        ;;
        adds    r16 = CPU_WORK_IP, r20
        ;;
        st8.rel [r16] = r0
        ;;
        st8.rel [r20] = r22
        br.cond.sptk .Lwait

        // To the operating system
.Los:   ld8     gp = [r24]
        mov     r22 = STATE_OS
        mov     b6 = r26
        ;;
        st8.rel [r20] = r22
        mov     ar.rsc = 0
        alloc   r14 = ar.pfs, 0, 0, 0, 0
        ;;
        mf
        br.call.sptk.many b0 = b6
        // Given back: waits for the next wake-up
        ;;
        mov     r31 = 0
        br.cond.sptk .Linit
        .endp   sal_ap_entry

        .section .bss
        .align  4096
        .global sal_work_stacks
sal_work_stacks:
        .skip   WORK_CPUS * WORK_STACK
