# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# The command line that libvirt 9.0 makes of a domain with <hostdev>, as it is;
# tests/libvirt/install.py compares the two.  Here it gets a monitor and the
# firmware's diagnostics besides, which have to find the function.

state=/var/lib/libvirt/qemu/domain--1-zx1
out=/tmp/hostdev.out
serial=/tmp/hostdev.serial
mkdir -p $state /dev/pts
[ -e /dev/pts/ptmx ] || mount -t devpts devpts /dev/pts
: > $out
ip link set lo up
dd if=/dev/urandom of=$state/master-key.aes bs=32 count=1 2> /dev/null

set -- \
    -name guest=zx1,debug-threads=on \
    -S \
    -object '{"qom-type":"secret","id":"masterKey0","format":"raw","file":"/var/lib/libvirt/qemu/domain--1-zx1/master-key.aes"}' \
    -machine zx1-1.0,usb=off,dump-guest-core=off,memory-backend=ram \
    -accel tcg \
    -m 512 \
    -object '{"qom-type":"memory-backend-ram","id":"ram","size":536870912}' \
    -overcommit mem-lock=off \
    -smp 1,sockets=1,cores=1,threads=1 \
    -uuid 5a583121-0000-4000-8000-000000000009 \
    -display none \
    -no-user-config \
    -nodefaults \
    -chardev socket,id=charmonitor,path=/var/lib/libvirt/qemu/domain--1-zx1/monitor.sock,server=on,wait=off \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -rtc base=utc \
    -no-shutdown \
    -boot strict=on \
    -device '{"driver":"pci-bridge","chassis_nr":1,"id":"pci","bus":"pci","addr":"0x1"}' \
    -chardev pty,id=charserial0 \
    -serial chardev:charserial0 \
    -audiodev '{"id":"audio1","driver":"none"}' \
    -device '{"driver":"vfio-pci","host":"'"$VF0"'","id":"hostdev0","bus":"pci","addr":"0x2"}' \
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny \
    -msg timestamp=on
# the end of libvirt's words

emulator "$@" -monitor tcp:127.0.0.1:4447,server=on,wait=off \
    -fw_cfg name=opt/zx1/shell,string=diag > $out 2>&1 &
pid=$!
until grep -q 'redirected to /dev/pts' $out || ! kill -0 $pid 2> /dev/null; do
    sleep 1
done
cat "$(sed -n 's,.*redirected to \(/dev/pts/[0-9]*\).*,\1,p' $out)" \
    > $serial &
hmp 4447 cont > /dev/null
i=0
until grep -q '^diagnostics: ' $serial || [ $i = 1200 ] ||
      ! kill -0 $pid 2> /dev/null; do
    sleep 1
    i=$((i + 1))
done
echo quit | nc 127.0.0.1 4447 > /dev/null
wait $pid
check "libvirt's command line: the emulator ends well" [ $? = 0 ]
for what in vf dma irq; do
    check "libvirt's command line: diag has a line about $what" \
        grep -q "^PASS $what .* igbvf: " $serial
done
check "libvirt's command line: nothing failed" \
    grep -q '^diagnostics: .* 0 failed' $serial
head -n 20 $out | sed 's/^/# /'
