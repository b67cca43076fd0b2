# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What passthrough costs in this machine; scripts/bench-vfio says what to make
# of it. Counted are calls to the host and exits from translated code.

# exits: of the emulator that has just ended, from the trace that it left
exits() {
    echo "BENCH exits to vfio for registers $(
        grep -c '^vfio_region_\(read\|write\).*region0' \
        /tmp/guest.bench/errors) exits"
}

echo "BENCH -- the host's own calls, without an emulator"
if [ -x /rig/guest/raw ]; then
    /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib /rig/guest/raw "$VF0"
else
    echo "RESULT SKIP bench: no C compiler made the program for the host"
fi
for option in "" ,x-no-mmap=on; do
    echo "BENCH -- vfio-pci$option"
    LINES_MAX=0 LABEL="bench$option" guest bench \
        -device vfio-pci,host="$VF0$option" \
        -trace vfio_region_read -trace vfio_region_write
    exits
done
echo "BENCH -- vfio-pci, code-coherence=off"
LABEL="bench, code-coherence=off" guest bench \
    -device vfio-pci,host="$VF0" -global zx1-ioc.code-coherence=off

# frames LABEL OPTION...: time of the emulator's threads for 4000 and for 0
# frames of 1400 bytes
frames() {
    local label=$1 n all=""
    shift
    for n in 0 4; do
        # shellcheck disable=SC2059
        printf "\\$n\\0\\0\\0" > /tmp/frames
        LABEL="$label" guest stream "$@" \
            -fw_cfg name=opt/vfio/frames,file=/tmp/frames
        all="$all $SPENT"
    done
    # shellcheck disable=SC2086
    set -- $all
    echo "BENCH $label, processor time $((($2 - $1) * 10000000 / 5600)) ns/KB"
}
echo "BENCH -- frames of 1400 bytes, sent"
frames "VF" -device vfio-pci,host="$VF0"
tap=tap,id=net,ifname=tap0,script=no,downscript=no
frames "e1000" -netdev $tap -device e1000,netdev=net,romfile=
frames "virtio-net" -netdev $tap \
    -device virtio-net-pci,netdev=net,disable-legacy=on,romfile=
frames "virtio-net with vhost" -netdev $tap,vhost=on \
    -device virtio-net-pci,netdev=net,disable-legacy=on,romfile=
