/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the emulated IOTLB costs: lines "BENCH name value unit", times by the
 * guest's clock (which is the host's without -icount). With a device that
 * follows the mappings (iommu-map-testdev, vfio-pci) stores to the directory
 * are trapped; without one they are plain stores. Interrupts are those of a VF
 * of the 82576, or of the test device, which signals an eventfd to itself.
 */

#include "vf.h"

#define PAIRS           8192
#define BATCH           64      /* unmaps a purge, as Linux does it */
#define READS           20000
#define INTERRUPTS      2000

/* hw/ia64/iommu-map-testdev.c */
#define TESTDEV_VENDOR  0x1234
#define TESTDEV_DEVICE  0x10ef
#define TESTDEV_EVENT   0x50

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

static uint64_t testdev_bar;

static void raise_by_vf(void)
{
    set_reg(EIMS, 1);
    set_reg(EICS, 1);
}

static void raise_by_testdev(void)
{
    write64(testdev_bar + TESTDEV_EVENT, 1);
}

/* From the register that raises it to the processor's cr.ivr, and back */
static void interrupts(void (*raise)(void))
{
    unsigned n = 0;
    uint64_t start, us;

    while (pending_vector() != 15) {
        /* of earlier causes */
    }
    start = now_us();
    while (n < INTERRUPTS) {
        raise();
        while (halt() != VECTOR) {
            /* another one */
        }
        n++;
    }
    us = now_us() - start;
    check(n == INTERRUPTS, "all interrupts arrive");
    result("interrupt, register to handler", us, INTERRUPTS);
}

static void testdev(unsigned devfn)
{
    unsigned cap = pci_capability(devfn, 0x11);

    testdev_bar = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    msix_set(pci_assign_bar(devfn, 1), 0, VECTOR, false);
    config_write(devfn, cap + 2, 0x8000, 2);
    interrupts(raise_by_testdev);
}

void guest_main(void)
{
    int dev;

    chipset_init();
    dev = pci_find(0, TESTDEV_VENDOR, TESTDEV_DEVICE);
    if (dev >= 0) {
        testdev(dev);
    } else if (pci_find(0, VF_VENDOR, VF_DEVICE) >= 0 && find_function(0) &&
               reset_function()) {
        register_accesses();
        msix_on();
        interrupts(raise_by_vf);
    }
    ioc_enable(14);
    single_pairs();
    batched_pairs();
    returning_pairs();
}
