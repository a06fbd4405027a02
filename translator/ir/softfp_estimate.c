/*
 * softfp_estimate.c - FRECPE, FRSQRTE and FRECPX, bit by bit as the manual
 * has them (FPRecipEstimate, FPRSqrtEstimate, FPRecpX).
 */
#include "softfp.h"
#include "softfp_core.h"

/* a is 256..511 for 0.5 <= x < 1; the result 256..511 for 1 < 1/x <= 2. */
static unsigned
recip_estimate(unsigned a)
{
	a = a * 2 + 1;
	return ((1u << 19) / a + 1) / 2;
}

/* a is 128..511 for 0.25 <= x < 1; the result as above. */
static unsigned
rsqrt_estimate(unsigned a)
{
	unsigned b = 512;

	a = a < 256 ? a * 2 + 1 : ((a >> 1 << 1) + 1) * 2;
	/* The greatest b < 1024 with a b^2 < 2^28. */
	for (unsigned step = 256; step; step /= 2)
		if (a * (b + step) * (b + step) < 1u << 28)
			b += step;
	return (b + 1) / 2;
}

static uint64_t
compose(unsigned es, bool sign, int biased, uint64_t fraction52)
{
	return fp_zero(es, sign) | (uint64_t)biased << fp_frac_bits(es) |
	       fraction52 >> (52 - fp_frac_bits(es));
}

uint64_t
softfp_recpe(struct fp_env *e, unsigned es, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	int bias = fp_bias(es), exp;
	uint64_t fraction;
	bool to_inf;

	if (fp_is_nan(&n))
		return fp_process_nan(e, es, &n, a);
	if (n.class == FP_C_INF)
		return fp_zero(es, n.sign);
	if (n.class == FP_C_ZERO) {
		fp_raise(e, FPSR_DZC);
		return fp_inf(es, n.sign);
	}
	if (n.exp < -bias - 1) {	/* the reciprocal overflows */
		to_inf = fp_mode(e) == FP_RN ||
			 fp_mode(e) == (n.sign ? FP_RM : FP_RP);
		fp_raise(e, FPSR_OFC | FPSR_IXC);
		return to_inf ? fp_inf(es, n.sign) :
				fp_max_normal(es, n.sign);
	}
	if (n.exp >= bias - 1 &&
	    e->fpcr & (es == ES16 ? FPCR_FZ16 : FPCR_FZ)) {
		fp_raise(e, FPSR_UFC);
		return fp_zero(es, n.sign);
	}
	/* Of x in 1..2 times 2^exp, 1/x is in 1/2..1 times 2^-exp. */
	fraction = (uint64_t)(recip_estimate(n.sig >> 55) & 255) << 44;
	exp = -n.exp - 1 + bias;
	if (exp <= 0) {
		fraction = (UINT64_C(1) << 52 | fraction) >> (1 - exp);
		exp = 0;
	}
	return compose(es, n.sign, exp, fraction);
}

uint64_t
softfp_rsqrte(struct fp_env *e, unsigned es, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	unsigned scaled;
	int half;

	if (fp_is_nan(&n))
		return fp_process_nan(e, es, &n, a);
	if (n.class == FP_C_ZERO) {
		fp_raise(e, FPSR_DZC);
		return fp_inf(es, n.sign);
	}
	if (n.sign)
		return fp_invalid(e, es);
	if (n.class == FP_C_INF)
		return fp_zero(es, false);
	/* x = f * 4^k with f in 1/4..1; the estimate is of f. */
	if (n.exp & 1) {
		scaled = n.sig >> 55;
		half = (n.exp + 1) / 2;
	} else {
		scaled = n.sig >> 56;
		half = (n.exp + 2) / 2;
	}
	return compose(es, false, fp_bias(es) - half,
		       (uint64_t)(rsqrt_estimate(scaled) & 255) << 44);
}

uint64_t
softfp_recpx(struct fp_env *e, unsigned es, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	unsigned ones = (1u << fp_exp_bits(es)) - 1;
	unsigned exp = a >> fp_frac_bits(es) & ones;

	if (fp_is_nan(&n))
		return fp_process_nan(e, es, &n, a);
	return compose(es, n.sign, exp ? (int)(ones & ~exp) : (int)ones - 1,
		       0);
}
