/*
 * PCI: enumeration and assignment of buses, windows and interrupt lines
 *
 * Each ioa is the root of a tree of its own, with the bus numbers and the
 * windows that the machine has given it.  Bridges get their windows from
 * what is behind them, sizes and places as PCI-to-PCI bridges need them:
 * 1 MiB for memory, 4 KiB for ports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

struct list fw_pci_devs = LIST_INIT(fw_pci_devs);

#define PCI_HEADER_BRIDGE   1

/* What a range of addresses is for */
enum {
    RES_IO,
    RES_MEM32,
    RES_PREF,                   /* prefetchable: above 4 GiB if possible */
    NR_RES,
};

struct window {
    UINT64 next, limit;         /* limit: last address */
    /* What alignment left free; smaller ones, which come later, go there */
    UINT64 gap_next, gap_end;
};

/* ------------------------------------------------------------------ */
/* Configuration space */

static UINT64 cfg_address(struct pci_dev *d, unsigned reg)
{
    return (UINT64)d->bus << 16 | d->dev << 11 | d->fn << 8 | reg;
}

static UINT32 cfg_read(struct pci_dev *d, unsigned reg, unsigned size)
{
    if (reg > 255) {
        return ~0U;
    }
    return fw_sal(SAL_PCI_CONFIG_READ, cfg_address(d, reg), size, 0, 0, 0, 0,
                  0).v[0];
}

static void cfg_write(struct pci_dev *d, unsigned reg, unsigned size,
                      UINT32 v)
{
    if (reg <= 255) {
        fw_sal(SAL_PCI_CONFIG_WRITE, cfg_address(d, reg), size, v, 0, 0, 0,
               0);
    }
}

UINT8 pci_read8(struct pci_dev *d, unsigned reg)
{
    return cfg_read(d, reg, 1);
}

UINT16 pci_read16(struct pci_dev *d, unsigned reg)
{
    return cfg_read(d, reg, 2);
}

UINT32 pci_read32(struct pci_dev *d, unsigned reg)
{
    return cfg_read(d, reg, 4);
}

void pci_write8(struct pci_dev *d, unsigned reg, UINT8 v)
{
    cfg_write(d, reg, 1, v);
}

void pci_write16(struct pci_dev *d, unsigned reg, UINT16 v)
{
    cfg_write(d, reg, 2, v);
}

void pci_write32(struct pci_dev *d, unsigned reg, UINT32 v)
{
    cfg_write(d, reg, 4, v);
}

unsigned pci_find_cap(struct pci_dev *d, UINT8 id)
{
    unsigned at, i;

    if (!(pci_read16(d, PCI_STATUS) & 0x10)) {
        return 0;
    }
    at = pci_read8(d, 0x34) & ~3;
    for (i = 0; at >= 0x40 && i < 48; i++) {
        if (pci_read8(d, at) == id) {
            return at;
        }
        at = pci_read8(d, at + 1) & ~3;
    }
    return 0;
}

void pci_enable(struct pci_dev *d)
{
    UINT16 cmd = pci_read16(d, PCI_COMMAND) | PCI_COMMAND_MASTER;
    int i;

    for (i = 0; i < 6; i++) {
        if (d->bar[i].size && d->bar[i].assigned) {
            cmd |= d->bar[i].io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
        }
    }
    pci_write16(d, PCI_COMMAND, cmd);
}

void pci_disable_master(struct pci_dev *d)
{
    pci_write16(d, PCI_COMMAND,
                pci_read16(d, PCI_COMMAND) & ~PCI_COMMAND_MASTER);
}

/* ------------------------------------------------------------------ */
/* Finding functions and sizing their BARs */

static void size_bars(struct pci_dev *d)
{
    unsigned n = d->header == PCI_HEADER_BRIDGE ? 2 : 6, i;
    UINT16 cmd = pci_read16(d, PCI_COMMAND);

    if (d->header > PCI_HEADER_BRIDGE) {
        return;
    }
    pci_write16(d, PCI_COMMAND,
                cmd & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
    for (i = 0; i < n; i++) {
        struct pci_bar *b = &d->bar[i];
        unsigned reg = 0x10 + i * 4;
        UINT32 old = pci_read32(d, reg), v;
        UINT64 mask;

        pci_write32(d, reg, ~0U);
        v = pci_read32(d, reg);
        pci_write32(d, reg, old);
        if (!v || v == ~0U) {
            continue;
        }
        b->io = v & 1;
        if (b->io) {
            mask = (v & ~3U) | 0xffff0000UL;
            b->size = (~mask & 0xffff) + 1;
            continue;
        }
        b->prefetch = v & 8;
        b->mem64 = (v & 6) == 4;
        mask = (v & ~15U) | 0xffffffff00000000UL;
        if (b->mem64 && i + 1 < n) {
            old = pci_read32(d, reg + 4);
            pci_write32(d, reg + 4, ~0U);
            mask = (mask & 0xffffffff) |
                   (UINT64)pci_read32(d, reg + 4) << 32;
            pci_write32(d, reg + 4, old);
            i++;
        }
        b->size = ~mask + 1;
        if (b->size & (b->size - 1)) {
            b->size = 0;                /* not a BAR that makes sense */
        }
    }
    pci_write16(d, PCI_COMMAND, cmd);
}

static void set_path(struct pci_dev *d)
{
    PCI_DEVICE_PATH node = {
        { HARDWARE_DEVICE_PATH, HW_PCI_DP, { sizeof(node), 0 } }, d->fn,
        d->dev
    };
    EFI_DEVICE_PATH_PROTOCOL *up =
        d->parent ? d->parent->path : dp_of_handle(d->root->handle);

    d->path = dp_append(up, &node);
}

static void set_gsi(struct pci_dev *d)
{
    const struct zx1_fw_root *r = &d->root->hw;
    unsigned pin = pci_read8(d, 0x3d), slot = d->dev;
    struct pci_dev *up;

    if (!pin || pin > 4 || !r->int_pins) {
        return;
    }
    pin--;
    for (up = d->parent; up; up = up->parent) {
        pin = (pin + slot) & 3;
        slot = up->dev;
    }
    d->gsi = r->gsi_base + (r->int_base[slot & 31] + pin) % r->int_pins;
    pci_write8(d, 0x3c, d->gsi);
}

static unsigned scan_bus(struct pci_root *root, struct pci_dev *parent,
                         unsigned bus);

static struct pci_dev *add_function(struct pci_root *root,
                                    struct pci_dev *parent, unsigned bus,
                                    unsigned dev, unsigned fn)
{
    struct pci_dev probe = { .bus = bus, .dev = dev, .fn = fn }, *d;
    UINT32 id = pci_read32(&probe, 0);

    if ((id & 0xffff) == 0xffff || (id & 0xffff) == 0) {
        return NULL;
    }
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return NULL;
    }
    *d = probe;
    d->root = root;
    d->parent = parent;
    d->vendor = id;
    d->device = id >> 16;
    id = pci_read32(d, 8);
    d->class = id >> 8;
    d->revision = id;
    d->header = pci_read8(d, 0x0e) & 0x7f;
    if (!d->header) {
        d->subvendor = pci_read16(d, 0x2c);
        d->subdevice = pci_read16(d, 0x2e);
    }
    set_path(d);
    if (!d->path) {
        fw_free(d);
        return NULL;
    }
    fw_install(&d->handle, &gEfiDevicePathProtocolGuid, d->path);
    size_bars(d);
    set_gsi(d);
    list_add_tail(&fw_pci_devs, &d->list);
    return d;
}

/* Numbers the buses behind a bridge; returns the last one */
static unsigned scan_bridge(struct pci_dev *d, unsigned next)
{
    unsigned last;

    if (next > d->root->hw.bus_last) {
        pci_write32(d, 0x18, 0);
        return next - 1;
    }
    d->bus_first = next;
    pci_write8(d, 0x18, d->bus);
    pci_write8(d, 0x19, next);
    pci_write8(d, 0x1a, d->root->hw.bus_last);
    last = scan_bus(d->root, d, next);
    d->bus_last = last;
    pci_write8(d, 0x1a, last);
    return last;
}

static unsigned scan_bus(struct pci_root *root, struct pci_dev *parent,
                         unsigned bus)
{
    unsigned dev, fn, last = bus, max = parent ? 32 : 16;
    struct pci_dev *d;

    for (dev = 0; dev < max; dev++) {
        for (fn = 0; fn < 8; fn++) {
            d = add_function(root, parent, bus, dev, fn);
            if (!d) {
                if (!fn) {
                    break;
                }
                continue;
            }
            if (d->header == PCI_HEADER_BRIDGE) {
                last = scan_bridge(d, last + 1);
            }
            if (!fn && !(pci_read8(d, 0x0e) & 0x80)) {
                break;
            }
        }
    }
    return last;
}

/* ------------------------------------------------------------------ */
/* Giving out addresses */

static int bar_kind(const struct pci_bar *b, bool have64)
{
    if (b->io) {
        return RES_IO;
    }
    return b->mem64 && b->prefetch && have64 ? RES_PREF : RES_MEM32;
}

static UINT64 bridge_align(int kind)
{
    return kind == RES_IO ? 0x1000 : 0x100000;
}

static bool bridge_pref64(struct pci_dev *d)
{
    return (pci_read16(d, 0x24) & 15) == 1;
}

/*
 * Space of @kind that the functions on the bus below @parent need, behind
 * further bridges too; *align is the largest alignment
 */
static UINT64 bus_need(struct pci_root *root, struct pci_dev *parent,
                       int kind, bool have64, UINT64 *align)
{
    UINT64 total = 0, biggest = bridge_align(kind), a;
    struct list *l;
    int i;

    list_for_each(l, &fw_pci_devs) {
        struct pci_dev *d = container_of(l, struct pci_dev, list);

        if (d->root != root || d->parent != parent) {
            continue;
        }
        for (i = 0; i < 6; i++) {
            struct pci_bar *b = &d->bar[i];

            if (b->size && bar_kind(b, have64) == kind) {
                total += b->size;
                biggest = MAX(biggest, b->size);
            }
        }
        if (d->header == PCI_HEADER_BRIDGE && d->bus_first) {
            UINT64 n = bus_need(root, d, kind, have64 && bridge_pref64(d),
                                &a);

            if (n) {
                total += n;
                biggest = MAX(biggest, a);
            }
        }
    }
    *align = biggest;
    /* Sorted by size nothing is lost between; rounded for the bridge */
    return total ? ALIGN_UP(total, biggest) : 0;
}

static bool take(struct window *w, UINT64 size, UINT64 align, UINT64 *at)
{
    UINT64 start = ALIGN_UP(w->gap_next, align);

    if (start < w->gap_end && w->gap_end - start >= size) {
        *at = start;
        w->gap_next = start + size;
        return true;
    }
    start = ALIGN_UP(w->next, align);
    if (w->next > w->limit || start < w->next || start > w->limit ||
        w->limit - start < size - 1) {
        return false;
    }
    if (w->gap_next >= w->gap_end) {
        w->gap_next = w->next;
        w->gap_end = start;
    }
    *at = start;
    w->next = start + size;
    return true;
}

static void set_bar(struct pci_dev *d, int i, UINT64 addr)
{
    struct pci_bar *b = &d->bar[i];

    b->addr = addr;
    b->assigned = true;
    pci_write32(d, 0x10 + i * 4, addr);
    if (b->mem64) {
        pci_write32(d, 0x14 + i * 4, addr >> 32);
    }
}

static void set_bridge_window(struct pci_dev *d, int kind, UINT64 start,
                              UINT64 end)
{
    if (start > end) {                  /* closed */
        start = kind == RES_IO ? 0xf000 : 0xfff00000;
        end = 0;
    }
    switch (kind) {
    case RES_IO:
        pci_write8(d, 0x1c, start >> 8 & 0xf0);
        pci_write8(d, 0x1d, end >> 8 & 0xf0);
        pci_write16(d, 0x30, start >> 16);
        pci_write16(d, 0x32, end >> 16);
        break;
    case RES_MEM32:
        pci_write16(d, 0x20, start >> 16 & 0xfff0);
        pci_write16(d, 0x22, end >> 16 & 0xfff0);
        break;
    default:
        pci_write16(d, 0x24, start >> 16 & 0xfff0);
        pci_write16(d, 0x26, end >> 16 & 0xfff0);
        pci_write32(d, 0x28, start >> 32);
        pci_write32(d, 0x2c, end >> 32);
        break;
    }
}

static void assign_bus(struct pci_root *root, struct pci_dev *parent,
                       int kind, bool have64, struct window *w);

static void assign_bridge(struct pci_dev *d, int kind, bool have64,
                          struct window *w)
{
    UINT64 align, need, start;
    struct window sub = { 0 };

    have64 = have64 && bridge_pref64(d);
    need = bus_need(d->root, d, kind, have64, &align);
    if (!need || !take(w, need, align, &start)) {
        set_bridge_window(d, kind, 1, 0);
        return;
    }
    sub.next = start;
    sub.limit = start + need - 1;
    set_bridge_window(d, kind, start, sub.limit);
    assign_bus(d->root, d, kind, have64, &sub);
}

/* Largest first, so that no space is lost to alignment */
static void assign_bus(struct pci_root *root, struct pci_dev *parent,
                       int kind, bool have64, struct window *w)
{
    UINT64 size, addr, align, need;
    struct list *l;
    int shift, i;

    for (shift = 63; shift >= 0; shift--) {
        size = 1UL << shift;
        list_for_each(l, &fw_pci_devs) {
            struct pci_dev *d = container_of(l, struct pci_dev, list);

            if (d->root != root || d->parent != parent) {
                continue;
            }
            for (i = 0; i < 6; i++) {
                struct pci_bar *b = &d->bar[i];

                if (b->size == size && bar_kind(b, have64) == kind) {
                    if (take(w, size, size, &addr)) {
                        set_bar(d, i, addr);
                    } else {
                        fw_debug("PCI %02x:%02x.%u: no room for BAR %d\n",
                                 d->bus, d->dev, d->fn, i);
                    }
                }
            }
            if (d->header == PCI_HEADER_BRIDGE) {
                need = d->bus_first ?
                    bus_need(root, d, kind, have64 && bridge_pref64(d),
                             &align) : 0;
                if (need ? align == size : !shift) {
                    assign_bridge(d, kind, have64, w);
                }
            }
        }
    }
}

static void assign_root(struct pci_root *root)
{
    const struct zx1_fw_root *h = &root->hw;
    bool have64 = h->mem64_base <= h->mem64_limit;
    struct window io = { h->io_base, h->io_limit, 0, 0 };
    struct window mem = { h->mem32_base, h->mem32_limit, 0, 0 };
    struct window pref = { h->mem64_base, h->mem64_limit, 0, 0 };

    /* Not port 0, and not what PCs have below 0x400 */
    if (io.next < 0x400) {
        io.next = 0x400;
    }
    assign_bus(root, NULL, RES_IO, have64, &io);
    assign_bus(root, NULL, RES_MEM32, have64, &mem);
    assign_bus(root, NULL, RES_PREF, have64, &pref);
}

static void enable_all(void)
{
    struct list *l;

    list_for_each(l, &fw_pci_devs) {
        struct pci_dev *d = container_of(l, struct pci_dev, list);
        UINT16 cmd = 0;
        int i;

        pci_write8(d, 0x0d, 0x80);      /* latency timer */
        pci_write8(d, 0x0c, 0x20);      /* cache line: 128 bytes */
        if (d->header == PCI_HEADER_BRIDGE) {
            pci_write16(d, PCI_COMMAND, PCI_COMMAND_IO |
                        PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
            continue;
        }
        for (i = 0; i < 6; i++) {
            if (d->bar[i].size && d->bar[i].assigned) {
                cmd |= d->bar[i].io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
            }
        }
        pci_write16(d, PCI_COMMAND, cmd);
    }
}

static void add_root(struct pci_root *root)
{
    struct {
        ACPI_HID_DEVICE_PATH acpi;
        EFI_DEVICE_PATH_PROTOCOL end;
    } __attribute__((packed)) path = {
        { { ACPI_DEVICE_PATH, ACPI_DP, { sizeof(path.acpi), 0 } },
          EISA_ID('H', 'W', 'P', 0x0002), root->hw.rope << 8 },
        { END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, { 4, 0 } },
    };

    fw_install(&root->handle, &gEfiDevicePathProtocolGuid,
               dp_append(&path.acpi.Header, NULL));
}

void pci_init(void)
{
    unsigned i;

    for (i = 0; i < fw_pci_nroots; i++) {
        add_root(&fw_pci_roots[i]);
        scan_bus(&fw_pci_roots[i], NULL, fw_pci_roots[i].hw.bus_first);
        assign_root(&fw_pci_roots[i]);
    }
    enable_all();
}
