/*
 * HP zx1 machine: an rx2600-class Integrity server
 *
 * Sources of the memory map: see include/hw/ia64/zx1-fw.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "hw/char/serial-mm.h"
#include "hw/ia64/sapic.h"
#include "hw/ia64/zx1.h"
#include "hw/ide/pci.h"
#include "hw/loader.h"
#include "hw/misc/unimp.h"
#include "hw/nmi.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "system/block-backend.h"
#include "system/blockdev.h"
#include "system/qtest.h"
#include "system/reset.h"
#include "system/system.h"
#include "lsi53c1030.h"
#include "sba.h"

#define ZX1_FW_FILE     "zx1-fw.bin"
/* Of each vector table; see docs/system/ia64/inside.rst */
#define ZX1_FIRST_INTERRUPTIONS 64
/* The firmware ROM maps whole target pages */
#define ZX1_FW_ALIGN    (4 * KiB)

/* Without firmware all processors spin here: { nop.m; nop.i; br.sptk . } */
static const uint8_t zx1_idle_bundle[16] = {
    0x11, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40,
};

/*
 * Option ROMs of the emulated cards hold x86 code. The firmware has drivers
 * of its own, so leave the ROMs out unless the user names one.
 */
static GlobalProperty zx1_compat[] = {
    /* The tables in fw_cfg are plain data: no memory region is resized. */
    { "fw_cfg", "acpi-mr-restore", "off" },
    { "ati-vga", "romfile", "" },
    { "bochs-display", "romfile", "" },
    { "cirrus-vga", "romfile", "" },
    { "e1000-base", "romfile", "" },
    { "e1000e", "romfile", "" },
    { "i82550", "romfile", "" },
    { "i82551", "romfile", "" },
    { "i82557a", "romfile", "" },
    { "i82557b", "romfile", "" },
    { "i82557c", "romfile", "" },
    { "i82558a", "romfile", "" },
    { "i82558b", "romfile", "" },
    { "i82559a", "romfile", "" },
    { "i82559b", "romfile", "" },
    { "i82559c", "romfile", "" },
    { "i82559er", "romfile", "" },
    { "i82562", "romfile", "" },
    { "i82801", "romfile", "" },
    { "ne2k_pci", "romfile", "" },
    { "pci-qxl", "romfile", "" },
    { "pci-vga", "romfile", "" },
    { "pcnet", "romfile", "" },
    { "rtl8139", "romfile", "" },
    { "virtio-net-pci-base", "romfile", "" },
    { "virtio-vga-base", "romfile", "" },
    { "vmware-svga", "romfile", "" },
    { "vmxnet3", "romfile", "" },
};

static void zx1_init_ram(Zx1MachineState *s)
{
    static const char *const name[] = { "zx1.mem0", "zx1.mem1", "zx1.mem2" };
    MachineState *machine = MACHINE(s);
    struct zx1_fw_range ranges[3];
    unsigned n = zx1_ram_ranges(machine->ram_size, ranges);
    uint64_t offset = 0;

    memory_region_init(&s->ram_space, OBJECT(s), "zx1.ram-space", UINT64_MAX);
    for (unsigned i = 0; i < n; i++) {
        memory_region_init_alias(&s->mem[i], OBJECT(s), name[i], machine->ram,
                                 offset, ranges[i].size);
        memory_region_add_subregion(get_system_memory(), ranges[i].base,
                                    &s->mem[i]);
        memory_region_init_alias(&s->ram_space_mem[i], OBJECT(s), name[i],
                                 machine->ram, offset, ranges[i].size);
        memory_region_add_subregion(&s->ram_space, ranges[i].base,
                                    &s->ram_space_mem[i]);
        offset += ranges[i].size;
    }

    memory_region_init_ram(&s->nvram, NULL, "zx1.nvram", ZX1_NVRAM_SIZE,
                           &error_fatal);
    memory_region_add_subregion(get_system_memory(), ZX1_NVRAM_BASE,
                                &s->nvram);
    memory_region_init_ram(&s->sram, NULL, "zx1.sram", ZX1_SRAM_SIZE,
                           &error_fatal);
    memory_region_add_subregion(get_system_memory(), ZX1_SRAM_BASE, &s->sram);
}

static void zx1_cpu_reset(void *opaque)
{
    cpu_reset(opaque);
}

static void zx1_init_cpus(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);

    memory_region_init(&s->cpu_space, OBJECT(s), "zx1.cpu-space",
                       UINT64_MAX);
    memory_region_init_alias(&s->cpu_space_system, OBJECT(s),
                             "zx1.cpu-space-system", get_system_memory(), 0,
                             UINT64_MAX);
    memory_region_add_subregion(&s->cpu_space, 0, &s->cpu_space_system);

    for (unsigned i = 0; i < machine->smp.cpus; i++) {
        Object *cpu = object_new(machine->cpu_type);

        object_property_set_uint(cpu, "sapic-id", i, &error_fatal);
        object_property_set_uint(cpu, "sapic-eid", 0, &error_fatal);
        object_property_set_uint(cpu, "reset-ip", ZX1_RESET_VECTOR,
                                 &error_fatal);
        if (s->first_contact) {
            object_property_set_uint(cpu, "log-first-interruptions",
                                     ZX1_FIRST_INTERRUPTIONS, &error_fatal);
        }
        object_property_set_link(cpu, "memory", OBJECT(&s->cpu_space),
                                 &error_fatal);
        qdev_realize(DEVICE(cpu), NULL, &error_fatal);
        qemu_register_reset(zx1_cpu_reset, cpu);
        object_unref(cpu);
    }
}

static void zx1_create_lba(Zx1MachineState *s, const Zx1Rope *rope)
{
    DeviceState *dev = qdev_new(TYPE_ZX1_LBA);
    g_autofree char *name = g_strdup_printf("rope%u", rope->rope);

    object_property_add_child(OBJECT(s), name, OBJECT(dev));
    qdev_prop_set_uint8(dev, "rope", rope->rope);
    qdev_prop_set_uint8(dev, "bus-nr", rope->bus_first);
    qdev_prop_set_uint8(dev, "int-pins", rope->int_pins);
    qdev_prop_set_string(dev, "bus-name", rope->bus_name);
    qdev_prop_set_uint16(dev, "bus-mode", rope->bus_mode);
    qdev_prop_set_bit(dev, "double-wide", rope->width == 2);
    qdev_prop_set_bit(dev, "hard-fail", s->hard_fail);
    qdev_prop_set_bit(dev, "first-contact", s->first_contact);
    for (unsigned slot = 0; slot < ZX1_MAX_SLOTS; slot++) {
        ZX1_LBA(dev)->int_base[slot] = zx1_rope_int_base(rope, slot);
    }
    object_property_set_link(OBJECT(dev), "ioc", OBJECT(s->ioc),
                             &error_abort);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    s->lba[rope->rope] = dev;
}

static void zx1_init_chipset(Zx1MachineState *s)
{
    DeviceState *sba = qdev_new(TYPE_ZX1_SBA);
    uint16_t ropes = 0;

    for (unsigned i = 0; i < s->layout->nr_roots; i++) {
        const Zx1Rope *rope = s->layout->root[i];

        /* Two adjacent ropes that form one: bits 8 and up, per pair */
        ropes |= MAKE_64BIT_MASK(rope->rope, rope->width);
        ropes |= (rope->width == 2) << (8 + rope->rope / 2);
    }

    s->ioc = qdev_new(TYPE_ZX1_IOC);
    qdev_prop_set_uint32(s->ioc, "iotlb-entries", s->iotlb_entries);
    qdev_prop_set_bit(s->ioc, "isolation", s->isolation);
    qdev_prop_set_bit(s->ioc, "first-contact", s->first_contact);
    qdev_prop_set_uint16(s->ioc, "ropes", ropes);
    object_property_set_link(OBJECT(s->ioc), "ram", OBJECT(&s->ram_space),
                             &error_abort);
    object_property_set_link(OBJECT(s->ioc), "cpu-space",
                             OBJECT(&s->cpu_space), &error_abort);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(s->ioc), &error_fatal);

    /*
     * Devices without bus= go to the first PCI bus that the search meets,
     * and that is the one created last: rope 0.
     */
    for (int i = s->layout->nr_roots - 1; i >= 0; i--) {
        const Zx1Rope *rope = s->layout->root[i];
        g_autofree char *link = g_strdup_printf("rope%u", rope->rope);

        zx1_create_lba(s, rope);
        object_property_set_link(OBJECT(sba), link,
                                 OBJECT(s->lba[rope->rope]), &error_abort);
    }

    sysbus_realize_and_unref(SYS_BUS_DEVICE(sba), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(sba), 0, ZX1_MIO_BASE);
    sysbus_mmio_map(SYS_BUS_DEVICE(s->ioc), 0, ZX1_IOC_BASE);
}

/* The input of an IOSAPIC that a global system interrupt arrives at */
static qemu_irq zx1_gsi(Zx1MachineState *s, unsigned gsi)
{
    unsigned n = gsi - ZX1_GSI_BASE;
    DeviceState *lba = s->lba[s->layout->root[n / ZX1_GSI_PER_ROPE]->rope];

    return qdev_get_gpio_in(DEVICE(&ZX1_LBA(lba)->iosapic),
                            n % ZX1_GSI_PER_ROPE);
}

static void zx1_init_pdh(Zx1MachineState *s)
{
    DeviceState *dev;

    create_unimplemented_device("zx1.pdh-space", ZX1_PDH_BASE, ZX1_PDH_SIZE);

    dev = qdev_new(TYPE_ZX1_PDH);
    qdev_prop_set_bit(dev, "first-contact", s->first_contact);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, ZX1_DILLON_BASE);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 1, ZX1_BOARD_BASE);

    sysbus_create_simple(TYPE_DS1501, ZX1_RTC_BASE, NULL);
    sysbus_create_simple(TYPE_ZX1_PM, ZX1_PM_BASE, zx1_gsi(s, ZX1_GSI_SCI));

    serial_mm_init(get_system_memory(), ZX1_UART0_BASE, 0,
                   zx1_gsi(s, ZX1_GSI_UART0),
                   ZX1_UART_CLOCK / 16, serial_hd(0), DEVICE_LITTLE_ENDIAN);
    serial_mm_init(get_system_memory(), ZX1_UART1_BASE, 0,
                   zx1_gsi(s, ZX1_GSI_UART1),
                   ZX1_UART_CLOCK / 16, serial_hd(1), DEVICE_LITTLE_ENDIAN);

    s->fw_cfg = fw_cfg_init_mem_wide(ZX1_FW_CFG_SELECTOR, ZX1_FW_CFG_DATA, 8,
                                     ZX1_FW_CFG_DMA, &address_space_memory);
}

/*
 * pflash0 holds the firmware, pflash1 the variables. Names and order are
 * those libvirt uses for <loader> and <nvram>.
 */
static void zx1_create_flash(Zx1MachineState *s, unsigned i, const char *name,
                             const char *prop)
{
    DeviceState *dev = qdev_new(TYPE_PFLASH_CFI01);

    qdev_prop_set_uint64(dev, "sector-length", ZX1_FLASH_BLOCK);
    qdev_prop_set_uint8(dev, "width", 2);
    qdev_prop_set_uint8(dev, "device-width", 2);
    qdev_prop_set_bit(dev, "big-endian", false);
    /* Intel 28F640J3 */
    qdev_prop_set_uint16(dev, "id0", 0x89);
    qdev_prop_set_uint16(dev, "id1", 0x17);
    qdev_prop_set_uint16(dev, "id2", 0x00);
    qdev_prop_set_uint16(dev, "id3", 0x00);
    qdev_prop_set_string(dev, "name", name);
    object_property_add_child(OBJECT(s), name, OBJECT(dev));
    object_property_add_alias(OBJECT(s), prop, OBJECT(dev), "drive");
    s->flash[i] = PFLASH_CFI01(dev);
}

/* Realize flash @i of @size bytes, or of the size of its drive */
static uint64_t zx1_size_flash(Zx1MachineState *s, unsigned i, uint64_t size,
                               uint64_t min, uint64_t max)
{
    DeviceState *dev = DEVICE(s->flash[i]);
    BlockBackend *blk = pflash_cfi01_get_blk(s->flash[i]);

    if (blk) {
        int64_t len = blk_getlength(blk);

        if (len < (int64_t)min || len > max || len % ZX1_FLASH_BLOCK) {
            error_report("pflash%u: size must be a multiple of %u KiB, "
                         "at least %" PRIu64 " KiB and at most %" PRIu64
                         " MiB", i, (unsigned)(ZX1_FLASH_BLOCK / KiB),
                         (uint64_t)(min / KiB), max / MiB);
            exit(1);
        }
        size = len;
    }
    qdev_prop_set_uint32(dev, "num-blocks", size / ZX1_FLASH_BLOCK);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    return size;
}

static void zx1_load_rom(Zx1MachineState *s, const char *path)
{
    int64_t size = get_image_size(path);

    if (size <= 0 || size > ZX1_FW_MAX || size % ZX1_FW_ALIGN) {
        error_report("firmware '%s': size must be a multiple of %u KiB and "
                     "at most %u MiB", path, (unsigned)(ZX1_FW_ALIGN / KiB),
                     (unsigned)(ZX1_FW_MAX / MiB));
        exit(1);
    }
    memory_region_init_rom(&s->firmware, NULL, "zx1.firmware", size,
                           &error_fatal);
    memory_region_add_subregion(get_system_memory(), ZX1_FW_END - size,
                                &s->firmware);
    if (load_image_mr(path, &s->firmware) != size) {
        error_report("could not load firmware '%s'", path);
        exit(1);
    }
    s->has_firmware = true;
}

static void zx1_init_idle(Zx1MachineState *s)
{
    memory_region_init_rom(&s->firmware, NULL, "zx1.firmware",
                           ZX1_FW_ALIGN, &error_fatal);
    memory_region_add_subregion(get_system_memory(),
                                ZX1_FW_END - ZX1_FW_ALIGN, &s->firmware);
    rom_add_blob_fixed("zx1.idle", zx1_idle_bundle, sizeof(zx1_idle_bundle),
                       ZX1_RESET_VECTOR);
}

/*
 * Firmware comes from pflash0, from -bios, or from the file QEMU ships.
 * "-bios none" leaves the machine bare, for programs that -device loader
 * starts.
 */
static void zx1_init_firmware(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);
    const char *name = machine->firmware ?: ZX1_FW_FILE;
    g_autofree char *path = NULL;

    pflash_cfi01_legacy_drive(s->flash[0], drive_get(IF_PFLASH, 0, 0));
    pflash_cfi01_legacy_drive(s->flash[1], drive_get(IF_PFLASH, 0, 1));

    zx1_size_flash(s, 1, ZX1_VARS_SIZE, ZX1_VARS_MIN, ZX1_VARS_MAX);
    sysbus_mmio_map(SYS_BUS_DEVICE(s->flash[1]), 0, ZX1_VARS_BASE);

    if (pflash_cfi01_get_blk(s->flash[0])) {
        uint64_t size;

        if (machine->firmware) {
            error_report("-bios and pflash0 exclude each other");
            exit(1);
        }
        size = zx1_size_flash(s, 0, 0, ZX1_FLASH_BLOCK, ZX1_FW_MAX);
        sysbus_mmio_map(SYS_BUS_DEVICE(s->flash[0]), 0, ZX1_FW_END - size);
        s->has_firmware = true;
        return;
    }
    /* The alias property would keep an unrealized device alive */
    object_property_del(OBJECT(s), "pflash0");
    object_unparent(OBJECT(s->flash[0]));
    object_unref(OBJECT(s->flash[0]));
    s->flash[0] = NULL;

    if (g_str_equal(name, "none")) {
        zx1_init_idle(s);
        return;
    }
    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);
    if (path) {
        zx1_load_rom(s, path);
    } else if (machine->firmware) {
        error_report("could not find firmware '%s'", name);
        exit(1);
    } else {
        if (!qtest_enabled()) {
            warn_report("firmware '%s' not found, the processors will idle",
                        name);
        }
        zx1_init_idle(s);
    }
}

static PCIBus *zx1_pci_bus(Zx1MachineState *s, unsigned rope)
{
    return PCI_HOST_BRIDGE(s->lba[rope])->bus;
}

/* Two channels of one chip; -drive if=scsi,bus=0 and bus=1 */
static void zx1_init_scsi(Zx1MachineState *s)
{
    for (unsigned i = 0; i < 2; i++) {
        PCIDevice *dev = pci_new_multifunction(PCI_DEVFN(1, i),
                                               TYPE_LSI53C1030);

        pci_realize_and_unref(dev, zx1_pci_bus(s, 1), &error_fatal);
        scsi_bus_legacy_handle_cmdline(&LSI53C1030(dev)->bus);
    }
}

/* Ports that the OHCI functions share with the EHCI function, from @first on */
static void zx1_init_ohci(Zx1MachineState *s, unsigned function,
                          const char *master, unsigned first, unsigned ports)
{
    PCIDevice *ohci = pci_new_multifunction(PCI_DEVFN(1, function),
                                            "nec-usb-ohci");

    qdev_prop_set_string(DEVICE(ohci), "masterbus", master);
    qdev_prop_set_uint32(DEVICE(ohci), "firstport", first);
    qdev_prop_set_uint32(DEVICE(ohci), "num-ports", ports);
    pci_realize_and_unref(ohci, zx1_pci_bus(s, 0), &error_fatal);
}

static void zx1_init_usb(Zx1MachineState *s)
{
    PCIDevice *ehci = pci_new_multifunction(PCI_DEVFN(1, 2), "nec-usb-ehci");
    const char *master;

    pci_realize_and_unref(ehci, zx1_pci_bus(s, 0), &error_fatal);
    master = QLIST_FIRST(&DEVICE(ehci)->child_bus)->name;
    zx1_init_ohci(s, 0, master, 0, 3);
    zx1_init_ohci(s, 1, master, 3, 2);
}

/*
 * The devices of an rx2600, at their places. With -nodefaults there is only
 * what the other options ask for, and every slot of the first bus is free.
 */
static void zx1_init_devices(Zx1MachineState *s)
{
    MachineState *machine = MACHINE(s);
    const char *nic = MACHINE_GET_CLASS(s)->default_nic;

    if (machine_usb(machine)) {
        zx1_init_usb(s);
    }
    if (defaults_enabled() || drive_get_max_bus(IF_IDE) >= 0) {
        pci_ide_create_devs(pci_create_simple(zx1_pci_bus(s, 0),
                                              PCI_DEVFN(2, 0), "cmd649-ide"));
    }
    if (defaults_enabled() || drive_get_max_bus(IF_SCSI) >= 0) {
        zx1_init_scsi(s);
    }
    /* Bus and slot in hexadecimal: the first one sits beside the SCSI */
    pci_init_nic_in_slot(zx1_pci_bus(s, 1), nic, NULL, "20:2");
    pci_init_nic_devices(zx1_pci_bus(s, 0), nic);
    /* The only bus that gets the VGA ranges */
    pci_vga_init(zx1_pci_bus(s, 7));
}

static void zx1_machine_done(Notifier *n, void *data)
{
    Zx1MachineState *s = container_of(n, Zx1MachineState, machine_done);

    zx1_fw_handover(s);
    zx1_acpi_setup(s);
    zx1_smbios_setup(s);
}

static void zx1_init(MachineState *machine)
{
    Zx1MachineState *s = ZX1_MACHINE(machine);
    const uint64_t max = ZX1_MEM0_SIZE + ZX1_MEM1_SIZE + ZX1_MEM2_SIZE;

    if (machine->ram_size < 256 * MiB || machine->ram_size > max) {
        error_report("zx1: RAM must be 256 MiB to %" PRIu64 " GiB",
                     max / GiB);
        exit(1);
    }
    if (g_strcmp0(machine->boot_config.order,
                  MACHINE_GET_CLASS(machine)->default_boot_order)) {
        warn_report("-boot order=%s is ignored, give devices a bootindex",
                    machine->boot_config.order);
    }

    s->layout = zx1_layout(s->bridges);
    if (s->first_contact) {
        /* The usual log, there and with what is wrong or missing */
        qemu_set_log_filename_flags(s->first_contact, qemu_loglevel |
                                    LOG_UNIMP | LOG_GUEST_ERROR,
                                    &error_fatal);
    }
    zx1_init_cpus(s);
    zx1_init_ram(s);
    sysbus_create_simple(TYPE_ZX1_PIB, ZX1_PIB_BASE, NULL);
    zx1_init_chipset(s);
    zx1_init_pdh(s);
    zx1_init_firmware(s);

    zx1_init_devices(s);

    s->machine_done.notify = zx1_machine_done;
    qemu_add_machine_init_done_notifier(&s->machine_done);
}

static void zx1_instance_init(Object *obj)
{
    Zx1MachineState *s = ZX1_MACHINE(obj);

    zx1_create_flash(s, 0, "zx1.flash0", "pflash0");
    zx1_create_flash(s, 1, "zx1.flash1", "pflash1");
    s->iotlb_entries = 16;
    s->bridges = 7;
}

static bool zx1_get_isolation(Object *obj, Error **errp)
{
    return ZX1_MACHINE(obj)->isolation;
}

static void zx1_set_isolation(Object *obj, bool value, Error **errp)
{
    ZX1_MACHINE(obj)->isolation = value;
}

static bool zx1_get_iotlb_cache(Object *obj, Error **errp)
{
    return ZX1_MACHINE(obj)->iotlb_entries;
}

static void zx1_set_iotlb_cache(Object *obj, bool value, Error **errp)
{
    ZX1_MACHINE(obj)->iotlb_entries = value ? 16 : 0;
}

static bool zx1_get_hard_fail(Object *obj, Error **errp)
{
    return ZX1_MACHINE(obj)->hard_fail;
}

static void zx1_set_hard_fail(Object *obj, bool value, Error **errp)
{
    ZX1_MACHINE(obj)->hard_fail = value;
}

static char *zx1_get_first_contact(Object *obj, Error **errp)
{
    return g_strdup(ZX1_MACHINE(obj)->first_contact);
}

static void zx1_set_first_contact(Object *obj, const char *value,
                                  Error **errp)
{
    Zx1MachineState *s = ZX1_MACHINE(obj);

    g_free(s->first_contact);
    s->first_contact = g_strdup(value);
}

static void zx1_get_bridges(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    visit_type_uint8(v, name, &ZX1_MACHINE(obj)->bridges, errp);
}

static void zx1_set_bridges(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint8_t bridges;

    if (!visit_type_uint8(v, name, &bridges, errp)) {
        return;
    }
    if (!zx1_layout(bridges)) {
        error_setg(errp, "bridges: the chipset is wired for 7 or 8");
        return;
    }
    ZX1_MACHINE(obj)->bridges = bridges;
}

/* The TOC button: INIT on every processor */
static void zx1_nmi(NMIState *n, int cpu_index, Error **errp)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        ia64_sapic_deliver(IA64_CPU(cs), SAPIC_DM_INIT, 0);
    }
}

static void zx1_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    NMIClass *nc = NMI_CLASS(oc);

    mc->init = zx1_init;
    mc->default_cpu_type = IA64_CPU_TYPE_NAME("madison");
    mc->max_cpus = ZX1_MAX_CPUS;
    mc->default_ram_size = 1 * GiB;
    mc->default_ram_id = "ram";
    mc->block_default_type = IF_IDE;
    mc->units_per_default_bus = 2;
    mc->default_nic = "e1000-82546gb";
    /* A server: the console is serial unless -vga says otherwise */
    mc->default_display = "none";
    mc->default_boot_order = "cd";
    mc->no_floppy = 1;
    mc->no_parallel = 1;
    nc->nmi_monitor_handler = zx1_nmi;

    object_class_property_add_bool(oc, "iotlb-isolation", zx1_get_isolation,
                                   zx1_set_isolation);
    object_class_property_set_description(oc, "iotlb-isolation",
        "DMA reaches only what the guest has mapped (default off: as on the "
        "real chip, addresses outside the IOVA window are physical)");
    object_class_property_add_bool(oc, "iotlb-cache", zx1_get_iotlb_cache,
                                   zx1_set_iotlb_cache);
    object_class_property_set_description(oc, "iotlb-cache",
        "Keep translations until the guest purges them (default on)");
    object_class_property_add_str(oc, "first-contact", zx1_get_first_contact,
                                  zx1_set_first_contact);
    object_class_property_set_description(oc, "first-contact",
        "File for a log of what a system unknown to us does: calls and "
        "registers that are not there, variables, first interruptions");
    object_class_property_add_bool(oc, "hard-fail", zx1_get_hard_fail,
                                   zx1_set_hard_fail);
    object_class_property_set_description(oc, "hard-fail",
        "Reads that no PCI function answers are bus errors when the guest "
        "has enabled that (default off: they return all ones)");
    object_class_property_add(oc, "bridges", "uint8", zx1_get_bridges,
                              zx1_set_bridges, NULL, NULL);
    object_class_property_set_description(oc, "bridges",
        "PCI host bridges: 7 as in an rx2600 (default), or 8");
}

static void zx1_1_0_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "HP zx1 (Integrity rx2600), version 1.0";
    mc->alias = "zx1";
    mc->is_default = true;
    compat_props_add(mc->compat_props, zx1_compat, ARRAY_SIZE(zx1_compat));
}

static const TypeInfo zx1_machine_types[] = {
    {
        .name = TYPE_ZX1_MACHINE,
        .parent = TYPE_MACHINE,
        .abstract = true,
        .instance_size = sizeof(Zx1MachineState),
        .instance_init = zx1_instance_init,
        .class_init = zx1_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_NMI },
            { }
        },
    },
    {
        .name = MACHINE_TYPE_NAME("zx1-1.0"),
        .parent = TYPE_ZX1_MACHINE,
        .class_init = zx1_1_0_class_init,
    },
};

DEFINE_TYPES(zx1_machine_types)
