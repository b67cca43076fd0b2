# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A function that comes while the machine runs, and goes again.

# until_says TEXT: wait until the guest prints it
until_says() {
    local i=0
    until grep -qs "$1" /tmp/guest.hotplug/serial || [ $i = 240 ]; do
        sleep 1
        i=$((i + 1))
    done
    [ $i -lt 240 ]
}

# hmp COMMAND: to the emulator's monitor
hmp() {
    (echo "$1"; sleep 2) | nc 127.0.0.1 4445 | tr -d '\r' |
        grep -i 'error' | sed 's/^/# /'
}

ip link set lo up
NAME=hotplug LABEL=hotplug guest 600 igbvf \
    -fw_cfg name=opt/vfio/mode,string=hotplug \
    -monitor tcp:127.0.0.1:4445,server=on,wait=off > /tmp/hotplug.out 2>&1 &
guest=$!
until_says '^vf: waiting'
hmp "device_add vfio-pci,host=$VF0,id=vf,addr=6"
check "hotplug: guest has used the function" until_says '^vf: remove'
hmp "device_del vf"
wait $guest
cat /tmp/hotplug.out
LABEL="after unplugging" guest 240 igbvf -device vfio-pci,host="$VF0"
