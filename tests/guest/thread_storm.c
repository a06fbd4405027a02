/*
 * thread_storm.c - signals rain on threads that compute, allocate, block in
 * system calls and fork; nothing may be lost, doubled or damaged.
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
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define WORKERS	4

static atomic_int stop, handled, faults;
static _Thread_local volatile int in_handler, my_count;
static _Thread_local sigjmp_buf env;

static void
on_signal(int sig, siginfo_t *info, void *ctx)
{
	volatile double d = 1.5;

	(void)ctx;
	CHECK(sig == info->si_signo);
	CHECK(!in_handler);		/* all are masked meanwhile */
	in_handler = 1;
	d = d * 3 / 7;
	my_count++;
	handled++;
	in_handler = 0;
}

static void
on_segv(int sig)
{
	(void)sig;
	faults++;
	siglongjmp(env, 1);
}

static void
install(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_signal;
	sa.sa_flags = SA_SIGINFO | SA_RESTART;
	sigaddset(&sa.sa_mask, SIGUSR1);
	sigaddset(&sa.sa_mask, SIGUSR2);
	sigaddset(&sa.sa_mask, SIGRTMIN + 3);
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	CHECK(!sigaction(SIGUSR2, &sa, NULL));
	CHECK(!sigaction(SIGRTMIN + 3, &sa, NULL));
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_segv;
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
}

static uint64_t want_h;
static double want_x;

/* Flags, integer and floating registers must survive any signal. */
static void
compute(void)
{
	uint64_t h = 1;
	double x = 1;
	int i;

	for (i = 1; i < 3000; i++) {
		h = h * 6364136223846793005u + (uint64_t)i;
		h ^= h >> 29;
		x = x * 1.0000001 + 1.0 / i;
	}
	if (!want_h) {
		want_h = h;
		want_x = x;
	}
	CHECK(h == want_h && x == want_x);
}

static void
allocate(void)
{
	char *p[20];
	int i;

	for (i = 0; i < 20; i++) {
		p[i] = malloc((size_t)i * 1000 + 1);
		memset(p[i], i, (size_t)i * 1000 + 1);
	}
	for (i = 0; i < 20; i++) {
		CHECK(p[i][i * 1000] == i);
		free(p[i]);
	}
}

static void
transfer(const int pipefd[2])
{
	char out[100], in[100];
	int i;

	for (i = 0; i < 10; i++) {
		memset(out, i, sizeof(out));
		CHECK(write(pipefd[1], out, sizeof(out)) == sizeof(out));
		CHECK(read(pipefd[0], in, sizeof(in)) == sizeof(in));
		CHECK(!memcmp(in, out, sizeof(in)));
	}
}

static void
fault(void)
{
	volatile char *p = mmap(NULL, 4096, PROT_READ,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!sigsetjmp(env, 1)) {
		*p = 1;
		CHECK(!"reached");
	}
	CHECK(!munmap((void *)p, 4096));
}

static void
make_child(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(19);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 19);
}

static void *
worker(void *arg)
{
	int p[2], i;

	(void)arg;
	CHECK(!pipe(p));
	for (i = 0; !stop; i++) {
		compute();
		allocate();
		transfer(p);
		fault();
		if (i % 32 == 0)
			make_child();
	}
	close(p[0]);
	close(p[1]);
	return NULL;
}

int
main(void)
{
	pthread_t t[WORKERS];
	union sigval v = { 0 };
	int i, r, sent = 0;

	compute();
	install();
	for (i = 0; i < WORKERS; i++)
		CHECK(!pthread_create(&t[i], NULL, worker, NULL));
	/* Queued signals are counted: not one may be missing. */
	for (i = 0; i < 2000; i++) {
		pthread_kill(t[i % WORKERS], SIGUSR1);
		kill(getpid(), SIGUSR2);
		while ((r = pthread_sigqueue(t[i % WORKERS], SIGRTMIN + 3, v)))
			CHECK(r == EAGAIN);
		sent++;
		if (i % 8 == 0)
			usleep(500);
	}
	stop = 1;
	for (i = 0; i < WORKERS; i++)
		CHECK(!pthread_join(t[i], NULL));
	CHECK(handled >= sent && faults > 0);
	return 0;
}
