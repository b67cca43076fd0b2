/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output, memory, time and interrupts of bare-metal programs on zx1 */

#include "guest.h"

#define OTHERS_MAX  16      /* vectors that are not the wanted one */

static uint64_t ram_next;

static void put(char c)
{
    while (!(read8(ZX1_UART0_BASE + 5) & 0x20)) {
        /* transmitter busy */
    }
    write8(ZX1_UART0_BASE, c);
}

void print(const char *s)
{
    while (*s) {
        put(*s++);
    }
}

void print_hex(uint64_t v)
{
    int i = 60;

    print("0x");
    while (i && !(v >> i)) {
        i -= 4;
    }
    for (; i >= 0; i -= 4) {
        put("0123456789abcdef"[v >> i & 15]);
    }
}

void print_dec(uint64_t v)
{
    char buf[24];
    unsigned n = sizeof(buf) - 1;

    buf[n] = 0;
    do {
        buf[--n] = '0' + v % 10;
        v /= 10;
    } while (v);
    print(buf + n);
}

bool check_n(bool ok, const char *name, uint64_t arg)
{
    print(ok ? "PASS " : "FAIL ");
    for (; *name; name++) {
        if (name[0] == '%' && name[1] == 'd') {
            print_dec(arg);
            name++;
        } else {
            put(*name);
        }
    }
    put('\n');
    return ok;
}

void note(const char *name, uint64_t value)
{
    print("NOTE ");
    print(name);
    print(" ");
    print_hex(value);
    put('\n');
}

void *memset(void *p, int c, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        ((volatile uint8_t *)p)[i] = c;
    }
    return p;
}

void *memcpy(void *to, const void *from, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        ((volatile uint8_t *)to)[i] = ((const volatile uint8_t *)from)[i];
    }
    return to;
}

bool all_bytes(const void *p, uint8_t c, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (((const volatile uint8_t *)p)[i] != c) {
            return false;
        }
    }
    return true;
}

uint64_t run_code(const void *at)
{
    struct {
        const void *ip;
        uint64_t gp;
    } descriptor = { at, 0 };
    uint64_t (*volatile f)(void) = (uint64_t (*)(void))&descriptor;

    mf();
    return f();
}

void sync_code(const void *at)
{
    asm volatile("fc %0 ;; sync.i ;; srlz.i ;;" : : "r"(at) : "memory");
}

uint64_t now_us(void)
{
    uint64_t itc;

    asm volatile("mov %0 = ar.itc" : "=r"(itc));
    return itc / 1500;      /* 1.5 GHz */
}

void delay_us(uint64_t us)
{
    uint64_t end = now_us() + us;

    while (now_us() < end) {
        /* wait */
    }
}

unsigned pending_vector(void)
{
    uint64_t ivr;

    asm volatile("mov %0 = cr.ivr ;; srlz.d ;;" : "=r"(ivr) : : "memory");
    if (ivr != 15) {
        asm volatile("mov cr.eoi = r0 ;; srlz.d ;;" : : : "memory");
    }
    return ivr & 0xff;
}

unsigned halt(void)
{
    /* PAL_HALT_LIGHT of this processor: include/hw/ia64/pal-msr.h */
    asm volatile("vmsw.0" : : : "memory");
    return pending_vector();
}

bool wait_vector(unsigned want, unsigned ms)
{
    unsigned got;

    /* a read of cr.ivr takes a lock that whoever interrupts needs too */
    for (unsigned i = 0; i < OTHERS_MAX &&
         WAIT((got = pending_vector()) != 15 || (delay_us(50), false), ms);
         i++) {
        if (got == want) {
            return true;
        }
        note("vector", got);
    }
    return false;
}

void *ram_alloc(uint64_t size, uint64_t align)
{
    uint64_t at;

    if (!ram_next) {
        ram_next = (uint64_t)__free;
    }
    at = (ram_next + align - 1) & -align;
    ram_next = at + ((size + 4095) & -4096ul);
    return memset((void *)at, 0, size);
}

void power_off(void)
{
    print("DONE\n");
    write16(ZX1_PM1_CNT, ZX1_PM1_CNT_S5);
    for (;;) {
        /* the machine ends */
    }
}

void report_interruption(uint64_t vector, uint64_t iip, uint64_t isr,
                         uint64_t ifa)
{
    print("FAIL interruption ");
    print_hex(vector);
    print(" ip ");
    print_hex(iip);
    print(" isr ");
    print_hex(isr);
    print(" ifa ");
    print_hex(ifa);
    print("\n");
    power_off();
}
