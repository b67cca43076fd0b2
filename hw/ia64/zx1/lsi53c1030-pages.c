/*
 * LSI 53C1030: configuration pages
 *
 * Every page is kept as the host sees it, header first, in three copies:
 * default, non-volatile and current. The pages of SCSI devices exist once a
 * target.
 *
 * Facts: FreeBSD's sys/dev/mpt/mpilib/mpi_cnfg.h, whose versions
 * of the pages these are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <zlib.h> /* for crc32 */
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "hw/registerfields.h"
#include "system/block-backend.h"
#include "lsi53c1030.h"
#include "trace.h"

#define PAGE_HEADER_SIZE        4

/* Attributes: who may write */
#define RO                      MPI_CONFIG_PAGEATTR_READ_ONLY
#define RO_NV                   MPI_CONFIG_PAGEATTR_RO_PERSISTENT
#define CHANGEABLE              MPI_CONFIG_PAGEATTR_CHANGEABLE
#define PERSISTENT              MPI_CONFIG_PAGEATTR_PERSISTENT

#define MANUFACTURING           MPI_CONFIG_PAGETYPE_MANUFACTURING
#define IO_UNIT                 MPI_CONFIG_PAGETYPE_IO_UNIT
#define IOC                     MPI_CONFIG_PAGETYPE_IOC
#define SCSI_PORT               MPI_CONFIG_PAGETYPE_SCSI_PORT
#define SCSI_DEVICE             MPI_CONFIG_PAGETYPE_SCSI_DEVICE

/* Offsets in the pages, and their fields */
#define MAN0_CHIP_NAME          0x04
#define MAN0_CHIP_REVISION      0x14
#define MAN0_BOARD_NAME         0x1c
#define MAN0_BOARD_ASSEMBLY     0x2c
#define MAN0_BOARD_TRACER       0x3c
#define MAN2_DEVICE_ID          0x04
#define MAN2_REVISION           0x06
#define UNIT0_UNIQUE            0x04
#define UNIT2_ADAPTER_ORDER     0x0c
#define IOC0_VENDOR_ID          0x0c
#define IOC0_DEVICE_ID          0x0e
#define IOC0_REVISION           0x10
#define IOC0_CLASS              0x14
#define IOC0_SUBSYSTEM_VENDOR   0x18
#define IOC0_SUBSYSTEM          0x1a
#define IOC1_FLAGS              0x04
#define     IOC1_COALESCING             0x01
#define     IOC1_NO_CONTEXT_REPLY       0x10
#define IOC1_TIMEOUT            0x08
#define IOC1_DEPTH              0x0c
#define IOC1_SLOT               0x0d
#define     IOC1_SLOT_UNKNOWN           0xff
#define IOC4_MAX_SEP            0x05
#define PORT0_CAPABILITIES      0x04
#define PORT0_INTERFACE         0x08
/* low voltage differential; the id on the bus is not known */
#define     PORT0_LVD                   0xff000003
#define PORT1_CONFIGURATION     0x04
#define PORT2_SETTINGS          0x08
#define     PORT2_BIOS_OS_INIT          0x30
#define PORT2_DEVICE(id)        (0x0c + 4 * (id))
#define     PORT2_TIMEOUT               0
#define     PORT2_SYNC_FACTOR           1
#define     PORT2_FLAGS                 2
/* disconnection, scan of this id and its LUNs, tagged queuing */
#define     PORT2_FLAGS_USUAL           0x0f
#define DEV0_NEGOTIATED         0x04
#define DEV0_INFORMATION        0x08
#define     DEV0_NEGOTIATED_ONCE        0x01
#define DEV1_REQUESTED          0x04
#define DEV3_COUNTERS           0x04
#define     DEV3_NO_COUNTER             0xffff

#define IOC4_SEPS               8

/* SCSI port page 0 and device pages 0 and 1: what is or can be negotiated */
FIELD(SPEED, IU, 0, 1)
FIELD(SPEED, DT, 1, 1)
FIELD(SPEED, QAS, 2, 1)
FIELD(SPEED, PERIOD, 8, 8)
FIELD(SPEED, OFFSET, 16, 8)
FIELD(SPEED, IDP, 27, 1)
FIELD(SPEED, WIDE, 29, 1)
FIELD(SPEED, AIP, 31, 1)

#define SPEED_FLAGS             ((uint32_t)(R_SPEED_IU_MASK | \
                                 R_SPEED_DT_MASK | R_SPEED_QAS_MASK | \
                                 R_SPEED_IDP_MASK | R_SPEED_WIDE_MASK | \
                                 R_SPEED_AIP_MASK))

/* Ultra320 */
#define FASTEST_PERIOD          0x08
#define LARGEST_OFFSET          127

/* Coalescing when a driver turns it on without saying how */
#define COALESCING_TIMEOUT      36      /* us */
#define COALESCING_DEPTH        7

typedef struct C1030Page {
    uint8_t type;                       /* with attributes */
    uint8_t number;
    uint8_t version;
    uint8_t words;                      /* with the header */
} C1030Page;

static const C1030Page c1030_pages[] = {
    { MANUFACTURING | RO_NV,    0, 0, 19 },
    { MANUFACTURING | RO_NV,    1, 0, 65 },
    { MANUFACTURING | RO_NV,    2, 0, 3 },
    { MANUFACTURING | RO_NV,    3, 0, 3 },
    { MANUFACTURING | RO_NV,    4, 5, 28 },
    { IO_UNIT | RO,             0, 0, 3 },
    { IO_UNIT | PERSISTENT,     1, 2, 2 },
    { IO_UNIT | PERSISTENT,     2, 2, 8 },
    { IO_UNIT | CHANGEABLE,     3, 1, 3 },
    { IOC | RO,                 0, 1, 7 },
    { IOC | PERSISTENT,         1, 3, 4 },
    { IOC | RO,                 2, 4, 3 },
    { IOC | RO,                 3, 0, 2 },
    { IOC | CHANGEABLE,         4, 0, 2 + IOC4_SEPS },
    { IOC | RO,                 5, 0, 3 },
    { SCSI_PORT | RO,           0, 2, 3 },
    { SCSI_PORT | CHANGEABLE,   1, 3, 4 },
    { SCSI_PORT | PERSISTENT,   2, 2, 3 + C1030_TARGETS },
    { SCSI_DEVICE | RO,         0, 4, 3 },
    { SCSI_DEVICE | CHANGEABLE, 1, 5, 4 },
    { SCSI_DEVICE | CHANGEABLE, 2, 1, 4 },
    { SCSI_DEVICE | RO,         3, 0, 3 },
};

static unsigned c1030_page_instances(const C1030Page *page)
{
    return (page->type & MPI_CONFIG_PAGETYPE_MASK) == SCSI_DEVICE ?
           C1030_TARGETS : 1;
}

/* Where the first instance of @page is in each copy */
static size_t c1030_page_offset(const C1030Page *page)
{
    size_t offset = 0;

    for (const C1030Page *p = c1030_pages; p < page; p++) {
        offset += 4 * p->words * c1030_page_instances(p);
    }
    return offset;
}

static const C1030Page *c1030_find_page(uint8_t type, uint8_t number)
{
    for (unsigned i = 0; i < ARRAY_SIZE(c1030_pages); i++) {
        if ((c1030_pages[i].type & MPI_CONFIG_PAGETYPE_MASK) == type &&
            c1030_pages[i].number == number) {
            return &c1030_pages[i];
        }
    }
    return NULL;
}

/* A page that is known to exist; @copy is one of the three */
static uint8_t *c1030_page(uint8_t *copy, uint8_t type, uint8_t number,
                           unsigned instance)
{
    const C1030Page *page = c1030_find_page(type, number);

    assert(page && instance < c1030_page_instances(page));
    return copy + c1030_page_offset(page) + 4 * page->words * instance;
}

uint32_t c1030_coalescing(C1030State *s, uint32_t *timeout)
{
    const uint8_t *p = c1030_page(s->pages, IOC, 1, 0);

    *timeout = ldl_le_p(p + IOC1_TIMEOUT);
    return ldl_le_p(p + IOC1_FLAGS) & IOC1_COALESCING ? p[IOC1_DEPTH] : 1;
}

bool c1030_context_replies(C1030State *s)
{
    const uint8_t *p = c1030_page(s->pages, IOC, 1, 0);

    return !(ldl_le_p(p + IOC1_FLAGS) & IOC1_NO_CONTEXT_REPLY);
}

static uint32_t c1030_fastest(void)
{
    uint32_t v = FIELD_DP32(SPEED_FLAGS, SPEED, PERIOD, FASTEST_PERIOD);

    return FIELD_DP32(v, SPEED, OFFSET, LARGEST_OFFSET);
}

static void c1030_default_identity(C1030State *s, uint8_t *copy)
{
    PCIDevice *pci = PCI_DEVICE(s);
    uint8_t *p;

    p = c1030_page(copy, MANUFACTURING, 0, 0);
    strpadcpy((char *)p + MAN0_CHIP_NAME, 16, "LSI53C1030", '\0');
    strpadcpy((char *)p + MAN0_CHIP_REVISION, 8, "C0", '\0');
    strpadcpy((char *)p + MAN0_BOARD_NAME, 16, "QEMU", '\0');
    strpadcpy((char *)p + MAN0_BOARD_ASSEMBLY, 16, "", '\0');
    strpadcpy((char *)p + MAN0_BOARD_TRACER, 16, "", '\0');
    for (unsigned i = 2; i <= 3; i++) {
        p = c1030_page(copy, MANUFACTURING, i, 0);
        stw_le_p(p + MAN2_DEVICE_ID, pci_get_word(pci->config +
                                                  PCI_DEVICE_ID));
        p[MAN2_REVISION] = pci->config[PCI_REVISION_ID];
    }

    p = c1030_page(copy, IO_UNIT, 0, 0);
    p[UNIT0_UNIQUE] = pci->devfn;
    p = c1030_page(copy, IO_UNIT, 2, 0);
    /* Adapters are booted from in the order of their addresses */
    p[UNIT2_ADAPTER_ORDER + 1] = pci->devfn;

    p = c1030_page(copy, IOC, 0, 0);
    stw_le_p(p + IOC0_VENDOR_ID, pci_get_word(pci->config + PCI_VENDOR_ID));
    stw_le_p(p + IOC0_DEVICE_ID, pci_get_word(pci->config + PCI_DEVICE_ID));
    p[IOC0_REVISION] = pci->config[PCI_REVISION_ID];
    stl_le_p(p + IOC0_CLASS, pci_get_long(pci->config +
                                          PCI_REVISION_ID) >> 8);
    stw_le_p(p + IOC0_SUBSYSTEM_VENDOR, s->subsystem_vendor_id);
    stw_le_p(p + IOC0_SUBSYSTEM, s->subsystem_id);
}

void c1030_pages_init(C1030State *s)
{
    uint8_t *copy = s->pages_default, *p;

    for (unsigned i = 0; i < ARRAY_SIZE(c1030_pages); i++) {
        const C1030Page *page = &c1030_pages[i];
        size_t offset = c1030_page_offset(page);

        for (unsigned j = 0; j < c1030_page_instances(page); j++) {
            assert(offset + 4 * page->words <= C1030_PAGES_SIZE);
            p = copy + offset;
            p[0] = page->version;
            p[1] = page->words;
            p[2] = page->number;
            p[3] = page->type;
            offset += 4 * page->words;
        }
    }
    c1030_default_identity(s, copy);

    p = c1030_page(copy, IOC, 1, 0);
    stl_le_p(p + IOC1_TIMEOUT, COALESCING_TIMEOUT);
    p[IOC1_DEPTH] = COALESCING_DEPTH;
    p[IOC1_SLOT] = IOC1_SLOT_UNKNOWN;
    c1030_page(copy, IOC, 4, 0)[IOC4_MAX_SEP] = IOC4_SEPS;

    p = c1030_page(copy, SCSI_PORT, 0, 0);
    stl_le_p(p + PORT0_CAPABILITIES, c1030_fastest());
    stl_le_p(p + PORT0_INTERFACE, PORT0_LVD);
    p = c1030_page(copy, SCSI_PORT, 1, 0);
    stl_le_p(p + PORT1_CONFIGURATION, 1 << (16 + C1030_OWN_ID) |
                                      C1030_OWN_ID);
    p = c1030_page(copy, SCSI_PORT, 2, 0);
    stl_le_p(p + PORT2_SETTINGS, PORT2_BIOS_OS_INIT | C1030_OWN_ID);
    for (unsigned i = 0; i < C1030_TARGETS; i++) {
        p[PORT2_DEVICE(i) + PORT2_TIMEOUT] = 10;
        p[PORT2_DEVICE(i) + PORT2_SYNC_FACTOR] = FASTEST_PERIOD;
        stw_le_p(p + PORT2_DEVICE(i) + PORT2_FLAGS, PORT2_FLAGS_USUAL);
        memset(c1030_page(copy, SCSI_DEVICE, 3, i) + DEV3_COUNTERS,
               DEV3_NO_COUNTER & 0xff, 6);
    }

    memcpy(s->pages_nvram, copy, C1030_PAGES_SIZE);
    memcpy(s->pages, copy, C1030_PAGES_SIZE);
}

/*
 * NVRAM in a file: the form is ours. Only the bodies of persistent pages are
 * taken from it, so that another version of the table does no harm.
 */
#define NVRAM_MAGIC             "LSI1030\1"

typedef struct C1030Nvram {
    char magic[8];
    uint32_t size;                      /* of pages, little-endian */
    uint32_t crc;                       /* of pages, little-endian */
    uint8_t pages[C1030_PAGES_SIZE];
} C1030Nvram;

static uint32_t c1030_nvram_crc(const C1030Nvram *nv)
{
    return crc32(0, nv->pages, sizeof(nv->pages));
}

static void c1030_nvram_save(C1030State *s)
{
    C1030Nvram nv = { .magic = NVRAM_MAGIC };
    int ret;

    if (!s->nvram) {
        return;
    }
    memcpy(nv.pages, s->pages_nvram, sizeof(nv.pages));
    nv.size = cpu_to_le32(sizeof(nv.pages));
    nv.crc = cpu_to_le32(c1030_nvram_crc(&nv));
    ret = blk_pwrite(s->nvram, 0, sizeof(nv), &nv, 0);
    if (ret < 0) {
        error_report("lsi53c1030: could not write NVRAM: %s",
                     strerror(-ret));
    }
}

bool c1030_nvram_load(C1030State *s, Error **errp)
{
    C1030Nvram nv;
    int ret;

    if (blk_set_perm(s->nvram, BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE,
                     BLK_PERM_ALL, errp) < 0) {
        return false;
    }
    ret = blk_pread(s->nvram, 0, sizeof(nv), &nv, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "lsi53c1030: NVRAM wants a file of %zu "
                         "bytes", sizeof(nv));
        return false;
    }
    if (buffer_is_zero(&nv, sizeof(nv))) {
        return true;
    }
    if (memcmp(nv.magic, NVRAM_MAGIC, sizeof(nv.magic)) ||
        le32_to_cpu(nv.size) != sizeof(nv.pages) ||
        le32_to_cpu(nv.crc) != c1030_nvram_crc(&nv)) {
        warn_report("lsi53c1030: NVRAM is damaged, starting with defaults");
        return true;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(c1030_pages); i++) {
        const C1030Page *page = &c1030_pages[i];
        size_t offset = c1030_page_offset(page);

        if ((page->type & MPI_CONFIG_PAGEATTR_MASK) == PERSISTENT &&
            !memcmp(nv.pages + offset, s->pages_nvram + offset,
                    PAGE_HEADER_SIZE)) {
            memcpy(s->pages_nvram + offset, nv.pages + offset,
                   4 * page->words);
        }
    }
    c1030_pages_reset(s);
    return true;
}

void c1030_pages_reset(C1030State *s)
{
    memcpy(s->pages, s->pages_nvram, C1030_PAGES_SIZE);
}

/* What a target agreed to: all that was asked for, within our limits */
static void c1030_update_negotiated(C1030State *s, unsigned target)
{
    uint8_t *p = c1030_page(s->pages, SCSI_DEVICE, 0, target);
    uint32_t asked = ldl_le_p(c1030_page(s->pages, SCSI_DEVICE, 1, target) +
                              DEV1_REQUESTED);
    uint32_t got = 0;

    if (target != C1030_OWN_ID && scsi_device_find(&s->bus, 0, target, 0)) {
        unsigned period = FIELD_EX32(asked, SPEED, PERIOD);
        unsigned offset = FIELD_EX32(asked, SPEED, OFFSET);

        got = FIELD_DP32(asked & SPEED_FLAGS, SPEED, PERIOD,
                         MAX(period, FASTEST_PERIOD));
        got = FIELD_DP32(got, SPEED, OFFSET, MIN(offset, LARGEST_OFFSET));
    }
    stl_le_p(p + DEV0_NEGOTIATED, got);
    stl_le_p(p + DEV0_INFORMATION, got ? DEV0_NEGOTIATED_ONCE : 0);
}

/* The one buffer of a request: simple element at its end. 0: there is none */
static size_t c1030_page_buffer(const C1030Message *m, uint64_t *address)
{
    const uint8_t *sge = m->frame + offsetof(MPIMsgConfig, PageBufferSGE);
    size_t left = m->size - offsetof(MPIMsgConfig, PageBufferSGE);
    uint32_t flags;

    if (left < 8) {
        return 0;
    }
    flags = ldl_le_p(sge);
    if ((flags & MPI_SGE_FLAGS_ELEMENT_TYPE_MASK) !=
        MPI_SGE_FLAGS_SIMPLE_ELEMENT) {
        return 0;
    }
    *address = (uint32_t)ldl_le_p(sge + 4);
    if (flags & MPI_SGE_FLAGS_64_BIT_ADDRESSING) {
        if (left < 12) {
            return 0;
        }
        *address |= (uint64_t)ldl_le_p(sge + 8) << 32;
    }
    return flags & MPI_SGE_LENGTH_MASK;
}

/* Returns a MPI_IOCSTATUS_*; @offset is that of the page in each copy */
static uint16_t c1030_read_page(C1030State *s, const C1030Message *m,
                                const uint8_t *copy, const C1030Page *page,
                                size_t offset)
{
    uint64_t address = 0;
    size_t size = c1030_page_buffer(m, &address);

    size = MIN(size, 4 * page->words);
    if (!size || pci_dma_write(PCI_DEVICE(s), address, copy + offset,
                               size) != MEMTX_OK) {
        return MPI_IOCSTATUS_INVALID_SGL;
    }
    return MPI_IOCSTATUS_SUCCESS;
}

static uint16_t c1030_write_page(C1030State *s, const C1030Message *m,
                                 uint8_t *copy, const C1030Page *page,
                                 size_t offset)
{
    uint64_t address = 0;
    size_t size = c1030_page_buffer(m, &address);
    uint8_t data[4 * UINT8_MAX];

    size = MIN(size, 4 * page->words);
    if (!size || pci_dma_read(PCI_DEVICE(s), address, data,
                              size) != MEMTX_OK) {
        return MPI_IOCSTATUS_INVALID_SGL;
    }
    if (size > PAGE_HEADER_SIZE) {
        memcpy(copy + offset + PAGE_HEADER_SIZE, data + PAGE_HEADER_SIZE,
               size - PAGE_HEADER_SIZE);
    }
    return MPI_IOCSTATUS_SUCCESS;
}

/* Returns a MPI_IOCSTATUS_* */
static uint16_t c1030_page_action(C1030State *s, const C1030Message *m,
                                  unsigned action, const C1030Page *page,
                                  size_t offset)
{
    uint8_t attr = page->type & MPI_CONFIG_PAGEATTR_MASK;
    bool nv = attr == PERSISTENT || attr == RO_NV;
    bool writable = attr == PERSISTENT || attr == CHANGEABLE;
    uint16_t status;

    switch (action) {
    case MPI_CONFIG_ACTION_PAGE_READ_CURRENT:
        return c1030_read_page(s, m, s->pages, page, offset);
    case MPI_CONFIG_ACTION_PAGE_READ_NVRAM:
        return c1030_read_page(s, m, nv ? s->pages_nvram : s->pages_default,
                               page, offset);
    case MPI_CONFIG_ACTION_PAGE_READ_DEFAULT:
        return c1030_read_page(s, m, s->pages_default, page, offset);
    case MPI_CONFIG_ACTION_PAGE_WRITE_CURRENT:
        if (!writable) {
            return MPI_IOCSTATUS_CONFIG_CANT_COMMIT;
        }
        return c1030_write_page(s, m, s->pages, page, offset);
    case MPI_CONFIG_ACTION_PAGE_WRITE_NVRAM:
        if (attr != PERSISTENT) {
            return MPI_IOCSTATUS_CONFIG_CANT_COMMIT;
        }
        status = c1030_write_page(s, m, s->pages_nvram, page, offset);
        memcpy(s->pages + offset, s->pages_nvram + offset, 4 * page->words);
        c1030_nvram_save(s);
        return status;
    case MPI_CONFIG_ACTION_PAGE_DEFAULT:
        if (!writable) {
            return MPI_IOCSTATUS_CONFIG_NO_DEFAULTS;
        }
        memcpy(s->pages + offset, s->pages_default + offset,
               4 * page->words);
        if (nv) {
            memcpy(s->pages_nvram + offset, s->pages_default + offset,
                   4 * page->words);
            c1030_nvram_save(s);
        }
        return MPI_IOCSTATUS_SUCCESS;
    default:
        return MPI_IOCSTATUS_CONFIG_INVALID_ACTION;
    }
}

static bool c1030_known_type(uint8_t type)
{
    for (unsigned i = 0; i < ARRAY_SIZE(c1030_pages); i++) {
        if ((c1030_pages[i].type & MPI_CONFIG_PAGETYPE_MASK) == type) {
            return true;
        }
    }
    return false;
}

void c1030_config(C1030State *s, C1030Message *m)
{
    const MPIMsgConfig *req = (const MPIMsgConfig *)m->frame;
    uint32_t address = le32_to_cpu(req->PageAddress);
    uint8_t type = req->PageType & MPI_CONFIG_PAGETYPE_MASK;
    const C1030Page *page = c1030_find_page(type, req->PageNumber);
    MPIMsgConfigReply r = { 0 };
    unsigned instance = 0;
    uint16_t status;

    if (type == SCSI_DEVICE) {
        /* A target's number; its bus above; other forms are for targets */
        instance = address;
    }
    if (!c1030_known_type(type)) {
        status = MPI_IOCSTATUS_CONFIG_INVALID_TYPE;
    } else if (page && req->Action == MPI_CONFIG_ACTION_PAGE_HEADER) {
        /* The same for all instances */
        status = MPI_IOCSTATUS_SUCCESS;
    } else if (!page || instance >= c1030_page_instances(page) ||
               (type == SCSI_PORT && (address & 0xff))) {
        status = MPI_IOCSTATUS_CONFIG_INVALID_PAGE;
    } else {
        if (type == SCSI_DEVICE) {
            c1030_update_negotiated(s, instance);
        }
        status = c1030_page_action(s, m, req->Action, page,
                                   c1030_page_offset(page) +
                                   4 * page->words * instance);
    }
    trace_lsi53c1030_config(req->Action, type, req->PageNumber, address,
                            status);

    c1030_reply_header(m, &r, sizeof(r), status);
    r.Action = req->Action;
    r.PageNumber = req->PageNumber;
    r.PageType = req->PageType;
    if (page) {
        r.PageVersion = page->version;
        r.PageLength = page->words;
        r.PageType = page->type;
    }
    c1030_reply(s, m, &r, sizeof(r));
}
