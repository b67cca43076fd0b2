/*
 * zx1 firmware: PCI I/O and PCI Root Bridge I/O, for drivers that are loaded
 *
 * Facts: EFI 1.10 specification, chapters 12 (PCI Root Bridge I/O, PCI I/O)
 * and ACPI 2.0, 6.4.3.5.1 (QWord address space descriptor).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"
#include "core.h"

#define ATTR_SUPPORTED  (EFI_PCI_IO_ATTRIBUTE_IO | \
                         EFI_PCI_IO_ATTRIBUTE_MEMORY | \
                         EFI_PCI_IO_ATTRIBUTE_BUS_MASTER | \
                         EFI_PCI_IO_ATTRIBUTE_DUAL_ADDRESS_CYCLE)

#define ACPI_QWORD_DESC 0x8a
#define ACPI_QWORD_LEN  0x2b
#define ACPI_END_TAG    0x79

struct pciio {
    EFI_PCI_IO_PROTOCOL io;
    struct pci_dev *d;
    UINT64 attributes;
};

struct rootio {
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL io;
    struct pci_root *root;
    UINT8 *resources;
};

/* What Map() made; a bounce buffer where devices do not reach the memory */
struct mapping {
    void *host, *bounce;
    UINTN size;
    bool to_host;
};

enum space { SPACE_MEM, SPACE_IO };

static UINT64 get_unit(enum space s, UINT64 a, unsigned bytes)
{
    switch (bytes) {
    case 1:
        return s == SPACE_IO ? io_in8(a) : mmio_read8(a);
    case 2:
        return s == SPACE_IO ? io_in16(a) : mmio_read16(a);
    case 4:
        return s == SPACE_IO ? io_in32(a) : mmio_read32(a);
    default:
        return mmio_read64(a);
    }
}

static void put_unit(enum space s, UINT64 a, unsigned bytes, UINT64 v)
{
    switch (bytes) {
    case 1:
        if (s == SPACE_IO) {
            io_out8(a, v);
        } else {
            mmio_write8(a, v);
        }
        break;
    case 2:
        if (s == SPACE_IO) {
            io_out16(a, v);
        } else {
            mmio_write16(a, v);
        }
        break;
    case 4:
        if (s == SPACE_IO) {
            io_out32(a, v);
        } else {
            mmio_write32(a, v);
        }
        break;
    default:
        mmio_write64(a, v);
    }
}

static UINT64 load(const UINT8 *p, unsigned bytes)
{
    UINT64 v = 0;

    memcpy(&v, p, bytes);
    return v;
}

/* FIFO widths keep the address, fill widths keep the buffer */
static EFI_STATUS access(enum space s, EFI_PCI_WIDTH width, UINT64 a,
                         UINTN count, void *buf, bool write)
{
    unsigned bytes = 1 << (width & 3);
    unsigned step_a = width >= EfiPciWidthFifoUint8 &&
                      width <= EfiPciWidthFifoUint64 ? 0 : bytes;
    unsigned step_b = width >= EfiPciWidthFillUint8 ? 0 : bytes;
    UINT8 *p = buf;

    if (width >= EfiPciWidthMaximum || !buf || a % bytes ||
        (s == SPACE_IO && bytes == 8)) {
        return EFI_INVALID_PARAMETER;
    }
    while (count--) {
        if (write) {
            put_unit(s, a, bytes, load(p, bytes));
        } else {
            UINT64 v = get_unit(s, a, bytes);

            memcpy(p, &v, bytes);
        }
        a += step_a;
        p += step_b;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS poll(enum space s, EFI_PCI_WIDTH width, UINT64 a,
                       UINT64 mask, UINT64 value, UINT64 delay, UINT64 *result)
{
    UINT64 t = fw_deadline(delay / 10 + 1);

    if (width > EfiPciWidthUint64 || !result) {
        return EFI_INVALID_PARAMETER;
    }
    for (;;) {
        *result = get_unit(s, a, 1 << width);
        if ((*result & mask) == value) {
            return EFI_SUCCESS;
        }
        if (!delay || fw_expired(t)) {
            return delay ? EFI_TIMEOUT : EFI_SUCCESS;
        }
    }
}

/* Memory that devices reach, and mapping of memory that they may not */

static EFI_STATUS dma_map(void *host, UINTN *size, bool to_device,
                          bool common, EFI_PHYSICAL_ADDRESS *addr,
                          VOID **mapping)
{
    struct mapping *m;

    if (!host || !size || !addr || !mapping) {
        return EFI_INVALID_PARAMETER;
    }
    m = fw_zalloc(sizeof(*m));
    if (!m) {
        return EFI_OUT_OF_RESOURCES;
    }
    m->host = host;
    m->size = *size;
    if ((UINT64)host < ZX1_MEM0_SIZE &&
        *size <= ZX1_MEM0_SIZE - (UINT64)host) {
        *addr = dma_bus(host);
    } else {
        m->bounce = common ? NULL : fw_alloc_dma(*size, EFI_PAGE_SIZE);
        if (!m->bounce) {
            fw_free(m);
            return common ? EFI_UNSUPPORTED : EFI_OUT_OF_RESOURCES;
        }
        if (to_device) {
            memcpy(m->bounce, host, *size);
        }
        m->to_host = !to_device;
        *addr = dma_bus(m->bounce);
    }
    *mapping = m;
    return EFI_SUCCESS;
}

static EFI_STATUS dma_unmap(VOID *mapping)
{
    struct mapping *m = mapping;

    if (!m) {
        return EFI_INVALID_PARAMETER;
    }
    if (m->bounce) {
        if (m->to_host) {
            memcpy(m->host, m->bounce, m->size);
        }
        fw_free_dma(m->bounce, m->size);
    }
    fw_free(m);
    return EFI_SUCCESS;
}

static EFI_STATUS dma_buffer(EFI_MEMORY_TYPE type, UINTN pages, VOID **host)
{
    EFI_PHYSICAL_ADDRESS a = ZX1_MEM0_SIZE - 1;
    EFI_STATUS st;

    if (!host || (type != EfiBootServicesData &&
                  type != EfiRuntimeServicesData)) {
        return EFI_INVALID_PARAMETER;
    }
    st = gBS->AllocatePages(AllocateMaxAddress, type, pages, &a);
    if (!EFI_ERROR(st)) {
        *host = (VOID *)a;
    }
    return st;
}

/* PCI I/O */

static bool bar_address(struct pciio *p, UINT8 index, bool io, UINT64 offset,
                        EFI_PCI_WIDTH width, UINTN count, UINT64 *a)
{
    struct pci_bar *b;
    UINT64 n = (UINT64)1 << (width & 3);

    if (index == EFI_PCI_IO_PASS_THROUGH_BAR) {
        *a = offset;
        return true;
    }
    if (index > 5) {
        return false;
    }
    b = &p->d->bar[index];
    if (width < EfiPciWidthFifoUint8 || width > EfiPciWidthFifoUint64) {
        n *= count;
    }
    if (!b->size || !b->assigned || b->io != io || offset > b->size ||
        n > b->size - offset) {
        return false;
    }
    *a = b->addr + offset;
    return true;
}

static EFI_STATUS bar_access(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH width,
                             UINT8 bar, UINT64 offset, UINTN count, VOID *buf,
                             bool io, bool write)
{
    struct pciio *p = container_of(This, struct pciio, io);
    UINT64 a;

    if (!bar_address(p, bar, io, offset, width, count, &a)) {
        return EFI_UNSUPPORTED;
    }
    return access(io ? SPACE_IO : SPACE_MEM, width, a, count, buf, write);
}

static EFI_STATUS EFIAPI mem_read(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                  UINT8 bar, UINT64 off, UINTN n, VOID *buf)
{
    return bar_access(This, w, bar, off, n, buf, false, false);
}

static EFI_STATUS EFIAPI mem_write(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                   UINT8 bar, UINT64 off, UINTN n, VOID *buf)
{
    return bar_access(This, w, bar, off, n, buf, false, true);
}

static EFI_STATUS EFIAPI io_read(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                 UINT8 bar, UINT64 off, UINTN n, VOID *buf)
{
    return bar_access(This, w, bar, off, n, buf, true, false);
}

static EFI_STATUS EFIAPI io_write(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                  UINT8 bar, UINT64 off, UINTN n, VOID *buf)
{
    return bar_access(This, w, bar, off, n, buf, true, true);
}

static EFI_STATUS EFIAPI poll_mem(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                  UINT8 bar, UINT64 off, UINT64 mask,
                                  UINT64 value, UINT64 delay, UINT64 *result)
{
    struct pciio *p = container_of(This, struct pciio, io);
    UINT64 a;

    return bar_address(p, bar, false, off, w, 1, &a)
        ? poll(SPACE_MEM, w, a, mask, value, delay, result) : EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI poll_io(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                 UINT8 bar, UINT64 off, UINT64 mask,
                                 UINT64 value, UINT64 delay, UINT64 *result)
{
    struct pciio *p = container_of(This, struct pciio, io);
    UINT64 a;

    return bar_address(p, bar, true, off, w, 1, &a)
        ? poll(SPACE_IO, w, a, mask, value, delay, result) : EFI_UNSUPPORTED;
}

static EFI_STATUS config_access(struct pci_dev *d, EFI_PCI_WIDTH width,
                                UINT32 off, UINTN count, UINT8 *p, bool write)
{
    unsigned bytes = 1 << (width & 3);

    if (width > EfiPciWidthUint32 || !p || off % bytes ||
        off > 256 || count > (256 - off) / bytes) {
        return EFI_INVALID_PARAMETER;
    }
    for (; count--; off += bytes, p += bytes) {
        UINT32 v;

        if (write) {
            v = load(p, bytes);
            if (bytes == 1) {
                pci_write8(d, off, v);
            } else if (bytes == 2) {
                pci_write16(d, off, v);
            } else {
                pci_write32(d, off, v);
            }
        } else {
            v = bytes == 1 ? pci_read8(d, off)
                : bytes == 2 ? pci_read16(d, off) : pci_read32(d, off);
            memcpy(p, &v, bytes);
        }
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI cfg_read(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                  UINT32 off, UINTN n, VOID *buf)
{
    return config_access(container_of(This, struct pciio, io)->d, w, off, n,
                         buf, false);
}

static EFI_STATUS EFIAPI cfg_write(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                   UINT32 off, UINTN n, VOID *buf)
{
    return config_access(container_of(This, struct pciio, io)->d, w, off, n,
                         buf, true);
}

static EFI_STATUS EFIAPI copy_mem(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH w,
                                  UINT8 dbar, UINT64 doff, UINT8 sbar,
                                  UINT64 soff, UINTN count)
{
    struct pciio *p = container_of(This, struct pciio, io);
    unsigned bytes = 1 << (w & 3);
    UINT64 d, s;

    if (w > EfiPciWidthUint64) {
        return EFI_INVALID_PARAMETER;
    }
    if (!bar_address(p, dbar, false, doff, w, count, &d) ||
        !bar_address(p, sbar, false, soff, w, count, &s)) {
        return EFI_UNSUPPORTED;
    }
    for (UINTN i = 0; i < count; i++) {
        UINTN j = d > s ? count - 1 - i : i;    /* they may overlap */

        put_unit(SPACE_MEM, d + j * bytes, bytes,
                 get_unit(SPACE_MEM, s + j * bytes, bytes));
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI pci_map(EFI_PCI_IO_PROTOCOL *This,
                                 EFI_PCI_IO_PROTOCOL_OPERATION op, VOID *host,
                                 UINTN *size, EFI_PHYSICAL_ADDRESS *addr,
                                 VOID **mapping)
{
    if (op >= EfiPciIoOperationMaximum) {
        return EFI_INVALID_PARAMETER;
    }
    return dma_map(host, size, op == EfiPciIoOperationBusMasterRead,
                   op == EfiPciIoOperationBusMasterCommonBuffer, addr,
                   mapping);
}

static EFI_STATUS EFIAPI pci_unmap(EFI_PCI_IO_PROTOCOL *This, VOID *mapping)
{
    return dma_unmap(mapping);
}

static EFI_STATUS EFIAPI pci_alloc(EFI_PCI_IO_PROTOCOL *This,
                                   EFI_ALLOCATE_TYPE how, EFI_MEMORY_TYPE type,
                                   UINTN pages, VOID **host, UINT64 attributes)
{
    return dma_buffer(type, pages, host);
}

static EFI_STATUS EFIAPI pci_free(EFI_PCI_IO_PROTOCOL *This, UINTN pages,
                                  VOID *host)
{
    return gBS->FreePages((EFI_PHYSICAL_ADDRESS)host, pages);
}

static EFI_STATUS EFIAPI pci_flush(EFI_PCI_IO_PROTOCOL *This)
{
    fw_mb();
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI pci_location(EFI_PCI_IO_PROTOCOL *This, UINTN *seg,
                                      UINTN *bus, UINTN *dev, UINTN *fn)
{
    struct pciio *p = container_of(This, struct pciio, io);

    if (!seg || !bus || !dev || !fn) {
        return EFI_INVALID_PARAMETER;
    }
    *seg = 0;
    *bus = p->d->bus;
    *dev = p->d->dev;
    *fn = p->d->fn;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI pci_attributes(
    EFI_PCI_IO_PROTOCOL *This, EFI_PCI_IO_PROTOCOL_ATTRIBUTE_OPERATION op,
    UINT64 attr, UINT64 *result)
{
    struct pciio *p = container_of(This, struct pciio, io);
    UINT16 cmd;

    if (op == EfiPciIoAttributeOperationGet ||
        op == EfiPciIoAttributeOperationSupported) {
        if (!result) {
            return EFI_INVALID_PARAMETER;
        }
        *result = op == EfiPciIoAttributeOperationGet ? p->attributes
                                                      : ATTR_SUPPORTED;
        return EFI_SUCCESS;
    }
    if (op >= EfiPciIoAttributeOperationMaximum) {
        return EFI_INVALID_PARAMETER;
    }
    if (attr & ~ATTR_SUPPORTED) {
        return EFI_UNSUPPORTED;
    }
    switch (op) {
    case EfiPciIoAttributeOperationSet:
        p->attributes = attr;
        break;
    case EfiPciIoAttributeOperationEnable:
        p->attributes |= attr;
        break;
    default:
        p->attributes &= ~attr;
        break;
    }
    cmd = pci_read16(p->d, PCI_COMMAND) &
        ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    cmd |= p->attributes & EFI_PCI_IO_ATTRIBUTE_IO ? PCI_COMMAND_IO : 0;
    cmd |= p->attributes & EFI_PCI_IO_ATTRIBUTE_MEMORY ? PCI_COMMAND_MEMORY
                                                       : 0;
    cmd |= p->attributes & EFI_PCI_IO_ATTRIBUTE_BUS_MASTER
        ? PCI_COMMAND_MASTER : 0;
    pci_write16(p->d, PCI_COMMAND, cmd);
    return EFI_SUCCESS;
}

/* One descriptor; @type: 0 memory, 1 ports, 2 buses */
static UINT8 *put_resource(UINT8 *r, UINT8 type, UINT64 min, UINT64 len,
                           bool is64, bool prefetch)
{
    memset(r, 0, ACPI_QWORD_LEN + 3);
    r[0] = ACPI_QWORD_DESC;
    st16le(r + 1, ACPI_QWORD_LEN);
    r[3] = type;
    r[5] = prefetch ? 0x06 : 0;
    st64le(r + 6, type == 0 ? (is64 ? 64 : 32) : 0);
    st64le(r + 14, min);
    st64le(r + 22, min + len - 1);
    st64le(r + 38, len);
    r += ACPI_QWORD_LEN + 3;
    r[0] = ACPI_END_TAG;
    r[1] = 0;
    return r;
}

static EFI_STATUS EFIAPI get_bar_attributes(EFI_PCI_IO_PROTOCOL *This,
                                            UINT8 index, UINT64 *supports,
                                            VOID **resources)
{
    struct pciio *p = container_of(This, struct pciio, io);
    struct pci_bar *b;
    UINT8 *r;

    if (!supports && !resources) {
        return EFI_INVALID_PARAMETER;
    }
    if (index > 5 || !p->d->bar[index].size) {
        return EFI_UNSUPPORTED;
    }
    if (supports) {
        *supports = ATTR_SUPPORTED;
    }
    if (resources) {
        b = &p->d->bar[index];
        r = fw_alloc(ACPI_QWORD_LEN + 5);
        if (!r) {
            return EFI_OUT_OF_RESOURCES;
        }
        put_resource(r, b->io, b->addr, b->size, b->mem64, b->prefetch);
        *resources = r;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_bar_attributes(EFI_PCI_IO_PROTOCOL *This,
                                            UINT64 attr, UINT8 index,
                                            UINT64 *offset, UINT64 *length)
{
    return attr ? EFI_UNSUPPORTED : EFI_SUCCESS;
}

static const EFI_PCI_IO_PROTOCOL pciio_template = {
    .PollMem = poll_mem,
    .PollIo = poll_io,
    .Mem = { mem_read, mem_write },
    .Io = { io_read, io_write },
    .Pci = { cfg_read, cfg_write },
    .CopyMem = copy_mem,
    .Map = pci_map,
    .Unmap = pci_unmap,
    .AllocateBuffer = pci_alloc,
    .FreeBuffer = pci_free,
    .Flush = pci_flush,
    .GetLocation = pci_location,
    .Attributes = pci_attributes,
    .GetBarAttributes = get_bar_attributes,
    .SetBarAttributes = set_bar_attributes,
};

/* PCI Root Bridge I/O */

static EFI_STATUS EFIAPI root_mem_read(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       EFI_PCI_WIDTH w, UINT64 a, UINTN n,
                                       VOID *buf)
{
    return access(SPACE_MEM, w, a, n, buf, false);
}

static EFI_STATUS EFIAPI root_mem_write(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                        EFI_PCI_WIDTH w, UINT64 a, UINTN n,
                                        VOID *buf)
{
    return access(SPACE_MEM, w, a, n, buf, true);
}

static EFI_STATUS EFIAPI root_io_read(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                      EFI_PCI_WIDTH w, UINT64 a, UINTN n,
                                      VOID *buf)
{
    return access(SPACE_IO, w, a, n, buf, false);
}

static EFI_STATUS EFIAPI root_io_write(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       EFI_PCI_WIDTH w, UINT64 a, UINTN n,
                                       VOID *buf)
{
    return access(SPACE_IO, w, a, n, buf, true);
}

static EFI_STATUS EFIAPI root_poll_mem(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       EFI_PCI_WIDTH w, UINT64 a, UINT64 mask,
                                       UINT64 value, UINT64 delay,
                                       UINT64 *result)
{
    return poll(SPACE_MEM, w, a, mask, value, delay, result);
}

static EFI_STATUS EFIAPI root_poll_io(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                      EFI_PCI_WIDTH w, UINT64 a, UINT64 mask,
                                      UINT64 value, UINT64 delay,
                                      UINT64 *result)
{
    return poll(SPACE_IO, w, a, mask, value, delay, result);
}

/* Address: register 7:0 or 63:32, function 15:8, device 23:16, bus 31:24 */
static EFI_STATUS root_config(EFI_PCI_WIDTH width, UINT64 a, UINTN count,
                              UINT8 *p, bool write)
{
    unsigned bytes = 1 << (width & 3);
    UINT64 sal = (a >> 24 & 0xff) << 16 | (a >> 16 & 0x1f) << 11 |
                 (a >> 8 & 7) << 8;
    UINT32 reg = a >> 32 ? a >> 32 : a & 0xff;

    if (width > EfiPciWidthUint32 || !p || reg % bytes || reg > 256 ||
        count > (256 - reg) / bytes) {
        return EFI_INVALID_PARAMETER;
    }
    for (; count--; reg += bytes, p += bytes) {
        struct sal_ret r;

        if (write) {
            r = fw_sal(SAL_PCI_CONFIG_WRITE, sal | reg, bytes, load(p, bytes),
                       0, 0, 0, 0);
        } else {
            r = fw_sal(SAL_PCI_CONFIG_READ, sal | reg, bytes, 0, 0, 0, 0, 0);
            memcpy(p, &r.v[0], bytes);
        }
        if (r.status) {
            return EFI_DEVICE_ERROR;
        }
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI root_pci_read(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       EFI_PCI_WIDTH w, UINT64 a, UINTN n,
                                       VOID *buf)
{
    return root_config(w, a, n, buf, false);
}

static EFI_STATUS EFIAPI root_pci_write(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                        EFI_PCI_WIDTH w, UINT64 a, UINTN n,
                                        VOID *buf)
{
    return root_config(w, a, n, buf, true);
}

static EFI_STATUS EFIAPI root_copy(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                   EFI_PCI_WIDTH w, UINT64 d, UINT64 s,
                                   UINTN count)
{
    unsigned bytes = 1 << (w & 3);

    if (w > EfiPciWidthUint64) {
        return EFI_INVALID_PARAMETER;
    }
    for (UINTN i = 0; i < count; i++) {
        UINTN j = d > s ? count - 1 - i : i;

        put_unit(SPACE_MEM, d + j * bytes, bytes,
                 get_unit(SPACE_MEM, s + j * bytes, bytes));
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI root_map(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                  EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_OPERATION op,
                                  VOID *host, UINTN *size,
                                  EFI_PHYSICAL_ADDRESS *addr, VOID **mapping)
{
    if (op >= EfiPciOperationMaximum) {
        return EFI_INVALID_PARAMETER;
    }
    return dma_map(host, size, op == EfiPciOperationBusMasterRead ||
                   op == EfiPciOperationBusMasterRead64,
                   op == EfiPciOperationBusMasterCommonBuffer ||
                   op == EfiPciOperationBusMasterCommonBuffer64, addr,
                   mapping);
}

static EFI_STATUS EFIAPI root_unmap(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                    VOID *mapping)
{
    return dma_unmap(mapping);
}

static EFI_STATUS EFIAPI root_alloc(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                    EFI_ALLOCATE_TYPE how,
                                    EFI_MEMORY_TYPE type, UINTN pages,
                                    VOID **host, UINT64 attributes)
{
    return dma_buffer(type, pages, host);
}

static EFI_STATUS EFIAPI root_free(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                   UINTN pages, VOID *host)
{
    return gBS->FreePages((EFI_PHYSICAL_ADDRESS)host, pages);
}

static EFI_STATUS EFIAPI root_flush(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This)
{
    fw_mb();
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI root_get_attr(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       UINT64 *supports, UINT64 *attributes)
{
    if (!supports && !attributes) {
        return EFI_INVALID_PARAMETER;
    }
    if (supports) {
        *supports = 0;
    }
    if (attributes) {
        *attributes = 0;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI root_set_attr(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       UINT64 attributes, UINT64 *base,
                                       UINT64 *length)
{
    return attributes ? EFI_UNSUPPORTED : EFI_SUCCESS;
}

static EFI_STATUS EFIAPI root_configuration(
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This, VOID **resources)
{
    if (!resources) {
        return EFI_INVALID_PARAMETER;
    }
    *resources = container_of(This, struct rootio, io)->resources;
    return EFI_SUCCESS;
}

static const EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL rootio_template = {
    .PollMem = root_poll_mem,
    .PollIo = root_poll_io,
    .Mem = { root_mem_read, root_mem_write },
    .Io = { root_io_read, root_io_write },
    .Pci = { root_pci_read, root_pci_write },
    .CopyMem = root_copy,
    .Map = root_map,
    .Unmap = root_unmap,
    .AllocateBuffer = root_alloc,
    .FreeBuffer = root_free,
    .Flush = root_flush,
    .GetAttributes = root_get_attr,
    .SetAttributes = root_set_attr,
    .Configuration = root_configuration,
};

static void add_root(struct pci_root *root)
{
    struct rootio *r = fw_zalloc(sizeof(*r));
    const struct zx1_fw_root *hw = &root->hw;
    UINT8 *p;

    if (!r || !root->handle) {
        return;
    }
    r->io = rootio_template;
    r->root = root;
    r->resources = fw_zalloc(4 * (ACPI_QWORD_LEN + 3) + 2);
    if (!r->resources) {
        return;
    }
    p = put_resource(r->resources, 2, hw->bus_first,
                     hw->bus_last - hw->bus_first + 1, false, false);
    if (hw->io_base <= hw->io_limit) {
        p = put_resource(p, 1, hw->io_base, hw->io_limit - hw->io_base + 1,
                         false, false);
    }
    if (hw->mem32_base <= hw->mem32_limit) {
        p = put_resource(p, 0, hw->mem32_base,
                         hw->mem32_limit - hw->mem32_base + 1, false, false);
    }
    if (hw->mem64_base <= hw->mem64_limit) {
        put_resource(p, 0, hw->mem64_base,
                     hw->mem64_limit - hw->mem64_base + 1, true, false);
    }
    fw_install(&root->handle, &gEfiPciRootBridgeIoProtocolGuid, &r->io);
}

static void pciio_init(void)
{
    struct list *p;

    for (unsigned i = 0; i < fw_pci_nroots; i++) {
        add_root(&fw_pci_roots[i]);
    }
    list_for_each(p, &fw_pci_devs) {
        struct pci_dev *d = container_of(p, struct pci_dev, list);
        struct pciio *io = fw_zalloc(sizeof(*io));

        if (!io) {
            return;
        }
        io->io = pciio_template;
        io->d = d;
        fw_install(&d->handle, &gEfiPciIoProtocolGuid, &io->io);
    }
}
FW_INITCALL(driver, pciio_init);
