/*
 * emit_flags_exit.c - whether condition flags must be in memory, and where
 * they are put there.
 *
 * Behind a way out of the block somebody may read the flags, or they may only
 * show in a signal frame, or nobody sees them. In the second case it is enough
 * to say how they can be made again (ir.h). In the first they are stored where
 * they are set; or on the way out alone, which for a loop's end spares all its
 * rounds the stores.
 */
#include "emit_core.h"

void
emit_flags_force(struct emit *e)
{
	e->fl_force[e->fl_insn] = true;
	e->restart = true;
}

static void
merge(struct ir_ahead *to, struct ir_ahead a, struct ir_regs written)
{
	if (a.use > to->use)
		to->use = a.use;
	if (a.use == AHEAD_SEEN) {
		to->lost.x |= a.lost.x | written.x;
		to->lost.v |= a.lost.v | written.v;
	}
}

static struct ir_ahead scan(struct emit *e, unsigned j, bool in_memory,
			      unsigned depth);

/* What the code at pc does: the block itself can say so for its loops, the
 * caller for what lies elsewhere. */
static struct ir_ahead
ahead(struct emit *e, gaddr pc, unsigned depth)
{
	uint64_t j = (pc - e->b->pc) / 4;

	if (pc < e->b->pc || j >= e->b->nr_guest || depth == 2)
		return e->ahead(pc);
	return scan(e, (unsigned)j, true, depth + 1);
}

/* The same for instruction j on; in_memory: a reader would look there. */
static struct ir_ahead
scan(struct emit *e, unsigned j, bool in_memory, unsigned depth)
{
	const struct ir_ahead read = { AHEAD_READ, { 0, 0 } };
	const struct ir_ahead seen = { AHEAD_SEEN, { 0, 0 } };
	struct ir_ahead a = { AHEAD_DEAD, { 0, 0 } };
	struct ir_regs written = { 0, 0 };

	for (; j < e->b->nr_guest && a.use != AHEAD_READ; j++) {
		const struct ir_guest *g = &e->b->guest[j];
		unsigned op = ir_last_op(e->b, j);
		gaddr target = e->b->insn[g->last - 1].imm;

		if (g->fallback || e->as_fallback[j] || op == IR_ijump ||
		    op == IR_icall || op == IR_ret ||
		    (in_memory && g->reads_flags))
			return read;
		if (ir_faults(g) || op >= IR_jump)
			merge(&a, seen, written);
		if (op == IR_jump_if)
			merge(&a, ahead(e, target, depth), written);
		if (g->writes_flags)
			return a;
		written.x |= g->writes.x;
		written.v |= g->writes.v;
		if (op == IR_jump || op == IR_call) {
			merge(&a, ahead(e, target, depth), written);
			return a;
		}
	}
	if (a.use != AHEAD_READ)
		merge(&a, e->ahead(e->b->pc + 4 * e->b->nr_guest), written);
	return a;
}

/* --- Storing them where the block is left, if nobody looks before. */

static bool
is_register(const struct emit_side *s, uint32_t mask)
{
	return !s->is_const && s->guest < 32 && mask >> s->guest & 1;
}

/* Whether v is the result of the subtraction or addition f. */
static bool
is_result(struct emit *e, ir_ref v, const struct ir_insn *f)
{
	const struct ir_insn *i = emit_def(e, v);

	if (i->op == IR_zext && i->t == IT32 && f->t == IT32)
		i = emit_def(e, i->a);
	return i->op == (f->op == IR_fl_sub ? IR_sub : IR_add) &&
	       i->t == f->t && i->a == f->a && i->b == f->b;
}

/* Whether the instruction that sets them overwrites nothing that they are made
 * of, or only the first operand, with the result. */
static bool
overwrites_nothing_else(struct emit *e, const struct ir_guest *g,
			const struct ir_insn *f, const struct emit_side *a,
			const struct emit_side *b)
{
	ir_ref k;

	for (k = g->first; k < g->last; k++) {
		const struct ir_insn *i = emit_def(e, k);

		if (i->op != IR_setx)
			continue;
		if (is_register(b, 1u << i->n) ||
		    (is_register(a, 1u << i->n) && !is_result(e, i->a, f)))
			return false;
	}
	return true;
}

/*
 * Whether f, of guest instruction `from', can wait until the block is left: so
 * it is if that happens by ways that lead nowhere else, as out of a loop, and
 * the operands are still there.
 */
static bool
can_wait(struct emit *e, unsigned from, const struct ir_insn *f)
{
	struct emit_side a, b;
	unsigned j;

	if ((f->op != IR_fl_sub && f->op != IR_fl_add) ||
	    !emit_flags_side(e, f->a, f->t, &a) ||
	    !emit_flags_side(e, f->b, f->t, &b) ||
	    !overwrites_nothing_else(e, &e->b->guest[from], f, &a, &b))
		return false;
	for (j = from + 1; j < e->b->nr_guest; j++) {
		const struct ir_guest *g = &e->b->guest[j];
		unsigned op = ir_last_op(e->b, j);
		uint32_t written = g->writes.x;

		if (g->fallback || e->as_fallback[j])
			return false;
		if (op == IR_jump_if && g->target_live &&
		    emit_def(e, g->last - 1u)->imm > e->b->pc + 4 * j)
			return false;
		if (g->writes_flags)
			return true;
		if (is_register(&a, written) || is_register(&b, written))
			return false;
		if (ir_ends(op))
			return op == IR_jump || op == IR_call;
	}
	return true;
}

unsigned
emit_flags_kind(unsigned op, unsigned t)
{
	unsigned wide = t == IT64;

	return (op == IR_fl_add ? FLAG_ADD32 : op == IR_fl_sub ? FLAG_SUB32 :
		FLAG_LOGIC32) + wide;
}

/* side, in a scratch register, or with `back' what it was before the other
 * side was subtracted (or added). EFLAGS stay. */
static unsigned
side_value(struct emit *e, const struct emit_side *s, bool back)
{
	bool sub = e->fl_op == IR_fl_sub;
	unsigned w = e->fl_t == IT64, r = emit_alloc(e), t;
	struct x64_mem m;

	if (s->is_const) {
		x64_mov_imm(&e->as, r, s->value);
		return r;
	}
	if (x64_pin_of(s->guest) == X64_NOREG)
		x64_load(&e->as, w ? IT64 : IT32, r, home_x(s->guest));
	else
		x64_mov(&e->as, w, r, x64_pin_of(s->guest));
	if (!back)
		return r;
	m = x64_at(r, sub ? (int32_t)e->fl_b.value : -(int32_t)e->fl_b.value);
	if (!e->fl_b.is_const) {
		t = side_value(e, &e->fl_b, false);
		m = (struct x64_mem){ (uint8_t)r, (uint8_t)t, 0, 0 };
		emit_free(e, t);
	}
	x64_lea(&e->as, w, r, m);
	return r;
}

static bool
is_small(const struct emit_side *s)
{
	return (int64_t)s->value == (int32_t)s->value &&
	       s->value != (uint64_t)INT32_MIN;
}

/* Puts the flags into memory on a way that leads out of the block. EFLAGS
 * stay. False: that cannot be. */
static bool
store_on_the_way(struct emit *e)
{
	bool sub = e->fl_op == IR_fl_sub;
	unsigned r;

	if ((!e->fl_known && !e->fl_undo) || (!sub && e->fl_op != IR_fl_add) ||
	    __builtin_popcount(e->free_gpr) < 2)
		return false;
	if (e->fl_undo && (e->fl_b.is_const ? !is_small(&e->fl_b) : !sub))
		return false;
	emit_store_kind(e, emit_flags_kind(e->fl_op, e->fl_t));
	r = side_value(e, &e->fl_a, e->fl_undo);
	x64_store(&e->as, IT64, CPU(flag_a), r);
	emit_free(e, r);
	if (e->fl_b.is_const && (int64_t)e->fl_b.value ==
				(int32_t)e->fl_b.value) {
		x64_store_imm(&e->as, IT64, CPU(flag_b),
			      (int32_t)e->fl_b.value);
	} else {
		r = side_value(e, &e->fl_b, false);
		x64_store(&e->as, IT64, CPU(flag_b), r);
		emit_free(e, r);
	}
	e->fl_stored = true;
	return true;
}

/* --- Setters, and ways out. */

bool
emit_flags_wanted(struct emit *e, unsigned from, const struct ir_insn *f)
{
	return e->fl_force[from] || (e->b->guest[from].flags_seen &&
				     !can_wait(e, from, f));
}

void
emit_flags_in_memory(struct emit *e)
{
	if (!e->fl_memory)
		emit_flags_force(e);
}

void
emit_flags_begin(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];

	e->again_at[e->guest] = e->fl_memory ? 0 : e->fl_again;
	if (!e->fl_memory && !e->fl_again && ir_faults(g))
		emit_flags_force(e);
}

void
emit_flags_end(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];

	if (!g->writes_flags || e->as_fallback[e->guest])
		return;
	e->fl_again = g->again;
	e->fl_from = (struct ir_regs){ g->again_x, g->again_v };
	e->fl_keep = g->again_keep;
	e->fl_keep_reg = g->keep_reg;
}

uint32_t
emit_flags_exit(struct emit *e)
{
	if (e->fl_memory || e->fl_stored)
		return 0;
	if (!e->fl_again)
		emit_flags_force(e);
	return e->fl_again;
}

void
emit_store_kind(struct emit *e, uint32_t kind)
{
	x64_store_imm(&e->as, IT32, CPU(flag_kind), (int32_t)kind);
}

/* How to make the flags again, and the register that changes before. EFLAGS
 * stay. */
static void
store_kept(struct emit *e)
{
	unsigned pin = x64_pin_of(e->fl_keep_reg), reg = pin;

	emit_store_kind(e, e->fl_keep);
	if (pin == X64_NOREG) {
		reg = emit_alloc(e);
		x64_load(&e->as, IT64, reg, home_x(e->fl_keep_reg));
		emit_free(e, reg);
	}
	x64_store(&e->as, IT64, CPU(flag_a), reg);
}

/* The constant that the instruction adds to register n; 0: it does other
 * things to it. */
static int32_t
step_of(struct emit *e, const struct ir_guest *g, unsigned n)
{
	const struct ir_insn *v = NULL;
	int64_t by;
	ir_ref k;

	for (k = g->first; k < g->last; k++)
		if (emit_def(e, k)->op == IR_setx && emit_def(e, k)->n == n)
			v = emit_def(e, emit_def(e, k)->a);
	if (!v || (v->op != IR_add && v->op != IR_sub) || v->t != IT64 ||
	    emit_def(e, v->a)->op != IR_getx || emit_def(e, v->a)->n != n ||
	    !emit_is_const(e, v->b, &by) || by < -4096 || by > 4096)
		return 0;
	return (int32_t)(v->op == IR_add ? by : -by);
}

/* Whether the block is a loop by itself, to the end of which the flags come
 * from register n, which is then stepped but once, as a loop's counter is.
 * Behind that, recover() must know of each fault: not those that come from the
 * interpreter, of misaligned accesses for instance. */
static bool
steps(struct emit *e, unsigned n)
{
	struct emit_step s = { 0, n, 0 };
	unsigned j;

	for (j = 0; j < e->b->nr_guest; j++) {
		const struct ir_guest *g = &e->b->guest[j];

		if (g->writes_flags)
			break;
		if (ir_last_op(e->b, j) >= IR_jump)
			return false;
		if (s.by && g->effects & IR_FAULTS && g->effects & IR_SLOW)
			return false;
		if (!(g->writes.x >> n & 1))
			continue;
		if (s.by)
			return false;
		s.insn = j;
		s.by = step_of(e, g, n);
		if (!s.by)
			return false;
	}
	if (e->step.by && (e->step.reg != n || !s.by))
		return false;
	e->step = s;
	return s.by;
}

void
emit_flags_leave(struct emit *e, gaddr target)
{
	struct ir_ahead a;

	if (e->fl_memory)
		return;
	a = ahead(e, target, 0);
	if (a.use == AHEAD_DEAD)
		return;
	a.lost.x &= e->fl_from.x;
	a.lost.v &= e->fl_from.v;
	if (a.use == AHEAD_READ || !e->fl_again || a.lost.v) {
		if (!store_on_the_way(e))
			emit_flags_force(e);
	} else if (!a.lost.x) {
		emit_store_kind(e, e->fl_again);
	} else if (!e->fl_keep || a.lost.x != 1u << e->fl_keep_reg) {
		if (!store_on_the_way(e))
			emit_flags_force(e);
	} else if (target == e->b->pc && steps(e, e->fl_keep_reg)) {
		emit_store_kind(e, e->fl_again);
	} else {
		store_kept(e);
	}
}
