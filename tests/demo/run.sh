#!/bin/bash
# run.sh STAGE PICTURE SCALE_X SCALE_Y: builds the plug-in and runs it in GIMP; run by environment_run.
#
# In STAGE lies PICTURE; there appear built, opened (width height), triptych.png, cubic.png and
# done (width height seconds seconds).
set -euo pipefail
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

# A profile of its own, with only what the demo needs, starts GIMP in seconds.
system=$WORK/demo-plug-ins
rm -rf "$system"
mkdir "$system"
for plug_in in "$(pkg-config --variable=gimplibdir gimp-3.0)"/plug-ins/{script-fu,file-*}; do
  ln -s "$plug_in" "$system/"
done
quoted ()
{
  local text=${1//\\/\\\\}
  echo "\"${text//\"/\\\"}\""
}
cat >"$GIMP3_DIRECTORY/gimprc" <<END
(plug-in-path $(quoted "$GIMP3_DIRECTORY/plug-ins:$system"))
(swap-path $(quoted "$stage"))
(check-updates no)
END

console=$(command -v gimp-console || command -v gimp-console-3.0)
"$console" -nidf --quit --batch-interpreter=plug-in-script-fu-eval \
  -b "(begin (load $(quoted "$SOURCE/tests/demo/demo.scm"))
             (demo $(quoted "$stage/$picture") $(quoted "$stage") $scale_x $scale_y))" >"$log" 2>&1 \
  && [ -s "$stage/done" ] && exit
# The sentence of the procedure that failed; demo.sh speaks for a picture that did not open.
[ -s "$stage/opened" ] || exit 1
sed -n 's/^Error: Procedure execution of .* failed: //p' "$log" | grep . >&2 \
  || fail "The demo did not run through in GIMP."
exit 1
