/*
 * Access to physical addresses in whatever mode the caller runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"

        .text
        .macro  phys_read size
        .align  32
        .global phys_read\size
        .proc   phys_read\size
phys_read\size:
        mov     r14 = psr
        dep     r15 = -1, r32, 63, 1
        ;;
        rsm     psr.dt | psr.i
        ;;
        srlz.d
        ;;
        .if     \size == 8
        ld1.acq r8 = [r15]
        .elseif \size == 16
        ld2.acq r8 = [r15]
        .elseif \size == 32
        ld4.acq r8 = [r15]
        .else
        ld8.acq r8 = [r15]
        .endif
        ;;
        mf.a
        mov     psr.l = r14
        ;;
        srlz.d
        br.ret.sptk.many b0
        .endp   phys_read\size
        .endm

        .macro  phys_write size
        .align  32
        .global phys_write\size
        .proc   phys_write\size
phys_write\size:
        mov     r14 = psr
        dep     r15 = -1, r32, 63, 1
        mf
        ;;
        rsm     psr.dt | psr.i
        ;;
        srlz.d
        ;;
        .if     \size == 8
        st1.rel [r15] = r33
        .elseif \size == 16
        st2.rel [r15] = r33
        .elseif \size == 32
        st4.rel [r15] = r33
        .else
        st8.rel [r15] = r33
        .endif
        ;;
        mf.a
        mov     psr.l = r14
        ;;
        srlz.d
        br.ret.sptk.many b0
        .endp   phys_write\size
        .endm

        phys_read 8
        phys_read 16
        phys_read 32
        phys_read 64
        phys_write 8
        phys_write 16
        phys_write 32
        phys_write 64

        .align  32
        .global rt_irq_save
        .proc   rt_irq_save
rt_irq_save:
        mov     r8 = psr
        ;;
        rsm     psr.i
        br.ret.sptk.many b0
        .endp   rt_irq_save

        .align  32
        .global rt_irq_restore
        .proc   rt_irq_restore
rt_irq_restore:
        mov     psr.l = r32
        ;;
        srlz.d
        br.ret.sptk.many b0
        .endp   rt_irq_restore

        .align  32
        .global rt_halt
        .proc   rt_halt
rt_halt:
        PAL_HALT_INSN
        ;;
        br.ret.sptk.many b0
        .endp   rt_halt

        .align  32
        .global rt_is_virtual
        .proc   rt_is_virtual
rt_is_virtual:
        mov     r8 = psr
        ;;
        extr.u  r8 = r8, 17, 1
        br.ret.sptk.many b0
        .endp   rt_is_virtual

        // rt_call_fdesc(descriptor, a, b): a call out of this image
        .align  32
        .global rt_call_fdesc
        .proc   rt_call_fdesc
rt_call_fdesc:
        alloc   r35 = ar.pfs, 3, 3, 2, 0
        mov     r36 = b0
        mov     r37 = gp
        ld8     r14 = [r32], 8
        mov     r38 = r33
        mov     r39 = r34
        ;;
        ld8     gp = [r32]
        mov     b6 = r14
        ;;
        br.call.sptk.many b0 = b6
        mov     gp = r37
        mov     b0 = r36
        mov     ar.pfs = r35
        ;;
        br.ret.sptk.many b0
        .endp   rt_call_fdesc
