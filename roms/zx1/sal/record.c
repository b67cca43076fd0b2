/*
 * SAL: error records of MCA and INIT
 *
 * One record of each kind is kept, that of the first processor; it is made
 * when it is asked for.  Layout: Itanium System Abstraction Layer
 * specification, appendix B; Linux, arch/ia64/include/asm/sal.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"

/* Filled by sal/event.S */
struct sal_event_state {
    UINT64 min_state;           /* physical */
    UINT64 psp;
    UINT64 lid;
    UINT64 pending;
};

struct sal_event_state sal_event_states[2];

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
#define STATIC_VALID_MIN_STATE  (1UL << 0)
#define CHECK_VALID_INFO        (1UL << 0)
/* PAL's bus check: 8 bytes, on the external bus */
#define BUS_CHECK_EXTERNAL      (3 | 1UL << 6)

#define MIN_STATE_WORDS         58

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

#define CPUID_WORDS             6

struct record {
    struct record_header h;
    struct processor_section proc;
    UINT64 words[];
};

#define RECORD_SIZE (sizeof(struct record) + sizeof(struct check) + \
                     CPUID_WORDS * 8 + sizeof(struct processor_state))

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

struct sal_ret sal_get_state_info(UINT64 type, void *buf)
{
    static const EFI_GUID processor = { 0xe429faf1, 0x3cb7, 0x11d4,
        { 0xbc, 0xa7, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 } };
    static UINT64 id;
    struct sal_ret ret = { SAL_NOINFO, { 0, 0, 0 } };
    struct record *r = buf;
    struct processor_state *state;
    struct sal_event_state *e;
    struct check *check;
    UINT32 i;

    if (type > 3 || !buf) {
        ret.status = SAL_EINVAL;
        return ret;
    }
    if (type > 1 || !sal_event_states[type].pending) {
        return ret;
    }
    e = &sal_event_states[type];
    memset(r, 0, RECORD_SIZE);
    r->h.id = ++id;
    r->h.major = 2;
    r->h.severity = type ? SEVERITY_RECOVERABLE : SEVERITY_FATAL;
    set_timestamp(&r->h);
    r->proc.h.guid = processor;
    r->proc.h.major = 2;
    r->proc.valid = PROC_VALID_PSP | PROC_VALID_LID | PROC_VALID_STATIC;
    r->proc.psp = e->psp;
    r->proc.lid = e->lid;
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
    state->valid = STATIC_VALID_MIN_STATE;
    for (i = 0; i < MIN_STATE_WORDS; i++) {
        state->min_state[i] = phys_read64(e->min_state + i * 8);
    }
    r->h.length = (UINT8 *)(state + 1) - (UINT8 *)r;
    r->proc.h.length = r->h.length - sizeof(r->h);
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
        sal_event_states[type].pending = 0;
    }
    return ret;
}
