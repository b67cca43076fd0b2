/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start of a bare-metal test program.  The loader puts all processors here, in
 * physical mode with interruption collection off.  The first one goes on in
 * test_main(), the others in test_other(), see test.h.
 */

#define STACKS		65536		/* both stacks of one processor */
#define MAX_CPUS	4

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
	mov r4 = cr.lid
	;;
	extr.u r4 = r4, 24, 8			// number of the processor
	movl r3 = stacks
	movl r2 = STACKS - 16
	;;
	shl r5 = r4, 16
	;;
	add r3 = r3, r5
	;;
	mov ar.bspstore = r3			// upwards
	add r12 = r3, r2			// downwards
	;;
	mov ar.rnat = r0
	movl gp = __gp
	movl r2 = 0x9804c0270033f		// FPSR: all traps masked
	;;
	mov ar.fpsr = r2
	movl r3 = boot_param			// as Linux gets it, in r28
	;;
	st8 [r3] = r28
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
	alloc r2 = ar.pfs, 0, 1, 1, 0
	cmp.ne p6, p0 = r0, r4
	;;
#ifdef LIVE_NAT
	/* r13, which C does not use here: all blocks have to track NaT bits. */
	mov r8 = -1
	movl r9 = stacks
	;;
	mov ar.unat = r8
	;;
	ld8.fill r13 = [r9]
#endif
	mov out0 = r4
(p6)	br.cond.spnt 2f
	br.call.sptk b0 = test_main
	;;
	br.call.sptk b0 = test_finish
	;;
2:	br.call.sptk b0 = test_other
	;;
3:	hint @pause
	br.sptk 3b
	;;
	.endp _start

	.weak test_other
	.proc test_other
test_other:
	br.ret.sptk b0
	;;
	.endp test_other

	.bss
	.align 8
	.global boot_param
boot_param:
	.skip 8
	.align 4096
stacks:
	.skip STACKS * MAX_CPUS
