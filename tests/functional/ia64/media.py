# SPDX-License-Identifier: GPL-2.0-or-later
"""
Boot media for the tests of the zx1 firmware, as bytes.

FAT volumes, GPT and MBR disks in any unit, El Torito discs:
what install media of HP-UX, OpenVMS and Linux look like from outside.
Facts: Microsoft FAT specification 1.03; UEFI specification, chapter 5; El
Torito specification 1.0; ECMA-119.
"""

import struct
import uuid
import zlib


class Fat:
    """A FAT volume of @size bytes; the number of clusters decides its kind."""

    def __init__(self, size, sector=512, cluster=1, fat32=False):
        self.sector, self.fat32 = sector, fat32
        self.cluster = sector * cluster
        total = size // sector
        self.reserved = 32 if fat32 else 1
        self.root_entries = 0 if fat32 else 4 * sector // 32
        for self.bits, most in ((12, 4084), (16, 65524), (32, 1 << 28)):
            self.fat_sectors = ((total // cluster + 2) * self.bits // 8 //
                                sector + 1)
            clusters = (total - self.reserved - 2 * self.fat_sectors -
                        self.root_entries * 32 // sector) // cluster
            if clusters <= most and (self.bits == 32) == fat32:
                break
        self.root = (self.reserved + 2 * self.fat_sectors) * sector
        self.data = self.root + self.root_entries * 32
        self.image = bytearray(total * sector)
        self.table = {0: 0x0ffffff8, 1: 0x0fffffff}
        self.free = 2
        self.dirs = {'': self.alloc(self.cluster) if fat32 else None}
        self.used = {'': 0}
        self.boot_sector(total, cluster)

    def boot_sector(self, total, cluster):
        fields = struct.pack('<3s8sHBHBHHBHHHII', b'\xeb\x3c\x90', b'TEST    ',
                             self.sector, cluster, self.reserved, 2,
                             self.root_entries, 0, 0xf8,
                             0 if self.fat32 else self.fat_sectors,
                             0, 0, 0, total)
        self.image[:len(fields)] = fields
        if self.fat32:
            struct.pack_into('<IHHIHH', self.image, 36, self.fat_sectors, 0, 0,
                             self.dirs[''], 1, 0)
        struct.pack_into('<H', self.image, 510, 0xaa55)

    def offset(self, cluster):
        return self.data + (cluster - 2) * self.cluster

    def alloc(self, size):
        """A chain for @size bytes; its first cluster."""
        count = max(1, -(-size // self.cluster))
        first = self.free
        for i in range(count):
            last = i == count - 1
            self.table[first + i] = 0x0fffffff if last else first + i + 1
        self.free += count
        return first

    def long_name(self, start, directory, name, short):
        """The entries of a name before that of its short form."""
        total = 0
        for byte in short:
            total = ((total & 1) << 7) + (total >> 1) + byte & 0xff
        text = name.encode('utf-16-le') + b'\0\0'
        parts = -(-(len(text) - 2) // 26)
        text = text[:parts * 26].ljust(parts * 26, b'\xff')
        for number in range(parts, 0, -1):
            part = text[(number - 1) * 26:number * 26]
            last = 0x40 if number == parts else 0
            struct.pack_into('<B10sBBB12sH4s', self.image,
                             start + self.used[directory] * 32, number | last,
                             part[:10], 15, 0, total, part[10:22], 0,
                             part[22:])
            self.used[directory] += 1

    def entry(self, directory, name, attr, cluster, size):
        base, _, ext = name.upper().partition('.')
        start = (self.root if self.dirs[directory] is None
                 else self.offset(self.dirs[directory]))
        if len(base) > 8:
            base = f'{base[:6]}~{self.used[directory] % 9 + 1}'
            self.long_name(start, directory, name,
                           (base.ljust(8) + ext.ljust(3)).encode())
        struct.pack_into('<8s3sB8xHHHHI', self.image,
                         start + self.used[directory] * 32,
                         base.ljust(8).encode(), ext.ljust(3).encode(), attr,
                         cluster >> 16, 0x6000, 0x5a21, cluster & 0xffff, size)
        self.used[directory] += 1

    def mkdir(self, path):
        if path in self.dirs:
            return
        parent, _, name = path.rpartition('/')
        self.mkdir(parent)
        cluster = self.alloc(self.cluster)
        self.dirs[path], self.used[path] = cluster, 0
        self.entry(parent, name, 0x10, cluster, 0)
        self.entry(path, '', 0x10, cluster, 0)
        up = self.dirs[parent] if parent else 0
        self.entry(path, '', 0x10, up or 0, 0)
        start = self.offset(cluster)
        self.image[start:start + 11] = b'.          '
        self.image[start + 32:start + 43] = b'..         '

    def add(self, path, content):
        """A file; the folders above it are made."""
        parent, _, name = path.rpartition('/')
        self.mkdir(parent)
        cluster = self.alloc(len(content))
        start = self.offset(cluster)
        self.image[start:start + len(content)] = content
        self.entry(parent, name, 0x20, cluster, len(content))
        return self

    def bytes(self):
        """The volume with its tables written."""
        size = self.fat_sectors * self.sector
        fat = bytearray(size + 8)
        for cluster, value in self.table.items():
            if self.bits == 12:
                at = cluster + cluster // 2
                old = struct.unpack_from('<H', fat, at)[0]
                value &= 0xfff
                new = (old | value << 4 if cluster & 1 else old | value)
                struct.pack_into('<H', fat, at, new & 0xffff)
            elif self.bits == 16:
                struct.pack_into('<H', fat, cluster * 2, value & 0xffff)
            else:
                struct.pack_into('<I', fat, cluster * 4, value)
        for copy in range(2):
            at = self.reserved * self.sector + copy * size
            self.image[at:at + size] = fat[:size]
        return bytes(self.image)


EFI_SYSTEM = uuid.UUID('c12a7328-f81f-11d2-ba4b-00a0c93ec93b')
HPUX_DATA = uuid.UUID('75894c1e-3aeb-11d3-b7c1-7b03a0000000')


def gpt(parts, unit=512, align=64):
    """A disk with a GPT in blocks of @unit; @parts: (type, bytes)."""
    span = 128 * 128 // unit
    at = -(-(2 + span) // align) * align
    entries, content = b'', []
    for number, (kind, data) in enumerate(parts):
        count = -(-len(data) // unit)
        name = f'part{number + 1}'.encode('utf-16-le').ljust(72, b'\0')
        entries += struct.pack('<16s16sQQQ72s', kind.bytes_le,
                               uuid.UUID(int=0x5a5831 + number).bytes_le, at,
                               at + count - 1, 0, name)
        content.append((at, data))
        at = -(-(at + count) // align) * align
    units = at + span + 1
    entries = entries.ljust(128 * 128, b'\0')
    image = bytearray(units * unit)
    for data_at, data in content:
        image[data_at * unit:data_at * unit + len(data)] = data
    for mine, other, table in ((1, units - 1, 2),
                               (units - 1, 1, units - 1 - span)):
        header = struct.pack('<8sIII4xQQQQ16sQIII', b'EFI PART', 0x10000, 92,
                             0, mine, other, 2 + span, units - 2 - span,
                             uuid.UUID(int=0x5a58).bytes_le, table, 128, 128,
                             zlib.crc32(entries))
        header = (header[:16] + struct.pack('<I', zlib.crc32(header)) +
                  header[20:])
        image[mine * unit:mine * unit + len(header)] = header
        image[table * unit:table * unit + len(entries)] = entries
    struct.pack_into('<B3xB3xII', image, 446, 0, 0xee, 1, units - 1)
    struct.pack_into('<H', image, 510, 0xaa55)
    return bytes(image)


def mbr(volume, unit=512, start=64, signature=0xd35e32ef):
    """A disk whose one MBR partition, in blocks of @unit, is @volume."""
    count = -(-len(volume) // unit)
    image = bytearray((start + count + 16) * unit)
    struct.pack_into('<I', image, 440, signature)
    struct.pack_into('<B3xB3xII', image, 446, 0x80, 0xef, start, count)
    struct.pack_into('<H', image, 510, 0xaa55)
    image[start * unit:start * unit + len(volume)] = volume
    return bytes(image)


def eltorito(volume, platform=0xef, sectors=None):
    """A disc with @volume as its boot image; @sectors of 512 as catalogued."""
    start = 32
    count = -(-len(volume) // 2048)
    image = bytearray((start + count + 150) * 2048)
    for number, descriptor in ((16, b'\1CD001\1'), (17, b'\0CD001\1'),
                               (18, b'\xffCD001\1')):
        image[number * 2048:number * 2048 + 7] = descriptor
    image[17 * 2048 + 7:17 * 2048 + 30] = b'EL TORITO SPECIFICATION'
    struct.pack_into('<I', image, 17 * 2048 + 71, 20)
    entry = bytearray(struct.pack('<BB2x24sHH', 1, platform, b'', 0, 0xaa55))
    total = sum(struct.unpack('<16H', entry))
    struct.pack_into('<H', entry, 28, -total & 0xffff)
    image[20 * 2048:20 * 2048 + 32] = entry
    if sectors is None:
        sectors = min(len(volume) // 512, 0xffff)
    struct.pack_into('<BB4xHI', image, 20 * 2048 + 32, 0x88, 0, sectors, start)
    image[start * 2048:start * 2048 + len(volume)] = volume
    return bytes(image)
