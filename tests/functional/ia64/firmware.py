# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the zx1 firmware share: media, machines, the console."""

import os

from qemu_test import wait_for_console_pattern

import media
from zx1_test import Zx1Test

PROMPT = '> '
SHELL = 'EFI shell. help lists the commands'
DONE = 'hello: done'

# How a drive called d0 is attached; {kind} is hd or cd
CONTROLLERS = {
    'ide': '-device cmd646-ide,id=c -device ide-{kind},drive=d0,bus=c.0',
    'ahci': '-device ahci,id=c -device ide-{kind},drive=d0,bus=c.0',
    'lsi': '-device lsi53c895a -device scsi-{kind},drive=d0,scsi-id=2',
    '1030': '-device lsi53c1030 -device scsi-{kind},drive=d0,scsi-id=2',
    'mpt': '-device mptsas1068 -device scsi-{kind},drive=d0,scsi-id=2',
    'virtio-scsi': '-device virtio-scsi-pci -device scsi-{kind},drive=d0',
    'xhci': '-device qemu-xhci -device usb-storage,drive=d0',
    'ehci': '-device usb-ehci -device usb-storage,drive=d0',
    'ohci': '-device pci-ohci -device usb-storage,drive=d0',
    'uhci': '-device piix3-usb-uhci -device usb-storage,drive=d0',
}
DISK_ONLY = {
    'virtio-blk': '-device virtio-blk-pci,drive=d0',
    'virtio-blk-iommu': '-device virtio-blk-pci,drive=d0,disable-legacy=on,'
                        'iommu_platform=on',
    'nvme': '-device nvme,drive=d0,serial=zx1',
}


class Zx1FirmwareTest(Zx1Test):
    """A machine zx1 without a guest but what the test gives it."""

    timeout = 60

    def program(self, name):
        """An EFI program of the guests."""
        with open(self.guest(f'efi/{name}'), 'rb') as file:
            return file.read()

    def volume(self, size=2 << 20, **kind):
        """A volume that boots hello.efi from a removable medium."""
        fat = media.Fat(size, **kind)
        return fat.add('EFI/BOOT/BOOTIA64.EFI',
                       self.program('hello.efi')).bytes()

    def file(self, name, content):
        path = self.scratch_file(name)
        with open(path, 'wb') as file:
            file.write(content)
        return path

    def start(self, *args, shell=None):
        """A fresh machine; @shell: commands instead of booting."""
        vm = self.fresh('-nodefaults', *args)
        if shell:
            # a comma in an option's value is written twice
            text = shell.replace(',', ',,')
            vm.add_args('-fw_cfg', f'name=opt/zx1/shell,string={text}')
        vm.launch()
        return vm

    def expect(self, vm, text, failure=None):
        wait_for_console_pattern(self, text, failure, vm=vm)

    def output(self, vm):
        """All that a machine says until it is off."""
        parts = []
        while True:
            part = vm.console_socket.recv(4096)
            if not part:
                break
            parts.append(part)
        vm.wait()
        return b''.join(parts).decode(errors='replace')

    def drive(self, path, kind='hd'):
        options = ',media=cdrom,readonly=on' if kind == 'cd' else ''
        return ('-drive', f'file={path},format=raw,if=none,id=d0' + options)

    def attach(self, controller, kind='hd'):
        table = CONTROLLERS | DISK_ONLY
        return table[controller].format(kind=kind).split()

    def boots(self, controller, path, kind='hd'):
        with self.subTest(controller=controller,
                          medium=os.path.basename(path)):
            vm = self.start(*self.drive(path, kind),
                            *self.attach(controller, kind))
            self.expect(vm, DONE, SHELL)
            vm.shutdown()

    def command(self, vm, text):
        """Type a line at the prompt."""
        self.expect(vm, PROMPT)
        vm.console_socket.sendall(text.encode() + b'\r')
