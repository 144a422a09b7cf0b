#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# lab.sh FOLDER COMMAND…: runs a command beside a libvirt of its own, as root. Daemons, networks,
# mounts and machines live in namespaces that end with the command; files in FOLDER.
set -eu

if [ "$1" != --inside ]; then
	# A shell as process 1 waits for every orphan; libvirt waits until its own are gone.
	exec unshare --mount --net --pid --fork --kill-child --mount-proc \
		sh "$0" --inside "$@"
fi

folder=$2
shift 2
ip link set lo up
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/lock "$folder/etc" "$folder/lib" "$folder/cache" "$folder/log"
cp -r /etc/libvirt/. "$folder/etc"
rm -rf "$folder"/etc/qemu/networks "$folder"/etc/storage
# As root libvirt knows at once what QEMU can do; as another user it asks anew for every machine.
cat >"$folder/etc/qemu.conf" <<-END
	user = "root"
	group = "root"
	remember_owner = 0
	namespaces = []
	cgroup_controllers = []
END
mount --bind "$folder/etc" /etc/libvirt
for part in lib cache log; do
	mount --bind "$folder/$part" "/var/$part/libvirt"
done

virtlogd --daemon --pid-file /run/virtlogd.pid
libvirtd --daemon --pid-file /run/libvirtd.pid
tries=100
until [ -S /run/libvirt/libvirt-sock ]; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || { echo "lab: libvirtd does not start, see $folder/log" >&2; exit 69; }
	sleep 0.2
done

status=0
"$@" || status=$?
exit $status
