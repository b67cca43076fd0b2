/*
 * Host program of the decode test: bundles on stdin, one instruction a line
 * on stdout, printed by the target's own disassembler
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "disas-insn.h"

static uint64_t load_le64(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--) {
        v = v << 8 | p[i];
    }
    return v;
}

int main(void)
{
    uint8_t raw[16];
    uint64_t ip = 0;

    while (fread(raw, sizeof(raw), 1, stdin) == 1) {
        uint64_t bundle[2] = { load_le64(raw), load_le64(raw + 8) };
        uint64_t pc = ip;

        do {
            char buf[128];

            pc += ia64_disas_insn(bundle, ip, pc & 15, buf, sizeof(buf));
            puts(buf);
        } while (pc - ip < 16);
        ip += 16;
    }
    return ferror(stdin) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
