/*
 * LSI 53C1030: PCI function, registers and queues
 *
 * The doorbell carries short messages word by word, each word acknowledged
 * through the interrupt status; the queues carry addresses of message frames
 * in memory.
 *
 * Facts: the Fusion-MPT interface 1.2 as FreeBSD's sys/dev/mpt/mpilib and
 * Linux' drivers/message/fusion describe it; PCI listings of adapters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "lsi53c1030.h"
#include "trace.h"

#define C1030_DEVICE_ID     0x0030
/* Stepping C0 */
#define C1030_REVISION      0x08
/* HP A7173A, a dual Ultra320 adapter (pci.ids) */
#define C1030_SUBSYSTEM_ID  0x12c5

#define C1030_PORT_SIZE     0x100
#define C1030_MMIO_SIZE     0x10000

/* Capabilities, where the chip has them */
#define C1030_CAP_PM        0x50
#define C1030_CAP_MSI       0x58
#define C1030_CAP_PCIX      0x68
#define C1030_PCIX_SIZE     8
/* Designed for reads of up to 2 KiB, 8 at a time */
#define C1030_PCIX_READ_2K  (2 << 21)
#define C1030_PCIX_SPLIT_8  (4 << 23)

REG32(DOORBELL, 0x00)
    FIELD(DOORBELL, DATA, 0, 16)
    FIELD(DOORBELL, WHO_INIT, 24, 3)
    FIELD(DOORBELL, ACTIVE, 27, 1)
    /* When written outside of a message */
    FIELD(DOORBELL, DWORDS, 16, 8)
    FIELD(DOORBELL, FUNCTION, 24, 8)
REG32(WRITE_SEQUENCE, 0x04)
    FIELD(WRITE_SEQUENCE, KEY, 0, 4)
REG32(DIAGNOSTIC, 0x08)
    FIELD(DIAGNOSTIC, MEM_ENABLE, 0, 1)
    FIELD(DIAGNOSTIC, DISABLE_ARM, 1, 1)
    FIELD(DIAGNOSTIC, RESET_ADAPTER, 2, 1)
    FIELD(DIAGNOSTIC, RW_ENABLE, 4, 1)
    FIELD(DIAGNOSTIC, RESET_HISTORY, 5, 1)
    FIELD(DIAGNOSTIC, WRITE_ENABLE, 7, 1)
    FIELD(DIAGNOSTIC, PREVENT_BOOT, 9, 1)
REG32(TEST_BASE, 0x0c)
REG32(DIAG_RW_DATA, 0x10)
REG32(DIAG_RW_ADDRESS, 0x14)
REG32(INTR_STATUS, 0x30)
    FIELD(INTR_STATUS, DOORBELL, 0, 1)
    FIELD(INTR_STATUS, REPLY, 3, 1)
REG32(INTR_MASK, 0x34)
    FIELD(INTR_MASK, DOORBELL, 0, 1)
    FIELD(INTR_MASK, REPLY, 3, 1)
REG32(REQUEST_QUEUE, 0x40)
    FIELD(REQUEST_QUEUE, SIZE_HINT, 0, 3)
REG32(REPLY_QUEUE, 0x44)
REG32(HI_PRI_QUEUE, 0x48)

/* The smallest page that an IOMMU has */
#define C1030_PAGE          4096

#define C1030_QUEUE_EMPTY   0xffffffff
#define C1030_DIAG_RW       (R_DIAGNOSTIC_MEM_ENABLE_MASK | \
                             R_DIAGNOSTIC_DISABLE_ARM_MASK | \
                             R_DIAGNOSTIC_RW_ENABLE_MASK | \
                             R_DIAGNOSTIC_PREVENT_BOOT_MASK)

static const uint8_t c1030_diag_keys[] = {
    MPI_WRSEQ_1ST_KEY_VALUE, MPI_WRSEQ_2ND_KEY_VALUE, MPI_WRSEQ_3RD_KEY_VALUE,
    MPI_WRSEQ_4TH_KEY_VALUE, MPI_WRSEQ_5TH_KEY_VALUE,
};

static bool c1030_fifo_put(C1030Fifo *f, uint32_t val)
{
    if (f->count == C1030_FIFO_DEPTH) {
        return false;
    }
    f->data[(f->head + f->count++) % C1030_FIFO_DEPTH] = val;
    return true;
}

static uint32_t c1030_fifo_get(C1030Fifo *f)
{
    uint32_t val = f->data[f->head];

    assert(f->count);
    f->head = (f->head + 1) % C1030_FIFO_DEPTH;
    f->count--;
    return val;
}

static void c1030_update_irq(C1030State *s)
{
    PCIDevice *pci = PCI_DEVICE(s);
    uint32_t on = s->intr_status & ~s->intr_mask &
                  (R_INTR_STATUS_DOORBELL_MASK | R_INTR_STATUS_REPLY_MASK);

    trace_lsi53c1030_irq(s->intr_status, s->intr_mask);
    if (msi_enabled(pci)) {
        if (on) {
            msi_notify(pci, 0);
        }
    } else {
        pci_set_irq(pci, !!on);
    }
}

static void c1030_doorbell_interrupt(C1030State *s)
{
    s->intr_status |= R_INTR_STATUS_DOORBELL_MASK;
    c1030_update_irq(s);
}

void c1030_fault(C1030State *s, uint32_t code)
{
    if ((s->state & MPI_IOC_STATE_FAULT) == 0) {
        trace_lsi53c1030_fault(code);
        s->state = MPI_IOC_STATE_FAULT | code;
    }
}

/* Replies */

static void c1030_reply_interrupt(C1030State *s)
{
    s->coalesced = 0;
    timer_del(&s->coalesce_timer);
    s->intr_status |= R_INTR_STATUS_REPLY_MASK;
    c1030_update_irq(s);
}

static void c1030_coalesce_expired(void *opaque)
{
    C1030State *s = opaque;

    if (s->reply_post.count) {
        c1030_reply_interrupt(s);
    }
}

void c1030_reply_posted(C1030State *s, bool may_wait)
{
    uint32_t timeout;

    if (may_wait && !(s->intr_status & R_INTR_STATUS_REPLY_MASK) &&
        ++s->coalesced < c1030_coalescing(s, &timeout)) {
        if (!timer_pending(&s->coalesce_timer)) {
            timer_mod(&s->coalesce_timer,
                      qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + timeout);
        }
        return;
    }
    c1030_reply_interrupt(s);
}

void c1030_context_reply(C1030State *s, uint32_t context)
{
    if (!c1030_fifo_put(&s->reply_post, context)) {
        c1030_fault(s, C1030_FAULT_OVERFLOW);
        return;
    }
    c1030_reply_posted(s, true);
}

static void c1030_post_frame(C1030State *s, const void *reply, size_t size)
{
    uint32_t mfa = c1030_fifo_get(&s->reply_free);
    const MPIDefaultReply *r = reply;

    trace_lsi53c1030_reply(r->Function, le32_to_cpu(r->MsgContext),
                           le16_to_cpu(r->IOCStatus));
    /* An address that leads nowhere is the host's loss */
    pci_dma_write(PCI_DEVICE(s), (uint64_t)s->mfa_high << 32 | mfa, reply,
                  MIN(size, s->reply_frame_size));
    if (!c1030_fifo_put(&s->reply_post, MPI_ADDRESS_REPLY_A_BIT | mfa >> 1)) {
        c1030_fault(s, C1030_FAULT_OVERFLOW);
        return;
    }
    c1030_reply_posted(s, r->Function == MPI_FUNCTION_SCSI_IO_REQUEST);
}

/* Hand out what waits, as far as there are frames */
static void c1030_post_waiting(C1030State *s)
{
    while (s->waiting_count && s->reply_free.count) {
        C1030Reply *w = &s->waiting[s->waiting_head];

        s->waiting_head = (s->waiting_head + 1) % C1030_WAITING_DEPTH;
        s->waiting_count--;
        c1030_post_frame(s, w->data, w->size);
    }
}

static void c1030_doorbell_reply(C1030State *s, const void *reply,
                                 size_t size)
{
    const uint8_t *byte = reply;
    const MPIDefaultReply *r = reply;

    trace_lsi53c1030_reply(r->Function, le32_to_cpu(r->MsgContext),
                           le16_to_cpu(r->IOCStatus));
    s->db_phase = C1030_DB_REPLY;
    s->db_index = 0;
    s->db_count = size / 2;
    for (unsigned i = 0; i < s->db_count; i++) {
        s->db_reply[i] = lduw_le_p(byte + 2 * i);
    }
    c1030_doorbell_interrupt(s);
}

void c1030_reply(C1030State *s, C1030Message *m, const void *reply,
                 size_t size)
{
    assert(size <= C1030_REPLY_SIZE && size % 4 == 0);
    if (m && m->doorbell) {
        m->answered = true;
        c1030_doorbell_reply(s, reply, size);
    } else if (s->reply_free.count && !s->waiting_count) {
        c1030_post_frame(s, reply, size);
    } else if (s->waiting_count < C1030_WAITING_DEPTH) {
        C1030Reply *w = &s->waiting[(s->waiting_head + s->waiting_count++) %
                                    C1030_WAITING_DEPTH];

        w->size = size;
        memcpy(w->data, reply, size);
    } else {
        c1030_fault(s, C1030_FAULT_OVERFLOW);
    }
}

static uint32_t c1030_reply_read(C1030State *s)
{
    uint32_t val;

    if (!s->reply_post.count) {
        return C1030_QUEUE_EMPTY;
    }
    val = c1030_fifo_get(&s->reply_post);
    if (!s->reply_post.count) {
        s->coalesced = 0;
        timer_del(&s->coalesce_timer);
        s->intr_status &= ~R_INTR_STATUS_REPLY_MASK;
        c1030_update_irq(s);
    }
    return val;
}

/* Requests */

/*
 * Read the frame at @addr. It may be the last on its page and shorter than
 * we allow: what cannot be read beyond the page is not part of it.
 */
static bool c1030_fetch(C1030State *s, C1030Message *m, uint64_t addr)
{
    PCIDevice *pci = PCI_DEVICE(s);
    size_t first = MIN(C1030_FRAME_SIZE, C1030_PAGE - addr % C1030_PAGE);

    if (pci_dma_read(pci, addr, m->frame, first) != MEMTX_OK) {
        return false;
    }
    m->size = first;
    if (first < C1030_FRAME_SIZE &&
        pci_dma_read(pci, addr + first, m->frame + first,
                     C1030_FRAME_SIZE - first) == MEMTX_OK) {
        m->size = C1030_FRAME_SIZE;
    }
    return true;
}

static void c1030_process_requests(void *opaque)
{
    C1030State *s = opaque;

    while (s->request_post.count &&
           s->state == MPI_IOC_STATE_OPERATIONAL) {
        uint32_t mfa = c1030_fifo_get(&s->request_post) &
                       ~R_REQUEST_QUEUE_SIZE_HINT_MASK;
        C1030Message m = { 0 };

        if (!c1030_fetch(s, &m, (uint64_t)s->mfa_high << 32 | mfa)) {
            c1030_fault(s, C1030_FAULT_REQUEST_BUS);
            break;
        }
        c1030_message(s, &m);
    }
}

static void c1030_request_write(C1030State *s, uint32_t mfa)
{
    if (s->state != MPI_IOC_STATE_OPERATIONAL) {
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: request in state 0x%x\n",
                      s->state);
        return;
    }
    if (!c1030_fifo_put(&s->request_post, mfa)) {
        c1030_fault(s, C1030_FAULT_OVERFLOW);
        return;
    }
    qemu_bh_schedule(s->request_bh);
}

/* Resets */

static void c1030_flush_queues(C1030State *s)
{
    s->generation++;
    c1030_cancel_all(s);
    qemu_bh_cancel(s->request_bh);
    timer_del(&s->coalesce_timer);
    s->request_post.count = 0;
    s->reply_post.count = 0;
    s->reply_free.count = 0;
    s->waiting_count = 0;
    s->coalesced = 0;
    s->db_phase = C1030_DB_IDLE;
    s->intr_status = 0;
    s->events_on = false;
    s->events_unacked = 0;
}

/* The message unit forgets its host; the SCSI bus is left alone */
static void c1030_unit_reset(C1030State *s)
{
    trace_lsi53c1030_reset("message unit");
    c1030_flush_queues(s);
    s->state = MPI_IOC_STATE_READY;
    s->who_init = MPI_WHOINIT_NO_ONE;
    s->reply_frame_size = 0;
    s->mfa_high = 0;
    s->sense_high = 0;
    c1030_update_irq(s);
}

static void c1030_hard_reset(C1030State *s)
{
    trace_lsi53c1030_reset("hard");
    c1030_unit_reset(s);
    c1030_echo_reset(s);
    c1030_pages_reset(s);
    s->intr_mask = R_INTR_MASK_DOORBELL_MASK | R_INTR_MASK_REPLY_MASK;
    s->diagnostic = R_DIAGNOSTIC_RESET_HISTORY_MASK;
    s->diag_key = 0;
    s->test_base = 0;
    s->event_context = 0;
    c1030_update_irq(s);
}

/* Reset the SCSI bus; commands end without replies */
static void c1030_bus_reset(C1030State *s)
{
    s->silent = true;
    bus_cold_reset(BUS(&s->bus));
    s->silent = false;
    c1030_echo_reset(s);
}

/* A reset through the diagnostic register restarts both functions */
static void c1030_chip_reset(C1030State *s)
{
    PCIDevice *pci = PCI_DEVICE(s);
    PCIBus *bus = pci_get_bus(pci);

    for (unsigned fn = 0; fn < PCI_FUNC_MAX; fn++) {
        PCIDevice *p = bus->devices[PCI_DEVFN(PCI_SLOT(pci->devfn), fn)];
        C1030State *other = p ? (C1030State *)object_dynamic_cast(OBJECT(p),
                                TYPE_LSI53C1030) : NULL;

        if (other) {
            c1030_bus_reset(other);
            c1030_hard_reset(other);
        }
    }
}

/* All frames that the host gave go back to it */
static void c1030_remove_frames(C1030State *s)
{
    while (s->reply_free.count) {
        uint32_t mfa = c1030_fifo_get(&s->reply_free);

        if (!c1030_fifo_put(&s->reply_post,
                            MPI_ADDRESS_REPLY_A_BIT | mfa >> 1)) {
            c1030_fault(s, C1030_FAULT_OVERFLOW);
            return;
        }
    }
    if (s->reply_post.count) {
        c1030_reply_interrupt(s);
    }
}

/* Doorbell */

static void c1030_doorbell_function(C1030State *s, uint32_t val)
{
    unsigned function = FIELD_EX32(val, DOORBELL, FUNCTION);
    unsigned dwords = FIELD_EX32(val, DOORBELL, DWORDS);

    trace_lsi53c1030_doorbell(function, dwords);
    switch (function) {
    case MPI_FUNCTION_IOC_MESSAGE_UNIT_RESET:
        c1030_unit_reset(s);
        break;
    case MPI_FUNCTION_IO_UNIT_RESET:
        c1030_bus_reset(s);
        c1030_unit_reset(s);
        break;
    case MPI_FUNCTION_HANDSHAKE:
        if (!dwords || dwords > ARRAY_SIZE(s->db_request)) {
            qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: message of %u words "
                          "through the doorbell\n", dwords);
            break;
        }
        s->db_phase = C1030_DB_REQUEST;
        s->db_index = 0;
        s->db_count = dwords;
        c1030_doorbell_interrupt(s);
        break;
    case MPI_FUNCTION_REPLY_FRAME_REMOVAL:
        c1030_remove_frames(s);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: doorbell function "
                      "0x%02x\n", function);
        break;
    }
}

static void c1030_doorbell_write(C1030State *s, uint32_t val)
{
    C1030Message m = { .doorbell = true };

    if (s->db_phase != C1030_DB_REQUEST) {
        c1030_doorbell_function(s, val);
        return;
    }
    s->db_request[s->db_index++] = val;
    if (s->db_index < s->db_count) {
        return;
    }
    m.size = 4 * s->db_count;
    for (unsigned i = 0; i < s->db_count; i++) {
        stl_le_p(m.frame + 4 * i, s->db_request[i]);
    }
    s->db_phase = C1030_DB_IDLE;
    c1030_message(s, &m);
    if (!m.answered) {
        /* Its reply comes through the queue: the handshake is over */
        c1030_doorbell_interrupt(s);
    }
}

static uint32_t c1030_doorbell_read(C1030State *s)
{
    uint32_t val = s->state;

    val = FIELD_DP32(val, DOORBELL, WHO_INIT, s->who_init);
    val = FIELD_DP32(val, DOORBELL, ACTIVE, s->db_phase != C1030_DB_IDLE);
    if (s->db_phase == C1030_DB_REPLY) {
        val = FIELD_DP32(val, DOORBELL, DATA, s->db_reply[s->db_index]);
    }
    return val;
}

/* The host has seen the doorbell: the next word, or the end, rings it again */
static void c1030_doorbell_ack(C1030State *s)
{
    bool rung = s->intr_status & R_INTR_STATUS_DOORBELL_MASK;

    s->intr_status &= ~R_INTR_STATUS_DOORBELL_MASK;
    if (rung && s->db_phase == C1030_DB_REPLY) {
        if (++s->db_index == s->db_count) {
            s->db_phase = C1030_DB_IDLE;
        }
        s->intr_status |= R_INTR_STATUS_DOORBELL_MASK;
    }
    c1030_update_irq(s);
}

/* Diagnostic register: writable after a sequence of keys */

static void c1030_write_sequence(C1030State *s, uint32_t val)
{
    uint8_t key = FIELD_EX32(val, WRITE_SEQUENCE, KEY);

    s->diagnostic &= ~R_DIAGNOSTIC_WRITE_ENABLE_MASK;
    if (key != c1030_diag_keys[s->diag_key]) {
        s->diag_key = key == c1030_diag_keys[0];
        return;
    }
    if (++s->diag_key == ARRAY_SIZE(c1030_diag_keys)) {
        s->diag_key = 0;
        s->diagnostic |= R_DIAGNOSTIC_WRITE_ENABLE_MASK;
    }
}

static void c1030_diagnostic_write(C1030State *s, uint32_t val)
{
    if (!FIELD_EX32(s->diagnostic, DIAGNOSTIC, WRITE_ENABLE)) {
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: diagnostic register is "
                      "locked\n");
        return;
    }
    if (FIELD_EX32(val, DIAGNOSTIC, RESET_ADAPTER)) {
        c1030_chip_reset(s);
        return;
    }
    s->diagnostic = (s->diagnostic & ~C1030_DIAG_RW) | (val & C1030_DIAG_RW);
    /* History can only be forgotten */
    if (!FIELD_EX32(val, DIAGNOSTIC, RESET_HISTORY)) {
        s->diagnostic &= ~R_DIAGNOSTIC_RESET_HISTORY_MASK;
    }
}

/*
 * The memory of the chip's own processor: through a BAR, or a pair of
 * registers
 */
static uint64_t c1030_diag_read(void *opaque, hwaddr addr, unsigned size)
{
    qemu_log_mask(LOG_UNIMP, "lsi53c1030: diagnostic memory\n");
    return 0;
}

static void c1030_diag_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    qemu_log_mask(LOG_UNIMP, "lsi53c1030: diagnostic memory\n");
}

static const MemoryRegionOps c1030_diag_ops = {
    .read = c1030_diag_read,
    .write = c1030_diag_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Registers */

static uint64_t c1030_read(void *opaque, hwaddr addr, unsigned size)
{
    C1030State *s = opaque;
    uint32_t val = 0;

    switch (addr) {
    case A_DOORBELL:
        val = c1030_doorbell_read(s);
        break;
    case A_DIAGNOSTIC:
        val = s->diagnostic;
        break;
    case A_TEST_BASE:
        val = s->test_base;
        break;
    case A_INTR_STATUS:
        val = s->intr_status;
        break;
    case A_INTR_MASK:
        val = s->intr_mask;
        break;
    case A_REPLY_QUEUE:
        val = c1030_reply_read(s);
        break;
    case A_REQUEST_QUEUE:
    case A_HI_PRI_QUEUE:
        val = C1030_QUEUE_EMPTY;
        break;
    case A_DIAG_RW_DATA:
    case A_DIAG_RW_ADDRESS:
        val = c1030_diag_read(s, addr, size);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: read of register 0x%"
                      HWADDR_PRIx "\n", addr);
        break;
    }
    trace_lsi53c1030_read(addr, val);
    return val;
}

static void c1030_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
    C1030State *s = opaque;

    trace_lsi53c1030_write(addr, val);
    switch (addr) {
    case A_DOORBELL:
        c1030_doorbell_write(s, val);
        break;
    case A_WRITE_SEQUENCE:
        c1030_write_sequence(s, val);
        break;
    case A_DIAGNOSTIC:
        c1030_diagnostic_write(s, val);
        break;
    case A_TEST_BASE:
        s->test_base = val;
        break;
    case A_INTR_STATUS:
        c1030_doorbell_ack(s);
        break;
    case A_INTR_MASK:
        s->intr_mask = val & (R_INTR_MASK_DOORBELL_MASK |
                              R_INTR_MASK_REPLY_MASK);
        c1030_update_irq(s);
        break;
    case A_REQUEST_QUEUE:
    case A_HI_PRI_QUEUE:
        c1030_request_write(s, val);
        break;
    case A_REPLY_QUEUE:
        if (!c1030_fifo_put(&s->reply_free, val)) {
            qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: too many reply "
                          "frames\n");
        }
        c1030_post_waiting(s);
        break;
    case A_DIAG_RW_DATA:
    case A_DIAG_RW_ADDRESS:
        c1030_diag_write(s, addr, val, size);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "lsi53c1030: write of register 0x%"
                      HWADDR_PRIx "\n", addr);
        break;
    }
}

static const MemoryRegionOps c1030_ops = {
    .read = c1030_read,
    .write = c1030_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

/*
 * The disks are reset between "enter" and "exit": what they still worked on
 * must not write to memory any more.
 */
static void c1030_reset_enter(Object *obj, ResetType type)
{
    LSI53C1030(obj)->silent = true;
}

static void c1030_reset_hold(Object *obj, ResetType type)
{
    C1030State *s = LSI53C1030(obj);

    c1030_hard_reset(s);
    /* No history after power on */
    s->diagnostic = 0;
    pci_set_word(PCI_DEVICE(s)->config + C1030_CAP_PCIX + PCI_X_CMD, 0);
}

static void c1030_reset_exit(Object *obj, ResetType type)
{
    LSI53C1030(obj)->silent = false;
}

static bool c1030_init_capabilities(PCIDevice *pci, Error **errp)
{
    Error *err = NULL;
    int ret;

    /* Nothing can be written but what the capabilities have */
    memset(pci->wmask + PCI_CONFIG_HEADER_SIZE, 0,
           PCI_CONFIG_SPACE_SIZE - PCI_CONFIG_HEADER_SIZE);
    if (pci_pm_init(pci, C1030_CAP_PM, errp) < 0) {
        return false;
    }
    /* PCI power management 1.1: D0 and D3hot */
    pci_set_word(pci->config + C1030_CAP_PM + PCI_PM_PMC, 2);
    pci_set_word(pci->wmask + C1030_CAP_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_STATE_MASK);

    ret = msi_init(pci, C1030_CAP_MSI, 1, true, false, &err);
    if (ret == -ENOTSUP) {
        /* The machine has no MSI */
        error_free(err);
    } else if (ret < 0) {
        error_propagate(errp, err);
        return false;
    }

    if (pci_add_capability(pci, PCI_CAP_ID_PCIX, C1030_CAP_PCIX,
                           C1030_PCIX_SIZE, errp) < 0) {
        return false;
    }
    pci_set_word(pci->wmask + C1030_CAP_PCIX + PCI_X_CMD,
                 PCI_X_CMD_DPERR_E | PCI_X_CMD_ERO | PCI_X_CMD_MAX_READ |
                 PCI_X_CMD_MAX_SPLIT);
    pci_set_long(pci->config + C1030_CAP_PCIX + PCI_X_STATUS,
                 pci->devfn | PCI_X_STATUS_BUS | PCI_X_STATUS_64BIT |
                 PCI_X_STATUS_133MHZ | C1030_PCIX_READ_2K |
                 C1030_PCIX_SPLIT_8);
    return true;
}

static void c1030_realize(PCIDevice *pci, Error **errp)
{
    C1030State *s = LSI53C1030(pci);

    pci->config[PCI_INTERRUPT_PIN] = PCI_FUNC(pci->devfn) % PCI_NUM_PINS + 1;
    /* In units of 250 ns, as the adapters say */
    pci->config[PCI_MIN_GNT] = 0x11;
    pci->config[PCI_MAX_LAT] = 0x12;
    pci_set_word(pci->config + PCI_SUBSYSTEM_VENDOR_ID,
                 s->subsystem_vendor_id);
    pci_set_word(pci->config + PCI_SUBSYSTEM_ID, s->subsystem_id);

    c1030_pages_init(s);
    if (s->nvram && !c1030_nvram_load(s, errp)) {
        return;
    }
    if (!c1030_init_capabilities(pci, errp)) {
        return;
    }

    memory_region_init_io(&s->port_io, OBJECT(s), &c1030_ops, s,
                          "lsi53c1030.io", C1030_PORT_SIZE);
    pci_register_bar(pci, 0, PCI_BASE_ADDRESS_SPACE_IO, &s->port_io);
    memory_region_init_io(&s->mmio, OBJECT(s), &c1030_ops, s,
                          "lsi53c1030.registers", C1030_MMIO_SIZE);
    pci_register_bar(pci, 1, PCI_BASE_ADDRESS_MEM_TYPE_64, &s->mmio);
    memory_region_init_io(&s->diag_io, OBJECT(s), &c1030_diag_ops, s,
                          "lsi53c1030.diagnostic", C1030_MMIO_SIZE);
    pci_register_bar(pci, 3, PCI_BASE_ADDRESS_MEM_TYPE_64, &s->diag_io);

    QTAILQ_INIT(&s->requests);
    timer_init_us(&s->coalesce_timer, QEMU_CLOCK_VIRTUAL,
                  c1030_coalesce_expired, s);
    s->request_bh = qemu_bh_new_guarded(c1030_process_requests, s,
                                        &DEVICE(pci)->mem_reentrancy_guard);
    scsi_bus_init(&s->bus, sizeof(s->bus), DEVICE(pci), &c1030_scsi_info);
}

static void c1030_exit(PCIDevice *pci)
{
    C1030State *s = LSI53C1030(pci);

    qemu_bh_delete(s->request_bh);
    timer_del(&s->coalesce_timer);
    msi_uninit(pci);
}

static bool c1030_fifo_valid(const C1030Fifo *f)
{
    return f->head < C1030_FIFO_DEPTH && f->count <= C1030_FIFO_DEPTH;
}

static int c1030_post_load(void *opaque, int version_id)
{
    C1030State *s = opaque;

    if (!c1030_fifo_valid(&s->request_post) ||
        !c1030_fifo_valid(&s->reply_post) ||
        !c1030_fifo_valid(&s->reply_free) ||
        s->waiting_head >= C1030_WAITING_DEPTH ||
        s->waiting_count > C1030_WAITING_DEPTH ||
        s->diag_key >= ARRAY_SIZE(c1030_diag_keys)) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < C1030_WAITING_DEPTH; i++) {
        if (s->waiting[i].size > C1030_REPLY_SIZE) {
            return -EINVAL;
        }
    }
    switch (s->db_phase) {
    case C1030_DB_IDLE:
        break;
    case C1030_DB_REQUEST:
        if (s->db_count > ARRAY_SIZE(s->db_request) ||
            s->db_index >= s->db_count) {
            return -EINVAL;
        }
        break;
    case C1030_DB_REPLY:
        if (s->db_count > ARRAY_SIZE(s->db_reply) ||
            s->db_index >= s->db_count) {
            return -EINVAL;
        }
        break;
    default:
        return -EINVAL;
    }
    if (s->request_post.count) {
        qemu_bh_schedule(s->request_bh);
    }
    return 0;
}

static const VMStateDescription vmstate_c1030_fifo = {
    .name = "lsi53c1030/fifo",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(head, C1030Fifo),
        VMSTATE_UINT32(count, C1030Fifo),
        VMSTATE_UINT32_ARRAY(data, C1030Fifo, C1030_FIFO_DEPTH),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_c1030_reply = {
    .name = "lsi53c1030/reply",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(size, C1030Reply),
        VMSTATE_UINT8_ARRAY(data, C1030Reply, C1030_REPLY_SIZE),
        VMSTATE_END_OF_LIST()
    }
};

static bool c1030_echo_needed(void *opaque)
{
    C1030State *s = opaque;

    for (unsigned i = 0; i < C1030_TARGETS; i++) {
        if (s->echo[i].size) {
            return true;
        }
    }
    return false;
}

static bool c1030_echo_valid(void *opaque, int version_id)
{
    C1030Echo *echo = opaque;

    return echo->size <= C1030_ECHO_SIZE;
}

static const VMStateDescription vmstate_c1030_echo_buffer = {
    .name = "lsi53c1030/echo/buffer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(size, C1030Echo),
        VMSTATE_VALIDATE("size", c1030_echo_valid),
        VMSTATE_UINT8_ARRAY(data, C1030Echo, C1030_ECHO_SIZE),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_c1030_echo = {
    .name = "lsi53c1030/echo",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = c1030_echo_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(echo, C1030State, C1030_TARGETS, 0,
                             vmstate_c1030_echo_buffer, C1030Echo),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_c1030 = {
    .name = TYPE_LSI53C1030,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = c1030_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, C1030State),
        VMSTATE_UINT32(state, C1030State),
        VMSTATE_UINT8(db_phase, C1030State),
        VMSTATE_UINT32(db_index, C1030State),
        VMSTATE_UINT32(db_count, C1030State),
        VMSTATE_UINT32_ARRAY(db_request, C1030State, C1030_FRAME_SIZE / 4),
        VMSTATE_UINT16_ARRAY(db_reply, C1030State, C1030_REPLY_SIZE / 2),
        VMSTATE_UINT32(intr_status, C1030State),
        VMSTATE_UINT32(intr_mask, C1030State),
        VMSTATE_UINT32(diagnostic, C1030State),
        VMSTATE_UINT8(diag_key, C1030State),
        VMSTATE_UINT32(test_base, C1030State),
        VMSTATE_STRUCT(request_post, C1030State, 0, vmstate_c1030_fifo,
                       C1030Fifo),
        VMSTATE_STRUCT(reply_post, C1030State, 0, vmstate_c1030_fifo,
                       C1030Fifo),
        VMSTATE_STRUCT(reply_free, C1030State, 0, vmstate_c1030_fifo,
                       C1030Fifo),
        VMSTATE_UINT32(waiting_head, C1030State),
        VMSTATE_UINT32(waiting_count, C1030State),
        VMSTATE_STRUCT_ARRAY(waiting, C1030State, C1030_WAITING_DEPTH, 0,
                             vmstate_c1030_reply, C1030Reply),
        VMSTATE_UINT32(coalesced, C1030State),
        VMSTATE_TIMER(coalesce_timer, C1030State),
        VMSTATE_UINT8(who_init, C1030State),
        VMSTATE_UINT16(reply_frame_size, C1030State),
        VMSTATE_UINT32(mfa_high, C1030State),
        VMSTATE_UINT32(sense_high, C1030State),
        VMSTATE_BOOL(events_on, C1030State),
        VMSTATE_UINT32(event_msg_context, C1030State),
        VMSTATE_UINT32(event_context, C1030State),
        VMSTATE_UINT32(events_unacked, C1030State),
        VMSTATE_UINT8_ARRAY(pages_nvram, C1030State, C1030_PAGES_SIZE),
        VMSTATE_UINT8_ARRAY(pages, C1030State, C1030_PAGES_SIZE),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_c1030_echo,
        NULL
    }
};

static const Property c1030_properties[] = {
    DEFINE_PROP_UINT32("fw-version", C1030State, fw_version,
                       C1030_FW_VERSION),
    DEFINE_PROP_UINT16("subsystem-vendor-id", C1030State, subsystem_vendor_id,
                       PCI_VENDOR_ID_HP),
    DEFINE_PROP_UINT16("subsystem-id", C1030State, subsystem_id,
                       C1030_SUBSYSTEM_ID),
    DEFINE_PROP_DRIVE("nvram", C1030State, nvram),
};

static void c1030_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    pc->realize = c1030_realize;
    pc->exit = c1030_exit;
    pc->vendor_id = PCI_VENDOR_ID_LSI_LOGIC;
    pc->device_id = C1030_DEVICE_ID;
    pc->revision = C1030_REVISION;
    pc->class_id = PCI_CLASS_STORAGE_SCSI;
    rc->phases.enter = c1030_reset_enter;
    rc->phases.hold = c1030_reset_hold;
    rc->phases.exit = c1030_reset_exit;
    device_class_set_props(dc, c1030_properties);
    dc->vmsd = &vmstate_c1030;
    dc->desc = "LSI 53C1030 Ultra320 SCSI, one channel";
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo c1030_types[] = {
    {
        .name = TYPE_LSI53C1030,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(C1030State),
        .class_init = c1030_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { },
        },
    },
};

DEFINE_TYPES(c1030_types)
