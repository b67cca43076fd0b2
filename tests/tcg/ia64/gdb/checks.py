# SPDX-License-Identifier: GPL-2.0-or-later
"""
What gdb-multiarch can do with a guest; gdb runs this, see gdb-test.py
"""

import os
import re
import sys
import threading
import time
import traceback

import gdb

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '../../../..')
sys.path.insert(0, os.path.join(ROOT, 'tests/overlay'))
# pylint: disable=wrong-import-position
from tap import Tap  # noqa: E402

TAP = Tap()
MASK = (1 << 64) - 1


def run(command):
    return gdb.execute(command, to_string=True)


def value(expression):
    return int(gdb.parse_and_eval(expression)) & MASK


def is_equal(expression, want, name=None):
    got = value(expression)
    TAP.check(got == want, name or f'{expression} is {want:#x}',
              f'got {got:#x}, want {want:#x}')


def address(symbol):
    return value(f'(unsigned long)&{symbol}')


def has(text, pattern, name):
    TAP.check(re.search(pattern, text), name, text)


def place(name):
    """What the word at_NAME says; gdb takes it for a function descriptor."""
    at = re.search(r'0x[0-9a-f]+', run(f'info address at_{name}')).group()
    return value(f'*(unsigned long *){at}')


class Stops:
    """What the guest stopped for last"""
    last = None

    @classmethod
    def note(cls, event):
        cls.last = event

    @classmethod
    def check_watch(cls, name):
        kinds = [b.type for b in getattr(cls.last, 'breakpoints', [])]
        TAP.check(kinds == [gdb.BP_HARDWARE_WATCHPOINT], name, kinds)


def attach():
    gdb.events.stop.connect(Stops.note)

    run('set confirm off')
    run('set pagination off')
    # a slow host is no failure
    run('set remotetimeout 300')
    run(f'file {os.environ["GDB_SYMBOLS"]}')
    run(f'target remote {os.environ["GDB_SOCKET"]}')
    run(f'source {ROOT}/contrib/gdb/ia64.py')


def stop_soon():
    """A user's Ctrl-C, in a moment"""
    def interrupt():
        time.sleep(1)
        gdb.post_event(lambda: gdb.execute('interrupt'))
    threading.Thread(target=interrupt, daemon=True).start()


def registers():
    names = (['r%d' % i for i in range(128)] + ['f%d' % i for i in range(128)]
             + ['p%d' % i for i in range(64)] + ['b%d' % i for i in range(8)]
             + ['nat%d' % i for i in range(128)]
             + ['pr', 'ip', 'psr', 'cfm', 'rsc', 'bsp', 'bspstore', 'rnat',
                'ccv', 'unat', 'fpsr', 'itc', 'pfs', 'lc', 'ec', 'kr0', 'kr7'])
    bad = [name for name in names
           if gdb.parse_and_eval('$' + name).type.code ==
           gdb.TYPE_CODE_VOID]
    TAP.check(not bad, 'gdb knows all registers by their names', bad)
    is_equal('$pc', value('$ip') | value('$psr') >> 41 & 3,
             '$pc is $ip with the slot')
    for number, want in ((32, 33), (33, 22), (9, 4242), (0, 0),
                         (10, 0x123456789abcdef0)):
        is_equal(f'$r{number}', want)
    is_equal('$p8', 1)
    is_equal('$p9', 0)
    nat = run('ia64-nat')
    has(nat, r'^r\d\d$', 'ia64-nat names the register with a NaT bit')
    is_equal(f'$nat({nat[1:]})', 1, '  $nat()')
    is_equal('$nat(32)', 0, '  and not of another one')
    is_equal(f'*(unsigned long *){(value("$bsp") & ~0x1ff) - 8:#x}', 1 << 61,
             '  and its bit in the backing store')
    has(run('info registers f6'), '0x123456789abcdef0|1311768467463790320',
        'f6')
    run('set $r33 = 77')
    is_equal('$r33', 77, 'a stacked register is writable')
    run('set $r33 = 22')
    run('set $r9 = 99')
    is_equal('$r9', 99, 'a static register is writable')
    run('set $b6 = 0x1234')
    is_equal('$b6', 0x1234, 'a branch register is writable')
    run('set $p20 = 1')
    is_equal('$p20', 1, 'a predicate is writable')
    run('ia64-system')
    is_equal('$cr_iva', place('ivt'), 'cr.iva')


def stepping():
    run('tbreak inner')
    run('continue')
    is_equal('c', 33, 'a breakpoint on a function: its argument')
    has(run('backtrace'), r'#0 .* inner .*\n#1 .* outer .*\n#2 .* _start',
        'backtrace')
    frames = run('ia64-frames')
    has(frames, r'#1 \w+ outer(.*\n)*?.* r32=21 r33=16 ',
        'ia64-frames: the registers of the caller')
    has(frames, r'#2 \w+ _start(.*\n)*?.*output: r35=21 r36=16',
        '  and of its caller')
    run('up')
    is_equal('$r33', 22, 'a register of the caller')
    run('down')
    start = address('slots')
    run(f'tbreak *{start + 1:#x}')
    run('continue')
    is_equal('$pc', start + 1, 'a breakpoint on slot 1')
    is_equal('$r14', 1, '  slot 0 has run')
    run('stepi')
    is_equal('$pc', start + 2, 'stepi: slot 2')
    is_equal('$r15', 2, '  slot 1 has run')
    run('stepi')
    is_equal('$pc', start + 16, 'stepi: the next bundle')
    run('stepi')
    is_equal('$pc', start + 17, 'stepi: slot 1, a movl')
    run('stepi')
    is_equal('$pc', start + 32, '  which is two slots')
    is_equal('$r17', 0xfedcba9876543210, '  and has run')
    has(run(f'x/3i {start:#x}'),
        r'mov r14=1.*\n.*mov r15=2.*\n.*mov r16=3', 'disassembly')
    run('finish')
    has(run('backtrace 1'), r'#0 .* inner ', 'finish')


def watching():
    run('delete')
    run('watch *(unsigned long *)&watched')
    run('continue')
    Stops.check_watch('a watchpoint')
    is_equal('*(unsigned long *)&watched', 33, '  memory')
    run('delete')
    run(f'tbreak *{place("finished"):#x}')
    run('continue')
    is_equal('$pc', place('finished'), 'back at the end')
    is_equal('$r36', 22, '  the frame is what it was')


def threads():
    inferior = gdb.selected_inferior()
    TAP.check(len(inferior.threads()) == 2, 'two processors, two threads')
    run('thread 2')
    before = value('*(unsigned long *)&counter')
    has(run('info symbol $pc'), 'second', 'the second one counts')
    TAP.check(before > 0, '  and has done so', before)
    run('set $pkr3 = 5')
    run('ia64-system')
    is_equal('$cr_lid', 1 << 24, "  its own registers: cr.lid")
    is_equal('$pkr3', 0, '  also those that are 0')
    run('thread 1')
    has(run('ia64-system lid'), r'^cr_lid +0x0+$', "the first one's cr.lid")


def crash():
    """Code that cannot even take its interruptions must not wedge gdb."""
    stop_soon()
    run('continue')
    TAP.check(True, 'a guest that runs wild can be stopped')
    has(run('ia64-system iip ipsr'), r'cr_iip', '  and looked at')
    for _ in range(3):
        run('stepi')
    TAP.check(True, '  and stepped')
    run('thread 1')
    run('set $ip = (unsigned long)&_start')
    run('set $psr = 0')
    run('tbreak *(unsigned long)&outer')
    run('continue')
    is_equal('$pc', address('outer'), '  and put back on its way')


def bare():
    attach()
    run(f'tbreak *{place("mark"):#x}')
    run('continue')
    registers()
    stepping()
    watching()
    threads()
    crash()


def linux():
    attach()
    run('hbreak kernel_init')
    run('continue')
    has(run('backtrace'), r'#0 .*kernel_init.*\n#1 .*call_payload',
        'Linux: a breakpoint before the kernel is there, backtrace')
    run('delete')
    has(run('x/s &linux_banner'), 'Linux version', 'Linux: a variable')
    run('break vfs_read')
    run('continue')
    has(run('backtrace'), r'#0 .*vfs_read.*\n#1 .*ksys_read.*\n#2 .*sys_read',
        'Linux: a system call, backtrace')
    frames = run('ia64-frames')
    has(frames, r'#0 \w+ vfs_read(.*\n)*#1 \w+ ksys_read(.*\n)*#2 \w+ '
        'sys_read', 'Linux: ia64-frames')
    count = value('$r34')
    run('up')
    run('up')
    is_equal('$r34', count, 'Linux: the count as sys_read got it')
    run('down')
    run('down')
    run('delete')
    run('watch *(unsigned long *)&jiffies_64')
    run('continue')
    Stops.check_watch('Linux: a watchpoint')
    has(run('backtrace'), r'do_timer(.*\n)*.*timer_interrupt',
        'Linux: in an interrupt, backtrace')
    run('delete')
    run('ia64-system')
    is_equal('$cr_iva', address('ia64_ivt'), 'Linux: cr.iva')
    names = re.findall(r'(?m)^\w+', run('ia64-system'))
    wrong = [name for name in names if not
             re.fullmatch(r'cr_[a-z]+\d?|(kr|rr|[id]br)\d|pkr\d+', name)]
    TAP.check(names and not wrong, 'Linux: ia64-system names registers only',
              wrong)
    has(run('info threads'), r'CPU#0(.*\n)*.*CPU#1', 'Linux: two processors')
    run('detach')


try:
    {'bare': bare, 'linux': linux}[os.environ['GDB_WHAT']]()
    TAP.close()
except Exception:  # pylint: disable=broad-except
    print('Bail out!', traceback.format_exc().replace('\n', ' | '))
sys.stdout.flush()
