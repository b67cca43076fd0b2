/*
 * qtest of the HP zx1 machine: what devices of a host see of the IOTLB
 *
 * iommu-map-testdev keeps the mappings that a host's IOMMU would have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "qobject/qdict.h"
#include "zx1-util.h"

#define IOC             ZX1_IOC_BASE
#define ERROR_STATUS    0x120
#define ERROR_ADDR      0x128
#define ROPE_CONTROL    0x200
#define IBASE           0x300
#define IMASK           0x308
#define PCOM            0x310
#define TCNFG           0x318
#define PDIR_BASE       0x320
#define ERROR_TARGET    0x31    /* valid, code 3 */
#define ERROR_HOST      0x51    /* valid, code 5 */
#define ERROR_OVERFLOW  0x02

/* Registers of iommu-map-testdev */
#define DEV             0x80000000ULL
#define DEV2            0x80100000ULL
#define DEV_ADDRESS     0x00
#define DEV_TARGET      0x08
#define DEV_SIZE        0x10
#define DEV_MAPPINGS    0x18
#define DEV_MAPS        0x20
#define DEV_UNMAPS      0x28
#define DEV_VIOLATIONS  0x30
#define DEV_RAM_ADDED   0x38
#define DEV_RAM_REMOVED 0x40
#define DEV_LIMIT       0x48

#define PDIR            0x10000000ULL
#define PDIR2           0x12000000ULL
#define VALID           (1ULL << 63)
#define IOVA            ZX1_IOVA_BASE
#define NOTHING         UINT64_MAX

static const uint8_t shift_of[] = { 12, 13, 14, 16 };

static QTestState *start(const char *options)
{
    QTestState *qts = zx1_start("%s -device iommu-map-testdev,bus=pci,addr=1",
                                options);

    zx1_enable(qts, 0, 1 << 3, 0, DEV);
    return qts;
}

/* Whatever happened, the kernel's rules for mappings were kept */
static void finish(QTestState *qts)
{
    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_VIOLATIONS), ==, 0);
    qtest_quit(qts);
}

static void enable(QTestState *qts, unsigned tcnfg)
{
    qtest_writeq(qts, IOC + TCNFG, tcnfg);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR);
    qtest_writeq(qts, IOC + PCOM, IOVA | 30);
    qtest_writeq(qts, IOC + IBASE, IOVA | 1);
}

static void set_entry(QTestState *qts, unsigned index, uint64_t entry)
{
    qtest_writeq(qts, PDIR + 8 * index, entry);
}

static void purge(QTestState *qts, uint64_t iova, unsigned log2)
{
    qtest_writeq(qts, IOC + PCOM, iova | log2);
    qtest_readq(qts, IOC + PCOM);
}

static uint64_t target(QTestState *qts, uint64_t iova)
{
    qtest_writeq(qts, DEV + DEV_ADDRESS, iova);
    return qtest_readq(qts, DEV + DEV_TARGET);
}

static uint64_t mappings(QTestState *qts)
{
    return qtest_readq(qts, DEV + DEV_MAPPINGS);
}

/* A store to the directory, no register: the mapping is there */
static void test_map(void)
{
    for (unsigned tcnfg = 0; tcnfg < ARRAY_SIZE(shift_of); tcnfg++) {
        QTestState *qts = start("");
        uint64_t size = 1ULL << shift_of[tcnfg];
        unsigned last = (ZX1_IOVA_SIZE >> shift_of[tcnfg]) - 1;

        enable(qts, tcnfg);
        g_assert_cmpuint(mappings(qts), ==, 0);
        set_entry(qts, 0, VALID | 0x200000);
        g_assert_cmphex(target(qts, IOVA), ==, 0x200000);
        g_assert_cmphex(target(qts, IOVA + size - 1), ==,
                        0x200000 + size - 1);
        g_assert_cmphex(target(qts, IOVA + size), ==, NOTHING);
        g_assert_cmphex(qtest_readq(qts, DEV + DEV_SIZE), ==, 0);
        set_entry(qts, last, VALID | 0x400000);
        g_assert_cmphex(target(qts, IOVA + last * size), ==, 0x400000);
        g_assert_cmphex(qtest_readq(qts, DEV + DEV_SIZE), ==, size);
        g_assert_cmpuint(mappings(qts), ==, 2);
        /* The directory reads back */
        g_assert_cmphex(qtest_readq(qts, PDIR), ==, VALID | 0x200000);
        finish(qts);
    }
}

/* Stores of each size, also across two entries */
static void test_store_sizes(void)
{
    QTestState *qts = start("");

    enable(qts, 0);
    qtest_writel(qts, PDIR, 0x00300000);
    g_assert_cmpuint(mappings(qts), ==, 0);
    qtest_writel(qts, PDIR + 4, 0x80000000);
    g_assert_cmphex(target(qts, IOVA), ==, 0x300000);

    qtest_writeq(qts, PDIR + 8, 0x310000);
    qtest_writeb(qts, PDIR + 15, 0x80);
    g_assert_cmphex(target(qts, IOVA + 0x1000), ==, 0x310000);

    qtest_writeq(qts, PDIR + 16, 0x320000);
    qtest_writew(qts, PDIR + 22, 0x8000);
    g_assert_cmphex(target(qts, IOVA + 0x2000), ==, 0x320000);

    /* bytes 4 to 11: the valid bit of entry 4, the page of entry 5 */
    qtest_writeq(qts, PDIR + 32, 0x330000);
    qtest_writel(qts, PDIR + 44, 0x80000000);
    qtest_writeq(qts, PDIR + 36, 0x0034000080000000ULL);
    g_assert_cmphex(target(qts, IOVA + 0x4000), ==, 0x330000);
    finish(qts);
}

/* An entry that is cleared goes at the purge, one that returns never went */
static void test_purge(void)
{
    QTestState *qts = start("");

    enable(qts, 2);
    set_entry(qts, 4, VALID | 0x200000);
    set_entry(qts, 5, VALID | 0x204000);
    set_entry(qts, 6, VALID | 0x300000);
    set_entry(qts, 4, 0x200000);
    set_entry(qts, 5, 0);
    g_assert_cmphex(target(qts, IOVA + (4 << 14)), ==, 0x200000);
    g_assert_cmpuint(mappings(qts), ==, 3);
    /* elsewhere */
    purge(qts, IOVA + (8 << 14), 15);
    g_assert_cmpuint(mappings(qts), ==, 3);
    /* it returns with the same page: no call */
    set_entry(qts, 4, VALID | 0x200000);
    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_MAPS), ==, 3);
    purge(qts, IOVA + (4 << 14), 15);
    g_assert_cmphex(target(qts, IOVA + (4 << 14)), ==, 0x200000);
    g_assert_cmphex(target(qts, IOVA + (5 << 14)), ==, NOTHING);
    g_assert_cmphex(target(qts, IOVA + (6 << 14)), ==, 0x300000);
    /* the size of a purge is at least a page's */
    set_entry(qts, 6, 0);
    purge(qts, IOVA + (6 << 14), 0);
    g_assert_cmphex(target(qts, IOVA + (6 << 14)), ==, NOTHING);
    /* another page without a purge between: the new one counts */
    set_entry(qts, 4, VALID | 0x400000);
    g_assert_cmphex(target(qts, IOVA + (4 << 14)), ==, 0x400000);
    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_UNMAPS), ==, 3);
    finish(qts);
}

/* A purge of all of the window, much of it mapped in between */
static void test_purge_all(void)
{
    QTestState *qts = start("");

    enable(qts, 0);
    for (unsigned i = 0; i < 4096; i++) {
        set_entry(qts, i * 61, VALID | (0x1000000 + i * 0x1000));
    }
    g_assert_cmpuint(mappings(qts), ==, 4096);
    for (unsigned i = 0; i < 4096; i++) {
        if (i % 3) {
            set_entry(qts, i * 61, 0);
        }
    }
    g_assert_cmpuint(mappings(qts), ==, 4096);
    purge(qts, IOVA, 30);
    g_assert_cmpuint(mappings(qts), ==, 1366);
    for (unsigned i = 0; i < 4096; i++) {
        g_assert_cmphex(target(qts, IOVA + i * 61 * 4096ULL), ==,
                        i % 3 ? NOTHING : 0x1000000 + i * 0x1000);
    }
    finish(qts);
}

/* What was in the directory before the window is enabled */
static void test_enable(void)
{
    QTestState *qts = start("");

    set_entry(qts, 7, VALID | 0x500000);
    g_assert_cmpuint(mappings(qts), ==, 0);
    enable(qts, 1);
    g_assert_cmphex(target(qts, IOVA + (7 << 13)), ==, 0x500000);
    qtest_writeq(qts, IOC + IBASE, IOVA);
    g_assert_cmpuint(mappings(qts), ==, 0);
    /* off: stores go unheard */
    set_entry(qts, 8, VALID | 0x502000);
    g_assert_cmpuint(mappings(qts), ==, 0);
    qtest_writeq(qts, IOC + IBASE, IOVA | 1);
    g_assert_cmphex(target(qts, IOVA + (8 << 13)), ==, 0x502000);
    finish(qts);
}

/* Each of the registers that say what the window is */
static void test_registers(void)
{
    QTestState *qts = start("");

    enable(qts, 0);
    set_entry(qts, 2, VALID | 0x600000);
    g_assert_cmphex(target(qts, IOVA + 0x2000), ==, 0x600000);

    qtest_writeq(qts, IOC + TCNFG, 3);
    g_assert_cmphex(target(qts, IOVA + 0x2000), ==, NOTHING);
    g_assert_cmphex(target(qts, IOVA + 0x20000), ==, 0x600000);

    qtest_writeq(qts, PDIR2 + 8 * 3, VALID | 0x610000);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR2);
    g_assert_cmphex(target(qts, IOVA + 0x20000), ==, NOTHING);
    g_assert_cmphex(target(qts, IOVA + 0x30000), ==, 0x610000);
    /* the old directory is memory like any other */
    set_entry(qts, 9, VALID | 0x620000);
    g_assert_cmpuint(mappings(qts), ==, 1);
    g_assert_cmphex(qtest_readq(qts, PDIR + 72), ==, VALID | 0x620000);

    qtest_writeq(qts, IOC + IBASE, 0x80000001);
    qtest_writeq(qts, IOC + IMASK, 0xf8000000);
    g_assert_cmphex(target(qts, IOVA + 0x30000), ==, NOTHING);
    qtest_writeq(qts, IOC + IBASE, 0x50000001);
    g_assert_cmphex(target(qts, 0x50030000), ==, 0x610000);
    g_assert_cmpuint(mappings(qts), ==, 1);
    finish(qts);
}

/* A window that the messages to the processors cut in two */
static void test_cut_window(void)
{
    QTestState *qts = start("");
    const uint64_t base = 0xc0000000;
    const unsigned before = (ZX1_PIB_BASE - base) >> 16;
    const unsigned after = (ZX1_PIB_BASE + ZX1_PIB_SIZE - base) >> 16;

    qtest_writeq(qts, IOC + TCNFG, 3);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR);
    qtest_writeq(qts, IOC + IBASE, base | 1);
    set_entry(qts, before - 1, VALID | 0x1000000);
    set_entry(qts, before, VALID | 0x1010000);
    set_entry(qts, after, VALID | 0x1020000);
    g_assert_cmphex(target(qts, ZX1_PIB_BASE - 1), ==, 0x100ffff);
    g_assert_cmphex(target(qts, ZX1_PIB_BASE), ==, NOTHING);
    g_assert_cmphex(target(qts, ZX1_PIB_BASE + ZX1_PIB_SIZE), ==, 0x1020000);
    set_entry(qts, before - 1, 0);
    set_entry(qts, before, 0);
    set_entry(qts, after, 0);
    purge(qts, base, 30);
    g_assert_cmpuint(mappings(qts), ==, 0);
    finish(qts);
}

/* A window smaller than its page, and one of 4 GiB */
static void test_odd_windows(void)
{
    QTestState *qts = start("");

    qtest_writeq(qts, IOC + TCNFG, 3);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR);
    qtest_writeq(qts, IOC + IMASK, 0xfffff000);
    qtest_writeq(qts, IOC + IBASE, IOVA | 1);
    set_entry(qts, 0, VALID | 0x1000000);
    g_assert_cmphex(target(qts, IOVA), ==, 0x1000000);
    g_assert_cmphex(qtest_readq(qts, DEV + DEV_SIZE), ==, 0x1000);
    set_entry(qts, 0, 0);
    purge(qts, IOVA, 16);
    g_assert_cmpuint(mappings(qts), ==, 0);

    qtest_writeq(qts, IOC + IBASE, IOVA);
    qtest_writeq(qts, IOC + TCNFG, 0);
    qtest_writeq(qts, IOC + IMASK, 0);
    qtest_writeq(qts, IOC + IBASE, 1);
    set_entry(qts, 0xfffff, VALID | 0x1000000);
    g_assert_cmphex(target(qts, 0xfffff000), ==, 0x1000000);
    set_entry(qts, 0xfffff, 0);
    purge(qts, 0x80000000, 31);
    g_assert_cmpuint(mappings(qts), ==, 0);
    finish(qts);
}

/* A physical page that is not aligned to the IOTLB's page size */
static void test_unaligned_target(void)
{
    QTestState *qts = start("");

    enable(qts, 2);
    set_entry(qts, 1, VALID | 0x201000);
    /* the bits below the page's size are those of the I/O address */
    g_assert_cmphex(target(qts, IOVA + 0x4000), ==, 0x200000);
    g_assert_cmphex(target(qts, IOVA + 0x5000), ==, 0x201000);
    g_assert_cmphex(target(qts, IOVA + 0x7ff8), ==, 0x203ff8);
    /* the same page, named by another part of it: nothing new */
    set_entry(qts, 1, VALID | 0x202000);
    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_MAPS), ==, 1);
    set_entry(qts, 1, 0);
    purge(qts, IOVA + 0x4000, 14);
    g_assert_cmpuint(mappings(qts), ==, 0);
    finish(qts);
}

/* Pages that are not memory: not mapped, an error that the guest can read */
static void test_bad_target(void)
{
    QTestState *qts = start("");

    enable(qts, 0);
    set_entry(qts, 3, VALID | 0x3fff000000ULL);
    g_assert_cmphex(target(qts, IOVA + 0x3000), ==, NOTHING);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, ERROR_TARGET);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_ADDR), ==, IOVA + 0x3000);
    qtest_writeq(qts, IOC + ROPE_CONTROL, 0x10);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
    /* the chipset's own registers */
    set_entry(qts, 4, VALID | ZX1_MIO_BASE);
    g_assert_cmphex(target(qts, IOVA + 0x4000), ==, NOTHING);
    /* the next one is good again */
    set_entry(qts, 3, VALID | 0x200000);
    g_assert_cmphex(target(qts, IOVA + 0x3000), ==, 0x200000);
    finish(qts);
}

/*
 * More than the host takes: what fits is mapped, the first page that does
 * not is in the error registers, a page that goes makes room
 */
static void test_limit(void)
{
    QTestState *qts = start("");

    enable(qts, 0);
    qtest_writeq(qts, DEV + DEV_LIMIT, 2);
    for (unsigned i = 0; i < 4; i++) {
        set_entry(qts, i, VALID | (0x200000 + i * 0x1000));
    }
    g_assert_cmpuint(mappings(qts), ==, 2);
    g_assert_cmphex(target(qts, IOVA + 0x1000), ==, 0x201000);
    g_assert_cmphex(target(qts, IOVA + 0x2000), ==, NOTHING);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==,
                    ERROR_HOST | ERROR_OVERFLOW);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_ADDR), ==, IOVA + 0x2000);
    qtest_writeq(qts, IOC + ROPE_CONTROL, 0x10);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);

    /* all go, and those that failed are nothing to the host */
    for (unsigned i = 0; i < 4; i++) {
        set_entry(qts, i, 0);
    }
    purge(qts, IOVA, 14);
    g_assert_cmpuint(mappings(qts), ==, 0);
    set_entry(qts, 2, VALID | 0x204000);
    g_assert_cmphex(target(qts, IOVA + 0x2000), ==, 0x204000);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
    finish(qts);
}

/* A directory outside RAM, and one that runs out of it */
static void test_bad_directory(void)
{
    QTestState *qts = start("-m 512M");
    const uint64_t top = 0x20000000;

    qtest_writeq(qts, IOC + TCNFG, 3);
    qtest_writeq(qts, IOC + PDIR_BASE, 0x3ffff00000ULL);
    qtest_writeq(qts, IOC + IBASE, IOVA | 1);
    g_assert_cmpuint(mappings(qts), ==, 0);
    purge(qts, IOVA, 30);

    qtest_writeq(qts, IOC + PDIR_BASE, top - 0x1000);
    qtest_writeq(qts, top - 8, VALID | 0x200000);
    g_assert_cmphex(target(qts, IOVA + (511 << 16)), ==, 0x200000);
    qtest_writeq(qts, top, VALID | 0x210000);
    g_assert_cmpuint(mappings(qts), ==, 1);
    purge(qts, IOVA, 30);
    g_assert_cmpuint(mappings(qts), ==, 1);
    finish(qts);
}

/* The trap does not take the host's mapping of RAM apart */
static void test_ram_stays(void)
{
    QTestState *qts = start("");
    uint64_t removed = qtest_readq(qts, DEV + DEV_RAM_REMOVED);
    uint64_t added = qtest_readq(qts, DEV + DEV_RAM_ADDED);

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR2);
    qtest_writeq(qts, IOC + IBASE, IOVA);
    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_RAM_REMOVED), ==, removed);
    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_RAM_ADDED), ==, added);
    finish(qts);
}

static void test_reset(void)
{
    QTestState *qts = start("");

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    g_assert_cmpuint(mappings(qts), ==, 1);
    qtest_system_reset(qts);
    zx1_program_chipset(qts);
    zx1_enable(qts, 0, 1 << 3, 0, DEV);
    g_assert_cmpuint(mappings(qts), ==, 0);
    set_entry(qts, 1, VALID | 0x201000);
    enable(qts, 0);
    g_assert_cmphex(target(qts, IOVA + 0x1000), ==, 0x201000);
    finish(qts);
}

/* Two listeners hear the same; RAM is theirs only with the bypass */
static void test_two(void)
{
    QTestState *qts = start("-device iommu-map-testdev,bus=pci,addr=2");

    zx1_enable(qts, 0, 2 << 3, 0, DEV2);
    enable(qts, 3);
    set_entry(qts, 5, VALID | 0x200000);
    qtest_writeq(qts, DEV2 + DEV_ADDRESS, IOVA + (5 << 16));
    g_assert_cmphex(qtest_readq(qts, DEV2 + DEV_TARGET), ==, 0x200000);
    g_assert_cmphex(target(qts, IOVA + (5 << 16)), ==, 0x200000);
    set_entry(qts, 5, 0);
    purge(qts, IOVA + (5 << 16), 16);
    g_assert_cmpuint(qtest_readq(qts, DEV2 + DEV_MAPPINGS), ==, 0);
    g_assert_cmpuint(qtest_readq(qts, DEV2 + DEV_VIOLATIONS), ==, 0);
    finish(qts);
}

/* A listener that comes while the window is in use, and goes again */
static void test_hotplug(void)
{
    QTestState *qts = zx1_start("%s", "");

    enable(qts, 2);
    set_entry(qts, 5, VALID | 0x200000);
    qtest_qmp_device_add(qts, "iommu-map-testdev", "dev",
                         "{'bus': 'pci', 'addr': '1'}");
    zx1_enable(qts, 0, 1 << 3, 0, DEV);
    g_assert_cmphex(target(qts, IOVA + (5 << 14)), ==, 0x200000);
    set_entry(qts, 6, VALID | 0x204000);
    g_assert_cmphex(target(qts, IOVA + (6 << 14)), ==, 0x204000);
    /* a second one hears of what is there */
    qtest_qmp_device_add(qts, "iommu-map-testdev", "dev2",
                         "{'bus': 'pci', 'addr': '2'}");
    zx1_enable(qts, 0, 2 << 3, 0, DEV2);
    g_assert_cmpuint(qtest_readq(qts, DEV2 + DEV_MAPPINGS), ==, 2);
    qtest_qmp_device_del(qts, "dev2");
    g_assert_cmphex(zx1_config_read(qts, 0, 0, 2 << 3, 0, 4), ==, ~0u);
    set_entry(qts, 6, 0);
    purge(qts, IOVA, 30);
    g_assert_cmpuint(mappings(qts), ==, 1);
    qtest_qmp_device_del(qts, "dev");
    /* nobody listens: a plain store, and the next listener hears of it */
    set_entry(qts, 7, VALID | 0x208000);
    qtest_qmp_device_add(qts, "iommu-map-testdev", "dev",
                         "{'bus': 'pci', 'addr': '1'}");
    zx1_enable(qts, 0, 1 << 3, 0, DEV);
    g_assert_cmphex(target(qts, IOVA + (7 << 14)), ==, 0x208000);
    g_assert_cmpuint(mappings(qts), ==, 2);
    finish(qts);
}

static void test_isolation(void)
{
    QTestState *qts = start("-machine iotlb-isolation=on");

    g_assert_cmpuint(qtest_readq(qts, DEV + DEV_RAM_ADDED), ==, 0);
    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    g_assert_cmphex(target(qts, IOVA), ==, 0x200000);
    finish(qts);
}

static void test_info(void)
{
    QTestState *qts = start("");
    QDict *resp;
    const char *text;

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    set_entry(qts, 1, VALID | 0x201000);
    set_entry(qts, 9, VALID | 0x300000);
    resp = qtest_qmp(qts, "{ 'execute': 'x-query-iotlb' }");
    text = qdict_get_str(qdict_get_qdict(resp, "return"),
                         "human-readable-text");
    g_assert_nonnull(strstr(text, "window: 0x40000000-0x7fffffff, pages of "
                            "4 KiB, directory at 0x0010000000\n"));
    g_assert_nonnull(strstr(text, "valid entries: 3\n"));
    g_assert_nonnull(strstr(text, "  0x40000000-0x40001fff -> "
                            "0x0000200000\n"));
    g_assert_nonnull(strstr(text, "directory followed: yes, pages mapped: "
                            "3\n"));
    g_assert_nonnull(strstr(text, "  00:01.0 iommu-map-testdev"));
    qobject_unref(resp);
    finish(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/zx1/follow/map", test_map);
    qtest_add_func("/zx1/follow/store-sizes", test_store_sizes);
    qtest_add_func("/zx1/follow/purge", test_purge);
    qtest_add_func("/zx1/follow/purge-all", test_purge_all);
    qtest_add_func("/zx1/follow/enable", test_enable);
    qtest_add_func("/zx1/follow/registers", test_registers);
    qtest_add_func("/zx1/follow/cut-window", test_cut_window);
    qtest_add_func("/zx1/follow/odd-windows", test_odd_windows);
    qtest_add_func("/zx1/follow/unaligned-target", test_unaligned_target);
    qtest_add_func("/zx1/follow/bad-target", test_bad_target);
    qtest_add_func("/zx1/follow/limit", test_limit);
    qtest_add_func("/zx1/follow/bad-directory", test_bad_directory);
    qtest_add_func("/zx1/follow/ram-stays", test_ram_stays);
    qtest_add_func("/zx1/follow/reset", test_reset);
    qtest_add_func("/zx1/follow/two", test_two);
    qtest_add_func("/zx1/follow/hotplug", test_hotplug);
    qtest_add_func("/zx1/follow/isolation", test_isolation);
    qtest_add_func("/zx1/follow/info", test_info);
    return g_test_run();
}
