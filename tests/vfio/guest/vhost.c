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
/* Ethernet, IPv4, UDP: the payload is a bundle of its own */
#define NET_OFFSET      (64 - NET_HEADER - 14 - 20 - 8)

enum { PAGE_QUEUE = 2, PAGE_REQUEST = 4, PAGE_CODE = 6 };

typedef struct {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
    uint8_t status;
} BlkRequest;

static Virtio device;
static volatile VirtioQueue *queue;
static volatile BlkRequest *request;
static uint8_t *code;
static bool stale, line, iotlb;

/* Where the device sees a page */
static uint64_t dma(unsigned page, volatile void *p)
{
    return iotlb ? IOVA(page) : (uint64_t)p;
}

static bool take_interrupt(void)
{
    if (!wait_vector(VECTOR, 20000)) {
        return false;
    }
    if (line) {
        read8(device.isr);
        line_eoi(VECTOR);
    }
    return true;
}

static bool open_device(uint16_t id, unsigned n)
{
    uint64_t features = VIRTIO_F_VERSION_1 |
                        (iotlb ? VIRTIO_F_ACCESS_PLATFORM : 0);
    unsigned cap;

    queue = ram_alloc(sizeof(*queue), 4096);
    request = ram_alloc(sizeof(*request), 4096);
    code = ram_alloc(4096, 4096);
    if (iotlb) {
        ioc_enable(12);
        ioc_map(PAGE_QUEUE, (void *)queue);
        ioc_map(PAGE_REQUEST, (void *)request);
        ioc_map(PAGE_CODE, code);
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
        msix_set(device.msix, n, VECTOR, false);
    }
    if (!check(virtio_queue(&device, n, dma(PAGE_QUEUE, queue), line),
               "queue set up")) {
        return false;
    }
    virtio_go(&device);
    /* A back end may say at its start that there may be something */
    while (wait_vector(VECTOR, 200)) {
        if (line) {
            read8(device.isr);
            line_eoi(VECTOR);
        }
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
    return take_interrupt() && request->status == 0;
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

/* Packets with code come without end, both kinds in turn */
static void test_net(void)
{
    uint8_t *at = code + 64;
    unsigned changes = 0, good = 0, last = 34;

    memcpy(at, code_34, 16);
    sync_code(at);
    for (unsigned i = 0; i < 200 && changes < ROUNDS; i++) {
        unsigned want;

        run_code(at);
        memset(code, 0, 64);
        queue->desc[0] = (VirtioDesc) { dma(PAGE_CODE, code) + NET_OFFSET,
                                        2048, VIRTIO_DESC_WRITE, 0 };
        virtio_give(&device, 0, queue, 0);
        if (!check_n(take_interrupt(), "packet %d arrives", i)) {
            return;
        }
        want = *(uint64_t *)at == *(uint64_t *)code_17 ? 17 : 34;
        if (*(uint64_t *)at != *(uint64_t *)(want == 17 ? code_17 : code_34)) {
            memcpy(at, last == 17 ? code_17 : code_34, 16);
            sync_code(at);
            continue;       /* a packet of another kind */
        }
        if (want != last) {
            changes++;
            good += run_code(at) == (stale ? last : want);
            if (stale) {
                /* the processor's own stores are noticed in any case */
                memcpy(at, want == 17 ? code_17 : code_34, 16);
                sync_code(at);
            }
        }
        last = want;
    }
    check(changes == ROUNDS, "code of both kinds arrived in turn");
    check(good == changes, stale ? "code-coherence=off: old code runs" :
          "code of each packet runs");
}

void guest_main(void)
{
    chipset_init();
    stale = option_is("opt/vfio/mode", "stale");
    line = option_is("opt/vfio/mode", "line");
    iotlb = option_is("opt/vfio/mode", "iotlb");
    if (pci_find(0, VIRTIO_VENDOR, VIRTIO_BLK) >= 0) {
        if (open_device(VIRTIO_BLK, 0)) {
            test_disk();
        }
    } else if (open_device(VIRTIO_NET, 0)) {
        test_net();
    }
}
