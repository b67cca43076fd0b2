/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line interrupts of a passed-through Intel 8254x through the IOSAPIC
 *
 * Registers as in Intel's 8254x software developer's manual. Writing ICS
 * raises causes as if the adapter had.
 */

#include "guest.h"

#define E1000_VENDOR    0x8086
#define E1000_DEVICE    0x100e

#define STATUS          0x0008
#define ICR             0x00c0
#define ICS             0x00c8
#define IMS             0x00d0
#define IMC             0x00d8
#define CAUSE_LINK      (1u << 2)
#define CAUSE_RX        (1u << 7)

#define VECTOR          0x50

static uint64_t bar;

void guest_main(void)
{
    int devfn;
    unsigned pin;

    chipset_init();
    devfn = pci_find(0, E1000_VENDOR, E1000_DEVICE);
    if (!check(devfn >= 0, "function is on the bus")) {
        return;
    }
    bar = pci_assign_bar(devfn, 0);
    pci_enable(devfn);
    check(bar && read32(bar + STATUS) != ~0u, "registers read");
    check(config_read(devfn, 0x3d, 1) == 1, "function uses INTA");
    pin = line_of(devfn);
    write32(bar + IMC, ~0u);
    read32(bar + ICR);
    line_set(pin, VECTOR, false);
    for (unsigned i = 1; i <= 5; i++) {
        write32(bar + IMS, CAUSE_LINK | CAUSE_RX);
        write32(bar + ICS, CAUSE_LINK);
        check_n(wait_vector(VECTOR, LONG_MS), "interrupt %d arrives", i);
        check_n(read32(bar + ICR) & CAUSE_LINK, "cause %d is there", i);
        line_eoi(VECTOR);
        delay_us(20000);
        check_n(pending_vector() == 15, "interrupt %d is over", i);
    }
    /* a cause that is not served comes again after the EOI */
    write32(bar + ICS, CAUSE_RX);
    check(wait_vector(VECTOR, LONG_MS), "level interrupt arrives");
    line_eoi(VECTOR);
    check(wait_vector(VECTOR, LONG_MS), "and again while its cause stands");
    read32(bar + ICR);
    line_eoi(VECTOR);
    line_set(pin, VECTOR, true);
    write32(bar + ICS, CAUSE_LINK);
    delay_us(100000);
    check(pending_vector() == 15, "masked in the IOSAPIC: silence");
    write32(bar + IMC, ~0u);
}
