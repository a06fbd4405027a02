/*
 * softfp_core.h - the shared heart of softfp*.c: taking numbers apart and
 * rounding them. Not for other files.
 *
 * A finite number is sign, exponent and a 64-bit significand whose bit 63 is
 * set: sig * 2^(exp - 63). Intermediate results are the same with everything
 * that lies below bit 0 ORed into it ("jammed"); as the widest format keeps 53
 * bits, that is enough to round exactly once.
 */
#ifndef FERRY_SOFTFP_CORE_H
#define FERRY_SOFTFP_CORE_H

#include "softfp.h"

typedef unsigned __int128 u128;

/* Fraction and exponent bits, and the bias, by element size. */
static inline unsigned
fp_frac_bits(unsigned es)
{
	return es == ES16 ? 10 : es == ES32 ? 23 : 52;
}

static inline unsigned
fp_exp_bits(unsigned es)
{
	return es == ES16 ? 5 : es == ES32 ? 8 : 11;
}

static inline int
fp_bias(unsigned es)
{
	return (1 << (fp_exp_bits(es) - 1)) - 1;
}

static inline unsigned
fp_bits(unsigned es)
{
	return 8u << es;
}

enum fp_class { FP_C_ZERO, FP_C_NUM, FP_C_INF, FP_C_QNAN, FP_C_SNAN };

struct fp_num {
	enum fp_class class;
	bool sign;
	int exp;	/* FP_C_NUM only, as sig */
	uint64_t sig;
};

static inline bool
fp_is_nan(const struct fp_num *n)
{
	return n->class >= FP_C_QNAN;
}

static inline void
fp_raise(struct fp_env *e, uint32_t flags)
{
	e->fpsr |= flags;
}

static inline enum fp_round
fp_mode(const struct fp_env *e)
{
	return (enum fp_round)(e->fpcr >> FPCR_RMODE_SHIFT & 3);
}

/* Values by sign. */
static inline uint64_t
fp_zero(unsigned es, bool sign)
{
	return (uint64_t)sign << (fp_bits(es) - 1);
}

static inline uint64_t
fp_inf(unsigned es, bool sign)
{
	return fp_zero(es, sign) |
	       ((UINT64_C(1) << fp_exp_bits(es)) - 1) << fp_frac_bits(es);
}

static inline uint64_t
fp_max_normal(unsigned es, bool sign)
{
	return fp_inf(es, sign) - 1;
}

static inline uint64_t
fp_default_nan(unsigned es)
{
	return fp_inf(es, false) | UINT64_C(1) << (fp_frac_bits(es) - 1);
}

static inline uint64_t
fp_invalid(struct fp_env *e, unsigned es)
{
	fp_raise(e, FPSR_IOC);
	return fp_default_nan(es);
}

/* FPProcessNaN. */
static inline uint64_t
fp_process_nan(struct fp_env *e, unsigned es, const struct fp_num *n,
	       uint64_t bits)
{
	if (n->class == FP_C_SNAN)
		fp_raise(e, FPSR_IOC);
	if (e->fpcr & FPCR_DN)
		return fp_default_nan(es);
	return bits | UINT64_C(1) << (fp_frac_bits(es) - 1);
}

/* v >> n, jammed. */
static inline u128
fp_jam128(u128 v, unsigned n)
{
	if (!n)
		return v;
	if (n > 127)
		return v != 0;
	return v >> n | ((v << (128 - n)) != 0);
}

/* FPUnpack and, with `cv', FPUnpackCV: conversions ignore FZ16 and honour
 * AHP, arithmetic does the opposite. */
struct fp_num softfp_unpack(struct fp_env *e, unsigned es, uint64_t bits,
			    bool cv);
/* FPRound and FPRoundCV of sig * 2^(exp - 63), bit 63 of sig set. */
uint64_t softfp_round(struct fp_env *e, unsigned es, bool sign, int exp,
		      uint64_t sig, enum fp_round rm, bool cv);

/* A number of up to 128 bits: v * 2^(exp - 126), v < 2^127. For adding. */
struct fp_wide {
	bool sign;
	int exp;
	u128 v;
};

static inline struct fp_wide
fp_widen(bool sign, int exp, uint64_t sig)
{
	return (struct fp_wide){ sign, exp, (u128)sig << 63 };
}

/* The exact product of two numbers, bit 126 set. */
static inline struct fp_wide
fp_product(const struct fp_num *a, const struct fp_num *b)
{
	struct fp_wide p = {
		a->sign ^ b->sign, a->exp + b->exp, (u128)a->sig * b->sig
	};

	/* The lowest 22 bits are clear, so no bit is lost. */
	if (p.v >> 127) {
		p.v >>= 1;
		p.exp++;
	}
	return p;
}

/* a + b, jammed, any normalisation; either may be zero. */
struct fp_wide softfp_sum(struct fp_wide a, struct fp_wide b);
/* Normalises to 64 bits and rounds; zero has the sign of an exact zero sum. */
uint64_t softfp_round_wide(struct fp_env *e, unsigned es, struct fp_wide w);
/* The estimates of Arm ARM's RecipEstimate and RecipSqrtEstimate. */
uint64_t softfp_recpe(struct fp_env *e, unsigned es, uint64_t a);
uint64_t softfp_rsqrte(struct fp_env *e, unsigned es, uint64_t a);
uint64_t softfp_recpx(struct fp_env *e, unsigned es, uint64_t a);

#endif
