/*
 * test_vec.c - the vector integer operations that go lane by lane, on boundary
 * values.
 *
 * What a lane should be is computed with 128-bit integers, lane by lane and
 * from the manual's words; the operations themselves are written for speed.
 * Every pair of boundary values meets in every shape, with rubbish in the
 * bits above the shape, which must neither show nor raise QC.
 *
 * Those that move lanes, or make others of them, are tested in
 * test_vec_lanes.c, cryptography in test_vec_crypto.c.
 */
#include "vec_lanes.h"

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
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
