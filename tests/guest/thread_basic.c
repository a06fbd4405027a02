/*
 * thread_basic.c - threads as libc makes them: create, join, locks, thread-
 * local storage, signals to threads, many of them.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define MANY 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;
static _Thread_local long tls_value = 5;
static _Thread_local char tls_big[3000];
static atomic_int started, hits;
static pthread_t hit_thread;

static void *
add(void *arg)
{
	int i;

	CHECK(tls_value == 5 && tls_big[2999] == 0);
	tls_value = (long)arg;
	tls_big[2999] = 1;
	for (i = 0; i < 1000; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		pthread_mutex_unlock(&lock);
	}
	CHECK(tls_value == (long)arg);
	return (void *)(tls_value * 2);
}

static void
test_many(void)
{
	pthread_t t[MANY];
	long i;

	for (i = 0; i < MANY; i++)
		CHECK(!pthread_create(&t[i], NULL, add, (void *)i));
	for (i = 0; i < MANY; i++) {
		void *r;

		CHECK(!pthread_join(t[i], &r));
		CHECK((long)r == 2 * i);
	}
	CHECK(counter == MANY * 1000);
	CHECK(tls_value == 5);
}

static void *
nothing(void *arg)
{
	return arg;
}

/* One after the other: their memory must come back. */
static void
test_series(void)
{
	pthread_attr_t attr;
	pthread_t t;
	int i;

	for (i = 0; i < 1000; i++) {
		CHECK(!pthread_create(&t, NULL, nothing, NULL));
		CHECK(!pthread_join(t, NULL));
	}
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (i = 0; i < 100; i++)
		CHECK(!pthread_create(&t, &attr, nothing, NULL));
}

static void *
ping(void *arg)
{
	int me = (int)(long)arg, i;

	for (i = 0; i < 500; i++) {
		pthread_mutex_lock(&lock);
		while (turn != me)
			pthread_cond_wait(&cond, &lock);
		turn = !me;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void
test_cond(void)
{
	pthread_t a, b;

	CHECK(!pthread_create(&a, NULL, ping, (void *)0));
	CHECK(!pthread_create(&b, NULL, ping, (void *)1));
	CHECK(!pthread_join(a, NULL));
	CHECK(!pthread_join(b, NULL));
}

static void
on_hit(int sig)
{
	(void)sig;
	hit_thread = pthread_self();
	hits++;
}

static sem_t sem;

static void *
sleeper(void *arg)
{
	struct timespec ts = { 10, 0 };

	(void)arg;
	started++;
	sem_post(&sem);
	while (nanosleep(&ts, &ts) == 0)
		;
	return NULL;
}

static void *
spinner(void *arg)
{
	volatile unsigned long n = 0;

	(void)arg;
	sem_post(&sem);
	while (hits < 2)
		n++;
	return NULL;
}

static void
test_directed(void)
{
	struct sigaction sa;
	pthread_t t;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_hit;
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	sem_init(&sem, 0, 0);
	CHECK(!pthread_create(&t, NULL, sleeper, NULL));
	sem_wait(&sem);
	usleep(50000);		/* until it sleeps */
	CHECK(!pthread_kill(t, SIGUSR1));
	CHECK(!pthread_join(t, NULL));
	CHECK(hits == 1 && pthread_equal(hit_thread, t));

	CHECK(!pthread_create(&t, NULL, spinner, NULL));
	sem_wait(&sem);
	CHECK(!pthread_kill(t, SIGUSR1));
	CHECK(!pthread_join(t, NULL));
	CHECK(hits == 2 && pthread_equal(hit_thread, t));
}

/* A signal to the process goes to the thread that does not block it. */
static void
test_process_signal(void)
{
	sigset_t set;
	pthread_t t;

	hits = 1;
	CHECK(!pthread_create(&t, NULL, spinner, NULL));
	sem_wait(&sem);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	CHECK(!pthread_join(t, NULL));
	CHECK(pthread_equal(hit_thread, t));
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static int
count_tasks(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	int n = 0;

	CHECK(d != NULL);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void *
cancelled(void *arg)
{
	sem_post(&sem);
	for (;;)
		pause();
	return arg;
}

static void
test_cancel(void)
{
	pthread_t t;
	void *r;

	CHECK(!pthread_create(&t, NULL, cancelled, NULL));
	sem_wait(&sem);
	CHECK(!pthread_cancel(t));
	CHECK(!pthread_join(t, &r));
	CHECK(r == PTHREAD_CANCELED);
}

static void *
forker(void *arg)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		CHECK(gettid() == getpid());
		CHECK(count_tasks() == 1);
		tls_value = 9;
		_exit((int)(long)arg);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == (int)(long)arg);
	return NULL;
}

static void
test_fork(void)
{
	pthread_t t[8];
	long i;

	for (i = 0; i < 8; i++)
		CHECK(!pthread_create(&t[i], NULL, forker, (void *)i));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_join(t[i], NULL));
}

static void *
last(void *arg)
{
	usleep(20000);
	(void)arg;
	exit(0);
}

int
main(void)
{
	pthread_t t;

	CHECK(count_tasks() == 1);
	test_many();
	test_series();
	test_cond();
	test_directed();
	test_process_signal();
	test_cancel();
	test_fork();
	/* The first thread may end before the others. */
	CHECK(!pthread_create(&t, NULL, last, NULL));
	pthread_exit(NULL);
}
