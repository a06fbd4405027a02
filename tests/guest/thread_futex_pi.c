/*
 * thread_futex_pi.c - futexes with priority inheritance: FUTEX_LOCK_PI and
 * FUTEX_WAIT_REQUEUE_PI, with signals whose handler does not ask for restarts.
 * The kernel restarts both all the same (kernel/futex/pi.c, requeue.c:
 * ERESTARTNOINTR), and libc takes any error that it does not know for success.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "check.h"

#define SIGNALS 5
#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

static _Atomic uint32_t mutex, cond;
static atomic_int hits, owned, tid;

static long
futex(_Atomic uint32_t *word, int op, uint32_t val, const void *timeout,
      _Atomic uint32_t *word2, uint32_t val3)
{
	return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, val, timeout,
		       word2, val3);
}

static void
on_signal(int sig)
{
	(void)sig;
	hits++;
}

/* Until the thread sleeps in the kernel. */
static void
wait_asleep(void)
{
	char name[64], line[256], *p;
	FILE *f;

	while (!tid)
		sched_yield();
	snprintf(name, sizeof(name), "/proc/self/task/%d/stat", tid);
	do {
		usleep(1000);
		f = fopen(name, "r");
		CHECK(f && fgets(line, sizeof(line), f));
		fclose(f);
		p = strrchr(line, ')');
	} while (!p || p[2] != 'S');
}

/* One after the other, each seen. */
static void
send_signals(pthread_t t)
{
	int i;

	hits = 0;
	for (i = 1; i <= SIGNALS; i++) {
		wait_asleep();
		CHECK(!owned);
		CHECK(!pthread_kill(t, SIGUSR1));
		while (hits < i)
			usleep(100);
	}
	wait_asleep();
	CHECK(!owned && hits == SIGNALS);
}

static void
unlock(void)
{
	uint32_t me = (uint32_t)gettid();

	if (!atomic_compare_exchange_strong(&mutex, &me, 0))
		CHECK(!futex(&mutex, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
}

static void *
locker(void *op)
{
	tid = gettid();
	CHECK(!futex(&mutex, (int)(intptr_t)op, 0, NULL, NULL, 0));
	owned = 1;
	CHECK((mutex & FUTEX_TID_MASK) == (uint32_t)gettid());
	unlock();
	return NULL;
}

static void
test_lock(int op)
{
	pthread_t t;

	tid = owned = 0;
	mutex = (uint32_t)gettid();
	CHECK(!pthread_create(&t, NULL, locker, (void *)(intptr_t)op));
	send_signals(t);
	CHECK(mutex & FUTEX_WAITERS);
	unlock();
	CHECK(!pthread_join(t, NULL));
	CHECK(owned && mutex == 0);
}

static void
test_errors(void)
{
	mutex = (uint32_t)gettid();
	FAILS(futex(&mutex, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EDEADLK);
	FAILS(futex(&mutex, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), EDEADLK);
	unlock();
	CHECK(mutex == 0);
}

/* What the wait has returned, or errno. */
static atomic_int result;

static void *
waiter(void *arg)
{
	long r;

	(void)arg;
	tid = gettid();
	r = futex(&cond, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &mutex, 0);
	result = r ? errno : 0;
	if (!r) {
		owned = 1;
		CHECK((mutex & FUTEX_TID_MASK) == (uint32_t)gettid());
		unlock();
	}
	return NULL;
}

static pthread_t
start_waiter(void)
{
	pthread_t t;

	tid = owned = cond = 0;
	result = -1;
	mutex = (uint32_t)gettid();
	CHECK(!pthread_create(&t, NULL, waiter, NULL));
	wait_asleep();
	return t;
}

static void
test_requeue(void)
{
	pthread_t t = start_waiter();

	send_signals(t);	/* before it is requeued: it waits on */
	CHECK(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)10ul, &mutex,
		    0) == 1);
	wait_asleep();
	CHECK(!owned && result == -1);
	unlock();
	CHECK(!pthread_join(t, NULL));
	CHECK(owned && result == 0 && mutex == 0);

	/* Free: the waiter gets it at once. */
	t = start_waiter();
	unlock();
	CHECK(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)10ul, &mutex,
		    0) == 1);
	CHECK(!pthread_join(t, NULL));
	CHECK(owned && result == 0 && mutex == 0);

	/* What it waits for has changed before the signal. */
	t = start_waiter();
	cond = 1;
	FAILS(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)10ul, &mutex, 0),
	      EAGAIN);
	CHECK(!pthread_kill(t, SIGUSR1));
	CHECK(!pthread_join(t, NULL));
	CHECK(!owned && result == EAGAIN);
	unlock();

	/* A signal after it was requeued. */
	t = start_waiter();
	CHECK(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)10ul, &mutex,
		    0) == 1);
	wait_asleep();
	CHECK(!pthread_kill(t, SIGUSR1));
	CHECK(!pthread_join(t, NULL));
	CHECK(!owned && result == EAGAIN);
	unlock();
	CHECK(mutex == 0);
}

/* libc's mutex over it. */
static pthread_mutex_t pi;

static void *
pi_locker(void *arg)
{
	(void)arg;
	tid = gettid();
	CHECK(!pthread_mutex_lock(&pi));
	owned = 1;
	CHECK(!pthread_mutex_unlock(&pi));
	return NULL;
}

static void
test_mutex(void)
{
	pthread_mutexattr_t a;
	pthread_t t;

	CHECK(!pthread_mutexattr_init(&a));
	CHECK(!pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT));
	CHECK(!pthread_mutex_init(&pi, &a));
	CHECK(!pthread_mutex_lock(&pi));
	tid = owned = 0;
	CHECK(!pthread_create(&t, NULL, pi_locker, NULL));
	send_signals(t);
	CHECK(!pthread_mutex_unlock(&pi));
	CHECK(!pthread_join(t, NULL) && owned);
}

int
main(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	alarm(100);
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	test_lock(FUTEX_LOCK_PI);
	if (futex(&mutex, FUTEX_LOCK_PI2, 0, NULL, NULL, 0) == 0) {
		unlock();		/* since Linux 5.14 */
		test_lock(FUTEX_LOCK_PI2);
	}
	check_group("lock");
	test_errors();
	check_group("errors");
	test_requeue();
	check_group("requeue");
	test_mutex();
	check_group("mutex");
	return check_done();
}
