/*
 * fw_cfg, by its DMA interface: docs/specs/fw_cfg.rst
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define FW_CFG_SIGNATURE    0x0000
#define FW_CFG_FILE_DIR     0x0019

#define DMA_ERROR   0x01
#define DMA_READ    0x02
#define DMA_SKIP    0x04
#define DMA_SELECT  0x08

struct fwcfg_dma {
    UINT32 control;
    UINT32 length;
    UINT64 address;
};

struct fwcfg_entry {
    UINT32 size;
    UINT16 select;
    UINT16 reserved;
    char name[56];
};

static void dma(UINT32 control, void *buf, UINT32 len)
{
    /* volatile: the device writes it */
    static volatile struct fwcfg_dma d __attribute__((aligned(16)));

    d.control = bswap32(control);
    d.length = bswap32(len);
    d.address = bswap64((UINT64)buf);
    mmio_write64(ZX1_FW_CFG_DMA, bswap64((UINT64)&d));
    while (bswap32(d.control) & ~DMA_ERROR) {
        fw_mb();
    }
}

void fwcfg_read(UINT16 select, UINT32 offset, void *buf, UINT32 len)
{
    UINT32 sel = (UINT32)select << 16 | DMA_SELECT;

    if (offset) {
        dma(sel | DMA_SKIP, NULL, offset);
        sel = 0;
    }
    dma(sel | DMA_READ, buf, len);
}

bool fwcfg_present(void)
{
    char sig[4] = "";

    fwcfg_read(FW_CFG_SIGNATURE, 0, sig, 4);
    return !memcmp(sig, "QEMU", 4);
}

UINT32 fwcfg_find(const char *name, UINT16 *select)
{
    static struct fwcfg_entry e;
    UINT32 count, i;

    fwcfg_read(FW_CFG_FILE_DIR, 0, &count, 4);
    count = bswap32(count);
    for (i = 0; i < count; i++) {
        dma(DMA_READ, &e, sizeof(e));
        if (!strncmp(e.name, name, sizeof(e.name))) {
            *select = bswap16(e.select);
            return bswap32(e.size);
        }
    }
    return 0;
}

void *fwcfg_file(const char *name, UINT32 *size)
{
    UINT16 select;
    UINT32 n = fwcfg_find(name, &select);
    char *p;

    if (!n) {
        return NULL;
    }
    p = fw_alloc(n + 1);
    if (!p) {
        return NULL;
    }
    fwcfg_read(select, 0, p, n);
    p[n] = 0;
    if (size) {
        *size = n;
    }
    return p;
}
