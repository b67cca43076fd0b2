/*
 * Reset: from the flash to memory
 *
 * Every processor starts at 4 GiB - 0x50, in physical mode.  The one with
 * local SAPIC id 0 copies the images to memory and enters the boot image (an
 * election would do, but make each boot a little different); the others wait
 * here for vector FW_AP_VECTOR, which nobody sends before SAL is in memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"

        .section .images, "a", @progbits
        .align  64
pal_image:
        .incbin "pal.bin"
        .align  64
pal_image_end:
rt_image:
        .incbin "rt.bin"
        .align  64
rt_image_end:
boot_image:
        .incbin "boot.bin"
        .align  64
boot_image_end:

        .text
        .align  32
        .global reset_entry
reset_entry:
        rsm     psr.i | psr.ic
        mov     ar.rsc = 0
        ;;
        srlz.i
        ;;
        movl    r2 = 0x10000            // masked
        ;;
        mov     cr.itv = r2
        mov     cr.pmv = r2
        mov     cr.cmcv = r2
        mov     cr.lrr0 = r2
        mov     cr.lrr1 = r2
        mov     cr.tpr = r0
        mov     cr.dcr = r0
        ;;
        srlz.d
        movl    r3 = 15 << 2            // VHPT walker off
        movl    r4 = 14 << 2            // 16 KiB pages, region id 0
        movl    r5 = FW_IOPORT_BASE
        ;;
        mov     cr.pta = r3
        mov     ar.k0 = r5
        mov     r6 = r0
        ;;
1:      mov     rr[r6] = r4             // region n: id n
        movl    r7 = 1 << 61
        adds    r4 = 1 << 8, r4
        ;;
        add     r6 = r6, r7
        ;;
        cmp.ne  p6, p0 = 0, r6
(p6)    br.cond.dptk 1b
        ;;
        srlz.i
        mov     r2 = cr.lid
        ;;
        extr.u  r3 = r2, 24, 8
        ;;
        cmp.ne  p6, p0 = 0, r3
(p6)    br.cond.spnt wait_for_sal
        ;;

        // Copy source, destination, end of file, end of memory
        movl    r14 = pal_image
        movl    r15 = FW_PAL_BASE
        movl    r16 = pal_image_end - pal_image + FW_PAL_BASE
        movl    r17 = FW_PAL_BASE + FW_PAL_SIZE
        br.call.sptk.many b0 = copy
        movl    r14 = rt_image
        movl    r15 = FW_RT_BASE
        movl    r16 = rt_image_end - rt_image + FW_RT_BASE
        movl    r17 = FW_RT_BASE + FW_RT_SIZE
        br.call.sptk.many b0 = copy
        movl    r14 = boot_image
        movl    r15 = FW_BOOT_BASE
        movl    r16 = boot_image_end - boot_image + FW_BOOT_BASE
        movl    r17 = FW_BOOT_BASE + FW_BOOT_SIZE
        br.call.sptk.many b0 = copy
        ;;
        sync.i
        ;;
        srlz.i
        movl    r2 = FW_BOOT_BASE
        ;;
        mov     b6 = r2
        ;;
        br.cond.sptk b6

        // r14 to r15 until r16, then zeros until r17; all multiples of 64
copy:   ld8     r20 = [r14], 8
        ;;
        ld8     r21 = [r14], 8
        ;;
        ld8     r22 = [r14], 8
        ;;
        ld8     r23 = [r14], 8
        fc.i    r15
        ;;
        st8     [r15] = r20, 8
        ;;
        st8     [r15] = r21, 8
        ;;
        st8     [r15] = r22, 8
        ;;
        st8     [r15] = r23, 8
        ;;
        cmp.ltu p6, p0 = r15, r16
(p6)    br.cond.dptk copy
        ;;
2:      cmp.ltu p6, p7 = r15, r17
(p7)    br.ret.sptk.many b0
        ;;
        st8     [r15] = r0, 8
        ;;
        st8     [r15] = r0, 8
        ;;
        st8     [r15] = r0, 8
        ;;
        st8     [r15] = r0, 8
        br.cond.sptk 2b

wait_for_sal:
        PAL_HALT_INSN
        ;;
        mov     r2 = cr.ivr
        movl    r3 = FW_AP_VECTOR
        ;;
        srlz.d
        cmp.eq  p6, p7 = 15, r2         // spurious
        cmp.eq  p8, p0 = r2, r3
(p6)    br.cond.spnt wait_for_sal
        ;;
        mov     cr.eoi = r0
        ;;
        srlz.d
(p8)    br.cond.spnt 1f
        br.cond.sptk wait_for_sal
        // SAL's entry for processors: in struct rt_head
1:      movl    r2 = FW_RT_BASE + RT_HEAD_AP_ENTRY
        ;;
        ld8     r3 = [r2]
        ;;
        mov     b6 = r3
        ;;
        br.cond.sptk b6

        /*
         * Entry points of the architecture, in the last 256 bytes:
         * PALE_RESET at 4 GiB - 0x50
         */
        .section .vectors, "ax", @progbits
        .org    0xb0
        .global _reset
_reset: br.cond.sptk reset_entry
        ;;
        .org    0xf0
        .ascii  "QEMU zx1 fw 1.0\0"
