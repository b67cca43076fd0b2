#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs bare-metal test programs (see lib/test.h) on the emulator.

usage: run.py [--kernel] [--smp=N] [--cpu=MODEL] [--machine=M] [--accel=A]
              [--timeout=S] ELF...

The emulator is $QEMU_TEST_QEMU_BINARY, else qemu-system-ia64 of PATH.  Prints
the lines of all programs as one sequence of the Test Anything Protocol; a
program that does not get to its end is one failed check more.
"""

import argparse
import os
from pathlib import Path
import re
import subprocess
import sys

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'overlay'))
from tap import Tap  # noqa: E402  pylint: disable=wrong-import-position


def run(elf, args):
    """The program's output, and what went wrong with the emulator or None."""
    command = [os.environ.get('QEMU_TEST_QEMU_BINARY', 'qemu-system-ia64'),
               '-M', args.machine, '-m', '512M', '-display', 'none',
               '-nodefaults', '-monitor', 'none', '-serial', 'stdio',
               '-smp', str(args.smp)]
    if args.kernel:
        image = Path(__file__).resolve().parents[3] / 'pc-bios/zx1-fw.bin'
        command += ['-bios', str(image), '-kernel', str(elf)]
    else:
        command += ['-bios', 'none']
        for cpu in range(args.smp):
            command += ['-device', f'loader,file={elf},cpu-num={cpu}']
    if args.cpu:
        command += ['-cpu', args.cpu]
    if args.accel:
        command += ['-accel', args.accel]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=args.timeout, check=False)
    except subprocess.TimeoutExpired as e:
        text = (e.stdout or b'').decode(errors='replace')
        return text, f'no end within {args.timeout} seconds'
    text = done.stdout.decode(errors='replace')
    if done.returncode:
        return text, (f'exit status {done.returncode}\n'
                      + done.stderr.decode(errors='replace'))
    return text, None


def relay(tap, elf, args):
    """Runs one program and makes its results part of the sequence."""
    text, trouble = run(elf, args)
    name = Path(elf).stem
    details = []
    count, plan = 0, None
    for line in text.splitlines():
        result = re.match(r'(ok|not ok) \d+ - (.*)', line)
        if result:
            count += 1
            tap.check(result[1] == 'ok', f'{name}: {result[2]}',
                      '\n'.join(details))
            details = []
        elif line.startswith('1..'):
            plan = int(line[3:])
        else:
            details.append(line.removeprefix('# '))
    if plan != count or trouble:
        tap.check(False, f'{name}: gets to its end',
                  '\n'.join(details + [trouble or 'stopped early']))


def main():
    """See the usage above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--kernel', action='store_true',
                        help='started by the firmware')
    parser.add_argument('--smp', type=int, default=1)
    parser.add_argument('--cpu')
    parser.add_argument('--machine', default='zx1')
    parser.add_argument('--accel')
    parser.add_argument('--timeout', type=int, default=500)
    parser.add_argument('elf', nargs='+')
    args = parser.parse_args()
    tap = Tap()
    for elf in args.elf:
        relay(tap, elf, args)
    tap.close()


main()
