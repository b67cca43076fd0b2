# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Linux for ia64 with its driver igbvf, the stock kernel: its DMA goes around
# the IOTLB. Then the function is unplugged and plugged again.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
linux "Linux" vmlinuz "" "exec=/vf.sh vf=replug vfhost=$VF0" \
    -device vfio-pci,host="$VF0",id=vf
uploaded "Linux"
