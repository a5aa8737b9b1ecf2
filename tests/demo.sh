#!/usr/bin/env bash
# usage: tests/demo.sh [PICTURE [SCALE]]
# Builds the plug-in, lets GIMP enlarge PICTURE (default: our sample) by SCALE (default 2.5; "2x3.5" for unequal axes)
# with it and with its own cubic scaling, and writes both beside each other into ./triptych-demo.
set -u
. "$(dirname "$0")/support/environment.sh"
picture=${1:-$top/tests/demo/sample.png}
scale=${2:-2.5}

[[ $scale =~ ^[0-9]+(\.[0-9]+)?(x[0-9]+(\.[0-9]+)?)?$ ]] ||
  say_and_stop "The scale \"$scale\" is not a factor such as 2.5 or 2x3.5."
[ -r "$picture" ] || say_and_stop "The picture $picture cannot be read."
picture=$(realpath "$picture")
out=$PWD/triptych-demo
mkdir -p "$out" || say_and_stop "The folder $out cannot be made."
export TRIPTYCH_BINDS=$(dirname "$picture")
environment_enter bash "$top/tests/demo.sh" "$picture" "$scale"

log=$cache/demo.log
build=$cache/demo-build
[ -f "$build/build.ninja" ] || meson setup "$build" "$top" --prefix "$cache/demo" >"$log" 2>&1 ||
  say_and_stop "Configuring failed; see $log."
{ ninja -C "$build" && meson install -C "$build" --no-rebuild; } >"$log" 2>&1 || say_and_stop "Building failed; see $log."

. "$top/tests/support/gimp-profile.sh"
gimp_profile "$cache/demo-profile" "$cache/demo/plug-ins"
part=$out/.part-$$
mkdir "$part" || say_and_stop "The folder $out cannot be written to."
trap 'rm -rf "$part"' EXIT
export TRIPTYCH_DEMO_PICTURE=$picture TRIPTYCH_DEMO_SCALE=$scale TRIPTYCH_DEMO_OUT=$part
gimp-console-3.0 -nidf --quit --batch-interpreter=python-fu-eval -b - <"$top/tests/demo/demo.py" >"$log" 2>&1
status=$?
sed -n 's/^demo: //p' "$log"
[ $status = 0 ] && [ -s "$part/triptych.png" ] && [ -s "$part/bicubic.png" ] ||
  say_and_stop "GIMP could not make the pictures (not a picture, or no room on the disk?); see $log."
mv -f "$part/triptych.png" "$part/bicubic.png" "$out/" || say_and_stop "The results cannot be written to $out."
ls -l "$out/triptych.png" "$out/bicubic.png" | awk '{print $NF ": " $5 " bytes"}'
