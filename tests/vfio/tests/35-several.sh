# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Functions of two IOMMU groups and an emulated one behind one IOTLB.

for isolation in off on; do
    MACHINE=iotlb-isolation=$isolation LABEL="several, isolation $isolation" \
        guest several -device vfio-pci,host="$VF0",addr=4 \
        -device vfio-pci,host="$VF1",addr=5 \
        -device edu,addr=6,dma_mask=0xffffffffff
done
