# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The firmware's diagnostics on a virtual function, with the bypass and
# without.

for MACHINE in zx1 zx1,iotlb-isolation=on; do
    timeout 1200 /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        /rig/bin/qemu-system-ia64 -L /rig/bin -nodefaults -display none \
        -M "$MACHINE" -m 512 -device vfio-pci,host="$VF0" \
        -fw_cfg name=opt/zx1/shell,string="diag;reset -s" \
        -serial file:/tmp/diag.serial 2> /tmp/diag.errors
    tr -d '\r' < /tmp/diag.serial | sed -n \
        "s/^\(PASS\|FAIL\) \(.* igbvf: .*\)/RESULT \1 diag $MACHINE \2/p"
    head -n 20 /tmp/diag.errors | sed 's/^/# /'
    for what in vf dma purge irq; do
        check "diag $MACHINE: a line about $what" \
            grep -q "^PASS $what .* igbvf: " /tmp/diag.serial
    done
done
unset MACHINE
