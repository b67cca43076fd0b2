# SPDX-License-Identifier: GPL-2.0-or-later
"""
gdb commands for a guest of qemu-system-ia64

In gdb-multiarch, before or after "target remote":

    source contrib/gdb/ia64.py

All commands are about the processor of the selected thread.

    ia64-system     reads the registers that gdb does not know (control,
                    region, protection key and debug registers) and puts
                    them into variables: $cr_iip, $rr7, $pkr0, ...
    ia64-nat        names the general registers whose NaT bit is set; the
                    function $nat(N) tells it of one.  (gdb's own $natN
                    shows bit N of ar.unat below 32, and 0 from 32 on.)
    ia64-frames     walks the memory stack and the register stack: each
                    frame's function, stack pointer, place in the backing
                    store, and its input, local and output registers
    ia64-regs ADDR  decodes a Linux struct pt_regs: where an interruption or
                    a system call came from
"""

import re

import gdb

MASK = (1 << 64) - 1

# Offsets in Linux' struct pt_regs (arch/ia64/include/uapi/asm/ptrace.h)
PT_REGS = (('ipsr', 64), ('iip', 72), ('ifs', 80), ('unat', 88), ('pfs', 96),
           ('rsc', 104), ('rnat', 112), ('bspstore', 120), ('pr', 128),
           ('b0', 136), ('r1', 152), ('sp', 160), ('tp', 168))


def number(value):
    """A gdb.Value as an unsigned integer."""
    return int(value) & MASK


def word(addr):
    """8 bytes of the guest's memory"""
    data = gdb.selected_inferior().read_memory(addr, 8)
    return int.from_bytes(bytes(data), 'little')


def symbol(addr):
    """function+offset, if gdb knows one"""
    text = gdb.execute(f'info symbol {addr:#x}', to_string=True)
    return '' if text.startswith('No symbol') else text.split(' in ')[0]


def frame_start(bsp_end, registers):
    """The backing store address so many registers below bsp_end"""
    # A word in 64, the one with address bits 8:3 set, is no register.
    slot = (bsp_end >> 3 & 63) - registers
    collections = -(slot // 63) if slot < 0 else 0
    return bsp_end - 8 * (registers + collections)


def monitor_registers():
    """(name, value, NaT) of the registers that the monitor shows"""
    # gdb's threads are the processors, counted from 1
    thread = gdb.selected_thread()
    if thread is None:
        raise gdb.GdbError('There is no guest: use "target remote" first.')
    text = gdb.execute(f'monitor info registers {thread.ptid[1] - 1}',
                       to_string=True)
    found = re.findall(r'(?<![.\w])([a-z]+\d*) +([0-9a-f]{16})(\*?)', text)
    return [(name, int(value, 16), bool(nat)) for name, value, nat in found]


class System(gdb.Command):
    """Read system registers into variables and show those given.

    ia64-system [NAME...]"""

    known_to_gdb = re.compile(r'(r|b|f)\d+$|(ip|psr|pr|cfm|pfs|bsp|bspstore|'
                              'rsc|rnat|unat|fpsr|ccv|csd|cflg)$')
    own_name = re.compile(r'(rr|pkr|ibr|dbr|kr)\d+$')
    # The monitor shows only those that are not 0
    files = (('cr_irr', 4), ('kr', 8), ('rr', 8), ('pkr', 16), ('ibr', 8),
             ('dbr', 8))

    def __init__(self):
        super().__init__('ia64-system', gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        wanted = argument.split()
        values = {}
        for name, value, _ in monitor_registers():
            if not self.known_to_gdb.match(name):
                own = self.own_name.match(name)
                values[name if own else 'cr_' + name] = value
        hidden = {f'{name}{n}': 0 for name, count in self.files
                  for n in range(count) if f'{name}{n}' not in values}
        for name, value in {**values, **hidden}.items():
            gdb.execute(f'set ${name} = {value:#x}UL')
            if (name in wanted or name[3:] in wanted or
                    not wanted and name in values):
                print(f'{name:9} {value:#018x}  {symbol(value)}'.rstrip())


class Nat(gdb.Command):
    """Name the general registers whose NaT bit is set."""

    def __init__(self):
        super().__init__('ia64-nat', gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        names = [name for name, _, nat in monitor_registers() if nat]
        print(' '.join(names) or 'none')


class NatBit(gdb.Function):
    """$nat(N): the NaT bit of general register N"""

    def __init__(self):
        super().__init__('nat')

    def invoke(self, n):  # pylint: disable=arguments-differ
        return any(nat and name == f'r{int(n)}'
                   for name, _, nat in monitor_registers())


class Frames(gdb.Command):
    """Walk the memory stack and the register stack.

    ia64-frames [COUNT]"""

    def __init__(self):
        super().__init__('ia64-frames', gdb.COMMAND_STACK)

    @staticmethod
    def show(level, frame):
        bsp_end = number(frame.read_register('bsp'))
        cfm = number(frame.read_register('cfm'))
        sof, sol = cfm & 127, cfm >> 7 & 127
        bsp = frame_start(bsp_end, sof)
        pc = number(frame.pc())
        print(f'#{level} {pc:#x} {symbol(pc) or "?"}')
        print(f'   sp {number(frame.read_register("r12")):#x}  '
              f'bsp {bsp:#x}..{bsp_end:#x}  sof {sof} sol {sol} '
              f'sor {(cfm >> 14 & 15) * 8}')
        for kind, first, last in (('in/local', 0, sol), ('output', sol, sof)):
            line = f'   {kind}:'
            for n in range(first, last):
                entry = f' r{32 + n}='
                try:
                    entry += f'{number(frame.read_register(f"r{32 + n}")):x}'
                except gdb.error:
                    entry += '?'
                if len(line) + len(entry) > 100:
                    print(line)
                    line = '     '
                line += entry
            if last > first:
                print(line)

    def invoke(self, argument, from_tty):
        count = int(argument) if argument else 50
        frame = gdb.newest_frame()
        for level in range(count):
            self.show(level, frame)
            frame = frame.older()
            if frame is None or not frame.is_valid() or not frame.pc():
                break


class LinuxRegs(gdb.Command):
    """Decode a Linux struct pt_regs.

    ia64-regs ADDRESS"""

    def __init__(self):
        super().__init__('ia64-regs', gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        addr = number(gdb.parse_and_eval(argument))
        for name, offset in PT_REGS:
            value = word(addr + offset)
            note = symbol(value) if name in ('iip', 'b0') else ''
            print(f'{name:9} {value:#018x}  {note}'.rstrip())


for command in (System, Nat, NatBit, Frames, LinuxRegs):
    command()
