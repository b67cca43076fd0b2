/*
 * zx1 firmware: partitions and file systems on block devices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_FS_H
#define ZX1_FS_H

#include "fw.h"

/*
 * Looks at every Block I/O handle that is new or whose medium changed, and
 * installs Disk I/O, partitions and file systems on them.
 */
void fs_rescan(void);

/* Simple File System on @handle if there is a FAT volume */
struct fatfs *fatfs_attach(EFI_HANDLE handle, EFI_BLOCK_IO *bio);
void fatfs_detach(struct fatfs *fs);

/* Disk I/O over @bio */
EFI_STATUS diskio_attach(EFI_HANDLE handle, EFI_BLOCK_IO *bio);

#endif
