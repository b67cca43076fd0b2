#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the ia64 guest: a SCSI disk that is an NVMe function of the host. Its
# first MiB is full of "Z"; what is written to its 17th is for the host.

check() {
    name=$1
    shift
    if "$@"; then echo "PASS $name"; else echo "FAIL $name"; fi
}

# sum DEVICE SKIP: of a MiB there, from the disk itself
sum() {
    echo 3 > /proc/sys/vm/drop_caches
    dd if="$1" bs=1048576 skip="$2" count=1 2> /dev/null | sha256sum
}

left=60
until [ -b /dev/sda ] || [ $left = 0 ]; do
    left=$((left - 1))
    sleep 1
done
check "disk is there" [ -b /dev/sda ]
check "driver is mptspi" grep -q mptspi /sys/class/scsi_host/host*/proc_name
[ -b /dev/sda ] || exit
check "first MiB reads" [ "$(sum /dev/sda 0)" = "$(
    dd if=/dev/zero bs=1048576 count=1 2> /dev/null | tr '\0' Z |
    sha256sum)" ]
dd if=/dev/urandom of=/tmp/data bs=1048576 count=1 2> /dev/null
dd if=/tmp/data of=/dev/sda bs=1048576 seek=16 2> /dev/null
sync
check "what was written reads again" \
    [ "$(sum /dev/sda 16)" = "$(sha256sum < /tmp/data)" ]
check "the first MiB is as before" [ "$(sum /dev/sda 0)" = "$(
    dd if=/dev/zero bs=1048576 count=1 2> /dev/null | tr '\0' Z |
    sha256sum)" ]
echo "sum: $(sha256sum < /tmp/data | cut -d ' ' -f 1)"
echo "vf: transfers done"
