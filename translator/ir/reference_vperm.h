/*
 * reference_vperm.h - permutations, lanes and reductions: a part of
 * reference_vec.h, which includes it and defines its loops.
 */

/* One lane m[] of r from lanes of a and b; h is half the number of lanes. */
#define PERMUTE_AS(m, n, body) \
	for (unsigned i = 0, h = (n) / 2; i < h; i++) { \
		body(m) \
	}
#define PERMUTE(name, body) \
VREF union v128 \
ref_##name(unsigned s, union v128 a, union v128 b) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
\
	switch (vshape_es(s)) { \
	case ES8: \
		PERMUTE_AS(b, vshape_lanes(s), body) \
		break; \
	case ES16: \
		PERMUTE_AS(h, vshape_lanes(s), body) \
		break; \
	case ES32: \
		PERMUTE_AS(s, vshape_lanes(s), body) \
		break; \
	default: \
		PERMUTE_AS(d, vshape_lanes(s), body) \
	} \
	return r; \
}
#define ZIP1(m)	r.m[2 * i] = a.m[i]; r.m[2 * i + 1] = b.m[i];
#define ZIP2(m)	r.m[2 * i] = a.m[h + i]; r.m[2 * i + 1] = b.m[h + i];
#define UZP1(m)	r.m[i] = a.m[2 * i]; r.m[h + i] = b.m[2 * i];
#define UZP2(m)	r.m[i] = a.m[2 * i + 1]; r.m[h + i] = b.m[2 * i + 1];
#define TRN1(m)	r.m[2 * i] = a.m[2 * i]; r.m[2 * i + 1] = b.m[2 * i];
#define TRN2(m)	r.m[2 * i] = a.m[2 * i + 1]; r.m[2 * i + 1] = b.m[2 * i + 1];
PERMUTE(vzip1, ZIP1)
PERMUTE(vzip2, ZIP2)
PERMUTE(vuzp1, UZP1)
PERMUTE(vuzp2, UZP2)
PERMUTE(vtrn1, TRN1)
PERMUTE(vtrn2, TRN2)
#undef ZIP1
#undef ZIP2
#undef UZP1
#undef UZP2
#undef TRN1
#undef TRN2
#undef PERMUTE
#undef PERMUTE_AS

VREF union v128
ref_vext(unsigned s, union v128 a, union v128 b, unsigned n)
{
	union v128 r = { .d = { 0, 0 } };
	unsigned sh = 8 * n;

	if (n == 0)
		return vtrim(s, a);
	if (vshape_bits(s) == 128)
		r.q = a.q >> sh | b.q << (128 - sh);
	else
		r.d[0] = a.d[0] >> sh | b.d[0] << (64 - sh);
	return r;
}

VREF union v128
ref_vtbx(unsigned s, union v128 a, union v128 b, union v128 c, unsigned n)
{
	union v128 r = { .d = { 0, 0 } };

	for (unsigned i = 0; i < vshape_lanes(s); i++) {
		unsigned j = c.b[i] - n;

		r.b[i] = j < 16 ? b.b[j] : a.b[i];
	}
	return r;
}

/* Lanes. */

VREF uint64_t
ref_vget(unsigned s, union v128 a, unsigned n)
{
	switch (vshape_es(s)) {
	case ES8:
		return a.b[n];
	case ES16:
		return a.h[n];
	case ES32:
		return a.s[n];
	default:
		return a.d[n];
	}
}

VREF union v128
ref_vset(unsigned s, union v128 a, uint64_t b, unsigned n)
{
	switch (vshape_es(s)) {
	case ES8:
		a.b[n] = (uint8_t)b;
		break;
	case ES16:
		a.h[n] = (uint16_t)b;
		break;
	case ES32:
		a.s[n] = (uint32_t)b;
		break;
	default:
		a.d[n] = b;
	}
	return vtrim(s, a);
}

VREF union v128
ref_vins(unsigned s, union v128 a, union v128 b, unsigned n, unsigned from)
{
	return ref_vset(s, a, ref_vget(s, b, from), n);
}

VREF union v128
ref_vsplat(unsigned s, uint64_t a)
{
	union v128 r;

	/* A product with 0x..0101 repeats a byte without a loop. */
	switch (vshape_es(s)) {
	case ES8:
		a = (a & 0xff) * UINT64_C(0x0101010101010101);
		break;
	case ES16:
		a = (a & 0xffff) * UINT64_C(0x0001000100010001);
		break;
	case ES32:
		a = (a & 0xffffffff) * UINT64_C(0x0000000100000001);
		break;
	default:
		break;
	}
	r.d[0] = r.d[1] = a;
	return vtrim(s, r);
}

VREF union v128
ref_vdup(unsigned s, union v128 a, unsigned n)
{
	return ref_vsplat(s, ref_vget(s, a, n));
}

/* Reductions. */

#define REDUCE_AS(T, m, expr) do { \
		T x = a.m[0]; \
		for (unsigned i = 1; i < vshape_lanes(s); i++) { \
			T y = a.m[i]; \
			x = (T)(expr); \
		} \
		r.m[0] = x; \
	} while (0)
#define REDUCE(name, pre, t, expr) \
VREF union v128 \
ref_##name(unsigned s, union v128 a) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
\
	switch (vshape_es(s)) { \
	case ES8: \
		REDUCE_AS(t##8_t, pre##b, expr); \
		break; \
	case ES16: \
		REDUCE_AS(t##16_t, pre##h, expr); \
		break; \
	case ES32: \
		REDUCE_AS(t##32_t, pre##s, expr); \
		break; \
	default: \
		REDUCE_AS(t##64_t, pre##d, expr); \
	} \
	return r; \
}
REDUCE(vaddv,, uint, x + y)
REDUCE(vsmaxv, s, int, x > y ? x : y)
REDUCE(vsminv, s, int, x < y ? x : y)
REDUCE(vumaxv,, uint, x > y ? x : y)
REDUCE(vuminv,, uint, x < y ? x : y)
#undef REDUCE
#undef REDUCE_AS
