# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What passthrough costs in this machine; scripts/bench-vfio says what to make
# of it. Under rig.py --count a nanosecond is an instruction, and what has
# been promised is checked.

COUNT=$(grep -ow tsc=reliable /proc/cmdline)

# bench LABEL OPTION...: the program's figures, kept for figure()
bench() {
    local label=$1
    shift
    echo "BENCH -- $label"
    LINES_MAX=0 LABEL="bench, $label" guest bench "$@" > /tmp/bench.out
    tr -d '\r' < /tmp/guest.bench/serial | grep '^BENCH'
    grep '^RESULT' /tmp/bench.out
}

# figure FILE NAME: of a line BENCH
figure() {
    tr -d '\r' < "$1" | sed -n "s/^BENCH $2 \([0-9]*\) .*/\1/p"
}

echo "BENCH -- the host's own calls, without an emulator"
if [ -x /rig/guest/raw ]; then
    host_program raw "$VF0" | tee /tmp/raw
else
    echo "RESULT SKIP bench: no C compiler made the program for the host"
fi
bench "vfio-pci" -device vfio-pci,host="$VF0" \
    -trace vfio_region_read -trace vfio_region_write
check "bench: registers of the VF are accessed without an exit" \
    [ "$(grep -c '^vfio_region_.*region0' /tmp/guest.bench/errors)" = 0 ]
pair=$(figure /tmp/guest.bench/serial map+unmap+purge)
if [ -n "$COUNT" ] && [ -s /tmp/raw ]; then
    own=$((pair - $(figure /tmp/raw "host calls map+unmap")))
    echo "BENCH map+unmap+purge without the host's calls $own ns"
fi
bench "vfio-pci, registers trapped" \
    -device vfio-pci,host="$VF0",x-no-mmap=on
bench "vfio-pci, code-coherence=off" \
    -device vfio-pci,host="$VF0" -global zx1-ioc.code-coherence=off

# frames LABEL OPTION...: what this machine's processors spend for 16000
# frames of 1400 bytes, less what they spend for none; in ns for a KB: COST
frames() {
    local label=$1 n all=""
    shift
    for n in 0 16; do
        # shellcheck disable=SC2059
        printf "\\$(printf %o $n)\\0\\0\\0" > /tmp/frames
        LABEL="$label" guest stream "$@" \
            -fw_cfg name=opt/vfio/frames,file=/tmp/frames
        all="$all $SPENT"
    done
    # shellcheck disable=SC2086
    set -- $all
    COST=$((($2 - $1) * 1024 / 16000 / 1400))
    echo "BENCH $label $COST ns/KB"
}
echo "BENCH -- frames of 1400 bytes, sent; all of this machine's processors"
frames "VF" -device vfio-pci,host="$VF0"
vf=$COST
frames "VF, code-coherence=off" -device vfio-pci,host="$VF0" \
    -global zx1-ioc.code-coherence=off
tunctl -t tap0 > /dev/null
ip link set tap0 up
tap=tap,id=net,ifname=tap0,script=no,downscript=no
frames "e1000" -netdev $tap -device e1000,netdev=net,romfile=
frames "virtio-net" -netdev $tap \
    -device virtio-net-pci,netdev=net,disable-legacy=on,romfile=
virtio=$COST
frames "virtio-net with vhost" -netdev $tap,vhost=on \
    -device virtio-net-pci,netdev=net,disable-legacy=on,romfile=
tunctl -d tap0 > /dev/null
if [ -n "$COUNT" ]; then
    check "bench: a byte through the VF costs half of virtio-net's or less" \
        [ $((2 * vf)) -le "$virtio" ]
fi
