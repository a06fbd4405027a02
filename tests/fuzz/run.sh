#!/bin/sh
# run.sh - compares ferry with qemu-aarch64 on random instruction sequences.
#
#	run.sh [SEED [COUNT [FIRST]]]
#
# COUNT sequences from number FIRST are run under both, in portions. For a
# difference the first instruction that does it is looked for, and the states
# behind it are printed. FUZZ_OPTIONS are options of the guest program (main.c).
#
# Environment: FERRY, QEMU_A64, A64_CC, TEST_OUT, srcdir.
# Exit status: 0 no difference, 1 some, 77 something is not installed.

seed=${1:-1}
count=${2:-1000}
first=${3:-0}
portion=20000
shown=10		# differences that are explained

export srcdir="${srcdir:-.}"
ferry=${FERRY:-./ferry}
qemu=${QEMU_A64-qemu-aarch64}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
# What qemu has and ferry does not offer is never generated, but hints of
# pointer authentication would do something.
cpu=max,sve=off,sme=off,pauth=off
# Features that ferry does not offer, or that qemu 7.2 lacks.
without=ssbs,dit${FUZZ_WITHOUT:+,$FUZZ_WITHOUT}

# shellcheck disable=SC2086
if ! command -v $ferry >/dev/null; then
	echo "no $ferry"
	exit 99
fi
if ! command -v "$qemu" >/dev/null 2>&1; then
	echo "skipped: no qemu-aarch64"
	exit 77
fi
prog=$(sh "$srcdir/tests/fuzz/build.sh")
case $? in
0) ;;
77) echo "skipped: no cross compiler ($cc)"; exit 77 ;;
*) exit 1 ;;
esac
tmp=${TEST_OUT:-tests/out}/fuzz-$seed-$first-$count
rm -rf "$tmp"
mkdir -p "$tmp" || exit 99

# both NAME OPTION...: runs the program under both; $tmp/NAME.ferry, .qemu
both() {
	name=$tmp/$1
	shift
	# shellcheck disable=SC2086
	{
	"$qemu" -cpu "$cpu" "$prog" -q -w "$without" -s "$seed" \
		$FUZZ_OPTIONS "$@" >"$name.qemu" 2>&1 &
	$ferry "$prog" -q -w "$without" -s "$seed" \
		$FUZZ_OPTIONS "$@" >"$name.ferry" 2>&1
	wait
	}
}

disassemble() {
	for byte in "${1#??????}" "$(echo "$1" | cut -c 5-6)" \
			"$(echo "$1" | cut -c 3-4)" "${1%??????}"; do
		printf "\\$(printf '%03o' "0x$byte")"
	done >"$tmp/word"
	"${cc%gcc}objdump" -D -b binary -m aarch64 "$tmp/word" 2>/dev/null |
		sed -n 's/^ *0:[^	]*	[^	]*	//p' | tr '\t' ' '
}

# Finds the instruction that makes a sequence differ.
explain() {
	both prefix -v "$1"
	line=$(diff "$tmp/prefix.qemu" "$tmp/prefix.ferry" |
		sed -n 's/^< //p' | head -n 1)
	# prefix INDEX ROUND WORDS INSN ENCODING HASH
	# shellcheck disable=SC2086
	set -- "$1" $line
	if [ $# -lt 8 ]; then
		echo "sequence $1 of seed $seed differs, but no prefix does"
		return
	fi
	both before -d "$3,$4,$(($5 - 1))"
	both after -d "$3,$4,$5"
	echo "sequence $3 of seed $seed, round $4, after $5 words:" \
		"$6 $7 $(disassemble "$6")"
	echo "  states before and after it: -d $3,$4,$5; from FPCR" \
		"$(sed -n 's/^fpcr //p' "$tmp/before.ferry" | tail -n 1), qemu <, ferry >"
	diff "$tmp/after.qemu" "$tmp/after.ferry" | grep '^[<>]' |
		head -n 40
	word=$((0x$6))
	for field in $((word & 31)) $((word >> 5 & 31)) $((word >> 16 & 31)) \
			$((word >> 10 & 31)); do
		grep -E "^[vx]$field " "$tmp/before.ferry" | tail -n 2 |
			sed 's/^/  before: /'
	done
}

total=0
differ=0
end=$((first + count))
from=$first
while [ "$from" -lt "$end" ]; do
	n=$((end - from))
	[ "$n" -gt "$portion" ] && n=$portion
	both out -f "$from" -n "$n"
	insns=$(sed -n 's/^instructions //p' "$tmp/out.ferry")
	if [ -z "$insns" ] || ! grep -q '^instructions' "$tmp/out.qemu"; then
		echo "seed $seed, from sequence $from: no end"
		tail -n 3 "$tmp/out.ferry" "$tmp/out.qemu"
		differ=$((differ + 1))
	fi
	diff "$tmp/out.qemu" "$tmp/out.ferry" >"$tmp/diff"
	for index in $(sed -n 's/^< \([0-9][0-9]*\) [0-9a-f]*$/\1/p' \
			"$tmp/diff"); do
		differ=$((differ + 1))
		[ "$differ" -le "$shown" ] && explain "$index"
	done
	total=$((total + ${insns:-0}))
	from=$((from + n))
done
echo "seed $seed: $count sequences, $total instructions, $differ differences"
[ "$differ" -eq 0 ] && rm -rf "$tmp"
[ "$differ" -eq 0 ]
