/*
 * test_gmem.c - the table of guest mappings follows the kernel's, and the
 * guest stays out of the runtime's window.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../runtime/base/rtmem.h"
#include "../../runtime/vm/gmem.h"

#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define RW	(PROT_READ | PROT_WRITE)
#define RX	(PROT_READ | PROT_EXEC)
#define PG	PAGE_SIZE

static gaddr changed_lo, changed_hi;
static int changes;

static void
note_change(gaddr lo, gaddr hi)
{
	changed_lo = lo;
	changed_hi = hi;
	changes++;
}

static gaddr
fresh(uint64_t len, int prot)
{
	long r = gmem_mmap(0, len, prot, ANON, -1, 0);

	ck_assert(!IS_ERR(r));
	return (gaddr)r;
}

static void
expect(gaddr addr, int prot, gaddr lo, gaddr hi)
{
	gaddr l = 0, h = 0;

	ck_assert_int_eq(gmem_query(addr, &l, &h), prot);
	if (prot < 0)
		return;
	ck_assert_uint_eq(l, lo);
	ck_assert_uint_eq(h, hi);
}

START_TEST(split_and_merge)
{
	gaddr a = fresh(8 * PG, PROT_NONE);

	ck_assert_int_eq(gmem_mprotect(a + 2 * PG, PG, RW), 0);
	expect(a, PROT_NONE, a, a + 2 * PG);
	expect(a + 2 * PG, RW, a + 2 * PG, a + 3 * PG);
	expect(a + 3 * PG, PROT_NONE, a + 3 * PG, a + 8 * PG);
	ck_assert_int_eq(gmem_mprotect(a + 2 * PG, PG, PROT_NONE), 0);
	expect(a + 5 * PG, PROT_NONE, a, a + 8 * PG);
	ck_assert_int_eq(gmem_munmap(a + PG, PG), 0);
	expect(a, PROT_NONE, a, a + PG);
	expect(a + PG, -1, 0, 0);
	expect(a + 2 * PG, PROT_NONE, a + 2 * PG, a + 8 * PG);
	ck_assert_int_eq(gmem_munmap(a, 8 * PG), 0);
	expect(a, -1, 0, 0);
	expect(a + 7 * PG, -1, 0, 0);
}
END_TEST

START_TEST(exec_is_not_the_hosts)
{
	gaddr a = fresh(2 * PG, RX), end;

	ck_assert_int_eq(gmem_exec_range(a + 8, &end), 0);
	ck_assert_uint_eq(end, a + 2 * PG);
	/* The host can read it, so that the interpreter can fetch. */
	ck_assert_int_eq(*(volatile char *)a, 0);
	ck_assert_int_eq(gmem_mprotect(a, PG, RW), 0);
	ck_assert_int_eq(gmem_exec_range(a, &end), SEGV_ACCERR);
	gmem_munmap(a, 2 * PG);
	ck_assert_int_eq(gmem_exec_range(a, &end), SEGV_MAPERR);
}
END_TEST

START_TEST(code_changes_are_told)
{
	gaddr a = fresh(4 * PG, RX);

	changes = 0;
	gmem_code_changed = note_change;
	ck_assert_int_eq(gmem_mprotect(a + PG, PG, RW), 0);
	ck_assert_int_eq(changes, 1);
	ck_assert_uint_eq(changed_lo, a + PG);
	ck_assert_uint_eq(changed_hi, a + 2 * PG);
	ck_assert_int_eq(gmem_munmap(a + PG, PG), 0);
	ck_assert_int_eq(changes, 1);	/* was not executable any more */
	ck_assert_int_eq(gmem_munmap(a, 4 * PG), 0);
	ck_assert_int_eq(changes, 2);
	gmem_code_changed = NULL;
}
END_TEST

START_TEST(mprotect_stops_at_a_hole)
{
	gaddr a = fresh(4 * PG, RW);

	gmem_munmap(a + 2 * PG, PG);
	ck_assert_int_eq(gmem_mprotect(a, 4 * PG, PROT_READ), -ENOMEM);
	expect(a, PROT_READ, a, a + 2 * PG);
	expect(a + 3 * PG, RW, a + 3 * PG, a + 4 * PG);
	gmem_munmap(a, 4 * PG);
}
END_TEST

START_TEST(mremap_moves_the_record)
{
	gaddr a = fresh(2 * PG, RW), b = fresh(16 * PG, PROT_NONE);
	long r;

	memset((void *)a, 7, PG);
	r = gmem_mremap(a, 2 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, b);
	ck_assert_uint_eq((gaddr)r, b);
	expect(a, -1, 0, 0);
	expect(b, RW, b, b + 4 * PG);
	expect(b + 4 * PG, PROT_NONE, b + 4 * PG, b + 16 * PG);
	ck_assert_int_eq(*(char *)b, 7);
	gmem_munmap(b, 16 * PG);
}
END_TEST

START_TEST(window_is_closed)
{
	long r;

	r = gmem_mmap(RT_BASE + (1ul << 32), PG, RW, ANON | MAP_FIXED, -1, 0);
	ck_assert_int_eq(r, -ENOMEM);
	r = gmem_mmap(RT_BASE - PG, 2 * PG, RW, ANON | MAP_FIXED_NOREPLACE, -1,
		      0);
	ck_assert_int_eq(r, -EEXIST);
	r = gmem_mmap(RT_ALLOC_BASE, PG, RW, ANON, -1, 0);	/* a hint */
	ck_assert(!IS_ERR(r) && !rtmem_overlaps(r, r + PG));
	ck_assert_int_eq(gmem_munmap(r, PG), 0);
	ck_assert_int_eq(gmem_munmap(RT_BASE, PG), -ENOMEM);
	ck_assert_int_eq(gmem_mprotect(RT_BASE, PG, RW), -ENOMEM);
}
END_TEST

START_TEST(huge_reservation)
{
	gaddr a, lo, hi;
	long r;

	r = gmem_mmap(0, 64ul << 40, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
	ck_assert(!IS_ERR(r));
	a = (gaddr)r;
	ck_assert_int_eq(gmem_query(a + (1ul << 40), &lo, &hi), PROT_NONE);
	ck_assert_uint_ge(hi - lo, 64ul << 40);
	ck_assert_int_eq(gmem_munmap(a, 64ul << 40), 0);
}
END_TEST

/* Whatever their size, mappings stay out of the window. */
START_TEST(large_ones_miss_the_window)
{
	uint64_t size;
	long r;

	for (size = 8ul << 40; size < 20ul << 40; size += 1ul << 38) {
		r = gmem_mmap(0, size, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
		ck_assert(!IS_ERR(r));
		ck_assert(!rtmem_overlaps((gaddr)r, (gaddr)r + size));
		ck_assert_int_eq(gmem_munmap((gaddr)r, size), 0);
	}
}
END_TEST

START_TEST(brk_moves)
{
	gaddr at = fresh(64 * PG, PROT_NONE), b;

	gmem_munmap(at, 64 * PG);
	gmem_brk_init(at + 100);
	b = gmem_brk(0);
	ck_assert_uint_eq(b, at + PG);
	ck_assert_uint_eq(gmem_brk(b + 10), b + 10);
	*(char *)b = 1;
	expect(b, RW, b, b + PG);
	ck_assert_uint_eq(gmem_brk(b - 1), b + 10);	/* below the start */
	ck_assert_uint_eq(gmem_brk(~0ul - PG), b + 10);
	ck_assert_uint_eq(gmem_brk(b + 3 * PG), b + 3 * PG);
	expect(b, RW, b, b + 3 * PG);
	ck_assert_uint_eq(gmem_brk(b), b);
	expect(b, -1, 0, 0);
}
END_TEST

START_TEST(many_regions)
{
	enum { N = 5000 };	/* the table grows, twice */
	gaddr a = fresh(2 * N * PG, RW), lo, hi;
	int i;

	for (i = 0; i < N; i++)
		ck_assert_int_eq(gmem_mprotect(a + 2 * i * PG, PG, PROT_READ),
				 0);
	for (i = 0; i < 2 * N; i++)
		ck_assert_int_eq(gmem_query(a + i * PG, &lo, &hi),
				 i % 2 ? RW : PROT_READ);
	for (i = 0; i < N; i++)
		ck_assert_int_eq(gmem_mprotect(a + 2 * i * PG, PG, RW), 0);
	expect(a, RW, a, a + 2 * N * PG);
	gmem_munmap(a, 2 * N * PG);
}
END_TEST

/* What signals/host_handler.c does for the copy routines. */
static void
fault(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	uintptr_t to = gmem_fixup(uc->uc_mcontext.gregs[REG_RIP]);

	(void)info;
	if (!to) {
		signal(sig, SIG_DFL);
		return;
	}
	uc->uc_mcontext.gregs[REG_RIP] = to;
}

START_TEST(copies_fault_softly)
{
	struct sigaction sa = { .sa_sigaction = fault,
				.sa_flags = SA_SIGINFO };
	gaddr a = fresh(2 * PG, RW);
	char buf[64];

	sigaction(SIGSEGV, &sa, NULL);
	memcpy((void *)(a + PG - 4), "abc", 4);
	gmem_munmap(a + PG, PG);
	ck_assert_int_eq(gmem_read(buf, a + PG - 4, 4), 0);
	ck_assert_str_eq(buf, "abc");
	ck_assert_int_eq(gmem_read(buf, a + PG - 4, 5), -EFAULT);
	/* What could be copied was. */
	ck_assert_int_eq(gmem_write(a + PG - 1, "xy", 2), -EFAULT);
	ck_assert_int_eq(*(char *)(a + PG - 1), 'x');
	*(char *)(a + PG - 1) = '\0';
	ck_assert_int_eq(gmem_write(0, buf, 1), -EFAULT);
	ck_assert_int_eq(gmem_read(buf, 0x8000000000000000, 8), -EFAULT);
	ck_assert_int_eq(gmem_strncpy(buf, a + PG - 4, sizeof(buf)), 3);
	ck_assert_int_eq(gmem_strncpy(buf, a + PG - 4, 3), -ENAMETOOLONG);
	*(char *)(a + PG - 1) = 'd';
	ck_assert_int_eq(gmem_strncpy(buf, a + PG - 4, sizeof(buf)), -EFAULT);
	gmem_munmap(a, PG);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("gmem");
	TCase *tc = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_test(tc, split_and_merge);
	tcase_add_test(tc, exec_is_not_the_hosts);
	tcase_add_test(tc, code_changes_are_told);
	tcase_add_test(tc, mprotect_stops_at_a_hole);
	tcase_add_test(tc, mremap_moves_the_record);
	tcase_add_test(tc, window_is_closed);
	tcase_add_test(tc, huge_reservation);
	tcase_add_test(tc, large_ones_miss_the_window);
	tcase_add_test(tc, brk_moves);
	tcase_add_test(tc, many_regions);
	tcase_add_test(tc, copies_fault_softly);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
