/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interruption vector table of the test programs: each interruption is noted
 * in `fault` (struct fault in test.h).  If fault.expected is 0 the program
 * ends; else the interrupted code goes on as fault.resume and fault.retry say.
 * The handlers use registers of bank 0 only.
 */

	.macro vector offset
	.org ivt + \offset
	.ifeq \offset - 0x3000
	mov r31 = pr
	movl r16 = \offset
	;;
	br.sptk external
	;;
	.else
	mov r31 = pr
	movl r16 = \offset
	;;
	br.sptk common
	;;
	.endif
	.endm

	.section .text.ivt, "ax"
	.align 32768
	.global ivt
ivt:
	.irp offset, 0x0000, 0x0400, 0x0800, 0x0c00, 0x1000, 0x1400, 0x1800, \
		0x1c00, 0x2000, 0x2400, 0x2800, 0x2c00, 0x3000, 0x3400, \
		0x3800, 0x3c00, 0x4000, 0x4400, 0x4800, 0x4c00, 0x5000, \
		0x5100, 0x5200, 0x5300, 0x5400, 0x5500, 0x5600, 0x5700, \
		0x5800, 0x5900, 0x5a00, 0x5b00, 0x5c00, 0x5d00, 0x5e00, \
		0x5f00, 0x6000, 0x6900, 0x6a00, 0x6b00
	vector \offset
	.endr
	.org ivt + 32768

	/* Notes cr\cr and moves on. */
	.macro note cr
	mov r18 = cr.\cr
	;;
	st8 [r17] = r18, 8
	.endm

common:
	movl r17 = fault
	;;
	st8 [r17] = r16, 8			// vector
	note isr
	note ipsr
	note iip
	note ifa
	note itir
	note iha
	note iim
	note iipa
	note ifs
	;;
	ld8 r18 = [r17]				// count
	;;
	add r18 = 1, r18
	;;
	st8 [r17] = r18, 8
	;;
	ld8 r18 = [r17], 8			// expected
	;;
	ld8 r19 = [r17], 8			// resume
	cmp.eq p6, p7 = r0, r18
	;;
	ld8 r24 = [r17], 8			// retry
	;;
	/* One less is expected. */
	add r17 = -24, r17
	add r18 = -1, r18
	;;
(p7)	st8 [r17] = r18
(p6)	br.cond.spnt unexpected
	;;
	cmp.ne p6, p7 = r0, r19
	cmp.ne p8, p0 = r0, r24
	mov r20 = cr.iip
	mov r21 = cr.ipsr
	;;
(p8)	or r21 = r24, r21
(p8)	br.cond.sptk done
(p6)	mov r20 = r19				// there, slot 0
(p6)	dep r21 = 0, r21, 41, 2
(p6)	br.cond.sptk done
	;;
	/* The next slot; the L+X pair of template 4 or 5 counts as the last. */
	ld1 r22 = [r20]
	extr.u r23 = r21, 41, 2
	;;
	extr.u r22 = r22, 1, 4
	add r23 = 1, r23
	;;
	cmp.eq p6, p0 = 2, r22
	cmp.eq p7, p0 = 3, r23
	;;
(p6)	cmp.eq.or p7, p0 = 2, r23
	;;
(p7)	mov r23 = 0
(p7)	add r20 = 16, r20
	;;
	dep r21 = r23, r21, 41, 2
	;;
done:
	mov cr.iip = r20
	mov cr.ipsr = r21
	mov pr = r31, -1
	;;
	rfi
	;;

	/* Goes on in a C function, on the stacks of what was interrupted. */
unexpected:
	mov r21 = cr.ipsr
	movl r20 = unexpected_fault
	;;
	ld8 r20 = [r20]				// function descriptor
	dep r21 = 0, r21, 41, 2
	movl gp = __gp
	;;
	mov cr.iip = r20
	mov cr.ipsr = r21
	;;
	rfi
	;;

	/* External interrupts: to a C function if there is one */
external:
	movl r17 = external_hook
	;;
	ld8 r17 = [r17]
	;;
	cmp.eq p6, p7 = r0, r17
(p6)	br.cond.spnt common
	;;
	/* In assembler: takes r16-r31 of bank 0, returns to b7's value. */
	mov r30 = b7
	mov b7 = r17
	;;
	br.cond.sptk b7
	;;

	.data
	.align 8
	.global external_hook
external_hook:
	data8 0
