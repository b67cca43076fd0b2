# SPDX-License-Identifier: GPL-2.0-or-later
"""
A Linux for the outer machine that has an iommufd.  Debian's kernels are built
without, but all that an iommufd needs of the kernel itself is in them: the
module, and vfio's modules with what they have for it, are compiled against
Debian's headers, from Debian's package of the sources.  Nothing is installed;
the result is kept.
"""

import glob
import os
import re
import shutil
import subprocess

from parts import Missing, run

SERIES = '6.12'
# What is compiled: below drivers, and one file that iommufd needs more of
# than Debian's kernel has
SOURCES = ['drivers/iommu/iommufd', 'drivers/iommu/iommu-priv.h',
           'drivers/vfio', 'lib/interval_tree.c']
SPAN = '''\
/* The kernel exports the rest of it */
#include <linux/export.h>
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol)
#include "../../../lib/interval_tree.c"
'''
OPTIONS = ['CONFIG_IOMMUFD=m', 'CONFIG_VFIO_DEVICE_CDEV=y',
           'CONFIG_VFIO_MDEV=n', 'CONFIG_MODULE_SIG_ALL=',
           'CONFIG_DEBUG_INFO_BTF_MODULES=',
           'KCFLAGS=-DCONFIG_IOMMUFD_MODULE -DCONFIG_VFIO_DEVICE_CDEV '
           '-DCONFIG_INTERVAL_TREE_SPAN_ITER']


def fetch(apt, work):
    """Packages into @work/root; returns the version in their names."""
    known = run('apt-cache', *apt, 'pkgnames').split()
    versions = [match[1] for match in
                (re.fullmatch(r'linux-headers-(\d[\d.]+\+\w+)-amd64', name)
                 for name in known) if match and
                match[1].startswith(SERIES + '.')]
    if not versions or f'linux-source-{SERIES}' not in known:
        raise Missing(f'no packages of Linux {SERIES}')
    version = max(versions,
                  key=lambda name: [int(n) for n in re.findall(r'\d+', name)])
    wanted = [f'linux-{name}' for name in
              (f'image-{version}-amd64', f'headers-{version}-amd64',
               f'headers-{version}-common', f'kbuild-{version}',
               f'source-{SERIES}')]
    os.makedirs(work + '/packages')
    run('apt-get', *apt, 'download', *wanted, cwd=work + '/packages')
    for package in glob.glob(work + '/packages/*.deb'):
        run('dpkg-deb', '-x', package, work + '/root')
    return version


def build(work, version):
    """Compile below @work; returns the paths of the modules."""
    src = work + '/root/usr/src'
    top = f'linux-source-{SERIES}'
    run('tar', '-C', work, '-xf', f'{src}/{top}.tar.xz',
        *(f'{top}/{name}' for name in SOURCES))
    drivers = f'{work}/{top}/drivers'
    with open(drivers + '/Kbuild', 'w', encoding='utf-8') as file:
        file.write('obj-m := iommu/iommufd/ vfio/\n')
    with open(drivers + '/iommu/iommufd/Makefile', 'a',
              encoding='utf-8') as file:
        file.write('iommufd-y += span.o\n')
    with open(drivers + '/iommu/iommufd/span.c', 'w',
              encoding='utf-8') as file:
        file.write(SPAN)
    headers = f'{src}/linux-headers-{version}-amd64'
    with open(headers + '/Makefile', 'w', encoding='utf-8') as file:
        file.write(f'include {src}/linux-headers-{version}-common/Makefile\n')
    made = subprocess.run(['make', f'-j{os.cpu_count()}', '-C', headers,
                           'M=' + drivers, 'CC=gcc', *OPTIONS, 'modules'],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if made.returncode:
        raise Missing(f'no modules for iommufd: {made.stdout[-2000:]}')
    return glob.glob(drivers + '/**/*.ko', recursive=True)


def use_iommufd(parts, say):
    """Have the outer machine run that Linux, which is made if need be."""
    done = parts.cache + '/iommufd-linux'
    if not os.path.exists(done):
        for tool in ('make', 'gcc'):
            if not shutil.which(tool):
                raise Missing(f'no {tool} for the modules of an iommufd')
        say('making a Linux with an iommufd (280 MB), a few minutes')
        work = done + '.new'
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        apt = parts.apt()
        run('apt-get', *apt, 'update')
        updates = build(work, fetch(apt, work))
        kept = work + '/kept'
        os.makedirs(kept + '/updates')
        for path in updates:
            run('strip', '-g', '-o',
                f'{kept}/updates/{os.path.basename(path)}', path)
        for name in ('boot', 'lib', 'usr/lib/modules'):
            if os.path.exists(f'{work}/root/{name}'):
                os.renames(f'{work}/root/{name}', f'{kept}/{name}')
        os.rename(kept, done)
        shutil.rmtree(work)
    parts.kernel_root = done
