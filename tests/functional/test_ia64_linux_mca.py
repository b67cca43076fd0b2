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

from qemu_test import QemuSystemTest
from qemu_test import wait_for_console_pattern

# Control register of the first ioa, hard fail; an address behind it
CONTROL, HARD_FAIL, NOBODY = 0xfed20108, 0x40, 0x80010000


class Zx1LinuxMca(QemuSystemTest):
    """Errors that the firmware reports to Linux."""

    timeout = 300

    def guest(self, name):
        """A file of the guests."""
        path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
        if not os.path.exists(path):
            self.skipTest(f'no {path}: set IA64_GUESTS')
        return path

    def type(self, text):
        """A line, when the guest's shell is ready."""
        self.expect('# ')
        self.vm.console_socket.sendall(text.encode() + b'\r')

    def expect(self, text):
        """Text on the console, and no panic before it."""
        wait_for_console_pattern(self, text, 'Kernel panic')

    def boot(self, *options):
        """Linux to its shell."""
        self.set_machine('zx1')
        self.vm.set_console()
        self.vm.add_args('-nodefaults', '-m', '1G', '-no-reboot', *options,
                         '-kernel', self.guest('linux-6.1-zx1/vmlinuz'),
                         '-initrd',
                         self.guest('initramfs/initramfs.cpio.gz'))
        self.vm.launch()
        self.expect('guest: userland up')

    def test_init(self):
        """INIT from the monitor, on two processors: Linux goes on."""
        self.boot('-smp', '2')
        self.expect('# ')
        self.vm.cmd('inject-nmi')
        self.expect('Entered OS INIT handler')
        self.expect('All OS INIT slaves have reached rendezvous')
        self.expect('Backtrace of pid 1 (init)')
        # no prompt is shown anew
        self.vm.console_socket.sendall(b'echo still $((40+2))\r')
        self.expect('still 42')

    def test_user(self):
        """In a program: that one is killed, nothing else."""
        self.boot('-machine', 'hard-fail=on')
        self.type(f'devmem {CONTROL:#x} 64 {HARD_FAIL:#x}')
        self.type(f'devmem {NOBODY:#x} 32; echo status $?')
        self.expect('encounters MCA')
        self.expect('status 137')
        self.type(f'devmem {CONTROL:#x} 64 0')
        self.type(f'devmem {NOBODY:#x} 32; echo status $?')
        self.expect('0xFFFFFFFF')
        self.expect('status 0')


if __name__ == '__main__':
    QemuSystemTest.main()
