# recipe.sh NAME - one recipe: NAME.sh, with these functions.
#
# It fails if a command does, and skips with a reason and status 77.
# shellcheck shell=bash
set -eu -o pipefail

skip()
{
	echo "skipped: $*"
	exit 77
}

need()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "no $tool"
	done
}

root_needed()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# prints TEXT COMMAND...: TEXT is in what the command prints.
prints()
{
	local text=$1 out

	shift
	out=$("$@" 2>&1) || { echo "$out"; echo "FAILED: $*"; exit 1; }
	[[ $out == *"$text"* ]] || {
		echo "$out"
		echo "FAILED: $* did not print '$text'"
		exit 1
	}
}

# inside FUNCTION: as root of namespaces, with ferry registered there. What
# UNSHARE says besides.
inside()
{
	# shellcheck disable=SC2086
	IDS=${IDS:-200000} bash "$top/tests/in-namespace" ${UNSHARE:-env} \
		bash -eu "$here/recipe.sh" "$recipe" "$1"
}

# unregistered COMMAND...: where the kernel starts no guest programs, also if
# this machine's does.
unregistered()
{
	if ! grep -qs '^enabled' /proc/sys/fs/binfmt_misc/*aarch64*; then
		"$@"
		return
	fi
	# shellcheck disable=SC2016
	bash "$top/tests/in-namespace" sh -c '
		mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
		exec "$@"' sh "$@"
}

# The machine's Debian mirror and suite, in $mirror and $suite.
mirror()
{
	mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources 2>/dev/null | sed -n \
		's/^\(deb\|URIs:\)[^#]*[[:space:]]\([a-z]*:[^ ]*[/]debian\)[/]\{0,1\}\( .*\)\{0,1\}$/\2/p' |
		head -n 1) || :
	suite=bookworm
	[ -n "$mirror" ] || skip "no Debian package source"
}

buildd()
{
	[ -f "$BUILDD" ] || skip "no root file system; recipe mmdebstrap makes it"
}

# A small source package of Debian's, in the directory.
source_package()
{
	local apt="-q -o Dir::State::Lists=$PWD/lists -o Dir::Cache=$PWD/apt"

	mirror
	mkdir -p lists/partial apt none
	echo "deb-src $mirror $suite main" >apt/sources.list
	apt="$apt -o Dir::Etc::SourceParts=$PWD/none -o APT::Sandbox::User=root"
	apt="$apt -o Dir::Etc::SourceList=$PWD/apt/sources.list"
	# shellcheck disable=SC2086
	apt-get $apt update >apt.log 2>&1 &&
	apt-get $apt source --download-only hostname >>apt.log 2>&1 ||
		skip "no source packages"
}

recipe=$1
if [ $# -gt 1 ]; then
	mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
	"$FERRY" binfmt install >/dev/null
fi
# shellcheck disable=SC1090
. "$here/$recipe.sh"
${2:-main}
