/*
 * Boot services: start-up, system table, faults
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

EFI_SYSTEM_TABLE *gST;
EFI_BOOT_SERVICES *gBS;
EFI_RUNTIME_SERVICES *gRT;
EFI_HANDLE gImageHandle;

static EFI_BOOT_SERVICES boot_services;
static UINT64 monotonic;
static bool boot_services_ended;

void fw_table_crc(EFI_TABLE_HEADER *hdr)
{
    hdr->CRC32 = 0;
    hdr->CRC32 = crc32(0, hdr, hdr->HeaderSize);
}

/* ------------------------------------------------------------------ */
/* Services that belong to no other file */

EFI_STATUS fw_install_table(EFI_GUID *guid, void *table)
{
    EFI_CONFIGURATION_TABLE *t = RT_HEAD->config_tables;
    UINTN n = gST->NumberOfTableEntries, i;

    if (!guid) {
        return EFI_INVALID_PARAMETER;
    }
    for (i = 0; i < n && !guid_eq(&t[i].VendorGuid, guid); i++) {
        continue;
    }
    if (!table) {
        if (i == n) {
            return EFI_NOT_FOUND;
        }
        for (n--; i < n; i++) {
            t[i] = t[i + 1];
        }
    } else if (i == n) {
        if (n == RT_MAX_CONFIG_TABLES) {
            return EFI_OUT_OF_RESOURCES;
        }
        t[n].VendorGuid = *guid;
        t[n++].VendorTable = table;
    } else {
        t[i].VendorTable = table;
    }
    gST->NumberOfTableEntries = n;
    fw_table_crc(&gST->Hdr);
    return EFI_SUCCESS;
}

static EFI_STATUS bs_get_next_monotonic_count(UINT64 *count)
{
    if (!count) {
        return EFI_INVALID_PARAMETER;
    }
    *count = ++monotonic;
    return EFI_SUCCESS;
}

static EFI_STATUS bs_stall(UINTN usecs)
{
    fw_udelay(usecs);
    return EFI_SUCCESS;
}

static EFI_STATUS bs_calculate_crc32(VOID *data, UINTN size, UINT32 *crc)
{
    if (!data || !size || !crc) {
        return EFI_INVALID_PARAMETER;
    }
    *crc = crc32(0, data, size);
    return EFI_SUCCESS;
}

static VOID bs_copy_mem(VOID *dst, VOID *src, UINTN n)
{
    memmove(dst, src, n);
}

static VOID bs_set_mem(VOID *buf, UINTN n, UINT8 v)
{
    memset(buf, v, n);
}

EFI_STATUS fw_exit_boot_services(EFI_HANDLE image, UINTN key)
{
    if (boot_services_ended) {
        return EFI_SUCCESS;
    }
    if (key != mem_map_key()) {
        return EFI_INVALID_PARAMETER;
    }
    event_signal_group(EVT_SIGNAL_EXIT_BOOT_SERVICES);
    event_stop();
    boot_services_ended = true;
    gST->BootServices = NULL;
    gST->ConIn = NULL;
    gST->ConOut = NULL;
    gST->StdErr = NULL;
    gST->ConsoleInHandle = NULL;
    gST->ConsoleOutHandle = NULL;
    gST->StandardErrorHandle = NULL;
    fw_table_crc(&gST->Hdr);
    return EFI_SUCCESS;
}

static void tables_init(void)
{
    EFI_BOOT_SERVICES *bs = &boot_services;
    struct rt_head *rt = RT_HEAD;
    EFI_HANDLE fpswa_handle = NULL;

    gBS = bs;
    gST = rt->system_table;
    gRT = rt->runtime_services;
    bs->Hdr.Signature = EFI_BOOT_SERVICES_SIGNATURE;
    bs->Hdr.Revision = EFI_1_10_REVISION;
    bs->Hdr.HeaderSize = sizeof(*bs);
    bs->RaiseTPL = event_raise_tpl;
    bs->RestoreTPL = event_restore_tpl;
    bs->AllocatePages = mem_allocate_pages;
    bs->FreePages = mem_free_pages;
    bs->GetMemoryMap = mem_get_map;
    bs->AllocatePool = mem_allocate_pool;
    bs->FreePool = mem_free_pool;
    bs->CreateEvent = event_create;
    bs->SetTimer = event_set_timer;
    bs->WaitForEvent = event_wait;
    bs->SignalEvent = event_signal;
    bs->CloseEvent = event_close;
    bs->CheckEvent = event_check;
    handle_fill_table(bs);
    image_fill_table(bs);
    bs->InstallConfigurationTable = fw_install_table;
    bs->ExitBootServices = fw_exit_boot_services;
    bs->GetNextMonotonicCount = bs_get_next_monotonic_count;
    bs->Stall = bs_stall;
    bs->SetWatchdogTimer = event_set_watchdog;
    bs->CalculateCrc32 = bs_calculate_crc32;
    bs->CopyMem = bs_copy_mem;
    bs->SetMem = bs_set_mem;
    fw_table_crc(&bs->Hdr);

    gST->BootServices = bs;
    fw_table_crc(&gST->Hdr);
    fw_install_table((EFI_GUID *)&gEfiSalSystemTableGuid, rt->sst);
    fw_install(&fpswa_handle, &gEfiFpswaProtocolGuid, rt->fpswa);
}

/* ------------------------------------------------------------------ */

void fw_panic(const char *fmt, ...)
{
    char buf[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(buf, sizeof(buf), fmt, ap);
    va_end(ap);
    fw_debug("\nFirmware stopped: %s", buf);
    __asm__ volatile("rsm psr.i" : : : "memory");
    for (;;) {
        fw_halt();
    }
}

void fw_fault(UINT64 *r)
{
    fw_debug("\nFault %04lx at %016lx  isr %016lx  ifa %016lx\n"
             "ipsr %016lx  ifs %016lx  iipa %016lx\n"
             "b0 %016lx  pr %016lx  gp %016lx\n"
             "r8 %016lx  r9 %016lx  sp %016lx\n"
             "r14 %016lx  r15 %016lx  bspstore %016lx\n",
             r[0], r[1], r[3], r[4], r[2], r[5], r[6], r[7], r[8], r[9],
             r[10], r[11], r[12], r[13], r[14], r[15]);
    fw_panic("unexpected fault\n");
}

static void run_initcalls(const fw_initcall_t *from, const fw_initcall_t *to)
{
    for (; from < to; from++) {
        (*from)();
    }
}

extern const fw_initcall_t __fw_initcall_core[], __fw_initcall_bus[],
    __fw_initcall_driver[], __fw_initcall_fs[], __fw_initcall_end[];
extern const struct fw_pci_driver __fw_pci_driver_start[],
    __fw_pci_driver_end[];

static void probe_pci(void)
{
    const struct fw_pci_driver *drv;
    struct list *l;

    list_for_each(l, &fw_pci_devs) {
        struct pci_dev *d = container_of(l, struct pci_dev, list);

        for (drv = __fw_pci_driver_start; drv < __fw_pci_driver_end; drv++) {
            if ((drv->vendor == 0xffff || drv->vendor == d->vendor) &&
                (drv->device == 0xffff || drv->device == d->device) &&
                (d->class & drv->class_mask) == drv->class &&
                drv->probe(d)) {
                break;
            }
        }
    }
}

void __attribute__((weak)) bootmgr_main(void)
{
    fw_printf("No boot manager in this image.\n");
    for (;;) {
        event_idle();
    }
}

void boot_main(void)
{
    uart_init();
    platform_init();
    mem_init();
    event_init();
    tables_init();
    image_init();
    console_init();
    fw_printf("zx1 firmware, EFI 1.10\n");
    if (!RT_HEAD->info->vars_ok) {
        fw_printf("No flash for variables: settings are lost at reset.\n");
    }
    acpi_init();
    run_initcalls(__fw_initcall_core, __fw_initcall_bus);
    pci_init();
    run_initcalls(__fw_initcall_bus, __fw_initcall_driver);
    console_connect();
    run_initcalls(__fw_initcall_driver, __fw_initcall_fs);
    fw_direct_boot();
    probe_pci();
    run_initcalls(__fw_initcall_fs, __fw_initcall_end);
    for (;;) {
        bootmgr_main();
    }
}
