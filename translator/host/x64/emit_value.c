/*
 * emit_value.c - values and registers: where an operation's result is, and
 * how a consumer gets at it.
 *
 * Pure operations are emitted where their value is wanted, into the register
 * where it is wanted. A guest register that is pinned is its own value until
 * it is overwritten.
 */
#include "cpu.h"
#include "emit_core.h"

/* The registers that A64 code uses most. */
const uint8_t x64_pins[32] = {
	RDI, RBX, R8, R9, R10, X64_NOREG, X64_NOREG, X64_NOREG,
	X64_NOREG, X64_NOREG, X64_NOREG, X64_NOREG,
	X64_NOREG, X64_NOREG, X64_NOREG, X64_NOREG,
	X64_NOREG, X64_NOREG, X64_NOREG, R11, R12, R13, X64_NOREG, X64_NOREG,
	X64_NOREG, X64_NOREG, X64_NOREG, X64_NOREG, X64_NOREG,
	[29] = R15, [30] = X64_NOREG, [31] = R14,
};

/* Arguments and results, and the first of those that no call preserves; if
 * the host has 32, all but those that compilers take last. */
static const uint8_t vpins[2][32] = { {
	[0] = 4, [1] = 5, [2] = 6, [3] = 7, [4] = 8, [5] = 9, [6] = 10,
	[7] = 11, [16] = 12, [17] = 13, [18] = 14, [19] = 15,
}, {
	[0] = 4, [1] = 5, [2] = 6, [3] = 7, [4] = 8, [5] = 9, [6] = 10,
	[7] = 11, [16] = 12, [17] = 13, [18] = 14, [19] = 15,
	[8] = 16, [9] = 17, [10] = 18, [11] = 19, [20] = 20, [21] = 21,
	[22] = 22, [23] = 23, [24] = 24, [25] = 25, [26] = 26, [27] = 27,
	[28] = 28, [29] = 29, [30] = 30, [31] = 31,
} };

unsigned
x64_vpin_of(unsigned guest)
{
	unsigned pin = vpins[x64_cpu_has(X64_CPU_AVX512)][guest];

	return pin ? pin : X64_NOREG;
}

/* --- Registers and values. */

/* The one of them that has held its value for the longest time. */
static unsigned
oldest_held(const struct emit *e, unsigned mask)
{
	unsigned r, best = (unsigned)__builtin_ctz(mask);

	for (; mask; mask &= mask - 1) {
		r = (unsigned)__builtin_ctz(mask);
		if ((uint8_t)(e->age - e->held_age[r]) >
		    (uint8_t)(e->age - e->held_age[best]))
			best = r;
	}
	return best;
}

unsigned
emit_alloc(struct emit *e)
{
	unsigned r, empty = e->free_gpr & ~e->held;

	if (!e->free_gpr) {
		e->failed = true;
		return RAX;
	}
	r = empty ? 31 - (unsigned)__builtin_clz(empty) :
		    oldest_held(e, e->free_gpr);
	e->free_gpr &= ~(1u << r);
	e->held &= ~(1u << r);
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
	e->held &= ~(1u << reg);
	return true;
}

unsigned
emit_held(const struct emit *e, unsigned guest)
{
	unsigned mask = e->held & e->free_gpr, r;

	for (; mask; mask &= mask - 1) {
		r = (unsigned)__builtin_ctz(mask);
		if (e->held_x[r] == guest)
			return r;
	}
	return X64_NOREG;
}

void
emit_hold(struct emit *e, unsigned reg, unsigned guest)
{
	if (!(X64_SCRATCH & 1u << reg))
		return;
	e->held |= 1u << reg;
	e->held_x[reg] = (uint8_t)guest;
	e->held_age[reg] = e->age++;
}

void
emit_forget_held(struct emit *e, unsigned guest)
{
	unsigned mask = e->held, r;

	for (; mask; mask &= mask - 1) {
		r = (unsigned)__builtin_ctz(mask);
		if (e->held_x[r] == guest)
			e->held &= ~(1u << r);
	}
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
	e->free_xmm |= 1u << xmm & X64_SCRATCH_XMM;
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

void
emit_locate(struct emit *e, ir_ref r, unsigned kind, unsigned reg, bool owned)
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
	const struct ir_insn *i = emit_def(e, r);
	bool home = i->op == IR_getx && x64_pin_of(i->n) == X64_NOREG;
	unsigned reg = home ? emit_held(e, i->n) : X64_NOREG;

	if (reg != X64_NOREG) {
		e->free_gpr &= ~(1u << reg);
	} else {
		reg = emit_alloc(e);
		if (e->failed)
			return;
		emit_int_into(e, r, reg);
		if (home)
			emit_hold(e, reg, i->n);
	}
	emit_locate(e, r, LOC_REG, reg, true);
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
	    (e->loc[i->a].kind == LOC_REG || src->op == IR_getx))
		return emit_use(e, i->a);
	return emit_use(e, r);
}

/* Whether r, not yet in a register, would read guest register n (or the
 * flags, n = EMIT_FLAGS) when it is emitted. */

static bool
depends(struct emit *e, ir_ref r, unsigned n)
{
	const struct ir_insn *i = emit_def(e, r);

	if (!r || e->loc[r].kind != LOC_NONE)
		return false;
	if (i->op == IR_getx)
		return i->n == n;
	if (i->op == IR_getfl)
		return n == EMIT_FLAGS;
	if (i->op == IR_getv)
		return false;
	return depends(e, i->a, n) || depends(e, i->b, n) ||
	       depends(e, i->c, n);
}

/* Whether nothing but the value of `tree' uses r. */
static bool
only_for(struct emit *e, ir_ref tree, ir_ref r)
{
	const struct ir_insn *i = emit_def(e, tree);

	if (!tree || e->loc[tree].kind != LOC_NONE || e->left[tree] != 1)
		return false;
	if (tree == r)
		return true;
	return r < tree && (only_for(e, i->a, r) || only_for(e, i->b, r) ||
			    only_for(e, i->c, r));
}

void
emit_save_dependants(struct emit *e, ir_ref k, unsigned n, ir_ref except)
{
	const struct ir_guest *g = &e->b->guest[e->guest];
	ir_ref r;

	if (n == EMIT_FLAGS ? !g->reads_flags : !(g->reads.x >> n & 1))
		return;
	for (r = g->first; r < k && !e->failed; r++) {
		const struct ir_insn *i = emit_def(e, r);

		if (!e->left[r] || r == except ||
		    emit_class[i->op] == EMIT_LATER_FLAGS ||
		    !depends(e, r, n))
			continue;
		if (only_for(e, except, r))
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

#define PXOR		(X64_66 | 0x0fef)

/* The low `bits' of another register, zero above. */
static void
copy_v(struct emit *e, unsigned dst, unsigned src, unsigned bits)
{
	if (bits > 64) {
		x64_sse_rr(&e->as, MOVAPS_LOAD, dst, src);
	} else if (bits > 32) {
		x64_sse_rr(&e->as, MOVQ_LOAD, dst, src);
	} else {
		x64_sse_rr(&e->as, XORPS, dst, dst);
		x64_sse_rr(&e->as, MOVSS_LOAD, dst, src);
	}
}

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
	} else if (x64_vpin_of(i->n) != X64_NOREG) {
		copy_v(e, xmm, x64_vpin_of(i->n), bits);
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
	const struct ir_insn *i = emit_def(e, r);
	unsigned xmm;

	if (e->loc[r].kind == LOC_XMM)
		return e->loc[r].reg;
	/* Another use may want more of it. */
	if (e->left[r] > 1)
		bits = 128;
	if (bits > 64 && i->op == IR_getv &&
	    x64_vpin_of(i->n) < 16) {
		xmm = x64_vpin_of(i->n);
		emit_locate(e, r, LOC_XMM, xmm, false);
		return xmm;
	}
	xmm = emit_alloc_xmm(e);
	load_v(e, xmm, i, bits);
	emit_locate(e, r, LOC_XMM, xmm, true);
	return xmm;
}

unsigned
emit_result_v(struct emit *e, ir_ref k)
{
	unsigned xmm = emit_alloc_xmm(e);

	emit_locate(e, k, LOC_XMM, xmm, true);
	return xmm;
}

unsigned
emit_result_from(struct emit *e, ir_ref k, ir_ref r, unsigned bits)
{
	unsigned xmm;

	if (e->loc[r].kind == LOC_XMM && e->loc[r].owned && e->left[r] == 1) {
		xmm = e->loc[r].reg;
		e->loc[r].owned = false;
		emit_locate(e, k, LOC_XMM, xmm, true);
	} else if (e->loc[r].kind == LOC_XMM) {
		xmm = emit_result_v(e, k);
		copy_v(e, xmm, e->loc[r].reg, bits);
	} else {
		xmm = emit_result_v(e, k);
		load_v(e, xmm, emit_def(e, r), bits);
	}
	emit_done(e, r);
	return xmm;
}

void
emit_save_vector(struct emit *e, ir_ref r)
{
	unsigned xmm;

	if (e->loc[r].kind == LOC_NONE && x64_vpin_of(emit_def(e, r)->n) ==
	    X64_NOREG) {
		emit_use_v(e, r, 128);
		return;
	}
	if (e->loc[r].kind == LOC_XMM && e->loc[r].owned)
		return;
	xmm = emit_alloc_xmm(e);
	copy_v(e, xmm, x64_vpin_of(emit_def(e, r)->n), 128);
	emit_locate(e, r, LOC_XMM, xmm, true);
}
