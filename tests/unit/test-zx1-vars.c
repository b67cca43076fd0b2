/*
 * Unit test of the zx1 firmware's variable store
 *
 * The store runs on a model of the flash in which programming only clears
 * bits, and is compared with a table of what must be there: after random
 * operations, after restarts, after the power goes away at any access to the
 * flash, and on a flash full of garbage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>
#include <setjmp.h>
#include <string.h>
#include "rt.h"

/* ------------------------------------------------------------------ */
/* Flash: Intel command set, 16 bits wide, blocks of 128 KiB */

#define STORE_BASE  ZX1_VARS_BASE
#define STORE_SIZE  0x80000
#define BUFFER      32

static uint8_t flash[STORE_SIZE];
static enum { ARRAY, STATUS, QUERY, COUNT, DATA, CONFIRM, ERASE, LOCK } state;
static uint32_t fill_left, fill_n, fill_at[BUFFER];
static uint16_t fill_val[BUFFER];
static long power_left = -1;    /* accesses until the power goes; -1: never */
static jmp_buf power_gone;

EFI_SYSTEM_TABLE rt_system_table;
struct rt_info rt_info;

static uint32_t offset(UINT64 addr, unsigned size)
{
    g_assert_cmpuint(addr, >=, STORE_BASE);
    g_assert_cmpuint(addr + size, <=, STORE_BASE + STORE_SIZE);
    g_assert_cmpuint(addr % size, ==, 0);
    return addr - STORE_BASE;
}

UINT16 phys_read16(UINT64 addr)
{
    static const char query[] = "QRY";
    uint32_t off = offset(addr, 2);

    switch (state) {
    case ARRAY:
        return flash[off] | flash[off + 1] << 8;
    case QUERY:
        return off / 2 >= 0x10 && off / 2 <= 0x12 ? query[off / 2 - 0x10] : 0;
    default:
        return 0x80;
    }
}

UINT64 phys_read64(UINT64 addr)
{
    uint32_t off = offset(addr, 8);
    UINT64 v;

    g_assert_cmpint(state, ==, ARRAY);
    memcpy(&v, flash + off, 8);
    return v;
}

static void program(uint32_t off, uint16_t v)
{
    flash[off] &= v;
    flash[off + 1] &= v >> 8;
}

static void command(uint32_t off, UINT16 v)
{
    switch (v) {
    case 0xff:
        state = ARRAY;
        break;
    case 0x50:
    case 0x70:
        state = STATUS;
        break;
    case 0x98:
        state = QUERY;
        break;
    case 0xe8:
        state = COUNT;
        break;
    case 0x20:
        state = ERASE;
        break;
    case 0x60:
        state = LOCK;
        break;
    default:
        g_error("flash command %x", v);
    }
}

void rt_report(unsigned kind, UINT64 value)
{
    /* What goes to the log of the machine is not looked at here */
    g_assert_cmpuint(kind, >=, ZX1_REPORT_NAME);
    g_assert_cmpuint(kind, <=, ZX1_REPORT_SET);
    g_assert_cmpuint(value >> 56, ==, 0);
}

void phys_write16(UINT64 addr, UINT16 v)
{
    uint32_t off = offset(addr, 2), i, done = fill_n;

    if (power_left >= 0 && power_left-- == 0) {
        if (state == CONFIRM && v == 0xd0) {
            /* Some words may have been programmed */
            done = g_random_int_range(0, fill_n + 1);
            for (i = 0; i < done; i++) {
                program(fill_at[i], fill_val[i]);
            }
        } else if (state == ERASE && v == 0xd0) {
            off &= ~(ZX1_FLASH_BLOCK - 1);
            memset(flash + off, 0xff,
                   g_random_int_range(0, ZX1_FLASH_BLOCK));
        }
        longjmp(power_gone, 1);
    }
    switch (state) {
    case COUNT:
        g_assert_cmpuint(v, <, BUFFER / 2);
        fill_left = v + 1;
        fill_n = 0;
        state = DATA;
        break;
    case DATA:
        if (fill_n) {
            g_assert_cmpuint(off / BUFFER, ==, fill_at[0] / BUFFER);
        }
        fill_at[fill_n] = off;
        fill_val[fill_n++] = v;
        if (!--fill_left) {
            state = CONFIRM;
        }
        break;
    case CONFIRM:
        g_assert_cmpuint(v, ==, 0xd0);
        for (i = 0; i < fill_n; i++) {
            program(fill_at[i], fill_val[i]);
        }
        state = STATUS;
        break;
    case ERASE:
        g_assert_cmpuint(v, ==, 0xd0);
        off &= ~(ZX1_FLASH_BLOCK - 1);
        memset(flash + off, 0xff, ZX1_FLASH_BLOCK);
        state = STATUS;
        break;
    case LOCK:
        state = STATUS;
        break;
    default:
        command(off, v);
        break;
    }
}

static void start(void)
{
    memset(&rt_info, 0, sizeof(rt_info));
    rt_info.vars_base = STORE_BASE;
    rt_info.vars_size = STORE_SIZE;
    rt_system_table.BootServices = (EFI_BOOT_SERVICES *)&rt_info;
    state = ARRAY;
    power_left = -1;
    rt_vars_init();
}

/* ------------------------------------------------------------------ */
/* What must be there */

#define NAMES       24
#define MAX_DATA    3000
#define NV  (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
             EFI_VARIABLE_RUNTIME_ACCESS)
#define BS  EFI_VARIABLE_BOOTSERVICE_ACCESS

struct expect {
    bool there;
    UINT32 size;
    uint8_t data[MAX_DATA];
};

static struct expect table[NAMES];

static CHAR16 *name_of(unsigned n)
{
    static CHAR16 name[8];

    name[0] = 'V';
    name[1] = 'a' + n / 2;
    name[2] = 0;
    return name;
}

/* Two vendors with the same names */
static EFI_GUID *guid_of(unsigned n)
{
    static EFI_GUID guid;

    memset(&guid, 0x11 + n % 2, sizeof(guid));
    return &guid;
}

/* Every fourth variable is volatile */
static bool is_nv(unsigned n)
{
    return n % 4 != 3;
}

static bool matches(unsigned n, const struct expect *e)
{
    static uint8_t buf[2 * MAX_DATA];
    UINTN size = sizeof(buf);
    UINT32 attr = 0;
    EFI_STATUS s = rt_get_variable(name_of(n), guid_of(n), &attr, &size, buf);

    if (!e->there) {
        return s == EFI_NOT_FOUND;
    }
    return s == EFI_SUCCESS && attr == (is_nv(n) ? NV : BS) &&
           size == e->size && !memcmp(buf, e->data, size);
}

static void check_all(void)
{
    unsigned n, there = 0, listed = 0;
    EFI_GUID guid;
    CHAR16 name[16] = { 0 };
    UINTN size;

    for (n = 0; n < NAMES; n++) {
        g_assert_true(matches(n, &table[n]));
        there += table[n].there;
    }
    for (;;) {
        size = sizeof(name);
        EFI_STATUS s = rt_get_next_variable_name(&size, name, &guid);

        if (s == EFI_NOT_FOUND) {
            break;
        }
        g_assert_cmpuint(s, ==, EFI_SUCCESS);
        g_assert_cmpuint(++listed, <=, NAMES);
    }
    g_assert_cmpuint(listed, ==, there);
}

static void random_value(struct expect *e)
{
    UINT32 i;

    e->there = g_random_int_range(0, 4) != 0;
    e->size = e->there ? g_random_int_range(1, MAX_DATA) : 0;
    for (i = 0; i < e->size; i++) {
        e->data[i] = g_random_int();
    }
}

static EFI_STATUS store(unsigned n, struct expect *e)
{
    return rt_set_variable(name_of(n), guid_of(n), is_nv(n) ? NV : BS,
                           e->size, e->data);
}

static void restart(void)
{
    unsigned n;

    start();
    for (n = 0; n < NAMES; n++) {
        if (!is_nv(n)) {
            table[n].there = false;
        }
    }
}

static void fresh(void)
{
    memset(flash, 0xff, sizeof(flash));
    memset(table, 0, sizeof(table));
    start();
    check_all();
}

static void test_random(void)
{
    int i;

    fresh();
    for (i = 0; i < 2000; i++) {
        unsigned n = g_random_int_range(0, NAMES);
        bool was = table[n].there;
        EFI_STATUS s;

        random_value(&table[n]);
        s = store(n, &table[n]);
        g_assert_cmpuint(s, ==, was || table[n].there ? EFI_SUCCESS
                                                      : EFI_NOT_FOUND);
        if (i % 50 == 0) {
            check_all();
        }
        if (i % 333 == 0) {
            restart();
            check_all();
        }
    }
}

static void test_power(void)
{
    static struct expect new;
    volatile unsigned n;
    volatile int i;

    fresh();
    for (i = 0; i < 3000; i++) {
        do {
            n = g_random_int_range(0, NAMES);
        } while (!is_nv(n));
        random_value(&new);
        if (!setjmp(power_gone)) {
            /* Compactions are long and rare: see that they are hit too */
            power_left = g_random_int_range(0, i % 2 ? 400 : 40000);
            store(n, &new);
            power_left = -1;
            table[n] = new;
            continue;
        }
        restart();
        /* Either value is right, but nothing else */
        if (!matches(n, &table[n])) {
            g_assert_true(matches(n, &new));
            table[n] = new;
        }
        check_all();
    }
}

static void test_garbage(void)
{
    int i;

    for (i = 0; i < 40; i++) {
        uint32_t k;

        fresh();
        for (k = 0; k < NAMES; k++) {
            random_value(&table[k]);
            store(k, &table[k]);
        }
        for (k = g_random_int_range(1, 5000); k; k--) {
            flash[g_random_int_range(0, i % 2 ? 0x4000 : STORE_SIZE)] =
                g_random_int();
        }
        start();
        /* Whatever was lost, the store works */
        random_value(&table[0]);
        table[0].there = true;
        table[0].size = MAX(table[0].size, 1);
        if (store(0, &table[0]) == EFI_SUCCESS) {
            g_assert_true(matches(0, &table[0]));
            start();
            g_assert_true(matches(0, &table[0]));
        }
    }
}

static void test_rules(void)
{
    static uint8_t big[0x30000];
    UINTN size = 0;
    UINT32 v = 1;

    fresh();
    g_assert_cmpuint(rt_set_variable((CHAR16[]){ 0 }, guid_of(0), NV, 4, &v),
                     ==, EFI_INVALID_PARAMETER);
    g_assert_cmpuint(rt_set_variable(name_of(0), guid_of(0),
                                     EFI_VARIABLE_RUNTIME_ACCESS, 4, &v),
                     ==, EFI_INVALID_PARAMETER);
    g_assert_cmpuint(rt_set_variable(name_of(0), guid_of(0), NV, sizeof(big),
                                     big), ==, EFI_OUT_OF_RESOURCES);
    g_assert_cmpuint(rt_set_variable(name_of(0), guid_of(0), NV, 4, &v), ==,
                     EFI_SUCCESS);
    g_assert_cmpuint(rt_set_variable(name_of(0), guid_of(0), BS, 4, &v), ==,
                     EFI_INVALID_PARAMETER);
    g_assert_cmpuint(rt_get_variable(name_of(0), guid_of(0), NULL, &size,
                                     NULL), ==, EFI_BUFFER_TOO_SMALL);
    g_assert_cmpuint(size, ==, 4);

    /* After ExitBootServices */
    g_assert_cmpuint(rt_set_variable(name_of(3), guid_of(3), BS, 4, &v), ==,
                     EFI_SUCCESS);
    rt_system_table.BootServices = NULL;
    g_assert_cmpuint(rt_get_variable(name_of(3), guid_of(3), NULL, &size,
                                     &v), ==, EFI_NOT_FOUND);
    g_assert_cmpuint(rt_set_variable(name_of(5), guid_of(5), BS, 4, &v), ==,
                     EFI_INVALID_PARAMETER);
    g_assert_cmpuint(rt_set_variable(name_of(0), guid_of(0), NV, 0, NULL),
                     ==, EFI_SUCCESS);
    g_assert_cmpuint(rt_set_variable(name_of(0), guid_of(0), NV, 0, NULL),
                     ==, EFI_NOT_FOUND);
}

/* Fills the store: it says so, and what is in it stays */
static void test_full(void)
{
    static uint8_t data[0x8000];
    CHAR16 name[] = { 'F', 0, 0 };
    EFI_STATUS s = EFI_SUCCESS;
    unsigned n;

    fresh();
    for (n = 0; s == EFI_SUCCESS; n++) {
        g_assert_cmpuint(n, <, 64);
        name[1] = 'A' + n;
        data[0] = n;
        s = rt_set_variable(name, guid_of(0), NV, sizeof(data), data);
    }
    g_assert_cmpuint(s, ==, EFI_OUT_OF_RESOURCES);
    g_assert_cmpuint(n, >=, 7);
    start();
    while (n-- > 1) {
        UINTN size = sizeof(data);

        name[1] = 'A' + n - 1;
        g_assert_cmpuint(rt_get_variable(name, guid_of(0), NULL, &size,
                                         data), ==, EFI_SUCCESS);
        g_assert_cmpuint(data[0], ==, n - 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zx1-vars/rules", test_rules);
    g_test_add_func("/zx1-vars/random", test_random);
    g_test_add_func("/zx1-vars/full", test_full);
    g_test_add_func("/zx1-vars/power", test_power);
    g_test_add_func("/zx1-vars/garbage", test_garbage);
    return g_test_run();
}
