/*
 * zx1 firmware: where its parts are in memory
 *
 * Everything is below 16 MiB: operating systems give up the first 16 MiB
 * granule anyway, because of the VGA hole in it, and loaders expect the
 * memory above to be theirs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_LAYOUT_H
#define ZX1_LAYOUT_H

/*
 * PAL code: one region of a power of two, aligned to its size, as Linux
 * assumes; 256 KiB as on a real rx2600
 */
#define FW_PAL_BASE     0x100000
#define FW_PAL_SIZE     0x040000
/* SAL and EFI runtime services, code and data in one region */
#define FW_RT_BASE      0x140000
#define FW_RT_SIZE      0x0c0000
/* Boot services */
#define FW_BOOT_BASE    0x200000
#define FW_BOOT_SIZE    0x500000
/* ACPI tables, SMBIOS and the like are allocated below this */
#define FW_LOW_END      0x1000000

#define FW_BOOT_STACK   0x40000         /* memory stack and backing store */
#define FW_BOOT_RSE     0x20000

/* hw/ia64/zx1-fw.h is C only: rt/init.c checks that these agree with it */
#define FW_IOPORT_BASE  0xffffc000000
#define FW_REPORT       0xff5f2080
#define FW_REPORT_PAL   1
#define FW_RESET        0xff5f1000
#define FW_RESET_VALUE  0x06
/* SRAM that a reset leaves as it is: a record of the last MCA and INIT each */
#define FW_RECORDS      0xff480000
#define FW_RECORD_SHIFT 9
#define FW_RECORD_MAGIC 0x4c41533258315a51
#define FW_RECORD_WORDS 58              /* of the min-state */

/* Vector that wakes application processors out of SAL */
#define FW_AP_VECTOR    0xff

/* Offset of ap_entry in struct rt_head */
#define RT_HEAD_AP_ENTRY 88

#ifdef __ASSEMBLER__
#define PHYS_UC         0x8000000000000000
/*
 * Stops the processor until an unmasked external interrupt, NMI, INIT or
 * PMI is pending.  vmsw.0 is not implemented by Itanium 2 processors without
 * virtualisation; the emulated processor halts on it.
 */
#define PAL_HALT_INSN   vmsw.0
#endif

#endif /* ZX1_LAYOUT_H */
