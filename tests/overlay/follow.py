#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
In a minimal Debian root: do what docs/system/ia64/libvirt.rst says, from the
package to a running guest, every command as it stands there, on a terminal.
There is no systemd, so the page's section about that is done too.

usage: follow.py PAGE

The package is in the current directory, the images are where the commands of
the page look for them.
"""

import os
import pty
import re
import signal
import sys

FIRST = 'From the package to a running guest'
BARE = 'Without systemd'
QEMU_CONF = '/etc/libvirt/qemu.conf'
SECONDS = 1800      # without a word: it hangs
# what a daemon for ACPI events does in a larger guest
BUTTON = ('(dd if=/dev/input/event0 of=/tmp/key bs=24 count=1; poweroff -f)'
          ' 2> /dev/null &')
UP = 'guest: userland up'
LEAVE = b'\x1d'     # Ctrl-]


def section(page, title):
    """The text below a title."""
    return re.search(rf'^{title}\n-+\n(.*?)(?=^\S[^\n]*\n---|\Z)',
                     page, re.M | re.S)[1]


def commands(text):
    """The commands of its literal blocks, continued lines as one."""
    for block in re.findall(r'::\n\n((?:    .*\n|\n)+)', text):
        for line in block.replace('\\\n', ' ').splitlines():
            if line.strip():
                yield re.sub(r' +', ' ', line.strip())


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, command):
        print('\n$', command, flush=True)
        self.text = ''
        self.pid, self.file = pty.fork()
        if not self.pid:
            os.execvp('bash', ['bash', '-c', command])

    def read(self):
        """Show more of it; False at its end."""
        signal.alarm(SECONDS)
        try:
            data = os.read(self.file, 4096)
        except OSError:
            return False
        self.text += data.decode(errors='replace')
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return bool(data)

    def expect(self, text):
        """Wait for it."""
        while text not in self.text:
            if not self.read():
                sys.exit(f'follow: the end came before "{text}"')
        self.text = self.text.split(text, 1)[1]

    def type(self, data):
        """Press these keys."""
        os.write(self.file, data)

    def end(self):
        """Wait for its end, which must be a good one."""
        while self.read():
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if status:
            sys.exit(f'follow: exit status {status}')


def without_systemd(page):
    """What a container needs: settings, and the daemons."""
    words = re.findall(r'``(.*?)``', section(page, BARE), re.S)
    words = [re.sub(r'\s+', ' ', word) for word in words]
    with open(QEMU_CONF, 'a', encoding='utf-8') as file:
        file.writelines(word + '\n' for word in words if ' = ' in word)
    for word in words:
        if word.endswith(' -d'):
            Terminal(word).end()
    # they answer a moment later
    Terminal('until virsh -q list; do sleep 1; done').end()


def guest(command):
    """A command that ends on the guest's console."""
    terminal = Terminal(command)
    terminal.expect(UP)
    terminal.expect('# ')
    terminal.type(b'echo machine $(uname -m)\r')
    terminal.expect('machine ia64')
    return terminal


def reap(child):
    """What the first process of a namespace has to do, until @child ends."""
    while True:
        pid, status = os.wait()
        if pid == child:
            sys.exit(os.waitstatus_to_exitcode(status) & 0xff)


def main():
    # daemons leave their emulators to the first process
    child = os.fork()
    if child:
        reap(child)
    with open(sys.argv[1], encoding='utf-8') as file:
        page = file.read()
    daemons = False
    for command in commands(section(page, FIRST)):
        if command.startswith('apt '):
            # one says yes when asked
            Terminal(command.replace('apt ', 'apt -y ', 1)).end()
            continue
        if not daemons:
            without_systemd(page)
            daemons = True
        if command.startswith('virt-install') or '--console' in command:
            terminal = guest(command)
            if '--import' in command:
                # away, and back, as the page says
                terminal.type(LEAVE)
                terminal.end()
                terminal = Terminal('virsh console linux')
                terminal.expect('Escape character')
                terminal.type(b'\r')
                terminal.expect('# ')
                terminal.type(BUTTON.encode() + b'\r')
                terminal.expect('# ')
            terminal.type(LEAVE)
            terminal.end()
        elif command.startswith('virsh shutdown'):
            Terminal(command).end()
            Terminal('until [ "$(virsh domstate linux | head -n 1)" = '
                     '"shut off" ]; do sleep 1; done').end()
        else:
            Terminal(command).end()
    print('\nfollow: done')


main()
