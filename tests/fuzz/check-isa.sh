#!/bin/sh
# check-isa.sh - how much of the list of encodings is there and tested.
#
# Every encoding of tests/insn/a64_encodings.tsv must
#
#   be decoded	to a row that implements it (tests/unit/isa_coverage)
#   be executed	by itself, with 48 random states, by the fuzzer's program; what
#		it leaves in registers, flags, FPSR and memory must have the hash
#		that each.expect has for it, interpreted and translated
#
# or be named in isa-exceptions.def. Words that differ from an encoding by one
# bit, and are none, must be undefined: to the decoder and when executed. If
# there is a qemu-aarch64, it must find the same hashes, but for the cases of
# qemu-differences.def.
#
# With -u, writes each.expect.
#
# Environment: FERRY, A64_CC, QEMU_A64, TEST_OUT, srcdir, and ISA_COVERAGE, the
# unit program. Exit status: 0 all is covered, 1 not, 77 no compiler.

export srcdir="${srcdir:-.}"
ferry=${FERRY:-./ferry}
qemu=${QEMU_A64-qemu-aarch64}
coverage=${ISA_COVERAGE:-tests/unit/isa_coverage}
dir=$srcdir/tests/fuzz
list=$srcdir/tests/insn/a64_encodings.tsv
without=ssbs,dit

prog=$(sh "$dir/build.sh")
case $? in
0) ;;
77) echo "skipped: no cross compiler"; exit 77 ;;
*) exit 1 ;;
esac
tmp=${TEST_OUT:-tests/out}/check-isa
mkdir -p "$tmp" || exit 99

if [ "$1" = -u ]; then
	$ferry "$prog" -e -w "$without" >"$dir/each.expect"
	exit
fi

bad=0
fail() {
	echo "FAILED: $*"
	bad=$((bad + 1))
}

# show FILE TITLE: a failure if the file is not empty.
show() {
	[ -s "$1" ] || return 0
	fail "$2:"
	head -n 20 "$1"
}

names() {
	sed -n "s/^$1(\\([A-Za-z0-9_]*\\),.*/\\1/p" "$dir/isa-exceptions.def" |
		sort
}
names TESTED_BY >"$tmp/by-others"
names NOT_OFFERED >"$tmp/not-offered"
grep -v '^#' "$list" | cut -f 1 | sort >"$tmp/all"

# --- Decoded, and neighbours are not.

"$coverage" >"$tmp/decode" || fail "$coverage: status $?"
sed -n 's/^decoded //p' "$tmp/decode" | sort >"$tmp/decoded"
grep -E '^(missing|wide)' "$tmp/decode" >"$tmp/wrong"
show "$tmp/wrong" "the decoder differs from the list"
sort "$tmp/decoded" "$tmp/not-offered" | comm -23 "$tmp/all" - >"$tmp/wrong"
show "$tmp/wrong" "not decoded"

# --- Executed.

FERRY_THRESHOLD=0 $ferry "$prog" -e -w "$without" >"$tmp/each" ||
	fail "fuzz -e: status $?"
FERRY_THRESHOLD=1 $ferry "$prog" -e -w "$without" >"$tmp/each-translated" ||
	fail "fuzz -e, translated: status $?"
cut -d ' ' -f 1 "$tmp/each" | sort >"$tmp/executed"
sort "$tmp/executed" "$tmp/by-others" "$tmp/not-offered" |
	comm -23 "$tmp/all" - >"$tmp/wrong"
show "$tmp/wrong" "not executed by a test"
diff "$dir/each.expect" "$tmp/each" >"$tmp/wrong"
show "$tmp/wrong" "results differ from each.expect"
diff "$dir/each.expect" "$tmp/each-translated" >"$tmp/wrong"
show "$tmp/wrong" "results of translated code differ from each.expect"

if command -v "$qemu" >/dev/null 2>&1; then
	$ferry "$prog" -q -e -w "$without" >"$tmp/each.ferry"
	"$qemu" -cpu max,sve=off,sme=off,pauth=off "$prog" -q -e \
		-w "$without" >"$tmp/each.qemu"
	diff "$tmp/each.qemu" "$tmp/each.ferry" >"$tmp/wrong"
	show "$tmp/wrong" "results differ from qemu's"
	agrees="qemu agrees"
else
	agrees="no qemu to compare with"
fi

# --- Undefined words.

$ferry "$prog" -u -w "$without" >"$tmp/undefined"
grep -v '^\(neighbours\|undefined\) ' "$tmp/undefined" >"$tmp/wrong"
show "$tmp/wrong" "words that must be undefined"

# --- What a smaller processor does not have is undefined.

# The features of a model that are off, of those in the list. BTI is a hint.
features_off() {
	$ferry -cpu help | awk -v model="$1" '
		/^Features/ { table = 1 }
		table && $0 ~ " " model "( |$)" { print $1 }' |
		sort >"$tmp/on"
	grep -v '^#' "$list" | cut -f 5 | sed 's/.*FEAT_//' |
		tr '[:upper:]' '[:lower:]' | sort -u |
		grep -v -e '^base$' -e '^bti$' | comm -23 - "$tmp/on" |
		tr '\n' ','
}

for model in cortex-a53 neoverse-n1; do
	$ferry -cpu "$model" "$prog" -u -w "$(features_off "$model")" \
		>"$tmp/undefined-$model"
	grep -v '^\(neighbours\|undefined\) .* defined 0$' \
		"$tmp/undefined-$model" >"$tmp/wrong"
	show "$tmp/wrong" "words that must be undefined on $model"
	grep -q '^undefined' "$tmp/undefined-$model" || fail "$model: no end"
done

# --- The numbers.

all=$(wc -l <"$tmp/all")
decoded=$(wc -l <"$tmp/decoded")
executed=$(wc -l <"$tmp/executed")
others=$(wc -l <"$tmp/by-others")
off=$(wc -l <"$tmp/not-offered")
cat <<END
encodings	$all
decoded		$decoded
executed	$executed by fuzz -e, $(awk '{ n += $2 } END { print n }' \
	"$tmp/each") times, interpreted and translated; $agrees
		$others by other tests:
$(sed -n 's/^TESTED_BY(\(.*\), \(.*\))/			\1, \2/p' \
	"$dir/isa-exceptions.def")
not offered	$off:
$(sed -n 's/^NOT_OFFERED(\(.*\), "\(.*\)")/			\1, \2/p' \
	"$dir/isa-exceptions.def")
undefined	$(
	sed -n 's/^neighbours \([0-9]*\)$/\1/p' "$tmp/decode"
	) neighbours decoded, $(
	sed -n 's/^undefined \([0-9]*\) .*/\1/p' "$tmp/undefined") words executed
coverage	$(awk "BEGIN { printf \"%.1f\", \
	100 * ($executed + $others) / ($all - $off) }") % of what is offered
END
[ "$bad" -eq 0 ]
