#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Code that a vhost-user back end delivers: qemu-storage-daemon reads a disk
into a page whose code has run, in memory that it shares with the emulator.
Output is TAP.

usage: vhost-user.py [EMULATOR STORAGE-DAEMON CROSS-PREFIX]
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# name, bus, options of the emulator
RUNS = (
    ('MSI-X', 'pci', []),
    ('behind a bridge', 'bridge',
     ['-device', 'pci-bridge,id=bridge,chassis_nr=1,shpc=off']),
    ('line', 'pci', ['-fw_cfg', 'name=opt/vfio/mode,string=line']),
    ('code-coherence=off', 'pci',
     ['-fw_cfg', 'name=opt/vfio/mode,string=stale',
      '-global', 'zx1-ioc.code-coherence=off']),
)


def wait_for(path, process):
    """Until a socket is there."""
    while not os.path.exists(path) and process.poll() is None:
        time.sleep(0.05)


def run_guest(emulator, work, bus, options, log):
    """One back end and one machine; returns what the program has said."""
    socket = work + '/socket'
    with open(work + '/disk', 'wb') as disk:
        disk.truncate(1 << 20)
    back_end = subprocess.Popen(
        [emulator[1], '--blockdev',
         f'file,node-name=disk,filename={work}/disk',
         '--export', 'vhost-user-blk,id=disk,node-name=disk,writable=on,'
         f'addr.type=unix,addr.path={socket}'], stderr=log)
    try:
        wait_for(socket, back_end)
        result = subprocess.run(
            [emulator[0], '-M', 'zx1,memory-backend=ram', '-m', '512',
             '-object', 'memory-backend-memfd,id=ram,size=512M,share=on',
             '-bios', 'none', '-nodefaults', '-display', 'none',
             '-monitor', 'none', '-serial', 'stdio',
             '-device', f'loader,file={work}/vhost.elf,cpu-num=0',
             *options, '-chardev', f'socket,id=back,path={socket}',
             '-device', 'vhost-user-blk-pci,chardev=back,disable-legacy=on,'
             f'bus={bus}'], stdout=subprocess.PIPE, stderr=log, text=True,
            errors='replace', check=False)
    finally:
        back_end.send_signal(signal.SIGTERM)
        back_end.wait()
        if os.path.exists(socket):
            os.remove(socket)
    return result.returncode, result.stdout


def main():
    """Build the program, run it in each way."""
    emulator, cross = sys.argv[1:3], sys.argv[3]
    missing = [path for path in emulator if not os.access(path, os.X_OK)]
    if not shutil.which(cross + 'gcc'):
        missing.append(cross + 'gcc')
    if missing:
        print(f'1..0 # SKIP not here: {", ".join(missing)}')
        return 0
    number = failed = 0
    with tempfile.TemporaryDirectory(prefix='vhost-user.') as work:
        subprocess.run(['make', '-s', '-C', HERE + '/guest', 'CROSS=' + cross,
                        'O=' + work], check=True)
        for name, bus, options in RUNS:
            with open(work + '/log', 'w+b') as log:
                status, said = run_guest(emulator, work, bus, options, log)
                log.seek(0)
                errors = log.read().decode(errors='replace')
            results = re.findall(r'^(PASS|FAIL) (.*?)\r?$', said, re.M)
            results.append(('PASS' if status == 0 and 'DONE' in said
                            else 'FAIL', f'ends well, status {status}'))
            for word, text in results:
                number += 1
                failed += word == 'FAIL'
                print('ok' if word == 'PASS' else 'not ok', number, '-',
                      f'{name}: {text}')
            for line in errors.splitlines():
                print('#', line)
    print(f'1..{number}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
