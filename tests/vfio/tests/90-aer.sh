# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# An error of the hardware: the machine stops, as QEMU does it for all
# functions of the host, and says why. The test's hand at the hardware is the
# monitor of the outer machine. The igb is taken for that as a whole: last.

# hmp COMMAND: to the emulator's monitor
hmp() {
    (echo "$1"; sleep 2) | nc 127.0.0.1 4449 | tr -d '\r'
}

# config OFFSET: a byte of the igb's configuration space
config() {
    od -An -tu1 -j "$1" -N 1 "/sys/bus/pci/devices/$PF/config" | tr -d ' '
}

# Report errors of all kinds (device control of the PCI Express capability):
# the igb's driver turns that off when it leaves
report_errors() {
    local cap
    cap=$(config 52)
    while [ "$cap" != 0 ] && [ "$(config "$cap")" != 16 ]; do
        cap=$(config $((cap + 1)))
    done
    # shellcheck disable=SC2059
    printf "\\$(printf %o $(($(config $((cap + 8))) | 15)))" |
        dd of="/sys/bus/pci/devices/$PF/config" bs=1 seek=$((cap + 8)) \
            conv=notrunc 2> /dev/null
}

ip link set lo up
echo 0 > "/sys/bus/pci/devices/$PF/sriov_numvfs"
check "AER: igb goes to vfio-pci" give_to_vfio "$PF"
emulator -M zx1 -m 512 -bios none -S \
    -device vfio-pci,host="$PF",id=igb \
    -monitor tcp:127.0.0.1:4449,server=on,wait=off 2> /tmp/aer.err &
emulator=$!
sleep 8
hmp cont > /dev/null
hmp "info status" > /tmp/aer.before
check "AER: machine runs before" grep -q "running" /tmp/aer.before
report_errors
echo "OUTER pcie_aer_inject_error igb0 COMP_TIME"
sleep 8
hmp "info status" > /tmp/aer.after
check "AER: machine stops by itself" grep -q "internal-error" /tmp/aer.after
check "AER: and the function is named" grep -q "$PF" /tmp/aer.err
sed 's/^/# /' /tmp/aer.err
hmp quit > /dev/null
wait $emulator
dmesg | grep -i "aer" | tail -n 5 | sed 's/^/# /'
