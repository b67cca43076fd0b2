/*
 * LSI 53C1030: messages of the Fusion-MPT interface
 *
 * What the firmware of the chip answers: facts, initialisation, events.
 *
 * Facts: FreeBSD's sys/dev/mpt/mpilib/mpi_ioc.h; the figures of an rx2600's
 * adapter: one port, 16 devices, 255 credits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "lsi53c1030.h"
#include "trace.h"

/* Fusion-MPT 1.2 */
#define C1030_MSG_VERSION       0x0102
/* Units of 4 bytes that the size hint of a request's address counts in */
#define C1030_BLOCK_SIZE        8
#define C1030_MAX_CHAIN_DEPTH   34
#define C1030_REPLY_DEPTH       256
#define C1030_PRODUCT_ID        (MPI_FW_HEADER_PID_TYPE_SCSI | \
                                 MPI_FW_HEADER_PID_PROD_INITIATOR_SCSI | \
                                 MPI_FW_HEADER_PID_FAMILY_1030C0_SCSI)
/* What these have in interface 1.2; later ones are longer */
#define C1030_FACTS_SIZE        offsetof(MPIMsgIOCFactsReply, \
                                         HighPriorityQueueDepth)
#define C1030_INIT_SIZE         offsetof(MPIMsgIOCInit, \
                                         ReplyFifoHostSignalingAddr)

typedef struct C1030Function {
    size_t size;                    /* fixed part of the request; 0: unknown */
    bool operational;               /* only after IOC_INIT */
    void (*handle)(C1030State *s, C1030Message *m);
} C1030Function;

void c1030_reply_header(const C1030Message *m, void *reply, size_t size,
                        uint16_t status)
{
    const MPIRequestHeader *h = (const MPIRequestHeader *)m->frame;
    MPIDefaultReply *r = reply;

    r->MsgLength = size / 4;
    r->Function = h->Function;
    r->MsgFlags = h->MsgFlags;
    r->MsgContext = h->MsgContext;
    r->IOCStatus = cpu_to_le16(status);
}

static void c1030_default_reply(C1030State *s, C1030Message *m,
                                uint16_t status)
{
    MPIDefaultReply r = { 0 };

    c1030_reply_header(m, &r, sizeof(r), status);
    c1030_reply(s, m, &r, sizeof(r));
}

static void c1030_ioc_facts(C1030State *s, C1030Message *m)
{
    MPIMsgIOCFactsReply r = { 0 };

    c1030_reply_header(m, &r, C1030_FACTS_SIZE, MPI_IOCSTATUS_SUCCESS);
    r.MsgVersion = cpu_to_le16(C1030_MSG_VERSION);
    r.IOCNumber = PCI_FUNC(PCI_DEVICE(s)->devfn);
    r.MaxChainDepth = C1030_MAX_CHAIN_DEPTH;
    r.WhoInit = s->who_init;
    r.BlockSize = C1030_BLOCK_SIZE;
    r.ReplyQueueDepth = cpu_to_le16(C1030_REPLY_DEPTH);
    r.RequestFrameSize = cpu_to_le16(C1030_FRAME_SIZE / 4);
    r.ProductID = cpu_to_le16(C1030_PRODUCT_ID);
    r.CurrentHostMfaHighAddr = cpu_to_le32(s->mfa_high);
    r.GlobalCredits = cpu_to_le16(C1030_CREDITS);
    r.NumberOfPorts = 1;
    r.EventState = s->events_on ? MPI_IOCFACTS_EVENTSTATE_ENABLED
                                : MPI_IOCFACTS_EVENTSTATE_DISABLED;
    r.CurrentSenseBufferHighAddr = cpu_to_le32(s->sense_high);
    r.CurReplyFrameSize = cpu_to_le16(s->reply_frame_size);
    r.MaxDevices = C1030_TARGETS;
    r.MaxBuses = 1;
    r.FWVersionMajor = s->fw_version >> 24;
    r.FWVersionMinor = s->fw_version >> 16;
    r.FWVersionUnit = s->fw_version >> 8;
    r.FWVersionDev = s->fw_version;
    c1030_reply(s, m, &r, C1030_FACTS_SIZE);
}

static void c1030_ioc_init(C1030State *s, C1030Message *m)
{
    const MPIMsgIOCInit *init = (const MPIMsgIOCInit *)m->frame;
    uint16_t size = le16_to_cpu(init->ReplyFrameSize);
    MPIMsgIOCInitReply r = { 0 };
    uint16_t status = MPI_IOCSTATUS_SUCCESS;

    if (s->state != MPI_IOC_STATE_READY &&
        s->state != MPI_IOC_STATE_OPERATIONAL) {
        status = MPI_IOCSTATUS_INVALID_STATE;
    } else if (size < sizeof(MPIDefaultReply)) {
        status = MPI_IOCSTATUS_INVALID_FIELD;
    } else {
        s->who_init = init->WhoInit & 7;
        s->reply_frame_size = size;
        s->mfa_high = le32_to_cpu(init->HostMfaHighAddr);
        s->sense_high = le32_to_cpu(init->SenseBufferHighAddr);
        s->state = MPI_IOC_STATE_OPERATIONAL;
    }
    c1030_reply_header(m, &r, sizeof(r), status);
    r.WhoInit = init->WhoInit;
    r.MaxDevices = init->MaxDevices;
    r.MaxBuses = init->MaxBuses;
    c1030_reply(s, m, &r, sizeof(r));
}

static void c1030_port_facts(C1030State *s, C1030Message *m)
{
    const MPIMsgPortFacts *req = (const MPIMsgPortFacts *)m->frame;
    MPIMsgPortFactsReply r = { 0 };

    r.PortNumber = req->PortNumber;
    if (req->PortNumber) {
        c1030_reply_header(m, &r, sizeof(r), MPI_IOCSTATUS_INVALID_FIELD);
    } else {
        c1030_reply_header(m, &r, sizeof(r), MPI_IOCSTATUS_SUCCESS);
        r.PortType = MPI_PORTFACTS_PORTTYPE_SCSI;
        r.MaxDevices = cpu_to_le16(C1030_TARGETS);
        r.PortSCSIID = cpu_to_le16(C1030_OWN_ID);
        r.ProtocolFlags = cpu_to_le16(MPI_PORTFACTS_PROTOCOL_INITIATOR);
    }
    c1030_reply(s, m, &r, sizeof(r));
}

static void c1030_port_enable(C1030State *s, C1030Message *m)
{
    const MPIMsgPortEnable *req = (const MPIMsgPortEnable *)m->frame;
    MPIMsgPortEnableReply r = { 0 };

    c1030_reply_header(m, &r, sizeof(r), req->PortNumber ?
                       MPI_IOCSTATUS_INVALID_FIELD : MPI_IOCSTATUS_SUCCESS);
    r.PortNumber = req->PortNumber;
    c1030_reply(s, m, &r, sizeof(r));
}

/* Events */

static void c1030_event_reply(C1030State *s, C1030Message *m,
                              uint32_t event, uint32_t data, bool ack)
{
    MPIMsgEventNotifyReply r = {
        .EventDataLength = cpu_to_le16(sizeof(r.Data) / 4),
        .MsgLength = sizeof(r) / 4,
        .Function = MPI_FUNCTION_EVENT_NOTIFICATION,
        .AckRequired = ack ? MPI_EVENT_NOTIFICATION_ACK_REQUIRED
                           : MPI_EVENT_NOTIFICATION_ACK_NOT_REQUIRED,
        /* More of them may follow for the one request */
        .MsgFlags = s->events_on ? MPI_MSGFLAGS_CONTINUATION_REPLY : 0,
        .MsgContext = cpu_to_le32(s->event_msg_context),
        .Event = cpu_to_le32(event),
        .EventContext = cpu_to_le32(s->event_context),
        .Data = { cpu_to_le32(data) },
    };

    c1030_reply(s, m, &r, sizeof(r));
}

static void c1030_event_notification(C1030State *s, C1030Message *m)
{
    const MPIMsgEventNotify *req = (const MPIMsgEventNotify *)m->frame;

    s->events_on = req->Switch & MPI_EVENT_NOTIFICATION_SWITCH_ON;
    s->event_msg_context = le32_to_cpu(req->MsgContext);
    c1030_event_reply(s, m, MPI_EVENT_EVENT_CHANGE, s->events_on, false);
}

void c1030_event(C1030State *s, uint32_t event, uint32_t data, bool ack)
{
    if (!s->events_on) {
        return;
    }
    s->event_context++;
    s->events_unacked += ack;
    trace_lsi53c1030_event(event, s->event_context, s->events_unacked);
    c1030_event_reply(s, NULL, event, data, ack);
}

static void c1030_event_ack(C1030State *s, C1030Message *m)
{
    const MPIMsgEventAck *req = (const MPIMsgEventAck *)m->frame;

    if (!s->events_unacked) {
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: acknowledgement of no "
                      "event\n");
        c1030_default_reply(s, m, MPI_IOCSTATUS_INVALID_FIELD);
        return;
    }
    s->events_unacked--;
    trace_lsi53c1030_event(le32_to_cpu(req->Event),
                           le32_to_cpu(req->EventContext),
                           s->events_unacked);
    c1030_default_reply(s, m, MPI_IOCSTATUS_SUCCESS);
}

static const C1030Function c1030_functions[] = {
    [MPI_FUNCTION_SCSI_IO_REQUEST] = {
        sizeof(MPIMsgSCSIIORequest), true, c1030_scsi_io,
    },
    [MPI_FUNCTION_SCSI_TASK_MGMT] = {
        sizeof(MPIMsgSCSITaskMgmt), true, c1030_task_management,
    },
    [MPI_FUNCTION_IOC_INIT] = {
        C1030_INIT_SIZE, false, c1030_ioc_init,
    },
    [MPI_FUNCTION_IOC_FACTS] = {
        sizeof(MPIMsgIOCFacts), false, c1030_ioc_facts,
    },
    [MPI_FUNCTION_CONFIG] = {
        offsetof(MPIMsgConfig, PageBufferSGE), true, c1030_config,
    },
    [MPI_FUNCTION_PORT_FACTS] = {
        sizeof(MPIMsgPortFacts), false, c1030_port_facts,
    },
    [MPI_FUNCTION_PORT_ENABLE] = {
        sizeof(MPIMsgPortEnable), true, c1030_port_enable,
    },
    [MPI_FUNCTION_EVENT_NOTIFICATION] = {
        sizeof(MPIMsgEventNotify), true, c1030_event_notification,
    },
    [MPI_FUNCTION_EVENT_ACK] = {
        sizeof(MPIMsgEventAck), true, c1030_event_ack,
    },
};

void c1030_message(C1030State *s, C1030Message *m)
{
    const MPIRequestHeader *h = (const MPIRequestHeader *)m->frame;
    const C1030Function *f;

    /* Without a whole header there is nobody to answer */
    if (m->size < sizeof(*h)) {
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: message of %zu bytes\n",
                      m->size);
        return;
    }
    trace_lsi53c1030_message(h->Function, le32_to_cpu(h->MsgContext),
                             m->doorbell);
    if (h->Function >= ARRAY_SIZE(c1030_functions) ||
        !c1030_functions[h->Function].size) {
        qemu_log_mask(LOG_UNIMP, "lsi53c1030: function 0x%02x\n",
                      h->Function);
        c1030_default_reply(s, m, MPI_IOCSTATUS_INVALID_FUNCTION);
        return;
    }
    f = &c1030_functions[h->Function];
    if (m->size < f->size) {
        c1030_default_reply(s, m, MPI_IOCSTATUS_INVALID_FIELD);
    } else if (f->operational && s->state != MPI_IOC_STATE_OPERATIONAL) {
        c1030_default_reply(s, m, MPI_IOCSTATUS_INVALID_STATE);
    } else {
        f->handle(s, m);
    }
}
