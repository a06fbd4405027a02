/*
 * emit_state.c - guest registers written, guest memory read and written.
 *
 * A load that goes straight into a pinned register may do so only if nothing
 * that can fault, and no reader of the old value, comes in between.
 */
#include "emit_core.h"

/* --- Guest state. */

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

void
emit_setx(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	unsigned pin = x64_pin_of(i->n), reg;
	int64_t v;

	if (i->n == 31 && !keeps_sp_aligned(e, i->a))
		e->check_sp = true;
	emit_save_dependants(e, k, i->n, i->a);
	if (e->failed)
		return;
	if (pin == X64_NOREG) {
		if (emit_is_const(e, i->a, &v) && v == (int32_t)v) {
			x64_store_imm(&e->as, IT64, home_x(i->n), (int32_t)v);
			emit_forget_held(e, i->n);
		} else {
			reg = emit_use(e, i->a);
			x64_store(&e->as, IT64, home_x(i->n), reg);
			emit_forget_held(e, i->n);
			emit_hold(e, reg, i->n);
		}
	} else if (e->loc[i->a].kind == LOC_REG) {
		if (e->loc[i->a].reg != pin)
			x64_mov(&e->as, X64_64, pin, e->loc[i->a].reg);
	} else {
		emit_int_into(e, i->a, pin);
		/* Further uses find it there. */
		emit_locate(e, i->a, LOC_REG, pin, false);
	}
	emit_done(e, i->a);
	emit_flags_written(e, i->n, i->a);
}

void
emit_setv(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	const struct ir_guest *g = &e->b->guest[e->guest];
	unsigned pin = x64_vpin_of(i->n), xmm = emit_use_v(e, i->a, 128);
	unsigned bits = emit_vec_bits(e, i->a);
	ir_ref r;

	/* Values still wanted that read the old one. */
	for (r = g->first; r < k; r++) {
		const struct ir_insn *x = emit_def(e, r);

		if (x->op == IR_getv && x->n == i->n && r != i->a &&
		    e->left[r]) {
			emit_save_vector(e, r);
			bits = 128;	/* not what that one is known for */
		}
	}
	e->v_bits[i->n] = (uint8_t)bits;
	if (pin == X64_NOREG)
		x64_sse_rm(&e->as, MOVAPS_STORE, xmm, home_v(i->n));
	else if (pin != xmm)
		x64_sse_rr(&e->as, MOVAPS_LOAD, pin, xmm);
	emit_done(e, i->a);
	emit_forget_side(e, i->n, true);
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

void
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
	emit_locate(e, r, LOC_REG, dst, owned);
	if (r != k) {
		/* The operations in between are done with. */
		e->left[k] = 0;
		if (r == k + 2)
			e->left[k + 1] = 0;
	}
}

void
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

/* prefetcht0 (/1), t1, t2; nta (/0). They do not fault. */
void
emit_prefetch(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	unsigned level = i->n >> 1;

	x64_rm(&e->as, X64_32, 0x0f18, i->n & 1 ? 0 : level > 2 ? 3 : level + 1,
	       m);
	emit_done(e, i->a);
}

/* A pinned register, if the value is there to stay; else scratch. */
static unsigned
vload_target(struct emit *e, ir_ref k)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	const struct ir_insn *next = emit_def(e, k + 1);
	unsigned pin;
	ir_ref r;

	if (k + 1 >= g->last || next->op != IR_setv || next->a != k ||
	    e->left[k] != 1)
		return emit_result_v(e, k);
	pin = x64_vpin_of(next->n);
	for (r = g->first; r < k; r++)
		if (emit_def(e, r)->op == IR_getv && e->left[r])
			pin = X64_NOREG;
	if (pin == X64_NOREG)
		return emit_result_v(e, k);
	emit_locate(e, k, LOC_XMM, pin, false);
	return pin;
}

void
emit_vload(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	unsigned xmm = vload_target(e, k), t;

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

void
emit_vstore(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);
	struct x64_mem m = emit_addr(e, i->a);
	const struct ir_insn *v = emit_def(e, i->b);
	unsigned xmm, t;

	/* What lies above is not stored. */
	if (v->op == IR_getv && x64_vpin_of(v->n) != X64_NOREG)
		xmm = e->loc[i->b].kind == LOC_XMM ? e->loc[i->b].reg :
						     x64_vpin_of(v->n);
	else
		xmm = emit_use_v(e, i->b, 8u << i->t);

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
