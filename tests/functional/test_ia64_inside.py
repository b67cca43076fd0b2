#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
Looking inside: what docs/system/ia64/inside.rst tells about the monitor, the
log, the log of a first contact, and TCG plugins.
"""

import os
import re
import subprocess
import sys

from qemu_test import QemuSystemTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
import media
import pe
from firmware import SHELL, Zx1FirmwareTest
from linux_guest import INITRD, KERNEL, POWER_DOWN

# A procedure that efi/check.c calls
UNKNOWN_SAL = 0x1000099


class Zx1Inside(Zx1FirmwareTest):
    """The monitor, logs and plugins."""

    def firmware(self, *args):
        """The firmware alone, from power-on to power-off; its messages."""
        result = subprocess.run(
            [self.qemu_bin, '-M', 'zx1', '-nodefaults', '-display', 'none',
             '-m', '512M', '-serial', 'stdio', '-monitor', 'none',
             '-fw_cfg', 'name=opt/zx1/shell,string=reset -s', *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False)
        text = result.stdout.decode(errors='replace')
        self.assertEqual(result.returncode, 0, text)
        self.assertIn('> reset -s', text)

    def messages(self, *args):
        """The log of such a run."""
        path = self.scratch_file('log')
        self.firmware('-D', path, *args)
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def test_monitor(self):
        """The info commands, and what is in QMP."""
        vm = self.start('-smp', '2', '-device', 'e1000')
        self.expect(vm, SHELL)

        def hmp(command):
            return vm.cmd('human-monitor-command', command_line=command)
        text = hmp('info registers')
        self.assertRegex(text, r'(?m)^ip\s*=?\s*[0-9a-f]{16}')
        self.assertRegex(text, r'(?m)^f126 [0-9a-f]{16}\.')
        vm.cmd('stop')
        where = int(re.search(r'(?m)^ip +([0-9a-f]+)',
                              hmp('info registers'))[1], 16)
        self.assertEqual(int(hmp('print/x $pc'), 16), where)
        shown = re.match(r'0x([0-9a-f]+): ', hmp('x/2i $ip'))
        self.assertEqual(int(shown[1], 16), where)
        self.assertIn('unknown register', hmp('print $r128'))
        vm.cmd('cont')
        self.assertRegex(hmp('info tlb'), r'(?m)^rr7 rid [0-9a-f]{6} ')
        self.assertIn('zx1.mem0', hmp('info mtree'))
        self.assertRegex(hmp('info mtree -f'), r'zx1\.sba|zx1-sba|mio')
        self.assertIn('/machine/rope0/iosapic:', hmp('info pic'))
        text = hmp('info iotlb')
        self.assertIn('00:01.0 e1000', text)
        self.assertEqual(vm.cmd('x-query-iotlb')
                         ['human-readable-text'].split(), text.split())
        names = {cpu['name'] for cpu in vm.cmd('query-cpu-definitions')}
        self.assertIn('max', names)
        vm.shutdown()

    def test_log(self):
        """-d in_asm,int,cpu,guest_errors,unimp"""
        text = self.messages('-d', 'in_asm,int,guest_errors,unimp')
        self.assertRegex(text, r'(?m)^INT cpu 0 [0-9a-f]{4} External')
        self.assertRegex(text, r'(?m)^0x[0-9a-f]+:\s.*\bmovl? ')
        text = self.messages('-d', 'cpu', '-dfilter', '0xffffff00+0x100')
        self.assertRegex(text, r'(?m)^ip\s*=?\s*[0-9a-f]{16}')

    def test_first_contact(self):
        """What Linux does that a new system would do."""
        path = self.scratch_file('contact')
        vm = self.start('-M', f'first-contact={path}', '-m', '1G',
                        '-device', 'lsi53c895a',
                        '-kernel', self.guest(KERNEL),
                        '-initrd', self.guest(INITRD), '-append', 'poweroff')
        self.expect(vm, POWER_DOWN, 'Kernel panic')
        vm.wait()
        with open(path, encoding='utf-8', errors='replace') as file:
            text = file.read()

        def lines(pattern):
            return re.findall('first-contact: ' + pattern, text)
        self.assertTrue(lines('unknown PAL procedure 0x[0-9a-f]+\n'))
        self.assertTrue(lines(r'SetVariable ConOut: \d+ bytes, status \d+'))
        self.assertTrue(lines(r'rope 0: configuration read of absent function '
                              r'00:02\.0, register 0x00'))
        self.assertTrue(lines(r'rope \d: STATUS_CONTROL 0x[0-9a-f]+ was 0x'))
        self.assertTrue(lines(r'ioc on: IBASE 0x40000001 IMASK 0x'))
        met = lines(r'interruption (\d+) under iva (0x[0-9a-f]+): INT cpu 0')
        tables = {iva for _, iva in met}
        # the firmware's and Linux's
        self.assertGreaterEqual(len(tables), 2, met)
        self.assertEqual(max(int(number) for number, _ in met), 64)
        kernel = [iva for iva in tables if iva.startswith('0xa0000001')]
        self.assertEqual(len(kernel), 1, tables)

    def test_first_contact_sal(self):
        """A SAL procedure that nobody knows, called by a program."""
        elf = pe.compile_app('check', self.workdir)
        if elf is None:
            self.skipTest('no cross compiler: set IA64_CROSS')
        fat = media.Fat(2 << 20).add('CHECK.EFI', pe.image(elf))
        path = self.scratch_file('contact')
        vm = self.start('-M', f'first-contact={path}',
                        *self.drive(self.file('disk', fat.bytes())),
                        *self.attach('virtio-blk'),
                        shell='fs0:;check sal;reset -s')
        self.assertIn('value status ffffffffffffffff', self.output(vm))
        with open(path, encoding='utf-8', errors='replace') as file:
            self.assertIn('first-contact: unknown SAL procedure '
                          f'{UNKNOWN_SAL:#x}\n', file.read())

    def plugin(self, folder, name, options=''):
        """What a plugin of the base says of the firmware."""
        path = os.path.join(os.environ.get('QEMU_BUILD_ROOT', ''), folder,
                            f'lib{name}.so')
        if not os.path.exists(path):
            self.skipTest(f'no {path}: build contrib-plugins, test-plugins')
        return self.messages('-d', 'plugin', '-plugin', path + options)

    def test_plugin_insn(self):
        """insn: the number of instructions."""
        text = self.plugin('tests/tcg/plugins', 'insn')
        count = int(re.search(r'total insns: (\d+)', text).group(1))
        self.assertGreater(count, 1000000)

    def test_plugin_hotblocks(self):
        """hotblocks: where the time goes."""
        text = self.plugin('contrib/plugins', 'hotblocks')
        hot = re.findall(r'(?m)^0x([0-9a-f]+), \d+, (\d+), (\d+)', text)
        self.assertGreater(len(hot), 10)
        # a block holds instructions: none of them was taken for nothing
        self.assertTrue(all(int(size) > 0 for _, size, _ in hot), hot)

    def test_plugin_cache(self):
        """cache: accesses and misses."""
        text = self.plugin('contrib/plugins', 'cache')
        row = re.search(r'(?m)^0\s+(\d+)\s+(\d+)\s+[\d.]+%\s+(\d+)\s+(\d+)',
                        text)
        accesses, misses = int(row.group(1)), int(row.group(2))
        self.assertGreater(accesses, 100000)
        self.assertLess(misses, accesses)

    def test_plugin_execlog(self):
        """execlog: instructions as our disassembler prints them."""
        text = self.plugin('contrib/plugins', 'execlog',
                           ',afilter=0xffffffb0')
        line = re.search(r'(?m)^0, 0xffffffb0, 0x[0-9a-f]+, "(.*?)"', text)
        self.assertRegex(line.group(1), r'\b(br|nop|mov|movl|brl)\b')


if __name__ == '__main__':
    QemuSystemTest.main()
