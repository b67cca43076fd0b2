/*
 * HP zx1: "info iotlb" and x-query-iotlb
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc-target.h"
#include "qapi/type-helpers.h"
#include "hw/ia64/code-check.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "monitor/monitor.h"
#include "sba.h"

/* Neighbouring entries that lead to neighbouring pages are one line */
typedef struct Run {
    uint64_t iova;
    uint64_t phys;
    uint64_t size;
} Run;

static void run_print(GString *buf, const Run *run)
{
    if (run->size) {
        g_string_append_printf(buf, "  0x%08" PRIx64 "-0x%08" PRIx64
                               " -> 0x%010" PRIx64 "\n", run->iova,
                               run->iova + run->size - 1, run->phys);
    }
}

/* The valid entries of the directory; returns their number */
static uint32_t info_entries(Zx1IocState *s, GString *buf)
{
    uint32_t pages = MAX(s->window_size >> s->page_shift, 1);
    uint64_t size = 1ULL << s->page_shift;
    uint32_t count = 0;
    Run run = { 0 };

    for (uint32_t page = 0; page < pages; page++) {
        MemTxResult res;
        uint64_t entry = address_space_ldq_le(&s->ram_as,
                                              s->pdir_base + page * 8ULL,
                                              MEMTXATTRS_UNSPECIFIED, &res);
        uint64_t iova = s->window_base + page * size;
        uint64_t phys = zx1_ioc_entry(s, page * size,
                                      FIELD_EX64(entry, PDIR, PPN))
                        .translated_addr;

        if (res != MEMTX_OK || !FIELD_EX64(entry, PDIR, VALID)) {
            continue;
        }
        count++;
        if (run.size && run.iova + run.size == iova &&
            run.phys + run.size == phys) {
            run.size += size;
            continue;
        }
        run_print(buf, &run);
        run = (Run) { .iova = iova, .phys = phys, .size = size };
    }
    run_print(buf, &run);
    return count;
}

static void info_window(Zx1IocState *s, GString *buf)
{
    g_autoptr(GString) entries = g_string_new(NULL);
    uint32_t count;

    if (!s->window_size) {
        g_string_append(buf, "window: off\n");
        return;
    }
    count = info_entries(s, entries);
    g_string_append_printf(buf, "window: 0x%08" PRIx64 "-0x%08" PRIx64
                           ", pages of %" PRIu64 " KiB, directory at 0x%010"
                           PRIx64 "\n", (uint64_t)s->window_base,
                           (uint64_t)s->window_base + s->window_size - 1,
                           (UINT64_C(1) << s->page_shift) / 1024,
                           (uint64_t)s->pdir_base);
    g_string_append_printf(buf, "valid entries: %u\n%s", count,
                           entries->str);
}

static void info_function(PCIBus *bus, PCIDevice *dev, void *opaque)
{
    GString *buf = opaque;
    Zx1LbaState *lba = ZX1_LBA(BUS(pci_device_root_bus(dev))->parent);
    const char *host = zx1_ioc_host_device_name(lba->ioc, bus, dev->devfn);

    g_string_append_printf(buf, "  %02x:%02x.%x %s", pci_bus_num(bus),
                           PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn),
                           object_get_typename(OBJECT(dev)));
    if (host) {
        g_string_append_printf(buf, ", %s of the host", host);
    }
    g_string_append(buf, dev->bus_master_enable_region.enabled ?
                    "\n" : ", not bus master\n");
    if (IS_PCI_BRIDGE(dev)) {
        pci_for_each_device_under_bus(
            pci_bridge_get_sec_bus(PCI_BRIDGE(dev)), info_function, buf);
    }
}

static int info_bridge(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_ZX1_LBA)) {
        pci_for_each_device_under_bus(PCI_HOST_BRIDGE(obj)->bus,
                                      info_function, opaque);
    }
    return 0;
}

HumanReadableText *qmp_x_query_iotlb(Error **errp)
{
    g_autoptr(GString) buf = g_string_new(NULL);
    Object *obj = object_resolve_path_type("", TYPE_ZX1_IOC, NULL);
    IA64CodeCheckStats code;
    Zx1IocState *s;

    if (!obj) {
        g_string_append(buf, "this machine has no I/O TLB\n");
        return human_readable_text_from_str(buf);
    }
    s = ZX1_IOC(obj);
    info_window(s, buf);
    g_string_append_printf(buf, "isolation: %s\n",
                           s->isolation ? "on" : "off");
    g_string_append_printf(buf, "directory followed: %s, pages mapped: %u\n",
                           s->shadow ? "yes" : "no", s->count_mapped);
    g_string_append_printf(buf, "since power on: maps %" PRIu64 " unmaps %"
                           PRIu64 " purges %" PRIu64 " stores %" PRIu64
                           " calls %" PRIu64 " errors %" PRIu64 "\n",
                           s->count_maps, s->count_unmaps, s->count_purges,
                           s->count_stores, s->count_events,
                           s->count_errors);
    code = ia64_code_check_stats();
    g_string_append_printf(buf, "code: events %" PRIu64 " pages compared %"
                           PRIu64 " stale %" PRIu64 "\n", code.events,
                           code.compared, code.stale);
    g_string_append(buf, "functions:\n");
    object_child_foreach_recursive(object_get_root(), info_bridge, buf);
    return human_readable_text_from_str(buf);
}

void zx1_iotlb_info_init(void)
{
    monitor_register_hmp_info_hrt("iotlb", qmp_x_query_iotlb);
}
