/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What SAL does with processors and events: application processors that are
 * started and given back, INIT for one and for all, a machine check; and the
 * records of them, which outlive a reset.
 *
 * Started by the firmware as a kernel, with -smp 4 and hard fail of the ioas.
 */

#include "test.h"
#include "efi.h"
#include "hw/ia64/zx1-fw.h"

#define CPUS            4
#define UC(addr)        ((addr) | 1ul << 63)
#define DM_INIT         0x500
#define AP_VECTOR       0xff
#define GP              0x1234567890ul

#define SAL_SET_VECTORS     0x01000000
#define SAL_GET_STATE_INFO  0x01000001
#define SAL_GET_STATE_SIZE  0x01000002
#define SAL_CLEAR_STATE     0x01000003

#define LBA_ID              0x122e103c
#define LBA_STATUS_CONTROL  0x108
#define LBA_HARD_FAIL       (1ul << 6)

struct boot_param {
    uint64_t command_line, efi_systab;
};

extern struct boot_param *boot_param;

/* As firmware-smp-asm.S fills it: 128 bytes each */
struct handoff {
    uint64_t count, gp, pal, sal, sal_gp, reason, back, area, psp, psr, lid;
    uint64_t pad[5];
};

volatile struct handoff handoff[3];
volatile uint64_t arrived[CPUS], arrived_gp[CPUS], hold, wait_for;
/* MCA and INIT, by processor */
volatile uint64_t events[CPUS];

void os_rendez(void);
void os_init_monarch(void);
void os_init_slave(void);
void os_mca(void);
uint64_t interrupted(uint64_t kind, uint64_t where, uint64_t what);

static EFI_SYSTEM_TABLE *st;
static uint64_t pal_ip;
static struct fdesc {
    uint64_t ip, gp;
} sal_fdesc;

struct sal_ret {
    int64_t status;
    uint64_t v[3];
};

typedef struct sal_ret (*sal_proc_t)(uint64_t index, uint64_t a1, uint64_t a2,
                                     uint64_t a3, uint64_t a4, uint64_t a5,
                                     uint64_t a6, uint64_t a7);

static struct sal_ret sal(uint64_t index, uint64_t a1, uint64_t a2,
                          uint64_t a3, uint64_t a5, uint64_t a6)
{
    return ((sal_proc_t)&sal_fdesc)(index, a1, a2, a3, 0, a5, a6, 0);
}

static uint64_t bytes(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;

    while (n--) {
        v = v << 8 | p[n];
    }
    return v;
}

static uint64_t code(void (*f)(void))
{
    return *(uint64_t *)f;
}

static void find_sal(void)
{
    st = (EFI_SYSTEM_TABLE *)boot_param->efi_systab;
    for (uint64_t i = 0; i < st->NumberOfTableEntries; i++) {
        EFI_CONFIGURATION_TABLE *t = &st->ConfigurationTable[i];
        const uint8_t *p = t->VendorTable;

        if (t->VendorGuid.Data1 == 0xeb9d2d32 && p[96] == 0) {
            pal_ip = bytes(p + 96 + 8, 8);
            sal_fdesc.ip = bytes(p + 96 + 16, 8);
            sal_fdesc.gp = bytes(p + 96 + 24, 8);
        }
    }
}

static uint64_t itc(void)
{
    uint64_t v;

    asm volatile("mov %0 = ar.itc" : "=r"(v));
    return v;
}

/* Waits long for something that comes soon, even on a busy host */
#define WAIT(condition) do {                                    \
        uint64_t end_ = itc() + 30000000000ul;                  \
        while (!(condition) && (int64_t)(itc() - end_) < 0) {   \
        }                                                       \
    } while (0)

static uint64_t pib(unsigned id)
{
    return UC(ZX1_PIB_BASE | (uint64_t)id << 12);
}

static void ipi(unsigned id, uint64_t data)
{
    *(volatile uint64_t *)pib(id) = data;
    asm volatile("mf.a" ::: "memory");
}

/* S3 */
static void test_rendezvous(void)
{
    test_begin("application processors come, go, and come again");
    test_eq("vector", sal(SAL_SET_VECTORS, 2, code(os_rendez), GP, 0,
                          0).status, 0);
    for (unsigned round = 1; round <= 3; round++) {
        for (unsigned id = 1; id < CPUS; id++) {
            ipi(id, AP_VECTOR);
            WAIT(arrived[id] == round);
            test_eq("arrived", arrived[id], round);
            test_eq("its gp", arrived_gp[id], GP);
        }
        test_eq("this one stays", arrived[0], 0);
    }
    test_end();
}

static void check_handoff(const volatile struct handoff *h, uint64_t gp,
                          uint64_t id)
{
    test_eq("gp", h->gp, gp);
    test_eq("PAL", h->pal, pal_ip);
    test_eq("SAL", h->sal, sal_fdesc.ip);
    test_eq("gp of SAL", h->sal_gp, sal_fdesc.gp);
    test_eq("reason", h->reason, 0);
    test_eq("min-state", h->area != 0 && !(h->area & 511), 1);
    test_eq("processor", h->lid >> 24 & 0xff, id);
    /* bn, i, ic, it, dt, rt off; mc on */
    test_eq("PSR", h->psr & (1ul << 44 | 1ul << 36 | 1ul << 35 | 1ul << 27 |
                             1ul << 17 | 1ul << 14 | 1ul << 13), 1ul << 35);
}

/* S4 */
static void test_init(void)
{
    volatile struct handoff *h = handoff;

    test_begin("INIT: to the system and back");
    test_eq("vectors", sal(SAL_SET_VECTORS, 1, code(os_init_monarch), GP + 1,
                           code(os_init_slave), GP + 2).status, 0);
    for (unsigned i = 1; i <= 3; i++) {
        test_eq("registers", interrupted(0, pib(0), DM_INIT), 0);
        test_eq("monarch", h[0].count, i);
        check_handoff(h, GP + 1, 0);
        /* min-state: BR0 and IIP, within this program */
        test_eq("IIP", ((uint64_t *)h->area)[51] >> 24,
                code(os_rendez) >> 24);
    }
    test_eq("no slave", h[1].count, 0);
    test_end();

    test_begin("INIT: all processors, one monarch");
    hold = 1;
    for (unsigned id = 1; id < CPUS; id++) {
        uint64_t before = arrived[id];

        ipi(id, AP_VECTOR);
        WAIT(arrived[id] != before);
    }
    wait_for = CPUS - 1;
    h[0].count = h[1].count = 0;
    for (unsigned id = 1; id < CPUS; id++) {
        ipi(id, DM_INIT);
    }
    test_eq("registers", interrupted(0, pib(0), DM_INIT), 0);
    WAIT(h[0].count + h[1].count == CPUS);
    test_eq("monarchs", h[0].count, 1);
    test_eq("slaves", h[1].count, CPUS - 1);
    wait_for = 0;
    hold = 0;
    for (unsigned id = 1; id < CPUS; id++) {
        uint64_t before = arrived[id];

        /* they are in SAL again, or on their way */
        ipi(id, AP_VECTOR);
        WAIT(arrived[id] != before);
        test_eq("goes on", arrived[id] != before, 1);
    }
    /* one that waits in SAL is left alone */
    h[0].count = h[1].count = 0;
    ipi(1, DM_INIT);
    ipi(1, AP_VECTOR);
    WAIT(arrived[1] == 6);
    test_eq("nobody told", h[0].count + h[1].count, 0);
    test_end();
}

static uint8_t record[16384] __attribute__((aligned(64)));

/* A record as Linux' arch/ia64/kernel/mca_drv.c and mca.c look at it */
static void check_record(unsigned type, uint64_t severity)
{
    static const uint8_t processor[16] = {
        0xf1, 0xfa, 0x29, 0xe4, 0xb7, 0x3c, 0xd4, 0x11, 0xbc, 0xa7, 0x00,
        0x80, 0xc7, 0x3c, 0x88, 0x81
    };
    struct sal_ret r = sal(SAL_GET_STATE_INFO, type, 0, (uint64_t)record, 0,
                           0);
    uint64_t length = bytes(record + 12, 4), at, sections = 0;

    test_eq("status", r.status, 0);
    test_eq("length", r.v[0], length);
    test_eq("fits", length <= sal(SAL_GET_STATE_SIZE, type, 0, 0, 0, 0).v[0],
            1);
    test_eq("revision", record[9], 2);
    test_eq("severity", record[10], severity);
    test_eq("time is valid", record[11] & 2, 2);
    test_eq("century", record[16 + 7], 0x20);
    for (at = 40; at + 24 <= length; at += bytes(record + at + 20, 4)) {
        bool same = 1;

        if (bytes(record + at + 20, 4) < 24) {
            break;
        }
        for (unsigned i = 0; i < 16; i++) {
            same &= record[at + i] == processor[i];
        }
        sections += same;
    }
    test_eq("sections fill it", at, length);
    test_eq("processor section", sections, 1);
}

static void hard_fail(bool on)
{
    for (unsigned rope = 0; rope < ZX1_ROPES; rope++) {
        volatile uint32_t *id = (uint32_t *)UC(ZX1_LBA_CSR(rope));
        volatile uint64_t *control = (uint64_t *)UC(ZX1_LBA_CSR(rope) +
                                                    LBA_STATUS_CONTROL);

        if (*id == LBA_ID) {
            *control = on ? *control | LBA_HARD_FAIL
                          : *control & ~LBA_HARD_FAIL;
        }
    }
    asm volatile("mf.a" ::: "memory");
}

static void test_mca(void)
{
    volatile struct handoff *h = handoff;

    test_begin("machine check: to the system and back");
    test_eq("vectors", sal(SAL_SET_VECTORS, 0, code(os_mca), GP + 3, 0,
                           0).status, 0);
    test_eq("no record", sal(SAL_GET_STATE_INFO, 0, 0, (uint64_t)record, 0,
                             0).status, -5ul);
    hard_fail(true);
    /* nothing is there */
    test_eq("registers", interrupted(1, UC(ZX1_LMMIO_BASE + 0x10000), 0), 0);
    hard_fail(false);
    test_eq("once", h[2].count, 1);
    check_handoff(&h[2], GP + 3, 0);
    check_record(0, 1);
    test_end();

    test_begin("records are there until they are cleared");
    check_record(0, 1);
    check_record(1, 0);
    for (unsigned type = 0; type < 2; type++) {
        test_eq("clear", sal(SAL_CLEAR_STATE, type, 0, 0, 0, 0).status, 0);
        test_eq("no record", sal(SAL_GET_STATE_INFO, type, 0,
                                 (uint64_t)record, 0, 0).status, -5ul);
    }
    test_end();
}

void test_main(void)
{
    find_sal();
    test_rendezvous();
    test_init();
    test_mca();
}
