/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that was written behind QEMU's back: the processor's side */

#ifndef IA64_CODE_CHECK_H
#define IA64_CODE_CHECK_H

#include "exec/hwaddr.h"
#include "hw/core/cpu.h"

extern bool ia64_code_check_on;

/* A page goes into the TLB for instruction fetch; only if checking is on */
void ia64_code_check_fetch(CPUState *cs, hwaddr phys);
/*
 * The guest has mapped [@phys, @phys + @size), whole pages, for instruction
 * fetch; only if checking is on
 */
void ia64_code_check_mapped(CPUState *cs, hwaddr phys, uint64_t size);

#endif
