/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One virtual function on its own: registers, bypass, IOTLB, MSI-X, code that
 * it loads. "opt/vfio/mode" of fw_cfg says what the machine is like or what
 * else to do.
 */

#include "vf.h"

#define VECTOR_MOVED    (VECTOR + 0x10)     /* of RX_ENTRY, after a while */

static bool hotplug;
static bool isolation;          /* the machine has no bypass */

static void test_registers(void)
{
    uint32_t status = reg(STATUS);

    note("STATUS", status);
    check(status != ~0u && (status & STATUS_LINK), "STATUS shows the link");
    set_reg(EIMS, 1);
    check((reg(EIMS) & 1) == 1, "EIMS holds what is written");
    set_reg(EIMC, 7);
}

/* Pages of the window that a test uses */
enum { PAGE_TX = 3, PAGE_RX = 5, PAGE_FROM = 16, PAGE_TO = 40 };

/* Rings and two buffers of 4 KiB, by the bypass or by the IOTLB */
static void open_simple(uint8_t *from, uint8_t *to, uint64_t *from_dma,
                        uint64_t *to_dma)
{
    *from_dma = (uint64_t)from;
    *to_dma = (uint64_t)to;
    if (!isolation) {
        ioc_disable();
        start_rings((uint64_t)vf->tx, (uint64_t)vf->rx);
        return;
    }
    ioc_enable(12);
    ioc_map(PAGE_TX, (void *)vf->tx);
    ioc_map(PAGE_RX, (void *)vf->rx);
    ioc_map(PAGE_FROM, from);
    ioc_map(PAGE_TO, to);
    start_rings(IOVA(PAGE_TX), IOVA(PAGE_RX));
    *from_dma = IOVA(PAGE_FROM);
    *to_dma = IOVA(PAGE_TO);
}

/*
 * A function that came while the window was in use: one page has been mapped
 * before, when a store to the directory was one to memory, the others not
 */
static void test_came_later(uint8_t *from)
{
    uint8_t *to[2];

    ioc_map(PAGE_TX, (void *)vf->tx);
    ioc_map(PAGE_RX, (void *)vf->rx);
    start_rings(IOVA(PAGE_TX), IOVA(PAGE_RX));
    make_frame(from, 1000, 3);
    for (unsigned i = 0; i < 2; i++) {
        to[i] = ram_alloc(16384, 16384);
        memset(to[i], SENTINEL, 16384);
        ioc_map(PAGE_TO, to[i]);
        check_n(transfer(IOVA(PAGE_FROM), IOVA(PAGE_TO) + 64, 1000) &&
                frame_is(to[i] + 64, 1000, 3),
                "window was in use before: transfer %d", i);
        ioc_unmap(PAGE_TO);
    }
    memset(to[1], SENTINEL, 16384);
    transfer_fails(vf, IOVA(PAGE_FROM), IOVA(PAGE_TO), 1000);
    check(all_bytes(to[1], SENTINEL, 16384),
          "window was in use before: purged page is not written");
    /* as a driver would; QEMU's igb loses one more */
    reset_function();
    start_rings(IOVA(PAGE_TX), IOVA(PAGE_RX));
    transfer_fails(vf, IOVA(PAGE_FROM), IOVA(PAGE_FROM), 1000);
}

static void test_bypass(void)
{
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(8192, 4096);
    uint64_t from_dma, to_dma;

    ioc_disable();
    start_rings((uint64_t)vf->tx, (uint64_t)vf->rx);
    memset(to, SENTINEL, 8192);
    make_frame(from, 1400, 1);
    if (isolation) {
        check(transfer_fails(vf, (uint64_t)from, (uint64_t)to + 1024, 1400),
              "isolation: no transfer at physical addresses");
        check(all_bytes(to, SENTINEL, 8192), "isolation: memory is left alone");
        check(all_bytes((void *)&vf->rx[0].status, 0, 8),
              "isolation: ring is left alone");
        /* As a driver would. QEMU's igb then still loses one frame. */
        reset_function();
        open_simple(from, to, &from_dma, &to_dma);
        transfer_fails(vf, from_dma, to_dma, 1400);
        return;
    }
    check(transfer((uint64_t)from, (uint64_t)to + 1024, 1400),
          "bypass: transfer completes");
    check(frame_is(to + 1024, 1400, 1), "bypass: data");
    check(all_bytes(to, SENTINEL, 1024) &&
          all_bytes(to + 1024 + 1400, SENTINEL, 8192 - 1024 - 1400),
          "bypass: nothing else is written");
}

static void test_iotlb(unsigned shift)
{
    const unsigned size = 1u << shift, length = 1400, kib = size >> 10;
    uint8_t *from[2], *to[2], *other;
    uint64_t from_dma, to_dma;
    unsigned half = length / 2;

    ioc_enable(shift);
    /* neighbours in the window that are not neighbours in memory */
    from[1] = ram_alloc(size, 65536);
    to[1] = ram_alloc(size, 65536);
    from[0] = ram_alloc(size, 65536);
    to[0] = ram_alloc(size, 65536);
    other = ram_alloc(size, 65536);
    ioc_map(PAGE_TX, (void *)((uint64_t)vf->tx & -(uint64_t)size));
    ioc_map(PAGE_RX, (void *)((uint64_t)vf->rx & -(uint64_t)size));
    for (unsigned i = 0; i < 2; i++) {
        memset(to[i], SENTINEL, size);
        ioc_map(PAGE_FROM + i, from[i]);
        ioc_map(PAGE_TO + i, to[i]);
    }
    memset(other, SENTINEL, size);
    start_rings(IOVA(PAGE_TX) + ((uint64_t)vf->tx & (size - 1)),
                IOVA(PAGE_RX) + ((uint64_t)vf->rx & (size - 1)));

    /* a frame across a page boundary on both sides */
    make_frame(other, length, shift);
    memcpy(from[0] + size - half, other, half);
    memcpy(from[1], other + half, length - half);
    memset(other, SENTINEL, size);
    from_dma = IOVA(PAGE_FROM) + size - half;
    to_dma = IOVA(PAGE_TO) + size - 512;
    check_n(transfer(from_dma, to_dma, length),
            "%d KiB pages: transfer completes", kib);
    memcpy(other, to[0] + size - 512, 512);
    memcpy(other + 512, to[1], length - 512);
    check_n(frame_is(other, length, shift), "%d KiB pages: data", kib);
    check_n(all_bytes(to[0], SENTINEL, size - 512) &&
            all_bytes(to[1] + length - 512, SENTINEL, size - length + 512),
            "%d KiB pages: nothing else is written", kib);

    /* the same page of the window, another page of memory */
    memset(to[0], SENTINEL, size);
    memset(to[1], SENTINEL, size);
    memset(other, SENTINEL, size);
    ioc_unmap(PAGE_TO);
    ioc_map(PAGE_TO, other);
    check_n(transfer(from_dma, IOVA(PAGE_TO) + 64, length) &&
            frame_is(other + 64, length, shift),
            "%d KiB pages: purged page, mapped elsewhere", kib);
    check_n(all_bytes(to[0], SENTINEL, size),
            "%d KiB pages: old page is left alone", kib);

    /* an entry that was never valid, and one that was */
    memset(to[1], SENTINEL, size);
    ioc_unmap(PAGE_TO + 1);
    transfer_fails(vf, from_dma, IOVA(PAGE_TO + 1) + 64, length);
    check_n(all_bytes(to[1], SENTINEL, size),
            "%d KiB pages: purged page is not written", kib);
    ioc_map(PAGE_TO + 1, to[1]);
    check_n(transfer(from_dma, IOVA(PAGE_TO + 1) + 64, length) &&
            frame_is(to[1] + 64, length, shift),
            "%d KiB pages: mapped again", kib);

    /* not purged: the chip may keep the translation, and here it does */
    memset(other, SENTINEL, size);
    ioc_invalidate(PAGE_TO);
    check_n(transfer(from_dma, IOVA(PAGE_TO) + 64, length) &&
            frame_is(other + 64, length, shift),
            "%d KiB pages: invalid entry works until the purge", kib);
    memset(other, SENTINEL, size);
    ioc_purge(PAGE_TO & ~15u, 5);
    transfer_fails(vf, from_dma, IOVA(PAGE_TO) + 64, length);
    check_n(all_bytes(other, SENTINEL, size),
            "%d KiB pages: purge of a range takes it", kib);
}

static void test_msix(void)
{
    unsigned cap = pci_capability(vf->devfn, 0x11), control;
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(4096, 4096);
    uint64_t from_dma, to_dma;

    if (!check(cap, "MSI-X capability")) {
        return;
    }
    control = config_read(vf->devfn, cap + 2, 2);
    check((control & 0x7ff) == MSIX_ENTRIES - 1, "MSI-X has 3 entries");
    for (unsigned i = 0; i < MSIX_ENTRIES; i++) {
        msix_entry(i, VECTOR + i, false);
    }
    config_write(vf->devfn, cap + 2, control | 0x8000, 2);
    set_reg(EIAC, 7);
    /* reading drops the causes that earlier transfers left */
    reg(EICR);
    set_reg(EIMS, 7);
    delay_us(100000);
    while (pending_vector() != 15) {
        /* of earlier causes */
    }
    for (unsigned i = 0; i < MSIX_ENTRIES; i++) {
        set_reg(EICS, 1u << i);
        check_n(wait_vector(VECTOR + i, LONG_MS), "MSI-X entry %d arrives",
                i);
        set_reg(EIMS, 7);
    }
    check(pending_vector() == 15, "no other interrupt");

    msix_entry(RX_ENTRY, VECTOR + RX_ENTRY, true);
    set_reg(EICS, 1u << RX_ENTRY);
    delay_us(50000);
    check(pending_vector() == 15, "masked entry stays silent");
    msix_entry(RX_ENTRY, VECTOR_MOVED, false);
    check(wait_vector(VECTOR_MOVED, LONG_MS),
          "pending entry arrives when unmasked, with its new vector");
    set_reg(EIMS, 7);

    assign_entries();
    open_simple(from, to, &from_dma, &to_dma);
    make_frame(from, 600, 77);
    check(transfer(from_dma, to_dma, 600) && frame_is(to, 600, 77),
          "transfer with interrupts on");
    {
        bool got_rx = false, got_tx = false;

        for (unsigned i = 0; i < 2; i++) {
            unsigned vector = 15;

            WAIT((vector = pending_vector()) != 15 ||
                 (delay_us(50), false), LONG_MS);
            got_tx |= vector == VECTOR + TX_ENTRY;
            got_rx |= vector == VECTOR_MOVED;
        }
        check(got_rx, "interrupt of the received frame");
        check(got_tx, "interrupt of the sent frame");
    }
}

static void end_msix(void)
{
    unsigned cap = pci_capability(vf->devfn, 0x11);

    config_write(vf->devfn, cap + 2,
                 config_read(vf->devfn, cap + 2, 2) & 0x7fff, 2);
}

enum code_how { INTERRUPT, UNMAP, MAP_ANEW };

/* What comes between a transfer of code into page @to and its being run */
static void after_transfer(enum code_how how, uint8_t *to, unsigned i)
{
    switch (how) {
    case INTERRUPT:
        check_n(WAIT(pending_vector() == VECTOR_MOVED ||
                     (delay_us(50), false), LONG_MS),
                "interrupt before code, %d", i);
        break;
    case UNMAP:
        ioc_unmap(PAGE_TO);
        ioc_map(PAGE_TO, to);
        check_n(pending_vector() == 15, "no interrupt before unmap, %d", i);
        break;
    case MAP_ANEW:
        fetch_unmap(VIRTUAL(to));
        fetch_map(VIRTUAL(to), to);
        check_n(pending_vector() == 15, "no interrupt before code, %d", i);
        break;
    }
}

/*
 * Code that the function writes over code which has run: no cache is flushed,
 * as after a disk read. The frame starts 2 bytes into the page, so that its
 * data are a bundle. Before the new code runs, the adapter's interrupt comes,
 * or the page leaves the IOTLB, or the processor maps it for the fetch, as
 * when a page fault has loaded it. @stale: the machine is told not to care,
 * and the old code is expected.
 */
static void test_code(enum code_how how, bool stale)
{
    static const char *const what[] = {
        [INTERRUPT] = "code by DMA runs after an interrupt, %d",
        [UNMAP] = "code by DMA runs after an unmap, %d",
        [MAP_ANEW] = "code by DMA runs when it is mapped, %d",
    };
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(4096, 4096);
    uint8_t *code = (how == MAP_ANEW ? VIRTUAL(to) : to) + 16;
    uint64_t from_dma, to_dma;
    bool keep = isolation;

    isolation |= how == UNMAP;
    open_simple(from, to, &from_dma, &to_dma);
    set_reg(EIMC, 7);
    if (how == MAP_ANEW) {
        fetch_virtual();
        fetch_map(VIRTUAL(to), to);
    }
    for (unsigned i = 1; i <= 6; i++) {
        bool odd = i & 1;

        if (i == 1 || stale) {
            memcpy(to + 16, odd ? code_34 : code_17, 16);
            sync_code(to + 16);
        }
        run_code(code);
        make_frame(from, 64, i);
        memcpy(from + HEADER, odd ? code_17 : code_34, 16);
        reg(EICR);
        set_reg(EIMS, how == INTERRUPT ? 7 : 0);
        while (pending_vector() != 15) {
            /* of the frame before */
        }
        if (!transfer(from_dma, to_dma + 2, 64)) {
            check(false, "transfer of code");
            break;
        }
        after_transfer(how, to, i);
        check_n(run_code(code) == (odd != stale ? 17 : 34),
                stale ? "code-coherence=off: old code runs, %d" : what[how],
                i);
    }
    isolation = keep;
}

/* Function level reset through the capability that vfio shows */
static void test_flr(void)
{
    unsigned cap = pci_capability(vf->devfn, 0x10);

    if (!check(cap, "PCI Express capability")) {
        return;
    }
    check(config_read(vf->devfn, cap + 4, 4) >> 28 & 1, "FLR is offered");
    config_write(vf->devfn, cap + 8, 0x8000, 2);
    delay_us(100000);
    pci_enable(vf->devfn);
    check(reset_function(), "function works after an FLR");
}

/*
 * Transfers without end through pages that are mapped and unmapped, for a
 * test that kills the machine; says once that it is under way
 */
static void stream(void)
{
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(4096, 4096);
    uint64_t from_dma, to_dma;

    isolation = true;
    open_simple(from, to, &from_dma, &to_dma);
    make_frame(from, 1400, 5);
    for (uint64_t n = 0; transfer(from_dma, to_dma, 1400); n++) {
        if (n == 10) {
            check(frame_is(to, 1400, 5), "stream is under way");
        }
        ioc_unmap(PAGE_TO);
        ioc_map(PAGE_TO, to);
    }
    check(false, "stream goes on");
}

void guest_main(void)
{
    uint8_t *mapped = NULL;

    chipset_init();
    isolation = option_is("opt/vfio/mode", "isolation");
    hotplug = option_is("opt/vfio/mode", "hotplug");
    if (hotplug) {
        /* the window is in use when the function comes */
        ioc_enable(14);
        mapped = ram_alloc(16384, 16384);
        ioc_map(PAGE_FROM, mapped);
        print("vf: waiting\n");
        WAIT(pci_find(0, VF_VENDOR, VF_DEVICE) >= 0, 10 * LONG_MS);
    }
    if (!find_function(0)) {
        return;
    }
    test_registers();
    if (!reset_function()) {
        return;
    }
    alloc_rings();
    if (option_is("opt/vfio/mode", "stream")) {
        stream();
        return;
    }
    if (hotplug) {
        test_came_later(mapped);
    }
    test_bypass();
    for (unsigned shift = 12; shift <= 16; shift += shift == 14 ? 2 : 1) {
        test_iotlb(shift);
    }
    test_msix();
    for (enum code_how how = INTERRUPT; how <= MAP_ANEW; how++) {
        test_code(how, option_is("opt/vfio/mode", "stale"));
    }
    end_msix();
    test_flr();
    if (hotplug) {
        print("vf: remove\n");
        check(WAIT(pci_find(0, VF_VENDOR, VF_DEVICE) < 0, 10 * LONG_MS),
              "function has gone");
    }
}
