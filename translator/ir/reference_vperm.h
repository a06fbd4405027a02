/*
 * reference_vperm.h - permutations, lanes and reductions: a part of
 * reference_vec.h, which includes it and defines its loops.
 */

/*
 * Zips, unzips, transpositions. Written as shuffles because compilers do not
 * find them in loops. An index counts through the n lanes of a, then b.
 */
#define ZIP1(n, i)	((i) / 2 + (i) % 2 * (n))
#define ZIP2(n, i)	((n) / 2 + (i) / 2 + (i) % 2 * (n))
#define UZP1(n, i)	(2 * (i))
#define UZP2(n, i)	(2 * (i) + 1)
#define TRN1(n, i)	((i) / 2 * 2 + (i) % 2 * (n))
#define TRN2(n, i)	((i) / 2 * 2 + 1 + (i) % 2 * (n))

#define INDEX2(f, n, i)	f(n, i), f(n, i + 1)
#define INDEX4(f, n, i)	INDEX2(f, n, i), INDEX2(f, n, i + 2)
#define INDEX8(f, n, i)	INDEX4(f, n, i), INDEX4(f, n, i + 4)
#define INDEX16(f, n, i) INDEX8(f, n, i), INDEX8(f, n, i + 8)

#define SHUFFLE_AS(m, index) \
	r.m = __builtin_shufflevector(x.m, y.m, index)

/* All 128 bits. */
#define PERMUTE_128(name, f) \
VREF union v128 \
v128_##name(unsigned es, union v128 a, union v128 b) \
{ \
	union vref x = { .v = a }, y = { .v = b }, r; \
\
	switch (es) { \
	case ES8: \
		SHUFFLE_AS(b, INDEX16(f, 16, 0)); \
		break; \
	case ES16: \
		SHUFFLE_AS(h, INDEX8(f, 8, 0)); \
		break; \
	case ES32: \
		SHUFFLE_AS(s, INDEX4(f, 4, 0)); \
		break; \
	default: \
		SHUFFLE_AS(d, INDEX2(f, 2, 0)); \
	} \
	return r.v; \
}
PERMUTE_128(zip1, ZIP1)
PERMUTE_128(zip2, ZIP2)
PERMUTE_128(uzp1, UZP1)
PERMUTE_128(uzp2, UZP2)
PERMUTE_128(trn1, TRN1)
PERMUTE_128(trn2, TRN2)
#undef ZIP1
#undef ZIP2
#undef UZP1
#undef UZP2
#undef TRN1
#undef TRN2
#undef INDEX2
#undef INDEX4
#undef INDEX8
#undef INDEX16
#undef SHUFFLE_AS
#undef PERMUTE_128

VREF union v128
ref_vzip1(unsigned s, union v128 a, union v128 b)
{
	return vtrim(s, v128_zip1(vshape_es(s), a, b));
}

/* For 64 bits, ZIP2 is the upper half of what ZIP1 is for 128. */
VREF union v128
ref_vzip2(unsigned s, union v128 a, union v128 b)
{
	if (vshape_bits(s) < 128) {
		union v128 r = v128_zip1(vshape_es(s), a, b);

		return (union v128){ .d = { r.d[1], 0 } };
	}
	return v128_zip2(vshape_es(s), a, b);
}

/* For 64 bits, the operands are first put into one vector. */
VREF union v128
ref_vuzp1(unsigned s, union v128 a, union v128 b)
{
	if (vshape_bits(s) < 128)
		a = b = v128_zip1(ES64, a, b);
	return vtrim(s, v128_uzp1(vshape_es(s), a, b));
}

VREF union v128
ref_vuzp2(unsigned s, union v128 a, union v128 b)
{
	if (vshape_bits(s) < 128)
		a = b = v128_zip1(ES64, a, b);
	return vtrim(s, v128_uzp2(vshape_es(s), a, b));
}

VREF union v128
ref_vtrn1(unsigned s, union v128 a, union v128 b)
{
	return vtrim(s, v128_trn1(vshape_es(s), a, b));
}

VREF union v128
ref_vtrn2(unsigned s, union v128 a, union v128 b)
{
	return vtrim(s, v128_trn2(vshape_es(s), a, b));
}

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
	union v128 found, r;

	/* Look up first, select then: no branch on data, and the second loop
	 * vectorises. */
	for (unsigned i = 0; i < 16; i++)
		found.b[i] = b.b[(c.b[i] - n) & 15];
	for (unsigned i = 0; i < 16; i++)
		r.b[i] = (uint8_t)(c.b[i] - n) < 16 ? found.b[i] : a.b[i];
	return vtrim(s, r);
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
