/*
 * test_decode_a64.c - the generated A64 decoder against the manual's list of
 * encodings.
 *
 * A word that is an encoding decodes to a row of that mnemonic and feature,
 * every other word is undefined. The words are random fills of each pattern,
 * their neighbours (one or two bits away), and random words.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode_common.h"

enum {
	FILLS = 400,		/* per encoding */
	NEIGHBOURS = 2000,
	RANDOM_WORDS = 10000000,
};

static size_t nr_encodings;

static void
check_word(uint32_t insn)
{
	const struct encoding *e = encoding_find(insn);
	enum a64_row row = row_of(insn);
	const char *feature = a64_feature_name[a64_row_feature[row]];

	if (!e) {
		if (row != A64_NR_ROWS)
			differ(insn, "must be undefined");
		return;
	}
	if (row == A64_NR_ROWS && should_differ(e, insn))
		return;
	if (row == A64_NR_ROWS || !covers(a64_row_mnemonic[row], e->mnemonic))
		differ(insn, "must be %s (%s)", e->mnemonic, e->id);
	else if (strcmp(feature, e->feature) && row != A64_ROW_hint)
		differ(insn, "feature must be %s (%s)", e->feature, e->id);
}

START_TEST(test_encodings)
{
	unsigned uncovered = 0;

	for (size_t i = 0; i < nr_encodings; i++) {
		const struct encoding *e = &encodings[i];
		unsigned tried = 0, undefined = 0;

		for (int n = 0; n < FILLS; n++) {
			uint32_t insn = fill(e);

			if (encoding_find(insn) == e) {
				tried++;
				undefined += row_of(insn) == A64_NR_ROWS;
			}
			check_word(insn);
		}
		ck_assert_msg(tried, "%s: no fill is valid", e->id);
		if (undefined == tried) {
			printf("not covered: %s\n", e->id);
			uncovered++;
		}
	}
	printf("%zu encodings, %u not covered, %u words differ\n",
	       nr_encodings, uncovered, differences);
	ck_assert_uint_eq(differences, 0);
}
END_TEST

START_TEST(test_neighbours)
{
	for (size_t i = 0; i < nr_encodings; i++) {
		for (int n = 0; n < NEIGHBOURS; n++) {
			uint32_t insn = fill(&encodings[i]);

			insn ^= UINT32_C(1) << (rnd() & 31);
			if (n & 1)
				insn ^= UINT32_C(1) << (rnd() & 31);
			check_word(insn);
		}
	}
	ck_assert_uint_eq(differences, 0);
}
END_TEST

START_TEST(test_random_words)
{
	for (int n = 0; n < RANDOM_WORDS; n++)
		check_word(rnd());
	ck_assert_uint_eq(differences, 0);
}
END_TEST

START_TEST(test_tables)
{
	ck_assert_uint_eq(a64_handler_row[0], A64_NR_ROWS);
	for (size_t h = 1; h < A64_NR_HANDLERS; h++)
		ck_assert_uint_lt(a64_handler_row[h], A64_NR_ROWS);
	for (size_t r = 0; r < A64_NR_ROWS; r++)
		ck_assert_uint_lt(a64_row_feature[r], A64_NR_FEATURES);
}
END_TEST

START_TEST(test_fields)
{
	struct a64_add_imm add = a64_add_imm_fields(0x9140fc41);
	struct a64_b b = a64_b_fields(0x17ffffff);

	/* add x1, x2, #0x3f, lsl #12 */
	ck_assert_uint_eq(row_of(0x9140fc41), A64_ROW_add_imm);
	ck_assert_uint_eq(add.sf, 1);
	ck_assert_uint_eq(add.sh, 1);
	ck_assert_uint_eq(add.imm12, 0x3f);
	ck_assert_uint_eq(add.Rn, 2);
	ck_assert_uint_eq(add.Rd, 1);
	ck_assert_int_eq(b.imm26, -1);
}
END_TEST

START_TEST(test_speed)
{
	enum { WORDS = 4096, ROUNDS = 500 };
	static uint32_t words[WORDS];
	struct timespec from, to;
	uint64_t sum = 0;
	double ns;

	for (size_t i = 0; i < WORDS; i++)
		words[i] = fill(&encodings[rnd() % nr_encodings]);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int n = 0; n < ROUNDS; n++)
		for (size_t i = 0; i < WORDS; i++)
			sum += a64_decode(words[i]);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ns = (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec);
	printf("%.1f ns per word\n", ns / WORDS / ROUNDS);
	ck_assert_uint_ne(sum, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("decode_a64");
	TCase *list = tcase_create("encodings");

	tcase_set_timeout(list, 120);
	tcase_add_test(list, test_tables);
	tcase_add_test(list, test_fields);
	tcase_add_test(list, test_encodings);
	tcase_add_test(list, test_neighbours);
	tcase_add_test(list, test_random_words);
	tcase_add_test(list, test_speed);
	suite_add_tcase(s, list);
	return s;
}

int
main(void)
{
	SRunner *runner;
	int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	nr_encodings = encodings_read();
	runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
