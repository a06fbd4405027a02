/*
 * proc_pidfd.c - descriptors of processes, a parent's death, subreapers, and
 * what the waits tell.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef PIDFD_NONBLOCK
#define PIDFD_NONBLOCK O_NONBLOCK
#endif

static int
pidfd_open(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static pid_t
sleeper(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static void
test_pidfd(void)
{
	pid_t pid = sleeper();
	int fd = pidfd_open(pid, PIDFD_NONBLOCK);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	siginfo_t info;
	struct rusage ru;
	int dup;

	CHECK(fd >= 0);
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK(poll(&p, 1, 0) == 0);
	FAILS(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), EAGAIN);
	dup = (int)syscall(SYS_pidfd_getfd, fd, 1, 0);
	CHECK(dup >= 0 || errno == EPERM);
	if (dup >= 0)
		close(dup);
	FAILS(syscall(SYS_pidfd_getfd, fd, 9999, 0), EBADF);
	CHECK(!syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	CHECK(poll(&p, 1, 10000) == 1);
	memset(&info, 0, sizeof(info));
	CHECK(!syscall(SYS_waitid, P_PIDFD, fd, &info, WEXITED | WNOWAIT,
		       &ru));
	CHECK(info.si_pid == pid && info.si_code == CLD_KILLED &&
	      info.si_status == SIGTERM && info.si_signo == SIGCHLD);
	CHECK(!waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	FAILS(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), ECHILD);
	FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0), ESRCH);
	close(fd);
	FAILS(pidfd_open(pid, 0), ESRCH);
	FAILS(pidfd_open(getpid(), 0x10000), EINVAL);
}

static void *
thread_parent(void *arg)
{
	int *p = arg;
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(p[0]);
		CHECK(write(p[1], "r", 1) == 1);
		pause();
		_exit(0);
	}
	CHECK(read(p[0], &p[2], 1) == 1);
	p[3] = pid;
	return NULL;
}

/* The signal comes when the thread that forked ends, not its process. */
static void
test_death_signal(void)
{
	int p[4], got, status;
	pthread_t t;
	pid_t pid;
	char c;

	CHECK(!pipe(p));
	CHECK(!pthread_create(&t, NULL, thread_parent, p));
	CHECK(!pthread_join(t, NULL));
	CHECK(waitpid(p[3], &status, 0) == p[3]);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(p[0]);
	close(p[1]);

	CHECK(!pipe(p));
	pid = fork();
	if (!pid) {
		pid = fork();
		if (!pid) {
			CHECK(!prctl(PR_SET_PDEATHSIG, SIGKILL));
			CHECK(!prctl(PR_GET_PDEATHSIG, &got));
			CHECK(got == SIGKILL);
			CHECK(write(p[1], "r", 1) == 1);
			pause();
		}
		CHECK(read(p[0], &c, 1) == 1);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(p[1]);
	CHECK(read(p[0], &c, 1) == 0);	/* the last writer is dead */
	close(p[0]);
	FAILS(prctl(PR_SET_PDEATHSIG, 65), EINVAL);
}

static void
test_subreaper(void)
{
	int status, got = 0, p[2];
	pid_t pid, orphan = 0;

	CHECK(!pipe(p));
	CHECK(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	CHECK(!prctl(PR_GET_CHILD_SUBREAPER, &got) && got == 1);
	pid = fork();
	if (!pid) {
		pid_t mine = getpid();

		pid = fork();
		if (!pid) {
			while (getppid() == mine)
				usleep(1000);
			_exit(getppid() == (pid_t)atoi(getenv("MAIN")) ? 8 : 9);
		}
		CHECK(write(p[1], &pid, sizeof(pid)) == sizeof(pid));
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(read(p[0], &orphan, sizeof(orphan)) == sizeof(orphan));
	CHECK(waitpid(-1, &status, 0) == orphan);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 8);
	CHECK(!prctl(PR_SET_CHILD_SUBREAPER, 0));
	close(p[0]);
	close(p[1]);
}

static void
test_waits(void)
{
	pid_t pid = sleeper();
	struct rusage ru;
	siginfo_t info;
	int status;

	memset(&info, 1, sizeof(info));
	CHECK(!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG));
	CHECK(info.si_pid == 0 && info.si_signo == 0);
	CHECK(!kill(pid, SIGSTOP));
	CHECK(!waitid(P_PID, (id_t)pid, &info, WSTOPPED));
	CHECK(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP);
	CHECK(!kill(pid, SIGCONT));
	CHECK(!waitid(P_ALL, 0, &info, WCONTINUED));
	CHECK(info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
	CHECK(!kill(pid, SIGKILL));
	CHECK(wait4(pid, &status, 0, &ru) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(!WCOREDUMP(status));
	FAILS(waitid(P_ALL, 0, &info, 0), EINVAL);
	FAILS(waitid(P_PID, (id_t)pid, &info, WEXITED), ECHILD);
	FAILS(waitid((idtype_t)77, 0, &info, WEXITED), EINVAL);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		_exit(0x1234);
	}
	CHECK(waitpid(-1, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0x34);
}

static void
test_prctl(void)
{
	int v = 0;
	void **where;

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	FAILS(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	CHECK(prctl(PR_GET_DUMPABLE) == 1);
	CHECK(!prctl(PR_SET_DUMPABLE, 0));
	CHECK(prctl(PR_GET_DUMPABLE) == 0);
	CHECK(!prctl(PR_SET_DUMPABLE, 1));
	CHECK(!prctl(PR_SET_TIMERSLACK, 70000));
	CHECK(prctl(PR_GET_TIMERSLACK) == 70000);
	CHECK(prctl(PR_GET_SECUREBITS) >= 0);
	CHECK(prctl(PR_CAPBSET_READ, 0) >= 0);
	CHECK(!prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	CHECK(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1);
	CHECK(!prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	CHECK(!prctl(PR_GET_TID_ADDRESS, &where) ? *(int *)where == gettid() :
	      errno == EINVAL);
	FAILS(prctl(PR_GET_UNALIGN, &v), EINVAL);
	FAILS(prctl(12345), EINVAL);
}

int
main(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("MAIN", pid, 1);
	test_pidfd();
	test_death_signal();
	test_subreaper();
	test_waits();
	test_prctl();
	return 0;
}
