/*
 * zx1 firmware: shell commands about programs and boot options
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"
#include "../bootmgr/boot.h"

EFI_STATUS shell_run_image(EFI_DEVICE_PATH_PROTOCOL *path, const void *options,
                           UINT32 size)
{
    struct shell_params *params;
    EFI_LOADED_IMAGE *li;
    CHAR16 *exit_data = NULL;
    EFI_HANDLE image;
    EFI_STATUS st;
    void *copy;
    UINTN n;

    st = gBS->LoadImage(FALSE, gImageHandle, path, NULL, 0, &image);
    if (EFI_ERROR(st)) {
        fw_printf("The program cannot be loaded: %r\n", st);
        return st;
    }
    copy = fw_alloc(size);
    li = fw_protocol(image, &gEfiLoadedImageProtocolGuid);
    if (li && copy) {
        memcpy(copy, options, size);
        li->LoadOptions = copy;
        li->LoadOptionsSize = size;
    }
    params = shell_params_install(image, options);
    st = gBS->StartImage(image, &n, &exit_data);
    shell_params_remove(image, params);
    if (exit_data) {
        fw_printf("%S\n", exit_data);
        gBS->FreePool(exit_data);
    }
    if (EFI_ERROR(st)) {
        fw_printf("The program ended with: %r\n", st);
    }
    /* a program that stays resident may still use its options */
    if (!fw_protocol(image, &gEfiLoadedImageProtocolGuid)) {
        fw_free(copy);
    }
    return st;
}

static EFI_STATUS cmd_load(unsigned argc, CHAR16 **argv)
{
    EFI_STATUS st = EFI_INVALID_PARAMETER;

    for (unsigned i = 1; i < argc; i++) {
        EFI_DEVICE_PATH_PROTOCOL *dp = shell_file_path(argv[i]);

        if (!dp) {
            st = shell_error(argv[i], EFI_NOT_FOUND);
            continue;
        }
        st = shell_run_image(dp, argv[i], str16size(argv[i]));
        fw_free(dp);
    }
    return st;
}
SHELL_CMD(load, "FILE...", "load EFI drivers", cmd_load);

/* bcfg */

static EFI_STATUS bcfg_dump(void)
{
    UINTN n;
    UINT16 *order = boot_order(&n);

    if (!n) {
        fw_printf("No boot options.\n");
    }
    for (UINTN i = 0; i < n; i++) {
        struct boot_option *o = boot_read(order[i]);
        CHAR16 text[256];

        if (!o) {
            fw_printf("%2d. Boot%04X is missing or damaged\n", (int)i,
                      order[i]);
            continue;
        }
        dp_to_text(o->path, text, ARRAY_SIZE(text));
        fw_printf("%2d. Boot%04X%s \"%S\"\n      %S\n", (int)i, order[i],
                  o->active ? "" : " (inactive)", o->text, text);
        if (o->data_size >= 2 && o->data_size % 2 == 0) {
            fw_printf("      options: %S\n", (CHAR16 *)o->data);
        } else if (o->data_size) {
            fw_printf("      options: %d bytes\n", o->data_size);
        }
        boot_free(o);
    }
    fw_free(order);
    return EFI_SUCCESS;
}

/* BootOrder without entry @from, or with @number put in at @to */
static EFI_STATUS change_order(INTN from, INTN to, UINT16 number)
{
    UINTN n, m = 0;
    UINT16 *old = boot_order(&n), *new = fw_zalloc((n + 1) * 2);
    EFI_STATUS st;

    if (!new) {
        fw_free(old);
        return EFI_OUT_OF_RESOURCES;
    }
    for (UINTN i = 0; i < n; i++) {
        if ((INTN)m == to) {
            new[m++] = number;
        }
        if ((INTN)i != from) {
            new[m++] = old[i];
        }
    }
    if (to >= 0 && (INTN)m <= to) {
        new[m++] = number;
    }
    st = boot_set_order(new, m);
    fw_free(old);
    fw_free(new);
    return st;
}

static EFI_STATUS bcfg_add(unsigned argc, CHAR16 **argv)
{
    struct boot_option o = { .active = true };
    UINT64 pos;
    UINTN n;
    EFI_STATUS st;
    EFI_FILE *f;

    if (argc < 5 || !shell_dec(argv[2], &pos)) {
        return EFI_INVALID_PARAMETER;
    }
    st = shell_open(argv[3], EFI_FILE_MODE_READ, 0, &f);
    if (EFI_ERROR(st)) {
        return shell_error(argv[3], st);
    }
    f->Close(f);
    for (o.number = 0; o.number < 0xffff; o.number++) {
        struct boot_option *used = boot_read(o.number);

        if (!used) {
            break;
        }
        boot_free(used);
    }
    str16cpy(o.text, argv[4], BOOT_DESC_MAX);
    o.path = shell_file_path(argv[3]);
    if (!o.path) {
        return EFI_NOT_FOUND;
    }
    if (argc > 5) {
        o.data = argv[5];
        o.data_size = str16size(argv[5]);
    }
    st = boot_write(&o);
    fw_free(o.path);
    if (!EFI_ERROR(st)) {
        fw_free(boot_order(&n));
        st = change_order(-1, MIN(pos, n), o.number);
    }
    return st;
}

static EFI_STATUS bcfg_rm(unsigned argc, CHAR16 **argv)
{
    UINT64 pos;
    UINT16 *order, number;
    char s[16];
    CHAR16 name[16];
    EFI_STATUS st;
    UINTN n;

    if (argc < 3 || !shell_dec(argv[2], &pos)) {
        return EFI_INVALID_PARAMETER;
    }
    order = boot_order(&n);
    if (pos >= n) {
        fw_free(order);
        return EFI_NOT_FOUND;
    }
    number = order[pos];
    fw_free(order);
    st = change_order(pos, -1, 0);
    if (!EFI_ERROR(st)) {
        snprintf(s, sizeof(s), "Boot%04X", number);
        st = fw_set_var(ascii_to_str16(name, s, ARRAY_SIZE(name)), NULL, 0);
    }
    return st == EFI_NOT_FOUND ? EFI_SUCCESS : st;
}

static EFI_STATUS bcfg_mv(unsigned argc, CHAR16 **argv)
{
    UINT64 from, to;
    UINT16 *order, number;
    EFI_STATUS st;
    UINTN n;

    if (argc < 4 || !shell_dec(argv[2], &from) || !shell_dec(argv[3], &to)) {
        return EFI_INVALID_PARAMETER;
    }
    order = boot_order(&n);
    if (from >= n || to >= n) {
        fw_free(order);
        return EFI_NOT_FOUND;
    }
    number = order[from];
    fw_free(order);
    st = change_order(from, -1, 0);
    return EFI_ERROR(st) ? st : change_order(-1, to, number);
}

static EFI_STATUS bcfg_next(unsigned argc, CHAR16 **argv)
{
    UINT64 pos;
    UINT16 *order;
    EFI_STATUS st;
    UINTN n;

    if (argc < 3 || !shell_dec(argv[2], &pos)) {
        return EFI_INVALID_PARAMETER;
    }
    order = boot_order(&n);
    st = pos < n ? fw_set_var(u"BootNext", &order[pos], 2) : EFI_NOT_FOUND;
    fw_free(order);
    return st;
}

static EFI_STATUS bcfg_timeout(unsigned argc, CHAR16 **argv)
{
    UINT64 secs;
    UINT16 v;

    if (argc < 3 || !shell_dec(argv[2], &secs) || secs > 0xffff) {
        return EFI_INVALID_PARAMETER;
    }
    v = secs;
    return fw_set_var(u"Timeout", &v, sizeof(v));
}

static EFI_STATUS cmd_bcfg(unsigned argc, CHAR16 **argv)
{
    static const struct {
        const char *name;
        EFI_STATUS (*run)(unsigned argc, CHAR16 **argv);
    } subs[] = {
        { "add", bcfg_add }, { "rm", bcfg_rm }, { "mv", bcfg_mv },
        { "next", bcfg_next }, { "timeout", bcfg_timeout },
    };
    EFI_STATUS st = EFI_INVALID_PARAMETER;

    /* the EFI shell's form: bcfg boot add ... */
    if (argc > 1 && shell_is_flag(argv[1], "boot")) {
        argc--;
        argv++;
    }
    if (argc == 1 || shell_is_flag(argv[1], "dump")) {
        return bcfg_dump();
    }
    for (unsigned i = 0; i < ARRAY_SIZE(subs); i++) {
        if (shell_is_flag(argv[1], subs[i].name)) {
            st = subs[i].run(argc, argv);
        }
    }
    if (st == EFI_INVALID_PARAMETER) {
        fw_printf("bcfg [boot] dump\n"
                  "bcfg [boot] add POSITION FILE \"TEXT\" [\"OPTIONS\"]\n"
                  "bcfg [boot] rm POSITION\n"
                  "bcfg [boot] mv FROM TO\n"
                  "bcfg next POSITION           once, at the next start\n"
                  "bcfg timeout SECONDS\n");
    } else if (EFI_ERROR(st)) {
        shell_error(argv[1], st);
    }
    return st;
}
SHELL_CMD(bcfg, "[dump|add|rm|mv|next|timeout]",
          "show and change the boot options", cmd_bcfg);
