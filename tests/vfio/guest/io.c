/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA of an emulated NVMe disk through the IOTLB and past it, and accesses to
 * registers of emulated devices
 *
 * Prints lines "BENCH name value unit", times by the guest's clock, which is
 * the host's. Every kind of transfer takes its turn, many times over, and the
 * best turn counts: what else the host does spoils some turns, not all.
 *
 * Queues and registers as in the NVM Express base specification, 1.4.
 */

#include "guest.h"

#define NVME_CC         0x14
#define NVME_CC_ENABLE      (1 | 6 << 16 | 4 << 20)
#define NVME_CSTS       0x1c
#define NVME_AQA        0x24
#define NVME_ASQ        0x28
#define NVME_ACQ        0x30
#define NVME_DOORBELL   0x1000

#define ADMIN_CREATE_SQ 0x01
#define ADMIN_CREATE_CQ 0x05
#define CMD_WRITE       0x01
#define CMD_READ        0x02

#define NVME_PAGE       4096
#define BLOCK           512
#define QUEUE_SIZE      64      /* entries: one page of submissions */
#define DISK_BLOCKS     (64u << 11)     /* 64 MiB */

#define BUFFER          (32ul << 20)
#define SMALL           4096ul
#define LARGE           (1ul << 20)
#define SMALL_DEPTH     32
#define LARGE_DEPTH     8
#define SMALL_COUNT     256     /* transfers a turn */
#define LARGE_COUNT     16
#define TURNS           200
#define BATCH           64      /* buffers unmapped a purge, as in Linux */
#define REG_READS       2000
#define OPTION_ONLY     "opt/zx1/bench-io"

typedef struct {
    uint8_t opcode;
    uint8_t flags;
    uint16_t cid;
    uint32_t nsid;
    uint64_t reserved[2];
    uint64_t prp1;
    uint64_t prp2;
    uint32_t cdw[6];
} Command;

typedef struct {
    uint32_t result;
    uint32_t reserved;
    uint16_t head;
    uint16_t sqid;
    uint16_t cid;
    uint16_t status;        /* bit 0: phase */
} Completion;

typedef struct {
    unsigned id;
    volatile Command *sq;
    volatile Completion *cq;
    unsigned tail, head, phase;
} Queue;

/* How bus addresses come about */
enum {
    BYPASS,
    MAPPED,         /* all mapped once */
    PER_TRANSFER,   /* mapped before and unmapped after each transfer */
    MODES
};

static const char *const mode_name[MODES] = {
    "bypass", "iotlb", "iotlb-map-each",
};

static uint64_t bar;
static Queue admin;
static Queue queue[2];          /* memory by physical address, by IOVA */
static uint8_t *buffer;
static uint64_t *lists;         /* a PRP list of two pages for each command */
static uint64_t list_iova, buffer_iova;
static uint64_t seed = 88172645463325252ul;

static void fail(const char *what)
{
    check(false, what);
    power_off();
}

static uint64_t now_ns(void)
{
    uint64_t itc;

    asm volatile("mov %0 = ar.itc" : "=r"(itc));
    return itc * 2 / 3;         /* 1.5 GHz */
}

static uint32_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed >> 16;
}

static void submit(Queue *q, const Command *cmd)
{
    volatile uint64_t *to = (volatile uint64_t *)&q->sq[q->tail];
    const uint64_t *from = (const uint64_t *)cmd;

    for (unsigned i = 0; i < sizeof(*cmd) / 8; i++) {
        to[i] = from[i];
    }
    q->tail = (q->tail + 1) % QUEUE_SIZE;
    mf();
    write32(bar + NVME_DOORBELL + 8 * q->id, q->tail);
}

/* Wait for the next completion; its command id */
static unsigned complete(Queue *q)
{
    volatile Completion *c = &q->cq[q->head];
    unsigned cid;

    while ((c->status & 1) != q->phase) {
        /* the device works */
    }
    cid = c->cid;
    if (c->status >> 1) {
        note("status", c->status >> 1);
        fail("command succeeds");
    }
    q->head = (q->head + 1) % QUEUE_SIZE;
    q->phase ^= !q->head;
    write32(bar + NVME_DOORBELL + 8 * q->id + 4, q->head);
    return cid;
}

static void queue_init(Queue *q, unsigned id)
{
    q->id = id;
    q->sq = ram_alloc(NVME_PAGE, 16384);
    q->cq = ram_alloc(NVME_PAGE, 16384);
    q->phase = 1;
}

static void create_queue(Queue *q, uint64_t sq, uint64_t cq)
{
    Command cmd = { .opcode = ADMIN_CREATE_CQ, .prp1 = cq };

    cmd.cdw[0] = (QUEUE_SIZE - 1) << 16 | q->id;
    cmd.cdw[1] = 1;             /* contiguous */
    submit(&admin, &cmd);
    complete(&admin);
    cmd.opcode = ADMIN_CREATE_SQ;
    cmd.prp1 = sq;
    cmd.cdw[1] = q->id << 16 | 1;
    submit(&admin, &cmd);
    complete(&admin);
}

/* Map @size bytes at @page and after; the IOVA */
static uint64_t map(unsigned *page, void *phys, uint64_t size)
{
    uint64_t iova = IOVA(*page);

    for (uint64_t at = 0; at < size; at += 1ul << ioc_shift) {
        ioc_map((*page)++, (uint8_t *)phys + at);
    }
    return iova;
}

static void start_device(void)
{
    int devfn = pci_find(0, 0x1b36, 0x0010);
    unsigned page = 0;
    uint64_t sq, cq;

    if (devfn < 0) {
        fail("NVMe controller is on the bus");
    }
    bar = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    queue_init(&admin, 0);
    write32(bar + NVME_AQA, (QUEUE_SIZE - 1) << 16 | (QUEUE_SIZE - 1));
    write64(bar + NVME_ASQ, (uint64_t)admin.sq);
    write64(bar + NVME_ACQ, (uint64_t)admin.cq);
    write32(bar + NVME_CC, NVME_CC_ENABLE);
    if (!WAIT(read32(bar + NVME_CSTS) & 1, 5000)) {
        fail("controller is ready");
    }
    buffer = ram_alloc(BUFFER, 1 << 16);
    lists = ram_alloc(QUEUE_SIZE * 2 * NVME_PAGE, 1 << 16);
    queue_init(&queue[0], 1);
    create_queue(&queue[0], (uint64_t)queue[0].sq, (uint64_t)queue[0].cq);
    queue_init(&queue[1], 2);
    sq = map(&page, (void *)queue[1].sq, NVME_PAGE);
    cq = map(&page, (void *)queue[1].cq, NVME_PAGE);
    create_queue(&queue[1], sq, cq);
    list_iova = map(&page, lists, QUEUE_SIZE * 2 * NVME_PAGE);
    buffer_iova = map(&page, buffer, BUFFER);
}

/* What to purge, one store each: no longer valid but maybe cached */
static uint64_t stale[BATCH];
static unsigned nr_stale;

static void purge_stale(void)
{
    mf();
    while (nr_stale) {
        write64(IOC_REG(IOC_PCOM), stale[--nr_stale]);
    }
    read64(IOC_REG(IOC_PCOM));
}

/* As Linux' sba_unmap_page(): @size is a power of two, @iova a multiple */
static void unmap_range(uint64_t iova, uint64_t size)
{
    unsigned page = (iova - ZX1_IOVA_BASE) >> ioc_shift;
    unsigned last = (iova + size - 1 - ZX1_IOVA_BASE) >> ioc_shift;
    unsigned log2 = __builtin_ctzl(size);

    for (; page <= last; page++) {
        ((volatile uint8_t *)&ioc_pdir[page])[7] = 0;
    }
    stale[nr_stale++] = iova | (log2 > ioc_shift ? log2 : ioc_shift);
    if (nr_stale == BATCH) {
        purge_stale();
    }
}

static void map_range(uint64_t iova, const uint8_t *phys, uint64_t size)
{
    uint64_t mask = (1ul << ioc_shift) - 1;
    unsigned page = (iova - ZX1_IOVA_BASE) >> ioc_shift;
    unsigned last = (iova + size - 1 - ZX1_IOVA_BASE) >> ioc_shift;
    uint64_t at = (uint64_t)phys & ~mask;

    for (; page <= last; page++, at += mask + 1) {
        ioc_pdir[page] = PDIR_VALID | at;
    }
    mf();
}

/* One read or write of @size bytes at a bus address */
static void transfer(unsigned mode, unsigned cid, uint64_t offset,
                     uint64_t size, unsigned block, bool to_disk)
{
    uint64_t to = (mode == BYPASS ? (uint64_t)buffer : buffer_iova) + offset;
    uint64_t *list = lists + cid * 2 * NVME_PAGE / 8;
    Command cmd = {
        .opcode = to_disk ? CMD_WRITE : CMD_READ, .cid = cid, .nsid = 1,
        .prp1 = to,
    };

    if (mode == PER_TRANSFER) {
        map_range(to, buffer + offset, size);
    }
    if (size > 2 * NVME_PAGE) {
        for (unsigned i = 1; i < size / NVME_PAGE; i++) {
            list[i - 1] = to + i * NVME_PAGE;
        }
        cmd.prp2 = mode == BYPASS ? (uint64_t)list :
                   list_iova + cid * 2 * NVME_PAGE;
    }
    cmd.cdw[0] = block;
    cmd.cdw[2] = size / BLOCK - 1;
    submit(&queue[mode != BYPASS], &cmd);
}

/* Nanoseconds for @count transfers, @depth at a time */
static uint64_t turn(unsigned mode, uint64_t size, unsigned count,
                     unsigned depth, bool sequential, bool to_disk)
{
    static uint64_t where[QUEUE_SIZE];
    uint64_t slots = BUFFER / size, start = now_ns();
    unsigned block = 0;

    for (unsigned i = 0; i < count + depth; i++) {
        unsigned cid = i % depth;

        if (i >= depth) {
            cid = complete(&queue[mode != BYPASS]);
            if (mode == PER_TRANSFER) {
                unmap_range(buffer_iova + where[cid], size);
            }
        }
        if (i < count) {
            where[cid] = i % slots * size;
            if (!sequential) {
                /* In a part of its own: no two commands share a page */
                where[cid] = cid * (BUFFER / QUEUE_SIZE) +
                             any() % (slots / QUEUE_SIZE) * size;
                block = any() % (DISK_BLOCKS * BLOCK / SMALL) *
                        (SMALL / BLOCK);
            }
            transfer(mode, cid, where[cid], size, block, to_disk);
            block = (block + size / BLOCK) % DISK_BLOCKS;
        }
    }
    if (mode == PER_TRANSFER) {
        purge_stale();
    }
    return now_ns() - start;
}

static void result(const char *what, const char *how, uint64_t value,
                   const char *unit)
{
    print("BENCH ");
    print(what);
    print(" ");
    print(how);
    print(" ");
    print_dec(value);
    print(" ");
    print(unit);
    print("\n");
}

/* All, or the one that the host asks for */
static bool wanted(const char *name)
{
    char first;

    return !fw_file(OPTION_ONLY, &first, 1) || option_is(OPTION_ONLY, name);
}

static void measure(const char *name, uint64_t size, unsigned count,
                    unsigned depth, bool sequential, bool to_disk)
{
    uint64_t best[MODES] = { ~0ul, ~0ul, ~0ul };

    if (!wanted(name)) {
        return;
    }
    for (unsigned i = 0; i < TURNS * MODES; i++) {
        unsigned mode = i % MODES;
        uint64_t ns;

        if (mode == MAPPED) {
            map_range(buffer_iova, buffer, BUFFER);
        }
        ns = turn(mode, size, count, depth, sequential, to_disk);
        best[mode] = ns < best[mode] ? ns : best[mode];
    }
    for (unsigned mode = 0; mode < MODES; mode++) {
        result(name, mode_name[mode], best[mode] / count, "ns");
    }
}

/* Nanoseconds of a load or store */
static void registers(const char *name, uint64_t addr, bool store)
{
    uint64_t best = ~0ul;

    if (!wanted(name)) {
        return;
    }
    for (unsigned i = 0; i < TURNS; i++) {
        uint64_t start = now_ns(), ns;

        for (unsigned j = 0; j < REG_READS; j++) {
            if (store) {
                write32(addr, 0);
            } else {
                read32(addr);
            }
        }
        ns = now_ns() - start;
        best = ns < best ? ns : best;
    }
    result("register", name, best / REG_READS, "ns");
}

/* What the device stores must be where the table says */
static void verify(void)
{
    for (unsigned mode = BYPASS; mode < PER_TRANSFER; mode++) {
        memset(buffer, 0x5a, 4 * NVME_PAGE);
        mf();
        transfer(mode, 0, 0, 4 * NVME_PAGE, 0, false);
        complete(&queue[mode != BYPASS]);
        check(all_bytes(buffer, 0, 4 * NVME_PAGE), mode_name[mode]);
    }
}

void guest_main(void)
{
    chipset_init();
    ioc_enable(14);
    start_device();
    verify();
    measure("read-4k-random", SMALL, SMALL_COUNT, SMALL_DEPTH, false, false);
    measure("write-4k-random", SMALL, SMALL_COUNT, SMALL_DEPTH, false, true);
    measure("read-1m-sequential", LARGE, LARGE_COUNT, LARGE_DEPTH, true,
            false);
    measure("write-1m-sequential", LARGE, LARGE_COUNT, LARGE_DEPTH, true,
            true);
    registers("nvme-read", bar + NVME_CSTS, false);
    registers("lba-read", ZX1_LBA_CSR(0), false);
    registers("iosapic-read", ZX1_LBA_CSR(0) + ZX1_LBA_IOSAPIC + 0x10, false);
    registers("ioc-write", IOC_REG(IOC_PCOM), true);
}
