/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium multimedia instructions that are not generated inline
 *
 * Operations: SDM volume 3, chapter 2.  Element 0 is the lowest one.
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/helper-proto.h"

static inline int64_t sat(int64_t v, int64_t min, int64_t max)
{
    return v < min ? min : v > max ? max : v;
}

#define SAT_S8(v)   sat(v, INT8_MIN, INT8_MAX)
#define SAT_U8(v)   sat(v, 0, UINT8_MAX)
#define SAT_S16(v)  sat(v, INT16_MIN, INT16_MAX)
#define SAT_U16(v)  sat(v, 0, UINT16_MAX)

/*
 * name: element by element, x of the first source as a tx, y of the second
 * as a ty; the low bits of expr are the result's element.
 */
#define ELEMENTS(name, bits, tx, ty, expr)                                  \
uint64_t HELPER(name)(uint64_t a, uint64_t b)                               \
{                                                                           \
    uint64_t r = 0;                                                         \
                                                                            \
    for (int i = 0; i < 64; i += bits) {                                    \
        int64_t x = (tx)(a >> i), y = (ty)(b >> i);                         \
        r |= extract64(expr, 0, bits) << i;                                 \
    }                                                                       \
    return r;                                                               \
}

ELEMENTS(padd1_sss, 8, int8_t, int8_t, SAT_S8(x + y))
ELEMENTS(padd2_sss, 16, int16_t, int16_t, SAT_S16(x + y))
ELEMENTS(padd1_uuu, 8, uint8_t, uint8_t, SAT_U8(x + y))
ELEMENTS(padd2_uuu, 16, uint16_t, uint16_t, SAT_U16(x + y))
ELEMENTS(padd1_uus, 8, uint8_t, int8_t, SAT_U8(x + y))
ELEMENTS(padd2_uus, 16, uint16_t, int16_t, SAT_U16(x + y))
ELEMENTS(psub1_sss, 8, int8_t, int8_t, SAT_S8(x - y))
ELEMENTS(psub2_sss, 16, int16_t, int16_t, SAT_S16(x - y))
ELEMENTS(psub1_uuu, 8, uint8_t, uint8_t, SAT_U8(x - y))
ELEMENTS(psub2_uuu, 16, uint16_t, uint16_t, SAT_U16(x - y))
ELEMENTS(psub1_uus, 8, uint8_t, int8_t, SAT_U8(x - y))
ELEMENTS(psub2_uus, 16, uint16_t, int16_t, SAT_U16(x - y))

/* Rounded to odd, or away from zero; SDM 3:201 */
ELEMENTS(pavg1, 8, uint8_t, uint8_t, (x + y) >> 1 | ((x + y) & 1))
ELEMENTS(pavg2, 16, uint16_t, uint16_t, (x + y) >> 1 | ((x + y) & 1))
ELEMENTS(pavg1_raz, 8, uint8_t, uint8_t, (x + y + 1) >> 1)
ELEMENTS(pavg2_raz, 16, uint16_t, uint16_t, (x + y + 1) >> 1)
ELEMENTS(pavgsub1, 8, uint8_t, uint8_t, (x - y) >> 1 | ((x - y) & 1))
ELEMENTS(pavgsub2, 16, uint16_t, uint16_t, (x - y) >> 1 | ((x - y) & 1))

ELEMENTS(pmin1_u, 8, uint8_t, uint8_t, MIN(x, y))
ELEMENTS(pmax1_u, 8, uint8_t, uint8_t, MAX(x, y))
ELEMENTS(pmin2, 16, int16_t, int16_t, MIN(x, y))
ELEMENTS(pmax2, 16, int16_t, int16_t, MAX(x, y))

uint64_t HELPER(psad1)(uint64_t a, uint64_t b)
{
    uint64_t r = 0;

    for (int i = 0; i < 64; i += 8) {
        r += abs((int)(uint8_t)(a >> i) - (int)(uint8_t)(b >> i));
    }
    return r;
}

/* Halves the width of the elements; those of a get into the lower half. */
#define PACK(name, bits, type, saturate)                                    \
uint64_t HELPER(name)(uint64_t a, uint64_t b)                               \
{                                                                           \
    uint64_t r = 0;                                                         \
                                                                            \
    for (int i = 0; i < 64; i += bits) {                                    \
        int64_t x = (type)(a >> i), y = (type)(b >> i);                     \
        r |= extract64(saturate(x), 0, bits / 2) << (i / 2);                \
        r |= extract64(saturate(y), 0, bits / 2) << (i / 2 + 32);           \
    }                                                                       \
    return r;                                                               \
}

PACK(pack2_uss, 16, int16_t, SAT_U8)
PACK(pack2_sss, 16, int16_t, SAT_S8)
PACK(pack4_sss, 32, int32_t, SAT_S16)

/* Interleaves the elements of one half; those of b get into the even ones. */
static inline uint64_t unpack(uint64_t a, uint64_t b, int bits)
{
    uint64_t r = 0;

    for (int i = 0; i < 32; i += bits) {
        r |= extract64(b, i, bits) << (2 * i);
        r |= extract64(a, i, bits) << (2 * i + bits);
    }
    return r;
}

uint64_t HELPER(unpack1_h)(uint64_t a, uint64_t b)
{
    return unpack(a >> 32, b >> 32, 8);
}

uint64_t HELPER(unpack1_l)(uint64_t a, uint64_t b)
{
    return unpack(a, b, 8);
}

uint64_t HELPER(unpack2_h)(uint64_t a, uint64_t b)
{
    return unpack(a >> 32, b >> 32, 16);
}

uint64_t HELPER(unpack2_l)(uint64_t a, uint64_t b)
{
    return unpack(a, b, 16);
}

/* Shifts of a by the whole of b; any count beyond the width acts as it does */
#define SHIFT(name, bits, type, expr)                                       \
uint64_t HELPER(name)(uint64_t a, uint64_t b)                               \
{                                                                           \
    uint64_t r = 0;                                                         \
    int n = MIN(b, bits);                                                   \
                                                                            \
    for (int i = 0; i < 64; i += bits) {                                    \
        int64_t x = (type)(a >> i);                                         \
        r |= extract64(expr, 0, bits) << i;                                 \
    }                                                                       \
    return r;                                                               \
}

SHIFT(pshr2_u, 16, uint16_t, x >> n)
SHIFT(pshr2, 16, int16_t, x >> n)
SHIFT(pshl2, 16, uint16_t, x << n)
SHIFT(pshr4_u, 32, uint32_t, x >> n)
SHIFT(pshr4, 32, int32_t, x >> n)
SHIFT(pshl4, 32, uint32_t, x << n)

/* A shift that overflows saturates and leaves out the addition; SDM 3:233 */
uint64_t HELPER(pshladd2)(uint64_t a, uint64_t b, uint32_t count)
{
    uint64_t r = 0;

    for (int i = 0; i < 64; i += 16) {
        int64_t x = (int64_t)(int16_t)(a >> i) << count;

        if (x == SAT_S16(x)) {
            x += (int16_t)(b >> i);
        }
        r |= extract64(SAT_S16(x), 0, 16) << i;
    }
    return r;
}

uint64_t HELPER(pshradd2)(uint64_t a, uint64_t b, uint32_t count)
{
    uint64_t r = 0;

    for (int i = 0; i < 64; i += 16) {
        int64_t x = ((int16_t)(a >> i) >> count) + (int16_t)(b >> i);

        r |= extract64(SAT_S16(x), 0, 16) << i;
    }
    return r;
}

uint64_t HELPER(pmpyshr2)(uint64_t a, uint64_t b, uint32_t count)
{
    uint64_t r = 0;

    for (int i = 0; i < 64; i += 16) {
        int32_t x = (int16_t)(a >> i) * (int16_t)(b >> i);

        r |= extract64(x >> count, 0, 16) << i;
    }
    return r;
}

uint64_t HELPER(pmpyshr2_u)(uint64_t a, uint64_t b, uint32_t count)
{
    uint64_t r = 0;

    for (int i = 0; i < 64; i += 16) {
        uint32_t x = (uint32_t)(uint16_t)(a >> i) * (uint16_t)(b >> i);

        r |= extract64(x >> count, 0, 16) << i;
    }
    return r;
}

/* mbtype 8 @mix, 9 @shuf, 10 @alt; the others are inline */
uint64_t HELPER(mux1)(uint64_t a, uint32_t mbtype)
{
    /* Source of each byte of the result, lowest first */
    static const uint8_t source[3][8] = {
        { 0, 4, 2, 6, 1, 5, 3, 7 },
        { 0, 4, 1, 5, 2, 6, 3, 7 },
        { 0, 2, 4, 6, 1, 3, 5, 7 },
    };
    uint64_t r = 0;

    for (int i = 0; i < 8; i++) {
        r |= extract64(a, source[mbtype - 8][i] * 8, 8) << (i * 8);
    }
    return r;
}
