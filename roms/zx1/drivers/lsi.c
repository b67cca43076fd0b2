/*
 * zx1 firmware: LSI (Symbios) 53C8xx SCSI processors
 *
 * Facts: LSI53C895A PCI to Ultra2 SCSI Controller Technical Manual 2.2,
 * chapters 4 (registers) and 5 (SCRIPTS instructions).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

#define R_SCNTL0        0x00
#define SCNTL0_ARBITRATE    0xc0
#define R_SCNTL1        0x01
#define SCNTL1_RESET        0x08
#define R_SCNTL3        0x03
#define SCNTL3_CLOCK        0x03
#define R_SCID          0x04
#define SCID_RESELECT       0x40
#define R_SXFER         0x05
#define R_DSTAT         0x0c
#define DSTAT_SIR           0x04
#define R_ISTAT0        0x14
#define ISTAT0_RESET        0x40
#define ISTAT0_SIP          0x02
#define ISTAT0_DIP          0x01
#define R_DBC           0x24
#define R_DSP           0x2c
#define R_DSPS          0x30
#define R_DMODE         0x38
#define R_DIEN          0x39
#define DIEN_SIR            0x04
#define R_DCNTL         0x3b
#define DCNTL_COM           0x01
#define R_SIEN0         0x40
#define R_SIEN1         0x41
#define R_SIST0         0x42
#define SIST0_MISMATCH      0x80
#define R_SIST1         0x43
#define SIST1_SELECT        0x04
#define R_STIME0        0x48
#define STIME0_250MS        0x0c
#define R_RESPID0       0x4a
#define R_RESPID1       0x4b

#define OWN_ID          7
#define MAX_TARGETS     16
#define MAX_BYTES       (1 << 20)
#define COMMAND_USECS   30000000

/* Instructions, first word */
#define PHASE_DATA_OUT  0
#define PHASE_DATA_IN   1
#define PHASE_COMMAND   2
#define PHASE_STATUS    3
#define PHASE_MSG_OUT   6
#define PHASE_MSG_IN    7
#define I_MOVE(ph, n)   (0x08000000 | (UINT32)(ph) << 24 | (n))
#define I_SELECT(id)    (0x41000000 | (UINT32)(id) << 16)
#define I_WAIT_DISC     0x48000000
#define I_WAIT_RESEL    0x50000000
#define I_CLEAR_ACK     0x60000040
#define I_SCNTL2_AND(v) (0x7c020000 | (v) << 8)
#define I_JUMP          0x80080000
#define I_JUMP_WHEN(ph) (0x800b0000 | (UINT32)(ph) << 24)
#define I_JUMP_IF(ph)   (0x800a0000 | (UINT32)(ph) << 24)
#define I_JUMP_BYTE(b)  (0x800c0000 | (b))
#define I_INT           0x98080000
#define I_COPY(n)       (0xc0000000 | (n))

#define MSG_DISCONNECT  0x04

enum { END_DONE = 1, END_PHASE, END_RESELECT };

/* In one page that the chip reads and writes */
struct lsi_mem {
    UINT32 script[64];
    UINT8 cdb[16];
    UINT8 identify[4];
    volatile UINT8 status[4];
    volatile UINT8 msg[4];
    UINT8 pad[64];              /* for data that nobody asked for */
};

struct lsi {
    UINT64 regs;
    struct scsi_host host;
    struct lsi_mem *mem;
    unsigned n;                 /* words of the script so far */
    unsigned dispatch, data[2]; /* where these parts start, in words */
    struct dma_probe probe;
};

static void emit(struct lsi *s, UINT32 a, UINT32 b)
{
    s->mem->script[s->n++] = a;
    s->mem->script[s->n++] = b;
}

static UINT32 label(struct lsi *s, unsigned word)
{
    return dma_bus(&s->mem->script[word]);
}

/*
 * The program for one command. Targets may disconnect at any time, even
 * though the identify message does not allow it.
 */
static void build(struct lsi *s, const struct scsi_cmd *c)
{
    struct lsi_mem *m = s->mem;
    unsigned jumps, msg_in, status, disc;

    s->n = 0;
    emit(s, I_SELECT(c->target), label(s, 0));
    emit(s, I_MOVE(PHASE_MSG_OUT, 1), dma_bus(m->identify));
    emit(s, I_MOVE(PHASE_COMMAND, c->cdb_len), dma_bus(m->cdb));
    s->dispatch = jumps = s->n;
    emit(s, I_JUMP_WHEN(PHASE_DATA_IN), 0);
    emit(s, I_JUMP_IF(PHASE_DATA_OUT), 0);
    emit(s, I_JUMP_IF(PHASE_STATUS), 0);
    emit(s, I_JUMP_IF(PHASE_MSG_IN), 0);
    emit(s, I_INT, END_PHASE);
    for (int in = 0; in < 2; in++) {
        s->data[in] = s->n;
        if (c->len && c->write == !in) {
            emit(s, I_MOVE(in ? PHASE_DATA_IN : PHASE_DATA_OUT, c->len),
                 dma_bus(c->data));
            emit(s, I_JUMP, label(s, s->dispatch));
        } else if (in && !c->len) {
            /* some targets show this phase until they have done the work */
            emit(s, I_MOVE(PHASE_DATA_IN, sizeof(m->pad)), dma_bus(m->pad));
            emit(s, I_JUMP, label(s, s->dispatch));
        } else {
            emit(s, I_INT, END_PHASE);
        }
    }
    status = s->n;
    emit(s, I_MOVE(PHASE_STATUS, 1), dma_bus(m->status));
    emit(s, I_MOVE(PHASE_MSG_IN, 1), dma_bus(m->msg));
    emit(s, I_SCNTL2_AND(0x7f), 0);
    emit(s, I_CLEAR_ACK, 0);
    emit(s, I_WAIT_DISC, 0);
    emit(s, I_INT, END_DONE);
    msg_in = s->n;
    emit(s, I_MOVE(PHASE_MSG_IN, 1), dma_bus(m->msg));
    disc = s->n + 6;
    emit(s, I_JUMP_BYTE(MSG_DISCONNECT), label(s, disc));
    emit(s, I_CLEAR_ACK, 0);        /* save or restore pointers */
    emit(s, I_JUMP, label(s, s->dispatch));
    emit(s, I_SCNTL2_AND(0x7f), 0);
    emit(s, I_CLEAR_ACK, 0);
    emit(s, I_WAIT_DISC, 0);
    emit(s, I_WAIT_RESEL, label(s, s->n + 8));
    emit(s, I_MOVE(PHASE_MSG_IN, 1), dma_bus(m->msg));
    emit(s, I_CLEAR_ACK, 0);
    emit(s, I_JUMP, label(s, s->dispatch));
    emit(s, I_INT, END_RESELECT);
    m->script[jumps + 1] = label(s, s->data[1]);
    m->script[jumps + 3] = label(s, s->data[0]);
    m->script[jumps + 5] = label(s, status);
    m->script[jumps + 7] = label(s, msg_in);
}

static void chip_reset(struct lsi *s)
{
    mmio_write8(s->regs + R_ISTAT0, ISTAT0_RESET);
    fw_udelay(10);
    mmio_write8(s->regs + R_ISTAT0, 0);
    mmio_write8(s->regs + R_SCNTL0, SCNTL0_ARBITRATE);
    mmio_write8(s->regs + R_SCNTL3, SCNTL3_CLOCK);
    mmio_write8(s->regs + R_SCID, SCID_RESELECT | OWN_ID);
    mmio_write8(s->regs + R_SXFER, 0);
    mmio_write8(s->regs + R_RESPID0, 1 << OWN_ID);
    mmio_write8(s->regs + R_RESPID1, 0);
    mmio_write8(s->regs + R_STIME0, STIME0_250MS);
    mmio_write8(s->regs + R_DMODE, 0);
    mmio_write8(s->regs + R_DCNTL, DCNTL_COM);
    mmio_write8(s->regs + R_DIEN, 0);
    mmio_write8(s->regs + R_SIEN0, 0);
    mmio_write8(s->regs + R_SIEN1, 0);
}

static void bus_reset(struct lsi *s)
{
    mmio_write8(s->regs + R_SCNTL1, SCNTL1_RESET);
    fw_udelay(25);
    mmio_write8(s->regs + R_SCNTL1, 0);
    fw_udelay(1000);
    mmio_read8(s->regs + R_SIST0);
    mmio_read8(s->regs + R_SIST1);
    mmio_read8(s->regs + R_DSTAT);
}

static void start(struct lsi *s, unsigned word)
{
    fw_mb();
    mmio_write32(s->regs + R_DSP, label(s, word));
}

/* The target changed phase before all data was moved: note what is left */
static void data_left(struct lsi *s, bool in)
{
    UINT32 *i = &s->mem->script[s->data[in]];
    UINT32 left = mmio_read32(s->regs + R_DBC) & 0xffffff;
    UINT32 count = i[0] & 0xffffff;

    if ((i[0] & 0xf8000000) == (I_MOVE(0, 0) & 0xf8000000) && left &&
        left <= count) {
        i[1] += count - left;
        i[0] = (i[0] & ~0xffffffu) | left;
    }
}

static EFI_STATUS lsi_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    struct lsi *s = h->priv;
    UINT64 t = fw_deadline(COMMAND_USECS);

    memcpy(s->mem->cdb, c->cdb, sizeof(s->mem->cdb));
    s->mem->identify[0] = 0x80 | (c->lun & 7);
    s->mem->status[0] = 0xff;
    build(s, c);
    start(s, 0);
    for (;;) {
        UINT8 istat = mmio_read8(s->regs + R_ISTAT0), sist0, sist1;

        if (istat & ISTAT0_SIP) {
            sist0 = mmio_read8(s->regs + R_SIST0);
            sist1 = mmio_read8(s->regs + R_SIST1);
            if (sist1 & SIST1_SELECT) {
                mmio_read8(s->regs + R_DSTAT);
                return EFI_NO_RESPONSE;
            }
            if (sist0 == SIST0_MISMATCH) {
                data_left(s, !c->write);
                start(s, s->dispatch);
                continue;
            }
            break;
        }
        if (istat & ISTAT0_DIP) {
            if ((mmio_read8(s->regs + R_DSTAT) & DSTAT_SIR) &&
                mmio_read32(s->regs + R_DSPS) == END_DONE) {
                fw_mb();
                c->status = s->mem->status[0];
                return EFI_SUCCESS;
            }
            break;
        }
        if (fw_expired(t)) {
            break;
        }
    }
    /* the bus first: no target may come back to a chip that forgot it */
    bus_reset(s);
    chip_reset(s);
    return EFI_DEVICE_ERROR;
}

static void lsi_irq(struct scsi_host *h, bool on)
{
    struct lsi *s = h->priv;

    mmio_write8(s->regs + R_DIEN, on ? DIEN_SIR : 0);
}

/* A script that copies itself */
static EFI_STATUS lsi_probe_read(struct dma_probe *p, void *buf)
{
    struct lsi *s = p->priv;
    UINT64 t = fw_deadline(COMMAND_USECS);

    s->n = 0;
    emit(s, I_COPY(p->len), label(s, 0));
    s->mem->script[s->n++] = dma_bus(buf);
    emit(s, I_INT, END_DONE);
    start(s, 0);
    while (!(mmio_read8(s->regs + R_ISTAT0) & (ISTAT0_DIP | ISTAT0_SIP))) {
        if (fw_expired(t)) {
            chip_reset(s);
            return EFI_TIMEOUT;
        }
    }
    fw_mb();
    return (mmio_read8(s->regs + R_DSTAT) & DSTAT_SIR) ? EFI_SUCCESS
                                                       : EFI_DEVICE_ERROR;
}

static void lsi_probe_irq(struct dma_probe *p, bool on)
{
    lsi_irq(&((struct lsi *)p->priv)->host, on);
}

static void lsi_exit(void *opaque)
{
    chip_reset(opaque);
}

static bool lsi_probe(struct pci_dev *d)
{
    struct lsi *s = fw_zalloc(sizeof(*s));

    if (!s || !d->bar[1].size || d->bar[1].io || !d->bar[1].assigned) {
        return false;
    }
    pci_enable(d);
    s->regs = d->bar[1].addr;
    s->mem = fw_alloc_dma(sizeof(*s->mem), EFI_PAGE_SIZE);
    if (!s->mem) {
        return false;
    }
    bus_reset(s);
    chip_reset(s);
    drv_on_exit(lsi_exit, s);
    s->host.pci = d;
    s->host.driver = "lsi53c8xx";
    s->host.priv = s;
    s->host.max_bytes = MAX_BYTES;
    s->host.exec = lsi_exec;
    s->host.irq = lsi_irq;
    s->probe.pci = d;
    s->probe.driver = "lsi53c8xx";
    s->probe.priv = s;
    s->probe.len = 8;           /* the rest holds @buf's address */
    s->probe.read = lsi_probe_read;
    s->probe.irq = lsi_probe_irq;
    list_add_tail(&dma_probes, &s->probe.list);
    for (unsigned t = 0; t < MAX_TARGETS; t++) {
        if (t != OWN_ID) {
            scsi_scan_target(&s->host, t);
        }
    }
    return true;
}
FW_PCI_DRIVER(lsi_896, 0x1000, 0x000b, 0, 0, lsi_probe);
FW_PCI_DRIVER(lsi_895, 0x1000, 0x000c, 0, 0, lsi_probe);
FW_PCI_DRIVER(lsi_895a, 0x1000, 0x0012, 0, 0, lsi_probe);
FW_PCI_DRIVER(lsi_1010, 0x1000, 0x0020, 0, 0, lsi_probe);
FW_PCI_DRIVER(lsi_1010_66, 0x1000, 0x0021, 0, 0, lsi_probe);
