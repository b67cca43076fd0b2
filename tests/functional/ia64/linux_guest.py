# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux of the guests on the zx1 machine: start, console, log, verdicts."""

import gzip
import os
import re
import socket
import time

from qemu_test import QemuSystemTest

KERNEL = 'linux-6.1-zx1/vmlinuz'
INITRD = 'initramfs/initramfs.cpio.gz'
POWER_DOWN = 'reboot: Power down'

# What nobody wants to read in the kernel's log. The names of checks that the
# kernel's own test modules print are not among them.
WRONG = re.compile(
    r'Kernel panic|Unable to handle|\bOops\b|\bBUG:|WARNING:|Call Trace|'
    r'[Ff]irmware [Bb]ug|FW_BUG|ACPI (BIOS )?(Error|Warning|Exception)|'
    r'rcu.*stall|soft lockup|hung_task|blocked for more than|'
    r'unaligned access|nobody cared|timed? ?out|I/O error|'
    r'Tx Unit Hang|Machine check|MCA:|^FAIL|is stuck|calibration failed|'
    r'Spurious|can.t allocate|no IRQ|failed to assign', re.M)

# ... but these are of Linux, or of a machine without such a thing
HARMLESS = (
    r'.*usbhid|.*hid-generic',
)


def cpio(files):
    """An archive for the initramfs of {path: text or bytes}, all executable."""
    out = bytearray()
    folders = set()

    def entry(number, name, mode, data=b''):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(name) + 1, 0)
        out.extend(b'070701' + b''.join(b'%08X' % field for field in fields))
        for part in name.encode() + b'\0', data:
            out.extend(part + bytes(-(len(out) + len(part)) % 4))

    number = 1
    for path, data in files.items():
        parts = path.split('/')
        for depth in range(1, len(parts)):
            folder = '/'.join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                entry(number, folder, 0o040755)
                number += 1
        entry(number, path, 0o100755,
              data.encode() if isinstance(data, str) else data)
        number += 1
    entry(0, 'TRAILER!!!', 0)
    return bytes(out)


class Console:
    """What the guest prints, and what is typed to it."""

    def __init__(self, test, vm):
        self.test = test
        self.vm = vm
        self.text = ''
        self.seen = 0
        self.socket = vm.console_socket

    def _more(self, seconds):
        """Read once; False at the end of the guest or after @seconds."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            return False
        except ConnectionResetError:
            data = b''
        self.text += data.decode(errors='replace').replace('\r', '')
        return bool(data)

    def expect(self, what, seconds=None, wrong=WRONG):
        """
        Wait until @what, a regular expression, comes after what was seen so
        far; return the match. @wrong ends the wait as a failure, @seconds
        is there only for a guest that hangs.
        """
        pattern = re.compile(what, re.M)
        end = time.monotonic() + (seconds or self.test.patience)
        while True:
            match = pattern.search(self.text, self.seen)
            if match:
                self._check(wrong, match.end())
                self.seen = match.end()
                return match
            left = end - time.monotonic()
            if left <= 0 or not self._more(left):
                break
            self._check(wrong, self.text.rfind('\n'))
        self._save()
        self.test.fail(f'no "{what}" from the guest, at last: '
                       f'{self.text[-200:]!r}')

    def _check(self, wrong, end):
        """Fail if something wrong was printed; only whole lines count."""
        if not wrong:
            return
        for line in self.text[self.seen:max(end, self.seen)].split('\n'):
            if wrong.search(line) and not any(
                    re.search(harmless, line) for harmless in HARMLESS):
                time.sleep(1)       # what comes with it
                self._more(1)
                self._save()
                self.test.fail(f'the guest says: {line}')

    def finish(self):
        """Read to the end of the guest."""
        while self._more(self.test.patience):
            pass
        self._save()
        return self.text

    def _save(self):
        """Keep the log where failed tests are looked into."""
        path = self.test.log_file(f'{self.vm.guest_name}.txt')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(self.text)

    def type(self, text):
        """A line of input."""
        self.socket.sendall(text.encode() + b'\r')

    def run(self, command, seconds=None):
        """A command for the guest's shell; returns what it printed."""
        self.expect('^[^\n]*# $', seconds)
        self.type(command + '; echo "=$?="')
        match = self.expect(r'\n((?:.*\n)*?)=(\d+)=\n', seconds)
        self.test.assertEqual(match[2], '0', f'{command}: {match[1]}')
        return match[1]


class LinuxGuest(QemuSystemTest):
    """Tests that start the Linux of the guests."""

    # Seconds of silence from the guest that mean it hangs
    patience = int(os.environ.get("PATIENCE", 400))

    def setUp(self):
        super().setUp()
        self.set_machine('zx1')
        self.count = 0

    def guest(self, name):
        """The path of a file of the guests."""
        path = os.path.join(os.environ.get('IA64_GUESTS', ''), name)
        if not os.path.exists(path):
            self.skipTest(f'no {path}: set IA64_GUESTS')
        return path

    def initrd(self, files, *more):
        """The guests' initramfs with other archives and files in it."""
        path = self.scratch_file('initrd')
        with open(path, 'wb') as out:
            for name in (INITRD, *more):
                with open(self.guest(name), 'rb') as archive:
                    out.write(archive.read())
            out.write(gzip.compress(cpio(files), 1))
        return path

    def prepare(self, *args):
        """A machine that is not started yet."""
        self.count += 1
        vm = self.get_vm(name=f'vm{self.count}')
        vm.guest_name = f'guest{self.count}'
        vm.set_console()
        vm.add_args(*args)
        return vm

    def launch(self, vm):
        vm.launch()
        vm.con = Console(self, vm)
        return vm

    def start(self, *args):
        """A machine with these options."""
        return self.launch(self.prepare(*args))

    def boot(self, append, *args, kernel=None, initrd=None):
        """A machine with Linux, by -kernel."""
        return self.start('-kernel', kernel or self.guest(KERNEL),
                          '-initrd', initrd or self.guest(INITRD),
                          '-append', append, *args)

    def off(self, vm):
        """The guest has to power off; returns all that it said."""
        vm.con.expect(POWER_DOWN)
        text = vm.con.finish()
        vm.wait(timeout=self.patience)
        self.assertEqual(vm.exitcode(), 0)
        return text
