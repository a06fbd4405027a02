/*
 * sig_fd_sync.c - a signalfd of the signals that instructions raise: when they
 * are sent while blocked, they can be read, polled and waited for like any;
 * and sent to a process, any of its threads can take them.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static const int sync_sig[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
enum { NR = sizeof(sync_sig) / sizeof(*sync_sig) };

static sigset_t set, none;
static int fd, hits;

static void
on_signal(int sig)
{
	(void)sig;
	hits++;
}

static int
next(int sig)
{
	struct signalfd_siginfo s;

	CHECK(read(fd, &s, sizeof(s)) == sizeof(s));
	CHECK(s.ssi_signo == (uint32_t)sig);
	return s.ssi_code;
}

/* One at a time, and all at once. */
static void
test_read(void)
{
	struct signalfd_siginfo s[NR + 1];
	union sigval v = { .sival_int = 4711 };
	unsigned seen = 0;
	sigset_t pending;
	int i;

	FAILS(read(fd, s, sizeof(*s)), EAGAIN);
	for (i = 0; i < NR; i++) {
		CHECK(!kill(getpid(), sync_sig[i]));
		CHECK(next(sync_sig[i]) == SI_USER);
		CHECK(!raise(sync_sig[i]));
		CHECK(next(sync_sig[i]) == SI_TKILL);
		CHECK(!sigqueue(getpid(), sync_sig[i], v));
		CHECK(readv(fd, &(struct iovec){ s, sizeof(s) }, 1) ==
		      sizeof(*s));
		CHECK(s->ssi_code == SI_QUEUE && s->ssi_int == 4711);
		CHECK(s->ssi_pid == (uint32_t)getpid());
		FAILS(read(fd, s, sizeof(*s)), EAGAIN);
	}
	for (i = 0; i < NR; i++)
		CHECK(!kill(getpid(), sync_sig[i]));
	CHECK(!kill(getpid(), SIGUSR1));
	CHECK(!kill(getpid(), SIGSEGV));	/* no second one */
	CHECK(read(fd, s, sizeof(s)) == sizeof(s));
	for (i = 0; i <= NR; i++)
		seen |= 1u << s[i].ssi_signo;
	for (i = 0; i < NR; i++)
		CHECK(seen & 1u << sync_sig[i]);
	CHECK(seen & 1u << SIGUSR1);
	CHECK(!sigpending(&pending) && sigisemptyset(&pending));
	FAILS(read(fd, s, sizeof(*s)), EAGAIN);
}

/* Every way of waiting, with one that is there and one that comes. */
static int
by_poll(int ms)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, ms);
}

static int
by_ppoll(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p = { fd, POLLIN, 0 };

	return ppoll(&p, 1, &t, &set);
}

static int
by_select(int ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };
	fd_set r;

	FD_ZERO(&r);
	FD_SET(fd, &r);
	return select(fd + 1, &r, NULL, NULL, &t);
}

static int epoll;

static int
by_epoll(int ms)
{
	struct epoll_event e;

	return epoll_wait(epoll, &e, 1, ms);
}

static void
send_later(int sig, int code)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		usleep(30000);
		_exit(code ? sigqueue(parent, sig, (union sigval){ 0 }) :
			     kill(parent, sig));
	}
	CHECK(pid > 0);
}

static void
test_wait(int (*ready)(int ms))
{
	int i, status;

	CHECK(ready(0) == 0);
	for (i = 0; i < NR; i++) {
		CHECK(!kill(getpid(), sync_sig[i]));
		CHECK(ready(5000) == 1 && ready(0) == 1);
		CHECK(next(sync_sig[i]) == SI_USER);
		CHECK(ready(0) == 0);
	}
	for (i = 0; i < 2; i++) {
		send_later(sync_sig[i], i);
		CHECK(ready(20000) == 1);
		CHECK(next(sync_sig[i]) == (i ? SI_QUEUE : SI_USER));
		CHECK(wait(&status) > 0 && !status);
	}
}

static void
test_blocking(void)
{
	int i, status;

	fd = signalfd(-1, &set, SFD_CLOEXEC);
	CHECK(fd >= 0);
	for (i = 0; i < NR; i++) {
		send_later(sync_sig[i], 0);
		CHECK(next(sync_sig[i]) == SI_USER);
		CHECK(wait(&status) > 0 && !status);
	}
	close(fd);
}

/* What is not read comes when it is let through; and faults are what they
 * always are. */
static void
test_others(void)
{
	siginfo_t info;
	char *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	int status;
	pid_t pid;

	signal(SIGFPE, on_signal);
	signal(SIGTRAP, on_signal);
	CHECK(!raise(SIGFPE) && !raise(SIGTRAP));
	CHECK(by_poll(0) == 1);
	CHECK(sigwaitinfo(&set, &info) == SIGTRAP);
	CHECK(hits == 0 && by_poll(0) == 1);
	CHECK(!sigprocmask(SIG_SETMASK, &none, NULL));
	CHECK(hits == 1 && by_poll(0) == 0);
	CHECK(!sigprocmask(SIG_SETMASK, &set, NULL));
	/* A wait that lets it through. */
	CHECK(!raise(SIGTRAP));
	FAILS(ppoll(NULL, 0, NULL, &none), EINTR);
	CHECK(hits == 2 && by_poll(0) == 0);
	/* Bad addresses in calls; then a fault that is blocked. */
	FAILS(read(fd, p, 128), EAGAIN);
	CHECK(!raise(SIGSEGV));
	FAILS(read(fd, p, 128), EFAULT);
	FAILS(write(1, p, 1), EFAULT);
	FAILS(poll((void *)p, 1, 0), EFAULT);
	pid = fork();
	if (!pid) {
		CHECK(by_poll(0) == 0);	/* not its own */
		*(volatile char *)p = 1;
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* --- Several threads: sent to the process, whoever can take it does. */

static atomic_int taker, phase;

static void
on_taken(int sig)
{
	(void)sig;
	taker = gettid();
}

static void
wait_phase(int n)
{
	while (phase < n)
		usleep(500);
	usleep(20000);		/* until it sleeps */
}

/* It does not block them, or not for ever. */
static void *
take_in_handler(void *arg)
{
	atomic_int *me = arg;
	int i;

	*me = gettid();
	CHECK(!pthread_sigmask(SIG_SETMASK, &none, NULL));
	phase = 1;
	for (i = 0; i < NR; i++)
		while (phase < 2 + i)
			usleep(500);
	CHECK(!pthread_sigmask(SIG_SETMASK, &set, NULL));
	phase = 100;
	while (phase < 101)
		usleep(500);
	CHECK(!pthread_sigmask(SIG_SETMASK, &none, NULL));
	phase = 102;
	return NULL;
}

static void
sent(int sig, const atomic_int *to)
{
	taker = 0;
	CHECK(!kill(getpid(), sig));
	while (!taker)
		usleep(500);
	CHECK(taker == *to);
}

static void
test_threads(void)
{
	static atomic_int tid;
	pthread_t t;
	int i;

	for (i = 0; i < NR; i++)
		signal(sync_sig[i], on_taken);
	phase = 0;
	CHECK(!pthread_create(&t, NULL, take_in_handler, &tid));
	wait_phase(1);
	for (i = 0; i < NR; i++) {
		sent(sync_sig[i], &tid);
		phase = 2 + i;
	}
	wait_phase(100);
	taker = 0;
	CHECK(!kill(getpid(), SIGILL));	/* for whoever is the first to open */
	CHECK(taker == 0);
	phase = 101;
	wait_phase(102);
	CHECK(taker == tid);
	CHECK(!pthread_join(t, NULL));
}

static void *
take_by_wait(void *arg)
{
	siginfo_t info;
	int i;

	(void)arg;
	for (i = 0; i < NR; i++) {
		phase = i + 1;
		CHECK(sigwaitinfo(&set, &info) == sync_sig[i]);
		CHECK(info.si_code == SI_USER && info.si_pid == getpid());
	}
	phase = 100;
	return NULL;
}

static void
test_waiter(void)
{
	pthread_t t;
	int i;

	phase = 0;
	CHECK(!pthread_create(&t, NULL, take_by_wait, NULL));
	for (i = 0; i < NR; i++) {
		wait_phase(i + 1);
		CHECK(!kill(getpid(), sync_sig[i]));
	}
	wait_phase(100);
	CHECK(!pthread_join(t, NULL));
}

int
main(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	int i;

	alarm(100);
	sigemptyset(&none);
	sigemptyset(&set);
	for (i = 0; i < NR; i++)
		sigaddset(&set, sync_sig[i]);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	test_threads();
	check_group("threads");
	test_waiter();
	check_group("sigwaitinfo");
	for (i = 0; i < NR; i++)
		signal(sync_sig[i], SIG_DFL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	epoll = epoll_create1(0);
	CHECK(fd >= 0 && !epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
	test_read();
	check_group("read");
	test_wait(by_poll);
	test_wait(by_ppoll);
	test_wait(by_select);
	test_wait(by_epoll);
	check_group("wait");
	test_others();
	check_group("others");
	test_blocking();
	check_group("blocking");
	return check_done();
}
