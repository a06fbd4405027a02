#!/bin/bash
# install.sh - make install and uninstall: what is there, what it says, and
# that nothing is left. Manuals and completions know every option.

srcdir=$(realpath "${srcdir:-.}")
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
status=0

fail()
{
	echo "FAILED: $*"
	status=1
}

# With other names, and a prefix of its own, without building again.
run_make()
{
	make -s DESTDIR="$dest" prefix=/opt/f \
		QEMU_NAMES="qemu-aarch64 qemu-aarch64-static" "$@" \
		>"$dest.log" 2>&1 || fail "make $*: $(tail -n 3 "$dest.log")"
	rm -f "$dest.log"
}

run_make install-exec install-data
for f in bin/ferry bin/ferry-aarch64 bin/qemu-aarch64 \
	bin/qemu-aarch64-static share/man/man1/ferry.1 \
	share/man/man8/ferry-binfmt.8 lib/binfmt.d/ferry-aarch64.conf \
	share/binfmts/ferry-aarch64 share/zsh/vendor-completions/_ferry \
	share/bash-completion/completions/ferry.bash \
	share/fish/vendor_completions.d/ferry.fish; do
	[ -s "$dest/opt/f/$f" ] || fail "$f is not installed"
done
"$dest/opt/f/bin/qemu-aarch64-static" --version | grep -q '^ferry [0-9]' ||
	fail "qemu-aarch64-static does not run"

# The registration is the one that `ferry binfmt' makes.
line=$(sed -n '/^:/p' "$dest/opt/f/lib/binfmt.d/ferry-aarch64.conf")
[[ $line == ":ferry-aarch64:M::\\x7fELF"*":"*"/ferry-aarch64:F" ]] ||
	fail "binfmt.d: $line"
made=$(sed -n 's/^#define MAGIC\t"\(.*\)"/\1/p' "$srcdir/runtime/binfmt.c")
magic=$(printf '%b' "$(cut -d: -f5 <<<"$line" | sed 's/\\x00/\\x2e/g')" |
	od -An -v -tx1 | tr -d ' \n')
[ "$magic" = "$(sed 's/\(..\)/\1 /g; s/00/2e/g; s/ //g' <<<"$made")" ] ||
	fail "binfmt.d's magic $magic is not $made"
grep -qF "magic $(cut -d: -f5 <<<"$line")" \
	"$dest/opt/f/share/binfmts/ferry-aarch64" || fail "binfmts' magic"
grep -qF "mask $(cut -d: -f6 <<<"$line")" \
	"$dest/opt/f/share/binfmts/ferry-aarch64" || fail "binfmts' mask"

# Every option, and its variable, is in the manual.
while read -r long variable; do
	grep -q "Fl -${long#--}\b" "$srcdir/runtime/install/ferry.1" ||
		fail "ferry.1 has no $long"
	[ -z "$variable" ] ||
		grep -q "^.Ev $variable\b" "$srcdir/runtime/install/ferry.1" ||
		fail "ferry.1 has no $variable"
done < <("$dest/opt/f/bin/ferry" --help |
	sed -n 's/^  -[^,]*\(,\.\.\.\)\{0,1\}, \(--[a-z0-9-]*\)\(.*; \(FERRY_[A-Z_0-9]*\)\)\{0,1\}.*$/\2 \4/p')

# The words that bash completes.
words=$(cd "$dest/opt/f/bin" && PATH=$PWD:$PATH bash -c '
	. ../share/bash-completion/completions/ferry.bash
	COMP_WORDS=(ferry --roo) COMP_CWORD=1
	_ferry ferry 2>/dev/null
	COMP_WORDS=(ferry binfmt st) COMP_CWORD=2 first=${COMPREPLY[*]}
	_ferry ferry
	COMP_WORDS=(ferry --share = y) COMP_CWORD=3 first+=" ${COMPREPLY[*]}"
	_ferry ferry
	echo "$first ${COMPREPLY[*]}"')
[ "$words" = "--rootfs= status yes" ] || fail "completion: $words"

run_make uninstall
left=$(find "$dest" ! -type d)
[ -z "$left" ] || fail "left by uninstall: $left"
exit $status
