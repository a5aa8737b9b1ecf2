#!/usr/bin/env bash
# usage: without-gimp.sh FOLDER: fills it with links to all pkg-config files but GIMP's, and prints it
set -eu
rm -rf "$1"
mkdir -p "$1"
IFS=:
for d in $(pkg-config --variable pc_path pkg-config); do
  for f in "$d"/*.pc; do
    case "$f" in */gimp*) ;; *) [ -e "$f" ] && ln -sf "$f" "$1/" ;; esac
  done
done
echo "$1"
