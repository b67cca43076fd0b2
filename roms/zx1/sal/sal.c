/*
 * SAL: the system table and the procedures
 *
 * Numbers, arguments and results are those of the Itanium System Abstraction
 * Layer specification; see also Linux' arch/ia64/include/asm/sal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"
#include "bytes.h"

struct sal_vector {
    UINT64 ip, gp, size;
};

/* sal/ap.S reads sal_boot_rendez */
struct sal_vector sal_boot_rendez;
struct sal_cpu sal_cpus[SAL_MAX_CPUS];
UINT8 rt_sst[256] __attribute__((aligned(16)));

/* sal/event.S: entries for the first processor and for the others */
struct sal_vector sal_os_entry[2][2];
UINT64 sal_event_monarch[2];
UINT8 sal_min_state[SAL_MAX_CPUS][512] __attribute__((aligned(512)));

static struct {
    UINT64 i_or_m, vector, timeout, options;
} sal_mc_params[4];
static UINT64 sal_pal_address;
static UINT32 sal_pci_lock;

/* ------------------------------------------------------------------ */
/* System table */

#define SST_REVISION    0x0300  /* BCD, major and minor */

/* The one coherence domain, for purges of translations: who is in it */
static struct {
    UINT64 processors, list;    /* the list's physical address */
    UINT64 lid[SAL_MAX_CPUS];   /* id 7:0, eid 15:8 */
} sal_ptc_domain;

/* Before an operating system registers areas of its own */
void sal_register_min_state(void)
{
    UINT32 i;

    for (i = 0; i < SAL_MAX_CPUS; i++) {
        pal_min_state[i] = (UINT64)sal_min_state[i];
    }
}

void sal_build_table(void)
{
    UINT8 *t = rt_sst, *p = t + 96;
    UINT8 sum = 0;
    UINT32 i;

    memset(t, 0, sizeof(rt_sst));

    p[0] = 0;                           /* entry points */
    st64le(p + 8, pal_proc_fdesc.ip);
    st64le(p + 16, sal_proc_fdesc.ip);
    st64le(p + 24, sal_proc_fdesc.gp);
    p += 48;
    p[0] = 2;                           /* no platform features */
    p += 16;
    sal_ptc_domain.processors = rt_info.nr_cpus;
    sal_ptc_domain.list = (UINT64)sal_ptc_domain.lid;
    for (i = 0; i < rt_info.nr_cpus; i++) {
        sal_ptc_domain.lid[i] = i;
    }
    p[0] = 4;                           /* purge traffic: one domain */
    st32le(p + 4, 1);
    st64le(p + 8, (UINT64)&sal_ptc_domain);
    p += 16;
    p[0] = 5;                           /* AP wake-up by interrupt */
    st64le(p + 8, FW_AP_VECTOR);
    p += 16;

    memcpy(t, "SST_", 4);
    st32le(t + 4, p - t);
    st16le(t + 8, SST_REVISION);
    st16le(t + 10, 4);                  /* entries */
    st16le(t + 20, 0x0100);              /* SAL_A */
    st16le(t + 22, 0x0100);              /* SAL_B */
    memcpy(t + 24, "QEMU", 4);
    memcpy(t + 56, "zx1", 3);
    for (i = 0; i < (UINT32)(p - t); i++) {
        sum += t[i];
    }
    t[12] = -sum;
}

/* ------------------------------------------------------------------ */
/* PCI configuration space */

static UINT64 lock_pci(void)
{
    UINT64 psr = rt_irq_save();

    while (__atomic_exchange_n(&sal_pci_lock, 1, __ATOMIC_ACQUIRE)) {
        continue;
    }
    return psr;
}

static void unlock_pci(UINT64 psr)
{
    __atomic_store_n(&sal_pci_lock, 0, __ATOMIC_RELEASE);
    rt_irq_restore(psr);
}

/*
 * Sets the ioa's address register.  Type 0 address: segment 31:24, bus 23:16,
 * device and function 15:8, register 7:0.  Type 1: segment 43:28, bus 27:20,
 * device and function 19:12, register 11:0.  Returns the address of the data
 * register, 0 if nothing is there.  The ioa's own register has room for 256
 * bytes: further ones cannot be reached.
 */
static UINT64 pci_select(UINT64 address, UINT64 type)
{
    UINT32 seg, bus, devfn, reg, i;
    const struct zx1_fw_root *r;

    if (type == 0) {
        seg = address >> 24 & 0xff;
        bus = address >> 16 & 0xff;
        devfn = address >> 8 & 0xff;
        reg = address & 0xff;
    } else {
        seg = address >> 28 & 0xffff;
        bus = address >> 20 & 0xff;
        devfn = address >> 12 & 0xff;
        reg = address & 0xfff;
    }
    if (seg) {
        return 0;
    }
    for (i = 0; i < rt_info.nr_roots; i++) {
        r = &rt_info.root[i];
        if (bus < r->bus_first || bus > r->bus_last) {
            continue;
        }
        if (bus == r->bus_first) {
            if (devfn >> 3 > 15) {
                return 0;               /* the ioa has 16 select lines */
            }
            bus = 0;
        }
        phys_write32(r->csr + ZX1_LBA_CONFIG_ADDRESS,
                     bus << 16 | devfn << 8 | (reg & ~3U));
        return r->csr + ZX1_LBA_CONFIG_DATA + (reg & 3);
    }
    return 0;
}

static struct sal_ret ret1(INT64 status, UINT64 v)
{
    struct sal_ret r = { status, { v, 0, 0 } };

    return r;
}

/*
 * To ask who is there is no error: it must not take the place of a real one
 * in the log
 */
static void forget_probe(UINT64 csr)
{
    UINT64 control;

    if (!(phys_read64(csr + LBA_ERROR_STATUS) & LBA_ERROR_CODE) ||
        !(phys_read64(csr + LBA_ERROR_ADDRESS) & LBA_ERROR_CONFIG)) {
        return;
    }
    control = phys_read64(csr + LBA_CONTROL) & ~LBA_CONTROL_CLEAR;
    phys_write64(csr + LBA_CONTROL, control | LBA_CONTROL_ENABLE);
    phys_write64(csr + LBA_CONTROL, control | LBA_CONTROL_ENABLE |
                 LBA_CONTROL_CLEAR);
    phys_write64(csr + LBA_CONTROL, control & ~LBA_CONTROL_ENABLE);
}

static struct sal_ret sal_pci_config(bool write, UINT64 address, UINT64 size,
                                     UINT64 value, UINT64 type)
{
    UINT64 psr, data, v, none;

    if ((size != 1 && size != 2 && size != 4) || type > 1 ||
        (address & (size - 1)) || (type == 1 && (address & 0xf00))) {
        return ret1(SAL_EINVAL, 0);
    }
    psr = lock_pci();
    data = pci_select(address, type);
    v = none = size == 4 ? 0xffffffff : (1UL << size * 8) - 1;
    if (data && write) {
        if (size == 1) {
            phys_write8(data, value);
        } else if (size == 2) {
            phys_write16(data, value);
        } else {
            phys_write32(data, value);
        }
    } else if (data) {
        v = size == 1 ? phys_read8(data) :
            size == 2 ? phys_read16(data) : phys_read32(data);
    }
    if (data && (write || v == none)) {
        forget_probe(data & ~(ZX1_LBA_SIZE - 1));
    }
    unlock_pci(psr);
    return ret1(SAL_OK, write ? 0 : v);
}

/* ------------------------------------------------------------------ */

static struct sal_ret sal_set_vectors(UINT64 type, UINT64 ip1, UINT64 gp1,
                                      UINT64 size1, UINT64 ip2, UINT64 gp2,
                                      UINT64 size2)
{
    struct sal_vector v1 = { ip1, gp1, size1 & 0xffffffff };
    struct sal_vector v2 = { ip2, gp2, size2 & 0xffffffff };

    switch (type) {
    case 0:
        sal_os_entry[0][0] = v1;
        sal_os_entry[0][1] = v2;
        break;
    case 1:
        sal_os_entry[1][0] = v1;
        sal_os_entry[1][1] = v2;
        break;
    case 2:
        sal_boot_rendez = v1;
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        break;
    default:
        return ret1(SAL_EINVAL, 0);
    }
    return ret1(SAL_OK, 0);
}

static struct sal_ret sal_set_mc_params(UINT64 param, UINT64 i_or_m,
                                        UINT64 vector, UINT64 timeout,
                                        UINT64 options)
{
    if (param < 1 || param > 3 || i_or_m < 1 || i_or_m > 2 ||
        (i_or_m == 1 && (vector < 16 || vector > 255))) {
        return ret1(SAL_EINVAL, 0);
    }
    sal_mc_params[param].i_or_m = i_or_m;
    sal_mc_params[param].vector = vector;
    sal_mc_params[param].timeout = timeout;
    sal_mc_params[param].options = options;
    return ret1(SAL_OK, 0);
}

static UINT64 irr(UINT64 n)
{
    UINT64 v;

    switch (n) {
    case 0:
        __asm__ volatile("mov %0 = cr.irr0" : "=r"(v));
        break;
    case 1:
        __asm__ volatile("mov %0 = cr.irr1" : "=r"(v));
        break;
    case 2:
        __asm__ volatile("mov %0 = cr.irr2" : "=r"(v));
        break;
    default:
        __asm__ volatile("mov %0 = cr.irr3" : "=r"(v));
        break;
    }
    return v;
}

/* Waits here until the monarch's wake-up interrupt is pending */
static struct sal_ret sal_mc_rendez(void)
{
    UINT64 vector = sal_mc_params[2].vector;

    if (sal_mc_params[2].i_or_m != 1) {
        return ret1(SAL_ERROR, 0);
    }
    while (!(irr(vector >> 6) >> (vector & 63) & 1)) {
        __asm__ volatile("hint @pause" : : : "memory");
    }
    return ret1(SAL_OK, 0);
}

struct sal_ret sal_proc(UINT64 index, UINT64 a1, UINT64 a2, UINT64 a3,
                        UINT64 a4, UINT64 a5, UINT64 a6, UINT64 a7)
{
    struct sal_ret r = { SAL_OK, { 0, 0, 0 } };

    switch (index & 0xffffffff) {
    case SAL_SET_VECTORS:
        return sal_set_vectors(a1, a2, a3, a4, a5, a6, a7);
    case SAL_GET_STATE_INFO:
        return sal_get_state_info(a1, (void *)a3);
    case SAL_GET_STATE_INFO_SIZE:
        return a1 > 3 ? ret1(SAL_EINVAL, 0) : ret1(SAL_OK, SAL_RECORD_MAX);
    case SAL_CLEAR_STATE_INFO:
        return sal_clear_state_info(a1);
    case SAL_MC_RENDEZ:
        return sal_mc_rendez();
    case SAL_MC_SET_PARAMS:
        return sal_set_mc_params(a1, a2, a3, a4, a5);
    case SAL_REGISTER_PHYSICAL_ADDR:
        if (a1) {
            return ret1(SAL_EINVAL, 0);
        }
        sal_pal_address = a2;
        return r;
    case SAL_CACHE_FLUSH:
        if (a1 < 1 || a1 > 4) {
            return ret1(SAL_EINVAL, 0);
        }
        /* fall through */
    case SAL_CACHE_INIT:
        /* Emulated caches are coherent: ordering is all there is to do */
        __asm__ volatile("mf;; sync.i;; srlz.i;;" : : : "memory");
        return r;
    case SAL_PCI_CONFIG_READ:
        return sal_pci_config(false, a1, a2, 0, a3);
    case SAL_PCI_CONFIG_WRITE:
        return sal_pci_config(true, a1, a2, a3, a4);
    case SAL_FREQ_BASE:
        r.v[1] = ~0UL;                  /* drift not known */
        switch (a1) {
        case 0:
            r.v[0] = rt_info.bus_hz;
            return r;
        case 1:
            r.v[0] = rt_info.itc_hz;
            return r;
        case 2:
            r.v[0] = 1;
            return r;
        default:
            return ret1(SAL_EINVAL, 0);
        }
    case SAL_PHYSICAL_ID_INFO: {
        UINT64 lid;

        __asm__ volatile("mov %0 = cr.lid" : "=r"(lid));
        return ret1(SAL_OK, lid >> 24 & 0xff);
    }
    case SAL_UPDATE_PAL:
        return ret1(SAL_UNIMPL, 0);
    default:
        rt_report(ZX1_REPORT_SAL, index);
        return ret1(SAL_UNIMPL, 0);
    }
}
