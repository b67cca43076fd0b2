# SPDX-License-Identifier: GPL-2.0-or-later
# Default configuration for ia64-softmmu

# Uncomment the following lines to disable these optional devices:
# CONFIG_PCI_DEVICES=n
# CONFIG_TEST_DEVICES=n

# Boards are selected by default, uncomment to keep out of the build.
# CONFIG_ZX1=n
