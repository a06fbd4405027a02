/*
 * reference_vshift.h - shifts, widening and narrowing: a part of
 * reference_vec.h, which includes it and defines its loops.
 */

/* By a constant: the compiler's vectors have such shifts, which it does not
 * make of loops, for all but bytes. Right shifts may be by the full width. */
#define SHIFT_WHOLE(sign, name, op, bytes) \
VREF union v128 \
name(unsigned s, union v128 a, unsigned n) \
{ \
	union vref x = { .v = a }; \
\
	switch (vshape_es(s)) { \
	case ES8: \
		return vtrim(s, bytes(a, n)); \
	case ES16: \
		x.sign##h = x.sign##h op n; \
		break; \
	case ES32: \
		x.sign##s = x.sign##s op n; \
		break; \
	default: \
		x.sign##d = x.sign##d op n; \
	} \
	return vtrim(s, x.v); \
}

/* Bytes shift as halfwords; what crosses between them is masked. */
VREF union v128
vbytes_shl(union v128 a, unsigned n)
{
	union vref x = { .v = a };
	uint64_t keep = (0xffu << n & 0xff) * UINT64_C(0x0101010101010101);

	x.h = x.h << n;
	x.d &= (vref_d){ keep, keep };
	return x.v;
}

VREF union v128
vbytes_ushr(union v128 a, unsigned n)
{
	union vref x = { .v = a };
	uint64_t keep = (0xffu >> n) * UINT64_C(0x0101010101010101);

	x.h = x.h >> n;
	x.d &= (vref_d){ keep, keep };
	return x.v;
}

VREF union v128
vbytes_sshr(union v128 a, unsigned n)
{
	union v128 r;

	LANES1(int8_t, sb, 16, x >> n)
	return r;
}

SHIFT_WHOLE(, ref_vshl_n, <<, vbytes_shl)
SHIFT_WHOLE(, vshift_right_u, >>, vbytes_ushr)
SHIFT_WHOLE(s, vshift_right_s, >>, vbytes_sshr)
#undef SHIFT_WHOLE

VREF union v128
ref_vushr_n(unsigned s, union v128 a, unsigned n)
{
	if (n == 8u << vshape_es(s))
		return (union v128){ .d = { 0, 0 } };
	return vshift_right_u(s, a, n);
}

VREF union v128
ref_vsshr_n(unsigned s, union v128 a, unsigned n)
{
	if (n == 8u << vshape_es(s))
		n--;
	return vshift_right_s(s, a, n);
}

/* Rounding adds the last bit that is shifted out. */
VREF union v128
ref_vurshr_n(unsigned s, union v128 a, unsigned n)
{
	union v128 bit = ref_vand(s, ref_vushr_n(s, a, n - 1),
				  ref_vsplat(s, 1));

	return ref_vadd(s, ref_vushr_n(s, a, n), bit);
}

VREF union v128
ref_vsrshr_n(unsigned s, union v128 a, unsigned n)
{
	union v128 bit = ref_vand(s, ref_vushr_n(s, a, n - 1),
				  ref_vsplat(s, 1));

	return ref_vadd(s, ref_vsshr_n(s, a, n), bit);
}

VREF union v128
ref_vsli_n(unsigned s, union v128 a, union v128 b, unsigned n)
{
	union v128 kept = ref_vsplat(s, (UINT64_C(1) << n) - 1);

	return ref_vor(s, ref_vshl_n(s, b, n), ref_vand(s, a, kept));
}

VREF union v128
ref_vsri_n(unsigned s, union v128 a, union v128 b, unsigned n)
{
	union v128 ones = ref_vsplat(s, UINT64_MAX);
	union v128 dropped = ref_vushr_n(s, ones, n);

	return ref_vor(s, ref_vushr_n(s, b, n), ref_vandn(s, a, dropped));
}

/* One lane, held in 64 bits, by sh in -128..127. */

VREF uint64_t
vlane_ushl(uint64_t x, int sh, int bits)
{
	if (sh >= 0)
		return sh < bits ? x << sh : 0;
	return sh > -bits ? x >> -sh : 0;
}

VREF uint64_t
vlane_sshl(int64_t x, int sh, int bits)
{
	if (sh >= 0)
		return sh < bits ? (uint64_t)x << sh : 0;
	return (uint64_t)(x >> (sh > -64 ? -sh : 63));
}

/* Right, rounding: as if with unlimited precision. */
VREF uint64_t
vlane_urshr(uint64_t x, int n)
{
	if (n > 64)
		return 0;
	return (n < 64 ? x >> n : 0) + (x >> (n - 1) & 1);
}

VREF int64_t
vlane_srshr(int64_t x, int n)
{
	if (n > 64)
		return 0;
	return (x >> (n < 64 ? n : 63)) + (x >> (n - 1) & 1);
}

/* Left, saturating to bits. */
VREF uint64_t
vlane_uqshl(uint64_t x, int sh, int bits, bool *q)
{
	uint64_t max = UINT64_MAX >> (64 - bits);

	if (sh >= bits ? x != 0 : x > max >> sh) {
		*q = true;
		return max;
	}
	return sh < bits ? x << sh : 0;
}

VREF uint64_t
vlane_sqshl(int64_t x, int sh, int bits, bool *q)
{
	int64_t max = INT64_MAX >> (64 - bits);

	/* max >> sh rounds down as does what it bounds; ~max is the least. */
	if (sh >= bits ? x > 0 : x > max >> sh) {
		*q = true;
		return (uint64_t)max;
	}
	if (sh >= bits ? x < 0 : x < ~max >> sh) {
		*q = true;
		return (uint64_t)~max;
	}
	return sh < bits ? (uint64_t)x << sh : 0;
}

Q1N(U, vuqshl_n, vlane_uqshl(x, (int)n, LBITS, &q))
Q1N(S, vsqshl_n, vlane_sqshl(x, (int)n, LBITS, &q))
Q1N(S, vsqshlu_n, x < 0 ? (q = true, 0) :
	(int64_t)vlane_uqshl((uint64_t)x, (int)n, LBITS, &q))

/* By a register. */

#define BY_REG(sign, name, right, left) \
VREF union v128 \
ref_##name(unsigned s, union v128 a, union v128 b) \
{ \
	union v128 r = { .d = { 0, 0 } }; \
\
	EACH_##sign(LANES2, SHAPE_LANES, (int8_t)y < 0 ? right : left) \
	return r; \
}
BY_REG(U, vushl, vlane_ushl(x, (int8_t)y, LBITS),
	vlane_ushl(x, (int8_t)y, LBITS))
BY_REG(S, vsshl, vlane_sshl(x, (int8_t)y, LBITS),
	vlane_sshl(x, (int8_t)y, LBITS))
BY_REG(U, vurshl, vlane_urshr(x, -(int8_t)y),
	vlane_ushl(x, (int8_t)y, LBITS))
BY_REG(S, vsrshl, (uint64_t)vlane_srshr(x, -(int8_t)y),
	vlane_sshl(x, (int8_t)y, LBITS))
#undef BY_REG

Q2(U, vuqshl, (int8_t)y < 0 ? vlane_ushl(x, (int8_t)y, LBITS) :
	vlane_uqshl(x, (int8_t)y, LBITS, &q))
Q2(S, vsqshl, (int8_t)y < 0 ? vlane_sshl(x, (int8_t)y, LBITS) :
	vlane_sqshl(x, (int8_t)y, LBITS, &q))
Q2(U, vuqrshl, (int8_t)y < 0 ? vlane_urshr(x, -(int8_t)y) :
	vlane_uqshl(x, (int8_t)y, LBITS, &q))
Q2(S, vsqrshl, (int8_t)y < 0 ? (uint64_t)vlane_srshr(x, -(int8_t)y) :
	vlane_sqshl(x, (int8_t)y, LBITS, &q))

/* Widening. expr is in terms of x and y, the narrow lanes, still typed as
 * such; to the type W of the wide ones. */
#define WIDEN(W, wide, narrow, n, expr) \
	for (unsigned i = 0; i < (n); i++) { \
		W x = a.narrow[i], y = b.narrow[i]; \
		(void)y; \
		r.wide[i] = (W)(expr); \
	}
#define WIDE_U(expr) \
	switch (vshape_es(s)) { \
	case ES16: \
		WIDEN(uint16_t, h, b, 8, expr) \
		break; \
	case ES32: \
		WIDEN(uint32_t, s, h, 4, expr) \
		break; \
	default: \
		WIDEN(uint64_t, d, s, 2, expr) \
	}
#define WIDE_S(expr) \
	switch (vshape_es(s)) { \
	case ES16: \
		WIDEN(int16_t, sh, sb, 8, expr) \
		break; \
	case ES32: \
		WIDEN(int32_t, ss, sh, 4, expr) \
		break; \
	default: \
		WIDEN(int64_t, sd, ss, 2, expr) \
	}

VREF union v128
ref_vuaddlp(unsigned s, union v128 a)
{
	unsigned half = 4u << vshape_es(s);
	union v128 low = ref_vushr_n(s, ref_vshl_n(s, a, half), half);

	return ref_vadd(s, low, ref_vushr_n(s, a, half));
}

VREF union v128
ref_vsaddlp(unsigned s, union v128 a)
{
	unsigned half = 4u << vshape_es(s);
	union v128 low = ref_vsshr_n(s, ref_vshl_n(s, a, half), half);

	return ref_vadd(s, low, ref_vsshr_n(s, a, half));
}

VREF union v128
ref_vuxtl(unsigned s, union v128 a)
{
	const union v128 b = a;
	union v128 r;

	WIDE_U(x)
	return vtrim(s, r);
}

VREF union v128
ref_vsxtl(unsigned s, union v128 a)
{
	const union v128 b = a;
	union v128 r;

	WIDE_S(x)
	return vtrim(s, r);
}

VREF union v128
ref_vumull(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	WIDE_U(1u * x * y)
	return vtrim(s, r);
}

VREF union v128
ref_vsmull(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	WIDE_S(x * y)
	return vtrim(s, r);
}

/* Only the product of two least integers, doubled, does not fit. */
VREF union v128
ref_vsqdmull(struct fp_env *env, unsigned s, union v128 a, union v128 b)
{
	union v128 r = { .d = { 0, 0 } };
	bool q = false;

	if (vshape_es(s) == ES32) {
		for (unsigned i = 0; i < vshape_lanes(s); i++)
			r.ss[i] = (int32_t)vsat(INT64_C(2) * a.sh[i] * b.sh[i],
				INT32_MIN, INT32_MAX, &q);
	} else {
		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			int64_t p = (int64_t)a.ss[i] * b.ss[i];
			bool over = p == INT64_C(1) << 62;

			q |= over;
			r.sd[i] = over ? INT64_MAX : 2 * p;
		}
	}
	vsat_note(env, q);
	return r;
}

#undef WIDEN
#undef WIDE_U
#undef WIDE_S

/* Narrowing: into the low half, from lanes of type S, x. */

VREF union v128
ref_vxtn(unsigned s, union v128 a)
{
	unsigned es = vshape_es(s) - 1;

	return vtrim(VSHAPE(es, vshape_lanes(s)), v128_uzp1(es, a, a));
}

/* A wide lane x, of the type named, to [lo, hi]. */
#define NARROW(wide, narrow, T, lo, hi) \
	for (unsigned i = 0; i < vshape_lanes(s); i++) \
		r.narrow[i] = (T)vsat(a.wide[i], lo, hi, &q);

VREF union v128
ref_vsqxtn(struct fp_env *env, unsigned s, union v128 a)
{
	union v128 r = { .d = { 0, 0 } };
	bool q = false;

	switch (vshape_es(s)) {
	case ES16:
		NARROW(sh, sb, int8_t, INT8_MIN, INT8_MAX)
		break;
	case ES32:
		NARROW(ss, sh, int16_t, INT16_MIN, INT16_MAX)
		break;
	default:
		NARROW(sd, ss, int32_t, INT32_MIN, INT32_MAX)
	}
	vsat_note(env, q);
	return r;
}

VREF union v128
ref_vsqxtun(struct fp_env *env, unsigned s, union v128 a)
{
	union v128 r = { .d = { 0, 0 } };
	bool q = false;

	switch (vshape_es(s)) {
	case ES16:
		NARROW(sh, b, uint8_t, 0, UINT8_MAX)
		break;
	case ES32:
		NARROW(ss, h, uint16_t, 0, UINT16_MAX)
		break;
	default:
		NARROW(sd, s, uint32_t, 0, UINT32_MAX)
	}
	vsat_note(env, q);
	return r;
}
#undef NARROW

VREF union v128
ref_vuqxtn(struct fp_env *env, unsigned s, union v128 a)
{
	unsigned half = 4u << vshape_es(s);	/* bits of a narrow lane */
	uint64_t max = (UINT64_C(1) << half) - 1;
	union v128 r = { .d = { 0, 0 } };
	bool q = false;

	for (unsigned i = 0; i < vshape_lanes(s); i++) {
		uint64_t x = vshape_es(s) == ES16 ? a.h[i] :
			vshape_es(s) == ES32 ? a.s[i] : a.d[i & 1];

		q |= x > max;
		x = x > max ? max : x;
		if (vshape_es(s) == ES16)
			r.b[i] = (uint8_t)x;
		else if (vshape_es(s) == ES32)
			r.h[i] = (uint16_t)x;
		else
			r.s[i] = (uint32_t)x;
	}
	vsat_note(env, q);
	return r;
}
