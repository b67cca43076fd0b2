/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A virtual function of an Intel 82576: see vf.h */

#include "vf.h"

#define CTRL            0x0000
#define CTRL_RST            (1u << 26)
#define MAILBOX         0x0c40
#define MAILBOX_REQ         (1u << 0)
#define MAILBOX_ACK         (1u << 1)
#define MAILBOX_VFU         (1u << 2)
#define MAILBOX_PFSTS       (1u << 4)
#define MAILBOX_MEM     0x0800
#define MSG_RESET           0x01
#define MSG_SET_MAC         0x02
#define MSG_ACK             (1u << 31)
#define RDBAL           0x2800
#define RDLEN           0x2808
#define SRRCTL          0x280c
#define SRRCTL_ADVANCED     (1u << 25)
#define SRRCTL_2K           2
#define RDH             0x2810
#define RDT             0x2818
#define RXDCTL          0x2828
#define TDBAL           0x3800
#define TDLEN           0x3808
#define TDH             0x3810
#define TDT             0x3818
#define TXDCTL          0x3828
#define QUEUE_ENABLE        (1u << 25)
#define TXD_DATA            (3u << 20)
#define TXD_EOP             (1u << 24)
#define TXD_IFCS            (1u << 25)
#define TXD_RS              (1u << 27)
#define TXD_ADVANCED        (1u << 29)
#define DESC_DONE           1u
#define ETHERTYPE       0x88b5  /* for local experiments */

static Function first_function;
Function *vf = &first_function;

uint32_t reg(unsigned offset)
{
    return read32(vf->bar0 + offset);
}

void set_reg(unsigned offset, uint32_t val)
{
    write32(vf->bar0 + offset, val);
}

bool find_function(unsigned devfn)
{
    int found = pci_find(devfn, VF_VENDOR, VF_DEVICE);

    if (!check(found >= 0, "function is on the bus")) {
        return false;
    }
    vf->devfn = found;
    note("device at slot", vf->devfn >> 3);
    vf->bar0 = pci_assign_bar(vf->devfn, 0);
    vf->msix_table = pci_assign_bar(vf->devfn, 3);
    pci_enable(vf->devfn);
    check(vf->bar0 && vf->msix_table, "BARs have sizes and take addresses");
    return vf->bar0 != 0;
}

/*
 * Send a message to the PF and take its answer (82576 datasheet 7.10.2.9.1,
 * messages as in Linux' igbvf). Status bits are cleared by reading.
 */
static bool ask_pf(uint32_t *msg, unsigned words)
{
    uint32_t box = 0;
    bool answered;

    /* the buffer is ours once the bit sticks */
    do {
        set_reg(MAILBOX, MAILBOX_VFU);
        answered = WAIT(reg(MAILBOX) & MAILBOX_VFU, 1);
    } while (!answered && ++box < 5000);
    box = 0;
    for (unsigned i = 0; i < words; i++) {
        set_reg(MAILBOX_MEM + 4 * i, msg[i]);
    }
    set_reg(MAILBOX, MAILBOX_REQ);
    answered = WAIT((box |= reg(MAILBOX)) & MAILBOX_PFSTS, LONG_MS);
    if (!answered) {
        note("mailbox", box);
        return false;
    }
    for (unsigned i = 0; i < words; i++) {
        msg[i] = reg(MAILBOX_MEM + 4 * i);
    }
    set_reg(MAILBOX, MAILBOX_ACK);
    return true;
}

bool reset_function(void)
{
    uint32_t msg[3] = { MSG_RESET };

    set_reg(CTRL, CTRL_RST);
    /* the PF hears of it by an interrupt */
    delay_us(50000);
    if (!check(ask_pf(msg, 3) && (msg[0] & 0xff) == MSG_RESET,
               "PF answers the reset message")) {
        return false;
    }
    if (msg[0] & MSG_ACK) {
        *(uint32_t *)vf->mac = msg[1];
        *(uint16_t *)(vf->mac + 4) = msg[2];
        return true;
    }
    /* The PF leaves the choice to us: one that names the slot */
    *(uint32_t *)vf->mac = 0x49005452;
    *(uint16_t *)(vf->mac + 4) = 0x0010 + (vf->devfn >> 3 << 8);
    msg[0] = MSG_SET_MAC;
    msg[1] = *(uint32_t *)vf->mac;
    msg[2] = *(uint16_t *)(vf->mac + 4);
    return check(ask_pf(msg, 3) && (msg[0] & MSG_ACK),
                 "PF accepts our address");
}

void alloc_rings(void)
{
    vf->tx = ram_alloc(RING * sizeof(*vf->tx), 65536);
    vf->rx = ram_alloc(RING * sizeof(*vf->rx), 65536);
}

void start_rings(uint64_t tx_dma, uint64_t rx_dma)
{
    set_reg(TXDCTL, 0);
    set_reg(RXDCTL, 0);
    memset((void *)vf->tx, 0, RING * sizeof(*vf->tx));
    memset((void *)vf->rx, 0, RING * sizeof(*vf->rx));
    mf();
    set_reg(TDBAL, tx_dma);
    set_reg(TDBAL + 4, tx_dma >> 32);
    set_reg(TDLEN, RING * sizeof(*vf->tx));
    set_reg(TDH, 0);
    set_reg(TDT, 0);
    set_reg(RDBAL, rx_dma);
    set_reg(RDBAL + 4, rx_dma >> 32);
    set_reg(RDLEN, RING * sizeof(*vf->rx));
    set_reg(SRRCTL, SRRCTL_ADVANCED | SRRCTL_2K);
    set_reg(RDH, 0);
    set_reg(RDT, 0);
    set_reg(TXDCTL, QUEUE_ENABLE);
    set_reg(RXDCTL, QUEUE_ENABLE);
    WAIT(reg(RXDCTL) & QUEUE_ENABLE, 100);
    vf->tx_tail = vf->rx_tail = 0;
}

static uint8_t pattern(unsigned seed, unsigned i)
{
    return seed * 37 + i * 11 + (i >> 8) * 5;
}

void make_frame_to(const Function *to, uint8_t *p, unsigned length,
                   unsigned seed)
{
    memcpy(p, to->mac, 6);
    memcpy(p + 6, vf->mac, 6);
    p[12] = ETHERTYPE >> 8;
    p[13] = ETHERTYPE & 0xff;
    for (unsigned i = HEADER; i < length; i++) {
        p[i] = pattern(seed, i);
    }
}

bool frame_is(const volatile uint8_t *p, unsigned length, unsigned seed)
{
    for (unsigned i = HEADER; i < length; i++) {
        if (p[i] != pattern(seed, i)) {
            note("first wrong byte at", i);
            return false;
        }
    }
    return true;
}

static void send_part(uint64_t dma, unsigned part, unsigned length, bool last)
{
    unsigned i = vf->tx_tail++ % RING;

    vf->tx[i].addr = dma;
    vf->tx[i].command = part | TXD_DATA | TXD_IFCS | TXD_RS |
                        TXD_ADVANCED | (last ? TXD_EOP : 0);
    vf->tx[i].status = length << 14;
}

static bool transfer_within(Function *to, uint64_t from_dma, uint64_t to_dma,
                            unsigned length, unsigned ms)
{
    Function *from = vf;
    unsigned part = 4096 - (from_dma & 4095), i = to->rx_tail++ % RING;
    volatile TxDesc *last;
    volatile RxDesc *rx = &to->rx[i];

    rx->addr = to_dma;
    rx->status = 0;
    rx->length = 0;
    rx->vlan = 0;
    mf();
    write32(to->bar0 + RDT, to->rx_tail % RING);
    if (part < length) {
        send_part(from_dma, part, length, false);
        send_part(from_dma + part, length - part, length, true);
    } else {
        send_part(from_dma, length, length, true);
    }
    last = &from->tx[(from->tx_tail - 1) % RING];
    mf();
    set_reg(TDT, from->tx_tail % RING);
    return WAIT((rx->status & DESC_DONE) && (last->status & DESC_DONE), ms) &&
           rx->length == length;
}

bool transfer_to(Function *to, uint64_t from_dma, uint64_t to_dma,
                 unsigned length)
{
    return transfer_within(to, from_dma, to_dma, length, LONG_MS);
}

bool transfer_fails(Function *to, uint64_t from_dma, uint64_t to_dma,
                    unsigned length)
{
    return !transfer_within(to, from_dma, to_dma, length, 2000);
}

void queue_frame(uint64_t dma, unsigned length)
{
    send_part(dma, length, length, true);
}

void send_queued(void)
{
    mf();
    set_reg(TDT, vf->tx_tail % RING);
}

bool all_sent(void)
{
    return vf->tx[(vf->tx_tail - 1) % RING].status & DESC_DONE;
}

void msix_entry(unsigned n, unsigned vector, bool masked)
{
    msix_set(vf->msix_table, n, vector, masked);
}

void assign_entries(void)
{
    set_reg(IVAR0, IVAR_VALID | RX_ENTRY | (IVAR_VALID | TX_ENTRY) << 8);
}

void msix_on(void)
{
    unsigned cap = pci_capability(vf->devfn, 0x11);

    for (unsigned i = 0; i < MSIX_ENTRIES; i++) {
        msix_entry(i, VECTOR + i, false);
    }
    config_write(vf->devfn, cap + 2,
                 config_read(vf->devfn, cap + 2, 2) | 0x8000, 2);
    set_reg(EIAC, 7);
    reg(EICR);
}
