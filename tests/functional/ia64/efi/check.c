/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What boot loaders of HP-UX and OpenVMS need of the firmware, tried the way
 * they do it. The first option names the part to run.
 */

#include "app.h"

#define MIB             (1ul << 20)
#define PAGES(n)        ((n) >> 12)

static const EFI_GUID loaded_image_guid = {
    0x5b1b31a1, 0x9562, 0x11d2,
    { 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};
static const EFI_GUID device_path_guid = {
    0x09576e91, 0x6d3f, 0x11d2,
    { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};
static const EFI_GUID block_io_guid = {
    0x964e5b21, 0x6459, 0x11d2,
    { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};
static const EFI_GUID file_system_guid = {
    0x964e5b22, 0x6459, 0x11d2,
    { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};
static const EFI_GUID fpswa_guid = {
    0xc41b6531, 0x97b9, 0x11d3,
    { 0x9a, 0x29, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d }
};
static const EFI_GUID global_guid = {
    0x8be4df61, 0x93ca, 0x11d2,
    { 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c }
};
static const EFI_GUID shell_guid = {
    0x47c7b224, 0xc42a, 0x11d2,
    { 0x8e, 0x57, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};

/* F0: revisions, CRCs, watchdog */

static bool table_ok(EFI_TABLE_HEADER *h, UINT64 signature)
{
    UINT32 crc = h->CRC32, got, own;
    bool ok;

    bs->CalculateCrc32(&crc, 4, &got);
    ok = got == crc32(&crc, 4);
    h->CRC32 = 0;
    own = crc32(h, h->HeaderSize);
    h->CRC32 = crc;
    return ok && own == crc && h->Signature == signature &&
           h->Revision == 0x0001000a;
}

static void part_tables(void)
{
    EFI_EVENT event;
    EFI_TPL tpl;

    check("system table", table_ok(&st->Hdr, EFI_SYSTEM_TABLE_SIGNATURE));
    check("boot services", table_ok(&bs->Hdr, EFI_BOOT_SERVICES_SIGNATURE));
    check("runtime services",
          table_ok(&rt->Hdr, EFI_RUNTIME_SERVICES_SIGNATURE));
    tpl = bs->RaiseTPL(TPL_NOTIFY);
    check("applications run at TPL 4", tpl == TPL_APPLICATION);
    bs->RestoreTPL(tpl);
    check("no notification without a function",
          EFI_ERROR(bs->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, NULL,
                                    NULL, &event)));
    check("watchdog on", !bs->SetWatchdogTimer(300, 0x10000, 0, NULL));
    check("watchdog off", !bs->SetWatchdogTimer(0, 0, 0, NULL));
}

static void part_watchdog(void)
{
    bs->SetWatchdogTimer(1, 0x10000, 0, NULL);
    check("waiting for the watchdog", true);
    bs->Stall(20000000);
    check("the watchdog resets", false);
}

/* F2: the loader's own partition, and the one beside it */

static UINTN path_size(const EFI_DEVICE_PATH_PROTOCOL *p)
{
    UINTN n = 0, len;

    for (;;) {
        const UINT8 *d = (const UINT8 *)p + n;

        len = d[2] | d[3] << 8;
        if ((d[0] & 0x7f) == 0x7f && d[1] == 0xff) {
            return n;           /* without the end node */
        }
        n += len;
    }
}

/* The last node, if it is HD() */
static const UINT8 *hd_node(const EFI_DEVICE_PATH_PROTOCOL *p, UINTN *at)
{
    UINTN size = path_size(p), n = 0;
    const UINT8 *last = NULL;

    while (n < size) {
        last = (const UINT8 *)p + n;
        *at = n;
        n += last[2] | last[3] << 8;
    }
    return last && last[0] == 4 && last[1] == 1 ? last : NULL;
}

static void read_file(EFI_HANDLE device, const CHAR16 *name)
{
    EFI_FILE_IO_INTERFACE *fs = protocol(device, &file_system_guid);
    EFI_FILE *root, *file;
    char text[128];
    UINTN n = sizeof(text) - 1;

    if (!fs || fs->OpenVolume(fs, &root) ||
        root->Open(root, &file, (CHAR16 *)name, EFI_FILE_MODE_READ, 0)) {
        check("AUTO opens", false);
        return;
    }
    check("AUTO is read", !file->Read(file, &n, text));
    text[n] = 0;
    print("AUTO: ");
    print(text);
    print("\n");
    file->Close(file);
    root->Close(root);
}

/* The whole of a device in pieces; the CRC of all of it */
static void read_blocks(const char *name, EFI_BLOCK_IO *b, UINTN piece,
                        UINTN misalign)
{
    UINT64 size = (b->Media->LastBlock + 1) * b->Media->BlockSize, at;
    void *buf;
    bool ok = !bs->AllocatePool(EfiLoaderData, size + misalign + piece, &buf);
    UINT8 *p = (UINT8 *)buf + misalign;

    for (at = 0; ok && at < size; at += piece) {
        UINTN n = size - at < piece ? size - at : piece;

        ok = !b->ReadBlocks(b, b->Media->MediaId, at / b->Media->BlockSize, n,
                            p + at);
    }
    check(name, ok);
    value("size", size);
    value("crc", crc32(p, size));
    bs->FreePool(buf);
}

static void part_disk(void)
{
    EFI_LOADED_IMAGE *li = protocol(image, &loaded_image_guid);
    EFI_DEVICE_PATH_PROTOCOL *own = protocol(li->DeviceHandle,
                                             &device_path_guid);
    UINTN at = 0, at2 = 0, count;
    const UINT8 *hd = hd_node(own, &at), *hd2;
    EFI_HANDLE *handles;
    EFI_BLOCK_IO *disk = NULL, *b;
    UINT64 start = 0;

    check("own device is a partition", hd && bytes(hd + 4, 4) == 1 &&
          hd[40] == 2 && hd[41] == 2);
    data("signature", hd + 24, 16);
    check("own file", li->FilePath && ((UINT8 *)li->FilePath)[0] == 4 &&
          ((UINT8 *)li->FilePath)[1] == 4);
    print("file: ");
    print16((CHAR16 *)((UINT8 *)li->FilePath + 4));
    print("\n");
    read_file(li->DeviceHandle, (CHAR16 *)L"\\EFI\\HPUX\\AUTO");
    bs->LocateHandleBuffer(ByProtocol, (EFI_GUID *)&block_io_guid, NULL,
                           &count, &handles);
    for (UINTN i = 0; i < count; i++) {
        EFI_DEVICE_PATH_PROTOCOL *p = protocol(handles[i], &device_path_guid);

        b = protocol(handles[i], &block_io_guid);
        if (path_size(p) == at && same(p, own, at)) {
            check("disk is no partition", !b->Media->LogicalPartition);
            disk = b;
        }
        hd2 = hd_node(p, &at2);
        if (!hd2 || at2 != at || !same(p, own, at) ||
            bytes(hd2 + 4, 4) != 2) {
            continue;
        }
        start = bytes(hd2 + 8, 8);
        check("partition 2", b->Media->LogicalPartition &&
              bytes(hd2 + 16, 8) == b->Media->LastBlock + 1);
        check("no file system on it",
              !protocol(handles[i], &file_system_guid));
        read_blocks("in pieces of 1 MiB", b, MIB, 0);
        read_blocks("in pieces of a block", b, b->Media->BlockSize, 0);
        read_blocks("into odd addresses", b, 64 * 1024, 1);
        check("not beyond its end", b->ReadBlocks(b, b->Media->MediaId,
              b->Media->LastBlock, 2 * b->Media->BlockSize, (void *)MIB));
        check("not half a block", b->ReadBlocks(b, b->Media->MediaId, 0, 256,
              (void *)MIB) == EFI_BAD_BUFFER_SIZE);
    }
    if (disk && start) {
        static UINT8 buf[4096];

        check("disk at the partition's start", !disk->ReadBlocks(disk,
              disk->Media->MediaId, start, disk->Media->BlockSize, buf));
        data("first", buf, 32);
    }
}

/* F4: options, the shell's variables, the keyboard */

static void part_options(const CHAR16 *options)
{
    CHAR16 text[64];
    UINTN n = sizeof(text), index;
    EFI_INPUT_KEY key;

    print("options: ");
    print16(options);
    print("\n");
    memset(text, 0, sizeof(text));
    if (!rt->GetVariable((CHAR16 *)L"VMS_FLAGS", (EFI_GUID *)&shell_guid,
                         NULL, &n, text)) {
        print("VMS_FLAGS: ");
        print16(text);
        print("\n");
    }
    print("HPUX> ");
    for (n = 0; n < 63; ) {
        bs->WaitForEvent(1, &st->ConIn->WaitForKey, &index);
        if (st->ConIn->ReadKeyStroke(st->ConIn, &key)) {
            continue;
        }
        if (key.UnicodeChar == '\r') {
            break;
        }
        text[n++] = key.UnicodeChar ? key.UnicodeChar : '0' + key.ScanCode;
        print("key ");
        print16(text + n - 1);
        print("\n");
    }
    text[n] = 0;
    print("\nread: ");
    print16(text);
    print("\n");
}

/* The arguments as the shell's protocols have them */

struct shell_interface {
    EFI_HANDLE image;
    EFI_LOADED_IMAGE *info;
    CHAR16 **argv;
    UINTN argc;
    CHAR16 **redirect_argv;
    UINTN redirect_argc;
    EFI_FILE *in, *out, *err;
};

struct shell_parameters {
    CHAR16 **argv;
    UINTN argc;
    EFI_FILE *in, *out, *err;
};

static void print_arguments(const char *name, CHAR16 **argv, UINTN argc,
                            EFI_FILE *out)
{
    static CHAR16 text[] = L" <- the last\r\n";
    UINTN n = sizeof(text) - 2;

    for (UINTN i = 0; i < argc; i++) {
        print(name);
        print(": ");
        print16(argv[i]);
        if (i + 1 < argc) {
            print("\n");
        }
    }
    check(name, !out->Write(out, &n, text) && !argv[argc]);
}

static void part_arguments(void)
{
    static const EFI_GUID interface_guid = {
        0x47c7b223, 0xc42a, 0x11d2,
        { 0x8e, 0x57, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
    };
    static const EFI_GUID parameters_guid = {
        0x752f3136, 0x4e16, 0x4fdc,
        { 0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca }
    };
    struct shell_interface *i = protocol(image, &interface_guid);
    struct shell_parameters *p = protocol(image, &parameters_guid);

    check("both protocols", i && p && i->image == image && i->info ==
          protocol(image, &loaded_image_guid));
    if (i && p) {
        print_arguments("interface", i->argv, i->argc, i->out);
        print_arguments("parameters", p->argv, p->argc, p->err);
    }
}

/* F5, A1: tables and variables for the test to look at */

static void dump_variable(const char *name, const CHAR16 *wide)
{
    static UINT8 buf[512];
    UINTN n = sizeof(buf);

    if (rt->GetVariable((CHAR16 *)wide, (EFI_GUID *)&global_guid, NULL, &n,
                        buf)) {
        n = 0;
    }
    data(name, buf, n);
}

static void part_console(void)
{
    UINT8 *hcdp = config_table(0xf951938d);

    data("HCDP", hcdp, bytes(hcdp + 4, 4));
    dump_variable("ConOut", (CHAR16 *)L"ConOut");
    dump_variable("ConIn", (CHAR16 *)L"ConIn");
    dump_variable("ErrOut", (CHAR16 *)L"ErrOut");
    data("path", protocol(st->ConsoleOutHandle, &device_path_guid),
         path_size(protocol(st->ConsoleOutHandle, &device_path_guid)) + 4);
    check("one device for all", st->ConsoleOutHandle == st->ConsoleInHandle &&
          st->ConsoleOutHandle == st->StandardErrorHandle);
}

static void part_acpi(void)
{
    UINT8 *rsdp = config_table(0x8868e871), *xsdt, *t;
    char name[5] = "";

    check("RSDP", same(rsdp, "RSD PTR ", 8));
    data("RSDP", rsdp, 36);
    xsdt = (UINT8 *)bytes(rsdp + 24, 8);
    data("XSDT", xsdt, bytes(xsdt + 4, 4));
    for (UINT64 i = 36; i < bytes(xsdt + 4, 4); i += 8) {
        t = (UINT8 *)bytes(xsdt + i, 8);
        memcpy(name, t, 4);
        data(name, t, bytes(t + 4, 4));
        if (same(t, "FACP", 4)) {
            value("DSDT-32", bytes(t + 40, 4));
            value("DSDT-64", bytes(t + 140, 8));
            t = (UINT8 *)bytes(t + 140, 8);
            data("DSDT", t, bytes(t + 4, 4));
        }
    }
}

/* What PAL, SAL and FPSWA return */
struct result {
    INT64 status;
    UINT64 v[3];
};

/* F6: software assistance, and what needs none here */

struct fpswa {
    UINT32 revision, reserved;
    struct result (*call)(UINT64 fault, void *bundle, UINT64 *ipsr,
                          UINT64 *fpsr, UINT64 *isr, UINT64 *pr, UINT64 *ifs,
                          void *state);
};

/* On the processor, not in the compiler; operands and results as bits */
static UINT64 divide(UINT64 a, UINT64 b)
{
    union {
        UINT64 u;
        double d;
    } x = { a }, y = { b };

    asm("" : "+f"(x.d), "+f"(y.d));
    x.d /= y.d;
    return x.u;
}

static void part_fpswa(void)
{
    static UINT64 bundle[2], ipsr, fpsr, isr, pr, ifs, state[32];
    struct fpswa *f = NULL;
    /* the smallest normal number, and the smallest of all */
    const UINT64 small = 1ul << 52, tiny = 1;
    const UINT64 three = 0x4008000000000000, half = 0x3fe0000000000000;
    UINT64 natval;

    bs->LocateProtocol((EFI_GUID *)&fpswa_guid, NULL, (void **)&f);
    check("interface", f && f->call);
    if (!f) {
        return;
    }
    value("revision", f->revision);
    fpsr = 0x9804c0270033f;
    isr = 1;                    /* invalid operation, enabled */
    check("a real exception is the program's",
          f->call(1, bundle, &ipsr, &fpsr, &isr, &pr, &ifs, state).status ==
          1 && isr == 1 && fpsr == 0x9804c0270033f);
    isr = 2;                    /* denormal operand, enabled */
    check("so is an enabled denormal",
          f->call(1, bundle, &ipsr, &fpsr, &isr, &pr, &ifs, state).status ==
          1 && isr == 2);
    /* software assistance that the processor never asks for */
    isr = 8;
    check("assistance is not to be had",
          f->call(1, bundle, &ipsr, &fpsr, &isr, &pr, &ifs, state).status <
          0);
    /* denormal operands and results, without a fault */
    check("denormal result", divide(small, three) == 0x0005555555555555);
    check("denormal operand", divide(tiny, small) == 0x3cb0000000000000);
    check("rounded to zero", divide(tiny, three) == 0);
    check("rounded up", divide(5 * tiny, three) == 2);
    /* an unnormal number: significand without its top bit */
    asm volatile("mov f8 = f0\n\t"
                 "mov f9 = f1;;\n\t"
                 "setf.sig f8 = %1;;\n\t"
                 "fmerge.se f9 = f9, f8;;\n\t"
                 "fnorm f9 = f9;;\n\t"
                 "getf.d %0 = f9"
                 : "=r"(natval) : "r"(1ul << 62) : "f8", "f9");
    check("unnormal operand", natval == half);
}

/* F7: memory */

static UINT64 largest, loader_window;

static void scan_map(void)
{
    static UINT8 buf[16384];
    UINTN n = sizeof(buf), key, step;
    UINT32 version;
    UINT64 end = 0;
    bool order = true, wb = true;

    largest = loader_window = 0;
    if (bs->GetMemoryMap(&n, (void *)buf, &key, &step, &version)) {
        check("memory map", false);
        return;
    }
    for (UINTN at = 0; at < n; at += step) {
        EFI_MEMORY_DESCRIPTOR *d = (void *)(buf + at);
        UINT64 from = d->PhysicalStart;
        UINT64 to = from + (d->NumberOfPages << 12);

        order &= from >= end && to > from;
        end = to;
        if (d->Type != EfiConventionalMemory) {
            continue;
        }
        wb &= !!(d->Attribute & EFI_MEMORY_WB);
        if (to - from > largest) {
            largest = to - from;
        }
        from = from < 16 * MIB ? 16 * MIB : from;
        to = to > 80 * MIB ? 80 * MIB : to;
        if (from < to) {
            loader_window += to - from;
        }
    }
    check("ordered, without overlaps", order);
    check("free memory is cacheable", wb);
    check("larger descriptors than the structure", step > 40);
}

static void part_memory(void)
{
    static const UINT64 at[] = { 16 * MIB, 64 * MIB, 256 * MIB };
    EFI_PHYSICAL_ADDRESS a;
    UINT64 before;

    scan_map();
    before = largest;
    value("largest", largest >> 20);
    check("16 to 80 MiB are free", loader_window == 64 * MIB);
    for (unsigned i = 0; i < 3; i++) {
        a = at[i];
        check("at a fixed address", !bs->AllocatePages(AllocateAddress,
              EfiLoaderData, PAGES(16 * MIB), &a) && a == at[i]);
        check("not twice", bs->AllocatePages(AllocateAddress, EfiLoaderData,
                                             1, &a) == EFI_NOT_FOUND);
        memset((void *)a, 0x5a, 4096);
        check("freed", !bs->FreePages(a, PAGES(16 * MIB)));
    }
    a = 1024 * MIB - 1;
    check("300 MiB in one piece, in low memory",
          !bs->AllocatePages(AllocateMaxAddress, EfiLoaderData,
                             PAGES(300 * MIB), &a) &&
          a + 300 * MIB <= 1024 * MIB);
    check("freed", !bs->FreePages(a, PAGES(300 * MIB)));
    scan_map();
    check("all is free again", largest == before);
}

/* Through the first entry of SAL's own table */
static void part_sal(void)
{
    const UINT8 *sst = config_table(0xeb9d2d32);
    UINT64 entry[2];
    struct result (*sal)(UINT64 index, ...) = (void *)entry;

    check("SAL's table", sst && bytes(sst, 4) == 0x5f545353 && !sst[96]);
    if (!sst) {
        return;
    }
    entry[0] = bytes(sst + 112, 8);
    entry[1] = bytes(sst + 120, 8);
    /* the compiler does not see that a call reads its descriptor */
    __asm__ volatile("" : : "r"(entry) : "memory");
    value("status", sal(0x1000099, 0, 0, 0, 0, 0, 0, 0).status);
}

static bool starts(const CHAR16 *s, const char *word)
{
    while (*word && *s == *word) {
        s++;
        word++;
    }
    return !*word && (!*s || *s == ' ');
}

EFI_STATUS app_main(const CHAR16 *options)
{
    const CHAR16 *all = options;

    /* the shell puts the program's name in front */
    for (; *options; options++) {
        if (starts(options, "tables")) {
            part_tables();
        } else if (starts(options, "watchdog")) {
            part_watchdog();
        } else if (starts(options, "disk")) {
            part_disk();
        } else if (starts(options, "boot")) {
            part_options(all);
        } else if (starts(options, "arguments")) {
            part_arguments();
        } else if (starts(options, "console")) {
            part_console();
        } else if (starts(options, "acpi")) {
            part_acpi();
        } else if (starts(options, "fpswa")) {
            part_fpswa();
        } else if (starts(options, "sal")) {
            part_sal();
        } else if (starts(options, "memory")) {
            part_memory();
        }
    }
    return EFI_SUCCESS;
}
