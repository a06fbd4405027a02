/*
 * proc_vfork_kill.c - a child that shares its parent's memory is killed in
 * the middle of whatever it does: the parent goes on. First the parent waits
 * for it as in vfork, then it does the same at the same time.
 *
 * TEST-ARGS: 150
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "check.h"

#ifdef __aarch64__
static const uint32_t code[] = { 0x52800020, 0xd65f03c0 }; /* mov w0, #1 */
#else
static const uint32_t code[] = { 0x000001b8, 0x9090c300 };
#endif

/* Maps memory, makes code in it and runs it. */
static void
work(void)
{
	uint32_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(9);
	memcpy(p, code, sizeof(code));
	__builtin___clear_cache((char *)p, (char *)(p + 2));
	if (((int (*)(void))p)() != 1)
		_exit(8);
	munmap(p, 4096);
}

/* Kills whoever has put its id there, after some time. */
static void
killer(atomic_int *word)
{
	unsigned n = 1;
	int pid;

	for (;;) {
		while (!(pid = *word))
			usleep(20);
		n = n * 1103515245 + 12345;
		usleep((n >> 16) % 700);
		*word = 0;
		if (pid < 0)
			_exit(0);
		kill(pid, SIGKILL);
	}
}

static atomic_int *victim;

static int
child(void *arg)
{
	while (!arg)
		work();
	return 0;
}

static void
check_killed(int status)
{
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	work();
}

static void
vfork_one(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		*victim = getpid();
		for (;;)
			work();
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	check_killed(status);
}

static void
clone_one(void)
{
	static _Alignas(16) char stack[64 << 10];
	int status = 0;
	pid_t pid = clone(child, stack + sizeof(stack), CLONE_VM | SIGCHLD,
			  NULL), r;

	CHECK(pid > 0);
	*victim = pid;
	while (!(r = waitpid(pid, &status, WNOHANG)))
		work();
	CHECK(r == pid);
	check_killed(status);
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1000, i, status;
	pid_t helper;

	alarm(100);
	victim = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(victim != MAP_FAILED);
	helper = fork();
	if (!helper)
		killer(victim);
	for (i = 0; i < n; i++)
		vfork_one();
	for (i = 0; i < n; i++)
		clone_one();
	*victim = -1;
	CHECK(waitpid(helper, &status, 0) == helper && status == 0);
	return 0;
}
