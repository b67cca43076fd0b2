/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processor and its PAL firmware share
 *
 * The architecture leaves to PAL how the processor enters it on MCA, INIT
 * and PMI, where it keeps XIP, XPSR and XFS (SDM volume 2, chapter 11), and
 * how PAL_HALT_LIGHT stops it.  This is this processor's way.
 *
 * Plain C and assembler: the firmware under roms/zx1 includes it.
 */

#ifndef HW_IA64_PAL_MSR_H
#define HW_IA64_PAL_MSR_H

/*
 * "mov msr[r3] = r2" and "mov r1 = msr[r3]" at privilege level 0; others
 * raise Reserved Register/Field.
 *
 * XIP, XPSR, XFS: IIP, IPSR and IFS as they were before MCA, INIT or PMI
 * overwrote them (an interruption handler may have been using them).
 *
 * ENTRY: physical address, 256-byte aligned, of the firmware's entries; 0
 * (after reset): none yet, the event stays pending.
 *
 * XRFI: with 1 written, the next rfi also puts XIP, XPSR and XFS back into
 * IIP, IPSR and IFS, so that an interruption handler can be continued.
 *
 * PMI: vector of the last PMI.
 *
 * XR31: r31 of bank 0 as MCA or INIT found it: the firmware's first free
 * register.  No control register would do, each is used by a handler or does
 * not keep all 64 bits.
 */
#define IA64_MSR_XIP            0
#define IA64_MSR_XPSR           1
#define IA64_MSR_XFS            2
#define IA64_MSR_ENTRY          3
#define IA64_MSR_XRFI           4
#define IA64_MSR_PMI            5
#define IA64_MSR_XR31           6
#define IA64_NUM_MSR            7

/*
 * Read only, for PAL_VM_TR_READ: word 0 to 3 of translation register n, as
 * PAL returns them: PTE, ITIR, IFA (bit 0: the register is in use), RR.
 */
#define IA64_MSR_TR             0x1000
#define IA64_MSR_DTR            0x100   /* added for data TRs */
#define IA64_MSR_TR_SHIFT       2       /* of n */

/*
 * Entries, offsets from ENTRY.  The processor arrives in physical mode at
 * privilege level 0, in bank 0, PSR zero but for mc = 1 (PMI: mc unchanged),
 * IIP, IPSR and IIPA describing the interrupted context, IFS.v = 0; CFM and
 * all other registers as they were.  XIP, XPSR and XFS must be saved before
 * mc or ic is touched.  INIT and MCA are held off while PSR.mc = 1, PMI
 * while PSR.ic = 0 or PSR.mc = 1.
 */
#define IA64_PAL_ENTRY_MCA      0x000
#define IA64_PAL_ENTRY_INIT     0x100
#define IA64_PAL_ENTRY_PMI      0x200

/*
 * PAL_HALT_LIGHT: "vmsw.0" at privilege level 0 stops the processor until
 * an external interrupt that TPR and the in-service state let pass (whatever
 * PSR.i), INIT, PMI or MCA is pending.  Execution continues after it.
 */

#endif
