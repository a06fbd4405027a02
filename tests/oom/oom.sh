#!/bin/sh
# oom.sh - memory runs out at each of ferry's own allocations, once and for
# good, and at each limit of the address space: the guest gets an error, or
# each process of ferry says one line and ends. It never hangs or crashes.
# The child that shares the program's memory may outlive it, but ends, too.
#
# Environment: OOM_FERRY (inject.c's), FERRY, A64_CC, TEST_OUT, srcdir.

dir=${srcdir:-.}/tests/oom
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}/oom

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
"$cc" -static -O1 -o "$out/prog" "$dir/prog.c" || exit 1
FERRY_OOM_MARK=$(realpath "$out")/mark
export FERRY_OOM_MARK
failed=0

# run COMMAND...: its output is in log and err. All its processes have the lock.
run()
{
	rm -f "$out/lock"
	(flock 9 && exec timeout -k 5 60 "$@") 9>"$out/lock" \
		>"$out/log" 2>"$out/err"
	status=$?
	flock -w 20 "$out/lock" true || status=124
	return $status
}

# What happened, from the exit status and standard error: `complete' is set
# when the program came to its end. It has a child, which may end the same way.
judge()
{
	lines=$(wc -l <"$out/err")
	complete=
	[ "$2" -eq 0 ] && grep -q '^end$' "$out/log" && complete=yes
	if [ "$2" -ge 124 ] && [ "$2" -ne 126 ] && [ "$2" -ne 127 ]; then
		why="exit status $2"
	elif [ -z "$complete" ] && { [ "$lines" -lt 1 ] ||
			[ "$lines" -gt 2 ] ||
			grep -qv '^ferry: ' "$out/err"; }; then
		why="exit status $2 and not a line from each process"
	else
		return
	fi
	echo "FAILED: $1: $why"
	tail -n 5 "$out/err" "$out/log"
	failed=$((failed + 1))
}

for threshold in 0 1; do
	for suffix in '' +; do
		n=1
		while [ $n -le 200 ]; do
			rm -f "$out/mark"
			FERRY_OOM=$n$suffix run "$OOM_FERRY" \
				-threshold $threshold "$out/prog"
			judge "allocation $n$suffix, threshold $threshold" $?
			[ -e "$out/mark" ] || break
			n=$((n + 1))
		done
		echo "threshold $threshold: $n allocations$suffix"
		[ $n -gt 4 ] || failed=$((failed + 1))
	done
done

# An interpreter needs some 12 MiB to start; the whole takes 200.
for kib in 4000 8000 16000 24000 28000 32000 36000 40000 50000 60000 80000 \
		100000 150000 400000; do
	run sh -c 'ulimit -v $0 && exec "$@"' $kib "$FERRY" -threshold 1 \
		"$out/prog"
	status=$?
	# Too little for the kernel to start ferry at all.
	[ $status -eq 137 ] || [ $status -eq 139 ] && [ $kib -lt 8000 ] &&
		continue
	judge "address space of $kib KiB" $status
done
[ -n "$complete" ] || { echo "FAILED: not even with 400 MB"; failed=1; }
exit $((failed > 0))
