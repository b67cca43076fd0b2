/*
 * zx1 firmware: diagnostics, the machine exercised as a system would do it
 *
 * Every check prints one line: PASS, FAIL or SKIP, its name and what it saw.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diag.h"
#include "../shell/shell.h"
#include "rt.h"

#define PM_TIMER_HZ         3579545UL
#define TIMER_TEST_USECS    50000
#define IPI_TEST_USECS      1000000
#define MEM_STRIDE          (16UL << 20)
#define MEM_PAGES_MAX       1024        /* tested in a region */

static unsigned passed, failed, skipped;

void diag_result(bool ok, const char *fmt, ...)
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

void diag_skip(const char *fmt, ...)
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
        diag_result(false, "memory: no memory map");
        fw_free(map);
        return;
    }
    for (UINTN i = 0; i + step <= size; i += step) {
        EFI_MEMORY_DESCRIPTOR *d = (void *)((UINT8 *)map + i);
        UINT64 end = d->PhysicalStart + (d->NumberOfPages << EFI_PAGE_SHIFT);
        UINT64 stride = MAX(MEM_STRIDE, (d->NumberOfPages / MEM_PAGES_MAX)
                                        << EFI_PAGE_SHIFT);

        if (d->Type != EfiConventionalMemory) {
            continue;
        }
        pages += d->NumberOfPages;
        for (UINT64 a = d->PhysicalStart; a < end; a += stride) {
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
        diag_result(false, "memory: %ld of %ld pages tested are bad, first %lx",
                    (long)bad, (long)tested, first_bad);
    } else {
        diag_result(tested > 0, "memory: %ld MiB free, %ld pages tested",
                    (long)(pages >> 8), (long)tested);
    }
}

/* Timers */

/* One reading of the ACPI timer, between two of the ITC */
struct timer_reading {
    UINT64 before, after;
    UINT32 pm;
};

static struct timer_reading read_timers(void)
{
    struct timer_reading r;

    r.before = fw_ticks();
    r.pm = mmio_read32(ZX1_PM_TMR);
    r.after = fw_ticks();
    return r;
}

/* The emulator may lose its processor at any time: allow for that. */
static void diag_itc(void)
{
    struct timer_reading start = read_timers(), end;
    UINT64 pm, want, least, most;

    do {
        end = read_timers();
        pm = (end.pm - start.pm) & 0xffffff;
        least = end.before - start.after;
        most = end.after - start.before;
        if (least > 20 * (fw_itc_hz / 1000000) * TIMER_TEST_USECS &&
            pm == 0) {
            diag_result(false, "timer: the ACPI timer stands still");
            return;
        }
    } while (pm < PM_TIMER_HZ * TIMER_TEST_USECS / 1000000);
    want = pm * (fw_itc_hz / 1000) / (PM_TIMER_HZ / 1000);
    diag_result(least < want + want / 50 && most > want - want / 50,
                "timer: ITC %ld ticks in %ld us, ACPI timer says %ld",
                (long)most, (long)(pm * 1000000 / PM_TIMER_HZ), (long)want);
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
        diag_result(false, "timer event: %r", st);
        return;
    }
    gBS->SetTimer(ev, TimerPeriodic, 100000);   /* 10 ms */
    while (timer_ticks < 5 && !fw_expired(t)) {
        gBS->Stall(1000);
    }
    gBS->CloseEvent(ev);
    usecs = fw_usecs() - start;
    diag_result(timer_ticks >= 5 && usecs >= 30000,
                "timer event: %d signals 10 ms apart in %ld us", timer_ticks,
                (long)usecs);
}

static void diag_rtc(void)
{
    EFI_TIME t;
    EFI_STATUS st = gRT->GetTime(&t, NULL);

    diag_result(!EFI_ERROR(st) && t.Year >= 1998 && t.Month >= 1 &&
                t.Month <= 12 && t.Day >= 1 && t.Day <= 31 && t.Hour < 24 &&
                t.Minute < 60 && t.Second < 60,
                "clock: %04d-%02d-%02d %02d:%02d:%02d, %r", t.Year, t.Month,
                t.Day, t.Hour, t.Minute, t.Second, st);
}

/* Processors: each runs a job that an IPI wakes it for */

struct cpu_job {
    volatile UINT64 done;
    volatile UINT64 lid;
    volatile UINT64 itc;
};

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
            diag_result(false, "cpu %d: does not answer an IPI", id);
        } else {
            diag_result((job->lid >> 24 & 0xff) == id &&
                        job->itc + fw_itc_hz / 10 > start &&
                        job->itc < back + fw_itc_hz / 10,
                        "cpu %d: answered an IPI in %ld us, lid %lx, ITC in "
                        "step", id,
                        (long)((back - start) / (fw_itc_hz / 1000000)),
                        job->lid);
        }
    }
    fw_free(job);
    diag_result(true, "cpu: %d in all, this one is %d", n + 1, self);
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
            diag_result(false, "pci %02x:%02x.%x %04x:%04x: %s", d->bus, d->dev,
                        d->fn, d->vendor, d->device, why);
        }
    }
    diag_result(fw_pci_nroots > 0, "pci: %d functions behind %d ioas", n,
                fw_pci_nroots);
}

static EFI_STATUS cmd_diag(unsigned argc, CHAR16 **argv)
{
    struct list *p;

    passed = failed = skipped = 0;
    fw_printf("diagnostics\n");
    diag_memory();
    diag_itc();
    diag_event();
    diag_rtc();
    diag_cpus();
    diag_pci();
    diag_storage();
    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);

        if (d->header || diag_has_storage(d) || diag_network(d) ||
            diag_vf(d)) {
            continue;
        }
        diag_skip("dma %02x:%02x.%x %04x:%04x: no test for this function",
                  d->bus, d->dev, d->fn, d->vendor, d->device);
    }
    fw_printf("diagnostics: %d passed, %d failed, %d skipped\n", passed,
              failed, skipped);
    return failed ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}
SHELL_CMD(diag, "", "test memory, timers, processors, PCI, DMA, interrupts",
          cmd_diag);
