/*
 * LSI 53C1030 Ultra320 SCSI controller
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_IA64_ZX1_MPTSPI_H
#define HW_IA64_ZX1_MPTSPI_H

#include "hw/pci/pci_device.h"
#include "hw/scsi/scsi.h"
#include "qom/object.h"

#define TYPE_MPTSPI "lsi53c1030"
OBJECT_DECLARE_SIMPLE_TYPE(MptspiState, MPTSPI)

#define MPTSPI_TARGETS          16
#define MPTSPI_HOST_ID          7
#define MPTSPI_CREDITS          255
#define MPTSPI_FIFO             (MPTSPI_CREDITS + 1)
/* Dwords of a message through the doorbell */
#define MPTSPI_DOORBELL_WORDS   64

/* A queue of the chip: values in order of arrival */
typedef struct MptspiFifo {
    uint32_t slot[MPTSPI_FIFO];
    uint32_t head;
    uint32_t count;
} MptspiFifo;

enum {
    MPTSPI_DB_IDLE,
    MPTSPI_DB_REQUEST,          /* the host writes a message */
    MPTSPI_DB_REPLY,            /* the host reads one, 16 bits at a time */
};

struct MptspiState {
    PCIDevice parent_obj;

    MemoryRegion port_io;
    MemoryRegion mmio;
    MemoryRegion diag_io;
    SCSIBus bus;
    QEMUBH *bh;

    /* Doorbell */
    uint32_t state;             /* MPI_IOC_STATE_*, fault code */
    uint8_t who_init;
    uint8_t db_state;
    uint32_t db_request[MPTSPI_DOORBELL_WORDS];
    uint32_t db_expected;
    uint32_t db_got;
    uint16_t db_reply[2 * MPTSPI_DOORBELL_WORDS];
    uint32_t db_reply_count;
    uint32_t db_reply_next;

    uint32_t diag;
    uint8_t key;                /* place in the write sequence */
    uint32_t intr_status;
    uint32_t intr_mask;

    MptspiFifo request_post;
    MptspiFifo reply_free;
    MptspiFifo reply_post;

    /* From IOC_INIT */
    uint16_t reply_frame_size;
    uint32_t mfa_high;
    uint32_t sense_high;
    uint8_t max_devices;
    uint8_t max_buses;

    bool events;
    uint32_t event_context;     /* of the request that asked for events */

    /* Configuration pages that the host can change */
    uint32_t device_requested[MPTSPI_TARGETS];
    uint32_t device_config[MPTSPI_TARGETS];
    uint32_t port1_config;
    uint32_t port1_timer;
    uint32_t port2_flags;
    uint32_t port2_settings;
    uint32_t port2_device[MPTSPI_TARGETS];
    uint32_t iounit1_flags;
    uint32_t ioc1_flags;
    uint32_t ioc1_timeout;
    uint32_t ioc1_depth;

    /* Properties */
    uint16_t subsystem_vendor_id;
    uint16_t subsystem_id;
};

/* Firmware that drivers see: major, minor, unit, dev */
#define MPTSPI_FW_MAJOR         1
#define MPTSPI_FW_MINOR         3
#define MPTSPI_FW_UNIT          41
#define MPTSPI_FW_DEV           0

/* Answer a request for a configuration page */
void mptspi_config(MptspiState *s, const uint8_t *request);
void mptspi_config_reset(MptspiState *s);

/* Send a reply of @dwords dwords, little-endian as it goes over the bus */
void mptspi_reply(MptspiState *s, const void *reply, unsigned dwords);

#endif /* HW_IA64_ZX1_MPTSPI_H */
