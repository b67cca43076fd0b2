/*
 * zx1 firmware: the boot manager and its menu
 *
 * Facts: EFI 1.10 specification, chapter 17 (BootNext, Timeout).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"
#include "../fs/fs.h"
#include "../shell/shell.h"

#define DEFAULT_TIMEOUT 2       /* seconds */
#define MENU_MAX        32
#define MENU_ROW        4

static unsigned timeout_seconds(void)
{
    UINTN size;
    UINT16 *v = fw_get_var(u"Timeout", &size);
    unsigned s = v && size >= 2 ? *v : DEFAULT_TIMEOUT;

    fw_free(v);
    return s;
}

/* BootNext is for one time only, so it goes before it is tried */
static void try_boot_next(void)
{
    struct boot_option *o;
    EFI_STATUS st;
    UINTN size;
    UINT16 *v = fw_get_var(u"BootNext", &size), number;

    if (!v) {
        return;
    }
    number = *v;
    fw_free(v);
    fw_set_var(u"BootNext", NULL, 0);
    if (size != 2) {
        return;
    }
    o = boot_read(number);
    if (!o) {
        fw_printf("BootNext: there is no Boot%04X\n", number);
        return;
    }
    fw_printf("Booting %S (BootNext)\n", o->text);
    st = boot_start(o);
    fw_printf("%S: %r\n", o->text, st);
    boot_free(o);
}

static bool read_key(EFI_INPUT_KEY *key)
{
    return !EFI_ERROR(gST->ConIn->ReadKeyStroke(gST->ConIn, key));
}

/*
 * True: boot. False: a key was pressed, show the menu. Enter boots at once;
 * a timeout of 0xffff waits for ever.
 */
static bool countdown(const CHAR16 *what)
{
    unsigned left = timeout_seconds();
    EFI_INPUT_KEY key;

    if (left == 0) {
        return !read_key(&key);
    }
    fw_printf("%S\n", what);
    if (left == 0xffff) {
        return false;
    }
    while (left) {
        UINT64 t = fw_deadline(1000000);

        fw_printf("\r  starts in %d s; Enter: now, any other key: menu  ",
                  left);
        while (!fw_expired(t)) {
            if (read_key(&key)) {
                fw_printf("\n");
                return key.UnicodeChar == '\r';
            }
            fw_udelay(10000);
        }
        left--;
    }
    fw_printf("\r%60s\r", "");
    return true;
}

static EFI_STATUS try_option(const struct boot_option *o)
{
    EFI_STATUS st;

    fw_printf("Booting %S\n", o->text);
    st = boot_start(o);
    if (st == EFI_SUCCESS) {
        fw_printf("%S has returned\n", o->text);
    } else {
        fw_printf("%S: %r\n", o->text, st);
    }
    return st;
}

/* The menu. Fixed entries follow the options. */

enum { ENTRY_SHELL, ENTRY_RESCAN, ENTRY_DIAG, ENTRY_RESET, ENTRY_FIXED };

static const CHAR16 *const fixed_text[ENTRY_FIXED] = {
    [ENTRY_SHELL] = u"EFI shell",
    [ENTRY_RESCAN] = u"Look for disks again",
    [ENTRY_DIAG] = u"Diagnostics",
    [ENTRY_RESET] = u"Reset",
};

static void draw_line(unsigned row, const CHAR16 *text, bool selected)
{
    CHAR16 line[78];

    gST->ConOut->SetCursorPosition(gST->ConOut, 2, row);
    gST->ConOut->SetAttribute(gST->ConOut, selected
        ? EFI_TEXT_ATTR(EFI_BLACK, EFI_LIGHTGRAY)
        : EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK));
    str16cpy(line, text, 76);
    gST->ConOut->OutputString(gST->ConOut, line);
    gST->ConOut->SetAttribute(gST->ConOut,
                              EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK));
}

static const CHAR16 *entry_text(struct boot_option **opt, unsigned n,
                                unsigned i)
{
    return i < n ? opt[i]->text : fixed_text[i - n];
}

/* Which entry the user takes; up and down, or the number in front */
static unsigned choose(struct boot_option **opt, unsigned n)
{
    unsigned total = n + ENTRY_FIXED, sel = 0;
    SIMPLE_TEXT_OUTPUT_INTERFACE *out = gST->ConOut;

    out->ClearScreen(out);
    fw_printf("EFI boot manager\n\n  Please select a boot option:\n");
    for (unsigned i = 0; i < total; i++) {
        draw_line(MENU_ROW + i, entry_text(opt, n, i), i == sel);
    }
    out->SetCursorPosition(out, 0, MENU_ROW + total + 1);
    fw_printf("  Up and down select, Enter starts.\n");
    for (;;) {
        EFI_INPUT_KEY key;
        unsigned old = sel;
        UINTN index;

        gBS->WaitForEvent(1, &gST->ConIn->WaitForKey, &index);
        if (!read_key(&key)) {
            continue;
        }
        if (key.UnicodeChar == '\r' || key.UnicodeChar == '\n') {
            out->SetCursorPosition(out, 0, MENU_ROW + total + 3);
            return sel;
        }
        if (key.ScanCode == SCAN_UP || key.UnicodeChar == 'k' ||
            key.UnicodeChar == '^') {
            sel = sel ? sel - 1 : total - 1;
        } else if (key.ScanCode == SCAN_DOWN || key.UnicodeChar == 'j' ||
                   key.UnicodeChar == 'v') {
            sel = sel + 1 < total ? sel + 1 : 0;
        }
        if (sel != old) {
            draw_line(MENU_ROW + old, entry_text(opt, n, old), false);
            draw_line(MENU_ROW + sel, entry_text(opt, n, sel), true);
            out->SetCursorPosition(out, 0, MENU_ROW + total + 2);
        }
    }
}

/* True: something that was started has returned, or the shell was left */
static void menu(struct boot_option *list)
{
    struct boot_option *opt[MENU_MAX];
    unsigned n = 0, sel;
    CHAR16 cmd[16];

    for (; list && n < MENU_MAX; list = list->next) {
        opt[n++] = list;
    }
    sel = choose(opt, n);
    if (sel < n) {
        try_option(opt[sel]);
        return;
    }
    switch (sel - n) {
    case ENTRY_SHELL:
        shell_main(false);
        break;
    case ENTRY_DIAG:
        ascii_to_str16(cmd, "diag", ARRAY_SIZE(cmd));
        shell_execute(cmd);
        fw_printf("Press a key\n");
        gBS->WaitForEvent(1, &gST->ConIn->WaitForKey, &(UINTN){ 0 });
        break;
    case ENTRY_RESET:
        gRT->ResetSystem(EfiResetCold, EFI_SUCCESS, 0, NULL);
        break;
    }
}

/*
 * -fw_cfg name=opt/zx1/shell,string="diag": commands for the shell instead of
 * booting, separated by semicolons or lines. Then the prompt.
 */
static bool machine_commands(void)
{
    UINT32 size;
    char *text = fwcfg_file("opt/zx1/shell", &size), *p = text;
    CHAR16 *line = text ? fw_alloc(SHELL_LINE_MAX * sizeof(CHAR16)) : NULL;

    if (line) {
        shell_map_update();
        while (*p) {
            char *end = p;
            bool last;

            while (*end && *end != ';' && *end != '\n') {
                end++;
            }
            last = !*end;
            *end = 0;
            ascii_to_str16(line, p, SHELL_LINE_MAX);
            fw_printf("> %S\n", line);
            shell_execute(line);
            p = last ? end : end + 1;
        }
        shell_main(false);
    }
    fw_free(line);
    fw_free(text);
    return line != NULL;
}

void bootmgr_main(void)
{
    static bool tried;
    struct boot_option *list;

    fs_rescan();
    if (!tried && machine_commands()) {
        tried = true;
    }
    if (!tried) {
        try_boot_next();
    }
    list = boot_list();
    if (!tried) {
        tried = true;
        if (!list) {
            /* nothing to boot: a person wants to look around */
            fw_printf("No boot option and no bootable medium was found.\n");
            shell_main(!bootorder_strict());
            return;
        }
        if (countdown(list->text)) {
            for (struct boot_option *o = list; o; o = o->next) {
                if (try_option(o) == EFI_SUCCESS) {
                    boot_free_list(list);
                    return;         /* to the menu, as EFI wants it */
                }
            }
            boot_free_list(list);
            shell_main(!bootorder_strict());
            return;
        }
    }
    menu(list);
    boot_free_list(list);
}
