/*
 * zx1 firmware: SCSI disks and CDs, whatever the bus
 *
 * Facts: INCITS SPC-3, SBC-2 and MMC-4: INQUIRY, TEST UNIT READY, REQUEST
 * SENSE, READ CAPACITY (10) and (16), READ and WRITE (10) and (16), REPORT
 * LUNS, SYNCHRONIZE CACHE (10).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

#define CHECK_CONDITION     0x02
#define STATUS_BUSY         0x08

#define SENSE_NOT_READY     0x2
#define SENSE_UNIT_ATTN     0x6
#define ASC_NEW_MEDIUM      0x28

#define TYPE_DISK           0x00
#define TYPE_CDROM          0x05
#define TYPE_RBC            0x0e

#define SCRATCH_SIZE        4096

struct scsi_unit {
    struct blk blk;
    struct scsi_host *host;
    UINT16 target;
    UINT8 lun;
    bool use16;                 /* READ (16) */
};

static UINT8 *scratch;

static bool get_scratch(void)
{
    if (!scratch) {
        scratch = fw_alloc_dma(SCRATCH_SIZE, EFI_PAGE_SIZE);
    }
    return scratch != NULL;
}

static UINT8 sense_key(const struct scsi_cmd *c)
{
    if (c->sense_len < 3) {
        return 0;
    }
    /* descriptor format has the key one byte earlier */
    return (c->sense[0] & 0x7f) >= 0x72 ? c->sense[1] & 15
                                        : c->sense[2] & 15;
}

static UINT8 sense_asc(const struct scsi_cmd *c)
{
    bool descriptor = (c->sense[0] & 0x7f) >= 0x72;

    return c->sense_len < 13 ? 0 : c->sense[descriptor ? 2 : 12];
}

static void request_sense(struct scsi_host *h, struct scsi_cmd *c)
{
    struct scsi_cmd s = { .target = c->target, .lun = c->lun, .cdb_len = 6 };

    s.cdb[0] = 0x03;
    s.cdb[4] = 18;
    s.len = 18;
    s.data = scratch + SCRATCH_SIZE - 64;
    memset(s.data, 0, 64);
    if (h->exec(h, &s) == EFI_SUCCESS && s.status == 0) {
        memcpy(c->sense, s.data, 18);
        c->sense_len = 18;
    }
}

/* Once more after a unit attention, and while the target is busy */
static EFI_STATUS scsi_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    for (int tries = 0; tries < 8; tries++) {
        EFI_STATUS st;

        c->status = 0;
        c->sense_len = 0;
        st = h->exec(h, c);
        if (EFI_ERROR(st)) {
            return st;
        }
        if (c->status == 0) {
            return EFI_SUCCESS;
        }
        if (c->status == STATUS_BUSY) {
            fw_udelay(1000);
            continue;
        }
        if (c->status != CHECK_CONDITION) {
            return EFI_DEVICE_ERROR;
        }
        if (!c->sense_len) {
            request_sense(h, c);
        }
        if (sense_key(c) == SENSE_NOT_READY) {
            return EFI_NO_MEDIA;
        }
        if (sense_key(c) != SENSE_UNIT_ATTN) {
            return EFI_DEVICE_ERROR;
        }
        c->new_medium |= sense_asc(c) == ASC_NEW_MEDIUM;
    }
    return EFI_NOT_READY;
}

static EFI_STATUS scsi_rw(struct blk *b, UINT64 lba, UINT32 n, void *buf,
                          bool write)
{
    struct scsi_unit *u = b->priv;
    struct scsi_cmd c = {
        .target = u->target, .lun = u->lun, .write = write,
        .data = buf, .len = n * b->block_size,
    };
    EFI_STATUS st;

    if (u->use16) {
        c.cdb_len = 16;
        c.cdb[0] = write ? 0x8a : 0x88;
        st64be(c.cdb + 2, lba);
        st32be(c.cdb + 10, n);
    } else {
        c.cdb_len = 10;
        c.cdb[0] = write ? 0x2a : 0x28;
        st32be(c.cdb + 2, lba);
        st16be(c.cdb + 7, n);
    }
    st = scsi_exec(u->host, &c);
    if (c.new_medium && b->removable) {
        b->changed = true;          /* this is not what was asked for */
        return EFI_MEDIA_CHANGED;
    }
    return st;
}

static EFI_STATUS scsi_flush(struct blk *b)
{
    struct scsi_unit *u = b->priv;
    struct scsi_cmd c = {
        .target = u->target, .lun = u->lun, .cdb_len = 10, .cdb = { 0x35 },
    };

    return scsi_exec(u->host, &c);
}

/* Is there a medium, and how big is it */
static EFI_STATUS scsi_check(struct blk *b)
{
    struct scsi_unit *u = b->priv;
    struct scsi_cmd c = {
        .target = u->target, .lun = u->lun, .cdb_len = 6,
    };
    EFI_STATUS st = scsi_exec(u->host, &c);

    if (st == EFI_NO_MEDIA) {
        /* a drive that got a disc says once more that it had none */
        st = scsi_exec(u->host, &c);
    }
    b->changed |= c.new_medium;
    b->present = false;
    if (EFI_ERROR(st)) {
        return st;
    }
    memset(&c.cdb, 0, sizeof(c.cdb));
    c.cdb[0] = 0x25;
    c.cdb_len = 10;
    c.data = scratch;
    c.len = 8;
    memset(scratch, 0, 8);
    st = scsi_exec(u->host, &c);
    if (EFI_ERROR(st)) {
        return st;
    }
    b->blocks = ld32be(scratch) + 1ULL;
    b->block_size = ld32be(scratch + 4);
    u->use16 = false;
    if (ld32be(scratch) == 0xffffffff) {
        memset(&c.cdb, 0, sizeof(c.cdb));
        c.cdb[0] = 0x9e;
        c.cdb[1] = 0x10;
        c.cdb[13] = 32;
        c.cdb_len = 16;
        c.len = 32;
        memset(scratch, 0, 32);
        st = scsi_exec(u->host, &c);
        if (EFI_ERROR(st)) {
            return st;
        }
        b->blocks = ld64be(scratch) + 1;
        b->block_size = ld32be(scratch + 8);
        u->use16 = true;
    }
    if (b->block_size < 512 || b->block_size > 65536) {
        return EFI_DEVICE_ERROR;
    }
    b->max_blocks = MIN(u->host->max_bytes / b->block_size, 0xffff);
    b->present = b->max_blocks > 0;
    return EFI_SUCCESS;
}

/* MODE SENSE (10), all pages: @len bytes are more than there are */
static EFI_STATUS scsi_inquire(struct blk *b, void *buf, UINT32 len)
{
    struct scsi_unit *u = b->priv;
    struct scsi_cmd c = {
        .target = u->target, .lun = u->lun, .cdb_len = 10,
        .cdb = { 0x5a, 8, b->cdrom ? 0x2a : 0x3f }, .data = buf, .len = len,
    };

    st16be(c.cdb + 7, len);
    return scsi_exec(u->host, &c);
}

static void scsi_irq(struct blk *b, bool on)
{
    struct scsi_unit *u = b->priv;

    u->host->irq(u->host, on);
}

static void copy_model(char *dst, size_t max, const UINT8 *inq)
{
    size_t n = 0;

    for (unsigned i = 8; i < 32 && n + 1 < max; i++) {
        UINT8 ch = inq[i] >= 0x20 && inq[i] < 0x7f ? inq[i] : ' ';

        if (ch != ' ' || (n && dst[n - 1] != ' ')) {
            dst[n++] = ch;
        }
    }
    while (n && dst[n - 1] == ' ') {
        n--;
    }
    dst[n] = 0;
}

EFI_STATUS scsi_attach(struct scsi_host *h, UINT16 target, UINT8 lun,
                       const void *node)
{
    struct scsi_cmd c = {
        .target = target, .lun = lun, .cdb_len = 6,
        .cdb = { 0x12, 0, 0, 0, 36 }, .len = 36,
    };
    struct scsi_unit *u;
    EFI_STATUS st;
    UINT8 type;

    if (!get_scratch()) {
        return EFI_OUT_OF_RESOURCES;
    }
    c.data = scratch;
    memset(scratch, 0, 36);
    st = scsi_exec(h, &c);
    if (EFI_ERROR(st)) {
        return st == EFI_NO_MEDIA ? EFI_NOT_FOUND : st;
    }
    type = scratch[0];
    if (type != TYPE_DISK && type != TYPE_CDROM && type != TYPE_RBC) {
        return EFI_NOT_FOUND;       /* a scanner, or nothing at this LUN */
    }
    u = fw_zalloc(sizeof(*u));
    if (!u) {
        return EFI_OUT_OF_RESOURCES;
    }
    u->host = h;
    u->target = target;
    u->lun = lun;
    u->blk.pci = h->pci;
    u->blk.parent = h->path;
    u->blk.target = target;
    u->blk.lun = lun;
    u->blk.connector = h->connector;
    u->blk.driver = h->driver;
    u->blk.priv = u;
    u->blk.cdrom = type == TYPE_CDROM;
    u->blk.read_only = u->blk.cdrom;
    u->blk.removable = scratch[1] & 0x80;
    u->blk.rw = scsi_rw;
    u->blk.flush = scsi_flush;
    u->blk.check = scsi_check;
    u->blk.irq = h->irq ? scsi_irq : NULL;
    u->blk.inquire = scsi_inquire;
    u->blk.bypasses_iotlb = h->bypasses_iotlb;
    copy_model(u->blk.model, sizeof(u->blk.model), scratch);
    scsi_check(&u->blk);
    u->blk.changed = false;
    if (u->blk.present && !u->blk.cdrom) {
        /* MODE SENSE (6), all pages: the device-specific byte has WP */
        memset(&c.cdb, 0, sizeof(c.cdb));
        c.cdb[0] = 0x1a;
        c.cdb[2] = 0x3f;
        c.cdb[4] = 192;
        c.len = 192;
        c.status = 0;
        memset(scratch, 0, 192);
        if (scsi_exec(h, &c) == EFI_SUCCESS) {
            u->blk.read_only = scratch[2] & 0x80;
        }
    }
    return blk_register(&u->blk, node);
}

void scsi_node(struct scsi_host *h, UINT16 target, UINT8 lun, void *node)
{
    *(SCSI_DEVICE_PATH *)node = (SCSI_DEVICE_PATH) {
        .Header = { MESSAGING_DEVICE_PATH, MSG_SCSI_DP,
                    { sizeof(SCSI_DEVICE_PATH), 0 } },
        .Pun = target, .Lun = lun,
    };
}

static EFI_STATUS attach_scsi_node(struct scsi_host *h, UINT16 target,
                                   UINT8 lun)
{
    UINT8 node[SCSI_NODE_MAX] __attribute__((aligned(8)));

    (h->node ? h->node : scsi_node)(h, target, lun, node);
    return scsi_attach(h, target, lun, node);
}

void scsi_scan_target(struct scsi_host *h, UINT16 target)
{
    struct scsi_cmd c = {
        .target = target, .cdb_len = 12, .cdb = { 0xa0 }, .len = 1024,
    };
    UINT8 lun[64];
    UINT32 n;

    if (!get_scratch() ||
        attach_scsi_node(h, target, 0) == EFI_NO_RESPONSE) {
        return;
    }
    st32be(c.cdb + 6, c.len);
    c.data = scratch;
    memset(scratch, 0, c.len);
    if (scsi_exec(h, &c) != EFI_SUCCESS) {
        return;
    }
    n = MIN(ld32be(scratch) / 8, ARRAY_SIZE(lun));
    for (UINT32 i = 0; i < n; i++) {
        const UINT8 *e = scratch + 8 + 8 * i;

        /* units above 255 are out of reach of the path's node */
        lun[i] = e[0] & 0x3f ? 0 : e[1];
    }
    for (UINT32 i = 0; i < n; i++) {
        if (lun[i]) {
            attach_scsi_node(h, target, lun[i]);
        }
    }
}
