#!/bin/bash
# tables.sh STAGE WHAT...: builds and prints what run.sh promises; run by environment_run. Folders of pictures
# lie in STAGE/folders; the picture of side-by-side appears in STAGE.
set -euo pipefail
. "$SOURCE/tests/support/profile.sh"
stage=$1
shift
build=$WORK/bench-build
export GIMP3_DIRECTORY=$WORK/bench-profile

{ [ -e "$build/build.ninja" ] || meson setup "$build" "$SOURCE" --prefix "$GIMP3_DIRECTORY"
  meson install -C "$build"
  ninja -C "$build" bench; } >"$stage/log" 2>&1 \
  || { tail -n 20 "$stage/log" >&2
       echo "The build failed." >&2
       exit 1; }
gimp_profile "$stage" python-eval "file-*"

draw_scenes ()
{
  mkdir -p "$stage/scenes"
  for scene in still-life street; do
    python3 "$SOURCE/tests/support/draw-sample.py" "$stage/scenes/$scene.png" "$scene"
  done
}

for what; do
  case $what in
    engine)
      python3 "$SOURCE/tests/bench/engine.py" "$build" "$stage" \
        "$SOURCE"/core/weights/{fast,balanced,best}.safetensors ;;
    memory) python3 "$SOURCE/tests/bench/memory.py" "$build/tests/triptych-cli" "$stage" ;;
    pictures)
      [ -e "$stage/folders" ] || { draw_scenes; mkdir "$stage/folders"; mv "$stage/scenes" "$stage/folders/"; }
      python3 "$SOURCE/tests/bench/pictures.py" "$stage" "$stage"/folders/* ;;
    side-by-side)
      draw_scenes
      python3 "$SOURCE/tests/bench/side-by-side.py" "$stage" "$stage/side-by-side.png" ;;
  esac
done
