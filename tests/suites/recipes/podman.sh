# podman.sh - podman builds an image for arm64 and runs it.
# shellcheck shell=bash
main()
{
	root_needed
	need podman aarch64-linux-gnu-gcc
	mkdir root
	aarch64-linux-gnu-gcc -static -O1 -o root/prog \
		"$top/tests/guest/start_prog.c"
	printf 'FROM scratch\nADD root /\nRUN ["/prog", "built"]\n%s\n' \
		'ENTRYPOINT ["/prog"]' >Containerfile
	UNSHARE="unshare -p -f -n -C --mount-proc" inside in_namespace
}

in_namespace()
{
	# A place of its own for everything, and cgroups as podman wants them.
	mount -t tmpfs none /run
	mkdir /run/lock
	mount -t cgroup2 none /sys/fs/cgroup || skip "no cgroup2"
	own="--root $PWD/storage --runroot $PWD/run --tmpdir $PWD/tmp
--storage-driver vfs --cgroup-manager cgroupfs --events-backend none"
	# shellcheck disable=SC2086
	prints "</prog> <built> /prog" podman $own build --isolation=chroot \
		--platform linux/arm64 -t prog .
	# No cgroups and limits that this namespace can set.
	# shellcheck disable=SC2086
	prints "</prog> <two> /prog" podman $own run --rm \
		--platform linux/arm64 --network=none --cgroups=disabled \
		--ulimit nofile=512:512 --ulimit nproc=1000:1000 prog two
}
