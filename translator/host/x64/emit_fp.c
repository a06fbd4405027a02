/*
 * emit_fp.c - floating-point arithmetic and comparison to masks.
 */
#include "emit_fp.h"

/* --- What all share. */

unsigned
fp_form(unsigned op, unsigned shape)
{
	bool d = vshape_es(shape) == ES64;

	if (vshape_lanes(shape) == 1)
		return op | (d ? X64_F2 : X64_F3);
	return op | (d ? X64_66 : 0);
}

unsigned
fp_width(unsigned shape)
{
	return vshape_lanes(shape) == 1 ? 0 : vshape_bits(shape) / 64;
}

unsigned
fp_how(unsigned shape)
{
	return fp_width(shape) == 1 ? SRC_CLEAN : SRC_MEM;
}

void
fp_slow_if_sign(struct emit *e, unsigned shape, unsigned x)
{
	unsigned t = emit_alloc(e);

	x64_rr(&e->as, 0, X64_MOVMSKPS |
	       (vshape_es(shape) == ES64 ? X64_66 : 0), t, x);
	x64_test(&e->as, X64_32, t, t);
	emit_free(e, t);
	emit_slow_if(e, CC_NE);
}

void
fp_slow_if_nan(struct emit *e, unsigned shape, unsigned r)
{
	unsigned d = vshape_es(shape) == ES64 ? X64_66 : 0, t;

	if (vshape_lanes(shape) == 1) {
		vec_rr(e, X64_UCOMISS | d, r, r);
		emit_slow_if(e, CC_P);
		return;
	}
	t = emit_alloc_xmm(e);
	if (x64_cpu_has(X64_CPU_AVX) && r < 16) {
		x64_vex_rrr(&e->as, X64_CMPPS | d, 0, t, r, r);
		x64_byte(&e->as, X64_CMP_UNORD);
	} else {
		vec_mov(e, t, r);
		vec_rri(e, X64_CMPPS | d, t, t, X64_CMP_UNORD);
	}
	fp_slow_if_sign(e, shape, t);
	emit_free_xmm(e, t);
}

/*
 * With ex the exponent, all of n bits: (ex + 1) mod 2^n is 2 or 0 for the
 * exponents wanted, so has no bit but bit 1 set; all others have. The sign,
 * above, may take the carry.
 */
void
fp_slow_if_nan_or_least(struct emit *e, unsigned shape, unsigned r)
{
	bool d = vshape_es(shape) == ES64;
	unsigned t;

	if (vshape_lanes(shape) == 1) {
		t = emit_alloc(e);
		if (d) {	/* the top 16 bits */
			vec_rri(e, X64_PEXTRW, t, r, 3);
			x64_alu_ri(&e->as, X64_32, ALU_ADD, t, 1 << 4);
			x64_test_imm(&e->as, X64_32, t, 0x7fd << 4);
		} else {
			x64_rr(&e->as, X64_32, X64_MOVD_FROM, r, t);
			x64_alu_ri(&e->as, X64_32, ALU_ADD, t, 1 << 23);
			x64_test_imm(&e->as, X64_32, t, 0xfd << 23);
		}
		emit_free(e, t);
		emit_slow_if(e, CC_E);
		return;
	}
	t = emit_alloc_xmm(e);
	if (x64_cpu_has(X64_CPU_AVX)) {
		x64_vex_rip(&e->as, X64_PADDD, t, r, x64_exp_add[d]);
	} else {
		vec_mov(e, t, r);
		vec_rc(e, X64_PADDD, t, x64_exp_add[d]);
	}
	vec_rc(e, X64_PAND, t, x64_exp_test[d]);
	vec_rc(e, X64_PCMPEQD, t, x64_splat8[0]);
	fp_slow_if_sign(e, shape, t);
	emit_free_xmm(e, t);
}

void
fp_raise_denormal(struct emit *e, unsigned shape, unsigned x)
{
	unsigned d = vshape_es(shape) == ES64 ? X64_66 : 0, t;
	struct x64_mem fpcr = CPU(fp.fpcr);
	uint8_t *skip;

	if (!e->fp_tests)
		return;
	t = vshape_lanes(shape) > 1 ? emit_alloc_xmm(e) : 0;
	fpcr.disp += 3;
	x64_test_mi8(&e->as, fpcr, FPCR_FZ >> 24);
	skip = x64_jcc_short(&e->as, CC_E);
	if (vshape_lanes(shape) == 1) {
		vec_rr(e, X64_UCOMISS | d, x, x);
	} else {
		vec_mov(e, t, x);
		vec_rri(e, X64_CMPPS | d, t, t, X64_CMP_UNORD);
		emit_free_xmm(e, t);
	}
	x64_patch_short(&e->as, skip);
}

void
fp_check_nan(struct emit *e, unsigned shape, unsigned r)
{
	if (e->fp_tests)
		fp_slow_if_nan(e, shape, r);
}

/* The lanes' exponents are 0 or 1: all bits but one of it are zero. */
void
fp_check_nan_least(struct emit *e, unsigned shape, unsigned r)
{
	bool d = vshape_es(shape) == ES64;
	unsigned t, x = 0;

	if (e->fp_tests) {
		fp_slow_if_nan_or_least(e, shape, r);
		return;
	}
	t = emit_alloc(e);
	if (vshape_lanes(shape) > 1) {
		x = emit_alloc_xmm(e);
		vec_mov(e, x, r);
		vec_rc(e, X64_PAND, x, x64_exp_high[d]);
		vec_rc(e, X64_PCMPEQD, x, x64_splat8[0]);
		x64_rr(&e->as, 0, X64_MOVMSKPS | (d ? X64_66 : 0), t, x);
		x64_test(&e->as, X64_32, t, t);
		emit_free_xmm(e, x);
	} else if (d) {
		vec_rri(e, X64_PEXTRW, t, r, 3);
		x64_test_imm(&e->as, X64_32, t, 0x7fe0);
	} else {
		x64_rr(&e->as, 0, X64_MOVD_FROM, r, t);
		x64_test_imm(&e->as, X64_32, t, 0x7f000000);
	}
	emit_free(e, t);
	emit_slow_if_least(e, vshape_lanes(shape) > 1 ? CC_NE : CC_E, shape, r,
			   t, x);
}

/* Twice the number is a one at the exponent's place, without a sign. Of
 * doubles in vectors, only the high half is looked at. */
void
emit_fp_least(struct emit *e, const struct emit_slow *s)
{
	bool d = vshape_es(s->shape) == ES64;

	if (vshape_lanes(s->shape) > 1) {
		vec_mov(e, s->tmp_xmm, s->xmm);
		vec_rr(e, X64_PADDD, s->tmp_xmm, s->tmp_xmm);
		vec_rc(e, X64_PCMPEQD, s->tmp_xmm, x64_twice_least[d]);
		x64_rr(&e->as, 0, X64_MOVMSKPS | (d ? X64_66 : 0), s->tmp,
		       s->tmp_xmm);
		x64_alu_ri(&e->as, X64_32, ALU_CMP, s->tmp, 1);
		x64_rr(&e->as, X64_32, 0x1b, s->tmp, s->tmp);	/* sbb */
		return;
	}
	x64_rr(&e->as, d, X64_MOVD_FROM, s->xmm, s->tmp);
	x64_alu_rr(&e->as, d, ALU_ADD, s->tmp, s->tmp);
	if (d)
		x64_shift_imm(&e->as, d, SH_ROR, s->tmp, 53);
	x64_alu_ri(&e->as, d, ALU_CMP, s->tmp, d ? 1 : 1 << 24);
}

/* --- Arithmetic. */

enum { CHECK_NAN, CHECK_LEAST };

static void
check_result(struct emit *e, unsigned shape, unsigned r, unsigned check)
{
	if (check == CHECK_LEAST)
		fp_check_nan_least(e, shape, r);
	else
		fp_check_nan(e, shape, r);
}

/* Where the result of an operation goes that is followed by such a check: an
 * operand's place only if there will be none. */
static unsigned
result_before(struct emit *e, ir_ref k, unsigned check)
{
	if (check == CHECK_NAN && !e->fp_tests)
		return vec_result_over(e, k);
	return vec_result_apart(e, k);
}

static bool
two(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned op,
    unsigned check)
{
	unsigned s = i->shape, bits = vshape_bits(s), r;
	struct vec_src a, b;

	if (vshape_es(s) == ES16)
		return false;
	b = vec_src(e, i->b, bits, fp_how(s));
	if (x64_cpu_has(X64_CPU_AVX) && fp_width(s) != 1) {
		/* What lies above a comes along. */
		a = vec_src(e, i->a, bits, SRC_CLEAN | SRC_FAR);
		vec_src_done(e, &a);
		vec_src_done(e, &b);
		e->far_result = true;
		r = result_before(e, k, check);
		e->far_result = false;
		vec_rrs(e, fp_form(op, s), r, a.reg, &b);
		check_result(e, s, r, check);
		return true;
	}
	r = vec_result_clean(e, k, i->a, bits);
	if (op == X64_DIVPS && fp_width(s) == 1) {
		/* 0/1 in the lanes above, not 0/0. */
		unsigned t = emit_alloc_xmm(e);

		vec_mov(e, t, b.reg);
		vec_rc(e, X64_ORPS, t, x64_ones_above64);
		vec_rr(e, X64_DIVPS, r, t);
		emit_free_xmm(e, t);
	} else {
		vec_rs(e, fp_form(op, s), r, &b);
	}
	vec_src_done(e, &b);
	if (op == X64_SUBPS && fp_width(s) == 1)
		vec_trim(e, r, bits);	/* 0 - 0 may be -0 */
	check_result(e, s, r, check);
	return true;
}

static bool
fp_add(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return two(e, k, i, X64_ADDPS, CHECK_NAN);
}

static bool
fp_sub(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return two(e, k, i, X64_SUBPS, CHECK_NAN);
}

static bool
fp_mul(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return two(e, k, i, X64_MULPS, CHECK_LEAST);
}

static bool
fp_div(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return two(e, k, i, X64_DIVPS, CHECK_LEAST);
}

static bool
fp_abd(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	if (!two(e, k, i, X64_SUBPS, CHECK_NAN))
		return false;
	vec_rc(e, X64_ANDPS, e->loc[k].reg,
	       x64_magnitude[vshape_es(i->shape)][fp_width(i->shape)]);
	return true;
}

static bool
fp_madd(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, bits = vshape_bits(s), r, op;
	unsigned d = vshape_es(s) == ES64;
	struct vec_src a, b;

	if (vshape_es(s) == ES16 || !x64_cpu_has(X64_CPU_FMA))
		return false;
	a = vec_src(e, i->a, bits, (fp_how(s) & SRC_CLEAN) | SRC_FAR);
	b = vec_src(e, i->b, bits, fp_how(s));
	e->far_result = true;
	r = vec_result_copy(e, k, i->c, bits);
	e->far_result = false;
	op = X64_FMADD231PS + (vshape_lanes(s) == 1);
	if (b.is_mem)
		x64_vex_rm(&e->as, op, d, r, a.reg, b.mem);
	else
		x64_vex_rrr(&e->as, op, d, r, a.reg, b.reg);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	fp_slow_if_nan_or_least(e, s, r);
	return true;
}

/* x86 gives the second operand for two zeros or a NaN. Both orders combined
 * give the zero that is right; NaNs are slow. */
static bool
min_max(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned op,
	unsigned combine)
{
	unsigned s = i->shape, bits = vshape_bits(s), r, t;
	unsigned d = vshape_es(s) == ES64 ? X64_66 : 0;
	struct vec_src b;

	if (vshape_es(s) == ES16)
		return false;
	b = vec_src(e, i->b, bits, SRC_CLEAN);
	r = vec_result_clean(e, k, i->a, bits);
	t = emit_alloc_xmm(e);
	if (!e->fp_tests && (i->op == IR_fp_min || i->op == IR_fp_max)) {
		/* Any NaN is invalid to the host. */
	} else if (vshape_lanes(s) == 1) {
		vec_rs(e, X64_UCOMISS | d, r, &b);
		emit_slow_if(e, CC_P);
	} else {
		vec_mov(e, t, r);
		vec_rsi(e, X64_CMPPS | d, t, &b, X64_CMP_UNORD);
		fp_slow_if_sign(e, s, t);
	}
	vec_mov(e, t, b.reg);
	vec_rr(e, fp_form(op, s), t, r);
	vec_rs(e, fp_form(op, s), r, &b);
	vec_rr(e, combine, r, t);
	vec_src_done(e, &b);
	emit_free_xmm(e, t);
	return true;
}

static bool
fp_min(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return min_max(e, k, i, X64_MINPS, X64_ORPS);
}

static bool
fp_max(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return min_max(e, k, i, X64_MAXPS, X64_ANDPS);
}

static bool
fp_sqrt(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r;

	if (vshape_es(i->shape) == ES16)
		return false;
	r = vec_result_copy(e, k, i->a, vshape_bits(i->shape));
	vec_rr(e, fp_form(X64_SQRTPS, i->shape), r, r);
	fp_check_nan(e, i->shape, r);
	return true;
}

static bool
fp_neg(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r = vec_result_copy(e, k, i->a, vshape_bits(i->shape));

	vec_rc(e, X64_XORPS, r,
	       x64_sign[vshape_es(i->shape)][fp_width(i->shape)]);
	return true;
}

static bool
fp_abs(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned r = emit_result_from(e, k, i->a, vshape_bits(i->shape));

	vec_rc(e, X64_ANDPS, r,
	       x64_magnitude[vshape_es(i->shape)][fp_width(i->shape)]);
	return true;
}

/* --- Comparison. */

static bool
fp_cmp(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, bits = vshape_bits(s), a, r;
	unsigned es = vshape_es(s), rel = i->n;

	if (es == ES16)
		return false;
	/* a >= b as b <= a. */
	a = vec_take(e, i->a, bits);
	r = vec_result_clean(e, k, i->b, bits);
	if (rel == FP_ACGE || rel == FP_ACGT) {
		vec_rc(e, X64_ANDPS, a, x64_magnitude[es][fp_width(s)]);
		vec_rc(e, X64_ANDPS, r, x64_magnitude[es][fp_width(s)]);
	} else if (fp_width(s) == 1) {
		vec_trim(e, a, bits);
	}
	fp_raise_denormal(e, s, a);
	fp_raise_denormal(e, s, r);
	vec_rri(e, fp_form(X64_CMPPS, s), r, a,
		rel == FP_EQ ? X64_CMP_EQ :
		rel == FP_GE || rel == FP_ACGE ? X64_CMP_LE : X64_CMP_LT);
	if (fp_width(s) == 1)
		vec_trim(e, r, bits);
	emit_free_xmm(e, a);
	return true;
}

/* --- The table. */

#define FIRST	IR_fp_add

static emit_vec_fn *const emitters[] = {
#define ROW(op, fn) [IR_##op - FIRST] = fn,
	ROW(fp_add, fp_add)
	ROW(fp_sub, fp_sub)
	ROW(fp_mul, fp_mul)
	ROW(fp_div, fp_div)
	ROW(fp_abd, fp_abd)
	ROW(fp_min, fp_min)
	ROW(fp_max, fp_max)
	ROW(fp_minnm, fp_min)
	ROW(fp_maxnm, fp_max)
	ROW(fp_madd, fp_madd)
	ROW(fp_sqrt, fp_sqrt)
	ROW(fp_neg, fp_neg)
	ROW(fp_abs, fp_abs)
	ROW(fp_cmp, fp_cmp)
	ROW(fp_ccmp_flags, fp_ccmp_flags)
	ROW(fp_choose, fp_choose)
	ROW(fp_rint, fp_rint)
	ROW(fp_cvt, fp_cvt)
	ROW(fp_to_int, fp_to_int)
	ROW(fp_from_int, fp_from_int)
	ROW(fp_to_fix, fp_to_fix)
	ROW(fp_from_fix, fp_from_fix)
};

bool
emit_fp(struct emit *e, ir_ref k)
{
	const struct ir_insn *i = emit_def(e, k);

	if (i->op < FIRST || i->op - FIRST >= (int)ARRAY_SIZE(emitters) ||
	    !emitters[i->op - FIRST])
		return false;
	return emitters[i->op - FIRST](e, k, i);
}
