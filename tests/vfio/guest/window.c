/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function while the IOTLB's window, page size and directory change under
 * it; with mode "limit", one that gets more mappings than the host takes.
 */

#include "vf.h"

enum { PAGE_TX = 3, PAGE_RX = 5, PAGE_FROM = 7, PAGE_TO = 9, PAGE_LAST = 15,
       PAGE_MORE = 100, PAGES_MORE = 4096 };

#define LENGTH          1000
#define ERROR_HOST      5       /* ERROR_STATUS.CODE: see hw/ia64/zx1/sba.h */

typedef struct {
    uint64_t base, size;
    unsigned shift;
    volatile uint64_t *pdir;
} Window;

static uint8_t *from, *to[2];
static bool isolation;
static unsigned seed;

/* The window goes from one state to another without a stop */
static void set_window(const Window *w)
{
    write64(IOC_REG(IOC_TCNFG), w->shift == 16 ? 3 : w->shift - 12);
    write64(IOC_REG(IOC_PDIR_BASE), (uint64_t)w->pdir);
    write64(IOC_REG(IOC_IMASK), (uint32_t)-w->size);
    write64(IOC_REG(IOC_IBASE), w->base | 1);
    write64(IOC_REG(IOC_PCOM), w->base | 30);
    read64(IOC_REG(IOC_PCOM));
}

static uint64_t at(const Window *w, unsigned page)
{
    return w->base + ((uint64_t)page << w->shift);
}

/* A directory of its own that leads to @target */
static volatile uint64_t *directory(uint8_t *target)
{
    volatile uint64_t *pdir = ram_alloc(1 << 21, 4096);

    pdir[PAGE_TX] = 1ul << 63 | (uint64_t)vf->tx;
    pdir[PAGE_RX] = 1ul << 63 | (uint64_t)vf->rx;
    pdir[PAGE_FROM] = 1ul << 63 | (uint64_t)from;
    pdir[PAGE_TO] = 1ul << 63 | (uint64_t)target;
    return pdir;
}

static void clear(void)
{
    memset(to[0], SENTINEL, 4096);
    memset(to[1], SENTINEL, 4096);
    make_frame(from, LENGTH, ++seed);
}

/* A frame through the window arrives in @target and nowhere else */
static bool arrives(const Window *w, uint8_t *target)
{
    uint8_t *other = target == to[0] ? to[1] : to[0];

    clear();
    return transfer(at(w, PAGE_FROM), at(w, PAGE_TO) + 128, LENGTH) &&
           frame_is(target + 128, LENGTH, seed) &&
           all_bytes(target, SENTINEL, 128) &&
           all_bytes(other, SENTINEL, 4096);
}

static void open_rings(const Window *w)
{
    start_rings(at(w, PAGE_TX), at(w, PAGE_RX));
}

/* As a driver does after transfers that failed; QEMU's igb loses one more */
static void recover(const Window *w)
{
    reset_function();
    open_rings(w);
    transfer_fails(vf, at(w, PAGE_FROM), at(w, PAGE_TO), LENGTH);
}

static void test_directory(Window *w)
{
    volatile uint64_t *first = w->pdir, *second = directory(to[1]);

    for (unsigned i = 1; i <= 3; i++) {
        w->pdir = second;
        write64(IOC_REG(IOC_PDIR_BASE), (uint64_t)second);
        check_n(arrives(w, to[1]), "directory %d moved: its pages are used",
                i);
        w->pdir = first;
        write64(IOC_REG(IOC_PDIR_BASE), (uint64_t)first);
        check_n(arrives(w, to[0]), "directory %d back again", i);
    }
}

static void test_page_size(Window *w)
{
    static const uint8_t shifts[] = { 16, 13, 14, 12 };

    for (unsigned i = 0; i < ARRAY_SIZE(shifts); i++) {
        w->shift = shifts[i];
        write64(IOC_REG(IOC_TCNFG), w->shift == 16 ? 3 : w->shift - 12);
        write64(IOC_REG(IOC_PCOM), w->base | 30);
        open_rings(w);
        check_n(arrives(w, to[0]), "pages become %d KiB",
                1ul << (w->shift - 10));
    }
}

static void test_place(Window *w)
{
    Window old = *w;

    w->size = 0x10000000;
    set_window(w);
    check(arrives(w, to[0]), "window becomes smaller: what is in it works");
    w->base = 0x50000000;
    set_window(w);
    open_rings(w);
    check(arrives(w, to[0]), "window moves");
    clear();
    transfer_fails(vf, at(w, PAGE_FROM), at(&old, PAGE_TO) + 128, LENGTH);
    check(all_bytes(to[0], SENTINEL, 4096),
          "what the window has left leads nowhere");
    set_window(&old);
    *w = old;
    recover(w);
    check(arrives(w, to[0]), "window returns");
}

/* Over memory: there the window comes first */
static void test_over_ram(Window *w)
{
    Window old = *w;
    uint8_t *under;
    bool done;

    w->base = 0x18000000;
    w->size = 0x01000000;
    under = (uint8_t *)at(w, PAGE_TO);
    memset(under, SENTINEL, 4096);
    set_window(w);
    open_rings(w);
    check(arrives(w, to[0]), "window over memory: its pages are used");
    check(all_bytes(under, SENTINEL, 4096),
          "window over memory: memory is left alone");
    if (!isolation) {
        /* the rings by their physical addresses: nothing translates them */
        start_rings((uint64_t)vf->tx, (uint64_t)vf->rx);
        write64(IOC_REG(IOC_IBASE), w->base);
        clear();
        done = transfer((uint64_t)from, (uint64_t)under + 128, LENGTH);
        check(done && frame_is(under + 128, LENGTH, seed) &&
              all_bytes(to[0], SENTINEL, 4096),
              "window off: the memory below is there again");
    }
    *w = old;
    set_window(w);
    open_rings(w);
    check(arrives(w, to[0]), "window returns from memory");
}

static void test_toggle(Window *w)
{
    for (unsigned i = 0; i < 40; i++) {
        write64(IOC_REG(IOC_IBASE), w->base);
        write64(IOC_REG(IOC_IBASE), w->base | 1);
    }
    check(arrives(w, to[0]), "window goes off and on 40 times");
}

/* Pages from PAGE_MORE on until the host refuses one; its number */
static unsigned fill(uint8_t *spare)
{
    unsigned page = PAGE_MORE;

    while (page < PAGE_MORE + PAGES_MORE) {
        ioc_map(page, spare);
        if (read64(IOC_REG(IOC_ERROR_STATUS))) {
            break;
        }
        page++;
    }
    return page;
}

static void test_limit(void)
{
    uint8_t *spare = ram_alloc(4096, 4096);
    unsigned last;
    uint64_t status;

    ioc_enable(12);
    ioc_map(PAGE_TX, (void *)vf->tx);
    ioc_map(PAGE_RX, (void *)vf->rx);
    ioc_map(PAGE_FROM, from);
    ioc_map(PAGE_TO, to[0]);
    start_rings(IOVA(PAGE_TX), IOVA(PAGE_RX));
    last = fill(spare);
    note("pages before the limit", last - PAGE_MORE);
    status = read64(IOC_REG(IOC_ERROR_STATUS));
    check(last < PAGE_MORE + PAGES_MORE, "the host refuses a page");
    check((status & 1) && (status >> 4 & 15) == ERROR_HOST,
          "ERROR_STATUS says so");
    check(read64(IOC_REG(IOC_ERROR_ADDR)) == IOVA(last),
          "ERROR_ADDR is the page's");
    for (unsigned i = 1; i <= 10; i++) {
        ioc_map(last + i, spare);
    }
    check(read64(IOC_REG(IOC_ERROR_ADDR)) == IOVA(last) &&
          (read64(IOC_REG(IOC_ERROR_STATUS)) & 2),
          "ERROR_ADDR keeps the first of many");
    make_frame(from, LENGTH, 1);
    check(transfer(IOVA(PAGE_FROM), IOVA(PAGE_TO), LENGTH) &&
          frame_is(to[0], LENGTH, 1), "pages before it work");
    memset(spare, SENTINEL, 4096);
    transfer_fails(vf, IOVA(PAGE_FROM), IOVA(last), LENGTH);
    check(all_bytes(spare, SENTINEL, 4096), "the refused page is out of reach");

    write64(IOC_REG(IOC_ROPE0_CONTROL), 0x10);
    check(!read64(IOC_REG(IOC_ERROR_STATUS)), "the error is cleared");
    for (unsigned page = PAGE_MORE; page <= last + 10; page++) {
        ioc_invalidate(page);
    }
    write64(IOC_REG(IOC_PCOM), IOVA(0) | 30);
    ioc_map(last, to[1]);
    reset_function();
    start_rings(IOVA(PAGE_TX), IOVA(PAGE_RX));
    transfer_fails(vf, IOVA(PAGE_FROM), IOVA(PAGE_TO), LENGTH);
    make_frame(from, LENGTH, 2);
    check(transfer(IOVA(PAGE_FROM), IOVA(last), LENGTH) &&
          frame_is(to[1], LENGTH, 2), "mapped when there is room again");
    check(!read64(IOC_REG(IOC_ERROR_STATUS)), "and no error");
}

void guest_main(void)
{
    Window w = { .base = ZX1_IOVA_BASE, .size = ZX1_IOVA_SIZE, .shift = 12 };

    chipset_init();
    isolation = option_is("opt/vfio/mode", "isolation");
    if (!find_function(0) || !reset_function()) {
        return;
    }
    alloc_rings();
    from = ram_alloc(65536, 65536);
    to[0] = ram_alloc(65536, 65536);
    to[1] = ram_alloc(65536, 65536);
    if (option_is("opt/vfio/mode", "limit")) {
        test_limit();
        return;
    }
    w.pdir = directory(to[0]);
    set_window(&w);
    open_rings(&w);
    if (!check(arrives(&w, to[0]), "transfer before the changes")) {
        return;
    }
    test_directory(&w);
    test_page_size(&w);
    test_place(&w);
    test_over_ram(&w);
    test_toggle(&w);
}
