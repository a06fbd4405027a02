/*
 * prog.c - does what makes ferry allocate, and bears each failure: says on
 * standard output what did not work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536];
static const char *self;

static void
report(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	fflush(stdout);
}

static int
thread(void *arg)
{
	*(volatile int *)arg = 1;
	return 0;
}

static void
make_thread(int flags)
{
	volatile int ran = 0;
	int status, pid = clone(thread, stack + sizeof(stack),
				flags | CLONE_VM | SIGCHLD, (void *)&ran);

	if (pid < 0)
		report("clone");
	else if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !ran)
		exit(20);
}

static void
read_maps(void)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	char buf[4096];

	if (fd < 0 || read(fd, buf, sizeof(buf)) < 0)
		report("maps");
	close(fd);
}

static void
run_self(void)
{
	static char *argv[1000];
	int i, status;
	pid_t pid;

	for (i = 0; i < 999; i++)
		argv[i] = (char *)"x";
	pid = fork();
	if (!pid) {
		execv(self, argv);
		report("execve");
		_exit(0);
	}
	if (pid < 0)
		report("fork");
	else
		waitpid(pid, &status, 0);
}

static void
handler(int sig)
{
	(void)sig;
}

static void
map_and_run(void)
{
	static const unsigned code[] = { 0xd65f03c0 };	/* ret */
	int i;

	for (i = 0; i < 20; i++) {
		void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED) {
			report("mmap");
			continue;
		}
		memcpy(p, code, sizeof(code));
		__builtin___clear_cache(p, (char *)p + 4);
		((void (*)(void))p)();
	}
}

int
main(int argc, char **argv)
{
	if (argc > 100)
		return 0;
	self = argv[0];
	map_and_run();
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	make_thread(0);
	make_thread(CLONE_SIGHAND | CLONE_FILES);
	make_thread(CLONE_VFORK);
	read_maps();
	run_self();
	puts("end");
	return 0;
}
