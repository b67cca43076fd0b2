/*
 * Unit test of the zx1 firmware's partition tables
 *
 * Disks are made here block by block: GPT, MBR and El Torito as loaders of
 * HP-UX, OpenVMS and Linux media have them, and damaged ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>
#include "roms/zx1/fs/part.h"

struct disk {
    uint8_t *data;
    uint32_t block_size;
    uint64_t blocks;
    unsigned long io;
    unsigned warnings;
    uint64_t fail_from;
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

static void disk_warn(void *opaque, const char *text)
{
    ((struct disk *)opaque)->warnings++;
}

static void disk_init(struct disk *d, uint32_t block_size, uint64_t blocks)
{
    memset(d, 0, sizeof(*d));
    d->block_size = block_size;
    d->blocks = blocks;
    d->fail_from = ~0ULL;
    d->data = g_malloc0(block_size * blocks);
}

static int scan(struct disk *d, struct part *p, int max)
{
    struct part_dev dev = {
        .opaque = d, .block_size = d->block_size, .blocks = d->blocks,
        .read = disk_read, .warn = disk_warn,
    };

    return part_scan(&dev, p, max);
}

static void put_fat(struct disk *d, uint64_t off, uint32_t bytes)
{
    uint8_t *b = d->data + off;

    b[0] = 0xeb;
    put16(b + 11, 512);
    b[13] = 1;
    put16(b + 14, 1);
    b[16] = 2;
    put16(b + 17, 32);
    put32(b + 32, bytes / 512);
    put16(b + 22, 1);
    put16(b + 510, 0xaa55);
}

struct gpt_part {
    uint64_t first, last;
};

/* Both copies, in units of @unit bytes */
static void put_gpt(struct disk *d, uint32_t unit, const struct gpt_part *p,
                    unsigned n)
{
    uint64_t units = d->blocks * d->block_size / unit;
    uint64_t span = 128 * 128 / unit;

    for (int copy = 0; copy < 2; copy++) {
        uint64_t lba = copy ? units - 1 : 1;
        uint64_t entries = copy ? units - 1 - span : 2;
        uint8_t *h = d->data + lba * unit, *e = d->data + entries * unit;

        for (unsigned i = 0; i < n; i++) {
            memset(e + i * 128, 0x11 * (i + 1), 16);
            memset(e + i * 128 + 16, 0x22 * (i + 1), 16);
            put64(e + i * 128 + 32, p[i].first);
            put64(e + i * 128 + 40, p[i].last);
            put16(e + i * 128 + 56, 'A' + i);
        }
        memcpy(h, "EFI PART", 8);
        put32(h + 8, 0x10000);
        put32(h + 12, 92);
        put64(h + 24, lba);
        put64(h + 32, copy ? 1 : units - 1);
        put64(h + 40, 2 + span);
        put64(h + 48, units - 2 - span);
        put64(h + 72, entries);
        put32(h + 80, 128);
        put32(h + 84, 128);
        put32(h + 88, part_crc32(0, e, 128 * 128));
        put32(h + 16, 0);
        put32(h + 16, part_crc32(0, h, 92));
    }
    d->data[446 + 4] = 0xee;
    put32(d->data + 446 + 8, 1);
    put32(d->data + 446 + 12, units - 1);
    put16(d->data + 510, 0xaa55);
}

static void put_mbr(struct disk *d, uint64_t lba, unsigned slot, uint8_t type,
                    uint32_t start, uint32_t count)
{
    uint8_t *e = d->data + lba * d->block_size + 446 + 16 * slot;

    e[4] = type;
    put32(e + 8, start);
    put32(e + 12, count);
    put16(d->data + lba * d->block_size + 510, 0xaa55);
}

static void test_gpt(void)
{
    static const struct gpt_part parts[] = { { 64, 127 }, { 128, 1000 } };
    struct part p[8];
    struct disk d;

    disk_init(&d, 512, 4096);
    put_gpt(&d, 512, parts, 2);
    g_assert_cmpint(scan(&d, p, 8), ==, 2);
    g_assert_cmpint(p[0].kind, ==, PART_GPT);
    g_assert_cmpuint(p[0].number, ==, 1);
    g_assert_cmpuint(p[0].start, ==, 64);
    g_assert_cmpuint(p[0].blocks, ==, 64);
    g_assert_cmpuint(p[0].id[3], ==, 0x22);
    g_assert_cmpuint(p[1].start, ==, 128);
    g_assert_cmpuint(p[1].blocks, ==, 873);
    g_assert_cmpuint(p[1].name[0], ==, 'B');
    g_assert_cmpuint(d.warnings, ==, 0);
    g_assert_cmpint(scan(&d, p, 1), ==, 1);

    /* a bad alternate table is not looked at */
    memset(d.data + 4095 * 512, 0xff, 512);
    g_assert_cmpint(scan(&d, p, 8), ==, 2);
    g_assert_cmpuint(d.warnings, ==, 0);
    g_free(d.data);

    /* a bad primary one is replaced */
    disk_init(&d, 512, 4096);
    put_gpt(&d, 512, parts, 2);
    d.data[512 + 60] ^= 1;
    g_assert_cmpint(scan(&d, p, 8), ==, 2);
    g_assert_cmpuint(d.warnings, ==, 1);
    /* so are damaged entries */
    d.data[512 + 60] ^= 1;
    d.data[2 * 512 + 5] ^= 1;
    g_assert_cmpint(scan(&d, p, 8), ==, 2);
    g_assert_cmpuint(p[0].type[5], ==, 0x11);
    /* two bad ones: no partitions, and the protective MBR is none */
    d.data[4095 * 512 + 60] ^= 1;
    g_assert_cmpint(scan(&d, p, 8), ==, 0);
    g_free(d.data);
}

static void test_gpt_absurd(void)
{
    static const struct gpt_part parts[] = {
        { 64, 127 }, { 100, 200 }, { 300, 299 }, { 5000, 6000 },
        { 1, 10 }, { 0, ~0ULL }, { 400, ~0ULL }, { 500, 500 },
    };
    struct part p[8];
    struct disk d;
    uint8_t *h;

    disk_init(&d, 512, 4096);
    put_gpt(&d, 512, parts, G_N_ELEMENTS(parts));
    g_assert_cmpint(scan(&d, p, 8), ==, 2);
    g_assert_cmpuint(p[0].start, ==, 64);
    g_assert_cmpuint(p[1].start, ==, 500);
    g_assert_cmpuint(p[1].number, ==, 8);
    g_assert_cmpuint(d.warnings, ==, 6);

    /* four billion entries of four billion bytes, with a valid checksum */
    for (int i = 0; i < 2; i++) {
        h = d.data + (i ? 4095 : 1) * 512;
        put32(h + 80, 0xffffffff);
        put32(h + 84, 0xfffffff8);
        put32(h + 16, 0);
        put32(h + 16, part_crc32(0, h, 92));
    }
    g_assert_cmpint(scan(&d, p, 8), ==, 0);
    g_free(d.data);
}

/* OpenVMS: an MBR on a disc, in blocks of the disc or of 512 bytes */
static void test_openvms(void)
{
    struct part p[8];
    struct disk d;

    for (int unit512 = 0; unit512 < 2; unit512++) {
        disk_init(&d, 2048, 2000);
        put32(d.data + 440, 0xd35e32ef);
        put_mbr(&d, 0, 0, 0xef, unit512 ? 400 : 100, unit512 ? 800 : 200);
        put_fat(&d, 100 * 2048, 200 * 2048);
        g_assert_cmpint(scan(&d, p, 8), ==, 1);
        g_assert_cmpint(p[0].kind, ==, PART_MBR);
        g_assert_cmpuint(p[0].start, ==, 100);
        g_assert_cmpuint(p[0].blocks, ==, 200);
        g_assert_cmpuint(get32(p[0].id), ==, 0xd35e32ef);
        g_free(d.data);
    }
    for (int unit512 = 0; unit512 < 2; unit512++) {
        struct gpt_part part = { 100, 299 };

        if (unit512) {
            part.first = 400;
            part.last = 1199;
        }
        disk_init(&d, 2048, 2000);
        put_gpt(&d, unit512 ? 512 : 2048, &part, 1);
        put_fat(&d, 100 * 2048, 200 * 2048);
        g_assert_cmpint(scan(&d, p, 8), ==, 1);
        g_assert_cmpint(p[0].kind, ==, PART_GPT);
        g_assert_cmpuint(p[0].start, ==, 100);
        g_assert_cmpuint(p[0].blocks, ==, 200);
        g_free(d.data);
    }
}

static void test_mbr(void)
{
    struct part p[8];
    struct disk d;

    disk_init(&d, 512, 4096);
    put_mbr(&d, 0, 0, 0x0c, 63, 100);
    put_mbr(&d, 0, 1, 0x83, 200, 100000);
    put_mbr(&d, 0, 2, 0x83, 5000, 10);
    put_mbr(&d, 0, 3, 0x05, 1000, 1000);
    put_mbr(&d, 1000, 0, 0x83, 10, 20);
    put_mbr(&d, 1000, 1, 0x05, 100, 100);
    put_mbr(&d, 1100, 0, 0x83, 10, 30);
    put_mbr(&d, 1100, 1, 0x05, 100, 100);  /* back to itself */
    g_assert_cmpint(scan(&d, p, 8), ==, 4);
    g_assert_cmpuint(p[0].start, ==, 63);
    g_assert_cmpuint(p[1].blocks, ==, 4096 - 200);
    g_assert_cmpuint(p[2].start, ==, 1010);
    g_assert_cmpuint(p[2].number, ==, 5);
    g_assert_cmpuint(p[3].start, ==, 1110);
    g_assert_cmpuint(d.warnings, ==, 3);
    g_free(d.data);

    /* a volume without partitions has no table, whatever its code is */
    disk_init(&d, 512, 4096);
    put_mbr(&d, 0, 0, 0x0c, 63, 100);
    put_fat(&d, 0, 4096 * 512);
    g_assert_cmpint(scan(&d, p, 8), ==, 0);
    g_free(d.data);
}

static void put_disc(struct disk *d, uint8_t platform, uint16_t count,
                     uint32_t lba)
{
    uint8_t *b = d->data + 16 * 2048;
    uint16_t sum = 0;

    b[0] = 1;
    memcpy(b + 1, "CD001\1", 6);
    b += 2048;
    memcpy(b + 1, "CD001\1", 6);
    memcpy(b + 7, "EL TORITO SPECIFICATION", 23);
    put32(b + 71, 20);
    b += 2048;
    b[0] = 255;
    memcpy(b + 1, "CD001\1", 6);
    b = d->data + 20 * 2048;
    memset(b, 0, 2048);
    b[0] = 1;
    b[1] = platform;
    put16(b + 30, 0xaa55);
    for (int i = 0; i < 32; i += 2) {
        sum += get16(b + i);
    }
    put16(b + 28, -sum);
    b[32] = 0x88;
    put16(b + 38, count);
    put32(b + 40, lba);
}

static void test_eltorito(void)
{
    struct part p[8];
    struct disk d;
    uint8_t *cat;

    disk_init(&d, 2048, 1000);
    put_disc(&d, 0xef, 400, 100);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpint(p[0].kind, ==, PART_ELTORITO);
    g_assert_cmpuint(p[0].number, ==, 0);
    g_assert_cmpuint(p[0].start, ==, 100);
    g_assert_cmpuint(p[0].blocks, ==, 100);

    /* no size: what is left, or what the volume says */
    put_disc(&d, 0xef, 0, 100);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpuint(p[0].blocks, ==, 900);
    put_fat(&d, 100 * 2048, 300 * 2048);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpuint(p[0].blocks, ==, 300);
    put_disc(&d, 0xef, 1, 100);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpuint(p[0].blocks, ==, 300);

    /* platform 0 counts if there is a FAT volume */
    put_disc(&d, 0, 4, 100);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    put_disc(&d, 0, 4, 600);
    g_assert_cmpint(scan(&d, p, 8), ==, 0);

    /* a section behind the entry for PCs */
    put_disc(&d, 0, 4, 600);
    cat = d.data + 20 * 2048;
    cat[64] = 0x91;
    cat[65] = 0xef;
    put16(cat + 66, 1);
    cat[96] = 0x88;
    put16(cat + 102, 1200);
    put32(cat + 104, 100);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpuint(p[0].number, ==, 1);
    g_assert_cmpuint(p[0].blocks, ==, 300);

    /* outside of the disc, and beyond its end */
    put_disc(&d, 0xef, 4, 5000);
    g_assert_cmpint(scan(&d, p, 8), ==, 0);
    put_disc(&d, 0xef, 0xffff, 900);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpuint(p[0].blocks, ==, 100);

    /* checksum */
    put_disc(&d, 0xef, 4, 100);
    d.data[20 * 2048 + 5] ^= 1;
    g_assert_cmpint(scan(&d, p, 8), ==, 0);
    g_free(d.data);

    /* the same image on a disk */
    disk_init(&d, 512, 4000);
    put_disc(&d, 0xef, 400, 100);
    g_assert_cmpint(scan(&d, p, 8), ==, 1);
    g_assert_cmpuint(p[0].start, ==, 400);
    g_assert_cmpuint(p[0].blocks, ==, 400);
    g_free(d.data);
}

static void test_hostile(void)
{
    static const struct gpt_part parts[] = { { 64, 127 }, { 128, 1000 } };

    for (int round = 0; round < 3000; round++) {
        struct part p[PART_MAX];
        struct disk d;
        int n, hits = g_test_rand_int_range(1, 40);
        bool cd = round % 3 == 0;

        disk_init(&d, cd ? 2048 : 512, cd ? 600 : 2048);
        switch (round % 4) {
        case 0:
            put_disc(&d, 0xef, 100, 100);
            break;
        case 1:
            put_mbr(&d, 0, 0, 0x05, 10, 100);
            put_mbr(&d, 10, 1, 0x05, 10, 100);
            break;
        default:
            put_gpt(&d, d.block_size, parts, 2);
            break;
        }
        for (int i = 0; i < hits; i++) {
            d.data[g_test_rand_int_range(0, 22 * 2048)] =
                g_test_rand_int_range(0, 2) ? g_test_rand_int() : 0;
        }
        if (round & 1) {
            d.blocks = g_test_rand_int_range(1, d.blocks);
        }
        if (round & 2) {
            d.fail_from = g_test_rand_int_range(1, d.blocks + 1);
        }
        n = scan(&d, p, PART_MAX);
        for (int i = 0; i < n; i++) {
            g_assert_cmpuint(p[i].blocks, >, 0);
            g_assert_cmpuint(p[i].start, <, d.blocks);
            g_assert_cmpuint(p[i].blocks, <=, d.blocks - p[i].start);
        }
        g_assert_cmpuint(d.io, <, 10000);
        g_free(d.data);
    }
}

static void test_sizes(void)
{
    struct part p[8];
    struct disk d;

    disk_init(&d, 512, 1);
    g_assert_cmpint(scan(&d, p, 8), ==, 0);
    d.fail_from = 0;
    g_assert_cmpint(scan(&d, p, 8), <, 0);
    d.block_size = 520;
    g_assert_cmpint(scan(&d, p, 8), <, 0);
    d.block_size = 512;
    d.blocks = 0;
    g_assert_cmpint(scan(&d, p, 8), <, 0);
    g_free(d.data);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zx1/part/gpt", test_gpt);
    g_test_add_func("/zx1/part/gpt-absurd", test_gpt_absurd);
    g_test_add_func("/zx1/part/openvms", test_openvms);
    g_test_add_func("/zx1/part/mbr", test_mbr);
    g_test_add_func("/zx1/part/eltorito", test_eltorito);
    g_test_add_func("/zx1/part/hostile", test_hostile);
    g_test_add_func("/zx1/part/sizes", test_sizes);
    return g_test_run();
}
