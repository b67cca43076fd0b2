#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What configure takes as a base, and how it refuses: with one sentence, leaving
a base that was prepared before as it was.

The bases are small trees: the base's own files that the hooks change, with the
hooks taken back, and a "configure" that writes down what it was told. Nothing
is fetched and nothing compiled.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import tempfile

from tap import Tap

ROOT = os.environ['OVERLAY_ROOT']
BASE = os.environ['QEMU_SOURCE_ROOT']
PYTHON = os.path.join(os.environ['QEMU_BUILD_ROOT'], 'pyvenv/bin/python3')
HOOKS = os.path.join(ROOT, 'base/patches')

CONFIGURE = '''#!/bin/sh
printf '%s\\n' "$@" > told
echo '#define CONFIG_QEMU_DATADIR "/usr/local/share/qemu-ia64"' \\
    > config-host.h
touch build.ninja
'''


def series():
    """The series that base/VERSION names."""
    with open(os.path.join(ROOT, 'base/VERSION'), encoding='utf-8') as file:
        return re.search(r'^SERIES=(\S+)', file.read(), re.M)[1]


def write(path, text='\n', mode=0o644):
    """A file with its directories."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, mode)


def make_tree(tree):
    """A tree that configure takes for a release of the series."""
    for where, folders, _ in os.walk(ROOT):
        # of the directories that we share with the base, nothing but them
        folders[:] = [name for name in folders
                      if os.path.isdir(os.path.join(BASE, os.path.relpath(
                          os.path.join(where, name), ROOT)))
                      and not os.path.islink(os.path.join(
                          BASE, os.path.relpath(where, ROOT), name))]
        for name in folders:
            os.makedirs(os.path.join(tree, os.path.relpath(where, ROOT),
                                     name))
    hooks = sorted(os.listdir(HOOKS))
    for hook in hooks:
        with open(os.path.join(HOOKS, hook), encoding='utf-8') as file:
            for name in re.findall(r'^\+\+\+ b/(\S+)', file.read(), re.M):
                copy = os.path.join(tree, name)
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                shutil.copyfile(os.path.join(BASE, name), copy)
    for hook in reversed(hooks):
        subprocess.run(['patch', '-R', '-s', '-d', tree, '-p1', '-r', '-',
                        '--no-backup-if-mismatch',
                        '-i', os.path.join(HOOKS, hook)], check=True)
    write(os.path.join(tree, 'VERSION'), f'{series()}.99\n')
    write(os.path.join(tree, 'configure'), CONFIGURE, 0o755)
    write(os.path.join(tree, 'qapi/qapi-schema.json'))
    write(os.path.join(tree, 'pythondeps.toml'), '[meson]\npycotap = {}\n')
    write(os.path.join(tree, 'roms/large/firmware.bin'))
    for project in ('keycodemapdb', 'berkeley-softfloat-3'):
        write(os.path.join(tree, 'subprojects', project, 'meson.build'))


def state(folder):
    """Everything in a folder, with contents and times."""
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            info = os.lstat(path)
            found[os.path.relpath(path, folder)] = (
                info.st_mtime_ns, os.readlink(path) if os.path.islink(path)
                else open(path, 'rb').read())
    return found


class Bench:
    """A directory with trees, tarballs and a build."""

    def __init__(self, tap, where):
        self.tap = tap
        self.where = where
        self.count = 0
        self.build = self.path('build')
        self.tree = self.path('tree')
        make_tree(self.tree)

    def path(self, *names):
        """A path below the bench."""
        return os.path.join(self.where, *names)

    def copy(self, change=None):
        """A copy of the good tree, changed by a function of its path."""
        self.count += 1
        tree = self.path(f'tree{self.count}')
        shutil.copytree(self.tree, tree)
        if change:
            change(tree)
        return tree

    def tarball(self, kind='xz'):
        """A tarball with the layout of an upstream release."""
        self.count += 1
        name = f'qemu-{series()}.99'
        path = self.path(f'tar{self.count}', f'{name}.tar.{kind}')
        os.makedirs(os.path.dirname(path))
        with tarfile.open(path, f'w:{kind}') as tar:
            tar.add(self.tree, name)
        return path

    def configure(self, *arguments, path=None):
        """Run it; returns its exit status and what it said."""
        environment = {**os.environ, 'OVERLAY_CACHE': self.path('cache')}
        if path:
            environment['PATH'] = path
        os.makedirs(self.build, exist_ok=True)
        done = subprocess.run(
            ['/bin/bash', os.path.join(ROOT, 'configure'),
             f'--python={PYTHON}', *arguments],
            cwd=self.build, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    def takes(self, name, *arguments):
        """configure is content, and told the base's what it was told."""
        shutil.rmtree(self.build, ignore_errors=True)
        shutil.rmtree(self.build + '-src', ignore_errors=True)
        status, said = self.configure(*arguments, '--enable-asan')
        told = self.path('build/told')
        passed_on = os.path.exists(told) and open(told).read().split('\n')
        hooked = self.path('build-src/target/Kconfig')
        self.tap.check(
            status == 0 and '--enable-asan' in passed_on
            and '--target-list=ia64-softmmu' in passed_on
            and 'source ia64/Kconfig' in open(hooked).read()
            and os.path.samefile(self.path('build-src/target/ia64'),
                                 os.path.join(ROOT, 'target/ia64'))
            and not os.path.exists(self.path('build-src/roms')),
            f'takes {name}', said)

    def refuses(self, name, sentence, *arguments, path=None):
        """One sentence, and nothing done; with and without an old tree."""
        source = self.build + '-src'
        before = state(source)
        status, said = self.configure(*arguments, path=path)
        errors = re.findall(r'^configure: error: (.*)$', said, re.M)
        left = [found for found in os.listdir(self.where)
                if found.startswith('build-src.')]
        self.tap.check(status == 1 and len(errors) == 1
                       and re.search(sentence, errors[0]),
                       f'refuses {name}: {errors[0] if errors else ""}'
                       .replace(self.where, '...').replace('#', ''), said)
        self.tap.check(state(source) == before and not left,
                       f'refuses {name}: nothing changed', left)

    def path_without(self, *tools):
        """A PATH on which these tools are not."""
        self.count += 1
        folder = self.path(f'bin{self.count}')
        os.makedirs(folder)
        for place in ('/usr/bin', '/bin'):
            for tool in os.listdir(place):
                link = os.path.join(folder, tool)
                if tool not in tools and not os.path.lexists(link):
                    os.symlink(os.path.join(place, tool), link)
        return folder


def sha256(path):
    """The checksum of a file."""
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def damage(path, cut=False):
    """One bit is wrong, or the end is missing."""
    with open(path, 'r+b') as file:
        size = file.seek(0, os.SEEK_END)
        if cut:
            file.truncate(size // 2)
        else:
            file.seek(size // 2)
            byte = file.read(1)[0]
            file.seek(size // 2)
            file.write(bytes([byte ^ 1]))


def refuse_all(bench):
    """Each refusal there is for a base."""
    version = series().replace('.', r'\.')
    bench.refuses('what is not there', 'does not exist',
                  '--base=/nonexistent/qemu')
    bench.refuses('a directory of something else',
                  'is not a source tree of QEMU',
                  '--base=' + bench.path('cache'))

    other = bench.copy(lambda tree: write(tree + '/VERSION', '9.2.4\n'))
    bench.refuses('another series', rf'is QEMU 9\.2\.4, wanted is {version}',
                  f'--base={other}')

    moved = bench.copy(lambda tree: write(tree + '/hw/meson.build', 'new\n'))
    bench.refuses('a tree that a hook does not fit',
                  r'base/patches/0002-\S+ does not apply', f'--base={moved}')

    bare = bench.copy(lambda tree: shutil.rmtree(tree + '/subprojects'))
    bench.refuses('a tree without its subprojects',
                  'lacks subprojects/keycodemapdb', f'--base={bare}')

    ball = bench.tarball()
    bench.refuses('a tarball of unknown checksum', 'no checksum of',
                  f'--base={ball}')
    bench.refuses('a tarball of another checksum',
                  'does not have the SHA-256 checksum', f'--base={ball}',
                  '--base-sha256=' + '0' * 64)
    write(ball + '.sha256', sha256(ball) + '\n')
    damage(ball)
    bench.refuses('a tarball with a wrong bit',
                  'does not have the SHA-256 checksum', f'--base={ball}')
    damage(ball, cut=True)
    bench.refuses('half a tarball with a checksum of its own',
                  'could not be unpacked', f'--base={ball}',
                  '--base-sha256=' + sha256(ball))

    for tool, package in (('ninja', 'ninja-build'), ('patch', 'patch'),
                          ('xz', 'xz-utils')):
        bench.refuses(f'a host without {tool}',
                      f'this host lacks: {package}$',
                      f'--base={bench.tree}', path=bench.path_without(tool))
    bench.refuses('a host without compiler', 'this host lacks: .*gcc',
                  f'--base={bench.tree}',
                  path=bench.path_without('cc', 'gcc'))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='refusals-') as where:
        # as configure will name it
        bench = Bench(tap, os.path.realpath(where))
        bench.refuses('a base before any was taken', 'does not exist',
                      '--base=/nonexistent/qemu')

        ball = bench.tarball('gz')
        bench.takes('a tarball with its checksum as an option',
                    f'--base={ball}', '--base-sha256=' + sha256(ball))
        ball = bench.tarball()
        write(ball + '.sha256', f'{sha256(ball)}\n')
        bench.takes('a tarball with its .sha256', f'--base={ball}')
        ball = bench.tarball()
        write(os.path.join(os.path.dirname(ball), 'SHA256SUMS'),
              f'{"0" * 64}  other.tar.xz\n'
              f'{sha256(ball)}  {os.path.basename(ball)}\n')
        bench.takes('a tarball with SHA256SUMS', f'--base={ball}')
        bench.takes('a directory', f'--base={bench.tree}')
        refuse_all(bench)

        before = state(bench.build + '-src')
        status, said = bench.configure(f'--base={bench.tree}')
        tap.check(status == 0 and state(bench.build + '-src') == before,
                  'the same base again changes nothing', said)

        ours = bench.copy(
            lambda tree: write(tree + '/pc-bios/zx1-fw.bin'))
        bench.refuses('a base with a file of our name',
                      'pc-bios/zx1-fw.bin is a file of the base',
                      f'--base={ours}')
    tap.close()


main()
