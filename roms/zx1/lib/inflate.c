/*
 * Inflate (RFC 1951), canonical Huffman decoding by code length
 *
 * A table over the next 9 or so bits finds most symbols in one step; longer
 * codes are finished bit by bit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fw.h"

#define MAX_BITS    15
#define FAST_BITS   9

struct huffman {
    UINT16 count[MAX_BITS + 1];
    UINT16 symbol[288];
    UINT16 fast[1 << FAST_BITS];        /* symbol << 4 | length, 0: longer */
};

struct inflate {
    const UINT8 *src, *end;
    UINT8 *dst, *dst_start, *dst_end;
    UINT64 bits;
    unsigned nbits;
    unsigned overrun;                   /* zero bits made up at the end */
    struct huffman lit, dist;
};

static void refill(struct inflate *s)
{
    while (s->nbits <= 56) {
        if (s->src < s->end) {
            s->bits |= (UINT64)*s->src++ << s->nbits;
        } else {
            s->overrun += 8;
        }
        s->nbits += 8;
    }
}

static unsigned take(struct inflate *s, unsigned n)
{
    unsigned v;

    if (s->nbits < n) {
        refill(s);
    }
    v = s->bits & ((1UL << n) - 1);
    s->bits >>= n;
    s->nbits -= n;
    return v;
}

static unsigned reverse(unsigned v, unsigned n)
{
    unsigned r = 0;

    while (n--) {
        r = r << 1 | (v & 1);
        v >>= 1;
    }
    return r;
}

/* False if the lengths are over-subscribed */
static bool build(struct huffman *h, const UINT8 *length, unsigned n)
{
    UINT16 offset[MAX_BITS + 2];
    unsigned i, len, code = 0;
    int left = 1;

    memset(h->count, 0, sizeof(h->count));
    memset(h->fast, 0, sizeof(h->fast));
    for (i = 0; i < n; i++) {
        h->count[length[i]]++;
    }
    h->count[0] = 0;
    offset[1] = 0;
    for (len = 1; len <= MAX_BITS; len++) {
        left = left * 2 - h->count[len];
        if (left < 0) {
            return false;
        }
        offset[len + 1] = offset[len] + h->count[len];
    }
    for (i = 0; i < n; i++) {
        if (length[i]) {
            h->symbol[offset[length[i]]++] = i;
        }
    }
    /* Symbols are now in order of their codes */
    for (len = 1, i = 0; len <= FAST_BITS; len++) {
        unsigned k, j;

        for (k = 0; k < h->count[len]; k++, i++, code++) {
            for (j = reverse(code, len); j < 1 << FAST_BITS; j += 1 << len) {
                h->fast[j] = h->symbol[i] << 4 | len;
            }
        }
        code <<= 1;
    }
    return true;
}

/* Symbol, -1 if there is no such code */
static int decode(struct inflate *s, const struct huffman *h)
{
    int code = 0, first = 0, index = 0;
    unsigned len, f;

    if (s->nbits < MAX_BITS) {
        refill(s);
    }
    f = h->fast[s->bits & ((1 << FAST_BITS) - 1)];
    if (f) {
        s->bits >>= f & 15;
        s->nbits -= f & 15;
        return f >> 4;
    }
    for (len = 1; len <= MAX_BITS; len++) {
        int count = h->count[len];

        code |= take(s, 1);
        if (code - count < first) {
            return h->symbol[index + code - first];
        }
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return -1;
}

static bool codes(struct inflate *s)
{
    static const UINT16 len_base[29] = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51,
        59, 67, 83, 99, 115, 131, 163, 195, 227, 258
    };
    static const UINT8 len_extra[29] = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4,
        4, 5, 5, 5, 5, 0
    };
    static const UINT16 dist_base[30] = {
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385,
        513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
        24577
    };
    static const UINT8 dist_extra[30] = {
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10,
        10, 11, 11, 12, 12, 13, 13
    };

    for (;;) {
        int sym = decode(s, &s->lit);
        size_t len, dist;
        UINT8 *from;

        if (sym < 0 || s->overrun > 128) {
            return false;
        }
        if (sym < 256) {
            if (s->dst >= s->dst_end) {
                return false;
            }
            *s->dst++ = sym;
            continue;
        }
        if (sym == 256) {
            return true;
        }
        sym -= 257;
        if (sym >= 29) {
            return false;
        }
        len = len_base[sym] + take(s, len_extra[sym]);
        sym = decode(s, &s->dist);
        if (sym < 0 || sym >= 30) {
            return false;
        }
        dist = dist_base[sym] + take(s, dist_extra[sym]);
        if (dist > (size_t)(s->dst - s->dst_start) ||
            len > (size_t)(s->dst_end - s->dst)) {
            return false;
        }
        for (from = s->dst - dist; len--; ) {
            *s->dst++ = *from++;
        }
    }
}

static bool stored(struct inflate *s)
{
    unsigned len, nlen;

    take(s, s->nbits & 7);
    len = take(s, 16);
    nlen = take(s, 16);
    if (len != (~nlen & 0xffff) || len > (size_t)(s->dst_end - s->dst)) {
        return false;
    }
    while (len && s->nbits >= 8) {
        *s->dst++ = take(s, 8);
        len--;
    }
    if (len > (size_t)(s->end - s->src)) {
        return false;
    }
    memcpy(s->dst, s->src, len);
    s->dst += len;
    s->src += len;
    return s->overrun == 0;
}

static bool fixed_tables(struct inflate *s)
{
    UINT8 length[288];
    unsigned i;

    for (i = 0; i < 288; i++) {
        length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    build(&s->lit, length, 288);
    memset(length, 5, 30);
    return build(&s->dist, length, 30);
}

static bool dynamic_tables(struct inflate *s)
{
    static const UINT8 order[19] = {
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
    };
    unsigned nlen = take(s, 5) + 257, ndist = take(s, 5) + 1;
    unsigned ncode = take(s, 4) + 4, i, rep;
    UINT8 length[320], prev;
    int sym;

    if (nlen > 286 || ndist > 30) {
        return false;
    }
    memset(length, 0, sizeof(length));
    for (i = 0; i < ncode; i++) {
        length[order[i]] = take(s, 3);
    }
    if (!build(&s->lit, length, 19)) {
        return false;
    }
    for (i = 0; i < nlen + ndist; ) {
        sym = decode(s, &s->lit);
        if (sym < 0) {
            return false;
        }
        if (sym < 16) {
            length[i++] = sym;
            continue;
        }
        prev = 0;
        if (sym == 16) {
            if (!i) {
                return false;
            }
            prev = length[i - 1];
            rep = 3 + take(s, 2);
        } else if (sym == 17) {
            rep = 3 + take(s, 3);
        } else {
            rep = 11 + take(s, 7);
        }
        if (i + rep > nlen + ndist) {
            return false;
        }
        while (rep--) {
            length[i++] = prev;
        }
    }
    return length[256] && build(&s->lit, length, nlen) &&
           build(&s->dist, length + nlen, ndist);
}

bool inflate(const void *src, size_t src_len, void *dst, size_t dst_size,
             size_t *dst_len)
{
    static struct inflate state;
    struct inflate *s = &state;
    bool last, ok;

    s->src = src;
    s->end = s->src + src_len;
    s->dst = s->dst_start = dst;
    s->dst_end = s->dst + dst_size;
    s->bits = s->nbits = s->overrun = 0;
    do {
        last = take(s, 1);
        switch (take(s, 2)) {
        case 0:
            ok = stored(s);
            break;
        case 1:
            ok = fixed_tables(s) && codes(s);
            break;
        case 2:
            ok = dynamic_tables(s) && codes(s);
            break;
        default:
            ok = false;
            break;
        }
        if (!ok || s->overrun > 128) {
            return false;
        }
    } while (!last);
    *dst_len = s->dst - s->dst_start;
    return true;
}
