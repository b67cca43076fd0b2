# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The stock kernel on a machine that allows only DMA through the IOTLB: its
# transfers fail, and nothing worse happens.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
linux "isolated Linux" vmlinuz ,iotlb-isolation=on \
    "exec=/vf.sh vf=isolated" -device vfio-pci,host="$VF0"
