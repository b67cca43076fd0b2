/*
 * zx1 firmware: shell commands about files
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"

#define COPY_CHUNK  (256 * 1024)

static void free_names(CHAR16 **names, UINTN n)
{
    for (UINTN i = 0; i < n; i++) {
        fw_free(names[i]);
    }
    fw_free(names);
}

static EFI_STATUS cmd_map(unsigned argc, CHAR16 **argv)
{
    shell_map_update();
    if (!shell.nmaps) {
        fw_printf("No disk was found.\n");
        return EFI_SUCCESS;
    }
    for (UINTN i = 0; i < shell.nmaps; i++) {
        struct shell_map *m = &shell.maps[i];
        EFI_BLOCK_IO *bio = fw_protocol(m->handle, &gEfiBlockIoProtocolGuid);
        CHAR16 text[256];

        dp_to_text(dp_of_handle(m->handle), text, ARRAY_SIZE(text));
        fw_printf("  %-6S %S\n", m->name, text);
        if (!m->fs && bio) {
            if (bio->Media->MediaPresent) {
                fw_printf("         %ld blocks of %d bytes%s%s\n",
                          (long)bio->Media->LastBlock + 1,
                          bio->Media->BlockSize,
                          bio->Media->ReadOnly ? ", read only" : "",
                          bio->Media->RemovableMedia ? ", removable" : "");
            } else {
                fw_printf("         no medium\n");
            }
        }
    }
    return EFI_SUCCESS;
}
SHELL_CMD(map, "", "look for disks again and list them", cmd_map);

static EFI_STATUS cmd_cd(unsigned argc, CHAR16 **argv)
{
    CHAR16 path[SHELL_PATH_MAX];
    struct shell_map *map;
    EFI_FILE_INFO *fi;
    EFI_FILE *f;
    EFI_STATUS st;
    bool dir;

    if (argc == 1) {
        fw_printf("%S:%S\n", shell.cwd_map, shell.cwd);
        return EFI_SUCCESS;
    }
    if (!shell_resolve(argv[1], &map, path)) {
        return shell_error(argv[1], EFI_NOT_FOUND);
    }
    st = shell_open(argv[1], EFI_FILE_MODE_READ, 0, &f);
    if (EFI_ERROR(st)) {
        return shell_error(argv[1], st);
    }
    fi = shell_file_info(f);
    dir = fi && (fi->Attribute & EFI_FILE_DIRECTORY);
    fw_free(fi);
    f->Close(f);
    if (!dir) {
        return shell_error(argv[1], EFI_NOT_FOUND);
    }
    str16cpy(shell.cwd_map, map->name, ARRAY_SIZE(shell.cwd_map));
    str16cpy(shell.cwd, path, SHELL_PATH_MAX);
    return EFI_SUCCESS;
}
SHELL_CMD(cd, "[DIRECTORY]", "show or change the directory", cmd_cd);

static void list_entry(const EFI_FILE_INFO *fi, UINT64 *files, UINT64 *dirs,
                       UINT64 *bytes)
{
    const EFI_TIME *t = &fi->ModificationTime;
    bool dir = fi->Attribute & EFI_FILE_DIRECTORY;

    fw_printf("%04d-%02d-%02d %02d:%02d  %s %c%c%c ", t->Year, t->Month,
              t->Day, t->Hour, t->Minute, dir ? "<DIR>" : "     ",
              fi->Attribute & EFI_FILE_READ_ONLY ? 'r' : ' ',
              fi->Attribute & EFI_FILE_HIDDEN ? 'h' : ' ',
              fi->Attribute & EFI_FILE_SYSTEM ? 's' : ' ');
    if (dir) {
        fw_printf("           ");
        (*dirs)++;
    } else {
        fw_printf("%10ld ", (long)fi->FileSize);
        (*files)++;
        *bytes += fi->FileSize;
    }
    fw_printf(" %S\n", fi->FileName);
}

static EFI_STATUS list_dir(EFI_FILE *f)
{
    UINT8 buf[sizeof(EFI_FILE_INFO) + 2 * 260] __attribute__((aligned(8)));
    UINT64 files = 0, dirs = 0, bytes = 0;
    EFI_STATUS st;
    UINTN size;

    for (;;) {
        size = sizeof(buf);
        st = f->Read(f, &size, buf);
        if (EFI_ERROR(st) || !size || shell_break()) {
            break;
        }
        list_entry((EFI_FILE_INFO *)buf, &files, &dirs, &bytes);
    }
    fw_printf("  %ld files, %ld bytes, %ld directories\n", (long)files,
              (long)bytes, (long)dirs);
    return st;
}

static EFI_STATUS cmd_ls(unsigned argc, CHAR16 **argv)
{
    static CHAR16 dot[] = u".";
    static CHAR16 *here[] = { NULL, dot };
    EFI_STATUS st = EFI_SUCCESS;

    if (argc == 1) {
        argv = here;
        argc = 2;
    }
    for (unsigned i = 1; i < argc; i++) {
        CHAR16 **names;
        UINTN n = shell_glob(argv[i], &names);

        if (!n) {
            st = shell_error(argv[i], EFI_NOT_FOUND);
        }
        for (UINTN j = 0; j < n; j++) {
            UINT64 dummy[3] = { 0 };
            EFI_FILE_INFO *fi;
            EFI_FILE *f;

            st = shell_open(names[j], EFI_FILE_MODE_READ, 0, &f);
            if (EFI_ERROR(st)) {
                shell_error(names[j], st);
                continue;
            }
            fi = shell_file_info(f);
            if (fi && (fi->Attribute & EFI_FILE_DIRECTORY) && n == 1) {
                st = list_dir(f);
                if (EFI_ERROR(st)) {
                    shell_error(names[j], st);
                }
            } else if (fi) {
                list_entry(fi, &dummy[0], &dummy[1], &dummy[2]);
            }
            fw_free(fi);
            f->Close(f);
        }
        free_names(names, n);
    }
    return st;
}
SHELL_CMD(ls, "[FILE...]", "list files", cmd_ls);
SHELL_CMD(dir, "[FILE...]", "list files", cmd_ls);

/* Bytes as text: UCS-2 with its mark, else as they are, CR left out */
static void print_text(const UINT8 *p, UINTN n)
{
    bool wide = n >= 2 && p[0] == 0xff && p[1] == 0xfe;
    CHAR16 buf[128];
    unsigned len = 0;

    for (UINTN i = wide ? 2 : 0; i < n; i += wide ? 2 : 1) {
        CHAR16 c = wide && i + 1 < n ? ld16le(p + i) : p[i];

        if (c == '\r') {
            continue;
        }
        if (c == '\n') {
            buf[len++] = '\r';
        } else if (c < 0x20 && c != '\t') {
            c = '.';
        }
        buf[len++] = c;
        if (len >= ARRAY_SIZE(buf) - 3) {
            buf[len] = 0;
            gST->ConOut->OutputString(gST->ConOut, buf);
            len = 0;
            if (shell_break()) {
                return;
            }
        }
    }
    buf[len] = 0;
    gST->ConOut->OutputString(gST->ConOut, buf);
}

static EFI_STATUS cmd_cat(unsigned argc, CHAR16 **argv)
{
    EFI_STATUS st = EFI_SUCCESS;

    if (argc < 2) {
        fw_printf("cat: which file?\n");
        return EFI_INVALID_PARAMETER;
    }
    for (unsigned i = 1; i < argc; i++) {
        void *data;
        UINTN size;

        st = shell_read_file(argv[i], &data, &size);
        if (EFI_ERROR(st)) {
            shell_error(argv[i], st);
            continue;
        }
        print_text(data, size);
        fw_free(data);
    }
    return st;
}
SHELL_CMD(cat, "FILE...", "show files as text", cmd_cat);
SHELL_CMD(type, "FILE...", "show files as text", cmd_cat);

static EFI_STATUS cmd_hexdump(unsigned argc, CHAR16 **argv)
{
    EFI_STATUS st;
    void *data;
    UINTN size;

    if (argc != 2) {
        fw_printf("hexdump: which file?\n");
        return EFI_INVALID_PARAMETER;
    }
    st = shell_read_file(argv[1], &data, &size);
    if (EFI_ERROR(st)) {
        return shell_error(argv[1], st);
    }
    shell_hexdump(data, size, 0);
    fw_free(data);
    return st;
}
SHELL_CMD(hexdump, "FILE", "show a file in hexadecimal", cmd_hexdump);

static EFI_STATUS cmd_mkdir(unsigned argc, CHAR16 **argv)
{
    EFI_STATUS st = EFI_INVALID_PARAMETER;

    for (unsigned i = 1; i < argc; i++) {
        EFI_FILE *f;

        if (!EFI_ERROR(shell_open(argv[i], EFI_FILE_MODE_READ, 0, &f))) {
            f->Close(f);
            st = shell_error(argv[i], EFI_ACCESS_DENIED);
            continue;
        }
        st = shell_open(argv[i], EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE |
                        EFI_FILE_MODE_CREATE, EFI_FILE_DIRECTORY, &f);
        if (EFI_ERROR(st)) {
            shell_error(argv[i], st);
        } else {
            f->Close(f);
        }
    }
    return st;
}
SHELL_CMD(mkdir, "DIRECTORY...", "make directories", cmd_mkdir);

static EFI_STATUS cmd_rm(unsigned argc, CHAR16 **argv)
{
    EFI_STATUS st = EFI_INVALID_PARAMETER;

    for (unsigned i = 1; i < argc; i++) {
        CHAR16 **names;
        UINTN n = shell_glob(argv[i], &names);

        st = n ? EFI_SUCCESS : shell_error(argv[i], EFI_NOT_FOUND);
        for (UINTN j = 0; j < n; j++) {
            EFI_FILE *f;

            st = shell_open(names[j], EFI_FILE_MODE_READ |
                            EFI_FILE_MODE_WRITE, 0, &f);
            if (!EFI_ERROR(st) && f->Delete(f) != EFI_SUCCESS) {
                st = EFI_ACCESS_DENIED;
            }
            if (EFI_ERROR(st)) {
                shell_error(names[j], st);
            }
        }
        free_names(names, n);
    }
    return st;
}
SHELL_CMD(rm, "FILE...", "delete files and empty directories", cmd_rm);
SHELL_CMD(del, "FILE...", "delete files and empty directories", cmd_rm);

static EFI_STATUS copy(EFI_FILE *from, EFI_FILE *to, UINT64 *total)
{
    void *buf = fw_alloc(COPY_CHUNK);
    EFI_STATUS st = buf ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;

    *total = 0;
    while (!EFI_ERROR(st)) {
        UINTN n = COPY_CHUNK, m;

        st = from->Read(from, &n, buf);
        if (EFI_ERROR(st) || !n) {
            break;
        }
        m = n;
        st = to->Write(to, &m, buf);
        *total += m;
        if (shell_break()) {
            st = EFI_ABORTED;
        }
    }
    fw_free(buf);
    return st;
}

static const CHAR16 *base_name(const CHAR16 *path)
{
    const CHAR16 *base = path;

    for (; *path; path++) {
        if (*path == '\\' || *path == '/' || *path == ':') {
            base = path + 1;
        }
    }
    return base;
}

static bool is_dir(const CHAR16 *path)
{
    EFI_FILE_INFO *fi;
    EFI_FILE *f;
    bool dir;

    if (EFI_ERROR(shell_open(path, EFI_FILE_MODE_READ, 0, &f))) {
        return false;
    }
    fi = shell_file_info(f);
    dir = fi && (fi->Attribute & EFI_FILE_DIRECTORY);
    fw_free(fi);
    f->Close(f);
    return dir;
}

static EFI_STATUS copy_file(const CHAR16 *src, const CHAR16 *dst)
{
    struct shell_map *sm, *dm;
    CHAR16 target[SHELL_PATH_MAX], sp[SHELL_PATH_MAX], tp[SHELL_PATH_MAX];
    EFI_FILE *from, *to;
    EFI_FILE_INFO *fi;
    EFI_STATUS st;
    UINT64 total;

    str16cpy(target, dst, ARRAY_SIZE(target));
    if (is_dir(dst)) {
        str16cat(target, u"\\", ARRAY_SIZE(target));
        str16cat(target, base_name(src), ARRAY_SIZE(target));
    }
    if (!shell_resolve(src, &sm, sp) || !shell_resolve(target, &dm, tp)) {
        return shell_error(src, EFI_NOT_FOUND);
    }
    if (sm == dm && !str16icmp(sp, tp)) {
        fw_printf("%S: cannot be copied onto itself\n", src);
        return EFI_INVALID_PARAMETER;
    }
    if (is_dir(src)) {
        fw_printf("%S: is a directory\n", src);
        return EFI_UNSUPPORTED;
    }
    st = shell_open(src, EFI_FILE_MODE_READ, 0, &from);
    if (EFI_ERROR(st)) {
        return shell_error(src, st);
    }
    st = shell_open(target, EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE |
                    EFI_FILE_MODE_CREATE, 0, &to);
    if (EFI_ERROR(st)) {
        from->Close(from);
        return shell_error(target, st);
    }
    fi = shell_file_info(to);
    if (fi && fi->FileSize) {
        fi->FileSize = 0;
        st = to->SetInfo(to, (EFI_GUID *)&gEfiFileInfoGuid, fi->Size, fi);
    }
    fw_free(fi);
    if (!EFI_ERROR(st)) {
        st = copy(from, to, &total);
    }
    from->Close(from);
    to->Close(to);
    if (EFI_ERROR(st)) {
        return shell_error(target, st);
    }
    fw_printf("%S -> %S, %ld bytes\n", src, target, (long)total);
    return st;
}

static EFI_STATUS cmd_cp(unsigned argc, CHAR16 **argv)
{
    EFI_STATUS st = EFI_SUCCESS;

    if (argc < 3) {
        fw_printf("cp: from where to where?\n");
        return EFI_INVALID_PARAMETER;
    }
    for (unsigned i = 1; i + 1 < argc; i++) {
        CHAR16 **names;
        UINTN n = shell_glob(argv[i], &names);

        if (!n) {
            st = shell_error(argv[i], EFI_NOT_FOUND);
        }
        for (UINTN j = 0; j < n && !EFI_ERROR(st); j++) {
            st = copy_file(names[j], argv[argc - 1]);
        }
        free_names(names, n);
    }
    return st;
}
SHELL_CMD(cp, "FROM... TO", "copy files", cmd_cp);

static EFI_STATUS cmd_mv(unsigned argc, CHAR16 **argv)
{
    CHAR16 path[SHELL_PATH_MAX], from[SHELL_PATH_MAX];
    struct shell_map *map, *map2;
    EFI_FILE_INFO *fi, *new;
    EFI_STATUS st;
    EFI_FILE *f;
    UINTN size;

    if (argc != 3) {
        fw_printf("mv: from where to where?\n");
        return EFI_INVALID_PARAMETER;
    }
    if (!shell_resolve(argv[1], &map, from) ||
        !shell_resolve(argv[2], &map2, path) || map != map2) {
        fw_printf("mv: both must be on the same file system\n");
        return EFI_INVALID_PARAMETER;
    }
    if (is_dir(argv[2])) {
        str16cat(path, u"\\", ARRAY_SIZE(path));
        str16cat(path, base_name(from), ARRAY_SIZE(path));
    }
    st = shell_open(argv[1], EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE, 0, &f);
    if (EFI_ERROR(st)) {
        return shell_error(argv[1], st);
    }
    fi = shell_file_info(f);
    size = offsetof(EFI_FILE_INFO, FileName) + str16size(path);
    new = fi ? fw_zalloc(size) : NULL;
    st = EFI_OUT_OF_RESOURCES;
    if (new) {
        memcpy(new, fi, offsetof(EFI_FILE_INFO, FileName));
        memcpy(new->FileName, path, str16size(path));
        new->Size = size;
        st = f->SetInfo(f, (EFI_GUID *)&gEfiFileInfoGuid, size, new);
    }
    fw_free(new);
    fw_free(fi);
    f->Close(f);
    return EFI_ERROR(st) ? shell_error(argv[2], st) : st;
}
SHELL_CMD(mv, "FROM TO", "rename or move within a file system", cmd_mv);

static EFI_STATUS cmd_vol(unsigned argc, CHAR16 **argv)
{
    UINT8 buf[sizeof(EFI_FILE_SYSTEM_INFO) + 64] __attribute__((aligned(8)));
    EFI_FILE_SYSTEM_INFO *fi = (EFI_FILE_SYSTEM_INFO *)buf;
    const CHAR16 *path = argc > 1 ? argv[1] : u"\\";
    UINTN size = sizeof(buf);
    EFI_STATUS st;
    EFI_FILE *f;

    st = shell_open(path, EFI_FILE_MODE_READ, 0, &f);
    if (EFI_ERROR(st)) {
        return shell_error(path, st);
    }
    st = f->GetInfo(f, (EFI_GUID *)&gEfiFileSystemInfoGuid, &size, buf);
    f->Close(f);
    if (EFI_ERROR(st)) {
        return shell_error(path, st);
    }
    fw_printf("Volume %S%s: %ld bytes, %ld free, %d a cluster\n",
              fi->VolumeLabel, fi->ReadOnly ? " (read only)" : "",
              (long)fi->VolumeSize, (long)fi->FreeSpace, fi->BlockSize);
    return st;
}
SHELL_CMD(vol, "[fsN:]", "size and free space of a volume", cmd_vol);
