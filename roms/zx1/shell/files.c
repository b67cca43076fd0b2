/*
 * zx1 firmware: names of devices and files in the shell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"
#include "../fs/fs.h"

#define GLOB_MAX    4096

void shell_map_update(void)
{
    EFI_HANDLE *fs, *blk;
    UINTN nfs, nblk, n = 0;
    char name[8];

    fs_rescan();
    nfs = fw_handles(&gEfiSimpleFileSystemProtocolGuid, &fs);
    nblk = fw_handles(&gEfiBlockIoProtocolGuid, &blk);
    fw_free(shell.maps);
    shell.nmaps = 0;
    shell.maps = fw_zalloc((nfs + nblk + 1) * sizeof(*shell.maps));
    if (shell.maps) {
        for (UINTN i = 0; i < nfs; i++, n++) {
            snprintf(name, sizeof(name), "fs%d", (int)i);
            ascii_to_str16(shell.maps[n].name, name, 8);
            shell.maps[n].handle = fs[i];
            shell.maps[n].fs = true;
        }
        for (UINTN i = 0; i < nblk; i++, n++) {
            snprintf(name, sizeof(name), "blk%d", (int)i);
            ascii_to_str16(shell.maps[n].name, name, 8);
            shell.maps[n].handle = blk[i];
        }
        shell.nmaps = n;
    }
    if (nfs) {
        fw_free(fs);
    }
    if (nblk) {
        fw_free(blk);
    }
}

struct shell_map *shell_map_find(const CHAR16 *name, size_t len)
{
    CHAR16 key[8];

    if (len >= ARRAY_SIZE(key)) {
        return NULL;
    }
    str16cpy(key, name, len + 1);
    for (UINTN i = 0; i < shell.nmaps; i++) {
        if (!str16icmp(key, shell.maps[i].name)) {
            return &shell.maps[i];
        }
    }
    return NULL;
}

bool shell_resolve(const CHAR16 *path, struct shell_map **map,
                   CHAR16 out[SHELL_PATH_MAX])
{
    CHAR16 joined[2 * SHELL_PATH_MAX];
    const CHAR16 *p = path;
    size_t n = 0;

    while (*p && *p != ':' && *p != '\\' && *p != '/') {
        p++;
    }
    if (*p == ':') {
        *map = shell_map_find(path, p - path);
        p++;
        str16cpy(joined, p, ARRAY_SIZE(joined));
    } else {
        *map = shell.cwd_map[0] ?
            shell_map_find(shell.cwd_map, str16len(shell.cwd_map)) : NULL;
        joined[0] = 0;
        if (path[0] != '\\' && path[0] != '/') {
            str16cpy(joined, shell.cwd, ARRAY_SIZE(joined));
            str16cat(joined, u"\\", ARRAY_SIZE(joined));
        }
        str16cat(joined, path, ARRAY_SIZE(joined));
    }
    if (!*map || !(*map)->fs || str16len(path) >= SHELL_PATH_MAX) {
        return false;
    }
    for (p = joined; *p; ) {
        size_t len = 0;

        while (*p == '\\' || *p == '/') {
            p++;
        }
        while (p[len] && p[len] != '\\' && p[len] != '/') {
            len++;
        }
        if (len == 2 && p[0] == '.' && p[1] == '.') {
            while (n && out[--n] != '\\') {
            }
        } else if (len && !(len == 1 && p[0] == '.')) {
            if (n + len + 2 > SHELL_PATH_MAX) {
                return false;
            }
            out[n++] = '\\';
            memcpy(out + n, p, len * sizeof(CHAR16));
            n += len;
        }
        p += len;
    }
    if (!n) {
        out[n++] = '\\';
    }
    out[n] = 0;
    return true;
}

static EFI_STATUS open_on(struct shell_map *map, CHAR16 *path, UINT64 mode,
                          UINT64 attr, EFI_FILE **file)
{
    EFI_FILE_IO_INTERFACE *sfs =
        fw_protocol(map->handle, &gEfiSimpleFileSystemProtocolGuid);
    EFI_FILE *root;
    EFI_STATUS st;

    if (!sfs) {
        return EFI_NO_MEDIA;
    }
    st = sfs->OpenVolume(sfs, &root);
    if (EFI_ERROR(st)) {
        return st;
    }
    st = root->Open(root, file, path, mode, attr);
    root->Close(root);
    return st;
}

EFI_STATUS shell_open(const CHAR16 *path, UINT64 mode, UINT64 attr,
                      EFI_FILE **file)
{
    CHAR16 full[SHELL_PATH_MAX];
    struct shell_map *map;

    if (!shell_resolve(path, &map, full)) {
        return EFI_NOT_FOUND;
    }
    return open_on(map, full, mode, attr, file);
}

EFI_FILE_INFO *shell_file_info(EFI_FILE *file)
{
    EFI_FILE_INFO *fi;
    UINTN size = 0;

    if (file->GetInfo(file, (EFI_GUID *)&gEfiFileInfoGuid, &size, NULL) !=
        EFI_BUFFER_TOO_SMALL) {
        return NULL;
    }
    fi = fw_alloc(size);
    if (fi && EFI_ERROR(file->GetInfo(file, (EFI_GUID *)&gEfiFileInfoGuid,
                                      &size, fi))) {
        fw_free(fi);
        fi = NULL;
    }
    return fi;
}

EFI_STATUS shell_read_file(const CHAR16 *path, void **data, UINTN *size)
{
    EFI_FILE_INFO *fi;
    EFI_FILE *f;
    EFI_STATUS st = shell_open(path, EFI_FILE_MODE_READ, 0, &f);

    if (EFI_ERROR(st)) {
        return st;
    }
    fi = shell_file_info(f);
    if (!fi || (fi->Attribute & EFI_FILE_DIRECTORY)) {
        st = fi ? EFI_UNSUPPORTED : EFI_OUT_OF_RESOURCES;
    } else {
        *size = fi->FileSize;
        *data = fw_zalloc(*size + 2);
        st = *data ? f->Read(f, size, *data) : EFI_OUT_OF_RESOURCES;
        if (EFI_ERROR(st)) {
            fw_free(*data);
        }
    }
    fw_free(fi);
    f->Close(f);
    return st;
}

EFI_DEVICE_PATH_PROTOCOL *shell_file_path(const CHAR16 *path)
{
    EFI_DEVICE_PATH_PROTOCOL *dp, *file, *full;
    CHAR16 name[SHELL_PATH_MAX];
    struct shell_map *map;

    if (!shell_resolve(path, &map, name)) {
        return NULL;
    }
    dp = dp_of_handle(map->handle);
    file = dp_file(name);
    full = dp && file ? dp_append_path(dp, file) : NULL;
    fw_free(file);
    return full;
}

static void insert_sorted(CHAR16 **names, UINTN n, CHAR16 *name)
{
    while (n && str16icmp(names[n - 1], name) > 0) {
        names[n] = names[n - 1];
        n--;
    }
    names[n] = name;
}

static bool is_pattern(const CHAR16 *s)
{
    for (; *s; s++) {
        if (*s == '*' || *s == '?' || *s == '[') {
            return true;
        }
    }
    return false;
}

/* Only the last component may be a pattern */
UINTN shell_glob(const CHAR16 *pattern, CHAR16 ***names)
{
    EFI_UNICODE_COLLATION_INTERFACE *uc =
        fw_locate(&gEfiUnicodeCollationProtocolGuid);
    CHAR16 dir[SHELL_PATH_MAX];
    const CHAR16 *last = pattern;
    UINT8 buf[sizeof(EFI_FILE_INFO) + 2 * 260] __attribute__((aligned(8)));
    EFI_FILE_INFO *fi = (EFI_FILE_INFO *)buf;
    EFI_FILE *f;
    UINTN n = 0, size;

    *names = fw_zalloc(GLOB_MAX * sizeof(**names));
    if (!*names || str16len(pattern) >= SHELL_PATH_MAX) {
        return 0;
    }
    for (const CHAR16 *p = pattern; *p; p++) {
        if (*p == '\\' || *p == '/' || *p == ':') {
            last = p + 1;
        }
    }
    if (!is_pattern(last) || !uc) {
        (*names)[0] = fw_alloc(str16size(pattern));
        if (!(*names)[0]) {
            return 0;
        }
        memcpy((*names)[0], pattern, str16size(pattern));
        return 1;
    }
    str16cpy(dir, pattern, last - pattern + 1);
    if (EFI_ERROR(shell_open(dir[0] ? dir : u".", EFI_FILE_MODE_READ, 0,
                             &f))) {
        return 0;
    }
    while (n < GLOB_MAX) {
        CHAR16 *name;
        size_t len;

        size = sizeof(buf);
        if (EFI_ERROR(f->Read(f, &size, buf)) || !size) {
            break;
        }
        if (!uc->MetaiMatch(uc, fi->FileName, (CHAR16 *)last)) {
            continue;
        }
        len = str16len(dir) + str16len(fi->FileName) + 2;
        name = fw_alloc(len * sizeof(CHAR16));
        if (!name) {
            break;
        }
        str16cpy(name, dir, len);
        str16cat(name, fi->FileName, len);
        insert_sorted(*names, n++, name);
    }
    f->Close(f);
    return n;
}
