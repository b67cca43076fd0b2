/*
 * qtest of the HP zx1 machine: a machine that is saved in the middle of
 * everything continues as if nothing had happened
 *
 * Disk reads are under way through the IOTLB (held up by an error of the
 * host's storage), messages are half written, replies wait, interrupts are
 * pending, stale translations are cached. The machine that was saved and the
 * one that was loaded then go through the same steps: every register, every
 * reply and all memory that is written must be the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qobject/qdict.h"
#include "libqtest.h"
#include "hw/pci/pci_regs.h"
#include "zx1-util.h"

#define DISK_BLOCKS     1024
#define BAD_BLOCK       200
#define SECOND          1000000000LL

/* Placed by the test */
#define MPT             0x90000000ULL
#define NIC             0x90100000ULL
#define MPT_DEVFN       (1 << 3)
#define NIC_DEVFN       (2 << 3)
#define IDE_DEVFN       (2 << 3)
#define IDE_CMD         0x1000
#define IDE_CTL         0x1010
#define IDE_BM          0x1020

/* 53C1030; see zx1-devices-test.c */
#define DOORBELL        0x00
#define SEQUENCE        0x04
#define DIAG            0x08
#define INTR_STATUS     0x30
#define INTR_MASK       0x34
#define REQUEST         0x40
#define REPLY           0x44
#define FN_SCSI_IO      0x00
#define FN_IOC_INIT     0x02
#define FN_IOC_FACTS    0x03
#define TEST_UNIT       0x00            /* fails after power on */
#define BAD_OPCODE      0xff
#define WRITE_BUFFER    0x3b
#define READ_BUFFER     0x3c
#define ECHO_TEXT       "This comes back"
#define SGE_SIMPLE      0xd1000000U

#define NIC_MDIC        0x20
#define NIC_ICR         0xc0
#define NIC_ITR         0xc4
#define NIC_ICS         0xc8
#define NIC_IMS         0xd0

#define IOC_IBASE       0x300
#define IOC_PCOM        0x310
#define IOC_PDIR_BASE   0x320

/* IOSAPIC of rope 1: inputs of the controllers */
#define SAPIC           (ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC)
#define SAPIC_WINDOW    (SAPIC + 0x10)
#define SAPIC_EOI       (SAPIC + 0x40)
#define PIN_MPT         0
#define PIN_NIC         2
#define RTE_LEVEL_LOW   0xa000

/* Memory; what the devices see is IOVA + page * 4 KiB */
#define RAM             0x100000
#define RAM_SIZE        0x100000
#define REPLY_FRAMES    0x100000
#define REQUEST_FRAMES  0x110000
#define IDE_TABLE       0x118000
#define PDIR            0x120000
#define PAGE(n)         (0x180000 + 0x1000ULL * (n))
#define IOVA(n)         (ZX1_IOVA_BASE + 0x1000ULL * (n))
#define PAGE_SCSI       0
#define PAGE_IDE        4
#define PAGE_SENSE      8
#define PAGE_NEW        12
#define PAGE_ECHO       13
#define PAGE_NOWHERE    20

/*
 * A disk. Reading one of its blocks fails, once, if @broken: the machine stops
 * until somebody looks, and the read is tried again when it continues.
 */
static char *disk_option(const char *path, const char *node, bool broken)
{
    g_autofree char *error = broken ?
        g_strdup_printf(",'inject-error':[{'event':'read_aio','sector':%u,"
                        "'once':true}]", BAD_BLOCK) : g_strdup("");

    return g_strdup_printf("-blockdev \"{'driver':'raw','node-name':'%s',"
                           "'file':{'driver':'blkdebug','image':{'driver':"
                           "'file','locking':'off','filename':'%s'}%s}}\"",
                           node, path, error);
}

static QTestState *start(const char *disk, bool broken, const char *more)
{
    g_autofree char *scsi = disk_option(disk, "d", broken);
    g_autofree char *ide = disk_option(disk, "e", broken);

    return zx1_start_raw("-m 1G %s %s -device lsi53c1030,bus=pci1,addr=1,"
                         "id=mpt -device scsi-hd,bus=mpt.0,scsi-id=2,drive=d,"
                         "rerror=stop -device cmd649-ide,bus=pci,addr=2,"
                         "id=ide -device ide-hd,bus=ide.0,drive=e,rerror=stop "
                         "-device e1000-82546gb,bus=pci1,addr=2,"
                         "mac=52:54:00:12:34:56 %s", scsi, ide, more);
}

/*
 * Steps. What they read goes to a log, for comparison.
 */

static void log_value(GString *log, const char *what, uint64_t value)
{
    g_string_append_printf(log, "%s 0x%" PRIx64 "\n", what, value);
}

static void set_rte(QTestState *qts, unsigned pin, uint32_t low)
{
    qtest_writel(qts, SAPIC, 0x11 + 2 * pin);
    qtest_writel(qts, SAPIC_WINDOW, 0);
    qtest_writel(qts, SAPIC, 0x10 + 2 * pin);
    qtest_writel(qts, SAPIC_WINDOW, low);
}

static void mpt_handshake(QTestState *qts, const uint8_t *msg, unsigned size,
                          unsigned reply)
{
    qtest_writel(qts, MPT + DOORBELL, 0x42000000 | (size / 4) << 16);
    qtest_writel(qts, MPT + INTR_STATUS, 0);
    for (unsigned i = 0; i < size; i += 4) {
        qtest_writel(qts, MPT + DOORBELL, ldl_le_p(msg + i));
    }
    for (unsigned i = 0; i <= reply / 2; i++) {
        g_assert_cmphex(qtest_readl(qts, MPT + INTR_STATUS) & 1, ==, 1);
        qtest_writel(qts, MPT + INTR_STATUS, 0);
    }
}

static void mpt_post(QTestState *qts, unsigned index, const uint8_t *msg)
{
    qtest_memwrite(qts, REQUEST_FRAMES + 128 * index, msg, 128);
    qtest_writel(qts, MPT + REQUEST, REQUEST_FRAMES + 128 * index);
}

static uint32_t mpt_wait(QTestState *qts)
{
    uint32_t val;

    while ((val = qtest_readl(qts, MPT + REPLY)) == UINT32_MAX) {
        g_usleep(1000);
    }
    return val;
}

/* A command that fails, and whose sense data go to @sense */
static void mpt_bad_command(QTestState *qts, uint8_t opcode, uint32_t context,
                            uint32_t sense)
{
    uint8_t msg[128] = { [0] = 2, [3] = FN_SCSI_IO, [4] = 6, [5] = 18 };

    msg[0x18] = opcode;
    stl_le_p(msg + 8, context);
    stl_le_p(msg + 0x2c, sense);
    mpt_post(qts, 0, msg);
}

/* To or from the target's echo buffer */
static void mpt_echo(QTestState *qts, uint8_t opcode)
{
    uint8_t msg[128] = { [0] = 2, [3] = FN_SCSI_IO, [4] = 10, [5] = 18 };
    bool out = opcode == WRITE_BUFFER;

    stl_le_p(msg + 8, 0xec0);
    stl_le_p(msg + 0x14, out ? 0x01000000 : 0x02000000);
    msg[0x18] = opcode;
    msg[0x19] = 0x0a;
    msg[0x20] = sizeof(ECHO_TEXT);
    stl_le_p(msg + 0x28, sizeof(ECHO_TEXT));
    stl_le_p(msg + 0x30, SGE_SIMPLE | sizeof(ECHO_TEXT) |
             (out ? 0x04000000 : 0));
    stl_le_p(msg + 0x34, IOVA(PAGE_ECHO));
    mpt_post(qts, 0, msg);
    g_assert_cmphex(mpt_wait(qts), ==, 0xec0);
}

static void setup_chips(QTestState *qts)
{
    zx1_program_chipset(qts);
    zx1_enable(qts, 1, MPT_DEVFN, 1, MPT);
    zx1_enable(qts, 1, NIC_DEVFN, 0, NIC);
    zx1_enable(qts, 0, IDE_DEVFN, 0, IDE_CMD);
    zx1_enable(qts, 0, IDE_DEVFN, 1, IDE_CTL);
    zx1_enable(qts, 0, IDE_DEVFN, 4, IDE_BM);

    qtest_memset(qts, RAM, 0, RAM_SIZE);
    for (unsigned i = 0; i < 16; i++) {
        qtest_writeq(qts, PDIR + 8 * i, 1ULL << 63 | PAGE(i));
    }
    qtest_writeq(qts, ZX1_IOC_BASE + IOC_PDIR_BASE, PDIR);
    qtest_writeq(qts, ZX1_IOC_BASE + IOC_IBASE, ZX1_IOVA_BASE | 1);
}

/* One frame only: replies wait for it */
static void setup_mpt(QTestState *qts)
{
    uint8_t init[44] = { [0] = 4, [3] = FN_IOC_INIT, [5] = 16, [6] = 1 };

    stw_le_p(init + 12, 80);
    mpt_handshake(qts, init, sizeof(init), 20);
    g_assert_cmphex(qtest_readl(qts, MPT + DOORBELL) >> 28, ==, 2);
    qtest_writel(qts, MPT + REPLY, REPLY_FRAMES);
    /* Power on: unit attention. The page of the sense data is cached ... */
    mpt_bad_command(qts, TEST_UNIT, 1, IOVA(PAGE_SENSE));
    qtest_writel(qts, MPT + REPLY, mpt_wait(qts) << 1);
    /* ... and its entry changes without a purge */
    qtest_writeq(qts, PDIR + 8 * PAGE_SENSE, 1ULL << 63 | PAGE(PAGE_NEW));
    g_assert_cmphex(qtest_readb(qts, PAGE(PAGE_SENSE)), !=, 0);
    qtest_memwrite(qts, PAGE(PAGE_ECHO), ECHO_TEXT, sizeof(ECHO_TEXT));
    mpt_echo(qts, WRITE_BUFFER);
    qtest_memset(qts, PAGE(PAGE_ECHO), 0, sizeof(ECHO_TEXT));
    /* Sense data to where nothing is mapped: an error in the IOC's log */
    mpt_bad_command(qts, BAD_OPCODE, 2, IOVA(PAGE_NOWHERE));
    qtest_writel(qts, MPT + REPLY, mpt_wait(qts) << 1);
}

/* READ(10) of the disk behind the 53C1030: does not end for now */
static void start_scsi(QTestState *qts)
{
    uint8_t msg[128] = { [0] = 2, [3] = FN_SCSI_IO, [4] = 10, [5] = 18 };

    stl_le_p(msg + 8, 0x1234);
    stl_le_p(msg + 0x14, 0x02000000);
    msg[0x18] = 0x28;
    stl_be_p(msg + 0x18 + 2, BAD_BLOCK - 4);
    stw_be_p(msg + 0x18 + 7, 16);
    stl_le_p(msg + 0x28, 16 * 512);
    stl_le_p(msg + 0x2c, IOVA(PAGE_SENSE));
    stl_le_p(msg + 0x30, SGE_SIMPLE | 16 * 512);
    stl_le_p(msg + 0x34, IOVA(PAGE_SCSI) + 0x100);
    mpt_post(qts, 1, msg);
}

/* READ DMA of the IDE disk: neither */
static void start_ide(QTestState *qts)
{
    qtest_writel(qts, IDE_TABLE, IOVA(PAGE_IDE) + 0x200);
    qtest_writel(qts, IDE_TABLE + 4, 0x80000000 | 16 * 512);
    qtest_writel(qts, zx1_port(IDE_BM + 4), IDE_TABLE);
    qtest_writeb(qts, zx1_port(IDE_BM + 2), 6);
    qtest_writeb(qts, zx1_port(IDE_CMD + 6), 0xe0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 2), 16);
    qtest_writeb(qts, zx1_port(IDE_CMD + 3), BAD_BLOCK - 4);
    qtest_writeb(qts, zx1_port(IDE_CMD + 4), 0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 5), 0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 7), 0xc8);
    qtest_writeb(qts, zx1_port(IDE_BM), 9);
}

/* Bring everything into the middle of something */
static void setup(QTestState *qts)
{
    uint8_t facts[128] = { [3] = FN_IOC_FACTS };

    setup_chips(qts);
    setup_mpt(qts);

    /* Three replies for one frame, and an interrupt that is masked */
    for (unsigned i = 0; i < 3; i++) {
        stl_le_p(facts + 8, 0x100 + i);
        mpt_post(qts, 4 + i, facts);
    }
    qtest_writel(qts, MPT + INTR_MASK, 0);
    while (!(qtest_readl(qts, MPT + INTR_STATUS) & 8)) {
        g_usleep(1000);
    }
    /* A message of which one word has come, and two of five keys */
    qtest_writel(qts, MPT + DOORBELL, 0x42030000);
    qtest_writel(qts, MPT + INTR_STATUS, 0);
    qtest_writel(qts, MPT + DOORBELL, FN_IOC_FACTS << 24);
    qtest_writel(qts, MPT + SEQUENCE, 4);
    qtest_writel(qts, MPT + SEQUENCE, 11);

    /* Have the link negotiated, as a driver does: then it is settled */
    qtest_writel(qts, NIC + NIC_MDIC, 1 << 26 | 1 << 21 | 0x1200);
    qtest_clock_step(qts, SECOND);
    qtest_readl(qts, NIC + NIC_ICR);

    /* An interrupt that is being served, and a cause that waits for it */
    set_rte(qts, PIN_NIC, RTE_LEVEL_LOW | 0x61);
    qtest_writel(qts, NIC + NIC_ITR, 1000);
    qtest_writel(qts, NIC + NIC_IMS, 3);
    qtest_writel(qts, NIC + NIC_ICS, 1);
    g_assert_cmphex(qtest_readl(qts, NIC + NIC_ICR) & 3, ==, 1);
    qtest_writel(qts, NIC + NIC_ICS, 2);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x61);

    /* A master abort; the log may be cleared by the next store */
    g_assert_cmphex(zx1_config_read(qts, 2, 0, 9 << 3, 0, 4), ==,
                    0xffffffff);
    qtest_writeq(qts, ZX1_LBA_CSR(2) + 0x108, 0x20);
    qtest_writel(qts, SAPIC, 0x10 + 2 * PIN_MPT);

    start_scsi(qts);
    qtest_qmp_eventwait(qts, "BLOCK_IO_ERROR");
    start_ide(qts);
    qtest_qmp_eventwait(qts, "BLOCK_IO_ERROR");
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_BM + 2)) & 5, ==, 1);
}

/* Everything that can be read without changing it */
static void log_registers(QTestState *qts, GString *log)
{
    uint32_t select = qtest_readl(qts, SAPIC);

    for (unsigned reg = 0; reg < 0x400; reg += 8) {
        log_value(log, "sba", qtest_readq(qts, ZX1_SBA_BASE + reg));
    }
    for (unsigned reg = 0; reg < 0x600; reg += 8) {
        log_value(log, "ioc", qtest_readq(qts, ZX1_IOC_BASE + reg));
    }
    log_value(log, "select", select);
    for (unsigned reg = 0x10; reg < 0x26; reg++) {
        qtest_writel(qts, SAPIC, reg);
        log_value(log, "rte", qtest_readl(qts, SAPIC_WINDOW));
    }
    qtest_writel(qts, SAPIC, select);
    for (unsigned rope = 0; rope < 3; rope++) {
        for (unsigned reg = 0; reg < 0x700; reg += 8) {
            if (reg != ZX1_LBA_CONFIG_DATA) {
                log_value(log, "lba", qtest_readq(qts, ZX1_LBA_CSR(rope) +
                                                  reg));
            }
        }
    }
    for (unsigned reg = 0; reg < 0x100; reg += 4) {
        log_value(log, "mpt", zx1_config_read(qts, 1, 0, MPT_DEVFN, reg, 4));
        log_value(log, "nic", zx1_config_read(qts, 1, 0, NIC_DEVFN, reg, 4));
        log_value(log, "ide", zx1_config_read(qts, 0, 0, IDE_DEVFN, reg, 4));
    }
    for (unsigned reg = 0; reg < 0x38; reg += 4) {
        log_value(log, "mpt", qtest_readl(qts, MPT + reg));
    }
    for (unsigned reg = 0; reg < 0x100; reg += 4) {
        if (reg != NIC_ICR) {
            log_value(log, "nic", qtest_readl(qts, NIC + reg));
        }
    }
    for (unsigned reg = 0; reg < 16; reg++) {
        log_value(log, "bm", qtest_readb(qts, zx1_port(IDE_BM + reg)));
    }
    log_value(log, "ide", qtest_readb(qts, zx1_port(IDE_CTL + 2)));
}

static void log_memory(QTestState *qts, GString *log)
{
    g_autofree uint8_t *data = g_malloc(RAM_SIZE);
    g_autofree char *sum = NULL;

    qtest_memread(qts, RAM, data, RAM_SIZE);
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, RAM_SIZE);
    g_string_append_printf(log, "memory %s\n", sum);
}

static int compare_values(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* All commands end: their replies, in an order of their own */
static void finish_io(QTestState *qts, GString *log)
{
    uint32_t context[4];

    for (unsigned i = 0; i < ARRAY_SIZE(context); i++) {
        uint32_t val = mpt_wait(qts);

        context[i] = val;
        if (val & 0x80000000U) {
            context[i] = qtest_readl(qts, (uint64_t)(val << 1) + 8);
            qtest_writel(qts, MPT + REPLY, val << 1);
        }
    }
    qsort(context, ARRAY_SIZE(context), sizeof(*context), compare_values);
    for (unsigned i = 0; i < ARRAY_SIZE(context); i++) {
        log_value(log, "context", context[i]);
    }
    log_value(log, "empty", qtest_readl(qts, MPT + REPLY));
    mpt_echo(qts, READ_BUFFER);
    while (qtest_readb(qts, zx1_port(IDE_BM + 2)) & 1) {
        g_usleep(1000);
    }
    log_value(log, "ide end", qtest_readb(qts, zx1_port(IDE_CMD + 7)));

    /* Not only the same, but right */
    for (unsigned i = 0; i < sizeof(ECHO_TEXT); i++) {
        g_assert_cmphex(qtest_readb(qts, PAGE(PAGE_ECHO) + i), ==,
                        ECHO_TEXT[i]);
    }
    for (unsigned i = 0; i < 16 * 64; i++) {
        uint64_t want = ZX1_DISK_WORD((BAD_BLOCK - 4) * 64 + i);

        g_assert_cmphex(qtest_readq(qts, PAGE(PAGE_SCSI) + 0x100 + 8 * i),
                        ==, want);
        g_assert_cmphex(qtest_readq(qts, PAGE(PAGE_IDE) + 0x200 + 8 * i), ==,
                        want);
    }
}

/* The message's other words, and its reply */
static void finish_message(QTestState *qts, GString *log)
{
    qtest_writel(qts, MPT + DOORBELL, 0);
    qtest_writel(qts, MPT + DOORBELL, 0xabcd);
    for (unsigned i = 0; i < 30; i++) {
        log_value(log, "word", qtest_readl(qts, MPT + DOORBELL));
        qtest_writel(qts, MPT + INTR_STATUS, 0);
    }
    qtest_writel(qts, MPT + INTR_STATUS, 0);
    log_value(log, "doorbell", qtest_readl(qts, MPT + DOORBELL));
    for (unsigned i = 2; i < 5; i++) {
        static const uint8_t key[] = { 4, 11, 2, 7, 13 };

        qtest_writel(qts, MPT + SEQUENCE, key[i]);
    }
    g_assert_cmphex(qtest_readl(qts, MPT + DIAG) & 0x80, ==, 0x80);
}

static void finish_interrupts(QTestState *qts, GString *log)
{
    unsigned count = zx1_messages(qts).count;

    /* Select was left at the 53C1030's entry */
    qtest_writel(qts, SAPIC_WINDOW, RTE_LEVEL_LOW | 0x50);
    log_value(log, "unmasked", zx1_messages(qts).count - count);
    qtest_clock_step(qts, SECOND);
    qtest_writel(qts, SAPIC_EOI, 0x61);
    log_value(log, "after EOI", zx1_messages(qts).count - count);
    log_value(log, "last", zx1_messages(qts).vector);
    log_value(log, "cause", qtest_readl(qts, NIC + NIC_ICR));
    qtest_writel(qts, SAPIC_EOI, 0x61);
    log_value(log, "in all", zx1_messages(qts).count - count);
    g_assert_cmpuint(zx1_messages(qts).count - count, >=, 1);
}

static void finish_translation(QTestState *qts, GString *log)
{
    for (unsigned i = 0; i < 2; i++) {
        qtest_memset(qts, PAGE(PAGE_SENSE), 0, 0x1000);
        mpt_bad_command(qts, BAD_OPCODE, 0x200 + i, IOVA(PAGE_SENSE));
        log_value(log, "context", mpt_wait(qts));
        qtest_writel(qts, MPT + REPLY, REPLY_FRAMES);
        log_value(log, "old", qtest_readl(qts, PAGE(PAGE_SENSE)));
        log_value(log, "new", qtest_readl(qts, PAGE(PAGE_NEW)));
        qtest_writeq(qts, ZX1_IOC_BASE + IOC_PCOM, IOVA(PAGE_SENSE) | 12);
    }
    g_assert_cmphex(qtest_readl(qts, PAGE(PAGE_NEW)), !=, 0);
}

static char *finish(QTestState *qts)
{
    GString *log = g_string_new(NULL);

    finish_interrupts(qts, log);
    finish_io(qts, log);
    finish_message(qts, log);
    finish_translation(qts, log);
    /* The log of the second rope's bridge */
    qtest_writeq(qts, ZX1_LBA_CSR(2) + 0x108, 0x30);
    log_registers(qts, log);
    log_memory(qts, log);
    return g_string_free(log, false);
}

static char *snapshot(QTestState *qts)
{
    GString *log = g_string_new(NULL);

    log_registers(qts, log);
    log_memory(qts, log);
    return g_string_free(log, false);
}

static void wait_migrated(QTestState *qts)
{
    for (;;) {
        QDict *rsp = qtest_qmp(qts, "{'execute': 'query-migrate'}");
        QDict *ret = qdict_get_qdict(rsp, "return");
        const char *status = qdict_get_try_str(ret, "status") ?: "none";
        bool done = g_str_equal(status, "completed");

        g_assert_cmpstr(status, !=, "failed");
        qobject_unref(rsp);
        if (done) {
            return;
        }
        g_usleep(5000);
    }
}

/* Say where the two differ */
static void compare(const char *saved, const char *loaded)
{
    g_auto(GStrv) a = g_strsplit(saved, "\n", 0);
    g_auto(GStrv) b = g_strsplit(loaded, "\n", 0);

    for (unsigned i = 0; a[i] && b[i]; i++) {
        if (g_strcmp0(a[i], b[i])) {
            g_test_message("line %u: saved \"%s\", loaded \"%s\"", i, a[i],
                           b[i]);
        }
    }
    g_assert_cmpstr(saved, ==, loaded);
}

static void test_busy(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    g_autofree char *state = g_strdup_printf("%s.state", disk);
    g_autofree char *uri = g_strdup_printf("file:%s", state);
    QTestState *from = start(disk, true, ""), *to;
    g_autofree char *before = NULL, *after = NULL;
    int64_t now;

    setup(from);
    now = qtest_clock_step(from, 1000);
    qtest_qmp_assert_success(from, "{'execute': 'migrate', 'arguments': "
                             "{'uri': %s}}", uri);
    wait_migrated(from);

    to = start(disk, false, "-incoming defer");
    qtest_clock_set(to, now);
    qtest_qmp_assert_success(to, "{'execute': 'migrate-incoming', "
                             "'arguments': {'uri': %s}}", uri);
    wait_migrated(to);

    before = snapshot(from);
    after = snapshot(to);
    compare(before, after);
    g_free(before);
    g_free(after);
    qtest_qmp_assert_success(from, "{'execute': 'cont'}");
    before = finish(from);
    qtest_quit(from);
    qtest_qmp_assert_success(to, "{'execute': 'cont'}");
    after = finish(to);
    compare(before, after);
    qtest_quit(to);
    unlink(state);
    unlink(disk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/migrate/busy", test_busy);
    return g_test_run();
}
