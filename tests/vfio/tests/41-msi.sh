# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A function with MSI instead of MSI-X.

EDU=$(function_of_id 0x1234 0x11e8)
check "edu goes to vfio-pci" give_to_vfio "$EDU"
guest msi -device vfio-pci,host="$EDU"
