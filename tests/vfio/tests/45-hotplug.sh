# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# A function that comes while the machine runs, and goes again.

# until_says TEXT: wait until the guest prints it
until_says() {
    local i=0
    until grep -qs "$1" /tmp/guest.hotplug/serial || [ $i = 600 ]; do
        sleep 1
        i=$((i + 1))
    done
    [ $i -lt 600 ]
}

ip link set lo up
NAME=hotplug LABEL=hotplug guest igbvf \
    -fw_cfg name=opt/vfio/mode,string=hotplug \
    -monitor tcp:127.0.0.1:4445,server=on,wait=off > /tmp/hotplug.out 2>&1 &
guest=$!
until_says '^vf: waiting'
hmp 4445 "device_add vfio-pci,host=$VF0,id=vf,addr=6" | grep -i error |
    sed 's/^/# /'
check "hotplug: guest has used the function" until_says '^vf: remove'
hmp 4445 "migrate file:/tmp/migration" > /tmp/hotplug.migrate
check "hotplug: no migration while it is there, with its name" \
    grep -q "Error: $VF0: .*migration" /tmp/hotplug.migrate
hmp 4445 "device_del vf" > /dev/null
wait $guest
cat /tmp/hotplug.out
LABEL="after unplugging" guest igbvf -device vfio-pci,host="$VF0"
