# SPDX-License-Identifier: GPL-2.0-or-later
#
# From a fresh clone to a built emulator, quick and silent where nothing is
# to be done.  To be sourced after common.sh by a script that was called with
# the build directory in BUILD, or without.

# Variables pass between these files; functions are called by name.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317

# shellcheck source=scripts/overlay/base.sh
. "$repo/scripts/overlay/base.sh"
# shellcheck source=scripts/overlay/host.sh
. "$repo/scripts/overlay/host.sh"

# The base's decodetree.py writes in the order of Python's sets: with a fixed
# one the compiler cache knows the result.
export PYTHONHASHSEED=0

build=$(realpath -m "${BUILD:-$repo/build}")

# setup KIND...: packages of these kinds (see packages.txt), configured build
setup() {
    install_packages "$@"
    mkdir -p "$build"
    if [ "$(cat "$build/overlay-stamp" 2> /dev/null)" != "$(overlay_stamp)" ] ||
       [ ! -f "$build/build.ninja" ]; then
        # with what the user told configure, if it ever was called
        local arguments=()
        if [ -f "$build/overlay-arguments" ]; then
            mapfile -t arguments < "$build/overlay-arguments"
        fi
        (cd "$build" && OVERLAY_QUIET=y "$repo/configure" "${arguments[@]}") ||
            exit 1
    else
        link_overlay "$build-src"
        link_firmware "$build"
    fi
}

# build_targets_in DIR WHAT USUAL-DURATION TARGET...: says nothing if nothing
# is to be done
build_targets_in() {
    local dir=$1 what=$2 usual=$3 rc=0
    local log=$build/overlay-logs/build.log
    shift 3
    # qemu-version.h is always made anew, and hardly ever another: it and what
    # depends on it are no work.  All else has a reason that ninja explains.
    if ! ninja -C "$dir" -n -d explain "$@" 2>&1 |
       grep -E '^ninja(: error| explain:)' |
       grep -qvE ' is dirty$|phony edge with no inputs'; then
        return 0
    fi
    step "$what" "$usual"
    mkdir -p "${log%/*}"
    if [ -t 1 ]; then
        NINJA_STATUS='[%f/%t, %es] ' ninja -C "$dir" "$@" || rc=$?
    else
        # a line each tenth
        NINJA_STATUS='%f/%t ' ninja -C "$dir" "$@" 2>&1 | tee "$log" | awk '
            split($1, n, "/") == 2 && n[2] > 50 {
                t = int(10 * n[1] / n[2])
                if (t > last) { last = t; print "    " t "0 %"; fflush() } }'
        rc=${PIPESTATUS[0]}
        if [ "$rc" != 0 ]; then
            sed -n '/^FAILED:/,$p' "$log" | head -n 60 >&2
        fi
    fi
    [ "$rc" = 0 ] || die "the build failed" \
        "try again with: ninja -C $(realpath --relative-to=. "$dir") $*"
}

# build_targets WHAT USUAL-DURATION TARGET...
build_targets() {
    build_targets_in "$build" "$@"
}

# tools_of BUILD: names the tools; some can be configured away
tools_of() {
    local tools='qemu-img|qemu-io|qemu-nbd|qemu-bridge-helper|'
    tools+='storage-daemon/qemu-storage-daemon'
    ninja -C "$1" -t targets all | sed -nE "s,^($tools):.*,\1,p"
}

# build_emulator: what the first command needs
build_emulator() {
    build_targets "Building the emulator" \
        "10 minutes on two processors the first time, later seconds" \
        qemu-system-ia64 qemu-img
}

# build_firmware: sets "firmware", options that choose an image built from
# roms/zx1 if its source is other than that of the committed one, and if there
# is a cross compiler here
build_firmware() {
    local made=$build/firmware/zx1-fw.bin image=pc-bios/zx1-fw.bin
    firmware=()
    find_cross /nowhere
    if ! command -v "${cross}gcc" > /dev/null || [ ! -d "$repo/roms/zx1" ]; then
        return 0
    fi
    [ -f "$made" ] || step "Building the firmware" "10 s, later when it changed"
    logged "$build/overlay-logs/firmware.log" \
        make -s -C "$repo/roms/zx1" CROSS="$cross" O="$build/firmware" ||
        die "the firmware cannot be built"
    if ! cmp -s "$made" "$repo/$image"; then
        echo "The firmware is that of roms/zx1; $image is another."
        firmware=(-L "$build/firmware")
    fi
}

# find_cross DIR: sets "cross", the prefix of an ia64 cross compiler: in PATH,
# where its archive usually goes, or unpacked from an archive in DIR
find_cross() {
    local name=ia64-linux-gnu dir archive
    for dir in '' "/opt/$name/bin/" "$cache/$name/bin/"; do
        cross=$dir$name-
        if command -v "${cross}gcc" > /dev/null; then
            return 0
        fi
    done
    cross=$name-
    archive=$(compgen -G "$1/$name-gcc*.tar.xz" | head -n 1)
    [ -n "$archive" ] || return 0
    mkdir -p "$cache/cross.new"
    step "Unpacking the ia64 cross compiler" "5 s"
    logged "$cache/logs/cross.log" \
        tar -C "$cache/cross.new" -xf "$archive" || return 0
    if [ -x "$cache/cross.new/$name/bin/$name-gcc" ]; then
        mv "$cache/cross.new/$name" "$cache/$name"
        cross=$cache/$name/bin/$name-
    fi
    rm -rf "$cache/cross.new"
}
