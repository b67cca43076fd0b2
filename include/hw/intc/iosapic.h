/*
 * I/O SAPIC
 *
 * GPIO inputs: one per redirection table entry, 1 = asserted. The lines are
 * active low on the board (as PCI's are): an asserted line is low, and an
 * entry that is programmed active high sees it the other way round.
 * Sysbus MMIO region 0: the registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_INTC_IOSAPIC_H
#define HW_INTC_IOSAPIC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_IOSAPIC "iosapic"
OBJECT_DECLARE_SIMPLE_TYPE(IosapicState, IOSAPIC)

#define IOSAPIC_MAX_RTES    32
#define IOSAPIC_MMIO_SIZE   0x800

struct IosapicState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;

    /* Properties */
    uint8_t num_rtes;
    uint8_t swi_rte;        /* entry of the software interrupt register */
    uint32_t message_base;  /* the processor interrupt block */

    uint8_t select;
    uint32_t asserted;      /* inputs */
    uint32_t low[IOSAPIC_MAX_RTES];
    uint32_t high[IOSAPIC_MAX_RTES];

    /* For the monitor, not part of the machine's state */
    uint64_t messages[IOSAPIC_MAX_RTES];
};

#endif /* HW_INTC_IOSAPIC_H */
