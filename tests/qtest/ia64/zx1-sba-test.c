/*
 * qtest of the HP zx1 machine: SBA and host bridges
 *
 * Identification, registers, the routes of processor addresses to the
 * bridges and through them, configuration space, and what happens when
 * nobody answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "libqtest.h"
#include "hw/pci/pci_ids.h"
#include "hw/pci/pci_regs.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "zx1-util.h"

#define SBA                 ZX1_SBA_BASE
#define IOC                 ZX1_IOC_BASE
#define LBA(rope)           ZX1_LBA_CSR(rope)

#define LBA_STATUS          0x006
#define LBA_ERROR_ADDR      0x070
#define LBA_CONTROL         0x108
#define LBA_ERROR_STATUS    0x688
#define CONTROL_VGA         0x08
#define CONTROL_CL          0x10
#define CONTROL_CE          0x20
#define STATUS_MASTER_ABORT 0x2000
#define ERROR_CODE          0x1f
#define ERROR_MASTER_ABORT  0x0c

#define EDU_DEVFN           (1 << 3)

static const unsigned ropes[] = { 0, 1, 2, 3, 4, 6, 7 };

static void test_identification(void)
{
    QTestState *qts = zx1_start(NULL);

    g_assert_cmphex(qtest_readl(qts, SBA), ==, 0x1229103c);
    g_assert_cmphex(qtest_readl(qts, IOC), ==, 0x122a103c);
    g_assert_cmphex(qtest_readl(qts, ZX1_MC_BASE), ==, 0x122b103c);
    /* Linux refuses an IOC before revision 2.0 */
    g_assert_cmphex(qtest_readb(qts, IOC + 8), >=, 0x20);
    /* Absent function, unknown register */
    g_assert_cmphex(qtest_readl(qts, ZX1_MIO_BASE + 0x4000), ==, 0);
    g_assert_cmphex(qtest_readl(qts, SBA + 0x800), ==, 0);

    for (unsigned i = 0; i < ARRAY_SIZE(ropes); i++) {
        g_assert_cmphex(qtest_readl(qts, LBA(ropes[i])), ==, 0x122e103c);
        g_assert_cmphex(qtest_readl(qts, LBA(ropes[i]) + 8) >> 8, ==,
                        PCI_CLASS_BRIDGE_HOST << 8);
    }
    /* Rope 5 is the second half of rope 4 */
    g_assert_cmphex(qtest_readl(qts, LBA(5)), ==, 0xffffffff);
    /* All ropes there; 4 and 5 are one */
    g_assert_cmphex(qtest_readw(qts, IOC + 0x40), ==, 0x04ff);
    qtest_quit(qts);
}

/* The handover describes the bridges that are there */
static void test_handover(void)
{
    QTestState *qts = zx1_start("-smp 3 -m 6G");
    size_t size;
    g_autofree struct zx1_fw_root *root = zx1_fw_file(qts, ZX1_FW_FILE_ROOTS,
                                                      &size);
    g_autofree struct zx1_fw_platform *platform = NULL;
    g_autofree struct zx1_fw_range *ram = NULL;
    uint64_t end = 0, total = 0;

    g_assert_cmpuint(size, ==, ARRAY_SIZE(ropes) * sizeof(*root));
    for (unsigned i = 0; i < ARRAY_SIZE(ropes); i++) {
        g_assert_cmpuint(le32_to_cpu(root[i].rope), ==, ropes[i]);
        g_assert_cmphex(le64_to_cpu(root[i].csr), ==, LBA(ropes[i]));
        g_assert_cmpuint(le32_to_cpu(root[i].gsi_base), ==, 16 + 11 * i);
        /* Scratch register: bus numbers for the operating system */
        g_assert_cmphex(qtest_readw(qts, LBA(ropes[i]) + 0x58), ==,
                        le32_to_cpu(root[i].bus_first) |
                        le32_to_cpu(root[i].bus_last) << 8);
    }

    platform = zx1_fw_file(qts, ZX1_FW_FILE_PLATFORM, &size);
    g_assert_cmpuint(size, ==, sizeof(*platform));
    g_assert_cmpuint(le32_to_cpu(platform->nr_cpus), ==, 3);
    g_assert_cmpuint(le32_to_cpu(platform->nr_roots), ==, ARRAY_SIZE(ropes));

    ram = zx1_fw_file(qts, ZX1_FW_FILE_RAM, &size);
    g_assert_cmpuint(size, ==, 3 * sizeof(*ram));
    for (unsigned i = 0; i < 3; i++) {
        uint64_t base = le64_to_cpu(ram[i].base);
        uint64_t len = le64_to_cpu(ram[i].size);

        g_assert_cmphex(base, >=, end);
        end = base + len;
        total += len;
        /* It is memory */
        qtest_writeq(qts, end - 8, 0x0123456789abcdefULL + i);
        g_assert_cmphex(qtest_readq(qts, end - 8), ==,
                        0x0123456789abcdefULL + i);
    }
    g_assert_cmphex(total, ==, 6ULL << 30);
    qtest_quit(qts);
}

/* Every step of the memory's size: where it is, where not, and its end */
static void test_memory(void)
{
    static const unsigned mib[] = {
        512, 513, 1024, 1025, 2048, 4096, 4097, 8192, 65536, 262144,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(mib); i++) {
        /* No host has that much to give */
        QTestState *qts = zx1_start("-object memory-backend-ram,id=r,"
                                    "size=%uM,reserve=off -m %uM "
                                    "-machine memory-backend=r "
                                    "-device edu,bus=pci,addr=1,"
                                    "dma_mask=0xffffffffffffffff", mib[i],
                                    mib[i]);
        size_t size;
        g_autofree struct zx1_fw_range *ram = zx1_fw_file(qts,
                                                          ZX1_FW_FILE_RAM,
                                                          &size);
        uint64_t total = 0, last = 0;

        zx1_enable(qts, 0, EDU_DEVFN, 0, 0x80000000);
        for (unsigned n = 0; n < size / sizeof(*ram); n++) {
            uint64_t base = le64_to_cpu(ram[n].base);
            uint64_t len = le64_to_cpu(ram[n].size);

            g_assert_cmphex(base, >=, last);
            last = base + len;
            total += len;
            /* Nothing of it between 1 and 4 GiB */
            g_assert_true(base >= 4 * GiB || last <= 1 * GiB);
            qtest_writeq(qts, base + 0x1000, base | 0xabc);
            qtest_writeq(qts, last - 8, last | 0xdef);
            g_assert_cmphex(qtest_readq(qts, base + 0x1000), ==,
                            base | 0xabc);
            g_assert_cmphex(qtest_readq(qts, last - 8), ==, last | 0xdef);
            /* A 64-bit master reaches it */
            zx1_edu_read(qts, 0x80000000, last - 8, 0, 8);
            zx1_edu_write(qts, 0x80000000, 0, base + 0x2000, 8);
            g_assert_cmphex(qtest_readq(qts, base + 0x2000), ==,
                            last | 0xdef);
        }
        g_assert_cmphex(total, ==, mib[i] * (uint64_t)MiB);
        qtest_quit(qts);
    }
}

/* What is read back after all ones and after all zeros were written */
typedef struct Register {
    uint64_t address;
    uint64_t reset, ones, zeros;
} Register;

static const Register registers[] = {
    { SBA + 0x000, 0x1229103c, 0x1229103c, 0x1229103c },
    { SBA + 0x300, 0x80000000, 0xfff00001, 0x80000000 },
    { SBA + 0x308, 0x80000000, 0xfff00000, 0x80000000 },
    { SBA + 0x310, 0, 7, 0 },
    { SBA + 0x358, 0, 7, 0 },
    { SBA + 0x370, 0, 0xfc00000000000000, 0 },
    { SBA + 0x378, 0, 0xfff00000007, 0 },
    { SBA + 0x398, 0xffff0000, 0xffffe000, 0xffff0000 },
    { SBA + 0x3a0, 0x3000000000000000, 0xfc00000000000000, 0 },
    { SBA + 0x3c0, 0, 0xff01, 0 },
    { SBA + 0x3d8, 0, 0xfffffe00001, 0 },
    { IOC + 0x000, 0x122a103c, 0x122a103c, 0x122a103c },
    { IOC + 0x200, 0, 0x70, 0 },
    { IOC + 0x300, 0, 0xfffff001, 0 },
    { IOC + 0x308, 0, 0xfffff000, 0 },
    { IOC + 0x318, 0, 3, 0 },
    { IOC + 0x320, 0, 0xfffffff000, 0 },
    { IOC + 0x500, 0x10, 0x10, 0 },
};

static const Register bridge_registers[] = {
    /* Five masters at most, PCI-X command, kind of bus, DMA hints */
    { LBA(0) + 0x080, 1, 0x3f, 0 },
    { LBA(0) + 0x090, 0, 0xff0000, 0 },
    { LBA(0) + 0x0a0, 0x0013ff0000000007, 0x0013ff00007f0007,
      0x0013ff0000000007 },
    { LBA(0) + 0x278, 6, 0x8006200f, 0 },
    { LBA(0) + 0x280, 0xfee00001, 0xfffffff0001, 0 },
    { LBA(0) + 0x310, 0, 0xffffffffffffffff, 0 },
    { LBA(0) + 0x3e8, 0, 0xffffffffffffffff, 0 },
    { LBA(0) + 0x610, 0x100, 0xffffffffffffffff, 0x100 },
    { LBA(4) + 0x610, 0, 0xfffffffffffffeff, 0 },
    { LBA(0) + 0x618, 8, 8, 8 },
    { LBA(0) + 0x620, 0x0460, 0x18560, 0x0460 },
    { LBA(1) + 0x620, 0x04e0, 0x185e0, 0x04e0 },
    { LBA(3) + 0x620, 0x7ce0, 0x1fde0, 0x7ce0 },
    { LBA(4) + 0x620, 0x7cc0, 0x1fdc0, 0x7cc0 },
    { LBA(0) + 0x680, 0, 0xffffffffffffffff, 0 },
};

static void check_registers(const Register *reg, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        QTestState *qts = zx1_start_raw(NULL);
        uint64_t address = reg[i].address;

        if (address >= LBA(0)) {
            qtest_writeq(qts, SBA + 0x3a8, LBA(0) | 1);
        }
        g_assert_cmphex(qtest_readq(qts, address), ==, reg[i].reset);
        qtest_writeq(qts, address, UINT64_MAX);
        g_assert_cmphex(qtest_readq(qts, address), ==, reg[i].ones);
        qtest_writeq(qts, address, 0);
        g_assert_cmphex(qtest_readq(qts, address), ==, reg[i].zeros);
        /* Halves, as hp-agp and X.Org access them */
        qtest_writel(qts, address + 4, 0xffffffff);
        g_assert_cmphex(qtest_readl(qts, address + 4), ==,
                        reg[i].ones >> 32);
        g_assert_cmphex(qtest_readl(qts, address), ==,
                        (uint32_t)reg[i].zeros);
        qtest_quit(qts);
    }
}

static void test_registers(void)
{
    check_registers(registers, ARRAY_SIZE(registers));
    check_registers(bridge_registers, ARRAY_SIZE(bridge_registers));
}

static void test_reset(void)
{
    QTestState *qts = zx1_start(NULL);

    g_assert_cmphex(qtest_readl(qts, LBA(0)), ==, 0x122e103c);
    qtest_system_reset(qts);
    for (unsigned i = 0; i < ARRAY_SIZE(registers); i++) {
        g_assert_cmphex(qtest_readq(qts, registers[i].address), ==,
                        registers[i].reset);
    }
    /* The bridges are not where firmware had put them */
    g_assert_cmphex(qtest_readl(qts, LBA(0)), !=, 0x122e103c);
    zx1_program_chipset(qts);
    g_assert_cmphex(qtest_readl(qts, LBA(0)), ==, 0x122e103c);
    qtest_quit(qts);
}

/* One edu a rope, reached at each address that belongs to the rope */
static void test_lmmio(void)
{
    static const struct {
        unsigned rope;
        uint32_t address;
    } place[] = {
        { 0, 0x80000000 }, { 0, 0x8ff00000 },
        { 1, 0x90000000 }, { 1, 0x97f00000 },
        /* Directed, and the rope's own share */
        { 2, 0x98000000 }, { 2, 0xa0000000 }, { 2, 0xaff00000 },
        { 3, 0xb0000000 }, { 3, 0xc0000000 }, { 3, 0xc7f00000 },
        /* Double wide: rope 5's share is rope 4's */
        { 4, 0xc8000000 }, { 4, 0xd0000000 }, { 4, 0xdff00000 },
        { 6, 0xe0000000 }, { 6, 0xeff00000 },
        { 7, 0xf0000000 }, { 7, 0xfdf00000 },
    };
    QTestState *qts = zx1_start("-device edu,bus=pci,addr=1 "
                                "-device edu,bus=pci1,addr=1 "
                                "-device edu,bus=pci2,addr=1 "
                                "-device edu,bus=pci3,addr=1 "
                                "-device edu,bus=pci4,addr=1 "
                                "-device edu,bus=pci6,addr=1 "
                                "-device edu,bus=pci7,addr=1");

    for (unsigned i = 0; i < ARRAY_SIZE(place); i++) {
        g_assert_cmphex(qtest_readl(qts, place[i].address), ==, 0xffffffff);
        zx1_enable(qts, place[i].rope, EDU_DEVFN, 0, place[i].address);
        g_assert_cmphex(qtest_readl(qts, place[i].address), ==, ZX1_EDU_ID);
    }
    qtest_quit(qts);
}

/* The distribution registers steer */
static void test_steering(void)
{
    QTestState *qts = zx1_start("-device edu,bus=pci,addr=1 "
                                "-device edu,bus=pci3,addr=1");

    zx1_enable(qts, 3, EDU_DEVFN, 0, 0xc0000000);
    g_assert_cmphex(qtest_readl(qts, 0xc0000000), ==, ZX1_EDU_ID);
    /* Directed range 1 to another rope: its bridge does not take it */
    qtest_writeq(qts, SBA + 0x328, 0);
    g_assert_cmphex(qtest_readl(qts, 0xc0000000), ==, 0xffffffff);
    g_assert_cmphex(qtest_readq(qts, LBA(0) + LBA_ERROR_ADDR), ==,
                    0xc0000000);
    /* ... until its ELMMIO window covers it and a function is there */
    qtest_writeq(qts, LBA(0) + 0x258, 0xf8000000);
    qtest_writeq(qts, LBA(0) + 0x250, 0xc0000001);
    zx1_enable(qts, 0, EDU_DEVFN, 0, 0xc0000000);
    g_assert_cmphex(qtest_readl(qts, 0xc0000000), ==, ZX1_EDU_ID);
    /* Directed range off: rope 4 has the distributed share */
    qtest_writeq(qts, SBA + 0x318, 0xc0000000);
    g_assert_cmphex(qtest_readl(qts, 0xc0000000), ==, 0xffffffff);
    g_assert_cmphex(qtest_readq(qts, LBA(4) + LBA_ERROR_ADDR), ==,
                    0xc0000000);
    /* The bridges' registers move */
    qtest_writeq(qts, SBA + 0x3a8, 0xfec00001);
    g_assert_cmphex(qtest_readl(qts, 0xfec00000), ==, 0x122e103c);
    g_assert_cmphex(qtest_readl(qts, 0xfec0e000), ==, 0x122e103c);
    g_assert_cmphex(qtest_readl(qts, LBA(0)), !=, 0x122e103c);
    /* Absurd settings: nothing happens, and all comes back */
    qtest_writeq(qts, SBA + 0x370, 0);
    qtest_writeq(qts, SBA + 0x370, 0xfc00000000000000ULL);
    qtest_writeq(qts, SBA + 0x388, 0);
    zx1_program_chipset(qts);
    g_assert_cmphex(qtest_readl(qts, 0xc0000000), ==, ZX1_EDU_ID);
    zx1_enable(qts, 3, EDU_DEVFN, 0, 0xb0000000);
    g_assert_cmphex(qtest_readl(qts, 0xc0000000), ==, 0xffffffff);
    g_assert_cmphex(qtest_readl(qts, 0xb0000000), ==, ZX1_EDU_ID);
    qtest_quit(qts);
}

static void test_gmmio(void)
{
    QTestState *qts = zx1_start("-object memory-backend-ram,id=a,size=1M "
                                "-object memory-backend-ram,id=b,size=1M "
                                "-device ivshmem-plain,bus=pci2,addr=1,"
                                "memdev=a "
                                "-device ivshmem-plain,bus=pci7,addr=1,"
                                "memdev=b");
    const uint64_t low = 0xa0004000000ULL, high = 0xf0fffe00000ULL;

    zx1_enable(qts, 2, EDU_DEVFN, 2, low);
    zx1_enable(qts, 7, EDU_DEVFN, 2, high);
    qtest_writeq(qts, low + 8, 0x1122334455667788ULL);
    qtest_writeq(qts, high + 8, 0x99aabbccddeeff00ULL);
    g_assert_cmphex(qtest_readq(qts, low + 8), ==, 0x1122334455667788ULL);
    g_assert_cmphex(qtest_readq(qts, high + 8), ==, 0x99aabbccddeeff00ULL);
    g_assert_cmphex(qtest_readb(qts, low + 8), ==, 0x88);
    /* The other rope's chunk, and the ports at the start of a chunk */
    g_assert_cmphex(qtest_readl(qts, low + (1ULL << 40)), ==, 0xffffffff);
    zx1_enable(qts, 2, EDU_DEVFN, 2, 0xa0000000000ULL);
    g_assert_cmphex(qtest_readq(qts, 0xa0000000008ULL), !=,
                    0x1122334455667788ULL);
    /* Without ports there it is memory */
    qtest_writeq(qts, SBA + 0x378, qtest_readq(qts, SBA + 0x378) | 2);
    g_assert_cmphex(qtest_readq(qts, 0xa0000000008ULL), ==,
                    0x1122334455667788ULL);
    /* Relocated to 0: a chunk is another way to the rope's 32-bit addresses */
    zx1_enable(qts, 2, EDU_DEVFN, 2, 0xa0000000);
    qtest_writeq(qts, SBA + 0x378, qtest_readq(qts, SBA + 0x378) | 4);
    g_assert_cmphex(qtest_readq(qts, 0xa00a0000008ULL), ==,
                    0x1122334455667788ULL);
    g_assert_cmphex(qtest_readq(qts, 0xa0000008ULL), ==,
                    0x1122334455667788ULL);
    g_assert_cmphex(qtest_readq(qts, 0xa01a0000008ULL), !=,
                    0x1122334455667788ULL);
    g_assert_cmphex(qtest_readq(qts, 0xb00a0000008ULL), !=,
                    0x1122334455667788ULL);
    qtest_quit(qts);
}

static void test_ports(void)
{
    static const struct {
        unsigned rope;
        uint16_t port;
    } place[] = {
        { 0, 0x1000 }, { 2, 0x3000 }, { 2, 0x4000 }, { 2, 0x5f00 },
    };
    static const uint8_t mac[] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
    QTestState *qts = zx1_start("-device rtl8139,bus=pci,addr=1,"
                                "mac=52:54:00:12:34:56 "
                                "-device rtl8139,bus=pci2,addr=1,"
                                "mac=52:54:00:12:34:56");

    for (unsigned i = 0; i < ARRAY_SIZE(place); i++) {
        uint16_t port = place[i].port;

        zx1_enable(qts, place[i].rope, EDU_DEVFN, 0, port);
        for (unsigned j = 0; j < sizeof(mac); j++) {
            g_assert_cmphex(qtest_readb(qts, zx1_port(port + j)), ==, mac[j]);
        }
        g_assert_cmphex(qtest_readw(qts, zx1_port(port)), ==, 0x5452);
        g_assert_cmphex(qtest_readl(qts, zx1_port(port)), ==, 0x12005452);
    }
    /* Stores: the configuration registers' lock */
    qtest_writeb(qts, zx1_port(0x5f50), 0xc0);
    g_assert_cmphex(qtest_readb(qts, zx1_port(0x5f50)), ==, 0xc0);
    /* Nobody there */
    g_assert_cmphex(qtest_readb(qts, zx1_port(0x5e00)), ==, 0xff);
    /* Its own port space is the other way to a rope, and to no other */
    g_assert_cmphex(qtest_readl(qts, 0xa0000000000ULL + zx1_port(0x5f00) -
                                ZX1_IOPORT_BASE), ==, 0x12005452);
    g_assert_cmphex(qtest_readb(qts, 0xa0000000000ULL + zx1_port(0x1000) -
                                ZX1_IOPORT_BASE), ==, 0xff);
    g_assert_cmphex(qtest_readb(qts, 0xb0000000000ULL + zx1_port(0x5f00) -
                                ZX1_IOPORT_BASE), ==, 0xff);
    /* Nobody takes it, directed range or not */
    qtest_writeq(qts, SBA + 0x3c0, 0);
    zx1_enable(qts, 2, EDU_DEVFN, 0, 0x3000);
    g_assert_cmphex(qtest_readb(qts, zx1_port(0x3000)), ==, 0xff);
    /* Port space off */
    qtest_writeq(qts, SBA + 0x3d8, 0);
    zx1_enable(qts, 2, EDU_DEVFN, 0, 0x4000);
    g_assert_cmphex(qtest_readl(qts, zx1_port(0x4000)), !=, 0x12005452);
    qtest_quit(qts);
}

/* The VGA window covers RAM when and only when it is routed */
static void test_vga(void)
{
    QTestState *qts = zx1_start_raw(NULL);

    qtest_writel(qts, 0xa0000, 0x12345678);
    g_assert_cmphex(qtest_readl(qts, 0xa0000), ==, 0x12345678);
    zx1_program_chipset(qts);
    g_assert_cmphex(qtest_readl(qts, 0xa0000), ==, 0xffffffff);
    qtest_writeq(qts, SBA + 0x3b0, 0);
    g_assert_cmphex(qtest_readl(qts, 0xa0000), ==, 0x12345678);
    qtest_quit(qts);
}

static void test_config(void)
{
    QTestState *qts = zx1_start("-device edu,bus=pci,addr=1f.0 "
                                "-device pci-bridge,id=br,bus=pci3,addr=2,"
                                "chassis_nr=1,shpc=off "
                                "-device edu,bus=br,addr=4");
    const unsigned edu = 0x1f << 3, br = 2 << 3;

    /* Bus 0 and the bus's own number are the same */
    g_assert_cmphex(zx1_config_read(qts, 0, 0, edu, 0, 4), ==, 0x11e81234);
    g_assert_cmphex(zx1_config_read(qts, 3, 0, br, 0, 4), ==, 0x00011b36);
    g_assert_cmphex(zx1_config_read(qts, 3, 0x60, br, 0, 4), ==, 0x00011b36);
    /* Parts of a register */
    g_assert_cmphex(zx1_config_read(qts, 0, 0, edu, 0, 1), ==, 0x34);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, edu, 2, 2), ==, 0x11e8);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, edu, 3, 1), ==, 0x11);
    zx1_config_write(qts, 0, 0, edu, PCI_INTERRUPT_LINE, 0x5a, 1);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, edu, PCI_INTERRUPT_LINE, 1),
                    ==, 0x5a);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, edu, PCI_INTERRUPT_PIN, 1),
                    ==, 1);
    /* Behind a bridge, by the number that it was given */
    g_assert_cmphex(zx1_config_read(qts, 3, 0x61, 4 << 3, 0, 4), ==,
                    0xffffffff);
    zx1_config_write(qts, 3, 0, br, PCI_PRIMARY_BUS, 0x616160, 4);
    g_assert_cmphex(zx1_config_read(qts, 3, 0x61, 4 << 3, 0, 4), ==,
                    0x11e81234);
    /* ... and only through its own root */
    g_assert_cmphex(zx1_config_read(qts, 0, 0x61, 4 << 3, 0, 4), ==,
                    0xffffffff);
    qtest_quit(qts);
}

static void test_master_abort(void)
{
    QTestState *qts = zx1_start(NULL);
    uint64_t csr = LBA(6);

    g_assert_cmphex(qtest_readq(qts, csr + LBA_ERROR_STATUS), ==, 0);
    g_assert_cmphex(qtest_readw(qts, csr + LBA_STATUS) & STATUS_MASTER_ABORT,
                    ==, 0);
    g_assert_cmphex(zx1_config_read(qts, 6, 0, 3 << 3, 0, 4), ==, 0xffffffff);
    g_assert_cmphex(qtest_readl(qts, csr + LBA_ERROR_STATUS) & ERROR_CODE, ==,
                    ERROR_MASTER_ABORT);
    g_assert_cmphex(qtest_readq(qts, csr + LBA_ERROR_ADDR), ==,
                    1ULL << 62 | 3 << 11);
    g_assert_cmphex(qtest_readw(qts, csr + LBA_STATUS) & STATUS_MASTER_ABORT,
                    !=, 0);

    /* The status bit goes by writing 1, the log in two steps */
    qtest_writew(qts, csr + LBA_STATUS, STATUS_MASTER_ABORT);
    g_assert_cmphex(qtest_readw(qts, csr + LBA_STATUS) & STATUS_MASTER_ABORT,
                    ==, 0);
    qtest_writel(qts, csr + LBA_CONTROL, CONTROL_CL);
    g_assert_cmphex(qtest_readl(qts, csr + LBA_ERROR_STATUS) & ERROR_CODE, ==,
                    ERROR_MASTER_ABORT);
    qtest_writel(qts, csr + LBA_CONTROL, CONTROL_CE);
    qtest_writel(qts, csr + LBA_CONTROL, CONTROL_CE | CONTROL_CL);
    g_assert_cmphex(qtest_readl(qts, csr + LBA_CONTROL) &
                    (CONTROL_CE | CONTROL_CL), ==, CONTROL_CL);
    g_assert_cmphex(qtest_readq(qts, csr + LBA_ERROR_STATUS), ==, 0);
    g_assert_cmphex(qtest_readq(qts, csr + LBA_ERROR_ADDR), ==, 0);

    /* A memory read */
    g_assert_cmphex(qtest_readl(qts, 0xe0001000), ==, 0xffffffff);
    g_assert_cmphex(qtest_readq(qts, csr + LBA_ERROR_ADDR), ==, 0xe0001000);
    /* Only the bridge concerned has logged it */
    g_assert_cmphex(qtest_readq(qts, LBA(7) + LBA_ERROR_STATUS), ==, 0);
    qtest_quit(qts);
}

/* A reset of the bus resets the functions on it */
static void test_bus_reset(void)
{
    QTestState *qts = zx1_start("-device edu,bus=pci,addr=1 "
                                "-device edu,bus=pci1,addr=1");

    zx1_enable(qts, 0, EDU_DEVFN, 0, 0x80000000);
    zx1_enable(qts, 1, EDU_DEVFN, 0, 0x90000000);
    qtest_writeq(qts, LBA(0) + LBA_CONTROL, 1);
    g_assert_cmphex(qtest_readq(qts, LBA(0) + LBA_CONTROL), ==,
                    1ULL << 32 | 1);
    qtest_writeq(qts, LBA(0) + LBA_CONTROL, 0);
    g_assert_cmphex(qtest_readq(qts, LBA(0) + LBA_CONTROL), ==, 0);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, EDU_DEVFN, PCI_COMMAND, 2), ==,
                    0);
    g_assert_cmphex(qtest_readl(qts, 0x90000000), ==, ZX1_EDU_ID);
    qtest_quit(qts);
}

/* What libvirt relies on: the first root is "pci" with all slots free */
static void test_libvirt(void)
{
    QTestState *qts = zx1_start("-device e1000,bus=pci,addr=1 "
                                "-device e1000,bus=pci,addr=2 "
                                "-device e1000,bus=pci,addr=3 "
                                "-device e1000");
    QDict *reply = qtest_qmp(qts, "{'execute': 'query-pci'}");
    QList *buses = qdict_get_qlist(reply, "return");
    unsigned n = 0;
    QListEntry *e;

    QLIST_FOREACH_ENTRY(buses, e) {
        QDict *bus = qobject_to(QDict, qlist_entry_obj(e));
        QList *devices = qdict_get_qlist(bus, "devices");

        g_assert_cmpint(qlist_size(devices), ==,
                        qdict_get_int(bus, "bus") ? 0 : 4);
        n++;
    }
    g_assert_cmpuint(n, ==, ARRAY_SIZE(ropes));
    qobject_unref(reply);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/sba/identification", test_identification);
    qtest_add_func("zx1/sba/handover", test_handover);
    qtest_add_func("zx1/sba/memory", test_memory);
    qtest_add_func("zx1/sba/registers", test_registers);
    qtest_add_func("zx1/sba/reset", test_reset);
    qtest_add_func("zx1/sba/lmmio", test_lmmio);
    qtest_add_func("zx1/sba/steering", test_steering);
    qtest_add_func("zx1/sba/gmmio", test_gmmio);
    qtest_add_func("zx1/sba/ports", test_ports);
    qtest_add_func("zx1/sba/vga", test_vga);
    qtest_add_func("zx1/lba/config", test_config);
    qtest_add_func("zx1/lba/master-abort", test_master_abort);
    qtest_add_func("zx1/lba/bus-reset", test_bus_reset);
    qtest_add_func("zx1/lba/libvirt", test_libvirt);
    return g_test_run();
}
