# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The same through an iommufd instead of a type1 container, then through one
# of each at the same time. No kernel of Debian's has an iommufd (6.1 to 7.3
# were looked at): this is for rig.py --iommufd, which adds one.

if [ ! -e /dev/iommu ]; then
    echo "RESULT SKIP iommufd: this kernel has none, see rig.py --iommufd"
    exit
fi
object="-object iommufd,id=fd0"
# shellcheck disable=SC2086
LABEL="iommufd" guest igbvf $object \
    -device vfio-pci,host="$VF0",iommufd=fd0
# shellcheck disable=SC2086
MACHINE=iotlb-isolation=on LABEL="iommufd, isolation" guest igbvf $object \
    -device vfio-pci,host="$VF0",iommufd=fd0 \
    -fw_cfg name=opt/vfio/mode,string=isolation
# shellcheck disable=SC2086
LABEL="iommufd, window" guest window $object \
    -device vfio-pci,host="$VF0",iommufd=fd0
for isolation in off on; do
    # shellcheck disable=SC2086
    MACHINE=iotlb-isolation=$isolation \
        LABEL="iommufd and type1, isolation $isolation" \
        guest several $object \
        -device vfio-pci,host="$VF0",addr=4,iommufd=fd0 \
        -device vfio-pci,host="$VF1",addr=5 \
        -device edu,addr=6,dma_mask=0xffffffffff
done
