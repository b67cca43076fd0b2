# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux of the guests on the zx1 machine: start, console, log, verdicts."""

import gzip
import hashlib
import lzma
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time

from zx1_test import Zx1Test

HERE = os.path.dirname(os.path.realpath(__file__))
KERNEL = 'linux-6.1-zx1/vmlinuz'
INITRD = 'initramfs/initramfs.cpio.gz'
POWER_DOWN = 'reboot: Power down'

# What nobody wants to read on the console. The names of checks that the
# kernel's own test modules print are not among them.
WRONG = re.compile(
    r'Kernel panic|Unable to handle|\bOops\b|\bBUG:|WARNING:|Call Trace|'
    r'[Ff]irmware [Bb]ug|FW_BUG|ACPI (BIOS )?(Error|Warning|Exception)|'
    r'rcu.*detected stall|soft lockup|hung_task|blocked for more than|'
    r'unaligned access|nobody cared|timed out|timed-out|I/O error|qc timeout|'
    r'lost interrupt|Tx Unit Hang|Machine check|MCA:|^FAIL|is stuck|'
    r'calibration failed|Spurious|can.t allocate|no IRQ|failed to assign|'
    r'[Ss]trange|Unexpected|Abort command|resetting|reset failed', re.M)

# Lines of the kernel's log at level "warning" or worse that are of Linux:
# all that this machine may cause
HARMLESS = (
    # pr_cont and newlines that lost their line
    r'^$', r'^ None$',
    # itc of processor 0, said on every SMP boot of ia64
    r'^Fixed BSP b0 value from CPU \d+$',
    # a kernel without CONFIG_CPU_FREQ, about every processor object
    r'^Warning: Processor Platform Limit event detected, but not handled',
    r'^Consider compiling CPUfreq support into your kernel',
    r'^This architecture does not have kernel memory protection',
)

# Shows the kernel's own log with its levels, before anything clears it
LOG_SCRIPT = """#!/bin/sh
dmesg -r | sed -n 's/^<[0-4]>\\[[^]]*\\] \\{0,1\\}/log: /p'
echo 'PASS log'
"""


def cpio(files):
    """An archive of {path: text or bytes}, all executable."""
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
        # kept where failed tests are looked into
        self.log = test.log_file(f'{vm.guest_name}.txt')
        with open(self.log, 'w', encoding='utf-8'):
            pass

    def _more(self, seconds):
        """Read once; False at the end of the guest or after @seconds."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            return False
        except ConnectionResetError:
            data = b''
        text = data.decode(errors='replace').replace('\r', '')
        self.text += text
        with open(self.log, 'a', encoding='utf-8') as file:
            file.write(text)
        return bool(data)

    def drain(self):
        """Read what is there already."""
        while self._more(0.01):
            pass

    def expect(self, what, seconds=None, wrong=WRONG):
        """
        Wait until @what, a regular expression, comes after what was seen so
        far; return the match. @wrong ends the wait as a failure, @seconds of
        silence are there only for a guest that hangs.
        """
        pattern = re.compile(what, re.M)
        while True:
            match = pattern.search(self.text, self.seen)
            if match:
                self._check(wrong, match.end())
                self.seen = match.end()
                return match
            if not self._more(seconds or self.test.patience):
                break
            self._check(wrong, self.text.rfind('\n'))
        self.test.fail(f'no "{what}" from the guest, at last: '
                       f'{self.text[-200:]!r}')

    def _check(self, wrong, end):
        """Fail if something wrong was printed; only whole lines count."""
        if not wrong:
            return
        for line in self.text[self.seen:max(end, self.seen)].split('\n'):
            if wrong.search(line):
                time.sleep(1)       # what comes with it
                self._more(1)
                self.test.fail(f'the guest says: {line}')

    def finish(self):
        """Read to the end of the guest."""
        while self._more(self.test.patience):
            pass
        return self.text

    def type(self, text):
        """A line of input."""
        self.socket.sendall(text.encode() + b'\r')

    def run(self, command, seconds=None):
        """A command for the guest's shell; returns what it printed."""
        # the kernel may have something to say behind the prompt
        self.expect(r'^[^\n]*# (?=$|\[ )', seconds)
        self.type(command + '; echo "=$?="')
        match = self.expect(r'\n((?:.*\n)*?)=(\d+)=\n', seconds)
        self.test.assertEqual(match[2], '0', f'{command}: {match[1]}')
        return match[1]


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
        with connection, self.listener:
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


def noise(seed, size):
    """The same bytes for the same seed."""
    return random.Random(seed).randbytes(size)


def digest(path):
    """MD5 of a file."""
    with open(path, 'rb') as file:
        return hashlib.md5(file.read()).hexdigest()


class LinuxGuest(Zx1Test):
    """Tests that start the Linux of the guests."""

    # Seconds of silence from the guest that mean it hangs
    patience = int(os.environ.get("PATIENCE", 400))

    def initrd(self, files, *more):
        """The guests' initramfs with other archives and files in it."""
        path = self.scratch_file('initrd')
        with open(path, 'wb') as out:
            for name in (INITRD, *more):
                with open(self.guest(name), 'rb') as archive:
                    out.write(archive.read())
            out.write(gzip.compress(cpio(files), 1))
        return path

    def script(self, commands, name='40-io'):
        """An initramfs whose self-test is a script of commands of io.sh."""
        with open(os.path.join(HERE, 'io.sh'), encoding='utf-8') as library:
            return self.initrd({'io.sh': library.read(),
                                f'selftest.d/{name}.sh':
                                '#!/bin/sh\n. /io.sh\n' + commands})

    def kernel_without_bypass(self):
        """A Linux whose every DMA goes through the IOTLB."""
        vmlinux = self.scratch_file('vmlinux')
        out = self.scratch_file('vmlinux-nobypass')
        if not os.path.exists(out):
            with (lzma.open(self.guest('linux-6.1-zx1/vmlinux.xz')) as source,
                  open(vmlinux, 'wb') as target):
                target.write(source.read())
            subprocess.run([sys.executable, self.guest('nobypass-vmlinux.py'),
                            vmlinux, self.guest('linux-6.1-zx1/System.map'),
                            out], check=True, stdout=subprocess.DEVNULL)
        return out

    def check_log(self, text):
        """What the kernel warned about has to be known; see LOG_SCRIPT."""
        self.assertIn('PASS log', text)
        for line in re.findall(r'^log: (.*)$', text, re.M):
            if not any(re.search(harmless, line) for harmless in HARMLESS):
                self.fail(f'the kernel warns: {line}')

    def tearDown(self):
        # a guest that powered itself off is not an abnormal end
        for vm in self._vms.values():
            if not vm.is_running():
                vm.wait()
        super().tearDown()

    def prepare(self, *args):
        """A machine that is not started yet."""
        vm = self.fresh(*args)
        vm.guest_name = f'guest{self.count}'
        return vm

    def launch(self, vm):
        vm.launch()
        vm.con = Console(self, vm)
        return vm

    def start(self, *args):
        """A machine with these options."""
        return self.launch(self.prepare(*args))

    def boot(self, append, *args, kernel=None, initrd=None):
        """
        A machine with Linux, by -kernel. On a busy host a processor may not
        run for long.
        """
        append += ' rcupdate.rcu_cpu_stall_timeout=300'
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
