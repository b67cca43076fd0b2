# SPDX-License-Identifier: GPL-2.0-or-later
"""Templates of bundles, and the encodings in the decode files"""

import os
import re

TARGET = os.path.normpath(os.path.join(
    os.path.dirname(os.path.abspath(__file__)), '../../../../target/ia64'))
UNITS = 'aimbfx'

# template: units of the slots; "???" is a reserved template
TEMPLATES = {
    0x06: '???', 0x07: '???', 0x14: '???', 0x15: '???',
    0x1a: '???', 0x1b: '???', 0x1e: '???', 0x1f: '???',
    0x00: 'MII', 0x01: 'MII', 0x02: 'MII', 0x03: 'MII',
    0x04: 'MLX', 0x05: 'MLX', 0x08: 'MMI', 0x09: 'MMI',
    0x0a: 'MMI', 0x0b: 'MMI', 0x0c: 'MFI', 0x0d: 'MFI',
    0x0e: 'MMF', 0x0f: 'MMF', 0x10: 'MIB', 0x11: 'MIB',
    0x12: 'MBB', 0x13: 'MBB', 0x16: 'BBB', 0x17: 'BBB',
    0x18: 'MMB', 0x19: 'MMB', 0x1c: 'MFB', 0x1d: 'MFB',
}


def patterns():
    """(name, units, fixed bits, mask) of every line of the decode files"""
    result = []
    for u in UNITS:
        with open(f'{TARGET}/insns-{u}.decode', encoding='utf-8') as f:
            for line in f:
                m = re.match(r'(\w+) +([-01. ]+) @', line)
                if m:
                    text = m.group(2).replace(' ', '')
                    assert len(text) == 64
                    fixed = int(''.join(str(int(c == '1')) for c in text), 2)
                    mask = int(''.join(str(int(c in '01')) for c in text), 2)
                    result.append((m.group(1), 'MI' if u == 'a' else u.upper(),
                                   fixed, mask))
    return result
