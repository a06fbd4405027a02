/*
 * emit_fp_flags.c - floating-point comparison to flags, and what is selected
 * by flags.
 *
 * A comparison whose flags only conditions behind it look at stores nothing:
 * each condition compares again, in the order of operands in which one jump
 * tells (x86 says `less' for unordered, too). But the comparison itself is
 * made as well, for only there may it trap; if the condition comes next, in
 * the order that it wants, so that it need not. The last comparison is
 * described in e->fl_*: fl_t the element size, the sides guest vector
 * registers or zero, and fl_b.value whether quiet NaNs are invalid.
 */
#include "emit_fp.h"

_Static_assert(IR_NR_OPS <= 256, "e->fl_op has eight bits");

/* --- The comparison. */

/* A register that holds the side: the guest's own, or scratch. */
static unsigned
side_register(struct emit *e, const struct emit_side *s)
{
	unsigned pin = x64_vpin_of(s->guest), xmm;
	struct x64_mem m = CPU(v[0]);

	if (!s->is_const && pin != X64_NOREG)
		return pin;
	xmm = emit_alloc_xmm(e);
	if (s->is_const) {
		vec_zero(e, xmm);
	} else {
		m.disp += s->guest * 16;
		x64_sse_rm(&e->as, e->fl_t == ES64 ? X64_MOVQ : X64_MOVSS,
			   xmm, m);
	}
	return xmm;
}

/* EFLAGS from the sides, or the other way round. */
static void
compare_sides(struct emit *e, bool swap)
{
	unsigned op = (e->fl_b.value ? X64_COMISS : X64_UCOMISS) |
		      (e->fl_t == ES64 ? X64_66 : 0);
	unsigned x = side_register(e, swap ? &e->fl_b : &e->fl_a);
	unsigned y = side_register(e, swap ? &e->fl_a : &e->fl_b);

	x64_sse_rr(&e->as, op, x, y);
	emit_free_xmm(e, x);
	emit_free_xmm(e, y);
}

static void
raise_denormals(struct emit *e)
{
	const struct emit_side *side[2] = { &e->fl_a, &e->fl_b };

	for (unsigned j = 0; e->fp_tests && j < 2; j++) {
		unsigned x = side_register(e, side[j]);

		fp_raise_denormal(e, vscalar(e->fl_t), x);
		emit_free_xmm(e, x);
	}
}

static bool
describe_side(struct emit *e, ir_ref r, struct emit_side *s)
{
	const struct ir_insn *i = emit_def(e, r);
	int64_t v;

	*s = (struct emit_side){ false, (uint8_t)i->n, 0 };
	if (i->op == IR_getv)
		return true;
	s->is_const = true;
	return i->op == IR_vsplat && emit_is_const(e, i->a, &v) && v == 0;
}

/* --- Flags. */

/*
 * The guest's flags are those of a subtraction of words: 2 - 1 for greater,
 * 1 - 1, 0 - 1, and INT32_MIN - 1 for unordered. Returns the register with
 * the minuend, made from EFLAGS, which stay.
 */
static unsigned
minuend(struct emit *e)
{
	static const struct {
		uint32_t value;
		enum x64_cc cc;
	} other[] = { { 1, CC_E }, { 0, CC_B }, { 0x80000000, CC_P } };
	unsigned r = emit_alloc(e), t = emit_alloc(e);

	x64_mov_imm(&e->as, r, 2);
	for (unsigned j = 0; j < ARRAY_SIZE(other); j++) {
		x64_mov_imm(&e->as, t, other[j].value);
		x64_cmov(&e->as, X64_32, other[j].cc, r, t);
	}
	emit_free(e, t);
	return r;
}

static void
store_flags(struct emit *e, enum a64_flag_kind kind, unsigned a)
{
	x64_store_imm(&e->as, IT32, CPU(flag_kind), kind);
	x64_store(&e->as, IT64, CPU(flag_a), a);
	if (kind == FLAG_SUB32)
		x64_store_imm(&e->as, IT64, CPU(flag_b), 1);
}

/* How to tell a condition by one jump. EQ and NE cannot be. */
static const struct {
	uint8_t cc;
	bool swap;
} by_cond[14] = {
	[2] = { CC_BE, true },		/* CS: not less */
	[3] = { CC_A, true },
	[4] = { CC_A, true },		/* MI: less */
	[5] = { CC_BE, true },
	[6] = { CC_P, false },		/* VS: unordered */
	[7] = { CC_NP, false },
	[8] = { CC_B, true },		/* HI: greater or unordered */
	[9] = { CC_AE, true },
	[10] = { CC_AE, false },	/* GE */
	[11] = { CC_B, false },
	[12] = { CC_A, false },		/* GT */
	[13] = { CC_BE, false },
};

/* The condition of a jump that is the next instruction, if that raises what
 * the comparison f does; else AL. */
static unsigned
next_condition(struct emit *e, const struct ir_insn *f)
{
	const struct ir_guest *g = &e->b->guest[e->guest + 1];
	const struct ir_insn *j, *c;

	if (e->guest + 1 == e->b->nr_guest || g->fallback ||
	    e->as_fallback[e->guest + 1] || g->last == g->first)
		return 14;
	j = &e->b->insn[g->last - 1];
	c = emit_def(e, j->a);
	if (j->op != IR_jump_if || c->op != IR_cond ||
	    emit_def(e, c->a)->op != IR_getfl || (c->n < 2 && f->n))
		return 14;
	return c->n;
}

bool
emit_fp_setfl(struct emit *e, const struct ir_insn *f, bool store)
{
	unsigned n = next_condition(e, f);

	e->fl_known = false;
	if (vshape_es(f->shape) == ES16 ||
	    !describe_side(e, f->a, &e->fl_a) ||
	    !describe_side(e, f->b, &e->fl_b))
		return false;
	e->fl_op = IR_fp_cmp_flags;
	e->fl_t = (uint8_t)vshape_es(f->shape);
	e->fl_b.value = f->n;
	e->fl_known = true;
	if (store) {
		if (!emit_alloc_this(e, RAX))
			return true;
		raise_denormals(e);
		compare_sides(e, false);
		x64_byte(&e->as, 0x9f);		/* lahf */
		store_flags(e, FLAG_FCMP, RAX);
		emit_free(e, RAX);
		/* EFLAGS have stayed. */
		if (n >= 2 && n < 14 && !by_cond[n].swap) {
			e->fl_ready_cc = by_cond[n].cc;
			e->fl_ready = e->guest + 1;
		}
	} else if (n < 14) {
		raise_denormals(e);
		e->fl_ready_cc = (uint8_t)emit_fp_cond(e, n);
		e->fl_ready = e->guest + 1;
	} else {
		raise_denormals(e);
		compare_sides(e, false);
	}
	return true;
}

void
emit_fp_compare_again(struct emit *e)
{
	unsigned r;

	compare_sides(e, false);
	r = minuend(e);
	x64_alu_ri(&e->as, X64_32, ALU_CMP, r, 1);
	emit_free(e, r);
}

enum x64_cc
emit_fp_cond(struct emit *e, unsigned n)
{
	bool d = e->fl_t == ES64;
	unsigned r, x, y, t;

	if (n >= 2) {
		compare_sides(e, by_cond[n].swap);
		return by_cond[n].cc;
	}
	x = side_register(e, &e->fl_a);
	y = side_register(e, &e->fl_b);
	r = emit_alloc_xmm(e);
	t = emit_alloc(e);
	vec_rrri(e, X64_CMPPS | (d ? X64_F2 : X64_F3), r, x, y, X64_CMP_EQ);
	x64_rr(&e->as, X64_32, X64_MOVD_FROM, r, t);
	x64_test(&e->as, X64_32, t, t);
	emit_free_xmm(e, r);
	emit_free_xmm(e, x);
	emit_free_xmm(e, y);
	emit_free(e, t);
	return n == 0 ? CC_NE : CC_E;
}

/* --- Conditional comparison and selection. */

bool
fp_ccmp_flags(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, x, y;
	uint8_t *other, *end;
	enum x64_cc cc;

	(void)k;
	if (vshape_es(i->shape) == ES16)
		return false;
	/* Both ways must find the same registers in use. */
	x = vec_read(e, i->b, bits);
	y = vec_read(e, i->c, bits);
	cc = emit_cond(e, i->a);
	other = x64_jcc(&e->as, cc ^ 1, e->as.p);
	fp_raise_denormal(e, i->shape, x);
	fp_raise_denormal(e, i->shape, y);
	vec_rr(e, (i->n & 1 ? X64_COMISS : X64_UCOMISS) |
	       (vshape_es(i->shape) == ES64 ? X64_66 : 0), x, y);
	r = minuend(e);
	store_flags(e, FLAG_SUB32, r);
	end = x64_jmp(&e->as, e->as.p);
	if (!e->as.full)
		x64_patch(other, e->as.p);
	x64_mov_imm(&e->as, r, (uint64_t)(i->n >> 1) << 28);
	store_flags(e, FLAG_NZCV, r);
	if (!e->as.full)
		x64_patch(end, e->as.p);
	emit_free(e, r);
	emit_done(e, i->a);
	emit_done(e, i->b);
	emit_done(e, i->c);
	return true;
}

/* The scalar in a general register; EFLAGS stay. */
static unsigned
to_general(struct emit *e, ir_ref v, unsigned es)
{
	unsigned r = emit_alloc(e), x;
	struct x64_mem m;

	if (vec_in_memory(e, v, &m)) {
		x64_load(&e->as, es, r, m);
	} else {
		x = vec_read(e, v, 8u << es);
		x64_rr(&e->as, es == ES64, X64_MOVD_FROM, x, r);
	}
	emit_done(e, v);
	return r;
}

/* Selections are often unpredictable: cmov. */
bool
fp_choose(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), a, b, r;
	enum x64_cc cc = emit_cond(e, i->a);

	a = to_general(e, i->b, es);
	b = to_general(e, i->c, es);
	x64_cmov(&e->as, es == ES64, cc, b, a);
	emit_done(e, i->a);
	emit_free(e, a);
	r = vec_result_apart(e, k);
	x64_rr(&e->as, es == ES64, X64_MOVD_TO, r, b);
	if (es < ES32)
		vec_trim(e, r, 8u << es);
	emit_free(e, b);
	return true;
}
