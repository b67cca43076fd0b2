/*
 * zx1 firmware: line editor of the shell
 *
 * Keys: cursor left and right, home and end, backspace and delete, up and
 * down for earlier lines, tab completes commands and file names, control-A,
 * E, K, U as in other shells, control-C and escape drop the line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"

#define HISTORY     16
#define CTRL(c)     ((c) & 0x1f)

extern const struct shell_cmd __start_shell_cmd[], __stop_shell_cmd[];

static CHAR16 *history[HISTORY];
static unsigned history_count;

struct edit {
    CHAR16 *buf;
    unsigned len, at, max;
    unsigned shown;             /* characters on the screen */
    const char *prompt;
};

bool shell_break(void)
{
    EFI_INPUT_KEY key;

    /* other keys are lost: typing ahead of a running command is rare */
    if (!fw_key_waiting() ||
        EFI_ERROR(gST->ConIn->ReadKeyStroke(gST->ConIn, &key))) {
        return false;
    }
    return key.UnicodeChar == CTRL('C') || key.ScanCode == SCAN_ESC;
}

static void put16(const CHAR16 *s)
{
    gST->ConOut->OutputString(gST->ConOut, (CHAR16 *)s);
}

static void back(unsigned n)
{
    while (n--) {
        put16(u"\b");
    }
}

/* Show the line from @from on; the cursor was there */
static void redraw(struct edit *e, unsigned from)
{
    unsigned pad = e->shown > e->len ? e->shown - e->len : 0;

    e->buf[e->len] = 0;
    put16(e->buf + from);
    for (unsigned i = 0; i < pad; i++) {
        put16(u" ");
    }
    back(pad + e->len - e->at);
    e->shown = e->len;
}

static void insert(struct edit *e, const CHAR16 *s, unsigned n)
{
    unsigned from = e->at;

    if (e->len + n >= e->max) {
        return;
    }
    memmove(e->buf + e->at + n, e->buf + e->at,
            (e->len - e->at) * sizeof(CHAR16));
    memcpy(e->buf + e->at, s, n * sizeof(CHAR16));
    e->len += n;
    e->at += n;
    redraw(e, from);
}

static void erase(struct edit *e, unsigned from, unsigned n)
{
    if (from < e->at) {
        back(e->at - from);
        e->at = from;
    }
    memmove(e->buf + from, e->buf + from + n,
            (e->len - from - n) * sizeof(CHAR16));
    e->len -= n;
    redraw(e, from);
}

static void replace(struct edit *e, const CHAR16 *s)
{
    back(e->at);
    str16cpy(e->buf, s, e->max);
    e->len = str16len(e->buf);
    e->at = e->len;
    redraw(e, 0);
}

static void move(struct edit *e, unsigned to)
{
    if (to < e->at) {
        back(e->at - to);
    } else {
        CHAR16 c = e->buf[to];

        e->buf[to] = 0;
        put16(e->buf + e->at);
        e->buf[to] = c;
    }
    e->at = to;
}

static void remember(const CHAR16 *line)
{
    CHAR16 *copy;

    if (!line[0] || (history_count &&
                     !str16cmp(history[history_count - 1], line))) {
        return;
    }
    copy = fw_alloc(str16size(line));
    if (!copy) {
        return;
    }
    memcpy(copy, line, str16size(line));
    if (history_count == HISTORY) {
        fw_free(history[0]);
        memmove(history, history + 1, sizeof(history) - sizeof(history[0]));
        history_count--;
    }
    history[history_count++] = copy;
}

/* What several names have in common, in @name */
static void common(CHAR16 *name, const CHAR16 *other)
{
    unsigned i = 0;

    while (name[i] && (name[i] | 0x20) == (other[i] | 0x20)) {
        i++;
    }
    name[i] = 0;
}

static unsigned complete_command(const CHAR16 *word, unsigned len,
                                 CHAR16 *out, unsigned max)
{
    const struct shell_cmd *c;
    unsigned n = 0;

    for (c = __start_shell_cmd; c < __stop_shell_cmd; c++) {
        CHAR16 w[32], head[32];

        ascii_to_str16(w, c->name, ARRAY_SIZE(w));
        if (len >= ARRAY_SIZE(head)) {
            continue;
        }
        str16cpy(head, w, len + 1);
        if (str16len(head) == len && !str16icmp(head, word)) {
            if (n++) {
                common(out, w);
            } else {
                str16cpy(out, w, max);
            }
        }
    }
    return n;
}

static void complete(struct edit *e)
{
    CHAR16 word[SHELL_PATH_MAX], out[SHELL_PATH_MAX] = u"";
    CHAR16 **names = NULL;
    unsigned start = e->at, len, n = 0, from;

    while (start && e->buf[start - 1] != ' ' && e->buf[start - 1] != '"') {
        start--;
    }
    len = e->at - start;
    if (len + 2 > ARRAY_SIZE(word)) {
        return;
    }
    memcpy(word, e->buf + start, len * sizeof(CHAR16));
    word[len] = 0;
    if (start == 0 && len) {
        n = complete_command(word, len, out, ARRAY_SIZE(out));
    }
    if (!n) {
        word[len] = '*';
        word[len + 1] = 0;
        n = shell_glob(word, &names);
        for (unsigned i = 0; i < n; i++) {
            if (i) {
                common(out, names[i]);
            } else {
                str16cpy(out, names[i], ARRAY_SIZE(out));
            }
        }
        word[len] = 0;
    }
    if (n > 1 && str16len(out) <= len && names) {
        fw_printf("\n");
        for (unsigned i = 0; i < n; i++) {
            fw_printf("  %S\n", names[i]);
        }
        fw_printf("%s", e->prompt);
        e->shown = 0;
        from = e->at;
        e->at = e->len;
        redraw(e, 0);
        move(e, from);
    } else if (n && str16len(out) >= len) {
        erase(e, start, len);
        insert(e, out, str16len(out));
        if (n == 1 && !names) {
            insert(e, u" ", 1);
        }
    }
    for (unsigned i = 0; names && i < n; i++) {
        fw_free(names[i]);
    }
    fw_free(names);
}

static void edit_scan(struct edit *e, UINT16 scan, unsigned *pos)
{
    switch (scan) {
    case SCAN_LEFT:
        if (e->at) {
            move(e, e->at - 1);
        }
        break;
    case SCAN_RIGHT:
        if (e->at < e->len) {
            move(e, e->at + 1);
        }
        break;
    case SCAN_HOME:
        move(e, 0);
        break;
    case SCAN_END:
        move(e, e->len);
        break;
    case SCAN_DELETE:
        if (e->at < e->len) {
            erase(e, e->at, 1);
        }
        break;
    case SCAN_UP:
        if (*pos) {
            replace(e, history[--*pos]);
        }
        break;
    case SCAN_DOWN:
        if (*pos < history_count) {
            replace(e, ++*pos < history_count ? history[*pos] : u"");
        }
        break;
    }
}

static void edit_char(struct edit *e, CHAR16 c)
{
    switch (c) {
    case '\b':
    case 0x7f:
        if (e->at) {
            erase(e, e->at - 1, 1);
        }
        break;
    case '\t':
        complete(e);
        break;
    case CTRL('A'):
        move(e, 0);
        break;
    case CTRL('E'):
        move(e, e->len);
        break;
    case CTRL('K'):
        erase(e, e->at, e->len - e->at);
        break;
    case CTRL('U'):
        erase(e, 0, e->at);
        break;
    default:
        if (c >= ' ') {
            insert(e, &c, 1);
        }
    }
}

bool shell_readline(const char *prompt, CHAR16 *buf, unsigned max)
{
    struct edit e = { .buf = buf, .max = max, .prompt = prompt };
    unsigned pos = history_count;

    buf[0] = 0;
    fw_printf("%s", prompt);
    for (;;) {
        EFI_INPUT_KEY key;
        UINTN index;

        gBS->WaitForEvent(1, &gST->ConIn->WaitForKey, &index);
        if (EFI_ERROR(gST->ConIn->ReadKeyStroke(gST->ConIn, &key))) {
            continue;
        }
        if (key.UnicodeChar == '\r' || key.UnicodeChar == '\n') {
            move(&e, e.len);
            buf[e.len] = 0;
            fw_printf("\n");
            remember(buf);
            return true;
        }
        if (key.UnicodeChar == CTRL('C') || key.ScanCode == SCAN_ESC) {
            fw_printf("\n");
            buf[0] = 0;
            return false;
        }
        if (key.UnicodeChar) {
            edit_char(&e, key.UnicodeChar);
        } else {
            edit_scan(&e, key.ScanCode, &pos);
        }
    }
}
