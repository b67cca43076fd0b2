/*
 * CMD649: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_CMD649_H
#define HW_IA64_ZX1_CMD649_H

#include "hw/ide/pci.h"
#include "qom/object.h"

#define TYPE_CMD649 "cmd649-ide"
OBJECT_DECLARE_SIMPLE_TYPE(Cmd649State, CMD649)

struct Cmd649State {
    PCIIDEState parent_obj;

    MemoryRegion bm_io;
    uint8_t intrq;                  /* levels, a bit a channel */
    uint8_t cd_512;                 /* drives with blocks of 512 bytes */
};

/* A packet command of the drive @s: true if there is nothing left to do */
bool cmd649_packet_command(IDEState *s);

#endif /* HW_IA64_ZX1_CMD649_H */
