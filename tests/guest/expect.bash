# expect.bash - for tests of command lines; a failure sets status=1.
# shellcheck shell=bash disable=SC2034

# expect WANT COMMAND...: its output (standard error too) and exit status.
expect()
{
	local want=$1 got

	shift
	got=$("$@" 2>&1; echo "=$?")
	[ "$got" = "$want" ] && return
	echo "FAILED: $*: '$got', not '$want'"
	status=1
}

# has TEXT COMMAND...: TEXT is somewhere in its output.
has()
{
	local text=$1 got

	shift
	got=$("$@" 2>&1)
	[[ $got == *"$text"* ]] && return
	echo "FAILED: $*: '$got' has no '$text'"
	status=1
}
