#!/bin/sh
# layout.sh - what system calls pass is laid out alike on both machines, but
# for what syscall/ translates: layout_prog.c, compiled for both.

dir=${srcdir:-.}/tests/syscalls
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
mkdir -p "$out" || exit 99
prog=$out/syscalls-layout
"$cc" -static -w -o "$prog" "$dir/layout_prog.c" || exit 1
${CC:-cc} -w -o "$prog.native" "$dir/layout_prog.c" || exit 1
"$prog.native" >"$prog.expect" && "$ferry" "$prog" >"$prog.out" || exit 1
# Names that differ: with the structure, its fields.
diff "$prog.expect" "$prog.out" |
	sed -n 's/^< [a-z]* \(struct \)\{0,1\}\([A-Za-z_]*\).*/\2/p' | LC_ALL=C sort -u |
	tr '\n' ' ' >"$prog.diff"
want="O_DIRECT O_DIRECTORY O_NOFOLLOW epoll_event loop_info semid_ds stat ucontext_t "
if [ "$(LC_ALL=C cat "$prog.diff")" != "$want" ]; then
	echo "FAILED: different are: $(cat "$prog.diff")"
	exit 1
fi
