/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare-metal programs on zx1 in physical mode: what they share */

#ifndef VFIO_GUEST_H
#define VFIO_GUEST_H

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef _Bool bool;

#include "../../../include/hw/ia64/zx1-fw.h"

#define true    1
#define false   0
#define NULL    ((void *)0)
#define ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))

/* Bit 63 of a physical address: not cacheable */
#define UC(addr)    ((addr) | 1ul << 63)

#define mf()        asm volatile("mf" : : : "memory")

static inline uint8_t read8(uint64_t addr)
{
    return *(volatile uint8_t *)UC(addr);
}

static inline uint32_t read32(uint64_t addr)
{
    return *(volatile uint32_t *)UC(addr);
}

static inline uint64_t read64(uint64_t addr)
{
    return *(volatile uint64_t *)UC(addr);
}

static inline void write8(uint64_t addr, uint8_t val)
{
    *(volatile uint8_t *)UC(addr) = val;
}

static inline void write16(uint64_t addr, uint16_t val)
{
    *(volatile uint16_t *)UC(addr) = val;
}

static inline void write32(uint64_t addr, uint32_t val)
{
    *(volatile uint32_t *)UC(addr) = val;
}

static inline void write64(uint64_t addr, uint64_t val)
{
    *(volatile uint64_t *)UC(addr) = val;
}

/* guest.ld */
extern char __free[];

/* start.S: code that needs 16 bytes and returns a number */
extern char code_17[16], code_34[16];
/* From now on, instructions are fetched by virtual addresses: those below
   256 MiB are as they were */
void fetch_virtual(void);
/* A page of 4 KiB for fetches from VIRTUAL(@phys), or no longer */
#define VIRTUAL(p)  ((void *)((uint64_t)(p) | 1ul << 61))
void fetch_map(void *virtual, void *phys);
void fetch_unmap(void *virtual);

/* lib.c */
/* Run code at @at, as one of the above */
uint64_t run_code(const void *at);
/* Make stores of the processor to code visible to its fetches */
void sync_code(const void *at);
void print(const char *s);
void print_hex(uint64_t v);
void print_dec(uint64_t v);
/* PASS or FAIL with a name; %d in the name is @arg. Returns @ok. */
bool check_n(bool ok, const char *name, uint64_t arg);
#define check(ok, name) check_n(ok, name, 0)
void note(const char *name, uint64_t value);
void *memset(void *p, int c, uint64_t n);
void *memcpy(void *to, const void *from, uint64_t n);
bool all_bytes(const void *p, uint8_t c, uint64_t n);
/* Interval time counter, microseconds */
uint64_t now_us(void);
void delay_us(uint64_t us);
/* Wait until @condition holds, at most @ms milliseconds; whether it did */
#define WAIT(condition, ms) ({                              \
        uint64_t end_ = now_us() + (ms) * 1000ul;           \
        bool ok_;                                           \
        do {                                                \
            ok_ = !!(condition);                            \
        } while (!ok_ && now_us() < end_);                  \
        ok_; })
/* For what must happen, however little time the machine gets */
#define LONG_MS     60000
/* The next pending external interrupt's vector, 15 if there is none */
unsigned pending_vector(void);
/* Sleep until an interrupt is pending, and take it; its vector */
unsigned halt(void);
/*
 * Wait for vector @want; false if it does not come. A few others before it are
 * taken and noted: on a busy host those of earlier causes may be late.
 */
bool wait_vector(unsigned want, unsigned ms);
/* Whole pages of RAM above the program, zeroed, aligned to @align */
void *ram_alloc(uint64_t size, uint64_t align);
void power_off(void) __attribute__((noreturn));

/* Program; returns when it has printed its results */
void guest_main(void);

/* pci.c: functions behind the first bridge (rope 0) */
void chipset_init(void);
/* The first @size bytes of a file from fw_cfg */
bool fw_file(const char *name, void *buf, uint64_t size);
/* Is the fw_cfg file @name there, with this text? */
bool option_is(const char *name, const char *value);
uint32_t config_read(unsigned devfn, unsigned reg, unsigned size);
void config_write(unsigned devfn, unsigned reg, uint32_t val, unsigned size);
/*
 * Next function >= @devfn with this id, -1 if none. From 256 on they are on
 * bus 1, behind a pci-bridge.
 */
int pci_find(unsigned devfn, uint16_t vendor, uint16_t device);
/* Offset of a capability, 0 if there is none */
unsigned pci_capability(unsigned devfn, uint8_t id);
/* Give the memory BAR at index @bar an address; returns it */
uint64_t pci_assign_bar(unsigned devfn, unsigned bar);
void pci_enable(unsigned devfn);
/* Entry @n of an MSI-X table: @vector of the boot processor */
void msix_set(uint64_t table, unsigned n, unsigned vector, bool masked);
/* INTA of a function, a pin of its bridge's IOSAPIC: to the boot processor */
unsigned line_of(unsigned devfn);
void line_set(unsigned line, unsigned vector, bool masked);
void line_eoi(unsigned vector);

/* ioc.c: the IOTLB */
#define IOVA(page)      (ZX1_IOVA_BASE + ((uint64_t)(page) << ioc_shift))
extern unsigned ioc_shift;
extern volatile uint64_t *ioc_pdir;
#define PDIR_VALID      (1ul << 63)
#define IOC_REG(offset) (ZX1_IOC_BASE + (offset))
#define IOC_ERROR_STATUS    0x120
#define IOC_ERROR_ADDR      0x128
#define IOC_ROPE0_CONTROL   0x200
#define IOC_IBASE           0x300
#define IOC_IMASK           0x308
#define IOC_PCOM            0x310
#define IOC_TCNFG           0x318
#define IOC_PDIR_BASE       0x320
/* Window of 1 GiB with pages of 2^@shift bytes and an empty directory */
void ioc_enable(unsigned shift);
void ioc_disable(void);
void ioc_map(unsigned page, void *phys);
void ioc_invalidate(unsigned page);
/* Purge 2^@log2 pages from @page on */
void ioc_purge(unsigned page, unsigned log2);
void ioc_unmap(unsigned page);

#endif
