#!/bin/bash
# Builds everything and runs all tests; the last line is "N passed, N failed".
. "$(dirname "${BASH_SOURCE[0]}")/support/environment.sh"

[ $# = 0 ] || die "usage: tests/check.sh"
environment_prepare check
environment_run bash "$source_root/tests/support/check-builds.sh"
