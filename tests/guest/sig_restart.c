/*
 * sig_restart.c - interrupted system calls: EINTR, SA_RESTART, and the calls
 * that are never restarted.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static volatile int count;
static int feed = -1;		/* the handler writes a byte there */

static void
on_alarm(int sig)
{
	(void)sig;
	count++;
	if (feed >= 0)
		CHECK(write(feed, "x", 1) == 1);
}

static void
install(int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sa.sa_flags = flags;
	CHECK(!sigaction(SIGALRM, &sa, NULL));
	count = 0;
}

static void
alarm_ms(int ms)
{
	struct itimerval it = { { 0, 0 }, { 0, ms * 1000 } };

	CHECK(!setitimer(ITIMER_REAL, &it, NULL));
}

static void
test_read(void)
{
	int p[2];
	char c;

	CHECK(!pipe(p));
	feed = -1;
	install(0);
	alarm_ms(30);
	CHECK(read(p[0], &c, 1) == -1 && errno == EINTR);
	CHECK(count == 1);

	feed = p[1];
	install(SA_RESTART);
	alarm_ms(30);
	CHECK(read(p[0], &c, 1) == 1 && c == 'x');
	CHECK(count == 1);
	feed = -1;
	close(p[0]);
	close(p[1]);
}

static void
test_wait(void)
{
	int status, r;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		usleep(150000);
		_exit(7);
	}
	install(0);
	alarm_ms(20);
	r = waitpid(pid, &status, 0);
	CHECK(r == -1 && errno == EINTR && count == 1);
	install(SA_RESTART);
	alarm_ms(20);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(count == 1 && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void
test_never_restarted(void)
{
	struct timespec ts = { 5, 0 }, rem = { 0, 0 };
	struct timeval tv = { 5, 0 };
	struct epoll_event ev;
	sigset_t set;
	int ep = epoll_create1(0);

	install(SA_RESTART);
	alarm_ms(20);
	CHECK(nanosleep(&ts, &rem) == -1 && errno == EINTR);
	CHECK(rem.tv_sec == 4);
	alarm_ms(20);
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &rem) == EINTR);
	alarm_ms(20);
	CHECK(poll(NULL, 0, 5000) == -1 && errno == EINTR);
	alarm_ms(20);
	CHECK(select(0, NULL, NULL, NULL, &tv) == -1 && errno == EINTR);
	alarm_ms(20);
	CHECK(epoll_wait(ep, &ev, 1, 5000) == -1 && errno == EINTR);
	alarm_ms(20);
	CHECK(pause() == -1 && errno == EINTR);
	sigemptyset(&set);
	alarm_ms(20);
	CHECK(sigsuspend(&set) == -1 && errno == EINTR);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	alarm_ms(20);
	ts.tv_sec = 5;
	CHECK(sigtimedwait(&set, NULL, &ts) == -1 && errno == EINTR);
	CHECK(count == 8);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	close(ep);
}

/* A signal whose handler never runs does not interrupt. */
static void
test_ignored(void)
{
	struct timespec ts = { 0, 100000000 };

	signal(SIGALRM, SIG_IGN);
	alarm_ms(20);
	CHECK(nanosleep(&ts, NULL) == 0);
	signal(SIGALRM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	if (!fork())
		_exit(0);
	CHECK(nanosleep(&ts, NULL) == 0);
	CHECK(wait(NULL) > 0);
}

/* Many signals while a loop reads: nothing is lost or read twice. */
static void
test_storm(void)
{
	struct itimerval it = { { 0, 200 }, { 0, 200 } };
	int p[2], i;
	unsigned char c;
	pid_t pid;

	CHECK(!pipe(p));
	install(SA_RESTART);
	pid = fork();
	if (!pid) {
		for (i = 0; i < 2000; i++) {
			c = (unsigned char)i;
			CHECK(write(p[1], &c, 1) == 1);
			if (i % 50 == 0)
				usleep(500);
		}
		_exit(0);
	}
	close(p[1]);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < 2000; i++) {
		CHECK(read(p[0], &c, 1) == 1);
		CHECK(c == (unsigned char)i);
	}
	CHECK(read(p[0], &c, 1) == 0);
	memset(&it, 0, sizeof(it));
	setitimer(ITIMER_REAL, &it, NULL);
	CHECK(waitpid(pid, NULL, 0) == pid);
	CHECK(count > 5);
}

int
main(void)
{
	test_read();
	test_wait();
	test_never_restarted();
	test_ignored();
	test_storm();
	return 0;
}
