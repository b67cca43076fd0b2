/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two functions of the host and an emulated one (QEMU's edu) behind one
 * IOTLB: they pass data to each other through pages that all of them share.
 */

#include "vf.h"

/* docs/specs/edu.rst of QEMU */
#define EDU_VENDOR      0x1234
#define EDU_DEVICE      0x11e8
#define EDU_SOURCE      0x80
#define EDU_TARGET      0x88
#define EDU_COUNT       0x90
#define EDU_COMMAND     0x98
#define EDU_BUFFER      0x40000
#define EDU_RUN         1
#define EDU_TO_MEMORY   2

enum { PAGE_RINGS = 2, PAGE_A = 20, PAGE_B = 22, PAGE_C = 24 };

#define LENGTH          1200
#define ROUNDS          20

static Function function[2];
static uint64_t edu;

static bool open_functions(void)
{
    unsigned devfn = 0;

    for (unsigned i = 0; i < 2; i++) {
        vf = &function[i];
        if (!find_function(devfn) || !reset_function()) {
            return false;
        }
        devfn = vf->devfn + 1;
        alloc_rings();
        ioc_map(PAGE_RINGS + 2 * i, (void *)vf->tx);
        ioc_map(PAGE_RINGS + 2 * i + 1, (void *)vf->rx);
        start_rings(IOVA(PAGE_RINGS + 2 * i), IOVA(PAGE_RINGS + 2 * i + 1));
    }
    return true;
}

static bool open_edu(void)
{
    int devfn = pci_find(0, EDU_VENDOR, EDU_DEVICE);

    if (!check(devfn >= 0, "emulated function is on the bus")) {
        return false;
    }
    edu = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    return true;
}

static bool edu_copy(uint64_t from, uint64_t to, unsigned count, bool out)
{
    write64(edu + EDU_SOURCE, from);
    write64(edu + EDU_TARGET, to);
    write64(edu + EDU_COUNT, count);
    write64(edu + EDU_COMMAND, EDU_RUN | (out ? EDU_TO_MEMORY : 0));
    return WAIT(!(read64(edu + EDU_COMMAND) & EDU_RUN), LONG_MS);
}

/* Back and forth: what one has received the other sends */
static void test_exchange(uint8_t *a, uint8_t *b, uint8_t *c)
{
    unsigned good = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        vf = &function[0];
        make_frame_to(&function[1], a, LENGTH, i);
        if (!transfer_to(&function[1], IOVA(PAGE_A), IOVA(PAGE_B), LENGTH) ||
            !frame_is(b, LENGTH, i)) {
            break;
        }
        /* the addresses in it are ours: the rest stays */
        vf = &function[1];
        memcpy(b, function[0].mac, 6);
        memcpy(b + 6, function[1].mac, 6);
        if (!transfer_to(&function[0], IOVA(PAGE_B), IOVA(PAGE_C), LENGTH) ||
            !frame_is(c, LENGTH, i)) {
            break;
        }
        memset(b, SENTINEL, 4096);
        memset(c, SENTINEL, 4096);
        ioc_unmap(PAGE_B);
        ioc_map(PAGE_B, b);
        good++;
    }
    check(good == ROUNDS, "functions of the host: 20 frames there and back");
}

static void test_edu(uint8_t *a, uint8_t *b, uint8_t *c)
{
    vf = &function[0];
    make_frame_to(&function[1], a, LENGTH, 99);
    check(edu_copy(IOVA(PAGE_A), EDU_BUFFER, LENGTH, false),
          "emulated function reads through the IOTLB");
    ioc_unmap(PAGE_A);
    ioc_map(PAGE_A, c);
    check(edu_copy(EDU_BUFFER, IOVA(PAGE_A), LENGTH, true) &&
          frame_is(c, LENGTH, 99), "and writes, where the page leads now");
    check(transfer_to(&function[1], IOVA(PAGE_A), IOVA(PAGE_B), LENGTH) &&
          frame_is(b, LENGTH, 99), "a function of the host sends that");
    ioc_unmap(PAGE_A);
    ioc_map(PAGE_A, a);
}

static void test_msix(void)
{
    for (unsigned i = 0; i < 2; i++) {
        unsigned cap;

        vf = &function[i];
        cap = pci_capability(vf->devfn, 0x11);
        for (unsigned n = 0; n < MSIX_ENTRIES; n++) {
            msix_entry(n, VECTOR + 16 * i + n, false);
        }
        config_write(vf->devfn, cap + 2,
                     config_read(vf->devfn, cap + 2, 2) | 0x8000, 2);
        set_reg(EIAC, 7);
        reg(EICR);
        set_reg(EIMS, 7);
    }
    delay_us(100000);
    while (pending_vector() != 15) {
        /* of earlier causes */
    }
    for (unsigned n = 0; n < 2 * MSIX_ENTRIES; n++) {
        vf = &function[n & 1];
        set_reg(EIMS, 7);
        set_reg(EICS, 1u << n / 2);
        check_n(wait_vector(VECTOR + 16 * (n & 1) + n / 2, LONG_MS),
                "MSI-X of both functions in turn, %d", n);
    }
}

/* A page that goes is gone for all of them */
static void test_purge(uint8_t *b)
{
    memset(b, SENTINEL, 4096);
    ioc_unmap(PAGE_B);
    edu_copy(EDU_BUFFER, IOVA(PAGE_B), LENGTH, true);
    vf = &function[0];
    transfer_fails(&function[1], IOVA(PAGE_A), IOVA(PAGE_B), LENGTH);
    check(all_bytes(b, SENTINEL, 4096), "purged page is out of reach for all");
}

void guest_main(void)
{
    uint8_t *a = ram_alloc(4096, 4096), *b = ram_alloc(4096, 4096);
    uint8_t *c = ram_alloc(4096, 4096);

    chipset_init();
    ioc_enable(12);
    ioc_map(PAGE_A, a);
    ioc_map(PAGE_B, b);
    ioc_map(PAGE_C, c);
    if (!open_functions() || !open_edu()) {
        return;
    }
    test_exchange(a, b, c);
    test_edu(a, b, c);
    test_msix();
    test_purge(b);
}
