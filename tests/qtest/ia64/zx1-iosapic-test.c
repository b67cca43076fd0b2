/*
 * qtest of the HP zx1 machine: interrupts
 *
 * Lines through the IOSAPICs, MSI and processors' own messages: each must
 * arrive at the processor that was named, as often as it should.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libqtest.h"
#include "hw/pci/pci_regs.h"
#include "zx1-util.h"

#define SELECT      0x00
#define WINDOW      0x10
#define EOI         0x40
#define SWI         0x50

#define RTE_LOW     0x2000      /* active low */
#define RTE_IRR     0x4000
#define RTE_LEVEL   0x8000
#define RTE_MASK    0x10000

#define NR_RTES     11
#define SWI_PIN     10
#define UART_PIN    7

#define EDU(rope)   (0x80000000U + (rope) * 0x10000000U)
#define EDU_DEVFN   (1 << 3)

static uint64_t iosapic(unsigned rope)
{
    return ZX1_LBA_CSR(rope) + ZX1_LBA_IOSAPIC;
}

static uint32_t ios_read(QTestState *qts, unsigned rope, unsigned reg)
{
    qtest_writel(qts, iosapic(rope) + SELECT, reg);
    return qtest_readl(qts, iosapic(rope) + WINDOW);
}

static void ios_write(QTestState *qts, unsigned rope, unsigned reg,
                      uint32_t val)
{
    qtest_writel(qts, iosapic(rope) + SELECT, reg);
    qtest_writel(qts, iosapic(rope) + WINDOW, val);
}

static uint32_t rte(QTestState *qts, unsigned rope, unsigned pin)
{
    return ios_read(qts, rope, 0x10 + 2 * pin);
}

static void set_rte(QTestState *qts, unsigned rope, unsigned pin, unsigned id,
                    unsigned eid, uint32_t low)
{
    ios_write(qts, rope, 0x11 + 2 * pin, id << 24 | eid << 16);
    ios_write(qts, rope, 0x10 + 2 * pin, low);
}

static void eoi(QTestState *qts, unsigned rope, unsigned vector)
{
    qtest_writel(qts, iosapic(rope) + EOI, vector);
}

static QTestState *start(void)
{
    QTestState *qts = zx1_start("-smp 4 -device edu,bus=pci,addr=1 "
                                "-device edu,bus=pci2,addr=1 "
                                "-device edu,bus=pci2,addr=0xb");

    zx1_enable(qts, 0, EDU_DEVFN, 0, EDU(0));
    zx1_enable(qts, 2, EDU_DEVFN, 0, EDU(2));
    zx1_enable(qts, 2, 0xb << 3, 0, EDU(2) + 0x100000);
    return qts;
}

static void test_registers(void)
{
    static const unsigned rope[] = { 0, 1, 2, 3, 4, 6, 7 };
    QTestState *qts = start();

    for (unsigned i = 0; i < ARRAY_SIZE(rope); i++) {
        g_assert_cmphex(ios_read(qts, rope[i], 1), ==, 0x000a0020);
        for (unsigned pin = 0; pin < NR_RTES; pin++) {
            g_assert_cmphex(rte(qts, rope[i], pin), ==, RTE_MASK);
        }
    }
    set_rte(qts, 3, 2, 0xab, 0xcd, 0xffffffff);
    /* Destination mode, status and remote IRR cannot be written */
    g_assert_cmphex(rte(qts, 3, 2), ==, 0x1a7ff);
    g_assert_cmphex(ios_read(qts, 3, 0x15), ==, 0xabcd0000);
    g_assert_cmphex(rte(qts, 3, 1), ==, RTE_MASK);
    g_assert_cmphex(rte(qts, 3, 3), ==, RTE_MASK);
    g_assert_cmphex(rte(qts, 4, 2), ==, RTE_MASK);
    /* Past the last one */
    ios_write(qts, 3, 0x10 + 2 * NR_RTES, 0x55);
    g_assert_cmphex(ios_read(qts, 3, 0x10 + 2 * NR_RTES), ==, 0);
    ios_write(qts, 3, 0xff, 0x55);
    qtest_system_reset(qts);
    zx1_program_chipset(qts);
    g_assert_cmphex(rte(qts, 3, 2), ==, RTE_MASK);
    qtest_quit(qts);
}

static void test_level(void)
{
    QTestState *qts = start();
    const uint32_t entry = 0x51 | RTE_LEVEL | RTE_LOW;

    /* Rope 0, device 1, INTA: pin 0 */
    set_rte(qts, 0, 0, 0, 0, entry);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 0);
    zx1_edu_raise(qts, EDU(0));
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x51);
    g_assert_cmphex(rte(qts, 0, 0), ==, entry | RTE_IRR);

    /* No second message before the EOI, one if still asserted after it */
    set_rte(qts, 0, 0, 0, 0, entry | RTE_MASK);
    set_rte(qts, 0, 0, 0, 0, entry);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    eoi(qts, 0, 0x52);
    eoi(qts, 2, 0x51);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    eoi(qts, 0, 0x51);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);

    /* Gone: the EOI ends it */
    zx1_edu_lower(qts, EDU(0));
    g_assert_cmphex(rte(qts, 0, 0), ==, entry | RTE_IRR);
    eoi(qts, 0, 0x51);
    g_assert_cmphex(rte(qts, 0, 0), ==, entry);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);

    /* Asserted while masked: sent at the unmask */
    set_rte(qts, 0, 0, 0, 0, entry | RTE_MASK);
    zx1_edu_raise(qts, EDU(0));
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);
    set_rte(qts, 0, 0, 0, 0, entry);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 3);
    qtest_quit(qts);
}

static void test_edge(void)
{
    QTestState *qts = start();

    set_rte(qts, 0, 0, 1, 0, 0x60 | RTE_LOW);
    zx1_edu_raise(qts, EDU(0));
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    g_assert_cmphex(zx1_messages(qts).id, ==, 1);
    g_assert_cmphex(rte(qts, 0, 0) & RTE_IRR, ==, 0);
    eoi(qts, 0, 0x60);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    zx1_edu_lower(qts, EDU(0));
    zx1_edu_raise(qts, EDU(0));
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);
    zx1_edu_lower(qts, EDU(0));

    /* Lost while masked */
    set_rte(qts, 0, 0, 1, 0, 0x60 | RTE_LOW | RTE_MASK);
    zx1_edu_raise(qts, EDU(0));
    set_rte(qts, 0, 0, 1, 0, 0x60 | RTE_LOW);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);
    qtest_quit(qts);
}

/* An entry for the other polarity sees the idle line as active */
static void test_polarity(void)
{
    QTestState *qts = start();

    set_rte(qts, 0, 0, 0, 0, 0x61 | RTE_LEVEL);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    zx1_edu_raise(qts, EDU(0));
    eoi(qts, 0, 0x61);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    zx1_edu_lower(qts, EDU(0));
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);
    qtest_quit(qts);
}

/* Every processor; lowest priority goes to the one that is addressed */
static void test_destination(void)
{
    /* PMI, NMI, INIT, ExtINT */
    static const unsigned other_modes[] = { 2, 4, 5, 7 };
    QTestState *qts = start();
    unsigned count = 0;

    for (unsigned mode = 0; mode < 2; mode++) {
        for (unsigned id = 0; id < 4; id++) {
            unsigned vector = 0x30 + id;

            set_rte(qts, 0, 0, id, 0,
                    vector | mode << 8 | RTE_LEVEL | RTE_LOW);
            zx1_edu_raise(qts, EDU(0));
            g_assert_cmpuint(zx1_messages(qts).count, ==, ++count);
            g_assert_cmphex(zx1_messages(qts).id, ==, id);
            g_assert_cmphex(zx1_messages(qts).vector, ==, vector);
            g_assert_cmphex(zx1_messages(qts).mode, ==, 0);
            zx1_edu_lower(qts, EDU(0));
            eoi(qts, 0, vector);
        }
    }
    /* The other modes arrive as they are; the PMI's vector counts too */
    for (unsigned i = 0; i < ARRAY_SIZE(other_modes); i++) {
        set_rte(qts, 0, 0, i, 0, i | other_modes[i] << 8 | RTE_LOW);
        zx1_edu_raise(qts, EDU(0));
        g_assert_cmpuint(zx1_messages(qts).count, ==, ++count);
        g_assert_cmphex(zx1_messages(qts).id, ==, i);
        g_assert_cmphex(zx1_messages(qts).mode, ==, other_modes[i]);
        g_assert_cmphex(zx1_messages(qts).vector, ==, i);
        zx1_edu_lower(qts, EDU(0));
    }
    /* Nobody there */
    set_rte(qts, 0, 0, 9, 0, 0x40 | RTE_LEVEL | RTE_LOW);
    zx1_edu_raise(qts, EDU(0));
    g_assert_cmpuint(zx1_messages(qts).count, ==, count);
    g_assert_cmpuint(zx1_messages(qts).lost, ==, 1);
    qtest_quit(qts);
}

/* Two functions on one pin, and two entries with one vector */
static void test_shared(void)
{
    QTestState *qts = start();
    size_t size;
    g_autofree struct zx1_fw_root *root = zx1_fw_file(qts, ZX1_FW_FILE_ROOTS,
                                                      &size);
    unsigned pin = root[2].int_base[1];

    g_assert_cmpuint(root[2].int_base[0xb], ==, pin);
    set_rte(qts, 2, pin, 0, 0, 0x70 | RTE_LEVEL | RTE_LOW);
    zx1_edu_raise(qts, EDU(2));
    zx1_edu_raise(qts, EDU(2) + 0x100000);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    zx1_edu_lower(qts, EDU(2));
    eoi(qts, 2, 0x70);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);
    zx1_edu_lower(qts, EDU(2) + 0x100000);
    eoi(qts, 2, 0x70);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);

    /* Polarity the wrong way round: an idle pin is active */
    set_rte(qts, 2, 8, 0, 0, 0x71 | RTE_LEVEL);
    set_rte(qts, 2, 9, 0, 0, 0x71 | RTE_LEVEL);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 4);
    eoi(qts, 2, 0x71);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 6);
    qtest_quit(qts);
}

static void test_software(void)
{
    QTestState *qts = start();

    qtest_writel(qts, iosapic(7) + SWI, 1);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 0);
    set_rte(qts, 7, SWI_PIN, 2, 0, 0x80 | RTE_LOW);
    qtest_writel(qts, iosapic(7) + SWI, 1);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    g_assert_cmphex(zx1_messages(qts).id, ==, 2);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x80);
    qtest_quit(qts);
}

/* Where the lines of the slots and of the board end: GSI by GSI */
static void test_wiring(void)
{
    static const struct {
        unsigned rope, devfn, pin;
    } wire[] = {
        /* As on an rx2600: USB, IDE, LAN; SCSI, LAN; management */
        { 0, 1 << 3, 0 }, { 0, 2 << 3, 5 }, { 0, 3 << 3, 4 },
        { 1, 1 << 3, 0 }, { 1, 2 << 3, 2 }, { 7, 1 << 3, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(wire); i++) {
        g_autofree char *bus = wire[i].rope ?
            g_strdup_printf("pci%u", wire[i].rope) : g_strdup("pci");
        QTestState *qts = zx1_start("-device edu,bus=%s,addr=%u", bus,
                                    wire[i].devfn >> 3);
        uint32_t base = EDU(wire[i].rope);

        zx1_enable(qts, wire[i].rope, wire[i].devfn, 0, base);
        zx1_edu_raise(qts, base);
        for (unsigned pin = 0; pin < NR_RTES - 1; pin++) {
            set_rte(qts, wire[i].rope, pin, 0, 0,
                    (0x90 + pin) | RTE_LEVEL | RTE_LOW);
            g_assert_cmpuint(zx1_messages(qts).count, ==,
                             pin >= wire[i].pin);
        }
        g_assert_cmphex(zx1_messages(qts).vector, ==, 0x90 + wire[i].pin);
        qtest_quit(qts);
    }
}

/* The UART's transmitter is empty: GSI 34 is rope 1, pin 7 */
static void test_uart(void)
{
    QTestState *qts = zx1_start("-serial null -serial null");

    for (unsigned i = 0; i < 2; i++) {
        uint64_t uart = i ? ZX1_UART1_BASE : ZX1_UART0_BASE;

        set_rte(qts, 1, UART_PIN + i, 0, 0,
                (0xa0 + i) | RTE_LEVEL | RTE_LOW);
        g_assert_cmpuint(zx1_messages(qts).count, ==, i);
        qtest_writeb(qts, uart + 4, 0x08);      /* OUT2 */
        qtest_writeb(qts, uart + 1, 0x02);      /* THRE */
        g_assert_cmpuint(zx1_messages(qts).count, ==, i + 1);
        g_assert_cmphex(zx1_messages(qts).vector, ==, 0xa0 + i);
        qtest_writeb(qts, uart + 1, 0);
        eoi(qts, 1, 0xa0 + i);
        g_assert_cmpuint(zx1_messages(qts).count, ==, i + 1);
    }
    qtest_quit(qts);
}

static void test_msi(void)
{
    QTestState *qts = start();
    unsigned cap = zx1_config_read(qts, 0, 0, EDU_DEVFN, PCI_CAPABILITY_LIST,
                                   1);
    unsigned count = 0;

    while (zx1_config_read(qts, 0, 0, EDU_DEVFN, cap, 1) != PCI_CAP_ID_MSI) {
        cap = zx1_config_read(qts, 0, 0, EDU_DEVFN, cap + 1, 1);
        g_assert_cmphex(cap, !=, 0);
    }
    for (unsigned id = 0; id < 4; id++) {
        zx1_config_write(qts, 0, 0, EDU_DEVFN, cap + PCI_MSI_ADDRESS_LO,
                         ZX1_PIB_BASE | id << 12, 4);
        zx1_config_write(qts, 0, 0, EDU_DEVFN, cap + PCI_MSI_ADDRESS_HI, 0,
                         4);
        zx1_config_write(qts, 0, 0, EDU_DEVFN, cap + PCI_MSI_DATA_64,
                         0x4000 | (0xb0 + id), 2);
        zx1_config_write(qts, 0, 0, EDU_DEVFN, cap + PCI_MSI_FLAGS,
                         PCI_MSI_FLAGS_ENABLE, 2);
        zx1_edu_raise(qts, EDU(0));
        g_assert_cmpuint(zx1_messages(qts).count, ==, ++count);
        g_assert_cmphex(zx1_messages(qts).id, ==, id);
        g_assert_cmphex(zx1_messages(qts).vector, ==, 0xb0 + id);
        zx1_edu_lower(qts, EDU(0));
    }
    /* The line is quiet meanwhile */
    set_rte(qts, 0, 0, 0, 0, 0x51 | RTE_LEVEL | RTE_LOW);
    zx1_edu_raise(qts, EDU(0));
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0xb3);
    qtest_quit(qts);
}

/* Messages between processors, and what the block does not do */
static void test_ipi(void)
{
    static const unsigned modes[] = { 0, 2, 4, 5, 7 };
    QTestState *qts = start();
    unsigned count = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(modes); i++) {
        unsigned id = i % 4, vector = modes[i] == 2 ? 0 : 0xc0 + i;

        qtest_writeq(qts, ZX1_PIB_BASE | id << 12, modes[i] << 8 | vector);
        g_assert_cmpuint(zx1_messages(qts).count, ==, ++count);
        g_assert_cmphex(zx1_messages(qts).id, ==, id);
        g_assert_cmphex(zx1_messages(qts).mode, ==, modes[i]);
        g_assert_cmphex(zx1_messages(qts).vector, ==, vector);
    }
    /* Too narrow, outside, absent eid */
    qtest_writeb(qts, ZX1_PIB_BASE, 0x40);
    qtest_writew(qts, ZX1_PIB_BASE, 0x40);
    qtest_writeq(qts, ZX1_PIB_BASE + 0x180000, 0x40);
    g_assert_cmpuint(zx1_messages(qts).lost, ==, 0);
    qtest_writeq(qts, ZX1_PIB_BASE | 1 << 4, 0x40);
    g_assert_cmpuint(zx1_messages(qts).lost, ==, 1);
    g_assert_cmpuint(zx1_messages(qts).count, ==, count);
    /* No 8259 answers */
    g_assert_cmphex(qtest_readb(qts, ZX1_PIB_BASE + 0x1e0000), ==, 0xff);
    qtest_writeb(qts, ZX1_PIB_BASE + 0x1e0008, 8);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/iosapic/registers", test_registers);
    qtest_add_func("zx1/iosapic/level", test_level);
    qtest_add_func("zx1/iosapic/edge", test_edge);
    qtest_add_func("zx1/iosapic/polarity", test_polarity);
    qtest_add_func("zx1/iosapic/destination", test_destination);
    qtest_add_func("zx1/iosapic/shared", test_shared);
    qtest_add_func("zx1/iosapic/software", test_software);
    qtest_add_func("zx1/iosapic/wiring", test_wiring);
    qtest_add_func("zx1/iosapic/uart", test_uart);
    qtest_add_func("zx1/pib/msi", test_msi);
    qtest_add_func("zx1/pib/ipi", test_ipi);
    return g_test_run();
}
