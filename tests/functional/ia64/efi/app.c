/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output and start-up of the tests' EFI applications, without a library */

#include "app.h"

EFI_HANDLE image;
EFI_SYSTEM_TABLE *st;
EFI_BOOT_SERVICES *bs;
EFI_RUNTIME_SERVICES *rt;

void *memset(void *p, int c, size_t n)
{
    UINT8 *d = p;

    while (n--) {
        *d++ = c;
    }
    return p;
}

void *memcpy(void *to, const void *from, size_t n)
{
    UINT8 *d = to;
    const UINT8 *s = from;

    while (n--) {
        *d++ = *s++;
    }
    return to;
}

bool same(const void *a, const void *b, UINTN n)
{
    const UINT8 *p = a, *q = b;

    while (n--) {
        if (*p++ != *q++) {
            return false;
        }
    }
    return true;
}

UINT32 crc32(const void *p, UINTN n)
{
    static UINT32 table[256];
    const UINT8 *d = p;
    UINT32 crc = ~0u;

    for (unsigned i = 0; i < 256 && !table[255]; i++) {
        UINT32 t = i;

        for (unsigned bit = 0; bit < 8; bit++) {
            t = t >> 1 ^ (t & 1 ? 0xedb88320 : 0);
        }
        table[i] = t;
    }
    while (n--) {
        crc = crc >> 8 ^ table[(crc ^ *d++) & 255];
    }
    return ~crc;
}

UINT64 bytes(const void *p, unsigned n)
{
    UINT64 v = 0;

    while (n--) {
        v = v << 8 | ((const UINT8 *)p)[n];
    }
    return v;
}

void print16(const CHAR16 *s)
{
    st->ConOut->OutputString(st->ConOut, (CHAR16 *)s);
}

void print(const char *s)
{
    CHAR16 buf[80];
    unsigned n = 0;

    for (; *s; s++) {
        if (*s == '\n') {
            buf[n++] = '\r';
        }
        buf[n++] = *s;
        if (n > 76) {
            buf[n] = 0;
            print16(buf);
            n = 0;
        }
    }
    buf[n] = 0;
    print16(buf);
}

void print_hex(UINT64 v)
{
    char buf[17];
    unsigned n = 16;

    buf[n] = 0;
    do {
        buf[--n] = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v);
    print(buf + n);
}

void print_dec(UINT64 v)
{
    char buf[21];
    unsigned n = 20;

    buf[n] = 0;
    do {
        buf[--n] = '0' + v % 10;
        v /= 10;
    } while (v);
    print(buf + n);
}

void check(const char *name, bool ok)
{
    print(ok ? "ok " : "not ok ");
    print(name);
    print("\n");
}

void value(const char *name, UINT64 v)
{
    print("value ");
    print(name);
    print(" ");
    print_hex(v);
    print("\n");
}

/* A line for each 16 bytes, which no console breaks */
void data(const char *name, const void *p, UINTN n)
{
    const UINT8 *d = p;
    char buf[33];

    for (UINTN at = 0; at < n; ) {
        unsigned i = 0;

        for (; at < n && i < 32; at++) {
            buf[i++] = "0123456789abcdef"[d[at] >> 4];
            buf[i++] = "0123456789abcdef"[d[at] & 15];
        }
        buf[i] = 0;
        print("data ");
        print(name);
        print(" ");
        print(buf);
        print("\n");
    }
}

void *protocol(EFI_HANDLE h, const EFI_GUID *guid)
{
    void *p;

    return EFI_ERROR(bs->HandleProtocol(h, (EFI_GUID *)guid, &p)) ? NULL : p;
}

void *config_table(UINT32 data1)
{
    for (UINTN i = 0; i < st->NumberOfTableEntries; i++) {
        if (st->ConfigurationTable[i].VendorGuid.Data1 == data1) {
            return st->ConfigurationTable[i].VendorTable;
        }
    }
    return NULL;
}

static const EFI_GUID loaded_image_guid = {
    0x5b1b31a1, 0x9562, 0x11d2,
    { 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};

EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *table)
{
    EFI_LOADED_IMAGE *li;
    EFI_STATUS s;

    image = handle;
    st = table;
    bs = st->BootServices;
    rt = st->RuntimeServices;
    li = protocol(image, &loaded_image_guid);
    s = app_main(li && li->LoadOptions ? li->LoadOptions : (CHAR16 *)L"");
    print("app: done\n");
    return s;
}
