/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine check that nobody handles resets the machine; its record is there
 * afterwards, until it is cleared.
 *
 * Started by the firmware as a kernel, again after the reset.
 */

#include "firmware-sal.h"

void test_main(void)
{
    find_sal();
    if (sal(SAL_GET_STATE_INFO, 0, 0, (uint64_t)record, 0, 0).status == -5) {
        hard_fail(true);
        *(volatile uint64_t *)UC(ZX1_LMMIO_BASE + 0x10000);
        for (;;) {
            asm volatile("hint @pause");
        }
    }
    test_begin("the record of a machine check outlives a reset");
    check_record(0, 1, 0);
    test_eq("processor", bytes(record + 40 + 24 + 24, 8) >> 24 & 0xff, 0);
    test_end();

    test_begin("until it is cleared");
    test_eq("clear", sal(SAL_CLEAR_STATE, 0, 0, 0, 0, 0).status, 0);
    test_eq("no record", sal(SAL_GET_STATE_INFO, 0, 0, (uint64_t)record, 0,
                             0).status, -5ul);
    test_end();
}
