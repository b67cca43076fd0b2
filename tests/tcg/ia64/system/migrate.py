#!/usr/bin/env python3
#
# Run a bare system test while it moves from one emulator to the next
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest runs for a moment, is migrated to a file and continued by a new
# process, until it has powered off.  What it wrote on the serial port is
# passed on: TAP, which does not change by the moves.

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..'))
# pylint: disable=wrong-import-position
from qmp import Qmp  # noqa: E402


def wait_migrated(qmp):
    while True:
        status = qmp.command('query-migrate').get('status')
        if status in ('completed', 'failed'):
            return status
        time.sleep(0.005)


def done(serial):
    if not os.path.exists(serial):
        return False
    with open(serial, encoding='latin1') as file:
        return '\n1..' in file.read()


def wait_ended(proc, given_up):
    """
    Base 10.0.2 has been seen to hang for good when a power-off overtakes a
    migration: in monitor_cleanup(), with the lock that the migration wants.
    """
    while True:
        try:
            proc.wait(5)
            return
        except subprocess.TimeoutExpired:
            if given_up():
                proc.kill()


def wait_running(qmp, end):
    while True:
        status = qmp.command('query-status')
        if status['running']:
            return
        if time.monotonic() > end:
            raise RuntimeError(f'not running: {status["status"]}')
        time.sleep(0.005)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--smp', type=int, default=1)
    parser.add_argument('--slice', type=float, default=0.05,
                        help='seconds between two moves')
    parser.add_argument('--timeout', type=float, default=2000)
    parser.add_argument('program')
    args = parser.parse_args()

    qemu = os.environ.get('QEMU_TEST_QEMU_BINARY')
    if not qemu or not os.access(qemu, os.X_OK):
        print('1..0 # SKIP no emulator')
        return 0
    end = time.monotonic() + args.timeout
    moves = 0
    error = None
    with tempfile.TemporaryDirectory() as folder:
        serial = os.path.join(folder, 'serial')
        state = [os.path.join(folder, f'state{i}') for i in range(2)]
        sock = os.path.join(folder, 'qmp')
        while True:
            command = [
                qemu, '-M', 'zx1', '-m', '512', '-smp', str(args.smp),
                '-bios', 'none', '-nodefaults', '-display', 'none',
                '-no-reboot', '-chardev',
                f'file,id=s,path={serial},append=on', '-serial',
                'chardev:s', '-qmp', f'unix:{sock},server=on,wait=off']
            for cpu in range(args.smp):
                command += ['-device',
                            f'loader,file={args.program},cpu-num={cpu}']
            if moves:
                command += ['-incoming', 'file:' + state[(moves - 1) % 2]]
            with subprocess.Popen(command, stdin=subprocess.DEVNULL) as proc:
                try:
                    qmp = Qmp(sock, proc)
                    wait_running(qmp, end)
                    time.sleep(args.slice)
                    qmp.command('migrate', uri='file:' + state[moves % 2])
                    status = wait_migrated(qmp)
                    if status != 'completed':
                        error = f'migration {status}'
                    qmp.command('quit')
                except (EOFError, BrokenPipeError, ConnectionError,
                        TimeoutError, json.JSONDecodeError):
                    break       # powered off meanwhile
                except RuntimeError as err:
                    error = err
                finally:
                    if error or time.monotonic() > end:
                        proc.kill()
                    wait_ended(proc, lambda: done(serial)
                               or time.monotonic() > end)
                    # The base may trip over a migration that a power-off
                    # overtakes; a program that is done does not care.
                    if proc.returncode and not error and not done(serial):
                        error = f'emulator ended with {proc.returncode}'
            if time.monotonic() > end:
                error = error or 'timeout'
            if error:
                break
            moves += 1
        if os.path.exists(serial):
            with open(serial, encoding='latin1') as file:
                sys.stdout.write(file.read().replace('\r', ''))
    print(f'# moved {moves} times')
    if error:
        print(f'Bail out! {error}')
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
