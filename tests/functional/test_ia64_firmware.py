#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
The zx1 firmware: diagnostics, boot media, controllers, boot order, options.

The media are made here (ia64/media.py) after what is known of those of HP-UX,
OpenVMS and Linux. They start hello.efi of the guests, which prints
"hello: done" at its end.
"""

import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
import media
from firmware import CONTROLLERS, DISK_ONLY, DONE, SHELL, Zx1FirmwareTest

MENU = 'Please select a boot option'


class Zx1Firmware(Zx1FirmwareTest):

    def test_no_disk(self):
        """Without anything to boot: a message and the prompt."""
        vm = self.start()
        self.expect(vm, 'No boot option and no bootable medium was found.')
        self.expect(vm, SHELL)
        vm.shutdown()

    def test_diagnostics(self):
        """Four processors, a disk and a network controller: all passes."""
        disk = self.file('disk', bytes(1 << 20))
        for isolation in ('off', 'on'):
            with self.subTest(isolation=isolation):
                vm = self.start('-machine', f'iotlb-isolation={isolation}',
                                '-smp', '4', '-nic', 'none', '-device',
                                'e1000', *self.drive(disk),
                                *self.attach('nvme'), shell='diag')
                self.expect(vm, 'PASS cpu 3: ', 'FAIL ')
                self.expect(vm, 'nvme: 4096 bytes through the IOTLB', 'FAIL ')
                self.expect(vm, 'arrived', 'did not arrive')
                self.expect(vm, 'diagnostics: ', 'FAIL ')
                self.expect(vm, ' 0 failed')
                vm.shutdown()

    def test_diagnostics_devices(self):
        """Every controller that can do DMA does it, and interrupts."""
        args, want = ['-nic', 'none'], ['mpt', 'network', 'virtio-net']
        table = {
            'ide': ('cmd646-ide', 'ide-hd'),
            'ahci': ('ahci', 'ide-hd'),
            'lsi53c8xx': ('lsi53c895a', 'scsi-hd'),
            'virtio-scsi': ('virtio-scsi-pci,disable-legacy=on,'
                            'iommu_platform=on', 'scsi-hd'),
            'usb-xhci': ('qemu-xhci', 'usb-storage'),
            'usb-ehci': ('usb-ehci', 'usb-storage'),
            'usb-ohci': ('pci-ohci', 'usb-storage'),
            'usb-uhci': ('piix3-usb-uhci', 'usb-storage'),
            'virtio-blk': ('virtio-blk-pci,disable-legacy=on,'
                           'iommu_platform=on', ''),
            'nvme': ('nvme,serial=zx1', ''),
        }
        for name, (controller, device) in table.items():
            disk = self.file(f'diag-{name}', name.encode() * 20000)
            args += ['-drive', f'file={disk},format=raw,if=none,id={name}']
            if device:
                args += ['-device', f'{controller},id=c{name}', '-device',
                         f'{device},drive={name},bus=c{name}.0']
            else:
                args += ['-device', f'{controller},drive={name}']
            want.append(name)
        args += ['-device', 'e1000', '-device', 'e1000e', '-device',
                 'virtio-net-pci,disable-legacy=on,iommu_platform=on',
                 '-device', 'lsi53c1030']
        for isolation in ('off', 'on'):
            with self.subTest(isolation=isolation):
                vm = self.start('-machine', f'iotlb-isolation={isolation}',
                                *args, shell='diag;reset -s')
                text = self.output(vm)
                for name in want:
                    self.assertRegex(text, f'PASS dma [0-9a-f:.]+ {name}: ')
                    self.assertRegex(text, f'PASS irq [0-9a-f:.]+ {name}: ')
                self.assertRegex(text, r'diagnostics: \d+ passed, 0 failed')

    def test_controllers(self):
        """A disk with GPT and FAT on every controller, read and written."""
        volume = media.Fat(4 << 20, cluster=1)
        volume.add('A/HELLO.EFI', self.program('hello.efi'))
        image = media.gpt([(media.EFI_SYSTEM, volume.bytes())])
        for name in CONTROLLERS | DISK_ONLY:
            with self.subTest(controller=name):
                disk = self.file(f'disk-{name}', image)
                vm = self.start(*self.drive(disk), *self.attach(name),
                                shell=r'fs0:;mkdir "New folder";'
                                      r'cp A\hello.efi "New folder\copy.efi";'
                                      r'cd "New folder";copy.efi;ls')
                self.expect(vm, DONE, SHELL)
                self.expect(vm, 'copy.efi', SHELL)
                vm.shutdown()

    def test_removable(self):
        """Media with the default file, as disks and as discs."""
        fat12 = self.volume()
        fat16 = self.volume(8 << 20)
        fat32 = self.volume(40 << 20, fat32=True)
        big = self.volume(4 << 20, sector=2048)
        system = media.EFI_SYSTEM
        disks = {
            'gpt-fat32': media.gpt([(system, fat32)]),
            'gpt-second': media.gpt([(media.HPUX_DATA, os.urandom(99999)),
                                     (system, fat16)]),
            'mbr-fat16': media.mbr(fat16),
            'no-table': fat12,
        }
        discs = {
            'eltorito-fat12': media.eltorito(fat12),
            'eltorito-pc': media.eltorito(fat16, platform=0),
            'eltorito-size-0': media.eltorito(fat16, sectors=0),
            'eltorito-size-1': media.eltorito(fat12, sectors=1),
            # OpenVMS: SET BOOTBLOCK makes an MBR and a GPT on the disc
            'vms-mbr-2048': media.mbr(fat12, unit=2048),
            'vms-mbr-512': media.mbr(fat12, unit=512),
            'vms-gpt-2048': media.gpt([(system, fat16)], unit=2048),
            'vms-gpt-512': media.gpt([(system, fat16)]),
            'mbr-sector-2048': media.mbr(big, unit=2048),
        }
        for name, image in disks.items():
            self.boots('ide', self.file(name, image))
        for name, image in discs.items():
            # whole sectors, as a disc has them
            image += bytes(-len(image) % 2048)
            for controller in ('ide', 'lsi', 'mpt'):
                self.boots(controller, self.file(name, image), 'cd')
        self.boots('xhci', self.file('usb', disks['gpt-fat32']))

    def test_hostile(self):
        """Damaged media: a message and the prompt, never a hang."""
        rng = random.Random(1)
        good = media.gpt([(media.EFI_SYSTEM, self.volume(8 << 20))])
        disc = media.eltorito(self.volume())
        images = {'noise': rng.randbytes(1 << 20),
                  'ones': b'\xff' * (1 << 20),
                  'truncated': good[:200 * 512],
                  'one-sector': good[:512]}
        for number in range(12):
            image = bytearray(good if number % 3 else disc)
            for _ in range(rng.randrange(1, 200)):
                image[rng.randrange(len(image) // 8)] = rng.choice(
                    (0, 1, 2, 3, 255, rng.randrange(256)))
            images[f'damaged-{number}'] = bytes(image)
        for name, image in images.items():
            with self.subTest(medium=name):
                image += bytes(-len(image) % 2048)
                kind = 'cd' if name.endswith(('0', '3', '6', '9')) else 'hd'
                vm = self.start(*self.drive(self.file(name, image), kind),
                                *self.attach('lsi', kind),
                                shell=r'map;ls fs0:\;ls fs0:\EFI\BOOT;'
                                      r'cp fs0:\EFI\BOOT\BOOTIA64.EFI '
                                      r'fs0:\COPY.EFI;vol fs0:')
                self.expect(vm, SHELL, 'fault')
                vm.shutdown()

    def two_disks(self, *more):
        """hello.efi on one disk, a mere file system on the other."""
        boot = self.file('boot', self.volume())
        data = self.file('data', media.Fat(2 << 20).add('X', b'x').bytes())
        return ('-drive', f'file={data},format=raw,if=none,id=data',
                '-drive', f'file={boot},format=raw,if=none,id=boot',
                '-device', 'lsi53c895a', '-device',
                'scsi-hd,drive=data,scsi-id=0' + more[0], '-device',
                'scsi-hd,drive=boot,scsi-id=5' + more[1])

    def test_bootindex(self):
        """bootindex= and -boot strict=on."""
        vm = self.start(*self.two_disks(',bootindex=1', ',bootindex=2'))
        self.expect(vm, DONE, SHELL)
        vm.shutdown()
        vm = self.start('-boot', 'strict=on',
                        *self.two_disks(',bootindex=1', ''))
        self.expect(vm, 'No boot option', DONE)
        vm.shutdown()

    def test_shell(self):
        """What a person finds: each command of help does what it says."""
        fat = media.Fat(2 << 20).add('DIR/TEXT.TXT', b'a line of text\r\n')
        disk = self.file('disk', fat.bytes())
        session = (
            ('help', 'NAME -? tells how'), ('help bcfg', 'show and change'),
            ('map', 'fs0    Acpi(HWP0002,0)/Pci(1|0)/Scsi(Pun2,Lun0)'),
            ('fs0:', ''), ('cd dir', ''), ('ls', 'TEXT.TXT'),
            ('dir', '1 files, 16 bytes'), ('cat text.txt', 'a line of text'),
            ('type text.txt', 'a line of text'),
            ('hexdump text.txt', '61 20 6c 69 6e 65'), ('mkdir new', ''),
            ('cp text.txt new', '16 bytes'), (r'mv new\text.txt other', ''),
            ('ls', '2 files, 32 bytes, 1 dir'), ('rm other new', ''),
            ('dir', '1 files, 16 bytes, 0 dir'), ('vol', 'bytes'),
            ('set colour red', ''), ('set', 'colour = red'),
            ('set -d colour', ''), ('memmap', 'PAL code      000000000010'),
            ('pci', '1000:0030'), ('pci 0 1', '00 10 30 00'),
            ('devices', 'QEMU HARDDISK, 2 MiB'), ('drivers', 'mpt_1030'),
            ('dh', 'DevicePath BlockIo DiskIo FileSystem'),
            ('acpi', 'FACP at'), ('acpi SPCR', '53 50 43 52'),
            ('ver', 'EFI 1.10'), ('date', '20'),
            ('dmpstore ConOut', 'NV+BS+RT'), ('bcfg', 'No boot options'),
            ('dblk blk0 0 1', '55 aa'), ('dump ffffff00 10', 'ffffff00: '),
            ('echo two words', 'two words'), ('stall 1', ''),
            ('load nothing', 'Not Found'), ('no-such-thing', 'Type help'),
            ('reset -s', ''))
        text = self.output(self.start(
            *self.drive(disk), *self.attach('1030'),
            shell=';'.join(command for command, _ in session)))
        parts = text.replace('\r', '').split('\n> ')[1:]
        self.assertEqual([part.split('\n')[0] for part in parts],
                         [command for command, _ in session])
        for part, (command, expected) in zip(parts, session):
            with self.subTest(command=command):
                self.assertIn(expected, part.partition('\n')[2])
        # what help lists was entered, or is elsewhere in these tests
        listed = set(re.findall(r'^  (\w+) ', parts[0], re.M))
        entered = {command.split()[0] for command, _ in session}
        self.assertEqual(listed - entered, {'cls', 'del', 'diag', 'exit'})

    def test_sas_paths(self):
        """A SAS disk is known by its address, wherever it is plugged in."""
        store = self.file('store', b'\xff' * (512 << 10))
        disks = [self.file(f'disk{i}', self.volume()) for i in range(3)]

        def machine(*ids, more=('', '', ''), **kind):
            args = ['-drive', f'file={store},format=raw,if=pflash,unit=1',
                    '-device', 'mptsas1068,id=c']
            for i, disk in enumerate(disks):
                wwn = f',wwn={0x5000c5000000a000 + i}' if i else ''
                args += ['-drive', f'file={disk},format=raw,if=none,id=d{i}',
                         '-device', f'scsi-hd,bus=c.0,drive=d{i},'
                         f'scsi-id={ids[i]}{wwn}{more[i]}']
            return self.start(*args, **kind)
        text = self.output(machine(
            1, 2, 3, shell=r'map;bcfg add 0 fs2:\EFI\BOOT\BOOTIA64.EFI Third;'
            'bcfg timeout 0;reset -s'))
        paths = re.findall(r'blk\d +Acpi\S+/Pci\S+/(\S+)', text)
        self.assertEqual(paths, ['Scsi(Pun1,Lun0)',
                                 'Sas(Addr5000C5000000A001,Lun0)',
                                 'Sas(Addr5000C5000000A002,Lun0)'])
        vm = machine(7, 6, 5)
        self.expect(vm, 'Booting Third', MENU)
        self.expect(vm, DONE, MENU)
        vm.shutdown()
        # what the machine's order calls disk@6,0
        vm = machine(7, 6, 5, more=(',bootindex=2', ',bootindex=1', ''))
        self.expect(vm, 'Sas(Addr5000C5000000A001,Lun0)', 'Booting Third')
        self.expect(vm, DONE, MENU)
        vm.shutdown()

    def test_hubs(self):
        """Disks behind two hubs, one of them a device with two units."""
        boot = self.file('boot', self.volume())
        data = [self.file(f'data{i}', media.Fat(2 << 20).add('X', b'x')
                          .bytes()) for i in range(2)]
        for controller in 'qemu-xhci', 'pci-ohci', 'piix3-usb-uhci':
            with self.subTest(controller=controller):
                args = ['-device', f'{controller},id=u',
                        '-device', 'usb-hub,bus=u.0,port=2',
                        '-device', 'usb-hub,bus=u.0,port=2.3',
                        '-device', 'usb-bot,id=b,bus=u.0,port=2.1',
                        '-drive', f'file={boot},format=raw,if=none,id=boot',
                        '-device', 'usb-storage,drive=boot,bus=u.0,'
                        'port=2.3.2,bootindex=1']
                for i, path in enumerate(data):
                    args += ['-drive', f'file={path},format=raw,if=none,'
                             f'id=d{i}', '-device',
                             f'scsi-hd,bus=b.0,lun={i},drive=d{i}']
                text = self.output(self.start(*args, shell='map;reset -s'))
                paths = re.findall(r'blk\d +Acpi\S+?/(Usb\S+)', text)
                port = re.match(r'Usb\(\w+,0\)', paths[0])[0]
                self.assertEqual(paths, [f'{port}/Usb(0,0)',
                                         f'{port}/Usb(0,0)/Scsi(Pun0,Lun1)',
                                         f'{port}/Usb(2,0)/Usb(1,0)'])
                # the only disk of the machine's order, and it has to start
                vm = self.start('-boot', 'strict=on', *args)
                self.expect(vm, DONE, 'No boot option')
                vm.shutdown()

    def test_boot_option(self):
        """An option in Boot#### and its data, over a reset."""
        fat = media.Fat(2 << 20).add('APP/HELLO.EFI',
                                     self.program('hello.efi'))
        disk = self.file('disk', fat.bytes())
        vm = self.start(*self.drive(disk), *self.attach('virtio-blk'))
        self.expect(vm, SHELL)
        self.command(vm, r'bcfg add 0 fs0:\APP\HELLO.EFI "Say hello" "a b"')
        self.command(vm, 'bcfg timeout 0')
        self.command(vm, 'bcfg')
        self.expect(vm, 'Boot0000 "Say hello"')
        self.expect(vm, 'options: a b')
        self.command(vm, 'reset')
        self.expect(vm, 'Booting Say hello')
        self.expect(vm, DONE, SHELL)
        vm.shutdown()


if __name__ == '__main__':
    Zx1FirmwareTest.main()
