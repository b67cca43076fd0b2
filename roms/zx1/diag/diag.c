/*
 * zx1 firmware: diagnostics, the machine exercised as a system would do it
 *
 * Every check prints one line: PASS, FAIL or SKIP, its name and what it saw.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "../drivers/drv.h"
#include "../drivers/ioc.h"
#include "../shell/shell.h"
#include "rt.h"

#define PM_TIMER_HZ         3579545UL
#define TIMER_TEST_USECS    50000
#define IPI_TEST_USECS      1000000
#define MEM_STRIDE          (16UL << 20)
#define DMA_BLOCKS_BYTES    4096

/* IOSAPIC, in the ioa's block at ZX1_LBA_IOSAPIC */
#define IOSAPIC_SELECT      0x00
#define IOSAPIC_WINDOW      0x10
#define IOSAPIC_EOI         0x40
#define IOSAPIC_RTE(n)      (0x10 + 2 * (n))
#define RTE_ACTIVE_LOW      (1 << 13)
#define RTE_LEVEL           (1 << 15)
#define RTE_MASKED          (1 << 16)
#define TEST_VECTOR         0xe0

static unsigned passed, failed, skipped;

static void result(bool ok, const char *fmt, ...)
{
    va_list ap;

    fw_printf(ok ? "PASS " : "FAIL ");
    va_start(ap, fmt);
    fw_vprintf(fmt, ap);
    va_end(ap);
    fw_printf("\n");
    if (ok) {
        passed++;
    } else {
        failed++;
    }
}

static void skip(const char *fmt, ...)
{
    va_list ap;

    fw_printf("SKIP ");
    va_start(ap, fmt);
    fw_vprintf(fmt, ap);
    va_end(ap);
    fw_printf("\n");
    skipped++;
}

/* Memory: a page at every stride of every free region, restored afterwards */

static bool test_page(volatile UINT64 *p)
{
    static const UINT64 patterns[] = {
        0, ~0UL, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa,
    };
    UINTN n = EFI_PAGE_SIZE / 8;
    bool ok = true;

    for (unsigned i = 0; i < ARRAY_SIZE(patterns); i++) {
        for (UINTN j = 0; j < n; j++) {
            p[j] = patterns[i] ^ (UINT64)&p[j];
        }
        for (UINTN j = 0; j < n; j++) {
            ok &= p[j] == (patterns[i] ^ (UINT64)&p[j]);
        }
    }
    return ok;
}

static void diag_memory(void)
{
    UINTN size = 0, key, step;
    EFI_MEMORY_DESCRIPTOR *map;
    UINT64 pages = 0, tested = 0, bad = 0, first_bad = 0;
    UINT32 version;

    gBS->GetMemoryMap(&size, NULL, &key, &step, &version);
    size += 4096;
    map = fw_alloc(size);
    if (!map || EFI_ERROR(gBS->GetMemoryMap(&size, map, &key, &step,
                                            &version))) {
        result(false, "memory: no memory map");
        fw_free(map);
        return;
    }
    for (UINTN i = 0; i + step <= size; i += step) {
        EFI_MEMORY_DESCRIPTOR *d = (void *)((UINT8 *)map + i);
        UINT64 end = d->PhysicalStart + (d->NumberOfPages << EFI_PAGE_SHIFT);

        if (d->Type != EfiConventionalMemory) {
            continue;
        }
        pages += d->NumberOfPages;
        for (UINT64 a = d->PhysicalStart; a < end; a += MEM_STRIDE) {
            if (!a) {
                continue;
            }
            tested++;
            if (!test_page((UINT64 *)a)) {
                first_bad = bad++ ? first_bad : a;
            }
        }
    }
    fw_free(map);
    if (bad) {
        result(false, "memory: %ld of %ld pages tested are bad, first %lx",
               (long)bad, (long)tested, first_bad);
    } else {
        result(tested > 0, "memory: %ld MiB free, %ld pages tested",
               (long)(pages >> 8), (long)tested);
    }
}

/* Timers */

static void diag_itc(void)
{
    UINT32 pm0 = mmio_read32(ZX1_PM_TMR);
    UINT64 t0 = fw_ticks(), itc, pm, want;

    while (((mmio_read32(ZX1_PM_TMR) - pm0) & 0xffffff) <
           PM_TIMER_HZ * TIMER_TEST_USECS / 1000000) {
        if (fw_ticks() - t0 > 20 * (fw_itc_hz / 1000000) * TIMER_TEST_USECS) {
            result(false, "timer: the ACPI timer stands still");
            return;
        }
    }
    itc = fw_ticks() - t0;
    pm = (mmio_read32(ZX1_PM_TMR) - pm0) & 0xffffff;
    want = pm * (fw_itc_hz / 1000) / (PM_TIMER_HZ / 1000);
    result(itc > want - want / 50 && itc < want + want / 50,
           "timer: ITC %ld ticks in %ld us, ACPI timer says %ld",
           (long)itc, (long)(pm * 1000000 / PM_TIMER_HZ), (long)want);
}

static volatile unsigned timer_ticks;

static VOID EFIAPI timer_notify(EFI_EVENT event, VOID *context)
{
    timer_ticks++;
}

/* An emulator on a busy host may be late, but never early */
static void diag_event(void)
{
    UINT64 start = fw_usecs(), t = fw_deadline(2000000), usecs;
    EFI_EVENT ev;
    EFI_STATUS st;

    timer_ticks = 0;
    st = gBS->CreateEvent(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_CALLBACK,
                          timer_notify, NULL, &ev);
    if (EFI_ERROR(st)) {
        result(false, "timer event: %r", st);
        return;
    }
    gBS->SetTimer(ev, TimerPeriodic, 100000);   /* 10 ms */
    while (timer_ticks < 5 && !fw_expired(t)) {
        gBS->Stall(1000);
    }
    gBS->CloseEvent(ev);
    usecs = fw_usecs() - start;
    result(timer_ticks >= 5 && usecs >= 30000,
           "timer event: %d signals 10 ms apart in %ld us", timer_ticks,
           (long)usecs);
}

static void diag_rtc(void)
{
    EFI_TIME t;
    EFI_STATUS st = gRT->GetTime(&t, NULL);

    result(!EFI_ERROR(st) && t.Year >= 1998 && t.Month >= 1 && t.Month <= 12 &&
           t.Day >= 1 && t.Day <= 31 && t.Hour < 24 && t.Minute < 60 &&
           t.Second < 60, "clock: %04d-%02d-%02d %02d:%02d:%02d, %r", t.Year,
           t.Month, t.Day, t.Hour, t.Minute, t.Second, st);
}

/* Processors: each runs a job that an IPI wakes it for */

struct cpu_job {
    volatile UINT64 done;
    volatile UINT64 lid;
    volatile UINT64 itc;
};

static inline UINT64 read_lid(void)
{
    UINT64 v;

    __asm__ volatile("mov %0 = cr.lid" : "=r"(v));
    return v;
}

static void cpu_work(struct cpu_job *job)
{
    UINT64 itc;

    __asm__ volatile("mov %0 = ar.itc" : "=r"(itc));
    job->lid = read_lid();
    job->itc = itc;
    fw_mb();
    job->done = 1;
}

static void diag_cpus(void)
{
    unsigned self = read_lid() >> 24 & 0xff;
    struct cpu_job *job = fw_zalloc(sizeof(*job));
    struct rt_head *rt = RT_HEAD;
    unsigned n = 0;

    for (unsigned id = 0; job && id < SAL_MAX_CPUS; id++) {
        struct sal_cpu *c = &rt->cpu[id];
        struct fdesc *fn = (struct fdesc *)cpu_work;
        UINT64 start, t, back;

        if (id == self || id >= rt->info->nr_cpus) {
            continue;
        }
        memset(job, 0, sizeof(*job));
        c->work_gp = fn->gp;
        c->work_arg = (UINT64)job;
        fw_mb();
        c->work_ip = fn->ip;
        fw_mb();
        start = fw_ticks();
        mmio_write64(ZX1_PIB_BASE | (UINT64)id << 12, FW_AP_VECTOR);
        for (t = fw_deadline(IPI_TEST_USECS); !job->done; ) {
            if (fw_expired(t)) {
                break;
            }
        }
        back = fw_ticks();
        n++;
        if (!job->done) {
            c->work_ip = 0;
            result(false, "cpu %d: does not answer an IPI", id);
        } else {
            result((job->lid >> 24 & 0xff) == id && job->itc + fw_itc_hz / 10 >
                   start && job->itc < back + fw_itc_hz / 10,
                   "cpu %d: answered an IPI in %ld us, lid %lx, ITC in step",
                   id, (long)((back - start) / (fw_itc_hz / 1000000)),
                   job->lid);
        }
    }
    fw_free(job);
    result(true, "cpu: %d in all, this one is %d", n + 1, self);
}

/* PCI */

static bool in_window(const struct zx1_fw_root *r, const struct pci_bar *b)
{
    UINT64 last = b->addr + b->size - 1;

    if (b->io) {
        return b->addr >= r->io_base && last <= r->io_limit;
    }
    return (b->addr >= r->mem32_base && last <= r->mem32_limit) ||
           (b->addr >= r->mem64_base && last <= r->mem64_limit);
}

static bool bars_overlap(const struct pci_dev *a, const struct pci_dev *b)
{
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            const struct pci_bar *x = &a->bar[i], *y = &b->bar[j];

            if ((a == b && i >= j) || !x->size || !y->size || x->io != y->io ||
                !x->assigned || !y->assigned) {
                continue;
            }
            if (x->addr < y->addr + y->size && y->addr < x->addr + x->size) {
                return true;
            }
        }
    }
    return false;
}

static bool has_memory(const struct pci_dev *d)
{
    for (int i = 0; i < 6; i++) {
        if (d->bar[i].size && !d->bar[i].io && d->bar[i].assigned) {
            return true;
        }
    }
    return false;
}

static void diag_pci(void)
{
    struct list *p, *q;
    unsigned n = 0;

    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);
        const char *why = NULL;

        n++;
        if (pci_read16(d, 0) != d->vendor || pci_read16(d, 2) != d->device) {
            why = "its id changed";
        }
        for (int i = 0; i < 6; i++) {
            if (d->bar[i].size && !d->bar[i].assigned) {
                /* ports are scarce, and often there twice */
                if (!d->bar[i].io || !has_memory(d)) {
                    why = "a BAR has no place";
                }
            } else if (d->bar[i].size &&
                       !in_window(&d->root->hw, &d->bar[i])) {
                why = "a BAR is outside of its root's window";
            }
        }
        for (q = p; q != &fw_pci_devs; q = q->next) {
            if (bars_overlap(d, container_of(q, struct pci_dev, list))) {
                why = "BARs overlap";
            }
        }
        if (why) {
            result(false, "pci %02x:%02x.%x %04x:%04x: %s", d->bus, d->dev,
                   d->fn, d->vendor, d->device, why);
        }
    }
    result(fw_pci_nroots > 0, "pci: %d functions behind %d ioas", n,
           fw_pci_nroots);
}

/*
 * DMA through the IOTLB. The whole window maps the first GiB one to one but
 * for the page of buffer A, which the I/O page directory sends to buffer B:
 * what a device reads "into A" has to appear in B.
 */

struct dma_test {
    bool own;                   /* the firmware does not use it otherwise */
    UINT8 *a, *b;               /* IOC_PAGE_SIZE bytes each */
};

static bool dma_setup(struct dma_test *t)
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

static void dma_teardown(struct dma_test *t)
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

static void blk_name(struct blk *b, char *buf, size_t n)
{
    snprintf(buf, n, "%02x:%02x.%x %s", b->pci->bus, b->pci->dev, b->pci->fn,
             b->driver);
}

static void diag_dma(struct blk *b)
{
    struct dma_test t;
    UINT32 n;
    UINT8 *direct;
    EFI_STATUS st;
    char name[48];

    blk_name(b, name, sizeof(name));
    if (!b->present) {
        skip("dma %s: no medium", name);
        return;
    }
    if (b->bypasses_iotlb) {
        skip("dma %s: takes physical addresses (no iommu_platform=on)", name);
        return;
    }
    n = MIN(MAX(DMA_BLOCKS_BYTES / b->block_size, 1), b->blocks);
    n = MIN(n, EFI_PAGE_SIZE / b->block_size);
    direct = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    st = direct && n ? b->rw(b, 0, n, direct, false) : EFI_OUT_OF_RESOURCES;
    if (EFI_ERROR(st)) {
        result(false, "dma %s: read without translation: %r", name, st);
    } else if (!dma_setup(&t)) {
        result(false, "dma %s: no memory", name);
        dma_teardown(&t);
    } else {
        bool ok = true;

        memset(t.a, 0x5a, EFI_PAGE_SIZE);
        memset(t.b, 0xa5, EFI_PAGE_SIZE);
        st = b->rw(b, 0, n, t.a, false);
        ok = !EFI_ERROR(st) && !memcmp(t.b, direct, n * b->block_size);
        for (UINTN i = 0; i < EFI_PAGE_SIZE; i++) {
            ok &= t.a[i] == 0x5a;
        }
        dma_teardown(&t);
        result(ok, "dma %s: %d bytes through the IOTLB, %r", name,
               n * b->block_size, st);
    }
    if (direct) {
        fw_free_dma(direct, EFI_PAGE_SIZE);
    }
}

/* Interrupts: does the pin of a disk's controller reach this processor */

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

struct irq_test {
    struct pci_dev *d;
    unsigned pin;
    UINT16 command;
    EFI_TPL tpl;
};

/* From here to irq_seen() nothing else interrupts this processor */
static void irq_arm(struct irq_test *t, struct pci_dev *d)
{
    UINT64 lid = read_lid();

    t->d = d;
    t->pin = d->gsi - d->root->hw.gsi_base;
    t->command = pci_read16(d, PCI_COMMAND);
    pci_write16(d, PCI_COMMAND, t->command & ~PCI_COMMAND_INTX_DISABLE);
    t->tpl = gBS->RaiseTPL(TPL_HIGH_LEVEL);
    __asm__ volatile("rsm psr.i;; srlz.d" : : : "memory");
    rte_write(d->root, t->pin, TEST_VECTOR | RTE_LEVEL | RTE_ACTIVE_LOW,
              lid & 0xffff0000);
}

static bool irq_wait(void)
{
    UINT64 t = fw_ticks() + fw_itc_hz / 10;

    while (!irr_of(TEST_VECTOR)) {
        if (fw_ticks() > t) {
            return false;
        }
    }
    return true;
}

/* The device has let go of its pin */
static void irq_disarm(struct irq_test *t)
{
    struct pci_root *r = t->d->root;

    rte_write(r, t->pin, RTE_MASKED | TEST_VECTOR | RTE_LEVEL |
              RTE_ACTIVE_LOW, 0);
    mmio_write32(r->hw.csr + ZX1_LBA_IOSAPIC + IOSAPIC_EOI, TEST_VECTOR);
    for (int i = 0; i < 4 && irr_of(TEST_VECTOR); i++) {
        take_vector();
    }
    __asm__ volatile("ssm psr.i;; srlz.d" : : : "memory");
    gBS->RestoreTPL(t->tpl);
    pci_write16(t->d, PCI_COMMAND, t->command);
}

static void diag_irq(struct blk *b)
{
    struct irq_test t;
    UINT8 *buf;
    EFI_STATUS st;
    bool seen;
    char name[48];

    blk_name(b, name, sizeof(name));
    if (!b->present || !b->irq || !b->pci->gsi) {
        skip("irq %s: %s", name, !b->present ? "no medium"
             : b->irq ? "no interrupt pin" : "the driver only polls");
        return;
    }
    buf = fw_alloc_dma(b->block_size, EFI_PAGE_SIZE);
    if (!buf) {
        result(false, "irq %s: no memory", name);
        return;
    }
    irq_arm(&t, b->pci);
    b->irq(b, true);
    st = b->rw(b, 0, 1, buf, false);
    seen = irq_wait();
    b->irq(b, false);
    irq_disarm(&t);
    fw_free_dma(buf, b->block_size);
    result(seen && !EFI_ERROR(st), "irq %s: GSI %d, %s, %r", name,
           b->pci->gsi, seen ? "arrived" : "did not arrive", st);
}

/*
 * Intel 8254x network controllers: one empty transmit descriptor, which the
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

static void diag_nic(struct pci_dev *d)
{
    UINT64 regs = d->bar[0].addr;
    struct dma_test t;
    struct irq_test irq;
    bool done = false, seen;

    pci_enable(d);
    nic_reset(regs);
    if (dma_setup(&t)) {
        done = nic_transmit(regs, t.b, dma_bus(t.a));
        result(done, "dma %02x:%02x.%x network: descriptor read and written "
               "through the IOTLB", d->bus, d->dev, d->fn);
        if (done && d->gsi) {
            mmio_read32(regs + NIC_ICR);
            irq_arm(&irq, d);
            mmio_write32(regs + NIC_IMS, NIC_INT_TXDW);
            done = nic_transmit(regs, t.b, dma_bus(t.a));
            seen = irq_wait();
            mmio_write32(regs + NIC_IMC, 0xffffffff);
            mmio_read32(regs + NIC_ICR);
            irq_disarm(&irq);
            result(done && seen, "irq %02x:%02x.%x network: GSI %d, %s",
                   d->bus, d->dev, d->fn, d->gsi,
                   seen ? "arrived" : "did not arrive");
        }
    } else {
        result(false, "dma %02x:%02x.%x network: no memory", d->bus, d->dev,
               d->fn);
    }
    nic_reset(regs);
    dma_teardown(&t);
    pci_disable_master(d);
}

static EFI_STATUS cmd_diag(unsigned argc, CHAR16 **argv)
{
    struct list *p;
    bool any = false;

    passed = failed = skipped = 0;
    fw_printf("diagnostics\n");
    diag_memory();
    diag_itc();
    diag_event();
    diag_rtc();
    diag_cpus();
    diag_pci();
    list_for_each(p, &blk_list) {
        diag_dma(container_of(p, struct blk, list));
        any = true;
    }
    list_for_each(p, &blk_list) {
        diag_irq(container_of(p, struct blk, list));
    }
    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);

        if (is_8254x(d)) {
            diag_nic(d);
            any = true;
        }
    }
    if (!any) {
        skip("dma, irq: no disk and no network controller that is known");
    }
    fw_printf("diagnostics: %d passed, %d failed, %d skipped\n", passed,
              failed, skipped);
    return failed ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}
SHELL_CMD(diag, "", "test memory, timers, processors, PCI, DMA, interrupts",
          cmd_diag);
