#!/bin/bash
# Configures, compiles and tests in $WORK what tests/check.sh promises; run by environment_run.
set -uo pipefail

# Packages of these names hide GIMP's, for the builds without it.
mkdir -p "$WORK/no-gimp"
for name in gimp-3.0 gimpui-3.0; do
  printf '%s\n' "Name: $name" 'Description: hidden' 'Version: 0' 'Requires: hidden' >"$WORK/no-gimp/$name.pc"
done

results=$WORK/results
rm -rf "$results"
mkdir -p "$results"

# build NAME [VARIABLE=VALUE...] [MESON_OPTION...]: one case, passed if it configures and compiles.
build ()
{
  local name=$1 dir=$WORK/$1 log=$results/$1.log variables=()

  shift
  while [[ ${1:-} =~ ^[A-Z_]+= ]]; do
    variables+=("$1")
    shift
  done
  echo "== build $name" >&2
  # Configured anew each time: left-over options of an older checkout would test something else.
  rm -rf "$dir"
  if env "${variables[@]}" meson setup "$dir" "$SOURCE" --prefix "$WORK/prefix-$name" -Dwerror=true "$@" \
       >"$log" 2>&1 && ninja -C "$dir" >>"$log" 2>&1; then
    echo "ok build $name" >>"$results/cases"
  else
    echo "not ok build $name" >>"$results/cases"
    echo "-- build $name failed:" >&2
    tail -n 60 "$log" >&2
    return 1
  fi
}

# run NAME [OPTION...]: the tests of a build; support/count.py judges them by their logs.
run ()
{
  local name=$1

  shift
  echo "== test $name" >&2
  meson test -C "$WORK/$name" --no-rebuild "$@" >"$results/$name.out" 2>&1
  python3 "$SOURCE/tests/support/count.py" "$name" "$WORK/$name/meson-logs/testlog" >>"$results/cases" \
    || echo "not ok tests of $name" >>"$results/cases"
}

build gcc CC=gcc && run gcc --timeout-multiplier 3

build clang CC=clang

build core-asan CC=clang PKG_CONFIG_PATH="$WORK/no-gimp" -Db_sanitize=address,undefined -Db_lundef=false \
      -Dbuildtype=debugoptimized \
  && run core-asan --suite core --no-suite memory --timeout-multiplier 6

build core-tsan CC=clang PKG_CONFIG_PATH="$WORK/no-gimp" -Db_sanitize=thread -Db_lundef=false \
      -Dbuildtype=debugoptimized \
  && TSAN_OPTIONS="halt_on_error=1 suppressions=$SOURCE/tests/support/tsan.supp" \
      run core-tsan --suite core --no-suite memory --no-suite no-tsan --timeout-multiplier 6

if grep -q 'WARNING: GIMP 3 WAS NOT FOUND' "$results/core-asan.log" && [ ! -e "$WORK/core-asan/plugin/triptych" ]; then
  echo "ok a build without GIMP is core only and says so" >>"$results/cases"
else
  echo "not ok a build without GIMP is core only and says so" >>"$results/cases"
fi

passed=$(grep -c '^ok ' "$results/cases")
failed=$(grep -c '^not ok ' "$results/cases")
grep '^not ok ' "$results/cases" >&2
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
