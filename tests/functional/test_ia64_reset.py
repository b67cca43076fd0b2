#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 300
"""
A reset leaves no residue: after random accesses to all registers, and a reset,
what would be saved of the machine is what a machine has that was just started.
"""

import json
import os
import random
import struct
import subprocess
import sys

from qemu.machine.qtest import QEMUQtestMachine
from qemu_test import QemuSystemTest

ROUNDS = 3
ACCESSES = 4000

# include/hw/ia64/zx1-fw.h
MIO, IOC = 0xfed00000, 0xfed01000
LBA, LBA_SIZE, IOSAPIC = 0xfed20000, 0x2000, 0x800
PIB = 0xfee00000
PORTS = 0xffffc000000
BOARD, PM, UART = 0xff5c0000, 0xff5c1000, (0xff5e0000, 0xff5e2000)
DILLON = 0xff5f0000
FW_CFG_DATA, FW_CFG_SELECTOR = 0xff5f8000, 0xff5f8008
CHIPSET = b'etc/zx1/chipset'

# where the test puts things
MPT, IDE = 0x90000000, 0x1000
MPT_DEVFN, IDE_DEVFN = 1 << 3, 2 << 3

# what to aim at, its size, and how often
AIM = (
    (MIO, 0x400, 8), (IOC, 0x600, 2), (IOC + 0x300, 0x28, 8),
    (MIO, 0x10000, 1), (LBA, 8 * LBA_SIZE, 4), (LBA, 0x2c0, 4),
    (LBA + 2 * LBA_SIZE, 0x2c0, 4), (LBA + IOSAPIC, 0x60, 4),
    (LBA + LBA_SIZE + IOSAPIC, 0x60, 4), (PIB, 0x200000, 1),
    (BOARD, 0x40, 1), (PM, 0xc, 1), (UART[0], 8, 1), (UART[1], 8, 1),
    (DILLON, 0x100, 1), (MPT, 0x50, 12), (PORTS, 0x4000000, 2),
)
LIKED = (0, 0xffffffffffffffff, 0x40000001, 0xc0000000, 0xfed20001,
         0x80000001, 0x80000000001, 28 << 58, 13 << 58, 0xa000, 0x10000,
         0x42060000)

# What may differ: the machine's time; what a reset cannot take from a battery
# or from an 8250 of the base; words of queues that are empty
KEPT = ('/timer', '/ds1501', '/serial/fcr_vmstate', '_free/data', '_post/data')


def leaves(node, path=''):
    """All values of the saved state, by their names."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f'{path}/{key}')
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from leaves(value, f'{path}[{i}]')
    elif not any(word in path for word in KEPT):
        yield path, node


class Zx1Reset(QemuSystemTest):

    timeout = 240

    def access(self, command):
        answer = self.machine.qtest(command).split()
        self.assertEqual(answer[0], 'OK', command)
        return int(answer[1], 0) if len(answer) > 1 else None

    def fw_cfg(self, size):
        return bytes(self.access(f'readb {FW_CFG_DATA:#x}')
                     for _ in range(size))

    def select(self, key):
        swapped = (key & 0xff) << 8 | key >> 8
        self.access(f'writew {FW_CFG_SELECTOR:#x} {swapped:#x}')

    def program_chipset(self):
        """As the firmware would."""
        self.select(0x19)
        for _ in range(struct.unpack('>I', self.fw_cfg(4))[0]):
            size, key, _ = struct.unpack('>IHH', self.fw_cfg(8))
            if self.fw_cfg(56).rstrip(b'\0') == CHIPSET:
                break
        else:
            self.fail('no layout of the chipset')
        self.select(key)
        for address, value in struct.iter_unpack('<QQ', self.fw_cfg(size)):
            self.access(f'writeq {address:#x} {value:#x}')

    def config(self, rope, devfn, reg, value):
        csr = LBA + rope * LBA_SIZE
        self.access(f'writel {csr + 0x40:#x} {devfn << 8 | reg:#x}')
        self.access(f'writel {csr + 0x48:#x} {value:#x}')

    def noise(self, rng):
        self.program_chipset()
        self.config(1, MPT_DEVFN, 0x14, MPT)
        self.config(1, MPT_DEVFN, 4, 7)
        for bar in range(5):
            self.config(0, IDE_DEVFN, 0x10 + 4 * bar, IDE + 0x10 * bar)
        self.config(0, IDE_DEVFN, 4, 7)
        for _ in range(ACCESSES):
            value = rng.choice((rng.getrandbits(64), rng.randrange(256),
                                1 << rng.randrange(64), rng.choice(LIKED)))
            what = rng.randrange(40)
            if what == 0:
                self.config(*rng.choice(((0, IDE_DEVFN), (1, MPT_DEVFN))),
                            rng.randrange(0x100) & ~3, value & 0xffffffff)
                continue
            width, size = rng.choice((('b', 1), ('w', 2), ('l', 4),
                                      ('q', 8)))
            if what < 3:
                port = IDE + rng.randrange(0x50)
                base, span = PORTS | port >> 2 << 12 | port & 0xfff, 1
                width, size = 'b', 1
            else:
                base, span, _ = rng.choices(AIM, [aim[2] for aim in AIM])[0]
            address = base + (rng.randrange(span) & -size)
            if what < 30:
                value &= (1 << 8 * size) - 1
                self.access(f'write{width} {address:#x} {value:#x}')
            else:
                self.access(f'read{width} {address:#x}')

    def saved(self):
        path = self.scratch_file('state')
        self.machine.cmd('migrate', uri=f'file:{path}')
        while True:
            status = self.machine.cmd('query-migrate').get('status')
            self.assertNotEqual(status, 'failed')
            if status == 'completed':
                break
        script = os.path.join(os.environ['QEMU_SOURCE_ROOT'], 'scripts',
                              'analyze-migration.py')
        text = subprocess.run([sys.executable, script, '-f', path],
                              stdout=subprocess.PIPE, check=True).stdout
        os.unlink(path)
        return dict(leaves(json.loads(text)))

    def state_after(self, rng):
        """The state after a reset, and noise before it."""
        args = ['-M', 'zx1', '-bios', 'none', '-nodefaults', '-display',
                'none', '-smp', '2', '-m', '5G', '-no-shutdown']
        for name, controller, disk in (
                ('d', 'lsi53c1030,bus=pci1,addr=1', 'scsi-hd,bus=d.0'),
                ('e', 'cmd649-ide,bus=pci,addr=2', 'ide-hd,bus=e.0')):
            args += ['-blockdev', f'null-co,node-name={name},size=1048576,'
                     'read-zeroes=on', '-device', f'{controller},id={name}',
                     '-device', f'{disk},drive={name}']
        self.machine = QEMUQtestMachine(self.qemu_bin, args,
                                        base_temp_dir=self.workdir)
        with self.machine:
            self.machine.launch()
            if rng:
                self.noise(rng)
            self.machine.cmd('system_reset')
            self.machine.event_wait('RESET', timeout=400)
            return self.saved()

    def test_residue(self):
        fresh = self.state_after(None)
        self.assertGreater(len(fresh), 10000)
        for seed in range(ROUNDS):
            after = self.state_after(random.Random(seed))
            self.assertEqual(fresh.keys(), after.keys())
            self.assertEqual({}, {key: (fresh[key], after[key])
                                  for key in fresh
                                  if fresh[key] != after[key]})


if __name__ == '__main__':
    QemuSystemTest.main()
