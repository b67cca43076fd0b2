/*
 * Partitions: GPT, MBR and El Torito
 *
 * Facts: UEFI specification 2.x, chapter 5 (GPT, legacy MBR); Phoenix/IBM
 * "El Torito" Bootable CD-ROM Format Specification 1.0; ECMA-119. OpenVMS
 * writes optical media whose MBR and GPT count blocks of 2048 bytes; hybrid
 * images count 512 on the same media. Both readings are tried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "part.h"
#include "fat.h"

#define GPT_SIG             "EFI PART"
#define GPT_HEADER_SIZE     12
#define GPT_HEADER_CRC      16
#define GPT_MY_LBA          24
#define GPT_ALT_LBA         32
#define GPT_FIRST_USABLE    40
#define GPT_LAST_USABLE     48
#define GPT_ENTRY_LBA       72
#define GPT_ENTRIES         80
#define GPT_ENTRY_SIZE      84
#define GPT_ENTRIES_CRC     88
#define GPT_MIN_HEADER      92
#define GPT_MAX_ENTRIES     4096
#define GPT_MAX_BYTES       (1u << 20)

#define MBR_SIGNATURE       440
#define MBR_TABLE           446
#define MBR_PROTECTIVE        0xee
#define MBR_MAX_LOGICAL     64

#define CD_SECTOR           2048
#define CD_VOLUME_BASE      16
#define ELTORITO_BOOTABLE   0x88
#define ELTORITO_SECTION    0x90
#define ELTORITO_LAST       0x91
#define ELTORITO_EFI        0xef

struct scan {
    const struct part_dev *dev;
    struct part *out;
    int max;
    int n;
    uint8_t *block;             /* scratch, 4096 bytes */
};

uint32_t part_crc32(uint32_t crc, const void *data, size_t len)
{
    const uint8_t *p = data;

    crc = ~crc;
    while (len--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static void warn(struct scan *s, const char *text)
{
    if (s->dev->warn) {
        s->dev->warn(s->dev->opaque, text);
    }
}

/* @len bytes at byte offset @off; both multiples of 512 */
static int read_bytes(struct scan *s, uint64_t off, uint32_t len, uint8_t *buf)
{
    uint32_t bs = s->dev->block_size;
    uint64_t size = s->dev->blocks * bs;

    if (off > size || len > size - off) {
        return -1;
    }
    while (len) {
        uint32_t at = off % bs, n;

        if (!at && len >= bs) {
            n = len - len % bs;
            if (s->dev->read(s->dev->opaque, off / bs, n / bs, buf)) {
                return -1;
            }
        } else {
            n = bs - at < len ? bs - at : len;
            if (s->dev->read(s->dev->opaque, off / bs, 1, s->block)) {
                return -1;
            }
            memcpy(buf, s->block + at, n);
        }
        off += n;
        buf += n;
        len -= n;
    }
    return 0;
}

/* Bytes of the FAT volume at byte offset @off, 0 if there is none */
static uint64_t fat_at(struct scan *s, uint64_t off)
{
    uint8_t boot[512];

    return read_bytes(s, off, sizeof(boot), boot) ? 0 : fat_probe(boot, NULL);
}

static struct part *add(struct scan *s, enum part_kind kind, uint32_t number,
                        uint64_t start, uint64_t blocks)
{
    struct part *p;

    if (s->n == s->max) {
        return NULL;
    }
    p = &s->out[s->n++];
    memset(p, 0, sizeof(*p));
    p->kind = kind;
    p->number = number;
    p->start = start;
    p->blocks = blocks;
    return p;
}

/* GPT */

static bool is_zero(const uint8_t *p, unsigned n)
{
    while (n && !*p) {
        p++;
        n--;
    }
    return !n;
}

static bool gpt_header_ok(struct scan *s, const uint8_t *h, uint64_t lba,
                          uint32_t unit)
{
    uint64_t units = s->dev->blocks * s->dev->block_size / unit;
    uint32_t size = get32(h + GPT_HEADER_SIZE);
    uint32_t entry = get32(h + GPT_ENTRY_SIZE);
    uint32_t entries = get32(h + GPT_ENTRIES);
    uint8_t copy[512];

    if (memcmp(h, GPT_SIG, 8) || size < GPT_MIN_HEADER ||
        size > sizeof(copy)) {
        return false;
    }
    memcpy(copy, h, size);
    put32(copy + GPT_HEADER_CRC, 0);
    return part_crc32(0, copy, size) == get32(h + GPT_HEADER_CRC) &&
           get64(h + GPT_MY_LBA) == lba &&
           entry >= 128 && entry <= 4096 && entry % 8 == 0 &&
           entries <= GPT_MAX_ENTRIES &&
           entries * entry <= GPT_MAX_BYTES &&
           get64(h + GPT_ENTRY_LBA) >= 2 && get64(h + GPT_ENTRY_LBA) < units;
}

static void gpt_entry(struct scan *s, const uint8_t *e, uint32_t number,
                      uint32_t unit, const uint8_t *h)
{
    uint64_t units = s->dev->blocks * s->dev->block_size / unit;
    uint64_t first = get64(e + 32), last = get64(e + 40);
    uint32_t per = s->dev->block_size / unit;
    struct part *p;

    if (is_zero(e, 16)) {
        return;
    }
    if (first > last || last >= units || first < get64(h + GPT_FIRST_USABLE) ||
        last > get64(h + GPT_LAST_USABLE) || first % per) {
        warn(s, "GPT: a partition lies outside of the disk, ignored");
        return;
    }
    for (int i = 0; i < s->n; i++) {
        const struct part *o = &s->out[i];

        if (first / per < o->start + o->blocks && o->start <= last / per) {
            warn(s, "GPT: partitions overlap, the later one is ignored");
            return;
        }
    }
    if ((last - first + 1) / per == 0) {
        return;
    }
    p = add(s, PART_GPT, number, first / per, (last - first + 1) / per);
    if (!p) {
        return;
    }
    memcpy(p->type, e, 16);
    memcpy(p->id, e + 16, 16);
    for (unsigned i = 0; i < 36; i++) {
        p->name[i] = get16(e + 56 + 2 * i);
    }
}

static bool gpt_copy(struct scan *s, uint64_t lba, uint32_t unit)
{
    uint8_t h[512];
    uint32_t entry, entries, bytes;
    uint8_t *table;
    bool ok;

    if (read_bytes(s, lba * unit, sizeof(h), h) ||
        !gpt_header_ok(s, h, lba, unit)) {
        return false;
    }
    entry = get32(h + GPT_ENTRY_SIZE);
    entries = get32(h + GPT_ENTRIES);
    bytes = (entry * entries + 511) & ~511u;
    table = fs_alloc(bytes ? bytes : 512);
    if (!table) {
        return false;
    }
    ok = !read_bytes(s, get64(h + GPT_ENTRY_LBA) * unit, bytes, table) &&
         part_crc32(0, table, entry * entries) == get32(h + GPT_ENTRIES_CRC);
    for (uint32_t i = 0; ok && i < entries && s->n < s->max; i++) {
        gpt_entry(s, table + i * entry, i + 1, unit, h);
    }
    fs_free(table);
    return ok;
}

static bool gpt_scan(struct scan *s, uint32_t unit)
{
    uint64_t units = s->dev->blocks * s->dev->block_size / unit;
    uint8_t h[512];

    if (units < 3) {
        return false;
    }
    if (gpt_copy(s, 1, unit)) {
        return true;
    }
    if (gpt_copy(s, units - 1, unit)) {
        warn(s, "GPT: primary table is bad, using the one at the end");
        return true;
    }
    /* the disk may have grown: the header still knows where its twin is */
    if (!read_bytes(s, unit, sizeof(h), h) && !memcmp(h, GPT_SIG, 8) &&
        get64(h + GPT_ALT_LBA) > 1 && get64(h + GPT_ALT_LBA) < units &&
        gpt_copy(s, get64(h + GPT_ALT_LBA), unit)) {
        warn(s, "GPT: primary table is bad, using the alternate one");
        return true;
    }
    return false;
}

/* MBR */

static bool is_extended(uint8_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85;
}

/*
 * One entry, its numbers in units of @unit bytes. On blocks larger than that
 * of the usual 512 the reading under which a FAT volume shows up wins.
 */
static void mbr_add(struct scan *s, const uint8_t *e, uint64_t base,
                    uint32_t number, const uint8_t *sig)
{
    uint32_t bs = s->dev->block_size;
    uint64_t start = base + get32(e + 8), count = get32(e + 12);
    uint64_t size = s->dev->blocks;
    struct part *p;

    if (bs > 512 && !fat_at(s, start * bs)) {
        uint32_t per = bs / 512;

        if (start % per == 0 &&
            (fat_at(s, start * 512) || start >= s->dev->blocks)) {
            start /= per;
            count = (count + per - 1) / per;
        }
    }
    if (!count || start == 0 || start >= size) {
        warn(s, "MBR: a partition lies outside of the disk, ignored");
        return;
    }
    if (count > size - start) {
        warn(s, "MBR: a partition ends behind the disk, cut");
        count = size - start;
    }
    p = add(s, PART_MBR, number, start, count);
    if (p) {
        p->mbr_type = e[4];
        memcpy(p->id, sig, 4);
    }
}

static void mbr_logical(struct scan *s, uint64_t ext, const uint8_t *sig)
{
    uint32_t unit = s->dev->block_size;
    uint64_t lba = ext;
    uint32_t number = 5;
    uint8_t b[512];

    for (int i = 0; i < MBR_MAX_LOGICAL; i++) {
        const uint8_t *e = b + MBR_TABLE;

        if (read_bytes(s, lba * unit, sizeof(b), b) ||
            get16(b + 510) != 0xaa55) {
            return;
        }
        if (e[4] && get32(e + 12)) {
            mbr_add(s, e, lba, number++, sig);
        }
        e += 16;
        if (!is_extended(e[4]) || !get32(e + 8)) {
            return;
        }
        /* a chain that turns back would never end */
        if (ext + get32(e + 8) <= lba) {
            warn(s, "MBR: loop of extended partitions");
            return;
        }
        lba = ext + get32(e + 8);
    }
}

static bool mbr_scan(struct scan *s)
{
    uint8_t b[512];
    int n = s->n;

    if (read_bytes(s, 0, sizeof(b), b) || get16(b + 510) != 0xaa55 ||
        fat_probe(b, NULL)) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        const uint8_t *e = b + MBR_TABLE + 16 * i;

        if (e[0] & 0x7f) {
            return false;           /* boot code, not a table */
        }
    }
    for (int i = 0; i < 4; i++) {
        const uint8_t *e = b + MBR_TABLE + 16 * i;

        if (!e[4] || e[4] == MBR_PROTECTIVE || !get32(e + 12)) {
            continue;
        }
        if (is_extended(e[4])) {
            mbr_logical(s, get32(e + 8), b + MBR_SIGNATURE);
        } else {
            mbr_add(s, e, 0, i + 1, b + MBR_SIGNATURE);
        }
    }
    return s->n > n;
}

/* El Torito */

static void eltorito_entry(struct scan *s, const uint8_t *e, uint8_t platform,
                           uint32_t number)
{
    uint32_t bs = s->dev->block_size;
    uint64_t medium = s->dev->blocks * bs;
    uint64_t off = (uint64_t)get32(e + 8) * CD_SECTOR;
    uint64_t size = (uint64_t)get16(e + 6) * 512;
    uint64_t fat;

    if (e[0] != ELTORITO_BOOTABLE || off == 0 || off >= medium || off % bs) {
        return;
    }
    fat = fat_at(s, off);
    if (platform != ELTORITO_EFI && !fat) {
        return;
    }
    /*
     * The size field has 16 bits and often says 0, 1 or 4 whatever the image
     * is: the FAT volume knows better, else take all that is left.
     */
    if (fat > size) {
        size = fat;
    } else if (size <= CD_SECTOR) {
        size = medium - off;
    }
    if (size > medium - off) {
        size = medium - off;
    }
    size = (size + bs - 1) / bs;
    add(s, PART_ELTORITO, number, off / bs, size);
}

static bool eltorito_catalog(struct scan *s, uint32_t sector)
{
    uint8_t cat[CD_SECTOR];
    uint16_t sum = 0;
    uint8_t platform;
    uint32_t number = 0;
    int left = 0, n = s->n;
    bool last = false;

    if (read_bytes(s, (uint64_t)sector * CD_SECTOR, sizeof(cat), cat)) {
        return false;
    }
    for (unsigned i = 0; i < 32; i += 2) {
        sum += get16(cat + i);
    }
    if (cat[0] != 1 || cat[30] != 0x55 || cat[31] != 0xaa || sum) {
        return false;
    }
    platform = cat[1];
    eltorito_entry(s, cat + 32, platform, number++);
    for (unsigned i = 64; i < sizeof(cat); i += 32) {
        const uint8_t *e = cat + i;

        if (left) {
            left--;
            if (e[0] == 0x44) {
                left++;             /* an extension of the entry before */
                continue;
            }
            eltorito_entry(s, e, platform, number++);
        } else if (!last && (e[0] == ELTORITO_SECTION ||
                             e[0] == ELTORITO_LAST)) {
            last = e[0] == ELTORITO_LAST;
            platform = e[1];
            left = get16(e + 2);
        } else if (e[0] != 0x44) {
            break;
        }
    }
    return s->n > n;
}

static bool eltorito_scan(struct scan *s)
{
    uint8_t d[CD_SECTOR];

    for (int i = 0; i < 32; i++) {
        if (read_bytes(s, (uint64_t)(CD_VOLUME_BASE + i) * CD_SECTOR,
                       sizeof(d), d) || memcmp(d + 1, "CD001", 5) ||
            d[0] == 255) {
            return false;
        }
        if (d[0] == 0 && !memcmp(d + 7, "EL TORITO SPECIFICATION", 23)) {
            return eltorito_catalog(s, get32(d + 71));
        }
    }
    return false;
}

int part_scan(const struct part_dev *dev, struct part *out, int max)
{
    struct scan s = { .dev = dev, .out = out, .max = max };
    uint32_t bs = dev->block_size;

    if (bs < 512 || bs > 4096 || (bs & (bs - 1)) || !dev->blocks ||
        dev->blocks > (1ULL << 51)) {
        return -1;
    }
    s.block = fs_alloc(4096);
    if (!s.block) {
        return -1;
    }
    if (dev->read(dev->opaque, 0, 1, s.block)) {
        fs_free(s.block);
        return -1;
    }
    /* A hybrid disc describes itself as a disc and as a disk: one of them */
    if (bs != CD_SECTOR || !eltorito_scan(&s)) {
        if (!gpt_scan(&s, bs) && (bs == 512 || !gpt_scan(&s, 512)) &&
            !mbr_scan(&s) && bs != CD_SECTOR) {
            eltorito_scan(&s);
        }
    }
    fs_free(s.block);
    return s.n;
}
