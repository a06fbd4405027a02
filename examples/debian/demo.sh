#!/bin/sh
# demo.sh - Debian's own arm64 shell, tools and python3, under ferry.
#
# Run by `./bootstrap demo'; FERRY is the program to run guests with. Fetches
# the packages with apt into a private place (FERRY_CACHE), unpacks them and
# runs session.sh and primes.py from this folder, telling what ran and how
# long it took.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
FERRY=${FERRY:-$here/../../build/ferry}
cache=${FERRY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ferry}
sysroot=$cache/demo

now()
{
	date +%s%N
}

took()
{
	echo "-- took $((($(now) - start) / 1000000)) ms"
}

echo "== fetching arm64 packages and what they need into $sysroot"
start=$(now)
sh "$here/../../tests/suites/mksysroot" -c "$cache" "$sysroot" \
	bash coreutils findutils grep sed gawk tar gzip python3
echo "$(($(wc -l <"$sysroot/.packages") - 1)) packages," \
	"$(du -shL "$sysroot" 2>/dev/null | cut -f 1)"
took

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/session.sh" "$here/primes.py" "$work"
cd "$work"

failed=0
run()
{
	echo
	echo "== $*"
	start=$(now)
	"$FERRY" -L "$sysroot" "$@" || {
		echo "-- FAILED with status $?"
		failed=1
	}
	took
}

run "/bin/uname" -srm
run "/bin/bash" session.sh
run "/usr/bin/python3" primes.py

echo
[ $failed -eq 0 ] && echo "demo: all of it ran" || echo "demo: FAILED"
exit $failed
