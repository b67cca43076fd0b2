/*
 * EFI memory services
 *
 * The memory map is a sorted array without overlaps.  Pages that nobody asks
 * for a place of come from the top of the first GiB, then from the memory
 * above; the pool is carved out of pages, per type.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define MAX_REGIONS     1024
/* As real firmware: larger than the structure of EFI 1.10 */
#define DESC_SIZE       48

#define RAM_ATTRIBUTES  (EFI_MEMORY_WB | EFI_MEMORY_UC)

struct region {
    UINT64 start, pages;
    UINT64 attribute;
    UINT32 type;
    bool ram;                   /* may be allocated once conventional */
};

static struct region map[MAX_REGIONS];
static unsigned nr_regions;
static UINTN map_key = 1;

static UINT64 region_end(const struct region *r)
{
    return r->start + (r->pages << EFI_PAGE_SHIFT);
}

static UINT64 type_attribute(UINT32 type)
{
    switch (type) {
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
    case EfiPalCode:
        return EFI_MEMORY_RUNTIME;
    default:
        return 0;
    }
}

static void insert(unsigned at, struct region r)
{
    unsigned i;

    if (nr_regions == MAX_REGIONS) {
        fw_panic("memory map is full\n");
    }
    for (i = nr_regions++; i > at; i--) {
        map[i] = map[i - 1];
    }
    map[at] = r;
}

static void merge(void)
{
    unsigned i, n = 0;

    for (i = 0; i < nr_regions; i++) {
        struct region *p = n ? &map[n - 1] : NULL;

        if (p && p->type == map[i].type && p->ram == map[i].ram &&
            p->attribute == map[i].attribute &&
            region_end(p) == map[i].start) {
            p->pages += map[i].pages;
        } else {
            map[n++] = map[i];
        }
    }
    nr_regions = n;
    map_key++;
}

void mem_add(UINT32 type, UINT64 start, UINT64 bytes, UINT64 attribute)
{
    struct region r = { start, bytes >> EFI_PAGE_SHIFT, attribute, type,
                        false };
    unsigned i;

    for (i = 0; i < nr_regions && map[i].start < start; i++) {
        continue;
    }
    insert(i, r);
    merge();
}

/* Makes [start, end) a range of whole regions; true if all is RAM there */
static bool split(UINT64 start, UINT64 end)
{
    UINT64 at = start;
    unsigned i;

    for (i = 0; i < nr_regions; i++) {
        struct region *r = &map[i], tail;
        UINT64 cut = 0;

        if (r->start < start && start < region_end(r)) {
            cut = start;
        } else if (r->start < end && end < region_end(r)) {
            cut = end;
        }
        if (cut) {
            tail = *r;
            tail.start = cut;
            tail.pages = (region_end(r) - cut) >> EFI_PAGE_SHIFT;
            r->pages = (cut - r->start) >> EFI_PAGE_SHIFT;
            insert(i + 1, tail);
        }
        if (map[i].start == at && map[i].ram && at < end) {
            at = region_end(&map[i]);
        }
    }
    return at == end;
}

static void set_type(UINT64 start, UINT64 end, UINT32 type)
{
    unsigned i;

    for (i = 0; i < nr_regions; i++) {
        if (map[i].start >= start && region_end(&map[i]) <= end) {
            map[i].type = type;
            map[i].attribute = RAM_ATTRIBUTES | type_attribute(type);
        }
    }
    merge();
}

static bool is_free(UINT64 start, UINT64 end)
{
    UINT64 at = start;
    unsigned i;

    for (i = 0; i < nr_regions && at < end; i++) {
        if (map[i].start <= at && at < region_end(&map[i])) {
            if (map[i].type != EfiConventionalMemory || !map[i].ram) {
                return false;
            }
            at = region_end(&map[i]);
        }
    }
    return at >= end;
}

/* Highest free place of @bytes that ends at or below @limit, aligned */
static bool find_free(UINT64 bytes, UINT64 limit, UINT64 align, UINT64 floor,
                      UINT64 *start)
{
    unsigned i;

    for (i = nr_regions; i-- > 0; ) {
        struct region *r = &map[i];
        UINT64 end = MIN(region_end(r), limit), s;

        if (r->type != EfiConventionalMemory || !r->ram ||
            end <= r->start || end - r->start < bytes) {
            continue;
        }
        s = (end - bytes) & ~(align - 1);
        if (s >= r->start && s >= floor) {
            *start = s;
            return true;
        }
    }
    return false;
}

static bool allocate(UINT64 bytes, UINT64 limit, UINT64 align, UINT32 type,
                     UINT64 *start)
{
    UINT64 low = ZX1_MEM0_BASE + ZX1_MEM0_SIZE;

    /*
     * Devices reach the first GiB; below 80 MiB is where loaders with a
     * fixed address want to be
     */
    if (!find_free(bytes, MIN(limit, low), align, 0x5000000, start) &&
        !find_free(bytes, MIN(limit, low), align, EFI_PAGE_SIZE, start) &&
        !find_free(bytes, limit, align, EFI_PAGE_SIZE, start)) {
        return false;
    }
    split(*start, *start + bytes);
    set_type(*start, *start + bytes, type);
    return true;
}

EFI_STATUS mem_allocate_pages(EFI_ALLOCATE_TYPE how, EFI_MEMORY_TYPE type,
                              UINTN pages, EFI_PHYSICAL_ADDRESS *memory)
{
    UINT64 bytes = pages << EFI_PAGE_SHIFT, limit = ~0UL, align;

    if (!memory || how >= MaxAllocateType ||
        ((UINT32)type >= EfiMaxMemoryType && !((UINT32)type >> 31)) ||
        type == EfiConventionalMemory) {
        return EFI_INVALID_PARAMETER;
    }
    if (!pages || pages >> 40) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (how == AllocateAddress) {
        UINT64 start = *memory;

        if (start & (EFI_PAGE_SIZE - 1)) {
            return EFI_INVALID_PARAMETER;
        }
        if (!is_free(start, start + bytes)) {
            return EFI_NOT_FOUND;
        }
        split(start, start + bytes);
        set_type(start, start + bytes, type);
        return EFI_SUCCESS;
    }
    if (how == AllocateMaxAddress) {
        limit = *memory + 1;
        if (!limit) {
            limit = ~0UL;
        }
    }
    /* Operating systems with 8 or 16 KiB pages map these one by one */
    align = type_attribute(type) ? 0x10000 : EFI_PAGE_SIZE;
    bytes = ALIGN_UP(bytes, align);
    return allocate(bytes, limit, align, type, memory) ? EFI_SUCCESS
                                                       : EFI_OUT_OF_RESOURCES;
}

EFI_STATUS mem_free_pages(EFI_PHYSICAL_ADDRESS memory, UINTN pages)
{
    UINT64 end = memory + (pages << EFI_PAGE_SHIFT), at = memory;
    unsigned i;

    if ((memory & (EFI_PAGE_SIZE - 1)) || !pages || pages >> 40) {
        return EFI_INVALID_PARAMETER;
    }
    for (i = 0; i < nr_regions && at < end; i++) {
        if (map[i].start <= at && at < region_end(&map[i])) {
            if (!map[i].ram || map[i].type == EfiConventionalMemory) {
                return EFI_NOT_FOUND;
            }
            at = region_end(&map[i]);
        }
    }
    if (at < end) {
        return EFI_NOT_FOUND;
    }
    split(memory, end);
    set_type(memory, end, EfiConventionalMemory);
    return EFI_SUCCESS;
}

UINTN mem_map_key(void)
{
    return map_key;
}

EFI_STATUS mem_get_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *out, UINTN *key,
                       UINTN *desc_size, UINT32 *version)
{
    UINTN need = nr_regions * DESC_SIZE;
    unsigned i;

    if (!size) {
        return EFI_INVALID_PARAMETER;
    }
    if (desc_size) {
        *desc_size = DESC_SIZE;
    }
    if (version) {
        *version = EFI_MEMORY_DESCRIPTOR_VERSION;
    }
    if (*size < need) {
        *size = need;
        return EFI_BUFFER_TOO_SMALL;
    }
    if (!out) {
        return EFI_INVALID_PARAMETER;
    }
    memset(out, 0, need);
    for (i = 0; i < nr_regions; i++) {
        EFI_MEMORY_DESCRIPTOR *d =
            (EFI_MEMORY_DESCRIPTOR *)((UINT8 *)out + i * DESC_SIZE);

        d->Type = map[i].type;
        d->PhysicalStart = map[i].start;
        d->NumberOfPages = map[i].pages;
        d->Attribute = map[i].attribute;
    }
    *size = need;
    if (key) {
        *key = map_key;
    }
    return EFI_SUCCESS;
}

void *mem_low_pages(EFI_MEMORY_TYPE type, UINTN bytes)
{
    UINT64 start;

    bytes = ALIGN_UP(bytes, 0x2000);
    if (!find_free(bytes, FW_LOW_END, 0x2000, 0x100000, &start)) {
        fw_panic("no room for %lu bytes of tables\n", bytes);
    }
    split(start, start + bytes);
    set_type(start, start + bytes, type);
    memset((void *)start, 0, bytes);
    return (void *)start;
}

/* ------------------------------------------------------------------ */
/* Pool: free lists of power-of-two blocks per type; large ones are pages */

#define POOL_MAGIC      0x6c6f6f70
#define POOL_FREED      0x64656572
#define POOL_MIN_SHIFT  5
#define POOL_MAX_SHIFT  11

struct pool_header {
    UINT32 magic;
    UINT32 type;
    UINT64 pages;               /* 0: a block of shift */
    UINT32 shift;
    UINT32 pad[3];
};

struct pool_free {
    struct pool_header h;
    struct pool_free *next;
};

/* Types above the defined ones (loaders' own) take whole pages */
static struct pool_free *pool[EfiMaxMemoryType][POOL_MAX_SHIFT + 1];

EFI_STATUS mem_allocate_pool(EFI_MEMORY_TYPE type, UINTN size, void **buf)
{
    UINT64 total = size + sizeof(struct pool_header), pages, mem;
    struct pool_header *h;
    unsigned shift = POOL_MIN_SHIFT + 1;
    EFI_STATUS s;

    if (!buf || (UINT32)type == EfiConventionalMemory ||
        ((UINT32)type >= EfiMaxMemoryType && !((UINT32)type >> 31))) {
        return EFI_INVALID_PARAMETER;
    }
    if (size >> 48) {
        return EFI_OUT_OF_RESOURCES;
    }
    while (shift <= POOL_MAX_SHIFT && 1UL << shift < total) {
        shift++;
    }
    if (shift > POOL_MAX_SHIFT || (UINT32)type >= EfiMaxMemoryType) {
        pages = EFI_SIZE_TO_PAGES(total);
        s = mem_allocate_pages(AllocateAnyPages, type, pages, &mem);
        if (EFI_ERROR(s)) {
            return s;
        }
        h = (struct pool_header *)mem;
        *h = (struct pool_header) { POOL_MAGIC, type, pages, 0, { 0 } };
        *buf = h + 1;
        return EFI_SUCCESS;
    }
    if (!pool[type][shift]) {
        UINT64 off, chunk = 16 * EFI_PAGE_SIZE;

        s = mem_allocate_pages(AllocateAnyPages, type,
                               chunk >> EFI_PAGE_SHIFT, &mem);
        if (EFI_ERROR(s)) {
            return s;
        }
        for (off = chunk; off; ) {
            struct pool_free *f;

            off -= 1UL << shift;
            f = (struct pool_free *)(mem + off);
            f->next = pool[type][shift];
            pool[type][shift] = f;
        }
    }
    h = &pool[type][shift]->h;
    pool[type][shift] = pool[type][shift]->next;
    *h = (struct pool_header) { POOL_MAGIC, type, 0, shift, { 0 } };
    *buf = h + 1;
    return EFI_SUCCESS;
}

EFI_STATUS mem_free_pool(void *buf)
{
    struct pool_header *h = (struct pool_header *)buf - 1;
    struct pool_free *f = (struct pool_free *)h;

    if (!buf || ((UINT64)buf & 15) || h->magic != POOL_MAGIC) {
        return EFI_INVALID_PARAMETER;
    }
    h->magic = POOL_FREED;
    if (h->pages) {
        return mem_free_pages((UINT64)h, h->pages);
    }
    f->next = pool[h->type][h->shift];
    pool[h->type][h->shift] = f;
    return EFI_SUCCESS;
}

void *fw_alloc(size_t n)
{
    void *p;

    return EFI_ERROR(mem_allocate_pool(EfiBootServicesData, n, &p)) ? NULL
                                                                    : p;
}

void *fw_zalloc(size_t n)
{
    void *p = fw_alloc(n);

    if (p) {
        memset(p, 0, n);
    }
    return p;
}

void fw_free(void *p)
{
    if (p && EFI_ERROR(mem_free_pool(p))) {
        fw_panic("bad free of %p\n", p);
    }
}

void *fw_alloc_dma(size_t bytes, size_t align)
{
    UINT64 start;

    bytes = ALIGN_UP(bytes, EFI_PAGE_SIZE);
    if (!allocate(bytes, ZX1_MEM0_BASE + ZX1_MEM0_SIZE,
                  MAX(align, EFI_PAGE_SIZE), EfiBootServicesData, &start)) {
        return NULL;
    }
    memset((void *)start, 0, bytes);
    return (void *)start;
}

void fw_free_dma(void *p, size_t bytes)
{
    if (p) {
        mem_free_pages((UINT64)p, EFI_SIZE_TO_PAGES(bytes));
    }
}

/* ------------------------------------------------------------------ */

static void add_ram(UINT64 start, UINT64 end, UINT32 type)
{
    struct region r = {
        start, (end - start) >> EFI_PAGE_SHIFT,
        RAM_ATTRIBUTES | type_attribute(type), type, true
    };
    unsigned i;

    if (start >= end) {
        return;
    }
    for (i = 0; i < nr_regions && map[i].start < start; i++) {
        continue;
    }
    insert(i, r);
}

void mem_init(void)
{
    UINT64 boot_end = ALIGN_UP((UINT64)__boot_end, 0x2000), base, end;
    struct zx1_fw_range *ram;
    UINT32 size, i;
    UINT16 key;

    size = fwcfg_find(ZX1_FW_FILE_RAM, &key);
    if (!size || size > 16 * sizeof(*ram)) {
        fw_panic("no description of memory\n");
    }
    ram = (struct zx1_fw_range *)(boot_end);
    fwcfg_read(key, 0, ram, size);
    for (i = 0; i < size / sizeof(*ram); i++) {
        base = ram[i].base;
        end = base + ram[i].size;
        if (base == 0) {
            add_ram(0, 0x2000, EfiBootServicesData);
            add_ram(0x2000, 0xa0000, EfiConventionalMemory);
            add_ram(0xc0000, 0x100000, EfiBootServicesData);
            add_ram(FW_PAL_BASE, FW_PAL_BASE + FW_PAL_SIZE, EfiPalCode);
            add_ram(FW_RT_BASE, FW_RT_BASE + FW_RT_SIZE,
                    EfiRuntimeServicesCode);
            add_ram(FW_BOOT_BASE, boot_end, EfiBootServicesCode);
            base = boot_end;
        }
        add_ram(base, end, EfiConventionalMemory);
    }
    /* What runtime services touch, as on real machines; and the ports */
    mem_add(EfiMemoryMappedIO, ZX1_MIO_BASE, 0x40000,
            EFI_MEMORY_UC | EFI_MEMORY_RUNTIME);
    mem_add(EfiMemoryMappedIO, ZX1_PDH_BASE, ZX1_PDH_SIZE,
            EFI_MEMORY_UC | EFI_MEMORY_RUNTIME);
    mem_add(EfiMemoryMappedIOPortSpace, ZX1_IOPORT_BASE, ZX1_IOPORT_SIZE,
            EFI_MEMORY_UC | EFI_MEMORY_RUNTIME);
    merge();
}
