#!/bin/sh
# run.sh - make check-syscalls: the tests of system calls, natively and under
# ferry, and the table of which test covers which call in syscalls.md.
#
# The programs assert results, errors and side effects; what they print must
# be the same. Then the tests of tests/guest run with --strace, which says what
# calls they really make.

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

# traced NAME COMMAND...: the names of the calls that it makes, in calls/NAME.
traced()
{
	name=$1
	shift
	rm -f "$out/trace"
	file=$out/trace
	case $name in
	proc_root)	# it leaves the file's directory tree
		exec 8>"$file"
		file='&8' ;;
	esac
	FERRY_STRACE=1 FERRY_STRACE_FILE=$file FERRY_THRESHOLD=50 \
		timeout 120 "$@" >"$out/traced.out" 2>&1
	status=$?
	exec 8>&-
	sed -n 's/^\[pid [0-9]*\] \(<\.\.\. \)\{0,1\}\([a-z_0-9]*\)[( ].*/\2/p' \
		"$out/trace" | LC_ALL=C sort -u >"$out/calls/$name"
	rm -f "$out/trace"
	return $status
}

out=$(mkdir -p "$out/calls" && cd "$out" && pwd) || exit 99
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
rm -f "$out/calls/"*
for t in "$here"/tests/guest/*_*.c; do
	case $t in	# endless traces, and what other tests start
	*_storm.c | *_prog.c | *_probe.c | *_poke.c | */thread_many.c |\
	*/limit_process.c | */proc_vfork_kill.c | */atomic_*)
		continue ;;
	esac
	traced "$(basename "$t" .c)" sh "$here/tests/run-guest" "$t"
	report $? "$t with --strace"
done
scratch=$(mktemp -d) || exit 99
traced pointers "$ferry" "$out/syscalls-pointers" "$scratch"
report $? "pointers with --strace"
rm -rf "$scratch"
sh "$here/tests/syscalls/table.sh" "$out/calls" >syscalls.md
report $? "the table"
echo "$passed passed, $failed failed;" \
	"$(grep -c '^| [0-9]' syscalls.md) calls in syscalls.md," \
	"$(grep -c '| [a-z].* |$' syscalls.md) with a test"
[ "$failed" -eq 0 ]
