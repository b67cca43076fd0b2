/*
 * qtest of the HP zx1 machine: the controllers that HP's drivers name
 *
 * The 53C1030's message interface as an operating system uses it, IDE DMA
 * through the IOTLB to memory above 4 GiB, and what the network driver
 * checks before it accepts a card.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "libqtest.h"
#include "hw/pci/pci_regs.h"
#include "zx1-util.h"

/* 53C1030: registers, functions */
#define MPT             0x90000000ULL
#define DOORBELL        0x00
#define SEQUENCE        0x04
#define DIAG            0x08
#define INTR_STATUS     0x30
#define INTR_MASK       0x34
#define REQUEST         0x40
#define REPLY           0x44

#define STATE_MASK      0xf0000000U
#define STATE_READY     0x10000000U
#define STATE_OPERATIONAL 0x20000000U
#define STATE_FAULT     0x40000000U
#define DB_ACTIVE       0x08000000U
#define INTR_DOORBELL   0x1
#define INTR_REPLY      0x8

#define FN_SCSI_IO      0x00
#define FN_TASK_MGMT    0x01
#define FN_IOC_INIT     0x02
#define FN_IOC_FACTS    0x03
#define FN_CONFIG       0x04
#define FN_PORT_FACTS   0x05
#define FN_PORT_ENABLE  0x06
#define FN_EVENT        0x07
#define FN_EVENT_ACK    0x08

#define PAGE_IOC        0x01
#define PAGE_PORT       0x03
#define PAGE_DEVICE     0x04
#define ACTION_HEADER   0
#define ACTION_READ     1
#define ACTION_WRITE    2
#define ACTION_DEFAULT  3
#define ACTION_WRITE_NVRAM 4
#define ACTION_READ_DEFAULT 5
#define ACTION_READ_NVRAM 6

#define SGE_SIMPLE      0xd1000000U     /* last of buffer and list */
#define SGE_MORE        0x10000000U
#define SGE_LAST        0x90000000U     /* last before the chain */
#define SGE_CHAIN       0x30000000U
#define SGE_64          0x02000000U
#define SGE_TO_DEVICE   0x04000000U

/* SCSI commands, and modes of these */
#define WRITE_BUFFER    0x3b
#define READ_BUFFER     0x3c
#define ECHO            0x0a
#define ECHO_DESCRIPTOR 0x0b

/* Where things lie in memory */
#define REPLY_FRAMES    0x100000
#define REQUEST_FRAMES  0x110000
#define SENSE           0x120000
#define CHAIN           0x130000
#define DATA            0x200000

#define DISK_BLOCKS     4096
#define SECOND          1000000000LL        /* in nanoseconds */

/* 8254x: interrupt cause, its set register, and the mask */
#define NIC_ICR         0xc0
#define NIC_ICS         0xc8
#define NIC_IMS         0xd0
#define NIC_IMC         0xd8
/* Global interrupts of rope 1, and of device 2 there */
#define ZX1_GSI_ROPE1   27
#define ZX1_GSI_NIC     29

#define IOC_ERROR       0x120
#define IOC_IBASE       0x300
#define IOC_PCOM        0x310
#define IOC_PDIR_BASE   0x320

static void check_data(QTestState *qts, uint64_t address, unsigned block,
                       unsigned count)
{
    for (unsigned i = 0; i < count * 64; i += 13) {
        g_assert_cmphex(qtest_readq(qts, address + 8 * i), ==,
                        ZX1_DISK_WORD(block * 64 + i));
    }
}

static uint32_t mpt_read(QTestState *qts, unsigned reg)
{
    return qtest_readl(qts, MPT + reg);
}

static void mpt_write(QTestState *qts, unsigned reg, uint32_t val)
{
    qtest_writel(qts, MPT + reg, val);
}

/* The handshake: a message through the doorbell, 16 bits a time back */
static unsigned mpt_handshake(QTestState *qts, const uint8_t *message,
                              unsigned size, uint8_t *reply)
{
    unsigned words = 0, expected = 2;

    mpt_write(qts, INTR_STATUS, 0);
    mpt_write(qts, DOORBELL, 0x42000000 | (size / 4) << 16);
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_DOORBELL, !=, 0);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & DB_ACTIVE, !=, 0);
    mpt_write(qts, INTR_STATUS, 0);
    for (unsigned i = 0; i < size; i += 4) {
        mpt_write(qts, DOORBELL, ldl_le_p(message + i));
    }
    while (words < expected) {
        g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_DOORBELL, !=, 0);
        stw_le_p(reply + 2 * words++, mpt_read(qts, DOORBELL));
        mpt_write(qts, INTR_STATUS, 0);
        if (words == 2) {
            expected = reply[2] * 2;
        }
    }
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_DOORBELL, !=, 0);
    mpt_write(qts, INTR_STATUS, 0);
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_DOORBELL, ==, 0);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & DB_ACTIVE, ==, 0);
    return words * 2;
}

/* Reply to what was posted: address of its frame, or the context */
static uint32_t mpt_wait(QTestState *qts, bool *address)
{
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t val = mpt_read(qts, REPLY);

        if (val != UINT32_MAX) {
            *address = val & 0x80000000U;
            return *address ? val << 1 : val;
        }
        g_usleep(1000);
    }
    g_assert_not_reached();
}

static uint32_t mpt_post(QTestState *qts, const uint8_t *message,
                         unsigned size, bool *address)
{
    qtest_memwrite(qts, REQUEST_FRAMES, message, size);
    mpt_write(qts, REQUEST, REQUEST_FRAMES);
    return mpt_wait(qts, address);
}

/* Post, expect a reply in a frame, give the frame back; its IOCStatus */
static uint16_t mpt_call(QTestState *qts, const uint8_t *message,
                         unsigned size, uint8_t *reply)
{
    bool address;
    uint32_t frame = mpt_post(qts, message, size, &address);

    g_assert_true(address);
    qtest_memread(qts, frame, reply, 80);
    g_assert_cmphex(reply[3], ==, message[3]);
    g_assert_cmphex(ldl_le_p(reply + 8), ==, ldl_le_p(message + 8));
    mpt_write(qts, REPLY, frame);
    return lduw_le_p(reply + 14);
}

static void mpt_init(QTestState *qts)
{
    uint8_t msg[44] = { [0] = 4, [3] = FN_IOC_INIT, [5] = 16, [6] = 1 };
    uint8_t enable[12] = { [3] = FN_PORT_ENABLE };
    uint8_t reply[128];

    stw_le_p(msg + 12, 80);
    mpt_handshake(qts, msg, sizeof(msg), reply);
    g_assert_cmphex(lduw_le_p(reply + 14), ==, 0);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==,
                    STATE_OPERATIONAL);
    for (unsigned i = 0; i < 8; i++) {
        mpt_write(qts, REPLY, REPLY_FRAMES + i * 80);
    }
    mpt_handshake(qts, enable, sizeof(enable), reply);
    g_assert_cmphex(lduw_le_p(reply + 14), ==, 0);
}

static QTestState *mpt_start(const char *disk)
{
    QTestState *qts = zx1_start("-drive if=none,id=d,format=raw,snapshot=on,"
                                "file=%s -device lsi53c1030,bus=pci1,addr=1,"
                                "id=mpt -device scsi-hd,bus=mpt.0,scsi-id=2,"
                                "drive=d", disk);

    zx1_enable(qts, 1, 1 << 3, 1, MPT);
    return qts;
}

static void test_mpt_identity(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t facts[12] = { [3] = FN_IOC_FACTS };
    uint8_t port[12] = { [3] = FN_PORT_FACTS };
    uint8_t reply[128];

    g_assert_cmphex(zx1_config_read(qts, 1, 0, 1 << 3, 0, 4), ==, 0x00301000);
    g_assert_cmphex(zx1_config_read(qts, 1, 0, 1 << 3, PCI_SUBSYSTEM_VENDOR_ID,
                                    2), ==, 0x103c);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_READY);

    stl_le_p(facts + 8, 0x12345678);
    g_assert_cmpuint(mpt_handshake(qts, facts, sizeof(facts), reply), ==, 60);
    g_assert_cmphex(ldl_le_p(reply + 8), ==, 0x12345678);
    g_assert_cmphex(lduw_le_p(reply + 14), ==, 0);
    g_assert_cmpuint(lduw_le_p(reply + 0x24), ==, 255);     /* credits */
    g_assert_cmpuint(reply[0x26], ==, 1);                   /* ports */
    g_assert_cmpuint(reply[0x2e], ==, 16);                  /* devices */
    /* Firmware not older than what HP asks for, 1.03.23.00 */
    g_assert_cmphex(ldl_le_p(reply + 0x38), >=, 0x01031700);

    mpt_handshake(qts, port, sizeof(port), reply);
    g_assert_cmphex(reply[0x15], ==, 1);                    /* parallel */
    g_assert_cmpuint(lduw_le_p(reply + 0x18), ==, 7);
    port[6] = 1;
    mpt_handshake(qts, port, sizeof(port), reply);
    g_assert_cmphex(lduw_le_p(reply + 14), !=, 0);
    qtest_quit(qts);
    unlink(disk);
}

static uint16_t config(QTestState *qts, unsigned action, unsigned type,
                       unsigned number, uint32_t address, unsigned length,
                       uint8_t *reply)
{
    uint8_t msg[40] = { [0] = action, [3] = FN_CONFIG, [0x16] = number,
                        [0x17] = type };

    stl_le_p(msg + 0x18, address);
    stl_le_p(msg + 0x1c, SGE_SIMPLE | length);
    stl_le_p(msg + 0x20, DATA);
    return mpt_call(qts, msg, sizeof(msg), reply);
}

static void test_mpt_config(void)
{
    static const struct {
        uint8_t type, number;
    } page[] = {
        { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 3 }, { 1, 0 }, { 1, 1 }, { 1, 2 },
        { 1, 3 }, { 1, 4 }, { 3, 0 }, { 3, 1 }, { 3, 2 }, { 4, 0 }, { 4, 1 },
        { 4, 2 }, { 4, 3 }, { 9, 0 }, { 9, 1 }, { 9, 2 }, { 9, 3 }, { 9, 4 },
    };
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t reply[128];

    mpt_init(qts);
    for (unsigned i = 0; i < ARRAY_SIZE(page); i++) {
        unsigned length;

        g_assert_cmphex(config(qts, ACTION_HEADER, page[i].type,
                               page[i].number, 0, 0, reply), ==, 0);
        length = reply[0x15] * 4;
        g_assert_cmpuint(length, >, 4);
        qtest_memset(qts, DATA, 0xee, length + 8);
        g_assert_cmphex(config(qts, ACTION_READ, page[i].type,
                               page[i].number, 0, length, reply), ==, 0);
        /* The page starts with its header, and no more than it is written */
        g_assert_cmphex(qtest_readb(qts, DATA + 1) * 4, ==, length);
        g_assert_cmphex(qtest_readb(qts, DATA + 2), ==, page[i].number);
        g_assert_cmphex(qtest_readb(qts, DATA + 3) & 15, ==, page[i].type);
        g_assert_cmphex(qtest_readq(qts, DATA + length), ==,
                        0xeeeeeeeeeeeeeeeeULL);
    }

    /* What is requested of a target is what it negotiates */
    config(qts, ACTION_READ, PAGE_DEVICE, 1, 2, 16, reply);
    qtest_writel(qts, DATA + 4, 0x207f0803);
    g_assert_cmphex(config(qts, ACTION_WRITE, PAGE_DEVICE, 1, 2, 16, reply),
                    ==, 0);
    config(qts, ACTION_READ, PAGE_DEVICE, 0, 2, 12, reply);
    g_assert_cmphex(qtest_readl(qts, DATA + 4), ==, 0x207f0803);
    g_assert_cmphex(qtest_readl(qts, DATA + 8) & 1, ==, 1);
    config(qts, ACTION_READ, PAGE_DEVICE, 0, 3, 12, reply);
    g_assert_cmphex(qtest_readl(qts, DATA + 4), ==, 0);

    /* Refusals */
    g_assert_cmphex(config(qts, ACTION_READ, 7, 0, 0, 12, reply), ==, 0x21);
    g_assert_cmphex(config(qts, ACTION_READ, PAGE_PORT, 9, 0, 12, reply), ==,
                    0x22);
    g_assert_cmphex(config(qts, ACTION_READ, PAGE_DEVICE, 0, 0x7f, 12,
                           reply), ==, 0x22);
    g_assert_cmphex(config(qts, ACTION_WRITE, PAGE_PORT, 0, 0, 12, reply), ==,
                    0x25);
    g_assert_cmphex(config(qts, 0x55, PAGE_PORT, 0, 0, 12, reply), ==, 0x20);
    qtest_quit(qts);
    unlink(disk);
}

/* A READ(10) request without its list */
static void scsi_read(uint8_t *msg, unsigned target, unsigned block,
                      unsigned count)
{
    memset(msg, 0, 128);
    msg[0] = target;
    msg[3] = FN_SCSI_IO;
    msg[4] = 10;
    msg[5] = 18;
    stl_le_p(msg + 8, 0x1234);
    stl_le_p(msg + 0x14, 0x02000000);
    msg[0x18] = 0x28;
    stl_be_p(msg + 0x18 + 2, block);
    stw_be_p(msg + 0x18 + 7, count);
    stl_le_p(msg + 0x28, count * 512);
    stl_le_p(msg + 0x2c, SENSE);
}

static void test_mpt_io(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t msg[128], reply[128];
    bool address;

    mpt_init(qts);
    mpt_write(qts, INTR_MASK, 0);

    /* Power on */
    memset(msg, 0, sizeof(msg));
    msg[0] = 2;
    msg[4] = 6;
    msg[5] = 18;
    stl_le_p(msg + 0x2c, SENSE);
    g_assert_cmphex(mpt_call(qts, msg, 0x30, reply), ==, 0);
    g_assert_cmphex(reply[12], ==, 2);              /* check condition */
    g_assert_cmphex(reply[13], ==, 1);              /* with sense */
    g_assert_cmphex(qtest_readb(qts, SENSE + 2) & 15, ==, 6);

    /* One element; the answer is the context alone */
    scsi_read(msg, 2, 5, 4);
    stl_le_p(msg + 0x30, SGE_SIMPLE | 2048);
    stl_le_p(msg + 0x34, DATA);
    g_assert_cmphex(mpt_post(qts, msg, 0x38, &address), ==, 0x1234);
    g_assert_false(address);
    check_data(qts, DATA, 5, 4);

    /* Two elements here, one with 64 bits in a chain, one in the next */
    scsi_read(msg, 2, 100, 16);
    msg[2] = 0x40 / 4;
    stl_le_p(msg + 0x30, SGE_MORE | 1000);
    stl_le_p(msg + 0x34, DATA);
    stl_le_p(msg + 0x38, SGE_LAST | 1048);
    stl_le_p(msg + 0x3c, DATA + 1000);
    stl_le_p(msg + 0x40, SGE_CHAIN | 3 << 16 | 20);
    stl_le_p(msg + 0x44, CHAIN);
    qtest_writel(qts, CHAIN, SGE_LAST | SGE_64 | 4096);
    qtest_writeq(qts, CHAIN + 4, DATA + 2048);
    qtest_writel(qts, CHAIN + 12, SGE_CHAIN | 8);
    qtest_writel(qts, CHAIN + 16, CHAIN + 0x100);
    qtest_writel(qts, CHAIN + 0x100, SGE_SIMPLE | 2048);
    qtest_writel(qts, CHAIN + 0x104, DATA + 6144);
    g_assert_cmphex(mpt_post(qts, msg, 0x48, &address), ==, 0x1234);
    check_data(qts, DATA, 100, 16);

    /* Nobody there, wrong bus, the adapter itself */
    scsi_read(msg, 3, 0, 1);
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x43);
    scsi_read(msg, 7, 0, 1);
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x43);
    scsi_read(msg, 2, 0, 1);
    msg[1] = 1;
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x41);

    /* A list that is too short, one that is none, one without end */
    scsi_read(msg, 2, 0, 4);
    stl_le_p(msg + 0x30, SGE_SIMPLE | 512);
    stl_le_p(msg + 0x34, DATA);
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x03);
    stl_le_p(msg + 0x30, 0);
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x03);
    msg[2] = 0x38 / 4;
    stl_le_p(msg + 0x30, SGE_LAST);
    stl_le_p(msg + 0x38, SGE_CHAIN | 2 << 16);
    stl_le_p(msg + 0x3c, CHAIN);
    qtest_writel(qts, CHAIN, SGE_LAST);
    qtest_writel(qts, CHAIN + 8, SGE_CHAIN | 2 << 16);
    qtest_writel(qts, CHAIN + 12, CHAIN);
    g_assert_cmphex(mpt_call(qts, msg, 0x40, reply), ==, 0x03);

    /* The command wants more than the request has */
    scsi_read(msg, 2, 0, 4);
    stl_le_p(msg + 0x28, 512);
    stl_le_p(msg + 0x30, SGE_SIMPLE | 512);
    stl_le_p(msg + 0x34, DATA);
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x44);

    /* INQUIRY for less than the buffer: an underrun, with how much came */
    memset(msg, 0, sizeof(msg));
    msg[0] = 2;
    msg[4] = 6;
    stl_le_p(msg + 0x14, 0x02000000);
    msg[0x18] = 0x12;
    msg[0x18 + 4] = 36;
    stl_le_p(msg + 0x28, 255);
    stl_le_p(msg + 0x30, SGE_SIMPLE | 255);
    stl_le_p(msg + 0x34, DATA);
    g_assert_cmphex(mpt_call(qts, msg, 0x38, reply), ==, 0x45);
    g_assert_cmphex(reply[12], ==, 0);
    g_assert_cmpuint(ldl_le_p(reply + 0x14), ==, 36);
    qtest_quit(qts);
    unlink(disk);
}

static void test_mpt_control(void)
{
    static const uint8_t key[] = { 4, 11, 2, 7, 13 };
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t msg[64] = { 0 }, reply[128];
    bool address;
    uint32_t frame;

    /* Not before IOC_INIT */
    msg[3] = FN_CONFIG;
    mpt_handshake(qts, msg, 40, reply);
    g_assert_cmphex(lduw_le_p(reply + 14), ==, 0x08);
    /* Unknown */
    msg[3] = 0x15;
    mpt_handshake(qts, msg, 40, reply);
    g_assert_cmphex(lduw_le_p(reply + 14), ==, 0x01);

    mpt_init(qts);
    /* Events: the request is answered, and answered again when one comes */
    memset(msg, 0, sizeof(msg));
    msg[0] = 1;
    msg[3] = FN_EVENT;
    stl_le_p(msg + 8, 0x77);
    g_assert_cmphex(mpt_call(qts, msg, 12, reply), ==, 0);
    g_assert_cmphex(ldl_le_p(reply + 0x14), ==, 0x0a);
    memset(msg, 0, sizeof(msg));
    msg[3] = FN_TASK_MGMT;
    msg[5] = 4;
    stl_le_p(msg + 8, 0x99);
    qtest_memwrite(qts, REQUEST_FRAMES, msg, 52);
    mpt_write(qts, REQUEST, REQUEST_FRAMES);
    frame = mpt_wait(qts, &address);
    g_assert_cmphex(qtest_readl(qts, frame + 8), ==, 0x77);
    g_assert_cmphex(qtest_readl(qts, frame + 0x14), ==, 4);     /* bus reset */
    frame = mpt_wait(qts, &address);
    g_assert_cmphex(qtest_readl(qts, frame + 8), ==, 0x99);
    g_assert_cmphex(qtest_readw(qts, frame + 14), ==, 0);

    /* Other task management: a target, a unit, one that is not there */
    for (unsigned type = 1; type <= 7; type++) {
        if (type != 4) {
            msg[0] = 2;
            msg[5] = type;
            g_assert_cmphex(mpt_call(qts, msg, 52, reply), ==, 0);
        }
    }
    msg[0] = 5;
    msg[5] = 1;
    g_assert_cmphex(mpt_call(qts, msg, 52, reply), ==, 0x43);

    /* Resets: message unit, and by the diagnostic register with its lock */
    mpt_write(qts, DOORBELL, 0x40000000);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_READY);
    mpt_init(qts);
    mpt_write(qts, DIAG, 4);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==,
                    STATE_OPERATIONAL);
    for (unsigned i = 0; i < ARRAY_SIZE(key); i++) {
        g_assert_cmphex(mpt_read(qts, DIAG) & 0x80, ==, 0);
        mpt_write(qts, SEQUENCE, key[i]);
    }
    g_assert_cmphex(mpt_read(qts, DIAG) & 0x80, ==, 0x80);
    mpt_write(qts, DIAG, 4);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_READY);
    g_assert_cmphex(mpt_read(qts, REPLY), ==, 0xffffffff);

    /* No reply frames: the reply waits for one */
    memset(msg, 0, sizeof(msg));
    msg[0] = 4;
    msg[3] = FN_IOC_INIT;
    stw_le_p(msg + 12, 80);
    mpt_handshake(qts, msg, 44, reply);
    memset(msg, 0, sizeof(msg));
    msg[3] = FN_PORT_FACTS;
    stl_le_p(msg + 8, 0x4711);
    qtest_memwrite(qts, REQUEST_FRAMES, msg, 12);
    mpt_write(qts, REQUEST, REQUEST_FRAMES);
    mpt_write(qts, REQUEST, REQUEST_FRAMES);
    g_usleep(10000);
    g_assert_cmphex(mpt_read(qts, REPLY), ==, 0xffffffff);
    for (unsigned i = 0; i < 2; i++) {
        mpt_write(qts, REPLY, REPLY_FRAMES);
        frame = mpt_wait(qts, &address);
        g_assert_true(address);
        g_assert_cmphex(frame, ==, REPLY_FRAMES);
        g_assert_cmphex(qtest_readl(qts, frame + 8), ==, 0x4711);
        g_assert_cmphex(mpt_read(qts, REPLY), ==, 0xffffffff);
    }
    /* Without end: a fault, not a crash, and a reset ends it */
    for (unsigned i = 0; i < 1000; i++) {
        mpt_write(qts, REQUEST, REQUEST_FRAMES);
        if ((mpt_read(qts, DOORBELL) & STATE_MASK) == STATE_FAULT) {
            break;
        }
    }
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_FAULT);
    mpt_write(qts, DOORBELL, 0x40000000);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_READY);
    qtest_quit(qts);
    unlink(disk);
}

/* The next reply: a frame of this context and status, or a context alone */
static void expect_frame(QTestState *qts, uint32_t context, uint16_t status,
                         uint8_t *reply)
{
    bool address;
    uint32_t frame = mpt_wait(qts, &address);

    g_assert_true(address);
    qtest_memread(qts, frame, reply, 80);
    g_assert_cmphex(ldl_le_p(reply + 8), ==, context);
    g_assert_cmphex(lduw_le_p(reply + 14), ==, status);
    mpt_write(qts, REPLY, frame);
}

static void expect_context(QTestState *qts, uint32_t context)
{
    bool address;

    g_assert_cmphex(mpt_wait(qts, &address), ==, context);
    g_assert_false(address);
}

static void expect_nothing(QTestState *qts)
{
    for (unsigned i = 0; i < 20; i++) {
        g_assert_cmphex(mpt_read(qts, REPLY), ==, 0xffffffff);
        g_usleep(1000);
    }
}

/* Post a request from a frame of its own, and do not wait */
static void mpt_queue(QTestState *qts, unsigned index, const uint8_t *message,
                      unsigned size)
{
    uint64_t frame = REQUEST_FRAMES + index * 128;

    qtest_memwrite(qts, frame, message, size);
    mpt_write(qts, REQUEST, frame);
}

/* TEST UNIT READY */
static void test_unit(uint8_t *msg, unsigned target, uint32_t context)
{
    memset(msg, 0, 128);
    msg[0] = target;
    msg[3] = FN_SCSI_IO;
    msg[4] = 6;
    msg[5] = 18;
    stl_le_p(msg + 8, context);
    stl_le_p(msg + 0x2c, SENSE);
}

/* After power on a unit has something to tell */
static void clear_attention(QTestState *qts, unsigned target)
{
    uint8_t msg[128], reply[128];

    test_unit(msg, target, 0x1);
    g_assert_cmphex(mpt_call(qts, msg, 0x30, reply), ==, 0);
    g_assert_cmphex(reply[12], ==, 2);
}

static void make_task(uint8_t *msg, unsigned type, unsigned target,
                      uint32_t context, uint32_t of)
{
    memset(msg, 0, 52);
    msg[0] = target;
    msg[3] = FN_TASK_MGMT;
    msg[5] = type;
    stl_le_p(msg + 8, context);
    stl_le_p(msg + 0x30, of);
}

static void task(QTestState *qts, unsigned type, unsigned target,
                 uint32_t context, uint32_t of)
{
    uint8_t msg[52];

    make_task(msg, type, target, context, of);
    mpt_queue(qts, 15, msg, sizeof(msg));
}

/* Through the doorbell, past what is queued; answered in the queue */
static void task_now(QTestState *qts, unsigned type, unsigned target,
                     uint32_t context, uint32_t of)
{
    uint8_t msg[52];

    make_task(msg, type, target, context, of);
    mpt_write(qts, DOORBELL, 0x42000000 | (sizeof(msg) / 4) << 16);
    mpt_write(qts, INTR_STATUS, 0);
    for (unsigned i = 0; i < sizeof(msg); i += 4) {
        mpt_write(qts, DOORBELL, ldl_le_p(msg + i));
    }
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_DOORBELL, !=, 0);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & DB_ACTIVE, ==, 0);
    mpt_write(qts, INTR_STATUS, 0);
}

static void diag_reset(QTestState *qts)
{
    static const uint8_t key[] = { 0xff, 4, 11, 2, 7, 13 };

    for (unsigned i = 0; i < ARRAY_SIZE(key); i++) {
        mpt_write(qts, SEQUENCE, key[i]);
    }
    mpt_write(qts, DIAG, 4);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_READY);
}

/* The host is interrupted for several commands at a time */
static void test_mpt_coalescing(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t msg[128], reply[128];

    mpt_init(qts);
    clear_attention(qts, 2);
    g_assert_cmphex(config(qts, ACTION_READ, PAGE_IOC, 1, 0, 16, reply), ==,
                    0);
    qtest_writel(qts, DATA + 4, 1);         /* on */
    qtest_writel(qts, DATA + 8, 1000);      /* us */
    qtest_writeb(qts, DATA + 12, 3);        /* commands */
    g_assert_cmphex(config(qts, ACTION_WRITE, PAGE_IOC, 1, 0, 16, reply), ==,
                    0);

    /* Two: no interrupt before the time is over */
    for (unsigned i = 0; i < 2; i++) {
        test_unit(msg, 2, 0x100 + i);
        mpt_queue(qts, i, msg, 0x30);
    }
    for (unsigned i = 0; i < 20; i++) {
        g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_REPLY, ==, 0);
        g_usleep(1000);
    }
    qtest_clock_step(qts, 900 * 1000);
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_REPLY, ==, 0);
    qtest_clock_step(qts, 200 * 1000);
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_REPLY, ==, INTR_REPLY);
    expect_context(qts, 0x100);
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_REPLY, ==, INTR_REPLY);
    expect_context(qts, 0x101);
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_REPLY, ==, 0);

    /* Three: at once */
    for (unsigned i = 0; i < 3; i++) {
        test_unit(msg, 2, 0x200 + i);
        mpt_queue(qts, i, msg, 0x30);
    }
    for (unsigned i = 0; i < 1000; i++) {
        if (mpt_read(qts, INTR_STATUS) & INTR_REPLY) {
            break;
        }
        g_usleep(1000);
    }
    g_assert_cmphex(mpt_read(qts, INTR_STATUS) & INTR_REPLY, ==, INTR_REPLY);
    for (unsigned i = 0; i < 3; i++) {
        expect_context(qts, 0x200 + i);
    }
    qtest_quit(qts);
    unlink(disk);
}

/* Current, non-volatile and default values of a page */
static void test_mpt_nvram(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t reply[128];
    uint8_t depth;

    mpt_init(qts);
    config(qts, ACTION_READ_DEFAULT, PAGE_IOC, 1, 0, 16, reply);
    depth = qtest_readb(qts, DATA + 12);
    qtest_writeb(qts, DATA + 12, 5);
    g_assert_cmphex(config(qts, ACTION_WRITE_NVRAM, PAGE_IOC, 1, 0, 16,
                           reply), ==, 0);
    qtest_writeb(qts, DATA + 12, 6);
    g_assert_cmphex(config(qts, ACTION_WRITE, PAGE_IOC, 1, 0, 16, reply), ==,
                    0);
    config(qts, ACTION_READ, PAGE_IOC, 1, 0, 16, reply);
    g_assert_cmpuint(qtest_readb(qts, DATA + 12), ==, 6);
    config(qts, ACTION_READ_NVRAM, PAGE_IOC, 1, 0, 16, reply);
    g_assert_cmpuint(qtest_readb(qts, DATA + 12), ==, 5);

    diag_reset(qts);
    mpt_init(qts);
    config(qts, ACTION_READ, PAGE_IOC, 1, 0, 16, reply);
    g_assert_cmpuint(qtest_readb(qts, DATA + 12), ==, 5);
    g_assert_cmphex(config(qts, ACTION_DEFAULT, PAGE_IOC, 1, 0, 0, reply), ==,
                    0);
    config(qts, ACTION_READ_NVRAM, PAGE_IOC, 1, 0, 16, reply);
    g_assert_cmpuint(qtest_readb(qts, DATA + 12), ==, depth);

    /* Only some are */
    g_assert_cmphex(config(qts, ACTION_WRITE_NVRAM, PAGE_DEVICE, 1, 2, 16,
                           reply), ==, 0x25);
    qtest_quit(qts);
    unlink(disk);
}

static QTestState *nvram_start(const char *nvram)
{
    QTestState *qts = zx1_start("-drive if=none,id=nv,format=raw,file=%s "
                                "-device lsi53c1030,bus=pci1,addr=1,nvram=nv",
                                nvram);

    zx1_enable(qts, 1, 1 << 3, 1, MPT);
    mpt_init(qts);
    return qts;
}

/* What is in a file lasts; one that is damaged does no harm */
static void test_mpt_nvram_file(void)
{
    char *path;
    int fd = g_file_open_tmp("zx1-nvram-XXXXXX", &path, NULL);
    QTestState *qts;
    uint8_t reply[128], bad = 0xff;
    uint8_t depth;

    g_assert_cmpint(ftruncate(fd, 4096), ==, 0);
    qts = nvram_start(path);
    config(qts, ACTION_READ_NVRAM, PAGE_IOC, 1, 0, 16, reply);
    depth = qtest_readb(qts, DATA + 12);
    g_assert_cmpuint(depth, !=, 9);
    qtest_writeb(qts, DATA + 12, 9);
    g_assert_cmphex(config(qts, ACTION_WRITE_NVRAM, PAGE_IOC, 1, 0, 16,
                           reply), ==, 0);
    qtest_quit(qts);

    qts = nvram_start(path);
    config(qts, ACTION_READ, PAGE_IOC, 1, 0, 16, reply);
    g_assert_cmpuint(qtest_readb(qts, DATA + 12), ==, 9);
    qtest_quit(qts);

    g_assert_cmpint(pwrite(fd, &bad, 1, 1000), ==, 1);
    qts = nvram_start(path);
    config(qts, ACTION_READ, PAGE_IOC, 1, 0, 16, reply);
    g_assert_cmpuint(qtest_readb(qts, DATA + 12), ==, depth);
    qtest_quit(qts);
    close(fd);
    unlink(path);
    g_free(path);
}

/* A bus reset is an event that wants an acknowledgement */
static void test_mpt_events(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t notify[12] = { [0] = 1, [3] = FN_EVENT };
    uint8_t ack[20] = { [3] = FN_EVENT_ACK };
    uint8_t reply[128];

    mpt_init(qts);
    task(qts, 4, 0, 0x50, 0);
    expect_frame(qts, 0x50, 0, reply);      /* nobody asked for events */

    stl_le_p(notify + 8, 0x60);
    mpt_handshake(qts, notify, sizeof(notify), reply);
    g_assert_cmphex(reply[7], ==, 0x80);    /* more will follow */
    for (unsigned i = 0; i < 2; i++) {
        task(qts, 4, 0, 0x51, 0);
        expect_frame(qts, 0x60, 0, reply);
        g_assert_cmphex(reply[3], ==, FN_EVENT);
        g_assert_cmphex(reply[6], ==, 1);   /* wants an acknowledgement */
        g_assert_cmphex(ldl_le_p(reply + 0x14), ==, 4);
        memcpy(ack + 12, reply + 0x14, 8);
        expect_frame(qts, 0x51, 0, reply);
        g_assert_cmphex(mpt_call(qts, ack, sizeof(ack), reply), ==, 0);
        g_assert_cmphex(mpt_call(qts, ack, sizeof(ack), reply), !=, 0);
    }
    notify[0] = 0;
    mpt_handshake(qts, notify, sizeof(notify), reply);
    g_assert_cmphex(reply[7], ==, 0);
    task(qts, 4, 0, 0x52, 0);
    expect_frame(qts, 0x52, 0, reply);
    qtest_quit(qts);
    unlink(disk);
}

/* Commands end while a message goes through the doorbell */
static void test_mpt_overlap(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t msg[128], reply[128];

    mpt_init(qts);
    clear_attention(qts, 2);
    mpt_write(qts, DOORBELL, 0x42030000);
    mpt_write(qts, INTR_STATUS, 0);
    mpt_write(qts, DOORBELL, FN_IOC_FACTS << 24);
    test_unit(msg, 2, 0x300);
    mpt_queue(qts, 0, msg, 0x30);
    test_unit(msg, 5, 0x301);               /* nobody there: in a frame */
    mpt_queue(qts, 1, msg, 0x30);
    expect_context(qts, 0x300);
    expect_frame(qts, 0x301, 0x43, reply);
    mpt_write(qts, DOORBELL, 0);
    mpt_write(qts, DOORBELL, 0xabcd);
    for (unsigned i = 0; i < 30; i++) {
        g_assert_cmphex(mpt_read(qts, INTR_STATUS), ==, INTR_DOORBELL);
        /* Looking twice takes nothing away */
        g_assert_cmphex(mpt_read(qts, DOORBELL), ==, mpt_read(qts, DOORBELL));
        stw_le_p(reply + 2 * i, mpt_read(qts, DOORBELL));
        mpt_write(qts, INTR_STATUS, 0);
    }
    g_assert_cmphex(reply[3], ==, FN_IOC_FACTS);
    g_assert_cmphex(ldl_le_p(reply + 8), ==, 0xabcd);
    mpt_write(qts, INTR_STATUS, 0);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & DB_ACTIVE, ==, 0);
    qtest_quit(qts);
    unlink(disk);
}

/* A disk that does one command a second: the second one waits */
static QTestState *mpt_start_slow(const char *disk)
{
    QTestState *qts = zx1_start("-drive if=none,id=d,format=raw,snapshot=on,"
                                "throttling.iops-total=1,file=%s "
                                "-device lsi53c1030,bus=pci1,addr=1,id=mpt "
                                "-device scsi-hd,bus=mpt.0,scsi-id=2,drive=d",
                                disk);
    uint8_t msg[128];

    zx1_enable(qts, 1, 1 << 3, 1, MPT);
    mpt_init(qts);
    clear_attention(qts, 2);
    for (unsigned i = 0; i < 2; i++) {
        scsi_read(msg, 2, 8 * i, 8);
        stl_le_p(msg + 8, 0x400 + i);
        stl_le_p(msg + 0x30, SGE_SIMPLE | 4096);
        stl_le_p(msg + 0x34, DATA + 4096 * i);
        mpt_queue(qts, i, msg, 0x38);
    }
    expect_context(qts, 0x400);
    expect_nothing(qts);
    return qts;
}

static void test_mpt_tasks(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start_slow(disk);
    uint8_t reply[128];
    uint32_t first;
    bool address;

    /* Is it there? This one is, that one is not */
    task(qts, 7, 2, 0x500, 0x401);
    expect_frame(qts, 0x500, 0, reply);
    g_assert_cmphex(reply[4], ==, 0x08);
    task(qts, 7, 2, 0x501, 0x400);
    expect_frame(qts, 0x501, 0, reply);
    g_assert_cmphex(reply[4], ==, 0);

    /* Its end comes before the answer */
    task_now(qts, 1, 2, 0x502, 0x401);
    qtest_clock_step(qts, 5 * SECOND);
    expect_frame(qts, 0x401, 0x48, reply);
    expect_frame(qts, 0x502, 0, reply);
    g_assert_cmphex(reply[4], ==, 0);
    g_assert_cmpuint(ldl_le_p(reply + 0x14), ==, 1);
    qtest_quit(qts);

    /* With the whole bus: it ends, one way or the other, before the answer */
    qts = mpt_start_slow(disk);
    task(qts, 4, 0, 0x503, 0);
    first = mpt_wait(qts, &address);
    if (address) {
        g_assert_cmphex(qtest_readl(qts, first + 8), ==, 0x401);
        g_assert_cmphex(qtest_readw(qts, first + 14), ==, 0x48);
    } else {
        g_assert_cmphex(first, ==, 0x401);
    }
    expect_frame(qts, 0x503, 0, reply);
    g_assert_cmpuint(ldl_le_p(reply + 0x14), ==, address);
    qtest_quit(qts);
    unlink(disk);
}

/* Nothing of a command is left after a reset, of whichever kind */
static void test_mpt_reset_busy(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);

    for (unsigned kind = 0; kind < 4; kind++) {
        QTestState *qts = mpt_start_slow(disk);

        switch (kind) {
        case 0:
            mpt_write(qts, DOORBELL, 0x40000000);   /* message unit */
            break;
        case 1:
            mpt_write(qts, DOORBELL, 0x41000000);   /* I/O unit */
            break;
        case 2:
            diag_reset(qts);
            break;
        case 3:
            qtest_system_reset(qts);
            zx1_program_chipset(qts);
            zx1_enable(qts, 1, 1 << 3, 1, MPT);
            break;
        }
        g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==,
                        STATE_READY);
        g_assert_cmphex(mpt_read(qts, INTR_STATUS), ==, 0);
        mpt_init(qts);
        qtest_memset(qts, DATA + 4096, 0x77, 4096);
        qtest_clock_step(qts, 5 * SECOND);
        expect_nothing(qts);
        g_assert_cmphex(qtest_readl(qts, DATA + 4096), ==, 0x77777777);
        qtest_quit(qts);
    }
    unlink(disk);
}

/* The controller goes with commands on their way */
static void test_mpt_unplug_busy(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);

    for (unsigned aborting = 0; aborting < 2; aborting++) {
        QTestState *qts = mpt_start_slow(disk);

        if (aborting) {
            task_now(qts, 1, 2, 0x502, 0x401);
        }
        qtest_qmp_device_del(qts, "mpt");
        /* What has ended until now is over */
        qtest_memset(qts, DATA + 4096, 0x77, 4096);
        g_assert_cmphex(zx1_config_read(qts, 1, 0, 1 << 3, 0, 4), ==,
                        0xffffffff);
        qtest_clock_step(qts, 5 * SECOND);
        g_assert_cmphex(qtest_readl(qts, DATA + 4096), ==, 0x77777777);
        /* Another one takes the place, and the disk */
        qtest_qmp_device_add(qts, "lsi53c1030", "mpt2", "{'bus': 'pci1', "
                             "'addr': '1'}");
        zx1_enable(qts, 1, 1 << 3, 1, MPT);
        mpt_init(qts);
        expect_nothing(qts);
        qtest_quit(qts);
    }
    unlink(disk);
}

/* INQUIRY, to DATA + @offset */
#define INQUIRY_SIZE    58

static void inquiry(QTestState *qts, unsigned offset)
{
    uint8_t msg[128];

    test_unit(msg, 2, 0x700);
    msg[0x18] = 0x12;
    msg[0x1c] = INQUIRY_SIZE;
    stl_le_p(msg + 0x14, 0x02000000);
    stl_le_p(msg + 0x28, INQUIRY_SIZE);
    stl_le_p(msg + 0x30, SGE_SIMPLE | INQUIRY_SIZE);
    stl_le_p(msg + 0x34, DATA + offset);
    mpt_queue(qts, 0, msg, 0x38);
    expect_context(qts, 0x700);
}

/* WRITE BUFFER or READ BUFFER of @size bytes at DATA + 0x1000; SCSI status */
static unsigned buffer(QTestState *qts, uint8_t opcode, uint8_t mode,
                       unsigned size)
{
    uint8_t msg[128];
    bool address;
    uint32_t frame;
    unsigned status;

    test_unit(msg, 2, 0x701);
    msg[4] = 10;
    msg[0x18] = opcode;
    msg[0x19] = mode;
    stw_be_p(msg + 0x18 + 7, size);
    stl_le_p(msg + 0x14, opcode == WRITE_BUFFER ? 0x01000000 : 0x02000000);
    stl_le_p(msg + 0x28, size);
    stl_le_p(msg + 0x30, SGE_SIMPLE | size |
             (opcode == WRITE_BUFFER ? SGE_TO_DEVICE : 0));
    stl_le_p(msg + 0x34, DATA + 0x1000);
    mpt_queue(qts, 0, msg, 0x38);
    frame = mpt_wait(qts, &address);
    if (!address) {
        g_assert_cmphex(frame, ==, 0x701);
        return 0;
    }
    g_assert_cmphex(qtest_readl(qts, frame + 8), ==, 0x701);
    status = qtest_readb(qts, frame + 12);
    mpt_write(qts, REPLY, frame);
    return status;
}

/* What is written to the target's echo buffer comes back */
static void check_echo(QTestState *qts, uint8_t pattern)
{
    unsigned size;

    qtest_memset(qts, DATA + 0x1000, 0xee, 8);
    g_assert_cmphex(buffer(qts, READ_BUFFER, ECHO_DESCRIPTOR, 4), ==, 0);
    g_assert_cmphex(qtest_readl(qts, DATA + 0x1004), ==, 0xeeeeeeee);
    size = qtest_readb(qts, DATA + 0x1002) << 8 |
           qtest_readb(qts, DATA + 0x1003);
    g_assert_cmpuint(size, >=, 252);
    g_assert_cmpuint(size % 4, ==, 0);
    for (unsigned i = 0; i < size; i++) {
        qtest_writeb(qts, DATA + 0x1000 + i, pattern ^ i ^ i >> 8);
    }
    g_assert_cmphex(buffer(qts, WRITE_BUFFER, ECHO, size), ==, 0);
    qtest_memset(qts, DATA + 0x1000, 0xee, size + 8);
    g_assert_cmphex(buffer(qts, READ_BUFFER, ECHO, size), ==, 0);
    for (unsigned i = 0; i < size; i++) {
        g_assert_cmphex(qtest_readb(qts, DATA + 0x1000 + i), ==,
                        (uint8_t)(pattern ^ i ^ i >> 8));
    }
    g_assert_cmphex(qtest_readl(qts, DATA + 0x1000 + size), ==, 0xeeeeeeee);
}

/* Echo buffers, where they end */
static void test_mpt_echo(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);

    mpt_init(qts);
    clear_attention(qts, 2);
    /* Nothing written yet, or more than there is place for */
    g_assert_cmphex(buffer(qts, READ_BUFFER, ECHO, 4), ==, 2);
    g_assert_cmphex(qtest_readb(qts, SENSE + 2) & 15, ==, 5);
    check_echo(qts, 0x33);
    g_assert_cmphex(buffer(qts, WRITE_BUFFER, ECHO, 0x2000), ==, 2);
    g_assert_cmphex(qtest_readb(qts, SENSE + 2) & 15, ==, 5);
    /* Other modes are the disk's affair: it has none */
    g_assert_cmphex(buffer(qts, READ_BUFFER, 2, 4), ==, 2);
    g_assert_cmphex(buffer(qts, WRITE_BUFFER, 5, 4), ==, 2);
    /* Less than was written */
    g_assert_cmphex(buffer(qts, READ_BUFFER, ECHO, 4), ==, 0);
    g_assert_cmphex(qtest_readl(qts, DATA + 0x1000), ==, 0x30313233);
    /* A reset of the bus leaves nothing */
    mpt_write(qts, DOORBELL, 0x41000000);
    mpt_init(qts);
    clear_attention(qts, 2);
    g_assert_cmphex(buffer(qts, READ_BUFFER, ECHO, 4), ==, 2);
    qtest_quit(qts);
    unlink(disk);
}

/*
 * As the drivers validate a target: INQUIRY as slow as can be, then step by
 * step faster and wider, with the same answer each time and nothing lost on
 * the way to the target and back
 */
static void test_mpt_validation(void)
{
    /* Bits 23:16 offset, 15:8 period, 29 wide; IU, DT and QAS */
    static const uint32_t step[] = {
        0x00003200, 0x20003200, 0x000f1900, 0x200f1900, 0x200f0c00,
        0x201f0a00, 0x207f0902, 0x207f0903, 0x207f0803,
    };
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t first[INQUIRY_SIZE], again[INQUIRY_SIZE], reply[128];

    mpt_init(qts);
    clear_attention(qts, 2);
    for (unsigned i = 0; i < ARRAY_SIZE(step); i++) {
        g_assert_cmphex(config(qts, ACTION_READ, PAGE_DEVICE, 1, 2, 16,
                               reply), ==, 0);
        qtest_writel(qts, DATA + 4, step[i]);
        g_assert_cmphex(config(qts, ACTION_WRITE, PAGE_DEVICE, 1, 2, 16,
                               reply), ==, 0);
        inquiry(qts, 0x100);
        check_echo(qts, i);
        qtest_memread(qts, DATA + 0x100, i ? again : first, sizeof(first));
        if (i) {
            g_assert_cmpmem(first, sizeof(first), again, sizeof(again));
        }
        g_assert_cmphex(config(qts, ACTION_READ, PAGE_DEVICE, 0, 2, 12,
                               reply), ==, 0);
        g_assert_cmphex(qtest_readl(qts, DATA + 4), ==, step[i]);
    }
    g_assert_cmphex(first[2], >=, 3);
    /* Wide and synchronous; double transition, QAS, information units */
    g_assert_cmpuint(first[4], >=, 56 - 4);
    g_assert_cmphex(first[7] & 0x30, ==, 0x30);
    g_assert_cmphex(first[56] & 0x0f, ==, 0x0f);
    qtest_quit(qts);
    unlink(disk);
}

/* What is written to a page is what is read, and a driver may write it back */
static void test_mpt_pages(void)
{
    static const struct {
        uint8_t type, number;
        uint32_t address;
    } page[] = {
        { 0, 1 }, { 1, 1 }, { 1, 4 }, { 3, 1 }, { 3, 2 }, { 4, 1, 3 },
        { 9, 0 }, { 9, 1 },
    };
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = mpt_start(disk);
    uint8_t before[512], after[512], reply[128];
    unsigned written = 0;

    mpt_init(qts);
    for (unsigned i = 0; i < ARRAY_SIZE(page); i++) {
        unsigned length;
        uint16_t status;

        g_assert_cmphex(config(qts, ACTION_HEADER, page[i].type,
                               page[i].number, page[i].address, 0, reply),
                        ==, 0);
        length = reply[0x15] * 4;
        g_assert_cmpuint(length, <=, sizeof(before));
        config(qts, ACTION_READ, page[i].type, page[i].number,
               page[i].address, length, reply);
        qtest_memread(qts, DATA, before, length);
        status = config(qts, ACTION_WRITE, page[i].type, page[i].number,
                        page[i].address, length, reply);
        /* Attribute: changeable (1) or persistent (2) */
        g_assert_cmphex(status, ==, before[3] >> 4 == 1 ||
                        before[3] >> 4 == 2 ? 0 : 0x25);
        written += !status;
        config(qts, ACTION_READ, page[i].type, page[i].number,
               page[i].address, length, reply);
        qtest_memread(qts, DATA, after, length);
        g_assert_cmpmem(before, length, after, length);
    }
    g_assert_cmpuint(written, >=, 4);
    qtest_quit(qts);
    unlink(disk);
}

/* The chip has two functions; its reset is that of both */
static void test_mpt_dual(void)
{
    QTestState *qts = zx1_start("-device lsi53c1030,bus=pci1,addr=1.0,"
                                "multifunction=on "
                                "-device lsi53c1030,bus=pci1,addr=1.1");
    uint8_t facts[12] = { [3] = FN_IOC_FACTS };
    uint8_t reply[128];

    g_assert_cmpuint(zx1_config_read(qts, 1, 0, 1 << 3 | 1, PCI_INTERRUPT_PIN,
                                     1), ==, 2);
    zx1_enable(qts, 1, 1 << 3 | 1, 1, MPT);
    mpt_init(qts);
    mpt_handshake(qts, facts, sizeof(facts), reply);
    g_assert_cmpuint(reply[6], ==, 1);
    /* Function 0 takes the place of the registers */
    zx1_config_write(qts, 1, 0, 1 << 3 | 1, PCI_COMMAND, 0, 2);
    zx1_enable(qts, 1, 1 << 3, 1, MPT);
    mpt_handshake(qts, facts, sizeof(facts), reply);
    g_assert_cmpuint(reply[6], ==, 0);
    diag_reset(qts);
    zx1_config_write(qts, 1, 0, 1 << 3, PCI_COMMAND, 0, 2);
    zx1_enable(qts, 1, 1 << 3 | 1, 1, MPT);
    g_assert_cmphex(mpt_read(qts, DOORBELL) & STATE_MASK, ==, STATE_READY);
    qtest_quit(qts);
}

/* OpenVMS reads CDs in blocks of 512 bytes, after it has said so */
static void test_mpt_cd(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = zx1_start("-drive if=none,id=c,media=cdrom,format=raw,"
                                "file=%s -device lsi53c1030,bus=pci1,addr=1,"
                                "id=mpt -device scsi-cd,bus=mpt.0,scsi-id=4,"
                                "drive=c", disk);
    uint8_t msg[128], reply[128];
    bool address;

    zx1_enable(qts, 1, 1 << 3, 1, MPT);
    mpt_init(qts);
    clear_attention(qts, 4);

    /* MODE SELECT(6): nothing but a block descriptor */
    test_unit(msg, 4, 0x600);
    msg[0x18] = 0x15;
    msg[0x19] = 0x10;
    msg[0x1c] = 12;
    stl_le_p(msg + 0x14, 0x01000000);
    stl_le_p(msg + 0x28, 12);
    stl_le_p(msg + 0x30, SGE_SIMPLE | SGE_TO_DEVICE | 12);
    stl_le_p(msg + 0x34, DATA);
    qtest_memset(qts, DATA, 0, 12);
    qtest_writeb(qts, DATA + 3, 8);
    qtest_writeb(qts, DATA + 10, 2);
    g_assert_cmphex(mpt_post(qts, msg, 0x38, &address), ==, 0x600);
    g_assert_false(address);

    scsi_read(msg, 4, 9, 3);
    stl_le_p(msg + 0x30, SGE_SIMPLE | 1536);
    stl_le_p(msg + 0x34, DATA);
    g_assert_cmphex(mpt_post(qts, msg, 0x38, &address), ==, 0x1234);
    check_data(qts, DATA, 9, 3);

    /* Back to 2048 */
    test_unit(msg, 4, 0x601);
    msg[0x18] = 0x15;
    msg[0x19] = 0x10;
    msg[0x1c] = 12;
    stl_le_p(msg + 0x14, 0x01000000);
    stl_le_p(msg + 0x28, 12);
    stl_le_p(msg + 0x30, SGE_SIMPLE | SGE_TO_DEVICE | 12);
    stl_le_p(msg + 0x34, DATA);
    qtest_memset(qts, DATA, 0, 12);
    qtest_writeb(qts, DATA + 3, 8);
    qtest_writeb(qts, DATA + 10, 8);
    g_assert_cmphex(mpt_post(qts, msg, 0x38, &address), ==, 0x601);
    scsi_read(msg, 4, 9, 1);
    stl_le_p(msg + 0x28, 2048);
    stl_le_p(msg + 0x30, SGE_SIMPLE | 2048);
    stl_le_p(msg + 0x34, DATA);
    g_assert_cmphex(mpt_post(qts, msg, 0x38, &address), ==, 0x1234);
    check_data(qts, DATA, 36, 4);
    qtest_memread(qts, DATA, reply, 8);
    g_assert_cmphex(ldq_le_p(reply), ==, ZX1_DISK_WORD(36 * 64));
    qtest_quit(qts);
    unlink(disk);
}

/* Where the IDE controller's ports are put */
#define IDE_DEVFN       (2 << 3)
#define IDE_CMD         0x1000
#define IDE_CTL         0x1010
#define IDE_BM          0x1020
#define IDE_TABLE       0x100000

static void ide_enable(QTestState *qts)
{
    zx1_enable(qts, 0, IDE_DEVFN, 0, IDE_CMD);
    zx1_enable(qts, 0, IDE_DEVFN, 1, IDE_CTL);
    zx1_enable(qts, 0, IDE_DEVFN, 4, IDE_BM);
}

static QTestState *ide_start(const char *disk)
{
    QTestState *qts = zx1_start("-m 5G -drive if=ide,format=raw,snapshot=on,"
                                "file=%s", disk);

    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, 0, 4), ==,
                    0x06491095);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, PCI_CLASS_REVISION,
                                    4), ==, 0x01018f02);
    ide_enable(qts);
    return qts;
}

/* READ DMA of @count blocks to the bus address @to, and its end */
static void ide_read(QTestState *qts, unsigned block, unsigned count,
                     uint32_t to)
{
    qtest_writel(qts, IDE_TABLE, to);
    qtest_writel(qts, IDE_TABLE + 4, 0x80000000 | count * 512);
    qtest_writel(qts, zx1_port(IDE_BM + 4), IDE_TABLE);
    qtest_writeb(qts, zx1_port(IDE_BM + 2), 6);
    qtest_writeb(qts, zx1_port(IDE_CMD + 6), 0xe0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 2), count);
    qtest_writeb(qts, zx1_port(IDE_CMD + 3), block);
    qtest_writeb(qts, zx1_port(IDE_CMD + 4), 0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 5), 0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 7), 0xc8);
    qtest_writeb(qts, zx1_port(IDE_BM), 9);
    for (unsigned i = 0; i < 1000; i++) {
        if (!(qtest_readb(qts, zx1_port(IDE_BM + 2)) & 1)) {
            break;
        }
        g_usleep(1000);
    }
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_BM + 2)) & 7, ==, 4);
    qtest_writeb(qts, zx1_port(IDE_BM), 8);
}

/* Reading the drive's status ends its interrupt */
static void ide_end(QTestState *qts)
{
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_CMD + 7)) & 0x89, ==, 0);
}

/* IDE is a 32-bit master: through the IOTLB it reaches all memory */
static void test_ide_dma(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = ide_start(disk);
    const uint64_t pdir = 0x8000000, target = 0x4050000000ULL;

    qtest_writeq(qts, ZX1_IOC_BASE + IOC_PDIR_BASE, pdir);
    qtest_writeq(qts, ZX1_IOC_BASE + IOC_IBASE, ZX1_IOVA_BASE | 1);
    qtest_writeq(qts, pdir, 1ULL << 63 | target);
    qtest_writeq(qts, pdir + 8, 1ULL << 63 | (target + 0x100000));

    /* One descriptor over two IOTLB pages */
    ide_read(qts, 40, 16, ZX1_IOVA_BASE);
    ide_end(qts);
    check_data(qts, target, 40, 8);
    check_data(qts, target + 0x100000, 48, 8);
    g_assert_cmphex(qtest_readq(qts, ZX1_IOC_BASE + IOC_ERROR), ==, 0);

    /* Another page in the table: not before the old one is purged */
    qtest_writeq(qts, pdir, 1ULL << 63 | (target + 0x200000));
    ide_read(qts, 80, 8, ZX1_IOVA_BASE);
    ide_end(qts);
    check_data(qts, target, 80, 8);
    g_assert_cmphex(qtest_readq(qts, target + 0x200000), ==, 0);
    qtest_writeq(qts, ZX1_IOC_BASE + IOC_PCOM, ZX1_IOVA_BASE | 12);
    qtest_readq(qts, ZX1_IOC_BASE + IOC_PCOM);
    ide_read(qts, 120, 8, ZX1_IOVA_BASE);
    ide_end(qts);
    check_data(qts, target, 80, 8);
    check_data(qts, target + 0x200000, 120, 8);
    g_assert_cmphex(qtest_readq(qts, ZX1_IOC_BASE + IOC_ERROR), ==, 0);
    qtest_quit(qts);
    unlink(disk);
}

static uint8_t ide_config(QTestState *qts, unsigned reg)
{
    return zx1_config_read(qts, 0, 0, IDE_DEVFN, reg, 1);
}

static void ide_set_config(QTestState *qts, unsigned reg, uint8_t val)
{
    zx1_config_write(qts, 0, 0, IDE_DEVFN, reg, val, 1);
}

/* What is the CMD649's own: registers and their second places */
static void test_ide_registers(void)
{
    static const uint8_t timing[] = {
        0x52, 0x53, 0x54, 0x55, 0x56, 0x58, 0x59, 0x5b, 0x73, 0x7b,
    };
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = ide_start(disk);

    g_assert_cmphex(ide_config(qts, 0x51) & 0x0c, ==, 0x0c);    /* both on */
    g_assert_cmphex(ide_config(qts, 0x79), ==, 3);              /* cables */
    for (unsigned i = 0; i < ARRAY_SIZE(timing); i++) {
        ide_set_config(qts, timing[i], 0xa0 + i);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(timing); i++) {
        g_assert_cmphex(ide_config(qts, timing[i]), ==, 0xa0 + i);
    }
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_BM + 3)), ==, 0xa8);
    qtest_writel(qts, zx1_port(IDE_BM + 12), 0x12345678);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, 0x7c, 4), ==,
                    0x12345678);
    /* Which drives can do DMA, set where Linux does */
    ide_set_config(qts, 0x72, 0x60);
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_BM + 2)), ==, 0x60);

    /* A channel that is off does not answer */
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_CMD + 7)), !=, 0xff);
    ide_set_config(qts, 0x51, 0x08);
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_CMD + 7)), ==, 0xff);
    qtest_system_reset(qts);
    zx1_program_chipset(qts);
    g_assert_cmphex(ide_config(qts, 0x51), ==, 0x0c);
    g_assert_cmphex(ide_config(qts, 0x52), ==, 0);
    g_assert_cmphex(ide_config(qts, 0x72), ==, 0);
    qtest_quit(qts);
    unlink(disk);
}

/* The interrupt status stays until it is cleared, the line goes by itself */
static void test_ide_interrupt(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = ide_start(disk);
    const uint16_t line = PCI_STATUS_INTERRUPT;

    g_assert_cmphex(ide_config(qts, 0x71), ==, 0);
    ide_read(qts, 0, 1, DATA);
    g_assert_cmphex(ide_config(qts, 0x71) & 0x0c, ==, 0x04);
    g_assert_cmphex(ide_config(qts, 0x50) & 0x04, ==, 0x04);
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_BM + 1)), ==, 0x04);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, PCI_STATUS, 2) &
                    line, ==, line);
    ide_set_config(qts, 0x71, 0x10);        /* blocked */
    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, PCI_STATUS, 2) &
                    line, ==, 0);
    ide_set_config(qts, 0x71, 0x00);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, PCI_STATUS, 2) &
                    line, ==, line);
    ide_end(qts);
    g_assert_cmphex(zx1_config_read(qts, 0, 0, IDE_DEVFN, PCI_STATUS, 2) &
                    line, ==, 0);
    g_assert_cmphex(ide_config(qts, 0x71) & 0x0c, ==, 0x04);
    ide_set_config(qts, 0x57, 0x10);        /* the other channel's */
    g_assert_cmphex(ide_config(qts, 0x71) & 0x0c, ==, 0x04);
    ide_set_config(qts, 0x50, 0x04);
    g_assert_cmphex(ide_config(qts, 0x71) & 0x0c, ==, 0);
    g_assert_cmphex(ide_config(qts, 0x50) & 0x04, ==, 0);

    ide_read(qts, 0, 1, DATA);
    ide_end(qts);
    qtest_writeb(qts, zx1_port(IDE_BM + 1), 0x04);
    g_assert_cmphex(ide_config(qts, 0x50) & 0x04, ==, 0);
    qtest_quit(qts);
    unlink(disk);
}

/* Wait until the drive is not busy; its status */
static uint8_t cd_status(QTestState *qts)
{
    for (unsigned i = 0; i < 1000; i++) {
        uint8_t status = qtest_readb(qts, zx1_port(IDE_CTL + 2));

        if (!(status & 0x80)) {
            return qtest_readb(qts, zx1_port(IDE_CMD + 7));
        }
        g_usleep(1000);
    }
    g_assert_not_reached();
}

/* The data of a command, in or out, to its end; the bytes, or -1: an error */
static int cd_data(QTestState *qts, uint8_t *data, unsigned size)
{
    unsigned done = 0;
    uint8_t status;

    while ((status = cd_status(qts)) & 0x08) {
        bool in = qtest_readb(qts, zx1_port(IDE_CMD + 2)) & 2;
        unsigned burst = qtest_readb(qts, zx1_port(IDE_CMD + 4)) |
                         qtest_readb(qts, zx1_port(IDE_CMD + 5)) << 8;

        g_assert_cmpuint(done + burst, <=, size);
        for (; burst; burst -= 2, done += 2) {
            if (in) {
                stw_le_p(data + done, qtest_readw(qts, zx1_port(IDE_CMD)));
            } else {
                qtest_writew(qts, zx1_port(IDE_CMD), lduw_le_p(data + done));
            }
        }
    }
    return status & 1 ? -1 : done;
}

/*
 * A packet command and its data: by DMA to or from @data with an address, by
 * the data register otherwise. Bytes that were moved, -1 for an error.
 */
static int cd_packet(QTestState *qts, const uint8_t *packet, uint32_t dma,
                     bool to_drive, uint8_t *data, unsigned size)
{
    qtest_writeb(qts, zx1_port(IDE_CMD + 6), 0xa0);
    qtest_writeb(qts, zx1_port(IDE_CMD + 1), !!dma);
    /* Bursts of less than a block of 512 bytes */
    qtest_writeb(qts, zx1_port(IDE_CMD + 4), 0x80);
    qtest_writeb(qts, zx1_port(IDE_CMD + 5), 0x01);
    qtest_writeb(qts, zx1_port(IDE_CMD + 7), 0xa0);
    g_assert_cmphex(cd_status(qts) & 0x89, ==, 0x08);
    for (unsigned i = 0; i < 12; i += 2) {
        qtest_writew(qts, zx1_port(IDE_CMD), lduw_le_p(packet + i));
    }
    if (!dma) {
        return cd_data(qts, data, size);
    }
    qtest_writel(qts, IDE_TABLE, dma);
    qtest_writel(qts, IDE_TABLE + 4, 0x80000000 | size);
    qtest_writel(qts, zx1_port(IDE_BM + 4), IDE_TABLE);
    qtest_writeb(qts, zx1_port(IDE_BM + 2), 6);
    qtest_writeb(qts, zx1_port(IDE_BM), to_drive ? 1 : 9);
    for (unsigned i = 0; i < 1000; i++) {
        if (qtest_readb(qts, zx1_port(IDE_BM + 2)) & 4) {
            break;
        }
        g_usleep(1000);
    }
    g_assert_cmphex(qtest_readb(qts, zx1_port(IDE_BM + 2)) & 4, ==, 4);
    qtest_writeb(qts, zx1_port(IDE_BM), 0);
    return cd_status(qts) & 1 ? -1 : size;
}

/* MODE SELECT(10): nothing but a block descriptor, for blocks of @block */
static int cd_select(QTestState *qts, unsigned block, uint32_t dma)
{
    const uint8_t packet[12] = { [0] = 0x55, [1] = 0x10, [8] = 16 };
    uint8_t data[16] = { [7] = 8 };

    stw_be_p(data + 14, block);
    if (dma) {
        qtest_memwrite(qts, dma, data, sizeof(data));
    }
    return cd_packet(qts, packet, dma, true, data, sizeof(data));
}

/* READ CAPACITY must say so many blocks of that size */
static void cd_capacity(QTestState *qts, unsigned blocks, unsigned size,
                        uint32_t dma)
{
    const uint8_t packet[12] = { [0] = 0x25 };
    uint8_t data[8];

    g_assert_cmpint(cd_packet(qts, packet, dma, false, data, sizeof(data)),
                    ==, sizeof(data));
    if (dma) {
        qtest_memread(qts, dma, data, sizeof(data));
    }
    g_assert_cmpuint(ldl_be_p(data), ==, blocks - 1);
    g_assert_cmpuint(ldl_be_p(data + 4), ==, size);
}

/* READ(10) or (12) of @count blocks of @size bytes: they must be right */
static void cd_read(QTestState *qts, unsigned block, unsigned count,
                    unsigned size, uint32_t dma)
{
    uint8_t packet[12] = { [0] = count % 2 ? 0x28 : 0xa8 };
    unsigned first = block * (size / 512), bytes = count * size;
    g_autofree uint8_t *data = g_malloc0(bytes);

    stl_be_p(packet + 2, block);
    packet[count % 2 ? 8 : 9] = count;
    g_assert_cmpint(cd_packet(qts, packet, dma, false, data, bytes), ==,
                    bytes);
    if (dma) {
        qtest_memread(qts, dma, data, bytes);
    }
    for (unsigned i = 0; i < bytes / 8; i++) {
        g_assert_cmphex(ldq_le_p(data + 8 * i), ==,
                        ZX1_DISK_WORD(first * 64 + i));
    }
}

static int cd_read_fails(QTestState *qts, unsigned block, unsigned count)
{
    uint8_t packet[12] = { [0] = 0x28, [8] = count }, data[512];

    stl_be_p(packet + 2, block);
    return cd_packet(qts, packet, 0, false, data, sizeof(data));
}

/* The same as test_mpt_cd() of a drive at the CMD649 */
static void test_ide_cd(void)
{
    g_autofree char *disk = zx1_make_disk(DISK_BLOCKS);
    QTestState *qts = zx1_start("-drive if=ide,media=cdrom,format=raw,"
                                "file=%s", disk);

    ide_enable(qts);
    cd_capacity(qts, DISK_BLOCKS / 4, 2048, 0);
    for (unsigned dma = 0; dma <= DATA; dma += DATA) {
        cd_read(qts, 3, 3, 2048, dma);
        g_assert_cmpint(cd_select(qts, 512, dma), ==, 16);
        cd_capacity(qts, DISK_BLOCKS, 512, dma);
        /* Where blocks of 2048 bytes begin and end, and elsewhere */
        cd_read(qts, 8, 4, 512, dma);
        cd_read(qts, 9, 3, 512, dma);
        cd_read(qts, 10, 1, 512, dma);
        cd_read(qts, DISK_BLOCKS - 7, 7, 512, dma);
        g_assert_cmpint(cd_read_fails(qts, DISK_BLOCKS - 2, 3), ==, -1);
        g_assert_cmpint(cd_read_fails(qts, UINT32_MAX, 1), ==, -1);
        /* Not a size, and nothing changes */
        g_assert_cmpint(cd_select(qts, 1024, dma), ==, -1);
        cd_read(qts, 5, 1, 512, dma);
        g_assert_cmpint(cd_select(qts, 2048, dma), ==, 16);
        cd_capacity(qts, DISK_BLOCKS / 4, 2048, dma);
    }
    g_assert_cmpint(cd_select(qts, 512, 0), ==, 16);
    qtest_system_reset(qts);
    zx1_program_chipset(qts);
    ide_enable(qts);
    cd_capacity(qts, DISK_BLOCKS / 4, 2048, 0);
    qtest_quit(qts);
    unlink(disk);
}

static void test_nic(void)
{
    QTestState *qts = zx1_start("-device e1000-82546gb,bus=pci1,addr=2.0,"
                                "multifunction=on "
                                "-device e1000-82546gb,bus=pci1,addr=2.1");

    for (unsigned fn = 0; fn < 2; fn++) {
        const unsigned devfn = 2 << 3 | fn;
        const uint64_t bar = 0x90000000 + fn * 0x20000;
        uint16_t sum = 0, rom[64];

        g_assert_cmphex(zx1_config_read(qts, 1, 0, devfn, 0, 4), ==,
                        0x10798086);
        g_assert_cmphex(zx1_config_read(qts, 1, 0, devfn,
                                        PCI_SUBSYSTEM_VENDOR_ID, 4), ==,
                        0x12cf103c);
        zx1_enable(qts, 1, devfn, 0, bar);
        for (unsigned word = 0; word < 64; word++) {
            qtest_writel(qts, bar + 0x14, word << 8 | 1);
            g_assert_cmphex(qtest_readl(qts, bar + 0x14) & 0x10, ==, 0x10);
            rom[word] = qtest_readl(qts, bar + 0x14) >> 16;
            sum += rom[word];
        }
        g_assert_cmphex(sum, ==, 0xbaba);
        /* Subsystem and its vendor, device and vendor */
        g_assert_cmphex(rom[0x0b], ==, 0x12cf);
        g_assert_cmphex(rom[0x0c], ==, 0x103c);
        g_assert_cmphex(rom[0x0d], ==, 0x1079);
        g_assert_cmphex(rom[0x0e], ==, 0x8086);
    }
    qtest_quit(qts);
}

/* A cause that comes while the interrupt is served raises it once more */
static void test_nic_interrupt(void)
{
    QTestState *qts = zx1_start("-device e1000-82546gb,bus=pci1,addr=2");
    const uint64_t bar = 0x90000000;
    const uint64_t sapic = ZX1_LBA_CSR(1) + ZX1_LBA_IOSAPIC;
    const unsigned pin = ZX1_GSI_NIC - ZX1_GSI_ROPE1;

    zx1_enable(qts, 1, 2 << 3, 0, bar);
    qtest_writel(qts, sapic, 0x11 + 2 * pin);
    qtest_writel(qts, sapic + 0x10, 0);
    qtest_writel(qts, sapic, 0x10 + 2 * pin);
    qtest_writel(qts, sapic + 0x10, 0xa061);    /* level, low, vector */

    qtest_writel(qts, bar + NIC_IMS, 0x3);
    qtest_writel(qts, bar + NIC_ICS, 0x1);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    g_assert_cmphex(zx1_messages(qts).vector, ==, 0x61);
    g_assert_cmphex(qtest_readl(qts, bar + NIC_ICR) & 0x3, ==, 0x1);
    /* Read: the line falls. The next cause arrives before the EOI */
    qtest_writel(qts, bar + NIC_ICS, 0x2);
    /* The card spaces its interrupts */
    qtest_clock_step(qts, SECOND);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 1);
    qtest_writel(qts, sapic + 0x40, 0x61);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 2);
    /* Not acknowledged at the card: the EOI brings it again */
    qtest_writel(qts, sapic + 0x40, 0x61);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 3);
    qtest_readl(qts, bar + NIC_ICR);
    qtest_writel(qts, sapic + 0x40, 0x61);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 3);
    /* Masked */
    qtest_writel(qts, bar + NIC_IMC, 0x3);
    qtest_writel(qts, bar + NIC_ICS, 0x1);
    qtest_clock_step(qts, SECOND);
    g_assert_cmpuint(zx1_messages(qts).count, ==, 3);
    qtest_quit(qts);
}

/* What an rx2600 has when nothing is said, and what -nodefaults leaves */
static void test_defaults(void)
{
    static const struct {
        unsigned rope, devfn;
        uint32_t id;
    } device[] = {
        { 0, 2 << 3, 0x06491095 },
        { 1, 1 << 3, 0x00301000 },
        { 1, 1 << 3 | 1, 0x00301000 },
        { 1, 2 << 3, 0x10798086 },
    };
    QTestState *qts = qtest_init("-M zx1 -bios none");

    zx1_program_chipset(qts);
    for (unsigned i = 0; i < ARRAY_SIZE(device); i++) {
        g_assert_cmphex(zx1_config_read(qts, device[i].rope, 0,
                                        device[i].devfn, 0, 4), ==,
                        device[i].id);
    }
    qtest_quit(qts);

    qts = zx1_start(NULL);
    for (unsigned i = 0; i < 8; i++) {
        for (unsigned devfn = 0; i != 5 && devfn < 256; devfn++) {
            g_assert_cmphex(zx1_config_read(qts, i, 0, devfn, 0, 4), ==,
                            0xffffffff);
        }
    }
    qtest_quit(qts);
}

/* -usb is the NEC chip of an rx2600, and its functions share the ports */
static void test_usb(void)
{
    static const struct {
        uint32_t id, class;
    } function[] = {
        { 0x00351033, 0x0c031041 },
        { 0x00351033, 0x0c031041 },
        { 0x00e01033, 0x0c032002 },
    };
    QTestState *qts = zx1_start("-usb -device usb-kbd,id=kbd");
    const uint64_t ohci = 0x80000000, ehci = 0x80001000;

    for (unsigned i = 0; i < ARRAY_SIZE(function); i++) {
        g_assert_cmphex(zx1_config_read(qts, 0, 0, 1 << 3 | i, 0, 4), ==,
                        function[i].id);
        g_assert_cmphex(zx1_config_read(qts, 0, 0, 1 << 3 | i,
                                        PCI_CLASS_REVISION, 4), ==,
                        function[i].class);
        g_assert_cmphex(zx1_config_read(qts, 0, 0, 1 << 3 | i,
                                        PCI_SUBSYSTEM_VENDOR_ID, 4), ==,
                        function[i].id);
        g_assert_cmpuint(zx1_config_read(qts, 0, 0, 1 << 3 | i,
                                         PCI_INTERRUPT_PIN, 1), ==, i + 1);
    }
    zx1_enable(qts, 0, 1 << 3, 0, ohci);
    zx1_enable(qts, 0, 1 << 3 | 2, 0, ehci);
    /* HCRevision, ports in HcRhDescriptorA; CAPLENGTH, HCSPARAMS.N_CC */
    g_assert_cmphex(qtest_readl(qts, ohci) & 0xff, ==, 0x10);
    g_assert_cmpuint(qtest_readl(qts, ohci + 0x48) & 0xff, ==, 3);
    g_assert_cmphex(qtest_readl(qts, ehci) >> 16, ==, 0x0100);
    g_assert_cmpuint(qtest_readl(qts, ehci + 4) >> 12 & 15, ==, 2);
    /* A full-speed device is the companion's as long as EHCI is not on */
    g_assert_cmphex(qtest_readl(qts, ohci + 0x54) & 1, ==, 1);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("zx1/mpt/identity", test_mpt_identity);
    qtest_add_func("zx1/mpt/config", test_mpt_config);
    qtest_add_func("zx1/mpt/io", test_mpt_io);
    qtest_add_func("zx1/mpt/control", test_mpt_control);
    qtest_add_func("zx1/mpt/coalescing", test_mpt_coalescing);
    qtest_add_func("zx1/mpt/nvram", test_mpt_nvram);
    qtest_add_func("zx1/mpt/nvram-file", test_mpt_nvram_file);
    qtest_add_func("zx1/mpt/events", test_mpt_events);
    qtest_add_func("zx1/mpt/overlap", test_mpt_overlap);
    qtest_add_func("zx1/mpt/tasks", test_mpt_tasks);
    qtest_add_func("zx1/mpt/reset-busy", test_mpt_reset_busy);
    qtest_add_func("zx1/mpt/unplug-busy", test_mpt_unplug_busy);
    qtest_add_func("zx1/mpt/validation", test_mpt_validation);
    qtest_add_func("zx1/mpt/echo", test_mpt_echo);
    qtest_add_func("zx1/mpt/pages", test_mpt_pages);
    qtest_add_func("zx1/mpt/dual", test_mpt_dual);
    qtest_add_func("zx1/mpt/cd", test_mpt_cd);
    qtest_add_func("zx1/ide/dma", test_ide_dma);
    qtest_add_func("zx1/ide/registers", test_ide_registers);
    qtest_add_func("zx1/ide/interrupt", test_ide_interrupt);
    qtest_add_func("zx1/ide/cd", test_ide_cd);
    qtest_add_func("zx1/nic/82546", test_nic);
    qtest_add_func("zx1/nic/interrupt", test_nic_interrupt);
    qtest_add_func("zx1/defaults", test_defaults);
    qtest_add_func("zx1/usb", test_usb);
    return g_test_run();
}
