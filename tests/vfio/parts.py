# SPDX-License-Identifier: GPL-2.0-or-later
"""
The parts of the VFIO rig: an x86_64 emulator with igb (QEMU 8.0 or later), a
Debian kernel with its modules, a static busybox.  They are fetched from the
machine's Debian mirror once, checked by apt, and kept; nothing is installed.
"""

import fcntl
import glob
import lzma
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))

MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'igb', 'e1000', 'nvme',
           'vfio_iommu_type1', 'vfio-pci', 'igbvf', 'tun', 'vhost_net',
           'aer_inject']


class Missing(Exception):
    """Something that the rig needs cannot be had here."""


def run(*command, **kwargs):
    """Run a command, return its output."""
    result = subprocess.run(command, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False, text=True,
                            **kwargs)
    if result.returncode:
        raise Missing(f'{command[0]}: {result.stderr.strip()[-400:]}')
    return result.stdout


def codename():
    """The Debian release of this machine."""
    try:
        with open('/etc/os-release', encoding='utf-8') as file:
            words = dict(line.strip().split('=', 1) for line in file
                         if '=' in line)
    except FileNotFoundError:
        words = {}
    name = words.get('VERSION_CODENAME', '').strip('"')
    if words.get('ID', '').strip('"') != 'debian' or not name:
        raise Missing('the parts come as Debian packages, this is not Debian')
    return name


def version(text):
    """'1:10.0.2+ds-2' or 'QEMU emulator version 7.2.0' as (10, 0)."""
    match = re.search(r'(?:^|:|version )(\d+)\.(\d+)', text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def busy_name(name):
    """Modules are known with - or _ alike."""
    return name.replace('-', '_')


class Parts:
    """What the rig is made of, in a directory that is kept."""

    def __init__(self, cache):
        self.cache = cache
        self.root = os.path.join(cache, 'root')
        self.packages = os.path.join(cache, 'packages')
        self.kernel_root = self.root

    def apt(self):
        """A private configuration of apt; returns its command prefix."""
        base = os.path.join(self.cache, 'apt')
        for name in ('lists/partial', 'archives/partial'):
            os.makedirs(os.path.join(base, name), exist_ok=True)
        name = codename()
        script = os.path.join(REPO, 'scripts/overlay/apt-sources.py')
        text = ''
        for suite in (name, name + '-backports'):
            text += run(sys.executable, script, suite, name,
                        '/etc/apt/sources.list', '/etc/apt/sources.list.d')
            text += '\n'
        text = text.replace('Types: deb deb-src', 'Types: deb')
        with open(base + '/rig.sources', 'w', encoding='utf-8') as file:
            file.write(text)
        with open(base + '/apt.conf', 'w', encoding='utf-8') as file:
            file.write(f'''\
Dir::Etc::SourceList "{base}/rig.sources";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "{base}/lists";
Dir::Cache "{base}";
Dir::Cache::Archives "{base}/archives";
APT::Sandbox::User "{run('id', '-un').strip()}";
Acquire::Languages "none";
Acquire::Retries "3";
''')
        return ['-c', base + '/apt.conf']

    def fetch(self, log=print):
        """Fetch and unpack what is not there yet; returns self."""
        with open(os.path.join(self.cache, 'lock'), 'w',
                  encoding='utf-8') as lock:
            # one at a time: tests run in parallel
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = os.path.join(self.cache, 'complete')
            if not os.path.exists(done):
                self._fetch(log)
                with open(done, 'w', encoding='utf-8') as file:
                    file.write('\n'.join(os.listdir(self.packages)))
        return self

    def _fetch(self, log):
        """Fetch and unpack all parts."""
        log('fetching kernel, busybox and emulator (90 MB)')
        apt = self.apt()
        run('apt-get', *apt, 'update')
        kernel = re.search(r'Depends: (linux-image-\d\S*)',
                           run('apt-cache', *apt, 'depends',
                               'linux-image-amd64'))
        if not kernel:
            raise Missing('no Debian kernel for amd64')
        wanted = [kernel[1], 'busybox-static']
        backports = []
        if not self._installed_emulator():
            # what this machine lacks for it, from the release or backports
            for option in ([], ['-t', codename() + '-backports']):
                text = run('apt-get', *apt, *option, '-s',
                           '--no-install-recommends', 'install',
                           'qemu-system-x86')
                found = re.search(r'Inst qemu-system-x86 (?:\[.*?\] )?\((\S+)',
                                  text)
                if found and version(found[1]) >= (8, 0):
                    backports = re.findall(r'^Inst (\S+)', text, re.M)
                    break
            else:
                raise Missing('no QEMU 8.0 or later for the outer machine')
        shutil.rmtree(self.packages, ignore_errors=True)
        os.makedirs(self.packages)
        run('apt-get', *apt, 'download', *wanted, cwd=self.packages)
        if backports:
            run('apt-get', *apt, *option, 'download', *backports,
                cwd=self.packages)
        shutil.rmtree(self.root, ignore_errors=True)
        for package in glob.glob(self.packages + '/*.deb'):
            run('dpkg-deb', '-x', package, self.root)

    @staticmethod
    def _installed_emulator():
        path = shutil.which('qemu-system-x86_64')
        if path and version(run(path, '--version')) >= (8, 0):
            return path
        return None

    def emulator(self):
        """Command prefix and environment of the outer emulator."""
        own = self.root + '/usr/bin/qemu-system-x86_64'
        if not os.path.exists(own):
            return [self._installed_emulator()], dict(os.environ)
        lib = self.root + '/usr/lib/x86_64-linux-gnu'
        env = dict(os.environ,
                   LD_LIBRARY_PATH=':'.join([lib, lib + '/pulseaudio',
                                             self.root + '/lib/'
                                             'x86_64-linux-gnu']),
                   QEMU_MODULE_DIR=lib + '/qemu')
        return [own, '-L', self.root + '/usr/share/qemu',
                '-L', self.root + '/usr/share/seabios'], env

    def kernel(self):
        """Path of the outer kernel."""
        return glob.glob(self.kernel_root + '/boot/vmlinuz-*')[0]

    def modules(self):
        """[(name, content)] of the modules in the order of loading."""
        paths = {}
        for folder in (self.kernel_root + '/updates', self.kernel_root):
            for top, _, files in os.walk(folder):
                for file in files:
                    match = re.match(r'(.*)\.ko(\.xz)?$', file)
                    if match:
                        paths.setdefault(busy_name(match[1]),
                                         os.path.join(top, file))
        order = []

        def add(name):
            name = busy_name(name)
            if any(name == known for known, _ in order):
                return
            if name not in paths:
                return          # built into the kernel
            with open(paths[name], 'rb') as file:
                content = file.read()
            if paths[name].endswith('.xz'):
                content = lzma.decompress(content)
            depends = re.search(rb'\0depends=([^\0]*)\0', content)
            for other in depends[1].decode().split(',') if depends else []:
                if other:
                    add(other)
            order.append((name, content))

        for name in MODULES:
            add(name)
        return order

    def busybox(self):
        """The static busybox."""
        for name in ('/usr/bin/busybox', '/bin/busybox'):
            if os.path.exists(self.root + name):
                return self.root + name
        raise Missing('no busybox among the parts')


class Cpio:
    """A writer of initramfs archives (the kernel's "newc" format)."""

    def __init__(self, path):
        self.out = open(path, 'wb')
        self.inode = 0

    def _pad(self):
        self.out.write(b'\0' * (-self.out.tell() % 4))

    def add(self, name, mode, content=b'', device=(0, 0)):
        """One entry; mode with the file type."""
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, len(content), 0, 0,
                  *device, len(name) + 1, 0)
        self.out.write(b'070701' + b''.join(b'%08X' % f for f in fields))
        self.out.write(name.encode() + b'\0')
        self._pad()
        self.out.write(content)
        self._pad()

    def close(self):
        """Finish the archive."""
        self.add('TRAILER!!!', 0)
        self.out.close()


def initramfs(parts, path, modules=True):
    """Write the outer machine's initramfs: busybox, modules, init."""
    cpio = Cpio(path)
    for name in ('bin', 'dev', 'etc', 'modules', 'proc', 'rig', 'run',
                 'sys', 'tmp'):
        cpio.add(name, 0o040755)
    cpio.add('dev/console', 0o020600, device=(5, 1))
    with open(parts.busybox(), 'rb') as file:
        cpio.add('bin/busybox', 0o100755, file.read())
    cpio.add('bin/sh', 0o120777, b'busybox')
    names = []
    for name, content in parts.modules() if modules else []:
        cpio.add(f'modules/{name}.ko', 0o100644, content)
        names.append(name)
    cpio.add('modules/order', 0o100644,
             ''.join(name + '\n' for name in names).encode())
    with open(HERE + '/init', 'rb') as file:
        cpio.add('init', 0o100755, file.read())
    cpio.close()
