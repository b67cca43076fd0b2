# SPDX-License-Identifier: GPL-2.0-or-later
"""
Minimal roots of Debian releases, made by debootstrap from the machine's own
mirror: to see that what we tell a stranger to do works where nothing is.
"""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.environ['OVERLAY_ROOT']
CACHE = os.environ.get('OVERLAY_CACHE', os.path.join(ROOT, '.cache'))
SUITES = ('bookworm', 'trixie')
ENVIRONMENT = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:'
                       '/sbin:/bin', 'TERM': 'dumb',
               'DEBIAN_FRONTEND': 'noninteractive'}

# In namespaces of its own: nothing stays mounted, no daemon runs on.
ENTER = '''
set -e
root=$1; shift
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    shift 2
done
shift
exec chroot "$root" "$@"
'''


class Missing(Exception):
    """No root can be made here; says why."""


def mirror(suite):
    """The machine's mirror of Debian."""
    try:
        codename = platform.freedesktop_os_release()['VERSION_CODENAME']
    except (OSError, KeyError) as reason:
        raise Missing(f'this is not Debian: {reason}') from reason
    said = subprocess.run(
        [sys.executable, ROOT + '/scripts/overlay/apt-sources.py', suite,
         codename, '/etc/apt/sources.list', '/etc/apt/sources.list.d'],
        stdout=subprocess.PIPE, text=True, check=False).stdout
    found = re.search(r'^Uris: (\S+)', said, re.M)
    if not found:
        raise Missing('apt of this machine names no Debian mirror')
    return found[1]


class Root:
    """
    A root of one release, removed at the end of the with statement.  What its
    commands say goes to a log, to be looked at while they run.
    """

    def __init__(self, suite, packages):
        self.suite = suite
        self.packages = packages
        self.path = None
        self.log = os.path.join(CACHE, 'logs', '-'.join(
            [os.path.basename(sys.argv[0])] + sys.argv[1:]) + '.log')
        os.makedirs(os.path.dirname(self.log), exist_ok=True)

    def _debootstrap(self):
        """A new root of the release, in an empty directory."""
        done = subprocess.run(
            ['debootstrap', '--variant=minbase', self.suite, self.path,
             mirror(self.suite)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise Missing('debootstrap: ' + done.stdout.strip()
                          .split('\n')[-1])

    def _archive(self, packages):
        """A root with these packages, made once and kept."""
        archive = os.path.join(CACHE, 'roots', '-'.join(
            [self.suite] + sorted(packages)) + '.tar')
        if os.path.exists(archive):
            return archive
        if os.geteuid() != 0:
            raise Missing('debootstrap must be run by root')
        if not shutil.which('debootstrap'):
            raise Missing('debootstrap is not installed')
        os.makedirs(os.path.dirname(archive), exist_ok=True)
        plain = self._archive([]) if packages else None
        with tempfile.TemporaryDirectory(dir=os.path.dirname(archive)) as new:
            self.path = new + '/root'
            os.mkdir(self.path)
            if plain:
                subprocess.run(['tar', '-C', self.path, '-xf', plain],
                               check=True)
                self._settle()
                status, said = self.run(
                    'apt-get update -qq && apt-get install -y -qq '
                    '--no-install-recommends ' + ' '.join(packages) +
                    ' && apt-get clean && rm -rf /var/lib/apt/lists/*')
                if status:
                    raise Missing(said.strip().split('\n')[-1])
            else:
                self._debootstrap()
            subprocess.run(['tar', '--one-file-system', '-C', self.path,
                            '-cf', archive + '.new', '.'], check=True)
            os.rename(archive + '.new', archive)
        return archive

    def _settle(self):
        """Names are looked up as the machine does it; dpkg hurries."""
        for name in ('resolv.conf', 'hosts'):
            with open('/etc/' + name, 'rb') as source, \
                    open(f'{self.path}/etc/{name}', 'wb') as copy:
                copy.write(source.read())
        with open(f'{self.path}/etc/hosts', 'a', encoding='utf-8') as hosts:
            print('127.0.0.1', platform.node(), file=hosts)
        with open(f'{self.path}/etc/dpkg/dpkg.cfg.d/unsafe-io', 'w',
                  encoding='utf-8') as setting:
            print('force-unsafe-io', file=setting)

    def __enter__(self):
        archive = self._archive(self.packages)
        self.path = tempfile.mkdtemp(prefix=self.suite + '.',
                                     dir=os.path.dirname(archive))
        os.chmod(self.path, 0o755)
        subprocess.run(['tar', '-C', self.path, '-xf', archive], check=True)
        self._settle()
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def run(self, command, user='root', mounts=None, environment=None):
        """Run a shell command; returns its exit status and output."""
        environment = {**ENVIRONMENT, **(environment or {})}
        words = [word for pair in (mounts or {}).items() for word in pair]
        inner = ['env', '-i', *(f'{name}={value}' for name, value
                                in environment.items())]
        if user == 'root':
            inner += ['HOME=/root', 'bash', '-c', command]
        else:
            inner += ['su', user, '-c', f'export HOME=/home/{user}; '
                      f'bash -c {shlex.quote(command)}']
        with open(self.log, 'a+', encoding='utf-8', errors='replace') as log:
            print(f'{time.strftime("%T")} {self.suite} {user}# {command}',
                  file=log, flush=True)
            start = log.tell()
            done = subprocess.run(
                ['unshare', '-m', '-p', '--fork', '--kill-child', 'bash', '-c',
                 ENTER, 'enter', self.path, *words, '--', *inner],
                stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, check=False)
            log.seek(start)
            said = log.read()
            print(f'{time.strftime("%T")} exit status {done.returncode}\n',
                  file=log)
        return done.returncode, said

    def copy_repository(self, to):
        """What is or could be committed, as in a clone of it."""
        names = subprocess.run(
            ['git', '-C', ROOT, 'ls-files', '-co', '-z',
             '--exclude-standard'], stdout=subprocess.PIPE, check=True).stdout
        os.makedirs(self.path + to)
        packed = subprocess.run(
            ['tar', '-C', ROOT, '--null', '-T', '-', '--owner=0', '--group=0',
             '-c'], input=names, stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(['tar', '-C', self.path + to, '-x'], input=packed,
                       check=True)

    def files(self):
        """The names of all files, to be compared with earlier ones."""
        found = set()
        for where, folders, names in os.walk(self.path):
            for name in names + folders:
                found.add(os.path.relpath(os.path.join(where, name),
                                          self.path))
        return found
