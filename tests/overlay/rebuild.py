#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
A changed file has only that built anew which depends on it: asks ninja and
make what they would do if a file were newer than it is.

usage: rebuild.py [COMMAND... O=FOLDER]

COMMAND makes the firmware in FOLDER; without it there is no compiler.
"""

import glob
import os
import re
import subprocess
import sys

from tap import Tap

ROOT = os.environ['OVERLAY_ROOT']
BUILD = os.environ['QEMU_BUILD_ROOT']


class Newer:
    """A file is as if just edited; its time comes back at the end."""

    def __init__(self, name):
        self.path = os.path.join(ROOT, name)

    def __enter__(self):
        info = os.stat(self.path)
        self.times = info.st_atime_ns, info.st_mtime_ns
        os.utime(self.path)

    def __exit__(self, *_):
        os.utime(self.path, ns=self.times)


def said(*command):
    """What a command says."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False).stdout


def objects():
    """What the emulator would have compiled."""
    text = said('ninja', '-C', BUILD, '-n', 'qemu-system-ia64')
    return set(re.findall(r'Compiling C object (\S+)', text))


def check_emulator(tap):
    """One source of each room, and a header of one room."""
    # what includes qemu-version.h, of which ninja cannot know that it stays
    always = objects()
    if len(always) > 4:
        tap.skip('a changed file', 'the emulator is older than its source')
        return
    for name in ('target/ia64/cpu.c', 'hw/ia64/zx1/lba.c',
                 'hw/intc/iosapic/iosapic.c'):
        with Newer(name):
            compiled = objects() - always
        wanted = name.replace('/', '_') + '.o'
        tap.check([os.path.basename(path) for path in compiled] == [wanted],
                  f'{name}: itself is compiled', compiled)
    with Newer('hw/ia64/zx1/sba.h'):
        compiled = objects() - always
    tap.check(len(compiled) > 1 and all('/hw_ia64_zx1_' in name
                                        for name in compiled),
              'hw/ia64/zx1/sba.h: what includes it is compiled', compiled)


def check_firmware(tap, command):
    """One source of the firmware."""
    sources = re.compile(r' -c (\S+\.[cS]) ')
    made = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    dry = [word for word in command if word != '-s'] + ['-n']
    tap.check(made.returncode == 0 and not sources.search(said(*dry)),
              'the firmware is not built twice')
    name = sorted(os.path.relpath(path, ROOT) for path in
                  glob.glob(ROOT + '/roms/zx1/sal/*.c'))[0]
    with Newer(name):
        compiled = sources.findall(said(*dry))
    # start.S has the image of the rest in it
    tap.check(compiled == [name.removeprefix('roms/zx1/'), 'start.S'],
              f'{name}: itself is compiled', compiled)


def main():
    tap = Tap()
    check_emulator(tap)
    if sys.argv[1:]:
        check_firmware(tap, sys.argv[1:])
    else:
        tap.skip('a changed file of the firmware', 'no ia64 cross compiler')
    tap.close()


main()
