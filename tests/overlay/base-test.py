#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Run one of the base's tests as its own project would.

usage: base-test.py BUILD NAME
"""

import json
import os
import sys

build, name = sys.argv[1:]
with open(os.path.join(build, 'meson-info', 'intro-tests.json'),
          encoding='utf-8') as intro:
    tests = [test for test in json.load(intro) if test['name'] == name]
if not tests:
    sys.exit(f'{build} has no test {name}')
command = tests[0]['cmd']
# Their quick form leaves out versioned machines of which it takes the version
# for that of an old QEMU; ours have versions of their own.
if os.path.basename(name) in ('qom-test', 'test-hmp'):
    command += ['-m', 'thorough']
os.chdir(tests[0]['workdir'] or build)
os.execvpe(command[0], command,
           {**os.environ, **tests[0]['env']})
