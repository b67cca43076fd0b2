# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The machine is reset while its function transfers, again and again: each
# time the program starts anew and the function works.

# starts N: wait until transfers have begun for the Nth time
starts() {
    local i=0
    until [ "$(grep -c '^PASS stream is under way' /tmp/guest.reset/serial)" \
            -ge "$1" ] || [ $i = 600 ]; do
        sleep 1
        i=$((i + 1))
    done
    [ $i -lt 600 ]
}

ip link set lo up
NAME=reset guest igbvf -device vfio-pci,host="$VF0" \
    -fw_cfg name=opt/vfio/mode,string=stream \
    -monitor tcp:127.0.0.1:4447,server=on,wait=off > /tmp/reset.out 2>&1 &
guest=$!
for n in 1 2 3 4; do
    check "reset: transfers, start $n" starts $n
    hmp 4447 stop > /dev/null
    # held where it is: the window is in use
    hmp 4447 "info iotlb" > /tmp/reset.before
    hmp 4447 system_reset > /dev/null
    hmp 4447 "info iotlb" > /tmp/reset.after
    check "reset $n: pages were mapped" \
        grep -q "pages mapped: [1-9]" /tmp/reset.before
    check "reset $n: none is left, and the window is off" \
        sh -c 'grep -q "mapped: 0" /tmp/reset.after &&
               grep -q "window: off" /tmp/reset.after'
    hmp 4447 cont > /dev/null
done
check "reset: transfers after all" starts 5
kill "$(cat /tmp/guest.reset/pid)"
wait $guest
check "reset: no complaint" \
    sh -c '! grep -v "terminating on signal" /tmp/guest.reset/errors'
