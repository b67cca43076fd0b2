/*
 * LSI 53C1030: parallel SCSI behind the Fusion-MPT message interface
 *
 * One of the two functions of the chip: a PCI function with registers and
 * queues (lsi53c1030.c), firmware that answers messages (lsi53c1030-msg.c),
 * SCSI commands and task management (lsi53c1030-scsi.c) and configuration
 * pages (lsi53c1030-pages.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_LSI53C1030_H
#define HW_IA64_ZX1_LSI53C1030_H

#include "hw/pci/pci_device.h"
#include "hw/scsi/mpi.h"
#include "hw/scsi/scsi.h"
#include "qom/object.h"

#define TYPE_LSI53C1030 "lsi53c1030"
OBJECT_DECLARE_SIMPLE_TYPE(C1030State, LSI53C1030)

#define C1030_TARGETS           16
#define C1030_OWN_ID            7
/* Requests that a driver may have posted at a time */
#define C1030_CREDITS           255
/* Size of a request frame, of the largest reply; bytes */
#define C1030_FRAME_SIZE        128
#define C1030_REPLY_SIZE        sizeof(MPIMsgIOCFactsReply)
#define C1030_FIFO_DEPTH        512
#define C1030_WAITING_DEPTH     256
/* Chain elements in one list: a list that bites its tail ends */
#define C1030_MAX_CHAIN         255
#define C1030_PAGES_SIZE        2048
/* Echo buffer of a target, bytes: a multiple of 4, at most 4096 (SPC-3) */
#define C1030_ECHO_SIZE         512
/* Version of the firmware: 1.3.41.0, a byte each */
#define C1030_FW_VERSION        0x01032900

/* Codes beside MPI_IOC_STATE_FAULT */
#define C1030_FAULT_REQUEST_BUS 0x8112      /* a request cannot be read */
#define C1030_FAULT_OVERFLOW    0x5000      /* a queue is full; our own */

typedef struct C1030Fifo {
    uint32_t head;
    uint32_t count;
    uint32_t data[C1030_FIFO_DEPTH];
} C1030Fifo;

/* A reply that waits for a frame of the host's */
typedef struct C1030Reply {
    uint32_t size;
    uint8_t data[C1030_REPLY_SIZE];
} C1030Reply;

typedef struct C1030Echo {
    uint32_t size;                  /* bytes of it that are valid */
    uint8_t data[C1030_ECHO_SIZE];
} C1030Echo;

typedef struct C1030Message {
    uint8_t frame[C1030_FRAME_SIZE];
    size_t size;                    /* bytes of it that are valid */
    bool doorbell;                  /* came through it; answers go there */
    bool answered;
} C1030Message;

typedef struct C1030Request C1030Request;

enum {
    C1030_DB_IDLE,
    C1030_DB_REQUEST,               /* the host writes a message */
    C1030_DB_REPLY,                 /* the host reads one */
};

struct C1030State {
    PCIDevice parent_obj;

    MemoryRegion port_io;
    MemoryRegion mmio;
    MemoryRegion diag_io;
    SCSIBus bus;
    QEMUBH *request_bh;
    /* Commands that the SCSI bus works on */
    QTAILQ_HEAD(, C1030Request) requests;
    bool silent;                    /* what is cancelled gets no reply */
    uint32_t cancelled;             /* commands so far */
    uint32_t generation;            /* of the queues: since when replies go */

    /* Properties */
    uint32_t fw_version;
    uint16_t subsystem_vendor_id;
    uint16_t subsystem_id;
    BlockBackend *nvram;            /* may be NULL */

    /* Doorbell */
    uint32_t state;                 /* MPI_IOC_STATE_*, with a fault's code */
    uint8_t db_phase;
    uint32_t db_index;
    uint32_t db_count;
    uint32_t db_request[C1030_FRAME_SIZE / 4];
    uint16_t db_reply[C1030_REPLY_SIZE / 2];

    uint32_t intr_status;
    uint32_t intr_mask;
    uint32_t diagnostic;
    uint8_t diag_key;               /* keys of the sequence seen so far */
    uint32_t test_base;

    C1030Fifo request_post;
    C1030Fifo reply_post;
    C1030Fifo reply_free;
    uint32_t waiting_head;
    uint32_t waiting_count;
    C1030Reply waiting[C1030_WAITING_DEPTH];

    /* Replies in reply_post that the host was not interrupted for yet */
    uint32_t coalesced;
    QEMUTimer coalesce_timer;

    /* As IOC_INIT says */
    uint8_t who_init;
    uint16_t reply_frame_size;
    uint32_t mfa_high;
    uint32_t sense_high;

    bool events_on;
    uint32_t event_msg_context;
    uint32_t event_context;         /* number of the last event */
    uint32_t events_unacked;

    C1030Echo echo[C1030_TARGETS];

    /* Configuration pages with their headers */
    uint8_t pages_default[C1030_PAGES_SIZE];
    uint8_t pages_nvram[C1030_PAGES_SIZE];
    uint8_t pages[C1030_PAGES_SIZE];
};

/* lsi53c1030.c */

/* Stop with @code until the next reset */
void c1030_fault(C1030State *s, uint32_t code);

/*
 * Send a reply, its fields little-endian already: through the doorbell if @m
 * came that way, otherwise in a frame of the host's. @m may be NULL.
 */
void c1030_reply(C1030State *s, C1030Message *m, const void *reply,
                 size_t size);

/* Send a successful SCSI command's reply: its context alone */
void c1030_context_reply(C1030State *s, uint32_t context);

/* Interrupt for what is in the queue by now, or soon (@may_wait) */
void c1030_reply_posted(C1030State *s, bool may_wait);

/* lsi53c1030-msg.c */

void c1030_message(C1030State *s, C1030Message *m);

/* Fill the fields that all replies have; @size in bytes */
void c1030_reply_header(const C1030Message *m, void *reply, size_t size,
                        uint16_t status);

/* Tell the host of an event, if it wants to know */
void c1030_event(C1030State *s, uint32_t event, uint32_t data, bool ack);

/* lsi53c1030-scsi.c */

extern const struct SCSIBusInfo c1030_scsi_info;

void c1030_scsi_io(C1030State *s, C1030Message *m);
void c1030_task_management(C1030State *s, C1030Message *m);

/* Cancel all commands without replies */
void c1030_cancel_all(C1030State *s);

/* A reset: the targets' echo buffers are empty */
void c1030_echo_reset(C1030State *s);

/* lsi53c1030-pages.c */

/* Compute the default pages; once. Fill the others from them: power on. */
void c1030_pages_init(C1030State *s);
/* Take what the user's file has; false with an error if it cannot be used */
bool c1030_nvram_load(C1030State *s, Error **errp);
/* Current values go back to what is in NVRAM */
void c1030_pages_reset(C1030State *s);
void c1030_config(C1030State *s, C1030Message *m);

/* IOC page 1: replies to wait for (at most 1: none), and microseconds */
uint32_t c1030_coalescing(C1030State *s, uint32_t *timeout);
bool c1030_context_replies(C1030State *s);

#endif /* HW_IA64_ZX1_LSI53C1030_H */
