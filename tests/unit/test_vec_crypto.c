/*
 * test_vec_crypto.c - the cryptographic vector operations, put together the
 * way programs use them, on the standards' own test vectors; and the host's
 * instructions against the portable code.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../translator/ir/reference_vec.h"

#define BYTES	VSHAPE(ES8, 16)
#define WORDS	VSHAPE(ES32, 4)
#define DWORDS	VSHAPE(ES64, 2)

/* Every test runs with the host's instructions (1) and without (0). */
#define FOR_BOTH_WAYS \
	for (int host = 0; host < 2 && (vref_use_host_crypto(host), 1); host++)

/* Bytes in memory order, from hexadecimal. */
static union v128
hex(const char *text)
{
	union v128 v;

	for (unsigned i = 0; i < 16; i++) {
		const char digits[3] = { text[2 * i], text[2 * i + 1], 0 };

		v.b[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return v;
}

static void
check_equal(union v128 a, union v128 b)
{
	ck_assert_uint_eq(a.d[0], b.d[0]);
	ck_assert_uint_eq(a.d[1], b.d[1]);
}

/* --- AES (FIPS 197) ------------------------------------------------------- */

/* With four equal columns, shifting rows changes nothing: a table look-up. */
static uint32_t
sub_word(uint32_t x)
{
	union v128 v = ref_vsplat(WORDS, x);

	return ref_vaese(BYTES, v, ref_vxor(BYTES, v, v)).s[0];
}

static void
aes128_expand(union v128 key, union v128 rk[11])
{
	unsigned rcon = 1;

	rk[0] = key;
	for (unsigned i = 1; i <= 10; i++) {
		uint32_t w = rk[i - 1].s[3];

		w = sub_word(w >> 8 | w << 24) ^ rcon;
		for (unsigned k = 0; k < 4; k++)
			rk[i].s[k] = w ^= rk[i - 1].s[k];
		rcon = rcon << 1 ^ (rcon & 0x80 ? 0x11b : 0);
	}
}

START_TEST(aes)
{
	FOR_BOTH_WAYS {
		union v128 plain = hex("00112233445566778899aabbccddeeff");
		union v128 x = plain, rk[11];

		aes128_expand(hex("000102030405060708090a0b0c0d0e0f"), rk);
		check_equal(rk[10], hex("13111d7fe3944a17f307a78b4d2b30c5"));
		for (unsigned i = 0; i < 9; i++)
			x = ref_vaesmc(BYTES, ref_vaese(BYTES, x, rk[i]));
		x = ref_vxor(BYTES, ref_vaese(BYTES, x, rk[9]), rk[10]);
		check_equal(x, hex("69c4e0d86a7b0430d8cdb78070b4c55a"));

		x = ref_vaesimc(BYTES, ref_vaesd(BYTES, x, rk[10]));
		for (unsigned i = 9; i > 1; i--)
			x = ref_vaesimc(BYTES, ref_vaesd(BYTES, x,
				ref_vaesimc(BYTES, rk[i])));
		x = ref_vaesd(BYTES, x, ref_vaesimc(BYTES, rk[1]));
		check_equal(ref_vxor(BYTES, x, rk[0]), plain);
	}
}
END_TEST

/* --- Hashes (FIPS 180-4), of "abc" ---------------------------------------- */

/* The cube roots of the first 80 primes, 64 bits of their fractions; those of
 * SHA-256 are the upper halves. */
static const uint64_t sha2_k[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
	0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
	0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
	0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
	0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
	0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
	0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
	0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
	0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
	0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
	0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
	0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
	0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
	0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
	0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
	0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
	0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
	0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
	0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
	0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
	0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* The square roots of the first 8. */
static const uint64_t sha2_h[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* "abc", padded, as the first 16 words. */
static void
abc_words(union v128 w[4])
{
	memset(w, 0, 4 * sizeof(w[0]));
	w[0].s[0] = 0x61626380;
	w[3].s[3] = 24;
}

START_TEST(sha1)
{
	static const uint32_t k[4] = {
		0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6
	};
	const union v128 start = { .s = {
		0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
	const uint32_t start_e = 0xc3d2e1f0;

	FOR_BOTH_WAYS {
		union v128 w[20], abcd = start, e = { .d = { 0, 0 } };

		e.s[0] = start_e;
		abc_words(w);
		for (unsigned i = 4; i < 20; i++)
			w[i] = ref_vsha1su1(WORDS, ref_vsha1su0(WORDS,
				w[i - 4], w[i - 3], w[i - 2]), w[i - 1]);
		for (unsigned i = 0; i < 20; i++) {
			union v128 wk = ref_vadd(WORDS, w[i],
				ref_vsplat(WORDS, k[i / 5]));
			uint32_t a = abcd.s[0];

			abcd = i < 5 ? ref_vsha1c(WORDS, abcd, e, wk) :
				i >= 10 && i < 15 ?
				ref_vsha1m(WORDS, abcd, e, wk) :
				ref_vsha1p(WORDS, abcd, e, wk);
			e.s[0] = a >> 2 | a << 30;
		}
		abcd = ref_vadd(WORDS, abcd, start);
		ck_assert_uint_eq(abcd.s[0], 0xa9993e36);
		ck_assert_uint_eq(abcd.s[1], 0x4706816a);
		ck_assert_uint_eq(abcd.s[2], 0xba3e2571);
		ck_assert_uint_eq(abcd.s[3], 0x7850c26c);
		ck_assert_uint_eq(e.s[0] + start_e, 0x9cd0d89d);
	}
}
END_TEST

START_TEST(sha256)
{
	FOR_BOTH_WAYS {
		union v128 w[16], abcd, efgh, abcd0, efgh0;

		for (unsigned i = 0; i < 4; i++) {
			abcd0.s[i] = (uint32_t)(sha2_h[i] >> 32);
			efgh0.s[i] = (uint32_t)(sha2_h[4 + i] >> 32);
		}
		abcd = abcd0;
		efgh = efgh0;
		abc_words(w);
		for (unsigned i = 4; i < 16; i++)
			w[i] = ref_vsha256su1(WORDS, ref_vsha256su0(WORDS,
				w[i - 4], w[i - 3]), w[i - 2], w[i - 1]);
		for (unsigned i = 0; i < 16; i++) {
			union v128 wk = w[i], old = abcd;

			for (unsigned j = 0; j < 4; j++)
				wk.s[j] += (uint32_t)(sha2_k[4 * i + j] >> 32);
			abcd = ref_vsha256h(WORDS, abcd, efgh, wk);
			efgh = ref_vsha256h2(WORDS, efgh, old, wk);
		}
		abcd = ref_vadd(WORDS, abcd, abcd0);
		efgh = ref_vadd(WORDS, efgh, efgh0);
		ck_assert_uint_eq(abcd.s[0], 0xba7816bf);
		ck_assert_uint_eq(abcd.s[1], 0x8f01cfea);
		ck_assert_uint_eq(abcd.s[2], 0x414140de);
		ck_assert_uint_eq(abcd.s[3], 0x5dae2223);
		ck_assert_uint_eq(efgh.s[0], 0xb00361a3);
		ck_assert_uint_eq(efgh.s[1], 0x96177a9c);
		ck_assert_uint_eq(efgh.s[2], 0xb410ff61);
		ck_assert_uint_eq(efgh.s[3], 0xf20015ad);
	}
}
END_TEST

START_TEST(sha512)
{
	static const uint64_t want[8] = {
		0xddaf35a193617aba, 0xcc417349ae204131, 0x12e6fa4e89a97ea2,
		0x0a9eeee64b55d39a, 0x2192992a274fc1a8, 0x36ba3c23a3feebbd,
		0x454d4423643ce80e, 0x2a9ac94fa54ca49f,
	};
	union v128 w[40], x[4];	/* x: ab, cd, ef, gh */

	memset(w, 0, sizeof(w));
	w[0].d[0] = UINT64_C(0x6162638000000000);
	w[7].d[1] = 24;
	for (unsigned i = 8; i < 40; i++)
		w[i] = ref_vsha512su1(DWORDS,
			ref_vsha512su0(DWORDS, w[i - 8], w[i - 7]), w[i - 1],
			ref_vext(BYTES, w[i - 4], w[i - 3], 8));
	memcpy(x, sha2_h, sizeof(x));
	for (unsigned i = 0; i < 40; i++) {
		union v128 wk = w[i], t;

		wk.d[0] += sha2_k[2 * i];
		wk.d[1] += sha2_k[2 * i + 1];
		t = ref_vadd(DWORDS, ref_vext(BYTES, wk, wk, 8), x[3]);
		t = ref_vsha512h(DWORDS, t, ref_vext(BYTES, x[2], x[3], 8),
				 ref_vext(BYTES, x[1], x[2], 8));
		x[3] = x[2];
		x[2] = ref_vadd(DWORDS, x[1], t);
		t = ref_vsha512h2(DWORDS, t, x[1], x[0]);
		x[1] = x[0];
		x[0] = t;
	}
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(x[i / 2].d[i % 2] + sha2_h[i], want[i]);
}
END_TEST

/* --- SM3 (GB/T 32905) of "abc", SM4 (GB/T 32907) -------------------------- */

START_TEST(sm3)
{
	/* A and E are in the highest lanes. */
	const union v128 abcd0 = { .s = {
		0xda8a0600, 0x172442d7, 0x4914b2b9, 0x7380166f } };
	const union v128 efgh0 = { .s = {
		0xb0fb0e4e, 0xe38dee4d, 0x163138aa, 0xa96f30bc } };
	union v128 w[17], abcd = abcd0, efgh = efgh0;

	abc_words(w);
	for (unsigned i = 4; i < 17; i++) {
		union v128 w9 = ref_vext(BYTES, w[i - 3], w[i - 2], 12);
		union v128 w6 = ref_vext(BYTES, w[i - 2], w[i - 1], 8);
		union v128 w13 = ref_vext(BYTES, w[i - 4], w[i - 3], 12);

		w[i] = ref_vsm3partw2(WORDS, ref_vsm3partw1(WORDS, w[i - 4],
			w9, w[i - 1]), w6, w13);
	}
	for (unsigned j = 0; j < 64; j++) {
		uint32_t t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
		union v128 k = { .d = { 0, 0 } }, ss1;
		union v128 wx = ref_vxor(BYTES, w[j / 4], w[j / 4 + 1]);
		unsigned n = j % 4 | (j < 16 ? 0 : 4);

		k.s[3] = j % 32 ? t << j % 32 | t >> (32 - j % 32) : t;
		ss1 = ref_vsm3ss1(WORDS, abcd, efgh, k);
		abcd = ref_vsm3tt1(WORDS, abcd, ss1, wx, n);
		efgh = ref_vsm3tt2(WORDS, efgh, ss1, w[j / 4], n);
	}
	abcd = ref_vxor(BYTES, abcd, abcd0);
	efgh = ref_vxor(BYTES, efgh, efgh0);
	ck_assert_uint_eq(abcd.s[3], 0x66c7f0f4);
	ck_assert_uint_eq(abcd.s[2], 0x62eeedd9);
	ck_assert_uint_eq(abcd.s[1], 0xd1f2d46b);
	ck_assert_uint_eq(abcd.s[0], 0xdc10e4e2);
	ck_assert_uint_eq(efgh.s[3], 0x4167c487);
	ck_assert_uint_eq(efgh.s[2], 0x5cf2f7a2);
	ck_assert_uint_eq(efgh.s[1], 0x297da02b);
	ck_assert_uint_eq(efgh.s[0], 0x8f4ba8e0);
}
END_TEST

START_TEST(sm4)
{
	const union v128 fk = { .s = {
		0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc } };
	const union v128 text = { .s = {
		0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210 } };
	union v128 key = ref_vxor(BYTES, text, fk), x = text;

	for (unsigned i = 0; i < 8; i++) {
		union v128 ck = { .d = { 0, 0 } };

		for (unsigned j = 0; j < 16; j++)
			ck.s[j / 4] |= ((16 * i + j) * 7 & 0xff) <<
				(24 - 8 * (j % 4));
		key = ref_vsm4ekey(WORDS, key, ck);
		x = ref_vsm4e(WORDS, x, key);
	}
	ck_assert_uint_eq(x.s[3], 0x681edf34);
	ck_assert_uint_eq(x.s[2], 0xd206965e);
	ck_assert_uint_eq(x.s[1], 0x86b3e94f);
	ck_assert_uint_eq(x.s[0], 0x536e4246);
}
END_TEST

/* --- Both ways alike ------------------------------------------------------ */

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

START_TEST(host_equals_portable)
{
	uint64_t seed = 88172645463325252;

	for (unsigned n = 0; n < 20000; n++) {
		union v128 a, b, c, r[2][13];

		a.d[0] = next_random(&seed), a.d[1] = next_random(&seed);
		b.d[0] = next_random(&seed), b.d[1] = next_random(&seed);
		c.d[0] = next_random(&seed), c.d[1] = next_random(&seed);
		FOR_BOTH_WAYS {
			union v128 *p = r[host];

			p[0] = ref_vaese(BYTES, a, b);
			p[1] = ref_vaesd(BYTES, a, b);
			p[2] = ref_vaesmc(BYTES, a);
			p[3] = ref_vaesimc(BYTES, a);
			p[4] = ref_vpmull(VSHAPE(ES128, 1), a, b);
			p[5] = ref_vsha1c(WORDS, a, b, c);
			p[6] = ref_vsha1p(WORDS, a, b, c);
			p[7] = ref_vsha1m(WORDS, a, b, c);
			p[8] = ref_vsha256h(WORDS, a, b, c);
			p[9] = ref_vsha256h2(WORDS, a, b, c);
			p[10] = ref_vsha256su0(WORDS, a, b);
			p[11] = ref_vsha256su1(WORDS, a, b, c);
			p[12] = ref_vpmull(VSHAPE(ES16, 8), a, b);
		}
		for (unsigned i = 0; i < 13; i++)
			check_equal(r[0][i], r[1][i]);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("vec_crypto");
	TCase *tc = tcase_create("core");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, aes);
	tcase_add_test(tc, sha1);
	tcase_add_test(tc, sha256);
	tcase_add_test(tc, sha512);
	tcase_add_test(tc, sm3);
	tcase_add_test(tc, sm4);
	tcase_add_test(tc, host_equals_portable);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
