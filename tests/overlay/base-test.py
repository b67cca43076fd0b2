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
os.chdir(tests[0]['workdir'] or build)
os.execvpe(tests[0]['cmd'][0], tests[0]['cmd'],
           {**os.environ, **tests[0]['env']})
