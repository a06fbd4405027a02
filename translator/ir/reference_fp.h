/*
 * reference_fp.h - what the floating-point operations of ir_fp.def mean.
 *
 * ref_<name>() for each row. The exact truth is softfp.h; this file takes the
 * host's FPU instead wherever it gives the same result and raises the same
 * flags, or a subset of them that the slow path then completes:
 *
 *	half precision, or FPCR.FZ set	slow (softfp_vec.c makes FZ bearable)
 *	the result is a NaN		slow: Arm's choice of NaN differs
 *	it is the least normal number	slow, where rounding may have made it:
 *					x86 tests for tininess after rounding,
 *					Arm before
 *
 * The guest's rounding mode is in MXCSR, and flags stay there: see
 * a64_fpsr_get(). x86's denormal-operand flag means nothing to the guest.
 *
 * Every host instruction that looks at MXCSR is a volatile asm, so that the
 * compiler neither folds, moves, merges nor drops it, and only touches lanes
 * that the shape has: operands are cut to the shape first.
 *
 * Needs SSE2; FMA is used if the host has it. Nothing fails. For the thread
 * that runs the guest only, while its MXCSR is loaded.
 */
#ifndef FERRY_REFERENCE_FP_H
#define FERRY_REFERENCE_FP_H

#include <emmintrin.h>

#include "reference.h"
#include "softfp_vec.h"

#define FPREF static inline __attribute__((always_inline))

FPREF __m128i
fp_load(union v128 v)
{
	return _mm_load_si128((const __m128i *)&v);
}

/* The bits of x that belong to the shape; zero above. */
FPREF __m128i
fp_cut(unsigned s, __m128i x)
{
	switch (vshape_bits(s)) {
	case 16:
		return _mm_and_si128(x, _mm_cvtsi32_si128(0xffff));
	case 32:
		return _mm_and_si128(x, _mm_cvtsi32_si128(-1));
	case 64:
		return _mm_move_epi64(x);
	default:
		return x;
	}
}

FPREF union v128
fp_store(unsigned s, __m128i x)
{
	union v128 v;

	_mm_store_si128((__m128i *)&v, fp_cut(s, x));
	return v;
}

FPREF bool
fp_needs_soft(const struct fp_env *e, unsigned s)
{
	return vshape_es(s) == ES16 || unlikely(e->fpcr & FPCR_FZ);
}

/* x op= y on the shape's lanes. */
#define FP_HOST2(name) \
FPREF __m128i \
fp_host_##name(unsigned s, __m128i x, __m128i y) \
{ \
	if (vshape_lanes(s) == 1) { \
		if (vshape_es(s) == ES64) \
			__asm__ volatile(#name "sd %1, %0" \
					 : "+x"(x) : "x"(y)); \
		else \
			__asm__ volatile(#name "ss %1, %0" \
					 : "+x"(x) : "x"(y)); \
	} else if (vshape_es(s) == ES64) { \
		__asm__ volatile(#name "pd %1, %0" : "+x"(x) : "x"(y)); \
	} else { \
		x = fp_cut(s, x); \
		y = fp_cut(s, y); \
		__asm__ volatile(#name "ps %1, %0" : "+x"(x) : "x"(y)); \
	} \
	return x; \
}
FP_HOST2(add)
FP_HOST2(sub)
FP_HOST2(mul)
FP_HOST2(div)
FP_HOST2(min)
FP_HOST2(max)
FP_HOST2(sqrt)
FP_HOST2(cmpeq)
FP_HOST2(cmplt)
FP_HOST2(cmple)
FP_HOST2(cmpunord)
#undef FP_HOST2

/* a += n * m; only if fp_host_caps has FP_HOST_FMA. */
FPREF __m128i
fp_host_madd(unsigned s, __m128i n, __m128i m, __m128i a)
{
	if (vshape_lanes(s) == 1) {
		if (vshape_es(s) == ES64)
			__asm__ volatile("vfmadd231sd %2, %1, %0"
					 : "+x"(a) : "x"(n), "x"(m));
		else
			__asm__ volatile("vfmadd231ss %2, %1, %0"
					 : "+x"(a) : "x"(n), "x"(m));
	} else if (vshape_es(s) == ES64) {
		__asm__ volatile("vfmadd231pd %2, %1, %0"
				 : "+x"(a) : "x"(n), "x"(m));
	} else {
		a = fp_cut(s, a);
		n = fp_cut(s, n);
		m = fp_cut(s, m);
		__asm__ volatile("vfmadd231ps %2, %1, %0"
				 : "+x"(a) : "x"(n), "x"(m));
	}
	return a;
}

/* Is any lane (of the shape, cut) a NaN? Raises nothing for quiet ones. */
FPREF bool
fp_any_nan(unsigned s, __m128i x)
{
	uint64_t d;

	if (vshape_lanes(s) == 1 && vshape_es(s) == ES64) {
		d = (uint64_t)_mm_cvtsi128_si64(x);
		return d << 1 > UINT64_C(0xffe0000000000000);
	}
	if (vshape_lanes(s) == 1)
		return (uint32_t)_mm_cvtsi128_si32(x) << 1 > 0xff000000;
	return _mm_movemask_epi8(fp_host_cmpunord(s, x, x));
}

/* Is any lane (of the shape, cut) a least normal number? */
FPREF bool
fp_any_least(unsigned s, __m128i x)
{
	if (vshape_es(s) == ES64) {
		/* Low word 0, high word 0x00100000. */
		const __m128i least = _mm_set1_epi64x(INT64_C(1) << 52);
		const __m128i mag = _mm_set1_epi64x(INT64_MAX);
		__m128i eq = _mm_cmpeq_epi32(_mm_and_si128(x, mag), least);

		eq = _mm_and_si128(eq, _mm_shuffle_epi32(eq, 0xb1));
		return _mm_movemask_epi8(eq);
	}
	return _mm_movemask_epi8(
		_mm_cmpeq_epi32(_mm_and_si128(x, _mm_set1_epi32(INT32_MAX)),
				_mm_set1_epi32(1 << 23)));
}

FPREF union v128
ref_fp_add(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i r;

	if (fp_needs_soft(e, s))
		return softfp_vec2(e, s, SOFTFP_ADD, a, b);
	r = fp_host_add(s, fp_load(a), fp_load(b));
	if (unlikely(fp_any_nan(s, r)))
		return softfp_vec2(e, s, SOFTFP_ADD, a, b);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_sub(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i r;

	if (fp_needs_soft(e, s))
		return softfp_vec2(e, s, SOFTFP_SUB, a, b);
	r = fp_host_sub(s, fp_load(a), fp_load(b));
	if (unlikely(fp_any_nan(s, r)))
		return softfp_vec2(e, s, SOFTFP_SUB, a, b);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_mul(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i r;

	if (fp_needs_soft(e, s))
		return softfp_vec2(e, s, SOFTFP_MUL, a, b);
	r = fp_cut(s, fp_host_mul(s, fp_load(a), fp_load(b)));
	if (unlikely(fp_any_nan(s, r)) || unlikely(fp_any_least(s, r)))
		return softfp_vec2(e, s, SOFTFP_MUL, a, b);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_div(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i y = fp_load(b), r;

	if (fp_needs_soft(e, s))
		return softfp_vec2(e, s, SOFTFP_DIV, a, b);
	if (vshape_es(s) == ES32 && vshape_lanes(s) == 2) {
		/* 0/1 in the lanes above the shape: divide all four. */
		const __m128i one = _mm_castps_si128(_mm_set1_ps(1));

		r = fp_host_div(VSHAPE(ES32, 4), fp_cut(s, fp_load(a)),
				_mm_unpacklo_epi64(y, one));
	} else {
		r = fp_host_div(s, fp_load(a), y);
	}
	r = fp_cut(s, r);
	if (unlikely(fp_any_nan(s, r)) || unlikely(fp_any_least(s, r)))
		return softfp_vec2(e, s, SOFTFP_DIV, a, b);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_mulx(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	/* The host would raise invalid for 0 * inf. */
	return softfp_vec2(e, s, SOFTFP_MULX, a, b);
}

FPREF union v128
ref_fp_neg(unsigned s, union v128 a)
{
	__m128i sign = vshape_es(s) == ES64 ? _mm_set1_epi64x(INT64_MIN) :
		       vshape_es(s) == ES32 ? _mm_set1_epi32(INT32_MIN) :
		       _mm_set1_epi16(INT16_MIN);

	return fp_store(s, _mm_xor_si128(fp_load(a), sign));
}

FPREF union v128
ref_fp_abs(unsigned s, union v128 a)
{
	__m128i mag = vshape_es(s) == ES64 ? _mm_set1_epi64x(INT64_MAX) :
		      vshape_es(s) == ES32 ? _mm_set1_epi32(INT32_MAX) :
		      _mm_set1_epi16(INT16_MAX);

	return fp_store(s, _mm_and_si128(fp_load(a), mag));
}

FPREF union v128
ref_fp_abd(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	/* A NaN result loses its sign, whichever it was. */
	return ref_fp_abs(s, ref_fp_sub(e, s, a, b));
}

/*
 * x86 gives the second operand for two zeros or a NaN. Without NaNs, both
 * orders ORed (min) or ANDed (max) differ only for zeros of two signs, and
 * then give -0 and +0.
 */
FPREF union v128
ref_fp_min(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i x = fp_load(a), y = fp_load(b);

	if (fp_needs_soft(e, s) ||
	    unlikely(_mm_movemask_epi8(fp_cut(s, fp_host_cmpunord(s, x, y)))))
		return softfp_vec2(e, s, SOFTFP_MIN, a, b);
	return fp_store(s, _mm_or_si128(fp_host_min(s, x, y),
					fp_host_min(s, y, x)));
}

FPREF union v128
ref_fp_max(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i x = fp_load(a), y = fp_load(b);

	if (fp_needs_soft(e, s) ||
	    unlikely(_mm_movemask_epi8(fp_cut(s, fp_host_cmpunord(s, x, y)))))
		return softfp_vec2(e, s, SOFTFP_MAX, a, b);
	return fp_store(s, _mm_and_si128(fp_host_max(s, x, y),
					 fp_host_max(s, y, x)));
}

FPREF union v128
ref_fp_minnm(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i x = fp_load(a), y = fp_load(b);

	if (fp_needs_soft(e, s) ||
	    unlikely(_mm_movemask_epi8(fp_cut(s, fp_host_cmpunord(s, x, y)))))
		return softfp_vec2(e, s, SOFTFP_MINNM, a, b);
	return fp_store(s, _mm_or_si128(fp_host_min(s, x, y),
					fp_host_min(s, y, x)));
}

FPREF union v128
ref_fp_maxnm(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	__m128i x = fp_load(a), y = fp_load(b);

	if (fp_needs_soft(e, s) ||
	    unlikely(_mm_movemask_epi8(fp_cut(s, fp_host_cmpunord(s, x, y)))))
		return softfp_vec2(e, s, SOFTFP_MAXNM, a, b);
	return fp_store(s, _mm_and_si128(fp_host_max(s, x, y),
					 fp_host_max(s, y, x)));
}

FPREF union v128
ref_fp_recps(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	return softfp_vec2(e, s, SOFTFP_RECPS, a, b);
}

FPREF union v128
ref_fp_rsqrts(struct fp_env *e, unsigned s, union v128 a, union v128 b)
{
	return softfp_vec2(e, s, SOFTFP_RSQRTS, a, b);
}

FPREF union v128
ref_fp_madd(struct fp_env *e, unsigned s, union v128 n, union v128 m,
	    union v128 a)
{
	__m128i r;

	if (fp_needs_soft(e, s))
		return softfp_vec_madd(e, s, n, m, a);
	if (unlikely(!(fp_host_caps & FP_HOST_FMA)) &&
	    !(fp_host_probe() & FP_HOST_FMA))
		return softfp_vec_madd(e, s, n, m, a);
	r = fp_cut(s, fp_host_madd(s, fp_load(n), fp_load(m), fp_load(a)));
	if (unlikely(fp_any_nan(s, r)) || unlikely(fp_any_least(s, r)))
		return softfp_vec_madd(e, s, n, m, a);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_sqrt(struct fp_env *e, unsigned s, union v128 a)
{
	__m128i r;

	if (fp_needs_soft(e, s))
		return softfp_vec1(e, s, SOFTFP_SQRT, a);
	r = fp_host_sqrt(s, fp_load(a), fp_load(a));
	if (unlikely(fp_any_nan(s, r)))
		return softfp_vec1(e, s, SOFTFP_SQRT, a);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_recpe(struct fp_env *e, unsigned s, union v128 a)
{
	return softfp_vec1(e, s, SOFTFP_RECPE, a);
}

FPREF union v128
ref_fp_rsqrte(struct fp_env *e, unsigned s, union v128 a)
{
	return softfp_vec1(e, s, SOFTFP_RSQRTE, a);
}

FPREF union v128
ref_fp_recpx(struct fp_env *e, unsigned s, union v128 a)
{
	return softfp_vec1(e, s, SOFTFP_RECPX, a);
}

/* (re, im) * i is (-im, re); twice, both are negated. */
FPREF union v128
ref_fp_crot(unsigned s, union v128 a, unsigned n)
{
	union v128 r = { .q = 0 };
	unsigned swap = n & 1;

	for (unsigned i = 0; i < vshape_lanes(s); i++) {
		bool minus = i & 1 ? n >= 2 : n == 1 || n == 2;

		switch (vshape_es(s)) {
		case ES16:
			r.h[i] = a.h[i ^ swap] ^ minus << 15;
			break;
		case ES32:
			r.s[i] = a.s[i ^ swap] ^ (uint32_t)minus << 31;
			break;
		default:
			r.d[i] = a.d[i ^ swap] ^ (uint64_t)minus << 63;
		}
	}
	return r;
}

/* The host's quiet and signalling predicates are Arm's. */
FPREF union v128
ref_fp_cmp(struct fp_env *e, unsigned s, union v128 a, union v128 b,
	   unsigned rel)
{
	__m128i r;

	if (fp_needs_soft(e, s))
		return softfp_vec_cmp(e, s, a, b, (enum fp_compare)rel);
	if (rel == FP_ACGE || rel == FP_ACGT) {
		a = ref_fp_abs(s, a);
		b = ref_fp_abs(s, b);
	}
	if (rel == FP_EQ)
		r = fp_host_cmpeq(s, fp_load(a), fp_load(b));
	else if (rel == FP_GE || rel == FP_ACGE)
		r = fp_host_cmple(s, fp_load(b), fp_load(a));
	else
		r = fp_host_cmplt(s, fp_load(b), fp_load(a));
	return fp_store(s, r);
}

FPREF struct ir_flags
ref_fp_cmp_flags(struct fp_env *e, unsigned s, union v128 a, union v128 b,
		 unsigned signal)
{
	/* By CF, PF, ZF: greater C; equal Z and C; less N; unordered C, V. */
	static const uint8_t nzcv[8] = { 2, 6, 3, 3, 8, 3, 3, 3 };
	__m128i x = fp_load(a), y = fp_load(b);
	bool c, p, z;

	if (fp_needs_soft(e, s)) {
		uint64_t m = vshape_es(s) == ES16 ? UINT16_MAX :
			     vshape_es(s) == ES32 ? UINT32_MAX : UINT64_MAX;

		return ref_fl_nzcv(
			softfp_compare_flags(e, vshape_es(s), a.d[0] & m,
					     b.d[0] & m, signal));
	}
	if (vshape_es(s) == ES64) {
		if (signal)
			__asm__ volatile("comisd %4, %3"
					 : "=@ccc"(c), "=@ccp"(p), "=@ccz"(z)
					 : "x"(x), "x"(y));
		else
			__asm__ volatile("ucomisd %4, %3"
					 : "=@ccc"(c), "=@ccp"(p), "=@ccz"(z)
					 : "x"(x), "x"(y));
	} else if (signal) {
		__asm__ volatile("comiss %4, %3"
				 : "=@ccc"(c), "=@ccp"(p), "=@ccz"(z)
				 : "x"(x), "x"(y));
	} else {
		__asm__ volatile("ucomiss %4, %3"
				 : "=@ccc"(c), "=@ccp"(p), "=@ccz"(z)
				 : "x"(x), "x"(y));
	}
	return ref_fl_nzcv((uint64_t)nzcv[c << 2 | p << 1 | z] << 28);
}

FPREF struct ir_flags
ref_fp_ccmp_flags(struct fp_env *e, unsigned s, bool c, union v128 a,
		  union v128 b, unsigned n)
{
	if (!c)
		return ref_fl_nzcv((uint64_t)(n >> 1) << 28);
	return ref_fp_cmp_flags(e, s, a, b, n & 1);
}

FPREF union v128
ref_fp_choose(unsigned s, bool c, union v128 a, union v128 b)
{
	return fp_store(s, fp_load(c ? a : b));
}

FPREF union v128
ref_fp_rint(struct fp_env *e, unsigned s, union v128 a, unsigned n)
{
	return softfp_vec_rint(e, s, a, n);
}

FPREF union v128
ref_fp_rint_n(struct fp_env *e, unsigned s, union v128 a, unsigned n)
{
	return softfp_vec_rint_n(e, s, a, n);
}

FPREF union v128
ref_fp_cvt(struct fp_env *e, unsigned s, union v128 a, unsigned n)
{
	unsigned from = n & 7;
	__m128i x = fp_load(a), r = _mm_setzero_si128();

	if (n & FP_TO_ODD || from == ES16 || fp_needs_soft(e, s))
		return softfp_vec_cvt(e, s, a, n);
	if (vshape_es(s) == ES64) {
		if (vshape_lanes(s) == 1)
			__asm__ volatile("cvtss2sd %1, %0" : "+x"(r) : "x"(x));
		else
			__asm__ volatile("cvtps2pd %1, %0" : "=x"(r) : "x"(x));
	} else {
		if (vshape_lanes(s) == 1)
			__asm__ volatile("cvtsd2ss %1, %0" : "+x"(r) : "x"(x));
		else
			__asm__ volatile("cvtpd2ps %1, %0" : "=x"(r) : "x"(x));
	}
	if (unlikely(fp_any_nan(s, r)) ||
	    (vshape_es(s) == ES32 && unlikely(fp_any_least(s, r))))
		return softfp_vec_cvt(e, s, a, n);
	return fp_store(s, r);
}

FPREF union v128
ref_fp_cvt_bf16(struct fp_env *e, unsigned s, union v128 a)
{
	return softfp_vec_cvt_bf16(e, s, a);
}

FPREF union v128
ref_fp_widen_h(struct fp_env *e, unsigned s, union v128 a)
{
	return softfp_vec_widen_h(e, s, a);
}

FPREF uint64_t
ref_fp_to_int(struct fp_env *e, unsigned s, unsigned t, union v128 a,
	      unsigned n, unsigned fbits)
{
	unsigned es = vshape_es(s);
	__m128i x = fp_load(a);
	int64_t q;
	int32_t l;

	/* The host's "integer indefinite" is also a true result. */
	if (n == FP_RZ && !fbits && !fp_needs_soft(e, s)) {
		if (t == IT64) {
			if (es == ES64)
				__asm__ volatile("cvttsd2si %1, %0"
						 : "=r"(q) : "x"(x));
			else
				__asm__ volatile("cvttss2si %1, %0"
						 : "=r"(q) : "x"(x));
			if (likely(q != INT64_MIN))
				return (uint64_t)q;
		} else {
			if (es == ES64)
				__asm__ volatile("cvttsd2si %1, %0"
						 : "=r"(l) : "x"(x));
			else
				__asm__ volatile("cvttss2si %1, %0"
						 : "=r"(l) : "x"(x));
			if (likely(l != INT32_MIN))
				return (uint32_t)l;
		}
	}
	return softfp_to_fixed(e, es, es == ES64 ? a.d[0] :
			       es == ES32 ? a.s[0] : a.h[0],
			       (enum fp_round)FP_MODE(n), it_bits(t), fbits,
			       n & FP_UNSIGNED);
}

FPREF union v128
ref_fp_from_int(struct fp_env *e, unsigned s, unsigned t, uint64_t a,
		unsigned n, unsigned fbits)
{
	unsigned es = vshape_es(s);
	int64_t v = n & FP_UNSIGNED ? a : ref_sext(t, a);
	union v128 r = { .q = 0 };
	__m128i x = _mm_setzero_si128();

	/* Never tiny, so that FZ does not matter. */
	if (es != ES16 && !fbits && !(n & FP_UNSIGNED && v < 0)) {
		if (es == ES64)
			__asm__ volatile("cvtsi2sdq %1, %0"
					 : "+x"(x) : "r"(v));
		else
			__asm__ volatile("cvtsi2ssq %1, %0"
					 : "+x"(x) : "r"(v));
		return fp_store(s, x);
	}
	r.d[0] = softfp_from_fixed(e, es, v, fbits, n & FP_UNSIGNED);
	return r;
}

FPREF union v128
ref_fp_to_fix(struct fp_env *e, unsigned s, union v128 a, unsigned n,
	      unsigned fbits)
{
	return softfp_vec_to_fix(e, s, a, n, fbits);
}

FPREF union v128
ref_fp_from_fix(struct fp_env *e, unsigned s, union v128 a, unsigned n,
		unsigned fbits)
{
	return softfp_vec_from_fix(e, s, a, n, fbits);
}

FPREF uint64_t
ref_fp_to_js(struct fp_env *e, unsigned s, union v128 a)
{
	(void)s;
	return softfp_to_js(e, a.d[0]);
}

FPREF union v128
ref_fp_bfdot(unsigned s, union v128 a, union v128 b, union v128 c)
{
	return softfp_vec_bfdot(s, a, b, c);
}

#endif
