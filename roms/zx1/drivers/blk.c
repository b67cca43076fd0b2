/*
 * zx1 firmware: Block I/O over the drivers' block devices
 *
 * Facts: EFI 1.10 specification, chapter 11 (Block I/O).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

#define BOUNCE_SIZE     (256 * 1024)

struct list blk_list = LIST_INIT(blk_list);
struct list dma_probes = LIST_INIT(dma_probes);

static UINT8 *bounce;

static EFI_STATUS EFIAPI blk_reset(EFI_BLOCK_IO *This, BOOLEAN extended)
{
    return EFI_SUCCESS;
}

static EFI_STATUS blk_args(struct blk *b, UINT32 id, EFI_LBA lba, UINTN size,
                           const void *buf)
{
    if (!b->media.MediaPresent) {
        return EFI_NO_MEDIA;
    }
    if (id != b->media.MediaId) {
        return EFI_MEDIA_CHANGED;
    }
    if (size % b->block_size) {
        return EFI_BAD_BUFFER_SIZE;
    }
    if ((size && !buf) || lba > b->media.LastBlock ||
        size / b->block_size > b->media.LastBlock - lba + 1) {
        return EFI_INVALID_PARAMETER;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS blk_rw(struct blk *b, EFI_LBA lba, UINTN size, UINT8 *p,
                         bool write)
{
    EFI_STATUS st;

    while (size) {
        UINT64 n = size / b->block_size;
        bool direct;

        n = MIN(n, b->max_blocks);
        direct = dma_direct(p, n * b->block_size);
        if (!direct) {
            if (!bounce) {
                bounce = fw_alloc_dma(BOUNCE_SIZE, EFI_PAGE_SIZE);
                if (!bounce) {
                    return EFI_OUT_OF_RESOURCES;
                }
            }
            n = MIN(n, BOUNCE_SIZE / b->block_size);
            if (write) {
                memcpy(bounce, p, n * b->block_size);
            }
        }
        st = b->rw(b, lba, n, direct ? p : bounce, write);
        if (EFI_ERROR(st)) {
            return st;
        }
        if (!direct && !write) {
            memcpy(p, bounce, n * b->block_size);
        }
        lba += n;
        p += n * b->block_size;
        size -= n * b->block_size;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI blk_read(EFI_BLOCK_IO *This, UINT32 id, EFI_LBA lba,
                                  UINTN size, VOID *buf)
{
    struct blk *b = container_of(This, struct blk, bio);
    EFI_STATUS st = blk_args(b, id, lba, size, buf);

    if (EFI_ERROR(st)) {
        return st;
    }
    st = blk_rw(b, lba, size, buf, false);
    if (EFI_ERROR(st) && b->removable && blk_recheck(b)) {
        return b->present ? EFI_MEDIA_CHANGED : EFI_NO_MEDIA;
    }
    return st;
}

static EFI_STATUS EFIAPI blk_write(EFI_BLOCK_IO *This, UINT32 id, EFI_LBA lba,
                                   UINTN size, VOID *buf)
{
    struct blk *b = container_of(This, struct blk, bio);
    EFI_STATUS st = blk_args(b, id, lba, size, buf);

    if (EFI_ERROR(st)) {
        return st;
    }
    if (b->read_only) {
        return EFI_WRITE_PROTECTED;
    }
    return blk_rw(b, lba, size, buf, true);
}

static EFI_STATUS EFIAPI blk_flush(EFI_BLOCK_IO *This)
{
    struct blk *b = container_of(This, struct blk, bio);

    if (!b->media.MediaPresent) {
        return EFI_NO_MEDIA;
    }
    return b->flush && !b->read_only ? b->flush(b) : EFI_SUCCESS;
}

static bool block_size_ok(UINT32 n)
{
    return n >= 512 && n <= 65536 && !(n & (n - 1));
}

static void set_media(struct blk *b)
{
    if (!block_size_ok(b->block_size) || !b->blocks || !b->max_blocks) {
        b->present = false;
    }
    b->media.RemovableMedia = b->removable;
    b->media.MediaPresent = b->present;
    b->media.ReadOnly = b->read_only;
    b->media.BlockSize = b->present ? b->block_size : b->cdrom ? 2048 : 512;
    b->media.LastBlock = b->present ? b->blocks - 1 : 0;
}

bool blk_recheck(struct blk *b)
{
    UINT64 blocks = b->blocks;
    UINT32 size = b->block_size;
    bool present = b->present;

    bool changed;

    if (!b->check) {
        return false;
    }
    if (EFI_ERROR(b->check(b))) {
        b->present = false;
    }
    set_media(b);
    changed = b->changed;
    b->changed = false;
    if (b->present == present &&
        (!present || (!changed && b->blocks == blocks &&
                      b->block_size == size))) {
        return false;
    }
    b->media.MediaId++;
    return true;
}

void blk_recheck_all(void)
{
    struct list *p;

    list_for_each(p, &blk_list) {
        struct blk *b = container_of(p, struct blk, list);

        if (b->removable) {
            blk_recheck(b);
        }
    }
}

EFI_STATUS blk_register(struct blk *b, const void *node)
{
    EFI_STATUS st;

    b->path = dp_append(b->parent ? b->parent : b->pci->path, node);
    if (!b->path) {
        return EFI_OUT_OF_RESOURCES;
    }
    b->media.MediaId = 1;
    b->media.IoAlign = 4;
    set_media(b);
    b->bio.Revision = EFI_BLOCK_IO_INTERFACE_REVISION;
    b->bio.Media = &b->media;
    b->bio.Reset = blk_reset;
    b->bio.ReadBlocks = blk_read;
    b->bio.WriteBlocks = blk_write;
    b->bio.FlushBlocks = blk_flush;
    st = fw_install(&b->handle, &gEfiDevicePathProtocolGuid, b->path);
    if (!EFI_ERROR(st)) {
        st = fw_install(&b->handle, &gEfiBlockIoProtocolGuid, &b->bio);
    }
    if (!EFI_ERROR(st)) {
        list_add_tail(&blk_list, &b->list);
    }
    return st;
}
