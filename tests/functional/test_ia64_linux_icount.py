#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
Linux on the zx1 machine with time that follows the instructions: it says the
same each time, and what was recorded is replayed. The base records and replays
one processor only.
"""

import os
import re
import sys

from qemu_test import QemuSystemTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import KERNEL, INITRD, POWER_DOWN, LinuxGuest


class Zx1LinuxIcount(LinuxGuest):
    """What the guest prints has its time in each line."""

    def says(self, icount, *args):
        """All that Linux prints until it has powered off"""
        self.count += 1
        path = self.scratch_file(f'console{self.count}')
        vm = self.get_vm(name=f'vm{self.count}')
        vm.add_args('-nodefaults', '-m', '512M', '-icount', icount,
                    '-rtc', 'base=2031-05-06T07:08:09,clock=vm',
                    '-serial', f'file:{path}',
                    '-kernel', self.guest(KERNEL),
                    '-initrd', self.guest(INITRD),
                    '-append', 'poweroff', *args)
        vm.launch()
        vm.wait(timeout=None)
        self.assertEqual(vm.exitcode(), 0)
        with open(path, 'rb') as file:
            text = file.read()
        self.assertIn(b'guest: userland up', text)
        self.assertIn(POWER_DOWN.encode(), text)
        return text

    def test_same(self):
        """Twice the same, to the last digit of each time stamp"""
        first = self.says('shift=4,sleep=off')
        self.assertEqual(first, self.says('shift=4,sleep=off'))
        # ... which comes from the instructions
        self.assertNotEqual(first, self.says('shift=5,sleep=off'))

    def test_replay(self):
        """A recorded run is replayed."""
        log = self.scratch_file('replay.bin')
        recorded = self.says(f'shift=4,rr=record,rrfile={log}')
        replayed = self.says(f'shift=4,rr=replay,rrfile={log}')
        self.assertEqual(recorded, replayed)

    def test_smp(self):
        """Processors that take turns, and do not use them up to wait"""
        text = self.says('shift=4,sleep=off', '-smp', '4')
        up = re.search(rb'([0-9.]+)\] smp: Brought up 1 node, 4 CPUs', text)
        # of the guest's time: 0.1, or several if hint @pause does nothing
        self.assertLess(float(up[1]), 1)


if __name__ == '__main__':
    QemuSystemTest.main()
