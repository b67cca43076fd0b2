/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest of random-code.py: runs code that the host has made up, from states
 * that it has made up, and goes on after whatever interruption comes of it
 *
 * Memory, shared with random-code.py, which has the same figures:
 *
 *   16 MB   this program; with the control blocks one page of 16 MB, mapped
 *           by itr 0 and dtr 0 (virtual = physical, region 0)
 *   24 MB   control: 4 KB for each processor (CPU_*), then what is common
 *   32 MB   16 MB of code and data: every miss of the TLB is mapped in here
 *   48 MB   states to start from, 4 KB each (CASE_*)
 */

#define PROGRAM         0x1000000
#define CONTROL         0x1800000
#define COMMON          0x1808000
#define ARENA           0x2000000
#define CASES           0x3000000

/* A processor's control block */
#define CPU_DONE        0x00    /* states started */
#define CPU_INDEX       0x08    /* the one that runs */
#define CPU_FAULTS      0x10    /* interruptions of this state */
#define CPU_SEED        0x18    /* of the random choices below */
#define CPU_HIST        0x100   /* interruptions by vector >> 8 */

/* Common: where states and choices come from */
#define COMMON_NEXT     0x00
#define COMMON_COUNT    0x08
#define COMMON_LIMIT    0x10    /* interruptions until the next state */
#define COMMON_PTES     0x1000  /* 256 pairs: PTE without ppn, ITIR */

#define CASE_RSC        0x010
#define CASE_RR         0x080
#define CASE_GR         0x300
#define CASE_FR         0x800

#define ISR_X           32
#define ISR_IR          38
#define ISR_NI          39

	.explicit
	.text
	.global _start
	.proc _start
_start:
	rsm 0x6000
	;;
	srlz.i
	;;
	br.sptk next_case
	;;
	.endp _start

/* reg := this processor's control block */
	.macro control reg, tmp
	mov \tmp = cr.lid
	movl \reg = CONTROL
	;;
	extr.u \tmp = \tmp, 24, 3
	;;
	shl \tmp = \tmp, 12
	;;
	add \reg = \reg, \tmp
	;;
	.endm

/* reg := what the state says at its next word; r16 points there */
	.macro next reg
	ld8 \reg = [r16], 8
	;;
	.endm

/*
 * The next state.  Physical mode, PSR.ic = 0, bank 0; nothing else is known.
 */
	.global next_case
next_case:
	mov ar.rsc = 0
	mov r1 = 0
	control r17, r18
	movl r2 = COMMON
	;;
	// An empty frame on a stack of its own
	cover
	;;
	movl r3 = CASES
	;;
	mov ar.bspstore = r3
	;;
	loadrs
	;;
	adds r4 = COMMON_COUNT, r2
	;;
1:
	ld8.acq r5 = [r2]
	ld8.acq r6 = [r4]
	;;
	cmp.geu p6, p7 = r5, r6
	;;
	(p6) hint.m 0
	(p6) br.cond.sptk 1b
	;;
	fetchadd8.acq r5 = [r2], 1
	;;
	cmp.geu p6, p7 = r5, r6
	;;
	(p6) br.cond.sptk 1b
	;;
	ld8 r6 = [r17]
	adds r7 = CPU_INDEX, r17
	adds r8 = CPU_FAULTS, r17
	adds r9 = CPU_SEED, r17
	shl r16 = r5, 12
	;;
	adds r6 = 1, r6
	add r16 = r16, r3
	st8 [r7] = r5
	st8 [r8] = r0
	;;
	st8.rel [r17] = r6

	// What a state does not say, or says of others
	movl r10 = ivt
	movl r11 = 24 << 2
	movl r12 = PROGRAM
	movl r13 = PROGRAM | 0x661
	mov r14 = r0
	movl r15 = 61 << 2
	;;
	mov cr.iva = r10
	mov cr.itir = r11
	mov cr.ifa = r12
	movl r18 = 1 << 8 | 12 << 2
	;;
	mov rr[r0] = r18
	;;
	srlz.d
	ptr.d r0, r15
	;;
	ptr.i r0, r15
	ptc.e r0
	;;
	itr.i itr[r14] = r13
	;;
	itr.d dtr[r14] = r13
	;;
	srlz.i
	mov r18 = 32
	;;
2:
	mov cr.eoi = r0
	;;
	srlz.d
	mov r19 = cr.ivr
	adds r18 = -1, r18
	;;
	srlz.d
	cmp.ne p6, p7 = 15, r19
	;;
	(p6) cmp.ne p6, p7 = 0, r18
	;;
	(p6) br.cond.sptk 2b
	;;
	movl r18 = 0xef
	;;
	mov cr.itv = r18

	// cr.iip and so on, in the order of random-code.py
	next r4
	mov cr.iip = r4
	next r4
	mov cr.ipsr = r4
	next r20		// RSC, at the end
	next r4
	mov ar.pfs = r4
	next r21		// UNAT, at the end
	next r4
	mov ar.fpsr = r4
	next r4
	mov cr.ifs = r4
	next r4
	mov cr.dcr = r4
	next r4
	mov cr.pta = r4
	next r4
	mov ar.lc = r4
	next r4
	mov ar.ec = r4
	next r22		// PR, at the end
	next r4
	mov cr.tpr = r4
	next r4
	mov ar.ccv = r4
	mov ar.csd = r4
	next r4
	mov ar.bspstore = r4
	next r4
	mov ar.rnat = r4
	;;
	// Region registers; region 0 is ours
	next r5
	movl r6 = 1 << 61
	movl r7 = 1 << 61
	;;
3:
	next r5
	mov rr[r7] = r5
	add r7 = r7, r6
	;;
	cmp.ne p6, p7 = 0, r7
	(p6) br.cond.sptk 3b
	;;
	mov r7 = 0
	;;
4:
	next r5
	mov pkr[r7] = r5
	adds r7 = 1, r7
	;;
	cmp.gt p6, p7 = 16, r7
	(p6) br.cond.sptk 4b
	;;
	mov r7 = 0
	;;
5:
	next r5
	mov dbr[r7] = r5
	adds r7 = 1, r7
	;;
	cmp.gt p6, p7 = 8, r7
	(p6) br.cond.sptk 5b
	;;
	mov r7 = 0
	;;
6:
	next r5
	mov ibr[r7] = r5
	adds r7 = 1, r7
	;;
	cmp.gt p6, p7 = 8, r7
	(p6) br.cond.sptk 6b
	;;
	mov r7 = 0
	;;
7:
	next r5
	mov pmc[r7] = r5
	adds r7 = 1, r7
	;;
	cmp.gt p6, p7 = 8, r7
	(p6) br.cond.sptk 7b
	;;
	next r4
	mov b0 = r4
	next r4
	mov b1 = r4
	next r4
	mov b2 = r4
	next r4
	mov b3 = r4
	next r4
	mov b4 = r4
	next r4
	mov b5 = r4
	next r4
	mov b6 = r4
	next r4
	mov b7 = r4
	next r4
	st8 [r9] = r4
	next r4			// time until the interrupt
	mov r5 = ar.itc
	;;
	add r4 = r4, r5
	;;
	mov cr.itm = r4
	;;
	srlz.d
	srlz.i
	// f2 ... f127
	dep r4 = 0, r16, 0, 12
	;;
	movl r5 = CASE_FR
	;;
	add r4 = r4, r5
	;;
	.irp n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24, \
	     25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45, \
	     46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66, \
	     67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87, \
	     88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106, \
	     107,108,109,110,111,112,113,114,115,116,117,118,119,120,121,122, \
	     123,124,125,126,127
	ldf.fill f\n = [r4], 16
	;;
	.endr
	mov ar.rsc = r20
	mov ar.unat = r21
	mov pr = r22, -1
	dep r1 = 0, r16, 0, 12
	;;
	adds r1 = CASE_GR + 16 * 8, r1
	bsw.1
	;;
	.irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld8.fill r\n = [r1], 8
	;;
	.endr
	bsw.0
	;;
	adds r16 = -31 * 8, r1
	;;
	.irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	ld8.fill r\n = [r16], 8
	;;
	.endr
	rfi
	;;

/*
 * Interruptions.  r16 is the vector, bank 0.  Misses are mapped, references
 * to instructions go on elsewhere, other faults at the next slot, traps where
 * they are; an interruption of a handler's kind of state, or too many, make
 * the next state come.
 */
	.macro vector off
	.org ivt + \off
 { .mlx
	rsm 1 << 17 | 1 << 15 | 2
	movl r16 = \off
	;;
 }
 { .mfb
	srlz.d
	nop.f 0
	br.sptk.many interruption
	;;
 }
	.endm
	.align 32768
	.global ivt
ivt:
	.irp n, 0x0000,0x0400,0x0800,0x0c00,0x1000,0x1400,0x1800,0x1c00, \
	     0x2000,0x2400,0x2800,0x2c00,0x3000,0x3400,0x3800,0x3c00, \
	     0x4000,0x4400,0x4800,0x4c00,0x5000,0x5100,0x5200,0x5300, \
	     0x5400,0x5500,0x5600,0x5700,0x5800,0x5900,0x5a00,0x5b00, \
	     0x5c00,0x5d00,0x5e00,0x5f00,0x6000
	vector \n
	.endr
	.org ivt + 0x8000

interruption:
	mov r31 = pr
	control r17, r18
	shr.u r18 = r16, 8
	movl r19 = COMMON + COMMON_LIMIT
	;;
	shladd r18 = r18, 3, r17
	adds r20 = CPU_FAULTS, r17
	ld8 r19 = [r19]
	;;
	adds r18 = CPU_HIST, r18
	ld8 r21 = [r20]
	;;
	ld8 r22 = [r18]
	adds r21 = 1, r21
	;;
	adds r22 = 1, r22
	st8 [r20] = r21
	cmp.gtu p6, p0 = r21, r19
	;;
	st8 [r18] = r22
	(p6) br.cond.spnt leave
	// xorshift64
	adds r26 = CPU_SEED, r17
	;;
	ld8 r27 = [r26]
	;;
	shl r28 = r27, 13
	;;
	xor r27 = r27, r28
	;;
	shr.u r28 = r27, 7
	;;
	xor r27 = r27, r28
	;;
	shl r28 = r27, 17
	;;
	xor r27 = r27, r28
	;;
	st8 [r26] = r27
	mov r23 = cr.isr
	adds r28 = CPU_INDEX, r17
	;;
	ld8 r28 = [r28]
	;;
	// In every eighth state: return once more into a frame that could not be
	// loaded; what is missing must not pile up.
	tbit.nz p6, p0 = r23, ISR_IR
	and r28 = 7, r28
	;;
	(p6) cmp.eq p6, p0 = 0, r28
	;;
	(p6) br.cond.spnt again
	movl r24 = 0x1400
	movl r25 = 0x3000
	;;
	tbit.nz p6, p0 = r23, ISR_NI
	cmp.eq p7, p0 = r24, r16
	cmp.eq p8, p0 = r25, r16
	;;
	(p6) br.cond.spnt leave
	(p7) br.cond.spnt leave
	(p8) br.cond.spnt leave
	movl r24 = 0x1000
	movl r25 = 0x5d00
	;;
	cmp.geu p6, p0 = r24, r16
	cmp.geu p7, p8 = r16, r25
	tbit.nz p9, p10 = r23, ISR_X
	;;
	(p6) br.cond.sptk map
	(p7) br.cond.sptk trap
	(p9) br.cond.sptk elsewhere
	// Now and then the code goes on as if it were the handler: PSR.ic = 0,
	// perhaps with an incomplete frame.
	extr.u r28 = r27, 20, 5
	movl r24 = ARENA
	dep r25 = 0, r27, 0, 6
	;;
	cmp.eq p6, p0 = 0, r28
	extr.u r25 = r25, 0, 18
	;;
	add r24 = r24, r25
	;;
	mov b6 = r24
	;;
	(p6) br.cond.spnt b6
	;;
	// The next slot
	mov r24 = cr.ipsr
	mov r25 = cr.iip
	;;
	extr.u r28 = r24, 41, 2
	;;
	adds r28 = 1, r28
	;;
	cmp.gt p8, p9 = 3, r28
	;;
	(p9) mov r28 = 0
	(p9) adds r25 = 16, r25
	;;
	dep r24 = r28, r24, 41, 2
	mov cr.iip = r25
	;;
	mov cr.ipsr = r24
	mov pr = r31, -1
	;;
	rfi
	;;

	// Traps; 0x5e00 may be an unimplemented instruction address
trap:
	movl r24 = 0x5e00
	tbit.z p6, p7 = r23, 1
	;;
	cmp.eq p8, p9 = r24, r16
	;;
	(p9) br.cond.sptk back
	(p6) br.cond.sptk elsewhere
back:
	mov pr = r31, -1
	;;
	rfi
	;;

again:
	movl r24 = 96 | 96 << 7
	movl r25 = leave
	;;
	mov ar.pfs = r24
	mov b6 = r25
	;;
	br.ret.sptk b6
	;;

	// Some other bundle of the code, in the same region
elsewhere:
	mov r24 = cr.iip
	movl r25 = ARENA
	extr.u r28 = r27, 8, 18
	;;
	dep r28 = 0, r28, 0, 4
	extr.u r24 = r24, 61, 3
	;;
	add r25 = r25, r28
	shl r24 = r24, 61
	;;
	or r25 = r25, r24
	;;
	mov cr.iip = r25
	mov pr = r31, -1
	;;
	rfi
	;;

	// A page of the arena at IFA, with an entry and size by chance
map:
	mov r24 = cr.ifa
	movl r25 = COMMON + COMMON_PTES
	extr.u r28 = r27, 30, 8
	;;
	shladd r28 = r28, 4, r25
	extr.u r24 = r24, 12, 12
	;;
	ld8 r25 = [r28], 8
	shl r24 = r24, 12
	movl r26 = ARENA
	;;
	ld8 r29 = [r28]
	add r24 = r24, r26
	;;
	mov cr.itir = r29
	or r24 = r24, r25
	;;
	(p9) itc.i r24
	;;
	(p10) itc.d r24
	;;
	srlz.i
	mov pr = r31, -1
	;;
	rfi
	;;

	// The frame may be incomplete: no rfi before that is over
leave:
	cover
	;;
	mov ar.rsc = 0
	movl r24 = CASES
	;;
	mov ar.bspstore = r24
	;;
	loadrs
	movl r24 = next_case
	;;
	mov cr.iip = r24
	mov cr.ipsr = r0
	mov cr.ifs = r0
	;;
	rfi
	;;
