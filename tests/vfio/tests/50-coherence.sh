# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Stale translations of code that a function has written: kept when the user
# asks for it, which shows that 10-function's checks of code see a difference.

LABEL="without coherence" guest igbvf -device vfio-pci,host="$VF0" \
    -global zx1-ioc.code-coherence=off -fw_cfg name=opt/vfio/mode,string=stale
