/*
 * sys_seccomp.c - system call filters: they see the machine's own numbers and
 * architecture, add up, are inherited, and do to a call what they say.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#ifdef __aarch64__
#define ARCH	AUDIT_ARCH_AARCH64
#else
#define ARCH	AUDIT_ARCH_X86_64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
			     offsetof(struct seccomp_data, field))
#define RET(what) BPF_STMT(BPF_RET | BPF_K, what)
#define IF_NOT(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)

static long
filter(struct sock_filter *f, size_t n, unsigned flags)
{
	struct sock_fprog p = { (unsigned short)n, f };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p);
}

#define FILTER(flags, ...) \
	filter((struct sock_filter[]){ __VA_ARGS__ }, \
	       sizeof((struct sock_filter[]){ __VA_ARGS__ }) / \
		       sizeof(struct sock_filter), flags)

/* What happens to one call, on this architecture. */
static long
on_call(long nr, uint32_t what)
{
	return FILTER(0, LOAD(arch), IF_NOT(ARCH, 3), LOAD(nr),
		      IF_NOT((uint32_t)nr, 1), RET(what),
		      RET(SECCOMP_RET_ALLOW));
}

/* Runs fn in a child; how that ended. */
static int
child(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static void
no_privileges(void)
{
	CHECK(setuid(65534) == 0);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
	FAILS(on_call(SYS_getppid, SECCOMP_RET_ALLOW), EACCES);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_GET_SECCOMP) == 0);
	CHECK(on_call(SYS_getppid, SECCOMP_RET_ALLOW) == 0);
	CHECK(prctl(PR_GET_SECCOMP) == 2);
	FAILS(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), EINVAL);
	FAILS(prctl(PR_SET_SECCOMP, 7), EINVAL);
}

static void
test_refused(void)
{
	struct sock_fprog p = { 1, bad_address };
	uint32_t action = SECCOMP_RET_TRAP;

	if (geteuid() != 0)
		CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	FAILS(syscall(SYS_seccomp, 99, 0, NULL), EINVAL);
	FAILS(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL), EINVAL);
	FAILS(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, bad_address),
	      EFAULT);
	FAILS(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p), EFAULT);
	FAILS(filter(NULL, 0, 0), EINVAL);
	FAILS(FILTER(1u << 20, RET(SECCOMP_RET_ALLOW)), EINVAL);
	/* No end; a jump too far; a misaligned and a distant load; memory that
	 * was not written; a division by zero; a long shift; no such
	 * instruction; one that only sockets' filters know. */
	FAILS(FILTER(0, LOAD(nr)), EINVAL);
	FAILS(FILTER(0, IF_NOT(1, 1), RET(0)), EINVAL);
	FAILS(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), RET(0)), EINVAL);
	FAILS(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RET(0)),
	      EINVAL);
	FAILS(FILTER(0, BPF_STMT(BPF_LD | BPF_MEM, 3), RET(0)), EINVAL);
	FAILS(FILTER(0, IF_NOT(0, 1), BPF_STMT(BPF_ST, 3),
		     BPF_STMT(BPF_LD | BPF_MEM, 3), RET(0)), EINVAL);
	FAILS(FILTER(0, BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET(0)),
	      EINVAL);
	FAILS(FILTER(0, BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), RET(0)),
	      EINVAL);
	FAILS(FILTER(0, BPF_STMT(0xffff, 0), RET(0)), EINVAL);
	FAILS(FILTER(0, BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET(0)), EINVAL);
	CHECK(prctl(PR_GET_SECCOMP) == 0);
	CHECK(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0);
	action = 0x12340000;
	FAILS(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action),
	      EOPNOTSUPP);
	if (geteuid() == 0)
		CHECK(child(no_privileges) == 0);
	check_group("refused");
}

static void
errors(void)
{
	CHECK(on_call(SYS_getppid, SECCOMP_RET_ERRNO | 77) == 0);
	FAILS(syscall(SYS_getppid), 77);
	/* Of equals, the one that was set last; the severest of all. */
	CHECK(on_call(SYS_getppid, SECCOMP_RET_ERRNO | 78) == 0);
	FAILS(syscall(SYS_getppid), 78);
	CHECK(on_call(SYS_getppid, SECCOMP_RET_LOG) == 0);
	FAILS(syscall(SYS_getppid), 78);
	CHECK(on_call(SYS_getpgid, SECCOMP_RET_TRACE) == 0);
	FAILS(syscall(SYS_getpgid, 0), ENOSYS);
	CHECK(on_call(SYS_getsid, SECCOMP_RET_ERRNO | 0xffff) == 0);
	CHECK(syscall(SYS_getsid, 0) == -1 && errno == 4095);
	CHECK(on_call(SYS_getuid, SECCOMP_RET_ERRNO) == 0);
	CHECK(syscall(SYS_getuid) == 0);
	CHECK(on_call(1000, SECCOMP_RET_ERRNO | 5) == 0);
	FAILS(syscall(1000), 5);
	/* By an argument's halves. */
	CHECK(FILTER(0, LOAD(nr), IF_NOT(SYS_lseek, 4), LOAD(args[1]),
		     IF_NOT(0x55667788, 2),
		     BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			      offsetof(struct seccomp_data, args[1]) + 4),
		     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x11223344, 1, 0),
		     RET(SECCOMP_RET_ALLOW),
		     RET(SECCOMP_RET_ERRNO | 9)) == 0);
	FAILS(syscall(SYS_lseek, 1000, 0x1122334455667788, 0), 9);
	FAILS(syscall(SYS_lseek, 1000, 0x1122334455667789, 99), EBADF);
}

/* Arithmetic: (((nr + 3) * 5 - 1) ^ 0xff) >> 1, in memory and back. */
static void
arithmetic(void)
{
	uint32_t want = ((((uint32_t)SYS_getppid + 3) * 5 - 1) ^ 0xff) >> 1;

	CHECK(FILTER(0, LOAD(nr), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 3),
		     BPF_STMT(BPF_LDX | BPF_IMM, 5),
		     BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0),
		     BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 1),
		     BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 0xff),
		     BPF_STMT(BPF_ST, 7), BPF_STMT(BPF_LDX | BPF_MEM, 7),
		     BPF_STMT(BPF_MISC | BPF_TXA, 0),
		     BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 1),
		     IF_NOT(want, 1), RET(SECCOMP_RET_ERRNO | 11),
		     RET(SECCOMP_RET_ALLOW)) == 0);
	FAILS(syscall(SYS_getppid), 11);
	CHECK(FILTER(0, LOAD(nr), IF_NOT(SYS_getpgid, 3),
		     BPF_STMT(BPF_LDX | BPF_IMM, 0),
		     BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		     RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_ALLOW)) == 0);
	syscall(SYS_getpgid, 0);	/* by zero: killed */
}

static siginfo_t trapped;

static void
on_sys(int sig, siginfo_t *info, void *ctx)
{
	(void)sig;
	(void)ctx;
	trapped = *info;
}

static void
traps(void)
{
	struct sigaction sa = { .sa_sigaction = on_sys,
				.sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &sa, NULL);
	CHECK(on_call(SYS_getppid, SECCOMP_RET_TRAP | 0x123) == 0);
	for (int i = 0; i < 3; i++) {
		memset(&trapped, 0, sizeof(trapped));
		syscall(SYS_getppid);
		CHECK(trapped.si_signo == SIGSYS && trapped.si_code == 1);
		CHECK(trapped.si_errno == 0x123);
		CHECK(trapped.si_syscall == SYS_getppid);
		CHECK(trapped.si_arch == (unsigned)ARCH);
		CHECK(trapped.si_call_addr != NULL);
	}
	signal(SIGSYS, SIG_IGN);
	syscall(SYS_getppid);
	_exit(1);
}

static void
kills(void)
{
	CHECK(on_call(SYS_getppid, SECCOMP_RET_KILL_PROCESS) == 0);
	syscall(SYS_getppid);
}

static void
strict(void)
{
	char c;
	int fds[2];

	CHECK(pipe(fds) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	if (write(fds[1], "x", 1) == 1 && read(fds[0], &c, 1) == 1)
		syscall(SYS_getppid);
}

static void
strict_exit(void)
{
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	syscall(SYS_exit, 5);
}

static int
killed_by(int status)
{
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
test_verdicts(void)
{
	CHECK(child(errors) == 0);
	check_group("errors");
	CHECK(killed_by(child(arithmetic)) == SIGSYS);
	check_group("arithmetic");
	CHECK(killed_by(child(traps)) == SIGSYS);
	check_group("traps");
	CHECK(killed_by(child(kills)) == SIGSYS);
	CHECK(killed_by(child(strict)) == SIGKILL);
	CHECK(WEXITSTATUS(child(strict_exit)) == 5);
	check_group("kills");
}

static void *
killed_thread(void *arg)
{
	CHECK(on_call(SYS_getppid, SECCOMP_RET_KILL_THREAD) == 0);
	syscall(SYS_getppid);
	return arg;
}

static pthread_barrier_t barrier;

static void *
synchronised_thread(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	FAILS(syscall(SYS_getppid), 33);
	return NULL;
}

static void *
diverged_thread(void *arg)
{
	CHECK(on_call(SYS_getuid, SECCOMP_RET_ALLOW) == 0);
	*(long *)arg = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

#define GETPPID_ERROR(n) LOAD(nr), IF_NOT(SYS_getppid, 1), \
			 RET(SECCOMP_RET_ERRNO | (n)), RET(SECCOMP_RET_ALLOW)

static void
threads(void)
{
	pthread_t t;
	long tid = 0;

	CHECK(pthread_create(&t, NULL, killed_thread, NULL) == 0);
	CHECK(pthread_join(t, NULL) == 0);
	CHECK(syscall(SYS_getppid) > 0);

	pthread_barrier_init(&barrier, NULL, 2);
	CHECK(pthread_create(&t, NULL, synchronised_thread, NULL) == 0);
	pthread_barrier_wait(&barrier);
	CHECK(FILTER(SECCOMP_FILTER_FLAG_TSYNC, GETPPID_ERROR(33)) == 0);
	pthread_barrier_wait(&barrier);
	CHECK(pthread_join(t, NULL) == 0);
	FAILS(syscall(SYS_getppid), 33);

	CHECK(pthread_create(&t, NULL, diverged_thread, &tid) == 0);
	pthread_barrier_wait(&barrier);
	CHECK(FILTER(SECCOMP_FILTER_FLAG_TSYNC, GETPPID_ERROR(34)) == tid);
	FAILS(FILTER(SECCOMP_FILTER_FLAG_TSYNC |
		     SECCOMP_FILTER_FLAG_TSYNC_ESRCH, GETPPID_ERROR(34)),
	      ESRCH);
	FAILS(syscall(SYS_getppid), 33);
	pthread_barrier_wait(&barrier);
	CHECK(pthread_join(t, NULL) == 0);
}

static int
open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 1000; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
inherits(void)
{
	char files[12];

	snprintf(files, sizeof(files), "%d", open_files());
	CHECK(on_call(SYS_getppid, SECCOMP_RET_ERRNO | 44) == 0);
	CHECK(on_call(SYS_getpgid, SECCOMP_RET_ERRNO | 45) == 0);
	if (fork() == 0) {
		execl("/proc/self/exe", "sys_seccomp", "inherited", files, NULL);
		_exit(1);
	}
	execl("/proc/self/exe", "sys_seccomp", "inherited", files, NULL);
}

static int
inherited(int files)
{
	FAILS(syscall(SYS_getppid), 44);
	FAILS(syscall(SYS_getpgid, 0), 45);
	CHECK(prctl(PR_GET_SECCOMP) == 2);
	CHECK(open_files() == files);
	return 0;
}

/* A thread asks another. */
static int listener = -1;

static void *
asking(void *arg)
{
	int fd = (int)FILTER(SECCOMP_FILTER_FLAG_NEW_LISTENER, LOAD(nr),
			     IF_NOT(SYS_getppid, 1),
			     RET(SECCOMP_RET_USER_NOTIF),
			     RET(SECCOMP_RET_ALLOW));

	(void)arg;
	CHECK(fd >= 0);
	__atomic_store_n(&listener, fd, __ATOMIC_SEQ_CST);
	FAILS(syscall(SYS_getppid, 11, 22), EXDEV);
	CHECK(syscall(SYS_getppid, 11, 22) == 1234);
	CHECK(syscall(SYS_getppid, 11, 22) == getppid());
	return NULL;
}

static void
answer(int i)
{
	struct seccomp_notif n;
	struct seccomp_notif_resp r;

	memset(&n, 0, sizeof(n));
	CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0);
	CHECK(n.data.nr == SYS_getppid && n.data.arch == (unsigned)ARCH);
	CHECK(i > 2 || (n.data.args[0] == 11 && n.data.args[1] == 22));
	CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &n.id) == 0);
	memset(&r, 0, sizeof(r));
	r.id = n.id;
	if (i == 0)
		r.error = -EXDEV;
	else if (i == 1)
		r.val = 1234;
	else
		r.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r) == 0);
	/* Answered, and gone or about to go. */
	CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r) == -1);
	CHECK(errno == ENOENT || errno == EINPROGRESS);
}

static void
notifies(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, asking, NULL) == 0);
	while (__atomic_load_n(&listener, __ATOMIC_SEQ_CST) < 0)
		sched_yield();
	for (int i = 0; i < 4; i++)	/* getppid() itself asks, too */
		answer(i);
	CHECK(pthread_join(t, NULL) == 0);
}

int
main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "inherited") == 0)
		return inherited(atoi(argv[2]));
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0,
		    &(uint32_t){ SECCOMP_RET_ERRNO }) != 0) {
		printf("skipped: no seccomp\n");
		return 77;
	}
	test_refused();
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	test_verdicts();
	CHECK(child(threads) == 0);
	check_group("threads");
	CHECK(child(inherits) == 0);
	check_group("inherits");
	CHECK(child(notifies) == 0);
	check_group("notifies");
	return check_done();
}
