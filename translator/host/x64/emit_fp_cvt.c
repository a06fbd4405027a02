/*
 * emit_fp_cvt.c - conversions, between formats and to and from integers.
 *
 * A conversion that is out of range raises invalid and nothing else on both
 * sides, and gives x86's "integer indefinite", the least integer: that is
 * slow. Where x86 has no such conversion (to unsigned), or would raise
 * inexact for a value that the next step finds out of range, the range is
 * tested first.
 */
#include "emit_fp.h"

static const uint8_t rounding[] = {
	[FP_RN] = X64_ROUND_RN, [FP_RP] = X64_ROUND_RP, [FP_RM] = X64_ROUND_RM,
	[FP_RZ] = X64_ROUND_RZ, [FP_CUR] = X64_ROUND_CUR,
};

/* dst = x rounded to integral; what lies above a scalar comes along. */
static void
fp_round(struct emit *e, unsigned shape, unsigned dst, unsigned x,
	 unsigned mode)
{
	bool scalar = vshape_lanes(shape) == 1;
	unsigned op = X64_ROUNDPS + (vshape_es(shape) == ES64) +
		      (scalar ? 2 : 0);

	if (scalar)
		vec_rrri(e, op, dst, x, x, mode);
	else
		vec_rri(e, op, dst, x, mode);
}

/*
 * To nearest, ties away from zero: truncated, and one more if what that cut
 * off is half or more; both steps are exact. x is clean, and not infinite
 * unless invalid is raised anyway.
 */
static unsigned
rounded_away(struct emit *e, unsigned shape, unsigned x)
{
	unsigned r = emit_alloc_xmm(e), t = emit_alloc_xmm(e);
	unsigned u = emit_alloc_xmm(e), d = vshape_es(shape) == ES64;

	fp_round(e, shape, r, x, X64_ROUND_RZ | X64_ROUND_QUIET);
	vec_rrr(e, fp_form(X64_SUBPS, shape), t, x, r);
	vec_rrc(e, X64_ANDPS, t, t, x64_magnitude[2 + d][fp_width(shape)]);
	vec_rc(e, X64_MOVAPS, u, x64_fp_half[d]);
	vec_rrri(e, fp_form(X64_CMPPS, shape), u, u, t, X64_CMP_LE);
	vec_rrc(e, X64_ANDPS, u, u, x64_fp_one[d]);
	vec_rrc(e, X64_ANDPS, t, x, x64_sign[2 + d][fp_width(shape)]);
	vec_rrr(e, X64_ORPS, u, u, t);
	vec_rrr(e, fp_form(X64_ADDPS, shape), r, r, u);
	vec_rrr(e, X64_ORPS, r, r, t);	/* -0 is kept */
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	return r;
}

/* Slow unless the magnitude of the scalar in x is below 2^exp. */
static void
slow_unless_small(struct emit *e, unsigned es, unsigned x, unsigned exp)
{
	unsigned t = emit_alloc(e);
	uint32_t limit = es == ES64 ? (1023 + exp) << 20 : (127 + exp) << 23;

	x64_rr(&e->as, es == ES64, X64_MOVD_FROM, x, t);
	if (es == ES64)
		x64_shift_imm(&e->as, X64_64, SH_SHR, t, 32);
	x64_alu_ri(&e->as, X64_32, ALU_AND, t, INT32_MAX);
	x64_alu_ri(&e->as, X64_32, ALU_CMP, t, (int32_t)limit);
	emit_free(e, t);
	emit_slow_if(e, CC_AE);
}

/* Scalars only; what is large is integral, but let the slow path say so. */
static bool
rint_away(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, es = vshape_es(s), t;
	struct vec_src a;

	if (vshape_lanes(s) > 1)
		return false;
	a = vec_src(e, i->a, vshape_bits(s), SRC_CLEAN);
	slow_unless_small(e, es, a.reg, es == ES64 ? 52 : 23);
	t = rounded_away(e, s, a.reg);
	emit_free_xmm(e, t);
	vec_src_done(e, &a);
	vec_mov(e, vec_result_over(e, k), t);
	return true;
}

bool
fp_rint(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, mode = FP_MODE(i->n), r;
	struct vec_src a;

	if (vshape_es(s) == ES16)
		return false;
	if (mode == FP_RA)
		return rint_away(e, k, i);
	a = vec_src(e, i->a, vshape_bits(s), SRC_CLEAN);
	fp_raise_denormal(e, s, a.reg);
	vec_src_done(e, &a);
	r = vec_result_apart(e, k);
	fp_round(e, s, r, a.reg, rounding[mode] |
		 (i->n & FP_EXACT ? 0 : X64_ROUND_QUIET));
	fp_check_nan(e, s, r);
	return true;
}

/* --- Between formats. */

/* To halves: as fp_slow_if_nan_or_least(). */
static void
slow_if_odd_half(struct emit *e, unsigned r)
{
	unsigned x = emit_alloc_xmm(e), t = emit_alloc(e);

	vec_rrc(e, X64_PADDW, x, r, x64_half_exp_add);
	vec_rrc(e, X64_PAND, x, x, x64_half_exp_test);
	vec_rrc(e, X64_PCMPEQW, x, x, x64_splat8[0]);
	x64_rr(&e->as, 0, X64_PMOVMSKB, t, x);
	x64_test(&e->as, X64_32, t, t);
	emit_free(e, t);
	emit_free_xmm(e, x);
	emit_slow_if(e, CC_NE);
}

static bool
cvt_half(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned from)
{
	unsigned s = i->shape, to = vshape_es(s), lanes = vshape_lanes(s), r;
	struct x64_mem fpcr = CPU(fp.fpcr);
	struct vec_src a;

	if (!x64_cpu_has(X64_CPU_F16C) || from == ES64 ||
	    (to == ES64 && lanes > 1))
		return false;
	/* The alternative format is the interpreter's. */
	fpcr.disp += 3;
	x64_test_mi8(&e->as, fpcr, FPCR_AHP >> 24);
	emit_slow_if(e, CC_NE);
	a = vec_src(e, i->a, lanes << (from + 3), SRC_CLEAN);
	vec_src_done(e, &a);
	r = vec_result_apart(e, k);
	if (to == ES16) {	/* the source is reg, the destination rm */
		x64_vex_rrr(&e->as, X64_CVTPS2PH, 0, a.reg, 0, r);
		x64_byte(&e->as, X64_ROUND_CUR);
		slow_if_odd_half(e, r);
		return true;
	}
	x64_vex_rrr(&e->as, X64_CVTPH2PS, 0, r, 0, a.reg);
	if (to == ES64)
		vec_rrr(e, X64_CVTSS2SD, r, r, r);
	fp_check_nan(e, s, r);
	return true;
}

bool
fp_cvt(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, from = i->n & 7, to = vshape_es(s), r, t = 0;
	bool scalar = vshape_lanes(s) == 1;
	struct vec_src a;

	if (i->n & FP_TO_ODD)
		return false;
	if (from == ES16 || to == ES16)
		return cvt_half(e, k, i, from);
	a = vec_src(e, i->a, vshape_lanes(s) << (from + 3), SRC_MEM);
	if (scalar) {
		t = emit_alloc_xmm(e);
		vec_zero(e, t);
		emit_free_xmm(e, t);
	}
	vec_src_done(e, &a);
	r = vec_result_apart(e, k);
	if (scalar)
		vec_rrs(e, to == ES64 ? X64_CVTSS2SD : X64_CVTSD2SS, r, t,
			&a);
	else
		vec_rs(e, to == ES64 ? X64_CVTPS2PD : X64_CVTPD2PS, r, &a);
	if (to == ES64)
		fp_check_nan(e, s, r);
	else
		fp_check_nan_least(e, s, r);
	return true;
}

/* --- To integers. */

/* dst = src towards zero; raises what there is to raise. */
static void
truncate_to(struct emit *e, unsigned es, unsigned w, unsigned dst,
	    const struct vec_src *src)
{
	unsigned op = es == ES64 ? X64_CVTTSD2SI : X64_CVTTSS2SI;

	if (src->is_mem)
		x64_rm(&e->as, w, op, dst, src->mem);
	else
		x64_rr(&e->as, w, op, dst, src->reg);
}

/* The same to an unsigned integer, which only AVX-512 has. What is out of range
 * raises invalid and gives all ones. */
static void
truncate_unsigned(struct emit *e, unsigned es, unsigned w, unsigned dst,
		  const struct vec_src *src)
{
	unsigned op = es == ES64 ? X64_CVTTSD2USI : X64_CVTTSS2USI;

	if (src->is_mem)
		x64_evex_rrm(&e->as, op, w, dst, 0, src->mem);
	else
		x64_evex_rrr(&e->as, op, w, dst, 0, src->reg);
}

/* Slow unless the number, of which register x has the bits, is at least +0
 * and below 2^bits: patterns of positive numbers are ordered as integers. */
static void
slow_unless_below(struct emit *e, unsigned es, unsigned x, unsigned bits)
{
	unsigned t = emit_alloc(e);
	uint32_t limit = es == ES64 ? (1023 + bits) << 20 : (127 + bits) << 23;

	x64_rr(&e->as, es == ES64, X64_MOVD_FROM, x, t);
	if (es == ES64)
		x64_shift_imm(&e->as, X64_64, SH_SHR, t, 32);
	x64_alu_ri(&e->as, X64_32, ALU_CMP, t, (int32_t)limit);
	emit_free(e, t);
	emit_slow_if(e, CC_AE);
}

/* x, rounded to integral without inexact, in a register of its own. */
static unsigned
rounded(struct emit *e, unsigned shape, unsigned x, unsigned mode)
{
	unsigned t;

	if (mode == FP_RA)
		return rounded_away(e, shape, x);
	t = emit_alloc_xmm(e);
	fp_round(e, shape, t, x, rounding[mode] | X64_ROUND_QUIET);
	return t;
}

/*
 * Lane x, of element size es, to an integer in dst. Rounding in another way
 * than towards zero comes first, and quietly; if what that gives is in range,
 * the truncation of the original raises inexact.
 */
static void
to_integer(struct emit *e, unsigned es, unsigned t, const struct vec_src *x,
	   unsigned mode, unsigned dst)
{
	bool is_unsigned = mode & FP_UNSIGNED, quiet = FP_MODE(mode) != FP_RZ;
	bool direct = is_unsigned && x64_cpu_has(X64_CPU_AVX512);
	void (*truncate)(struct emit *e, unsigned es, unsigned w, unsigned dst,
			 const struct vec_src *src) =
		direct ? truncate_unsigned : truncate_to;
	struct vec_src y = *x;
	unsigned w = (is_unsigned && !direct) || t == IT64;

	if (!x->is_mem)
		fp_raise_denormal(e, vscalar(es), x->reg);
	if (quiet)
		y.reg = (uint8_t)rounded(e, vscalar(es), x->reg,
					 FP_MODE(mode));
	if (is_unsigned && !direct)
		slow_unless_below(e, es, y.reg, t == IT64 ? 63 : 32);
	truncate(e, es, w, dst, &y);
	if (direct && e->fp_tests) {
		x64_alu_ri(&e->as, w, ALU_CMP, dst, -1);
		emit_slow_if(e, CC_E);
	}
	if (!is_unsigned && e->fp_tests) {
		x64_alu_ri(&e->as, w, ALU_CMP, dst, 1);
		emit_slow_if(e, CC_O);	/* the least integer */
	}
	if (quiet) {
		unsigned raise = emit_alloc(e);

		truncate(e, es, w, raise, x);
		emit_free(e, raise);
		emit_free_xmm(e, y.reg);
	}
}

/* Lanes of x times 2^exp, where that is exact. */
static void
scale(struct emit *e, unsigned shape, unsigned x, int exp)
{
	unsigned t, f;
	bool d = vshape_es(shape) == ES64;

	if (!exp)
		return;
	t = emit_alloc(e);
	f = emit_alloc_xmm(e);
	x64_mov_imm(&e->as, t, d ? (uint64_t)(1023 + exp) << 52 :
		    (uint64_t)(127 + exp) << 23);
	x64_rr(&e->as, d, X64_MOVD_TO, f, t);
	if (vshape_lanes(shape) > 1)
		vec_rri(e, X64_PSHUFD, f, f, d ? 0x44 : 0);
	vec_rrr(e, fp_form(X64_MULPS, shape), x, x, f);
	emit_free(e, t);
	emit_free_xmm(e, f);
}

/* With fraction bits: times a power of two first, if that can be done. */
static bool
to_fixed(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), dst;
	struct vec_src x = { .ref = i->a };

	x.reg = (uint8_t)vec_take(e, i->a, 8u << es);
	slow_unless_small(e, es, x.reg, 63);
	scale(e, i->shape, x.reg, i->n2);
	dst = emit_result(e, k);
	to_integer(e, es, i->t, &x, i->n, dst);
	emit_free_xmm(e, x.reg);
	emit_locate(e, k, LOC_REG, dst, true);
	return true;
}

bool
fp_to_int(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), dst;
	bool plain = i->n == FP_RZ;
	struct vec_src x;

	if (es == ES16)
		return false;
	if (i->n2)
		return to_fixed(e, k, i);
	x = vec_src(e, i->a, 8u << es, plain ? SRC_REG : SRC_CLEAN);
	dst = emit_result(e, k);
	to_integer(e, es, i->t, &x, i->n, dst);
	vec_src_done(e, &x);
	emit_locate(e, k, LOC_REG, dst, true);
	return true;
}

/* Words, all at once. */
static bool
to_words(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, r, t, x;
	unsigned mode = FP_MODE(i->n);
	struct vec_src a = vec_src(e, i->a, vshape_bits(s), SRC_CLEAN);

	fp_raise_denormal(e, s, a.reg);
	x = mode == FP_RZ ? a.reg : rounded(e, s, a.reg, mode);
	r = vec_result_apart(e, k);
	t = emit_alloc_xmm(e);
	if (i->n & FP_UNSIGNED) {
		/* At least +0, below 2^31. */
		vec_rrc(e, X64_PCMPGTD, t, x, x64_below_2_31);
		vec_rrr(e, X64_POR, t, t, x);
		fp_slow_if_sign(e, s, t);
	}
	vec_rr(e, X64_CVTTPS2DQ, r, x);
	if (!(i->n & FP_UNSIGNED) && e->fp_tests) {
		vec_rrc(e, X64_PCMPEQD, t, r, x64_least32);
		fp_slow_if_sign(e, s, t);
	}
	if (mode != FP_RZ) {
		vec_rr(e, X64_CVTTPS2DQ, t, a.reg);
		emit_free_xmm(e, x);
	}
	emit_free_xmm(e, t);
	vec_src_done(e, &a);
	return true;
}

/* Doublewords, one by one. */
static bool
to_doublewords(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	struct vec_src x = { .ref = i->a };
	unsigned r, t, high;

	x.reg = (uint8_t)vec_take(e, i->a, vshape_bits(i->shape));
	r = vec_result_apart(e, k);
	t = emit_alloc(e);
	to_integer(e, ES64, IT64, &x, i->n, t);
	x64_rr(&e->as, X64_64, X64_MOVD_TO, r, t);
	if (vshape_lanes(i->shape) == 2) {
		high = emit_alloc_xmm(e);
		vec_rrr(e, X64_PUNPCKHQDQ, x.reg, x.reg, x.reg);
		to_integer(e, ES64, IT64, &x, i->n, t);
		x64_rr(&e->as, X64_64, X64_MOVD_TO, high, t);
		vec_rrr(e, X64_PUNPCKLQDQ, r, r, high);
		emit_free_xmm(e, high);
	}
	emit_free(e, t);
	emit_free_xmm(e, x.reg);
	return true;
}

bool
fp_to_fix(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape);

	if (es == ES16 || i->n2)
		return false;
	return es == ES64 ? to_doublewords(e, k, i) : to_words(e, k, i);
}

/* --- From integers. */

static void
from_integer(struct emit *e, unsigned es, unsigned w, unsigned dst,
	     unsigned src)
{
	vec_zero(e, dst);
	x64_rr(&e->as, w, es == ES64 ? X64_CVTSI2SD : X64_CVTSI2SS, dst, src);
}

bool
fp_from_int(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape), a, r;
	bool is_unsigned = i->n & FP_UNSIGNED;

	if (es == ES16)
		return false;
	a = emit_use(e, i->a);
	if (is_unsigned && i->t == IT64 && x64_cpu_has(X64_CPU_AVX512)) {
		r = vec_result_apart(e, k);
		vec_zero(e, r);
		x64_evex_rrr(&e->as, es == ES64 ? X64_CVTUSI2SD :
			     X64_CVTUSI2SS, X64_64, r, r, a);
	} else {
		if (is_unsigned && i->t == IT64) {
			x64_test(&e->as, X64_64, a, a);
			emit_slow_if(e, CC_S);
		}
		r = vec_result_apart(e, k);
		from_integer(e, es, is_unsigned || i->t == IT64, r, a);
	}
	emit_done(e, i->a);
	scale(e, i->shape, r, -i->n2);
	return true;
}

static bool
from_words(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, r;
	struct vec_src a = vec_src(e, i->a, vshape_bits(s), SRC_CLEAN |
				   SRC_NEAR);

	if (i->n & FP_UNSIGNED)
		fp_slow_if_sign(e, s, a.reg);
	vec_src_done(e, &a);
	r = vec_result_over(e, k);
	vec_rr(e, X64_CVTDQ2PS, r, a.reg);
	scale(e, s, r, -i->n2);
	return true;
}

/* A word or doublewords, by way of general registers. */
static bool
from_general(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, es = vshape_es(s), r, t, x, high;
	bool is_unsigned = i->n & FP_UNSIGNED;

	x = vec_take(e, i->a, vshape_bits(s));
	t = emit_alloc(e);
	r = vec_result_apart(e, k);
	x64_rr(&e->as, es == ES64, X64_MOVD_FROM, x, t);
	if (is_unsigned && es == ES64)
		fp_slow_if_sign(e, vfull(1, ES64), x);
	from_integer(e, es, is_unsigned || es == ES64, r, t);
	if (vshape_lanes(s) == 2) {
		high = emit_alloc_xmm(e);
		vec_rrr(e, X64_PUNPCKHQDQ, x, x, x);
		x64_rr(&e->as, X64_64, X64_MOVD_FROM, x, t);
		from_integer(e, es, X64_64, high, t);
		vec_rrr(e, X64_PUNPCKLQDQ, r, r, high);
		emit_free_xmm(e, high);
	}
	emit_free(e, t);
	emit_free_xmm(e, x);
	scale(e, s, r, -i->n2);
	return true;
}

bool
fp_from_fix(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned es = vshape_es(i->shape);

	if (es == ES16)
		return false;
	if (es == ES64 || vshape_lanes(i->shape) == 1)
		return from_general(e, k, i);
	return from_words(e, k, i);
}
