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
import uuid

from qemu_test import QemuSystemTest
from qemu_test import wait_for_console_pattern

USERLAND = 'guest: userland up'
PANIC = 'Kernel panic'

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


class Zx1LinuxBoot(QemuSystemTest):

    timeout = 300

    def setUp(self):
        super().setUp()
        self.set_machine('zx1')
        self.count = 0

    def guest(self, name):
        path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
        if not os.path.exists(path):
            self.skipTest(f'no {path}: set IA64_GUESTS')
        return path

    def disk(self):
        path = self.scratch_file('disk.img')
        if not os.path.exists(path):
            with (lzma.open(self.guest('esp/linux-esp.img.xz')) as source,
                  open(path, 'wb') as target):
                target.write(source.read())
        return path

    def start(self, *args):
        self.count += 1
        vm = self.get_vm(name=f'vm{self.count}')
        vm.set_console()
        vm.add_args('-nodefaults', '-m', '1G', *args)
        vm.launch()
        return vm

    def expect(self, vm, text):
        wait_for_console_pattern(self, text, PANIC, vm=vm)

    def type(self, vm, text):
        """Enter a line when the guest's shell is ready."""
        self.expect(vm, '# ')
        vm.console_socket.sendall(text.encode() + b'\r')

    def test_kernel(self):
        """By -kernel and -initrd, on two processors."""
        vm = self.start('-smp', '2',
                        '-kernel', self.guest('linux-6.1-zx1/vmlinuz'),
                        '-initrd', self.guest('initramfs/initramfs.cpio.gz'),
                        '-append', 'poweroff')
        self.expect(vm, 'guest: 2 cpus')
        self.expect(vm, 'reboot: Power down')
        vm.wait()

    def test_disk(self):
        """By GRUB from a GPT disk."""
        drive = f'file={self.disk()},format=raw,id=d0,if='
        for name, devices in DISKS.items():
            with self.subTest(controller=name):
                vm = self.start('-snapshot', '-drive',
                                drive + ('none' if devices else name),
                                *devices.split())
                self.expect(vm, 'GNU GRUB')
                self.expect(vm, USERLAND)
                vm.shutdown()

    def test_disc(self):
        """By GRUB from a CD."""
        drive = (f'file={self.guest("esp/linux-cd.iso")},format=raw,id=d0,'
                 'media=cdrom,readonly=on,if=')
        for name, devices in DISCS.items():
            with self.subTest(controller=name):
                vm = self.start('-drive',
                                drive + ('none' if devices else name),
                                *devices.split())
                self.expect(vm, 'GNU GRUB')
                self.expect(vm, USERLAND)
                vm.shutdown()

    def test_boot_option(self):
        """An option that Linux writes is what the firmware starts then."""
        option = load_option('Written by Linux', r'\EFI\BOOT\hello.efi')
        store = self.scratch_file('nvram')
        with open(store, 'wb') as file:
            file.truncate(STORE_SIZE)
        devices = ('-drive', f'file={self.disk()},format=raw,if=none,id=d0',
                   '-drive', f'if=pflash,unit=1,format=raw,file={store}',
                   *DISKS['virtio-blk'].split())
        vm = self.start(*devices)
        self.expect(vm, USERLAND)
        self.type(vm, 'mkdir -p /e; mount -t efivarfs none /e')
        data = octal(struct.pack('<I', 7) + option)
        # the console's line is shorter than that; 4 characters a byte
        for at in range(0, len(data), 240):
            self.type(vm, f"printf '{data[at:at + 240]}' >> /tmp/o")
        self.type(vm, f'cat /tmp/o > /e/Boot0005-{EFI_GLOBAL}')
        order = octal(struct.pack('<IH', 7, 5))
        self.type(vm, f"printf '{order}' > /tmp/b")
        self.type(vm, f'cat /tmp/b > /e/BootOrder-{EFI_GLOBAL}')
        self.type(vm, 'reboot -f')
        self.expect(vm, 'Booting Written by Linux')
        self.expect(vm, 'hello: done')
        vm.shutdown()
        # a power cycle: nothing is left but disk and flash
        vm = self.start(*devices)
        self.expect(vm, 'Booting Written by Linux')
        self.expect(vm, 'hello: done')
        vm.shutdown()


if __name__ == '__main__':
    QemuSystemTest.main()
