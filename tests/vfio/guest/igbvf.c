/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives a virtual function of an Intel 82576 behind zx1
 *
 * Registers as in Intel's 82576 datasheet, sections 8.26 and 8.28 (virtual
 * functions). Frames go to the function's own address: the adapter loops
 * them back, so that each transfer reads memory and writes memory.
 */

#include "guest.h"

#define VF_VENDOR       0x8086
#define VF_DEVICE       0x10ca

#define CTRL            0x0000
#define CTRL_RST            (1u << 26)
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

#define RING            64      /* descriptors */
#define ETHERTYPE       0x88b5  /* for local experiments */
#define HEADER          14
#define SENTINEL        0xa5

#define VECTOR          0x40    /* of MSI-X entry 0, others follow */
#define MSIX_ENTRIES    3

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

static unsigned devfn;
static uint64_t bar0, msix_table;
static uint8_t mac[6];
static volatile TxDesc *tx;
static volatile RxDesc *rx;
static unsigned tx_tail, rx_tail;
static bool hotplug;
static bool isolation;          /* the machine has no bypass */

static uint32_t reg(unsigned offset)
{
    return read32(bar0 + offset);
}

static void set_reg(unsigned offset, uint32_t val)
{
    write32(bar0 + offset, val);
}

static bool find_function(void)
{
    int found = pci_find(0, VF_VENDOR, VF_DEVICE);

    if (!check(found >= 0, "function is on the bus")) {
        return false;
    }
    devfn = found;
    note("device at slot", devfn >> 3);
    bar0 = pci_assign_bar(devfn, 0);
    msix_table = pci_assign_bar(devfn, 3);
    pci_enable(devfn);
    check(bar0 && msix_table, "BARs have sizes and take addresses");
    return bar0 != 0;
}

static void test_registers(void)
{
    uint32_t status = reg(STATUS);

    note("STATUS", status);
    check(status != ~0u && (status & STATUS_LINK), "STATUS shows the link");
    set_reg(EIMS, 1);
    check((reg(EIMS) & 1) == 1, "EIMS holds what is written");
    set_reg(EIMC, 7);
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
    answered = WAIT((box |= reg(MAILBOX)) & MAILBOX_PFSTS, 5000);
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

/* Reset and the handshake after it: the address from the PF, or our own */
static bool reset_function(void)
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
        *(uint32_t *)mac = msg[1];
        *(uint16_t *)(mac + 4) = msg[2];
        return true;
    }
    /* The PF leaves the choice to us: one that names the slot */
    *(uint32_t *)mac = 0x49005452;
    *(uint16_t *)(mac + 4) = 0x0010 + (devfn >> 3 << 8);
    msg[0] = MSG_SET_MAC;
    msg[1] = *(uint32_t *)mac;
    msg[2] = *(uint16_t *)(mac + 4);
    return check(ask_pf(msg, 3) && (msg[0] & MSG_ACK),
                 "PF accepts our address");
}

/* Rings at DMA addresses @tx_dma and @rx_dma; empty */
static void start_rings(uint64_t tx_dma, uint64_t rx_dma)
{
    set_reg(TXDCTL, 0);
    set_reg(RXDCTL, 0);
    memset((void *)tx, 0, RING * sizeof(*tx));
    memset((void *)rx, 0, RING * sizeof(*rx));
    mf();
    set_reg(TDBAL, tx_dma);
    set_reg(TDBAL + 4, tx_dma >> 32);
    set_reg(TDLEN, RING * sizeof(*tx));
    set_reg(TDH, 0);
    set_reg(TDT, 0);
    set_reg(RDBAL, rx_dma);
    set_reg(RDBAL + 4, rx_dma >> 32);
    set_reg(RDLEN, RING * sizeof(*rx));
    set_reg(SRRCTL, SRRCTL_ADVANCED | SRRCTL_2K);
    set_reg(RDH, 0);
    set_reg(RDT, 0);
    set_reg(TXDCTL, QUEUE_ENABLE);
    set_reg(RXDCTL, QUEUE_ENABLE);
    WAIT(reg(RXDCTL) & QUEUE_ENABLE, 100);
    tx_tail = rx_tail = 0;
}

static uint8_t pattern(unsigned seed, unsigned i)
{
    return seed * 37 + i * 11 + (i >> 8) * 5;
}

/* A frame of @length bytes to ourselves, as the CPU sees it at @p */
static void make_frame(uint8_t *p, unsigned length, unsigned seed)
{
    memcpy(p, mac, 6);
    memcpy(p + 6, mac, 6);
    p[12] = ETHERTYPE >> 8;
    p[13] = ETHERTYPE & 0xff;
    for (unsigned i = HEADER; i < length; i++) {
        p[i] = pattern(seed, i);
    }
}

static bool frame_is(const volatile uint8_t *p, unsigned length, unsigned seed)
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
    unsigned i = tx_tail++ % RING;

    tx[i].addr = dma;
    tx[i].command = part | TXD_DATA | TXD_IFCS | TXD_RS | TXD_ADVANCED |
                    (last ? TXD_EOP : 0);
    tx[i].status = length << 14;
}

/*
 * Send one frame; whether the adapter says that it has arrived. A frame
 * across a 4 KiB boundary is sent as two parts: QEMU's igb reads each in one
 * piece of memory.
 */
static bool transfer(uint64_t from_dma, uint64_t to_dma, unsigned length)
{
    unsigned part = 4096 - (from_dma & 4095), i = rx_tail++ % RING, last;

    rx[i].addr = to_dma;
    rx[i].status = 0;
    rx[i].length = 0;
    rx[i].vlan = 0;
    if (part < length) {
        send_part(from_dma, part, length, false);
        send_part(from_dma + part, length - part, length, true);
    } else {
        send_part(from_dma, length, length, true);
    }
    last = (tx_tail - 1) % RING;
    mf();
    set_reg(RDT, rx_tail % RING);
    set_reg(TDT, tx_tail % RING);
    return WAIT((rx[i].status & DESC_DONE) && (tx[last].status & DESC_DONE),
                2000) && rx[i].length == length;
}

/* Pages of the window that a test uses */
enum { PAGE_TX = 3, PAGE_RX = 5, PAGE_FROM = 16, PAGE_TO = 40 };

/* Rings and two buffers of 4 KiB, by the bypass or by the IOTLB */
static void open_simple(uint8_t *from, uint8_t *to, uint64_t *from_dma,
                        uint64_t *to_dma)
{
    *from_dma = (uint64_t)from;
    *to_dma = (uint64_t)to;
    if (!isolation) {
        ioc_disable();
        start_rings((uint64_t)tx, (uint64_t)rx);
        return;
    }
    ioc_enable(12);
    ioc_map(PAGE_TX, (void *)tx);
    ioc_map(PAGE_RX, (void *)rx);
    ioc_map(PAGE_FROM, from);
    ioc_map(PAGE_TO, to);
    start_rings(IOVA(PAGE_TX), IOVA(PAGE_RX));
    *from_dma = IOVA(PAGE_FROM);
    *to_dma = IOVA(PAGE_TO);
}

static void test_bypass(void)
{
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(8192, 4096);
    uint64_t from_dma, to_dma;
    bool done;

    ioc_disable();
    start_rings((uint64_t)tx, (uint64_t)rx);
    memset(to, SENTINEL, 8192);
    make_frame(from, 1400, 1);
    done = transfer((uint64_t)from, (uint64_t)to + 1024, 1400);
    if (isolation) {
        check(!done, "isolation: no transfer at physical addresses");
        check(all_bytes(to, SENTINEL, 8192), "isolation: memory is left alone");
        check(all_bytes((void *)&rx[0].status, 0, 8),
              "isolation: ring is left alone");
        /* As a driver would. QEMU's igb then still loses one frame. */
        reset_function();
        open_simple(from, to, &from_dma, &to_dma);
        transfer(from_dma, to_dma, 1400);
        return;
    }
    check(done, "bypass: transfer completes");
    check(frame_is(to + 1024, 1400, 1), "bypass: data");
    check(all_bytes(to, SENTINEL, 1024) &&
          all_bytes(to + 1024 + 1400, SENTINEL, 8192 - 1024 - 1400),
          "bypass: nothing else is written");
}

static void test_iotlb(unsigned shift)
{
    const unsigned size = 1u << shift, length = 1400, kib = size >> 10;
    uint8_t *from[2], *to[2], *other;
    uint64_t from_dma, to_dma;
    unsigned half = length / 2;

    ioc_enable(shift);
    /* neighbours in the window that are not neighbours in memory */
    from[1] = ram_alloc(size, 65536);
    to[1] = ram_alloc(size, 65536);
    from[0] = ram_alloc(size, 65536);
    to[0] = ram_alloc(size, 65536);
    other = ram_alloc(size, 65536);
    ioc_map(PAGE_TX, (void *)((uint64_t)tx & -(uint64_t)size));
    ioc_map(PAGE_RX, (void *)((uint64_t)rx & -(uint64_t)size));
    for (unsigned i = 0; i < 2; i++) {
        memset(to[i], SENTINEL, size);
        ioc_map(PAGE_FROM + i, from[i]);
        ioc_map(PAGE_TO + i, to[i]);
    }
    memset(other, SENTINEL, size);
    start_rings(IOVA(PAGE_TX) + ((uint64_t)tx & (size - 1)),
                IOVA(PAGE_RX) + ((uint64_t)rx & (size - 1)));

    /* a frame across a page boundary on both sides */
    make_frame(other, length, shift);
    memcpy(from[0] + size - half, other, half);
    memcpy(from[1], other + half, length - half);
    memset(other, SENTINEL, size);
    from_dma = IOVA(PAGE_FROM) + size - half;
    to_dma = IOVA(PAGE_TO) + size - 512;
    check_n(transfer(from_dma, to_dma, length),
            "%d KiB pages: transfer completes", kib);
    memcpy(other, to[0] + size - 512, 512);
    memcpy(other + 512, to[1], length - 512);
    check_n(frame_is(other, length, shift), "%d KiB pages: data", kib);
    check_n(all_bytes(to[0], SENTINEL, size - 512) &&
            all_bytes(to[1] + length - 512, SENTINEL, size - length + 512),
            "%d KiB pages: nothing else is written", kib);

    /* the same page of the window, another page of memory */
    memset(to[0], SENTINEL, size);
    memset(to[1], SENTINEL, size);
    memset(other, SENTINEL, size);
    ioc_unmap(PAGE_TO);
    ioc_map(PAGE_TO, other);
    check_n(transfer(from_dma, IOVA(PAGE_TO) + 64, length) &&
            frame_is(other + 64, length, shift),
            "%d KiB pages: purged page, mapped elsewhere", kib);
    check_n(all_bytes(to[0], SENTINEL, size),
            "%d KiB pages: old page is left alone", kib);

    /* an entry that was never valid, and one that was */
    memset(to[1], SENTINEL, size);
    ioc_unmap(PAGE_TO + 1);
    transfer(from_dma, IOVA(PAGE_TO + 1) + 64, length);
    check_n(all_bytes(to[1], SENTINEL, size),
            "%d KiB pages: purged page is not written", kib);
    ioc_map(PAGE_TO + 1, to[1]);
    check_n(transfer(from_dma, IOVA(PAGE_TO + 1) + 64, length) &&
            frame_is(to[1] + 64, length, shift),
            "%d KiB pages: mapped again", kib);

    /* not purged: the chip may keep the translation, and here it does */
    memset(other, SENTINEL, size);
    ioc_invalidate(PAGE_TO);
    check_n(transfer(from_dma, IOVA(PAGE_TO) + 64, length) &&
            frame_is(other + 64, length, shift),
            "%d KiB pages: invalid entry works until the purge", kib);
    memset(other, SENTINEL, size);
    ioc_purge(PAGE_TO & ~15u, 5);
    transfer(from_dma, IOVA(PAGE_TO) + 64, length);
    check_n(all_bytes(other, SENTINEL, size),
            "%d KiB pages: purge of a range takes it", kib);
}

static void msix_entry(unsigned n, unsigned vector, bool masked)
{
    uint64_t entry = msix_table + 16 * n;

    write32(entry + 12, 1);
    write32(entry, ZX1_PIB_BASE);
    write32(entry + 4, 0);
    write32(entry + 8, vector);
    write32(entry + 12, masked);
}

static void test_msix(void)
{
    unsigned cap = pci_capability(devfn, 0x11), control;
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(4096, 4096);
    uint64_t from_dma, to_dma;

    if (!check(cap, "MSI-X capability")) {
        return;
    }
    control = config_read(devfn, cap + 2, 2);
    check((control & 0x7ff) == MSIX_ENTRIES - 1, "MSI-X has 3 entries");
    for (unsigned i = 0; i < MSIX_ENTRIES; i++) {
        msix_entry(i, VECTOR + i, false);
    }
    config_write(devfn, cap + 2, control | 0x8000, 2);
    set_reg(EIAC, 7);
    /* reading drops the causes that earlier transfers left */
    reg(EICR);
    set_reg(EIMS, 7);
    delay_us(100000);
    while (pending_vector() != 15) {
        /* of earlier causes */
    }
    for (unsigned i = 0; i < MSIX_ENTRIES; i++) {
        set_reg(EICS, 1u << i);
        check_n(wait_vector(VECTOR + i, 2000), "MSI-X entry %d arrives", i);
        set_reg(EIMS, 7);
    }
    check(pending_vector() == 15, "no other interrupt");

    msix_entry(1, VECTOR + 1, true);
    set_reg(EICS, 2);
    delay_us(50000);
    check(pending_vector() == 15, "masked entry stays silent");
    msix_entry(1, VECTOR + 0x10, false);
    check(wait_vector(VECTOR + 0x10, 2000),
          "pending entry arrives when unmasked, with its new vector");
    set_reg(EIMS, 7);

    /* of a received frame: receive on entry 0, transmit on entry 1 */
    set_reg(IVAR0, IVAR_VALID | 0 | (IVAR_VALID | 1) << 8);
    open_simple(from, to, &from_dma, &to_dma);
    make_frame(from, 600, 77);
    check(transfer(from_dma, to_dma, 600) && frame_is(to, 600, 77),
          "transfer with interrupts on");
    {
        bool got_rx = false, got_tx = false;

        for (unsigned i = 0; i < 2; i++) {
            unsigned vector = 15;

            WAIT((vector = pending_vector()) != 15, 2000);
            got_rx |= vector == VECTOR;
            got_tx |= vector == VECTOR + 0x10;
        }
        check(got_rx, "interrupt of the received frame");
        check(got_tx, "interrupt of the sent frame");
    }
}

static void end_msix(void)
{
    unsigned cap = pci_capability(devfn, 0x11);

    config_write(devfn, cap + 2, config_read(devfn, cap + 2, 2) & 0x7fff, 2);
}

/*
 * Code that the function writes over code which has run: no cache is flushed,
 * as after a disk read. The frame starts 2 bytes into the page, so that its
 * data are a bundle; the adapter's interrupt, or the page's leaving the
 * IOTLB, comes before the new code runs. @stale: the machine is told not to
 * care, and the old code is expected.
 */
static void test_code(bool interrupts, bool stale)
{
    const char *what = interrupts ? "code by DMA runs after an interrupt, %d"
                                  : "code by DMA runs after an unmap, %d";
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(4096, 4096);
    uint64_t from_dma, to_dma;
    bool keep = isolation;

    isolation |= !interrupts;
    open_simple(from, to, &from_dma, &to_dma);
    for (unsigned i = 1; i <= 6; i++) {
        bool odd = i & 1;

        if (i == 1 || stale) {
            memcpy(to + 16, odd ? code_34 : code_17, 16);
            sync_code(to + 16);
        }
        run_code(to + 16);
        make_frame(from, 64, i);
        memcpy(from + HEADER, odd ? code_17 : code_34, 16);
        reg(EICR);
        set_reg(EIMS, 7);
        while (pending_vector() != 15) {
            /* of the frame before */
        }
        if (!transfer(from_dma, to_dma + 2, 64)) {
            check(false, "transfer of code");
            break;
        }
        if (interrupts) {
            check_n(WAIT(pending_vector() == VECTOR, 2000),
                    "interrupt before code, %d", i);
        } else {
            ioc_unmap(PAGE_TO);
            ioc_map(PAGE_TO, to);
        }
        check_n(run_code(to + 16) == (odd != stale ? 17 : 34),
                stale ? "code-coherence=off: old code runs, %d" : what, i);
    }
    isolation = keep;
}

/* Function level reset through the capability that vfio shows */
static void test_flr(void)
{
    unsigned cap = pci_capability(devfn, 0x10);

    if (!check(cap, "PCI Express capability")) {
        return;
    }
    check(config_read(devfn, cap + 4, 4) >> 28 & 1, "FLR is offered");
    config_write(devfn, cap + 8, 0x8000, 2);
    delay_us(100000);
    pci_enable(devfn);
    check(reset_function(), "function works after an FLR");
}

/*
 * Transfers without end through pages that are mapped and unmapped, for a
 * test that kills the machine; says once that it is under way
 */
static void stream(void)
{
    uint8_t *from = ram_alloc(4096, 4096), *to = ram_alloc(4096, 4096);
    uint64_t from_dma, to_dma;

    isolation = true;
    open_simple(from, to, &from_dma, &to_dma);
    make_frame(from, 1400, 5);
    for (uint64_t n = 0; transfer(from_dma, to_dma, 1400); n++) {
        if (n == 10) {
            check(frame_is(to, 1400, 5), "stream is under way");
        }
        ioc_unmap(PAGE_TO);
        ioc_map(PAGE_TO, to);
    }
    check(false, "stream goes on");
}

void guest_main(void)
{
    chipset_init();
    isolation = option_is("opt/vfio/mode", "isolation");
    hotplug = option_is("opt/vfio/mode", "hotplug");
    if (hotplug) {
        /* the window is in use when the function comes */
        ioc_enable(14);
        print("vf: waiting\n");
        WAIT(pci_find(0, VF_VENDOR, VF_DEVICE) >= 0, 60000);
    }
    if (!find_function()) {
        return;
    }
    test_registers();
    if (!reset_function()) {
        return;
    }
    tx = ram_alloc(RING * sizeof(*tx), 65536);
    rx = ram_alloc(RING * sizeof(*rx), 65536);
    if (option_is("opt/vfio/mode", "stream")) {
        stream();
        return;
    }
    test_bypass();
    for (unsigned shift = 12; shift <= 16; shift += shift == 14 ? 2 : 1) {
        test_iotlb(shift);
    }
    test_msix();
    set_reg(IVAR0, IVAR_VALID | 0);
    test_code(true, option_is("opt/vfio/mode", "stale"));
    test_code(false, option_is("opt/vfio/mode", "stale"));
    end_msix();
    test_flr();
    if (hotplug) {
        print("vf: remove\n");
        check(WAIT(pci_find(0, VF_VENDOR, VF_DEVICE) < 0, 60000),
              "function has gone");
    }
}
