/*
 * coredump_prog.c - dies of a signal in a known state; run by coredump.sh.
 *
 *	coredump_prog segv|abort|quit|threads|dontdump|status PROGRAM...
 *
 * The last forks, dies in the child by the mode PROGRAM and prints its wait
 * status.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "check.h"

volatile unsigned long marker = 0x1122334455667788;
static volatile int ready;
static char *hidden;

__attribute__((noinline)) static void
inner(long a, volatile int *p)
{
	register long x20 __asm__("x20") = 0x2020202020202020;
	double d = 1.5;

	__asm__ volatile("fmov d8, %d1\n\t"
			 "cmp xzr, xzr\n\t"
			 "str %w0, [%2]"
			 : : "r"(a), "w"(d), "r"(p), "r"(x20)
			 : "d8", "cc", "memory");
}

__attribute__((noinline)) static void
outer(int depth)
{
	if (depth)
		outer(depth - 1);
	else
		inner(42, bad_address);
	marker++;
}

static void *
spinner(void *arg)
{
	ready++;
	for (;;)
		__asm__ volatile("" : : "r"(arg));
}

static void *
sleeper(void *arg)
{
	(void)arg;
	ready++;
	pause();
	return NULL;
}

static void
die(const char *how)
{
	pthread_t t;

	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "quit")) {
		/* A shell's background jobs ignore it. */
		signal(SIGQUIT, SIG_DFL);
		raise(SIGQUIT);
	}
	if (!strcmp(how, "term"))
		raise(SIGTERM);
	if (!strcmp(how, "xcpu"))
		raise(SIGXCPU);
	if (!strcmp(how, "private"))
		prctl(PR_SET_DUMPABLE, 0);
	if (!strcmp(how, "threads")) {
		pthread_create(&t, NULL, spinner, NULL);
		pthread_create(&t, NULL, sleeper, NULL);
		while (ready < 2)
			usleep(1000);
		usleep(10000);
	}
	if (!strcmp(how, "dontdump")) {
		hidden = mmap((void *)0x5500000000, 65536,
			      PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		memset(hidden, 'h', 65536);
		CHECK(!madvise(hidden, 65536, MADV_DONTDUMP));
	}
	outer(3);
}

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc == 3) {
		pid = fork();
		if (!pid)
			die(argv[2]);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFSIGNALED(status));
		printf("signal %d%s\n", WTERMSIG(status),
		       WCOREDUMP(status) ? " core" : "");
		return 0;
	}
	CHECK(argc == 2);
	die(argv[1]);
	return 1;
}
