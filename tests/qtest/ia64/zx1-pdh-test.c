/*
 * qtest of the HP zx1 machine: processor dependent hardware
 *
 * Clock, power management, reset, flash and its persistence, UART, fw_cfg.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "libqtest.h"
#include "qobject/qdict.h"
#include "zx1-util.h"

#define PM_HZ           3579545ULL
#define PM1_TMR         0x0001
#define PM1_PWRBTN      0x0100

#define SECOND          (1000 * 1000 * 1000ULL)

#define FLASH_READ      0xff
#define FLASH_STATUS    0x70
#define FLASH_ID        0x90
#define FLASH_ERASE     0x20
#define FLASH_CONFIRM   0xd0
#define FLASH_PROGRAM   0x40
#define FLASH_CLEAR     0x50

static uint8_t rtc(QTestState *qts, unsigned reg)
{
    return qtest_readb(qts, ZX1_RTC_BASE + reg);
}

static void set_rtc(QTestState *qts, unsigned reg, uint8_t val)
{
    qtest_writeb(qts, ZX1_RTC_BASE + reg, val);
}

static void check_rtc(QTestState *qts, uint16_t year, uint8_t month,
                      uint8_t date, uint8_t hours, uint8_t minutes)
{
    g_assert_cmphex(rtc(qts, ZX1_RTC_CENTURY), ==, year >> 8);
    g_assert_cmphex(rtc(qts, ZX1_RTC_YEAR), ==, year & 0xff);
    g_assert_cmphex(rtc(qts, ZX1_RTC_MONTH), ==, month);
    g_assert_cmphex(rtc(qts, ZX1_RTC_DATE), ==, date);
    g_assert_cmphex(rtc(qts, ZX1_RTC_HOURS), ==, hours);
    g_assert_cmphex(rtc(qts, ZX1_RTC_MINUTES), ==, minutes);
}

static void test_rtc(void)
{
    QTestState *qts = zx1_start_raw("-rtc base=2003-02-28T23:58:30,clock=vm");

    check_rtc(qts, 0x2003, 0x02, 0x28, 0x23, 0x58);
    g_assert_cmphex(rtc(qts, ZX1_RTC_DAY), ==, 6);      /* Friday */
    qtest_clock_step(qts, 100 * SECOND);
    check_rtc(qts, 0x2003, 0x03, 0x01, 0x00, 0x00);
    g_assert_cmphex(rtc(qts, ZX1_RTC_SECONDS), ==, 0x10);
    g_assert_cmphex(rtc(qts, ZX1_RTC_DAY), ==, 7);

    /* Registers stand still for reading and setting while TE is clear */
    set_rtc(qts, ZX1_RTC_CONTROL_B, 0);
    qtest_clock_step(qts, 5 * SECOND);
    g_assert_cmphex(rtc(qts, ZX1_RTC_SECONDS), ==, 0x10);
    set_rtc(qts, ZX1_RTC_CENTURY, 0x19);
    set_rtc(qts, ZX1_RTC_YEAR, 0x99);
    set_rtc(qts, ZX1_RTC_MONTH, 0x12);
    set_rtc(qts, ZX1_RTC_DATE, 0x31);
    set_rtc(qts, ZX1_RTC_HOURS, 0x23);
    set_rtc(qts, ZX1_RTC_MINUTES, 0x59);
    set_rtc(qts, ZX1_RTC_SECONDS, 0x50);
    set_rtc(qts, ZX1_RTC_DAY, 3);
    set_rtc(qts, ZX1_RTC_CONTROL_B, ZX1_RTC_CONTROL_B_TE);
    check_rtc(qts, 0x1999, 0x12, 0x31, 0x23, 0x59);
    qtest_clock_step(qts, 11 * SECOND);
    check_rtc(qts, 0x2000, 0x01, 0x01, 0x00, 0x00);
    g_assert_cmphex(rtc(qts, ZX1_RTC_DAY), ==, 4);

    /* RAM, and a reset changes nothing */
    for (unsigned i = 0; i < 256; i++) {
        set_rtc(qts, ZX1_RTC_RAM_ADDR, i);
        set_rtc(qts, ZX1_RTC_RAM_DATA, i ^ 0x5a);
    }
    qtest_system_reset(qts);
    check_rtc(qts, 0x2000, 0x01, 0x01, 0x00, 0x00);
    for (unsigned i = 0; i < 256; i++) {
        set_rtc(qts, ZX1_RTC_RAM_ADDR, i);
        g_assert_cmphex(rtc(qts, ZX1_RTC_RAM_DATA), ==, i ^ 0x5a);
    }
    qtest_quit(qts);
}

static void test_pm_timer(void)
{
    QTestState *qts = zx1_start(NULL);
    uint32_t t0 = qtest_readl(qts, ZX1_PM_TMR);

    qtest_clock_step(qts, SECOND);
    g_assert_cmpuint(qtest_readl(qts, ZX1_PM_TMR) - t0, >=, PM_HZ - 1);
    g_assert_cmpuint(qtest_readl(qts, ZX1_PM_TMR) - t0, <=, PM_HZ + 1);

    /* Bit 31 changes: status, and SCI (rope 1, pin 9) if enabled */
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_STS) & PM1_TMR, ==, 0);
    qtest_writel(qts, ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC, 0x10 + 2 * 9);
    qtest_writel(qts, ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC + 0x10, 0xa040);
    qtest_writew(qts, ZX1_PM1_EN, PM1_TMR);
    qtest_clock_step(qts, (1ULL << 31) * SECOND / PM_HZ);
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_STS) & PM1_TMR, ==, PM1_TMR);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x40);
    qtest_writew(qts, ZX1_PM1_STS, PM1_TMR);
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_STS) & PM1_TMR, ==, 0);
    qtest_quit(qts);
}

static void test_pm_registers(void)
{
    QTestState *qts = zx1_start_raw(NULL);

    qtest_writel(qts, ZX1_PM1_STS, 0xffffffff);
    g_assert_cmphex(qtest_readl(qts, ZX1_PM1_STS), ==, 0x07210000);
    qtest_writeb(qts, ZX1_PM1_EN + 1, 0);
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_EN), ==, 0x0021);
    /* ACPI mode is all there is */
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_CNT) & 1, ==, 1);
    qtest_writew(qts, ZX1_PM1_CNT, 0);
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_CNT) & 1, ==, 1);
    qtest_system_reset(qts);
    g_assert_cmphex(qtest_readl(qts, ZX1_PM1_STS), ==, 0);
    qtest_quit(qts);
}

static void wait_shutdown(QTestState *qts, const char *reason)
{
    QDict *event = qtest_qmp_eventwait_ref(qts, "SHUTDOWN");
    QDict *data = qdict_get_qdict(event, "data");

    g_assert_cmpstr(qdict_get_str(data, "reason"), ==, reason);
    qobject_unref(event);
}

static void test_power_off(void)
{
    QTestState *qts = zx1_start_raw("-no-shutdown");

    /* Not with SLP_TYP alone */
    qtest_writew(qts, ZX1_PM1_CNT, ZX1_PM1_CNT_S5 & ~0x2000);
    qtest_writew(qts, ZX1_PM1_CNT, ZX1_PM1_CNT_S5);
    wait_shutdown(qts, "guest-shutdown");
    qtest_quit(qts);
}

static void test_power_button(void)
{
    QTestState *qts = zx1_start("-no-shutdown");

    /* Somebody listens: SCI */
    qtest_writel(qts, ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC, 0x10 + 2 * 9);
    qtest_writel(qts, ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC + 0x10, 0xa041);
    qtest_writew(qts, ZX1_PM1_EN, PM1_PWRBTN);
    qtest_qmp_assert_success(qts, "{'execute': 'system_powerdown'}");
    qtest_qmp_eventwait(qts, "POWERDOWN");
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_STS), ==, PM1_PWRBTN);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    qtest_writew(qts, ZX1_PM1_STS, PM1_PWRBTN);
    g_assert_cmphex(qtest_readw(qts, ZX1_PM1_STS), ==, 0);

    /* Nobody listens: off */
    qtest_writew(qts, ZX1_PM1_EN, 0);
    qtest_qmp_assert_success(qts, "{'execute': 'system_powerdown'}");
    wait_shutdown(qts, "guest-shutdown");
    qtest_quit(qts);
}

static void test_dillon(void)
{
    QTestState *qts = zx1_start_raw(NULL);
    QDict *event;

    g_assert_cmphex(qtest_readb(qts, ZX1_DILLON_REVISION), ==, 2);
    /* Exactly one processor is told that it is the first */
    g_assert_cmphex(qtest_readq(qts, ZX1_DILLON_MONARCH), ==, 1);
    g_assert_cmphex(qtest_readq(qts, ZX1_DILLON_MONARCH), ==, 0);
    g_assert_cmphex(qtest_readl(qts, ZX1_DILLON_MONARCH), ==, 0);
    qtest_writeq(qts, ZX1_DILLON_SCRATCH + 8, 0x1122334455667788ULL);
    g_assert_cmphex(qtest_readl(qts, ZX1_DILLON_SCRATCH + 12), ==,
                    0x11223344);
    qtest_writeq(qts, ZX1_NVRAM_BASE, 0xfeedULL);

    qtest_writeb(qts, ZX1_DILLON_CONTROL, 0);
    qtest_writeb(qts, ZX1_DILLON_CONTROL, ZX1_DILLON_CONTROL_RESET);
    event = qtest_qmp_eventwait_ref(qts, "RESET");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), "reason"),
                    ==, "guest-reset");
    qobject_unref(event);
    g_assert_cmphex(qtest_readq(qts, ZX1_DILLON_SCRATCH + 8), ==, 0);
    g_assert_cmphex(qtest_readq(qts, ZX1_DILLON_MONARCH), ==, 1);
    /* The battery */
    g_assert_cmphex(qtest_readq(qts, ZX1_NVRAM_BASE), ==, 0xfeedULL);
    qtest_quit(qts);
}

static void flash_wait(QTestState *qts, uint64_t address)
{
    qtest_writew(qts, address, FLASH_STATUS);
    g_assert_cmphex(qtest_readw(qts, address) & 0xff, ==, 0x80);
    qtest_writew(qts, address, FLASH_READ);
}

static void flash_program(QTestState *qts, uint64_t address, uint16_t val)
{
    qtest_writew(qts, address, FLASH_PROGRAM);
    qtest_writew(qts, address, val);
    flash_wait(qts, address);
}

static void flash_erase(QTestState *qts, uint64_t address)
{
    qtest_writew(qts, address, FLASH_ERASE);
    qtest_writew(qts, address, FLASH_CONFIRM);
    flash_wait(qts, address);
}

/* Variables come back after a power cycle */
static void test_flash(void)
{
    g_autofree char *path = NULL;
    g_autofree char *options = NULL;
    g_autofree struct zx1_fw_platform *platform = NULL;
    const uint64_t block = ZX1_VARS_BASE + ZX1_FLASH_BLOCK;
    int fd = g_file_open_tmp("zx1-vars-XXXXXX", &path, NULL);
    QTestState *qts;
    size_t size;

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, 256 * KiB), ==, 0);
    close(fd);
    options = g_strdup_printf("-drive if=pflash,unit=1,format=raw,file=%s",
                              path);

    qts = zx1_start_raw("%s", options);
    platform = zx1_fw_file(qts, ZX1_FW_FILE_PLATFORM, &size);
    g_assert_cmphex(le64_to_cpu(platform->vars_size), ==, 256 * KiB);
    g_assert_cmphex(le32_to_cpu(platform->flags), ==,
                    ZX1_FW_FLAG_VARS_PERSIST);
    qtest_writew(qts, ZX1_VARS_BASE, FLASH_ID);
    g_assert_cmphex(qtest_readb(qts, ZX1_VARS_BASE), ==, 0x89);
    qtest_writew(qts, ZX1_VARS_BASE, FLASH_READ);
    g_assert_cmphex(qtest_readw(qts, block), ==, 0);
    flash_erase(qts, block);
    g_assert_cmphex(qtest_readl(qts, block), ==, 0xffffffff);
    g_assert_cmphex(qtest_readw(qts, block - 2), ==, 0);
    flash_program(qts, block + 0x100, 0x1234);
    flash_program(qts, block + 0x102, 0xf000);
    g_assert_cmphex(qtest_readl(qts, block + 0x100), ==, 0xf0001234);
    qtest_quit(qts);

    qts = zx1_start_raw("%s", options);
    g_assert_cmphex(qtest_readl(qts, block + 0x100), ==, 0xf0001234);
    qtest_system_reset(qts);
    g_assert_cmphex(qtest_readl(qts, block + 0x100), ==, 0xf0001234);
    qtest_quit(qts);

    /* As libvirt names it */
    qts = zx1_start_raw("-blockdev driver=file,node-name=nv,filename=%s "
                        "-M pflash1=nv", path);
    g_assert_cmphex(qtest_readl(qts, block + 0x100), ==, 0xf0001234);
    qtest_quit(qts);
    unlink(path);
}

/* Firmware from pflash0 and from -bios ends at 4 GiB */
static void test_firmware(void)
{
    g_autofree char *path = NULL;
    g_autofree uint8_t *image = g_malloc0(384 * KiB);
    int fd = g_file_open_tmp("zx1-fw-XXXXXX", &path, NULL);
    QTestState *qts;

    stq_le_p(image + 384 * KiB - 80, 0x1122334455667788ULL);
    stq_le_p(image, 0x99aabbccddeeff00ULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, image, 384 * KiB), ==, 384 * KiB);
    close(fd);

    qts = qtest_initf("-M zx1 -nodefaults -bios %s", path);
    g_assert_cmphex(qtest_readq(qts, ZX1_RESET_VECTOR), ==,
                    0x1122334455667788ULL);
    /* ROM */
    qtest_writeq(qts, ZX1_RESET_VECTOR, 0);
    g_assert_cmphex(qtest_readq(qts, ZX1_RESET_VECTOR), ==,
                    0x1122334455667788ULL);
    qtest_quit(qts);

    qts = qtest_initf("-M zx1 -nodefaults -drive if=pflash,unit=0,format=raw,"
                      "readonly=on,file=%s", path);
    g_assert_cmphex(qtest_readq(qts, ZX1_RESET_VECTOR), ==,
                    0x1122334455667788ULL);
    g_assert_cmphex(qtest_readq(qts, ZX1_FW_END - 384 * KiB), ==,
                    0x99aabbccddeeff00ULL);
    qtest_quit(qts);
    unlink(path);
}

static void test_uart(void)
{
    QTestState *qts = zx1_start_raw("-serial null -serial null");

    for (unsigned i = 0; i < 2; i++) {
        uint64_t uart = i ? ZX1_UART1_BASE : ZX1_UART0_BASE;

        qtest_writeb(qts, uart + 7, 0x5a + i);
        g_assert_cmphex(qtest_readb(qts, uart + 7), ==, 0x5a + i);
        /* Loopback */
        qtest_writeb(qts, uart + 4, 0x10);
        qtest_writeb(qts, uart, 0xa5);
        qtest_clock_step(qts, SECOND / 100);
        g_assert_cmphex(qtest_readb(qts, uart + 5) & 1, ==, 1);
        g_assert_cmphex(qtest_readb(qts, uart), ==, 0xa5);
    }
    qtest_quit(qts);
}

static void test_handover(void)
{
    static const char *const files[] = {
        "etc/acpi/tables", "etc/acpi/rsdp", "etc/table-loader",
        "etc/smbios/smbios-tables", "etc/smbios/smbios-anchor", "bootorder",
    };
    QTestState *qts = zx1_start_raw("-device e1000,bootindex=1");

    for (unsigned i = 0; i < ARRAY_SIZE(files); i++) {
        size_t size;
        g_autofree char *file = zx1_fw_file(qts, files[i], &size);

        g_assert_cmpuint(size, >, 0);
        if (g_str_equal(files[i], "bootorder")) {
            g_assert_true(g_str_has_prefix(file, "/pci@fed20000/ethernet@"));
        }
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/pdh/rtc", test_rtc);
    qtest_add_func("zx1/pdh/pm-timer", test_pm_timer);
    qtest_add_func("zx1/pdh/pm-registers", test_pm_registers);
    qtest_add_func("zx1/pdh/power-off", test_power_off);
    qtest_add_func("zx1/pdh/power-button", test_power_button);
    qtest_add_func("zx1/pdh/dillon", test_dillon);
    qtest_add_func("zx1/pdh/flash", test_flash);
    qtest_add_func("zx1/pdh/firmware", test_firmware);
    qtest_add_func("zx1/pdh/uart", test_uart);
    qtest_add_func("zx1/pdh/handover", test_handover);
    return g_test_run();
}
