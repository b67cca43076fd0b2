/*
 * LSI 53C1030 Ultra320 SCSI controller: configuration pages
 *
 * Pages, layouts and versions are those of Linux'
 * drivers/message/fusion/lsi/mpi_cnfg.h. What a host writes to a target's
 * requested parameters is what the target has negotiated from then on: a
 * virtual bus has no reason to do worse.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/pci/pci_ids.h"
#include "hw/scsi/mpi.h"
#include "mptspi.h"
#include "trace.h"

/* The longest page is Manufacturing 1 */
#define PAGE_MAX            260
#define PAGE_HEADER         4

/* Transfer parameters, in port and device pages alike */
#define PARAM_IU            0x00000001
#define PARAM_DT            0x00000002
#define PARAM_QAS           0x00000004
#define PARAM_PERIOD(p)     ((p) << 8)      /* 0x08: Ultra320 */
#define PARAM_OFFSET(o)     ((o) << 16)
#define PARAM_IDP           0x08000000
#define PARAM_WIDE          0x20000000
#define PARAM_AIP           0x80000000U

#define PARAM_ULTRA320      (PARAM_IU | PARAM_DT | PARAM_QAS | \
                             PARAM_PERIOD(0x08) | PARAM_OFFSET(0x7f) | \
                             PARAM_IDP | PARAM_WIDE | PARAM_AIP)

#define PORT0_LVD           0x00000003
#define DEVICE0_NEGOTIATED  0x00000001
/* Disconnect, scan of ids and LUNs, tagged queueing */
#define PORT2_DEVICE_FLAGS  0x000f
#define PORT2_DEVICE(period) ((uint32_t)PORT2_DEVICE_FLAGS << 16 | \
                              (period) << 8 | 10)

/* A page as it is built: header first, then what put_*() append */
typedef struct Page {
    uint8_t data[PAGE_MAX];
    unsigned length;
} Page;

static void put32(Page *p, uint32_t val)
{
    stl_le_p(p->data + p->length, val);
    p->length += 4;
}

static void put16(Page *p, uint16_t val)
{
    stw_le_p(p->data + p->length, val);
    p->length += 2;
}

static void put_str(Page *p, const char *str, unsigned length)
{
    strncpy((char *)p->data + p->length, str, length);
    p->length += length;
}

static void put_zero(Page *p, unsigned length)
{
    p->length += length;
}

/*
 * Pages by type and number. The builders get the page address (bus and
 * target of a device page). The writers get the page after its header.
 */
typedef struct PageInfo {
    uint8_t type;
    uint8_t number;
    uint8_t version;
    uint8_t attr;
    void (*build)(MptspiState *s, Page *p, uint32_t address);
    void (*write)(MptspiState *s, const uint8_t *data, uint32_t address);
} PageInfo;

static void build_manufacturing0(MptspiState *s, Page *p, uint32_t address)
{
    put_str(p, "LSI53C1030", 16);
    put_str(p, "C0", 8);
    put_str(p, "QEMU", 16);
    put_str(p, "", 16);
    put_str(p, "", 16);
}

static void build_manufacturing1(MptspiState *s, Page *p, uint32_t address)
{
    put_zero(p, 256);           /* no vital product data */
}

static void build_chip_id(MptspiState *s, Page *p, uint32_t address)
{
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(s);

    put16(p, pc->device_id);
    put16(p, pc->revision);
    put32(p, 0);
}

static void build_manufacturing4(MptspiState *s, Page *p, uint32_t address)
{
    put_zero(p, 0x6c);          /* nothing about RAID */
}

static void build_iounit0(MptspiState *s, Page *p, uint32_t address)
{
    PCIDevice *dev = PCI_DEVICE(s);

    /* The same for the functions of a chip, different for others */
    put32(p, pci_dev_bus_num(dev) << 8 | PCI_SLOT(dev->devfn));
    put32(p, 0);
}

static void build_iounit1(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, s->iounit1_flags);
}

static void write_iounit1(MptspiState *s, const uint8_t *data,
                          uint32_t address)
{
    s->iounit1_flags = ldl_le_p(data);
}

static void build_iounit2(MptspiState *s, Page *p, uint32_t address)
{
    PCIDevice *dev = PCI_DEVICE(s);

    put32(p, 0);
    put32(p, 0);                /* no BIOS */
    put16(p, pci_dev_bus_num(dev) | dev->devfn << 8);
    put16(p, 0x0003);           /* embedded, enabled */
    put_zero(p, 3 * 4);
    put32(p, 0);
}

static void build_iounit3(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, 0);                /* no GPIO pins */
    put32(p, 0);
}

static void build_ioc0(MptspiState *s, Page *p, uint32_t address)
{
    PCIDevice *dev = PCI_DEVICE(s);

    put32(p, 0);                /* NVRAM: none */
    put32(p, 0);
    put32(p, pci_get_long(dev->config + PCI_VENDOR_ID));
    put32(p, pci_get_byte(dev->config + PCI_REVISION_ID));
    put32(p, pci_get_long(dev->config + PCI_CLASS_REVISION) >> 8);
    put32(p, pci_get_long(dev->config + PCI_SUBSYSTEM_VENDOR_ID));
}

static void build_ioc1(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, s->ioc1_flags);
    put32(p, s->ioc1_timeout);
    put32(p, s->ioc1_depth | 0xff00);   /* PCI slot unknown */
}

static void write_ioc1(MptspiState *s, const uint8_t *data, uint32_t address)
{
    s->ioc1_flags = ldl_le_p(data);
    s->ioc1_timeout = ldl_le_p(data + 4);
    s->ioc1_depth = data[8];
}

static void build_ioc_empty(MptspiState *s, Page *p, uint32_t address)
{
    put_zero(p, 8);             /* no volumes, disks, enclosures, spares */
}

static void build_port0(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, PARAM_ULTRA320);
    put32(p, 0xff000000U | PORT0_LVD);  /* connected id unknown */
}

static void build_port1(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, s->port1_config);
    put32(p, s->port1_timer);
    put32(p, 0);
}

static void write_port1(MptspiState *s, const uint8_t *data, uint32_t address)
{
    s->port1_config = ldl_le_p(data);
    s->port1_timer = ldl_le_p(data + 4);
}

static void build_port2(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, s->port2_flags);
    put32(p, s->port2_settings);
    for (unsigned i = 0; i < MPTSPI_TARGETS; i++) {
        put32(p, s->port2_device[i]);
    }
}

static void write_port2(MptspiState *s, const uint8_t *data, uint32_t address)
{
    s->port2_flags = ldl_le_p(data);
    s->port2_settings = ldl_le_p(data + 4);
    for (unsigned i = 0; i < MPTSPI_TARGETS; i++) {
        s->port2_device[i] = ldl_le_p(data + 8 + 4 * i);
    }
}

static unsigned device_target(uint32_t address)
{
    return (address & MPI_SCSI_DEVICE_TARGET_ID_MASK) % MPTSPI_TARGETS;
}

static void build_device0(MptspiState *s, Page *p, uint32_t address)
{
    uint32_t params = s->device_requested[device_target(address)];

    put32(p, params & PARAM_ULTRA320);
    put32(p, params ? DEVICE0_NEGOTIATED : 0);
}

static void build_device1(MptspiState *s, Page *p, uint32_t address)
{
    put32(p, s->device_requested[device_target(address)]);
    put32(p, 0);
    put32(p, s->device_config[device_target(address)]);
}

static void write_device1(MptspiState *s, const uint8_t *data,
                          uint32_t address)
{
    s->device_requested[device_target(address)] = ldl_le_p(data);
    s->device_config[device_target(address)] = ldl_le_p(data + 8);
}

static void build_device2(MptspiState *s, Page *p, uint32_t address)
{
    put_zero(p, 12);
}

static void build_device3(MptspiState *s, Page *p, uint32_t address)
{
    put_zero(p, 8);             /* no errors counted */
}

#define RO      MPI_CONFIG_PAGEATTR_READ_ONLY
#define RW      MPI_CONFIG_PAGEATTR_CHANGEABLE
#define NV      MPI_CONFIG_PAGEATTR_PERSISTENT
#define RONV    MPI_CONFIG_PAGEATTR_RO_PERSISTENT

static const PageInfo pages[] = {
    { MPI_CONFIG_PAGETYPE_IO_UNIT, 0, 0x00, RO, build_iounit0 },
    { MPI_CONFIG_PAGETYPE_IO_UNIT, 1, 0x02, NV, build_iounit1,
      write_iounit1 },
    { MPI_CONFIG_PAGETYPE_IO_UNIT, 2, 0x02, RONV, build_iounit2 },
    { MPI_CONFIG_PAGETYPE_IO_UNIT, 3, 0x01, RO, build_iounit3 },
    { MPI_CONFIG_PAGETYPE_IOC, 0, 0x01, RO, build_ioc0 },
    { MPI_CONFIG_PAGETYPE_IOC, 1, 0x03, NV, build_ioc1, write_ioc1 },
    { MPI_CONFIG_PAGETYPE_IOC, 2, 0x04, RO, build_ioc_empty },
    { MPI_CONFIG_PAGETYPE_IOC, 3, 0x00, RO, build_ioc_empty },
    { MPI_CONFIG_PAGETYPE_IOC, 4, 0x00, RO, build_ioc_empty },
    { MPI_CONFIG_PAGETYPE_SCSI_PORT, 0, 0x02, RO, build_port0 },
    { MPI_CONFIG_PAGETYPE_SCSI_PORT, 1, 0x03, RW, build_port1, write_port1 },
    { MPI_CONFIG_PAGETYPE_SCSI_PORT, 2, 0x02, NV, build_port2, write_port2 },
    { MPI_CONFIG_PAGETYPE_SCSI_DEVICE, 0, 0x04, RO, build_device0 },
    { MPI_CONFIG_PAGETYPE_SCSI_DEVICE, 1, 0x05, RW, build_device1,
      write_device1 },
    { MPI_CONFIG_PAGETYPE_SCSI_DEVICE, 2, 0x01, RO, build_device2 },
    { MPI_CONFIG_PAGETYPE_SCSI_DEVICE, 3, 0x00, RO, build_device3 },
    { MPI_CONFIG_PAGETYPE_MANUFACTURING, 0, 0x00, RONV,
      build_manufacturing0 },
    { MPI_CONFIG_PAGETYPE_MANUFACTURING, 1, 0x00, RONV,
      build_manufacturing1 },
    { MPI_CONFIG_PAGETYPE_MANUFACTURING, 2, 0x00, RO, build_chip_id },
    { MPI_CONFIG_PAGETYPE_MANUFACTURING, 3, 0x00, RO, build_chip_id },
    { MPI_CONFIG_PAGETYPE_MANUFACTURING, 4, 0x05, RONV,
      build_manufacturing4 },
};

static const PageInfo *find_page(unsigned type, unsigned number,
                                 bool *type_known)
{
    *type_known = false;
    for (unsigned i = 0; i < ARRAY_SIZE(pages); i++) {
        if (pages[i].type == type) {
            *type_known = true;
            if (pages[i].number == number) {
                return &pages[i];
            }
        }
    }
    return NULL;
}

/* The page must be what it names: a port that is there, a target of bus 0 */
static bool address_ok(unsigned type, uint32_t address)
{
    switch (type) {
    case MPI_CONFIG_PAGETYPE_SCSI_PORT:
        return (address & MPI_SCSI_PORT_PGAD_PORT_MASK) == 0;
    case MPI_CONFIG_PAGETYPE_SCSI_DEVICE:
        return (address & MPI_SCSI_DEVICE_FORM_MASK) ==
               MPI_SCSI_DEVICE_FORM_BUS_TID &&
               (address & MPI_SCSI_DEVICE_BUS_MASK) == 0 &&
               (address & MPI_SCSI_DEVICE_TARGET_ID_MASK) < MPTSPI_TARGETS;
    default:
        return true;
    }
}

/* Move a page through the one element of its request; 0 or an IOCStatus */
static uint16_t transfer(MptspiState *s, const uint8_t *sge, Page *p,
                         const PageInfo *info, uint32_t address, bool write)
{
    uint32_t flags = ldl_le_p(sge);
    unsigned length = MIN(flags & MPI_SGE_LENGTH_MASK, p->length);
    dma_addr_t addr = flags & MPI_SGE_FLAGS_64_BIT_ADDRESSING ?
                      ldq_le_p(sge + 4) : ldl_le_p(sge + 4);

    if ((flags & MPI_SGE_FLAGS_ELEMENT_TYPE_MASK) !=
        MPI_SGE_FLAGS_SIMPLE_ELEMENT) {
        return MPI_IOCSTATUS_INVALID_SGL;
    }
    if (!write) {
        pci_dma_write(PCI_DEVICE(s), addr, p->data, length);
        return MPI_IOCSTATUS_SUCCESS;
    }
    if (!info->write) {
        return MPI_IOCSTATUS_CONFIG_CANT_COMMIT;
    }
    /* What a short buffer leaves out keeps its value */
    if (pci_dma_read(PCI_DEVICE(s), addr, p->data, length) != MEMTX_OK) {
        return MPI_IOCSTATUS_INVALID_SGL;
    }
    info->write(s, p->data + PAGE_HEADER, address);
    return MPI_IOCSTATUS_SUCCESS;
}

void mptspi_config(MptspiState *s, const uint8_t *request)
{
    const MPIMsgConfig *req = (const MPIMsgConfig *)request;
    unsigned type = req->PageType & MPI_CONFIG_PAGETYPE_MASK;
    uint32_t address = le32_to_cpu(req->PageAddress);
    bool type_known;
    const PageInfo *info = find_page(type, req->PageNumber, &type_known);
    uint16_t status = MPI_IOCSTATUS_SUCCESS;
    Page page = { .length = PAGE_HEADER };
    MPIMsgConfigReply reply = {
        .Action = req->Action,
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        .MsgContext = req->MsgContext,
        .PageNumber = req->PageNumber,
        .PageType = req->PageType,
    };

    trace_mptspi_config(req->Action, type, req->PageNumber, address);
    if (!type_known) {
        status = MPI_IOCSTATUS_CONFIG_INVALID_TYPE;
    } else if (!info) {
        status = MPI_IOCSTATUS_CONFIG_INVALID_PAGE;
    } else {
        info->build(s, &page, address_ok(type, address) ? address : 0);
        page.data[0] = reply.PageVersion = info->version;
        page.data[1] = reply.PageLength = page.length / 4;
        page.data[2] = reply.PageNumber;
        page.data[3] = reply.PageType = type | info->attr;

        switch (req->Action) {
        case MPI_CONFIG_ACTION_PAGE_HEADER:
            break;
        case MPI_CONFIG_ACTION_PAGE_READ_CURRENT:
        case MPI_CONFIG_ACTION_PAGE_READ_DEFAULT:
        case MPI_CONFIG_ACTION_PAGE_READ_NVRAM:
            status = address_ok(type, address) ?
                transfer(s, request + offsetof(MPIMsgConfig, PageBufferSGE),
                         &page, info, address, false) :
                MPI_IOCSTATUS_CONFIG_INVALID_PAGE;
            break;
        case MPI_CONFIG_ACTION_PAGE_WRITE_CURRENT:
        case MPI_CONFIG_ACTION_PAGE_WRITE_NVRAM:
            status = address_ok(type, address) ?
                transfer(s, request + offsetof(MPIMsgConfig, PageBufferSGE),
                         &page, info, address, true) :
                MPI_IOCSTATUS_CONFIG_INVALID_PAGE;
            break;
        case MPI_CONFIG_ACTION_PAGE_DEFAULT:
            /* Nothing is kept over a power cycle anyway */
            break;
        default:
            status = MPI_IOCSTATUS_CONFIG_INVALID_ACTION;
            break;
        }
    }
    reply.IOCStatus = cpu_to_le16(status);
    mptspi_reply(s, &reply, reply.MsgLength);
}

void mptspi_config_reset(MptspiState *s)
{
    for (unsigned i = 0; i < MPTSPI_TARGETS; i++) {
        s->device_requested[i] = 0;
        s->device_config[i] = 0;
        s->port2_device[i] = PORT2_DEVICE(0x08);
    }
    s->port1_config = MPTSPI_HOST_ID | 1 << (16 + MPTSPI_HOST_ID);
    s->port1_timer = 0;
    s->port2_flags = 0;
    s->port2_settings = MPTSPI_HOST_ID | 0x30;  /* BIOS and OS */
    s->iounit1_flags = 0;
    s->ioc1_flags = 0;
    s->ioc1_timeout = 0;
    s->ioc1_depth = 0;
}
