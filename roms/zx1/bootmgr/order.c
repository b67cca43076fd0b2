/*
 * zx1 firmware: the machine's boot order (bootindex=)
 *
 * Facts: the base's docs/specs/fw_cfg.rst ("bootorder": one Open Firmware
 * device path a line, "HALT" at the end with -boot strict=on).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"
#include "../drivers/drv.h"

#define ORDER_MAX   32
#define UNITS_MAX   10      /* five hubs, a device, and what is in it */

struct order_entry {
    struct pci_dev *pci;        /* NULL: nothing we know */
    unsigned nunits;            /* numbers behind the function's own */
    UINT32 unit[UNITS_MAX];
};

static struct order_entry order[ORDER_MAX];
static unsigned order_count;
static bool order_strict, order_parsed;

static const char *parse_hex(const char *p, UINT64 *val)
{
    *val = 0;
    for (;; p++) {
        char c = *p | 0x20;

        if (*p >= '0' && *p <= '9') {
            *val = *val << 4 | (*p - '0');
        } else if (c >= 'a' && c <= 'f') {
            *val = *val << 4 | (c - 'a' + 10);
        } else {
            return p;
        }
    }
}

static struct pci_dev *find_function(struct pci_root *root,
                                     struct pci_dev *bridge, UINT64 dev,
                                     UINT64 fn)
{
    struct list *p;

    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);

        if (d->root == root && d->parent == bridge && d->dev == dev &&
            d->fn == fn) {
            return d;
        }
    }
    return NULL;
}

/* One component, "name@unit[,unit]"; *@n numbers */
static const char *component(const char *p, UINT64 val[2], unsigned *n)
{
    *n = 0;
    if (*p == '/') {
        p++;
    }
    while (*p && *p != '@' && *p != '/') {
        p++;
    }
    if (*p == '@') {
        p = parse_hex(p + 1, &val[(*n)++]);
        if (*p == ',') {
            p = parse_hex(p + 1, &val[(*n)++]);
        }
    }
    while (*p && *p != '/') {
        p++;
    }
    return p;
}

static void parse_line(const char *line)
{
    struct order_entry *e = &order[order_count];
    struct pci_root *root = NULL;
    struct pci_dev *d = NULL;
    UINT64 val[2] = { 0, 0 };
    unsigned n;
    const char *p = component(line, val, &n);

    if (!strcmp(line, "HALT")) {
        order_strict = true;
        return;
    }
    memset(e, 0, sizeof(*e));
    for (unsigned i = 0; n && i < fw_pci_nroots; i++) {
        if (fw_pci_roots[i].hw.csr == val[0]) {
            root = &fw_pci_roots[i];
        }
    }
    while (root && *p) {
        val[1] = 0;
        p = component(p, val, &n);
        if (!n) {
            continue;
        }
        if (!d || d->header == 1) {
            d = find_function(root, d, val[0], val[1]);
            if (!d) {
                break;
            }
        } else {
            for (unsigned i = 0; i < n && e->nunits < UNITS_MAX; i++) {
                e->unit[e->nunits++] = val[i];
            }
        }
    }
    e->pci = d;
    order_count++;
}

static void parse(void)
{
    char *text, *p, *end;
    UINT32 size;

    order_parsed = true;
    text = fwcfg_file("bootorder", &size);
    if (!text) {
        return;
    }
    for (p = text; *p && order_count < ORDER_MAX; p = end) {
        end = p;
        while (*end && *end != '\n') {
            end++;
        }
        if (*end) {
            *end++ = 0;
        }
        if (*p) {
            parse_line(p);
        }
    }
    fw_free(text);
}

/* The disk that @path leads to, or into */
static const struct blk *disk_of(const EFI_DEVICE_PATH_PROTOCOL *path)
{
    struct list *l;

    list_for_each(l, &blk_list) {
        struct blk *b = container_of(l, struct blk, list);
        UINTN n = dp_size(b->path) - 4;

        if (dp_size(path) > n && !memcmp(path, b->path, n)) {
            return b;
        }
    }
    return NULL;
}

/*
 * hub@port/.../storage@port: ports count from 1, in our nodes from 0. Those
 * of the controller are its connectors.
 */
static bool ports_match(const struct order_entry *e, const struct blk *b,
                        const UINT8 *p)
{
    for (unsigned i = 0; p[0] == MESSAGING_DEVICE_PATH && p[1] == MSG_USB_DP;
         i++, p += DevicePathNodeLength(p)) {
        if (i == e->nunits ||
            e->unit[i] != (i ? p[4] + 1u : b->connector)) {
            return false;
        }
    }
    return true;
}

/* The node behind the function's: which unit of the controller */
static bool unit_matches(const struct order_entry *e,
                         const EFI_DEVICE_PATH_PROTOCOL *path,
                         const void *node)
{
    const UINT32 *last = e->unit + e->nunits - 2;
    const struct blk *b;
    const UINT8 *p = node;

    if (!e->nunits || p[0] != MESSAGING_DEVICE_PATH) {
        return true;
    }
    switch (p[1]) {
    case MSG_ATAPI_DP:              /* drive@channel/disk@unit */
        return e->nunits < 2 || (e->unit[0] == p[4] && e->unit[1] == p[5]);
    case MSG_SCSI_DP:               /* [channel@0/]disk@target,lun */
    case MSG_VENDOR_DP:             /* so it is if the path has a SAS address */
        b = disk_of(path);
        return e->nunits < 2 ||
               (b && last[0] == b->target && last[1] == b->lun);
    case MSG_SATA_DP:               /* drive@port/disk@0 */
        return e->unit[0] == ld16le(p + 4);
    case MSG_NVME_NAMESPACE_DP:     /* namespace@id,0 */
        return e->unit[0] == ld32le(p + 4);
    case MSG_USB_DP:
        b = disk_of(path);
        return b && ports_match(e, b, p);
    }
    return true;
}

int bootorder_position(EFI_DEVICE_PATH_PROTOCOL *path)
{
    if (!order_parsed) {
        parse();
    }
    for (unsigned i = 0; i < order_count; i++) {
        struct pci_dev *d = order[i].pci;
        UINTN n;

        if (!d || !d->path) {
            continue;
        }
        n = dp_size(d->path) - 4;   /* without the end node */
        if (dp_size(path) > n && !memcmp(path, d->path, n) &&
            unit_matches(&order[i], path, (UINT8 *)path + n)) {
            return i;
        }
    }
    return -1;
}

unsigned bootorder_count(void)
{
    if (!order_parsed) {
        parse();
    }
    return order_count;
}

bool bootorder_strict(void)
{
    return bootorder_count() && order_strict;
}
