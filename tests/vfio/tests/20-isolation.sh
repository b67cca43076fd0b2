# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The same function on a machine whose functions reach only what the guest
# has mapped.

MACHINE=iotlb-isolation=on LABEL=isolation guest igbvf \
    -device vfio-pci,host="$VF0" \
    -fw_cfg name=opt/vfio/mode,string=isolation
