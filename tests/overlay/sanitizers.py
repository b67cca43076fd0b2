#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The suites that drive the emulator hardest, on a build of its own with the
address and undefined behaviour sanitizers: each finding ends a program, which
fails its test.
"""

import os
import re
import subprocess

from tap import Tap

ROOT = os.environ['OVERLAY_ROOT']
BUILD = os.path.join(ROOT, 'build-asan')
SUITES = ('tcg', 'unit', 'base')


def main():
    tap = Tap()
    # not what meson and the outer scripts/test set for their own build
    environment = {name: value for name, value in os.environ.items()
                   if not re.match(r'(LONG|PYTHONPATH|.*SAN_OPTIONS)$|MESON|'
                                   r'.*QEMU_', name)}
    environment |= {'BUILD': BUILD, 'GUESTS': os.environ['IA64_GUESTS']}
    done = subprocess.run(
        [ROOT + '/scripts/test', '--sanitize',
         *(f'--suite={suite}' for suite in SUITES)], env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors='replace', check=False)
    count = done.stdout.strip().split('\n')[-1]
    tap.check(done.returncode == 0 and
              re.match(r'[1-9]\d* passed, 0 failed', count),
              'with sanitizers: ' + count, done.stdout[-10000:])
    # a build without them would pass as well
    with open(BUILD + '/qemu-system-ia64', 'rb') as program:
        text = program.read()
    for name in (b'__asan_init', b'__ubsan_handle'):
        tap.check(name in text, f'the emulator has {name.decode()}')
    tap.close()


main()
