#!/bin/bash
# usage: fail.sh PLUGIN
# A script that the procedure refuses ends GIMP with a status other than 0, and stderr says why.
set -u
here=$(dirname "$(readlink -f "$0")")
script=$(mktemp --suffix=.scm)
trap 'rm -f "$script"' EXIT
cat > "$script" <<'END'
(let ((image (car (gimp-image-new 8 8 RGB))))
  (plug-in-triptych-upscale #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector)))
END
output=$(bash "$here/run.sh" "$1" "$script" 2>&1)
n=0
for words in 'status 70' 'The image has no layers'; do
  n=$((n + 1))
  if [[ $output == *"$words"* ]]; then echo "ok $n - $words"; else echo "not ok $n - $words"; fi
done
echo "1..$n"
