#!/bin/bash
# Where the commands of tests/ build and run: sourced by demo.sh, check.sh and bench/run.sh.
#
#   environment_prepare demo|check|bench   finds or makes a place with GIMP 3, a compiler and the tools
#   environment_run COMMAND...             runs a command there, in a clean environment, as the same user
#
# The place is this system itself if it has everything or apt can install it, else a private Debian
# root in the cache folder. Everything that is built or kept lies in $work, one folder a checkout.

set -euo pipefail
umask 022
export LC_ALL=C.UTF-8

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/triptych
suite=trixie suite_clang=19
root=

demo_packages=(gcc gettext gimp libc6-dev libgimp-3.0-dev libjson-glib-dev libpng-dev meson pkgconf)
check_packages=("${demo_packages[@]}" clang dbus-x11 fonts-dejavu-core gir1.2-gimp-3.0 imagemagick llvm locales
  openbox procps python3-gi python3-numpy python3-pil x11-apps x11-utils xdotool xvfb)
bench_packages=("${demo_packages[@]}" fonts-dejavu-core gir1.2-gimp-3.0 gmic libdnnl-dev libonnxruntime-dev
  libopenblas-dev python3-gi python3-numpy python3-onnx python3-pil)
# What a private root holds: one for demo and check, another for bench.
root_packages=("${check_packages[@]}" "libclang-rt-$suite_clang-dev")
root_kind=root

say ()
{
  echo "$*" >&2
}

die ()
{
  say "$*"
  exit 1
}

as_root ()
{
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root ()
{
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

# Prints what this system lacks for $1, demo, check or bench.
missing_tools ()
{
  local name
  local -a commands=(cc meson ninja pkg-config msgfmt) modules=(gimp-3.0 gimpui-3.0 json-glib-1.0 libpng) python=()

  case $1 in
    check)
      commands+=(clang convert dbus-run-session llvm-symbolizer localedef openbox python3 xdotool Xvfb xwd xwininfo)
      python=(gi numpy PIL) ;;
    bench)
      commands+=(gmic python3)
      modules+=(libonnxruntime openblas)
      python=(gi numpy onnx PIL) ;;
  esac
  for name in "${commands[@]}"; do
    command -v "$name" >/dev/null || echo "$name"
  done
  command -v gimp-console >/dev/null || command -v gimp-console-3.0 >/dev/null || echo gimp-console
  if command -v pkg-config >/dev/null; then
    for name in "${modules[@]}"; do
      pkg-config --exists "$name" || echo "$name"
    done
  fi
  if [ ${#python[@]} != 0 ] && command -v python3 >/dev/null; then
    for name in "${python[@]}"; do
      python3 -c "import $name" 2>/dev/null || echo "python3-$name"
    done
    python3 -c 'import gi; gi.require_version ("Gimp", "3.0")' 2>/dev/null || echo Gimp-3.0.typelib
  fi
  if [ "$1" = bench ] && command -v cc >/dev/null; then
    cc -E -x c -include oneapi/dnnl/dnnl.h /dev/null >/dev/null 2>&1 || echo dnnl.h
  fi
}

apt_install ()
{
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
    >"$work/apt.log" 2>&1
}

apt_update ()
{
  say "Asking the package servers what they offer."
  as_root apt-get update -q >"$work/apt.log" 2>&1
}

# clang's sanitizers are in a package with its version in the name.
clang_runtime ()
{
  apt-cache depends clang | sed -nE 's/^ *Depends: clang-([0-9]+)$/libclang-rt-\1-dev/p'
}

apt_offers_gimp ()
{
  apt-cache show --no-all-versions libgimp-3.0-dev >/dev/null 2>&1
}

# The Debian mirror that apt uses here, whichever of its two formats names it.
mirror ()
{
  local found

  found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null \
          | grep -E '/debian/?$' | head -n 1 || true)
  echo "${found:-http://deb.debian.org/debian}"
}

# Makes $root under another name first, so that a root that exists is complete.
make_root ()
{
  local part=$root.part option free
  local -a options=()

  free=$(df -Pk "$cache" | awk 'NR == 2 { print int ($4 / 1024) }')
  [ "$free" -ge 4000 ] \
    || die "$cache has $free MB left, and the Debian root needs 4000 MB there: make room or set XDG_CACHE_HOME."
  command -v mmdebstrap >/dev/null \
    || { say "Installing mmdebstrap."; apt_install mmdebstrap; } \
    || { apt_update; apt_install mmdebstrap; } \
    || die "apt could not install mmdebstrap, see $work/apt.log: is the network there?"
  # What this system needs to reach its mirror, the root needs as well.
  while read -r option; do
    options+=("--aptopt=$option")
  done < <(apt-config dump | grep -E '^Acquire::(Check-Valid-Until|https?::Proxy) "[^"]' || true)

  say "Making a private Debian root with GIMP 3 in $cache (once; it takes some minutes)."
  as_root rm -rf --one-file-system "$part"
  as_root unshare --mount --propagation private mmdebstrap --mode=root --variant=minbase \
    --aptopt='Acquire::Retries "3"' "${options[@]}" \
    --include="$(IFS=,; echo "${root_packages[*]}")" "$suite" "$part" "$(mirror)" \
    >"$work/root.log" 2>&1 </dev/null \
    || { tail -n 5 "$work/root.log" >&2
         as_root rm -rf --one-file-system "$part"
         die "The Debian root could not be made from $(mirror), see $work/root.log: is the network there?"; }
  as_root mv -T "$part" "$root"
}

# Removes roots of the same kind with other package lists, unless somebody is at work in one.
drop_old_roots ()
{
  local old

  for old in "$cache/$root_kind"-*; do
    [ -d "$old" ] && [ "${old%.part}" != "$root" ] || continue
    exec 7>"${old%.part}.lock"
    flock --nonblock --exclusive 7 || continue
    as_root rm -rf --one-file-system "$old" "${old%.part}.lock"
  done
  exec 7>&-
}

environment_prepare ()
{
  local -a missing
  local -n packages=$1_packages
  local hash

  if [ "$1" = bench ]; then
    root_packages=("${bench_packages[@]}")
    root_kind=bench
  fi
  hash=$(echo "$suite ${root_packages[*]}" | sha256sum | cut -c 1-12)
  work=$cache/build-${source_root##*/}-$(echo "$source_root" | sha256sum | cut -c 1-12)
  mkdir -p "$work"/{home,run} 2>/dev/null || die "$work cannot be made: choose another folder with XDG_CACHE_HOME."
  chmod 700 "$work/run"
  exec 8>"$work/lock"
  flock --nonblock 8 || { say "Waiting for another run of this checkout."; flock 8; }

  mapfile -t missing < <(missing_tools "$1")
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null \
    || die "Please install these first, by whatever name your system packages them: ${missing[*]}"
  can_be_root || die "Please run as root or install sudo: these have to be installed: ${missing[*]}"

  root=$cache/$root_kind-$hash
  if [ ! -d "$root" ] && { apt_offers_gimp || { apt_update || true; apt_offers_gimp; }; }; then
    root=
    [ "$1" != check ] || packages+=("$(clang_runtime)")
    say "Installing with apt: ${packages[*]}"
    apt_install "${packages[@]}" || { apt_update && apt_install "${packages[@]}"; } \
      || die "apt could not install the packages, see $work/apt.log: is the network there?"
    mapfile -t missing < <(missing_tools "$1")
    [ ${#missing[@]} = 0 ] || die "These are still missing although apt installed their packages: ${missing[*]}"
    return
  fi
  exec 9>"$root.lock"
  if [ ! -d "$root" ]; then
    flock --exclusive 9
    [ -d "$root" ] || make_root
  fi
  flock --shared 9
  drop_old_roots
}

# The child is waited for in the background, so that a signal ends it at once, with all it started.
environment_run ()
{
  local child status=0
  local -a clean=(env -i "HOME=$work/home" "WORK=$work" "SOURCE=$source_root" LANG=C.UTF-8
    NO_AT_BRIDGE=1 PYTHONDONTWRITEBYTECODE=1)

  if [ -z "$root" ]; then
    setsid "${clean[@]}" "PATH=$PATH" "XDG_RUNTIME_DIR=$work/run" "$@" </dev/null 8>&- &
    child=$!
    trap 'kill -TERM -$child 2>/dev/null; exit 130' INT TERM HUP
  else
    rm -f "$work/pid"
    as_root bash -c 'echo $$ >"$0"; exec unshare --mount --propagation private --pid --fork --kill-child "$@"' \
      "$work/pid" bash "$source_root/tests/support/in-root.sh" "$root" "$(id -u):$(id -g)" "$source_root" "$work" \
      "${clean[@]}" PATH=/usr/sbin:/usr/bin:/sbin:/bin "XDG_RUNTIME_DIR=$work/run" "$@" </dev/null 8>&- 9>&- &
    child=$!
    trap 'as_root kill -KILL "$(cat "$work/pid")" 2>/dev/null; exit 130' INT TERM HUP
  fi
  wait "$child" || status=$?
  trap - INT TERM HUP
  return "$status"
}
