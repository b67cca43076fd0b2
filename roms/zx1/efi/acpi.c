/*
 * ACPI, SMBIOS and console tables: the machine makes them, the firmware
 * gives them their place (QEMU's table loader, hw/acpi/bios-linker-loader.c)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define LOADER_FILE     56

enum {
    CMD_ALLOCATE = 1,
    CMD_ADD_POINTER = 2,
    CMD_ADD_CHECKSUM = 3,
};

struct loader_entry {
    UINT32 command;
    union {
        struct {
            char file[LOADER_FILE];
            UINT32 align;
            UINT8 zone;
        } __attribute__((packed)) alloc;
        struct {
            char dest[LOADER_FILE];
            char src[LOADER_FILE];
            UINT32 offset;
            UINT8 size;
        } __attribute__((packed)) pointer;
        struct {
            char file[LOADER_FILE];
            UINT32 offset;
            UINT32 start;
            UINT32 length;
        } __attribute__((packed)) checksum;
        char pad[124];
    };
} __attribute__((packed));

#define MAX_FILES 8

static struct acpi_file {
    char name[LOADER_FILE];
    UINT8 *data;
    UINT32 size;
} files[MAX_FILES];
static unsigned nr_files;

static struct acpi_file *find(const char *name)
{
    unsigned i;

    for (i = 0; i < nr_files; i++) {
        if (!strncmp(files[i].name, name, LOADER_FILE)) {
            return &files[i];
        }
    }
    return NULL;
}

static bool do_allocate(struct loader_entry *e)
{
    struct acpi_file *f = &files[nr_files];
    UINT16 key;

    if (nr_files == MAX_FILES) {
        return false;
    }
    memcpy(f->name, e->alloc.file, LOADER_FILE);
    f->name[LOADER_FILE - 1] = 0;
    f->size = fwcfg_find(f->name, &key);
    if (!f->size || e->alloc.align > 0x2000) {
        return false;
    }
    f->data = mem_low_pages(EfiACPIMemoryNVS, f->size);
    fwcfg_read(key, 0, f->data, f->size);
    nr_files++;
    return true;
}

static bool do_pointer(struct loader_entry *e)
{
    struct acpi_file *dst = find(e->pointer.dest);
    struct acpi_file *src = find(e->pointer.src);
    UINT32 off = e->pointer.offset, size = e->pointer.size, i;
    UINT64 v = 0;

    if (!dst || !src || (size != 1 && size != 2 && size != 4 && size != 8) ||
        off > dst->size || size > dst->size - off) {
        return false;
    }
    for (i = 0; i < size; i++) {
        v |= (UINT64)dst->data[off + i] << i * 8;
    }
    v += (UINT64)src->data;
    for (i = 0; i < size; i++) {
        dst->data[off + i] = v >> i * 8;
    }
    return true;
}

static bool do_checksum(struct loader_entry *e)
{
    struct acpi_file *f = find(e->checksum.file);
    UINT32 start = e->checksum.start, len = e->checksum.length, i;
    UINT8 sum = 0;

    if (!f || e->checksum.offset >= f->size || start > f->size ||
        len > f->size - start) {
        return false;
    }
    for (i = 0; i < len; i++) {
        sum += f->data[start + i];
    }
    f->data[e->checksum.offset] -= sum;
    return true;
}

/* The XSDT lists a table "HCDP" too; EFI has it as a table of its own */
static void find_hcdp(UINT8 *rsdp)
{
    UINT8 *xsdt = (UINT8 *)ld64le(rsdp + 24);
    UINT32 len, i;

    if (!xsdt) {
        return;
    }
    len = ld32le(xsdt + 4);
    for (i = 36; i + 8 <= len; i += 8) {
        UINT8 *t = (UINT8 *)ld64le(xsdt + i);

        if (!memcmp(t, "HCDP", 4) || !memcmp(t, "PCDP", 4)) {
            fw_install_table((EFI_GUID *)&gEfiHcdpTableGuid, t);
        }
    }
}

static void acpi_tables(void)
{
    struct loader_entry *e;
    struct acpi_file *rsdp;
    UINT32 size, i;
    bool ok = true;

    e = fwcfg_file("etc/table-loader", &size);
    if (!e) {
        fw_debug("no ACPI tables\n");
        return;
    }
    for (i = 0; i < size / sizeof(*e) && ok; i++) {
        switch (e[i].command) {
        case CMD_ALLOCATE:
            ok = do_allocate(&e[i]);
            break;
        case CMD_ADD_POINTER:
            ok = do_pointer(&e[i]);
            break;
        case CMD_ADD_CHECKSUM:
            ok = do_checksum(&e[i]);
            break;
        default:                        /* others are optional */
            break;
        }
    }
    if (!ok) {
        fw_debug("ACPI table loader: bad command %u\n", i - 1);
        fw_free(e);
        return;
    }
    rsdp = find("etc/acpi/rsdp");
    if (rsdp) {
        fw_install_table((EFI_GUID *)&gEfiAcpi20TableGuid, rsdp->data);
        find_hcdp(rsdp->data);
    }
    fw_free(e);
}

/* SMBIOS 2.x: the anchor's table address and checksums are ours to fill */
static void smbios_tables(void)
{
    UINT32 asize, tsize, i;
    UINT16 akey, tkey;
    UINT8 *anchor, *table, sum;

    asize = fwcfg_find("etc/smbios/smbios-anchor", &akey);
    tsize = fwcfg_find("etc/smbios/smbios-tables", &tkey);
    if (asize < 31 || !tsize) {
        return;
    }
    anchor = mem_low_pages(EfiRuntimeServicesData,
                           ALIGN_UP(asize, 64) + tsize);
    table = anchor + ALIGN_UP(asize, 64);
    fwcfg_read(akey, 0, anchor, asize);
    fwcfg_read(tkey, 0, table, tsize);
    if (memcmp(anchor, "_SM_", 4)) {
        return;
    }
    st32le(anchor + 24, (UINT64)table);
    anchor[21] = 0;
    for (i = 16, sum = 0; i < 31; i++) {
        sum += anchor[i];
    }
    anchor[21] = -sum;
    anchor[4] = 0;
    for (i = 0, sum = 0; i < anchor[5] && i < asize; i++) {
        sum += anchor[i];
    }
    anchor[4] = -sum;
    fw_install_table((EFI_GUID *)&gEfiSmbiosTableGuid, anchor);
}

void acpi_init(void)
{
    acpi_tables();
    smbios_tables();
}
