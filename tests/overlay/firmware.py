#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The committed firmware image is what its source makes.

usage: firmware.py [COMMAND... O=FOLDER]

COMMAND makes FOLDER/zx1-fw.bin; without it there is no compiler.
"""

import os
import subprocess
import sys

from tap import Tap

IMAGE = 'pc-bios/zx1-fw.bin'


def contents(path):
    """The bytes of a file, None if it is not there."""
    try:
        with open(path, 'rb') as file:
            return file.read()
    except FileNotFoundError:
        return None


def main():
    committed = contents(os.path.join(os.environ['OVERLAY_ROOT'], IMAGE))
    command = sys.argv[1:]
    tap = Tap()
    tap.check(committed, f'{IMAGE} is there')
    if not command:
        tap.skip(f'{IMAGE} is what roms/zx1 makes',
                 'no ia64 cross compiler here')
    else:
        made = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, check=False)
        tap.check(made.returncode == 0, 'roms/zx1 can be built', made.stdout)
        folder = command[-1].removeprefix('O=')
        if made.returncode == 0:
            tap.check(contents(os.path.join(folder, 'zx1-fw.bin')) ==
                      committed, f'{IMAGE} is what roms/zx1 makes',
                      'do: make -C roms/zx1 install, and commit')
    tap.close()


main()
