/*
 * qtest of the HP zx1 machine: IOC and IOTLB
 *
 * A device that does real DMA through the translation: each page size,
 * purges and stale entries, errors, window moves, bypass and isolation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
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

#define ERROR_VALID     0x1
#define ERROR_OVERFLOW  0x2
#define ERROR_WRITE     0x4
#define ERROR_INVALID   0x10
#define ERROR_TABLE     0x20
#define ERROR_NOWHERE   0x40

#define EDU             0x80000000
#define EDU_OPTIONS     "-device edu,bus=pci,addr=1,dma_mask=0xffffffff"

#define PDIR            0x10000000ULL
#define VALID           (1ULL << 63)
#define IOVA            ZX1_IOVA_BASE
#define PATTERN         0x0123456789abcdefULL

static QTestState *start(const char *machine, const char *options)
{
    QTestState *qts = zx1_start("%s " EDU_OPTIONS " %s", machine, options);

    zx1_enable(qts, 0, 1 << 3, 0, EDU);
    return qts;
}

/* Page size by TCNFG, table at PDIR, window on */
static void enable(QTestState *qts, unsigned tcnfg)
{
    qtest_writeq(qts, IOC + TCNFG, tcnfg);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR);
    qtest_writeq(qts, IOC + PCOM, IOVA | 30);
    qtest_readq(qts, IOC + PCOM);
    qtest_writeq(qts, IOC + IBASE, IOVA | 1);
    qtest_readq(qts, IOC + IBASE);
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

/* Let the device move 8 bytes; what it reads goes through its buffer */
static void dev_store(QTestState *qts, uint64_t address, uint64_t val)
{
    const uint64_t bounce = 0x700000;

    /* Through the bypass, or the window would be in the way */
    qtest_writeq(qts, bounce, val);
    zx1_edu_read(qts, EDU, bounce, 0, 8);
    zx1_edu_write(qts, EDU, 0, address, 8);
}

static uint64_t dev_load(QTestState *qts, uint64_t address)
{
    const uint64_t bounce = 0x700000;

    qtest_writeq(qts, bounce, 0);
    zx1_edu_read(qts, EDU, address, 8, 8);
    zx1_edu_write(qts, EDU, 8, bounce, 8);
    return qtest_readq(qts, bounce);
}

static void test_bypass(void)
{
    QTestState *qts = start("", "");

    dev_store(qts, 0x200008, PATTERN);
    g_assert_cmphex(qtest_readq(qts, 0x200008), ==, PATTERN);
    g_assert_cmphex(dev_load(qts, 0x200008), ==, PATTERN);
    /* On, and outside the window still the same */
    enable(qts, 0);
    dev_store(qts, 0x200010, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, 0x200010), ==, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
    qtest_quit(qts);
}

static void test_page_sizes(void)
{
    static const uint8_t shift[] = { 12, 13, 14, 16 };

    for (unsigned tcnfg = 0; tcnfg < ARRAY_SIZE(shift); tcnfg++) {
        QTestState *qts = start("-m 5G", "");
        uint64_t size = 1ULL << shift[tcnfg];

        enable(qts, tcnfg);
        set_entry(qts, 0, VALID | 0x200000);
        set_entry(qts, 1, VALID | 0x400000);
        /* Displaced memory, above what 32 bits reach */
        set_entry(qts, 2, VALID | 0x4050000000ULL);
        set_entry(qts, (ZX1_IOVA_SIZE >> shift[tcnfg]) - 1,
                  VALID | 0x600000);

        dev_store(qts, IOVA + 0x10, PATTERN);
        g_assert_cmphex(qtest_readq(qts, 0x200010), ==, PATTERN);
        dev_store(qts, IOVA + size - 8, PATTERN + 1);
        g_assert_cmphex(qtest_readq(qts, 0x200000 + size - 8), ==,
                        PATTERN + 1);
        dev_store(qts, IOVA + size, PATTERN + 2);
        g_assert_cmphex(qtest_readq(qts, 0x400000), ==, PATTERN + 2);
        dev_store(qts, IOVA + 2 * size + 0x20, PATTERN + 3);
        g_assert_cmphex(qtest_readq(qts, 0x4050000020ULL), ==, PATTERN + 3);
        dev_store(qts, IOVA + ZX1_IOVA_SIZE - 8, PATTERN + 4);
        g_assert_cmphex(qtest_readq(qts, 0x600000 + size - 8), ==,
                        PATTERN + 4);
        qtest_writeq(qts, 0x200100, PATTERN + 5);
        g_assert_cmphex(dev_load(qts, IOVA + 0x100), ==, PATTERN + 5);

        /* One transfer over the end of a page */
        zx1_edu_write(qts, EDU, 8, IOVA + size - 4, 8);
        g_assert_cmphex(qtest_readl(qts, 0x200000 + size - 4), ==,
                        (uint32_t)(PATTERN + 5));
        g_assert_cmphex(qtest_readl(qts, 0x400000), ==, PATTERN >> 32);
        g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
        qtest_quit(qts);
    }
}

/* An entry that was used stays until purged; one never used is not there */
static void test_stale(void)
{
    QTestState *qts = start("", "");

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    set_entry(qts, 1, VALID | 0x300000);
    dev_store(qts, IOVA, PATTERN);
    dev_store(qts, IOVA + 0x1000, PATTERN);

    set_entry(qts, 0, VALID | 0x400000);
    set_entry(qts, 1, 0);
    dev_store(qts, IOVA, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, 0x400000), ==, 0);
    dev_store(qts, IOVA + 0x1000, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, 0x300000), ==, PATTERN + 1);

    /* The purge of one page leaves the other alone */
    purge(qts, IOVA, 12);
    dev_store(qts, IOVA, PATTERN + 2);
    g_assert_cmphex(qtest_readq(qts, 0x400000), ==, PATTERN + 2);
    dev_store(qts, IOVA + 0x1000, PATTERN + 2);
    g_assert_cmphex(qtest_readq(qts, 0x300000), ==, PATTERN + 2);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);

    /* A larger one takes it */
    purge(qts, IOVA, 13);
    dev_store(qts, IOVA + 0x1000, PATTERN + 3);
    g_assert_cmphex(qtest_readq(qts, 0x300000), ==, PATTERN + 2);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS) & ERROR_VALID, ==,
                    ERROR_VALID);

    /* An invalid entry is not remembered: valid needs no purge */
    set_entry(qts, 1, VALID | 0x500000);
    dev_store(qts, IOVA + 0x1000, PATTERN + 4);
    g_assert_cmphex(qtest_readq(qts, 0x500000), ==, PATTERN + 4);
    qtest_quit(qts);
}

/* The window sizes a purge can have, the whole window included */
static void test_purge_sizes(void)
{
    QTestState *qts = start("", "");

    enable(qts, 2);
    for (unsigned log2 = 12; log2 <= 31; log2++) {
        set_entry(qts, 3, VALID | 0x200000);
        dev_store(qts, IOVA + 0xc000, PATTERN);
        set_entry(qts, 3, VALID | 0x300000);
        qtest_writeq(qts, 0x300000, 0);
        dev_store(qts, IOVA + 0xc000, PATTERN + log2);
        g_assert_cmphex(qtest_readq(qts, 0x300000), ==, 0);
        /* Less than a page purges the page */
        purge(qts, (IOVA + 0xc000) & -(1ULL << log2), log2);
        dev_store(qts, IOVA + 0xc000, PATTERN + log2);
        g_assert_cmphex(qtest_readq(qts, 0x300000), ==, PATTERN + log2);
        purge(qts, IOVA, 30);
    }
    /* Outside the window, absurd sizes: nothing happens */
    purge(qts, 0, 0);
    purge(qts, 0xfffff000, 31);
    qtest_quit(qts);
}

static void test_no_cache(void)
{
    QTestState *qts = start("-M iotlb-cache=off", "");

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    dev_store(qts, IOVA, PATTERN);
    set_entry(qts, 0, VALID | 0x400000);
    dev_store(qts, IOVA, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, PATTERN);
    g_assert_cmphex(qtest_readq(qts, 0x400000), ==, PATTERN + 1);
    qtest_quit(qts);
}

/* One error is logged, perhaps more came: these bits, and the address */
static void check_error(QTestState *qts, uint64_t bits, uint64_t address)
{
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS) &
                    ~(uint64_t)ERROR_OVERFLOW, ==, ERROR_VALID | bits);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_ADDR), ==, address);
    qtest_writeq(qts, IOC + ROPE_CONTROL, 0x10);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
}

/* Outside of the window too: where there is no memory */
static void test_nowhere(void)
{
    QTestState *qts = zx1_start(EDU_OPTIONS "ffffffff");
    static const uint64_t hole[] = {
        0x50000000, 0x7ffff000, 0x3f00000000ULL, 0x4100000000ULL,
        0xffff000000000000ULL,
    };

    zx1_enable(qts, 0, 1 << 3, 0, EDU);

    for (unsigned i = 0; i < ARRAY_SIZE(hole); i++) {
        dev_store(qts, hole[i], PATTERN);
        check_error(qts, ERROR_WRITE | ERROR_NOWHERE, hole[i]);
        dev_load(qts, hole[i] + 8);
        check_error(qts, ERROR_NOWHERE, hole[i] + 8);
    }
    dev_store(qts, 0x200000, PATTERN);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, PATTERN);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
    qtest_quit(qts);

    qts = start("-machine iotlb-isolation=on", "");
    qtest_writeq(qts, 0x200000, 0x55);
    zx1_edu_write(qts, EDU, 0, 0x200000, 8);
    check_error(qts, ERROR_WRITE | ERROR_NOWHERE, 0x200000);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, 0x55);
    qtest_quit(qts);
}

static void test_errors(void)
{
    QTestState *qts = start("", "");
    uint64_t status;

    enable(qts, 0);
    /* Not valid: nothing is written, not even to page 0 */
    qtest_writeq(qts, 0x10, 0);
    set_entry(qts, 5, 0x200000);
    dev_store(qts, IOVA + 0x5010, PATTERN);
    status = qtest_readq(qts, IOC + ERROR_STATUS);
    g_assert_cmphex(status & ~(uint64_t)ERROR_OVERFLOW, ==,
                    ERROR_VALID | ERROR_WRITE | ERROR_INVALID);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_ADDR), ==, IOVA + 0x5010);
    g_assert_cmphex(qtest_readq(qts, 0x10), ==, 0);
    g_assert_cmphex(qtest_readq(qts, 0x200010), ==, 0);

    /* The first error stays until it is cleared */
    dev_load(qts, IOVA + 0x6000);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_ADDR), ==, IOVA + 0x5010);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS) & ERROR_OVERFLOW, ==,
                    ERROR_OVERFLOW);
    qtest_writeq(qts, IOC + ROPE_CONTROL, 0x10);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
    dev_load(qts, IOVA + 0x6000);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS) &
                    ~(uint64_t)ERROR_OVERFLOW, ==,
                    ERROR_VALID | ERROR_INVALID);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_ADDR), ==, IOVA + 0x6000);

    /* A table where there is no memory, or registers */
    for (unsigned i = 0; i < 2; i++) {
        static const uint64_t table[] = { 0x50000000, ZX1_LBA_BASE };

        qtest_writeq(qts, IOC + ROPE_CONTROL, 0x10);
        qtest_writeq(qts, IOC + PDIR_BASE, table[i]);
        dev_store(qts, IOVA, PATTERN);
        g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS) &
                        ~(uint64_t)ERROR_OVERFLOW, ==,
                        ERROR_VALID | ERROR_WRITE | ERROR_TABLE);
    }

    /* A valid entry for what is not memory: no harm */
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR);
    set_entry(qts, 0, VALID | 0x50000000);
    dev_store(qts, IOVA, PATTERN);
    /* And all is well again */
    purge(qts, IOVA, 30);
    set_entry(qts, 0, VALID | 0x200000);
    dev_store(qts, IOVA, PATTERN);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, PATTERN);
    qtest_quit(qts);
}

static void test_window(void)
{
    QTestState *qts = start("", "");

    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    set_entry(qts, 1, VALID | 0x300000);
    dev_store(qts, IOVA, PATTERN);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, PATTERN);

    /* Move and shrink it: index 0 is at the new base */
    qtest_writeq(qts, IOC + IMASK, 0xfff00000);
    qtest_writeq(qts, IOC + IBASE, 0x60000001);
    dev_store(qts, 0x60001000, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, 0x300000), ==, PATTERN + 1);
    g_assert_cmphex(qtest_readq(qts, IOC + ERROR_STATUS), ==, 0);
    /* The old place is no memory */
    dev_store(qts, IOVA, PATTERN + 2);
    g_assert_cmphex(qtest_readq(qts, 0x200000), ==, PATTERN);
    check_error(qts, ERROR_WRITE | ERROR_NOWHERE, IOVA);

    /* Over RAM: it is translated there */
    set_entry(qts, 0, VALID | 0x500000);
    qtest_writeq(qts, IOC + IBASE, 0x00100001);
    dev_store(qts, 0x100000, PATTERN + 3);
    g_assert_cmphex(qtest_readq(qts, 0x500000), ==, PATTERN + 3);
    g_assert_cmphex(qtest_readq(qts, 0x100000), ==, 0);

    /* Off: physical again */
    qtest_writeq(qts, IOC + IBASE, 0x00100000);
    dev_store(qts, 0x100000, PATTERN + 4);
    g_assert_cmphex(qtest_readq(qts, 0x100000), ==, PATTERN + 4);

    /* Other page size, other table: nothing old is left */
    qtest_writeq(qts, IOC + IMASK, 0xc0000000);
    qtest_writeq(qts, IOC + IBASE, IOVA | 1);
    dev_store(qts, IOVA, PATTERN + 5);
    g_assert_cmphex(qtest_readq(qts, 0x500000), ==, PATTERN + 5);
    qtest_writeq(qts, PDIR + 0x100000, VALID | 0x600000);
    qtest_writeq(qts, IOC + PDIR_BASE, PDIR + 0x100000);
    dev_store(qts, IOVA, PATTERN + 6);
    g_assert_cmphex(qtest_readq(qts, 0x600000), ==, PATTERN + 6);

    /* A reset leaves nothing behind */
    qtest_system_reset(qts);
    zx1_program_chipset(qts);
    zx1_enable(qts, 0, 1 << 3, 0, EDU);
    dev_store(qts, IOVA, PATTERN + 7);
    g_assert_cmphex(qtest_readq(qts, 0x600000), ==, PATTERN + 6);
    qtest_quit(qts);
}

/* Absurd masks and bases: the machine lives on */
static void test_absurd(void)
{
    static const uint32_t mask[] = { 0, 0x80000000, 0xfffff000, 0xa5a5a000,
                                     0x00001000, 0xffffffff };
    QTestState *qts = start("", "");

    enable(qts, 3);
    for (unsigned i = 0; i < ARRAY_SIZE(mask); i++) {
        for (unsigned j = 0; j < ARRAY_SIZE(mask); j++) {
            qtest_writel(qts, IOC + IMASK, mask[i]);
            qtest_writel(qts, IOC + IBASE, mask[j] | 1);
            dev_store(qts, 0x12345000, PATTERN);
            purge(qts, mask[j] & 0xfffff000, 31);
        }
    }
    qtest_quit(qts);
}

static void test_isolation(void)
{
    QTestState *qts = start("-M iotlb-isolation=on", "");
    size_t size;
    g_autofree struct zx1_fw_platform *platform =
        zx1_fw_file(qts, ZX1_FW_FILE_PLATFORM, &size);

    g_assert_cmphex(platform->flags & ZX1_FW_FLAG_ISOLATION, ==,
                    ZX1_FW_FLAG_ISOLATION);
    enable(qts, 0);
    set_entry(qts, 0, VALID | 0x200000);
    set_entry(qts, 1, VALID | 0x300000);
    qtest_writeq(qts, 0x200000, PATTERN);
    zx1_edu_read(qts, EDU, IOVA, 0, 8);
    zx1_edu_write(qts, EDU, 0, IOVA + 0x1000, 8);
    g_assert_cmphex(qtest_readq(qts, 0x300000), ==, PATTERN);
    /* Past the window there is nothing */
    zx1_edu_write(qts, EDU, 0, 0x400000, 8);
    g_assert_cmphex(qtest_readq(qts, 0x400000), ==, 0);
    /* But for interrupt messages */
    g_assert_cmpuint(zx1_messages(qts).count, ==, 0);
    qtest_writeq(qts, 0x200000, 0x41);
    zx1_edu_read(qts, EDU, IOVA, 0, 4);
    zx1_edu_write(qts, EDU, 0, ZX1_PIB_BASE, 4);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x41);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/ioc/bypass", test_bypass);
    qtest_add_func("zx1/ioc/page-sizes", test_page_sizes);
    qtest_add_func("zx1/ioc/stale", test_stale);
    qtest_add_func("zx1/ioc/purge-sizes", test_purge_sizes);
    qtest_add_func("zx1/ioc/no-cache", test_no_cache);
    qtest_add_func("zx1/ioc/errors", test_errors);
    qtest_add_func("zx1/ioc/nowhere", test_nowhere);
    qtest_add_func("zx1/ioc/window", test_window);
    qtest_add_func("zx1/ioc/absurd", test_absurd);
    qtest_add_func("zx1/ioc/isolation", test_isolation);
    return g_test_run();
}
