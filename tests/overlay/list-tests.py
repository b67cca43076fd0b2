#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
List tests for the overlay's meson.build and scripts/test.

usage: list-tests.py base BUILD      the base's of ia64: "NAME TIMEOUT"
       list-tests.py targets BUILD   what ninja must build for them
       list-tests.py functional      ours: "NAME TIMEOUT FILE"
       list-tests.py unbuilt BUILD   "NAME FILE" of tests without program
       list-tests.py built BUILD     the names of the others

A functional test that may take longer than the default says so in a comment
line "# Timeout: SECONDS".
"""

import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FUNCTIONAL_TIMEOUT = 600


def introspect(build, what):
    """Read what meson says of the base's project."""
    path = os.path.join(build, 'meson-info', f'intro-{what}.json')
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def base_tests(build):
    """Yield the tests that the base has for this target."""
    for test in introspect(build, 'tests'):
        if any(re.search(r':(qtest|func)-ia64', suite)
               for suite in test['suite']):
            yield test


def main():
    what = sys.argv[1]
    if what == 'base':
        for test in base_tests(sys.argv[2]):
            print(test['name'], test['timeout'])
    elif what == 'targets':
        build = os.path.realpath(sys.argv[2])
        files = {target['id']: target['filename']
                 for target in introspect(build, 'targets')}
        wanted = {file for test in base_tests(build)
                  for depend in test['depends']
                  for file in files.get(depend, [])}
        print('\n'.join(sorted(os.path.relpath(file, build)
                               for file in wanted)))
    elif what in ('built', 'unbuilt'):
        for test in introspect(sys.argv[2], 'tests'):
            if os.path.exists(test['cmd'][0]) != (what == 'built'):
                continue
            elif what == 'built':
                print(test['name'])
            else:
                print(test['name'], test['cmd'][0])
    elif what == 'functional':
        where = os.path.join('tests', 'functional')
        folder = os.path.join(ROOT, where)
        names = os.listdir(folder) if os.path.isdir(folder) else []
        for name in sorted(names):
            match = re.fullmatch(r'test_(ia64_\w+)\.py', name)
            if not match:
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                timeout = re.search(r'^# Timeout: (\d+)$', file.read(), re.M)
            print(match[1], timeout[1] if timeout else FUNCTIONAL_TIMEOUT,
                  os.path.join(where, name))
    else:
        sys.exit(__doc__)


main()
