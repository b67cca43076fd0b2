# SPDX-License-Identifier: GPL-2.0-or-later
"""The few commands to a running emulator that the tests here need"""

import json
import socket
import time


class Qmp:
    """
    The monitor at a socket's path, of a process that is just starting: gives
    up when it has ended.  TimeoutError when there is no answer; @timeout is
    no measure of speed, an answer that takes that long is none.
    """

    def __init__(self, path, proc, timeout=120):
        self.sock = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.sock.connect(path)
                break
            except OSError:
                if proc.poll() is not None:
                    raise
                time.sleep(0.02)
        self.sock.settimeout(timeout)
        self.file = self.sock.makefile('rw')
        self.file.readline()
        self.command('qmp_capabilities')

    def execute(self, name, **arguments):
        """The reply, an error too; events are passed over."""
        self.file.write(json.dumps({'execute': name,
                                    'arguments': arguments}) + '\n')
        self.file.flush()
        while True:
            line = self.file.readline()
            if not line:
                raise EOFError('the monitor is closed')
            reply = json.loads(line)
            if 'return' in reply or 'error' in reply:
                return reply

    def command(self, name, **arguments):
        """What the command returns; RuntimeError for an error"""
        reply = self.execute(name, **arguments)
        if 'error' in reply:
            raise RuntimeError(f'{name}: {reply["error"]}')
        return reply['return']

    def monitor(self, line):
        return self.command('human-monitor-command',
                            **{'command-line': line})
