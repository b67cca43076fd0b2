/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A runtime driver: takes GetTime() over and stays. Its year is 30 years
 * ahead while the driver is where it was loaded, and 31 when the system has
 * mapped it elsewhere and everything in it was moved as it has to be.
 */

#include "app.h"

#define VIRTUAL_ADDRESS_CHANGE 0x60000202

static EFI_STATUS get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *cap);

/* Words that hold addresses: moved by the firmware, and by the driver */
static const UINT32 answer = 42;
static const UINT32 *volatile moved = &answer;
static const UINT32 *volatile converted = &answer;
static EFI_STATUS (*volatile self)(EFI_TIME *, EFI_TIME_CAPABILITIES *) =
    get_time;
/* Where the original is, in the firmware */
static EFI_STATUS (*original)(EFI_TIME *, EFI_TIME_CAPABILITIES *);
static UINT64 loaded_at;

static UINT64 here(void)
{
    UINT64 ip;

    __asm__ volatile("mov %0 = ip" : "=r"(ip));
    return ip >> 20;
}

static EFI_STATUS get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *cap)
{
    EFI_STATUS s = original(time, cap);

    if (!EFI_ERROR(s) && *moved == 42 && *converted == 42 &&
        moved == converted && self == get_time) {
        time->Year += here() == loaded_at ? 30 : 31;
    }
    return s;
}

static void change(EFI_EVENT event, void *context)
{
    rt->ConvertPointer(0, (void **)&converted);
    rt->ConvertPointer(0, (void **)&original);
}

EFI_STATUS app_main(const CHAR16 *options)
{
    EFI_EVENT event;

    loaded_at = here();
    original = rt->GetTime;
    check("the driver has a relocation to itself",
          *moved == 42 && self == get_time);
    check("event", !bs->CreateEvent(VIRTUAL_ADDRESS_CHANGE, TPL_NOTIFY,
                                    change, NULL, &event));
    rt->GetTime = get_time;
    rt->Hdr.CRC32 = 0;
    rt->Hdr.CRC32 = crc32(&rt->Hdr, rt->Hdr.HeaderSize);
    return EFI_SUCCESS;
}
