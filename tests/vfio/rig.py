#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Test passthrough on real kernel VFIO, on a machine without an IOMMU.

An x86_64 machine under TCG, with an emulated VT-d and an SR-IOV network
adapter, runs Debian's Linux; in it the emulator under test gets a virtual
function with -device vfio-pci.  The tests are tests/vfio/tests/*.sh, run by
the outer machine one after the other; TEST may have wildcards.

usage: rig.py [--emulator=FILE] [--cross=PREFIX] [--cache=DIR] [--list]
              [--timeout=SECONDS] [--log=FILE] [--shell=SOCKET]
              [--kernel=FILE | --iommufd] [--count] [--tap] [TEST...]

--timeout: how long the outer machine may be silent; there is no other limit.
--shell: leave the outer machine running after its boot, with a shell on a
UNIX socket instead of the tests.
--kernel: an x86_64 kernel for the outer machine instead of Debian's, with all
that it needs built in.
--iommufd: Debian's with an iommufd, which it is built without: the modules are
made when they are needed for the first time, in a few minutes.
--count: one processor, whose clock counts its instructions: a nanosecond is
one instruction, whatever else this machine does.
--tap: results in that form instead of lines PASS, FAIL and SKIP.
"""

import argparse
import fnmatch
import glob
import gzip
import lzma
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

from kernel import use_iommufd
from parts import HERE, REPO, Cpio, Missing, Parts, initramfs, run

RESULT = re.compile(r'RESULT (PASS|FAIL|SKIP) (.*)')


def arguments():
    """Parse the command line."""
    cache = os.environ.get('OVERLAY_CACHE', REPO + '/.cache')
    parser = argparse.ArgumentParser(description='Passthrough on real VFIO')
    parser.add_argument('--emulator',
                        default=os.environ.get('QEMU_TEST_QEMU_BINARY',
                                               REPO +
                                               '/build/qemu-system-ia64'))
    parser.add_argument('--cross', default=os.environ.get('IA64_CROSS') or
                        '/opt/ia64-linux-gnu/bin/ia64-linux-gnu-')
    parser.add_argument('--guests', default=os.environ.get('IA64_GUESTS') or
                        REPO + '/../shared/guests',
                        help='directory of guests (Linux for ia64)')
    parser.add_argument('--cache', default=cache + '/vfio-rig')
    parser.add_argument('--timeout', type=int, default=3000)
    parser.add_argument('--log', help='where the console output goes')
    parser.add_argument('--shell', metavar='SOCKET')
    parser.add_argument('--kernel', metavar='FILE')
    parser.add_argument('--iommufd', action='store_true')
    parser.add_argument('--tap', action='store_true')
    parser.add_argument('--count', action='store_true')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('tests', nargs='*')
    return parser.parse_args()


def test_names(wanted):
    """Names of the tests, in order; all if none is wanted."""
    names = sorted(os.path.basename(path)[:-3]
                   for path in glob.glob(HERE + '/tests/*.sh'))
    for pattern in wanted:
        if not fnmatch.filter(names, pattern):
            sys.exit(f'rig.py: no test {pattern}; see --list')
    return [name for name in names if not wanted or
            any(fnmatch.fnmatch(name, pattern) for pattern in wanted)]


def libraries(binary):
    """The shared libraries of a binary, the loader included."""
    paths = re.findall(r'(/\S+) \(0x', run('ldd', binary))
    if not paths:
        raise Missing(f'{binary} is not a dynamic executable of this machine')
    return paths


def build_guests(cross, target):
    """Compile the bare-metal programs into a directory."""
    if not shutil.which(cross + 'gcc'):
        raise Missing(f'no cross compiler {cross}gcc')
    run('make', '-s', '-C', HERE + '/guest', 'CROSS=' + cross, 'O=' + target)


def build_host(target):
    """Compile programs for the outer machine; not there if it cannot be."""
    if shutil.which('cc'):
        for path in glob.glob(HERE + '/host/*.c'):
            name = os.path.basename(path)[:-2]
            run('cc', '-O2', '-Wall', '-Werror', '-o', target + '/' + name,
                path)


def stage_linux(guests, target):
    """Linux for ia64 with our script; nothing if it is not there."""
    linux = guests + '/linux-6.1-zx1'
    initrd = guests + '/initramfs/initramfs.cpio.gz'
    if not os.path.exists(linux + '/vmlinuz') or not os.path.exists(initrd):
        return
    shutil.copy(linux + '/vmlinuz', target)
    with lzma.open(linux + '/vmlinux.xz') as packed, \
            open(target + '/vmlinux', 'wb') as plain:
        shutil.copyfileobj(packed, plain)
    run(sys.executable, guests + '/nobypass-vmlinux.py', target + '/vmlinux',
        linux + '/System.map', target + '/vmlinux-nobypass')
    os.remove(target + '/vmlinux')
    extra = Cpio(target + '/extra')
    for path in glob.glob(HERE + '/linux/*.sh'):
        with open(path, 'rb') as script:
            extra.add(os.path.basename(path), 0o100755, script.read())
    extra.close()
    # unpacked: to inflate it would take as long there as half of the boot
    with open(target + '/initrd', 'wb') as whole, \
            gzip.open(initrd) as first, open(target + '/extra', 'rb') as last:
        for part in (first, last):
            shutil.copyfileobj(part, whole)
            whole.write(b'\0' * (-whole.tell() % 4))


def option_rom(path):
    """An option ROM of 2 KiB that nobody runs: tests/vfio/guest/function.c"""
    rom = bytearray(i * 7 & 0xff for i in range(2048))
    rom[:0x100] = bytes(0x100)
    # PCI firmware specification 5.1: header, data structure, code type 3
    struct.pack_into('<HB', rom, 0, 0xaa55, len(rom) // 512)
    struct.pack_into('<H', rom, 0x18, 0x1c)
    struct.pack_into('<4sHHHHB3sHHBB', rom, 0x1c, b'PCIR', 0x8086, 0x100e, 0,
                     0x18, 0, b'\0\0\2', len(rom) // 512, 0, 3, 0x80)
    with open(path, 'wb') as file:
        file.write(rom)


def stage(args, share, names):
    """Fill the folder that the outer machine sees."""
    for name in ('bin', 'lib', 'guest', 'tests'):
        os.makedirs(os.path.join(share, name))
    emulator = share + '/bin/qemu-system-ia64'
    shutil.copy(args.emulator, emulator)
    if shutil.which('strip'):
        run('strip', emulator)
    for path in libraries(args.emulator):
        shutil.copy(path, share + '/lib/')
    for image in glob.glob(REPO + '/pc-bios/zx1-fw.bin'):
        shutil.copy(image, share + '/bin/')
    build_guests(args.cross, share + '/guest')
    build_host(share + '/guest')
    option_rom(share + '/rom.bin')
    if args.guests:
        stage_linux(args.guests, share + '/guest')
    for path in [HERE + '/host.sh', HERE + '/linux.sh',
                 *glob.glob(HERE + '/tests/*.sh')]:
        shutil.copy(path, share + '/tests/')
    with open(share + '/plan', 'w', encoding='utf-8') as file:
        file.write(''.join(name + '\n' for name in names))


def outer_command(args, parts, share, work):
    """The outer machine: VT-d, igb behind a root port, and its peer."""
    command, env = parts.emulator()
    initrd = work + '/initrd'
    initramfs(parts, initrd, modules=not args.kernel)
    words = ['console=ttyS0', 'intel_iommu=on', 'mitigations=off', 'quiet',
             'panic=-1', 'no_timer_check', 'net.ifnames=0']
    if args.count:
        words.append('tsc=reliable')
        command += ['-icount', 'shift=0,sleep=off', '-smp', '1']
    else:
        words.append('tsc=unstable')
        command += ['-smp', '2']
    if args.shell:
        words.append('rig=shell')
    command += [
        '-nodefaults', '-display', 'none', '-no-reboot',
        '-machine', 'q35,accel=tcg,kernel-irqchip=split', '-cpu', 'Nehalem',
        '-m', '3072',
        '-kernel', args.kernel or parts.kernel(), '-initrd', initrd,
        '-append', ' '.join(words),
        '-serial', 'stdio',
        '-device', 'intel-iommu,intremap=on,caching-mode=on',
        '-fsdev', f'local,id=share,path={share},security_model=none',
        '-device', 'virtio-9p-pci,fsdev=share,mount_tag=share',
        '-device', 'pcie-root-port,id=port0,chassis=1,slot=1',
        '-netdev', 'hubport,id=hub0,hubid=0',
        '-device', 'igb,bus=port0,netdev=hub0,mac=52:54:00:49:00:01,romfile=',
        '-netdev', 'hubport,id=hub1,hubid=0',
        '-device', 'e1000,netdev=hub1,mac=52:54:00:49:00:02,'
        f'romfile={share}/rom.bin',
        '-device', 'lsi53c895a', '-device', 'edu',
    ]
    disk = work + '/nvme.img'
    with open(disk, 'wb') as file:
        file.write(b'Z' * (1 << 20))
        file.truncate(64 << 20)
    command += ['-drive', f'if=none,id=nvme0,format=raw,file={disk}',
                '-device', 'pcie-root-port,id=port1,chassis=2,slot=2',
                '-device', 'nvme-subsys,id=subsys0',
                '-device', 'nvme,id=nvme,bus=port1,subsys=subsys0,serial=rig,'
                'sriov_max_vfs=1,sriov_vq_flexible=2,sriov_vi_flexible=1',
                '-device', 'nvme-ns,bus=nvme,drive=nvme0,nsid=1']
    if args.shell:
        command += ['-chardev',
                    f'socket,id=shell,path={args.shell},server=on,wait=off',
                    '-serial', 'chardev:shell']
    return command, env


class Console:
    """Lines of the outer machine's console."""

    def __init__(self, command, env, log):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(command, env=env,
                                        stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.log = log

    def lines(self, timeout):
        """Yield lines until the machine ends; TimeoutError if it is silent."""
        rest = b''
        file = self.process.stdout.fileno()
        while True:
            if not select.select([file], [], [], timeout)[0]:
                raise TimeoutError
            data = os.read(file, 65536)
            if not data:
                return
            self.log.write(data)
            self.log.flush()
            *complete, rest = (rest + data).split(b'\n')
            for line in complete:
                yield line.decode(errors='replace').rstrip('\r')

    def stop(self):
        """End the machine if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


class Results:
    """Prints results, and counts them."""

    def __init__(self, tap):
        self.tap = tap
        self.count = {'PASS': 0, 'FAIL': 0, 'SKIP': 0}

    def add(self, result, name):
        """One result: PASS, FAIL or SKIP, the last one with "WHAT: WHY"."""
        self.count[result] += 1
        if self.tap:
            if result == 'SKIP':
                name = ' # SKIP '.join(name.split(': ', 1))
            print('not ok' if result == 'FAIL' else 'ok',
                  sum(self.count.values()), '-', name, flush=True)
        else:
            print(result, name, flush=True)

    def note(self, text):
        """Something to be read."""
        print('#', text, flush=True)

    def end(self):
        """The last line; returns whether all is well."""
        if self.tap:
            print(f'1..{sum(self.count.values())}')
        else:
            print(', '.join(f'{self.count[result]} {word}' for result, word in
                            (('PASS', 'passed'), ('FAIL', 'failed'),
                             ('SKIP', 'skipped'))))
        return not self.count['FAIL'] and sum(self.count.values())

    def skip_all(self, reason):
        """Nothing can be tested."""
        print(f'1..0 # SKIP {reason}' if self.tap else f'SKIP all: {reason}')


def follow(console, timeout, results):
    """Print what the outer machine tells."""
    ended = False
    try:
        for line in console.lines(timeout):
            match = RESULT.search(line)
            if match:
                results.add(match[1], match[2])
            elif line.startswith(('rig: ', '# ', 'NOTE ', 'BENCH ')):
                results.note(line.lstrip('# '))
                ended |= line == 'rig: end'
    except TimeoutError:
        results.note(f'nothing said for {timeout} s')
    if not ended:
        results.add('FAIL', 'the outer machine came to its end')


def main():
    """Build the parts, run the tests."""
    args = arguments()
    names = test_names(args.tests)
    if args.list:
        print('\n'.join(names))
        return 0
    results = Results(args.tap)
    # its end is that of the outer machine too, and of the files
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('rig.py: terminated'))
    os.makedirs(args.cache, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='vfio-rig.') as work:
        try:
            if not os.path.exists(args.emulator):
                raise Missing(f'no emulator {args.emulator}')
            parts = Parts(args.cache).fetch(results.note)
            if args.iommufd:
                use_iommufd(parts, results.note)
            share = work + '/share'
            stage(args, share, names)
            command, env = outer_command(args, parts, share, work)
        except Missing as problem:
            results.skip_all(problem)
            return 0
        log = args.log or args.cache + '/console.log'
        with open(log, 'wb') as file:
            console = Console(command, env, file)
            try:
                follow(console, args.timeout, results)
            finally:
                console.stop()
    return 0 if results.end() else 1


if __name__ == '__main__':
    sys.exit(main())
