/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loops for one event each: in0 = iterations; unrolled so that the loop's own
 * cost is small
 */
	.explicit
	.text

#define LOOP_BEGIN(name) \
	.global name; .proc name; name: \
	alloc r31 = ar.pfs, 1, 7, 0, 0; \
	mov.i r30 = ar.lc; \
	adds r29 = -1, in0; \
	;; \
	mov.i ar.lc = r29; \
	;;

#define LOOP_END(name) \
	mov.i ar.lc = r30; \
	br.ret.sptk b0; \
	;; \
	.endp name

/* 60 slots of dependent and independent integer ALU work */
LOOP_BEGIN(micro_alu)
1:
	.rept 10
 { .mii
	add r14 = r15, r16
	xor r17 = r18, r19
	shladd r20 = r21, 2, r22
	;;
 }
 { .mii
	sub r15 = r14, r17
	and r18 = r20, r14
	adds r21 = 3, r17
	;;
 }
	.endr
	br.cloop.sptk 1b
	;;
LOOP_END(micro_alu)

/* 10 call and return pairs */
LOOP_BEGIN(micro_call)
	mov r28 = b0
	;;
1:
	.rept 10
 { .mib
	nop.m 0
	nop.i 0
	br.call.sptk b0 = callee
	;;
 }
	.endr
	br.cloop.sptk 1b
	;;
	mov b0 = r28
	mov.i ar.pfs = r31
	;;
LOOP_END(micro_call)

	.proc callee
callee:
 { .mib
	alloc r2 = ar.pfs, 0, 2, 1, 0
	nop.i 0
	nop.b 0
	;;
 }
 { .mib
	nop.m 0
	mov.i ar.pfs = r2
	br.ret.sptk b0
	;;
 }
	.endp callee

/* Software-pipelined copy, six slots an iteration */
	.global micro_ctop
	.proc micro_ctop
micro_ctop:
	alloc r31 = ar.pfs, 1, 23, 0, 24
	mov.i r30 = ar.lc
	adds r29 = -1, in0
	mov r28 = pr
	movl r16 = buffer
	movl r17 = buffer + 8192
	;;
	mov.i ar.lc = r29
	mov.i ar.ec = 3
	mov pr.rot = 1 << 16
	mov r18 = 0
	;;
1:
 { .mmi
(p16)	ld8 r32 = [r16]
(p18)	st8 [r17] = r35
(p17)	adds r34 = 1, r33
 }
 { .mib
	nop.m 0
(p16)	adds r18 = 1, r18
	br.ctop.sptk 1b
	;;
 }
	mov.i ar.lc = r30
	mov pr = r28, -1
	mov.i ar.pfs = r31
	br.ret.sptk b0
	;;
	.endp micro_ctop

/* 20 dependent double-precision multiply-adds */
LOOP_BEGIN(micro_fma)
	movl r14 = 0x3feffffffffff001
	movl r15 = 0x3ff123456789abcd
	;;
	setf.d f8 = r15
	setf.d f9 = r14
	setf.d f10 = r15
	setf.d f11 = r15
	;;
1:
	.rept 10
 { .mfi
	nop.m 0
	fma.d f8 = f8, f9, f10
	nop.i 0
	;;
 }
 { .mfi
	nop.m 0
	fma.d f11 = f8, f9, f11
	nop.i 0
	;;
 }
	.endr
	br.cloop.sptk 1b
	;;
LOOP_END(micro_fma)

/* 20 integer multiplications */
LOOP_BEGIN(micro_xma)
	mov r14 = 12345
	;;
	setf.sig f8 = r14
	setf.sig f9 = r14
	;;
1:
	.rept 20
 { .mfi
	nop.m 0
	xma.l f8 = f8, f9, f9
	nop.i 0
	;;
 }
	.endr
	br.cloop.sptk 1b
	;;
LOOP_END(micro_xma)

/* 10 compares, each with a branch that is not taken */
LOOP_BEGIN(micro_branch)
1:
	.rept 10
 { .mib
	cmp.eq p6, p7 = 1, r0
	nop.i 0
(p6)	br.cond.spnt 2f
	;;
 }
	.endr
	br.cloop.sptk 1b
	;;
2:
LOOP_END(micro_branch)

	.bss
	.align 4096
buffer:
	.skip 65536
