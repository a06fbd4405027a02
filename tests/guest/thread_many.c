/*
 * thread_many.c - 500 threads at a time, thousands one after the other, and
 * what lies below their stacks.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "check.h"

#define MANY	500

static pthread_barrier_t barrier;
static atomic_int sum;
static _Thread_local int mine;

static void *
one_of_many(void *arg)
{
	mine = (int)(intptr_t)arg;
	pthread_barrier_wait(&barrier);	/* all are there */
	sum += mine;
	pthread_barrier_wait(&barrier);	/* main has counted */
	CHECK(mine == (int)(intptr_t)arg);
	return (void *)(intptr_t)(mine * 3);
}

static long
threads_now(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	long n = 0;

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "Threads: %ld", &n);
	fclose(f);
	return n;
}

static void
test_many(void)
{
	static pthread_t t[MANY];
	pthread_attr_t a;
	intptr_t i;
	void *r;

	CHECK(!pthread_barrier_init(&barrier, NULL, MANY + 1));
	CHECK(!pthread_attr_init(&a));
	CHECK(!pthread_attr_setstacksize(&a, 256 << 10));
	for (i = 0; i < MANY; i++)
		CHECK(!pthread_create(&t[i], &a, one_of_many, (void *)i));
	pthread_barrier_wait(&barrier);
	CHECK(threads_now() == MANY + 1);
	pthread_barrier_wait(&barrier);
	for (i = 0; i < MANY; i++) {
		CHECK(!pthread_join(t[i], &r));
		CHECK((intptr_t)r == i * 3);
	}
	CHECK(sum == MANY * (MANY - 1) / 2);
}

static void *
nothing(void *arg)
{
	sum++;
	return arg;
}

static long
resident_pages(void)
{
	long size = 0, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	CHECK(f && fscanf(f, "%ld %ld", &size, &pages) == 2);
	fclose(f);
	return pages;
}

/* From several threads at once: their blocks come back. */
static void *
make_some(void *arg)
{
	pthread_t t[4];
	int i, k;

	for (i = 0; i < 100; i++) {
		for (k = 0; k < 4; k++)
			CHECK(!pthread_create(&t[k], NULL, nothing, NULL));
		for (k = 0; k < 4; k++)
			CHECK(!pthread_join(t[k], NULL));
	}
	return arg;
}

static void
test_storm(void)
{
	pthread_t t[3];
	long before = 0;
	int round, i;

	for (round = 0; round < 4; round++) {
		sum = 0;
		for (i = 0; i < 3; i++)
			CHECK(!pthread_create(&t[i], NULL, make_some, NULL));
		for (i = 0; i < 3; i++)
			CHECK(!pthread_join(t[i], NULL));
		CHECK(sum == 1200);
		if (round == 1)
			before = resident_pages();
	}
	CHECK(resident_pages() < before + 300);
}

/* Overflow of a thread's stack meets its guard page, and the handler on
 * another stack can tell. */

static _Thread_local sigjmp_buf env;
static _Thread_local char *fault_at;

static void
on_segv(int sig, siginfo_t *info, void *ctx)
{
	(void)sig;
	(void)ctx;
	fault_at = info->si_addr;
	CHECK(info->si_code == SEGV_ACCERR);
	siglongjmp(env, 1);
}

static __attribute__((noinline)) int
dig(volatile char *up)
{
	volatile char page[2048];

	page[0] = *up;
	return up ? dig(page) + page[0] : 0;
}

static void *
overflow(void *arg)
{
	pthread_attr_t a;
	size_t size, guard;
	stack_t ss = { .ss_size = 65536 };
	void *base;
	char c = 0;

	ss.ss_sp = malloc(ss.ss_size);
	CHECK(!sigaltstack(&ss, NULL));
	CHECK(!pthread_getattr_np(pthread_self(), &a));
	CHECK(!pthread_attr_getstack(&a, &base, &size));
	CHECK(!pthread_attr_getguardsize(&a, &guard));
	if (!sigsetjmp(env, 1)) {
		dig(&c);
		CHECK(!"reached");
	}
	/* glibc for arm64 counts the guard as part of the stack. */
	CHECK(fault_at >= (char *)base - guard &&
	      fault_at < (char *)base + guard);
	ss.ss_flags = SS_DISABLE;
	CHECK(!sigaltstack(&ss, NULL));
	return arg;
}

static void
test_guard(void)
{
	struct sigaction sa;
	pthread_t t[8];
	int i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_segv;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_create(&t[i], NULL, overflow, NULL));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_join(t[i], NULL));
}

int
main(void)
{
	test_many();
	test_storm();
	test_guard();
	return 0;
}
