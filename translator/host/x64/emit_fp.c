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

void
fp_one(struct emit *e, unsigned op, unsigned shape, unsigned dst,
       unsigned src)
{
	if (vshape_lanes(shape) == 1)
		vec_rrr(e, op, dst, src, src);
	else
		vec_rr(e, op, dst, src);
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
	vec_rrri(e, X64_CMPPS | d, t, r, r, X64_CMP_UNORD);
	fp_slow_if_sign(e, shape, t);
	emit_free_xmm(e, t);
}

/* The condition that a lane of x has no bit of mask, of which only the lane's
 * upper half may have any. t and tmp change. */
static enum x64_cc
lane_without(struct emit *e, unsigned shape, unsigned x, const void *mask,
	     unsigned t, unsigned tmp)
{
	bool d = vshape_es(shape) == ES64;

	if (x64_cpu_has(X64_CPU_AVX512) && fp_width(shape) == 2) {
		x64_evex_rrc(&e->as, X64_PTESTNM, d, 1, x, mask, 0);
		x64_vex_rrr(&e->as, X64_KORTESTB, 0, 1, 0, 1);
		return CC_NE;
	}
	vec_rrc(e, X64_PAND, tmp, x, mask);
	vec_rrc(e, X64_PCMPEQD, tmp, tmp, x64_splat8[0]);
	x64_rr(&e->as, 0, X64_MOVMSKPS | (d ? X64_66 : 0), t, tmp);
	x64_test_imm(&e->as, X64_32, t, (1u << vshape_lanes(shape)) - 1);
	return CC_NE;
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
	struct emit_doubt doubt = { (uint16_t)shape, (uint8_t)r, true, 0, 0 };
	unsigned t = emit_alloc(e), x = 0;
	enum x64_cc cc = CC_E;

	if (vshape_lanes(shape) > 1) {
		x = emit_alloc_xmm(e);
		vec_rrc(e, X64_PADDD, x, r, x64_exp_add[d]);
		cc = lane_without(e, shape, x, x64_exp_test[d], t, x);
		emit_free_xmm(e, x);
	} else if (d) {
		x64_rr(&e->as, X64_64, X64_MOVD_FROM, r, t);
		x64_rip(&e->as, X64_64, ALU_ADD * 8 + 3, t, x64_exp_add[d]);
		x64_rip(&e->as, X64_64, 0x85, t, x64_exp_test[d]);
	} else {
		x64_rr(&e->as, X64_32, X64_MOVD_FROM, r, t);
		x64_alu_ri(&e->as, X64_32, ALU_ADD, t, 1 << 23);
		x64_test_imm(&e->as, X64_32, t, 0xfd << 23);
	}
	emit_free(e, t);
	doubt.tmp = (uint8_t)t;
	doubt.tmp_xmm = (uint8_t)x;
	emit_slow_if_doubt(e, cc, &doubt);
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
		vec_rrri(e, X64_CMPPS | d, t, x, x, X64_CMP_UNORD);
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
	struct emit_doubt doubt = { (uint16_t)shape, (uint8_t)r, false, 0, 0 };
	enum x64_cc cc = CC_E;
	unsigned t, x = 0;

	if (e->fp_tests) {
		fp_slow_if_nan_or_least(e, shape, r);
		return;
	}
	t = emit_alloc(e);
	if (vshape_lanes(shape) > 1) {
		x = emit_alloc_xmm(e);
		cc = lane_without(e, shape, r, x64_exp_high[d], t, x);
		emit_free_xmm(e, x);
	} else if (d) {		/* test */
		x64_rr(&e->as, X64_64, X64_MOVD_FROM, r, t);
		x64_rip(&e->as, X64_64, 0x85, t, x64_exp_high[d]);
	} else {
		x64_rr(&e->as, 0, X64_MOVD_FROM, r, t);
		x64_test_imm(&e->as, X64_32, t, 0x7f000000);
	}
	emit_free(e, t);
	doubt.tmp = (uint8_t)t;
	doubt.tmp_xmm = (uint8_t)x;
	emit_slow_if_doubt(e, cc, &doubt);
}

/* Twice the number is a one at the exponent's place, without a sign. Of
 * doubles in vectors, only the high half is looked at. Equal: it is so. */
static void
is_least(struct emit *e, const struct emit_doubt *q)
{
	bool d = vshape_es(q->shape) == ES64;

	if (vshape_lanes(q->shape) > 1) {
		vec_rrr(e, X64_PADDD, q->tmp_xmm, q->xmm, q->xmm);
		vec_rrc(e, X64_PCMPEQD, q->tmp_xmm, q->tmp_xmm,
			x64_twice_least[d]);
		x64_rr(&e->as, 0, X64_MOVMSKPS | (d ? X64_66 : 0), q->tmp,
		       q->tmp_xmm);
		x64_alu_ri(&e->as, X64_32, ALU_CMP, q->tmp, 1);
		x64_rr(&e->as, X64_32, 0x1b, q->tmp, q->tmp);	/* sbb */
		return;
	}
	x64_rr(&e->as, d, X64_MOVD_FROM, q->xmm, q->tmp);
	x64_alu_rr(&e->as, d, ALU_ADD, q->tmp, q->tmp);
	if (d)
		x64_shift_imm(&e->as, d, SH_ROR, q->tmp, 53);
	x64_alu_ri(&e->as, d, ALU_CMP, q->tmp, d ? 1 : 1 << 24);
}

/* The condition that no lane is a NaN. */
static enum x64_cc
is_number(struct emit *e, const struct emit_doubt *q)
{
	unsigned d = vshape_es(q->shape) == ES64 ? X64_66 : 0;

	if (vshape_lanes(q->shape) == 1) {
		vec_rr(e, X64_UCOMISS | d, q->xmm, q->xmm);
		return CC_NP;
	}
	vec_mov(e, q->tmp_xmm, q->xmm);
	vec_rrri(e, X64_CMPPS | d, q->tmp_xmm, q->tmp_xmm, q->tmp_xmm,
		 X64_CMP_UNORD);
	x64_rr(&e->as, 0, X64_MOVMSKPS | d, q->tmp, q->tmp_xmm);
	x64_test(&e->as, X64_32, q->tmp, q->tmp);
	return CC_E;
}

void
emit_fp_doubt(struct emit *e, const struct emit_doubt *q, const uint8_t *back)
{
	uint8_t *slow;

	is_least(e, q);
	if (!q->nan) {
		x64_jcc(&e->as, CC_NE, back);
		return;
	}
	slow = x64_jcc_short(&e->as, CC_E);
	x64_jcc(&e->as, is_number(e, q), back);
	x64_patch_short(&e->as, slow);
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
	bool half = fp_width(s) == 1;
	struct vec_src a, b;

	if (vshape_es(s) == ES16)
		return false;
	b = vec_src(e, i->b, bits, fp_how(s));
	/* What lies above a comes along. */
	a = vec_src(e, i->a, bits, SRC_CLEAN);
	vec_src_done(e, &b);
	if (op == X64_DIVPS && half) {
		/* 0/1 in the lanes above, not 0/0. */
		unsigned t = emit_alloc_xmm(e);

		vec_rrc(e, X64_ORPS, t, b.reg, x64_ones_above64);
		emit_free_xmm(e, t);
		b.reg = (uint8_t)t;
	}
	vec_src_done(e, &a);
	r = result_before(e, k, check);
	vec_rrs(e, fp_form(op, s), r, a.reg, &b);
	if (op == X64_SUBPS && half)
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
	vec_rrc(e, X64_ANDPS, e->loc[k].reg, e->loc[k].reg,
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
	a = vec_src(e, i->a, bits, fp_how(s) & SRC_CLEAN);
	b = vec_src(e, i->b, bits, fp_how(s));
	r = vec_result_copy(e, k, i->c, bits);
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

/* Slow if one of the two is a NaN. */
static void
slow_if_either_nan(struct emit *e, unsigned s, const struct vec_src *a,
		   const struct vec_src *b)
{
	unsigned d = vshape_es(s) == ES64 ? X64_66 : 0, t;

	if (vshape_lanes(s) == 1) {
		vec_rs(e, X64_UCOMISS | d, a->reg, b);
		emit_slow_if(e, CC_P);
		return;
	}
	t = emit_alloc_xmm(e);
	vec_op2(e, X64_CMPPS | d, t, a->reg, b, X64_CMP_UNORD);
	fp_slow_if_sign(e, s, t);
	emit_free_xmm(e, t);
}

/* AVX-512 has minNum and maxNum as A64 defines them, zeros' signs and all; for
 * a signalling NaN it raises invalid, and traps. */
static bool
range(struct emit *e, ir_ref k, const struct ir_insn *i, bool max)
{
	unsigned s = i->shape, bits = vshape_bits(s), d = vshape_es(s) == ES64;
	struct vec_src a = vec_src(e, i->a, bits, SRC_CLEAN);
	struct vec_src b = vec_src(e, i->b, bits, fp_how(s) & SRC_CLEAN);

	vec_src_done(e, &a);
	vec_src_done(e, &b);
	x64_evex_rrr(&e->as, X64_RANGEPS + (vshape_lanes(s) == 1), d,
		     vec_result_over(e, k), a.reg, b.reg);
	x64_byte(&e->as, max ? 5 : 4);
	return true;
}

/* x86 gives the second operand for two zeros or a NaN. Both orders combined
 * give the zero that is right; NaNs are slow. */
static bool
min_max(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned op,
	unsigned combine)
{
	unsigned s = i->shape, bits = vshape_bits(s), r, t, u;
	struct vec_src a, b;

	if (vshape_es(s) == ES16)
		return false;
	if (!e->fp_tests && x64_cpu_has(X64_CPU_AVX512) &&
	    (i->op == IR_fp_minnm || i->op == IR_fp_maxnm))
		return range(e, k, i, i->op == IR_fp_maxnm);
	a = vec_src(e, i->a, bits, SRC_CLEAN);
	b = vec_src(e, i->b, bits, SRC_CLEAN);
	/* Else any NaN is invalid to the host. */
	if (e->fp_tests || i->op == IR_fp_minnm || i->op == IR_fp_maxnm)
		slow_if_either_nan(e, s, &a, &b);
	t = emit_alloc_xmm(e);
	u = emit_alloc_xmm(e);
	vec_rrs(e, fp_form(op, s), t, b.reg, &a);
	vec_rrs(e, fp_form(op, s), u, a.reg, &b);
	emit_free_xmm(e, t);
	emit_free_xmm(e, u);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	vec_rrr(e, combine, r, u, t);
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
	unsigned s = i->shape, r;
	struct vec_src a;

	if (vshape_es(s) == ES16)
		return false;
	a = vec_src(e, i->a, vshape_bits(s), SRC_CLEAN);
	vec_src_done(e, &a);
	r = result_before(e, k, CHECK_NAN);
	fp_one(e, fp_form(X64_SQRTPS, s), s, r, a.reg);
	fp_check_nan(e, s, r);
	return true;
}

/* By a constant. */
static bool
change_signs(struct emit *e, ir_ref k, const struct ir_insn *i, unsigned op,
	     const void *constant, unsigned how)
{
	struct vec_src a = vec_src(e, i->a, vshape_bits(i->shape), how);

	vec_src_done(e, &a);
	vec_rrc(e, op, vec_result_over(e, k), a.reg, constant);
	return true;
}

static bool
fp_neg(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return change_signs(e, k, i, X64_XORPS,
			    x64_sign[vshape_es(i->shape)][fp_width(i->shape)],
			    SRC_CLEAN);
}

static bool
fp_abs(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	return change_signs(e, k, i, X64_ANDPS, x64_magnitude
			    [vshape_es(i->shape)][fp_width(i->shape)],
			    SRC_REG);
}

/* --- Comparison. */

/* A source, or if `magnitude' that of it. */
static struct vec_src
compared(struct emit *e, ir_ref ref, unsigned s, bool magnitude)
{
	struct vec_src x = vec_src(e, ref, vshape_bits(s), magnitude ?
				   SRC_REG : SRC_CLEAN);
	unsigned t;

	if (!magnitude)
		return x;
	t = vec_temp_over(e, &x);
	vec_rrc(e, X64_ANDPS, t, x.reg,
		x64_magnitude[vshape_es(s)][fp_width(s)]);
	vec_src_done(e, &x);
	return (struct vec_src){ .reg = (uint8_t)t, .is_tmp = true };
}

static bool
fp_cmp(struct emit *e, ir_ref k, const struct ir_insn *i)
{
	unsigned s = i->shape, rel = i->n, r;
	bool magnitude = rel == FP_ACGE || rel == FP_ACGT;
	struct vec_src a, b;

	if (vshape_es(s) == ES16)
		return false;
	a = compared(e, i->a, s, magnitude);
	b = compared(e, i->b, s, magnitude);
	fp_raise_denormal(e, s, a.reg);
	fp_raise_denormal(e, s, b.reg);
	vec_src_done(e, &a);
	vec_src_done(e, &b);
	r = vec_result_over(e, k);
	/* a >= b as b <= a. */
	vec_rrri(e, fp_form(X64_CMPPS, s), r, b.reg, a.reg,
		 rel == FP_EQ ? X64_CMP_EQ :
		 rel == FP_GE || rel == FP_ACGE ? X64_CMP_LE : X64_CMP_LT);
	if (fp_width(s) == 1)
		vec_trim(e, r, vshape_bits(s));
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
