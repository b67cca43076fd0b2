/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entry in physical mode with any register state; interrupts stay off */
	.explicit
	.section .text.start, "ax"
	.global _start
	.proc _start
_start:
	rsm psr.i | psr.ic
	mov ar.rsc = 0
	movl gp = __gp
	;;
	srlz.i
	movl r12 = __stack_top - 16
	movl r2 = __rse_base
	;;
	alloc r3 = ar.pfs, 0, 0, 1, 0
	;;
	flushrs
	;;
	mov ar.bspstore = r2
	movl r3 = 0x0009804c0270033f
	;;
	mov ar.rnat = r0
	mov ar.fpsr = r3
	movl r4 = ivt
	;;
	mov ar.rsc = 3
	mov cr.iva = r4
	mov cr.tpr = r0
	;;
	srlz.d
	ssm psr.ic
	;;
	srlz.d
	br.call.sptk.many b0 = guest_main
	;;
	br.call.sptk.many b0 = power_off
	;;
	.endp _start

	/* No interruption is expected: say which and stop the machine */
	.text
	.align 32768
ivt:
	.set n, 0
	.rept 0x8000 / 0x100
	.if n < 0x5000 && n % 0x400 == 0 || n >= 0x5000
	.org ivt + n
 { .mlx
	nop.m 0
	movl r16 = n
 }
 { .mib
	nop.m 0
	nop.i 0
	br.sptk unexpected
 }
	.endif
	.set n, n + 0x100
	.endr
	.org ivt + 0x8000

unexpected:
	alloc r20 = ar.pfs, 0, 0, 4, 0
	mov r17 = cr.iip
	mov r18 = cr.isr
	mov r19 = cr.ifa
	;;
	mov r32 = r16
	mov r33 = r17
	mov r34 = r18
	mov r35 = r19
	movl r12 = __stack_top - 16
	;;
	br.call.sptk.many b0 = report_interruption

	/* Instructions by virtual addresses, data and stack as before: the first
	   256 MiB by a translation register, as they are */
	.global fetch_virtual
	.proc fetch_virtual
fetch_virtual:
	rsm psr.i | psr.ic
	movl r14 = 0x100 | 12 << 2	// its own region, 4 KiB
	movl r15 = 1 << 61
	;;
	srlz.i
	movl r16 = 0x200 | 12 << 2
	;;
	mov rr[r0] = r14
	mov rr[r15] = r16
	movl r17 = 28 << 2
	;;
	srlz.d
	mov cr.ifa = r0
	mov cr.itir = r17
	movl r18 = 0x661		// present, accessed, dirty, RWX
	;;
	itr.i itr[r0] = r18
	;;
	srlz.i
	bsw.1
	;;
	mov r14 = psr
	movl r15 = 1 << 44 | 1 << 36 | 1 << 13	// bank 1, it, ic
	;;
	or r14 = r14, r15
	movl r15 = virtual
	;;
	mov cr.ipsr = r14
	mov cr.iip = r15
	mov cr.ifs = r0
	;;
	rfi
	;;
virtual:
	br.ret.sptk.many b0
	.endp fetch_virtual

	/* A page of 4 KiB for instruction fetch: virtual, physical address */
	.global fetch_map
	.proc fetch_map
fetch_map:
	movl r14 = 0x661
	mov r15 = 12 << 2
	rsm psr.ic
	;;
	srlz.d
	or r14 = r14, r33
	mov cr.ifa = r32
	mov cr.itir = r15
	;;
	itc.i r14
	;;
	ssm psr.ic
	;;
	srlz.i
	br.ret.sptk.many b0
	.endp fetch_map

	.global fetch_unmap
	.proc fetch_unmap
fetch_unmap:
	mov r15 = 12 << 2
	;;
	ptc.l r32, r15
	;;
	srlz.i
	br.ret.sptk.many b0
	.endp fetch_unmap

	/* Two functions of one bundle each, to be copied: return 17, 34 */
	.text
	.align 16
	.global code_17, code_34
code_17:
 { .mib
	addl r8 = 17, r0
	nop.i 0
	br.ret.sptk.many b0
 }
code_34:
 { .mib
	addl r8 = 34, r0
	nop.i 0
	br.ret.sptk.many b0
 }
