/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware gives an operating system: tables, memory map, PAL, SAL
 * and the runtime services, physically and in a mapping of our choice
 *
 * Started by the firmware as a kernel.
 */

#include "test.h"
#include "efi.h"
#include "hw/ia64/zx1-fw.h"

struct boot_param {
    uint64_t command_line, efi_systab, efi_memmap, efi_memmap_size;
    uint64_t efi_memdesc_size;
    uint32_t efi_memdesc_version;
};

extern struct boot_param *boot_param;

struct pal {
    uint64_t ip, index, a[3];
    uint64_t v[4];
};

uint64_t pal_call(struct pal *p);
void set_mode(uint64_t set, uint64_t clear);

#define PSR_DT          (1ul << 17)
#define PSR_RT          (1ul << 27)
#define PSR_IT          (1ul << 36)

static EFI_SYSTEM_TABLE *st;
static uint64_t pal_ip;
static struct fdesc {
    uint64_t ip, gp;
} sal_fdesc;

static uint64_t bytes(const void *p, unsigned n)
{
    uint64_t v = 0;

    while (n--) {
        v = v << 8 | ((const uint8_t *)p)[n];
    }
    return v;
}

static uint8_t sum(const uint8_t *p, uint64_t n)
{
    uint8_t s = 0;

    while (n--) {
        s += *p++;
    }
    return s;
}

static bool same(const void *a, const void *b, unsigned n)
{
    const uint8_t *p = a, *q = b;

    while (n--) {
        if (*p++ != *q++) {
            return 0;
        }
    }
    return 1;
}

static uint32_t crc_of(const EFI_TABLE_HEADER *h)
{
    const uint8_t *p = (const uint8_t *)h;
    uint32_t crc = ~0u;

    for (uint32_t i = 0; i < h->HeaderSize; i++) {
        crc ^= i >= 16 && i < 20 ? 0 : p[i];
        for (int k = 0; k < 8; k++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static void *table(uint32_t data1, uint16_t data2)
{
    for (uint64_t i = 0; i < st->NumberOfTableEntries; i++) {
        EFI_GUID *g = &st->ConfigurationTable[i].VendorGuid;

        if (g->Data1 == data1 && g->Data2 == data2) {
            return st->ConfigurationTable[i].VendorTable;
        }
    }
    return 0;
}

static void test_tables(void)
{
    uint8_t *sst, *hcdp, *rsdp, *smbios;
    unsigned seen = 0;

    st = (EFI_SYSTEM_TABLE *)boot_param->efi_systab;
    test_begin("system table, configuration tables");
    test_eq("signature", st->Hdr.Signature, EFI_SYSTEM_TABLE_SIGNATURE);
    test_eq("revision", st->Hdr.Revision, EFI_1_10_REVISION);
    test_eq("CRC", crc_of(&st->Hdr), st->Hdr.CRC32);
    test_eq("runtime CRC", crc_of(&st->RuntimeServices->Hdr),
            st->RuntimeServices->Hdr.CRC32);
    test_eq("boot services are gone", (uint64_t)st->BootServices, 0);

    sst = table(0xeb9d2d32, 0x2d88);
    test_eq("SAL system table", sst && same(sst, "SST_", 4), 1);
    test_eq("its sum", sum(sst, bytes(sst + 4, 4)), 0);
    for (uint8_t *e = sst + 96, n = sst[10]; n; n--) {
        static const uint8_t size[] = { 48, 32, 16, 32, 16, 16 };

        test_eq("entry type", e[0] <= 5, 1);
        if (e[0] == 0) {
            pal_ip = bytes(e + 8, 8);
            sal_fdesc.ip = bytes(e + 16, 8);
            sal_fdesc.gp = bytes(e + 24, 8);
        }
        seen |= 1 << e[0];
        if (e[0] == 4) {
            const uint64_t *domain = (uint64_t *)bytes(e + 8, 8);
            const uint64_t *lid = (uint64_t *)domain[1];

            test_eq("coherence domains", bytes(e + 4, 4), 1);
            test_eq("processors in it", domain[0], 1);
            test_eq("their ids", lid[0], 0);
        }
        if (e[0] == 5) {
            test_eq("wake-up vector", bytes(e + 8, 8), 0xff);
        }
        e += size[e[0]];
        if (n == 1) {
            test_eq("length", e - sst, bytes(sst + 4, 4));
        }
    }
    test_eq("entries: code, features, domain, wake-up", seen, 0x35);
    rsdp = table(0x8868e871, 0xe4f1);
    test_eq("RSDP", rsdp && same(rsdp, "RSD PTR ", 8) && !sum(rsdp, 20) &&
            !sum(rsdp, 36), 1);
    hcdp = table(0xf951938d, 0x620b);
    test_eq("console table", hcdp && same(hcdp, "HCDP", 4), 1);
    test_eq("its sum", sum(hcdp, bytes(hcdp + 4, 4)), 0);
    test_eq("UART address", bytes(hcdp + 40 + 16 + 4, 8), ZX1_UART0_BASE);
    smbios = table(0xeb9d2d31, 0x2d88);
    test_eq("SMBIOS", smbios && same(smbios, "_SM_", 4) &&
            !sum(smbios, smbios[5]) && !sum(smbios + 16, 15), 1);
    test_end();
}

static EFI_MEMORY_DESCRIPTOR *descriptor(uint64_t i)
{
    uint64_t off = i * boot_param->efi_memdesc_size;

    return off < boot_param->efi_memmap_size ?
           (EFI_MEMORY_DESCRIPTOR *)(boot_param->efi_memmap + off) : 0;
}

static void test_memory_map(void)
{
    uint64_t end = 0, pal = 0, ports = 0, low = 0;
    EFI_MEMORY_DESCRIPTOR *d;

    test_begin("memory map");
    test_eq("version", boot_param->efi_memdesc_version, 1);
    for (uint64_t i = 0; (d = descriptor(i)); i++) {
        uint64_t size = d->NumberOfPages << 12;

        test_eq("order", d->PhysicalStart >= end, 1);
        test_eq("size", size != 0, 1);
        test_eq("type", d->Type < EfiMaxMemoryType, 1);
        end = d->PhysicalStart + size;
        switch (d->Type) {
        case EfiPalCode:
            pal++;
            test_eq("PAL code size", size & (size - 1), 0);
            test_eq("PAL code place", d->PhysicalStart & (size - 1), 0);
            test_eq("PAL entry inside", pal_ip - d->PhysicalStart < size, 1);
            test_eq("PAL code attributes", d->Attribute &
                    (EFI_MEMORY_RUNTIME | EFI_MEMORY_WB),
                    EFI_MEMORY_RUNTIME | EFI_MEMORY_WB);
            break;
        case EfiMemoryMappedIOPortSpace:
            ports++;
            test_eq("port space", d->PhysicalStart, ZX1_IOPORT_BASE);
            test_eq("its size", size, ZX1_IOPORT_SIZE);
            break;
        case EfiRuntimeServicesCode:
            test_eq("SAL entry inside",
                    sal_fdesc.ip - d->PhysicalStart < size, 1);
            test_eq("SAL gp inside", sal_fdesc.gp - d->PhysicalStart < size,
                    1);
            /* fall through */
        case EfiRuntimeServicesData:
            test_eq("8 KiB pages", (d->PhysicalStart | size) & 0x1fff, 0);
            break;
        case EfiConventionalMemory:
        case EfiLoaderCode:
        case EfiLoaderData:
            if (d->PhysicalStart < 0x5000000 && end > 0x1000000) {
                low += (end < 0x5000000 ? end : 0x5000000) -
                       (d->PhysicalStart > 0x1000000 ? d->PhysicalStart
                                                     : 0x1000000);
            }
            break;
        }
    }
    test_eq("PAL code descriptors", pal, 1);
    test_eq("port space descriptors", ports, 1);
    test_eq("16 to 80 MiB are for loaders", low, 0x4000000);
    test_end();
}

static uint64_t call_pal(struct pal *p, uint64_t index, uint64_t a0,
                         uint64_t a1, uint64_t a2)
{
    *p = (struct pal) { pal_ip, index, { a0, a1, a2 } };
    test_eq("registers after PAL", pal_call(p), 0);
    return p->v[0];
}

/* r8 of procedures called with zeros; 9: not called here */
static const int8_t pal_status[] = {
    [0] = -1, [1] = -2, [2] = -2, [3] = 0, [4] = 0, [5] = 0, [6] = 0,
    [7] = -2, [8] = 0, [9] = 0, [10] = 0, [11] = 0, [12] = 0, [13] = -1,
    [14] = 0, [15] = 9, [16] = -2, [17] = 0, [18] = 0, [19] = 0, [20] = 0,
    [21] = 0, [22] = 0, [23] = 0, [24] = 0, [25] = -6, [26] = 9, [27] = 9,
    [28] = 9, [29] = 9, [30] = 0, [31] = 0, [32] = 0, [33] = -1, [34] = 0,
    [35] = -1, [36] = -1, [37] = 0, [38] = -2, [39] = 0, [40] = -1, [41] = 1,
    [42] = -1, [43] = -1,
};

/* Montecito or later: two more procedures, and a second level of its own */
static bool is_montecito(void)
{
    uint64_t v;

    asm volatile("mov %0 = cpuid[%1]" : "=r"(v) : "r"(3ul));
    return (v >> 24 & 0xff) >= 0x20;
}

static int64_t status_of(unsigned i)
{
    if (is_montecito() && i == 42) {
        return 0;
    }
    if (is_montecito() && i == 43) {
        return -2;
    }
    return i < ARRAY_SIZE(pal_status) ? pal_status[i] : -1;
}

static void test_pal(void)
{
    static uint64_t buf[16] __attribute__((aligned(64)));
    struct pal p;

    test_begin("PAL: status of every procedure");
    for (unsigned i = 0; i < 1100; i++) {
        int64_t want = status_of(i);

        if (want == 9 || (i >= 256 && i <= 274)) {
            continue;
        }
        if (call_pal(&p, i, 0, 0, 0) != (uint64_t)want) {
            test_note("procedure", i);
            test_eq("status", p.v[0], want);
        }
    }
    test_eq("procedure -1", call_pal(&p, ~0ul, 0, 0, 0), -1ul);
    test_end();

    test_begin("PAL: reserved arguments");
    for (unsigned i = 4; i <= 8; i++) {
        if (i != 7) {
            test_eq("first", call_pal(&p, i, 1, 0, 0), -2ul);
            test_eq("third", call_pal(&p, i, 0, 0, 1), -2ul);
        }
    }
    test_eq("CACHE_INFO", call_pal(&p, 2, 0, 1, 1), -2ul);
    test_eq("level 3", call_pal(&p, 2, 3, 2, 0), -2ul);
    test_eq("L2I", call_pal(&p, 2, 1, 1, 0), is_montecito() ? 0 : -2ul);
    test_end();

    test_begin("PAL: values");
    call_pal(&p, 14, 0, 0, 0);
    test_eq("ITC ratio", p.v[3] >> 32 && (uint32_t)p.v[3], 1);
    call_pal(&p, 8, 0, 0, 0);
    test_eq("walker", p.v[1] & 1, 1);
    test_eq("address bits", p.v[1] >> 1 & 0x7f, 50);
    test_eq("VA msb", p.v[2] & 0xff, 60);
    call_pal(&p, 34, 0, 0, 0);
    test_eq("page sizes", p.v[1], 0x155557000);
    test_eq("purge sizes", p.v[2], 0x155557000);
    call_pal(&p, 19, 0, 0, 0);
    test_eq("stacked registers", p.v[1], 96);
    call_pal(&p, 2, 1, 2, 0);
    test_eq("L2 size", (uint32_t)p.v[2], 0x40000);
    test_eq("PERF_MON_INFO", call_pal(&p, 15, (uint64_t)buf, 0, 0), 0);
    test_eq("PMCs", buf[0], 0xffff);
    test_eq("misaligned", call_pal(&p, 15, (uint64_t)buf + 4, 0, 0), -2ul);
    test_end();

    test_begin("PAL: stacked procedures");
    test_eq("HALT_INFO", call_pal(&p, 257, (uint64_t)buf, 0, 0), 0);
    test_eq("state 0 is implemented", buf[0] >> 60 & 1, 1);
    test_eq("state 1 is not", buf[1], 0);
    test_eq("VM_TR_READ", call_pal(&p, 261, 63, 1, (uint64_t)buf), 0);
    test_eq("free register", buf[2] & 1, 0);
    test_eq("number", call_pal(&p, 261, 64, 1, (uint64_t)buf), -2ul);
    test_eq("CACHE_READ", call_pal(&p, 259, 0, 0, 0), -1ul);
    test_end();
}

struct sal_ret {
    int64_t status;
    uint64_t v[3];
};

typedef struct sal_ret (*sal_proc_t)(uint64_t index, uint64_t a1, uint64_t a2,
                                     uint64_t a3, uint64_t a4, uint64_t a5,
                                     uint64_t a6, uint64_t a7);

#define SAL(i, a, b, c, d) \
    (((sal_proc_t)&sal_fdesc)(i, a, b, c, d, 0, 0, 0))

static void test_sal(void)
{
    struct sal_ret r;

    test_begin("SAL");
    test_eq("unknown", SAL(0x01000099, 0, 0, 0, 0).status, -1ul);
    test_eq("OEM", SAL(0x02000000, 0, 0, 0, 0).status, -1ul);
    test_eq("frequency", SAL(0x01000012, 0, 0, 0, 0).status, 0);
    test_eq("clock 3", SAL(0x01000012, 3, 0, 0, 0).status, -2ul);
    test_eq("vector type 3", SAL(0x01000000, 3, 0, 0, 0).status, -2ul);
    test_eq("parameter 4", SAL(0x01000005, 4, 1, 0x20, 0).status, -2ul);
    test_eq("parameter 2", SAL(0x01000005, 2, 1, 0xf0, 0).status, 0);
    for (unsigned type = 0; type < 4; type++) {
        static uint8_t buf[0x4000] __attribute__((aligned(16)));

        r = SAL(0x01000002, type, 0, 0, 0);
        test_eq("record size", r.status == 0 && r.v[0] <= sizeof(buf), 1);
        test_eq("no record", SAL(0x01000001, type, 0, (uint64_t)buf,
                                 0).status, -5ul);
        test_eq("clear", SAL(0x01000003, type, 0, 0, 0).status, 0);
    }
    test_eq("record type", SAL(0x01000002, 4, 0, 0, 0).status, -2ul);
    test_eq("flush", SAL(0x01000008, 3, 0, 0, 0).status, 0);
    test_eq("flush type", SAL(0x01000008, 5, 0, 0, 0).status, -2ul);
    test_end();

    test_begin("SAL: configuration space");
    r = SAL(0x01000010, 0, 3, 0, 0);
    test_eq("size 3", r.status, -2ul);
    r = SAL(0x01000010, 2, 4, 0, 0);
    test_eq("misaligned", r.status, -2ul);
    r = SAL(0x01000010, 31 << 11, 4, 0, 0);
    test_eq("absent function", r.status == 0 && r.v[0] == 0xffffffff, 1);
    /* the ioa reaches 256 bytes of a function */
    r = SAL(0x01000010, 0x0fc, 4, 1, 0);
    test_eq("type 1, last register", r.status, 0);
    r = SAL(0x01000010, 0x100, 4, 1, 0);
    test_eq("type 1, register 256", r.status, -2ul);
    r = SAL(0x01000011, 0xffc, 4, 0, 1);
    test_eq("its last one, written", r.status, -2ul);
    r = SAL(0x01000010, 0x20 << 16 | 31 << 11, 2, 0, 0);
    test_eq("of two bytes", r.v[0], 0xffff);
    for (unsigned dev = 0; dev < 16; dev++) {
        uint64_t old = SAL(0x01000010, dev << 11, 4, 0, 0).v[0];
        uint64_t new = SAL(0x01000010, dev << 15, 4, 1, 0).v[0];

        test_eq("both kinds of address", old, new);
        test_eq("bytes", SAL(0x01000010, dev << 11 | 1, 1, 0, 0).v[0],
                old >> 8 & 0xff);
    }
    test_end();
}

/* ------------------------------------------------------------------ */

static const CHAR16 name[] = { 'T', 'e', 's', 't', 0 };
static EFI_GUID guid = { 0x12345678, 1, 2, { 3 } };

struct results {
    uint64_t get_time, year, set, get, size, value, next, delete, gone;
    uint64_t sal, freq, pci;
    uint64_t get_wakeup, set_wakeup;
};

/* Runs in either mode; nothing is printed meanwhile */
static void call_all(EFI_RUNTIME_SERVICES *rt, struct results *r,
                     uint32_t value)
{
    EFI_TIME time;
    BOOLEAN flag;
    uint32_t got = 0;
    struct sal_ret s;

    r->get_time = rt->GetTime(&time, 0);
    r->year = time.Year;
    r->get_wakeup = rt->GetWakeupTime(&flag, &flag, &time);
    r->set_wakeup = rt->SetWakeupTime(1, &time);
    r->set = rt->SetVariable((CHAR16 *)name, &guid, 7, 4, &value);
    r->size = 4;
    r->get = rt->GetVariable((CHAR16 *)name, &guid, 0, &r->size, &got);
    r->value = got;
    r->delete = rt->SetVariable((CHAR16 *)name, &guid, 7, 0, 0);
    r->gone = rt->GetVariable((CHAR16 *)name, &guid, 0, &r->size, &got);
    s = SAL(0x01000012, 0, 0, 0, 0);
    r->sal = s.status;
    r->freq = s.v[0];
    r->pci = SAL(0x01000010, 0x10000 | 31 << 11, 4, 0, 0).v[0];
}

static void check_all(const struct results *r, uint32_t value)
{
    test_eq("GetTime", r->get_time, EFI_SUCCESS);
    test_eq("year", r->year >= 1998 && r->year < 2100, 1);
    /* a machine that is off is not there to be woken */
    test_eq("GetWakeupTime", r->get_wakeup, EFI_UNSUPPORTED);
    test_eq("SetWakeupTime", r->set_wakeup, EFI_UNSUPPORTED);
    test_eq("SetVariable", r->set, EFI_SUCCESS);
    test_eq("GetVariable", r->get, EFI_SUCCESS);
    test_eq("size", r->size, 4);
    test_eq("value", r->value, value);
    test_eq("deletion", r->delete, EFI_SUCCESS);
    test_eq("is gone", r->gone, EFI_NOT_FOUND);
    test_eq("SAL", r->sal, 0);
    test_eq("frequency", r->freq >= 100000000, 1);
    test_eq("configuration space", r->pci, 0xffffffff);
}

#define PTE(pa) ((pa) | 0x661)          /* present, WB, accessed, dirty, rwx */

static void insert_i(unsigned slot, uint64_t va, uint64_t pa, unsigned shift)
{
    asm volatile("rsm psr.ic;; srlz.i;;"
                 "mov cr.ifa = %0; mov cr.itir = %1;; srlz.d;;"
                 "itr.i itr[%2] = %3;; srlz.i;; ssm psr.ic;; srlz.i;;"
                 : : "r"(va), "r"((uint64_t)shift << 2),
                   "r"((uint64_t)slot), "r"(PTE(pa)) : "memory");
}

static void insert_d(unsigned slot, uint64_t va, uint64_t pa, unsigned shift)
{
    asm volatile("rsm psr.ic;; srlz.i;;"
                 "mov cr.ifa = %0; mov cr.itir = %1;; srlz.d;;"
                 "itr.d dtr[%2] = %3;; srlz.d;; ssm psr.ic;; srlz.i;;"
                 : : "r"(va), "r"((uint64_t)shift << 2),
                   "r"((uint64_t)slot), "r"(PTE(pa)) : "memory");
}

static void set_rr(uint64_t region, uint64_t rid)
{
    asm volatile("mov rr[%0] = %1;; srlz.i;;"
                 : : "r"(region << 61), "r"(rid << 8 | 12 << 2) : "memory");
}

/* PAL mapped for execution only: it must not miss its data */
static void test_pal_virtual(void)
{
    struct pal p = { 0 };
    uint64_t page = pal_ip & ~0x3fffful, changed;

    set_rr(0, 0x100);
    set_rr(5, 0x105);
    insert_i(0, 0x1000000, 0x1000000, 24);
    insert_d(0, 0x1000000, 0x1000000, 24);
    insert_i(1, (5ul << 61) + 0x40000, page, 18);

    test_begin("PAL: virtually, without a mapping of its data");
    for (unsigned i = 0; i < ARRAY_SIZE(pal_status); i++) {
        if (pal_status[i] == 9 || i == 3) {
            continue;
        }
        p = (struct pal) { (5ul << 61) + 0x40000 + (pal_ip - page), i };
        set_mode(PSR_IT | PSR_DT | PSR_RT, 0);
        changed = pal_call(&p);
        set_mode(0, PSR_IT | PSR_DT | PSR_RT);
        test_eq("registers", changed, 0);
        test_eq("status", p.v[0], status_of(i));
    }
    p = (struct pal) { (5ul << 61) + 0x40000 + (pal_ip - page), 2, { 2, 2 } };
    set_mode(PSR_IT | PSR_DT | PSR_RT, 0);
    changed = pal_call(&p);
    set_mode(0, PSR_IT | PSR_DT | PSR_RT);
    test_eq("L3 size", (uint32_t)p.v[2] >= 0x180000, 1);
    test_end();
}

static void test_runtime(void)
{
    EFI_RUNTIME_SERVICES *rt = st->RuntimeServices, *virt = 0;
    EFI_MEMORY_DESCRIPTOR *d, *code = 0;
    struct results r = { 0 };
    uint64_t pages;

    test_begin("runtime services, physically");
    call_all(rt, &r, 0x1234);
    check_all(&r, 0x1234);
    test_eq("ConvertPointer", rt->ConvertPointer(0, (void **)&virt),
            EFI_UNSUPPORTED);
    test_end();

    /* Code away from everything else, registers of the board nowhere */
    for (uint64_t i = 0; (d = descriptor(i)); i++) {
        d->VirtualStart = (6ul << 61) + 0x700000000000 + d->PhysicalStart;
        if (d->Type == EfiRuntimeServicesCode) {
            d->VirtualStart = (2ul << 61) + 0x123400000000 +
                              (d->PhysicalStart & 0xfffff);
            code = d;
        }
    }
    test_begin("SetVirtualAddressMap");
    test_eq("wrong version", rt->SetVirtualAddressMap(
                boot_param->efi_memmap_size, boot_param->efi_memdesc_size, 2,
                descriptor(0)), EFI_INVALID_PARAMETER);
    test_eq("without the code", rt->SetVirtualAddressMap(
                0, boot_param->efi_memdesc_size, 1, descriptor(0)),
            EFI_NOT_FOUND);
    test_eq("status", rt->SetVirtualAddressMap(
                boot_param->efi_memmap_size, boot_param->efi_memdesc_size, 1,
                descriptor(0)), EFI_SUCCESS);
    virt = st->RuntimeServices;
    test_eq("table has moved", (uint64_t)virt - code->VirtualStart,
            (uint64_t)rt - code->PhysicalStart);
    test_eq("CRC", rt->Hdr.CRC32, crc_of(&rt->Hdr));
    test_end();

    /* 1 MiB around the code; it keeps its place in there */
    pages = code->PhysicalStart & ~0xffffful;
    set_rr(2, 0x102);
    insert_i(2, code->VirtualStart & ~0xffffful, pages, 20);
    insert_d(2, code->VirtualStart & ~0xffffful, pages, 20);
    sal_fdesc.ip += code->VirtualStart - code->PhysicalStart;
    sal_fdesc.gp += code->VirtualStart - code->PhysicalStart;

    test_begin("runtime services and SAL, virtually");
    r = (struct results) { 0 };
    set_mode(PSR_IT | PSR_DT | PSR_RT, 0);
    call_all(virt, &r, 0x5678);
    set_mode(0, PSR_IT | PSR_DT | PSR_RT);
    check_all(&r, 0x5678);
    test_end();
}

void test_main(void)
{
    test_tables();
    test_memory_map();
    test_pal();
    test_sal();
    test_pal_virtual();
    test_runtime();
}
