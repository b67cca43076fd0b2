/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver of a virtual function of an Intel 82576 behind zx1
 *
 * Registers as in Intel's 82576 datasheet, sections 8.26 and 8.28 (virtual
 * functions). Frames go to the function's own address, or to another one of
 * the adapter: it loops them back, so that each transfer reads memory and
 * writes memory.
 */

#ifndef VFIO_GUEST_VF_H
#define VFIO_GUEST_VF_H

#include "guest.h"

#define VF_VENDOR       0x8086
#define VF_DEVICE       0x10ca
#define STATUS          0x0008
#define STATUS_LINK         (1u << 1)
#define EICS            0x1520
#define EIMS            0x1524
#define EIMC            0x1528
#define EIAC            0x152c
#define EICR            0x1580
#define IVAR0           0x1700
#define IVAR_MISC       0x1740
#define IVAR_VALID          0x80
#define RING            64      /* descriptors */
#define HEADER          14
#define SENTINEL        0xa5
#define VECTOR          0x40    /* of MSI-X entry 0, others follow */
#define MSIX_ENTRIES    3
#define TX_ENTRY        0
#define RX_ENTRY        1

typedef struct {
    uint64_t addr;
    uint32_t command;
    uint32_t status;
} TxDesc;

typedef struct {
    uint64_t addr;
    uint32_t status;
    uint16_t length;
    uint16_t vlan;
} RxDesc;

typedef struct {
    unsigned devfn;
    uint64_t bar0, msix_table;
    uint8_t mac[6];
    volatile TxDesc *tx;
    volatile RxDesc *rx;
    unsigned tx_tail, rx_tail;
} Function;

/* What the functions below work on */
extern Function *vf;

uint32_t reg(unsigned offset);
void set_reg(unsigned offset, uint32_t val);
/* The next function from @devfn on, with addresses for its BARs */
bool find_function(unsigned devfn);
/* Reset and the handshake after it: the address from the PF, or our own */
bool reset_function(void);
/* Memory for the rings; they are not started */
void alloc_rings(void);
/* Rings at DMA addresses @tx_dma and @rx_dma; empty */
void start_rings(uint64_t tx_dma, uint64_t rx_dma);
/* A frame of @length bytes from @vf to @to, as the CPU sees it at @p */
void make_frame_to(const Function *to, uint8_t *p, unsigned length,
                   unsigned seed);
#define make_frame(p, length, seed) make_frame_to(vf, p, length, seed)
bool frame_is(const volatile uint8_t *p, unsigned length, unsigned seed);
/*
 * Send one frame from @vf to @to; whether the adapter says that it has
 * arrived. A frame across a 4 KiB boundary is sent as two parts: QEMU's igb
 * reads each in one piece of memory.
 */
bool transfer_to(Function *to, uint64_t from_dma, uint64_t to_dma,
                 unsigned length);
#define transfer(from_dma, to_dma, length) \
    transfer_to(vf, from_dma, to_dma, length)
/* The same for one that is not expected to arrive: waits less */
bool transfer_fails(Function *to, uint64_t from_dma, uint64_t to_dma,
                    unsigned length);
/* Put a frame of one part into the ring, for send_queued() */
void queue_frame(uint64_t dma, unsigned length);
/* Let the adapter send them */
void send_queued(void);
/* Are they sent? */
bool all_sent(void);
/* MSI-X on, entry @n with vector VECTOR + @n */
void msix_on(void);
/*
 * Frames sent interrupt by entry TX_ENTRY, received ones by RX_ENTRY. That is
 * how Linux' igbvf has it: QEMU's igb (10.0.2) joins the entry that is written
 * with the one of an earlier user of the function, and no reset parts them.
 */
void assign_entries(void);
/* MSI-X entry @n: @vector of the boot processor */
void msix_entry(unsigned n, unsigned vector, bool masked);

#endif
