/*
 * emit_flags.c - condition flags.
 *
 * Flags are a comparison to be made again: by the reader, if the compared
 * registers still hold the values; or they are in EFLAGS already; or they are
 * in struct a64_cpu, as kind and operands. Which it is, is known as code is
 * emitted, except that a setter must know whether to store: it assumes that
 * the readers in the block can do without, and if one turns out not to, the
 * block is emitted again (e->fl_force).
 *
 * In EFLAGS, flags are as cmp leaves them: CF is a borrow, the opposite of C.
 */
#include "emit_core.h"

static void force_store(struct emit *e);

static bool
side_of(struct emit *e, ir_ref r, unsigned t, struct emit_side *s)
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
		force_store(e);
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
		x64_bt_imm(&e->as, a, i->n);
		return CC_B;
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

/* --- Whether flags must be stored. */

/* The setter must store the flags after all. */
static void
force_store(struct emit *e)
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

/* Whether the flags that guest instruction `from' sets must be in memory. */
static bool
flags_wanted(struct emit *e, unsigned from)
{
	return e->fl_force[from] || e->b->guest[from].flags_seen;
}

void
emit_flags_in_memory(struct emit *e)
{
	if (!e->fl_memory)
		force_store(e);
}

void
emit_flags_begin(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];

	e->again_at[e->guest] = e->fl_memory ? 0 : e->fl_again;
	if (!e->fl_memory && !e->fl_again && ir_faults(g))
		force_store(e);
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
	if (e->fl_memory)
		return 0;
	if (!e->fl_again)
		force_store(e);
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
 * from register n, which is then stepped but once, as a loop's counter is. */
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
	if (a.use == AHEAD_READ || !e->fl_again || a.lost.v)
		force_store(e);
	else if (!a.lost.x)
		emit_store_kind(e, e->fl_again);
	else if (!e->fl_keep || a.lost.x != 1u << e->fl_keep_reg)
		force_store(e);
	else if (target == e->b->pc && steps(e, e->fl_keep_reg))
		emit_store_kind(e, e->fl_again);
	else
		store_kept(e);
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

static unsigned
flag_kind(unsigned op, unsigned t)
{
	unsigned wide = t == IT64;

	return (op == IR_fl_add ? FLAG_ADD32 : op == IR_fl_sub ? FLAG_SUB32 :
		FLAG_LOGIC32) + wide;
}

static void
store_flags(struct emit *e, const struct ir_insn *f)
{
	emit_store_kind(e, flag_kind(f->op, f->t));
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
		e->fl_known = side_of(e, f->a, f->t, &e->fl_a) &&
			      side_of(e, f->b, f->t, &e->fl_b);
	else
		e->fl_known = v->op == IR_and && v->t == f->t &&
			      side_of(e, v->a, f->t, &e->fl_a) &&
			      side_of(e, v->b, f->t, &e->fl_b);
}

/* What the flags are computed from is in memory, too, and read there from now
 * on. */
static void
use_slots(struct emit *e)
{
	const struct emit_side slot = { false, EMIT_SLOT, 0 };

	if (e->fl_op == IR_fp_cmp_flags) {
		e->fl_op = IR_fl_sub;	/* so they are stored */
		e->fl_t = IT32;
		e->fl_a = slot;
		e->fl_b = (struct emit_side){ true, 0, 1 };
	} else {
		e->fl_a = e->fl_b = slot;
		if (e->fl_op == IR_fl_logic)
			e->fl_b = (struct emit_side){ true, 0, EMIT_ALL_ONES };
	}
	e->fl_known = true;
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
	bool wanted = flags_wanted(e, e->guest);

	e->fl_again = 0;
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
	if (vector != (e->fl_op == IR_fp_cmp_flags))
		return;
	if (!e->fl_known || !(side_is(&e->fl_a, n) || side_is(&e->fl_b, n)))
		return;
	if (e->fl_memory)
		use_slots(e);
	else
		e->fl_known = false;
}
