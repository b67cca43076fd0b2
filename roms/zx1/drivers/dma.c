/*
 * zx1 firmware: DMA addresses and the end of boot services
 *
 * Facts about the IOC: Linux arch/ia64/hp/common/sba_iommu.c (registers,
 * directory entries, purges).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"
#include "ioc.h"

#define IOVA_PAGES          (ZX1_IOVA_SIZE >> IOC_PAGE_SHIFT)
#define IOVA_LOG2_SIZE      30

UINT64 dma_offset;

/* The window's directory, while it is open */
static UINT64 *pdir;

struct exit_call {
    void (*fn)(void *opaque);
    void *opaque;
    struct exit_call *next;
};

static struct exit_call *exit_calls;

bool dma_direct(const void *p, UINT64 n)
{
    UINT64 a = (UINT64)p;

    return !(a & 3) && a < ZX1_MEM0_SIZE && n <= ZX1_MEM0_SIZE - a;
}

void drv_on_exit(void (*fn)(void *opaque), void *opaque)
{
    struct exit_call *c = fw_zalloc(sizeof(*c));

    if (!c) {
        fw_panic("no memory for a device\n");
    }
    c->fn = fn;
    c->opaque = opaque;
    c->next = exit_calls;
    exit_calls = c;
}

static void ioc_purge(UINT64 iova, unsigned log2_size)
{
    mmio_write64(ZX1_IOC_BASE + IOC_PCOM, iova | log2_size);
    mmio_read64(ZX1_IOC_BASE + IOC_PCOM);
}

static void ioc_enable(void)
{
    mmio_write64(ZX1_IOC_BASE + IOC_PDIR_BASE, (UINT64)pdir);
    mmio_write64(ZX1_IOC_BASE + IOC_TCNFG, IOC_TCNFG_64K);
    mmio_write64(ZX1_IOC_BASE + IOC_IMASK, 0xffffffff & -ZX1_IOVA_SIZE);
    mmio_write64(ZX1_IOC_BASE + IOC_IBASE, ZX1_IOVA_BASE | IOC_IBASE_ENABLE);
    ioc_purge(ZX1_IOVA_BASE, IOVA_LOG2_SIZE);
    dma_offset = ZX1_IOVA_BASE;
}

static void ioc_disable(void)
{
    dma_offset = 0;
    mmio_write64(ZX1_IOC_BASE + IOC_IBASE, ZX1_IOVA_BASE);
    ioc_purge(ZX1_IOVA_BASE, IOVA_LOG2_SIZE);
}

/* Devices must not write to memory that the operating system now owns */
static VOID EFIAPI drv_exit(EFI_EVENT event, VOID *context)
{
    struct list *p;

    for (; exit_calls; exit_calls = exit_calls->next) {
        exit_calls->fn(exit_calls->opaque);
    }
    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);

        if (d->header == 0) {
            pci_disable_master(d);
        }
    }
    if (pdir) {
        /* The system that boots owns the directory's memory now */
        ioc_disable();
    }
}

/* The memory below 1 GiB, at its own offsets in the window; no hole of it */
static void map_memory(void)
{
    UINT32 size = 0;
    struct zx1_fw_range *ram = fwcfg_file(ZX1_FW_FILE_RAM, &size);

    for (UINT64 i = 0; i < IOVA_PAGES; i++) {
        UINT64 a = i << IOC_PAGE_SHIFT;

        pdir[i] = 0;
        if (a >= 0xa0000 && a < 0xc0000) {
            continue;           /* VGA */
        }
        for (UINT32 n = 0; ram && n < size / sizeof(*ram); n++) {
            if (a >= ram[n].base && a - ram[n].base < ram[n].size) {
                pdir[i] = a | IOC_PDIR_VALID;
            }
        }
    }
    if (ram) {
        fw_free(ram);
    }
}

bool ioc_window_open(void)
{
    pdir = fw_alloc_dma(IOVA_PAGES * 8, IOVA_PAGES * 8);
    if (!pdir) {
        return false;
    }
    map_memory();
    ioc_enable();
    return true;
}

void ioc_window_close(void)
{
    ioc_disable();
    fw_free_dma(pdir, IOVA_PAGES * 8);
    pdir = NULL;
}

void ioc_window_redirect(void *page, void *target)
{
    UINT64 iova = ZX1_IOVA_BASE + (UINT64)page;

    pdir[(UINT64)page >> IOC_PAGE_SHIFT] = (UINT64)target | IOC_PDIR_VALID;
    ioc_purge(iova, IOC_PAGE_SHIFT);
}

static void dma_init(void)
{
    EFI_EVENT event;
    struct zx1_fw_platform *plat;

    gBS->CreateEvent(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_NOTIFY, drv_exit, NULL,
                     &event);
    plat = fwcfg_file(ZX1_FW_FILE_PLATFORM, NULL);
    if (!plat) {
        return;
    }
    if (plat->flags & ZX1_FW_FLAG_ISOLATION && !ioc_window_open()) {
        fw_panic("no memory for the I/O page directory\n");
    }
    fw_free(plat);
}
FW_INITCALL(bus, dma_init);
