/*
 * HP zx1 machine: what the machine and its firmware share
 *
 * Plain C without QEMU types: the firmware under roms/zx1 includes it too.
 * The includer provides uint8_t ... uint64_t. All structures are
 * little-endian and naturally aligned, without padding.
 *
 * Addresses below 4 GiB are those of an HP rx2600 where they are known
 * (boot logs of rx2600, rx2620 and rx1600 on the linux-ia64 list, X.Org's
 * zx1PCI.c, Linux' sba_iommu.c); fw_cfg and the split of the flash window
 * are our own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_FW_H
#define HW_IA64_ZX1_FW_H

/*
 * Memory. DRAM fills Memory0, then Memory1, then Memory2: up to 256 GiB.
 * 1 GiB .. 4 GiB never holds DRAM.
 */
#define ZX1_MEM0_BASE           0x0000000000000000ULL
#define ZX1_MEM0_SIZE           0x0000000040000000ULL   /* 1 GiB */
#define ZX1_MEM1_BASE           0x0000004040000000ULL
#define ZX1_MEM1_SIZE           0x00000000c0000000ULL   /* 3 GiB */
#define ZX1_MEM2_BASE           0x0000000100000000ULL
#define ZX1_MEM2_SIZE           0x0000003f00000000ULL   /* 252 GiB */

/* I/O virtual addresses of the IOC: the window firmware programs */
#define ZX1_IOVA_BASE           0x40000000ULL
#define ZX1_IOVA_SIZE           0x40000000ULL

/* PCI memory and ports as seen by the processors */
#define ZX1_LMMIO_BASE          0x80000000ULL
#define ZX1_LMMIO_SIZE          0x7e000000ULL           /* to 0xfdffffff */
#define ZX1_GMMIO_BASE          0x0000080000000000ULL   /* 1 TiB a rope */
#define ZX1_GMMIO_SIZE          0x0000080000000000ULL
#define ZX1_GMMIO_ROPE_SHIFT    40
#define ZX1_GMMIO_MEM_OFFSET    0x04000000ULL  /* below: ports of the rope */
/*
 * Ports, sparse: address = base | (port >> 2) << 12 | (port & 0xfff);
 * 64 MiB for 64 K ports, the value of ar.k0
 */
#define ZX1_IOPORT_BASE         0x00000ffffc000000ULL
#define ZX1_IOPORT_SIZE         0x0000000004000000ULL

/* The chipset: mio functions of 4 KiB each, ioa blocks of 8 KiB per rope */
#define ZX1_MIO_BASE            0xfed00000ULL
#define ZX1_SBA_BASE            (ZX1_MIO_BASE + 0x0000) /* function 0 */
#define ZX1_IOC_BASE            (ZX1_MIO_BASE + 0x1000) /* function 1 */
#define ZX1_MC_BASE             (ZX1_MIO_BASE + 0x8000) /* function 8 */
#define ZX1_MIO_SIZE            0x00010000ULL
#define ZX1_LBA_BASE            0xfed20000ULL
#define ZX1_LBA_SIZE            0x00002000ULL
#define ZX1_LBA_CSR(rope)       (ZX1_LBA_BASE + (rope) * ZX1_LBA_SIZE)
#define ZX1_LBA_IOSAPIC         0x800                   /* in the ioa block */
#define ZX1_ROPES               8

/* Processor interrupt block; CPU n has local SAPIC id n, eid 0 */
#define ZX1_PIB_BASE            0xfee00000ULL
#define ZX1_PIB_SIZE            0x00200000ULL

/* Processor dependent hardware */
#define ZX1_PDH_BASE            0xff000000ULL
#define ZX1_PDH_SIZE            0x01000000ULL
#define ZX1_NVRAM_BASE          0xff400000ULL   /* SRAM, kept over a reset */
#define ZX1_NVRAM_SIZE          0x00080000ULL
#define ZX1_SRAM_BASE           0xff480000ULL   /* SRAM, the firmware's own */
#define ZX1_SRAM_SIZE           0x00080000ULL
#define ZX1_RTC_BASE            0xff5b8000ULL   /* DS1501: see below */
#define ZX1_BOARD_BASE          0xff5c0000ULL
#define ZX1_POST_CODE           (ZX1_BOARD_BASE + 0x18) /* byte */
#define ZX1_PM_BASE             0xff5c1000ULL
#define ZX1_PM_TMR              (ZX1_PM_BASE + 0x4) /* 32 bits, 3.579545 MHz */
#define ZX1_PM1_STS             (ZX1_PM_BASE + 0x8) /* 16 bits */
#define ZX1_PM1_EN              (ZX1_PM_BASE + 0xa) /* 16 bits */
#define ZX1_PM1_CNT             (ZX1_PM_BASE + 0xc) /* 16 bits */
#define ZX1_PM1_CNT_S5          0x3400  /* SLP_EN, SLP_TYP 5: power off */
#define ZX1_UART0_BASE          0xff5e0000ULL   /* 16550, byte registers */
#define ZX1_UART1_BASE          0xff5e2000ULL
#define ZX1_UART_CLOCK          1843200
#define ZX1_DILLON_BASE         0xff5f0000ULL
#define ZX1_DILLON_SCRATCH      (ZX1_DILLON_BASE + 0x0000) /* to 0x5f */
#define ZX1_DILLON_CHECKIN      (ZX1_DILLON_BASE + 0x0068)
/*
 * Reads 1 to the first reader after a reset, 0 to all others: who gets the
 * 1 is the boot processor
 */
#define ZX1_DILLON_MONARCH      (ZX1_DILLON_BASE + 0x0070)
#define ZX1_DILLON_CONTROL      (ZX1_DILLON_BASE + 0x1000)
#define ZX1_DILLON_CONTROL_RESET    0x06        /* store to reset the machine */
#define ZX1_DILLON_REVISION     (ZX1_DILLON_BASE + 0x2070)
/*
 * Not on the real machine: what the firmware tells the log of first-contact=.
 * 64 bits; bits 63:56 say what bits 55:0 are.
 */
#define ZX1_DILLON_REPORT       (ZX1_DILLON_BASE + 0x2080)
#define ZX1_REPORT_PAL          1   /* index of an unknown PAL procedure */
#define ZX1_REPORT_SAL          2   /* an unknown SAL procedure */
#define ZX1_REPORT_NAME         3   /* 7 more characters of a variable's name */
#define ZX1_REPORT_GET          4   /* GetVariable of that: 31:0 size, */
#define ZX1_REPORT_SET          5   /* SetVariable; 39:32 status */

/* fw_cfg as in docs/specs/fw_cfg.rst: selector and DMA are big-endian */
#define ZX1_FW_CFG_BASE         0xff5f8000ULL
#define ZX1_FW_CFG_DATA         (ZX1_FW_CFG_BASE + 0x0) /* 1, 2, 4 or 8 bytes */
#define ZX1_FW_CFG_SELECTOR     (ZX1_FW_CFG_BASE + 0x8) /* 16 bits */
#define ZX1_FW_CFG_DMA          (ZX1_FW_CFG_BASE + 0x10)

/*
 * Flash: the variable store from the bottom (CFI, Intel command set,
 * 16 bits wide, 128 KiB blocks), the firmware image up to the top
 */
#define ZX1_FLASH_BASE          0xff800000ULL
#define ZX1_FLASH_SIZE          0x00800000ULL
#define ZX1_FLASH_BLOCK         0x00020000ULL
#define ZX1_VARS_BASE           ZX1_FLASH_BASE
#define ZX1_VARS_SIZE           0x00080000ULL   /* without -drive if=pflash */
#define ZX1_VARS_MIN            (2 * ZX1_FLASH_BLOCK)   /* one to erase */
#define ZX1_VARS_MAX            0x00400000ULL
#define ZX1_FW_MAX              0x00400000ULL
#define ZX1_FW_END              0x100000000ULL
/* All processors start here, in physical mode */
#define ZX1_RESET_VECTOR        0xffffffb0ULL

/* Global system interrupts: 11 per IOSAPIC in order of ropes */
#define ZX1_GSI_BASE            16
#define ZX1_GSI_PER_ROPE        11
#define ZX1_GSI_UART0           34
#define ZX1_GSI_UART1           35
#define ZX1_GSI_SCI             36

/* DS1501 registers (bytes at ZX1_RTC_BASE), BCD */
#define ZX1_RTC_SECONDS         0x00
#define ZX1_RTC_MINUTES         0x01
#define ZX1_RTC_HOURS           0x02
#define ZX1_RTC_DAY             0x03    /* of the week, 1 to 7 */
#define ZX1_RTC_DATE            0x04
#define ZX1_RTC_MONTH           0x05    /* bit 7: oscillator off */
#define ZX1_RTC_YEAR            0x06
#define ZX1_RTC_CENTURY         0x07
#define ZX1_RTC_CONTROL_A       0x0e
#define ZX1_RTC_CONTROL_B       0x0f    /* TE: registers follow the clock */
#define ZX1_RTC_CONTROL_B_TE    0x80
#define ZX1_RTC_RAM_ADDR        0x10
#define ZX1_RTC_RAM_DATA        0x13

/*
 * fw_cfg. The usual items are there: FW_CFG_RAM_SIZE, FW_CFG_NB_CPUS,
 * FW_CFG_KERNEL_SIZE/DATA, INITRD_SIZE/DATA, CMDLINE_SIZE/DATA (the kernel
 * as the file is, ELF or gzip of it), and the files "bootorder",
 * "etc/table-loader" with "etc/acpi/tables" and "etc/acpi/rsdp" (FADT, MADT,
 * DSDT, SPCR and, in the XSDT too, the console table "HCDP" for EFI's
 * configuration table), "etc/smbios/smbios-tables" and
 * "etc/smbios/smbios-anchor" (a 32-bit entry point: the firmware enters the
 * address of the tables and makes up for it in the two checksums).
 *
 * Device paths in "bootorder" start with /pci@<ioa block>, for example
 * /pci@fed20000/ethernet@1/...
 */

/* RAM in order of address: array of struct zx1_fw_range */
#define ZX1_FW_FILE_RAM         "etc/zx1/ram"

struct zx1_fw_range {
    uint64_t base;
    uint64_t size;
};

/* Who is there: struct zx1_fw_platform */
#define ZX1_FW_FILE_PLATFORM    "etc/zx1/platform"

#define ZX1_FW_VERSION          1

struct zx1_fw_platform {
    uint32_t version;           /* ZX1_FW_VERSION */
    uint32_t flags;             /* ZX1_FW_FLAG_* */
    uint32_t nr_cpus;           /* present at power on */
    uint32_t nr_roots;          /* entries in ZX1_FW_FILE_ROOTS */
    uint64_t vars_base;
    uint64_t vars_size;
    uint64_t itc_hz;            /* frequency of ar.itc */
    uint64_t bus_hz;            /* platform base frequency */
};

#define ZX1_FW_FLAG_VARS_PERSIST    0x1     /* the store has a backing file */
#define ZX1_FW_FLAG_ISOLATION       0x2     /* DMA only through the IOTLB */

/*
 * 64-bit stores, in this order, that give the chipset the layout which the
 * roots below and the ACPI tables describe: array of struct zx1_fw_store
 */
#define ZX1_FW_FILE_CHIPSET     "etc/zx1/chipset"

struct zx1_fw_store {
    uint64_t address;
    uint64_t value;
};

/* PCI roots, one an ioa, in order of ropes: array of struct zx1_fw_root */
#define ZX1_FW_FILE_ROOTS       "etc/zx1/roots"

#define ZX1_FW_ROOT_VGA         0x1     /* 0xa0000-0xbffff, 0x3b0-0x3df */

struct zx1_fw_root {
    uint32_t rope;              /* ACPI _UID is rope << 8 */
    uint32_t flags;             /* ZX1_FW_ROOT_* */
    uint32_t bus_first;         /* number of the bus behind the ioa */
    uint32_t bus_last;          /* last number for the bridges below it */
    uint32_t gsi_base;
    uint32_t gsi_count;
    uint64_t csr;               /* ioa register block */
    /* first and last; an empty range has base > limit */
    uint32_t io_base;
    uint32_t io_limit;
    uint64_t mem32_base;
    uint64_t mem32_limit;
    uint64_t mem64_base;
    uint64_t mem64_limit;
    /*
     * GSI of INTA of device n; INTB is the next one and so on, counting
     * round within gsi_base .. gsi_base + int_pins - 1
     */
    uint32_t int_pins;
    uint32_t reserved;
    uint8_t int_base[32];       /* first pin, 0 .. int_pins - 1 */
};

/*
 * Configuration space: store bus << 16 | device << 11 | function << 8 |
 * (register & ~3) to csr + 0x40 (32 bits), then 1, 2 or 4 bytes at
 * csr + 0x48 + (register & 3). Bus 0 is the bus behind the ioa, whatever its
 * number; others are the numbers given to bridges below it.
 */
#define ZX1_LBA_CONFIG_ADDRESS  0x40
#define ZX1_LBA_CONFIG_DATA     0x48

#endif /* HW_IA64_ZX1_FW_H */
