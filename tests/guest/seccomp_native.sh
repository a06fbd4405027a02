#!/bin/sh
# seccomp_native.sh - a guest's filters hold for the native programs that it
# executes: by path, by descriptor, as a script's interpreter.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
"$cc" -static -O1 -o "$tmp/guest" "$dir/seccomp_native_prog.c" || exit 1
${CC:-cc} -static -O1 -o "$tmp/native" "$dir/seccomp_native_prog.c" || exit 1
printf '#!%s/native ok\n' "$tmp" >"$tmp/script"
echo "no program" >"$tmp/text"
chmod +x "$tmp/script" "$tmp/text"
status=0

# expect STATUS PROGRAM ARG
expect()
{
	"$ferry" "$tmp/guest" "$tmp/$2" "$3" >"$tmp/out" 2>&1
	got=$?
	if [ $got -ne "$1" ]; then
		echo "FAILED: $2 $3: status $got, not $1"
		cat "$tmp/out"
		status=1
	fi
}

expect 7 native path
expect 7 native fexecve
expect 7 script path
expect 7 text text
expect 159 native kill
exit $status
