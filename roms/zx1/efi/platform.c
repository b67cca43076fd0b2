/*
 * What the machine hands over: chipset layout, PCI roots, clocks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

struct zx1_fw_platform fw_platform;
struct pci_root fw_pci_roots[ZX1_ROPES];
unsigned fw_pci_nroots;
UINT64 fw_itc_hz = 1000000000;

#define ZX1_FW_FILE_MAX_STORES 512

static UINT32 read_file(const char *name, void *buf, UINT32 max)
{
    UINT16 key;
    UINT32 n = fwcfg_find(name, &key);

    n = MIN(n, max);
    if (n) {
        fwcfg_read(key, 0, buf, n);
    }
    return n;
}

void platform_init(void)
{
    static struct zx1_fw_store stores[ZX1_FW_FILE_MAX_STORES];
    static struct zx1_fw_root roots[ZX1_ROPES];
    struct rt_head *rt = RT_HEAD;
    UINT32 n, i;

    if (rt->magic != RT_MAGIC) {
        fw_panic("runtime image is missing\n");
    }
    if (!fwcfg_present()) {
        fw_panic("no fw_cfg\n");
    }
    n = read_file(ZX1_FW_FILE_PLATFORM, &fw_platform, sizeof(fw_platform));
    if (n < sizeof(fw_platform) || fw_platform.version != ZX1_FW_VERSION) {
        fw_panic("this firmware is for another machine version\n");
    }
    fw_itc_hz = fw_platform.itc_hz;

    n = read_file(ZX1_FW_FILE_CHIPSET, stores, sizeof(stores));
    for (i = 0; i < n / sizeof(stores[0]); i++) {
        mmio_write64(stores[i].address, stores[i].value);
    }
    n = read_file(ZX1_FW_FILE_ROOTS, roots, sizeof(roots));
    fw_pci_nroots = n / sizeof(roots[0]);

    memset(rt->info, 0, sizeof(*rt->info));
    rt->info->itc_hz = fw_platform.itc_hz;
    rt->info->bus_hz = fw_platform.bus_hz;
    rt->info->vars_base = fw_platform.vars_base;
    rt->info->vars_size = fw_platform.vars_size;
    rt->info->nr_cpus = fw_platform.nr_cpus;
    rt->info->nr_roots = fw_pci_nroots;
    for (i = 0; i < fw_pci_nroots; i++) {
        rt->info->root[i] = roots[i];
        fw_pci_roots[i].hw = roots[i];
    }
    rt->init();

    /* Other processors leave the flash for SAL's rendezvous */
    fw_mb();
    for (i = 1; i < fw_platform.nr_cpus; i++) {
        mmio_write64(ZX1_PIB_BASE | (UINT64)i << 12, FW_AP_VECTOR);
    }
}

struct sal_ret fw_sal(UINT64 index, UINT64 a1, UINT64 a2, UINT64 a3,
                      UINT64 a4, UINT64 a5, UINT64 a6, UINT64 a7)
{
    sal_proc_t sal = (sal_proc_t)RT_HEAD->sal_proc;

    return sal(index, a1, a2, a3, a4, a5, a6, a7);
}

/* ------------------------------------------------------------------ */
/* Time */

UINT64 fw_ticks(void)
{
    UINT64 t;

    __asm__ volatile("mov %0 = ar.itc" : "=r"(t) : : "memory");
    return t;
}

UINT64 fw_usecs(void)
{
    static UINT64 per_us;

    if (!per_us) {
        per_us = fw_itc_hz / 1000000;
        per_us = per_us ? per_us : 1;
    }
    return fw_ticks() / per_us;
}

void fw_udelay(UINT64 usecs)
{
    UINT64 t = fw_deadline(usecs);

    while (!fw_expired(t)) {
        event_poll();
    }
}
