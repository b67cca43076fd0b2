/*
 * zx1 firmware: diagnostics, what tests of DMA and of interrupts are made of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diag.h"

/* IOSAPIC, in the ioa's block at ZX1_LBA_IOSAPIC */
#define IOSAPIC_SELECT      0x00
#define IOSAPIC_WINDOW      0x10
#define IOSAPIC_EOI         0x40
#define IOSAPIC_RTE(n)      (0x10 + 2 * (n))
#define RTE_ACTIVE_LOW      (1 << 13)
#define RTE_LEVEL           (1 << 15)
#define RTE_MASKED          (1 << 16)

bool dma_setup(struct dma_test *t)
{
    memset(t, 0, sizeof(*t));
    t->a = fw_alloc_dma(IOC_PAGE_SIZE, IOC_PAGE_SIZE);
    t->b = fw_alloc_dma(IOC_PAGE_SIZE, IOC_PAGE_SIZE);
    if (!t->a || !t->b) {
        return false;
    }
    if (!dma_offset) {
        t->own = ioc_window_open();
        if (!t->own) {
            return false;
        }
    }
    ioc_window_redirect(t->a, t->b);
    return true;
}

void dma_teardown(struct dma_test *t)
{
    if (t->own) {
        ioc_window_close();
    } else if (dma_offset && t->a && t->b) {
        ioc_window_redirect(t->a, t->a);
    }
    if (t->a) {
        fw_free_dma(t->a, IOC_PAGE_SIZE);
    }
    if (t->b) {
        fw_free_dma(t->b, IOC_PAGE_SIZE);
    }
}

static UINT64 irr_of(unsigned vector)
{
    UINT64 v = 0;

    switch (vector >> 6) {
    case 0:
        __asm__ volatile("mov %0 = cr.irr0" : "=r"(v));
        break;
    case 1:
        __asm__ volatile("mov %0 = cr.irr1" : "=r"(v));
        break;
    case 2:
        __asm__ volatile("mov %0 = cr.irr2" : "=r"(v));
        break;
    case 3:
        __asm__ volatile("mov %0 = cr.irr3" : "=r"(v));
        break;
    }
    return v >> (vector & 63) & 1;
}

static void take_vector(void)
{
    UINT64 v;

    __asm__ volatile("mov %0 = cr.ivr;; srlz.d;; mov cr.eoi = r0;; srlz.d"
                     : "=r"(v) : : "memory");
}

static void rte_write(struct pci_root *r, unsigned pin, UINT32 low, UINT32 high)
{
    UINT64 io = r->hw.csr + ZX1_LBA_IOSAPIC;

    mmio_write32(io + IOSAPIC_SELECT, IOSAPIC_RTE(pin) + 1);
    mmio_write32(io + IOSAPIC_WINDOW, high);
    mmio_write32(io + IOSAPIC_SELECT, IOSAPIC_RTE(pin));
    mmio_write32(io + IOSAPIC_WINDOW, low);
}

static void irq_alone(struct irq_test *t, struct pci_dev *d)
{
    t->d = d;
    t->tpl = gBS->RaiseTPL(TPL_HIGH_LEVEL);
    __asm__ volatile("rsm psr.i;; srlz.d" : : : "memory");
}

void irq_arm_pin(struct irq_test *t, struct pci_dev *d)
{
    t->msi = false;
    t->pin = d->gsi - d->root->hw.gsi_base;
    t->command = pci_read16(d, PCI_COMMAND);
    pci_write16(d, PCI_COMMAND, t->command & ~PCI_COMMAND_INTX_DISABLE);
    irq_alone(t, d);
    rte_write(d->root, t->pin, DIAG_VECTOR | RTE_LEVEL | RTE_ACTIVE_LOW,
              read_lid() & 0xffff0000);
}

void irq_arm_msi(struct irq_test *t, struct pci_dev *d)
{
    t->msi = true;
    irq_alone(t, d);
}

bool irq_wait(UINT64 usecs)
{
    UINT64 t = fw_ticks() + fw_itc_hz / 1000000 * usecs;

    while (!irr_of(DIAG_VECTOR)) {
        if (fw_ticks() > t) {
            return false;
        }
    }
    return true;
}

void irq_disarm(struct irq_test *t)
{
    struct pci_root *r = t->d->root;

    if (!t->msi) {
        rte_write(r, t->pin, RTE_MASKED | DIAG_VECTOR | RTE_LEVEL |
                  RTE_ACTIVE_LOW, 0);
        mmio_write32(r->hw.csr + ZX1_LBA_IOSAPIC + IOSAPIC_EOI, DIAG_VECTOR);
    }
    for (int i = 0; i < 4 && irr_of(DIAG_VECTOR); i++) {
        take_vector();
    }
    __asm__ volatile("ssm psr.i;; srlz.d" : : : "memory");
    gBS->RestoreTPL(t->tpl);
    if (!t->msi) {
        pci_write16(t->d, PCI_COMMAND, t->command);
    }
}
