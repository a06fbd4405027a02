/*
 * sig_restart_calls.c - which blocking calls go on behind a handler with
 * SA_RESTART, and which behind a stop; signal(7).
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static int p[2], full[2], sv[2], efd, ep, listener, sem, queue, lock_fd;
static pid_t kid;
static volatile unsigned word;
static volatile int hits;
static void (*volatile release)(void);
static char fifo[64], sock_name[64], lock_name[64];

static long
do_read(void)
{
	char c;

	return read(p[0], &c, 1);
}

static void
let_read(void)
{
	CHECK(write(p[1], "x", 1) == 1);
}

static long
do_write(void)
{
	return write(full[1], "x", 1);
}

static void
let_write(void)
{
	char buf[4096];

	CHECK(read(full[0], buf, sizeof(buf)) > 0);
}

static long
do_recv(void)
{
	char c;

	return recv(sv[0], &c, 1, 0);
}

static void
let_recv(void)
{
	CHECK(send(sv[1], "x", 1, 0) == 1);
}

static long
do_eventfd(void)
{
	uint64_t v;

	return read(efd, &v, sizeof(v));
}

static void
let_eventfd(void)
{
	uint64_t v = 1;

	CHECK(write(efd, &v, sizeof(v)) == sizeof(v));
}

static long
do_accept(void)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0)
		close(fd);
	return fd;
}

static void
let_accept(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(a.sun_path, sock_name);
	CHECK(!connect(fd, (void *)&a, sizeof(a)));
	close(fd);
}

static long
do_flock(void)
{
	int fd = open(lock_name, O_RDWR);
	long r = flock(fd, LOCK_EX);
	int e = errno;

	close(fd);
	errno = e;
	return r;
}

static void
let_flock(void)
{
	flock(lock_fd, LOCK_UN);
}

static long
do_open(void)
{
	int fd = open(fifo, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd;
}

static void
let_open(void)
{
	int fd = open(fifo, O_RDWR);	/* does not block */

	CHECK(fd >= 0);
	usleep(1000);
}

static long
do_futex(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void
let_futex(void)
{
	word = 1;
}

static long
do_waitid(void)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)kid, &info, WEXITED);
}

static void
let_waitid(void)
{
	kill(kid, SIGKILL);
}

static const struct timespec long_time = { 5, 0 };

static long
do_futex_timeout(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &long_time, NULL, 0);
}

static long
do_nanosleep(void)
{
	return nanosleep(&long_time, NULL);
}

static long
do_clock_nanosleep(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += 5;
	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	return errno ? -1 : 0;
}

static long
do_poll(void)
{
	return poll(NULL, 0, 5000);
}

static long
do_ppoll(void)
{
	return ppoll(NULL, 0, &long_time, NULL);
}

static long
do_select(void)
{
	struct timeval tv = { 5, 0 };

	return select(0, NULL, NULL, NULL, &tv);
}

static long
do_epoll(void)
{
	struct epoll_event ev;

	return epoll_pwait(ep, &ev, 1, 5000, NULL);
}

static long
do_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigtimedwait(&set, NULL, &long_time);
}

static long
do_semop(void)
{
	struct sembuf b = { 0, -1, 0 };

	return semop(sem, &b, 1);
}

static long
do_msgrcv(void)
{
	struct { long type; char c[8]; } m;

	return msgrcv(queue, &m, sizeof(m.c), 0, 0);
}

static long
do_pause(void)
{
	return pause();
}

/* release NULL: never restarted. */
static const struct {
	const char *name;
	long (*call)(void);
	void (*release)(void);
} calls[] = {
	{ "read", do_read, let_read },
	{ "write", do_write, let_write },
	{ "recv", do_recv, let_recv },
	{ "eventfd", do_eventfd, let_eventfd },
	{ "accept", do_accept, let_accept },
	{ "flock", do_flock, let_flock },
	{ "open a fifo", do_open, let_open },
	{ "futex", do_futex, let_futex },
	{ "waitid", do_waitid, let_waitid },
	{ "futex with a timeout", do_futex_timeout, NULL },
	{ "nanosleep", do_nanosleep, NULL },
	{ "clock_nanosleep", do_clock_nanosleep, NULL },
	{ "poll", do_poll, NULL },
	{ "ppoll", do_ppoll, NULL },
	{ "select", do_select, NULL },
	{ "epoll_pwait", do_epoll, NULL },
	{ "sigtimedwait", do_sigtimedwait, NULL },
	{ "semop", do_semop, NULL },
	{ "msgrcv", do_msgrcv, NULL },
	{ "pause", do_pause, NULL },
};

enum { NR = sizeof(calls) / sizeof(calls[0]) };

static void
on_alarm(int sig)
{
	(void)sig;
	hits++;
	if (release)
		release();
}

static void
prepare(void)
{
	char buf[65536] = { 0 };

	CHECK(!pipe(p) && !pipe(full));
	fcntl(full[1], F_SETFL, O_NONBLOCK);
	while (write(full[1], buf, sizeof(buf)) > 0)
		;
	fcntl(full[1], F_SETFL, 0);
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	efd = eventfd(0, 0);
	word = 0;
	lock_fd = open(lock_name, O_RDWR | O_CREAT, 0600);
	CHECK(!flock(lock_fd, LOCK_EX));
	kid = fork();
	if (!kid) {
		pause();
		_exit(0);
	}
}

static void
clean(void)
{
	close(p[0]);
	close(p[1]);
	close(full[0]);
	close(full[1]);
	close(sv[0]);
	close(sv[1]);
	close(efd);
	close(lock_fd);
	kill(kid, SIGKILL);
	waitpid(kid, NULL, 0);
}

static void
try(int i, int flags)
{
	struct itimerval it = { { 0, 0 }, { 0, 30000 } };
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = flags };
	long r;

	prepare();
	CHECK(!sigaction(SIGALRM, &sa, NULL));
	release = flags & SA_RESTART ? calls[i].release : NULL;
	hits = 0;
	errno = 0;
	CHECK(!setitimer(ITIMER_REAL, &it, NULL));
	r = calls[i].call();
	/* A futex whose word has changed says so when it is made again. */
	if (release == let_futex && r == -1 && errno == EAGAIN)
		r = 0;
	if (hits != 1 || (release ? r < 0 : r != -1 || errno != EINTR)) {
		printf("%s, flags %x: %ld, errno %d, %d signals\n",
		       calls[i].name, flags, r, errno, hits);
		exit(1);
	}
	clean();
}

/* --- Stopped and continued, without a handler. */

static long
short_nanosleep(void)
{
	struct timespec ts = { 0, 200000000 };

	return nanosleep(&ts, NULL);
}

static long
short_poll(void)
{
	return poll(NULL, 0, 200);
}

static long
short_futex(void)
{
	struct timespec ts = { 0, 200000000 };
	long r = syscall(SYS_futex, &word, FUTEX_WAIT, word, &ts, NULL, 0);

	return r == -1 && errno == ETIMEDOUT ? 0 : r;
}

static long
short_select(void)
{
	struct timeval tv = { 0, 200000 };

	return select(0, NULL, NULL, NULL, &tv);
}

static long
read_late(void)
{
	return do_read() == 1 ? 0 : -1;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void
test_stop(long (*call)(void))
{
	int status;
	pid_t pid;
	double start = now();

	CHECK(!pipe(p));
	pid = fork();
	if (!pid)
		_exit(call() ? 1 : 0);
	usleep(50000);
	kill(pid, SIGSTOP);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	usleep(20000);
	kill(pid, SIGCONT);
	usleep(20000);
	if (call == read_late)
		CHECK(write(p[1], "x", 1) == 1);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(call == read_late || now() - start >= 0.199);
	close(p[0]);
	close(p[1]);
}

int
main(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int i;

	snprintf(fifo, sizeof(fifo), "/tmp/ferry-fifo-%d", getpid());
	snprintf(sock_name, sizeof(sock_name), "/tmp/ferry-sock-%d", getpid());
	snprintf(lock_name, sizeof(lock_name), "/tmp/ferry-lock-%d", getpid());
	CHECK(!mkfifo(fifo, 0600));
	ep = epoll_create1(0);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(a.sun_path, sock_name);
	CHECK(!bind(listener, (void *)&a, sizeof(a)) && !listen(listener, 5));
	sem = semget(IPC_PRIVATE, 1, 0600);
	queue = msgget(IPC_PRIVATE, 0600);
	for (i = 0; i < NR; i++) {
		try(i, 0);
		try(i, SA_RESTART);
	}
	semctl(sem, 0, IPC_RMID);
	msgctl(queue, IPC_RMID, NULL);
	unlink(fifo);
	unlink(sock_name);
	unlink(lock_name);
	check_group("handlers");
	test_stop(short_nanosleep);
	test_stop(short_poll);
	test_stop(short_futex);
	test_stop(short_select);
	test_stop(read_late);
	check_group("stops");
	return check_done();
}
