#!/bin/bash
# run.sh STAGE PICTURE SCALE_X SCALE_Y: builds the plug-in and runs it in GIMP; run by environment_run.
#
# In STAGE lies PICTURE; there appear built, opened (width height), triptych.png, cubic.png and
# done (width height seconds seconds).
set -euo pipefail
. "$SOURCE/tests/support/profile.sh"
stage=$1 picture=$2 scale_x=$3 scale_y=$4

build=$WORK/demo-build
export GIMP3_DIRECTORY=$WORK/demo-profile
log=$stage/log

fail ()
{
  tail -n 20 "$log" >&2
  echo "$1" >&2
  exit 1
}

if [ ! -e "$build/build.ninja" ]; then
  rm -rf "$build"
  meson setup "$build" "$SOURCE" --prefix "$GIMP3_DIRECTORY" >"$log" 2>&1 || fail "Triptych could not be configured."
fi
meson install -C "$build" >"$log" 2>&1 || fail "Triptych could not be built."
touch "$stage/built"

gimp_profile "$stage" script-fu "file-*"
console=$(command -v gimp-console || command -v gimp-console-3.0)
"$console" -nidf --quit --batch-interpreter=plug-in-script-fu-eval \
  -b "(begin (load $(gimp_quoted "$SOURCE/tests/demo/demo.scm"))
             (demo $(gimp_quoted "$stage/$picture") $(gimp_quoted "$stage") $scale_x $scale_y))" >"$log" 2>&1 \
  && [ -s "$stage/done" ] && exit
# The sentence of the procedure that failed; demo.sh speaks for a picture that did not open.
[ -s "$stage/opened" ] || exit 1
sed -n 's/^Error: Procedure execution of .* failed: //p' "$log" | grep . >&2 \
  || fail "The demo did not run through in GIMP."
exit 1
