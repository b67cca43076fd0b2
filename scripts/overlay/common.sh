# SPDX-License-Identifier: GPL-2.0-or-later
#
# What configure and the scripts share: places, messages, logged commands.
# To be sourced by bash, with "me" set to the name that messages begin with.

# Variables pass between these files; functions are called by name.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cache=${OVERLAY_CACHE:-$repo/.cache}

if [ -t 1 ]; then
    bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' red='' plain=''
fi

# die SENTENCE [WHAT-TO-DO]: the end
die() {
    printf '%s: %serror:%s %s\n' "$me" "$red" "$plain" "$1" >&2
    if [ $# -gt 1 ]; then
        printf '%s: %s\n' "$me" "$2" >&2
    fi
    exit 1
}

# step WHAT [USUAL-DURATION]
step() {
    printf '%s==>%s %s%s\n' "$bold" "$plain" "$1" "${2:+ ($2)}"
}

# logged LOG COMMAND...: the output goes to LOG; seconds tick on a terminal,
# and the last lines of LOG are shown if COMMAND fails
logged() {
    local log=$1 pid rc=0 start=$SECONDS
    shift
    mkdir -p "$(dirname "$log")"
    "$@" > "$log" 2>&1 < /dev/null &
    pid=$!
    if [ -t 1 ]; then
        while kill -0 $pid 2> /dev/null; do
            printf '\r    %ds ' $((SECONDS - start))
            sleep 0.1
        done
        printf '\r\e[K'
    fi
    wait $pid || rc=$?
    if [ $rc != 0 ]; then
        tail -n 25 "$log" | sed 's/^/    | /' >&2
        printf '%s: the whole output is in %s\n' "$me" "$log" >&2
    fi
    return $rc
}

# codename of the Debian release we run on, empty elsewhere
host_codename() {
    # shellcheck disable=SC1091
    (. /etc/os-release 2> /dev/null && [ "$ID" = debian ] &&
        printf '%s' "$VERSION_CODENAME") || true
}

# overlay_stamp: changes when what configure does may have changed
overlay_stamp() {
    (cd "$repo" && cat configure base/VERSION base/patches/*.patch \
        scripts/overlay/{common,host,base}.sh | sha256sum)
}
