#!/bin/bash
# binfmt.sh - the kernel starts ferry: each set of binfmt_misc's flags, and
# `ferry binfmt'.
#
# Nothing of the machine's changes (tests/in-namespace), and no privilege is
# needed but for what flag C is about.

dir=${srcdir:-.}/tests/guest
cc=${A64_CC:-aarch64-linux-gnu-gcc}

if [ "$1" != inside ]; then
	FERRY=$(realpath "${FERRY:-./ferry}")
	out=${TEST_OUT:-tests/out}/binfmt
	if ! command -v "$cc" >/dev/null 2>&1; then
		echo "skipped: no cross compiler ($cc)"
		exit 77
	fi
	rm -rf "$out" && mkdir -p "$out" || exit 99
	out=$(realpath "$out")
	"$cc" -static -O1 -o "$out/prog" "$dir/start_prog.c" &&
	"${CC:-cc}" -O1 -o "$out/native" "$dir/start_prog.c" &&
	"${CC:-cc}" -static -O1 -o "$out/static" "$dir/start_prog.c" || exit 1
	unset FERRY_SYSROOT QEMU_LD_PREFIX
	export FERRY out
	exec bash "$dir/../in-namespace" bash "$0" inside
fi

mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 99
prog=$out/prog
status=0

. "$dir/expect.bash"

# --- The command.

expect "ferry-aarch64: not registered
=1" "$FERRY" binfmt status
expect '{
  "supported": [
    "linux/amd64"
  ],
  "emulators": []
}
=0' "$FERRY" binfmt
expect "ferry-aarch64: registered, $FERRY, flags F
=0" "$FERRY" binfmt install
expect "ferry-aarch64: enabled, $FERRY, flags F
=0" "$FERRY" binfmt status
expect '{
  "supported": [
    "linux/amd64",
    "linux/arm64"
  ],
  "emulators": [
    "ferry-aarch64"
  ]
}
=0' "$FERRY" binfmt status --json
expect "ferry-aarch64: removed
=0" "$FERRY" binfmt --uninstall arm64
expect "ferry-aarch64: was not registered
=0" "$FERRY" binfmt uninstall
has "usage:" "$FERRY" binfmt remove
has "usage:" "$FERRY" binfmt install --flags=FX
has "usage:" "$FERRY" binfmt install --flags=FF
has "No such file" "$FERRY" binfmt install --interpreter=/nowhere/ferry
has "not an absolute path" "$FERRY" binfmt install --interpreter=ferry
# Beside another registration.
printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/bin/false:' \
	>/proc/sys/fs/binfmt_misc/register
has "note: qemu-aarch64 (/bin/false) is registered for the same" \
	"$FERRY" binfmt --install all
expect "<$prog> <a> $prog
=0" "$prog" a
"$FERRY" binfmt uninstall >/dev/null
expect "=1" "$prog" a
echo -1 >/proc/sys/fs/binfmt_misc/qemu-aarch64
[ "$("$FERRY" binfmt status)" = "ferry-aarch64: not registered" ] || status=1

# --- The flags.

cat >"$out/script" <<-END
	#!$prog word
END
chmod +x "$out/script"
cd "$out" || exit 99
ln -s prog -- -x
for flags in "" P O C F PO PF OF PC OC POC PCF POCF; do
	has "registered" "$FERRY" binfmt install "--flags=$flags"
	zero=$prog
	[[ $flags != *P* ]] || zero=zero
	expect "<$zero> <a b> <> $prog
=0" bash -c 'exec -a zero "$0" "a b" ""' "$prog"
	# The program as descriptor 0.
	expect "<$zero> $prog
=0" bash -c 'exec -a zero "$0" <&-' "$prog"
	expect "<$prog> <word> <$out/script> <1> $prog
=0" "$out/script" 1
	# No option of ferry's, though it looks like one.
	expect "<-x> <-strace> -x
status 0
=0" ./native run -x -strace
	expect "<first> <last> $prog
status 0
=0" "$prog" run "$prog"
	# Its own way of starting children, and the kernel's.
	expect "status 0
=0" "$prog" run /bin/true
done

# --- Set-user-ID programs: only flag C obeys the bit.

if [ "$(awk '{ n += $3 } END { print n }' /proc/self/uid_map)" -gt 1 ]; then
	# Where one may be run at all; TMPDIR may be mounted nosuid.
	cp prog setid
	chown 7:8 setid
	chmod 6755 setid
	chmod a+rx . "$FERRY"
	for flags in F OF; do
		has registered "$FERRY" binfmt install "--flags=$flags"
		expect "0 0 secure 0
=0" ./setid ids
	done
	has "note: flag C" "$FERRY" binfmt install --flags=OCF
	expect "7 8 secure 1
=0" ./setid ids
	# As a child of another guest, and of its child, too; and ferry's
	# variables are deaf.
	expect "7 8 secure 1
status 0
=0" ./prog run ./setid ids
	expect "7 8 secure 1
status 0
status 0
=0" ./prog run ./prog run ./setid ids
	expect "7 8 secure 1
=0" env FERRY_SET_ENV=x FERRY_DUMP=nonsense FERRY_SYSROOT=/nowhere \
		./setid ids
else
	echo "not tried: set-user-ID, for want of a second user"
fi

# --- A chroot that holds neither ferry nor /proc: flag F.

mkdir root
cp prog root/prog
has registered "$FERRY" binfmt install --flags=PF
expect "<first> <last> /prog
status 0
=0" chroot root /prog run /prog

# The same with translations shared, though nobody gives the new ferry options.
# They are from the first child on; --stats of the last program comes first.
taken()
{
	sed -n 's/.*shared: \([0-9]*\) translations taken.*/\1/p' | head -1
}

cp static root/static
sleep 0.1	# what was just written is not shared
export FERRY_THRESHOLD=1 FERRY_SHARE=yes
for how in "run /prog run" "run /prog spawn" "spawn /prog spawn"; do
	# shellcheck disable=SC2086
	n=$(FERRY_STATS=1 chroot root /prog $how /prog x 2>&1 | taken)
	if [ "${n:-0}" -eq 0 ]; then
		echo "FAILED: $how: takes no translations"
		status=1
	fi
done
# Not if it does not want them.
n=$(FERRY_STATS=1 FERRY_SHARE=no chroot root /prog run /prog run /prog x 2>&1 |
	taken)
[ "$n" = 0 ] || { echo "FAILED: $n taken with FERRY_SHARE=no"; status=1; }
# Nobody else sees how that is done, nor does it leave anything behind. (255 is
# bash's own, which programs do not get.)
for fd in /proc/$$/fd/*; do
	fd=${fd##*/}
	[ "$fd" -le 2 ] || [ "$fd" -eq 255 ] || eval "exec $fd>&-"
done
for how in run spawn; do
	for prog in prog static; do
		expect "own
status 0
status 0
=0" chroot root /prog run /prog "$how" "/$prog" own
	done
done
# What the variable says need not be true.
for fd in 0 1 9 77 4294967295; do
	expect "9 own
status 0
=0" env FERRY_STORE_FD=$fd chroot root /prog run /prog own 9</dev/null
done
expect "9 FERRY_STORE_FD=9 own
=0" env FERRY_STORE_FD=9 "$out/static" own 9</dev/null
unset FERRY_THRESHOLD FERRY_SHARE

# --- Mounted by ferry itself: who else has it mounted decides whether that
# outlives the container.

where=/proc/sys/fs/binfmt_misc
if unshare -m sh -c "umount $where && ! [ -e $where/status ]"; then
	expect "ferry-aarch64: registered, $FERRY, flags F
=0" unshare -m sh -c "umount $where && '$FERRY' binfmt install"
	expect "ferry-aarch64: enabled, $FERRY, flags F
=0" unshare -m sh -c "umount $where && '$FERRY' binfmt status"
	expect "ferry-aarch64: removed
=0" unshare -m sh -c "umount $where && '$FERRY' binfmt uninstall"
	expect "ferry-aarch64: not registered
=1" "$FERRY" binfmt status
	umount $where
	has "note: the kernel forgets this" unshare -m "$FERRY" binfmt install
	expect "ferry-aarch64: not registered
=1" "$FERRY" binfmt status
	expect "ferry-aarch64: was not registered
=0" "$FERRY" binfmt uninstall
	expect "=1" test -e $where/status
else
	echo "not tried: mounting it, for the machine's is below"
fi
exit $status
