#!/bin/sh
# report.sh - what --stats, -d, -D and -perfmap say of a program's
# translations, and wrong arguments.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}
unset FERRY_STATS FERRY_DUMP FERRY_DUMP_FILE FERRY_PERFMAP FERRY_THRESHOLD

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/guest-report
"$cc" -static -O1 -o "$prog" "$dir/cpu_probe.c" || exit 1

status=0
fail()
{
	echo "FAILED: $*"
	status=1
}

# expect PATTERN FILE
expect()
{
	grep -q -e "$1" "$2" || fail "no '$1' in $2"
}

want=$("$ferry" "$prog")

# The program's own output stays as it is.
got=$("$ferry" -threshold 1 -stats "$prog" 2>"$prog.stats")
[ "$got" = "$want" ] || fail "--stats: $got"
for what in 'decoded: [1-9]' 'translated: [1-9]' 'translations: [1-9]' \
	'ns per instruction' 'run: [1-9]' 'left: [1-9]' 'links: [1-9]' \
	'invalidations: ' 'interpreted in translations: [1-9]' \
	'  svc *[1-9][0-9]* times'; do
	expect "^ferry: .*$what" "$prog.stats"
done
"$ferry" -threshold 0 --stats "$prog" 2>"$prog.stats" >/dev/null
expect '^ferry: translated: 0 blocks' "$prog.stats"
FERRY_STATS=1 "$ferry" "$prog" 2>"$prog.stats" >/dev/null
expect '^ferry: decoded' "$prog.stats"

# A program that dies of a signal, too.
printf '%s\n' 'int main(void) { __builtin_trap(); }' >"$prog.c"
"$cc" -static -o "$prog.trap" "$prog.c" || exit 1
(ulimit -c 0; "$ferry" -stats "$prog.trap") >"$prog.stats" 2>&1
expect '^ferry: decoded' "$prog.stats"

# Dumps: all of it, to a file and to standard error.
rm -f "$prog.dump"
got=$("$ferry" -threshold 1 -d in_asm,ir,opt,constants,dead,out_asm -D "$prog.dump" "$prog" \
	2>&1)
[ "$got" = "$want" ] || fail "-D: $got"
expect '^translation of 0x' "$prog.dump"
expect '^  0x[0-9a-f]* d65f03c0 ret' "$prog.dump"
expect '^	v[0-9]* = getx x30' "$prog.dump"
expect '^	ret v[0-9]*' "$prog.dump"
expect '^ir of 0x[0-9a-f]*: [0-9]* instructions' "$prog.dump"
expect '^constants of 0x' "$prog.dump"
expect '^dead of 0x' "$prog.dump"
! grep -q '^flags of' "$prog.dump" || fail "-d dumps after a pass not asked for"
expect '^  0x7[0-9a-f]* code 0x[0-9a-f]* [0-9a-f]*$' "$prog.dump"
expect '^  0x7[0-9a-f]* exits 0x[0-9a-f]* [0-9a-f]*$' "$prog.dump"
"$ferry" -threshold 1 -d ir "$prog" 2>"$prog.dump" >/dev/null
expect '= getx ' "$prog.dump"
! grep -q ' code 0x' "$prog.dump" || fail "-d ir dumps code"
FERRY_DUMP=in_asm "$ferry" -threshold 1 "$prog" 2>"$prog.dump" >/dev/null
expect 'd65f03c0 ret' "$prog.dump"
! grep -q 'getx' "$prog.dump" || fail "-d in_asm dumps IR"

# perf's map is named by the process; a shell's exec keeps that.
pid=$(sh -c 'echo $$; exec "$@" >/dev/null' sh \
	"$ferry" -threshold 1 -perfmap "$prog")
expect '^7[0-9a-f]* [0-9a-f]* guest_[0-9a-f]*$' "/tmp/perf-$pid.map"
rm -f "/tmp/perf-$pid.map"

# Its jitdump: a header of this process, records that follow each other with
# the code's bytes, and no descriptor left to the guest.
pid=$(sh -c 'echo $$; exec "$@" >/dev/null' sh \
	"$ferry" -threshold 1 -jitdump "$prog")
jit=/tmp/jit-$pid.dump
word() { od -An -tu4 -j "$1" -N 4 "$jit" | tr -d ' '; }
[ "$(word 0)" = 1248416836 ] || fail "jitdump: magic"
[ "$(word 8)" = 40 ] && [ "$(word 12)" = 62 ] && [ "$(word 20)" = "$pid" ] ||
	fail "jitdump: header"
size=$(wc -c <"$jit")
at=40 n=0
while [ "$at" -lt "$size" ] && [ $n -lt 20 ]; do
	[ "$(word "$at")" = 0 ] && [ "$(word $((at + 48)))" = $n ] ||
		fail "jitdump: record $n"
	at=$((at + $(word $((at + 4))))) n=$((n + 1))
done
[ $n -gt 5 ] || fail "jitdump: $n records"
grep -aq guest_4 "$jit" || fail "jitdump: no names"
if command -v perf >/dev/null 2>&1 && perf record -q -k mono \
	-o "$prog.perf" -e cpu-clock true >/dev/null 2>&1; then
	perf record -q -k mono -e cpu-clock -F 2000 -o "$prog.perf" \
		"$ferry" -threshold 1 -jitdump "$prog" >/dev/null 2>&1
	(cd "$out" && perf inject -j -i "$prog.perf" -o "$prog.jit") ||
		fail "perf inject -j"
	perf script -F comm,ip,sym,dso -i "$prog.jit" 2>/dev/null |
		grep -q 'jitted-.*\.so' || echo "perf: no sample in a translation"
fi
rm -f "$jit"

# Wrong usage: one line and status 2.
got=$("$ferry" -d in_asm,nonsense "$prog" 2>&1)
[ $? -eq 2 ] || fail "-d nonsense: status"
[ "$got" = "ferry: -d in_asm,nonsense: not a list of in_asm, ir, opt, out_asm and passes" ] ||
	fail "-d nonsense: $got"

exit $status
