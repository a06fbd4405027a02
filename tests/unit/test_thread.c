/*
 * test_thread.c - thread blocks: a raw clone runs C code with its own TLS on
 * its own stack, and gives everything back; entering and leaving guest code.
 */
#include <check.h>
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../runtime/base/hostcall.h"
#include "../../runtime/base/rtmem.h"
#include "../../runtime/vm/process.h"
#include "../../runtime/vm/thread.h"
#include "../../signals/signals.h"

#define FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | \
	       CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | \
	       CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID)

static __thread int mine = 11;
static __thread char zeros[5000];
static struct thread *main_thread;
static volatile int seen_mine, seen_zero, tid_word;
static struct thread *volatile seen_self;
static volatile uintptr_t stack_at;

static void
start(void)
{
	main_thread = thread_init_main(&process);
	main_thread->cpu.a64.x[5] = 0x55;
}

/* On the new thread. The canary of a protected function must be there. */
static __attribute__((noinline)) void
use_stack(char *p, size_t n)
{
	memset(p, 1, n);
	__asm__ volatile("" : : "r"(p) : "memory");
}

static void
run(struct thread *t)
{
	char buf[64];

	use_stack(buf, sizeof(buf));
	seen_self = thread_self();
	seen_mine = mine;
	seen_zero = zeros[4999];
	mine = 1000;
	stack_at = (uintptr_t)buf;
	thread_unlink(t);
	thread_exit_host(t, 0);
}

static long
launch(struct thread *t)
{
	uint64_t old;
	size_t size;
	char *stack = thread_host_stack(t, &size);
	long r;

	tid_word = -1;
	signals_block_all(&old);
	thread_link(t);
	r = host_clone(SYS_clone, FLAGS, P(stack + size), 0, P(&tid_word),
		       P(thread_host_tls(t)), run, t);
	signals_unblock(old);
	return r;
}

static void
wait_gone(void)
{
	int v;

	while ((v = tid_word))
		host_call4(SYS_futex, P(&tid_word), FUTEX_WAIT, v, 0);
}

static bool
is_mapped(void *p)
{
	unsigned char vec;

	return mincore((void *)((uintptr_t)p & PAGE_MASK), 1, &vec) == 0;
}

START_TEST(runs_and_vanishes)
{
	struct thread *t;
	char *block;
	size_t size;
	int i;

	mine = 12;	/* the copy is of now, not of the image */
	for (i = 0; i < 50; i++) {
		t = thread_new(main_thread);
		ck_assert_ptr_nonnull(t);
		block = t->block;
		size = t->block_size;
		ck_assert(rtmem_overlaps((gaddr)(uintptr_t)block,
					 (gaddr)(uintptr_t)block + size));
		ck_assert_uint_eq(t->cpu.a64.x[5], 0x55);
		ck_assert_int_gt(launch(t), 0);
		wait_gone();
		ck_assert_ptr_eq(seen_self, t);
		ck_assert_int_eq(seen_mine, 12);
		ck_assert_int_eq(seen_zero, 0);
		ck_assert(stack_at > (uintptr_t)block + PAGE_SIZE &&
			  stack_at < (uintptr_t)block + PAGE_SIZE +
						THREAD_STACK_SIZE);
		ck_assert(!is_mapped(block) && !is_mapped(block + size - 1));
		ck_assert_int_eq(mine, 12);
		ck_assert_ptr_eq(thread_self(), main_thread);
		ck_assert_int_eq(process.nr_threads, 1);
	}
}
END_TEST

START_TEST(has_a_guard_page)
{
	struct thread *t = thread_new(main_thread);

	*(volatile char *)t->block = 1;
}
END_TEST

START_TEST(list)
{
	struct thread *a = thread_new(main_thread);
	struct thread *b = thread_new(main_thread);

	thread_link(a);
	thread_link(b);
	ck_assert_int_eq(process.nr_threads, 3);
	thread_unlink(a);
	ck_assert_ptr_eq(process.threads, b);
	ck_assert_ptr_eq(b->next, main_thread);
	ck_assert_ptr_eq(main_thread->prev, b);
	thread_unlink(b);
	ck_assert_ptr_eq(process.threads, main_thread);
	ck_assert_ptr_null(main_thread->prev);
	thread_free(a);
	thread_free(b);
}
END_TEST

static int
returns(struct thread *t)
{
	(void)t;
	return EXIT_FAULT;
}

static int
leaves(struct thread *t)
{
	char deep[1000];

	use_stack(deep, sizeof(deep));
	host_leave(t, EXIT_POLL);
}

/* What the fault handler does, without a fault. */
static int
unwinds(struct thread *t)
{
	char deep[1000];

	use_stack(deep, sizeof(deep));
	__asm__ volatile("mov %0, %%rsp\n\t"
			 "xor %%ebx, %%ebx\n\t"
			 "xor %%r12d, %%r12d\n\t"
			 "xor %%r15d, %%r15d\n\t"
			 "std\n\t"
			 "jmp *%1"
			 : : "r"(t->host_sp), "r"(host_unwind), "D"(t));
	__builtin_unreachable();
}

START_TEST(enter)
{
	struct thread *t = main_thread;
	int i, sum = 0;

	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(host_enter(t, returns), EXIT_FAULT);
		ck_assert_int_eq(host_enter(t, leaves), EXIT_POLL);
		ck_assert_int_eq(host_enter(t, unwinds), EXIT_FAULT);
		sum += i;
	}
	ck_assert_int_eq(sum, 4950);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("thread");
	TCase *tc = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, start, NULL);
	tcase_add_test(tc, runs_and_vanishes);
	tcase_add_test_raise_signal(tc, has_a_guard_page, SIGSEGV);
	tcase_add_test(tc, list);
	tcase_add_test(tc, enter);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
