#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fetch what a build would fetch, if it is not in the cache: the base, and
# where Debian's own is too old the meson of a later release.

set -eu
me=fetch
# shellcheck source=scripts/overlay/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/overlay/base.sh
. "$repo/scripts/overlay/base.sh"
# shellcheck source=scripts/overlay/host.sh
. "$repo/scripts/overlay/host.sh"

fetch_base
is_python /usr/bin/python3 pycotap || fetch_packages meson python3-pycotap
# for packages: source and version, as Debian's control files say it
sed -n 's/^Version: \(.*\)/qemu (= \1)/p' "$dsc" | head -n 1 \
    > "$cache/base/built-using"
