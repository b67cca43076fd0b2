/*
 * FAT12, FAT16 and FAT32 with long names, read and write
 *
 * Facts: Microsoft "FAT: General Overview of On-Disk Format", version 1.03.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef ZX1_FAT_H
#define ZX1_FAT_H

#include "port.h"

enum {
    FAT_OK = 0,
    FAT_E_IO = -1,          /* the device reported an error */
    FAT_E_CORRUPT = -2,     /* the structures on the medium contradict */
    FAT_E_NOSPC = -3,
    FAT_E_NOENT = -4,
    FAT_E_RO = -5,
    FAT_E_NOMEM = -6,
    FAT_E_INVAL = -7,       /* not a name, offset beyond 4 GiB, ... */
    FAT_E_EXIST = -8,
    FAT_E_NOTDIR = -9,
    FAT_E_ISDIR = -10,
    FAT_E_NOTEMPTY = -11,
    FAT_E_NOTFAT = -12,     /* no FAT file system here */
    FAT_E_BUSY = -13,
};

#define FAT_ATTR_RO         0x01
#define FAT_ATTR_HIDDEN     0x02
#define FAT_ATTR_SYSTEM     0x04
#define FAT_ATTR_LABEL      0x08
#define FAT_ATTR_DIR        0x10
#define FAT_ATTR_ARCHIVE    0x20
#define FAT_ATTR_LFN        0x0f

#define FAT_NAME_MAX        255
#define FAT_CACHE_UNIT      4096
#define FAT_CACHE_UNITS     16

/* A block device; callbacks return 0 or a negative error */
struct fat_dev {
    void *opaque;
    uint32_t block_size;        /* bytes, a power of two, 512 to 4096 */
    uint64_t blocks;
    bool read_only;
    int (*read)(void *opaque, uint64_t lba, uint32_t count, void *buf);
    int (*write)(void *opaque, uint64_t lba, uint32_t count,
                 const void *buf);
    int (*flush)(void *opaque);                         /* may be NULL */
    void (*now)(void *opaque, uint16_t *date, uint16_t *time); /* ditto */
};

struct fat_cache {
    uint64_t unit;              /* number of the unit, ~0 = empty */
    uint32_t used;              /* clock for eviction */
    bool dirty;
    uint8_t *data;
};

struct fat_file;

struct fat_vol {
    struct fat_dev dev;
    int bits;                   /* 12, 16 or 32 */
    uint32_t sector_size;
    uint32_t cluster_size;      /* bytes */
    uint64_t fat_start;         /* byte offset of the first FAT */
    uint64_t fat_bytes;         /* of one FAT */
    unsigned nfats;
    int active_fat;             /* -1: all are kept equal */
    uint64_t root_start;        /* FAT12/16 root directory, byte offset */
    uint32_t root_bytes;
    uint32_t root_cluster;      /* FAT32 */
    uint64_t data_start;        /* byte offset of cluster 2 */
    uint32_t nclusters;
    uint64_t bytes;             /* of the volume, as its header says */
    uint64_t fsinfo;            /* byte offset or 0 */
    int64_t free_clusters;      /* -1: not counted yet */
    uint32_t next_free;         /* where to start looking */
    uint32_t clock;
    uint32_t serial;
    struct fat_cache cache[FAT_CACHE_UNITS];
    struct fat_file *files;     /* every open one */
    struct fat_file *root;
};

struct fat_time {
    uint16_t date;              /* FAT encoding; 0 = none */
    uint16_t time;
};

struct fat_file {
    struct fat_vol *vol;
    struct fat_file *next;
    struct fat_file *parent;    /* NULL for the root */
    unsigned refs;
    uint32_t first;             /* first cluster, 0 = none */
    uint32_t size;              /* bytes; 0 for directories */
    uint8_t attr;
    bool gone;                  /* removed while open */
    uint32_t slot;              /* first slot of its entry set in parent */
    uint32_t nslots;            /* of the set, the short entry is last */
    uint32_t cur_index;         /* cursor: cluster number cur_index of */
    uint32_t cur_cluster;       /* the chain; 0 = unset */
    struct fat_time created, modified, accessed;
    uint16_t name[FAT_NAME_MAX + 1];
};

/* One directory entry, as fat_readdir() returns it */
struct fat_dirent {
    uint16_t name[FAT_NAME_MAX + 1];    /* UCS-2, 0-terminated */
    uint16_t short_name[13];
    uint8_t attr;
    uint32_t first;
    uint32_t size;
    uint32_t slot;
    uint32_t nslots;
    struct fat_time created, modified, accessed;
};

/* Bytes of the volume if @boot (at least 512 bytes) is a FAT boot sector */
uint64_t fat_probe(const uint8_t *boot, uint32_t *sector_size);

int fat_mount(struct fat_vol *vol, const struct fat_dev *dev);
void fat_unmount(struct fat_vol *vol);

struct fat_file *fat_ref(struct fat_file *file);
void fat_close(struct fat_file *file);

/* @name is one component, not "." or ".." */
int fat_open(struct fat_file *dir, const uint16_t *name,
             struct fat_file **file);
int fat_create(struct fat_file *dir, const uint16_t *name, uint8_t attr,
               struct fat_file **file);

/* FAT_OK with *len = 0 at the end of the file */
int fat_read(struct fat_file *file, uint64_t off, void *buf, uint64_t *len);
int fat_write(struct fat_file *file, uint64_t off, const void *buf,
              uint64_t *len);
int fat_truncate(struct fat_file *file, uint64_t size);

/* *@pos starts at 0; FAT_E_NOENT at the end. "." and ".." are left out */
int fat_readdir(struct fat_file *dir, uint32_t *pos, struct fat_dirent *ent);
int fat_remove(struct fat_file *file);
int fat_rename(struct fat_file *file, struct fat_file *dir,
               const uint16_t *name);
/* Attributes and times of @file to its directory entry */
int fat_update(struct fat_file *file);
int fat_flush(struct fat_vol *vol);
int fat_label(struct fat_vol *vol, uint16_t label[12]);
int fat_count_free(struct fat_vol *vol, uint64_t *bytes);

/* Shared by fat.c and fat-dir.c */
uint16_t fat_upcase(uint16_t c);
bool fat_same_name(const uint16_t *a, const uint16_t *b);
int fat_dir_io(struct fat_file *dir, uint32_t slot, void *entry, bool write);
int fat_dir_grow(struct fat_file *dir, uint32_t slots);
int fat_free_chain(struct fat_vol *vol, uint32_t first);
int fat_alloc_cluster(struct fat_vol *vol, uint32_t prev, bool zero,
                      uint32_t *cluster);
int fat_byte_io(struct fat_vol *vol, uint64_t off, void *buf, uint32_t len,
                bool write);
int fat_sync(struct fat_vol *vol);

#endif
