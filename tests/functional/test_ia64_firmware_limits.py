#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The zx1 firmware on machines of all sizes, with a variable store that is
kept, missing or damaged, and how long it takes to the prompt.
"""

import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
from firmware import SHELL, Zx1FirmwareTest

GIB = 1 << 30
STORE = 512 << 10
DIAGNOSTICS = r'diagnostics: \d+ passed, 0 failed'


class Zx1FirmwareLimits(Zx1FirmwareTest):
    """Sizes, variable stores, time."""

    timeout = 120

    def sized(self, megabytes):
        """Options for memory that the host need not have."""
        return ('-m', f'{megabytes}M', '-machine', 'memory-backend=ram',
                '-object', f'memory-backend-ram,id=ram,size={megabytes}M,'
                'reserve=off')

    def run_shell(self, *args, commands):
        """What a machine prints that runs some commands."""
        return self.output(self.start(*args, shell=commands + ';reset -s'))

    def test_memory(self):
        """512 MiB to 256 GiB: all of it is in the map, and is usable."""
        with open('/proc/sys/vm/overcommit_memory', encoding='ascii') as file:
            strict = file.read().strip() == '2'
        for megabytes in (512, 1024, 1536, 4096, 16384, 65536, 262144):
            if strict and megabytes > 4096:
                self.skipTest('the host gives no memory that it does not have')
            with self.subTest(megabytes=megabytes):
                text = self.run_shell(*self.sized(megabytes),
                                      commands='memmap;diag')
                self.assertRegex(text, DIAGNOSTICS)
                free = int(text.split('PASS memory: ')[1].split()[0])
                self.assertGreater(free, megabytes - 16)
                self.assertLess(free, megabytes)

    def test_processors(self):
        """1 to 16 processors, and those that may come later."""
        for smp, count in (('1', 1), ('2', 2), ('3,maxcpus=8', 3), ('16', 16)):
            with self.subTest(smp=smp):
                text = self.run_shell('-smp', smp, commands='diag')
                self.assertRegex(text, DIAGNOSTICS)
                self.assertIn(f'PASS cpu: {count} in all', text)
                for number in range(1, count):
                    self.assertIn(f'PASS cpu {number}: ', text)

    def store(self, name, content, options=''):
        """The variables' flash with this content."""
        path = self.file(name, content)
        return ('-drive', f'file={path},format=raw,if=pflash,unit=1{options}')

    def test_variables_are_kept(self):
        """What one run of the emulator sets another one finds."""
        flash = self.store('kept', bytes(STORE))
        text = self.run_shell(*flash, commands='set first "one two";'
                              'bcfg timeout 7;set second 2;set -v third 3;'
                              f'set {"long" * 60} name')
        self.assertNotIn('No flash', text)
        text = self.run_shell(*flash, commands='set;set -d second;'
                              'set first again')
        self.assertIn('first = one two', text)
        self.assertIn('second = 2', text)
        self.assertIn(f'{"long" * 60} = name', text.replace('\r\n', ''))
        self.assertNotIn('third', text.split('> reset')[0])
        text = self.run_shell(*flash, commands='set')
        self.assertIn('first = again', text)
        self.assertNotIn('second', text)

    def test_no_store(self):
        """A flash that cannot be written: a message, and the prompt."""
        flash = self.store('blank', b'\xff' * STORE, ',readonly=on')
        text = self.run_shell(*flash, commands='set a b;set;diag')
        self.assertIn('No flash for variables', text)
        self.assertIn('a = b', text)
        self.assertRegex(text, DIAGNOSTICS)

    def test_damaged_store(self):
        """Damage of any kind: the prompt, and the store works again."""
        path = self.file('good', b'\xff' * STORE)
        flash = ('-drive', f'file={path},format=raw,if=pflash,unit=1')
        for number in range(3):
            self.run_shell(*flash, commands=';'.join(
                f'set v{i} "{number}{"x" * i}"' for i in range(20)))
        with open(path, 'rb') as file:
            good = file.read()
        rng = random.Random(2)
        stores = {'noise': rng.randbytes(STORE), 'ones': b'\xff' * STORE,
                  'zeros': bytes(STORE), 'half': good[:STORE // 2] +
                  rng.randbytes(STORE // 2)}
        for number in range(16):
            store = bytearray(good)
            for _ in range(rng.randrange(1, 40)):
                # the records are at the beginnings of the two banks
                at = (rng.randrange(1500) + rng.choice((0, STORE // 2)))
                store[at] = rng.choice((0, 255, store[at] ^ 1 <<
                                        rng.randrange(8)))
            stores[f'damaged-{number}'] = bytes(store)
        for name, content in stores.items():
            with self.subTest(store=name):
                flash = self.store(name, content)
                self.run_shell(*flash, commands='set new "value of it"')
                text = self.run_shell(*flash, commands='set')
                self.assertIn('new = value of it', text)

    def test_time_to_prompt(self):
        """From power-on to the prompt; the times are printed."""
        for what, options in (('as it is', ()),
                              ('4 processors, 4 GiB', ('-smp', '4', '-m',
                                                       '4G'))):
            times = [self.time_to_prompt(*options) for _ in range(3)]
            # for a person, and for scripts/bench.py: no limit is checked
            print(f'# to the prompt, {what}: {min(times):.2f} s, at most '
                  f'{max(times):.2f} s', flush=True)

    def time_to_prompt(self, *options):
        """Seconds of one start."""
        command = [self.qemu_bin, '-M', 'zx1', '-display', 'none', '-monitor',
                   'none', '-serial', 'stdio', *options]
        start = time.monotonic()
        text = b''
        with subprocess.Popen(command, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as machine:
            while SHELL.encode() not in text:
                part = machine.stdout.read1(4096)
                if not part:
                    break
                text += part
            seconds = time.monotonic() - start
            machine.kill()
        self.assertIn(SHELL, text.decode())
        return seconds


if __name__ == '__main__':
    Zx1FirmwareTest.main()
