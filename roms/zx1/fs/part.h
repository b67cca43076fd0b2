/*
 * Partitions: GPT, MBR and El Torito
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_PART_H
#define ZX1_PART_H

#include "port.h"

#define PART_MAX        128

enum part_kind {
    PART_GPT,
    PART_MBR,
    PART_ELTORITO,
};

/* All block numbers count blocks of the device */
struct part {
    enum part_kind kind;
    uint32_t number;            /* from 1; El Torito: boot entry from 0 */
    uint64_t start;
    uint64_t blocks;
    uint8_t type[16];           /* GPT: type GUID as on the medium */
    uint8_t id[16];             /* GPT: unique GUID; MBR: 4-byte signature */
    uint8_t mbr_type;
    uint16_t name[37];          /* GPT */
};

struct part_dev {
    void *opaque;
    uint32_t block_size;        /* a power of two, 512 to 4096 */
    uint64_t blocks;
    int (*read)(void *opaque, uint64_t lba, uint32_t count, void *buf);
    /* what is odd about the medium, one line; may be NULL */
    void (*warn)(void *opaque, const char *text);
};

/*
 * Finds up to @max partitions of @dev; returns how many, or a negative number
 * if the device cannot be read.
 */
int part_scan(const struct part_dev *dev, struct part *out, int max);

uint32_t part_crc32(uint32_t crc, const void *data, size_t len);

#endif
