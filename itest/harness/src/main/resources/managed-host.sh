#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first process of a throw-away host: makes everything private that a manager of the network writes, says
# "ready", and waits for the end of its input, with which the host ends. Started in namespaces of its own
# (mount, network, processes, name) by ManagedHost.java. Whatever cannot be done is said as "impossible: ...".
set -u

impossible() { echo "impossible: $*"; exit 1; }
must() { local said; said=$("$@" 2>&1) || impossible "$*: $said"; }

must mount --make-rprivate /
# A copy, not an overlay: it can be made anywhere, and what a container mounts over files of /etc is a file again.
must mount -t tmpfs -o mode=700 tmpfs /mnt
must cp -a /etc /mnt/etc
must mount --bind /mnt/etc /etc
must mount -t tmpfs -o mode=755 tmpfs /run
for folder in /var/lib/dhcp /var/lib/dhclient /var/lib/NetworkManager /var/lib/systemd/network; do
  [ ! -d "$folder" ] || must mount -t tmpfs -o mode=755 tmpfs "$folder"
done
# Read-only, which tells networkd and NetworkManager that there is no udev to wait for.
must mount -t sysfs -o ro sysfs /sys

must mkdir -p /run/dbus /run/lock /run/netns /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
# networkd gives up being root by itself and needs its state to be its own.
if getent passwd systemd-network >/dev/null; then
  must chown -R systemd-network: /run/systemd/netif
fi
must rm -rf /etc/systemd/network /etc/netplan
must mkdir -p /etc/systemd/network
must hostname managed-host

must ip link set lo up
must ip netns add peer
must ip link add eth1 address 02:00:00:00:01:01 type veth peer name p1 netns peer
must ip -n peer link set lo up
must ip -n peer link set p1 address 02:00:00:00:01:02 up
must ip -n peer addr add 10.77.1.1/24 dev p1
must ip -n peer addr add fd77:1::1/64 dev p1 nodad
echo ready
# Also reaps what loses its parent in here.
while read -r _; do :; done
