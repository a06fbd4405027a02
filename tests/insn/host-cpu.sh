#!/bin/sh
# host-cpu.sh - the instruction tests, translated, at each level of host
# processors that there are emitters for: --host-cpu.

dir=${srcdir:-.}/tests
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
TEST_OUT=${TEST_OUT:-tests/out}/host-cpu
export TEST_OUT

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$TEST_OUT" || exit 99
status=0
for level in sse2 sse4.2 avx avx2 all,-fma,-bmi2; do
	for t in base_dp base_branch fp_least fp_scalar fp_simd simd_crypto \
		simd_misc simd_perm simd_shift simd_three simd_ldst_struct; do
		FERRY_HOST_CPU=$level FERRY_THRESHOLD=1 \
			sh "$dir/run-guest" "$dir/insn/$t.c" || {
			echo "FAILED: $t at level $level"
			status=1
		}
	done
done

# Wrong usage: one line and status 2.
got=$("$ferry" -host-cpu avx3 "$TEST_OUT/insn-base_dp" 2>&1)
if [ $? -ne 2 ] || [ "${got#*host-cpu avx3: not sse2}" = "$got" ]; then
	echo "FAILED: -host-cpu avx3: $got"
	status=1
fi
exit $status
