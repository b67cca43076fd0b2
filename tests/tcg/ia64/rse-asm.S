/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assembler parts of rse.c: arguments in r32.., results in r8 and r9 */
	.explicit
	.text

	.macro fn name
	.global \name
	.proc \name
\name:
	.endm

/*
 * deep(levels, seed): each level has locals with seed + level * 16 + 0..5;
 * the innermost flushes.  r8 = its BSP, r9 = wrong locals seen on the way up.
 */
fn deep
	alloc r39 = ar.pfs, 2, 8, 2, 0
	mov r34 = b0
	shl r14 = r32, 4
	;;
	add r14 = r14, r33
	;;
	mov r35 = r14
	add r36 = 1, r14
	add r37 = 2, r14
	add r38 = 3, r14
	add r40 = 4, r14
	add r41 = 5, r14
	cmp.eq p6, p7 = 0, r32
	;;
(p6)	br.cond.spnt 1f
	add r42 = -1, r32
	mov r43 = r33
	br.call.sptk b0 = deep
	;;
	shl r14 = r32, 4
	;;
	add r14 = r14, r33
	;;
	cmp.ne p8, p0 = r14, r35
	add r15 = 5, r14
	;;
(p8)	add r9 = 1, r9
	cmp.ne p8, p0 = r15, r41
	add r15 = 4, r14
	;;
(p8)	add r9 = 1, r9
	cmp.ne p8, p0 = r15, r40
	;;
(p8)	add r9 = 1, r9
	br.sptk 2f
1:	flushrs
	;;
	mov r8 = ar.bsp
	mov r9 = r0
	;;
2:	mov.i ar.pfs = r39
	mov b0 = r34
	;;
	br.ret.sptk b0
	;;
	.endp deep

/* Saves the caller's stack in r16-r20, r31 = pfs, r30 = b0; frame is empty */
	.macro leave_stack
	alloc r31 = ar.pfs, 2, 0, 0, 0
	mov r30 = b0
	mov r29 = r32
	mov r28 = r33
	;;
	alloc r31 = ar.pfs, 0, 0, 0, 0
	;;
	flushrs
	;;
	mov r16 = ar.rsc
	mov ar.rsc = 0
	;;
	mov r17 = ar.bspstore
	mov r18 = ar.rnat
	mov.m r19 = ar.unat
	;;
	.endm

	.macro back_to_stack
	mov ar.rsc = 0
	;;
	alloc r2 = ar.pfs, 0, 0, 0, 0
	;;
	loadrs
	;;
	mov ar.bspstore = r17
	;;
	mov ar.rnat = r18
	mov.m ar.unat = r19
	;;
	mov ar.rsc = r16
	mov.i ar.pfs = r31
	mov b0 = r30
	;;
	br.ret.sptk b0
	;;
	.endm

/*
 * fill_frame(base, saved): a frame of 90 registers r<n> = 0x1000 + n with NaT
 * bits where n % 3 is 0, on the backing store at base; covered and flushed.
 * saved[0..3] = BSP before cover, after it, BSPSTORE and RNAT after flushrs.
 *
 * fill_plain(base, saved): the same without NaT bits, RNAT being full of others
 */
	.macro fill name, step, rnat
fn \name
	leave_stack
	mov ar.bspstore = r29
	movl r20 = nat_source
	mov r21 = -1
	;;
	mov r23 = \rnat
	;;
	mov ar.rnat = r23
	mov.m ar.unat = r21
	alloc r22 = ar.pfs, 0, 90, 0, 0
	;;
	.irp i, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120,121
	.if \i % \step
	addl r\i = 0x1000 + \i, r0
	.else
	ld8.fill r\i = [r20]
	.endif
	;;
	.endr
	mov r23 = ar.bsp
	;;
	cover
	;;
	mov r24 = ar.bsp
	flushrs
	;;
	mov r25 = ar.bspstore
	mov r26 = ar.rnat
	;;
	st8 [r28] = r23, 8
	;;
	st8 [r28] = r24, 8
	;;
	st8 [r28] = r25, 8
	;;
	st8 [r28] = r26, 8
	;;
	back_to_stack
	.endp \name
	.endm

	fill fill_frame, 3, 0
	fill fill_plain, 1000, -1

/*
 * load_back(bsp, saved): BSPSTORE = bsp, loadrs of the saved[0] bytes below,
 * then the frame of saved[1] registers below bsp becomes current by br.ret;
 * saved[2..] = r32, r33, r34 (0xbad with NaT), BSP, RNAT.
 */
fn load_back
	leave_stack
	;;
	mov ar.bspstore = r29
	ld8 r20 = [r28], 8
	;;
	mov ar.rnat = r0
	ld8 r21 = [r28], 8
	shl r20 = r20, 16
	;;
	mov ar.rsc = r20
	;;
	loadrs
	;;
	mov r24 = ar.bspstore
	mov ar.rsc = 0
	/* pfm: sof = sol = saved[1] */
	shl r22 = r21, 7
	movl r23 = 1f
	;;
	or r22 = r22, r21
	mov b6 = r23
	;;
	mov.i ar.pfs = r22
	;;
	br.ret.sptk b6
	;;
1:	tnat.nz p6, p7 = r32
	tnat.nz p8, p9 = r33
	tnat.nz p10, p11 = r34
	;;
(p6)	addl r32 = 0xbad, r0
(p8)	addl r33 = 0xbad, r0
(p10)	addl r34 = 0xbad, r0
	mov r25 = ar.bsp
	mov r26 = ar.rnat
	;;
	st8 [r28] = r32, 8
	;;
	st8 [r28] = r33, 8
	;;
	st8 [r28] = r34, 8
	;;
	st8 [r28] = r25, 8
	;;
	st8 [r28] = r24, 8
	;;
	back_to_stack
	.endp load_back

/* bsp_of(bspstore, dirty): r8 = BSP with that many dirty registers, r9 too */
fn bsp_of
	leave_stack
	movl r23 = 1f
	;;
	mov b6 = r23
	/* br.ret into a frame of that size at the same BSP, then cover it */
	mov.i ar.pfs = r28
	;;
	br.ret.sptk b6
	;;
1:	cover
	;;
	mov ar.bspstore = r29
	;;
	mov r8 = ar.bsp
	mov r9 = ar.bspstore
	;;
	back_to_stack
	.endp bsp_of

/*
 * rotate_gr(turns, out): 16 rotating registers 0x100..0x10f, then turns
 * rotations by br.ctop; out[0..15] = r32.., out[16] = r48 (not rotating),
 * r8 = CFM as a call finds it in PFS.
 */
fn rotate_gr
	alloc r36 = ar.pfs, 2, 6, 0, 0
	mov.i r16 = ar.lc
	mov r17 = pr
	mov r30 = b0
	mov r28 = r32
	mov r29 = r33
	mov r27 = r36
	;;
	alloc r2 = ar.pfs, 0, 18, 0, 16
	;;
	.irp i, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49
	addl r\i = 0x100 - 32 + \i, r0
	.endr
	mov r14 = r28
	mov.i ar.ec = 0
	cmp.eq p6, p0 = 0, r28
	;;
	mov.i ar.lc = r14
(p6)	br.cond.spnt 2f
	;;
1:	br.ctop.sptk 1b
	;;
2:	.irp i, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48
	st8 [r29] = r\i, 8
	;;
	.endr
	br.call.sptk b0 = take_pfs
	;;
	/* The frame rotates still after the return. */
	st8 [r29] = r32, 8
	;;
	st8 [r29] = r47, 8
	;;
	clrrrb
	;;
	st8 [r29] = r32, 8
	;;
	st8 [r29] = r47, 8
	;;
	mov.i ar.lc = r16
	mov pr = r17, -1
	mov.i ar.pfs = r27
	mov b0 = r30
	;;
	br.ret.sptk b0
	;;
	.endp rotate_gr

fn take_pfs
	mov.i r8 = ar.pfs
	br.ret.sptk b0
	;;
	.endp take_pfs

/*
 * rotate_pr(turns, value): p16-p63 = value, then turns rotations with
 * p63 = 1 each; r8 = pr in the callee's view (all rrb 0), r9 = p16..p63 read
 * one by one in the rotated frame.
 */
fn rotate_pr
	alloc r36 = ar.pfs, 2, 6, 0, 0
	mov.i r16 = ar.lc
	mov r17 = pr
	mov r30 = b0
	mov r14 = r32
	mov.i ar.ec = 0
	mov pr = r33, 0x1fffe
	;;
	mov.i ar.lc = r14
	;;
1:	br.ctop.sptk 1b
	;;
	mov r9 = r0
	;;
	.irp i, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
	dep.z r14 = -1, \i, 1
	;;
(p\i)	or r9 = r9, r14
	;;
	.endr
	br.call.sptk b0 = take_pr
	;;
	clrrrb.pr
	;;
	mov pr = r17, -1
	mov.i ar.lc = r16
	mov.i ar.pfs = r36
	mov b0 = r30
	;;
	clrrrb
	;;
	br.ret.sptk b0
	;;
	.endp rotate_pr

fn take_pr
	mov r8 = pr
	br.ret.sptk b0
	;;
	.endp take_pr

/* rotate_fr(turns, out): f32.. = n, rotated; out[0..95] = f32..f127 */
fn rotate_fr
	alloc r36 = ar.pfs, 2, 6, 0, 0
	mov.i r16 = ar.lc
	mov r17 = pr
	mov r30 = b0
	mov r14 = r32
	mov.i ar.ec = 0
	;;
	.irp i, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120,121,122,123,124,125,126,127
	addl r15 = \i, r0
	;;
	setf.sig f\i = r15
	.endr
	mov.i ar.lc = r14
	;;
	/* The first half with a use of a rotating register in the loop */
1:	fmerge.s f6 = f40, f40
	br.ctop.sptk 1b
	;;
	.irp i, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120,121,122,123,124,125,126,127
	stf8 [r33] = f\i, 8
	;;
	.endr
	clrrrb
	;;
	getf.sig r8 = f32
	getf.sig r9 = f127
	mov pr = r17, -1
	mov.i ar.lc = r16
	mov.i ar.pfs = r36
	mov b0 = r30
	;;
	br.ret.sptk b0
	;;
	.endp rotate_fr

/* loop_state(lc, ec): r8 = iterations of br.ctop, r9 = LC << 32 | EC after */
fn loop_ctop
	alloc r36 = ar.pfs, 2, 6, 0, 0
	mov.i r16 = ar.lc
	mov r17 = pr
	mov.i r18 = ar.ec
	;;
	mov.i ar.lc = r32
	mov.i ar.ec = r33
	mov r8 = r0
	;;
1:	add r8 = 1, r8
	br.ctop.sptk 1b
	;;
	mov.i r14 = ar.lc
	mov.i r15 = ar.ec
	clrrrb
	;;
	shl r14 = r14, 32
	;;
	or r9 = r14, r15
	mov pr = r17, -1
	mov.i ar.lc = r16
	mov.i ar.ec = r18
	mov.i ar.pfs = r36
	;;
	br.ret.sptk b0
	;;
	.endp loop_ctop

/* loop_wtop(turns, ec): the predicate holds for that many turns */
fn loop_wtop
	alloc r36 = ar.pfs, 2, 6, 0, 0
	mov r17 = pr
	mov.i r18 = ar.ec
	;;
	mov.i ar.ec = r33
	mov r8 = r0
	;;
1:	add r8 = 1, r8
	cmp.ltu p6, p0 = r8, r32
	;;
(p6)	br.wtop.sptk 1b
	;;
	mov.i r9 = ar.ec
	clrrrb
	;;
	mov pr = r17, -1
	mov.i ar.ec = r18
	mov.i ar.pfs = r36
	;;
	br.ret.sptk b0
	;;
	.endp loop_wtop

/* Illegal operands; each faults (or not) once, at a label that rse.c knows */
fn write_out_of_frame
	alloc r14 = ar.pfs, 2, 2, 0, 0
	;;
	br.sptk 1f
	;;
1:	mov r35 = 1
	;;
	add r36 = r35, r35
	;;
	mov r8 = r35
	br.ret.sptk b0
	;;
	.endp write_out_of_frame

fn write_out_of_frame_off
	alloc r14 = ar.pfs, 2, 2, 0, 0
	cmp.eq p6, p7 = r0, r0
	;;
	br.sptk 1f
	;;
1:
(p7)	mov r36 = 1
(p6)	mov r35 = 7
	;;
	mov r8 = r35
	br.ret.sptk b0
	;;
	.endp write_out_of_frame_off

	.data
	.global nat_source
	.align 512
nat_source:
	.quad 0x4e6154
