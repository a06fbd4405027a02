/*
 * softfp_convert.c - exact conversions of one lane: between formats, to and
 * from fixed point, to integral values; and bfloat16.
 */
#include "softfp.h"
#include "softfp_core.h"

/* A magnitude rounded to an integer, and what that lost. */
struct rounded {
	uint64_t mag;
	bool inexact;
	bool huge;	/* 2^64 or more */
};

static struct rounded
round_to_int(bool sign, int exp, uint64_t sig, enum fp_round rm)
{
	struct rounded r = { 0 };
	uint64_t rest, half = UINT64_C(1) << 63;
	bool up;

	if (exp > 63) {
		r.huge = true;
		return r;
	}
	/* rest is the fraction scaled so that one half is 2^63. */
	if (exp == 63) {
		r.mag = sig;
		return r;
	}
	if (exp >= 0) {
		r.mag = sig >> (63 - exp);
		rest = sig << (exp + 1);
	} else if (exp == -1) {
		rest = sig;
	} else {
		rest = 1;
	}
	switch (rm) {
	case FP_RN:
		up = rest > half || (rest == half && (r.mag & 1));
		break;
	case FP_RP:
		up = rest && !sign;
		break;
	case FP_RM:
		up = rest && sign;
		break;
	case FP_RA:
		up = rest >= half;
		break;
	default:
		up = false;
	}
	r.mag += up;
	r.inexact = rest != 0;
	return r;
}

static enum fp_round
actual_mode(const struct fp_env *e, enum fp_round rm)
{
	return rm == FP_CUR ? fp_mode(e) : rm;
}

/* The number sign, mag as a float; mag > 0 and representable. */
static uint64_t
from_mag(struct fp_env *e, unsigned es, bool sign, uint64_t mag)
{
	unsigned lz = __builtin_clzll(mag);

	return softfp_round(e, es, sign, 63 - (int)lz, mag << lz, FP_RZ,
			    false);
}

uint64_t
softfp_rint(struct fp_env *e, unsigned es, uint64_t a, enum fp_round rm,
	    bool exact)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	struct rounded r;

	if (fp_is_nan(&n))
		return fp_process_nan(e, es, &n, a);
	if (n.class == FP_C_ZERO)
		return fp_zero(es, n.sign);
	/* What has no fraction bits is integral already. */
	if (n.class == FP_C_INF || n.exp >= (int)fp_frac_bits(es))
		return a;
	r = round_to_int(n.sign, n.exp, n.sig, actual_mode(e, rm));
	if (exact && r.inexact)
		fp_raise(e, FPSR_IXC);
	if (!r.mag)
		return fp_zero(es, n.sign);
	return from_mag(e, es, n.sign, r.mag);
}

uint64_t
softfp_rint_n(struct fp_env *e, unsigned es, uint64_t a, enum fp_round rm,
	      unsigned bits)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	struct rounded r = { .huge = true };

	if (n.class == FP_C_ZERO)
		return fp_zero(es, n.sign);
	if (n.class == FP_C_NUM)
		r = round_to_int(n.sign, n.exp, n.sig, actual_mode(e, rm));
	if (r.huge || r.mag > (UINT64_C(1) << (bits - 1)) - !n.sign) {
		fp_raise(e, FPSR_IOC);
		return fp_zero(es, true) |
		       (uint64_t)(fp_bias(es) + (int)bits - 1) <<
		       fp_frac_bits(es);
	}
	if (r.inexact)
		fp_raise(e, FPSR_IXC);
	if (!r.mag)
		return fp_zero(es, n.sign);
	return from_mag(e, es, n.sign, r.mag);
}

uint64_t
softfp_convert(struct fp_env *e, unsigned to, unsigned from, uint64_t a,
	       enum fp_round rm)
{
	struct fp_num n = softfp_unpack(e, from, a, true);
	bool alt = to == ES16 && (e->fpcr & FPCR_AHP);
	uint64_t frac;

	if (fp_is_nan(&n)) {
		if (n.class == FP_C_SNAN || alt)
			fp_raise(e, FPSR_IOC);
		if (alt)
			return fp_zero(to, n.sign);
		if (e->fpcr & FPCR_DN)
			return fp_default_nan(to);
		/* The fraction keeps its high bits. */
		frac = a << (64 - fp_frac_bits(from));
		return fp_inf(to, n.sign) |
		       frac >> (64 - fp_frac_bits(to)) |
		       UINT64_C(1) << (fp_frac_bits(to) - 1);
	}
	if (n.class == FP_C_INF) {
		if (!alt)
			return fp_inf(to, n.sign);
		fp_raise(e, FPSR_IOC);
		return fp_zero(to, n.sign) | 0x7fff;
	}
	if (n.class == FP_C_ZERO)
		return fp_zero(to, n.sign);
	return softfp_round(e, to, n.sign, n.exp, n.sig, actual_mode(e, rm),
			    true);
}

uint64_t
softfp_to_bf16(struct fp_env *e, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, ES32, a, true);
	enum fp_round rm = fp_mode(e);
	uint64_t mant, rest, half = 0x8000;
	bool up;

	if (fp_is_nan(&n))
		return fp_process_nan(e, ES32, &n, a) >> 16;
	if (n.class == FP_C_ZERO)
		return (uint64_t)n.sign << 15;
	/* bfloat16 is the upper half of a single, so rounding is in place. */
	mant = a >> 16;
	rest = a & 0xffff;
	if (n.exp < -126 && rest)
		fp_raise(e, FPSR_UFC);
	up = rm == FP_RN ? rest > half || (rest == half && (mant & 1)) :
	     rest && rm == (n.sign ? FP_RM : FP_RP);
	mant += up;
	if (rest)
		fp_raise(e, FPSR_IXC);
	if (n.class == FP_C_NUM && (mant & 0x7fff) == 0x7f80)
		fp_raise(e, FPSR_OFC | FPSR_IXC);
	return mant;
}

uint64_t
softfp_widen_half(struct fp_env *e, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, ES16, a, false);

	switch (n.class) {
	case FP_C_ZERO:
		return fp_zero(ES32, n.sign);
	case FP_C_NUM:		/* exact, and never tiny */
		return softfp_round(e, ES32, n.sign, n.exp, n.sig, FP_RZ,
				    false);
	default:
		return fp_inf(ES32, n.sign) | (a & 0x3ff) << 13;
	}
}

uint64_t
softfp_to_fixed(struct fp_env *e, unsigned es, uint64_t a, enum fp_round rm,
		unsigned bits, unsigned fbits, bool is_unsigned)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	uint64_t ones = UINT64_MAX >> (64 - bits);
	struct rounded r = { .huge = true };
	uint64_t limit;

	if (fp_is_nan(&n)) {
		fp_raise(e, FPSR_IOC);
		return 0;
	}
	if (n.class == FP_C_ZERO)
		return 0;
	if (n.class == FP_C_NUM)
		r = round_to_int(n.sign, n.exp + (int)fbits, n.sig,
				 actual_mode(e, rm));
	if (is_unsigned)
		limit = n.sign ? 0 : ones;
	else
		limit = (ones >> 1) + n.sign;
	if (r.huge || r.mag > limit) {
		fp_raise(e, FPSR_IOC);
		r.mag = limit;
	} else if (r.inexact) {
		fp_raise(e, FPSR_IXC);
	}
	return (n.sign ? -r.mag : r.mag) & ones;
}

uint64_t
softfp_from_fixed(struct fp_env *e, unsigned es, uint64_t a, unsigned fbits,
		  bool is_unsigned)
{
	bool sign = !is_unsigned && a >> 63;
	uint64_t mag = sign ? -a : a;
	unsigned lz;

	if (!mag)
		return 0;
	lz = __builtin_clzll(mag);
	return softfp_round(e, es, sign, 63 - (int)lz - (int)fbits, mag << lz,
			    fp_mode(e), false);
}

uint64_t
softfp_to_js(struct fp_env *e, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, ES64, a, false);
	bool exact = false;
	uint64_t mag = 0;

	switch (n.class) {
	case FP_C_ZERO:
		exact = !n.sign;
		break;
	case FP_C_NUM:
		/* The integer part modulo 2^64. */
		if (n.exp > 63)
			mag = n.exp - 63 < 64 ? n.sig << (n.exp - 63) : 0;
		else if (n.exp >= 0)
			mag = n.sig >> (63 - n.exp);
		if (n.exp > 31 || mag > UINT64_C(0x7fffffff) + n.sign)
			fp_raise(e, FPSR_IOC);
		else if (n.exp < 0 || n.sig << n.exp << 1)
			fp_raise(e, FPSR_IXC);
		else
			exact = true;
		break;
	default:
		fp_raise(e, FPSR_IOC);
	}
	return (uint32_t)(n.sign ? -mag : mag) | (uint64_t)exact << 62;
}

/*
 * The arithmetic of BFDOT and BFMMLA (BFMul, BFAdd, BFRound of the manual): a
 * single-precision format that flushes denormals, rounds to odd, overflows to
 * infinity, has only the default NaN and raises nothing.
 */
static struct fp_num
bf_unpack(uint32_t bits)
{
	struct fp_env e = { .fpcr = FPCR_FZ };

	return softfp_unpack(&e, ES32, bits, false);
}

static uint32_t
bf_round(struct fp_wide w)
{
	struct fp_env e = { .fpcr = FPCR_FZ };
	uint64_t hi = w.v >> 64;
	unsigned lz;
	uint32_t r;

	if (!w.v)
		return 0;
	lz = hi ? __builtin_clzll(hi) : 64 + __builtin_clzll((uint64_t)w.v);
	w.v <<= lz;
	r = softfp_round(&e, ES32, w.sign, w.exp + 1 - (int)lz,
			 (uint64_t)(w.v >> 64) | ((uint64_t)w.v != 0),
			 FP_ODD, false);
	return e.fpsr & FPSR_OFC ? fp_inf(ES32, w.sign) : r;
}

static uint32_t
bf_mul(uint32_t a, uint32_t b)
{
	struct fp_num x = bf_unpack(a), y = bf_unpack(b);
	bool inf = x.class == FP_C_INF || y.class == FP_C_INF;
	bool zero = x.class == FP_C_ZERO || y.class == FP_C_ZERO;

	if (fp_is_nan(&x) || fp_is_nan(&y) || (inf && zero))
		return fp_default_nan(ES32);
	if (inf)
		return fp_inf(ES32, x.sign ^ y.sign);
	if (zero)
		return fp_zero(ES32, x.sign ^ y.sign);
	return bf_round(fp_product(&x, &y));
}

static uint32_t
bf_add(uint32_t a, uint32_t b)
{
	struct fp_num x = bf_unpack(a), y = bf_unpack(b);
	struct fp_wide v = { 0 }, w = { 0 };

	if (fp_is_nan(&x) || fp_is_nan(&y) ||
	    (x.class == FP_C_INF && y.class == FP_C_INF && x.sign != y.sign))
		return fp_default_nan(ES32);
	if (x.class == FP_C_INF)
		return fp_inf(ES32, x.sign);
	if (y.class == FP_C_INF)
		return fp_inf(ES32, y.sign);
	if (x.class == FP_C_ZERO && y.class == FP_C_ZERO && x.sign == y.sign)
		return fp_zero(ES32, x.sign);
	if (x.class == FP_C_NUM)
		v = fp_widen(x.sign, x.exp, x.sig);
	if (y.class == FP_C_NUM)
		w = fp_widen(y.sign, y.exp, y.sig);
	return bf_round(softfp_sum(v, w));
}

uint32_t
softfp_bfdot(uint32_t a, uint32_t n, uint32_t m)
{
	uint32_t lo = bf_mul(n << 16, m << 16);
	uint32_t hi = bf_mul(n & 0xffff0000, m & 0xffff0000);

	return bf_add(a, bf_add(lo, hi));
}
