/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry in physical mode on processor 0; the program runs in virtual mode
 * with one 256 MB translation for itself and one 64 KB for the PDH block.
 */
	.explicit
	.text
	.global _start
	.proc _start
_start:
	rsm psr.ic | psr.i
	;;
	srlz.i
	mov ar.rsc = 0
	;;
	/* backing store and stack */
	movl r3 = rbs_bottom
	;;
	loadrs
	;;
	mov ar.bspstore = r3
	;;
	mov ar.rnat = r0
	;;
	movl r12 = stack_top - 16
	movl gp = __gp
	movl r4 = 0x0009804c0270033f
	;;
	mov ar.fpsr = r4
	/* region 0: rid 1, 4 KB pages, no walker */
	movl r5 = (1 << 8) | (12 << 2)
	;;
	mov rr[r0] = r5
	;;
	srlz.d
	/* 256 MB at 0: present, accessed, dirty, rwx, write back */
	movl r6 = (28 << 2)
	movl r7 = (1 << 0) | (1 << 5) | (1 << 6) | (3 << 9)
	;;
	mov cr.itir = r6
	mov cr.ifa = r0
	mov r8 = 0
	;;
	itr.i itr[r8] = r7
	;;
	itr.d dtr[r8] = r7
	;;
	/* 64 KB of the PDH block, uncacheable */
	movl r6 = (16 << 2)
	movl r9 = 0xff5e0000
	movl r7 = 0xff5e0000 | (1 << 0) | (1 << 5) | (1 << 6) | (3 << 9) | (4 << 2)
	mov r8 = 1
	;;
	mov cr.itir = r6
	mov cr.ifa = r9
	;;
	itr.d dtr[r8] = r7
	;;
	movl r9 = 0xff5c0000
	movl r7 = 0xff5c0000 | (1 << 0) | (1 << 5) | (1 << 6) | (3 << 9) | (4 << 2)
	mov r8 = 2
	;;
	mov cr.ifa = r9
	;;
	itr.d dtr[r8] = r7
	;;
	movl r10 = ivt
	;;
	mov cr.iva = r10
	/* ac = 0, ic, dt, rt, it, bank 1 */
	movl r11 = (1 << 13) | (1 << 17) | (1 << 27) | (1 << 36) | (1 << 44)
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
	;;
	br.call.sptk b0 = guest_main
	;;
2:
	br.sptk 2b
	;;
	.endp _start

	/* Any interruption: stop where a debugger sees it */
	.align 32768
ivt:
	.rept 0x6c00 / 16
 { .mib
	nop.m 0
	nop.i 0
	br.sptk .
 }
	.endr

	.bss
	.align 4096
rbs_bottom:
	.skip 262144
	.skip 262144
stack_top:
