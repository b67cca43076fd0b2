#!/usr/bin/env python3
#
# Compare the decoder of target/ia64 with the GNU assembler and disassembler
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two tests over one host program, which links the target's decoders and
# printer (disas-bundles.c):
#
#   random  slots of random bits and random bits around every pattern of the
#           decode files are classified valid or illegal, and valid ones
#           printed, like objdump does.  The seed is printed first.
#   forms   every form the GNU assembler accepts (forms.py) is assembled,
#           disassembled by both and compared.
#
# Where objdump and the architecture differ the difference has an entry in
# EXCEPTIONS, and the number of times it was met is printed.
#
# Output is TAP.

import argparse
import collections
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import forms
from patterns import TARGET, TEMPLATES, UNITS, patterns

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../../../overlay'))
from tap import Tap  # noqa: E402 pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
SLOT_MASK = (1 << 41) - 1


def field(bits, pos, length):
    return bits >> pos & ((1 << length) - 1)


class Slot:
    """One instruction: its unit, its 41 bits and what both sides print"""
    def __init__(self, unit, bits, lbits=0):
        self.unit = unit
        self.bits = bits
        self.lbits = lbits
        self.ours = self.gnu = None

    def op(self):
        return field(self.bits, 37, 4)

    def __str__(self):
        extra = f' (L {self.lbits:011x})' if self.unit == 'X' else ''
        return (f'{self.unit} {self.bits:011x}{extra}\n'
                f'    ours: {self.ours}\n    gnu:  {self.gnu}')


def run(cmd, **kwargs):
    return subprocess.run(cmd, check=True, stdout=subprocess.PIPE, **kwargs)


def build(args, tmp):
    """Generate the decoders, compile the host program, return its path"""
    for u in UNITS:
        run([sys.executable, args.decodetree, '-w', '64',
             f'--static-decode=decode_{u}',
             '-o', f'{tmp}/decode-insns-{u}.c.inc',
             f'{TARGET}/insns-{u}.decode'])
    exe = f'{tmp}/disas-bundles'
    run(args.cc.split() +
        ['-O1', '-g', '-Wall', '-Werror', f'-I{tmp}', f'-I{HERE}/shim',
         f'-I{TARGET}', '-o', exe, f'{HERE}/disas-bundles.c',
         f'{TARGET}/disas-insn.c'])
    return exe


def disassemble_ours(exe, image):
    out = run([exe], input=image).stdout.decode()
    return [line.rstrip() for line in out.splitlines()]


def disassemble_gnu(args, tmp, image):
    name = f'{tmp}/image.bin'
    with open(name, 'wb') as f:
        f.write(image)
    out = run([args.objdump, '-D', '-z', '-b', 'binary', '-m', 'ia64-elf64',
               name]).stdout.decode()
    return re.findall(r'^ *[0-9a-f]+:\t[0-9a-f ]+\t(.*?) *$', out, re.M)


class Generator:
    """Random slots: a third uniform, a third around a pattern, a third one
    or two bits away from one; small operands are preferred now and then."""
    def __init__(self, seed):
        self.rnd = random.Random(seed)
        self.by_unit = collections.defaultdict(list)
        for _, units, fixed, mask in patterns():
            for unit in units:
                self.by_unit[unit].append((fixed, mask))

    def slot(self, unit):
        rnd = self.rnd
        bits = rnd.getrandbits(41)
        how = rnd.randrange(3)
        if how and unit in self.by_unit:
            if rnd.randrange(4) == 0:
                bits &= rnd.getrandbits(41) & rnd.getrandbits(41)
            if rnd.randrange(4) == 0:
                # equal or special registers: the pseudo-operations
                reg = rnd.choice((0, 1, rnd.randrange(128)))
                for pos in (13, 20, 27):
                    if rnd.randrange(2):
                        bits = bits & ~(127 << pos) | reg << pos
            fixed, mask = rnd.choice(self.by_unit[unit])
            bits = bits & ~mask | fixed
            if how == 2:
                for _ in range(rnd.randrange(1, 3)):
                    bits ^= 1 << rnd.randrange(41)
        return bits & SLOT_MASK

    def bundles(self, count):
        image, slots = [], []
        while len(slots) < count:
            tmpl = self.rnd.choice(list(TEMPLATES))
            units = TEMPLATES[tmpl]
            bits = [self.slot(u) for u in units]
            image.append(tmpl | bits[0] << 5 | bits[1] << 46 | bits[2] << 87)
            for unit, b in zip(units, bits):
                if unit != 'L':
                    slots.append(Slot(unit, b, bits[1] if unit == 'X' else 0))
        return b''.join(b.to_bytes(16, 'little') for b in image), slots


def is_illegal(text):
    return 'data8' in text


# Documented differences: (name, reason, test).  The test gets a slot and
# tells whether this entry explains that ours and gnu differ.
def only_ours(s):
    return is_illegal(s.gnu) and not is_illegal(s.ours)


def only_gnu(s):
    return is_illegal(s.ours) and not is_illegal(s.gnu)


def reserved_hint(s):
    if s.unit != 'M' or not 4 <= s.op() <= 7 or not only_ours(s):
        return False
    hint = field(s.bits, 28, 2)
    return hint == 2 or hint == 1 and re.search(r' stf?[0-9esd.]', s.ours)


def reserved_branch_hint(s):
    if not only_ours(s):
        return False
    if s.unit == 'B' and s.op() == 1:                   # B5
        return not field(s.bits, 32, 1)
    if s.unit == 'B' and s.op() == 2:                   # B7
        return field(s.bits, 27, 6) in (0x10, 0x11) and field(s.bits, 3, 1)
    return (s.unit == 'I' and s.op() == 0 and           # I21
            field(s.bits, 33, 3) == 7 and field(s.bits, 20, 2) == 3)


def hint_m(s):
    return (s.unit == 'M' and s.op() == 0 and field(s.bits, 26, 10) == 3 and
            ' hint.m ' in s.ours)


def lfetch_count(s):
    return 'lfetch.count' in s.gnu and s.gnu.replace(
        'lfetch.count', 'lfetch').startswith(s.ours.rstrip(';'))


# The ignored opcodes of the B unit are decoded as nop_b, gas has none of them
NO_FORM = {'nop_b'}

EXCEPTIONS = [
    ('reserved-hint',
     'the reserved values of a locality hint mean no hint; objdump knows '
     'them in some forms only',
     reserved_hint),
    ('reserved-branch-hint',
     'the reserved values of branch hints (B5, B7, I21) are ignored; objdump '
     'takes the instruction for illegal',
     reserved_branch_hint),
    ('hint.m',
     'objdump reads the immediate of hint.m as the Itanium 9500 does, which '
     'put mov dahr into it (and prints it in decimal); before, hint.m had 21 '
     'bits of immediate like nop.m',
     hint_m),
    ('lfetch.count',
     'an Itanium 9500 instruction in bits that earlier processors ignore',
     lfetch_count),
    ('pshladd2-count',
     'count2 = 4 is reserved (SDM volume 3, table 4-74, A10)',
     lambda s: only_gnu(s) and re.search(r' psh[lr]add2 .*,4,', s.gnu)),
    ('mux1-type',
     'mbtype4 has five values, the others are reserved (table 4-74, I3)',
     lambda s: only_gnu(s) and re.search(r' mux1 .*,0x', s.gnu)),
]


def compare(slots, ours, gnu):
    """Return the differences without an exception, and those with one"""
    if not len(slots) == len(ours) == len(gnu):
        raise SystemExit(f'{len(slots)} slots, {len(ours)} lines of ours, '
                         f'{len(gnu)} of objdump')
    excused = collections.Counter()
    bad = []
    for s, s.ours, s.gnu in zip(slots, ours, gnu):
        if s.ours == s.gnu:
            continue
        for name, _, test in EXCEPTIONS:
            if test(s):
                excused[name] += 1
                break
        else:
            bad.append(s)
    return bad, excused


def report(excused):
    for name, reason, _ in EXCEPTIONS:
        if excused[name]:
            print(f'# {excused[name]:8} {name}: {reason}')


def details(args, bad):
    return '\n'.join(map(str, bad[:args.show]))


def test_random(args, tap, tmp, exe):
    seed = args.seed if args.seed is not None else random.getrandbits(32)
    print(f'# random: {args.count} slots, --seed {seed}')
    gen = Generator(seed)
    excused = collections.Counter()
    done, valid = 0, 0
    while done < args.count:
        image, slots = gen.bundles(min(args.batch, args.count - done))
        bad, e = compare(slots, disassemble_ours(exe, image),
                         disassemble_gnu(args, tmp, image))
        excused += e
        done += len(slots)
        valid += sum(not is_illegal(s.gnu) for s in slots)
        tap.check(not bad, f'{len(slots)} random slots', details(args, bad))
    print(f'# {done} slots, {valid} valid for objdump, '
          f'{sum(excused.values())} documented differences')
    report(excused)


def uncovered(slots):
    """Names of the lines of the decode files that no slot matches"""
    by_op = collections.defaultdict(set)
    for s in slots:
        by_op[s.unit, s.op()].add(s.bits)
    for name, units, fixed, mask in patterns():
        if not any(bits & mask == fixed for unit in units
                   for bits in by_op[unit, fixed >> 37]):
            yield name


def test_forms(args, tap, tmp, exe):
    rnd = random.Random(args.seed or 0)
    source = list(forms.lines(rnd, args.each))
    with open(f'{tmp}/forms.s', 'w', encoding='ascii') as f:
        f.write('\n'.join(source) + '\n')
    run([args.gas, '-xnone', '-mhint.b=ok', '-W', '-o', f'{tmp}/forms.o',
         f'{tmp}/forms.s'])
    run([args.objcopy, '-O', 'binary', '-j', '.text', f'{tmp}/forms.o',
         f'{tmp}/forms.bin'])
    with open(f'{tmp}/forms.bin', 'rb') as f:
        image = f.read()
    slots = []
    for i in range(0, len(image), 16):
        bundle = int.from_bytes(image[i:i + 16], 'little')
        bits = [field(bundle, n, 41) for n in (5, 46, 87)]
        slots += [Slot(u, b, bits[1] if u == 'X' else 0)
                  for u, b in zip(TEMPLATES[bundle & 31], bits) if u != 'L']
    bad, excused = compare(slots, disassemble_ours(exe, image),
                           disassemble_gnu(args, tmp, image))
    tap.check(not bad, f'{len(source)} lines of assembler are disassembled '
              'as by objdump', details(args, bad))
    illegal = [s for s in slots if is_illegal(s.ours)]
    tap.check(not illegal, 'all of them are valid', details(args, illegal))
    missed = [p for p in uncovered(slots) if p not in NO_FORM]
    tap.check(not missed, 'they meet every line of the decode files',
              ' '.join(missed))
    report(excused)


def main():
    cross = os.environ.get('IA64_CROSS') or 'ia64-linux-gnu-'
    p = argparse.ArgumentParser(description='IA-64 decoder test')
    p.add_argument('test', choices=['random', 'forms', 'all'], nargs='?',
                   default='all')
    p.add_argument('--decodetree', default=os.path.join(
        os.environ.get('QEMU_SOURCE_ROOT', ''), 'scripts/decodetree.py'),
                   help="path of QEMU's scripts/decodetree.py")
    p.add_argument('--as', dest='gas', default=f'{cross}as')
    p.add_argument('--objdump', default=f'{cross}objdump')
    p.add_argument('--objcopy', default=f'{cross}objcopy')
    p.add_argument('--cc', default=os.environ.get('CC', 'cc'))
    p.add_argument('--count', type=int, default=1000000)
    p.add_argument('--batch', type=int, default=100000)
    p.add_argument('--seed', type=int)
    p.add_argument('--each', type=int, default=4,
                   help='instances of each form')
    p.add_argument('--show', type=int, default=20,
                   help='differences to print')
    args = p.parse_args()

    tap = Tap()
    if not all(map(shutil.which, (args.gas, args.objdump, args.objcopy))):
        tap.skip('decoder', 'there are no GNU binutils for ia64')
    else:
        with tempfile.TemporaryDirectory() as tmp:
            exe = build(args, tmp)
            if args.test in ('random', 'all'):
                test_random(args, tap, tmp, exe)
            if args.test in ('forms', 'all'):
                test_forms(args, tap, tmp, exe)
    tap.close()


if __name__ == '__main__':
    main()
