/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four processors: semaphores are atomic, acquire and release keep order */

#include "test.h"

#define CPUS    4
#define ROUNDS  2000
#define PASSES  100

/* Each in a line of its own */
static struct {
    uint64_t value;
    uint64_t pad[15];
} added8, exchanged, lock, guarded, turn, data, ready, done
    __attribute__((aligned(128)));
static uint32_t half[2] __attribute__((aligned(8)));

static uint64_t load_acq(uint64_t *p)
{
    uint64_t v;

    asm volatile("ld8.acq %0 = [%1]" : "=r"(v) : "r"(p) : "memory");
    return v;
}

static void store_rel(uint64_t *p, uint64_t v)
{
    asm volatile("st8.rel [%0] = %1" : : "r"(p), "r"(v) : "memory");
}

static void fetchadd8(uint64_t *p)
{
    uint64_t v;

    asm volatile("fetchadd8.acq %0 = [%1], 1" : "=r"(v) : "r"(p) : "memory");
}

static void add_by_cmpxchg4(uint32_t *p)
{
    uint32_t old, seen;

    do {
        asm volatile("ld4.acq %0 = [%1]" : "=r"(old) : "r"(p) : "memory");
        asm volatile("zxt4 r14 = %3;; mov ar.ccv = r14;;\n"
                     "add r14 = 1, r14;;\n"
                     "cmpxchg4.acq %0 = [%1], r14, ar.ccv"
                     : "=&r"(seen), "+r"(p) : "0"(0), "r"(old)
                     : "r14", "memory");
    } while (seen != old);
}

static void take_lock(void)
{
    uint64_t v;

    do {
        asm volatile("xchg8 %0 = [%1], %2"
                     : "=r"(v) : "r"(&lock.value), "r"(1ul) : "memory");
    } while (v);
}

/* Data written before a st8.rel is there after the ld8.acq that sees it. */
static uint64_t pass_on(uint64_t cpu)
{
    uint64_t wrong = 0;

    for (uint64_t n = cpu; n < PASSES; n += CPUS) {
        while (load_acq(&turn.value) != n) {
            asm volatile("hint @pause");
        }
        wrong += data.value != n * 3;
        data.value = (n + 1) * 3;
        store_rel(&turn.value, n + 1);
    }
    return wrong;
}

static void work(uint64_t cpu)
{
    uint64_t v, wrong;

    fetchadd8(&ready.value);
    while (load_acq(&ready.value) < CPUS) {
        asm volatile("hint @pause");
    }
    for (int i = 0; i < ROUNDS; i++) {
        fetchadd8(&added8.value);
        asm volatile("fetchadd4.rel %0 = [%1], 4"
                     : "=r"(v) : "r"(&half[0]) : "memory");
        add_by_cmpxchg4(&half[1]);
        take_lock();
        guarded.value++;
        store_rel(&lock.value, 0);
    }
    wrong = pass_on(cpu);
    while (wrong--) {
        fetchadd8(&exchanged.value);
    }
    fetchadd8(&done.value);
}

void test_other(uint64_t cpu)
{
    work(cpu);
}

void test_main(void)
{
    work(0);
    while (load_acq(&done.value) < CPUS) {
        asm volatile("hint @pause");
    }
    test_begin("semaphores of four processors");
    test_eq("fetchadd8", added8.value, CPUS * ROUNDS);
    test_eq("fetchadd4", half[0], 4 * CPUS * ROUNDS);
    test_eq("cmpxchg4", half[1], CPUS * ROUNDS);
    test_eq("xchg8 as a lock", guarded.value, CPUS * ROUNDS);
    test_end();
    test_begin("ld8.acq and st8.rel");
    test_eq("stale values", exchanged.value, 0);
    test_eq("passes", turn.value, PASSES);
    test_end();
}
