/*
 * test_reference.c - the integer and flag operations on boundary values.
 *
 * Expectations are computed another way than reference.h does it (wider
 * arithmetic, bit by bit) or are taken from the manual.
 */
#include <check.h>
#include <stdlib.h>

#include "../../translator/ir/reference.h"

static const uint64_t values[] = {
	0, 1, 2, 3, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x100, 0x7fff, 0x8000,
	0xffff, 0x10000, 0x12345678, 0x7fffffff, 0x80000000, 0x80000001,
	0xfffffffe, 0xffffffff, 0x100000000, 0x123456789abcdef0,
	0x7ffffffffffffffe, 0x7fffffffffffffff, 0x8000000000000000,
	0x8000000000000001, 0xfffffffffffffffe, 0xffffffffffffffff,
};

#define FOR_EACH(v) \
	for (size_t v##_i = 0; v##_i < ARRAY_SIZE(values); v##_i++)
#define FOR_EACH_TYPE(t) \
	for (unsigned t = IT8; t <= IT64; t++)

static uint64_t
bits_of(unsigned t, unsigned __int128 v)
{
	return (uint64_t)(v & (((unsigned __int128)1 << (8u << t)) - 1));
}

static __int128
signed_of(unsigned t, uint64_t v)
{
	unsigned w = 8u << t;

	return v >> (w - 1) & 1 ? (__int128)v - ((__int128)1 << w) :
				  (__int128)v;
}

START_TEST(arithmetic)
{
	FOR_EACH_TYPE(t) FOR_EACH(a) FOR_EACH(b) {
		uint64_t a = bits_of(t, values[a_i]);
		uint64_t b = bits_of(t, values[b_i]);
		__int128 sa = signed_of(t, a), sb = signed_of(t, b);
		unsigned w = 8u << t;

		ck_assert_uint_eq(ref_add(t, a, b), bits_of(t, sa + sb));
		ck_assert_uint_eq(ref_sub(t, a, b), bits_of(t, sa - sb));
		ck_assert_uint_eq(ref_mul(t, a, b),
			bits_of(t, (unsigned __int128)a * b));
		ck_assert_uint_eq(ref_umulh(t, a, b),
			bits_of(t, (unsigned __int128)a * b >> w));
		ck_assert_uint_eq(ref_smulh(t, a, b),
			bits_of(t, (unsigned __int128)(sa * sb) >> w));
		ck_assert_uint_eq(ref_udiv(t, a, b), b ? a / b : 0);
		ck_assert_uint_eq(ref_sdiv(t, a, b),
			sb ? bits_of(t, sa / sb) : 0);
		ck_assert_uint_eq(ref_andn(t, a, b), bits_of(t, a & ~b));
		ck_assert_int_eq(ref_ult(t, a, b), a < b);
		ck_assert_int_eq(ref_slt(t, a, b), sa < sb);
		ck_assert_int_eq(ref_eq(t, a, b), a == b);
		ck_assert_int_eq(ref_ne(t, a, b), a != b);
	}
}
END_TEST

START_TEST(shifts)
{
	FOR_EACH_TYPE(t) FOR_EACH(a) for (unsigned n = 0; n < 140; n++) {
		uint64_t a = bits_of(t, values[a_i]);
		unsigned w = 8u << t, k = n % w;
		unsigned __int128 twice = (unsigned __int128)a << w | a;

		ck_assert_uint_eq(ref_shl(t, a, n),
			bits_of(t, (unsigned __int128)a << k));
		ck_assert_uint_eq(ref_shr(t, a, n), bits_of(t, a >> k));
		ck_assert_uint_eq(ref_sar(t, a, n),
			bits_of(t, signed_of(t, a) >> k));
		ck_assert_uint_eq(ref_ror(t, a, n), bits_of(t, twice >> k));
		for (unsigned b_i = 0; n < w && b_i < ARRAY_SIZE(values);
		     b_i++) {
			uint64_t b = bits_of(t, values[b_i]);

			ck_assert_uint_eq(ref_extract(t, a, b, n),
				bits_of(t, ((unsigned __int128)a << w | b)
					   >> n));
		}
	}
}
END_TEST

START_TEST(bit_counts)
{
	FOR_EACH_TYPE(t) FOR_EACH(a) {
		uint64_t a = bits_of(t, values[a_i]), rev = 0;
		unsigned w = 8u << t, zeros = 0, same = 0;

		while (zeros < w && !(a >> (w - 1 - zeros) & 1))
			zeros++;
		while (same + 1 < w && (a >> (w - 1) & 1) ==
				       (a >> (w - 2 - same) & 1))
			same++;
		for (unsigned i = 0; i < w; i++)
			rev |= (a >> i & 1) << (w - 1 - i);
		ck_assert_uint_eq(ref_clz(t, a), zeros);
		ck_assert_uint_eq(ref_cls(t, a), same);
		ck_assert_uint_eq(ref_rbit(t, a), rev);
		ck_assert_uint_eq(ref_not(t, a), bits_of(t, ~a));
		ck_assert_uint_eq(ref_neg(t, a), bits_of(t, -a));
		ck_assert_uint_eq(ref_zext(t, values[a_i]), a);
		ck_assert_uint_eq(ref_sext(t, values[a_i]),
				  (uint64_t)signed_of(t, a));
	}
}
END_TEST

START_TEST(byte_swaps)
{
	const uint64_t v = 0x0102030405060708;

	ck_assert_uint_eq(ref_bswap(IT64, v), 0x0807060504030201);
	ck_assert_uint_eq(ref_bswap(IT32, (uint32_t)v), 0x08070605);
	ck_assert_uint_eq(ref_bswap(IT16, (uint16_t)v), 0x0807);
	ck_assert_uint_eq(ref_bswap16(IT64, v), 0x0201040306050807);
	ck_assert_uint_eq(ref_bswap16(IT32, (uint32_t)v), 0x06050807);
	ck_assert_uint_eq(ref_bswap32(IT64, v), 0x0403020108070605);
}
END_TEST

/* The check values of both CRCs, of "123456789". */
START_TEST(crcs)
{
	static const char text[] = "123456789";
	uint64_t a = 0xffffffff, b = a, a8 = a, b8 = b, data;

	for (unsigned i = 0; i < 9; i++) {
		a = ref_crc32(IT8, a, (uint8_t)text[i]);
		b = ref_crc32c(IT8, b, (uint8_t)text[i]);
	}
	ck_assert_uint_eq(a ^ 0xffffffff, 0xcbf43926);
	ck_assert_uint_eq(b ^ 0xffffffff, 0xe3069283);
	__builtin_memcpy(&data, text, 8);
	a8 = ref_crc32(IT8, ref_crc32(IT64, a8, data), '9');
	b8 = ref_crc32c(IT16, b8, data & 0xffff);
	b8 = ref_crc32c(IT32, b8, (uint32_t)(data >> 16));
	b8 = ref_crc32c(IT16, b8, data >> 48);
	b8 = ref_crc32c(IT8, b8, '9');
	ck_assert_uint_eq(a8, a);
	ck_assert_uint_eq(b8, b);
}
END_TEST

/* NZCV of a + b + c, as the manual's AddWithCarry has it. */
static uint32_t
add_with_carry(unsigned t, uint64_t a, uint64_t b, bool c)
{
	unsigned __int128 usum = (unsigned __int128)a + b + c;
	__int128 ssum = signed_of(t, a) + signed_of(t, b) + c;
	uint64_t r = bits_of(t, usum);

	return a64_nzcv_pack(signed_of(t, r) < 0, r == 0, r != usum,
			     signed_of(t, r) != ssum);
}

/* ConditionHolds. */
static bool
condition_holds(uint32_t nzcv, unsigned n)
{
	bool N = nzcv & A64_N, Z = nzcv & A64_Z;
	bool C = nzcv & A64_C, V = nzcv & A64_V;
	const bool base[] = {
		Z, C, N, V, C && !Z, N == V, N == V && !Z, true,
	};

	return base[n >> 1] != ((n & 1) && n != 15);
}

static void
check_flags(struct ir_flags f, uint32_t nzcv)
{
	ck_assert_uint_eq(ref_fl_bits(f), nzcv);
	ck_assert_uint_eq(a64_flags_nzcv(f.kind, f.a, f.b), nzcv);
	ck_assert_int_eq(ref_fl_carry(f), !!(nzcv & A64_C));
	for (volatile unsigned n = 0; n < 16; n++)
		ck_assert_int_eq(ref_cond(f, n), condition_holds(nzcv, n));
	/* Constant conditions take another way. */
#define CHECK(n) ck_assert_int_eq(ref_cond(f, n), condition_holds(nzcv, n))
	CHECK(0); CHECK(1); CHECK(2); CHECK(3); CHECK(4); CHECK(5);
	CHECK(6); CHECK(7); CHECK(8); CHECK(9); CHECK(10); CHECK(11);
	CHECK(12); CHECK(13); CHECK(14); CHECK(15);
#undef CHECK
}

START_TEST(flags)
{
	for (unsigned t = IT32; t <= IT64; t++) FOR_EACH(a) FOR_EACH(b) {
		uint64_t a = bits_of(t, values[a_i]);
		uint64_t b = bits_of(t, values[b_i]);
		uint64_t not_b = bits_of(t, ~b);

		check_flags(ref_fl_add(t, a, b), add_with_carry(t, a, b, 0));
		check_flags(ref_fl_sub(t, a, b),
			    add_with_carry(t, a, not_b, 1));
		check_flags(ref_fl_adc(t, a, b, 0),
			    add_with_carry(t, a, b, 0));
		check_flags(ref_fl_adc(t, a, b, 1),
			    add_with_carry(t, a, b, 1));
		check_flags(ref_fl_logic(t, a),
			    a64_nzcv_pack(signed_of(t, a) < 0, !a, 0, 0));
		check_flags(ref_fl_select(a < b, ref_fl_sub(t, a, b),
					  ref_fl_nzcv(0x50000000)),
			    a < b ? add_with_carry(t, a, not_b, 1) :
				    0x50000000);
	}
	for (uint64_t nzcv = 0; nzcv < 16; nzcv++)
		check_flags(ref_fl_nzcv(nzcv << 28 | 0xfffffff | 3ull << 32),
			    (uint32_t)nzcv << 28);
}
END_TEST

START_TEST(cpu_flags)
{
	struct a64_cpu cpu = { .flag_kind = FLAG_SUB64, .flag_a = 1,
			       .flag_b = 2 };

	ck_assert_uint_eq(a64_nzcv(&cpu), A64_N);
	for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
		a64_nzcv_set(&cpu, nzcv << 28 | 0xabcdef);
		ck_assert_uint_eq(a64_nzcv(&cpu), nzcv << 28);
	}
}
END_TEST

START_TEST(truth_values)
{
	for (unsigned n = 0; n < 64; n++)
		ck_assert_int_eq(ref_bit(0x8000000000000001, n),
				 n == 0 || n == 63);
	ck_assert_int_eq(ref_band(true, false), false);
	ck_assert_int_eq(ref_bor(true, false), true);
	ck_assert_int_eq(ref_bnot(true), false);
	ck_assert_uint_eq(ref_btoi(true), 1);
	ck_assert_uint_eq(ref_choose(true, 5, 6), 5);
	ck_assert_uint_eq(ref_choose(false, 5, 6), 6);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reference");
	TCase *tc = tcase_create("reference");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, arithmetic);
	tcase_add_test(tc, shifts);
	tcase_add_test(tc, bit_counts);
	tcase_add_test(tc, byte_swaps);
	tcase_add_test(tc, crcs);
	tcase_add_test(tc, flags);
	tcase_add_test(tc, cpu_flags);
	tcase_add_test(tc, truth_values);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
