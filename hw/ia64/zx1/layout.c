/*
 * HP zx1: the ropes of an rx2620 and the windows its firmware gives them
 *
 * Ranges are those that ACPI reports on a real rx2620 (boot log, Linux 5.2),
 * except that the 64-bit windows are 64 GiB instead of 4. Interrupt inputs
 * of the on-board functions are those of an rx2600.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sba.h"

#define MEM64(rope) \
    { ZX1_GMMIO_BASE + ((uint64_t)(rope) << ZX1_GMMIO_ROPE_SHIFT) + \
      ZX1_GMMIO_MEM_OFFSET, \
      ZX1_GMMIO_BASE + ((uint64_t)(rope) << ZX1_GMMIO_ROPE_SHIFT) + \
      0xfffffffffULL }

/* An empty range */
#define NONE    { 1, 0 }

const Zx1Rope zx1_ropes[ZX1_NR_ROOTS] = {
    /* libvirt calls the first root "pci" */
    { 0, 1, 0x00, 0x1f, 10, false, { { 0x0000, 0x03af }, { 0x03e0, 0x1fff } },
      { 0x80000000, 0x8fffffff }, MEM64(0), "pci" },
    /* Inputs 7, 8 and 9 are the UARTs and the SCI */
    { 1, 1, 0x20, 0x3f, 7, false, { { 0x2000, 0x2fff }, NONE },
      { 0x90000000, 0x97ffffff }, MEM64(1), "pci1" },
    { 2, 1, 0x40, 0x5f, 10, false, { { 0x3000, 0x5fff }, NONE },
      { 0x98000000, 0xafffffff }, MEM64(2), "pci2" },
    { 3, 1, 0x60, 0x7f, 10, false, { { 0x6000, 0x7fff }, NONE },
      { 0xb0000000, 0xc7ffffff }, MEM64(3), "pci3" },
    { 4, 2, 0x80, 0xbf, 10, false, { { 0x8000, 0xbfff }, NONE },
      { 0xc8000000, 0xdfffffff }, MEM64(4), "pci4" },
    { 6, 1, 0xc0, 0xdf, 10, false, { { 0xc000, 0xdfff }, NONE },
      { 0xe0000000, 0xefffffff }, MEM64(6), "pci6" },
    { 7, 1, 0xe0, 0xff, 10, true, { { 0x03b0, 0x03df }, { 0xe000, 0xffff } },
      { 0xf0000000, 0xfdffffff }, MEM64(7), "pci7" },
};

unsigned zx1_rope_int_base(const Zx1Rope *rope, unsigned slot)
{
    /* USB, IDE and LAN on the core I/O rope; two SCSI channels and LAN */
    static const uint8_t rope0[] = { 0, 0, 5, 4 };
    static const uint8_t rope1[] = { 0, 0, 2 };

    if (rope->rope == 0 && slot < ARRAY_SIZE(rope0)) {
        return rope0[slot];
    }
    if (rope->rope == 1 && slot < ARRAY_SIZE(rope1)) {
        return rope1[slot];
    }
    /* Spread single-function cards over the inputs */
    return (slot + 9) % rope->int_pins;
}

uint32_t zx1_rope_gsi(unsigned root)
{
    return ZX1_GSI_BASE + root * ZX1_GSI_PER_ROPE;
}

void zx1_store(GArray *stores, uint64_t address, uint64_t value)
{
    struct zx1_fw_store s = { address, value };

    g_array_append_val(stores, s);
}

GArray *zx1_layout_stores(void)
{
    GArray *stores = g_array_new(false, false, sizeof(struct zx1_fw_store));

    zx1_sba_stores(stores);
    zx1_ioc_stores(stores);
    for (unsigned i = 0; i < ZX1_NR_ROOTS; i++) {
        zx1_lba_stores(stores, &zx1_ropes[i]);
    }
    return stores;
}
