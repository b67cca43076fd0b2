#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
Linux on the zx1 machine: disks on every controller and every network adapter
that it has a driver for, at the same time, with checksums on both sides. Once
as Linux does it by itself, mostly around the IOTLB, and once with every
transfer through it.
"""

import hashlib
import os
import re
import sys

from qemu_test import QemuSystemTest, skipSlowTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import LinuxGuest, Transfer, digest, noise, two_ports

MIB = 1 << 20

# Driver of Linux, and the options that give its device the disk d{n}; {v} is
# what virtio devices need to use the IOTLB. The first two are the drives of an
# rx2600.
DISKS = (
    ('pata_cmd64x', ''),
    ('mptspi', ''),
    ('sym53c8xx', '-device lsi53c895a,id=c{n},bus=pci2'
                  ' -device scsi-hd,drive=d{n},bus=c{n}.0'),
    # a SAS disk without a name of its own is none for Linux
    ('mptsas', '-device mptsas1068,id=c{n},bus=pci3 -device'
               ' scsi-hd,drive=d{n},bus=c{n}.0,wwn=0x5000c5000000000{n}'),
    ('virtio_blk', '-device virtio-blk-pci,drive=d{n},bus=pci2,{v}'),
    ('virtio_scsi', '-device virtio-scsi-pci,id=c{n},bus=pci4,{v}'
                    ' -device scsi-hd,drive=d{n},bus=c{n}.0'),
    ('nvme', '-device nvme,drive=d{n},serial=zx1,bus=pci6'),
    ('ahci', '-device ahci,id=c{n},bus=pci'
             ' -device ide-hd,drive=d{n},bus=c{n}.0'),
    ('ehci-pci', '-device usb-ehci,id=c{n},bus=pci7'
                 ' -device usb-storage,drive=d{n},bus=c{n}.0'),
)
DISK_INTERFACES = {'pata_cmd64x': 'ide', 'mptspi': 'scsi'}

# The base's 53C895A fetches its instructions from its own memory by DMA, and
# isolation lets nothing through that is not in the IOTLB
ISOLATED = 'sym53c8xx'

# Driver of Linux, device. Several adapters have the same driver.
NETS = (
    ('e1000', 'e1000-82546gb,bus=pci1'),
    ('e1000', 'e1000,bus=pci2'),
    ('e1000e', 'e1000e,bus=pci3'),
    ('igb', 'igb,bus=pci4'),
    ('virtio_net', 'virtio-net-pci,bus=pci7,{v}'),
)


class Zx1LinuxIo(LinuxGuest):
    """Everything at once, with checksums"""

    def disks(self, drivers, size, options):
        """Options for a disk on each controller, the first full of noise"""
        args, paths = [], []
        for i, (driver, devices) in enumerate(DISKS):
            if driver not in drivers:
                continue
            paths.append(self.scratch_file(f'disk{i}'))
            with open(paths[-1], 'wb') as file:
                file.write(bytes(size) if i else noise(0, size))
            interface = DISK_INTERFACES.get(driver, 'none')
            args += ['-drive', f'if={interface},id=d{i},file={paths[-1]},'
                     'format=raw,cache=unsafe']
            args += devices.format(n=i, v=options).split()
        return args, paths

    def traffic(self, kernel, options, args, mebibytes, without=None):
        """
        From disk to disk, then read all disks and fetch and return data on
        all networks at the same time.
        """
        drivers = [driver for driver, _ in DISKS if driver != without]
        devices, disks = self.disks(drivers, mebibytes * MIB, options)
        commands = (f'copy_disks {" ".join(drivers)}\n'
                    f'read_disks {" ".join(drivers)} &\n')
        data = noise(1, mebibytes * MIB)
        networks = []
        for i, (driver, device) in enumerate(NETS):
            port, send, receive = two_ports()
            networks.append((Transfer(send, data), Transfer(receive)))
            mac = f'52:54:00:0a:00:{i:02x}'
            commands += f'net {driver} {mac} 10.0.{i + 2} {port} &\n'
            devices += ['-netdev', f'user,id=n{i},net=10.0.{i + 2}.0/24',
                        '-device', device.format(v=options)
                        + f',netdev=n{i},mac={mac}']
        commands += 'wait\n'
        vm = self.boot('selftest=40', '-nodefaults',
                       '-m', '1G', *args, *devices, kernel=kernel,
                       initrd=self.script(commands))
        passed = 2 * len(drivers) - 1 + len(NETS)
        vm.con.expect('guest: power off')
        counters = vm.cmd('x-query-iotlb')['human-readable-text']
        text = self.off(vm)
        self.assertRegex(text, f'selftest: end 40-io: {passed} passed, '
                               '0 failed')
        self.assertEqual(text.count(hashlib.md5(data).hexdigest()), len(NETS))
        for sent, received in networks:
            sent.join(self.patience)
            received.join(self.patience)
            self.assertEqual(received.received, data)
        for path in disks:
            self.assertEqual(digest(path), digest(disks[0]))
        return text, {name: int(value) for name, value
                      in re.findall(r'(\w+) (\d+)', counters)}

    def every_dma(self, *args, mebibytes=2):
        """Isolation: nothing reaches memory around the IOTLB."""
        text, counters = self.traffic(
            self.kernel_without_bypass(),
            'disable-legacy=on,iommu_platform=on',
            ['-machine', 'iotlb-isolation=on', *args], mebibytes,
            without=ISOLATED)
        self.assertEqual(counters['errors'], 0)
        # each page that was mapped for a transfer was purged after it
        pages = mebibytes * MIB // 4096
        self.assertGreater(counters['purges'], pages)
        return text

    def test_iotlb(self):
        """Every DMA through the IOTLB"""
        self.every_dma('-smp', '2')

    def test_bypass(self):
        """Linux as it is: devices with wide addresses go around it."""
        _, counters = self.traffic(None, 'disable-legacy=on', ['-smp', '2'],
                                   1)
        self.assertEqual(counters['errors'], 0)

    @skipSlowTest()
    def test_iotlb_more(self):
        """More data, processors, memory; no caching of the IOTLB"""
        self.every_dma('-smp', '4', '-m', '6G', mebibytes=16)
        self.every_dma('-smp', '1', '-machine', 'iotlb-cache=off',
                       mebibytes=4)


if __name__ == '__main__':
    QemuSystemTest.main()
