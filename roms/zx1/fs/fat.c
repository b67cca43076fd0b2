/*
 * FAT12, FAT16 and FAT32: volume, allocation table and file contents
 *
 * A medium is not trusted: every number read from it is checked before use,
 * every walk along a chain is bounded by the number of clusters.
 *
 * Facts: Microsoft "FAT: General Overview of On-Disk Format", version 1.03.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fat.h"

/* Boot sector, byte offsets */
#define BPB_BYTES_PER_SEC   11
#define BPB_SEC_PER_CLUS    13
#define BPB_RESERVED        14
#define BPB_NUM_FATS        16
#define BPB_ROOT_ENTRIES    17
#define BPB_TOTAL16         19
#define BPB_FAT_SIZE16      22
#define BPB_TOTAL32         32
#define BPB32_FAT_SIZE      36
#define BPB32_EXT_FLAGS     40
#define BPB32_VERSION       42
#define BPB32_ROOT_CLUSTER  44
#define BPB32_FSINFO        48
#define BPB16_SERIAL        39
#define BPB32_SERIAL        67

#define FSINFO_LEAD_SIG     0x41615252
#define FSINFO_STRUCT_SIG   0x61417272
#define FSINFO_STRUCT       484
#define FSINFO_FREE         488
#define FSINFO_NEXT         492

#define CHAIN_END           0xffffffff

static bool is_pow2(uint32_t v)
{
    return v && !(v & (v - 1));
}

uint64_t fat_probe(const uint8_t *boot, uint32_t *sector_size)
{
    uint32_t bps = get16(boot + BPB_BYTES_PER_SEC);
    uint64_t total = get16(boot + BPB_TOTAL16);

    if (!total) {
        total = get32(boot + BPB_TOTAL32);
    }
    if ((boot[0] != 0xeb && boot[0] != 0xe9) ||
        !is_pow2(bps) || bps < 512 || bps > 4096 ||
        !is_pow2(boot[BPB_SEC_PER_CLUS]) ||
        !get16(boot + BPB_RESERVED) ||
        !boot[BPB_NUM_FATS] || boot[BPB_NUM_FATS] > 4 || !total) {
        return 0;
    }
    if (sector_size) {
        *sector_size = bps;
    }
    return total * bps;
}

/* Cached byte access to the device */

static int unit_io(struct fat_vol *vol, struct fat_cache *c, bool write)
{
    uint32_t per = FAT_CACHE_UNIT / vol->dev.block_size;
    uint64_t lba = c->unit * per;
    uint32_t n;

    if (lba >= vol->dev.blocks) {
        return FAT_E_IO;
    }
    n = vol->dev.blocks - lba < per ? vol->dev.blocks - lba : per;
    if (write) {
        return vol->dev.write(vol->dev.opaque, lba, n, c->data) ?
               FAT_E_IO : FAT_OK;
    }
    return vol->dev.read(vol->dev.opaque, lba, n, c->data) ?
           FAT_E_IO : FAT_OK;
}

int fat_sync(struct fat_vol *vol)
{
    int ret = FAT_OK;

    for (unsigned i = 0; i < FAT_CACHE_UNITS; i++) {
        struct fat_cache *c = &vol->cache[i];

        if (c->dirty) {
            c->dirty = false;
            if (unit_io(vol, c, true)) {
                c->unit = ~0ULL;
                ret = FAT_E_IO;
            }
        }
    }
    return ret;
}

static struct fat_cache *unit_find(struct fat_vol *vol, uint64_t unit)
{
    for (unsigned i = 0; i < FAT_CACHE_UNITS; i++) {
        if (vol->cache[i].unit == unit) {
            return &vol->cache[i];
        }
    }
    return NULL;
}

static int unit_get(struct fat_vol *vol, uint64_t unit, struct fat_cache **out)
{
    struct fat_cache *c = unit_find(vol, unit);
    int ret;

    if (!c) {
        c = &vol->cache[0];
        for (unsigned i = 1; i < FAT_CACHE_UNITS; i++) {
            if (vol->cache[i].used < c->used) {
                c = &vol->cache[i];
            }
        }
        if (c->dirty) {
            c->dirty = false;
            ret = unit_io(vol, c, true);
            if (ret) {
                c->unit = ~0ULL;
                return ret;
            }
        }
        c->unit = unit;
        ret = unit_io(vol, c, false);
        if (ret) {
            c->unit = ~0ULL;
            c->used = 0;
            return ret;
        }
    }
    c->used = ++vol->clock;
    *out = c;
    return FAT_OK;
}

int fat_byte_io(struct fat_vol *vol, uint64_t off, void *buf, uint32_t len,
                bool write)
{
    uint8_t *p = buf;

    while (len) {
        struct fat_cache *c;
        uint32_t at = off % FAT_CACHE_UNIT;
        uint32_t n = FAT_CACHE_UNIT - at < len ? FAT_CACHE_UNIT - at : len;
        int ret;

        if (off + n > vol->dev.blocks * vol->dev.block_size) {
            return FAT_E_IO;
        }
        ret = unit_get(vol, off / FAT_CACHE_UNIT, &c);
        if (ret) {
            return ret;
        }
        if (write) {
            memcpy(c->data + at, p, n);
            c->dirty = true;
        } else {
            memcpy(p, c->data + at, n);
        }
        off += n;
        p += n;
        len -= n;
    }
    return FAT_OK;
}

/*
 * Large transfers go straight to the device. Cached units in the range are
 * written back first, and forgotten when the device's copy gets newer.
 */
static int bulk_io(struct fat_vol *vol, uint64_t off, void *buf, uint32_t len,
                   bool write)
{
    uint32_t bs = vol->dev.block_size;
    uint8_t *p = buf;
    int ret;

    while (len) {
        uint32_t n;

        if (off % bs || len < bs) {
            n = bs - off % bs;
            n = n < len ? n : len;
            ret = fat_byte_io(vol, off, p, n, write);
            if (ret) {
                return ret;
            }
        } else {
            n = len - len % bs;
            if (off + n > vol->dev.blocks * bs) {
                return FAT_E_IO;
            }
            for (unsigned i = 0; i < FAT_CACHE_UNITS; i++) {
                struct fat_cache *c = &vol->cache[i];

                if (c->unit < off / FAT_CACHE_UNIT ||
                    c->unit > (off + n - 1) / FAT_CACHE_UNIT) {
                    continue;
                }
                if (c->dirty) {
                    c->dirty = false;
                    if (unit_io(vol, c, true)) {
                        c->unit = ~0ULL;
                        return FAT_E_IO;
                    }
                }
                if (write) {
                    c->unit = ~0ULL;
                    c->used = 0;
                }
            }
            ret = write ? vol->dev.write(vol->dev.opaque, off / bs, n / bs, p)
                        : vol->dev.read(vol->dev.opaque, off / bs, n / bs, p);
            if (ret) {
                return FAT_E_IO;
            }
        }
        off += n;
        p += n;
        len -= n;
    }
    return FAT_OK;
}

/* The allocation table */

static bool cluster_ok(const struct fat_vol *vol, uint32_t c)
{
    return c >= 2 && c - 2 < vol->nclusters;
}

static uint64_t cluster_off(const struct fat_vol *vol, uint32_t c)
{
    return vol->data_start + (uint64_t)(c - 2) * vol->cluster_size;
}

static uint64_t fat_base(const struct fat_vol *vol, unsigned copy)
{
    return vol->fat_start + copy * vol->fat_bytes;
}

/* Raw entry of cluster @c: 0 free, CHAIN_END at the end of a chain */
static int fat_get(struct fat_vol *vol, uint32_t c, uint32_t *val)
{
    uint64_t base = fat_base(vol, vol->active_fat < 0 ? 0 : vol->active_fat);
    uint8_t b[4];
    int ret;

    switch (vol->bits) {
    case 12:
        ret = fat_byte_io(vol, base + c + c / 2, b, 2, false);
        *val = (c & 1 ? get16(b) >> 4 : get16(b) & 0xfff);
        if (*val >= 0xff8) {
            *val = CHAIN_END;
        }
        break;
    case 16:
        ret = fat_byte_io(vol, base + c * 2ULL, b, 2, false);
        *val = get16(b);
        if (*val >= 0xfff8) {
            *val = CHAIN_END;
        }
        break;
    default:
        ret = fat_byte_io(vol, base + c * 4ULL, b, 4, false);
        *val = get32(b) & 0x0fffffff;
        if (*val >= 0x0ffffff8) {
            *val = CHAIN_END;
        }
        break;
    }
    return ret;
}

static int fat_put_one(struct fat_vol *vol, unsigned copy, uint32_t c,
                       uint32_t val)
{
    uint64_t base = fat_base(vol, copy);
    uint64_t off;
    uint8_t b[4];
    int ret;

    switch (vol->bits) {
    case 12:
        off = base + c + c / 2;
        ret = fat_byte_io(vol, off, b, 2, false);
        if (ret) {
            return ret;
        }
        val &= 0xfff;
        put16(b, c & 1 ? (get16(b) & 0xf) | val << 4
                       : (get16(b) & 0xf000) | val);
        return fat_byte_io(vol, off, b, 2, true);
    case 16:
        put16(b, val);
        return fat_byte_io(vol, base + c * 2ULL, b, 2, true);
    default:
        off = base + c * 4ULL;
        ret = fat_byte_io(vol, off, b, 4, false);
        if (ret) {
            return ret;
        }
        /* the upper four bits are not ours */
        put32(b, (get32(b) & 0xf0000000) | (val & 0x0fffffff));
        return fat_byte_io(vol, off, b, 4, true);
    }
}

static int fat_put(struct fat_vol *vol, uint32_t c, uint32_t val)
{
    int ret;

    if (vol->active_fat >= 0) {
        return fat_put_one(vol, vol->active_fat, c, val);
    }
    for (unsigned i = 0; i < vol->nfats; i++) {
        ret = fat_put_one(vol, i, c, val);
        if (ret) {
            return ret;
        }
    }
    return FAT_OK;
}

/* Next cluster of a chain, 0 at its end */
static int fat_next(struct fat_vol *vol, uint32_t c, uint32_t *next)
{
    uint32_t val;
    int ret = fat_get(vol, c, &val);

    if (ret) {
        return ret;
    }
    if (val == CHAIN_END) {
        *next = 0;
        return FAT_OK;
    }
    if (!cluster_ok(vol, val)) {
        return FAT_E_CORRUPT;
    }
    *next = val;
    return FAT_OK;
}

static void fsinfo_update(struct fat_vol *vol)
{
    uint8_t b[8];

    if (!vol->fsinfo || vol->dev.read_only) {
        return;
    }
    put32(b, vol->free_clusters < 0 ? 0xffffffff : vol->free_clusters);
    put32(b + 4, vol->next_free);
    fat_byte_io(vol, vol->fsinfo + FSINFO_FREE, b, 8, true);
}

int fat_free_chain(struct fat_vol *vol, uint32_t first)
{
    uint32_t left = vol->nclusters;
    uint32_t c = first;

    while (c) {
        uint32_t next, val;
        int ret;

        if (!cluster_ok(vol, c) || !left--) {
            return FAT_E_CORRUPT;
        }
        ret = fat_get(vol, c, &val);
        if (ret) {
            return ret;
        }
        /* a free cluster inside a chain also ends a loop */
        next = val == CHAIN_END || !cluster_ok(vol, val) ? 0 : val;
        if (val) {
            ret = fat_put(vol, c, 0);
            if (ret) {
                return ret;
            }
            if (vol->free_clusters >= 0) {
                vol->free_clusters++;
            }
        }
        c = next;
    }
    fsinfo_update(vol);
    return FAT_OK;
}

int fat_alloc_cluster(struct fat_vol *vol, uint32_t prev, bool zero,
                      uint32_t *cluster)
{
    uint32_t c = cluster_ok(vol, prev + 1) ? prev + 1 : vol->next_free;

    if (!cluster_ok(vol, c)) {
        c = 2;
    }
    for (uint32_t i = 0; i < vol->nclusters; i++) {
        uint32_t val;
        int ret = fat_get(vol, c, &val);

        if (ret) {
            return ret;
        }
        if (val == 0) {
            if (zero) {
                uint8_t z[512] = { 0 };

                for (uint32_t o = 0; o < vol->cluster_size; o += sizeof(z)) {
                    ret = fat_byte_io(vol, cluster_off(vol, c) + o, z,
                                      sizeof(z), true);
                    if (ret) {
                        return ret;
                    }
                }
            }
            ret = fat_put(vol, c, CHAIN_END);
            if (!ret && prev) {
                ret = fat_put(vol, prev, c);
            }
            if (ret) {
                return ret;
            }
            if (vol->free_clusters > 0) {
                vol->free_clusters--;
            }
            vol->next_free = c;
            *cluster = c;
            return FAT_OK;
        }
        c = cluster_ok(vol, c + 1) ? c + 1 : 2;
    }
    return FAT_E_NOSPC;
}

int fat_count_free(struct fat_vol *vol, uint64_t *bytes)
{
    if (vol->free_clusters < 0) {
        int64_t n = 0;

        for (uint32_t c = 2; cluster_ok(vol, c); c++) {
            uint32_t val;
            int ret = fat_get(vol, c, &val);

            if (ret) {
                return ret;
            }
            n += !val;
        }
        vol->free_clusters = n;
    }
    *bytes = vol->free_clusters * (uint64_t)vol->cluster_size;
    return FAT_OK;
}

/* Mounting */

static int parse_boot(struct fat_vol *vol, const uint8_t *b)
{
    uint32_t bps, spc = b[BPB_SEC_PER_CLUS];
    uint32_t reserved = get16(b + BPB_RESERVED);
    uint32_t fat_sectors = get16(b + BPB_FAT_SIZE16);
    uint32_t root_entries = get16(b + BPB_ROOT_ENTRIES);
    uint64_t total, meta, fit;

    vol->bytes = fat_probe(b, &bps);
    if (!vol->bytes) {
        return FAT_E_NOTFAT;
    }
    total = vol->bytes / bps;
    if (!fat_sectors) {
        fat_sectors = get32(b + BPB32_FAT_SIZE);
    }
    vol->sector_size = bps;
    vol->cluster_size = bps * spc;
    vol->nfats = b[BPB_NUM_FATS];
    vol->fat_start = (uint64_t)reserved * bps;
    vol->fat_bytes = (uint64_t)fat_sectors * bps;
    vol->root_start = vol->fat_start + vol->nfats * vol->fat_bytes;
    vol->root_bytes = (root_entries * 32 + bps - 1) / bps * bps;
    vol->data_start = vol->root_start + vol->root_bytes;
    meta = vol->data_start / bps;
    if (!fat_sectors || meta >= total || (total - meta) / spc == 0) {
        return FAT_E_NOTFAT;
    }
    total = (total - meta) / spc;
    if (total > 0x0ffffff4) {
        return FAT_E_NOTFAT;
    }
    vol->nclusters = total;
    /* the number of clusters alone decides the kind (page 14 of the spec) */
    vol->bits = total < 4085 ? 12 : total < 65525 ? 16 : 32;
    if (root_entries == 0 && !get16(b + BPB_FAT_SIZE16)) {
        vol->bits = 32;             /* small FAT32, as mformat makes it */
    }
    fit = vol->fat_bytes * 8 / vol->bits;
    if (fit < 3) {
        return FAT_E_NOTFAT;
    }
    if (vol->nclusters > fit - 2) {
        vol->nclusters = fit - 2;   /* the rest cannot be described */
    }
    vol->active_fat = -1;
    vol->free_clusters = -1;
    vol->next_free = 2;
    if (vol->bits == 32) {
        uint32_t flags = get16(b + BPB32_EXT_FLAGS);

        vol->root_cluster = get32(b + BPB32_ROOT_CLUSTER) & 0x0fffffff;
        if (!cluster_ok(vol, vol->root_cluster) ||
            get16(b + BPB32_VERSION)) {
            return FAT_E_NOTFAT;
        }
        if ((flags & 0x80) && (flags & 0xf) < vol->nfats) {
            vol->active_fat = flags & 0xf;
        }
        vol->serial = get32(b + BPB32_SERIAL);
    } else {
        if (!root_entries) {
            return FAT_E_NOTFAT;
        }
        vol->serial = get32(b + BPB16_SERIAL);
    }
    return FAT_OK;
}

static void read_fsinfo(struct fat_vol *vol, const uint8_t *boot)
{
    uint32_t sector = get16(boot + BPB32_FSINFO);
    uint64_t off = (uint64_t)sector * vol->sector_size;
    uint8_t b[512];

    if (vol->bits != 32 || sector == 0 || off >= vol->fat_start ||
        fat_byte_io(vol, off, b, sizeof(b), false) ||
        get32(b) != FSINFO_LEAD_SIG ||
        get32(b + FSINFO_STRUCT) != FSINFO_STRUCT_SIG) {
        return;
    }
    vol->fsinfo = off;
    /* the free count is a hint that may be stale: count when asked */
    if (cluster_ok(vol, get32(b + FSINFO_NEXT))) {
        vol->next_free = get32(b + FSINFO_NEXT);
    }
}

int fat_mount(struct fat_vol *vol, const struct fat_dev *dev)
{
    uint8_t boot[512];
    uint8_t *cache;
    int ret;

    memset(vol, 0, sizeof(*vol));
    vol->dev = *dev;
    if (!is_pow2(dev->block_size) || dev->block_size < 512 ||
        dev->block_size > FAT_CACHE_UNIT || !dev->blocks) {
        return FAT_E_NOTFAT;
    }
    cache = fs_alloc(FAT_CACHE_UNIT * FAT_CACHE_UNITS);
    if (!cache) {
        return FAT_E_NOMEM;
    }
    for (unsigned i = 0; i < FAT_CACHE_UNITS; i++) {
        vol->cache[i].unit = ~0ULL;
        vol->cache[i].data = cache + i * FAT_CACHE_UNIT;
    }
    ret = fat_byte_io(vol, 0, boot, sizeof(boot), false);
    if (!ret) {
        ret = parse_boot(vol, boot);
    }
    if (!ret) {
        read_fsinfo(vol, boot);
        vol->root = fs_alloc(sizeof(*vol->root));
        ret = vol->root ? FAT_OK : FAT_E_NOMEM;
    }
    if (ret) {
        fs_free(cache);
        vol->cache[0].data = NULL;
        return ret;
    }
    vol->root->vol = vol;
    vol->root->refs = 1;
    vol->root->attr = FAT_ATTR_DIR;
    vol->root->first = vol->root_cluster;
    return FAT_OK;
}

/* Open files must have been closed */
void fat_unmount(struct fat_vol *vol)
{
    if (vol->cache[0].data) {
        fat_flush(vol);
        fs_free(vol->cache[0].data);
        fs_free(vol->root);
        vol->cache[0].data = NULL;
        vol->root = NULL;
    }
}

int fat_flush(struct fat_vol *vol)
{
    int ret = fat_sync(vol);

    if (vol->dev.flush && !vol->dev.read_only &&
        vol->dev.flush(vol->dev.opaque)) {
        ret = FAT_E_IO;
    }
    return ret;
}

/* File contents */

struct fat_file *fat_ref(struct fat_file *file)
{
    file->refs++;
    return file;
}

void fat_close(struct fat_file *file)
{
    while (file && --file->refs == 0) {
        struct fat_file *parent = file->parent;
        struct fat_file **p = &file->vol->files;

        while (*p && *p != file) {
            p = &(*p)->next;
        }
        if (*p) {
            *p = file->next;
        }
        fs_free(file);
        file = parent;
    }
}

/*
 * Cluster number @index of the file's chain; FAT_E_NOENT beyond its end, with
 * the last cluster (or 0) in *@cluster and its number in the cursor.
 */
static int seek_cluster(struct fat_file *f, uint32_t index, uint32_t *cluster)
{
    struct fat_vol *vol = f->vol;
    uint32_t i = 0, c = f->first;

    if (!c) {
        *cluster = 0;
        return FAT_E_NOENT;
    }
    if (!cluster_ok(vol, c) || index >= vol->nclusters) {
        return cluster_ok(vol, c) ? FAT_E_NOENT : FAT_E_CORRUPT;
    }
    if (f->cur_cluster && f->cur_index <= index) {
        i = f->cur_index;
        c = f->cur_cluster;
    }
    while (i < index) {
        uint32_t next;
        int ret = fat_next(vol, c, &next);

        if (ret) {
            return ret;
        }
        if (!next) {
            break;
        }
        c = next;
        i++;
    }
    f->cur_index = i;
    f->cur_cluster = c;
    *cluster = c;
    return i == index ? FAT_OK : FAT_E_NOENT;
}

/* Bytes from @off on that lie one behind the other on the medium, <= @len */
static int map_run(struct fat_file *f, uint64_t off, uint32_t len,
                   uint64_t *start, uint32_t *run)
{
    struct fat_vol *vol = f->vol;
    uint32_t cs = vol->cluster_size;
    uint32_t c, have;
    int ret = seek_cluster(f, off / cs, &c);

    if (ret) {
        return ret == FAT_E_NOENT ? FAT_E_CORRUPT : ret;
    }
    *start = cluster_off(vol, c) + off % cs;
    have = cs - off % cs;
    while (have < len) {
        uint32_t next;

        ret = fat_next(vol, c, &next);
        if (ret || next != c + 1) {
            break;                  /* an error shows when it is reached */
        }
        c = next;
        f->cur_index++;
        f->cur_cluster = c;
        have += cs;
    }
    *run = have < len ? have : len;
    return FAT_OK;
}

static int chain_io(struct fat_file *f, uint64_t off, uint8_t *p, uint64_t len,
                    bool write)
{
    while (len) {
        uint64_t start;
        uint32_t run, want = len < (1u << 30) ? len : 1u << 30;
        int ret = map_run(f, off, want, &start, &run);

        if (!ret) {
            ret = bulk_io(f->vol, start, p, run, write);
        }
        if (ret) {
            return ret;
        }
        off += run;
        p += run;
        len -= run;
    }
    return FAT_OK;
}

int fat_read(struct fat_file *f, uint64_t off, void *buf, uint64_t *len)
{
    uint64_t n = *len;
    int ret;

    *len = 0;
    if (f->attr & FAT_ATTR_DIR) {
        return FAT_E_ISDIR;
    }
    if (f->gone) {
        return FAT_E_NOENT;
    }
    if (off >= f->size) {
        return FAT_OK;
    }
    n = n < f->size - off ? n : f->size - off;
    ret = chain_io(f, off, buf, n, false);
    if (!ret) {
        *len = n;
    }
    return ret;
}

/* Let the chain reach @bytes; the new clusters' contents are undefined */
static int extend_chain(struct fat_file *f, uint64_t bytes)
{
    struct fat_vol *vol = f->vol;
    uint32_t want = (bytes + vol->cluster_size - 1) / vol->cluster_size;
    uint32_t c, have;
    int ret;

    if (!want) {
        return FAT_OK;
    }
    if (want > vol->nclusters) {
        return FAT_E_NOSPC;
    }
    ret = seek_cluster(f, want - 1, &c);
    if (ret != FAT_E_NOENT) {
        return ret;
    }
    have = c ? f->cur_index + 1 : 0;
    while (have < want) {
        ret = fat_alloc_cluster(vol, c, false, &c);
        if (ret) {
            return ret;
        }
        if (!have) {
            f->first = c;
        }
        f->cur_index = have++;
        f->cur_cluster = c;
    }
    fsinfo_update(vol);
    return FAT_OK;
}

static int zero_range(struct fat_file *f, uint64_t from, uint64_t to)
{
    static uint8_t zeros[4096];

    while (from < to) {
        uint64_t n = to - from < sizeof(zeros) ? to - from : sizeof(zeros);
        int ret = chain_io(f, from, zeros, n, true);

        if (ret) {
            return ret;
        }
        from += n;
    }
    return FAT_OK;
}

static void touch(struct fat_file *f)
{
    struct fat_dev *dev = &f->vol->dev;

    f->attr |= FAT_ATTR_ARCHIVE;
    if (dev->now) {
        dev->now(dev->opaque, &f->modified.date, &f->modified.time);
        f->accessed.date = f->modified.date;
    }
}

static int check_writable(struct fat_file *f)
{
    if (f->vol->dev.read_only) {
        return FAT_E_RO;
    }
    if (f->attr & FAT_ATTR_DIR) {
        return FAT_E_ISDIR;
    }
    return f->gone ? FAT_E_NOENT : FAT_OK;
}

int fat_write(struct fat_file *f, uint64_t off, const void *buf,
              uint64_t *len)
{
    uint64_t n = *len;
    uint32_t old_first = f->first;
    int ret = check_writable(f);

    *len = 0;
    if (ret || !n) {
        return ret;
    }
    if (off > 0xffffffff || n > 0xffffffff - off) {
        return FAT_E_INVAL;
    }
    ret = extend_chain(f, off + n);
    if (!ret && off > f->size) {
        ret = zero_range(f, f->size, off);
    }
    if (!ret) {
        ret = chain_io(f, off, (uint8_t *)buf, n, true);
    }
    if (ret) {
        /* clusters beyond the size are harmless, a lost chain is not */
        if (f->first != old_first) {
            fat_update(f);
        }
        fat_sync(f->vol);
        return ret;
    }
    if (off + n > f->size) {
        f->size = off + n;
    }
    touch(f);
    *len = n;
    ret = fat_update(f);
    return ret;
}

int fat_truncate(struct fat_file *f, uint64_t size)
{
    struct fat_vol *vol = f->vol;
    int ret = check_writable(f);

    if (ret || size == f->size) {
        return ret;
    }
    if (size > 0xffffffff) {
        return FAT_E_INVAL;
    }
    if (size > f->size) {
        ret = extend_chain(f, size);
        if (!ret) {
            ret = zero_range(f, f->size, size);
        }
        if (ret) {
            fat_update(f);
            return ret;
        }
    } else {
        uint32_t keep = (size + vol->cluster_size - 1) / vol->cluster_size;
        uint32_t c, rest = 0;

        if (!keep) {
            rest = f->first;
            f->first = 0;
        } else {
            ret = seek_cluster(f, keep - 1, &c);
            if (!ret) {
                ret = fat_next(vol, c, &rest);
            }
            if (!ret && rest) {
                ret = fat_put(vol, c, CHAIN_END);
            }
            if (ret) {
                return ret == FAT_E_NOENT ? FAT_E_CORRUPT : ret;
            }
        }
        f->cur_cluster = 0;
        f->cur_index = 0;
        ret = fat_free_chain(vol, rest);
        if (ret) {
            return ret;
        }
    }
    f->size = size;
    touch(f);
    return fat_update(f);
}

/* Directories, as arrays of 32-byte slots */

static int dir_slot_off(struct fat_file *dir, uint32_t slot, uint64_t *off)
{
    struct fat_vol *vol = dir->vol;
    uint32_t byte = slot * 32;
    uint32_t c;
    int ret;

    if (slot >= 65536) {
        return FAT_E_NOENT;         /* the limit of the format */
    }
    if (!dir->parent && vol->bits != 32) {
        if (byte >= vol->root_bytes) {
            return FAT_E_NOENT;
        }
        *off = vol->root_start + byte;
        return FAT_OK;
    }
    if (!dir->first) {
        return FAT_E_CORRUPT;
    }
    ret = seek_cluster(dir, byte / vol->cluster_size, &c);
    if (!ret) {
        *off = cluster_off(vol, c) + byte % vol->cluster_size;
    }
    return ret;
}

int fat_dir_io(struct fat_file *dir, uint32_t slot, void *entry, bool write)
{
    uint64_t off;
    int ret = dir_slot_off(dir, slot, &off);

    return ret ? ret : fat_byte_io(dir->vol, off, entry, 32, write);
}

/* Let the directory have at least @slots slots */
int fat_dir_grow(struct fat_file *dir, uint32_t slots)
{
    struct fat_vol *vol = dir->vol;
    uint64_t off;
    int ret;

    if (slots > 65536) {
        return FAT_E_NOSPC;
    }
    for (;;) {
        uint32_t c;

        ret = dir_slot_off(dir, slots - 1, &off);
        if (ret != FAT_E_NOENT) {
            return ret;
        }
        if ((!dir->parent && vol->bits != 32) ||
            (slots - 1) * 32 / vol->cluster_size >= vol->nclusters) {
            return FAT_E_NOSPC;
        }
        /* the cursor stands on the last cluster */
        ret = fat_alloc_cluster(vol, dir->cur_cluster, true, &c);
        if (ret) {
            return ret;
        }
        fsinfo_update(vol);
    }
}
