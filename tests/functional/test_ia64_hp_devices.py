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
import lzma
import os
import random
import subprocess
import sys

from qemu_test import QemuSystemTest
from qemu_test import wait_for_console_pattern

PANIC = 'Kernel panic'
DISKS = ('sda', 'sdb', 'sdc')
DISK_SIZE = 4 << 20


class Zx1HpDevices(QemuSystemTest):

    timeout = 300

    def guest(self, name):
        path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
        if not os.path.exists(path):
            self.skipTest(f'no {path}: set IA64_GUESTS')
        return path

    def file(self, name, size):
        """A file of random bytes; its path and digest."""
        data = random.Random(name).randbytes(size)
        path = self.scratch_file(name)
        with open(path, 'wb') as file:
            file.write(data)
        return path, hashlib.sha256(data).hexdigest()

    def shell(self, vm, command, expected):
        wait_for_console_pattern(self, '# ', PANIC, vm=vm)
        vm.console_socket.sendall(command.encode() + b'\r')
        wait_for_console_pattern(self, expected, PANIC, vm=vm)

    def start(self, kernel, words):
        """The machine with its own devices, and Linux up to the prompt."""
        self.sums = {}
        args = []
        for name, where in (('sda', 'if=ide,index=0'),
                            ('sdb', 'if=scsi,bus=0,unit=2'),
                            ('sdc', 'if=scsi,bus=1,unit=3'),
                            ('sr0', 'if=ide,index=2,media=cdrom,readonly=on')):
            path, self.sums[name] = self.file(name, DISK_SIZE)
            args += ['-drive', f'file={path},format=raw,{where}']
        path, self.sums['blob'] = self.file('blob', 1 << 20)
        vm = self.get_vm(name=f'vm{len(words)}')
        vm.set_console()
        # memory that 32-bit masters do not reach by themselves
        vm.add_args('-m', '5G', '-smp', '2', '-snapshot', '-nic',
                    'user,tftp=' + os.path.dirname(path), '-kernel', kernel,
                    '-initrd', self.guest('initramfs/initramfs.cpio.gz'),
                    '-append', words, *args)
        vm.launch()
        return vm

    def use_devices(self, vm):
        self.shell(vm, 'cat /sys/class/scsi_host/host*/proc_name',
                   'mptspi')
        # it has validated the disks at full speed, writing to them too
        self.shell(vm, 'echo fast=$(dmesg | grep -c "FAST-160 WIDE.*DT IU") '
                   'left-out=$(dmesg | grep -c "skipping write tests")',
                   'fast=2 left-out=0')
        for name in DISKS + ('sr0',):
            self.shell(vm, f'dd if=/dev/{name} bs=64k 2>/dev/null | sha256sum',
                       self.sums[name])
        self.shell(vm, 'ifconfig eth0 10.0.2.15 up; sleep 4; '
                   'tftp -g -r blob -l /tmp/blob 10.0.2.2; '
                   'sha256sum < /tmp/blob', self.sums['blob'])
        # what was written is what is read, past all caches
        for name in DISKS:
            self.shell(vm, f'dd if=/tmp/blob of=/dev/{name} bs=256k seek=4 '
                       'oflag=direct 2>/dev/null; echo 3 > '
                       '/proc/sys/vm/drop_caches; '
                       f'dd if=/dev/{name} bs=256k skip=4 count=4 '
                       'iflag=direct 2>/dev/null | sha256sum',
                       self.sums['blob'])

    def errors(self, vm):
        """Of DMA: counted by the IOC."""
        info = vm.cmd('human-monitor-command', command_line='info iotlb')
        return int(info.split('errors ')[1].split()[0])

    def test_stock(self):
        """As Linux likes it."""
        self.set_machine('zx1')
        vm = self.start(self.guest('linux-6.1-zx1/vmlinuz'), 'quiet')
        self.use_devices(vm)
        self.assertEqual(self.errors(vm), 0)
        self.shell(vm, 'poweroff -f', 'Power down')
        vm.wait()

    def test_iotlb(self):
        """All DMA through the IOTLB, and message interrupts."""
        self.set_machine('zx1')
        vmlinux = self.scratch_file('vmlinux')
        with (lzma.open(self.guest('linux-6.1-zx1/vmlinux.xz')) as source,
              open(vmlinux, 'wb') as target):
            target.write(source.read())
        kernel = self.scratch_file('vmlinux-nobypass')
        subprocess.run([sys.executable, self.guest('nobypass-vmlinux.py'),
                        vmlinux, self.guest('linux-6.1-zx1/System.map'),
                        kernel], check=True, stdout=subprocess.DEVNULL)
        vm = self.start(kernel, 'quiet mptbase.mpt_msi_enable_spi=1')
        self.shell(vm, 'echo msi=$(grep -c "MSI.*ioc" /proc/interrupts)',
                   'msi=2')
        self.use_devices(vm)
        self.assertEqual(self.errors(vm), 0)
        self.shell(vm, 'poweroff -f', 'Power down')
        vm.wait()


if __name__ == '__main__':
    QemuSystemTest.main()
