/*
 * SAL: MCA and INIT, from PAL to the operating system and back
 *
 * Hand-off to OS_MCA and OS_INIT, in physical mode, bank 0: r1 = its gp,
 * r8 = PAL_PROC, r9 = SAL_PROC, r10 = SAL's gp, r11 = rendezvous state (MCA)
 * or reason (INIT), r12 = where to return to, r17 = min-state save area,
 * r18 = processor state parameter.  It comes back with r8 = status (0: go
 * on), r22 = save area (Linux, arch/ia64/kernel/mca_asm.S).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"

#define VECTOR_SIZE     24

        .text
        // From PAL: r17, r18 as above, r19 = 0 MCA, 1 INIT
        .align  32
        .global sal_event
        .proc   sal_event
sal_event:
        // A processor that waits in SAL goes on waiting
        mov     r20 = cr.lid
        movl    r21 = sal_cpus
        ;;
        extr.u  r20 = r20, 24, 8
        ;;
        shladd  r21 = r20, 3, r21
        shl     r20 = r20, 5
        mov     r22 = r17
        ;;
        add     r21 = r21, r20
        ;;
        ld8     r21 = [r21]
        ;;
        cmp.eq  p6, p0 = 1, r21         // SAL_CPU_IDLE
(p6)    br.cond.spnt sal_init_return_slave
        ;;
        movl    r20 = sal_event_monarch
        movl    r21 = sal_os_entry
        movl    r10 = __gp
        mov     r22 = 1
        mov     r23 = 2 * VECTOR_SIZE
        cmp.eq  p6, p7 = 0, r19
        ;;
        shladd  r20 = r19, 3, r20
(p7)    add     r21 = r21, r23
        ;;
        // The first one is the monarch until it returns
        xchg8   r22 = [r20], r22
        ;;
        cmp.eq  p8, p9 = 0, r22
        ;;
(p9)    adds    r21 = VECTOR_SIZE, r21
        ;;
        // What SAL_GET_STATE_INFO tells about it: struct saved of record.c
        movl    r25 = FW_RECORDS | PHYS_UC
        shl     r26 = r19, FW_RECORD_SHIFT
        mov     r27 = cr.lid
        mov     r29 = FW_RECORD_WORDS
(p9)    br.cond.spnt .Lrecorded
        ;;
        add     r25 = r25, r26
        mov     r28 = r17
        ;;
        st8     [r25] = r0, 8
        ;;
        st8     [r25] = r18, 8
        ;;
        st8     [r25] = r27, 8
        ;;
        st8     [r25] = r0, 8
        ;;
.Lcopy: ld8     r26 = [r28], 8
        adds    r29 = -1, r29
        ;;
        st8     [r25] = r26, 8
        cmp.ne  p11, p0 = 0, r29
(p11)   br.cond.sptk .Lcopy
        ;;
        movl    r28 = FW_RECORD_MAGIC
        ;;
        adds    r25 = -8 * (FW_RECORD_WORDS + 4), r25
        ;;
        st8.rel [r25] = r28
        ;;
.Lrecorded:
        ld8     r24 = [r21], 8
        movl    r8 = pal_proc
        movl    r9 = sal_proc
        mov     r11 = 0
        ;;
        ld8     r1 = [r21]
        cmp.eq  p10, p0 = 0, r24
        mov     b0 = r24                // in the min-state, others are not
        // The way back, for this kind of event
(p6)    movl    r12 = sal_mca_return
        ;;
(p7)    movl    r12 = sal_init_return
        ;;
        // The others leave while there may still be a monarch
(p9)    movl    r12 = .Lresume
(p10)   br.cond.spnt .Lno_handler
        ;;
        br.cond.sptk b0

        // Nobody is registered: the monarch resets the machine, as nothing
        // is left that could go on after an MCA; others just continue
.Lno_handler:
        mov     r22 = r17
(p9)    br.cond.spnt sal_init_return_slave
        movl    r2 = FW_RESET | PHYS_UC
        mov     r3 = FW_RESET_VALUE
        ;;
        st8.rel [r2] = r3
        ;;
        mf.a
1:      PAL_HALT_INSN
        br.cond.sptk 1b

        .align  32
sal_mca_return:
        movl    r20 = sal_event_monarch
        ;;
        st8.rel [r20] = r0
        br.cond.sptk .Lresume
        .align  32
sal_init_return:
        movl    r20 = sal_event_monarch + 8
        ;;
        st8.rel [r20] = r0
.Lresume:
        cmp.eq  p6, p7 = 0, r8
        ;;
(p7)    movl    r2 = FW_RESET | PHYS_UC
(p7)    mov     r3 = FW_RESET_VALUE
        ;;
(p7)    st8.rel [r2] = r3
(p7)    br.cond.spnt 1b
        // PAL_MC_RESUME(no CMCI, area, same context)
sal_init_return_slave:
        mov     r28 = 26
        mov     r29 = 0
        mov     r30 = r22
        mov     r31 = 0
        movl    r2 = pal_proc
        ;;
        mov     b0 = r2
        ;;
        br.cond.sptk b0
        .endp   sal_event
