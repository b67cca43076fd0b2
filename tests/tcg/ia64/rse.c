/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register stack engine, frames and rotation (SDM volume 2 chapter 6, volume
 * 1 section 4.5.1): the words in the backing store, not only the registers
 */

#include "test.h"

struct pair deep(uint64_t levels, uint64_t seed);
void fill_frame(uint64_t base, uint64_t *saved);
void fill_plain(uint64_t base, uint64_t *saved);
void load_back(uint64_t bsp, uint64_t *saved);
struct pair bsp_of(uint64_t bspstore, uint64_t dirty);
struct pair rotate_gr(uint64_t turns, uint64_t *out);
struct pair rotate_pr(uint64_t turns, uint64_t value);
struct pair rotate_fr(uint64_t turns, uint64_t *out);
struct pair loop_ctop(uint64_t lc, uint64_t ec);
struct pair loop_wtop(uint64_t turns, uint64_t ec);
uint64_t write_out_of_frame(void);
uint64_t write_out_of_frame_off(void);

static uint64_t area[1024] __attribute__((aligned(512)));

/* The word of register n, counted from the aligned address base */
static uint64_t *word(uint64_t base, uint64_t n)
{
    return (uint64_t *)(base + n / 63 * 512 + n % 63 * 8);
}

static void test_layout(void)
{
    const uint64_t levels = 60, seed = 0x5a00000000000000ul;
    uint64_t base, n, wrong = 0;
    struct pair r;

    test_begin("nested frames in the backing store");
    r = deep(levels, seed);
    test_eq("locals after the returns", r.b, 0);
    base = (r.a & ~511ul) - 20 * 512;
    n = (r.a & 511) / 8 + 20 * 63;
    for (uint64_t l = 1; l <= levels; l++) {
        static const uint8_t at[] = { 3, 4, 5, 6, 8, 9 };
        uint64_t first = n - 10 * l;

        wrong += *word(base, first) != l;
        wrong += *word(base, first + 1) != seed;
        for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
            wrong += *word(base, first + at[i]) != seed + l * 16 + i;
        }
    }
    test_eq("words that differ", wrong, 0);
    test_end();

    test_begin("recursion over many times the physical registers");
    for (uint64_t l = 1; l < 300; l += 13) {
        test_eq("locals after the returns", deep(l, l << 32).b, 0);
    }
    test_end();
}

/* One frame of 90 registers stored from each of 64 alignments */
static void test_collection(void)
{
    test_begin("NaT collection words");
    for (unsigned skew = 0; skew < 63; skew++) {
        uint64_t saved[4], base = (uint64_t)area, rnat = 0, wrong = 0;

        for (unsigned i = 0; i < ARRAY_SIZE(area); i++) {
            area[i] = 0xeeeeeeeeeeeeeeee;
        }
        fill_frame(base + skew * 8, saved);
        test_eq("BSP of the frame", saved[0], base + skew * 8);
        test_eq("BSP after cover", saved[1],
                (uint64_t)word(base, skew + 90));
        test_eq("BSPSTORE after flushrs", saved[2], saved[1]);
        for (unsigned i = 0; i < 90; i++) {
            unsigned r = 32 + i;

            if (r % 3) {
                wrong += *word(base, skew + i) != 0x1000 + r;
            } else {
                rnat |= 1ul << (skew + i) % 63;
            }
            if ((skew + i) % 63 == 62) {
                test_eq("collection", area[(skew + i) / 63 * 64 + 63], rnat);
                rnat = 0;
            }
        }
        test_eq("words that differ", wrong, 0);
        test_eq("RNAT", saved[3] & ((1ul << (skew + 90) % 63) - 1), rnat);
        test_eq("word below", skew ? area[skew - 1] : 0xeeeeeeeeeeeeeeee,
                0xeeeeeeeeeeeeeeee);
    }
    test_end();
}

/* Bits of RNAT from before go as the registers of their slots are stored. */
static void test_stale(void)
{
    test_begin("NaT collections after others");
    for (unsigned skew = 0; skew < 63; skew++) {
        uint64_t saved[4], wrong = 0;

        fill_plain((uint64_t)area + skew * 8, saved);
        for (unsigned i = 0; i < 90; i++) {
            wrong += *word((uint64_t)area, skew + i) != 0x1000 + 32 + i;
        }
        test_eq("words that differ", wrong, 0);
        test_eq("collection", area[63] >> skew, 0);
        if (skew + 90 >= 126) {
            test_eq("next collection", area[127], 0);
        }
        test_eq("RNAT", saved[3] & ((1ul << (skew + 90) % 63) - 1), 0);
    }
    test_end();
}

static void test_load(void)
{
    test_begin("loadrs and fills by br.ret");
    for (unsigned skew = 0; skew < 63; skew += 5) {
        for (unsigned keep = 0; keep <= 90; keep += 9) {
            uint64_t saved[8], base = (uint64_t)area, bsp, got[5];
            unsigned first = 90 - 80;

            fill_frame(base + skew * 8, saved);
            bsp = saved[1];
            /* A partial collection is not in memory: give it there. */
            area[(skew + 90) / 63 * 64 + 63] = saved[3];
            saved[0] = bsp - (uint64_t)word(base, skew + 90 - keep);
            saved[1] = 80;
            got[0] = saved[0];
            load_back(bsp, saved);
            test_eq("BSPSTORE after loadrs", saved[6], bsp - got[0]);
            for (unsigned i = 0; i < 3; i++) {
                unsigned r = 32 + first + i;

                /* Collections that loadrs does not reach come from RNAT. */
                test_eq("register of the frame", saved[2 + i],
                        r % 3 ? 0x1000 + r : 0xbad);
            }
            test_eq("BSP of the frame", saved[5],
                    (uint64_t)word(base, skew + first));
        }
    }
    test_end();
}

static void test_bsp(void)
{
    test_begin("BSP from BSPSTORE and dirty registers");
    for (unsigned dirty = 0; dirty <= 90; dirty += 3) {
        for (unsigned slot = 0; slot < 64; slot++) {
            uint64_t store = (uint64_t)area + slot * 8;
            struct pair r = bsp_of(store + (slot & 7), dirty);

            test_eq("BSP", r.a, store + 8 * dirty + 8 * ((slot + dirty) / 63));
            test_eq("BSPSTORE", r.b, store);
        }
    }
    test_end();
}

static void test_rotation(void)
{
    static uint64_t out[128];

    test_begin("rotation of general registers");
    for (uint64_t turns = 1; turns < 200; turns += turns < 20 ? 1 : 17) {
        uint64_t rrb = (16 - turns % 16) % 16;
        struct pair r = rotate_gr(turns, out);

        for (unsigned i = 0; i < 16; i++) {
            test_eq("r32 and up", out[i], 0x100 + (i + rrb) % 16);
        }
        test_eq("r48", out[16], 0x110);
        test_eq("sof, sol, sor", r.a & 0x3ffff, 18 | 18 << 7 | 2 << 14);
        test_eq("rrb.gr", r.a >> 18 & 127, rrb);
        test_eq("rrb.fr", r.a >> 25 & 127, (96 - turns % 96) % 96);
        test_eq("rrb.pr", r.a >> 32 & 63, (48 - turns % 48) % 48);
        test_eq("r32 after the call", out[17], 0x100 + rrb);
        test_eq("r47 after the call", out[18], 0x100 + (15 + rrb) % 16);
        test_eq("r32 after clrrrb", out[19], 0x100);
        test_eq("r47 after clrrrb", out[20], 0x10f);
    }
    test_end();

    test_begin("rotation of predicates");
    for (uint64_t turns = 1; turns < 120; turns += 7) {
        uint64_t v = 0x123456789abc0000, seen = v, phys;
        unsigned n = (48 - turns % 48) % 48;
        struct pair r;

        for (unsigned i = 0; i < turns; i++) {
            seen = seen << 1 | 1 << 16;
        }
        seen &= ~(1ul << 63);       /* the branch that is not taken */
        r = rotate_pr(turns, v);
        test_eq("p16 to p63", r.b, seen);
        phys = seen >> 16;
        phys = (phys << n | phys >> (48 - n)) & 0xffffffffffff;
        test_eq("physical order", r.a >> 16, n ? phys : seen >> 16);
    }
    test_end();

    test_begin("rotation of floating-point registers");
    for (uint64_t turns = 1; turns < 400; turns += turns < 8 ? 1 : 31) {
        struct pair r = rotate_fr(turns, out);
        uint64_t rrb = (96 - turns % 96) % 96, wrong = 0;

        for (unsigned i = 0; i < 96; i++) {
            wrong += out[i] != 32 + (i + rrb) % 96;
        }
        test_eq("registers that differ", wrong, 0);
        test_eq("f32 after clrrrb", r.a, 32);
        test_eq("f127 after clrrrb", r.b, 127);
    }
    test_end();
}

static void test_loops(void)
{
    struct pair r;

    test_begin("counted and while loops");
    for (uint64_t lc = 0; lc < 5; lc++) {
        for (uint64_t ec = 0; ec < 5; ec++) {
            r = loop_ctop(lc, ec);
            test_eq("br.ctop iterations", r.a, lc + (ec ? ec : 1));
            test_eq("LC and EC", r.b, 0);
        }
    }
    for (uint64_t turns = 1; turns < 4; turns++) {
        for (uint64_t ec = 0; ec < 4; ec++) {
            r = loop_wtop(turns, ec);
            test_eq("br.wtop iterations", r.a,
                    turns + (ec > 1 ? ec - 1 : 0));
            test_eq("EC", r.b, 0);
        }
    }
    test_end();
}

static void test_targets(void)
{
    test_begin("targets outside of the frame");
    fault_expect(2);
    write_out_of_frame();
    test_eq("last vector", fault.vector, VEC_GENEX);
    test_eq("code", fault.isr & 0xffff, 0);
    NO_FAULT("predicated off",
             test_eq("value", write_out_of_frame_off(), 7));
    test_end();
}

void test_main(void)
{
    test_layout();
    test_collection();
    test_stale();
    test_load();
    test_bsp();
    test_rotation();
    test_loops();
    test_targets();
}
