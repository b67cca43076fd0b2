/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Itanium local SAPIC: registers */

#ifndef IA64_SAPIC_H
#define IA64_SAPIC_H

#include "cpu.h"

/* Local identity, SDM 2:121 */
FIELD(LID, EID, 16, 8)
FIELD(LID, ID, 24, 8)

/* Task priority, SDM 2:123 */
FIELD(TPR, MIC, 4, 4)
FIELD(TPR, MMI, 16, 1)

/* ITV, PMV, CMCV, SDM 2:125 */
FIELD(INTV, VECTOR, 0, 8)
FIELD(INTV, M, 16, 1)

/* Local redirection, SDM 2:127 */
FIELD(LRR, VECTOR, 0, 8)
FIELD(LRR, DM, 8, 3)
FIELD(LRR, IPP, 13, 1)
FIELD(LRR, TM, 15, 1)
FIELD(LRR, M, 16, 1)

#endif
