#!/bin/sh
# build.sh - builds the fuzzer's guest program and prints its name.
#
# Environment: A64_CC, TEST_OUT, srcdir. Exit status: 0, or 77 (no compiler),
# or 1.

cc=${A64_CC:-aarch64-linux-gnu-gcc}
dir=${srcdir:-.}/tests/fuzz
out=${TEST_OUT:-tests/out}
prog=$out/fuzz

command -v "$cc" >/dev/null 2>&1 || exit 77
mkdir -p "$out" || exit 1
if [ -n "$(find "$dir" "$dir/../unit/a64_encodings.c" \
		"$dir/../unit/a64_encodings.h" -newer "$prog" 2>&1)" ]; then
	# By another name first: tests may build it at the same time.
	"$cc" -static -O2 -g -D_GNU_SOURCE -Wall -Wextra -fno-pie -no-pie \
		-o "$prog.$$" "$dir/main.c" "$dir/generate.c" \
		"$dir/state.c" "$dir/random.c" "$dir/undefined.c" \
		"$dir/enter.S" \
		"$dir/../unit/a64_encodings.c" >&2 || exit 1
	mv "$prog.$$" "$prog" || exit 1
fi
echo "$prog"
