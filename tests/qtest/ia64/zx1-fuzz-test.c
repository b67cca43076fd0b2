/*
 * qtest of the HP zx1 machine: random accesses
 *
 * Loads, stores and DMA without sense on every register block, as a guest
 * gone wild would make them. The machine must live, and after a reset it
 * must be a machine again. Most useful in a build with sanitizers.
 *
 * The seed is that of the test framework (--seed); -m slow runs longer, and
 * ZX1_FUZZ_SECONDS in the environment says how long each test runs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "hw/pci/pci_regs.h"
#include "zx1-util.h"

#define EDU             0x80000000U
#define EDU_DEVFN       (1 << 3)

#define ACCESSES        20000
#define ACCESSES_SLOW   2000000
#define DMA_EVERY       200
#define RESET_EVERY     5000

/* Where to aim: address, range, and how much weight */
static const struct {
    uint64_t base;
    uint32_t range;
    unsigned weight;
} aim[] = {
    { ZX1_SBA_BASE, 0x400, 8 },
    { ZX1_IOC_BASE, 0x600, 2 },
    { ZX1_IOC_BASE + 0x300, 0x28, 8 },
    { ZX1_MIO_BASE, ZX1_MIO_SIZE, 1 },
    { ZX1_LBA_BASE, ZX1_ROPES * ZX1_LBA_SIZE, 4 },
    { ZX1_LBA_CSR(0), 0x2c0, 4 },
    { ZX1_LBA_CSR(2), 0x2c0, 4 },
    { ZX1_LBA_CSR(0) + ZX1_LBA_IOSAPIC, 0x60, 4 },
    { ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC, 0x60, 4 },
    { ZX1_RTC_BASE, 0x20, 1 },
    { ZX1_BOARD_BASE, 0x40, 1 },
    { ZX1_DILLON_BASE, 0x100, 1 },
    { ZX1_PM_BASE, 0xc, 1 },
    { ZX1_UART0_BASE, 8, 1 },
    { ZX1_VARS_BASE, 0x1000, 1 },
    { ZX1_PIB_BASE, ZX1_PIB_SIZE, 1 },
    { ZX1_IOPORT_BASE, ZX1_IOPORT_SIZE, 2 },
    { EDU, 0x100, 1 },
    { ZX1_LMMIO_BASE, ZX1_LMMIO_SIZE, 1 },
    { ZX1_GMMIO_BASE, 0x80000000U, 1 },
    { ZX1_GMMIO_BASE + (2ULL << ZX1_GMMIO_ROPE_SHIFT), 0x8000000, 1 },
    { 0xa0000, 0x20000, 1 },
};

/* Whether to go on after @done accesses in @start's test */
static bool go_on(unsigned done, int64_t start)
{
    const char *seconds = getenv("ZX1_FUZZ_SECONDS");

    if (seconds) {
        /* Whole rounds, each with its reset */
        return done % RESET_EVERY ||
               g_get_monotonic_time() - start < atoi(seconds) * 1000000LL;
    }
    return done < (g_test_slow() ? ACCESSES_SLOW : ACCESSES);
}

/* 64 bits: random, small, one bit, or something that a register likes */
static uint64_t any_value(void)
{
    static const uint64_t liked[] = {
        0, UINT64_MAX, 0x40000001, 0xc0000000, 0xfed20001, 0x80000001,
        0x80000000001ULL, 28ULL << 58, 13ULL << 58, 0xa000, 0x10000,
    };
    uint64_t val = (uint64_t)g_test_rand_int() << 32 |
                   (uint32_t)g_test_rand_int();

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        return val;
    case 1:
        return (uint32_t)val;
    case 2:
        return 1ULL << (val & 63);
    default:
        return liked[(uint32_t)val % ARRAY_SIZE(liked)];
    }
}

static uint64_t any_address(unsigned size)
{
    static unsigned total;
    unsigned pick;
    int i = 0;

    if (!total) {
        for (i = 0; i < ARRAY_SIZE(aim); i++) {
            total += aim[i].weight;
        }
        i = 0;
    }
    pick = g_test_rand_int_range(0, total);
    while (pick >= aim[i].weight) {
        pick -= aim[i++].weight;
    }
    return (aim[i].base + (uint32_t)g_test_rand_int() % aim[i].range) &
           -(uint64_t)size;
}

static void any_dma(QTestState *qts)
{
    uint64_t address = g_test_rand_bit() ? any_value() :
                       ZX1_IOVA_BASE + ((uint32_t)g_test_rand_int() & 0xffff);

    qtest_writeq(qts, ZX1_SBA_BASE + 0x3a8, ZX1_LBA_BASE | 1);
    zx1_enable(qts, 0, EDU_DEVFN, 0, EDU);
    qtest_writeq(qts, EDU + 0x80, g_test_rand_bit() ? address : 0x40000);
    qtest_writeq(qts, EDU + 0x88, g_test_rand_bit() ? address : 0x40000);
    qtest_writeq(qts, EDU + 0x90, (uint32_t)g_test_rand_int() & 0xfff);
    qtest_writeq(qts, EDU + 0x98, g_test_rand_bit() ? 1 : 3);
    qtest_clock_step(qts, 101 * 1000 * 1000);
}

static void test_random(void)
{
    /* Some accesses switch the power off */
    QTestState *qts = zx1_start("-smp 2 -m 5G -no-shutdown "
                                "-device edu,bus=pci,addr=1,"
                                "dma_mask=0xffffffffffffffff "
                                "-device e1000-82546gb,bus=pci2,addr=1 "
                                "-device iommu-map-testdev,bus=pci4,addr=1 "
                                "-device iommu-map-testdev,bus=pci4,addr=2,"
                                "cache=on "
                                "-device pci-bridge,bus=pci3,addr=1,"
                                "chassis_nr=1");
    int64_t begin = g_get_monotonic_time();

    for (unsigned i = 1; go_on(i - 1, begin); i++) {
        unsigned size = 1 << g_test_rand_int_range(0, 4);
        uint64_t address = any_address(size);

        if (g_test_rand_int_range(0, 3) == 0) {
            zx1_read(qts, address, size);
        } else {
            zx1_write(qts, address, any_value(), size);
        }
        if (i % DMA_EVERY == 0) {
            any_dma(qts);
        }
        if (i % RESET_EVERY == 0) {
            qtest_system_reset(qts);
            zx1_program_chipset(qts);
            g_assert_cmphex(qtest_readl(qts, ZX1_LBA_CSR(7)), ==, 0x122e103c);
            zx1_enable(qts, 0, EDU_DEVFN, 0, EDU);
            g_assert_cmphex(qtest_readl(qts, EDU), ==, ZX1_EDU_ID);
        }
    }
    qtest_quit(qts);
}

#define MPT             0x90000000ULL
#define MPT_DEVFN       (1 << 3)
#define MPT_DOORBELL    0x00
#define MPT_REQUEST     0x40
#define MPT_REPLY       0x44
#define MPT_FRAMES      0x100000
#define MPT_REPLIES     0x110000
#define IDE_DEVFN       (2 << 3)
#define IDE_PORTS       0x1000

static void devices_enable(QTestState *qts)
{
    zx1_program_chipset(qts);
    zx1_enable(qts, 1, MPT_DEVFN, 1, MPT);
    for (unsigned bar = 0; bar < 5; bar++) {
        zx1_enable(qts, 0, IDE_DEVFN, bar, IDE_PORTS + 0x10 * bar);
    }
}

/* IOC_INIT through the doorbell, or requests would all be refused */
static void mpt_init(QTestState *qts)
{
    qtest_writel(qts, MPT + MPT_DOORBELL, 0x40000000);
    qtest_writel(qts, MPT + MPT_DOORBELL, 0x42060000);
    for (unsigned i = 0; i < 6; i++) {
        static const uint32_t init[] = { 0x02000004, 0x00011000, 0, 128 };

        qtest_writel(qts, MPT + MPT_DOORBELL,
                     i < ARRAY_SIZE(init) ? init[i] : 0);
    }
    for (unsigned i = 0; i < 8; i++) {
        qtest_writel(qts, MPT + MPT_REPLY, MPT_REPLIES + 128 * i);
    }
}

/* A message with something of everything, and a list that may make sense */
static void mpt_message(QTestState *qts)
{
    static const uint8_t function[] = { 0, 0, 0, 0, 1, 2, 3, 4, 4, 5, 6, 7, 8,
                                        0x15, 0xff };
    static const uint8_t opcode[] = { 0x00, 0x12, 0x28, 0x2a, 0x1a, 0x25 };
    uint64_t at = MPT_FRAMES + 128 * g_test_rand_int_range(0, 8);
    uint8_t frame[128] = { 0 };
    unsigned n = g_test_rand_int_range(0, 40);

    frame[0] = g_test_rand_int_range(0, 4);
    frame[3] = function[g_test_rand_int_range(0, ARRAY_SIZE(function))];
    frame[4] = 10;
    frame[5] = frame[3] ? g_test_rand_int_range(0, 9) : 18;
    frame[0x16] = g_test_rand_int_range(0, 6);
    frame[0x17] = frame[3] ? g_test_rand_int_range(0, 10) :
                             g_test_rand_int_range(0, 3);
    frame[0x18] = frame[3] ? g_test_rand_int_range(0, 16) :
                  opcode[g_test_rand_int_range(0, ARRAY_SIZE(opcode))];
    frame[0x20] = g_test_rand_int_range(0, 4);
    frame[0x29] = 2;
    frame[0x2d] = 0x20;
    for (unsigned e = 0x30; e + 8 <= sizeof(frame); e += 8) {
        frame[e + 1] = g_test_rand_int_range(0, 4);
        frame[e + 3] = g_test_rand_int_range(0, 4) ? 0x10 : any_value();
        frame[e + 5] = 0x40 + e;
    }
    frame[2] = g_test_rand_bit() ? 0 : g_test_rand_int_range(0, 33);
    while (n--) {
        if (g_test_rand_int_range(0, 8) == 0) {
            frame[g_test_rand_int_range(0, sizeof(frame))] = any_value();
        }
    }
    qtest_memwrite(qts, at, frame, sizeof(frame));
    qtest_writel(qts, MPT + MPT_REQUEST, at);
}

/* A packet for the CD drive on the second channel, and some data after it */
static void cd_packet(QTestState *qts)
{
    static const uint8_t opcode[] = { 0x00, 0x12, 0x25, 0x28, 0x28, 0x55, 0x55,
                                      0x5a, 0xa8 };
    const uint16_t ports = IDE_PORTS + 0x20;
    unsigned words = 6 + g_test_rand_int_range(0, 40);

    if (g_test_rand_int_range(0, 4)) {
        /* Channels on; the drive forgets what it was at */
        zx1_config_write(qts, 0, 0, IDE_DEVFN, 0x51, 0x0c, 1);
        qtest_writeb(qts, zx1_port(ports + 7), 0x08);
    }
    qtest_writeb(qts, zx1_port(ports + 6), 0xa0);
    qtest_writeb(qts, zx1_port(ports + 1), g_test_rand_int_range(0, 2));
    qtest_writeb(qts, zx1_port(ports + 4), any_value());
    qtest_writeb(qts, zx1_port(ports + 5), g_test_rand_int_range(0, 3));
    qtest_writeb(qts, zx1_port(ports + 7), 0xa0);
    for (unsigned i = 0; i < words; i++) {
        uint16_t word = g_test_rand_int_range(0, 8) ? 0 : any_value();

        switch (i) {
        case 0:
            word = opcode[g_test_rand_int_range(0, ARRAY_SIZE(opcode))];
            break;
        case 4:
            word = g_test_rand_int_range(0, 20);
            break;
        case 9:
            /* The length of MODE SELECT's block descriptor ... */
            word = 8 << 8;
            break;
        case 13:
            /* ... and the size of blocks */
            word = 2 << g_test_rand_int_range(0, 3);
            break;
        }
        qtest_writew(qts, zx1_port(ports), word);
    }
    while (words--) {
        qtest_readw(qts, zx1_port(ports));
    }
    /* What waits for a start of DMA gets it */
    qtest_writel(qts, zx1_port(IDE_PORTS + 0x4c), MPT_FRAMES);
    qtest_writeb(qts, zx1_port(IDE_PORTS + 0x48), 9 - 8 *
                 g_test_rand_int_range(0, 2));
}

/* The controllers that HP's drivers name, with disks */
static void test_devices(void)
{
    QTestState *qts = zx1_start("-m 5G -blockdev null-co,node-name=d,"
                                "size=1048576,read-zeroes=on -blockdev "
                                "null-co,node-name=e,size=1048576,"
                                "read-zeroes=on -blockdev "
                                "null-co,node-name=f,size=1048576,"
                                "read-zeroes=on "
                                "-device lsi53c1030,bus=pci1,addr=1,id=mpt "
                                "-device scsi-hd,bus=mpt.0,scsi-id=2,drive=d "
                                "-device cmd649-ide,bus=pci,addr=2,id=ide "
                                "-device ide-hd,bus=ide.0,drive=e "
                                "-device ide-cd,bus=ide.1,drive=f");
    int64_t begin = g_get_monotonic_time();

    devices_enable(qts);
    for (unsigned i = 1; go_on(i - 1, begin); i++) {
        unsigned size = 1 << g_test_rand_int_range(0, 3);
        unsigned reg = (uint32_t)g_test_rand_int() % 0x50 & -size;

        switch (g_test_rand_int_range(0, 7)) {
        case 0:
            zx1_write(qts, MPT + reg, any_value(), size);
            break;
        case 1:
            zx1_read(qts, MPT + reg, size);
            break;
        case 2:
            zx1_write(qts, zx1_port(IDE_PORTS + reg), any_value(), size);
            break;
        case 3:
            zx1_config_write(qts, 0, 0, IDE_DEVFN, 0x40 + reg % 0x40,
                             any_value(), size);
            break;
        case 4:
            cd_packet(qts);
            break;
        default:
            mpt_message(qts);
            qtest_readl(qts, MPT + MPT_REPLY);
            qtest_writel(qts, MPT + MPT_REPLY, MPT_REPLIES);
            break;
        }
        if (i % 50 == 0) {
            mpt_init(qts);
        }
        if (i % RESET_EVERY == 0) {
            qtest_system_reset(qts);
            devices_enable(qts);
            g_assert_cmphex(qtest_readl(qts, MPT + MPT_DOORBELL), ==,
                            0x10000000);
        }
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/random", test_random);
    qtest_add_func("zx1/random-devices", test_devices);
    return g_test_run();
}
