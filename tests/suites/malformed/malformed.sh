#!/bin/sh
# malformed.sh - files that are no programs, and ferry used wrongly.
#
# Each case makes a file from a good program by changing a few of its bytes,
# runs it, and compares the exit status and the one line that ferry says.
#
# Environment: FERRY (the program), A64_CC (a compiler for AArch64), TEST_OUT
# (a directory for files), srcdir.

if test -z "$A64_CC"; then
	echo "no compiler for AArch64"
	exit 77
fi

here=$(cd "${srcdir:-.}/tests/suites/malformed" && pwd) || exit 99
dir=$TEST_OUT/malformed
rm -rf "$dir"
mkdir -p "$dir/empty-path" || exit 99
cd "$dir" || exit 99

good=$dir/good
$A64_CC -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noseparate-code \
	-o "$good" "$here/victim.S" || exit 99
$A64_CC -nostdlib -shared -Wl,--build-id=none -Wl,-e,_start -o good-ld \
	"$here/victim.S" || exit 99
# One with a dynamic linker: its name lies in .interp.
$A64_CC -nostdlib -pie -Wl,--build-id=none -Wl,-dynamic-linker,"$dir/ld" \
	-o good-dyn "$here/victim.S" || exit 99

cases=0
failed=0

# --- Bytes of $file.

file=

# from GOOD NAME: $file becomes a copy of GOOD called NAME.
from() {
	file=$dir/$2
	cp "$1" "$file"
	chmod 755 "$file"
}

# peek OFFSET SIZE: an unsigned number of SIZE bytes.
peek() {
	od -An -v -tu"$2" -j"$1" -N"$2" "$file" | tr -d ' '
}

# poke OFFSET BYTE...: bytes in hexadecimal.
poke() {
	poke_at=$1
	shift
	for poke_byte; do
		printf "\\$(printf '%03o' "0x$poke_byte")"
	done | dd of="$file" bs=1 seek="$poke_at" conv=notrunc 2>/dev/null
}

# phdr TYPE [N]: the offset of the N-th (from 1) program header of TYPE.
phdr() {
	ph=$(peek 32 8)
	left=$(peek 56 2)
	nth=${2:-1}
	while test "$left" -gt 0; do
		if test "$(peek "$ph" 4)" -eq "$1"; then
			nth=$((nth - 1))
			test $nth -eq 0 && break
		fi
		ph=$((ph + 56))
		left=$((left - 1))
	done
	echo "$ph"
}

# Offsets in a program header.
p_offset=8 p_vaddr=16 p_filesz=32 p_memsz=40 p_align=48
PT_LOAD=1 PT_INTERP=3

# poke_ph TYPE N FIELD BYTE...
poke_ph() {
	poke_ph_at=$(($(phdr "$1" "$2") + $3))
	shift 3
	poke $poke_ph_at "$@"
}

cut_to() {
	head -c "$1" "$file" >"$file.cut"
	cat "$file.cut" >"$file"
	rm -f "$file.cut"
}

script() {
	file=$dir/$1
	printf "$2" >"$file"
	chmod 755 "$file"
}

# --- Runs.

# run_case NAME STATUS LINE ARGUMENT...: ferry with these arguments must say
# "ferry: LINE" (nothing if LINE is empty) and exit with STATUS.
run_case() {
	name=$1 want_status=$2 want=$3
	shift 3
	cases=$((cases + 1))
	timeout 10 "$FERRY" "$@" </dev/null >out 2>err
	status=$?
	test -z "$want" || want="ferry: $want"
	if test $status -eq "$want_status" && test "$(cat err)" = "$want" &&
	   test ! -s out; then
		echo "ok $cases $name"
	else
		failed=$((failed + 1))
		echo "not ok $cases $name"
		echo "  wanted $want_status: $want"
		echo "  got    $status: $(cat err out)"
	fi
}

# expect STATUS TEXT: $file, run, says its own name and TEXT.
expect() {
	run_case "${file##*/}" "$1" "$file: $2" "$file"
}

expect_runs() {
	run_case "${file##*/}" 0 "" "$file"
}

# --- What must run in spite of everything.

from "$good" good-program;		expect_runs
from "$good" no-sections;		poke 40 0 0 0 0 0 0 0 0
					poke 60 0 0 0 0; expect_runs
from "$good" wild-sections;		poke 40 ff ff ff ff ff ff ff 7f
					expect_runs
from good-dyn dynamic;			cp good-ld ld; chmod 755 ld
					expect_runs
script script "#! $good  \n";		expect_runs

# --- No program at all.

file=$dir/missing;	expect 127 "No such file or directory"
file=$good/below;	expect 127 "Not a directory"
ln -s nowhere dangling
file=$dir/dangling;	expect 127 "No such file or directory"
ln -s loop loop
file=$dir/loop;		expect 126 "Too many levels of symbolic links"
file=$dir/empty-path;	expect 126 "a directory"
file=/dev/null;		expect 126 "not a regular file"
mkfifo fifo && chmod 755 fifo
file=$dir/fifo;		expect 126 "not a regular file"
from "$good" not-executable;	chmod 644 "$file"
				expect 126 "Permission denied"
script empty-file "";	expect 126 "an empty file"
script text "exit 0\n";	expect 126 "neither an ELF program nor a script"

# --- ELF headers.

from "$good" short-ident;	cut_to 10
		expect 126 "truncated: the ELF header is incomplete"
from "$good" short-header;	cut_to 63
		expect 126 "truncated: the ELF header is incomplete"
from "$good" 32-bit;		poke 4 1;	poke 18 28 0
		expect 126 "a 32-bit program (32-bit Arm); only 64-bit AArch64 \
ones can be run"
from "$good" class;		poke 4 3
		expect 126 "invalid ELF class 3"
from "$good" big-endian;	poke 5 2
		expect 126 "a big-endian program; only little-endian ones can \
be run"
from "$good" byte-order;	poke 5 0
		expect 126 "invalid ELF byte order 0"
from "$good" version;		poke 6 9
		expect 126 "unknown ELF version 9"
from "$good" x86-64;		poke 18 3e 0
		expect 126 "a program for x86-64, not for AArch64"
from "$good" riscv;		poke 18 f3 0
		expect 126 "a program for RISC-V, not for AArch64"
from "$good" machine;		poke 18 ed fe
		expect 126 "a program for unknown machine 65261, not for \
AArch64"
from "$good" object;		poke 16 1
		expect 126 "an object file, not linked to a program"
from "$good" core;		poke 16 4
		expect 126 "a core dump, not a program"
from "$good" type;		poke 16 34 12
		expect 126 "ELF type 4660 is no program"
from "$good" no-headers;	poke 56 0 0
		expect 126 "no program headers"
from "$good" header-size;	poke 54 20 0
		expect 126 "program headers of 32 bytes instead of 56"
from "$good" many-headers;	poke 56 ff ff
		expect 126 "too many program headers (65535)"
from "$good" cut-headers;	cut_to 100
		expect 126 "truncated: program headers lie outside the file"
from "$good" wild-headers;	poke 32 0 f0 ff ff ff ff ff ff
		expect 126 "truncated: program headers lie outside the file"

# --- Segments.

from "$good" no-segments
n=$(peek 56 2)
while test "$n" -gt 0; do
	n=$((n - 1))
	poke $(($(peek 32 8) + n * 56)) 0
done
		expect 126 "no loadable segments"
from "$good" cut-segment
data=$(($(phdr $PT_LOAD 2) + p_offset))
cut_to $(($(peek $data 8) + 2))
vaddr=$(printf '0x%x' "$(peek $(($(phdr $PT_LOAD 2) + p_vaddr)) 8)")
		expect 126 "truncated: the segment at $vaddr lies outside the \
file"
from "$good" file-size;		poke_ph $PT_LOAD 2 $p_filesz 0 0 0 1
		expect 126 "the segment at $vaddr has more bytes in the file \
than in memory"
from "$good" memory-size;	poke_ph $PT_LOAD 2 $p_memsz 0 0 0 0 0 0 0 1
		expect 126 "the segment at $vaddr lies outside the address \
space"
from "$good" wrapping
poke_ph $PT_LOAD 2 $p_vaddr 0 f0 ff ff ff ff ff ff
		expect 126 "the segment at 0xfffffffffffff000 lies outside the \
address space"
from "$good" kernel-address
poke_ph $PT_LOAD 2 $p_vaddr 0 0 0 0 0 80 0 0
		expect 126 "the segment at 0x800000000000 lies outside the \
address space"
from "$good" unaligned;		poke_ph $PT_LOAD 2 $p_vaddr 1 0 50
		expect 126 "the segment at 0x500001 is not aligned with its \
place in the file"
from "$good" alignment;		poke_ph $PT_LOAD 2 $p_align 3
		expect 126 "the alignment of the segment at $vaddr is not a \
power of two"
from "$good" overlap
poke_ph $PT_LOAD 2 $p_vaddr 0 0 40 0
poke_ph $PT_LOAD 2 $p_offset 0 0 0 0
		expect 126 "the segments at 0x400000 and 0x400000 overlap"
from "$good" ferrys-own
poke_ph $PT_LOAD 2 $p_vaddr 0 0 0 0 0 70 0 0
poke_ph $PT_LOAD 2 $p_offset 0 0 0 0 0 0 0 0
		expect 126 "cannot map 0x700000000000-0x700000001000: the \
addresses are in use"
from good-dyn too-large
poke_ph $PT_LOAD 2 $p_memsz 0 0 0 0 ff 7f 0 0
		run_case too-large 126 "$file: cannot map $(
			"$FERRY" "$file" 2>&1 | sed 's/.*cannot map //'
		)" "$file"

# --- The dynamic linker.

rm -f ld
from good-dyn no-linker
		expect 127 "dynamic linker $dir/ld: No such file or directory \
(is there a sysroot for -L?)"
mkdir ld
from good-dyn linker-directory
		expect 126 "dynamic linker $dir/ld: a directory"
rmdir ld
from good-dyn linker-text;	echo text >ld; chmod 755 ld
		expect 126 "dynamic linker $dir/ld: not an ELF file"
from good-ld ld;		poke 18 3e 0
from good-dyn linker-machine
		expect 126 "dynamic linker $dir/ld: a program for x86-64, not \
for AArch64"
from good-ld ld;		cut_to 80
from good-dyn linker-cut
		expect 126 "dynamic linker $dir/ld: truncated: program headers \
lie outside the file"
from good-dyn linker-long
poke_ph $PT_INTERP 1 $p_filesz 1 10 0 0 0 0 0 0
		expect 126 "the dynamic linker's name is 4097 bytes long"
from good-dyn linker-endless
n=$(peek $(($(phdr $PT_INTERP) + p_filesz)) 8)
poke $(($(peek $(($(phdr $PT_INTERP) + p_offset)) 8) + n - 1)) 78
		expect 126 "the dynamic linker's name does not end"
from good-dyn linker-outside
poke_ph $PT_INTERP 1 $p_offset 0 0 0 0 0 0 0 1
		expect 126 "truncated: the dynamic linker's name lies outside \
the file"

# --- Scripts.

script no-interpreter "#!  \n"
		expect 126 "no interpreter after #!"
script bad-interpreter "#!$dir/missing\n"
		expect 127 "interpreter $dir/missing: No such file or directory"
script directory-interpreter "#!$dir/empty-path\n"
		expect 126 "interpreter $dir/empty-path: a directory"
script long-interpreter "#!$(printf '%0300d' 0 | tr 0 /)\n"
		expect 126 "the interpreter's name is too long"
script nested "#!$dir/nested\n"
		expect 126 "interpreters nested too deeply"

# --- Wrong usage.

run_case not-in-path 127 "nosuchprogram: not found in PATH" nosuchprogram
run_case not-executable-in-path 126 "not-executable: Permission denied" \
	-E "PATH=$dir/empty-path:$dir" not-executable
run_case no-program 2 "no program given (try ferry -h)"
run_case unknown-option 2 "unknown option -x (try ferry -h)" -x "$good"
run_case missing-argument 2 "option -L needs an argument: DIR" -L
run_case bad-sysroot 2 "$dir/missing: No such file or directory" \
	-L "$dir/missing" "$good"
run_case sysroot-file 2 "$good: Not a directory" -L "$good" "$good"
run_case bad-variable 2 "-E X: not of the form VAR=VAL" -E X "$good"
run_case bad-stack-size 2 "-s many: not a size from 4096 bytes to 1T" -s many "$good"
run_case long-argument 2 "option --stats=x takes no argument" \
	--stats=x "$good"

echo "$cases cases, $failed failed"
test $failed -eq 0
