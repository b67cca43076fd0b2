/*
 * zx1 firmware: partitions as Block I/O handles
 *
 * Facts: EFI 1.10 specification, chapters 8 (hard drive and CD-ROM nodes)
 * and 11.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fs.h"
#include "part.h"
#include "../drivers/drv.h"

struct partition {
    EFI_BLOCK_IO bio;
    EFI_BLOCK_IO_MEDIA media;
    EFI_BLOCK_IO *parent;
    EFI_HANDLE handle;
    EFI_DEVICE_PATH_PROTOCOL *path;
    UINT64 start;
    struct partition *next;
};

/* What is known about a Block I/O handle */
struct volume {
    struct volume *next;
    EFI_HANDLE handle;
    EFI_BLOCK_IO *bio;
    UINT32 media_id;
    bool present;
    struct partition *parts;
    struct fatfs *fat;
};

static struct volume *volumes;

static EFI_STATUS EFIAPI part_reset(EFI_BLOCK_IO *This, BOOLEAN extended)
{
    struct partition *p = container_of(This, struct partition, bio);

    return p->parent->Reset(p->parent, extended);
}

static EFI_STATUS part_args(struct partition *p, UINT32 id, EFI_LBA lba,
                            UINTN size)
{
    EFI_BLOCK_IO_MEDIA *m = p->parent->Media;

    if (!m->MediaPresent || !p->media.MediaPresent) {
        return EFI_NO_MEDIA;
    }
    if (id != p->media.MediaId || id != m->MediaId) {
        return EFI_MEDIA_CHANGED;
    }
    if (size % p->media.BlockSize) {
        return EFI_BAD_BUFFER_SIZE;
    }
    if (lba > p->media.LastBlock ||
        size / p->media.BlockSize > p->media.LastBlock - lba + 1) {
        return EFI_INVALID_PARAMETER;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI part_read(EFI_BLOCK_IO *This, UINT32 id, EFI_LBA lba,
                                   UINTN size, VOID *buf)
{
    struct partition *p = container_of(This, struct partition, bio);
    EFI_STATUS st = part_args(p, id, lba, size);

    return EFI_ERROR(st) ? st :
        p->parent->ReadBlocks(p->parent, id, p->start + lba, size, buf);
}

static EFI_STATUS EFIAPI part_write(EFI_BLOCK_IO *This, UINT32 id, EFI_LBA lba,
                                    UINTN size, VOID *buf)
{
    struct partition *p = container_of(This, struct partition, bio);
    EFI_STATUS st = part_args(p, id, lba, size);

    return EFI_ERROR(st) ? st :
        p->parent->WriteBlocks(p->parent, id, p->start + lba, size, buf);
}

static EFI_STATUS EFIAPI part_flush(EFI_BLOCK_IO *This)
{
    struct partition *p = container_of(This, struct partition, bio);

    return p->parent->FlushBlocks(p->parent);
}

static int scan_read(void *opaque, uint64_t lba, uint32_t n, void *buf)
{
    EFI_BLOCK_IO *bio = opaque;

    return EFI_ERROR(bio->ReadBlocks(bio, bio->Media->MediaId, lba,
                                     (UINTN)n * bio->Media->BlockSize, buf));
}

static void scan_warn(void *opaque, const char *text)
{
    fw_printf("%s\n", text);
}

static EFI_DEVICE_PATH_PROTOCOL *part_path(EFI_HANDLE parent,
                                           const struct part *pt)
{
    EFI_DEVICE_PATH_PROTOCOL *up = dp_of_handle(parent);

    if (!up) {
        return NULL;
    }
    if (pt->kind == PART_ELTORITO) {
        CDROM_DEVICE_PATH cd = {
            .Header = { MEDIA_DEVICE_PATH, MEDIA_CDROM_DP,
                        { sizeof(cd), 0 } },
            .BootEntry = pt->number,
            .PartitionStart = pt->start,
            .PartitionSize = pt->blocks,
        };

        return dp_append(up, &cd);
    } else {
        HARDDRIVE_DEVICE_PATH hd = {
            .Header = { MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP,
                        { sizeof(hd), 0 } },
            .PartitionNumber = pt->number,
            .PartitionStart = pt->start,
            .PartitionSize = pt->blocks,
            .MBRType = pt->kind == PART_GPT ? MBR_TYPE_GPT : MBR_TYPE_PCAT,
            .SignatureType = pt->kind == PART_GPT ? SIGNATURE_TYPE_GUID
                                                  : SIGNATURE_TYPE_MBR,
        };

        memcpy(hd.Signature, pt->id, 16);
        return dp_append(up, &hd);
    }
}

static void add_partition(struct volume *v, const struct part *pt)
{
    struct partition *p = fw_zalloc(sizeof(*p));
    struct partition **tail = &v->parts;

    if (!p) {
        return;
    }
    p->parent = v->bio;
    p->start = pt->start;
    p->media = *v->bio->Media;
    p->media.LogicalPartition = TRUE;
    p->media.LastBlock = pt->blocks - 1;
    p->bio.Revision = EFI_BLOCK_IO_INTERFACE_REVISION;
    p->bio.Media = &p->media;
    p->bio.Reset = part_reset;
    p->bio.ReadBlocks = part_read;
    p->bio.WriteBlocks = part_write;
    p->bio.FlushBlocks = part_flush;
    p->path = part_path(v->handle, pt);
    if (!p->path ||
        EFI_ERROR(fw_install(&p->handle, &gEfiDevicePathProtocolGuid,
                             p->path)) ||
        EFI_ERROR(fw_install(&p->handle, &gEfiBlockIoProtocolGuid,
                             &p->bio))) {
        return;
    }
    /* EFI marks the system partition by its type, as a protocol without data */
    if (pt->kind == PART_GPT &&
        !memcmp(pt->type, &gEfiPartTypeSystemPartGuid, 16)) {
        fw_install(&p->handle, &gEfiPartTypeSystemPartGuid, NULL);
    }
    while (*tail) {
        tail = &(*tail)->next;
    }
    *tail = p;
}

static void scan_volume(struct volume *v)
{
    EFI_BLOCK_IO_MEDIA *m = v->bio->Media;
    struct part_dev dev = {
        .opaque = v->bio, .block_size = m->BlockSize,
        .blocks = m->LastBlock + 1, .read = scan_read, .warn = scan_warn,
    };
    struct part *parts;
    int n = 0;

    v->media_id = m->MediaId;
    v->present = m->MediaPresent;
    if (!v->present) {
        return;
    }
    diskio_attach(v->handle, v->bio);
    if (!m->LogicalPartition) {
        parts = fw_alloc(PART_MAX * sizeof(*parts));
        if (!parts) {
            return;
        }
        n = part_scan(&dev, parts, PART_MAX);
        for (int i = 0; i < n; i++) {
            add_partition(v, &parts[i]);
        }
        fw_free(parts);
    }
    if (n == 0) {
        v->fat = fatfs_attach(v->handle, v->bio);
    }
}

static struct volume *find_volume(EFI_HANDLE h)
{
    struct volume *v;

    for (v = volumes; v && v->handle != h; v = v->next) {
    }
    return v;
}

/*
 * The medium is another one. Programs may still hold pointers to what was
 * there: it stays in memory and answers that the medium changed.
 */
static void drop_contents(struct volume *v)
{
    while (v->parts) {
        struct partition *p = v->parts;
        struct volume *pv = find_volume(p->handle);

        v->parts = p->next;
        p->media.MediaPresent = FALSE;
        if (pv) {
            struct volume **q = &volumes;

            drop_contents(pv);
            while (*q != pv) {
                q = &(*q)->next;
            }
            *q = pv->next;
            fw_free(pv);
        }
        gBS->UninstallProtocolInterface(p->handle,
                                        (EFI_GUID *)&gEfiBlockIoProtocolGuid,
                                        &p->bio);
        gBS->UninstallProtocolInterface(
            p->handle, (EFI_GUID *)&gEfiDevicePathProtocolGuid, p->path);
    }
    if (v->fat) {
        fatfs_detach(v->fat);
        v->fat = NULL;
    }
}

static bool scan_new(void)
{
    EFI_HANDLE *handles;
    UINTN n = fw_handles(&gEfiBlockIoProtocolGuid, &handles);
    bool found = false;

    for (UINTN i = 0; i < n; i++) {
        EFI_BLOCK_IO *bio = fw_protocol(handles[i], &gEfiBlockIoProtocolGuid);
        struct volume *v = find_volume(handles[i]);

        if (!bio) {
            continue;               /* went away with its disk */
        }
        if (!v) {
            v = fw_zalloc(sizeof(*v));
            if (!v) {
                break;
            }
            v->handle = handles[i];
            v->bio = bio;
            v->next = volumes;
            volumes = v;
        } else if (v->media_id == bio->Media->MediaId &&
                   v->present == bio->Media->MediaPresent) {
            continue;
        } else {
            drop_contents(v);
        }
        scan_volume(v);
        found = true;
    }
    if (n) {
        fw_free(handles);
    }
    return found;
}

void fs_rescan(void)
{
    blk_recheck_all();
    /* twice at most: disks, then their partitions */
    for (int i = 0; i < 4 && scan_new(); i++) {
    }
}
FW_INITCALL(fs, fs_rescan);
