/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The computations on the host: lines of "name hash" */

#include <stdio.h>
#include "compute.h"

int main(void)
{
    int i;

    for (i = 0; i < NUM_COMPUTATIONS; i++) {
        printf("%s %016lx\n", computations[i].name, compute(i));
    }
    return 0;
}
