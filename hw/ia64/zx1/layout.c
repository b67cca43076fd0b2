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

/*
 * BUS_MODE as ropes of an rx2600 read it (captures cited by
 * makuhlmann/qemu-system-ia64): bit 5 single rope, 6 3.3 V, 7 66 MHz,
 * 14:13 PCI-X
 */
#define PCI_33          0x0460
#define PCI_66          0x04e0
#define PCIX_133        0x7ce0
#define PCIX_133_WIDE   0x7cc0

/* An empty range */
#define NONE    { 1, 0 }

static const Zx1Rope rope0 = {
    /* libvirt calls the first root "pci" */
    0, 1, 0x00, 0x1f, 10, PCI_33, false, { { 0x0000, 0x03af }, { 0x03e0, 0x1fff } },
    { 0x80000000, 0x8fffffff }, MEM64(0), "pci"
};

static const Zx1Rope rope1 = {
    /* Inputs 7, 8 and 9 are the UARTs and the SCI */
    1, 1, 0x20, 0x3f, 7, PCI_66, false, { { 0x2000, 0x2fff }, NONE },
    { 0x90000000, 0x97ffffff }, MEM64(1), "pci1"
};

static const Zx1Rope rope2 = {
    2, 1, 0x40, 0x5f, 10, PCI_33, false, { { 0x3000, 0x5fff }, NONE },
    { 0x98000000, 0xafffffff }, MEM64(2), "pci2"
};

static const Zx1Rope rope3 = {
    3, 1, 0x60, 0x7f, 10, PCIX_133, false, { { 0x6000, 0x7fff }, NONE },
    { 0xb0000000, 0xc7ffffff }, MEM64(3), "pci3"
};

/* Ropes 4 and 5 together, and each on its own */
static const Zx1Rope rope4_wide = {
    4, 2, 0x80, 0xbf, 10, PCIX_133_WIDE, false, { { 0x8000, 0xbfff }, NONE },
    { 0xc8000000, 0xdfffffff }, MEM64(4), "pci4"
};

static const Zx1Rope rope4 = {
    4, 1, 0x80, 0x9f, 10, PCIX_133, false, { { 0x8000, 0x9fff }, NONE },
    { 0xc8000000, 0xcfffffff }, MEM64(4), "pci4"
};

static const Zx1Rope rope5 = {
    5, 1, 0xa0, 0xbf, 10, PCIX_133, false, { { 0xa000, 0xbfff }, NONE },
    { 0xd0000000, 0xdfffffff }, MEM64(5), "pci5"
};

static const Zx1Rope rope6 = {
    6, 1, 0xc0, 0xdf, 10, PCI_33, false, { { 0xc000, 0xdfff }, NONE },
    { 0xe0000000, 0xefffffff }, MEM64(6), "pci6"
};

static const Zx1Rope rope7 = {
    7, 1, 0xe0, 0xff, 10, PCI_33, true, { { 0x03b0, 0x03df }, { 0xe000, 0xffff } },
    { 0xf0000000, 0xfdffffff }, MEM64(7), "pci7"
};

static const Zx1Layout layouts[] = {
    { 7, { &rope0, &rope1, &rope2, &rope3, &rope4_wide, &rope6, &rope7 } },
    { 8, { &rope0, &rope1, &rope2, &rope3, &rope4, &rope5, &rope6, &rope7 } },
};

const Zx1Layout *zx1_layout(unsigned bridges)
{
    for (unsigned i = 0; i < ARRAY_SIZE(layouts); i++) {
        if (layouts[i].nr_roots == bridges) {
            return &layouts[i];
        }
    }
    return NULL;
}

unsigned zx1_rope_int_base(const Zx1Rope *rope, unsigned slot)
{
    /* USB, IDE and LAN on the core I/O rope; two SCSI channels and LAN */
    static const uint8_t base0[] = { 0, 0, 5, 4 };
    static const uint8_t base1[] = { 0, 0, 2 };

    if (rope->rope == 0 && slot < ARRAY_SIZE(base0)) {
        return base0[slot];
    }
    if (rope->rope == 1 && slot < ARRAY_SIZE(base1)) {
        return base1[slot];
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

GArray *zx1_layout_stores(const Zx1Layout *layout)
{
    GArray *stores = g_array_new(false, false, sizeof(struct zx1_fw_store));

    zx1_sba_stores(stores);
    zx1_ioc_stores(stores);
    for (unsigned i = 0; i < layout->nr_roots; i++) {
        zx1_lba_stores(stores, layout->root[i]);
    }
    return stores;
}
