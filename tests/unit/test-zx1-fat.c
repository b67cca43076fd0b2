/*
 * Unit test of the zx1 firmware's FAT file system
 *
 * Volumes are formatted here in memory; what the firmware's code writes is
 * compared with a model and checked for consistency (every cluster is in
 * exactly one chain or free, both tables equal). Then the same is done on
 * media damaged at random, where nothing but survival is asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>
#include <stdio.h>
#include "roms/zx1/fs/fat.h"

struct disk {
    uint8_t *data;
    uint32_t block_size;
    uint64_t blocks;
    unsigned long io;           /* requests, to notice endless walks */
    uint64_t fail_from;         /* blocks from here on give errors */
};

static int disk_read(void *opaque, uint64_t lba, uint32_t n, void *buf)
{
    struct disk *d = opaque;

    d->io++;
    g_assert_cmpuint(lba, <, d->blocks);
    g_assert_cmpuint(n, <=, d->blocks - lba);
    if (lba + n > d->fail_from) {
        return -1;
    }
    memcpy(buf, d->data + lba * d->block_size, (size_t)n * d->block_size);
    return 0;
}

static int disk_write(void *opaque, uint64_t lba, uint32_t n, const void *buf)
{
    struct disk *d = opaque;

    d->io++;
    g_assert_cmpuint(lba, <, d->blocks);
    g_assert_cmpuint(n, <=, d->blocks - lba);
    if (lba + n > d->fail_from) {
        return -1;
    }
    memcpy(d->data + lba * d->block_size, buf, (size_t)n * d->block_size);
    return 0;
}

static struct fat_dev dev_of(struct disk *d)
{
    return (struct fat_dev) {
        .opaque = d, .block_size = d->block_size, .blocks = d->blocks,
        .read = disk_read, .write = disk_write,
    };
}

struct geometry {
    const char *name;
    int bits;
    uint32_t sector, block, spc, sectors, nfats;
};

static const struct geometry geometries[] = {
    { "fat12-floppy", 12, 512, 512, 1, 2880, 2 },
    { "fat12-2048", 12, 2048, 2048, 1, 1024, 2 },
    { "fat12-512-on-2048", 12, 512, 2048, 4, 8192, 2 },
    { "fat16", 16, 512, 512, 2, 20000, 2 },
    { "fat16-one-table", 16, 512, 512, 4, 40000, 1 },
    { "fat32", 32, 512, 512, 1, 70000, 2 },
    { "fat32-4096", 32, 4096, 4096, 1, 70000, 2 },
};

static void format(struct disk *d, const struct geometry *g)
{
    uint32_t root = g->bits == 32 ? 0 : 128 * 32 / g->sector;
    uint32_t reserved = g->bits == 32 ? 32 : 1;
    uint64_t clusters = g->sectors / g->spc;
    uint32_t fat = ((clusters + 2) * g->bits / 8 + g->sector) / g->sector;
    uint8_t *b;

    d->block_size = g->block;
    d->blocks = (uint64_t)g->sectors * g->sector / g->block;
    d->fail_from = ~0ULL;
    d->io = 0;
    d->data = g_malloc0(d->blocks * d->block_size);
    b = d->data;
    b[0] = 0xeb;
    put16(b + 11, g->sector);
    b[13] = g->spc;
    put16(b + 14, reserved);
    b[16] = g->nfats;
    put16(b + 17, root * g->sector / 32);
    put32(b + 32, g->sectors);
    b[21] = 0xf8;
    put16(b + 510, 0xaa55);
    if (g->bits == 32) {
        put32(b + 36, fat);
        put32(b + 44, 2);
        put16(b + 48, 1);
        b += g->sector;
        put32(b, 0x41615252);
        put32(b + 484, 0x61417272);
        put32(b + 488, 0xffffffff);
        put32(b + 492, 0xffffffff);
    } else {
        put16(b + 22, fat);
    }
    for (uint32_t i = 0; i < g->nfats; i++) {
        b = d->data + (reserved + (uint64_t)i * fat) * g->sector;
        put32(b, g->bits == 12 ? 0xfffff8 : g->bits == 16 ? 0xfffffff8
                                                           : 0x0ffffff8);
        if (g->bits == 32) {
            put32(b + 4, 0x0fffffff);
            put32(b + 8, 0x0fffffff);
        }
    }
}

static uint16_t *wide(const char *s)
{
    return g_utf8_to_utf16(s, -1, NULL, NULL, NULL);
}

static struct fat_file *xcreate(struct fat_file *dir, const char *name,
                                uint8_t attr)
{
    g_autofree uint16_t *w = wide(name);
    struct fat_file *f = NULL;

    g_assert_cmpint(fat_create(dir, w, attr, &f), ==, FAT_OK);
    return f;
}

static int try_open(struct fat_file *dir, const char *name,
                    struct fat_file **f)
{
    g_autofree uint16_t *w = wide(name);

    return fat_open(dir, w, f);
}

static struct fat_file *xopen(struct fat_file *dir, const char *name)
{
    struct fat_file *f = NULL;

    g_assert_cmpint(try_open(dir, name, &f), ==, FAT_OK);
    return f;
}

/* Consistency of the whole volume */

static uint32_t raw_fat(struct fat_vol *v, unsigned copy, uint32_t c)
{
    struct disk *d = v->dev.opaque;
    uint8_t *fat = d->data + v->fat_start + copy * v->fat_bytes;

    switch (v->bits) {
    case 12:
        return c & 1 ? get16(fat + c + c / 2) >> 4
                     : get16(fat + c + c / 2) & 0xfff;
    case 16:
        return get16(fat + c * 2);
    default:
        return get32(fat + c * 4) & 0x0fffffff;
    }
}

static void mark_chain(struct fat_vol *v, uint8_t *seen, uint32_t c,
                       uint32_t size, bool dir)
{
    uint32_t n = 0;

    while (c) {
        uint32_t next;

        g_assert_cmpuint(c, >=, 2);
        g_assert_cmpuint(c - 2, <, v->nclusters);
        g_assert_false(seen[c]);
        seen[c] = 1;
        n++;
        next = raw_fat(v, 0, c);
        g_assert_cmpuint(next, !=, 0);
        c = next >= (v->bits == 12 ? 0xff8 : v->bits == 16 ? 0xfff8
                                                           : 0x0ffffff8)
            ? 0 : next;
    }
    if (!dir) {
        g_assert_cmpuint(n, ==, (size + v->cluster_size - 1) /
                                v->cluster_size);
    }
}

static void check_dir(struct fat_vol *v, struct fat_file *dir, uint8_t *seen)
{
    struct fat_dirent ent;
    uint32_t pos = 0;
    int ret;

    if (dir->first) {
        mark_chain(v, seen, dir->first, 0, true);
    }
    while (!(ret = fat_readdir(dir, &pos, &ent))) {
        if (ent.attr & FAT_ATTR_DIR) {
            struct fat_file *sub = NULL;

            g_assert_cmpint(fat_open(dir, ent.name, &sub), ==, FAT_OK);
            check_dir(v, sub, seen);
            fat_close(sub);
        } else {
            mark_chain(v, seen, ent.first, ent.size, false);
        }
    }
    g_assert_cmpint(ret, ==, FAT_E_NOENT);
}

static void check_volume(struct fat_vol *v)
{
    g_autofree uint8_t *seen = g_malloc0(v->nclusters + 2);
    uint64_t free_bytes, n = 0;

    g_assert_cmpint(fat_flush(v), ==, FAT_OK);
    check_dir(v, v->root, seen);
    for (uint32_t c = 2; c < v->nclusters + 2; c++) {
        for (unsigned i = 1; i < v->nfats; i++) {
            g_assert_cmpuint(raw_fat(v, 0, c), ==, raw_fat(v, i, c));
        }
        g_assert_cmpint(!!raw_fat(v, 0, c), ==, seen[c]);
        n += !seen[c];
    }
    g_assert_cmpint(fat_count_free(v, &free_bytes), ==, FAT_OK);
    g_assert_cmpuint(free_bytes, ==, n * v->cluster_size);
}

static void test_geometry(const void *data)
{
    const struct geometry *g = data;
    struct disk d;
    struct fat_vol v;
    struct fat_dev dev;

    format(&d, g);
    dev = dev_of(&d);
    g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
    g_assert_cmpint(v.bits, ==, g->bits);
    g_assert_cmpuint(v.cluster_size, ==, g->sector * g->spc);
    check_volume(&v);
    fat_unmount(&v);
    g_free(d.data);
}

/* Random operations on a few files against a model in memory */

#define MODEL_FILES 8
#define MODEL_MAX   60000

static void test_model(const void *data)
{
    static const char *names[MODEL_FILES] = {
        "A", "README.TXT", "readme.2", "A long name with blanks.efi",
        "bootia64.efi", "Straße.txt", "x.y.z.tar.gz", "vmunix",
    };
    const struct geometry *g = data;
    struct disk d;
    struct fat_vol v;
    struct fat_dev dev;
    uint8_t *model[MODEL_FILES];
    uint32_t size[MODEL_FILES] = { 0 };
    struct fat_file *f[MODEL_FILES], *dir, *sub;
    g_autofree uint8_t *buf = g_malloc(MODEL_MAX);

    format(&d, g);
    dev = dev_of(&d);
    g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
    dir = xcreate(v.root, "EFI", FAT_ATTR_DIR);
    sub = xcreate(dir, "Some Vendor", FAT_ATTR_DIR);
    for (int i = 0; i < MODEL_FILES; i++) {
        model[i] = g_malloc0(MODEL_MAX);
        f[i] = xcreate(i & 1 ? sub : v.root, names[i], 0);
    }
    for (int step = 0; step < 600; step++) {
        int i = g_test_rand_int_range(0, MODEL_FILES);
        uint32_t off = g_test_rand_int_range(0, MODEL_MAX);
        uint32_t len = g_test_rand_int_range(1, MODEL_MAX - off + 1);
        uint64_t n = len;

        switch (g_test_rand_int_range(0, 5)) {
        case 0:
        case 1:
            memset(buf, g_test_rand_int(), len);
            buf[0] = step;
            g_assert_cmpint(fat_write(f[i], off, buf, &n), ==, FAT_OK);
            g_assert_cmpuint(n, ==, len);
            memcpy(model[i] + off, buf, len);
            size[i] = MAX(size[i], off + len);
            break;
        case 2:
            g_assert_cmpint(fat_truncate(f[i], off), ==, FAT_OK);
            if (off < size[i]) {
                memset(model[i] + off, 0, size[i] - off);
            }
            size[i] = off;
            break;
        case 3:
            g_assert_cmpint(fat_read(f[i], off, buf, &n), ==, FAT_OK);
            g_assert_cmpuint(n, ==, off >= size[i] ? 0
                                    : MIN(len, size[i] - off));
            g_assert_cmpint(memcmp(buf, model[i] + off, n), ==, 0);
            break;
        default:
            fat_close(f[i]);
            f[i] = xopen(i & 1 ? sub : v.root, names[i]);
            g_assert_cmpuint(f[i]->size, ==, size[i]);
            break;
        }
    }
    check_volume(&v);
    for (int i = 0; i < MODEL_FILES; i++) {
        uint64_t n = MODEL_MAX;

        g_assert_cmpint(fat_read(f[i], 0, buf, &n), ==, FAT_OK);
        g_assert_cmpuint(n, ==, size[i]);
        g_assert_cmpint(memcmp(buf, model[i], n), ==, 0);
        if (i % 3 == 0) {
            g_assert_cmpint(fat_remove(f[i]), ==, FAT_OK);
        }
        fat_close(f[i]);
        g_free(model[i]);
    }
    g_assert_cmpint(fat_remove(dir), ==, FAT_E_NOTEMPTY);
    fat_close(sub);
    fat_close(dir);
    check_volume(&v);
    fat_unmount(&v);
    g_free(d.data);
}

static void test_names(void)
{
    static const char *const bad[] = {
        "a/b", "a*", "a?", "\"x\"", "a|b", "a<b", "a:b", "...", "   ", "",
    };
    struct disk d;
    struct fat_vol v;
    struct fat_dev dev;
    struct fat_file *f, *g, *dir;
    struct fat_dirent ent;
    uint32_t pos = 0, n = 0;
    g_autofree char *max = g_strnfill(255, 'n');
    g_autofree char *over = g_strnfill(256, 'n');
    g_autofree uint16_t *w = wide("Moved Here.txt");
    g_autofree uint16_t *up = wide("MOVED HERE.TXT");
    g_autofree uint16_t *kid = wide("kid");

    format(&d, &geometries[3]);
    dev = dev_of(&d);
    g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree uint16_t *b = wide(bad[i]);

        g_assert_cmpint(fat_create(v.root, b, 0, &f), ==, FAT_E_INVAL);
    }
    {
        g_autofree uint16_t *b = wide(over);

        g_assert_cmpint(fat_create(v.root, b, 0, &f), ==, FAT_E_INVAL);
    }
    fat_close(xcreate(v.root, max, 0));
    fat_close(xopen(v.root, max));

    /* many files whose short names collide; each is found by its own */
    dir = xcreate(v.root, "dir", FAT_ATTR_DIR);
    for (int i = 0; i < 100; i++) {
        g_autofree char *s = g_strdup_printf("collision number %d.txt", i);
        uint64_t len = sizeof(i);

        f = xcreate(dir, s, 0);
        g_assert_cmpint(fat_write(f, 0, &i, &len), ==, FAT_OK);
        fat_close(f);
    }
    while (!fat_readdir(dir, &pos, &ent)) {
        int a = -1, b = -2;
        uint64_t len = sizeof(a);

        g_assert_cmpint(fat_open(dir, ent.short_name, &f), ==, FAT_OK);
        g_assert_cmpint(fat_open(dir, ent.name, &g), ==, FAT_OK);
        g_assert_true(f == g);      /* one object per file */
        g_assert_cmpint(fat_read(f, 0, &a, &len), ==, FAT_OK);
        g_assert_cmpuint(len, ==, sizeof(a));
        len = sizeof(b);
        g_assert_cmpint(fat_read(g, 0, &b, &len), ==, FAT_OK);
        g_assert_cmpint(a, ==, b);
        fat_close(f);
        fat_close(g);
        n++;
    }
    g_assert_cmpuint(n, ==, 100);

    f = xcreate(v.root, "move me", 0);
    g_assert_cmpint(fat_rename(f, dir, w), ==, FAT_OK);
    g_assert_cmpint(try_open(v.root, "move me", &g), ==, FAT_E_NOENT);
    g = xopen(dir, "moved here.TXT");
    g_assert_true(f == g);
    fat_close(g);
    g_assert_cmpint(fat_rename(f, dir, up), ==, FAT_OK);
    g = xopen(dir, "MOVED HERE.TXT");
    g_assert_true(f == g);
    fat_close(g);
    fat_close(f);
    f = xcreate(dir, "sub", FAT_ATTR_DIR);
    g_assert_cmpint(fat_rename(dir, f, kid), ==, FAT_E_INVAL);
    fat_close(f);
    fat_close(dir);
    check_volume(&v);
    fat_unmount(&v);
    g_free(d.data);
}

static void test_full(void)
{
    struct disk d;
    struct fat_vol v;
    struct fat_dev dev;
    struct fat_file *f, *dir;
    g_autofree uint8_t *buf = g_malloc0(1 << 20);
    uint64_t n, off = 0;
    int ret, i;

    format(&d, &geometries[0]);
    dev = dev_of(&d);
    g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
    dir = xcreate(v.root, "D", FAT_ATTR_DIR);
    f = xcreate(v.root, "FILL", 0);
    do {
        n = 100000;
        ret = fat_write(f, off, buf, &n);
        off += n;
    } while (!ret);
    g_assert_cmpint(ret, ==, FAT_E_NOSPC);
    g_assert_cmpint(fat_truncate(f, off - 512), ==, FAT_OK);
    g_assert_cmpint(fat_truncate(f, 512), ==, FAT_OK);
    check_volume(&v);
    /* the fixed root directory has 128 slots */
    for (i = 0; ; i++) {
        g_autofree char *s = g_strdup_printf("F%d", i);
        g_autofree uint16_t *w = wide(s);
        struct fat_file *x;

        ret = fat_create(v.root, w, 0, &x);
        if (ret) {
            break;
        }
        fat_close(x);
    }
    g_assert_cmpint(ret, ==, FAT_E_NOSPC);
    g_assert_cmpint(i, ==, 126);
    fat_close(f);
    fat_close(dir);
    check_volume(&v);
    fat_unmount(&v);
    g_free(d.data);
}

/* Whatever the medium says: end, in bounded time and memory */

static void walk(struct fat_file *dir, int depth, uint8_t *buf)
{
    struct fat_dirent ent;
    uint32_t pos = 0;
    int left = 200;

    while (left-- && !fat_readdir(dir, &pos, &ent)) {
        struct fat_file *f;
        uint64_t n = 100000;

        if (fat_open(dir, ent.name, &f)) {
            continue;
        }
        if (ent.attr & FAT_ATTR_DIR) {
            if (depth < 4) {
                walk(f, depth + 1, buf);
            }
        } else {
            fat_read(f, 0, buf, &n);
            n = 1000;
            fat_write(f, g_test_rand_int_range(0, 100000), buf, &n);
            fat_truncate(f, g_test_rand_int_range(0, 100000));
            if (g_test_rand_int_range(0, 3) == 0) {
                fat_remove(f);
            }
        }
        fat_close(f);
    }
}

static void test_hostile(const void *data)
{
    const struct geometry *g = data;
    g_autofree uint8_t *buf = g_malloc0(1 << 20);
    uint32_t meta = 80 * 1024;

    for (int round = 0; round < 200; round++) {
        static const char *const names[] = { "one", "Two.long.name", "d3" };
        struct disk d;
        struct fat_vol v;
        struct fat_dev dev;
        struct fat_file *f, *dir;
        uint64_t n, bytes;
        int hits = g_test_rand_int_range(1, 60);

        format(&d, g);
        dev = dev_of(&d);
        g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
        dir = xcreate(v.root, "directory", FAT_ATTR_DIR);
        for (int i = 0; i < 3; i++) {
            f = xcreate(i ? dir : v.root, names[i], 0);
            n = 3000 * (i + 1);
            g_assert_cmpint(fat_write(f, 0, buf, &n), ==, FAT_OK);
            fat_close(f);
        }
        fat_close(dir);
        fat_unmount(&v);

        bytes = d.blocks * d.block_size;
        for (int i = 0; i < hits; i++) {
            uint32_t at = g_test_rand_int_range(0, 3) == 0 ?
                g_test_rand_int_range(0, 64) :
                (uint32_t)g_test_rand_int_range(0, MIN(meta, bytes));

            /* half of them: small numbers, which make loops */
            d.data[at] = g_test_rand_int_range(0, 2) ?
                g_test_rand_int_range(0, 16) : g_test_rand_int();
        }
        if (round % 4 == 0) {
            /* a truncated medium */
            d.blocks = g_test_rand_int_range(1, d.blocks);
        } else if (round % 4 == 1) {
            d.fail_from = g_test_rand_int_range(1, d.blocks);
        }
        d.io = 0;
        dev = dev_of(&d);
        if (fat_mount(&v, &dev) == FAT_OK) {
            uint16_t label[12];

            walk(v.root, 0, buf);
            fat_label(&v, label);
            fat_count_free(&v, &bytes);
            fat_unmount(&v);
        }
        g_assert_cmpuint(d.io, <, 5000000);
        g_free(d.data);
    }
}

/* A directory and a file whose chains bite their own tails */
static void test_loop(void)
{
    struct disk d;
    struct fat_vol v;
    struct fat_dev dev;
    struct fat_file *dir, *f;
    struct fat_dirent ent;
    g_autofree uint8_t *buf = g_malloc0(1 << 20);
    uint64_t n = 40000;
    uint32_t pos = 0, count = 0;

    format(&d, &geometries[3]);
    dev = dev_of(&d);
    g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
    dir = xcreate(v.root, "loop", FAT_ATTR_DIR);
    for (int i = 0; i < 31; i++) {
        g_autofree char *s = g_strdup_printf("N%d", i);

        fat_close(xcreate(dir, s, 0));
    }
    f = xcreate(v.root, "file", 0);
    g_assert_cmpint(fat_write(f, 0, buf, &n), ==, FAT_OK);
    put16(d.data + v.fat_start + dir->first * 2, dir->first);
    put16(d.data + v.fat_start + f->first * 2, f->first);
    put32(d.data + v.root_start + 3 * 32 + 28, 0xffffffff);
    fat_close(f);
    fat_close(dir);
    fat_unmount(&v);
    g_assert_cmpint(fat_mount(&v, &dev), ==, FAT_OK);
    dir = xopen(v.root, "loop");
    while (!fat_readdir(dir, &pos, &ent)) {
        count++;
    }
    g_assert_cmpuint(count, <, 65536);
    f = xopen(v.root, "file");
    n = 8;
    g_assert_cmpint(fat_read(f, 0xfffffff0, buf, &n), ==, FAT_E_CORRUPT);
    g_assert_cmpint(fat_remove(f), ==, FAT_OK);
    fat_close(f);
    fat_close(dir);
    fat_unmount(&v);
    g_free(d.data);
}

/* List and sum up an image, for comparison with other programs */
static void list(struct fat_file *dir, const char *path)
{
    struct fat_dirent ent;
    uint32_t pos = 0;

    while (!fat_readdir(dir, &pos, &ent)) {
        g_autofree char *name = g_utf16_to_utf8(ent.name, -1, NULL, NULL,
                                                NULL);
        g_autofree char *full = g_strdup_printf("%s/%s", path, name);
        struct fat_file *f = NULL;

        g_assert_cmpint(fat_open(dir, ent.name, &f), ==, FAT_OK);
        if (ent.attr & FAT_ATTR_DIR) {
            printf("%s/\n", full);
            list(f, full);
        } else {
            g_autofree uint8_t *buf = g_malloc(ent.size + 1);
            uint64_t n = ent.size;
            g_autofree char *sum = NULL;

            g_assert_cmpint(fat_read(f, 0, buf, &n), ==, FAT_OK);
            sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, buf, n);
            printf("%s %u %s\n", full, ent.size, sum);
        }
        fat_close(f);
    }
}

static int list_image(const char *file, uint64_t offset)
{
    struct disk d = { .block_size = 512, .fail_from = ~0ULL };
    struct fat_vol v;
    struct fat_dev dev;
    gsize len;
    char *data;

    if (!g_file_get_contents(file, &data, &len, NULL)) {
        return 1;
    }
    d.data = (uint8_t *)data + offset;
    d.blocks = (len - offset) / 512;
    dev = dev_of(&d);
    dev.read_only = true;
    if (fat_mount(&v, &dev)) {
        printf("no FAT\n");
        return 1;
    }
    list(v.root, "");
    fat_unmount(&v);
    g_free(data);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "--list")) {
        return list_image(argv[2], argc > 3 ? strtoull(argv[3], NULL, 0) : 0);
    }
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(geometries); i++) {
        const struct geometry *g = &geometries[i];
        g_autofree char *a = g_strdup_printf("/zx1/fat/mount/%s", g->name);
        g_autofree char *b = g_strdup_printf("/zx1/fat/model/%s", g->name);
        g_autofree char *c = g_strdup_printf("/zx1/fat/hostile/%s", g->name);

        g_test_add_data_func(a, g, test_geometry);
        if (g->sector * g->sectors >= 3 << 20) {
            g_test_add_data_func(b, g, test_model);
        }
        if (g->sector * g->sectors <= 40 << 20) {
            g_test_add_data_func(c, g, test_hostile);
        }
    }
    g_test_add_func("/zx1/fat/names", test_names);
    g_test_add_func("/zx1/fat/full", test_full);
    g_test_add_func("/zx1/fat/loop", test_loop);
    return g_test_run();
}
