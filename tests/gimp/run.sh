#!/bin/bash
# usage: run.sh PLUGIN CASES [CLI]
# Runs CASES (.py or .scm) in a GIMP of its own that has the plug-in and little else. CASES writes TAP to the file
# that TRIPTYCH_TAP names, in the folder TRIPTYCH_SCRATCH; this adds a case for the status and one for the messages.
set -u
. "$(dirname "$0")/../support/profile.sh"
plugin=$1 cases=$2 here=$(dirname "$(readlink -f "$0")")
export TRIPTYCH_CLI=${3:-}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{home,run,profile/plug-ins/triptych}
cp "$plugin" "$scratch/profile/plug-ins/triptych/triptych"

unset DISPLAY WAYLAND_DISPLAY
export HOME=$scratch/home GIMP3_DIRECTORY=$scratch/profile XDG_RUNTIME_DIR=$scratch/run NO_AT_BRIDGE=1
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export TRIPTYCH_SCRATCH=$scratch TRIPTYCH_TAP=$scratch/tap
gimp_profile "$scratch/run" script-fu python-eval file-png

: > "$TRIPTYCH_TAP"
case $cases in
  *.py) batch="import runpy; runpy.run_path('$cases')" interpreter=python-fu-eval ;;
  *.scm) batch="(load \"$here/support.scm\") (load \"$cases\")" interpreter=plug-in-script-fu-eval ;;
esac
timeout 540 "${GIMP_CONSOLE:-gimp-console-3.0}" -nid --quit --batch-interpreter=$interpreter -b "$batch" \
  > "$scratch/out" 2> "$scratch/err"
status=$?

n=$(grep -cE '^(not )?ok ' "$TRIPTYCH_TAP")
cat "$TRIPTYCH_TAP"
check ()
{
  n=$((n + 1))
  if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
check $((status != 0)) "GIMP ends with status 0 (status $status)"
grep -v 'gimp_flush(): error: Broken pipe' "$scratch/err" "$scratch/out" | # at the end of any plug-in
  grep -iE 'triptych.*(CRITICAL|WARNING|crashed|fatal error)|plug-in crashed|duplicate mnemonic|no mnemonic' |
  sed 's/^/# /' > "$scratch/ours"
cat "$scratch/ours"
check "$(wc -l < "$scratch/ours")" "no message of GLib or GIMP about the plug-in"
grep -q '^# done$' "$TRIPTYCH_TAP"
check $? "all cases were run"
echo "1..$n"
if [ $status != 0 ] || ! grep -q '^# done$' "$TRIPTYCH_TAP"; then
  tail -n 40 "$scratch/out" "$scratch/err" | sed 's/^/# /'
fi
