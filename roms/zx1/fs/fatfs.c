/*
 * zx1 firmware: Simple File System and File protocols over FAT
 *
 * Facts: EFI 1.10 specification, chapter 11.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fs.h"
#include "fat.h"

struct fatfs {
    EFI_FILE_IO_INTERFACE sfs;
    EFI_HANDLE handle;
    EFI_BLOCK_IO *bio;
    UINT32 media_id;
    bool gone;                  /* the medium was taken away */
    struct fat_vol vol;
};

struct handle {
    EFI_FILE file;
    struct fatfs *fs;
    struct fat_file *f;
    UINT64 pos;
    UINT32 dir_pos;
    bool writable;
};

static EFI_STATUS efi_status(struct fatfs *fs, int err)
{
    switch (err) {
    case FAT_OK:
        return EFI_SUCCESS;
    case FAT_E_IO:
        if (!fs->bio->Media->MediaPresent) {
            return EFI_NO_MEDIA;
        }
        return fs->bio->Media->MediaId != fs->media_id ? EFI_MEDIA_CHANGED
                                                       : EFI_DEVICE_ERROR;
    case FAT_E_CORRUPT:
    case FAT_E_NOTFAT:
        return EFI_VOLUME_CORRUPTED;
    case FAT_E_NOSPC:
        return EFI_VOLUME_FULL;
    case FAT_E_NOENT:
    case FAT_E_NOTDIR:
        return EFI_NOT_FOUND;
    case FAT_E_RO:
        return fs->vol.dev.read_only ? EFI_WRITE_PROTECTED
                                     : EFI_ACCESS_DENIED;
    case FAT_E_NOMEM:
        return EFI_OUT_OF_RESOURCES;
    case FAT_E_INVAL:
        return EFI_INVALID_PARAMETER;
    case FAT_E_ISDIR:
        return EFI_UNSUPPORTED;
    default:
        return EFI_ACCESS_DENIED;
    }
}

/* Block I/O below */

static int dev_read(void *opaque, uint64_t lba, uint32_t n, void *buf)
{
    struct fatfs *fs = opaque;

    return fs->gone || EFI_ERROR(fs->bio->ReadBlocks(
        fs->bio, fs->media_id, lba, (UINTN)n * fs->vol.dev.block_size, buf));
}

static int dev_write(void *opaque, uint64_t lba, uint32_t n, const void *buf)
{
    struct fatfs *fs = opaque;

    return fs->gone || EFI_ERROR(fs->bio->WriteBlocks(
        fs->bio, fs->media_id, lba, (UINTN)n * fs->vol.dev.block_size,
        (void *)buf));
}

static int dev_flush(void *opaque)
{
    struct fatfs *fs = opaque;

    return fs->gone || EFI_ERROR(fs->bio->FlushBlocks(fs->bio));
}

static void to_fat_time(const EFI_TIME *t, uint16_t *date, uint16_t *time)
{
    UINT16 year = t->Year < 1980 ? 1980 : t->Year > 2107 ? 2107 : t->Year;

    *date = (year - 1980) << 9 | (t->Month & 15) << 5 | (t->Day & 31);
    *time = (t->Hour & 31) << 11 | (t->Minute & 63) << 5 |
            (t->Second / 2 & 31);
}

static void from_fat_time(const struct fat_time *ft, EFI_TIME *t)
{
    memset(t, 0, sizeof(*t));
    t->TimeZone = EFI_UNSPECIFIED_TIMEZONE;
    if (!ft->date) {
        return;
    }
    t->Year = 1980 + (ft->date >> 9);
    t->Month = ft->date >> 5 & 15;
    t->Day = ft->date & 31;
    t->Hour = ft->time >> 11;
    t->Minute = ft->time >> 5 & 63;
    t->Second = (ft->time & 31) * 2;
}

static void dev_now(void *opaque, uint16_t *date, uint16_t *time)
{
    EFI_TIME t;

    if (!EFI_ERROR(gRT->GetTime(&t, NULL))) {
        to_fat_time(&t, date, time);
    }
}

/* Paths */

static bool is_sep(CHAR16 c)
{
    return c == '\\' || c == '/';
}

/*
 * Follows @path from @from up to its last component, which is left in @last
 * (empty: the path names the directory itself). *@dir is referenced.
 */
static int walk(struct fat_file *from, const CHAR16 *path,
                struct fat_file **dir, CHAR16 last[FAT_NAME_MAX + 1])
{
    struct fat_file *d = fat_ref(is_sep(*path) ? from->vol->root : from);
    int ret;

    last[0] = 0;
    for (;;) {
        struct fat_file *next;
        unsigned n = 0;

        while (is_sep(*path)) {
            path++;
        }
        if (!*path) {
            break;
        }
        if (last[0]) {
            ret = fat_open(d, last, &next);
            if (!ret && !(next->attr & FAT_ATTR_DIR)) {
                fat_close(next);
                ret = FAT_E_NOTDIR;
            }
            fat_close(d);
            if (ret) {
                return ret;
            }
            d = next;
            last[0] = 0;
        }
        while (*path && !is_sep(*path)) {
            if (n == FAT_NAME_MAX) {
                fat_close(d);
                return FAT_E_INVAL;
            }
            last[n++] = *path++;
        }
        last[n] = 0;
        if (n == 1 && last[0] == '.') {
            last[0] = 0;
        } else if (n == 2 && last[0] == '.' && last[1] == '.') {
            last[0] = 0;
            next = fat_ref(d->parent ? d->parent : d);
            fat_close(d);
            d = next;
        }
    }
    *dir = d;
    return FAT_OK;
}

static const EFI_FILE file_template;

static EFI_STATUS new_handle(struct fatfs *fs, struct fat_file *f,
                             bool writable, EFI_FILE **out)
{
    struct handle *h = fw_zalloc(sizeof(*h));

    if (!h) {
        fat_close(f);
        return EFI_OUT_OF_RESOURCES;
    }
    h->file = file_template;
    h->fs = fs;
    h->f = f;
    h->writable = writable;
    *out = &h->file;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_open(EFI_FILE *This, EFI_FILE **out,
                                   CHAR16 *name, UINT64 mode, UINT64 attr)
{
    struct handle *h = container_of(This, struct handle, file);
    CHAR16 last[FAT_NAME_MAX + 1];
    struct fat_file *dir, *f;
    bool write = mode & EFI_FILE_MODE_WRITE;
    int ret;

    if (!out || !name ||
        (mode != EFI_FILE_MODE_READ &&
         mode != (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE) &&
         mode != (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE |
                  EFI_FILE_MODE_CREATE)) ||
        ((mode & EFI_FILE_MODE_CREATE) && (attr & ~EFI_FILE_VALID_ATTR))) {
        return EFI_INVALID_PARAMETER;
    }
    if (write && h->fs->vol.dev.read_only) {
        return EFI_WRITE_PROTECTED;
    }
    ret = walk(h->f, name, &dir, last);
    if (ret) {
        return efi_status(h->fs, ret);
    }
    if (!last[0]) {
        return new_handle(h->fs, dir, write, out);
    }
    ret = fat_open(dir, last, &f);
    if (ret == FAT_E_NOENT && (mode & EFI_FILE_MODE_CREATE)) {
        ret = fat_create(dir, last, attr, &f);
    } else if (!ret && write && (f->attr & FAT_ATTR_RO) &&
               !(f->attr & FAT_ATTR_DIR)) {
        fat_close(f);
        ret = FAT_E_RO;
    }
    fat_close(dir);
    return ret ? efi_status(h->fs, ret) : new_handle(h->fs, f, write, out);
}

static EFI_STATUS EFIAPI file_close(EFI_FILE *This)
{
    struct handle *h = container_of(This, struct handle, file);

    if (h->writable) {
        fat_flush(&h->fs->vol);
    }
    fat_close(h->f);
    fw_free(h);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_delete(EFI_FILE *This)
{
    struct handle *h = container_of(This, struct handle, file);
    int ret = h->writable || !h->fs->vol.dev.read_only ? fat_remove(h->f)
                                                       : FAT_E_RO;

    file_close(This);
    return ret ? EFI_WARN_DELETE_FAILURE : EFI_SUCCESS;
}

/* Size, then the structure; *@size is what is needed or was written */
static EFI_STATUS put_info(const struct fat_vol *vol, const CHAR16 *name,
                           UINT64 size, UINT8 attr,
                           const struct fat_time *created,
                           const struct fat_time *accessed,
                           const struct fat_time *modified, UINTN *buf_size,
                           void *buf)
{
    UINTN need = offsetof(EFI_FILE_INFO, FileName) + str16size(name);
    EFI_FILE_INFO *fi = buf;

    if (*buf_size < need || !buf) {
        *buf_size = need;
        return EFI_BUFFER_TOO_SMALL;
    }
    *buf_size = need;
    fi->Size = need;
    fi->FileSize = size;
    fi->PhysicalSize = ALIGN_UP(size, vol->cluster_size);
    from_fat_time(created, &fi->CreateTime);
    from_fat_time(accessed, &fi->LastAccessTime);
    from_fat_time(modified, &fi->ModificationTime);
    fi->Attribute = attr & EFI_FILE_VALID_ATTR;
    memcpy(fi->FileName, name, str16size(name));
    return EFI_SUCCESS;
}

static EFI_STATUS read_dir(struct handle *h, UINTN *size, void *buf)
{
    struct fat_dirent ent;
    UINT32 pos = h->dir_pos;
    int ret = fat_readdir(h->f, &pos, &ent);
    EFI_STATUS st;

    if (ret == FAT_E_NOENT) {
        *size = 0;
        return EFI_SUCCESS;
    }
    if (ret) {
        return efi_status(h->fs, ret);
    }
    st = put_info(&h->fs->vol, ent.name, ent.size, ent.attr, &ent.created,
                  &ent.accessed, &ent.modified, size, buf);
    if (!EFI_ERROR(st)) {
        h->dir_pos = pos;
    }
    return st;
}

static EFI_STATUS EFIAPI file_read(EFI_FILE *This, UINTN *size, VOID *buf)
{
    struct handle *h = container_of(This, struct handle, file);
    UINT64 n;
    int ret;

    if (!size) {
        return EFI_INVALID_PARAMETER;
    }
    if (h->f->attr & FAT_ATTR_DIR) {
        return read_dir(h, size, buf);
    }
    if (h->f->gone || h->pos > h->f->size) {
        return EFI_DEVICE_ERROR;
    }
    n = *size;
    ret = fat_read(h->f, h->pos, buf, &n);
    if (ret) {
        return efi_status(h->fs, ret);
    }
    h->pos += n;
    *size = n;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_write(EFI_FILE *This, UINTN *size, VOID *buf)
{
    struct handle *h = container_of(This, struct handle, file);
    UINT64 n;
    int ret;

    if (!size || (*size && !buf)) {
        return EFI_INVALID_PARAMETER;
    }
    if (h->f->attr & FAT_ATTR_DIR) {
        return EFI_UNSUPPORTED;
    }
    if (!h->writable) {
        return EFI_ACCESS_DENIED;
    }
    n = *size;
    ret = fat_write(h->f, h->pos, buf, &n);
    *size = n;
    h->pos += n;
    return efi_status(h->fs, ret);
}

static EFI_STATUS EFIAPI file_get_pos(EFI_FILE *This, UINT64 *pos)
{
    struct handle *h = container_of(This, struct handle, file);

    if (!pos) {
        return EFI_INVALID_PARAMETER;
    }
    if (h->f->attr & FAT_ATTR_DIR) {
        return EFI_UNSUPPORTED;
    }
    *pos = h->pos;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_set_pos(EFI_FILE *This, UINT64 pos)
{
    struct handle *h = container_of(This, struct handle, file);

    if (h->f->attr & FAT_ATTR_DIR) {
        if (pos) {
            return EFI_UNSUPPORTED;
        }
        h->dir_pos = 0;
        return EFI_SUCCESS;
    }
    h->pos = pos == ~0UL ? h->f->size : pos;
    return EFI_SUCCESS;
}

static EFI_STATUS get_fs_info(struct handle *h, UINTN *size, void *buf)
{
    struct fat_vol *vol = &h->fs->vol;
    EFI_FILE_SYSTEM_INFO *fi = buf;
    UINT64 free_bytes;
    CHAR16 label[12];
    UINTN need;
    int ret = fat_label(vol, label);

    if (!ret) {
        ret = fat_count_free(vol, &free_bytes);
    }
    if (ret) {
        return efi_status(h->fs, ret);
    }
    need = offsetof(EFI_FILE_SYSTEM_INFO, VolumeLabel) + str16size(label);
    if (*size < need || !buf) {
        *size = need;
        return EFI_BUFFER_TOO_SMALL;
    }
    *size = need;
    fi->Size = need;
    fi->ReadOnly = vol->dev.read_only;
    fi->VolumeSize = (UINT64)vol->nclusters * vol->cluster_size;
    fi->FreeSpace = free_bytes;
    fi->BlockSize = vol->cluster_size;
    memcpy(fi->VolumeLabel, label, str16size(label));
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_get_info(EFI_FILE *This, EFI_GUID *type,
                                       UINTN *size, VOID *buf)
{
    struct handle *h = container_of(This, struct handle, file);
    struct fat_file *f = h->f;

    if (!type || !size) {
        return EFI_INVALID_PARAMETER;
    }
    if (guid_eq(type, &gEfiFileInfoGuid)) {
        return put_info(&h->fs->vol, f->name, f->size, f->attr, &f->created,
                        &f->accessed, &f->modified, size, buf);
    }
    if (guid_eq(type, &gEfiFileSystemInfoGuid)) {
        return get_fs_info(h, size, buf);
    }
    if (guid_eq(type, &gEfiFileSystemVolumeLabelInfoGuid)) {
        CHAR16 label[12];
        int ret = fat_label(&h->fs->vol, label);
        UINTN need = str16size(label);

        if (ret) {
            return efi_status(h->fs, ret);
        }
        if (*size < need || !buf) {
            *size = need;
            return EFI_BUFFER_TOO_SMALL;
        }
        *size = need;
        memcpy(buf, label, need);
        return EFI_SUCCESS;
    }
    return EFI_UNSUPPORTED;
}

static void set_time(const EFI_TIME *t, struct fat_time *ft)
{
    if (t->Year) {                  /* all zero: leave it */
        to_fat_time(t, &ft->date, &ft->time);
    }
}

static int set_name(struct handle *h, const CHAR16 *name)
{
    CHAR16 last[FAT_NAME_MAX + 1];
    struct fat_file *dir;
    int ret = walk(h->f->parent, name, &dir, last);

    if (ret) {
        return ret;
    }
    ret = last[0] ? fat_rename(h->f, dir, last) : FAT_E_INVAL;
    fat_close(dir);
    return ret;
}

static EFI_STATUS EFIAPI file_set_info(EFI_FILE *This, EFI_GUID *type,
                                       UINTN size, VOID *buf)
{
    struct handle *h = container_of(This, struct handle, file);
    struct fat_file *f = h->f;
    EFI_FILE_INFO *fi = buf;
    UINTN chars;
    int ret = FAT_OK;

    if (!type || !buf) {
        return EFI_INVALID_PARAMETER;
    }
    if (!guid_eq(type, &gEfiFileInfoGuid)) {
        return EFI_UNSUPPORTED;
    }
    if (size < offsetof(EFI_FILE_INFO, FileName) + 2 || fi->Size > size) {
        return EFI_BAD_BUFFER_SIZE;
    }
    chars = (size - offsetof(EFI_FILE_INFO, FileName)) / 2;
    if (fi->FileName[chars - 1] && str16len(fi->FileName) >= chars) {
        return EFI_INVALID_PARAMETER;
    }
    if ((fi->Attribute & ~EFI_FILE_VALID_ATTR) ||
        ((fi->Attribute ^ f->attr) & EFI_FILE_DIRECTORY)) {
        return EFI_INVALID_PARAMETER;
    }
    if (h->fs->vol.dev.read_only) {
        return EFI_WRITE_PROTECTED;
    }
    if (!h->writable) {
        return EFI_ACCESS_DENIED;
    }
    if (f->parent && fi->FileName[0] && str16cmp(fi->FileName, f->name)) {
        ret = set_name(h, fi->FileName);
    }
    if (!ret && !(f->attr & FAT_ATTR_DIR) && fi->FileSize != f->size) {
        ret = fat_truncate(f, fi->FileSize);
    }
    if (!ret && f->parent) {
        f->attr = fi->Attribute;
        set_time(&fi->CreateTime, &f->created);
        set_time(&fi->LastAccessTime, &f->accessed);
        set_time(&fi->ModificationTime, &f->modified);
        ret = fat_update(f);
    }
    return efi_status(h->fs, ret);
}

static EFI_STATUS EFIAPI file_flush(EFI_FILE *This)
{
    struct handle *h = container_of(This, struct handle, file);

    return efi_status(h->fs, fat_flush(&h->fs->vol));
}

static const EFI_FILE file_template = {
    .Revision = EFI_FILE_HANDLE_REVISION,
    .Open = file_open,
    .Close = file_close,
    .Delete = file_delete,
    .Read = file_read,
    .Write = file_write,
    .GetPosition = file_get_pos,
    .SetPosition = file_set_pos,
    .GetInfo = file_get_info,
    .SetInfo = file_set_info,
    .Flush = file_flush,
};

static EFI_STATUS EFIAPI open_volume(EFI_FILE_IO_INTERFACE *This,
                                     EFI_FILE **root)
{
    struct fatfs *fs = container_of(This, struct fatfs, sfs);

    if (fs->gone || !fs->bio->Media->MediaPresent) {
        return EFI_NO_MEDIA;
    }
    if (fs->bio->Media->MediaId != fs->media_id) {
        return EFI_MEDIA_CHANGED;
    }
    return new_handle(fs, fat_ref(fs->vol.root), !fs->vol.dev.read_only, root);
}

struct fatfs *fatfs_attach(EFI_HANDLE handle, EFI_BLOCK_IO *bio)
{
    struct fatfs *fs = fw_zalloc(sizeof(*fs));
    struct fat_dev dev = {
        .opaque = fs, .block_size = bio->Media->BlockSize,
        .blocks = bio->Media->LastBlock + 1,
        .read_only = bio->Media->ReadOnly,
        .read = dev_read, .write = dev_write, .flush = dev_flush,
        .now = dev_now,
    };

    if (!fs) {
        return NULL;
    }
    fs->handle = handle;
    fs->bio = bio;
    fs->media_id = bio->Media->MediaId;
    fs->vol.dev.block_size = dev.block_size;
    if (fat_mount(&fs->vol, &dev)) {
        fw_free(fs);
        return NULL;
    }
    fs->sfs.Revision = EFI_FILE_IO_INTERFACE_REVISION;
    fs->sfs.OpenVolume = open_volume;
    if (EFI_ERROR(fw_install(&handle, &gEfiSimpleFileSystemProtocolGuid,
                             &fs->sfs))) {
        fat_unmount(&fs->vol);
        fw_free(fs);
        return NULL;
    }
    return fs;
}

/* Open files keep the memory; they see errors from now on */
void fatfs_detach(struct fatfs *fs)
{
    fs->gone = true;
    gBS->UninstallProtocolInterface(
        fs->handle, (EFI_GUID *)&gEfiSimpleFileSystemProtocolGuid, &fs->sfs);
}
