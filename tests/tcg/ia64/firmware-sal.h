/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SAL as an operating system sees it, and its error records */

#ifndef FIRMWARE_SAL_H
#define FIRMWARE_SAL_H

#include "test.h"
#include "efi.h"
#include "hw/ia64/zx1-fw.h"

#define UC(addr)        ((addr) | 1ul << 63)

#define SAL_SET_VECTORS     0x01000000
#define SAL_GET_STATE_INFO  0x01000001
#define SAL_GET_STATE_SIZE  0x01000002
#define SAL_CLEAR_STATE     0x01000003

/* First byte of its GUID, which is else that of a processor section */
#define BUS_SECTION         0xf4

#define LBA_ID              0x122e103c
#define LBA_STATUS_CONTROL  0x108
#define LBA_HARD_FAIL       (1ul << 6)

struct boot_param {
    uint64_t command_line, efi_systab;
};

extern struct boot_param *boot_param;

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

static inline uint64_t code(void (*f)(void))
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

static uint8_t record[16384] __attribute__((aligned(64)));

/* A record as Linux' arch/ia64/kernel/mca_drv.c and mca.c look at it */
/* @fresh: of this boot. Returns the number of PCI bus sections */
static uint64_t check_record(unsigned type, uint64_t severity, bool fresh)
{
    static const uint8_t processor[16] = {
        0xf1, 0xfa, 0x29, 0xe4, 0xb7, 0x3c, 0xd4, 0x11, 0xbc, 0xa7, 0x00,
        0x80, 0xc7, 0x3c, 0x88, 0x81
    };
    struct sal_ret r = sal(SAL_GET_STATE_INFO, type, 0, (uint64_t)record, 0,
                           0);
    uint64_t length = bytes(record + 12, 4), at, sections = 0, buses = 0;

    test_eq("status", r.status, 0);
    test_eq("length", r.v[0], length);
    test_eq("fits", length <= sal(SAL_GET_STATE_SIZE, type, 0, 0, 0, 0).v[0],
            1);
    test_eq("revision", record[9], 2);
    test_eq("severity", record[10], severity);
    test_eq("time is valid", record[11] & 2, fresh ? 2 : 0);
    test_eq("century", record[16 + 7], fresh ? 0x20 : 0);
    for (at = 40; at + 24 <= length; at += bytes(record + at + 20, 4)) {
        bool same = 1;

        if (bytes(record + at + 20, 4) < 24) {
            break;
        }
        for (unsigned i = 0; i < 16; i++) {
            same &= i == 0 || record[at + i] == processor[i];
        }
        sections += same && record[at] == processor[0];
        buses += same && record[at] == BUS_SECTION;
    }
    test_eq("sections fill it", at, length);
    test_eq("processor section", sections, 1);
    return buses;
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

#endif
