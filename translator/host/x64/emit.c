/*
 * emit.c - the block emitter: values and registers, guest state, control flow.
 *
 * Pure operations are emitted where their value is wanted, into the register
 * where it is wanted; only loads happen at their place in the program. Before
 * a guest register (or the flags) is overwritten, values still wanted that
 * depend on the old one are saved. An instruction that runs out of scratch
 * registers, or has an operation without emitter, is emitted again as a call
 * of the interpreter's handler.
 */
#include "../../../runtime/vm/thread.h"
#include "emit.h"
#include "emit_int.h"

/* The registers that A64 code uses most. */
static const uint8_t pins[32] = {
	[0] = RDI, [1] = RBX, [2] = R8, [3] = R9, [4] = R10,
	[19] = R11, [20] = R12, [21] = R13, [29] = R15, [31] = R14,
};

unsigned
x64_pin_of(unsigned guest)
{
	return pins[guest] ? pins[guest] : X64_NOREG;
}

static struct x64_mem
home_x(unsigned guest)
{
	return x64_at(RBP, (int)(guest * 8) - X64_CPU_BIAS);
}

static struct x64_mem
home_v(unsigned guest)
{
	return x64_at(RBP, (int)(offsetof(struct a64_cpu, v) + guest * 16) -
			   X64_CPU_BIAS);
}

/* --- Registers and values. */

unsigned
emit_alloc(struct emit *e)
{
	unsigned r;

	if (!e->free_gpr) {
		e->failed = true;
		return RAX;
	}
	r = 31 - (unsigned)__builtin_clz(e->free_gpr);
	e->free_gpr &= ~(1u << r);
	return r;
}

bool
emit_alloc_this(struct emit *e, unsigned reg)
{
	if (!(e->free_gpr & 1u << reg)) {
		e->failed = true;
		return false;
	}
	e->free_gpr &= ~(1u << reg);
	return true;
}

void
emit_free(struct emit *e, unsigned reg)
{
	e->free_gpr |= 1u << reg & X64_SCRATCH;
}

unsigned
emit_alloc_xmm(struct emit *e)
{
	unsigned r;

	if (!e->free_xmm) {
		e->failed = true;
		return 0;
	}
	r = (unsigned)__builtin_ctz(e->free_xmm);
	e->free_xmm &= e->free_xmm - 1;
	return r;
}

void
emit_free_xmm(struct emit *e, unsigned xmm)
{
	e->free_xmm |= 1u << xmm;
}

/* The use of the operands of an operation that was never emitted. */
static void
done_operands(struct emit *e, const struct ir_insn *i)
{
	if (i->a)
		emit_done(e, i->a);
	if (i->b)
		emit_done(e, i->b);
	if (i->c)
		emit_done(e, i->c);
}

void
emit_done(struct emit *e, ir_ref r)
{
	struct emit_loc *l = &e->loc[r];

	if (!e->left[r] || --e->left[r])
		return;
	if (l->kind == LOC_NONE)
		done_operands(e, emit_def(e, r));
	else if (l->owned && l->kind == LOC_REG)
		emit_free(e, l->reg);
	else if (l->owned)
		emit_free_xmm(e, l->reg);
}

static void
locate(struct emit *e, ir_ref r, unsigned kind, unsigned reg, bool owned)
{
	e->loc[r] = (struct emit_loc){ (uint8_t)kind, (uint8_t)reg, owned };
}

bool
emit_is_const(struct emit *e, ir_ref r, int64_t *v)
{
	const struct ir_insn *i = emit_def(e, r);

	*v = (int64_t)i->imm;
	return i->op == IR_const && e->loc[r].kind == LOC_NONE;
}

/* Puts r where it can be used again: a scratch register. */
static void
materialise(struct emit *e, ir_ref r)
{
	unsigned reg = emit_alloc(e);

	if (e->failed)
		return;
	emit_int_into(e, r, reg);
	locate(e, r, LOC_REG, reg, true);
}

unsigned
emit_use(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	if (e->loc[r].kind == LOC_REG)
		return e->loc[r].reg;
	if (i->op == IR_getx && x64_pin_of(i->n) != X64_NOREG)
		return x64_pin_of(i->n);
	materialise(e, r);
	return e->loc[r].reg;
}

/* For a 32-bit operation, which does not look at the high half: a zero
 * extension need not happen. The use of r is over with emit_done(r). */
unsigned
emit_use32(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);
	const struct ir_insn *src = emit_def(e, i->a);

	if (e->loc[r].kind == LOC_NONE && i->op == IR_zext && i->t == IT32 &&
	    (e->loc[i->a].kind == LOC_REG ||
	     (src->op == IR_getx && x64_pin_of(src->n) != X64_NOREG)))
		return emit_use(e, i->a);
	return emit_use(e, r);
}

void
emit_int_loaded(struct emit *e, ir_ref r, unsigned reg, bool owned)
{
	locate(e, r, LOC_REG, reg, owned);
}

/* Whether r, not yet in a register, would read guest register n (or the
 * flags, n = FLAGS) when it is emitted. */
#define FLAGS 255

static bool
depends(struct emit *e, ir_ref r, unsigned n)
{
	const struct ir_insn *i = emit_def(e, r);

	if (!r || e->loc[r].kind != LOC_NONE)
		return false;
	if (i->op == IR_getx)
		return i->n == n;
	if (i->op == IR_getfl)
		return n == FLAGS;
	if (i->op == IR_getv)
		return false;
	return depends(e, i->a, n) || depends(e, i->b, n) ||
	       depends(e, i->c, n);
}

static bool
is_truth(unsigned op)
{
	switch (op) {
	case IR_eq: case IR_ne: case IR_ult: case IR_slt: case IR_bit:
	case IR_band: case IR_bor: case IR_bnot: case IR_fl_carry:
	case IR_cond:
		return true;
	}
	return false;
}

static bool
is_flags(unsigned op)
{
	switch (op) {
	case IR_getfl: case IR_fl_add: case IR_fl_sub: case IR_fl_logic:
	case IR_fl_adc: case IR_fl_nzcv: case IR_fl_select:
	case IR_fp_cmp_flags: case IR_fp_ccmp_flags:
		return true;
	}
	return false;
}

/*
 * Guest register n (or the flags) is about to be written by operation k, for
 * which the use of `except' comes first: what else still wants the old value
 * gets it now.
 */
static void
save_dependants(struct emit *e, ir_ref k, unsigned n, ir_ref except)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	ir_ref r;

	for (r = g->first; r < k && !e->failed; r++) {
		const struct ir_insn *i = emit_def(e, r);

		if (!e->left[r] || r == except || is_flags(i->op) ||
		    !depends(e, r, n))
			continue;
		if (r == emit_def(e, except)->a || r == emit_def(e, except)->b)
			if (e->left[r] == 1)
				continue;
		materialise(e, r);
	}
}

unsigned
emit_result(struct emit *e, ir_ref k)
{
	(void)k;
	return emit_alloc(e);
}

/* --- Addresses. */

struct x64_mem
emit_addr(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r), *x;
	int64_t disp = 0, v, scale;
	ir_ref base = r, index;
	struct x64_mem m;

	if (e->loc[r].kind == LOC_NONE && i->op == IR_add && i->t == IT64 &&
	    emit_is_const(e, i->b, &v) && v == (int32_t)v) {
		disp = v;
		base = i->a;
		i = emit_def(e, base);
		if (e->loc[base].kind == LOC_NONE && i->op == IR_add &&
		    i->t == IT64 && emit_is_const(e, i->b, &v) &&
		    disp + v == (int32_t)(disp + v)) {
			disp += v;
			base = i->a;
			i = emit_def(e, base);
		}
	}
	if (e->loc[base].kind == LOC_NONE && i->op == IR_add &&
	    i->t == IT64 && !emit_is_const(e, i->b, &v)) {
		index = i->b;
		x = emit_def(e, index);
		scale = 0;
		if (e->loc[index].kind == LOC_NONE && x->op == IR_shl &&
		    x->t == IT64 && emit_is_const(e, x->b, &scale) &&
		    scale <= 3)
			index = x->a;
		else
			scale = 0;
		m = x64_at(emit_use(e, i->a), (int32_t)disp);
		m.index = (uint8_t)emit_use(e, index);
		m.scale = (uint8_t)scale;
		return m;
	}
	if (emit_is_const(e, base, &v)) {
		unsigned reg = emit_use(e, base);

		return x64_at(reg, (int32_t)disp);
	}
	return x64_at(emit_use(e, base), (int32_t)disp);
}

/* --- Vectors. */

#define MOVAPS_LOAD	0x0f28
#define MOVAPS_STORE	0x0f29
#define MOVUPS_LOAD	0x0f10
#define MOVUPS_STORE	0x0f11
#define MOVQ_LOAD	(X64_F3 | 0x0f7e)
#define MOVQ_STORE	(X64_66 | 0x0fd6)
#define MOVSS_LOAD	(X64_F3 | 0x0f10)
#define MOVD_STORE	(X64_66 | 0x0f7e)
#define PXOR		(X64_66 | 0x0fef)

static void
load_v(struct emit *e, unsigned xmm, const struct ir_insn *i, unsigned bits)
{
	if (i->op == IR_vconst) {
		unsigned t;

		if (!i->imm && !i->imm2) {
			x64_sse_rr(&e->as, PXOR, xmm, xmm);
			return;
		}
		t = emit_alloc(e);
		x64_mov_imm(&e->as, t, i->imm);
		x64_rr(&e->as, X64_64, X64_66 | 0x0f6e, xmm, t);
		if (i->imm2 == i->imm) {	/* punpcklqdq */
			x64_sse_rr(&e->as, X64_66 | 0x0f6c, xmm, xmm);
		} else if (i->imm2) {
			unsigned y = emit_alloc_xmm(e);

			x64_mov_imm(&e->as, t, i->imm2);
			x64_rr(&e->as, X64_64, X64_66 | 0x0f6e, y, t);
			x64_sse_rr(&e->as, X64_66 | 0x0f6c, xmm, y);
			emit_free_xmm(e, y);
		}
		emit_free(e, t);
	} else if (i->op != IR_getv) {
		e->failed = true;
	} else if (bits <= 32) {
		x64_sse_rm(&e->as, MOVSS_LOAD, xmm, home_v(i->n));
	} else if (bits <= 64) {
		x64_sse_rm(&e->as, MOVQ_LOAD, xmm, home_v(i->n));
	} else {
		x64_sse_rm(&e->as, MOVAPS_LOAD, xmm, home_v(i->n));
	}
}

unsigned
emit_use_v(struct emit *e, ir_ref r, unsigned bits)
{
	unsigned xmm;

	if (e->loc[r].kind == LOC_XMM)
		return e->loc[r].reg;
	xmm = emit_alloc_xmm(e);
	/* Another use may want more of it. */
	load_v(e, xmm, emit_def(e, r), e->left[r] > 1 ? 128 : bits);
	locate(e, r, LOC_XMM, xmm, true);
	return xmm;
}

unsigned
emit_result_v(struct emit *e, ir_ref k)
{
	unsigned xmm = emit_alloc_xmm(e);

	locate(e, k, LOC_XMM, xmm, true);
	return xmm;
}

unsigned
emit_result_from(struct emit *e, ir_ref k, ir_ref r, unsigned bits)
{
	unsigned xmm;

	if (e->loc[r].kind == LOC_XMM && e->loc[r].owned && e->left[r] == 1) {
		xmm = e->loc[r].reg;
		e->loc[r].owned = false;
		locate(e, k, LOC_XMM, xmm, true);
	} else if (e->loc[r].kind == LOC_XMM) {
		xmm = emit_result_v(e, k);
		x64_sse_rr(&e->as, MOVAPS_LOAD, xmm, e->loc[r].reg);
	} else {
		xmm = emit_result_v(e, k);
		load_v(e, xmm, emit_def(e, r), bits);
	}
	emit_done(e, r);
	return xmm;
}

/* --- Flags. */

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

static unsigned
side_reg(struct emit *e, const struct emit_side *s, unsigned *scratch)
{
	unsigned pin;

	*scratch = X64_NOREG;
	if (!s->is_const) {
		pin = x64_pin_of(s->guest);
		if (pin != X64_NOREG)
			return pin;
	}
	*scratch = emit_alloc(e);
	if (s->is_const)
		x64_mov_imm(&e->as, *scratch, s->value);
	else
		x64_load(&e->as, IT64, *scratch, home_x(s->guest));
	return *scratch;
}

/* Emits the comparison again. */
static void
compare_again(struct emit *e)
{
	unsigned w = e->fl_t == IT64, sa, sb = X64_NOREG;
	unsigned a = side_reg(e, &e->fl_a, &sa), b;
	bool imm = e->fl_b.is_const &&
		   (w ? (int64_t)e->fl_b.value == (int32_t)e->fl_b.value :
			true);

	if (e->fl_op == IR_fl_sub && imm && e->fl_b.value == 0) {
		/* cmp with 0 is test, but for the carry: no borrow, as cmp
		 * has it too. */
		x64_test(&e->as, w, a, a);
	} else if (e->fl_op == IR_fl_sub && imm) {
		x64_alu_ri(&e->as, w, ALU_CMP, a, (int32_t)e->fl_b.value);
	} else if (e->fl_op == IR_fl_sub) {
		b = side_reg(e, &e->fl_b, &sb);
		x64_alu_rr(&e->as, w, ALU_CMP, a, b);
	} else if (e->fl_op == IR_fl_logic) {
		if (imm && e->fl_b.value <= INT32_MAX) {
			x64_test_imm(&e->as, w, a, (uint32_t)e->fl_b.value);
		} else {
			b = side_reg(e, &e->fl_b, &sb);
			x64_test(&e->as, w, a, b);
		}
		x64_byte(&e->as, 0xf9);		/* stc: no carry */
	} else {
		unsigned t = sa == X64_NOREG ? emit_alloc(e) : sa;

		if (t != a)
			x64_mov(&e->as, X64_64, t, a);
		b = side_reg(e, &e->fl_b, &sb);
		x64_alu_rr(&e->as, w, ALU_ADD, t, b);
		x64_byte(&e->as, 0xf5);		/* cmc */
		emit_free(e, t);
	}
	if (sa != X64_NOREG)
		emit_free(e, sa);
	if (sb != X64_NOREG)
		emit_free(e, sb);
}

/* Makes EFLAGS the guest's, in the convention of cmp (CF is a borrow). */
static void
flags_to_host(struct emit *e)
{
	if (e->fl_host)
		return;
	if (e->fl_known) {
		compare_again(e);
	} else if (e->fl_memory) {
		if (!emit_alloc_this(e, RAX))
			return;
		x64_call(&e->as, e->glue->flags);
		emit_free(e, RAX);
	} else {
		e->fl_force[e->fl_insn] = true;
		e->restart = true;
	}
	e->fl_host = true;
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
		flags_to_host(e);
		return CC_AE;
	case IR_cond:
		if (emit_def(e, i->a)->op != IR_getfl || i->n >= 14)
			break;
		flags_to_host(e);
		return cond_cc(i->n);
	}
	e->failed = true;
	return CC_E;
}

/* Whether the flags that guest instruction `from' sets must be in memory. */
static bool
flags_wanted(struct emit *e, unsigned from)
{
	const struct ir_block *b = e->b;
	unsigned j;

	if (e->fl_force[from])
		return true;
	for (j = from + 1; j < b->nr_guest; j++) {
		const struct ir_guest *g = &b->guest[j];
		const struct ir_insn *last = &b->insn[g->last - 1];

		if (g->fallback || e->as_fallback[j])
			return true;
		if (g->last > g->first && last->op == IR_jump_if &&
		    !e->flags_dead(last->imm))
			return true;
		if (g->writes_flags)
			return false;
		if (g->last > g->first &&
		    (last->op == IR_jump || last->op == IR_call))
			return !e->flags_dead(last->imm);
		if (g->last > g->first &&
		    (last->op == IR_ijump || last->op == IR_icall ||
		     last->op == IR_ret))
			return true;
	}
	return !e->flags_dead(b->pc + 4 * b->nr_guest);
}

static void
store_kind(struct emit *e, unsigned kind)
{
	x64_store_imm(&e->as, IT32, CPU(flag_kind), (int32_t)kind);
}

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
	store_kind(e, flag_kind(f->op, f->t));
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

static void
emit_setfl_select(struct emit *e, ir_ref k, const struct ir_insn *f)
{
	const struct ir_insn *x = emit_def(e, f->b), *y = emit_def(e, f->c);
	enum x64_cc cc;
	uint8_t *other, *end;
	int64_t v;

	(void)k;
	if ((x->op != IR_fl_sub && x->op != IR_fl_add) ||
	    y->op != IR_fl_nzcv || !emit_is_const(e, y->a, &v)) {
		e->failed = true;
		return;
	}
	/* Before the jump, so that both ways have the same registers. */
	if (!emit_is_const(e, x->a, &v) || v != (int32_t)v)
		emit_use(e, x->a);
	if (!emit_is_const(e, x->b, &v) || v != (int32_t)v)
		emit_use(e, x->b);
	cc = emit_cond(e, f->a);
	other = x64_jcc(&e->as, cc ^ 1, e->as.p);
	store_flags(e, x);
	end = x64_jmp(&e->as, e->as.p);
	x64_patch(other, e->as.p);
	store_kind(e, FLAG_NZCV);
	emit_is_const(e, y->a, &v);
	x64_mov_imm(&e->as, RAX, (uint64_t)v);
	x64_store(&e->as, IT64, CPU(flag_a), RAX);
	x64_patch(end, e->as.p);
	e->fl_known = e->fl_host = false;
	e->fl_memory = true;
}

static void
emit_setfl(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k), *f = emit_def(e, i->a);
	bool wanted = flags_wanted(e, e->guest);

	if (f->op == IR_fl_add || f->op == IR_fl_sub ||
	    f->op == IR_fl_logic) {
		if (f->t < IT32) {
			e->failed = true;
			return;
		}
		save_dependants(e, k, FLAGS, i->a);
		if (wanted)
			store_flags(e, f);
		describe_flags(e, f);
		e->fl_host = false;
		e->fl_memory = wanted;
		e->fl_insn = e->guest;
		e->fl_twin = f->op == IR_fl_logic ? 0 : twin_of(e, k, f);
	} else if (f->op == IR_fl_nzcv) {
		save_dependants(e, k, FLAGS, i->a);
		store_kind(e, FLAG_NZCV);
		x64_store(&e->as, IT64, CPU(flag_a), emit_use(e, f->a));
		e->fl_known = e->fl_host = false;
		e->fl_memory = true;
	} else if (f->op == IR_fl_select) {
		/* rax is used below */
		if (!emit_alloc_this(e, RAX))
			return;
		emit_free(e, RAX);
		emit_setfl_select(e, k, f);
	} else if (emit_fp(e, i->a)) {
		e->fl_known = e->fl_host = false;
		e->fl_memory = true;
	} else {
		e->failed = true;
		return;
	}
	emit_done(e, i->a);
}

/* --- Guest state. */

/* Guest register n has a new value: compare_again() may not read it. */
static void
forget_side(struct emit *e, unsigned n)
{
	if (side_is(&e->fl_a, n) || side_is(&e->fl_b, n))
		e->fl_known = false;
}

/* A new SP is aligned if the old one was, and a multiple of 16 was added. */
static bool
keeps_sp_aligned(struct emit *e, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, r);

	if (i->op == IR_const)
		return !(i->imm & 15);
	if (i->op == IR_getx)
		return i->n == 31;
	if (i->op == IR_and && emit_def(e, i->b)->op == IR_const)
		return !(emit_def(e, i->b)->imm & 15) ||
		       keeps_sp_aligned(e, i->a);
	return (i->op == IR_add || i->op == IR_sub) && i->t == IT64 &&
	       keeps_sp_aligned(e, i->a) && keeps_sp_aligned(e, i->b);
}

static void
emit_setx(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	unsigned pin = x64_pin_of(i->n);
	int64_t v;

	if (i->n == 31 && !keeps_sp_aligned(e, i->a))
		e->check_sp = true;
	save_dependants(e, k, i->n, i->a);
	if (e->failed)
		return;
	if (pin == X64_NOREG) {
		if (emit_is_const(e, i->a, &v) && v == (int32_t)v)
			x64_store_imm(&e->as, IT64, home_x(i->n), (int32_t)v);
		else
			x64_store(&e->as, IT64, home_x(i->n),
				  emit_use(e, i->a));
	} else if (e->loc[i->a].kind == LOC_REG) {
		if (e->loc[i->a].reg != pin)
			x64_mov(&e->as, X64_64, pin, e->loc[i->a].reg);
	} else {
		emit_int_into(e, i->a, pin);
		/* Further uses find it there. */
		locate(e, i->a, LOC_REG, pin, false);
	}
	emit_done(e, i->a);
	forget_side(e, i->n);
}

static void
emit_setv(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	const struct ir_guest *g = &e->b->guest[e->guest];
	unsigned xmm = emit_use_v(e, i->a, 128);
	ir_ref r;

	/* Values still wanted that read the old one. */
	for (r = g->first; r < k; r++) {
		const struct ir_insn *x = emit_def(e, r);

		if (x->op == IR_getv && x->n == i->n && r != i->a &&
		    e->left[r] && e->loc[r].kind == LOC_NONE)
			emit_use_v(e, r, 128);
	}
	x64_sse_rm(&e->as, MOVAPS_STORE, xmm, home_v(i->n));
	emit_done(e, i->a);
}

/* --- Memory. */

/* If the value's way is straight to a pinned register, that one. */
static unsigned
load_target(struct emit *e, ir_ref k)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	ir_ref r, q;

	if (e->left[k] != 1)
		return X64_NOREG;
	for (r = k + 1; r < g->last; r++) {
		const struct ir_insn *i = emit_def(e, r);

		if (i->op == IR_setx && i->a == k)
			break;
		if (i->op != IR_getx && i->op != IR_const && i->op != IR_add &&
		    i->op != IR_setx)
			return X64_NOREG;
	}
	if (r == g->last)
		return X64_NOREG;
	for (q = g->first; q < r; q++) {
		const struct ir_insn *i = emit_def(e, q);

		if (i->op == IR_getx && i->n == emit_def(e, r)->n &&
		    e->left[q])
			return X64_NOREG;
	}
	return x64_pin_of(emit_def(e, r)->n);
}

static void
emit_load(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k), *user;
	struct x64_mem m = emit_addr(e, i->a);
	unsigned dst, sx = 0, w = X64_64;
	ir_ref r = k;
	bool owned = false;

	/* ldrs*: the extension is part of the load. */
	user = emit_def(e, k + 1);
	if (k + 1 < e->b->guest[e->guest].last && user->op == IR_sext &&
	    user->a == k && user->t == i->t && e->left[k] == 1) {
		sx = 1;
		r = k + 1;
		if (k + 2 < e->b->guest[e->guest].last &&
		    emit_def(e, k + 2)->op == IR_zext &&
		    emit_def(e, k + 2)->t == IT32 &&
		    emit_def(e, k + 2)->a == r && e->left[r] == 1) {
			w = X64_32;
			r = k + 2;
		}
	}
	emit_done(e, i->a);
	dst = load_target(e, r);
	if (dst == X64_NOREG) {
		dst = emit_alloc(e);
		owned = true;
	}
	if (sx)
		x64_load_signed(&e->as, w, i->t, dst, m);
	else
		x64_load(&e->as, i->t, dst, m);
	locate(e, r, LOC_REG, dst, owned);
	if (r != k) {
		/* The operations in between are done with. */
		e->left[k] = 0;
		if (r == k + 2)
			e->left[k + 1] = 0;
	}
}

static void
emit_store(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	const struct ir_insn *x = emit_def(e, i->b);
	ir_ref src = i->b;
	int64_t v;

	/* What is cut off need not be extended first. */
	if (e->loc[src].kind == LOC_NONE && x->op == IR_zext &&
	    x->t >= i->t && emit_def(e, x->a)->op == IR_getx)
		src = x->a;
	if (emit_is_const(e, src, &v) && v == (int32_t)v)
		x64_store_imm(&e->as, i->t, m, (int32_t)v);
	else
		x64_store(&e->as, i->t, m, emit_use(e, src));
	emit_done(e, i->a);
	emit_done(e, i->b);
}

static void
emit_vload(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	unsigned xmm = emit_result_v(e, k), t;

	switch (i->t) {
	case 4:
		x64_sse_rm(&e->as, MOVUPS_LOAD, xmm, m);
		break;
	case 3:
		x64_sse_rm(&e->as, MOVQ_LOAD, xmm, m);
		break;
	case 2:
		x64_sse_rm(&e->as, MOVSS_LOAD, xmm, m);
		break;
	default:
		t = emit_alloc(e);
		x64_load(&e->as, i->t, t, m);
		x64_rr(&e->as, X64_32, X64_66 | 0x0f6e, xmm, t);
		emit_free(e, t);
	}
	emit_done(e, i->a);
}

static void
emit_vstore(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	unsigned xmm = emit_use_v(e, i->b, 8u << i->t), t;

	switch (i->t) {
	case 4:
		x64_sse_rm(&e->as, MOVUPS_STORE, xmm, m);
		break;
	case 3:
		x64_sse_rm(&e->as, MOVQ_STORE, xmm, m);
		break;
	case 2:
		x64_sse_rm(&e->as, MOVD_STORE, xmm, m);
		break;
	default:
		t = emit_alloc(e);
		x64_rr(&e->as, X64_32, MOVD_STORE, xmm, t);
		x64_store(&e->as, i->t, m, t);
		emit_free(e, t);
	}
	emit_done(e, i->a);
	emit_done(e, i->b);
}

/* --- Control flow. */

#define EXIT_RAX	1	/* no guest pc: the exit's pc is in rax */

#define THREAD(field) x64_at(RBP, (int)offsetof(struct thread, field) - \
				  X64_CPU_BIAS)

_Static_assert(offsetof(struct thread, cpu) == 0, "rbp finds the thread");

static void
add_exit(struct emit *e, uint8_t *site, gaddr target, bool linkable)
{
	if (e->nr_exits == EMIT_MAX_EXITS) {
		e->as.full = true;
		return;
	}
	e->exit[e->nr_exits++] = (struct emit_exit){ site, NULL, target,
						     linkable };
}

/* The same, to the pc in rax. */
static void
add_exit_rax(struct emit *e, uint8_t *site)
{
	add_exit(e, site, EXIT_RAX, false);
}

/* Before a jump that is patched while others run it: its displacement, behind
 * `opcode' bytes, is to be aligned. */
static void
align_jump(struct emit *e, unsigned opcode)
{
	static const unsigned nops[3] = { 0, 0x90, 0x9066 };
	unsigned pad = -(unsigned)((uintptr_t)e->as.p + opcode) & 3;

	if (pad == 3)
		x64_bytes(&e->as, 0x001f0f, 3);
	else if (pad)
		x64_bytes(&e->as, nops[pad], pad);
}

static uint8_t *
jmp_aligned(struct emit *e)
{
	align_jump(e, 1);
	return x64_jmp(&e->as, e->as.p);
}

static uint8_t *
jcc_aligned(struct emit *e, enum x64_cc cc)
{
	align_jump(e, 2);
	return x64_jcc(&e->as, cc, e->as.p);
}

/* A jump to another block. Every loop has one that goes backward, which looks
 * whether the thread is wanted. */
static void
exit_to(struct emit *e, gaddr target)
{
	gaddr pc = e->b->pc + 4 * e->guest;

	if (target <= pc) {
		x64_alu_mi(&e->as, X64_32, ALU_CMP, THREAD(poll), 0);
		add_exit(e, x64_jcc(&e->as, CC_NE, e->as.p), target, false);
	}
	add_exit(e, jmp_aligned(e), target, true);
}

static void
emit_jump_if(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	gaddr pc = e->b->pc + 4 * e->guest;
	enum x64_cc cc;
	uint8_t *skip;

	if (emit_def(e, i->a)->op == IR_cond && emit_def(e, i->a)->n >= 14) {
		exit_to(e, i->imm);	/* b.al, b.nv */
		emit_done(e, i->a);
		return;
	}
	cc = emit_cond(e, i->a);
	emit_done(e, i->a);
	if (i->imm > pc) {
		add_exit(e, jcc_aligned(e, cc), i->imm, true);
		return;
	}
	skip = x64_jcc(&e->as, cc ^ 1, e->as.p);
	exit_to(e, i->imm);
	x64_patch(skip, e->as.p);
	e->fl_host = false;
}

/* The target of an indirect jump, in rax. */
static void
target_to_rax(struct emit *e, ir_ref r)
{
	unsigned reg = emit_use(e, r);

	if (reg != RAX)
		x64_mov(&e->as, X64_64, RAX, reg);
	emit_done(e, r);
}

/* Looks rax up in the thread's table of known targets: [rcx] is its entry. */
static void
look_up_rax(struct emit *e)
{
	x64_alu_mi(&e->as, X64_32, ALU_CMP, THREAD(poll), 0);
	add_exit_rax(e, x64_jcc(&e->as, CC_NE, e->as.p));
	x64_mov(&e->as, X64_32, RCX, RAX);
	x64_alu_ri(&e->as, X64_32, ALU_AND, RCX, (JUMP_ENTRIES - 1) * 4);
	x64_load(&e->as, IT64, RDX, THREAD(jump_cache));
	x64_lea(&e->as, X64_64, RCX, (struct x64_mem){ RDX, RCX, 2, 0 });
	x64_alu_rm(&e->as, X64_64, ALU_CMP, RAX, x64_at(RCX, 0));
	add_exit_rax(e, x64_jcc(&e->as, CC_NE, e->as.p));
}

static void
emit_ijump(struct emit *e, ir_ref k)
{
	target_to_rax(e, emit_def(e, k)->a);
	look_up_rax(e);
	x64_rm(&e->as, X64_32, 0xff, 4, x64_at(RCX, 8));	/* jmp */
}

/*
 * Calls push the guest's return address and make a host call; a return whose
 * target is what was pushed is a host return, which the processor predicts.
 * Behind the call, the pair is dropped and the guest's code goes on.
 */
static void
push_return(struct emit *e)
{
	x64_mov_imm(&e->as, RDX, e->b->pc + 4 * (e->guest + 1));
	x64_push(&e->as, RDX);
}

static void
behind_call(struct emit *e)
{
	x64_lea(&e->as, X64_64, RSP, x64_at(RSP, 8));
	add_exit(e, jmp_aligned(e), e->b->pc + 4 * (e->guest + 1), true);
}

static void
emit_call(struct emit *e, ir_ref k)
{
	gaddr target = emit_def(e, k)->imm;

	if (target <= e->b->pc + 4 * e->guest) {
		x64_alu_mi(&e->as, X64_32, ALU_CMP, THREAD(poll), 0);
		add_exit(e, x64_jcc(&e->as, CC_NE, e->as.p), target, false);
	}
	push_return(e);
	align_jump(e, 1);
	add_exit(e, x64_call_site(&e->as, e->as.p), target, true);
	behind_call(e);
}

static void
emit_icall(struct emit *e, ir_ref k)
{
	target_to_rax(e, emit_def(e, k)->a);
	look_up_rax(e);
	push_return(e);
	x64_rm(&e->as, X64_32, 0xff, 2, x64_at(RCX, 8));	/* call */
	behind_call(e);
}

static void
emit_ret(struct emit *e, ir_ref k)
{
	uint8_t *other;

	target_to_rax(e, emit_def(e, k)->a);
	x64_alu_rm(&e->as, X64_64, ALU_CMP, RAX, x64_at(RSP, 8));
	other = x64_jcc(&e->as, CC_NE, e->as.p);
	x64_ret(&e->as);
	x64_patch(other, e->as.p);
	look_up_rax(e);
	x64_rm(&e->as, X64_32, 0xff, 4, x64_at(RCX, 8));	/* jmp */
}

/* --- Instructions and blocks. */

void
emit_slow_if(struct emit *e, enum x64_cc cc)
{
	if (e->nr_slow == EMIT_MAX_SLOW) {
		e->as.full = true;
		return;
	}
	e->slow[e->nr_slow++] = (struct emit_slow){
		x64_jcc(&e->as, cc, e->as.p), NULL, e->guest };
	e->fl_host = false;
}

static void
call_handler(struct emit *e, unsigned guest)
{
	uint32_t word = e->b->guest[guest].word;

	x64_mov_imm(&e->as, RAX, e->b->pc + 4 * guest);
	x64_mov_imm(&e->as, RSI, word);
	x64_mov_imm(&e->as, RDX, (uintptr_t)e->handler(word));
	x64_call(&e->as, e->glue->fallback);
}

static void
emit_fallback(struct emit *e)
{
	call_handler(e, e->guest);
	e->fl_known = e->fl_host = false;
	e->fl_memory = true;
}

static void
emit_op(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);

	switch (i->op) {
	case IR_setx:
		emit_setx(e, k);
		break;
	case IR_setv:
		emit_setv(e, k);
		break;
	case IR_setfl:
		emit_setfl(e, k);
		break;
	case IR_settp:
		x64_store(&e->as, IT64, CPU(tpidr_el0), emit_use(e, i->a));
		emit_done(e, i->a);
		break;
	case IR_load:
		emit_load(e, k);
		break;
	case IR_store:
		emit_store(e, k);
		break;
	case IR_vload:
		emit_vload(e, k);
		break;
	case IR_vstore:
		emit_vstore(e, k);
		break;
	case IR_barrier:	/* lock or dword [rsp], 0 */
		x64_byte(&e->as, 0xf0);
		x64_alu_mi(&e->as, X64_32, ALU_OR, x64_at(RSP, 0), 0);
		e->fl_host = false;
		break;
	case IR_jump:
		exit_to(e, i->imm);
		break;
	case IR_jump_if:
		emit_jump_if(e, k);
		break;
	case IR_call:
		emit_call(e, k);
		break;
	case IR_ijump:
		emit_ijump(e, k);
		break;
	case IR_icall:
		emit_icall(e, k);
		break;
	case IR_ret:
		emit_ret(e, k);
		break;
	case IR_getv:
	case IR_vconst:
	case IR_getfl:
		break;
	default:
		/* Integers, truth values and flags wait for their use. */
		if (emit_is_int(i->op) || is_truth(i->op) || is_flags(i->op))
			break;
		if (!emit_vec(e, k) && !emit_fp(e, k))
			e->failed = true;
		e->fl_host = false;
	}
}

/* The way out when SP has become misaligned: the interpreter checks it at
 * each access. */
static void
emit_check_sp(struct emit *e)
{
	gaddr next = e->b->pc + 4 * (e->guest + 1);

	x64_test_imm(&e->as, X64_32, R14, 15);
	add_exit(e, x64_jcc(&e->as, CC_NE, e->as.p), next, false);
	e->fl_host = false;
}

static void
emit_guest(struct emit *e)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	uint8_t *start = e->as.p;
	unsigned exits = e->nr_exits, slow = e->nr_slow;
	ir_ref k;

	e->start[e->guest] = start;
	e->failed = e->check_sp = false;
	e->free_gpr = X64_SCRATCH;
	e->free_xmm = 0xffff;
	e->fl_twin = 0;
	if (g->fallback || e->as_fallback[e->guest]) {
		emit_fallback(e);
		return;
	}
	for (k = g->first; k < g->last; k++) {
		e->loc[k].kind = LOC_NONE;
		e->left[k] = e->b->insn[k].uses;
	}
	for (k = g->first; k < g->last && !e->failed; k++)
		emit_op(e, k);
	if (e->failed) {
		/* What precedes must know that the handler reads flags. */
		e->as.p = start;
		e->nr_exits = exits;
		e->nr_slow = slow;
		e->as_fallback[e->guest] = true;
		e->restart = true;
		return;
	}
	if (e->check_sp)
		emit_check_sp(e);
}

static void
emit_stubs(struct emit *e)
{
	unsigned i;

	for (i = 0; i < e->nr_slow; i++) {
		x64_patch(e->slow[i].site, e->as.p);
		call_handler(e, e->slow[i].guest);
		x64_jmp(&e->as, e->start[e->slow[i].guest + 1]);
	}
	for (i = 0; i < e->nr_exits; i++) {
		struct emit_exit *x = &e->exit[i];

		x->stub = e->as.p;
		x64_patch(x->site, e->as.p);
		if (x->target != EXIT_RAX)
			x64_mov_imm(&e->as, RAX, x->target);
		x64_mov_imm(&e->as, RDX,
			    x->linkable ? (uintptr_t)x->site : 0);
		x64_jmp(&e->as, e->glue->exit);
	}
}

static bool
leaves(const struct ir_block *b)
{
	const struct ir_guest *g = &b->guest[b->nr_guest - 1];
	unsigned op = g->last > g->first ? b->insn[g->last - 1].op : IR_NONE;

	return !g->fallback && (op == IR_jump || op == IR_call ||
	       op == IR_ijump || op == IR_icall || op == IR_ret);
}

bool
x64_emit_block(struct emit *e)
{
	uint8_t *begin = e->as.p;
	unsigned tries;

	memset(e->fl_force, 0, sizeof(e->fl_force));
	memset(e->as_fallback, 0, sizeof(e->as_fallback));
	for (tries = 0; tries <= 2 * IR_MAX_GUEST; tries++) {
		e->as.p = begin;
		e->nr_exits = e->nr_slow = 0;
		e->restart = false;
		e->fl_known = e->fl_host = false;
		e->fl_memory = true;
		for (e->guest = 0; e->guest < e->b->nr_guest && !e->restart;
		     e->guest++)
			emit_guest(e);
		if (!e->restart)
			break;
	}
	e->start[e->b->nr_guest] = e->as.p;
	if (!leaves(e->b) || e->as_fallback[e->b->nr_guest - 1])
		add_exit(e, jmp_aligned(e),
			 e->b->pc + 4 * e->b->nr_guest, !e->ends_fresh);
	emit_stubs(e);
	return !e->as.full && !e->restart;
}
