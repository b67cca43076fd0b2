#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Timeout: 900
"""
What the boot loaders of HP-UX and OpenVMS need of the zx1 firmware.

The loaders are not free, so efi/check.c does what is known of them, on media
that ia64/media.py makes. What is tested where:

====  ====================================================  ================
F0    EFI 1.10 tables, their CRCs, the watchdog             here
F1    boot files longer than their header says              here
F2    GPT disk: AUTO, the OS partition beside the loader's  here
F3    discs of both systems, on each kind of controller     here, and removable
                                                            of ia64_firmware
F4    options, shell variables and keyboard of a loader     here
F5    console table, ConOut and the ACPI UART agree         here
F6    FPSWA interface; denormal and unnormal numbers        here
F7    memory map, fixed addresses, large blocks             here
A1    ACPI tables                                           here
S1    SAL functions                                         tcg-firmware
S2    SetVirtualAddressMap, runtime services, SAL           tcg-firmware
S3    application processors started twice                  tcg-firmware-smp
S4    INIT and machine checks reach the system              tcg-firmware-smp
S5    level interrupts across EOI, shared vectors           zx1-iosapic-test
P1    every PAL procedure                                   tcg-firmware
====  ====================================================  ================
"""

import os
import random
import re
import shutil
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                'ia64'))

# pylint: disable=wrong-import-position
import media
import pe
from firmware import SHELL, Zx1FirmwareTest

UART = 0xff5e0000
UART_GSI = 34
# ioa blocks, and GSIs of the zx1 (include/hw/ia64/zx1-fw.h)
LBA_BASE, LBA_SIZE = 0xfed20000, 0x2000
GSI_FIRST, GSI_STEP = 16, 11
FINISHED = 'app: done'
FAILED = 'cannot be loaded'


def data_of(text, name):
    """The bytes of all lines "data NAME HEX"."""
    return bytes.fromhex(''.join(
        re.findall(rf'^data {re.escape(name)} ([0-9a-f]+)$', text, re.M)))


class Zx1HpLoaders(Zx1FirmwareTest):
    """F0 to F7 and A1."""

    def app(self, **shape):
        """check.efi, as an image of some shape."""
        elf = pe.compile_app('check', self.workdir)
        if elf is None:
            self.skipTest('no cross compiler: set IA64_CROSS')
        return pe.image(elf, **shape)

    def disk_with(self, *files):
        """A disk with check.efi and other files."""
        fat = media.Fat(4 << 20).add('CHECK.EFI', self.app())
        for name, content in files:
            fat.add(name, content)
        return self.drive(self.file('disk', fat.bytes()))

    def store(self):
        """An empty variable store that outlives the machine."""
        path = self.file('store', b'\xff' * (512 << 10))
        return ('-drive', f'file={path},format=raw,if=pflash,unit=1')

    def checked(self, text):
        """Output without its carriage returns; all checks passed."""
        text = text.replace('\r', '')
        self.assertNotIn('\nnot ok', text)
        self.assertIn('\nok ', text)
        self.assertIn(FINISHED, text)
        return text

    def run_part(self, part, *options, before=''):
        """What a part of check.efi prints."""
        vm = self.start(*self.disk_with(), *self.attach('virtio-blk'),
                        *options, shell=f'fs0:;{before}check {part};reset -s')
        return self.checked(self.output(vm))

    def test_f0_tables(self):
        """F0: table revisions and CRCs; the watchdog resets the machine."""
        self.run_part('tables')
        vm = self.start(*self.disk_with(), *self.attach('virtio-blk'),
                        '-no-reboot', shell='fs0:;check watchdog')
        text = self.output(vm)
        self.assertIn('ok waiting for the watchdog', text)
        self.assertNotIn('not ok', text)
        self.assertNotIn(FINISHED, text)

    def test_f1_image_sizes(self):
        """F1: 64 KiB after the image; sections beyond SizeOfImage."""
        shapes = {'trailing': {'trailing': random.Random(1).randbytes(65536)},
                  'beyond': {'shrink': 0x3000},
                  'both': {'trailing': bytes(65536), 'shrink': 0x4000}}
        for name, shape in shapes.items():
            with self.subTest(image=name):
                fat = media.Fat(4 << 20).add('EFI/BOOT/BOOTIA64.EFI',
                                             self.app(**shape))
                disc = self.file(name, media.eltorito(fat.bytes()))
                vm = self.start(*self.drive(disc, 'cd'),
                                *self.attach('ide', 'cd'))
                self.expect(vm, FINISHED, SHELL)
                vm.shutdown()

    def test_f2_partitions(self):
        """F2: an HP-UX disk, as hpux.efi reads it."""
        other = random.Random(2).randbytes(5 << 18)
        fat = media.Fat(34 << 20, fat32=True)
        fat.add('EFI/HPUX/HPUX.EFI', self.app())
        fat.add('EFI/HPUX/AUTO', b'boot vmunix -tm')
        image = media.gpt([(media.EFI_SYSTEM, fat.bytes()),
                           (media.HPUX_DATA, other)])
        disk = self.file('hpux', image)
        for controller in ('ide', 'lsi', '1030', 'mpt', 'virtio-blk', 'nvme',
                           'xhci'):
            with self.subTest(controller=controller):
                vm = self.start(*self.drive(disk), *self.attach(controller),
                                shell=r'fs0:\EFI\HPUX\HPUX.EFI disk;reset -s')
                text = self.checked(self.output(vm))
                self.assertIn('AUTO: boot vmunix -tm\n', text)
                self.assertIn('file: \\EFI\\HPUX\\HPUX.EFI\n', text)
                self.assertEqual(len(data_of(text, 'signature')), 16)
                self.assertIn(data_of(text, 'signature'), image[:34 * 512])
                crcs = re.findall(r'^value crc ([0-9a-f]+)$', text, re.M)
                self.assertEqual([int(crc, 16) for crc in crcs],
                                 3 * [zlib.crc32(other)])
                self.assertEqual(data_of(text, 'first'), other[:32])

    def test_f3_discs(self):
        """F3: discs of both systems, by the menu and by an option."""
        fat = media.Fat(4 << 20).add('EFI/VMS/VMS_LOADER.EFI', self.app())
        fat.add('EFI/BOOT/BOOTIA64.EFI', self.app()).add('CHECK.EFI', b'x')
        volume = fat.bytes()
        discs = {'hpux': media.eltorito(volume),
                 'vms-mbr': media.mbr(volume, unit=2048),
                 'vms-gpt': media.gpt([(media.EFI_SYSTEM, volume)],
                                      unit=2048)}
        for name, image in discs.items():
            image += bytes(-len(image) % 2048)
            disc = self.file(name, image)
            for controller in ('ide', 'lsi', '1030', 'mpt', 'xhci'):
                with self.subTest(disc=name, controller=controller):
                    self.boot_disc(disc, controller)

    def boot_disc(self, disc, controller):
        """From the menu, then by an option that names the loader."""
        vm = self.start(*self.drive(disc, 'cd'), *self.attach(controller,
                                                              'cd'))
        self.expect(vm, 'any other key: menu', SHELL)
        vm.console_socket.sendall(b' ')
        self.expect(vm, 'Enter starts')
        vm.console_socket.sendall(b'\r')
        self.expect(vm, FINISHED, SHELL)
        vm.shutdown()
        device = (*self.store(), *self.drive(disc, 'cd'),
                  *self.attach(controller, 'cd'))
        self.output(self.start(
            *device, shell=r'bcfg add 0 fs0:\EFI\VMS\VMS_LOADER.EFI "VMS" '
                           '"-fl 0,30000";bcfg next 0;reset -s'))
        vm = self.start(*device)
        self.expect(vm, 'Booting VMS (BootNext)', SHELL)
        self.expect(vm, FINISHED, SHELL)
        vm.shutdown()

    def test_f4_options(self):
        """F4: options and a shell variable arrive; a loader reads keys."""
        vm = self.start(*self.disk_with(), *self.attach('virtio-blk'),
                        shell='fs0:;set VMS_FLAGS "0,30000";'
                              'check boot vmunix -tm "/a b"')
        self.expect(vm, 'options: check boot vmunix -tm "/a b"', FAILED)
        self.expect(vm, 'VMS_FLAGS: 0,30000')
        self.expect(vm, 'HPUX>')
        # F1 in two forms, F2, F6 and cursor up show as '0' + scan code; one
        # after the other: the escape key alone is told apart by its pause
        for keys, shown in ((b'l', 'l'), (b'-', '-'), (b'\x1b1', ';'),
                            (b'\x1bOP', ';'), (b'\x1b[12~', '<'),
                            (b'\x1b[17~', '@'), (b'\x1b[A', '1')):
            vm.console_socket.sendall(keys)
            self.expect(vm, f'key {shown}', 'read: ')
        vm.console_socket.sendall(b'\r')
        self.expect(vm, 'read: l-;;<@1')
        self.expect(vm, FINISHED)
        vm.shutdown()

    def test_f4_arguments(self):
        """F4: arguments as the shell's own programs get them."""
        text = self.run_part('arguments "two words" 3')
        for name in ('interface', 'parameters'):
            self.assertIn(f'{name}: check\n{name}: arguments\n{name}: '
                          f'two words\n{name}: 3 <- the last\n', text)

    def test_f4_boot_option(self):
        """F4: the data of a boot option are the loader's options."""
        device = (*self.store(), *self.disk_with(),
                  *self.attach('virtio-blk'))
        vm = self.start(*device, shell=r'bcfg add 0 fs0:\CHECK.EFI '
                        '"HP-UX Primary Boot: 0/0/1/0.0.0" "boot vmunix";'
                        'bcfg timeout 0;reset -s')
        self.output(vm)
        vm = self.start(*device)
        self.expect(vm, 'Booting HP-UX Primary Boot: 0/0/1/0.0.0', SHELL)
        self.expect(vm, 'options: boot vmunix', SHELL)
        self.expect(vm, 'HPUX>')
        vm.console_socket.sendall(b'\r')
        self.expect(vm, FINISHED)
        vm.shutdown()

    def test_f5_console(self):
        """F5: exactly one console, and everybody names the same."""
        text = self.run_part('console') + self.run_part('acpi').replace(
            'data HCDP', 'data HCDP-again')
        table = data_of(text, 'HCDP')
        self.assertEqual(sum(table) & 255, 0)
        for parse in (pcdp_linux, pcdp_freebsd):
            address, gsi, baud, bits, parity = parse(table)
            self.assertEqual(address, UART)
            self.assertEqual((gsi, baud, bits, parity), (UART_GSI, 115200, 8,
                                                         'n'))
        path = data_of(text, 'path')
        for name in ('ConOut', 'ConIn', 'ErrOut'):
            # one path, without another instance behind it
            self.assertEqual(data_of(text, name), path)
            self.assertNotIn(b'\x7f\x01\x04\0', path)
        # Acpi(PNP0501,uid)/Uart(...)
        self.assertEqual(path[:8], b'\x02\x01\x0c\0\xd0\x41\x01\x05')
        self.assertEqual(path[12:16], b'\x03\x0e\x13\0')
        self.assertEqual(struct.unpack_from('<Q', path, 20)[0], 115200)
        spcr = data_of(text, 'SPCR')
        self.assertEqual(struct.unpack_from('<Q', spcr, 44)[0], UART)
        self.assertEqual(struct.unpack_from('<I', spcr, 54)[0], UART_GSI)
        self.assertIn(struct.pack('<I', UART), data_of(text, 'DSDT'))

    def test_f6_fpswa(self):
        """F6: the interface, at least of revision 1.18."""
        text = self.run_part('fpswa')
        revision = int(re.search(r'value revision (\w+)', text)[1], 16)
        self.assertGreaterEqual(revision, 0x10012)

    def test_f7_memory(self):
        """F7: what loaders with fixed addresses and large kernels need."""
        for megabytes, most in ((512, 470), (1024, 980), (4096, 3000)):
            with self.subTest(megabytes=megabytes):
                text = self.run_part('memory', '-m', f'{megabytes}M')
                largest = re.search(r'value largest (\w+)', text)[1]
                self.assertGreater(int(largest, 16), most)

    def test_a1_acpi(self):
        """A1: tables, and the DSDT as iasl reads it."""
        text = self.run_part('acpi', '-smp', '2')
        tables = {name: data_of(text, name)
                  for name in ('XSDT', 'FACP', 'APIC', 'SPCR', 'HCDP',
                               'DSDT')}
        for name, table in tables.items():
            self.assertEqual(sum(table) & 255, 0, name)
            self.assertEqual(table[:4].decode(), name)
            self.assertEqual(struct.unpack_from('<I', table, 4)[0],
                             len(table))
            # Linux compares the id of HP's machines with strcmp()
            self.assertEqual(table[10:16].rstrip(b' \0'), b'HP')
        rsdp = data_of(text, 'RSDP')
        self.assertEqual((sum(rsdp) & 255, sum(rsdp[:20]) & 255), (0, 0))
        self.assertEqual(rsdp[15], 2)
        self.assertGreaterEqual(tables['FACP'][8], 3)
        values = dict(re.findall(r'^value (\S+) (\S+)$', text, re.M))
        self.assertEqual(values['DSDT-32'], values['DSDT-64'])
        self.check_madt(tables['APIC'])
        if not shutil.which('iasl'):
            self.skipTest('no iasl')
        self.check_dsdt(self.disassemble(tables['DSDT']))

    def check_madt(self, madt):
        """IOSAPICs in order, without gaps; processors."""
        at, gsis, cpus = 44, [], []
        while at < len(madt):
            kind, length = madt[at], madt[at + 1]
            self.assertGreater(length, 1)
            if kind == 6:
                _, gsi, address = struct.unpack_from('<HIQ', madt, at + 2)
                gsis.append(gsi)
                self.assertEqual((address - LBA_BASE) % LBA_SIZE, 0x800)
            elif kind == 7:
                cpus.append((madt[at + 3], madt[at + 4], madt[at + 8] & 1))
            at += length
        self.assertEqual(gsis, [GSI_FIRST + GSI_STEP * i
                                for i in range(len(gsis))])
        self.assertEqual(cpus, [(0, 0, 1), (1, 0, 1)])

    def disassemble(self, dsdt):
        """ASL, from a table that iasl also accepts as source again."""
        base = self.scratch_file('dsdt')
        with open(base + '.aml', 'wb') as file:
            file.write(dsdt)
        done = subprocess.run(['iasl', '-p', base, '-d', base + '.aml'],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = subprocess.run(['iasl', '-p', base + '2', base + '.dsl'],
                              capture_output=True, text=True, check=False)
        self.assertIn(' 0 Errors', done.stdout + done.stderr)
        with open(base + '.dsl', encoding='utf-8') as file:
            return file.read()

    def check_dsdt(self, asl):
        """Ids as EISA numbers, unique _UID, windows apart, _PRT complete."""
        # objects that interpreters of 2002 to 2006 do not know
        for word in ('External (', 'ToUUID', '_DSD', 'Connection',
                     'ExtendedSpace', 'Timer'):
            self.assertNotIn(word, asl)
        self.assertRegex(asl, r'Name \(_HID, EisaId \("HWP0001"\)')
        self.assertNotRegex(asl, r'_HID, "')
        devices = re.split(r'Device \((\w+)\)', asl)[1:]
        roots = [body for body in devices[1::2]
                 if 'EisaId ("HWP0002")' in body]
        self.assertGreaterEqual(len(roots), 7)
        uids, windows = [], []
        for number, body in enumerate(roots):
            self.assertIn('EisaId ("PNP0A03")', body)
            uids.append(number_of(re.search(r'_UID, (\w+)', body)[1]))
            self.assertEqual(uids[-1] & 0xff, 0)
            windows += window_list(body)
            self.check_prt(body, GSI_FIRST + GSI_STEP * number)
        self.assertEqual(len(set(uids)), len(uids))
        windows.sort()
        for (kind, _, last), (kind2, first, _) in zip(windows, windows[1:]):
            if kind == kind2:
                self.assertLess(last, first)

    def check_prt(self, body, gsi):
        """Four pins of each slot, on pins of this IOSAPIC."""
        entries = re.findall(r'Package \((?:0x0)?4\)\s*\{([^}]*)\}', body)
        seen = set()
        for entry in entries:
            address, pin, source, index = [number_of(word) for word in
                                           entry.replace(',', ' ').split()]
            self.assertEqual((address & 0xffff, source), (0xffff, 0))
            self.assertTrue(gsi <= index < gsi + GSI_STEP - 1)
            seen.add((address >> 16, pin))
        self.assertLessEqual({(slot, pin) for slot in range(16)
                              for pin in range(4)}, seen)


def number_of(word):
    """A number as iasl writes it."""
    return {'Zero': 0, 'One': 1}[word] if word in ('Zero', 'One') else int(
        word, 0)


def window_list(body):
    """(kind, first, last) of all address windows of a root."""
    pattern = (r'(WordBusNumber|[DQ]?WordIO|[DQ]?WordMemory) \([^)]*?'
               r'(0x\w+),\s*// Range Minimum\s*(0x\w+),\s*// Range Maximum'
               r'\s*(0x\w+),\s*// Translation')
    found = []
    for kind, first, last, _ in re.findall(pattern, body):
        kind = 'bus' if 'Bus' in kind else kind[-2:].lower()
        found.append((kind, int(first, 16), int(last, 16)))
    return found


def pcdp_linux(table):
    """The primary console, as Linux' drivers/firmware/pcdp.c takes it."""
    revision, uarts = table[8], struct.unpack_from('<I', table, 36)[0]
    for i in range(uarts):
        entry = table[40 + 48 * i:88 + 48 * i]
        kind, bits, parity, _ = struct.unpack_from('<BBBB', entry)
        baud, = struct.unpack_from('<Q', entry, 8)
        space, address = entry[16], struct.unpack_from('<Q', entry, 20)[0]
        gsi, = struct.unpack_from('<I', entry, 32)
        if revision >= 3 and kind == 0 and entry[41] & 4 and space == 0:
            return address, gsi, baud, bits, {2: 'e', 3: 'o'}.get(parity, 'n')
    raise ValueError('no primary console')


def pcdp_freebsd(table):
    """All entries in turn, by their types, as FreeBSD's dig64 tables."""
    header = struct.unpack_from('<4sIBB6s8sIIII', table)
    assert header[0] == b'HCDP' and header[1] == len(table)
    found = []
    for i in range(header[9]):
        (kind, bits, parity, _, _, _, _, _, baud, space, _, _, _, low, high,
         _, gsi, _, _, flags, _, _) = struct.unpack_from(
             '<BBBBBBBBQBBBBIIIIIBBHI', table, 40 + 48 * i)
        if kind == 0 and space == 0 and flags & 0x40:
            found.append((low | high << 32, gsi, baud, bits,
                          'n' if parity == 1 else '?'))
    # device structures follow; with a second console there would be some
    assert len(found) == 1 and len(table) == 40 + 48 * header[9]
    return found[0]


if __name__ == '__main__':
    Zx1FirmwareTest.main()
