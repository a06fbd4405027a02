/*
 * softfp.c - exact arithmetic of one lane: rounding, the four operations,
 * square root, fused multiply-add, minimum and maximum, comparison.
 *
 * See softfp.h for what is promised. Conversions and estimates are in
 * softfp_convert.c and softfp_estimate.c.
 */
#include "softfp.h"

#include "softfp_core.h"

struct fp_num
softfp_unpack(struct fp_env *e, unsigned es, uint64_t bits, bool cv)
{
	unsigned fbits = fp_frac_bits(es);
	uint64_t frac = bits & ((UINT64_C(1) << fbits) - 1);
	unsigned ones = (1u << fp_exp_bits(es)) - 1;
	unsigned exp = bits >> fbits & ones;
	struct fp_num n = { .sign = bits >> (fp_bits(es) - 1) & 1 };

	if (exp == ones && !(es == ES16 && cv && (e->fpcr & FPCR_AHP))) {
		if (!frac)
			n.class = FP_C_INF;
		else if (frac >> (fbits - 1))
			n.class = FP_C_QNAN;
		else
			n.class = FP_C_SNAN;
		return n;
	}
	if (exp) {
		n.class = FP_C_NUM;
		n.exp = (int)exp - fp_bias(es);
		n.sig = (frac | UINT64_C(1) << fbits) << (63 - fbits);
		return n;
	}
	if (!frac)
		return n;
	/* Half precision flushes without raising IDC. */
	if (es == ES16 ? !cv && (e->fpcr & FPCR_FZ16) : e->fpcr & FPCR_FZ) {
		if (es != ES16)
			fp_raise(e, FPSR_IDC);
		return n;
	}
	n.class = FP_C_NUM;
	n.exp = 64 - fp_bias(es) - (int)fbits - __builtin_clzll(frac);
	n.sig = frac << __builtin_clzll(frac);
	return n;
}

static bool
round_up(enum fp_round rm, bool sign, bool odd, uint64_t rest, uint64_t half)
{
	switch (rm) {
	case FP_RN:
		return rest > half || (rest == half && odd);
	case FP_RP:
		return rest && !sign;
	case FP_RM:
		return rest && sign;
	case FP_RA:
		return rest >= half;
	default:
		return false;
	}
}

static uint64_t
overflow(struct fp_env *e, unsigned es, bool sign, enum fp_round rm)
{
	bool to_inf = rm == FP_RN || rm == FP_RA || (rm == FP_RP && !sign) ||
		      (rm == FP_RM && sign);

	fp_raise(e, FPSR_OFC | FPSR_IXC);
	return to_inf ? fp_inf(es, sign) : fp_max_normal(es, sign);
}

uint64_t
softfp_round(struct fp_env *e, unsigned es, bool sign, int exp, uint64_t sig,
	     enum fp_round rm, bool cv)
{
	unsigned fbits = fp_frac_bits(es);
	unsigned ebits = fp_exp_bits(es);
	int min_exp = 1 - fp_bias(es);
	unsigned shift = 63 - fbits;
	uint64_t mant, rest, half, packed;
	int biased = exp - min_exp + 1;

	if (biased <= 0) {
		if (es == ES16 ? !cv && (e->fpcr & FPCR_FZ16) :
		    e->fpcr & FPCR_FZ) {
			fp_raise(e, FPSR_UFC);
			return fp_zero(es, sign);
		}
		shift += min_exp - exp;
		biased = 0;
	}
	if (shift > 64) {		/* less than half of the least number */
		mant = 0;
		rest = 1;
		half = 2;
	} else if (shift == 64) {
		mant = 0;
		rest = sig >> 1 | (sig & 1);
		half = UINT64_C(1) << 62;
	} else {
		mant = sig >> shift;
		rest = sig & ((UINT64_C(1) << shift) - 1);
		half = UINT64_C(1) << (shift - 1);
	}
	if (!biased && rest)
		fp_raise(e, FPSR_UFC);
	if (round_up(rm, sign, mant & 1, rest, half))
		mant++;
	else if (rm == FP_ODD && rest)
		mant |= 1;

	/* The carry out of the fraction is the next exponent. */
	packed = ((uint64_t)(biased ? biased - 1 : 0) << fbits) + mant;
	if (es == ES16 && cv && (e->fpcr & FPCR_AHP)) {
		if (packed >> fbits > 31) {
			fp_raise(e, FPSR_IOC);
			return fp_zero(es, sign) | 0x7fff;
		}
	} else if (packed >> fbits >= (1u << ebits) - 1) {
		return overflow(e, es, sign, rm);
	}
	if (rest)
		fp_raise(e, FPSR_IXC);
	return fp_zero(es, sign) | packed;
}

struct fp_wide
softfp_sum(struct fp_wide a, struct fp_wide b)
{
	if (!a.v)
		return b;
	if (!b.v)
		return a;
	if (a.exp < b.exp || (a.exp == b.exp && a.v < b.v)) {
		struct fp_wide t = a;

		a = b;
		b = t;
	}
	b.v = fp_jam128(b.v, (unsigned)(a.exp - b.exp));
	if (a.sign == b.sign)
		a.v += b.v;
	else
		a.v -= b.v;
	return a;
}

uint64_t
softfp_round_wide(struct fp_env *e, unsigned es, struct fp_wide w)
{
	uint64_t hi = w.v >> 64, lo = (uint64_t)w.v;
	unsigned lz;

	if (!w.v)
		return fp_zero(es, fp_mode(e) == FP_RM);
	lz = hi ? __builtin_clzll(hi) : 64 + __builtin_clzll(lo);
	w.v <<= lz;
	return softfp_round(e, es, w.sign, w.exp + 1 - (int)lz,
			    (uint64_t)(w.v >> 64) | ((uint64_t)w.v != 0),
			    fp_mode(e), false);
}

static uint64_t
add(struct fp_env *e, unsigned es, const struct fp_num *a,
    const struct fp_num *b, bool b_sign)
{
	struct fp_wide x = { 0 }, y = { 0 };

	if (a->class == FP_C_INF && b->class == FP_C_INF && a->sign != b_sign)
		return fp_invalid(e, es);
	if (a->class == FP_C_INF)
		return fp_inf(es, a->sign);
	if (b->class == FP_C_INF)
		return fp_inf(es, b_sign);
	if (a->class == FP_C_ZERO && b->class == FP_C_ZERO &&
	    a->sign == b_sign)
		return fp_zero(es, a->sign);
	if (a->class == FP_C_NUM)
		x = fp_widen(a->sign, a->exp, a->sig);
	if (b->class == FP_C_NUM)
		y = fp_widen(b_sign, b->exp, b->sig);
	return softfp_round_wide(e, es, softfp_sum(x, y));
}

/* `x' selects FMULX: zero times infinity is two. */
static uint64_t
mul(struct fp_env *e, unsigned es, const struct fp_num *a,
    const struct fp_num *b, bool x)
{
	bool sign = a->sign ^ b->sign;
	bool inf = a->class == FP_C_INF || b->class == FP_C_INF;
	bool zero = a->class == FP_C_ZERO || b->class == FP_C_ZERO;

	if (inf && zero) {
		if (!x)
			return fp_invalid(e, es);
		return fp_zero(es, sign) |
		       (uint64_t)(fp_bias(es) + 1) << fp_frac_bits(es);
	}
	if (inf)
		return fp_inf(es, sign);
	if (zero)
		return fp_zero(es, sign);
	return softfp_round_wide(e, es, fp_product(a, b));
}

static uint64_t
div(struct fp_env *e, unsigned es, const struct fp_num *a,
    const struct fp_num *b)
{
	bool sign = a->sign ^ b->sign;
	bool less;
	u128 n;

	if (a->class == b->class && a->class != FP_C_NUM)
		return fp_invalid(e, es);	/* 0/0, inf/inf */
	if (a->class == FP_C_INF || b->class == FP_C_ZERO) {
		if (a->class != FP_C_INF)
			fp_raise(e, FPSR_DZC);
		return fp_inf(es, sign);
	}
	if (a->class == FP_C_ZERO || b->class == FP_C_INF)
		return fp_zero(es, sign);
	/* A quotient of 64 bits: 2^63 <= q < 2^64. */
	less = a->sig < b->sig;
	n = (u128)a->sig << (less ? 64 : 63);
	return softfp_round(e, es, sign, a->exp - b->exp - less,
			    (uint64_t)(n / b->sig) | (n % b->sig != 0),
			    fp_mode(e), false);
}

/* FRECPS 2 - a b, FRSQRTS (3 - a b) / 2. `a' is negated already. */
static uint64_t
step(struct fp_env *e, unsigned es, const struct fp_num *a,
     const struct fp_num *b, bool rsqrt)
{
	bool sign = a->sign ^ b->sign;
	bool inf = a->class == FP_C_INF || b->class == FP_C_INF;
	bool zero = a->class == FP_C_ZERO || b->class == FP_C_ZERO;
	struct fp_wide w = fp_widen(false, 1, rsqrt ? UINT64_C(3) << 62 :
				    UINT64_C(1) << 63);

	if (inf && !zero)
		return fp_inf(es, sign);
	if (!zero)
		w = softfp_sum(w, fp_product(a, b));
	if (rsqrt)
		w.exp--;
	/* With a zero product 2.0 and 1.5, which need no rounding. */
	return softfp_round_wide(e, es, w);
}

/* FPProcessNaNs: true if the result is a NaN operand's, in *r. */
static bool
process_nans(struct fp_env *e, unsigned es, const struct fp_num *n,
	     const uint64_t *bits, unsigned count, uint64_t *r)
{
	for (enum fp_class c = FP_C_SNAN; c >= FP_C_QNAN; c--) {
		for (unsigned i = 0; i < count; i++) {
			if (n[i].class != c)
				continue;
			*r = fp_process_nan(e, es, &n[i], bits[i]);
			return true;
		}
	}
	return false;
}

/* Of two that are no NaNs: FPMax or FPMin. Zeros: +0 is the greater. */
static uint64_t
minmax(unsigned es, const struct fp_num *n, const uint64_t *bits, bool max)
{
	uint64_t top = fp_zero(es, true);
	uint64_t key[2];
	unsigned i;

	/* Sign and magnitude, as unsigned numbers in the same order. */
	for (i = 0; i < 2; i++) {
		uint64_t v = n[i].class == FP_C_ZERO ?
			     fp_zero(es, n[i].sign) : bits[i];

		key[i] = v & top ? ~v & (top | (top - 1)) : v | top;
	}
	i = max ? key[1] > key[0] : key[1] < key[0];
	return n[i].class == FP_C_ZERO ? fp_zero(es, n[i].sign) : bits[i];
}

uint64_t
softfp_op2(struct fp_env *e, unsigned es, enum softfp_op2 op, uint64_t a,
	   uint64_t b)
{
	uint64_t top = fp_zero(es, true);
	uint64_t bits[2] = { a, b }, r;
	struct fp_num n[2];

	if (op == SOFTFP_RECPS || op == SOFTFP_RSQRTS)
		bits[0] ^= top;
	n[0] = softfp_unpack(e, es, bits[0], false);
	n[1] = softfp_unpack(e, es, bits[1], false);
	if (op == SOFTFP_MINNM || op == SOFTFP_MAXNM) {
		/* A single quiet NaN loses against everything. */
		bool max = op == SOFTFP_MAXNM;
		unsigned q = n[0].class != FP_C_QNAN;

		if ((n[0].class == FP_C_QNAN) != (n[1].class == FP_C_QNAN)) {
			bits[q] = fp_inf(es, max);
			n[q] = (struct fp_num){ .class = FP_C_INF,
						.sign = max };
		}
	}
	if (process_nans(e, es, n, bits, 2, &r))
		return op == SOFTFP_ABD ? r & ~top : r;
	switch (op) {
	case SOFTFP_ADD:
		return add(e, es, &n[0], &n[1], n[1].sign);
	case SOFTFP_SUB:
		return add(e, es, &n[0], &n[1], !n[1].sign);
	case SOFTFP_ABD:
		return add(e, es, &n[0], &n[1], !n[1].sign) & ~top;
	case SOFTFP_MUL:
		return mul(e, es, &n[0], &n[1], false);
	case SOFTFP_MULX:
		return mul(e, es, &n[0], &n[1], true);
	case SOFTFP_DIV:
		return div(e, es, &n[0], &n[1]);
	case SOFTFP_MIN:
	case SOFTFP_MINNM:
		return minmax(es, n, bits, false);
	case SOFTFP_MAX:
	case SOFTFP_MAXNM:
		return minmax(es, n, bits, true);
	case SOFTFP_RECPS:
		return step(e, es, &n[0], &n[1], false);
	case SOFTFP_RSQRTS:
		return step(e, es, &n[0], &n[1], true);
	}
	__builtin_unreachable();
}

uint64_t
softfp_madd(struct fp_env *e, unsigned es, uint64_t n, uint64_t m, uint64_t a)
{
	uint64_t bits[3] = { a, n, m }, r;
	struct fp_num u[3];
	struct fp_wide sum = { 0 };
	bool inf, zero, sign;

	for (unsigned i = 0; i < 3; i++)
		u[i] = softfp_unpack(e, es, bits[i], false);
	inf = u[1].class == FP_C_INF || u[2].class == FP_C_INF;
	zero = u[1].class == FP_C_ZERO || u[2].class == FP_C_ZERO;
	sign = u[1].sign ^ u[2].sign;
	if (process_nans(e, es, u, bits, 3, &r)) {
		/* Even a quiet NaN to add does not excuse inf * 0. */
		if (u[0].class == FP_C_QNAN && inf && zero)
			return fp_invalid(e, es);
		return r;
	}
	if (inf && (zero || (u[0].class == FP_C_INF && u[0].sign != sign)))
		return fp_invalid(e, es);
	if (u[0].class == FP_C_INF)
		return fp_inf(es, u[0].sign);
	if (inf)
		return fp_inf(es, sign);
	if (u[0].class == FP_C_ZERO && zero && u[0].sign == sign)
		return fp_zero(es, sign);
	if (u[0].class == FP_C_NUM)
		sum = fp_widen(u[0].sign, u[0].exp, u[0].sig);
	if (!zero)
		sum = softfp_sum(sum, fp_product(&u[1], &u[2]));
	return softfp_round_wide(e, es, sum);
}

/* The integer part of the square root of v >= 2^126, and whether that is
 * not all of it in bit 0. */
static uint64_t
isqrt_jam(u128 v)
{
	uint64_t root = 0;
	u128 rest = v;

	for (int bit = 63; bit >= 0; bit--) {
		/* (root + b)^2 - root^2 */
		u128 t = ((u128)root << (bit + 1)) + ((u128)1 << (2 * bit));

		/* For bit 63 the first term is zero, so nothing overflows. */
		if (rest >= t) {
			rest -= t;
			root |= UINT64_C(1) << bit;
		}
	}
	return root | (rest != 0);
}

static uint64_t
square_root(struct fp_env *e, unsigned es, uint64_t a)
{
	struct fp_num n = softfp_unpack(e, es, a, false);
	bool odd;

	if (fp_is_nan(&n))
		return fp_process_nan(e, es, &n, a);
	if (n.class == FP_C_ZERO)
		return fp_zero(es, n.sign);
	if (n.sign)
		return fp_invalid(e, es);
	if (n.class == FP_C_INF)
		return a;
	odd = n.exp & 1;
	return softfp_round(e, es, false, (n.exp - odd) / 2,
			    isqrt_jam((u128)n.sig << (63 + odd)), fp_mode(e),
			    false);
}

uint64_t
softfp_op1(struct fp_env *e, unsigned es, enum softfp_op1 op, uint64_t a)
{
	switch (op) {
	case SOFTFP_SQRT:
		return square_root(e, es, a);
	case SOFTFP_RECPE:
		return softfp_recpe(e, es, a);
	case SOFTFP_RSQRTE:
		return softfp_rsqrte(e, es, a);
	case SOFTFP_RECPX:
		return softfp_recpx(e, es, a);
	}
	__builtin_unreachable();
}

/* -1, 0, 1: a below, equal to, above b, neither a NaN. */
static int
order(const struct fp_num *a, const struct fp_num *b)
{
	int r;

	if (a->class == FP_C_ZERO && b->class == FP_C_ZERO)
		return 0;
	if (a->class == FP_C_ZERO)
		return b->sign ? 1 : -1;
	if (b->class == FP_C_ZERO || a->sign != b->sign)
		return a->sign ? -1 : 1;
	if (a->class != b->class)	/* one infinity */
		r = a->class == FP_C_INF ? 1 : -1;
	else if (a->class == FP_C_INF)
		r = 0;
	else if (a->exp != b->exp)
		r = a->exp > b->exp ? 1 : -1;
	else
		r = (a->sig > b->sig) - (a->sig < b->sig);
	return a->sign ? -r : r;
}

bool
softfp_compare(struct fp_env *e, unsigned es, enum fp_compare rel, uint64_t a,
	       uint64_t b)
{
	uint64_t top = fp_zero(es, true);
	struct fp_num x, y;

	if (rel == FP_ACGE || rel == FP_ACGT) {
		a &= ~top;
		b &= ~top;
	}
	x = softfp_unpack(e, es, a, false);
	y = softfp_unpack(e, es, b, false);
	if (fp_is_nan(&x) || fp_is_nan(&y)) {
		if (rel != FP_EQ || x.class == FP_C_SNAN ||
		    y.class == FP_C_SNAN)
			fp_raise(e, FPSR_IOC);
		return false;
	}
	switch (rel) {
	case FP_EQ:
		return order(&x, &y) == 0;
	case FP_GE:
	case FP_ACGE:
		return order(&x, &y) >= 0;
	default:
		return order(&x, &y) > 0;
	}
}

uint32_t
softfp_compare_flags(struct fp_env *e, unsigned es, uint64_t a, uint64_t b,
		     bool signal)
{
	/* Less: N; equal: Z and C; greater: C. */
	static const uint32_t nzcv[3] = { 8u << 28, 6u << 28, 2u << 28 };
	struct fp_num x = softfp_unpack(e, es, a, false);
	struct fp_num y = softfp_unpack(e, es, b, false);

	if (fp_is_nan(&x) || fp_is_nan(&y)) {
		if (signal || x.class == FP_C_SNAN || y.class == FP_C_SNAN)
			fp_raise(e, FPSR_IOC);
		return 3u << 28;
	}
	return nzcv[order(&x, &y) + 1];
}
