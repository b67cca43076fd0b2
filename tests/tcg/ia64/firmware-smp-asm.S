/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where SAL hands over to an operating system, for firmware-smp.c */

	.text
/*
 * Boot rendezvous: notes r1 in arrived_gp[id], adds 1 to arrived[id], waits
 * while hold is set, goes back to SAL.
 */
	.align 32
	.global os_rendez
	.proc os_rendez
os_rendez:
	mov r14 = cr.lid
	mov r20 = r1
	movl r15 = arrived
	movl r16 = arrived_gp
	movl r17 = hold
	;;
	extr.u r14 = r14, 24, 8
	;;
	shladd r15 = r14, 3, r15
	shladd r16 = r14, 3, r16
	;;
	st8 [r16] = r20
	;;
	fetchadd8.rel r18 = [r15], 1
	;;
1:	ld8.acq r18 = [r17]
	;;
	cmp.ne p6, p0 = 0, r18
(p6)	br.cond.spnt 1b
	;;
	br.ret.sptk.many b0
	.endp os_rendez

/*
 * OS_INIT of the monarch (r30 = 0) and of others (1), OS_MCA (2): bank 0 in
 * physical mode. Notes what SAL hands over in struct handoff, of which there
 * are three, and how often it came. The monarch waits until as many others as
 * wait_for says are there; then all go back with r8 = 0.
 */
	.macro handler number
	mov r30 = \number
	br.cond.sptk .Lnote
	.endm

	.align 32
	.global os_init_monarch
os_init_monarch:
	handler 0
	.align 32
	.global os_init_slave
os_init_slave:
	handler 1
	.align 32
	.global os_mca
os_mca:
	handler 2

.Lnote:	movl r29 = handoff
	shl r28 = r30, 7
	mov r27 = psr
	mov r26 = cr.lid
	;;
	add r29 = r29, r28
	;;
	adds r28 = 8, r29
	;;
	st8 [r28] = r1, 8
	;;
	st8 [r28] = r8, 8
	;;
	st8 [r28] = r9, 8
	;;
	st8 [r28] = r10, 8
	;;
	st8 [r28] = r11, 8
	;;
	st8 [r28] = r12, 8
	;;
	st8 [r28] = r17, 8
	;;
	st8 [r28] = r18, 8
	;;
	st8 [r28] = r27, 8
	;;
	st8 [r28] = r26, 8
	movl r27 = events
	extr.u r26 = r26, 24, 8
	;;
	shladd r27 = r26, 3, r27
	;;
	fetchadd8.rel r26 = [r27], 1
	fetchadd8.rel r25 = [r29], 1
	cmp.ne p6, p0 = 0, r30
	movl r24 = handoff + 128
	movl r23 = wait_for
(p6)	br.cond.spnt 3f
	;;
	ld8 r23 = [r23]
	;;
2:	ld8.acq r25 = [r24]
	;;
	cmp.ltu p6, p0 = r25, r23
(p6)	br.cond.spnt 2b
	;;
3:	mov r22 = r17
	mov r8 = 0
	mov r10 = 0
	mov b0 = r12
	;;
	br.cond.sptk b0

/*
 * uint64_t interrupted(uint64_t kind, uint64_t where, uint64_t what): stores
 * @what at @where if @kind is 0, loads from there if 1; waits until events[0]
 * changes. Returns a mask of what is no
 * longer as it was: 1 branch registers, 2 general registers of bank 1, 4
 * predicates, 8 application registers, 16 floating-point registers, 32 PSR,
 * 64 the register stack.
 */
	.align 32
	.global interrupted
	.proc interrupted
interrupted:
	alloc r35 = ar.pfs, 3, 12, 0, 0
	mov r36 = b0
	mov r37 = pr
	mov r38 = ar.lc
	mov r39 = ar.unat
	mov r40 = ar.ccv
	mov r41 = b1
	mov r42 = b2
	mov r43 = psr
	movl r44 = 0x123456789abcdef0
	movl r45 = events
	;;
	mov b1 = r44
	mov b2 = r44
	mov b6 = r44
	mov b7 = r44
	cmp.eq p6, p7 = 1, r32
	;;
	mov ar.lc = 55
	mov ar.ccv = r44
	mov r46 = r0
	setf.sig f6 = r44
	mov r16 = r44
	mov r20 = r44
	mov r31 = r44
	mov r2 = r44
	mov r11 = r44
	cmp.eq p8, p9 = r0, r0
	cmp.eq p40, p41 = r0, r0
	;;
	ld8 r14 = [r45]
	;;
(p7)	st8.rel [r33] = r34
(p6)	ld8.acq r9 = [r33]
	;;
(p6)	mov r10 = r9
	mf.a
	;;
1:	ld8.acq r15 = [r45]
	;;
	cmp.eq p10, p0 = r14, r15
(p10)	br.cond.sptk 1b
	;;
	mov r8 = 0
	// general registers
	cmp.ne p10, p0 = r16, r44
	cmp.ne p11, p0 = r20, r44
	cmp.ne p12, p0 = r31, r44
	cmp.ne p13, p0 = r2, r44
	cmp.ne p14, p0 = r11, r44
	;;
(p10)	or r8 = 2, r8
	;;
(p11)	or r8 = 2, r8
	;;
(p12)	or r8 = 2, r8
	;;
(p13)	or r8 = 2, r8
	;;
(p14)	or r8 = 2, r8
	;;
	// branch registers
	mov r16 = b1
	mov r17 = b2
	mov r18 = b6
	mov r19 = b7
	mov r20 = b0
	;;
	cmp.ne p10, p0 = r16, r44
	cmp.ne p11, p0 = r17, r44
	cmp.ne p12, p0 = r18, r44
	cmp.ne p13, p0 = r19, r44
	cmp.ne p14, p0 = r20, r36
	;;
(p10)	or r8 = 1, r8
	;;
(p11)	or r8 = 1, r8
	;;
(p12)	or r8 = 1, r8
	;;
(p13)	or r8 = 1, r8
	;;
(p14)	or r8 = 1, r8
	;;
	// predicates
(p9)	or r8 = 4, r8
	;;
(p41)	or r8 = 4, r8
	cmp.ne p10, p0 = r0, r0
	;;
	// application and floating-point registers
	mov r16 = ar.lc
	mov r17 = ar.ccv
	getf.sig r18 = f6
	mov r19 = psr
	mov r20 = ar.unat
	;;
	cmp.ne p10, p0 = 55, r16
	cmp.ne p11, p0 = r17, r44
	cmp.ne p12, p0 = r18, r44
	cmp.ne p14, p0 = r20, r39
	xor r19 = r19, r43
	;;
	// mfl may have been set here, by f6
	dep r19 = 0, r19, 4, 1
(p10)	or r8 = 8, r8
	;;
(p11)	or r8 = 8, r8
	cmp.ne p13, p0 = 0, r19
	;;
(p14)	or r8 = 8, r8
	;;
(p12)	or r8 = 16, r8
	;;
(p13)	or r8 = 32, r8
	cmp.ne p10, p0 = r0, r46
	;;
(p10)	or r8 = 64, r8
	mov b0 = r36
	mov b1 = r41
	mov b2 = r42
	mov ar.lc = r38
	mov ar.ccv = r40
	mov pr = r37, -1
	mov ar.pfs = r35
	;;
	br.ret.sptk.many b0
	.endp interrupted

/*
 * uint64_t interrupted_handler(uint64_t where, uint64_t what): as above, in the
 * state of an interruption handler: bank 0, IIP, IPSR and IFS in use. Returns
 * a mask of what is no longer as it was: bit 0 r16 to bit 15 r31, then IIP,
 * IPSR, IFS.
 */
	.macro differs reg, was, bit
	mov r15 = \reg
	;;
	cmp.ne p10, p0 = r15, \was
	;;
(p10)	dep r8 = -1, r8, \bit, 1
	;;
	.endm

	.align 32
	.global interrupted_handler
	.proc interrupted_handler
interrupted_handler:
	alloc r34 = ar.pfs, 2, 8, 0, 0
	mov r35 = pr
	mov r36 = psr
	movl r37 = 0x123456789abcdeff	// all of the low bits count
	movl r38 = events
	movl r39 = 0x2345678900
	movl r40 = 1 << 63 | 0x123
	;;
	dep r41 = -1, r36, 41, 1		// IPSR.ri
	rsm psr.i | psr.ic
	;;
	srlz.d
	bsw.0
	;;
	.irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	adds r\n = \n * 16, r37
	.endr
	mov cr.iip = r39
	mov cr.ipsr = r41
	mov cr.ifs = r40
	;;
	ld8 r14 = [r38]
	;;
	st8.rel [r32] = r33
	mf.a
	;;
1:	ld8.acq r15 = [r38]
	;;
	cmp.eq p10, p0 = r14, r15
(p10)	br.cond.sptk 1b
	mov r8 = 0
	;;
	.irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	adds r14 = \n * 16, r37
	;;
	differs r\n, r14, \n - 16
	.endr
	differs cr.iip, r39, 16
	differs cr.ipsr, r41, 17
	differs cr.ifs, r40, 18
	bsw.1
	;;
	mov psr.l = r36
	mov pr = r35, -1
	mov ar.pfs = r34
	;;
	srlz.d
	br.ret.sptk.many b0
	.endp interrupted_handler
