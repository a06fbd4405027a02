#!/bin/sh
# fuzz.sh - a short run of the fuzzer, for make check: always the same
# sequences, interpreted, then translated at once, then some with both compared
# at every step. `make fuzz' runs others.

run() {
	FERRY_THRESHOLD=$1 "${SHELL:-/bin/sh}" \
		"${srcdir:-.}/tests/fuzz/run.sh" 1 "$2" || exit $?
}

run 0 1500
run 1 1500
FERRY_LOCKSTEP=1
export FERRY_LOCKSTEP
run 1 300
