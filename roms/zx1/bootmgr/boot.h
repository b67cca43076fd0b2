/*
 * zx1 firmware: boot options
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_BOOT_H
#define ZX1_BOOT_H

#include "fw.h"

#define LOAD_OPTION_ACTIVE  0x1
#define BOOT_FILE           u"\\EFI\\BOOT\\BOOTIA64.EFI"
#define BOOT_DESC_MAX       128

struct boot_option {
    int number;                 /* of Boot####, -1: found on a medium */
    bool active;
    CHAR16 text[BOOT_DESC_MAX];
    EFI_DEVICE_PATH_PROTOCOL *path;
    void *data;                 /* load options */
    UINT32 data_size;
    struct boot_option *next;
};

/* Boot####; NULL if there is none or it is damaged. boot_free() it */
struct boot_option *boot_read(UINT16 number);
EFI_STATUS boot_write(const struct boot_option *o);
void boot_free(struct boot_option *o);
void boot_free_list(struct boot_option *o);

/* BootOrder, fw_free() it; *@n is 0 if there is none */
UINT16 *boot_order(UINTN *n);
EFI_STATUS boot_set_order(const UINT16 *order, UINTN n);

/*
 * What to try, in this order: the machine's boot order ("bootindex") where it
 * names devices, the options in BootOrder, then every medium that has the
 * default file.
 */
struct boot_option *boot_list(void);

/* Loads and starts it; EFI_NOT_FOUND etc. if it is not there */
EFI_STATUS boot_start(const struct boot_option *o);

/*
 * Full form of @path: a short one that starts with a hard drive node is
 * looked for on all disks; a device gets the default file appended. NULL if
 * not found. fw_free() it.
 */
EFI_DEVICE_PATH_PROTOCOL *boot_expand(const EFI_DEVICE_PATH_PROTOCOL *path);

/* Position of a device in the machine's boot order, -1: not in it */
int bootorder_position(EFI_DEVICE_PATH_PROTOCOL *path);
unsigned bootorder_count(void);
/* Nothing but what the machine's boot order names (-boot strict=on) */
bool bootorder_strict(void);

#endif
