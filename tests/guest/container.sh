#!/bin/bash
# container.sh - an image for arm64, built by buildah with ferry registered,
# from a root file system made here: static and dynamic programs, children,
# what earlier steps left. Then the image's program, run from a container.

dir=$(cd "${srcdir:-.}/tests/guest" && pwd)
cc=${A64_CC:-aarch64-linux-gnu-gcc}

if [ "$1" != inside ]; then
	FERRY=$(realpath "${FERRY:-./ferry}")
	if ! command -v "$cc" >/dev/null 2>&1; then
		echo "skipped: no cross compiler ($cc)"
		exit 77
	fi
	if ! command -v buildah >/dev/null 2>&1; then
		echo "skipped: no buildah"
		exit 77
	fi
	if [ "$(id -u)" -ne 0 ]; then
		echo "skipped: not root, and buildah wants many user ids"
		exit 77
	fi
	out=$(mktemp -d)
	trap 'rm -rf "$out"' EXIT
	export FERRY out
	bash "$dir/../in-namespace" bash "$0" inside
	exit
fi

cd "$out" || exit 99
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 99
root=$out/context/root
mkdir -p "$root/bin" "$root/lib" "$root/etc" "$root/proc"
"$cc" -static -O1 -o "$root/bin/static" "$dir/start_prog.c" &&
"$cc" -O1 -o "$root/bin/dynamic" "$dir/start_prog.c" || exit 1
for lib in ld-linux-aarch64.so.1 libc.so.6; do
	cp -L "$("$cc" -print-file-name=$lib)" "$root/lib/" || exit 1
done
cat >context/Containerfile <<'END'
FROM scratch
ADD root /
RUN ["/bin/static", "one", "two three"]
ENV PATH=/bin
WORKDIR /work
RUN ["dynamic", "root"]
RUN ["/bin/dynamic", "run", "../bin/static"]
ENTRYPOINT ["/bin/dynamic"]
END

"$FERRY" binfmt install --flags=PF >/dev/null || exit 1
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
buildah()
{
	command buildah --root "$out/storage" --runroot "$out/run" "$@"
}

status=0
if ! buildah bud --arch arm64 -t image context >log 2>&1; then
	echo "FAILED: the build"
	tail -n 20 log
	exit 1
fi
for line in "<one> <two three> /bin/static" "in /work: proc dev sys" \
	"<first> <last> ../bin/static" "status 0"; do
	grep -qF "$line" log && continue
	echo "FAILED: the build did not print '$line'"
	status=1
done
arch=$(buildah inspect --type image --format '{{.OCIv1.Architecture}}' image)
if [ "$arch" != arm64 ]; then
	echo "FAILED: the image is for $arch"
	status=1
fi
container=$(buildah from --arch arm64 image) || exit 1
got=$(buildah run "$container" /bin/dynamic run /bin/static 2>&1)
if [ "$got" != "<first> <last> /bin/static
status 0" ]; then
	echo "FAILED: in a container: '$got'"
	status=1
fi

# The image that installs ferry.
mkdir -p installer/usr/bin
cp "$FERRY" installer/usr/bin/ferry
"$FERRY" binfmt uninstall >/dev/null
buildah bud -t installer -f "$dir/../../examples/installer/Containerfile" \
	installer >log2 2>&1 || cat log2
container=$(buildah from installer) || exit 1
# buildah shows /proc/sys read-only, and the registrations with it: here they
# are the namespace's, which it may be given.
mounted()
{
	buildah run -v /proc/sys/fs/binfmt_misc:/proc/sys/fs/binfmt_misc \
		"$container" /usr/bin/ferry binfmt "$@" 2>&1
}

got=$(mounted --install all)
[[ $got == *"registered, /usr/bin/ferry, flags F"* ]] || {
	echo "FAILED: --install all: '$got'"
	status=1
}
got=$("$root/bin/static" from outside 2>&1)
[ "$got" = "<$root/bin/static> <from> <outside> $root/bin/static" ] || {
	echo "FAILED: after --install all: '$got'"
	status=1
}
"$FERRY" binfmt uninstall >/dev/null

# As BuildKit does it without binfmt_misc: the emulator is put into the root
# and in front of the command, children are its own business.
mkdir -p "$root/dev" "$root/work/sub"
cp "$FERRY" "$root/dev/.buildkit_qemu_emulator"
printf '#!/bin/dynamic word\n' >"$root/work/script"
chmod +x "$root/work/script"
mount --rbind /proc "$root/proc" || exit 99
# emulated WANT DIR COMMAND...
emulated()
{
	got=$(PATH=/bin /usr/bin/unshare --root "$root" --wd "$2" \
		/dev/.buildkit_qemu_emulator "${@:3}" 2>&1)
	[ "$got" = "$1" ] && return
	echo "FAILED: emulator ${*:3}, in $2: '$got', not '$1'"
	status=1
}

emulated "<dynamic> <a> /bin/dynamic" / dynamic a
emulated "<first> <last> ../../bin/static
status 0" /work/sub ../../bin/dynamic run ../../bin/static
emulated "</bin/dynamic> <word> <./script> <1> ./script" /work ./script 1
emulated "</bin/dynamic> <word> <script> <last> script
status 0" /work static run script
[ $status -eq 0 ] || cat log
exit $status
