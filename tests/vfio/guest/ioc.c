/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IOTLB: window, page directory, purges (facts: Linux sba_iommu.c) */

#include "guest.h"

unsigned ioc_shift;
volatile uint64_t *ioc_pdir;

void ioc_enable(unsigned shift)
{
    uint64_t entries = ZX1_IOVA_SIZE >> shift;
    unsigned tcnfg = shift == 16 ? 3 : shift - 12;

    if (!ioc_pdir) {
        /* the most that any page size takes */
        ioc_pdir = ram_alloc((ZX1_IOVA_SIZE >> 12) * 8, 4096);
    }
    ioc_disable();
    ioc_shift = shift;
    for (uint64_t i = 0; i < entries; i++) {
        ioc_pdir[i] = 0;
    }
    write64(IOC_REG(IOC_IMASK), (uint32_t)-ZX1_IOVA_SIZE);
    write64(IOC_REG(IOC_TCNFG), tcnfg);
    write64(IOC_REG(IOC_PDIR_BASE), (uint64_t)ioc_pdir);
    write64(IOC_REG(IOC_PCOM), ZX1_IOVA_BASE | 30);
    read64(IOC_REG(IOC_PCOM));
    write64(IOC_REG(IOC_IBASE), ZX1_IOVA_BASE | 1);
    read64(IOC_REG(IOC_IBASE));
}

void ioc_disable(void)
{
    write64(IOC_REG(IOC_IBASE), ZX1_IOVA_BASE);
    read64(IOC_REG(IOC_IBASE));
}

void ioc_map(unsigned page, void *phys)
{
    /* no register is written: that is what the hardware asks for */
    ioc_pdir[page] = PDIR_VALID | (uint64_t)phys;
    mf();
}

void ioc_invalidate(unsigned page)
{
    /* Linux clears the top byte with a byte store, so do we */
    ((volatile uint8_t *)&ioc_pdir[page])[7] = 0;
    mf();
}

void ioc_purge(unsigned page, unsigned log2)
{
    write64(IOC_REG(IOC_PCOM), IOVA(page) | (log2 + ioc_shift));
    read64(IOC_REG(IOC_PCOM));
}

void ioc_unmap(unsigned page)
{
    ioc_invalidate(page);
    ioc_purge(page, 0);
}
