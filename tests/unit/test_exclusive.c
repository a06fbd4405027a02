/*
 * test_exclusive.c - store-exclusives that are interrupted where a guest
 * program cannot arrange it: between taking the granule and storing.
 */
#include <check.h>
#include <stdlib.h>

#include "../../translator/guest/a64/exclusive.h"

#define AT	0x123450u

/* As threads are: more than 1 KiB apart. */
static union {
	struct a64_cpu cpu;
	char room[0x1000];
} cpus[2] __attribute__((aligned(0x1000)));

static struct a64_cpu *const a = &cpus[0].cpu, *const b = &cpus[1].cpu;

static void
watch(struct a64_cpu *cpu, uint64_t addr, unsigned size)
{
	exclusive_open(cpu, addr, size, exclusive_watch(cpu, addr));
}

static bool
take(struct a64_cpu *cpu, uint64_t addr, unsigned size)
{
	return exclusive_allows(cpu, addr, size) &&
	       exclusive_take(cpu, exclusive_place(addr));
}

static void
store(struct a64_cpu *cpu)
{
	watch(cpu, AT, 8);
	ck_assert(take(cpu, AT, 8));
	exclusive_give_back(cpu, true);
}

/* Each fails that another has overtaken, and its turn comes after that. */
START_TEST(numbered)
{
	watch(a, AT, 8);
	store(b);
	store(b);
	ck_assert(!take(a, AT, 8));
	ck_assert_ptr_null(a->excl_place);
	store(a);
	watch(a, AT, 8);
	ck_assert(!take(a, AT, 4));
	ck_assert(!take(a, AT + 8, 8));
	ck_assert(take(a, AT, 8));
	exclusive_give_back(a, true);
}
END_TEST

/* However long the owner does not go on, nobody else stores. */
START_TEST(patient)
{
	int i;

	watch(b, AT, 8);
	watch(a, AT, 8);
	ck_assert(take(a, AT, 8));
	for (i = 0; i < 300; i++) {
		ck_assert(!take(b, AT, 8));
		watch(b, AT, 8);
		ck_assert(!take(b, AT, 8));
	}
	exclusive_give_back(a, true);
	ck_assert(!take(b, AT, 8));
	store(b);
}
END_TEST

/* After a fault, which nobody else notices, it is tried again. */
START_TEST(faulted)
{
	watch(b, AT, 8);
	watch(a, AT, 8);
	ck_assert(take(a, AT, 8));
	exclusive_give_back(a, false);
	ck_assert(take(a, AT, 8));
	exclusive_give_back(a, false);
	ck_assert(take(b, AT, 8));
	exclusive_give_back(b, true);
}
END_TEST

/* Killed before, after and while it owned the place. */
START_TEST(dead)
{
	watch(a, AT, 8);
	ck_assert(take(a, AT, 8));
	a64_exclusive_bury(a);
	store(b);

	a->excl_place = exclusive_place(AT);
	watch(b, AT, 8);
	ck_assert(take(b, AT, 8));
	a64_exclusive_bury(a);
	watch(a, AT, 8);
	ck_assert(!take(a, AT, 8));
	exclusive_give_back(b, true);
	store(a);
}
END_TEST

START_TEST(forked)
{
	watch(b, AT, 8);
	watch(a, AT, 8);
	ck_assert(take(a, AT, 8));
	a64_exclusive_forked();
	ck_assert(!take(b, AT, 8));
	store(b);
	a->excl_place = NULL;
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("exclusive");
	TCase *tc = tcase_create("exclusive");
	SRunner *sr = srunner_create(s);
	int failed;

	process.was_shared = true;
	tcase_add_test(tc, numbered);
	tcase_add_test(tc, patient);
	tcase_add_test(tc, faulted);
	tcase_add_test(tc, dead);
	tcase_add_test(tc, forked);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
