#!/bin/sh
# cxx_signals.sh - C++ exceptions and cancellation across signal frames: with
# the host's compiler natively, then statically and dynamically linked under
# ferry, and from a signal at each of many edges.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cxx=${A64_CXX:-aarch64-linux-gnu-g++}
out=${TEST_OUT:-tests/out}
unset FERRY_THRESHOLD FERRY_SIGNAL_EDGES

mkdir -p "$out" || exit 99
prog=$out/guest-cxx_signals

# build COMPILER OUTPUT [OPTION]
build()
{
	"$1" $3 -O2 -Wall -Wextra -fnon-call-exceptions \
		-fasynchronous-unwind-tables -pthread -o "$2" \
		"$dir/cxx_signals.cc" || exit 1
}

# try COMMAND...
try()
{
	timeout 120 "$@" >"$prog.out" 2>&1 && return
	echo "FAILED: $*:"
	tail -n 5 "$prog.out"
	exit 1
}

if command -v "${CXX:-c++}" >/dev/null 2>&1; then
	build "${CXX:-c++}" "$prog.native"
	try "$prog.native"
fi
if ! command -v "$cxx" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cxx)"
	exit 77
fi
build "$cxx" "$prog" -static
build "$cxx" "$prog.dynamic"
for threshold in 0 1 100; do
	try "$ferry" -threshold $threshold "$prog"
	try "$ferry" -threshold $threshold "$prog.dynamic"
done
for every in 1 2 3 4 5 6 7 8 9 10 11 12 14 16 18 20 23 26 29 33 37 41 50; do
	try "$ferry" -threshold 1 --signal-edges=10:$every "$prog" edges
done
exit 0
