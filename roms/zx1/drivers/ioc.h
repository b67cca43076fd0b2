/*
 * zx1 firmware: the I/O controller's translation
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_IOC_H
#define ZX1_IOC_H

#include "fw.h"

#define IOC_IBASE           0x300
#define IOC_IBASE_ENABLE    0x1
#define IOC_IMASK           0x308
#define IOC_PCOM            0x310
#define IOC_TCNFG           0x318
#define IOC_PDIR_BASE       0x320
#define IOC_PDIR_VALID      0x8000000000000000UL

/* TCNFG: sizes of IOTLB pages */
#define IOC_TCNFG_4K        0
#define IOC_TCNFG_64K       3

/* The window of 1 GiB translates through @pdir; @tcnfg is IOC_TCNFG_* */
void ioc_enable(UINT64 *pdir, unsigned tcnfg);
void ioc_disable(void);
/* Forget the translations of 2^@log2_size bytes at @iova */
void ioc_purge(UINT64 iova, unsigned log2_size);

#endif
