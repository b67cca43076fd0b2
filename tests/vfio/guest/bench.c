/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the emulated IOTLB costs: lines "BENCH name value unit", times by the
 * guest's clock (which is the host's without -icount). With a device that
 * follows the mappings (iommu-map-testdev, vfio-pci) stores to the directory
 * are trapped; without one they are plain stores.
 */

#include "guest.h"

#define PAIRS           20000
#define BATCH           64      /* unmaps a purge, as Linux does it */
#define READS           100000

static void result(const char *name, uint64_t us, uint64_t n)
{
    print("BENCH ");
    print(name);
    print(" ");
    print_dec(us * 1000 / n);
    print(" ns\n");
}

/* Map a page, clear it and purge it, one after the other */
static void single_pairs(void)
{
    uint8_t *page = ram_alloc(1 << 14, 1 << 14);
    uint64_t start = now_us();

    for (unsigned i = 0; i < PAIRS; i++) {
        ioc_map(i % 1024, page);
        ioc_unmap(i % 1024);
    }
    result("map+unmap+purge", now_us() - start, PAIRS);
}

/* The same as Linux does it: entries are cleared and purged in batches */
static void batched_pairs(void)
{
    uint8_t *page = ram_alloc(1 << 14, 1 << 14);
    uint64_t start = now_us();

    for (unsigned i = 0; i < PAIRS; i += BATCH) {
        for (unsigned j = 0; j < BATCH; j++) {
            ioc_map((i + j) % 1024, page);
        }
        for (unsigned j = 0; j < BATCH; j++) {
            ioc_invalidate((i + j) % 1024);
        }
        for (unsigned j = 0; j < BATCH; j++) {
            write64(IOC_REG(IOC_PCOM), IOVA((i + j) % 1024) | ioc_shift);
        }
        read64(IOC_REG(IOC_PCOM));
    }
    result("map+unmap, purges in batches", now_us() - start, PAIRS);
}

/* An entry that returns before its purge costs the host nothing */
static void returning_pairs(void)
{
    uint8_t *page = ram_alloc(1 << 14, 1 << 14);
    uint64_t start = now_us();

    for (unsigned i = 0; i < PAIRS; i++) {
        ioc_map(7, page);
        ioc_invalidate(7);
    }
    result("map+unmap without purge", now_us() - start, PAIRS);
}

static void register_reads(void)
{
    /* the VF's STATUS register, if there is a VF */
    int devfn = pci_find(0, 0x8086, 0x10ca);
    uint64_t bar, start;

    if (devfn < 0) {
        return;
    }
    bar = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    start = now_us();
    for (unsigned i = 0; i < READS; i++) {
        read32(bar + 8);
    }
    result("register read", now_us() - start, READS);
    start = now_us();
    for (unsigned i = 0; i < READS; i++) {
        write32(bar + 0x0c40, 0);
    }
    result("register write", now_us() - start, READS);
}

void guest_main(void)
{
    chipset_init();
    register_reads();
    ioc_enable(14);
    single_pairs();
    batched_pairs();
    returning_pairs();
}
