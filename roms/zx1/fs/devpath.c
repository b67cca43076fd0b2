/*
 * Device paths as text, the way EFI 1.10 firmware of HP prints them
 *
 * Facts: EFI 1.10 specification, chapter 8 (nodes); forms as in published
 * boot logs of rx2600 class machines, for example
 * Acpi(HWP0002,100)/Pci(1|0)/Scsi(Pun0,Lun0)/HD(Part1,SigD35E32EF).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fw.h"

struct text {
    CHAR16 *buf;
    size_t n, max;
};

static void put_c(struct text *t, CHAR16 c)
{
    if (t->n + 1 < t->max) {
        t->buf[t->n++] = c;
    }
}

static void put_f(struct text *t, const char *fmt, ...)
{
    char s[128];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(s, sizeof(s), fmt, ap);
    va_end(ap);
    for (unsigned i = 0; s[i]; i++) {
        put_c(t, (UINT8)s[i]);
    }
}

static void put_hex(struct text *t, const UINT8 *p, UINTN n)
{
    for (UINTN i = 0; i < n; i++) {
        put_f(t, "%02X", p[i]);
    }
}

/* A GUID, or another field, at any alignment */
static void put_guid(struct text *t, const UINT8 *p)
{
    put_f(t, "%08X-%04X-%04X-", ld32le(p), ld16le(p + 4), ld16le(p + 6));
    put_hex(t, p + 8, 2);
    put_c(t, '-');
    put_hex(t, p + 10, 6);
}

static void put_eisa(struct text *t, UINT32 id)
{
    put_c(t, '@' + (id >> 10 & 31));
    put_c(t, '@' + (id >> 5 & 31));
    put_c(t, '@' + (id & 31));
    put_f(t, "%04X", id >> 16);
}

static void hw_node(struct text *t, const UINT8 *p, UINTN len)
{
    switch (p[1]) {
    case HW_PCI_DP:
        if (len >= 6) {
            put_f(t, "Pci(%X|%X)", p[5], p[4]);
            return;
        }
        break;
    case HW_MEMMAP_DP:
        if (len >= 24) {
            put_f(t, "MemMap(%d:%lX-%lX)", ld32le(p + 4),
                  (unsigned long)ld64le(p + 8),
                  (unsigned long)ld64le(p + 16));
            return;
        }
        break;
    case HW_VENDOR_DP:
        if (len >= 20) {
            put_f(t, "VenHw(");
            put_guid(t, p + 4);
            if (len > 20) {
                put_c(t, ':');
                put_hex(t, p + 20, len - 20);
            }
            put_c(t, ')');
            return;
        }
        break;
    case HW_CONTROLLER_DP:
        if (len >= 8) {
            put_f(t, "Ctrl(%X)", ld32le(p + 4));
            return;
        }
        break;
    }
    put_f(t, "Path(%d,%d)", p[0], p[1]);
}

static void acpi_node(struct text *t, const UINT8 *p, UINTN len)
{
    if (p[1] == ACPI_DP && len >= 12) {
        put_f(t, "Acpi(");
        put_eisa(t, ld32le(p + 4));
        put_f(t, ",%X)", ld32le(p + 8));
    } else if (p[1] == ACPI_EXTENDED_DP && len >= 16) {
        put_f(t, "Acpi(");
        put_eisa(t, ld32le(p + 4));
        put_c(t, ',');
        put_eisa(t, ld32le(p + 12));
        put_f(t, ",%X)", ld32le(p + 8));
    } else {
        put_f(t, "Path(%d,%d)", p[0], p[1]);
    }
}

static void vendor_msg(struct text *t, const UINT8 *p, UINTN len)
{
    static const struct {
        EFI_GUID guid;
        const char *name;
    } known[] = {
        { { 0xe0c14753, 0xf9be, 0x11d2,
            { 0x9a, 0x0c, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } },
          "VenPcAnsi()" },
        { { 0xdfa66065, 0xb419, 0x11d3,
            { 0x9a, 0x2d, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } },
          "VenVt100()" },
        { { 0x7baec70b, 0x57e0, 0x4c76,
            { 0x8e, 0x87, 0x2f, 0x9e, 0x28, 0x08, 0x83, 0x43 } },
          "VenVt100+()" },
        { { 0xad15a0d6, 0x8bec, 0x4acf,
            { 0xa0, 0x73, 0xd0, 0x1d, 0xe7, 0x7e, 0x2d, 0x88 } },
          "VenUtf8()" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
        if (!memcmp(p + 4, &known[i].guid, 16)) {
            put_f(t, "%s", known[i].name);
            return;
        }
    }
    if (!memcmp(p + 4, &gEfiSasDevicePathGuid, 16) && len >= 40) {
        put_f(t, "Sas(Addr");
        put_hex(t, p + 24, 8);
        put_f(t, ",Lun%X)", p[33]);
        return;
    }
    put_f(t, "VenMsg(");
    put_guid(t, p + 4);
    if (len > 20) {
        put_c(t, ':');
        put_hex(t, p + 20, len - 20);
    }
    put_c(t, ')');
}

static void msg_node(struct text *t, const UINT8 *p, UINTN len)
{
    switch (p[1]) {
    case MSG_ATAPI_DP:
        if (len >= 8) {
            put_f(t, "Ata(%s,%s)", p[4] ? "Secondary" : "Primary",
                  p[5] ? "Slave" : "Master");
            return;
        }
        break;
    case MSG_SCSI_DP:
        if (len >= 8) {
            put_f(t, "Scsi(Pun%X,Lun%X)", ld16le(p + 4), ld16le(p + 6));
            return;
        }
        break;
    case MSG_FIBRECHANNEL_DP:
        if (len >= 24) {
            put_f(t, "Fibre(%lX,Lun%lX)", (unsigned long)ld64le(p + 8),
                  (unsigned long)ld64le(p + 16));
            return;
        }
        break;
    case MSG_USB_DP:
        if (len >= 6) {
            put_f(t, "Usb(%X,%X)", p[4], p[5]);
            return;
        }
        break;
    case MSG_MAC_ADDR_DP:
        if (len >= 37) {
            put_f(t, "Mac(");
            put_hex(t, p + 4, 6);
            put_c(t, ')');
            return;
        }
        break;
    case MSG_UART_DP:
        if (len >= 19) {
            static const char parity[] = "DNEOMS";
            static const char *const stop[] = { "D", "1", "1.5", "2" };

            put_f(t, "Uart(%ld %c%d%s)", (long)ld64le(p + 8),
                  p[17] < 6 ? parity[p[17]] : '?', p[16],
                  p[18] < 4 ? stop[p[18]] : "?");
            return;
        }
        break;
    case MSG_SATA_DP:
        if (len >= 10) {
            put_f(t, "Sata(%X,%X)", ld16le(p + 4), ld16le(p + 8));
            return;
        }
        break;
    case MSG_NVME_NAMESPACE_DP:
        if (len >= 16) {
            put_f(t, "NVMe(%X,", ld32le(p + 4));
            put_hex(t, p + 8, 8);
            put_c(t, ')');
            return;
        }
        break;
    case MSG_VENDOR_DP:
        if (len >= 20) {
            vendor_msg(t, p, len);
            return;
        }
        break;
    }
    put_f(t, "Path(%d,%d)", p[0], p[1]);
}

static void media_node(struct text *t, const UINT8 *p, UINTN len)
{
    switch (p[1]) {
    case MEDIA_HARDDRIVE_DP:
        if (len >= 42) {
            put_f(t, "HD(Part%d,Sig", ld32le(p + 4));
            if (p[41] == SIGNATURE_TYPE_GUID) {
                put_guid(t, p + 24);
            } else {
                put_f(t, "%08X", ld32le(p + 24));
            }
            put_c(t, ')');
            return;
        }
        break;
    case MEDIA_CDROM_DP:
        if (len >= 24) {
            put_f(t, "CDROM(Entry%X)", ld32le(p + 4));
            return;
        }
        break;
    case MEDIA_VENDOR_DP:
    case MEDIA_PROTOCOL_DP:
        if (len >= 20) {
            put_f(t, p[1] == MEDIA_VENDOR_DP ? "VenMedia(" : "Media(");
            put_guid(t, p + 4);
            put_c(t, ')');
            return;
        }
        break;
    case MEDIA_FILEPATH_DP:
        for (UINTN i = 4; i + 1 < len && ld16le(p + i); i += 2) {
            put_c(t, ld16le(p + i));
        }
        return;
    }
    put_f(t, "Path(%d,%d)", p[0], p[1]);
}

void dp_to_text(const EFI_DEVICE_PATH_PROTOCOL *dp, CHAR16 *buf, size_t max)
{
    struct text t = { .buf = buf, .max = max };
    const UINT8 *p = (const UINT8 *)dp;
    bool first = true;

    if (!max) {
        return;
    }
    /* paths come from variables, too: a length below 4 would never end */
    while (p && !IsDevicePathEnd(p)) {
        UINTN len = DevicePathNodeLength(p);

        if (len < 4 || t.n + 1 >= t.max) {
            break;
        }
        if (IsDevicePathEndType(p)) {
            put_c(&t, ',');
            first = true;
            p += len;
            continue;
        }
        if (!first) {
            put_c(&t, '/');
        }
        first = false;
        switch (p[0]) {
        case HARDWARE_DEVICE_PATH:
            hw_node(&t, p, len);
            break;
        case ACPI_DEVICE_PATH:
            acpi_node(&t, p, len);
            break;
        case MESSAGING_DEVICE_PATH:
            msg_node(&t, p, len);
            break;
        case MEDIA_DEVICE_PATH:
            media_node(&t, p, len);
            break;
        default:
            put_f(&t, "Path(%d,%d)", p[0], p[1]);
            break;
        }
        p += len;
    }
    buf[t.n] = 0;
}
