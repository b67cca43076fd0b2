/*
 * zx1 firmware: boot options in variables and on media
 *
 * Facts: EFI 1.10 specification, chapter 17 (Boot####, BootOrder, load
 * options, short-form device paths, removable media).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"

#define WATCHDOG_SECONDS    300

static void boot_name(UINT16 number, CHAR16 name[9])
{
    char s[9];

    snprintf(s, sizeof(s), "Boot%04X", number);
    ascii_to_str16(name, s, 9);
}

/* Bytes of a device path that may be damaged, with its end; 0 if it is */
static UINTN path_bytes(const UINT8 *p, UINTN max)
{
    UINTN n = 0;

    while (n + 4 <= max) {
        UINTN len = DevicePathNodeLength(p + n);

        if (len < 4 || len > max - n) {
            return 0;
        }
        if (IsDevicePathEnd(p + n)) {
            return n + len;
        }
        n += len;
    }
    return 0;
}

void boot_free(struct boot_option *o)
{
    if (o) {
        fw_free(o->path);
        fw_free(o->data);
        fw_free(o);
    }
}

void boot_free_list(struct boot_option *o)
{
    while (o) {
        struct boot_option *next = o->next;

        boot_free(o);
        o = next;
    }
}

static void *dup(const void *p, UINTN n)
{
    void *copy = fw_zalloc(n + 2);

    if (copy) {
        memcpy(copy, p, n);
    }
    return copy;
}

struct boot_option *boot_read(UINT16 number)
{
    struct boot_option *o;
    CHAR16 name[9];
    UINTN size, at, path_len, text;
    UINT8 *v;

    boot_name(number, name);
    v = fw_get_var(name, &size);
    if (!v) {
        return NULL;
    }
    o = fw_zalloc(sizeof(*o));
    if (!o || size < 8) {
        goto bad;
    }
    o->number = number;
    o->active = ld32le(v) & LOAD_OPTION_ACTIVE;
    path_len = ld16le(v + 4);
    for (at = 6, text = 0; at + 2 <= size && ld16le(v + at); at += 2) {
        if (text + 1 < BOOT_DESC_MAX) {
            o->text[text++] = ld16le(v + at);
        }
    }
    at += 2;
    if (at > size || path_len > size - at ||
        !path_bytes(v + at, path_len)) {
        goto bad;
    }
    o->path = dup(v + at, path_len);
    at += path_len;
    o->data_size = size - at;
    o->data = o->data_size ? dup(v + at, o->data_size) : NULL;
    if (!o->path || (o->data_size && !o->data)) {
        goto bad;
    }
    fw_free(v);
    return o;

bad:
    fw_free(v);
    boot_free(o);
    return NULL;
}

EFI_STATUS boot_write(const struct boot_option *o)
{
    UINTN path_len = dp_size(o->path), text = str16size(o->text);
    UINTN size = 6 + text + path_len + o->data_size;
    UINT8 *v = fw_zalloc(size);
    CHAR16 name[9];
    EFI_STATUS st;

    if (!v) {
        return EFI_OUT_OF_RESOURCES;
    }
    st32le(v, o->active ? LOAD_OPTION_ACTIVE : 0);
    st16le(v + 4, path_len);
    memcpy(v + 6, o->text, text);
    memcpy(v + 6 + text, o->path, path_len);
    memcpy(v + 6 + text + path_len, o->data, o->data_size);
    boot_name(o->number, name);
    st = fw_set_var(name, v, size);
    fw_free(v);
    return st;
}

UINT16 *boot_order(UINTN *n)
{
    UINTN size = 0;
    UINT16 *order = fw_get_var(u"BootOrder", &size);

    *n = order ? size / 2 : 0;
    return order;
}

EFI_STATUS boot_set_order(const UINT16 *order, UINTN n)
{
    return fw_set_var(u"BootOrder", order, n * 2);
}

/* Device paths */

static bool has_file_node(const EFI_DEVICE_PATH_PROTOCOL *p)
{
    for (; !IsDevicePathEnd(p); p = NextDevicePathNode(p)) {
        if (p->Type == MEDIA_DEVICE_PATH && p->SubType == MEDIA_FILEPATH_DP) {
            return true;
        }
    }
    return false;
}

static const UINT8 *find_hd_node(const EFI_DEVICE_PATH_PROTOCOL *p)
{
    for (; p && !IsDevicePathEnd(p); p = NextDevicePathNode(p)) {
        if (p->Type == MEDIA_DEVICE_PATH && p->SubType == MEDIA_HARDDRIVE_DP &&
            DevicePathNodeLength(p) >= 42) {
            return (const UINT8 *)p;
        }
    }
    return NULL;
}

/* The partition with the signature in @hd, whatever disk it is on now */
static EFI_DEVICE_PATH_PROTOCOL *find_partition(const UINT8 *hd)
{
    EFI_DEVICE_PATH_PROTOCOL *found = NULL;
    EFI_HANDLE *handles;
    UINTN n = fw_handles(&gEfiBlockIoProtocolGuid, &handles);

    for (UINTN i = 0; i < n && !found; i++) {
        EFI_DEVICE_PATH_PROTOCOL *dp = dp_of_handle(handles[i]);
        const UINT8 *node = find_hd_node(dp);

        /* number, signature and its kind; the extent may have changed */
        if (node && !memcmp(node + 4, hd + 4, 4) &&
            !memcmp(node + 24, hd + 24, 16) && node[41] == hd[41]) {
            found = dp;
        }
    }
    if (n) {
        fw_free(handles);
    }
    return found;
}

static EFI_DEVICE_PATH_PROTOCOL *with_default_file(
    const EFI_DEVICE_PATH_PROTOCOL *path)
{
    EFI_DEVICE_PATH_PROTOCOL *file = dp_file(BOOT_FILE), *full = NULL;

    if (file) {
        full = dp_append_path(path, file);
    }
    fw_free(file);
    return full;
}

static bool file_exists(EFI_HANDLE h, CHAR16 *name)
{
    EFI_FILE_IO_INTERFACE *sfs =
        fw_protocol(h, &gEfiSimpleFileSystemProtocolGuid);
    EFI_FILE *root, *f;
    EFI_STATUS st;

    if (!sfs || EFI_ERROR(sfs->OpenVolume(sfs, &root))) {
        return false;
    }
    st = root->Open(root, &f, name, EFI_FILE_MODE_READ, 0);
    root->Close(root);
    if (EFI_ERROR(st)) {
        return false;
    }
    f->Close(f);
    return true;
}

/* A path that names a device: the first file system below with the file */
static EFI_DEVICE_PATH_PROTOCOL *default_below(
    const EFI_DEVICE_PATH_PROTOCOL *path)
{
    EFI_DEVICE_PATH_PROTOCOL *full = NULL;
    UINTN size = dp_size(path) - 4;
    EFI_HANDLE *handles;
    UINTN n = fw_handles(&gEfiSimpleFileSystemProtocolGuid, &handles);

    for (UINTN i = 0; i < n && !full; i++) {
        EFI_DEVICE_PATH_PROTOCOL *dp = dp_of_handle(handles[i]);

        if (dp && dp_size(dp) - 4 >= size && !memcmp(dp, path, size) &&
            file_exists(handles[i], BOOT_FILE)) {
            full = with_default_file(dp);
        }
    }
    if (n) {
        fw_free(handles);
    }
    return full;
}

EFI_DEVICE_PATH_PROTOCOL *boot_expand(const EFI_DEVICE_PATH_PROTOCOL *path)
{
    EFI_DEVICE_PATH_PROTOCOL *full, *res;

    if (IsDevicePathEnd(path)) {
        return NULL;
    }
    if (path->Type == MEDIA_DEVICE_PATH &&
        path->SubType == MEDIA_HARDDRIVE_DP &&
        DevicePathNodeLength(path) >= 42) {
        full = find_partition((const UINT8 *)path);
        if (!full) {
            return NULL;
        }
        full = dp_append_path(full, NextDevicePathNode(path));
    } else {
        full = dp_append(path, NULL);
    }
    if (!full || has_file_node(full)) {
        return full;
    }
    res = default_below(full);
    fw_free(full);
    return res;
}

/* The list */

struct list_state {
    struct boot_option *head, **tail;
};

static void append(struct list_state *s, struct boot_option *o)
{
    o->next = NULL;
    *s->tail = o;
    s->tail = &o->next;
}

static void add_variables(struct list_state *s)
{
    UINTN n;
    UINT16 *order = boot_order(&n);

    for (UINTN i = 0; i < n; i++) {
        struct boot_option *o = boot_read(order[i]);

        if (o && o->active) {
            append(s, o);
        } else {
            boot_free(o);
        }
    }
    fw_free(order);
}

static const char *driver_name(const EFI_DEVICE_PATH_PROTOCOL *dp)
{
    for (; !IsDevicePathEnd(dp); dp = NextDevicePathNode(dp)) {
        if (dp->Type == MEDIA_DEVICE_PATH && dp->SubType == MEDIA_CDROM_DP) {
            return "CD";
        }
    }
    return "disk";
}

static void add_media(struct list_state *s, bool removable)
{
    EFI_HANDLE *handles;
    UINTN n = fw_handles(&gEfiSimpleFileSystemProtocolGuid, &handles);

    for (UINTN i = 0; i < n; i++) {
        EFI_BLOCK_IO *bio = fw_protocol(handles[i], &gEfiBlockIoProtocolGuid);
        EFI_DEVICE_PATH_PROTOCOL *dp = dp_of_handle(handles[i]);
        struct boot_option *o;
        CHAR16 dev[BOOT_DESC_MAX];
        char head[32];

        if (!dp || !bio || bio->Media->RemovableMedia != removable ||
            !file_exists(handles[i], BOOT_FILE)) {
            continue;
        }
        o = fw_zalloc(sizeof(*o));
        if (!o) {
            break;
        }
        o->number = -1;
        o->active = true;
        o->path = with_default_file(dp);
        snprintf(head, sizeof(head), "Boot from %s: ", driver_name(dp));
        ascii_to_str16(o->text, head, BOOT_DESC_MAX);
        dp_to_text(dp, dev, ARRAY_SIZE(dev));
        str16cat(o->text, dev, BOOT_DESC_MAX);
        if (o->path) {
            append(s, o);
        } else {
            boot_free(o);
        }
    }
    if (n) {
        fw_free(handles);
    }
}

/* An option and one for the same file found on the medium: keep the first */
static void drop_doubles(struct boot_option *head)
{
    for (struct boot_option *a = head; a; a = a->next) {
        EFI_DEVICE_PATH_PROTOCOL *full = boot_expand(a->path);

        if (!full) {
            continue;
        }
        for (struct boot_option **b = &a->next; *b; ) {
            struct boot_option *o = *b;

            if (o->number < 0 && dp_size(o->path) == dp_size(full) &&
                !memcmp(o->path, full, dp_size(full))) {
                *b = o->next;
                boot_free(o);
            } else {
                b = &o->next;
            }
        }
        fw_free(full);
    }
}

/* Stable: those on devices of the machine's order first, in that order */
static struct boot_option *sort_by_machine(struct boot_option *head)
{
    struct list_state sorted = { NULL, &sorted.head };
    unsigned n = bootorder_count();

    for (unsigned i = 0; i <= n; i++) {
        for (struct boot_option **p = &head; *p; ) {
            struct boot_option *o = *p;
            EFI_DEVICE_PATH_PROTOCOL *full = NULL;
            int pos = -1;

            if (i < n) {
                full = boot_expand(o->path);
                pos = full ? bootorder_position(full) : -1;
                fw_free(full);
            }
            if (i == n ? !bootorder_strict() : pos == (int)i) {
                *p = o->next;
                append(&sorted, o);
            } else {
                p = &o->next;
            }
        }
    }
    boot_free_list(head);           /* strict: what is left is not tried */
    return sorted.head;
}

struct boot_option *boot_list(void)
{
    struct list_state s = { NULL, &s.head };

    add_variables(&s);
    add_media(&s, false);
    add_media(&s, true);
    drop_doubles(s.head);
    return bootorder_count() ? sort_by_machine(s.head) : s.head;
}

EFI_STATUS boot_start(const struct boot_option *o)
{
    EFI_DEVICE_PATH_PROTOCOL *full = boot_expand(o->path);
    EFI_LOADED_IMAGE *li;
    EFI_HANDLE image;
    CHAR16 *exit_data = NULL;
    EFI_STATUS st;
    UINTN size;

    if (!full) {
        return EFI_NOT_FOUND;
    }
    st = gBS->LoadImage(TRUE, gImageHandle, full, NULL, 0, &image);
    fw_free(full);
    if (EFI_ERROR(st)) {
        return st;
    }
    li = fw_protocol(image, &gEfiLoadedImageProtocolGuid);
    if (li && o->data_size) {
        li->LoadOptions = o->data;
        li->LoadOptionsSize = o->data_size;
    }
    if (o->number >= 0) {
        UINT16 current = o->number;

        gRT->SetVariable(u"BootCurrent", (EFI_GUID *)&gEfiGlobalVariableGuid,
                         EFI_VARIABLE_BOOTSERVICE_ACCESS |
                         EFI_VARIABLE_RUNTIME_ACCESS, sizeof(current),
                         &current);
    }
    gBS->SetWatchdogTimer(WATCHDOG_SECONDS, 0, 0, NULL);
    st = gBS->StartImage(image, &size, &exit_data);
    gBS->SetWatchdogTimer(0, 0, 0, NULL);
    if (exit_data) {
        fw_printf("%S\n", exit_data);
        gBS->FreePool(exit_data);
    }
    return st;
}
