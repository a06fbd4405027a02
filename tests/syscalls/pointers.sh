#!/bin/sh
# pointers.sh - every system call with every bad pointer: pointers_prog.c run
# natively and under ferry must print the same.

dir=${srcdir:-.}/tests/syscalls
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/syscalls-pointers
"$cc" -static -O1 -w -o "$prog" "$dir/pointers_prog.c" || exit 1
# The host's own headers may lack newer names: the table has the numbers.
${CC:-cc} -O1 -w -o "$prog.native" "$dir/pointers_prog.c" || exit 1
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
timeout 120 "$prog.native" "$scratch" >"$prog.expect" || exit 99
for threshold in ${FERRY_THRESHOLD:-0 1}; do
	FERRY_THRESHOLD=$threshold timeout 120 "$ferry" "$prog" "$scratch" \
		>"$prog.out" || { echo "FAILED: status $?"; exit 1; }
	if ! diff "$prog.expect" "$prog.out" >"$prog.diff"; then
		echo "FAILED: at threshold $threshold, native < and ferry >:"
		head -n 40 "$prog.diff"
		exit 1
	fi
done
echo "$(wc -l <"$prog.expect") calls"
