/*
 * zx1 firmware: the EFI shell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_SHELL_H
#define ZX1_SHELL_H

#include "fw.h"

#define SHELL_LINE_MAX      512
#define SHELL_ARGS_MAX      64
#define SHELL_PATH_MAX      512

/* Variables of the shell, visible to applications */
extern const EFI_GUID shell_env_guid;

struct shell_map {
    CHAR16 name[8];             /* fs0, blk3 */
    EFI_HANDLE handle;
    bool fs;
};

struct shell {
    CHAR16 cwd_map[8];          /* empty: none yet */
    CHAR16 cwd[SHELL_PATH_MAX]; /* starts with a backslash */
    struct shell_map *maps;
    UINTN nmaps;
    EFI_STATUS last;            /* of the last command */
    bool echo;
    bool quit;
    unsigned script_depth;
};

extern struct shell shell;

/*
 * A command gets its name in argv[0]; what it returns becomes %lasterror%.
 * It prints its own messages; help is shown for "name -?".
 */
struct shell_cmd {
    const char *name;
    const char *args;
    const char *help;           /* one line */
    EFI_STATUS (*run)(unsigned argc, CHAR16 **argv);
};

#define SHELL_CMD(ident, args, help, fn) \
    static const struct shell_cmd shell_cmd_##ident \
    __attribute__((used, aligned(8), section("shell_cmd"))) = \
        { #ident, args, help, fn }

/* Interactive until "exit"; runs startup.nsh first if @startup */
void shell_main(bool startup);
EFI_STATUS shell_execute(CHAR16 *line);
/* Reads a line into @buf; false: escape or interrupt */
bool shell_readline(const char *prompt, CHAR16 *buf, unsigned max);
/* Ctrl-C or escape was pressed: long commands look now and then */
bool shell_break(void);

void shell_map_update(void);
struct shell_map *shell_map_find(const CHAR16 *name, size_t len);

/*
 * Full name of @path: map in @map, path from its root in @out, without "."
 * and "..". False: no such map, or too long.
 */
bool shell_resolve(const CHAR16 *path, struct shell_map **map,
                   CHAR16 out[SHELL_PATH_MAX]);
EFI_STATUS shell_open(const CHAR16 *path, UINT64 mode, UINT64 attr,
                      EFI_FILE **file);
/* fw_free() it */
EFI_FILE_INFO *shell_file_info(EFI_FILE *file);
/* Whole file, NUL added; fw_free() it */
EFI_STATUS shell_read_file(const CHAR16 *path, void **data, UINTN *size);
/* Full device path of a file, fw_free() it */
EFI_DEVICE_PATH_PROTOCOL *shell_file_path(const CHAR16 *path);
/* Names that @pattern stands for, sorted; fw_free() each and the array */
UINTN shell_glob(const CHAR16 *pattern, CHAR16 ***names);

/*
 * The next variable, of all there are: *@name is NULL at first and grows as
 * needed; fw_free() it at the end
 */
bool shell_next_variable(CHAR16 **name, UINTN *max, EFI_GUID *guid);

EFI_STATUS shell_error(const CHAR16 *what, EFI_STATUS st);
bool shell_is_flag(const CHAR16 *arg, const char *flag);
/* Number in hexadecimal, 0x optional; false: not one */
bool shell_hex(const CHAR16 *s, UINT64 *val);
bool shell_dec(const CHAR16 *s, UINT64 *val);
void shell_hexdump(const void *p, UINTN n, UINT64 addr);

/* Words of @line, in place; quotes keep blanks, a # starts a comment */
unsigned shell_split(CHAR16 *line, CHAR16 **argv, unsigned max);

/* What a program asks for its arguments, on its image's handle */
struct shell_params;
struct shell_params *shell_params_install(EFI_HANDLE image,
                                          const CHAR16 *line);
void shell_params_remove(EFI_HANDLE image, struct shell_params *p);

/* Loads and starts an application; options are the whole command line */
EFI_STATUS shell_run_image(EFI_DEVICE_PATH_PROTOCOL *path, const void *options,
                           UINT32 size);

#endif
