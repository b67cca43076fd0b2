/*
 * zx1 firmware: diagnostics of DMA and interrupts of what has a driver
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diag.h"

#define BLOCKS_BYTES    4096
#define INQUIRY_BYTES   512

/* Something that makes a controller write to memory */
struct source {
    char name[48];
    struct pci_dev *pci;
    struct blk *blk;            /* or */
    struct dma_probe *probe;
    UINT32 len;
    bool can_irq;
};

static EFI_STATUS source_read(struct source *s, UINT8 *buf)
{
    if (s->probe) {
        return s->probe->read(s->probe, buf);
    }
    if (s->blk->present) {
        return s->blk->rw(s->blk, 0, s->len / s->blk->block_size, buf, false);
    }
    return s->blk->inquire(s->blk, buf, s->len);
}

static void source_irq(struct source *s, bool on)
{
    if (s->probe) {
        s->probe->irq(s->probe, on);
    } else {
        s->blk->irq(s->blk, on);
    }
}

static void test_dma(struct source *s)
{
    UINT8 *direct = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    struct dma_test t = { 0 };
    EFI_STATUS st;
    bool ok, changed = false;

    if (!direct || !dma_setup(&t)) {
        diag_result(false, "dma %s: no memory", s->name);
        goto out;
    }
    dma_teardown(&t);
    memset(direct, 0xa5, EFI_PAGE_SIZE);
    st = source_read(s, direct);
    if (EFI_ERROR(st)) {
        diag_result(false, "dma %s: without translation: %r", s->name, st);
        goto out;
    }
    dma_setup(&t);
    memset(t.a, 0x5a, EFI_PAGE_SIZE);
    memset(t.b, 0xa5, EFI_PAGE_SIZE);
    st = source_read(s, t.a);
    ok = !EFI_ERROR(st) && !memcmp(t.b, direct, EFI_PAGE_SIZE);
    for (UINTN i = 0; i < EFI_PAGE_SIZE; i++) {
        ok &= t.a[i] == 0x5a;
        changed |= t.b[i] != 0xa5;
    }
    diag_result(ok && changed, "dma %s: %d bytes through the IOTLB, %r",
                s->name, s->probe ? s->probe->len : s->len, st);

out:
    dma_teardown(&t);
    if (direct) {
        fw_free_dma(direct, EFI_PAGE_SIZE);
    }
}

static void test_irq(struct source *s)
{
    struct irq_test t;
    UINT8 *buf;
    EFI_STATUS st;
    bool seen;

    if (!s->can_irq || !s->pci->gsi) {
        diag_skip("irq %s: %s", s->name,
                  s->can_irq ? "no interrupt pin" : "the driver only polls");
        return;
    }
    buf = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    if (!buf) {
        diag_result(false, "irq %s: no memory", s->name);
        return;
    }
    irq_arm_pin(&t, s->pci);
    source_irq(s, true);
    st = source_read(s, buf);
    seen = irq_wait(IRQ_USECS);
    source_irq(s, false);
    irq_disarm(&t);
    fw_free_dma(buf, EFI_PAGE_SIZE);
    diag_result(seen && !EFI_ERROR(st), "irq %s: GSI %d, %s, %r", s->name,
                s->pci->gsi, seen ? "arrived" : "did not arrive", st);
}

static void test_source(struct source *s, const char *driver)
{
    snprintf(s->name, sizeof(s->name), "%02x:%02x.%x %s", s->pci->bus,
             s->pci->dev, s->pci->fn, driver);
    if (s->blk ? s->blk->bypasses_iotlb : s->probe->bypasses_iotlb) {
        diag_skip("dma %s: takes physical addresses (no iommu_platform=on)",
                  s->name);
    } else if (s->blk && !s->blk->present && !s->blk->inquire) {
        diag_skip("dma %s: no medium", s->name);
        return;
    } else {
        test_dma(s);
    }
    test_irq(s);
}

static bool has_disk(struct pci_dev *d)
{
    struct list *p;

    list_for_each(p, &blk_list) {
        if (container_of(p, struct blk, list)->pci == d) {
            return true;
        }
    }
    return false;
}

bool diag_has_storage(struct pci_dev *d)
{
    struct list *p;

    list_for_each(p, &dma_probes) {
        if (container_of(p, struct dma_probe, list)->pci == d) {
            return true;
        }
    }
    return has_disk(d);
}

void diag_storage(void)
{
    struct list *p;

    list_for_each(p, &blk_list) {
        struct blk *b = container_of(p, struct blk, list);
        struct source s = { .pci = b->pci, .blk = b, .can_irq = b->irq };

        s.len = INQUIRY_BYTES;
        if (b->present) {
            s.len = MAX(BLOCKS_BYTES / b->block_size, 1);
            s.len = MIN(s.len, b->blocks) * b->block_size;
            if (s.len > EFI_PAGE_SIZE) {
                diag_skip("dma %02x:%02x.%x %s: blocks of %d bytes",
                          b->pci->bus, b->pci->dev, b->pci->fn, b->driver,
                          b->block_size);
                continue;
            }
        }
        test_source(&s, b->driver);
    }
    /* what has no disk that shows the same */
    list_for_each(p, &dma_probes) {
        struct dma_probe *probe = container_of(p, struct dma_probe, list);
        struct source s = { .pci = probe->pci, .probe = probe,
                            .len = probe->len, .can_irq = probe->irq };

        if (!has_disk(probe->pci)) {
            test_source(&s, probe->driver);
        }
    }
}
