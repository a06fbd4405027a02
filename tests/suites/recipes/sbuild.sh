# sbuild.sh - sbuild --chroot-mode=unshare, which needs no root: a package of
# Debian's, built from source as a user of these namespaces.
# shellcheck shell=bash
main()
{
	root_needed
	need sbuild setpriv aarch64-linux-gnu-gcc
	buildd
	source_package
	inside in_namespace
}

in_namespace()
{
	local home=$PWD/home f

	# A user with ids to map, as adduser makes them.
	cp /etc/passwd /etc/group .
	echo "builder:x:9999:9999::$home:/bin/sh" >>passwd
	echo "builder:x:9999:" >>group
	echo builder:100000:65536 | tee subuid >subgid
	for f in passwd group subuid subgid; do
		mount --bind $f /etc/$f
	done
	mkdir -p home/.cache/sbuild
	cp "$BUILDD" home/.cache/sbuild/bookworm-arm64.tar
	cp hostname_* home
	chown -R 9999:9999 home
	# Where a user may go.
	mount -t tmpfs -o mode=755 none /mnt
	mkdir /mnt/home
	mount --bind home /mnt/home
	cd /mnt/home
	setpriv --reuid=9999 --regid=9999 --clear-groups env HOME=/mnt/home \
		USER=builder LOGNAME=builder sbuild --chroot-mode=unshare \
		--host=arm64 --build=arm64 --dist=bookworm --no-run-lintian \
		--no-run-piuparts --no-run-autopkgtest hostname_*.dsc
	prints "Architecture: arm64" dpkg-deb -I hostname_*_arm64.deb
	dpkg-deb -x hostname_*_arm64.deb out
	prints "hostname " ferry out/bin/hostname --version
}
