/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the emulated IOTLB costs: lines "BENCH name value unit", times by the
 * guest's clock (which is the host's without -icount). With a device that
 * follows the mappings (iommu-map-testdev, vfio-pci) stores to the directory
 * are trapped; without one they are plain stores.
 */

#include "vf.h"

#define PAIRS           20000
#define BATCH           64      /* unmaps a purge, as Linux does it */
#define READS           100000
#define INTERRUPTS      2000

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

static void register_accesses(void)
{
    uint64_t start = now_us();

    for (unsigned i = 0; i < READS; i++) {
        reg(STATUS);
    }
    result("register read", now_us() - start, READS);
    start = now_us();
    for (unsigned i = 0; i < READS; i++) {
        set_reg(EIMC, 0);
    }
    result("register write", now_us() - start, READS);
}

/* From the register that raises it to the processor's cr.ivr, and back */
static void interrupts(void)
{
    unsigned n = 0;
    uint64_t start;

    msix_on();
    while (pending_vector() != 15) {
        /* of earlier causes */
    }
    start = now_us();
    while (n < INTERRUPTS) {
        set_reg(EIMS, 1);
        set_reg(EICS, 1);
        while (halt() != VECTOR) {
            /* another one */
        }
        n++;
    }
    check(n == INTERRUPTS, "all interrupts arrive");
    result("interrupt, register to handler", now_us() - start, INTERRUPTS);
}

void guest_main(void)
{
    chipset_init();
    if (pci_find(0, VF_VENDOR, VF_DEVICE) >= 0 && find_function(0) &&
        reset_function()) {
        register_accesses();
        interrupts();
    }
    ioc_enable(14);
    single_pairs();
    batched_pairs();
    returning_pairs();
}
