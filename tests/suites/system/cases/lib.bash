# lib.bash - what the cases share; sourced by them, in the root.
# shellcheck shell=bash

cd /root || exit 99
umount -l /host && rmdir /host || exit 99
ip link set lo up

# try COMMAND...: says what it does, does it, and says its status if not 0.
try()
{
	echo "\$ $*"
	"$@" 2>&1
	local status=$?
	[ $status -eq 0 ] || echo "= $status"
}

# sh COMMANDS: the same of a line of shell.
sh()
{
	echo "\$ $1"
	bash -c "$1" 2>&1
	local status=$?
	[ $status -eq 0 ] || echo "= $status"
}

# await COMMAND...: until it succeeds.
await()
{
	local i

	for ((i = 0; i < 600; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "waited for in vain: $*"
	exit 1
}

skip()
{
	echo "$*"
	exit 77
}
