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
# The tests of PCI devices run on the zx1 machine, see
# tests/qtest/ia64/zx1-machine.c. It has an IOMMU already, and no -numa, which
# the base's tests of vhost-user ask for (ours: tests/vfio/vhost-user.py).
if os.path.basename(name) == 'qos-test':
    for path in ('virtio-iommu-pci', 'vhost-user-gpio-pci',
                 'vhost-user-scmi-pci',
                 'virtio-net-pci/virtio-net/virtio-net-tests/vhost-user'):
        command += ['-x', f'/ia64/zx1/pci-bus-zx1/pci-bus/{path}']
# Their quick form leaves out versioned machines of which it takes the version
# for that of an old QEMU; ours have versions of their own.
if os.path.basename(name) in ('qom-test', 'test-hmp'):
    command += ['-m', 'thorough']
os.chdir(tests[0]['workdir'] or build)
os.execvpe(command[0], command,
           {**os.environ, **tests[0]['env']})
