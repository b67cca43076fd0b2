/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start of a bare-metal test program.  The loader puts processor 0 here, in
 * physical mode with interruption collection off.
 */

	.text
	.global _start
	.proc _start
_start:
	rsm psr.i | psr.ic
	movl r2 = ivt
	mov ar.rsc = 0
	;;
	srlz.i
	mov cr.iva = r2
	movl r3 = backing_store
	;;
	mov ar.bspstore = r3
	movl r12 = stack_top - 16
	;;
	mov ar.rnat = r0
	movl gp = __gp
	movl r2 = 0x9804c0270033f		// FPSR: all traps masked
	;;
	mov ar.fpsr = r2
	/*
	 * rfi to the rest of it: there is no other way to clear PSR.mc.  Bank
	 * 1, interruption collection on.
	 */
	movl r2 = (1 << 44) | (1 << 13)
	movl r3 = 1f
	;;
	mov cr.ipsr = r2
	mov cr.iip = r3
	mov cr.ifs = r0
	;;
	rfi
	;;
1:	srlz.i
	alloc r2 = ar.pfs, 0, 0, 0, 0
	;;
	br.call.sptk b0 = test_main
	;;
	br.call.sptk b0 = test_finish
	;;
	.endp _start

	.bss
	.align 4096
	.global backing_store
backing_store:
	.skip 65536
	.skip 65536
	.global stack_top
stack_top:
	.skip 64
