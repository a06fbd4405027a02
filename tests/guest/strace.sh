#!/bin/sh
# strace.sh - what --strace prints of strace_prog.c, against
# strace.expect. The process id and addresses are left out.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/guest-strace_prog
"$cc" -static -O1 -w -o "$prog" "$dir/strace_prog.c" || exit 1
"$ferry" --strace "$prog" 2>"$prog.raw" || exit 1
sed -n '/BEGN/,/DONE/p' "$prog.raw" |
	sed 's/^\[pid [0-9]*\]/[pid N]/; s/0x[0-9a-f]\{8,\}/ADDR/g' |
	grep -v '[BD][EO][GN][NE]' >"$prog.out"
diff -u "$dir/strace.expect" "$prog.out"
