#!/bin/sh
# ieee.sh - floating point against an independent implementation.
#
# Runs tests/insn/fp_*.c with CASES operand sets per instruction and FPCR
# setting (rounding modes, FZ, DN, FZ16, AHP), chosen with a bias to the
# borders of the formats, under ferry, interpreted and translated, and under
# qemu-aarch64; results, flags and FPSR of every case must be the same.
# Known to differ: FCVTZS of a half to fixed point with sign copies in bits
# 31..16, where qemu 7.2 does not write zeros (Arm ARM C7.2.105).
#
#	FERRY=... A64_CC=... ieee.sh [CASES]

cases=${1:-1000}
srcdir=${srcdir:-.}
ferry=${FERRY:?}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
qemu=$(command -v qemu-aarch64) || { echo "ieee: no qemu-aarch64"; exit 77; }
command -v "$cc" >/dev/null || { echo "ieee: no $cc"; exit 77; }
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

for program in fp_scalar fp_simd; do
	"$cc" -O2 -static -DCASES="$cases" -I"$srcdir/tests/insn" \
		-o "$dir/$program" "$srcdir/tests/insn/$program.c" || exit 99
	"$qemu" -cpu max "$dir/$program" dump >"$dir/qemu" || exit 99
	size=$(wc -c <"$dir/qemu")
	for threshold in 0 1; do
		"$ferry" --threshold=$threshold "$dir/$program" dump \
			>"$dir/ferry" || exit 1
		# struct fp_case is 120 bytes, v0's bits 31..16 its 91st and
		# 92nd: sign copies there, and nothing else, are qemu's.
		set -- $(cmp -l "$dir/qemu" "$dir/ferry" | awk '
			{ at = ($1 - 1) % 120; i = ($1 - 1 - at) / 120; seen[i] }
			(at != 90 && at != 91) || $2 != 377 || $3 != 0 {
				bad[i]
			}
			END {
				for (i in seen) if (i in bad) n++; else known++
				print n + 0, known + 0
			}')
		bad=$1
		echo "$program threshold $threshold:" \
			"$((size / 120)) cases, $bad differ, $2 known of qemu"
		if [ "$bad" -eq 0 ]; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
		fi
	done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
