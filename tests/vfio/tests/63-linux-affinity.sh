# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Two processors: the interrupts of a function are sent from one to the other
# and back while data flow. DMA through the IOTLB, beside the bypass. The
# guest's time counts instructions: clocks that tick in real time would leave
# none.

# shellcheck source=tests/vfio/linux.sh
. /share/tests/linux.sh
linux "Linux, affinity" vmlinux-nobypass "" "exec=/vf.sh vf=affinity" \
    -smp 2 -icount shift=5 -device vfio-pci,host="$VF0"
uploaded "Linux, affinity"
check "Linux, affinity: the IOTLB was used" [ "$(maps)" -gt 100 ]
