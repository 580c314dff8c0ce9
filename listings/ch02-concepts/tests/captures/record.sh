#!/bin/sh
# Records what two Linux hosts say to each other: veth.txt beside this script.
#
#   cargo build -p ch03-sockets --bin dns_zone     (in listings/)
#   sudo ch02-concepts/tests/captures/record.sh target/debug/dns_zone
#
# Needs iproute2, ethtool, tcpdump, ping and nc (OpenBSD's). The hosts are
# network namespaces of their own, so nothing else on the machine takes part.
# Numbers that hosts choose (ports, ids, sequence numbers) differ from run to
# run.
set -eu
zone=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
[ -n "${INSIDE-}" ] || INSIDE=1 exec unshare -nmpf --kill-child --mount-proc "$(realpath "$0")" "$zone"

mount -t tmpfs none /run
ip netns add b
b() { ip netns exec b "$@"; }
ip link add va address 02:00:00:00:00:0a type veth \
	peer name vb address 02:00:00:00:00:0b netns b
# Without this the sender leaves checksums to a card that does not exist.
ethtool -K va tx off >/dev/null
b ethtool -K vb tx off >/dev/null
ip addr add 192.0.2.1/24 dev va
b ip addr add 192.0.2.2/24 dev vb
ip addr add 2001:db8::1/64 dev va nodad
b ip addr add 2001:db8::2/64 dev vb nodad
b sysctl -qw net.ipv4.ip_forward=1

ip link set va up
tcpdump -Z root -i va --immediate-mode -w /run/veth.pcap 2>/dev/null &
tcpdump=$!
sleep 0.5
b ip link set vb up
b ip route add 198.51.100.0/24 dev vb
ip route add default via 192.0.2.2
sleep 1

quiet() { "$@" >/dev/null 2>&1 || true; }
b "$zone" --serve 192.0.2.2:53 >/dev/null &
server=$!
b nc -N -l 192.0.2.2 7777 </dev/null >/dev/null &
b nc -N -l 2001:db8::2 7777 </dev/null >/dev/null &
sleep 0.5
quiet ping -c 1 -s 16 192.0.2.2
quiet ping -c 1 -s 16 2001:db8::2
quiet ping -c 1 -s 1600 192.0.2.2
quiet ping -c 1 -s 1600 2001:db8::2
quiet ping -c 1 -s 16 -R 192.0.2.2
quiet ping -c 1 -W 1 -s 16 -t 1 198.51.100.1
# A query for www.example.com, type A: the bytes of section 3.1.
printf '\052\052\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1' |
	quiet nc -u -w 1 192.0.2.2 53
printf hello | quiet nc -u -w 1 192.0.2.2 9
printf hello | quiet nc -u -w 1 2001:db8::2 9
printf hello | quiet nc -N 192.0.2.2 7777
printf hello | quiet nc -N 2001:db8::2 7777
sleep 0.5
kill "$tcpdump" "$server"
wait "$tcpdump" 2>/dev/null || true
tcpdump -Z root -nn -t -e -vv -xx -r /run/veth.pcap >"$here/veth.txt" 2>/dev/null
