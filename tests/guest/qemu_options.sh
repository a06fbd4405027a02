#!/bin/bash
# qemu_options.sh - qemu-user's command lines and variables, as scripts have
# them; and a dynamic linker that is found without -L.

dir=${srcdir:-.}/tests/guest
ferry=$(realpath "${FERRY:-./ferry}")
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}/qemu_options

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
rm -rf "$out" && mkdir -p "$out" || exit 99
prog=$out/prog
"$cc" -static -O1 -o "$prog" "$dir/start_prog.c" || exit 1
status=0

. "$dir/expect.bash"

plain="<$prog> <a> $prog
=0"
expect "$plain" "$ferry" -R 0x100000000 -B 0x0 -p 4096 -one-insn-per-tb \
	-tb-size 16 -singlestep -seed 1 -s 8M -cpu max "$prog" a
expect "$plain" "$ferry" -d cpu,nochain,page -D "$out/log" "$prog" a
expect "$plain" env QEMU_RESERVED_VA=1 QEMU_GUEST_BASE=0 QEMU_RAND_SEED=2 \
	QEMU_STACK_SIZE=8388608 QEMU_CPU=cortex-a53 QEMU_TB_SIZE=8 \
	QEMU_UNAME=6.1.0 QEMU_SET_ENV=A=1,B=2 QEMU_UNSET_ENV=C "$ferry" \
	"$prog" a
expect "<zero> $prog
=0" "$ferry" -0 zero "$prog"
expect "<zero> $prog
=0" env QEMU_ARGV0=zero "$ferry" "$prog"
expect "ferry: -g 1234: there is no gdb server yet
=2" "$ferry" -g 1234 "$prog"
expect "ferry: -seed x: not a number
=2" "$ferry" -seed x "$prog"
expect "ferry: unknown option -nonsense (try ferry -h)
=2" "$ferry" -nonsense "$prog"
for trace in "-strace" "-d strace"; do
	# shellcheck disable=SC2086
	"$ferry" $trace "$prog" 2>&1 >/dev/null | grep -q 'exit_group(0)' || {
		echo "FAILED: $trace"
		status=1
	}
done
QEMU_STRACE=1 "$ferry" "$prog" 2>&1 >/dev/null | grep -q 'exit_group(0)' || {
	echo "FAILED: QEMU_STRACE"
	status=1
}

# The same seed, the same addresses.
cat >"$out/where.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
int main(void)
{
	printf("%p %p %lx\n", (void *)&main, malloc(1),
	       *(unsigned long *)getauxval(AT_RANDOM));
	return 0;
}
END
"$cc" -static-pie -O1 -o "$out/where" "$out/where.c" || exit 1
for seed in 1 2; do
	a=$("$ferry" -seed $seed "$out/where")
	b=$("$ferry" -seed $seed "$out/where")
	[ "$a" = "$b" ] || {
		echo "FAILED: -seed $seed: $a and $b"
		status=1
	}
done
[ "$a" != "$("$ferry" -seed 1 "$out/where")" ] || {
	echo "FAILED: two seeds, the same addresses"
	status=1
}

# Debian's cross libraries.
if [ -e /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 ] &&
   [ ! -e /lib/ld-linux-aarch64.so.1 ]; then
	"$cc" -O1 -o "$out/dynamic" "$dir/start_prog.c" || exit 1
	expect "<first> <last> $out/dynamic
status 0
=0" "$ferry" "$out/dynamic" run "$out/dynamic"
fi
exit $status
