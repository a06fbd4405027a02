#!/bin/sh
# coredump.sh - core files of guests: when they are written, the wait status
# that tells of them, and what gdb-multiarch reads in them.
#
# Environment: FERRY, A64_CC, TEST_OUT as in run-guest.

src=$(cd "$(dirname "$0")" && pwd)/coredump_prog.c
ferry=$(realpath "${FERRY:-./ferry}")
cc=${A64_CC:-aarch64-linux-gnu-gcc}
out=${TEST_OUT:-tests/out}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
pattern=$(cat /proc/sys/kernel/core_pattern)
case $pattern in
core|core.%p|core.%e.%p) ;;
*)
	echo "skipped: core_pattern is '$pattern', not a file in the directory"
	exit 77
esac
if ! ulimit -c unlimited 2>/dev/null; then
	echo "skipped: the hard limit of core files is too low"
	exit 77
fi
mkdir -p "$out" || exit 99
dir=$(mktemp -d "$out/core.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
prog=$(realpath "$dir")/prog
"$cc" -static -g -O1 -fno-omit-frame-pointer -o "$prog" "$src" || exit 99
cd "$dir" || exit 99

fail()
{
	echo "FAILED at threshold $threshold: $*"
	exit 1
}

# status HOW EXPECTED: the wait status of a child, and that the file is there
# exactly if the status says so.
status()
{
	rm -f core*
	got=$("$ferry" "$prog" child "$1" 2>err)
	[ "$got" = "$2" ] || fail "$1: $got, not $2"
	# shellcheck disable=SC2144
	case $2 in
	*core) [ -f core* ] || fail "$1: no file" ;;
	*) [ ! -e core* ] || fail "$1: there is a file" ;;
	esac
	[ "$(find . -name '*.ferry-*')" = "" ] || fail "$1: left a file behind"
}

with_gdb()
{
	gdb-multiarch -batch -nx -ex "set pagination off" "$@" "$prog" core* \
		>gdb.out 2>&1
}

# has TEXT...: lines that gdb must have printed.
has()
{
	for text; do
		grep -q "$text" gdb.out ||
			{ cat gdb.out; fail "gdb does not say: $text"; }
	done
}

for threshold in 0 1; do
	FERRY_THRESHOLD=$threshold
	export FERRY_THRESHOLD

	status segv "signal 11 core"
	grep -q "^ferry: uncaught target signal 11 (Segmentation fault) - core\
 dumped" err || fail "the message: $(cat err)"
	status quit "signal 3 core"
	# What was sent is told to a terminal only.
	[ ! -s err ] || fail "SIGQUIT: $(cat err)"
	status xcpu "signal 24 core"
	status term "signal 15"
	[ ! -s err ] || fail "SIGTERM: $(cat err)"
	status private "signal 11"
	status abort "signal 6 core"
	[ ! -s err ] || fail "SIGABRT: $(cat err)"
	if command -v script >/dev/null; then
		script -qec "'$ferry' '$prog' abort" /dev/null 2>&1 </dev/null |
			grep -q "signal 6 (Aborted) - core dumped" ||
			fail "nothing is told to a terminal"
	fi
	[ -z "$(ls | grep -v '^core\|^prog$\|^err$\|^gdb.out$')" ] ||
		fail "files left: $(ls)"
	(ulimit -S -c 0; status segv "signal 11") || exit 1
	# A limit cuts the file off.
	(ulimit -S -c 16; status segv "signal 11 core"
	[ "$(stat -c %s core*)" -le 16384 ] || fail "limit: $(ls -l)") ||
		exit 1
	command -v gdb-multiarch >/dev/null || continue

	status segv "signal 11 core"
	with_gdb -ex bt -ex "info registers x20 pc cpsr" -ex "p marker" \
		-ex "p \$_siginfo._sifields._sigfault.si_addr" \
		-ex "p \$d8" -ex "info auxv" -ex "info proc mappings"
	has "SIGSEGV" "^#0 .* inner (a=.*)" "^#1 .* outer (depth=.*0)" \
		"^#4 .* outer (depth=.*3)" "^#5 .* die (how=" \
		"^#6 .* main (argc=" "^x20 *0x2020202020202020" \
		"^cpsr *0x60000000" " = 1234605616436508552" \
		"(void \*) 0x8" " = {f = 1.5" "AT_ENTRY" "/prog$"

	status threads "signal 11 core"
	with_gdb -ex "thread apply all bt"
	has "inner" "spinner" "sleeper" "LWP"
	[ "$(grep -c '^Thread [0-9]' gdb.out)" = 3 ] ||
		{ cat gdb.out; fail "not three threads"; }

	status dontdump "signal 11 core"
	with_gdb -ex "x/1xb 0x5500000003"
	has "0x5500000003:.*0x00"	# 0x68 in the process
done
if ! command -v gdb-multiarch >/dev/null; then
	echo "skipped: no gdb-multiarch to read the files with"
	exit 77
fi
exit 0
