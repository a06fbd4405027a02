/*
 * test_vec.c - the vector integer operations on boundary values.
 *
 * What a lane should be is computed with 128-bit integers, lane by lane and
 * from the manual's words; the operations themselves are written for speed.
 * Every pair of boundary values meets in every shape, with rubbish in the
 * bits above the shape, which must neither show nor raise QC.
 *
 * Cryptography is tested in test_vec_crypto.c.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../translator/ir/reference_vec.h"

typedef __int128 wide;

static const unsigned shapes[] = {
	VSHAPE(ES8, 1), VSHAPE(ES8, 8), VSHAPE(ES8, 16),
	VSHAPE(ES16, 1), VSHAPE(ES16, 4), VSHAPE(ES16, 8),
	VSHAPE(ES32, 1), VSHAPE(ES32, 2), VSHAPE(ES32, 4),
	VSHAPE(ES64, 1), VSHAPE(ES64, 2),
};

#define FOR_EACH_SHAPE(s) \
	for (unsigned s##_i = 0, s; s##_i < ARRAY_SIZE(shapes) && \
	     (s = shapes[s##_i], true); s##_i++)

enum { NR_VALUES = 18 };

/* The k-th boundary value of so many bits. */
static uint64_t
value(unsigned bits, unsigned k)
{
	uint64_t mask = UINT64_MAX >> (64 - bits);
	uint64_t top = UINT64_C(1) << (bits - 1);
	const uint64_t v[NR_VALUES] = {
		0, 1, 2, 3, mask, mask - 1, mask - 6, top, top + 1, top - 1,
		top - 2, mask / 3, mask / 3 * 2, bits - 1, bits, bits + 1,
		-(uint64_t)bits & mask, UINT64_C(0x9e3779b97f4a7c15) & mask,
	};

	return v[k % NR_VALUES];
}

static unsigned
width(unsigned s)
{
	return 8u << vshape_es(s);
}

static uint64_t
get(unsigned es, union v128 v, unsigned i)
{
	uint64_t r = 0;

	memcpy(&r, v.b + (i << es), 1u << es);
	return r;
}

static void
set(unsigned es, union v128 *v, unsigned i, uint64_t x)
{
	memcpy(v->b + (i << es), &x, 1u << es);
}

static wide
sign(unsigned bits, uint64_t x)
{
	return x >> (bits - 1) & 1 ? (wide)x - ((wide)1 << bits) : (wide)x;
}

static uint64_t
cut(unsigned bits, wide x)
{
	return (uint64_t)x & UINT64_MAX >> (64 - bits);
}

/* Lanes from value k on, in steps; above the shape the most troublesome
 * ones. */
static union v128
operand(unsigned s, unsigned k, unsigned step)
{
	unsigned es = vshape_es(s);
	union v128 v;

	memset(&v, 0x80, sizeof(v));
	for (unsigned i = 0; i < vshape_lanes(s); i++)
		set(es, &v, i, value(8u << es, k + i * step));
	return v;
}

static void
check_above(unsigned s, union v128 r)
{
	for (unsigned i = vshape_bits(s) / 8; i < 16; i++)
		ck_assert_uint_eq(r.b[i], 0);
}

/* --- Two operands --------------------------------------------------------- */

/* A lane's result, as an exact number: x and y as unsigned, sx and sy as
 * signed numbers of w bits. */
typedef wide lane2(wide x, wide y, wide sx, wide sy, unsigned w);

#define LANE2(name, expr) \
static wide \
lane_##name(wide x, wide y, wide sx, wide sy, unsigned w) \
{ \
	(void)x, (void)y, (void)sx, (void)sy, (void)w; \
	return expr; \
}
LANE2(vand, x & y)
LANE2(vor, x | y)
LANE2(vxor, x ^ y)
LANE2(vandn, x & ~y)
LANE2(vorn, x | ~y)
LANE2(vadd, x + y)
LANE2(vsub, x - y)
LANE2(vmul, (wide)((unsigned __int128)x * (unsigned __int128)y))
LANE2(vshadd, (sx + sy) >> 1)
LANE2(vuhadd, (x + y) >> 1)
LANE2(vsrhadd, (sx + sy + 1) >> 1)
LANE2(vurhadd, (x + y + 1) >> 1)
LANE2(vshsub, (sx - sy) >> 1)
LANE2(vuhsub, (x - y) >> 1)
LANE2(vsmax, sx > sy ? sx : sy)
LANE2(vsmin, sx < sy ? sx : sy)
LANE2(vumax, x > y ? x : y)
LANE2(vumin, x < y ? x : y)
LANE2(vsabd, sx > sy ? sx - sy : sy - sx)
LANE2(vuabd, x > y ? x - y : y - x)
LANE2(vcmpeq, x == y ? -1 : 0)
LANE2(vcmpgt, sx > sy ? -1 : 0)
LANE2(vcmpge, sx >= sy ? -1 : 0)
LANE2(vcmphi, x > y ? -1 : 0)
LANE2(vcmphs, x >= y ? -1 : 0)
LANE2(vcmptst, x & y ? -1 : 0)

/* x * 2^n, rounded down or (round) to nearest, for n of -128..127. From 2^64
 * on the factor is taken as 2^126 / x: all the same when cut or saturated. */
static wide
shifted(wide x, uint64_t count, bool round)
{
	int n = (int)sign(8, count & 0xff);
	const wide huge = (wide)1 << 126;

	if (n >= 64)
		return x > 0 ? huge : x < 0 ? -huge : 0;
	if (n >= 0)
		return x * ((wide)1 << n);
	/* All numbers here have at most 64 bits. */
	if (n < -66)
		return round || x >= 0 ? 0 : -1;
	return (x + (round ? (wide)1 << (-n - 1) : 0)) >> -n;
}

LANE2(vsshl, shifted(sx, (uint64_t)y, false))
LANE2(vushl, shifted(x, (uint64_t)y, false))
LANE2(vsrshl, shifted(sx, (uint64_t)y, true))
LANE2(vurshl, shifted(x, (uint64_t)y, true))

typedef union v128 op2(unsigned s, union v128 a, union v128 b);

#define OP2_LIST(_) \
	_(vand) _(vor) _(vxor) _(vandn) _(vorn) _(vadd) _(vsub) _(vmul) \
	_(vshadd) _(vuhadd) _(vsrhadd) _(vurhadd) _(vshsub) _(vuhsub) \
	_(vsmax) _(vsmin) _(vumax) _(vumin) _(vsabd) _(vuabd) _(vcmpeq) \
	_(vcmpgt) _(vcmpge) _(vcmphi) _(vcmphs) _(vcmptst) _(vsshl) \
	_(vushl) _(vsrshl) _(vurshl)

#define CALL2(name) \
static union v128 \
call_##name(unsigned s, union v128 a, union v128 b) \
{ \
	return ref_##name(s, a, b); \
}
OP2_LIST(CALL2)

static const struct {
	const char *name;
	op2 *call;
	lane2 *lane;
} op2s[] = {
#define ROW2(name) { #name, call_##name, lane_##name },
	OP2_LIST(ROW2)
};

START_TEST(two_operands)
{
	for (unsigned o = 0; o < ARRAY_SIZE(op2s); o++)
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k / NR_VALUES, 1);
		union v128 b = operand(s, k, 1);
		union v128 r = op2s[o].call(s, a, b);

		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			uint64_t x = get(es, a, i), y = get(es, b, i);
			wide want = op2s[o].lane(x, y, sign(w, x), sign(w, y),
						 w);

			ck_assert_msg(get(es, r, i) == cut(w, want),
				"%s of %#lx and %#lx (%u bits): %#lx",
				op2s[o].name, x, y, w, get(es, r, i));
		}
		check_above(s, r);
	}
}
END_TEST

/* --- Two operands, saturating --------------------------------------------- */

#define SLIMIT(w)	(((wide)1 << ((w) - 1)) - 1)

LANE2(vsqadd, sx + sy)
LANE2(vuqadd, x + y)
LANE2(vsqsub, sx - sy)
LANE2(vuqsub, x - y)
LANE2(vsuqadd, sx + y)
LANE2(vusqadd, x + sy)
LANE2(vsqdmulh, (2 * sx * sy) >> w)
LANE2(vsqrdmulh, (2 * sx * sy + ((wide)1 << (w - 1))) >> w)
LANE2(vsqshl, shifted(sx, (uint64_t)y, false))
LANE2(vuqshl, shifted(x, (uint64_t)y, false))
LANE2(vsqrshl, shifted(sx, (uint64_t)y, true))
LANE2(vuqrshl, shifted(x, (uint64_t)y, true))

typedef union v128 sat2(struct fp_env *env, unsigned s, union v128 a,
			union v128 b);

/* name, result is unsigned, only halfwords and words */
#define SAT2_LIST(_) \
	_(vsqadd, 0, 0) _(vuqadd, 1, 0) _(vsqsub, 0, 0) _(vuqsub, 1, 0) \
	_(vsuqadd, 0, 0) _(vusqadd, 1, 0) _(vsqdmulh, 0, 1) \
	_(vsqrdmulh, 0, 1) _(vsqshl, 0, 0) _(vuqshl, 1, 0) \
	_(vsqrshl, 0, 0) _(vuqrshl, 1, 0)

#define CALL_SAT2(name, is_unsigned, hs) \
static union v128 \
call_##name(struct fp_env *env, unsigned s, union v128 a, union v128 b) \
{ \
	return ref_##name(env, s, a, b); \
}
SAT2_LIST(CALL_SAT2)

static const struct {
	const char *name;
	sat2 *call;
	lane2 *lane;
	bool is_unsigned, hs;
} sat2s[] = {
#define ROW_SAT2(name, is_unsigned, hs) \
	{ #name, call_##name, lane_##name, is_unsigned, hs },
	SAT2_LIST(ROW_SAT2)
};

static uint64_t
saturate(unsigned w, bool is_unsigned, wide x, bool *q)
{
	wide max = is_unsigned ? 2 * SLIMIT(w) + 1 : SLIMIT(w);
	wide min = is_unsigned ? 0 : ~SLIMIT(w);

	*q |= x > max || x < min;
	return cut(w, x > max ? max : x < min ? min : x);
}

START_TEST(two_operands_saturating)
{
	for (unsigned o = 0; o < ARRAY_SIZE(sat2s); o++)
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k / NR_VALUES, 1);
		union v128 b = operand(s, k, 1);
		struct fp_env env = { 0, FPSR_IXC };
		bool q = false;
		union v128 r;

		if (sat2s[o].hs && es != ES16 && es != ES32)
			continue;
		r = sat2s[o].call(&env, s, a, b);
		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			uint64_t x = get(es, a, i), y = get(es, b, i);
			wide want = sat2s[o].lane(x, y, sign(w, x),
						  sign(w, y), w);
			uint64_t lane = saturate(w, sat2s[o].is_unsigned,
						 want, &q);

			ck_assert_msg(get(es, r, i) == lane,
				"%s of %#lx and %#lx (%u bits): %#lx",
				sat2s[o].name, x, y, w, get(es, r, i));
		}
		check_above(s, r);
		ck_assert_uint_eq(env.fpsr, FPSR_IXC | (q ? FPSR_QC : 0));
	}
}
END_TEST

START_TEST(multiply_accumulate)
{
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * NR_VALUES * NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k / NR_VALUES / NR_VALUES, 1);
		union v128 b = operand(s, k / NR_VALUES, 1);
		union v128 c = operand(s, k, 1);

		if (es != ES16 && es != ES32)
			continue;
		for (int times = -1; times <= 1; times += 2) {
			struct fp_env env = { 0, 0 };
			union v128 r = times > 0 ?
				ref_vsqrdmlah(&env, s, a, b, c) :
				ref_vsqrdmlsh(&env, s, a, b, c);
			bool q = false;

			for (unsigned i = 0; i < vshape_lanes(s); i++) {
				wide x = sign(w, get(es, a, i));
				wide p = sign(w, get(es, b, i)) *
					sign(w, get(es, c, i));
				wide sum = x * ((wide)1 << w) + times * 2 * p +
					((wide)1 << (w - 1));

				ck_assert_uint_eq(get(es, r, i),
					saturate(w, false, sum >> w, &q));
			}
			check_above(s, r);
			ck_assert_uint_eq(env.fpsr, q ? FPSR_QC : 0);
		}
	}
}
END_TEST

/* --- One operand ---------------------------------------------------------- */

static unsigned
count_leading(uint64_t x, unsigned w, unsigned bit)
{
	unsigned n = 0;

	while (n < w && (x >> (w - 1 - n) & 1) == bit)
		n++;
	return n;
}

START_TEST(one_operand)
{
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k, 1);
		struct fp_env env = { 0, 0 };
		bool q = false;
		union v128 not = ref_vnot(s, a), neg = ref_vneg(s, a);
		union v128 abs = ref_vabs(s, a), clz = ref_vclz(s, a);
		union v128 cls = ref_vcls(s, a);
		union v128 sqabs = ref_vsqabs(&env, s, a);
		union v128 sqneg = ref_vsqneg(&env, s, a);

		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			uint64_t x = get(es, a, i);
			wide sx = sign(w, x), ax = sx < 0 ? -sx : sx;

			ck_assert_uint_eq(get(es, not, i), cut(w, ~(wide)x));
			ck_assert_uint_eq(get(es, neg, i), cut(w, -sx));
			ck_assert_uint_eq(get(es, abs, i), cut(w, ax));
			ck_assert_uint_eq(get(es, clz, i),
					  count_leading(x, w, 0));
			ck_assert_uint_eq(get(es, cls, i),
				count_leading(x, w, x >> (w - 1) & 1) - 1);
			ck_assert_uint_eq(get(es, sqabs, i),
					  saturate(w, false, ax, &q));
			ck_assert_uint_eq(get(es, sqneg, i),
					  saturate(w, false, -sx, &q));
		}
		ck_assert_uint_eq(env.fpsr, q ? FPSR_QC : 0);
		check_above(s, not);
		check_above(s, neg);
		check_above(s, abs);
		check_above(s, clz);
		check_above(s, cls);
		check_above(s, sqabs);
		check_above(s, sqneg);
	}
}
END_TEST

START_TEST(bits_of_bytes)
{
	for (unsigned x = 0; x < 256; x++) {
		unsigned s = VSHAPE(ES8, x % 2 ? 8 : 16);
		unsigned count = 0, reversed = 0;
		union v128 a, cnt, rbit;

		memset(&a, (int)x, sizeof(a));
		cnt = ref_vcnt(s, a);
		rbit = ref_vrbit(s, a);
		for (unsigned i = 0; i < 8; i++) {
			count += x >> i & 1;
			reversed |= (x >> i & 1) << (7 - i);
		}
		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			ck_assert_uint_eq(cnt.b[i], count);
			ck_assert_uint_eq(rbit.b[i], reversed);
		}
		check_above(s, cnt);
		check_above(s, rbit);
	}
}
END_TEST

START_TEST(select_bits)
{
	union v128 a = operand(VSHAPE(ES8, 16), 3, 1);
	union v128 b = operand(VSHAPE(ES16, 8), 5, 1);
	union v128 c = operand(VSHAPE(ES32, 4), 7, 1);
	union v128 r = ref_vselect(VSHAPE(ES8, 16), a, b, c);
	union v128 h = ref_vselect(VSHAPE(ES8, 8), a, b, c);

	for (unsigned i = 0; i < 128; i++) {
		const uint8_t *from = a.b[i / 8] >> i % 8 & 1 ? b.b : c.b;

		ck_assert_uint_eq(r.b[i / 8] >> i % 8 & 1,
				  from[i / 8] >> i % 8 & 1);
	}
	ck_assert_uint_eq(h.d[0], r.d[0]);
	ck_assert_uint_eq(h.d[1], 0);
}
END_TEST

/* --- Shifts by constants -------------------------------------------------- */

START_TEST(shift_left)
{
	FOR_EACH_SHAPE(s)
	for (unsigned n = 0; n < width(s); n++)
	for (unsigned k = 0; k < NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k, 1), b = operand(s, k, 5);
		struct fp_env env = { 0, 0 };
		union v128 shl = ref_vshl_n(s, a, n);
		union v128 sli = ref_vsli_n(s, b, a, n);
		union v128 sq = ref_vsqshl_n(&env, s, a, n);
		union v128 uq = ref_vuqshl_n(&env, s, a, n);
		union v128 su = ref_vsqshlu_n(&env, s, a, n);
		bool q = false;

		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			uint64_t x = get(es, a, i), y = get(es, b, i);
			wide by = (wide)1 << n, sx = sign(w, x);

			ck_assert_uint_eq(get(es, shl, i), cut(w, sx * by));
			ck_assert_uint_eq(get(es, sli, i),
				cut(w, sx * by) | (y & (uint64_t)(by - 1)));
			ck_assert_uint_eq(get(es, sq, i),
				saturate(w, false, sx * by, &q));
			ck_assert_uint_eq(get(es, uq, i),
				saturate(w, true, shifted(x, n, false), &q));
			ck_assert_uint_eq(get(es, su, i),
				saturate(w, true, sx * by, &q));
		}
		ck_assert_uint_eq(env.fpsr, q ? FPSR_QC : 0);
		check_above(s, shl);
		check_above(s, sli);
		check_above(s, sq);
		check_above(s, uq);
		check_above(s, su);
	}
}
END_TEST

START_TEST(shift_right)
{
	FOR_EACH_SHAPE(s)
	for (unsigned n = 1; n <= width(s); n++)
	for (unsigned k = 0; k < NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k, 1), b = operand(s, k, 5);
		union v128 u = ref_vushr_n(s, a, n), ur = ref_vurshr_n(s, a, n);
		union v128 ss = ref_vsshr_n(s, a, n);
		union v128 sr = ref_vsrshr_n(s, a, n);
		union v128 sri = ref_vsri_n(s, b, a, n);

		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			uint64_t x = get(es, a, i), y = get(es, b, i);
			wide half = (wide)1 << (n - 1), sx = sign(w, x);
			uint64_t kept = n < w ? UINT64_MAX >> (64 - w + n) : 0;

			ck_assert_uint_eq(get(es, u, i), cut(w, (wide)x >> n));
			ck_assert_uint_eq(get(es, ss, i), cut(w, sx >> n));
			ck_assert_uint_eq(get(es, ur, i),
					  cut(w, ((wide)x + half) >> n));
			ck_assert_uint_eq(get(es, sr, i),
					  cut(w, (sx + half) >> n));
			ck_assert_uint_eq(get(es, sri, i),
				cut(w, (wide)x >> n) | (y & ~kept));
		}
		check_above(s, u);
		check_above(s, ur);
		check_above(s, ss);
		check_above(s, sr);
		check_above(s, sri);
	}
}
END_TEST

/* --- Widening and narrowing ----------------------------------------------- */

START_TEST(widen)
{
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * NR_VALUES; k++) {
		unsigned es = vshape_es(s), w = width(s), half = w / 2;
		unsigned lanes = vshape_lanes(s);
		unsigned narrow = VSHAPE(es - 1, lanes);
		struct fp_env env = { 0, 0 };
		union v128 a, b, u, ss, um, sm, sq = { .d = { 0, 0 } };
		bool q = false;

		if (es == ES8)
			continue;
		a = operand(narrow, k / NR_VALUES, 1);
		b = operand(narrow, k, 1);
		u = ref_vuxtl(s, a);
		ss = ref_vsxtl(s, a);
		um = ref_vumull(s, a, b);
		sm = ref_vsmull(s, a, b);
		if (es != ES16)
			sq = ref_vsqdmull(&env, s, a, b);
		for (unsigned i = 0; i < lanes; i++) {
			uint64_t x = get(es - 1, a, i), y = get(es - 1, b, i);
			wide p = sign(half, x) * sign(half, y);

			ck_assert_uint_eq(get(es, u, i), x);
			ck_assert_uint_eq(get(es, ss, i),
					  cut(w, sign(half, x)));
			ck_assert_uint_eq(get(es, um, i),
					  cut(w, (wide)x * (wide)y));
			ck_assert_uint_eq(get(es, sm, i), cut(w, p));
			if (es != ES16)
				ck_assert_uint_eq(get(es, sq, i),
					saturate(w, false, 2 * p, &q));
		}
		ck_assert_uint_eq(env.fpsr, q ? FPSR_QC : 0);
		check_above(s, u);
		check_above(s, ss);
		check_above(s, um);
		check_above(s, sm);
		check_above(s, sq);
	}
}
END_TEST

START_TEST(narrow)
{
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * 2; k++) {
		unsigned es = vshape_es(s), w = width(s), half = w / 2;
		unsigned lanes = vshape_lanes(s);
		struct fp_env env[3] = { { 0, 0 } };
		union v128 a, x, sq, uq, su;
		bool q[3] = { false };

		if (es == ES8)
			continue;
		a = operand(s, k, 1);
		if (k >= NR_VALUES) {
			/* The narrow type's borders. */
			a.d[0] = a.d[1] = 0;
			for (unsigned i = 0; i < lanes; i++) {
				uint64_t v = value(half, k + i);

				set(es, &a, i, v + (k & 1) - (k >> 1 & 1));
			}
		}
		x = ref_vxtn(s, a);
		sq = ref_vsqxtn(&env[0], s, a);
		uq = ref_vuqxtn(&env[1], s, a);
		su = ref_vsqxtun(&env[2], s, a);
		for (unsigned i = 0; i < lanes; i++) {
			uint64_t v = get(es, a, i);
			wide sv = sign(w, v);

			ck_assert_uint_eq(get(es - 1, x, i), cut(half, v));
			ck_assert_uint_eq(get(es - 1, sq, i),
				saturate(half, false, sv, &q[0]));
			ck_assert_uint_eq(get(es - 1, uq, i),
				saturate(half, true, v, &q[1]));
			ck_assert_uint_eq(get(es - 1, su, i),
				saturate(half, true, sv, &q[2]));
		}
		for (unsigned i = 0; i < 3; i++)
			ck_assert_uint_eq(env[i].fpsr, q[i] ? FPSR_QC : 0);
		check_above(VSHAPE(es - 1, lanes), x);
		check_above(VSHAPE(es - 1, lanes), sq);
		check_above(VSHAPE(es - 1, lanes), uq);
		check_above(VSHAPE(es - 1, lanes), su);
	}
}
END_TEST

/* --- Across lanes --------------------------------------------------------- */

START_TEST(across)
{
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * 4; k++) {
		unsigned es = vshape_es(s), w = width(s);
		union v128 a = operand(s, k, 1 + k / NR_VALUES);
		uint64_t x = get(es, a, 0);
		wide sum = x, smax = sign(w, x), smin = smax;
		uint64_t umax = x, umin = x;

		for (unsigned i = 1; i < vshape_lanes(s); i++) {
			x = get(es, a, i);
			sum += x;
			smax = sign(w, x) > smax ? sign(w, x) : smax;
			smin = sign(w, x) < smin ? sign(w, x) : smin;
			umax = x > umax ? x : umax;
			umin = x < umin ? x : umin;
		}
		ck_assert_uint_eq(ref_vaddv(s, a).d[0], cut(w, sum));
		ck_assert_uint_eq(ref_vsmaxv(s, a).d[0], cut(w, smax));
		ck_assert_uint_eq(ref_vsminv(s, a).d[0], cut(w, smin));
		ck_assert_uint_eq(ref_vumaxv(s, a).d[0], umax);
		ck_assert_uint_eq(ref_vuminv(s, a).d[0], umin);
		ck_assert_uint_eq(ref_vaddv(s, a).d[1], 0);
	}
}
END_TEST

/* --- Permutations --------------------------------------------------------- */

/* Lanes of a are 0x10 and up, of b 0x80 and up. */
static union v128
numbered(unsigned first)
{
	union v128 v;

	for (unsigned i = 0; i < 16; i++)
		v.b[i] = (uint8_t)(first + i);
	return v;
}

START_TEST(permute)
{
	union v128 a = numbered(0x10), b = numbered(0x80);

	FOR_EACH_SHAPE(s) {
		unsigned es = vshape_es(s), n = vshape_lanes(s);
		union v128 z1, z2, u1, u2, t1, t2;

		if (n == 1)
			continue;
		z1 = ref_vzip1(s, a, b);
		z2 = ref_vzip2(s, a, b);
		u1 = ref_vuzp1(s, a, b);
		u2 = ref_vuzp2(s, a, b);
		t1 = ref_vtrn1(s, a, b);
		t2 = ref_vtrn2(s, a, b);
		for (unsigned i = 0; i < n; i++) {
			union v128 src = i % 2 ? b : a;
			unsigned at = 2 * i % n;

			ck_assert_uint_eq(get(es, z1, i), get(es, src, i / 2));
			ck_assert_uint_eq(get(es, z2, i),
					  get(es, src, (i + n) / 2));
			ck_assert_uint_eq(get(es, t1, i),
					  get(es, src, i / 2 * 2));
			ck_assert_uint_eq(get(es, t2, i),
					  get(es, src, i / 2 * 2 + 1));
			src = i < n / 2 ? a : b;
			ck_assert_uint_eq(get(es, u1, i), get(es, src, at));
			ck_assert_uint_eq(get(es, u2, i),
					  get(es, src, at + 1));
		}
		check_above(s, z1);
		check_above(s, z2);
		check_above(s, u1);
		check_above(s, u2);
		check_above(s, t1);
		check_above(s, t2);
	}
}
END_TEST

START_TEST(extract_and_reverse)
{
	union v128 a = numbered(0x10), b = numbered(0x80);

	for (unsigned bytes = 8; bytes <= 16; bytes += 8)
	for (unsigned n = 0; n < bytes; n++) {
		unsigned s = VSHAPE(ES8, bytes);
		union v128 r = ref_vext(s, a, b, n);

		for (unsigned i = 0; i < bytes; i++)
			ck_assert_uint_eq(r.b[i], i + n < bytes ? a.b[i + n] :
						b.b[i + n - bytes]);
		check_above(s, r);
	}
	FOR_EACH_SHAPE(s)
	for (unsigned n = vshape_es(s); n <= 3; n++) {
		unsigned es = vshape_es(s), group = 1u << (n - es);
		union v128 r;

		if (es == ES64 || vshape_lanes(s) == 1)
			continue;
		r = ref_vrev(s, a, n);
		for (unsigned i = 0; i < vshape_lanes(s); i++)
			ck_assert_uint_eq(get(es, r, i), get(es, a,
				i / group * group + group - 1 - i % group));
		check_above(s, r);
	}
}
END_TEST

START_TEST(table)
{
	union v128 a = numbered(0x10), b = numbered(0x80);

	for (unsigned x = 0; x < 256; x++)
	for (unsigned n = 0; n < 64; n += 16) {
		unsigned s = VSHAPE(ES8, x % 2 ? 8 : 16);
		union v128 c, r;

		for (unsigned i = 0; i < 16; i++)
			c.b[i] = (uint8_t)(x + 7 * i);
		r = ref_vtbx(s, a, b, c, n);
		for (unsigned i = 0; i < vshape_lanes(s); i++)
			ck_assert_uint_eq(r.b[i],
				c.b[i] >= n && c.b[i] < n + 16 ?
				b.b[c.b[i] - n] : a.b[i]);
		check_above(s, r);
	}
}
END_TEST

START_TEST(lanes)
{
	union v128 a = numbered(0x10), b = numbered(0x80);
	const uint64_t x = UINT64_C(0xf1e2d3c4b5a69788);

	FOR_EACH_SHAPE(s)
	for (unsigned n = 0; n < 16u >> vshape_es(s); n++) {
		unsigned es = vshape_es(s), full = VSHAPE(es, 16u >> es);
		union v128 dup = ref_vdup(s, a, n), splat = ref_vsplat(s, x);
		union v128 put = ref_vset(full, a, x, n);
		union v128 ins = ref_vins(full, a, b, n, (n + 1) % (16 >> es));

		ck_assert_uint_eq(ref_vget(full, a, n), get(es, a, n));
		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			ck_assert_uint_eq(get(es, dup, i), get(es, a, n));
			ck_assert_uint_eq(get(es, splat, i), cut(8u << es, x));
		}
		check_above(s, dup);
		check_above(s, splat);
		for (unsigned i = 0; i < 16u >> es; i++) {
			uint64_t old = get(es, a, i);

			ck_assert_uint_eq(get(es, put, i),
					  i == n ? cut(8u << es, x) : old);
			ck_assert_uint_eq(get(es, ins, i), i != n ? old :
				get(es, b, (n + 1) % (16 >> es)));
		}
	}
}
END_TEST

/* --- Products of bytes, polynomials, estimates ---------------------------- */

START_TEST(dot_products)
{
	for (unsigned k = 0; k < NR_VALUES * NR_VALUES; k++) {
		unsigned s = VSHAPE(ES32, k % 2 ? 2 : 4);
		union v128 a = operand(VSHAPE(ES32, 4), k, 1);
		union v128 b = operand(VSHAPE(ES8, 16), k / NR_VALUES, 1);
		union v128 c = operand(VSHAPE(ES8, 16), k, 5);
		union v128 r[3] = { ref_vsdot(s, a, b, c),
			ref_vudot(s, a, b, c), ref_vusdot(s, a, b, c) };
		union v128 m[3] = { ref_vsmmla(VSHAPE(ES32, 4), a, b, c),
			ref_vummla(VSHAPE(ES32, 4), a, b, c),
			ref_vusmmla(VSHAPE(ES32, 4), a, b, c) };

		for (unsigned i = 0; i < 12; i++) {
			unsigned kind = i / 4, lane = i % 4;
			wide dot = a.s[lane], mmla = dot;

			for (unsigned j = 0; j < 8; j++) {
				unsigned bi = lane / 2 * 8 + j;
				unsigned ci = lane % 2 * 8 + j;

				mmla += (kind ? b.b[bi] : sign(8, b.b[bi])) *
					(kind == 1 ? c.b[ci] :
					 sign(8, c.b[ci]));
				bi = ci = 4 * lane + j % 4;
				if (j < 4)
					dot += (kind ? b.b[bi] :
						sign(8, b.b[bi])) *
						(kind == 1 ? c.b[ci] :
						 sign(8, c.b[ci]));
			}
			if (lane < vshape_lanes(s))
				ck_assert_uint_eq(r[kind].s[lane],
						  cut(32, dot));
			ck_assert_uint_eq(m[kind].s[lane], cut(32, mmla));
		}
		for (unsigned i = 0; i < 3; i++)
			check_above(s, r[i]);
	}
}
END_TEST

static unsigned __int128
polynomial(uint64_t x, uint64_t y)
{
	unsigned __int128 p = 0;

	for (unsigned i = 0; i < 64; i++)
		p ^= (unsigned __int128)(y >> i & 1) * x << i;
	return p;
}

START_TEST(polynomials)
{
	for (unsigned k = 0; k < NR_VALUES * NR_VALUES; k++) {
		unsigned s = VSHAPE(ES8, 16);
		union v128 a = operand(s, k / NR_VALUES, 1);
		union v128 b = operand(s, k, 5), r = ref_vpmul(s, a, b);

		for (unsigned i = 0; i < 16; i++)
			ck_assert_uint_eq(r.b[i],
				(uint8_t)polynomial(a.b[i], b.b[i]));
		r = ref_vpmull(VSHAPE(ES16, 8), a, b);
		for (unsigned i = 0; i < 8; i++)
			ck_assert_uint_eq(r.h[i],
				(uint16_t)polynomial(a.b[i], b.b[i]));
		for (unsigned host = 0; host < 2; host++) {
			vref_use_host_crypto(host);
			r = ref_vpmull(VSHAPE(ES128, 1), a, b);
			ck_assert(r.q == polynomial(a.d[0], b.d[0]));
		}
	}
}
END_TEST

/* The estimates' ends and middles, from the manual's definition: the middle
 * of the interval, inverted, rounded to nine bits. */
START_TEST(estimates)
{
	for (unsigned x = 0; x < 512; x++) {
		unsigned s = VSHAPE(ES32, 2);
		union v128 a = { .s = { x << 23, x << 23 | 0x7fffff, 1, 1 } };
		union v128 recip = ref_vurecpe(s, a);
		union v128 rsqrt = ref_vursqrte(s, a);
		double mid = (x + 0.5) / 512;

		check_above(s, recip);
		check_above(s, rsqrt);
		ck_assert_uint_eq(recip.s[0], recip.s[1]);
		ck_assert_uint_eq(rsqrt.s[0], rsqrt.s[1]);
		if (x < 256)
			ck_assert_uint_eq(recip.s[0], UINT32_MAX);
		else
			ck_assert_uint_eq(recip.s[0],
				(uint32_t)(256 / mid + 0.5) << 23);
		if (x < 128) {
			ck_assert_uint_eq(rsqrt.s[0], UINT32_MAX);
			continue;
		}
		/* Lengths below a half count in pairs: Arm ARM
		 * RecipSqrtEstimate. */
		if (x >= 256)
			mid = (x / 2 * 2 + 1) / 512.0;
		for (unsigned r = 256; r < 512; r++) {
			double lo = (r - 0.5) / 256, hi = (r + 0.5) / 256;

			if (lo * lo * mid < 1 && hi * hi * mid >= 1)
				ck_assert_uint_eq(rsqrt.s[0], r << 23);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("vec");
	TCase *tc = tcase_create("core");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, two_operands);
	tcase_add_test(tc, two_operands_saturating);
	tcase_add_test(tc, multiply_accumulate);
	tcase_add_test(tc, one_operand);
	tcase_add_test(tc, bits_of_bytes);
	tcase_add_test(tc, select_bits);
	tcase_add_test(tc, shift_left);
	tcase_add_test(tc, shift_right);
	tcase_add_test(tc, widen);
	tcase_add_test(tc, narrow);
	tcase_add_test(tc, across);
	tcase_add_test(tc, permute);
	tcase_add_test(tc, extract_and_reverse);
	tcase_add_test(tc, table);
	tcase_add_test(tc, lanes);
	tcase_add_test(tc, dot_products);
	tcase_add_test(tc, polynomials);
	tcase_add_test(tc, estimates);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
