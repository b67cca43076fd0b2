#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The committed firmware image is what its source makes.

usage: firmware.py BUILT-IMAGE
"""

import os
import sys

from tap import Tap

NAME = 'pc-bios/zx1-fw.bin is what roms/zx1 makes'

committed = os.path.join(os.environ['OVERLAY_ROOT'], 'pc-bios', 'zx1-fw.bin')
built = sys.argv[1]

tap = Tap()
if not os.path.exists(committed):
    tap.check(not os.path.exists(built), NAME, f'{committed} does not exist')
elif not os.path.exists(built):
    tap.skip(NAME, 'no ia64 cross compiler here')
else:
    with open(committed, 'rb') as one, open(built, 'rb') as two:
        tap.check(one.read() == two.read(), NAME,
                  'do: make -C roms/zx1 install, and commit')
tap.close()
