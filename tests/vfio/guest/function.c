/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space and BARs of whatever function of the host is there:
 *  - QEMU's NVMe (1b36:0010): BAR below and above 4 GiB, access of each size
 *    and order of bytes, D3hot, FLR
 *  - LSI 53C895A: BAR smaller than a page, at the start of one and within
 *  - Intel 8254x: option ROM
 *  - an id that the user made up (1af4:9999)
 */

#include "guest.h"

/* Device and vendor */
#define NVME            0x00101b36
#define LSI             0x00121000
#define E1000           0x100e8086
#define MADE_UP         0x99991af4

#define NVME_CAP        0x00
#define NVME_VERSION    0x08
#define NVME_MASK_SET   0x0c
#define NVME_ADMIN_SQ   0x28    /* 64 bits, writable while disabled */
#define LSI_SCRATCH_A   0x34

#define CAP_PM          0x01
#define CAP_EXPRESS     0x10
#define ROM_SIZE        2048

#define BIG_BAR         (ZX1_GMMIO_BASE + ZX1_GMMIO_MEM_OFFSET + 0x100000)

/* Loads and stores of a processor that is big-endian for one instruction */
static uint32_t read32_be(uint64_t addr)
{
    uint32_t val;

    asm volatile("sum 2 ;; ld4.acq %0 = [%1] ;; rum 2 ;;"
                 : "=r"(val) : "r"(UC(addr)) : "memory");
    return val;
}

static void write32_be(uint64_t addr, uint32_t val)
{
    asm volatile("sum 2 ;; st4.rel [%0] = %1 ;; rum 2 ;;"
                 : : "r"(UC(addr)), "r"(val) : "memory");
}

/* A memory BAR of 64 bits goes to @addr */
static void move_bar(unsigned devfn, unsigned bar, uint64_t addr)
{
    config_write(devfn, 4, 0, 2);
    config_write(devfn, 0x10 + 4 * bar, addr, 4);
    config_write(devfn, 0x14 + 4 * bar, addr >> 32, 4);
    pci_enable(devfn);
}

static void test_sizes(uint64_t bar, uint64_t addr)
{
    uint64_t cap = read64(bar + NVME_CAP);

    check_n(cap && cap != ~0ul &&
            cap == (read32(bar) | (uint64_t)read32(bar + 4) << 32),
            "NVMe BAR at %d GiB: 64 and 32 bits agree", addr >> 30);
    check_n(read32_be(bar + NVME_VERSION) ==
            __builtin_bswap32(read32(bar + NVME_VERSION)),
            "NVMe BAR at %d GiB: big-endian load", addr >> 30);
    write64(bar + NVME_ADMIN_SQ, 0x123456789000);
    check_n(read64(bar + NVME_ADMIN_SQ) == 0x123456789000,
            "NVMe BAR at %d GiB: 64-bit store", addr >> 30);
    write32_be(bar + NVME_ADMIN_SQ, 0x00f0ad0b);
    check_n(read64(bar + NVME_ADMIN_SQ) == 0x12340badf000,
            "NVMe BAR at %d GiB: big-endian store", addr >> 30);
    write64(bar + NVME_ADMIN_SQ, 0);
}

static void test_power(unsigned devfn, uint64_t bar)
{
    unsigned cap = pci_capability(devfn, CAP_PM);
    uint32_t version = read32(bar + NVME_VERSION);

    if (!check(cap, "NVMe: power management capability")) {
        return;
    }
    config_write(devfn, cap + 4, 3, 2);
    delay_us(20000);
    check((config_read(devfn, cap + 4, 2) & 3) == 3, "NVMe: goes to D3hot");
    check(read32(bar + NVME_VERSION) == ~0u, "NVMe: no registers in D3hot");
    config_write(devfn, cap + 4, 0, 2);
    delay_us(20000);
    check((config_read(devfn, cap + 4, 2) & 3) == 0, "NVMe: returns to D0");
    pci_enable(devfn);
    check(read32(bar + NVME_VERSION) == version, "NVMe: registers are back");
}

static void test_nvme_flr(unsigned devfn, uint64_t bar)
{
    unsigned cap = pci_capability(devfn, CAP_EXPRESS);

    if (!check(cap && config_read(devfn, cap + 4, 4) >> 28 & 1,
               "NVMe: FLR is offered")) {
        return;
    }
    /* QEMU's NVMe keeps the admin queues' addresses, but no mask */
    write32(bar + NVME_MASK_SET, 5);
    check(read32(bar + NVME_MASK_SET) == 5, "NVMe: mask before FLR");
    config_write(devfn, cap + 8, 0x8000, 2);
    delay_us(200000);
    pci_enable(devfn);
    check(read32(bar + NVME_MASK_SET) == 0, "NVMe: FLR resets it");
    check(read64(bar + NVME_CAP) != ~0ul, "NVMe: registers after FLR");
}

static void test_nvme(unsigned devfn)
{
    uint64_t bar = pci_assign_bar(devfn, 0);

    pci_enable(devfn);
    test_sizes(bar, bar);
    move_bar(devfn, 0, BIG_BAR);
    test_sizes(BIG_BAR, BIG_BAR);
    check(read64(bar + NVME_CAP) == ~0ul, "NVMe: nothing at its old place");
    move_bar(devfn, 0, bar);
    test_sizes(bar, bar);
    test_power(devfn, bar);
    test_nvme_flr(devfn, bar);
}

static void test_scratch(uint64_t bar, unsigned offset)
{
    uint64_t at = bar + LSI_SCRATCH_A;

    write32(at, 0x11223344);
    check_n(read32(at) == 0x11223344 && read8(at) == 0x44 &&
            read8(at + 3) == 0x11, "LSI BAR at %d of its page: 32 bits",
            offset);
    write8(at + 1, 0xaa);
    write16(at + 2, 0xbbcc);
    check_n(read32(at) == 0xbbccaa44,
            "LSI BAR at %d of its page: 8 and 16 bits", offset);
    write32_be(at, 0x01020304);
    check_n(read32(at) == 0x04030201 && read32_be(at) == 0x01020304,
            "LSI BAR at %d of its page: big-endian", offset);
}

static void test_lsi(unsigned devfn)
{
    static const unsigned offsets[] = { 0, 0x400, 0, 0xc00, 0 };
    uint64_t bar, page;

    /* The registers' BAR has 1 KiB, the RAM's 8 */
    bar = pci_assign_bar(devfn, 1);
    page = ((pci_assign_bar(devfn, 2) + 0x2000) | 0xffff) + 1;
    check(bar != 0, "LSI: BAR of registers");
    for (unsigned i = 0; i < ARRAY_SIZE(offsets); i++) {
        config_write(devfn, 4, 0, 2);
        config_write(devfn, 0x14, page + offsets[i], 4);
        pci_enable(devfn);
        test_scratch(page + offsets[i], offsets[i]);
    }
}

/* The test's ROM: signature, then bytes that count by 7 but for its header */
static void test_rom(unsigned devfn)
{
    uint64_t rom = ZX1_LMMIO_BASE + 0x2000000;
    unsigned wrong = 0;
    uint32_t size;

    config_write(devfn, 0x30, 0xfffff800, 4);
    size = -(config_read(devfn, 0x30, 4) & 0xfffff800);
    check(size == ROM_SIZE, "ROM has its size");
    config_write(devfn, 0x30, rom | 1, 4);
    config_write(devfn, 4, 2, 2);
    check(read8(rom) == 0x55 && read8(rom + 1) == 0xaa, "ROM has a signature");
    for (unsigned i = 0x100; i < ROM_SIZE; i++) {
        wrong += read8(rom + i) != (uint8_t)(i * 7);
    }
    check(!wrong, "ROM has its content");
    config_write(devfn, 0x30, rom, 4);
    check(read32(rom) == ~0u, "ROM disappears when it is disabled");
}

static int find(uint32_t id)
{
    return pci_find(0, id & 0xffff, id >> 16);
}

/*
 * On a conventional bus: capabilities in the first 256 bytes only, no link
 * that leads out of them or around
 */
static void test_capabilities(unsigned devfn)
{
    unsigned at = config_read(devfn, 0x34, 1), n = 0;
    bool inside = true;

    while (at && n < 48) {
        inside &= at >= 0x40 && !(at & 3) && config_read(devfn, at, 1) != 0xff;
        at = config_read(devfn, at + 1, 1);
        n++;
    }
    check_n(inside && !at, "slot %d: the list of capabilities ends",
            devfn >> 3);
}

void guest_main(void)
{
    int devfn;

    chipset_init();
    for (devfn = 0; devfn < 256; devfn++) {
        if (config_read(devfn, 0, 4) != ~0u &&
            (config_read(devfn, 6, 2) & 0x10)) {
            test_capabilities(devfn);
        }
    }
    devfn = find(NVME);
    if (devfn >= 0) {
        test_nvme(devfn);
    }
    devfn = find(LSI);
    if (devfn >= 0) {
        test_lsi(devfn);
    }
    devfn = find(E1000);
    if (devfn >= 0) {
        test_rom(devfn);
    }
    devfn = find(MADE_UP);
    if (devfn >= 0) {
        check(config_read(devfn, 0x2c, 4) == 0x12349abc, "made-up ids");
    }
}
