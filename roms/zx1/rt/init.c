/*
 * Runtime image: start-up and SetVirtualAddressMap()
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"
#include "pe-fixup.h"
#include "hw/ia64/pal-msr.h"

struct rt_info rt_info = { .nr_cpus = 1 };
/* Here, not in .bss: it must be in the image that head.S is linked with */
EFI_SYSTEM_TABLE rt_system_table = { .NumberOfTableEntries = 0 };
EFI_RUNTIME_SERVICES rt_services = { .Hdr = { .Revision = 0 } };
EFI_CONFIGURATION_TABLE rt_config_tables[RT_MAX_CONFIG_TABLES];
CHAR16 rt_vendor[] = L"QEMU zx1";

_Static_assert(FW_IOPORT_BASE == ZX1_IOPORT_BASE, "layout.h");
_Static_assert(FW_REPORT == ZX1_DILLON_REPORT, "layout.h");
_Static_assert(FW_REPORT_PAL == ZX1_REPORT_PAL, "layout.h");
_Static_assert(FW_RESET == ZX1_DILLON_CONTROL, "layout.h");
_Static_assert(FW_RECORDS == ZX1_SRAM_BASE, "layout.h");
_Static_assert(FW_RESET_VALUE == ZX1_DILLON_CONTROL_RESET, "layout.h");
_Static_assert(offsetof(struct rt_head, ap_entry) == RT_HEAD_AP_ENTRY,
               "layout.h");

/* Only during SetVirtualAddressMap() */
static EFI_MEMORY_DESCRIPTOR *virt_map;
static UINTN virt_map_size, virt_desc_size;
static bool virt_done;

static void rt_table_crc(void)
{
    rt_services.Hdr.CRC32 = 0;
    rt_services.Hdr.CRC32 = rt_crc32(&rt_services, sizeof(rt_services));
    rt_system_table.Hdr.CRC32 = 0;
    rt_system_table.Hdr.CRC32 = rt_crc32(&rt_system_table,
                                         sizeof(rt_system_table));
}

static UINT64 gcd(UINT64 a, UINT64 b)
{
    while (b) {
        UINT64 t = a % b;
        a = b;
        b = t;
    }
    return a;
}

void rt_init(void)
{
    /* The services' slots follow the header, in the order of rt_fdesc[] */
    struct fdesc **slot = (struct fdesc **)(&rt_services.Hdr + 1);
    UINT64 g;
    int i;

    for (i = 0; i < RT_NR_SERVICES; i++) {
        slot[i] = &rt_fdesc[i];
    }
    rt_services.Hdr.Signature = EFI_RUNTIME_SERVICES_SIGNATURE;
    rt_services.Hdr.Revision = EFI_1_10_REVISION;
    rt_services.Hdr.HeaderSize = sizeof(rt_services);

    rt_system_table.Hdr.Signature = EFI_SYSTEM_TABLE_SIGNATURE;
    rt_system_table.Hdr.Revision = EFI_1_10_REVISION;
    rt_system_table.Hdr.HeaderSize = sizeof(rt_system_table);
    rt_system_table.FirmwareVendor = rt_vendor;
    rt_system_table.FirmwareRevision = 0x00010000;
    rt_system_table.RuntimeServices = &rt_services;
    rt_system_table.ConfigurationTable = rt_config_tables;

    if (rt_info.itc_hz && rt_info.bus_hz) {
        g = gcd(rt_info.itc_hz, rt_info.bus_hz);
        pal_info[0] = (rt_info.itc_hz / g) << 32 | rt_info.bus_hz / g;
        pal_info[1] = 1UL << 32 | 1;
        pal_info[2] = pal_info[0];
    }
    rt_vars_init();
    sal_register_min_state();
    sal_keep_records();
    /* MCA, INIT and PMI come to PAL from now on */
    __asm__ volatile("mov msr[%0] = %1;; srlz.d;;"
                     : : "r"((UINT64)IA64_MSR_ENTRY), "r"(pal_entries));
    sal_build_table();
    rt_table_crc();
}

EFI_STATUS rt_convert_pointer(UINTN disposition, void **address)
{
    UINT64 addr, off;

    if (!address || !virt_map) {
        return virt_map ? EFI_INVALID_PARAMETER : EFI_UNSUPPORTED;
    }
    addr = (UINT64)*address;
    if (!addr) {
        return disposition & EFI_OPTIONAL_PTR ? EFI_SUCCESS
                                              : EFI_INVALID_PARAMETER;
    }
    for (off = 0; off + virt_desc_size <= virt_map_size;
         off += virt_desc_size) {
        EFI_MEMORY_DESCRIPTOR *d =
            (EFI_MEMORY_DESCRIPTOR *)((UINT8 *)virt_map + off);

        if ((d->Attribute & EFI_MEMORY_RUNTIME) && addr >= d->PhysicalStart &&
            addr - d->PhysicalStart < d->NumberOfPages << EFI_PAGE_SHIFT) {
            *address = (void *)(addr - d->PhysicalStart + d->VirtualStart);
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

/* After the notifications: they run where the driver was loaded */
static void move_image(const struct rt_image *image)
{
    UINT64 to = image->base, i, delta;

    if (rt_convert_pointer(0, (void **)&to) != EFI_SUCCESS) {
        return;                         /* nobody can call it any more */
    }
    delta = to - image->base;
    for (i = 0; i < image->nr; i++) {
        const struct rt_fixup *f = &image->fixup[i];
        UINT8 *p = pe_fixup_place(image->base, f->rva, f->type);

        if (pe_fixup_get(p, f->type) == f->value) {
            pe_fixup_add(p, f->type, delta);
            __asm__ volatile("fc.i %0" : : "r"(p) : "memory");
        }
    }
    __asm__ volatile(";; sync.i;; srlz.i;;" : : : "memory");
}

/* Called physically, once, after ExitBootServices() */
EFI_STATUS rt_set_virtual_address_map(UINTN map_size, UINTN desc_size,
                                      UINT32 desc_version,
                                      EFI_MEMORY_DESCRIPTOR *map)
{
    struct fdesc **slot = (struct fdesc **)(&rt_services.Hdr + 1);
    UINT64 i;
    void *p;

    if (virt_done || rt_system_table.BootServices) {
        return EFI_UNSUPPORTED;
    }
    if (desc_size < sizeof(EFI_MEMORY_DESCRIPTOR) ||
        desc_version != EFI_MEMORY_DESCRIPTOR_VERSION || !map) {
        return EFI_INVALID_PARAMETER;
    }
    virt_map = map;
    virt_map_size = map_size;
    virt_desc_size = desc_size;

    /* All or nothing: the region itself must be there */
    p = (void *)FW_RT_BASE;
    if (rt_convert_pointer(0, &p) != EFI_SUCCESS) {
        virt_map = NULL;
        return EFI_NOT_FOUND;
    }
    virt_done = true;
    for (i = 0; i < rt_info.nr_notify; i++) {
        struct rt_notify *n = &rt_info.notify[i];

        rt_call_fdesc(n->fn, n->event, n->context);
    }
    for (i = 0; i < rt_info.nr_images; i++) {
        move_image(&rt_info.image[i]);
    }
    for (i = 0; i < RT_NR_FDESC; i++) {
        rt_convert_pointer(0, (void **)&rt_fdesc[i].ip);
        rt_convert_pointer(0, (void **)&rt_fdesc[i].gp);
    }
    for (i = 0; i < RT_NR_SERVICES; i++) {
        rt_convert_pointer(0, (void **)&slot[i]);
    }
    rt_convert_pointer(0, (void **)&rt_fpswa.entry);
    rt_convert_pointer(EFI_OPTIONAL_PTR,
                       (void **)&rt_system_table.FirmwareVendor);
    rt_convert_pointer(0, (void **)&rt_system_table.RuntimeServices);
    rt_convert_pointer(0, (void **)&rt_system_table.ConfigurationTable);
    rt_table_crc();
    virt_map = NULL;
    return EFI_SUCCESS;
}
