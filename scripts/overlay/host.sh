# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the host must have: Debian packages, features, a Python with meson.
# To be sourced after common.sh.

# Variables pass between these files; functions are called by name.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317

# features of the base that this product wants: name, then what shows that the
# host can build it (a pkg-config module, or a header), then Debian's package
host_features="
slirp           slirp                   libslirp-dev
pixman          pixman-1                libpixman-1-dev
png             libpng                  libpng-dev
vnc-jpeg        libjpeg                 libjpeg-dev
vnc-sasl        sasl/sasl.h             libsasl2-dev
linux-aio       libaio.h                libaio-dev
linux-io-uring  liburing                liburing-dev
seccomp         libseccomp              libseccomp-dev
cap-ng          cap-ng.h                libcap-ng-dev
numa            numa.h                  libnuma-dev
zstd            libzstd                 libzstd-dev
gnutls          gnutls                  libgnutls28-dev
libusb          libusb-1.0              libusb-1.0-0-dev
libudev         libudev                 libudev-dev
"

# has_library NAME: NAME is a pkg-config module or a header
has_library() {
    case $1 in
    *.h) echo "#include <$1>" | ${CC:-cc} -E -x c - > /dev/null 2>&1 ;;
    *) pkg-config --exists "$1" ;;
    esac
}

# host_check ARGUMENTS-OF-CONFIGURE...: every needed tool and library, or the end
host_check() {
    local missing='' tool package feature library arg skip
    for tool in cc:gcc make:make ninja:ninja-build pkg-config:pkg-config \
                patch:patch tar:tar xz:xz-utils; do
        package=${tool#*:} tool=${tool%:*}
        [ "$tool" = cc ] && tool=${CC:-cc}
        command -v "${tool%% *}" > /dev/null || missing+=" $package"
    done
    case $missing in
    *gcc* | *pkg-config*)
        # libraries cannot be looked for: name all that is needed
        missing=" $(wanted_packages build | tr '\n' ' ')" ;;
    *)
        has_library stdio.h || missing+=" libc6-dev"
        has_library glib-2.0 || missing+=" libglib2.0-dev"
        has_library zlib || missing+=" zlib1g-dev"
        has_library libfdt.h || missing+=" libfdt-dev"
        while read -r feature library package; do
            [ -n "$feature" ] || continue
            skip=
            for arg; do
                case $arg in
                --disable-"$feature" | --without-default-features) skip=y ;;
                --enable-"$feature") skip= ;;
                esac
            done
            [ -n "$skip" ] || has_library "$library" || missing+=" $package"
        done <<< "$host_features" ;;
    esac
    if [ -n "$missing" ]; then
        die "this host lacks:$missing" \
            "do: apt-get install$missing (or --disable-... what is not wanted)"
    fi
}

# is_python FILE MODULE...: FILE runs Python with those modules, and a meson
# that is new enough for the base
is_python() {
    [ -x "$1" ] && "$1" - "${@:2}" 2> /dev/null << 'PY'
import importlib
import sys

for name in sys.argv[1:]:
    importlib.import_module(name)
from mesonbuild import coredata
version = [int(x) for x in coredata.version.split('.')[:2]]
sys.exit(version < [1, 5])
PY
}

# host_python BUILD: sets "python" to one that sees meson (and pycotap, for the
# functional tests).  Debian's own is taken if it does; the first python3 in
# PATH may be one that does not see Debian's modules.  Otherwise a private
# environment is made from the packages of a later Debian.
host_python() {
    local venv=$1/venv system=/usr/bin/python3 site deb

    [ -x $system ] || system=$(command -v python3) ||
        die "python3 is missing" "do: apt-get install python3 python3-venv"
    "$system" -c 'import ensurepip' 2> /dev/null ||
        die "python3 lacks the module ensurepip" \
            "do: apt-get install python3-venv"
    for python in "$venv/bin/python3" "$system"; do
        is_python "$python" pycotap && return
    done
    python=$venv/bin/python3
    rm -rf "$venv"
    "$system" -m venv --system-site-packages --without-pip "$venv" ||
        die "no virtual environment could be made with $system"
    site=$("$python" -c 'import site; print(site.getsitepackages()[0])')
    fetch_packages meson python3-pycotap
    for deb in "$cache"/packages/{meson,python3-pycotap}_*.deb; do
        [ -f "$deb" ] || continue
        dpkg -x "$deb" "$venv/unpacked" || die "cannot unpack $deb"
    done
    cp -r "$venv/unpacked/usr/lib/python3/dist-packages/." "$site" ||
        die "$venv cannot be filled"
    rm -rf "$venv/unpacked"
    is_python "$python" ||
        die "no meson of version 1.5 or later could be had" \
            "install one that /usr/bin/python3 sees, or give --python=FILE"
}

# wanted_packages KIND...: from packages.txt, for this release of Debian
wanted_packages() {
    local kind package rest
    while read -r kind package rest; do
        case " $* " in
        *" $kind "*)
            case $rest in
            !*) apt-cache show "$package" > /dev/null 2>&1 || continue ;;
            esac
            echo "$package" ;;
        esac
    done < "$repo/scripts/overlay/packages.txt"
    # later releases have a meson that is new enough
    case $(host_codename) in
    '' | bookworm) ;;
    *) echo meson python3-pycotap ;;
    esac
}

# missing_packages KIND...: those wanted that are not installed
missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2> /dev/null)
    for package in $(wanted_packages "$@"); do
        grep -qx "ii *$package" <<< "$installed" || echo "$package"
    done
}

# install_packages KIND...: installs what is missing; silent if nothing is
install_packages() {
    local missing=() sudo=() by_hand
    command -v dpkg-query > /dev/null || return 0
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} != 0 ] || return 0
    by_hand="do as root: apt-get update; apt-get install ${missing[*]}"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo > /dev/null ||
            die "packages are missing, and neither root nor sudo is here" \
                "$by_hand"
        sudo -v || die "packages are missing, and sudo refused" "$by_hand"
        sudo=(sudo)
    fi
    step "Installing ${#missing[@]} Debian packages" \
         "a minute or two; needs the network"
    # without lists apt does not know what this release has
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' > /dev/null; then
        logged "$cache/logs/update.log" "${sudo[@]}" apt-get update || true
        mapfile -t missing < <(missing_packages "$@")
    fi
    apt_install() {
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y \
            --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"
    }
    # the lists may be absent or old: then once more with fresh ones
    logged "$cache/logs/install.log" apt_install 2> /dev/null ||
        { logged "$cache/logs/update.log" "${sudo[@]}" apt-get update &&
          logged "$cache/logs/install.log" apt_install; } ||
        die "the packages could not be installed" "$by_hand"
}
