/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls into PAL and between physical and virtual mode, for firmware.c */

	.text
/*
 * uint64_t pal_call(struct pal *p): p->r = { ip, index, a1, a2, a3 }, results
 * in p->v[4].  Returns a mask of what the call has changed and must not.
 * Static procedures are branched to with a frame of eight locals, stacked
 * ones are called.
 */
	.align 32
	.global pal_call
	.proc pal_call
pal_call:
	alloc r33 = ar.pfs, 1, 11, 4, 0
	mov r34 = b0
	mov r35 = pr
	mov r36 = r4
	mov r37 = r5
	mov r38 = r6
	mov r39 = ar.lc
	mov r40 = b1
	mov r41 = psr
	adds r14 = 8, r32
	;;
	ld8 r15 = [r32]
	ld8 r28 = [r14], 8
	movl r4 = 0x1111222233334444
	movl r5 = 0x5555666677778888
	;;
	mov b7 = r15
	ld8 r29 = [r14], 8
	mov r42 = 0x123
	mov r43 = 0x456
	mov ar.lc = 77
	movl r6 = 0x9999aaaabbbbcccc
	;;
	ld8 r30 = [r14], 8
	mov r44 = r28
	mov r45 = r29
	;;
	ld8 r31 = [r14], 8
	mov r46 = r30
	rsm psr.i
	tbit.nz p6, p7 = r28, 8
	;;
	mov r47 = r31
(p6)	br.cond.spnt 2f
	;;
1:	mov r14 = ip
	;;
	adds r14 = 3f - 1b, r14
	;;
	mov b0 = r14
	mov b1 = r14
	br.cond.sptk b7
	;;
2:	mov r14 = ip
	;;
	adds r14 = 3f - 2b, r14
	;;
	mov b1 = r14
	br.call.sptk b0 = b7
	;;
3:	adds r14 = 40, r32
	;;
	st8 [r14] = r8, 8
	;;
	st8 [r14] = r9, 8
	;;
	st8 [r14] = r10, 8
	;;
	st8 [r14] = r11
	// What is not as it was
	movl r15 = 0x1111222233334444
	movl r16 = 0x5555666677778888
	movl r17 = 0x9999aaaabbbbcccc
	mov r8 = 0
	;;
	cmp.ne p6, p0 = r15, r4
	cmp.ne p7, p0 = r16, r5
	cmp.ne p8, p0 = r17, r6
	mov r18 = ar.lc
	mov r19 = 0x123
	mov r20 = 0x456
	mov r21 = b1
	mov r22 = psr
	;;
(p6)	or r8 = 1, r8
	cmp.ne p6, p0 = 77, r18
	cmp.ne p9, p0 = r19, r42
	cmp.ne p10, p0 = r20, r43
	dep r22 = 0, r22, 14, 1
	dep r23 = 0, r41, 14, 1
	;;
(p7)	or r8 = 2, r8
	cmp.ne p7, p0 = r22, r23
	;;
(p8)	or r8 = 4, r8
	;;
(p6)	or r8 = 8, r8
	;;
(p9)	or r8 = 16, r8
	;;
(p10)	or r8 = 32, r8
	;;
(p7)	or r8 = 64, r8
	mov ar.lc = r39
	mov b1 = r40
	mov r4 = r36
	mov r5 = r37
	mov r6 = r38
	mov b0 = r34
	mov ar.pfs = r33
	;;
	mov pr = r35, -2
	br.ret.sptk b0
	.endp pal_call

/* void set_mode(uint64_t psr_set, uint64_t psr_clear): by rfi */
	.align 32
	.global set_mode
	.proc set_mode
set_mode:
	alloc r34 = ar.pfs, 2, 3, 0, 0
	mov r35 = psr
	movl r36 = 1f
	;;
	or r35 = r35, r32
	andcm r14 = -1, r33
	movl r15 = 1 << 44
	;;
	and r35 = r35, r14
	rsm psr.ic | psr.i
	;;
	or r35 = r35, r15
	srlz.i
	;;
	mov cr.ipsr = r35
	mov cr.iip = r36
	mov cr.ifs = r0
	;;
	rfi
	;;
1:	mov ar.pfs = r34
	br.ret.sptk b0
	.endp set_mode
