/*
 * zx1 firmware: NVM Express disks
 *
 * Facts: NVM Express specification 1.2, chapters 3 (registers), 4 (queues),
 * 5 and 6 (commands).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "drv.h"

#define R_CAP           0x00
#define R_INTMS         0x0c
#define R_INTMC         0x10
#define R_CC            0x14
#define R_CSTS          0x1c
#define R_AQA           0x24
#define R_ASQ           0x28
#define R_ACQ           0x30
#define R_DOORBELL      0x1000

#define CC_ENABLE       0x00000001
#define CC_ENTRIES      0x00460000      /* 64 and 16 bytes */
#define CSTS_READY      0x1
#define CSTS_FATAL      0x2

#define ADMIN_CREATE_SQ 0x01
#define ADMIN_CREATE_CQ 0x05
#define ADMIN_IDENTIFY  0x06
#define IDENTIFY_NS     0
#define IDENTIFY_CTRL   1
#define IDENTIFY_LIST   2
#define IO_FLUSH        0x00
#define IO_WRITE        0x01
#define IO_READ         0x02

#define ENTRIES         16
#define PAGE            4096
#define MAX_BYTES       (1 << 20)
#define MAX_NAMESPACES  32
#define COMMAND_USECS   30000000

struct nvme_queue {
    UINT16 id;
    UINT16 head, tail;
    bool phase;
    UINT8 *sq;
    volatile UINT8 *cq;
};

struct nvme {
    struct pci_dev *pci;
    UINT64 regs;
    unsigned stride;
    UINT16 next_cid;
    UINT32 max_bytes;
    struct nvme_queue admin, io;
    UINT64 *prp;                /* one page of addresses */
    UINT8 *page;
    bool dead;
};

struct nvme_ns {
    struct nvme *n;
    UINT32 id;
    struct blk blk;
};

static bool wait_ready(struct nvme *n, bool on, UINT64 usecs)
{
    UINT64 t = fw_deadline(usecs);

    for (;;) {
        UINT32 v = mmio_read32(n->regs + R_CSTS);

        if (v == 0xffffffff || (on && (v & CSTS_FATAL))) {
            return false;
        }
        if (!(v & CSTS_READY) == !on) {
            return true;
        }
        if (fw_expired(t)) {
            return false;
        }
    }
}

static bool queue_alloc(struct nvme_queue *q, UINT16 id)
{
    q->id = id;
    q->head = q->tail = 0;
    q->phase = true;
    q->sq = fw_alloc_dma(PAGE, PAGE);
    q->cq = fw_alloc_dma(PAGE, PAGE);
    return q->sq && q->cq;
}

/* Runs one command of 64 bytes; its identifier is filled in here */
static EFI_STATUS submit(struct nvme *n, struct nvme_queue *q, UINT8 *cmd)
{
    UINT64 db = n->regs + R_DOORBELL + (2 * q->id) * n->stride;
    UINT64 t = fw_deadline(COMMAND_USECS);
    volatile UINT8 *e = q->cq + 16 * q->head;
    UINT16 status;

    if (n->dead) {
        return EFI_DEVICE_ERROR;
    }
    st16le(cmd + 2, ++n->next_cid);
    memcpy(q->sq + 64 * q->tail, cmd, 64);
    q->tail = (q->tail + 1) % ENTRIES;
    mmio_write32(db, q->tail);
    while ((*(volatile UINT16 *)(e + 14) & 1) != q->phase) {
        if (fw_expired(t)) {
            mmio_write32(n->regs + R_CC, 0);
            n->dead = true;
            return EFI_TIMEOUT;
        }
    }
    fw_mb();
    status = *(volatile UINT16 *)(e + 14) >> 1;
    q->head = (q->head + 1) % ENTRIES;
    if (!q->head) {
        q->phase = !q->phase;
    }
    mmio_write32(db + n->stride, q->head);
    return status ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static EFI_STATUS identify(struct nvme *n, UINT32 nsid, UINT32 what)
{
    UINT8 cmd[64] = { ADMIN_IDENTIFY };

    memset(n->page, 0, PAGE);
    st32le(cmd + 4, nsid);
    st64le(cmd + 24, dma_bus(n->page));
    st32le(cmd + 40, what);
    return submit(n, &n->admin, cmd);
}

/* Physical region pages: the first may start inside of a page */
static void set_prp(struct nvme *n, UINT8 *cmd, void *buf, UINT32 len)
{
    UINT64 a = dma_bus(buf);
    UINT32 first = PAGE - a % PAGE, i = 0;

    st64le(cmd + 24, a);
    if (len <= first) {
        return;
    }
    a += first;
    len -= first;
    if (len <= PAGE) {
        st64le(cmd + 32, a);
        return;
    }
    for (; ; len -= PAGE) {
        n->prp[i++] = a;
        a += PAGE;
        if (len <= PAGE) {
            break;
        }
    }
    st64le(cmd + 32, dma_bus(n->prp));
}

static EFI_STATUS nvme_rw(struct blk *b, UINT64 lba, UINT32 count, void *buf,
                          bool write)
{
    struct nvme_ns *ns = b->priv;
    UINT8 cmd[64] = { write ? IO_WRITE : IO_READ };

    st32le(cmd + 4, ns->id);
    set_prp(ns->n, cmd, buf, count * b->block_size);
    st64le(cmd + 40, lba);
    st16le(cmd + 48, count - 1);
    return submit(ns->n, &ns->n->io, cmd);
}

static EFI_STATUS nvme_flush(struct blk *b)
{
    struct nvme_ns *ns = b->priv;
    UINT8 cmd[64] = { IO_FLUSH };

    st32le(cmd + 4, ns->id);
    return submit(ns->n, &ns->n->io, cmd);
}

static void nvme_irq(struct blk *b, bool on)
{
    struct nvme_ns *ns = b->priv;

    mmio_write32(ns->n->regs + (on ? R_INTMC : R_INTMS), 1);
}

static void add_namespace(struct nvme *n, UINT32 id, const char *model)
{
    NVME_NAMESPACE_DEVICE_PATH node = {
        .Header = { MESSAGING_DEVICE_PATH, MSG_NVME_NAMESPACE_DP,
                    { sizeof(node), 0 } },
        .NamespaceId = id,
    };
    struct nvme_ns *ns;
    UINT8 shift;

    if (EFI_ERROR(identify(n, id, IDENTIFY_NS)) || !ld64le(n->page)) {
        return;
    }
    shift = n->page[128 + 4 * (n->page[26] & 15) + 2];
    if (shift < 9 || shift > 16) {
        return;
    }
    ns = fw_zalloc(sizeof(*ns));
    if (!ns) {
        return;
    }
    ns->n = n;
    ns->id = id;
    ns->blk.pci = n->pci;
    ns->blk.driver = "nvme";
    ns->blk.priv = ns;
    ns->blk.block_size = 1 << shift;
    ns->blk.blocks = ld64le(n->page);
    ns->blk.max_blocks = n->max_bytes >> shift;
    ns->blk.present = true;
    ns->blk.rw = nvme_rw;
    ns->blk.flush = nvme_flush;
    ns->blk.irq = nvme_irq;
    /* EUI-64 of the namespace, most significant byte first */
    node.NamespaceUuid = ld64le(n->page + 120);
    snprintf(ns->blk.model, sizeof(ns->blk.model), "%s", model);
    blk_register(&ns->blk, &node);
}

static bool nvme_start(struct nvme *n)
{
    UINT64 cap = mmio_read64(n->regs + R_CAP);
    UINT64 wait = ((cap >> 24 & 0xff) + 1) * 500000;
    UINT8 cmd[64] = { 0 };

    if (cap == ~0UL || (cap >> 48 & 15) > 0 || (cap & 0xffff) + 1 < ENTRIES) {
        return false;               /* no pages of 4 KiB, or tiny queues */
    }
    n->stride = 4 << (cap >> 32 & 15);
    mmio_write32(n->regs + R_CC, 0);
    if (!wait_ready(n, false, wait)) {
        return false;
    }
    mmio_write32(n->regs + R_AQA, (ENTRIES - 1) << 16 | (ENTRIES - 1));
    mmio_write64(n->regs + R_ASQ, dma_bus(n->admin.sq));
    mmio_write64(n->regs + R_ACQ, dma_bus(n->admin.cq));
    mmio_write32(n->regs + R_INTMS, 0xffffffff);
    mmio_write32(n->regs + R_CC, CC_ENTRIES | CC_ENABLE);
    if (!wait_ready(n, true, wait)) {
        return false;
    }
    cmd[0] = ADMIN_CREATE_CQ;
    st64le(cmd + 24, dma_bus(n->io.cq));
    st32le(cmd + 40, (ENTRIES - 1) << 16 | 1);
    st32le(cmd + 44, 3);            /* contiguous, with interrupt vector 0 */
    if (EFI_ERROR(submit(n, &n->admin, cmd))) {
        return false;
    }
    memset(cmd, 0, sizeof(cmd));
    cmd[0] = ADMIN_CREATE_SQ;
    st64le(cmd + 24, dma_bus(n->io.sq));
    st32le(cmd + 40, (ENTRIES - 1) << 16 | 1);
    st32le(cmd + 44, 1 << 16 | 1);
    return !EFI_ERROR(submit(n, &n->admin, cmd));
}

static void nvme_exit(void *opaque)
{
    struct nvme *n = opaque;

    mmio_write32(n->regs + R_CC, 0);
    wait_ready(n, false, 1000000);
}

static bool nvme_probe(struct pci_dev *d)
{
    struct nvme *n = fw_zalloc(sizeof(*n));
    UINT32 list[MAX_NAMESPACES] = { 0 }, count;
    char model[41];
    unsigned len = 40;

    if (!n || !d->bar[0].size || d->bar[0].io || !d->bar[0].assigned) {
        return false;
    }
    pci_enable(d);
    n->pci = d;
    n->regs = d->bar[0].addr;
    n->page = fw_alloc_dma(PAGE, PAGE);
    n->prp = fw_alloc_dma(PAGE, PAGE);
    if (!n->page || !n->prp || !queue_alloc(&n->admin, 0) ||
        !queue_alloc(&n->io, 1) || !nvme_start(n)) {
        return false;
    }
    drv_on_exit(nvme_exit, n);
    if (EFI_ERROR(identify(n, 0, IDENTIFY_CTRL))) {
        return false;
    }
    n->max_bytes = MAX_BYTES;
    if (n->page[77] && n->page[77] < 8) {
        n->max_bytes = MIN(MAX_BYTES, PAGE << n->page[77]);
    }
    count = ld32le(n->page + 516);
    memcpy(model, n->page + 24, len);
    while (len && (model[len - 1] == ' ' || !model[len - 1])) {
        len--;
    }
    model[len] = 0;
    if (!EFI_ERROR(identify(n, 0, IDENTIFY_LIST))) {
        for (unsigned i = 0; i < MAX_NAMESPACES; i++) {
            list[i] = ld32le(n->page + 4 * i);
        }
    } else {
        /* version 1.0: namespaces 1 to count */
        for (unsigned i = 0; i < MIN(count, MAX_NAMESPACES); i++) {
            list[i] = i + 1;
        }
    }
    for (unsigned i = 0; i < MAX_NAMESPACES && list[i]; i++) {
        add_namespace(n, list[i], model);
    }
    return true;
}
FW_PCI_DRIVER(nvme, 0xffff, 0xffff, 0x010802, 0xffffff, nvme_probe);
