/*
 * zx1 firmware: LSI Fusion-MPT host adapters, 53C1030 (SPI) and SAS1068
 *
 * Facts: LSI Fusion-MPT message passing interface 1.x, as FreeBSD's
 * sys/dev/mpt and the base's hw/scsi/mpi.h describe its messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

#define R_DOORBELL          0x00
#define R_STATUS            0x30
#define R_MASK              0x34
#define R_REQUEST           0x40
#define R_REPLY             0x44

#define DB_STATE            0xf0000000
#define DB_READY            0x10000000
#define DB_OPERATIONAL      0x20000000
#define DB_ACTIVE           0x08000000
#define DB_FUNCTION(f)      ((UINT32)(f) << 24)

#define ST_IOP_BUSY         0x80000000
#define ST_REPLY            0x00000008
#define ST_DOORBELL         0x00000001

#define F_SCSI_IO           0x00
#define F_IOC_INIT          0x02
#define F_IOC_FACTS         0x03
#define F_CONFIG            0x04
#define F_PORT_FACTS        0x05
#define F_PORT_ENABLE       0x06
#define F_UNIT_RESET        0x40
#define F_HANDSHAKE         0x42

/* Message header, byte offsets */
#define M_LENGTH            2       /* of a reply, 32-bit words */
#define M_FUNCTION          3
#define M_CONTEXT           8
#define M_IOC_STATUS        14

#define FACTS_MAX_DEVICES   46
#define PORT_TYPE           21
#define PORT_SCSI_ID        24
#define PORT_TYPE_SCSI      0x01
#define PORT_TYPE_SAS       0x30

#define INIT_LENGTH         24
#define INIT_WHO            0
#define INIT_WHO_BIOS       0x02
#define INIT_MAX_DEVICES    5
#define INIT_MAX_BUSES      6
#define INIT_REPLY_SIZE     12

#define IO_TARGET           0
#define IO_CDB_LENGTH       4
#define IO_SENSE_LENGTH     5
#define IO_LUN              12
#define IO_CONTROL          20
#define IO_WRITE            0x01000000
#define IO_READ             0x02000000
#define IO_CDB              24
#define IO_DATA_LENGTH      40
#define IO_SENSE            44
#define IO_SGE              48
#define IO_SCSI_STATUS      12
#define IO_SCSI_STATE       13
#define IO_STATE_SENSE      0x01

#define CONFIG_ACTION       0
#define CONFIG_HEADER       0x00
#define CONFIG_READ         0x01
#define CONFIG_EXT_WORDS    4
#define CONFIG_EXT_TYPE     6
#define CONFIG_PAGE         20      /* version, words, number, type */
#define CONFIG_PAGE_WORDS   21
#define CONFIG_ADDRESS      24
#define CONFIG_MANUFACTURING    0x09
#define CONFIG_EXTENDED     0x0f
#define CONFIG_SAS_DEVICE   0x12
#define SAS_DEVICE_BY_ID    0x10000000      /* bus and target in the address */
#define SAS_DEVICE_ADDRESS  12
#define SAS_DEVICE_MIN      20              /* bytes of the page, with that */
#define CONFIG_SGE          28
#define CONFIG_MAX_WORDS    128

#define SGE_SIMPLE_LAST     0xd1000000      /* end of buffer and list */
#define SGE_WRITE           0x04000000

#define IOC_SUCCESS         0x0000
#define IOC_RECOVERED       0x0040
#define IOC_NO_BUS          0x0041
#define IOC_NO_TARGET       0x0042
#define IOC_NO_DEVICE       0x0043
#define IOC_OVERRUN         0x0044
#define IOC_UNDERRUN        0x0045

#define REPLY_ADDRESS       0x80000000
#define REPLY_NONE          0xffffffff

#define REPLIES             8
#define REPLY_SIZE          128
#define REQUEST_SIZE        128
/* In the page of the requests: a configuration page */
#define SAS_PAGE            256
#define SAS_PAGE_SIZE       256
#define MAX_BYTES           (1 << 20)
#define STEP_USECS          2000000
#define REQUEST_USECS       30000000
#define RESET_USECS         30000000

struct mpt {
    UINT64 regs;
    struct scsi_host host;
    UINT8 *req, *sense;
    UINT8 *replies;             /* REPLIES * REPLY_SIZE */
    UINT32 replies_bus;         /* where the controller knows them */
    UINT32 context;
    bool dead;
    struct dma_probe probe;
};

static UINT32 rd(struct mpt *m, unsigned r)
{
    return mmio_read32(m->regs + r);
}

static void wr(struct mpt *m, unsigned r, UINT32 v)
{
    mmio_write32(m->regs + r, v);
}

static bool wait_status(struct mpt *m, UINT32 mask, UINT32 val)
{
    UINT64 t = fw_deadline(STEP_USECS);

    while ((rd(m, R_STATUS) & mask) != val) {
        if (fw_expired(t)) {
            return false;
        }
    }
    return true;
}

static bool unit_reset(struct mpt *m)
{
    UINT64 t = fw_deadline(RESET_USECS);

    if ((rd(m, R_DOORBELL) & DB_STATE) == DB_READY &&
        !(rd(m, R_DOORBELL) & DB_ACTIVE)) {
        return true;
    }
    wr(m, R_DOORBELL, DB_FUNCTION(F_UNIT_RESET));
    while ((rd(m, R_DOORBELL) & DB_STATE) != DB_READY) {
        if (fw_expired(t)) {
            return false;
        }
    }
    wr(m, R_STATUS, 0);
    return true;
}

/* A message and its reply through the doorbell; lengths in bytes */
static bool handshake(struct mpt *m, const UINT8 *msg, unsigned len,
                      UINT8 *reply, unsigned max)
{
    unsigned words = 2;

    wr(m, R_STATUS, 0);
    wr(m, R_DOORBELL, DB_FUNCTION(F_HANDSHAKE) | (len / 4) << 16);
    if (!wait_status(m, ST_DOORBELL, ST_DOORBELL)) {
        return false;
    }
    wr(m, R_STATUS, 0);
    for (unsigned i = 0; i < len; i += 4) {
        if (!wait_status(m, ST_IOP_BUSY, 0)) {
            return false;
        }
        wr(m, R_DOORBELL, ld32le(msg + i));
    }
    memset(reply, 0, max);
    for (unsigned i = 0; i < words; i++) {
        UINT16 v;

        if (!wait_status(m, ST_DOORBELL, ST_DOORBELL)) {
            return false;
        }
        v = rd(m, R_DOORBELL);
        wr(m, R_STATUS, 0);
        if (2 * i + 2 <= max) {
            st16le(reply + 2 * i, v);
        }
        if (i == 1) {
            words = (v & 0xff) * 2;
        }
    }
    if (wait_status(m, ST_DOORBELL, ST_DOORBELL)) {
        wr(m, R_STATUS, 0);
    }
    return words > 2;
}

/*
 * Posts m->req and waits for its reply. *@reply: the frame, to be given back
 * with release(), or NULL if the answer was the context alone: success.
 */
static EFI_STATUS request(struct mpt *m, UINT8 **reply)
{
    UINT64 t = fw_deadline(REQUEST_USECS);
    UINT32 base = m->replies_bus;

    *reply = NULL;
    if (m->dead) {
        return EFI_DEVICE_ERROR;
    }
    st32le(m->req + M_CONTEXT, ++m->context & 0x1fffffff);
    fw_mb();
    wr(m, R_REQUEST, dma_bus(m->req));
    for (;;) {
        UINT32 v = rd(m, R_REPLY), off;

        if (v == REPLY_NONE) {
            if (fw_expired(t)) {
                unit_reset(m);      /* it may still write */
                m->dead = true;
                return EFI_TIMEOUT;
            }
            continue;
        }
        fw_mb();
        if (!(v & REPLY_ADDRESS)) {
            if (v == (m->context & 0x1fffffff)) {
                return EFI_SUCCESS;
            }
            continue;               /* of an earlier request */
        }
        off = (v << 1) - base;
        if (off >= REPLIES * REPLY_SIZE || off % REPLY_SIZE) {
            m->dead = true;
            return EFI_DEVICE_ERROR;
        }
        if (ld32le(m->replies + off + M_CONTEXT) ==
            (m->context & 0x1fffffff)) {
            *reply = m->replies + off;
            return EFI_SUCCESS;
        }
        wr(m, R_REPLY, base + off); /* an event, or an earlier request's */
    }
}

static void release(struct mpt *m, UINT8 *reply)
{
    if (reply) {
        wr(m, R_REPLY, m->replies_bus + (reply - m->replies));
    }
}

static EFI_STATUS io_status(struct scsi_cmd *c, struct mpt *m,
                            const UINT8 *reply)
{
    switch (ld16le(reply + M_IOC_STATUS) & 0x7fff) {
    case IOC_SUCCESS:
    case IOC_RECOVERED:
    case IOC_OVERRUN:
    case IOC_UNDERRUN:
        break;
    case IOC_NO_BUS:
    case IOC_NO_TARGET:
    case IOC_NO_DEVICE:
        return EFI_NO_RESPONSE;
    default:
        return EFI_DEVICE_ERROR;
    }
    c->status = reply[IO_SCSI_STATUS];
    if (reply[IO_SCSI_STATE] & IO_STATE_SENSE) {
        c->sense_len = SCSI_SENSE_SIZE;
        memcpy(c->sense, m->sense, SCSI_SENSE_SIZE);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS mpt_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    struct mpt *m = h->priv;
    UINT8 *r = m->req, *reply;
    EFI_STATUS st;

    memset(r, 0, REQUEST_SIZE);
    memset(m->sense, 0, SCSI_SENSE_SIZE);
    r[IO_TARGET] = c->target;
    r[M_FUNCTION] = F_SCSI_IO;
    r[IO_CDB_LENGTH] = c->cdb_len;
    r[IO_SENSE_LENGTH] = SCSI_SENSE_SIZE;
    r[IO_LUN + 1] = c->lun;
    memcpy(r + IO_CDB, c->cdb, c->cdb_len);
    if (c->len) {
        st32le(r + IO_CONTROL, c->write ? IO_WRITE : IO_READ);
        st32le(r + IO_DATA_LENGTH, c->len);
        st32le(r + IO_SGE + 4, dma_bus(c->data));
    }
    st32le(r + IO_SGE, SGE_SIMPLE_LAST | (c->write ? SGE_WRITE : 0) | c->len);
    st32le(r + IO_SENSE, dma_bus(m->sense));
    st = request(m, &reply);
    if (EFI_ERROR(st)) {
        return st;
    }
    c->status = 0;
    if (reply) {
        st = io_status(c, m, reply);
        release(m, reply);
    }
    return st;
}

static void mpt_irq(struct scsi_host *h, bool on)
{
    struct mpt *m = h->priv;

    wr(m, R_MASK, on ? ST_DOORBELL : ST_REPLY | ST_DOORBELL);
}

/* Posts the page request in m->req; the reply's answer to it in @reply */
static EFI_STATUS config(struct mpt *m, UINT8 *reply, unsigned len)
{
    UINT8 *frame;
    EFI_STATUS st = request(m, &frame);

    if (EFI_ERROR(st)) {
        return st;
    }
    if (!frame) {
        return EFI_DEVICE_ERROR;
    }
    memcpy(reply, frame, len);
    release(m, frame);
    return ld16le(reply + M_IOC_STATUS) & 0x7fff ? EFI_DEVICE_ERROR
                                                 : EFI_SUCCESS;
}

/* Manufacturing page 0: its header, or itself into @buf if there is one */
static EFI_STATUS mpt_page(struct mpt *m, const UINT8 header[4], void *buf,
                           UINT8 out[4])
{
    UINT8 *r = m->req, reply[CONFIG_PAGE + 4];
    EFI_STATUS st;

    memset(r, 0, REQUEST_SIZE);
    r[CONFIG_ACTION] = buf ? CONFIG_READ : CONFIG_HEADER;
    r[M_FUNCTION] = F_CONFIG;
    memcpy(r + CONFIG_PAGE, header, 4);
    st32le(r + CONFIG_SGE, SGE_SIMPLE_LAST |
           (buf ? r[CONFIG_PAGE_WORDS] * 4 : 0));
    if (buf) {
        st32le(r + CONFIG_SGE + 4, dma_bus(buf));
    }
    st = config(m, reply, sizeof(reply));
    if (!EFI_ERROR(st)) {
        memcpy(out, reply + CONFIG_PAGE, 4);
    }
    return st;
}

/* SAS device page 0 of a target: its address, as it is on the wire */
static bool sas_address(struct mpt *m, UINT16 target, UINT8 address[8])
{
    UINT8 *r = m->req, *page = m->req + SAS_PAGE, reply[CONFIG_PAGE + 4];
    UINT32 len;

    memset(r, 0, REQUEST_SIZE);
    r[M_FUNCTION] = F_CONFIG;
    r[CONFIG_ACTION] = CONFIG_HEADER;
    r[CONFIG_EXT_TYPE] = CONFIG_SAS_DEVICE;
    r[CONFIG_PAGE + 3] = CONFIG_EXTENDED;
    st32le(r + CONFIG_ADDRESS, SAS_DEVICE_BY_ID | target);
    st32le(r + CONFIG_SGE, SGE_SIMPLE_LAST);
    if (EFI_ERROR(config(m, reply, sizeof(reply)))) {
        return false;
    }
    len = ld16le(reply + CONFIG_EXT_WORDS) * 4;
    if (len < SAS_DEVICE_MIN || len > SAS_PAGE_SIZE) {
        return false;
    }
    r[CONFIG_ACTION] = CONFIG_READ;
    st16le(r + CONFIG_EXT_WORDS, len / 4);
    memcpy(r + CONFIG_PAGE, reply + CONFIG_PAGE, 4);
    st32le(r + CONFIG_SGE, SGE_SIMPLE_LAST | len);
    st32le(r + CONFIG_SGE + 4, dma_bus(page));
    memset(page, 0, len);
    if (EFI_ERROR(config(m, reply, sizeof(reply)))) {
        return false;
    }
    st64be(address, ld64le(page + SAS_DEVICE_ADDRESS));
    return ld64le(address) != 0;
}

/* A disk that has no SAS address keeps the controller's numbers */
static void sas_node(struct scsi_host *h, UINT16 target, UINT8 lun,
                     void *node)
{
    SAS_DEVICE_PATH sas = {
        .Header = { MESSAGING_DEVICE_PATH, MSG_VENDOR_DP,
                    { sizeof(sas), 0 } },
        .Guid = gEfiSasDevicePathGuid, .Lun = { 0, lun },
    };

    if (sas_address(h->priv, target, sas.SasAddress)) {
        memcpy(node, &sas, sizeof(sas));
    } else {
        scsi_node(h, target, lun, node);
    }
}

static EFI_STATUS mpt_probe_read(struct dma_probe *p, void *buf)
{
    struct mpt *m = p->priv;
    UINT8 header[4] = { 0, 0, 0, CONFIG_MANUFACTURING }, out[4];
    EFI_STATUS st = mpt_page(m, header, NULL, header);

    if (!EFI_ERROR(st) && (!header[1] || header[1] > CONFIG_MAX_WORDS)) {
        st = EFI_DEVICE_ERROR;
    }
    if (!EFI_ERROR(st)) {
        p->len = header[1] * 4;
        header[3] = CONFIG_MANUFACTURING;
        st = mpt_page(m, header, buf, out);
    }
    return st;
}

static void mpt_probe_irq(struct dma_probe *p, bool on)
{
    mpt_irq(&((struct mpt *)p->priv)->host, on);
}

static bool mpt_start(struct mpt *m, unsigned *devices, int *own_id)
{
    UINT8 msg[INIT_LENGTH] = { 0 }, reply[128], *frame;

    if (!unit_reset(m)) {
        return false;
    }
    wr(m, R_MASK, ST_REPLY | ST_DOORBELL);
    msg[M_FUNCTION] = F_IOC_FACTS;
    if (!handshake(m, msg, 12, reply, sizeof(reply)) ||
        ld16le(reply + M_IOC_STATUS) & 0x7fff) {
        return false;
    }
    *devices = reply[FACTS_MAX_DEVICES] ? reply[FACTS_MAX_DEVICES] : 256;
    msg[M_FUNCTION] = F_PORT_FACTS;
    *own_id = -1;
    if (!handshake(m, msg, 12, reply, sizeof(reply))) {
        reply[PORT_TYPE] = 0;
    }
    if (reply[PORT_TYPE] == PORT_TYPE_SCSI) {
        *own_id = ld16le(reply + PORT_SCSI_ID);
        *devices = MIN(*devices, 16);
    } else if (reply[PORT_TYPE] == PORT_TYPE_SAS) {
        m->host.node = sas_node;
    }
    msg[M_FUNCTION] = F_IOC_INIT;
    msg[INIT_WHO] = INIT_WHO_BIOS;
    msg[INIT_MAX_DEVICES] = *devices;
    msg[INIT_MAX_BUSES] = 1;
    st16le(msg + INIT_REPLY_SIZE, REPLY_SIZE);
    if (!handshake(m, msg, INIT_LENGTH, reply, sizeof(reply)) ||
        (ld16le(reply + M_IOC_STATUS) & 0x7fff) ||
        (rd(m, R_DOORBELL) & DB_STATE) != DB_OPERATIONAL) {
        return false;
    }
    for (unsigned i = 0; i < REPLIES; i++) {
        wr(m, R_REPLY, m->replies_bus + i * REPLY_SIZE);
    }
    memset(m->req, 0, REQUEST_SIZE);
    m->req[M_FUNCTION] = F_PORT_ENABLE;
    if (EFI_ERROR(request(m, &frame))) {
        return false;
    }
    release(m, frame);
    return true;
}

static void mpt_exit(void *opaque)
{
    unit_reset(opaque);
}

static bool mpt_probe(struct pci_dev *d)
{
    struct mpt *m = fw_zalloc(sizeof(*m));
    struct pci_bar *bar = &d->bar[1];
    unsigned devices;
    int own_id;

    if (!m || !bar->size || bar->io || !bar->assigned) {
        return false;
    }
    pci_enable(d);
    m->regs = bar->addr;
    m->req = fw_alloc_dma(EFI_PAGE_SIZE, EFI_PAGE_SIZE);
    if (!m->req) {
        return false;
    }
    m->sense = m->req + 512;
    m->replies = m->req + 1024;
    m->replies_bus = dma_bus(m->replies);
    m->host.pci = d;
    m->host.driver = "mpt";
    m->host.priv = m;
    m->host.max_bytes = MAX_BYTES;
    m->host.exec = mpt_exec;
    m->host.irq = mpt_irq;
    if (!mpt_start(m, &devices, &own_id)) {
        fw_printf("mpt %02x:%02x.%x: controller does not start\n", d->bus,
                  d->dev, d->fn);
        return false;
    }
    drv_on_exit(mpt_exit, m);
    m->probe.pci = d;
    m->probe.driver = "mpt";
    m->probe.priv = m;
    m->probe.read = mpt_probe_read;
    m->probe.irq = mpt_probe_irq;
    list_add_tail(&dma_probes, &m->probe.list);
    for (unsigned t = 0; t < devices && !m->dead; t++) {
        if ((int)t != own_id) {
            scsi_scan_target(&m->host, t);
        }
    }
    return true;
}
FW_PCI_DRIVER(mpt_1030, 0x1000, 0x0030, 0, 0, mpt_probe);
FW_PCI_DRIVER(mpt_1064, 0x1000, 0x0050, 0, 0, mpt_probe);
FW_PCI_DRIVER(mpt_1068, 0x1000, 0x0054, 0, 0, mpt_probe);
FW_PCI_DRIVER(mpt_1068e, 0x1000, 0x0058, 0, 0, mpt_probe);
