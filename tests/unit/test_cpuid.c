/*
 * test_cpuid.c - what host_cpuid() says of features is what CPUID says.
 */
#include <check.h>
#include <stdlib.h>

#include "../../runtime/base/cpuid.h"

/* Registers that hold features only. */
static const struct {
	unsigned leaf;
	bool b, c, d;
} leaves[] = {
	{ 1, false, true, true },	/* EBX: which processor asks */
	{ 7, true, true, true },
	{ 0x80000001, false, true, true },
};

START_TEST(same)
{
	unsigned a, b, c, d, wa, wb, wc, wd;
	bool is = host_cpuid(leaves[_i].leaf, &a, &b, &c, &d);

	ck_assert(__get_cpuid_count(leaves[_i].leaf, 0, &wa, &wb, &wc, &wd) ||
		  !is);
	if (!is)
		return;
	if (leaves[_i].b)
		ck_assert_uint_eq(b, wb);
	if (leaves[_i].c)
		ck_assert_uint_eq(c, wc);
	if (leaves[_i].d)
		ck_assert_uint_eq(d, wd);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cpuid");
	TCase *t = tcase_create("core");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, same, 0, sizeof(leaves) / sizeof(leaves[0]));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
