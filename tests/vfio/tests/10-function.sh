# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A virtual function: registers, reset, bypass, IOTLB with each page size,
# purges, MSI-X.

guest igbvf -device vfio-pci,host="$VF0"
