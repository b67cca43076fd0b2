/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiled code gives the host's numbers; built with each optimisation */

#include "test.h"
#include "compiled.h"

static const u64 host[] = {
#include "compiled-host.inc"
};

void test_main(void)
{
    for (unsigned i = 0; i < LENGTH(compiled); i++) {
        test_begin(compiled[i].name);
        test_eq("number", compiled[i].function(), host[i]);
        test_end();
    }
}
