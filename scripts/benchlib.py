# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmark scripts share: paths, the cross compiler, the history"""

import csv
import datetime
import os
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.path.join(ROOT, 'tests', 'bench', 'ia64')
HISTORY = os.path.join(BENCH, 'history.csv')
QEMU = os.environ.get('QEMU_TEST_QEMU_BINARY',
                      os.path.join(ROOT, 'build', 'qemu-system-ia64'))
GUESTS = os.environ.get('GUESTS', os.path.join(os.path.dirname(ROOT),
                                               'shared', 'guests'))


def find_cross(prefix):
    """Prefix of the first cross compiler that is there, or None"""
    for cand in [prefix, os.environ.get('IA64_CROSS'), 'ia64-linux-gnu-',
                 '/opt/ia64-linux-gnu/bin/ia64-linux-gnu-']:
        if cand and shutil.which(cand + 'gcc'):
            return cand
    return None


def add_history_options(parser):
    """--history and --keep"""
    parser.add_argument('--history', default=HISTORY,
                        help='CSV file of what was kept [tests/bench/ia64]')
    parser.add_argument('--keep', action='store_true',
                        help='append to the history (on an idle machine only)')


def read_history(path):
    """The last kept day and number of each name, '' if there is none"""
    last = {}
    if os.path.exists(path):
        with open(path, newline='', encoding='ascii') as f:
            for row in csv.reader(f):
                if row[0] != 'day':
                    number = (f'{float(row[4]):.1f} times' if row[4] else
                              f'{int(row[3]) / 1000:.2f} ns')
                    last[row[1]] = f', {row[0]}: {number}'
    return last


def append_history(path, rows):
    """A line for each (name, native ns, emulated, slowdown), with the day"""
    new = not os.path.exists(path)
    with open(path, 'a', newline='', encoding='ascii') as f:
        out = csv.writer(f, lineterminator='\n')
        if new:
            out.writerow(('day', 'name', 'native ns', 'emulated', 'slowdown'))
        day = datetime.date.today().isoformat()
        for row in rows:
            out.writerow((day,) + row)


def goal(target):
    """What there is to reach, and to aim at if a second number is given"""
    if not target:
        return ''
    aim = f', aim {target[1]}' if len(target) > 1 else ''
    return f' (to reach {target[0]}{aim})'
