/*
 * test_opt.c - the printer and its reader, the verifier, and each pass of the
 * optimiser: IR in, IR expected out.
 *
 * Registers x0 to x4 are those that the host has in registers. Flags are dead
 * at 0x2000 and behind, live anywhere else outside of the block.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../translator/ir/verify.h"
#include "../../translator/opt/opt.h"
#include "ir_text.h"

static struct ir_block block;

static bool
flags_dead(gaddr pc)
{
	return pc >= 0x2000;
}

static void
parse(const char *text)
{
	const char *wrong = ir_parse(&block, text);

	ck_assert_msg(!wrong, "%s in\n%s", wrong, text);
}

static void
check_valid(const char *text)
{
	const char *wrong = ir_verify(&block);

	ck_assert_msg(!wrong, "%s:\n%s", wrong, text);
}

struct pass_case {
	const char *what;
	void (*run)(struct opt *o);
	bool keep_state;
	const char *in, *out;
};

static const struct pass_case cases[] = {
#define CASE(what, pass, in, out) { what, pass, false, in, out },
#define CASE_KEEP(what, pass, in, out) { what, pass, true, in, out },
#include "opt_cases.def"
#undef CASE
#undef CASE_KEEP
};

START_TEST(passes)
{
	const struct pass_case *c = &cases[_i];
	struct opt o = { &block, 0x1f, flags_dead, c->keep_state };
	char *got;

	parse(c->in);
	check_valid(c->in);
	c->run(&o);
	got = strdup(ir_text(&block));
	check_valid(got);
	parse(c->out);
	ck_assert_msg(strcmp(got, ir_text(&block)) == 0,
		      "%s: expected\n%sgot\n%s", c->what, ir_text(&block),
		      got);
	free(got);
}
END_TEST

/* --- Text. */

/* Each sort of operand once. */
static const char every_kind[] =
	"  0x1000 d503201f nop\n"
	"\tinterpreted\n"
	"  0x1004\n"
	"\tv1 = getx sp\n"
	"\tv2 = load.32 v1\n"
	"\tv3 = extract.64 v1, v2, 7\n"
	"\tv4 = vload.128 v1\n"
	"\tv5 = vconst #0x0123456789abcdeffedcba9876543210\n"
	"\tv6 = vadd.4s v4, v5\n"
	"\tv7 = vget.b v6, 3\n"
	"\tv8 = vins.16b v6, v4, 2, 5\n"
	"\tv9 = bit v7, 3\n"
	"\tv10 = choose v9, v3, #0x12345678abcdef\n"
	"\tv11 = rmw.8 v1, v10, 2\n"
	"\tv12 = cas.16 v1, v11, v2\n"
	"\tv13 = fl_sub.32 v12, #4095\n"
	"\tsetfl v13\n"
	"\tv14 = getfl\n"
	"\tv15 = cond v14, 11\n"
	"\tv16 = btoi v15\n"
	"\tsetx x30, v16\n"
	"\tsetv q31, v8\n"
	"\tvstore.64 v1, v6\n"
	"\tstore.8 v1, v7\n"
	"\talign.64 v1\n"
	"\tbarrier\n"
	"\tjump_if v9, 0x1000\n"
	"\tflags live seen target\n";

START_TEST(text)
{
	char *once;

	parse(every_kind);
	once = strdup(ir_text(&block));
	ck_assert(strstr(once, "\tv6 = vadd.4s v4, v5\n"));
	ck_assert(strstr(once, "#0x0123456789abcdeffedcba9876543210\n"));
	ck_assert(strstr(once, "\tv10 = choose v9, v3, #0x12345678abcdef\n"));
	ck_assert(strstr(once, "\tflags live seen target\n"));
	parse(once);
	ck_assert_str_eq(ir_text(&block), once);
	free(once);
	ck_assert(ir_parse(&block, "  0x1000\n\tv1 = nonsense v2\n"));
	ck_assert(ir_parse(&block, "  0x1000\n\tsetx x1, v2\n"));
	ck_assert(ir_parse(&block, "  0x1000\n\tv1 = getx x1, #3\n"));
	ck_assert(ir_parse(&block, "\tv1 = getx x1\n"));
}
END_TEST

/* --- The verifier. */

static const char two[] =
	"  0x1000\n"
	"\tv1 = getx x1\n"			/* 1 */
	"\tv2 = getv q2\n"			/* 2 */
	"\tv3 = add.64 v1, v1\n"		/* 3 */
	"\tsetx x3, v3\n"			/* 4 */
	"  0x1004\n"
	"\tv5 = getx x5\n"			/* 5 */
	"\tv6 = load.32 v5\n"			/* 6 */
	"\tsetx x7, v6\n"			/* 7 */
	"\tjump 0x1000\n";			/* 8 */

static void
break_op(void)
{
	block.insn[3].op = IR_NR_OPS;
}

static void
break_forward(void)
{
	block.insn[3].b = 4;
}

static void
break_other_guest(void)
{
	block.insn[6].a = 1;
}

static void
break_kind(void)
{
	block.insn[3].b = 2;
}

static void
break_none(void)
{
	block.insn[3].b = 0;
}

static void
break_surplus(void)
{
	block.insn[5].a = 5;
}

static void
break_uses(void)
{
	block.insn[1].uses = 1;
}

static void
break_type(void)
{
	block.insn[3].t = 4;
}

static void
break_register(void)
{
	block.insn[4].n = 32;
}

static void
break_jump(void)
{
	block.insn[7] = block.insn[8];
	block.insn[6].uses = 0;
}

static void
break_order(void)
{
	block.guest[1].first = 6;
}

static void
break_end(void)
{
	block.nr++;
}

static void
break_fallback(void)
{
	block.guest[0].fallback = true;
}

static const struct {
	void (*damage)(void);
	const char *wrong;
} damages[] = {
	{ break_op, "no such operation" },
	{ break_forward, "an operand from elsewhere" },
	{ break_other_guest, "an operand from elsewhere" },
	{ break_kind, "an operand of another kind" },
	{ break_none, "an operand from elsewhere" },
	{ break_surplus, "an operand too many" },
	{ break_uses, "uses miscounted" },
	{ break_type, "no such type" },
	{ break_register, "no such register" },
	{ break_jump, "something behind a jump" },
	{ break_order, "guest instructions out of order" },
	{ break_end, "operations of no guest instruction" },
	{ break_fallback, "operations that the interpreter does" },
};

START_TEST(malformed)
{
	const char *wrong;

	parse(two);
	check_valid(two);
	damages[_i].damage();
	wrong = ir_verify(&block);
	ck_assert_msg(wrong && strcmp(wrong, damages[_i].wrong) == 0,
		      "expected `%s', got `%s'", damages[_i].wrong, wrong);
}
END_TEST

/* --- The pipeline: each pass is there, and seen. */

static unsigned nr_seen;

static void
after(const struct ir_block *b, const char *pass)
{
	ck_assert_ptr_eq(b, &block);
	ck_assert_str_eq(pass, opt_passes[nr_seen++].name);
}

START_TEST(pipeline)
{
	struct opt o = { &block, 0x1f, flags_dead, false };

	parse(two);
	opt_run(&o, after);
	ck_assert_uint_eq(nr_seen, 4);
	ck_assert_ptr_null(opt_passes[nr_seen].name);
	check_valid("two, optimised");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("opt");
	TCase *t = tcase_create("opt");
	SRunner *r;
	int failed;

	tcase_add_test(t, text);
	tcase_add_loop_test(t, malformed, 0,
			    (int)(sizeof(damages) / sizeof(damages[0])));
	tcase_add_loop_test(t, passes, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, pipeline);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
