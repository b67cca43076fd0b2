/*
 * CMD649: CD drives that read blocks of 512 bytes
 *
 * OpenVMS wants drives that can be told to count in blocks of 512 bytes, by
 * the block descriptor of MODE SELECT. The base's drives behind an IDE
 * controller know blocks of 2048 bytes only; what they lack is done here, on
 * their way to a packet command.
 *
 * Commands: MMC-3, SPC-3. Transfers: ATA/ATAPI-6, 9.8 and 9.9.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/ide/ide-internal.h"
#include "scsi/constants.h"
#include "system/block-backend.h"
#include "cmd649.h"
#include "trace.h"

#define BLOCK_512               512
#define BLOCK_2048              2048
#define PER_2048                (BLOCK_2048 / BLOCK_512)
/* Parameters of MODE SELECT that we take */
#define SELECT_MAX              256
#define DESCRIPTOR_SIZE         8
#define ASC_INV_FIELD_IN_PARAMETERS 0x26

static uint8_t cd_bit(IDEState *s)
{
    return 1 << (s->bus->bus_id * MAX_IDE_DEVS + s->unit);
}

/* The drive has something to say first: let it */
static bool cd_attention(IDEState *s)
{
    return s->sense_key == UNIT_ATTENTION || s->cdrom_changed;
}

/* Nothing to read, or nowhere to put it: the drive will say so */
static bool cd_not_ready(IDEState *s)
{
    unsigned limit = s->lcyl | s->hcyl << 8;

    return s->tray_open || !s->nb_sectors || !blk_is_inserted(s->blk) ||
           (!s->atapi_dma && !limit);
}

static void cd_reply_dma(void *opaque, int ret)
{
    IDEState *s = opaque;

    s->bus->dma->ops->rw_buf(s->bus->dma, true);
    ide_atapi_cmd_ok(s);
    ide_set_inactive(s, false);
}

/* Send @size bytes of io_buffer */
static void cd_reply(IDEState *s, unsigned size)
{
    s->lba = -1;
    s->packet_transfer_size = size;
    s->io_buffer_size = size;
    s->elementary_transfer_size = 0;
    s->io_buffer_index = 0;
    s->status = READY_STAT | SEEK_STAT;
    if (s->atapi_dma) {
        s->status |= DRQ_STAT;
        ide_start_dma(s, cd_reply_dma);
    } else {
        ide_atapi_cmd_reply_end(s);
    }
}

static void cd_read_done(void *opaque, int ret)
{
    IDEState *s = opaque;

    if (ret < 0) {
        ide_atapi_io_error(s, ret);
    } else {
        cd_reply(s, s->io_buffer_size);
    }
}

/* READ(10) and READ(12); true if it is done here */
static bool cd_read(IDEState *s)
{
    uint8_t *packet = s->io_buffer;
    bool ten = packet[0] == GPCMD_READ_10;
    uint32_t block = ldl_be_p(packet + 2);
    uint32_t count = ten ? lduw_be_p(packet + 7) : ldl_be_p(packet + 6);
    uint64_t blocks = s->nb_sectors & -(uint64_t)PER_2048;

    trace_cmd649_cd_read(block, count);
    if (!count) {
        return false;
    }
    if ((uint64_t)block + count > blocks) {
        ide_atapi_cmd_error(s, ILLEGAL_REQUEST, ASC_LOGICAL_BLOCK_OOR);
        return true;
    }
    if (block % PER_2048 == 0 && count % PER_2048 == 0) {
        /* The drive can do that: only in other units */
        stl_be_p(packet + 2, block / PER_2048);
        if (ten) {
            stw_be_p(packet + 7, count / PER_2048);
        } else {
            stl_be_p(packet + 6, count / PER_2048);
        }
        return false;
    }
    if (count > IDE_DMA_BUF_SECTORS) {
        /* More than the drive has a buffer for */
        ide_atapi_cmd_error(s, ILLEGAL_REQUEST, ASC_INV_FIELD_IN_CMD_PACKET);
        return true;
    }
    s->io_buffer_size = count * BLOCK_512;
    qemu_iovec_init_buf(&s->qiov, s->io_buffer, s->io_buffer_size);
    s->status |= BUSY_STAT;
    ide_buffered_readv(s, block, &s->qiov, count, cd_read_done, s);
    return true;
}

static void cd_read_capacity(IDEState *s)
{
    uint32_t blocks = s->nb_sectors & -(uint64_t)PER_2048;

    stl_be_p(s->io_buffer, blocks - 1);
    stl_be_p(s->io_buffer + 4, BLOCK_512);
    cd_reply(s, 8);
}

/* The parameters of MODE SELECT are here: nothing but a block descriptor */
static bool cd_select(IDEState *s, unsigned size)
{
    Cmd649State *c = CMD649(s->bus->qbus.parent);
    /* The header of the ten-byte command: eight bytes */
    const uint8_t *p = s->io_buffer, *descriptor = p + 8;
    unsigned length = size < 8 ? 0 : lduw_be_p(p + 6);
    unsigned block;

    if (size == 8 && !length) {
        return true;
    }
    if (length != DESCRIPTOR_SIZE || size != 8 + DESCRIPTOR_SIZE) {
        return false;
    }
    block = descriptor[5] << 16 | lduw_be_p(descriptor + 6);
    trace_cmd649_cd_select(s->bus->bus_id, s->unit, block);
    switch (block) {
    case BLOCK_512:
        c->cd_512 |= cd_bit(s);
        return true;
    case BLOCK_2048:
        c->cd_512 &= ~cd_bit(s);
        return true;
    default:
        return false;
    }
}

static void cd_select_end(IDEState *s, unsigned size)
{
    if (cd_select(s, size)) {
        ide_atapi_cmd_ok(s);
    } else {
        ide_atapi_cmd_error(s, ILLEGAL_REQUEST, ASC_INV_FIELD_IN_PARAMETERS);
    }
}

static void cd_select_dma(void *opaque, int ret)
{
    IDEState *s = opaque;

    if (s->bus->dma->ops->rw_buf(s->bus->dma, false)) {
        cd_select_end(s, s->io_buffer_size);
    } else {
        ide_atapi_cmd_error(s, ABORTED_COMMAND, ASC_DATA_PHASE_ERROR);
    }
    ide_set_inactive(s, false);
}

/* MODE SELECT(10): fetch its parameters */
static void cd_mode_select(IDEState *s)
{
    unsigned size = lduw_be_p(s->io_buffer + 7);

    if (!size) {
        ide_atapi_cmd_ok(s);
    } else if (size > SELECT_MAX || size % 2) {
        ide_atapi_cmd_error(s, ILLEGAL_REQUEST, ASC_INV_FIELD_IN_CMD_PACKET);
    } else if (s->atapi_dma) {
        s->io_buffer_size = size;
        s->status = READY_STAT | SEEK_STAT | DRQ_STAT;
        s->nsector &= ~7;
        ide_start_dma(s, cd_select_dma);
    } else {
        s->status = READY_STAT | SEEK_STAT;
        /* Neither command nor input: that is how we know them when they come */
        s->nsector &= ~7;
        s->lcyl = size;
        s->hcyl = size >> 8;
        ide_transfer_start(s, s->io_buffer, size, ide_atapi_cmd);
        ide_bus_set_irq(s->bus);
    }
}

bool cmd649_packet_command(IDEState *s)
{
    bool on = CMD649(s->bus->qbus.parent)->cd_512 & cd_bit(s);

    if (!s->atapi_dma && !(s->nsector & ATAPI_INT_REASON_CD)) {
        cd_select_end(s, s->data_end - s->io_buffer);
        return true;
    }
    if (cd_attention(s)) {
        return false;
    }
    switch (s->io_buffer[0]) {
    case GPCMD_MODE_SELECT_10:
        cd_mode_select(s);
        return true;
    case GPCMD_READ_10:
    case GPCMD_READ_12:
        return on && !cd_not_ready(s) && cd_read(s);
    case GPCMD_READ_CDVD_CAPACITY:
        if (!on || cd_not_ready(s)) {
            return false;
        }
        cd_read_capacity(s);
        return true;
    default:
        return false;
    }
}
