/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry of an EFI image is the address of a descriptor */

	.section .data.entry, "aw", @progbits
	.align 16
	.global entry
entry:
	data8 efi_main
	data8 __gp
