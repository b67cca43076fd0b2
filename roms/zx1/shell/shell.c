/*
 * zx1 firmware: the EFI shell, its command loop and scripts
 *
 * Facts: EFI Shell 1.0 user's guide (commands, startup.nsh, variables).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"

#define SCRIPT_DEPTH_MAX    8
#define SCRIPT_MAX          (1 << 20)
#define STARTUP_SECONDS     1
#define VARIABLE_NAME_SIZE  256     /* bytes, at first */

const EFI_GUID shell_env_guid = {
    0x47c7b224, 0xc42a, 0x11d2,
    { 0x8e, 0x57, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};

struct shell shell = { .echo = true };

extern const struct shell_cmd __start_shell_cmd[], __stop_shell_cmd[];

EFI_STATUS shell_error(const CHAR16 *what, EFI_STATUS st)
{
    fw_printf("%S: %r\n", what, st);
    return st;
}

bool shell_is_flag(const CHAR16 *arg, const char *flag)
{
    char s[16];

    return str16len(arg) < sizeof(s) &&
           !strcmp(str16_to_ascii(s, arg, sizeof(s)), flag);
}

static bool parse_number(const CHAR16 *s, unsigned base, UINT64 *val)
{
    UINT64 v = 0;

    if (base == 16 && s[0] == '0' && (s[1] | 0x20) == 'x') {
        s += 2;
    }
    if (!*s) {
        return false;
    }
    for (; *s; s++) {
        unsigned c = *s | 0x20, d = 99;

        if (*s >= '0' && *s <= '9') {
            d = *s - '0';
        } else if (c >= 'a' && c <= 'f') {
            d = c - 'a' + 10;
        }
        if (d >= base || v > (~0UL - d) / base) {
            return false;
        }
        v = v * base + d;
    }
    *val = v;
    return true;
}

bool shell_hex(const CHAR16 *s, UINT64 *val)
{
    return parse_number(s, 16, val);
}

bool shell_dec(const CHAR16 *s, UINT64 *val)
{
    return parse_number(s, s[0] == '0' && (s[1] | 0x20) == 'x' ? 16 : 10, val);
}

void shell_hexdump(const void *data, UINTN n, UINT64 addr)
{
    const UINT8 *p = data;

    for (UINTN i = 0; i < n; i += 16) {
        char line[80];
        int at = snprintf(line, sizeof(line), "%08lx:",
                          (unsigned long)(addr + i));

        for (UINTN j = 0; j < 16; j++) {
            at += i + j < n
                ? snprintf(line + at, sizeof(line) - at, " %02x", p[i + j])
                : snprintf(line + at, sizeof(line) - at, "   ");
        }
        line[at++] = ' ';
        line[at++] = ' ';
        for (UINTN j = 0; j < 16 && i + j < n; j++) {
            UINT8 c = p[i + j];

            line[at++] = c >= 0x20 && c < 0x7f ? c : '.';
        }
        line[at] = 0;
        fw_printf("%s\n", line);
        if (shell_break()) {
            return;
        }
    }
}

/* Command lines */

static CHAR16 *get_env(const CHAR16 *name)
{
    UINTN size = 0;
    CHAR16 *v;

    if (gRT->GetVariable((CHAR16 *)name, (EFI_GUID *)&shell_env_guid, NULL,
                         &size, NULL) != EFI_BUFFER_TOO_SMALL) {
        return NULL;
    }
    v = fw_zalloc(size + 2);
    if (v && EFI_ERROR(gRT->GetVariable((CHAR16 *)name,
                                        (EFI_GUID *)&shell_env_guid, NULL,
                                        &size, v))) {
        fw_free(v);
        v = NULL;
    }
    return v;
}

/* %name% and, in scripts, %0 to %9; @out has SHELL_LINE_MAX characters */
static void expand(const CHAR16 *in, CHAR16 *out, unsigned argc, CHAR16 **argv)
{
    size_t n = 0;

    while (*in && n + 1 < SHELL_LINE_MAX) {
        CHAR16 name[64], *val = NULL;
        size_t len = 0;

        if (*in != '%') {
            out[n++] = *in++;
            continue;
        }
        if (argv && in[1] >= '0' && in[1] <= '9') {
            if (in[1] - '0' < (int)argc) {
                str16cpy(out + n, argv[in[1] - '0'], SHELL_LINE_MAX - n);
                n += str16len(out + n);
            }
            in += 2;
            continue;
        }
        while (in[1 + len] && in[1 + len] != '%' && in[1 + len] != ' ' &&
               len + 1 < ARRAY_SIZE(name)) {
            name[len] = in[1 + len];
            len++;
        }
        name[len] = 0;
        if (in[1 + len] == '%' && len) {
            if (!str16icmp(name, u"lasterror")) {
                char num[24];

                snprintf(num, sizeof(num), "0x%lx",
                         (unsigned long)shell.last);
                val = fw_zalloc(64);
                if (val) {
                    ascii_to_str16(val, num, 32);
                }
            } else if (!str16icmp(name, u"cwd")) {
                val = fw_zalloc((SHELL_PATH_MAX + 16) * 2);
                if (val) {
                    str16cpy(val, shell.cwd_map, SHELL_PATH_MAX);
                    str16cat(val, u":", SHELL_PATH_MAX);
                    str16cat(val, shell.cwd, SHELL_PATH_MAX);
                }
            } else {
                val = get_env(name);
            }
            if (val) {
                str16cpy(out + n, val, SHELL_LINE_MAX - n);
                n += str16len(out + n);
                fw_free(val);
            }
            in += len + 2;
            continue;
        }
        out[n++] = *in++;
    }
    out[n] = 0;
}

unsigned shell_split(CHAR16 *line, CHAR16 **argv, unsigned max)
{
    unsigned argc = 0;
    CHAR16 *p = line, *w;

    for (;;) {
        bool quoted = false;

        while (*p == ' ' || *p == '\t') {
            p++;
        }
        if (!*p || *p == '#' || argc == max) {
            return argc;
        }
        argv[argc++] = w = p;
        while (*p && (quoted || (*p != ' ' && *p != '\t'))) {
            if (*p == '"') {
                quoted = !quoted;
            } else {
                if (*p == '^' && p[1]) {
                    p++;
                }
                *w++ = *p;
            }
            p++;
        }
        if (*p) {
            p++;
        }
        *w = 0;
    }
}

static const struct shell_cmd *find_command(const CHAR16 *name)
{
    const struct shell_cmd *c;
    CHAR16 w[32];

    for (c = __start_shell_cmd; c < __stop_shell_cmd; c++) {
        if (!str16icmp(name, ascii_to_str16(w, c->name, ARRAY_SIZE(w)))) {
            return c;
        }
    }
    return NULL;
}

static bool ends_with(const CHAR16 *s, const CHAR16 *tail)
{
    size_t n = str16len(s), m = str16len(tail);

    return n >= m && !str16icmp(s + n - m, tail);
}

static EFI_STATUS run_script(const CHAR16 *path, unsigned argc, CHAR16 **argv);

/* The file a command names: as it is, then with .efi, then with .nsh */
static bool find_file(const CHAR16 *name, CHAR16 out[SHELL_PATH_MAX])
{
    static const CHAR16 *const tails[] = { u"", u".efi", u".nsh" };

    for (unsigned i = 0; i < ARRAY_SIZE(tails); i++) {
        EFI_FILE_INFO *fi;
        EFI_FILE *f;
        bool dir;

        str16cpy(out, name, SHELL_PATH_MAX);
        str16cat(out, tails[i], SHELL_PATH_MAX);
        if (EFI_ERROR(shell_open(out, EFI_FILE_MODE_READ, 0, &f))) {
            continue;
        }
        fi = shell_file_info(f);
        dir = !fi || (fi->Attribute & EFI_FILE_DIRECTORY);
        fw_free(fi);
        f->Close(f);
        if (!dir) {
            return true;
        }
    }
    return false;
}

static EFI_STATUS run_file(const CHAR16 *line, unsigned argc, CHAR16 **argv)
{
    CHAR16 path[SHELL_PATH_MAX];
    EFI_DEVICE_PATH_PROTOCOL *dp;
    EFI_STATUS st;

    if (!find_file(argv[0], path)) {
        fw_printf("'%S' is no command, and no file of that name. "
                  "Type help.\n", argv[0]);
        return EFI_NOT_FOUND;
    }
    if (ends_with(path, u".nsh")) {
        return run_script(path, argc, argv);
    }
    dp = shell_file_path(path);
    if (!dp) {
        return shell_error(path, EFI_NOT_FOUND);
    }
    st = shell_run_image(dp, line, str16size(line));
    fw_free(dp);
    return st;
}

/* "fs0:" alone changes the current map */
static bool change_map(const CHAR16 *arg)
{
    size_t n = str16len(arg);
    struct shell_map *m;

    if (n < 2 || arg[n - 1] != ':') {
        return false;
    }
    m = shell_map_find(arg, n - 1);
    if (!m || !m->fs) {
        fw_printf("%S is no file system; map lists them.\n", arg);
        shell.last = EFI_NOT_FOUND;
        return true;
    }
    str16cpy(shell.cwd_map, m->name, ARRAY_SIZE(shell.cwd_map));
    str16cpy(shell.cwd, u"\\", SHELL_PATH_MAX);
    shell.last = EFI_SUCCESS;
    return true;
}

static EFI_STATUS execute(const CHAR16 *line, unsigned nargs, CHAR16 **args)
{
    const struct shell_cmd *c;
    CHAR16 *full, *words, *argv[SHELL_ARGS_MAX + 1];
    unsigned argc;

    full = fw_alloc(SHELL_LINE_MAX * 2);
    words = fw_alloc(SHELL_LINE_MAX * 2);
    if (!full || !words) {
        fw_free(full);
        fw_free(words);
        return EFI_OUT_OF_RESOURCES;
    }
    expand(line, full, nargs, args);
    str16cpy(words, full, SHELL_LINE_MAX);
    argc = shell_split(words, argv, SHELL_ARGS_MAX);
    argv[argc] = NULL;
    if (argc && !change_map(argv[0])) {
        c = find_command(argv[0]);
        if (c && argc > 1 && (shell_is_flag(argv[1], "-?") ||
                              shell_is_flag(argv[1], "-h"))) {
            fw_printf("%s %s\n    %s\n", c->name, c->args, c->help);
            shell.last = EFI_SUCCESS;
        } else if (c) {
            shell.last = c->run(argc, argv);
        } else {
            CHAR16 *cmd = full;

            while (*cmd == ' ' || *cmd == '\t') {
                cmd++;
            }
            shell.last = run_file(cmd, argc, argv);
        }
    }
    fw_free(full);
    fw_free(words);
    return shell.last;
}

EFI_STATUS shell_execute(CHAR16 *line)
{
    return execute(line, 0, NULL);
}

/* Scripts: lines of ASCII or UCS-2; goto, labels and if exist */

static CHAR16 *script_text(const CHAR16 *path)
{
    CHAR16 *text;
    void *data;
    UINTN size;

    if (EFI_ERROR(shell_read_file(path, &data, &size))) {
        return NULL;
    }
    text = size <= SCRIPT_MAX ? fw_zalloc((size + 1) * 2) : NULL;
    if (text) {
        UINT8 *p = data;

        if (size >= 2 && p[0] == 0xff && p[1] == 0xfe) {
            for (UINTN i = 2; i + 1 < size; i += 2) {
                text[i / 2 - 1] = ld16le(p + i);
            }
        } else {
            for (UINTN i = 0; i < size; i++) {
                text[i] = p[i];
            }
        }
    }
    fw_free(data);
    return text;
}

static const CHAR16 *next_line(const CHAR16 *p, CHAR16 line[SHELL_LINE_MAX])
{
    unsigned n = 0;

    while (*p && *p != '\n' && *p != '\r') {
        if (n + 1 < SHELL_LINE_MAX) {
            line[n++] = *p;
        }
        p++;
    }
    line[n] = 0;
    if (*p == '\r') {
        p++;
    }
    return *p == '\n' ? p + 1 : p;
}

static const CHAR16 *find_label(const CHAR16 *text, const CHAR16 *label)
{
    CHAR16 line[SHELL_LINE_MAX], *words[2];

    while (*text) {
        const CHAR16 *next = next_line(text, line);

        if (shell_split(line, words, 1) && words[0][0] == ':' &&
            !str16icmp(words[0] + 1, label)) {
            return next;
        }
        text = next;
    }
    return NULL;
}

static bool exists(const CHAR16 *path)
{
    EFI_FILE *f;

    if (EFI_ERROR(shell_open(path, EFI_FILE_MODE_READ, 0, &f))) {
        return false;
    }
    f->Close(f);
    return true;
}

/*
 * "if [not] exist FILE [then]" ... "endif", or the command on the same line.
 * True: the rest at *@rest is to run, or the block follows.
 */
static bool if_true(unsigned argc, CHAR16 **argv)
{
    unsigned i = 1;
    bool want = true, got;

    if (i < argc && shell_is_flag(argv[i], "not")) {
        want = false;
        i++;
    }
    if (i + 1 < argc && shell_is_flag(argv[i], "exist")) {
        got = exists(argv[i + 1]);
    } else if (i + 2 < argc && shell_is_flag(argv[i + 1], "==")) {
        got = !str16icmp(argv[i], argv[i + 2]);
    } else {
        fw_printf("if: only [not] exist FILE and A == B\n");
        return false;
    }
    return got == want;
}

static const CHAR16 *skip_block(const CHAR16 *p)
{
    CHAR16 line[SHELL_LINE_MAX], *w[2];
    int depth = 1;

    while (*p && depth) {
        p = next_line(p, line);
        if (shell_split(line, w, 1)) {
            if (shell_is_flag(w[0], "if")) {
                depth++;
            } else if (shell_is_flag(w[0], "endif") ||
                       (depth == 1 && shell_is_flag(w[0], "else"))) {
                depth--;
            }
        }
    }
    return p;
}

static EFI_STATUS run_script(const CHAR16 *path, unsigned argc, CHAR16 **argv)
{
    CHAR16 *text, *line, *words, *w[SHELL_ARGS_MAX];
    const CHAR16 *p;
    bool echo = shell.echo;

    if (shell.script_depth == SCRIPT_DEPTH_MAX) {
        fw_printf("%S: scripts call each other too deeply\n", path);
        return EFI_ABORTED;
    }
    text = script_text(path);
    if (!text) {
        return shell_error(path, EFI_NOT_FOUND);
    }
    line = fw_alloc(SHELL_LINE_MAX * 2);
    words = fw_alloc(SHELL_LINE_MAX * 2);
    shell.script_depth++;
    for (p = text; line && words && *p && !shell.quit; ) {
        unsigned n;

        if (shell_break()) {
            fw_printf("%S: stopped\n", path);
            shell.last = EFI_ABORTED;
            break;
        }
        p = next_line(p, line);
        expand(line, words, argc, argv);
        n = shell_split(words, w, SHELL_ARGS_MAX);
        if (!n || w[0][0] == ':' || shell_is_flag(w[0], "endif")) {
            continue;
        }
        if (line[0] == '@') {
            memmove(line, line + 1, str16size(line + 1));
            w[0]++;
        } else if (shell.echo) {
            fw_printf("%S:%S> %S\n", shell.cwd_map, shell.cwd, line);
        }
        if (shell_is_flag(w[0], "goto") && n > 1) {
            p = find_label(text, w[1]);
            if (!p) {
                fw_printf("%S: no label %S\n", path, w[1]);
                break;
            }
        } else if (shell_is_flag(w[0], "if")) {
            if (!if_true(n, w)) {
                p = skip_block(p);
            }
        } else if (shell_is_flag(w[0], "else")) {
            p = skip_block(p);
        } else {
            execute(line, argc, argv);
        }
    }
    shell.script_depth--;
    shell.echo = echo;
    fw_free(text);
    fw_free(line);
    fw_free(words);
    return shell.last;
}

/* Built-in commands about the shell itself */

static EFI_STATUS cmd_help(unsigned argc, CHAR16 **argv)
{
    const struct shell_cmd *c;

    if (argc > 1) {
        c = find_command(argv[1]);
        if (!c) {
            return shell_error(argv[1], EFI_NOT_FOUND);
        }
        fw_printf("%s %s\n    %s\n", c->name, c->args, c->help);
        return EFI_SUCCESS;
    }
    for (const char *last = ""; ; last = c->name) {
        const struct shell_cmd *d;

        c = NULL;
        for (d = __start_shell_cmd; d < __stop_shell_cmd; d++) {
            if (strcmp(d->name, last) > 0 &&
                (!c || strcmp(d->name, c->name) < 0)) {
                c = d;
            }
        }
        if (!c) {
            break;
        }
        fw_printf("  %-9s %s\n", c->name, c->help);
    }
    fw_printf("\nfs0: changes to a file system; a file name starts an .efi "
              "program or .nsh script.\nNAME -? tells how to use a "
              "command.\n");
    return EFI_SUCCESS;
}
SHELL_CMD(help, "[COMMAND]", "this list", cmd_help);

static EFI_STATUS cmd_exit(unsigned argc, CHAR16 **argv)
{
    shell.quit = true;
    return EFI_SUCCESS;
}
SHELL_CMD(exit, "", "leave the shell for the boot manager", cmd_exit);

static EFI_STATUS cmd_echo(unsigned argc, CHAR16 **argv)
{
    if (argc == 2 && shell_is_flag(argv[1], "-off")) {
        shell.echo = false;
        return EFI_SUCCESS;
    }
    if (argc == 2 && shell_is_flag(argv[1], "-on")) {
        shell.echo = true;
        return EFI_SUCCESS;
    }
    for (unsigned i = 1; i < argc; i++) {
        fw_printf(i > 1 ? " %S" : "%S", argv[i]);
    }
    fw_printf("\n");
    return EFI_SUCCESS;
}
SHELL_CMD(echo, "[-on|-off] [TEXT...]", "print text; show script lines or not",
          cmd_echo);

static EFI_STATUS cmd_cls(unsigned argc, CHAR16 **argv)
{
    return gST->ConOut->ClearScreen(gST->ConOut);
}
SHELL_CMD(cls, "", "clear the screen", cmd_cls);

bool shell_next_variable(CHAR16 **name, UINTN *max, EFI_GUID *guid)
{
    UINTN size = *max;
    EFI_STATUS st;
    CHAR16 *more;

    if (!*name) {
        *name = fw_zalloc(VARIABLE_NAME_SIZE);
        *max = size = VARIABLE_NAME_SIZE;
        memset(guid, 0, sizeof(*guid));
    }
    if (!*name) {
        return false;
    }
    st = gRT->GetNextVariableName(&size, *name, guid);
    if (st == EFI_BUFFER_TOO_SMALL) {
        more = fw_zalloc(size);
        if (!more) {
            return false;
        }
        memcpy(more, *name, *max);
        fw_free(*name);
        *name = more;
        *max = size;
        st = gRT->GetNextVariableName(&size, *name, guid);
    }
    return !EFI_ERROR(st);
}

static void list_env(void)
{
    CHAR16 *name = NULL;
    EFI_GUID guid;
    UINTN max = 0;

    while (shell_next_variable(&name, &max, &guid)) {
        if (guid_eq(&guid, &shell_env_guid)) {
            CHAR16 *v = get_env(name);

            fw_printf("  %S = %S\n", name, v ? v : u"?");
            fw_free(v);
        }
    }
    fw_free(name);
}

static EFI_STATUS cmd_set(unsigned argc, CHAR16 **argv)
{
    UINT32 attr = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_NON_VOLATILE;
    bool del = false;
    EFI_STATUS st;
    CHAR16 *v;

    for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
        if (shell_is_flag(argv[1], "-v")) {
            attr &= ~EFI_VARIABLE_NON_VOLATILE;
        } else if (shell_is_flag(argv[1], "-d")) {
            del = true;
        } else {
            return shell_error(argv[1], EFI_INVALID_PARAMETER);
        }
    }
    if (argc == 1) {
        list_env();
        return EFI_SUCCESS;
    }
    if (argc == 2 && !del) {
        v = get_env(argv[1]);
        if (!v) {
            return shell_error(argv[1], EFI_NOT_FOUND);
        }
        fw_printf("  %S = %S\n", argv[1], v);
        fw_free(v);
        return EFI_SUCCESS;
    }
    /* attributes of an existing variable cannot be changed otherwise */
    st = gRT->SetVariable(argv[1], (EFI_GUID *)&shell_env_guid, 0, 0, NULL);
    if (!del) {
        st = gRT->SetVariable(argv[1], (EFI_GUID *)&shell_env_guid, attr,
                              str16size(argv[2]), argv[2]);
    }
    return EFI_ERROR(st) ? shell_error(argv[1], st) : st;
}
SHELL_CMD(set, "[-v] [NAME [VALUE]] | -d NAME",
          "show or set variables (-v: until reset only, -d: delete)", cmd_set);

/* The prompt */

static bool startup_wanted(void)
{
    UINT64 t = fw_deadline(STARTUP_SECONDS * 1000000);
    EFI_INPUT_KEY key;

    fw_printf("startup.nsh starts in %d s, any key skips it\n",
              STARTUP_SECONDS);
    while (!fw_expired(t)) {
        if (fw_key_waiting()) {
            gST->ConIn->ReadKeyStroke(gST->ConIn, &key);
            return false;
        }
        fw_udelay(10000);
    }
    return true;
}

static void run_startup(void)
{
    CHAR16 path[SHELL_PATH_MAX];

    for (UINTN i = 0; i < shell.nmaps; i++) {
        if (!shell.maps[i].fs) {
            continue;
        }
        str16cpy(path, shell.maps[i].name, ARRAY_SIZE(path));
        str16cat(path, u":\\startup.nsh", ARRAY_SIZE(path));
        if (exists(path)) {
            CHAR16 *argv[] = { path };

            if (startup_wanted()) {
                str16cpy(shell.cwd_map, shell.maps[i].name,
                         ARRAY_SIZE(shell.cwd_map));
                str16cpy(shell.cwd, u"\\", SHELL_PATH_MAX);
                run_script(path, 1, argv);
            }
            return;
        }
    }
}

void shell_main(bool startup)
{
    CHAR16 *line = fw_alloc(SHELL_LINE_MAX * 2);

    if (!line) {
        return;
    }
    shell.quit = false;
    shell_map_update();
    fw_printf("\nEFI shell. help lists the commands, exit goes to the boot "
              "manager.\n");
    if (startup) {
        run_startup();
    }
    while (!shell.quit) {
        char prompt[64], map[8];
        char dir[40];
        size_t n = str16len(shell.cwd);

        if (shell.cwd_map[0]) {
            str16_to_ascii(map, shell.cwd_map, sizeof(map));
            str16_to_ascii(dir, shell.cwd + (n > 38 ? n - 38 : 0),
                           sizeof(dir));
            snprintf(prompt, sizeof(prompt), "%s:%s> ", map, dir);
        } else {
            snprintf(prompt, sizeof(prompt), "Shell> ");
        }
        if (shell_readline(prompt, line, SHELL_LINE_MAX)) {
            shell_execute(line);
        }
    }
    fw_free(line);
}
