#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What scripts/vfio-host-check says of hosts that are made up of a few files.
Output is TAP.
"""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, REPO + '/tests/overlay')
# pylint: disable-next=wrong-import-position
from tap import Tap                                         # noqa: E402

PF, VF, OTHER = '0000:01:00.0', '0000:01:10.0', '0000:01:10.1'
GROUPS = '/sys/kernel/iommu_groups/'
DEVICES = '/sys/bus/pci/devices/'


class Host:
    """A root directory with the files of a host."""

    def __init__(self, root):
        self.root = root
        for path in ('/proc', '/dev', '/sys/bus/pci/devices'):
            os.makedirs(root + path)
        self.write('/proc/cpuinfo', 'vendor_id : GenuineIntel\n')

    def write(self, path, text=''):
        """A file."""
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        with open(self.root + path, 'w', encoding='utf-8') as file:
            file.write(text)

    def link(self, path, target):
        """A symbolic link, made anew; only the end of its target matters."""
        if os.path.lexists(self.root + path):
            os.remove(self.root + path)
        os.symlink(target, self.root + path)

    def iommu(self):
        """An IOMMU that is on, and VFIO."""
        self.write('/sys/class/iommu/dmar0/x')
        self.write('/dev/vfio/vfio')
        self.write('/sys/bus/pci/drivers/vfio-pci/bind')
        self.write('/sys/module/vfio_iommu_type1/parameters/dma_entry_limit',
                   '65535\n')

    def function(self, address, group, driver):
        """A function in a group, with a driver or None."""
        path = DEVICES + address
        self.write(path + '/vendor', '0x8086\n')
        self.write(path + '/device', '0x10ca\n')
        self.write(path + '/class', '0x020000\n')
        self.write(path + '/reset')
        self.link(path + '/iommu_group', GROUPS + group)
        if driver:
            self.link(path + '/driver', '/sys/bus/pci/drivers/' + driver)
        os.makedirs(f'{self.root}{GROUPS}{group}/devices/{address}',
                    exist_ok=True)

    def check(self, *functions):
        """(status, output) of the script."""
        result = subprocess.run(
            [sys.executable, REPO + '/scripts/vfio-host-check', *functions],
            env=dict(os.environ, SYSFS_ROOT=self.root), check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return result.returncode, result.stdout


def main():
    """A host that gets what it lacks, one after the other."""
    tap = Tap()

    def says(name, host, functions, status, *texts):
        got, output = host.check(*functions)
        tap.check(got == status and all(text in output for text in texts),
                  name, f'status {got}\n{output}')

    root = tempfile.mkdtemp(prefix='host-check.')
    try:
        host = Host(root + '/host')
        says('no IOMMU: the firmware and the command line', host, [], 1,
             'MISSING no IOMMU groups', 'intel_iommu=on', 'tests/vfio/rig.py')
        os.makedirs(host.root + GROUPS + '7')
        says('no VFIO: modprobe', host, [], 1, 'IOMMU in use',
             'MISSING /dev/vfio/vfio', 'modprobe vfio-pci')
        host.iommu()
        says('no function', host, [VF], 1, 'MISSING there is no such function',
             'sriov_numvfs')
        host.function(PF, '6', 'igb')
        host.write(DEVICES + PF + '/sriov_totalvfs', '7\n')
        host.write(DEVICES + PF + '/sriov_numvfs', '2\n')
        host.function(VF, '7', 'igbvf')
        host.link(DEVICES + VF + '/physfn', '../' + PF)
        says('wrong driver: how to give it away', host, [VF[5:]], 1,
             'bound to igbvf', f'echo {VF} > {DEVICES}{VF}/driver/unbind',
             f'echo vfio-pci > {DEVICES}{VF}/driver_override')
        host.link(DEVICES + VF + '/driver', '/sys/bus/pci/drivers/vfio-pci')
        says('no node for the group', host, [VF], 1,
             'MISSING /dev/vfio/7 cannot be opened')
        host.write('/dev/vfio/7')
        host.function(OTHER, '7', 'igbvf')
        says('another function in the group', host, [VF], 1,
             f'MISSING {OTHER} is in the same group and bound to igbvf')
        host.link(DEVICES + OTHER + '/driver',
                  '/sys/bus/pci/drivers/vfio-pci')
        status, output = host.check(VF)
        tap.check('MISSING' not in output.replace(
            'MISSING RLIMIT_MEMLOCK', ''), 'nothing is missing', output)
        tap.check(f'a virtual function of {PF}' in output,
                  'the VF is known as one', output)
        tap.check(status == ('MISSING' in output), 'status', output)
        status, output = host.check()
        tap.check(f'{PF} 8086:10ca can have 7 virtual functions, has 2'
                  in output and f'-device vfio-pci,host={VF}' in output,
                  'candidates', output)
    finally:
        shutil.rmtree(root)
    tap.close()


main()
