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

# compare NAME OPTION...: one run of ferry against $dir/qemu.
compare()
{
	name=$1
	shift
	"$ferry" "$@" "$dir/$program" dump >"$dir/ferry" || exit 1
	# struct fp_case is 120 bytes, v0's bits 31..16 its 91st and 92nd: sign
	# copies there, and nothing else, are qemu's.
	set -- $(cmp -l "$dir/qemu" "$dir/ferry" | awk '
		{ at = ($1 - 1) % 120; i = ($1 - 1 - at) / 120; seen[i] }
		(at != 90 && at != 91) || $2 != 377 || $3 != 0 { bad[i] }
		END {
			for (i in seen) if (i in bad) n++; else known++
			print n + 0, known + 0
		}')
	echo "$program $name: $(($(wc -c <"$dir/qemu") / 120)) cases," \
		"$1 differ, $2 known of qemu"
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
}

# build FLAG...: $program, and what qemu makes of it.
build()
{
	"$cc" -O2 -static -DCASES="$cases" -I"$srcdir/tests/insn" "$@" \
		-o "$dir/$program" "$srcdir/tests/insn/$program.c" || exit 99
	"$qemu" -cpu max "$dir/$program" dump >"$dir/qemu" || exit 99
}

for program in fp_scalar fp_simd; do
	build
	compare interpreted --threshold=0
	compare translated --threshold=1
	# DN and FZ make code test for NaNs; without them it can trap.
	build -DFP_PLAIN
	compare trapping --threshold=1 --fp-traps=4000000000
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
