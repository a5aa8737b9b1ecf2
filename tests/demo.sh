#!/bin/bash
# demo.sh [PICTURE [SCALE]]: enlarges PICTURE in a real GIMP, with Triptych and with GIMP's own cubic scaling.
#
# SCALE is a factor such as 2.5, or one for each axis, such as 2x3.5. Both results go into the folder
# triptych-demo of the current folder, named after picture and scale; only results of an earlier
# run of the same name are replaced.
. "$(dirname "${BASH_SOURCE[0]}")/support/environment.sh"

[ $# -le 2 ] || die "usage: tests/demo.sh [PICTURE [SCALE]]"
picture=${1-$source_root/tests/demo/sample.png}
scale=${2-2.5}
out=$PWD/triptych-demo

number='[0-9]*\.?[0-9]+'
[[ $scale =~ ^($number)(x($number))?$ ]] || die "The scale \"$scale\" is not a factor such as 2.5 or 2x3.5."
scale_x=${BASH_REMATCH[1]}
scale_y=${BASH_REMATCH[3]:-$scale_x}
for factor in "$scale_x" "$scale_y"; do
  awk "BEGIN { exit ! ($factor >= 0.05 && $factor <= 32) }" \
    || die "The scale $factor is out of range: give a factor from 0.05 to 32."
done
[ -f "$picture" ] || die "There is no picture $picture."
[ -r "$picture" ] || die "The picture $picture cannot be read: its permissions do not allow it."
mkdir -p "$out" 2>/dev/null && [ -w "$out" ] \
  || die "The folder $out cannot be written: run this in another folder."

environment_prepare demo

stage=$work/demo
rm -rf "$stage"
mkdir "$stage"
trap 'rm -rf "$stage" "$out"/.part-$$-*; rmdir "$out" 2>/dev/null || true' EXIT
name=$(basename -- "$picture")
suffix=
[[ $name =~ \.[A-Za-z0-9]{1,5}$ ]] && suffix=${BASH_REMATCH[0]} # GIMP goes by it where a file has no other mark
cp -- "$picture" "$stage/picture$suffix" || die "The picture could not be copied to $stage: is the disk full?"

environment_run bash "$source_root/tests/demo/run.sh" "$stage" "picture$suffix" "$scale_x" "$scale_y" || {
  if [ -e "$stage/built" ] && [ ! -s "$stage/opened" ]; then
    die "GIMP cannot open $picture: it is damaged or no picture."
  fi
  [ "$(df -Pk "$work" | awk 'NR == 2 { print $4 }')" -gt 20000 ] || die "The disk of $work is full."
  exit 1
}

# First beside their final names, so that nothing half-written ever bears one.
results=("${name%.png}-$scale-triptych.png" "${name%.png}-$scale-cubic.png")
kinds=(triptych cubic)
for i in 0 1; do
  cp -- "$stage/${kinds[i]}.png" "$out/.part-$$-$i" 2>/dev/null \
    || die "The results could not be written to $out: is the disk full?"
done
for i in 0 1; do
  mv -fT -- "$out/.part-$$-$i" "$out/${results[i]}" || die "$out/${results[i]} could not be replaced."
done
read -r width height <"$stage/opened"
read -r new_width new_height seconds cubic_seconds <"$stage/done"
echo "picture   $picture, $width x $height px"
echo "Triptych  $out/${results[0]}, $new_width x $new_height px, $seconds s"
echo "cubic     $out/${results[1]}, $new_width x $new_height px, $cubic_seconds s"
