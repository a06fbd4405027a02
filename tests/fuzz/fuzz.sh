#!/bin/sh
# fuzz.sh - a short run of the fuzzer, for make check: always the same
# sequences, interpreted, then translated at once. `make fuzz' runs others.
#
# Translated code does not keep flags that are overwritten before they are read
# just because a signal frame might show them: -z does not look there.

run() {
	FERRY_THRESHOLD=$1 FUZZ_OPTIONS=$2 "${SHELL:-/bin/sh}" \
		"${srcdir:-.}/tests/fuzz/run.sh" 1 1500 || exit $?
}

run 0 ""
run 1 -z
