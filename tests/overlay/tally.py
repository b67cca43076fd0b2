#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Count the checks in a meson test log, name those that failed, give the reasons
of those that were skipped, and end with a line of the three numbers.

usage: tally.py BUILD/meson-logs/testlog.json

Exit status: 0 if nothing failed and something passed.
"""

import collections
import json
import re
import sys

RESULT = re.compile(
    r'(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(\w+)\S*\s*(.*))?')


def checks(test):
    """Yield (name, verdict, reason) for each check of a test."""
    output = test.get('stdout') or ''
    failed = False
    any_check = False
    for line in output.splitlines():
        match = RESULT.match(line)
        if not match:
            continue
        negative, name, word, reason = match.groups()
        word = (word or '').lower()
        any_check = True
        verdict = 'passed'
        if word == 'skip':
            verdict = 'skipped'
        elif negative and word != 'todo':
            verdict = 'failed'
            failed = True
        yield f'{test["name"]}: {name.strip()}', verdict, reason or ''
    if test['result'] == 'SKIP':
        if not any_check:
            plan = re.search(r'^1\.\.0\s*#\s*skip\S*\s*(.*)$', output,
                             re.M | re.I)
            lines = output.strip().splitlines() or ['no reason given']
            yield test['name'], 'skipped', plan[1] if plan else lines[-1]
    elif test['result'] in ('OK', 'EXPECTEDFAIL'):
        if not any_check:
            yield test['name'], 'passed', ''
    elif not failed:
        yield test['name'], 'failed', test['result'].lower()


def main():
    count = collections.Counter()
    failed = []
    skipped = collections.defaultdict(list)
    with open(sys.argv[1], encoding='utf-8') as log:
        for line in log:
            for name, verdict, reason in checks(json.loads(line)):
                count[verdict] += 1
                if verdict == 'failed':
                    failed.append((name, reason))
                elif verdict == 'skipped':
                    skipped[reason].append(name)
    for reason, names in skipped.items():
        print(f'skipped: {reason or "no reason given"}:')
        for name in names:
            print(f'    {name}')
    for name, reason in failed:
        print(f'FAILED: {name}{" (" + reason + ")" if reason else ""}')
    print(f'{count["passed"]} passed, {count["failed"]} failed, '
          f'{count["skipped"]} skipped')
    sys.exit(0 if count['passed'] and not count['failed'] else 1)


main()
