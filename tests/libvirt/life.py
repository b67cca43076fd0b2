#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The life of a Linux guest under a real libvirtd: defined from the XML that we
ship, started, looked at, saved, restored, put back to a snapshot, rebooted,
shut down by its power button, undefined.

Speaks TAP.  Needs libvirt (Debian: libvirt-daemon-system, libvirt-clients)
and the guests; see docs/devel/ia64/testing.rst.
"""

import json
import lzma
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import host as libvirt

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / 'contrib/libvirt/zx1.xml'

# What the guest does when its power button is pressed
POWER_SCRIPT = r'#!/bin/sh\necho guest: button > /dev/console; poweroff -f\n'


class Life:
    """The tests, in their order."""

    def __init__(self, host, tap, guests):
        self.host, self.tap, self.guests = host, tap, guests
        self.name, self.console, self.events = 'zx1', None, None

    def check(self, what, function):
        """One check: a function that raises, or returns what is wrong."""
        try:
            wrong = function()
        except (libvirt.Failed, ValueError, KeyError, AttributeError,
                OSError) as error:
            wrong = f'{type(error).__name__}: {error}'
        self.tap.check(not wrong, what, wrong)
        return not wrong

    def virsh(self, *command):
        """virsh COMMAND DOMAIN ARGUMENT..."""
        return self.host.virsh(command[0], self.name, *command[1:])

    def monitor(self, **command):
        """What the monitor returns."""
        return json.loads(self.virsh('qemu-monitor-command',
                                     json.dumps(command)))['return']

    def guest(self, command):
        """The output of a command that works in the guest."""
        status, output = self.console.command(command)
        if status:
            raise libvirt.Failed(f'in the guest: {command}: {output}')
        return output

    def remembers(self, text):
        """What is wrong with a file in the guest's memory, or None."""
        found = self.guest('cat /tmp/save')
        return None if found == text else f'{text!r} has become {found!r}'

    def attach(self):
        """A console on the running guest."""
        if self.console:
            self.console.close()
        self.console = libvirt.Console(self.host, self.name,
                                       self.host.path('console.log'))

    def lifecycle(self):
        """The lifecycle events so far."""
        with open(self.host.path('events.log'), encoding='utf-8') as file:
            return re.findall(r"'lifecycle'.*: (\S+ \S+)", file.read())

    # -- before the start --

    def capabilities(self):
        """virsh knows the architecture and the machine."""
        tree = ET.fromstring(self.host.virsh('capabilities'))
        arch = tree.find(".//guest/arch[@name='ia64']")
        machines = [node.text for node in arch.findall('machine')]
        if 'zx1' not in machines:
            return f'machines: {machines}'
        return None

    def cpu_max(self):
        """The model that <cpu mode='maximum'/> needs."""
        tree = ET.fromstring(self.host.virsh(
            'domcapabilities', '--arch', 'ia64', '--machine', 'zx1'))
        mode = tree.find("./cpu/mode[@name='maximum']")
        if mode.get('supported') != 'yes':
            return 'not supported'
        return None

    def define(self):
        """The example, with emulator and disk of the test."""
        disk = self.host.path('disk.qcow2')
        raw = self.host.path('disk.img')
        with (lzma.open(self.guests / 'esp/linux-esp.img.xz') as source,
              open(raw, 'wb') as target):
            target.write(source.read())
        convert = self.host.run(
            os.environ.get('QEMU_TEST_QEMU_IMG', 'qemu-img'), 'convert',
            '-O', 'qcow2', raw, disk)
        if convert.returncode:
            return convert.stdout
        text = EXAMPLE.read_text(encoding='utf-8')
        for old, new in (('/usr/bin/qemu-system-ia64', self.host.emulator),
                         ('/var/lib/libvirt/images/zx1.qcow2', disk)):
            if text.count(old) != 1:
                return f'{EXAMPLE.name}: {old} is not there once'
            text = text.replace(old, new)
        self.name = self.host.define(text)
        return None

    def events_on(self):
        """virsh event in the background."""
        # pylint: disable=consider-using-with
        log = open(self.host.path('events.log'), 'wb')
        self.events = subprocess.Popen(
            ['virsh', 'event', '--all', '--loop'], stdin=subprocess.DEVNULL,
            stdout=log, stderr=log)

    # -- running --

    def start(self):
        """Paused, so that the console misses nothing; then the boot."""
        self.virsh('start', '--paused')
        if self.host.state(self.name) != 'paused':
            return self.host.state(self.name)
        self.attach()
        self.console.expect('Connected to|Escape character')
        self.virsh('resume')
        self.console.expect('GNU GRUB')
        self.console.expect('guest: 2 cpus')
        self.console.wake()
        return None

    def command_line(self):
        """Nothing but what libvirt makes of plain XML."""
        if 'qemu:commandline' in self.virsh('dumpxml'):
            return 'there is a qemu:commandline'
        tree = self.monitor(execute='query-pci')
        places = {device['slot']: device['qdev_id']
                  for device in tree[0]['devices']}
        if not {'net0', 'scsi0'} <= set(places.values()) or 1 not in places:
            return f'devices of the first bus: {places}'
        return None

    def statistics(self):
        """Blocks are counted, also as the guest reads more of them."""
        def reads():
            text = self.virsh('domblkstat', 'sda')
            return int(re.search(r'rd_bytes (\d+)', text).group(1))
        before = reads()
        self.guest('dd if=/dev/sda of=/dev/null bs=1M count=8 iflag=direct')
        if not reads() >= before + (8 << 20):
            return f'{before} bytes before, {reads()} after'
        return None

    def network(self):
        """Packets are counted at the interface that the guest uses."""
        self.guest('ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0')
        self.guest('ping -c 3 10.0.2.2')
        port = self.virsh('domiflist').split()
        if 'e1000' not in port:
            return f'domiflist: {port}'
        # libvirt has no counters of a user network, on any machine
        refused = self.host.run('virsh', 'domifstat', self.name, port[-1])
        if not refused.returncode:
            return f'domifstat: {refused.stdout}'
        if self.guest('cat /sys/class/net/eth0/address') != port[-1]:
            return "the guest's adapter has another address"
        return None

    def inside(self):
        """The monitor, through libvirt."""
        if self.monitor(execute='query-target')['arch'] != 'ia64':
            return 'query-target'
        text = self.virsh('qemu-monitor-command', '--hmp', 'info iotlb')
        if 'lsi53c895a' not in text:
            return text
        return None

    def set_vcpus(self):
        """Refused, with a reason, and harmless."""
        for count, reason in (('1', 'hotpluggable|unplug'), ('4', 'greater')):
            text = self.host.refused('setvcpus', self.name, count)
            if not re.search(reason, text):
                return text
        if self.guest('nproc') != '2':
            return 'the guest lost a processor'
        return None

    def suspend(self):
        """The guest stands still, and goes on."""
        self.virsh('suspend')
        if self.host.state(self.name) != 'paused':
            return self.host.state(self.name)
        self.virsh('resume')
        self.guest('true')
        return None

    def save(self):
        """To a file and back; what the guest has in memory is there."""
        self.guest('echo before > /tmp/save')
        file = self.host.path('save')
        self.virsh('save', file)
        if self.host.state(self.name) != 'shut off':
            return self.host.state(self.name)
        self.host.virsh('restore', file)
        self.attach()
        self.console.wake()
        if self.remembers('before'):
            return self.remembers('before')
        self.guest('dd if=/dev/sda of=/dev/null bs=1M count=4 iflag=direct')
        self.guest('ping -c 1 10.0.2.2')
        return None

    def managed_save(self):
        """The same with managedsave and start, across a new libvirtd."""
        self.guest('echo again > /tmp/save')
        self.virsh('managedsave')
        self.events.terminate()
        self.host.stop()
        self.host.start()
        self.events_on()
        self.virsh('start')
        self.attach()
        self.console.wake()
        return self.remembers('again')

    def snapshot(self):
        """An internal one of the running guest: memory and disk."""
        self.guest('mount /dev/sda1 /mnt && echo one > /mnt/state && sync')
        self.virsh('snapshot-create-as', 'first')
        if 'first' not in self.virsh('snapshot-list', '--name').split():
            return 'not in the list'
        self.guest('echo two > /mnt/state && echo lost > /tmp/new && sync')
        self.virsh('snapshot-revert', 'first')
        self.attach()
        self.console.wake()
        self.guest('echo 3 > /proc/sys/vm/drop_caches')
        if self.guest('cat /mnt/state') != 'one':
            return 'the file is that after the snapshot'
        if self.console.command('test -e /tmp/new')[0] == 0:
            return 'the memory is that after the snapshot'
        self.guest('umount /mnt')
        self.virsh('snapshot-delete', 'first')
        return self.virsh('snapshot-list', '--name').strip()

    def reset(self):
        """virsh reset."""
        self.virsh('reset')
        return self.booted()

    def reboot(self):
        """A reboot of the guest's own; the same process goes on."""
        self.console.send('reboot -f')
        return self.booted()

    def booted(self):
        """The way from the firmware to the shell."""
        self.console.expect('GNU GRUB')
        self.console.expect('guest: userland up')
        self.console.wake()
        if self.host.state(self.name) != 'running':
            return self.host.state(self.name)
        return None

    def power_button(self):
        """virsh shutdown: the guest ends itself."""
        self.guest('mkdir -p /etc/acpi/PWRF; '
                   f"printf '{POWER_SCRIPT}' > /etc/acpi/PWRF/00000080")
        self.guest('chmod +x /etc/acpi/PWRF/00000080')
        self.guest('(acpid -d > /tmp/acpid.log 2>&1 &)')
        # it has opened what it listens to
        self.guest('while ! ls -l /proc/[0-9]*/fd | grep -q event; '
                   'do usleep 100000; done')
        self.virsh('shutdown', '--mode', 'acpi')
        self.console.expect('guest: button')
        # the last words may be lost with the terminal
        self.console.expect('system sleep state S5')
        state = self.host.wait_state(self.name, 'shut off')
        return state != 'shut off (shutdown)' and state

    def lifecycle_seen(self):
        """What the events told."""
        while 'Stopped Shutdown' not in self.lifecycle():
            time.sleep(0.2)
        seen = self.lifecycle()
        wanted = ['Started Restored', 'Resumed Unpaused',
                  'Shutdown Finished', 'Stopped Shutdown']
        lost = [event for event in wanted if event not in seen]
        with open(self.host.path('events.log'), encoding='utf-8') as file:
            reboots = file.read().count("'reboot'")
        if lost or reboots < 2:
            return f'not seen: {lost}; seen: {seen}, {reboots} reboots'
        return None

    def undefine(self):
        """Nothing is left."""
        self.virsh('undefine')
        if self.name in self.host.virsh('list', '--all', '--name').split():
            return 'it is still there'
        return None

    def daemon(self):
        """libvirtd has survived all that."""
        return None if self.host.alive() else self.host.log('libvirtd')

    def run(self):
        """All of it; without a running guest the rest is pointless."""
        self.check('capabilities list ia64 and zx1', self.capabilities)
        self.check("mode='maximum' is known", self.cpu_max)
        if not self.check('define contrib/libvirt/zx1.xml', self.define):
            return
        self.events_on()
        if not self.check('start, console, Linux on two processors',
                          self.start):
            return
        for what, function in (
                ('the devices are where libvirt wants them',
                 self.command_line),
                ('domblkstat', self.statistics),
                ('network', self.network),
                ('qemu-monitor-command', self.inside),
                ('setvcpus is refused', self.set_vcpus),
                ('suspend and resume', self.suspend),
                ('save and restore', self.save),
                ('managedsave, libvirtd anew, start', self.managed_save),
                ('snapshot, revert, delete', self.snapshot),
                ('reset', self.reset),
                ('reboot by the guest', self.reboot),
                ('shutdown by the power button', self.power_button),
                ('lifecycle events', self.lifecycle_seen),
                ('undefine', self.undefine),
                ('libvirtd is alive', self.daemon)):
            if not self.check(what, function) and function in (
                    self.save, self.managed_save, self.snapshot,
                    self.power_button):
                break


def tests(host, tap, guests):
    """One life, of one guest."""
    life = Life(host, tap, guests)
    try:
        life.run()
    finally:
        if life.console:
            life.console.close()


if __name__ == '__main__':
    sys.exit(libvirt.main('libvirt', tests, 'esp/linux-esp.img.xz'))
