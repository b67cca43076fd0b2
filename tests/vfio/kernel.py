# SPDX-License-Identifier: GPL-2.0-or-later
"""
A Linux for the outer machine that has an iommufd: Debian's kernels are built
without.  Made from Debian's package of its sources, with kernel.config, once;
the image is kept.  Nothing is installed: what the build needs and this
machine lacks is unpacked beside it.
"""

import glob
import os
import shutil
import subprocess

from parts import HERE, Missing, codename, run

SOURCE = 'linux-source-6.12'
# Packages with a command or header of the build: (name, what shows it)
TOOLS = [('flex', 'flex'), ('bison', 'bison'), ('m4', 'm4'), ('bc', 'bc')]
LIBRARIES = ['libelf-dev', 'libelf1', 'libelf1t64', 'libsigsegv2']


def environment(root):
    """Variables with which make finds the tools below @root."""
    lib = root + '/usr/lib/x86_64-linux-gnu'
    return dict(os.environ, PATH=root + '/usr/bin:' + os.environ['PATH'],
                BISON_PKGDATADIR=root + '/usr/share/bison',
                M4=shutil.which('m4') or root + '/usr/bin/m4',
                C_INCLUDE_PATH=root + '/usr/include',
                LIBRARY_PATH=lib, LD_LIBRARY_PATH=lib)


def fetch(apt, work):
    """Sources and tools into @work; returns the directory of the sources."""
    known = run('apt-cache', *apt, 'pkgnames').split()
    if SOURCE not in known:
        raise Missing(f'no package {SOURCE}')
    wanted = [name for name in LIBRARIES if name in known]
    wanted += [name for name, command in TOOLS if not shutil.which(command)]
    os.makedirs(work + '/packages', exist_ok=True)
    run('apt-get', *apt, 'download', *wanted, cwd=work + '/packages')
    run('apt-get', *apt, '-t', codename() + '-backports', 'download', SOURCE,
        cwd=work + '/packages')
    for package in glob.glob(work + '/packages/*.deb'):
        run('dpkg-deb', '-x', package, work + '/root')
    run('tar', '-C', work, '-xf', f'{work}/root/usr/src/{SOURCE}.tar.xz')
    return work + '/' + SOURCE


def build(source, root, log):
    """Configure and compile; returns the image."""
    lib = root + '/usr/lib/x86_64-linux-gnu'
    options = [f'-j{os.cpu_count()}', f'LIBELF_FLAGS=-I{root}/usr/include',
               f'LIBELF_LIBS=-L{lib} -lelf']
    with open(log, 'w', encoding='utf-8') as file:
        for step in (['make', 'tinyconfig'],
                     ['scripts/kconfig/merge_config.sh', '-m', '.config',
                      HERE + '/kernel.config'],
                     ['make', 'olddefconfig'],
                     ['make', *options, 'bzImage']):
            if subprocess.run(step, cwd=source, env=environment(root),
                              stdin=subprocess.DEVNULL, stdout=file,
                              stderr=file, check=False).returncode:
                raise Missing(f'{" ".join(step)} failed, see {log}')
    return source + '/arch/x86/boot/bzImage'


def iommufd_kernel(parts, say):
    """Path of the image, which is made if it is not there."""
    image = parts.cache + '/iommufd-bzImage'
    if os.path.exists(image):
        return image
    say('building a Linux with an iommufd, a quarter of an hour')
    work = parts.cache + '/iommufd'
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    apt = parts.apt()
    run('apt-get', *apt, 'update')
    made = build(fetch(apt, work), work + '/root', work + '/build.log')
    shutil.copy(made, image + '.new')
    os.rename(image + '.new', image)
    shutil.rmtree(work)
    return image
