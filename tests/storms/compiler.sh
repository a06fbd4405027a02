#!/bin/sh
# compiler.sh - Debian's arm64 C compiler, with and without a timer that
# interrupts it each millisecond (as far as the kernel's tick allows): it must
# write the same.
#
# Environment: FERRY, A64_CC, THRESHOLDS as in run; FERRY_CACHE (where the
# packages are kept).

here=$(cd "$(dirname "$0")" && pwd)
ferry=$(realpath "${FERRY:-./ferry}")
cc=${A64_CC:-aarch64-linux-gnu-gcc}
cache=${FERRY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ferry}
cc1=/usr/lib/gcc/aarch64-linux-gnu/12/cc1
root=$cache/storms-arm64
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT

sh "$here/../suites/mksysroot" -c "$cache" "$root" cpp-12 || exit 99
"$cc" -shared -fPIC -O1 -o "$dir/profile.so" "$here/profile/profile.c" &&
"$cc" -E -P -o "$dir/source.i" "$here/signals.c" || exit 99

# compile NAME [OPTION]...
compile()
{
	name=$1
	shift
	"$ferry" -threshold "$threshold" -L "$root" "$@" "$cc1" -quiet -O2 \
		-o "$dir/$name.s" "$dir/source.i"
}

for threshold in ${THRESHOLDS:-1 50}; do
	compile plain || exit 1
	for i in 1 2 3 4 5; do
		compile profiled -E LD_PRELOAD="$dir/profile.so" \
			2>"$dir/err" || { cat "$dir/err"; exit 1; }
		tail -n 1 "$dir/err"
		! grep -q FEW "$dir/err" || exit 1
		cmp "$dir/plain.s" "$dir/profiled.s" || exit 1
	done
done
exit 0
