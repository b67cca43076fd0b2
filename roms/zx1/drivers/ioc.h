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

#define IOC_TCNFG_64K       3

/*
 * The largest pages: for a function of the host each one is a mapping in the
 * host's IOMMU, and 65535 are the most that Linux' VFIO allows by default
 */
#define IOC_PAGE_SHIFT      16
#define IOC_PAGE_SIZE       (1UL << IOC_PAGE_SHIFT)

/*
 * Opens a window that maps the memory below 1 GiB one to one, and moves
 * dma_offset there. False: no memory for its directory.
 */
bool ioc_window_open(void);
void ioc_window_close(void);
/* The window's page for the IOC_PAGE_SIZE bytes at @page leads to @target */
void ioc_window_redirect(void *page, void *target);

#endif
