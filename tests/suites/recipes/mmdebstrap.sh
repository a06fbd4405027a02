# mmdebstrap.sh - a Debian for arm64 that can build packages, and boot.
# shellcheck shell=bash
main()
{
	root_needed
	need mmdebstrap arch-test
	mirror
	export mirror suite
	tar -tf "$BUILDD" >list 2>/dev/null || :
	grep -qx ./usr/lib/systemd/systemd list || inside make_it
	# Without its devices: nobody may make them in a user namespace.
	tar -tf "$BUILDD" >list
	grep -qx ./usr/lib/aarch64-linux-gnu/libc.so.6 list
	grep -qx ./usr/bin/dpkg-buildpackage list
}

make_it()
{
	prints "arm64: ok" arch-test arm64
	mmdebstrap --arch=arm64 --variant=buildd --mode=root \
		--include=systemd-sysv,dbus \
		--skip=output/dev --skip=cleanup/apt/lists \
		"$suite" "$BUILDD.new.tar" "$mirror"
	mv "$BUILDD.new.tar" "$BUILDD"
}
