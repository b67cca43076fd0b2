/*
 * qtest of the HP zx1 machine: what devices of a host see of the IOTLB
 *
 * iommu-map-testdev keeps the mappings that a host's IOMMU would have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libqtest.h"
#include "hw/pci/pci_regs.h"
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
#define DEV_EVENT       0x50
#define DEV_MSIX        0x80200000ULL

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

static char *info_iotlb(QTestState *qts)
{
    QDict *resp = qtest_qmp(qts, "{ 'execute': 'x-query-iotlb' }");
    char *text = g_strdup(qdict_get_str(qdict_get_qdict(resp, "return"),
                                        "human-readable-text"));

    qobject_unref(resp);
    return text;
}

static bool info_has(QTestState *qts, const char *what)
{
    g_autofree char *text = info_iotlb(qts);

    return strstr(text, what);
}

/* One of its counters */
static uint64_t counter(QTestState *qts, const char *name)
{
    g_autofree char *text = info_iotlb(qts);
    g_autofree char *key = g_strdup_printf(" %s ", name);
    const char *at = strstr(text, key);

    g_assert_nonnull(at);
    return g_ascii_strtoull(at + strlen(key), NULL, 10);
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
    g_assert_cmphex(target(qts, IOVA + 0x5000), ==, 0x340000);
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
    g_assert_true(info_has(qts, "window: off\n"));
    g_assert_true(info_has(qts, "directory followed: no, pages mapped: 0\n"));
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
    uint64_t stores;

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
    g_assert_true(info_has(qts, "directory followed: no, pages mapped: 0\n"));
    stores = counter(qts, "stores");
    set_entry(qts, 7, VALID | 0x208000);
    g_assert_cmpuint(counter(qts, "stores"), ==, stores);
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

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    set_entry(qts, 1, VALID | 0x201000);
    set_entry(qts, 9, VALID | 0x300000);
    set_entry(qts, 0x3ffff, VALID | 0x400000);
    g_assert_true(info_has(qts, "window: 0x40000000-0x7fffffff, pages of "
                           "4 KiB, directory at 0x0010000000\n"));
    g_assert_true(info_has(qts, "valid entries: 4\n"));
    g_assert_true(info_has(qts, "  0x40000000-0x40001fff -> 0x0000200000\n"));
    g_assert_true(info_has(qts, "  0x7ffff000-0x7fffffff -> 0x0000400000\n"));
    g_assert_true(info_has(qts, "directory followed: yes, pages mapped: "
                           "4\n"));
    g_assert_true(info_has(qts, "  00:01.0 iommu-map-testdev"));

    /* the window was purged before it was on */
    g_assert_true(info_has(qts, "maps 4 unmaps 0 purges 0 stores 4 calls 4 "
                           "errors 0\n"));
    set_entry(qts, 0, 0);
    set_entry(qts, 1, 0);
    purge(qts, IOVA, 13);
    set_entry(qts, 2, VALID | 0x3fff000000ULL);
    /* both pages go in one call; what is not memory is none */
    g_assert_true(info_has(qts, "maps 5 unmaps 2 purges 1 stores 7 calls 5 "
                           "errors 1\n"));
    g_assert_true(info_has(qts, "pages mapped: 3\n"));
    qtest_writeq(qts, IOC + IBASE, IOVA);
    g_assert_true(info_has(qts, "directory followed: no, pages mapped: 0\n"));
    g_assert_true(info_has(qts, "unmaps 5 "));
    finish(qts);
}

/* What asks for an address and keeps it, as vhost does, hears what is old */
static void test_cache(void)
{
    QTestState *qts = zx1_start("-device iommu-map-testdev,bus=pci,addr=1,"
                                "cache=on");

    zx1_enable(qts, 0, 1 << 3, 0, DEV);
    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    set_entry(qts, 9, VALID | 0x300000);
    g_assert_cmphex(target(qts, IOVA), ==, 0x200000);
    g_assert_cmphex(target(qts, IOVA + 0x9000), ==, 0x300000);
    set_entry(qts, 0, VALID | 0x400000);
    set_entry(qts, 9, 0);
    g_assert_cmphex(target(qts, IOVA), ==, 0x200000);
    purge(qts, IOVA, 12);
    g_assert_cmphex(target(qts, IOVA), ==, 0x400000);
    g_assert_cmphex(target(qts, IOVA + 0x9000), ==, 0x300000);
    purge(qts, IOVA + 0x8000, 15);
    g_assert_cmphex(target(qts, IOVA + 0x9000), ==, NOTHING);

    qtest_writeq(qts, IOC + TCNFG, 1);
    g_assert_cmpuint(mappings(qts), ==, 0);
    g_assert_cmphex(target(qts, IOVA + 0x1000), ==, 0x401000);
    qtest_writeq(qts, PDIR2, VALID | 0x500000);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR2);
    g_assert_cmphex(target(qts, IOVA + 0x1000), ==, 0x501000);
    qtest_writeq(qts, IOC + IBASE, IOVA);
    g_assert_cmpuint(mappings(qts), ==, 0);
    /* nobody asks for MAP events */
    g_assert_cmpuint(counter(qts, "stores"), ==, 0);
    finish(qts);
}

/* A function of the host whose IOMMU cannot do what the IOTLB does */
static void test_refused(void)
{
    static const struct {
        const char *property;
        uint64_t value;
        const char *why;
    } bad[] = {
        { "host-pages", 0xffff0000, "maps pages of 0x10000 bytes" },
        { "host-first", IOVA + 1, "addresses 0x40000000 to 0x7fffffff" },
        { "host-last", 0x7ffffffe, "addresses 0x40000000 to 0x7fffffff" },
        { "host-last", 0x0fffffff, "addresses 0x40000000 to 0x7fffffff" },
    };
    QTestState *qts = zx1_start("%s", "");

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        QDict *args = qdict_new(), *resp;
        const char *desc;

        qdict_put_str(args, "driver", "iommu-map-testdev");
        qdict_put_str(args, "bus", "pci");
        qdict_put_str(args, "host", "vf");
        qdict_put_int(args, bad[i].property, bad[i].value);
        resp = qtest_qmp(qts, "{ 'execute': 'device_add', 'arguments': %p }",
                         args);
        g_assert_true(qdict_haskey(resp, "error"));
        desc = qdict_get_str(qdict_get_qdict(resp, "error"), "desc");
        g_assert_true(g_str_has_prefix(desc, "vf: "));
        g_assert_nonnull(strstr(desc, bad[i].why));
        qobject_unref(resp);
    }
    /* 4 KiB and 1 GiB; the window and nothing else */
    qtest_qmp_device_add(qts, "iommu-map-testdev", "dev",
                         "{ 'bus': 'pci', 'addr': '1', 'host': 'vf', "
                         "'host-pages': 1073745920, "
                         "'host-first': 1073741824, "
                         "'host-last': 2147483647 }");
    zx1_enable(qts, 0, 1 << 3, 0, DEV);
    finish(qts);
}

static void place_bars(QTestState *qts, unsigned bus, unsigned devfn)
{
    zx1_config_write(qts, 0, bus, devfn, PCI_BASE_ADDRESS_0, DEV, 4);
    zx1_config_write(qts, 0, bus, devfn, PCI_BASE_ADDRESS_1, DEV_MSIX, 4);
    zx1_config_write(qts, 0, bus, devfn, PCI_COMMAND,
                     ZX1_CMD_MEM | ZX1_CMD_MASTER, 2);
}

/* Its line goes up and down; the line's level is seen in its status */
static void raise_line(QTestState *qts, unsigned bus, unsigned slot)
{
    const unsigned devfn = slot << 3;

    place_bars(qts, bus, devfn);
    qtest_writeq(qts, DEV + DEV_EVENT, 1);
    while (!(zx1_config_read(qts, 0, bus, devfn, PCI_STATUS, 2) &
             PCI_STATUS_INTERRUPT)) {
        /* the main loop raises it */
    }
    qtest_writeq(qts, DEV + DEV_EVENT, 0);
    zx1_config_write(qts, 0, bus, devfn, PCI_COMMAND, 0, 2);
}

/* MSI-X on; the function sends its message */
static void send_message(QTestState *qts, unsigned bus, unsigned slot)
{
    unsigned count = zx1_messages(qts).count;
    const unsigned devfn = slot << 3;
    unsigned cap;

    place_bars(qts, bus, devfn);
    cap = zx1_config_read(qts, 0, bus, devfn, PCI_CAPABILITY_LIST, 1);
    g_assert_cmphex(zx1_config_read(qts, 0, bus, devfn, cap, 1), ==,
                    PCI_CAP_ID_MSIX);
    qtest_writel(qts, DEV_MSIX, ZX1_PIB_BASE);
    qtest_writel(qts, DEV_MSIX + 4, 0);
    qtest_writel(qts, DEV_MSIX + 8, 0x40);
    qtest_writel(qts, DEV_MSIX + 12, 0);
    zx1_config_write(qts, 0, bus, devfn, cap + PCI_MSIX_FLAGS,
                     PCI_MSIX_FLAGS_ENABLE, 2);
    qtest_writeq(qts, DEV + DEV_EVENT, 1);
    while (zx1_messages(qts).count == count) {
        /* the main loop sends it */
    }
    zx1_config_write(qts, 0, bus, devfn, PCI_COMMAND, 0, 2);
}

/*
 * Which functions are the host's: those that were plugged as such, until they
 * go. Only their interrupts say that code may have changed.
 */
static void test_host(void)
{
    static const char line[] = "  00:03.0 iommu-map-testdev";
    static const char host[] = "  00:03.0 iommu-map-testdev, 0000:01:10.0 of "
                               "the host";
    QTestState *qts = zx1_start("%s", "");

    for (unsigned i = 1; i <= 2; i++) {
        qtest_qmp_device_add(qts, "iommu-map-testdev", "vf",
                             "{ 'bus': 'pci', 'addr': '3', "
                             "'host': '0000:01:10.0' }");
        g_assert_true(info_has(qts, host));
        raise_line(qts, 0, 3);
        g_assert_cmpuint(counter(qts, "events"), ==, 2 * i - 1);
        send_message(qts, 0, 3);
        g_assert_cmpuint(counter(qts, "events"), ==, 2 * i);
        qtest_qmp_device_del(qts, "vf");
        g_assert_false(info_has(qts, line));

        qtest_qmp_device_add(qts, "iommu-map-testdev", "vf",
                             "{ 'bus': 'pci', 'addr': '3' }");
        g_assert_true(info_has(qts, line));
        g_assert_false(info_has(qts, host));
        raise_line(qts, 0, 3);
        send_message(qts, 0, 3);
        g_assert_cmpuint(counter(qts, "events"), ==, 2 * i);
        qtest_qmp_device_del(qts, "vf");
    }
    qtest_quit(qts);
}

/* Behind a bridge, which sends the messages of all that is there */
static void test_host_bridge(void)
{
    QTestState *qts = zx1_start("-device pci-bridge,id=br,bus=pci,addr=2,"
                                "chassis_nr=1,shpc=off "
                                "-device iommu-map-testdev,bus=br,addr=3,"
                                "host=0000:01:10.0 "
                                "-device iommu-map-testdev,bus=pci,addr=4");

    /* its numbers and its window */
    zx1_config_write(qts, 0, 0, 2 << 3, PCI_PRIMARY_BUS, 0x00010100, 4);
    zx1_config_write(qts, 0, 0, 2 << 3, PCI_MEMORY_BASE, 0x80208000, 4);
    zx1_config_write(qts, 0, 0, 2 << 3, PCI_COMMAND,
                     ZX1_CMD_MEM | ZX1_CMD_MASTER, 2);
    g_assert_true(info_has(qts, "  01:03.0 iommu-map-testdev, 0000:01:10.0 "
                           "of the host"));
    raise_line(qts, 1, 3);
    g_assert_cmpuint(counter(qts, "events"), ==, 1);
    send_message(qts, 1, 3);
    g_assert_cmpuint(counter(qts, "events"), ==, 2);
    /* the line of the slot may be the bridge's, the message is not */
    send_message(qts, 0, 4);
    g_assert_cmpuint(counter(qts, "events"), ==, 2);
    qtest_quit(qts);
}

/*
 * Random stores, purges, changes of the window and DMA to the directory,
 * against a model of what the host's IOMMU has to know after each of them
 */
#define MODEL_PAGES     256
#define MODEL_RAM       0x20000000ULL   /* -m 512M */
#define MODEL_STEPS     2000
#define EDU             0x80300000ULL
#define BOUNCE          0x700000

typedef struct Model {
    QTestState *qts;
    unsigned tcnfg;
    uint32_t ibase, imask;
    uint64_t pdir;
    bool second;                    /* is DEV2 plugged? */
    uint8_t dir[2][8 * MODEL_PAGES];    /* at PDIR and PDIR2 */
    uint64_t known[MODEL_PAGES];    /* by the host's IOMMU: as target_of() */
} Model;

static uint8_t *model_dir(Model *m)
{
    return m->dir[m->pdir == PDIR2];
}

static uint64_t model_window(Model *m)
{
    return -(uint64_t)(int32_t)m->imask;
}

static uint64_t model_size(Model *m)
{
    return MIN(1ULL << shift_of[m->tcnfg], model_window(m));
}

static unsigned model_pages(Model *m)
{
    return m->ibase & 1 ? model_window(m) / model_size(m) : 0;
}

/* Where a valid entry leads, NOTHING for one that is invalid */
static uint64_t target_of(Model *m, uint64_t entry)
{
    return entry & VALID ? entry & 0xfffffff000ULL &
                           -(1ULL << shift_of[m->tcnfg]) : NOTHING;
}

static void model_sync(Model *m, unsigned first, unsigned last, bool purge)
{
    for (unsigned i = first; i <= last; i++) {
        uint64_t now = target_of(m, ldq_le_p(model_dir(m) + 8 * i));

        if (purge || now != NOTHING) {
            m->known[i] = now;
        }
    }
}

/* Where the host's IOMMU leads: to memory, which the VGA frame buffer is not */
static uint64_t model_target(Model *m, unsigned page)
{
    uint64_t phys = m->known[page];

    return phys < 0xa0000 || (phys >= 0xc0000 && phys < MODEL_RAM) ? phys :
           NOTHING;
}

static void check_page(Model *m, unsigned page)
{
    uint64_t iova = (m->ibase & ~1) + page * model_size(m);
    uint64_t want = model_target(m, page);
    uint64_t last = want == NOTHING ? want : want + model_size(m) - 1;

    g_assert_cmphex(target(m->qts, iova), ==, want);
    g_assert_cmphex(target(m->qts, iova + model_size(m) - 1), ==, last);
    if (m->second) {
        qtest_writeq(m->qts, DEV2 + DEV_ADDRESS, iova);
        g_assert_cmphex(qtest_readq(m->qts, DEV2 + DEV_TARGET), ==, want);
    }
}

static void check_all(Model *m)
{
    unsigned count = 0;

    for (unsigned i = 0; i < model_pages(m); i++) {
        check_page(m, i);
        count += model_target(m, i) != NOTHING;
    }
    g_assert_cmpuint(mappings(m->qts), ==, count);
}

static uint64_t any_entry(void)
{
    uint64_t entry = (uint64_t)g_test_rand_int_range(0x100, 0x20010) << 12;

    if (g_test_rand_int_range(0, 10) == 0) {
        entry |= 0x3f00000000ULL;
    }
    return g_test_rand_int_range(0, 4) ? entry | VALID : entry;
}

/* Of a processor: any size, any alignment; or again what has been there */
static void step_store(Model *m)
{
    unsigned size = 1 << g_test_rand_int_range(0, 4);
    uint8_t *dir = model_dir(m);
    unsigned pages = MAX(model_pages(m), 1), at;
    uint64_t val = any_entry();

    if (g_test_rand_bit()) {
        size = 8;
        at = 8 * g_test_rand_int_range(0, pages);
        if (g_test_rand_int_range(0, 3) == 0) {
            val = ldq_le_p(dir + at) ^ VALID;
        }
    } else {
        at = g_test_rand_int_range(0, 8 * pages - size + 1);
        val >>= 8 * g_test_rand_int_range(0, 9 - size);
    }
    zx1_write(m->qts, m->pdir + at, val, size);
    stn_le_p(dir + at, size, val);
    if (model_pages(m)) {
        model_sync(m, at / 8, (at + size - 1) / 8, false);
        check_page(m, at / 8);
        check_page(m, (at + size - 1) / 8);
    }
}

/* Neighbours, as for a large buffer: a run of valid entries or of invalid */
static void step_run(Model *m)
{
    unsigned pages = MAX(model_pages(m), 1);
    unsigned first = g_test_rand_int_range(0, pages);
    unsigned end = MIN(pages, first + g_test_rand_int_range(1, 100));
    uint64_t val = any_entry();

    for (unsigned i = first; i < end; i++) {
        zx1_write(m->qts, m->pdir + 8 * i, val, 8);
        stq_le_p(model_dir(m) + 8 * i, val);
        val += 1ULL << shift_of[m->tcnfg];
    }
    if (model_pages(m)) {
        model_sync(m, first, end - 1, false);
    }
}

static void purge_at(Model *m, uint64_t first, unsigned log2)
{
    uint64_t base = m->ibase & ~1, size, last;

    purge(m->qts, first, log2);
    if (!model_pages(m)) {
        return;
    }
    size = 1ULL << MAX(log2, shift_of[m->tcnfg]);
    first &= -size;
    last = MIN(first + size, base + model_window(m)) - 1;
    first = MAX(first, base);
    if (first <= last) {
        model_sync(m, (first - base) / model_size(m),
                   (last - base) / model_size(m), true);
    }
}

/* Of a device: it is found at the purge */
static void step_dma(Model *m)
{
    unsigned page = g_test_rand_int_range(0, MAX(model_pages(m), 1));
    uint64_t entry = any_entry();

    stq_le_p(model_dir(m) + 8 * page, entry);
    qtest_writeq(m->qts, BOUNCE, entry);
    zx1_edu_read(m->qts, EDU, BOUNCE, 0, 8);
    zx1_edu_write(m->qts, EDU, 0, m->pdir + 8 * page, 8);
    purge_at(m, (m->ibase & ~1) + page * model_size(m),
             g_test_rand_int_range(0, 20));
    if (model_pages(m)) {
        check_page(m, page);
    }
}

/* Anywhere, also across the window's ends */
static void step_purge(Model *m)
{
    purge_at(m, (m->ibase & ~1) + g_test_rand_int_range(-1, 257) * 4096LL,
             g_test_rand_int_range(0, 22));
}

static void step_register(Model *m)
{
    static const uint32_t base[] = { IOVA, 0x50000000, 0x18000000 };
    static const uint32_t mask[] = { 0xfff00000, 0xfffe0000, 0xfffff000 };
    Model old = *m;

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        m->tcnfg = g_test_rand_int_range(0, 4);
        qtest_writeq(m->qts, IOC + TCNFG, m->tcnfg);
        break;
    case 1:
        m->pdir = g_test_rand_bit() ? PDIR : PDIR2;
        qtest_writeq(m->qts, IOC + PDIR_BASE, m->pdir);
        break;
    case 2:
        m->imask = mask[g_test_rand_int_range(0, ARRAY_SIZE(mask))];
        qtest_writeq(m->qts, IOC + IMASK, m->imask);
        break;
    case 3:
        m->ibase = base[g_test_rand_int_range(0, ARRAY_SIZE(base))] |
                   (g_test_rand_int_range(0, 4) != 0);
        qtest_writeq(m->qts, IOC + IBASE, m->ibase);
        break;
    }
    if (old.tcnfg != m->tcnfg || old.pdir != m->pdir ||
        old.imask != m->imask || old.ibase != m->ibase) {
        model_sync(m, 0, MODEL_PAGES - 1, true);
    }
}

static void step_plug(Model *m)
{
    if (m->second) {
        qtest_qmp_device_del(m->qts, "dev2");
    } else {
        qtest_qmp_device_add(m->qts, "iommu-map-testdev", "dev2",
                             "{'bus': 'pci', 'addr': '2'}");
        zx1_enable(m->qts, 0, 2 << 3, 0, DEV2);
    }
    m->second = !m->second;
}

static void test_random(void)
{
    Model m = { .pdir = PDIR, .ibase = IOVA | 1, .imask = 0xfff00000 };

    m.qts = start("-m 512M -device edu,bus=pci,addr=3,dma_mask=0xffffffff");
    zx1_enable(m.qts, 0, 3 << 3, 0, EDU);
    qtest_writeq(m.qts, IOC + IMASK, m.imask);
    enable(m.qts, m.tcnfg);
    model_sync(&m, 0, MODEL_PAGES - 1, true);
    for (unsigned i = 0; i < MODEL_STEPS; i++) {
        switch (g_test_rand_int_range(0, 40)) {
        case 0:
            step_register(&m);
            check_all(&m);
            break;
        case 1 ... 3:
            step_dma(&m);
            break;
        case 4 ... 9:
            step_purge(&m);
            check_all(&m);
            break;
        case 10:
            step_plug(&m);
            break;
        case 11 ... 13:
            step_run(&m);
            break;
        default:
            step_store(&m);
            break;
        }
    }
    check_all(&m);
    finish(m.qts);
}

/* What happens can be traced: each map, unmap, purge and sync */
static void test_trace(void)
{
    static const char *const line[] = {
        "zx1_pdir_map iova 0x40005000 phys 0x200000 size 0x1000\n",
        "zx1_pdir_unmap iova 0x40005000 size 0x1000\n",
        "zx1_pdir_sync entries 5 to 5 purge 0\n",
        "zx1_pdir_sync entries 5 to 5 purge 1\n",
        "zx1_ioc_purge iova 0x40005000 size 0x1000\n",
    };
    static const char again[] =
        "zx1_pdir_map iova 0x40006000 phys 0x300000 size 0x1000\n";
    g_autofree char *text = NULL, *log = NULL, *options = NULL;
    int fd = g_file_open_tmp("zx1-trace-XXXXXX", &log, NULL);
    QTestState *qts;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    options = g_strdup_printf("-D %s -trace zx1_pdir_* -trace zx1_ioc_purge",
                              log);
    qts = start(options);
    enable(qts, 0);
    set_entry(qts, 5, VALID | 0x200000);
    set_entry(qts, 5, 0);
    purge(qts, IOVA + 0x5000, 12);
    /* once for a listener that is there, once for one that comes */
    set_entry(qts, 6, VALID | 0x300000);
    qtest_qmp_device_add(qts, "iommu-map-testdev", "dev2",
                         "{'bus': 'pci', 'addr': '2'}");
    finish(qts);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    for (unsigned i = 0; i < ARRAY_SIZE(line); i++) {
        g_assert_nonnull(strstr(text, line[i]));
    }
    g_assert_nonnull(strstr(strstr(text, again) + 1, again));
    unlink(log);
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
    qtest_add_func("/zx1/follow/cache", test_cache);
    qtest_add_func("/zx1/follow/refused", test_refused);
    qtest_add_func("/zx1/follow/host", test_host);
    qtest_add_func("/zx1/follow/host-bridge", test_host_bridge);
    qtest_add_func("/zx1/follow/random", test_random);
    qtest_add_func("/zx1/follow/trace", test_trace);
    return g_test_run();
}
