#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 1800
"""
Linux on the zx1 machine: its self-test on several processors, disks and
networks through the IOTLB, restart, migration, snapshots.

QEMU_TEST_ALLOW_SLOW=1 adds the self-test for more numbers of processors and
sizes of memory, and the benchmark programs.
"""

import hashlib
import lzma
import os
import random
import re
import socket
import subprocess
import sys
import threading

from qemu_test import QemuSystemTest, skipSlowTest
from qemu_test.cmd import get_qemu_img

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'ia64')
sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
from linux_guest import LinuxGuest

USERLAND = 'guest: userland up'

# What Linux has to find
FOUND = (
    r'efi: EFI v1\.10 by ',
    r'PCDP: v3 at ',
    r'ACPI: XSDT .* HP +rx2600 ',
    r'SAL: AP wakeup using external interrupt vector ',
    r'ACPI: Using IOSAPIC for interrupt routing',
    *(rf'ACPI: PCI Root Bridge \[L00{rope}\]' for rope in '0123467'),
    r'Registered efivars operations',
    r'IOC: zx1 2\.3 HPA 0xfed01000 IOVA space 1024Mb at 0x40000000',
    r'ttyS0 at MMIO 0xff5e0000 \(irq = \d+, base_baud = 115200\) is a 16550A',
    r'ttyS1 at MMIO 0xff5e2000 ',
    r'DMI: hp server rx2600',
    r'rtc-efi .*setting system clock to 2031-05-06T07:0[89]:',
)

DISK_SIZE = 8 << 20

# Every disk controller and network, most of them in the default places
IO_DEVICES = '''
    -drive if=ide,file={disk0},format=raw
    -drive if=scsi,file={disk1},format=raw
    -drive if=none,id=d2,file={disk2},format=raw
    -device virtio-blk-pci,drive=d2,bus=pci2,disable-legacy=on,{iommu}
    -drive if=none,id=d3,file={disk3},format=raw
    -device virtio-scsi-pci,bus=pci3,disable-legacy=on,{iommu}
    -device scsi-hd,drive=d3
'''.split()
NVME = '''
    -drive if=none,id=d4,file={disk4},format=raw
    -device nvme,drive=d4,serial=4,bus=pci4
'''.split()
DISK_DRIVERS = 'pata_cmd64x mptspi virtio_blk virtio_scsi nvme'.split()


class Transfer(threading.Thread):
    """Sends data to whoever connects, or receives it."""

    def __init__(self, listener, data=None):
        super().__init__(daemon=True)
        self.listener = listener
        self.data = data
        self.received = b''
        self.start()

    def run(self):
        connection, _ = self.listener.accept()
        with connection:
            if self.data is not None:
                connection.sendall(self.data)
                return
            while True:
                data = connection.recv(65536)
                if not data:
                    return
                self.received += data


def two_ports():
    """Two listeners on neighbouring ports of the host itself."""
    while True:
        first, second = socket.socket(), socket.socket()
        first.bind(('127.0.0.1', 0))
        port = first.getsockname()[1]
        try:
            second.bind(('127.0.0.1', port + 1))
        except (OSError, OverflowError):
            first.close()
            second.close()
            continue
        first.listen()
        second.listen()
        return port, first, second


class Zx1Linux(LinuxGuest):
    """Linux, started by -kernel."""

    def script(self, commands):
        """An initramfs whose self-test is a script of commands of io.sh."""
        with open(os.path.join(HERE, 'io.sh'), encoding='utf-8') as library:
            return self.initrd({'io.sh': library.read(),
                                'selftest.d/40-io.sh':
                                '#!/bin/sh\n. /io.sh\n' + commands})

    def disks(self, number, kind='raw'):
        """Disk images, the first with noise; @kind is their format"""
        images = {}
        for i in range(number):
            path = images[f'disk{i}'] = self.scratch_file(f'disk{i}')
            if kind == 'raw':
                with open(path, 'wb') as file:
                    file.write(random.Random(i).randbytes(DISK_SIZE) if i == 0
                               else bytes(DISK_SIZE))
            else:
                subprocess.run([get_qemu_img(self), 'create', '-q', '-f', kind,
                                path, str(DISK_SIZE)], check=True)
        return images

    def selftest(self, cpus, memory):
        """All of it, and what the kernel's log has to say."""
        vm = self.boot('selftest', '-smp', str(cpus), '-m', memory,
                       '-rtc', 'base=2031-05-06T07:08:09')
        self.verify_size(vm, cpus, memory)
        vm.con.expect(r'selftest: total \d+ passed, 0 failed')
        vm.con.expect('selftest: ok')
        text = self.off(vm)
        for pattern in FOUND:
            self.assertRegex(text, pattern)
        if cpus > 1:
            self.assertRegex(text, f'smp: Brought up 1 node, {cpus} CPUs')

    def verify_size(self, vm, cpus, memory):
        """What the guest has of what it was given"""
        match = vm.con.expect(r'guest: (\d+) cpus, (\d+) kB')
        self.assertEqual(int(match[1]), cpus)
        mebibytes = int(memory[:-1]) * (1024 if memory[-1] == 'G' else 1)
        self.assertGreater(int(match[2]), mebibytes * 1024 * 0.9)

    def test_selftest(self):
        """The whole self-test, on four processors."""
        self.selftest(4, '4G')

    @skipSlowTest()
    def test_selftest_all(self):
        """The same for other numbers and sizes."""
        for cpus, memory in ((1, '512M'), (1, '16G'), (2, '1G'), (4, '16G'),
                             (8, '1G'), (8, '4G'), (16, '2G')):
            with self.subTest(cpus=cpus, memory=memory):
                self.selftest(cpus, memory)

    def test_sizes(self):
        """Small and large machines reach their userland."""
        for cpus, memory in ((1, '512M'), (2, '16G'), (8, '1G')):
            with self.subTest(cpus=cpus, memory=memory):
                vm = self.boot('poweroff', '-smp', str(cpus), '-m', memory)
                self.verify_size(vm, cpus, memory)
                self.off(vm)

    def test_reboot(self):
        """A restart finds nothing of what was before."""
        vm = self.boot('', '-smp', '2')
        for _ in range(2):
            vm.con.expect(USERLAND)
            vm.con.run('test ! -e /tmp/mark && touch /tmp/mark')
            vm.con.type('reboot -f')
            vm.con.expect('reboot: Restarting system')
        vm.con.expect(USERLAND)
        vm.con.expect('# ')
        vm.con.type('poweroff -f')
        self.off(vm)

    def kernel_without_bypass(self):
        """A Linux whose every DMA goes through the IOTLB"""
        vmlinux = self.scratch_file('vmlinux')
        out = self.scratch_file('vmlinux-nobypass')
        with (lzma.open(self.guest('linux-6.1-zx1/vmlinux.xz')) as source,
              open(vmlinux, 'wb') as target):
            target.write(source.read())
        subprocess.run([sys.executable, self.guest('nobypass-vmlinux.py'),
                        vmlinux, self.guest('linux-6.1-zx1/System.map'), out],
                       check=True, stdout=subprocess.DEVNULL)
        return out

    def traffic(self, iommu, machine, kernel):
        """From disk to disk and over both networks, compared here"""
        images = self.disks(5)
        noise = random.Random(99).randbytes(DISK_SIZE)
        networks = []
        commands = (f'copy_disks {" ".join(DISK_DRIVERS)}\n'
                    f'read_disks {" ".join(DISK_DRIVERS)} &\n')
        args = ['-smp', '2', '-machine', machine]
        for i, (model, driver) in enumerate((
                ('e1000-82546gb', 'e1000'),
                ('virtio-net-pci', 'virtio_net'))):
            port, send, receive = two_ports()
            networks.append((driver, Transfer(send, noise),
                             Transfer(receive)))
            commands += f'net {driver} 10.0.{i + 2} {port} &\n'
            args += ['-netdev', f'user,id=n{i},net=10.0.{i + 2}.0/24']
            options = f',disable-legacy=on,{iommu}' if i else ''
            args += ['-device', f'{model},netdev=n{i},bus=pci{i + 1}'
                     + options]
        commands += 'wait\n'
        args += [arg.format(iommu=iommu, **images)
                 for arg in IO_DEVICES + NVME]
        vm = self.boot('selftest=40', *args, kernel=kernel,
                       initrd=self.script(commands))
        digest = hashlib.md5(noise).hexdigest()
        vm.con.expect(r'selftest: end 40-io: 9 passed, 0 failed')
        text = self.off(vm)
        for driver, _, received in networks:
            self.assertRegex(text, rf'io: net {driver} is \w+, {digest}')
            received.join(self.patience)
            self.assertEqual(received.received, noise)
        for path in images.values():
            with open(path, 'rb') as file, open(images['disk0'], 'rb') as want:
                self.assertEqual(file.read(), want.read())
        return text

    def test_iotlb(self):
        """Disks and networks with every DMA through the IOTLB"""
        self.traffic('iommu_platform=on', 'iotlb-isolation=on',
                     self.kernel_without_bypass())

    def test_bypass(self):
        """The same as Linux does it by itself, mostly around the IOTLB"""
        self.traffic('iommu_platform=off', 'iotlb-isolation=off', None)


if __name__ == '__main__':
    QemuSystemTest.main()
