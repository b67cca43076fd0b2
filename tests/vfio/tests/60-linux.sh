# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Linux for ia64 with its driver igbvf, the stock kernel: its DMA goes around
# the IOTLB.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
linux "Linux" vmlinuz "" ""
check "Linux: upload is what was sent" cmp -s "$WWW/data" /tmp/upload
