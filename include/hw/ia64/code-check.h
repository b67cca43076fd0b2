/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that was written behind QEMU's back
 *
 * Instruction fetch of the processor is coherent with DMA (Itanium software
 * conventions: no cache is flushed after a disk read), but stores of a
 * device of the host, or of a vhost back end, do not pass through QEMU: what
 * was translated from the memory before would run on. Who knows that such a
 * store may have happened says so here.
 */

#ifndef HW_IA64_CODE_CHECK_H
#define HW_IA64_CODE_CHECK_H

#include "exec/hwaddr.h"

typedef struct IA64CodeCheckStats {
    uint64_t events;
    uint64_t compared;          /* pages */
    uint64_t stale;             /* pages whose code had changed */
} IA64CodeCheckStats;

/* Start checking; once on, it stays so. With the BQL held. */
void ia64_code_check_enable(void);

/*
 * Anything in memory may have been written from outside: pages of code are
 * compared with what was translated before they run again.
 * From any thread; cheap if checking is off.
 */
void ia64_code_check_event(void);

/* Physical memory [@addr, @addr + @size) may have been written */
void ia64_code_check_range(hwaddr addr, hwaddr size);

IA64CodeCheckStats ia64_code_check_stats(void);

#endif
