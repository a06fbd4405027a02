/*
 * thread_futex.c - what the kernel does for locks: waiting and waking,
 * requeueing, priority inheritance, robust lists at a thread's and a
 * process's end, futex_waitv and the futex calls of Linux 6.7.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#define NR_FUTEX_WAKE		454	/* Linux 6.7 */
#define NR_FUTEX_WAIT		455
#define NR_FUTEX_REQUEUE	456
#define SIZE_U32		2	/* FUTEX2_SIZE_U32 */

static atomic_int word, other, woken, waiting;

static long
futex(void *addr, int op, unsigned val, const void *timeout, void *addr2,
      unsigned val3)
{
	return syscall(SYS_futex, addr, op, val, timeout, addr2, val3);
}

static struct timespec
after_ms(clockid_t clock, long ms)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	ts.tv_nsec += ms * 1000000;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void
until(atomic_int *w, int value)
{
	while (*w != value)
		usleep(500);
}

/* Wakes exactly `n', as soon as they sleep. */
static void
wake_all(void *addr, int n)
{
	while (n) {
		long r = futex(addr, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);

		CHECK(r >= 0 && r <= n);
		n -= (int)r;
	}
}

static void *
waiter(void *arg)
{
	waiting++;
	CHECK(!futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
	woken++;
	return arg;
}

static void
test_wait(void)
{
	struct timespec ts = { 0, 1000000 }, abs;
	pthread_t t[4];
	int i;

	FAILS(futex(&word, FUTEX_WAIT_PRIVATE, 5, NULL, NULL, 0), EAGAIN);
	FAILS(futex(&word, FUTEX_WAIT_PRIVATE, 0, &ts, NULL, 0), ETIMEDOUT);
	FAILS(futex((char *)&word + 1, FUTEX_WAIT, 0, &ts, NULL, 0), EINVAL);
	FAILS(futex(bad_address, FUTEX_WAIT, 0, &ts, NULL, 0), EFAULT);
	abs = after_ms(CLOCK_REALTIME, 1);
	FAILS(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &abs,
		    NULL, 4), ETIMEDOUT);
	FAILS(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), EINVAL);
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&t[i], NULL, waiter, NULL));
	wake_all(&word, 4);
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(t[i], NULL));
	CHECK(woken == 4);
}

/* Waiters go from one word to another without waking. */
static void
test_requeue(void)
{
	pthread_t t[4];
	long n = 0;
	int i;

	waiting = woken = 0;
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&t[i], NULL, waiter, NULL));
	until(&waiting, 4);
	FAILS(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)10, &other,
		    9), EAGAIN);
	while (n < 4)
		n += futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)10,
			   &other, 0);
	CHECK(n == 4 && woken == 0);
	CHECK(!futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	/* word += 1; wake one of word and, if it was 0, one of `other'. */
	CHECK(futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, (void *)1, &other,
		    FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0)) == 1);
	CHECK(other == 3);
	other = 0;
	CHECK(futex(&other, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0) == 3);
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(t[i], NULL));
	CHECK(woken == 4);
}

/* Priority inheritance. */

static atomic_uint pi_word;

static void *
pi_owner_dies(void *arg)
{
	CHECK(!futex(&pi_word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	CHECK(pi_word == (unsigned)gettid());
	waiting = 1;
	while (!(pi_word & FUTEX_WAITERS))
		usleep(500);
	return arg;	/* still held */
}

static void
test_pi(void)
{
	pthread_t t;

	pi_word = 0;
	waiting = 0;
	CHECK(!futex(&pi_word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	FAILS(futex(&pi_word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0),
	      EDEADLK);
	CHECK(!futex(&pi_word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	CHECK(pi_word == 0);
	FAILS(futex(&pi_word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0),
	      EPERM);
	CHECK(!pthread_create(&t, NULL, pi_owner_dies, NULL));
	until(&waiting, 1);
	CHECK(!futex(&pi_word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	CHECK((pi_word & FUTEX_TID_MASK) == (unsigned)gettid());
	CHECK(pi_word & FUTEX_OWNER_DIED);
	CHECK(!futex(&pi_word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	CHECK(!pthread_join(t, NULL));
}

static pthread_mutex_t lock;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long count;

static void *
counter(void *arg)
{
	int i;

	for (i = 0; i < 2000; i++) {
		CHECK(!pthread_mutex_lock(&lock));
		count++;
		if (i % 100 == 0)
			pthread_cond_broadcast(&cond);
		CHECK(!pthread_mutex_unlock(&lock));
	}
	return arg;
}

static void
init_lock(pthread_mutex_t *m, int pi, int robust, int shared)
{
	pthread_mutexattr_t a;

	CHECK(!pthread_mutexattr_init(&a));
	if (pi)
		CHECK(!pthread_mutexattr_setprotocol(&a,
						     PTHREAD_PRIO_INHERIT));
	if (robust)
		CHECK(!pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST));
	if (shared)
		CHECK(!pthread_mutexattr_setpshared(&a,
						    PTHREAD_PROCESS_SHARED));
	CHECK(!pthread_mutex_init(m, &a));
}

static void
test_pi_mutex(void)
{
	pthread_t t[4];
	int i;

	init_lock(&lock, 1, 0, 0);
	count = 0;
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&t[i], NULL, counter, NULL));
	CHECK(!pthread_mutex_lock(&lock));
	while (count < 8000) {
		struct timespec ts = after_ms(CLOCK_REALTIME, 10);

		pthread_cond_timedwait(&cond, &lock, &ts);
	}
	CHECK(!pthread_mutex_unlock(&lock));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(t[i], NULL));
	CHECK(count == 8000);
}

/* Robust lists: whoever held it is gone. */

/* What follows it says that the lock is taken. */
static pthread_mutex_t *robust;
#define TAKEN ((atomic_int *)(robust + 1))

static void *
die_with_lock(void *arg)
{
	CHECK(!pthread_mutex_lock(robust));
	*TAKEN = 1;
	if (arg)	/* without libc's own farewell */
		syscall(SYS_exit, 0);
	return NULL;
}

static void
expect_owner_dead(void)
{
	struct timespec ts = after_ms(CLOCK_REALTIME, 10000);

	until(TAKEN, 1);
	CHECK(pthread_mutex_timedlock(robust, &ts) == EOWNERDEAD);
	*TAKEN = 0;
	CHECK(!pthread_mutex_consistent(robust));
	CHECK(!pthread_mutex_unlock(robust));
}

static void
in_process(int how, const char *self)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!pthread_mutex_lock(robust));
		*TAKEN = 1;
		if (how == 0)
			kill(getpid(), SIGKILL);
		else if (how == 1)
			_exit(0);
		execl(self, self, "nothing", NULL);
		_exit(1);
	}
	if (how)
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	expect_owner_dead();
	if (!how)
		CHECK(waitpid(pid, &status, 0) == pid);
}

static void
test_robust(int pi, const char *self)
{
	size_t len;
	void *head;
	pthread_t t;

	robust = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(robust != MAP_FAILED);
	init_lock(robust, pi, 1, 1);
	CHECK(!syscall(SYS_get_robust_list, 0, &head, &len));
	CHECK(head && len == sizeof(struct robust_list_head));
	FAILS(syscall(SYS_set_robust_list, head, len + 1), EINVAL);
	CHECK(!pthread_create(&t, NULL, die_with_lock, NULL));
	CHECK(!pthread_join(t, NULL));
	expect_owner_dead();
	CHECK(!pthread_create(&t, NULL, die_with_lock, (void *)1));
	expect_owner_dead();
	in_process(0, self);
	in_process(1, self);
	in_process(2, self);
	munmap(robust, 4096);
}

/* Many words at once; the newest interface. */

static void *
wake_later(void *arg)
{
	atomic_int *w = arg;

	usleep(20000);
	*w = 1;
	while (futex(w, FUTEX_WAKE, 1, NULL, NULL, 0) != 1)
		;
	return NULL;
}

static void
test_waitv(void)
{
	struct futex_waitv w[3];
	static atomic_int v[3];
	struct timespec ts;
	pthread_t t;
	long r;
	int i;

	memset(w, 0, sizeof(w));
	for (i = 0; i < 3; i++) {
		w[i].uaddr = (uintptr_t)&v[i];
		w[i].flags = FUTEX_32;
	}
	ts = after_ms(CLOCK_MONOTONIC, 1);
	r = syscall(SYS_futex_waitv, w, 3, 0, &ts, CLOCK_MONOTONIC);
	if (r == -1 && errno == ENOSYS)
		return;
	CHECK(r == -1 && errno == ETIMEDOUT);
	CHECK(!pthread_create(&t, NULL, wake_later, &v[2]));
	CHECK(syscall(SYS_futex_waitv, w, 3, 0, NULL, CLOCK_MONOTONIC) == 2);
	CHECK(!pthread_join(t, NULL));
	FAILS(syscall(SYS_futex_waitv, w, 3, 0, NULL, CLOCK_MONOTONIC),
	      EAGAIN);
}

static void *
futex2_waiter(void *arg)
{
	waiting++;
	CHECK(!syscall(NR_FUTEX_WAIT, arg, 0ul, ~0u, SIZE_U32, NULL,
		       CLOCK_MONOTONIC));
	return NULL;
}

static void
test_futex2(void)
{
	static atomic_int v[2];
	struct futex_waitv w[2];
	pthread_t t;
	long r;
	int i;

	r = syscall(NR_FUTEX_WAKE, v, ~0u, 1, SIZE_U32);
	if (r == -1 && errno == ENOSYS)
		return;
	CHECK(r == 0);
	waiting = 0;
	CHECK(!pthread_create(&t, NULL, futex2_waiter, v));
	until(&waiting, 1);
	memset(w, 0, sizeof(w));
	for (i = 0; i < 2; i++) {
		w[i].uaddr = (uintptr_t)&v[i];
		w[i].flags = FUTEX_32;
	}
	while ((r = syscall(NR_FUTEX_REQUEUE, w, 0, 0, 1)) == 0)
		;
	CHECK(r == 1);
	CHECK(syscall(NR_FUTEX_WAKE, &v[1], ~0u, 1, SIZE_U32) == 1);
	CHECK(!pthread_join(t, NULL));
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	test_wait();
	test_requeue();
	test_pi();
	test_pi_mutex();
	test_robust(0, argv[0]);
	test_robust(1, argv[0]);
	test_waitv();
	test_futex2();
	return 0;
}
