/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the hashes of fp-compute.h on an x86-64 host:
 *
 *   gcc -O2 -ffp-contract=off -mfma fp-compute-host.c && ./a.out
 */

#include <stdio.h>
#include "fp-compute.h"

int main(void)
{
    for (unsigned i = 0; i < sizeof(computations) / sizeof(*computations);
         i++) {
        printf("%s %016lx\n", computations[i].name, compute(i));
    }
    return 0;
}
