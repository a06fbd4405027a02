# mmdebstrap.sh - a Debian for arm64 that can build packages.
# shellcheck shell=bash
main()
{
	root_needed
	need mmdebstrap arch-test
	mirror
	export mirror suite
	[ -f "$BUILDD" ] || inside make_it
	# Without its devices: nobody may make them in a user namespace.
	tar -tf "$BUILDD" >list
	grep -qx ./usr/lib/aarch64-linux-gnu/libc.so.6 list
	grep -qx ./usr/bin/dpkg-buildpackage list
}

make_it()
{
	prints "arm64: ok" arch-test arm64
	mmdebstrap --arch=arm64 --variant=buildd --mode=root \
		--skip=output/dev --skip=cleanup/apt/lists \
		"$suite" "$BUILDD.new.tar" "$mirror"
	mv "$BUILDD.new.tar" "$BUILDD"
}
