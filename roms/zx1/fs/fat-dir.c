/*
 * FAT12, FAT16 and FAT32: directories, short and long names
 *
 * Facts: Microsoft "FAT: General Overview of On-Disk Format", version 1.03.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fat.h"

/* Directory entry, byte offsets */
#define DIR_NAME        0
#define DIR_ATTR        11
#define DIR_NTRES       12      /* bit 3: lower-case name, 4: extension */
#define DIR_CRT_TIME    14
#define DIR_CRT_DATE    16
#define DIR_ACC_DATE    18
#define DIR_FIRST_HI    20
#define DIR_WRT_TIME    22
#define DIR_WRT_DATE    24
#define DIR_FIRST_LO    26
#define DIR_SIZE        28

#define LFN_ORDER       0
#define LFN_LAST        0x40
#define LFN_CHECKSUM    13
#define LFN_CHARS       13
#define LFN_MAX         20

#define SLOT_END        0x00
#define SLOT_FREE       0xe5

/* Where the 13 characters of a long-name slot are */
static const uint8_t lfn_pos[LFN_CHARS] = {
    1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30
};

/* Upper half of code page 437, the usual one of short names */
static const uint16_t cp437[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7,
    0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5,
    0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192,
    0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba,
    0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
    0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
    0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
    0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b,
    0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
    0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229,
    0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
    0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

/* ASCII, Latin-1, Greek and Cyrillic: what people have in file names */
uint16_t fat_upcase(uint16_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7) ||
        (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) ||
        (c >= 0x430 && c <= 0x44f)) {
        return c - 0x20;
    }
    if (c >= 0x450 && c <= 0x45f) {
        return c - 0x50;
    }
    return c;
}

bool fat_same_name(const uint16_t *a, const uint16_t *b)
{
    while (*a && fat_upcase(*a) == fat_upcase(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static uint8_t lfn_checksum(const uint8_t *short_name)
{
    uint8_t sum = 0;

    for (unsigned i = 0; i < 11; i++) {
        sum = ((sum & 1) << 7 | sum >> 1) + short_name[i];
    }
    return sum;
}

static void short_to_text(const uint8_t *e, uint16_t *out)
{
    unsigned n = 0;

    for (unsigned i = 0; i < 11; i++) {
        uint16_t c = e[DIR_NAME + i];
        bool lower = e[DIR_NTRES] & (i < 8 ? 0x08 : 0x10);

        if (i == 8 && e[DIR_NAME + 8] != ' ') {
            out[n++] = '.';
        }
        if (i == 0 && c == 0x05) {
            c = 0xe5;               /* 0xe5 itself means free */
        }
        if (c == ' ') {
            continue;
        }
        if (c >= 0x80) {
            c = cp437[c - 0x80];
        } else if (c < 0x20) {
            c = '_';
        } else if (lower && c >= 'A' && c <= 'Z') {
            c += 0x20;
        }
        out[n++] = c;
    }
    out[n] = 0;
}

struct lfn_state {
    unsigned expect;            /* order of the slot to come, 0 = none */
    unsigned count;
    uint8_t checksum;
    uint32_t slot;
    uint16_t name[LFN_MAX * LFN_CHARS + 1];
};

static void lfn_slot(struct lfn_state *st, const uint8_t *e, uint32_t slot)
{
    unsigned order = e[LFN_ORDER] & 0x3f;

    if (e[LFN_ORDER] & LFN_LAST) {
        if (order == 0 || order > LFN_MAX) {
            st->expect = 0;
            st->count = 0;
            return;
        }
        st->count = order;
        st->expect = order;
        st->checksum = e[LFN_CHECKSUM];
        st->slot = slot;
        st->name[order * LFN_CHARS] = 0;
    } else if (!st->expect || order != st->expect ||
               e[LFN_CHECKSUM] != st->checksum) {
        st->expect = 0;
        st->count = 0;
        return;
    }
    for (unsigned i = 0; i < LFN_CHARS; i++) {
        st->name[(order - 1) * LFN_CHARS + i] = get16(e + lfn_pos[i]);
    }
    st->expect--;
}

static bool lfn_take(struct lfn_state *st, const uint8_t *e, uint16_t *name)
{
    unsigned n = 0;

    if (!st->count || st->expect || st->checksum != lfn_checksum(e)) {
        return false;
    }
    while (st->name[n]) {
        n++;
    }
    if (n == 0 || n > FAT_NAME_MAX) {
        return false;
    }
    memcpy(name, st->name, (n + 1) * sizeof(*name));
    return true;
}

static void fill_dirent(struct fat_dirent *ent, const uint8_t *e,
                        const struct fat_vol *vol)
{
    uint16_t text[13];

    short_to_text(e, text);
    memcpy(ent->short_name, text, sizeof(text));
    ent->attr = e[DIR_ATTR] & 0x3f;
    ent->first = get16(e + DIR_FIRST_LO);
    if (vol->bits == 32) {
        ent->first |= (uint32_t)get16(e + DIR_FIRST_HI) << 16;
    }
    ent->size = ent->attr & FAT_ATTR_DIR ? 0 : get32(e + DIR_SIZE);
    ent->created.date = get16(e + DIR_CRT_DATE);
    ent->created.time = get16(e + DIR_CRT_TIME);
    ent->modified.date = get16(e + DIR_WRT_DATE);
    ent->modified.time = get16(e + DIR_WRT_TIME);
    ent->accessed.date = get16(e + DIR_ACC_DATE);
    ent->accessed.time = 0;
}

int fat_readdir(struct fat_file *dir, uint32_t *pos, struct fat_dirent *ent)
{
    struct lfn_state st = { 0 };
    uint8_t e[32];

    if (!(dir->attr & FAT_ATTR_DIR)) {
        return FAT_E_NOTDIR;
    }
    if (dir->gone) {
        return FAT_E_NOENT;
    }
    for (;;) {
        uint32_t slot = *pos;
        int ret = fat_dir_io(dir, slot, e, false);

        if (ret) {
            return ret;
        }
        if (e[0] == SLOT_END) {
            return FAT_E_NOENT;
        }
        (*pos)++;
        if (e[0] == SLOT_FREE) {
            st.count = 0;
            continue;
        }
        if ((e[DIR_ATTR] & 0x3f) == FAT_ATTR_LFN) {
            lfn_slot(&st, e, slot);
            continue;
        }
        if ((e[DIR_ATTR] & FAT_ATTR_LABEL) || e[0] == '.') {
            st.count = 0;
            continue;
        }
        fill_dirent(ent, e, dir->vol);
        if (lfn_take(&st, e, ent->name)) {
            ent->slot = st.slot;
        } else {
            memset(ent->name, 0, sizeof(ent->short_name));
            memcpy(ent->name, ent->short_name, sizeof(ent->short_name));
            ent->slot = slot;
        }
        ent->nslots = slot - ent->slot + 1;
        return FAT_OK;
    }
}

static int find_name(struct fat_file *dir, const uint16_t *name,
                     struct fat_dirent *ent)
{
    uint32_t pos = 0;
    int ret;

    while (!(ret = fat_readdir(dir, &pos, ent))) {
        if (fat_same_name(ent->name, name) ||
            fat_same_name(ent->short_name, name)) {
            return FAT_OK;
        }
    }
    return ret;
}

static struct fat_file *open_ent(struct fat_file *dir,
                                 const struct fat_dirent *ent)
{
    struct fat_vol *vol = dir->vol;
    struct fat_file *f;

    for (f = vol->files; f; f = f->next) {
        if (f->parent == dir && f->slot == ent->slot && !f->gone) {
            return fat_ref(f);
        }
    }
    f = fs_alloc(sizeof(*f));
    if (!f) {
        return NULL;
    }
    f->vol = vol;
    f->refs = 1;
    f->parent = fat_ref(dir);
    f->first = ent->first;
    f->size = ent->size;
    f->attr = ent->attr;
    f->slot = ent->slot;
    f->nslots = ent->nslots;
    f->created = ent->created;
    f->modified = ent->modified;
    f->accessed = ent->accessed;
    memcpy(f->name, ent->name, sizeof(f->name));
    f->next = vol->files;
    vol->files = f;
    return f;
}

int fat_open(struct fat_file *dir, const uint16_t *name,
             struct fat_file **file)
{
    struct fat_dirent *ent = fs_alloc(sizeof(*ent));
    int ret;

    if (!ent) {
        return FAT_E_NOMEM;
    }
    ret = find_name(dir, name, ent);
    if (!ret) {
        *file = open_ent(dir, ent);
        ret = *file ? FAT_OK : FAT_E_NOMEM;
    }
    fs_free(ent);
    return ret;
}

/* Names */

static bool short_char(uint16_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        return true;
    }
    for (const char *p = "$%'-_@~`!(){}^#&"; *p; p++) {
        if (c == (uint8_t)*p) {
            return true;
        }
    }
    return false;
}

/* Length of a usable name without trailing dots and blanks; 0: not a name */
static unsigned name_len(const uint16_t *name)
{
    unsigned n = 0, len = 0;

    for (; name[n]; n++) {
        if (name[n] < 0x20 || n >= FAT_NAME_MAX) {
            return 0;
        }
        for (const char *p = "\"*/:<>?\\|"; *p; p++) {
            if (name[n] == (uint8_t)*p) {
                return 0;
            }
        }
        if (name[n] != '.' && name[n] != ' ') {
            len = n + 1;
        }
    }
    return len;
}

/*
 * The 8.3 form of @name in @out, blank-padded. *@exact: nothing was lost but
 * the case. Returns whether the case was upper, too.
 */
static bool make_short(const uint16_t *name, unsigned len, uint8_t out[11],
                       bool *exact)
{
    unsigned dot = len, b = 0, x = 0, start = 0;
    bool upper = true;

    memset(out, ' ', 11);
    *exact = true;
    while (start < len && name[start] == '.') {
        start++;
        *exact = false;
    }
    for (unsigned i = start; i < len; i++) {
        if (name[i] == '.') {
            dot = i;
        }
    }
    for (unsigned i = start; i < len; i++) {
        uint16_t c = name[i];

        if (i == dot) {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c -= 0x20;
            upper = false;
        }
        if (c == ' ' || c == '.') {
            *exact = false;
            continue;
        }
        if (!short_char(c)) {
            c = '_';
            *exact = false;
        }
        if (i < dot && b < 8) {
            out[b++] = c;
        } else if (i > dot && x < 3) {
            out[8 + x++] = c;
        } else {
            *exact = false;
        }
    }
    if (!b) {
        out[0] = '_';
        *exact = false;
    }
    return upper;
}

static int short_exists(struct fat_file *dir, const uint8_t *name, bool *yes)
{
    uint8_t e[32];

    *yes = false;
    for (uint32_t slot = 0; ; slot++) {
        int ret = fat_dir_io(dir, slot, e, false);

        if (ret == FAT_E_NOENT || (!ret && e[0] == SLOT_END)) {
            return FAT_OK;
        }
        if (ret) {
            return ret;
        }
        if (e[0] != SLOT_FREE && (e[DIR_ATTR] & 0x3f) != FAT_ATTR_LFN &&
            !memcmp(e, name, 11)) {
            *yes = true;
            return FAT_OK;
        }
    }
}

/* A short name nobody in @dir has, from the 8.3 form @name */
static int unique_short(struct fat_file *dir, uint8_t *name, bool exact,
                        const uint16_t *text)
{
    uint8_t basis[11];
    uint32_t hash = 5381;
    unsigned keep = 0;
    bool taken;
    int ret;

    memcpy(basis, name, 11);
    while (keep < 8 && basis[keep] != ' ') {
        keep++;
    }
    while (*text) {
        hash = hash * 33 + *text++;
    }
    if (exact) {
        ret = short_exists(dir, name, &taken);
        if (ret || !taken) {
            return ret;
        }
    }
    for (unsigned try = 1; try < 256; try++) {
        unsigned at = keep < 6 ? keep : 6;
        unsigned n = try;

        memcpy(name, basis, 11);
        if (try > 4) {
            /* as Windows does it: two characters, a hash, ~digit */
            at = keep < 2 ? keep : 2;
            for (unsigned i = 0; i < 4; i++) {
                name[at++] = "0123456789ABCDEF"[hash >> (4 * i) & 15];
            }
            hash = hash * 1103515245 + 12345;
            n = 1 + try % 9;
        }
        name[at++] = '~';
        name[at++] = '0' + n;
        while (at < 8) {
            name[at++] = ' ';
        }
        ret = short_exists(dir, name, &taken);
        if (ret || !taken) {
            return ret;
        }
    }
    return FAT_E_NOSPC;
}

/* First of @need free slots in a row */
static int find_free(struct fat_file *dir, unsigned need, uint32_t *first,
                     bool *at_end)
{
    unsigned run = 0;
    uint32_t slot;
    uint8_t e[32];
    int ret;

    *at_end = false;
    for (slot = 0; run < need; slot++) {
        ret = fat_dir_io(dir, slot, e, false);
        if (ret == FAT_E_NOENT || (!ret && e[0] == SLOT_END)) {
            *first = slot - run;
            *at_end = true;
            return fat_dir_grow(dir, slot - run + need);
        }
        if (ret) {
            return ret;
        }
        run = e[0] == SLOT_FREE ? run + 1 : 0;
    }
    *first = slot - need;
    return FAT_OK;
}

static void put_meta(uint8_t *e, const struct fat_file *f)
{
    e[DIR_ATTR] = f->attr;
    put16(e + DIR_CRT_TIME, f->created.time);
    put16(e + DIR_CRT_DATE, f->created.date);
    put16(e + DIR_ACC_DATE, f->accessed.date);
    put16(e + DIR_WRT_TIME, f->modified.time);
    put16(e + DIR_WRT_DATE, f->modified.date);
    put16(e + DIR_FIRST_LO, f->first);
    put16(e + DIR_FIRST_HI, f->vol->bits == 32 ? f->first >> 16 : 0);
    put32(e + DIR_SIZE, f->size);
}

static void make_lfn(uint8_t *e, const uint16_t *name, unsigned len,
                     unsigned order, bool last, uint8_t checksum)
{
    memset(e, 0, 32);
    e[LFN_ORDER] = order | (last ? LFN_LAST : 0);
    e[DIR_ATTR] = FAT_ATTR_LFN;
    e[LFN_CHECKSUM] = checksum;
    for (unsigned i = 0; i < LFN_CHARS; i++) {
        unsigned at = (order - 1) * LFN_CHARS + i;

        put16(e + lfn_pos[i], at < len ? name[at] : at == len ? 0 : 0xffff);
    }
}

/* Write the entry set of @f, called @name, into @dir; sets slot and nslots */
static int add_entry(struct fat_file *dir, const uint16_t *name,
                     struct fat_file *f)
{
    unsigned len = name_len(name), n;
    uint8_t e[32] = { 0 }, sum;
    uint8_t short_name[11];
    bool exact, upper, at_end;
    uint32_t slot;
    int ret;

    if (!len) {
        return FAT_E_INVAL;
    }
    upper = make_short(name, len, short_name, &exact);
    ret = unique_short(dir, short_name, exact, name);
    if (ret) {
        return ret;
    }
    n = exact && upper ? 1 : 1 + (len + LFN_CHARS - 1) / LFN_CHARS;
    ret = find_free(dir, n, &slot, &at_end);
    if (ret) {
        return ret;
    }
    if (at_end && !fat_dir_io(dir, slot + n, e, false) && e[0] != SLOT_END) {
        /* stale data behind the old end marker */
        memset(e, 0, sizeof(e));
        ret = fat_dir_io(dir, slot + n, e, true);
        if (ret) {
            return ret;
        }
    }
    sum = lfn_checksum(short_name);
    for (unsigned i = 0; i + 1 < n; i++) {
        make_lfn(e, name, len, n - 1 - i, i == 0, sum);
        ret = fat_dir_io(dir, slot + i, e, true);
        if (ret) {
            return ret;
        }
    }
    memset(e, 0, sizeof(e));
    memcpy(e, short_name, 11);
    put_meta(e, f);
    ret = fat_dir_io(dir, slot + n - 1, e, true);
    if (ret) {
        return ret;
    }
    f->slot = slot;
    f->nslots = n;
    memset(f->name, 0, sizeof(f->name));
    memcpy(f->name, name, len * sizeof(*name));
    return FAT_OK;
}

static int del_entry(struct fat_file *dir, uint32_t slot, uint32_t n)
{
    uint8_t e[32];

    for (uint32_t i = 0; i < n; i++) {
        int ret = fat_dir_io(dir, slot + i, e, false);

        if (!ret) {
            e[0] = SLOT_FREE;
            ret = fat_dir_io(dir, slot + i, e, true);
        }
        if (ret) {
            return ret;
        }
    }
    return FAT_OK;
}

static int make_dots(struct fat_file *f)
{
    uint8_t e[32] = { 0 };
    uint32_t up = f->parent->parent ? f->parent->first : 0;
    struct fat_file tmp = *f;
    int ret;

    memset(e, ' ', 11);
    e[0] = '.';
    tmp.attr = FAT_ATTR_DIR;
    put_meta(e, &tmp);
    ret = fat_dir_io(f, 0, e, true);
    if (ret) {
        return ret;
    }
    e[1] = '.';
    tmp.first = up;
    put_meta(e, &tmp);
    return fat_dir_io(f, 1, e, true);
}

int fat_create(struct fat_file *dir, const uint16_t *name, uint8_t attr,
               struct fat_file **file)
{
    struct fat_vol *vol = dir->vol;
    struct fat_file *f;
    int ret;

    if (vol->dev.read_only) {
        return FAT_E_RO;
    }
    if (dir->gone || !(dir->attr & FAT_ATTR_DIR)) {
        return FAT_E_NOTDIR;
    }
    f = fs_alloc(sizeof(*f));
    if (!f) {
        return FAT_E_NOMEM;
    }
    f->vol = vol;
    f->refs = 1;
    f->parent = fat_ref(dir);
    f->attr = attr & (FAT_ATTR_RO | FAT_ATTR_HIDDEN | FAT_ATTR_SYSTEM |
                      FAT_ATTR_DIR | FAT_ATTR_ARCHIVE);
    if (vol->dev.now) {
        vol->dev.now(vol->dev.opaque, &f->created.date, &f->created.time);
        f->modified = f->created;
        f->accessed.date = f->created.date;
    }
    ret = find_name(dir, name, &(struct fat_dirent){ 0 });
    if (ret != FAT_E_NOENT) {
        ret = ret ? ret : FAT_E_EXIST;
        goto fail;
    }
    ret = FAT_OK;
    if (attr & FAT_ATTR_DIR) {
        ret = fat_alloc_cluster(vol, 0, true, &f->first);
        if (!ret) {
            ret = make_dots(f);
        }
    }
    if (!ret) {
        ret = add_entry(dir, name, f);
    }
    if (ret) {
        if (f->first) {
            fat_free_chain(vol, f->first);
        }
        goto fail;
    }
    f->next = vol->files;
    vol->files = f;
    ret = fat_sync(vol);
    if (ret) {
        fat_close(f);
        return ret;
    }
    *file = f;
    return FAT_OK;

fail:
    fat_sync(vol);
    fat_close(f);
    return ret;
}

int fat_update(struct fat_file *f)
{
    uint8_t e[32];
    uint32_t slot = f->slot + f->nslots - 1;
    int ret;

    if (!f->parent) {
        return fat_sync(f->vol);
    }
    if (f->vol->dev.read_only) {
        return FAT_E_RO;
    }
    if (f->gone) {
        return FAT_E_NOENT;
    }
    ret = fat_dir_io(f->parent, slot, e, false);
    if (!ret) {
        put_meta(e, f);
        ret = fat_dir_io(f->parent, slot, e, true);
    }
    return ret ? ret : fat_sync(f->vol);
}

int fat_remove(struct fat_file *f)
{
    int ret;

    if (!f->parent) {
        return FAT_E_INVAL;
    }
    if (f->gone) {
        return FAT_OK;
    }
    if (f->vol->dev.read_only || (f->attr & FAT_ATTR_RO)) {
        return FAT_E_RO;
    }
    if (f->attr & FAT_ATTR_DIR) {
        uint32_t pos = 0;

        ret = fat_readdir(f, &pos, &(struct fat_dirent){ 0 });
        if (ret != FAT_E_NOENT) {
            return ret ? ret : FAT_E_NOTEMPTY;
        }
    }
    ret = del_entry(f->parent, f->slot, f->nslots);
    if (ret) {
        return ret;
    }
    f->gone = true;
    ret = f->first ? fat_free_chain(f->vol, f->first) : FAT_OK;
    if (fat_sync(f->vol) && !ret) {
        ret = FAT_E_IO;
    }
    return ret;
}

int fat_rename(struct fat_file *f, struct fat_file *dir, const uint16_t *name)
{
    struct fat_dirent *ent;
    struct fat_file *old = f->parent;
    uint32_t slot = f->slot, n = f->nslots;
    bool same;
    int ret;

    if (!old || f->gone || !name_len(name) || dir->vol != f->vol) {
        return FAT_E_INVAL;
    }
    if (f->vol->dev.read_only) {
        return FAT_E_RO;
    }
    for (struct fat_file *d = dir; d; d = d->parent) {
        if (d == f) {
            return FAT_E_INVAL;     /* into itself */
        }
    }
    ent = fs_alloc(sizeof(*ent));
    if (!ent) {
        return FAT_E_NOMEM;
    }
    ret = find_name(dir, name, ent);
    same = !ret && dir == old && ent->slot == f->slot;
    fs_free(ent);
    if (!ret && !same) {
        return FAT_E_EXIST;
    }
    if (ret && ret != FAT_E_NOENT) {
        return ret;
    }
    if (same) {
        /* only the case changes: the short name may stay the same */
        ret = del_entry(old, slot, n);
        if (!ret) {
            ret = add_entry(dir, name, f);
        }
    } else {
        ret = add_entry(dir, name, f);
        if (!ret) {
            ret = del_entry(old, slot, n);
        }
    }
    if (!ret && dir != old) {
        f->parent = fat_ref(dir);
        fat_close(old);
        if (f->attr & FAT_ATTR_DIR) {
            ret = make_dots(f);
        }
    }
    if (fat_sync(f->vol) && !ret) {
        ret = FAT_E_IO;
    }
    return ret;
}

int fat_label(struct fat_vol *vol, uint16_t label[12])
{
    uint8_t e[32];

    label[0] = 0;
    for (uint32_t slot = 0; ; slot++) {
        int ret = fat_dir_io(vol->root, slot, e, false);

        if (ret == FAT_E_NOENT || (!ret && e[0] == SLOT_END)) {
            return FAT_OK;
        }
        if (ret) {
            return ret;
        }
        if (e[0] != SLOT_FREE &&
            (e[DIR_ATTR] & 0x3f) != FAT_ATTR_LFN &&
            (e[DIR_ATTR] & FAT_ATTR_LABEL)) {
            unsigned n = 0;

            for (unsigned i = 0; i < 11; i++) {
                label[i] = e[i] < 0x80 ? e[i] : cp437[e[i] - 0x80];
                if (e[i] != ' ') {
                    n = i + 1;
                }
            }
            label[n] = 0;
            return FAT_OK;
        }
    }
}
