# SPDX-License-Identifier: GPL-2.0-or-later
"""
A libvirtd of our own, without systemd and without a trace on the host.

enter() runs the program again in private mount, network and process
namespaces, where libvirt's folders are empty file systems in memory: the
daemons end with the program, and the domains of the host are neither seen nor
touched.
"""

import glob
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / 'overlay'))
# pylint: disable=wrong-import-position
from tap import Tap  # noqa: E402

IN_NAMESPACE = 'ZX1_LIBVIRT_NAMESPACE'

# What libvirt's daemons write to, and where they look for configuration.
FOLDERS = ('/etc/libvirt', '/var/lib/libvirt', '/var/cache/libvirt',
           '/var/log/libvirt', '/run')

QEMU_CONF = '''
security_driver = "none"
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
cgroup_controllers = [ ]
namespaces = [ ]
vnc_listen = "127.0.0.1"
'''

LIBVIRTD_CONF = '''
auth_unix_ro = "none"
auth_unix_rw = "none"
log_filters = "1:qemu.qemu_monitor 3:*"
'''

DRIVER = 'connection-driver/libvirt_driver_qemu.so'
# Where the daemons are
ADMIN_PATH = ':/usr/sbin:/sbin'
PROGRAMS = ('libvirtd', 'virtlogd', 'virsh', 'unshare', 'ip')


def missing(*more):
    """Why there can be no daemon here, or None."""
    path = os.environ.get('PATH', '') + ADMIN_PATH
    for name in PROGRAMS + more:
        if not shutil.which(name, path=path):
            return f'{name} is not installed'
    if not (glob.glob('/usr/lib*/libvirt/' + DRIVER) or
            glob.glob('/usr/lib/*/libvirt/' + DRIVER)):
        return "libvirt's QEMU driver is not installed"
    probe = subprocess.run(namespace() + ['mount', '-t', 'tmpfs', 'none',
                                          '/run'],
                           capture_output=True, text=True, check=False)
    if probe.returncode:
        return f'no private namespaces: {probe.stderr.strip()}'
    return None


def guests():
    """The folder of guests."""
    return Path(os.environ.get('IA64_GUESTS') or
                Path(__file__).resolve().parents[3] / 'shared/guests')


def namespace():
    """The start of a command that runs in namespaces of its own."""
    return (['unshare'] + ([] if os.geteuid() == 0 else ['--map-root-user']) +
            ['--mount', '--net', '--pid', '--fork', '--kill-child',
             '--mount-proc'])


def reap(child):
    """What the first process of a namespace has to do."""
    while True:
        pid, status = os.wait()
        if pid == child:
            sys.exit(os.waitstatus_to_exitcode(status) & 0xff)


def enter():
    """Go on in the namespaces; returns there only."""
    if IN_NAMESPACE not in os.environ:
        os.environ[IN_NAMESPACE] = '1'
        os.execvp('unshare', namespace() + [sys.executable] + sys.argv)
    child = os.fork()
    if child:
        reap(child)
    for folder in FOLDERS:
        if not os.path.isdir(folder):
            continue
        subprocess.run(['mount', '-t', 'tmpfs', 'none', folder], check=True)
    # virsh console locks its terminal there
    os.makedirs('/run/lock', exist_ok=True)
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=False)


class Failed(Exception):
    """A command that should have worked."""


class Host:
    """The daemons, a folder for files, and virsh."""

    def __init__(self, emulator):
        self.emulator = os.path.realpath(emulator)
        self.folder = tempfile.mkdtemp(prefix='zx1-libvirt-', dir='/var/tmp')
        self.daemons = []
        # libvirt finds emulators by their name in PATH
        os.environ['PATH'] = (f'{os.path.dirname(self.emulator)}:'
                              f'{os.environ["PATH"]}{ADMIN_PATH}')
        self.write('/etc/libvirt/qemu.conf', QEMU_CONF)
        self.write('/etc/libvirt/libvirtd.conf', LIBVIRTD_CONF)
        self.write('/etc/libvirt/virtlogd.conf', '')
        self.start()

    @staticmethod
    def write(path, text):
        """Make a file."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)

    def path(self, name):
        """A file that close() removes."""
        return os.path.join(self.folder, name)

    def start(self):
        """Start the daemons, and wait until they answer."""
        for name in ('virtlogd', 'libvirtd'):
            # pylint: disable=consider-using-with
            log = open(self.path(name + '.log'), 'ab')
            self.daemons.append(subprocess.Popen(
                [name], stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        while subprocess.run(['virsh', '-q', 'list'], check=False,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL).returncode:
            for daemon in self.daemons:
                if daemon.poll() is not None:
                    raise Failed(f'{daemon.args[0]} ended:\n' +
                                 self.log(daemon.args[0]))
            time.sleep(0.2)

    def stop(self):
        """End the daemons, not the domains."""
        for daemon in reversed(self.daemons):
            daemon.terminate()
            daemon.wait()
        self.daemons = []

    def log(self, name, lines=20):
        """The end of a daemon's messages."""
        with open(self.path(name + '.log'), encoding='utf-8',
                  errors='replace') as file:
            return ''.join(file.readlines()[-lines:])

    def alive(self):
        """Whether the daemons still run."""
        return all(daemon.poll() is None for daemon in self.daemons)

    @staticmethod
    def run(*command, **options):
        """A command's result: returncode and stdout, with its messages."""
        return subprocess.run([str(word) for word in command], text=True,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False,
                              **options)

    def virsh(self, *command):
        """The output of a virsh command that works."""
        result = self.run('virsh', '-q', *command)
        if result.returncode:
            raise Failed(f'virsh {" ".join(map(str, command))}:\n'
                         f'{result.stdout}')
        return result.stdout

    def refused(self, *command):
        """The message of a virsh command that must fail."""
        result = self.run('virsh', '-q', *command)
        if not result.returncode:
            raise Failed(f'virsh {" ".join(map(str, command))} worked')
        return result.stdout

    def state(self, name):
        """As virsh shows it: running, shut off, ..."""
        return self.virsh('domstate', name).strip()

    def wait_state(self, name, *states):
        """Wait until the domain is in one of these states; returns it."""
        while True:
            state = self.virsh('domstate', '--reason', name).strip()
            if state.split(' (')[0] in states:
                return state
            time.sleep(0.2)

    def define(self, text):
        """Define a domain; returns its name."""
        file = self.path('domain.xml')
        self.write(file, text)
        self.virsh('define', '--validate', file)
        return ET.fromstring(text).findtext('name').strip()

    def remove(self, name):
        """Stop and undefine a domain, if it is there."""
        if name not in self.virsh('list', '--all', '--name').split():
            return
        if self.state(name) != 'shut off':
            self.virsh('destroy', name)
        if name in self.virsh('list', '--all', '--name').split():
            self.virsh('undefine', name, '--nvram', '--snapshots-metadata',
                       '--managed-save')

    def close(self):
        """End everything that runs, remove the folder."""
        for name in self.virsh('list', '--all', '--name').split():
            self.remove(name)
        self.stop()
        shutil.rmtree(self.folder)


class Console:
    """virsh console on a terminal of its own."""

    def __init__(self, host, name, log):
        # pylint: disable=consider-using-with
        self.host, self.name = host, name
        self.text, self.at = '', 0
        self.master, slave = os.openpty()
        self.log = open(log, 'ab')
        self.process = subprocess.Popen(
            ['virsh', 'console', name, '--force'], stdin=slave,
            stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)

    def read(self):
        """More of what the guest prints; False at the end."""
        try:
            data = os.read(self.master, 4096)
        except OSError:
            return False
        self.log.write(data)
        self.log.flush()
        self.text += data.decode('utf-8', 'replace')
        return bool(data)

    def expect(self, pattern, bad='Kernel panic|Unable to handle kernel'):
        """Wait for what matches; fails if the console ends or says @bad."""
        while True:
            match = re.search(pattern, self.text[self.at:])
            if match:
                self.at += match.end()
                return match
            wrong = re.search(bad, self.text[self.at:])
            if wrong or not self.read():
                raise Failed(f'waited for {pattern!r}, the console ended '
                             f'with:\n{self.text[-2000:]}')

    def wake(self):
        """Enter empty lines until the guest's shell answers."""
        # what comes before virsh has set the terminal up is lost
        while not re.search(r'# $', self.text[self.at:]):
            self.send('')
            while select.select([self.master], [], [], 1)[0]:
                if not self.read():
                    raise Failed('the console ended')
                if re.search(r'# $', self.text[self.at:]):
                    break
        self.at = len(self.text)

    def send(self, text):
        """Enter a line that nothing is expected from."""
        os.write(self.master, text.encode() + b'\r')

    def command(self, text):
        """Enter a line at the prompt of the guest's shell; its output."""
        # the echo differs from what the shell prints
        self.send(f"echo 'be''gin'; {text}; echo 'en''d' $?")
        match = self.expect(r'\nbegin\r\n((?s:.*?)(?:\r\n)?)end (\d+)\r\n')
        return int(match.group(2)), match.group(1).rstrip()

    def close(self):
        """Leave the console."""
        os.close(self.master)
        self.process.terminate()
        self.process.wait()
        self.log.close()


def main(what, tests, guest='', programs=()):
    """
    Run @tests(host, tap, folder of guests) in namespaces of our own, with a
    libvirtd of our own, or say why @what is skipped: without the file @guest
    of the guests or one of @programs. Returns the exit status.
    """
    tap = Tap()
    folder = guests()
    reason = missing(*programs)
    if not reason and not (folder / guest).exists():
        reason = f'no {folder / guest}: set IA64_GUESTS'
    if reason:
        tap.skip(what, reason)
        tap.close()
        return 0
    enter()
    host = Host(os.environ.get('QEMU_TEST_QEMU_BINARY') or
                'qemu-system-ia64')
    try:
        tests(host, tap, folder)
    finally:
        host.close()
    tap.close()
    return 0
