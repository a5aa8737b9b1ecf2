# What demo.sh and check.sh share; to be sourced. Where GIMP 3 can be had on this system it is used; elsewhere (Debian 12)
# a private Debian 13 is made once in the cache folder, and the calling script runs again inside it.
#
#   environment_enter SCRIPT ARGUMENTS...   returns on a system with all packages; else does not return
#   say_and_stop SENTENCE                   ends the script
#   $cache                                  folder for builds and profiles, private to this checkout

packages="ca-certificates gcc clang libclang-rt-19-dev libc6-dev meson ninja-build pkgconf gettext libgimp-3.0-dev libjson-glib-dev
libpng-dev gimp gimp-data gir1.2-gimp-3.0 python3-gi python3-numpy python3-pil xvfb xdotool imagemagick x11-apps x11-utils
openbox dbus-x11 dbus-daemon locales fonts-dejavu-core adwaita-icon-theme"

say_and_stop () {
  printf '%s\n' "$1" >&2
  exit 1
}

as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say_and_stop "Installing needs root: run this script as root, or install sudo."
  fi
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache_root=${TRIPTYCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/triptych}
cache=$cache_root/$(printf '%s' "$top" | sha256sum | cut -c1-12)
mkdir -p "$cache" || say_and_stop "The cache folder $cache cannot be made; set XDG_CACHE_HOME to a folder that can be written."

missing_packages () {
  local p
  for p in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"
  done
}

# The mirror that this system's apt uses for Debian itself.
debian_mirror () {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | grep -m1 '/debian/\?$' ||
    echo http://deb.debian.org/debian
}

install_packages () {
  local log=$cache/apt.log
  as_root apt-get update -q >"$log" 2>&1 || say_and_stop "apt-get update failed; is there a network? See $log."
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >>"$log" 2>&1 ||
    say_and_stop "Installing packages failed ($*); see $log."
}

# A root is complete once it bears its final name, which holds its list of packages.
make_root () {
  local log=$cache_root/root.log
  [ -d "$root" ] && return
  command -v mmdebstrap >/dev/null || install_packages mmdebstrap
  echo "Making a private Debian 13 in $root (once, about two minutes) ..."
  as_root rm -rf --one-file-system "$root.part"
  as_root mmdebstrap --mode=root --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="$(echo $packages | tr ' ' ',')" trixie "$root.part" "$(debian_mirror)" >"$log" 2>&1 ||
    say_and_stop "Making the private Debian 13 failed (network or disk?); see $log."
  as_root mv "$root.part" "$root"
}

# The mounts live in a namespace of their own and vanish with it. Inside, the script runs as the user who called it.
enter_root () {
  as_root unshare --mount --propagation private bash -c '
    set -e
    root=$1 top=$2 cache=$3 here=$4 ids=$5 home=$6; shift 6
    for d in proc dev sys; do mount --rbind "/$d" "$root/$d"; done
    for d in "$top" "$cache" "$here" ${TRIPTYCH_BINDS:-}; do mkdir -p "$root$d"; mount --bind "$d" "$root$d"; done
    exec chroot --userspec="$ids" "$root" env -i HOME="$cache" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      TRIPTYCH_CACHE="$(dirname "$cache")" TRIPTYCH_INSIDE=1 bash -c "cd \"\$1\"; shift; exec \"\$@\"" in "$here" "$@"
  ' enter "$root" "$top" "$cache" "$PWD" "$(id -u):$(id -g)" "$HOME" "$@"
}

environment_enter () {
  [ -z "${TRIPTYCH_INSIDE:-}" ] || return 0
  command -v apt-get >/dev/null || say_and_stop "This script needs Debian or a system made from it (apt-get was not found); see README.md for others."
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if apt-cache policy libgimp-3.0-dev 2>/dev/null | grep -q 'Candidate: [0-9]' ||
     { install_packages ca-certificates && apt-cache policy libgimp-3.0-dev 2>/dev/null | grep -q 'Candidate: [0-9]'; }; then
    echo "Installing packages with apt: $(echo $missing) ..."
    # the newest clang's runtime, where this one's number is another
    apt-cache show libclang-rt-19-dev >/dev/null 2>&1 || missing=${missing/libclang-rt-19-dev/}
    install_packages $missing
    return 0
  fi
  root=$cache_root/root-$(echo "$packages" | sha256sum | cut -c1-12)
  make_root
  enter_root "$@"
  exit $?
}
