# SPDX-License-Identifier: GPL-2.0-or-later
"""The emulator once more, from the same sources, but not the same program."""

import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

EMULATOR = 'qemu-system-ia64'
# Object files of the target and of its machine
OURS = re.compile(r'libqemu-ia64-softmmu\.a\.p/(target|hw)_ia64_.*\.c\.o$')
# Rules of meson's that link programs
LINKERS = ('c_LINKER', 'c_LINKER_RSP', 'cpp_LINKER', 'cpp_LINKER_RSP')
DEPENDENCIES = {'-MD': 1, '-MQ': 2, '-MF': 2}


def commands(build):
    """(object file, command) of our sources; the command that links."""
    with open(os.path.join(build, 'compile_commands.json'),
              encoding='utf-8') as file:
        compilers = [(entry['output'], shlex.split(entry['command']))
                     for entry in json.load(file)
                     if OURS.match(entry['output'])]
    known = {line.split(': ')[1] for line in subprocess.run(
        ['ninja', '-C', build, '-t', 'targets', 'all'], check=True,
        capture_output=True, text=True).stdout.splitlines() if ': ' in line}
    rules = [rule for rule in LINKERS if rule in known]
    entries = json.loads(subprocess.run(
        ['ninja', '-C', build, '-t', 'compdb', '-x', *rules], check=True,
        capture_output=True, text=True).stdout)
    link, = [shlex.split(entry['command']) for entry in entries
             if entry['output'] == EMULATOR]
    return compilers, link


def rebuild(build, target, *flags):
    """
    Compile what is ours with other @flags, link it with the rest of what is in
    the build directory @build; the path of the emulator, in @target.
    """
    compilers, link = commands(build)

    def compile_one(entry):
        output, command = entry
        left = []
        words = iter(command)
        for word in words:
            for _ in range(DEPENDENCIES.get(word, 0) - 1):
                next(words)
            if word not in DEPENDENCIES:
                left.append(word)
        other = os.path.join(target, os.path.basename(output))
        left[left.index('-o') + 1] = other
        subprocess.run(left + list(flags), cwd=build, check=True)
        return output, other

    os.makedirs(target, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        moved = dict(pool.map(compile_one, compilers))
    emulator = os.path.join(target, EMULATOR)
    link = [moved.get(word, word) for word in link]
    link[link.index('-o') + 1] = emulator
    subprocess.run(link, cwd=build, check=True)
    # where it looks for the firmware
    bundle = os.path.join(target, 'qemu-bundle')
    if not os.path.exists(bundle):
        os.symlink(os.path.join(build, 'qemu-bundle'), bundle)
    return emulator
