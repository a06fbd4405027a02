/*
 * measure.c - runs a command and says what it took.
 *
 *	measure OUTPUT COMMAND...
 *
 * The command's standard output goes to the file OUTPUT. Prints the processor
 * time (user and system, children included) and the time that passed, in
 * microseconds; the exit status is the command's.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long
micro(struct timeval t)
{
	return t.tv_sec * 1000000 + t.tv_usec;
}

static long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t out;
	struct rusage use;
	int status;
	long start;
	pid_t pid;

	if (argc < 3)
		return 2;
	posix_spawn_file_actions_init(&out);
	posix_spawn_file_actions_addopen(&out, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&out, 1, argv[1],
					 O_WRONLY | O_CREAT | O_TRUNC, 0666);
	start = now();
	if (posix_spawnp(&pid, argv[2], &out, NULL, argv + 2, environ) != 0)
		return 127;
	if (wait4(pid, &status, 0, &use) != pid)
		return 1;
	printf("%ld %ld\n", micro(use.ru_utime) + micro(use.ru_stime),
	       now() - start);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
