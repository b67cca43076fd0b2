# SPDX-License-Identifier: GPL-2.0-or-later
#
# The base: where it comes from, how it is checked, unpacked and patched.
# To be sourced after common.sh.

# Variables pass between these files; functions are called by name.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317

# shellcheck source=base/VERSION
. "$repo/base/VERSION"

# private_apt: a configuration of apt for $SUITE, beside the machine's own and
# from the same mirror; sets the array "apt", options that choose it.  Nothing of the
# system is changed; apt checks signatures as always.
private_apt() {
    local dir=$cache/apt etc list parts
    if [ -z "$(host_codename)" ] || ! command -v apt-get > /dev/null; then
        die "this is not Debian: its packages cannot be fetched here" \
            "give --base=DIR|TARBALL, and --python=FILE with a meson >= 1.5"
    fi
    eval "$(apt-config shell etc Dir::Etc/d list Dir::Etc::SourceList/f \
                             parts Dir::Etc::SourceParts/d)"
    mkdir -p "$dir/lists/partial" "$dir/archives/partial"
    /usr/bin/python3 "$repo/scripts/overlay/apt-sources.py" "$SUITE" \
        "$(host_codename)" "$list" "$parts" > "$dir/base.sources" ||
        die "apt's sources of this machine name no Debian mirror" \
            "add one to /etc/apt, or give --base=DIR|TARBALL"
    # the sandbox user cannot read a clone below /root; hooks that other
    # packages put into apt's configuration are for the system's lists
    cat > "$dir/apt.conf" << EOF
Dir::Etc::SourceList "$dir/base.sources";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$dir/lists";
Dir::Cache "$dir";
Dir::Cache::Archives "$dir/archives";
APT::Sandbox::User "$(id -un)";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::DEP-11-icons;
#clear Acquire::IndexTargets::deb::DEP-11-icons-small;
#clear Acquire::IndexTargets::deb::DEP-11-icons-hidpi;
#clear Acquire::IndexTargets::deb::Contents-deb;
#clear Acquire::IndexTargets::deb-src::Contents-dsc;
EOF
    apt=(-c "$dir/apt.conf")
    if [ -z "$apt_is_fresh" ]; then
        step "Reading the package lists of Debian $SUITE" "20 s"
        logged "$cache/logs/apt-update.log" apt-get "${apt[@]}" update ||
            die "the package lists of Debian $SUITE could not be read" \
                "check the network, or give --base=DIR|TARBALL"
        apt_is_fresh=y
    fi
}
apt_is_fresh=

# fetch_packages NAME...: binary packages of $SUITE into $cache/packages
fetch_packages() {
    local name missing=()
    mkdir -p "$cache/packages"
    for name; do
        compgen -G "$cache/packages/${name}_*.deb" > /dev/null ||
            missing+=("$name")
    done
    [ ${#missing[@]} != 0 ] || return 0
    private_apt
    # "download" checks what it fetched against the signed lists
    download() {
        cd "$cache/packages" && apt-get "${apt[@]}" download "${missing[@]}"
    }
    logged "$cache/logs/packages.log" download ||
        die "cannot download ${missing[*]} from Debian $SUITE"
}

# fetch_base: the source package into $cache/base; sets "dsc"
fetch_base() {
    local version
    dsc=$(compgen -G "$cache/base/qemu_$SERIES.*.dsc" | sort -V | tail -n 1)
    [ -z "$dsc" ] || return 0
    private_apt
    version=$(apt-cache "${apt[@]}" showsrc qemu 2> /dev/null |
              sed -n 's/^Version: //p' | grep -E "^([0-9]+:)?${SERIES//./\\.}\\." |
              sort -V | tail -n 1)
    [ -n "$version" ] ||
        die "Debian $SUITE has no qemu of the $SERIES series any more" \
            "change base/VERSION, or give --base=DIR|TARBALL"
    step "Fetching QEMU ${version#*:}" "40 MB"
    mkdir -p "$cache/base.new"
    download() {
        cd "$cache/base.new" &&
        apt-get "${apt[@]}" source --download-only "qemu=$version"
    }
    logged "$cache/logs/fetch.log" download ||
        die "the source of QEMU could not be fetched" \
            "check the network, or give --base=DIR|TARBALL"
    mkdir -p "$cache/base"
    mv -f "$cache/base.new"/* "$cache/base/" && rmdir "$cache/base.new"
    dsc=$(compgen -G "$cache/base/qemu_$SERIES.*.dsc" | sort -V | tail -n 1)
}

# expected_sha256 TARBALL [SHA256]: the checksum that TARBALL must have
expected_sha256() {
    local name=${1##*/} file
    if [ -n "$2" ]; then
        echo "$2"
        return
    fi
    # beside it: its own file, a list of sums, or a Debian source description
    for file in "$1.sha256" "${1%/*}/SHA256SUMS" "${1%/*}"/*.dsc; do
        [ -f "$file" ] || continue
        sed -n '/^Checksums-Sha1:/,/^Checksums-Sha256:/d; /^Files:/,$d; p' \
            "$file" | awk -v name="$name" '
                $NF == name || $NF == "*" name || NF == 1 {
                    if ($1 ~ /^[0-9a-f]{64}$/ || length($1) == 64) {
                        print $1; exit } }'
        return
    done
}

# unpack_base BASE SHA256 TARGET: BASE is empty (Debian's source package), a
# directory, a .dsc or a tarball.  TARGET must not exist; .overlay-base in it
# tells afterwards what it was made from.
unpack_base() {
    local from=$1 sha256=$2 target=$3 sum
    if [ -z "$from" ]; then
        fetch_base
        from=$dsc
    fi
    from=$(realpath -e "$from" 2> /dev/null) ||
        die "the base $1 does not exist"
    step "Unpacking ${from##*/}" "15 s to a minute"
    case $from in
    *.dsc)
        command -v dpkg-source > /dev/null ||
            die "dpkg-source is missing" "do: apt-get install dpkg-dev"
        # compares the checksums and applies Debian's own patches
        logged "$cache/logs/unpack.log" dpkg-source \
            --no-copy -x "$from" "$target" ||
            die "$from could not be unpacked" \
                "remove it if it is in $cache: it is fetched again"
        ;;
    *.tar | *.tar.*)
        sum=$(expected_sha256 "$from" "$sha256")
        [ -n "$sum" ] ||
            die "no checksum of $from is known" \
                "give --base-sha256=SUM, or put ${from##*/}.sha256 beside it"
        [ "$(sha256sum < "$from" | cut -d ' ' -f 1)" = "$sum" ] ||
            die "$from does not have the SHA-256 checksum $sum"
        mkdir "$target"
        logged "$cache/logs/unpack.log" tar -C "$target" -xf "$from" \
               --strip-components=1 --exclude='*/roms' ||
            die "$from could not be unpacked"
        ;;
    *)
        [ -f "$from/qapi/qapi-schema.json" ] ||
            die "$from is not a source tree of QEMU"
        mkdir "$target"
        logged "$cache/logs/unpack.log" tar -C "$from" --exclude=./.git \
               --exclude='./build*' --exclude=./roms -cf "$target.tar" . ||
            die "$from could not be copied"
        tar -C "$target" -xf "$target.tar" ||
            die "$from could not be copied"
        rm "$target.tar"
        ;;
    esac
    echo "$from" > "$target/.overlay-base"
}

# check_base DIR: the right release, and whole
check_base() {
    local version=none
    [ -f "$1/VERSION" ] && version=$(cat "$1/VERSION")
    case $version in
    "$SERIES".*) ;;
    *) die "the base is QEMU $version, wanted is $SERIES.*" \
           "see base/VERSION; another base needs other patches" ;;
    esac
    local project
    for project in keycodemapdb berkeley-softfloat-3; do
        [ -f "$1/subprojects/$project/meson.build" ] ||
            die "the base lacks subprojects/$project" \
                "do: meson subprojects download, in the base's directory"
    done
}

# patch_base DIR: the hooks, all or none of them
patch_base() {
    local patch_file
    mkdir -p "$cache/logs"
    for patch_file in "$repo"/base/patches/*.patch; do
        # no fuzz: a hook has one line of context, which must be there
        patch -d "$1" -p1 -F 0 --force --no-backup-if-mismatch -s -r - \
            < "$patch_file" > "$cache/logs/patch.log" 2>&1 || {
            sed 's/^/    | /' "$cache/logs/patch.log" >&2
            die "${patch_file#"$repo"/} does not apply to QEMU $(cat "$1/VERSION")" \
                "see docs/devel/ia64/base.rst: moving to a newer base"
        }
    done
    # Only the functional tests need it, and they find it missing themselves.
    if ! compgen -G "$1/python/wheels/pycotap*" > /dev/null; then
        sed -i '/^pycotap/d' "$1/pythondeps.toml"
    fi
}

# keep_times OLD NEW: a file of NEW that is as in OLD is as old as in OLD, any
# other is new if its time does not say so: what did not change is not
# compiled again, and what did is
keep_times() {
    local file
    [ -d "$1" ] || return 0
    while IFS= read -r file; do
        if cmp -s "$1/$file" "$2/$file"; then
            touch -r "$1/$file" "$2/$file"
        elif [ -f "$2/$file" ]; then
            touch "$2/$file"
        fi
    done < <(sort -u "$1/.overlay-patched" "$2/.overlay-patched")
}

# prepare_base SRC BASE SHA256: SRC is the patched base.  Work is done in a new
# directory that takes the place of the old one when it is complete.
prepare_base() {
    local src=$1 base=$2 sha256=$3 stamp
    stamp=$(cd "$repo" && cat base/VERSION base/patches/*.patch \
            scripts/overlay/base.sh <(printf '%s' "$base") | sha256sum)
    if [ "$(cat "$src/.overlay-stamp" 2> /dev/null)" = "$stamp" ]; then
        return 0
    fi
    rm -rf "$src.new" "$src.new.tar" "$src.old"
    # shellcheck disable=SC2064
    trap "rm -rf '$src.new' '$src.new.tar'" EXIT
    unpack_base "$base" "$sha256" "$src.new"
    check_base "$src.new"
    patch_base "$src.new"
    # firmware of other machines, not needed and large
    rm -rf "$src.new/roms"
    # a base that has a name of ours is refused here
    link_overlay "$src.new"
    sed -n 's,^+++ b/,,p' "$repo"/base/patches/*.patch | sort -u \
        > "$src.new/.overlay-patched"
    if [ "$(cat "$src/.overlay-base" 2> /dev/null)" = \
         "$(cat "$src.new/.overlay-base")" ]; then
        keep_times "$src" "$src.new"
    else
        # the archive's times are older than what an old base was compiled to
        find "$src.new" -type f -exec touch {} +
    fi
    echo "$stamp" > "$src.new/.overlay-stamp"
    [ ! -d "$src" ] || mv "$src" "$src.old"
    mv "$src.new" "$src"
    trap - EXIT
    rm -rf "$src.old"
}

# link_overlay SRC: every file of ours appears at its place in SRC.  What is a
# directory of ours alone is linked as a whole, so that a new file in it needs
# nothing; elsewhere file by file.
link_overlay() {
    local src=$1 top
    find "$src" -type l -lname "$repo/*" ! -exec test -e {} \; -delete
    for top in configs contrib disas docs gdb-xml hw include pc-bios target \
               tests; do
        [ ! -d "$repo/$top" ] || link_directory "$src" "$top"
    done
}

# link_directory SRC DIRECTORY-OF-THE-REPOSITORY
link_directory() {
    local src=$1 path name
    for path in "$repo/$2"/*; do
        name=${path#"$repo"/}
        case $name in
        *~ | *.orig | *.rej | */__pycache__ | *'/*') continue ;;
        esac
        if [ -L "$src/$name" ]; then
            [ "$src/$name" -ef "$path" ] || ln -sfn "$path" "$src/$name"
        elif [ -d "$src/$name" ] && [ -d "$path" ]; then
            link_directory "$src" "$name"
        elif [ -e "$src/$name" ]; then
            die "$name is a file of the base" \
                "change it with a patch in base/patches, or take another name"
        else
            ln -s "$path" "$src/$name"
        fi
    done
}

# link_firmware BUILD: the base installs its own firmware only; an uninstalled
# emulator looks for ours where an installed one would
link_firmware() {
    local bundle file
    bundle=$1/qemu-bundle$(sed -n 's/#define CONFIG_QEMU_DATADIR "\(.*\)"/\1/p' \
                           "$1/config-host.h")
    mkdir -p "$bundle"
    for file in "$repo"/pc-bios/*; do
        [ ! -f "$file" ] || ln -sfn "$file" "$bundle/"
    done
}
