/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest of gdb-test.py: a first processor that calls outer() (guest.c) and
 * then runs wild, and a second one that counts
 */

	.explicit
	.text
	.global _start
	.proc _start
_start:
	rsm 0x6000
	;;
	srlz.i
	mov r20 = cr.lid
	mov ar.rsc = 0
	movl r3 = stacks
	;;
	extr.u r20 = r20, 24, 8
	;;
	shl r21 = r20, 15
	;;
	add r3 = r3, r21
	loadrs
	;;
	adds r4 = 0x1c0, r3		// outer()'s frame crosses a collection
	;;
	mov ar.bspstore = r4
	addl r12 = 32752, r3
	;;
	mov ar.rnat = r0
	movl r10 = ivt
	movl gp = __gp
	;;
	mov cr.iva = r10
	cmp.ne p6, p7 = 0, r20
	(p6) br.cond.spnt second
	movl r3 = counter
	;;
.Lwait:				// until the second one counts
	ld8 r4 = [r3]
	;;
	cmp.eq p6, p7 = 0, r4
	(p6) br.cond.spnt .Lwait
	;;
	alloc r32 = ar.pfs, 0, 3, 2, 0
	;;
	mov r35 = 11
	mov r36 = 22
	br.call.sptk b0 = outer
	;;
.Lfinished:
	br.sptk .Lwild
	;;
	.endp _start

	// The other processor counts.
	.global second
second:
	movl r3 = counter
	;;
1:
	ld8 r4 = [r3]
	;;
	adds r4 = 1, r4
	;;
	st8 [r3] = r4
	br.sptk 1b
	;;

	// Known slots
	.proc slots
	.global slots
slots:
 { .mii
	addl r14 = 1, r0
	addl r15 = 2, r0
	addl r16 = 3, r0
	;;
 }
 { .mlx
	nop.m 0
	movl r17 = 0xfedcba9876543210
	;;
 }
	br.ret.sptk b0
	;;
	.endp slots

	// Nothing of this can be executed, nor can its interruptions.
.Lwild:
	movl r10 = 0x7ffffff00000
	;;
	mov cr.iva = r10
	mov b6 = r10
	;;
	br.sptk b6
	;;

	.align 32768
ivt:
	.skip 0x8000

	// Places in the code; names of their own would be functions to gdb
	.data
	.align 16
	.global at_finished, at_ivt
at_finished:
	data8 .Lfinished
at_ivt:
	data8 ivt

	.bss
	.align 65536
stacks:
	.skip 32768 * 2
