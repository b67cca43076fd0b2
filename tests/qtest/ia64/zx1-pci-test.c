/*
 * qtest of the HP zx1 machine: PCI-to-PCI bridges, hot plug, displays, and
 * eight roots
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libqtest.h"
#include "hw/pci/pci_regs.h"
#include "qobject/qdict.h"
#include "zx1-util.h"

#define IOC_ERROR       0x120
#define IOC_IBASE       0x300
#define IOC_PDIR_BASE   0x320
#define PDIR            0x100000

#define LBA_ERROR_STATUS 0x688

/* A slot's first interrupt input: include/hw/ia64/zx1-fw.h */
static unsigned int_input(QTestState *qts, unsigned root, unsigned slot,
                          unsigned pin)
{
    size_t size;
    g_autofree struct zx1_fw_root *roots = zx1_fw_file(qts, ZX1_FW_FILE_ROOTS,
                                                       &size);

    g_assert_cmpuint(size, >, root * sizeof(*roots));
    return (roots[root].int_base[slot] + pin) %
           le32_to_cpu(roots[root].int_pins);
}

static void set_rte(QTestState *qts, unsigned rope, unsigned pin,
                    uint32_t low)
{
    const uint64_t sapic = ZX1_LBA_CSR(rope) + ZX1_LBA_IOSAPIC;

    qtest_writel(qts, sapic, 0x11 + 2 * pin);
    qtest_writel(qts, sapic + 0x10, 0);
    qtest_writel(qts, sapic, 0x10 + 2 * pin);
    qtest_writel(qts, sapic + 0x10, low);
}

/* All inputs of a rope's IOSAPIC: vector 0x40 + input, level, active low */
static void set_all_rtes(QTestState *qts, unsigned rope)
{
    for (unsigned pin = 0; pin < 10; pin++) {
        set_rte(qts, rope, pin, 0xa040 + pin);
    }
}

static void map_page(QTestState *qts, unsigned page, uint64_t phys)
{
    qtest_writeq(qts, PDIR + 8 * page, 1ULL << 63 | phys);
}

static void enable_iotlb(QTestState *qts)
{
    qtest_memset(qts, PDIR, 0, 0x1000);
    qtest_writeq(qts, ZX1_IOC_BASE + IOC_PDIR_BASE, PDIR);
    qtest_writeq(qts, ZX1_IOC_BASE + IOC_IBASE, ZX1_IOVA_BASE | 1);
}

/* There and back through the IOTLB's page @page, which is at @phys */
static void check_dma(QTestState *qts, uint64_t edu, unsigned page,
                      uint64_t phys)
{
    const uint64_t iova = ZX1_IOVA_BASE + page * 0x1000;

    map_page(qts, page, phys);
    for (unsigned i = 0; i < 64; i += 8) {
        qtest_writeq(qts, phys + i, 0x1122334455667788ULL * (i + 1) + phys);
    }
    zx1_edu_read(qts, edu, iova, 0, 64);
    zx1_edu_write(qts, edu, 0, iova + 0x800, 64);
    for (unsigned i = 0; i < 64; i += 8) {
        g_assert_cmphex(qtest_readq(qts, phys + 0x800 + i), ==,
                        0x1122334455667788ULL * (i + 1) + phys);
    }
    g_assert_cmphex(qtest_readq(qts, ZX1_IOC_BASE + IOC_ERROR), ==, 0);
}

/* The line of the function at @edu reaches input @input of the rope's IOSAPIC */
static void check_interrupt(QTestState *qts, unsigned rope, uint64_t edu,
                            unsigned input)
{
    Zx1Messages m = zx1_messages(qts);

    zx1_edu_raise(qts, edu);
    g_assert_cmpuint(zx1_messages(qts).count, ==, m.count + 1);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x40 + input);
    zx1_edu_lower(qts, edu);
    qtest_writel(qts, ZX1_LBA_CSR(rope) + ZX1_LBA_IOSAPIC + 0x40,
                 0x40 + input);
    g_assert_cmpuint(zx1_messages(qts).count, ==, m.count + 1);
}

/* Numbers and window of the bridge at @bus, @devfn; everything on */
static void bridge_enable(QTestState *qts, unsigned rope, unsigned bus,
                          unsigned devfn, unsigned primary, unsigned second,
                          unsigned last, uint32_t from, uint32_t to)
{
    zx1_config_write(qts, rope, bus, devfn, PCI_PRIMARY_BUS,
                     primary | second << 8 | last << 16, 4);
    zx1_config_write(qts, rope, bus, devfn, PCI_MEMORY_BASE,
                     (from >> 16 & 0xfff0) | (to & 0xfff00000), 4);
    zx1_config_write(qts, rope, bus, devfn, PCI_COMMAND,
                     ZX1_CMD_IO | ZX1_CMD_MEM | ZX1_CMD_MASTER, 2);
}

static void function_enable(QTestState *qts, unsigned rope, unsigned bus,
                            unsigned devfn, uint32_t address)
{
    zx1_config_write(qts, rope, bus, devfn, PCI_BASE_ADDRESS_0, address, 4);
    zx1_config_write(qts, rope, bus, devfn, PCI_COMMAND,
                     ZX1_CMD_MEM | ZX1_CMD_MASTER, 2);
}

/*
 * Root 3, slot 2: a bridge; slot 4 behind it: another; slots 3 and 5 behind
 * each: functions
 */
static void test_bridges(void)
{
    QTestState *qts = zx1_start("-m 5G "
        "-device pci-bridge,id=br1,bus=pci3,addr=2,chassis_nr=1,shpc=off "
        "-device pci-bridge,id=br2,bus=br1,addr=4,chassis_nr=2,shpc=off "
        "-device edu,bus=br1,addr=3,dma_mask=0xffffffff "
        "-device edu,bus=br2,addr=5,dma_mask=0xffffffff");
    const uint64_t near = 0xb0100000, far = 0xb0200000;

    bridge_enable(qts, 3, 0, 2 << 3, 0x60, 0x61, 0x62, 0xb0100000,
                  0xb02fffff);
    g_assert_cmphex(zx1_config_read(qts, 3, 0x61, 4 << 3, 0, 4), ==,
                    0x00011b36);
    bridge_enable(qts, 3, 0x61, 4 << 3, 0x61, 0x62, 0x62, 0xb0200000,
                  0xb02fffff);
    function_enable(qts, 3, 0x61, 3 << 3, near);
    function_enable(qts, 3, 0x62, 5 << 3, far);
    g_assert_cmphex(qtest_readl(qts, near), ==, ZX1_EDU_ID);
    g_assert_cmphex(qtest_readl(qts, far), ==, ZX1_EDU_ID);
    /* No such slot, no such bus: logged by this root and no other */
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(3) + LBA_ERROR_STATUS), ==,
                    0);
    g_assert_cmphex(zx1_config_read(qts, 3, 0x62, 6 << 3, 0, 4), ==, ~0u);
    g_assert_cmphex(zx1_config_read(qts, 3, 0x63, 5 << 3, 0, 4), ==, ~0u);
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(3) + LBA_ERROR_STATUS), !=,
                    0);
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(2) + LBA_ERROR_STATUS), ==,
                    0);

    /* 32-bit masters: memory above 4 GiB through the IOTLB */
    enable_iotlb(qts);
    check_dma(qts, near, 1, 0x4050000000ULL);
    check_dma(qts, far, 2, 0x130000000ULL);

    /* INTA of slot n leaves a bridge at pin n mod 4 */
    set_all_rtes(qts, 3);
    check_interrupt(qts, 3, near, int_input(qts, 3, 2, 3 % 4));
    check_interrupt(qts, 3, far, int_input(qts, 3, 2, (5 + 4) % 4));

    /* A bridge without memory space hides what is behind it */
    zx1_config_write(qts, 3, 0x61, 4 << 3, PCI_COMMAND, 0, 2);
    g_assert_cmphex(qtest_readl(qts, far), ==, ~0u);
    g_assert_cmphex(qtest_readl(qts, near), ==, ZX1_EDU_ID);
    /* A reset of the root's bus takes the numbers away */
    qtest_writeq(qts, ZX1_LBA_CSR(3) + 0x108, 1);
    qtest_writeq(qts, ZX1_LBA_CSR(3) + 0x108, 0);
    g_assert_cmphex(zx1_config_read(qts, 3, 0, 2 << 3, PCI_PRIMARY_BUS, 4) &
                    0xffffff, ==, 0);
    g_assert_cmphex(zx1_config_read(qts, 3, 0x61, 3 << 3, 0, 4), ==, ~0u);
    qtest_quit(qts);
}

static void test_hotplug(void)
{
    QTestState *qts = zx1_start("-m 5G -blockdev null-co,node-name=d,"
                                "size=1048576,read-zeroes=on");
    const uint64_t edu = 0xe0000000;
    const unsigned devfn = 3 << 3;
    unsigned count;

    enable_iotlb(qts);
    set_all_rtes(qts, 6);
    g_assert_cmphex(zx1_config_read(qts, 6, 0, devfn, 0, 4), ==, ~0u);
    for (unsigned i = 0; i < 3; i++) {
        qtest_qmp_device_add(qts, "edu", "e", "{'bus': 'pci6', 'addr': '3', "
                             "'dma_mask': 4294967295}");
        g_assert_cmphex(zx1_config_read(qts, 6, 0, devfn, 0, 4), ==,
                        0x11e81234);
        g_assert_cmphex(zx1_config_read(qts, 6, 0, devfn, PCI_BASE_ADDRESS_0,
                                        4), ==, 0);
        zx1_enable(qts, 6, devfn, 0, edu);
        g_assert_cmphex(qtest_readl(qts, edu), ==, ZX1_EDU_ID);
        check_dma(qts, edu, 4 + i, 0x4050000000ULL);
        check_interrupt(qts, 6, edu, int_input(qts, 5, 3, 0));
        /* It goes with its line asserted: the line falls */
        zx1_edu_raise(qts, edu);
        qtest_qmp_device_del(qts, "e");
        g_assert_cmphex(zx1_config_read(qts, 6, 0, devfn, 0, 4), ==, ~0u);
        g_assert_cmphex(qtest_readl(qts, edu), ==, ~0u);
        count = zx1_messages(qts).count;
        qtest_writel(qts, ZX1_LBA_CSR(6) + ZX1_LBA_IOSAPIC + 0x40,
                     0x40 + int_input(qts, 5, 3, 0));
        g_assert_cmpuint(zx1_messages(qts).count, ==, count);
    }

    /* A controller with a disk, both plugged, and both gone at once */
    qtest_qmp_device_add(qts, "lsi53c1030", "mpt", "{'bus': 'pci4', "
                         "'addr': '1'}");
    qtest_qmp_device_add(qts, "scsi-hd", "disk", "{'bus': 'mpt.0', "
                         "'scsi-id': 2, 'drive': 'd'}");
    zx1_enable(qts, 4, 1 << 3, 1, 0xc8000000);
    g_assert_cmphex(qtest_readl(qts, 0xc8000000), ==, 0x10000000);
    qtest_qmp_device_del(qts, "mpt");
    g_assert_cmphex(qtest_readl(qts, 0xc8000000), ==, ~0u);
    qtest_quit(qts);
}

/* Every root has its name, and takes a function by it */
static void test_names(void)
{
    static const struct {
        const char *name;
        unsigned rope;
    } bus[] = {
        { "pci", 0 }, { "pci1", 1 }, { "pci2", 2 }, { "pci3", 3 },
        { "pci4", 4 }, { "pci5", 5 }, { "pci6", 6 }, { "pci7", 7 },
    };
    QTestState *qts = zx1_start("-machine bridges=8");

    for (unsigned i = 0; i < ARRAY_SIZE(bus); i++) {
        g_autofree char *id = g_strdup_printf("e%u", i);

        qtest_qmp_device_add(qts, "edu", id, "{'bus': %s, 'addr': '1f.0'}",
                             bus[i].name);
        g_assert_cmphex(zx1_config_read(qts, bus[i].rope, 0, 0x1f << 3, 0,
                                        4), ==, 0x11e81234);
    }
    qtest_quit(qts);
}

/*
 * Displays start without their option ROMs, which hold code for a PC and are
 * not there. That of network adapters is seen by qos-test.
 */
static void test_displays(void)
{
    static const char *const display[] = {
        "VGA", "ati-vga", "bochs-display", "cirrus-vga", "secondary-vga",
        "virtio-gpu-pci", "virtio-vga", "vmware-svga",
    };

    for (unsigned i = 0; i < ARRAY_SIZE(display); i++) {
        if (qtest_has_device(display[i])) {
            QTestState *qts = qtest_initf("-M zx1 -nodefaults -device %s",
                                          display[i]);

            qtest_quit(qts);
        }
    }
}

/* Rope 5 on its own: all that it has is its own, none of it rope 4's */
static void test_eight(void)
{
    QTestState *qts = zx1_start("-m 5G -machine bridges=8 "
                                "-device edu,bus=pci4,addr=1,"
                                "dma_mask=0xffffffff "
                                "-device edu,bus=pci5,addr=1,"
                                "dma_mask=0xffffffff "
                                "-device edu,bus=pci7,addr=1");
    static const uint64_t at[8] = {
        [4] = 0xcff00000, [5] = 0xdff00000, [7] = 0xfdf00000,
    };
    size_t size;
    g_autofree struct zx1_fw_root *root = zx1_fw_file(qts, ZX1_FW_FILE_ROOTS,
                                                      &size);
    unsigned last_bus = 0;

    g_assert_cmpuint(size, ==, 8 * sizeof(*root));
    for (unsigned i = 0; i < 8; i++) {
        g_assert_cmpuint(le32_to_cpu(root[i].rope), ==, i);
        g_assert_cmpuint(le32_to_cpu(root[i].gsi_base), ==, 16 + 11 * i);
        g_assert_cmphex(le32_to_cpu(root[i].bus_first), ==,
                        i ? last_bus + 1 : 0);
        last_bus = le32_to_cpu(root[i].bus_last);
    }
    g_assert_cmphex(last_bus, ==, 0xff);
    /* No pair of ropes is one */
    g_assert_cmphex(qtest_readw(qts, ZX1_IOC_BASE + 0x40), ==, 0x00ff);

    enable_iotlb(qts);
    for (unsigned rope = 4; rope < 8; rope++) {
        if (at[rope]) {
            zx1_enable(qts, rope, 1 << 3, 0, at[rope]);
            g_assert_cmphex(qtest_readl(qts, at[rope]), ==, ZX1_EDU_ID);
            set_all_rtes(qts, rope);
            check_interrupt(qts, rope, at[rope], int_input(qts, rope, 1, 0));
        }
    }
    check_dma(qts, at[4], 1, 0x130000000ULL);
    check_dma(qts, at[5], 2, 0x4050000000ULL);
    /* The ends of their ranges: nobody there, and the right one says so */
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(5) + LBA_ERROR_STATUS), ==,
                    0);
    qtest_readl(qts, 0xc8000000);
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(4) + LBA_ERROR_STATUS), !=,
                    0);
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(5) + LBA_ERROR_STATUS), ==,
                    0);
    qtest_readb(qts, zx1_port(0xbffc));
    g_assert_cmphex(qtest_readq(qts, ZX1_LBA_CSR(5) + LBA_ERROR_STATUS), !=,
                    0);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/pci/bridges", test_bridges);
    qtest_add_func("zx1/pci/hotplug", test_hotplug);
    qtest_add_func("zx1/pci/names", test_names);
    qtest_add_func("zx1/pci/displays", test_displays);
    qtest_add_func("zx1/pci/eight", test_eight);
    return g_test_run();
}
