# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A function that has a line interrupt only.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
E1000=$(function_of_id 0x8086 0x100e)
check "e1000 goes to vfio-pci" give_to_vfio "$E1000"
linux "Linux, line" vmlinuz "" "exec=/vf.sh vf=e1000" \
    -device vfio-pci,host="$E1000"
uploaded "Linux, line"
