/*
 * threads.c - a hundred thousand threads, four at a time, joined or detached,
 * each with thread-local storage and a stack of its own; now and then a fork.
 *
 * STORM: 100000
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/wait.h>

#include "storm.h"

#define TEAM 4

static atomic_long sum, detached;
static _Thread_local long mine = 3;

static void *
work(void *arg)
{
	volatile char page[4096];

	CHECK(mine == 3);
	page[0] = (char)(intptr_t)arg;
	mine = (intptr_t)arg;
	sum += mine;
	return (void *)(mine + page[0] - (char)mine);
}

static void *
work_detached(void *arg)
{
	work(arg);
	detached++;
	return NULL;
}

static void
fork_once(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(9);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9);
}

int
main(int argc, char **argv)
{
	long n = (argc > 1 ? atol(argv[1]) : 100000) / TEAM, i, want = 0;
	pthread_t t[TEAM];
	pthread_attr_t a;
	intptr_t k;
	void *r;

	CHECK(!pthread_attr_init(&a));
	CHECK(!pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED));
	for (i = 0; i < n; i++) {
		for (k = 0; k < TEAM; k++)
			CHECK(!pthread_create(&t[k], k ? NULL : &a,
					      k ? work : work_detached,
					      (void *)(k + 1)));
		for (k = 1; k < TEAM; k++) {
			CHECK(!pthread_join(t[k], &r));
			CHECK((intptr_t)r == k + 1);
		}
		while (detached <= i)
			usleep(100);
		want += TEAM * (TEAM + 1) / 2;
		if (i % 500 == 0)
			fork_once();
		stays_flat(i, n);
	}
	CHECK(sum == want);
	return 0;
}
