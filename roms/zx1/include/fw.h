/*
 * zx1 firmware: what the rooms of the boot-time image share
 *
 * The boot-time image (efi/, drivers/, fs/, bootmgr/, shell/, lib/) is linked
 * at a fixed address and always runs in physical mode on the boot processor;
 * it is gone after ExitBootServices.  What the operating system calls later
 * (PAL, SAL, EFI runtime services) is a separate, position-independent image
 * (pal/, rt/, sal/), see include/rt.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_FW_H
#define ZX1_FW_H

#include "bytes.h"
#include "efi.h"
#include "hw/ia64/zx1-fw.h"

#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define ALIGN_UP(x, a) (((x) + (a) - 1) & ~((UINT64)(a) - 1))
#define container_of(p, type, member) \
    ((type *)((char *)(p) - offsetof(type, member)))

/* ------------------------------------------------------------------ */
/* Tables every EFI component works with */

extern EFI_SYSTEM_TABLE *gST;
extern EFI_BOOT_SERVICES *gBS;
extern EFI_RUNTIME_SERVICES *gRT;
/* Handle of the firmware itself, with a Loaded Image protocol */
extern EFI_HANDLE gImageHandle;

/* ------------------------------------------------------------------ */
/* lib/: C library subset */

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

/* CHAR16 strings */
size_t str16len(const CHAR16 *s);               /* characters without NUL */
size_t str16size(const CHAR16 *s);              /* bytes with NUL */
int str16cmp(const CHAR16 *a, const CHAR16 *b);
int str16icmp(const CHAR16 *a, const CHAR16 *b); /* ASCII case folded */
/* Both cut to @max characters with the NUL, and return @dst */
CHAR16 *str16cpy(CHAR16 *dst, const CHAR16 *src, size_t max);
CHAR16 *str16cat(CHAR16 *dst, const CHAR16 *src, size_t max);
CHAR16 *ascii_to_str16(CHAR16 *dst, const char *src, size_t max);
char *str16_to_ascii(char *dst, const CHAR16 *src, size_t max);

/*
 * Formatting: %d %i %u %x %X %o with l, ll, z and widths, 0 and - flags,
 * %c, %s (char *), %S (CHAR16 *), %p, %g (EFI_GUID *), %r (EFI_STATUS), %%.
 * vsnprintf() and snprintf() return the length that was wanted.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(__printf__, 3, 4)));
/*
 * To gST->ConOut ("\n" becomes CR LF); works before the console is up too,
 * then straight to the UART.  No format attribute: %g, %r and %S are ours.
 */
void fw_printf(const char *fmt, ...);
void fw_vprintf(const char *fmt, va_list ap);
/* Straight to the UART, for messages below the console driver */
void fw_debug(const char *fmt, ...);
/* Prints and stops the machine; for firmware bugs only */
void fw_panic(const char *fmt, ...) __attribute__((noreturn));

UINT32 crc32(UINT32 crc, const void *data, size_t n);   /* start with 0 */
bool guid_eq(const EFI_GUID *a, const EFI_GUID *b);
/* Inflates raw deflate data; false if malformed or @dst is too small */
bool inflate(const void *src, size_t src_len, void *dst, size_t dst_size,
             size_t *dst_len);

static inline UINT16 bswap16(UINT16 v) { return v >> 8 | v << 8; }
UINT32 bswap32(UINT32 v);
UINT64 bswap64(UINT64 v);

/* ------------------------------------------------------------------ */
/* Doubly linked lists */

struct list {
    struct list *next, *prev;
};

#define LIST_INIT(l) { &(l), &(l) }
#define list_for_each(p, head) \
    for (p = (head)->next; p != (head); p = p->next)
#define list_for_each_safe(p, n, head) \
    for (p = (head)->next, n = p->next; p != (head); p = n, n = p->next)

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_add_tail(struct list *head, struct list *n)
{
    n->prev = head->prev;
    n->next = head;
    head->prev->next = n;
    head->prev = n;
}

static inline void list_del(struct list *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
    n->next = n->prev = n;
}

/* ------------------------------------------------------------------ */
/*
 * Memory: boot services data below 1 GiB, so a device of 32 address bits
 * reaches it; DMA address == physical address (the IOC passes it on).
 */

void *fw_alloc(size_t n);               /* 16-byte aligned, NULL if none */
void *fw_zalloc(size_t n);              /* zeroed */
void fw_free(void *p);
/* Zeroed pages of 4 KiB, aligned to @align bytes (a power of two >= 4096) */
void *fw_alloc_dma(size_t bytes, size_t align);
void fw_free_dma(void *p, size_t bytes);

/* ------------------------------------------------------------------ */
/*
 * Memory-mapped registers and ports.  Addresses are physical; accesses are
 * uncached, in program order.
 */

#define PHYS_UC 0x8000000000000000UL

static inline void fw_mb(void)
{
    __asm__ volatile("mf" : : : "memory");
}

#define FW_MMIO(bits) \
static inline UINT##bits mmio_read##bits(UINT64 addr) \
{ \
    UINT##bits v = *(volatile UINT##bits *)(addr | PHYS_UC); \
    __asm__ volatile("mf.a" : : : "memory"); \
    return v; \
} \
static inline void mmio_write##bits(UINT64 addr, UINT##bits v) \
{ \
    fw_mb(); \
    *(volatile UINT##bits *)(addr | PHYS_UC) = v; \
    __asm__ volatile("mf.a" : : : "memory"); \
}
FW_MMIO(8)
FW_MMIO(16)
FW_MMIO(32)
FW_MMIO(64)
#undef FW_MMIO

static inline UINT64 io_addr(UINT32 port)
{
    return ZX1_IOPORT_BASE | (UINT64)(port >> 2) << 12 | (port & 0xfff);
}

static inline UINT8 io_in8(UINT32 port) { return mmio_read8(io_addr(port)); }
static inline UINT16 io_in16(UINT32 port) { return mmio_read16(io_addr(port)); }
static inline UINT32 io_in32(UINT32 port) { return mmio_read32(io_addr(port)); }

static inline void io_out8(UINT32 port, UINT8 v)
{
    mmio_write8(io_addr(port), v);
}

static inline void io_out16(UINT32 port, UINT16 v)
{
    mmio_write16(io_addr(port), v);
}

static inline void io_out32(UINT32 port, UINT32 v)
{
    mmio_write32(io_addr(port), v);
}

/* ------------------------------------------------------------------ */
/* Time */

UINT64 fw_ticks(void);                  /* ar.itc */
extern UINT64 fw_itc_hz;
UINT64 fw_usecs(void);                  /* microseconds since reset */
void fw_udelay(UINT64 usecs);           /* busy, runs due timers */
/*
 * for (t = fw_deadline(1000000); !done(); ) if (fw_expired(t)) ...
 */
static inline UINT64 fw_deadline(UINT64 usecs)
{
    return fw_usecs() + usecs;
}

static inline bool fw_expired(UINT64 t)
{
    return (INT64)(fw_usecs() - t) >= 0;
}

/* ------------------------------------------------------------------ */
/* fw_cfg */

bool fwcfg_present(void);
/* Size of a named file, 0 if there is none; *select is its key */
UINT32 fwcfg_find(const char *name, UINT16 *select);
void fwcfg_read(UINT16 select, UINT32 offset, void *buf, UINT32 len);
/* Whole file into fw_alloc()ed memory, NUL added; NULL if there is none */
void *fwcfg_file(const char *name, UINT32 *size);

/* ------------------------------------------------------------------ */
/*
 * PCI.  All buses behind the ioas are enumerated, numbered and given their
 * BARs before drivers run; one struct per function found.
 */

struct pci_bar {
    UINT64 addr;        /* CPU physical address, or port number if io */
    UINT64 size;        /* 0: no such BAR (or upper half of a 64-bit one) */
    bool io;
    bool mem64;
    bool prefetch;
    bool assigned;      /* false: did not fit into the root's windows */
};

struct pci_root {
    struct zx1_fw_root hw;
    EFI_HANDLE handle;  /* Acpi(HWP0002,UID): device path, root bridge I/O */
};

struct pci_dev {
    struct list list;   /* of all functions, in order of bus, dev, fn */
    struct pci_root *root;
    struct pci_dev *parent;             /* bridge above, NULL below an ioa */
    UINT8 bus, dev, fn;
    UINT16 vendor, device, subvendor, subdevice;
    UINT32 class;                       /* 23:16 base, 15:8 sub, 7:0 prog-if */
    UINT8 revision, header;             /* header type without bit 7 */
    UINT8 bus_first, bus_last;          /* bridges: buses behind it */
    struct pci_bar bar[6];
    UINT32 gsi;                         /* of its interrupt pin, 0 if none */
    EFI_HANDLE handle;                  /* device path and PCI I/O go here */
    EFI_DEVICE_PATH_PROTOCOL *path;     /* Acpi()/Pci()...; end node included */
};

extern struct list fw_pci_devs;
extern struct pci_root fw_pci_roots[ZX1_ROPES];
extern unsigned fw_pci_nroots;

/* @reg up to 255 (there is no extended space); all ones if absent */
UINT8 pci_read8(struct pci_dev *d, unsigned reg);
UINT16 pci_read16(struct pci_dev *d, unsigned reg);
UINT32 pci_read32(struct pci_dev *d, unsigned reg);
void pci_write8(struct pci_dev *d, unsigned reg, UINT8 v);
void pci_write16(struct pci_dev *d, unsigned reg, UINT16 v);
void pci_write32(struct pci_dev *d, unsigned reg, UINT32 v);
/* Offset of capability @id, 0 if none */
unsigned pci_find_cap(struct pci_dev *d, UINT8 id);
/* Sets command register bits for the BARs it has, and bus mastering */
void pci_enable(struct pci_dev *d);
void pci_disable_master(struct pci_dev *d);

#define PCI_COMMAND 0x04
#define PCI_COMMAND_IO 0x1
#define PCI_COMMAND_MEMORY 0x2
#define PCI_COMMAND_MASTER 0x4
#define PCI_COMMAND_INTX_DISABLE 0x400
#define PCI_STATUS 0x06

/* ------------------------------------------------------------------ */
/* Device paths */

UINTN dp_size(const EFI_DEVICE_PATH_PROTOCOL *dp);      /* with end node */
/* New path = @dp, then @node (NULL: copy); fw_free() it */
EFI_DEVICE_PATH_PROTOCOL *dp_append(const EFI_DEVICE_PATH_PROTOCOL *dp,
                                    const void *node);
EFI_DEVICE_PATH_PROTOCOL *dp_append_path(const EFI_DEVICE_PATH_PROTOCOL *dp,
                                         const EFI_DEVICE_PATH_PROTOCOL *tail);
/* FilePath node and end node for @name */
EFI_DEVICE_PATH_PROTOCOL *dp_file(const CHAR16 *name);
/* As HP firmware prints it: Acpi(HWP0002,100)/Pci(1|0)/Scsi(Pun0,Lun0) */
void dp_to_text(const EFI_DEVICE_PATH_PROTOCOL *dp, CHAR16 *buf, size_t max);
EFI_DEVICE_PATH_PROTOCOL *dp_of_handle(EFI_HANDLE h);   /* NULL if none */

/* ------------------------------------------------------------------ */
/* Protocols: thin wrappers */

EFI_STATUS fw_install(EFI_HANDLE *h, const EFI_GUID *guid, void *iface);
/* Interface of @guid on @h, NULL if it has none */
void *fw_protocol(EFI_HANDLE h, const EFI_GUID *guid);
/* First interface of @guid in the system */
void *fw_locate(const EFI_GUID *guid);
/* Handles that have @guid, fw_free() the array; returns their number */
UINTN fw_handles(const EFI_GUID *guid, EFI_HANDLE **handles);

/* Variables with EFI_GLOBAL_VARIABLE; fw_free() what fw_get_var() returns */
void *fw_get_var(const CHAR16 *name, UINTN *size);
EFI_STATUS fw_set_var(const CHAR16 *name, const void *data, UINTN size);

/* ------------------------------------------------------------------ */
/*
 * How drivers hook in: in any .c file below drivers/ or fs/
 *
 *     static void my_init(void) { ... }
 *     FW_INITCALL(driver, my_init);
 *
 * or, for a PCI function driver that needs no driver binding of its own,
 *
 *     static bool my_probe(struct pci_dev *d) { ... }
 *     FW_PCI_DRIVER(mine, 0x1af4, 0x1001, 0, 0, my_probe);
 *
 * probe is called once a function, after all "driver" initcalls; false: not
 * taken, the next matching driver gets it.  Order of levels: core (memory,
 * console, protocols), bus (PCI enumeration), driver, [PCI probes], fs
 * (partitions and file systems on the Block I/O handles that are there).
 */

typedef void (*fw_initcall_t)(void);

#define FW_INITCALL(level, fn) \
    static const fw_initcall_t fw_initcall_##fn \
    __attribute__((used, section(".fw_initcall." #level))) = fn

struct fw_pci_driver {
    const char *name;
    UINT16 vendor, device;      /* 0xffff: any */
    UINT32 class, class_mask;   /* (dev->class & class_mask) == class */
    bool (*probe)(struct pci_dev *d);
};

#define FW_PCI_DRIVER(ident, ven, dev, cls, mask, fn) \
    static const struct fw_pci_driver fw_pci_driver_##ident \
    __attribute__((used, aligned(8), section(".fw_pci_driver"))) = \
        { #ident, ven, dev, cls, mask, fn }

/*
 * Provided by bootmgr/: everything from the countdown to the shell, returns
 * when there is nothing more to try (the core then calls it again).
 */
void bootmgr_main(void);

/* A key is waiting on the console (without reading it) */
bool fw_key_waiting(void);

/*
 * -kernel: starts the kernel that the machine hands over, returns false if
 * there is none or it cannot be loaded.  Called by the core before
 * bootmgr_main().
 */
bool fw_direct_boot(void);

#endif /* ZX1_FW_H */
