/*
 * HP zx1 machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_H
#define HW_IA64_ZX1_H

#include "hw/block/flash.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/sysbus.h"
#include "hw/ia64/zx1-fw.h"
#include "qom/object.h"

#define TYPE_ZX1_PIB "zx1-pib"
OBJECT_DECLARE_SIMPLE_TYPE(Zx1PibState, ZX1_PIB)

#define TYPE_ZX1_PDH "zx1-pdh"
OBJECT_DECLARE_SIMPLE_TYPE(Zx1PdhState, ZX1_PDH)

#define TYPE_ZX1_PM "zx1-pm"
OBJECT_DECLARE_SIMPLE_TYPE(Zx1PmState, ZX1_PM)

#define TYPE_DS1501 "ds1501"
OBJECT_DECLARE_SIMPLE_TYPE(Ds1501State, DS1501)

#define TYPE_ZX1_MACHINE MACHINE_TYPE_NAME("zx1")
OBJECT_DECLARE_SIMPLE_TYPE(Zx1MachineState, ZX1_MACHINE)

#define ZX1_MAX_CPUS    16

typedef struct Zx1Layout Zx1Layout;

/* Madison 1.5 GHz: 200 MHz times 15/2 (boot logs of rx2600) */
#define ZX1_BUS_HZ      200000000ULL
#define ZX1_ITC_HZ      1500000000ULL

struct Zx1MachineState {
    MachineState parent_obj;

    MemoryRegion mem[3];
    /* RAM alone at its places, for the IOC's page directory */
    MemoryRegion ram_space;
    MemoryRegion ram_space_mem[3];
    /* The processors' map: system memory, and what only they must see */
    MemoryRegion cpu_space;
    MemoryRegion cpu_space_system;
    MemoryRegion firmware;
    MemoryRegion nvram;
    MemoryRegion sram;
    PFlashCFI01 *flash[2];
    FWCfgState *fw_cfg;
    bool has_firmware;

    DeviceState *ioc;
    DeviceState *lba[ZX1_ROPES];
    const Zx1Layout *layout;

    /* Properties */
    bool isolation;
    bool hard_fail;
    uint32_t iotlb_entries;
    uint8_t bridges;
    char *first_contact;        /* log file */

    Notifier machine_done;
};

/* RAM in order of address; returns the number of ranges, at most 3 */
unsigned zx1_ram_ranges(uint64_t ram_size, struct zx1_fw_range ranges[3]);

/* Fill fw_cfg with what include/hw/ia64/zx1-fw.h promises */
void zx1_fw_handover(Zx1MachineState *s);

/* ACPI, console and SMBIOS tables, as files in fw_cfg */
void zx1_acpi_setup(Zx1MachineState *s);
void zx1_smbios_setup(Zx1MachineState *s);

#endif /* HW_IA64_ZX1_H */
