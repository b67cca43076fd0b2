# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What the tests with Linux share. It runs at a few million instructions a
# second here: one boot takes a minute on two free processors.

WWW=/tmp/www
if [ ! -e /rig/guest/vmlinuz ]; then
    echo "RESULT SKIP Linux for ia64: no guests are here"
    exit
fi
mkdir -p $WWW
ip addr replace 10.9.0.1/24 dev "$PF_IF"
ip link set lo up
dd if=/dev/urandom of=$WWW/data bs=1024 count=256 2> /dev/null
sha256sum < $WWW/data > $WWW/data.sum
httpd -p 10.9.0.1:8080 -h $WWW 2> /dev/null

# linux LABEL KERNEL OPTIONS WORDS: run it; its results, and info iotlb when
# its transfers are done, which is left in /tmp/iotlb
linux() {
    local label=$1 log=/tmp/linux.log i=0 pid sink
    rm -f $log /tmp/iotlb /tmp/upload
    nc -l -p 9001 > /tmp/upload &
    sink=$!
    timeout 900 /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        /rig/bin/qemu-system-ia64 -L /rig/bin -nodefaults -display none \
        -M "zx1$3" -m 512 -no-reboot -kernel "/rig/guest/$2" \
        -initrd /rig/guest/initrd -append "quiet exec=/vf.sh poweroff $4" \
        -serial file:$log -monitor tcp:127.0.0.1:4444,server=on,wait=off \
        -device vfio-pci,host="$VF0" 2> /tmp/linux.err &
    pid=$!
    until grep -q '^vf: transfers done' $log 2> /dev/null ||
          ! kill -0 $pid 2> /dev/null || [ $i = 900 ]; do
        sleep 1
        i=$((i + 1))
    done
    (echo "info iotlb"; sleep 3) | nc 127.0.0.1 4444 | tr -d '\r' > /tmp/iotlb
    wait $pid
    check "$label: emulator ends well" [ $? = 0 ]
    echo "# $label: $((i / 60)) minutes"
    kill $sink 2> /dev/null
    tr -d '\r' < $log |
        sed -n "s/^\(PASS\|FAIL\) /RESULT \1 $label: /p"
    grep -q '^guest: power off' $log || {
        fail "$label: Linux did not come to its end"
        tail -n 15 $log | sed 's/^/# /'
    }
    head -n 10 /tmp/linux.err | sed 's/^/# /'
    grep -E 'mapped:|since|code:' /tmp/iotlb | sed 's/^/# /'
}

# the number of mappings that were made
maps() { sed -n 's/.*since power on: maps \([0-9]*\).*/\1/p' /tmp/iotlb; }
