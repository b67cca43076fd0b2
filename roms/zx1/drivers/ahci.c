/*
 * zx1 firmware: AHCI, SATA disks and CDs
 *
 * Facts: Serial ATA Advanced Host Controller Interface 1.3; ATA/ATAPI-6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

#define R_CAP           0x00
#define R_GHC           0x04
#define GHC_RESET       0x00000001
#define GHC_INTERRUPTS  0x00000002
#define GHC_AHCI        0x80000000
#define R_IS            0x08
#define R_PI            0x0c

#define PORT(n)         (0x100 + (n) * 0x80)
#define P_CLB           0x00
#define P_CLBU          0x04
#define P_FB            0x08
#define P_FBU           0x0c
#define P_IS            0x10
#define P_IS_ERRORS     0x78000000
#define P_IE            0x14
#define P_IE_D2H        0x00000001
#define P_CMD           0x18
#define CMD_START       0x00000001
#define CMD_SPIN_UP     0x00000002
#define CMD_POWER       0x00000004
#define CMD_FIS_RX      0x00000010
#define CMD_FIS_RUNNING 0x00004000
#define CMD_RUNNING     0x00008000
#define P_TFD           0x20
#define P_SIG           0x24
#define SIG_ATA         0x00000101
#define SIG_ATAPI       0xeb140101
#define P_SSTS          0x28
#define P_SERR          0x30
#define P_CI            0x38

#define ST_ERR          0x01
#define ST_DRQ          0x08
#define ST_BSY          0x80

#define FIS_H2D         0x27
#define FIS_COMMAND     0x80
#define HDR_WORDS       5
#define HDR_ATAPI       0x20
#define HDR_WRITE       0x40

#define CMD_READ_DMA_EXT    0x25
#define CMD_WRITE_DMA_EXT   0x35
#define CMD_READ_DMA        0xc8
#define CMD_WRITE_DMA       0xca
#define CMD_FLUSH           0xe7
#define CMD_PACKET          0xa0
#define CMD_IDENTIFY        0xec

/* One page a port: command list, received FIS, command table */
#define OFF_FIS         1024
#define OFF_TABLE       2048
#define TABLE_ACMD      0x40
#define TABLE_PRD       0x80
#define MAX_BYTES       (1 << 20)

#define RESET_USECS     1000000
#define LINK_USECS      20000
#define COMMAND_USECS   30000000

struct ahci {
    struct pci_dev *pci;
    UINT64 regs;
    UINT32 ports;
};

struct ahci_port {
    struct ahci *hba;
    UINT64 regs;
    UINT16 number;
    UINT8 *mem;
    bool lba48;
    struct blk blk;
    struct scsi_host host;
};

static bool wait_clear(UINT64 reg, UINT32 mask, UINT64 usecs)
{
    UINT64 t = fw_deadline(usecs);

    while (mmio_read32(reg) & mask) {
        if (fw_expired(t)) {
            return false;
        }
    }
    return true;
}

static bool port_stop(struct ahci_port *p)
{
    UINT32 cmd = mmio_read32(p->regs + P_CMD);

    mmio_write32(p->regs + P_CMD, cmd & ~CMD_START);
    if (!wait_clear(p->regs + P_CMD, CMD_RUNNING, RESET_USECS)) {
        return false;
    }
    mmio_write32(p->regs + P_CMD, cmd & ~(CMD_START | CMD_FIS_RX));
    return wait_clear(p->regs + P_CMD, CMD_FIS_RUNNING, RESET_USECS);
}

static void port_start(struct ahci_port *p)
{
    UINT32 cmd = mmio_read32(p->regs + P_CMD);

    mmio_write32(p->regs + P_SERR, 0xffffffff);
    mmio_write32(p->regs + P_IS, 0xffffffff);
    mmio_write32(p->regs + P_CMD, cmd | CMD_FIS_RX);
    mmio_write32(p->regs + P_CMD, cmd | CMD_FIS_RX | CMD_START);
}

/* One command in slot 0; @fis are the bytes behind the first two */
static EFI_STATUS issue(struct ahci_port *p, const UINT8 *fis,
                        const UINT8 *packet, void *buf, UINT32 len, bool write,
                        UINT8 *status)
{
    UINT8 *hdr = p->mem, *table = p->mem + OFF_TABLE;
    UINT64 t = fw_deadline(COMMAND_USECS);
    UINT32 tfd;

    if (!wait_clear(p->regs + P_TFD, ST_BSY | ST_DRQ, RESET_USECS)) {
        return EFI_NOT_READY;
    }
    memset(hdr, 0, 32);
    memset(table, 0, TABLE_PRD + 16);
    st32le(hdr, HDR_WORDS | (packet ? HDR_ATAPI : 0) |
                (write ? HDR_WRITE : 0) | (len ? 1 << 16 : 0));
    st32le(hdr + 8, dma_bus(table));
    table[0] = FIS_H2D;
    table[1] = FIS_COMMAND;
    memcpy(table + 2, fis, 12);
    if (packet) {
        memcpy(table + TABLE_ACMD, packet, 12);
    }
    if (len) {
        st32le(table + TABLE_PRD, dma_bus(buf));
        st32le(table + TABLE_PRD + 12, len - 1);
    }
    mmio_write32(p->regs + P_IS, 0xffffffff);
    mmio_write32(p->regs + P_CI, 1);
    while (mmio_read32(p->regs + P_CI) & 1) {
        if ((mmio_read32(p->regs + P_IS) & P_IS_ERRORS) || fw_expired(t)) {
            break;
        }
    }
    fw_mb();
    tfd = mmio_read32(p->regs + P_TFD);
    *status = tfd;
    if (mmio_read32(p->regs + P_CI) & 1) {
        /* an error stopped the engine, or nothing comes any more */
        port_stop(p);
        port_start(p);
        return tfd & ST_ERR ? EFI_SUCCESS : EFI_TIMEOUT;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS ata_rw(struct blk *b, UINT64 lba, UINT32 n, void *buf,
                         bool write)
{
    struct ahci_port *p = b->priv;
    UINT8 fis[12] = { 0 }, status;
    EFI_STATUS st;

    if (p->lba48) {
        fis[0] = write ? CMD_WRITE_DMA_EXT : CMD_READ_DMA_EXT;
    } else {
        fis[0] = write ? CMD_WRITE_DMA : CMD_READ_DMA;
    }
    fis[2] = lba;
    fis[3] = lba >> 8;
    fis[4] = lba >> 16;
    fis[5] = 0x40 | (p->lba48 ? 0 : lba >> 24 & 15);
    if (p->lba48) {
        fis[6] = lba >> 24;
        fis[7] = lba >> 32;
        fis[8] = lba >> 40;
        fis[11] = n >> 8;
    }
    fis[10] = n;
    st = issue(p, fis, NULL, buf, n * b->block_size, write, &status);
    if (!EFI_ERROR(st) && (status & ST_ERR)) {
        st = EFI_DEVICE_ERROR;
    }
    return st;
}

static EFI_STATUS ata_flush(struct blk *b)
{
    UINT8 fis[12] = { CMD_FLUSH }, status;
    EFI_STATUS st = issue(b->priv, fis, NULL, NULL, 0, false, &status);

    return !EFI_ERROR(st) && (status & ST_ERR) ? EFI_DEVICE_ERROR : st;
}

static EFI_STATUS packet_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    UINT8 fis[12] = { CMD_PACKET, c->len ? 1 : 0 }, status;
    UINT16 limit = MIN(c->len, 0xfffe);
    EFI_STATUS st;

    fis[3] = limit;
    fis[4] = limit >> 8;
    st = issue(h->priv, fis, c->cdb, c->data, c->len, c->write, &status);
    if (!EFI_ERROR(st)) {
        c->status = status & ST_ERR ? 0x02 : 0;
    }
    return st;
}

static void port_irq(struct ahci_port *p, bool on)
{
    UINT32 ghc = mmio_read32(p->hba->regs + R_GHC);

    mmio_write32(p->regs + P_IE, on ? P_IE_D2H : 0);
    mmio_write32(p->hba->regs + R_GHC, on ? ghc | GHC_INTERRUPTS
                                          : ghc & ~GHC_INTERRUPTS);
    if (!on) {
        mmio_write32(p->regs + P_IS, 0xffffffff);
        mmio_write32(p->hba->regs + R_IS, 1u << p->number);
    }
}

static void ata_irq(struct blk *b, bool on)
{
    port_irq(b->priv, on);
}

static void packet_irq(struct scsi_host *h, bool on)
{
    port_irq(h->priv, on);
}

static bool setup_disk(struct ahci_port *p)
{
    UINT8 fis[12] = { CMD_IDENTIFY }, status;
    UINT16 *id = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    struct blk *b = &p->blk;
    unsigned n = 0;

    if (!id || EFI_ERROR(issue(p, fis, NULL, id, 512, false, &status)) ||
        (status & ST_ERR)) {
        return false;
    }
    p->lba48 = id[83] & 0x400;
    b->blocks = p->lba48 ? id[100] | (UINT32)id[101] << 16 |
                           (UINT64)id[102] << 32 | (UINT64)id[103] << 48
                         : id[60] | (UINT64)id[61] << 16;
    b->block_size = 512;
    if ((id[106] & 0xd000) == 0x5000) {
        b->block_size = (id[117] | (UINT32)id[118] << 16) * 2;
        b->block_size = MAX(b->block_size, 512);
    }
    b->max_blocks = p->lba48 ? MAX_BYTES / b->block_size : 255;
    for (unsigned i = 0; i < 40 && n + 1 < sizeof(b->model); i++) {
        b->model[n++] = i & 1 ? id[27 + i / 2] & 0x7f : id[27 + i / 2] >> 8;
    }
    while (n && b->model[n - 1] == ' ') {
        n--;
    }
    b->model[n] = 0;
    b->pci = p->hba->pci;
    b->driver = "ahci";
    b->priv = p;
    b->present = true;
    b->rw = ata_rw;
    b->flush = ata_flush;
    b->irq = ata_irq;
    fw_free_dma(id, EFI_PAGE_SIZE);
    return true;
}

static void port_exit(void *opaque)
{
    port_stop(opaque);
}

static void probe_port(struct ahci *hba, unsigned n)
{
    SATA_DEVICE_PATH node = {
        .Header = { MESSAGING_DEVICE_PATH, MSG_SATA_DP, { sizeof(node), 0 } },
        .HBAPortNumber = n, .PortMultiplierPort = 0xffff,
    };
    struct ahci_port *p;
    UINT64 regs = hba->regs + PORT(n), t;
    UINT32 sig;

    for (t = fw_deadline(LINK_USECS);
         (mmio_read32(regs + P_SSTS) & 15) != 3; ) {
        /* 0: nobody on the other end, at once */
        if (!(mmio_read32(regs + P_SSTS) & 15) || fw_expired(t)) {
            return;
        }
    }
    p = fw_zalloc(sizeof(*p));
    if (!p) {
        return;
    }
    p->hba = hba;
    p->regs = regs;
    p->number = n;
    p->mem = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    if (!p->mem || !port_stop(p)) {
        fw_free(p);
        return;
    }
    mmio_write32(regs + P_IE, 0);
    mmio_write32(regs + P_CLB, dma_bus(p->mem));
    mmio_write32(regs + P_CLBU, 0);
    mmio_write32(regs + P_FB, dma_bus(p->mem + OFF_FIS));
    mmio_write32(regs + P_FBU, 0);
    port_start(p);
    drv_on_exit(port_exit, p);
    wait_clear(regs + P_TFD, ST_BSY, RESET_USECS);
    sig = mmio_read32(regs + P_SIG);
    if (sig == SIG_ATAPI) {
        p->host.pci = hba->pci;
        p->host.driver = "ahci";
        p->host.priv = p;
        p->host.max_bytes = MAX_BYTES;
        p->host.exec = packet_exec;
        p->host.irq = packet_irq;
        scsi_attach(&p->host, 0, 0, &node);
    } else if (sig == SIG_ATA && setup_disk(p)) {
        blk_register(&p->blk, &node);
    }
}

static bool ahci_probe(struct pci_dev *d)
{
    struct ahci *hba = fw_zalloc(sizeof(*hba));

    if (!hba || !d->bar[5].size || d->bar[5].io || !d->bar[5].assigned) {
        return false;
    }
    pci_enable(d);
    hba->pci = d;
    hba->regs = d->bar[5].addr;
    mmio_write32(hba->regs + R_GHC, GHC_AHCI | GHC_RESET);
    if (!wait_clear(hba->regs + R_GHC, GHC_RESET, RESET_USECS)) {
        return false;
    }
    mmio_write32(hba->regs + R_GHC, GHC_AHCI);
    hba->ports = mmio_read32(hba->regs + R_PI);
    for (unsigned n = 0; n < 32; n++) {
        if (hba->ports >> n & 1) {
            UINT64 cmd = hba->regs + PORT(n) + P_CMD;

            mmio_write32(cmd, mmio_read32(cmd) | CMD_SPIN_UP | CMD_POWER);
        }
    }
    for (unsigned n = 0; n < 32; n++) {
        if (hba->ports >> n & 1) {
            probe_port(hba, n);
        }
    }
    return true;
}
FW_PCI_DRIVER(ahci, 0xffff, 0xffff, 0x010601, 0xffffff, ahci_probe);
