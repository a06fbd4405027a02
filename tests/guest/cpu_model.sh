#!/bin/sh
# cpu_model.sh - processors and features that -cpu chooses: what cpu_probe.c
# sees under each, and wrong arguments.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}
unset FERRY_CPU QEMU_CPU

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/guest-cpu_model
"$cc" -static -O1 -o "$prog" "$dir/cpu_probe.c" || exit 1

status=0
fail()
{
	echo "FAILED: $*"
	status=1
}

# expect WANT COMMAND...: its output, and that the program found no fault.
expect()
{
	want=$1
	shift
	got=$("$@" 2>&1) || fail "$*: $got"
	[ "$got" = "$want" ] || fail "$*: '$got', not '$want'"
}

# without FEATURE...: the same without these and what needs them.
without()
{
	line=" $max"
	for f; do
		line=$(echo "$line" | sed "s/ $f / /g; s/ $f / /g")
	done
	expect "${line# }" "$ferry" -cpu "max,-$1" "$prog"
}

v8_0="crc32 aes pmull sha1 sha256"
max=$("$ferry" "$prog") || fail "without -cpu: $max"

expect "$max" "$ferry" -cpu max "$prog"
expect "$v8_0 midr=410fd034" "$ferry" --cpu=cortex-a53 "$prog"
expect "$v8_0 midr=410fd083" "$ferry" --cpu cortex-a72 "$prog"
for f in lse lor rdm lrcpc dotprod fp16 dpb; do
	case " $("$ferry" -cpu neoverse-n1 "$prog") " in
	*" $f "*) ;;
	*) fail "neoverse-n1 has no $f" ;;
	esac
done
for f in jscvt fcma sha3 sha512 sm3 sm4 fhm lrcpc2 flagm i8mm bf16 dpb2; do
	case " $("$ferry" -cpu neoverse-n1 "$prog") " in
	*" $f "*) fail "neoverse-n1 has $f" ;;
	esac
	case " $("$ferry" -cpu neoverse-v1 "$prog") " in
	*" $f "*) ;;
	*) fail "neoverse-v1 has no $f" ;;
	esac
done

without lse
without crc32
without lor
without pmull
without aes pmull
without sha512
without sha1 sha256 sha512 sha3
without fp16 fcma fhm
without rdm
without dotprod
without lrcpc lrcpc2
without lrcpc2
without jscvt
without fcma
without sm3
without sm4
without sb
without flagm flagm2
without frintts
without i8mm
without bf16
without ecv
without dpb dpb2
# Advanced SIMD is too much to do without.
"$ferry" -cpu max,-advsimd "$prog" >/dev/null 2>&1
[ $? -eq 132 ] || fail "a program runs without Advanced SIMD"

# Items count from left to right; the kernel's names will do; +aes only
# brings what it needs.
expect "lse $v8_0 midr=410fd034" "$ferry" -cpu cortex-a53,-lse,+atomics "$prog"
expect "midr=410fd034" "$ferry" -cpu cortex-a53,crypto=off,crc32=off "$prog"
expect "crc32 aes midr=410fd083" \
	"$ferry" -cpu cortex-a72,-crypto,+aes,sve=off,-mte "$prog"

# Children, and the variables.
expect "$v8_0 midr=410fd034" "$ferry" -cpu cortex-a53 "$prog" child
expect "$v8_0 midr=410fd034" env FERRY_CPU=cortex-a53 QEMU_CPU=nonsense \
	"$ferry" "$prog"
expect "$v8_0 midr=410fd083" env QEMU_CPU=cortex-a72 "$ferry" "$prog" child
expect "$max" env FERRY_CPU=cortex-a72 "$ferry" -cpu max "$prog"

# Wrong usage: one line and status 2.
wrong()
{
	want=$1
	shift
	got=$("$ferry" -cpu "$@" "$prog" 2>&1)
	[ $? -eq 2 ] || fail "$*: status"
	[ "$got" = "ferry: -cpu $want" ] || fail "-cpu $*: $got"
}
wrong "z80: no such processor (try -cpu help)" z80
wrong ": no such processor (try -cpu help)" ""
wrong "x87: no such feature (try -cpu help)" max,-x87
wrong "base: no such feature (try -cpu help)" max,-base
wrong "lse: not +FEATURE, -FEATURE, FEATURE=on or FEATURE=off" max,lse
wrong ": not +FEATURE, -FEATURE, FEATURE=on or FEATURE=off" max,
wrong "lse=maybe: not +FEATURE, -FEATURE, FEATURE=on or FEATURE=off" \
	max,lse=maybe
wrong "sve: this feature is not implemented" max,+sve
wrong "cpuid: this feature cannot be turned off" max,-cpuid

"$ferry" -cpu help >"$prog.out" || fail "-cpu help"
grep -q '^  neoverse-v1 ' "$prog.out" || fail "-cpu help: no models"
grep -q '^  lse  *atomics .*neoverse-n1' "$prog.out" ||
	fail "-cpu help: no features"

exit $status
