/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's VFIO costs without an emulator: pairs of map and unmap,
 * accesses to a register, interrupts of a virtual function of an Intel 82576
 * from the register that raises them to the eventfd. Prints lines "BENCH name
 * value unit". The interface is that of linux/vfio.h.
 *
 * usage: raw BDF
 */

#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAIRS           8192
#define READS           20000
#define INTERRUPTS      2000
#define PAGE            16384
#define IOVA            0x40000000
#define VECTORS         3
#define PCI_COMMAND     4

/* 82576 datasheet, 8.26 */
#define STATUS          (0x0008 / 4)
#define EICS            (0x1520 / 4)
#define EIMS            (0x1524 / 4)
#define EIAC            (0x152c / 4)
#define EICR            (0x1580 / 4)

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void result(const char *name, uint64_t ns, unsigned n)
{
    printf("BENCH %s %llu ns\n", name, (unsigned long long)ns / n);
}

static int open_group(const char *bdf, int *container)
{
    char path[128], target[PATH_MAX];
    ssize_t n;
    int group;

    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
    n = readlink(path, target, sizeof(target) - 1);
    if (n < 0) {
        die(path);
    }
    target[n] = 0;
    snprintf(path, sizeof(path), "/dev/vfio/%s", strrchr(target, '/') + 1);
    group = open(path, O_RDWR);
    *container = open("/dev/vfio/vfio", O_RDWR);
    if (group < 0 || *container < 0 ||
        ioctl(group, VFIO_GROUP_SET_CONTAINER, container) ||
        ioctl(*container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU)) {
        die(path);
    }
    return group;
}

static void bench_pairs(int container)
{
    struct vfio_iommu_type1_dma_map map = {
        .argsz = sizeof(map),
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .iova = IOVA,
        .size = PAGE,
    };
    struct vfio_iommu_type1_dma_unmap unmap = {
        .argsz = sizeof(unmap), .iova = IOVA, .size = PAGE,
    };
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    uint64_t start = now_ns();

    map.vaddr = (uintptr_t)page;
    for (unsigned i = 0; i < PAIRS; i++) {
        if (ioctl(container, VFIO_IOMMU_MAP_DMA, &map) ||
            ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap)) {
            die("map");
        }
    }
    result("host calls map+unmap", now_ns() - start, PAIRS);
}

static volatile uint32_t *open_bar(int device)
{
    struct vfio_region_info bar = {
        .argsz = sizeof(bar), .index = VFIO_PCI_BAR0_REGION_INDEX,
    };
    struct vfio_region_info config = {
        .argsz = sizeof(config), .index = VFIO_PCI_CONFIG_REGION_INDEX,
    };
    const uint16_t command = 6;
    void *regs;

    if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &config) ||
        pwrite(device, &command, sizeof(command),
               config.offset + PCI_COMMAND) != sizeof(command) ||
        ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &bar)) {
        die("regions");
    }
    regs = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
                bar.offset);
    if (regs == MAP_FAILED) {
        die("mmap");
    }
    return regs;
}

static void bench_reads(volatile uint32_t *regs)
{
    uint64_t start = now_ns();

    for (unsigned i = 0; i < READS; i++) {
        (void)regs[STATUS];
    }
    result("host register read", now_ns() - start, READS);
}

static void bench_interrupts(int device, volatile uint32_t *regs)
{
    struct {
        struct vfio_irq_set set;
        int fds[VECTORS];
    } irqs = {
        .set = {
            .argsz = sizeof(irqs),
            .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
            .index = VFIO_PCI_MSIX_IRQ_INDEX,
            .count = VECTORS,
        },
    };
    uint64_t start, count;

    for (unsigned i = 0; i < VECTORS; i++) {
        irqs.fds[i] = eventfd(0, EFD_CLOEXEC);
    }
    if (ioctl(device, VFIO_DEVICE_SET_IRQS, &irqs)) {
        die("irqs");
    }
    regs[EIAC] = 7;
    (void)regs[EICR];
    start = now_ns();
    for (unsigned i = 0; i < INTERRUPTS; i++) {
        regs[EIMS] = 1;
        regs[EICS] = 1;
        if (read(irqs.fds[0], &count, sizeof(count)) != sizeof(count)) {
            die("eventfd");
        }
    }
    result("host interrupt, register to eventfd", now_ns() - start,
           INTERRUPTS);
}

int main(int argc, char **argv)
{
    int container, group, device;
    volatile uint32_t *regs;

    if (argc != 2) {
        fprintf(stderr, "usage: raw BDF\n");
        return 2;
    }
    group = open_group(argv[1], &container);
    device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[1]);
    if (device < 0) {
        die(argv[1]);
    }
    ioctl(device, VFIO_DEVICE_RESET);
    bench_pairs(container);
    regs = open_bar(device);
    bench_reads(regs);
    bench_interrupts(device, regs);
    return 0;
}
