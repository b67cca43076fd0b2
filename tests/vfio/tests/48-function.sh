# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Configuration space and BARs of several kinds of functions.

E1000=$(function_of_id 0x8086 0x100e)
LSI=$(function_of_id 0x1000 0x0012)

nvme_whole
check "LSI goes to vfio-pci" give_to_vfio "$LSI"
check "e1000 goes to vfio-pci" give_to_vfio "$E1000"
LABEL="NVMe" guest function -device vfio-pci,host="$NVME"
# 70-bench looks for these lines where there must be none
LINES_MAX=0 LABEL="NVMe without mmap" guest function \
    -device vfio-pci,host="$NVME",x-no-mmap=on -trace vfio_region_read
check "NVMe without mmap: each access is an exit" \
    grep -q '^vfio_region_read.*region0' /tmp/guest.function/errors
LABEL="LSI" guest function -device vfio-pci,host="$LSI"
LABEL="own ROM" guest function -device vfio-pci,host="$E1000"
cp /share/rom.bin /tmp/rom.bin
LABEL="ROM of a file" guest function \
    -device vfio-pci,host="$E1000",romfile=/tmp/rom.bin
LABEL="made-up ids" guest function -device vfio-pci,host="$VF0",\
x-pci-vendor-id=0x1af4,x-pci-device-id=0x9999,\
x-pci-sub-vendor-id=0x9abc,x-pci-sub-device-id=0x1234
