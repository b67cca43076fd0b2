#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Machine checks and INIT in Linux on the zx1 machine: a program reads an address
that no function answers, on a bus where that is an error, and Linux takes the
record from SAL, kills the program and goes on; the TOC button makes it show
what all processors do.
"""

import os
import re
import sys
import time

from qemu_test import QemuSystemTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import LinuxGuest

# Control register of the first ioa, hard fail; an address behind it
CONTROL, HARD_FAIL, NOBODY = 0xfed20108, 0x40, 0x80010000

# What Linux says of a machine check is what is wanted here
PANIC = re.compile('Kernel panic')


class Zx1LinuxMca(LinuxGuest):
    """Errors that the firmware reports to Linux."""

    def expect(self, vm, *texts):
        """Each on the console, in this order, and no panic."""
        for text in texts:
            vm.con.expect(text, wrong=PANIC)

    def start_linux(self, *options):
        """Linux to its shell."""
        vm = self.boot('', '-nodefaults', '-m', '1G', '-no-reboot', *options)
        self.expect(vm, 'guest: userland up', '# ')
        return vm

    def idle(self, vm):
        """Wait until all processors are in PAL_HALT_LIGHT, thrice in a row."""
        seen = 0
        for _ in range(self.patience):
            where = re.findall(r'^ip +(\w+)', vm.cmd(
                'human-monitor-command', command_line='info registers -a'),
                re.M)
            # the PAL code area, where Linux maps physical memory
            idle = all(0x100000 <= int(ip, 16) ^ 7 << 61 < 0x140000
                       for ip in where)
            seen = seen + 1 if idle else 0
            if seen == 3:
                return
            time.sleep(1)
        self.fail(f'processors do not become idle: {where}')

    def test_init(self):
        """
        INIT from the monitor, on two processors: Linux goes on. Not while it
        switches tasks: its handler takes the next one, which the run queue
        names already, for the one that it has interrupted
        (ia64_mca_modify_original_stack) and moves its stack pointer. So both
        are left to become idle first.
        """
        vm = self.start_linux('-smp', '2')
        self.idle(vm)
        vm.cmd('inject-nmi')
        self.expect(vm, 'Entered OS INIT handler',
                    'All OS INIT slaves have reached',
                    r'Backtrace of pid 1 \(init\)')
        # no prompt is shown anew
        vm.con.type('echo still $((40+2))')
        self.expect(vm, 'still 42')

    def test_user(self):
        """In a program: that one is killed, nothing else."""
        vm = self.start_linux('-machine', 'hard-fail=on')
        vm.con.type(f'devmem {CONTROL:#x} 64 {HARD_FAIL:#x}')
        self.expect(vm, '# ')
        vm.con.type(f'devmem {NOBODY:#x} 32; echo status $?')
        self.expect(vm, 'encounters MCA', 'status 137', '# ')
        vm.con.type(f'devmem {CONTROL:#x} 64 0')
        self.expect(vm, '# ')
        vm.con.type(f'devmem {NOBODY:#x} 32; echo status $?')
        self.expect(vm, '0xFFFFFFFF', 'status 0')


if __name__ == '__main__':
    QemuSystemTest.main()
