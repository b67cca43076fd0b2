#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs in the Linux guest: disks by the name of their driver, and transfers with
# checksums. Each check is a line PASS or FAIL.

# The block device whose controller has this driver
disk() {
    for block in /sys/block/*; do
        dir=$(readlink -f "$block/device" 2> /dev/null)
        while [ -n "$dir" ] && [ "$dir" != /sys/devices ]; do
            if [ "$(basename "$(readlink "$dir/driver")")" = "$1" ]; then
                case $(basename "$block") in sr*) break ;; esac
                basename "$block"
                return
            fi
            dir=${dir%/*}
        done
    done
}

# The network interface of this driver and address
interface() {
    for net in /sys/class/net/*; do
        if [ "$(basename "$(readlink "$net/device/driver")")" = "$1" ] &&
           [ "$(cat "$net/address")" = "$2" ]; then
            basename "$net"
        fi
    done
}

# verdict NAME GOT WANTED
verdict() {
    if [ "$2" = "$3" ]; then
        echo "PASS $1"
    else
        echo "FAIL $1: $2, not $3"
    fi
}

# MD5 of a device, read from the medium
sum() {
    blockdev --flushbufs "/dev/$1"
    dd if="/dev/$1" bs="${2:-128k}" 2> /dev/null | md5sum | cut -d ' ' -f 1
}

# From disk to disk along the drivers; all have to end up like the first
copy_disks() {
    first='' last=''
    for driver; do
        this=$(disk "$driver")
        if [ -z "$this" ]; then
            echo "FAIL disk $driver: none"
            return
        fi
        if [ -z "$first" ]; then
            first=$this
            want=$(sum "$first" 4k)
            echo "io: $driver is $this, $want"
        else
            blockdev --flushbufs "/dev/$last"
            dd if="/dev/$last" of="/dev/$this" bs=192k conv=fsync 2> /dev/null
            verdict "disk $driver" "$(sum "$this")" "$want"
        fi
        last=$this
    done
}

# All at once, each in blocks of another size
read_disks() {
    size=4
    for driver; do
        sum "$(disk "$driver")" ${size}k > "/tmp/sum.$driver" &
        size=$((size * 4))
    done
    wait
    for driver; do
        verdict "read $driver" "$(cat "/tmp/sum.$driver")" "$want"
    done
}

# net DRIVER MAC NETWORK PORT: fetch a file from the host and send it back
net() {
    name=$(interface "$1" "$2")
    if [ -z "$name" ]; then
        echo "FAIL net $1 $2: none"
        return
    fi
    ip link set "$name" up
    ip addr add "$3.15/24" dev "$name"
    n=0
    until [ "$(cat "/sys/class/net/$name/carrier")" = 1 ] || [ $n = 60 ]; do
        n=$((n + 1))
        sleep 1
    done
    # a busy host may not answer ARP in time: no connection, and no message
    until nc "$3.2" "$4" < /dev/null > "/tmp/net.$name"; do sleep 1; done
    until nc "$3.2" $(($4 + 1)) < "/tmp/net.$name"; do sleep 1; done
    echo "io: net $1 is $name, $(md5sum < "/tmp/net.$name" | cut -d ' ' -f 1)"
    verdict "net $1 $name errors" \
        "$(cat "/sys/class/net/$name/statistics/"*_errors | sort -u)" 0
    # Linux switches virtio devices off while they are in use
    ip link set "$name" down
}

# The loads run until /tmp/stop is there. Each says what it got done.

# rounds NAME N RESULT: end of a load
rounds() {
    if [ "$2" -gt 0 ]; then
        verdict "load $1" "$3" ok
    else
        echo "FAIL load $1: nothing done"
    fi
}

# Write noise to a disk and compare what comes back
disk_load() {
    dev=$(disk "$1") n=0 what=ok
    while [ ! -e /tmp/stop ]; do
        dd if=/dev/urandom of="/tmp/noise.$1" bs=64k count=8 2> /dev/null
        dd if="/tmp/noise.$1" of="/dev/$dev" bs=16k conv=fsync 2> /dev/null
        blockdev --flushbufs "/dev/$dev"
        dd if="/dev/$dev" bs=64k count=8 2> /dev/null |
            cmp - "/tmp/noise.$1" || what=bad
        n=$((n + 1))
        echo "io: load $1 $n"
    done
    rounds "$1" $n $what
}

# Compute
cpu_load() {
    want=$(seq 1 20000 | md5sum) n=0 what=ok
    while [ ! -e /tmp/stop ]; do
        [ "$(seq 1 20000 | md5sum)" = "$want" ] || what=bad
        [ "$(awk 'BEGIN { for (i = 1; i <= 2000; i++) s += sqrt(i)
                  printf "%.6f", s }')" = 59650.633125 ] || what=bad
        n=$((n + 1))
        echo "io: load $1 $n"
    done
    rounds "$1" $n $what
}

# net_load DRIVER MAC NETWORK FILE MD5: fetch a file. A new emulator does not
# know of the transfer of the old one, which is then begun anew, but what has
# come is right.
net_load() {
    name=$(interface "$1" "$2") n=0 what=ok
    ip link set "$name" up
    ip addr add "$3.15/24" dev "$name"
    while [ ! -e /tmp/stop ]; do
        timeout 20 tftp -g -b 1428 -l "/tmp/got.$name" -r "$4" "$3.2" \
            2> /dev/null || continue
        [ "$(md5sum < "/tmp/got.$name" | cut -d ' ' -f 1)" = "$5" ] || what=bad
        n=$((n + 1))
        echo "io: load $1 $n"
    done
    # Linux switches virtio devices off while they are in use
    ip link set "$name" down
    rounds "$1" $n $what
}
