/*
 * test_sysreg.c - the guest is told of a feature only if all of it is there,
 * and system registers are found by their names.
 */
#include <check.h>
#include <stdlib.h>

#include "a64_gen.h"
#include "../../translator/guest/a64/sysreg.h"

START_TEST(features_are_complete)
{
	for (unsigned row = 0; row < A64_NR_ROWS; row++)
		if (a64_feature_on(a64_row_feature[row]))
			ck_assert_msg(a64_row_implemented[row],
				      "row %s of feature %s is on but not "
				      "implemented", a64_row_name[row],
				      a64_feature_name[a64_row_feature[row]]);
	ck_assert(a64_feature_on(A64_FEAT_base));
	ck_assert(!a64_feature_on(A64_FEAT_mops));
}
END_TEST

static uint64_t
value_of(unsigned name)
{
	const struct a64_sysreg *r = a64_sysreg_find(name);
	struct a64_cpu cpu = { 0 };

	ck_assert_ptr_nonnull(r);
	ck_assert(r->readable);
	return r->read ? r->read(&cpu, r) : r->value;
}

START_TEST(registers)
{
	/* CTR_EL0: DIC = IDC = 0, so that guests announce changed code. */
	uint64_t ctr = value_of(A64_SYSREG(3, 3, 0, 0, 1));
	uint64_t isar0 = value_of(A64_SYSREG(3, 0, 0, 6, 0));

	ck_assert_uint_eq(ctr >> 28 & 3, 0);
	ck_assert_uint_eq(4u << (ctr & 15), A64_CACHE_LINE);
	ck_assert_uint_eq(4u << value_of(A64_SYSREG(3, 3, 0, 0, 7)),
			  A64_ZVA_SIZE);
	ck_assert_uint_eq(value_of(A64_SYSREG(3, 0, 0, 0, 0)), A64_MIDR);
	/* Atomic = 2: LSE. */
	ck_assert_uint_eq(isar0 >> 20 & 15,
			  a64_feature_on(A64_FEAT_lse) ? 2 : 0);
	/* The unallocated identification registers read as zero. */
	ck_assert_uint_eq(value_of(A64_SYSREG(3, 0, 0, 4, 3)), 0);
	/* Time goes on. */
	uint64_t t0 = value_of(A64_SYSREG(3, 3, 14, 0, 2));
	uint64_t t1 = value_of(A64_SYSREG(3, 3, 14, 0, 2));
	ck_assert_uint_le(t0, t1);
}
END_TEST

START_TEST(not_for_el0)
{
	/* SCTLR_EL1, DAIF, PMCCNTR_EL0, MIDR's space with CRm 1, MDSCR_EL1 */
	ck_assert_ptr_null(a64_sysreg_find(A64_SYSREG(3, 0, 1, 0, 0)));
	ck_assert_ptr_null(a64_sysreg_find(A64_SYSREG(3, 3, 4, 2, 1)));
	ck_assert_ptr_null(a64_sysreg_find(A64_SYSREG(3, 3, 9, 13, 0)));
	ck_assert_ptr_null(a64_sysreg_find(A64_SYSREG(3, 0, 0, 1, 0)));
	ck_assert_ptr_null(a64_sysreg_find(A64_SYSREG(2, 0, 0, 2, 2)));
	/* Read-only ones have no write. */
	ck_assert(!a64_sysreg_find(A64_SYSREG(3, 3, 0, 0, 1))->write);
}
END_TEST

START_TEST(hwcaps)
{
	uint64_t h = a64_hwcap();

	/* FP, ASIMD and CPUID always; EVTSTRM, USCAT, SVE, PACA never. */
	ck_assert_uint_eq(h & 0x803, 0x803);
	ck_assert_uint_eq(h & (1u << 2 | 1u << 25 | 1u << 22 | 1u << 30), 0);
	ck_assert_uint_eq(h >> 8 & 1, a64_feature_on(A64_FEAT_lse));
	ck_assert_uint_eq(h >> 21 & 1, a64_feature_on(A64_FEAT_sha512));
	ck_assert_uint_eq(a64_hwcap2() >> 13 & 1,
			  a64_feature_on(A64_FEAT_i8mm));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sysreg");
	TCase *tc = tcase_create("sysreg");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, features_are_complete);
	tcase_add_test(tc, registers);
	tcase_add_test(tc, not_for_el0);
	tcase_add_test(tc, hwcaps);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
