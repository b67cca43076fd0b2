/*
 * zx1 firmware: virtio block devices
 *
 * Facts: OASIS Virtual I/O Device (VIRTIO) Version 1.2, chapter 5.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "virtio.h"

#define F_RO            5
#define F_BLK_SIZE      6
#define F_FLUSH         9

#define CONFIG_CAPACITY 0
#define CONFIG_BLK_SIZE 20

#define T_IN            0
#define T_OUT           1
#define T_FLUSH         4

#define SECTOR          512
#define MAX_BYTES       (4 << 20)
#define REQUEST_USECS   30000000

struct vblk_header {
    UINT32 type;
    UINT32 reserved;
    UINT64 sector;
};

struct vblk {
    struct virtio v;
    struct virtq q;
    struct blk blk;
    struct vblk_header *header;
    volatile UINT8 *status;
};

static EFI_STATUS vblk_request(struct vblk *s, UINT32 type, UINT64 sector,
                               void *data, UINT32 len)
{
    struct virtq_buf buf[3];
    unsigned n = 0;
    EFI_STATUS st;

    s->header->type = type;
    s->header->reserved = 0;
    s->header->sector = sector;
    *s->status = 0xff;
    buf[n++] = (struct virtq_buf) { s->header, sizeof(*s->header), false };
    if (len) {
        buf[n++] = (struct virtq_buf) { data, len, type == T_IN };
    }
    buf[n++] = (struct virtq_buf) { (void *)s->status, 1, true };
    st = virtio_request(&s->v, &s->q, buf, n, REQUEST_USECS);
    if (EFI_ERROR(st)) {
        return st;
    }
    return *s->status == 0 ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

static EFI_STATUS vblk_rw(struct blk *b, UINT64 lba, UINT32 n, void *buf,
                          bool write)
{
    return vblk_request(b->priv, write ? T_OUT : T_IN,
                        lba * (b->block_size / SECTOR), buf,
                        n * b->block_size);
}

static EFI_STATUS vblk_flush(struct blk *b)
{
    struct vblk *s = b->priv;

    return virtio_has(&s->v, F_FLUSH) ? vblk_request(s, T_FLUSH, 0, NULL, 0)
                                      : EFI_SUCCESS;
}

static void vblk_irq(struct blk *b, bool on)
{
    struct vblk *s = b->priv;

    virtio_irq(&s->v, &s->q, on);
}

static bool vblk_probe(struct pci_dev *d)
{
    /* the path node that UEFI firmware gives a virtio disk: none of its own */
    static const CONTROLLER_DEVICE_PATH node = {
        .Header = { HARDWARE_DEVICE_PATH, HW_CONTROLLER_DP,
                    { sizeof(node), 0 } },
    };
    struct vblk *s = fw_zalloc(sizeof(*s));
    UINT32 size = SECTOR;

    if (!s || !virtio_start(&s->v, d, 1 << F_RO | 1 << F_BLK_SIZE |
                                      1 << F_FLUSH)) {
        goto fail;
    }
    if (s->v.modern && !s->v.config) {
        goto fail;
    }
    s->header = fw_zalloc(sizeof(*s->header) + 16);
    if (!s->header || !virtio_queue(&s->v, &s->q, 0)) {
        goto fail;
    }
    s->status = (UINT8 *)(s->header + 1);
    virtio_ready(&s->v);
    if (virtio_has(&s->v, F_BLK_SIZE)) {
        size = virtio_config32(&s->v, CONFIG_BLK_SIZE);
    }
    if (size < SECTOR || size > 65536 || (size & (size - 1))) {
        size = SECTOR;
    }
    s->blk.pci = d;
    s->blk.driver = "virtio-blk";
    s->blk.priv = s;
    s->blk.block_size = size;
    s->blk.blocks = virtio_config64(&s->v, CONFIG_CAPACITY) / (size / SECTOR);
    s->blk.max_blocks = MAX_BYTES / size;
    s->blk.read_only = virtio_has(&s->v, F_RO);
    s->blk.present = true;
    s->blk.rw = vblk_rw;
    s->blk.flush = vblk_flush;
    s->blk.irq = vblk_irq;
    s->blk.bypasses_iotlb = !virtio_has(&s->v, VIRTIO_F_ACCESS_PLATFORM);
    snprintf(s->blk.model, sizeof(s->blk.model), "virtio disk");
    blk_register(&s->blk, &node);
    return true;

fail:
    /* what virtio_start() took stays: the exit list may point to it */
    return false;
}
FW_PCI_DRIVER(virtio_blk, 0x1af4, 0x1001, 0, 0, vblk_probe);
FW_PCI_DRIVER(virtio_blk1, 0x1af4, 0x1042, 0, 0, vblk_probe);
