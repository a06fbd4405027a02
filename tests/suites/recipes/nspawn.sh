# nspawn.sh - systemd-nspawn of a foreign root. Only what needs no systemd on
# the machine is tried: one command, and its children.
# shellcheck shell=bash
main()
{
	root_needed
	need systemd-nspawn
	buildd
	UNSHARE="unshare -p -f -n --mount-proc" inside in_namespace
}

in_namespace()
{
	mount -t tmpfs none /run
	mkdir root
	tar -C root -xf "$BUILDD"
	prints "aarch64 of PID 2, 3 packages" systemd-nspawn -q -D root \
		--register=no --keep-unit --as-pid2 --resolv-conf=off \
		/bin/sh -c 'n=$(dpkg -l dpkg gcc make | grep -c ^ii)
			echo "$(uname -m) of PID $$, $n packages"'
}
