/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What SAL does with processors and events: application processors that are
 * started and given back, INIT for one and for all, a machine check; and the
 * records of them, which outlive a reset.
 *
 * Started by the firmware as a kernel, with -smp 4 and hard fail of the ioas.
 */

#include "firmware-sal.h"

#define CPUS            4
#define DM_INIT         0x500
#define AP_VECTOR       0xff
#define GP              0x1234567890ul

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
uint64_t interrupted_handler(uint64_t where, uint64_t what);

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

    test_begin("INIT: in an interruption handler");
    test_eq("bank 0, IIP, IPSR, IFS", interrupted_handler(pib(0), DM_INIT), 0);
    test_eq("monarch", h[0].count, 4);
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
    test_eq("bus sections", check_record(0, 1, 1), 1);
    test_eq("address", bytes(record + 40 + bytes(record + 40 + 20, 4) + 48, 8),
            ZX1_LMMIO_BASE + 0x10000);
    test_end();

    test_begin("records are there until they are cleared");
    check_record(0, 1, 1);
    check_record(1, 0, 1);
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
