/*
 * zx1 firmware: what the device drivers share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_DRV_H
#define ZX1_DRV_H

#include "fw.h"

/*
 * DMA. All memory of fw_alloc() and fw_alloc_dma() lies in the first GiB of
 * RAM, where every device reaches it. On a machine that lets devices see
 * memory only through the IOTLB that GiB is mapped, shifted into the I/O
 * virtual window, until ExitBootServices.
 */
extern UINT64 dma_offset;

static inline UINT64 dma_bus(const volatile void *p)
{
    return (UINT64)p + dma_offset;
}

/* Devices may use [p, p + n) as it is: low enough and aligned to 4 bytes */
bool dma_direct(const void *p, UINT64 n);

/* Called once at ExitBootServices, last registered first */
void drv_on_exit(void (*fn)(void *opaque), void *opaque);

/*
 * A block device. Drivers fill in the upper part; @rw gets memory that
 * devices reach and at most @max_blocks blocks.
 */
struct blk {
    struct list list;
    struct pci_dev *pci;
    EFI_DEVICE_PATH_PROTOCOL *parent;   /* NULL: the function's path */
    const char *driver;
    void *priv;
    UINT32 block_size;
    UINT64 blocks;
    UINT32 max_blocks;
    bool removable, read_only, cdrom, present;
    bool changed;               /* the driver saw another medium */
    EFI_STATUS (*rw)(struct blk *b, UINT64 lba, UINT32 n, void *buf,
                     bool write);
    EFI_STATUS (*flush)(struct blk *b);                 /* may be NULL */
    /* Look at the medium again: sets present, blocks, block_size */
    EFI_STATUS (*check)(struct blk *b);                 /* may be NULL */
    /*
     * Lets the function raise its interrupt pin when a request ends; off also
     * lowers the pin. For diagnostics, may be NULL.
     */
    void (*irq)(struct blk *b, bool on);
    /* Reads something that needs no medium, at most @len; may be NULL */
    EFI_STATUS (*inquire)(struct blk *b, void *buf, UINT32 len);
    bool bypasses_iotlb;        /* takes physical addresses, always */
    UINT16 target;              /* of a SCSI unit, with its lun */
    UINT8 lun;
    UINT8 connector;            /* of a USB controller, from 1 */
    char model[48];

    EFI_HANDLE handle;
    EFI_DEVICE_PATH_PROTOCOL *path;
    EFI_BLOCK_IO bio;
    EFI_BLOCK_IO_MEDIA media;
};

extern struct list blk_list;

/* @b and what it points to stay; @node, may be NULL, goes to the parent's path */
EFI_STATUS blk_register(struct blk *b, const void *node);
/* Look at a removable medium again; true if it changed */
bool blk_recheck(struct blk *b);
void blk_recheck_all(void);

/*
 * For diagnostics: a controller that can write to memory even if it has no
 * disk, the same @len bytes each time
 */
struct dma_probe {
    struct list list;
    struct pci_dev *pci;
    const char *driver;
    void *priv;
    UINT32 len;
    EFI_STATUS (*read)(struct dma_probe *p, void *buf);
    void (*irq)(struct dma_probe *p, bool on);          /* as in struct blk */
    bool bypasses_iotlb;
};

extern struct list dma_probes;

/* SCSI */

#define SCSI_SENSE_SIZE 96
#define SCSI_NODE_MAX   64

struct scsi_cmd {
    UINT8 cdb[16];
    UINT8 cdb_len;
    UINT8 lun;
    UINT16 target;
    bool write;
    void *data;                 /* memory devices reach */
    UINT32 len;
    UINT8 status;               /* SCSI status byte */
    bool new_medium;            /* the unit said so, before it obeyed */
    UINT8 sense[SCSI_SENSE_SIZE];
    UINT32 sense_len;
};

struct scsi_host {
    struct pci_dev *pci;
    const char *driver;
    void *priv;
    UINT32 max_bytes;           /* of one transfer */
    EFI_DEVICE_PATH_PROTOCOL *path;     /* as parent in struct blk */
    UINT8 connector;                    /* as in struct blk */
    /* The node of a unit, at most SCSI_NODE_MAX bytes; NULL: Scsi(PunN,LunN) */
    void (*node)(struct scsi_host *h, UINT16 target, UINT8 lun, void *node);
    /*
     * EFI_SUCCESS: the target answered, see status. EFI_NO_RESPONSE: nobody
     * there. A target's CHECK CONDITION without sense bytes makes the layer
     * above ask for them.
     */
    EFI_STATUS (*exec)(struct scsi_host *h, struct scsi_cmd *c);
    void (*irq)(struct scsi_host *h, bool on);          /* as in struct blk */
    bool bypasses_iotlb;
};

/*
 * Registers the unit if it is a disk or a CD. EFI_NO_RESPONSE: there is no
 * such target.
 */
EFI_STATUS scsi_attach(struct scsi_host *h, UINT16 target, UINT8 lun,
                       const void *node);
/* Scsi(PunN,LunN), for struct scsi_host's node */
void scsi_node(struct scsi_host *h, UINT16 target, UINT8 lun, void *node);
/* All units of a target */
void scsi_scan_target(struct scsi_host *h, UINT16 target);

/* Byte order of SCSI */
static inline UINT32 ld32be(const void *p)
{
    return bswap32(ld32le(p));
}

static inline UINT64 ld64be(const void *p)
{
    return bswap64(ld64le(p));
}

static inline void st16be(void *p, UINT16 v)
{
    st16le(p, bswap16(v));
}

static inline void st32be(void *p, UINT32 v)
{
    st32le(p, bswap32(v));
}

static inline void st64be(void *p, UINT64 v)
{
    st64le(p, bswap64(v));
}

#endif
