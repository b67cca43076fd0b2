/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chipset layout and configuration space, without firmware */

#include "guest.h"

#define FW_CFG_FILE_DIR     0x19
#define FW_CFG_NAME_SIZE    56

#define IOSAPIC         (ZX1_LBA_CSR(0) + ZX1_LBA_IOSAPIC)
#define IOSAPIC_SELECT  0x00
#define IOSAPIC_WINDOW  0x10
#define IOSAPIC_EOI     0x40
#define RTE_LOW(n)      (0x10 + 2 * (n))
#define RTE_MASK        (1u << 16)
#define RTE_LEVEL       (1u << 15)
#define RTE_ACTIVE_LOW  (1u << 13)

#define PCI_BRIDGE      0x00011b36  /* device and vendor */

static uint64_t next_bar = ZX1_LMMIO_BASE + 0x100000;

static void fw_select(uint16_t key)
{
    write16(ZX1_FW_CFG_SELECTOR, __builtin_bswap16(key));
}

static void fw_read(void *buf, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        ((uint8_t *)buf)[i] = read8(ZX1_FW_CFG_DATA);
    }
}

/* Key of a file, 0 if it is not there */
static uint16_t fw_find(const char *name, uint32_t *size)
{
    struct {
        uint32_t size;
        uint16_t key;
        uint16_t reserved;
        char name[FW_CFG_NAME_SIZE];
    } file;
    uint32_t count;

    fw_select(FW_CFG_FILE_DIR);
    fw_read(&count, sizeof(count));
    for (count = __builtin_bswap32(count); count; count--) {
        unsigned i = 0;

        fw_read(&file, sizeof(file));
        while (name[i] && file.name[i] == name[i]) {
            i++;
        }
        if (file.name[i] == name[i]) {
            *size = __builtin_bswap32(file.size);
            return __builtin_bswap16(file.key);
        }
    }
    return 0;
}

void chipset_init(void)
{
    struct zx1_fw_store store;
    uint32_t size = 0;
    uint16_t key = fw_find(ZX1_FW_FILE_CHIPSET, &size);

    if (!check(key != 0, "chipset layout from fw_cfg")) {
        power_off();
    }
    fw_select(key);
    for (; size >= sizeof(store); size -= sizeof(store)) {
        fw_read(&store, sizeof(store));
        write64(store.address, store.value);
    }
    mf();
}

bool fw_file(const char *name, void *buf, uint64_t size)
{
    uint32_t there = 0;
    uint16_t key = fw_find(name, &there);

    if (!key || there < size) {
        return false;
    }
    fw_select(key);
    fw_read(buf, size);
    return true;
}

bool option_is(const char *name, const char *value)
{
    uint32_t size = 0, i = 0;
    uint16_t key = fw_find(name, &size);
    bool same = key != 0;

    if (key) {
        fw_select(key);
    }
    for (; key && i < size; i++) {
        char c;

        fw_read(&c, 1);
        same = same && value[i] == c;
    }
    return same && !value[i];
}

static uint64_t config_select(unsigned devfn, unsigned reg)
{
    uint64_t csr = ZX1_LBA_CSR(0);

    write32(csr + ZX1_LBA_CONFIG_ADDRESS, devfn << 8 | (reg & 0xfc));
    return csr + ZX1_LBA_CONFIG_DATA + (reg & 3);
}

uint32_t config_read(unsigned devfn, unsigned reg, unsigned size)
{
    uint64_t data = config_select(devfn, reg);

    switch (size) {
    case 1:
        return read8(data);
    case 2:
        return *(volatile uint16_t *)UC(data);
    default:
        return read32(data);
    }
}

void config_write(unsigned devfn, unsigned reg, uint32_t val, unsigned size)
{
    uint64_t data = config_select(devfn, reg);

    switch (size) {
    case 1:
        write8(data, val);
        break;
    case 2:
        write16(data, val);
        break;
    default:
        write32(data, val);
        break;
    }
}

/* The first pci-bridge of QEMU's leads to bus 1; is there one? */
static bool open_bridge(void)
{
    unsigned devfn = 0;

    while (config_read(devfn, 0, 4) != PCI_BRIDGE) {
        if (++devfn == 256) {
            return false;
        }
    }
    config_write(devfn, 0x18, 0x00010100, 4);
    /* what pci_assign_bar() hands out */
    config_write(devfn, 0x20, (next_bar >> 16 & 0xfff0) | 0x8ff00000, 4);
    pci_enable(devfn);
    return true;
}

int pci_find(unsigned devfn, uint16_t vendor, uint16_t device)
{
    for (; devfn < 512; devfn++) {
        if (devfn == 256 && !open_bridge()) {
            break;
        }
        if (config_read(devfn, 0, 4) == (vendor | (uint32_t)device << 16)) {
            return devfn;
        }
    }
    return -1;
}

unsigned pci_capability(unsigned devfn, uint8_t id)
{
    unsigned at = config_read(devfn, 0x34, 1) & 0xfc;

    for (unsigned n = 0; at && n < 48; n++) {
        if (config_read(devfn, at, 1) == id) {
            return at;
        }
        at = config_read(devfn, at + 1, 1) & 0xfc;
    }
    return 0;
}

uint64_t pci_assign_bar(unsigned devfn, unsigned bar)
{
    unsigned reg = 0x10 + 4 * bar;
    uint32_t type = config_read(devfn, reg, 4);
    uint64_t size, addr;

    config_write(devfn, reg, ~0u, 4);
    size = -(uint64_t)(int)(config_read(devfn, reg, 4) & ~0xf);
    if (!size || (type & 1)) {
        return 0;
    }
    addr = (next_bar + size - 1) & -size;
    next_bar = addr + size;
    config_write(devfn, reg, addr, 4);
    if ((type & 6) == 4) {
        config_write(devfn, reg + 4, addr >> 32, 4);
    }
    return addr;
}

void pci_enable(unsigned devfn)
{
    /* memory space, bus master */
    config_write(devfn, 4, 6, 2);
}

unsigned line_of(unsigned devfn)
{
    struct zx1_fw_root root;

    if (!fw_file(ZX1_FW_FILE_ROOTS, &root, sizeof(root))) {
        return 0;
    }
    return root.int_base[devfn >> 3] % root.int_pins;
}

void line_set(unsigned line, unsigned vector, bool masked)
{
    write32(IOSAPIC + IOSAPIC_SELECT, RTE_LOW(line) + 1);
    write32(IOSAPIC + IOSAPIC_WINDOW, 0);
    write32(IOSAPIC + IOSAPIC_SELECT, RTE_LOW(line));
    write32(IOSAPIC + IOSAPIC_WINDOW, vector | RTE_LEVEL | RTE_ACTIVE_LOW |
            (masked ? RTE_MASK : 0));
    mf();
}

void line_eoi(unsigned vector)
{
    write32(IOSAPIC + IOSAPIC_EOI, vector);
}

void msix_set(uint64_t table, unsigned n, unsigned vector, bool masked)
{
    uint64_t entry = table + 16 * n;

    write32(entry + 12, 1);
    write32(entry, ZX1_PIB_BASE);
    write32(entry + 4, 0);
    write32(entry + 8, vector);
    write32(entry + 12, masked);
}
