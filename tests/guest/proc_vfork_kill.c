/*
 * proc_vfork_kill.c - a child that shares its parent's memory is killed in
 * the middle of whatever it does: the parent goes on.
 *
 * TEST-ARGS: 150
 */
#define _GNU_SOURCE
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
killer(atomic_int *victim)
{
	unsigned n = 1;
	int pid;

	for (;;) {
		while (!(pid = *victim))
			usleep(20);
		n = n * 1103515245 + 12345;
		usleep((n >> 16) % 700);
		*victim = 0;
		if (pid < 0)
			_exit(0);
		kill(pid, SIGKILL);
	}
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1000, i, status;
	pid_t pid, helper;
	atomic_int *victim;

	alarm(50);
	victim = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(victim != MAP_FAILED);
	helper = fork();
	if (!helper)
		killer(victim);
	for (i = 0; i < n; i++) {
		pid = vfork();
		if (!pid) {
			*victim = getpid();
			for (;;)
				work();
		}
		CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		work();
	}
	*victim = -1;
	CHECK(waitpid(helper, &status, 0) == helper && status == 0);
	return 0;
}
