/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Itanium CPU parameters for QEMU */

#ifndef IA64_CPU_PARAM_H
#define IA64_CPU_PARAM_H

/* Itanium 2: 50 physical address bits, bit 63 is the uncacheable attribute */
#define TARGET_PHYS_ADDR_SPACE_BITS     50
#define TARGET_VIRT_ADDR_SPACE_BITS     64
/* The smallest page of the architecture */
#define TARGET_PAGE_BITS                12

/* insn_start: pc (IP | slot), IP of the bundle before (0: see last_ip) */
#define TARGET_INSN_START_EXTRA_WORDS   1

/* Weakly ordered; ld.acq, st.rel, semaphores and mf emit barriers. */
#define TCG_GUEST_DEFAULT_MO            0

#endif
