/*
 * sig_sources.c - signals of the kernel's own making: of descriptors, urgent
 * data, message queues and timers; limits of what may be queued; calls that
 * are stopped and continued; credentials that all threads change.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static volatile sig_atomic_t hits;
static siginfo_t seen;
static volatile pid_t by;

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	seen = *info;
	by = gettid();
	hits++;
}

static void
install(int sig, int flags)
{
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | flags };

	CHECK(!sigaction(sig, &sa, NULL));
	hits = 0;
}

static void
wait_hits(int n)
{
	int i;

	for (i = 0; hits < n; i++) {
		CHECK(i < 20000);
		usleep(500);
	}
	CHECK(hits == n);
}

/* --- Descriptors that are ready. */

static void
test_async(void)
{
	struct f_owner_ex own = { F_OWNER_TID, gettid() }, back;
	int fd[2];
	char c;

	install(SIGRTMIN + 3, SA_RESTART);
	install(SIGIO, SA_RESTART);
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	CHECK(!fcntl(fd[0], F_SETOWN, getpid()));
	CHECK(fcntl(fd[0], F_GETOWN) == getpid());
	CHECK(!fcntl(fd[0], F_SETFL, O_ASYNC | O_NONBLOCK));
	CHECK(write(fd[1], "x", 1) == 1);
	wait_hits(1);
	CHECK(seen.si_signo == SIGIO);
	CHECK(read(fd[0], &c, 1) == 1);
	hits = 0;
	CHECK(!fcntl(fd[0], F_SETSIG, SIGRTMIN + 3));
	CHECK(fcntl(fd[0], F_GETSIG) == SIGRTMIN + 3);
	CHECK(!fcntl(fd[0], F_SETOWN_EX, &own));
	CHECK(!fcntl(fd[0], F_GETOWN_EX, &back));
	CHECK(back.type == F_OWNER_TID && back.pid == gettid());
	CHECK(write(fd[1], "y", 1) == 1);
	wait_hits(1);
	CHECK(seen.si_signo == SIGRTMIN + 3 && seen.si_code == POLL_IN);
	CHECK(seen.si_fd == fd[0] && seen.si_band & POLLIN);
	close(fd[0]);
	close(fd[1]);
}

static void
test_urgent(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int s = socket(AF_INET, SOCK_STREAM, 0), c, d;
	socklen_t len = sizeof(at);
	char b = 0;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s, (void *)&at, sizeof(at)) < 0)
		return;		/* no network */
	CHECK(!listen(s, 1));
	CHECK(!getsockname(s, (void *)&at, &len));
	CHECK(!connect(c, (void *)&at, sizeof(at)));
	d = accept(s, NULL, NULL);
	CHECK(d >= 0);
	install(SIGURG, SA_RESTART);
	CHECK(!fcntl(d, F_SETOWN, getpid()));
	CHECK(send(c, "!", 1, MSG_OOB) == 1);
	wait_hits(1);
	CHECK(seen.si_signo == SIGURG);
	CHECK(recv(d, &b, 1, MSG_OOB) == 1 && b == '!');
	close(s);
	close(c);
	close(d);
}

/* --- A message queue that is no longer empty. */

static void
test_queue(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGRTMIN + 4,
			       .sigev_value.sival_int = 99 };
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 16 };
	char name[40];
	mqd_t q;

	snprintf(name, sizeof(name), "/sig_sources.%d", getpid());
	q = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
	if (q == (mqd_t)-1)
		return;
	mq_unlink(name);
	install(SIGRTMIN + 4, SA_RESTART);
	CHECK(!mq_notify(q, &ev));
	CHECK(!mq_send(q, "m", 1, 0));
	wait_hits(1);
	CHECK(seen.si_code == SI_MESGQ && seen.si_value.sival_int == 99);
	CHECK(seen.si_pid == getpid());
	mq_close(q);
}

/* --- Queues have an end, and an order. */

static int order[8], nr_order;

static void
note_order(int sig, siginfo_t *info, void *context)
{
	(void)context;
	order[nr_order++] = sig * 100 + info->si_value.sival_int;
}

static void
test_order(void)
{
	static const struct { int sig, value, place; } sent[] = {
		{ 5, 1, 2 }, { 4, 1, 0 }, { 5, 2, 3 }, { 4, 2, 1 },
	};
	struct sigaction sa = { .sa_sigaction = note_order,
				.sa_flags = SA_SIGINFO };
	struct rlimit none = { 0, 0 }, old;
	sigset_t set, before;
	unsigned i;

	sigfillset(&sa.sa_mask);
	sigemptyset(&set);
	for (i = 4; i < 6; i++) {
		CHECK(!sigaction(SIGRTMIN + (int)i, &sa, NULL));
		sigaddset(&set, SIGRTMIN + (int)i);
	}
	CHECK(!sigprocmask(SIG_BLOCK, &set, &before));
	for (i = 0; i < 4; i++)
		CHECK(!sigqueue(getpid(), SIGRTMIN + sent[i].sig,
				(union sigval){ .sival_int = sent[i].value }));
	CHECK(!sigprocmask(SIG_SETMASK, &before, NULL));
	CHECK(nr_order == 4);
	for (i = 0; i < 4; i++)
		CHECK(order[sent[i].place] ==
		      (SIGRTMIN + sent[i].sig) * 100 + sent[i].value);

	CHECK(!getrlimit(RLIMIT_SIGPENDING, &old));
	none.rlim_max = old.rlim_max;
	CHECK(!setrlimit(RLIMIT_SIGPENDING, &none));
	CHECK(!sigprocmask(SIG_BLOCK, &set, &before));
	FAILS(sigqueue(getpid(), SIGRTMIN + 4, (union sigval){ 0 }), EAGAIN);
	CHECK(!sigprocmask(SIG_SETMASK, &before, NULL));
	CHECK(nr_order == 4);
	install(SIGUSR1, 0);
	CHECK(!raise(SIGUSR1) && hits == 1);	/* what cannot fail */
	CHECK(!setrlimit(RLIMIT_SIGPENDING, &old));
}

/* --- Stopped and continued: no handler, no EINTR. */

static void
test_stop(void)
{
	struct timespec t = { 0, 200000000 }, from, to;
	int status, fd[2], i;
	pid_t pid = fork();

	if (!pid) {
		CHECK(!pipe(fd));
		clock_gettime(CLOCK_MONOTONIC, &from);
		CHECK(!nanosleep(&t, NULL));
		CHECK(poll(&(struct pollfd){ fd[0], POLLIN, 0 }, 1, 150) == 0);
		clock_gettime(CLOCK_MONOTONIC, &to);
		to.tv_sec -= from.tv_sec;
		CHECK(to.tv_sec * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000
		      >= 349);
		_exit(0);
	}
	for (i = 0; i < 8; i++) {
		usleep(25000);
		kill(pid, SIGSTOP);
		CHECK(waitpid(pid, &status, WUNTRACED) == pid);
		if (!WIFSTOPPED(status))
			break;
		kill(pid, SIGCONT);
	}
	if (WIFSTOPPED(status))
		CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* --- setresuid in all threads, by libc's own signal. */

static volatile int go, done[3];

static void *
other(void *arg)
{
	uid_t r, e, s;

	while (!go)
		poll(NULL, 0, -1);
	CHECK(!getresuid(&r, &e, &s) && e == 1234);
	*(volatile int *)arg = 1;
	return NULL;
}

static void
in_child(void)
{
	pthread_t t[3];
	int i;

	install(SIGUSR2, 0);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&t[i], NULL, other,
				      (void *)&done[i]));
	usleep(20000);
	CHECK(!setresuid(-1, 1234, -1));
	go = 1;
	for (i = 0; i < 3; i++) {
		while (!done[i] && !pthread_kill(t[i], SIGUSR2))
			usleep(1000);
		CHECK(!pthread_join(t[i], NULL) && done[i]);
	}
}

static void
test_credentials(void)
{
	int status;
	pid_t pid;

	if (getuid() != 0)
		return;
	pid = fork();
	if (!pid) {
		in_child();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	alarm(100);
	test_async();
	check_group("descriptors");
	test_urgent();
	check_group("urgent data");
	test_queue();
	check_group("message queues");
	test_order();
	check_group("order");
	test_stop();
	check_group("stop");
	test_credentials();
	check_group("credentials");
	return check_done();
}
