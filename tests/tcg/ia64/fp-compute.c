/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic of compiled code gives the host's results, bit for bit */

#include "test.h"
#include "fp-compute.h"

void test_main(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(computations); i++) {
        test_begin(computations[i].name);
        test_eq("hash", compute(i), computations[i].hash);
        test_end();
    }
}
