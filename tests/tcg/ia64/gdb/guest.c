/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest of gdb-test.py: functions with frames, a NaT bit, variables */

unsigned long watched, counter;

void slots(void);

unsigned long __attribute__((noinline)) inner(unsigned long c)
{
    unsigned long twice = c * 2;

    slots();
    watched = c;
    slots();
    return twice;
}

unsigned long __attribute__((noinline)) outer(unsigned long a,
                                              unsigned long b)
{
    unsigned long nat, sum = a + b, more;

    /* Physical mode: a speculative load is always deferred. */
    asm volatile("ld8.s %0 = [%1]\n\t"
                 "mov r9 = 4242\n\t"
                 "movl r10 = 0x123456789abcdef0;;\n\t"
                 "setf.sig f6 = r10\n\t"
                 "cmp.eq p8, p9 = r0, r0;;\n"
                 ".pushsection .data\n"
                 "at_mark: data8 .Lmark\n"
                 ".popsection\n"
                 ".align 16\n"
                 ".Lmark:\n"
                 : "=r"(nat) : "r"(&counter)
                 : "r9", "r10", "f6", "p8", "p9", "memory");
    more = inner(sum);
    asm volatile("" : : "r"(nat));
    return more + sum;
}
