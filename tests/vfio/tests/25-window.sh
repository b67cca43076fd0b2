# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Window, page size and place of the directory change while a function uses
# them; also where nothing but the window can be reached.

LABEL=window guest window -device vfio-pci,host="$VF0"
MACHINE=iotlb-isolation=on LABEL="window, isolation" guest window \
    -device vfio-pci,host="$VF0" \
    -fw_cfg name=opt/vfio/mode,string=isolation
