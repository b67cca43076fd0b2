/*
 * zx1 firmware: what the core's files (efi/) share among themselves
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_CORE_H
#define ZX1_CORE_H

#include "fw.h"
#include "rt.h"

/* platform.c */
extern struct zx1_fw_platform fw_platform;
void platform_init(void);
/* Calls a SAL procedure the way an operating system does */
struct sal_ret fw_sal(UINT64 index, UINT64 a1, UINT64 a2, UINT64 a3,
                      UINT64 a4, UINT64 a5, UINT64 a6, UINT64 a7);

/* boot.ld */
extern char __boot_end[];

/* mem.c */
void mem_init(void);
/* Pages below FW_LOW_END, for tables that outlive boot services */
void *mem_low_pages(EFI_MEMORY_TYPE type, UINTN bytes);
EFI_STATUS mem_allocate_pages(EFI_ALLOCATE_TYPE how, EFI_MEMORY_TYPE type,
                              UINTN pages, EFI_PHYSICAL_ADDRESS *memory);
EFI_STATUS mem_free_pages(EFI_PHYSICAL_ADDRESS memory, UINTN pages);
EFI_STATUS mem_get_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                       UINTN *desc_size, UINT32 *version);
EFI_STATUS mem_allocate_pool(EFI_MEMORY_TYPE type, UINTN size, void **buf);
EFI_STATUS mem_free_pool(void *buf);
UINTN mem_map_key(void);
void mem_add(UINT32 type, UINT64 start, UINT64 bytes, UINT64 attribute);

/* event.c */
void event_init(void);
EFI_STATUS event_create(UINT32 type, EFI_TPL tpl, EFI_EVENT_NOTIFY fn,
                        void *context, EFI_EVENT *event);
EFI_STATUS event_set_timer(EFI_EVENT event, EFI_TIMER_DELAY type,
                           UINT64 time);
EFI_STATUS event_wait(UINTN n, EFI_EVENT *events, UINTN *index);
EFI_STATUS event_signal(EFI_EVENT event);
EFI_STATUS event_close(EFI_EVENT event);
EFI_STATUS event_check(EFI_EVENT event);
EFI_TPL event_raise_tpl(EFI_TPL tpl);
void event_restore_tpl(EFI_TPL tpl);
EFI_STATUS event_set_watchdog(UINTN timeout, UINT64 code, UINTN size,
                              CHAR16 *data);
/* Runs what is due; called wherever the core waits */
void event_poll(void);
/* As event_poll(), then sleeps until the next timer tick */
void event_idle(void);
/* Signals all events of a group: EVT_SIGNAL_EXIT_BOOT_SERVICES */
void event_signal_group(UINT32 type);
/* Stops the timer tick */
void event_stop(void);
void fw_interrupt(UINT64 *frame);

/* handle.c */
EFI_STATUS handle_install(EFI_HANDLE *handle, const EFI_GUID *guid,
                          EFI_INTERFACE_TYPE type, void *iface);
EFI_STATUS handle_uninstall(EFI_HANDLE handle, const EFI_GUID *guid,
                            void *iface);
void handle_fill_table(EFI_BOOT_SERVICES *bs);
/* Closes what @agent has opened */
void handle_close_agent(EFI_HANDLE agent);

/* image.c */
void image_init(void);
void image_fill_table(EFI_BOOT_SERVICES *bs);

/* console.c */
void console_init(void);
void console_connect(void);
void uart_init(void);
void uart_putc(char c);

/* start.S */
void fw_halt(void);
void fw_start_kernel(UINT64 entry, UINT64 boot_param, UINT64 gp);
int fw_setjmp(UINT64 *buf) __attribute__((returns_twice));
void fw_longjmp(UINT64 *buf) __attribute__((noreturn));
#define FW_JMPBUF_WORDS 80

/* main.c */
void boot_main(void);
void fw_fault(UINT64 *regs);
/* Ends boot services; what is left is runtime */
EFI_STATUS fw_exit_boot_services(EFI_HANDLE image, UINTN key);
void fw_table_crc(EFI_TABLE_HEADER *hdr);
EFI_STATUS fw_install_table(EFI_GUID *guid, void *table);

/* acpi.c */
void acpi_init(void);
/* pci.c */
void pci_init(void);

#endif /* ZX1_CORE_H */
