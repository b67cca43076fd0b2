# SPDX-License-Identifier: GPL-2.0-or-later
"""
EFI applications for the tests of the zx1 firmware: C compiled with the cross
compiler, made into an ia64 PE32+ image here, in the shapes that loaders have.

Facts: Microsoft PE/COFF specification; System V ABI for IA-64 (relocations).
"""

import os
import struct
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, '../../..'))

R_IA64_REL64LSB = 0x6f
R_IA64_IPLTLSB = 0x81
PT_LOAD = 1
SHT_RELA = 4
DIR64 = 10
PAGE = 0x1000


def compile_app(name, target):
    """The ELF file of efi/NAME.c; None: there is no cross compiler."""
    cross = os.environ.get('IA64_CROSS', '')
    if not cross:
        return None
    elf = os.path.join(target, name + '.elf')
    source = os.path.join(HERE, 'efi')
    subprocess.run(
        [cross + 'gcc', '-O2', '-Wall', '-Werror', '-ffreestanding',
         '-fno-builtin', '-fshort-wchar', '-fPIE', '-fno-strict-aliasing',
         '-nostdlib', '-pie', '-Wl,-Bsymbolic',
         '-Wl,--no-warn-rwx-segments', '-Wl,--no-dynamic-linker',
         '-I', os.path.join(ROOT, 'roms/zx1/include'),
         '-T', os.path.join(source, 'app.ld'), '-o', elf,
         os.path.join(source, 'start.S'), os.path.join(source, 'app.c'),
         os.path.join(source, name + '.c'), '-lgcc'], check=True)
    with open(elf, 'rb') as file:
        return file.read()


class Elf:
    """What an image needs of a linked file."""

    def __init__(self, content):
        self.content = content
        self.entry, programs, sections = struct.unpack_from('<QQQ', content,
                                                            24)
        _, psize, pnum, ssize, snum = struct.unpack_from('<HHHHH', content,
                                                         52)
        self.segments = []
        for i in range(pnum):
            kind, _, offset, addr, _, size, memory = struct.unpack_from(
                '<IIQQQQQ', content, programs + i * psize)
            if kind == PT_LOAD:
                self.segments.append((addr, offset, size, memory))
        self.relocations = []
        for i in range(snum):
            _, kind, _, _, offset, size = struct.unpack_from(
                '<IIQQQQ', content, sections + i * ssize)
            if kind == SHT_RELA:
                for at in range(offset, offset + size, 24):
                    self.relocate(*struct.unpack_from('<QQq', content, at))

    def relocate(self, where, info, addend):
        """Takes a relocation; of a whole function descriptor, both words."""
        if info == R_IA64_IPLTLSB:
            self.relocations.append((where, addend))
            self.relocations.append((where + 8, None))
        elif info == R_IA64_REL64LSB:
            self.relocations.append((where, addend))
        else:
            raise ValueError(f'relocation {info:#x}')

    def memory(self):
        """Everything from address 0 on, linked for that address."""
        image = bytearray(max(a + m for a, _, _, m in self.segments))
        for addr, offset, size, _ in self.segments:
            image[addr:addr + size] = self.content[offset:offset + size]
        words = dict(self.relocations)
        # the entry is a descriptor too, and there is one gp
        gp = words[self.entry + 8]
        for where, value in words.items():
            struct.pack_into('<Q', image, where,
                             gp if value is None else value)
        return bytes(image)


def base_relocations(where):
    """A .reloc section of DIR64 entries."""
    blocks = {}
    for address in sorted(where):
        blocks.setdefault(address & -PAGE, []).append(address & (PAGE - 1))
    data = b''
    for page, offsets in blocks.items():
        entries = [DIR64 << 12 | offset for offset in offsets]
        if len(entries) & 1:
            entries.append(0)
        data += struct.pack('<II', page, 8 + 2 * len(entries))
        data += struct.pack(f'<{len(entries)}H', *entries)
    return data


def image(elf, trailing=b'', shrink=0, subsystem=10):
    """
    A PE32+ file; @trailing: bytes after the last section; @shrink: bytes
    that SizeOfImage is too small by.
    """
    elf = Elf(elf)
    memory = elf.memory()[PAGE:]
    reloc = base_relocations([r[0] for r in elf.relocations])
    sections = [(b'.text', PAGE, memory, 0xe0000020)]
    end = PAGE + -(-len(memory) // PAGE) * PAGE
    sections.append((b'.reloc', end, reloc, 0x42000040))
    end += -(-len(reloc) // PAGE) * PAGE
    header = b'MZ' + bytes(58) + struct.pack('<I', 64)
    header += struct.pack('<4sHHIIIHH', b'PE\0\0', 0x200, len(sections), 0, 0,
                          0, 240, 0x206)
    header += struct.pack('<HBBIIIIIQIIHHHHHHIIIIHHQQQQII', 0x20b, 0, 0,
                          len(memory), 0, 0, elf.entry, PAGE, 0, PAGE, 512,
                          0, 0, 0, 0, 0, 0, 0, end - shrink, 512, 0,
                          subsystem, 0, 0, 0, 0, 0, 0, 16)
    for index in range(16):
        header += (struct.pack('<II', sections[1][1], len(reloc))
                   if index == 5 else bytes(8))
    content = b''
    for name, address, data, flags in sections:
        raw = data + bytes(-len(data) % 512)
        header += struct.pack('<8sIIIIIIHHI', name, len(data), address,
                              len(raw), 512 + len(content), 0, 0, 0, 0, flags)
        content += raw
    return header.ljust(512, b'\0') + content + trailing
