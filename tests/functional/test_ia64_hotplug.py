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
import random

from qemu_test import QemuSystemTest
from qemu_test import wait_for_console_pattern

PANIC = 'Kernel panic'
DISK_SIZE = 4 << 20


class Zx1HotPlug(QemuSystemTest):

    timeout = 240

    def guest(self, name):
        path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
        if not os.path.exists(path):
            self.skipTest(f'no {path}: set IA64_GUESTS')
        return path

    def shell(self, command, expected):
        """Enter a line when the guest's shell is ready; wait for its output.

        The text must not be in the line itself, which comes back as an echo.
        """
        wait_for_console_pattern(self, '# ', PANIC, vm=self.vm)
        self.vm.console_socket.sendall(command.encode() + b'\r')
        wait_for_console_pattern(self, expected, PANIC, vm=self.vm)

    def plug(self, driver, name, bus, **properties):
        self.vm.cmd('device_add', driver=driver, id=name, bus=bus,
                    addr='3', **properties)
        self.shell('echo 1 > /sys/bus/pci/rescan; echo do""ne', 'done')

    def unplug(self, name, address):
        self.shell(f'echo 1 > /sys/bus/pci/devices/{address}/remove; '
                   'echo go""ne', 'gone')
        self.vm.cmd('device_del', id=name)
        self.vm.event_wait('DEVICE_DELETED')

    def test_linux(self):
        kernel = self.guest('linux-6.1-zx1/vmlinuz')
        initrd = self.guest('initramfs/initramfs.cpio.gz')
        disk = self.scratch_file('disk.img')
        data = random.Random(5).randbytes(DISK_SIZE)
        with open(disk, 'wb') as file:
            file.write(data)
        digest = hashlib.sha256(data).hexdigest()
        self.set_machine('zx1')
        self.vm.set_console()
        self.vm.add_args('-nodefaults', '-m', '1G', '-M', 'bridges=8',
                         '-kernel', kernel, '-initrd', initrd,
                         '-netdev', 'user,id=net', '-blockdev',
                         f'driver=file,filename={disk},node-name=d0')
        self.vm.launch()
        for bus, address in (('pci5', '0000:a0:03.0'),
                             ('pci6', '0000:c0:03.0')):
            self.plug('nvme', 'disk', bus, serial='zx1', drive='d0')
            self.shell('sleep 1; dd if=/dev/nvme0n1 bs=64k iflag=direct '
                       '2>/dev/null | sha256sum', digest)
            self.unplug('disk', address)
            self.plug('e1000', 'nic', bus, netdev='net')
            self.shell('N=$(ls /sys/bus/pci/devices/' + address + '/net); '
                       'ifconfig $N 10.0.2.15 up; sleep 3; '
                       'ping -c 3 -W 5 10.0.2.2 | grep received',
                       ' 3 packets received')
            self.unplug('nic', address)
        # nothing is left over: the guest can go
        self.shell('poweroff -f', 'Power down')
        self.vm.wait()


if __name__ == '__main__':
    QemuSystemTest.main()
