/*
 * emit_vec_arith.c - bitwise operations, arithmetic modulo the lane's width,
 * comparisons.
 */
#include "emit_vec.h"

static uint32_t
opcode(const struct ir_insn *i)
{
	return emit_vec_row(i->op)->op[vshape_es(i->shape)];
}

/* Both sources are done with: where the last instruction puts the result. */
static unsigned
result_of_two(struct emit *e, ir_ref k, const struct vec_src *a,
	      const struct vec_src *b)
{
	vec_src_done(e, a);
	vec_src_done(e, b);
	return vec_result_over(e, k);
}

/* One instruction of two operands. */
bool
vec_two(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a, b;

	if (!opcode(i))
		return false;
	b = vec_src(e, row->flags & VEC_SWAP ? i->a : i->b, bits,
		    vec_mem_if_whole(bits));
	a = vec_src(e, row->flags & VEC_SWAP ? i->b : i->a, bits, SRC_REG);
	r = result_of_two(e, k, &a, &b);
	vec_rrs(e, opcode(i), r, a.reg, &b);
	if (row->flags & VEC_DIRTY || !(a.clean && b.clean))
		vec_trim(e, r, bits);
	return true;
}

/* MOV is ORR of a register with itself. */
bool
vec_move_or(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	if (!vec_same(e, i->a, i->b))
		return vec_two(e, k, i);
	emit_done(e, i->b);
	vec_result_clean(e, k, i->a, vshape_bits(i->shape));
	return true;
}

/* dst = src with the shape's bits flipped; those above are left alone. */
static void
invert_to(struct emit *e, unsigned dst, unsigned src, unsigned bits)
{
	unsigned t;

	if (bits < 128) {
		vec_rrc(e, X64_PXOR, dst, src,
			x64_low[bits == 64 ? 3 : bits == 32 ? 2 :
				bits == 16 ? 1 : 0]);
	} else if (x64_cpu_has(X64_CPU_AVX512)) {
		vec_ternlog(e, (uint8_t)~VEC_C, dst, dst, src);
	} else {
		t = emit_alloc_xmm(e);
		vec_ones(e, t);
		vec_rrr(e, X64_PXOR, dst, src, t);
		emit_free_xmm(e, t);
	}
}

static void
invert(struct emit *e, unsigned xmm, unsigned bits)
{
	invert_to(e, xmm, xmm, bits);
}

bool
vec_not(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);

	r = vec_result_apart(e, k);
	invert_to(e, r, a.reg, bits);
	vec_src_done(e, &a);
	return true;
}

bool
vec_orn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t;
	bool ternary = x64_cpu_has(X64_CPU_AVX512);
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN | (ternary ?
				   SRC_REG : vec_mem_if_whole(bits)));
	struct vec_src b = vec_src(e, i->b, bits, SRC_CLEAN);

	if (ternary && bits == 128) {
		r = result_of_two(e, k, &a, &b);
		vec_ternlog(e, VEC_B | (uint8_t)~VEC_C, r, a.reg, b.reg);
		return true;
	}
	t = vec_temp_over(e, &b);
	invert_to(e, t, b.reg, bits);
	emit_free_xmm(e, t);
	r = result_of_two(e, k, &a, &b);
	vec_rrs(e, X64_POR, r, t, &a);
	return true;
}

/* The table of a choice by the bits of a from those of b and c, when these
 * come in the order that `order' says: which is dst, the second, the third. */
static unsigned
choice(const unsigned order[3])
{
	static const uint8_t of[3] = { VEC_A, VEC_B, VEC_C };
	unsigned t[3], j;

	for (j = 0; j < 3; j++)
		t[order[j]] = of[j];
	return (t[0] & t[1]) | (~t[0] & t[2] & 0xff);
}

/* By one instruction that reads its destination, which is one of the three if
 * it can be. */
static unsigned
select_ternary(struct emit *e, ir_ref k, const struct vec_src src[3])
{
	static const unsigned orders[3][3] = { { 0, 1, 2 }, { 1, 0, 2 },
					       { 2, 0, 1 } };
	const unsigned *order = orders[0];
	unsigned r, j;

	for (j = 0; j < 3; j++)
		vec_src_done(e, &src[j]);
	r = vec_result_over(e, k);
	for (j = 0; j < 3; j++)
		if (src[j].reg == r)
			order = orders[j];
	vec_mov(e, r, src[order[0]].reg);
	vec_ternlog(e, choice(order), r, src[order[1]].reg,
		    src[order[2]].reg);
	return r;
}

/* c ^ ((b ^ c) & a) */
bool
vec_select(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t;
	bool ternary = x64_cpu_has(X64_CPU_AVX512);
	struct vec_src s[3];

	s[0] = vec_src(e, i->a, bits, ternary ? SRC_REG :
		       vec_mem_if_whole(bits));
	s[1] = vec_src(e, i->b, bits, SRC_REG);
	s[2] = vec_src(e, i->c, bits, SRC_REG);
	if (ternary) {
		r = select_ternary(e, k, s);
	} else {
		t = emit_alloc_xmm(e);
		vec_rrr(e, X64_PXOR, t, s[1].reg, s[2].reg);
		vec_rrs(e, X64_PAND, t, t, &s[0]);
		emit_free_xmm(e, t);
		vec_src_done(e, &s[0]);
		r = result_of_two(e, k, &s[1], &s[2]);
		vec_rrr(e, X64_PXOR, r, t, s[2].reg);
	}
	if (!(s[0].clean && s[1].clean && s[2].clean))
		vec_trim(e, r, bits);
	return true;
}

/* --- Bits of bytes, by tables of nibbles. */

/* t = the table's entries for the low nibbles of x, and u for the high
 * ones. */
static void
by_nibble(struct emit *e, unsigned x, const void *table, unsigned *t,
	  unsigned *u)
{
	unsigned n = emit_alloc_xmm(e);

	*t = emit_alloc_xmm(e);
	vec_rrc(e, X64_PAND, n, x, x64_splat8[15]);
	vec_rc(e, X64_MOVAPS, *t, table);
	vec_rrr(e, X64_PSHUFB, *t, *t, n);
	vec_shift(e, X64_PSRLW, n, x, 4);
	vec_rrc(e, X64_PAND, n, n, x64_splat8[15]);
	*u = emit_alloc_xmm(e);
	vec_rc(e, X64_MOVAPS, *u, table);
	vec_rrr(e, X64_PSHUFB, *u, *u, n);
	emit_free_xmm(e, n);
}

bool
vec_cnt(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), t, u, r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);

	if (x64_cpu_has(X64_CPU_BITALG)) {
		vec_src_done(e, &a);
		r = vec_result_over(e, k);
		x64_evex_rrr(&e->as, X64_POPCNTB, 0, r, 0, a.reg);
		return true;
	}
	by_nibble(e, a.reg, x64_nibble_cnt, &t, &u);
	vec_src_done(e, &a);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_PADDB, r, t, u);
	return true;
}

bool
vec_rbit(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), t, u, r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);

	by_nibble(e, a.reg, x64_nibble_rev, &t, &u);
	/* The low nibble goes up; entries are nibbles. */
	vec_shift(e, X64_PSLLW, t, t, 4);
	vec_src_done(e, &a);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = vec_result_over(e, k);
	vec_rrr(e, X64_POR, r, t, u);
	return true;
}

bool
vec_rev(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);
	unsigned order = i->n == 3 ? 0x1b : 0xb1;

	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	if (es == ES8) {
		vec_rrc(e, X64_PSHUFB, r, a.reg, x64_swap[i->n - 1]);
	} else if (es == ES16) {
		vec_rri(e, X64_PSHUFLW, r, a.reg, order);
		if (bits == 128)
			vec_rri(e, X64_PSHUFHW, r, r, order);
	} else {
		vec_rri(e, X64_PSHUFD, r, a.reg, bits == 128 ? 0xb1 : 0xe1);
	}
	return true;
}

/* --- Arithmetic. */

bool
vec_mul(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t, u;
	struct vec_src a, b;

	if (vshape_es(i->shape) != ES8)
		return vec_two(e, k, i);
	a = vec_src(e, i->a, bits, SRC_REG);
	b = vec_src(e, i->b, bits, SRC_REG);
	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	/* Odd bytes and even ones as products of halfwords. */
	vec_shift(e, X64_PSRLW, t, a.reg, 8);
	vec_shift(e, X64_PSRLW, u, b.reg, 8);
	vec_rrr(e, X64_PMULLW, t, t, u);
	vec_shift(e, X64_PSLLW, t, t, 8);
	vec_rrr(e, X64_PMULLW, u, a.reg, b.reg);
	vec_rrc(e, X64_PAND, u, u, x64_even[0]);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = result_of_two(e, k, &a, &b);
	vec_rrr(e, X64_POR, r, u, t);
	if (!(a.clean || b.clean))
		vec_trim(e, r, bits);
	return true;
}

bool
vec_neg(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN |
				   vec_mem_if_whole(bits));

	t = emit_alloc_xmm(e);
	vec_zero(e, t);
	emit_free_xmm(e, t);
	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	vec_rrs(e, opcode(i), r, t, &a);
	return true;
}

bool
vec_abs(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);

	if (vshape_es(i->shape) != ES64) {
		vec_src_done(e, &a);
		vec_rr(e, opcode(i), vec_result_over(e, k), a.reg);
		return true;
	}
	t = emit_alloc_xmm(e);
	vec_shift(e, X64_PSRAD, t, a.reg, 31);
	vec_rri(e, X64_PSHUFD, t, t, 0xf5);
	r = vec_result_apart(e, k);
	vec_rrr(e, X64_PXOR, r, a.reg, t);
	vec_rrr(e, X64_PSUBQ, r, r, t);
	vec_src_done(e, &a);
	emit_free_xmm(e, t);
	return true;
}

/* Signed bytes plus 128 are unsigned ones in the same order. */
static void
bias(struct emit *e, unsigned dst, unsigned src)
{
	vec_rrc(e, X64_PXOR, dst, src, x64_splat8[0x80]);
}

/* Every lane one bit to the right; bytes are unsigned. */
static void
halve(struct emit *e, unsigned es, bool is_signed, unsigned xmm)
{
	if (es == ES8) {
		vec_shift(e, X64_PSRLW, xmm, xmm, 1);
		vec_rrc(e, X64_PAND, xmm, xmm, x64_splat8[0x7f]);
	} else if (is_signed) {
		vec_shift(e, es == ES16 ? X64_PSRAW : X64_PSRAD, xmm, xmm, 1);
	} else {
		vec_shift(e, es == ES16 ? X64_PSRLW : X64_PSRLD, xmm, xmm, 1);
	}
}

/* Two sources, which are biased, in scratch registers then, if `biased'. */
static void
two_sources(struct emit *e, const struct ir_insn *i, bool biased,
	    struct vec_src *a, struct vec_src *b)
{
	struct vec_src *s[2] = { a, b };
	ir_ref ref[2] = { i->a, i->b };
	unsigned j, t;

	for (j = 0; j < 2; j++) {
		*s[j] = vec_src(e, ref[j], vshape_bits(i->shape), SRC_REG);
		if (!biased)
			continue;
		t = vec_temp_over(e, s[j]);
		bias(e, t, s[j]->reg);
		vec_src_done(e, s[j]);
		*s[j] = (struct vec_src){ .reg = (uint8_t)t, .is_tmp = true };
	}
}

/* (a & b) + ((a ^ b) >> 1), or ((a ^ b) >> 1) - (~a & b). */
bool
vec_halving(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool is_signed = row->flags & VEC_SIGNED;
	bool biased = is_signed && es == ES8, minus = row->flags & VEC_NOT;
	struct vec_src a, b;
	unsigned r, t, u;

	if (!opcode(i))
		return false;
	two_sources(e, i, biased, &a, &b);
	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	vec_rrr(e, X64_PXOR, t, a.reg, b.reg);
	halve(e, es, is_signed, t);
	vec_rrr(e, minus ? X64_PANDN : X64_PAND, u, a.reg, b.reg);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = result_of_two(e, k, &a, &b);
	vec_rrr(e, opcode(i), r, t, u);
	if (biased && !minus)
		bias(e, r, r);
	if (biased || !(a.clean && b.clean))
		vec_trim(e, r, bits);
	return true;
}

/* (a + b + 1) >> 1: the host's average, or (a | b) - ((a ^ b) >> 1). */
bool
vec_average(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool is_signed = emit_vec_row(i->op)->flags & VEC_SIGNED;
	bool biased = is_signed && es == ES8;
	struct vec_src a, b;
	unsigned r, t, u;

	if (!opcode(i))
		return false;
	two_sources(e, i, biased, &a, &b);
	if (es == ES8 || (es == ES16 && !is_signed)) {
		r = result_of_two(e, k, &a, &b);
		vec_rrs(e, es == ES8 ? X64_PAVGB : X64_PAVGW, r, a.reg, &b);
		if (biased)
			bias(e, r, r);
	} else {
		t = emit_alloc_xmm(e);
		u = emit_alloc_xmm(e);
		vec_rrr(e, X64_PXOR, t, a.reg, b.reg);
		halve(e, es, is_signed, t);
		vec_rrr(e, X64_POR, u, a.reg, b.reg);
		emit_free_xmm(e, t);
		emit_free_xmm(e, u);
		r = result_of_two(e, k, &a, &b);
		vec_rrr(e, opcode(i), r, u, t);
	}
	if (biased || !(a.clean && b.clean))
		vec_trim(e, r, bits);
	return true;
}

/* Doublewords: the difference, negated where b is greater. */
static bool
abd64(struct emit *e, ir_ref k, const struct ir_insn *i, bool is_signed)
{
	unsigned bits = vshape_bits(i->shape), b, r, t;

	b = vec_take(e, i->b, bits);
	t = vec_take(e, i->a, bits);
	r = emit_result_v(e, k);
	vec_rrr(e, X64_PSUBQ, r, t, b);
	if (!is_signed) {
		vec_rrc(e, X64_PXOR, t, t, x64_sign[ES64][2]);
		vec_rrc(e, X64_PXOR, b, b, x64_sign[ES64][2]);
	}
	vec_rrr(e, X64_PCMPGTQ, b, b, t);
	vec_rrr(e, X64_PXOR, r, r, b);
	vec_rrr(e, X64_PSUBQ, r, r, b);
	vec_trim(e, r, bits);
	emit_free_xmm(e, b);
	emit_free_xmm(e, t);
	return true;
}

/* max - min; for unsigned bytes and halfwords the saturated differences, one
 * of which is zero. */
bool
vec_abd(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	static const uint32_t min[2][3] = {
		{ X64_PMINUB, X64_PMINUW, X64_PMINUD },
		{ X64_PMINSB, X64_PMINSW, X64_PMINSD },
	}, sub[3] = { X64_PSUBB, X64_PSUBW, X64_PSUBD };
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool is_signed = emit_vec_row(i->op)->flags & VEC_SIGNED;
	struct vec_src a, b;
	unsigned r, t, u;

	if (es == ES64)
		return abd64(e, k, i, is_signed);
	a = vec_src(e, i->a, bits, SRC_REG);
	b = vec_src(e, i->b, bits, SRC_REG);
	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	if (!is_signed && es <= ES16) {
		vec_rrs(e, es ? X64_PSUBUSW : X64_PSUBUSB, t, a.reg, &b);
		vec_rrs(e, es ? X64_PSUBUSW : X64_PSUBUSB, u, b.reg, &a);
	} else {
		vec_rrs(e, opcode(i), t, a.reg, &b);
		vec_rrs(e, min[is_signed][es], u, a.reg, &b);
	}
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = result_of_two(e, k, &a, &b);
	vec_rrr(e, !is_signed && es <= ES16 ? X64_POR : sub[es], r, t, u);
	if (!(a.clean && b.clean))
		vec_trim(e, r, bits);
	return true;
}

/* --- Comparisons. */

/* a >= b is not b > a. */
bool
vec_cmp_not(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, vec_mem_if_whole(bits));
	struct vec_src b = vec_src(e, i->b, bits, SRC_REG);

	r = result_of_two(e, k, &a, &b);
	vec_rrs(e, opcode(i), r, b.reg, &a);
	if (!(a.clean && b.clean))
		vec_trim(e, r, bits);
	invert(e, r, bits);
	return true;
}

/* Unsigned doublewords, by the signed comparison. */
static bool
cmp_unsigned64(struct emit *e, ir_ref k, const struct ir_insn *i, bool higher)
{
	unsigned bits = vshape_bits(i->shape), r, t, u;
	struct vec_src a = vec_src(e, higher ? i->a : i->b, bits, SRC_REG);
	struct vec_src b = vec_src(e, higher ? i->b : i->a, bits, SRC_REG);

	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	vec_rrc(e, X64_PXOR, t, a.reg, x64_sign[ES64][2]);
	vec_rrc(e, X64_PXOR, u, b.reg, x64_sign[ES64][2]);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	r = result_of_two(e, k, &a, &b);
	vec_rrr(e, X64_PCMPGTQ, r, t, u);
	vec_trim(e, r, bits);
	if (!higher)
		invert(e, r, bits);
	return true;
}

/* Unsigned: a >= b if the greater is a; a > b unless the less is. */
bool
vec_cmp_minmax(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	static const uint32_t eq[3] = { X64_PCMPEQB, X64_PCMPEQW,
					X64_PCMPEQD };
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r, t;
	bool higher = emit_vec_row(i->op)->flags & VEC_NOT;
	struct vec_src a, b;

	if (es == ES64)
		return cmp_unsigned64(e, k, i, higher);
	a = vec_src(e, i->a, bits, SRC_REG);
	b = vec_src(e, i->b, bits, vec_mem_if_whole(bits));
	t = emit_alloc_xmm(e);
	vec_rrs(e, opcode(i), t, a.reg, &b);
	emit_free_xmm(e, t);
	r = result_of_two(e, k, &a, &b);
	vec_rrs(e, eq[es], r, t, &a);
	if (higher)
		invert(e, r, bits);
	vec_trim(e, r, bits);
	return true;
}

/* Not equal to zero, twice negated. */
bool
vec_cmptst(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t, zero;
	struct vec_src a = vec_src(e, i->a, bits, SRC_REG);
	struct vec_src b = vec_src(e, i->b, bits, vec_mem_if_whole(bits));

	t = emit_alloc_xmm(e);
	zero = emit_alloc_xmm(e);
	vec_rrs(e, X64_PAND, t, a.reg, &b);
	vec_zero(e, zero);
	vec_rrr(e, opcode(i), t, t, zero);
	emit_free_xmm(e, t);
	emit_free_xmm(e, zero);
	r = result_of_two(e, k, &a, &b);
	vec_rrr(e, opcode(i), r, t, zero);
	vec_trim(e, r, bits);
	return true;
}
