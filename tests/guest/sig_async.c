/*
 * sig_async.c - signals that come from outside: soon in any loop, to the right
 * thread, from timers, about children, by descriptor.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

static sigjmp_buf env;
static volatile int sig_seen, code_seen, value_seen, status_seen, count;
static volatile pid_t pid_seen, tid_seen;

static void
note(int sig, siginfo_t *info, void *ctx)
{
	(void)ctx;
	sig_seen = sig;
	code_seen = info->si_code;
	pid_seen = info->si_pid;
	value_seen = info->si_value.sival_int;
	status_seen = info->si_status;
	tid_seen = gettid();
	count++;
}

static void
jump(int sig, siginfo_t *info, void *ctx)
{
	note(sig, info, ctx);
	siglongjmp(env, 1);
}

static void
install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = fn;
	sa.sa_flags = SA_SIGINFO | flags;
	CHECK(!sigaction(sig, &sa, NULL));
	count = 0;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* --- Loops that only a signal ends. */

static volatile unsigned word;
static void (*volatile indirect)(unsigned);

static __attribute__((noinline)) unsigned
deep(unsigned n)
{
	return n ? deep(n - 1) + 1 : word;
}

static __attribute__((noinline)) void
leaf(unsigned n)
{
	word = n;
}

static void
run_loop(int which)
{
	unsigned i;

	indirect = leaf;
	for (i = 0;; i++) {
		switch (which) {
		case 0:
			for (;;)
				__asm__ volatile("");
		case 1:
			for (;;)
				word++;
		case 2:
			deep(40);
			break;
		case 3:
			indirect(i);
			break;
		case 4:
			__atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
			break;
		case 5:
			while (!__atomic_compare_exchange_n(&word,
					&(unsigned){ word + 1 }, 0, 0,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
				;
			break;
		case 6:		/* a chain of blocks */
			if (word & 1)
				word += 3;
			else if (word & 2)
				word ^= 7;
			else
				word++;
			break;
		case 7:
			getppid();
			break;
		case 8:
			memset((void *)&word, (int)i, sizeof(word));
			sched_yield();
			break;
		}
	}
}

static void
test_loops(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 20000 } };
	double start;
	int i;

	install(SIGALRM, jump, 0);
	for (i = 0; i < 9; i++) {
		start = now();
		if (!sigsetjmp(env, 1)) {
			setitimer(ITIMER_REAL, &it, NULL);
			run_loop(i);
		}
		CHECK(now() - start < 5);
	}
	CHECK(count == 9);
}

/* --- Threads. */

static volatile pid_t tids[3];
static volatile int go;

static void *
thread(void *arg)
{
	int n = (int)(intptr_t)arg;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	/* Only number 1 takes the process's. */
	pthread_sigmask(n == 1 ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
	tids[n] = gettid();
	while (!go)
		usleep(1000);
	return NULL;
}

static void
wait_count(int n)
{
	int i;

	for (i = 0; i < 5000 && count < n; i++)
		usleep(1000);
	CHECK(count == n);
}

static void
test_threads(void)
{
	pthread_t t[3];
	sigset_t set;
	int i;

	install(SIGUSR1, note, SA_RESTART);
	install(SIGUSR2, note, SA_RESTART);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&t[i], NULL, thread,
				      (void *)(intptr_t)i));
	for (i = 0; i < 3; i++)
		while (!tids[i])
			usleep(1000);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (i = 0; i < 20; i++) {
		kill(getpid(), SIGUSR1);
		wait_count(i + 1);
		CHECK(sig_seen == SIGUSR1 && tid_seen == tids[1]);
	}
	count = 0;
	for (i = 0; i < 3; i++) {
		CHECK(!syscall(SYS_tgkill, getpid(), tids[i], SIGUSR2));
		wait_count(i + 1);
		CHECK(tid_seen == tids[i] && code_seen == SI_TKILL);
	}
	CHECK(syscall(SYS_tgkill, getpid() + 1, tids[0], SIGUSR2) == -1);
	go = 1;
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* --- Timers. */

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void
test_timers(void)
{
	struct itimerspec it = { { 0, 2000000 }, { 0, 2000000 } };
	struct sigevent ev;
	timer_t timer;
	sigset_t set, old;
	siginfo_t info;
	int clock;

	/* Directed at this thread, with a value; the others do not count. */
	install(SIGRTMIN + 3, note, SA_RESTART);
	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_THREAD_ID;
	ev.sigev_notify_thread_id = gettid();
	ev.sigev_signo = SIGRTMIN + 3;
	ev.sigev_value.sival_int = 4711;
	CHECK(!timer_create(CLOCK_MONOTONIC, &ev, &timer));
	CHECK(!timer_settime(timer, 0, &it, NULL));
	while (count < 5)
		__asm__ volatile("");
	CHECK(!timer_delete(timer));
	CHECK(code_seen == SI_TIMER && value_seen == 4711);
	CHECK(tid_seen == gettid());

	/* Blocked: one is pending, the rest are counted. */
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &set, &old);
	ev.sigev_notify = SIGEV_SIGNAL;
	CHECK(!timer_create(CLOCK_MONOTONIC, &ev, &timer));
	CHECK(!timer_settime(timer, 0, &it, NULL));
	usleep(50000);
	CHECK(sigwaitinfo(&set, &info) == SIGRTMIN + 3);
	CHECK(info.si_code == SI_TIMER && info.si_overrun > 5);
	CHECK(timer_getoverrun(timer) == info.si_overrun);
	CHECK(!timer_delete(timer));
	sigprocmask(SIG_SETMASK, &old, NULL);

	/* Those that count processor time. */
	for (clock = ITIMER_VIRTUAL; clock <= ITIMER_PROF; clock++) {
		struct itimerval iv = { { 0, 4000 }, { 0, 4000 } };

		install(clock == ITIMER_PROF ? SIGPROF : SIGVTALRM, note,
			SA_RESTART);
		CHECK(!setitimer(clock, &iv, NULL));
		while (count < 3)
			word++;
		memset(&iv, 0, sizeof(iv));
		CHECK(!setitimer(clock, &iv, NULL));
	}
}

/* --- Children. */

static pid_t
child(int how)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (how == 0)
		_exit(17);
	if (how == 1)
		kill(getpid(), SIGKILL);
	if (how == 2)
		raise(SIGSTOP);
	pause();
	_exit(0);
}

static void
test_children(void)
{
	siginfo_t info;
	int status;
	pid_t pid;

	install(SIGCHLD, note, SA_RESTART);
	pid = child(0);
	CHECK(waitpid(pid, &status, 0) == pid);
	wait_count(1);
	CHECK(code_seen == CLD_EXITED && pid_seen == pid && status_seen == 17);
	pid = child(1);
	CHECK(waitpid(pid, &status, 0) == pid);
	wait_count(2);
	CHECK(code_seen == CLD_KILLED && status_seen == SIGKILL);
	pid = child(2);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	wait_count(3);
	CHECK(code_seen == CLD_STOPPED && status_seen == SIGSTOP);
	kill(pid, SIGCONT);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid);
	wait_count(4);
	CHECK(code_seen == CLD_CONTINUED && status_seen == SIGCONT);
	kill(pid, SIGTERM);
	CHECK(!waitid(P_PID, (id_t)pid, &info, WEXITED));
	CHECK(info.si_code == CLD_KILLED && info.si_status == SIGTERM);
	wait_count(5);

	install(SIGCHLD, note, SA_RESTART | SA_NOCLDSTOP);
	pid = child(2);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	usleep(10000);
	CHECK(count == 0);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	wait_count(1);

	/* No zombies. */
	install(SIGCHLD, note, SA_RESTART | SA_NOCLDWAIT);
	pid = child(0);
	CHECK(waitpid(pid, &status, 0) == -1 && errno == ECHILD);
	wait_count(1);
	signal(SIGCHLD, SIG_DFL);
}

/* A stopped process runs no handler until it is continued. */
static void
test_stop(void)
{
	volatile int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, v;
	pid_t pid;

	pid = fork();
	if (!pid) {
		install(SIGUSR1, note, 0);
		for (;;) {
			shared[0]++;
			shared[1] = count;
		}
	}
	while (!shared[0])
		;
	kill(pid, SIGSTOP);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	v = shared[0];
	kill(pid, SIGUSR1);
	usleep(20000);
	CHECK(shared[0] == v && shared[1] == 0);
	kill(pid, SIGCONT);
	while (!shared[1])
		usleep(1000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	munmap((void *)shared, 4096);
}

static void
test_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	siginfo_t info;

	if (fd < 0)
		return;		/* an old kernel */
	install(SIGUSR1, note, 0);
	CHECK(!syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0));
	CHECK(count == 1 && code_seen == SI_USER && pid_seen == getpid());
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGUSR1;
	info.si_code = SI_QUEUE;
	info.si_value.sival_int = 99;
	CHECK(!syscall(SYS_pidfd_send_signal, fd, SIGUSR1, &info, 0));
	CHECK(count == 2 && code_seen == SI_QUEUE && value_seen == 99);
	close(fd);
}

int
main(void)
{
	test_loops();
	check_group("loops");
	test_threads();
	check_group("threads");
	test_timers();
	check_group("timers");
	test_children();
	check_group("children");
	test_stop();
	check_group("stop");
	test_pidfd();
	check_group("pidfd");
	return check_done();
}
