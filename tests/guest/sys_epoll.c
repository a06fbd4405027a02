/*
 * sys_epoll.c - epoll, whose event structure is packed on x86-64 only, and
 * the calls that wait with a signal mask.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define NR 100

static void
test_many(void)
{
	struct epoll_event ev[NR + 1], e;
	unsigned char seen[NR] = { 0 };
	int ep = epoll_create1(EPOLL_CLOEXEC), fd[NR], n;

	CHECK(ep >= 0);
	for (int i = 0; i < NR; i++) {
		fd[i] = eventfd(i & 1, 0);
		e.events = EPOLLIN;
		e.data.u64 = 0x123456789a000000ull + (unsigned)i;
		CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, fd[i], &e) == 0);
	}
	memset(ev, 0xee, sizeof(ev));
	n = epoll_wait(ep, ev, NR, 1000);
	CHECK(n == NR / 2);
	for (int i = 0; i < n; i++) {
		unsigned k = (unsigned)(ev[i].data.u64 & 0xffffff);

		CHECK(ev[i].events == EPOLLIN);
		CHECK(ev[i].data.u64 >> 24 == 0x123456789aull);
		CHECK(k < NR && (k & 1) && !seen[k]);
		seen[k % NR] = 1;
	}
	/* Nothing behind the last event is touched. */
	for (size_t i = (size_t)n * sizeof(e); i < sizeof(ev); i++)
		CHECK(((unsigned char *)ev)[i] == 0xee);
	check_group("many");

	e.events = EPOLLOUT | EPOLLET;
	e.data.ptr = &e;
	CHECK(epoll_ctl(ep, EPOLL_CTL_MOD, fd[0], &e) == 0);
	CHECK(epoll_wait(ep, ev, NR, 0) == NR / 2 + 1);
	FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, fd[0], &e), EEXIST);
	FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, fd[0], bad_address), EFAULT);
	CHECK(epoll_ctl(ep, EPOLL_CTL_DEL, fd[0], NULL) == 0);
	FAILS(epoll_ctl(ep, EPOLL_CTL_DEL, fd[0], NULL), ENOENT);
	FAILS(epoll_ctl(ep, 99, fd[1], &e), EINVAL);
	FAILS(epoll_wait(ep, ev, 0, 0), EINVAL);
	FAILS(epoll_wait(ep, bad_address, 1, 0), EFAULT);
	check_group("errors");

	struct timespec ts = { 0, 1000000 };

	n = (int)syscall(441, ep, ev, NR, &ts, NULL, 0);
	CHECK(n == NR / 2 || (n == -1 && errno == ENOSYS));
	check_group("pwait2");
	for (int i = 0; i < NR; i++)
		close(fd[i]);
	close(ep);
}

static volatile sig_atomic_t got, mask_in_handler;

static void
handler(int sig)
{
	sigset_t m;

	got = sig;
	sigprocmask(SIG_SETMASK, NULL, &m);
	mask_in_handler = sigismember(&m, SIGUSR1);
}

/* SIGALRM is blocked but for the wait; SIGUSR1 only during it. */
static void
test_masks(void)
{
	struct sigaction sa = { .sa_handler = handler,
				.sa_flags = SA_RESTART };
	struct itimerval it = { .it_value = { .tv_usec = 30000 } };
	struct timespec ts = { 5, 0 };
	struct epoll_event ev;
	sigset_t block, wait, now;
	int ep = epoll_create1(0);
	long r;

	sigaction(SIGALRM, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	sigemptyset(&wait);
	sigaddset(&wait, SIGUSR1);
	for (int i = 0; i < 3; i++) {
		got = 0;
		mask_in_handler = -1;
		setitimer(ITIMER_REAL, &it, NULL);
		errno = 0;
		r = i == 0 ? ppoll(NULL, 0, &ts, &wait)
		  : i == 1 ? pselect(0, NULL, NULL, NULL, &ts, &wait)
			   : epoll_pwait(ep, &ev, 1, 5000, &wait);
		CHECK(r == -1 && errno == EINTR);
		CHECK(got == SIGALRM);
		CHECK(mask_in_handler == 1);
		sigprocmask(SIG_SETMASK, NULL, &now);
		CHECK(sigismember(&now, SIGALRM) == 1);
		CHECK(sigismember(&now, SIGUSR1) == 0);
	}
	check_group("masks");

	/* Pending already when the wait begins. */
	for (int i = 0; i < 3; i++) {
		got = 0;
		raise(SIGALRM);
		CHECK(got == 0);
		r = i == 0 ? ppoll(NULL, 0, &ts, &wait)
		  : i == 1 ? pselect(0, NULL, NULL, NULL, &ts, &wait)
			   : epoll_pwait(ep, &ev, 1, 5000, &wait);
		CHECK(r == -1 && errno == EINTR && got == SIGALRM);
	}
	check_group("pending");

	FAILS(syscall(SYS_ppoll, NULL, 0, &ts, &wait, 4), EINVAL);
	FAILS(syscall(SYS_ppoll, NULL, 0, &ts, bad_address, 8), EFAULT);
	FAILS(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, bad_address),
	      EFAULT);
	check_group("mask errors");
	close(ep);
}

static void
test_poll(void)
{
	struct pollfd p[2];
	struct timespec ts = { 0, 0 };
	int fds[2];
	fd_set r;

	CHECK(pipe(fds) == 0);
	p[0] = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	p[1] = (struct pollfd){ .fd = fds[1], .events = POLLOUT };
	CHECK(ppoll(p, 2, &ts, NULL) == 1);
	CHECK(p[0].revents == 0 && p[1].revents == POLLOUT);
	CHECK(write(fds[1], "x", 1) == 1);
	FD_ZERO(&r);
	FD_SET(fds[0], &r);
	CHECK(select(fds[0] + 1, &r, NULL, NULL, NULL) == 1);
	CHECK(FD_ISSET(fds[0], &r));
	close(fds[1]);
	CHECK(poll(p, 1, 1000) == 1 && p[0].revents & POLLHUP);
	close(fds[0]);
	check_group("poll");
}

static void
test_timerfd(void)
{
	struct itimerspec it = { .it_value = { 0, 5000000 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t n = 0;

	CHECK(fd >= 0 && timerfd_settime(fd, 0, &it, NULL) == 0);
	CHECK(poll(&p, 1, 2000) == 1);
	CHECK(read(fd, &n, 8) == 8 && n == 1);
	FAILS(read(fd, &n, 8), EAGAIN);
	close(fd);
	check_group("timerfd");
}

int
main(void)
{
	test_many();
	test_masks();
	test_poll();
	test_timerfd();
	return check_done();
}
