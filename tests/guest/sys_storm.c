/*
 * sys_storm.c - system calls under a storm of signals whose handler does not
 * ask for restarts: calls that cannot block never see EINTR, those that can
 * see it or work, and no signal is lost.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile int signals;

static void
on_alarm(int sig)
{
	(void)sig;
	signals++;
}

static void
storm(long usec)
{
	struct itimerval it = { { 0, usec }, { 0, usec } };

	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
}

static void
test_fast_calls(void)
{
	int before = signals, p[2];
	pid_t me = getpid();
	char c = 'x';

	CHECK(pipe(p) == 0);
	storm(200);
	for (int i = 0; i < 20000; i++) {
		CHECK(syscall(SYS_getpid) == me);
		CHECK(write(p[1], &c, 1) == 1);
		CHECK(read(p[0], &c, 1) == 1);
	}
	storm(0);
	CHECK(signals > before);
	close(p[0]);
	close(p[1]);
	check_group("fast calls");
}

/* A blocking call ends with EINTR, and time goes by meanwhile. */
static void
test_slow_calls(void)
{
	struct timespec ts = { 10, 0 };
	int p[2];
	char c;

	CHECK(pipe(p) == 0);
	for (int i = 0; i < 50; i++) {
		int before = signals;

		storm(1000);
		FAILS(read(p[0], &c, 1), EINTR);
		CHECK(signals > before);
		FAILS(nanosleep(&ts, NULL), EINTR);
		FAILS(poll(NULL, 0, -1), EINTR);
		FAILS(pause(), EINTR);
		storm(0);
	}
	close(p[0]);
	close(p[1]);
	check_group("slow calls");
}

/* Bytes through a pipe from a child, both sides interrupted. */
static void
test_transfer(void)
{
	static char buf[8192];
	long total = 0, want = 4l << 20;
	int p[2], st;
	pid_t pid;

	CHECK(pipe(p) == 0);
	pid = fork();
	storm(500);
	if (pid == 0) {
		close(p[0]);
		while (total < want) {
			long n = want - total < 5000 ? want - total : 5000;

			n = write(p[1], buf, (size_t)n);
			if (n < 0 && errno != EINTR)
				_exit(1);
			total += n > 0 ? n : 0;
		}
		_exit(0);
	}
	close(p[1]);
	for (;;) {
		long n = read(p[0], buf, sizeof(buf));

		if (n == 0)
			break;
		CHECK(n > 0 || errno == EINTR);
		total += n > 0 ? n : 0;
	}
	storm(0);
	CHECK(total == want);
	CHECK(waitpid(pid, &st, 0) == pid && st == 0);
	check_group("transfer");
}

int
main(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &sa, NULL);
	test_fast_calls();
	test_slow_calls();
	test_transfer();
	return check_done();
}
