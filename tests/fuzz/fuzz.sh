#!/bin/sh
# fuzz.sh - a short run of the fuzzer, for make check: always the same
# sequences. `make fuzz' runs others.
exec "${SHELL:-/bin/sh}" "${srcdir:-.}/tests/fuzz/run.sh" 1 1500
