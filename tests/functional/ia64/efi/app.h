/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EFI applications of the firmware's tests: what they share */

#ifndef EFI_APP_H
#define EFI_APP_H

#include "efi.h"

extern EFI_HANDLE image;
extern EFI_SYSTEM_TABLE *st;
extern EFI_BOOT_SERVICES *bs;
extern EFI_RUNTIME_SERVICES *rt;

/* app.c */
void print(const char *s);
void print_hex(UINT64 v);
void print_dec(UINT64 v);
void print16(const CHAR16 *s);
/* "ok NAME" or "not ok NAME" */
void check(const char *name, bool ok);
/* "value NAME HEX" */
void value(const char *name, UINT64 v);
/* "data NAME HEX", on as many lines as it takes */
void data(const char *name, const void *p, UINTN n);
UINT32 crc32(const void *p, UINTN n);
bool same(const void *a, const void *b, UINTN n);
void *memset(void *p, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *protocol(EFI_HANDLE h, const EFI_GUID *guid);
void *config_table(UINT32 data1);
UINT64 bytes(const void *p, unsigned n);

/* Where the image starts */
EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *table);
/* The program's own */
EFI_STATUS app_main(const CHAR16 *options);

#endif
