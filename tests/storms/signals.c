/*
 * signals.c - 8 threads compute a checksum while they are sent 10,000 queued
 * real-time signals per second, each with its number. No signal may be lost
 * or come out of order, no result be wrong, no memory be taken.
 *
 * STORM: 60
 *
 * The size is in seconds. Prints what it has seen.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "../guest/check.h"

enum { THREADS = 8, RATE = 10000, ROUNDS = 20000 };

static struct worker {
	pthread_t thread;
	volatile pid_t tid;
	volatile uint64_t got, bad_order, nested;
	uint64_t sent, sums;
	volatile int in_handler;
	char pad[64];
} worker[THREADS];

static __thread struct worker *self;
static volatile int stop;
static volatile uint64_t first = 88172645463325252;
static uint64_t want;

static uint64_t
checksum(void)
{
	uint64_t a = 1, b = 0, x = first;
	double d = 1;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		a = (a + (x & 0xff)) % 65521;
		b = (b + a) % 65521;
		d = d * 1.0000001 + (double)(x & 7);
		if (x & 1)
			b ^= (uint64_t)(d * 3);
	}
	return b << 16 ^ a ^ (uint64_t)d;
}

static void
on_signal(int sig, siginfo_t *info, void *ctx)
{
	struct worker *w = self;

	(void)sig;
	(void)ctx;
	w->nested += w->in_handler;
	w->in_handler = 1;
	/* In the order in which they were sent, each once. */
	if ((uint32_t)info->si_value.sival_int != (uint32_t)w->got)
		w->bad_order++;
	w->got++;
	w->in_handler = 0;
}

static void *
work(void *arg)
{
	self = arg;
	self->tid = gettid();
	while (!stop) {
		uint64_t sum = checksum();

		CHECK(sum == want);
		self->sums++;
	}
	/* What is queued comes before this call returns. */
	sched_yield();
	return NULL;
}

static int
send_to(struct worker *w)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = SIGRTMIN + 1;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = (int)w->sent;
	if (syscall(SYS_rt_tgsigqueueinfo, getpid(), w->tid, SIGRTMIN + 1,
		    &info) < 0) {
		CHECK(errno == EAGAIN);		/* the queue is full */
		return 0;
	}
	w->sent++;
	return 1;
}

static long
resident(void)
{
	long size = 0, rss = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%ld %ld", &size, &rss) != 2)
		rss = 0;
	if (f)
		fclose(f);
	return rss * 4;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

int
main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 5, start, next;
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_RESTART };
	uint64_t sent = 0, got = 0, sums = 0;
	long rss_early = 0, rss_late;
	int i, early = 0;

	want = checksum();
	CHECK(!sigaction(SIGRTMIN + 1, &sa, NULL));
	for (i = 0; i < THREADS; i++) {
		CHECK(!pthread_create(&worker[i].thread, NULL, work,
				      &worker[i]));
		while (!worker[i].tid)
			sched_yield();
	}
	start = next = now();
	while (now() - start < seconds) {
		/* All that are due, then sleep a little. */
		for (i = 0; i < RATE / 500; i++)
			send_to(&worker[(sent + (uint64_t)i) % THREADS]);
		sent++;
		next += 1.0 / 500;
		if (!early && now() - start > seconds / 4) {
			early = 1;
			rss_early = resident();
		}
		while (now() < next)
			usleep(500);
	}
	rss_late = resident();
	stop = 1;
	for (sent = 0, i = 0; i < THREADS; i++) {
		CHECK(!pthread_join(worker[i].thread, NULL));
		CHECK(worker[i].bad_order == 0 && worker[i].nested == 0);
		CHECK(worker[i].got == worker[i].sent);
		sent += worker[i].sent;
		got += worker[i].got;
		sums += worker[i].sums;
	}
	printf("%llu signals sent, %llu handled, %llu checksums, "
	       "RSS %ld kB, then %ld kB\n", (unsigned long long)sent,
	       (unsigned long long)got, (unsigned long long)sums, rss_early,
	       rss_late);
	CHECK(got > (uint64_t)(seconds * 500));
	CHECK(rss_late - rss_early < 1024);
	return check_done();
}
