/*
 * HP zx1: ACPI, console and SMBIOS tables
 *
 * The namespace is that of HP's firmware as far as operating systems look
 * at it: the SBA as HWP0001 and one root device HWP0002 per bridge, both
 * with a vendor-defined resource for their registers (Linux'
 * arch/ia64/kernel/acpi-ext.c); ports through sparse translation. Nothing
 * newer than ACPI 2.0 is used: old interpreters read these tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/acpi/acpi-defs.h"
#include "hw/acpi/acpi.h"
#include "hw/acpi/aml-build.h"
#include "hw/acpi/bios-linker-loader.h"
#include "hw/acpi/utils.h"
#include "hw/firmware/smbios.h"
#include "hw/ia64/zx1.h"
#include "hw/pci/pci.h"
#include "sba.h"

/*
 * Linux before 5.4 looks for exactly this to choose its zx1 code.  The RSDP
 * takes all six bytes of it.
 */
#define ZX1_OEM_ID          "HP\0\0\0"
#define ZX1_OEM_TABLE_ID    "  rx2600"

#define ZX1_UART_BAUD       115200

/*
 * Resources
 */

/* HP's registers of a component: subtype and UUID, address and length */
static void crs_append_ccsr(Aml *crs, uint64_t base, uint64_t length)
{
    static const uint8_t uuid[16] = {
        0xf9, 0xad, 0xe9, 0x69, 0x4f, 0x92, 0x5f, 0xab,
        0xf6, 0x4a, 0x24, 0xd2, 0x01, 0x37, 0x0e, 0xad,
    };

    build_append_int_noprefix(crs->buf, 0x84, 1);   /* vendor, large */
    build_append_int_noprefix(crs->buf, 1 + sizeof(uuid) + 16, 2);
    build_append_int_noprefix(crs->buf, 2, 1);
    g_array_append_vals(crs->buf, uuid, sizeof(uuid));
    build_append_int_noprefix(crs->buf, base, 8);
    build_append_int_noprefix(crs->buf, length, 8);
}

/* Ports behind memory, four of them in each 4 KiB (ACPI 2.0, 6.4.3.5.1) */
static void crs_append_sparse_io(Aml *crs, const Zx1Range *range)
{
    build_append_int_noprefix(crs->buf, 0x8a, 1);   /* QWord address space */
    build_append_int_noprefix(crs->buf, 0x2b, 2);
    build_append_int_noprefix(crs->buf, 1, 1);      /* I/O */
    /* Producer, positive decode, minimum and maximum fixed */
    build_append_int_noprefix(crs->buf, 0x0c, 1);
    /* Entire range, type translation, sparse */
    build_append_int_noprefix(crs->buf, 0x33, 1);
    build_append_int_noprefix(crs->buf, 0, 8);      /* granularity */
    build_append_int_noprefix(crs->buf, range->first, 8);
    build_append_int_noprefix(crs->buf, range->last, 8);
    build_append_int_noprefix(crs->buf, ZX1_IOPORT_BASE, 8);
    build_append_int_noprefix(crs->buf, range->last - range->first + 1, 8);
}

static void crs_append_memory(Aml *crs, const Zx1Range *range)
{
    aml_append(crs, aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                     AML_MAX_FIXED, AML_NON_CACHEABLE,
                                     AML_READ_WRITE, 0, range->first,
                                     range->last, 0,
                                     range->last - range->first + 1));
}

/*
 * DSDT
 */

static Aml *build_prt(const Zx1Rope *rope, unsigned root)
{
    Aml *prt = aml_package(ZX1_MAX_SLOTS * PCI_NUM_PINS);

    for (unsigned slot = 0; slot < ZX1_MAX_SLOTS; slot++) {
        unsigned base = zx1_rope_int_base(rope, slot);

        for (unsigned pin = 0; pin < PCI_NUM_PINS; pin++) {
            Aml *entry = aml_package(4);

            aml_append(entry, aml_int(slot << 16 | 0xffff));
            aml_append(entry, aml_int(pin));
            aml_append(entry, aml_int(0));
            aml_append(entry, aml_int(zx1_rope_gsi(root) +
                                      (base + pin) % rope->int_pins));
            aml_append(prt, entry);
        }
    }
    return prt;
}

static Aml *build_root(const Zx1Rope *rope, unsigned root)
{
    const Zx1Range vga = { 0xa0000, 0xbffff };
    Aml *dev = aml_device("L%03X", rope->rope);
    Aml *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("HWP0002")));
    aml_append(dev, aml_name_decl("_CID", aml_eisaid("PNP0A03")));
    aml_append(dev, aml_name_decl("_UID", aml_int(rope->rope << 8)));
    aml_append(dev, aml_name_decl("_SEG", aml_int(0)));
    aml_append(dev, aml_name_decl("_BBN", aml_int(rope->bus_first)));

    crs_append_ccsr(crs, ZX1_LBA_CSR(rope->rope), ZX1_LBA_SIZE);
    aml_append(crs, aml_word_bus_number(AML_MIN_FIXED, AML_MAX_FIXED,
                                        AML_POS_DECODE, 0, rope->bus_first,
                                        rope->bus_last, 0,
                                        rope->bus_last - rope->bus_first +
                                        1));
    for (unsigned i = 0; i < ARRAY_SIZE(rope->io); i++) {
        if (rope->io[i].first <= rope->io[i].last) {
            crs_append_sparse_io(crs, &rope->io[i]);
        }
    }
    if (rope->vga) {
        crs_append_memory(crs, &vga);
    }
    crs_append_memory(crs, &rope->mem32);
    crs_append_memory(crs, &rope->mem64);
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(dev, aml_name_decl("_PRT", build_prt(rope, root)));
    return dev;
}

static Aml *build_sba(const Zx1Layout *layout)
{
    Aml *dev = aml_device("SBA0");
    Aml *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("HWP0001")));
    aml_append(dev, aml_name_decl("_CID", aml_eisaid("PNP0A05")));
    aml_append(dev, aml_name_decl("_UID", aml_int(0)));
    crs_append_ccsr(crs, ZX1_SBA_BASE, ZX1_MIO_SIZE);
    aml_append(dev, aml_name_decl("_CRS", crs));
    for (unsigned i = 0; i < layout->nr_roots; i++) {
        aml_append(dev, build_root(layout->root[i], i));
    }
    return dev;
}

static Aml *build_uart(unsigned uid, uint32_t base, uint32_t gsi)
{
    Aml *dev = aml_device("UAR%u", uid);
    Aml *crs = aml_resource_template();

    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0501")));
    aml_append(dev, aml_name_decl("_UID", aml_int(uid)));
    aml_append(crs, aml_memory32_fixed(base, 8, AML_READ_WRITE));
    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_LOW,
                                  AML_EXCLUSIVE, &gsi, 1));
    aml_append(dev, aml_name_decl("_CRS", crs));
    return dev;
}

static void build_dsdt(GArray *tables, BIOSLinker *linker,
                       MachineState *machine)
{
    AcpiTable table = { .sig = "DSDT", .rev = 1, .oem_id = ZX1_OEM_ID,
                        .oem_table_id = ZX1_OEM_TABLE_ID };
    Aml *dsdt, *scope, *s5;

    acpi_table_begin(&table, tables);
    dsdt = init_aml_allocator();

    scope = aml_scope("\\_SB");
    for (unsigned i = 0; i < machine->smp.cpus; i++) {
        aml_append(scope, aml_processor(i, 0, 0, "CP%02X", i));
    }
    aml_append(scope, build_sba(ZX1_MACHINE(machine)->layout));
    aml_append(scope, build_uart(0, ZX1_UART0_BASE, ZX1_GSI_UART0));
    aml_append(scope, build_uart(1, ZX1_UART1_BASE, ZX1_GSI_UART1));
    aml_append(dsdt, scope);

    s5 = aml_package(4);
    aml_append(s5, aml_int(5));     /* SLP_TYP for PM1a_CNT */
    aml_append(s5, aml_int(5));
    aml_append(s5, aml_int(0));
    aml_append(s5, aml_int(0));
    aml_append(dsdt, aml_name_decl("\\_S5", s5));

    g_array_append_vals(tables, dsdt->buf->data, dsdt->buf->len);
    acpi_table_end(linker, &table);
    free_aml_allocator();
}

/*
 * Static tables
 */

static void build_facs(GArray *tables)
{
    /* Signature, length, version 1; the rest is zero */
    const unsigned length = 64;
    unsigned start = tables->len;

    g_array_append_vals(tables, "FACS", 4);
    build_append_int_noprefix(tables, length, 4);
    acpi_data_push(tables, length - (tables->len - start));
    tables->data[start + 32] = 1;
}

static void build_zx1_fadt(GArray *tables, BIOSLinker *linker, unsigned *facs,
                           unsigned *dsdt)
{
    const AcpiFadtData fadt = {
        .rev = 3,
        /* The power button is fixed; there is no sleep button */
        .flags = 1 << ACPI_FADT_F_WBINVD | 1 << ACPI_FADT_F_SLP_BUTTON |
                 1 << ACPI_FADT_F_FIX_RTC | 1 << ACPI_FADT_F_TMR_VAL_EXT |
                 1 << ACPI_FADT_F_RESET_REG_SUP,
        .sci_int = ZX1_GSI_SCI,
        .pm1a_evt = { AML_AS_SYSTEM_MEMORY, 32, 0, 0, ZX1_PM1_STS },
        .pm1a_cnt = { AML_AS_SYSTEM_MEMORY, 16, 0, 0, ZX1_PM1_CNT },
        .pm_tmr = { AML_AS_SYSTEM_MEMORY, 32, 0, 0, ZX1_PM_TMR },
        .reset_reg = { AML_AS_SYSTEM_MEMORY, 8, 0, 0, ZX1_DILLON_CONTROL },
        .reset_val = ZX1_DILLON_CONTROL_RESET,
        .plvl2_lat = 0xfff,     /* no C2, no C3 */
        .plvl3_lat = 0xfff,
        .facs_tbl_offset = facs,
        .dsdt_tbl_offset = dsdt,
        .xdsdt_tbl_offset = dsdt,
    };

    build_fadt(tables, linker, &fadt, ZX1_OEM_ID, ZX1_OEM_TABLE_ID);
}

static void build_madt(GArray *tables, BIOSLinker *linker,
                       MachineState *machine)
{
    const Zx1Layout *layout = ZX1_MACHINE(machine)->layout;
    AcpiTable table = { .sig = "APIC", .rev = 1, .oem_id = ZX1_OEM_ID,
                        .oem_table_id = ZX1_OEM_TABLE_ID };

    acpi_table_begin(&table, tables);
    build_append_int_noprefix(tables, ZX1_PIB_BASE, 4);
    build_append_int_noprefix(tables, 0, 4);        /* no 8259 */

    /* Local address override */
    build_append_int_noprefix(tables, 5, 1);
    build_append_int_noprefix(tables, 12, 1);
    build_append_int_noprefix(tables, 0, 2);
    build_append_int_noprefix(tables, ZX1_PIB_BASE, 8);

    for (unsigned i = 0; i < layout->nr_roots; i++) {
        /* I/O SAPIC */
        build_append_int_noprefix(tables, 6, 1);
        build_append_int_noprefix(tables, 16, 1);
        build_append_int_noprefix(tables, i, 1);
        build_append_int_noprefix(tables, 0, 1);
        build_append_int_noprefix(tables, zx1_rope_gsi(i), 4);
        build_append_int_noprefix(tables, ZX1_LBA_CSR(layout->root[i]->rope) +
                                  ZX1_LBA_IOSAPIC, 8);
    }
    for (unsigned i = 0; i < machine->smp.cpus; i++) {
        /* Local SAPIC, as in ACPI 2.0 */
        build_append_int_noprefix(tables, 7, 1);
        build_append_int_noprefix(tables, 12, 1);
        build_append_int_noprefix(tables, i, 1);    /* ACPI id */
        build_append_int_noprefix(tables, i, 1);    /* id */
        build_append_int_noprefix(tables, 0, 1);    /* eid */
        build_append_int_noprefix(tables, 0, 3);
        build_append_int_noprefix(tables, 1, 4);    /* enabled */
    }
    acpi_table_end(linker, &table);
}

static void build_zx1_spcr(GArray *tables, BIOSLinker *linker)
{
    const AcpiSpcrData spcr = {
        .interface_type = 0,            /* full 16550 */
        .base_addr = {
            .id = AML_AS_SYSTEM_MEMORY,
            .width = 8,
            .addr = ZX1_UART0_BASE,
        },
        .interrupt_type = 1 << 2,       /* I/O SAPIC */
        .interrupt = ZX1_GSI_UART0,
        .baud_rate = 7,                 /* 115200 */
        .stop_bits = 1,
        .terminal_type = 3,             /* ANSI */
        .pci_device_id = 0xffff,
        .pci_vendor_id = 0xffff,
    };

    build_spcr(tables, linker, &spcr, 1, ZX1_OEM_ID, ZX1_OEM_TABLE_ID, NULL);
}

/*
 * The table of headless consoles (DIG64 PCDP 2.0; Linux'
 * drivers/firmware/pcdp.h): the first UART is the console
 */
static void build_hcdp(GArray *tables, BIOSLinker *linker)
{
    AcpiTable table = { .sig = "HCDP", .rev = 3, .oem_id = ZX1_OEM_ID,
                        .oem_table_id = ZX1_OEM_TABLE_ID };

    acpi_table_begin(&table, tables);
    build_append_int_noprefix(tables, 1, 4);        /* UARTs */

    build_append_int_noprefix(tables, 0, 1);        /* console UART */
    build_append_int_noprefix(tables, 8, 1);        /* bits */
    build_append_int_noprefix(tables, 1, 1);        /* no parity */
    build_append_int_noprefix(tables, 1, 1);        /* stop bit */
    build_append_int_noprefix(tables, 0, 4);        /* not on PCI */
    build_append_int_noprefix(tables, ZX1_UART_BAUD, 8);
    build_append_gas(tables, AML_AS_SYSTEM_MEMORY, 8, 0, 0, ZX1_UART0_BASE);
    build_append_int_noprefix(tables, 0x0105d041, 4);   /* PNP0501 */
    build_append_int_noprefix(tables, ZX1_GSI_UART0, 4);
    build_append_int_noprefix(tables, ZX1_UART_CLOCK, 4);
    build_append_int_noprefix(tables, 2, 1);        /* 16550 */
    /* Interrupt present, active low, primary console */
    build_append_int_noprefix(tables, 0x46, 1);
    build_append_int_noprefix(tables, 0, 2);        /* index in ConOut */
    build_append_int_noprefix(tables, 0, 4);
    acpi_table_end(linker, &table);
}

static void add_file(Zx1MachineState *s, const char *name, GArray *data)
{
    fw_cfg_add_file(s->fw_cfg, name, g_memdup2(data->data, data->len),
                    data->len);
}

void zx1_acpi_setup(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);
    AcpiBuildTables build;
    GArray *tables, *offsets = g_array_new(false, true, sizeof(uint32_t));
    unsigned facs, dsdt, xsdt;
    AcpiRsdpData rsdp = {
        .revision = 2,
        .oem_id = (char *)ZX1_OEM_ID,
        .xsdt_tbl_offset = &xsdt,
    };

    acpi_build_tables_init(&build);
    tables = build.table_data;
    bios_linker_loader_alloc(build.linker, ACPI_BUILD_TABLE_FILE, tables, 64,
                             false);

    /* First, because it must be aligned to 64 bytes */
    facs = tables->len;
    build_facs(tables);
    dsdt = tables->len;
    build_dsdt(tables, build.linker, machine);
    acpi_add_table(offsets, tables);
    build_zx1_fadt(tables, build.linker, &facs, &dsdt);
    acpi_add_table(offsets, tables);
    build_madt(tables, build.linker, machine);
    acpi_add_table(offsets, tables);
    build_zx1_spcr(tables, build.linker);
    acpi_add_table(offsets, tables);
    build_hcdp(tables, build.linker);
    for (uint8_t *t = acpi_table_first(); t; t = acpi_table_next(t)) {
        acpi_add_table(offsets, tables);
        g_array_append_vals(tables, t, acpi_table_len(t));
    }
    xsdt = tables->len;
    build_xsdt(tables, build.linker, offsets, ZX1_OEM_ID, ZX1_OEM_TABLE_ID);
    build_rsdp(build.rsdp, build.linker, &rsdp);

    add_file(s, ACPI_BUILD_TABLE_FILE, tables);
    add_file(s, ACPI_BUILD_RSDP_FILE, build.rsdp);
    add_file(s, ACPI_BUILD_LOADER_FILE, build.linker->cmd_blob);

    g_array_free(offsets, true);
    acpi_build_tables_cleanup(&build, true);
}

void zx1_smbios_setup(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);
    struct zx1_fw_range ranges[3];
    struct smbios_phys_mem_area mem[3];
    unsigned n = zx1_ram_ranges(machine->ram_size, ranges);
    uint8_t *tables, *anchor;
    size_t tables_len, anchor_len;

    for (unsigned i = 0; i < n; i++) {
        mem[i].address = ranges[i].base;
        mem[i].length = ranges[i].size;
    }
    smbios_set_defaults("hp", "server rx2600",
                        MACHINE_GET_CLASS(machine)->name);
    smbios_get_tables(machine, SMBIOS_ENTRY_POINT_TYPE_32, mem, n, &tables,
                      &tables_len, &anchor, &anchor_len, &error_fatal);
    if (anchor) {
        fw_cfg_add_file(s->fw_cfg, "etc/smbios/smbios-tables", tables,
                        tables_len);
        fw_cfg_add_file(s->fw_cfg, "etc/smbios/smbios-anchor", anchor,
                        anchor_len);
    }
}
