# SPDX-License-Identifier: GPL-2.0-or-later
"""How the package's manual page and HTML pages are made."""

project = 'qemu-system-ia64'
author = 'the contributors of qemu-system-ia64'
project_copyright = author
root_doc = 'index'
html_theme = 'classic'
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
smartquotes = False
man_pages = [('qemu-system-ia64', 'qemu-system-ia64',
              'emulator of Itanium servers', [], 1)]
