# common.sh - what the suites of Debian's programs share; sourced by their
# `run'. They set `suite', the name, and call init first and finish last.
#
# One line per result: `PASS', `FAIL', `SAME' (fails natively as well) or
# `SKIP' (this machine cannot do it), and the last line `N passed, N failed'.
# shellcheck shell=bash

export LC_ALL=C TZ=UTC

init()
{
	FERRY=$(realpath "${FERRY:-$top/build/ferry}")
	cache=${FERRY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ferry}
	if [ -n "${WORK:-}" ]; then
		mkdir -p "$WORK"
	else
		WORK=$(mktemp -d "${TMPDIR:-/tmp}/ferry-$suite.XXXXXX")
		trap 'rm -rf "$WORK"' EXIT
	fi
	results=$WORK/results
	: >"$results"
	begin=${EPOCHREALTIME/./}
}

finish()
{
	local passed failed

	passed=$(grep -c -E '^(PASS|SAME)' "$results")
	failed=$(grep -c '^FAIL' "$results")
	echo "in $(seconds "$begin") s; output is in $WORK"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

# guest PROGRAM ARG...: runs the sysroot's PROGRAM under ferry.
guest()
{
	local program=$1

	shift
	env -u LD_LIBRARY_PATH PATH=/usr/bin:/bin:/usr/sbin:/sbin \
		timeout -k 5 "${LIMIT:-300}" \
		"$FERRY" -L "$SYSROOT" "$program" "$@" </dev/null
}

seconds()
{
	local now=${EPOCHREALTIME/./}

	printf '%d.%02d' $(((now - $1) / 1000000)) \
		$(((now - $1) / 10000 % 100))
}

# report PASS|FAIL|SAME|SKIP NAME TIME [REASON]
report()
{
	printf '%-4s %-32s %8s s  %s\n' "$1" "$2" "$3" "${4:-}" |
		tee -a "$results"
}

why()
{
	grep -a -v '^[[:space:]]*$' "$1" | tail -n 1 | cut -c 1-100
}

# check NAME COMMAND...: passes if the command exits with 0. What it says with
# 77 is why it is skipped.
check()
{
	local name=$1 start=${EPOCHREALTIME/./} status

	shift
	mkdir -p "$WORK/$name"
	(cd "$WORK/$name" && "$@") >"$WORK/$name.out" 2>&1
	status=$?
	case $status in
	0)	report PASS "$name" "$(seconds "$start")" ;;
	77)	report SKIP "$name" "$(seconds "$start")" \
			"$(why "$WORK/$name.out")" ;;
	*)	report FAIL "$name" "$(seconds "$start")" \
			"status $status: $(why "$WORK/$name.out")" ;;
	esac
}
