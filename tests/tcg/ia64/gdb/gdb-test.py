#!/usr/bin/env python3
#
# Look at guests with gdb-multiarch, as a user would
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Starts a guest and gdb; checks.py, which gdb runs, prints the results: TAP.

import argparse
import lzma
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GDB = 'gdb-multiarch'


def skip(reason):
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)


def guest(name):
    path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
    if not os.path.exists(path):
        skip(f'no {path}: set IA64_GUESTS')
    return path


def linux(folder):
    """The kernel with its symbols, and how it is started"""
    symbols = os.path.join(folder, 'vmlinux')
    with (lzma.open(guest('linux-6.1-zx1/vmlinux.xz')) as source,
          open(symbols, 'wb') as target):
        shutil.copyfileobj(source, target)
    firmware = os.path.join(os.environ['OVERLAY_ROOT'], 'pc-bios/zx1-fw.bin')
    return symbols, [
        '-m', '1G', '-bios', firmware,
        '-kernel', guest('linux-6.1-zx1/vmlinuz'),
        '-initrd', guest('initramfs/initramfs.cpio.gz'),
        '-append', 'selftest=10']


def bare(program):
    return program, ['-m', '512', '-bios', 'none', '-device',
                     f'loader,file={program},cpu-num=0',
                     '-device', f'loader,file={program},cpu-num=1']


def say(text):
    """The results; what else gdb said is a remark."""
    for line in (text or b'').decode(errors='replace').splitlines():
        if not re.match(r'(not )?ok |1\.\.|Bail out!|#', line):
            line = '# ' + line
        print(line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--timeout', type=int, default=800)
    parser.add_argument('what', choices=['linux', 'bare'])
    parser.add_argument('program', nargs='?')
    args = parser.parse_args()

    qemu = os.environ.get('QEMU_TEST_QEMU_BINARY')
    if not qemu or not os.access(qemu, os.X_OK):
        skip('no emulator')
    if not shutil.which(GDB):
        skip(f'no {GDB}')
    with tempfile.TemporaryDirectory() as folder:
        if args.what == 'linux':
            symbols, options = linux(folder)
        else:
            symbols, options = bare(args.program)
        # listens before gdb is started, however long the emulator takes
        path = os.path.join(folder, 'gdb')
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen()
        command = [qemu, '-M', 'zx1', '-smp', '2', '-nodefaults', '-display',
                   'none', '-no-reboot', '-S', '-gdb', 'chardev:gdb',
                   '-chardev', f'socket,id=gdb,fd={server.fileno()},'
                   'server=on,wait=off', *options]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                              pass_fds=[server.fileno()]) as proc:
            server.close()
            env = dict(os.environ, GDB_SOCKET=path, GDB_SYMBOLS=symbols,
                       GDB_WHAT=args.what)
            try:
                done = subprocess.run(
                    [GDB, '-q', '-nx', '-batch', '-x',
                     os.path.join(HERE, 'checks.py')], env=env,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    timeout=args.timeout, check=False)
                say(done.stdout)
            except subprocess.TimeoutExpired as late:
                say(late.stdout)
                print('Bail out! gdb does not come to an end')
            if proc.poll() not in (None, 0):
                print(f'Bail out! the emulator ended with {proc.returncode}')
            proc.kill()


main()
