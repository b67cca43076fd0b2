#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Run the emulator where nobody can type: wait for the prompt that follows the
firmware's diagnostics, power off.

usage: session.py QEMU [OPTION...]

Exit status: 0 if the prompt came, nothing failed and the machine powered off.
"""

import re
import selectors
import subprocess
import sys
import time

PROMPT = re.compile(rb'(Shell|[a-z]+[0-9]+:[^\r\n>]*)>\s*(\x1b\[[0-9;?]*\w)*$')
LIMIT = 180         # seconds for each answer; diagnostics take a few


class Console:
    """The serial console of a machine, on its standard input and output."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.text = b''

    def read(self, until):
        """Show what comes until the prompt, or the end; False: too late."""
        deadline = time.monotonic() + LIMIT
        self.text = b''
        while time.monotonic() < deadline:
            if not self.selector.select(timeout=1):
                continue
            some = self.process.stdout.read1(4096)
            if not some:
                return until is None
            sys.stdout.buffer.write(some)
            sys.stdout.buffer.flush()
            self.text += some
            if until and until.search(self.text):
                return True
        return False

    def type(self, line):
        """One line, as a person would enter it."""
        self.process.stdin.write(line + b'\r')
        self.process.stdin.flush()


def main():
    console = Console(sys.argv[1:])
    try:
        if not console.read(PROMPT):
            sys.exit('\nrun: the firmware did not come to its prompt')
        count = re.search(rb'(\d+) passed, (\d+) failed', console.text)
        console.type(b'reset -s')
        if not console.read(None):
            sys.exit('\nrun: the machine did not power off')
        if not count or int(count[2]):
            sys.exit('run: diagnostics failed')
    finally:
        console.process.kill()
        console.process.wait()


main()
