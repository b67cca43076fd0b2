# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What a mapping and a register access cost in this machine; scripts/bench-vfio
# says what to make of it. The counters tell how many calls the host got.

for option in "" ,x-no-mmap=on; do
    echo "BENCH -- vfio-pci$option"
    LABEL="bench$option" guest 240 bench \
        -device vfio-pci,host="$VF0$option"
done
