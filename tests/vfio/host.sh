# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What the tests in the outer machine share: the VFIO host and the emulator.
# Results are lines "RESULT PASS name" and "RESULT FAIL name: why".

pass() { echo "RESULT PASS $*"; }
fail() { echo "RESULT FAIL $*"; }

# check NAME COMMAND...: a result that is a command's success
check() {
    local name=$1
    shift
    if "$@"; then pass "$name"; else fail "$name: $* returned $?"; fi
}

# driver_of BDF: name of the driver that holds a function
driver_of() {
    basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

# give_to_vfio BDF
give_to_vfio() {
    local dev=/sys/bus/pci/devices/$1
    echo vfio-pci > "$dev/driver_override"
    [ ! -e "$dev/driver" ] || echo "$1" > "$dev/driver/unbind"
    echo "$1" > /sys/bus/pci/drivers_probe
    [ "$(driver_of "$1")" = vfio-pci ]
}

# functions_of DRIVER: addresses of what a driver holds
functions_of() {
    local link
    for link in "/sys/bus/pci/drivers/$1"/0000:*; do
        [ ! -e "$link" ] || basename "$link"
    done
}

# function_of_id VENDOR DEVICE: address of the first function with these ids
function_of_id() {
    local dev
    for dev in /sys/bus/pci/devices/*; do
        if [ "$(cat "$dev/vendor") $(cat "$dev/device")" = "$1 $2" ]; then
            basename "$dev"
            return
        fi
    done
}

# host_setup: two VFs of the igb, both given to vfio-pci; sets PF, PF_IF, VF0,
# VF1
host_setup() {
    PF=$(functions_of igb | head -n 1)
    if [ -z "$PF" ]; then
        echo "rig: no igb"
        return
    fi
    PF_IF=$(ls "/sys/bus/pci/devices/$PF/net")
    ip link set "$PF_IF" up
    # the VFs are for vfio-pci, not for igbvf of this machine
    echo 0 > "/sys/bus/pci/devices/$PF/sriov_drivers_autoprobe"
    echo 2 > "/sys/bus/pci/devices/$PF/sriov_numvfs"
    VF0=$(basename "$(readlink "/sys/bus/pci/devices/$PF/virtfn0")")
    VF1=$(basename "$(readlink "/sys/bus/pci/devices/$PF/virtfn1")")
    give_to_vfio "$VF0"
    give_to_vfio "$VF1"
}

# hmp PORT COMMAND: to the monitor of an emulator; its answer. Waits until the
# monitor is there, and for its next prompt.
hmp() {
    local port=$1 answer=/tmp/hmp.$1 i=0
    until nc 127.0.0.1 "$port" < /dev/null > /dev/null 2>&1 || [ $i = 120 ]; do
        sleep 1
        i=$((i + 1))
    done
    : > "$answer"
    # shellcheck disable=SC2094
    (echo "$2"
     i=0
     until [ "$(grep -o '(qemu)' "$answer" | wc -l)" -ge 2 ] || [ $i = 60 ]; do
         sleep 1
         i=$((i + 1))
     done) | nc 127.0.0.1 "$port" > "$answer"
    tr -d '\r' < "$answer"
}

# emulator ARGUMENT...: the emulator under test
emulator() {
    /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        /rig/bin/qemu-system-ia64 -L /rig/bin -nodefaults -display none "$@"
}

# guest PROGRAM ARGUMENT...: run a bare-metal program of tests/vfio;
# its words PASS and FAIL become results; it powers the machine off. What the
# emulator says follows as comments. NAME: of the directory /tmp/guest.NAME
# with serial, errors and pid; LABEL goes before the names of the results.
# Afterwards SPENT is the time of processors that it took, in 10 ms.
guest() {
    local program=$1 dir=/tmp/guest.${NAME:-$1} status
    shift
    rm -rf "$dir"
    mkdir "$dir"
    time -o "$dir/time" -f "%U %S" \
        timeout 1200 /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        /rig/bin/qemu-system-ia64 -L /rig/bin -nodefaults -display none \
        -M "zx1${MACHINE:+,$MACHINE}" -m "${MEMORY:-512}" -bios none \
        -device loader,file="/rig/guest/$program.elf",cpu-num=0 \
        -serial "file:$dir/serial" -pidfile "$dir/pid" "$@" 2> "$dir/errors"
    status=$?
    # shellcheck disable=SC2034
    SPENT=$(awk 'END { print int(($1 + $2) * 100) }' "$dir/time")
    tr -d '\r' < "$dir/serial" |
        sed "s/^\(PASS\|FAIL\) /RESULT \1 ${LABEL:-$program}: /"
    head -n "${LINES_MAX:-20}" "$dir/errors" | sed 's/^/# /'
    if [ $status != 0 ]; then
        fail "${LABEL:-$program}: emulator ended with status $status"
    elif ! grep -q "^DONE" "$dir/serial"; then
        fail "${LABEL:-$program}: program did not come to its end"
    fi
}
