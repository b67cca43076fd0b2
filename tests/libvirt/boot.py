#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The firmware starts a program from all that libvirt can attach to a zx1 domain,
in the order that the XML says; the variable store of <nvram> lasts.

Speaks TAP.  With --linux it is a whole Linux each time.
"""

import lzma
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT / 'tests/functional/ia64'))
# pylint: disable=wrong-import-position
import host as libvirt  # noqa: E402
import media as images  # noqa: E402
from domains import domain, disk, controller  # noqa: E402

# Name: what <controller> there must be, the bus of the disk, kinds of media
CONTROLLERS = {
    'lsilogic': (controller('scsi', 'lsilogic'), 'scsi', 'disk cdrom'),
    'lsisas1068': (controller('scsi', 'lsisas1068'), 'scsi', 'disk cdrom'),
    'virtio-scsi': (controller('scsi', 'virtio-scsi'), 'scsi', 'disk cdrom'),
    'sata': (controller('sata'), 'sata', 'disk cdrom'),
    'virtio-blk': ('', 'virtio', 'disk'),
    'usb-uhci': (controller('usb', 'piix3-uhci'), 'usb', 'disk cdrom'),
    'usb-ohci': (controller('usb', 'pci-ohci'), 'usb', 'disk'),
    'usb-ehci': (controller('usb', 'ehci'), 'usb', 'disk'),
    'usb-xhci': (controller('usb', 'qemu-xhci'), 'usb', 'disk'),
}
TARGETS = {'scsi': 'sd', 'sata': 'sd', 'usb': 'sd', 'virtio': 'vd'}

DONE = 'hello: done'
SHELL = 'EFI shell. help'
NO_USB = controller('usb', 'none')
STORE = 512 << 10


class Boot:
    """The tests, and the media that they start from."""

    def __init__(self, host, tap, guests, linux):
        self.host, self.tap, self.linux = host, tap, linux
        self.console = None
        if linux:
            with lzma.open(guests / 'esp/linux-esp.img.xz') as file:
                hard_disk = file.read()
            disc = (guests / 'esp/linux-cd.iso').read_bytes()
            self.done = 'guest: userland up'
        else:
            fat = images.Fat(2 << 20)
            fat.add('EFI/BOOT/BOOTIA64.EFI',
                    (guests / 'efi/hello.efi').read_bytes())
            hard_disk = images.gpt([(images.EFI_SYSTEM, fat.bytes())])
            disc = images.eltorito(fat.bytes())
            self.done = DONE
        self.media = {'disk': self.file('disk.img', hard_disk),
                      'cdrom': self.file('disc.iso', disc)}
        self.empty = self.file('empty.img', bytes(1 << 20))

    def file(self, name, content):
        """A file of the test's folder."""
        path = self.host.path(name)
        with open(path, 'wb') as file:
            file.write(content)
        return path

    def start(self, text):
        """Define and start a domain; returns its name."""
        name = self.host.define(text)
        self.host.virsh('start', name, '--paused')
        self.console = libvirt.Console(self.host, name,
                                       self.host.path('console.log'))
        self.console.expect('Escape character')
        self.host.virsh('resume', name)
        return name

    def stop(self, name):
        """Remove the domain."""
        if self.console:
            self.console.close()
            self.console = None
        self.host.remove(name)

    def check(self, what, text, function):
        """One check: @function with a started domain."""
        try:
            self.start(text)
            wrong = function()
        except (libvirt.Failed, OSError) as error:
            wrong = str(error)
        self.tap.check(not wrong, what, wrong)
        self.stop('zx1')

    def boots(self):
        """The medium is started without anybody's help."""
        self.console.expect(self.done, SHELL)

    def does_not_boot(self):
        """The firmware ends in its shell."""
        self.console.expect(SHELL, self.done)

    def controllers(self):
        """Each controller with each kind of medium."""
        for name, (devices, bus, kinds) in CONTROLLERS.items():
            for kind in kinds.split():
                what = disk(self.media[kind], TARGETS[bus] + 'a', bus, kind,
                            'raw')
                usb = '' if bus == 'usb' else NO_USB
                self.check(f'{kind} on {name}',
                           domain(self.host, 'zx1', devices + what, usb=usb),
                           self.boots)

    def order(self):
        """<boot order>: what has the first number, and nothing else."""
        def two(first, second):
            return (controller('scsi', 'lsilogic') +
                    disk(self.media['disk'], 'sda', 'scsi', fmt='raw',
                         order=first) +
                    disk(self.empty, 'sdb', 'scsi', fmt='raw', order=second))
        self.check('a disk without a system, then one with it',
                   domain(self.host, 'zx1', two(2, 1)), self.boots)
        self.check('a disk without <boot order> is not started',
                   domain(self.host, 'zx1', two(None, 1)),
                   self.does_not_boot)

    def nvram(self):
        """<loader type='pflash'> and <nvram>: variables last."""
        image = self.file('fw.bin',
                          (ROOT / 'pc-bios/zx1-fw.bin').read_bytes())
        template = self.file('template.bin', bytes(STORE))
        store = self.host.path('vars.bin')
        text = domain(
            self.host, 'zx1', '',
            os=f"<loader readonly='yes' type='pflash'>{image}</loader>"
               f"<nvram template='{template}'>{store}</nvram>")

        def write():
            self.console.expect(SHELL)
            self.console.expect('> ')
            self.console.send('set first kept')
            self.console.expect('> ')

        def read():
            self.console.expect(SHELL)
            self.console.expect('> ')
            self.console.send('set')
            self.console.expect('first = kept', '> ')

        def again():
            write()
            self.host.virsh('destroy', 'zx1')
            self.console.close()
            self.host.virsh('start', 'zx1', '--paused')
            self.console = libvirt.Console(self.host, 'zx1',
                                           self.host.path('console.log'))
            self.console.expect('Escape character')
            self.host.virsh('resume', 'zx1')
            read()
        self.check('variables in <nvram> last', text, again)

    def run(self):
        """All of it."""
        if not self.linux:
            self.order()
            self.nvram()
        self.controllers()


def tests(host, tap, guests):
    """The firmware, or Linux, from each controller."""
    Boot(host, tap, guests, '--linux' in sys.argv[1:]).run()


if __name__ == '__main__':
    sys.exit(libvirt.main('libvirt', tests))
