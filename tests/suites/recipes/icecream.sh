# icecream.sh - an arm64 machine, by its programs, has the amd64 machine's
# cross compiler do what its own would do under ferry.
# shellcheck shell=bash disable=SC2086
main()
{
	local sysroot=$PWD/../icecream-sysroot

	root_needed
	need icecc iceccd icecc-scheduler icecc-create-env ip
	need aarch64-linux-gnu-gcc aarch64-linux-gnu-g++
	sh "$here/../mksysroot" "$sysroot" icecc gcc libc6-dev \
		coreutils dash
	cp -r "$sysroot" root
	mkdir -p root/tmp root/proc root/dev root/var/run/icecc
	echo "icecc:x:0:0::/:/bin/sh" >>root/etc/passwd
	icecc-create-env --gcc "$(command -v aarch64-linux-gnu-gcc)" \
		"$(command -v aarch64-linux-gnu-g++)"
	mv ./*.tar.gz root/tmp/cross.tar.gz
	cp "$top/examples/recipes/cross/sum.c" root/tmp
	UNSHARE="unshare -p -f -n --mount-proc --kill-child" inside in_namespace
}

# Two machines, for a scheduler knows them by their addresses.
in_namespace()
{
	local farm="-s 10.0.0.1 -n recipe -vvv" guest

	mount -t tmpfs none /run
	mkdir -m 777 /run/icecc logs
	mount --rbind /dev root/dev
	mount --rbind /proc root/proc
	mkfifo go
	unshare -n sh -c 'read -r line <go; ip link set lo up
		ip link set guest up; ip addr add 10.0.0.2/24 dev guest
		exec "$@"' sh \
		chroot root /usr/sbin/iceccd $farm -N guest --no-remote \
		-b /tmp/base >guest.log 2>&1 &
	guest=$!
	ip link set lo up
	ip link add host type veth peer name guest netns $guest
	ip addr add 10.0.0.1/24 dev host
	ip link set host up
	icecc-scheduler -n recipe -vvv -l $PWD/logs/scheduler &
	iceccd $farm -N host -m 2 -b /run/icecc/base -l $PWD/logs/host &
	echo >go
	# shellcheck disable=SC2034
	for try in $(seq 60); do
		[ "$(cat logs/* | grep -c "login .* protocol")" -eq 2 ] &&
			break
		sleep 0.5
	done
	nsenter -n -t $guest chroot root env ICECC_VERSION=x86_64:/tmp/cross.tar.gz \
		ICECC_DEBUG=debug sh -c 'cd /tmp && icecc gcc -O2 -c sum.c' \
		>client.log 2>&1
	cat client.log logs/* guest.log
	grep -q "Remote compilation completed with exit code 0" logs/host
	prints "aarch64 6" chroot root sh -c \
		'cd /tmp && gcc -o sum sum.o && ./sum 1 2 3'
}
