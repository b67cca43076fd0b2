#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
virt-install as docs/system/ia64/libvirt.rst has it, the examples, and the
command line that libvirt makes for a function of the host.

Speaks TAP.
"""

import lzma
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import host as libvirt
from domains import domain

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs/system/ia64/libvirt.rst'
RIG = ROOT / 'tests/vfio/tests/16-libvirt.sh'
RIG_VERSION = '9.0.'
OSINFO = ROOT / 'contrib/libvirt/osinfo'
IMAGES = Path('/var/lib/libvirt/images')
INSTALL = 'contrib/libvirt/zx1-install.xml'

HOSTDEV = '''
<hostdev mode='subsystem' type='pci' managed='yes'>
  <driver name='vfio'/>
  <source>
    <address domain='0x0000' bus='0x01' slot='0x10' function='0x1'/>
  </source>
</hostdev>'''


class Install:
    """The tests."""

    def __init__(self, host, tap, guests):
        self.host, self.tap, self.guests = host, tap, guests
        self.console = None

    def check(self, what, function, *arguments):
        """One check: a function that raises, or returns what is wrong."""
        try:
            wrong = function(*arguments)
        except (libvirt.Failed, AttributeError, OSError) as error:
            wrong = f'{type(error).__name__}: {error}'
        self.tap.check(not wrong, what, wrong)
        if self.console:
            self.console.close()
            self.console = None
        for name in self.host.virsh('list', '--all', '--name').split():
            self.host.remove(name)

    def documented(self, word):
        """The commands of the page with this word, as one would enter them."""
        blocks = re.findall(r'::\n\n((?:    .*\n|\n)+)',
                            PAGE.read_text(encoding='utf-8'))
        found = [re.sub(r'\\\n\s*', '', block) for block in blocks
                 if word in block and 'virt-install' in block]
        if len(found) != 1:
            raise libvirt.Failed(f'{len(found)} commands with {word}')
        return shlex.split(found[0])

    def disc(self):
        """The CD to install from, where page and example look for it."""
        IMAGES.mkdir(exist_ok=True)
        iso = IMAGES / 'install.iso'
        if not iso.exists():
            iso.symlink_to(self.guests / 'esp/linux-cd.iso')

    def virt_install(self, word, change=lambda command: command):
        """Run a documented command; Linux has to come up."""
        self.disc()
        command = change(self.documented(word))
        with lzma.open(self.guests / 'esp/linux-esp.img.xz') as source:
            (IMAGES / 'linux.img').write_bytes(source.read())
        result = self.host.run(*command, '--noautoconsole',
                               env=dict(os.environ, HOME=self.host.folder))
        if result.returncode:
            return f'{shlex.join(command)}\n{result.stdout}'
        name = command[command.index('--name') + 1]
        self.console = libvirt.Console(self.host, name,
                                       self.host.path('console.log'))
        self.console.wake()
        status, output = self.console.command('cat /proc/cmdline; uname -m')
        return status or 'ia64' not in output and repr(output)

    @staticmethod
    def cdrom(command):
        """The command with --cdrom, as the page has it instead."""
        page = PAGE.read_text(encoding='utf-8')
        words = shlex.split(re.search(r'``(--cdrom /[^`]*)``', page)[1])
        at = command.index('--install')
        command[at:at + 4] = words
        return command

    def install_example(self):
        """Its disk and its disc are there in Linux, which the disc starts."""
        self.disc()
        store, disk = IMAGES / 'zx1-install.vars', 'zx1-install.qcow2'
        with open(store, 'wb') as file:
            file.truncate(512 << 10)
        created = self.host.run(
            os.environ.get('QEMU_TEST_QEMU_IMG', 'qemu-img'), 'create', '-q',
            '-f', 'qcow2', IMAGES / disk, '64M')
        if created.returncode:
            return created.stdout
        text = (ROOT / INSTALL).read_text(encoding='utf-8')
        name = self.host.define(
            text.replace('/usr/bin/qemu-system-ia64', self.host.emulator)
                .replace('/usr/share/qemu-ia64', str(ROOT / 'pc-bios')))
        self.host.virsh('start', name)
        self.console = libvirt.Console(self.host, name,
                                       self.host.path('console.log'))
        self.console.wake()
        status, output = self.console.command(
            'N=0; while ! [ -b /dev/sda -a -b /dev/sr0 ] && [ $N -lt 600 ]; '
            'do sleep 1; N=$((N+1)); done; cat /sys/block/sda/size '
            '/sys/block/sr0/size')
        size = os.stat(IMAGES / 'install.iso').st_size
        wanted = [str((64 << 20) // 512), str(size // 512)]
        return status or output.split() != wanted and repr(output)

    def example(self, file):
        """libvirt takes the file as it is."""
        text = file.read_text(encoding='utf-8')
        for path in re.findall(r'/usr/share/qemu-ia64/[\w.-]+', text):
            if not (ROOT / 'pc-bios' / Path(path).name).exists():
                return f'no pc-bios/{Path(path).name}'
        self.host.define(text.replace('/usr/bin/qemu-system-ia64',
                                      self.host.emulator))
        return None

    def hostdev(self):
        """Our emulator takes what libvirt makes of <hostdev>."""
        xml = self.host.path('hostdev.xml')
        self.host.write(xml, domain(self.host, 'zx1', HOSTDEV, memory=512))
        words = shlex.split(self.host.virsh('domxml-to-native', 'qemu-argv',
                                            '--xml', xml))
        at = next(i for i, word in enumerate(words) if 'vfio-pci' in word)
        print('#', ' '.join(words[at - 1:at + 1]))
        if ('"host":"0000:01:10.1"' not in words[at] or
                '"bus":"pci"' not in words[at]):
            return words[at]
        # the function is not there; nothing else may be wrong
        result = self.host.run(self.host.emulator, '-nodefaults', '-S',
                               '-display', 'none', *words[at - 1:at + 1])
        if not re.search(r'vfio \S+0000:01:10.1: no such host device',
                         result.stdout):
            return result.stdout
        return None

    def in_the_rig(self):
        """The test of passthrough has these words, and no others."""
        xml = self.host.path('hostdev.xml')
        words = shlex.split(self.host.virsh('domxml-to-native', 'qemu-argv',
                                            '--xml', xml))
        words = words[words.index(self.host.emulator) + 1:]
        text = RIG.read_text(encoding='utf-8').replace('$VF0', '0000:01:10.1')
        text = text.split('set --', 1)[1].split('\n#', 1)[0]
        rig = shlex.split(text.replace('\\\n', ''))
        for line in rig, words:
            line[line.index('-uuid') + 1] = 'any'
        return None if rig == words else shlex.join(words)

    def osinfo(self):
        """The entries are valid, and libosinfo finds them."""
        if not shutil.which('osinfo-db-validate'):
            return 'osinfo-db-validate is not installed'
        result = self.host.run('osinfo-db-validate', '--dir', OSINFO)
        if result.returncode:
            return result.stdout
        for name in ('hpux11.31', 'openvms8.4'):
            result = self.host.run('osinfo-query', 'os', f'short-id={name}',
                                   env=dict(os.environ,
                                            OSINFO_LOCAL_DIR=str(OSINFO)))
            if name not in result.stdout:
                return result.stdout
        return None

    def run(self):
        """All of it."""
        for file in sorted((ROOT / 'contrib/libvirt').glob('*.xml')):
            self.check(f'define {file.name}', self.example, file)
        self.check('hostdev', self.hostdev)
        version = self.host.run('virsh', '--version').stdout
        if version.startswith(RIG_VERSION):
            self.check('hostdev as in the VFIO rig', self.in_the_rig)
        else:
            self.tap.skip('hostdev as in the VFIO rig',
                          f'this is libvirt {version.strip()}')
        self.check('virt-install --import', self.virt_install, '--import')
        self.check('virt-install from a CD', self.virt_install, 'cdrom')
        self.check('virt-install --cdrom', self.virt_install, 'cdrom',
                   self.cdrom)
        self.check('Linux from a CD, with ' + Path(INSTALL).name,
                   self.install_example)
        self.check('osinfo', self.osinfo)


def tests(host, tap, guests):
    """All of them."""
    Install(host, tap, guests).run()


if __name__ == '__main__':
    sys.exit(libvirt.main('virt-install', tests, 'esp', ['virt-install']))
