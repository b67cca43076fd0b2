/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI (not MSI-X) of a passed-through QEMU edu: docs/specs/edu.rst of QEMU
 */

#include "guest.h"

#define EDU_VENDOR      0x1234
#define EDU_DEVICE      0x11e8
#define EDU_LIVENESS    0x04
#define EDU_CAUSE       0x24
#define EDU_RAISE       0x60
#define EDU_ACK         0x64

/* PCI Local Bus Specification 3.0, 6.8.1, with a 64-bit address */
#define MSI_CAP         0x05
#define MSI_CONTROL     2
#define MSI_ENABLE          (1u << 0)
#define MSI_64BIT           (1u << 7)
#define MSI_ADDRESS     4
#define MSI_DATA        12

#define VECTOR          0x60

static uint64_t bar;

static void raise_and_take(unsigned vector, unsigned i)
{
    write32(bar + EDU_RAISE, 1u << i);
    check_n(wait_vector(vector, LONG_MS), "message %d arrives", i);
    check_n(read32(bar + EDU_CAUSE) == 1u << i, "cause %d is there", i);
    write32(bar + EDU_ACK, 1u << i);
    delay_us(20000);
    check_n(pending_vector() == 15, "message %d comes once", i);
}

void guest_main(void)
{
    int devfn;
    unsigned cap, control;

    chipset_init();
    devfn = pci_find(0, EDU_VENDOR, EDU_DEVICE);
    if (!check(devfn >= 0, "function is on the bus")) {
        return;
    }
    bar = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    write32(bar + EDU_LIVENESS, 0x12345678);
    check(read32(bar + EDU_LIVENESS) == ~0x12345678u, "registers work");
    cap = pci_capability(devfn, MSI_CAP);
    if (!check(cap, "MSI capability")) {
        return;
    }
    control = config_read(devfn, cap + MSI_CONTROL, 2);
    check(control & MSI_64BIT, "MSI with a 64-bit address");
    config_write(devfn, cap + MSI_ADDRESS, ZX1_PIB_BASE, 4);
    config_write(devfn, cap + MSI_ADDRESS + 4, 0, 4);
    config_write(devfn, cap + MSI_DATA, VECTOR, 2);
    config_write(devfn, cap + MSI_CONTROL, control | MSI_ENABLE, 2);
    for (unsigned i = 1; i <= 3; i++) {
        raise_and_take(VECTOR, i);
    }
    config_write(devfn, cap + MSI_DATA, VECTOR + 0x11, 2);
    for (unsigned i = 4; i <= 6; i++) {
        raise_and_take(VECTOR + 0x11, i);
    }
    config_write(devfn, cap + MSI_CONTROL, control & ~MSI_ENABLE, 2);
    delay_us(20000);
    check(pending_vector() == 15, "off: silence");
}
