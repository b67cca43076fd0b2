#!/usr/bin/env python3
#
# Run a bare system test on the zx1 machine and pass its TAP on
#
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import os
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--smp', type=int, default=1)
    parser.add_argument('--qemu-arg', action='append', default=[])
    parser.add_argument('--timeout', type=int, default=500)
    parser.add_argument('program')
    args = parser.parse_args()

    qemu = os.environ.get('QEMU_TEST_QEMU_BINARY')
    if not qemu or not os.access(qemu, os.X_OK):
        print('1..0 # SKIP no emulator')
        return 0
    command = [qemu, '-M', 'zx1', '-m', '512', '-smp', str(args.smp),
               '-bios', 'none', '-nodefaults', '-display', 'none',
               '-serial', 'stdio', '-no-reboot', *args.qemu_arg]
    # The loader sets the entry point of each processor it is given for.
    for cpu in range(args.smp):
        command += ['-device', f'loader,file={args.program},cpu-num={cpu}']
    try:
        out = subprocess.run(command, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE,
                             timeout=args.timeout, check=False)
        text, status = out.stdout, out.returncode
    except subprocess.TimeoutExpired as late:
        text, status = late.stdout or b'', 'timeout'
    sys.stdout.write(text.decode(errors='replace').replace('\r', ''))
    if status != 0:
        print(f'Bail out! the emulator ended with {status}')
        return 1
    return 0


sys.exit(main())
