/*
 * SAPIC interrupt messages
 *
 * A message is a store to the processor interrupt block: the address names
 * the local SAPIC, the data the interrupt. Processors (IPI), I/O SAPICs and
 * MSI-capable devices all send the same thing. Delivery modes are those of
 * hw/ia64/sapic.h.
 * Source: Linux asm/msidef.h, ia64_send_ipi() and iosapic.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_SAPIC_MSG_H
#define HW_IA64_SAPIC_MSG_H

#include "hw/registerfields.h"

/* Offset of the store within the processor interrupt block */
FIELD(SAPIC_ADDR, REDIRECT, 3, 1)
FIELD(SAPIC_ADDR, EID, 4, 8)
FIELD(SAPIC_ADDR, ID, 12, 8)

FIELD(SAPIC_DATA, VECTOR, 0, 8)
FIELD(SAPIC_DATA, MODE, 8, 3)
FIELD(SAPIC_DATA, ASSERT, 14, 1)
FIELD(SAPIC_DATA, LEVEL, 15, 1)

#endif /* HW_IA64_SAPIC_MSG_H */
