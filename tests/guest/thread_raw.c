/*
 * thread_raw.c - clone and clone3 as such: tid words, the wake-up at exit,
 * bad arguments, threads that share signals with a killed one.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#define STACK 65536
#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | \
		CLONE_THREAD | CLONE_SYSVSEM)

static atomic_int child_tid, parent_tid, seen_tid;

static int
thread_main(void *arg)
{
	(void)arg;
	seen_tid = (int)syscall(SYS_gettid);
	return 0;
}

static char *
new_stack(void)
{
	char *p = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void
wait_zero(atomic_int *word)
{
	int v;

	while ((v = *word))
		syscall(SYS_futex, word, FUTEX_WAIT, v, NULL);
}

static void
test_tids(void)
{
	char *stack = new_stack();
	int tid;

	child_tid = -1;
	tid = clone(thread_main, stack + STACK, THREAD | CLONE_PARENT_SETTID |
		    CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, NULL,
		    &parent_tid, NULL, &child_tid);
	CHECK(tid > 0);
	CHECK(parent_tid == tid);
	wait_zero(&child_tid);
	CHECK(seen_tid == tid);
	munmap(stack, STACK);
}

static void
test_errors(void)
{
	struct clone_args args;
	char big[5000];

	CHECK(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0) < 0 &&
	      errno == EINVAL);
	CHECK(syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0) < 0 &&
	      errno == EINVAL);
	CHECK(syscall(SYS_clone, CLONE_THREAD | CLONE_VM | CLONE_VFORK, 0, 0,
		      0, 0) < 0 && errno == EINVAL);
	memset(&args, 0, sizeof(args));
	CHECK(syscall(SYS_clone3, &args, 63) < 0 && errno == EINVAL);
	CHECK(syscall(SYS_clone3, &args, 5000) < 0 && errno == E2BIG);
	CHECK(syscall(SYS_clone3, NULL, sizeof(args)) < 0 && errno == EFAULT);
	args.exit_signal = 200;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) < 0 &&
	      errno == EINVAL);
	args.exit_signal = SIGCHLD;
	args.stack_size = 4096;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) < 0 &&
	      errno == EINVAL);
	memset(big, 0, sizeof(big));
	big[200] = 1;
	CHECK(syscall(SYS_clone3, big, 300) < 0 && errno == E2BIG);
}

static void
test_clone3_fork(void)
{
	struct clone_args args;
	siginfo_t info;
	int pidfd = -1, pid;

	memset(&args, 0, sizeof(args));
	args.exit_signal = SIGCHLD;
	args.flags = CLONE_PIDFD | CLONE_PARENT_SETTID;
	args.pidfd = (uintptr_t)&pidfd;
	args.parent_tid = (uintptr_t)&parent_tid;
	pid = (int)syscall(SYS_clone3, &args, sizeof(args));
	CHECK(pid >= 0);
	if (!pid)
		_exit(4);
	CHECK(parent_tid == pid && pidfd >= 0);
	CHECK(!waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED));
	CHECK(info.si_pid == pid && info.si_status == 4);
	close(pidfd);
}

static void
handler(int sig)
{
	(void)sig;
}

/* CLONE_CLEAR_SIGHAND: handlers go, what is ignored stays. */
static void
test_clear_sighand(void)
{
	struct clone_args args;
	struct sigaction sa;
	int pid, status;

	signal(SIGUSR1, handler);
	signal(SIGSEGV, handler);
	signal(SIGUSR2, SIG_IGN);
	memset(&args, 0, sizeof(args));
	args.exit_signal = SIGCHLD;
	args.flags = CLONE_CLEAR_SIGHAND;
	pid = (int)syscall(SYS_clone3, &args, sizeof(args));
	CHECK(pid >= 0);
	if (!pid) {
		sigaction(SIGUSR1, NULL, &sa);
		CHECK(sa.sa_handler == SIG_DFL);
		sigaction(SIGSEGV, NULL, &sa);
		CHECK(sa.sa_handler == SIG_DFL);
		sigaction(SIGUSR2, NULL, &sa);
		CHECK(sa.sa_handler == SIG_IGN);
		raise(SIGUSR1);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
	CHECK(signal(SIGUSR1, SIG_DFL) == handler);
	CHECK(signal(SIGSEGV, SIG_DFL) == handler);
}

static int
vm_child(void *arg)
{
	*(volatile int *)arg = 17;
	return 3;
}

/* Shared memory, but a process: not a vfork, both run. */
static void
test_clone_vm(void)
{
	char *stack = new_stack();
	volatile int word = 0;
	int i, pid, status;

	for (i = 0; i < 50; i++) {
		word = 0;
		pid = clone(vm_child, stack + STACK, CLONE_VM | SIGCHLD,
			    (void *)&word);
		CHECK(pid > 0);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
		CHECK(word == 17);
	}
	munmap(stack, STACK);
}

int
main(void)
{
	int i;

	for (i = 0; i < 100; i++)
		test_tids();
	test_errors();
	test_clone3_fork();
	test_clear_sighand();
	test_clone_vm();
	return 0;
}
