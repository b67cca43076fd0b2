/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that a vhost or vhost-user back end writes over code which has run
 *
 * Its stores do not pass through QEMU. No cache is flushed, as after a disk
 * read; the device's interrupt comes before the new code runs.
 *
 * "opt/vfio/mode" of fw_cfg: "stale" if the machine is told not to care, and
 * the old code is expected; "line" for the function's line instead of MSI-X;
 * "iotlb" for DMA through the IOTLB, which the device must offer.
 */

#include "virtio.h"

#define VECTOR          0x60
#define ROUNDS          8
#define SECTOR          512

#define BLK_READ        0
#define BLK_WRITE       1
#define NET_HEADER      12
#define PAYLOAD         32
/* Ethernet, IPv4, ICMP: the payload is a bundle of its own */
#define NET_OFFSET      (64 - NET_HEADER - 14 - 20 - 8)

enum { PAGE_QUEUE = 2, PAGE_REQUEST = 4, PAGE_CODE = 6, PAGE_SEND = 8,
       PAGE_SEND_QUEUE = 10 };

typedef struct {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
    uint8_t status;
} BlkRequest;

static Virtio device;
static volatile VirtioQueue *queue, *send_queue;
static volatile BlkRequest *request;
static uint8_t *code;
static bool stale, line, iotlb;

/* Where the device sees a page */
static uint64_t dma(unsigned page, volatile void *p)
{
    return iotlb ? IOVA(page) : (uint64_t)p;
}

static bool take_interrupt(unsigned ms)
{
    if (!wait_vector(VECTOR, ms)) {
        return false;
    }
    if (line) {
        read8(device.isr);
        line_eoi(VECTOR);
    }
    return true;
}

static bool open_device(uint16_t id)
{
    uint64_t features = VIRTIO_F_VERSION_1 |
                        (iotlb ? VIRTIO_F_ACCESS_PLATFORM : 0);
    unsigned cap;

    queue = ram_alloc(sizeof(*queue), 4096);
    send_queue = ram_alloc(sizeof(*queue), 4096);
    request = ram_alloc(sizeof(*request), 4096);
    code = ram_alloc(4096, 4096);
    if (iotlb) {
        ioc_enable(12);
        ioc_map(PAGE_QUEUE, (void *)queue);
        ioc_map(PAGE_REQUEST, (void *)request);
        ioc_map(PAGE_CODE, code);
        ioc_map(PAGE_SEND_QUEUE, (void *)send_queue);
    }
    if (!virtio_open(&device, id) ||
        !check(virtio_features(&device, features), "features agreed on")) {
        return false;
    }
    cap = pci_capability(device.devfn, 0x11);
    if (line) {
        line_set(line_of(device.devfn), VECTOR, false);
    } else {
        config_write(device.devfn, cap + 2,
                     config_read(device.devfn, cap + 2, 2) | 0x8000, 2);
        msix_set(device.msix, 0, VECTOR, false);
    }
    if (!check(virtio_queue(&device, 0, dma(PAGE_QUEUE, queue),
                            line ? VIRTIO_NO_VECTOR : 0), "queue set up")) {
        return false;
    }
    if (id == VIRTIO_NET) {
        /* nobody waits for what was sent */
        send_queue->avail_flags = VIRTIO_NO_INTERRUPT;
        if (!check(virtio_queue(&device, 1, dma(PAGE_SEND_QUEUE, send_queue),
                                VIRTIO_NO_VECTOR), "queue to send set up")) {
            return false;
        }
    }
    virtio_go(&device);
    /* A back end may say at its start that there may be something */
    while (take_interrupt(200)) {
        /* and there is nothing yet */
    }
    return true;
}

/* One sector between the disk and @page, seen there at @data */
static bool disk(unsigned type, uint64_t sector, uint64_t data)
{
    uint64_t header = dma(PAGE_REQUEST, request);

    request->type = type;
    request->sector = sector;
    request->status = 0xff;
    queue->desc[0] = (VirtioDesc) { header, 16, VIRTIO_DESC_NEXT, 1 };
    queue->desc[1] = (VirtioDesc) {
        data, SECTOR,
        VIRTIO_DESC_NEXT | (type == BLK_READ ? VIRTIO_DESC_WRITE : 0), 2
    };
    queue->desc[2] = (VirtioDesc) { header + 16, 1, VIRTIO_DESC_WRITE, 0 };
    virtio_give(&device, 0, queue, 0);
    return take_interrupt(LONG_MS) && request->status == 0;
}

static void test_disk(void)
{
    uint64_t at = dma(PAGE_CODE, code);

    for (unsigned i = 0; i < 2; i++) {
        memset(code, 0, SECTOR);
        memcpy(code, i ? code_34 : code_17, 16);
        check_n(disk(BLK_WRITE, i, at), "code goes to sector %d", i);
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned before = i & 1 ? 17 : 34, now = i & 1 ? 34 : 17;

        if (i == 0 || stale) {
            memcpy(code, i & 1 ? code_17 : code_34, 16);
            sync_code(code);
        }
        run_code(code);
        if (!check_n(disk(BLK_READ, i & 1, at), "code is read, %d", i)) {
            break;
        }
        check_n(run_code(code) == (stale ? before : now), stale ?
                "code-coherence=off: old code runs, %d" :
                "code of the disk runs, %d", i);
    }
}

/* Internet checksum over an even number of bytes (RFC 1071) */
static uint16_t checksum(const uint8_t *p, unsigned n)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < n; i += 2) {
        sum += p[i] << 8 | p[i + 1];
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum;
}

static void put16(uint8_t *p, uint16_t val)
{
    p[0] = val >> 8;
    p[1] = val;
}

/* An ICMP echo request to 10.8.0.1: the peer sends its payload back */
static void send_ping(uint8_t *frame, const void *payload)
{
    static const uint8_t head[] = {
        /* virtio-net's header */
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        /* to everybody, from us, IPv4 */
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0x49, 0, 3, 8, 0,
        /* length, protocol ICMP, addresses; echo request */
        0x45, 0, 0, 20 + 8 + PAYLOAD, 0, 0, 0, 0, 64, 1, 0, 0,
        10, 8, 0, 2, 10, 8, 0, 1, 8, 0, 0, 0, 0, 1, 0, 1,
    };
    uint8_t *ip = frame + NET_HEADER + 14, *icmp = ip + 20;

    memcpy(frame, head, sizeof(head));
    memset(icmp + 8, 0, PAYLOAD);
    memcpy(icmp + 8, payload, 16);
    put16(ip + 10, checksum(ip, 20));
    put16(icmp + 2, checksum(icmp, 8 + PAYLOAD));
    send_queue->desc[0] = (VirtioDesc) { dma(PAGE_SEND, frame),
                                         sizeof(head) + PAYLOAD, 0, 0 };
    virtio_give(&device, 1, send_queue, 0);
}

/* Take packets until it is the answer, or none comes for a while */
static bool take_answer(void)
{
    const uint8_t *got = code + NET_OFFSET + NET_HEADER;

    while (take_interrupt(2000)) {
        if (got[12] == 8 && got[13] == 0 && got[23] == 1 && got[34] == 0) {
            return true;
        }
        virtio_give(&device, 0, queue, 0);
    }
    return false;
}

/* The peer's interface comes up while we run already: ask more than once */
static bool ask(uint8_t *frame, const void *payload)
{
    for (unsigned i = 0; i < 20; i++) {
        send_ping(frame, payload);
        if (take_answer()) {
            return true;
        }
    }
    return false;
}

static void test_net(void)
{
    uint8_t *at = code + 64, *frame = ram_alloc(4096, 4096);

    if (iotlb) {
        ioc_map(PAGE_SEND, frame);
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned before = i & 1 ? 17 : 34, now = i & 1 ? 34 : 17;

        if (i == 0 || stale) {
            memcpy(at, i & 1 ? code_17 : code_34, 16);
            sync_code(at);
        }
        run_code(at);
        queue->desc[0] = (VirtioDesc) { dma(PAGE_CODE, code) + NET_OFFSET,
                                        2048, VIRTIO_DESC_WRITE, 0 };
        virtio_give(&device, 0, queue, 0);
        if (!check_n(ask(frame, i & 1 ? code_34 : code_17),
                     "packet with code, %d", i)) {
            break;
        }
        check_n(run_code(at) == (stale ? before : now), stale ?
                "code-coherence=off: old code runs, %d" :
                "code of the packet runs, %d", i);
    }
}

void guest_main(void)
{
    chipset_init();
    stale = option_is("opt/vfio/mode", "stale");
    line = option_is("opt/vfio/mode", "line");
    iotlb = option_is("opt/vfio/mode", "iotlb");
    if (pci_find(0, VIRTIO_VENDOR, VIRTIO_BLK) >= 0) {
        if (open_device(VIRTIO_BLK)) {
            test_disk();
        }
    } else if (open_device(VIRTIO_NET)) {
        test_net();
    }
}
