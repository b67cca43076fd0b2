#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 600
"""
Linux's own drivers on the controllers of an rx2600 (pata_cmd64x, mptspi,
e1000): what they read from disks, disc and network, and write to disks, is
right, byte for byte. Once as Linux likes it, where only 32-bit masters use the
IOTLB, and once with all DMA through the IOTLB and message interrupts.
"""

import hashlib
import os
import sys

from qemu_test import QemuSystemTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import LinuxGuest, noise

DISKS = ('sda', 'sdb', 'sdc')
DISK_SIZE = 4 << 20


class Zx1HpDevices(LinuxGuest):
    """The machine with its own devices."""

    def setUp(self):
        super().setUp()
        self.sums = {}

    def file(self, name, size):
        """A file of random bytes; its path. Its digest is remembered."""
        data = noise(name, size)
        path = self.scratch_file(name)
        with open(path, 'wb') as file:
            file.write(data)
        self.sums[name] = hashlib.sha256(data).hexdigest()
        return path

    def linux(self, kernel, words):
        """Linux, up to the prompt."""
        args = []
        for name, where in (('sda', 'if=ide,index=0'),
                            ('sdb', 'if=scsi,bus=0,unit=2'),
                            ('sdc', 'if=scsi,bus=1,unit=3'),
                            ('sr0', 'if=ide,index=2,media=cdrom,readonly=on')):
            args += ['-drive',
                     f'file={self.file(name, DISK_SIZE)},format=raw,{where}']
        blob = self.file('blob', 1 << 20)
        # memory that 32-bit masters do not reach by themselves
        return self.boot(words, '-m', '5G', '-smp', '2', '-snapshot', '-nic',
                         'user,tftp=' + os.path.dirname(blob), *args,
                         kernel=kernel)

    def use_devices(self, vm):
        """Every device, both ways; no error of DMA, to the power-off."""
        self.assertIn('mptspi', vm.con.run(
            'cat /sys/class/scsi_host/host*/proc_name'))
        # it has validated the disks at full speed, writing to them too
        self.assertRegex(vm.con.run(
            'echo fast=$(dmesg | grep -c "FAST-160 WIDE.*DT IU")'
            ' left-out=$(dmesg | grep -c "skipping write tests")'),
                         'fast=2 left-out=0')
        for name in DISKS + ('sr0',):
            self.assertIn(self.sums[name], vm.con.run(
                f'dd if=/dev/{name} bs=64k 2>/dev/null | sha256sum'))
        self.assertIn(self.sums['blob'], vm.con.run(
            'ifconfig eth0 10.0.2.15 up; '
            'until tftp -g -r blob -l /tmp/blob 10.0.2.2; do sleep 1; done; '
            'sha256sum < /tmp/blob'))
        # what was written is what is read, past all caches
        for name in DISKS:
            self.assertIn(self.sums['blob'], vm.con.run(
                f'dd if=/tmp/blob of=/dev/{name} bs=256k seek=4 '
                'oflag=direct 2>/dev/null; echo 3 > '
                '/proc/sys/vm/drop_caches; '
                f'dd if=/dev/{name} bs=256k skip=4 count=4 '
                'iflag=direct 2>/dev/null | sha256sum'))
        # counted by the IOC
        info = vm.cmd('human-monitor-command', command_line='info iotlb')
        self.assertEqual(int(info.split('errors ')[1].split()[0]), 0)
        vm.con.expect('# ')
        vm.con.type('poweroff -f')
        self.off(vm)

    def test_stock(self):
        """As Linux likes it."""
        self.use_devices(self.linux(None, 'quiet'))

    def test_iotlb(self):
        """All DMA through the IOTLB, and message interrupts."""
        vm = self.linux(self.kernel_without_bypass(),
                        'quiet mptbase.mpt_msi_enable_spi=1')
        self.assertEqual(vm.con.run('grep -c "MSI.*ioc" /proc/interrupts'),
                         '2\n')
        self.use_devices(vm)


if __name__ == '__main__':
    QemuSystemTest.main()
