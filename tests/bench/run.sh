#!/bin/bash
# run.sh [engine|memory|pictures]... [FOLDER]...: prints the tables, all three of them if none is named, as Markdown.
# run.sh side-by-side OUT.png: makes the picture that compares details.
#
# Each FOLDER holds pictures that "pictures" is to be measured with; without one, it draws its own.
. "$(dirname "${BASH_SOURCE[0]}")/../support/environment.sh"

usage="usage: tests/bench/run.sh [engine|memory|pictures]... [FOLDER]..., or tests/bench/run.sh side-by-side OUT.png"
what=() folders=()
if [ "${1:-}" = side-by-side ]; then
  [ $# = 2 ] || die "$usage"
  what=(side-by-side)
else
  for argument; do
    case $argument in
      engine | memory | pictures) what+=("$argument") ;;
      *) [ -d "$argument" ] || die "There is no folder $argument. $usage"
         folders+=("$argument") ;;
    esac
  done
  [ ${#what[@]} != 0 ] || what=(engine memory pictures)
fi

environment_prepare bench
stage=$work/bench
rm -rf "$stage"
mkdir "$stage"
trap 'rm -rf "$stage"' EXIT
for folder in "${folders[@]}"; do
  mkdir -p "$stage/folders"
  cp -rL -- "$folder" "$stage/folders/" || die "$folder could not be copied to $stage: is the disk full?"
done
environment_run bash "$source_root/tests/bench/tables.sh" "$stage" "${what[@]}"
[ "${what[0]}" != side-by-side ] || cp -- "$stage/side-by-side.png" "$2" || die "$2 could not be written."
