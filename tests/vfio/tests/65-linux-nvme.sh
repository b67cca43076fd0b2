# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# For guests that have no driver for a VF: the VF of an NVMe function behind
# an emulated SCSI disk, whose controller HP's systems and Linux (mptspi) know.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
nvme_setup
[ -n "$NVME_VF" ] || exit
linux "NVMe VF behind mptspi" vmlinuz "" exec=/disk.sh \
    -blockdev driver=nvme,node-name=nvme0,device="$NVME_VF",namespace=1 \
    -device lsi53c1030,id=scsi0 -device scsi-hd,bus=scsi0.0,drive=nvme0

# what the guest wrote, as this machine's own driver sees it
i=0
until [ -b /dev/nvme0n1 ] || [ $i = 30 ]; do sleep 1; i=$((i + 1)); done
sum=$(dd if=/dev/nvme0n1 bs=1048576 skip=16 count=1 2> /dev/null |
      sha256sum | cut -d ' ' -f 1)
check "NVMe VF: the host finds what the guest wrote" \
    grep -q "^sum: $sum" "$LOG"
