#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Times the benchmark kernels of tests/bench/ia64 on the emulator and natively

Both are compiled by the same gcc version with -O2 where the cross compiler is
found.  Prints nanoseconds, the slowdown and, for the micro loops, the time of
one event, each beside the last that was kept; --keep appends a line for each
to the history, a file of the repository.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import benchlib
from benchlib import BENCH as SRC

# Slowdowns to reach and to aim at, and picoseconds for one event
TARGETS = {
    'sieve': (8, 5), 'quicksort': (4, 3), 'recursion': (12, 8),
    'matrix': (60, 25), 'crc32': (3, 2), 'division': (60, 20),
    'list': (18, 12),
    'call-return': (15000,), 'ctop-iteration': (9000,), 'fma.d': (12000,),
    'alu-slot': (500,),
}


def build(out, cross):
    def src(*names):
        return [os.path.join(SRC, n) for n in names]

    subprocess.run(['gcc', '-O2', '-o', os.path.join(out, 'native')] +
                   src('kernels.c', 'main.c', 'native.c'), check=True)
    subprocess.run([cross + 'gcc', '-O2', '-ffreestanding', '-fno-builtin',
                    '-nostdlib', '-static',
                    '-Wl,-T,' + os.path.join(SRC, 'guest.ld'),
                    '-o', os.path.join(out, 'guest.elf')] +
                   src('start.S', 'micro.S', 'kernels.c', 'main.c', 'micro.c',
                       'guest.c') + ['-lgcc'], check=True)


def results(text):
    res = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 5 and words[0] == 'BENCH':
            res[words[1]] = (int(words[2]), words[4])
        elif len(words) == 4 and words[0] == 'MICRO':
            res[words[1]] = (int(words[2]), None)
    return res


def run_guest(qemu, elf, limit):
    cmd = [qemu, '-M', 'zx1', '-m', '512M', '-nographic', '-monitor', 'none',
           '-serial', 'stdio', '-device', f'loader,file={elf},cpu-num=0']
    proc = subprocess.run(cmd, stdin=subprocess.DEVNULL, timeout=limit,
                          capture_output=True, text=True, errors='replace')
    if proc.returncode != 0:
        sys.exit(f'bench: the emulator ended with {proc.returncode}:\n' +
                 proc.stderr[-2000:])
    return results(proc.stdout)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[1])
    ap.add_argument('--qemu', default=benchlib.QEMU)
    ap.add_argument('--cross', help='prefix of the cross compiler')
    benchlib.add_history_options(ap)
    ap.add_argument('--limit', type=int, default=300,
                    help='seconds after which the emulator is given up')
    args = ap.parse_args()

    cross = benchlib.find_cross(args.cross)
    if not cross:
        print('bench: skipped: no ia64-linux-gnu-gcc found')
        return
    with tempfile.TemporaryDirectory() as out:
        build(out, cross)
        native = results(subprocess.run([os.path.join(out, 'native')],
                                        check=True, capture_output=True,
                                        text=True).stdout)
        guest = run_guest(args.qemu, os.path.join(out, 'guest.elf'),
                          args.limit)
    rows = []
    last = benchlib.read_history(args.history)
    wrong = [k for k, v in guest.items() if v[1] and v[1] != native[k][1]]
    for name, (val, _) in guest.items():
        target = TARGETS.get(name, ())
        if name not in native:
            target = [f'{ps / 1000:g}' for ps in target]
        goal = benchlib.goal(target)
        if name in native:
            ratio = val / native[name][0]
            print(f'{name:16} {native[name][0]:10} ns native '
                  f'{val:12} ns emulated {ratio:8.1f} times{goal}'
                  f'{last.get(name, "")}')
            rows.append((name, native[name][0], val, f'{ratio:.2f}'))
        else:
            print(f'{name:16} {val / 1000:10.2f} ns an event'
                  f'{goal}{last.get(name, "")}')
            rows.append((name, '', val, ''))
    for name, kept in last.items():
        if name.startswith('linux '):
            print(f'{name}{kept} (scripts/bench-linux)')
    if args.keep and not wrong:
        benchlib.append_history(args.history, rows)
    if wrong:
        sys.exit('bench: wrong results: ' + ' '.join(wrong))


if __name__ == '__main__':
    main()
