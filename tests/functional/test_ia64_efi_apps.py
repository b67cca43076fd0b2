#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""
EFI applications that others wrote, on the zx1 firmware: GRUB and what it can
tell about the firmware, and programs linked with gnu-efi.
"""

import hashlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
import media
from firmware import SHELL, Zx1FirmwareTest

GRUB_CFG = b'''
set pager=0
echo begin-lsefisystab
lsefisystab
echo begin-lsefimmap
lsefimmap
echo begin-lsefi
lsefi
echo begin-lsacpi
lsacpi
echo begin-ls
ls -l
echo begin-date
date
echo begin-cat
cat /TEXT.TXT
hashsum --hash sha256 /DATA.BIN
echo all-done
halt
'''
DATA = bytes(range(256)) * 5000


class Zx1EfiApps(Zx1FirmwareTest):
    """Programs of the guests' efi directory."""

    def test_grub(self):
        """GRUB's own view of tables, memory, handles, disks and time."""
        fat = media.Fat(16 << 20)
        fat.add('EFI/BOOT/BOOTIA64.EFI', self.program('grubia64.efi'))
        fat.add('EFI/BOOT/GRUB.CFG', GRUB_CFG)
        fat.add('TEXT.TXT', b'a line for GRUB\n')
        fat.add('DATA.BIN', DATA)
        image = media.gpt([(media.EFI_SYSTEM, fat.bytes()),
                           (media.HPUX_DATA, bytes(1 << 20))])
        disk = self.file('grub', image)
        for controller in ('ide', '1030', 'nvme'):
            with self.subTest(controller=controller):
                vm = self.start(*self.drive(disk), *self.attach(controller))
                self.check_grub(self.output(vm))

    def check_grub(self, text):
        """The parts of GRUB's output."""
        text = re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]', '', text).replace('\r', '')
        part = dict(re.findall(r'begin-(\w+)\n(.*?)(?=begin-|all-done)', text,
                               re.S))
        self.assertIn('all-done', text)
        self.assertIn('revision: 0001000a', part['lsefisystab'])
        for table in ('SAL', 'HCDP', 'ACPI-2.0', 'SMBIOS'):
            self.assertRegex(part['lsefisystab'], rf'{table}\n')
        for line in ('PAL-code  0000000000100000-000000000013ffff',
                     'RT-code   ', 'conv-mem  0000000001000000-',
                     'IO-ports  00000ffffc000000-00000fffffffffff'):
            self.assertIn(line, part['lsefimmap'])
        for protocol in ('PCI root', 'simple FS', 'block', 'disk', 'serial',
                         'simple text output', 'unicode collation',
                         '/ACPI(222f0,300)/EndEntire', '/HD(1,40,8000,'):
            self.assertIn(protocol, part['lsefi'])
        self.assertEqual(part['lsacpi'].count('(valid)'), 7)
        self.assertIn('LSAPIC ProcId=00 ID=00 EID=00 Flags=1 Enabled',
                      part['lsacpi'])
        self.assertIn('Partition hd0,gpt1: Filesystem type fat', part['ls'])
        self.assertIn('Partition hd0,gpt2: No known filesystem', part['ls'])
        self.assertRegex(part['date'], r'20\d\d-\d\d-\d\d \d\d:\d\d:\d\d')
        self.assertIn('a line for GRUB', part['cat'])
        self.assertIn(hashlib.sha256(DATA).hexdigest(), part['cat'])

    def test_gnu_efi(self):
        """
        gnu-efi's own samples, as scripts/overlay/gnu-efi.sh makes them.
        Without setjmp.efi: the library's setjmp() does not save b0, so it
        returns to nowhere on every machine. bltgrid and modelist want a
        display.
        """
        where = os.environ.get('IA64_EFI_APPS', '')
        names = ('t', 't2', 't3', 't4', 't6', 't7', 't8', 'tcc', 'exit',
                 'printenv', 'AllocPages', 'drv0', 'drv0_use', 'bltgrid')
        fat = media.Fat(16 << 20)
        for name in names:
            path = os.path.join(where, name + '.efi')
            if not os.path.exists(path):
                self.skipTest(f'no {path}: scripts/overlay/gnu-efi.sh makes '
                              'it, IA64_EFI_APPS names its directory')
            with open(path, 'rb') as file:
                fat.add(name + '.EFI', file.read())
        vm = self.start(*self.drive(self.file('apps', fat.bytes())),
                        *self.attach('ide'),
                        shell='fs0:;t;t2;t3;t6;t8 a "b c";tcc;exit;'
                              'printenv;AllocPages 2 2 10 2000000;load '
                              'drv0.efi;drv0_use;drv0_use;bltgrid;t4;t7')
        for text in ('Hello World!', 'BS->HandleProtocol()  0h (Success)',
                     'Load options      : t6', 'started with Argc=3',
                     "Argv[2] = 'b c'", '10 args works just fine here.',
                     'ConOut', 'AllocatPage(2,2,16,2000000)',
                     'Driver instance loaded successfully.',
                     'Hello was called 2 time(s).',
                     'Could not locate GOP: Not Found',
                     'Hit any key to exit'):
            self.expect(vm, text, 'unexpected fault')
        # which t4 leaves for t7
        vm.console_socket.sendall(b' ')
        self.expect(vm, 'HelloLib application started')
        self.expect(vm, 'UnicodeChar: 20h', 'unexpected fault')
        self.expect(vm, SHELL, 'unexpected fault')
        vm.shutdown()

    def test_hello(self):
        """A program linked with gnu-efi's library."""
        fat = media.Fat(2 << 20).add('HELLO.EFI', self.program('hello.efi'))
        vm = self.start(*self.drive(self.file('hello', fat.bytes())),
                        *self.attach('ide'),
                        shell='fs0:;hello;hello;reset -s')
        text = self.output(vm)
        self.assertEqual(text.count('hello: done'), 2)
        self.assertIn('hello: EFI 1.10', text)
        self.assertRegex(text, r'hello: time \d+')
        self.assertIn('PalCode', text)
        self.assertNotIn(SHELL, text.split('hello: done')[0])


if __name__ == '__main__':
    Zx1FirmwareTest.main()
