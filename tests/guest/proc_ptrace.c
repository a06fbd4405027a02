/*
 * proc_ptrace.c - a process that shares the memory stops threads of its maker
 * and reads their registers, as LeakSanitizer does.
 *
 * TEST-CFLAGS: -pthread
 */
#define _GNU_SOURCE
#include <elf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define STACK	(256 << 10)
#define MARK	0x1234567887654321ul
#define FLAGS	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED)

static atomic_int spinner_tid, sleeper_tid, stop, count;
static int wake[2], main_tid;
static uint64_t word = MARK;

static int
tid(void)
{
	return (int)syscall(SYS_gettid);
}

static void
nap(long ms)
{
	struct timespec ts = { 0, ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* Counts, with the mark in a register that survives. */
static void *
spin(void *unused)
{
	register uint64_t mark = MARK;

	(void)unused;
	spinner_tid = tid();
	while (!stop) {
		count++;
		__asm__ volatile("" : "+r"(mark));
	}
	CHECK(mark == MARK);
	return NULL;
}

/* Blocks in a call with the mark's address among its arguments. */
static void *
block(void *unused)
{
	uint64_t got = 0;

	(void)unused;
	sleeper_tid = tid();
	CHECK(read(wake[0], &got, sizeof(got)) == sizeof(got));
	CHECK(got == MARK);
	return NULL;
}

static void
attach(int who)
{
	int status = 0;

	CHECK(!ptrace(PTRACE_ATTACH, who, NULL, NULL));
	CHECK(waitpid(who, &status, __WALL) == who);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
}

/* Whether `value' is in one of the registers. */
static int
holds(int who, uint64_t value)
{
	uint64_t regs[64];
	struct iovec v = { regs, sizeof(regs) };

	CHECK(!ptrace(PTRACE_GETREGSET, who, NT_PRSTATUS, &v));
	CHECK(v.iov_len == sizeof(struct user_regs_struct));
	for (size_t i = 0; i < v.iov_len / 8; i++)
		if (regs[i] == value)
			return 1;
	return 0;
}

static void
look_at_spinner(void)
{
	int before, status;

	attach(spinner_tid);
	before = count;
	CHECK(holds(spinner_tid, MARK));
	nap(20);
	CHECK(count == before);
	FAILS(ptrace(PTRACE_ATTACH, spinner_tid, NULL, NULL), EPERM);
	CHECK(waitpid(spinner_tid, &status, __WALL | WNOHANG) == 0);
	CHECK(!ptrace(PTRACE_CONT, spinner_tid, NULL, NULL));
	while (count == before)
		nap(1);
	FAILS(ptrace(PTRACE_DETACH, spinner_tid, NULL, NULL), ESRCH);
}

static int
tracer(void *unused)
{
	(void)unused;
	look_at_spinner();
	attach(sleeper_tid);
	CHECK(holds(sleeper_tid, (uint64_t)wake[0]));
	errno = 0;
	CHECK(ptrace(PTRACE_PEEKDATA, sleeper_tid, &word, NULL) ==
	      (long)MARK && !errno);
	FAILS(ptrace(PTRACE_PEEKDATA, sleeper_tid, bad_address, NULL), EIO);
	CHECK(write(wake[1], &word, sizeof(word)) == sizeof(word));
	CHECK(!ptrace(PTRACE_DETACH, sleeper_tid, NULL, NULL));

	attach(main_tid);
	CHECK(!ptrace(PTRACE_DETACH, main_tid, NULL, NULL));
	FAILS(ptrace(PTRACE_ATTACH, tid(), NULL, NULL), EPERM);
	FAILS(ptrace(PTRACE_ATTACH, 0x3ffffff, NULL, NULL), ESRCH);
	FAILS(ptrace(PTRACE_PEEKDATA, main_tid, &word, NULL), ESRCH);
	return 42;
}

/* Ends, or is killed, with the spinner stopped: it goes on. */
static int
tracer_that_ends(void *killed)
{
	int status;

	CHECK(!ptrace(PTRACE_ATTACH, spinner_tid, NULL, NULL));
	CHECK(waitpid(spinner_tid, &status, __WALL) == spinner_tid);
	if (killed)
		kill(getpid(), SIGKILL);
	return 0;
}

static int
run(int (*fn)(void *), void *arg, char *stack)
{
	int status = -1, pid;

	pid = clone(fn, stack + STACK, FLAGS, arg);
	CHECK(pid > 0);
	prctl(PR_SET_PTRACER, pid, 0, 0, 0);
	CHECK(waitpid(pid, &status, __WALL) == pid);
	return status;
}

static void
goes_on(void)
{
	int before = count, i;

	for (i = 0; count == before && i < 2000; i++)
		nap(1);
	CHECK(count != before);
}

int
main(void)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t a, b;
	int status;

	CHECK(stack != MAP_FAILED && !pipe(wake));
	main_tid = tid();
	CHECK(!pthread_create(&a, NULL, spin, NULL));
	CHECK(!pthread_create(&b, NULL, block, NULL));
	while (!spinner_tid || !sleeper_tid)
		nap(1);
	nap(10);	/* until the second blocks */
	status = run(tracer, NULL, stack);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	CHECK(!pthread_join(b, NULL));
	FAILS(ptrace(PTRACE_ATTACH, spinner_tid, NULL, NULL), EPERM);
	check_group("stops and registers");

	status = run(tracer_that_ends, NULL, stack);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
	goes_on();
	status = run(tracer_that_ends, stack, stack);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	goes_on();
	stop = 1;
	CHECK(!pthread_join(a, NULL));
	check_group("a tracer that ends");
	return check_done();
}
