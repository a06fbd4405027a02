/*
 * reference_vshift.h - shifts, widening and narrowing: a part of
 * reference_vec.h, which includes it and defines its loops.
 */

/* By a constant. Right shifts may be by the full width. */
V1N(U, vshl_n, (uint64_t)x << n)
V1N(U, vushr_n, n < (unsigned)LBITS ? x >> n : 0)
V1N(S, vsshr_n, x >> (n < (unsigned)LBITS ? n : (unsigned)LBITS - 1))
/* Rounding adds the last bit that is shifted out. */
V1N(U, vurshr_n, (n < (unsigned)LBITS ? x >> n : 0) + (x >> (n - 1) & 1))
V1N(S, vsrshr_n, (x >> (n < (unsigned)LBITS ? n : (unsigned)LBITS - 1)) +
	(x >> (n - 1) & 1))
V2N(U, vsli_n, (uint64_t)y << n | (x & ((UINT64_C(1) << n) - 1)))
V2N(U, vsri_n, n < (unsigned)LBITS ?
	y >> n | (x & ~((lane)~(lane)0 >> n)) : x)

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
	union v128 r = { .d = { 0, 0 } };

	switch (vshape_es(s)) {
	case ES16:
		for (unsigned i = 0; i < 8; i++)
			r.b[i] = (uint8_t)a.h[i];
		break;
	case ES32:
		for (unsigned i = 0; i < 4; i++)
			r.h[i] = (uint16_t)a.s[i];
		break;
	default:
		for (unsigned i = 0; i < 2; i++)
			r.s[i] = (uint32_t)a.d[i];
	}
	return vtrim(s - (1 << 8), r);
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
