# lib.sh - sourced by the scripts of the parts: they end with 0 if all was as
# it should be.
# shellcheck shell=bash

export LC_ALL=C TZ=UTC HOME=$PWD

# guest PROGRAM ARG...: the program under ferry, with our standard input.
guest()
{
	# RUN is a command with its arguments.
	# shellcheck disable=SC2086
	env -u LD_LIBRARY_PATH \
		PATH=/usr/lib/postgresql/15/bin:/usr/lib/go-1.19/bin:/usr/bin:/bin:/usr/sbin:/sbin \
		${RUN:-$FERRY -L $SYSROOT} "$@"
}

# expect WHAT GOT WANT
expect()
{
	if [ "$2" = "$3" ]; then
		echo "ok: $1"
	else
		echo "$1: got '$2', not '$3'"
		exit 1
	fi
}

# retry SECONDS COMMAND...: until it succeeds.
retry()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			echo "in vain: $*"
			return 1
		fi
		sleep 0.2
	done
}

# in_background COMMAND...: ended when the script ends; $! is its process.
in_background()
{
	"$@" &
	background="${background:-} $!"
}

# exec, so that $! is the guest.
guest_exec()
{
	# shellcheck disable=SC2086
	exec env -u LD_LIBRARY_PATH PATH=/usr/bin:/bin:/usr/sbin:/sbin \
		${RUN:-$FERRY -L $SYSROOT} "$@"
}

end_background()
{
	local pid

	for pid in ${background:-}; do
		kill -9 "$pid" 2>/dev/null || :
	done
}
trap end_background EXIT
trap 'exit 124' TERM

java_home()
{
	if [ -n "$RUN" ] && [ "$(guest /usr/bin/uname -m)" = x86_64 ]; then
		echo /usr/lib/jvm/java-17-openjdk-amd64
	else
		echo /usr/lib/jvm/java-17-openjdk-arm64
	fi
}
