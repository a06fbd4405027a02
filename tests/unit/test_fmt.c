/*
 * test_fmt.c - fmt_print against what C says snprintf does.
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/base/log.h"

#define SAME(...) do {							\
	char want[128], got[128];					\
	int w = snprintf(want, sizeof(want), __VA_ARGS__);		\
	size_t g = fmt_print(got, sizeof(got), __VA_ARGS__);		\
	ck_assert_uint_eq(g, (size_t)w);				\
	ck_assert_str_eq(got, want);					\
} while (0)

START_TEST(numbers)
{
	SAME("%d %d %d", 0, -1, INT_MAX);
	SAME("%d", INT_MIN);
	SAME("%ld %ld", LONG_MIN, LONG_MAX);
	SAME("%u %lu %zu", UINT_MAX, ULONG_MAX, (size_t)42);
	SAME("%x %lx %o", 0xdeadbeefu, 0x123456789abcdefUL, 0755u);
	SAME("%#x %#lx %#o %#x", 255u, 1UL, 0644u, 0u);
}
END_TEST

START_TEST(widths)
{
	SAME("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
	SAME("[%08x] [%#010x] [%2d]", 0xbeefu, 0xbeefu, 12345);
	SAME("[%*d] [%-*d]", 6, 7, 6, 7);
	SAME("[%.3d] [%6.3d]", 5, 5);
	SAME("[%02x%02x]", 1u, 0xabu);
}
END_TEST

START_TEST(strings)
{
	SAME("[%s] [%10s] [%-10s] [%.2s] [%.*s]", "abc", "abc", "abc", "abc",
	     1, "abc");
	SAME("%c%c%%", 'x', 'y');
	SAME("%s", "");
}
END_TEST

START_TEST(pointer)
{
	SAME("%p", (void *)0x7fff12345678);
}
END_TEST

START_TEST(cut)
{
	char buf[4] = "zzz";

	ck_assert_uint_eq(fmt_print(buf, sizeof(buf), "%s", "hello"), 5);
	ck_assert_str_eq(buf, "hel");
	ck_assert_uint_eq(fmt_print(buf, 0, "%d", 12), 2);
	ck_assert_str_eq(buf, "hel");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fmt");
	TCase *tc = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_test(tc, numbers);
	tcase_add_test(tc, widths);
	tcase_add_test(tc, strings);
	tcase_add_test(tc, pointer);
	tcase_add_test(tc, cut);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
