#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs that others wrote, for the firmware's tests: gnu-efi's samples.
# Its source comes from Debian 12, whose version knows ia64; fetched and built
# once, kept in the cache.
#
# usage: gnu-efi.sh CROSS [DIRECTORY]
#
# CROSS is the prefix of an ia64 cross compiler.  Prints the directory of the
# .efi files.  DIRECTORY has gnu-efi's source; without it apt fetches that.

set -eu
me=gnu-efi
# shellcheck source=scripts/overlay/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/overlay/base.sh
. "$repo/scripts/overlay/base.sh"

cross=$1
cache=$cache/gnu-efi
done=$cache/apps
if [ -d "$done" ]; then
    echo "$done"
    exit 0
fi

get_source() {
    cd "$cache/new" && apt-get "${apt[@]}" source --download-only gnu-efi &&
        mkdir source && tar -C source --strip-components=1 -xf ./*.orig.tar.*
}

# The link script is older than ld's warning about writable code, and warnings
# are errors there.  Of the samples one does not compile (lfbgrid).
build() {
    local make=(make -C "$cache/new/source" "ARCH=ia64" "CROSS_COMPILE=$cross")
    export LDFLAGS=--no-warn-rwx-segments
    "${make[@]}" && { "${make[@]}" -k apps ||
                      [ -f "$cache/new/source/ia64/apps/t8.efi" ]; }
}

rm -rf "$cache/new"
mkdir -p "$cache/new"
{
    if [ $# -gt 1 ]; then
        cp -a "$2" "$cache/new/source"
    else
        # beside that of the base, which is of another release
        SUITE=bookworm
        private_apt
        step "Fetching gnu-efi" "200 KB"
        logged "$cache/logs/fetch.log" get_source ||
            die "the source of gnu-efi could not be fetched"
    fi
    step "Building gnu-efi's samples for ia64" "15 s"
    logged "$cache/logs/build.log" build ||
        die "gnu-efi's samples cannot be built"
} >&2
mkdir "$cache/new/apps"
cp "$cache/new/source"/ia64/apps/*.efi "$cache/new/apps"
mv "$cache/new/apps" "$done"
rm -rf "$cache/new"
echo "$done"
