# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The base's own NVMe driver over VFIO, behind an emulated SCSI disk: for
# guests that have no driver for a VF. A VF, then the whole function. The
# disk's first MiB is full of "Z".

ip link set lo up

# disk LABEL FUNCTION
disk() {
    local label=$1 line emulator
    emulator -M zx1 -m 512 -bios none -S \
        -blockdev "driver=nvme,node-name=nvme0,device=$2,namespace=1" \
        -device lsi53c895a,id=scsi0 \
        -device scsi-hd,bus=scsi0.0,drive=nvme0,id=hd \
        -monitor tcp:127.0.0.1:4446,server=on,wait=off \
        > /tmp/nvme.out 2> /tmp/nvme.err &
    emulator=$!
    for line in "read -P 0x5a 0 65536" "write -P 0xa5 2097152 65536" \
                "read -P 0xa5 2097152 65536" "read -P 0x11 0 512"; do
        hmp 4446 "qemu-io -d hd \"$line\""
    done > /tmp/nvme.mon
    (echo quit; sleep 2) | nc 127.0.0.1 4446 > /dev/null
    # the commands' output is the emulator's own
    wait $emulator
    check "$label: emulator ends well" [ $? = 0 ]
    sed 's/^/# /' /tmp/nvme.err
    grep -i error /tmp/nvme.mon | sed 's/^/# /'
    check "$label: reads" \
        [ "$(grep -c '^read 65536/65536' /tmp/nvme.out)" = 2 ]
    check "$label: writes" grep -q '^wrote 65536/65536' /tmp/nvme.out
    check "$label: only the wrong pattern is found wrong" \
        [ "$(grep -c 'Pattern verification failed' /tmp/nvme.out)" = 1 ]
}

nvme_setup
[ -z "$NVME_VF" ] || disk "NVMe VF" "$NVME_VF"
nvme_whole
disk "NVMe" "$NVME"
