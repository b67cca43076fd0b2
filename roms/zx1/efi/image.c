/*
 * EFI images: PE32+ for ia64
 *
 * Microsoft PE/COFF specification; what the file says is checked before it
 * is used.  Real boot files are longer than their headers say, and have
 * sections beyond SizeOfImage: both are taken as they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"
#include "pe-fixup.h"
#include "rt.h"

#define IMAGE_MAGIC     0x67616d69

#define PE_MACHINE_IA64 0x0200
#define PE_MAGIC_PLUS   0x20b
#define SUBSYSTEM_APPLICATION   10
#define SUBSYSTEM_BOOT_DRIVER   11
#define SUBSYSTEM_RUNTIME       12
#define MAX_IMAGE       (256UL << 20)

struct image {
    EFI_LOADED_IMAGE loaded;
    UINT64 jmpbuf[FW_JMPBUF_WORDS] __attribute__((aligned(16)));
    UINT32 magic;
    EFI_HANDLE handle;
    UINT64 base, pages;
    UINT64 fixup_pages;         /* of a runtime driver's struct rt_image */
    UINT64 entry;               /* address of the entry's descriptor */
    UINT16 subsystem;
    bool started, exited;
    EFI_TPL tpl;
    EFI_STATUS status;
    UINTN exit_size;
    CHAR16 *exit_data;
    struct image *parent;       /* that was running when this one started */
};

static struct image *current;

/* ------------------------------------------------------------------ */
/* PE32+ */

struct pe {
    const UINT8 *file;
    UINT64 size;
    const UINT8 *opt;           /* optional header */
    const UINT8 *sections;
    UINT32 nr_sections, nr_dirs;
    UINT64 image_base, image_size;
    UINT32 header_size, entry;
    UINT16 subsystem;
};

static bool pe_parse(struct pe *pe, const void *file, UINT64 size)
{
    const UINT8 *f = file;
    UINT64 off = 0, opt_size, i;

    if (size >= 64 && f[0] == 'M' && f[1] == 'Z') {
        off = ld32le(f + 60);
    }
    if (off > size || size - off < 24 + 112 ||
        memcmp(f + off, "PE\0\0", 4) ||
        ld16le(f + off + 4) != PE_MACHINE_IA64) {
        return false;
    }
    pe->file = f;
    pe->size = size;
    pe->nr_sections = ld16le(f + off + 6);
    opt_size = ld16le(f + off + 20);
    pe->opt = f + off + 24;
    if (opt_size < 112 || opt_size > size - off - 24 ||
        ld16le(pe->opt) != PE_MAGIC_PLUS) {
        return false;
    }
    pe->sections = pe->opt + opt_size;
    if (pe->nr_sections * 40 > size - off - 24 - opt_size) {
        return false;
    }
    pe->entry = ld32le(pe->opt + 16);
    pe->image_base = ld64le(pe->opt + 24);
    pe->image_size = ld32le(pe->opt + 56);
    pe->header_size = ld32le(pe->opt + 60);
    pe->subsystem = ld16le(pe->opt + 68);
    pe->nr_dirs = ld32le(pe->opt + 108);
    if (pe->nr_dirs > (opt_size - 112) / 8) {
        pe->nr_dirs = (opt_size - 112) / 8;
    }
    /* Room for whatever the sections say they need */
    for (i = 0; i < pe->nr_sections; i++) {
        const UINT8 *s = pe->sections + i * 40;
        UINT64 end = (UINT64)ld32le(s + 12) +
                     MAX(ld32le(s + 8), ld32le(s + 16));

        pe->image_size = MAX(pe->image_size, end);
    }
    pe->image_size = MAX(pe->image_size, (UINT64)pe->header_size);
    return pe->image_size <= MAX_IMAGE && pe->entry + 16UL <= pe->image_size;
}

/* Directory 5, base relocations: @field 0 its address, 4 its size */
static UINT32 pe_dir(const struct pe *pe, unsigned field)
{
    return pe->nr_dirs > 5 ? ld32le(pe->opt + 112 + 5 * 8 + field) : 0;
}

static void pe_copy(const struct pe *pe, UINT8 *base)
{
    UINT32 i;

    memset(base, 0, pe->image_size);
    memcpy(base, pe->file, MIN(pe->header_size, pe->size));
    for (i = 0; i < pe->nr_sections; i++) {
        const UINT8 *s = pe->sections + i * 40;
        UINT64 virt_size = ld32le(s + 8), rva = ld32le(s + 12);
        UINT64 raw_size = ld32le(s + 16), raw = ld32le(s + 20), n;

        n = virt_size ? MIN(raw_size, virt_size) : raw_size;
        if (raw >= pe->size) {
            continue;
        }
        memcpy(base + rva, pe->file + raw, MIN(n, pe->size - raw));
    }
}

/*
 * Moves the image, linked for image_base, to @base. What was changed is noted
 * in @fixups, which has room for as many as pe_max_fixups() says, *@nr of
 * them; NULL: nobody will ask.
 */
static bool pe_relocate(const struct pe *pe, UINT8 *base,
                        struct rt_fixup *fixups, UINT64 *nr)
{
    UINT64 delta = (UINT64)base - pe->image_base, at, end, i;
    UINT32 rva = pe_dir(pe, 0), n = pe_dir(pe, 4);

    if (!rva || !n) {
        /* Without relocations it must be where it was linked */
        return !delta;
    }
    if (rva > pe->image_size || n > pe->image_size - rva) {
        return false;
    }
    for (at = rva, end = (UINT64)rva + n; at + 8 <= end; ) {
        UINT32 page = ld32le(base + at), len = ld32le(base + at + 4);

        if (!len) {
            break;
        }
        if (len < 8 || len > end - at) {
            return false;
        }
        for (i = 8; i + 2 <= len; i += 2) {
            UINT16 e = ld16le(base + at + i);
            UINT64 where = (UINT64)page + (e & 0xfff);
            unsigned type = e >> 12;
            UINT8 *p = pe_fixup_place((UINT64)base, where, type);

            if (type == PE_FIXUP_ABSOLUTE) {
                continue;
            }
            if (!pe_fixup_size(type) ||
                p + pe_fixup_size(type) > base + pe->image_size) {
                return false;
            }
            pe_fixup_add(p, type, delta);
            if (fixups) {
                fixups[(*nr)++] = (struct rt_fixup) { where, type, 0 };
            }
        }
        at += ALIGN_UP(len, 4);
    }
    /* Two may overlap: the value is the one after all of them */
    for (i = 0; fixups && i < *nr; i++) {
        fixups[i].value = pe_fixup_get(
            pe_fixup_place((UINT64)base, fixups[i].rva, fixups[i].type),
            fixups[i].type);
    }
    return true;
}

/*
 * Keeps what SetVirtualAddressMap() needs to move a driver that stays: memory
 * for its relocations, and a place in the runtime image's list.
 */
static EFI_STATUS pe_keep(const struct pe *pe, struct image *im,
                          struct rt_image **kept)
{
    struct rt_info *rt = RT_HEAD->info;
    EFI_PHYSICAL_ADDRESS mem;
    EFI_STATUS s;

    /* An entry of the directory has two bytes, ours sixteen */
    im->fixup_pages = EFI_SIZE_TO_PAGES(pe_dir(pe, 4) / 2UL *
                                        sizeof(struct rt_fixup));
    if (rt->nr_images == RT_MAX_IMAGES) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (!pe_dir(pe, 0) || !im->fixup_pages) {
        return EFI_SUCCESS;     /* runs where it is, in both modes */
    }
    s = mem_allocate_pages(AllocateAnyPages, EfiRuntimeServicesData,
                           im->fixup_pages, &mem);
    if (EFI_ERROR(s)) {
        return s;
    }
    *kept = &rt->image[rt->nr_images++];
    **kept = (struct rt_image) {
        .base = im->base, .fixup = (struct rt_fixup *)mem,
    };
    return EFI_SUCCESS;
}

/* All that pe_load() got */
static void pe_free(struct image *im)
{
    struct rt_info *rt = RT_HEAD->info;

    for (UINT32 i = 0; i < rt->nr_images; i++) {
        if (rt->image[i].base == im->base) {
            mem_free_pages((UINT64)rt->image[i].fixup, im->fixup_pages);
            rt->image[i] = rt->image[--rt->nr_images];
            break;
        }
    }
    mem_free_pages(im->base, im->pages);
    im->base = 0;
}

/* Places the image; *base is its address */
static EFI_STATUS pe_load(struct image *im, const void *file, UINT64 size)
{
    struct rt_image *kept = NULL;
    EFI_STATUS s = EFI_SUCCESS;
    EFI_MEMORY_TYPE type;
    struct pe pe;
    UINT64 a;

    if (!pe_parse(&pe, file, size)) {
        return EFI_UNSUPPORTED;
    }
    switch (pe.subsystem) {
    case SUBSYSTEM_APPLICATION:
        type = EfiLoaderCode;
        im->loaded.ImageDataType = EfiLoaderData;
        break;
    case SUBSYSTEM_BOOT_DRIVER:
        type = EfiBootServicesCode;
        im->loaded.ImageDataType = EfiBootServicesData;
        break;
    case SUBSYSTEM_RUNTIME:
        type = EfiRuntimeServicesCode;
        im->loaded.ImageDataType = EfiRuntimeServicesData;
        break;
    default:
        return EFI_UNSUPPORTED;
    }
    im->loaded.ImageCodeType = type;
    im->subsystem = pe.subsystem;
    im->pages = EFI_SIZE_TO_PAGES(pe.image_size);
    im->base = pe.image_base;
    if (!pe.image_base ||
        EFI_ERROR(mem_allocate_pages(AllocateAddress, type, im->pages,
                                     &im->base))) {
        if (EFI_ERROR(mem_allocate_pages(AllocateAnyPages, type, im->pages,
                                         &im->base))) {
            im->base = 0;
            return EFI_OUT_OF_RESOURCES;
        }
    }
    pe_copy(&pe, (UINT8 *)im->base);
    if (type == EfiRuntimeServicesCode) {
        s = pe_keep(&pe, im, &kept);
    }
    if (!EFI_ERROR(s) &&
        !pe_relocate(&pe, (UINT8 *)im->base, kept ? kept->fixup : NULL,
                     kept ? &kept->nr : NULL)) {
        s = EFI_LOAD_ERROR;
    }
    if (EFI_ERROR(s)) {
        pe_free(im);
        return s;
    }
    for (a = im->base; a < im->base + pe.image_size; a += 32) {
        __asm__ volatile("fc.i %0" : : "r"(a) : "memory");
    }
    __asm__ volatile(";; sync.i;; srlz.i;;" : : : "memory");
    im->entry = im->base + pe.entry;
    im->loaded.ImageBase = (void *)im->base;
    im->loaded.ImageSize = pe.image_size;
    return EFI_SUCCESS;
}

/* ------------------------------------------------------------------ */
/* Where the file comes from */

/* Path of the file nodes, one after the other with a \ between */
static CHAR16 *file_name(EFI_DEVICE_PATH_PROTOCOL *dp)
{
    UINTN max = dp_size(dp), n = 0, len, i;
    CHAR16 *name = fw_zalloc(2 * max + 4);

    for (; name && !IsDevicePathEnd(dp) && DevicePathNodeLength(dp) >= 4;
         dp = NextDevicePathNode(dp)) {
        const UINT8 *p = (const UINT8 *)dp + 4;

        if (dp->Type != MEDIA_DEVICE_PATH ||
            dp->SubType != MEDIA_FILEPATH_DP) {
            fw_free(name);
            return NULL;
        }
        if (n && name[n - 1] != '\\' && ld16le(p) != '\\') {
            name[n++] = '\\';
        }
        len = (DevicePathNodeLength(dp) - 4) / 2;
        for (i = 0; i < len && ld16le(p + 2 * i); i++) {
            name[n++] = ld16le(p + 2 * i);
        }
    }
    return name;
}

static EFI_STATUS read_whole(EFI_FILE *f, void **data, UINTN *size)
{
    UINT8 buf[sizeof(EFI_FILE_INFO) + 1024] __attribute__((aligned(8)));
    EFI_FILE_INFO *info = (EFI_FILE_INFO *)buf;
    EFI_PHYSICAL_ADDRESS mem;
    UINTN n = sizeof(buf);
    EFI_STATUS s;

    s = f->GetInfo(f, (EFI_GUID *)&gEfiFileInfoGuid, &n, info);
    if (EFI_ERROR(s)) {
        return s;
    }
    if ((info->Attribute & EFI_FILE_DIRECTORY) || !info->FileSize ||
        info->FileSize > MAX_IMAGE) {
        return EFI_LOAD_ERROR;
    }
    n = info->FileSize;
    s = mem_allocate_pages(AllocateAnyPages, EfiBootServicesData,
                           EFI_SIZE_TO_PAGES(n), &mem);
    if (EFI_ERROR(s)) {
        return s;
    }
    s = f->Read(f, &n, (void *)mem);
    if (EFI_ERROR(s)) {
        mem_free_pages(mem, EFI_SIZE_TO_PAGES(info->FileSize));
        return s;
    }
    *data = (void *)mem;
    *size = n;
    return EFI_SUCCESS;
}

static EFI_STATUS read_from_fs(EFI_HANDLE device,
                               EFI_DEVICE_PATH_PROTOCOL *rest, void **data,
                               UINTN *size)
{
    EFI_FILE_IO_INTERFACE *fs =
        fw_protocol(device, &gEfiSimpleFileSystemProtocolGuid);
    CHAR16 *name = file_name(rest);
    EFI_FILE *root, *f;
    EFI_STATUS s;

    if (!fs || !name) {
        fw_free(name);
        return EFI_NOT_FOUND;
    }
    s = fs->OpenVolume(fs, &root);
    if (!EFI_ERROR(s)) {
        s = root->Open(root, &f, name, EFI_FILE_MODE_READ, 0);
        if (!EFI_ERROR(s)) {
            s = read_whole(f, data, size);
            f->Close(f);
        }
        root->Close(root);
    }
    fw_free(name);
    return s;
}

static EFI_STATUS read_by_load_file(EFI_HANDLE device,
                                    EFI_DEVICE_PATH_PROTOCOL *rest,
                                    BOOLEAN policy, void **data, UINTN *size)
{
    EFI_LOAD_FILE_INTERFACE *lf =
        fw_protocol(device, &gEfiLoadFileProtocolGuid);
    EFI_PHYSICAL_ADDRESS mem;
    EFI_STATUS s;

    if (!lf) {
        return EFI_NOT_FOUND;
    }
    *size = 0;
    s = lf->LoadFile(lf, rest, policy, size, NULL);
    if (s != EFI_BUFFER_TOO_SMALL || *size > MAX_IMAGE) {
        return EFI_ERROR(s) ? s : EFI_LOAD_ERROR;
    }
    s = mem_allocate_pages(AllocateAnyPages, EfiBootServicesData,
                           EFI_SIZE_TO_PAGES(*size), &mem);
    if (EFI_ERROR(s)) {
        return s;
    }
    s = lf->LoadFile(lf, rest, policy, size, (void *)mem);
    if (EFI_ERROR(s)) {
        mem_free_pages(mem, EFI_SIZE_TO_PAGES(*size));
        return s;
    }
    *data = (void *)mem;
    return EFI_SUCCESS;
}

static struct image *to_image(EFI_HANDLE h)
{
    EFI_LOADED_IMAGE *li = fw_protocol(h, &gEfiLoadedImageProtocolGuid);
    struct image *im = (struct image *)li;

    return im && im->magic == IMAGE_MAGIC ? im : NULL;
}

static EFI_STATUS bs_load_image(BOOLEAN policy, EFI_HANDLE parent,
                                EFI_DEVICE_PATH_PROTOCOL *path, VOID *src,
                                UINTN src_size, EFI_HANDLE *handle)
{
    EFI_DEVICE_PATH_PROTOCOL *rest = path;
    EFI_HANDLE device = NULL;
    void *data = src;
    UINTN size = src_size;
    struct image *im;
    EFI_STATUS s;

    if (!handle || !parent || (!src && !path)) {
        return EFI_INVALID_PARAMETER;
    }
    if (path && (EFI_ERROR(gBS->LocateDevicePath(
                     (EFI_GUID *)&gEfiSimpleFileSystemProtocolGuid, &rest,
                     &device)))) {
        rest = path;
        if (EFI_ERROR(gBS->LocateDevicePath(
                (EFI_GUID *)&gEfiLoadFileProtocolGuid, &rest, &device))) {
            rest = path;
            gBS->LocateDevicePath((EFI_GUID *)&gEfiDevicePathProtocolGuid,
                                  &rest, &device);
        }
    }
    if (!src) {
        if (!device) {
            return EFI_NOT_FOUND;
        }
        s = read_from_fs(device, rest, &data, &size);
        if (s == EFI_NOT_FOUND) {
            s = read_by_load_file(device, rest, policy, &data, &size);
        }
        if (EFI_ERROR(s)) {
            return s;
        }
    }
    im = fw_zalloc(sizeof(*im));
    s = im ? pe_load(im, data, size) : EFI_OUT_OF_RESOURCES;
    if (!src) {
        mem_free_pages((UINT64)data, EFI_SIZE_TO_PAGES(size));
    }
    if (EFI_ERROR(s)) {
        fw_free(im);
        return s;
    }
    im->magic = IMAGE_MAGIC;
    im->loaded.Revision = EFI_LOADED_IMAGE_INFORMATION_REVISION;
    im->loaded.ParentHandle = parent;
    im->loaded.SystemTable = gST;
    im->loaded.DeviceHandle = device;
    im->loaded.FilePath = path ? dp_append(device ? rest : path, NULL)
                               : NULL;
    s = fw_install(&im->handle, &gEfiLoadedImageProtocolGuid, &im->loaded);
    *handle = im->handle;
    return s;
}

static EFI_STATUS unload(struct image *im)
{
    EFI_HANDLE h = im->handle;

    handle_close_agent(h);
    handle_uninstall(h, &gEfiLoadedImageProtocolGuid, &im->loaded);
    pe_free(im);
    fw_free(im->loaded.FilePath);
    im->magic = 0;
    fw_free(im);
    return EFI_SUCCESS;
}

/* Returns when the image's entry does, or Exit() is called */
static void __attribute__((noinline)) run_current(void)
{
    if (!fw_setjmp(current->jmpbuf)) {
        current->status = ((EFI_IMAGE_ENTRY_POINT)current->entry)(
            current->handle, gST);
    }
}

static EFI_STATUS bs_start_image(EFI_HANDLE handle, UINTN *exit_size,
                                 CHAR16 **exit_data)
{
    struct image *im = to_image(handle);
    EFI_STATUS s;

    if (!im || im->started) {
        return EFI_INVALID_PARAMETER;
    }
    im->started = true;
    im->parent = current;
    im->tpl = event_raise_tpl(TPL_APPLICATION);
    current = im;
    run_current();
    im = current;
    current = im->parent;
    event_restore_tpl(im->tpl);
    s = im->status;
    if (exit_size) {
        *exit_size = im->exit_size;
    }
    if (exit_data) {
        *exit_data = im->exit_data;
    } else {
        fw_free(im->exit_data);
    }
    im->exit_data = NULL;
    /* An application's memory goes with it, a driver stays unless it failed */
    if (im->subsystem == SUBSYSTEM_APPLICATION || EFI_ERROR(s)) {
        unload(im);
    }
    return s;
}

static EFI_STATUS bs_exit(EFI_HANDLE handle, EFI_STATUS status, UINTN size,
                          CHAR16 *data)
{
    struct image *im = to_image(handle);

    if (!im) {
        return EFI_INVALID_PARAMETER;
    }
    if (!im->started) {
        return unload(im);
    }
    if (im != current) {
        return EFI_INVALID_PARAMETER;
    }
    im->status = status;
    im->exit_size = size;
    im->exit_data = data;
    fw_longjmp(im->jmpbuf);
}

static EFI_STATUS bs_unload_image(EFI_HANDLE handle)
{
    struct image *im = to_image(handle);
    EFI_STATUS s;

    if (!im || im == current) {
        return EFI_INVALID_PARAMETER;
    }
    if (im->started) {
        if (!im->loaded.Unload) {
            return EFI_UNSUPPORTED;
        }
        s = im->loaded.Unload(handle);
        if (EFI_ERROR(s)) {
            return s;
        }
    }
    return unload(im);
}

void image_fill_table(EFI_BOOT_SERVICES *bs)
{
    bs->LoadImage = bs_load_image;
    bs->StartImage = bs_start_image;
    bs->Exit = bs_exit;
    bs->UnloadImage = bs_unload_image;
}

/* The firmware is an image too: parent of the others */
void image_init(void)
{
    static EFI_LOADED_IMAGE self;

    self.Revision = EFI_LOADED_IMAGE_INFORMATION_REVISION;
    self.SystemTable = gST;
    self.ImageBase = (void *)FW_BOOT_BASE;
    self.ImageSize = FW_BOOT_SIZE;
    self.ImageCodeType = EfiBootServicesCode;
    self.ImageDataType = EfiBootServicesData;
    fw_install(&gImageHandle, &gEfiLoadedImageProtocolGuid, &self);
}
