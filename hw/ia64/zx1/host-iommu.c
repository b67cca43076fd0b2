/*
 * HP zx1: functions of the host behind the IOC
 *
 * What the IOTLB maps for them, the host's IOMMU must be able to map. It
 * tells its page sizes and address ranges when a function is plugged; one
 * that does not fit is refused then, not when the guest's transfers fail.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/error-report.h"
#include "qemu/range.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/ia64/code-check.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/virtio/virtio.h"
#include "system/host_iommu_device.h"
#include "sba.h"
#include "trace.h"

/* The smallest page that a guest may choose (TCNFG) */
#define IOTLB_MIN_PAGE      4096

typedef struct Zx1HostDevice {
    PCIBus *bus;
    int devfn;
    char *name;
} Zx1HostDevice;

static void host_device_free(void *opaque)
{
    Zx1HostDevice *dev = opaque;

    g_free(dev->name);
    g_free(dev);
}

static bool host_check_page_size(HostIOMMUDevice *hiod, Error **errp)
{
    HostIOMMUDeviceClass *hc = HOST_IOMMU_DEVICE_GET_CLASS(hiod);
    uint64_t mask = hc->get_page_size_mask ? hc->get_page_size_mask(hiod) : 0;

    if (mask && (1ULL << ctz64(mask)) > IOTLB_MIN_PAGE) {
        error_setg(errp, "%s: the host's IOMMU maps pages of 0x%" PRIx64
                   " bytes and more, the zx1 IOTLB needs %d", hiod->name,
                   (uint64_t)1 << ctz64(mask), IOTLB_MIN_PAGE);
        return false;
    }
    return true;
}

/* The window at its usual place lies within a range of the host */
static bool host_check_ranges(HostIOMMUDevice *hiod, Error **errp)
{
    HostIOMMUDeviceClass *hc = HOST_IOMMU_DEVICE_GET_CLASS(hiod);
    GList *ranges = hc->get_iova_ranges ? hc->get_iova_ranges(hiod) : NULL;
    Range window;
    bool ok = !ranges;

    range_set_bounds(&window, ZX1_IOVA_BASE,
                     ZX1_IOVA_BASE + ZX1_IOVA_SIZE - 1);
    for (GList *l = ranges; l && !ok; l = l->next) {
        ok = range_contains_range(l->data, &window);
    }
    g_list_free_full(ranges, g_free);
    if (!ok) {
        error_setg(errp, "%s: the host's IOMMU cannot map all of the IOTLB's "
                   "addresses 0x%llx to 0x%llx", hiod->name, ZX1_IOVA_BASE,
                   ZX1_IOVA_BASE + ZX1_IOVA_SIZE - 1);
    }
    return ok;
}

bool zx1_ioc_set_host_device(Zx1IocState *s, PCIBus *bus, int devfn,
                             HostIOMMUDevice *hiod, Error **errp)
{
    Zx1HostDevice *dev;

    if (!host_check_page_size(hiod, errp) || !host_check_ranges(hiod, errp)) {
        return false;
    }
    dev = g_new0(Zx1HostDevice, 1);
    dev->bus = bus;
    dev->devfn = devfn;
    dev->name = g_strdup(hiod->name);
    g_ptr_array_add(s->host_devices, dev);
    if (s->code_coherence == ON_OFF_AUTO_AUTO) {
        ia64_code_check_enable();
    }
    return true;
}

void zx1_ioc_unset_host_device(Zx1IocState *s, PCIBus *bus, int devfn)
{
    for (unsigned i = 0; i < s->host_devices->len; i++) {
        Zx1HostDevice *dev = g_ptr_array_index(s->host_devices, i);

        if (dev->bus == bus && dev->devfn == devfn) {
            g_ptr_array_remove_index(s->host_devices, i);
            return;
        }
    }
}

const char *zx1_ioc_host_device_name(Zx1IocState *s, PCIBus *bus, int devfn)
{
    for (unsigned i = 0; i < s->host_devices->len; i++) {
        Zx1HostDevice *dev = g_ptr_array_index(s->host_devices, i);

        if (dev->bus == bus && dev->devfn == devfn) {
            return dev->name;
        }
    }
    return NULL;
}

char *zx1_ioc_host_device_names(Zx1IocState *s)
{
    GString *names = g_string_new(NULL);

    for (unsigned i = 0; i < s->host_devices->len; i++) {
        Zx1HostDevice *dev = g_ptr_array_index(s->host_devices, i);

        g_string_append_printf(names, "%s%s", i ? ", " : "", dev->name);
    }
    if (!names->len) {
        g_string_append(names, "devices of the host");
    }
    return g_string_free(names, false);
}

void zx1_ioc_map_failed(Zx1IocState *s, const IOMMUTLBEntry *entry, int err)
{
    hwaddr iova = s->window_base + entry->iova;
    g_autofree char *names = NULL;

    trace_zx1_pdir_map_failed(iova, entry->translated_addr, err);
    zx1_ioc_error(s, iova, false, IOC_ERR_HOST);
    if (s->map_failed_told) {
        return;
    }
    s->map_failed_told = true;
    names = zx1_ioc_host_device_names(s);
    error_report("zx1-ioc: %s: the host cannot map I/O address 0x%"
                 HWADDR_PRIx " to 0x%" HWADDR_PRIx " (0x%" HWADDR_PRIx
                 " bytes): %s", names, iova, entry->translated_addr,
                 entry->addr_mask + 1, strerror(-err));
    if (err == -ENOSPC) {
        error_printf("The guest maps more pages at once than the host allows; "
                     "dma_entry_limit of the host's module vfio_iommu_type1 "
                     "is the limit, an iommufd has none.\n");
    } else if (err == -ENOMEM) {
        error_printf("The guest's memory must be locked: see RLIMIT_MEMLOCK "
                     "of this process.\n");
    }
    error_printf("Transfers there fail. More such pages are counted by "
                 "\"info iotlb\", not reported.\n");
}

/*
 * Interrupts say that a function has done something: stores to memory, it
 * may be, which nobody else sees (hw/ia64/code-check.h). That goes for
 * functions of the host, and for virtio devices that a vhost back end (of
 * the kernel, or of another process: vhost-user) works for.
 */

/* Behind PCI bridges, the first of them speaks for a function */
static bool host_is_requester(Zx1HostDevice *dev, uint16_t requester_id)
{
    return requester_id == pci_requester_id(dev->bus->devices[dev->devfn]);
}

static bool uses_vhost(PCIDevice *dev);

static bool vhost_on_bus(PCIBus *bus)
{
    for (unsigned i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        if (bus->devices[i] && uses_vhost(bus->devices[i])) {
            return true;
        }
    }
    return false;
}

/* Or a function behind @dev, if that is a bridge */
static bool uses_vhost(PCIDevice *dev)
{
    BusState *bus = QLIST_FIRST(&DEVICE(dev)->child_bus);
    BusChild *child = bus ? QTAILQ_FIRST(&bus->children) : NULL;
    Object *obj = child ? object_dynamic_cast(OBJECT(child->child),
                                              TYPE_VIRTIO_DEVICE) : NULL;

    if (IS_PCI_BRIDGE(dev)) {
        return vhost_on_bus(pci_bridge_get_sec_bus(PCI_BRIDGE(dev)));
    }
    return obj && VIRTIO_DEVICE(obj)->vhost_started;
}

static bool message_from_vhost(Zx1IocState *s, uint16_t requester_id)
{
    for (unsigned i = 0; i < s->buses->len; i++) {
        PCIDevice *dev = pci_find_device(g_ptr_array_index(s->buses, i),
                                         PCI_BUS_NUM(requester_id),
                                         requester_id & 0xff);

        if (dev) {
            return uses_vhost(dev);
        }
    }
    return false;
}

static void host_message_event(Zx1IocState *s, uint16_t requester_id)
{
    bool outside = s->code_coherence == ON_OFF_AUTO_ON;

    if (s->code_coherence == ON_OFF_AUTO_OFF) {
        return;
    }
    for (unsigned i = 0; i < s->host_devices->len && !outside; i++) {
        outside = host_is_requester(g_ptr_array_index(s->host_devices, i),
                                    requester_id);
    }
    if (outside) {
        ia64_code_check_event();
    } else if (message_from_vhost(s, requester_id)) {
        /* The first time, this translates anew whatever there is */
        ia64_code_check_enable();
        ia64_code_check_event();
    }
}

void zx1_ioc_line_event(Zx1IocState *s, PCIBus *bus)
{
    bool outside = s->code_coherence == ON_OFF_AUTO_ON;

    if (s->code_coherence == ON_OFF_AUTO_OFF) {
        return;
    }
    for (unsigned i = 0; i < s->host_devices->len && !outside; i++) {
        Zx1HostDevice *dev = g_ptr_array_index(s->host_devices, i);

        outside = pci_device_root_bus(dev->bus->devices[dev->devfn]) == bus;
    }
    if (outside) {
        ia64_code_check_event();
    } else if (vhost_on_bus(bus)) {
        ia64_code_check_enable();
        ia64_code_check_event();
    }
}

void zx1_ioc_add_bus(Zx1IocState *s, PCIBus *bus)
{
    g_ptr_array_add(s->buses, bus);
}

/* Interrupt messages of the functions, on their way to the processors */

static MemTxResult message_read(void *opaque, hwaddr addr, uint64_t *data,
                                unsigned size, MemTxAttrs attrs)
{
    uint8_t buf[8] = { 0 };
    MemTxResult res = address_space_read(&address_space_memory,
                                         ZX1_PIB_BASE + addr, attrs, buf,
                                         size);

    *data = ldn_le_p(buf, size);
    return res;
}

static MemTxResult message_write(void *opaque, hwaddr addr, uint64_t data,
                                 unsigned size, MemTxAttrs attrs)
{
    uint8_t buf[8];

    /* Before the interrupt's handler can run */
    host_message_event(opaque, attrs.requester_id);
    stn_le_p(buf, size, data);
    return address_space_write(&address_space_memory, ZX1_PIB_BASE + addr,
                               attrs, buf, size);
}

static const MemoryRegionOps message_ops = {
    .read_with_attrs = message_read,
    .write_with_attrs = message_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 8,
    },
};

void zx1_ioc_host_devices_init(Zx1IocState *s)
{
    memory_region_init_io(&s->messages, OBJECT(s), &message_ops, s,
                          "zx1.dma-messages", ZX1_PIB_SIZE);
    if (s->code_coherence == ON_OFF_AUTO_ON) {
        ia64_code_check_enable();
    }
    s->host_devices = g_ptr_array_new_with_free_func(host_device_free);
    s->buses = g_ptr_array_new();
}

void zx1_ioc_host_devices_exit(Zx1IocState *s)
{
    g_ptr_array_free(s->host_devices, true);
    g_ptr_array_free(s->buses, true);
}
