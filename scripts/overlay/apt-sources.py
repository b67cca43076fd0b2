#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Print an apt source (deb822) for a given suite of Debian, derived from the
machine's own sources: the same mirror, keyring and options.

usage: apt-sources.py SUITE CODENAME SOURCES.LIST SOURCES.LIST.D

Both forms that apt knows are read: one-line *.list and deb822 *.sources.
CODENAME is the release that the machine runs.
"""

import glob
import os
import re
import sys

# of a machine's entry, what concerns the mirror and not the suite
KEPT = ('uris', 'signed-by', 'trusted', 'check-valid-until',
        'valid-until-max', 'allow-insecure', 'allow-weak',
        'allow-downgrade-to-insecure', 'by-hash')


def one_line(path):
    """Yield the entries of a sources.list as dictionaries."""
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            match = re.match(r'\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)(.*)',
                             line.split('#')[0])
            if not match:
                continue
            options, uri, suite, components = match.groups()
            entry = {'types': 'deb', 'uris': uri, 'suites': suite,
                     'components': components}
            for option in (options or '').split():
                name, _, value = option.partition('=')
                entry[name.lower()] = value.replace(',', ' ')
            yield entry


def deb822(path):
    """Yield the stanzas of a .sources file as dictionaries."""
    entry, last = {}, None
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in list(file) + ['\n']:
            if line.startswith('#'):
                continue
            if not line.strip():
                if entry:
                    yield entry
                entry, last = {}, None
            elif line[0] in ' \t':
                if last:
                    entry[last] += '\n' + line.rstrip()
            else:
                name, _, value = line.partition(':')
                last = name.strip().lower()
                entry[last] = value.strip()


def entries(main, parts):
    """Yield all entries in the order in which apt reads them."""
    files = [main] + sorted(glob.glob(os.path.join(parts, '*')))
    for path in files:
        if not os.path.isfile(path):
            continue
        if path.endswith('.sources'):
            yield from deb822(path)
        elif path.endswith('.list'):
            yield from one_line(path)


def rank(entry, suite, codename):
    """How well an entry tells where Debian's main archive is; 0: not."""
    suites = entry.get('suites', '').split()
    if ('deb' not in entry.get('types', '').split()
            or 'main' not in entry.get('components', '').split()
            or entry.get('enabled', 'yes').lower() in ('no', 'false')
            or entry.get('uris', '').startswith('cdrom:')):
        return 0
    if suite in suites:
        return 3
    if codename in suites:
        return 2
    if {'stable', 'oldstable', 'testing', 'unstable', 'sid'} & set(suites):
        return 1
    return 0


def main():
    suite, codename, source_list, source_parts = sys.argv[1:]
    found = sorted(entries(source_list, source_parts), reverse=True,
                   key=lambda entry: rank(entry, suite, codename))
    if not found or not rank(found[0], suite, codename):
        sys.exit('no source of Debian\'s main archive among the '
                 'machine\'s apt sources')
    print('Types: deb deb-src')
    print(f'Suites: {suite}')
    print('Components: main')
    for name in KEPT:
        if name in found[0]:
            print(f'{name.title()}: {found[0][name]}')


main()
