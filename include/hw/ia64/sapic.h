/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door between a board and the local SAPICs of its processors
 */

#ifndef HW_IA64_SAPIC_H
#define HW_IA64_SAPIC_H

#include "target/ia64/cpu-qom.h"

/* Delivery modes of a SAPIC message, data bits 10:8 (SDM 2:128) */
enum {
    SAPIC_DM_INT = 0,
    SAPIC_DM_LOWEST = 1,
    SAPIC_DM_PMI = 2,
    SAPIC_DM_NMI = 4,
    SAPIC_DM_INIT = 5,
    SAPIC_DM_EXTINT = 7,
};

/*
 * Delivers a SAPIC message to @cpu.  Reserved modes and vectors are dropped
 * with a guest error.  From any thread with the BQL held.
 */
void ia64_sapic_deliver(IA64CPU *cpu, unsigned delivery_mode, unsigned vector);

/* The processor whose local SAPIC has this id and eid, or NULL */
IA64CPU *ia64_cpu_by_sapic_id(unsigned id, unsigned eid);

#endif
