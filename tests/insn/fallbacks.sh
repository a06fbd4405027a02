#!/bin/sh
# fallbacks.sh - translator/host/x64/FALLBACKS.md names what translations leave
# to the interpreter, and nothing else.
#
# Its last section is written by `fallbacks.sh -u' from what tests/unit/fallbacks
# finds out. Instructions in the table above it must be there too.
#
# Environment: FALLBACKS, the program, TEST_OUT, srcdir. Exit status: 0 it is
# so, 1 not, 77 the processor has not all that the back end can use.

export srcdir="${srcdir:-.}" LC_ALL=C
fallbacks=${FALLBACKS:-tests/unit/fallbacks}
page=$srcdir/translator/host/x64/FALLBACKS.md
tmp=${TEST_OUT:-tests/out}/fallbacks
title='## All of them'
mkdir -p "$tmp" || exit 99

$fallbacks >"$tmp/found"
status=$?
if [ $status -ne 0 ]; then
	cat "$tmp/found"
	exit $status
fi

# Mnemonics of which all words are left to the interpreter, or some.
list()
{
	awk -v all="$1" '($2 == "all") == all { print $1 }' "$tmp/found" |
		sort -u | tr '\n' ' ' | sed 's/ $/./; s/ /, /g' | fold -s -w 79 |
		sed 's/ $//'
	echo
}

{
	sed "/^$title/,\$d" "$page"
	echo "$title"
	echo
	echo "Written by \`tests/insn/fallbacks.sh -u\`, for a processor like"
	echo "x86-64-v4. Wholly:"
	echo
	list 1
	echo
	echo "In some forms, or with some registers:"
	echo
	list 0
} >"$tmp/page"

if [ "$1" = -u ]; then
	cp "$tmp/page" "$page"
	exit
fi
if ! diff "$page" "$tmp/page" >"$tmp/diff"; then
	echo "FALLBACKS.md is not what it was; see fallbacks.sh -u:"
	cat "$tmp/diff"
	exit 1
fi

# Those that the table names.
cut -f 2 "$srcdir/tests/insn/a64_encodings.tsv" | sort -u >"$tmp/mnemonics"
sed "/^$title/,\$d" "$page" | sed -n 's/^|[^|]*|\([^|]*\)|.*/\1/p' |
	grep -o '\<[A-Z][A-Z0-9]*\>' | sort -u |
	comm -12 - "$tmp/mnemonics" >"$tmp/named"
awk '{ print $1 }' "$tmp/found" | sort -u >"$tmp/left"
comm -23 "$tmp/named" "$tmp/left" >"$tmp/done"
if [ -s "$tmp/done" ]; then
	echo "translated, though FALLBACKS.md says otherwise:"
	cat "$tmp/done"
	exit 1
fi
