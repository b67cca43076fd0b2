# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# What the tests with Linux share. It runs at a few million instructions a
# second here: one boot takes a minute on two free processors.

WWW=/tmp/www
LOG=/tmp/linux.log
if [ ! -e /rig/guest/vmlinuz ]; then
    echo "RESULT SKIP Linux for ia64: no guests are here"
    exit
fi
mkdir -p $WWW
ip addr replace 10.9.0.1/24 dev "$PF_IF"
ip link set lo up
dd if=/dev/urandom of=$WWW/data bs=1024 count=256 2> /dev/null
sha256sum < $WWW/data > $WWW/data.sum
httpd -p 10.9.0.1:8080 -h $WWW 2> /dev/null

# serve PID: do what the guest asks for, until it ends; it must when it has said
# nothing for 40 minutes. Lines "host: COMMAND" are for the monitor, and
# answered on its console.
serve() {
    local silent=0 done=0 size=0 now said
    while kill -0 "$1" 2> /dev/null; do
        if grep -q '^vf: transfers done' $LOG && [ ! -e /tmp/iotlb ]; then
            hmp 4444 "info iotlb" > /tmp/iotlb
        fi
        said=$(tr -d '\r' < $LOG | grep -c '^host: ')
        if [ "$said" -gt $done ]; then
            done=$((done + 1))
            hmp 4444 "$(tr -d '\r' < $LOG | sed -n 's/^host: //p' |
                   sed -n "${done}p")" | grep -i error | sed 's/^/# /'
            (echo ok; sleep 2) | nc 127.0.0.1 4450 > /dev/null
        fi
        sleep 1
        now=$(wc -c < $LOG)
        silent=$((silent + 1))
        if [ "$now" != "$size" ]; then
            # for who watches this machine's console
            echo "linux: $(tail -n 1 $LOG)"
            silent=0
            size=$now
        fi
        [ $silent -lt 2400 ] || kill "$1"
    done
}

# linux LABEL KERNEL MACHINE WORDS OPTION...: run it with these options of the
# machine, words for its command line and devices; its results, and info iotlb
# when its transfers are done, which is left in /tmp/iotlb
linux() {
    local label=$1 kernel=$2 machine=$3 words=$4 pid sink begin
    shift 4
    begin=$(cut -d . -f 1 /proc/uptime)
    rm -f $LOG /tmp/iotlb /tmp/upload
    touch $LOG
    # its input stays open: at the end of that it would close the connection
    [ -p /tmp/hold ] || mkfifo /tmp/hold
    nc -l -p 9001 0<> /tmp/hold > /tmp/upload &
    sink=$!
    /rig/lib/ld-linux-x86-64.so.2 --library-path /rig/lib \
        /rig/bin/qemu-system-ia64 -L /rig/bin -nodefaults -display none \
        -M "zx1$machine" -m 512 -no-reboot -kernel "/rig/guest/$kernel" \
        -initrd /rig/guest/initrd -append "quiet poweroff $words" \
        -chardev socket,id=con,host=127.0.0.1,port=4450,server=on,wait=off,\
logfile=$LOG -serial chardev:con \
        -monitor tcp:127.0.0.1:4444,server=on,wait=off "$@" \
        2> /tmp/linux.err &
    pid=$!
    serve $pid
    wait $pid
    check "$label: emulator ends well" [ $? = 0 ]
    echo "# $(($(cut -d . -f 1 /proc/uptime) - begin)) s"
    kill $sink 2> /dev/null
    tr -d '\r' < $LOG |
        sed -n "s/^\(PASS\|FAIL\) /RESULT \1 $label: /p"
    grep -q '^guest: power off' $LOG || {
        fail "$label: Linux did not come to its end"
        tail -n 15 $LOG | sed 's/^/# /'
    }
    head -n 10 /tmp/linux.err | sed 's/^/# /'
    [ ! -e /tmp/iotlb ] ||
        grep -E 'mapped:|since|code:' /tmp/iotlb | sed 's/^/# /'
}

# uploaded LABEL: what has arrived is what was sent
uploaded() {
    check "$1: upload is what was sent" cmp $WWW/data /tmp/upload
}

# the number of mappings that were made
maps() { sed -n 's/.*since power on: maps \([0-9]*\).*/\1/p' /tmp/iotlb; }
