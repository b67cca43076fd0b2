/*
 * zx1 firmware: PCI IDE with bus mastering (CMD646, CMD649), ATA and ATAPI
 *
 * Facts: INCITS ATA/ATAPI-6; SFF-8038i (bus master IDE); PCI IDE Controller
 * Specification 1.0 (native and compatibility mode).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

/* Command block */
#define R_DATA          0
#define R_ERROR         1
#define R_FEATURES      1
#define R_COUNT         2
#define R_LBA0          3
#define R_LBA1          4
#define R_LBA2          5
#define R_DEVICE        6
#define R_STATUS        7
#define R_COMMAND       7
/* Control block: alternate status and device control */
#define R_CONTROL       2

#define ST_ERR          0x01
#define ST_DRQ          0x08
#define ST_DF           0x20
#define ST_BSY          0x80

#define CTL_NIEN        0x02
#define CTL_SRST        0x04

#define DEV_LBA         0x40
#define DEV_SLAVE       0x10

#define CMD_READ_DMA        0xc8
#define CMD_READ_DMA_EXT    0x25
#define CMD_WRITE_DMA       0xca
#define CMD_WRITE_DMA_EXT   0x35
#define CMD_READ_PIO        0x20
#define CMD_READ_PIO_EXT    0x24
#define CMD_WRITE_PIO       0x30
#define CMD_WRITE_PIO_EXT   0x34
#define CMD_FLUSH           0xe7
#define CMD_FLUSH_EXT       0xea
#define CMD_PACKET          0xa0
#define CMD_IDENTIFY        0xec
#define CMD_IDENTIFY_PACKET 0xa1

/* Bus master, one block of 8 a channel */
#define BM_COMMAND      0
#define BM_START        0x01
#define BM_TO_MEMORY    0x08
#define BM_STATUS       2
#define BM_ACTIVE       0x01
#define BM_ERROR        0x02
#define BM_INTERRUPT    0x04
#define BM_PRD          4

#define PRD_MAX         32
#define PRD_LAST        0x80000000
#define MAX_BYTES       (1 << 20)

#define RESET_USECS     5000000
#define PROBE_USECS     500000
#define COMMAND_USECS   20000000

struct ide_channel {
    UINT32 cmd, ctl, bm;        /* ports; bm = 0: no bus mastering */
    UINT32 *prd;
};

struct ide_drive {
    struct ide_channel *ch;
    UINT8 unit;                 /* 0 master, 1 slave */
    bool lba48, dma;
    struct blk blk;
    struct scsi_host host;      /* ATAPI */
};

struct ide {
    struct pci_dev *pci;
    struct ide_channel ch[2];
};

static UINT8 alt_status(struct ide_channel *ch)
{
    return io_in8(ch->ctl + R_CONTROL);
}

/* Wait until not busy; false after @usecs. *@st gets the status */
static bool wait_ready(struct ide_channel *ch, UINT64 usecs, UINT8 *st)
{
    UINT64 t = fw_deadline(usecs);

    for (;;) {
        *st = alt_status(ch);
        if (!(*st & ST_BSY)) {
            return true;
        }
        if (fw_expired(t)) {
            return false;
        }
    }
}

static void select(struct ide_channel *ch, UINT8 device)
{
    io_out8(ch->cmd + R_DEVICE, device);
    for (int i = 0; i < 4; i++) {
        alt_status(ch);             /* 400 ns, as ATA asks for */
    }
}

static void reset_channel(struct ide_channel *ch)
{
    UINT8 st;

    if (ch->bm) {
        io_out8(ch->bm + BM_COMMAND, 0);
    }
    io_out8(ch->ctl + R_CONTROL, CTL_NIEN | CTL_SRST);
    fw_udelay(5);
    io_out8(ch->ctl + R_CONTROL, CTL_NIEN);
    fw_udelay(5);
    wait_ready(ch, RESET_USECS, &st);
}

/* Data phase without bus mastering */
static void pio(struct ide_channel *ch, void *buf, UINT32 len, bool write)
{
    UINT16 *p = buf;

    for (UINT32 i = 0; i < len / 2; i++) {
        if (write) {
            io_out16(ch->cmd + R_DATA, p[i]);
        } else {
            p[i] = io_in16(ch->cmd + R_DATA);
        }
    }
}

static void dma_prepare(struct ide_channel *ch, void *buf, UINT32 len,
                        bool write)
{
    UINT32 a = dma_bus(buf);
    unsigned i = 0;

    while (len) {
        /* no region may cross 64 KiB */
        UINT32 n = MIN(len, 0x10000 - (a & 0xffff));

        ch->prd[2 * i] = a;
        ch->prd[2 * i + 1] = (n & 0xffff) | (n == len ? PRD_LAST : 0);
        a += n;
        len -= n;
        i++;
    }
    fw_mb();
    io_out8(ch->bm + BM_COMMAND, write ? 0 : BM_TO_MEMORY);
    io_out8(ch->bm + BM_STATUS,
            io_in8(ch->bm + BM_STATUS) | BM_ERROR | BM_INTERRUPT);
    io_out32(ch->bm + BM_PRD, dma_bus(ch->prd));
}

static EFI_STATUS dma_run(struct ide_channel *ch, bool write, UINT8 *st)
{
    UINT64 t = fw_deadline(COMMAND_USECS);
    UINT8 bm;

    io_out8(ch->bm + BM_COMMAND, BM_START | (write ? 0 : BM_TO_MEMORY));
    for (;;) {
        bm = io_in8(ch->bm + BM_STATUS);
        *st = alt_status(ch);
        /* a device may give up without having transferred everything */
        if (!(*st & (ST_BSY | ST_DRQ)) &&
            (!(bm & BM_ACTIVE) || (*st & (ST_ERR | ST_DF)))) {
            break;
        }
        if ((bm & BM_ERROR) || fw_expired(t)) {
            io_out8(ch->bm + BM_COMMAND, 0);
            reset_channel(ch);
            return bm & BM_ERROR ? EFI_DEVICE_ERROR : EFI_TIMEOUT;
        }
    }
    io_out8(ch->bm + BM_COMMAND, write ? 0 : BM_TO_MEMORY);
    fw_mb();
    io_in8(ch->cmd + R_STATUS);
    return EFI_SUCCESS;
}

/* ATA disks */

static void ata_command(struct ide_drive *d, UINT8 cmd, UINT64 lba, UINT32 n)
{
    struct ide_channel *ch = d->ch;

    if (d->lba48) {
        io_out8(ch->cmd + R_COUNT, n >> 8);
        io_out8(ch->cmd + R_LBA0, lba >> 24);
        io_out8(ch->cmd + R_LBA1, lba >> 32);
        io_out8(ch->cmd + R_LBA2, lba >> 40);
    }
    io_out8(ch->cmd + R_COUNT, n);
    io_out8(ch->cmd + R_LBA0, lba);
    io_out8(ch->cmd + R_LBA1, lba >> 8);
    io_out8(ch->cmd + R_LBA2, lba >> 16);
    io_out8(ch->cmd + R_COMMAND, cmd);
}

static UINT8 ata_device(const struct ide_drive *d, UINT64 lba)
{
    return 0xa0 | DEV_LBA | (d->unit ? DEV_SLAVE : 0) |
           (d->lba48 ? 0 : lba >> 24 & 15);
}

static EFI_STATUS ata_pio(struct ide_drive *d, UINT32 n, UINT8 *buf,
                          bool write)
{
    UINT32 bs = d->blk.block_size;
    UINT8 st;

    for (UINT32 i = 0; i < n; i++) {
        if (!wait_ready(d->ch, COMMAND_USECS, &st)) {
            return EFI_TIMEOUT;
        }
        if ((st & (ST_ERR | ST_DF)) || !(st & ST_DRQ)) {
            return EFI_DEVICE_ERROR;
        }
        pio(d->ch, buf + i * bs, bs, write);
    }
    if (!wait_ready(d->ch, COMMAND_USECS, &st)) {
        return EFI_TIMEOUT;
    }
    return st & (ST_ERR | ST_DF) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static EFI_STATUS ata_rw(struct blk *b, UINT64 lba, UINT32 n, void *buf,
                         bool write)
{
    static const UINT8 cmds[2][2][2] = {    /* dma, write, lba48 */
        { { CMD_READ_PIO, CMD_READ_PIO_EXT },
          { CMD_WRITE_PIO, CMD_WRITE_PIO_EXT } },
        { { CMD_READ_DMA, CMD_READ_DMA_EXT },
          { CMD_WRITE_DMA, CMD_WRITE_DMA_EXT } },
    };
    struct ide_drive *d = b->priv;
    UINT8 cmd = cmds[d->dma][write][d->lba48];
    EFI_STATUS ret;
    UINT8 st;

    select(d->ch, ata_device(d, lba));
    if (!wait_ready(d->ch, COMMAND_USECS, &st)) {
        reset_channel(d->ch);
        return EFI_TIMEOUT;
    }
    if (!d->dma) {
        ata_command(d, cmd, lba, n);
        return ata_pio(d, n, buf, write);
    }
    dma_prepare(d->ch, buf, n * b->block_size, write);
    ata_command(d, cmd, lba, n);
    ret = dma_run(d->ch, write, &st);
    if (!EFI_ERROR(ret) && (st & (ST_ERR | ST_DF))) {
        ret = EFI_DEVICE_ERROR;
    }
    return ret;
}

static EFI_STATUS ata_flush(struct blk *b)
{
    struct ide_drive *d = b->priv;
    UINT8 st;

    select(d->ch, ata_device(d, 0));
    io_out8(d->ch->cmd + R_COMMAND, d->lba48 ? CMD_FLUSH_EXT : CMD_FLUSH);
    if (!wait_ready(d->ch, COMMAND_USECS, &st)) {
        return EFI_TIMEOUT;
    }
    return st & (ST_ERR | ST_DF) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

/* ATAPI */

/* The drive asks for the data in pieces, each of the size it names */
static EFI_STATUS packet_pio(struct ide_channel *ch, struct scsi_cmd *c)
{
    UINT8 *p = c->data;
    UINT32 left = c->len;
    UINT8 st;

    for (;;) {
        UINT32 n, use;

        if (!wait_ready(ch, COMMAND_USECS, &st)) {
            reset_channel(ch);
            return EFI_TIMEOUT;
        }
        if (!(st & ST_DRQ)) {
            break;
        }
        n = io_in8(ch->cmd + R_LBA1) | io_in8(ch->cmd + R_LBA2) << 8;
        if (!n) {
            reset_channel(ch);
            return EFI_DEVICE_ERROR;
        }
        n = (n + 1) & ~1u;
        use = MIN(n, left & ~1u);
        pio(ch, p, use, c->write);
        for (UINT32 i = use; i < n; i += 2) {
            if (c->write) {
                io_out16(ch->cmd + R_DATA, 0);
            } else {
                io_in16(ch->cmd + R_DATA);
            }
        }
        p += use;
        left -= use;
    }
    c->status = st & ST_ERR ? 0x02 : 0;
    return EFI_SUCCESS;
}

static EFI_STATUS packet_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    struct ide_drive *d = h->priv;
    struct ide_channel *ch = d->ch;
    bool dma = d->dma && c->len >= 512;
    UINT16 limit = MIN(c->len, 0xfffe);
    EFI_STATUS ret;
    UINT8 st;

    select(ch, 0xa0 | (d->unit ? DEV_SLAVE : 0));
    if (!wait_ready(ch, COMMAND_USECS, &st)) {
        reset_channel(ch);
        return EFI_TIMEOUT;
    }
    if (dma) {
        dma_prepare(ch, c->data, c->len, c->write);
    }
    io_out8(ch->cmd + R_FEATURES, dma);
    io_out8(ch->cmd + R_COUNT, 0);
    io_out8(ch->cmd + R_LBA1, limit);
    io_out8(ch->cmd + R_LBA2, limit >> 8);
    io_out8(ch->cmd + R_COMMAND, CMD_PACKET);
    if (!wait_ready(ch, COMMAND_USECS, &st) || !(st & ST_DRQ)) {
        reset_channel(ch);
        return EFI_DEVICE_ERROR;
    }
    pio(ch, c->cdb, 12, true);
    if (!dma) {
        return packet_pio(ch, c);
    }
    ret = dma_run(ch, c->write, &st);
    if (!EFI_ERROR(ret)) {
        c->status = st & ST_ERR ? 0x02 : 0;
    }
    return ret;
}

/* Interrupts, for diagnostics */

static void channel_irq(struct ide_channel *ch, bool on)
{
    io_out8(ch->ctl + R_CONTROL, on ? 0 : CTL_NIEN);
    if (!on) {
        io_in8(ch->cmd + R_STATUS);
        if (ch->bm) {
            io_out8(ch->bm + BM_STATUS,
                    io_in8(ch->bm + BM_STATUS) | BM_INTERRUPT);
        }
    }
}

static void ata_irq(struct blk *b, bool on)
{
    channel_irq(((struct ide_drive *)b->priv)->ch, on);
}

static void packet_irq(struct scsi_host *h, bool on)
{
    channel_irq(((struct ide_drive *)h->priv)->ch, on);
}

/* Finding drives */

static bool identify(struct ide_channel *ch, UINT8 cmd, UINT16 *id)
{
    UINT8 st;

    io_out8(ch->cmd + R_COMMAND, cmd);
    if (!wait_ready(ch, PROBE_USECS, &st) || st == 0 || st == 0xff ||
        (st & ST_ERR) || !(st & ST_DRQ)) {
        return false;
    }
    pio(ch, id, 512, false);
    return true;
}

/* Words hold two characters each, the first one in the upper half */
static void ata_string(const UINT16 *id, unsigned words, char *dst, size_t max)
{
    size_t n = 0;

    for (unsigned i = 0; i < words * 2 && n + 1 < max; i++) {
        UINT8 c = i & 1 ? id[i / 2] & 0xff : id[i / 2] >> 8;

        dst[n++] = c >= 0x20 && c < 0x7f ? c : ' ';
    }
    while (n && dst[n - 1] == ' ') {
        n--;
    }
    dst[n] = 0;
}

static void setup_disk(struct ide_drive *d, const UINT16 *id)
{
    struct blk *b = &d->blk;

    d->lba48 = id[83] & 0x400;
    b->blocks = d->lba48 ? id[100] | (UINT32)id[101] << 16 |
                           (UINT64)id[102] << 32 | (UINT64)id[103] << 48
                         : id[60] | (UINT64)id[61] << 16;
    b->block_size = 512;
    if ((id[106] & 0xd000) == 0x5000) {
        b->block_size = (id[117] | (UINT32)id[118] << 16) * 2;
    }
    if (b->block_size < 512 || b->block_size > 65536) {
        b->block_size = 512;
    }
    d->dma = d->ch->bm && (id[49] & 0x100);
    b->max_blocks = d->lba48 ? MAX_BYTES / b->block_size : 255;
    b->present = true;
    b->driver = "ide";
    b->priv = d;
    b->rw = ata_rw;
    b->flush = ata_flush;
    b->irq = ata_irq;
    ata_string(id + 27, 20, b->model, sizeof(b->model));
}

static void probe_drive(struct ide *ide, unsigned channel, unsigned unit)
{
    ATAPI_DEVICE_PATH node = {
        .Header = { MESSAGING_DEVICE_PATH, MSG_ATAPI_DP,
                    { sizeof(node), 0 } },
        .PrimarySecondary = channel, .SlaveMaster = unit,
    };
    struct ide_channel *ch = &ide->ch[channel];
    struct ide_drive *d;
    UINT16 id[256];
    UINT8 st;

    select(ch, 0xa0 | (unit ? DEV_SLAVE : 0));
    st = alt_status(ch);
    if (st == 0xff || st == 0x7f || !wait_ready(ch, PROBE_USECS, &st)) {
        return;
    }
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return;
    }
    d->ch = ch;
    d->unit = unit;
    d->blk.pci = ide->pci;
    if (identify(ch, CMD_IDENTIFY, id)) {
        setup_disk(d, id);
        blk_register(&d->blk, &node);
        return;
    }
    /* a packet device refuses, and shows its signature */
    if (io_in8(ch->cmd + R_LBA1) == 0x14 &&
        io_in8(ch->cmd + R_LBA2) == 0xeb &&
        identify(ch, CMD_IDENTIFY_PACKET, id)) {
        d->dma = ch->bm && (id[49] & 0x100);
        d->host.pci = ide->pci;
        d->host.driver = "ide";
        d->host.priv = d;
        d->host.max_bytes = MAX_BYTES / 2;
        d->host.exec = packet_exec;
        d->host.irq = packet_irq;
        if (!EFI_ERROR(scsi_attach(&d->host, 0, 0, &node))) {
            return;
        }
    }
    fw_free(d);
}

static void ide_exit(void *opaque)
{
    struct ide *ide = opaque;

    for (int i = 0; i < 2; i++) {
        if (ide->ch[i].cmd && ide->ch[i].bm) {
            io_out8(ide->ch[i].bm + BM_COMMAND, 0);
        }
    }
}

static bool ide_probe(struct pci_dev *p)
{
    static const UINT32 compat[2][2] = { { 0x1f0, 0x3f4 }, { 0x170, 0x374 } };
    struct ide *ide = fw_zalloc(sizeof(*ide));
    bool any = false;

    if (!ide) {
        return false;
    }
    ide->pci = p;
    pci_enable(p);
    for (int i = 0; i < 2; i++) {
        struct ide_channel *ch = &ide->ch[i];
        struct pci_bar *cmd = &p->bar[2 * i], *ctl = &p->bar[2 * i + 1];

        if (!(p->class & (1 << 2 * i))) {
            ch->cmd = compat[i][0];
            ch->ctl = compat[i][1];
        } else if (cmd->io && cmd->assigned && ctl->io && ctl->assigned) {
            ch->cmd = cmd->addr;
            ch->ctl = ctl->addr;
        } else {
            continue;
        }
        ch->prd = fw_alloc_dma(PRD_MAX * 8, EFI_PAGE_SIZE);
        if ((p->class & 0x80) && p->bar[4].io && p->bar[4].assigned &&
            ch->prd) {
            ch->bm = p->bar[4].addr + 8 * i;
        }
        any = true;
        reset_channel(ch);
        probe_drive(ide, i, 0);
        probe_drive(ide, i, 1);
    }
    drv_on_exit(ide_exit, ide);
    return any;
}
FW_PCI_DRIVER(ide, 0xffff, 0xffff, 0x010100, 0xffff00, ide_probe);
