/*
 * proc_clone.c - clone and clone3 with every combination of the sharing
 * flags: which are refused, what is shared with the child, whose child it
 * is, and how its end is told.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#define STACK	65536
#define MARK_FD	77

/* The flags that are combined. */
static const unsigned long flag_of[] = {
	CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD,
	CLONE_VFORK, CLONE_PARENT, CLONE_PIDFD,
};
#define NR_FLAGS (sizeof(flag_of) / sizeof(flag_of[0]))

/* What the child tells; in memory that is shared whatever the flags. */
struct report {
	atomic_int done, pid, tid, ppid;
};

static struct report *report;
static atomic_int word, tid_word;
static char *stack;

static void
handler(int sig)
{
	(void)sig;
}

/* No libc that needs a thread of its own in here. */
static int
child(void *arg)
{
	struct sigaction sa = { .sa_handler = handler };
	struct report *r = arg;

	r->pid = (int)syscall(SYS_getpid);
	r->tid = (int)syscall(SYS_gettid);
	r->ppid = (int)syscall(SYS_getppid);
	word = 1;
	if (chdir("/proc") || dup2(0, MARK_FD) != MARK_FD ||
	    sigaction(SIGUSR1, &sa, NULL))
		r->pid = -1;
	r->done = 1;
	syscall(SYS_futex, &r->done, FUTEX_WAKE, 1, NULL);
	return 7;
}

static void
wait_while(atomic_int *w, int value)
{
	while (*w == value)
		syscall(SYS_futex, w, FUTEX_WAIT, value, NULL);
}

static int
is_valid(unsigned long flags)
{
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return 0;
	if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
		return 0;
	return 1;
}

/* clone3; the child calls child(report) and ends with what it returns. */
static long
raw_clone3(struct clone_args *a)
{
#ifdef __aarch64__
	register long x0 __asm__("x0") = (long)a;
	register long x1 __asm__("x1") = sizeof(*a);
	register long x8 __asm__("x8") = SYS_clone3;
	register void *arg __asm__("x20") = report;
	register int (*fn)(void *) __asm__("x21") = child;

	__asm__ volatile("svc 0; cbnz x0, 1f; mov x0, x20; blr x21;"
			 "mov x8, 93; svc 0; 1:"
			 : "+r"(x0) : "r"(x1), "r"(x8), "r"(arg), "r"(fn)
			 : "memory", "x30");
	return x0;
#else
	register void *arg __asm__("r12") = report;
	register int (*fn)(void *) __asm__("r13") = child;
	long r;

	__asm__ volatile("syscall; test %%rax, %%rax; jnz 1f; mov %%r12, %%rdi;"
			 "and $-16, %%rsp; call *%%r13; mov %%eax, %%edi;"
			 "mov $60, %%eax; syscall; 1:"
			 : "=a"(r) : "0"(SYS_clone3), "D"(a), "S"(sizeof(*a)),
			   "r"(arg), "r"(fn) : "memory", "rcx", "r11");
	return r;
#endif
}

static long
by_clone3(unsigned long flags, int *pidfd)
{
	struct clone_args a;
	long r;

	memset(&a, 0, sizeof(a));
	a.flags = flags | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID;
	a.pidfd = (uintptr_t)pidfd;
	a.child_tid = (uintptr_t)&tid_word;
	if (!(flags & (CLONE_THREAD | CLONE_PARENT)))
		a.exit_signal = SIGCHLD;
	if (flags & CLONE_VM) {
		a.stack = (uintptr_t)stack;
		a.stack_size = STACK;
	}
	r = raw_clone3(&a);
	if (r < 0)
		errno = (int)-r;
	return r < 0 ? -1 : r;
}

static void
check_shared(unsigned long flags, long tid)
{
	struct sigaction sa;
	char cwd[100];
	int fd_open;

	CHECK(report->tid == tid);
	CHECK((report->pid == getpid()) == !!(flags & CLONE_THREAD));
	CHECK(report->ppid == (flags & (CLONE_THREAD | CLONE_PARENT) ?
			       getppid() : getpid()));
	CHECK(word == !!(flags & CLONE_VM));
	CHECK(getcwd(cwd, sizeof(cwd)));
	CHECK(!strcmp(cwd, flags & CLONE_FS ? "/proc" : "/"));
	fd_open = fcntl(MARK_FD, F_GETFD) >= 0;
	CHECK(fd_open == !!(flags & CLONE_FILES));
	CHECK(!sigaction(SIGUSR1, NULL, &sa));
	CHECK((sa.sa_handler == handler) == !!(flags & CLONE_SIGHAND));
}

static void
check_end(unsigned long flags, long tid, int pidfd)
{
	int status;

	if (flags & CLONE_THREAD) {
		wait_while(&tid_word, (int)tid);
		CHECK(tid_word == 0);
		return;
	}
	if (flags & CLONE_PIDFD)
		CHECK(fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	if (flags & CLONE_PARENT) {
		CHECK(waitpid(-1, &status, __WALL) == -1 && errno == ECHILD);
		return;
	}
	CHECK(waitpid((pid_t)tid, &status, __WALL) == tid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	/* The kernel clears it only where someone is left to see it. */
	CHECK(tid_word == (flags & CLONE_VM ? 0 : -1));
}

/* One combination, in a process of its own. */
static void
try(unsigned long flags, int three)
{
	int pidfd = -1;
	long tid;

	report->done = 0;
	word = 0;
	tid_word = -1;
	if (three)
		tid = by_clone3(flags, &pidfd);
	else
		tid = clone(child, stack + STACK, (int)(flags |
			CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID |
			(flags & CLONE_THREAD ? 0 : SIGCHLD)), report, &pidfd,
			NULL, &tid_word);
	if (!is_valid(flags)) {
		CHECK(tid == -1 && errno == EINVAL);
		return;
	}
	/* Kernels before 6.9 have no descriptors of threads. */
	if (tid < 0 && flags & CLONE_THREAD && flags & CLONE_PIDFD)
		return;
	CHECK(tid > 0);
	CHECK(!(flags & CLONE_VFORK) || report->done);
	wait_while(&report->done, 0);
	check_end(flags, tid, pidfd);
	check_shared(flags, tid);
}

static void
test_combinations(int three)
{
	unsigned i, k;
	int status;
	pid_t pid;

	for (i = 0; i < 1u << NR_FLAGS; i++) {
		unsigned long flags = 0;

		for (k = 0; k < NR_FLAGS; k++)
			if (i >> k & 1)
				flags |= flag_of[k];
		pid = fork();
		if (!pid) {
			try(flags, three);
			_exit(0);
		}
		while (waitpid(-1, &status, __WALL) > 0)
			if (!WIFEXITED(status) || (WEXITSTATUS(status) &&
						   WEXITSTATUS(status) != 7)) {
				printf("flags %#lx\n", flags);
				exit(1);
			}
	}
}

/* A child without an exit signal is waited for with __WALL or __WCLONE. */
static void
test_exit_signal(void)
{
	struct clone_args a;
	sigset_t set;
	siginfo_t info;
	int status, pid;

	pid = clone(child, stack + STACK, 0, report);
	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == -1 && errno == ECHILD);
	CHECK(waitpid(pid, &status, __WCLONE) == pid);

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 5);
	sigprocmask(SIG_BLOCK, &set, NULL);
	memset(&a, 0, sizeof(a));
	a.exit_signal = (uint64_t)SIGRTMIN + 5;
	pid = (int)syscall(SYS_clone3, &a, sizeof(a));
	if (!pid)
		_exit(3);
	CHECK(sigwaitinfo(&set, &info) == SIGRTMIN + 5);
	CHECK(info.si_pid == pid && info.si_code == CLD_EXITED &&
	      info.si_status == 3);
	CHECK(waitpid(pid, &status, __WALL) == pid);
}

static void
refused(unsigned long flags, uint64_t sig, int error)
{
	struct clone_args a;

	memset(&a, 0, sizeof(a));
	a.flags = flags;
	a.exit_signal = sig;
	a.pidfd = 8;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), error);
}

static void
test_refused(void)
{
	refused(CLONE_DETACHED, SIGCHLD, EINVAL);
	refused(1ull << 40, SIGCHLD, EINVAL);
	refused(CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM, SIGCHLD,
		EINVAL);
	refused(CLONE_PARENT, SIGCHLD, EINVAL);
	refused(CLONE_NEWNS | CLONE_FS, SIGCHLD, EINVAL);
	refused(CLONE_NEWUSER | CLONE_FS, SIGCHLD, EINVAL);
	/* Rights come first (kernel/nsproxy.c, copy_namespaces). */
	refused(CLONE_NEWIPC | CLONE_SYSVSEM, SIGCHLD,
		geteuid() ? EPERM : EINVAL);
	refused(CLONE_PIDFD | CLONE_PARENT_SETTID, 65, EINVAL);
	refused(CLONE_PIDFD, SIGCHLD, EFAULT);
	FAILS(syscall(SYS_clone, CLONE_PIDFD | CLONE_DETACHED | SIGCHLD, 0,
		      bad_address, 0, 0), EINVAL);
	FAILS(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD,
		      0, bad_address, 0, 0), EINVAL);
}

/* A chosen process id, in a namespace of pids where it must be free. */
static void
test_set_tid(void)
{
	int want = 300, status;
	struct clone_args a;
	long pid;

	memset(&a, 0, sizeof(a));
	a.flags = CLONE_NEWPID;
	a.exit_signal = SIGCHLD;
	pid = syscall(SYS_clone3, &a, sizeof(a));
	if (pid < 0 && errno == EPERM)
		return;
	CHECK(pid >= 0);
	if (pid) {
		CHECK(waitpid((pid_t)pid, &status, 0) == pid && status == 0);
		return;
	}
	CHECK(getpid() == 1);
	a.flags = 0;
	a.set_tid = (uintptr_t)&want;
	a.set_tid_size = 1;
	pid = syscall(SYS_clone3, &a, sizeof(a));
	if (!pid)
		_exit(getpid() != want);
	CHECK(pid == want);
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EEXIST);
	CHECK(waitpid((pid_t)pid, &status, 0) == pid && status == 0);
	a.set_tid_size = 40;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
	_exit(0);
}

static void
test_cgroup(void)
{
	int fd = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY), status;
	struct clone_args a;
	long pid;

	memset(&a, 0, sizeof(a));
	a.flags = CLONE_INTO_CGROUP;
	a.exit_signal = SIGCHLD;
	a.cgroup = 12345;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EBADF);
	a.cgroup = (uint64_t)fd;
	if (fd < 0)
		return;
	pid = syscall(SYS_clone3, &a, sizeof(a));
	if (pid < 0) {	/* no cgroup2, or not ours */
		CHECK(errno == EBADF || errno == EACCES || errno == EBUSY ||
		      errno == EOPNOTSUPP);
	} else if (!pid) {
		_exit(5);
	} else {
		CHECK(waitpid((pid_t)pid, &status, 0) == pid);
		CHECK(WEXITSTATUS(status) == 5);
	}
	close(fd);
}

/* A child that shares memory and ends with exit_group, or is killed: as many
 * as there may ever be, and none of them may stay behind. */
static int
exit_all(void *arg)
{
	if (arg)
		raise(SIGKILL);
	_exit(9);
}

static long
resident_pages(void)
{
	long size = 0, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	CHECK(f && fscanf(f, "%ld %ld", &size, &pages) == 2);
	fclose(f);
	return pages;
}

static void
test_vm_ends(void)
{
	int i, pid, status;
	long before = 0;

	for (i = 0; i < 400; i++) {
		if (i == 100)
			before = resident_pages();
		pid = clone(exit_all, stack + STACK, CLONE_VM | SIGCHLD,
			    i & 1 ? stack : NULL);
		CHECK(pid > 0);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(i & 1 ? WIFSIGNALED(status) : WEXITSTATUS(status) == 9);
	}
	CHECK(resident_pages() < before + 500);
}

static int pipefd[2];

static void *
other_thread(void *arg)
{
	char *p;
	int i;

	for (i = 0; i < 50; i++) {
		p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
		CHECK(p != MAP_FAILED && !munmap(p, 4096));
	}
	CHECK(write(pipefd[1], "x", 1) == 1);
	return arg;
}

/* While one thread waits for its vfork child, the others do what they like:
 * here, what the child waits for. */
static void
test_vfork_alone(void)
{
	int pid, status;
	pthread_t t;
	char c;

	CHECK(!pipe(pipefd));
	CHECK(!pthread_create(&t, NULL, other_thread, NULL));
	pid = (int)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(read(pipefd[0], &c, 1) == 1 ? 6 : 1);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 6);
	CHECK(!pthread_join(t, NULL));
}

int
main(void)
{
	CHECK(!chdir("/"));
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(report != MAP_FAILED && stack != MAP_FAILED);
	test_combinations(0);
	test_combinations(1);
	test_exit_signal();
	test_refused();
	test_set_tid();
	test_cgroup();
	test_vm_ends();
	test_vfork_alone();
	return 0;
}
