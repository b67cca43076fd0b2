#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The Debian package through its life, in minimal roots: built twice with the
same result, lintian, installed beside the distribution's emulators and
libvirt, used, purged.

usage: package.py SUITE [build|use|page]

One of the three if it is named; "use" and "page" take what was built last.
"page" follows docs/system/ia64/libvirt.rst.
"""

import glob
import hashlib
import lzma
import os
import re
import shutil
import sys

from root import CACHE, ROOT, Missing, Root
from tap import Tap

NAME = 'qemu-system-ia64'
BUILDERS = ['build-essential', 'ca-certificates', 'ccache', 'debhelper',
            'git', 'lintian']
BESIDE = ['qemu-system-x86', 'qemu-system-misc', 'qemu-utils',
          'libvirt-daemon-system', 'libvirt-clients']
# distribution's files in /var that any installation changes
MAY_STAY = r'var/(cache|lib/(apt|dpkg|systemd)|log)|etc/ld\.so\.cache|root|tmp'

# without systemd: virtlogd and libvirtd by hand
CAPABILITIES = '''
mkdir -p /run/libvirt /var/log/libvirt
printf 'security_driver = "none"\\n' >> /etc/libvirt/qemu.conf
virtlogd -d && libvirtd -d
for i in $(seq 60); do virsh -c qemu:///system version && break; sleep 1; done
virsh -c qemu:///system capabilities
'''


def sums(folder):
    """The packages in a folder, with their checksums."""
    found = {}
    for path in glob.glob(folder + '/*.deb'):
        with open(path, 'rb') as file:
            found[os.path.basename(path)] = hashlib.sha256(
                file.read()).hexdigest()
    return found


def cache_mounts(suite):
    """What builds share: the fetched base, and compiled objects."""
    ccache = os.path.join(CACHE, 'ccache-' + suite)
    os.makedirs(ccache, exist_ok=True)
    return {ccache: '/ccache'}


def build(root, tap, place, changed):
    """Build in a directory; returns the sums of the packages."""
    source = f'{place}/{NAME}-1.0'
    root.copy_repository(source)
    for name in ('base', 'packages'):
        if os.path.isdir(os.path.join(CACHE, name)):
            shutil.copytree(os.path.join(CACHE, name),
                            f'{root.path}{source}/.cache/{name}')
    environment = {'CCACHE_DIR': '/ccache', 'CCACHE_MAXSIZE': '2G', **changed}
    mounts = cache_mounts(root.suite)
    status, said = root.run(
        f'cd {source} && apt-get update -qq && apt-get build-dep -y -qq '
        f'--no-install-recommends ./ && umask {changed.get("UMASK", "022")} '
        '&& dpkg-buildpackage -us -uc', mounts=mounts,
        environment=environment)
    tap.check(status == 0, f'dpkg-buildpackage in {place}', said[-3000:])
    return sums(root.path + place)


def check_build(tap, suite, result):
    """Two builds and lintian; the packages go to the folder "result"."""
    with Root(suite, BUILDERS) as root:
        first = build(root, tap, '/build', {})
        if not first:
            return
        tap.check(set(name.split('_')[0] for name in first) ==
                  {NAME, NAME + '-dbgsym'}, 'package and dbgsym package',
                  first)
        status, said = root.run(
            'useradd -m tester; cd /build && su tester -c "lintian '
            '--fail-on error,warning --tag-display-limit 0 *.changes"')
        tap.check(status == 0, 'lintian is content', said)
        for path in glob.glob(root.path + f'/build/{NAME}_*.deb'):
            shutil.copy(path, result)
        # truly compiled again: the cache takes both for the same
        second = build(root, tap, '/home/some/where/else',
                       {'UMASK': '002', 'TZ': 'Asia/Tokyo',
                        'CCACHE_DISABLE': 'y',
                        'DEB_BUILD_OPTIONS': 'nocheck parallel=3'})
        tap.check(first == second, 'two builds are identical',
                  (first, second))


def check_use(tap, suite, result):
    """Install, use, purge."""
    deb = os.path.basename(glob.glob(result + '/*.deb')[0])
    with Root(suite, ['ca-certificates']) as root:
        status, said = root.run(
            'apt-get update -qq && apt-get install -y -qq '
            '--no-install-recommends ' + ' '.join(BESIDE))
        tap.check(status == 0, 'libvirt and other emulators are installed',
                  said[-2000:])
        before = root.files()
        shutil.copy(os.path.join(result, deb), root.path + '/tmp/')
        status, said = root.run(
            f'apt-get install -y -qq --no-install-recommends /tmp/{deb}')
        tap.check(status == 0, 'the package is installed beside them',
                  said[-2000:])

        status, said = root.run(f'dpkg -L {NAME}')
        for what in ('usr/bin/qemu-system-ia64', 'usr/share/qemu-ia64/zx1-',
                     r'usr/share/man/man1/qemu-system-ia64\.1',
                     f'usr/share/doc/{NAME}/html/zx1.html',
                     f'etc/apparmor.d/abstractions/libvirt-qemu.d/{NAME}'):
            tap.check(re.search(what, said), f'it has {what}', said)
        if os.path.isdir(os.path.join(ROOT, 'contrib/libvirt')):
            tap.check(f'doc/{NAME}/examples/libvirt/' in said,
                      'it has the domains for libvirt', said)

        shutil.copy(os.path.join(ROOT, 'scripts/overlay/session.py'),
                    root.path + '/tmp/')
        status, said = root.run(
            'python3 /tmp/session.py qemu-system-ia64 -M zx1 -m 1G '
            '-nographic -fw_cfg name=opt/zx1/shell,string=diag')
        tap.check(status == 0, 'the firmware comes to its prompt', said)

        status, said = root.run(CAPABILITIES)
        tap.check("<arch name='ia64'>" in said and
                  re.search(r'<machine[^>]*>zx1', said),
                  'virsh capabilities lists ia64 and zx1', said)
        check_apparmor(tap, root)

        status, said = root.run(
            f'apt-get purge -y -qq --auto-remove {NAME}')
        left = sorted(name for name in root.files() - before
                      if NAME in name or 'qemu-ia64' in name)
        left = [name for name in left if not re.match(MAY_STAY, name)]
        tap.check(status == 0 and not left, 'purged without a trace',
                  (said[-2000:], left))
        status, said = root.run('grep -r qemu-system-ia64 /etc/apparmor.d')
        tap.check(status == 1, 'nothing of it in /etc/apparmor.d', said)


def check_page(tap, suite, result):
    """The page about libvirt, followed word by word."""
    esp = os.path.join(os.environ.get('IA64_GUESTS', ''), 'esp')
    if not os.path.exists(esp):
        tap.skip('libvirt.rst is followed', f'no {esp}: set IA64_GUESTS')
        return
    with Root(suite, ['ca-certificates']) as root:
        images = root.path + '/var/lib/libvirt/images'
        os.makedirs(images)
        with lzma.open(esp + '/linux-esp.img.xz') as source, \
                open(images + '/linux.img', 'wb') as target:
            shutil.copyfileobj(source, target)
        shutil.copy(esp + '/linux-cd.iso', images + '/install.iso')
        for path in (os.path.join(ROOT, 'docs/system/ia64/libvirt.rst'),
                     os.path.join(ROOT, 'tests/overlay/follow.py'),
                     *glob.glob(result + '/*.deb')):
            shutil.copy(path, root.path + '/root')
        status, said = root.run(
            'apt-get update -qq && apt-get install -y -qq '
            '--no-install-recommends python3 && cd /root && '
            'python3 follow.py libvirt.rst')
        tap.check(status == 0 and 'follow: done' in said,
                  'libvirt.rst is followed', said[-4000:])


def check_apparmor(tap, root):
    """The profile of a confined guest allows the emulator."""
    status, said = root.run(
        'apt-get install -y -qq --no-install-recommends apparmor >/dev/null;'
        'printf "#include <tunables/global>\\nprofile libvirt-test {\\n'
        '#include <abstractions/libvirt-qemu>\\n}\\n" > /tmp/profile; '
        'apparmor_parser -Q -d /tmp/profile')
    tap.check(status == 0 and re.search(r'/usr/bin/qemu-system-ia64', said)
              and '/usr/share/qemu-ia64/' in said,
              "libvirt's AppArmor profile allows it", said[-2000:])


def main():
    suite, *only = sys.argv[1:]
    tap = Tap()
    result = os.path.join(CACHE, 'deb-' + suite)
    try:
        if not only or 'build' in only:
            shutil.rmtree(result, ignore_errors=True)
            os.makedirs(result)
            check_build(tap, suite, result)
        if 'build' not in only and os.listdir(result):
            if 'page' not in only:
                check_use(tap, suite, result)
            if 'use' not in only:
                check_page(tap, suite, result)
    except Missing as reason:
        tap.skip(f'packages for {suite}', reason)
    tap.close()


main()
