#!/bin/sh
# test_mkdecode.sh - the decoder generator: what it refuses, and with which
# message, and that a small table decodes right.
#
# MKDECODE is the generator (translator/mkdecode), CC the compiler.

mkdecode=${MKDECODE:-translator/mkdecode}
cc=${CC:-cc}
failures=0

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

cat >"$dir/features.def" <<'END'
# The features.
base	what is always there
extra	what is not
END

# Runs the generator on t.def in the directory; messages in err.
generate()
{
	"$mkdecode" -o "$dir" -f "$dir/features.def" t "$dir/t.def" \
		2>"$dir/err"
}

fail()
{
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# refused WHAT LINE:MESSAGE, the table on standard input.
refused()
{
	cat >"$dir/t.def"
	if generate; then
		fail "$1: accepted"
	elif ! grep -qF "t.def:$2" "$dir/err"; then
		fail "$1: expected \`$2', got:"
		cat "$dir/err"
	fi
}

# accepted WHAT, the table on standard input.
accepted()
{
	cat >"$dir/t.def"
	if ! generate; then
		fail "$1: refused:"
		cat "$dir/err"
	fi
}

refused "a short diagram" "2: one: the diagram has 31 bits, not 32" <<'END'
# comment
one	base	0000 0000 0000 0000 0000 0000 000 Rd:4
END

refused "a long diagram" "1: one: the diagram has 33 bits, not 32" <<'END'
one	base	0000 0000 0000 0000 0000 0000 0000 Rd:5
END

refused "a long 16-bit diagram" "2: one: the diagram has 17 bits, not 16" <<'END'
width 16
one	base	0000 0000 0000 Rd:5
END

refused "a bad field width" "1: one: bad width of field \`Rd'" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:x
END

refused "a field of no bits" "1: one: bad width of field \`Rd'" <<'END'
one	base	0000 0000 0000 0000 0000 0000 0000 0000 Rd:0
END

refused "a token that is nothing" "1: one: \`2' is neither bits nor a field" <<'END'
one	base	0000 0000 0000 0000 0000 0000 0000 000 2
END

refused "a field twice" "1: one: field \`R' twice" <<'END'
one	base	0000 0000 0000 0000 0000 0000 0000 00 R R
END

refused "a bad name" "1: \`1ne' is no name for a row" <<'END'
1ne	base	0000 0000 0000 0000 0000 0000 000 Rd:5
END

refused "a name twice" "3: one: also at $dir/t.def:1" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5

one	base	0000 0000 0000 0000 0000 0000 001 Rd:5
END

refused "an unknown feature" "1: one: unknown feature \`magic'" <<'END'
one	magic	0000 0000 0000 0000 0000 0000 000 Rd:5
END

refused "a constraint on no field" "1: one: bad constraint at" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rn!=3
END

refused "half a constraint" "1: one: bad constraint at" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rd!=
END

refused "an impossible constraint" "1: one: no word satisfies" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rd<4, Rd>8
END

refused "the same bits twice" "2: two: ambiguous with one ($dir/t.def:1)" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5
two	base	0000 0000 0000 0000 0000 0000 000 Rn:5
END

refused "an overlap, neither more specific" "2: two: ambiguous with one" <<'END'
one	base	0000 0000 0000 0000 0000 0000 00 a 0 Rd:4
two	base	0000 0000 0000 0000 0000 0000 00 1 b Rd:4
END

refused "constraints that leave an overlap" \
	"2: two: ambiguous with one ($dir/t.def:1), for instance 00000009" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rd<10
two	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rd>8
END

accepted "disjoint by constraints" <<'END'
one	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rd<10
two	base	0000 0000 0000 0000 0000 0000 000 Rd:5 | Rd>=10
END

# A table with everything in it, and what it must make of some words.
accepted "the small table" <<'END'
constraint narrow = sf==1 || imm<8
add	base	sf* 0000 000 imm:8 off:s6 Rm:5 Rd:5 | narrow
?sub	extra	1 0001 000 xxxxxxxx off:s6* Rm:5 Rd:5
nop	base	0 0001 000 00000000 000000 00000 00000
hint	base	0 0001 000 00000000 000000 n:5 00000
even	base	00010 size:2* 0 00000000 000000 Rm:5 Rd:5 | Rm==Rd, size!=3
general	base	00010 op:2 0 00000000 000000 Rm:5 Rd:5 | op==3 || Rd!=Rm
shift	base	11111 000 00000000 000000 Rm:5 Rd:5 | Rm>>1&3==2
END

cat >"$dir/main.c" <<'END'
#include <stdio.h>
#include <string.h>
#include "t_gen.h"

struct t_cpu { unsigned sf; int off; };
typedef void t_exec_fn(struct t_cpu *cpu, uint32_t insn);
static void exec_undefined(struct t_cpu *cpu, uint32_t insn)
{ (void)cpu; (void)insn; }
static void exec_unimplemented(struct t_cpu *cpu, uint32_t insn)
{ (void)insn; cpu->sf = 99; }
static void sem_add(struct t_cpu *cpu, const struct t_add *i)
{ cpu->sf = i->sf; cpu->off = i->off; }
#define SEM(name) static void sem_##name(struct t_cpu *cpu, \
	const struct t_##name *i) { (void)cpu; (void)i; }
SEM(nop) SEM(hint) SEM(even) SEM(general) SEM(shift)
#define T_EXEC_FN static void
#include "t_exec.inc"

static int bad;

static void
expect(uint32_t insn, const char *name)
{
	const char *got = t_row_name[t_handler_row[t_decode(insn)]];

	if (strcmp(got, name)) {
		printf("%08x: %s, expected %s\n", insn, got, name);
		bad = 1;
	}
}

static void
check(int ok, const char *what)
{
	if (!ok) {
		printf("%s\n", what);
		bad = 1;
	}
}

int
main(void)
{
	struct t_cpu cpu = { 7, 7 };
	struct t_add add = t_add_fields(0x8005fc41);

	expect(0x00000000, "add");
	expect(0x00070000, "add");
	expect(0x00080000, "undefined");
	expect(0x80ff0000, "add");
	expect(0x8812ffff, "sub");
	expect(0x08000000, "nop");
	expect(0x08000020, "hint");
	expect(0x08000001, "undefined");
	expect(0x10000021, "even");
	expect(0x10000022, "general");
	expect(0x14000021, "even");
	expect(0x16000021, "general");
	expect(0x16000022, "general");
	expect(0xf8000040, "undefined");
	expect(0xf8000080, "shift");
	expect(0xf80000a0, "shift");
	expect(0xffffffff, "undefined");

	check(add.sf == 1 && add.imm == 5 && add.off == -1 && add.Rm == 2 &&
	      add.Rd == 1, "fields of add");
	/* nr. 0; add 2; sub 1 (no semantics); nop, hint, general, shift;
	 * even 3, without size 3. */
	check(T_NR_HANDLERS == 1 + 2 + 1 + 4 + 3, "number of handlers");
	check(!t_row_implemented[T_ROW_sub] && t_row_implemented[T_ROW_add],
	      "implemented");
	check(t_row_feature[T_ROW_sub] == T_FEAT_extra, "feature");
	check(!strcmp(t_row_mnemonic[T_ROW_sub], "SUB"), "mnemonic");
	t_exec[t_decode(0x8005fc41)](&cpu, 0x8005fc41);
	check(cpu.sf == 1 && cpu.off == -1, "execution");
	t_exec[t_decode(0x8812ffff)](&cpu, 0x8812ffff);
	check(cpu.sf == 99, "execution without semantics");
	return bad;
}
END

$cc -std=gnu11 -Wall -Wextra -Werror -I"$dir" -o "$dir/main" \
	"$dir/main.c" "$dir/t_decode.c" || fail "the generated code"
"$dir/main" || fail "the small table decodes wrong"

# 16 bits, for instruction sets with short instructions.
accepted "16 bits" <<'END'
width 16
short	base	000 imm:8 Rd:3 00
width 32
long	base	imm:25 0000011
END
cat >"$dir/main.c" <<'END'
#include "t_gen.h"
int
main(void)
{
	return t_handler_row[t_decode(0xffff0ffc)] != T_ROW_short ||
	       t_short_fields(0xffff1ffc).imm != 0xff ||
	       t_handler_row[t_decode(0xffff0f83)] != T_ROW_long;
}
END
$cc -std=gnu11 -Wall -Wextra -Werror -I"$dir" -o "$dir/main" \
	"$dir/main.c" "$dir/t_decode.c" && "$dir/main" || fail "16 bits"

"$mkdecode" 2>"$dir/err"
[ $? = 2 ] || fail "usage"

[ $failures = 0 ] && echo "all passed"
[ $failures = 0 ]
