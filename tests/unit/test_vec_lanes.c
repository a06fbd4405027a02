/*
 * test_vec_lanes.c - the vector integer operations that widen, narrow, move
 * and combine lanes, on boundary values; as test_vec.c.
 */
#include "vec_lanes.h"

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

/* Neighbours added in lanes of twice the width. */
START_TEST(add_pairs)
{
	FOR_EACH_SHAPE(s)
	for (unsigned k = 0; k < NR_VALUES * 4; k++) {
		unsigned es = vshape_es(s), w = width(s), half = w / 2;
		union v128 a, u, ss;

		if (es == ES8)
			continue;
		a = operand(VSHAPE(es - 1, 2 * vshape_lanes(s)), k,
			    1 + k / NR_VALUES);
		u = ref_vuaddlp(s, a);
		ss = ref_vsaddlp(s, a);
		for (unsigned i = 0; i < vshape_lanes(s); i++) {
			uint64_t x = get(es - 1, a, 2 * i);
			uint64_t y = get(es - 1, a, 2 * i + 1);

			ck_assert_uint_eq(get(es, u, i), x + y);
			ck_assert_uint_eq(get(es, ss, i), cut(w,
				sign(half, x) + sign(half, y)));
		}
		check_above(s, u);
		check_above(s, ss);
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
	Suite *suite = suite_create("vec_lanes");
	TCase *tc = tcase_create("core");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, widen);
	tcase_add_test(tc, narrow);
	tcase_add_test(tc, add_pairs);
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
