#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
Linux on the zx1 machine: its self-test, what its log says of the machine,
numbers of processors and sizes of memory, restart, the power button and
firmware variables.

QEMU_TEST_ALLOW_SLOW=1 adds the whole self-test for every number of processors
and size of memory.
"""

import os
import re
import struct
import sys

from qemu_test import QemuSystemTest, skipSlowTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from linux_guest import LOG_SCRIPT, POWER_DOWN, LinuxGuest

USERLAND = 'guest: userland up'

# What Linux has to find
FOUND = (
    r'efi: EFI v1\.10 by ',
    r'PCDP: v3 at ',
    r'ACPI: XSDT .* HP +rx2600 ',
    r'SAL: AP wakeup using external interrupt vector ',
    r'ACPI: Using IOSAPIC for interrupt routing',
    *(rf'ACPI: PCI Root Bridge \[L00{rope}\]' for rope in '0123467'),
    r'Registered efivars operations',
    r'IOC: zx1 2\.3 HPA 0xfed01000 IOVA space 1024Mb at 0x40000000',
    r'input: Power Button as ',
    r'ttyS0 at MMIO 0xff5e0000 \(irq = \d+, base_baud = 115200\) is a 16550A',
    r'ttyS1 at MMIO 0xff5e2000 ',
    r'DMI: hp server rx2600',
    r'rtc-efi .*setting system clock to 2031-05-06T07:[01]\d:',
)
RTC = ('-rtc', 'base=2031-05-06T07:08:09')

EFI_GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c'
OWN_GUID = '5a583121-0000-4000-8000-00000000abcd'
NVRAM_SIZE = 256 << 10


class Zx1Linux(LinuxGuest):
    """Linux, started by -kernel."""

    def selftest(self, which, cpus, memory):
        """@which part of it, and what the kernel's log has to say"""
        vm = self.boot(f'selftest{which}', '-smp', str(cpus), '-m', memory,
                       *RTC,
                       initrd=self.initrd({'selftest.d/05-log.sh':
                                           LOG_SCRIPT}))
        match = vm.con.expect(r'guest: (\d+) cpus, (\d+) kB')
        self.assertEqual(int(match[1]), cpus)
        mebibytes = int(memory[:-1]) * (1024 if memory[-1] == 'G' else 1)
        # the kernel's own share grows with the memory
        self.assertGreater(int(match[2]),
                           mebibytes * 1024 * 0.98 - (64 << 10))
        vm.con.expect(r'selftest: total \d+ passed, 0 failed')
        vm.con.expect('selftest: ok')
        text = self.off(vm)
        self.check_log(text)
        for pattern in FOUND:
            self.assertRegex(text, pattern)
        if cpus > 1:
            self.assertRegex(text, f'smp: Brought up 1 node, {cpus} CPUs')

    def test_selftest(self):
        """The whole self-test, on four processors."""
        self.selftest('', 4, '4G')

    def test_sizes(self):
        """Small and large machines find all that they have."""
        for cpus, memory in ((1, '512M'), (2, '16G'), (8, '1G')):
            with self.subTest(cpus=cpus, memory=memory):
                self.selftest('=05', cpus, memory)

    @skipSlowTest()
    def test_matrix(self):
        """The whole self-test for all numbers of processors and sizes."""
        for cpus in 1, 2, 4, 8:
            for memory in '1G', '4G', '16G':
                with self.subTest(cpus=cpus, memory=memory):
                    self.selftest('', cpus, memory)

    @skipSlowTest()
    def test_sixteen(self):
        """More processors than the rx2600 had."""
        self.selftest('', 16, '2G')

    def test_reboot(self):
        """A restart finds nothing of what was before."""
        vm = self.boot('', '-smp', '2', '-no-shutdown')
        for _ in range(2):
            vm.con.expect(USERLAND)
            vm.con.run('test ! -e /tmp/mark && touch /tmp/mark')
            vm.con.type('reboot -f')
            vm.con.expect('reboot: Restarting system')
        event = vm.event_wait('RESET', timeout=self.patience)
        self.assertEqual(event['data'], {'guest': True,
                                         'reason': 'guest-reset'})
        vm.con.expect(USERLAND)
        vm.con.expect('# ')
        vm.con.type('poweroff -f')
        vm.con.expect(POWER_DOWN)
        event = vm.event_wait('SHUTDOWN', timeout=self.patience)
        self.assertEqual(event['data'], {'guest': True,
                                         'reason': 'guest-shutdown'})
        # -no-shutdown: the machine is off but there
        self.assertEqual(vm.cmd('query-status')['status'], 'shutdown')

    def test_power_button(self):
        """system_powerdown and what -action makes of the guest's end."""
        vm = self.boot('', '-action', 'reboot=shutdown,shutdown=poweroff')
        # what a daemon for ACPI events does with the key
        vm.con.run('exec 3< /dev/input/event0;'
                   ' { (dd of=/tmp/key bs=24 count=1 <&3;'
                   ' hexdump -s 16 -e \'4/2 "%04x "\' /tmp/key;'
                   ' sync; poweroff -f) & }')
        vm.cmd('system_powerdown')
        # EV_KEY, KEY_POWER, pressed
        vm.con.expect('0001 0074 0001 0000')
        self.off(vm)

        vm = self.boot('', '-action', 'reboot=shutdown')
        vm.con.expect(USERLAND)
        vm.con.expect('# ')
        vm.con.type('reboot -f')
        vm.con.finish()
        vm.wait(timeout=self.patience)
        self.assertEqual(vm.exitcode(), 0)

    def test_variables(self):
        """Variables of Linux are there after the emulator was started anew."""
        store = self.scratch_file('nvram')
        with open(store, 'wb') as file:
            file.truncate(NVRAM_SIZE)
        args = ('-drive', f'if=pflash,unit=1,format=raw,file={store}')
        path = '/sys/firmware/efi/efivars'
        kept = f'{path}/Kept-{OWN_GUID}'
        other = f'{path}/Other-{OWN_GUID}'

        vm = self.boot('', *args)
        vm.con.run(f"printf '\\7\\0\\0\\0first' > {other}")
        vm.con.run(f"printf '\\7\\0\\0\\0kept' > {kept}")
        # efivarfs protects variables that it does not know
        vm.con.run(f"chattr -i {other}; "
                   f"printf '\\7\\0\\0\\0second, longer' > {other}")
        self.assertIn('second, longer', vm.con.run(f'cat {other}; echo'))
        vm.con.run(f'chattr -i {other}; rm {other} && test ! -e {other}')
        names = vm.con.run(f'ls {path} | cat').split()
        self.assertIn(f'Kept-{OWN_GUID}', names)
        # no orderly end
        vm.shutdown()

        vm = self.boot('', *args)
        self.assertEqual(names, vm.con.run(f'ls {path} | cat').split())
        size = len(struct.pack('<I', 7) + b'kept')
        found = vm.con.run(f'cat {kept} | wc -c; tail -c 4 {kept}; echo')
        self.assertEqual(re.findall(r'\S+', found)[-2:], [str(size), 'kept'])
        vm.con.expect('# ')
        vm.con.type('poweroff -f')
        self.off(vm)


if __name__ == '__main__':
    QemuSystemTest.main()
