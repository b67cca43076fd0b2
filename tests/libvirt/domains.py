# SPDX-License-Identifier: GPL-2.0-or-later
"""Domain XML for the tests."""

DOMAIN = '''
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>{vcpu}</vcpu>
  <os>
    <type arch='ia64' machine='zx1'>hvm</type>
    {os}
  </os>
  <on_reboot>{on_reboot}</on_reboot>
  <devices>
    <emulator>{emulator}</emulator>
    <controller type='pci' index='0' model='pci-root'/>
    <controller type='pci' index='1' model='pci-bridge'/>
    {usb}
    {devices}
    <serial type='pty'/>
    <memballoon model='none'/>
  </devices>
</domain>
'''

NO_USB = "<controller type='usb' model='none'/>"


def domain(host, name, devices, **more):
    """A domain with the console and these devices."""
    words = {'memory': 1024, 'vcpu': 1, 'os': '',
             'on_reboot': 'restart', 'usb': NO_USB}
    words.update(more)
    return DOMAIN.format(name=name, emulator=host.emulator, devices=devices,
                         **words)


def controller(kind, model=None):
    """A controller besides the root."""
    model = f" model='{model}'" if model else ''
    return f"<controller type='{kind}' index='0'{model}/>"


def disk(path, target, bus, kind='disk', fmt='qcow2', order=1):
    """A disk or disc."""
    readonly = '<readonly/>' if kind == 'cdrom' else ''
    boot = f"<boot order='{order}'/>" if order else ''
    return (f"<disk type='file' device='{kind}'>"
            f"<driver name='qemu' type='{fmt}'/><source file='{path}'/>"
            f"<target dev='{target}' bus='{bus}'/>{readonly}{boot}"
            f"<serial>zx1{target}</serial></disk>")
