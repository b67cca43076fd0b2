# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A function behind a PCI bridge, as libvirt may place it: the bridge sends
# its DMA and its messages.

LABEL="behind a bridge" guest igbvf \
    -device pci-bridge,id=bridge,chassis_nr=1,shpc=off \
    -device vfio-pci,host="$VF0",bus=bridge,addr=3
