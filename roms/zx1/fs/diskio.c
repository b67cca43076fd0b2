/*
 * zx1 firmware: Disk I/O, bytes over Block I/O
 *
 * Facts: EFI 1.10 specification, chapter 11 (Disk I/O).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fs.h"

struct diskio {
    EFI_DISK_IO dio;
    EFI_BLOCK_IO *bio;
};

static EFI_STATUS diskio_rw(EFI_DISK_IO *This, UINT32 id, UINT64 off,
                            UINTN size, UINT8 *p, bool write)
{
    EFI_BLOCK_IO *bio = container_of(This, struct diskio, dio)->bio;
    EFI_BLOCK_IO_MEDIA *m = bio->Media;
    EFI_STATUS st = EFI_SUCCESS;
    UINT32 bs = m->BlockSize;
    UINT8 *block;

    if (!m->MediaPresent) {
        return EFI_NO_MEDIA;
    }
    if (id != m->MediaId) {
        return EFI_MEDIA_CHANGED;
    }
    if (write && m->ReadOnly) {
        return EFI_WRITE_PROTECTED;
    }
    if (size && (off / bs > m->LastBlock || off + size < off ||
                 (off + size - 1) / bs > m->LastBlock)) {
        return EFI_INVALID_PARAMETER;
    }
    block = fw_alloc(bs);
    if (!block) {
        return EFI_OUT_OF_RESOURCES;
    }
    while (size && !EFI_ERROR(st)) {
        UINTN at = off % bs;
        UINTN n = MIN(bs - at, size);

        if (n == bs) {
            n = size - size % bs;
            st = write ? bio->WriteBlocks(bio, id, off / bs, n, p)
                       : bio->ReadBlocks(bio, id, off / bs, n, p);
        } else {
            st = bio->ReadBlocks(bio, id, off / bs, bs, block);
            if (!EFI_ERROR(st) && write) {
                memcpy(block + at, p, n);
                st = bio->WriteBlocks(bio, id, off / bs, bs, block);
            } else if (!EFI_ERROR(st)) {
                memcpy(p, block + at, n);
            }
        }
        off += n;
        p += n;
        size -= n;
    }
    fw_free(block);
    return st;
}

static EFI_STATUS EFIAPI diskio_read(EFI_DISK_IO *This, UINT32 id, UINT64 off,
                                     UINTN size, VOID *buf)
{
    return diskio_rw(This, id, off, size, buf, false);
}

static EFI_STATUS EFIAPI diskio_write(EFI_DISK_IO *This, UINT32 id, UINT64 off,
                                      UINTN size, VOID *buf)
{
    return diskio_rw(This, id, off, size, buf, true);
}

EFI_STATUS diskio_attach(EFI_HANDLE handle, EFI_BLOCK_IO *bio)
{
    struct diskio *d;

    if (fw_protocol(handle, &gEfiDiskIoProtocolGuid)) {
        return EFI_SUCCESS;
    }
    d = fw_zalloc(sizeof(*d));
    if (!d) {
        return EFI_OUT_OF_RESOURCES;
    }
    d->dio.Revision = EFI_DISK_IO_INTERFACE_REVISION;
    d->dio.ReadDisk = diskio_read;
    d->dio.WriteDisk = diskio_write;
    d->bio = bio;
    return fw_install(&handle, &gEfiDiskIoProtocolGuid, &d->dio);
}
