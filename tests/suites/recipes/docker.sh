# docker.sh - dockerd's BuildKit builds an image for arm64 and dockerd runs it,
# after the installer's image (examples/installer) registered ferry; and
# BuildKit does so where nothing is registered.
# shellcheck shell=bash disable=SC2086
main()
{
	root_needed
	need dockerd docker containerd runc aarch64-linux-gnu-gcc
	mkdir -p root installer/usr/bin emulator
	aarch64-linux-gnu-gcc -static -O1 -o root/prog \
		"$top/tests/guest/start_prog.c"
	printf 'FROM scratch\nADD root /\nRUN ["/prog", "run", "/prog"]\n%s\n' \
		'ENTRYPOINT ["/prog"]' >Dockerfile
	cp "$FERRY" installer/usr/bin/ferry
	cp "$FERRY" emulator/buildkit-qemu-aarch64
	UNSHARE="unshare -p -f -n -C --mount-proc --kill-child" \
		inside in_namespace
}

daemon()
{
	dockerd --data-root "$PWD/data" --exec-root /run/docker \
		--pidfile /run/docker.pid --host "$DOCKER_HOST" \
		--storage-driver vfs --bridge none --iptables=false \
		--ip6tables=false --ip-forward=false >>daemon.log 2>&1 &
	daemon=$!
	# shellcheck disable=SC2034
	for try in $(seq 120); do
		docker version >/dev/null 2>&1 && return
		kill -0 $daemon || break
		sleep 0.5
	done
	tail -n 20 daemon.log
	return 1
}

build()
{
	docker build --progress plain --network none --no-cache "$@"
}

in_namespace()
{
	local misc=/proc/sys/fs/binfmt_misc
	local run="docker run --rm --network none"

	mount -t tmpfs none /run
	mount -t cgroup2 none /sys/fs/cgroup || skip "no cgroup2"
	export DOCKER_HOST=unix:///run/docker.sock DOCKER_BUILDKIT=1
	export DOCKER_CONFIG=$PWD/config
	# Others than Debian's have no BuildKit without the package buildx.
	docker buildx version >/dev/null 2>&1 || PATH=/usr/bin:$PATH
	! docker build --help 2>&1 | grep -q "buildx component" ||
		skip "docker has no BuildKit"

	"$FERRY" binfmt uninstall
	PATH=$PWD/emulator:$PATH daemon
	prints "<first> <last> /prog" build --platform linux/arm64 .
	kill $daemon
	wait $daemon || :

	daemon
	build -t binfmt -f "$top/examples/installer/Containerfile" installer
	# As the workflow does it.
	prints "registered, /usr/bin/ferry" env FERRY_IMAGE=binfmt sh -c "$(
		sed -n 's/^ *run: \(docker run --privileged\)/\1/p' \
		"$top/examples/recipes/github-actions.yml")"
	prints "<first> <last> /prog" build --platform linux/arm64 -t prog .
	prints "</prog> <two> /prog" $run --platform linux/arm64 prog two
	prints "in /src: proc dev sys" $run --platform linux/arm64 \
		-v "$PWD:/src" -w /src prog root
	prints '"linux/arm64"' $run --privileged -v $misc:/binfmt_misc binfmt
	prints "removed" $run --privileged -v $misc:/binfmt_misc binfmt \
		--uninstall arm64
	kill $daemon
	wait $daemon || :
}
