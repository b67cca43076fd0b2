/*
 * qtest of the HP zx1 machine: what the tests share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "tests/qtest/libqtest.h"
#include "tests/qtest/libqos/fw_cfg.h"
#include "hw/pci/pci_regs.h"
#include "zx1-util.h"

/* Registers of edu (docs/specs/edu.rst) */
#define EDU_IRQ_RAISE       0x60
#define EDU_IRQ_ACK         0x64
#define EDU_DMA_SRC         0x80
#define EDU_DMA_DST         0x88
#define EDU_DMA_COUNT       0x90
#define EDU_DMA_COMMAND     0x98
#define EDU_DMA_RUN         0x1
#define EDU_DMA_TO_RAM      0x2
#define EDU_DMA_NS          (101 * 1000 * 1000)

static QTestState * G_GNUC_PRINTF(1, 0)
start(const char *options, va_list ap)
{
    g_autofree char *more = options ? g_strdup_vprintf(options, ap)
                                    : g_strdup("");

    return qtest_initf("-M zx1 -bios none -nodefaults %s", more);
}

QTestState *zx1_start_raw(const char *options, ...)
{
    QTestState *qts;
    va_list ap;

    va_start(ap, options);
    qts = start(options, ap);
    va_end(ap);
    return qts;
}

QTestState *zx1_start(const char *options, ...)
{
    QTestState *qts;
    va_list ap;

    va_start(ap, options);
    qts = start(options, ap);
    va_end(ap);
    zx1_program_chipset(qts);
    return qts;
}

/* The selector is big-endian, the data are bytes */
static void fw_select(QFWCFG *fw_cfg, uint16_t key)
{
    qtest_writew(fw_cfg->qts, ZX1_FW_CFG_SELECTOR, bswap16(key));
}

static void fw_read(QFWCFG *fw_cfg, void *data, size_t len)
{
    uint8_t *byte = data;

    for (size_t i = 0; i < len; i++) {
        byte[i] = qtest_readb(fw_cfg->qts, ZX1_FW_CFG_DATA);
    }
}

void *zx1_fw_file(QTestState *qts, const char *name, size_t *size)
{
    QFWCFG fw_cfg = { .qts = qts, .select = fw_select, .read = fw_read };
    void *data = g_malloc0(64 * 1024);

    *size = qfw_cfg_get_file(&fw_cfg, name, data, 64 * 1024);
    return data;
}

void zx1_program_chipset(QTestState *qts)
{
    size_t size;
    g_autofree struct zx1_fw_store *store =
        zx1_fw_file(qts, ZX1_FW_FILE_CHIPSET, &size);

    g_assert_cmpuint(size, >, 0);
    g_assert_cmpuint(size % sizeof(*store), ==, 0);
    for (size_t i = 0; i < size / sizeof(*store); i++) {
        qtest_writeq(qts, le64_to_cpu(store[i].address),
                     le64_to_cpu(store[i].value));
    }
}

uint64_t zx1_read(QTestState *qts, uint64_t address, unsigned size)
{
    switch (size) {
    case 1:
        return qtest_readb(qts, address);
    case 2:
        return qtest_readw(qts, address);
    case 4:
        return qtest_readl(qts, address);
    default:
        g_assert(size == 8);
        return qtest_readq(qts, address);
    }
}

void zx1_write(QTestState *qts, uint64_t address, uint64_t val, unsigned size)
{
    switch (size) {
    case 1:
        qtest_writeb(qts, address, val);
        break;
    case 2:
        qtest_writew(qts, address, val);
        break;
    case 4:
        qtest_writel(qts, address, val);
        break;
    default:
        g_assert(size == 8);
        qtest_writeq(qts, address, val);
        break;
    }
}

static uint64_t config_select(QTestState *qts, unsigned rope, unsigned bus,
                              unsigned devfn, unsigned reg)
{
    uint64_t csr = ZX1_LBA_CSR(rope);

    qtest_writel(qts, csr + ZX1_LBA_CONFIG_ADDRESS,
                 bus << 16 | devfn << 8 | (reg & ~3));
    return csr + ZX1_LBA_CONFIG_DATA + (reg & 3);
}

uint32_t zx1_config_read(QTestState *qts, unsigned rope, unsigned bus,
                         unsigned devfn, unsigned reg, unsigned size)
{
    return zx1_read(qts, config_select(qts, rope, bus, devfn, reg), size);
}

void zx1_config_write(QTestState *qts, unsigned rope, unsigned bus,
                      unsigned devfn, unsigned reg, uint32_t val,
                      unsigned size)
{
    zx1_write(qts, config_select(qts, rope, bus, devfn, reg), val, size);
}

void zx1_enable(QTestState *qts, unsigned rope, unsigned devfn, unsigned bar,
                uint64_t address)
{
    unsigned reg = PCI_BASE_ADDRESS_0 + 4 * bar;
    uint32_t flags = zx1_config_read(qts, rope, 0, devfn, reg, 4);

    zx1_config_write(qts, rope, 0, devfn, reg, address, 4);
    if (!(flags & PCI_BASE_ADDRESS_SPACE_IO) &&
        (flags & PCI_BASE_ADDRESS_MEM_TYPE_64)) {
        zx1_config_write(qts, rope, 0, devfn, reg + 4, address >> 32, 4);
    }
    zx1_config_write(qts, rope, 0, devfn, PCI_COMMAND,
                     ZX1_CMD_IO | ZX1_CMD_MEM | ZX1_CMD_MASTER, 2);
}

char *zx1_make_disk(unsigned blocks)
{
    size_t size = (size_t)blocks * 512;
    g_autofree uint8_t *data = g_malloc(size);
    char *path;
    int fd = g_file_open_tmp("zx1-disk-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    for (size_t i = 0; i < size / 8; i++) {
        stq_le_p(data + 8 * i, ZX1_DISK_WORD(i));
    }
    g_assert_cmpint(write(fd, data, size), ==, size);
    close(fd);
    return path;
}

uint64_t zx1_port(uint16_t port)
{
    return ZX1_IOPORT_BASE + ((uint64_t)(port >> 2) << 12) + (port & 0xfff);
}

Zx1Messages zx1_messages(QTestState *qts)
{
    Zx1Messages m = { 0 };
    g_autofree char *info = qtest_hmp(qts, "info pic");
    const char *pib = strstr(info, "zx1-pib: ");
    int n;

    g_assert_nonnull(pib);
    n = sscanf(pib, "zx1-pib: %u messages, %u lost, last: id %x eid %x "
               "mode %u vector %x", &m.count, &m.lost, &m.id, &m.eid, &m.mode,
               &m.vector);
    g_assert_cmpint(n, ==, m.count ? 6 : 2);
    return m;
}

static void edu_dma(QTestState *qts, uint64_t base, uint64_t src,
                    uint64_t dst, unsigned size, unsigned command)
{
    qtest_writeq(qts, base + EDU_DMA_SRC, src);
    qtest_writeq(qts, base + EDU_DMA_DST, dst);
    qtest_writeq(qts, base + EDU_DMA_COUNT, size);
    qtest_writeq(qts, base + EDU_DMA_COMMAND, EDU_DMA_RUN | command);
    qtest_clock_step(qts, EDU_DMA_NS);
    g_assert_cmphex(qtest_readq(qts, base + EDU_DMA_COMMAND) & EDU_DMA_RUN,
                    ==, 0);
}

void zx1_edu_read(QTestState *qts, uint64_t base, uint64_t from,
                  unsigned offset, unsigned size)
{
    edu_dma(qts, base, from, ZX1_EDU_BUFFER + offset, size, 0);
}

void zx1_edu_write(QTestState *qts, uint64_t base, unsigned offset,
                   uint64_t to, unsigned size)
{
    edu_dma(qts, base, ZX1_EDU_BUFFER + offset, to, size, EDU_DMA_TO_RAM);
}

void zx1_edu_raise(QTestState *qts, uint64_t base)
{
    qtest_writel(qts, base + EDU_IRQ_RAISE, 1);
}

void zx1_edu_lower(QTestState *qts, uint64_t base)
{
    qtest_writel(qts, base + EDU_IRQ_ACK, 1);
}
