/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI device that keeps the mappings which a host's IOMMU would have
 *
 * A vIOMMU that works for vfio announces each mapping before a device uses
 * it. This device listens as vfio does (MAP and UNMAP notifiers of its DMA
 * address space, RAM sections) and lets a test look at the result: where an
 * address leads, how many mappings there are, and whether an announcement
 * broke the rules of the kernel's type1 interface (vfio.h: no mapping over
 * another, no unmapping of a part).
 *
 * BAR 0, 64-bit registers:
 *   0x00 ADDRESS     rw  DMA address to look up
 *   0x08 TARGET      ro  what it is mapped to, all ones if to nothing
 *   0x10 SIZE        ro  of that mapping, 0 if there is none
 *   0x18 MAPPINGS    ro  through the IOMMU, now
 *   0x20 MAPS        ro  since reset
 *   0x28 UNMAPS      ro  mappings that went since reset
 *   0x30 VIOLATIONS  ro  of the rules, since reset
 *   0x38 RAM_ADDED   ro  RAM sections that came since reset
 *   0x40 RAM_REMOVED ro  RAM sections that went since reset
 *   0x48 LIMIT       rw  of mappings, 0 for none: more fail as on a host
 *   0x50 EVENT       wo  signal an eventfd, as a host's kernel does for an
 *                        interrupt: the main loop sends MSI-X message 0, or
 *                        raises INTA if MSI-X is off; 0 lowers that
 *
 * BAR 1: MSI-X, one message
 *
 * With the property "host" it is a function of the host of that name to the
 * IOMMU, whose host's IOMMU has the pages "host-pages" (a mask of sizes) and
 * maps the addresses "host-first" to "host-last".
 *
 * With "cache=on" it asks the IOMMU for what is looked up, and keeps the
 * answer until an UNMAP event, of a device TLB if there are such, as vhost
 * does.
 */

#include "qemu/osdep.h"
#include "qemu/event_notifier.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "qapi/error.h"
#include "exec/memory.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "qom/object.h"
#include "system/host_iommu_device.h"

#define TYPE_IOMMU_MAP_TESTDEV "iommu-map-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(IommuMapTestdev, IOMMU_MAP_TESTDEV)

#define TYPE_TESTDEV_HOST_IOMMU "iommu-map-testdev-host"

#define TESTDEV_SIZE    0x1000
/* No id of Red Hat's is set aside for it: a test finds it by its place */
#define TESTDEV_ID      0x10ef

REG64(ADDRESS, 0x00)
REG64(TARGET, 0x08)
REG64(SIZE, 0x10)
REG64(MAPPINGS, 0x18)
REG64(MAPS, 0x20)
REG64(UNMAPS, 0x28)
REG64(VIOLATIONS, 0x30)
REG64(RAM_ADDED, 0x38)
REG64(RAM_REMOVED, 0x40)
REG64(LIMIT, 0x48)
REG64(EVENT, 0x50)
#define TESTDEV_REGS    (R_EVENT + 1)

typedef struct Mapping {
    hwaddr first;
    hwaddr last;
    hwaddr target;
} Mapping;

/* A section of the address space that an IOMMU translates */
typedef struct Section {
    IommuMapTestdev *dev;
    IOMMUMemoryRegion *mr;
    IOMMUNotifier n;
    hwaddr offset;              /* of the region in the address space */
    QLIST_ENTRY(Section) next;
} Section;

struct IommuMapTestdev {
    PCIDevice parent_obj;

    MemoryRegion bar;
    MemoryListener listener;
    QLIST_HEAD(, Section) sections;
    GTree *mappings;            /* Mapping by itself: they do not overlap */
    EventNotifier event;
    uint64_t regs[TESTDEV_REGS];

    /* Properties */
    char *host;
    uint64_t host_pages;
    uint64_t host_first;
    uint64_t host_last;
    bool cache;
};

/* Overlapping ranges compare as equal: a lookup finds any of them */
static gint mapping_compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    const Mapping *x = a, *y = b;

    return x->last < y->first ? -1 : x->first > y->last;
}

/* Tell the IOMMU that it has announced too much, as vfio does */
static bool testdev_refuses(Section *section, const IOMMUTLBEntry *entry)
{
    IommuMapTestdev *s = section->dev;
    uint64_t limit = s->regs[R_LIMIT];

    if (!limit || g_tree_nnodes(s->mappings) < limit) {
        return false;
    }
    memory_region_get_iommu_class_nocheck(section->mr)->map_failed(
        section->mr, entry, -ENOSPC);
    return true;
}

static void testdev_map(IommuMapTestdev *s, hwaddr first, hwaddr last,
                        hwaddr target)
{
    Mapping *m = g_new(Mapping, 1);

    *m = (Mapping) { .first = first, .last = last, .target = target };
    s->regs[R_MAPS]++;
    if (g_tree_lookup(s->mappings, m)) {
        s->regs[R_VIOLATIONS]++;
        g_free(m);
        return;
    }
    g_tree_insert(s->mappings, m, m);
}

static void testdev_unmap(IommuMapTestdev *s, hwaddr first, hwaddr last)
{
    Mapping range = { .first = first, .last = last };
    Mapping *m;

    while ((m = g_tree_lookup(s->mappings, &range))) {
        if (m->first < first || m->last > last) {
            s->regs[R_VIOLATIONS]++;
        }
        s->regs[R_UNMAPS]++;
        g_tree_remove(s->mappings, m);
    }
}

static void testdev_notify(IOMMUNotifier *n, IOMMUTLBEntry *entry)
{
    Section *section = container_of(n, Section, n);
    hwaddr first = entry->iova + section->offset;

    if (entry->perm == IOMMU_NONE) {
        testdev_unmap(section->dev, first, first + entry->addr_mask);
    } else if (!testdev_refuses(section, entry)) {
        testdev_map(section->dev, first, first + entry->addr_mask,
                    entry->translated_addr);
    }
}

static void testdev_region_add(MemoryListener *listener,
                               MemoryRegionSection *section)
{
    IommuMapTestdev *s = container_of(listener, IommuMapTestdev, listener);
    hwaddr first = section->offset_within_region;
    Section *new;
    int ret;

    if (memory_region_is_ram(section->mr)) {
        s->regs[R_RAM_ADDED]++;
        return;
    }
    if (!memory_region_is_iommu(section->mr)) {
        return;
    }
    new = g_new0(Section, 1);
    new->dev = s;
    new->mr = IOMMU_MEMORY_REGION(section->mr);
    new->offset = section->offset_within_address_space - first;
    iommu_notifier_init(&new->n, testdev_notify,
                        s->cache ? IOMMU_NOTIFIER_DEVIOTLB_UNMAP :
                        IOMMU_NOTIFIER_IOTLB_EVENTS,
                        first, first + int128_get64(section->size) - 1, 0);
    ret = memory_region_register_iommu_notifier(section->mr, &new->n, NULL);
    if (ret && s->cache) {
        new->n.notifier_flags = IOMMU_NOTIFIER_UNMAP;
        ret = memory_region_register_iommu_notifier(section->mr, &new->n,
                                                    NULL);
    }
    if (ret) {
        s->regs[R_VIOLATIONS]++;
        g_free(new);
        return;
    }
    memory_region_ref(section->mr);
    QLIST_INSERT_HEAD(&s->sections, new, next);
    memory_region_iommu_replay(new->mr, &new->n);
}

static void testdev_drop_section(Section *section)
{
    MemoryRegion *mr = MEMORY_REGION(section->mr);
    hwaddr first = section->n.start + section->offset;

    memory_region_unregister_iommu_notifier(mr, &section->n);
    testdev_unmap(section->dev, first,
                  section->n.end + section->offset);
    QLIST_REMOVE(section, next);
    g_free(section);
    memory_region_unref(mr);
}

static void testdev_region_del(MemoryListener *listener,
                               MemoryRegionSection *section)
{
    IommuMapTestdev *s = container_of(listener, IommuMapTestdev, listener);
    Section *one, *next;

    if (memory_region_is_ram(section->mr)) {
        s->regs[R_RAM_REMOVED]++;
    }
    QLIST_FOREACH_SAFE(one, &s->sections, next, next) {
        if (MEMORY_REGION(one->mr) == section->mr &&
            one->n.start == section->offset_within_region) {
            testdev_drop_section(one);
        }
    }
}

static Mapping *testdev_lookup(IommuMapTestdev *s, Mapping *at)
{
    AddressSpace *as = pci_device_iommu_address_space(PCI_DEVICE(s));
    Mapping *m = g_tree_lookup(s->mappings, at);
    IOMMUTLBEntry entry;

    if (m || !s->cache) {
        return m;
    }
    WITH_RCU_READ_LOCK_GUARD() {
        entry = address_space_get_iotlb_entry(as, at->first, false,
                                              MEMTXATTRS_UNSPECIFIED);
    }
    if (entry.perm != IOMMU_NONE) {
        testdev_map(s, entry.iova, entry.iova + entry.addr_mask,
                    entry.translated_addr);
    }
    return g_tree_lookup(s->mappings, at);
}

static uint64_t testdev_read(void *opaque, hwaddr addr, unsigned size)
{
    IommuMapTestdev *s = opaque;
    Mapping at = { s->regs[R_ADDRESS], s->regs[R_ADDRESS] };
    Mapping *m;

    switch (addr) {
    case A_TARGET:
        m = testdev_lookup(s, &at);
        return m ? m->target + (at.first - m->first) : UINT64_MAX;
    case A_SIZE:
        m = testdev_lookup(s, &at);
        return m ? m->last - m->first + 1 : 0;
    case A_MAPPINGS:
        return g_tree_nnodes(s->mappings);
    }
    if (addr / 8 < TESTDEV_REGS) {
        return s->regs[addr / 8];
    }
    qemu_log_mask(LOG_GUEST_ERROR, "iommu-map-testdev: no register 0x%"
                  HWADDR_PRIx "\n", addr);
    return 0;
}

static void testdev_write(void *opaque, hwaddr addr, uint64_t val,
                          unsigned size)
{
    IommuMapTestdev *s = opaque;

    if (addr == A_ADDRESS || addr == A_LIMIT) {
        s->regs[addr / 8] = val;
    } else if (addr == A_EVENT && val) {
        event_notifier_set(&s->event);
    } else if (addr == A_EVENT) {
        pci_irq_deassert(PCI_DEVICE(s));
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "iommu-map-testdev: store to 0x%"
                      HWADDR_PRIx "\n", addr);
    }
}

static const MemoryRegionOps testdev_ops = {
    .read = testdev_read,
    .write = testdev_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 8,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 8,
        .max_access_size = 8,
    },
};

static void testdev_reset_hold(Object *obj, ResetType type)
{
    IommuMapTestdev *s = IOMMU_MAP_TESTDEV(obj);

    memset(s->regs, 0, sizeof(s->regs));
}

static void testdev_event(EventNotifier *event)
{
    IommuMapTestdev *s = container_of(event, IommuMapTestdev, event);

    if (!event_notifier_test_and_clear(event)) {
        return;
    }
    if (msix_enabled(PCI_DEVICE(s))) {
        msix_notify(PCI_DEVICE(s), 0);
    } else {
        pci_irq_assert(PCI_DEVICE(s));
    }
}

static uint64_t testdev_host_pages(HostIOMMUDevice *hiod)
{
    return IOMMU_MAP_TESTDEV(hiod->agent)->host_pages;
}

static GList *testdev_host_ranges(HostIOMMUDevice *hiod)
{
    IommuMapTestdev *s = hiod->agent;
    Range *range = g_new0(Range, 1);

    range_set_bounds(range, s->host_first, s->host_last);
    return g_list_append(NULL, range);
}

/* Present the device to the IOMMU as vfio does */
static bool testdev_set_host(IommuMapTestdev *s, Error **errp)
{
    HostIOMMUDevice *hiod;
    bool ok;

    if (!s->host) {
        return true;
    }
    hiod = HOST_IOMMU_DEVICE(object_new(TYPE_TESTDEV_HOST_IOMMU));
    hiod->name = g_strdup(s->host);
    hiod->agent = s;
    ok = pci_device_set_iommu_device(PCI_DEVICE(s), hiod, errp);
    object_unref(hiod);
    return ok;
}

static void testdev_unset_host(IommuMapTestdev *s)
{
    if (s->host) {
        pci_device_unset_iommu_device(PCI_DEVICE(s));
    }
}

static void testdev_realize(PCIDevice *dev, Error **errp)
{
    IommuMapTestdev *s = IOMMU_MAP_TESTDEV(dev);
    int ret;

    if (msix_init_exclusive_bar(dev, 1, 1, errp)) {
        return;
    }
    if (!testdev_set_host(s, errp)) {
        msix_uninit_exclusive_bar(dev);
        return;
    }
    msix_vector_use(dev, 0);
    pci_config_set_interrupt_pin(dev->config, 1);
    ret = event_notifier_init(&s->event, 0);
    if (ret) {
        error_setg_errno(errp, -ret, "no eventfd");
        testdev_unset_host(s);
        msix_uninit_exclusive_bar(dev);
        return;
    }
    event_notifier_set_handler(&s->event, testdev_event);
    s->mappings = g_tree_new_full(mapping_compare, NULL, NULL, g_free);
    memory_region_init_io(&s->bar, OBJECT(s), &testdev_ops, s,
                          "iommu-map-testdev", TESTDEV_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->bar);
    s->listener = (MemoryListener) {
        .name = "iommu-map-testdev",
        .region_add = testdev_region_add,
        .region_del = testdev_region_del,
    };
    memory_listener_register(&s->listener,
                             pci_device_iommu_address_space(dev));
}

static void testdev_exit(PCIDevice *dev)
{
    IommuMapTestdev *s = IOMMU_MAP_TESTDEV(dev);
    Section *one, *next;

    event_notifier_set_handler(&s->event, NULL);
    event_notifier_cleanup(&s->event);
    msix_uninit_exclusive_bar(dev);
    memory_listener_unregister(&s->listener);
    QLIST_FOREACH_SAFE(one, &s->sections, next, next) {
        testdev_drop_section(one);
    }
    g_tree_unref(s->mappings);
    testdev_unset_host(s);
}

static const Property testdev_properties[] = {
    DEFINE_PROP_STRING("host", IommuMapTestdev, host),
    DEFINE_PROP_UINT64("host-pages", IommuMapTestdev, host_pages,
                       0xfffffffffffff000ULL),
    DEFINE_PROP_UINT64("host-first", IommuMapTestdev, host_first, 0),
    DEFINE_PROP_UINT64("host-last", IommuMapTestdev, host_last, INT64_MAX),
    DEFINE_PROP_BOOL("cache", IommuMapTestdev, cache, false),
};

static void testdev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "keeps the mappings that a host's IOMMU would have (test)";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, testdev_properties);
    pc->realize = testdev_realize;
    pc->exit = testdev_exit;
    pc->vendor_id = PCI_VENDOR_ID_QEMU;
    pc->device_id = TESTDEV_ID;
    pc->class_id = PCI_CLASS_OTHERS;
    rc->phases.hold = testdev_reset_hold;
}

static void testdev_host_class_init(ObjectClass *klass, void *data)
{
    HostIOMMUDeviceClass *hc = HOST_IOMMU_DEVICE_CLASS(klass);

    hc->get_page_size_mask = testdev_host_pages;
    hc->get_iova_ranges = testdev_host_ranges;
}

static const TypeInfo testdev_types[] = {
    {
        .name = TYPE_TESTDEV_HOST_IOMMU,
        .parent = TYPE_HOST_IOMMU_DEVICE,
        .class_init = testdev_host_class_init,
    },
    {
        .name = TYPE_IOMMU_MAP_TESTDEV,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(IommuMapTestdev),
        .class_init = testdev_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(testdev_types)
