#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
Linux on the zx1 machine, started in every way the firmware has: by -kernel,
by GRUB from a disk and from a CD on each controller, and by a boot option that
a running Linux wrote.
"""

import lzma
import os
import struct
import sys
import uuid

from qemu_test import QemuSystemTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
import media
import pe
from linux_guest import LinuxGuest

USERLAND = 'guest: userland up'

# Without devices: on the controllers of an rx2600, which take if=
DISKS = {
    'scsi': '',
    'ide': '-device cmd646-ide,id=c -device ide-hd,drive=d0,bus=c.0',
    'lsi': '-device lsi53c895a -device scsi-hd,drive=d0',
    'mpt': '-device mptsas1068 -device scsi-hd,drive=d0',
    'virtio-blk': '-device virtio-blk-pci,drive=d0',
    'nvme': '-device nvme,drive=d0,serial=zx1',
    'usb': '-device qemu-xhci -device usb-storage,drive=d0',
}
DISCS = {
    'ide': '',
    'cmd646': '-device cmd646-ide,id=c -device ide-cd,drive=d0,bus=c.0',
    'lsi': '-device lsi53c895a -device scsi-cd,drive=d0',
}

STORE_SIZE = 256 << 10
EFI_GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c'
# Of the disk in the guests' esp folder
ESP_GUID = uuid.UUID('5a583121-0000-4000-8000-000000000002')


def octal(data):
    """For the guest's printf."""
    return ''.join(f'\\{byte:03o}' for byte in data)


def load_option(text, path):
    """Boot#### as efibootmgr writes it: only partition and file."""
    name = (path + '\0').encode('utf-16-le')
    nodes = (struct.pack('<BBHIQQ16sBB', 4, 1, 42, 1, 2048, 190465,
                         ESP_GUID.bytes_le, 2, 2) +
             struct.pack('<BBH', 4, 4, 4 + len(name)) + name +
             b'\x7f\xff\x04\0')
    return (struct.pack('<IH', 1, len(nodes)) +
            (text + '\0').encode('utf-16-le') + nodes)


class Zx1LinuxBoot(LinuxGuest):
    """Linux, from the firmware's boot manager and shell."""

    def disk(self):
        """The guests' disk."""
        path = self.scratch_file('disk.img')
        if not os.path.exists(path):
            with (lzma.open(self.guest('esp/linux-esp.img.xz')) as source,
                  open(path, 'wb') as target):
                target.write(source.read())
        return path

    def bare(self, *args):
        """A machine with nothing but these options."""
        return self.start('-nodefaults', '-m', '1G', *args)

    def test_kernel(self):
        """By -kernel and -initrd, on two processors."""
        vm = self.boot('poweroff', '-nodefaults', '-m', '1G', '-smp', '2')
        vm.con.expect('guest: 2 cpus')
        self.off(vm)

    def boots(self, *args):
        """To the userland, by GRUB."""
        vm = self.bare(*args)
        vm.con.expect('GNU GRUB')
        vm.con.expect(USERLAND)
        vm.shutdown()

    def test_disk(self):
        """By GRUB from a GPT disk."""
        drive = f'file={self.disk()},format=raw,id=d0,if='
        for name, devices in DISKS.items():
            with self.subTest(controller=name):
                self.boots('-snapshot', '-drive',
                           drive + ('none' if devices else name),
                           *devices.split())

    def test_disc(self):
        """By GRUB from a CD."""
        drive = (f'file={self.guest("esp/linux-cd.iso")},format=raw,id=d0,'
                 'media=cdrom,readonly=on,if=')
        for name, devices in DISCS.items():
            with self.subTest(controller=name):
                self.boots('-drive', drive + ('none' if devices else name),
                           *devices.split())

    def test_boot_option(self):
        """An option that Linux writes is what the firmware starts then."""
        option = load_option('Written by Linux', r'\EFI\BOOT\hello.efi')
        store = self.scratch_file('nvram')
        with open(store, 'wb') as file:
            file.truncate(STORE_SIZE)
        devices = ('-drive', f'file={self.disk()},format=raw,if=none,id=d0',
                   '-drive', f'if=pflash,unit=1,format=raw,file={store}',
                   *DISKS['virtio-blk'].split())
        vm = self.bare(*devices)
        vm.con.expect(USERLAND)
        vm.con.run('mkdir -p /e; mount -t efivarfs none /e')
        data = octal(struct.pack('<I', 7) + option)
        # the console's line is shorter than that; 4 characters a byte
        for at in range(0, len(data), 240):
            vm.con.run(f"printf '{data[at:at + 240]}' >> /tmp/o")
        vm.con.run(f'cat /tmp/o > /e/Boot0005-{EFI_GLOBAL}')
        order = octal(struct.pack('<IH', 7, 5))
        vm.con.run(f"printf '{order}' > /tmp/b")
        vm.con.run(f'cat /tmp/b > /e/BootOrder-{EFI_GLOBAL}')
        vm.con.expect('# ')
        vm.con.type('reboot -f')
        vm.con.expect('Booting Written by Linux')
        vm.con.expect('hello: done')
        vm.shutdown()
        # a power cycle: nothing is left but disk and flash
        vm = self.bare(*devices)
        vm.con.expect('Booting Written by Linux')
        vm.con.expect('hello: done')
        vm.shutdown()

    def test_runtime_driver(self):
        """
        A driver that took GetTime() over stays, and is where Linux has
        mapped it: the clock of Linux has the year that it makes up.
        """
        elf = pe.compile_app('runtime', self.workdir)
        if elf is None:
            self.skipTest('no cross compiler: set IA64_CROSS')
        fat = media.Fat(2 << 20).add('RUNTIME.EFI',
                                     pe.image(elf, subsystem=12))
        driver = self.scratch_file('driver.img')
        with open(driver, 'wb') as file:
            file.write(fat.bytes())
        vm = self.bare('-snapshot', '-rtc', 'base=2031-05-06T07:08:09',
                       '-drive', f'file={driver},format=raw,if=none,id=d1',
                       '-device', 'virtio-blk-pci,drive=d1,addr=1',
                       '-drive',
                       f'file={self.disk()},format=raw,if=none,id=d0',
                       '-device', 'virtio-blk-pci,drive=d0,addr=2',
                       '-fw_cfg', 'name=opt/zx1/shell,string=fs0:;'
                       r'load runtime.efi;date;fs1:\EFI\BOOT\BOOTIA64.EFI')
        vm.con.expect(r'ok the driver has a relocation to itself')
        # loaded, and called where it was loaded
        vm.con.expect(r'2061-05-06 07:08:\d\d')
        vm.con.expect('rtc-efi .*: setting system clock to '
                      r'2062-05-06T07:\d\d:')
        vm.con.expect(USERLAND)
        self.assertRegex(vm.con.run('hwclock -u -r'), 'May +6 .*2062')
        vm.shutdown()


if __name__ == '__main__':
    QemuSystemTest.main()
