/*
 * emit_vec_arith.c - bitwise operations, arithmetic modulo the lane's width,
 * comparisons.
 */
#include "emit_vec.h"

/* How a second operand of `bits' may be given. */
static unsigned
mem_if_whole(unsigned bits)
{
	return bits == 128 ? SRC_MEM : SRC_REG;
}

static uint32_t
opcode(const struct ir_insn *i)
{
	return emit_vec_row(i->op)->op[vshape_es(i->shape)];
}

/* One instruction of two operands. */
bool
vec_two(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	const struct vec_row *row = emit_vec_row(i->op);
	unsigned bits = vshape_bits(i->shape), r;
	ir_ref a = row->flags & VEC_SWAP ? i->b : i->a;
	ir_ref b = row->flags & VEC_SWAP ? i->a : i->b;
	bool clean = vec_clean_from(e, a, bits);
	bool far = x64_evex_has(opcode(i));
	struct vec_src src, first;

	if (!opcode(i))
		return false;
	src = vec_src(e, b, bits, mem_if_whole(bits) | (far ? 0 : SRC_NEAR));
	if (x64_cpu_has(X64_CPU_AVX)) {
		first = vec_src(e, a, bits, far ? SRC_FAR : SRC_REG);
		vec_src_done(e, &first);
		vec_src_done(e, &src);
		e->far_result = far && bits == 128;
		r = vec_result_over(e, k);
		e->far_result = false;
		vec_rrs(e, opcode(i), r, first.reg, &src);
		if (row->flags & VEC_DIRTY || !(first.clean && src.clean))
			vec_trim(e, r, bits);
		return true;
	}
	r = emit_result_from(e, k, a, bits);
	vec_rs(e, opcode(i), r, &src);
	vec_src_done(e, &src);
	if (row->flags & VEC_DIRTY || !clean || !src.clean)
		vec_trim(e, r, bits);
	return true;
}

/* MOV is ORR of a register with itself. */
bool
vec_move_or(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	if (!vec_same(e, i->a, i->b))
		return vec_two(e, k, i);
	if (i->a != i->b) {
		emit_done(e, i->b);
		vec_result_clean(e, k, i->a, vshape_bits(i->shape));
	} else {
		vec_result_clean(e, k, i->a, vshape_bits(i->shape));
		emit_done(e, i->a);
	}
	return true;
}

/* Flips the shape's bits, and leaves those above alone. */
static void
invert(struct emit *e, unsigned xmm, unsigned bits)
{
	unsigned t;

	if (bits < 128) {
		vec_rc(e, X64_PXOR, xmm,
		       x64_low[bits == 64 ? 3 : bits == 32 ? 2 :
			       bits == 16 ? 1 : 0]);
		return;
	}
	t = emit_alloc_xmm(e);
	vec_ones(e, t);
	vec_rr(e, X64_PXOR, xmm, t);
	emit_free_xmm(e, t);
}

bool
vec_not(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape);

	invert(e, vec_result_clean(e, k, i->a, bits), bits);
	return true;
}

bool
vec_orn(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, mem_if_whole(bits) |
				   SRC_CLEAN);

	r = vec_result_clean(e, k, i->b, bits);
	invert(e, r, bits);
	vec_rs(e, X64_POR, r, &a);
	vec_src_done(e, &a);
	return true;
}

/* c ^ ((b ^ c) & a) */
bool
vec_select(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, mem_if_whole(bits));
	struct vec_src c = vec_src(e, i->c, bits, SRC_REG);

	r = emit_result_from(e, k, i->b, bits);
	vec_rs(e, X64_PXOR, r, &c);
	vec_rs(e, X64_PAND, r, &a);
	vec_rs(e, X64_PXOR, r, &c);
	vec_src_done(e, &a);
	vec_src_done(e, &c);
	vec_trim(e, r, bits);
	return true;
}

/* --- Bits of bytes, by tables of nibbles. */

/* t = the table's entry for the high nibbles of x, and x = for the low ones;
 * returns t. */
static unsigned
by_nibble(struct emit *e, unsigned x, const void *table)
{
	unsigned t = emit_alloc_xmm(e), low = emit_alloc_xmm(e);

	vec_mov(e, t, x);
	vec_shift(e, X64_PSRLW, t, 4);
	vec_rc(e, X64_PAND, x, x64_splat8[15]);
	vec_rc(e, X64_PAND, t, x64_splat8[15]);
	vec_rc(e, X64_MOVAPS, low, table);
	vec_rr(e, X64_PSHUFB, low, x);
	vec_mov(e, x, low);
	vec_rc(e, X64_MOVAPS, low, table);
	vec_rr(e, X64_PSHUFB, low, t);
	emit_free_xmm(e, t);
	return low;
}

bool
vec_cnt(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape);
	unsigned r = vec_result_clean(e, k, i->a, bits);
	unsigned t = by_nibble(e, r, x64_nibble_cnt);

	vec_rr(e, X64_PADDB, r, t);
	emit_free_xmm(e, t);
	return true;
}

bool
vec_rbit(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape);
	unsigned r = vec_result_clean(e, k, i->a, bits);
	unsigned t = by_nibble(e, r, x64_nibble_rev);

	/* The low nibble goes up; entries are nibbles. */
	vec_shift(e, X64_PSLLW, r, 4);
	vec_rr(e, X64_POR, r, t);
	emit_free_xmm(e, t);
	return true;
}

bool
vec_rev(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	unsigned r = vec_result_clean(e, k, i->a, bits), order;

	if (es == ES8) {
		vec_rc(e, X64_PSHUFB, r, x64_swap[i->n - 1]);
	} else if (es == ES16) {
		order = i->n == 3 ? 0x1b : 0xb1;
		vec_rri(e, X64_PSHUFLW, r, r, order);
		if (bits == 128)
			vec_rri(e, X64_PSHUFHW, r, r, order);
	} else {
		vec_rri(e, X64_PSHUFD, r, r, bits == 128 ? 0xb1 : 0xe1);
	}
	return true;
}

/* --- Arithmetic. */

bool
vec_mul(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, b, t, u;

	if (vshape_es(i->shape) != ES8)
		return vec_two(e, k, i);
	b = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	/* Odd bytes and even ones as products of halfwords. */
	vec_mov(e, t, r);
	vec_mov(e, u, b);
	vec_shift(e, X64_PSRLW, t, 8);
	vec_shift(e, X64_PSRLW, u, 8);
	vec_rr(e, X64_PMULLW, t, u);
	vec_shift(e, X64_PSLLW, t, 8);
	vec_rr(e, X64_PMULLW, r, b);
	vec_rc(e, X64_PAND, r, x64_even[0]);
	vec_rr(e, X64_POR, r, t);
	vec_trim(e, r, bits);
	emit_free_xmm(e, b);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	return true;
}

bool
vec_neg(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, mem_if_whole(bits) |
				   SRC_CLEAN);

	r = emit_result_v(e, k);
	vec_zero(e, r);
	vec_rs(e, opcode(i), r, &a);
	vec_src_done(e, &a);
	return true;
}

bool
vec_abs(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t;

	r = vec_result_clean(e, k, i->a, bits);
	if (vshape_es(i->shape) != ES64) {
		vec_rr(e, opcode(i), r, r);
		return true;
	}
	t = emit_alloc_xmm(e);
	vec_mov(e, t, r);
	vec_shift(e, X64_PSRAD, t, 31);
	vec_rri(e, X64_PSHUFD, t, t, 0xf5);
	vec_rr(e, X64_PXOR, r, t);
	vec_rr(e, X64_PSUBQ, r, t);
	emit_free_xmm(e, t);
	return true;
}

/* Signed bytes plus 128 are unsigned ones in the same order. */
static void
bias(struct emit *e, unsigned xmm)
{
	vec_rc(e, X64_PXOR, xmm, x64_splat8[0x80]);
}

/* Every lane one bit to the right; bytes are unsigned. */
static void
halve(struct emit *e, unsigned es, bool is_signed, unsigned xmm)
{
	if (es == ES8) {
		vec_shift(e, X64_PSRLW, xmm, 1);
		vec_rc(e, X64_PAND, xmm, x64_splat8[0x7f]);
	} else if (is_signed) {
		vec_shift(e, es == ES16 ? X64_PSRAW : X64_PSRAD, xmm, 1);
	} else {
		vec_shift(e, es == ES16 ? X64_PSRLW : X64_PSRLD, xmm, 1);
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
	unsigned b, r, t;

	if (!opcode(i))
		return false;
	b = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	if (biased) {
		bias(e, r);
		bias(e, b);
	}
	vec_mov(e, t, r);
	vec_rr(e, X64_PXOR, t, b);
	halve(e, es, is_signed, t);
	vec_rr(e, minus ? X64_PANDN : X64_PAND, r, b);
	if (minus) {
		vec_rr(e, opcode(i), t, r);
		vec_mov(e, r, t);
	} else {
		vec_rr(e, opcode(i), r, t);
		if (biased)
			bias(e, r);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, b);
	emit_free_xmm(e, t);
	return true;
}

/* (a + b + 1) >> 1: the host's average, or (a | b) - ((a ^ b) >> 1). */
bool
vec_average(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape);
	bool is_signed = emit_vec_row(i->op)->flags & VEC_SIGNED;
	unsigned b, r, t;

	if (!opcode(i))
		return false;
	b = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	if (es == ES8 || (es == ES16 && !is_signed)) {
		if (is_signed) {
			bias(e, r);
			bias(e, b);
		}
		vec_rr(e, es == ES8 ? X64_PAVGB : X64_PAVGW, r, b);
		if (is_signed)
			bias(e, r);
	} else {
		t = emit_alloc_xmm(e);
		vec_mov(e, t, r);
		vec_rr(e, X64_PXOR, t, b);
		halve(e, es, is_signed, t);
		vec_rr(e, X64_POR, r, b);
		vec_rr(e, opcode(i), r, t);
		emit_free_xmm(e, t);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, b);
	return true;
}

/* Doublewords: the difference, negated where b is greater. */
static bool
abd64(struct emit *e, ir_ref k, const struct ir_insn *i, bool is_signed)
{
	unsigned bits = vshape_bits(i->shape), b, r, t;

	b = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	vec_mov(e, t, r);
	vec_rr(e, X64_PSUBQ, r, b);
	if (!is_signed) {
		vec_rc(e, X64_PXOR, t, x64_sign[ES64][2]);
		vec_rc(e, X64_PXOR, b, x64_sign[ES64][2]);
	}
	vec_rr(e, X64_PCMPGTQ, b, t);
	vec_rr(e, X64_PXOR, r, b);
	vec_rr(e, X64_PSUBQ, r, b);
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
	unsigned b, r, t;

	if (es == ES64)
		return abd64(e, k, i, is_signed);
	b = vec_take(e, i->b, bits);
	r = emit_result_from(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	vec_mov(e, t, r);
	if (!is_signed && es <= ES16) {
		vec_rr(e, es ? X64_PSUBUSW : X64_PSUBUSB, r, b);
		vec_rr(e, es ? X64_PSUBUSW : X64_PSUBUSB, b, t);
		vec_rr(e, X64_POR, r, b);
	} else {
		vec_rr(e, opcode(i), r, b);
		vec_rr(e, min[is_signed][es], t, b);
		vec_rr(e, sub[es], r, t);
	}
	vec_trim(e, r, bits);
	emit_free_xmm(e, b);
	emit_free_xmm(e, t);
	return true;
}

/* --- Comparisons. */

/* a >= b is not b > a. */
bool
vec_cmp_not(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r;
	struct vec_src a = vec_src(e, i->a, bits, mem_if_whole(bits) |
				   SRC_CLEAN);

	r = vec_result_clean(e, k, i->b, bits);
	vec_rs(e, opcode(i), r, &a);
	vec_src_done(e, &a);
	invert(e, r, bits);
	return true;
}

/* Unsigned doublewords, by the signed comparison. */
static bool
cmp_unsigned64(struct emit *e, ir_ref k, const struct ir_insn *i, bool higher)
{
	unsigned bits = vshape_bits(i->shape), r, t;

	t = vec_take(e, higher ? i->b : i->a, bits);
	r = emit_result_from(e, k, higher ? i->a : i->b, bits);
	vec_rc(e, X64_PXOR, t, x64_sign[ES64][2]);
	vec_rc(e, X64_PXOR, r, x64_sign[ES64][2]);
	vec_rr(e, X64_PCMPGTQ, r, t);
	emit_free_xmm(e, t);
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
	unsigned bits = vshape_bits(i->shape), es = vshape_es(i->shape), r;
	bool higher = emit_vec_row(i->op)->flags & VEC_NOT;
	struct vec_src a;

	if (es == ES64)
		return cmp_unsigned64(e, k, i, higher);
	a = vec_src(e, i->a, bits, SRC_REG);
	r = emit_result_from(e, k, i->b, bits);
	vec_rs(e, opcode(i), r, &a);
	vec_rs(e, eq[es], r, &a);
	vec_src_done(e, &a);
	if (higher)
		invert(e, r, bits);
	vec_trim(e, r, bits);
	return true;
}

/* Not equal to zero, twice negated. */
bool
vec_cmptst(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned bits = vshape_bits(i->shape), r, t;
	struct vec_src b = vec_src(e, i->b, bits, mem_if_whole(bits));

	r = emit_result_from(e, k, i->a, bits);
	vec_rs(e, X64_PAND, r, &b);
	vec_src_done(e, &b);
	t = emit_alloc_xmm(e);
	vec_zero(e, t);
	vec_rr(e, opcode(i), r, t);
	vec_rr(e, opcode(i), r, t);
	emit_free_xmm(e, t);
	vec_trim(e, r, bits);
	return true;
}
