/*
 * emit_flags.c - condition flags.
 *
 * Flags are a comparison to be made again: by the reader, if the compared
 * registers still hold the values; or they are in EFLAGS already; or they are
 * in struct a64_cpu, as kind and operands. Which it is, is known as code is
 * emitted, except that a setter must know whether to store: it assumes that
 * the readers in the block can do without, and if one turns out not to, the
 * block is emitted again (e->fl_force). What those outside want is found out
 * in emit_flags_exit.c.
 *
 * In EFLAGS, flags are as cmp leaves them: CF is a borrow, the opposite of C.
 */
#include "emit_core.h"

bool
emit_flags_side(struct emit *e, ir_ref r, unsigned t, struct emit_side *s)
{
	const struct ir_insn *i = emit_def(e, r);

	if (i->op == IR_zext && i->t == t && t == IT32)
		i = emit_def(e, i->a);
	if (i->op == IR_const) {
		*s = (struct emit_side){ true, 0, i->imm };
		return true;
	}
	if (i->op != IR_getx)
		return false;
	*s = (struct emit_side){ false, (uint8_t)i->n, 0 };
	return true;
}

static bool
side_is(const struct emit_side *s, unsigned guest)
{
	return !s->is_const && s->guest == guest;
}

/* A register with the side: the guest's own, or *scratch. What lies in memory
 * is loaded by itself; see emit_int.c. */
static unsigned
side_reg(struct emit *e, const struct emit_side *s, struct x64_mem slot,
	 unsigned *scratch)
{
	*scratch = X64_NOREG;
	if (!s->is_const && s->guest != EMIT_SLOT &&
	    x64_pin_of(s->guest) != X64_NOREG)
		return x64_pin_of(s->guest);
	*scratch = emit_alloc(e);
	if (s->is_const)
		x64_mov_imm(&e->as, *scratch, s->value);
	else
		x64_load(&e->as, IT64, *scratch,
			 s->guest == EMIT_SLOT ? slot : home_x(s->guest));
	return *scratch;
}

static void
free_side(struct emit *e, unsigned scratch)
{
	if (scratch != X64_NOREG)
		emit_free(e, scratch);
}

static bool
is_immediate(const struct emit_side *s, unsigned w)
{
	return s->is_const && (!w || (int64_t)s->value == (int32_t)s->value);
}

static void
again_sub(struct emit *e)
{
	unsigned w = e->fl_t == IT64, a, b, sa, sb = X64_NOREG;

	a = side_reg(e, &e->fl_a, CPU(flag_a), &sa);
	if (is_immediate(&e->fl_b, w) && e->fl_b.value == 0) {
		/* cmp with 0 is test: no borrow, as cmp has it too. */
		x64_test(&e->as, w, a, a);
	} else if (is_immediate(&e->fl_b, w)) {
		x64_alu_ri(&e->as, w, ALU_CMP, a, (int32_t)e->fl_b.value);
	} else {
		b = side_reg(e, &e->fl_b, CPU(flag_b), &sb);
		x64_alu_rr(&e->as, w, ALU_CMP, a, b);
	}
	free_side(e, sa);
	free_side(e, sb);
}

/* Of the result, or of what both sides have in common. */
static void
again_logic(struct emit *e)
{
	unsigned w = e->fl_t == IT64, a, b, sa, sb = X64_NOREG;

	a = side_reg(e, &e->fl_a, CPU(flag_a), &sa);
	if (e->fl_b.is_const && e->fl_b.value == EMIT_ALL_ONES) {
		x64_test(&e->as, w, a, a);
	} else if (is_immediate(&e->fl_b, w) && e->fl_b.value <= INT32_MAX) {
		x64_test_imm(&e->as, w, a, (uint32_t)e->fl_b.value);
	} else {
		b = side_reg(e, &e->fl_b, CPU(flag_b), &sb);
		x64_test(&e->as, w, a, b);
	}
	free_side(e, sa);
	free_side(e, sb);
}

static void
again_add(struct emit *e)
{
	unsigned w = e->fl_t == IT64, t, a, b, sa, sb;

	a = side_reg(e, &e->fl_a, CPU(flag_a), &sa);
	t = sa == X64_NOREG ? emit_alloc(e) : sa;
	if (t != a)
		x64_mov(&e->as, X64_64, t, a);
	if (is_immediate(&e->fl_b, w)) {
		x64_alu_ri(&e->as, w, ALU_ADD, t, (int32_t)e->fl_b.value);
	} else {
		b = side_reg(e, &e->fl_b, CPU(flag_b), &sb);
		x64_alu_rr(&e->as, w, ALU_ADD, t, b);
		free_side(e, sb);
	}
	emit_free(e, t);
}

/* Emits the comparison again; false: but CF is not as C wants it. */
static bool
compare_again(struct emit *e, bool carry)
{
	switch (e->fl_op) {
	case IR_fl_sub:
		again_sub(e);
		return true;
	case IR_fl_logic:
		again_logic(e);
		if (carry)
			x64_byte(&e->as, 0xf9);		/* stc: no carry */
		return carry;
	default:
		again_add(e);
		if (carry)
			x64_byte(&e->as, 0xf5);		/* cmc */
		return carry;
	}
}

void
emit_flags_to_host(struct emit *e, bool carry)
{
	bool all = true;

	if (e->fl_host)
		return;
	if (e->fl_known && e->fl_op == IR_fp_cmp_flags) {
		emit_fp_compare_again(e);
	} else if (e->fl_known) {
		all = compare_again(e, carry);
	} else if (e->fl_memory) {
		if (!emit_alloc_this(e, RAX))
			return;
		x64_call(&e->as, e->glue->flags);
		emit_free(e, RAX);
	} else {
		emit_flags_force(e);
	}
	e->fl_host = all;
}

/* Whether condition n looks at C. */
static bool
wants_carry(unsigned n)
{
	return n >> 1 == 1 || n >> 1 == 4;
}

static enum x64_cc
cond_cc(unsigned n)
{
	static const uint8_t cc[16] = {
		CC_E, CC_NE, CC_AE, CC_B, CC_S, CC_NS, CC_O, CC_NO,
		CC_A, CC_BE, CC_GE, CC_L, CC_G, CC_LE, CC_O, CC_O,
	};

	return cc[n];
}

/* cmp a, b for operands of type t. */
static void
compare(struct emit *e, unsigned t, ir_ref ra, ir_ref rb)
{
	unsigned w = t == IT64, a, b;
	int64_t v;

	if (t < IT32) {
		e->failed = true;
		return;
	}
	a = w ? emit_use(e, ra) : emit_use32(e, ra);
	if (emit_is_const(e, rb, &v) && (!w || v == (int32_t)v)) {
		if (v == 0)
			x64_test(&e->as, w, a, a);
		else
			x64_alu_ri(&e->as, w, ALU_CMP, a, (int32_t)v);
	} else {
		b = w ? emit_use(e, rb) : emit_use32(e, rb);
		x64_alu_rr(&e->as, w, ALU_CMP, a, b);
	}
	e->fl_host = false;
}

enum x64_cc
emit_cond(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);
	unsigned a;

	if (e->loc[r].kind == LOC_REG) {
		x64_test(&e->as, X64_32, e->loc[r].reg, e->loc[r].reg);
		e->fl_host = false;
		return CC_NE;
	}
	switch (i->op) {
	case IR_eq:
	case IR_ne:
	case IR_ult:
	case IR_slt:
		compare(e, i->t, i->a, i->b);
		return i->op == IR_eq ? CC_E : i->op == IR_ne ? CC_NE :
		       i->op == IR_ult ? CC_B : CC_L;
	case IR_bit:
		a = emit_use(e, i->a);
		e->fl_host = false;
		if (i->n < 31) {
			x64_test_imm(&e->as, X64_32, a, 1u << i->n);
			return CC_NE;
		}
		if (i->n != 31 && i->n != 63) {
			x64_bt_imm(&e->as, a, i->n);
			return CC_B;
		}
		x64_test(&e->as, i->n == 63, a, a);
		return CC_S;
	case IR_bnot:
		return emit_cond(e, i->a) ^ 1;
	case IR_fl_carry:
		if (emit_def(e, i->a)->op != IR_getfl)
			break;
		emit_flags_to_host(e, true);
		return CC_AE;
	case IR_cond:
		if (emit_def(e, i->a)->op != IR_getfl || i->n >= 14)
			break;
		if (e->fl_ready && e->fl_ready == e->guest)
			return e->fl_ready_cc;
		if (e->fl_known && e->fl_op == IR_fp_cmp_flags &&
		    !e->fl_host)
			return emit_fp_cond(e, i->n);
		emit_flags_to_host(e, wants_carry(i->n));
		return cond_cc(i->n);
	}
	e->failed = true;
	return CC_E;
}

/* --- Setting them. */

static void
store_flag_operand(struct emit *e, struct x64_mem m, ir_ref r, unsigned t)
{
	int64_t v;

	(void)t;
	if (emit_is_const(e, r, &v) && v == (int32_t)v)
		x64_store_imm(&e->as, IT64, m, (int32_t)v);
	else
		x64_store(&e->as, IT64, m, emit_use(e, r));
}

static void
store_flags(struct emit *e, const struct ir_insn *f)
{
	emit_store_kind(e, emit_flags_kind(f->op, f->t));
	store_flag_operand(e, CPU(flag_a), f->a, f->t);
	if (f->op != IR_fl_logic)
		store_flag_operand(e, CPU(flag_b), f->b, f->t);
}

/* The value operation behind setfl k whose own EFLAGS are the flags: the
 * sub of subs. 0: none. */
static ir_ref
twin_of(struct emit *e, ir_ref k, const struct ir_insn *f)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	ir_ref r;

	for (r = k + 1; r < g->last; r++) {
		const struct ir_insn *i = emit_def(e, r);

		if (i->op == (f->op == IR_fl_sub ? IR_sub : IR_add) &&
		    i->t == f->t && i->a == f->a && i->b == f->b)
			return r;
	}
	return 0;
}

static void
describe_flags(struct emit *e, const struct ir_insn *f)
{
	const struct ir_insn *v = emit_def(e, f->a);

	e->fl_op = (uint8_t)f->op;
	e->fl_t = f->t;
	if (f->op != IR_fl_logic)
		e->fl_known = emit_flags_side(e, f->a, f->t, &e->fl_a) &&
			      emit_flags_side(e, f->b, f->t, &e->fl_b);
	else
		e->fl_known = v->op == IR_and && v->t == f->t &&
			      emit_flags_side(e, v->a, f->t, &e->fl_a) &&
			      emit_flags_side(e, v->b, f->t, &e->fl_b);
}

/* What the flags are computed from is in memory, too, and read there from now
 * on. */
static void
use_slots(struct emit *e)
{
	const struct emit_side slot = { false, EMIT_SLOT, 0 };

	e->fl_known = e->fl_op != IR_fp_cmp_flags;
	e->fl_a = e->fl_b = slot;
	if (e->fl_op == IR_fl_logic)
		e->fl_b = (struct emit_side){ true, 0, EMIT_ALL_ONES };
}

/* --- Conditional comparisons. */

/* The conditional jump behind, which reads nothing but the flags; or NULL. */
static const struct ir_insn *
threaded_jump(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest + 1];
	const struct ir_insn *j, *c;

	if (e->guest + 1 == e->b->nr_guest || g->fallback ||
	    g->last == g->first)
		return NULL;
	j = emit_def(e, g->last - 1u);
	c = emit_def(e, j->a);
	return j->op == IR_jump_if && c->op == IR_cond && c->n < 14 &&
	       emit_def(e, c->a)->op == IR_getfl ? j : NULL;
}

static void
store_nzcv(struct emit *e, uint32_t nzcv)
{
	emit_store_kind(e, FLAG_NZCV);
	x64_mov_imm(&e->as, RAX, nzcv);
	x64_store(&e->as, IT64, CPU(flag_a), RAX);
}

/* EFLAGS of comparison x, whose operands are in registers. */
static void
compare_operands(struct emit *e, const struct ir_insn *x, bool carry)
{
	unsigned w = x->t == IT64, a = emit_use(e, x->a), t;
	int64_t v;

	if (x->op == IR_fl_sub) {
		if (emit_is_const(e, x->b, &v) && v == (int32_t)v)
			x64_alu_ri(&e->as, w, ALU_CMP, a, (int32_t)v);
		else
			x64_alu_rr(&e->as, w, ALU_CMP, a,
				   emit_use(e, x->b));
		return;
	}
	t = emit_alloc(e);
	x64_mov(&e->as, w, t, a);
	if (emit_is_const(e, x->b, &v) && v == (int32_t)v)
		x64_alu_ri(&e->as, w, ALU_ADD, t, (int32_t)v);
	else
		x64_alu_rr(&e->as, w, ALU_ADD, t, emit_use(e, x->b));
	emit_free(e, t);
	if (carry)
		x64_byte(&e->as, 0xf5);		/* cmc */
}

/*
 * ccmp and the b.cond behind it: where the first condition does not hold, the
 * second is known beforehand, and where it does, EFLAGS tell. On both ways
 * the flags are in memory when control goes on.
 */
static void
thread_jump(struct emit *e, const struct ir_insn *j, const struct ir_insn *x,
	    uint32_t nzcv, uint8_t *other)
{
	unsigned n = emit_def(e, j->a)->n;
	uint8_t *to_next;

	e->guest++;
	e->fl_memory = true;
	compare_operands(e, x, wants_carry(n));
	if (!emit_must_look(e, j->imm)) {
		emit_jcc_to(e, cond_cc(n), j->imm);
		to_next = x64_jmp(&e->as, e->as.p);
	} else {
		to_next = x64_jcc(&e->as, cond_cc(n) ^ 1, e->as.p);
		emit_exit_to(e, j->imm);
	}
	x64_patch(other, e->as.p);
	store_nzcv(e, nzcv);
	if (ref_cond_nzcv(nzcv, n))
		emit_exit_to(e, j->imm);
	x64_patch(to_next, e->as.p);
	e->guest--;
	e->skip = true;
}

static void
emit_setfl_select(struct emit *e, const struct ir_insn *f)
{
	const struct ir_insn *x = emit_def(e, f->b), *y = emit_def(e, f->c);
	const struct ir_insn *jump = threaded_jump(e);
	uint8_t *other, *end;
	enum x64_cc cc;
	int64_t v, nzcv;

	if ((x->op != IR_fl_sub && x->op != IR_fl_add) ||
	    y->op != IR_fl_nzcv || !emit_is_const(e, y->a, &nzcv)) {
		e->failed = true;
		return;
	}
	/* Before the jump, so that both ways have the same registers. */
	if (!emit_is_const(e, x->a, &v) || (jump && x->op == IR_fl_sub) ||
	    v != (int32_t)v)
		emit_use(e, x->a);
	if (!emit_is_const(e, x->b, &v) || v != (int32_t)v)
		emit_use(e, x->b);
	cc = emit_cond(e, f->a);
	other = x64_jcc(&e->as, cc ^ 1, e->as.p);
	store_flags(e, x);
	if (jump) {
		thread_jump(e, jump, x, (uint32_t)nzcv, other);
	} else {
		end = x64_jmp(&e->as, e->as.p);
		x64_patch(other, e->as.p);
		store_nzcv(e, (uint32_t)nzcv);
		x64_patch(end, e->as.p);
	}
	e->fl_known = e->fl_host = false;
	e->fl_memory = true;
}

void
emit_setfl(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k), *f = emit_def(e, i->a);
	bool wanted = emit_flags_wanted(e, e->guest, f);

	e->fl_again = 0;
	e->fl_undo = false;
	if (f->op == IR_fl_add || f->op == IR_fl_sub ||
	    f->op == IR_fl_logic) {
		if (f->t < IT32) {
			e->failed = true;
			return;
		}
		emit_save_dependants(e, k, EMIT_FLAGS, i->a);
		if (wanted)
			store_flags(e, f);
		describe_flags(e, f);
		if (wanted && !e->fl_known)
			use_slots(e);
		e->fl_host = false;
		e->fl_memory = wanted;
		e->fl_insn = e->guest;
		e->fl_twin = f->op == IR_fl_logic ? 0 : twin_of(e, k, f);
	} else if (f->op == IR_fl_nzcv) {
		emit_save_dependants(e, k, EMIT_FLAGS, i->a);
		emit_store_kind(e, FLAG_NZCV);
		x64_store(&e->as, IT64, CPU(flag_a), emit_use(e, f->a));
		e->fl_known = e->fl_host = false;
		e->fl_memory = true;
	} else if (f->op == IR_fl_adc) {
		emit_setfl_adc(e, k, f, wanted);
	} else if (f->op == IR_fl_select) {
		/* rax is used below */
		if (!emit_alloc_this(e, RAX))
			return;
		emit_free(e, RAX);
		emit_setfl_select(e, f);
	} else if (f->op == IR_fp_cmp_flags) {
		e->failed |= !emit_fp_setfl(e, f, wanted);
		e->fl_host = false;
		e->fl_memory = wanted;
		e->fl_insn = e->guest;
		e->fl_twin = 0;
	} else if (emit_fp(e, i->a)) {
		e->fl_known = e->fl_host = false;
		e->fl_memory = true;
	} else {
		e->failed = true;
		return;
	}
	emit_done(e, i->a);
}

void
emit_forget_side(struct emit *e, unsigned n, bool vector)
{
	if ((vector ? e->fl_from.v : e->fl_from.x) >> n & 1)
		e->fl_again = 0;
	if (!vector && (side_is(&e->fl_a, n) || side_is(&e->fl_b, n)))
		e->fl_undo = false;
	if (vector != (e->fl_op == IR_fp_cmp_flags))
		return;
	if (!e->fl_known || !(side_is(&e->fl_a, n) || side_is(&e->fl_b, n)))
		return;
	if (e->fl_memory)
		use_slots(e);
	else
		e->fl_known = false;
}

void
emit_flags_written(struct emit *e, unsigned n, ir_ref v)
{
	const struct ir_insn *i = emit_def(e, v);
	bool undo;

	if (i->op == IR_zext && i->t == IT32 && e->fl_t == IT32)
		v = i->a;
	undo = e->fl_twin && v == e->fl_twin && e->fl_known && !e->fl_memory &&
	       side_is(&e->fl_a, n) && !side_is(&e->fl_b, n);
	emit_forget_side(e, n, false);
	e->fl_undo |= undo;
}
