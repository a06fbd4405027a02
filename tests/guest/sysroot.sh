#!/bin/sh
# sysroot.sh - relative paths and links with a sysroot: see sysroot_prog.c.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/sysroot/ferry-data" "$tmp/host"
echo sysroot >"$tmp/sysroot/ferry-data/file"
echo host >"$tmp/host/file"
ln -s /ferry-data/file "$tmp/sysroot/ferry-data/absolute"
ln -s "$tmp/host/file" "$tmp/sysroot/ferry-data/to-host"
ln -s /ferry-data/file "$tmp/host/to-sysroot"
ln -s to-sysroot "$tmp/host/twice"
ln -s /ferry-data "$tmp/host/to-dir"
ln -s /nowhere "$tmp/host/broken"
ln -s loop "$tmp/host/loop"
# What both have.
mkdir -p "$tmp/both" "$tmp/sysroot$tmp/both"
echo host >"$tmp/both/file"
echo sysroot >"$tmp/sysroot$tmp/both/file"
for side in "$tmp/host" "$tmp/sysroot/ferry-data"; do
	ln -s "$tmp/both/file" "$side/to-both"
	ln -s to-both "$side/over-both"
	ln -s "$tmp/both" "$side/dir-both"
done
"$cc" -static -O1 -D_GNU_SOURCE -o "$tmp/host/sysroot_prog" \
	"$dir/sysroot_prog.c" || exit 1
cp "$tmp/host/sysroot_prog" "$tmp/sysroot/ferry-data/prog"

# A link to a program, which on the host is one for the host.
cp "$tmp/host/sysroot_prog" "$tmp/sysroot$tmp/both"
cp /bin/false "$tmp/both/sysroot_prog"
ln -s "$tmp/both/sysroot_prog" "$tmp/host/prog-both"
"$ferry" -L "$tmp/sysroot" "$tmp/host/prog-both" "$tmp/host" >"$tmp/out" 2>&1 || {
	echo "FAILED: started by a link"
	tail -n 5 "$tmp/out"
	exit 1
}

# Traced calls take another way.
for option in --threshold=0 --threshold=1 --threshold=50 --strace; do
	"$ferry" "$option" -L "$tmp/sysroot" "$tmp/host/sysroot_prog" \
		"$tmp/host" >"$tmp/out" 2>&1 || {
		echo "FAILED: with $option"
		tail -n 5 "$tmp/out"
		exit 1
	}
done
