/*
 * HP zx1: the chips and how they hang together
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_SBA_H
#define HW_IA64_ZX1_SBA_H

#include "exec/memory.h"
#include "hw/ia64/zx1.h"
#include "hw/intc/iosapic.h"
#include "hw/pci/pci_host.h"
#include "hw/registerfields.h"
#include "hw/sysbus.h"
#include "qom/object.h"
#include "system/host_iommu_device.h"
#include "regs.h"

#define TYPE_ZX1_SBA "zx1-sba"
OBJECT_DECLARE_SIMPLE_TYPE(Zx1SbaState, ZX1_SBA)

#define TYPE_ZX1_IOC "zx1-ioc"
OBJECT_DECLARE_SIMPLE_TYPE(Zx1IocState, ZX1_IOC)

#define TYPE_ZX1_LBA "zx1-lba"
OBJECT_DECLARE_SIMPLE_TYPE(Zx1LbaState, ZX1_LBA)

#define ZX1_FUNC_SIZE       0x1000
#define ZX1_MAX_SLOTS       32

typedef struct Zx1Rope Zx1Rope;

/*
 * IOC: address translation for the DMA of all ropes (ioc.c)
 */
#define ZX1_IOTLB_MAX       256

#define TYPE_ZX1_IOTLB_REGION "zx1-iotlb-memory-region"

typedef struct Zx1IocTable Zx1IocTable;

struct Zx1IocState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    Zx1RegBank bank;
    uint64_t regs[ZX1_FUNC_SIZE / 8];

    /* What the PCI functions see: the window over the bypass */
    MemoryRegion dma_root;
    MemoryRegion bypass;
    MemoryRegion messages;
    MemoryRegion nowhere;
    IOMMUMemoryRegion iotlb;
    AddressSpace dma_as;
    /* Where the page directory can be: RAM only, whatever covers it */
    AddressSpace ram_as;

    /* The window as the registers say, for translate() */
    unsigned page_shift;
    hwaddr window_base;
    hwaddr window_size;         /* 0: not enabled */
    hwaddr pdir_base;
    Zx1IocTable *table;         /* the directory, under RCU */

    /* Following the page directory for MAP notifiers (pdir.c) */
    MemoryRegion pdir_mr;
    QEMUBH *pdir_bh;
    uint32_t *shadow;           /* what the notifiers know, or NULL */
    uint32_t shadow_count;
    uint32_t count_mapped;      /* pages that the notifiers know */
    uint64_t count_maps;        /* pages, since power on */
    uint64_t count_unmaps;
    uint64_t count_purges;      /* by PCOM */
    uint64_t count_stores;      /* trapped */
    uint64_t count_events;      /* to notifiers: each a call to the host */
    uint64_t count_errors;
    bool bad_target_told;
    bool map_failed_told;       /* since reset */
    GPtrArray *host_devices;    /* Zx1HostDevice */
    GPtrArray *buses;           /* PCIBus right behind the bridges */

    /* Cached entries: written by translate() of any thread */
    uint64_t cache[ZX1_IOTLB_MAX];
    uint32_t generation;

    /* Properties */
    uint32_t iotlb_entries;
    bool isolation;
    bool first_contact;         /* log what a new system does */
    OnOffAuto code_coherence;   /* auto: for what stores behind our back */
    uint16_t ropes;             /* bits 7:0 present, then double width */
    MemoryRegion *ram;          /* RAM at its places, nothing else */
    MemoryRegion *cpu_space;    /* the processors' own memory map */
};

/* Entry of the page directory */
FIELD(PDIR, PPN, 12, 28)
FIELD(PDIR, VALID, 63, 1)

/* ERROR_STATUS.CODE: our own */
enum {
    IOC_ERR_INVALID = 1,        /* entry not valid */
    IOC_ERR_TABLE = 2,          /* entry not in memory */
    IOC_ERR_TARGET = 3,         /* entry leads where a real device cannot */
    IOC_ERR_NOWHERE = 4,        /* nothing at the address, or not mapped */
    IOC_ERR_HOST = 5,           /* entry that the host does not follow */
};

/* Log an error of DMA at @iova; @code is IOC_ERR_* */
void zx1_ioc_error(Zx1IocState *s, hwaddr iova, bool write, unsigned code);

/*
 * Functions of the host behind the IOC (host-iommu.c). One whose IOMMU
 * cannot follow the IOTLB is refused.
 */
void zx1_ioc_host_devices_init(Zx1IocState *s);
void zx1_ioc_host_devices_exit(Zx1IocState *s);
/* @bus, right behind a bridge, is the way to functions */
void zx1_ioc_add_bus(Zx1IocState *s, PCIBus *bus);
bool zx1_ioc_set_host_device(Zx1IocState *s, PCIBus *bus, int devfn,
                             HostIOMMUDevice *hiod, Error **errp);
void zx1_ioc_unset_host_device(Zx1IocState *s, PCIBus *bus, int devfn);
/* A function behind @bus, which is right behind a bridge, raises its line */
void zx1_ioc_line_event(Zx1IocState *s, PCIBus *bus);
/* The host's name of a function, NULL if it is an emulated one */
const char *zx1_ioc_host_device_name(Zx1IocState *s, PCIBus *bus, int devfn);
/*
 * The host could not map @entry, whose address is an offset into the window,
 * for a function: -errno in @err. The guest finds it in ERROR_STATUS, the
 * user is told once between two resets.
 */
void zx1_ioc_map_failed(Zx1IocState *s, const IOMMUTLBEntry *entry, int err);
/* All names, separated by commas; to be freed */
char *zx1_ioc_host_device_names(Zx1IocState *s);

/* Register "info iotlb" (iotlb-info.c); once */
void zx1_iotlb_info_init(void);

/* What the offset into the window means when its page has @ppn */
IOMMUTLBEntry zx1_ioc_entry(Zx1IocState *s, hwaddr offset, uint32_t ppn);

void zx1_pdir_init(Zx1IocState *s);
void zx1_pdir_exit(Zx1IocState *s);
/* What all notifiers together ask for; 0 or -errno */
int zx1_pdir_flags_changed(Zx1IocState *s, IOMMUNotifierFlag flags,
                           Error **errp);
void zx1_pdir_forget(Zx1IocState *s);
void zx1_pdir_resume(Zx1IocState *s);
/* The offsets [@first, @last] of the window */
void zx1_pdir_purge(Zx1IocState *s, hwaddr first, hwaddr last);
void zx1_pdir_replay(Zx1IocState *s, IOMMUNotifier *n);

/*
 * LBA: PCI-X host bridge at the end of a rope (lba.c)
 */
#define ZX1_LBA_WINDOWS     6

struct Zx1LbaState {
    PCIHostState parent_obj;

    MemoryRegion csr;           /* register block, IOSAPIC included */
    MemoryRegion regs_mr;
    Zx1RegBank bank;
    uint64_t regs[ZX1_LBA_IOSAPIC / 8];

    /* Processor side: what comes down the rope, by physical address */
    MemoryRegion rope_space;
    MemoryRegion unclaimed;
    MemoryRegion window[ZX1_LBA_WINDOWS];

    /* PCI side */
    MemoryRegion pci_mem;
    MemoryRegion pci_io;
    AddressSpace io_as;

    IosapicState iosapic;
    char bus_path[8];

    /* Properties */
    uint8_t rope;
    uint8_t bus_nr;
    uint8_t int_pins;
    uint8_t int_base[ZX1_MAX_SLOTS];
    char *bus_name;
    uint16_t bus_mode;          /* how the board ties its pins */
    bool double_wide;
    bool hard_fail;             /* model fatal master aborts */
    bool first_contact;         /* log what a new system does */
    unsigned absent_logged;     /* since reset */
    Zx1IocState *ioc;
};

/*
 * A port access from the processors: true if the bridge takes the port;
 * reads set *val (all ones when nobody on the bus answers)
 */
bool zx1_lba_port_read(Zx1LbaState *s, uint16_t port, uint64_t *val,
                       unsigned size);
bool zx1_lba_port_write(Zx1LbaState *s, uint16_t port, uint64_t val,
                        unsigned size);

/*
 * SBA: where addresses of the processors go (sba.c)
 */
/* A rope's port space at the start of its GMMIO */
typedef struct Zx1RopePorts {
    MemoryRegion mr;
    Zx1SbaState *sba;
    unsigned rope;
} Zx1RopePorts;

struct Zx1SbaState {
    SysBusDevice parent_obj;

    MemoryRegion mio;           /* all functions of the chip */
    MemoryRegion mio_rest;      /* those that are not modelled */
    MemoryRegion mmio;          /* function 0 */
    Zx1RegBank bank;
    uint64_t regs[ZX1_FUNC_SIZE / 8];

    MemoryRegion ports;         /* sparse port space */
    Zx1RopePorts rope_ports[ZX1_ROPES];
    MemoryRegion csr_space;     /* register blocks of the bridges */
    MemoryRegion csr_rest;
    GPtrArray *routes;          /* MemoryRegion aliases, as programmed */

    Zx1LbaState *lba[ZX1_ROPES];
};

/*
 * The layout that firmware gives to the ropes, and what follows from it
 * (layout.c)
 */
typedef struct Zx1Range {
    uint64_t first;
    uint64_t last;
} Zx1Range;

struct Zx1Rope {
    uint8_t rope;
    uint8_t width;              /* ropes taken: 1 or 2 */
    uint8_t bus_first;
    uint8_t bus_last;
    uint8_t int_pins;           /* IOSAPIC inputs used by slots */
    uint16_t bus_mode;          /* LBA BUS_MODE: kind of bus */
    bool vga;
    Zx1Range io[2];             /* inclusive; what the OS is told */
    Zx1Range mem32;
    Zx1Range mem64;
    const char *bus_name;
};

struct Zx1Layout {
    unsigned nr_roots;
    const Zx1Rope *root[ZX1_ROPES];     /* in order of ropes */
};

/* With this number of bridges: 7 (ropes 4 and 5 are one) or 8; else NULL */
const Zx1Layout *zx1_layout(unsigned bridges);

/* First IOSAPIC input of a slot; INTA is on it, INTB on the next ... */
unsigned zx1_rope_int_base(const Zx1Rope *rope, unsigned slot);
uint32_t zx1_rope_gsi(unsigned root);
/*
 * The stores that give the chipset this layout: an array of struct
 * zx1_fw_store in host byte order, free with g_array_unref()
 */
GArray *zx1_layout_stores(const Zx1Layout *layout);

/* Each chip adds its own */
void zx1_store(GArray *stores, uint64_t address, uint64_t value);
void zx1_sba_stores(GArray *stores);
void zx1_ioc_stores(GArray *stores);
void zx1_lba_stores(GArray *stores, const Zx1Rope *rope);

#endif /* HW_IA64_ZX1_SBA_H */
