/*
 * libqos: the HP zx1 machine, for the base's tests of PCI devices
 *
 * The chipset is programmed as the firmware would. Devices are on the first
 * root; their DMA takes the bypass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "tests/qtest/libqos/libqos-malloc.h"
#include "tests/qtest/libqos/pci.h"
#include "tests/qtest/libqos/qgraph.h"
#include "zx1-util.h"

/* What libqos may hand out: half of the low memory, without what is at 0 */
#define ZX1_ALLOC_START     (1 * MiB)
#define ZX1_ALLOC_END       (512 * MiB)
#define ZX1_ALLOC_PAGE      4096
/* Of the first root's share of ports and memory */
#define ZX1_QOS_PORT        0x1000
#define ZX1_QOS_PORT_END    0x2000
#define ZX1_QOS_MMIO        0x80000000
#define ZX1_QOS_MMIO_END    0x90000000

typedef struct QZx1PCIBus {
    QOSGraphObject obj;
    QPCIBus bus;
} QZx1PCIBus;

typedef struct QZx1Machine {
    QOSGraphObject obj;
    QGuestAllocator alloc;
    QZx1PCIBus pci;
} QZx1Machine;

static uint8_t zx1_pio_readb(QPCIBus *bus, uint32_t addr)
{
    return zx1_read(bus->qts, zx1_port(addr), 1);
}

static uint16_t zx1_pio_readw(QPCIBus *bus, uint32_t addr)
{
    return zx1_read(bus->qts, zx1_port(addr), 2);
}

static uint32_t zx1_pio_readl(QPCIBus *bus, uint32_t addr)
{
    return zx1_read(bus->qts, zx1_port(addr), 4);
}

/* No page of the sparse space has eight ports */
static uint64_t zx1_pio_readq(QPCIBus *bus, uint32_t addr)
{
    uint64_t low = zx1_pio_readl(bus, addr);

    return low | (uint64_t)zx1_pio_readl(bus, addr + 4) << 32;
}

static void zx1_pio_writeb(QPCIBus *bus, uint32_t addr, uint8_t val)
{
    zx1_write(bus->qts, zx1_port(addr), val, 1);
}

static void zx1_pio_writew(QPCIBus *bus, uint32_t addr, uint16_t val)
{
    zx1_write(bus->qts, zx1_port(addr), val, 2);
}

static void zx1_pio_writel(QPCIBus *bus, uint32_t addr, uint32_t val)
{
    zx1_write(bus->qts, zx1_port(addr), val, 4);
}

static void zx1_pio_writeq(QPCIBus *bus, uint32_t addr, uint64_t val)
{
    zx1_pio_writel(bus, addr, val);
    zx1_pio_writel(bus, addr + 4, val >> 32);
}

static void zx1_memread(QPCIBus *bus, uint32_t addr, void *buf, size_t len)
{
    qtest_memread(bus->qts, addr, buf, len);
}

static void zx1_memwrite(QPCIBus *bus, uint32_t addr, const void *buf,
                         size_t len)
{
    qtest_memwrite(bus->qts, addr, buf, len);
}

static uint8_t zx1_config_readb(QPCIBus *bus, int devfn, uint8_t offset)
{
    return zx1_config_read(bus->qts, 0, 0, devfn, offset, 1);
}

static uint16_t zx1_config_readw(QPCIBus *bus, int devfn, uint8_t offset)
{
    return zx1_config_read(bus->qts, 0, 0, devfn, offset, 2);
}

static uint32_t zx1_config_readl(QPCIBus *bus, int devfn, uint8_t offset)
{
    return zx1_config_read(bus->qts, 0, 0, devfn, offset, 4);
}

static void zx1_config_writeb(QPCIBus *bus, int devfn, uint8_t offset,
                              uint8_t val)
{
    zx1_config_write(bus->qts, 0, 0, devfn, offset, val, 1);
}

static void zx1_config_writew(QPCIBus *bus, int devfn, uint8_t offset,
                              uint16_t val)
{
    zx1_config_write(bus->qts, 0, 0, devfn, offset, val, 2);
}

static void zx1_config_writel(QPCIBus *bus, int devfn, uint8_t offset,
                              uint32_t val)
{
    zx1_config_write(bus->qts, 0, 0, devfn, offset, val, 4);
}

static void *zx1_bus_get_driver(void *obj, const char *interface)
{
    QZx1PCIBus *pci = obj;

    g_assert_cmpstr(interface, ==, "pci-bus");
    return &pci->bus;
}

static void zx1_bus_init(QZx1PCIBus *pci, QTestState *qts)
{
    pci->obj.get_driver = zx1_bus_get_driver;
    pci->bus = (QPCIBus) {
        .pio_readb = zx1_pio_readb,
        .pio_readw = zx1_pio_readw,
        .pio_readl = zx1_pio_readl,
        .pio_readq = zx1_pio_readq,
        .pio_writeb = zx1_pio_writeb,
        .pio_writew = zx1_pio_writew,
        .pio_writel = zx1_pio_writel,
        .pio_writeq = zx1_pio_writeq,
        .memread = zx1_memread,
        .memwrite = zx1_memwrite,
        .config_readb = zx1_config_readb,
        .config_readw = zx1_config_readw,
        .config_readl = zx1_config_readl,
        .config_writeb = zx1_config_writeb,
        .config_writew = zx1_config_writew,
        .config_writel = zx1_config_writel,
        .qts = qts,
        .pio_alloc_ptr = ZX1_QOS_PORT,
        .pio_limit = ZX1_QOS_PORT_END,
        .mmio_alloc_ptr = ZX1_QOS_MMIO,
        .mmio_limit = ZX1_QOS_MMIO_END,
    };
}

static void *zx1_machine_get_driver(void *obj, const char *interface)
{
    QZx1Machine *machine = obj;

    g_assert_cmpstr(interface, ==, "memory");
    return &machine->alloc;
}

static QOSGraphObject *zx1_machine_get_device(void *obj, const char *device)
{
    QZx1Machine *machine = obj;

    g_assert_cmpstr(device, ==, "pci-bus-zx1");
    return &machine->pci.obj;
}

static void zx1_machine_destructor(QOSGraphObject *obj)
{
    alloc_destroy(&((QZx1Machine *)obj)->alloc);
}

static void *zx1_machine_create(QTestState *qts)
{
    QZx1Machine *machine = g_new0(QZx1Machine, 1);

    zx1_program_chipset(qts);
    alloc_init(&machine->alloc, 0, ZX1_ALLOC_START, ZX1_ALLOC_END,
               ZX1_ALLOC_PAGE);
    zx1_bus_init(&machine->pci, qts);
    machine->obj.get_device = zx1_machine_get_device;
    machine->obj.get_driver = zx1_machine_get_driver;
    machine->obj.destructor = zx1_machine_destructor;
    return machine;
}

static void zx1_register_nodes(void)
{
    qos_node_create_machine("ia64/zx1", zx1_machine_create);
    qos_node_create_driver("pci-bus-zx1", NULL);
    qos_node_produces("pci-bus-zx1", "pci-bus");
    qos_node_contains("ia64/zx1", "pci-bus-zx1", NULL);
}

libqos_init(zx1_register_nodes);
