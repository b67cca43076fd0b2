# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# Two machines with one function each; one is killed while its function
# transfers. The other one's test goes on, and the function can be used again.

NAME=stream guest igbvf -device vfio-pci,host="$VF0",addr=4 \
    -fw_cfg name=opt/vfio/mode,string=stream > /tmp/stream.out 2>&1 &
stream=$!
i=0
until grep -qs '^PASS stream is under way' /tmp/guest.stream/serial ||
      [ $i = 600 ]; do
    sleep 1
    i=$((i + 1))
done
check "first guest transfers" [ $i -lt 600 ]
NAME=second LABEL="second guest" guest igbvf \
    -device vfio-pci,host="$VF1",addr=5 > /tmp/second.out 2>&1 &
second=$!
sleep 10
check "first guest still transfers" \
    sh -c '! grep -q ^FAIL /tmp/guest.stream/serial'
check "kill the first guest" kill -9 "$(cat /tmp/guest.stream/pid)"
wait $stream
wait $second
cat /tmp/second.out
LABEL="function of the killed guest" guest igbvf \
    -device vfio-pci,host="$VF0",addr=4
