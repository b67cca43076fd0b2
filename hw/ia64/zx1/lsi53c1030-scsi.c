/*
 * LSI 53C1030: SCSI commands and task management
 *
 * Facts: FreeBSD's sys/dev/mpt/mpilib/mpi_init.h and mpi.h (scatter/gather
 * elements). Echo buffers: SPC-3, WRITE BUFFER and READ BUFFER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "migration/qemu-file-types.h"
#include "scsi/constants.h"
#include "scsi/utils.h"
#include "system/dma.h"
#include "lsi53c1030.h"
#include "trace.h"

struct C1030Request {
    C1030State *s;
    SCSIRequest *sreq;
    QEMUSGList sg;
    MPIMsgSCSIIORequest io;         /* as the host wrote it */
    bool cancelling;
    QTAILQ_ENTRY(C1030Request) next;
};

static void c1030_request_free(C1030Request *r)
{
    if (r->sreq) {
        QTAILQ_REMOVE(&r->s->requests, r, next);
        r->sreq->hba_private = NULL;
        scsi_req_unref(r->sreq);
    }
    qemu_sglist_destroy(&r->sg);
    g_free(r);
}

static void c1030_io_reply(C1030State *s, const MPIMsgSCSIIORequest *io,
                           MPIMsgSCSIIOReply *r, uint16_t status)
{
    r->TargetID = io->TargetID;
    r->Bus = io->Bus;
    r->MsgLength = sizeof(*r) / 4;
    r->Function = io->Function;
    r->CDBLength = io->CDBLength;
    r->SenseBufferLength = io->SenseBufferLength;
    r->MsgFlags = io->MsgFlags;
    r->MsgContext = io->MsgContext;
    r->IOCStatus = cpu_to_le16(status);
    r->TaskTag = cpu_to_le16(MPI_SCSI_TASKTAG_UNKNOWN);
    /* Through the queue even if the request came by the doorbell */
    c1030_reply(s, NULL, r, sizeof(*r));
}

/* The command did not reach its target */
static void c1030_io_failed(C1030State *s, const MPIMsgSCSIIORequest *io,
                            uint16_t status)
{
    MPIMsgSCSIIOReply r = { .SCSIState = MPI_SCSI_STATE_NO_SCSI_STATUS };

    trace_lsi53c1030_io_failed(io->TargetID, le32_to_cpu(io->MsgContext),
                               status);
    c1030_io_reply(s, io, &r, status);
}

/* The LUN that is not below others: peripheral device or flat space */
static unsigned c1030_lun(const uint8_t *lun)
{
    return (lun[0] & 0x3f) << 8 | lun[1];
}

/* Returns a MPI_IOCSTATUS_* */
static uint16_t c1030_find_device(C1030State *s, unsigned bus,
                                  unsigned target, unsigned lun,
                                  SCSIDevice **dev)
{
    if (bus) {
        return MPI_IOCSTATUS_SCSI_INVALID_BUS;
    }
    if (target >= C1030_TARGETS) {
        return MPI_IOCSTATUS_SCSI_INVALID_TARGETID;
    }
    /* Nobody answers a selection of our own id */
    *dev = target == C1030_OWN_ID ? NULL
                                  : scsi_device_find(&s->bus, 0, target, lun);
    return *dev ? MPI_IOCSTATUS_SUCCESS : MPI_IOCSTATUS_SCSI_DEVICE_NOT_THERE;
}

/* One element of a list */
typedef struct C1030Sge {
    uint32_t flags;
    uint64_t address;
    unsigned size;                  /* of the element itself, bytes */
} C1030Sge;

static bool c1030_get_sge(const uint8_t *p, size_t left, C1030Sge *e)
{
    if (left < 8) {
        return false;
    }
    e->flags = ldl_le_p(p);
    e->address = (uint32_t)ldl_le_p(p + 4);
    e->size = 8;
    if (e->flags & MPI_SGE_FLAGS_64_BIT_ADDRESSING) {
        if (left < 12) {
            return false;
        }
        e->address |= (uint64_t)ldl_le_p(p + 8) << 32;
        e->size = 12;
    }
    return true;
}

/*
 * Walk the simple elements at @p, up to @len bytes or the chain element at
 * @chain (0: none). Sets *@more if that is to be followed.
 */
static bool c1030_walk_segment(QEMUSGList *sg, const uint8_t *p, size_t len,
                               size_t offset, size_t chain, uint64_t *left,
                               bool *more)
{
    C1030Sge e;

    *more = false;
    while (*left) {
        uint64_t n;

        if (chain && offset >= chain) {
            *more = true;
            return true;
        }
        if (offset > len || !c1030_get_sge(p + offset, len - offset, &e) ||
            (e.flags & MPI_SGE_FLAGS_ELEMENT_TYPE_MASK) !=
            MPI_SGE_FLAGS_SIMPLE_ELEMENT) {
            return false;
        }
        n = MIN(*left, e.flags & MPI_SGE_LENGTH_MASK);
        if (n) {
            qemu_sglist_add(sg, e.address, n);
            *left -= n;
        }
        if (e.flags & MPI_SGE_FLAGS_END_OF_LIST) {
            return true;
        }
        if (e.flags & MPI_SGE_FLAGS_LAST_ELEMENT) {
            *more = chain != 0;
            return true;
        }
        offset += e.size;
    }
    return true;
}

/* Build the list of a command; false if it makes no sense or is too short */
static bool c1030_build_sg(C1030Request *r, const C1030Message *m)
{
    PCIDevice *pci = PCI_DEVICE(r->s);
    uint64_t left = le32_to_cpu(r->io.DataLength);
    size_t chain = 4 * r->io.ChainOffset;
    size_t len = m->size, offset = sizeof(r->io);
    g_autofree uint8_t *segment = g_memdup2(m->frame, m->size);
    unsigned chains = 0;
    C1030Sge e;
    bool more;

    for (;;) {
        if (!c1030_walk_segment(&r->sg, segment, len, offset, chain, &left,
                                &more)) {
            return false;
        }
        if (!more) {
            return !left;
        }
        if (++chains > C1030_MAX_CHAIN || chain > len ||
            !c1030_get_sge(segment + chain, len - chain, &e) ||
            (e.flags & MPI_SGE_FLAGS_ELEMENT_TYPE_MASK) !=
            MPI_SGE_FLAGS_CHAIN_ELEMENT) {
            return false;
        }
        len = e.flags & MPI_SGE_CHAIN_LENGTH_MASK;
        chain = 4 * ((e.flags & MPI_SGE_CHAIN_OFFSET_MASK) >>
                     MPI_SGE_CHAIN_OFFSET_SHIFT);
        offset = 0;
        g_free(segment);
        segment = g_malloc0(len);
        if (pci_dma_read(pci, e.address, segment, len) != MEMTX_OK) {
            return false;
        }
    }
}

/* The disk moves all that a list has: leave what the command asks for */
static void c1030_trim_sg(QEMUSGList *sg, size_t size)
{
    size_t sum = 0;
    int n = 0;

    while (n < sg->nsg && sum < size) {
        sg->sg[n].len = MIN(sg->sg[n].len, size - sum);
        sum += sg->sg[n++].len;
    }
    sg->nsg = n;
    sg->size = sum;
}

/* Does the command move data as the host expects? */
static bool c1030_data_fits(const C1030Request *r)
{
    uint32_t direction = le32_to_cpu(r->io.Control) &
                         MPI_SCSIIO_CONTROL_DATADIRECTION_MASK;

    if (r->sreq->cmd.xfer > r->sg.size) {
        return false;
    }
    switch (r->sreq->cmd.mode) {
    case SCSI_XFER_TO_DEV:
        return direction == MPI_SCSIIO_CONTROL_WRITE;
    case SCSI_XFER_FROM_DEV:
        return direction == MPI_SCSIIO_CONTROL_READ;
    default:
        return true;
    }
}

void c1030_scsi_io(C1030State *s, C1030Message *m)
{
    MPIMsgSCSIIORequest io;
    C1030Request *r;
    SCSIDevice *dev = NULL;
    unsigned lun;
    uint16_t status;

    memcpy(&io, m->frame, sizeof(io));
    lun = c1030_lun(io.LUN);
    trace_lsi53c1030_scsi_io(io.TargetID, lun, io.CDB[0],
                             le32_to_cpu(io.MsgContext),
                             le32_to_cpu(io.DataLength));
    status = c1030_find_device(s, io.Bus, io.TargetID, lun, &dev);
    if (status != MPI_IOCSTATUS_SUCCESS) {
        c1030_io_failed(s, &io, status);
        return;
    }

    r = g_new0(C1030Request, 1);
    r->s = s;
    r->io = io;
    pci_dma_sglist_init(&r->sg, PCI_DEVICE(s), 4);
    if (!c1030_build_sg(r, m)) {
        c1030_request_free(r);
        c1030_io_failed(s, &io, MPI_IOCSTATUS_INVALID_SGL);
        return;
    }

    r->sreq = scsi_req_new(dev, le32_to_cpu(io.MsgContext), lun, r->io.CDB,
                           MIN(io.CDBLength, sizeof(io.CDB)), r);
    QTAILQ_INSERT_TAIL(&s->requests, r, next);
    if (!c1030_data_fits(r)) {
        c1030_request_free(r);
        c1030_io_failed(s, &io, MPI_IOCSTATUS_SCSI_DATA_OVERRUN);
        return;
    }
    c1030_trim_sg(&r->sg, r->sreq->cmd.xfer);
    if (scsi_req_enqueue(r->sreq)) {
        scsi_req_continue(r->sreq);
    }
}

/*
 * The base's disks do not know that they are on a parallel bus: say for them
 * what drivers want to hear before they negotiate its speeds (SPC-3, INQUIRY).
 */
#define INQUIRY_CMDDT_EVPD      0x03
#define INQUIRY_TYPE_MASK       0x1f
#define INQUIRY_LENGTH          4       /* that of what follows it */
#define INQUIRY_FLAGS           7
#define INQUIRY_WIDE_SYNC       0x30
#define INQUIRY_SPI3            56
#define INQUIRY_SPI3_ALL        0x0f    /* both clockings, QAS, units */
#define INQUIRY_SPI3_SIZE       58

static void c1030_complete_inquiry(C1030Request *r, uint32_t count)
{
    uint8_t data[INQUIRY_SPI3_SIZE] = { 0 };
    dma_addr_t residual;

    count = MIN(count, sizeof(data));
    if (r->io.CDB[0] != INQUIRY || (r->io.CDB[1] & INQUIRY_CMDDT_EVPD) ||
        count <= INQUIRY_FLAGS ||
        dma_buf_write(data, count, &residual, &r->sg,
                      MEMTXATTRS_UNSPECIFIED) != MEMTX_OK ||
        (data[0] & INQUIRY_TYPE_MASK) != TYPE_DISK) {
        return;
    }
    data[INQUIRY_LENGTH] = MAX(data[INQUIRY_LENGTH],
                               INQUIRY_SPI3_SIZE - INQUIRY_LENGTH - 1);
    data[INQUIRY_FLAGS] |= INQUIRY_WIDE_SYNC;
    data[INQUIRY_SPI3] |= INQUIRY_SPI3_ALL;
    dma_buf_read(data, count, &residual, &r->sg, MEMTXATTRS_UNSPECIFIED);
}

/*
 * Echo buffers. Drivers validate a target's speed by what they write to its
 * echo buffer and read from there. The base's disks have none: when one
 * refuses such a command, do it in its place.
 */

#define BUFFER_MODE(cdb)        ((cdb)[1] & 0x1f)
#define BUFFER_MODE_ECHO        0x0a
#define BUFFER_MODE_ECHO_DESC   0x0b

void c1030_echo_reset(C1030State *s)
{
    for (unsigned i = 0; i < C1030_TARGETS; i++) {
        s->echo[i].size = 0;
    }
}

static bool c1030_unknown_opcode(SCSIRequest *sreq)
{
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    SCSISense code;

    if (sreq->status != CHECK_CONDITION ||
        scsi_req_get_sense(sreq, sense, sizeof(sense)) < SCSI_SENSE_LEN) {
        return false;
    }
    code = scsi_parse_sense_buf(sense, SCSI_SENSE_LEN);
    return code.key == sense_code_INVALID_OPCODE.key &&
           code.asc == sense_code_INVALID_OPCODE.asc &&
           code.ascq == sense_code_INVALID_OPCODE.ascq;
}

/* Sets *@count to the bytes that were moved; false if it is no such command */
static bool c1030_do_echo(C1030Request *r, uint32_t *count)
{
    C1030Echo *echo = &r->s->echo[r->io.TargetID];
    uint32_t xfer = r->sreq->cmd.xfer;
    unsigned mode = BUFFER_MODE(r->io.CDB);
    uint8_t descriptor[4] = { 0 };
    dma_addr_t residual;
    MemTxResult res;

    switch (r->io.CDB[0]) {
    case WRITE_BUFFER:
        if (mode != BUFFER_MODE_ECHO || xfer > C1030_ECHO_SIZE) {
            return false;
        }
        res = dma_buf_write(echo->data, xfer, &residual, &r->sg,
                            MEMTXATTRS_UNSPECIFIED);
        echo->size = res == MEMTX_OK ? xfer : 0;
        *count = xfer;
        break;
    case READ_BUFFER:
        if (mode == BUFFER_MODE_ECHO && echo->size) {
            *count = MIN(xfer, echo->size);
            res = dma_buf_read(echo->data, *count, &residual, &r->sg,
                               MEMTXATTRS_UNSPECIFIED);
        } else if (mode == BUFFER_MODE_ECHO_DESC) {
            stw_be_p(descriptor + 2, C1030_ECHO_SIZE);
            *count = MIN(xfer, sizeof(descriptor));
            res = dma_buf_read(descriptor, *count, &residual, &r->sg,
                               MEMTXATTRS_UNSPECIFIED);
        } else {
            return false;
        }
        break;
    default:
        return false;
    }
    trace_lsi53c1030_echo(r->io.TargetID, r->io.CDB[0], mode, *count);
    return res == MEMTX_OK;
}

static QEMUSGList *c1030_get_sg_list(SCSIRequest *sreq)
{
    return &((C1030Request *)sreq->hba_private)->sg;
}

static void c1030_complete(SCSIRequest *sreq, size_t residual)
{
    C1030Request *r = sreq->hba_private;
    C1030State *s = r->s;
    uint32_t expected = le32_to_cpu(r->io.DataLength);
    uint32_t count = sreq->cmd.xfer - residual;
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    MPIMsgSCSIIOReply reply = { 0 };
    uint16_t status = MPI_IOCSTATUS_SUCCESS;
    uint8_t scsi_status = sreq->status;
    int sense_len = 0;

    trace_lsi53c1030_complete(le32_to_cpu(r->io.MsgContext), sreq->status,
                              count);
    if (s->silent) {
        c1030_request_free(r);
        return;
    }
    if (c1030_unknown_opcode(sreq) && c1030_do_echo(r, &count)) {
        scsi_status = GOOD;
    } else if (scsi_status == GOOD) {
        c1030_complete_inquiry(r, count);
    }
    if (scsi_status == GOOD && count == expected &&
        !(r->io.MsgContext & cpu_to_le32(MPI_ADDRESS_REPLY_A_BIT)) &&
        c1030_context_replies(s)) {
        c1030_context_reply(s, le32_to_cpu(r->io.MsgContext));
        c1030_request_free(r);
        return;
    }

    if (scsi_status != GOOD) {
        sense_len = scsi_req_get_sense(sreq, sense, sizeof(sense));
    }
    sense_len = MIN(sense_len, r->io.SenseBufferLength);
    if (sense_len > 0) {
        uint64_t addr = (uint64_t)s->sense_high << 32 |
                        le32_to_cpu(r->io.SenseBufferLowAddr);

        reply.SCSIState = pci_dma_write(PCI_DEVICE(s), addr, sense,
                                        sense_len) == MEMTX_OK ?
                          MPI_SCSI_STATE_AUTOSENSE_VALID :
                          MPI_SCSI_STATE_AUTOSENSE_FAILED;
        reply.SenseCount = cpu_to_le32(sense_len);
    }
    if (count != expected) {
        status = MPI_IOCSTATUS_SCSI_DATA_UNDERRUN;
    }
    reply.SCSIStatus = scsi_status;
    reply.TransferCount = cpu_to_le32(count);
    c1030_io_reply(s, &r->io, &reply, status);
    c1030_request_free(r);
}

static void c1030_cancelled(SCSIRequest *sreq)
{
    C1030Request *r = sreq->hba_private;

    r->s->cancelled++;
    if (!r->s->silent) {
        MPIMsgSCSIIOReply reply = {
            .SCSIState = MPI_SCSI_STATE_NO_SCSI_STATUS |
                         MPI_SCSI_STATE_TERMINATED,
        };

        c1030_io_reply(r->s, &r->io, &reply,
                       MPI_IOCSTATUS_SCSI_TASK_TERMINATED);
    }
    c1030_request_free(r);
}

void c1030_cancel_all(C1030State *s)
{
    bool silent = s->silent;
    BusChild *kid;

    /* Waits for what the host's storage has in its hands already */
    s->silent = true;
    QTAILQ_FOREACH(kid, &BUS(&s->bus)->children, sibling) {
        scsi_device_purge_requests(SCSI_DEVICE(kid->child),
                                   SENSE_CODE(NO_SENSE));
    }
    s->silent = silent;
}

/*
 * Task management. A command that the host's storage works on ends when that
 * lets go of it; the reply follows then.
 */

typedef struct C1030Task {
    C1030State *s;
    MPIMsgSCSITaskMgmtReply reply;
    uint32_t generation;            /* of the queues when it came */
    unsigned pending;               /* commands, and ourselves */
    unsigned terminated;
} C1030Task;

typedef struct C1030TaskNotifier {
    Notifier notifier;
    C1030Task *task;
} C1030TaskNotifier;

static void c1030_task_put(C1030Task *task)
{
    C1030State *s = task->s;

    if (--task->pending) {
        return;
    }
    if (task->generation == s->generation) {
        task->reply.TerminationCount = cpu_to_le32(task->terminated);
        /* Through the queue even if the request came by the doorbell */
        c1030_reply(s, NULL, &task->reply, sizeof(task->reply));
    }
    g_free(task);
}

static void c1030_task_notify(Notifier *n, void *data)
{
    C1030TaskNotifier *tn = container_of(n, C1030TaskNotifier, notifier);

    c1030_task_put(tn->task);
    g_free(tn);
}

static void c1030_task_cancel(C1030Task *task, C1030Request *r)
{
    C1030TaskNotifier *tn = g_new0(C1030TaskNotifier, 1);

    tn->notifier.notify = c1030_task_notify;
    tn->task = task;
    task->pending++;
    task->terminated++;
    r->cancelling = true;
    scsi_req_cancel_async(r->sreq, &tn->notifier);
}

static C1030Request *c1030_find_request(C1030State *s,
                                        const MPIMsgSCSITaskMgmt *t)
{
    C1030Request *r;

    QTAILQ_FOREACH(r, &s->requests, next) {
        if (r->io.MsgContext == t->TaskMsgContext &&
            r->io.TargetID == t->TargetID && !r->cancelling) {
            return r;
        }
    }
    return NULL;
}

/* Cancel what a logical unit works on; one may take others along */
static void c1030_cancel_unit(C1030Task *task, unsigned target, unsigned lun)
{
    C1030Request *r;

again:
    QTAILQ_FOREACH(r, &task->s->requests, next) {
        if (r->io.TargetID == target && r->sreq->lun == lun &&
            !r->cancelling) {
            c1030_task_cancel(task, r);
            goto again;
        }
    }
}

/* Reset one unit, all of a target, or the bus (@target < 0) */
static void c1030_task_reset(C1030Task *task, SCSIDevice *unit, int target)
{
    C1030State *s = task->s;
    uint32_t before = s->cancelled;
    BusChild *kid;

    QTAILQ_FOREACH(kid, &BUS(&s->bus)->children, sibling) {
        SCSIDevice *dev = SCSI_DEVICE(kid->child);

        if (unit ? dev == unit : target < 0 || dev->id == target) {
            device_cold_reset(DEVICE(dev));
            s->echo[dev->id].size = 0;
        }
    }
    task->terminated += s->cancelled - before;
}

/* Returns a MPI_SCSITASKMGMT_RSP_*, or -1 for a type that is none */
static int c1030_do_task(C1030Task *task, const MPIMsgSCSITaskMgmt *t,
                         SCSIDevice *dev)
{
    C1030State *s = task->s;
    unsigned lun = c1030_lun(t->LUN);
    C1030Request *r;

    switch (t->TaskType) {
    case MPI_SCSITASKMGMT_TASKTYPE_ABORT_TASK:
        r = c1030_find_request(s, t);
        if (r) {
            c1030_task_cancel(task, r);
        }
        return MPI_SCSITASKMGMT_RSP_TM_COMPLETE;
    case MPI_SCSITASKMGMT_TASKTYPE_QUERY_TASK:
        return c1030_find_request(s, t) ? MPI_SCSITASKMGMT_RSP_TM_SUCCEEDED
                                        : MPI_SCSITASKMGMT_RSP_TM_COMPLETE;
    case MPI_SCSITASKMGMT_TASKTYPE_ABRT_TASK_SET:
    case MPI_SCSITASKMGMT_TASKTYPE_CLEAR_TASK_SET:
        if (dev->lun != lun) {
            return MPI_SCSITASKMGMT_RSP_TM_INVALID_LUN;
        }
        c1030_cancel_unit(task, t->TargetID, lun);
        return MPI_SCSITASKMGMT_RSP_TM_COMPLETE;
    case MPI_SCSITASKMGMT_TASKTYPE_LOGICAL_UNIT_RESET:
        if (dev->lun != lun) {
            return MPI_SCSITASKMGMT_RSP_TM_INVALID_LUN;
        }
        c1030_task_reset(task, dev, 0);
        return MPI_SCSITASKMGMT_RSP_TM_COMPLETE;
    case MPI_SCSITASKMGMT_TASKTYPE_TARGET_RESET:
        c1030_task_reset(task, NULL, t->TargetID);
        return MPI_SCSITASKMGMT_RSP_TM_COMPLETE;
    case MPI_SCSITASKMGMT_TASKTYPE_RESET_BUS:
        c1030_task_reset(task, NULL, -1);
        c1030_event(s, MPI_EVENT_IOC_BUS_RESET, 0, true);
        return MPI_SCSITASKMGMT_RSP_TM_COMPLETE;
    default:
        return -1;
    }
}

void c1030_task_management(C1030State *s, C1030Message *m)
{
    const MPIMsgSCSITaskMgmt *t = (const MPIMsgSCSITaskMgmt *)m->frame;
    uint16_t status = MPI_IOCSTATUS_SUCCESS;
    C1030Task *task = g_new0(C1030Task, 1);
    SCSIDevice *dev = NULL;
    int response;

    trace_lsi53c1030_task(t->TaskType, t->TargetID,
                          le32_to_cpu(t->TaskMsgContext));
    task->s = s;
    task->generation = s->generation;
    task->pending = 1;
    c1030_reply_header(m, &task->reply, sizeof(task->reply), status);
    task->reply.TargetID = t->TargetID;
    task->reply.Bus = t->Bus;
    task->reply.TaskType = t->TaskType;

    if (t->TaskType != MPI_SCSITASKMGMT_TASKTYPE_RESET_BUS) {
        status = c1030_find_device(s, t->Bus, t->TargetID, c1030_lun(t->LUN),
                                   &dev);
    }
    if (status == MPI_IOCSTATUS_SUCCESS) {
        response = c1030_do_task(task, t, dev);
        if (response < 0) {
            status = MPI_IOCSTATUS_INVALID_FIELD;
            response = MPI_SCSITASKMGMT_RSP_TM_NOT_SUPPORTED;
        }
        task->reply.ResponseCode = response;
    }
    task->reply.IOCStatus = cpu_to_le16(status);
    c1030_task_put(task);
}

/* Migration of commands that wait, for instance for a disk that is full */

static void c1030_save_request(QEMUFile *f, SCSIRequest *sreq)
{
    C1030Request *r = sreq->hba_private;

    qemu_put_buffer(f, (uint8_t *)&r->io, sizeof(r->io));
    qemu_put_be32(f, r->sg.nsg);
    for (int i = 0; i < r->sg.nsg; i++) {
        qemu_put_be64(f, r->sg.sg[i].base);
        qemu_put_be64(f, r->sg.sg[i].len);
    }
}

static void *c1030_load_request(QEMUFile *f, SCSIRequest *sreq)
{
    C1030State *s = container_of(sreq->bus, C1030State, bus);
    C1030Request *r = g_new0(C1030Request, 1);
    uint32_t n;

    r->s = s;
    qemu_get_buffer(f, (uint8_t *)&r->io, sizeof(r->io));
    pci_dma_sglist_init(&r->sg, PCI_DEVICE(s), 4);
    n = qemu_get_be32(f);
    for (uint32_t i = 0; i < n && !qemu_file_get_error(f); i++) {
        uint64_t base = qemu_get_be64(f);
        uint64_t len = qemu_get_be64(f);

        qemu_sglist_add(&r->sg, base, len);
    }
    r->sreq = scsi_req_ref(sreq);
    QTAILQ_INSERT_TAIL(&s->requests, r, next);
    return r;
}

const struct SCSIBusInfo c1030_scsi_info = {
    .tcq = true,
    .max_target = C1030_TARGETS - 1,
    .max_lun = 255,
    .get_sg_list = c1030_get_sg_list,
    .complete = c1030_complete,
    .cancel = c1030_cancelled,
    .save_request = c1030_save_request,
    .load_request = c1030_load_request,
};
