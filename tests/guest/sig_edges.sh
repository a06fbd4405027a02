#!/bin/sh
# sig_edges.sh - a signal at every edge of several kinds of code, and at every
# second, third, ...: the frames that a handler sees are the same interpreted
# and translated, each register of them, and what the code computes is what it
# computes undisturbed.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}
unset FERRY_THRESHOLD FERRY_SIGNAL_EDGES

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/guest-sig_edges
"$cc" -static -O2 -g -fno-pie -no-pie -march=armv8.2-a -Wall \
	-o "$prog" "$dir/sig_edges_prog.c" -lm || exit 1

# run THRESHOLD EVERY [ARG]: where all addresses are the same each time
run()
{
	timeout 120 "$ferry" -seed 1 -threshold "$1" \
		--signal-edges="10:$2" "$prog" $3 >"$prog.$1" 2>&1 ||
		{ echo "FAILED: at threshold $1, every $2:"
		tail -n 5 "$prog.$1"; exit 1; }
}

for every in ${SIG_EDGES:-1 2 3 4 5 6 7 8 9 10 11 13 16 19 23 31 47 74 150 311}
do
	run 0 "$every"
	grep -q ', [1-9][0-9]* signals' "$prog.0" || [ "$every" -gt 100 ] ||
		{ echo "FAILED: no signals at every $every"; exit 1; }
	run 1 "$every"
	cmp -s "$prog.0" "$prog.1" && continue
	echo "FAILED: every $every: interpreted, translated:"
	diff "$prog.0" "$prog.1" | head -n 10
	run 0 "$every" v
	run 1 "$every" v
	# The first frame that differs, word by word.
	cmp "$prog.0" "$prog.1"
	diff "$prog.0" "$prog.1" | grep -m 1 '^<' | tr ' ' '\n' >"$prog.0.words"
	diff "$prog.0" "$prog.1" | grep -m 1 '^>' | tr ' ' '\n' >"$prog.1.words"
	diff -U 2 "$prog.0.words" "$prog.1.words"
	exit 1
done

# Nothing but the option sends signals; wrong arguments.
"$ferry" "$prog" | grep -q ', [1-9][0-9]* signals' &&
	{ echo "FAILED: signals without being asked for"; exit 1; }
for arg in x 0 65 10: 10:0 10:x 10:5x -1; do
	"$ferry" --signal-edges="$arg" "$prog" >"$prog.0" 2>&1
	[ $? -eq 2 ] || { echo "FAILED: --signal-edges=$arg"; exit 1; }
done
exit 0
