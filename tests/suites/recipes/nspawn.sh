# nspawn.sh - systemd-nspawn of a foreign root: a command with its children, and
# with -b the root's own systemd. The machine needs none for either.
# shellcheck shell=bash
main()
{
	root_needed
	need systemd-nspawn
	buildd
	UNSHARE="unshare -p -f -n -C --mount-proc --kill-child" \
		inside in_namespace
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

	# The same by its own systemd, which says what it has started.
	printf '%s\n' '[Unit]' 'After=systemd-logind.service' '[Service]' \
		'Type=oneshot' 'StandardOutput=file:/report' \
		'ExecStart=-/bin/sh -c "uname -m; systemctl is-active dbus \
systemd-journald systemd-logind; busctl status org.freedesktop.login1"' \
		'ExecStart=/bin/systemctl poweroff' \
		>root/etc/systemd/system/report.service
	mkdir -p root/etc/systemd/system/default.target.wants
	ln -s ../report.service root/etc/systemd/system/default.target.wants
	mount -t cgroup2 none /sys/fs/cgroup || skip "no cgroup2"
	timeout 120 systemd-nspawn -q -D root --register=no --keep-unit -b \
		--resolv-conf=off --console=pipe
	cat root/report
	[ "$(head -n 4 root/report | tr '\n' ' ')" = \
		"aarch64 active active active " ]
	grep -q "Unit=systemd-logind.service" root/report
}
