#!/bin/bash
# rootfs.sh - ferry --rootfs: as the user that runs the tests and, if that is
# root, as another one too.

dir=${srcdir:-.}/tests/guest
ferry=$(realpath "${FERRY:-./ferry}")
cc=${A64_CC:-aarch64-linux-gnu-gcc}
unset FERRY_SYSROOT QEMU_LD_PREFIX

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
if ! unshare -U -m -r true 2>/dev/null; then
	echo "skipped: this kernel or container allows no user namespaces"
	exit 77
fi
# In /tmp, where every user may go; the build directory may be closed to some.
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
chmod 755 "$top"
"$cc" -static -O1 -o "$top/prog" "$dir/start_prog.c" || exit 1
cp "$ferry" "$top/ferry"
status=0

# as USER COMMAND...
as()
{
	if [ "$1" = "$(id -un)" ]; then
		"${@:2}"
	else
		setpriv --reuid="$1" --regid="$(id -g "$1")" --clear-groups \
			"${@:2}"
	fi
}

. "$dir/expect.bash"

# check USER
check()
{
	local user=$1 root=$top/$1/root

	mkdir -p "$root/bin" "$root/etc" "$top/$user/data"
	cp "$top/prog" "$root/bin/prog"
	echo inside >"$root/etc/resolv.conf"
	echo data >"$top/$user/data/file"
	# As debootstrap leaves it; and a link that would lead outside.
	ln -s /proc "$root/proc"
	ln -s "$top" "$root/outside"
	chown -R "$user" "$top/$user"
	cd "$top" || exit 99

	expect "in /: proc dev sys
=0" as "$user" ./ferry --rootfs "$root" /bin/prog root
	expect "0 0 secure 0
=0" as "$user" ./ferry --rootfs="$root" /bin/prog ids
	# PATH is the root's, the variables about the host's tree are gone.
	expect "<prog> <a> /bin/prog
=0" as "$user" env PATH=/bin FERRY_SYSROOT=/usr ./ferry \
		--rootfs="$root" prog a
	expect "<first> <last> /bin/prog
status 0
=0" as "$user" env FERRY_SYSROOT=/usr ./ferry --rootfs="$root" \
		/bin/prog run /bin/prog
	expect "<first> <last> /bin/prog
status 0
=0" as "$user" ./ferry --rootfs="$root" /bin/prog unmount /bin/prog
	# Mounts: what is missing is made, links stay inside, the working
	# directory is kept where it can be.
	cd "$top/$user/data" || exit 99
	expect "in $top/$user/data: proc dev sys
=0" as "$user" "$top/ferry" --rootfs="$root" \
		--bind "$top/$user/data" /bin/prog root
	cd /usr || exit 99
	expect "in /: proc dev sys
=0" as "$user" "$top/ferry" --rootfs="$root" \
		--bind "$top/$user/data:/outside/x" \
		--bind "$top/$user/data/file:/a/b" /bin/prog root
	if [ ! -d "$root$top/x" ] || [ -e "$top/x" ] || [ -d "$root/a/b" ] ||
	   [ ! -e "$root/a/b" ]; then
		echo "FAILED: mount points of $user"
		status=1
	fi
	# Nothing stays mounted.
	if grep -q " $root" /proc/self/mounts; then
		echo "FAILED: mounts of $user are left"
		status=1
	fi
	# Errors are one line.
	expect "ferry: $root/none: No such file or directory
=2" as "$user" "$top/ferry" --rootfs="$root/none" /bin/prog
	expect "ferry: --bind /none:/x: No such file or directory
=1" as "$user" "$top/ferry" --rootfs="$root" --bind /none:/x /bin/prog
	expect "ferry: --bind x: not of the form /SRC[:/DST]
=2" as "$user" "$top/ferry" --rootfs="$root" --bind x /bin/prog
	expect "ferry: --bind needs --rootfs
=2" as "$user" "$top/ferry" --bind /x /bin/prog
	expect "ferry: --rootfs and -L exclude each other
=2" as "$user" "$top/ferry" --rootfs="$root" -L /usr /bin/prog
	expect "ferry: /bin/none: No such file or directory
=127" as "$user" "$top/ferry" --rootfs="$root" /bin/none
}

check "$(id -un)"
if [ "$(id -u)" -eq 0 ]; then
	check nobody
	# Where namespaces are not allowed: a limit of the kernel's own, in a
	# namespace where it may be set.
	has "refuses a user namespace" unshare -U -r bash -c \
		'echo 0 >/proc/sys/user/max_user_namespaces
		exec setpriv --bounding-set -all --inh-caps -all "$0" \
			--rootfs "$1" /bin/prog' "$top/ferry" "$top/root/root"
fi
exit $status
