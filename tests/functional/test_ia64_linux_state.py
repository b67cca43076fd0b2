#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 1200
"""
Linux on the zx1 machine, saved and restored while processors, and disks and
networks through the IOTLB, are at work: snapshots, and migration between
emulators over a socket and through a file. The guest compares all that it
reads.

IA64_OTHER_BINARY may name another build of the emulator, to and from which
guests are migrated then.
"""

import hashlib
import os
import re
import subprocess
import sys
import time

from qemu_test import QemuSystemTest, skipSlowTest
from qemu_test.cmd import get_qemu_img

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import LinuxGuest, digest, noise
from rebuilt import rebuild

MIB = 1 << 20
DISK_SIZE = 2 * MIB
FILE_SIZE = MIB // 2

# Virtio devices use the IOTLB as the others do
IOMMU = 'disable-legacy=on,iommu_platform=on'

# Driver of Linux, and its device beside those of an rx2600
DISKS = {
    'pata_cmd64x': '-drive if=ide,{drive}',
    'mptspi': '-drive if=scsi,{drive}',
    'virtio_blk': '-drive if=none,id=v,{drive}'
                  ' -device virtio-blk-pci,drive=v,bus=pci2,' + IOMMU,
}
MORE_DISKS = DISKS | {
    'ahci': '-drive if=none,id=a,{drive} -device ahci,id=ahci,bus=pci3'
            ' -device ide-hd,drive=a,bus=ahci.0',
    'sym53c8xx': '-drive if=none,id=l,{drive}'
                 ' -device lsi53c895a,id=lsi,bus=pci4'
                 ' -device scsi-hd,drive=l,bus=lsi.0',
    'virtio_scsi': '-drive if=none,id=w,{drive}'
                   ' -device virtio-scsi-pci,id=vs,bus=pci3,' + IOMMU
                   + ' -device scsi-hd,drive=w,bus=vs.0',
}
NETS = {
    'e1000': 'e1000-82546gb,bus=pci1',
    'virtio_net': 'virtio-net-pci,bus=pci2,' + IOMMU,
}
MAC = '52:54:00:0a:00:'


class Zx1LinuxState(LinuxGuest):
    """Linux goes on where it was"""

    def setUp(self):
        super().setUp()
        # another build of the same version
        self.other_bin = os.environ.get('IA64_OTHER_BINARY', self.qemu_bin)

    def load(self, cpus, disks):
        """Options of a machine whose Linux is busy, names of what it does"""
        folder = os.path.join(self.workdir, 'tftp')
        os.makedirs(folder, exist_ok=True)
        data = noise(7, FILE_SIZE)
        with open(os.path.join(folder, 'file'), 'wb') as file:
            file.write(data)
        names = list(disks)
        args = ['-nodefaults', '-smp', str(cpus), '-m', '512M']
        commands = ''
        for driver, options in disks.items():
            path = self.scratch_file(f'{driver}.qcow2')
            subprocess.run([get_qemu_img(self), 'create', '-q', '-f', 'qcow2',
                            path, str(DISK_SIZE)], check=True)
            args += options.format(drive=f'file={path},format=qcow2,'
                                   'cache=unsafe').split()
            commands += f'disk_load {driver} &\n'
        for i, (driver, device) in enumerate(NETS.items()):
            args += ['-netdev',
                     f'user,id=n{i},net=10.0.{i + 2}.0/24,tftp={folder}',
                     '-device', f'{device},netdev=n{i},mac={MAC}{i:02x}']
            commands += (f'net_load {driver} {MAC}{i:02x} 10.0.{i + 2} file '
                         f'{hashlib.md5(data).hexdigest()} &\n')
            names.append(driver)
        for cpu in range(cpus):
            commands += f'cpu_load cpu{cpu} &\n'
            names.append(f'cpu{cpu}')
        commands += 'read what\ntouch /tmp/stop\nwait\n'
        args += ['-kernel', self.kernel_without_bypass(),
                 '-initrd', self.script(commands), '-append',
                 'selftest=40 rcupdate.rcu_cpu_stall_timeout=300']
        return args, names

    def progress(self, vm, names):
        """All that is to be done gets done."""
        vm.con.drain()
        start = vm.con.seen = len(vm.con.text)
        end = start
        for name in names:
            vm.con.seen = start
            vm.con.expect(rf'^io: load {name} \d+\n')
            end = max(end, vm.con.seen)
        vm.con.seen = end

    def stop(self, vm, names):
        """The end of the load; what was read was what had been written."""
        vm.con.type('stop')
        vm.con.expect(rf'selftest: end 40-io: {len(names)} passed, 0 failed')
        self.off(vm)

    def migrated(self, vm):
        """Wait for the end of an outgoing migration."""
        while True:
            info = vm.cmd('query-migrate')
            if info['status'] == 'completed':
                return info
            self.assertNotIn(info['status'], ('failed', 'cancelled'), info)
            time.sleep(0.1)

    def to_another(self, vm, args, how):
        """The guest of @vm in a new emulator"""
        self.qemu_bin, self.other_bin = self.other_bin, self.qemu_bin
        other = self.launch(self.prepare(*args, '-incoming', 'defer'))
        for each in vm, other:
            each.cmd('migrate-set-parameters', max_bandwidth=1 << 40)
        path = self.scratch_file('state')
        # the name of a socket has to be short
        uri = {'unix': f'unix:{self.socket_dir().name}/migrate',
               'tcp': 'tcp:127.0.0.1:0',
               'file': f'file:{path}', 'exec': f'exec:cat {path}'}[how]
        if how in ('unix', 'tcp'):
            other.cmd('migrate-incoming', uri=uri)
            if how == 'tcp':
                address = other.cmd('query-migrate')['socket-address'][0]
                uri = f'tcp:127.0.0.1:{address["port"]}'
            vm.cmd('migrate', uri=uri)
            self.migrated(vm)
        else:
            vm.cmd('migrate', uri=uri.replace('cat', 'cat >'))
            self.migrated(vm)
            other.cmd('migrate-incoming', uri=uri)
        event = other.event_wait('RESUME', timeout=self.patience)
        self.assertIsNotNone(event)
        self.assertEqual(vm.cmd('query-status')['status'], 'postmigrate')
        vm.shutdown()
        return other

    def snapshot(self, vm, names, name):
        """Save, go on, return to what was, go on from there."""
        self.monitor(vm, f'savevm {name}')
        self.progress(vm, names)
        self.monitor(vm, f'loadvm {name}')

    def states(self, cpus, disks, ways):
        """One guest, saved and restored in several ways"""
        args, names = self.load(cpus, disks)
        vm = self.start(*args)
        self.progress(vm, names)
        for i, how in enumerate(ways):
            if how == 'savevm':
                self.snapshot(vm, names, f's{i}')
            else:
                vm = self.to_another(vm, args, how)
            self.progress(vm, names)
        self.stop(vm, names)

    def monitor(self, vm, command):
        """A command of the monitor, which is silent if all is well"""
        self.assertEqual(vm.cmd('human-monitor-command',
                                command_line=command), '')

    def test_one(self):
        """One processor"""
        self.states(1, DISKS, ('savevm', 'unix', 'file'))

    def test_smp(self):
        """Four processors"""
        self.states(4, DISKS, ('tcp', 'savevm', 'exec'))

    @skipSlowTest()
    def test_more(self):
        """More rounds and more controllers"""
        for cpus in 1, 4:
            with self.subTest(cpus=cpus):
                self.states(cpus, MORE_DISKS,
                            ('savevm', 'unix', 'tcp', 'file', 'exec') * 3)

    @skipSlowTest()
    def test_rebuilt(self):
        """To an emulator that was compiled otherwise, and back"""
        build = os.environ.get('QEMU_BUILD_ROOT', '')
        if not os.path.exists(os.path.join(build, 'compile_commands.json')):
            self.skipTest('no QEMU_BUILD_ROOT: the emulator is not built here')
        self.other_bin = rebuild(build, self.scratch_file('rebuilt'), '-O1')
        self.assertNotEqual(digest(self.other_bin), digest(self.qemu_bin))
        for cpus in 1, 4:
            with self.subTest(cpus=cpus):
                self.states(cpus, DISKS, ('unix', 'file', 'tcp', 'exec'))

    def test_power_off(self):
        """A guest that powers off while it is being migrated just ends."""
        vm = self.boot('')
        vm.con.expect('# ')
        vm.cmd('migrate-set-parameters', max_bandwidth=1 << 20)
        vm.cmd('migrate', uri=f'file:{self.scratch_file("state")}')
        vm.con.type('poweroff -f')
        self.off(vm)

    def test_machine_type(self):
        """The version of the machine has a name that migration refers to."""
        vm = self.start('-S')
        machines = vm.cmd('query-machines')
        zx1, = [m for m in machines if m.get('alias') == 'zx1']
        self.assertTrue(re.fullmatch(r'zx1-\d+\.\d+', zx1['name']))
        self.assertEqual(vm.cmd('qom-get', path='/machine', property='type'),
                         zx1['name'] + '-machine')


if __name__ == '__main__':
    QemuSystemTest.main()
