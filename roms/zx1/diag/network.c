/*
 * zx1 firmware: diagnostics of Intel network controllers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diag.h"

/*
 * 8254x: one empty transmit descriptor, which the
 * controller fetches and marks as done; nothing goes out on the wire.
 * Facts: PCI/PCI-X Family of Gigabit Ethernet Controllers Software
 * Developer's Manual 2.x, chapters 3 and 13.
 */

#define NIC_CTRL            0x0000
#define NIC_CTRL_RESET      (1 << 26)
#define NIC_ICR             0x00c0
#define NIC_IMS             0x00d0
#define NIC_IMC             0x00d8
#define NIC_INT_TXDW        0x1
#define NIC_TCTL            0x0400
#define NIC_TCTL_ENABLE     0x2
#define NIC_TDBAL           0x3800
#define NIC_TDBAH           0x3804
#define NIC_TDLEN           0x3808
#define NIC_TDH             0x3810
#define NIC_TDT             0x3818
#define NIC_DESC_CMD        0x09000000      /* end of packet, report status */
#define NIC_DESC_DONE       0x1

static bool is_8254x(const struct pci_dev *d)
{
    static const UINT16 ids[] = {
        0x1004, 0x1008, 0x100e, 0x100f, 0x1010, 0x1011, 0x1012, 0x1015,
        0x1026, 0x1027, 0x1028, 0x1079, 0x107a, 0x107c, 0x10d3,
    };

    for (unsigned i = 0; d->vendor == 0x8086 && i < ARRAY_SIZE(ids); i++) {
        if (d->device == ids[i]) {
            return d->bar[0].assigned && !d->bar[0].io;
        }
    }
    return false;
}

/* @ring as the processor sees it, at @bus for the device */
static bool nic_transmit(UINT64 regs, volatile UINT8 *ring, UINT64 bus)
{
    UINT64 t;

    memset((void *)ring, 0, EFI_PAGE_SIZE);
    *(volatile UINT32 *)(ring + 8) = NIC_DESC_CMD;
    mmio_write32(regs + NIC_TDBAL, bus);
    mmio_write32(regs + NIC_TDBAH, bus >> 32);
    mmio_write32(regs + NIC_TDLEN, 128);
    mmio_write32(regs + NIC_TDH, 0);
    mmio_write32(regs + NIC_TDT, 0);
    mmio_write32(regs + NIC_TCTL, NIC_TCTL_ENABLE);
    mmio_write32(regs + NIC_TDT, 1);
    for (t = fw_ticks() + fw_itc_hz / 10; !(ring[12] & NIC_DESC_DONE); ) {
        if (fw_ticks() > t) {
            return false;
        }
    }
    return true;
}

static void nic_reset(UINT64 regs)
{
    mmio_write32(regs + NIC_IMC, 0xffffffff);
    mmio_write32(regs + NIC_CTRL,
                 mmio_read32(regs + NIC_CTRL) | NIC_CTRL_RESET);
    fw_udelay(1000);
    mmio_write32(regs + NIC_IMC, 0xffffffff);
    mmio_read32(regs + NIC_ICR);
}

static void test_8254x(struct pci_dev *d)
{
    UINT64 regs = d->bar[0].addr;
    struct dma_test t;
    struct irq_test irq;
    bool done = false, seen;

    pci_enable(d);
    nic_reset(regs);
    if (dma_setup(&t)) {
        done = nic_transmit(regs, t.b, dma_bus(t.a));
        diag_result(done, "dma %02x:%02x.%x network: descriptor read and "
                    "written through the IOTLB", d->bus, d->dev, d->fn);
        if (done && d->gsi) {
            mmio_read32(regs + NIC_ICR);
            irq_arm_pin(&irq, d);
            mmio_write32(regs + NIC_IMS, NIC_INT_TXDW);
            done = nic_transmit(regs, t.b, dma_bus(t.a));
            seen = irq_wait(IRQ_USECS);
            mmio_write32(regs + NIC_IMC, 0xffffffff);
            mmio_read32(regs + NIC_ICR);
            irq_disarm(&irq);
            diag_result(done && seen, "irq %02x:%02x.%x network: GSI %d, %s",
                        d->bus, d->dev, d->fn, d->gsi,
                        seen ? "arrived" : "did not arrive");
        }
    } else {
        diag_result(false, "dma %02x:%02x.%x network: no memory", d->bus,
                    d->dev, d->fn);
    }
    nic_reset(regs);
    dma_teardown(&t);
    pci_disable_master(d);
}

bool diag_network(struct pci_dev *d)
{
    if (!is_8254x(d)) {
        return false;
    }
    test_8254x(d);
    return true;
}
