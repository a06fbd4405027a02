/*
 * sig_mask.c - calls with a temporary mask, queues of real-time signals,
 * synchronous waiting, signalfd.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static volatile int n_seen, seen[64], value[64], in_handler_blocked;

static void
note(int sig, siginfo_t *info, void *ctx)
{
	sigset_t cur;

	(void)ctx;
	sigprocmask(SIG_BLOCK, NULL, &cur);
	in_handler_blocked = sigismember(&cur, SIGUSR2);
	seen[n_seen] = sig;
	value[n_seen++] = info->si_value.sival_int;
}

static void
install(int sig)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = note;
	sa.sa_flags = SA_SIGINFO;
	CHECK(!sigaction(sig, &sa, NULL));
	n_seen = 0;
}

static void
expect_mask(int blocked)
{
	sigset_t cur;

	CHECK(!sigprocmask(SIG_BLOCK, NULL, &cur));
	CHECK(sigismember(&cur, SIGUSR1) == blocked);
	CHECK(!sigismember(&cur, SIGUSR2));
}

/* A child sends at a random moment; none may be missed. */
static void
test_suspend(void)
{
	sigset_t block, wait;
	int i;

	install(SIGUSR1);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &block, NULL));
	sigemptyset(&wait);
	sigaddset(&wait, SIGUSR2);
	for (i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (!pid) {
			if (i & 1)
				usleep((useconds_t)i * 100);
			kill(getppid(), SIGUSR1);
			_exit(0);
		}
		n_seen = 0;
		CHECK(sigsuspend(&wait) == -1 && errno == EINTR);
		CHECK(n_seen == 1 && seen[0] == SIGUSR1);
		/* The handler runs with the temporary mask and its own. */
		CHECK(in_handler_blocked == 1);
		expect_mask(1);
		while (waitpid(pid, NULL, 0) < 0)
			CHECK(errno == EINTR);
	}
}

static void
test_poll_mask(void)
{
	struct timespec soon = { 0, 20000000 }, late = { 5, 0 };
	struct epoll_event ev;
	sigset_t none;
	int ep = epoll_create1(0), p[2];
	struct pollfd pfd;
	fd_set fds;

	sigemptyset(&none);
	n_seen = 0;
	raise(SIGUSR1);
	CHECK(n_seen == 0);
	CHECK(ppoll(NULL, 0, &late, &none) == -1 && errno == EINTR);
	CHECK(n_seen == 1);
	expect_mask(1);
	raise(SIGUSR1);
	CHECK(pselect(0, NULL, NULL, NULL, &late, &none) == -1);
	CHECK(errno == EINTR && n_seen == 2);
	expect_mask(1);
	raise(SIGUSR1);
	CHECK(epoll_pwait(ep, &ev, 1, 5000, &none) == -1);
	CHECK(errno == EINTR && n_seen == 3);
	expect_mask(1);
	CHECK(ppoll(NULL, 0, &soon, &none) == 0);
	expect_mask(1);

	/* Ready and pending at once: the result counts, the signal waits. */
	CHECK(!pipe(p));
	CHECK(write(p[1], "x", 1) == 1);
	pfd.fd = p[0];
	pfd.events = POLLIN;
	raise(SIGUSR1);
	CHECK(ppoll(&pfd, 1, &late, &none) == 1);
	FD_ZERO(&fds);
	FD_SET(p[0], &fds);
	CHECK(pselect(p[0] + 1, &fds, NULL, NULL, &late, &none) == 1);
	expect_mask(1);
	CHECK(n_seen == 3);
	sigaddset(&none, SIGUSR1);
	CHECK(sigwaitinfo(&none, NULL) == SIGUSR1);
	close(ep);
}

static void
test_queue(void)
{
	static const int order[] = { 1, 2, 1, 3, 2, 1 };
	static const int of_first[] = { 0, 2, 5 };
	sigset_t set, old;
	union sigval v;
	int i;

	sigemptyset(&set);
	for (i = 1; i <= 3; i++) {
		install(SIGRTMIN + i);
		sigaddset(&set, SIGRTMIN + i);
	}
	CHECK(!sigprocmask(SIG_BLOCK, &set, &old));
	for (i = 0; i < 6; i++) {
		v.sival_int = i;
		CHECK(!sigqueue(getpid(), SIGRTMIN + order[i], v));
	}
	/* The lowest number first, each in the order of sending. */
	for (i = 0; i < 3; i++) {
		siginfo_t info;

		CHECK(sigwaitinfo(&set, &info) == SIGRTMIN + 1);
		CHECK(info.si_value.sival_int == of_first[i]);
	}
	CHECK(!sigprocmask(SIG_SETMASK, &old, NULL));
	/* The rest got frames at once: the last one's handler ran first. */
	CHECK(n_seen == 3);
	CHECK(seen[0] == SIGRTMIN + 3 && value[0] == 3);
	CHECK(seen[1] == SIGRTMIN + 2 && seen[2] == SIGRTMIN + 2);
	CHECK(value[1] + value[2] == 5);
}

/* The two that libc keeps for itself are signals like all others. */
static void
test_all_numbers(void)
{
	sigset_t set;
	int i;

	for (i = SIGRTMIN; i <= SIGRTMAX; i++) {
		install(i);
		CHECK(!raise(i));
		CHECK(n_seen == 1 && seen[0] == i);
	}
	sigfillset(&set);
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &set));
}

static void
test_signalfd(void)
{
	struct signalfd_siginfo si;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(read(fd, &si, sizeof(si)) == -1 && errno == EAGAIN);
	kill(getpid(), SIGTERM);
	CHECK(read(fd, &si, sizeof(si)) == sizeof(si));
	CHECK(si.ssi_signo == SIGTERM && si.ssi_pid == (unsigned)getpid());
	close(fd);
}

static void
test_timedwait(void)
{
	struct timespec none = { 0, 0 };
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigtimedwait(&set, &info, &none) == -1 && errno == EAGAIN);
	raise(SIGUSR1);
	CHECK(sigtimedwait(&set, &info, &none) == SIGUSR1);
	CHECK(info.si_pid == getpid());
}

int
main(void)
{
	test_suspend();
	test_poll_mask();
	test_queue();
	test_all_numbers();
	test_signalfd();
	test_timedwait();
	return 0;
}
