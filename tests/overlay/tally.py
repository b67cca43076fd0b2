#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Count the checks in a meson test log, name those that failed, give the reasons
of those that were skipped, and end with a line of the three numbers.

usage: tally.py BUILD/meson-logs/testlog.json [NAME]...

NAME is a test that failed before it could run: its program was not built.

Exit status: 0 if nothing failed and something passed.
"""

import collections
import itertools
import json
import re
import sys

RESULT = re.compile(
    r'(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(\w+)\S*\s*(.*))?')
MAX_DETAILS = 12


def short_name(test):
    """Without the name of the project that meson puts before it."""
    return test['name'].split(':', 1)[-1].replace(' / ', '/')


def details(lines):
    """Diagnostic lines of TAP, or the last lines of anything else."""
    lines = [line.lstrip('# ') for line in lines if line.strip()]
    return '\n'.join(f'    | {line}' for line in lines[:MAX_DETAILS])


def checks(test):
    """Yield (name, verdict, reason) for each check of a test."""
    lines = (test.get('stdout') or '').splitlines()
    errors = (test.get('stderr') or '').splitlines()
    name = short_name(test)
    failed = any_check = False
    for number, line in enumerate(lines):
        match = RESULT.match(line)
        if not match:
            continue
        negative, check, word, reason = match.groups()
        word = (word or '').lower()
        any_check = True
        verdict, reason = 'passed', reason or ''
        if word == 'skip':
            verdict = 'skipped'
        elif negative and word != 'todo':
            verdict = 'failed'
            failed = True
            after = itertools.takewhile(lambda line: line.startswith('#'),
                                        lines[number + 1:])
            reason = details(list(after) or errors[-MAX_DETAILS:])
        yield f'{name}: {check.strip()}', verdict, reason
    if test['result'] == 'SKIP':
        if not any_check:
            plan = [re.match(r'1\.\.0\s*#\s*skip\S*\s*(.*)$', line, re.I)
                    for line in lines if line.startswith('1..0')]
            if plan:
                reason = plan[0][1] if plan[0] else 'nothing for this target'
            else:
                reason = (lines or ['no reason given'])[-1]
            yield name, 'skipped', reason
    elif test['result'] in ('OK', 'EXPECTEDFAIL'):
        if not any_check:
            yield name, 'passed', ''
    elif not failed:
        yield (name, 'failed', f'    | {test["result"].lower()}\n' +
               details((lines + errors)[-MAX_DETAILS:]))


def main():
    failed = [(name, '    | not built') for name in sys.argv[2:]]
    count = collections.Counter(failed=len(failed))
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
        print(f'skipped, {reason or "no reason given"}:')
        for name in names:
            print(f'    {name}')
    for name, reason in failed:
        print(f'FAILED {name}')
        if reason:
            print(reason)
    print(f'{count["passed"]} passed, {count["failed"]} failed, '
          f'{count["skipped"]} skipped')
    sys.exit(0 if count['passed'] and not count['failed'] else 1)


main()
