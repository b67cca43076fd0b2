/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bare programs for the system tests: entry and interruption vectors
 *
 * The boot processor runs main() in virtual mode at privilege level 0:
 *
 *   region 0  rid 1: 256 MB at 0 by tr 0 (pl 0, rwx), 64 KB at each of
 *             0xff5e0000 (UART) and 0xff5c0000 (power) by dtr 1 and 2, the
 *             processor interrupt block at 0xfee00000 by dtr 3
 *   region 1  rid 2: the same 256 MB by tr 4, pl 3, for user code
 *   others    rid 0x100 + region, no translations, walker off
 *
 * Other processors (cr.lid.id != 0) call ap_main() the same way.
 */

#include "system.h"

	.explicit
	.text
	.global _start
	.proc _start
_start:
	rsm psr.ic | psr.i
	;;
	srlz.i
	mov r20 = cr.lid
	mov ar.rsc = 0
	movl r3 = stacks
	;;
	extr.u r20 = r20, 24, 8
	;;
	shl r21 = r20, 17		// 128 KB for each processor
	;;
	add r3 = r3, r21
	addl r22 = 131072 - 16, r0
	loadrs
	;;
	mov ar.bspstore = r3
	add r12 = r3, r22
	;;
	mov ar.rnat = r0
	movl gp = __gp
	movl r4 = 0x0009804c0270033f
	;;
	mov ar.fpsr = r4
	movl r5 = (1 << 8) | (12 << 2)
	movl r6 = 1 << 61
	movl r7 = (2 << 8) | (12 << 2)
	;;
	mov rr[r0] = r5
	mov rr[r6] = r7
	movl r5 = (0x102 << 8) | (12 << 2)
	shladd r8 = r6, 1, r0
	;;
1:
	mov rr[r8] = r5
	add r8 = r8, r6
	adds r5 = 1 << 8, r5
	;;
	cmp.ne p6, p0 = r8, r0
(p6)	br.cond.sptk 1b
	;;
	srlz.d
	// 256 MB at 0: present, accessed, dirty, rwx, write back
	movl r5 = 28 << 2
	movl r7 = 0x661
	;;
	mov cr.itir = r5
	mov cr.ifa = r0
	mov r8 = 0
	;;
	itr.i itr[r8] = r7
	;;
	itr.d dtr[r8] = r7
	;;
	movl r7 = 0x7e1			// pl 3
	mov cr.ifa = r6
	mov r8 = 4
	;;
	itr.i itr[r8] = r7
	;;
	itr.d dtr[r8] = r7
	;;
	// uncacheable: 64 KB pages of the PDH block, 1 MB for the PIB
	movl r5 = 16 << 2
	movl r9 = 0xff5e0000
	movl r7 = 0xff5e0671
	mov r8 = 1
	;;
	mov cr.itir = r5
	mov cr.ifa = r9
	;;
	itr.d dtr[r8] = r7
	;;
	movl r9 = 0xff5c0000
	movl r7 = 0xff5c0671
	mov r8 = 2
	;;
	mov cr.ifa = r9
	;;
	itr.d dtr[r8] = r7
	;;
	movl r5 = 20 << 2
	movl r9 = 0xfee00000
	movl r7 = 0xfee00671
	mov r8 = 3
	;;
	mov cr.itir = r5
	mov cr.ifa = r9
	;;
	itr.d dtr[r8] = r7
	;;
	movl r10 = ivt
	;;
	mov cr.iva = r10
	movl r11 = KERNEL_PSR
	movl r14 = 1f
	;;
	mov cr.ipsr = r11
	mov cr.iip = r14
	mov cr.ifs = r0
	;;
	rfi
	;;
1:
	alloc r32 = ar.pfs, 0, 0, 8, 0
	mov ar.rsc = 3
	mov r8 = cr.lid
	;;
	extr.u r8 = r8, 24, 8
	;;
	cmp.ne p6, p7 = r8, r0
(p6)	br.call.sptk b0 = ap_main
(p7)	br.call.sptk b0 = test_main
	;;
2:
	br.sptk 2b
	;;
	.endp _start

/*
 * An interruption is recorded in `trap' (system.h); then execution goes on
 * at trap.resume with trap.resume_psr.  Bank 0 is ours.
 */
	.align 32768
	.global ivt
ivt:
	.macro vector off
	.org ivt + \off
 { .mlx
	nop.m 0
	movl r16 = \off
 }
 { .mfb
	nop.m 0
	nop.f 0
	br.sptk.many interruption
	;;
 }
	.endm
	vector 0x0000
	vector 0x0400
	vector 0x0800
	vector 0x0c00
	vector 0x1000
	// Data Nested TLB: nothing was collected; note it and go on like others
	vector 0x1400
	vector 0x1800
	vector 0x1c00
	vector 0x2000
	vector 0x2400
	vector 0x2800
	vector 0x2c00
	.org ivt + 0x3000
	// External interrupt
	mov r16 = cr.ivr
	br.sptk.many external
	;;
	vector 0x5000
	vector 0x5100
	vector 0x5200
	vector 0x5300
	vector 0x5400
	vector 0x5500
	vector 0x5600
	vector 0x5700
	vector 0x5900
	vector 0x5a00
	vector 0x5b00
	vector 0x5c00
	vector 0x5d00
	vector 0x5e00
	vector 0x5f00
	vector 0x6000
	.org ivt + 0x8000

	// Note the vector, end it; with irq.period arm the timer again.  A frame
	// with rotating registers in use is what the program has to be safe from.
external:
	cover
	;;
	movl r18 = irq
	mov r31 = pr
	mov r22 = ar.pfs
	;;
	ld8 r19 = [r18], 8		// irq.count
	mov r23 = ar.lc
	mov r24 = ar.ec
	;;
	ld8 r26 = [r18], 8		// irq.period
	and r20 = 63, r19
	adds r19 = 1, r19
	movl r21 = irq
	;;
	st8 [r21] = r19
	shladd r18 = r20, 3, r18
	;;
	st8 [r18] = r16			// irq.vector[]
	alloc r25 = ar.pfs, 0, 24, 0, 16
	mov r19 = 20
	;;
	mov ar.lc = r19
	mov ar.ec = 3
	mov pr.rot = 1 << 16
	;;
1:
(p16)	adds r32 = 1, r33
(p17)	adds r50 = 1, r34
(p18)	mov r40 = r41
	br.ctop.sptk 1b
	;;
	mov ar.pfs = r22
	mov ar.lc = r23
	mov ar.ec = r24
	cmp.ne p6, p7 = r26, r0
	;;
	// Once more if that time has come before it is in ITM: there would be no
	// match, and no interrupt any more.
2:
	mov r27 = ar.itc
	;;
	add r27 = r27, r26
	;;
(p6)	mov cr.itm = r27
	;;
	srlz.d
	;;
	mov r28 = ar.itc
	;;
	cmp.ltu p8, p9 = r28, r27
	;;
(p7)	cmp.ne p9, p8 = r0, r0
	;;
(p9)	br.cond.spnt 2b
	;;
	mov cr.eoi = r0
	;;
	srlz.d
	mov pr = r31, -1
	;;
	rfi
	;;

	// With mapping.pte a miss is noted in `mapping', the page of 16 KB mapped
	// and the instruction tried again.
interruption:
	movl r17 = mapping
	mov r31 = pr
	;;
	ld8 r18 = [r17], 8		// pte
	movl r19 = 0x1000
	;;
	cmp.eq p6, p7 = r0, r18
	;;
(p7)	cmp.ne p6, p7 = r16, r19
	;;
(p6)	br.cond.sptk noted
	ld8 r20 = [r17]			// count
	mov r19 = cr.isr
	;;
	adds r20 = 1, r20
	mov r21 = cr.iip
	;;
	st8 [r17] = r20, 8
	mov r22 = cr.iipa
	;;
	st8 [r17] = r19, 8
	mov r23 = cr.ifa
	;;
	st8 [r17] = r21, 8
	mov r24 = 14 << 2
	;;
	st8 [r17] = r22, 8
	mov cr.itir = r24
	;;
	st8 [r17] = r23
	itc.d r18
	;;
	srlz.d
	mov pr = r31, -1
	;;
	rfi
	;;
	// A trap that is passing: noted, and on without more of them
noted:
	movl r17 = passing
	;;
	ld8 r18 = [r17], 8		// vector
	mov r19 = cr.isr
	;;
	cmp.ne p6, p0 = r16, r18
	;;
	(p6) br.cond.sptk stopped
	ld8 r20 = [r17]			// count
	mov r21 = cr.ipsr
	movl r18 = (1 << 25) | (1 << 26) | (1 << 40)	// lp, tb, ss
	;;
	adds r20 = 1, r20
	mov r22 = cr.iip
	;;
	st8 [r17] = r20, 8
	mov r23 = cr.iipa
	;;
	st8 [r17] = r19, 8
	;;
	st8 [r17] = r21, 8
	andcm r21 = r21, r18
	;;
	st8 [r17] = r22, 8
	;;
	st8 [r17] = r23
	mov cr.ipsr = r21
	mov pr = r31, -1
	;;
	rfi
	;;
stopped:
	mov pr = r31, -1
	mov r19 = psr
	movl r17 = trap
	;;
	rum psr.be
	;;
	srlz.d
	ld8 r18 = [r17]			// count
	;;
	adds r18 = 1, r18
	;;
	st8 [r17] = r18, 8
	;;
	st8 [r17] = r16, 8		// vector
	mov r18 = cr.isr
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.ipsr
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.iip
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.iipa
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.ifa
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.itir
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.iim
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.iha
	;;
	st8 [r17] = r18, 8
	mov r18 = cr.ifs
	;;
	st8 [r17] = r18, 8
	;;
	st8 [r17] = r19, 8		// psr in the handler
	;;
	ld8 r20 = [r17], 8		// resume
	;;
	ld8 r21 = [r17]			// resume_psr
	;;
	mov cr.iip = r20
	mov cr.ipsr = r21
	;;
	rfi
	;;

/*
 * u64 go(u64 ip, u64 psr, u64 r8, u64 r9): continues at ip with psr, r8 and
 * r9; the interruption comes back here, with r8
 */
	.global go_trap
	.proc go
	.global go
go:
	alloc r36 = ar.pfs, 4, 3, 0, 0
	mov r37 = b0
	mov r38 = gp
	;;
	movl r14 = trap + 12 * 8
	movl r15 = 1f
	movl r16 = KERNEL_PSR
	;;
	st8 [r14] = r15, 8
	;;
	st8 [r14] = r16
	rsm psr.ic | psr.i
	;;
	srlz.i
	;;
	mov cr.iip = r32
	mov cr.ipsr = r33
	mov cr.ifs = r0
	mov r8 = r34
	mov r9 = r35
	;;
	rfi
	;;
1:
	mov gp = r38
	mov b0 = r37
	mov ar.pfs = r36
	;;
	br.ret.sptk.many b0
	;;
	.endp go

	.bss
	.align 4096
stacks:
	.skip 131072 * 8
