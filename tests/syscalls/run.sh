#!/bin/sh
# run.sh - make check-syscalls: the tests of system calls, natively and under
# ferry, and the table of which test covers which call in syscalls.md.
#
# The programs assert results, errors and side effects; what they print must
# be the same.

here=${srcdir:-.}
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}
passed=0 failed=0

report()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	elif [ "$1" -eq 77 ]; then
		echo "skipped: $2"
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

# The same program on both machines.
both()
{
	name=$(basename "$1" .c)
	prog=$out/both-$name
	${CC:-cc} -static -O1 -w -o "$prog.native" "$1" -lm || return 1
	"$cc" -static -O1 -w -o "$prog" "$1" -lm || return 1
	timeout 60 "$prog.native" >"$prog.expect" 2>"$prog.err" || return $?
	for threshold in 0 1 50; do
		FERRY_THRESHOLD=$threshold timeout 60 "$ferry" "$prog" \
			>"$prog.out" 2>"$prog.err" || return 1
		diff "$prog.expect" "$prog.out" || return 1
	done
}

mkdir -p "$out" || exit 99
for t in "$here"/tests/guest/sys_*.c "$here"/tests/guest/proc_*.c \
	"$here"/tests/guest/sig_basic.c "$here"/tests/guest/sig_mask.c \
	"$here"/tests/guest/sig_restart.c "$here"/tests/guest/thread_*.c; do
	both "$t"
	report $? "$t"
done
for t in pointers layout; do
	sh "$here/tests/syscalls/$t.sh"
	report $? "$t"
done
sh "$here/tests/syscalls/table.sh" >syscalls.md
echo "$passed passed, $failed failed;" \
	"$(grep -c '^| [0-9]' syscalls.md) calls in syscalls.md," \
	"$(grep -c '| [a-z].* |$' syscalls.md) with a test"
[ "$failed" -eq 0 ]
