# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The kernel's vhost-net as the back end of a virtio device: it writes packets
# with code over code that has run, into memory or through the IOTLB.

if [ ! -e /dev/vhost-net ]; then
    echo "RESULT SKIP vhost-net: this kernel has none"
    exit
fi

# vhost_net LABEL MODE OPTIONS-OF-THE-DEVICE [OPTION...]: the program sends its
# code in ICMP echo requests, and this machine sends it back
vhost_net() {
    local label=$1 mode=$2 device=$3 guest
    shift 3
    NAME=vhost LABEL="vhost-net, $label" guest vhost \
        -netdev tap,id=net,ifname=tap0,script=no,downscript=no,vhost=on \
        -device "virtio-net-pci,netdev=net,disable-legacy=on,romfile=,\
mac=52:54:00:49:00:03$device" \
        -fw_cfg name=opt/vfio/mode,string="$mode" "$@" > /tmp/vhost.out 2>&1 &
    guest=$!
    until [ -e /sys/class/net/tap0 ] || ! kill -0 $guest 2> /dev/null; do
        sleep 1
    done
    ip link set tap0 up
    ip addr add 10.8.0.1/24 dev tap0
    arp -i tap0 -s 10.8.0.2 52:54:00:49:00:03
    wait $guest
    cat /tmp/vhost.out
}

vhost_net MSI-X msix ""
vhost_net line line ",vectors=0"
vhost_net IOTLB iotlb ",iommu_platform=on"
MACHINE=iotlb-isolation=on \
    vhost_net "IOTLB, isolation" iotlb ",iommu_platform=on"
vhost_net "without coherence" stale "" -global zx1-ioc.code-coherence=off
