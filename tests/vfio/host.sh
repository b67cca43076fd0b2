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

# host_program NAME ARGUMENT...: one of tests/vfio/host
host_program() {
    local program=$1
    shift
    /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        "/rig/guest/$program" "$@"
}

# nvme_live NAME: wait until Linux' driver has a controller at work
nvme_live() {
    local i=0
    until grep -qs live "/sys/class/nvme/$1/state" || [ $i = 120 ]; do
        sleep 1
        i=$((i + 1))
    done
}

# nvme_setup: a VF of the NVMe function, given to vfio-pci; sets NVME and
# NVME_VF, which is empty if there is none
nvme_setup() {
    local dev
    NVME=$(function_of_id 0x1b36 0x0010)
    NVME_VF=
    dev=/sys/bus/pci/devices/$NVME
    if [ ! -x /rig/guest/nvme-vf ]; then
        echo "RESULT SKIP NVMe VF: no C compiler made the program for the host"
        return
    fi
    if [ "$(driver_of "$NVME")" != nvme ]; then
        [ ! -e "$dev/driver" ] || echo "$NVME" > "$dev/driver/unbind"
        echo nvme > "$dev/driver_override"
        echo "$NVME" > /sys/bus/pci/drivers_probe
    fi
    nvme_live nvme0
    if [ ! -e "$dev/virtfn0" ]; then
        # what is flexible is the PF's at first, and stays so until its reset
        host_program nvme-vf /dev/nvme0 release &&
            echo 1 > "$dev/reset" &&
            nvme_live nvme0 &&
            echo 0 > "$dev/sriov_drivers_autoprobe" &&
            echo 1 > "$dev/sriov_numvfs" &&
            host_program nvme-vf /dev/nvme0 online
    fi
    if [ ! -e "$dev/virtfn0" ]; then
        fail "NVMe VF: there is none"
        return
    fi
    NVME_VF=$(basename "$(readlink "$dev/virtfn0")")
    if [ ! -e "/sys/bus/pci/devices/$NVME_VF/driver" ]; then
        # QEMU's nvme knows (10.0.2) an interrupt only if MSI-X was on when
        # the queue was made: vfio turns it on later, Linux' driver before
        echo nvme > "/sys/bus/pci/devices/$NVME_VF/driver_override"
        echo "$NVME_VF" > /sys/bus/pci/drivers_probe
        nvme_live nvme1
    fi
    check "NVMe VF: goes to vfio-pci" give_to_vfio "$NVME_VF"
}

# nvme_whole: the NVMe function as a whole, without VFs, is vfio-pci's; sets
# NVME
nvme_whole() {
    NVME=$(function_of_id 0x1b36 0x0010)
    echo 0 > "/sys/bus/pci/devices/$NVME/sriov_numvfs"
    check "NVMe: goes to vfio-pci" give_to_vfio "$NVME"
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

# busy: what this machine's processors have run so far, in ns
# (Documentation/scheduler/sched-stats.rst of Linux, field 7)
busy() {
    awk '/^cpu[0-9]/ { ns += $8 } END { printf "%.0f\n", ns }' /proc/schedstat
}

# guest PROGRAM ARGUMENT...: run a bare-metal program of tests/vfio;
# its words PASS and FAIL become results; it powers the machine off. What the
# emulator says follows as comments. NAME: of the directory /tmp/guest.NAME
# with serial, errors and pid; LABEL goes before the names of the results.
# Afterwards SPENT is the time of this machine's processors that it took, the
# kernel's threads included, in ns.
guest() {
    local program=$1 dir=/tmp/guest.${NAME:-$1} status before
    shift
    rm -rf "$dir"
    mkdir "$dir"
    before=$(busy)
    timeout 2400 /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        /rig/bin/qemu-system-ia64 -L /rig/bin -nodefaults -display none \
        -M "zx1${MACHINE:+,$MACHINE}" -m "${MEMORY:-512}" -bios none \
        -device loader,file="/rig/guest/$program.elf",cpu-num=0 \
        -serial "file:$dir/serial" -pidfile "$dir/pid" "$@" 2> "$dir/errors"
    status=$?
    # shellcheck disable=SC2034
    SPENT=$(($(busy) - before))
    tr -d '\r' < "$dir/serial" |
        sed "s/^\(PASS\|FAIL\) /RESULT \1 ${LABEL:-$program}: /"
    head -n "${LINES_MAX:-20}" "$dir/errors" | sed 's/^/# /'
    if [ $status != 0 ]; then
        fail "${LABEL:-$program}: emulator ended with status $status"
    elif ! grep -q "^DONE" "$dir/serial"; then
        fail "${LABEL:-$program}: program did not come to its end"
    fi
}
