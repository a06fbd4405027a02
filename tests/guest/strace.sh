#!/bin/sh
# strace.sh - what --strace prints of strace_prog.c, against
# strace.expect. Process ids, addresses and times are left out.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/guest-strace_prog
"$cc" -static -O1 -w -o "$prog" "$dir/strace_prog.c" || exit 1
"$ferry" --strace "$prog" 2>"$prog.raw" || exit 1
sed -n '/BEGN/,/DONE/p' "$prog.raw" |
	sed 's/^\[pid [0-9]*\]/[pid N]/; s/0x[0-9a-f]\{8,\}/ADDR/g
		s/\(si_pid\|si_uid\|tv_usec\|maxrss\)=[0-9]*/\1=N/g
		s/\(\(bpf\|io_uring_setup\)(.*\) = -1 .*/\1 = -1/
		s/\(clone3\|wait4\)\(.*\) = [0-9]*$/\1\2 = N/' |
	grep -v '[BD][EO][GN][NE]' >"$prog.out"
diff -u "$dir/strace.expect" "$prog.out" || exit 1

# Which calls, and where to.
shown()
{
	sed -n 's/^\[pid [0-9]*\] \([a-z0-9_]*\)(.*/\1/p' "$@" | sort -u |
		tr '\n' ' '
}

expect()
{
	if [ "$1" != "$2" ]; then
		echo "FAILED: $3: $1"
		exit 1
	fi
}

rm -f "$prog.trace"
"$ferry" --strace='file,lseek,!readlinkat,!newfstatat' \
	--strace-file="$prog.trace" "$prog" 2>"$prog.raw" || exit 1
expect "$(shown "$prog.trace")" \
	"execve faccessat lseek openat openat2 unlinkat " "a list"
expect "$(cat "$prog.raw")" "" "standard error"
FERRY_STRACE='!all,pipe2' "$ferry" --strace-file='&9' "$prog" \
	9>"$prog.trace" 2>"$prog.raw" || exit 1
expect "$(shown "$prog.trace")" "pipe2 " "a descriptor"
"$ferry" --strace=network "$prog" 2>"$prog.trace" || exit 1
expect "$(shown "$prog.trace" | grep -c 'bind connect.*sendto')" 1 "a class"
"$ferry" --strace=file,nosuch "$prog" 2>"$prog.raw"
expect "$?" 2 "a name that is none"
grep -q nosuch "$prog.raw"
