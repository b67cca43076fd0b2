/*
 * zx1 firmware: diagnostics of virtio network devices
 *
 * A command on the control queue: the device reads it and writes one byte.
 * Facts: OASIS Virtual I/O Device (VIRTIO) Version 1.2, 5.1.6.5.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diag.h"
#include "../drivers/virtio.h"

#define F_CTRL_VQ       17
#define F_CTRL_RX       18
#define CTRL_QUEUE      2
#define REQUEST_USECS   2000000

struct vnet {
    struct virtio v;
    struct virtq q;
    struct dma_probe probe;
    UINT8 *command;             /* class RX, promiscuous: off */
};

static EFI_STATUS vnet_read(struct dma_probe *p, void *buf)
{
    struct vnet *n = p->priv;
    struct virtq_buf b[] = {
        { n->command, 2, false }, { n->command + 2, 1, false },
        { buf, 1, true },
    };

    return virtio_request(&n->v, &n->q, b, ARRAY_SIZE(b), REQUEST_USECS);
}

static void vnet_irq(struct dma_probe *p, bool on)
{
    struct vnet *n = p->priv;

    virtio_irq(&n->v, &n->q, on);
}

static bool vnet_probe(struct pci_dev *d)
{
    struct vnet *n = fw_zalloc(sizeof(*n));

    if (!n) {
        return false;
    }
    if (!virtio_start(&n->v, d, 1UL << F_CTRL_VQ | 1UL << F_CTRL_RX)) {
        fw_free(n);
        return false;
    }
    /* from here on the exit list knows it */
    n->command = fw_zalloc(16);
    if (!n->command || !virtio_has(&n->v, F_CTRL_VQ) ||
        !virtio_has(&n->v, F_CTRL_RX) ||
        !virtio_queue(&n->v, &n->q, CTRL_QUEUE)) {
        virtio_reset(&n->v);
        return false;
    }
    virtio_ready(&n->v);
    n->probe.pci = d;
    n->probe.driver = "virtio-net";
    n->probe.priv = n;
    n->probe.len = 1;
    n->probe.read = vnet_read;
    n->probe.irq = vnet_irq;
    n->probe.bypasses_iotlb = !virtio_has(&n->v, VIRTIO_F_ACCESS_PLATFORM);
    list_add_tail(&dma_probes, &n->probe.list);
    return true;
}
FW_PCI_DRIVER(virtio_net, 0x1af4, 0x1000, 0, 0, vnet_probe);
FW_PCI_DRIVER(virtio_net1, 0x1af4, 0x1041, 0, 0, vnet_probe);
