#!/usr/bin/env python3
#
# Record a bare system test and replay it
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The digest that the program prints contains the time at many places, and
# the recording runs with a host clock; the replay must print the same.
# Output is TAP.

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../../../overlay'))
# pylint: disable=wrong-import-position
from tap import Tap  # noqa: E402


def run(args, qemu, mode, file):
    command = [qemu, '-M', 'zx1', '-m', '512', '-smp', str(args.smp),
               '-bios', 'none', '-nodefaults', '-display', 'none',
               '-no-reboot', '-serial', 'stdio', '-monitor', 'none',
               '-icount', f'shift=1,rr={mode},rrfile={file}']
    for cpu in range(args.smp):
        command += ['-device', f'loader,file={args.program},cpu-num={cpu}']
    # What the emulator itself says is not compared: a sanitizer's remarks
    # have addresses in them.
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              timeout=args.timeout, check=False)
        text = done.stdout.decode(errors='replace').replace('\r', '')
        return text, done.returncode
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b'').decode(errors='replace'), 'timeout'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--smp', type=int, default=1)
    parser.add_argument('--timeout', type=int, default=1000)
    parser.add_argument('program')
    args = parser.parse_args()

    qemu = os.environ.get('QEMU_TEST_QEMU_BINARY')
    if not qemu or not os.access(qemu, os.X_OK):
        print('1..0 # SKIP no emulator')
        return
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, 'replay')
        text, status = run(args, qemu, 'record', file)
        tap.check(status == 0 and '\n1..' in text and 'not ok' not in text,
                  'recorded', f'{status}\n{text}')
        again, status = run(args, qemu, 'replay', file)
        tap.check(status == 0 and again == text, 'the replay says the same',
                  f'{status}\n{again}\ninstead of\n{text}')
    tap.close()


if __name__ == '__main__':
    main()
