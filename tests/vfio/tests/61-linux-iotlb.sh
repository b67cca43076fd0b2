# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Linux with all DMA through the IOTLB, on a machine that allows no other.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
linux "Linux through the IOTLB" vmlinux-nobypass ,iotlb-isolation=on \
    exec=/vf.sh -device vfio-pci,host="$VF0"
uploaded "Linux through the IOTLB"
check "Linux through the IOTLB: it was used" [ "$(maps)" -gt 100 ]
