/*
 * zx1 firmware: virtio SCSI host adapters
 *
 * Facts: OASIS Virtual I/O Device (VIRTIO) Version 1.2, chapter 5.6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "virtio.h"

#define CONFIG_MAX_TARGET   30
#define CONFIG_CDB_SIZE     24
#define CONFIG_SENSE_SIZE   20
#define REQUEST_QUEUE       2
#define CDB_SIZE            32
#define REQUEST_SIZE        (19 + CDB_SIZE)
#define RESPONSE_SIZE       (12 + SCSI_SENSE_SIZE)
#define MAX_BYTES           (1 << 20)
#define REQUEST_USECS       30000000

/* Response, byte offsets */
#define RSP_SENSE_LEN       0
#define RSP_STATUS          10
#define RSP_RESPONSE        11
#define RSP_SENSE           12

#define RESPONSE_OK         0
#define RESPONSE_BAD_TARGET 3
#define RESPONSE_OVERRUN    1

struct vscsi {
    struct virtio v;
    struct virtq q;
    struct scsi_host host;
    UINT8 *req, *rsp;
};

static EFI_STATUS vscsi_exec(struct scsi_host *h, struct scsi_cmd *c)
{
    struct vscsi *s = h->priv;
    struct virtq_buf buf[3];
    unsigned n = 0;
    EFI_STATUS st;

    memset(s->req, 0, REQUEST_SIZE);
    memset(s->rsp, 0, RESPONSE_SIZE);
    s->req[0] = 1;
    s->req[1] = c->target;
    s->req[2] = 0x40;
    s->req[3] = c->lun;
    memcpy(s->req + 19, c->cdb, c->cdb_len);
    buf[n++] = (struct virtq_buf) { s->req, REQUEST_SIZE, false };
    if (c->len && c->write) {
        buf[n++] = (struct virtq_buf) { c->data, c->len, false };
    }
    buf[n++] = (struct virtq_buf) { s->rsp, RESPONSE_SIZE, true };
    if (c->len && !c->write) {
        buf[n++] = (struct virtq_buf) { c->data, c->len, true };
    }
    st = virtio_request(&s->v, &s->q, buf, n, REQUEST_USECS);
    if (EFI_ERROR(st)) {
        return st;
    }
    switch (s->rsp[RSP_RESPONSE]) {
    case RESPONSE_OK:
    case RESPONSE_OVERRUN:
        break;
    case RESPONSE_BAD_TARGET:
        return EFI_NO_RESPONSE;
    default:
        return EFI_DEVICE_ERROR;
    }
    c->status = s->rsp[RSP_STATUS];
    c->sense_len = MIN(ld32le(s->rsp + RSP_SENSE_LEN), SCSI_SENSE_SIZE);
    memcpy(c->sense, s->rsp + RSP_SENSE, c->sense_len);
    return EFI_SUCCESS;
}

static void vscsi_irq(struct scsi_host *h, bool on)
{
    struct vscsi *s = h->priv;

    virtio_irq(&s->v, &s->q, on);
}

static bool vscsi_probe(struct pci_dev *d)
{
    struct vscsi *s = fw_zalloc(sizeof(*s));
    UINT16 max_target;

    if (!s || !virtio_start(&s->v, d, 0) ||
        (s->v.modern && !s->v.config) ||
        virtio_config32(&s->v, CONFIG_CDB_SIZE) != CDB_SIZE ||
        virtio_config32(&s->v, CONFIG_SENSE_SIZE) != SCSI_SENSE_SIZE ||
        !virtio_queue(&s->v, &s->q, REQUEST_QUEUE)) {
        return false;
    }
    s->req = fw_zalloc(REQUEST_SIZE);
    s->rsp = fw_zalloc(RESPONSE_SIZE);
    if (!s->req || !s->rsp) {
        return false;
    }
    virtio_ready(&s->v);
    s->host.pci = d;
    s->host.driver = "virtio-scsi";
    s->host.priv = s;
    s->host.max_bytes = MAX_BYTES;
    s->host.exec = vscsi_exec;
    s->host.irq = vscsi_irq;
    s->host.bypasses_iotlb = !virtio_has(&s->v, VIRTIO_F_ACCESS_PLATFORM);
    max_target = virtio_config16(&s->v, CONFIG_MAX_TARGET);
    for (unsigned t = 0; t <= MIN(max_target, 255); t++) {
        scsi_scan_target(&s->host, t);
    }
    return true;
}
FW_PCI_DRIVER(virtio_scsi, 0x1af4, 0x1004, 0, 0, vscsi_probe);
FW_PCI_DRIVER(virtio_scsi1, 0x1af4, 0x1048, 0, 0, vscsi_probe);
