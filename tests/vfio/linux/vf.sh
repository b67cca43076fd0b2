#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the ia64 guest: a virtual function with Linux' own driver igbvf.
# The host answers at 10.9.0.1: httpd on 8080, a sink on 9001.

PEER=10.9.0.1
ME=10.9.0.2

# check NAME COMMAND...
check() {
    name=$1
    shift
    if "$@"; then echo "PASS $name"; else echo "FAIL $name"; fi
}

# The function's interface and address on the bus
find_vf() {
    for path in /sys/bus/pci/drivers/igbvf/0000:*; do
        [ -e "$path" ] && BDF=$(basename "$path") && IF=$(ls "$path/net")
    done
    [ -n "$IF" ]
}

# wait_for SECONDS COMMAND...
wait_for() {
    left=$1
    shift
    until "$@" > /dev/null 2>&1; do
        left=$((left - 1))
        [ $left -gt 0 ] || return 1
        sleep 1
    done
}

carrier() { [ "$(cat "/sys/class/net/$IF/carrier" 2> /dev/null)" = 1 ]; }
reaches() { ping -c 1 -W 2 $PEER; }
up() { ip link set "$IF" up && ip addr replace $ME/24 dev "$IF"; }
interrupts() { awk -v n="$IF" '$0 ~ n { s += $2 } END { print s + 0 }' \
                   /proc/interrupts; }

download() {
    wget -q -O /tmp/data "http://$PEER:8080/data" &&
    wget -q -O /tmp/data.sum "http://$PEER:8080/data.sum" &&
    [ "$(sha256sum < /tmp/data)" = "$(cat /tmp/data.sum)" ]
}

check "igbvf has the function" find_vf
[ -n "$IF" ] || exit
check "interface goes up" up
check "link is up" wait_for 30 carrier
if grep -qw vf=isolated /proc/cmdline; then
    check "no answer: its transfers fail" \
        sh -c "! ping -c 3 -W 2 $PEER > /dev/null 2>&1"
    echo "vf: transfers done"
    exit
fi
check "peer answers" wait_for 30 reaches
before=$(interrupts)
check "download with the right checksum" download
check "interrupts arrived" [ "$(interrupts)" -gt "$before" ]
check "upload" sh -c "nc $PEER 9001 < /tmp/data"
echo "vf: transfers done"
echo "$BDF" > /sys/bus/pci/drivers/igbvf/unbind
check "unbound" [ ! -e "/sys/class/net/$IF" ]
check "reset" sh -c "echo 1 > /sys/bus/pci/devices/$BDF/reset"
echo "$BDF" > /sys/bus/pci/drivers/igbvf/bind
IF=
check "bound again" find_vf
check "interface goes up again" up
check "peer answers again" wait_for 30 reaches
