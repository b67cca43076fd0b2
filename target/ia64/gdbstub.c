/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium gdbstub: the register numbers of gdb's ia64 architecture
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "gdbstub/helpers.h"

int ia64_cpu_gdb_read_register(CPUState *cs, GByteArray *buf, int reg)
{
    return 0;
}

int ia64_cpu_gdb_write_register(CPUState *cs, uint8_t *buf, int reg)
{
    return 0;
}
