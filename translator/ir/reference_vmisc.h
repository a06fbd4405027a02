/*
 * reference_vmisc.h - polynomial and dot products, estimates, and what is
 * called rather than inlined: a part of reference_vec.h, which includes it.
 */

VREF union v128
ref_vpmul(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	for (unsigned i = 0; i < 16; i++) {
		unsigned p = 0;

		for (unsigned k = 0; k < 8; k++)
			p ^= (unsigned)a.b[i] << k & -(b.b[i] >> k & 1u);
		r.b[i] = (uint8_t)p;
	}
	return vtrim(s, r);
}

/* Products of bytes: sums of four beside each other. T and U are the types of
 * the lanes of b and c. */
#define DOT(name, mb, mc) \
VREF union v128 \
ref_##name(unsigned s, union v128 a, union v128 b, union v128 c) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
\
	for (unsigned i = 0; i < vshape_lanes(s); i++) { \
		int sum = 0; \
\
		for (unsigned k = 4 * i; k < 4 * i + 4; k++) \
			sum += b.mb[k] * c.mc[k]; \
		r.s[i] = a.s[i] + (uint32_t)sum; \
	} \
	return r; \
}
DOT(vsdot, sb, sb)
DOT(vudot, b, b)
DOT(vusdot, b, sb)
#undef DOT

#define MMLA(name, mb, mc) \
VREF union v128 \
ref_##name(unsigned s, union v128 a, union v128 b, union v128 c) \
{ \
	union v128 r; \
\
	for (unsigned i = 0; i < 4; i++) { \
		unsigned row = i / 2 * 8, col = i % 2 * 8; \
		int sum = 0; \
\
		for (unsigned k = 0; k < 8; k++) \
			sum += b.mb[row + k] * c.mc[col + k]; \
		r.s[i] = a.s[i] + (uint32_t)sum; \
	} \
	return vtrim(s, r); \
}
MMLA(vsmmla, sb, sb)
MMLA(vummla, b, b)
MMLA(vusmmla, b, sb)
#undef MMLA

/* Arm ARM: UnsignedRecipEstimate(), RecipEstimate(): of a 0.5..1 with nine
 * bits, so 256..511. */
VREF uint32_t
vlane_urecpe(uint32_t x)
{
	uint32_t a = (x >> 23) * 2 + 1;

	if (x >> 31 == 0)
		return UINT32_MAX;
	return ((1u << 19) / a + 1) / 2 << 23;
}

VREF union v128
ref_vurecpe(unsigned s, union v128 a)
{
	union v128 r = { .d = { 0, 0 } };

	for (unsigned i = 0; i < vshape_lanes(s); i++)
		r.s[i] = vlane_urecpe(a.s[i]);
	return r;
}

union v128 ref_vursqrte(unsigned s, union v128 a);
union v128 ref_vpmull(unsigned s, union v128 a, union v128 b);

union v128 ref_vaese(unsigned s, union v128 a, union v128 b);
union v128 ref_vaesd(unsigned s, union v128 a, union v128 b);
union v128 ref_vaesmc(unsigned s, union v128 a);
union v128 ref_vaesimc(unsigned s, union v128 a);
union v128 ref_vsha1c(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha1p(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha1m(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha1su0(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha1su1(unsigned s, union v128 a, union v128 b);
union v128 ref_vsha256h(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha256h2(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha256su0(unsigned s, union v128 a, union v128 b);
union v128 ref_vsha256su1(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha512h(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha512h2(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsha512su0(unsigned s, union v128 a, union v128 b);
union v128 ref_vsha512su1(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsm3ss1(unsigned s, union v128 a, union v128 b, union v128 c);
union v128 ref_vsm3tt1(unsigned s, union v128 a, union v128 b, union v128 c,
		       unsigned n);
union v128 ref_vsm3tt2(unsigned s, union v128 a, union v128 b, union v128 c,
		       unsigned n);
union v128 ref_vsm3partw1(unsigned s, union v128 a, union v128 b,
			  union v128 c);
union v128 ref_vsm3partw2(unsigned s, union v128 a, union v128 b,
			  union v128 c);
union v128 ref_vsm4e(unsigned s, union v128 a, union v128 b);
union v128 ref_vsm4ekey(unsigned s, union v128 a, union v128 b);

/*
 * Whether the crypto operations may use the host's AES, SHA and carry-less
 * multiplication. They do where CPUID has them; tests compare both ways.
 */
void vref_use_host_crypto(bool on);
