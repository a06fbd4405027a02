# kubernetes.sh - podman plays the pod of the DaemonSet: its first container
# registers ferry with the machine, and the other goes on.
# shellcheck shell=bash
main()
{
	root_needed
	need podman catatonit python3 gcc aarch64-linux-gnu-gcc
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	mkdir -p installer/usr/bin pause
	cp "$FERRY" installer/usr/bin/ferry
	aarch64-linux-gnu-gcc -static -O1 -o prog \
		"$top/tests/guest/start_prog.c"
	echo '#include <unistd.h>
		int main(void) { for (;;) pause(); }' >pause.c
	gcc -static -o pause/pause pause.c
	printf 'FROM scratch\nCOPY pause /\nENTRYPOINT ["/pause"]\n' >Pause
	# Limits want controllers, which this namespace has not.
	python3 - "$top/examples/recipes/daemonset.yaml" >pod.yaml <<-'END'
		import sys, yaml
		pod = yaml.safe_load(open(sys.argv[1]))["spec"]["template"]
		pod.update(apiVersion="v1", kind="Pod")
		pod["metadata"]["name"] = "ferry"
		for container in pod["spec"]["containers"]:
		    del container["resources"]
		yaml.safe_dump(pod, sys.stdout)
	END
	UNSHARE="unshare -p -f -n -C --mount-proc --kill-child" \
		inside in_namespace
}

in_namespace()
{
	local image

	"$FERRY" binfmt uninstall
	mount -t tmpfs none /run
	mkdir /run/lock empty
	mount -t cgroup2 none /sys/fs/cgroup || skip "no cgroup2"
	own="--root $PWD/storage --runroot $PWD/run --tmpdir $PWD/tmp
--storage-driver vfs --cgroup-manager cgroupfs --events-backend none"
	image=$(sed -n 's/^ *image: \(.*ferry.*\)/\1/p' pod.yaml)
	# shellcheck disable=SC2086
	podman $own build --isolation=chroot -t "$image" \
		-f "$top/examples/installer/Containerfile" installer
	image=$(sed -n 's/^.* image: \(.*pause.*\)/\1/p' pod.yaml)
	# shellcheck disable=SC2086
	podman $own build --isolation=chroot -t "$image" -f Pause pause
	cd empty
	# shellcheck disable=SC2086
	podman $own play kube --network none ../pod.yaml
	# shellcheck disable=SC2086
	prints "Up " podman $own ps --filter name=ferry-pause
	prints "enabled, /usr/bin/ferry, flags F" "$FERRY" binfmt status
	prints "</prog> <a> /prog" chroot .. /prog a
	# shellcheck disable=SC2086
	podman $own pod rm -f -t 0 ferry
	prints "enabled, /usr/bin/ferry, flags F" "$FERRY" binfmt status
}
