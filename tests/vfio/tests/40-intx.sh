# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A function with a line interrupt, through the IOSAPIC of its bridge. The
# BARs are mapped again a while after the last interrupt: both ways.

E1000=$(function_of_id 0x8086 0x100e)
check "e1000 goes to vfio-pci" give_to_vfio "$E1000"
guest e1000 -device vfio-pci,host="$E1000"
LABEL="e1000 without mmap" guest e1000 \
    -device vfio-pci,host="$E1000",x-no-mmap=on
