#!/bin/bash
# in-root.sh ROOT UID:GID SOURCE WORK COMMAND...: run as root, first process of its own mount and process
# namespace. Enters ROOT with SOURCE (read-only) and WORK at their usual paths and runs COMMAND as
# UID:GID. Everything mounted here exists in this namespace only and is gone when it ends.
set -euo pipefail
root=$1 ids=$2 source=$3 work=$4
shift 4

mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir -m 1777 "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root$source" "$root$work"
mount --bind "$source" "$root$source"
mount -o remount,bind,ro "$root$source"
mkdir -p "$root$work"
mount --bind "$work" "$root$work"
# Some programs want their user to have a name.
grep -q "^[^:]*:[^:]*:${ids%:*}:" "$root/etc/passwd" \
  || echo "user${ids%:*}:x:$ids::/:/bin/bash" >>"$root/etc/passwd"

exec chroot --userspec="$ids" "$root" "$@"
