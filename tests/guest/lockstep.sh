#!/bin/sh
# lockstep.sh - --lockstep: guest programs' translations do what the
# interpreter does, and a difference is told.

dir=${srcdir:-.}/tests
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
TEST_OUT=${TEST_OUT:-tests/out}/lockstep
export TEST_OUT
log=$TEST_OUT/log

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$TEST_OUT" || exit 99
rm -f "$log" "$TEST_OUT/poke.log"
status=0
fail()
{
	echo "FAILED: $*"
	status=1
}

# Branches, atomics, system registers, faults, signals, threads, children and
# code that changes.
for t in insn/base_branch insn/base_atomic insn/base_exclusive \
	insn/base_system guest/sig_basic \
	guest/sig_fault guest/sig_frame_a64 guest/code_modify \
	guest/thread_basic guest/proc_fork; do
	FERRY_LOCKSTEP=1 FERRY_THRESHOLD=1 FERRY_DUMP_FILE=$log \
		sh "$dir/run-guest" "$dir/$t.c" || fail "$t"
done
! grep differ "$log" || fail "differences"

# It did look: every program's end says at how much.
awk '/translations compared/ { n += $2 }
	END { exit !(n > 100000) }' "$log" || fail "little was compared"

# A difference.
prog=$TEST_OUT/poke
"$cc" -static -O1 -o "$prog" "$dir/guest/lockstep_poke.c" || exit 1
(ulimit -c 0; timeout 60 "$ferry" --lockstep -threshold 1 -D "$prog.log" \
	"$prog") >"$prog.out" 2>&1
case $? in
0)
	for what in 'interpreter and translation differ; pid [1-9]' \
		'0x[0-9a-f]* [0-9a-f]* ldr_' \
		' x[0-9]*: interpreter 0x[0-9a-f]*, translation 0x'; do
		grep -q "lockstep: .*$what" "$prog.out" ||
			fail "no '$what' on standard error"
		grep -q "lockstep: .*$what" "$prog.log" ||
			fail "no '$what' in the log"
	done ;;
77)
	echo "no process_vm_writev here" ;;
*)
	fail "a difference is not seen"
	cat "$prog.out" ;;
esac
exit $status
