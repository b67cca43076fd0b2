#!/usr/bin/env python3
#
# Run random code from random states: the emulator must survive it
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's memory is a file that this program has mapped.  It fills in
# code and states to start from, guest.S runs one after the other; what the
# code does to its guest does not matter, a machine that makes no progress is
# reset and goes on with the next state.  The emulator fails when it ends, when
# its monitor or its processors do not react any more, and when a sanitizer
# that it may have been built with complains.
#
# With a seed that is printed the same states come again.  Output is TAP.

import argparse
import collections
import mmap
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
sys.path.insert(0, os.path.join(HERE, '../decode'))
sys.path.insert(0, os.path.join(HERE, '../../../overlay'))
# pylint: disable=wrong-import-position
from patterns import TEMPLATES, patterns  # noqa: E402
from qmp import Qmp  # noqa: E402
from tap import Tap  # noqa: E402

# As in guest.S
CONTROL, COMMON = 0x1800000, 0x1808000
ARENA, CASES = 0x2000000, 0x3000000
ARENA_SIZE = 0x1000000
CPU_DONE, CPU_INDEX, CPU_HIST = 0, 8, 0x100
COMMON_NEXT, COMMON_COUNT, COMMON_LIMIT, COMMON_PTES = 0, 8, 16, 0x1000
CASE_RR, CASE_GR, CASE_FR, CASE_SIZE = 0x80, 0x300, 0x800, 4096
RAM = 512 << 20

CODE_SIZE = 1 << 18             # bytes of code in the arena
NUM_CASES = 512                 # in a batch
LIMIT = 300                     # interruptions of a state

SIZES = (12, 13, 14, 16, 18, 20, 22, 24)
PSR_VIRTUAL = 1 << 17 | 1 << 27 | 1 << 36
PSR_IC, PSR_I, PSR_IS = 1 << 13, 1 << 14, 1 << 34


class Code:
    """Makes bundles: random bits, or random around a valid encoding"""

    def __init__(self, rnd, valid):
        self.rnd = rnd
        self.valid = valid
        self.by_unit = {u: [] for u in 'MIFBXL'}
        for name, units, fixed, mask in patterns():
            for unit in units:
                # Few of what ends a state: they would hide all else.
                rare = name in ('rfi', 'break_m', 'break_i', 'break_f',
                                'break_b', 'break_x', 'br_ia', 'vmsw0',
                                'mov_to_cr', 'epc')
                self.by_unit[unit] += [(fixed, mask)] * (1 if rare else 4)
        self.templates = [t for t, u in TEMPLATES.items() if '?' not in u]

    def slot(self, unit):
        rnd = self.rnd
        bits = rnd.getrandbits(41)
        if unit == 'L' or rnd.random() > self.valid:
            return bits
        if rnd.random() < 0.7:
            bits &= ~63                     # qp: p0
        fixed, mask = rnd.choice(self.by_unit[unit])
        bits = bits & ~mask | fixed
        if unit == 'B' and bits >> 37 >= 4:
            # Branches: mostly near by
            disp = rnd.randrange(-64, 64)
            bits = bits & ~(mask ^ mask | 0xfffff << 13 | 1 << 36)
            bits |= (disp & 0xfffff) << 13 | (disp >> 20 & 1) << 36
        return bits & (1 << 41) - 1

    def make(self, size):
        rnd, out = self.rnd, []
        for _ in range(size // 16):
            if rnd.random() < self.valid:
                tmpl = rnd.choice(self.templates)
            else:
                tmpl = rnd.getrandbits(5)
            bits = [self.slot(u) for u in TEMPLATES[tmpl].replace('?', 'L')]
            out.append(tmpl | bits[0] << 5 | bits[1] << 46 | bits[2] << 87)
        return b''.join(b.to_bytes(16, 'little') for b in out)


class States:
    """Makes the states that code starts from"""

    def __init__(self, rnd):
        self.rnd = rnd

    def word(self):
        """Some value of a register"""
        rnd = self.rnd
        kind = rnd.randrange(8)
        if kind < 4:
            addr = ARENA | rnd.randrange(ARENA_SIZE)
            if kind:
                addr &= ~15
            return addr | (rnd.randrange(8) << 61 if rnd.randrange(4) else 0)
        if kind == 4:
            return rnd.getrandbits(64)
        if kind == 5:
            return rnd.getrandbits(rnd.randrange(1, 33))
        if kind == 6:
            return rnd.choice((0, 1, (1 << 64) - 1, 1 << 63, 1 << 31,
                               0x7fffffffffffffff, CONTROL, 0xff5e0000,
                               0xfed00000, 0xfee00000, 0x1000000))
        return 1 << rnd.randrange(64)

    def psr(self, cpl, virtual):
        rnd = self.rnd
        psr = PSR_IC | PSR_I | cpl << 32 | rnd.randrange(4) << 41
        if virtual:
            psr |= PSR_VIRTUAL
        # One of 16 for each bit that makes a difference
        for bit in (1, 2, 3, 4, 5, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
                    27, 36, 37, 38, 39, 40, 43, 44, 45):
            if rnd.randrange(16) == 0:
                psr ^= 1 << bit
        if rnd.randrange(32) == 0:
            psr ^= rnd.choice((PSR_IC, PSR_I, PSR_IS, 1 << 35))
        if rnd.randrange(64) == 0:
            psr = rnd.getrandbits(46)
        return psr

    def frame(self):
        rnd = self.rnd
        sof = rnd.choice((96, 96, 96, rnd.randrange(97)))
        sol = rnd.randrange(sof + 1)
        sor = rnd.choice((0, 0, rnd.randrange(sof // 8 + 1)))
        cfm = sof | sol << 7 | sor << 14
        if sor and rnd.randrange(2):
            cfm |= rnd.randrange(sor * 8) << 18
        if rnd.randrange(3) == 0:
            cfm |= rnd.randrange(96) << 25 | rnd.randrange(48) << 32
        return cfm

    def fpsr(self):
        rnd = self.rnd
        v = rnd.getrandbits(6) if rnd.randrange(2) else 63
        for sf in range(4):
            v |= (rnd.choice((0x0c, rnd.getrandbits(13))) & ~0x40
                  | (sf and rnd.getrandbits(1) << 6)) << 6 + sf * 13
            if v >> 6 + sf * 13 + 2 & 3 == 1:
                v |= 2 << 6 + sf * 13 + 2
        return v

    def keys(self):
        rnd = self.rnd
        keys = [1]                          # that of our own page
        for _ in range(15):
            keys.append(rnd.randrange(1, 32) << 8 |
                        (rnd.getrandbits(4) & rnd.getrandbits(4)) | 1)
        return keys

    def breakpoints(self):
        rnd, regs = self.rnd, []
        for _ in range(4):
            regs.append(self.word())
            regs.append(rnd.getrandbits(64) if rnd.randrange(4) else 0)
        return regs

    def case(self):
        rnd = self.rnd
        cpl = rnd.choice((0, 0, 1, 2, 3, 3))
        virtual = cpl or rnd.randrange(3)
        region = rnd.randrange(8) << 61 if virtual else 0
        ip = region | ARENA | rnd.randrange(CODE_SIZE) & ~15
        pta = ARENA | rnd.randrange(0, ARENA_SIZE, 1 << 15) | \
            rnd.choice((15, 16, 20, 24, 61)) << 2 | \
            rnd.getrandbits(1) << 8 | rnd.getrandbits(1)
        rr = [1 << 8 | 12 << 2] + [
            rnd.choice((rnd.randrange(4), rnd.getrandbits(24))) << 8 |
            rnd.choice(SIZES) << 2 | rnd.getrandbits(1) for _ in range(7)]
        words = [
            ip, self.psr(cpl, virtual),
            rnd.choice((0, rnd.getrandbits(5))) | rnd.randrange(0x4000) << 16,
            self.frame() | rnd.getrandbits(6) << 52 | rnd.getrandbits(2) << 62,
            rnd.getrandbits(64) & rnd.getrandbits(64) & rnd.getrandbits(64)
            if rnd.randrange(4) == 0 else 0,
            self.fpsr(), self.frame() | 1 << 63,
            rnd.choice((0, rnd.getrandbits(15) & 0x7f07)),
            pta,
            rnd.choice((0, 3, 40, rnd.getrandbits(64))), rnd.randrange(64),
            rnd.choice((rnd.getrandbits(64), (1 << 64) - 1)),
            rnd.choice((0, 0, 0x10000)), self.word(),
            rnd.randrange(8) << 61 | ARENA | rnd.randrange(ARENA_SIZE) & ~7,
            rnd.choice((0, 0, rnd.getrandbits(63)))]
        words += rr + self.keys() + self.breakpoints() + self.breakpoints()
        words += [rnd.getrandbits(32) for _ in range(8)]        # PMC
        words += [region | ARENA | rnd.randrange(CODE_SIZE)
                  if rnd.randrange(4) else self.word() for _ in range(8)]
        words += [rnd.getrandbits(64) | 1, rnd.choice((20000, 400000))]
        page = struct.pack(f'<{len(words)}Q', *words)
        page = page.ljust(CASE_GR, b'\0')
        page += struct.pack('<31Q', *(self.word() for _ in range(31)))
        page = page.ljust(CASE_FR, b'\0')
        for _ in range(126):
            exp = rnd.choice((0, 0x1ffff, 0x1fffe, 0x1003e,
                              rnd.randrange(0xff00, 0x10100),
                              rnd.getrandbits(17)))
            sig = rnd.choice((0, 1 << 63, rnd.getrandbits(63) | 1 << 63,
                              rnd.getrandbits(64)))
            page += struct.pack('<QQ', sig, exp | rnd.getrandbits(1) << 17)
        return page.ljust(CASE_SIZE, b'\0')

    def ptes(self):
        rnd, words = self.rnd, []
        for _ in range(256):
            pte = 1 | 1 << 5 | 1 << 6
            for bit in (0, 5, 6):
                if rnd.randrange(24) == 0:
                    pte ^= 1 << bit
            ma = rnd.choice((4, 5, 6, 7)) if rnd.randrange(16) == 0 else 0
            pte |= ma << 2 | rnd.choice((3, 3, 3, rnd.randrange(4))) << 7
            pte |= rnd.choice((3, 3, 3, rnd.randrange(8))) << 9
            pte |= rnd.getrandbits(1) << 52
            words += [pte, rnd.choice(SIZES) << 2 | rnd.randrange(1, 40) << 8]
        return struct.pack('<512Q', *words)


class Machine:
    """An emulator, its guest's memory and its monitor"""

    def __init__(self, args, folder):
        self.args = args
        self.log = os.path.join(folder, 'log')
        path = os.path.join(folder, 'ram')
        with open(path, 'wb') as file:
            file.truncate(RAM)
        with open(path, 'r+b') as file:
            self.ram = mmap.mmap(file.fileno(), RAM)
        sock = os.path.join(folder, 'qmp')
        command = [
            args.qemu, '-M', 'zx1,memory-backend=ram', '-smp', str(args.smp),
            '-object', f'memory-backend-file,id=ram,mem-path={path},'
            f'share=on,size={RAM}', '-m', str(RAM >> 20), '-bios', 'none',
            '-nodefaults', '-display', 'none', '-no-shutdown', '-S',
            '-qmp', f'unix:{sock},server=on,wait=off', *args.qemu_arg]
        for cpu in range(args.smp):
            command += ['-device', f'loader,file={args.program},cpu-num={cpu}']
        with open(self.log, 'wb') as log:
            # pylint: disable=consider-using-with
            self.proc = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log)
        self.qmp = Qmp(sock, self.proc)

    def get(self, addr):
        return struct.unpack_from('<Q', self.ram, addr)[0]

    def put(self, addr, value):
        struct.pack_into('<Q', self.ram, addr, value)

    def progress(self):
        return [self.get(CONTROL + (cpu << 12) + CPU_DONE)
                for cpu in range(self.args.smp)]

    def end(self):
        self.proc.kill()
        self.proc.wait()

    def complaint(self):
        """What the emulator and its sanitizers have printed, if bad"""
        with open(self.log, encoding='utf-8', errors='replace') as file:
            text = file.read()
        for word in ('ERROR: ', 'runtime error', 'Assertion', 'ERROR:../',
                     'Bail out', 'fatal', 'abort'):
            if word in text:
                return text
        return ''


def look(machine):
    """What a user may do meanwhile; all processors stop for some of it."""
    rnd = random.Random()
    machine.qmp.execute(rnd.choice(('stop', 'query-status')))
    for line in ('info registers -a', 'info tlb', 'x/12i 0x2000000',
                 'info mtree'):
        if rnd.randrange(3) == 0:
            machine.qmp.monitor(line)
    machine.qmp.execute('cont')


def run_batch(machine, rnd, code, end, total):
    """One batch of states; total is added to"""
    states = States(rnd)
    machine.qmp.execute('stop')
    machine.ram[CONTROL:CONTROL + 0x8000] = bytes(0x8000)
    machine.ram[ARENA:ARENA + CODE_SIZE] = code.make(CODE_SIZE)
    machine.ram[ARENA + CODE_SIZE:ARENA + 2 * CODE_SIZE] = \
        rnd.randbytes(CODE_SIZE)
    for i in range(NUM_CASES):
        at = CASES + i * CASE_SIZE
        machine.ram[at:at + CASE_SIZE] = states.case()
    machine.ram[COMMON + COMMON_PTES:COMMON + COMMON_PTES + 4096] = \
        states.ptes()
    machine.put(COMMON + COMMON_LIMIT, LIMIT)
    machine.put(COMMON + COMMON_COUNT, NUM_CASES)
    machine.put(COMMON + COMMON_NEXT, 0)
    machine.qmp.execute('system_reset')
    machine.qmp.execute('cont')
    last, still, next_look = None, 0, time.monotonic() + 1
    while machine.get(COMMON + COMMON_NEXT) < NUM_CASES:
        time.sleep(0.02)
        now = machine.progress()
        still = still + 1 if now == last else 0
        last = now
        if machine.proc.poll() is not None:
            raise EOFError('it ended')
        if still >= machine.args.patience:
            # Interrupts off and no way out: a guest may do that.
            machine.qmp.execute('system_reset')
            machine.qmp.execute('cont')
            total.resets, still = total.resets + 1, 0
        if still == 0 and time.monotonic() > next_look:
            look(machine)
            next_look = time.monotonic() + 1
        if time.monotonic() > end:
            break
    total.cases += min(machine.get(COMMON + COMMON_NEXT), NUM_CASES)
    for vector in range(0, 0x6100, 0x100):
        for cpu in range(machine.args.smp):
            n = machine.get(CONTROL + (cpu << 12) + CPU_HIST + vector // 32)
            # The code may have written there, too.
            if n <= NUM_CASES * (LIMIT + 1):
                total.vectors[vector] += n


class Total:
    """What was run"""

    def __init__(self):
        self.cases = self.resets = 0
        self.vectors = collections.Counter()


def run_one(args, tap, name, valid, seed):
    rnd = random.Random(seed)
    code = Code(rnd, valid)
    end = time.monotonic() + args.seconds
    total = Total()
    error = ''
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(args, folder)
        try:
            while time.monotonic() < end:
                run_batch(machine, rnd, code, end, total)
            machine.qmp.execute('stop')
            status = machine.qmp.command('query-status')['status']
            if status == 'running':
                error = 'the processors do not stop'
        except (EOFError, OSError, ValueError) as err:
            index = [machine.get(CONTROL + (cpu << 12) + CPU_INDEX)
                     for cpu in range(args.smp)]
            error = f'{type(err).__name__} {err} in state {index}, ' \
                    f'emulator: {machine.proc.poll()}'
        machine.end()
        error = machine.complaint() or error
    vectors = {v: n for v, n in sorted(total.vectors.items()) if n}
    print(f'# {name}: --seed {seed}, {total.cases} states, {total.resets} '
          f'resets, {sum(vectors.values())} interruptions')
    print('# ' + ' '.join(f'{v:04x}:{n}' for v, n in vectors.items()))
    tap.check(not error, f'{name}: the emulator survives', error)
    tap.check(len(vectors) >= args.vectors,
              f'{name}: faults of many kinds', f'{len(vectors)} vectors')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int)
    parser.add_argument('--seconds', type=float, default=8,
                        help='to run each kind of code')
    parser.add_argument('--smp', type=int, default=1)
    parser.add_argument('--qemu-arg', action='append', default=[])
    parser.add_argument('--only', help='the valid or the uniform code')
    parser.add_argument('--patience', type=int, default=4,
                        help='fiftieths of a second without progress until '
                        'the guest is reset')
    parser.add_argument('--vectors', type=int, default=12,
                        help='different interruptions to be met')
    parser.add_argument('program')
    args = parser.parse_args()

    args.qemu = os.environ.get('QEMU_TEST_QEMU_BINARY')
    if not args.qemu or not os.access(args.qemu, os.X_OK):
        print('1..0 # SKIP no emulator')
        return
    seed = args.seed if args.seed is not None else random.getrandbits(32)
    tap = Tap()
    for name, valid in (('uniform', 0), ('valid', 0.97)):
        if args.only in (None, name):
            run_one(args, tap, name, valid, seed)
    tap.close()


main()
