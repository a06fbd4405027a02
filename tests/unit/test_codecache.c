/*
 * test_codecache.c - where translations are put: in the store, also when some
 * of those that fill it are killed, and in small caches.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../runtime/vm/codestore.h"
#include "../../runtime/vm/process.h"
#include "../../runtime/vm/thread.h"
#include "../../translator/codecache.h"

#define KEY	0x1234567890abcdeful
#define NR	16	/* instructions */
#define SIZE	3990	/* bytes of code */

static void
start(void)
{
	if (!thread_self())
		thread_init_main(&process);
	codestore_start(-1, KEY);
	ck_assert(codestore_create());
	codestore_forget_lost();
}

static struct code *
begin(void)
{
	struct code *c = codecache_begin_shared(NR, SIZE);

	ck_assert_ptr_nonnull(c);
	return c;
}

static void
end(struct code *c)
{
	c->size = c->seldom_size = SIZE;
	codecache_commit(c);
}

/* The slab that c is in. */
static uint32_t
slab_of(const struct code *c)
{
	return (uint32_t)(((uintptr_t)c - CODESTORE_CODE) / CODESTORE_SLAB);
}

/* One that begins a translation, and no more. */
static void
be_killed(void)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		codecache_begin_shared(NR, SIZE);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* Translations until slab `last' has one. */
static void
fill(uint32_t last)
{
	struct code *c;

	do {
		c = begin();
		end(c);
	} while (slab_of(c) < last);
}

START_TEST(finds)
{
	struct code *c, *d;

	start();
	c = begin();
	end(c);
	d = begin();
	end(d);
	ck_assert_uint_eq(slab_of(c), slab_of(d));
	ck_assert_ptr_eq(codecache_find((uintptr_t)c->entry), c);
	ck_assert_ptr_eq(codecache_find((uintptr_t)c->entry + SIZE - 1), c);
	ck_assert_ptr_ne(codecache_find((uintptr_t)c->entry + SIZE), c);
	ck_assert_ptr_null(codecache_find((uintptr_t)d->entry + SIZE));
	ck_assert_ptr_null(codecache_find((uintptr_t)c->entry - 1));
	ck_assert_ptr_eq(codecache_find((uintptr_t)d->entry), d);
	ck_assert_ptr_null(codecache_find((uintptr_t)c->seldom));
	/* Each half by itself. */
	ck_assert(c->seldom + SIZE <= d->seldom);
	ck_assert(c->entry + SIZE <= d->entry);
	ck_assert(d->entry + SIZE <= (uint8_t *)c);
}
END_TEST

START_TEST(small_ones_are_exact)
{
	uint8_t *begin = NULL, *end = NULL;
	struct code *c;

	process.opt.cache_size = MIN_CACHE_SIZE + 5001;
	while ((c = codecache_begin(NR, SIZE))) {
		ck_assert_uint_eq((uintptr_t)c % _Alignof(struct code), 0);
		if (!begin)
			begin = c->entry;
		c->size = c->seldom_size = SIZE;
		ck_assert(!end || (uint8_t *)c >= end);
		end = c->seldom + SIZE;
		codecache_commit(c);
	}
	ck_assert(begin && codecache_is_used());
	ck_assert(end - begin <= (long)process.opt.cache_size);
	ck_assert(end - begin > (long)process.opt.cache_size - 2 * SIZE);
}
END_TEST

START_TEST(nobody_else_writes_near)
{
	struct code *c, *d;

	start();
	c = begin();
	d = begin();
	ck_assert_uint_ne(slab_of(c), slab_of(d));
	end(d);
	codecache_cancel(c);
	ck_assert_ptr_null(codecache_find((uintptr_t)c->entry));
	ck_assert_ptr_eq(begin(), c);
}
END_TEST

/* What killed processes had taken is passed over, and not looked at again by
 * each translation that comes. */
START_TEST(survives_the_killed)
{
	struct codestore_own *own;
	uint32_t lost[3], i;
	struct code *c;

	start();
	own = codestore_own();
	for (i = 0; i < 3; i++) {
		c = begin();
		lost[i] = slab_of(c);
		codecache_cancel(c);
		be_killed();
		fill(lost[i] + 20);
	}
	for (i = 0; i < 3; i++)
		ck_assert_uint_gt(own->first_slab, lost[i]);
	c = begin();
	ck_assert_uint_le(own->first_slab, slab_of(c));
	ck_assert_uint_ge(own->first_slab + 20, slab_of(c));
	end(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("codecache");
	TCase *tc = tcase_create("codecache");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(tc, finds);
	tcase_add_test(tc, small_ones_are_exact);
	tcase_add_test(tc, nobody_else_writes_near);
	tcase_add_test(tc, survives_the_killed);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
