/*
 * IA-64 disassembler: one slot of a bundle as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef IA64_DISAS_INSN_H
#define IA64_DISAS_INSN_H

/*
 * ia64_disas_insn: print the instruction in a slot
 * @bundle: the 16 bytes of the bundle as two little-endian words
 * @ip: its address, for branch targets
 * @slot: 0 to 2; an L+X pair is slot 1 (or 2)
 * @buf: receives the text, without a newline, cut to @size bytes
 *
 * A slot that no processor defines is shown as "data8" and its 41 bits.
 *
 * Returns the distance from IP | @slot to the next instruction's IP | slot.
 */
unsigned ia64_disas_insn(const uint64_t bundle[2], uint64_t ip, unsigned slot,
                         char *buf, size_t size);

#endif
