# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# More mappings than the host takes: the guest finds it in the IOC's error
# registers, the user is told once.

limit=/sys/module/vfio_iommu_type1/parameters/dma_entry_limit
before=$(cat $limit)
echo 300 > $limit
LABEL=limit guest window -device vfio-pci,host="$VF0" \
    -fw_cfg name=opt/vfio/mode,string=limit
echo "$before" > $limit
errors=/tmp/guest.window/errors
check "limit: reported once" [ "$(grep -c 'cannot map' $errors)" = 1 ]
check "limit: with the function's name" \
    grep -q "zx1-ioc: $VF0: the host cannot map I/O address" $errors
check "limit: and what to do" grep -q dma_entry_limit $errors
check "limit: vfio itself is silent" \
    [ "$(grep -c vfio_container_dma_map $errors)" = 0 ]
