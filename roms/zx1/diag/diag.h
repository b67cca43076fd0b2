/*
 * zx1 firmware: what the diagnostics share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_DIAG_H
#define ZX1_DIAG_H

#include "../drivers/drv.h"
#include "../drivers/ioc.h"

/* Each prints a line, and is counted */
void diag_result(bool ok, const char *fmt, ...);
void diag_skip(const char *fmt, ...);

/*
 * DMA through the IOTLB. The whole window maps the first GiB one to one but
 * for the page of buffer @a, which the I/O page directory sends to buffer @b:
 * what a device reads "into a" has to appear in b.
 */
struct dma_test {
    bool own;                   /* the firmware does not use it otherwise */
    UINT8 *a, *b;               /* IOC_PAGE_SIZE bytes each */
};

/* False: no memory; dma_teardown() is to be called all the same */
bool dma_setup(struct dma_test *t);
void dma_teardown(struct dma_test *t);

/*
 * One interrupt on this processor: from irq_arm*() to irq_disarm() it takes
 * no other.
 */
/*
 * Above the tick's: IVR gives the highest first, and a tick that a test took
 * would have been the last.
 */
#define DIAG_VECTOR     0xf0

struct irq_test {
    struct pci_dev *d;
    unsigned pin;               /* of the IOSAPIC */
    bool msi;                   /* the function writes DIAG_VECTOR itself */
    UINT16 command;
    EFI_TPL tpl;
};

/* Local SAPIC id of this processor: id in 31:24, eid in 23:16 */
static inline UINT64 read_lid(void)
{
    UINT64 v;

    __asm__ volatile("mov %0 = cr.lid" : "=r"(v));
    return v;
}

void irq_arm_pin(struct irq_test *t, struct pci_dev *d);
void irq_arm_msi(struct irq_test *t, struct pci_dev *d);
/* Whether DIAG_VECTOR arrives within @usecs */
bool irq_wait(UINT64 usecs);
/* The device has let go of its pin */
void irq_disarm(struct irq_test *t);

#define IRQ_USECS       100000

/* Disks, and controllers by other means; true if @d is one of them */
void diag_storage(void);
bool diag_has_storage(struct pci_dev *d);
/* Intel network controllers and their virtual functions */
bool diag_network(struct pci_dev *d);
bool diag_vf(struct pci_dev *d);

#endif
