/*
 * softfp_vec.c - softfp.c over the lanes of a vector; and the host's FPU for
 * the arithmetic of programs that set FPCR.FZ.
 */
#include "../../runtime/base/cpuid.h"
#include "reference_fp.h"

unsigned char fp_host_caps;

unsigned
fp_host_probe(void)
{
	unsigned a, b, c, d, lo, hi, caps = FP_HOST_PROBED;

	if (fp_host_caps)
		return fp_host_caps;
	/* FMA needs the operating system's support for YMM state too. */
	if (host_cpuid(1, &a, &b, &c, &d) && (c & bit_FMA) &&
	    (c & bit_OSXSAVE)) {
		__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
		if ((lo & 6) == 6)
			caps |= FP_HOST_FMA;
	}
	fp_host_caps = caps;
	return caps;
}

static uint64_t
lane_get(unsigned es, const union v128 *v, unsigned i)
{
	switch (es) {
	case ES16:
		return v->h[i];
	case ES32:
		return v->s[i];
	default:
		return v->d[i];
	}
}

static void
lane_set(unsigned es, union v128 *v, unsigned i, uint64_t x)
{
	switch (es) {
	case ES16:
		v->h[i] = x;
		break;
	case ES32:
		v->s[i] = x;
		break;
	default:
		v->d[i] = x;
	}
}

/* Is a lane denormal? With `result', also: zero, the least normal number or
 * a NaN, which may be what the host made of something else? */
static bool
doubtful(unsigned s, union v128 v, bool result)
{
	unsigned es = vshape_es(s);
	uint64_t least = es == ES64 ? UINT64_C(1) << 53 : UINT64_C(1) << 24;
	uint64_t inf = es == ES64 ? UINT64_C(0xffe0000000000000) : 0xff000000;

	for (unsigned i = 0; i < vshape_lanes(s); i++) {
		/* Without the sign; all of it twice. */
		uint64_t x = es == ES64 ? v.d[i] << 1 : v.s[i] << 1;

		if (result ? x <= least || x > inf : x && x < least)
			return true;
	}
	return false;
}

/* A vector that came in two integer registers; by way of memory it would wait
 * for both stores. */
static __m128i
load_halves(union v128 v)
{
	return _mm_set_epi64x(v.sd[1], v.sd[0]);
}

enum { FLUSH_MADD = 100, FLUSH_SQRT };

/*
 * With FPCR.FZ, MXCSR flushes as well, but raises other flags. Both agree if
 * no operand is denormal and the result cannot have been flushed. True, and
 * *r, if so; `op' is an enum softfp_op2 or one of the above.
 */
static bool
flush_on_host(const struct fp_env *e, unsigned s, unsigned op, union v128 a,
	      union v128 b, union v128 c, union v128 *r)
{
	__m128i x = load_halves(a), y = load_halves(b);
	uint32_t mxcsr;

	if (vshape_es(s) == ES16 || !(e->fpcr & FPCR_FZ) ||
	    doubtful(s, a, false) || doubtful(s, b, false))
		return false;
	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	switch (op) {
	case SOFTFP_ADD:
		x = fp_host_add(s, x, y);
		break;
	case SOFTFP_SUB:
		x = fp_host_sub(s, x, y);
		break;
	case SOFTFP_MUL:
		x = fp_host_mul(s, x, y);
		break;
	case SOFTFP_DIV:
		if (vshape_bits(s) == 64 && vshape_es(s) == ES32)
			return false;
		x = fp_host_div(s, x, y);
		break;
	case FLUSH_SQRT:
		x = fp_host_sqrt(s, x, x);
		break;
	case FLUSH_MADD:
		if (!(fp_host_probe() & FP_HOST_FMA) || doubtful(s, c, false))
			return false;
		x = fp_host_madd(s, x, y, load_halves(c));
		break;
	default:
		return false;
	}
	*r = fp_store(s, x);
	if (!doubtful(s, *r, true))
		return true;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
	return false;
}

union v128
softfp_vec2(struct fp_env *e, unsigned s, enum softfp_op2 op, union v128 a,
	    union v128 b)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	if (flush_on_host(e, s, op, a, b, b, &r))
		return r;
	r.q = 0;
	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i, softfp_op2(e, es, op, lane_get(es, &a, i),
					       lane_get(es, &b, i)));
	return r;
}

union v128
softfp_vec1(struct fp_env *e, unsigned s, enum softfp_op1 op, union v128 a)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	if (op == SOFTFP_SQRT && flush_on_host(e, s, FLUSH_SQRT, a, a, a, &r))
		return r;
	r.q = 0;
	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i,
			 softfp_op1(e, es, op, lane_get(es, &a, i)));
	return r;
}

union v128
softfp_vec_madd(struct fp_env *e, unsigned s, union v128 n, union v128 m,
		union v128 a)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	if (flush_on_host(e, s, FLUSH_MADD, n, m, a, &r))
		return r;
	r.q = 0;
	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i, softfp_madd(e, es, lane_get(es, &n, i),
						lane_get(es, &m, i),
						lane_get(es, &a, i)));
	return r;
}

union v128
softfp_vec_cmp(struct fp_env *e, unsigned s, union v128 a, union v128 b,
	       enum fp_compare rel)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i,
			 -(uint64_t)softfp_compare(e, es, rel,
						   lane_get(es, &a, i),
						   lane_get(es, &b, i)));
	return r;
}

union v128
softfp_vec_rint(struct fp_env *e, unsigned s, union v128 a, unsigned n)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i, softfp_rint(e, es, lane_get(es, &a, i),
						(enum fp_round)FP_MODE(n),
						n & FP_EXACT));
	return r;
}

union v128
softfp_vec_rint_n(struct fp_env *e, unsigned s, union v128 a, unsigned n)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i, softfp_rint_n(e, es, lane_get(es, &a, i),
						  (enum fp_round)FP_MODE(n),
						  n & FP_INT64 ? 64 : 32));
	return r;
}

union v128
softfp_vec_cvt(struct fp_env *e, unsigned s, union v128 a, unsigned n)
{
	unsigned to = vshape_es(s), from = n & 7;
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(to, &r, i, softfp_convert(e, to, from,
						   lane_get(from, &a, i),
						   n & FP_TO_ODD ? FP_ODD :
						   FP_CUR));
	return r;
}

union v128
softfp_vec_cvt_bf16(struct fp_env *e, unsigned s, union v128 a)
{
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		r.h[i] = softfp_to_bf16(e, a.s[i]);
	return r;
}

union v128
softfp_vec_widen_h(struct fp_env *e, unsigned s, union v128 a)
{
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		r.s[i] = softfp_widen_half(e, a.h[i]);
	return r;
}

union v128
softfp_vec_to_fix(struct fp_env *e, unsigned s, union v128 a, unsigned n,
		  unsigned fbits)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		lane_set(es, &r, i,
			 softfp_to_fixed(e, es, lane_get(es, &a, i),
					 (enum fp_round)FP_MODE(n), 8u << es,
					 fbits, n & FP_UNSIGNED));
	return r;
}

union v128
softfp_vec_from_fix(struct fp_env *e, unsigned s, union v128 a, unsigned n,
		    unsigned fbits)
{
	unsigned es = vshape_es(s);
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++) {
		uint64_t v = lane_get(es, &a, i);

		if (!(n & FP_UNSIGNED))
			v = ref_sext(es, v);
		lane_set(es, &r, i, softfp_from_fixed(e, es, v, fbits,
						      n & FP_UNSIGNED));
	}
	return r;
}

union v128
softfp_vec_bfdot(unsigned s, union v128 a, union v128 n, union v128 m)
{
	union v128 r = { .q = 0 };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		r.s[i] = softfp_bfdot(a.s[i], n.s[i], m.s[i]);
	return r;
}
