/*
 * HP zx1: Mercury, the PCI-X host bridge at the end of a rope
 *
 * Registers as in X.Org's zx1PCI.c, Linux' lba_pci.c (PA-RISC, the same
 * chip) and, for reset values and writable bits, the captures of an rx2600
 * in makuhlmann/qemu-system-ia64. Each bridge is a PCI root of its own with
 * the bus right behind it; an IOSAPIC takes the interrupt lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/hotplug.h"
#include "hw/irq.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "sba.h"
#include "trace.h"

REG64(FUNC_ID, 0x000)
    FIELD(FUNC_ID, COMMAND, 32, 16)
    FIELD(FUNC_ID, STATUS, 48, 16)
REG64(FUNC_CLASS, 0x008)
REG64(CAPABILITY, 0x030)
REG64(CONFIG_ADDRESS, 0x040)
    FIELD(CONFIG_ADDRESS, REG, 2, 6)
    FIELD(CONFIG_ADDRESS, DEVFN, 8, 8)
    FIELD(CONFIG_ADDRESS, BUS, 16, 8)
REG64(CONFIG_DATA, 0x048)
REG64(PMC_MTLT, 0x050)
REG64(FW_SCRATCH, 0x058)
REG64(OUTBOUND_ERROR_ADDR, 0x070)
    FIELD(OUTBOUND_ERROR_ADDR, CONFIG, 62, 1)
REG64(ARB_MASK, 0x080)
    /*
     * Masters that get the bus: bit 0 the arbiter, then the slots. One
     * without a grant waits. Nobody waits here: operating systems take the
     * grants away only while they look for functions, and DMA that comes
     * early does no harm then. A refusal would: nobody tries again.
     */
    FIELD(ARB_MASK, MASTER6, 6, 1)
REG64(ARB_PRI, 0x088)
REG64(ARB_MODE, 0x090)
REG64(MTLT, 0x098)
REG64(PCIX_CAPABILITY, 0x0a0)
REG64(MOD_ID, 0x100)
REG64(STATUS_CONTROL, 0x108)
    FIELD(STATUS_CONTROL, RF, 0, 1)     /* reset the bus */
    FIELD(STATUS_CONTROL, VGA, 3, 1)    /* forward VGA */
    FIELD(STATUS_CONTROL, CL, 4, 1)     /* clear the error log ... */
    FIELD(STATUS_CONTROL, CE, 5, 1)     /* ... if enabled before */
    FIELD(STATUS_CONTROL, HF, 6, 1)     /* hard fail */
    FIELD(STATUS_CONTROL, RC, 32, 1)    /* bus is in reset */
REG64(LMMIO_BASE, 0x200)
REG64(LMMIO_MASK, 0x208)
REG64(GMMIO_BASE, 0x210)
REG64(GMMIO_MASK, 0x218)
REG64(WLMMIO_BASE, 0x220)
REG64(WLMMIO_MASK, 0x228)
REG64(WGMMIO_BASE, 0x230)
REG64(WGMMIO_MASK, 0x238)
REG64(IOS_BASE, 0x240)
REG64(IOS_MASK, 0x248)
REG64(ELMMIO_BASE, 0x250)
REG64(ELMMIO_MASK, 0x258)
REG64(EIOS_BASE, 0x260)
REG64(EIOS_MASK, 0x268)
REG64(GLOBAL_MASK, 0x270)
REG64(SLAVE_CONTROL, 0x278)
REG64(MSI_BASE, 0x280)
REG64(MSI_MASK, 0x288)
REG64(INBOUND_ERROR_ADDR, 0x290)
REG64(INBOUND_ERROR_ATTR, 0x298)
REG64(COMPLETION_MSG, 0x2a0)
REG64(IBASE, 0x300)
REG64(IMASK, 0x308)
REG64(HINT_CFG, 0x310)
REG64(HINT0, 0x380)
REG64(ROPE_ERROR, 0x600)
REG64(ROPE_CONFIG, 0x610)
    FIELD(ROPE_CONFIG, SINGLE, 8, 1)
REG64(ROPE_STATUS, 0x618)
    FIELD(ROPE_STATUS, DLL_LOCKED, 3, 1)
REG64(BUS_MODE, 0x620)
    FIELD(BUS_MODE, SIX_MASTERS, 3, 1)
REG64(ERROR_CONFIG, 0x680)
    FIELD(ERROR_CONFIG, SMART, 5, 1)
REG64(ERROR_STATUS, 0x688)
    FIELD(ERROR_STATUS, CODE, 0, 5)
    FIELD(ERROR_STATUS, OVERFLOW, 5, 1)
    FIELD(ERROR_STATUS, FATAL, 9, 1)
    /* As they were set when it happened */
    FIELD(ERROR_STATUS, HF, 32, 1)
    FIELD(ERROR_STATUS, SMART, 33, 1)
REG64(MASTER_ID, 0x690)
REG64(ROPE_CTL, 0x6a0)

#define BASE_ENABLE             1ULL
#define LMMIO_BITS              0x7fff0000ULL
#define LMMIO_FIXED             0x80000000ULL
#define WLMMIO_BITS             0x7ff00000ULL
#define GMMIO_BITS              0xffffc000000ULL
#define WGMMIO_BITS             0xfff00000000ULL
#define IOS_BITS                0xff00ULL
#define PCI_STATUS_MASTER_ABORT (1ULL << (48 + 13))
#define ERROR_MASTER_ABORT      0x0c
#define ERROR_FATAL             0x10
#define ALL_BITS                UINT64_MAX

#define VGA_MEM_BASE            0xa0000
#define VGA_MEM_SIZE            0x20000
#define VGA_PORT_FIRST          0x3b0
#define VGA_PORT_LAST           0x3df
#define PHYS_SPACE              (1ULL << 44)

#define HINT(n) { "HINT" #n, A_HINT0 + 8 * n, 0, ALL_BITS }

static const Zx1RegInfo lba_regs[] = {
    { "FUNC_ID", A_FUNC_ID, 0x02b00000122e103cULL, 0x0146ULL << 32,
      0xf900ULL << 48 },
    { "FUNC_CLASS", A_FUNC_CLASS, 0x06000032, 0xffffULL << 32 },
    { "CAPABILITY", A_CAPABILITY, 0xa0ULL << 32 },
    { "CONFIG_ADDRESS", A_CONFIG_ADDRESS, 0, 0x00fffffc },
    { "PMC_MTLT", A_PMC_MTLT, 0, ALL_BITS },
    { "FW_SCRATCH", A_FW_SCRATCH, 0, ALL_BITS },
    { "OUTBOUND_ERROR_ADDR", A_OUTBOUND_ERROR_ADDR },
    { "ARB_MASK", A_ARB_MASK, 1, 0x7f },
    { "ARB_PRI", A_ARB_PRI, 0, 0x7f },
    { "ARB_MODE", A_ARB_MODE, 0, 0xff0000 },
    { "MTLT", A_MTLT, 0, 0xff },
    /* Command; status: split completions discarded, unexpected, in error */
    { "PCIX_CAPABILITY", A_PCIX_CAPABILITY, 0x0013ff0000000007ULL, 0x7f0000,
      0x200c0000ULL << 32 },
    { "MOD_ID", A_MOD_ID },
    { "STATUS_CONTROL", A_STATUS_CONTROL, 0,
      R_STATUS_CONTROL_RF_MASK | R_STATUS_CONTROL_VGA_MASK |
      R_STATUS_CONTROL_CL_MASK | R_STATUS_CONTROL_CE_MASK |
      R_STATUS_CONTROL_HF_MASK },
    { "LMMIO_BASE", A_LMMIO_BASE, LMMIO_FIXED, LMMIO_BITS | BASE_ENABLE },
    { "LMMIO_MASK", A_LMMIO_MASK, LMMIO_FIXED, LMMIO_BITS },
    { "GMMIO_BASE", A_GMMIO_BASE, 0, GMMIO_BITS | BASE_ENABLE },
    { "GMMIO_MASK", A_GMMIO_MASK, 0, GMMIO_BITS },
    { "WLMMIO_BASE", A_WLMMIO_BASE, LMMIO_FIXED, WLMMIO_BITS | BASE_ENABLE },
    { "WLMMIO_MASK", A_WLMMIO_MASK, LMMIO_FIXED, WLMMIO_BITS },
    { "WGMMIO_BASE", A_WGMMIO_BASE, 0, WGMMIO_BITS | BASE_ENABLE },
    { "WGMMIO_MASK", A_WGMMIO_MASK, 0, WGMMIO_BITS },
    { "IOS_BASE", A_IOS_BASE, 0, IOS_BITS | BASE_ENABLE },
    { "IOS_MASK", A_IOS_MASK, 0, IOS_BITS },
    { "ELMMIO_BASE", A_ELMMIO_BASE, LMMIO_FIXED, WLMMIO_BITS | BASE_ENABLE },
    { "ELMMIO_MASK", A_ELMMIO_MASK, LMMIO_FIXED, WLMMIO_BITS },
    { "EIOS_BASE", A_EIOS_BASE, 0, IOS_BITS | BASE_ENABLE },
    { "EIOS_MASK", A_EIOS_MASK, 0, IOS_BITS },
    { "GLOBAL_MASK", A_GLOBAL_MASK, 0, ALL_BITS },
    { "SLAVE_CONTROL", A_SLAVE_CONTROL, 0x6, 0x8006200f },
    { "MSI_BASE", A_MSI_BASE, 0xfee00001, 0xfffffff0001ULL },
    { "MSI_MASK", A_MSI_MASK, 0xffffff00000ULL, 0xfffffff0000ULL },
    { "INBOUND_ERROR_ADDR", A_INBOUND_ERROR_ADDR },
    { "INBOUND_ERROR_ATTR", A_INBOUND_ERROR_ATTR },
    { "COMPLETION_MSG", A_COMPLETION_MSG },
    { "IBASE", A_IBASE, 0, 0xfffff001 },
    { "IMASK", A_IMASK, 0, 0xfffff000 },
    { "HINT_CFG", A_HINT_CFG, 0, ALL_BITS },
    HINT(0), HINT(1), HINT(2), HINT(3), HINT(4), HINT(5), HINT(6),
    HINT(7), HINT(8), HINT(9), HINT(10), HINT(11), HINT(12), HINT(13),
    { "ROPE_ERROR", A_ROPE_ERROR, 0, ALL_BITS },
    { "ROPE_CONFIG", A_ROPE_CONFIG, 0, ~(uint64_t)R_ROPE_CONFIG_SINGLE_MASK },
    { "ROPE_STATUS", A_ROPE_STATUS, R_ROPE_STATUS_DLL_LOCKED_MASK },
    { "BUS_MODE", A_BUS_MODE, 0, 0x18100 },
    { "ERROR_CONFIG", A_ERROR_CONFIG, 0, ALL_BITS },
    { "ERROR_STATUS", A_ERROR_STATUS },
    { "MASTER_ID", A_MASTER_ID },
    { "ROPE_CTL", A_ROPE_CTL, 0, ALL_BITS },
};

typedef struct LbaWindow {
    const char *name;
    unsigned base;
    unsigned mask;
    hwaddr space;           /* addresses the window decodes */
} LbaWindow;

static const LbaWindow lba_windows[ZX1_LBA_WINDOWS - 1] = {
    { "zx1.lba-lmmio", R_LMMIO_BASE, R_LMMIO_MASK, 1ULL << 32 },
    { "zx1.lba-gmmio", R_GMMIO_BASE, R_GMMIO_MASK, PHYS_SPACE },
    { "zx1.lba-wlmmio", R_WLMMIO_BASE, R_WLMMIO_MASK, 1ULL << 32 },
    { "zx1.lba-wgmmio", R_WGMMIO_BASE, R_WGMMIO_MASK, PHYS_SPACE },
    { "zx1.lba-elmmio", R_ELMMIO_BASE, R_ELMMIO_MASK, 1ULL << 32 },
};

/*
 * Errors
 */

/* Nobody on the bus answered. Returns whether that is fatal. */
static bool lba_master_abort(Zx1LbaState *s, hwaddr addr, bool config)
{
    bool fatal = s->hard_fail && !config &&
                 FIELD_EX64(s->regs[R_STATUS_CONTROL], STATUS_CONTROL, HF);
    uint64_t *status = &s->regs[R_ERROR_STATUS];

    trace_zx1_lba_master_abort(s->rope, addr, config, fatal);
    s->regs[R_FUNC_ID] |= PCI_STATUS_MASTER_ABORT;
    if (FIELD_EX64(*status, ERROR_STATUS, CODE)) {
        *status = FIELD_DP64(*status, ERROR_STATUS, OVERFLOW, 1);
    } else {
        *status = FIELD_DP64(*status, ERROR_STATUS, CODE,
                             ERROR_MASTER_ABORT | (fatal ? ERROR_FATAL : 0));
        *status = FIELD_DP64(*status, ERROR_STATUS, FATAL, fatal);
        *status = FIELD_DP64(*status, ERROR_STATUS, HF,
                             FIELD_EX64(s->regs[R_STATUS_CONTROL],
                                        STATUS_CONTROL, HF));
        *status = FIELD_DP64(*status, ERROR_STATUS, SMART,
                             FIELD_EX64(s->regs[R_ERROR_CONFIG],
                                        ERROR_CONFIG, SMART));
        s->regs[R_OUTBOUND_ERROR_ADDR] =
            FIELD_DP64(addr, OUTBOUND_ERROR_ADDR, CONFIG, config);
    }
    /* A new error takes back the permission to clear the log */
    s->regs[R_STATUS_CONTROL] &= ~(uint64_t)R_STATUS_CONTROL_CE_MASK;
    return fatal;
}

static MemTxResult lba_unclaimed_read(void *opaque, hwaddr addr,
                                      uint64_t *data, unsigned size,
                                      MemTxAttrs attrs)
{
    *data = MAKE_64BIT_MASK(0, size * 8);
    /* MEMTX_ERROR: the processor takes a machine check */
    return lba_master_abort(opaque, addr, false) ? MEMTX_ERROR : MEMTX_OK;
}

static MemTxResult lba_unclaimed_write(void *opaque, hwaddr addr,
                                       uint64_t data, unsigned size,
                                       MemTxAttrs attrs)
{
    /* Posted: whoever stored is gone when the bus finds out */
    lba_master_abort(opaque, addr, false);
    return MEMTX_OK;
}

static const MemoryRegionOps lba_unclaimed_ops = {
    .read_with_attrs = lba_unclaimed_read,
    .write_with_attrs = lba_unclaimed_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
};

/*
 * Windows
 */

static void lba_update_windows(Zx1LbaState *s)
{
    memory_region_transaction_begin();
    for (unsigned i = 0; i < ARRAY_SIZE(lba_windows); i++) {
        const LbaWindow *w = &lba_windows[i];
        uint64_t mask = s->regs[w->mask];
        hwaddr base = s->regs[w->base] & mask;
        hwaddr size = mask ? 1ULL << ctz64(mask) : w->space;

        memory_region_set_enabled(&s->window[i], false);
        if (s->regs[w->base] & BASE_ENABLE) {
            memory_region_set_size(&s->window[i], size);
            memory_region_set_alias_offset(&s->window[i], base);
            memory_region_set_address(&s->window[i], base);
            memory_region_set_enabled(&s->window[i], true);
        }
    }
    memory_region_set_enabled(&s->window[ZX1_LBA_WINDOWS - 1],
                              FIELD_EX64(s->regs[R_STATUS_CONTROL],
                                         STATUS_CONTROL, VGA));
    memory_region_transaction_commit();
}

static bool lba_takes_port(Zx1LbaState *s, uint16_t port)
{
    if (FIELD_EX64(s->regs[R_STATUS_CONTROL], STATUS_CONTROL, VGA) &&
        port >= VGA_PORT_FIRST && port <= VGA_PORT_LAST) {
        return true;
    }
    for (unsigned i = 0; i < 2; i++) {
        uint64_t base = s->regs[i ? R_EIOS_BASE : R_IOS_BASE];
        uint64_t mask = s->regs[i ? R_EIOS_MASK : R_IOS_MASK];

        if ((base & BASE_ENABLE) && !((port ^ base) & mask & IOS_BITS)) {
            return true;
        }
    }
    return false;
}

bool zx1_lba_port_read(Zx1LbaState *s, uint16_t port, uint64_t *val,
                       unsigned size)
{
    uint8_t buf[8] = { 0 };

    if (!lba_takes_port(s, port)) {
        return false;
    }
    if (address_space_read(&s->io_as, port, MEMTXATTRS_UNSPECIFIED, buf,
                           size) == MEMTX_OK) {
        *val = ldn_le_p(buf, size);
    } else {
        *val = MAKE_64BIT_MASK(0, size * 8);
        lba_master_abort(s, port, false);
    }
    return true;
}

bool zx1_lba_port_write(Zx1LbaState *s, uint16_t port, uint64_t val,
                        unsigned size)
{
    uint8_t buf[8];

    if (!lba_takes_port(s, port)) {
        return false;
    }
    stn_le_p(buf, size, val);
    if (address_space_write(&s->io_as, port, MEMTXATTRS_UNSPECIFIED, buf,
                            size) != MEMTX_OK) {
        lba_master_abort(s, port, false);
    }
    return true;
}

/*
 * Configuration space
 */

static PCIDevice *lba_config_target(Zx1LbaState *s)
{
    PCIHostState *phb = PCI_HOST_BRIDGE(s);
    uint64_t addr = s->regs[R_CONFIG_ADDRESS];
    unsigned bus = FIELD_EX64(addr, CONFIG_ADDRESS, BUS);

    /* Bus 0 is the one right behind the bridge, whatever its number */
    return pci_find_device(phb->bus, bus ?: s->bus_nr,
                           FIELD_EX64(addr, CONFIG_ADDRESS, DEVFN));
}

static uint32_t lba_config_reg(Zx1LbaState *s, hwaddr addr)
{
    return (s->regs[R_CONFIG_ADDRESS] & 0xfc) | (addr & 3);
}

/* A system looks for functions that are not there, some of them for ever */
#define LBA_ABSENT_MAX  512

static void lba_absent(Zx1LbaState *s, const char *what, uint32_t reg)
{
    uint64_t addr = s->regs[R_CONFIG_ADDRESS];
    unsigned devfn = FIELD_EX64(addr, CONFIG_ADDRESS, DEVFN);

    if (s->first_contact && s->absent_logged < LBA_ABSENT_MAX) {
        s->absent_logged++;
        qemu_log("first-contact: rope %u: configuration %s of absent function "
                 "%02x:%02x.%x, register 0x%02x\n", s->rope, what,
                 (unsigned)FIELD_EX64(addr, CONFIG_ADDRESS, BUS),
                 PCI_SLOT(devfn), PCI_FUNC(devfn), reg);
    }
    lba_master_abort(s, addr, true);
}

static uint64_t lba_config_read(Zx1LbaState *s, hwaddr addr, unsigned size)
{
    PCIDevice *dev = lba_config_target(s);

    if (!dev) {
        lba_absent(s, "read", lba_config_reg(s, addr));
        return MAKE_64BIT_MASK(0, size * 8);
    }
    return pci_host_config_read_common(dev, lba_config_reg(s, addr),
                                       PCI_CONFIG_SPACE_SIZE, MIN(size, 4));
}

static void lba_config_write(Zx1LbaState *s, hwaddr addr, uint64_t val,
                             unsigned size)
{
    PCIDevice *dev = lba_config_target(s);

    if (!dev) {
        lba_absent(s, "write", lba_config_reg(s, addr));
        return;
    }
    pci_host_config_write_common(dev, lba_config_reg(s, addr),
                                 PCI_CONFIG_SPACE_SIZE, val, MIN(size, 4));
}

/*
 * Registers
 */

static uint64_t lba_read(void *opaque, hwaddr addr, unsigned size)
{
    Zx1LbaState *s = opaque;
    uint64_t val;

    if ((addr & ~7ULL) == A_CONFIG_DATA) {
        val = lba_config_read(s, addr, size);
    } else {
        val = zx1_regs_read(&s->bank, addr, size);
    }
    trace_zx1_lba_read(s->rope, addr, val, size);
    return val;
}

static void lba_write_control(Zx1LbaState *s, uint64_t old)
{
    uint64_t *ctl = &s->regs[R_STATUS_CONTROL];

    if (s->first_contact) {
        qemu_log("first-contact: rope %u: STATUS_CONTROL 0x%" PRIx64
                 " was 0x%" PRIx64 "\n", s->rope, *ctl, old);
    }

    if (FIELD_EX64(*ctl, STATUS_CONTROL, RF) &&
        !FIELD_EX64(old, STATUS_CONTROL, RF)) {
        bus_cold_reset(BUS(PCI_HOST_BRIDGE(s)->bus));
    }
    *ctl = FIELD_DP64(*ctl, STATUS_CONTROL, RC,
                      FIELD_EX64(*ctl, STATUS_CONTROL, RF));
    /* Two stores clear the log: CE first, then CL while CE is set */
    if (FIELD_EX64(*ctl, STATUS_CONTROL, CL) &&
        FIELD_EX64(old, STATUS_CONTROL, CE)) {
        s->regs[R_ERROR_STATUS] = 0;
        s->regs[R_OUTBOUND_ERROR_ADDR] = 0;
        s->regs[R_INBOUND_ERROR_ADDR] = 0;
        s->regs[R_INBOUND_ERROR_ATTR] = 0;
        *ctl &= ~(uint64_t)R_STATUS_CONTROL_CE_MASK;
    }
}

static void lba_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    Zx1LbaState *s = opaque;
    const Zx1RegInfo *reg;
    uint64_t old;

    trace_zx1_lba_write(s->rope, addr, val, size);
    if ((addr & ~7ULL) == A_CONFIG_DATA) {
        lba_config_write(s, addr, val, size);
        return;
    }
    reg = zx1_regs_write(&s->bank, addr, val, size, &old, NULL);
    if (!reg) {
        return;
    }
    switch (reg->addr) {
    case A_ARB_MASK:
        if (!FIELD_EX64(s->regs[R_BUS_MODE], BUS_MODE, SIX_MASTERS)) {
            s->regs[R_ARB_MASK] &= ~(uint64_t)R_ARB_MASK_MASTER6_MASK;
        }
        break;
    case A_STATUS_CONTROL:
        lba_write_control(s, old);
        lba_update_windows(s);
        break;
    case A_LMMIO_BASE ... A_ELMMIO_MASK:
        if (s->regs[reg->addr / 8] != old) {
            lba_update_windows(s);
        }
        break;
    }
}

static const MemoryRegionOps lba_ops = {
    .read = lba_read,
    .write = lba_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
};

/*
 * Interrupt lines
 */

static void lba_set_irq(void *opaque, int pin, int level)
{
    Zx1LbaState *s = opaque;

    if (level) {
        zx1_ioc_line_event(s->ioc, PCI_HOST_BRIDGE(s)->bus);
    }
    qemu_set_irq(qdev_get_gpio_in(DEVICE(&s->iosapic), pin), level);
}

static int lba_map_irq(PCIDevice *dev, int intx)
{
    Zx1LbaState *s = ZX1_LBA(pci_device_root_bus(dev)->qbus.parent);

    return (s->int_base[PCI_SLOT(dev->devfn)] + intx) % s->int_pins;
}

static PCIINTxRoute lba_route_intx(void *opaque, int pin)
{
    return (PCIINTxRoute) { .mode = PCI_INTX_ENABLED, .irq = pin };
}

static AddressSpace *lba_dma_as(PCIBus *bus, void *opaque, int devfn)
{
    Zx1LbaState *s = opaque;

    return &s->ioc->dma_as;
}

static bool lba_set_iommu_device(PCIBus *bus, void *opaque, int devfn,
                                 HostIOMMUDevice *hiod, Error **errp)
{
    Zx1LbaState *s = opaque;

    return zx1_ioc_set_host_device(s->ioc, bus, devfn, hiod, errp);
}

static void lba_unset_iommu_device(PCIBus *bus, void *opaque, int devfn)
{
    Zx1LbaState *s = opaque;

    zx1_ioc_unset_host_device(s->ioc, bus, devfn);
}

static const PCIIOMMUOps lba_iommu_ops = {
    .get_address_space = lba_dma_as,
    .set_iommu_device = lba_set_iommu_device,
    .unset_iommu_device = lba_unset_iommu_device,
};

/*
 * The root bus has a number of its own in the tree of all bridges
 */

#define TYPE_ZX1_PCI_BUS "zx1-pci-bus"

static int zx1_pci_bus_num(PCIBus *bus)
{
    return ZX1_LBA(bus->qbus.parent)->bus_nr;
}

static void zx1_pci_bus_class_init(ObjectClass *klass, void *data)
{
    PCI_BUS_CLASS(klass)->bus_num = zx1_pci_bus_num;
}

static const char *lba_root_bus_path(PCIHostState *phb, PCIBus *bus)
{
    Zx1LbaState *s = ZX1_LBA(phb);

    snprintf(s->bus_path, sizeof(s->bus_path), "0000:%02x", s->bus_nr);
    return s->bus_path;
}

/* /pci@fed20000: the firmware knows the bridges by their registers */
static char *lba_ofw_unit_address(const SysBusDevice *dev)
{
    Zx1LbaState *s = ZX1_LBA(dev);

    return g_strdup_printf("%" PRIx64, (uint64_t)ZX1_LBA_CSR(s->rope));
}

/*
 * Hot plug: a function comes and goes as it would on a bus without a
 * controller for it. Nobody tells the guest; its administrator has it let go
 * of a function, or look for a new one.
 */
static void lba_plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    trace_zx1_lba_plug(ZX1_LBA(handler)->rope, PCI_DEVICE(dev)->devfn, true);
}

static void lba_unplug(HotplugHandler *handler, DeviceState *dev,
                       Error **errp)
{
    trace_zx1_lba_plug(ZX1_LBA(handler)->rope, PCI_DEVICE(dev)->devfn, false);
    qdev_unrealize(dev);
}

static void lba_store_window(GArray *stores, uint64_t csr, unsigned base_reg,
                             uint64_t base, unsigned mask_reg, uint64_t mask)
{
    zx1_store(stores, csr + mask_reg, mask);
    zx1_store(stores, csr + base_reg, base | BASE_ENABLE);
}

void zx1_lba_stores(GArray *stores, const Zx1Rope *rope)
{
    /* Naturally aligned pieces that make up the ranges of a layout */
    static const struct {
        uint32_t lmmio, lmmio_mask, elmmio;
        uint16_t ios, ios_mask, eios;
    } piece[ZX1_ROPES] = {
        [0] = { 0x80000000, 0xf0000000, 0, 0x0000, 0xe000, 0 },
        [1] = { 0x90000000, 0xf8000000, 0, 0x2000, 0xf000, 0 },
        [2] = { 0xa0000000, 0xf0000000, 0x98000000, 0x4000, 0xe000, 0x3000 },
        [3] = { 0xb0000000, 0xf0000000, 0xc0000000, 0x6000, 0xe000, 0 },
        [4] = { 0xd0000000, 0xf0000000, 0xc8000000, 0x8000, 0xc000, 0 },
        [5] = { 0xd0000000, 0xf0000000, 0, 0xa000, 0xe000, 0 },
        [6] = { 0xe0000000, 0xf0000000, 0, 0xc000, 0xe000, 0 },
        [7] = { 0xf0000000, 0xf0000000, 0, 0xe000, 0xe000, 0 },
    };
    const uint64_t csr = ZX1_LBA_CSR(rope->rope);
    unsigned i = rope->rope;
    uint16_t ios_mask = piece[i].ios_mask;

    if (i == 4 && rope->width == 1) {
        /* The other half is rope 5's */
        lba_store_window(stores, csr, A_LMMIO_BASE, 0xc8000000,
                         A_LMMIO_MASK, 0xf8000000);
        ios_mask = 0xe000;
    } else {
        lba_store_window(stores, csr, A_LMMIO_BASE, piece[i].lmmio,
                         A_LMMIO_MASK, piece[i].lmmio_mask);
        if (piece[i].elmmio) {
            lba_store_window(stores, csr, A_ELMMIO_BASE, piece[i].elmmio,
                             A_ELMMIO_MASK, 0xf8000000);
        }
    }
    lba_store_window(stores, csr, A_GMMIO_BASE,
                     ZX1_GMMIO_BASE + ((uint64_t)i << ZX1_GMMIO_ROPE_SHIFT),
                     A_GMMIO_MASK, MAKE_64BIT_MASK(36, 8));
    lba_store_window(stores, csr, A_IOS_BASE, piece[i].ios, A_IOS_MASK,
                     ios_mask);
    if (piece[i].eios) {
        lba_store_window(stores, csr, A_EIOS_BASE, piece[i].eios,
                         A_EIOS_MASK, 0xf000);
    }
    /* The bridge's copy of the IOVA window */
    zx1_store(stores, csr + A_IMASK, (uint32_t)-ZX1_IOVA_SIZE);
    zx1_store(stores, csr + A_IBASE, ZX1_IOVA_BASE);
    /* Bus numbers for the operating system */
    zx1_store(stores, csr + A_FW_SCRATCH,
              rope->bus_first | rope->bus_last << 8);
    /* Memory, bus master, parity, SERR; all slots may arbitrate */
    zx1_store(stores, csr + A_FUNC_ID,
              FIELD_DP64(0, FUNC_ID, COMMAND, 0x0146));
    zx1_store(stores, csr + A_ARB_MASK, 0x7f);
    zx1_store(stores, csr + A_STATUS_CONTROL,
              FIELD_DP64(0, STATUS_CONTROL, VGA, rope->vga));
}

static void lba_reset_hold(Object *obj, ResetType type)
{
    Zx1LbaState *s = ZX1_LBA(obj);

    s->absent_logged = 0;
    zx1_regs_reset(&s->bank);
    s->regs[R_ROPE_CONFIG] = FIELD_DP64(0, ROPE_CONFIG, SINGLE,
                                        !s->double_wide);
    s->regs[R_BUS_MODE] = s->bus_mode;
    lba_update_windows(s);
}

static int lba_post_load(void *opaque, int version_id)
{
    lba_update_windows(opaque);
    return 0;
}

static const VMStateDescription vmstate_zx1_lba = {
    .name = "zx1-lba",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = lba_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(regs, Zx1LbaState, ZX1_LBA_IOSAPIC / 8),
        VMSTATE_END_OF_LIST()
    }
};

static void lba_realize(DeviceState *dev, Error **errp)
{
    Zx1LbaState *s = ZX1_LBA(dev);
    PCIHostState *phb = PCI_HOST_BRIDGE(dev);
    Object *obj = OBJECT(dev);
    g_autofree char *io_name = g_strdup_printf("%s-io", s->bus_name);

    if (s->rope >= ZX1_ROPES || !s->ioc || !s->int_pins ||
        s->int_pins >= s->iosapic.num_rtes) {
        error_setg(errp, "zx1-lba: needs a rope, an IOC and interrupt pins");
        return;
    }
    if (!sysbus_realize(SYS_BUS_DEVICE(&s->iosapic), errp)) {
        return;
    }
    memory_region_add_subregion_overlap(&s->csr, ZX1_LBA_IOSAPIC,
        sysbus_mmio_get_region(SYS_BUS_DEVICE(&s->iosapic), 0), 1);

    phb->bus = pci_register_root_bus(dev, s->bus_name, lba_set_irq,
                                     lba_map_irq, s, &s->pci_mem, &s->pci_io,
                                     PCI_DEVFN(1, 0), s->int_pins,
                                     TYPE_ZX1_PCI_BUS);
    pci_bus_set_route_irq_fn(phb->bus, lba_route_intx);
    qbus_set_hotplug_handler(BUS(phb->bus), obj);
    pci_setup_iommu(phb->bus, &lba_iommu_ops, s);
    zx1_ioc_add_bus(s->ioc, phb->bus);

    address_space_init(&s->io_as, &s->pci_io, io_name);
    for (unsigned i = 0; i < ARRAY_SIZE(lba_windows); i++) {
        memory_region_init_alias(&s->window[i], obj, lba_windows[i].name,
                                 &s->pci_mem, 0, 0);
        memory_region_set_enabled(&s->window[i], false);
        memory_region_add_subregion_overlap(&s->rope_space, 0, &s->window[i],
                                            0);
    }
    memory_region_init_alias(&s->window[ZX1_LBA_WINDOWS - 1], obj,
                             "zx1.lba-vga", &s->pci_mem, VGA_MEM_BASE,
                             VGA_MEM_SIZE);
    memory_region_set_enabled(&s->window[ZX1_LBA_WINDOWS - 1], false);
    memory_region_add_subregion_overlap(&s->rope_space, VGA_MEM_BASE,
                                        &s->window[ZX1_LBA_WINDOWS - 1], 0);
}

static void lba_unrealize(DeviceState *dev)
{
    Zx1LbaState *s = ZX1_LBA(dev);

    pci_unregister_root_bus(PCI_HOST_BRIDGE(dev)->bus);
    address_space_destroy(&s->io_as);
}

static void lba_init(Object *obj)
{
    Zx1LbaState *s = ZX1_LBA(obj);

    zx1_regs_init(&s->bank, "zx1-lba", lba_regs, ARRAY_SIZE(lba_regs),
                  s->regs, sizeof(s->regs));
    object_initialize_child(obj, "iosapic", &s->iosapic, TYPE_IOSAPIC);

    memory_region_init(&s->csr, obj, "zx1.lba", ZX1_LBA_SIZE);
    memory_region_init_io(&s->regs_mr, obj, &lba_ops, s, "zx1.lba-regs",
                          ZX1_LBA_SIZE);
    memory_region_add_subregion(&s->csr, 0, &s->regs_mr);

    memory_region_init(&s->rope_space, obj, "zx1.rope", PHYS_SPACE);
    memory_region_init_io(&s->unclaimed, obj, &lba_unclaimed_ops, s,
                          "zx1.lba-unclaimed", PHYS_SPACE);
    memory_region_add_subregion_overlap(&s->rope_space, 0, &s->unclaimed, -1);

    memory_region_init(&s->pci_mem, obj, "pci-mem", UINT64_MAX);
    memory_region_init(&s->pci_io, obj, "pci-io", 64 * 1024);
}

static void lba_finalize(Object *obj)
{
    zx1_regs_free(&ZX1_LBA(obj)->bank);
}

static const Property lba_properties[] = {
    DEFINE_PROP_UINT8("rope", Zx1LbaState, rope, 0),
    DEFINE_PROP_UINT8("bus-nr", Zx1LbaState, bus_nr, 0),
    DEFINE_PROP_UINT8("int-pins", Zx1LbaState, int_pins, 10),
    DEFINE_PROP_STRING("bus-name", Zx1LbaState, bus_name),
    DEFINE_PROP_UINT16("bus-mode", Zx1LbaState, bus_mode, 0x0460),
    DEFINE_PROP_BOOL("double-wide", Zx1LbaState, double_wide, false),
    DEFINE_PROP_BOOL("hard-fail", Zx1LbaState, hard_fail, false),
    DEFINE_PROP_BOOL("first-contact", Zx1LbaState, first_contact, false),
    DEFINE_PROP_LINK("ioc", Zx1LbaState, ioc, TYPE_ZX1_IOC, Zx1IocState *),
};

static void lba_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    PCIHostBridgeClass *hc = PCI_HOST_BRIDGE_CLASS(klass);
    SysBusDeviceClass *sbc = SYS_BUS_DEVICE_CLASS(klass);
    HotplugHandlerClass *hpc = HOTPLUG_HANDLER_CLASS(klass);

    dc->desc = "zx1 PCI-X host bridge";
    dc->fw_name = "pci";
    dc->realize = lba_realize;
    dc->unrealize = lba_unrealize;
    dc->vmsd = &vmstate_zx1_lba;
    dc->user_creatable = false;
    device_class_set_props(dc, lba_properties);
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    rc->phases.hold = lba_reset_hold;
    hc->root_bus_path = lba_root_bus_path;
    sbc->explicit_ofw_unit_address = lba_ofw_unit_address;
    hpc->plug = lba_plug;
    hpc->unplug = lba_unplug;
}

static const TypeInfo lba_types[] = {
    {
        .name = TYPE_ZX1_PCI_BUS,
        .parent = TYPE_PCI_BUS,
        .class_init = zx1_pci_bus_class_init,
    },
    {
        .name = TYPE_ZX1_LBA,
        .parent = TYPE_PCI_HOST_BRIDGE,
        .instance_size = sizeof(Zx1LbaState),
        .instance_init = lba_init,
        .instance_finalize = lba_finalize,
        .class_init = lba_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    },
};

DEFINE_TYPES(lba_types)
