#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Check the form of our files: one TAP line a file.

usage: style.py overlay|c|shell|python
"""

import hashlib
import multiprocessing
import os
import re
import shutil
import subprocess
import sys

from tap import Tap

ROOT = os.environ['OVERLAY_ROOT']
BASE = os.environ['QEMU_SOURCE_ROOT']

# Programs for the guest
GUEST = r'(roms|tests/(tcg|bench|vfio|functional))/'

# What checkpatch.pl does not know: the argument types that decodetree
# generates; EFI's names; programs that do not link QEMU's utilities; and
# programs for the guest, which drive devices, are full of assembler and share
# symbols with it.  File, message and source line.
NOT_WRONG = (
    (r'target/ia64/', r"spaces required around that '\*'",
     r'\barg_[\w#]+ \*'),
    (r'hw/', r'Macros with multiple statements', r'#define LMMIO_DIR'),
    (GUEST + r'|tests/unit/', r'consider using qemu_', r''),
    (GUEST + r'|tests/unit/', r'Use of volatile', r''),
    (GUEST, r'architecture specific|use sigaction', r''),
    (GUEST, r'externs should be avoided|suspect code indent', r''),
    (GUEST, r'space prohibited between function name', r'\((EFIAPI )?\*'),
    (GUEST, r'space prohibited before that close', r'; \) \{$'),
    (GUEST, r'Macros with multiple|initialise statics|in if condition',
     r'#define FW_|FW_INITCALL|\bWAIT\('),
    (GUEST, r"spaces required around that '[*&]'",
     r'\b(EFIAPI|[A-Z][A-Z0-9_]+|UINT##bits|u\d+) \*|\([A-Zu]\w+\)[&*]'),
    (GUEST, r"spaces required around that '::?'", r'"|^\s*:'),
)

# Large enough for any source; a larger file is a sign of a missing room.
MAX_LINES = 2000


def read(name):
    """The bytes of one of our files."""
    with open(os.path.join(ROOT, name), 'rb') as file:
        return file.read()


def our_files():
    """The names of all files of the repository, links excepted."""
    git = subprocess.run(['git', '-C', ROOT, 'ls-files', '-co', '-z',
                          '--exclude-standard'],
                         capture_output=True, check=False)
    if git.returncode == 0:
        names = git.stdout.decode().split('\0')
    else:
        names = [os.path.relpath(os.path.join(folder, name), ROOT)
                 for folder, _, files in os.walk(ROOT) for name in files]
        names = [name for name in names
                 if not re.match(r'build|\.cache|\.git/', name)]
    return sorted(name for name in names
                  if os.path.isfile(os.path.join(ROOT, name))
                  and not os.path.islink(os.path.join(ROOT, name)))


def run(command):
    """Run a checker; yield whether it was content, and what it said."""
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode == 0, result.stdout


def each(tap, tool, names, command, runner=run):
    """One check for each name, with the tool as a command before it."""
    if not shutil.which(tool):
        tap.skip(f'{len(names)} files', f'{tool} is not installed')
        return
    with multiprocessing.Pool() as pool:
        results = pool.imap(runner, [command + [name] for name in names])
        for name, (good, said) in zip(names, results):
            tap.check(good, name, said)


def starts_with(name, pattern):
    """Whether the first line of a file is like that."""
    return re.match(pattern, read(name)) is not None


def is_wrong(message):
    """Whether a line that checkpatch.pl printed is to be taken seriously."""
    match = re.match(r'(\S+?):(\d+): (.*)', message)
    if not match:
        return False
    name, number, text = match.groups()
    line = read(name).decode().split('\n')[int(number) - 1]
    return not any(re.match(file, name) and re.search(what, text)
                   and re.search(where, line)
                   for file, what, where in NOT_WRONG)


def run_checkpatch(command):
    """Like run(), less what is not wrong, and less mere warnings."""
    good, said = run(command)
    wrong = [line for line in said.splitlines()
             if 'ERROR: ' in line and is_wrong(line)]
    return good or not wrong, '\n'.join(wrong)


def check_c(tap):
    """QEMU's own style, for C."""
    names = [name for name in our_files()
             if re.search(r'\.(c|h|c\.inc|h\.inc)$', name)]
    checkpatch = os.path.join(BASE, 'scripts', 'checkpatch.pl')
    each(tap, 'perl', names,
         ['perl', checkpatch, '--no-tree', '--terse', '-q', '-f'],
         run_checkpatch)


def check_shell(tap):
    """Shell scripts."""
    names = [name for name in our_files()
             if name.endswith('.sh')
             or starts_with(name, rb'#!\s*/(usr/)?bin/(env )?(ba)?sh\b')]
    each(tap, 'shellcheck', names, ['shellcheck', '-x', '-P', ROOT])


def check_python(tap):
    """Python, by the rules of .flake8."""
    names = [name for name in our_files()
             if name.endswith('.py')
             or starts_with(name, rb'#!\s*/usr/bin/(env )?python3\b')]
    each(tap, 'flake8', names, ['flake8'])


def base_hashes():
    """Hashes of the base's own files, not of what it has linked in."""
    hashes = {}
    for folder, dirs, files in os.walk(BASE):
        dirs[:] = [name for name in dirs
                   if not os.path.islink(os.path.join(folder, name))]
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path) and os.path.getsize(path) > 0:
                with open(path, 'rb') as file:
                    digest = hashlib.sha256(file.read()).digest()
                hashes[digest] = os.path.relpath(path, BASE)
    return hashes


def check_overlay(tap):
    """The rules of the house that a program can see."""
    names = our_files()
    base = base_hashes()
    copies = [f'{name} is {base[digest]} of the base' for name in names
              for digest in [hashlib.sha256(read(name)).digest()]
              if digest in base]
    tap.check(not copies, 'no file of the base is in the repository',
              '\n'.join(copies))

    source = r'\.(c|h|S|py|sh|rst|decode|inc|build|options|mak|ld)$|Kconfig$'
    unmarked = [name for name in names if re.search(source, name)
                and b'SPDX-License-Identifier: GPL-2.0-or-later'
                not in read(name)[:1000]]
    tap.check(not unmarked, 'every source names its licence',
              '\n'.join(unmarked))

    large = [name for name in names if re.search(source, name)
             and read(name).count(b'\n') > MAX_LINES]
    tap.check(not large, f'no source has more than {MAX_LINES} lines',
              '\n'.join(large))

    hooks = [name for name in names if name.startswith('base/patches/')]
    bad = [name for name in hooks
           if not re.match(rb'Subject: .+\n\n.+?\n\n--- a/', read(name), re.S)]
    tap.check(hooks and not bad, 'every hook says why it is there',
              '\n'.join(bad))


def main():
    checks = {'overlay': check_overlay, 'c': check_c, 'shell': check_shell,
              'python': check_python}
    tap = Tap()
    checks[sys.argv[1]](tap)
    tap.close()


main()
