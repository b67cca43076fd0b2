#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The README's two commands, each alone, in a minimal root of a Debian release
with nothing but git (and ccache, whose results are kept from run to run).

usage: fresh.py SUITE root|user [run|test]

One of the two if it is named, otherwise both, in a root of its own each.
"""

import os
import re
import subprocess
import sys

from root import CACHE, ROOT, Missing, Root
from tap import Tap

GUESTS = os.environ.get('IA64_GUESTS', '')


def commands():
    """The first code block of the README, a command a line."""
    with open(os.path.join(ROOT, 'README.md'), encoding='utf-8') as file:
        return re.search(r'^```\n(.*?)\n```', file.read(),
                         re.M | re.S)[1].split('\n')


class Fresh:
    """A root with a clone of this repository, and who works in it."""

    def __init__(self, root, user):
        self.root = root
        self.user = 'joe' if user == 'user' else 'root'
        home = '/home/joe' if user == 'user' else '/root'
        self.clone = home + '/work/qemu-ia64'
        ccache = os.path.join(CACHE, f'ccache-{root.suite}')
        os.makedirs(ccache, exist_ok=True)
        self.mounts = {ccache: '/ccache'}
        if os.path.isdir(GUESTS):
            guests = os.path.realpath(GUESTS)
            self.mounts[guests] = home + '/work/shared/guests'
        subprocess.run(['git', 'clone', '-q', ROOT, root.path + self.clone],
                       check=True)
        status, said = root.run(
            'useradd -m -s /bin/bash joe; mkdir -p /etc/sudoers.d; '
            'echo "joe ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/joe; '
            'chown joe /home/joe; '
            f'chown {self.user} {home}/work && '
            f'chown -R {self.user} {self.clone} /ccache', mounts=self.mounts)
        if status:
            raise Missing(said)

    def run(self, command):
        """Run it in the clone."""
        return self.root.run(
            f'cd {self.clone} && {command} < /dev/null', self.user,
            self.mounts, {'CCACHE_DIR': '/ccache', 'CCACHE_MAXSIZE': '2G'})

    def offline(self, command):
        """Run it without network."""
        if self.user == 'root':
            return self.run(f'unshare -n {command}')
        return self.run(f'sudo -E unshare -n setpriv --reuid=joe --regid=joe '
                        f'--clear-groups env HOME=/home/joe {command}')


def check_run(tap, fresh, run):
    """The first command."""
    status, said = fresh.run(run)
    tap.check(status == 0 and 'Shell>' in said, f'{run} comes to the prompt',
              said[-3000:])
    status, said = fresh.offline(run)
    tap.check(status == 0 and '==>' not in said,
              f'{run} again: without network, nothing to do', said[-3000:])


def check_test(tap, fresh, test):
    """The second command."""
    status, said = fresh.run(test)
    count = said.strip().split('\n')[-1]
    tap.check(status == 0 and re.match(r'[1-9]\d* passed, 0 failed', count),
              f'{test}: {count}', said[-6000:])
    status, said = fresh.offline(test + ' --suite=style')
    tap.check(status == 0, f'{test} again without network', said[-3000:])


def main():
    suite, user, *only = sys.argv[1:]
    packages = ['git', 'ca-certificates', 'ccache']
    if user == 'user':
        packages.append('sudo')
    tap = Tap()
    try:
        run, test = commands()
        for name, check, command in (('run', check_run, run),
                                     ('test', check_test, test)):
            if not only or name in only:
                with Root(suite, packages) as root:
                    check(tap, Fresh(root, user), command)
    except Missing as reason:
        tap.skip(f'a fresh root of {suite}', reason)
    tap.close()


main()
