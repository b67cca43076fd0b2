#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What scripts/install puts below a root: only names of our own, and an emulator
that runs from there, wherever the tree is moved.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap

ROOT = os.environ['OVERLAY_ROOT']
BUILD = os.environ['QEMU_BUILD_ROOT']

# below the prefix; a distribution's QEMU has bin/qemu-img, share/qemu, ...
OURS = re.compile(r'bin/qemu-system-ia64|share/qemu-ia64/.*|'
                  r'libexec/qemu-ia64/.*')


def prefix():
    """The prefix that configure was given."""
    with open(BUILD + '/config-host.h', encoding='utf-8') as file:
        return re.search(r'CONFIG_BINDIR "(.*)/bin"', file.read())[1]


def said(*command, **options):
    """Exit status and output of a command."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, errors='replace',
                          stdin=subprocess.DEVNULL, check=False, **options)
    return done.returncode, done.stdout


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='install-') as where:
        where = os.path.realpath(where)
        status, text = said(ROOT + '/scripts/install', '--no-setup',
                            f'--destdir={where}/root',
                            env={**os.environ, 'BUILD': BUILD})
        tap.check(status == 0, 'scripts/install', text)
        top = where + '/root' + prefix()
        names = [os.path.relpath(os.path.join(folder, name), top)
                 for folder, _, files in os.walk(where + '/root')
                 for name in files]
        foreign = [name for name in names if not OURS.fullmatch(name)]
        tap.check(names and not foreign, 'nothing has a name of others',
                  foreign)
        tap.check('share/qemu-ia64/zx1-fw.bin' in names, 'firmware')
        tap.check('libexec/qemu-ia64/qemu-img' in names, 'tools')

        # elsewhere, with nothing of the build in sight
        moved = where + '/moved'
        shutil.move(top, moved)
        emulator = moved + '/bin/qemu-system-ia64'
        status, text = said(emulator, '-L', 'help', cwd=where)
        places = [os.path.normpath(line) for line in text.split()]
        tap.check(status == 0 and f'{moved}/share/qemu-ia64' in places
                  and all(place.startswith(moved) for place in places),
                  'its data is beside it', text)
        status, text = said(
            sys.executable, ROOT + '/scripts/overlay/session.py', emulator,
            '-M', 'zx1', '-m', '1G', '-nographic',
            '-fw_cfg', 'name=opt/zx1/shell,string=diag', cwd=where)
        tap.check(status == 0, 'the firmware comes to its prompt', text)
    tap.close()


main()
