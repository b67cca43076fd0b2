#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the ia64 guest: a function of the host with Linux' own driver for it.
# The host answers at 10.9.0.1: httpd on 8080, a sink on 9001. Words of the
# kernel's command line choose what is done: vf=DRIVER (igbvf), vf=isolated,
# vf=affinity, vf=replug.

PEER=10.9.0.1
ME=10.9.0.2
DRIVER=igbvf
grep -qw vf=e1000 /proc/cmdline && DRIVER=e1000

# check NAME COMMAND...
check() {
    name=$1
    shift
    if "$@"; then echo "PASS $name"; else echo "FAIL $name"; fi
}

# The function's interface and address on the bus
find_vf() {
    for path in "/sys/bus/pci/drivers/$DRIVER"/0000:*; do
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

# host COMMAND: to the emulator's monitor; returns when it has done it
host() {
    echo "host: $1"
    read -r _ < /dev/console
}

carrier() { [ "$(cat "/sys/class/net/$IF/carrier" 2> /dev/null)" = 1 ]; }
reaches() { ping -c 1 -W 2 $PEER; }
up() { ip link set "$IF" up && ip addr replace $ME/24 dev "$IF"; }
# Of the function, so far, on all processors
interrupts() {
    awk -v n="$IF" '$0 ~ n { for (i = 2; $i ~ /^[0-9]+$/; i++) s += $i }
                    END { print s + 0 }' /proc/interrupts
}

download() {
    wget -q -O /tmp/data "http://$PEER:8080/data" &&
    wget -q -O /tmp/data.sum "http://$PEER:8080/data.sum" &&
    [ "$(sha256sum < /tmp/data)" = "$(cat /tmp/data.sum)" ]
}

# arrived CPU: interrupts of the function on a processor so far
arrived() {
    awk -v n="$IF" -v c="$1" '$0 ~ n { s += $(c + 2) } END { print s + 0 }' \
        /proc/interrupts
}

# elsewhere CPU: the same on all others, of one moment
elsewhere() {
    awk -v n="$IF" -v c="$1" '
        $0 ~ n { for (i = 2; $i ~ /^[0-9]+$/; i++) if (i != c + 2) s += $i }
        END { print s + 0 }' /proc/interrupts
}

more_than() { [ "$(arrived "$1")" -gt "$2" ]; }

# affinity CPU: all interrupts of the function go there, while data flow. Linux
# moves each of the three when it comes the next time; one more of each may be
# on its way then.
affinity() {
    awk -v n="$IF" -F : '$0 ~ n { print $1 + 0 }' /proc/interrupts |
        while read -r irq; do
            printf '%x\n' $((1 << $1)) > "/proc/irq/$irq/smp_affinity"
        done
    others=$(elsewhere "$1")
    wait_for 60 more_than "$1" $(($(arrived "$1") + 20)) &&
        [ $(($(elsewhere "$1") - others)) -le 6 ]
}

test_affinity() {
    while :; do
        wget -q -O /dev/null "http://$PEER:8080/data"
    done 2> /dev/null &
    flow=$!
    cpu=0
    while [ -e "/sys/devices/system/cpu/cpu$cpu" ]; do
        check "interrupts go to processor $cpu" affinity $cpu
        cpu=$((cpu + 1))
    done
    check "there were two processors" [ "$cpu" = 2 ]
    check "interrupts go to processor 0 again" affinity 0
    kill $flow
    check "peer answers after all that" wait_for 30 reaches
    check "download after all that" download
}

# What an operator does on this machine: remove, exchange, rescan
test_replug() {
    echo 1 > "/sys/bus/pci/devices/$BDF/remove"
    check "removed" [ ! -e "/sys/bus/pci/devices/$BDF" ]
    host "device_del vf"
    sleep 1
    host "device_add vfio-pci,host=$(
        sed 's/.*vfhost=\([^ ]*\).*/\1/' /proc/cmdline),id=vf2,addr=7"
    echo 1 > /sys/bus/pci/rescan
    IF=
    OLD=$BDF
    check "found in another slot" wait_for 20 find_vf
    check "it is another slot" [ "$BDF" != "$OLD" ]
    check "interface goes up after hot plug" up
    check "peer answers after hot plug" wait_for 60 reaches
    check "download after hot plug" download
}

check "$DRIVER has the function" find_vf
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
if grep -qw vf=affinity /proc/cmdline; then
    test_affinity
    exit
fi
echo "$BDF" > "/sys/bus/pci/drivers/$DRIVER/unbind"
check "unbound" [ ! -e "/sys/class/net/$IF" ]
if [ $DRIVER = igbvf ]; then
    check "reset" sh -c "echo 1 > /sys/bus/pci/devices/$BDF/reset"
fi
echo "$BDF" > "/sys/bus/pci/drivers/$DRIVER/bind"
IF=
check "bound again" find_vf
check "interface goes up again" up
check "peer answers again" wait_for 60 reaches
if grep -qw vf=replug /proc/cmdline; then
    test_replug
fi
