#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 300
"""
Linux on the zx1 machine finds functions that are plugged in while it runs,
uses them, and lets them go.
"""

import hashlib
import os
import sys

from qemu_test import QemuSystemTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import LinuxGuest, noise

DISK_SIZE = 4 << 20


class Zx1HotPlug(LinuxGuest):
    """Functions that come and go below two roots."""

    def plug(self, vm, driver, name, bus, **properties):
        """Put a function into slot 3 of @bus; Linux looks for it."""
        vm.cmd('device_add', driver=driver, id=name, bus=bus, addr='3',
               **properties)
        vm.con.run('echo 1 > /sys/bus/pci/rescan')

    def unplug(self, vm, name, address):
        """Linux lets it go, and so does the machine."""
        vm.con.run(f'echo 1 > /sys/bus/pci/devices/{address}/remove')
        vm.cmd('device_del', id=name)
        vm.event_wait('DEVICE_DELETED', timeout=self.patience)

    def test_linux(self):
        """A disk and a network adapter, twice."""
        disk = self.scratch_file('disk.img')
        data = noise(5, DISK_SIZE)
        with open(disk, 'wb') as file:
            file.write(data)
        vm = self.boot('', '-nodefaults', '-m', '1G', '-M', 'bridges=8',
                       '-netdev', 'user,id=net', '-blockdev',
                       f'driver=file,filename={disk},node-name=d0')
        # not while Linux looks for functions by itself
        vm.con.run('true')
        for bus, address in (('pci5', '0000:a0:03.0'),
                             ('pci6', '0000:c0:03.0')):
            self.plug(vm, 'nvme', 'disk', bus, serial='zx1', drive='d0')
            self.assertIn(hashlib.sha256(data).hexdigest(), vm.con.run(
                'until [ -b /dev/nvme0n1 ]; do sleep 1; done; '
                'dd if=/dev/nvme0n1 bs=64k iflag=direct 2>/dev/null'
                ' | sha256sum'))
            self.unplug(vm, 'disk', address)
            self.plug(vm, 'e1000', 'nic', bus, netdev='net')
            self.assertIn(' 3 packets received', vm.con.run(
                f'N=$(ls /sys/bus/pci/devices/{address}/net); '
                'ifconfig $N 10.0.2.15 up; '
                # the link is not up yet, or the host is busy
                'until ping -c 1 10.0.2.2 > /dev/null; do sleep 1; done; '
                'ping -c 3 -W 100 10.0.2.2'))
            self.unplug(vm, 'nic', address)
        # nothing is left over: the guest can go
        vm.con.expect('# ')
        vm.con.type('poweroff -f')
        self.off(vm)


if __name__ == '__main__':
    QemuSystemTest.main()
