/*
 * LSI 53C1030 Ultra320 SCSI controller
 *
 * One function of the chip, that is one parallel SCSI bus, with the MPT
 * message interface in its 1.2 form: registers and messages as in Linux'
 * drivers/message/fusion (mptbase.c, mptspi.c, lsi/mpi*.h); the limits that
 * IOC_FACTS reports are those of an rx2600's controller. The base's
 * mptsas1068 is the SAS relative.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_ids.h"
#include "hw/qdev-properties.h"
#include "hw/scsi/mpi.h"
#include "hw/scsi/scsi.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "scsi/constants.h"
#include "mptspi.h"
#include "trace.h"

#define MPTSPI_DEVICE_ID        0x0030
#define MPTSPI_REVISION         0x08
#define MPTSPI_IO_SIZE          0x100
#define MPTSPI_MMIO_SIZE        0x10000
#define MPTSPI_PM_OFFSET        0x50
#define MPTSPI_MSI_OFFSET       0x58
#define MPTSPI_PCIX_OFFSET      0x68
#define MPTSPI_REQUEST_FRAME    128
#define MPTSPI_CHAIN_DEPTH      34
/* A guard against lists that go round in circles */
#define MPTSPI_MAX_SGES         4096

#define MPTSPI_MSG_VERSION      0x0102

typedef struct MptspiRequest {
    MptspiState *s;
    SCSIRequest *sreq;
    QEMUSGList qsg;
    MPIMsgSCSIIORequest io;     /* little-endian, as fetched */
} MptspiRequest;

static const uint8_t write_sequence[] = {
    MPI_WRSEQ_1ST_KEY_VALUE, MPI_WRSEQ_2ND_KEY_VALUE,
    MPI_WRSEQ_3RD_KEY_VALUE, MPI_WRSEQ_4TH_KEY_VALUE,
    MPI_WRSEQ_5TH_KEY_VALUE,
};

/*
 * Interrupts, queues, state
 */

static void mptspi_update_irq(MptspiState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    bool level = s->intr_status & ~s->intr_mask &
                 (MPI_HIS_REPLY_MESSAGE_INTERRUPT |
                  MPI_HIS_DOORBELL_INTERRUPT);

    if (msi_enabled(dev)) {
        if (level) {
            msi_notify(dev, 0);
        }
    } else {
        pci_set_irq(dev, level);
    }
}

static void mptspi_raise(MptspiState *s, uint32_t bit)
{
    s->intr_status |= bit;
    mptspi_update_irq(s);
}

static void mptspi_fault(MptspiState *s, uint16_t code)
{
    trace_mptspi_fault(code);
    s->state = MPI_IOC_STATE_FAULT | code;
}

static bool fifo_put(MptspiFifo *f, uint32_t val)
{
    if (f->count == MPTSPI_FIFO) {
        return false;
    }
    f->slot[(f->head + f->count++) % MPTSPI_FIFO] = val;
    return true;
}

static bool fifo_get(MptspiFifo *f, uint32_t *val)
{
    if (!f->count) {
        return false;
    }
    *val = f->slot[f->head];
    f->head = (f->head + 1) % MPTSPI_FIFO;
    f->count--;
    return true;
}

static void fifo_clear(MptspiFifo *f)
{
    f->head = 0;
    f->count = 0;
}

/* Back to READY; the bus is reset only by a reset of the unit */
static void mptspi_ready(MptspiState *s)
{
    s->state = MPI_IOC_STATE_READY;
    s->who_init = MPI_WHOINIT_NO_ONE;
    s->db_state = MPTSPI_DB_IDLE;
    s->intr_status = 0;
    s->intr_mask = MPI_HIM_RIM | MPI_HIM_DIM;
    s->events = false;
    fifo_clear(&s->request_post);
    fifo_clear(&s->reply_free);
    fifo_clear(&s->reply_post);
    qemu_bh_cancel(s->bh);
}

static void mptspi_hard_reset(MptspiState *s)
{
    /* Forget what the host asked for before its requests are cancelled */
    mptspi_ready(s);
    bus_cold_reset(BUS(&s->bus));
    mptspi_ready(s);
    s->diag = MPI_DIAG_RESET_HISTORY;
    s->key = 0;
    mptspi_config_reset(s);
    mptspi_update_irq(s);
}

/*
 * Replies
 */

/* Through the queues, in a frame that the host has provided */
static void mptspi_post_reply(MptspiState *s, const void *reply,
                              unsigned dwords)
{
    uint32_t frame;

    if ((s->state & MPI_IOC_STATE_FAULT) ||
        !(s->state & MPI_IOC_STATE_OPERATIONAL)) {
        return;
    }
    if (!fifo_get(&s->reply_free, &frame)) {
        mptspi_fault(s, MPI_IOCSTATUS_INSUFFICIENT_RESOURCES);
        return;
    }
    pci_dma_write(PCI_DEVICE(s), (uint64_t)s->mfa_high << 32 | frame, reply,
                  MIN(s->reply_frame_size, dwords * 4));
    if (!fifo_put(&s->reply_post, MPI_ADDRESS_REPLY_A_BIT | frame >> 1)) {
        mptspi_fault(s, MPI_IOCSTATUS_INSUFFICIENT_RESOURCES);
        return;
    }
    mptspi_raise(s, MPI_HIS_REPLY_MESSAGE_INTERRUPT);
}

void mptspi_reply(MptspiState *s, const void *reply, unsigned dwords)
{
    const uint8_t *byte = reply;

    if (s->db_state != MPTSPI_DB_REQUEST) {
        mptspi_post_reply(s, reply, dwords);
        return;
    }
    s->db_reply_count = MIN(dwords * 2, ARRAY_SIZE(s->db_reply));
    for (unsigned i = 0; i < s->db_reply_count; i++) {
        s->db_reply[i] = lduw_le_p(byte + 2 * i);
    }
    s->db_reply_next = 0;
    s->db_state = MPTSPI_DB_REPLY;
    mptspi_raise(s, MPI_HIS_DOORBELL_INTERRUPT);
}

/* A message that has nothing but a status for an answer */
static void mptspi_status_reply(MptspiState *s, const uint8_t *request,
                                uint16_t status)
{
    const MPIRequestHeader *req = (const MPIRequestHeader *)request;
    MPIDefaultReply reply = {
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        .MsgFlags = req->MsgFlags,
        .MsgContext = req->MsgContext,
        .IOCStatus = cpu_to_le16(status),
    };

    mptspi_reply(s, &reply, reply.MsgLength);
}

static void mptspi_event(MptspiState *s, uint32_t event, uint32_t data)
{
    MPIMsgEventNotifyReply reply = {
        .EventDataLength = cpu_to_le16(1),
        .MsgLength = sizeof(reply) / 4,
        .Function = MPI_FUNCTION_EVENT_NOTIFICATION,
        .AckRequired = MPI_EVENT_NOTIFICATION_ACK_NOT_REQUIRED,
        .MsgContext = s->event_context,
        .Event = cpu_to_le32(event),
        .Data = { cpu_to_le32(data) },
    };

    if (s->events) {
        trace_mptspi_event(event, data);
        mptspi_post_reply(s, &reply, reply.MsgLength);
    }
}

/*
 * SCSI I/O
 */

static void mptspi_io_reply(MptspiState *s, const MPIMsgSCSIIORequest *io,
                            uint16_t status, uint8_t scsi_status,
                            uint8_t scsi_state, uint32_t transferred,
                            uint32_t sense)
{
    MPIMsgSCSIIOReply reply = {
        .TargetID = io->TargetID,
        .Bus = io->Bus,
        .MsgLength = sizeof(reply) / 4,
        .Function = io->Function,
        .CDBLength = io->CDBLength,
        .SenseBufferLength = io->SenseBufferLength,
        .MsgFlags = io->MsgFlags,
        .MsgContext = io->MsgContext,
        .SCSIStatus = scsi_status,
        .SCSIState = scsi_state,
        .IOCStatus = cpu_to_le16(status),
        .TransferCount = cpu_to_le32(transferred),
        .SenseCount = cpu_to_le32(sense),
        .TaskTag = cpu_to_le16(MPI_SCSI_TASKTAG_UNKNOWN),
    };

    trace_mptspi_io_reply(le32_to_cpu(io->MsgContext), status, scsi_status);
    mptspi_reply(s, &reply, reply.MsgLength);
}

/* The reply without a frame: just the context */
static void mptspi_context_reply(MptspiState *s,
                                 const MPIMsgSCSIIORequest *io)
{
    uint32_t context = le32_to_cpu(io->MsgContext);

    if (s->db_state == MPTSPI_DB_REQUEST ||
        (context & MPI_ADDRESS_REPLY_A_BIT)) {
        mptspi_io_reply(s, io, MPI_IOCSTATUS_SUCCESS, GOOD, 0,
                        le32_to_cpu(io->DataLength), 0);
        return;
    }
    if (!(s->state & MPI_IOC_STATE_OPERATIONAL)) {
        return;
    }
    trace_mptspi_io_reply(context, 0, GOOD);
    if (!fifo_put(&s->reply_post, context)) {
        mptspi_fault(s, MPI_IOCSTATUS_INSUFFICIENT_RESOURCES);
        return;
    }
    mptspi_raise(s, MPI_HIS_REPLY_MESSAGE_INTERRUPT);
}

static void mptspi_free_request(MptspiRequest *req)
{
    if (req->sreq) {
        req->sreq->hba_private = NULL;
        scsi_req_unref(req->sreq);
    }
    qemu_sglist_destroy(&req->qsg);
    g_free(req);
}

static dma_addr_t mptspi_sge_addr(MptspiState *s, hwaddr sge, uint32_t flags,
                                  unsigned *size)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint64_t addr64 = 0;
    uint32_t addr32 = 0;

    if (flags & MPI_SGE_FLAGS_64_BIT_ADDRESSING) {
        ldq_le_pci_dma(dev, sge + 4, &addr64, MEMTXATTRS_UNSPECIFIED);
        *size = 12;
        return addr64;
    }
    ldl_le_pci_dma(dev, sge + 4, &addr32, MEMTXATTRS_UNSPECIFIED);
    *size = 8;
    return addr32;
}

/*
 * Collect the list that follows the request at @frame: simple elements, in
 * pieces that chain elements link. Offsets of chains count in dwords.
 */
static bool mptspi_build_sgl(MptspiState *s, MptspiRequest *req, hwaddr frame)
{
    PCIDevice *dev = PCI_DEVICE(s);
    hwaddr sge = frame + sizeof(MPIMsgSCSIIORequest);
    hwaddr chain = req->io.ChainOffset ? frame + req->io.ChainOffset * 4 : 0;
    uint32_t left = le32_to_cpu(req->io.DataLength);

    pci_dma_sglist_init(&req->qsg, dev, 4);
    for (unsigned i = 0; left && i < MPTSPI_MAX_SGES; i++) {
        uint32_t flags, length;
        dma_addr_t addr;
        unsigned size;

        if (ldl_le_pci_dma(dev, sge, &flags, MEMTXATTRS_UNSPECIFIED) !=
            MEMTX_OK ||
            (flags & MPI_SGE_FLAGS_ELEMENT_TYPE_MASK) !=
            MPI_SGE_FLAGS_SIMPLE_ELEMENT) {
            return false;
        }
        addr = mptspi_sge_addr(s, sge, flags, &size);
        length = MIN(flags & MPI_SGE_LENGTH_MASK, left);
        if (length) {
            qemu_sglist_add(&req->qsg, addr, length);
            left -= length;
        }
        sge += size;

        if (flags & MPI_SGE_FLAGS_END_OF_LIST) {
            break;
        }
        if (flags & MPI_SGE_FLAGS_LAST_ELEMENT) {
            unsigned next;

            if (!chain ||
                ldl_le_pci_dma(dev, chain, &flags, MEMTXATTRS_UNSPECIFIED) !=
                MEMTX_OK ||
                (flags & MPI_SGE_FLAGS_ELEMENT_TYPE_MASK) !=
                MPI_SGE_FLAGS_CHAIN_ELEMENT) {
                return false;
            }
            sge = mptspi_sge_addr(s, chain, flags, &size);
            next = (flags & MPI_SGE_CHAIN_OFFSET_MASK) >>
                   MPI_SGE_CHAIN_OFFSET_SHIFT;
            chain = next ? sge + next * 4 : 0;
        }
    }
    return !left;
}

/* The device moves all that the list has: leave what the command asks for */
static void mptspi_trim_sgl(QEMUSGList *qsg, size_t size)
{
    size_t sum = 0;
    int n = 0;

    while (n < qsg->nsg && sum < size) {
        qsg->sg[n].len = MIN(qsg->sg[n].len, size - sum);
        sum += qsg->sg[n++].len;
    }
    qsg->nsg = n;
    qsg->size = sum;
}

static bool mptspi_direction_ok(const MPIMsgSCSIIORequest *io,
                                const SCSICommand *cmd)
{
    if (cmd->xfer > le32_to_cpu(io->DataLength)) {
        return false;
    }
    switch (le32_to_cpu(io->Control) &
            MPI_SCSIIO_CONTROL_DATADIRECTION_MASK) {
    case MPI_SCSIIO_CONTROL_READ:
        return cmd->mode != SCSI_XFER_TO_DEV;
    case MPI_SCSIIO_CONTROL_WRITE:
        return cmd->mode != SCSI_XFER_FROM_DEV;
    default:
        return cmd->mode == SCSI_XFER_NONE;
    }
}

/* The logical unit addressed, or NULL and an IOCStatus */
static SCSIDevice *mptspi_find(MptspiState *s, unsigned bus, unsigned target,
                               const uint8_t *lun, uint16_t *status)
{
    SCSIDevice *dev;

    if (bus) {
        *status = MPI_IOCSTATUS_SCSI_INVALID_BUS;
        return NULL;
    }
    if (target >= MPTSPI_TARGETS) {
        *status = MPI_IOCSTATUS_SCSI_INVALID_TARGETID;
        return NULL;
    }
    dev = target == MPTSPI_HOST_ID ? NULL :
          scsi_device_find(&s->bus, 0, target, lun[1]);
    if (!dev) {
        *status = MPI_IOCSTATUS_SCSI_DEVICE_NOT_THERE;
    }
    return dev;
}

static void mptspi_scsi_io(MptspiState *s, const uint8_t *request,
                           hwaddr frame)
{
    MptspiRequest *req;
    SCSIDevice *dev;
    uint16_t status;

    req = g_new0(MptspiRequest, 1);
    req->s = s;
    memcpy(&req->io, request, sizeof(req->io));
    trace_mptspi_scsi_io(le32_to_cpu(req->io.MsgContext), req->io.TargetID,
                         req->io.LUN[1], req->io.CDB[0],
                         le32_to_cpu(req->io.DataLength));

    dev = mptspi_find(s, req->io.Bus, req->io.TargetID, req->io.LUN, &status);
    if (!dev) {
        goto fail;
    }
    if (s->db_state == MPTSPI_DB_REQUEST) {
        /* Their answers come when it is too late for the doorbell */
        status = MPI_IOCSTATUS_INVALID_FUNCTION;
        goto fail;
    }
    if (!mptspi_build_sgl(s, req, frame)) {
        status = MPI_IOCSTATUS_INVALID_SGL;
        goto fail;
    }
    req->sreq = scsi_req_new(dev, le32_to_cpu(req->io.MsgContext),
                             req->io.LUN[1], req->io.CDB,
                             MIN(req->io.CDBLength, sizeof(req->io.CDB)),
                             req);
    if (!mptspi_direction_ok(&req->io, &req->sreq->cmd)) {
        status = MPI_IOCSTATUS_SCSI_DATA_OVERRUN;
        goto fail;
    }
    mptspi_trim_sgl(&req->qsg, req->sreq->cmd.xfer);
    if (scsi_req_enqueue(req->sreq)) {
        scsi_req_continue(req->sreq);
    }
    return;

fail:
    mptspi_io_reply(s, &req->io, status, 0, MPI_SCSI_STATE_NO_SCSI_STATUS, 0,
                    0);
    mptspi_free_request(req);
}

static QEMUSGList *mptspi_get_sg_list(SCSIRequest *sreq)
{
    MptspiRequest *req = sreq->hba_private;

    return &req->qsg;
}

static void mptspi_complete(SCSIRequest *sreq, size_t resid)
{
    MptspiRequest *req = sreq->hba_private;
    MptspiState *s = req->s;
    uint32_t length = le32_to_cpu(req->io.DataLength);
    /* Nothing moves when a command fails before its data phase */
    uint32_t moved = req->qsg.size - MIN(resid, req->qsg.size);
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    uint8_t state = 0;
    int sense_len;

    sense_len = scsi_req_get_sense(sreq, sense, sizeof(sense));
    if (sense_len > 0) {
        sense_len = MIN(sense_len, req->io.SenseBufferLength);
        pci_dma_write(PCI_DEVICE(s), (uint64_t)s->sense_high << 32 |
                      le32_to_cpu(req->io.SenseBufferLowAddr), sense,
                      sense_len);
        state = MPI_SCSI_STATE_AUTOSENSE_VALID;
    } else {
        sense_len = 0;
    }

    if (sreq->status == GOOD && moved == length) {
        mptspi_context_reply(s, &req->io);
    } else {
        mptspi_io_reply(s, &req->io, moved == length ? MPI_IOCSTATUS_SUCCESS
                                     : MPI_IOCSTATUS_SCSI_DATA_UNDERRUN,
                        sreq->status, state, moved, sense_len);
    }
    mptspi_free_request(req);
}

static void mptspi_cancelled(SCSIRequest *sreq)
{
    MptspiRequest *req = sreq->hba_private;

    mptspi_io_reply(req->s, &req->io, MPI_IOCSTATUS_SCSI_TASK_TERMINATED, 0,
                    MPI_SCSI_STATE_NO_SCSI_STATUS | MPI_SCSI_STATE_TERMINATED,
                    0, 0);
    mptspi_free_request(req);
}

static void mptspi_save_request(QEMUFile *f, SCSIRequest *sreq)
{
    MptspiRequest *req = sreq->hba_private;

    qemu_put_buffer(f, (uint8_t *)&req->io, sizeof(req->io));
    qemu_put_be32(f, req->qsg.nsg);
    for (int i = 0; i < req->qsg.nsg; i++) {
        qemu_put_be64(f, req->qsg.sg[i].base);
        qemu_put_be64(f, req->qsg.sg[i].len);
    }
}

static void *mptspi_load_request(QEMUFile *f, SCSIRequest *sreq)
{
    MptspiState *s = container_of(sreq->bus, MptspiState, bus);
    MptspiRequest *req = g_new0(MptspiRequest, 1);
    uint32_t nsg;

    qemu_get_buffer(f, (uint8_t *)&req->io, sizeof(req->io));
    nsg = MIN(qemu_get_be32(f), MPTSPI_MAX_SGES);
    pci_dma_sglist_init(&req->qsg, PCI_DEVICE(s), nsg);
    for (uint32_t i = 0; i < nsg; i++) {
        uint64_t base = qemu_get_be64(f);
        uint64_t len = qemu_get_be64(f);

        qemu_sglist_add(&req->qsg, base, len);
    }
    scsi_req_ref(sreq);
    req->sreq = sreq;
    req->s = s;
    return req;
}

static const struct SCSIBusInfo mptspi_scsi_info = {
    .tcq = true,
    .max_target = MPTSPI_TARGETS - 1,
    .max_lun = 255,
    .get_sg_list = mptspi_get_sg_list,
    .complete = mptspi_complete,
    .cancel = mptspi_cancelled,
    .save_request = mptspi_save_request,
    .load_request = mptspi_load_request,
};

/*
 * Task management
 */

/* Cancel the requests of @dev, or the one with @context; returns how many */
static unsigned mptspi_cancel(SCSIDevice *dev, bool all, uint32_t context)
{
    SCSIRequest *r, *next;
    unsigned count = 0;

    QTAILQ_FOREACH_SAFE(r, &dev->requests, next, next) {
        MptspiRequest *req = r->hba_private;

        if (req && (all || req->io.MsgContext == context)) {
            count++;
            scsi_req_cancel(r);
            if (!all) {
                break;
            }
        }
    }
    return count;
}

static bool mptspi_present(SCSIDevice *dev, uint32_t context)
{
    SCSIRequest *r;

    QTAILQ_FOREACH(r, &dev->requests, next) {
        MptspiRequest *req = r->hba_private;

        if (req && req->io.MsgContext == context) {
            return true;
        }
    }
    return false;
}

/* All units of a target, or of the bus with @target -1 */
static void mptspi_reset_target(MptspiState *s, int target)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &BUS(&s->bus)->children, sibling) {
        SCSIDevice *dev = SCSI_DEVICE(kid->child);

        if (target < 0 || dev->id == target) {
            device_cold_reset(DEVICE(dev));
        }
    }
}

static void mptspi_task_mgmt(MptspiState *s, const uint8_t *request)
{
    const MPIMsgSCSITaskMgmt *req = (const MPIMsgSCSITaskMgmt *)request;
    MPIMsgSCSITaskMgmtReply reply = {
        .TargetID = req->TargetID,
        .Bus = req->Bus,
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        .ResponseCode = MPI_SCSITASKMGMT_RSP_TM_COMPLETE,
        .TaskType = req->TaskType,
        .MsgContext = req->MsgContext,
    };
    uint16_t status = MPI_IOCSTATUS_SUCCESS;
    uint32_t count = 0;
    SCSIDevice *dev = NULL;

    trace_mptspi_task_mgmt(req->TaskType, req->TargetID, req->LUN[1]);
    if (req->TaskType != MPI_SCSITASKMGMT_TASKTYPE_RESET_BUS &&
        req->TaskType != MPI_SCSITASKMGMT_TASKTYPE_TARGET_RESET) {
        dev = mptspi_find(s, req->Bus, req->TargetID, req->LUN, &status);
        if (!dev) {
            goto out;
        }
    }
    switch (req->TaskType) {
    case MPI_SCSITASKMGMT_TASKTYPE_ABORT_TASK:
        count = mptspi_cancel(dev, false, req->TaskMsgContext);
        break;
    case MPI_SCSITASKMGMT_TASKTYPE_QUERY_TASK:
        if (mptspi_present(dev, req->TaskMsgContext)) {
            reply.ResponseCode = MPI_SCSITASKMGMT_RSP_TM_SUCCEEDED;
        }
        break;
    case MPI_SCSITASKMGMT_TASKTYPE_ABRT_TASK_SET:
    case MPI_SCSITASKMGMT_TASKTYPE_CLEAR_TASK_SET:
        count = mptspi_cancel(dev, true, 0);
        break;
    case MPI_SCSITASKMGMT_TASKTYPE_LOGICAL_UNIT_RESET:
        device_cold_reset(DEVICE(dev));
        break;
    case MPI_SCSITASKMGMT_TASKTYPE_TARGET_RESET:
        mptspi_reset_target(s, req->TargetID);
        break;
    case MPI_SCSITASKMGMT_TASKTYPE_RESET_BUS:
        mptspi_reset_target(s, -1);
        mptspi_event(s, MPI_EVENT_IOC_BUS_RESET, 0);
        break;
    default:
        reply.ResponseCode = MPI_SCSITASKMGMT_RSP_TM_NOT_SUPPORTED;
        break;
    }
out:
    reply.IOCStatus = cpu_to_le16(status);
    reply.TerminationCount = cpu_to_le32(count);
    if (s->db_state == MPTSPI_DB_REQUEST) {
        /*
         * Hosts send these through the doorbell to overtake what is queued;
         * the answer comes through the queue all the same.
         */
        s->db_state = MPTSPI_DB_IDLE;
        mptspi_raise(s, MPI_HIS_DOORBELL_INTERRUPT);
    }
    mptspi_reply(s, &reply, reply.MsgLength);
}

/*
 * Control messages
 */

static void mptspi_ioc_init(MptspiState *s, const uint8_t *request)
{
    const MPIMsgIOCInit *req = (const MPIMsgIOCInit *)request;
    MPIMsgIOCInitReply reply = {
        .WhoInit = req->WhoInit,
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        .Flags = req->Flags,
        .MaxDevices = req->MaxDevices,
        .MaxBuses = req->MaxBuses,
        .MsgFlags = req->MsgFlags,
        .MsgContext = req->MsgContext,
    };

    if (s->state != MPI_IOC_STATE_READY &&
        s->state != MPI_IOC_STATE_OPERATIONAL) {
        reply.IOCStatus = cpu_to_le16(MPI_IOCSTATUS_INVALID_STATE);
    } else if (le16_to_cpu(req->ReplyFrameSize) < sizeof(MPIDefaultReply)) {
        reply.IOCStatus = cpu_to_le16(MPI_IOCSTATUS_INVALID_FIELD);
    } else {
        s->who_init = req->WhoInit & 7;
        s->max_devices = req->MaxDevices;
        s->max_buses = req->MaxBuses;
        s->reply_frame_size = le16_to_cpu(req->ReplyFrameSize);
        s->mfa_high = le32_to_cpu(req->HostMfaHighAddr);
        s->sense_high = le32_to_cpu(req->SenseBufferHighAddr);
        s->state = MPI_IOC_STATE_OPERATIONAL;
    }
    mptspi_reply(s, &reply, reply.MsgLength);
}

static void mptspi_ioc_facts(MptspiState *s, const uint8_t *request)
{
    const MPIMsgIOCFacts *req = (const MPIMsgIOCFacts *)request;
    MPIMsgIOCFactsReply reply = {
        .MsgVersion = cpu_to_le16(MPTSPI_MSG_VERSION),
        /* Up to the firmware's version: what follows came with MPI 1.5 */
        .MsgLength = offsetof(MPIMsgIOCFactsReply,
                              HighPriorityQueueDepth) / 4,
        .Function = req->Function,
        .IOCNumber = PCI_FUNC(PCI_DEVICE(s)->devfn),
        .MsgContext = req->MsgContext,
        .MaxChainDepth = MPTSPI_CHAIN_DEPTH,
        .WhoInit = s->who_init,
        .BlockSize = 8,
        .ReplyQueueDepth = cpu_to_le16(MPTSPI_CREDITS),
        .RequestFrameSize = cpu_to_le16(MPTSPI_REQUEST_FRAME / 4),
        .ProductID = cpu_to_le16(MPI_FW_HEADER_PID_TYPE_SCSI |
                                 MPI_FW_HEADER_PID_PROD_INITIATOR_SCSI |
                                 MPI_FW_HEADER_PID_FAMILY_1030C0_SCSI),
        .CurrentHostMfaHighAddr = cpu_to_le32(s->mfa_high),
        .GlobalCredits = cpu_to_le16(MPTSPI_CREDITS),
        .NumberOfPorts = 1,
        .EventState = s->events,
        .CurrentSenseBufferHighAddr = cpu_to_le32(s->sense_high),
        .CurReplyFrameSize = cpu_to_le16(s->reply_frame_size),
        .MaxDevices = MPTSPI_TARGETS,
        .MaxBuses = 1,
        .FWVersionDev = MPTSPI_FW_DEV,
        .FWVersionUnit = MPTSPI_FW_UNIT,
        .FWVersionMinor = MPTSPI_FW_MINOR,
        .FWVersionMajor = MPTSPI_FW_MAJOR,
    };

    mptspi_reply(s, &reply, reply.MsgLength);
}

static void mptspi_port_facts(MptspiState *s, const uint8_t *request)
{
    const MPIMsgPortFacts *req = (const MPIMsgPortFacts *)request;
    MPIMsgPortFactsReply reply = {
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        .PortNumber = req->PortNumber,
        .MsgContext = req->MsgContext,
    };

    if (req->PortNumber) {
        reply.IOCStatus = cpu_to_le16(MPI_IOCSTATUS_INVALID_FIELD);
    } else {
        reply.PortType = MPI_PORTFACTS_PORTTYPE_SCSI;
        reply.MaxDevices = cpu_to_le16(MPTSPI_TARGETS);
        reply.PortSCSIID = cpu_to_le16(MPTSPI_HOST_ID);
        reply.ProtocolFlags = cpu_to_le16(MPI_PORTFACTS_PROTOCOL_INITIATOR);
    }
    mptspi_reply(s, &reply, reply.MsgLength);
}

static void mptspi_port_enable(MptspiState *s, const uint8_t *request)
{
    const MPIMsgPortEnable *req = (const MPIMsgPortEnable *)request;
    MPIMsgPortEnableReply reply = {
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        .PortNumber = req->PortNumber,
        .MsgContext = req->MsgContext,
        .IOCStatus = cpu_to_le16(req->PortNumber ?
                                 MPI_IOCSTATUS_INVALID_FIELD :
                                 MPI_IOCSTATUS_SUCCESS),
    };

    mptspi_reply(s, &reply, reply.MsgLength);
}

static void mptspi_event_notify(MptspiState *s, const uint8_t *request)
{
    const MPIMsgEventNotify *req = (const MPIMsgEventNotify *)request;
    MPIMsgEventNotifyReply reply = {
        .EventDataLength = cpu_to_le16(1),
        .MsgLength = sizeof(reply) / 4,
        .Function = req->Function,
        /* More replies to the same request follow */
        .MsgFlags = req->Switch ? MPI_MSGFLAGS_CONTINUATION_REPLY : 0,
        .MsgContext = req->MsgContext,
        .Event = cpu_to_le32(MPI_EVENT_EVENT_CHANGE),
        .Data = { cpu_to_le32(!!req->Switch) },
    };

    s->events = req->Switch;
    s->event_context = req->MsgContext;
    mptspi_reply(s, &reply, reply.MsgLength);
}

typedef struct MptspiMessage {
    uint8_t size;
    bool operational;           /* only after IOC_INIT */
    void (*handle)(MptspiState *s, const uint8_t *request);
} MptspiMessage;

static const MptspiMessage mptspi_messages[] = {
    /* With the list that follows it, so handled by the caller */
    [MPI_FUNCTION_SCSI_IO_REQUEST] = { sizeof(MPIMsgSCSIIORequest), true },
    [MPI_FUNCTION_SCSI_TASK_MGMT] = { sizeof(MPIMsgSCSITaskMgmt), true,
                                      mptspi_task_mgmt },
    [MPI_FUNCTION_IOC_INIT] = { sizeof(MPIMsgIOCInit), false,
                                mptspi_ioc_init },
    [MPI_FUNCTION_IOC_FACTS] = { sizeof(MPIMsgIOCFacts), false,
                                 mptspi_ioc_facts },
    [MPI_FUNCTION_CONFIG] = { sizeof(MPIMsgConfig), true, mptspi_config },
    [MPI_FUNCTION_PORT_FACTS] = { sizeof(MPIMsgPortFacts), false,
                                  mptspi_port_facts },
    [MPI_FUNCTION_PORT_ENABLE] = { sizeof(MPIMsgPortEnable), true,
                                   mptspi_port_enable },
    [MPI_FUNCTION_EVENT_NOTIFICATION] = { sizeof(MPIMsgEventNotify), true,
                                          mptspi_event_notify },
    [MPI_FUNCTION_EVENT_ACK] = { sizeof(MPIMsgEventAck), true },
};

/*
 * One message: @request has the whole frame, or what came through the
 * doorbell, with zeros behind it; @frame is where it lies in memory
 */
static void mptspi_message(MptspiState *s, const uint8_t *request,
                           hwaddr frame)
{
    const MPIRequestHeader *header = (const MPIRequestHeader *)request;
    unsigned function = header->Function;
    const MptspiMessage *m;

    trace_mptspi_message(function, le32_to_cpu(header->MsgContext));
    if (function >= ARRAY_SIZE(mptspi_messages) ||
        !mptspi_messages[function].size) {
        qemu_log_mask(LOG_UNIMP, "mptspi: function 0x%02x\n", function);
        mptspi_status_reply(s, request, MPI_IOCSTATUS_INVALID_FUNCTION);
        return;
    }
    m = &mptspi_messages[function];
    if (m->operational && s->state != MPI_IOC_STATE_OPERATIONAL) {
        mptspi_status_reply(s, request, MPI_IOCSTATUS_INVALID_STATE);
    } else if (function == MPI_FUNCTION_SCSI_IO_REQUEST) {
        mptspi_scsi_io(s, request, frame);
    } else if (m->handle) {
        m->handle(s, request);
    } else {
        mptspi_status_reply(s, request, MPI_IOCSTATUS_SUCCESS);
    }
}

static void mptspi_bh(void *opaque)
{
    MptspiState *s = opaque;
    uint32_t mfa;

    while (s->state == MPI_IOC_STATE_OPERATIONAL &&
           fifo_get(&s->request_post, &mfa)) {
        uint8_t request[MPTSPI_REQUEST_FRAME] = { 0 };
        MPIRequestHeader *header = (MPIRequestHeader *)request;
        hwaddr frame = (uint64_t)s->mfa_high << 32 | mfa;
        unsigned size = sizeof(*header);

        /* No more than the message has: its frame may end a page */
        if (pci_dma_read(PCI_DEVICE(s), frame, request, size) != MEMTX_OK) {
            mptspi_fault(s, MPI_IOCSTATUS_INVALID_FIELD);
            return;
        }
        if (header->Function < ARRAY_SIZE(mptspi_messages)) {
            size = mptspi_messages[header->Function].size;
            if (size > sizeof(*header)) {
                pci_dma_read(PCI_DEVICE(s), frame, request, size);
            }
        }
        mptspi_message(s, request, frame);
    }
}

/*
 * Registers
 */

static void mptspi_doorbell_write(MptspiState *s, uint32_t val)
{
    if (s->db_state == MPTSPI_DB_REQUEST) {
        uint8_t request[MPTSPI_DOORBELL_WORDS * 4] = { 0 };

        s->db_request[s->db_got++] = val;
        if (s->db_got < s->db_expected) {
            return;
        }
        for (unsigned i = 0; i < s->db_expected; i++) {
            stl_le_p(request + 4 * i, s->db_request[i]);
        }
        mptspi_message(s, request, 0);
        return;
    }

    switch (val >> MPI_DOORBELL_FUNCTION_SHIFT) {
    case MPI_FUNCTION_IOC_MESSAGE_UNIT_RESET:
        mptspi_ready(s);
        mptspi_update_irq(s);
        break;
    case MPI_FUNCTION_IO_UNIT_RESET:
        mptspi_hard_reset(s);
        break;
    case MPI_FUNCTION_HANDSHAKE:
        s->db_expected = (val & MPI_DOORBELL_ADD_DWORDS_MASK) >>
                         MPI_DOORBELL_ADD_DWORDS_SHIFT;
        s->db_got = 0;
        if (!s->db_expected || s->db_expected > MPTSPI_DOORBELL_WORDS) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "mptspi: handshake of %u dwords\n",
                          s->db_expected);
            break;
        }
        s->db_state = MPTSPI_DB_REQUEST;
        mptspi_raise(s, MPI_HIS_DOORBELL_INTERRUPT);
        break;
    case MPI_FUNCTION_REPLY_FRAME_REMOVAL:
        fifo_clear(&s->reply_free);
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "mptspi: doorbell 0x%08x\n", val);
        break;
    }
}

static uint32_t mptspi_doorbell_read(MptspiState *s)
{
    uint32_t val = s->state | s->who_init << MPI_DOORBELL_WHO_INIT_SHIFT;

    if (s->db_state != MPTSPI_DB_IDLE) {
        val |= MPI_DOORBELL_ACTIVE;
    }
    if (s->db_state == MPTSPI_DB_REPLY) {
        val &= ~MPI_DOORBELL_DATA_MASK;
        if (s->db_reply_next < s->db_reply_count) {
            val |= s->db_reply[s->db_reply_next++];
        }
    }
    return val;
}

/* The host has seen the doorbell; more may follow */
static void mptspi_intr_status_write(MptspiState *s)
{
    s->intr_status &= ~MPI_HIS_DOORBELL_INTERRUPT;
    if (s->db_state == MPTSPI_DB_REPLY) {
        /* The next word, or after the last one the end of the reply */
        s->intr_status |= MPI_HIS_DOORBELL_INTERRUPT;
        if (s->db_reply_next >= s->db_reply_count) {
            s->db_state = MPTSPI_DB_IDLE;
        }
    }
    mptspi_update_irq(s);
}

static uint32_t mptspi_reply_read(MptspiState *s)
{
    uint32_t val = UINT32_MAX;

    fifo_get(&s->reply_post, &val);
    if (!s->reply_post.count) {
        s->intr_status &= ~MPI_HIS_REPLY_MESSAGE_INTERRUPT;
        mptspi_update_irq(s);
    }
    return val;
}

static void mptspi_key_write(MptspiState *s, uint32_t val)
{
    val &= MPI_WRSEQ_KEY_VALUE_MASK;
    if (val == write_sequence[s->key]) {
        s->key++;
    } else {
        s->diag &= ~MPI_DIAG_DRWE;
        s->key = val == write_sequence[0];
    }
    if (s->key == ARRAY_SIZE(write_sequence)) {
        s->diag |= MPI_DIAG_DRWE;
        s->key = 0;
    }
}

static void mptspi_diag_write(MptspiState *s, uint32_t val)
{
    if (!(s->diag & MPI_DIAG_DRWE)) {
        qemu_log_mask(LOG_GUEST_ERROR, "mptspi: diagnostic write without the "
                      "write sequence\n");
    } else if (val & MPI_DIAG_RESET_ADAPTER) {
        mptspi_hard_reset(s);
    } else {
        s->diag = (s->diag & ~MPI_DIAG_RW_ENABLE) |
                  (val & MPI_DIAG_RW_ENABLE);
    }
}

static uint64_t mptspi_read(void *opaque, hwaddr addr, unsigned size)
{
    MptspiState *s = opaque;
    uint32_t val = 0;

    switch (addr) {
    case MPI_DOORBELL_OFFSET:
        val = mptspi_doorbell_read(s);
        break;
    case MPI_DIAGNOSTIC_OFFSET:
        val = s->diag;
        break;
    case MPI_HOST_INTERRUPT_STATUS_OFFSET:
        val = s->intr_status;
        break;
    case MPI_HOST_INTERRUPT_MASK_OFFSET:
        val = s->intr_mask;
        break;
    case MPI_REPLY_POST_FIFO_OFFSET:
        val = mptspi_reply_read(s);
        break;
    case MPI_WRITE_SEQUENCE_OFFSET:
    case MPI_TEST_BASE_ADDRESS_OFFSET:
    case MPI_DIAG_RW_DATA_OFFSET:
    case MPI_DIAG_RW_ADDRESS_OFFSET:
    case MPI_REQUEST_POST_FIFO_OFFSET:
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "mptspi: read of 0x%" HWADDR_PRIx "\n",
                      addr);
        break;
    }
    trace_mptspi_read(addr, val);
    return val;
}

static void mptspi_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    MptspiState *s = opaque;

    trace_mptspi_write(addr, val);
    switch (addr) {
    case MPI_DOORBELL_OFFSET:
        mptspi_doorbell_write(s, val);
        break;
    case MPI_WRITE_SEQUENCE_OFFSET:
        mptspi_key_write(s, val);
        break;
    case MPI_DIAGNOSTIC_OFFSET:
        mptspi_diag_write(s, val);
        break;
    case MPI_HOST_INTERRUPT_STATUS_OFFSET:
        mptspi_intr_status_write(s);
        break;
    case MPI_HOST_INTERRUPT_MASK_OFFSET:
        s->intr_mask = val & (MPI_HIM_RIM | MPI_HIM_DIM);
        mptspi_update_irq(s);
        break;
    case MPI_REQUEST_POST_FIFO_OFFSET:
        if (!fifo_put(&s->request_post, val & ~3U)) {
            mptspi_fault(s, MPI_IOCSTATUS_INSUFFICIENT_RESOURCES);
        } else {
            qemu_bh_schedule(s->bh);
        }
        break;
    case MPI_REPLY_FREE_FIFO_OFFSET:
        if (!fifo_put(&s->reply_free, val & ~1U)) {
            mptspi_fault(s, MPI_IOCSTATUS_INSUFFICIENT_RESOURCES);
        }
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "mptspi: write to 0x%" HWADDR_PRIx "\n",
                      addr);
        break;
    }
}

static const MemoryRegionOps mptspi_ops = {
    .read = mptspi_read,
    .write = mptspi_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

/* The chip's own memory, for diagnostic tools */
static uint64_t mptspi_diag_io_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void mptspi_diag_io_write(void *opaque, hwaddr addr, uint64_t val,
                                 unsigned size)
{
    qemu_log_mask(LOG_UNIMP, "mptspi: write to chip memory 0x%" HWADDR_PRIx
                  "\n", addr);
}

static const MemoryRegionOps mptspi_diag_ops = {
    .read = mptspi_diag_io_read,
    .write = mptspi_diag_io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*
 * Device
 */

static void mptspi_reset_hold(Object *obj, ResetType type)
{
    MptspiState *s = MPTSPI(obj);

    mptspi_ready(s);
    s->diag = 0;
    s->key = 0;
    mptspi_config_reset(s);
    mptspi_update_irq(s);
}

static void mptspi_realize(PCIDevice *dev, Error **errp)
{
    MptspiState *s = MPTSPI(dev);
    uint8_t *pcix;
    int ret;

    pci_set_word(dev->config + PCI_SUBSYSTEM_VENDOR_ID,
                 s->subsystem_vendor_id);
    pci_set_word(dev->config + PCI_SUBSYSTEM_ID, s->subsystem_id);
    /* Function 1 of a dual controller has a line of its own */
    pci_config_set_interrupt_pin(dev->config, 1 + PCI_FUNC(dev->devfn) % 2);

    if (pci_pm_init(dev, MPTSPI_PM_OFFSET, errp) < 0) {
        return;
    }
    ret = msi_init(dev, MPTSPI_MSI_OFFSET, 1, true, false, errp);
    if (ret < 0) {
        return;
    }
    if (pci_add_capability(dev, PCI_CAP_ID_PCIX, MPTSPI_PCIX_OFFSET, 8,
                           errp) < 0) {
        return;
    }
    pcix = dev->config + MPTSPI_PCIX_OFFSET;
    pci_set_word(dev->wmask + MPTSPI_PCIX_OFFSET + PCI_X_CMD, 0x7f);
    /* 64 bits, 133 MHz, 2 KiB reads, 8 outstanding splits */
    pci_set_long(pcix + PCI_X_STATUS, 0x02030000 | 0x00400000 | dev->devfn);

    memory_region_init_io(&s->port_io, OBJECT(s), &mptspi_ops, s,
                          "mptspi-io", MPTSPI_IO_SIZE);
    memory_region_init_io(&s->mmio, OBJECT(s), &mptspi_ops, s, "mptspi-mmio",
                          MPTSPI_MMIO_SIZE);
    memory_region_init_io(&s->diag_io, OBJECT(s), &mptspi_diag_ops, s,
                          "mptspi-diag", MPTSPI_MMIO_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_IO, &s->port_io);
    pci_register_bar(dev, 1, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, &s->mmio);
    pci_register_bar(dev, 3, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, &s->diag_io);

    s->bh = qemu_bh_new_guarded(mptspi_bh, s,
                                &DEVICE(dev)->mem_reentrancy_guard);
    scsi_bus_init(&s->bus, sizeof(s->bus), DEVICE(dev), &mptspi_scsi_info);
}

static void mptspi_exit(PCIDevice *dev)
{
    MptspiState *s = MPTSPI(dev);

    qemu_bh_delete(s->bh);
    msi_uninit(dev);
}

static int mptspi_post_load(void *opaque, int version_id)
{
    MptspiState *s = opaque;
    const MptspiFifo *fifos[] = { &s->request_post, &s->reply_free,
                                  &s->reply_post };

    for (unsigned i = 0; i < ARRAY_SIZE(fifos); i++) {
        if (fifos[i]->head >= MPTSPI_FIFO || fifos[i]->count > MPTSPI_FIFO) {
            return -EINVAL;
        }
    }
    if (s->db_got >= MPTSPI_DOORBELL_WORDS ||
        s->db_expected > MPTSPI_DOORBELL_WORDS ||
        s->db_reply_count > ARRAY_SIZE(s->db_reply) ||
        s->key >= ARRAY_SIZE(write_sequence)) {
        return -EINVAL;
    }
    if (s->request_post.count) {
        qemu_bh_schedule(s->bh);
    }
    return 0;
}

static const VMStateDescription vmstate_mptspi_fifo = {
    .name = "mptspi/fifo",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(slot, MptspiFifo, MPTSPI_FIFO),
        VMSTATE_UINT32(head, MptspiFifo),
        VMSTATE_UINT32(count, MptspiFifo),
        VMSTATE_END_OF_LIST()
    }
};

#define VMSTATE_FIFO(field) \
    VMSTATE_STRUCT(field, MptspiState, 1, vmstate_mptspi_fifo, MptspiFifo)

static const VMStateDescription vmstate_mptspi = {
    .name = "mptspi",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = mptspi_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, MptspiState),
        VMSTATE_UINT32(state, MptspiState),
        VMSTATE_UINT8(who_init, MptspiState),
        VMSTATE_UINT8(db_state, MptspiState),
        VMSTATE_UINT32_ARRAY(db_request, MptspiState, MPTSPI_DOORBELL_WORDS),
        VMSTATE_UINT32(db_expected, MptspiState),
        VMSTATE_UINT32(db_got, MptspiState),
        VMSTATE_UINT16_ARRAY(db_reply, MptspiState,
                             2 * MPTSPI_DOORBELL_WORDS),
        VMSTATE_UINT32(db_reply_count, MptspiState),
        VMSTATE_UINT32(db_reply_next, MptspiState),
        VMSTATE_UINT32(diag, MptspiState),
        VMSTATE_UINT8(key, MptspiState),
        VMSTATE_UINT32(intr_status, MptspiState),
        VMSTATE_UINT32(intr_mask, MptspiState),
        VMSTATE_FIFO(request_post),
        VMSTATE_FIFO(reply_free),
        VMSTATE_FIFO(reply_post),
        VMSTATE_UINT16(reply_frame_size, MptspiState),
        VMSTATE_UINT32(mfa_high, MptspiState),
        VMSTATE_UINT32(sense_high, MptspiState),
        VMSTATE_UINT8(max_devices, MptspiState),
        VMSTATE_UINT8(max_buses, MptspiState),
        VMSTATE_BOOL(events, MptspiState),
        VMSTATE_UINT32(event_context, MptspiState),
        VMSTATE_UINT32_ARRAY(device_requested, MptspiState, MPTSPI_TARGETS),
        VMSTATE_UINT32_ARRAY(device_config, MptspiState, MPTSPI_TARGETS),
        VMSTATE_UINT32(port1_config, MptspiState),
        VMSTATE_UINT32(port1_timer, MptspiState),
        VMSTATE_UINT32(port2_flags, MptspiState),
        VMSTATE_UINT32(port2_settings, MptspiState),
        VMSTATE_UINT32_ARRAY(port2_device, MptspiState, MPTSPI_TARGETS),
        VMSTATE_UINT32(iounit1_flags, MptspiState),
        VMSTATE_UINT32(ioc1_flags, MptspiState),
        VMSTATE_UINT32(ioc1_timeout, MptspiState),
        VMSTATE_UINT32(ioc1_depth, MptspiState),
        VMSTATE_END_OF_LIST()
    }
};

static const Property mptspi_properties[] = {
    /* HP's dual-channel Ultra320 adapter A7173A */
    DEFINE_PROP_UINT16("subsystem-vendor-id", MptspiState,
                       subsystem_vendor_id, 0x103c),
    DEFINE_PROP_UINT16("subsystem-id", MptspiState, subsystem_id, 0x12c5),
};

static void mptspi_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "LSI 53C1030 Ultra320 SCSI controller";
    dc->vmsd = &vmstate_mptspi;
    device_class_set_props(dc, mptspi_properties);
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    rc->phases.hold = mptspi_reset_hold;
    pc->realize = mptspi_realize;
    pc->exit = mptspi_exit;
    pc->vendor_id = PCI_VENDOR_ID_LSI_LOGIC;
    pc->device_id = MPTSPI_DEVICE_ID;
    pc->revision = MPTSPI_REVISION;
    pc->class_id = PCI_CLASS_STORAGE_SCSI;
}

static const TypeInfo mptspi_types[] = {
    {
        .name = TYPE_MPTSPI,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(MptspiState),
        .class_init = mptspi_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(mptspi_types)
