/*
 * EFI runtime services: variables
 *
 * The store is NOR flash with the Intel command set: two banks, of which the
 * valid one with the higher sequence number counts.  Records are appended;
 * a record changes its state by clearing bits only, so that a power cut
 * leaves either the old value or the new one.  A full bank is compacted into
 * the other one.  All reading is done in a copy in memory.  Variables that
 * are not non-volatile live in a bank of memory of the same format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"

#define BANK_MAX        0x40000
#define VOLATILE_SIZE   0x8000
#define BANK_MAGIC      0x5356585aU     /* "ZXVS" */
#define BANK_VALID      0x00ff00ffU

struct bank_header {
    UINT32 magic;
    UINT32 sequence;
    UINT32 size;
    UINT32 valid;               /* BANK_VALID once the bank is complete */
};

/* Each state has fewer bits set than the one before */
#define REC_FREE        0xffffffffU
#define REC_WRITING     0xfffffff0U
#define REC_VALID       0xffffff00U
#define REC_DELETED     0x00000000U

struct record {
    UINT32 state;
    UINT32 attributes;
    UINT32 name_size;           /* bytes, with the NUL */
    UINT32 data_size;
    EFI_GUID guid;
    /* name, data, padding to 8 bytes */
};

struct bank {
    UINT8 *mem;                 /* the copy */
    UINT32 size;
    UINT32 end;                 /* of the records; >= size: needs compaction */
    UINT64 flash;               /* 0: memory only */
};

static UINT8 shadow[BANK_MAX] __attribute__((aligned(16)));
static UINT8 volatile_mem[VOLATILE_SIZE] __attribute__((aligned(16)));
static UINT32 bank_size, bank_index, bank_sequence, bank_end;
static UINT32 volatile_end;
static UINT64 store_base;       /* 0: no flash, all variables are volatile */

#define ATTR_ALL (EFI_VARIABLE_NON_VOLATILE | \
                  EFI_VARIABLE_BOOTSERVICE_ACCESS | \
                  EFI_VARIABLE_RUNTIME_ACCESS)

/* ------------------------------------------------------------------ */
/* Flash: 16 bits wide, buffered program of up to 32 bytes */

#define FLASH_BUFFER    32

static bool flash_wait(UINT64 addr)
{
    UINT32 i;

    for (i = 0; i < 1000000; i++) {
        UINT16 s = phys_read16(addr);

        if (s & 0x80) {
            return (s & 0x7e) == 0;
        }
    }
    return false;
}

static void flash_read_array(UINT64 addr)
{
    phys_write16(addr, 0x50);           /* clear status */
    phys_write16(addr, 0xff);
}

/* @addr and @n even.  True if the flash then reads as @data */
static bool flash_program(UINT64 addr, const void *data, UINT32 n)
{
    const UINT8 *p = data, *start = data, *q;
    UINT64 from = addr;
    bool ok = true;

    while (n && ok) {
        UINT32 chunk = FLASH_BUFFER - (addr & (FLASH_BUFFER - 1));
        UINT32 i;

        if (chunk > n) {
            chunk = n;
        }
        phys_write16(addr, 0xe8);
        ok = flash_wait(addr);
        if (!ok) {
            break;
        }
        phys_write16(addr, chunk / 2 - 1);
        for (i = 0; i < chunk; i += 2) {
            phys_write16(addr + i, p[i] | p[i + 1] << 8);
        }
        phys_write16(addr, 0xd0);
        ok = flash_wait(addr);
        addr += chunk;
        p += chunk;
        n -= chunk;
    }
    flash_read_array(store_base);
    for (q = start; ok && q < p; q += 2, from += 2) {
        ok = phys_read16(from) == (q[0] | q[1] << 8);
    }
    return ok;
}

static bool flash_erase(UINT64 addr, UINT32 n)
{
    bool ok = true;
    UINT32 off;

    for (off = 0; off < n && ok; off += ZX1_FLASH_BLOCK) {
        phys_write16(addr + off, 0x60); /* unlock */
        phys_write16(addr + off, 0xd0);
        phys_write16(addr + off, 0x20);
        phys_write16(addr + off, 0xd0);
        ok = flash_wait(addr + off);
    }
    flash_read_array(addr);
    return ok;
}

static bool flash_probe(UINT64 base)
{
    bool ok;

    phys_write16(base + 0x55 * 2, 0x98);
    ok = (phys_read16(base + 0x10 * 2) & 0xff) == 'Q' &&
         (phys_read16(base + 0x11 * 2) & 0xff) == 'R' &&
         (phys_read16(base + 0x12 * 2) & 0xff) == 'Y';
    phys_write16(base, 0xff);
    return ok;
}

static UINT64 bank_flash(UINT32 index)
{
    return store_base + (UINT64)index * bank_size;
}

/* Copies @n bytes (a multiple of 8) at @off of the bank to the shadow */
static void flash_load(UINT32 off, UINT32 n)
{
    UINT64 base = bank_flash(bank_index);

    for (; n; n -= 8, off += 8) {
        *(UINT64 *)(shadow + off) = phys_read64(base + off);
    }
}

/* ------------------------------------------------------------------ */
/* Records */

static UINT32 rec_size(const struct record *r)
{
    return (sizeof(*r) + r->name_size + r->data_size + 7) & ~7U;
}

static CHAR16 *rec_name(struct record *r)
{
    return (CHAR16 *)(r + 1);
}

static UINT8 *rec_data(struct record *r)
{
    return (UINT8 *)(r + 1) + r->name_size;
}

static bool rec_sane(const struct record *r, UINT32 off, UINT32 size)
{
    return r->name_size >= 4 && !(r->name_size & 1) &&
           r->name_size <= size && r->data_size <= size &&
           off + rec_size(r) <= size;
}

/* Ends where its size says: others could be enumerated, but not found */
static bool name_sane(struct record *r)
{
    CHAR16 *name = rec_name(r);
    UINT32 last = r->name_size / 2 - 1, i = 0;

    while (i < last && name[i]) {
        i++;
    }
    return i == last && !name[last];
}

static UINT32 str_size(const CHAR16 *s)
{
    UINT32 n = 0;

    while (s[n]) {
        n++;
    }
    return (n + 1) * 2;
}

static void get_bank(struct bank *b, bool nv)
{
    if (nv && store_base) {
        b->mem = shadow;
        b->size = bank_size;
        b->end = bank_end;
        b->flash = bank_flash(bank_index);
    } else {
        b->mem = volatile_mem;
        b->size = VOLATILE_SIZE;
        b->end = volatile_end;
        b->flash = 0;
    }
}

/*
 * Next record after *@off in the bank, NULL at the end; *@off is 0 at first
 * and then the record's place
 */
static struct record *next_record(struct bank *b, UINT32 *off)
{
    UINT32 o = *off;

    o = o ? o + rec_size((struct record *)(b->mem + o))
          : sizeof(struct bank_header);
    while (o < b->end && o + sizeof(struct record) <= b->size) {
        struct record *r = (struct record *)(b->mem + o);

        if (!rec_sane(r, o, b->size)) {
            return NULL;
        }
        if (r->state == REC_VALID) {
            *off = o;
            return r;
        }
        o += rec_size(r);
    }
    return NULL;
}

static bool at_runtime(void)
{
    return rt_system_table.BootServices == NULL;
}

static bool visible(const struct record *r)
{
    return !at_runtime() || (r->attributes & EFI_VARIABLE_RUNTIME_ACCESS);
}

/* Finds a variable, invisible ones too; fills @b and *@off */
static struct record *find(const CHAR16 *name, const EFI_GUID *guid,
                           struct bank *b, UINT32 *off)
{
    UINT32 size = str_size(name);
    struct record *r;
    int nv;

    for (nv = 1; nv >= 0; nv--) {
        if (nv && !store_base) {
            continue;
        }
        get_bank(b, nv);
        *off = 0;
        while ((r = next_record(b, off))) {
            if (r->name_size == size && !memcmp(&r->guid, guid, 16) &&
                !memcmp(rec_name(r), name, size)) {
                return r;
            }
        }
    }
    return NULL;
}

static bool set_state(struct bank *b, UINT32 off, UINT32 state)
{
    *(UINT32 *)(b->mem + off) = state;
    return !b->flash || flash_program(b->flash + off, b->mem + off, 4);
}

/* Makes the other bank of the shadow's valid records */
static bool compact(void)
{
    struct bank_header *h = (struct bank_header *)shadow;
    UINT32 in = sizeof(*h), out = sizeof(*h), next = !bank_index;
    UINT64 flash = bank_flash(next);

    while (in < bank_end && in + sizeof(struct record) <= bank_size) {
        struct record *r = (struct record *)(shadow + in);
        UINT32 n;

        if (!rec_sane(r, in, bank_size)) {
            break;
        }
        n = rec_size(r);
        if (r->state == REC_VALID) {
            memmove(shadow + out, shadow + in, n);
            out += n;
        }
        in += n;
    }
    memset(shadow + out, 0xff, bank_size - out);
    h->magic = BANK_MAGIC;
    h->sequence = bank_sequence + 1;
    h->size = bank_size;
    h->valid = 0xffffffffU;
    bank_end = out;
    if (!flash_erase(flash, bank_size) || !flash_program(flash, shadow, out)) {
        return false;
    }
    h->valid = BANK_VALID;
    if (!flash_program(flash + offsetof(struct bank_header, valid),
                       &h->valid, 4)) {
        return false;
    }
    bank_index = next;
    bank_sequence = h->sequence;
    return true;
}

static void compact_volatile(void)
{
    UINT32 in = sizeof(struct bank_header), out = in;

    while (in < volatile_end) {
        struct record *r = (struct record *)(volatile_mem + in);
        UINT32 n = rec_size(r);

        if (r->state == REC_VALID) {
            memmove(volatile_mem + out, volatile_mem + in, n);
            out += n;
        }
        in += n;
    }
    volatile_end = out;
}

/* Appends a record; *@off is its place */
static EFI_STATUS append(bool nv, const CHAR16 *name, const EFI_GUID *guid,
                         UINT32 attributes, const void *data, UINT32 size)
{
    UINT32 name_size = str_size(name), n;
    struct record *r;
    struct bank b;

    n = (sizeof(*r) + name_size + size + 7) & ~7U;
    get_bank(&b, nv);
    if (b.end > b.size || n > b.size - b.end) {
        return EFI_OUT_OF_RESOURCES;
    }
    r = (struct record *)(b.mem + b.end);
    memset(r, 0xff, n);
    r->state = REC_WRITING;
    r->attributes = attributes;
    r->name_size = name_size;
    r->data_size = size;
    r->guid = *guid;
    memcpy(rec_name(r), name, name_size);
    memcpy(rec_data(r), data, size);
    if (b.flash) {
        if (!flash_program(b.flash + b.end, r, n)) {
            /* Whatever is there now is not used again */
            bank_end += n;
            return EFI_DEVICE_ERROR;
        }
        bank_end += n;
    } else {
        volatile_end += n;
    }
    return set_state(&b, b.end, REC_VALID) ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

/* ------------------------------------------------------------------ */

static bool load_bank(UINT32 index)
{
    struct bank_header h;
    UINT64 base = bank_flash(index);

    *(UINT64 *)&h.magic = phys_read64(base);
    *(UINT64 *)&h.size = phys_read64(base + 8);
    if (h.magic != BANK_MAGIC || h.valid != BANK_VALID ||
        h.size != bank_size) {
        return false;
    }
    if (bank_sequence && (INT32)(h.sequence - bank_sequence) <= 0) {
        return false;
    }
    bank_index = index;
    bank_sequence = h.sequence;
    return true;
}

static void load_records(void)
{
    UINT32 off = sizeof(struct bank_header);
    struct record *r;
    struct bank b;

    flash_load(0, sizeof(struct bank_header));
    for (;;) {
        if (off + sizeof(*r) > bank_size) {
            break;
        }
        r = (struct record *)(shadow + off);
        flash_load(off, sizeof(*r));
        if (r->state == REC_FREE) {
            bank_end = off;
            return;
        }
        if (!rec_sane(r, off, bank_size)) {
            break;
        }
        flash_load(off + sizeof(*r), rec_size(r) - sizeof(*r));
        if (r->state == REC_VALID && !name_sane(r)) {
            get_bank(&b, true);
            set_state(&b, off, REC_DELETED);
        }
        off += rec_size(r);
    }
    /* No clean end: what follows is not usable as it is */
    bank_end = bank_size;
}

/* A value replaced just before power went away may be there twice */
static void drop_duplicates(void)
{
    struct record *r, *s;
    UINT32 i = 0, j;
    struct bank b;

    get_bank(&b, true);
    while ((r = next_record(&b, &i))) {
        j = i;
        while ((s = next_record(&b, &j))) {
            if (s->name_size == r->name_size &&
                !memcmp(&s->guid, &r->guid, 16) &&
                !memcmp(rec_name(s), rec_name(r), r->name_size)) {
                set_state(&b, i, REC_DELETED);
                break;
            }
        }
    }
}

void rt_vars_init(void)
{
    volatile_end = sizeof(struct bank_header);
    bank_size = rt_info.vars_size / 2 & ~(ZX1_FLASH_BLOCK - 1);
    if (bank_size > BANK_MAX) {
        bank_size = BANK_MAX;
    }
    if (!bank_size || !flash_probe(rt_info.vars_base)) {
        return;
    }
    store_base = rt_info.vars_base;
    bank_sequence = 0;
    bank_end = sizeof(struct bank_header);
    load_bank(0);
    load_bank(1);
    if (bank_sequence) {
        load_records();
        if (bank_end == bank_size) {
            compact();
        }
        drop_duplicates();
    } else {
        bank_index = 1;
        if (!compact()) {
            store_base = 0;
        }
    }
    rt_info.vars_ok = store_base != 0;
}

static void report(unsigned kind, const CHAR16 *name, UINTN size,
                   EFI_STATUS status)
{
    UINT64 part = 0;

    for (unsigned i = 0; name[i] && i < 64; i++) {
        part |= (UINT64)(name[i] & 0xff) << i % 7 * 8;
        if (i % 7 == 6 || !name[i + 1]) {
            rt_report(ZX1_REPORT_NAME, part);
            part = 0;
        }
    }
    rt_report(kind, (status & 0xff) << 32 | (size & 0xffffffff));
}

static EFI_STATUS get_variable(CHAR16 *name, EFI_GUID *guid,
                               UINT32 *attributes, UINTN *size, void *data)
{
    struct record *r;
    struct bank b;
    UINT32 off;

    if (!name || !guid || !size || (!data && *size)) {
        return EFI_INVALID_PARAMETER;
    }
    r = find(name, guid, &b, &off);
    if (!r || !visible(r)) {
        return EFI_NOT_FOUND;
    }
    if (attributes) {
        *attributes = r->attributes;
    }
    if (*size < r->data_size) {
        *size = r->data_size;
        return EFI_BUFFER_TOO_SMALL;
    }
    *size = r->data_size;
    memcpy(data, rec_data(r), r->data_size);
    return EFI_SUCCESS;
}

EFI_STATUS rt_get_variable(CHAR16 *name, EFI_GUID *guid, UINT32 *attributes,
                           UINTN *size, void *data)
{
    EFI_STATUS s = get_variable(name, guid, attributes, size, data);

    if (s != EFI_INVALID_PARAMETER) {
        report(ZX1_REPORT_GET, name, *size, s);
    }
    return s;
}

EFI_STATUS rt_get_next_variable_name(UINTN *size, CHAR16 *name,
                                     EFI_GUID *guid)
{
    struct record *r;
    struct bank b;
    UINT32 off = 0;

    if (!size || !name || !guid) {
        return EFI_INVALID_PARAMETER;
    }
    if (name[0]) {
        if (!find(name, guid, &b, &off)) {
            return EFI_INVALID_PARAMETER;
        }
    } else {
        get_bank(&b, true);
    }
    for (;;) {
        while ((r = next_record(&b, &off))) {
            if (!visible(r)) {
                continue;
            }
            if (*size < r->name_size) {
                *size = r->name_size;
                return EFI_BUFFER_TOO_SMALL;
            }
            *size = r->name_size;
            memcpy(name, rec_name(r), r->name_size);
            *guid = r->guid;
            return EFI_SUCCESS;
        }
        if (b.mem == volatile_mem) {
            return EFI_NOT_FOUND;
        }
        get_bank(&b, false);
        off = 0;
    }
}

static EFI_STATUS delete_record(struct bank *b, UINT32 off)
{
    return set_state(b, off, REC_DELETED) ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

static EFI_STATUS set_variable(CHAR16 *name, EFI_GUID *guid,
                               UINT32 attributes, UINTN size, void *data)
{
    struct record *old;
    struct bank b;
    UINT32 off;
    EFI_STATUS s;
    bool nv;

    if (!name || !name[0] || !guid || (attributes & ~ATTR_ALL) ||
        (size && !data)) {
        return EFI_INVALID_PARAMETER;
    }
    if ((attributes & EFI_VARIABLE_RUNTIME_ACCESS) &&
        !(attributes & EFI_VARIABLE_BOOTSERVICE_ACCESS)) {
        return EFI_INVALID_PARAMETER;
    }
    old = find(name, guid, &b, &off);
    if (old && at_runtime() &&
        (!visible(old) || !(old->attributes & EFI_VARIABLE_NON_VOLATILE))) {
        return visible(old) ? EFI_WRITE_PROTECTED : EFI_NOT_FOUND;
    }
    if (!size || !(attributes & (EFI_VARIABLE_BOOTSERVICE_ACCESS |
                                 EFI_VARIABLE_RUNTIME_ACCESS))) {
        return old ? delete_record(&b, off) : EFI_NOT_FOUND;
    }
    if (at_runtime() && (attributes & ATTR_ALL) != ATTR_ALL) {
        return EFI_INVALID_PARAMETER;
    }
    if (size > BANK_MAX / 2) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (old) {
        if (old->attributes != attributes) {
            return EFI_INVALID_PARAMETER;
        }
        if (old->data_size == size && !memcmp(rec_data(old), data, size)) {
            return EFI_SUCCESS;
        }
    }
    nv = attributes & EFI_VARIABLE_NON_VOLATILE;
    s = append(nv, name, guid, attributes, data, size);
    if (EFI_ERROR(s)) {
        /* Full, or what follows the records was not blank */
        if (nv && store_base) {
            if (!compact()) {
                return EFI_DEVICE_ERROR;
            }
        } else {
            compact_volatile();
        }
        old = find(name, guid, &b, &off);
        s = append(nv, name, guid, attributes, data, size);
    }
    if (s == EFI_SUCCESS && old) {
        s = delete_record(&b, off);
    }
    return s;
}

EFI_STATUS rt_set_variable(CHAR16 *name, EFI_GUID *guid, UINT32 attributes,
                           UINTN size, void *data)
{
    EFI_STATUS s = set_variable(name, guid, attributes, size, data);

    if (name) {
        report(ZX1_REPORT_SET, name, size, s);
    }
    return s;
}
