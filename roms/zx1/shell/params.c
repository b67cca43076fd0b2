/*
 * zx1 firmware: the arguments of programs that the shell starts
 *
 * Two protocols on the program's image: that of the EFI shell 1.0, and the one
 * that came after it. Facts: EFI Shell 1.0 (SHELL_INTERFACE, as EDK and
 * gnu-efi declare it); UEFI Shell specification 2.0, EFI_SHELL_PARAMETERS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shell.h"

#define FILE_REVISION   0x00010000

static const EFI_GUID interface_guid = {
    0x47c7b223, 0xc42a, 0x11d2,
    { 0x8e, 0x57, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b }
};
static const EFI_GUID parameters_guid = {
    0x752f3136, 0x4e16, 0x4fdc,
    { 0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca }
};

struct interface {
    EFI_HANDLE image;
    EFI_LOADED_IMAGE *info;
    CHAR16 **argv;
    UINTN argc;
    CHAR16 **redirect_argv;
    UINTN redirect_argc;
    EFI_FILE *in, *out, *err;
    UINT32 *arg_info;           /* attributes of each */
    BOOLEAN echo;
};

struct parameters {
    CHAR16 **argv;
    UINTN argc;
    EFI_FILE *in, *out, *err;
};

struct shell_params {
    struct interface interface;
    struct parameters parameters;
    CHAR16 *argv[SHELL_ARGS_MAX + 1];
    UINT32 info[SHELL_ARGS_MAX];
    CHAR16 words[SHELL_LINE_MAX];
};

/* The console as a file: UCS-2 text; what is typed comes a line at a time */

static EFI_STATUS EFIAPI console_write(EFI_FILE *This, UINTN *size, VOID *buf)
{
    const CHAR16 *s = buf;
    CHAR16 part[64];
    UINTN n = *size / 2, k;

    while (n) {
        k = MIN(n, ARRAY_SIZE(part) - 1);
        memcpy(part, s, k * 2);
        part[k] = 0;
        gST->ConOut->OutputString(gST->ConOut, part);
        s += k;
        n -= k;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI console_read(EFI_FILE *This, UINTN *size, VOID *buf)
{
    CHAR16 *line = buf;
    unsigned max = MIN(*size / 2, SHELL_LINE_MAX);

    if (max < 2) {
        return EFI_BUFFER_TOO_SMALL;
    }
    line[0] = 0;
    shell_readline("", line, max);
    *size = str16len(line) * 2;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI console_open(EFI_FILE *This, EFI_FILE **new,
                                      CHAR16 *name, UINT64 mode, UINT64 attr)
{
    return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI console_nothing(EFI_FILE *This)
{
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI console_get_position(EFI_FILE *This, UINT64 *at)
{
    return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI console_set_position(EFI_FILE *This, UINT64 at)
{
    return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI console_get_info(EFI_FILE *This, EFI_GUID *type,
                                          UINTN *size, VOID *buf)
{
    return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI console_set_info(EFI_FILE *This, EFI_GUID *type,
                                          UINTN size, VOID *buf)
{
    return EFI_UNSUPPORTED;
}

static EFI_FILE console = {
    .Revision = FILE_REVISION,
    .Open = console_open,
    .Close = console_nothing,
    .Delete = console_nothing,
    .Read = console_read,
    .Write = console_write,
    .GetPosition = console_get_position,
    .SetPosition = console_set_position,
    .GetInfo = console_get_info,
    .SetInfo = console_set_info,
    .Flush = console_nothing,
};

struct shell_params *shell_params_install(EFI_HANDLE image,
                                          const CHAR16 *line)
{
    struct shell_params *p = fw_zalloc(sizeof(*p));

    if (!p) {
        return NULL;
    }
    str16cpy(p->words, line, SHELL_LINE_MAX);
    p->parameters.argc = shell_split(p->words, p->argv, SHELL_ARGS_MAX);
    p->parameters.argv = p->argv;
    p->parameters.in = p->parameters.out = p->parameters.err = &console;
    p->interface.image = image;
    p->interface.info = fw_protocol(image, &gEfiLoadedImageProtocolGuid);
    p->interface.argv = p->argv;
    p->interface.argc = p->parameters.argc;
    p->interface.in = p->interface.out = p->interface.err = &console;
    p->interface.arg_info = p->info;
    p->interface.echo = shell.echo;
    fw_install(&image, &interface_guid, &p->interface);
    fw_install(&image, &parameters_guid, &p->parameters);
    return p;
}

void shell_params_remove(EFI_HANDLE image, struct shell_params *p)
{
    if (p) {
        gBS->UninstallProtocolInterface(image, (EFI_GUID *)&interface_guid,
                                        &p->interface);
        gBS->UninstallProtocolInterface(image, (EFI_GUID *)&parameters_guid,
                                        &p->parameters);
        fw_free(p);
    }
}
