# pbuilder.sh - the same package by pbuilder.
# shellcheck shell=bash
main()
{
	root_needed
	need pbuilder gzip
	buildd
	source_package
	inside in_namespace
}

in_namespace()
{
	mkdir bin hooks build result
	gzip -1 <"$BUILDD" >base.tgz
	# Only whole trees of mounts can be seen from a user namespace:
	# /proc and /dev with all that is mounted there.
	cat >bin/mount <<-'END'
		#!/bin/sh
		for dir; do :; done
		exec /bin/mount --rbind "/${dir##*/}" "$dir"
	END
	printf '#!/bin/sh\nexec /bin/umount -l "$@"\n' >bin/umount
	printf '#!/bin/sh\nexec apt-get -q update\n' >hooks/D10update
	chmod +x bin/* hooks/*
	cat >rc <<-END
		PATH=$PWD/bin:\$PATH
		BUILDPLACE=$PWD/build
		HOOKDIR=$PWD/hooks
		USEPROC=no USESYSFS=no USEDEVPTS=no USESHM=no
		BINDMOUNTS="/proc /dev"
		USENETWORK=yes
		APTCACHE=
		PBUILDERSATISFYDEPENDSCMD=/usr/lib/pbuilder/pbuilder-satisfydepends-apt
	END
	HOME=$PWD pbuilder build --configfile rc --basetgz base.tgz \
		--architecture arm64 --host-arch arm64 --buildresult result \
		hostname_*.dsc
	prints "Architecture: arm64" dpkg-deb -I result/hostname_*_arm64.deb
}
