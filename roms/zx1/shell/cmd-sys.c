/*
 * zx1 firmware: shell commands about the machine
 *
 * Facts: EFI 1.10 specification; ACPI specification 2.0, chapter 5 (tables).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"
#include "../drivers/drv.h"

#define DUMP_DEFAULT    256
#define DUMP_MAX        (1 << 20)
#define ACPI_MAX        (1 << 20)

static EFI_STATUS cmd_memmap(unsigned argc, CHAR16 **argv)
{
    static const char *const names[EfiMaxMemoryType] = {
        "reserved", "loader code", "loader data", "boot code", "boot data",
        "runtime code", "runtime data", "free", "unusable", "ACPI reclaim",
        "ACPI NVS", "MMIO", "MMIO ports", "PAL code",
    };
    UINT64 sum[EfiMaxMemoryType] = { 0 };
    UINTN size = 0, key, step;
    EFI_MEMORY_DESCRIPTOR *map;
    UINT32 version;
    EFI_STATUS st;

    gBS->GetMemoryMap(&size, NULL, &key, &step, &version);
    size += 4096;
    map = fw_alloc(size);
    if (!map) {
        return EFI_OUT_OF_RESOURCES;
    }
    st = gBS->GetMemoryMap(&size, map, &key, &step, &version);
    if (EFI_ERROR(st)) {
        fw_free(map);
        return shell_error(argv[0], st);
    }
    fw_printf("type          start             end               pages     "
              "attributes\n");
    for (UINTN i = 0; i + step <= size; i += step) {
        EFI_MEMORY_DESCRIPTOR *d = (void *)((UINT8 *)map + i);

        fw_printf("%-13s %016lx  %016lx  %-8lx  %016lx\n",
                  d->Type < EfiMaxMemoryType ? names[d->Type] : "?",
                  d->PhysicalStart,
                  d->PhysicalStart + (d->NumberOfPages << EFI_PAGE_SHIFT) - 1,
                  d->NumberOfPages, d->Attribute);
        if (d->Type < EfiMaxMemoryType) {
            sum[d->Type] += d->NumberOfPages;
        }
        if (shell_break()) {
            break;
        }
    }
    fw_printf("\n");
    for (int i = 0; i < EfiMaxMemoryType; i++) {
        if (sum[i]) {
            fw_printf("  %-13s %8ld pages, %ld KiB\n", names[i],
                      (long)sum[i], (long)sum[i] * 4);
        }
    }
    fw_free(map);
    return EFI_SUCCESS;
}
SHELL_CMD(memmap, "", "show the memory map", cmd_memmap);

static const char *pci_class_name(UINT32 class)
{
    static const struct {
        UINT16 class;
        const char *name;
    } names[] = {
        { 0x0100, "SCSI" }, { 0x0101, "IDE" }, { 0x0104, "RAID" },
        { 0x0106, "SATA" }, { 0x0107, "SAS" }, { 0x0108, "NVMe" },
        { 0x0180, "storage" }, { 0x0200, "Ethernet" }, { 0x0280, "network" },
        { 0x0300, "VGA" }, { 0x0380, "display" }, { 0x0403, "audio" },
        { 0x0600, "host bridge" }, { 0x0604, "PCI bridge" },
        { 0x0700, "UART" }, { 0x0780, "communication" }, { 0x0c03, "USB" },
        { 0x0c05, "SMBus" }, { 0x00ff, "unclassified" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].class == class >> 8) {
            return names[i].name;
        }
    }
    return "other";
}

static void show_pci(struct pci_dev *d)
{
    UINT8 config[256];

    for (unsigned i = 0; i < sizeof(config); i += 4) {
        st32le(config + i, pci_read32(d, i));
    }
    for (int i = 0; i < 6; i++) {
        struct pci_bar *b = &d->bar[i];

        if (b->size) {
            fw_printf("  BAR %d: %s %lx, size %lx%s%s\n", i,
                      b->io ? "ports" : b->mem64 ? "64-bit memory" : "memory",
                      b->addr, b->size, b->prefetch ? ", prefetchable" : "",
                      b->assigned ? "" : ", NOT ASSIGNED");
        }
    }
    if (d->gsi) {
        fw_printf("  interrupt: GSI %d\n", d->gsi);
    }
    shell_hexdump(config, sizeof(config), 0);
}

static EFI_STATUS cmd_pci(unsigned argc, CHAR16 **argv)
{
    UINT64 bus = 0, dev = 0, fn = 0;
    bool one = argc >= 3;
    bool found = false;
    struct list *p;

    if (argc == 2 || (one && (!shell_hex(argv[1], &bus) ||
                              !shell_hex(argv[2], &dev) ||
                              (argc > 3 && !shell_hex(argv[3], &fn))))) {
        fw_printf("pci [BUS DEVICE [FUNCTION]], in hexadecimal\n");
        return EFI_INVALID_PARAMETER;
    }
    if (!one) {
        fw_printf("bus dev fn  id         class  what           GSI  ioa\n");
    }
    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);

        if (one && (d->bus != bus || d->dev != dev || d->fn != fn)) {
            continue;
        }
        found = true;
        fw_printf(" %02x  %02x  %x  %04x:%04x  %06x  %-13s  %-3d  rope %d\n",
                  d->bus, d->dev, d->fn, d->vendor, d->device, d->class,
                  pci_class_name(d->class), d->gsi, d->root->hw.rope);
        if (one) {
            show_pci(d);
        }
    }
    return !one || found ? EFI_SUCCESS : EFI_NOT_FOUND;
}
SHELL_CMD(pci, "[BUS DEVICE [FUNCTION]]",
          "list PCI functions, or show the registers of one", cmd_pci);

static EFI_STATUS cmd_devices(unsigned argc, CHAR16 **argv)
{
    struct list *p;

    list_for_each(p, &blk_list) {
        struct blk *b = container_of(p, struct blk, list);
        CHAR16 text[256];

        dp_to_text(b->path, text, ARRAY_SIZE(text));
        fw_printf("  %-11s %S\n              %s", b->driver, text, b->model);
        if (b->present) {
            fw_printf(", %ld MiB in blocks of %d%s\n",
                      (long)(b->blocks * b->block_size >> 20), b->block_size,
                      b->read_only ? ", read only" : "");
        } else {
            fw_printf(", no medium\n");
        }
    }
    return EFI_SUCCESS;
}
SHELL_CMD(devices, "", "list the disks that drivers found", cmd_devices);

extern const struct fw_pci_driver __fw_pci_driver_start[],
    __fw_pci_driver_end[];

static EFI_STATUS cmd_drivers(unsigned argc, CHAR16 **argv)
{
    const struct fw_pci_driver *d;

    for (d = __fw_pci_driver_start; d < __fw_pci_driver_end; d++) {
        fw_printf("  %-16s ", d->name);
        if (d->vendor != 0xffff) {
            fw_printf("%04x:%04x", d->vendor, d->device);
        }
        if (d->class_mask) {
            fw_printf("class %06x", d->class);
        }
        fw_printf("\n");
    }
    return EFI_SUCCESS;
}
SHELL_CMD(drivers, "", "list the built-in PCI drivers", cmd_drivers);

/* Handles and their protocols */

static const char *protocol_name(const EFI_GUID *guid)
{
    const struct {
        const EFI_GUID *guid;
        const char *name;
    } names[] = {
        { &gEfiDevicePathProtocolGuid, "DevicePath" },
        { &gEfiLoadedImageProtocolGuid, "LoadedImage" },
        { &gEfiSimpleTextInProtocolGuid, "TextIn" },
        { &gEfiSimpleTextOutProtocolGuid, "TextOut" },
        { &gEfiSerialIoProtocolGuid, "SerialIo" },
        { &gEfiBlockIoProtocolGuid, "BlockIo" },
        { &gEfiDiskIoProtocolGuid, "DiskIo" },
        { &gEfiSimpleFileSystemProtocolGuid, "FileSystem" },
        { &gEfiUnicodeCollationProtocolGuid, "UnicodeCollation" },
        { &gEfiDriverBindingProtocolGuid, "DriverBinding" },
        { &gEfiPciIoProtocolGuid, "PciIo" },
        { &gEfiPciRootBridgeIoProtocolGuid, "PciRootBridgeIo" },
        { &gEfiFpswaProtocolGuid, "Fpswa" },
        { &gEfiPartTypeSystemPartGuid, "SystemPartition" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if (guid_eq(guid, names[i].guid)) {
            return names[i].name;
        }
    }
    return NULL;
}

static EFI_STATUS cmd_dh(unsigned argc, CHAR16 **argv)
{
    UINTN n = 0, np;
    EFI_HANDLE *h;
    EFI_STATUS st;

    st = gBS->LocateHandleBuffer(AllHandles, NULL, NULL, &n, &h);
    if (EFI_ERROR(st)) {
        return shell_error(argv[0], st);
    }
    for (UINTN i = 0; i < n && !shell_break(); i++) {
        EFI_GUID **prot;
        CHAR16 text[256];

        fw_printf("%3d:", (int)i + 1);
        if (EFI_ERROR(gBS->ProtocolsPerHandle(h[i], &prot, &np))) {
            fw_printf(" gone\n");
            continue;
        }
        for (UINTN j = 0; j < np; j++) {
            const char *name = protocol_name(prot[j]);

            if (name) {
                fw_printf(" %s", name);
            } else {
                fw_printf(" %g", prot[j]);
            }
        }
        fw_printf("\n");
        gBS->FreePool(prot);
        if (dp_of_handle(h[i])) {
            dp_to_text(dp_of_handle(h[i]), text, ARRAY_SIZE(text));
            fw_printf("     %S\n", text);
        }
    }
    gBS->FreePool(h);
    return EFI_SUCCESS;
}
SHELL_CMD(dh, "", "list the handles and their protocols", cmd_dh);

/* Memory and tables */

static EFI_STATUS cmd_dump(unsigned argc, CHAR16 **argv)
{
    UINT64 addr, n = DUMP_DEFAULT;

    if (argc < 2 || argc > 3 || !shell_hex(argv[1], &addr) ||
        (argc > 2 && !shell_hex(argv[2], &n))) {
        fw_printf("dump ADDRESS [BYTES], in hexadecimal\n");
        return EFI_INVALID_PARAMETER;
    }
    shell_hexdump((void *)addr, MIN(n, DUMP_MAX), addr);
    return EFI_SUCCESS;
}
SHELL_CMD(dump, "ADDRESS [BYTES]", "show memory", cmd_dump);

static EFI_STATUS cmd_dblk(unsigned argc, CHAR16 **argv)
{
    UINT64 lba = 0, n = 1;
    struct shell_map *m = NULL;
    EFI_BLOCK_IO *bio;
    EFI_STATUS st;
    size_t len;
    void *buf;

    if (argc > 1) {
        len = str16len(argv[1]);
        m = shell_map_find(argv[1], len && argv[1][len - 1] == ':' ? len - 1
                                                                   : len);
    }
    bio = m ? fw_protocol(m->handle, &gEfiBlockIoProtocolGuid) : NULL;
    if (!bio || argc > 4 || (argc > 2 && !shell_hex(argv[2], &lba)) ||
        (argc > 3 && !shell_hex(argv[3], &n))) {
        fw_printf("dblk DEVICE [BLOCK [COUNT]], in hexadecimal; map lists "
                  "the devices\n");
        return EFI_INVALID_PARAMETER;
    }
    n = MIN(n, DUMP_MAX / bio->Media->BlockSize);
    buf = fw_alloc(n * bio->Media->BlockSize + 1);
    if (!buf) {
        return EFI_OUT_OF_RESOURCES;
    }
    st = bio->ReadBlocks(bio, bio->Media->MediaId, lba,
                         n * bio->Media->BlockSize, buf);
    if (!EFI_ERROR(st)) {
        shell_hexdump(buf, n * bio->Media->BlockSize,
                      lba * bio->Media->BlockSize);
    }
    fw_free(buf);
    return EFI_ERROR(st) ? shell_error(argv[1], st) : st;
}
SHELL_CMD(dblk, "DEVICE [BLOCK [COUNT]]", "show blocks of a disk", cmd_dblk);

static void *config_table(const EFI_GUID *guid)
{
    for (UINTN i = 0; i < gST->NumberOfTableEntries; i++) {
        if (guid_eq(&gST->ConfigurationTable[i].VendorGuid, guid)) {
            return gST->ConfigurationTable[i].VendorTable;
        }
    }
    return NULL;
}

static void acpi_table(const UINT8 *t, const char *want)
{
    UINT32 len = ld32le(t + 4);
    UINT8 sum = 0;

    if (len < 8 || len > ACPI_MAX) {
        fw_printf("  at %p: absurd length %x\n", t, len);
        return;
    }
    if (want && memcmp(t, want, 4)) {
        return;
    }
    for (UINT32 i = 0; i < len; i++) {
        sum += t[i];
    }
    fw_printf("  %c%c%c%c at %lx, %d bytes, revision %d%s\n", t[0], t[1], t[2],
              t[3], (UINT64)t, len, t[8],
              !memcmp(t, "FACS", 4) ? "" : sum ? ", BAD CHECKSUM" : "");
    if (want) {
        shell_hexdump(t, len, 0);
    }
}

static EFI_STATUS cmd_acpi(unsigned argc, CHAR16 **argv)
{
    const UINT8 *rsdp = config_table(&gEfiAcpi20TableGuid), *xsdt, *hcdp;
    char want[5] = "    ";
    UINT32 n;

    if (!rsdp) {
        fw_printf("There are no ACPI tables.\n");
        return EFI_NOT_FOUND;
    }
    if (argc > 1) {
        CHAR16 sig[5];

        str16cpy(sig, argv[1], 5);
        for (int i = 0; sig[i]; i++) {
            want[i] = sig[i] >= 'a' && sig[i] <= 'z' ? sig[i] - 32 : sig[i];
        }
    }
    xsdt = (const UINT8 *)ld64le(rsdp + 24);
    if (!xsdt) {
        return EFI_NOT_FOUND;
    }
    acpi_table(xsdt, argc > 1 ? want : NULL);
    n = (MIN(ld32le(xsdt + 4), ACPI_MAX) - 36) / 8;
    for (UINT32 i = 0; i < n; i++) {
        const UINT8 *t = (const UINT8 *)ld64le(xsdt + 36 + 8 * i);

        if (!t) {
            continue;
        }
        acpi_table(t, argc > 1 ? want : NULL);
        if (!memcmp(t, "FACP", 4)) {
            const UINT8 *facs = (const UINT8 *)(UINT64)ld32le(t + 36);
            const UINT8 *dsdt = (const UINT8 *)(UINT64)ld32le(t + 40);

            if (ld32le(t + 4) >= 148 && ld64le(t + 140)) {
                dsdt = (const UINT8 *)ld64le(t + 140);
            }
            if (ld32le(t + 4) >= 148 && ld64le(t + 132)) {
                facs = (const UINT8 *)ld64le(t + 132);
            }
            if (facs) {
                acpi_table(facs, argc > 1 ? want : NULL);
            }
            if (dsdt) {
                acpi_table(dsdt, argc > 1 ? want : NULL);
            }
        }
    }
    hcdp = config_table(&gEfiHcdpTableGuid);
    if (hcdp) {
        acpi_table(hcdp, argc > 1 ? want : NULL);
    }
    return EFI_SUCCESS;
}
SHELL_CMD(acpi, "[SIGNATURE]", "list ACPI tables, or dump one", cmd_acpi);

static EFI_STATUS cmd_ver(unsigned argc, CHAR16 **argv)
{
    UINT32 rev = gST->Hdr.Revision;

    fw_printf("EFI %d.%02d, %S, revision %x.%x\n", rev >> 16, rev & 0xffff,
              gST->FirmwareVendor, gST->FirmwareRevision >> 16,
              gST->FirmwareRevision & 0xffff);
    for (UINTN i = 0; i < gST->NumberOfTableEntries; i++) {
        fw_printf("  table %g at %p\n", &gST->ConfigurationTable[i].VendorGuid,
                  gST->ConfigurationTable[i].VendorTable);
    }
    return EFI_SUCCESS;
}
SHELL_CMD(ver, "", "version of the firmware, configuration tables", cmd_ver);

static EFI_STATUS cmd_reset(unsigned argc, CHAR16 **argv)
{
    EFI_RESET_TYPE type = EfiResetCold;

    if (argc > 1 && shell_is_flag(argv[1], "-s")) {
        type = EfiResetShutdown;
    } else if (argc > 1 && shell_is_flag(argv[1], "-w")) {
        type = EfiResetWarm;
    }
    gRT->ResetSystem(type, EFI_SUCCESS, 0, NULL);
    return EFI_DEVICE_ERROR;
}
SHELL_CMD(reset, "[-w|-s]", "reset the machine (-w: warm, -s: power off)",
          cmd_reset);

/* Fields of a date or time, separated by anything */
static bool parse_fields(const CHAR16 *s, unsigned *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (*s < '0' || *s > '9') {
            return false;
        }
        for (v[i] = 0; *s >= '0' && *s <= '9'; s++) {
            v[i] = v[i] * 10 + (*s - '0');
        }
        if (*s) {
            s++;
        }
    }
    return !*s;
}

static EFI_STATUS cmd_date(unsigned argc, CHAR16 **argv)
{
    unsigned d[3], c[3];
    EFI_STATUS st;
    EFI_TIME t;

    st = gRT->GetTime(&t, NULL);
    if (EFI_ERROR(st)) {
        return shell_error(argv[0], st);
    }
    if (argc == 1) {
        fw_printf("%04d-%02d-%02d %02d:%02d:%02d\n", t.Year, t.Month, t.Day,
                  t.Hour, t.Minute, t.Second);
        return st;
    }
    if (argc != 3 || !parse_fields(argv[1], d, 3) ||
        !parse_fields(argv[2], c, 3)) {
        fw_printf("date YYYY-MM-DD HH:MM:SS\n");
        return EFI_INVALID_PARAMETER;
    }
    t.Year = d[0];
    t.Month = d[1];
    t.Day = d[2];
    t.Hour = c[0];
    t.Minute = c[1];
    t.Second = c[2];
    t.Nanosecond = 0;
    st = gRT->SetTime(&t);
    return EFI_ERROR(st) ? shell_error(argv[0], st) : st;
}
SHELL_CMD(date, "[YYYY-MM-DD HH:MM:SS]", "show or set the clock", cmd_date);

static void dump_var(CHAR16 *name, EFI_GUID *guid)
{
    UINTN size = 0;
    UINT32 attr;
    void *data;

    gRT->GetVariable(name, guid, &attr, &size, NULL);
    data = fw_alloc(size + 1);
    if (!data || EFI_ERROR(gRT->GetVariable(name, guid, &attr, &size,
                                            data))) {
        fw_printf("%g:%S unreadable\n", guid, name);
    } else {
        fw_printf("%s%s%s %g:%S, %ld bytes\n",
                  attr & EFI_VARIABLE_NON_VOLATILE ? "NV" : "--",
                  attr & EFI_VARIABLE_BOOTSERVICE_ACCESS ? "+BS" : "",
                  attr & EFI_VARIABLE_RUNTIME_ACCESS ? "+RT" : "", guid, name,
                  (long)size);
        shell_hexdump(data, size, 0);
    }
    fw_free(data);
}

static EFI_STATUS cmd_dmpstore(unsigned argc, CHAR16 **argv)
{
    CHAR16 *name = NULL;
    EFI_GUID guid;
    UINTN max = 0;

    while (shell_next_variable(&name, &max, &guid)) {
        if (argc < 2 || !str16icmp(argv[1], name)) {
            dump_var(name, &guid);
        }
        if (shell_break()) {
            break;
        }
    }
    fw_free(name);
    return EFI_SUCCESS;
}
SHELL_CMD(dmpstore, "[NAME]", "show the variables of the firmware",
          cmd_dmpstore);

static EFI_STATUS cmd_stall(unsigned argc, CHAR16 **argv)
{
    UINT64 usecs;

    if (argc != 2 || !shell_dec(argv[1], &usecs)) {
        fw_printf("stall MICROSECONDS\n");
        return EFI_INVALID_PARAMETER;
    }
    return gBS->Stall(usecs);
}
SHELL_CMD(stall, "MICROSECONDS", "wait", cmd_stall);
