/*
 * qtest of the HP zx1 machine: what the tests share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_QTEST_IA64_ZX1_UTIL_H
#define TESTS_QTEST_IA64_ZX1_UTIL_H

#include "tests/qtest/libqtest.h"
#include "hw/ia64/zx1-fw.h"

/* Bits of a PCI command register */
#define ZX1_CMD_IO          0x1
#define ZX1_CMD_MEM         0x2
#define ZX1_CMD_MASTER      0x4

/*
 * The machine without devices but those in the options (or NULL), its chipset
 * programmed as the firmware would
 */
QTestState *zx1_start(const char *options, ...) G_GNUC_PRINTF(1, 2);
/* The same with the chipset as it comes out of reset */
QTestState *zx1_start_raw(const char *options, ...) G_GNUC_PRINTF(1, 2);
void zx1_program_chipset(QTestState *qts);

/* A file from fw_cfg; free it with g_free() */
void *zx1_fw_file(QTestState *qts, const char *name, size_t *size);

/* Configuration space: @size is 1, 2 or 4 bytes */
uint32_t zx1_config_read(QTestState *qts, unsigned rope, unsigned bus,
                         unsigned devfn, unsigned reg, unsigned size);
void zx1_config_write(QTestState *qts, unsigned rope, unsigned bus,
                      unsigned devfn, unsigned reg, uint32_t val,
                      unsigned size);
/* Place BAR @bar (0 to 5) and turn the function on */
void zx1_enable(QTestState *qts, unsigned rope, unsigned devfn, unsigned bar,
                uint64_t address);

/*
 * A file of @blocks times 512 bytes, little-endian words of 64 bits: word @n is
 * ZX1_DISK_WORD(n). Its name; unlink() and g_free() it.
 */
#define ZX1_DISK_WORD(n)    (0x5a5a000000000000ULL | (n))

char *zx1_make_disk(unsigned blocks);

/* Loads and stores of 1, 2, 4 or 8 bytes */
uint64_t zx1_read(QTestState *qts, uint64_t address, unsigned size);
void zx1_write(QTestState *qts, uint64_t address, uint64_t val,
               unsigned size);

/* Address at which the processors see a port */
uint64_t zx1_port(uint16_t port);

/* The interrupt messages that arrived at the processors so far */
typedef struct Zx1Messages {
    unsigned count;
    unsigned lost;
    unsigned id;
    unsigned eid;
    unsigned mode;
    unsigned vector;
} Zx1Messages;

Zx1Messages zx1_messages(QTestState *qts);

/*
 * The "edu" device of the base, with its BAR at @base: a buffer of 4 KiB at
 * ZX1_EDU_BUFFER in its own addresses, moved by DMA
 */
#define ZX1_EDU_ID          0x010000ed
#define ZX1_EDU_BUFFER      0x40000

void zx1_edu_read(QTestState *qts, uint64_t base, uint64_t from,
                  unsigned offset, unsigned size);
void zx1_edu_write(QTestState *qts, uint64_t base, unsigned offset,
                   uint64_t to, unsigned size);
void zx1_edu_raise(QTestState *qts, uint64_t base);
void zx1_edu_lower(QTestState *qts, uint64_t base);

#endif /* TESTS_QTEST_IA64_ZX1_UTIL_H */
