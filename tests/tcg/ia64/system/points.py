#!/usr/bin/env python3
#
# Save and restore a bare system test at random instructions
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# With -icount and one instruction a block the program can be stopped between
# any two instructions, and its digest, of which time is a part, is always the
# same.  At each point the machine is saved, runs on for a moment, and is put
# back; the digest must be that of a run that was left alone.  Output is TAP.

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
sys.path.insert(0, os.path.join(HERE, '../../../overlay'))
# pylint: disable=wrong-import-position
from qmp import Qmp  # noqa: E402
from tap import Tap  # noqa: E402


class Machine:
    """A run of the program, stopped at first"""

    def __init__(self, args, folder):
        self.serial = os.path.join(folder, 'serial')
        sock = os.path.join(folder, 'qmp')
        disk = os.path.join(folder, 'states.qcow2')
        subprocess.run([args.qemu_img, 'create', '-q', '-f', 'qcow2', disk,
                        '1G'], check=True)
        with open(self.serial, 'wb'):
            pass
        # pylint: disable=consider-using-with
        self.proc = subprocess.Popen(
            [args.qemu, '-M', 'zx1', '-m', '512', '-bios', 'none',
             '-nodefaults', '-display', 'none', '-S',
             '-icount', 'shift=1,sleep=off',
             '-accel', 'tcg,one-insn-per-tb=on',
             '-drive', f'if=none,file={disk},format=qcow2',
             '-chardev', f'file,id=s,path={self.serial},append=on',
             '-serial', 'chardev:s', '-no-shutdown',
             '-qmp', f'unix:{sock},server=on,wait=off',
             '-device', f'loader,file={args.program},cpu-num=0'],
            stdin=subprocess.DEVNULL)
        self.qmp = Qmp(sock, self.proc)

    def monitor(self, line):
        answer = self.qmp.monitor(line)
        if answer:
            raise RuntimeError(f'{line}: {answer.strip()}')

    def running(self):
        """Has it not powered off yet?"""
        return self.qmp.command('query-status')['status'] != 'shutdown'

    def reset(self):
        self.qmp.command('system_reset')
        while not self.running():
            time.sleep(0.001)

    def run(self, seconds):
        self.qmp.command('cont')
        time.sleep(seconds)
        self.qmp.command('stop')
        return self.running()

    def output(self):
        with open(self.serial, encoding='latin1') as file:
            return file.read().replace('\r', '')

    def end(self):
        self.proc.kill()
        self.proc.wait()


def digest(text):
    found = re.search(r'^# digest (\w+)', text, re.M)
    return found.group(1) if found else f'none: {text}'


def left_alone(args):
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(args, folder)
        try:
            machine.qmp.command('cont')
            while machine.running():
                time.sleep(0.05)
            return machine.output()
        finally:
            machine.end()


def disturbed(args, rnd, wanted):
    """One run; its output, and the number of points"""
    points = 0
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(args, folder)
        try:
            while machine.run(rnd.random() * args.slice):
                if points == wanted:
                    machine.qmp.command('cont')
                    while machine.running():
                        time.sleep(0.05)
                    break
                machine.monitor('savevm here')
                said = os.path.getsize(machine.serial)
                if not machine.run(rnd.random() * args.slice):
                    machine.reset()
                machine.monitor('loadvm here')
                # What it said meanwhile it will say again.
                os.truncate(machine.serial, said)
                points += 1
            return machine.output(), points
        finally:
            machine.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--points', type=int, default=1010)
    parser.add_argument('--slice', type=float, default=0.002,
                        help='seconds between two points, at most')
    parser.add_argument('--seed', type=int, default=random.getrandbits(32))
    parser.add_argument('program')
    args = parser.parse_args()

    args.qemu = os.environ.get('QEMU_TEST_QEMU_BINARY')
    args.qemu_img = os.environ.get('QEMU_TEST_QEMU_IMG')
    for tool in (args.qemu, args.qemu_img):
        if not tool or not os.access(tool, os.X_OK):
            print(f'1..0 # SKIP no emulator or no qemu-img: {tool}')
            return
    tap = Tap()
    rnd = random.Random(args.seed)
    print(f'# --seed {args.seed}')
    want = left_alone(args)
    tap.check('not ok' not in want and '\n1..' in want,
              'the program runs', want)
    points, runs, bad = 0, 0, []
    while points < args.points and len(bad) < 3:
        text, n = disturbed(args, rnd, args.points - points)
        points += n
        runs += 1
        if digest(text) != digest(want):
            bad.append(f'{digest(text)} after {n} points, '
                       f'want {digest(want)}')
    tap.check(not bad, f'the same end with {points} points in {runs} runs',
              '\n'.join(bad))
    tap.close()


main()
