# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# An error of the hardware that cannot be corrected: the machine stops, as
# QEMU does it for all functions of the host, and says why. The kernel's
# aer_inject lets the root port report one. The adapter is taken for that as a
# whole, so this comes last.

if [ ! -e /dev/aer_inject ]; then
    echo "RESULT SKIP AER: this kernel has no aer_inject"
    exit
fi

# octal NUMBER BYTES: little-endian, for printf
octal() {
    local value=$1 i=0
    while [ $i -lt "$2" ]; do
        printf '\\%03o' $((value & 255))
        value=$((value >> 8))
        i=$((i + 1))
    done
}

# inject BDF UNCORRECTABLE CORRECTABLE: bits of the status registers; struct
# aer_error_inj of the kernel
inject() {
    local rest=${1#*:}
    # shellcheck disable=SC2059
    printf "$(octal 0x"${rest%%:*}" 1)$(octal 0x"$(
        echo "${rest#*:}" | cut -d . -f 1)" 1)$(octal 0x"${rest#*.}" 2)$(
        octal "$2" 4)$(octal "$3" 4)$(octal 0 20)" > /tmp/error
    cat /tmp/error > /dev/aer_inject
}

# status TEXT: wait until the machine's status has that in it
status() {
    local i=0
    until hmp 4449 "info status" | grep -q "$1" || [ $i = 60 ]; do
        sleep 1
        i=$((i + 1))
    done
    [ $i -lt 60 ]
}

ip link set lo up
echo 0 > "/sys/bus/pci/devices/$PF/sriov_numvfs"
check "AER: igb goes to vfio-pci" give_to_vfio "$PF"
emulator -M zx1 -m 512 -device vfio-pci,host="$PF",id=igb \
    -monitor tcp:127.0.0.1:4449,server=on,wait=off 2> /tmp/aer.err &
emulator=$!
check "AER: machine runs before" status running
# PCI_ERR_COR_BAD_TLP, PCI_ERR_UNC_COMP_TIME of linux/pci_regs.h
check "AER: one that was corrected" inject "$PF" 0 0x40
sleep 3
check "AER: machine runs on after that" status running
check "AER: one that cannot be corrected" inject "$PF" 0x4000 0
check "AER: machine stops by itself" status internal-error
check "AER: the user is told which function" grep -q "$PF" /tmp/aer.err
sed 's/^/# /' /tmp/aer.err
(echo quit; sleep 2) | nc 127.0.0.1 4449 > /dev/null
wait $emulator
dmesg | grep -i "aer" | tail -n 8 | sed 's/^/# /'
