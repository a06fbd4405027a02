#!/bin/sh
# share.sh - programs take each other's translations, and work whatever they
# do to their descriptors, limits and credentials: see share_prog.c.

dir=${srcdir:-.}/tests/guest
ferry=${FERRY:-./ferry}
cc=${A64_CC:-aarch64-linux-gnu-gcc}
unset FERRY_SHARE FERRY_THRESHOLD FERRY_STATS FERRY_HOST_CPU

if ! command -v "$cc" >/dev/null 2>&1; then
	echo "skipped: no cross compiler ($cc)"
	exit 77
fi
root=$("$cc" -print-sysroot)
[ -e "$root/lib/ld-linux-aarch64.so.1" ] || root=/usr/aarch64-linux-gnu
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
SHARE_PROG=$tmp/share_prog
export SHARE_PROG
# build SOURCE OUTPUT [OPTION]
build()
{
	# shellcheck disable=SC2086
	"$cc" $3 -Wall -Wextra -O1 -pthread -I "$dir" -o "$2" "$dir/$1" ||
		exit 1
}
build share_prog.c "$SHARE_PROG"
build share_prog.c "$SHARE_PROG.static" -static
build share_code.c "$tmp/share_code" -static
sleep 0.1	# what was just written is not shared

status=0
fail()
{
	echo "FAILED: $*"
	status=1
}

# run OPTIONS WHAT...: its output is in $tmp/out, its messages in $tmp/err.
run()
{
	options=$1
	shift
	# shellcheck disable=SC2086
	timeout 60 "$ferry" -L "$root" $options "$SHARE_PROG" "$@" \
		>"$tmp/out" 2>"$tmp/err" ||
		fail "$options $*: $(tail -n 5 "$tmp/out" "$tmp/err")"
}

# taken N: how many translations the Nth program to end took.
taken()
{
	sed -n 's/^ferry: shared: \([0-9]*\) .*/\1/p' "$tmp/err" | sed -n "$1p"
}

# made N: how many it made for others.
made()
{
	sed -n 's/^ferry: shared: .* \([0-9]*\) made/\1/p' "$tmp/err" |
		sed -n "$1p"
}

# takes N, takes_none N: whether it took any
takes()
{
	[ "$(taken "$1")" -gt 0 ] || fail "$options $what: $1 takes none"
}

takes_none()
{
	[ "$(taken "$1")" -eq 0 ] ||
		fail "$options $what: $1 takes $(taken "$1")"
}

# The second takes what the first has made, with the same result.
what=work
run --share=no work 7
cp "$tmp/out" "$tmp/work"
[ -s "$tmp/work" ] || fail "work prints nothing"
cat "$tmp/work" "$tmp/work" >"$tmp/twice"
run --share=no twice work 7
cmp -s "$tmp/out" "$tmp/twice" || fail "--share=no twice work: wrong output"
for threshold in 1 20 100; do
	run "--share=yes --stats -threshold $threshold" twice work 7
	cmp -s "$tmp/out" "$tmp/twice" || fail "$options: wrong output"
	[ "$(made 1)" -gt 20 ] || fail "$options: $(made 1) made"
	[ "$(taken 2)" -gt 20 ] || fail "$options: $(taken 2) taken"
	# Otherwise, what the first has only run once is worth it now.
	[ $threshold -gt 1 ] || [ "$(made 2)" -lt "$(made 1)" ] ||
		fail "$options: $(made 2) made again"
done
for options in '--share=no --stats' --stats '--share=yes --stats -threshold 0'
do
	run "$options" twice work 7
	cmp -s "$tmp/out" "$tmp/twice" || fail "$options: wrong output"
	takes_none 1
	takes_none 2
done
FERRY_SHARE=yes run --stats twice work 7
takes 2

# A static program, which has no dynamic linker to say where things go.
SHARE_PROG=$SHARE_PROG.static run '--share=yes --stats' twice work 7
cmp -s "$tmp/out" "$tmp/twice" || fail "static: wrong output"
takes 2

# each OPTIONS WHAT: twice, each time with what `work' says.
each()
{
	what=$2
	run "$1" twice "$2"
	cmp -s "$tmp/out" "$tmp/twice" || fail "$1 $2: wrong output"
}

for what in take-fds close-each close-all few-fds some-fds limit limit-data \
	limit-file limit-threads reserve-often same-user host-cpu; do
	each --share=yes "$what"
	each --share=no "$what"
	each '--share=yes --stats' "$what"
	case $what in
	take-fds | close-* | *-fds | reserve-often | same-user)
		takes 1
		takes 2 ;;
	limit)	# there is no store with that
		takes_none 1
		takes_none 2 ;;
	host-cpu)	# not the same code
		takes_none 1 ;;
	esac
done

what=spawn-twice
run '--share=yes --stats' spawn-twice
cmp -s "$tmp/out" "$tmp/twice" || fail "$what: wrong output"
takes 2

# With other credentials, a program starts anew: it is not to trust others,
# nor they it.
if [ "$(id -u)" -eq 0 ]; then
	each '--share=yes --stats' user
	takes_none 1
	takes_none 2
	what=user-twice
	run '--share=yes --stats' user-twice
	cmp -s "$tmp/out" "$tmp/twice" || fail "user-twice: wrong output"
	[ "$(made 1)" -gt 20 ] || fail "user-twice: $(made 1) made"
	takes 2
fi

# in_shell COMMANDS: ferry, after them.
in_shell()
{
	(eval "$1"; exec timeout 60 "$ferry" -L "$root" --share=yes --stats \
		"$SHARE_PROG" twice work 7) >"$tmp/out" 2>"$tmp/err" ||
		fail "$1: status $?"
	cmp -s "$tmp/out" "$tmp/twice" || fail "$1: wrong output"
	options=$1 what=work
}
in_shell 'ulimit -n 10'
takes_none 2
in_shell 'ulimit -n 210'
takes 2
in_shell 'ulimit -n 201'
in_shell 'ulimit -v 8000000'
takes_none 2
in_shell 'ulimit -f 100'
takes_none 2
in_shell 'exec 200</dev/null 201</dev/null 203</dev/null'
takes 2

# Files go where the first program had them, but neither where the stack of one
# with a higher limit grows, nor where a break has no room.
for what in deep by-linker; do
	for share in no yes; do
		# shellcheck disable=SC2086
		timeout 60 setarch -R "$ferry" -L "$root" --share=$share \
			"$SHARE_PROG" twice $what >"$tmp/$share" 2>&1 ||
			fail "$what, --share=$share: status $?"
	done
	[ -s "$tmp/no" ] && cmp -s "$tmp/no" "$tmp/yes" ||
		fail "$what: $(tail -n 3 "$tmp/yes")"
done

# A descriptor that is no store.
printf 'no store\n' >"$tmp/file"
timeout 60 "$ferry" -L "$root" --share=yes --store-fd 9 "$SHARE_PROG" work 7 \
	9<"$tmp/file" >"$tmp/out" 2>&1
cmp -s "$tmp/out" "$tmp/work" || fail "--store-fd of a file"
timeout 60 "$ferry" -L "$root" --share=yes --store-fd 9 "$SHARE_PROG" work 7 \
	9<&- >"$tmp/out" 2>&1
cmp -s "$tmp/out" "$tmp/work" || fail "--store-fd of none"

# Without /proc.
# shellcheck disable=SC2016
if unshare -m sh -c 'mount -t tmpfs none /proc' 2>/dev/null; then
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs none /proc && exec "$@"' sh \
		timeout 60 "$ferry" -L "$root" --share=yes "$SHARE_PROG" \
		twice work 7 >"$tmp/out" 2>&1
	cmp -s "$tmp/out" "$tmp/twice" || fail "without /proc"
fi

# Code that changes, once it is shared.
for threshold in 2 30 100; do
	TMPDIR=$tmp timeout 60 "$ferry" --share=yes -threshold $threshold \
		"$tmp/share_code" >"$tmp/out" 2>&1 ||
		fail "share_code, threshold $threshold: $(tail -n 3 "$tmp/out")"
done

# Many, some of which are killed while they write to the store.
for seed in 1 2 3; do
	run '--share=yes -threshold 20' storm $seed
done

exit $status
