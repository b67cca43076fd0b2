/*
 * Direct boot of a Linux kernel handed over by the machine
 *
 * The kernel is an ELF file, as it is or compressed with gzip; it is loaded
 * at the physical addresses in its program headers and entered in physical
 * mode with r28 = boot parameters (Linux, arch/ia64/kernel/head.S and
 * include/uapi/asm/setup.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define FW_CFG_KERNEL_SIZE  0x08
#define FW_CFG_INITRD_SIZE  0x0b
#define FW_CFG_KERNEL_DATA  0x11
#define FW_CFG_INITRD_DATA  0x12
#define FW_CFG_CMDLINE_SIZE 0x14
#define FW_CFG_CMDLINE_DATA 0x15

#define ELF_MACHINE_IA64    50
#define ELF_PT_LOAD         1

struct elf_header {
    UINT8 ident[16];
    UINT16 type, machine;
    UINT32 version;
    UINT64 entry, phoff, shoff;
    UINT32 flags;
    UINT16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_phdr {
    UINT32 type, flags;
    UINT64 offset, vaddr, paddr, filesz, memsz, align;
};

struct boot_param {
    UINT64 command_line;
    UINT64 efi_systab;
    UINT64 efi_memmap;
    UINT64 efi_memmap_size;
    UINT64 efi_memdesc_size;
    UINT32 efi_memdesc_version;
    UINT16 num_cols, num_rows, orig_x, orig_y;
    UINT64 fpswa;
    UINT64 initrd_start, initrd_size;
};

static UINT32 item(UINT16 size_key)
{
    UINT32 n = 0;

    fwcfg_read(size_key, 0, &n, 4);
    return n;
}

static void *pages(UINT64 bytes)
{
    UINT64 mem;

    if (EFI_ERROR(mem_allocate_pages(AllocateAnyPages, EfiLoaderData,
                                     EFI_SIZE_TO_PAGES(bytes), &mem))) {
        return NULL;
    }
    return (void *)mem;
}

/* Replaces a gzip file by what is in it; false if it is malformed */
static bool gunzip(UINT8 **data, UINT64 *size)
{
    UINT8 *p = *data, *end = p + *size, *out;
    size_t len, want;
    UINT8 flags;

    if (*size < 18 || p[0] != 0x1f || p[1] != 0x8b) {
        return true;
    }
    flags = p[3];
    want = ld32le(end - 4);
    p += 10;
    if (flags & 4) {
        p += 2 + ld16le(p);
    }
    if (flags & 8) {
        while (p < end && *p++) {
            continue;
        }
    }
    if (flags & 16) {
        while (p < end && *p++) {
            continue;
        }
    }
    if (flags & 2) {
        p += 2;
    }
    if ((*data)[2] != 8 || p + 8 > end) {
        return false;
    }
    out = pages(want);
    if (!out || !inflate(p, end - 8 - p, out, want, &len) || len != want) {
        return false;
    }
    mem_free_pages((UINT64)*data, EFI_SIZE_TO_PAGES(*size));
    *data = out;
    *size = want;
    return true;
}

/* Pages taken for segments */
#define MAX_RANGES 16

static struct range {
    UINT64 start, end;
} ranges[MAX_RANGES];
static unsigned nr_ranges;

static bool load_segment(UINT8 *file, UINT64 size, const struct elf_phdr *ph)
{
    UINT64 start = ph->paddr & ~(EFI_PAGE_SIZE - 1), end, mem;
    unsigned i;

    if (ph->filesz > ph->memsz || ph->offset > size ||
        ph->filesz > size - ph->offset || ph->paddr >> 50 ||
        ph->memsz >> 50 || nr_ranges == MAX_RANGES) {
        return false;
    }
    end = ALIGN_UP(ph->paddr + ph->memsz, EFI_PAGE_SIZE);
    /* It may begin in the last page of another one */
    for (i = 0; i < nr_ranges; i++) {
        if (start >= ranges[i].start && start < ranges[i].end) {
            start = ranges[i].end;
        }
    }
    if (start < end) {
        mem = start;
        if (EFI_ERROR(mem_allocate_pages(AllocateAddress, EfiLoaderData,
                                         (end - start) >> EFI_PAGE_SHIFT,
                                         &mem))) {
            return false;
        }
        ranges[nr_ranges++] = (struct range) { start, end };
    }
    memcpy((void *)ph->paddr, file + ph->offset, ph->filesz);
    memset((void *)(ph->paddr + ph->filesz), 0, ph->memsz - ph->filesz);
    return true;
}

static bool load_segments(UINT8 *file, UINT64 size, UINT64 *entry)
{
    struct elf_header *h = (struct elf_header *)file;
    UINT64 phys = ~0UL;
    unsigned i;

    if (size < sizeof(*h) || memcmp(h->ident, "\177ELF\2\1", 6) ||
        h->machine != ELF_MACHINE_IA64 || h->phoff > size ||
        (h->phoff & 7) || h->phentsize != sizeof(struct elf_phdr) ||
        (UINT64)h->phnum * h->phentsize > size - h->phoff) {
        return false;
    }
    for (i = 0; i < h->phnum; i++) {
        struct elf_phdr *ph = (struct elf_phdr *)(file + h->phoff) + i;

        if (ph->type != ELF_PT_LOAD || !ph->memsz) {
            continue;
        }
        if (!load_segment(file, size, ph)) {
            return false;
        }
        /* The entry is a physical address, or a virtual one */
        if (h->entry >= ph->paddr && h->entry - ph->paddr < ph->memsz) {
            phys = h->entry;
        } else if (h->entry >= ph->vaddr &&
                   h->entry - ph->vaddr < ph->memsz && phys == ~0UL) {
            phys = h->entry - ph->vaddr + ph->paddr;
        }
    }
    *entry = phys;
    return phys != ~0UL && !(phys & 15);
}

static bool load_elf(UINT8 *file, UINT64 size, UINT64 *entry)
{
    nr_ranges = 0;
    if (load_segments(file, size, entry)) {
        return true;
    }
    while (nr_ranges--) {
        mem_free_pages(ranges[nr_ranges].start,
                       (ranges[nr_ranges].end - ranges[nr_ranges].start) >>
                       EFI_PAGE_SHIFT);
    }
    return false;
}

/* Instructions were stored as data */
static void sync_code(void)
{
    unsigned i;
    UINT64 a;

    for (i = 0; i < nr_ranges; i++) {
        for (a = ranges[i].start; a < ranges[i].end; a += 32) {
            __asm__ volatile("fc.i %0" : : "r"(a) : "memory");
        }
    }
    __asm__ volatile(";; sync.i;; srlz.i;;" : : : "memory");
}

bool fw_direct_boot(void)
{
    UINT64 size = item(FW_CFG_KERNEL_SIZE), entry, map_size, key, mem;
    struct boot_param *bp;
    EFI_MEMORY_DESCRIPTOR *map;
    UINT64 desc_size;
    UINT32 version, n;
    UINT8 *file;
    char *cmdline;

    if (!size) {
        return false;
    }
    file = pages(size);
    if (!file) {
        fw_printf("kernel: %lu bytes do not fit into memory\n", size);
        return false;
    }
    fwcfg_read(FW_CFG_KERNEL_DATA, 0, file, size);
    if (!gunzip(&file, &size)) {
        fw_printf("kernel: damaged gzip file\n");
        return false;
    }
    if (!load_elf(file, size, &entry)) {
        fw_printf("kernel: not an ia64 ELF file that fits into memory\n");
        return false;
    }
    mem_free_pages((UINT64)file, EFI_SIZE_TO_PAGES(size));
    sync_code();

    bp = pages(2 * EFI_PAGE_SIZE);
    n = item(FW_CFG_CMDLINE_SIZE);
    cmdline = pages(n + 1);
    if (!bp || !cmdline) {
        fw_printf("kernel: out of memory\n");
        return false;
    }
    memset(bp, 0, sizeof(*bp));
    if (n) {
        fwcfg_read(FW_CFG_CMDLINE_DATA, 0, cmdline, n);
    }
    cmdline[n] = 0;
    bp->command_line = (UINT64)cmdline;
    n = item(FW_CFG_INITRD_SIZE);
    if (n) {
        if (EFI_ERROR(mem_allocate_pages(AllocateAnyPages, EfiLoaderData,
                                         EFI_SIZE_TO_PAGES(n), &mem))) {
            fw_printf("initrd: %u bytes do not fit into memory\n", n);
            return false;
        }
        fwcfg_read(FW_CFG_INITRD_DATA, 0, (void *)mem, n);
        bp->initrd_start = mem;
        bp->initrd_size = n;
    }
    bp->efi_systab = (UINT64)gST;
    bp->fpswa = (UINT64)RT_HEAD->fpswa;
    bp->num_cols = 80;
    bp->num_rows = 25;

    map_size = 0;
    mem_get_map(&map_size, NULL, &key, &desc_size, &version);
    map_size += 16 * desc_size;
    map = pages(map_size);
    if (!map || EFI_ERROR(mem_get_map(&map_size, map, &key, &desc_size,
                                      &version))) {
        fw_printf("kernel: out of memory\n");
        return false;
    }
    bp->efi_memmap = (UINT64)map;
    bp->efi_memmap_size = map_size;
    bp->efi_memdesc_size = desc_size;
    bp->efi_memdesc_version = version;
    if (EFI_ERROR(fw_exit_boot_services(gImageHandle, key))) {
        fw_printf("kernel: memory map changed\n");
        return false;
    }
    fw_start_kernel(entry, (UINT64)bp, 0);
    return false;
}
