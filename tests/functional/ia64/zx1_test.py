# SPDX-License-Identifier: GPL-2.0-or-later
"""What all tests of the zx1 machine share: the guests, fresh machines."""

import contextlib
import os
import unittest

from qemu_test import QemuSystemTest


class Zx1Test(QemuSystemTest):
    """Machines zx1, one after the other or side by side."""

    def setUp(self):
        super().setUp()
        self.set_machine('zx1')
        self.count = 0

    @contextlib.contextmanager
    def subTest(self, *message, **params):
        """
        As ever, but what one of them lacks skips the test: unittest would
        report each, and TAP has one line for a test.
        """
        lacking = None
        with super().subTest(*message, **params):
            try:
                yield
            except unittest.SkipTest as reason:
                lacking = reason
        if lacking:
            raise lacking

    def guest(self, name):
        """The path of a file of the guests."""
        path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
        if not os.path.exists(path):
            self.skipTest(f'no {path}: set IA64_GUESTS')
        return path

    def fresh(self, *args):
        """A machine with a console, not started yet."""
        self.count += 1
        vm = self.get_vm(name=f'vm{self.count}')
        vm.set_console()
        vm.add_args(*args)
        return vm
