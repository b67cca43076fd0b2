/*
 * EFI runtime services: time of day, reset, monotonic counter
 *
 * The clock is a DS1501: BCD registers, which stand still for reading and
 * writing while bit TE of control B is 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"

static UINT8 rtc_read(UINT32 reg)
{
    return phys_read8(ZX1_RTC_BASE + reg);
}

static void rtc_write(UINT32 reg, UINT8 v)
{
    phys_write8(ZX1_RTC_BASE + reg, v);
}

static UINT32 from_bcd(UINT8 v)
{
    return (v >> 4) * 10 + (v & 15);
}

static UINT8 to_bcd(UINT32 v)
{
    return (v / 10 % 10) << 4 | v % 10;
}

static UINT32 days_in_month(UINT32 year, UINT32 month)
{
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month == 2) {
        return leap ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Day of the week, 0 Sunday */
static UINT32 weekday(UINT32 y, UINT32 m, UINT32 d)
{
    UINT32 k;

    if (m < 3) {
        m += 12;
        y--;
    }
    k = d + 13 * (m + 1) / 5 + y + y / 4 - y / 100 + y / 400;
    return (k + 6) % 7;
}

EFI_STATUS rt_get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *cap)
{
    UINT8 control;

    if (!time) {
        return EFI_INVALID_PARAMETER;
    }
    control = rtc_read(ZX1_RTC_CONTROL_B);
    rtc_write(ZX1_RTC_CONTROL_B, control & ~ZX1_RTC_CONTROL_B_TE);
    memset(time, 0, sizeof(*time));
    time->Second = from_bcd(rtc_read(ZX1_RTC_SECONDS) & 0x7f);
    time->Minute = from_bcd(rtc_read(ZX1_RTC_MINUTES) & 0x7f);
    time->Hour = from_bcd(rtc_read(ZX1_RTC_HOURS) & 0x3f);
    time->Day = from_bcd(rtc_read(ZX1_RTC_DATE) & 0x3f);
    time->Month = from_bcd(rtc_read(ZX1_RTC_MONTH) & 0x1f);
    time->Year = from_bcd(rtc_read(ZX1_RTC_YEAR)) +
                 from_bcd(rtc_read(ZX1_RTC_CENTURY)) * 100;
    time->TimeZone = EFI_UNSPECIFIED_TIMEZONE;
    rtc_write(ZX1_RTC_CONTROL_B, control | ZX1_RTC_CONTROL_B_TE);

    if (time->Second > 59 || time->Minute > 59 || time->Hour > 23 ||
        time->Month < 1 || time->Month > 12 || time->Day < 1 ||
        time->Day > days_in_month(time->Year, time->Month)) {
        return EFI_DEVICE_ERROR;
    }
    if (cap) {
        cap->Resolution = 1;
        cap->Accuracy = 50000000;       /* 50 parts per million */
        cap->SetsToZero = FALSE;
    }
    return EFI_SUCCESS;
}

EFI_STATUS rt_set_time(EFI_TIME *time)
{
    UINT8 control;

    if (!time || time->Year < 1998 || time->Year > 2099 ||
        time->Month < 1 || time->Month > 12 || time->Day < 1 ||
        time->Day > days_in_month(time->Year, time->Month) ||
        time->Hour > 23 || time->Minute > 59 || time->Second > 59 ||
        time->Nanosecond > 999999999 ||
        (time->TimeZone != EFI_UNSPECIFIED_TIMEZONE &&
         (time->TimeZone < -1440 || time->TimeZone > 1440))) {
        return EFI_INVALID_PARAMETER;
    }
    control = rtc_read(ZX1_RTC_CONTROL_B);
    rtc_write(ZX1_RTC_CONTROL_B, control & ~ZX1_RTC_CONTROL_B_TE);
    rtc_write(ZX1_RTC_SECONDS, to_bcd(time->Second));
    rtc_write(ZX1_RTC_MINUTES, to_bcd(time->Minute));
    rtc_write(ZX1_RTC_HOURS, to_bcd(time->Hour));
    rtc_write(ZX1_RTC_DAY,
              weekday(time->Year, time->Month, time->Day) + 1);
    rtc_write(ZX1_RTC_DATE, to_bcd(time->Day));
    rtc_write(ZX1_RTC_MONTH, to_bcd(time->Month));
    rtc_write(ZX1_RTC_YEAR, to_bcd(time->Year % 100));
    rtc_write(ZX1_RTC_CENTURY, to_bcd(time->Year / 100));
    rtc_write(ZX1_RTC_CONTROL_B, control | ZX1_RTC_CONTROL_B_TE);
    return EFI_SUCCESS;
}

EFI_STATUS rt_get_wakeup_time(BOOLEAN *enabled, BOOLEAN *pending,
                              EFI_TIME *time)
{
    return EFI_UNSUPPORTED;
}

EFI_STATUS rt_set_wakeup_time(BOOLEAN enable, EFI_TIME *time)
{
    return EFI_UNSUPPORTED;
}

void rt_reset_system(EFI_RESET_TYPE type, EFI_STATUS status, UINTN size,
                     CHAR16 *data)
{
    if (type == EfiResetShutdown) {
        phys_write16(ZX1_PM1_CNT, ZX1_PM1_CNT_S5);
    } else {
        phys_write64(ZX1_DILLON_CONTROL, ZX1_DILLON_CONTROL_RESET);
    }
    rt_irq_save();
    for (;;) {
        rt_halt();
    }
}

EFI_STATUS rt_get_next_high_monotonic_count(UINT32 *count)
{
    static const EFI_GUID guid = { 0x2f5f1ab4, 0x61a5, 0x4c8f,
        { 0x9d, 0x2d, 0x0c, 0x53, 0x1a, 0x6e, 0x7b, 0x11 } };
    static const CHAR16 name[] = L"MonotonicHigh";
    UINT32 high = 0;
    UINTN size = sizeof(high);

    if (!count) {
        return EFI_INVALID_PARAMETER;
    }
    rt_get_variable((CHAR16 *)name, (EFI_GUID *)&guid, NULL, &size, &high);
    *count = ++high;
    return rt_set_variable((CHAR16 *)name, (EFI_GUID *)&guid,
                           EFI_VARIABLE_NON_VOLATILE |
                           EFI_VARIABLE_BOOTSERVICE_ACCESS |
                           EFI_VARIABLE_RUNTIME_ACCESS,
                           sizeof(high), &high);
}
