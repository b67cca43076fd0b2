/*
 * SAL: error records of MCA and INIT
 *
 * One record of each kind is kept, that of the first processor; it is made
 * when it is asked for, of what the SRAM has kept even over a reset, and of
 * what the ioas have in their logs.
 *
 * Layout: Itanium System Abstraction Layer
 * specification, appendix B; Linux, arch/ia64/include/asm/sal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"

/* As sal/event.S puts it into the SRAM, for MCA and for INIT */
struct saved {
    UINT64 magic;               /* FW_RECORD_MAGIC if there is one */
    UINT64 psp;
    UINT64 lid;
    UINT64 old;                 /* of before a reset */
    UINT64 min_state[FW_RECORD_WORDS];
};

_Static_assert(sizeof(struct saved) <= 1 << FW_RECORD_SHIFT, "FW_RECORDS");

#define SAVED(type, field) \
    (FW_RECORDS + ((UINT64)(type) << FW_RECORD_SHIFT) + \
     offsetof(struct saved, field))

#define SEVERITY_RECOVERABLE    0
#define SEVERITY_FATAL          1
#define VALID_TIMESTAMP         2

struct record_header {
    UINT64 id;
    UINT8 minor, major;
    UINT8 severity;
    UINT8 valid;
    UINT32 length;
    UINT8 timestamp[8];         /* BCD: seconds, minutes, hours, 0, day ... */
    UINT8 platform[16];
};

struct section_header {
    EFI_GUID guid;
    UINT8 minor, major;
    UINT8 recovery;
    UINT8 reserved;
    UINT32 length;
};

#define PROC_VALID_PSP          (1UL << 1)
#define PROC_VALID_LID          (1UL << 2)
#define PROC_VALID_STATIC       (1UL << 3)
#define PROC_ONE_BUS_CHECK      (1UL << 12)
#define PROC_VALID_CPUID        (1UL << 24)
#define STATIC_VALID_MIN_STATE  (1UL << 0)
#define CHECK_VALID_INFO        (1UL << 0)
/* PAL's bus check: 8 bytes, on the external bus */
#define BUS_CHECK_EXTERNAL      (3 | 1UL << 6)
#define BUS_CHECK_READ          (1UL << 8)
#define BUS_CHECK_TARGET        (1UL << 60)
#define CHECK_VALID_TARGET      (1UL << 3)

/* Followed by a check (MCA only), the CPUID words and the processor state */
struct processor_section {
    struct section_header h;
    UINT64 valid;
    UINT64 error_map;
    UINT64 psp;
    UINT64 lid;
};

struct check {
    UINT64 valid;
    UINT64 info, requestor, responder, target, ip;
};

struct processor_state {
    UINT64 valid;
    UINT64 min_state[128];
    UINT64 br[8], cr[128], ar[128], rr[8];
    UINT64 fr[256];
};

/* An ioa that has logged an error */
struct pci_bus_section {
    struct section_header h;
    UINT64 valid;
    UINT64 status;
    UINT8 type[2];
    UINT8 bus[2];               /* number, segment */
    UINT8 reserved[4];
    UINT64 address, data, command, requestor, responder, target;
};

#define BUS_VALID               (1 << 0 | 1 << 1 | 1 << 2 | 1 << 3)
#define BUS_STATUS_MASTER_ABORT (1UL << 16 | 19UL << 8)
#define BUS_TYPE_MASTER_ABORT   4

#define CPUID_WORDS             6       /* the last is reserved */

struct record {
    struct record_header h;
    struct processor_section proc;
    UINT64 words[];
};

#define RECORD_SIZE (sizeof(struct record) + sizeof(struct check) + \
                     CPUID_WORDS * 8 + sizeof(struct processor_state) + \
                     ZX1_ROPES * sizeof(struct pci_bus_section))

_Static_assert(RECORD_SIZE <= SAL_RECORD_MAX, "SAL_RECORD_MAX");

static UINT8 bcd(UINT32 v)
{
    return (v / 10 % 10) << 4 | v % 10;
}

static void set_timestamp(struct record_header *h)
{
    EFI_TIME t;

    if (EFI_ERROR(rt_get_time(&t, NULL))) {
        return;
    }
    h->valid |= VALID_TIMESTAMP;
    h->timestamp[0] = bcd(t.Second);
    h->timestamp[1] = bcd(t.Minute);
    h->timestamp[2] = bcd(t.Hour);
    h->timestamp[4] = bcd(t.Day);
    h->timestamp[5] = bcd(t.Month);
    h->timestamp[6] = bcd(t.Year % 100);
    h->timestamp[7] = bcd(t.Year / 100);
}

/* One for each ioa whose error log is not empty; *@address is the last one's */
static UINT8 *add_bus_sections(UINT8 *p, UINT64 *address)
{
    static const EFI_GUID pci_bus = { 0xe429faf4, 0x3cb7, 0x11d4,
        { 0xbc, 0xa7, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 } };
    UINT32 i;

    for (i = 0; i < rt_info.nr_roots; i++) {
        struct pci_bus_section *s = (struct pci_bus_section *)p;
        UINT64 csr = rt_info.root[i].csr, at;

        if (!(phys_read64(csr + LBA_ERROR_STATUS) & LBA_ERROR_CODE)) {
            continue;
        }
        at = phys_read64(csr + LBA_ERROR_ADDRESS);
        s->h.guid = pci_bus;
        s->h.major = 2;
        s->h.length = sizeof(*s);
        s->valid = BUS_VALID;
        s->status = BUS_STATUS_MASTER_ABORT;
        s->type[0] = BUS_TYPE_MASTER_ABORT;
        s->bus[0] = rt_info.root[i].bus_first;
        s->address = at & ~LBA_ERROR_CONFIG;
        if (!(at & LBA_ERROR_CONFIG)) {
            *address = at;
        }
        p = (UINT8 *)(s + 1);
    }
    return p;
}

/* All processors of the machine are of one model */
static UINT64 cpuid(UINT64 n)
{
    UINT64 v;

    __asm__("mov %0 = cpuid[%1]" : "=r"(v) : "r"(n));
    return v;
}

/* Reads a word of what was saved */
#define saved(type, field)  phys_read64(SAVED(type, field))

struct sal_ret sal_get_state_info(UINT64 type, void *buf)
{
    static const EFI_GUID processor = { 0xe429faf1, 0x3cb7, 0x11d4,
        { 0xbc, 0xa7, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 } };
    static UINT64 id;
    struct sal_ret ret = { SAL_NOINFO, { 0, 0, 0 } };
    struct record *r = buf;
    struct processor_state *state;
    struct check *check = NULL;
    UINT64 address = 0;
    UINT8 *end;
    UINT32 i;

    if (type > 3 || !buf) {
        ret.status = SAL_EINVAL;
        return ret;
    }
    if (type > 1 || saved(type, magic) != FW_RECORD_MAGIC) {
        return ret;
    }
    memset(r, 0, RECORD_SIZE);
    r->h.id = ++id;
    r->h.major = 2;
    r->h.severity = type ? SEVERITY_RECOVERABLE : SEVERITY_FATAL;
    if (!saved(type, old)) {
        set_timestamp(&r->h);
    }
    r->proc.h.guid = processor;
    r->proc.h.major = 2;
    r->proc.valid = PROC_VALID_PSP | PROC_VALID_LID | PROC_VALID_STATIC |
                    PROC_VALID_CPUID;
    r->proc.psp = saved(type, psp);
    r->proc.lid = saved(type, lid);
    state = (struct processor_state *)(r->words + CPUID_WORDS);
    if (type == 0) {
        /* The board reports what went wrong on the buses, nothing else */
        check = (struct check *)r->words;
        check->valid = CHECK_VALID_INFO;
        check->info = BUS_CHECK_EXTERNAL;
        r->proc.valid |= PROC_ONE_BUS_CHECK;
        state = (struct processor_state *)((UINT64 *)(check + 1) +
                                           CPUID_WORDS);
    }
    for (i = 0; i < CPUID_WORDS - 1; i++) {
        ((UINT64 *)state)[(INT32)i - CPUID_WORDS] = cpuid(i);
    }
    state->valid = STATIC_VALID_MIN_STATE;
    for (i = 0; i < FW_RECORD_WORDS; i++) {
        state->min_state[i] = saved(type, min_state[i]);
    }
    end = (UINT8 *)(state + 1);
    r->proc.h.length = end - (UINT8 *)&r->proc;
    if (type == 0) {
        end = add_bus_sections(end, &address);
        if (address) {
            check->valid |= CHECK_VALID_TARGET;
            check->info |= BUS_CHECK_READ | BUS_CHECK_TARGET;
            check->target = address;
        }
    }
    r->h.length = end - (UINT8 *)r;
    ret.status = SAL_OK;
    ret.v[0] = r->h.length;
    return ret;
}

struct sal_ret sal_clear_state_info(UINT64 type)
{
    struct sal_ret ret = { SAL_OK, { 0, 0, 0 } };

    if (type > 3) {
        ret.status = SAL_EINVAL;
    } else if (type < 2) {
        phys_write64(SAVED(type, magic), 0);
    }
    return ret;
}

void sal_keep_records(void)
{
    UINT64 type;

    for (type = 0; type < 2; type++) {
        phys_write64(SAVED(type, old), 1);
    }
}
