/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of compiled.h on the host, as C for the guest's program */

#include <stdio.h>
#include "compiled.h"

int main(void)
{
    for (unsigned i = 0; i < LENGTH(compiled); i++) {
        printf("0x%016lx,\n", compiled[i].function());
    }
    return 0;
}
