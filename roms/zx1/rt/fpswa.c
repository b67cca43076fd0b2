/*
 * Floating-point software assistance (FPSWA)
 *
 * Operating systems call it for every floating-point fault and trap: on real
 * processors some are requests to finish an operation that the hardware
 * does not do itself.  The emulated processor does all of them and never
 * asks, so what arrives is an exception that the program has enabled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rt.h"

#define FPSWA_EXCEPTION     1
#define FPSWA_ERROR         (-1)

#define ISR_SWA_FAULT       0x88    /* low and high operand */

struct sal_ret fpswa(UINT64 fault, void *bundle, UINT64 *ipsr, UINT64 *fpsr,
                     UINT64 *isr, UINT64 *pr, UINT64 *ifs, void *state)
{
    struct sal_ret r = { FPSWA_EXCEPTION, { 0, 0, 0 } };

    if (fault && (*isr & ISR_SWA_FAULT)) {
        r.status = FPSWA_ERROR;
    }
    return r;
}
