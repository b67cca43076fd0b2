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

# The network interface of this driver
interface() {
    for net in /sys/class/net/*; do
        dir=$(readlink -f "$net/device" 2> /dev/null)
        while [ -n "$dir" ] && [ "$dir" != /sys/devices ]; do
            if [ "$(basename "$(readlink "$dir/driver")")" = "$1" ]; then
                basename "$net"
                return
            fi
            dir=${dir%/*}
        done
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

# net DRIVER NETWORK PORT: fetch a file from the host and send it back
net() {
    name=$(interface "$1")
    if [ -z "$name" ]; then
        echo "FAIL net $1: none"
        return
    fi
    ip link set "$name" up
    ip addr add "$2.15/24" dev "$name"
    n=0
    until [ "$(cat "/sys/class/net/$name/carrier")" = 1 ] || [ $n = 60 ]; do
        n=$((n + 1))
        sleep 1
    done
    nc "$2.2" "$3" < /dev/null > "/tmp/net.$1"
    nc "$2.2" $(($3 + 1)) < "/tmp/net.$1"
    echo "io: net $1 is $name, $(md5sum < "/tmp/net.$1" | cut -d ' ' -f 1)"
}

# Until /tmp/stop is there: write noise to a disk and compare what comes back
disk_load() {
    dev=$(disk "$1") n=0 what=ok
    while [ ! -e /tmp/stop ]; do
        dd if=/dev/urandom of="/tmp/noise.$1" bs=64k count=16 2> /dev/null
        dd if="/tmp/noise.$1" of="/dev/$dev" bs=16k conv=fsync 2> /dev/null
        blockdev --flushbufs "/dev/$dev"
        dd if="/dev/$dev" bs=64k count=16 2> /dev/null |
            cmp - "/tmp/noise.$1" || what=bad
        n=$((n + 1))
        echo "io: load $1 $n"
    done
    [ -n "$dev" ] && [ $n -gt 0 ] || what="bad: none"
    verdict "load $1" "$what" ok
}

# ... and compute
cpu_load() {
    want=$(seq 1 50000 | md5sum) n=0 what=ok
    while [ ! -e /tmp/stop ]; do
        [ "$(seq 1 50000 | md5sum)" = "$want" ] || what=bad
        [ "$(awk 'BEGIN { for (i = 1; i <= 2000; i++) s += sqrt(i)
                  printf "%.6f", s }')" = 59636.166163 ] || what=bad
        n=$((n + 1))
    done
    verdict "load cpu $1" "$what" ok
}
